//! A file that stands under its final name, and where a sparse file has data.

use super::super::directory::stamp;
use super::stock::FinishedFile;
use crate::domain::octets::ByteRange;
use crate::domain::safe_path::SafePath;
use crate::domain::utc::UtcTime;
use std::fs::File;

/// A file under a final name.
pub(super) struct FinalFile {
    pub(super) path: SafePath,
    pub(super) handle: File,
    pub(super) length: u64,
}

impl FinalFile {
    /// When it was read last, if it is still as it was left then.
    pub(super) fn known_since(&self, file: usize, remembered: &[FinishedFile]) -> Option<UtcTime> {
        let now = (file, self.length, stamp(&self.handle));
        let known = remembered.iter().find(|known| (known.file, known.length, known.stamp) == now);
        known.map(|known| known.verified_at)
    }
}

/// Where a sparse file has data. The whole file where the system cannot tell.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd", target_vendor = "apple"))]
pub(super) fn data_extents(file: &File, length: u64) -> Vec<ByteRange> {
    use rustix::fs::SeekFrom;
    let mut extents = Vec::new();
    let mut at = 0;
    while at < length {
        let start = match rustix::fs::seek(file, SeekFrom::Data(at)) {
            Ok(start) => start,
            Err(rustix::io::Errno::NXIO) => break,
            Err(_) => return ByteRange::new(0, length).into_iter().collect(),
        };
        let end = rustix::fs::seek(file, SeekFrom::Hole(start)).unwrap_or(length).min(length);
        extents.extend(ByteRange::new(start, end));
        at = end.max(start + 1);
    }
    extents
}

/// Where a sparse file has data: not known on this system, so everywhere.
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd", target_vendor = "apple")))]
pub(super) fn data_extents(_file: &File, length: u64) -> Vec<ByteRange> {
    ByteRange::new(0, length).into_iter().collect()
}
