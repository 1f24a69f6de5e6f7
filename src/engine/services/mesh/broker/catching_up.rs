//! Asks an archive for what was announced while nobody listened, and hands it in as replayed.
//!
//! In: the address of a collection, a period, topics. Out: `Delivery`s that no broker waits for, and a [`CaughtUp`] that says
//! how many there were and what could not be had. Start reading at `begin`.

use super::connection::Delivery;
use crate::app::listening::{ArchiveTrouble, BrokerStanding, CaughtUp};
use crate::domain::outside_text::show_with_urls;
use crate::domain::utc::UtcMillis;
use crate::engine::context::EngineContext;
use crate::engine::transfer::http::client::Question;
use crate::mesh::archive::{ArchiveAddress, Remembered, messages};
use crate::mesh::desk::Message;
use crate::mesh::lag::Arrival;
use crate::mesh::topic::TopicFilter;
use crate::transfer::address_rule::Reach;
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::JoinHandle;
use url::Url;

/// Most pages of one answer, and most octets of one page.
const MOST_PAGES: usize = 1_000;
const LARGEST_PAGE: usize = 32 << 20;

/// Announcements that wait to be taken in.
const QUEUE: usize = 1_000;

/// From when to when.
pub(in crate::engine) type Period = (UtcMillis, UtcMillis);

/// Whether somebody listens without a gap.
#[derive(Debug, Default)]
pub(in crate::engine) struct Gap {
    /// Since when nobody listens.
    since: Option<UtcMillis>,
}

impl Gap {
    /// One that began when the program ended, at `heard_until`. However long it is: the archive gives what it still has.
    pub(in crate::engine) fn since_the_last_start(heard_until: UtcMillis) -> Self {
        Self { since: Some(heard_until) }
    }

    /// Whether nobody listens now.
    pub(in crate::engine) fn is_open(&self) -> bool {
        self.since.is_some()
    }

    /// Notes how the broker is doing. The period that was missed, when it is over and the broker kept nothing of it.
    pub(in crate::engine) fn note(&mut self, standing: &BrokerStanding, now: UtcMillis) -> Option<Period> {
        match standing {
            BrokerStanding::Waiting { .. } => {
                self.since.get_or_insert(now);
                None
            }
            BrokerStanding::Listening { session_present, .. } => {
                let since = self.since.take().filter(|since| !session_present && *since < now)?;
                Some((since, now))
            }
            BrokerStanding::Connecting | BrokerStanding::Ended => None,
        }
    }
}

/// The period of the last so long.
pub(in crate::engine) fn last(time: Duration, now: UtcMillis) -> Option<Period> {
    let back = i64::try_from(time.as_millis()).unwrap_or(i64::MAX / 2);
    UtcMillis::from_unix_millis(now.unix_millis() - back).map(|from| (from, now))
}

/// A gap that is being closed.
pub(in crate::engine) struct CatchingUp {
    pub(in crate::engine) deliveries: Receiver<Delivery>,
    /// What is asked for.
    pub(in crate::engine) period: Period,
    asking: JoinHandle<CaughtUp>,
}

impl CatchingUp {
    /// What it came to, once there are no more deliveries. `None` when the task broke.
    pub(in crate::engine) async fn end(self) -> Option<CaughtUp> {
        self.asking.await.ok()
    }
}

/// Begins to ask for what was published in `period`.
pub(in crate::engine) fn begin(
    address: &ArchiveAddress,
    filters: &[TopicFilter],
    period: Period,
    context: &EngineContext,
) -> CatchingUp {
    let (deliver, deliveries) = channel(QUEUE);
    let asked = Asked { address: address.clone(), filters: filters.to_vec(), context: context.clone() };
    CatchingUp { deliveries, period, asking: tokio::spawn(asked.all(period, deliver)) }
}

struct Asked {
    address: ArchiveAddress,
    filters: Vec<TopicFilter>,
    context: EngineContext,
}

impl Asked {
    async fn all(self, period: Period, deliver: Sender<Delivery>) -> CaughtUp {
        let mut caught = CaughtUp { period, messages: 0, missed: None };
        let topics: Vec<Option<&TopicFilter>> = match self.address.knows_topics() {
            true => self.filters.iter().map(Some).collect(),
            false => vec![None],
        };
        for topic in topics {
            let mut next = Some(self.address.between(period, topic));
            let mut pages = 0;
            while let Some(url) = next.take() {
                pages += 1;
                let found = match self.page(&url).await {
                    Ok(page) => page,
                    Err(why) => {
                        caught.missed = Some(why);
                        return caught;
                    }
                };
                for remembered in found.0 {
                    let Some(delivery) = self.delivery(remembered, topic) else { continue };
                    caught.messages += 1;
                    if deliver.send(delivery).await.is_err() {
                        return caught;
                    }
                }
                next = found.1;
                if pages == MOST_PAGES && next.is_some() {
                    caught.missed = Some(ArchiveTrouble::MorePages(MOST_PAGES as u64));
                    break;
                }
            }
        }
        caught
    }

    async fn page(&self, url: &Url) -> Result<(Vec<Remembered>, Option<Url>), ArchiveTrouble> {
        // A person named the archive: it may be anywhere. Its further pages are on the same server.
        let question = Question::whole(url.clone(), Reach::Anywhere);
        let whose = show_with_urls(url.as_str());
        let small = self.context.shared.client.small(&question, LARGEST_PAGE).await;
        let small = small.map_err(|reason| ArchiveTrouble::NotReached(whose.clone(), reason))?;
        let page = messages(&small.bytes, &self.address)
            .map_err(|error| ArchiveTrouble::NotRead(whose, error.to_string()))?;
        Ok((page.items, page.next.filter(|next| next != url)))
    }

    /// A message as if it came now. `None` when its topic is known and was not asked for.
    fn delivery(&self, remembered: Remembered, asked: Option<&TopicFilter>) -> Option<Delivery> {
        let topic = match remembered.topic {
            Some(topic) if self.filters.iter().any(|filter| filter.matches(&topic)) => topic,
            Some(_) => return None,
            // An archive without topics: whatever all that was asked for has in common.
            None => common_part(asked.or(self.filters.first())?),
        };
        let clock = self.context.shared.clock;
        let message = Message {
            topic,
            payload: remembered.message,
            headers: Vec::new(),
            arrival: Arrival::Replayed,
            back_since: None,
        };
        Some(Delivery { message, utc: clock.utc_millis(), now: clock.now(), receipt: None })
    }
}

/// The levels of a filter before its first wildcard.
fn common_part(filter: &TopicFilter) -> String {
    let levels: Vec<&str> =
        filter.as_str().split('/').take_while(|level| !matches!(*level, "+" | "#")).collect();
    if levels.is_empty() { "archive".to_owned() } else { levels.join("/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_what_lies_between_a_loss_and_a_return_of_which_the_broker_kept_nothing() {
        use crate::app::listening::{BrokerTrouble, Protocol};
        let at = |seconds: i64| UtcMillis::from_unix_millis(seconds * 1_000).expect("a time");
        let lost = BrokerStanding::Waiting { trouble: BrokerTrouble::TakenOver, next: Duration::ZERO };
        let back = |session_present| BrokerStanding::Listening { protocol: Protocol::V5, session_present };
        let mut gap = Gap::default();
        assert_eq!(gap.note(&back(false), at(0)), None, "the beginning is none");
        assert_eq!(gap.note(&lost, at(10)), None);
        assert_eq!(gap.note(&lost, at(20)), None, "a second failure is of the same gap");
        assert_eq!(gap.note(&back(false), at(30)), Some((at(10), at(30))));
        gap.note(&lost, at(40));
        assert_eq!(gap.note(&back(true), at(50)), None, "the broker kept what came");
        gap.note(&lost, at(60));
        assert_eq!(gap.note(&back(false), at(70)), Some((at(60), at(70))));
        assert_eq!(last(Duration::from_secs(10), at(70)), Some((at(60), at(70))));
    }

    #[test]
    fn a_gap_between_two_starts_is_one_too() {
        use crate::app::listening::Protocol;
        let at = |seconds: i64| UtcMillis::from_unix_millis(seconds * 1_000).expect("a time");
        let back = |session_present| BrokerStanding::Listening { protocol: Protocol::V5, session_present };
        let mut gap = Gap::since_the_last_start(at(100));
        assert_eq!(gap.note(&BrokerStanding::Connecting, at(160)), None);
        assert_eq!(gap.note(&back(false), at(161)), Some((at(100), at(161))));
        assert_eq!(gap.note(&back(false), at(162)), None, "asked for once");
        assert_eq!(Gap::since_the_last_start(at(100)).note(&back(true), at(161)), None, "the broker kept it");
        assert_eq!(
            Gap::since_the_last_start(at(100)).note(&back(false), at(90)),
            None,
            "the clock was set back"
        );
    }

    #[test]
    fn messages_without_a_topic_stand_under_what_was_asked_for() {
        for (filter, expected) in [("a/b/#", "a/b"), ("a/+/c", "a"), ("a/b", "a/b"), ("+/b", "archive")] {
            assert_eq!(common_part(&TopicFilter::parse(filter).expect("a filter")), expected);
        }
    }
}
