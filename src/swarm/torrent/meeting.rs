//! Lets peers in, calls others, and ends connections.

use super::super::PeerKey;
use super::super::address_book::{Distance, NamedBy};
use super::super::message::{Handshake, PeerMessage};
use super::super::peer::{Peer, Side};
use super::{Gives, Leaving, Others, Torrent, TorrentAct};
use core::net::SocketAddr;
use std::time::Duration;

/// Connections that we open ourselves; the rest of the limit is for who calls.
const OPENED: usize = 30;

/// A connection on which neither side had anything to give for so long may be ended for another one.
const USELESS: Duration = Duration::from_secs(60);

/// In a crowd everybody is full, and whoever comes then would find nobody: a caller from whom and to whom nothing passed for
/// so long makes room for the next one, at most one in so long a time.
pub(super) const IDLE: Duration = Duration::from_secs(10);
const ROOM_EVERY: Duration = Duration::from_secs(5);

/// Most pieces that one address may send wrongly before it is not called again.
pub(super) const MOST_WRONG: usize = 16;

/// By what a peer that was wrong is known again: where we called, by address and port; where it called, by the address
/// alone, since its port is another one each time.
pub(super) fn culprit(address: SocketAddr, side: Side) -> SocketAddr {
    match side {
        Side::We => address,
        Side::They => SocketAddr::new(address.ip(), 0),
    }
}

/// A connection that stands.
pub(super) struct Joined {
    pub(super) address: SocketAddr,
    /// Who called.
    pub(super) side: Side,
    /// How long connecting took. `None` when the peer called.
    pub(super) round_trip: Option<Duration>,
}

impl Torrent {
    pub(super) fn on_named(&mut self, addresses: Vec<(SocketAddr, Distance)>, by: NamedBy) {
        if self.is_private && matches!(by, NamedBy::Peer | NamedBy::Dht | NamedBy::LocalNetwork) {
            return;
        }
        for (address, distance) in addresses {
            self.book.name(address, by, distance, self.now);
        }
        self.is_call_open = true;
    }

    pub(super) fn on_joined(
        &mut self,
        key: PeerKey,
        Joined { address, side, round_trip }: Joined,
        handshake: &Handshake,
    ) {
        if let Some(why) = self.refusal(address, side, handshake) {
            match (&why, side) {
                (Leaving::Ourselves, Side::We) => self.book.ban(address),
                (Leaving::Twice, Side::We) => self.book.on_twice(address, self.now),
                (_, Side::We) => self.book.on_failed(address, self.now),
                (_, Side::They) => {}
            }
            self.acts.push(TorrentAct::Drop(key, why, None));
            return;
        }
        if side == Side::We {
            self.book.on_joined(address, round_trip);
        }
        let mut peer = Peer::new(key, (address, side), handshake, &self.shape, self.now);
        if let Some(round_trip) = round_trip {
            peer.pipeline.answered_after(round_trip);
        }
        peer.is_distrusted = self.wrong.contains_key(&culprit(address, side));
        let (is_fast, is_extended) = (peer.is_fast(), peer.is_extended());
        self.peers.insert(key, peer);
        if super::allotment::follows(&handshake.peer_id) {
            self.allot();
        }
        let tells_nothing = self.held.is_empty() || self.gives == Gives::Nothing;
        match (is_fast, self.held.is_full() && !tells_nothing, tells_nothing) {
            (true, true, _) => self.say(key, PeerMessage::HaveAll),
            (true, _, true) => self.say(key, PeerMessage::HaveNone),
            (false, _, true) => {}
            _ => self.say(key, PeerMessage::Bitfield(self.held.to_bitfield().into())),
        }
        if is_extended {
            self.introduce_ourselves(key);
        }
    }

    /// Why a new connection is not kept.
    fn refusal(&mut self, address: SocketAddr, side: Side, handshake: &Handshake) -> Option<Leaving> {
        if handshake.peer_id == self.peer_id {
            return Some(Leaving::Ourselves);
        }
        let wrong = self.wrong_of(address, side).len();
        if wrong >= MOST_WRONG || (wrong > 0 && self.others_can_give()) {
            return Some(Leaving::WrongData);
        }
        if let Some(twin) = self.peers.values().find(|peer| peer.id == handshake.peer_id) {
            // Both ends keep the connection that the one with the greater name opened.
            let kept = if self.peer_id > handshake.peer_id { Side::We } else { Side::They };
            if twin.side == kept || side != kept {
                return Some(Leaving::Twice);
            }
            let twin = twin.key;
            self.drop_peer(twin, Leaving::Twice);
        }
        let same = self.peers.values().filter(|peer| peer.address.ip() == address.ip()).count();
        // Several clients on this computer are told apart by their ports.
        if same > 0 && !address.ip().is_loopback() {
            return Some(Leaving::Full);
        }
        let is_full = self.peers.len() >= self.limits.connections;
        if is_full && !self.drop_one_for_another() {
            return Some(Leaving::Full);
        }
        None
    }

    /// Whether somebody else than those who proved wrong may give what is missing.
    pub(super) fn others_can_give(&self) -> bool {
        self.others == Others::Hopeful
            || self.peers.values().any(|peer| !peer.is_distrusted && self.picker.is_wanted_of(&peer.has))
    }

    pub(super) fn on_left(&mut self, key: PeerKey) {
        let Some(mut peer) = self.peers.remove(&key) else { return };
        let lost = peer.give_up();
        self.picker.returned(key, &lost);
        self.picker.peer_gone(&peer.has);
        self.exchange.forget(key);
        if let Some(info) = &mut self.info {
            info.forget(key);
        }
        if peer.side == Side::We {
            match peer.received + peer.given {
                // Two that are done would call one another all the time.
                _ if self.is_complete() && peer.is_done() && !peer.wants_ours => {
                    self.book.on_useless(peer.address, self.now);
                }
                0 => self.book.on_failed(peer.address, self.now),
                _ => self.book.on_left(peer.address, self.now),
            }
        }
        self.is_choice_open = true;
        self.is_call_open = true;
        if !lost.is_empty() {
            self.ask_all();
        }
    }

    pub(super) fn drop_peer(&mut self, key: PeerKey, why: Leaving) {
        let last = self.peers.get(&key).map(|peer| Box::new(self.look_at(peer)));
        self.acts.push(TorrentAct::Drop(key, why, last));
        self.on_left(key);
    }

    /// Whoever was wrong goes when others can give the same; else it is asked for one piece at a time.
    pub(super) fn on_liar(&mut self, key: PeerKey, piece: u32) {
        let Some(peer) = self.peers.get_mut(&key) else { return };
        peer.is_distrusted = true;
        peer.refused.insert(piece);
        let (address, side) = (peer.address, peer.side);
        let wrong = self.wrong.entry(culprit(address, side)).or_default();
        wrong.push(piece);
        let is_spent = wrong.len() >= MOST_WRONG;
        if !is_spent && !self.others_can_give() {
            return;
        }
        self.drop_peer(key, Leaving::WrongData);
        match (is_spent, side) {
            (true, Side::We) => self.book.ban(address),
            (false, Side::We) => self.book.set_aside(address),
            (_, Side::They) => {}
        }
    }

    /// Ends connections of which nothing is to be had either way.
    pub(super) fn drop_useless(&mut self) {
        let is_complete = self.is_complete();
        let useless: Vec<PeerKey> = self
            .peers
            .values()
            .filter(|peer| {
                is_complete && peer.is_done() && self.now.since(peer.joined) > Duration::from_secs(2)
            })
            .filter(|peer| !peer.wants_ours)
            .map(|peer| peer.key)
            .collect();
        for key in useless {
            self.drop_peer(key, Leaving::Useless);
        }
    }

    /// Ends connections to those that let requests lie and never gave anything, as long as others can give the same: each
    /// would hold up whatever it is asked for, and keeps somebody better from its place.
    pub(super) fn drop_who_give_nothing(&mut self) {
        let is_idle = |peer: &Peer| peer.pipeline.is_on_trial() && peer.received == 0;
        let idle: Vec<PeerKey> =
            self.peers.values().filter(|peer| is_idle(peer)).map(|peer| peer.key).collect();
        let may_give =
            |peer: &Peer| !is_idle(peer) && !peer.is_distrusted && self.picker.is_wanted_of(&peer.has);
        let others_can = self.others == Others::Hopeful
            || self.book.hoped() > 0
            || self.peers.values().any(|peer| may_give(peer) && !peer.chokes_us);
        if others_can {
            idle.into_iter().for_each(|key| self.drop_peer(key, Leaving::GivesNothing));
        }
    }

    /// Ends a connection that is of no use, or else the one that has been idle longest of those that others opened. Those that we
    /// opened stay: a flood of callers moves nobody but callers.
    fn drop_one_for_another(&mut self) -> bool {
        let is_useless =
            |peer: &&Peer| peer.is_distrusted || (self.now.since(peer.useful) >= USELESS && !peer.is_wanted);
        let useless =
            self.peers.values().filter(is_useless).min_by_key(|peer| (!peer.is_distrusted, peer.useful));
        if let Some(key) = useless.map(|peer| peer.key) {
            self.drop_peer(key, Leaving::Useless);
            return true;
        }
        if self.made_room.is_some_and(|since| self.now.since(since) < ROOM_EVERY) {
            return false;
        }
        let is_idle = |peer: &&Peer| {
            peer.side == Side::They && peer.asked() == 0 && self.now.since(peer.useful) >= IDLE
        };
        let idle = self.peers.values().filter(is_idle).min_by_key(|peer| peer.useful);
        let Some(key) = idle.map(|peer| peer.key) else { return false };
        self.made_room = Some(self.now);
        self.drop_peer(key, Leaving::Full);
        true
    }

    /// Calls as many as there is room for.
    pub(super) fn call_more(&mut self) {
        let opened = self.peers.len() + self.book.called();
        let most = OPENED.min(self.limits.connections).saturating_sub(self.peers.len());
        // Most of many do not answer: more are called than are wanted.
        let at_once = self.limits.calls.saturating_sub(self.book.called());
        if most == 0 || at_once == 0 {
            return;
        }
        let due = self.book.due(at_once.min(most.saturating_mul(4)), self.now);
        if due.is_empty() && opened == 0 && !self.is_complete() && self.book.hoped() == 0 {
            self.book.take_back(self.now);
        }
        self.acts.extend(due.into_iter().map(TorrentAct::Call));
    }
}
