//! Where bytes come from.
//!
//! In: what a torrent, a catalogue or a person named. Out: [`SourceId`], [`SourceKind`], [`BytesBySource`].
//! Says nothing of how a source is doing: that is `transfer`'s.

use super::octets::ByteCount;
use serde::{Deserialize, Serialize};

/// The kind of a source; each byte held is attributed to exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SourceKind {
    /// Peers of a torrent.
    Swarm,
    /// An HTTP server named by a torrent (BEP 19), or its catalogue's classic URL.
    WebSeed,
    /// A plain HTTP server.
    Mirror,
    /// The announcement itself.
    Inline,
    /// Found on this machine.
    Disk,
}

impl SourceKind {
    /// Every kind, in the order in which figures are shown.
    pub const ALL: [Self; 5] = [Self::Swarm, Self::WebSeed, Self::Mirror, Self::Inline, Self::Disk];

    /// The name used in JSON and in the database; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Swarm => "swarm",
            Self::WebSeed => "web_seed",
            Self::Mirror => "mirror",
            Self::Inline => "inline",
            Self::Disk => "disk",
        }
    }

    /// The kind with this [`key`](Self::key).
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

/// One source of one content: its kind and its place in the list of that kind (0 for the swarm and the disk).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId {
    /// What it is.
    pub kind: SourceKind,
    /// Which of its kind.
    pub number: u16,
}

impl SourceId {
    /// All peers together.
    pub const SWARM: Self = Self { kind: SourceKind::Swarm, number: 0 };
    /// This machine's own disk.
    pub const DISK: Self = Self { kind: SourceKind::Disk, number: 0 };
}

/// How many bytes each kind of source gave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BytesBySource([ByteCount; SourceKind::ALL.len()]);

impl BytesBySource {
    /// Nobody gave anything.
    pub const NOTHING: Self = Self([ByteCount::ZERO; SourceKind::ALL.len()]);

    /// Adds `count` to what `kind` gave.
    pub fn add(&mut self, kind: SourceKind, count: ByteCount) {
        self.0[kind as usize] += count;
    }

    /// What `kind` gave.
    pub fn get(&self, kind: SourceKind) -> ByteCount {
        self.0[kind as usize]
    }

    /// What all gave together.
    pub fn total(&self) -> ByteCount {
        self.0.iter().copied().sum()
    }

    /// Adds every figure of `other`.
    pub fn merge(&mut self, other: &Self) {
        for kind in SourceKind::ALL {
            self.add(kind, other.get(kind));
        }
    }

    /// Share that came from peers among all that came over a network, 0 to 1. `None` when nothing did.
    pub fn share_of_peers(&self) -> Option<f64> {
        let network = self.total().saturating_sub(self.get(SourceKind::Disk));
        (network > ByteCount::ZERO).then(|| self.get(SourceKind::Swarm).0 as f64 / network.0 as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_lead_back_to_their_kind() {
        for kind in SourceKind::ALL {
            assert_eq!(SourceKind::from_key(kind.key()), Some(kind));
        }
    }

    #[test]
    fn what_lay_on_the_disk_does_not_count_in_the_share_of_peers() {
        let mut given = BytesBySource::default();
        given.add(SourceKind::Disk, ByteCount(900));
        assert_eq!(given.share_of_peers(), None);
        given.add(SourceKind::Swarm, ByteCount(75));
        given.add(SourceKind::WebSeed, ByteCount(25));
        assert_eq!(given.share_of_peers(), Some(0.75));
    }
}
