//! Whom to call, as far as there is room.
//!
//! In: addresses that were named, what came of calls and connections. Out: [`TorrentAct::Call`]s. Keeps how many calls are under way.

use super::super::address_book::{AddressBook, Distance, NamedBy};
use super::super::peer::{Peer, Side};
use super::table::PeerTable;
use super::wants::Wants;
use super::{Leaving, TorrentAct, TorrentLimits};
use crate::domain::utc::SteadyTime;
use core::net::SocketAddr;

/// Connections that we open ourselves; the rest of the limit is for who calls.
const OPENED: usize = 30;

/// Our side of calling peers.
#[derive(Debug)]
pub(super) struct Calls {
    pub(super) book: AddressBook,
    /// Most connections to open.
    most: usize,
    /// Most calls under way.
    at_once: usize,
    /// Whether somebody may be called who could not be before.
    is_open: bool,
}

impl Calls {
    pub(super) fn new(limits: &TorrentLimits, seed: u64) -> Self {
        let most = OPENED.min(limits.connections);
        Self { book: AddressBook::new(seed), most, at_once: limits.calls, is_open: false }
    }

    /// These addresses were named.
    pub(super) fn on_named(&mut self, addresses: Vec<(SocketAddr, Distance)>, by: NamedBy, now: SteadyTime) {
        for (address, distance) in addresses {
            self.book.name(address, by, distance, now);
        }
        self.is_open = true;
    }

    /// A call came to nothing.
    pub(super) fn on_not_reached(&mut self, address: SocketAddr, now: SteadyTime) {
        self.book.on_failed(address, now);
        self.is_open = true;
    }

    /// A connection that we opened is not kept.
    pub(super) fn on_refused(&mut self, address: SocketAddr, why: &Leaving, now: SteadyTime) {
        match why {
            Leaving::Ourselves => self.book.ban(address),
            Leaving::Twice => self.book.on_twice(address, now),
            _ => self.book.on_failed(address, now),
        }
    }

    /// A connection ended.
    pub(super) fn on_left(&mut self, peer: &Peer, wants: &Wants, now: SteadyTime) {
        self.is_open = true;
        if peer.side == Side::They {
            return;
        }
        match peer.received + peer.given {
            // Two that are done would call one another all the time.
            _ if wants.is_complete() && peer.is_done() && !peer.wants_ours => {
                self.book.on_useless(peer.address, now);
            }
            0 => self.book.on_failed(peer.address, now),
            _ => self.book.on_left(peer.address, now),
        }
    }

    /// Time passed: somebody may be due.
    pub(super) fn reopen(&mut self) {
        self.is_open = true;
    }

    /// Calls as many as there is room for, when that may have changed.
    pub(super) fn call_more(&mut self, wants: &Wants, table: &mut PeerTable) {
        if !std::mem::take(&mut self.is_open) {
            return;
        }
        let called = self.book.called();
        let most = self.most.saturating_sub(table.peers.len());
        // Most of many do not answer: more are called than are wanted.
        let at_once = self.at_once.saturating_sub(called);
        if most == 0 || at_once == 0 {
            return;
        }
        let due = self.book.due(at_once.min(most.saturating_mul(4)), table.now);
        let is_alone = table.peers.is_empty() && called == 0;
        if due.is_empty() && is_alone && !wants.is_complete() && self.book.hoped() == 0 {
            self.book.take_back(table.now);
        }
        due.into_iter().for_each(|address| table.act(TorrentAct::Call(address)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::swarm::PieceShape;
    use crate::swarm::pieces::PieceSet;

    #[test]
    fn so_many_are_called_at_once_and_more_when_calls_come_to_nothing() {
        let shape = PieceShape { pieces: 1, piece_length: 1, total: 1 };
        let wants = Wants::new(shape, PieceSet::none(1), PieceSet::all(1), Vec::new());
        let mut calls = Calls::new(&TorrentLimits { calls: 3, ..TorrentLimits::default() }, 1);
        let mut table = PeerTable::new(SteadyTime::default());
        let far = |number| (SocketAddr::from(([10, 0, 0, number], 6881)), Distance::Far);
        calls.on_named((1..=5).map(far).collect(), NamedBy::Tracker, table.now);
        calls.call_more(&wants, &mut table);
        let acts = table.take_acts();
        assert!(matches!(acts[..], [TorrentAct::Call(_), TorrentAct::Call(_), TorrentAct::Call(_)]));
        let TorrentAct::Call(address) = acts[0] else { panic!("a call") };
        calls.on_not_reached(address, table.now);
        calls.call_more(&wants, &mut table);
        assert!(matches!(table.take_acts()[..], [TorrentAct::Call(_)]));
        calls.call_more(&wants, &mut table);
        assert_eq!(table.take_acts().len(), 0, "nothing changed");
    }
}
