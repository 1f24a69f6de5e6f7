//! What a peer says of itself to a tracker, what it is told, and why it is refused.

use crate::catalog::tracker::{PeerId, RetryAdvice};
use crate::domain::torrent::InfoHash;
use core::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// What a peer still wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appetite {
    /// Something is missing that it fetches.
    Wanting,
    /// Something is missing that it does not want (BEP 21).
    Partial,
    /// It has everything.
    Complete,
}

/// What happened to a peer, when that changes what is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportEvent {
    /// Its last piece arrived.
    Completed,
    /// It leaves.
    Stopped,
}

/// Of which family the addresses are that a peer can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedFamilies {
    /// Both: HTTP has a key for each.
    Both,
    /// The one by which it asks: a packet has room for one.
    Own,
}

/// What a peer says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerReport {
    /// The swarm.
    pub torrent: InfoHash,
    /// Its name in the swarm.
    pub peer_id: PeerId,
    /// Where it takes connections; never 0.
    pub port: u16,
    /// What it still wants.
    pub appetite: Appetite,
    /// What happened. `None` for the usual announce, and for the first.
    pub event: Option<ReportEvent>,
    /// How many peers it is told at most.
    pub wanted: usize,
    /// Where it says it is. Only believed of who lies near.
    pub claimed: Option<IpAddr>,
    /// Which addresses it can be told.
    pub families: NamedFamilies,
}

/// A peer that is named to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NamedPeer {
    /// Where it takes connections.
    pub at: SocketAddr,
    /// Its name in the swarm. `None` for one that never announced itself.
    pub id: Option<PeerId>,
}

/// How many are in a swarm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SwarmCounts {
    /// Those that have everything.
    pub complete: usize,
    /// Those that have not.
    pub incomplete: usize,
    /// Those of them that still want something.
    pub wanting: usize,
    /// How often a download was completed since the swarm is known.
    pub completed: usize,
}

impl SwarmCounts {
    /// A swarm of origins alone.
    pub(super) fn of_origins(count: usize) -> Self {
        Self { complete: count, ..Self::default() }
    }

    /// All of them.
    pub fn peers(&self) -> usize {
        self.complete + self.incomplete
    }
}

/// What a peer is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackerReply {
    /// When to come back.
    pub interval: Duration,
    /// How soon it may come back.
    pub least_interval: Duration,
    /// How many there are.
    pub counts: SwarmCounts,
    /// Some of them.
    pub peers: Vec<NamedPeer>,
    /// Its own address as it is seen from here (BEP 24). `None` when it came from near, where others do not see it so.
    pub seen_as: Option<IpAddr>,
}

/// Why a peer is told nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrackerRefusal {
    /// The torrent was never listed here, or not yet.
    #[error("this torrent is not listed here")]
    NotListed,
    /// The torrent was listed once.
    #[error("this torrent is no longer listed here")]
    Withdrawn,
    /// No more swarms can be remembered.
    #[error("too many torrents")]
    TooMany,
    /// No torrent is named, or not in twenty bytes.
    #[error("info_hash missing or not 20 bytes")]
    NoTorrent,
    /// No port is named where it takes connections.
    #[error("port missing")]
    NoPort,
    /// All swarms at once are not told.
    #[error("name the torrents to scrape by info_hash")]
    FullScrape,
}

impl TrackerRefusal {
    /// When to ask again (BEP 31). `None` for what a peer has to mend first.
    pub fn advice(self) -> Option<RetryAdvice> {
        match self {
            // A relay that has just started lists its torrents one after the other.
            Self::NotListed => Some(RetryAdvice::After(Duration::from_secs(10 * 60))),
            Self::TooMany => Some(RetryAdvice::After(Duration::from_secs(30 * 60))),
            Self::Withdrawn => Some(RetryAdvice::Never),
            Self::NoTorrent | Self::NoPort | Self::FullScrape => None,
        }
    }
}
