//! Takes stock of what lies on the disk when a transfer begins: nothing is believed that was not hashed.
//!
//! In: the wanted octets, and which finished files are remembered by length and time. Out: the units that are right.
//! Unfinished content is hashed where the file system holds data for it; a finished file of the right name and length
//! is taken over when every piece of it is right, and copied back among the partial files otherwise.

use super::super::directory::{EntryKind, stamp};
use super::super::error::StoreError;
use super::handles::FileForm;
use super::{FileSet, Partials, Place};
use crate::domain::octets::{ByteRange, RangeSet};
use crate::domain::on_disk::Stamp;
use crate::domain::safe_path::SafePath;
use crate::domain::utc::UtcTime;
use crate::transfer::assembly::ContentGrid;
use parking_lot::Mutex;
use std::fs::File;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A finished file as it was left: trusted again while its length and times are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FinishedFile {
    /// Which file of the layout.
    pub file: usize,
    /// Its length.
    pub length: u64,
    /// How it was left.
    pub stamp: Stamp,
    /// When its octets were last read and found right.
    pub verified_at: UtcTime,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Stock {
    /// Octets that are held, as whole units.
    pub held: RangeSet,
    /// Octets that were read and hashed.
    pub checked: u64,
}

/// Says whether a unit read from the disk is right: by its published hash, or by our own digest of it.
pub type UnitJudge<'a> = dyn Fn(ByteRange, &[u8]) -> bool + Sync + 'a;

impl FileSet {
    /// Takes stock of the content. `units` are what may be known again: the pieces of `want`, or the blocks that were
    /// noted with a digest.
    ///
    /// # Errors
    /// When a file that is there cannot be read. A file that is missing is none.
    pub fn take_stock(
        &self,
        want: &RangeSet,
        units: &[ByteRange],
        remembered: &[FinishedFile],
        judge: &UnitJudge<'_>,
    ) -> Result<Stock, StoreError> {
        let mut trusted = RangeSet::new();
        let mut data = RangeSet::new();
        let mut candidates = Vec::new();
        for (file, range) in self.files_touched(want) {
            let is_wanted = want.contains(range);
            match self.look_at_final(file)? {
                Some(standing) => {
                    let not_read_since = standing.known_since(file, remembered);
                    let stamp = stamp(&standing.handle);
                    if not_read_since.is_some() {
                        trusted.insert(range);
                    } else if is_wanted {
                        candidates.push((file, range, standing.handle));
                    } else {
                        self.extents(file, range)?.into_iter().for_each(|extent| data.insert(extent));
                        continue;
                    }
                    data.insert(range);
                    *self.places[file].write() =
                        Place::Standing { path: standing.path, not_read_since, stamp };
                }
                None => self.extents(file, range)?.into_iter().for_each(|extent| data.insert(extent)),
            }
        }
        for padding in self.layout().files().iter().filter(|f| f.is_padding).filter_map(|f| f.range()) {
            trusted.insert(padding);
        }
        let mut stock = self.check_units(units, &trusted, &data, judge)?;
        if matches!(self.grid, ContentGrid::Blocks(_)) {
            trusted.iter().for_each(|range| stock.held.insert(range));
        }
        for (file, range, mut handle) in candidates {
            if stock.held.contains(self.grid.widened(range)) {
                continue;
            }
            if stock.held.touches(range) {
                self.copy_back(file, &mut handle)?;
            }
            self.handles.close(file, FileForm::Standing);
            *self.places[file].write() = Place::Partial;
        }
        stock.held.iter().for_each(|range| self.note_held(range));
        Ok(stock)
    }

    /// Files of `want` under their final name that are not as they were left.
    ///
    /// # Errors
    /// When a file that is there cannot be read.
    pub fn changed_since(
        &self,
        want: &RangeSet,
        remembered: &[FinishedFile],
    ) -> Result<Vec<ByteRange>, StoreError> {
        let mut changed = Vec::new();
        for (file, range) in self.files_touched(want) {
            let standing = self.look_at_final(file)?;
            if standing.is_some_and(|standing| standing.known_since(file, remembered).is_none()) {
                changed.push(range);
            }
        }
        Ok(changed)
    }

    /// Pieces of finished files that are as they were left, with the padding that follows them: known without being read.
    ///
    /// # Errors
    /// When a file that is there cannot be read.
    pub fn pieces_as_left(&self, remembered: &[FinishedFile]) -> Result<Vec<ByteRange>, StoreError> {
        let (mut left, mut with_padding) = (RangeSet::new(), RangeSet::new());
        for (file, entry) in self.layout().files().iter().enumerate() {
            let Some(range) = entry.range() else { continue };
            if entry.is_padding {
                with_padding.insert(range);
            } else if remembered.iter().any(|known| known.file == file)
                && let Some(standing) = self.look_at_final(file)?
                && standing.known_since(file, remembered).is_some()
            {
                left.insert(range);
                with_padding.insert(range);
            }
        }
        Ok(self.pieces_of(&left).into_iter().filter(|piece| with_padding.contains(*piece)).collect())
    }

    /// Real files of which `want` holds octets.
    fn files_touched(&self, want: &RangeSet) -> Vec<(usize, ByteRange)> {
        let files = self.layout().files().iter().enumerate().filter(|(_, file)| !file.is_padding);
        files
            .filter_map(|(i, file)| Some((i, file.range()?)))
            .filter(|(_, range)| want.touches(*range))
            .collect()
    }

    /// The file that stands under the final name of `file`, when it has the right length.
    fn look_at_final(&self, file: usize) -> Result<Option<Standing>, StoreError> {
        let wanted = &self.layout().files()[file];
        let handle = match self.open_final(&wanted.path) {
            Ok(handle) => handle,
            // What cannot be opened cannot be used; publishing will say so if it is still in the way.
            Err(_) => return Ok(None),
        };
        let length =
            handle.metadata().map_err(|e| StoreError::from_io(format!("look at {}", wanted.path), e))?.len();
        Ok((length == wanted.length.0).then(|| Standing { path: wanted.path.clone(), handle, length }))
    }

    /// The octets of the content for which the partial file has data.
    fn extents(&self, file: usize, range: ByteRange) -> Result<Vec<ByteRange>, StoreError> {
        match self.partials.directory().entry(&Partials::name(file))? {
            Some(entry) if entry.kind == EntryKind::File && entry.names == 1 => {}
            _ => return Ok(Vec::new()),
        }
        let handle = self.partial_handle(file)?;
        let extents = data_extents(&handle, range.count().0);
        Ok(extents.into_iter().map(|extent| extent.shifted_by(range.start())).collect())
    }

    fn check_units(
        &self,
        units: &[ByteRange],
        trusted: &RangeSet,
        data: &RangeSet,
        judge: &UnitJudge<'_>,
    ) -> Result<Stock, StoreError> {
        let mut to_check = Vec::new();
        let mut found = Stock::default();
        for &unit in units {
            if trusted.contains(unit) {
                found.held.insert(unit);
            } else if data.touches(unit) {
                to_check.push(unit);
            }
        }
        let next = AtomicUsize::new(0);
        let found = Mutex::new(Ok(found));
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(8);
        std::thread::scope(|scope| {
            for _ in 0..threads.min(to_check.len()) {
                scope.spawn(|| self.check_some(&to_check, &next, judge, &found));
            }
        });
        found.into_inner()
    }

    fn check_some(
        &self,
        units: &[ByteRange],
        next: &AtomicUsize,
        judge: &UnitJudge<'_>,
        found: &Mutex<Result<Stock, StoreError>>,
    ) {
        let mut buffer = Vec::new();
        while let Some(&unit) = units.get(next.fetch_add(1, Ordering::Relaxed)) {
            buffer.resize(unit.count().0 as usize, 0);
            let read = self.read(unit, &mut buffer);
            let is_right = read.is_ok() && judge(unit, &buffer);
            let mut found = found.lock();
            match (&mut *found, read) {
                (Ok(stock), Ok(())) => {
                    stock.checked += unit.count().0;
                    if is_right {
                        stock.held.insert(unit);
                    }
                }
                (_, Err(error)) => *found = Err(error),
                (Err(_), _) => return,
            }
        }
    }

    /// The pieces of `want`: what a content with published hashes may be known by.
    pub fn pieces_of(&self, want: &RangeSet) -> Vec<ByteRange> {
        let layout = self.layout();
        want.iter()
            .flat_map(|range| layout.pieces_of(range))
            .filter_map(|piece| layout.piece_range(piece))
            .collect()
    }

    fn note_held(&self, range: ByteRange) {
        if let ContentGrid::Pieces(layout) = &self.grid {
            layout.pieces_of(range).for_each(|piece| self.mark_held(piece));
        }
    }
}

/// A file under a final name.
struct Standing {
    path: SafePath,
    handle: File,
    length: u64,
}

impl Standing {
    /// When it was read last, if it is still as it was left then.
    fn known_since(&self, file: usize, remembered: &[FinishedFile]) -> Option<UtcTime> {
        let now = (file, self.length, stamp(&self.handle));
        let known = remembered.iter().find(|known| (known.file, known.length, known.stamp) == now);
        known.map(|known| known.verified_at)
    }
}

/// Where a sparse file has data. The whole file where the system cannot tell.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd", target_vendor = "apple"))]
fn data_extents(file: &File, length: u64) -> Vec<ByteRange> {
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
fn data_extents(_file: &File, length: u64) -> Vec<ByteRange> {
    ByteRange::new(0, length).into_iter().collect()
}
