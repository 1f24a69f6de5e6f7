//! The one owner of a content's files: nothing else opens, writes or renames them.
//!
//! In: proven units, from whomever. Out: bytes to read, and files moved into place by a proof. Under a piece's lock the
//! first proof wins; later writes are dropped. Nothing unproven is ever written.
//! Partial files lie in our private folder on the same file system; there is no other copy.
//!
//! `held` knows which pieces are held, `disk` where each file is and what it holds, through the open files of `handles`; `final_file`
//! looks at what stands under a final name. [`FileSet`] puts them together: `stock` takes stock with it, `publish` moves files into
//! place, `giving` reads for peers.

mod disk;
mod final_file;
mod giving;
mod handles;
mod held;
mod publish;
mod reader;
mod stock;

pub use giving::NotGiven;
pub use publish::{Published, publish_product};
pub(crate) use reader::FileReader;
pub use stock::{FinishedFile, Stock, UnitJudge};

use super::directory::Directory;
use super::error::StoreError;
use super::output::OutputFolder;
use crate::domain::content::Layout;
use crate::domain::integrity::Digest;
use crate::domain::octets::{ByteCount, ByteRange};
use crate::transfer::assembly::ContentGrid;
use crate::transfer::verification::CheckedUnit;
use disk::ContentDisk;
use held::HeldPieces;
use parking_lot::Mutex;
use std::sync::Arc;

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
    grid: ContentGrid,
    disk: ContentDisk,
    held: HeldPieces,
    /// Our own digests of units without published hashes, until the database has them.
    own_digests: Mutex<Vec<(ByteRange, Digest)>>,
}

impl FileSet {
    /// The files of a content of which nothing is known yet; see [`take_stock`](Self::take_stock).
    pub fn new(grid: ContentGrid, folder: Arc<OutputFolder>, partials: Partials) -> Self {
        let held = HeldPieces::none(grid.layout().pieces());
        let disk = ContentDisk::new(grid.layout().clone(), folder, partials);
        Self { grid, disk, held, own_digests: Mutex::default() }
    }

    /// How the content is cut.
    pub fn grid(&self) -> &ContentGrid {
        &self.grid
    }

    /// How the content lies in files.
    pub fn layout(&self) -> &Arc<Layout> {
        self.grid.layout()
    }

    /// Where partial files and products under construction lie.
    pub fn partials(&self) -> &Partials {
        self.disk.partials()
    }

    /// Whether `piece` is held, proven.
    pub fn is_piece_held(&self, piece: u32) -> bool {
        self.held.has(piece)
    }

    /// Octets of pieces that are not held, the last one counted as long as the others.
    pub fn missing(&self) -> ByteCount {
        let layout = self.layout();
        let missing = u64::from(layout.pieces()).saturating_sub(self.held.count());
        ByteCount(missing.saturating_mul(layout.piece_length()).min(layout.total().0))
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
        let has_pieces = matches!(self.grid, ContentGrid::Pieces(_));
        let _guard = self.held.lock_of(piece).write();
        if has_pieces && self.held.has(piece) {
            return Ok(Put::Already);
        }
        let mut at = unit.range().start();
        for frame in unit.frames() {
            self.disk.write(at, frame)?;
            at += frame.len() as u64;
        }
        if has_pieces {
            self.held.mark(piece);
        }
        if let Some(digest) = unit.own_digest() {
            self.own_digests.lock().push((unit.range(), digest.clone()));
        }
        Ok(Put::First)
    }

    /// Reads octets of the content, held or not; what was never written and padding read as zeros.
    ///
    /// # Errors
    /// When a file that exists cannot be read.
    pub fn read(&self, range: ByteRange, buffer: &mut [u8]) -> Result<(), StoreError> {
        self.disk.read(range, buffer)
    }

    /// Reads octets of one file from `offset`; see [`read`](Self::read).
    ///
    /// # Errors
    /// When the file exists and cannot be read.
    pub fn read_file(&self, file: usize, offset: u64, buffer: &mut [u8]) -> Result<(), StoreError> {
        self.disk.read_file(file, offset, buffer)
    }
}

#[cfg(test)]
mod tests;
