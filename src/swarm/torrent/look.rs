//! How a torrent stands: what rows of peers show, and what the choice between peers and HTTP rests on.

use super::super::PeerKey;
use super::super::address_book::{AddressBook, NamedBy};
use super::super::peer::{Peer, Side};
use super::super::pieces::PieceSet;
use super::Torrent;
use core::net::SocketAddr;
use std::time::Duration;

/// A torrent as it is seen now.
#[derive(Clone, Debug, PartialEq)]
pub struct TorrentLook {
    /// Octets of blocks that came, right or wrong.
    pub received: u64,
    /// Octets of blocks that were given.
    pub given: u64,
    /// Octets that came in vain.
    pub wasted: u64,
    /// Addresses that are being called, or will be.
    pub hoped: usize,
    /// Addresses that failed, and are called again later.
    pub failed: usize,
    /// The peers that are connected.
    pub peers: Vec<TorrentPeerLook>,
}

/// A peer as it is seen now.
#[derive(Clone, Debug, PartialEq)]
pub struct TorrentPeerLook {
    /// Its connection.
    pub key: PeerKey,
    /// Its address.
    pub address: SocketAddr,
    /// Who called.
    pub side: Side,
    /// What it calls its program, as it says.
    pub client: Option<String>,
    /// Octets of blocks that it gave.
    pub received: u64,
    /// Octets of blocks that it was given.
    pub given: u64,
    /// Octets a second that it gives, and is given.
    pub rates: (f64, f64),
    /// How many pieces it holds.
    pub holds: u32,
    /// Whether it gives nothing to us now.
    pub chokes_us: bool,
    /// Whether we want something of it.
    pub is_wanted: bool,
    /// Whether we give nothing to it now.
    pub is_choked: bool,
    /// Whether it wants something of us.
    pub wants_ours: bool,
    /// Whether it proved wrong.
    pub is_distrusted: bool,
    /// Who named it.
    pub named_by: NamedBy,
    /// How long it took to accept our call.
    pub round_trip: Option<Duration>,
}

impl TorrentPeerLook {
    /// How a peer stands, and what is known of its address.
    pub(super) fn of(peer: &Peer, book: &AddressBook) -> Self {
        let client = peer.abilities.as_ref().and_then(|abilities| abilities.client.clone());
        Self {
            key: peer.key,
            address: peer.address,
            side: peer.side,
            client,
            received: peer.received,
            given: peer.given,
            rates: (peer.rate_in.per_second().unwrap_or(0.0), peer.rate_out.per_second().unwrap_or(0.0)),
            holds: peer.has.count(),
            chokes_us: peer.chokes_us,
            is_wanted: peer.is_wanted,
            is_choked: peer.is_choked,
            wants_ours: peer.wants_ours,
            is_distrusted: peer.is_distrusted,
            named_by: book.named_by(peer.address),
            round_trip: book.round_trip(peer.address),
        }
    }
}

impl Torrent {
    /// How it stands.
    pub fn look(&self) -> TorrentLook {
        let book = &self.calls.book;
        TorrentLook {
            received: self.receiving.received,
            given: self.giving.given,
            wasted: self.receiving.wasted,
            hoped: book.hoped(),
            failed: book.failed(),
            peers: self.table.peers.values().map(|peer| TorrentPeerLook::of(peer, book)).collect(),
        }
    }

    /// Who named an address first; one that nobody named called by itself.
    pub fn named_by(&self, address: SocketAddr) -> NamedBy {
        self.calls.book.named_by(address)
    }

    /// The pieces that a connected peer holds which has not proved wrong.
    pub fn offered(&self) -> PieceSet {
        self.receiving.asking.offered(&self.table)
    }

    /// The pieces that fall to us of those that no peer holds, and how many others want the same.
    pub fn allotment(&self) -> (PieceSet, usize) {
        (self.sharing.mine().clone(), self.sharing.others())
    }

    /// The pieces that came wrong from a peer, as far as it is known whose fault it was.
    pub fn wrong_of(&self, address: SocketAddr, side: Side) -> &[u32] {
        self.gate.wrong_of(address, side)
    }

    /// The pieces of which blocks were asked of peers, or came.
    pub fn in_flight(&self) -> PieceSet {
        self.receiving.asking.picker.on_the_way.pieces()
    }
}
