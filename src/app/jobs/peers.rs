//! The peers of one transfer, as rows show them.
//!
//! In: what the engine saw of each peer. Out: [`PeerFacts`] of a line; [`crate::app::jobs::peers_state`] says how all of them stand.

use crate::domain::octets::ByteCount;
pub use crate::swarm::address_book::NamedBy;
use std::time::Duration;

/// What a line tells of a peer beside what it tells of any source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerFacts {
    /// Its address.
    pub address: String,
    /// What it calls its program.
    pub client: Option<String>,
    /// Whether it is connected.
    pub is_live: bool,
    /// Octets that it was given.
    pub given: ByteCount,
    /// Octets a second that it is given now.
    pub rate_out: u64,
    /// How much of the content it holds, in thousandths.
    pub holds: u16,
    /// Whether it lets us receive now, and whether we want to.
    pub to_us: ConnectionFlow,
    /// Whether we let it receive now, and whether it wants to.
    pub from_us: ConnectionFlow,
    /// Whether it is in a network that this computer is in.
    pub is_near: bool,
    /// How long it took to answer our call.
    pub round_trip: Option<Duration>,
    /// Who named it.
    pub named_by: NamedBy,
}

/// One direction of a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ConnectionFlow {
    /// Nothing is wanted.
    #[default]
    NotWanted,
    /// Something is wanted, and has to wait: choked.
    Choked,
    /// Something is wanted and may come.
    Open,
}

impl ConnectionFlow {
    /// The direction in which something `is_wanted` and `is_choked` or not.
    pub fn of((is_wanted, is_choked): (bool, bool)) -> Self {
        match (is_wanted, is_choked) {
            (false, _) => Self::NotWanted,
            (true, true) => Self::Choked,
            (true, false) => Self::Open,
        }
    }

    /// The name in JSON; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::NotWanted => "not_wanted",
            Self::Choked => "choked",
            Self::Open => "open",
        }
    }
}

/// The name in JSON of who named a peer; stable.
pub const fn key_of(named_by: NamedBy) -> &'static str {
    match named_by {
        NamedBy::Person => "given",
        NamedBy::Tracker => "tracker",
        NamedBy::Peer => "peer",
        NamedBy::Dht => "dht",
        NamedBy::LocalNetwork => "local_network",
        NamedBy::Itself => "called_us",
    }
}
