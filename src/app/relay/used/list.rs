//! The relays that a person uses: at most sixteen, each with what is remembered of it.
//!
//! In: the person's words, answers that were accepted, contradictions. Out: the list that is kept. What was learned while
//! somebody else changed the list never brings a forgotten relay back, nor one that was set aside.

use crate::app::messages::relay_message::RelayMessage;
use crate::domain::outside_text::{show_url, show_with_urls};
use crate::domain::utc::UtcTime;
use crate::publish::relay::acceptance::{KnownRelay, RelayAside};
use crate::publish::relay::places::RelayBase;
use url::Url;

/// Most relays that are used at a time.
pub const MOST_USED: usize = 16;

/// Of how many of a relay's files one piece is compared with the publisher's server, in percent; of long files always.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CheckShare {
    percent: u8,
}

impl Default for CheckShare {
    /// One in a hundred: with many who check, a forged piece is found soon, and a publisher is hardly asked.
    fn default() -> Self {
        Self { percent: 1 }
    }
}

impl CheckShare {
    /// So many percent. `None` above 100.
    pub fn new(percent: u8) -> Option<Self> {
        (percent <= 100).then_some(Self { percent })
    }

    /// Reads `5` or `5%`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.trim();
        digits.strip_suffix('%').unwrap_or(digits).trim_end().parse().ok().and_then(Self::new)
    }

    /// In percent.
    pub const fn percent(self) -> u8 {
        self.percent
    }

    /// As a part of 1.
    pub fn share(self) -> f64 {
        f64::from(self.percent) / 100.0
    }
}

/// A relay in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedRelay {
    /// What is remembered of it.
    pub known: KnownRelay,
    /// How many of its files are checked.
    pub check: CheckShare,
    /// Since when its key is kept. `None` without a key, and where that was not noted.
    pub key_since: Option<UtcTime>,
}

impl UsedRelay {
    /// One of which nothing is known.
    pub fn new(base: RelayBase) -> Self {
        Self { known: KnownRelay::new(base), check: CheckShare::default(), key_since: None }
    }

    /// The same after an answer that was taken `now`: a key is kept since the first time.
    #[must_use]
    pub fn answered(&self, known: KnownRelay, now: UtcTime) -> Self {
        let is_new = known.key.is_some() && known.key != self.known.key;
        let key_since = if is_new { Some(now) } else { self.key_since };
        Self { known, check: self.check, key_since }
    }
}

/// The relays in use, in the order in which they were added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UsedRelays {
    relays: Vec<UsedRelay>,
}

impl UsedRelays {
    /// All of them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &UsedRelay> {
        self.relays.iter()
    }

    /// The one at `base`.
    pub fn get(&self, base: &RelayBase) -> Option<&UsedRelay> {
        self.relays.iter().find(|relay| relay.known.base == *base)
    }

    /// Adds a relay, or puts it in place of what was known of it.
    ///
    /// # Errors
    /// When there are sixteen others.
    pub fn put(&mut self, relay: UsedRelay) -> Result<(), RelayMessage> {
        let is_full = self.relays.len() >= MOST_USED;
        match self.at(&relay.known.base) {
            Some(before) => *before = relay,
            None if is_full => return Err(RelayMessage::TooManyUsed { most: MOST_USED }),
            None => self.relays.push(relay),
        }
        Ok(())
    }

    /// Takes a relay out of use, with all that is remembered of it. Whether it was there.
    pub fn forget(&mut self, base: &RelayBase) -> bool {
        let before = self.relays.len();
        self.relays.retain(|relay| relay.known.base != *base);
        self.relays.len() < before
    }

    /// Remembers what an answer said that was accepted `now`. Whether anything is new.
    ///
    /// Nothing is remembered of a relay that was forgotten or set aside meanwhile, that has another key by now, or whose later
    /// manifest another process has read.
    pub fn remember(&mut self, known: &KnownRelay, now: UtcTime) -> bool {
        let Some(relay) = self.at(&known.base) else { return false };
        let is_other_key = relay.known.key.is_some() && relay.known.key != known.key;
        let sequence = |known: &KnownRelay| known.last.as_ref().map(|mark| mark.sequence);
        let is_old = sequence(&relay.known) > sequence(known);
        if relay.known.aside.is_some() || is_other_key || is_old || relay.known == *known {
            return false;
        }
        *relay = relay.answered(known.clone(), now);
        true
    }

    /// Sets a relay aside. Whether it was in use.
    pub fn set_aside(&mut self, base: &RelayBase, aside: RelayAside) -> bool {
        match self.at(base) {
            Some(relay) if relay.known.aside.is_none() => {
                relay.known.aside = Some(aside);
                true
            }
            _ => false,
        }
    }

    fn at(&mut self, base: &RelayBase) -> Option<&mut UsedRelay> {
        self.relays.iter_mut().find(|relay| relay.known.base == *base)
    }
}

/// The relay that a person means by an address.
///
/// # Errors
/// When it cannot be the address of one.
pub fn base_of(address: &str) -> Result<RelayBase, RelayMessage> {
    let base = Url::parse(address.trim()).ok().and_then(RelayBase::new);
    base.ok_or_else(|| RelayMessage::AddressUnsound { address: show_with_urls(address) })
}

/// A relay's address as people see it.
pub fn shown(base: &RelayBase) -> String {
    show_url(base.url())
}

#[cfg(test)]
mod tests {
    use super::super::made::*;
    use super::*;
    use crate::domain::integrity::{Digest, DigestAlgorithm};
    use crate::publish::relay::chain::ManifestMark;

    fn aside() -> RelayAside {
        let digest = |octets: &[u8]| Digest::of(DigestAlgorithm::Sha256, octets);
        RelayAside { since: now(), key: a_key(), told: digest(b"told"), found: digest(b"found") }
    }

    fn mark(sequence: u64) -> ManifestMark {
        let sha256 = Digest::of(DigestAlgorithm::Sha256, &sequence.to_be_bytes());
        ManifestMark { sequence, sha256, time: now() }
    }

    #[test]
    fn sixteen_relays_are_used_and_no_more() {
        let mut list = UsedRelays::default();
        for number in 0..16 {
            list.put(a_relay(number)).expect("room");
        }
        assert_eq!(list.put(a_relay(16)), Err(RelayMessage::TooManyUsed { most: 16 }));
        list.put(a_relay(3)).expect("it is there already");
        assert_eq!(list.iter().len(), 16);
        assert!(list.forget(&a_base(3)) && !list.forget(&a_base(3)));
        list.put(a_relay(16)).expect("room");
    }

    #[test]
    fn a_relay_that_was_forgotten_or_set_aside_meanwhile_is_not_brought_back() {
        let mut list = UsedRelays::default();
        list.put(a_relay(1)).expect("room");
        let known = KnownRelay { last: Some(mark(2)), ..list.get(&a_base(1)).expect("one").known.clone() };
        assert!(list.set_aside(&a_base(1), aside()) && !list.set_aside(&a_base(1), aside()));
        assert!(!list.remember(&known, now()));
        assert_eq!(list.get(&a_base(1)).expect("one").known.aside, Some(aside()));
        list.forget(&a_base(1));
        assert!(!list.remember(&known, now()));
        assert_eq!(list.iter().len(), 0);
    }

    #[test]
    fn what_another_process_has_read_later_stays() {
        let mut list = UsedRelays::default();
        list.put(a_relay(1)).expect("room");
        let at = |sequence| KnownRelay { last: Some(mark(sequence)), ..a_relay(1).known };
        assert!(list.remember(&at(5), now()));
        assert!(!list.remember(&at(4), now()) && !list.remember(&at(5), now()));
        assert!(list.remember(&at(6), now()));
    }

    #[test]
    fn a_key_that_was_kept_is_not_replaced_by_an_answer() {
        let mut list = UsedRelays::default();
        let kept = KnownRelay { key: Some(a_secret(1).public()), ..a_relay(1).known };
        list.put(UsedRelay { known: kept.clone(), ..a_relay(1) }).expect("room");
        let other = KnownRelay { key: Some(a_secret(2).public()), last: Some(mark(1)), ..kept.clone() };
        assert!(!list.remember(&other, now()));
        assert!(list.remember(&KnownRelay { last: Some(mark(1)), ..kept }, now()));
    }

    #[test]
    fn the_time_of_a_key_is_that_of_the_first_answer_that_it_signed() {
        let mut list = UsedRelays::default();
        list.put(a_relay(1)).expect("room");
        let later = now().plus_minutes(5).expect("a time");
        let signed = KnownRelay { key: Some(a_secret(1).public()), last: Some(mark(1)), ..a_relay(1).known };
        assert!(list.remember(&signed, now()));
        assert!(list.remember(&KnownRelay { last: Some(mark(2)), ..signed }, later));
        assert_eq!(list.get(&a_base(1)).expect("one").key_since, Some(now()));
    }

    #[test]
    fn a_share_is_a_number_of_percent() {
        let percent = |text| CheckShare::parse(text).map(CheckShare::percent);
        assert_eq!((percent("5"), percent(" 100% "), percent("0")), (Some(5), Some(100), Some(0)));
        assert_eq!((percent("101"), percent("-1"), percent("half"), percent("")), (None, None, None, None));
    }
}
