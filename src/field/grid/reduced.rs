//! Rows of different lengths, on Gaussian parallels or on others.

use super::super::error::DecodeError;
use super::GridPosition;

/// A grid whose rows have lengths of their own.
#[derive(Clone, Debug, PartialEq)]
pub struct ReducedGrid {
    /// Of each row, in degrees.
    latitudes: Vec<f64>,
    /// The index of the first point of each row, and of what would follow the last one.
    starts: Vec<u64>,
    first_longitude: f64,
    /// From the first point of a row to its last one; `None` when rows go around the Earth.
    span: Option<f64>,
}

impl ReducedGrid {
    /// With the lengths of the rows, and the longitudes of the ends, in degrees.
    ///
    /// # Errors
    /// When there are not as many points as the header tells, or not as many rows.
    pub(super) fn new(
        latitudes: Vec<f64>,
        lengths: &[usize],
        (first, last): (f64, f64),
        points: Option<u64>,
    ) -> Result<Self, DecodeError> {
        let mut starts = Vec::with_capacity(lengths.len() + 1);
        let mut sum = 0_u64;
        starts.push(0);
        for &length in lengths {
            sum += length as u64;
            starts.push(sum);
        }
        if latitudes.len() != lengths.len() || points.is_some_and(|points| points != sum) {
            return Err(DecodeError::Contradiction("the list of rows holds other points than the grid"));
        }
        let longest = lengths.iter().copied().max().unwrap_or(0).max(1) as f64;
        let span = (last - first).rem_euclid(360.0);
        // The last point of the longest row is one step from the first.
        let is_around = 360.0 - span <= 1.5 * 360.0 / longest || span == 0.0;
        Ok(Self { latitudes, starts, first_longitude: first, span: (!is_around).then_some(span) })
    }

    /// Where the point of that index lies. `None` past the last one.
    pub fn position(&self, index: u64) -> Option<GridPosition> {
        let row = self.starts.partition_point(|&start| start <= index).checked_sub(1)?;
        let latitude = *self.latitudes.get(row)?;
        let (column, length) = (index - self.starts[row], self.starts[row + 1] - self.starts[row]);
        let step = match self.span {
            None => 360.0 / length as f64,
            Some(_) if length < 2 => 0.0,
            Some(span) => span / (length - 1) as f64,
        };
        Some(GridPosition::new(latitude, self.first_longitude + column as f64 * step))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_has_steps_of_its_own() {
        let rows = vec![60.0, 0.0, -60.0];
        let grid = ReducedGrid::new(rows.clone(), &[2, 4, 2], (0.0, 270.0), Some(8)).expect("a grid");
        assert_eq!(grid.position(1), Some(GridPosition { latitude: 60.0, longitude: 180.0 }));
        assert_eq!(grid.position(3), Some(GridPosition { latitude: 0.0, longitude: 90.0 }));
        assert_eq!(grid.position(8), None);
        assert!(ReducedGrid::new(rows, &[2, 4, 2], (0.0, 270.0), Some(9)).is_err());
    }
}
