//! A file of the archive as it is kept: JSON that later versions read.
//!
//! In: a [`PledgedFile`]. Out: text, and the file again. What is not sound is no file.

use super::file::{PledgeStage, PledgedFile};
use crate::domain::torrent::InfoHash;
use crate::domain::utc::UtcTime;
use crate::publish::relay::offered::RelayKey;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct KeptPledgedFile {
    btih: String,
    dataset: String,
    run: Option<UtcTime>,
    name: String,
    length: u64,
    dated: UtcTime,
    stage: String,
    since: UtcTime,
    #[serde(default)]
    relays: Vec<String>,
    #[serde(default)]
    seeds: Option<u32>,
    #[serde(default)]
    given: u64,
}

impl PledgedFile {
    /// As it is kept.
    pub fn to_text(&self) -> String {
        let kept = KeptPledgedFile {
            btih: self.info_hash.hex(),
            dataset: self.key.dataset.clone(),
            run: self.key.run,
            name: self.key.name.clone(),
            length: self.length,
            dated: self.dated,
            stage: self.stage.key().to_owned(),
            since: self.since,
            relays: self.relays.clone(),
            seeds: self.seeds,
            given: self.given,
        };
        serde_json::to_string(&kept).expect("plain values are JSON")
    }

    /// Reads it again. `None` when it is not sound.
    pub fn from_text(text: &str) -> Option<Self> {
        let kept: KeptPledgedFile = serde_json::from_str(text).ok()?;
        Some(Self {
            info_hash: InfoHash::parse(&kept.btih)?,
            key: RelayKey { dataset: kept.dataset, run: kept.run, name: kept.name },
            length: kept.length,
            dated: kept.dated,
            stage: PledgeStage::from_key(&kept.stage)?,
            since: kept.since,
            relays: kept.relays,
            seeds: kept.seeds,
            given: kept.given,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::made::*;
    use super::*;

    #[test]
    fn a_file_is_read_as_it_was_kept_and_what_is_not_sound_is_none() {
        let file = PledgedFile { seeds: Some(3), given: 9, ..a_file(1, 10) };
        assert_eq!(PledgedFile::from_text(&file.to_text()), Some(file.clone()));
        for (from, to) in [("\"held\"", "\"hold\""), (file.info_hash.hex().as_str(), "ab"), ("10", "-1")] {
            let damaged = file.to_text().replace(from, to);
            assert_eq!(PledgedFile::from_text(&damaged), None, "{damaged}");
        }
    }
}
