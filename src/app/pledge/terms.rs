//! What was pledged: how much room, for which datasets, by the word of which relays.
//!
//! In: words of the command line. Out: [`PledgeTerms`], which are kept as JSON and read again when only the list is asked for.

use crate::app::catalog::asked::unknown_entry;
use crate::app::messages::pledge_message::PledgeMessage;
use crate::app::messages::relay_message::RelayMessage;
use crate::app::messages::user_message::UserMessage;
use crate::app::relay::used::list::{UsedRelays, base_of, shown};
use crate::catalog::provider::{EntryId, ProviderBook};
use crate::publish::relay::places::RelayBase;
use serde::{Deserialize, Serialize};

/// What was pledged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PledgeTerms {
    /// Most octets that the archive takes.
    pub most: u64,
    /// Ids of datasets, or of packages of them.
    pub datasets: Vec<String>,
    /// Addresses of the relays whose word counts; all that are in use when empty.
    pub relays: Vec<String>,
}

impl PledgeTerms {
    /// As it is kept.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).expect("plain values are JSON")
    }

    /// Reads it again. `None` when it is not sound.
    pub fn from_text(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The datasets that are meant.
    pub fn entries(&self) -> impl Iterator<Item = EntryId> + '_ {
        self.datasets.iter().filter_map(|id| EntryId::parse(id))
    }

    /// Whether every dataset is one that somebody publishes.
    ///
    /// # Errors
    /// The first that nobody has, with the one that was probably meant.
    pub fn check(&self, providers: &ProviderBook) -> Result<(), UserMessage> {
        let is_known =
            |id: &&String| EntryId::parse(id).is_some_and(|entry| providers.find(&entry).is_some());
        match self.datasets.iter().find(|id| !is_known(id)) {
            Some(unknown) => Err(unknown_entry(unknown, providers)),
            None => Ok(()),
        }
    }

    /// The relays whose word counts, of those that are in use.
    ///
    /// # Errors
    /// When none is in use, or one that was named is not.
    pub fn relays_of(&self, used: &UsedRelays) -> Result<Vec<RelayBase>, RelayMessage> {
        if used.iter().len() == 0 {
            return Err(PledgeMessage::NoRelay.into());
        }
        if self.relays.is_empty() {
            return Ok(used.iter().map(|relay| relay.known.base.clone()).collect());
        }
        let named = |text: &String| {
            let base = base_of(text)?;
            match used.get(&base) {
                Some(_) => Ok(base),
                None => Err(RelayMessage::NotUsed { url: shown(&base) }),
            }
        };
        self.relays.iter().map(named).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::relay::used::list::UsedRelay;

    fn terms(relays: &[&str]) -> PledgeTerms {
        let relays = relays.iter().map(|&relay| relay.to_owned()).collect();
        PledgeTerms { most: 7, datasets: vec!["demo/arome-0.01".to_owned()], relays }
    }

    fn used(urls: &[&str]) -> UsedRelays {
        let mut list = UsedRelays::default();
        for url in urls {
            list.put(UsedRelay::new(base_of(url).expect("an address"))).expect("room");
        }
        list
    }

    #[test]
    fn what_was_pledged_is_read_as_it_was_kept() {
        let terms = terms(&["https://a.example/"]);
        assert_eq!(PledgeTerms::from_text(&terms.to_text()), Some(terms));
        assert_eq!(PledgeTerms::from_text("{"), None);
    }

    #[test]
    fn a_relay_counts_when_it_is_in_use_and_all_of_those_when_none_is_named() {
        let list = used(&["https://a.example/", "https://b.example/"]);
        assert_eq!(terms(&[]).relays_of(&list).map(|relays| relays.len()), Ok(2));
        assert_eq!(terms(&["https://b.example"]).relays_of(&list).map(|relays| relays.len()), Ok(1));
        let other = terms(&["https://c.example/"]).relays_of(&list);
        assert!(matches!(other, Err(RelayMessage::NotUsed { .. })), "{other:?}");
        assert_eq!(terms(&[]).relays_of(&used(&[])), Err(PledgeMessage::NoRelay.into()));
    }

    #[test]
    fn a_dataset_that_nobody_publishes_is_named() {
        let unknown = terms(&[]).check(&ProviderBook::default());
        assert!(matches!(unknown, Err(UserMessage::UnknownEntry { .. })), "{unknown:?}");
    }
}
