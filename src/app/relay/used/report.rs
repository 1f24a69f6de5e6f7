//! What is shown of a relay in use: its key, what it offers, whether it is used.

use super::list::{CheckShare, UsedRelay, shown};
use crate::domain::utc::UtcTime;
use crate::publish::relay::acceptance::AnswerSigner;
use crate::publish::relay::manifest::Manifest;
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
    /// The fingerprint of its key. `None` when it does not sign.
    pub fingerprint: Option<String>,
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
        let UsedRelay { known, check } = relay;
        Self {
            url: shown(&known.base),
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
}
