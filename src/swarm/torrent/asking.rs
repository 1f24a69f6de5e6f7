//! Which blocks are asked of whom.
//!
//! In: what peers hold, give and refuse. Out: interest, requests and cancels, said through the [`PeerTable`]. Keeps that the
//! picker and each peer agree on what is asked. Holds no octets.

use super::super::message::PeerMessage;
use super::super::peer::Peer;
use super::super::picker::{BlockArrival, BlockPicker, RequestingPeer};
use super::super::pieces::PieceSet;
use super::super::{BLOCK_LENGTH, Block, PeerKey, PieceShape};
use super::Others;
use super::partials::PartialPieces;
use super::table::PeerTable;
use std::time::Duration;

/// A peer may be tried again with pieces that it had a part in when they were wrong, so often.
const FORGIVEN_AFTER: Duration = Duration::from_secs(1);

/// What is asked of the peers of one torrent.
#[derive(Debug)]
pub(super) struct PeerAsking {
    shape: PieceShape,
    pub(super) picker: BlockPicker,
    others: Others,
}

impl PeerAsking {
    /// Nothing is asked yet; `missing` is what to ask for.
    pub(super) fn new(shape: PieceShape, missing: &PieceSet, seed: u64) -> Self {
        let mut picker = BlockPicker::new(shape, seed);
        picker.want(missing);
        Self { shape, picker, others: Others::default() }
    }

    /// What is fetched by other means than peers now, and whether the rest may be.
    pub(super) fn elsewhere(&mut self, claimed: &PieceSet, others: Others) {
        self.picker.rarity.set_last(claimed);
        self.others = others;
    }

    /// Whether what is missing may come by other means than peers.
    pub(super) fn is_hopeful(&self) -> bool {
        self.others == Others::Hopeful
    }

    /// Whether somebody else than those who proved wrong may give what is missing.
    pub(super) fn others_can_give(&self, table: &PeerTable) -> bool {
        self.is_hopeful() || table.peers.values().any(|peer| !peer.is_distrusted && self.is_wanted_of(peer))
    }

    pub(super) fn is_wanted_of(&self, peer: &Peer) -> bool {
        self.picker.is_wanted_of(&peer.has)
    }

    /// Tells a peer whether we want something of it, when that changed.
    pub(super) fn note_interest(&self, key: PeerKey, table: &mut PeerTable) {
        let Some(peer) = table.peers.get_mut(&key) else { return };
        let is_wanted = self.is_wanted_of(peer);
        if is_wanted == peer.is_wanted {
            return;
        }
        peer.is_wanted = is_wanted;
        table.say(key, if is_wanted { PeerMessage::Interested } else { PeerMessage::NotInterested });
    }

    /// Less is wanted than before: tells a peer when nothing that it holds is wanted any more.
    pub(super) fn note_less_wanted(&self, key: PeerKey, table: &mut PeerTable) {
        let Some(peer) = table.peers.get_mut(&key) else { return };
        if peer.is_wanted && !self.is_wanted_of(peer) {
            peer.is_wanted = false;
            table.say(key, PeerMessage::NotInterested);
        }
    }

    /// A block came. `None` when it came in vain, else whether its piece is whole now.
    pub(super) fn on_block(&mut self, key: PeerKey, block: Block, table: &mut PeerTable) -> Option<bool> {
        match self.picker.arrived(key, block) {
            BlockArrival::First { others, is_whole } => {
                others.into_iter().for_each(|other| Self::cancel(other, block, table));
                Some(is_whole)
            }
            BlockArrival::Again | BlockArrival::Unwanted => None,
        }
    }

    /// A piece is held, or no longer wanted: what is asked of it is taken back.
    pub(super) fn on_held(&mut self, piece: u32, table: &mut PeerTable) {
        for (key, block) in self.picker.held(piece) {
            Self::cancel(key, block, table);
        }
    }

    fn cancel(key: PeerKey, block: Block, table: &mut PeerTable) {
        let Some(peer) = table.peers.get_mut(&key) else { return };
        if peer.take_back(block) {
            peer.pipeline.on_lost(1, table.now);
            table.say(key, PeerMessage::Cancel(block));
        }
    }

    /// A peer went. Returns whether what was asked of it is to be asked of others.
    pub(super) fn on_left(&mut self, peer: &mut Peer) -> bool {
        let lost = peer.give_up();
        self.picker.returned(peer.key, &lost);
        self.picker.rarity.remove_peer(&peer.has);
        !lost.is_empty()
    }

    /// Asks a peer for as much as it may be asked.
    pub(super) fn ask(&mut self, key: PeerKey, partials: &PartialPieces, table: &mut PeerTable) {
        let Some(peer) = table.peers.get(&key) else { return };
        let room = self.room(peer, partials, table);
        if room == 0 {
            return;
        }
        let asker = RequestingPeer {
            peer: key,
            has: &peer.has,
            may_begin: partials.may_begin(),
            refused: &peer.refused,
        };
        let mut blocks = self.picker.pick(asker, room);
        if blocks.is_empty() && peer.is_distrusted && !peer.refused.is_empty() {
            // Nobody else has them, and everything else was tried: what was wrong before may be right this time.
            let refused = PieceSet::none(self.shape.pieces);
            blocks = self.picker.pick(RequestingPeer { refused: &refused, ..asker }, room);
            if let Some(peer) = table.peers.get_mut(&key) {
                peer.refused = refused;
            }
        }
        if blocks.is_empty() {
            return;
        }
        if let Some(peer) = table.peers.get_mut(&key) {
            peer.pipeline.on_asked(blocks.len(), table.now);
            blocks.iter().for_each(|block| peer.on_ask(*block));
        }
        blocks.into_iter().for_each(|block| table.say(key, PeerMessage::Request(block)));
    }

    /// How many blocks a peer may be asked for now.
    fn room(&self, peer: &Peer, partials: &PartialPieces, table: &PeerTable) -> usize {
        if peer.chokes_us || !peer.is_wanted {
            return 0;
        }
        let mut room = peer.pipeline.room(table.now);
        if room == 0 || partials.is_full(table.asked()) {
            return 0;
        }
        if peer.is_distrusted {
            if peer.asked() > 0 || self.others_can_give(table) {
                return 0;
            }
            room = room.min(self.shape.piece_length.div_ceil(BLOCK_LENGTH) as usize);
        }
        // A few at a time: a message a block would be more head than sense.
        if room < 4 && peer.asked() > 16 { 0 } else { room }
    }

    /// Pieces that a peer had a part in when they were wrong, or would not give, are asked of it again when it is asked for
    /// nothing else: those who were to give them in its place may be gone, or may have been the ones who lied.
    pub(super) fn forgive(&self, key: PeerKey, table: &mut PeerTable) {
        let Some(peer) = table.peers.get_mut(&key) else { return };
        let is_idle = peer.asked() == 0 && !peer.chokes_us && peer.is_wanted;
        if is_idle && !peer.refused.is_empty() && table.now.since(peer.forgiven) >= FORGIVEN_AFTER {
            peer.refused = PieceSet::none(self.shape.pieces);
            peer.forgiven = table.now;
        }
    }

    /// What was asked of a peer that gives nothing goes to others.
    pub(super) fn free_if_stuck(&mut self, key: PeerKey, table: &mut PeerTable) {
        let Some(peer) = table.peers.get_mut(&key) else { return };
        if !peer.is_stuck(table.now) {
            return;
        }
        let lost = peer.give_up();
        peer.pipeline.on_lost(lost.len(), table.now);
        self.picker.returned(key, &lost);
    }

    /// The pieces that a connected peer holds which has not proved wrong.
    pub(super) fn offered(&self, table: &PeerTable) -> PieceSet {
        if table.peers.values().all(|peer| !peer.is_distrusted) {
            return self.picker.rarity.offered().clone();
        }
        let trusted = table.peers.values().filter(|peer| !peer.is_distrusted);
        trusted.fold(PieceSet::none(self.shape.pieces), |all, peer| all.either(&peer.has))
    }
}
