//! What was announced while nobody listened: asked of a broker's archive, after a gap by itself and at a wish.
//!
//! In: how a broker is doing, a person's wish. Out: messages taken in as replayed, and what the archive could not give. Another
//! period that comes up while an archive is being asked waits until it has answered. Until when somebody listened is noted
//! every minute, so that the time between two starts is such a gap too.

use super::MeshService;
use super::brokers::{Broker, Came};
use super::memory;
use crate::app::listening::BrokerStanding;
use crate::app::mesh_view::{ArchiveAddress, BrokerKey, BrokerOrigin, Missed};
use crate::engine::services::mesh::broker::catching_up::{CatchingUp, Gap, Period, begin, last};
use std::task::{Context, Poll};
use std::time::Duration;

/// Most messages taken in at once.
const BATCH: usize = 1_000;

/// How often it is noted until when brokers were heard.
pub(super) const NOTED_EVERY: Duration = Duration::from_secs(60);

/// What a broker's archive is, and what was asked of it.
#[derive(Default)]
pub(super) struct Missing {
    pub(super) archive: Option<ArchiveAddress>,
    pub(super) gap: Gap,
    catching: Option<CatchingUp>,
    /// The next period to ask for.
    waiting: Option<Period>,
    pub(super) said: Option<Missed>,
}

impl Missing {
    /// The next announcements of the archive, or that there are no more.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Came> {
        let Some(catching) = &mut self.catching else { return Poll::Pending };
        let mut batch = Vec::new();
        match catching.deliveries.poll_recv_many(context, &mut batch, BATCH) {
            Poll::Ready(0) => {
                self.catching.take().map_or(Poll::Pending, |done| Poll::Ready(Came::AllMissed(done)))
            }
            Poll::Ready(_) => Poll::Ready(Came::Messages(batch)),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl Broker {
    /// Notes a period in which nobody listened.
    fn miss(&mut self, period: Period) {
        if self.missing.archive.is_none() {
            self.missing.said = Some(Missed::NoArchive(period));
        } else {
            self.missing.waiting = Some(period);
        }
    }
}

impl MeshService {
    /// Names the archive of a broker, or none.
    pub(super) fn set_archive(&mut self, key: &BrokerKey, archive: Option<ArchiveAddress>) {
        if let Some(broker) = self.brokers.get_mut(key) {
            broker.missing.archive = archive;
            self.keep_broker(key);
        }
    }

    /// Asks a broker's archive for what was announced in the last so long.
    pub(super) fn catch_up(&mut self, key: &BrokerKey, time: Duration) {
        let now = self.setup.context.shared.clock.utc_millis();
        if let (Some(broker), Some(period)) = (self.brokers.get_mut(key), last(time, now)) {
            broker.miss(period);
            self.ask_archive(key);
        }
    }

    /// Notes how a broker is doing; a gap that is over is asked for.
    pub(super) fn note_gap(&mut self, key: &BrokerKey) {
        let now = self.setup.context.shared.clock.utc_millis();
        let Some(broker) = self.brokers.get_mut(key) else { return };
        let Some(standing) = broker.standing().cloned() else { return };
        let is_known = broker.missing.gap.is_open();
        let period = broker.missing.gap.note(&standing, now);
        match (standing, period) {
            (_, Some(period)) => {
                broker.miss(period);
                self.ask_archive(key);
            }
            (BrokerStanding::Listening { .. }, None) => self.note_heard_until(key),
            (BrokerStanding::Waiting { .. }, None) if !is_known => self.note_heard_until(key),
            (BrokerStanding::Connecting | BrokerStanding::Waiting { .. } | BrokerStanding::Ended, None) => {}
        }
    }

    /// Notes that brokers were heard until now; those that do not answer were noted when they were lost.
    pub(super) fn note_who_is_heard(&self) {
        let is_up = |broker: &&Broker| matches!(broker.standing(), Some(BrokerStanding::Listening { .. }));
        self.brokers.all().filter(is_up).for_each(|broker| self.note_heard_until(&broker.key));
    }

    /// Not while an archive is asked: when that is cut short, the next start asks for all of it again.
    fn note_heard_until(&self, key: &BrokerKey) {
        // The demonstration's broker is another one each time.
        let is_meant =
            |broker: &&Broker| broker.origin() != &BrokerOrigin::Demo && broker.missing.catching.is_none();
        if self.brokers.get(key).filter(is_meant).is_some() {
            let now = self.setup.context.shared.clock.utc_millis();
            self.remember(&memory::heard(key), &now.unix_millis().to_string());
        }
    }

    /// Takes in that an archive has no more; asks for the next period, when there is one.
    pub(super) async fn end_of_missed(&mut self, key: &BrokerKey, asked: CatchingUp) {
        let period = asked.period;
        let caught = asked.end().await;
        if let Some(broker) = self.brokers.get_mut(key) {
            broker.missing.said = Some(caught.map_or(Missed::Broken(period), Missed::Asked));
        }
        self.ask_archive(key);
        self.is_dirty = true;
    }

    fn ask_archive(&mut self, key: &BrokerKey) {
        let Some(broker) = self.brokers.get_mut(key) else { return };
        let missing = &mut broker.missing;
        if let (Some(archive), None) = (&missing.archive, &missing.catching)
            && let Some(period) = missing.waiting.take()
        {
            missing.said = Some(Missed::BeingAsked(period));
            missing.catching = Some(begin(archive, &broker.filters, period, &self.setup.context));
        }
    }
}
