//! The pieces of a torrent that are begun: which of their blocks are asked of whom, and which are free.
//!
//! In: which piece to begin, who may be asked, what came or will not come. Out: blocks to ask for, and which pieces are as if
//! they had not been begun. Keeps that what is asked agrees with the paces of peers. Does not know how rare a piece is.

use super::begun::{Begun, BlockNovelty};
use super::paces::Paces;
use super::{BlockArrival, RequestingPeer};
use crate::swarm::pieces::PieceSet;
use crate::swarm::{Block, PeerKey, PieceShape};
use std::collections::{BTreeMap, BTreeSet};

/// The begun pieces of one torrent.
#[derive(Clone, Debug)]
pub struct OnTheWay {
    shape: PieceShape,
    begun: BTreeMap<u32, Begun>,
    /// Those of the begun that have blocks nobody was asked for.
    open: BTreeSet<u32>,
    /// Asked of one peer at a time, since what several gave was wrong.
    alone: PieceSet,
    paces: Paces,
}

impl OnTheWay {
    pub fn new(shape: PieceShape) -> Self {
        Self {
            shape,
            begun: BTreeMap::new(),
            open: BTreeSet::new(),
            alone: PieceSet::none(shape.pieces),
            paces: Paces::default(),
        }
    }

    /// A piece that nobody was asked for is begun.
    pub fn begin(&mut self, piece: u32) {
        self.begun.insert(piece, Begun::new(self.shape.blocks_of(piece)));
        self.open.insert(piece);
    }

    /// Begun pieces with free blocks.
    pub fn open(&self) -> impl Iterator<Item = u32> + '_ {
        self.open.iter().copied()
    }

    /// Begun pieces that are such and that a peer may add to, those nearest to whole first.
    pub fn open_for(&self, asker: &RequestingPeer<'_>, is_such: impl Fn(u32) -> bool) -> Vec<u32> {
        let mut open: Vec<(u32, u32)> = self
            .open()
            .filter(|piece| asker.has.has(*piece) && !asker.refused.has(*piece) && is_such(*piece))
            .filter_map(|piece| self.begun.get(&piece).map(|begun| (piece, begun)))
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
    pub fn ask_for(&mut self, piece: u32, peer: PeerKey, most: usize, picked: &mut Vec<Block>) {
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

    /// Asks for blocks that peers with a longer way to go were asked for, the slowest of them first.
    pub fn ask_of_slower(&mut self, asker: &RequestingPeer<'_>, most: usize, picked: &mut Vec<Block>) {
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

    /// A peer will not give this block. Returns whether its piece is as if it had not been begun.
    pub fn returned(&mut self, peer: PeerKey, block: Block) -> bool {
        let Some(number) = self.shape.number_of(block) else { return false };
        let Some(begun) = self.begun.get_mut(&block.piece) else { return false };
        if !begun.give_back(number, peer) {
            return false;
        }
        self.paces.on_lost(peer, block.piece, number);
        self.settle(block.piece)
    }

    /// What came of a piece is lost. Returns whether it is as if it had not been begun.
    pub fn forget(&mut self, piece: u32) -> bool {
        let Some(begun) = self.begun.get_mut(&piece) else { return false };
        begun.forget();
        begun.owner = None;
        self.settle(piece)
    }

    /// Puts a begun piece where it belongs after blocks of it became free. Returns whether nothing of it is left.
    fn settle(&mut self, piece: u32) -> bool {
        let Some(begun) = self.begun.get(&piece) else { return false };
        if begun.is_untouched() {
            self.begun.remove(&piece);
            self.open.remove(&piece);
            return true;
        }
        if begun.has_free() {
            self.open.insert(piece);
        }
        false
    }

    /// A piece is to be asked of one peer at a time from now on.
    pub fn set_alone(&mut self, piece: u32) {
        self.alone.insert(piece);
    }

    /// A piece is held, or no longer wanted: what is still asked of it.
    pub fn remove(&mut self, piece: u32) -> Vec<(PeerKey, Block)> {
        self.alone.remove(piece);
        self.open.remove(&piece);
        let Some(begun) = self.begun.remove(&piece) else { return Vec::new() };
        let asked: Vec<(PeerKey, u32)> = begun.asked().collect();
        asked.iter().for_each(|(peer, number)| self.paces.on_lost(*peer, piece, *number));
        asked
            .into_iter()
            .filter_map(|(peer, number)| Some((peer, self.shape.block(piece, number)?)))
            .collect()
    }

    /// Whether some piece is begun and every block of the begun is asked of somebody.
    pub fn is_all_asked(&self) -> bool {
        !self.begun.is_empty() && self.open.is_empty()
    }

    /// The begun pieces.
    pub fn pieces(&self) -> PieceSet {
        let mut set = PieceSet::none(self.shape.pieces);
        self.begun.keys().for_each(|piece| {
            set.insert(*piece);
        });
        set
    }

    /// How many pieces are begun.
    #[cfg(test)]
    pub fn count(&self) -> usize {
        self.begun.len()
    }

    /// How many blocks a peer is asked for.
    #[cfg(test)]
    pub fn asked_of(&self, peer: PeerKey) -> usize {
        self.paces.asked_of(peer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::swarm::BLOCK_LENGTH;

    #[test]
    fn a_piece_is_as_if_it_had_not_been_begun_once_all_that_was_asked_is_given_back() {
        let total = u64::from(2 * BLOCK_LENGTH);
        let mut on_the_way = OnTheWay::new(PieceShape { pieces: 1, piece_length: 2 * BLOCK_LENGTH, total });
        let mut picked = Vec::new();
        on_the_way.begin(0);
        on_the_way.ask_for(0, PeerKey(1), 9, &mut picked);
        assert!(on_the_way.is_all_asked() && picked.len() == 2);
        assert!(!on_the_way.returned(PeerKey(1), picked[0]), "the other one may still come");
        assert!(on_the_way.returned(PeerKey(1), picked[1]));
        assert_eq!((on_the_way.count(), on_the_way.asked_of(PeerKey(1))), (0, 0));
    }
}
