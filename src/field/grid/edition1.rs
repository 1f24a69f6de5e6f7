//! Section 2 of GRIB1 as a grid.

use super::super::bits::Section;
use super::super::error::DecodeError;
use super::FieldGrid;
use super::earth::EarthShape;
use super::gaussian::{self, Direction, GaussianGrid};
use super::lambert::{Cone, LambertGrid};
use super::lat_lon::{Ends, LatLonGrid};
use super::mercator::MercatorGrid;
use super::polar::{PolarGrid, Pole};
use super::reduced::ReducedGrid;
use super::rotated::TurnedPole;
use super::scan::ScanOrder;

/// Stands for a number that is not told.
const NOT_TOLD: u16 = u16::MAX;

/// Polar grids of edition 1 are true at this latitude.
const POLAR_TRUE_AT: f64 = 60.0;

/// Where a list of rows cannot begin: nothing is there.
const NO_LIST: usize = 255;

pub(super) fn read(section: &[u8]) -> Result<FieldGrid, DecodeError> {
    let section = Section(section);
    let kind = section.u8(6)?;
    match kind {
        0 | 4 => by_rows(section),
        10 | 14 => {
            let pole = TurnedPole {
                latitude: degrees(section, 33)?,
                longitude: degrees(section, 36)?,
                angle: section.ibm(39)?,
            };
            Ok(FieldGrid::Rotated(pole, Box::new(by_rows(section)?)))
        }
        1 => Ok(FieldGrid::Mercator(MercatorGrid {
            earth: EarthShape::of_flags(section.u8(17)?),
            order: order(section)?,
            first: (degrees(section, 11)?, degrees(section, 14)?),
            true_at: degrees(section, 24)?,
            steps: (f64::from(section.u24(29)?), f64::from(section.u24(32)?)),
        })),
        3 => {
            let cone = Cone {
                first: (degrees(section, 11)?, degrees(section, 14)?),
                meridian: degrees(section, 18)?,
                secants: (degrees(section, 29)?, degrees(section, 32)?),
            };
            let earth = EarthShape::of_flags(section.u8(17)?);
            Ok(FieldGrid::Lambert(LambertGrid::new(earth, order(section)?, cone, steps(section)?)?))
        }
        5 => Ok(FieldGrid::Polar(PolarGrid {
            earth: EarthShape::of_flags(section.u8(17)?),
            order: order(section)?,
            first: (degrees(section, 11)?, degrees(section, 14)?),
            true_at: POLAR_TRUE_AT,
            meridian: degrees(section, 18)?,
            steps: steps(section)?,
            pole: Pole::of_flag(section.u8(27)?),
        })),
        50 | 60 | 70 | 80 => Err(DecodeError::Spectral),
        other => Err(DecodeError::Grid1(other)),
    }
}

/// How many points a field has.
///
/// # Errors
/// For spectral coefficients, and when columns and rows are not told.
pub(in crate::field) fn points(section: &[u8]) -> Result<u64, DecodeError> {
    let own = Section(section);
    if matches!(own.u8(6)?, 50 | 60 | 70 | 80) {
        return Err(DecodeError::Spectral);
    }
    if own.u16(7)? == NOT_TOLD || own.u16(9)? == NOT_TOLD {
        return Ok(row_lengths(section)?.iter().map(|&length| length as u64).sum());
    }
    Ok(u64::from(own.u16(7)?) * u64::from(own.u16(9)?))
}

/// How many points each row has.
///
/// # Errors
/// When neither columns nor a list of rows are told.
pub(in crate::field) fn row_lengths(section: &[u8]) -> Result<Vec<usize>, DecodeError> {
    let own = Section(section);
    let (columns, rows) = (own.u16(7)?, own.u16(9)?);
    if columns != NOT_TOLD && rows != NOT_TOLD {
        return Ok(vec![usize::from(columns); usize::from(rows)]);
    }
    let (coordinates, at) = (usize::from(own.u8(4)?), usize::from(own.u8(5)?));
    // Of rows of different lengths the columns are not told; where rows are not, they differ along meridians.
    if columns != NOT_TOLD || rows == NOT_TOLD || at == NO_LIST || at == 0 {
        return Err(DecodeError::Contradiction("a grid without columns and without a list of rows"));
    }
    let list = section.get(at - 1 + 4 * coordinates..).and_then(|rest| rest.get(..2 * usize::from(rows)));
    let list = list.ok_or(DecodeError::SectionTooShort)?;
    Ok(list.as_chunks::<2>().0.iter().map(|&two| usize::from(u16::from_be_bytes(two))).collect())
}

/// An angle in thousandths of a degree.
fn degrees(section: Section<'_>, octet: usize) -> Result<f64, DecodeError> {
    Ok(f64::from(section.i24(octet)?) / 1e3)
}

fn steps(section: Section<'_>) -> Result<(f64, f64), DecodeError> {
    Ok((f64::from(section.u24(21)?), f64::from(section.u24(24)?)))
}

fn order(section: Section<'_>) -> Result<ScanOrder, DecodeError> {
    let shape = (u32::from(section.u16(7)?), u32::from(section.u16(9)?));
    Ok(ScanOrder::new(shape, section.u8(28)?))
}

fn by_rows(section: Section<'_>) -> Result<FieldGrid, DecodeError> {
    let is_gaussian = matches!(section.u8(6)?, 4 | 14);
    let step = |octet: usize| {
        let told = section.u16(octet)?;
        Ok::<_, DecodeError>((told != NOT_TOLD && told != 0).then_some(f64::from(told) / 1e3))
    };
    let along_meridian = if is_gaussian { None } else { step(26)? };
    let ends = Ends {
        first: (degrees(section, 11)?, degrees(section, 14)?),
        last: (degrees(section, 18)?, degrees(section, 21)?),
        steps: (step(24)?, along_meridian),
    };
    let half = u32::from(section.u16(26)?);
    if section.u16(7)? != NOT_TOLD {
        let order = order(section)?;
        return Ok(if is_gaussian {
            FieldGrid::Gaussian(GaussianGrid::new(order, half, ends)?)
        } else {
            FieldGrid::LatLon(LatLonGrid::new(order, ends))
        });
    }
    let lengths = row_lengths(section.0)?;
    let rows = lengths.len() as u32;
    let order = ScanOrder::new((1, rows), section.u8(28)?);
    let latitudes = if is_gaussian {
        gaussian::rows_from(half, (ends.first.0, rows), Direction::of(&order))?
    } else {
        let step = ends.latitude_step(&order);
        (0..rows).map(|row| ends.first.0 + f64::from(row) * step).collect()
    };
    Ok(FieldGrid::Reduced(ReducedGrid::new(latitudes, &lengths, (ends.first.1, ends.last.1), None)?))
}
