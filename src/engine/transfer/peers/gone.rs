//! Peers that are gone and still shown: who was connected or called, and how that ended.
//!
//! In: looks at connections that end, calls that failed. Out: the looks to show, and what earlier connections brought. Keeps no more
//! than [`MOST_GONE`] of them, those first from whom something came.

use super::{PeerLook, Terms};
use crate::domain::octets::ByteCount;
use crate::engine::transfer::network::is_near;
use crate::swarm::address_book::NamedBy;
use crate::transfer::reason::Reason;
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// Peers that are gone and still shown.
const MOST_GONE: usize = 200;

/// The peers that are gone, by address.
#[derive(Debug, Default)]
pub(super) struct GonePeers {
    gone: BTreeMap<SocketAddr, PeerLook>,
}

impl GonePeers {
    pub(super) fn looks(&self) -> impl Iterator<Item = &PeerLook> {
        self.gone.values()
    }

    /// A peer is connected again. Returns what earlier connections to it brought and took.
    pub(super) fn on_back(&mut self, address: SocketAddr) -> (ByteCount, ByteCount) {
        let past = self.gone.remove(&address);
        past.map(|past| (past.received, past.given)).unwrap_or_default()
    }

    /// A connection is about to end: what it did stays on the list.
    pub(super) fn on_gone(&mut self, seen: PeerLook, trouble: Option<Reason>) {
        let trouble = trouble.or(seen.trouble.clone());
        let is_plain = matches!(trouble, None | Some(Reason::Closed));
        if is_plain && seen.named_by == NamedBy::Itself && seen.received + seen.given == ByteCount::ZERO {
            // It called from another port each time, and nothing came of it: there would be a row for each call.
            return;
        }
        let past = self.gone.get(&seen.address);
        let trouble = trouble.or_else(|| past.and_then(|past| past.trouble.clone()));
        self.keep(PeerLook { is_live: false, rates: (0, 0), terms: Terms::default(), trouble, ..seen });
    }

    /// A call of an address that was `named_by` somebody failed.
    pub(super) fn on_failed(&mut self, address: SocketAddr, reason: Reason, named_by: NamedBy) {
        let blank = PeerLook {
            address,
            is_live: false,
            received: ByteCount::ZERO,
            given: ByteCount::ZERO,
            rates: (0, 0),
            holds: 0,
            terms: Terms::default(),
            is_near: is_near(address.ip()),
            client: None,
            named_by,
            round_trip: None,
            trouble: None,
        };
        let past = self.gone.remove(&address).unwrap_or(blank);
        // Wrong data says more than silence afterwards.
        let keeps = past.trouble.as_ref().is_some_and(Reason::is_wrong_data);
        let trouble = if keeps { past.trouble.clone() } else { Some(reason) };
        self.keep(PeerLook { trouble, ..past });
    }

    fn keep(&mut self, look: PeerLook) {
        if self.gone.len() >= MOST_GONE && !self.gone.contains_key(&look.address) {
            let spare = self.gone.iter().find(|(_, gone)| gone.received + gone.given == ByteCount::ZERO);
            let Some(spare) = spare.map(|(address, _)| *address) else { return };
            self.gone.remove(&spare);
        }
        self.gone.insert(look.address, look);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(number: u16) -> SocketAddr {
        SocketAddr::from(([10, 0, (number >> 8) as u8, number as u8], 6881))
    }

    #[test]
    fn of_many_calls_that_fail_no_more_are_shown_than_there_is_room_for() {
        let mut gone = GonePeers::default();
        for number in 0..300 {
            gone.on_failed(address(number), Reason::NoAnswer, NamedBy::Tracker);
        }
        assert_eq!(gone.looks().count(), MOST_GONE);
    }

    #[test]
    fn what_an_earlier_connection_brought_is_known_when_the_peer_is_back() {
        let mut gone = GonePeers::default();
        gone.on_failed(address(1), Reason::NoAnswer, NamedBy::Tracker);
        let blank = gone.looks().next().cloned().expect("a peer that is gone");
        let wrong = Reason::WrongData { pieces: vec![3] };
        gone.on_gone(PeerLook { received: ByteCount(7), ..blank }, Some(wrong.clone()));
        gone.on_failed(address(1), Reason::NoAnswer, NamedBy::Tracker);
        assert_eq!(gone.looks().next().and_then(|look| look.trouble.clone()), Some(wrong));
        assert_eq!(gone.on_back(address(1)), (ByteCount(7), ByteCount::ZERO));
        assert_eq!(gone.looks().count(), 0);
    }
}
