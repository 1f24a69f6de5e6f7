//! On which grid a field lies, as far as the head of its message tells.
//!
//! In: section 3 of GRIB2, section 2 of GRIB1. Out: [`Grid`]: its projection, how many points, how far apart.

use std::fmt;

/// A grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// Its projection.
    pub projection: Projection,
    /// How many columns and rows. `None` for a grid that has none, or whose rows differ.
    pub shape: Option<(u32, u32)>,
    /// How many points. `None` when nothing says.
    pub points: Option<u32>,
    /// From column to column and from row to row, in millionths of a degree. `None` where it is not in degrees.
    pub step: Option<(u32, u32)>,
}

/// A projection, as GRIB2 numbers its templates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Projection {
    /// Latitude and longitude.
    LatLon,
    /// Latitude and longitude around another pole.
    Rotated,
    /// Mercator.
    Mercator,
    /// Polar stereographic.
    Stereographic,
    /// Lambert conformal.
    Lambert,
    /// Gaussian.
    Gaussian,
    /// Coefficients of spherical harmonics.
    Spectral,
    /// Points without columns and rows.
    Unstructured,
    /// Another one, by the number of its template.
    Other(u16),
}

/// What stands for a number that is not given.
const MISSING: u32 = u32::MAX;

fn u16_at(octets: &[u8], at: usize) -> Option<u16> {
    octets.get(at..at + 2).map(|two| u16::from_be_bytes([two[0], two[1]]))
}

fn u32_at(octets: &[u8], at: usize) -> Option<u32> {
    octets.get(at..at + 4).map(|four| u32::from_be_bytes([four[0], four[1], four[2], four[3]]))
}

impl Grid {
    /// Octets of section 3 of GRIB2 that are enough.
    pub const SECTION_3: usize = 72;

    /// Octets of section 2 of GRIB1 that are enough.
    pub const SECTION_2: usize = 28;

    /// Reads the beginning of section 3 of GRIB2. `None` when it is too short.
    pub fn of_section_3(section: &[u8]) -> Option<Self> {
        let projection = match u16_at(section, 12)? {
            0 => Projection::LatLon,
            1..=3 => Projection::Rotated,
            10 => Projection::Mercator,
            20 => Projection::Stereographic,
            30 => Projection::Lambert,
            40..=43 => Projection::Gaussian,
            50..=53 => Projection::Spectral,
            100 | 101 => Projection::Unstructured,
            other => Projection::Other(other),
        };
        let has_shape =
            !matches!(projection, Projection::Spectral | Projection::Unstructured | Projection::Other(_));
        let shape = u32_at(section, 30).zip(u32_at(section, 34));
        let shape = shape.filter(|&(columns, rows)| has_shape && columns != MISSING && rows != MISSING);
        // A unit of its own for angles is hardly ever set; then the steps are not in millionths of a degree.
        let is_usual = u32_at(section, 38).is_none_or(|basic| basic == 0 || basic == MISSING);
        let is_in_degrees = is_usual && matches!(projection, Projection::LatLon | Projection::Rotated);
        let step = u32_at(section, 63).zip(u32_at(section, 67));
        Some(Self {
            projection,
            shape,
            points: u32_at(section, 6),
            step: step.filter(|&(x, y)| is_in_degrees && x != MISSING && y != MISSING),
        })
    }

    /// Reads the beginning of section 2 of GRIB1. `None` when it is too short.
    pub fn of_section_2(section: &[u8]) -> Option<Self> {
        let projection = match section.get(5)? {
            0 => Projection::LatLon,
            10 | 20 | 30 => Projection::Rotated,
            1 => Projection::Mercator,
            3 => Projection::Lambert,
            4 | 14 | 24 | 34 => Projection::Gaussian,
            5 => Projection::Stereographic,
            50 | 60 | 70 | 80 => Projection::Spectral,
            other => Projection::Other(u16::from(*other)),
        };
        let short = |at| u16_at(section, at).filter(|number| *number != u16::MAX).map(u32::from);
        let has_shape = !matches!(projection, Projection::Spectral | Projection::Other(_));
        let shape = short(6).zip(short(8)).filter(|_| has_shape);
        let is_in_degrees = matches!(projection, Projection::LatLon | Projection::Rotated);
        // In thousandths of a degree.
        let step = short(23).zip(short(25)).filter(|_| is_in_degrees).map(|(x, y)| (x * 1000, y * 1000));
        Some(Self { projection, shape, points: None, step })
    }
}

impl fmt::Display for Grid {
    /// `1121 × 717 · 0.025°`, `542040` for points without rows; the same in both languages but for the decimal sign.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.shape, self.points) {
            (Some((columns, rows)), _) => write!(f, "{columns} × {rows}")?,
            (None, Some(points)) => write!(f, "{points}")?,
            (None, None) => f.write_str("–")?,
        }
        match self.step {
            Some((x, y)) if x == y => write!(f, " · {}°", f64::from(x) / 1e6),
            Some((x, y)) => write!(f, " · {}° × {}°", f64::from(x) / 1e6, f64::from(y) / 1e6),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Section 3 with that template, columns, rows and steps.
    fn section_3(template: u16, (columns, rows): (u32, u32), (x, y): (u32, u32)) -> Vec<u8> {
        let mut section = vec![0; Grid::SECTION_3];
        let mut put = |at: usize, octets: &[u8]| section[at..at + octets.len()].copy_from_slice(octets);
        put(6, &803_757_u32.to_be_bytes());
        put(12, &template.to_be_bytes());
        put(30, &columns.to_be_bytes());
        put(34, &rows.to_be_bytes());
        put(63, &x.to_be_bytes());
        put(67, &y.to_be_bytes());
        section
    }

    #[test]
    fn a_grid_is_written_by_columns_rows_and_degrees() {
        let read =
            |template, shape, step| Grid::of_section_3(&section_3(template, shape, step)).expect("a grid");
        assert_eq!(read(0, (1121, 717), (25_000, 25_000)).to_string(), "1121 × 717 · 0.025°");
        assert_eq!(read(1, (20, 10), (500_000, 250_000)).to_string(), "20 × 10 · 0.5° × 0.25°");
        assert_eq!(read(30, (300, 200), (7, 7)).to_string(), "300 × 200", "metres are no degrees");
        assert_eq!(read(101, (1, 2), (3, 3)).to_string(), "803757", "points without rows are counted");
        assert_eq!(read(40, (u32::MAX, 640), (1, 1)).to_string(), "803757", "rows of a reduced grid differ");
    }

    #[test]
    fn a_grid_of_the_first_edition_is_in_thousandths_of_a_degree() {
        let mut section = vec![0; Grid::SECTION_2];
        section[6..10].copy_from_slice(&[0, 144, 0, 73]);
        section[23..27].copy_from_slice(&[0x09, 0xC4, 0x09, 0xC4]);
        assert_eq!(Grid::of_section_2(&section).expect("a grid").to_string(), "144 × 73 · 2.5°");
    }

    #[test]
    fn a_section_that_is_cut_is_no_grid_or_one_of_which_less_is_known() {
        let whole = section_3(0, (4, 3), (1_000_000, 1_000_000));
        assert_eq!(Grid::of_section_3(&whole[..12]), None);
        assert_eq!(Grid::of_section_3(&whole[..40]).expect("a grid").to_string(), "4 × 3");
        assert_eq!(Grid::of_section_2(&[]), None);
    }
}
