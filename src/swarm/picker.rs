//! Which blocks to ask of whom.
//!
//! In: what is wanted, what connected peers hold, which blocks came or will not come. Out: blocks to ask a peer for.
//! Begun pieces first, those nearest to whole before others; then the rarest, by chance among equals, so that peers that
//! start together soon hold different pieces. At the end, blocks of slow peers are asked of others as well.
//! Knows neither time nor octets. Start reading at [`BlockPicker::pick`]: `rarity` has the pieces that nobody was asked for,
//! `on_the_way` those that are begun, each made of what `begun` knows of its blocks; `paces` tells who is slower.

mod begun;
mod on_the_way;
mod paces;
mod rarity;
#[cfg(test)]
mod tests;

use super::pieces::PieceSet;
use super::{Block, PeerKey, PieceShape};
use on_the_way::OnTheWay;
use rarity::{RANKS, Rank, Rarity};

/// A peer that has room for requests.
#[derive(Clone, Copy, Debug)]
pub struct RequestingPeer<'a> {
    /// Who it is.
    pub peer: PeerKey,
    /// What it holds.
    pub has: &'a PieceSet,
    /// Whether there is memory for a piece that is not begun.
    pub may_begin: bool,
    /// Pieces that it gave wrong or will not give.
    pub refused: &'a PieceSet,
}

/// What a block was when it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlockArrival {
    /// The first of its kind.
    First {
        /// Were asked for it, too: to be sent a Cancel. They count as not asked any more.
        others: Vec<PeerKey>,
        /// Whether its piece now has all blocks. It stays begun until it is held or has failed.
        is_whole: bool,
    },
    /// Somebody else's came before.
    Again,
    /// It was never asked of this peer, or its piece is no longer wanted.
    Unwanted,
}

/// Who holds a piece.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spread {
    /// No peer but those that hold all.
    CompletePeersOnly,
    /// Whoever.
    Any,
}

/// Chooses blocks for the peers of one torrent.
#[derive(Clone, Debug)]
pub struct BlockPicker {
    shape: PieceShape,
    /// Wanted and not held.
    wanted: PieceSet,
    /// Who holds what, and the wanted pieces that nobody was asked for.
    pub(super) rarity: Rarity,
    /// The pieces that are begun.
    pub(super) on_the_way: OnTheWay,
}

impl BlockPicker {
    /// A picker that wants nothing and knows no peer. The seed decides among equally rare pieces.
    pub fn new(shape: PieceShape, seed: u64) -> Self {
        Self {
            shape,
            wanted: PieceSet::none(shape.pieces),
            rarity: Rarity::new(shape.pieces, seed),
            on_the_way: OnTheWay::new(shape),
        }
    }

    /// What is wanted and not held, in place of what was. Begun pieces that are no longer wanted are dropped; what is
    /// still asked of peers for them is returned, to be cancelled.
    pub fn want(&mut self, missing: &PieceSet) -> Vec<(PeerKey, Block)> {
        let dropped: Vec<u32> = self.wanted.minus(missing).iter().collect();
        let added: Vec<u32> = missing.minus(&self.wanted).iter().collect();
        let cancelled = dropped.into_iter().flat_map(|piece| self.held(piece)).collect();
        for piece in added {
            if self.wanted.insert(piece) {
                self.rarity.insert(piece);
            }
        }
        cancelled
    }

    /// At most so many blocks to ask of a peer; they count as asked from now on.
    pub fn pick(&mut self, asker: RequestingPeer<'_>, most: usize) -> Vec<Block> {
        let mut picked = Vec::new();
        self.pick_ranked(&asker, Rank::First, most, &mut picked);
        self.pick_ranked(&asker, Rank::Usual, most, &mut picked);
        if picked.len() < most && self.is_only_last_left() {
            self.pick_ranked(&asker, Rank::Last, most, &mut picked);
        }
        if picked.len() < most && (self.is_end_game() || (!asker.may_begin && picked.is_empty())) {
            self.on_the_way.ask_of_slower(&asker, most, &mut picked);
        }
        picked
    }

    fn pick_ranked(&mut self, asker: &RequestingPeer<'_>, rank: Rank, most: usize, picked: &mut Vec<Block>) {
        if asker.has.is_full() {
            // What others hold can be had of them: the publisher is to give what nobody else does.
            self.pick_spread(asker, (rank, Spread::CompletePeersOnly), most, picked);
        }
        self.pick_spread(asker, (rank, Spread::Any), most, picked);
    }

    fn pick_spread(
        &mut self,
        asker: &RequestingPeer<'_>,
        of: (Rank, Spread),
        most: usize,
        picked: &mut Vec<Block>,
    ) {
        if picked.len() >= most {
            return;
        }
        let is_of = |piece| self.rarity.rank(piece) == of.0 && is_spread(&self.rarity, piece, of.1);
        for piece in self.on_the_way.open_for(asker, is_of) {
            self.on_the_way.ask_for(piece, asker.peer, most, picked);
            if picked.len() >= most {
                return;
            }
        }
        if !asker.may_begin || self.rarity.count(of.0) == 0 {
            return;
        }
        let usual = self.shape.blocks_of(0).max(1) as usize;
        let pieces = (most - picked.len()).div_ceil(usual);
        for piece in self.rarity.rarest(of.0, asker.has, asker.refused, pieces) {
            if !is_spread(&self.rarity, piece, of.1) {
                return;
            }
            self.rarity.remove(piece);
            self.on_the_way.begin(piece);
            self.on_the_way.ask_for(piece, asker.peer, most, picked);
            if picked.len() >= most {
                return;
            }
        }
    }

    /// A block came.
    pub fn arrived(&mut self, peer: PeerKey, block: Block) -> BlockArrival {
        self.on_the_way.arrived(peer, block)
    }

    /// A peer will not give these (rejected, choked away, gone, stuck): they are free for anybody again.
    pub fn returned(&mut self, peer: PeerKey, blocks: &[Block]) {
        for block in blocks {
            if self.on_the_way.returned(peer, *block) {
                self.rarity.insert(block.piece);
            }
        }
    }

    /// The piece is held now, or no longer wanted: what is still asked of peers for it, to be cancelled. They count as
    /// not asked any more.
    pub fn held(&mut self, piece: u32) -> Vec<(PeerKey, Block)> {
        self.wanted.remove(piece);
        self.rarity.remove(piece);
        self.on_the_way.remove(piece)
    }

    /// The hash of a piece is wrong: all of it is asked again, if `alone` of one peer at a time. Should that peer end
    /// before the piece does, the next one is asked for all blocks, also for those that had come.
    #[expect(clippy::fn_params_excessive_bools, reason = "what suspects say of a piece, passed on")]
    pub fn failed(&mut self, piece: u32, alone: bool) {
        if alone && self.wanted.has(piece) {
            self.on_the_way.set_alone(piece);
        }
        self.drop_piece(piece);
    }

    /// What came of a piece was thrown away. What is asked stays asked.
    pub fn drop_piece(&mut self, piece: u32) {
        if self.on_the_way.forget(piece) {
            self.rarity.insert(piece);
        }
    }

    /// Whether a peer with these pieces has something that is wanted.
    pub fn is_wanted_of(&self, has: &PieceSet) -> bool {
        self.wanted.touches(has)
    }

    /// Whether everything wanted is asked of somebody, HTTP included.
    pub fn is_end_game(&self) -> bool {
        self.is_only_last_left() && self.on_the_way.is_all_asked() && self.rarity.count(Rank::Last) == 0
    }

    /// Whether nothing is left to be asked for but what HTTP fetches.
    fn is_only_last_left(&self) -> bool {
        let rows = RANKS.iter().filter(|rank| **rank != Rank::Last);
        rows.map(|rank| self.rarity.count(*rank)).sum::<usize>() == 0
            && self.on_the_way.open().all(|piece| self.rarity.rank(piece) == Rank::Last)
    }
}

fn is_spread(rarity: &Rarity, piece: u32, spread: Spread) -> bool {
    spread == Spread::Any || rarity.is_held_by_complete_only(piece)
}
