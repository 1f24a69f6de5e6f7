//! Lambert's conformal conic projection.

use super::super::error::DecodeError;
use super::GridPosition;
use super::earth::EarthShape;
use super::scan::ScanOrder;

/// A grid on an unrolled cone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LambertGrid {
    earth: EarthShape,
    order: ScanOrder,
    /// Along which rows follow, in degrees.
    meridian: f64,
    /// In metres.
    steps: (f64, f64),
    /// How much of a turn the cone takes.
    cone: f64,
    /// Metres from its tip for each unit of the conformal distance to that power.
    unit: f64,
    /// The first point on the plane, from the tip, in metres.
    origin: (f64, f64),
}

/// What a header tells of the cone, in degrees.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cone {
    pub(super) first: (f64, f64),
    pub(super) meridian: f64,
    pub(super) secants: (f64, f64),
}

impl LambertGrid {
    pub(super) fn new(
        earth: EarthShape,
        order: ScanOrder,
        told: Cone,
        steps: (f64, f64),
    ) -> Result<Self, DecodeError> {
        let (one, two) = (told.secants.0.to_radians(), told.secants.1.to_radians());
        let cone = if (one - two).abs() < 1e-9 {
            one.sin()
        } else {
            (earth.parallel(one).ln() - earth.parallel(two).ln())
                / (earth.distance(one).ln() - earth.distance(two).ln())
        };
        let unit = earth.equatorial * earth.parallel(one) / (cone * earth.distance(one).powf(cone));
        let from_tip = unit * earth.distance(told.first.0.to_radians()).powf(cone);
        // The short way around from the meridian.
        let turn = (told.first.1 - told.meridian + 180.0).rem_euclid(360.0) - 180.0;
        let angle = cone * turn.to_radians();
        let origin = (from_tip * angle.sin(), -from_tip * angle.cos());
        if !(cone.is_finite() && cone.abs() > 1e-6 && origin.0.is_finite() && origin.1.is_finite()) {
            return Err(DecodeError::Contradiction("a cone that cannot be"));
        }
        Ok(Self { earth, order, meridian: told.meridian, steps, cone, unit, origin })
    }

    /// Where the point of that index lies. `None` past the last one.
    pub fn position(&self, index: u64) -> Option<GridPosition> {
        let (east, north) = self.order.steps(index)?;
        let (x, y) = (self.origin.0 + east * self.steps.0, self.origin.1 + north * self.steps.1);
        // South of the equator the cone stands on its tip, and its unit is negative.
        let sign = self.cone.signum();
        let distance = (sign * x.hypot(y) / self.unit).powf(1.0 / self.cone);
        let angle = (sign * x).atan2(-sign * y);
        Some(GridPosition::new(
            self.earth.latitude(distance).to_degrees(),
            self.meridian + (angle / self.cone).to_degrees(),
        ))
    }
}
