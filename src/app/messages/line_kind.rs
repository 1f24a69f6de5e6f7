//! What a line of the sources of a transfer is about.

use crate::domain::source::SourceKind;
use serde::{Deserialize, Serialize};

/// What a line of the sources table is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LineKind {
    /// A source of the ledger.
    Source(SourceKind),
    /// One peer of the swarm.
    Peer,
    /// One tracker.
    Tracker,
    /// The distributed table of BitTorrent.
    Dht,
    /// Peers of the local network, by multicast.
    LocalNetwork,
}

impl LineKind {
    /// The name in JSON; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Source(kind) => kind.key(),
            Self::Peer => "peer",
            Self::Tracker => "tracker",
            Self::Dht => "dht",
            Self::LocalNetwork => "local_network",
        }
    }
}
