//! How peers speak and share: BitTorrent without a socket, a clock or a file.
//!
//! In: facts (a peer joined, said something, went; a piece is held; time passed) with the time at which each was seen.
//! Out: acts (say this, give that block, call this address, check this piece). `engine::peers` obeys. The simulation in
//! `benches/crowd.rs` drives the same code with thousands of clients.
//!
//! | file | what it decides |
//! |---|---|
//! | [`message`] | what octets on a connection mean, within limits (BEP 3, 6, 10) |
//! | [`extension`] | what extended messages mean: what a peer can do, metadata, other peers (BEP 9, 10, 11, 21) |
//! | [`metadata`] | how the description of a magnet is put together from several peers |
//! | [`local_discovery`] | how peers within a local network find each other (BEP 14) |
//! | [`picker`] | which blocks to ask of whom: begun pieces first, then the rarest, by chance among equals |
//! | [`allotment`] | which pieces each client of a crowd fetches from the publisher itself |
//! | [`pipeline`] | how many blocks to ask of one peer at a time, and when it is stuck |
//! | [`pace`] | how fast octets go on one connection |
//! | [`choker`] | whom to give to |
//! | [`peer`] | where one connection stands |
//! | [`suspects`] | who sent the wrong block of a piece that several gave |
//! | [`address_book`] | whom to call, when, and whom not again |
//! | [`tracker_tiers`] | which trackers are asked, and which are waited for (BEP 12) |
//! | [`torrent`] | all peers of one torrent together: facts in, acts out. Start reading at [`torrent::Torrent::on`] |
//!
//! Words: a *piece* has a published hash; a *block* is the part of a piece that one request asks for.

pub mod address_book;
pub mod allotment;
pub mod choker;
pub mod extension;
pub mod local_discovery;
pub mod message;
pub mod metadata;
pub mod pace;
pub mod peer;
pub mod picker;
pub mod pieces;
pub mod pipeline;
pub mod suspects;
pub mod torrent;
pub mod tracker_tiers;

use crate::domain::content::Layout;

/// What we call our program among peers.
pub const OUR_PROGRAM: &str = concat!("Nuée ", env!("CARGO_PKG_VERSION"));

/// Octets that one request asks for; only the last block of a piece may be shorter.
pub const BLOCK_LENGTH: u32 = 16 << 10;

/// A connection to a peer; never used for another one in the same torrent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerKey(pub u32);

/// A part of a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Block {
    /// The piece.
    pub piece: u32,
    /// Its first octet, counted from the start of the piece.
    pub begin: u32,
    /// Octets.
    pub length: u32,
}

/// How a torrent's octets are cut into pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PieceShape {
    /// How many pieces there are.
    pub pieces: u32,
    /// Octets of every piece but the last.
    pub piece_length: u32,
    /// Octets of all pieces together.
    pub total: u64,
}

impl PieceShape {
    /// The shape of a layout. `None` when it has no octets, or pieces of 4 GiB and more.
    pub fn of(layout: &Layout) -> Option<Self> {
        let piece_length = u32::try_from(layout.piece_length()).ok()?;
        let shape = Self { pieces: layout.pieces(), piece_length, total: layout.total().0 };
        (shape.pieces > 0).then_some(shape)
    }

    /// Octets of `piece`; 0 past the last.
    pub fn length_of(&self, piece: u32) -> u32 {
        let start = u64::from(piece) * u64::from(self.piece_length);
        u32::try_from(self.total.saturating_sub(start)).unwrap_or(u32::MAX).min(self.piece_length)
    }

    /// How many blocks `piece` has.
    pub fn blocks_of(&self, piece: u32) -> u32 {
        self.length_of(piece).div_ceil(BLOCK_LENGTH)
    }

    /// The block of that number in `piece`. `None` past the last.
    pub fn block(&self, piece: u32, number: u32) -> Option<Block> {
        let begin = number.checked_mul(BLOCK_LENGTH)?;
        let left = self.length_of(piece).checked_sub(begin).filter(|left| *left > 0)?;
        Some(Block { piece, begin, length: left.min(BLOCK_LENGTH) })
    }

    /// Whether `block` is one of those that requests ask for: whole, and where blocks begin.
    pub fn number_of(&self, block: Block) -> Option<u32> {
        let number = block.begin / BLOCK_LENGTH;
        (self.block(block.piece, number) == Some(block)).then_some(number)
    }

    /// Whether `block` lies inside its piece, wherever it begins.
    pub fn holds(&self, block: Block) -> bool {
        let end = u64::from(block.begin) + u64::from(block.length);
        block.length > 0 && end <= u64::from(self.length_of(block.piece))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: PieceShape = PieceShape { pieces: 3, piece_length: 40_000, total: 90_000 };

    #[test]
    fn the_last_piece_and_its_last_block_are_shorter() {
        assert_eq!((SHAPE.length_of(0), SHAPE.length_of(2), SHAPE.length_of(3)), (40_000, 10_000, 0));
        assert_eq!((SHAPE.blocks_of(1), SHAPE.blocks_of(2)), (3, 1));
        assert_eq!(SHAPE.block(0, 2), Some(Block { piece: 0, begin: 32_768, length: 7_232 }));
        assert_eq!(SHAPE.block(2, 0), Some(Block { piece: 2, begin: 0, length: 10_000 }));
        assert_eq!((SHAPE.block(2, 1), SHAPE.block(0, u32::MAX)), (None, None));
    }

    #[test]
    fn a_block_outside_its_piece_is_none() {
        assert_eq!(SHAPE.number_of(Block { piece: 0, begin: 16_384, length: 16_384 }), Some(1));
        assert_eq!(SHAPE.number_of(Block { piece: 0, begin: 16_384, length: 100 }), None);
        assert!(SHAPE.holds(Block { piece: 2, begin: 9_999, length: 1 }));
        for (piece, begin, length) in [(2, 9_999, 2), (3, 0, 1), (0, u32::MAX, u32::MAX), (0, 0, 0)] {
            assert!(!SHAPE.holds(Block { piece, begin, length }), "{piece} {begin} {length}");
        }
    }
}
