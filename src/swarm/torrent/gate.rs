//! Who is let in and who goes.
//!
//! In: who wants to join, who gave wrong pieces, how connections stand. Out: refusals, and the names of those whose connections
//! are to end: the torrent ends them. Keeps the number of connections and who proved wrong.

use super::super::PeerKey;
use super::super::message::Handshake;
use super::super::peer::{Peer, Side};
use super::Leaving;
use super::asking::PeerAsking;
use super::calls::Calls;
use super::table::PeerTable;
use super::wants::Wants;
use crate::domain::utc::SteadyTime;
use core::net::SocketAddr;
use std::collections::HashMap;
use std::time::Duration;

/// A connection on which neither side had anything to give for so long may be ended for another one.
const USELESS: Duration = Duration::from_secs(60);

/// In a crowd everybody is full, and whoever comes then would find nobody: a caller from whom and to whom nothing passed for
/// so long makes room for the next one, at most one in so long a time.
pub(super) const IDLE: Duration = Duration::from_secs(10);
const ROOM_EVERY: Duration = Duration::from_secs(5);

/// Two that are done may say so for so long before they part.
const PARTING: Duration = Duration::from_secs(2);

/// Most pieces that one address may send wrongly before it is not called again.
pub(super) const MOST_WRONG: usize = 16;

/// By what a peer that was wrong is known again: where we called, by address and port; where it called, by the address
/// alone, since its port is another one each time.
fn culprit(address: SocketAddr, side: Side) -> SocketAddr {
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

/// What becomes of who wants to join.
#[derive(Debug, Default, PartialEq)]
pub(super) struct GateAnswer {
    /// Whose connection ends for it, before anything else.
    pub(super) goes: Option<(PeerKey, Leaving)>,
    /// Why it is not let in; `None` when it is.
    pub(super) refused: Option<Leaving>,
}

impl GateAnswer {
    fn refused(why: Leaving) -> Self {
        Self { goes: None, refused: Some(why) }
    }
}

/// The gate of one torrent.
#[derive(Debug)]
pub(super) struct Gate {
    /// Our name among peers.
    pub(super) us: [u8; 20],
    /// Most connections.
    most: usize,
    /// When an idle connection last made room for a new one.
    made_room: Option<SteadyTime>,
    /// The pieces that each culprit was proven to have sent wrongly; see [`culprit`].
    pub(super) wrong: HashMap<SocketAddr, Vec<u32>>,
}

impl Gate {
    pub(super) fn new(us: [u8; 20], most: usize) -> Self {
        Self { us, most, made_room: None, wrong: HashMap::new() }
    }

    /// Whether a new connection is kept, and for whom.
    pub(super) fn answer(
        &mut self,
        joined: &Joined,
        handshake: &Handshake,
        asking: &PeerAsking,
        table: &PeerTable,
    ) -> GateAnswer {
        let (address, side) = (joined.address, joined.side);
        if handshake.peer_id == self.us {
            return GateAnswer::refused(Leaving::Ourselves);
        }
        let wrong = self.wrong_of(address, side).len();
        if wrong >= MOST_WRONG || (wrong > 0 && asking.others_can_give(table)) {
            return GateAnswer::refused(Leaving::WrongData);
        }
        let twin = table.peers.values().find(|peer| peer.id == handshake.peer_id);
        if let Some(twin) = twin {
            // Both ends keep the connection that the one with the greater name opened.
            let kept = if self.us > handshake.peer_id { Side::We } else { Side::They };
            if twin.side == kept || side != kept {
                return GateAnswer::refused(Leaving::Twice);
            }
        }
        let twin = twin.map(|twin| twin.key);
        let is_same = |peer: &Peer| peer.address.ip() == address.ip() && Some(peer.key) != twin;
        let goes = twin.map(|twin| (twin, Leaving::Twice));
        // Several clients on this computer are told apart by their ports.
        if !address.ip().is_loopback() && table.peers.values().any(is_same) {
            return GateAnswer { goes, refused: Some(Leaving::Full) };
        }
        if table.peers.len() - usize::from(goes.is_some()) < self.most {
            return GateAnswer { goes, refused: None };
        }
        match self.one_for_another(table) {
            Some(goes) => GateAnswer { goes: Some(goes), refused: None },
            None => GateAnswer { goes, refused: Some(Leaving::Full) },
        }
    }

    /// Whose connection ends for another: one that is of no use, or else the one that has been idle longest of those that others
    /// opened. Those that we opened stay: a flood of callers moves nobody but callers.
    fn one_for_another(&mut self, table: &PeerTable) -> Option<(PeerKey, Leaving)> {
        let now = table.now;
        let is_useless =
            |peer: &&Peer| peer.is_distrusted || (now.since(peer.useful) >= USELESS && !peer.is_wanted);
        let useless =
            table.peers.values().filter(is_useless).min_by_key(|peer| (!peer.is_distrusted, peer.useful));
        if let Some(peer) = useless {
            return Some((peer.key, Leaving::Useless));
        }
        if self.made_room.is_some_and(|since| now.since(since) < ROOM_EVERY) {
            return None;
        }
        let is_idle =
            |peer: &&Peer| peer.side == Side::They && peer.asked() == 0 && now.since(peer.useful) >= IDLE;
        let idle = table.peers.values().filter(is_idle).min_by_key(|peer| peer.useful)?;
        self.made_room = Some(now);
        Some((idle.key, Leaving::Full))
    }

    /// The pieces that came wrong from a peer, as far as it is known whose fault it was.
    pub(super) fn wrong_of(&self, address: SocketAddr, side: Side) -> &[u32] {
        self.wrong.get(&culprit(address, side)).map_or(&[], Vec::as_slice)
    }

    /// Whether a peer that joins was wrong before.
    pub(super) fn distrusts(&self, address: SocketAddr, side: Side) -> bool {
        self.wrong.contains_key(&culprit(address, side))
    }

    /// A peer was proven to have sent `piece` wrongly. Returns whether it did so too often to be listened to again.
    pub(super) fn on_wrong(&mut self, peer: &mut Peer, piece: u32) -> bool {
        peer.is_distrusted = true;
        peer.refused.insert(piece);
        let wrong = self.wrong.entry(culprit(peer.address, peer.side)).or_default();
        wrong.push(piece);
        wrong.len() >= MOST_WRONG
    }
}

/// Those of whom nothing is to be had either way.
pub(super) fn useless(wants: &Wants, table: &PeerTable) -> Vec<PeerKey> {
    if !wants.is_complete() {
        return Vec::new();
    }
    let is_useless =
        |peer: &&Peer| peer.is_done() && !peer.wants_ours && table.now.since(peer.joined) > PARTING;
    table.peers.values().filter(is_useless).map(|peer| peer.key).collect()
}

/// Those that let requests lie and never gave anything, as long as others can give the same: each would hold up whatever it
/// is asked for, and keeps somebody better from its place.
pub(super) fn who_give_nothing(asking: &PeerAsking, calls: &Calls, table: &PeerTable) -> Vec<PeerKey> {
    let is_idle = |peer: &Peer| peer.pipeline.is_on_trial() && peer.received == 0;
    let idle: Vec<PeerKey> = table.peers.values().filter(|peer| is_idle(peer)).map(|peer| peer.key).collect();
    if idle.is_empty() {
        return idle;
    }
    let may_give =
        |peer: &Peer| !is_idle(peer) && !peer.is_distrusted && !peer.chokes_us && asking.is_wanted_of(peer);
    let others_can = asking.is_hopeful() || calls.book.hoped() > 0 || table.peers.values().any(may_give);
    if others_can { idle } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::swarm::PieceShape;
    use crate::swarm::pieces::PieceSet;

    const SHAPE: PieceShape = PieceShape { pieces: 1, piece_length: 1, total: 1 };

    fn handshake(name: u8) -> Handshake {
        Handshake::ours(crate::domain::torrent::InfoHash([7; 20]), [name; 20])
    }

    fn joined(number: u8, side: Side) -> Joined {
        Joined { address: SocketAddr::from(([10, 0, 0, number], 6881)), side, round_trip: None }
    }

    fn table(peers: &[(u8, Side)]) -> PeerTable {
        let mut table = PeerTable::new(SteadyTime::default());
        for (number, side) in peers {
            let key = PeerKey(u32::from(*number));
            let address = joined(*number, *side).address;
            let peer = Peer::new(key, (address, *side), &handshake(*number), &SHAPE, table.now);
            table.peers.insert(key, peer);
        }
        table
    }

    fn asking() -> PeerAsking {
        PeerAsking::new(SHAPE, &PieceSet::all(1), 1)
    }

    #[test]
    fn of_two_connections_to_one_peer_the_one_that_the_greater_name_opened_stays() {
        let table = table(&[(5, Side::We)]);
        let again = joined(6, Side::They);
        let mut greater = Gate::new([9; 20], 60);
        let answer = greater.answer(&again, &handshake(5), &asking(), &table);
        assert_eq!(answer, GateAnswer::refused(Leaving::Twice));
        let mut smaller = Gate::new([1; 20], 60);
        let answer = smaller.answer(&again, &handshake(5), &asking(), &table);
        assert_eq!(answer, GateAnswer { goes: Some((PeerKey(5), Leaving::Twice)), refused: None });
    }

    #[test]
    fn who_was_wrong_is_let_in_while_nobody_else_can_give_until_it_was_wrong_too_often() {
        let mut gate = Gate::new([9; 20], 60);
        let mut table = table(&[(5, Side::They)]);
        let mut liar = table.peers.remove(&PeerKey(5)).expect("a peer");
        assert!(!gate.on_wrong(&mut liar, 0));
        assert!(gate.distrusts(liar.address, liar.side));
        let again = joined(5, Side::They);
        let let_in = gate.answer(&again, &handshake(5), &asking(), &table);
        assert_eq!(let_in, GateAnswer::default());
        (1..MOST_WRONG).for_each(|_| _ = gate.on_wrong(&mut liar, 0));
        let refused = gate.answer(&again, &handshake(5), &asking(), &table);
        assert_eq!(refused, GateAnswer::refused(Leaving::WrongData));
    }
}
