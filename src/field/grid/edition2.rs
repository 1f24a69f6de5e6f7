//! Section 3 of GRIB2 as a grid.

use super::super::bits::Section;
use super::super::error::DecodeError;
use super::FieldGrid;
use super::earth::EarthShape;
use super::gaussian::{self, Direction, GaussianGrid};
use super::healpix::{HealpixGrid, HealpixOrder, LONGEST_SIDE};
use super::lambert::{Cone, LambertGrid};
use super::lat_lon::{Ends, LatLonGrid};
use super::mercator::MercatorGrid;
use super::polar::{PolarGrid, Pole};
use super::reduced::ReducedGrid;
use super::rotated::TurnedPole;
use super::scan::ScanOrder;
use super::unstructured::CellGrid;

/// Stands for a number that is not told.
const NOT_TOLD: u32 = u32::MAX;

/// Octets of templates 3.0 and 3.40 and of the head before them; lists of rows follow.
const PLAIN: usize = 72;

/// The same of templates 3.1 and 3.41.
const ROTATED: usize = 84;

/// The same of templates 3.3 and 3.43 that are stretched too: not read.
pub(super) fn read(section: &[u8]) -> Result<FieldGrid, DecodeError> {
    let section = Section(section);
    let template = section.u16(13)?;
    match template {
        0 | 40 => by_rows(section, PLAIN),
        1 | 41 => {
            let pole = TurnedPole {
                latitude: degrees(section, 73)?,
                longitude: degrees(section, 77)?,
                angle: section.f32(81)?,
            };
            Ok(FieldGrid::Rotated(pole, Box::new(by_rows(section, ROTATED)?)))
        }
        10 => mercator(section),
        20 => {
            let (earth, order) = (EarthShape::of_section_3(section)?, order(section, 65)?);
            Ok(FieldGrid::Polar(PolarGrid {
                earth,
                order,
                first: place(section, 39)?,
                true_at: degrees(section, 48)?,
                meridian: degrees(section, 52)?,
                steps: (metres(section, 56)?, metres(section, 60)?),
                pole: Pole::of_flag(section.u8(64)?),
            }))
        }
        30 => {
            let cone = Cone {
                first: place(section, 39)?,
                meridian: degrees(section, 52)?,
                secants: (degrees(section, 66)?, degrees(section, 70)?),
            };
            let steps = (metres(section, 56)?, metres(section, 60)?);
            let earth = EarthShape::of_section_3(section)?;
            Ok(FieldGrid::Lambert(LambertGrid::new(earth, order(section, 65)?, cone, steps)?))
        }
        50..=53 => Err(DecodeError::Spectral),
        101 => Ok(FieldGrid::Cells(CellGrid {
            points: u64::from(section.u32(7)?),
            number: section.u24(16)?,
            part: section.u8(19)?,
            uuid: section.0.get(19..35).and_then(|uuid| uuid.try_into().ok()).unwrap_or_default(),
        })),
        150 => healpix(section),
        other => Err(DecodeError::Grid(other)),
    }
}

/// An angle in millionths of a degree.
fn degrees(section: Section<'_>, octet: usize) -> Result<f64, DecodeError> {
    Ok(section.i32(octet)? as f64 / 1e6)
}

fn place(section: Section<'_>, octet: usize) -> Result<(f64, f64), DecodeError> {
    Ok((degrees(section, octet)?, degrees(section, octet + 4)?))
}

/// A length in millimetres.
fn metres(section: Section<'_>, octet: usize) -> Result<f64, DecodeError> {
    Ok(f64::from(section.u32(octet)?) / 1e3)
}

/// Columns and rows, with the flags of scanning that stand at an octet.
fn order(section: Section<'_>, flags_at: usize) -> Result<ScanOrder, DecodeError> {
    let order = ScanOrder::new((section.u32(31)?, section.u32(35)?), section.u8(flags_at)?);
    if order.points() != u64::from(section.u32(7)?) {
        return Err(DecodeError::Contradiction("columns and rows hold other points than the grid"));
    }
    Ok(order)
}

/// Latitude and longitude, or Gaussian; a list of rows stands behind `head` octets when they differ.
fn by_rows(section: Section<'_>, head: usize) -> Result<FieldGrid, DecodeError> {
    let is_gaussian = matches!(section.u16(13)?, 40 | 41);
    let (basic, parts) = (section.u32(39)?, section.u32(43)?);
    // Angles are in millionths of a degree unless the header has a unit of its own.
    let unit = if basic == 0 || basic == NOT_TOLD || parts == 0 || parts == NOT_TOLD {
        1e-6
    } else {
        f64::from(basic) / f64::from(parts)
    };
    let angle = |octet: usize| Ok::<_, DecodeError>(section.i32(octet)? as f64 * unit);
    let step = |octet: usize| {
        let told = section.u32(octet)?;
        Ok::<_, DecodeError>((told != NOT_TOLD && told != 0).then_some(f64::from(told) * unit))
    };
    let along_meridian = if is_gaussian { None } else { step(68)? };
    let ends = Ends {
        first: (angle(47)?, angle(51)?),
        last: (angle(56)?, angle(60)?),
        steps: (step(64)?, along_meridian),
    };
    let half = section.u32(68)?;
    if section.u32(31)? != NOT_TOLD && section.u8(11)? == 0 {
        let order = order(section, 72)?;
        return Ok(if is_gaussian {
            FieldGrid::Gaussian(GaussianGrid::new(order, half, ends)?)
        } else {
            FieldGrid::LatLon(LatLonGrid::new(order, ends))
        });
    }
    let lengths = row_lengths(section, head)?;
    let rows = lengths.len() as u32;
    let order = ScanOrder::new((1, rows), section.u8(72)?);
    let latitudes = if is_gaussian {
        gaussian::rows_from(half, (ends.first.0, rows), Direction::of(&order))?
    } else {
        let step = ends.latitude_step(&order);
        (0..rows).map(|row| ends.first.0 + f64::from(row) * step).collect()
    };
    let points = Some(u64::from(section.u32(7)?));
    let longitudes = (ends.first.1, ends.last.1);
    Ok(FieldGrid::Reduced(ReducedGrid::new(latitudes, &lengths, longitudes, points)?))
}

/// The list of rows: a number for each, of so many octets as octet 11 says.
fn row_lengths(section: Section<'_>, head: usize) -> Result<Vec<usize>, DecodeError> {
    let (octets, rows) = (usize::from(section.u8(11)?), section.u32(35)? as usize);
    if !matches!(octets, 1 | 2 | 4) {
        return Err(DecodeError::Contradiction("a grid without columns and without a list of rows"));
    }
    let list = section.0.get(head..).and_then(|rest| rest.get(..rows.checked_mul(octets)?));
    let list = list.ok_or(DecodeError::SectionTooShort)?;
    let number = |part: &[u8]| part.iter().fold(0, |sum, &octet| sum << 8 | usize::from(octet));
    Ok(list.chunks_exact(octets).map(number).collect())
}

fn mercator(section: Section<'_>) -> Result<FieldGrid, DecodeError> {
    /// Longest turn that counts as none.
    const TURNED: i64 = 0;
    if section.i32(61)? != TURNED {
        return Err(DecodeError::Grid(10));
    }
    Ok(FieldGrid::Mercator(MercatorGrid {
        earth: EarthShape::of_section_3(section)?,
        order: order(section, 60)?,
        first: place(section, 39)?,
        true_at: degrees(section, 48)?,
        steps: (metres(section, 65)?, metres(section, 69)?),
    }))
}

fn healpix(section: Section<'_>) -> Result<FieldGrid, DecodeError> {
    let side = section.u32(32)?;
    let order = match section.u8(41)? {
        0 => HealpixOrder::Rings,
        1 => HealpixOrder::Nested,
        _ => return Err(DecodeError::Grid(150)),
    };
    let grid = HealpixGrid { side, order };
    let is_numbered = order == HealpixOrder::Rings || side.is_power_of_two();
    if side == 0 || side > LONGEST_SIDE || !is_numbered || grid.points() != u64::from(section.u32(7)?) {
        return Err(DecodeError::Contradiction("cells that cannot be counted so"));
    }
    Ok(FieldGrid::Healpix(grid))
}
