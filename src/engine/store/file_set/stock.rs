//! Takes stock of what lies on the disk when a transfer begins: nothing is believed that was not hashed.
//!
//! In: the wanted octets, and which finished files are remembered by length and time. Out: the units that are right.
//! Unfinished content is hashed where the file system holds data for it; a finished file of the right name and length
//! is taken over when every piece of it is right, and copied back among the partial files otherwise.

use super::super::error::StoreError;
use super::FileSet;
use super::disk::ContentDisk;
use crate::domain::content::Layout;
use crate::domain::octets::{ByteRange, RangeSet};
use crate::domain::on_disk::Stamp;
use crate::domain::utc::UtcTime;
use crate::transfer::assembly::ContentGrid;
use parking_lot::Mutex;
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
        for (file, range) in files_touched(self.layout(), want) {
            let is_wanted = want.contains(range);
            match self.disk.look_at_final(file)? {
                Some(standing) => {
                    let not_read_since = standing.known_since(file, remembered);
                    if not_read_since.is_none() && !is_wanted {
                        self.disk.extents(file, range)?.into_iter().for_each(|extent| data.insert(extent));
                        continue;
                    }
                    data.insert(range);
                    self.disk.take_over(file, &standing, not_read_since);
                    if not_read_since.is_some() {
                        trusted.insert(range);
                    } else {
                        candidates.push((file, range, standing.handle));
                    }
                }
                None => self.disk.extents(file, range)?.into_iter().for_each(|extent| data.insert(extent)),
            }
        }
        for padding in self.layout().files().iter().filter(|f| f.is_padding).filter_map(|f| f.range()) {
            trusted.insert(padding);
        }
        let to_check: Vec<ByteRange> =
            units.iter().copied().filter(|unit| !trusted.contains(*unit) && data.touches(*unit)).collect();
        let mut stock = Checking::new(&self.disk, judge).run(&to_check)?;
        units.iter().filter(|unit| trusted.contains(**unit)).for_each(|unit| stock.held.insert(*unit));
        if matches!(self.grid, ContentGrid::Blocks(_)) {
            trusted.iter().for_each(|range| stock.held.insert(range));
        }
        for (file, range, mut handle) in candidates {
            if stock.held.contains(self.grid.widened(range)) {
                continue;
            }
            if stock.held.touches(range) {
                self.disk.copy_back(file, &mut handle)?;
            }
            self.disk.leave(file);
        }
        if let ContentGrid::Pieces(layout) = &self.grid {
            let held = stock.held.iter().flat_map(|range| layout.pieces_of(range));
            held.for_each(|piece| self.held.mark(piece));
        }
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
        for (file, range) in files_touched(self.layout(), want) {
            let standing = self.disk.look_at_final(file)?;
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
                && let Some(standing) = self.disk.look_at_final(file)?
                && standing.known_since(file, remembered).is_some()
            {
                left.insert(range);
                with_padding.insert(range);
            }
        }
        Ok(self.pieces_of(&left).into_iter().filter(|piece| with_padding.contains(*piece)).collect())
    }

    /// The pieces of `want`: what a content with published hashes may be known by.
    pub fn pieces_of(&self, want: &RangeSet) -> Vec<ByteRange> {
        let layout = self.layout();
        want.iter()
            .flat_map(|range| layout.pieces_of(range))
            .filter_map(|piece| layout.piece_range(piece))
            .collect()
    }
}

/// Real files of which `want` holds octets.
fn files_touched(layout: &Layout, want: &RangeSet) -> Vec<(usize, ByteRange)> {
    let files = layout.files().iter().enumerate().filter(|(_, file)| !file.is_padding);
    files.filter_map(|(i, file)| Some((i, file.range()?))).filter(|(_, range)| want.touches(*range)).collect()
}

/// Reads and judges units on several threads.
struct Checking<'a> {
    disk: &'a ContentDisk,
    judge: &'a UnitJudge<'a>,
    /// How many units were taken by a thread.
    next: AtomicUsize,
    found: Mutex<Result<Stock, StoreError>>,
}

impl<'a> Checking<'a> {
    fn new(disk: &'a ContentDisk, judge: &'a UnitJudge<'a>) -> Self {
        Self { disk, judge, next: AtomicUsize::new(0), found: Mutex::new(Ok(Stock::default())) }
    }

    fn run(self, units: &[ByteRange]) -> Result<Stock, StoreError> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(8);
        std::thread::scope(|scope| {
            for _ in 0..threads.min(units.len()) {
                scope.spawn(|| self.check_some(units));
            }
        });
        self.found.into_inner()
    }

    fn check_some(&self, units: &[ByteRange]) {
        let mut buffer = Vec::new();
        while let Some(&unit) = units.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            buffer.resize(unit.count().0 as usize, 0);
            let read = self.disk.read(unit, &mut buffer);
            let is_right = read.is_ok() && (self.judge)(unit, &buffer);
            let mut found = self.found.lock();
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
}
