//! How blocks become pieces: what is wanted, asked for, put together and held.
//!
//! In: blocks and what came of checking pieces. Out: pieces to check, requests, and who gave wrong blocks. Ends no connection.

use super::super::peer::Peer;
use super::super::suspects::Suspects;
use super::super::{Block, PeerKey};
use super::asking::PeerAsking;
use super::partials::PartialPieces;
use super::table::PeerTable;
use super::wants::Wants;
use super::{TorrentAct, TorrentLimits};
use crate::swarm::pieces::PieceSet;
use bytes::Bytes;

/// What comes to us.
#[derive(Debug)]
pub(super) struct Receiving {
    pub(super) wants: Wants,
    pub(super) asking: PeerAsking,
    pub(super) partials: PartialPieces,
    suspects: Suspects,
    /// Octets of blocks that came, right or wrong.
    pub(super) received: u64,
    /// Octets that came in vain.
    pub(super) wasted: u64,
}

impl Receiving {
    pub(super) fn new(wants: Wants, limits: &TorrentLimits, seed: u64) -> Self {
        let mut receiving = Self {
            asking: PeerAsking::new(wants.shape, &wants.missing(), seed),
            partials: PartialPieces::new(wants.shape, limits.buffer),
            suspects: Suspects::new(),
            wants,
            received: 0,
            wasted: 0,
        };
        receiving.set_first(0);
        receiving
    }

    /// A peer holds a piece that it was not known to hold.
    pub(super) fn on_peer_has(&mut self, key: PeerKey, piece: u32, table: &mut PeerTable) {
        self.asking.picker.rarity.add_holder(piece);
        if !self.wants.held.has(piece) {
            self.asking.note_interest(key, table);
        }
    }

    /// A peer holds pieces that it was not known to hold.
    pub(super) fn on_peer_has_all_of(&mut self, key: PeerKey, new: &PieceSet, table: &mut PeerTable) {
        self.asking.picker.rarity.add_peer(new);
        self.asking.note_interest(key, table);
    }

    /// A peer chokes us, and these blocks will not come.
    pub(super) fn on_choked(&mut self, key: PeerKey, lost: &[Block], table: &mut PeerTable) {
        self.asking.picker.returned(key, lost);
        if !lost.is_empty() {
            self.ask_all(table);
        }
    }

    /// A block came that was asked for.
    pub(super) fn on_block(&mut self, key: PeerKey, block: Block, data: Bytes, table: &mut PeerTable) {
        self.received += u64::from(block.length);
        match self.asking.on_block(key, block, table) {
            Some(is_whole) => {
                self.wasted += self.partials.put(key, block, data);
                if is_whole {
                    self.hand_out(block.piece, table);
                }
            }
            None => self.wasted += u64::from(block.length),
        }
    }

    /// A block came that nobody waits for.
    pub(super) fn on_block_in_vain(&mut self, octets: u32) {
        self.received += u64::from(octets);
        self.wasted += u64::from(octets);
    }

    /// A piece has all its blocks.
    fn hand_out(&mut self, piece: u32, table: &mut PeerTable) {
        let Some((frames, givers)) = self.partials.take_whole(piece) else { return };
        self.suspects.on_whole(piece, givers, &frames);
        table.act(TorrentAct::Check(piece, frames));
    }

    /// A piece that these gave is wrong. Returns who lied, when only one had a part in it.
    pub(super) fn on_wrong(
        &mut self,
        piece: u32,
        givers: &[PeerKey],
        frames: &[Bytes],
        table: &mut PeerTable,
    ) -> Option<PeerKey> {
        self.wasted += u64::from(self.wants.shape.length_of(piece));
        let mut who: Vec<PeerKey> = givers.to_vec();
        who.sort_unstable();
        who.dedup();
        self.asking.picker.failed(piece, true);
        if let [only] = who[..] {
            return Some(only);
        }
        self.suspects.on_wrong(piece, givers, frames);
        // The next version should come from one who had no part in this one, if there is such a peer.
        let had_none = |peer: &Peer| !who.contains(&peer.key) && peer.has.has(piece);
        if table.peers.values().any(had_none) || self.asking.is_hopeful() {
            for key in who {
                if let Some(peer) = table.peers.get_mut(&key) {
                    peer.refused.insert(piece);
                }
            }
        }
        None
    }

    /// A piece is right: those who gave wrong blocks of it before.
    pub(super) fn liars_of(&mut self, piece: u32) -> Vec<PeerKey> {
        self.suspects.on_right(piece)
    }

    /// A piece is held. Returns whether it was not before.
    pub(super) fn on_held(&mut self, piece: u32, table: &mut PeerTable) -> bool {
        self.asking.on_held(piece, table);
        self.wasted += self.partials.drop_piece(piece);
        self.wants.hold(piece)
    }

    /// Asks for a file before others when those who are connected are few, and for another one when it is held.
    pub(super) fn note_order(&mut self, table: &PeerTable) {
        self.set_first(table.peers.values().filter(|peer| !peer.has.is_full() && !peer.is_done()).count());
    }

    fn set_first(&mut self, others: usize) {
        if let Some(first) = self.wants.new_first(others) {
            self.asking.picker.rarity.set_first(&first);
        }
    }

    pub(super) fn ask(&mut self, key: PeerKey, table: &mut PeerTable) {
        self.asking.ask(key, &self.partials, table);
    }

    pub(super) fn ask_all(&mut self, table: &mut PeerTable) {
        table.keys().into_iter().for_each(|key| self.ask(key, table));
    }

    /// Throws away the begun piece of which least came, when there is no room for others and nobody gives more of it.
    pub(super) fn make_room(&mut self, table: &PeerTable) {
        if self.partials.may_begin() {
            return;
        }
        let moving = table.peers.values().any(|peer| peer.asked() > 0);
        let may_go = |piece| !moving || self.asking.picker.rarity.availability(piece) == 0;
        if let Some(piece) = self.partials.least(may_go) {
            self.wasted += self.partials.drop_piece(piece);
            self.asking.picker.drop_piece(piece);
        }
    }
}
