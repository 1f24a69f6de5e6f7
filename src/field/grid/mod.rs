//! Where the points of a field lie.
//!
//! In: the sections of a field. Out: [`FieldGrid`]: the latitude and longitude of each point, by its index in the file.
//!
//! | file | grid | GRIB2 | GRIB1 |
//! |---|---|---|---|
//! | [`lat_lon`] | latitude and longitude | 3.0 | 0 |
//! | [`rotated`] | the same around another pole, also Gaussian | 3.1, 3.41 | 10, 14 |
//! | [`gaussian`] | Gaussian rows | 3.40 | 4 |
//! | [`reduced`] | rows of different lengths, Gaussian or not | 3.0, 3.40 | 0, 4 |
//! | [`mercator`] | Mercator | 3.10 | 1 |
//! | [`polar`] | polar stereographic | 3.20 | 5 |
//! | [`lambert`] | Lambert conformal | 3.30 | 3 |
//! | [`healpix`] | HEALPix, in rings and nested | 3.150 | – |
//! | [`unstructured`] | cells by a list of places, such as ICON's | 3.101 | – |
//!
//! [`scan`] tells in which order points stand, [`earth`] the shape of the Earth; `edition1`, `edition2` read the headers.

pub mod earth;
pub(super) mod edition1;
mod edition2;
pub mod gaussian;
pub mod healpix;
pub mod lambert;
pub mod lat_lon;
pub mod mercator;
pub mod polar;
pub mod reduced;
pub mod rotated;
pub mod scan;
pub mod unstructured;

use super::error::DecodeError;
use super::message::FieldSections;
use gaussian::GaussianGrid;
use healpix::HealpixGrid;
use lambert::LambertGrid;
use lat_lon::LatLonGrid;
use mercator::MercatorGrid;
use polar::PolarGrid;
use reduced::ReducedGrid;
use rotated::TurnedPole;
use unstructured::CellGrid;

/// A place on the Earth, in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GridPosition {
    /// North of the equator.
    pub latitude: f64,
    /// East of Greenwich, from 0 to less than 360.
    pub longitude: f64,
}

impl GridPosition {
    /// The place of that latitude and longitude, which may be west of Greenwich or beyond the date line.
    pub fn new(latitude: f64, longitude: f64) -> Self {
        let east = longitude.rem_euclid(360.0);
        // What is a hair's breadth west of Greenwich is rounded to 360.
        Self { latitude, longitude: if east >= 360.0 { 0.0 } else { east } }
    }
}

/// The grid of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldGrid {
    /// Latitude and longitude.
    LatLon(LatLonGrid),
    /// Gaussian, with rows of one length.
    Gaussian(GaussianGrid),
    /// Rows of different lengths.
    Reduced(ReducedGrid),
    /// One of the three above, around another pole.
    Rotated(TurnedPole, Box<FieldGrid>),
    /// Mercator.
    Mercator(MercatorGrid),
    /// Polar stereographic.
    Polar(PolarGrid),
    /// Lambert conformal.
    Lambert(LambertGrid),
    /// HEALPix.
    Healpix(HealpixGrid),
    /// Cells whose places other fields tell.
    Cells(CellGrid),
}

impl FieldGrid {
    /// The grid of a field.
    ///
    /// # Errors
    /// [`DecodeError::Grid`], [`DecodeError::Grid1`] for one that is not read; others for one that cannot be.
    pub fn of(field: &FieldSections<'_>) -> Result<Self, DecodeError> {
        match field {
            FieldSections::One { grid: Some(grid), .. } => edition1::read(grid),
            FieldSections::One { grid: None, .. } => Err(DecodeError::Grid1(u8::MAX)),
            FieldSections::Two { grid, .. } => edition2::read(grid),
        }
    }

    /// Where the point of that index lies. `None` past the last one, and for cells, whose places other fields tell.
    pub fn position(&self, index: u64) -> Option<GridPosition> {
        match self {
            Self::LatLon(grid) => grid.position(index),
            Self::Gaussian(grid) => grid.position(index),
            Self::Reduced(grid) => grid.position(index),
            Self::Rotated(pole, grid) => grid.position(index).map(|place| pole.turn_back(place)),
            Self::Mercator(grid) => grid.position(index),
            Self::Polar(grid) => grid.position(index),
            Self::Lambert(grid) => grid.position(index),
            Self::Healpix(grid) => grid.position(index),
            Self::Cells(_) => None,
        }
    }

    /// The name in JSON; stable.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::LatLon(_) => "lat_lon",
            Self::Gaussian(_) => "gaussian",
            Self::Reduced(_) => "reduced",
            Self::Rotated(..) => "rotated",
            Self::Mercator(_) => "mercator",
            Self::Polar(_) => "polar_stereographic",
            Self::Lambert(_) => "lambert",
            Self::Healpix(_) => "healpix",
            Self::Cells(_) => "unstructured",
        }
    }
}
