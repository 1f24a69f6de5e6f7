//! The polar stereographic projection.

use super::GridPosition;
use super::earth::EarthShape;
use super::scan::ScanOrder;

/// A grid on a plane at a pole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PolarGrid {
    pub(super) earth: EarthShape,
    pub(super) order: ScanOrder,
    /// Latitude and longitude of the first point, in degrees.
    pub(super) first: (f64, f64),
    /// The latitude at which the steps are true, and the meridian along which rows follow, in degrees.
    pub(super) true_at: f64,
    pub(super) meridian: f64,
    /// In metres.
    pub(super) steps: (f64, f64),
    pub(super) pole: Pole,
}

/// Which pole the plane touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pole {
    /// The north pole.
    North,
    /// The south pole.
    South,
}

impl Pole {
    /// As the flag of the projection's centre tells it.
    pub(super) const fn of_flag(flag: u8) -> Self {
        if flag & 0x80 == 0 { Self::North } else { Self::South }
    }

    const fn sign(self) -> f64 {
        match self {
            Self::North => 1.0,
            Self::South => -1.0,
        }
    }
}

impl PolarGrid {
    /// Metres from the pole for each unit of the conformal distance.
    fn unit(&self) -> f64 {
        let true_at = self.true_at.abs().to_radians();
        let distance = self.earth.distance(true_at);
        let e = self.earth.eccentricity;
        if distance.abs() < 1e-9 {
            // The plane touches the pole.
            return 2.0 * self.earth.equatorial / ((1.0 + e).powf(1.0 + e) * (1.0 - e).powf(1.0 - e)).sqrt();
        }
        self.earth.equatorial * self.earth.parallel(true_at) / distance
    }

    /// Where the point of that index lies. `None` past the last one.
    pub fn position(&self, index: u64) -> Option<GridPosition> {
        let (east, north) = self.order.steps(index)?;
        let (sign, unit) = (self.pole.sign(), self.unit());
        let from_pole = unit * self.earth.distance(sign * self.first.0.to_radians());
        let angle = (self.first.1 - self.meridian).to_radians();
        let x = from_pole * angle.sin() + east * self.steps.0;
        let y = -sign * from_pole * angle.cos() + north * self.steps.1;
        let latitude = sign * self.earth.latitude(x.hypot(y) / unit).to_degrees();
        let longitude = self.meridian + x.atan2(-sign * y).to_degrees();
        Some(GridPosition::new(latitude, longitude))
    }
}
