//! What is done next with all files of a relay.
//!
//! In: facts, the time. Out: [`RelayOrder`]s. The sequence of acts is: tracker, bytes, index, .torrent, feed, broker; and backwards
//! when a file is withdrawn. After a restart what was given is given again before anything is named, so that
//! feeds never name what is not there. Knows no disk, no server and no clock. Start reading at [`RelayPlanner::due`].

mod announcing;
#[cfg(test)]
mod tests;
mod withdrawn;

use super::announcing::Announces;
use super::event::RelayEvent;
use super::file::{OfferSpan, RelayFile};
use super::orders::{Probe, Publication, RelayFact, RelayMoment, RelayOrder, RelayTrouble};
use super::stage::RelayStage;
use crate::app::messages::user_message::UserMessage;
use crate::catalog::runs::Now;
use crate::domain::torrent::InfoHash;
use crate::domain::utc::{SteadyTime, UtcTime};
use crate::publish::relay::offered::{RelayKey, WithdrawalReason, WithdrawnFile};
use announcing::LineAnnouncement;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Duration;

/// Most files whose bytes begin to be given at a time.
const OFFERS_AT_ONCE: usize = 4;

/// Feeds are written at most so often: a run of a hundred files is a few publications, not a hundred.
const PUBLISH_EVERY: Duration = Duration::from_secs(2);

/// The first pause after a failure; each further one is twice as long, up to the longest.
const PAUSES: (Duration, Duration) = (Duration::from_secs(10), Duration::from_secs(1_800));

/// Whether the bytes of a file are given in this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum UploadState {
    /// They are not.
    NotYet,
    /// The trackers know it.
    Listed,
    /// They are.
    Serving,
}

/// A file with what this process does about it.
#[derive(Clone, Debug)]
struct RelayLine {
    file: RelayFile,
    upload: UploadState,
    /// Whether an act for it is under way.
    is_busy: bool,
    /// The publication since which nothing names it any more. `None` before there was one.
    unnamed_by: Option<u64>,
    failures: u32,
    not_before: Option<SteadyTime>,
    announcement: LineAnnouncement,
}

impl RelayLine {
    fn new(file: RelayFile) -> Self {
        let upload = UploadState::NotYet;
        let announcement = LineAnnouncement::default();
        Self { file, upload, is_busy: false, unnamed_by: None, failures: 0, not_before: None, announcement }
    }

    fn is_free(&self, now: SteadyTime) -> bool {
        !self.is_busy && self.not_before.is_none_or(|time| time <= now)
    }

    /// Whether it is to be named by the next publication.
    fn is_nameable(&self) -> bool {
        self.upload == UploadState::Serving
            && matches!(self.file.stage, RelayStage::Offered | RelayStage::Announced)
    }

    fn failed(&mut self, now: SteadyTime) {
        let pause = PAUSES.0.saturating_mul(1 << self.failures.min(16)).min(PAUSES.1);
        self.failures += 1;
        self.not_before = Some(now.after(pause));
    }
}

/// How long things last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RelaySpans {
    /// How long files are offered.
    pub keep: Duration,
    /// How long a file is given after nothing names it any more.
    pub grace: Duration,
    /// Whether the public address is asked before a file is announced.
    pub probe: Probe,
    /// Whether a broker is told.
    pub announces: Announces,
}

impl RelaySpans {
    /// How long a file is given on after nothing names it any more.
    fn grace_after(&self, why: Option<WithdrawalReason>) -> Duration {
        match why {
            Some(WithdrawalReason::Expired) | None => self.grace,
            // Its bytes are not what the publisher has, or are not there.
            Some(WithdrawalReason::Replaced | WithdrawalReason::Missing) => Duration::ZERO,
        }
    }
}

/// Files by what they are.
type RelayLines = BTreeMap<RelayKey, RelayLine>;

/// All files of a relay.
#[derive(Debug)]
pub struct RelayPlanner {
    spans: RelaySpans,
    lines: RelayLines,
    withdrawn: Vec<WithdrawnFile>,
    /// Whether what is published says less, or more, than is so.
    is_stale: bool,
    /// The publication under way, and what it names.
    publishing: Option<(u64, Vec<RelayKey>)>,
    number: u64,
    next_publication: Option<SteadyTime>,
    publish_failures: u32,
}

impl RelayPlanner {
    /// What was kept is gone on with. Files that were not yet fetched are left to following.
    pub fn new(spans: RelaySpans, kept: Vec<RelayFile>, withdrawn: Vec<WithdrawnFile>) -> Self {
        let kept = kept.into_iter().filter(|file| file.stage >= RelayStage::Fetched);
        let lines = kept.map(|file| (file.key.clone(), RelayLine::new(file))).collect();
        Self {
            spans,
            lines,
            withdrawn,
            // Also with no file: whoever asks for the feed finds an empty one.
            is_stale: true,
            publishing: None,
            number: 0,
            next_publication: None,
            publish_failures: 0,
        }
    }

    /// The files as they stand.
    pub fn files(&self) -> impl Iterator<Item = &RelayFile> {
        self.lines.values().map(|line| &line.file)
    }

    /// The info-hash under which a file of that key was offered when its publisher replaced it. `None` when it did not.
    pub fn replaced(&self, key: &RelayKey) -> Option<InfoHash> {
        withdrawn::replaced(&self.withdrawn, key)
    }

    /// Takes in what came of an order, or of following.
    pub fn take(&mut self, fact: RelayFact, at: RelayMoment) -> Vec<RelayOrder> {
        match fact {
            RelayFact::Arrived(file) => self.arrived(*file),
            RelayFact::Hashed(key, done) => self.moved(&key, done, at, |file, computed| {
                file.computed = Some(computed);
                RelayStage::Hashed
            }),
            RelayFact::Indexed(key, done) => self.moved(&key, done, at, |file, index| {
                file.index = index;
                RelayStage::Indexed
            }),
            RelayFact::Described(key, done) => self.moved(&key, done, at, |file, length| {
                file.torrent_length = Some(length);
                RelayStage::Described
            }),
            RelayFact::Listed(key, done) => self.listed(&key, done, at),
            RelayFact::Offered(key, done) => self.offered(&key, done, at),
            RelayFact::Lost(key, trouble) => self.trouble(&key, trouble, at),
            RelayFact::Published(number, done) => self.published(number, done, at),
            RelayFact::Acknowledged(key, kind, done) => {
                announcing::acknowledged(&mut self.lines, (&key, kind), done, at)
            }
            RelayFact::BrokerAway(message) => announcing::broker_away(&mut self.lines, message),
            RelayFact::TakenBack(key, done) => self.taken_back(&key, done, at),
            RelayFact::Replaced(key, _) => self.retire(&key, WithdrawalReason::Replaced, at),
        }
    }

    /// What is to be begun now.
    pub fn due(&mut self, at: RelayMoment) -> Vec<RelayOrder> {
        let mut orders = self.expire(at);
        orders.extend(self.take_back(at));
        orders.extend(self.work_on_disk(at));
        orders.extend(self.give(at));
        orders.extend(announcing::announce(&mut self.lines, self.spans.announces, at));
        orders.extend(self.publish(at));
        orders
    }

    /// When there is something to begin that no fact brings about. `None` while there is nothing.
    pub fn wakes(&self, at: RelayMoment) -> Option<SteadyTime> {
        let now = at.day.time();
        let until = |time: UtcTime| {
            let seconds = u64::try_from(time.unix_seconds() - now.unix_seconds()).unwrap_or(0);
            at.steady.after(Duration::from_secs(seconds))
        };
        let lines = self.lines.values().filter(|line| !line.is_busy);
        let times = lines.flat_map(|line| {
            let end = match line.file.stage {
                RelayStage::Announced => line.file.offer.map(|offer| until(offer.until)),
                RelayStage::Retiring => {
                    Some(until(line.file.since.later_by(self.spans.grace_after(line.file.why))))
                }
                _ => None,
            };
            let pauses = [line.not_before, line.announcement.not_before].into_iter().flatten();
            pauses.filter(|time| *time > at.steady).chain(end)
        });
        let publication = self.next_publication.filter(|_| self.is_stale && self.publishing.is_none());
        // A minute at most: the time of day may be set meanwhile.
        let longest = at.steady.after(Duration::from_secs(60));
        let first = times.chain(publication).min();
        (!self.lines.is_empty() || first.is_some()).then(|| first.unwrap_or(longest).min(longest))
    }

    fn arrived(&mut self, file: RelayFile) -> Vec<RelayOrder> {
        if self.lines.contains_key(&file.key) {
            return Vec::new();
        }
        let told = tell(&file);
        self.lines.insert(file.key.clone(), RelayLine::new(file));
        vec![told]
    }

    /// A stage was reached, or not.
    fn moved<T>(
        &mut self,
        key: &RelayKey,
        done: Result<T, RelayTrouble>,
        at: RelayMoment,
        take: impl FnOnce(&mut RelayFile, T) -> RelayStage,
    ) -> Vec<RelayOrder> {
        let Some(line) = self.lines.get_mut(key) else { return Vec::new() };
        line.is_busy = false;
        match done {
            Ok(value) => {
                let stage = take(&mut line.file, value);
                reach(line, stage, at)
            }
            Err(trouble) => self.trouble(key, trouble, at),
        }
    }

    fn trouble(&mut self, key: &RelayKey, trouble: RelayTrouble, at: RelayMoment) -> Vec<RelayOrder> {
        let Some(line) = self.lines.get_mut(key) else { return Vec::new() };
        match trouble {
            RelayTrouble::Passing(message) => {
                line.failed(at.steady);
                vec![told_trouble(key, message)]
            }
            RelayTrouble::Gone(message) => {
                let mut orders = vec![told_trouble(key, message)];
                orders.extend(self.retire(key, WithdrawalReason::Missing, at));
                orders
            }
        }
    }

    fn listed(&mut self, key: &RelayKey, done: Result<(), RelayTrouble>, at: RelayMoment) -> Vec<RelayOrder> {
        let Some(line) = self.lines.get_mut(key) else { return Vec::new() };
        line.is_busy = false;
        if let Err(trouble) = done {
            return self.trouble(key, trouble, at);
        }
        line.upload = UploadState::Listed;
        if line.file.stage == RelayStage::Described {
            reach(line, RelayStage::Listed, at)
        } else {
            Vec::new()
        }
    }

    fn offered(
        &mut self,
        key: &RelayKey,
        done: Result<(), RelayTrouble>,
        at: RelayMoment,
    ) -> Vec<RelayOrder> {
        let keep = self.spans.keep;
        let Some(line) = self.lines.get_mut(key) else { return Vec::new() };
        line.is_busy = false;
        if let Err(trouble) = done {
            return self.trouble(key, trouble, at);
        }
        line.upload = UploadState::Serving;
        self.is_stale = true;
        if line.file.stage >= RelayStage::Offered {
            return Vec::new();
        }
        let now = at.day.time();
        line.file.offer = Some(OfferSpan { since: now, until: now.later_by(keep) });
        reach(line, RelayStage::Offered, at)
    }

    fn published(&mut self, number: u64, done: Result<(), UserMessage>, at: RelayMoment) -> Vec<RelayOrder> {
        let Some((_, named)) = self.publishing.take_if(|(under_way, _)| *under_way == number) else {
            return Vec::new();
        };
        if let Err(message) = done {
            let pause = PAUSES.0.saturating_mul(1 << self.publish_failures.min(16)).min(PAUSES.1);
            self.publish_failures += 1;
            self.next_publication = Some(at.steady.after(pause));
            self.is_stale = true;
            return vec![RelayOrder::Tell(RelayEvent::Note(message))];
        }
        self.publish_failures = 0;
        let mut orders = Vec::new();
        for key in &named {
            let Some(line) = self.lines.get_mut(key) else { continue };
            line.announcement.is_named = true;
            if line.file.stage == RelayStage::Offered && self.spans.announces == Announces::InDocuments {
                orders.extend(reach(line, RelayStage::Announced, at));
            }
        }
        for (key, line) in &mut self.lines {
            if line.file.stage == RelayStage::Retiring && !named.contains(key) {
                line.unnamed_by.get_or_insert(number);
            }
        }
        let withdrawn = self.withdrawn.len();
        orders.push(RelayOrder::Tell(RelayEvent::Published { offered: named.len(), withdrawn }));
        orders
    }

    /// Nothing is to name a file any more.
    fn retire(&mut self, key: &RelayKey, why: WithdrawalReason, at: RelayMoment) -> Vec<RelayOrder> {
        let Some(line) = self.lines.get_mut(key) else { return Vec::new() };
        if line.file.stage == RelayStage::Retiring {
            return Vec::new();
        }
        self.is_stale = true;
        line.file.why = Some(why);
        line.failures = 0;
        line.not_before = None;
        line.announcement.begin_anew();
        reach(line, RelayStage::Retiring, at)
    }

    fn expire(&mut self, at: RelayMoment) -> Vec<RelayOrder> {
        // By a clock that has just been set nothing is too old.
        let Now::Steady(now) = at.day else { return Vec::new() };
        let keep = self.spans.keep;
        let is_over = |line: &RelayLine| match line.file.stage {
            RelayStage::Announced => line.file.offer.is_some_and(|offer| offer.until <= now),
            RelayStage::Retiring => false,
            // What could not be offered in all that time makes room.
            _ => line.file.fetched.is_some_and(|fetched| fetched.later_by(keep) <= now),
        };
        let over: Vec<RelayKey> =
            self.lines.iter().filter(|(_, line)| is_over(line)).map(|(key, _)| key.clone()).collect();
        over.iter().flat_map(|key| self.retire(key, WithdrawalReason::Expired, at)).collect()
    }

    fn take_back(&mut self, at: RelayMoment) -> Vec<RelayOrder> {
        let now = at.day.time();
        let spans = self.spans;
        let mut orders = Vec::new();
        for line in self.lines.values_mut() {
            let file = &line.file;
            let was_named = file.offer.is_some();
            let is_over = file.since.later_by(spans.grace_after(file.why)) <= now
                && (!was_named || line.unnamed_by.is_some())
                && !line.awaits_deletion(&spans, at);
            if file.stage == RelayStage::Retiring && is_over && line.is_free(at.steady) {
                line.is_busy = true;
                orders.push(RelayOrder::TakeBack(Box::new(file.clone())));
            }
        }
        orders
    }

    fn taken_back(
        &mut self,
        key: &RelayKey,
        done: Result<(), UserMessage>,
        at: RelayMoment,
    ) -> Vec<RelayOrder> {
        let Some(line) = self.lines.get_mut(key) else { return Vec::new() };
        line.is_busy = false;
        if let Err(message) = done {
            line.failed(at.steady);
            return vec![told_trouble(key, message)];
        }
        let Some(line) = self.lines.remove(key) else { return Vec::new() };
        // Of what was never offered nobody was told.
        let gone = line.file.offer.and(line.file.withdrawn());
        let mut orders = Vec::new();
        if let Some(gone) = &gone {
            self.withdrawn.push(gone.clone());
            withdrawn::forget(&mut self.withdrawn, at.day.time());
        }
        orders.push(RelayOrder::Forget(key.clone(), gone));
        if let Some(why) = line.file.why {
            orders.push(RelayOrder::Tell(RelayEvent::Withdrawn(key.clone(), why)));
        }
        orders
    }

    /// One file after the other is hashed, indexed, described: the disk has one arm, and the first file is offered soonest.
    fn work_on_disk(&mut self, at: RelayMoment) -> Option<RelayOrder> {
        use RelayStage as S;
        let is_work = |line: &RelayLine| matches!(line.file.stage, S::Fetched | S::Hashed | S::Indexed);
        if self.lines.values().any(|line| line.is_busy && is_work(line)) {
            return None;
        }
        let free = self.lines.values_mut().filter(|line| is_work(line) && line.is_free(at.steady));
        // What is nearest to being offered first.
        let line = free.max_by_key(|line| (line.file.stage, Reverse(line.file.since)))?;
        line.is_busy = true;
        let file = Box::new(line.file.clone());
        Some(match line.file.stage {
            S::Hashed => RelayOrder::Index(file),
            S::Indexed => RelayOrder::Describe(file),
            _ => RelayOrder::Hash(file),
        })
    }

    fn give(&mut self, at: RelayMoment) -> Vec<RelayOrder> {
        use RelayStage as S;
        let may_be_given = |line: &RelayLine| {
            matches!(line.file.stage, S::Described | S::Listed | S::Offered | S::Announced)
                // Transfers that began go on after a restart, too.
                || line.file.stage == S::Retiring && line.file.why == Some(WithdrawalReason::Expired)
        };
        let under_way = self.lines.values().filter(|line| line.is_busy && may_be_given(line)).count();
        let mut room = OFFERS_AT_ONCE.saturating_sub(under_way);
        let mut orders = Vec::new();
        for line in self.lines.values_mut() {
            if room == 0 {
                break;
            }
            if line.upload == UploadState::Serving || !may_be_given(line) || !line.is_free(at.steady) {
                continue;
            }
            let Some(computed) = &line.file.computed else { continue };
            line.is_busy = true;
            room -= 1;
            if line.upload == UploadState::NotYet {
                orders.push(RelayOrder::List(line.file.key.clone(), computed.info_hash));
                continue;
            }
            let was_given = line.file.stage >= S::Offered;
            let probe = if was_given { Probe::Left } else { self.spans.probe };
            orders.push(RelayOrder::Offer(Box::new(line.file.clone()), probe));
        }
        orders
    }

    /// Feeds are written when something changed, and not before all that they named is given again.
    fn publish(&mut self, at: RelayMoment) -> Option<RelayOrder> {
        let is_awaited = |line: &RelayLine| {
            matches!(line.file.stage, RelayStage::Offered | RelayStage::Announced)
                && line.upload != UploadState::Serving
                && line.failures == 0
        };
        let is_early = self.next_publication.is_some_and(|time| at.steady < time);
        if !self.is_stale || self.publishing.is_some() || is_early || self.lines.values().any(is_awaited) {
            return None;
        }
        let mut named: Vec<&RelayLine> = self.lines.values().filter(|line| line.is_nameable()).collect();
        named.sort_by(|a, b| {
            (Reverse(a.file.key.run), &a.file.key).cmp(&(Reverse(b.file.key.run), &b.file.key))
        });
        let offered = named.iter().filter_map(|line| line.file.offered()).collect();
        let keys = named.iter().map(|line| line.file.key.clone()).collect();
        let leaving = self.lines.values().filter(|line| line.file.stage == RelayStage::Retiring);
        let leaving = leaving.filter_map(|line| line.file.offer.and(line.file.withdrawn()));
        let mut withdrawn: Vec<WithdrawnFile> = leaving.chain(self.withdrawn.iter().cloned()).collect();
        withdrawn.sort_by_key(|gone| Reverse(gone.since));
        self.number += 1;
        self.is_stale = false;
        self.publishing = Some((self.number, keys));
        self.next_publication = Some(at.steady.after(PUBLISH_EVERY));
        Some(RelayOrder::Publish(Box::new(Publication { number: self.number, offered, withdrawn })))
    }
}

/// A file reaches a stage: kept first, then told.
fn reach(line: &mut RelayLine, stage: RelayStage, at: RelayMoment) -> Vec<RelayOrder> {
    line.file = line.file.clone().at(stage, at.day.time());
    line.failures = 0;
    line.not_before = None;
    vec![RelayOrder::Keep(Box::new(line.file.clone())), tell(&line.file)]
}

fn tell(file: &RelayFile) -> RelayOrder {
    RelayOrder::Tell(RelayEvent::Stage(Box::new(file.clone())))
}

fn told_trouble(key: &RelayKey, message: UserMessage) -> RelayOrder {
    RelayOrder::Tell(RelayEvent::Trouble(key.clone(), message))
}
