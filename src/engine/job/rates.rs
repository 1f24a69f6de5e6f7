//! The rates of one job over time, for who looks at it from close by.
//!
//! In: how far it is, with the time. Out: points, at most so many: a long history becomes coarser, not longer.

use crate::app::detail::{MOST_RATES, RatePoint};
use crate::app::state::Transfer;
use crate::domain::octets::ByteCount;
use crate::domain::utc::SteadyTime;
use std::time::Duration;

/// The least time between two points, at first.
const STEP: Duration = Duration::from_secs(1);

/// The rates of one job, oldest first.
#[derive(Debug)]
pub(super) struct RateHistory {
    points: Vec<RatePoint>,
    began: Option<SteadyTime>,
    step: Duration,
    given: (SteadyTime, ByteCount),
}

impl Default for RateHistory {
    fn default() -> Self {
        Self { points: Vec::new(), began: None, step: STEP, given: Default::default() }
    }
}

impl RateHistory {
    /// Notes how far the job is, unless the last point is too young.
    pub(super) fn note(&mut self, transfer: &Transfer, now: SteadyTime) {
        let began = *self.began.get_or_insert(now);
        let at = now.since(began);
        if self.points.last().is_some_and(|last| at.saturating_sub(last.at) < self.step) {
            return;
        }
        let (since, before) = std::mem::replace(&mut self.given, (now, transfer.given));
        let span = now.since(since).as_secs_f64();
        let given = transfer.given.saturating_sub(before).0;
        let given = if span > 0.0 && !self.points.is_empty() { (given as f64 / span) as u64 } else { 0 };
        self.points.push(RatePoint { at, peers: transfer.peer_rate, http: transfer.http_rate, given });
        if self.points.len() > MOST_RATES {
            let mut number = 0;
            self.points.retain(|_| {
                number += 1;
                number % 2 == 1
            });
            self.step *= 2;
        }
    }

    pub(super) fn points(&self) -> &[RatePoint] {
        &self.points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_history_becomes_coarser_and_keeps_its_beginning() {
        let mut history = RateHistory::default();
        for second in 0..5_000 {
            let transfer =
                Transfer { given: ByteCount(second * 10), peer_rate: second, ..Transfer::default() };
            let quarter = |part: u64| SteadyTime(Duration::from_millis(second * 1000 + part * 250));
            (0..4).for_each(|part| history.note(&transfer, quarter(part)));
        }
        let points = history.points();
        assert!(points.len() <= MOST_RATES && points.len() > MOST_RATES / 3, "{}", points.len());
        assert_eq!(points[0].at, Duration::ZERO);
        assert!(points.last().is_some_and(|last| last.at > Duration::from_secs(4_900)));
        assert_eq!(points[20].given, 10);
    }
}
