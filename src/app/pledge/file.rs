//! One file of the archive: how it stands, who spoke for it, what was uploaded of it.

use super::offers::PledgeOffer;
use crate::domain::torrent::InfoHash;
use crate::domain::utc::UtcTime;
use crate::publish::relay::offered::RelayKey;

/// How a file of the archive stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PledgeStage {
    /// It is to be downloaded.
    Wanted,
    /// It is here and is uploaded.
    Held,
    /// It is here and not uploaded: relays contradict each other on it.
    Withheld,
    /// It was here and is missing, or was changed: it is not uploaded, and for a day not taken again.
    Lost,
}

impl PledgeStage {
    /// Each of them.
    pub const ALL: [Self; 4] = [Self::Wanted, Self::Held, Self::Withheld, Self::Lost];

    /// The word in JSON and in what is kept; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Wanted => "wanted",
            Self::Held => "held",
            Self::Withheld => "withheld",
            Self::Lost => "lost",
        }
    }

    /// What such a word means. `None` for another.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.key() == key)
    }
}

/// Why a file is let go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetGoReason {
    /// Its publisher replaced it, says a relay that spoke for it.
    Replaced,
    /// Every relay that spoke for it was contradicted by the publisher's server.
    Contradicted,
    /// Many have it, and one that fewer have takes its room.
    Exchanged,
    /// Less is pledged than is held.
    OverPledge,
    /// It was not here yet, and no relay offers it any more.
    Unoffered,
    /// It is missing on the disk, or was changed there.
    Lost,
}

impl LetGoReason {
    /// The word in JSON; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Replaced => "replaced",
            Self::Contradicted => "contradicted",
            Self::Exchanged => "exchanged",
            Self::OverPledge => "over_pledge",
            Self::Unoffered => "unoffered",
            Self::Lost => "lost",
        }
    }
}

/// A file of the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PledgedFile {
    /// Its swarm.
    pub info_hash: InfoHash,
    /// Which file it is.
    pub key: RelayKey,
    /// Its length in octets.
    pub length: u64,
    /// When its run began; when a relay fetched it, where its name tells no run.
    pub dated: UtcTime,
    /// How it stands.
    pub stage: PledgeStage,
    /// Since when.
    pub since: UtcTime,
    /// The addresses of the relays that spoke for it.
    pub relays: Vec<String>,
    /// How many seeds trackers counted last, this archive among them. `None` when none told.
    pub seeds: Option<u32>,
    /// Octets that were uploaded of it.
    pub given: u64,
}

impl PledgedFile {
    /// One that is to be downloaded.
    pub fn wanted(offer: &PledgeOffer, seeds: Option<u32>, now: UtcTime) -> Self {
        Self {
            info_hash: offer.info_hash,
            key: offer.key.clone(),
            length: offer.length,
            dated: offer.dated,
            stage: PledgeStage::Wanted,
            since: now,
            relays: offer.relays.clone(),
            seeds,
            given: 0,
        }
    }

    /// The same in another stage.
    #[must_use]
    pub fn at(self, stage: PledgeStage, now: UtcTime) -> Self {
        Self { stage, since: now, ..self }
    }

    /// Whether its octets are on the disk, uploaded or not.
    pub fn is_here(&self) -> bool {
        matches!(self.stage, PledgeStage::Held | PledgeStage::Withheld)
    }

    /// Octets that it takes of what is pledged.
    pub fn takes(&self) -> u64 {
        if self.stage == PledgeStage::Lost { 0 } else { self.length }
    }

    /// How many others have all of it. `None` when no tracker told.
    pub fn others(&self) -> Option<u32> {
        self.seeds.map(|seeds| seeds.saturating_sub(1))
    }

    /// Takes in what is known now: who else speaks for it, and how many seeds there are. Whether anything is new.
    pub fn refresh(&mut self, offer: Option<&PledgeOffer>, seeds: Option<u32>) -> bool {
        let before = (self.relays.len(), self.seeds);
        for relay in offer.iter().flat_map(|offer| &offer.relays) {
            if !self.relays.contains(relay) {
                self.relays.push(relay.clone());
            }
        }
        // What was told before is better than nothing.
        self.seeds = seeds.or(self.seeds);
        before != (self.relays.len(), self.seeds)
    }
}

/// What an archive comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PledgeSums {
    /// Files that are here.
    pub files: usize,
    /// Their octets.
    pub held: u64,
    /// Files that nobody else has, as trackers say.
    pub alone: usize,
    /// Octets that were uploaded: what the publishers' servers did not have to send.
    pub given: u64,
}

impl PledgeSums {
    /// Of these files.
    pub fn of<'a>(files: impl IntoIterator<Item = &'a PledgedFile>) -> Self {
        let mut sums = Self::default();
        for file in files {
            sums.given = sums.given.saturating_add(file.given);
            if file.is_here() {
                sums.files += 1;
                sums.held = sums.held.saturating_add(file.length);
                sums.alone += usize::from(file.others() == Some(0));
            }
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::super::made::*;
    use super::*;

    #[test]
    fn what_is_here_is_counted_and_what_was_uploaded_stays_counted() {
        let mut held = a_file(1, 10);
        (held.seeds, held.given) = (Some(1), 30);
        let mut lost = a_file(2, 100).at(PledgeStage::Lost, now());
        lost.given = 5;
        let wanted = a_file(3, 7).at(PledgeStage::Wanted, now());
        let sums = PledgeSums::of(&[held, lost, wanted]);
        assert_eq!(sums, PledgeSums { files: 1, held: 10, alone: 1, given: 35 });
    }

    #[test]
    fn another_relay_that_speaks_for_a_file_is_remembered_and_an_unknown_count_forgets_none() {
        let mut file = a_file(1, 10);
        let mut offer = an_offer(1, 10);
        offer.relays.push("https://b.example/".to_owned());
        assert!(file.refresh(Some(&offer), Some(3)));
        assert_eq!((file.relays.len(), file.others()), (2, Some(2)));
        assert!(!file.refresh(Some(&offer), None));
        assert_eq!(file.seeds, Some(3));
    }

    #[test]
    fn the_words_of_the_stages_are_read_as_they_are_written() {
        assert_eq!(
            PledgeStage::ALL.map(|stage| PledgeStage::from_key(stage.key())),
            PledgeStage::ALL.map(Some)
        );
    }
}
