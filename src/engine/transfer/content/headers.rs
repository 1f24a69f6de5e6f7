//! Reads the headers of messages that are held on this disk.
//!
//! In: octets by their places. Out: the fields as the messages themselves say.

use crate::domain::octets::ByteRange;
use crate::engine::store::error::StoreError;
use crate::engine::store::file_set::FileSet;
use crate::grib::index::GribIndex;
use crate::grib::walk::{Step, Walk};

/// Reads octets of a file.
pub(crate) type ReadRange<'a> = dyn Fn(ByteRange, &mut [u8]) -> Result<(), StoreError> + 'a;

/// The fields of a file of which every octet is held.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn walk_held_file(files: &FileSet, file: usize) -> Result<GribIndex, StoreError> {
    let length = files.layout().files()[file].length.0;
    walk_with(length, &|range, buffer| files.read_file(file, range.start(), buffer))
}

/// The fields of messages that are told to lie in `ranges`; places are those in the file. A message that is longer than
/// its range is none.
///
/// # Errors
/// When they cannot be read.
pub(crate) fn walk_ranges(
    ranges: impl IntoIterator<Item = ByteRange>,
    read: &ReadRange<'_>,
) -> Result<GribIndex, StoreError> {
    let mut all = GribIndex::default();
    for range in ranges {
        let start = range.start();
        let within = walk_with(range.count().0, &|part, buffer| read(part.shifted_by(start), buffer))?;
        all.fields.extend(within.fields.into_iter().map(|mut field| {
            field.range = field.range.shifted_by(start);
            field
        }));
    }
    Ok(all)
}

fn walk_with(length: u64, read: &ReadRange<'_>) -> Result<GribIndex, StoreError> {
    let mut walk = Walk::new(length);
    let mut buffer = Vec::new();
    while let Step::Read(range) = walk.step() {
        buffer.resize(range.count().0 as usize, 0);
        read(range, &mut buffer)?;
        walk.feed(range.start(), &buffer);
    }
    Ok(walk.finish())
}
