//! The shape of the Earth (code table 3.2), and the functions of latitude that conformal projections need.

use super::super::bits::Section;
use super::super::error::DecodeError;
use std::f64::consts::FRAC_PI_2;

/// An ellipsoid, or a sphere.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EarthShape {
    /// Half of the equator's diameter, in metres.
    pub equatorial: f64,
    /// How far it is from a sphere; 0 for one.
    pub eccentricity: f64,
}

/// Radii that are believed, in metres.
const BELIEVED: std::ops::Range<f64> = 6.2e6..6.5e6;

/// Rounds of the latitude's approximation: more than are ever needed.
const ROUNDS: usize = 12;

impl EarthShape {
    /// A sphere.
    pub const fn sphere(radius: f64) -> Self {
        Self { equatorial: radius, eccentricity: 0.0 }
    }

    /// An ellipsoid with these half axes, in metres.
    pub fn ellipsoid(equatorial: f64, polar: f64) -> Self {
        let flat = polar / equatorial;
        Self { equatorial, eccentricity: (1.0 - flat * flat).max(0.0).sqrt() }
    }

    /// As octets 15 to 30 of section 3 tell it.
    pub(super) fn of_section_3(section: Section<'_>) -> Result<Self, DecodeError> {
        let scaled = |octet: usize| -> Result<f64, DecodeError> {
            Ok(f64::from(section.u32(octet + 1)?) * 10f64.powi(-section.i8(octet)?))
        };
        let shape = match section.u8(15)? {
            0 => Self::sphere(6_367_470.0),
            1 => Self::sphere(scaled(16)?),
            2 => Self::ellipsoid(6_378_160.0, 6_356_775.0),
            3 => Self::ellipsoid(scaled(21)? * 1e3, scaled(26)? * 1e3),
            4 => Self::ellipsoid(6_378_137.0, 6_356_752.314_140),
            5 => Self::ellipsoid(6_378_137.0, 6_356_752.314_245),
            6 => Self::sphere(6_371_229.0),
            7 => Self::ellipsoid(scaled(21)?, scaled(26)?),
            8 => Self::sphere(6_371_200.0),
            9 => Self::ellipsoid(6_377_563.396, 6_356_256.909),
            _ => return Err(DecodeError::Contradiction("the shape of the Earth is not one that is defined")),
        };
        if BELIEVED.contains(&shape.equatorial) {
            Ok(shape)
        } else {
            Err(DecodeError::Contradiction("the Earth has a radius that cannot be"))
        }
    }

    /// As the flags of section 2 of edition 1 tell it.
    pub(super) fn of_flags(flags: u8) -> Self {
        if flags & 0x40 == 0 { Self::sphere(6_367_470.0) } else { Self::ellipsoid(6_378_160.0, 6_356_775.0) }
    }

    /// The radius of the parallel at a latitude in radians, in half axes.
    pub(super) fn parallel(&self, latitude: f64) -> f64 {
        let sine = self.eccentricity * latitude.sin();
        latitude.cos() / (1.0 - sine * sine).sqrt()
    }

    /// How far a latitude in radians lies from the north pole on a conformal cone: 0 there, 1 at the equator.
    pub(super) fn distance(&self, latitude: f64) -> f64 {
        (std::f64::consts::FRAC_PI_4 - latitude / 2.0).tan() / self.flattening(latitude)
    }

    fn flattening(&self, latitude: f64) -> f64 {
        let sine = self.eccentricity * latitude.sin();
        ((1.0 - sine) / (1.0 + sine)).powf(self.eccentricity / 2.0)
    }

    /// The latitude in radians that lies so far.
    pub(super) fn latitude(&self, distance: f64) -> f64 {
        let mut latitude = FRAC_PI_2 - 2.0 * distance.atan();
        if self.eccentricity == 0.0 {
            return latitude;
        }
        for _ in 0..ROUNDS {
            latitude = FRAC_PI_2 - 2.0 * (distance * self.flattening(latitude)).atan();
        }
        latitude
    }
}

#[cfg(test)]
mod tests {
    use super::EarthShape;

    #[test]
    fn a_latitude_comes_back_from_its_distance() {
        for shape in [EarthShape::sphere(6.371e6), EarthShape::ellipsoid(6_378_137.0, 6_356_752.0)] {
            for degrees in [-89.0_f64, -30.0, 0.0, 45.5, 89.9] {
                let back = shape.latitude(shape.distance(degrees.to_radians())).to_degrees();
                assert!((back - degrees).abs() < 1e-9, "{degrees} {back}");
            }
        }
    }
}
