//! What is held and what is wanted of a torrent, and which of it first.
//!
//! In: pieces that came or were lost, how many others want the same. Out: what is missing, and what to ask for before others.
//! Knows no peer.

use super::super::PieceShape;
use super::super::pieces::PieceSet;
use std::ops::Range;

/// The pieces of a torrent as they are held and wanted here.
#[derive(Debug)]
pub(super) struct Wants {
    pub(super) shape: PieceShape,
    pub(super) held: PieceSet,
    want: PieceSet,
    files: Vec<Range<u32>>,
    /// The file whose pieces are asked for before others.
    first: Option<Range<u32>>,
}

impl Wants {
    /// What is held, proven, of the pieces wanted; `files` stand in the order in which a person wants them.
    pub(super) fn new(shape: PieceShape, held: PieceSet, want: PieceSet, files: Vec<Range<u32>>) -> Self {
        Self { shape, held, want, files, first: None }
    }

    /// What is still to be had.
    pub(super) fn missing(&self) -> PieceSet {
        self.want.minus(&self.held)
    }

    /// Whether everything wanted is held.
    pub(super) fn is_complete(&self) -> bool {
        self.missing().is_empty()
    }

    /// A piece is held. Returns whether it was not before.
    pub(super) fn hold(&mut self, piece: u32) -> bool {
        self.held.insert(piece)
    }

    /// Pieces are held no longer, and never fetched again.
    pub(super) fn lose(&mut self, pieces: &PieceSet) {
        self.held = self.held.minus(pieces);
        self.want = self.want.minus(pieces);
    }

    /// Whether `piece` belongs to the file that is asked for before others.
    pub(super) fn is_first(&self, piece: u32) -> bool {
        self.first.as_ref().is_some_and(|file| file.contains(&piece))
    }

    /// The pieces to ask for before others from now on, while so many `others` want the same; `None` when they stay the same.
    /// One hour after the other, so that the first can be used while others come. In a crowd everybody would want the same
    /// pieces then, and nobody would have anything to trade: there the rarest come first.
    pub(super) fn new_first(&mut self, others: usize) -> Option<PieceSet> {
        let is_unfinished = |file: &&Range<u32>| {
            (file.start..file.end).any(|piece| self.want.has(piece) && !self.held.has(piece))
        };
        let first = match others {
            0 | 1 => self.files.iter().find(is_unfinished).cloned(),
            _ => None,
        };
        if first == self.first {
            return None;
        }
        let pieces = first.clone().unwrap_or_default();
        self.first = first;
        Some(PieceSet::of(self.shape.pieces, |piece| pieces.contains(&piece)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_unfinished_file_comes_first_until_it_is_held_or_a_crowd_is_there() {
        let shape = PieceShape { pieces: 4, piece_length: 1, total: 4 };
        let first = |pieces: Range<u32>| Some(PieceSet::of(4, |piece| pieces.contains(&piece)));
        let mut wants = Wants::new(shape, PieceSet::none(4), PieceSet::all(4), vec![0..2, 2..4]);
        assert_eq!(wants.new_first(1), first(0..2));
        assert_eq!(wants.new_first(0), None, "it stays the same");
        assert!(wants.hold(0) && wants.hold(1) && !wants.hold(1));
        assert!(wants.is_first(1));
        assert_eq!(wants.new_first(1), first(2..4));
        assert_eq!(wants.new_first(2), first(0..0));
        wants.lose(&PieceSet::of(4, |piece| piece > 0));
        assert!(wants.is_complete(), "what is lost is not wanted again");
    }
}
