//! Whom to give to, and what: chokes, and the queue of blocks that were asked of us.

use super::super::choker::{ChokerPeer, Role};
use super::super::message::PeerMessage;
use super::super::pieces::PieceSet;
use super::super::{Block, PeerKey};
use super::{Gives, Leaving, Torrent, TorrentAct};
use crate::domain::octets::ByteCount;
use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

/// Octets that may be on their way to a connection: enough to keep it busy, few enough to take back.
const LEAST_ON_THE_WAY: u32 = 64 << 10;
const MOST_ON_THE_WAY: u32 = 2 << 20;

/// Within this time a peer knows which pieces we hold, also of those that it has.
const KNOWS_WITHIN: Duration = Duration::from_secs(2);

/// Who was asked and gave nothing for so long owes us.
const OWES: Duration = Duration::from_secs(30);

impl Torrent {
    /// A peer asked for the block that stands last in its queue.
    pub(super) fn on_asked(&mut self, key: PeerKey) {
        let Some(peer) = self.peers.get_mut(&key) else { return };
        peer.useful = self.now;
        if let Some(block) = peer.waiting.back().copied()
            && !self.held.has(block.piece)
        {
            peer.waiting.pop_back();
            self.reject(key, block);
            return;
        }
        self.feed(key);
    }

    /// A piece is held: a peer is told with what is said to it next. In a crowd there are more of these messages than of any
    /// other, and each alone would be a packet. One that waits for something to want of us is told at once.
    pub(super) fn note_have(&mut self, key: PeerKey, piece: u32) {
        if self.gives == Gives::Nothing {
            return;
        }
        let Some(peer) = self.peers.get_mut(&key) else { return };
        if peer.untold.is_empty() {
            peer.told_all = self.now;
        }
        peer.untold.push(piece);
        if !peer.wants_ours && !peer.has.has(piece) {
            self.tell_haves(key);
        }
    }

    /// Tells a peer of pieces to which nothing else was said: soon of those that it has not, and of others only so that it
    /// knows how far we are.
    pub(super) fn tell_haves_if_due(&mut self, key: PeerKey) {
        let Some(peer) = self.peers.get(&key).filter(|peer| !peer.untold.is_empty()) else { return };
        let may_be_wanted = peer.untold.iter().any(|piece| !peer.has.has(*piece));
        if may_be_wanted || self.now.since(peer.told_all) >= KNOWS_WITHIN {
            self.tell_haves(key);
        }
    }

    /// Tells a peer of all pieces that it was not told of.
    pub(super) fn tell_haves(&mut self, key: PeerKey) {
        let Some(peer) = self.peers.get_mut(&key).filter(|peer| !peer.untold.is_empty()) else { return };
        let untold = std::mem::take(&mut peer.untold);
        peer.told = self.now;
        let held = untold.into_iter().filter(|piece| self.held.has(*piece));
        self.acts.extend(held.map(|piece| TorrentAct::Say(key, PeerMessage::Have(piece))));
    }

    pub(super) fn reject(&mut self, key: PeerKey, block: super::Block) {
        if self.peers.get(&key).is_some_and(|peer| peer.is_fast()) {
            self.say(key, PeerMessage::Reject(block));
        }
    }

    /// Hands blocks to the connection while it is not busy enough.
    fn feed(&mut self, key: PeerKey) {
        if self.peers.get(&key).is_some_and(|peer| !peer.waiting.is_empty()) {
            self.tell_haves(key);
        }
        let Some(peer) = self.peers.get_mut(&key) else { return };
        let a_fifth = peer.rate_out.per_second().unwrap_or(0.0) / 5.0;
        let most = (a_fifth as u32).clamp(LEAST_ON_THE_WAY, MOST_ON_THE_WAY);
        while peer.on_the_way < most
            && let Some(block) = peer.waiting.pop_front()
        {
            peer.on_the_way += block.length;
            peer.told = self.now;
            self.acts.push(TorrentAct::Give(key, block));
        }
    }

    pub(super) fn on_given(&mut self, key: PeerKey, octets: u32) {
        self.given += u64::from(octets);
        let Some(peer) = self.peers.get_mut(&key) else { return };
        peer.on_the_way = peer.on_the_way.saturating_sub(octets);
        peer.given += u64::from(octets);
        peer.useful = self.now;
        peer.rate_out.add(ByteCount(u64::from(octets)), self.now);
        peer.pace_out.add(octets, self.now);
        self.feed(key);
    }

    /// Pieces are held no longer: they are neither given nor fetched again. Who asks for them is told so, where the other side
    /// understands that (BEP 6); others learn it when they connect again.
    pub(super) fn on_lost(&mut self, key: PeerKey, block: Block, pieces: &PieceSet) {
        self.held = self.held.minus(pieces);
        self.want = self.want.minus(pieces);
        if let Some(peer) = self.peers.get_mut(&key) {
            peer.on_the_way = peer.on_the_way.saturating_sub(block.length);
        }
        self.reject(key, block);
        let (mut refused, mut misled) = (Vec::new(), Vec::new());
        for peer in self.peers.values_mut() {
            let (lost, kept): (VecDeque<Block>, VecDeque<Block>) =
                peer.waiting.drain(..).partition(|block| pieces.has(block.piece));
            peer.waiting = kept;
            if !peer.is_fast() && (peer.key == key || !lost.is_empty()) {
                misled.push(peer.key);
            }
            refused.extend(lost.into_iter().map(|block| (peer.key, block)));
        }
        refused.into_iter().for_each(|(key, block)| self.reject(key, block));
        misled.into_iter().for_each(|key| self.drop_peer(key, Leaving::Lost));
        self.feed(key);
    }

    /// Chooses anew who may receive, when a round is due.
    pub(super) fn choose_anew(&mut self) {
        self.is_choice_open = false;
        if self.gives == Gives::Nothing {
            return;
        }
        let (standings, role) = self.standings();
        let chosen: BTreeSet<PeerKey> = self.choker.round(&standings, role, self.now).into_iter().collect();
        for standing in standings {
            match (standing.is_unchoked, chosen.contains(&standing.peer)) {
                (true, false) => self.choke(standing.peer),
                (false, true) => self.unchoke(standing.peer),
                _ => {}
            }
        }
    }

    /// Fills slots that are free, between two rounds.
    pub(super) fn choose_receivers(&mut self) {
        if !std::mem::take(&mut self.is_choice_open) || self.gives == Gives::Nothing {
            return;
        }
        let (standings, role) = self.standings();
        for key in self.choker.fill(&standings, role, self.now) {
            if self.peers.get(&key).is_some_and(|peer| peer.is_choked) {
                self.unchoke(key);
            }
        }
    }

    fn standings(&self) -> (Vec<ChokerPeer>, Role) {
        let role = if self.is_complete() { Role::Complete } else { Role::Receiving };
        let standing = |peer: &super::Peer| ChokerPeer {
            peer: peer.key,
            is_interested: peer.wants_ours,
            is_unchoked: !peer.is_choked,
            from_them: peer.pipeline.per_second(self.now),
            to_them: peer.pace_out.per_second(self.now),
            given: peer.given,
            joined: peer.joined,
            owes: peer.asked() > 0 && self.now.since(peer.useful) >= OWES,
        };
        (self.peers.values().map(standing).collect(), role)
    }

    fn unchoke(&mut self, key: PeerKey) {
        if let Some(peer) = self.peers.get_mut(&key) {
            peer.is_choked = false;
            self.say(key, PeerMessage::Unchoke);
        }
    }

    fn choke(&mut self, key: PeerKey) {
        let Some(peer) = self.peers.get_mut(&key) else { return };
        peer.is_choked = true;
        let waiting: Vec<_> = peer.waiting.drain(..).collect();
        self.say(key, PeerMessage::Choke);
        for block in waiting {
            self.reject(key, block);
        }
    }
}
