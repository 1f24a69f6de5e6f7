//! All that a relay offers at one moment, in the order in which its documents show it.
//!
//! In: who relays, its files and what it withdrew. Out: [`RelayOffers`], from which every document is written alike.
//! Nothing here depends on the present time, so a document changes only when the offers do.

use super::offered::{RelayKey, RelayedFile, WithdrawnFile};
use super::places::{RelayBase, RelayDocument};
use super::signing::PublicKey;
use crate::domain::torrent::InfoHash;
use crate::domain::utc::UtcTime;
use std::cmp::Reverse;
use std::collections::HashSet;

/// Most items or entries of one page of a feed, and most withdrawn ones.
pub const MOST_ITEMS: usize = 500;

/// Who relays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayIdentity {
    /// Where everything lies.
    pub base: RelayBase,
    /// What it is called, by who runs it.
    pub title: String,
    /// When it began: the date of its feeds while they are empty.
    pub began: UtcTime,
    /// The key with which it signs. `None` when it does not sign.
    pub key: Option<PublicKey>,
}

/// All that a relay offers at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayOffers {
    identity: RelayIdentity,
    files: Vec<RelayedFile>,
    withdrawn: Vec<WithdrawnFile>,
    /// Those of `files` that stand in feeds: of one content under several keys the one offered last.
    in_feeds: Vec<usize>,
    /// Those of `withdrawn` that feeds tell of.
    told: Vec<usize>,
}

impl RelayOffers {
    /// Puts files and withdrawals in order. Of two files of one key the one offered last stays; what is offered again is not
    /// withdrawn any more.
    pub fn new(
        identity: RelayIdentity,
        mut files: Vec<RelayedFile>,
        mut withdrawn: Vec<WithdrawnFile>,
    ) -> Self {
        files.sort_by(|a, b| {
            (Reverse(a.offered), &a.key, a.info_hash).cmp(&(Reverse(b.offered), &b.key, b.info_hash))
        });
        let mut keys = HashSet::with_capacity(files.len());
        files.retain(|file| keys.insert(file.key.clone()));
        withdrawn.sort_by(|a, b| {
            (Reverse(a.since), &a.key, a.info_hash).cmp(&(Reverse(b.since), &b.key, b.info_hash))
        });
        let mut seen: HashSet<(RelayKey, InfoHash)> =
            files.iter().map(|file| (file.key.clone(), file.info_hash)).collect();
        withdrawn.retain(|file| seen.insert((file.key.clone(), file.info_hash)));
        let mut guids = HashSet::with_capacity(files.len());
        let in_feeds = (0..files.len()).filter(|at| guids.insert(files[*at].info_hash)).collect();
        let told = (0..withdrawn.len()).filter(|at| guids.insert(withdrawn[*at].info_hash));
        let told = told.take(MOST_ITEMS).collect();
        Self { identity, files, withdrawn, in_feeds, told }
    }

    /// Who relays.
    pub fn identity(&self) -> &RelayIdentity {
        &self.identity
    }

    /// The files, newest first, each key once.
    pub fn files(&self) -> &[RelayedFile] {
        &self.files
    }

    /// What was withdrawn, latest first.
    pub fn withdrawn(&self) -> &[WithdrawnFile] {
        &self.withdrawn
    }

    /// The files as feeds show them, newest first: each content once, since readers remember it by its info-hash.
    pub(super) fn in_feeds(&self) -> impl ExactSizeIterator<Item = &RelayedFile> {
        self.in_feeds.iter().map(|at| &self.files[*at])
    }

    /// The withdrawals that a feed still tells of: the latest 500, and none of what is offered elsewhere.
    pub(super) fn told_withdrawals(&self) -> impl Iterator<Item = &WithdrawnFile> {
        self.told.iter().map(|at| &self.withdrawn[*at])
    }

    /// When anything was offered or withdrawn last; when the relay began, while nothing was.
    pub fn changed(&self) -> UtcTime {
        let offered = self.files.first().map(|file| file.offered);
        let withdrawn = self.withdrawn.first().map(|file| file.since);
        offered.max(withdrawn).unwrap_or(self.identity.began)
    }

    /// The place on the page where a file is shown: another one for other content, as readers of feeds need it.
    pub(super) fn place_on_page(&self, info_hash: InfoHash) -> String {
        format!("{}#{}", self.identity.base.of_document(RelayDocument::Page), anchor(info_hash))
    }
}

/// The name of the row of a file on the page.
pub(super) fn anchor(info_hash: InfoHash) -> String {
    format!("btih-{info_hash}")
}

/// By what readers of feeds remember a file: the same for the same content only.
pub fn guid(info_hash: InfoHash) -> String {
    format!("urn:btih:{info_hash}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::relay::made::*;

    #[test]
    fn of_one_key_the_file_offered_last_stays_and_of_one_content_one_item() {
        let (old, new) = (file(1, "a.grib2"), file(2, "a.grib2"));
        let offers = RelayOffers::new(identity(), vec![old, new.clone()], Vec::new());
        assert_eq!(offers.files(), [new]);
        let mut elsewhere = file(3, "a.grib2");
        elsewhere.key.run = None;
        elsewhere.info_hash = info_hash(2);
        let offers = RelayOffers::new(identity(), vec![file(2, "a.grib2"), elsewhere.clone()], Vec::new());
        assert_eq!((offers.files().len(), offers.in_feeds().collect::<Vec<_>>()), (2, vec![&elsewhere]));
    }

    #[test]
    fn what_is_offered_is_not_withdrawn_and_the_latest_change_is_the_date() {
        let (again, gone) = (withdrawn(1, "a.grib2"), withdrawn(9, "b.grib2"));
        let offers =
            RelayOffers::new(identity(), vec![file(1, "a.grib2")], vec![again, gone.clone(), gone.clone()]);
        assert_eq!(offers.withdrawn(), std::slice::from_ref(&gone));
        assert_eq!(offers.changed(), gone.since);
        assert_eq!(RelayOffers::new(identity(), Vec::new(), Vec::new()).changed(), identity().began);
    }
}
