//! Mercator's projection.

use super::GridPosition;
use super::earth::EarthShape;
use super::scan::ScanOrder;

/// A grid on Mercator's plane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MercatorGrid {
    pub(super) earth: EarthShape,
    pub(super) order: ScanOrder,
    /// Latitude and longitude of the first point, in degrees.
    pub(super) first: (f64, f64),
    /// The latitude at which the steps are true, in degrees.
    pub(super) true_at: f64,
    /// Along the parallel and along the meridian, in metres.
    pub(super) steps: (f64, f64),
}

impl MercatorGrid {
    /// Where the point of that index lies. `None` past the last one.
    pub fn position(&self, index: u64) -> Option<GridPosition> {
        let (east, north) = self.order.steps(index)?;
        let unit = self.earth.equatorial * self.earth.parallel(self.true_at.to_radians());
        let height = -self.earth.distance(self.first.0.to_radians()).ln() + north * self.steps.1 / unit;
        let longitude = self.first.1 + (east * self.steps.0 / unit).to_degrees();
        Some(GridPosition::new(self.earth.latitude((-height).exp()).to_degrees(), longitude))
    }
}
