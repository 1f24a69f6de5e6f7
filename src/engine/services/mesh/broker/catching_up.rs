//! Asks an archive for what was announced during a gap, and hands it in as replayed.
//!
//! In: the address of a collection, a period, topics. Out: `Delivery`s that no broker waits for, and a [`CaughtUp`] that says
//! how many there were and what could not be had. Start reading at `begin`.

use super::connection::Delivery;
use crate::app::mesh::announced::gap::Period;
use crate::app::mesh::listening::{ArchiveTrouble, CaughtUp};
use crate::domain::outside_text::show_with_urls;
use crate::engine::context::EngineContext;
use crate::engine::transfer::http::client::Question;
use crate::mesh::archive::{ArchiveAddress, ArchivedAnnouncement, Page, messages};
use crate::mesh::desk::BrokerMessage;
use crate::mesh::lag::Arrival;
use crate::mesh::topic::TopicFilter;
use crate::transfer::address_rule::Reach;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::JoinHandle;
use url::Url;

/// Most pages of one answer, and most octets of one page.
const MOST_PAGES: usize = 1_000;
const LARGEST_PAGE: usize = 32 << 20;

/// Announcements that wait to be taken in.
const QUEUE: usize = 1_000;

/// A gap that is being closed.
pub(in crate::engine) struct CatchingUp {
    pub(in crate::engine) deliveries: Receiver<Delivery>,
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
    CatchingUp { deliveries, asking: tokio::spawn(asked.all(period, deliver)) }
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
        let mut left_out = 0;
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
                left_out += found.left_out;
                for remembered in found.items {
                    let Some(delivery) = self.delivery(remembered, topic) else { continue };
                    caught.messages += 1;
                    if deliver.send(delivery).await.is_err() {
                        return caught;
                    }
                }
                next = found.next.filter(|next| *next != url);
                if pages == MOST_PAGES && next.is_some() {
                    caught.missed = Some(ArchiveTrouble::MorePages(MOST_PAGES as u64));
                    break;
                }
            }
        }
        if left_out > 0 {
            caught.missed.get_or_insert(ArchiveTrouble::LongPages(left_out));
        }
        caught
    }

    async fn page(&self, url: &Url) -> Result<Page<ArchivedAnnouncement>, ArchiveTrouble> {
        // A person named the archive: it may be anywhere. Its further pages are on the same server.
        let question = Question::whole(url.clone(), Reach::Anywhere);
        let whose = show_with_urls(url.as_str());
        let small = self.context.shared.client.small(&question, LARGEST_PAGE).await;
        let small = small.map_err(|reason| ArchiveTrouble::NotReached(whose.clone(), reason))?;
        messages(&small.bytes, &self.address)
            .map_err(|error| ArchiveTrouble::NotRead(whose, error.to_string()))
    }

    /// A message as if it came now. `None` when its topic is known and was not asked for.
    fn delivery(&self, remembered: ArchivedAnnouncement, asked: Option<&TopicFilter>) -> Option<Delivery> {
        let topic = match remembered.topic {
            Some(topic) if self.filters.iter().any(|filter| filter.matches(&topic)) => topic,
            Some(_) => return None,
            // An archive without topics: whatever all that was asked for has in common.
            None => asked.or(self.filters.first())?.common_part().unwrap_or_else(|| "archive".to_owned()),
        };
        let clock = self.context.shared.clock;
        let message = BrokerMessage {
            topic,
            payload: remembered.message,
            headers: Vec::new(),
            arrival: Arrival::Replayed,
            back_since: None,
        };
        Some(Delivery { message, utc: clock.utc_millis(), now: clock.now(), receipt: None })
    }
}
