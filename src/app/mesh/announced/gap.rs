//! Periods without a subscription, and when an archive is asked for them.
//!
//! In: how a broker is doing, and the time. Out: a [`Period`] once a gap is over of which the broker kept nothing. An archive is asked
//! for one period at a time; what comes up meanwhile is asked for after it, as one.

use crate::app::mesh::listening::BrokerStanding;
use crate::domain::utc::UtcMillis;
use std::time::Duration;

/// From when to when.
pub(crate) type Period = (UtcMillis, UtcMillis);

/// Whether somebody listens without a gap.
#[derive(Debug, Default)]
pub(crate) struct Gap {
    /// Since when it is not subscribed to.
    since: Option<UtcMillis>,
}

impl Gap {
    /// One that began when the program ended, at `heard_until`. However long it is: the archive gives what it still has.
    pub(crate) fn since_the_last_start(heard_until: UtcMillis) -> Self {
        Self { since: Some(heard_until) }
    }

    /// Whether it is not subscribed to now.
    pub(crate) fn is_open(&self) -> bool {
        self.since.is_some()
    }

    /// Notes how the broker is doing. The period that was missed, when it is over and the broker kept nothing of it.
    pub(crate) fn note(&mut self, standing: &BrokerStanding, now: UtcMillis) -> Option<Period> {
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
pub(crate) fn last(time: Duration, now: UtcMillis) -> Option<Period> {
    let back = i64::try_from(time.as_millis()).unwrap_or(i64::MAX / 2);
    UtcMillis::from_unix_millis(now.unix_millis() - back).map(|from| (from, now))
}

/// What an archive is to be asked for.
#[derive(Debug, Default)]
pub(crate) struct PeriodQueue {
    waiting: Option<Period>,
    asked: Option<Period>,
}

impl PeriodQueue {
    /// A period is to be asked for. One that waits already is joined with it: what lies between was missed as well, or comes twice
    /// and is told apart as a repeat.
    pub(crate) fn add(&mut self, period: Period) {
        let joined = |known: Period| (known.0.min(period.0), known.1.max(period.1));
        self.waiting = Some(self.waiting.map_or(period, joined));
    }

    /// The period to ask for now. `None` while another is asked for, or none waits.
    pub(crate) fn begin(&mut self) -> Option<Period> {
        if self.asked.is_none() {
            self.asked = self.waiting.take();
            return self.asked;
        }
        None
    }

    /// Whether the archive is being asked.
    pub(crate) fn is_asked(&self) -> bool {
        self.asked.is_some()
    }

    /// The archive has answered: for this period.
    pub(crate) fn end(&mut self) -> Option<Period> {
        self.asked.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_what_lies_between_a_loss_and_a_return_of_which_the_broker_kept_nothing() {
        use crate::app::mesh::listening::{BrokerTrouble, Protocol};
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
        use crate::app::mesh::listening::Protocol;
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
    fn a_period_that_comes_up_while_another_is_asked_for_is_asked_for_next() {
        let at = |seconds: i64| UtcMillis::from_unix_millis(seconds * 1_000).expect("a time");
        let mut queue = PeriodQueue::default();
        queue.add((at(0), at(10)));
        assert_eq!(queue.begin(), Some((at(0), at(10))));
        queue.add((at(20), at(30)));
        queue.add((at(15), at(25)));
        assert_eq!(queue.begin(), None, "one at a time");
        assert_eq!(queue.end(), Some((at(0), at(10))));
        assert_eq!(queue.begin(), Some((at(15), at(30))), "both, as one");
        queue.end();
        assert_eq!((queue.begin(), queue.is_asked()), (None, false));
    }
}
