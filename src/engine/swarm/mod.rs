//! Peers, through librqbit: the only folder that names it.
//!
//! librqbit picks pieces and peers, speaks the protocol and checks hashes. It speaks to no tracker and keeps nothing:
//! peers are introduced to it (`session`), it writes through our files, and what is held is told to it before each
//! start. Pinned to 9.1.0: our bitfields, and reasons read from its log, rest on what that version does.
//! Without the feature `swarm` the same names exist and say that there is no swarm.

#[cfg(feature = "swarm")]
mod home;
#[cfg(feature = "swarm")]
mod introducer;
#[cfg(feature = "swarm")]
mod peer_news;
#[cfg(feature = "swarm")]
mod session;
#[cfg(feature = "swarm")]
mod view;

#[cfg(feature = "swarm")]
pub use peer_news::PeerNews;
#[cfg(feature = "swarm")]
pub use session::{RunningTorrent, SwarmSession};

#[cfg(not(feature = "swarm"))]
mod absent;
#[cfg(not(feature = "swarm"))]
pub use absent::{PeerNews, RunningTorrent, SwarmSession};

mod sieve;

pub(in crate::engine) use sieve::sift;

use crate::domain::octets::ByteCount;
use crate::domain::torrent::InfoHash;
use crate::engine::store::error::StoreError;
use crate::engine::store::file_set::FileSet;
use crate::transfer::conductor::Fact;
use crate::transfer::reason::Reason;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedSender;

/// Whether this build can speak to peers at all.
pub const IS_BUILT_IN: bool = cfg!(feature = "swarm");

/// Whether a session gives to peers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Giving {
    /// What is held is told and given.
    WhileReceiving,
    /// Nothing is told and nothing given: only so may a bitfield mark unwanted pieces as held.
    Nothing,
}

/// How sessions are set up.
#[derive(Clone, Debug)]
pub struct SwarmSettings {
    /// A private folder for librqbit's own files; erased at each start.
    pub folder: PathBuf,
    /// Where to listen; a free port on every interface when `None`.
    pub listen: Option<SocketAddr>,
    /// Most octets a second to receive.
    pub down: Option<u32>,
    /// Most octets a second to give.
    pub up: Option<u32>,
    /// A file that lists networks with which no connection is made, in either direction.
    pub refused_networks: Option<PathBuf>,
    /// Where news of peers is read.
    pub news: PeerNews,
}

/// A torrent as a session is to run it.
#[derive(Clone, Debug)]
pub struct SwarmTorrent {
    /// Its name.
    pub info_hash: InfoHash,
    /// A .torrent that our own reader has validated, without trackers.
    pub metainfo: bytes::Bytes,
    /// Whole files that are wanted; all when `None`.
    pub only_files: Option<Vec<usize>>,
    /// Where its bytes lie.
    pub files: Arc<FileSet>,
    /// Where proven pieces are told.
    pub facts: UnboundedSender<Fact>,
    /// Where the disk's refusals are told.
    pub troubles: UnboundedSender<StoreError>,
}

/// A peer, as it is seen now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerLook {
    /// Its address.
    pub address: SocketAddr,
    /// Whether data may be exchanged with it.
    pub is_live: bool,
    /// Whether it is being called, or waits to be.
    pub is_hoped_for: bool,
    /// Octets of pieces that it sent, on the wire.
    pub received: ByteCount,
    /// Octets of pieces that it was sent.
    pub given: ByteCount,
    /// What it calls itself, while it is live.
    pub client: Option<String>,
    /// Why it failed last.
    pub trouble: Option<Reason>,
}

impl PeerLook {
    /// The same peer, with what it did before as `past`.
    fn after(mut self, past: &Self) -> Self {
        self.received += past.received;
        self.given += past.given;
        self.client = self.client.or_else(|| past.client.clone());
        self
    }
}

/// A swarm, as it is seen now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SwarmLook {
    /// Octets of pieces that came from peers, on the wire.
    pub received: ByteCount,
    /// Octets of pieces that went to peers.
    pub given: ByteCount,
    /// Every peer that is or was known.
    pub peers: Vec<PeerLook>,
}

impl SwarmLook {
    /// The same swarm, with what was seen of it before it was last started anew. Who did something then is not forgotten.
    pub fn after(mut self, past: &Self) -> Self {
        self.received += past.received;
        self.given += past.given;
        let with_past = |peer: PeerLook| match past.peers.iter().find(|other| other.address == peer.address) {
            Some(before) => peer.after(before),
            None => peer,
        };
        let mut peers: Vec<PeerLook> = std::mem::take(&mut self.peers).into_iter().map(with_past).collect();
        for gone in &past.peers {
            let did_something = gone.received + gone.given > ByteCount::ZERO;
            if did_something && !peers.iter().any(|peer| peer.address == gone.address) {
                peers.push(PeerLook { is_live: false, is_hoped_for: false, ..gone.clone() });
            }
        }
        Self { peers, ..self }
    }
}

/// Why there is no swarm.
#[derive(Debug, thiserror::Error)]
pub enum SwarmError {
    /// This build has no peers in it.
    #[error("built without peers")]
    NotBuiltIn,
    /// The loopback interface cannot be used.
    #[error("no loopback interface")]
    NoLoopback(#[source] std::io::Error),
    /// The private folder cannot be written.
    #[error("private folder")]
    Folder(#[source] std::io::Error),
    /// librqbit refused, in its own words.
    #[error("{0}")]
    Session(String),
    /// No peer gave the metadata of a magnet in time.
    #[error("no peer gave the metadata")]
    NoMetadata,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(port: u16, received: u64) -> PeerLook {
        PeerLook {
            address: SocketAddr::from(([127, 0, 0, 1], port)),
            is_live: true,
            is_hoped_for: false,
            received: ByteCount(received),
            given: ByteCount::ZERO,
            client: None,
            trouble: None,
        }
    }

    #[test]
    fn who_gave_before_a_swarm_was_started_anew_is_remembered_with_what_it_gave() {
        let look =
            |received, peers| SwarmLook { received: ByteCount(received), given: ByteCount::ZERO, peers };
        let past = look(30, vec![peer(1, 10), peer(2, 20), peer(3, 0)]);
        let now = look(5, vec![peer(1, 5), peer(4, 0)]).after(&past);
        assert_eq!(now.received, ByteCount(35));
        let seen: Vec<_> =
            now.peers.iter().map(|peer| (peer.address.port(), peer.received.0, peer.is_live)).collect();
        assert_eq!(seen, [(1, 15, true), (4, 0, true), (2, 20, false)]);
    }
}
