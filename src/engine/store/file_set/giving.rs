//! Reads blocks for peers; those of a finished file only while it is unchanged since it was verified.
//!
//! In: a range. Out: its octets, or the file that is no longer as it was left. Such a file is the person's: it was moved,
//! removed or changed, which is no trouble of the transfer, and nothing of it goes out any more.

use super::super::error::StoreError;
use super::FileSet;
use crate::domain::octets::{ByteCount, ByteRange};
use crate::swarm::pieces::PieceSet;
use crate::transfer::assembly::ContentGrid;

/// Why octets are not given.
#[derive(Debug)]
pub enum NotGiven {
    /// This file of the content is not as it was left.
    NotAsLeft(usize),
    /// A partial file cannot be read.
    Store(StoreError),
}

impl FileSet {
    /// Reads octets of the content that are to go to a peer; what was never written and padding read as zeros.
    ///
    /// # Errors
    /// When a finished file in it is not as it was left, or a partial one cannot be read.
    pub fn read_to_give(&self, range: ByteRange, buffer: &mut [u8]) -> Result<(), NotGiven> {
        let standing: Vec<usize> = self
            .layout()
            .parts(range)
            .map(|(file, _)| file)
            .filter(|file| self.disk.is_standing(*file))
            .collect();
        let read = self.read(range, buffer);
        // After the reading: what was written before it is seen.
        if let Some(touched) = standing.iter().find(|file| !self.disk.is_as_left(**file)) {
            return Err(NotGiven::NotAsLeft(*touched));
        }
        match (read, standing.first()) {
            (Ok(()), _) => Ok(()),
            (Err(_), Some(file)) => Err(NotGiven::NotAsLeft(*file)),
            (Err(error), None) => Err(NotGiven::Store(error)),
        }
    }

    /// Holds the pieces of a file no longer; which these are.
    pub fn lose(&self, file: usize) -> PieceSet {
        let layout = self.layout();
        let mut lost = PieceSet::none(layout.pieces());
        let range = layout.files().get(file).and_then(|entry| entry.range());
        for piece in range.into_iter().flat_map(|range| layout.pieces_of(range)) {
            lost.insert(piece);
            self.held.lose(piece);
        }
        self.disk.close_standing(file);
        lost
    }

    /// Octets that peers can get: those of held pieces. Nothing of a content without pieces.
    pub fn offered(&self) -> ByteCount {
        match &self.grid {
            ContentGrid::Pieces(layout) => layout.total().saturating_sub(self.missing()),
            ContentGrid::Blocks(_) => ByteCount::ZERO,
        }
    }
}
