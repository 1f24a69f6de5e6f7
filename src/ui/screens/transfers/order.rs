//! Asks in which order jobs are listed; the old order stays on screen until the answer comes.
//!
//! In: what the person wants, and when something changed. Out: ids in order. Sorting is done off the screen's thread.

use crate::app::jobs::order::{JobColumn, JobGroup, JobOrder, SortDirection};
use crate::app::jobs::request::JobId;
use crate::app::link::Link;
use crate::app::query::{Answer, Query};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::Duration;

/// An order by figures that move is asked for again no sooner than this, in seconds, so that rows do not dance.
const MOVING: f64 = 3.0;

/// An order whose members changed is asked for again no sooner than this, in seconds.
const MEMBERS: f64 = 0.25;

/// The order of the list.
#[derive(Debug)]
pub struct TransferOrder {
    /// By what and which way.
    pub by: (JobColumn, SortDirection),
    /// Only jobs of this group.
    pub group: JobGroup,
    generation: u64,
    asked: Option<(JobOrder, f64)>,
    pending: Option<Receiver<Answer>>,
    shown: Arc<[JobId]>,
    has_answer: bool,
    /// Whether members changed since the last question.
    is_old: bool,
    version: u64,
}

impl Default for TransferOrder {
    fn default() -> Self {
        Self {
            by: (JobColumn::Added, SortDirection::Down),
            group: JobGroup::All,
            generation: 0,
            asked: None,
            pending: None,
            shown: Arc::new([]),
            has_answer: false,
            is_old: false,
            version: 0,
        }
    }
}

/// What is new since the last frame.
#[derive(Clone, Copy, Debug)]
pub struct OrderNews {
    /// The version of the snapshot.
    pub version: u64,
    /// Whether jobs came, went or changed their group.
    pub are_members_changed: bool,
    /// The window's own clock, in seconds.
    pub now: f64,
}

impl TransferOrder {
    /// The ids in order, as last answered.
    pub fn shown(&self) -> &Arc<[JobId]> {
        &self.shown
    }

    /// Whether the engine answered at all yet.
    pub fn has_answer(&self) -> bool {
        self.has_answer
    }

    /// Turns the list around, or sorts it by another column.
    pub fn press(&mut self, column: JobColumn) {
        self.by = match self.by {
            (by, SortDirection::Up) if by == column => (by, SortDirection::Down),
            (by, SortDirection::Down) if by == column => (by, SortDirection::Up),
            // Names are looked for from A, figures from the largest.
            _ if column == JobColumn::Name => (column, SortDirection::Up),
            _ => (column, SortDirection::Down),
        };
    }

    /// Asks and listens as needed. Returns whether the order changed, and when to look again.
    pub fn look(&mut self, link: &dyn Link, containing: &str, news: OrderNews) -> (bool, Option<Duration>) {
        let is_new = self.listen();
        self.is_old |= news.are_members_changed;
        let moves = matches!(
            self.by.0,
            JobColumn::Progress
                | JobColumn::Rate
                | JobColumn::Peers
                | JobColumn::HttpShare
                | JobColumn::Verdict
        );
        let is_other = self.asked.as_ref().is_none_or(|(asked, _)| {
            (asked.by, asked.way) != self.by || asked.group != self.group || asked.containing != containing
        });
        let since = self.asked.as_ref().map_or(f64::MAX, |(_, at)| news.now - at);
        let is_due =
            self.is_old && since > MEMBERS || moves && news.version != self.version && since > MOVING;
        if is_other || (is_due && self.pending.is_none()) {
            self.ask(link, containing, news);
        }
        let wait = if self.pending.is_some() {
            Some(Duration::from_millis(30))
        } else {
            self.is_old.then(|| Duration::from_secs_f64(MEMBERS))
        };
        (is_new, wait)
    }

    fn ask(&mut self, link: &dyn Link, containing: &str, news: OrderNews) {
        self.generation += 1;
        let order = JobOrder {
            by: self.by.0,
            way: self.by.1,
            group: self.group,
            containing: containing.to_owned(),
            generation: self.generation,
        };
        self.pending = Some(link.ask(Query::OrderJobs(order.clone())));
        self.asked = Some((order, news.now));
        (self.is_old, self.version) = (false, news.version);
    }

    fn listen(&mut self) -> bool {
        let Some(pending) = &self.pending else { return false };
        let answer = match pending.try_recv() {
            Ok(answer) => Some(answer),
            Err(TryRecvError::Empty) => return false,
            Err(TryRecvError::Disconnected) => None,
        };
        self.pending = None;
        if let Some(Answer::JobsInOrder(generation, ids)) = answer
            && generation == self.generation
        {
            (self.shown, self.has_answer) = (ids, true);
            return true;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::StillLink;

    fn news(now: f64) -> OrderNews {
        OrderNews { version: 1, are_members_changed: false, now }
    }

    #[test]
    fn a_stale_answer_does_not_replace_the_order_that_was_asked_for_since() {
        let link = StillLink::answering(|_| vec![Answer::JobsInOrder(1, [JobId(1)].into())]);
        let mut order = TransferOrder::default();
        order.look(&link, "", news(0.0));
        assert!(order.look(&link, "", news(0.1)).0);
        order.press(JobColumn::Size);
        order.look(&link, "", news(0.2));
        assert!(!order.look(&link, "", news(0.3)).0, "generation 1 answers no question of generation 2");
        assert_eq!(order.shown()[..], [JobId(1)]);
    }

    #[test]
    fn the_list_is_asked_for_again_only_when_something_changed() {
        let link = StillLink::answering(|query| match query {
            Query::OrderJobs(order) => vec![Answer::JobsInOrder(order.generation, [].into())],
            _ => Vec::new(),
        });
        let mut order = TransferOrder::default();
        for frame in 0..50 {
            order.look(&link, "", news(f64::from(frame)));
        }
        assert_eq!(link.asked.lock().len(), 1);
        order.look(&link, "", OrderNews { are_members_changed: true, ..news(60.0) });
        assert_eq!(link.asked.lock().len(), 2);
    }
}
