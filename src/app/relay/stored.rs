//! A file of a relay as it is kept: JSON that later versions read.
//!
//! In: a [`RelayFile`]. Out: text, and the file again. What is not sound is no file: it is fetched anew.

use super::announcing::AnnouncementWait;
use super::file::{ComputedDigests, OfferSpan, RelayFile};
use super::stage::RelayStage;
use crate::domain::integrity::{Digest, DigestAlgorithm, octets_of_hex};
use crate::domain::torrent::InfoHash;
use crate::domain::utc::UtcTime;
use crate::publish::relay::offered::{OfferedIndex, RelayKey, SourceFacts, WithdrawalReason, WithdrawnFile};
use serde::{Deserialize, Serialize};
use url::Url;

#[derive(Serialize, Deserialize)]
struct KeptFile {
    dataset: String,
    run: Option<UtcTime>,
    name: String,
    stage: String,
    since: UtcTime,
    address: String,
    length: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    modified: Option<UtcTime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fetched: Option<UtcTime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    computed: Option<KeptDigests>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    index: Option<KeptIndex>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    torrent_length: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    offer: Option<KeptSpan>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replaces: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    broadcast: Option<UtcTime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    waits: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct KeptDigests {
    btih: String,
    sha256: String,
    sha512: String,
}

#[derive(Serialize, Deserialize)]
struct KeptIndex {
    length: u64,
    sha256: String,
}

#[derive(Serialize, Deserialize)]
struct KeptSpan {
    since: UtcTime,
    until: UtcTime,
}

#[derive(Serialize, Deserialize)]
struct KeptWithdrawal {
    dataset: String,
    run: Option<UtcTime>,
    name: String,
    btih: String,
    since: UtcTime,
    why: String,
}

impl RelayFile {
    /// As it is kept.
    pub fn to_text(&self) -> String {
        let kept = KeptFile {
            dataset: self.key.dataset.clone(),
            run: self.key.run,
            name: self.key.name.clone(),
            stage: self.stage.key().to_owned(),
            since: self.since,
            address: self.source.address.to_string(),
            length: self.source.length,
            etag: self.source.etag.clone(),
            modified: self.source.modified,
            fetched: self.fetched,
            computed: self.computed.as_ref().map(|computed| KeptDigests {
                btih: computed.info_hash.hex(),
                sha256: computed.sha256.hex(),
                sha512: computed.sha512.hex(),
            }),
            index: self
                .index
                .as_ref()
                .map(|index| KeptIndex { length: index.length, sha256: index.sha256.hex() }),
            torrent_length: self.torrent_length,
            offer: self.offer.map(|offer| KeptSpan { since: offer.since, until: offer.until }),
            replaces: self.replaces.map(|hash| hash.hex()),
            why: self.why.map(|why| why.key().to_owned()),
            broadcast: self.broadcast,
            waits: self.waits.map(|waits| waits.key().to_owned()),
        };
        serde_json::to_string(&kept).expect("plain values are JSON")
    }

    /// Reads it again. `None` when it is not sound.
    pub fn from_text(text: &str) -> Option<Self> {
        let kept: KeptFile = serde_json::from_str(text).ok()?;
        let computed = match kept.computed {
            Some(digests) => Some(ComputedDigests {
                info_hash: InfoHash::parse(&digests.btih)?,
                sha256: digest(DigestAlgorithm::Sha256, &digests.sha256)?,
                sha512: digest(DigestAlgorithm::Sha512, &digests.sha512)?,
            }),
            None => None,
        };
        let index = match kept.index {
            Some(index) => Some(OfferedIndex {
                length: index.length,
                sha256: digest(DigestAlgorithm::Sha256, &index.sha256)?,
            }),
            None => None,
        };
        let file = Self {
            key: RelayKey { dataset: kept.dataset, run: kept.run, name: kept.name },
            stage: RelayStage::from_key(&kept.stage)?,
            since: kept.since,
            source: SourceFacts {
                address: Url::parse(&kept.address).ok()?,
                length: kept.length,
                etag: kept.etag,
                modified: kept.modified,
            },
            fetched: kept.fetched,
            computed,
            index,
            torrent_length: kept.torrent_length,
            offer: kept.offer.map(|span| OfferSpan { since: span.since, until: span.until }),
            replaces: kept.replaces.as_deref().and_then(InfoHash::parse),
            why: kept.why.as_deref().and_then(WithdrawalReason::from_key),
            broadcast: kept.broadcast,
            waits: kept.waits.as_deref().and_then(AnnouncementWait::from_key),
        };
        file.is_whole().then_some(file)
    }

    /// Whether all is known that is known at its stage.
    fn is_whole(&self) -> bool {
        use RelayStage as S;
        let is_fetched = self.stage < S::Fetched || self.fetched.is_some();
        if self.stage == S::Retiring {
            // It may have been given up at any stage.
            return is_fetched && self.why.is_some();
        }
        is_fetched
            && (self.stage < S::Hashed || self.computed.is_some())
            && (self.stage < S::Described || self.torrent_length.is_some())
            && (self.stage < S::Offered || self.offer.is_some())
    }
}

impl WithdrawnFile {
    /// As it is kept.
    pub fn to_text(&self) -> String {
        let kept = KeptWithdrawal {
            dataset: self.key.dataset.clone(),
            run: self.key.run,
            name: self.key.name.clone(),
            btih: self.info_hash.hex(),
            since: self.since,
            why: self.why.key().to_owned(),
        };
        serde_json::to_string(&kept).expect("plain values are JSON")
    }

    /// Reads it again. `None` when it is not sound.
    pub fn from_text(text: &str) -> Option<Self> {
        let kept: KeptWithdrawal = serde_json::from_str(text).ok()?;
        Some(Self {
            key: RelayKey { dataset: kept.dataset, run: kept.run, name: kept.name },
            info_hash: InfoHash::parse(&kept.btih)?,
            since: kept.since,
            why: WithdrawalReason::from_key(&kept.why)?,
        })
    }
}

fn digest(algorithm: DigestAlgorithm, hex: &str) -> Option<Digest> {
    Digest::new(algorithm, &octets_of_hex(hex)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_file(stage: RelayStage) -> RelayFile {
        let time = UtcTime::from_unix_seconds(1_790_000_000).expect("a time");
        let address = Url::parse("https://data.example/a.grib2").expect("a URL");
        let source = SourceFacts { address, length: 7, etag: Some("\"x\"".to_owned()), modified: Some(time) };
        let key = RelayKey { dataset: "demo/arome".to_owned(), run: Some(time), name: "a.grib2".to_owned() };
        RelayFile {
            fetched: Some(time),
            computed: Some(ComputedDigests {
                info_hash: InfoHash([7; 20]),
                sha256: Digest::of(DigestAlgorithm::Sha256, b"octets"),
                sha512: Digest::of(DigestAlgorithm::Sha512, b"octets"),
            }),
            index: Some(OfferedIndex { length: 3, sha256: Digest::of(DigestAlgorithm::Sha256, b"index") }),
            torrent_length: Some(300),
            offer: Some(OfferSpan { since: time, until: time }),
            replaces: Some(InfoHash([8; 20])),
            why: Some(WithdrawalReason::Replaced),
            ..RelayFile::seen(key, source, time).at(stage, time)
        }
    }

    #[test]
    fn a_file_is_read_as_it_was_kept_at_every_stage() {
        for stage in RelayStage::ALL {
            let file = a_file(stage);
            assert_eq!(RelayFile::from_text(&file.to_text()), Some(file));
        }
    }

    #[test]
    fn a_file_of_which_less_is_known_than_its_stage_says_is_none() {
        let lacking = RelayFile { computed: None, ..a_file(RelayStage::Described) };
        assert_eq!(RelayFile::from_text(&lacking.to_text()), None);
        let lacking = RelayFile { offer: None, ..a_file(RelayStage::Announced) };
        assert_eq!(RelayFile::from_text(&lacking.to_text()), None);
        let given_up = RelayFile { offer: None, computed: None, ..a_file(RelayStage::Retiring) };
        assert!(RelayFile::from_text(&given_up.to_text()).is_some());
    }

    #[test]
    fn damaged_text_is_no_file_and_no_panic() {
        let text = a_file(RelayStage::Announced).to_text();
        for cut in 0..text.len() {
            if text.is_char_boundary(cut) {
                assert_eq!(RelayFile::from_text(&text[..cut]), None);
            }
        }
        assert_eq!(RelayFile::from_text(&text.replace("announced", "sold")), None);
    }

    #[test]
    fn a_withdrawal_is_read_as_it_was_kept() {
        let gone = a_file(RelayStage::Retiring).withdrawn().expect("a withdrawal");
        assert_eq!(WithdrawnFile::from_text(&gone.to_text()), Some(gone));
    }
}
