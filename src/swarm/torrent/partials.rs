//! Pieces that are not whole, or not checked yet, and the memory that they take.
//!
//! In: blocks that came, and what became of pieces that were handed out. Out: whole pieces, and whether there is room for more.

use super::super::{BLOCK_LENGTH, Block, PeerKey, PieceShape};
use bytes::Bytes;
use std::collections::HashMap;

/// The octets of pieces that are not held yet.
#[derive(Debug)]
pub(super) struct PartialPieces {
    shape: PieceShape,
    /// Octets that there is room for.
    room: u64,
    begun: HashMap<u32, Partial>,
    /// Who gave the blocks of pieces that are being checked.
    checking: HashMap<u32, Vec<PeerKey>>,
    /// Octets of all these.
    octets: u64,
}

/// Blocks of one piece: an empty one has not come.
#[derive(Debug)]
struct Partial {
    frames: Vec<Bytes>,
    givers: Vec<PeerKey>,
}

impl PartialPieces {
    /// Nothing came yet; there is `room` for so many octets.
    pub(super) fn new(shape: PieceShape, room: u64) -> Self {
        Self { shape, room, begun: HashMap::new(), checking: HashMap::new(), octets: 0 }
    }

    /// Puts a block in; returns the octets of the one that it replaces.
    pub(super) fn put(&mut self, giver: PeerKey, block: Block, data: Bytes) -> u64 {
        let mut replaced = 0;
        let blocks = self.shape.blocks_of(block.piece) as usize;
        let number = (block.begin / BLOCK_LENGTH) as usize;
        let partial = self.begun.entry(block.piece).or_insert_with(|| Partial {
            frames: vec![Bytes::new(); blocks],
            givers: vec![PeerKey(u32::MAX); blocks],
        });
        if let (Some(frame), Some(by)) = (partial.frames.get_mut(number), partial.givers.get_mut(number)) {
            // A version that was given up on is overwritten by the next.
            replaced = frame.len() as u64;
            self.octets += data.len() as u64;
            self.octets -= replaced;
            (*frame, *by) = (data, giver);
        }
        replaced
    }

    /// Takes out a piece that has all its blocks; it is in memory until it is [`Self::checked`].
    /// Its blocks, and who gave each.
    pub(super) fn take_whole(&mut self, piece: u32) -> Option<(Vec<Bytes>, &[PeerKey])> {
        let Partial { frames, givers } = self.begun.remove(&piece)?;
        let givers = self.checking.entry(piece).insert_entry(givers).into_mut();
        Some((frames, givers))
    }

    /// A piece that was taken out is checked. Returns who gave each of its blocks.
    pub(super) fn checked(&mut self, piece: u32) -> Option<Vec<PeerKey>> {
        let givers = self.checking.remove(&piece)?;
        self.octets = self.octets.saturating_sub(u64::from(self.shape.length_of(piece)));
        Some(givers)
    }

    /// Throws a piece away that is not whole. Returns its octets.
    pub(super) fn drop_piece(&mut self, piece: u32) -> u64 {
        let Some(partial) = self.begun.remove(&piece) else { return 0 };
        let octets = partial.frames.iter().map(|frame| frame.len() as u64).sum();
        self.octets -= octets;
        octets
    }

    /// Whether there is room for a piece that is not begun.
    pub(super) fn may_begin(&self) -> bool {
        self.octets < self.room
    }

    /// Whether what came and so many blocks that were asked for fill the memory: checking and writing are slower than peers
    /// then, and to ask for more, or for the same of others, would help nobody.
    pub(super) fn is_full(&self, asked: usize) -> bool {
        let checking = self.checking.len() as u64 * u64::from(self.shape.piece_length);
        let committed = self.octets + asked as u64 * u64::from(BLOCK_LENGTH);
        checking * 2 > self.room || committed >= self.room * 2
    }

    /// The begun piece of those that `may_go` of which least came.
    pub(super) fn least(&self, may_go: impl Fn(u32) -> bool) -> Option<u32> {
        let begun = self.begun.iter().filter(|(piece, _)| may_go(**piece));
        let octets = |partial: &Partial| partial.frames.iter().map(Bytes::len).sum::<usize>();
        begun.min_by_key(|(_, partial)| octets(partial)).map(|(piece, _)| *piece)
    }

    #[cfg(test)]
    pub(super) fn octets(&self) -> u64 {
        self.octets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: PieceShape =
        PieceShape { pieces: 2, piece_length: 2 * BLOCK_LENGTH, total: 4 * BLOCK_LENGTH as u64 };
    const FRAME: Bytes = Bytes::from_static(&[7; BLOCK_LENGTH as usize]);

    fn block(piece: u32, number: u32) -> Block {
        Block { piece, begin: number * BLOCK_LENGTH, length: BLOCK_LENGTH }
    }

    #[test]
    fn a_piece_takes_memory_until_it_is_checked_or_thrown_away() {
        let mut partials = PartialPieces::new(SHAPE, u64::from(3 * BLOCK_LENGTH));
        assert_eq!(partials.put(PeerKey(1), block(0, 0), FRAME), 0);
        assert_eq!(partials.put(PeerKey(2), block(0, 0), FRAME), u64::from(BLOCK_LENGTH), "replaced");
        partials.put(PeerKey(3), block(0, 1), FRAME);
        partials.put(PeerKey(3), block(1, 0), FRAME);
        assert!(!partials.may_begin());
        assert_eq!(partials.least(|_| true), Some(1));
        assert_eq!(partials.take_whole(0).map(|(frames, _)| frames.len()), Some(2));
        assert!(!partials.may_begin(), "it is not checked yet");
        assert_eq!(partials.checked(0), Some(vec![PeerKey(2), PeerKey(3)]));
        assert_eq!(partials.drop_piece(1), u64::from(BLOCK_LENGTH));
        assert_eq!((partials.octets(), partials.checked(0)), (0, None));
    }

    #[test]
    fn blocks_that_were_asked_for_fill_the_memory_as_those_that_came() {
        let mut partials = PartialPieces::new(SHAPE, u64::from(2 * BLOCK_LENGTH));
        partials.put(PeerKey(1), block(0, 0), FRAME);
        assert!(!partials.is_full(2) && partials.is_full(3));
    }
}
