//! One file that a relay offers, and one that it offers no longer.

use crate::domain::integrity::Digest;
use crate::domain::outside_text::redacted;
use crate::domain::torrent::InfoHash;
use crate::domain::utc::UtcTime;
use url::Url;

/// Which file of which run of which dataset.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelayKey {
    /// The dataset, as the catalogue names it: `demo/arome-0.01`, without a package.
    pub dataset: String,
    /// When its run began. `None` for a file whose name tells no run.
    pub run: Option<UtcTime>,
    /// Its name as published, made fit for a file.
    pub name: String,
}

/// What the publisher's server said of a file when it was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFacts {
    /// The publisher's own address of it.
    pub address: Url,
    /// Its length in octets.
    pub length: u64,
    /// The entity tag, as written. `None` when none was given.
    pub etag: Option<String>,
    /// When it was last changed. `None` when not told.
    pub modified: Option<UtcTime>,
}

impl SourceFacts {
    /// The publisher's own address as others may see it: without a user and without the values of secret keys.
    pub fn public_address(&self) -> Url {
        redacted(&self.address)
    }
}

/// A slice index that lies beside a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedIndex {
    /// Its length in octets.
    pub length: u64,
    /// Its SHA-256.
    pub sha256: Digest,
}

/// A file that is offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayedFile {
    /// Which it is.
    pub key: RelayKey,
    /// What its publisher said of it.
    pub source: SourceFacts,
    /// The info-hash of its canonical .torrent.
    pub info_hash: InfoHash,
    /// The length of that .torrent in octets.
    pub torrent_length: u64,
    /// The SHA-256 of the whole file.
    pub sha256: Digest,
    /// The SHA-512 of the whole file.
    pub sha512: Digest,
    /// Its slice index. `None` for a file that is no GRIB.
    pub index: Option<OfferedIndex>,
    /// When it was fetched from its publisher.
    pub fetched: UtcTime,
    /// Since when it is offered.
    pub offered: UtcTime,
    /// It is offered at least until then.
    pub expires: UtcTime,
    /// The file of the same key that it replaced. `None` for the first one.
    pub replaces: Option<InfoHash>,
}

/// Why a file is offered no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithdrawalReason {
    /// It was offered for as long as was promised.
    Expired,
    /// Its publisher replaced it.
    Replaced,
    /// It is missing on the relay's disk, or was changed there.
    Missing,
}

impl WithdrawalReason {
    /// The word in feeds and manifests; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Replaced => "replaced",
            Self::Missing => "missing",
        }
    }

    /// Reads the word. `None` when it is another.
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Expired, Self::Replaced, Self::Missing].into_iter().find(|why| why.key() == key)
    }
}

/// A file that is offered no longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithdrawnFile {
    /// Which it was.
    pub key: RelayKey,
    /// The info-hash under which it was offered.
    pub info_hash: InfoHash,
    /// Since when it is offered no longer.
    pub since: UtcTime,
    /// Why.
    pub why: WithdrawalReason,
}
