//! Cells whose places are told by other fields of the same run, as those of ICON are.
//!
//! In: section 3, and the values of the two fields that tell the latitude and the longitude of each cell. Out: places.

use super::GridPosition;
use crate::domain::field::Identity;
use crate::field::error::DecodeError;
use crate::field::values::FieldValues;

/// Which grid it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellGrid {
    /// How many cells it has.
    pub points: u64,
    /// The number of the grid that its centre gave.
    pub number: u32,
    /// Which part of it: cells, edges or corners.
    pub part: u8,
    /// Its identifier; two fields are of one grid when these are equal.
    pub uuid: [u8; 16],
}

/// What a field tells of the places of cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellCoordinate {
    /// Degrees north.
    Latitude,
    /// Degrees east.
    Longitude,
}

impl CellCoordinate {
    /// What the field of that identity tells: `CLAT` and `CLON`, and those of edges and corners.
    pub fn of(identity: Identity) -> Option<Self> {
        match (identity.discipline, identity.category, identity.number) {
            (0, 191, 1) => Some(Self::Latitude),
            (0, 191, 2) => Some(Self::Longitude),
            _ => None,
        }
    }
}

/// The places of all cells.
#[derive(Clone, Debug)]
pub struct CellPlaces {
    latitudes: FieldValues,
    longitudes: FieldValues,
}

impl CellPlaces {
    /// From the values of the two fields.
    ///
    /// # Errors
    /// When they are not of the same number of cells as the grid.
    pub fn new(
        grid: &CellGrid,
        latitudes: FieldValues,
        longitudes: FieldValues,
    ) -> Result<Self, DecodeError> {
        if latitudes.len() != grid.points || longitudes.len() != grid.points {
            return Err(DecodeError::Contradiction("the places are those of another grid"));
        }
        Ok(Self { latitudes, longitudes })
    }

    /// Where the cell of that index lies. `None` past the last one, and where no place is told.
    pub fn position(&self, index: u64) -> Option<GridPosition> {
        let (latitude, longitude) = (self.latitudes.at(index)?, self.longitudes.at(index)?);
        let is_place = latitude.abs() <= 90.0 && longitude.is_finite();
        is_place.then(|| GridPosition::new(f64::from(latitude), f64::from(longitude)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_lies_where_the_two_fields_say() {
        let grid = CellGrid { points: 2, number: 26, part: 1, uuid: [0; 16] };
        let [north, east] = [vec![10.0, f32::NAN], vec![-20.0, 5.0]].map(FieldValues::Points);
        let places = CellPlaces::new(&grid, north.clone(), east).expect("of one grid");
        assert_eq!(places.position(0), Some(GridPosition { latitude: 10.0, longitude: 340.0 }));
        assert_eq!(places.position(1), None);
        let short = FieldValues::Points(vec![1.0]);
        assert!(CellPlaces::new(&grid, north, short).is_err());
    }
}
