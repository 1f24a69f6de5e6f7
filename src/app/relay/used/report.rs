//! What is shown of a relay in use: its key, what it offers, whether it is used.

use super::list::{CheckShare, UsedRelay, shown};
use crate::app::messages::relay_message::RelayMessage;
use crate::domain::outside_text::show_url;
use crate::domain::utc::UtcTime;
use crate::publish::relay::acceptance::AnswerSigner;
use crate::publish::relay::manifest::Manifest;
use crate::publish::relay::places::RelayDocument;
use std::collections::BTreeMap;

/// Whether the key of a relay was known before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyNews {
    /// It is kept from now on.
    New,
    /// It is the one that was kept.
    Known,
    /// It does not sign.
    Unsigned,
}

impl KeyNews {
    /// The word in JSON; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Known => "known",
            Self::Unsigned => "unsigned",
        }
    }
}

impl From<AnswerSigner> for KeyNews {
    fn from(standing: AnswerSigner) -> Self {
        match standing {
            AnswerSigner::FirstUse(_) => Self::New,
            AnswerSigner::Same(_) => Self::Known,
            AnswerSigner::Unsigned => Self::Unsigned,
        }
    }
}

/// Why a relay was set aside, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AsideReport {
    /// When.
    pub since: UtcTime,
    /// On which file it was contradicted.
    pub file: String,
    /// The digest that it gave, in hexadecimal.
    pub told: String,
    /// The digest of what the publisher's server sent, in hexadecimal.
    pub found: String,
}

/// A relay in use, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedReport {
    /// Its address.
    pub url: String,
    /// The address of its feed.
    pub feed: String,
    /// The fingerprint of its key. `None` when it does not sign.
    pub fingerprint: Option<String>,
    /// Since when the key is kept. `None` without a key, and where that was not noted.
    pub key_since: Option<UtcTime>,
    /// Whether the key is new.
    pub news: KeyNews,
    /// When its last manifest was written, and its number. `None` before the first.
    pub last: Option<(UtcTime, u64)>,
    /// How many of its files are checked.
    pub check: CheckShare,
    /// Why nothing of it is used. `None` when it is.
    pub aside: Option<AsideReport>,
    /// How many files it offers, by dataset. `None` when it was not asked.
    pub datasets: Option<BTreeMap<String, usize>>,
}

impl UsedReport {
    /// What is remembered of a relay.
    pub fn of(relay: &UsedRelay) -> Self {
        let UsedRelay { known, check, key_since } = relay;
        Self {
            url: shown(&known.base),
            feed: show_url(&known.base.of_document(RelayDocument::Atom)),
            key_since: *key_since,
            fingerprint: known.key.map(|key| key.fingerprint()),
            news: if known.key.is_some() { KeyNews::Known } else { KeyNews::Unsigned },
            last: known.last.as_ref().map(|mark| (mark.time, mark.sequence)),
            check: *check,
            aside: known.aside.as_ref().map(|aside| AsideReport {
                since: aside.since,
                file: aside.key.name.clone(),
                told: aside.told.hex(),
                found: aside.found.hex(),
            }),
            datasets: None,
        }
    }

    /// Nothing, when the key is the one that a person was shown; `shown` is `None` when it had none.
    ///
    /// # Errors
    /// Both fingerprints, or that it signs no longer.
    pub fn has_key(&self, shown: Option<String>) -> Result<(), RelayMessage> {
        let url = || self.url.clone();
        match (shown, &self.fingerprint) {
            (shown, found) if shown == *found => Ok(()),
            (Some(pinned), Some(found)) => {
                Err(RelayMessage::KeyChanged { url: url(), pinned, found: found.clone() })
            }
            (Some(pinned), None) => Err(RelayMessage::NoLongerSigned { url: url(), pinned }),
            (None, found) => {
                let detail = format!("it signs now, with the key {}", found.as_deref().unwrap_or_default());
                Err(RelayMessage::AnswerRefused { url: url(), detail })
            }
        }
    }

    /// The same with what it answered just now.
    #[must_use]
    pub fn answered(self, manifest: &Manifest, standing: AnswerSigner) -> Self {
        let mut datasets = BTreeMap::new();
        for file in &manifest.files {
            *datasets.entry(file.key.dataset.clone()).or_insert(0) += 1;
        }
        Self { news: standing.into(), datasets: Some(datasets), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::super::made::*;
    use super::*;
    use crate::publish::relay::acceptance::KnownRelay;

    #[test]
    fn files_are_counted_by_dataset_and_a_new_key_is_told() {
        let mut other = says(&octets(5));
        other.key.dataset = "b/model".to_owned();
        let manifest = source(1, vec![says(&octets(5)), other]).manifest;
        let key = a_secret(1).public();
        let report = UsedReport::of(&a_relay(1)).answered(&manifest, AnswerSigner::FirstUse(key));
        assert_eq!((report.news, report.fingerprint), (KeyNews::New, None));
        let counts: Vec<(String, usize)> = report.datasets.expect("counts").into_iter().collect();
        assert_eq!(counts, [("a/model".to_owned(), 1), ("b/model".to_owned(), 1)]);
    }

    #[test]
    fn a_relay_is_kept_only_with_the_key_that_was_shown() {
        let signed = |number| {
            let known = KnownRelay { key: Some(a_secret(number).public()), ..a_relay(1).known };
            UsedReport::of(&a_relay(1).answered(known, now()))
        };
        let (first, second, none) = (signed(1), signed(2), UsedReport::of(&a_relay(1)));
        assert_eq!(first.key_since, Some(now()));
        assert_eq!(first.has_key(first.fingerprint.clone()), Ok(()));
        assert_eq!(none.has_key(None), Ok(()));
        let changed = second.has_key(first.fingerprint.clone());
        assert!(matches!(changed, Err(RelayMessage::KeyChanged { .. })), "{changed:?}");
        let silent = none.has_key(first.fingerprint.clone());
        assert!(matches!(silent, Err(RelayMessage::NoLongerSigned { .. })), "{silent:?}");
        assert!(first.has_key(None).is_err());
    }
}
