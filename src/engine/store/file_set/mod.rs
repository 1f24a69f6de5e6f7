//! The one owner of a content's files: nothing else opens, writes or renames them.
//!
//! In: proven units, from whomever. Out: bytes to read, and files moved into place by a proof. Under a piece's lock the
//! first proof wins; later writes are dropped. Nothing unproven is ever written.
//! Partial files lie in our private folder on the same file system; there is no other copy.

mod giving;
mod handles;
mod publish;
mod reader;
mod stock;

pub use giving::NotGiven;
pub use publish::{Published, publish_product};
pub(crate) use reader::FileReader;
pub use stock::{Remembered, Stock, UnitJudge};

use super::directory::Directory;
use super::error::StoreError;
use super::output::OutputFolder;
use super::positioned;
use crate::domain::content::Layout;
use crate::domain::integrity::Digest;
use crate::domain::octets::{ByteCount, ByteRange};
use crate::domain::on_disk::Stamp;
use crate::domain::safe_path::SafePath;
use crate::domain::utc::UtcTime;
use crate::transfer::assembly::Grid;
use crate::transfer::verification::CheckedUnit;
use handles::Handles;
use parking_lot::{Mutex, RwLock};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many locks the pieces share.
const LOCKS: usize = 256;

/// The folder of a content's partial files.
#[derive(Debug)]
pub struct Partials {
    directory: Directory,
}

impl Partials {
    /// Partial files in `directory`.
    pub fn new(directory: Directory) -> Self {
        Self { directory }
    }

    /// The folder itself.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    fn name(file: usize) -> String {
        format!("{file}.part")
    }
}

/// Where a file of the content is now.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// Among the partial files, perhaps not begun.
    Partial,
    /// Under its final name, whole and right: never written again.
    Standing {
        /// That name.
        path: SafePath,
        /// When its octets were last read, where they are trusted without reading them again.
        not_read_since: Option<UtcTime>,
        /// Its time stamps when it was verified.
        stamp: Stamp,
    },
}

/// Whether a proven unit was the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// It was written now.
    First,
    /// Another source's proof came before; nothing was written.
    Already,
}

/// The files of one content.
#[derive(Debug)]
pub struct FileSet {
    grid: Grid,
    folder: Arc<OutputFolder>,
    partials: Partials,
    places: Vec<RwLock<Place>>,
    handles: Handles,
    /// One bit a piece; unused for contents in blocks, whose ranges only HTTP writes.
    held: Vec<AtomicU64>,
    locks: Vec<RwLock<()>>,
    /// Our own digests of units without published hashes, until the database has them.
    own_digests: Mutex<Vec<(ByteRange, Digest)>>,
}

impl FileSet {
    /// The files of a content of which nothing is known yet; see [`take_stock`](Self::take_stock).
    pub fn new(grid: Grid, folder: Arc<OutputFolder>, partials: Partials) -> Self {
        let (files, pieces) = (grid.layout().files().len(), grid.layout().pieces() as usize);
        Self {
            grid,
            folder,
            partials,
            places: (0..files).map(|_| RwLock::new(Place::Partial)).collect(),
            handles: Handles::default(),
            held: (0..pieces.div_ceil(64)).map(|_| AtomicU64::new(0)).collect(),
            locks: (0..LOCKS).map(|_| RwLock::new(())).collect(),
            own_digests: Mutex::default(),
        }
    }

    /// How the content is cut.
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// How the content lies in files.
    pub fn layout(&self) -> &Arc<Layout> {
        self.grid.layout()
    }

    /// The folder it writes to.
    pub fn folder(&self) -> &Arc<OutputFolder> {
        &self.folder
    }

    /// Where partial files and products under construction lie.
    pub fn partials(&self) -> &Partials {
        &self.partials
    }

    /// Whether `piece` is held, proven.
    pub fn is_piece_held(&self, piece: u32) -> bool {
        let word = self.held.get(piece as usize / 64);
        word.is_some_and(|word| word.load(Ordering::Acquire) >> (piece % 64) & 1 == 1)
    }

    /// Octets of pieces that are not held, the last one counted as long as the others.
    pub fn missing(&self) -> ByteCount {
        let held: u64 =
            self.held.iter().map(|word| u64::from(word.load(Ordering::Relaxed).count_ones())).sum();
        let layout = self.layout();
        let missing = u64::from(layout.pieces()).saturating_sub(held);
        ByteCount(missing.saturating_mul(layout.piece_length()).min(layout.total().0))
    }

    fn mark_held(&self, piece: u32) {
        if let Some(word) = self.held.get(piece as usize / 64) {
            word.fetch_or(1 << (piece % 64), Ordering::AcqRel);
        }
    }

    fn lock_of(&self, piece: u32) -> &RwLock<()> {
        &self.locks[piece as usize % LOCKS]
    }

    /// Our own digests of the units written since the last call: what a restart will know them by.
    pub fn take_own_digests(&self) -> Vec<(ByteRange, Digest)> {
        std::mem::take(&mut *self.own_digests.lock())
    }

    /// Writes a proven unit, unless it is held already.
    ///
    /// # Errors
    /// When it cannot be written; it is not held then.
    pub fn put_proven(&self, unit: &CheckedUnit) -> Result<Put, StoreError> {
        let piece = self.layout().piece_at(unit.range().start());
        let has_pieces = matches!(self.grid, Grid::Pieces(_));
        let _guard = self.lock_of(piece).write();
        if has_pieces && self.is_piece_held(piece) {
            return Ok(Put::Already);
        }
        let mut at = unit.range().start();
        for frame in unit.frames() {
            self.write_content(at, frame)?;
            at += frame.len() as u64;
        }
        if has_pieces {
            self.mark_held(piece);
        }
        if let Some(digest) = unit.own_digest() {
            self.own_digests.lock().push((unit.range(), digest.clone()));
        }
        Ok(Put::First)
    }

    fn write_content(&self, at: u64, bytes: &[u8]) -> Result<(), StoreError> {
        let Some(range) = ByteRange::at(at, bytes.len() as u64) else { return Ok(()) };
        let mut rest = bytes;
        for (file, part) in self.layout().parts(range) {
            let (here, after) = rest.split_at(part.count().0 as usize);
            self.write_part(file, part.start(), here)?;
            rest = after;
        }
        Ok(())
    }

    fn write_part(&self, file: usize, offset: u64, bytes: &[u8]) -> Result<(), StoreError> {
        if self.layout().files()[file].is_padding {
            return Ok(());
        }
        let place = self.places[file].read();
        if *place != Place::Partial {
            return Ok(());
        }
        let handle = self.partial_handle(file)?;
        positioned::write_all(&handle, bytes, offset).map_err(|error| {
            StoreError::from_io(format!("write {}", self.layout().files()[file].path), error)
        })
    }

    /// Reads octets of the content, held or not; what was never written and padding read as zeros.
    ///
    /// # Errors
    /// When a file that exists cannot be read.
    pub fn read(&self, range: ByteRange, buffer: &mut [u8]) -> Result<(), StoreError> {
        let mut rest = &mut buffer[..range.count().0 as usize];
        for (file, part) in self.layout().parts(range) {
            let (here, after) = rest.split_at_mut(part.count().0 as usize);
            self.read_file(file, part.start(), here)?;
            rest = after;
        }
        Ok(())
    }

    /// Reads octets of one file from `offset`; see [`read`](Self::read).
    ///
    /// # Errors
    /// When the file exists and cannot be read.
    pub fn read_file(&self, file: usize, offset: u64, buffer: &mut [u8]) -> Result<(), StoreError> {
        if self.layout().files()[file].is_padding {
            buffer.fill(0);
            return Ok(());
        }
        let handle = match &*self.places[file].read() {
            Place::Partial => self.partial_handle(file)?,
            Place::Standing { path, .. } => self.standing_handle(file, path)?,
        };
        positioned::read_or_zeros(&handle, buffer, offset)
            .map_err(|error| StoreError::from_io(format!("read {}", self.layout().files()[file].path), error))
    }

    /// Makes what was written of partial files last through a loss of power.
    ///
    /// # Errors
    /// When the system cannot.
    pub fn sync(&self) -> Result<(), StoreError> {
        self.handles.sync().map_err(|error| StoreError::from_io("sync partial files", error))
    }
}

#[cfg(test)]
mod tests;
