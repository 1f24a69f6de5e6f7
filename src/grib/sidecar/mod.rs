//! Indexes that lie beside data files: those of NOAA and ECMWF, and ours.
//!
//! In: the octets of an index, from anybody, and the length of the data file where it is known. Out: a [`GribIndex`].
//! Lines that cannot be read, or point outside of the file, become problems; the others hold.
//! Start reading at [`read`].

mod json_lines;
mod wgrib2;
mod write;

pub use write::{slice_index, wgrib2_index};

use super::index::{GribIndex, Problem, ProblemCode};
use crate::domain::octets::ByteRange;
use std::borrow::Cow;

/// Largest index that is read.
pub const LARGEST: usize = 64 << 20;

/// Most lines that are read.
const MOST_LINES: usize = 500_000;

/// Most problems that are kept.
const MOST_PROBLEMS: usize = 200;

/// The names under which an index of `file` may lie beside it, best first: ours tells digests.
pub fn names_beside(file: &str) -> Vec<String> {
    let stem =
        [".grib2", ".grib", ".grb2", ".grb", ".GRIB2"].iter().find_map(|suffix| file.strip_suffix(suffix));
    let mut names = vec![format!("{file}.index"), format!("{file}.idx")];
    if let Some(stem) = stem {
        names.extend([format!("{stem}.index"), format!("{stem}.idx"), format!("{stem}.inv")]);
    }
    names
}

/// Whether `octets` look like an index.
pub fn is_index(octets: &[u8]) -> bool {
    let line = octets.split(|&c| c == b'\n').next().unwrap_or_default();
    let line = std::str::from_utf8(line).unwrap_or_default().trim();
    wgrib2::is_line(line) || json_lines::is_line(line)
}

/// Reads an index. `length` is that of the data file.
///
/// # Errors
/// When it is too large, or no line of it can be read.
pub fn read(octets: &[u8], length: Option<u64>) -> Result<GribIndex, NotAnIndex> {
    if octets.len() > LARGEST {
        return Err(NotAnIndex::TooLarge);
    }
    let text = String::from_utf8_lossy(octets);
    let first = text.lines().find(|line| !line.trim().is_empty()).ok_or(NotAnIndex::Empty)?;
    let mut index = if first.trim_start().starts_with('{') {
        json_lines::read(&text, length)
    } else {
        wgrib2::read(&text, length)
    };
    if index.fields.is_empty() {
        return Err(NotAnIndex::NothingReadable);
    }
    index.octets_read = octets.len() as u64;
    index.reads = 1;
    Ok(index)
}

/// Why an index cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnIndex {
    /// More than 64 MiB.
    #[error("larger than {LARGEST} octets")]
    TooLarge,
    /// Nothing in it.
    #[error("empty")]
    Empty,
    /// Not one line of it can be read.
    #[error("not one line can be read")]
    NothingReadable,
}

fn note(index: &mut GribIndex, code: ProblemCode, line: usize, detail: impl Into<Cow<'static, str>>) {
    if index.problems.len() < MOST_PROBLEMS {
        index.problems.push(Problem { code, offset: line as u64, detail: detail.into() });
    }
}

/// The octets of an entry; `None` for none at all, or for some that do not lie in the file.
fn range_in_file(start: u64, end: u64, length: Option<u64>) -> Option<ByteRange> {
    ByteRange::new(start, end).filter(|range| length.is_none_or(|length| range.end() <= length))
}
