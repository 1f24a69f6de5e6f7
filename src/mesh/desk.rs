//! Where messages are taken in: read, judged, counted, kept. Everything that is known of what was announced.
//!
//! In: messages with their topic and the times at which they came. Out: a [`Heard`] for each, and the parts of the desk to
//! look at. One desk serves any number of brokers. Start reading at [`AnnouncementIndex::take`].

use super::announcement::{MessageReading, Soundness, read};
use super::dedupe::{Dedupe, Novelty};
use super::lag::{Arrival, Lag, LagFigures, LagGauge, Thresholds, Timeliness};
use super::limits::{LimitReached, MOST_PINS, room_beside};
use super::recent::{Heard, Recent, RecentLimits};
use super::sources::{KnownFiles, LagBySource};
use super::topic::TopicFilter;
use super::topic_tree::pins::Pin;
use super::topic_tree::{Counted, TopicTree, TreeLimits};
use crate::domain::utc::{SteadyTime, UtcMillis};
use bytes::Bytes;
use std::sync::Arc;

/// Files and messages that are told apart as heard before.
const REMEMBERED: usize = 500_000;

/// Files whose sources are remembered.
const FILES: usize = 20_000;

/// A message as a broker sent it.
#[derive(Clone, Debug)]
pub struct BrokerMessage {
    /// Its topic.
    pub topic: String,
    /// Its octets.
    pub payload: Bytes,
    /// Its user properties, which MQTT 5 has.
    pub headers: Vec<(String, String)>,
    /// How it came.
    pub arrival: Arrival,
    /// When we came back to a broker that keeps messages meanwhile, while what it kept is still coming.
    pub back_since: Option<UtcMillis>,
}

/// How a message came, once it is known when it was published.
fn arrival_of(
    (arrival, back_since): (Arrival, Option<UtcMillis>),
    published_at: Option<UtcMillis>,
) -> Arrival {
    let is_from_before = published_at.zip(back_since).is_some_and(|(published, back)| published < back);
    if arrival == Arrival::Live && is_from_before { Arrival::Queued } else { arrival }
}

/// Bounds of what is remembered.
#[derive(Clone, Copy, Debug)]
pub struct DeskLimits {
    /// Of the tree.
    pub tree: TreeLimits,
    /// Of the last messages.
    pub recent: RecentLimits,
    /// Files and messages told apart as heard before.
    pub remembered: usize,
}

impl Default for DeskLimits {
    fn default() -> Self {
        Self { tree: TreeLimits::default(), recent: RecentLimits::default(), remembered: REMEMBERED }
    }
}

/// How many messages were what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MessageTally {
    /// All.
    pub messages: u64,
    /// Valid announcements, events and records.
    pub valid: u64,
    /// Deviant ones.
    pub deviant: u64,
    /// Invalid ones.
    pub invalid: u64,
    /// New files and new content.
    pub news: u64,
    /// The same content from further sources.
    pub sources: u64,
    /// Repeats, and older content.
    pub repeats: u64,
    /// Files announced with two digests.
    pub conflicts: u64,
    /// Late ones, by the first threshold.
    pub late: u64,
    /// Ones from the future.
    pub clock_skew: u64,
}

/// What is known of what was announced.
#[derive(Debug)]
pub struct AnnouncementIndex {
    /// The tree of topics.
    pub tree: TopicTree,
    /// The last messages.
    pub recent: Recent,
    /// Files with everybody who has them.
    pub files: KnownFiles,
    /// Lag by source.
    pub lag_by_source: LagBySource,
    /// Topics that are watched.
    pub pins: Vec<Pin>,
    /// From when on a message is late.
    pub thresholds: Thresholds,
    dedupe: Dedupe,
    lag: LagGauge,
    tally: MessageTally,
    next_number: u64,
}

impl AnnouncementIndex {
    /// An empty desk.
    pub fn new(limits: DeskLimits) -> Self {
        Self {
            tree: TopicTree::new(limits.tree),
            recent: Recent::new(limits.recent),
            files: KnownFiles::new(FILES),
            lag_by_source: LagBySource::default(),
            pins: Vec::new(),
            thresholds: Thresholds::default(),
            dedupe: Dedupe::new(limits.remembered),
            lag: LagGauge::default(),
            tally: MessageTally::default(),
            next_number: 0,
        }
    }

    /// Takes a message in.
    pub fn take(&mut self, message: BrokerMessage, utc: UtcMillis, now: SteadyTime) -> Arc<Heard> {
        let received = read(message.payload, &message.headers);
        let published_at = match &received.reading {
            MessageReading::Announcement(announcement) => Some(announcement.published_at),
            MessageReading::Event(event) => event.published_at,
            MessageReading::Invalid(invalid) => invalid.published_at,
            MessageReading::Record(_) => None,
        };
        let arrival = arrival_of((message.arrival, message.back_since), published_at);
        let lag = published_at.map(|published| Lag::between(published, utc));
        let soundness = received.reading.soundness();
        let counted = Counted {
            octets: received.raw.len() as u64,
            published_at,
            lag,
            arrival,
            is_invalid: soundness == Soundness::Invalid,
            now,
        };
        let node = self.tree.add(&message.topic, &counted);
        let novelty = self.judge(&received.reading, (lag, arrival));
        self.count(soundness, novelty, lag.filter(|_| arrival.tells_lag()));
        if let Some(lag) = lag {
            self.lag.add(lag, arrival);
        }
        if let Some(announcement) = received.reading.announcement() {
            for pin in &mut self.pins {
                pin.add(&message.topic, &announcement.source, (utc.to_second(), now));
            }
        }
        let topic = message.topic.into_boxed_str();
        let number = self.next_number;
        self.next_number += 1;
        let heard = Arc::new(Heard { number, topic, node, at: utc, lag, arrival, novelty, received });
        match novelty {
            Some(Novelty::New | Novelty::Update) => self.files.begin(&heard),
            Some(Novelty::Source) => self.files.add(&heard),
            _ => {}
        }
        self.recent.add(heard.clone());
        heard
    }

    /// Watches a topic, from what is kept of the last messages on: a pin that begins empty would show a hole. Whether it is new.
    ///
    /// # Errors
    /// When there are as many pins as there may be.
    pub fn pin(&mut self, filter: TopicFilter, now: SteadyTime) -> Result<bool, LimitReached> {
        if self.pins.iter().any(|pin| *pin.filter() == filter) {
            return Ok(false);
        }
        room_beside(self.pins.len(), MOST_PINS)?;
        let mut pin = Pin::new(filter);
        for heard in self.recent.last(usize::MAX, |_| true) {
            if let Some(announcement) = heard.received.reading.announcement() {
                pin.add(&heard.topic, &announcement.source, (heard.at.to_second(), now));
            }
        }
        self.pins.push(pin);
        Ok(true)
    }

    fn judge(&mut self, reading: &MessageReading, (lag, arrival): (Option<Lag>, Arrival)) -> Option<Novelty> {
        let (announcement, lag) = (reading.announcement()?, lag?);
        self.lag_by_source.add(&announcement.source, lag, arrival);
        Some(self.dedupe.judge(announcement))
    }

    fn count(&mut self, soundness: Soundness, novelty: Option<Novelty>, lag: Option<Lag>) {
        let tally = &mut self.tally;
        tally.messages += 1;
        *match soundness {
            Soundness::Valid => &mut tally.valid,
            Soundness::Deviant => &mut tally.deviant,
            Soundness::Invalid => &mut tally.invalid,
        } += 1;
        match novelty {
            Some(Novelty::New | Novelty::Update) => tally.news += 1,
            Some(Novelty::Source) => tally.sources += 1,
            Some(Novelty::Repeat | Novelty::Older) => tally.repeats += 1,
            Some(Novelty::Conflict) => tally.conflicts += 1,
            None => {}
        }
        match lag.map(|lag| lag.timeliness(self.thresholds)) {
            Some(Timeliness::Late | Timeliness::VeryLate) => tally.late += 1,
            Some(Timeliness::ClockSkew) => tally.clock_skew += 1,
            _ => {}
        }
    }

    /// How many messages were what.
    pub fn tally(&self) -> MessageTally {
        self.tally
    }

    /// Lag of all messages, and their mean.
    pub fn lag(&self) -> (LagFigures, Option<Lag>) {
        (self.lag.figures(), self.lag.mean())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> BrokerMessage {
        BrokerMessage {
            topic: "xpublic/v03/post/a".to_owned(),
            payload: Bytes::copy_from_slice(text.as_bytes()),
            headers: Vec::new(),
            arrival: Arrival::Live,
            back_since: None,
        }
    }

    fn at(seconds: i64) -> UtcMillis {
        let base = UtcMillis::parse_rfc3339("2026-08-11T10:00:00Z").expect("a time").unix_millis();
        UtcMillis::from_unix_millis(base + seconds * 1_000).expect("in the calendar")
    }

    #[test]
    fn a_message_is_read_judged_counted_and_kept() {
        let mut desk = AnnouncementIndex::new(DeskLimits::default());
        let text = r#"{"pubTime":"20260811T100000","baseUrl":"http://one/","relPath":"a/b","integrity":{"method":"md5","value":"1B2M2Y8AsgTpgAmY7PhCfg=="}}"#;
        let first = desk.take(message(text), at(130), SteadyTime::default());
        assert_eq!((first.novelty, first.lag), (Some(Novelty::New), Some(Lag(130_000))));
        let other = desk.take(message(&text.replace("one", "two")), at(10), SteadyTime::default());
        assert_eq!(other.novelty, Some(Novelty::Source));
        desk.take(message(text), at(20), SteadyTime::default());
        desk.take(message("nonsense"), at(20), SteadyTime::default());
        let expected = MessageTally {
            messages: 4,
            valid: 3,
            invalid: 1,
            news: 1,
            sources: 1,
            repeats: 1,
            late: 1,
            ..MessageTally::default()
        };
        assert_eq!(desk.tally(), expected);
        assert_eq!(desk.files.get("a/b").map(|file| file.sources.len()), Some(2));
        assert_eq!(desk.tree.figures(first.node, SteadyTime::default()).invalid, 1);
        assert_eq!(desk.recent.len(), 4);
        assert_eq!(desk.lag_by_source.figures().len(), 2);
    }

    #[test]
    fn a_pin_counts_what_came_before_it_and_one_too_many_is_refused() {
        let mut desk = AnnouncementIndex::new(DeskLimits::default());
        let text = r#"{"pubTime":"20260811T100000","baseUrl":"http://one/","relPath":"a/b"}"#;
        desk.take(message(text), at(10), SteadyTime::default());
        let filter = |number: usize| TopicFilter::parse(&format!("x/{number}")).expect("a filter");
        let first = TopicFilter::parse("xpublic/#").expect("a filter");
        assert_eq!(desk.pin(first.clone(), SteadyTime::default()), Ok(true));
        let figures = desk.pins[0].figures(1, (at(20).to_second(), SteadyTime::default()));
        assert_eq!(figures.by_source[0].1, [1]);
        for number in 1..MOST_PINS {
            assert_eq!(desk.pin(filter(number), SteadyTime::default()), Ok(true));
        }
        assert_eq!(desk.pin(filter(0), SteadyTime::default()), Err(LimitReached { most: MOST_PINS }));
        assert_eq!(desk.pin(first, SteadyTime::default()), Ok(false), "it is there already");
        assert_eq!(desk.pins.len(), MOST_PINS);
    }

    #[test]
    fn what_a_broker_kept_while_we_were_away_is_no_lag_of_the_line() {
        let mut desk = AnnouncementIndex::new(DeskLimits::default());
        let text = |second: u32, name: &str| {
            format!(r#"{{"pubTime":"20260811T1000{second:02}","baseUrl":"http://one/","relPath":"{name}"}}"#)
        };
        let back = |text: String| BrokerMessage { back_since: Some(at(50)), ..message(&text) };
        let kept = desk.take(back(text(10, "a")), at(51), SteadyTime::default());
        assert_eq!((kept.arrival, kept.lag), (Arrival::Queued, Some(Lag(41_000))));
        let live = desk.take(back(text(50, "b")), at(52), SteadyTime::default());
        assert_eq!(live.arrival, Arrival::Live);
        let (figures, mean) = desk.lag();
        assert_eq!((figures.max, figures.apart, mean), (Some(Lag(2_000)), 1, Some(Lag(2_000))));
    }
}
