//! One file of a relay: its stage, and what is known of it by then.

use super::announcing::AnnouncementWait;
use super::stage::RelayStage;
use crate::domain::integrity::Digest;
use crate::domain::torrent::InfoHash;
use crate::domain::utc::UtcTime;
use crate::publish::relay::offered::{
    OfferedIndex, RelayKey, RelayedFile, SourceFacts, WithdrawalReason, WithdrawnFile,
};

/// What was computed over all octets of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComputedDigests {
    /// The info-hash of its canonical .torrent.
    pub info_hash: InfoHash,
    /// Its SHA-256.
    pub sha256: Digest,
    /// Its SHA-512.
    pub sha512: Digest,
}

/// Since when and until when a file is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfferSpan {
    /// Since when.
    pub since: UtcTime,
    /// At least until then.
    pub until: UtcTime,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayFile {
    /// Which it is.
    pub key: RelayKey,
    /// How far it is.
    pub stage: RelayStage,
    /// Since when.
    pub since: UtcTime,
    /// What the publisher's server said of it.
    pub source: SourceFacts,
    /// When it was fetched. `None` before [`RelayStage::Fetched`].
    pub fetched: Option<UtcTime>,
    /// What was computed over it. `None` before [`RelayStage::Hashed`].
    pub computed: Option<ComputedDigests>,
    /// Its slice index. `None` before [`RelayStage::Indexed`], and for a file that is no GRIB.
    pub index: Option<OfferedIndex>,
    /// The length of its .torrent in octets. `None` before [`RelayStage::Described`].
    pub torrent_length: Option<u64>,
    /// Since when it is offered. `None` before [`RelayStage::Offered`].
    pub offer: Option<OfferSpan>,
    /// What it replaced. `None` for the first file of that key.
    pub replaces: Option<InfoHash>,
    /// Why it is withdrawn. `None` before [`RelayStage::Retiring`].
    pub why: Option<WithdrawalReason>,
    /// When a broker acknowledged its announcement. `None` when none knows it, or none any more.
    pub broadcast: Option<UtcTime>,
    /// Why no broker knows it yet. `None` when nothing stands in the way.
    pub waits: Option<AnnouncementWait>,
}

impl RelayFile {
    /// A file that the publisher lists.
    pub fn seen(key: RelayKey, source: SourceFacts, now: UtcTime) -> Self {
        Self {
            key,
            stage: RelayStage::Seen,
            since: now,
            source,
            fetched: None,
            computed: None,
            index: None,
            torrent_length: None,
            offer: None,
            replaces: None,
            why: None,
            broadcast: None,
            waits: None,
        }
    }

    /// The same file at another stage.
    #[must_use]
    pub fn at(self, stage: RelayStage, now: UtcTime) -> Self {
        Self { stage, since: now, ..self }
    }

    /// As it stands in feeds and lists. `None` before it is offered.
    pub fn offered(&self) -> Option<RelayedFile> {
        let (computed, offer) = (self.computed.as_ref()?, self.offer?);
        Some(RelayedFile {
            key: self.key.clone(),
            source: self.source.clone(),
            info_hash: computed.info_hash,
            torrent_length: self.torrent_length?,
            sha256: computed.sha256.clone(),
            sha512: computed.sha512.clone(),
            index: self.index.clone(),
            fetched: self.fetched?,
            offered: offer.since,
            expires: offer.until,
            replaces: self.replaces,
        })
    }

    /// As its withdrawal stands in feeds and lists. `None` while it is offered.
    pub fn withdrawn(&self) -> Option<WithdrawnFile> {
        let (computed, why) = (self.computed.as_ref()?, self.why?);
        Some(WithdrawnFile { key: self.key.clone(), info_hash: computed.info_hash, since: self.since, why })
    }
}
