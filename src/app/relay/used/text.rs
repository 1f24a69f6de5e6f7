//! The list of relays in use as `relays.toml`, which a person may read, copy and correct.
//!
//! In: [`UsedRelays`], or the text of the file. Out: the text; or the list, else the line that cannot be understood. A file that
//! cannot be understood is never written over.

use super::list::{CheckShare, MOST_USED, UsedRelay, UsedRelays, base_of};
use crate::app::messages::relay_message::RelayMessage;
use crate::domain::integrity::{Digest, DigestAlgorithm, octets_of_hex};
use crate::domain::outside_text::show;
use crate::domain::utc::UtcTime;
use crate::publish::relay::acceptance::{KnownRelay, RelayAside};
use crate::publish::relay::chain::ManifestMark;
use crate::publish::relay::offered::RelayKey;
use crate::publish::relay::signing::PublicKey;
use serde::{Deserialize, Serialize};

/// The name of the file.
pub const FILE_NAME: &str = "relays.toml";

/// Longest file that is read, in octets.
pub const LONGEST: usize = 256 << 10;

const HEADER: &str = "# Relays that are used as sources; nuee relay use URL and nuee relay forget URL write this file.\n\
                      # \"key\" is the relay's key as it was at first use: an answer signed with another one is refused.\n";

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListText {
    #[serde(default, rename = "relay", skip_serializing_if = "Vec::is_empty")]
    relays: Vec<RelayText>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RelayText {
    url: String,
    /// Percent of files that are checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    check: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// Since when the key is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    manifest: Option<MarkText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    aside: Option<AsideText>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MarkText {
    sequence: u64,
    sha256: String,
    time: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AsideText {
    since: String,
    dataset: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    run: Option<String>,
    name: String,
    told: String,
    found: String,
}

impl UsedRelays {
    /// Reads `relays.toml`, called `file` in messages.
    ///
    /// # Errors
    /// Says what cannot be understood.
    pub fn read(text: &str, file: &str) -> Result<Self, RelayMessage> {
        let unsound =
            |detail: &str| RelayMessage::SettingsUnsound { file: show(file), detail: show(detail.trim()) };
        let read: ListText = toml::from_str(text).map_err(|error| unsound(&error.to_string()))?;
        if read.relays.len() > MOST_USED {
            return Err(RelayMessage::TooManyUsed { most: MOST_USED });
        }
        let mut list = Self::default();
        for relay in read.relays {
            let url = relay.url.clone();
            let relay = relay.read().map_err(|member| unsound(&format!("{url}: {member}")))?;
            if list.get(&relay.known.base).is_some() {
                return Err(unsound(&format!("{url}: twice")));
            }
            list.put(relay)?;
        }
        Ok(list)
    }

    /// The text of `relays.toml`.
    pub fn write(&self) -> String {
        let relays = self.iter().map(RelayText::from).collect();
        let text = toml::to_string(&ListText { relays }).expect("text and numbers are TOML");
        format!("{HEADER}\n{text}")
    }
}

impl RelayText {
    /// The relay, or the member that cannot be meant.
    fn read(self) -> Result<UsedRelay, &'static str> {
        let base = base_of(&self.url).map_err(|_| "url")?;
        let check = self.check.map(|percent| CheckShare::new(percent).ok_or("check")).transpose()?;
        let key = self.key.map(|line| PublicKey::parse(&line).map_err(|_| "key")).transpose()?;
        let key_since = self.since.map(|time| UtcTime::parse_rfc3339(&time).ok_or("since")).transpose()?;
        let last = self.manifest.map(|mark| mark.read().ok_or("manifest")).transpose()?;
        let aside = self.aside.map(|aside| aside.read().ok_or("aside")).transpose()?;
        let known = KnownRelay { base, key, last, aside };
        Ok(UsedRelay { known, check: check.unwrap_or_default(), key_since })
    }
}

impl MarkText {
    fn read(self) -> Option<ManifestMark> {
        let sha256 = Digest::new(DigestAlgorithm::Sha256, &octets_of_hex(&self.sha256)?)?;
        Some(ManifestMark { sequence: self.sequence, sha256, time: UtcTime::parse_rfc3339(&self.time)? })
    }
}

impl AsideText {
    fn read(self) -> Option<RelayAside> {
        let run = match self.run {
            Some(run) => Some(UtcTime::parse_rfc3339(&run)?),
            None => None,
        };
        Some(RelayAside {
            since: UtcTime::parse_rfc3339(&self.since)?,
            key: RelayKey { dataset: self.dataset, run, name: self.name },
            told: Digest::parse(&self.told)?,
            found: Digest::parse(&self.found)?,
        })
    }
}

impl From<&UsedRelay> for RelayText {
    fn from(UsedRelay { known, check, key_since }: &UsedRelay) -> Self {
        Self {
            url: known.base.url().to_string(),
            check: (*check != CheckShare::default()).then_some(check.percent()),
            key: known.key.map(|key| key.line()),
            since: key_since.map(|time| time.to_string()),
            manifest: known.last.as_ref().map(|mark| MarkText {
                sequence: mark.sequence,
                sha256: mark.sha256.hex(),
                time: mark.time.to_string(),
            }),
            aside: known.aside.as_ref().map(|aside| AsideText {
                since: aside.since.to_string(),
                dataset: aside.key.dataset.clone(),
                run: aside.key.run.map(|run| run.to_string()),
                name: aside.key.name.clone(),
                told: with_name(&aside.told),
                found: with_name(&aside.found),
            }),
        }
    }
}

/// A digest before which its algorithm is named.
fn with_name(digest: &Digest) -> String {
    format!("{}:{}", digest.algorithm().key(), digest.hex())
}

#[cfg(test)]
mod tests {
    use super::super::made::*;
    use super::*;

    fn a_list() -> UsedRelays {
        let mut list = UsedRelays::default();
        let digest = |octets: &[u8]| Digest::of(DigestAlgorithm::Sha1, octets);
        let known = KnownRelay {
            key: Some(a_secret(1).public()),
            last: Some(ManifestMark {
                sequence: 7,
                sha256: Digest::of(DigestAlgorithm::Sha256, b"x"),
                time: now(),
            }),
            aside: Some(RelayAside {
                since: now(),
                key: a_key(),
                told: digest(b"told"),
                found: digest(b"found"),
            }),
            ..a_relay(1).known
        };
        let check = CheckShare::new(25).expect("a share");
        list.put(UsedRelay { known, check, key_since: Some(now()) }).expect("room");
        list.put(a_relay(2)).expect("room");
        list
    }

    fn refused(text: &str) -> String {
        match UsedRelays::read(text, "relays.toml") {
            Err(RelayMessage::SettingsUnsound { file, detail }) => format!("{file} {detail}"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_list_is_read_back_as_it_was_written() {
        let list = a_list();
        let text = list.write();
        assert_eq!(UsedRelays::read(&text, "relays.toml").as_ref(), Ok(&list), "{text}");
        assert!(text.contains("url = \"https://relay-1.example/\"") && text.contains("check = 25"), "{text}");
        assert_eq!(UsedRelays::read("", "relays.toml"), Ok(UsedRelays::default()));
    }

    #[test]
    fn what_cannot_be_understood_is_named() {
        assert!(refused("[[relay]]\nurl = 3\n").contains("line 2"));
        assert!(refused("[[relay]]\nurl = \"https://a.example/\"\nkye = \"x\"\n").contains("kye"));
        assert!(refused("[[relay]]\nurl = \"ftp://a.example/\"\n").ends_with("ftp://a.example/: url"));
        let url = "[[relay]]\nurl = \"https://a.example/\"\n";
        assert!(refused(&format!("{url}{url}")).ends_with("twice"));
        for (member, text) in [
            ("key", "key = \"rubbish\"\n"),
            ("check", "check = 101\n"),
            ("since", "since = \"long ago\"\n"),
            ("manifest", "manifest = { sequence = 1, sha256 = \"00\", time = \"2026-11-20T09:00:00Z\" }\n"),
            (
                "aside",
                "aside = { since = \"now\", dataset = \"a\", name = \"b\", told = \"c\", found = \"d\" }\n",
            ),
        ] {
            assert!(refused(&format!("{url}{text}")).ends_with(member), "{member}");
        }
    }

    #[test]
    fn more_relays_than_are_used_are_refused() {
        let text: String = (0..17).map(|n| format!("[[relay]]\nurl = \"https://r{n}.example/\"\n")).collect();
        let refused = UsedRelays::read(&text, "relays.toml");
        assert_eq!(refused, Err(RelayMessage::TooManyUsed { most: 16 }));
    }
}
