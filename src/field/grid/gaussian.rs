//! Gaussian rows: the zeros of a Legendre polynomial.

use super::super::error::DecodeError;
use super::GridPosition;
use super::lat_lon::Ends;
use super::scan::ScanOrder;
use std::f64::consts::PI;

/// Most rows from the pole to the equator; finding more takes longer than anybody waits.
const MOST_ROWS: u32 = 2_600;

/// How far a first row may lie from a Gaussian one, in rows.
const NEAR: f64 = 0.4;

/// A Gaussian grid with rows of one length.
#[derive(Clone, Debug, PartialEq)]
pub struct GaussianGrid {
    order: ScanOrder,
    /// Of each row, in the order of the file, in degrees.
    latitudes: Vec<f64>,
    first_longitude: f64,
    longitude_step: f64,
}

/// Latitudes from north to south, in degrees, of a grid with so many rows from the pole to the equator.
///
/// # Errors
/// For none, and for more than [`MOST_ROWS`].
pub(super) fn latitudes(half: u32) -> Result<Vec<f64>, DecodeError> {
    if half == 0 || half > MOST_ROWS {
        return Err(DecodeError::Contradiction("a Gaussian grid with a number of rows that is not computed"));
    }
    let degree = 2 * half;
    let north = (0..half).map(|row| {
        let mut zero = (PI * (f64::from(row) + 0.75) / (f64::from(degree) + 0.5)).cos();
        // Newton's method doubles the digits each time.
        for _ in 0..10 {
            let (value, slope) = legendre(degree, zero);
            let step = value / slope;
            zero -= step;
            if step.abs() < 1e-15 {
                break;
            }
        }
        zero.asin().to_degrees()
    });
    let mut all: Vec<f64> = north.collect();
    all.extend_from_within(..);
    all[half as usize..].reverse();
    all[half as usize..].iter_mut().for_each(|latitude| *latitude = -*latitude);
    Ok(all)
}

/// The Legendre polynomial and its slope.
fn legendre(degree: u32, x: f64) -> (f64, f64) {
    let (mut before, mut value) = (1.0, x);
    for n in 2..=degree {
        let n = f64::from(n);
        (before, value) = (value, ((2.0 * n - 1.0) * x * value - (n - 1.0) * before) / n);
    }
    (value, f64::from(degree) * (before - x * value) / (1.0 - x * x))
}

/// The latitudes of `rows` rows from the one at `first` on.
///
/// # Errors
/// When no Gaussian row lies there, or too few follow.
pub(super) fn rows_from(
    half: u32,
    (first, rows): (f64, u32),
    is_northward: Direction,
) -> Result<Vec<f64>, DecodeError> {
    if u64::from(rows) > 2 * u64::from(half) {
        return Err(DecodeError::Contradiction("more rows than the Gaussian grid has"));
    }
    let mut all = latitudes(half)?;
    if is_northward == Direction::Northward {
        all.reverse();
    }
    let distance = |latitude: &f64| (latitude - first).abs();
    let nearest = (0..all.len()).min_by(|&a, &b| distance(&all[a]).total_cmp(&distance(&all[b])));
    let start = nearest.filter(|&row| distance(&all[row]) < NEAR * 90.0 / f64::from(half));
    let found = start.and_then(|start| all.get(start..start.checked_add(rows as usize)?));
    found
        .map(<[f64]>::to_vec)
        .ok_or(DecodeError::Contradiction("rows that are not those of the Gaussian grid"))
}

/// In which direction rows follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// From north to south.
    Southward,
    /// From south to north.
    Northward,
}

impl Direction {
    pub(super) const fn of(order: &ScanOrder) -> Self {
        if order.is_northward() { Self::Northward } else { Self::Southward }
    }
}

impl GaussianGrid {
    pub(super) fn new(order: ScanOrder, half: u32, ends: Ends) -> Result<Self, DecodeError> {
        Ok(Self {
            latitudes: rows_from(half, (ends.first.0, order.rows), Direction::of(&order))?,
            first_longitude: ends.first.1,
            longitude_step: ends.longitude_step(&order),
            order,
        })
    }

    /// Where the point of that index lies. `None` past the last one.
    pub fn position(&self, index: u64) -> Option<GridPosition> {
        let (column, row) = self.order.cell(index)?;
        let longitude = self.first_longitude + f64::from(column) * self.longitude_step;
        Some(GridPosition::new(*self.latitudes.get(row as usize)?, longitude))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaussian_rows_are_those_of_the_tables() {
        let rows = latitudes(32).expect("a usual grid");
        assert_eq!(rows.len(), 64);
        assert!((rows[0] - 87.863_799).abs() < 1e-6, "{}", rows[0]);
        assert!((rows[31] - 1.395_307).abs() < 1e-6, "{}", rows[31]);
        assert!((rows[63] + 87.863_799).abs() < 1e-6);
    }
}
