//! What the broker is to be told of, and what it answered.
//!
//! A file is told of once feeds name it and its bytes are given; one that is withdrawn, before it is removed. What was on its way when a
//! process was killed is told once more, in the same words. Start reading at [`announce`].

use super::{PAUSES, RelayLine, RelayLines, RelaySpans, reach, told_trouble};
use crate::app::messages::user_message::UserMessage;
use crate::app::relay::announcing::{AnnouncementWait, Announces};
use crate::app::relay::event::RelayEvent;
use crate::app::relay::orders::{RelayMoment, RelayOrder};
use crate::app::relay::stage::RelayStage;
use crate::domain::utc::SteadyTime;
use crate::mesh::post::PostKind;
use crate::publish::relay::offered::{RelayKey, WithdrawalReason};
use std::time::Duration;

/// Most files that the broker is told of at once.
const MOST_AT_ONCE: usize = 256;

/// So long a file is kept after its time for a broker that is to be told first.
const LONGEST_DELETION: Duration = Duration::from_secs(3_600);

/// What this process does to tell the broker of a file.
#[derive(Clone, Debug, Default)]
pub(super) struct LineAnnouncement {
    /// Whether feeds and lists of this process name it.
    pub(super) is_named: bool,
    /// What the broker was told and has not answered to.
    under_way: Option<PostKind>,
    failures: u32,
    pub(super) not_before: Option<SteadyTime>,
}

impl LineAnnouncement {
    /// The same, as if nothing had failed.
    pub(super) fn begin_anew(&mut self) {
        (self.failures, self.not_before) = (0, None);
    }
}

impl RelayLine {
    /// What the broker is to be told of it. `None` when nothing, or when it knows.
    fn untold(&self, announces: Announces) -> Option<PostKind> {
        let file = &self.file;
        let is_withdrawn = file.stage == RelayStage::Retiring && file.broadcast.is_some();
        match announces {
            Announces::InDocuments => None,
            Announces::ToBrokerWithDeletions if is_withdrawn => match file.why {
                // What takes its place is told of as an update.
                Some(WithdrawalReason::Replaced) => None,
                Some(WithdrawalReason::Expired | WithdrawalReason::Missing) | None => {
                    Some(PostKind::Deletion)
                }
            },
            Announces::ToBroker | Announces::ToBrokerWithDeletions => {
                let is_due = self.is_nameable() && self.announcement.is_named && file.broadcast.is_none();
                let kind = if file.replaces.is_some() { PostKind::Update } else { PostKind::New };
                is_due.then_some(kind)
            }
        }
    }

    /// Whether it stays until the broker knows that it goes.
    pub(super) fn awaits_deletion(&self, spans: &RelaySpans, at: RelayMoment) -> bool {
        let longest = spans.grace_after(self.file.why).saturating_add(LONGEST_DELETION);
        self.file.why == Some(WithdrawalReason::Expired)
            && self.untold(spans.announces) == Some(PostKind::Deletion)
            && at.day.time() < self.file.since.later_by(longest)
    }
}

/// What the broker is told of now.
pub(super) fn announce(lines: &mut RelayLines, announces: Announces, at: RelayMoment) -> Vec<RelayOrder> {
    if announces == Announces::InDocuments {
        return Vec::new();
    }
    let under_way = lines.values().filter(|line| line.announcement.under_way.is_some()).count();
    let due = lines.values_mut().filter_map(|line| {
        let own = &line.announcement;
        let is_free = own.under_way.is_none() && own.not_before.is_none_or(|time| time <= at.steady);
        let kind = line.untold(announces).filter(|_| is_free)?;
        Some((line, kind))
    });
    let mut orders = Vec::new();
    for (line, kind) in due.take(MOST_AT_ONCE.saturating_sub(under_way)) {
        line.announcement.under_way = Some(kind);
        orders.push(RelayOrder::Announce(Box::new(line.file.clone()), kind));
    }
    orders
}

/// The broker answered.
pub(super) fn acknowledged(
    lines: &mut RelayLines,
    (key, kind): (&RelayKey, PostKind),
    done: Result<(), UserMessage>,
    at: RelayMoment,
) -> Vec<RelayOrder> {
    let Some(line) = lines.get_mut(key) else { return Vec::new() };
    if line.announcement.under_way.take_if(|under_way| *under_way == kind).is_none() {
        return Vec::new();
    }
    if let Err(message) = done {
        let pause = PAUSES.0.saturating_mul(1 << line.announcement.failures.min(16)).min(PAUSES.1);
        line.announcement.failures += 1;
        line.announcement.not_before = Some(at.steady.after(pause));
        line.file.waits = Some(AnnouncementWait::Refused);
        return vec![RelayOrder::Keep(Box::new(line.file.clone())), told_trouble(key, message)];
    }
    line.announcement.begin_anew();
    line.file.waits = None;
    line.file.broadcast = (kind != PostKind::Deletion).then(|| at.day.time());
    if line.file.stage == RelayStage::Offered {
        return reach(line, RelayStage::Announced, at);
    }
    vec![RelayOrder::Keep(Box::new(line.file.clone()))]
}

/// The broker cannot be reached: what it was told is told once more when it can.
pub(super) fn broker_away(lines: &mut RelayLines, message: UserMessage) -> Vec<RelayOrder> {
    let mut orders = vec![RelayOrder::Tell(RelayEvent::Note(message))];
    for line in lines.values_mut() {
        let is_told = line.announcement.under_way.is_some();
        if is_told && line.file.waits != Some(AnnouncementWait::BrokerAway) {
            line.file.waits = Some(AnnouncementWait::BrokerAway);
            orders.push(RelayOrder::Keep(Box::new(line.file.clone())));
        }
    }
    orders
}
