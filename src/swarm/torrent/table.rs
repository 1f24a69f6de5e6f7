//! The connections of a torrent, and what is said on each.
//!
//! In: who came and went, what is to be said. Out: [`TorrentAct`]s in the order in which they are to be done. Keeps that a peer
//! is told of the pieces that came before it is told anything else. Knows nothing of what is wanted or held.

use super::super::message::PeerMessage;
use super::super::peer::Peer;
use super::super::{Block, PeerKey};
use super::TorrentAct;
use crate::domain::octets::ByteCount;
use crate::domain::utc::SteadyTime;
use std::collections::BTreeMap;
use std::time::Duration;

/// Who said nothing for so long is gone.
const SILENT: Duration = Duration::from_secs(180);

/// Who was told nothing for so long is told that we are here.
const QUIET: Duration = Duration::from_secs(100);

/// Within this time a peer knows which pieces we hold, also of those that it has.
const KNOWS_WITHIN: Duration = Duration::from_secs(2);

/// The connected peers, and what is to be done with their connections.
#[derive(Debug)]
pub(super) struct PeerTable {
    pub(super) peers: BTreeMap<PeerKey, Peer>,
    /// When the fact came that is being taken in.
    pub(super) now: SteadyTime,
    acts: Vec<TorrentAct>,
}

impl PeerTable {
    pub(super) fn new(now: SteadyTime) -> Self {
        Self { peers: BTreeMap::new(), now, acts: Vec::new() }
    }

    pub(super) fn keys(&self) -> Vec<PeerKey> {
        self.peers.keys().copied().collect()
    }

    /// Something is to be done that is not said to a peer.
    pub(super) fn act(&mut self, act: TorrentAct) {
        self.acts.push(act);
    }

    /// What is to be done, in order; nothing is left.
    pub(super) fn take_acts(&mut self) -> Vec<TorrentAct> {
        std::mem::take(&mut self.acts)
    }

    pub(super) fn say(&mut self, key: PeerKey, message: PeerMessage) {
        if let Some(peer) = self.peers.get_mut(&key) {
            tell_haves(peer, &mut self.acts);
            peer.told = self.now;
        }
        self.acts.push(TorrentAct::Say(key, message));
    }

    /// A block is not given, which only some peers can be told (BEP 6).
    pub(super) fn reject(&mut self, key: PeerKey, block: Block) {
        if self.peers.get(&key).is_some_and(Peer::is_fast) {
            self.say(key, PeerMessage::Reject(block));
        }
    }

    /// A piece is held: a peer is told with what is said to it next. In a crowd there are more of these messages than of any
    /// other, and each alone would be a packet. One that waits for something to want of us is told at once.
    pub(super) fn note_have(&mut self, key: PeerKey, piece: u32) {
        let Some(peer) = self.peers.get_mut(&key) else { return };
        if peer.untold.is_empty() {
            peer.told_all = self.now;
        }
        peer.untold.push(piece);
        if !peer.wants_ours && !peer.has.has(piece) {
            tell_haves(peer, &mut self.acts);
            peer.told = self.now;
        }
    }

    /// Hands blocks that a peer asked for to its connection until so many octets are on their way.
    pub(super) fn give(&mut self, key: PeerKey, most: u32) {
        let Some(peer) = self.peers.get_mut(&key).filter(|peer| !peer.waiting.is_empty()) else { return };
        if tell_haves(peer, &mut self.acts) {
            peer.told = self.now;
        }
        while peer.on_the_way < most
            && let Some(block) = peer.waiting.pop_front()
        {
            peer.on_the_way += block.length;
            peer.told = self.now;
            self.acts.push(TorrentAct::Give(key, block));
        }
    }

    /// Time passed on a connection. Returns whether the other end is still there.
    pub(super) fn keep_alive(&mut self, key: PeerKey) -> bool {
        let Some(peer) = self.peers.get_mut(&key) else { return false };
        peer.rate_in.add(ByteCount::ZERO, self.now);
        peer.rate_out.add(ByteCount::ZERO, self.now);
        if self.now.since(peer.heard) >= SILENT {
            return false;
        }
        if self.now.since(peer.told) >= QUIET {
            self.say(key, PeerMessage::KeepAlive);
        }
        self.tell_haves_if_due(key);
        true
    }

    /// Tells a peer of pieces to which nothing else was said: soon of those that it has not, and of others only so that it
    /// knows how far we are.
    fn tell_haves_if_due(&mut self, key: PeerKey) {
        let Some(peer) = self.peers.get_mut(&key).filter(|peer| !peer.untold.is_empty()) else { return };
        let may_be_wanted = peer.untold.iter().any(|piece| !peer.has.has(*piece));
        if may_be_wanted || self.now.since(peer.told_all) >= KNOWS_WITHIN {
            tell_haves(peer, &mut self.acts);
            peer.told = self.now;
        }
    }

    /// How many blocks were asked of peers and have not come.
    pub(super) fn asked(&self) -> usize {
        self.peers.values().map(Peer::asked).sum()
    }
}

/// Tells a peer of all pieces that it was not told of. Returns whether there were any.
fn tell_haves(peer: &mut Peer, acts: &mut Vec<TorrentAct>) -> bool {
    let (key, some) = (peer.key, !peer.untold.is_empty());
    acts.extend(peer.untold.drain(..).map(|piece| TorrentAct::Say(key, PeerMessage::Have(piece))));
    some
}
