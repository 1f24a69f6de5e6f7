//! Latitude and longitude.

use super::GridPosition;
use super::scan::ScanOrder;

/// A grid of parallels and meridians.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LatLonGrid {
    order: ScanOrder,
    first: GridPosition,
    /// From row to row and from column to column, signed, in degrees.
    latitude_step: f64,
    longitude_step: f64,
}

/// What a header tells of the ends and the steps of a grid, in degrees.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ends {
    pub(super) first: (f64, f64),
    pub(super) last: (f64, f64),
    /// Along the parallel, and along the meridian; `None` when they are not told.
    pub(super) steps: (Option<f64>, Option<f64>),
}

impl Ends {
    /// From column to column; the ends win over a step that says otherwise.
    pub(super) fn longitude_step(&self, order: &ScanOrder) -> f64 {
        let sign = if order.is_westward() { -1.0 } else { 1.0 };
        let told = self.steps.0.map(|step| step.abs());
        let mut span = (self.last.1 - self.first.1) * sign;
        if span < 0.0 || (span == 0.0 && order.columns > 1 && told.is_none()) {
            span += 360.0;
        }
        let intervals = f64::from(order.columns.saturating_sub(1));
        match told {
            Some(told) if span == 0.0 || intervals == 0.0 => sign * told,
            _ if intervals == 0.0 => 0.0,
            _ => sign * span / intervals,
        }
    }

    /// From row to row.
    pub(super) fn latitude_step(&self, order: &ScanOrder) -> f64 {
        let span = self.last.0 - self.first.0;
        let intervals = f64::from(order.rows.saturating_sub(1));
        if intervals > 0.0 && span != 0.0 {
            return span / intervals;
        }
        let told = self.steps.1.unwrap_or(0.0).abs();
        if order.is_northward() { told } else { -told }
    }
}

impl LatLonGrid {
    pub(super) fn new(order: ScanOrder, ends: Ends) -> Self {
        Self {
            order,
            first: GridPosition { latitude: ends.first.0, longitude: ends.first.1 },
            latitude_step: ends.latitude_step(&order),
            longitude_step: ends.longitude_step(&order),
        }
    }

    /// Where the point of that index lies. `None` past the last one.
    pub fn position(&self, index: u64) -> Option<GridPosition> {
        let (column, row) = self.order.cell(index)?;
        Some(GridPosition::new(
            self.first.latitude + f64::from(row) * self.latitude_step,
            self.first.longitude + f64::from(column) * self.longitude_step,
        ))
    }
}
