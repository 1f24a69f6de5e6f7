//! Which blocks to ask of whom.
//!
//! In: what is wanted, what connected peers hold, which blocks came or will not come. Out: blocks to ask a peer for.
//! Begun pieces first, those nearest to whole before others; then the rarest, by chance among equals, so that peers that
//! start together soon hold different pieces. At the end, blocks of slow peers are asked of others as well.
//! Knows neither time nor octets. Start reading at [`BlockPicker::pick`].

mod begun;
mod paces;
mod rarity;
#[cfg(test)]
mod tests;

use super::pieces::PieceSet;
use super::{Block, PeerKey, PieceShape};
use begun::{Begun, BlockNovelty};
use paces::Paces;
use rarity::{RANKS, Rank, Rarity};
use std::collections::{BTreeMap, BTreeSet};

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
    /// Asked of one peer at a time, since what several gave was wrong.
    alone: PieceSet,
    rarity: Rarity,
    begun: BTreeMap<u32, Begun>,
    /// Those of the begun that have blocks nobody was asked for.
    open: BTreeSet<u32>,
    paces: Paces,
}

impl BlockPicker {
    /// A picker that wants nothing and knows no peer. The seed decides among equally rare pieces.
    pub fn new(shape: PieceShape, seed: u64) -> Self {
        Self {
            shape,
            wanted: PieceSet::none(shape.pieces),
            alone: PieceSet::none(shape.pieces),
            rarity: Rarity::new(shape.pieces, seed),
            begun: BTreeMap::new(),
            open: BTreeSet::new(),
            paces: Paces::default(),
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

    /// To be asked before others, in place of what was.
    pub fn prefer(&mut self, first: &PieceSet) {
        self.rarity.set_first(first);
    }

    /// What HTTP fetches, in place of what was: asked of peers only when nothing else is left.
    pub fn elsewhere(&mut self, claimed: &PieceSet) {
        self.rarity.set_last(claimed);
    }

    /// A peer tells that it holds one piece more.
    pub fn peer_has(&mut self, piece: u32) {
        self.rarity.add_holder(piece);
    }

    /// A peer tells all that it holds.
    pub fn peer_has_all_of(&mut self, pieces: &PieceSet) {
        self.rarity.add_peer(pieces);
    }

    /// A peer went that held these. What was asked of it is to be [`Self::returned`].
    pub fn peer_gone(&mut self, pieces: &PieceSet) {
        self.rarity.remove_peer(pieces);
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
            self.pick_of_slower(&asker, most, &mut picked);
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
        for piece in self.open_for(asker, of) {
            self.ask_for(piece, asker.peer, most, picked);
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
            if !self.is_spread(piece, of.1) {
                return;
            }
            self.rarity.remove(piece);
            self.begun.insert(piece, Begun::new(self.shape.blocks_of(piece)));
            self.open.insert(piece);
            self.ask_for(piece, asker.peer, most, picked);
            if picked.len() >= most {
                return;
            }
        }
    }

    fn is_spread(&self, piece: u32, spread: Spread) -> bool {
        spread == Spread::Any || self.rarity.is_held_by_complete_only(piece)
    }

    /// Begun pieces of that rank and spread that a peer may add to, those nearest to whole first.
    fn open_for(&self, asker: &RequestingPeer<'_>, (rank, spread): (Rank, Spread)) -> Vec<u32> {
        let mut open: Vec<(u32, u32)> = self
            .open
            .iter()
            .filter(|piece| asker.has.has(**piece) && !asker.refused.has(**piece))
            .filter(|piece| self.rarity.rank(**piece) == rank && self.is_spread(**piece, spread))
            .filter_map(|piece| self.begun.get(piece).map(|begun| (*piece, begun)))
            .filter(|(_, begun)| begun.owner.is_none_or(|owner| self.may_follow(owner, asker.peer)))
            .map(|(piece, begun)| (begun.missing(), piece))
            .collect();
        open.sort_unstable();
        open.into_iter().map(|(_, piece)| piece).collect()
    }

    /// Whether `peer` may give a piece that `owner` was to give alone.
    fn may_follow(&self, owner: PeerKey, peer: PeerKey) -> bool {
        owner == peer || self.paces.asked_of(owner) == 0
    }

    /// Asks a peer for free blocks of a begun piece until `picked` has `most`.
    fn ask_for(&mut self, piece: u32, peer: PeerKey, most: usize, picked: &mut Vec<Block>) {
        let Some(begun) = self.begun.get_mut(&piece) else { return };
        if self.alone.has(piece) && begun.owner != Some(peer) {
            // Parts of two peers again would leave open which of them lies.
            begun.forget();
            begun.owner = Some(peer);
        }
        while picked.len() < most
            && let Some(number) = begun.ask_free(peer)
        {
            self.paces.on_asked(peer, piece, number);
            picked.extend(self.shape.block(piece, number));
        }
        if !begun.has_free() {
            self.open.remove(&piece);
        }
    }

    /// Blocks that peers with a longer way to go were asked for, the slowest of them first.
    fn pick_of_slower(&mut self, asker: &RequestingPeer<'_>, most: usize, picked: &mut Vec<Block>) {
        for (_, piece, number) in self.paces.of_slower(asker.peer, most, |piece, number| {
            let is_fit = asker.has.has(piece) && !asker.refused.has(piece) && !self.alone.has(piece);
            is_fit.then(|| self.begun.get(&piece)?.others_asked(number, asker.peer)).flatten()
        }) {
            if picked.len() >= most {
                return;
            }
            // A block that two slow peers were asked for is listed twice.
            let Some(begun) = self.begun.get_mut(&piece) else { continue };
            if begun.others_asked(number, asker.peer).is_some() && begun.ask_too(number, asker.peer) {
                self.paces.on_asked(asker.peer, piece, number);
                picked.extend(self.shape.block(piece, number));
            }
        }
    }

    /// A block came.
    pub fn arrived(&mut self, peer: PeerKey, block: Block) -> BlockArrival {
        let Some(number) = self.shape.number_of(block) else { return BlockArrival::Unwanted };
        let Some(begun) = self.begun.get_mut(&block.piece) else { return BlockArrival::Unwanted };
        match begun.came(number, peer) {
            BlockNovelty::First(others) => {
                let is_whole = begun.missing() == 0;
                if !begun.has_free() {
                    self.open.remove(&block.piece);
                }
                self.paces.on_came(peer, block.piece, number);
                others.iter().for_each(|other| self.paces.on_lost(*other, block.piece, number));
                BlockArrival::First { others, is_whole }
            }
            BlockNovelty::Again => BlockArrival::Again,
            BlockNovelty::NeverAsked => BlockArrival::Unwanted,
        }
    }

    /// A peer will not give these (rejected, choked away, gone, stuck): they are free for anybody again.
    pub fn returned(&mut self, peer: PeerKey, blocks: &[Block]) {
        for block in blocks {
            let Some(number) = self.shape.number_of(*block) else { continue };
            let Some(begun) = self.begun.get_mut(&block.piece) else { continue };
            if begun.give_back(number, peer) {
                self.paces.on_lost(peer, block.piece, number);
                self.settle(block.piece);
            }
        }
    }

    /// Puts a begun piece where it belongs after blocks of it became free.
    fn settle(&mut self, piece: u32) {
        let Some(begun) = self.begun.get(&piece) else { return };
        if begun.is_untouched() {
            self.begun.remove(&piece);
            self.open.remove(&piece);
            self.rarity.insert(piece);
        } else if begun.has_free() {
            self.open.insert(piece);
        }
    }

    /// The piece is held now, or no longer wanted: what is still asked of peers for it, to be cancelled. They count as
    /// not asked any more.
    pub fn held(&mut self, piece: u32) -> Vec<(PeerKey, Block)> {
        self.wanted.remove(piece);
        self.alone.remove(piece);
        self.rarity.remove(piece);
        self.open.remove(&piece);
        let Some(begun) = self.begun.remove(&piece) else { return Vec::new() };
        let asked: Vec<(PeerKey, u32)> = begun.asked().collect();
        asked.iter().for_each(|(peer, number)| self.paces.on_lost(*peer, piece, *number));
        asked
            .into_iter()
            .filter_map(|(peer, number)| Some((peer, self.shape.block(piece, number)?)))
            .collect()
    }

    /// The hash of a piece is wrong: all of it is asked again, if `alone` of one peer at a time. Should that peer end
    /// before the piece does, the next one is asked for all blocks, also for those that had come.
    #[expect(clippy::fn_params_excessive_bools, reason = "what suspects say of a piece, passed on")]
    pub fn failed(&mut self, piece: u32, alone: bool) {
        if alone && self.wanted.has(piece) {
            self.alone.insert(piece);
        }
        self.drop_piece(piece);
    }

    /// What came of a piece was thrown away. What is asked stays asked.
    pub fn drop_piece(&mut self, piece: u32) {
        if let Some(begun) = self.begun.get_mut(&piece) {
            begun.forget();
            begun.owner = None;
            self.settle(piece);
        }
    }

    /// Whether a peer with these pieces has something that is wanted.
    pub fn is_wanted_of(&self, has: &PieceSet) -> bool {
        self.wanted.touches(has)
    }

    /// Whether that piece is wanted.
    pub fn is_wanted(&self, piece: u32) -> bool {
        self.wanted.has(piece)
    }

    /// How many blocks a peer is asked for.
    pub fn asked_of(&self, peer: PeerKey) -> usize {
        self.paces.asked_of(peer)
    }

    /// How many connected peers hold a piece.
    pub fn availability(&self, piece: u32) -> u32 {
        self.rarity.availability(piece)
    }

    /// Pieces that some connected peer holds.
    pub fn offered(&self) -> &PieceSet {
        self.rarity.offered()
    }

    /// Pieces that peers were asked for or gave parts of.
    pub fn in_flight(&self) -> PieceSet {
        let mut set = PieceSet::none(self.shape.pieces);
        self.begun.keys().for_each(|piece| {
            set.insert(*piece);
        });
        set
    }

    /// How many pieces are in flight.
    pub fn begun(&self) -> usize {
        self.begun.len()
    }

    /// Whether everything wanted is asked of somebody, HTTP included.
    pub fn is_end_game(&self) -> bool {
        self.is_only_last_left() && !self.begun.is_empty() && {
            self.open.is_empty() && self.rarity.count(Rank::Last) == 0
        }
    }

    /// Whether nothing is left to be asked for but what HTTP fetches.
    fn is_only_last_left(&self) -> bool {
        let rows = RANKS.iter().filter(|rank| **rank != Rank::Last);
        rows.map(|rank| self.rarity.count(*rank)).sum::<usize>() == 0
            && self.open.iter().all(|piece| self.rarity.rank(*piece) == Rank::Last)
    }
}
