//! What is asked of whom, and how blocks become pieces.

use super::super::message::PeerMessage;
use super::super::peer::PeerSaid;
use super::super::picker::{BlockArrival, RequestingPeer};
use super::super::pieces::PieceSet;
use super::super::{BLOCK_LENGTH, Block, PeerKey, PieceShape};
use super::{Leaving, Others, PieceOutcome, Torrent, TorrentAct};
use bytes::Bytes;
use std::collections::HashMap;
use std::time::Duration;

/// A peer may be tried again with pieces that it had a part in when they were wrong, so often.
const FORGIVEN_AFTER: Duration = Duration::from_secs(1);

/// Pieces that are not whole, or not checked yet.
#[derive(Debug, Default)]
pub(super) struct PartialPieces {
    begun: HashMap<u32, Partial>,
    /// Who gave the blocks of pieces that are being checked.
    checking: HashMap<u32, Vec<PeerKey>>,
    /// Octets of all these.
    octets: u64,
}

#[derive(Debug)]
struct Partial {
    frames: Vec<Bytes>,
    givers: Vec<PeerKey>,
}

impl PartialPieces {
    /// Puts a block in; returns the octets of the one that it replaces.
    fn put(&mut self, shape: &PieceShape, giver: PeerKey, block: Block, data: Bytes) -> u64 {
        let mut replaced = 0;
        let blocks = shape.blocks_of(block.piece) as usize;
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

    #[cfg(test)]
    pub(super) fn octets(&self) -> u64 {
        self.octets
    }

    fn drop_piece(&mut self, piece: u32) -> u64 {
        let Some(partial) = self.begun.remove(&piece) else { return 0 };
        let octets = partial.frames.iter().map(|frame| frame.len() as u64).sum();
        self.octets -= octets;
        octets
    }
}

impl Torrent {
    pub(super) fn on_heard(&mut self, key: PeerKey, messages: Vec<PeerMessage>) {
        for message in messages {
            let Some(peer) = self.peers.get_mut(&key) else { return };
            match peer.hear(message, &self.shape, self.now) {
                Ok(said) => self.take_in(key, said),
                Err(fault) => return self.drop_peer(key, Leaving::Fault(fault)),
            }
        }
        self.ask(key);
    }

    fn take_in(&mut self, key: PeerKey, said: PeerSaid) {
        match said {
            PeerSaid::Nothing => {}
            PeerSaid::Holds(new) => {
                self.picker.peer_has_all_of(&new);
                self.note_interest(key);
            }
            PeerSaid::HoldsPiece(piece) => {
                self.picker.peer_has(piece);
                if !self.held.has(piece) {
                    self.note_interest(key);
                }
            }
            PeerSaid::Choked(lost) => {
                self.picker.returned(key, &lost);
                if !lost.is_empty() {
                    self.ask_all();
                }
            }
            PeerSaid::Unchoked => {}
            PeerSaid::Interest => self.is_choice_open = true,
            PeerSaid::Asks => self.on_asked(key),
            PeerSaid::AsksInVain(block) => self.reject(key, block),
            PeerSaid::Gives(block, data) => self.on_block(key, block, data),
            PeerSaid::GivesInVain(octets) => {
                self.received += u64::from(octets);
                self.wasted += u64::from(octets);
            }
            PeerSaid::Rejects(block) => self.picker.returned(key, &[block]),
            PeerSaid::Extended(id, payload) => self.on_extended(key, id, &payload),
        }
    }

    fn on_block(&mut self, key: PeerKey, block: Block, data: Bytes) {
        self.received += u64::from(block.length);
        match self.picker.arrived(key, block) {
            BlockArrival::First { others, is_whole } => {
                self.wasted += self.partials.put(&self.shape, key, block, data);
                for other in others {
                    self.cancel(other, block);
                }
                if is_whole {
                    self.hand_out(block.piece);
                }
            }
            BlockArrival::Again | BlockArrival::Unwanted => self.wasted += u64::from(block.length),
        }
    }

    fn cancel(&mut self, key: PeerKey, block: Block) {
        let Some(peer) = self.peers.get_mut(&key) else { return };
        if peer.take_back(block) {
            peer.pipeline.on_lost(1, self.now);
            self.say(key, PeerMessage::Cancel(block));
        }
    }

    /// A piece has all its blocks.
    fn hand_out(&mut self, piece: u32) {
        let Some(partial) = self.partials.begun.remove(&piece) else { return };
        self.suspects.on_whole(piece, &partial.givers, &partial.frames);
        self.partials.checking.insert(piece, partial.givers);
        self.acts.push(TorrentAct::Check(piece, partial.frames));
    }

    pub(super) fn on_checked(&mut self, piece: u32, outcome: PieceOutcome) {
        let Some(givers) = self.partials.checking.remove(&piece) else { return };
        self.partials.octets = self.partials.octets.saturating_sub(u64::from(self.shape.length_of(piece)));
        match outcome {
            PieceOutcome::Right => self.on_held(piece),
            PieceOutcome::Wrong(frames) => self.on_wrong(piece, &givers, &frames),
        }
        self.ask_all();
    }

    fn on_wrong(&mut self, piece: u32, givers: &[PeerKey], frames: &[Bytes]) {
        self.wasted += u64::from(self.shape.length_of(piece));
        let mut who: Vec<PeerKey> = givers.to_vec();
        who.sort_unstable();
        who.dedup();
        self.picker.failed(piece, true);
        if let [only] = who[..] {
            self.on_liar(only, piece);
            return;
        }
        self.suspects.on_wrong(piece, givers, frames);
        // The next version should come from one who had no part in this one, if there is such a peer.
        let had_none = |peer: &&super::Peer| !who.contains(&peer.key) && peer.has.has(piece);
        if self.peers.values().any(|peer| had_none(&peer)) || self.others == Others::Hopeful {
            for key in who {
                if let Some(peer) = self.peers.get_mut(&key) {
                    peer.refused.insert(piece);
                }
            }
        }
    }

    pub(super) fn on_held(&mut self, piece: u32) {
        for liar in self.suspects.on_right(piece) {
            self.on_liar(liar, piece);
        }
        for (key, block) in self.picker.held(piece) {
            self.cancel(key, block);
        }
        self.wasted += self.partials.drop_piece(piece);
        if !self.held.insert(piece) {
            return;
        }
        let keys: Vec<PeerKey> = self.peers.keys().copied().collect();
        let is_complete = self.is_complete();
        for key in keys {
            let Some(peer) = self.peers.get(&key) else { continue };
            let is_wanted_still = peer.is_wanted && self.is_wanted_of(peer);
            if peer.is_wanted && !is_wanted_still {
                self.note_interest(key);
            }
            self.note_have(key, piece);
        }
        if self.first.as_ref().is_some_and(|file| file.contains(&piece)) {
            self.note_order();
        }
        if is_complete {
            self.on_complete();
        }
    }

    fn on_complete(&mut self) {
        self.is_choice_open = true;
        self.tell_upload_only();
    }

    fn is_wanted_of(&self, peer: &super::Peer) -> bool {
        self.picker.is_wanted_of(&peer.has)
    }

    /// Tells a peer whether we want something of it, when that changed.
    fn note_interest(&mut self, key: PeerKey) {
        let Some(peer) = self.peers.get(&key) else { return };
        let is_wanted = self.is_wanted_of(peer);
        if is_wanted == peer.is_wanted {
            return;
        }
        if let Some(peer) = self.peers.get_mut(&key) {
            peer.is_wanted = is_wanted;
        }
        self.say(key, if is_wanted { PeerMessage::Interested } else { PeerMessage::NotInterested });
    }

    pub(super) fn ask_all(&mut self) {
        let keys: Vec<PeerKey> = self.peers.keys().copied().collect();
        keys.into_iter().for_each(|key| self.ask(key));
    }

    /// Whether what came and what was asked for fills the memory: checking and writing are slower than peers then, and to
    /// ask for more, or for the same of others, would help nobody.
    fn is_full(&self) -> bool {
        let checking = self.partials.checking.len() as u64 * u64::from(self.shape.piece_length);
        let asked: usize = self.peers.values().map(super::Peer::asked).sum();
        let committed = self.partials.octets + asked as u64 * u64::from(BLOCK_LENGTH);
        checking * 2 > self.limits.buffer || committed >= self.limits.buffer * 2
    }

    /// Asks a peer for as much as it may be asked.
    pub(super) fn ask(&mut self, key: PeerKey) {
        let Some(peer) = self.peers.get(&key) else { return };
        if peer.chokes_us || !peer.is_wanted {
            return;
        }
        let mut room = peer.pipeline.room(self.now);
        if room == 0 || self.is_full() {
            return;
        }
        if peer.is_distrusted {
            if peer.asked() > 0 || self.others_can_give() {
                return;
            }
            room = room.min(self.shape.piece_length.div_ceil(BLOCK_LENGTH) as usize);
        }
        // A few at a time: a message a block would be more head than sense.
        if room < 4 && peer.asked() > 16 {
            return;
        }
        let asker = RequestingPeer {
            peer: key,
            has: &peer.has,
            may_begin: self.partials.octets < self.limits.buffer,
            refused: &peer.refused,
        };
        let mut blocks = self.picker.pick(asker, room);
        if blocks.is_empty() && peer.is_distrusted && !peer.refused.is_empty() {
            // Nobody else has them, and everything else was tried: what was wrong before may be right this time.
            let refused = PieceSet::none(self.shape.pieces);
            blocks = self.picker.pick(RequestingPeer { refused: &refused, ..asker }, room);
            if let Some(peer) = self.peers.get_mut(&key) {
                peer.refused = refused;
            }
        }
        if blocks.is_empty() {
            return;
        }
        if let Some(peer) = self.peers.get_mut(&key) {
            peer.pipeline.on_asked(blocks.len(), self.now);
            blocks.iter().for_each(|block| peer.on_ask(*block));
        }
        blocks.into_iter().for_each(|block| self.say(key, PeerMessage::Request(block)));
    }

    /// One hour after the other, so that the first can be used while others come. In a crowd everybody would want the same
    /// pieces then, and nobody would have anything to trade: there the rarest come first.
    pub(super) fn note_order(&mut self) {
        let others = self.peers.values().filter(|peer| !peer.has.is_full() && !peer.is_done()).count();
        let is_unfinished = |file: &&std::ops::Range<u32>| {
            (file.start..file.end).any(|piece| self.want.has(piece) && !self.held.has(piece))
        };
        let first = match others {
            0 | 1 => self.files.iter().find(is_unfinished).cloned(),
            _ => None,
        };
        if first != self.first {
            let pieces = first.clone().unwrap_or_default();
            self.picker.prefer(&PieceSet::of(self.shape.pieces, |piece| pieces.contains(&piece)));
            self.first = first;
        }
    }

    /// Pieces that a peer had a part in when they were wrong, or would not give, are asked of it again when it is asked for
    /// nothing else: those who were to give them in its place may be gone, or may have been the ones who lied.
    pub(super) fn forgive(&mut self, key: PeerKey) {
        let Some(peer) = self.peers.get_mut(&key) else { return };
        let is_idle = peer.asked() == 0 && !peer.chokes_us && peer.is_wanted;
        if is_idle && !peer.refused.is_empty() && self.now.since(peer.forgiven) >= FORGIVEN_AFTER {
            peer.refused = PieceSet::none(self.shape.pieces);
            peer.forgiven = self.now;
        }
    }

    /// What was asked of a peer that gives nothing goes to others.
    pub(super) fn free_if_stuck(&mut self, key: PeerKey) {
        let Some(peer) = self.peers.get_mut(&key) else { return };
        if !peer.is_stuck(self.now) {
            return;
        }
        let lost = peer.give_up();
        peer.pipeline.on_lost(lost.len(), self.now);
        self.picker.returned(key, &lost);
    }

    /// Throws away the begun piece of which least came, when there is no room for others and nobody gives more of it.
    pub(super) fn make_room(&mut self) {
        if self.partials.octets < self.limits.buffer {
            return;
        }
        let moving = self.peers.values().any(|peer| peer.asked() > 0);
        let least = self
            .partials
            .begun
            .iter()
            .filter(|(piece, _)| !moving || self.picker.availability(**piece) == 0)
            .min_by_key(|(_, partial)| partial.frames.iter().map(Bytes::len).sum::<usize>());
        if let Some((&piece, _)) = least {
            self.wasted += self.partials.drop_piece(piece);
            self.picker.drop_piece(piece);
        }
    }
}
