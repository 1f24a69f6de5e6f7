//! The rates of one job over time, for who looks at it from close by.
//!
//! In: how far it is, with the time. Out: points, at most so many: a long history becomes coarser, not longer.

use crate::app::jobs::detail::{MOST_RATES, RatePoint};
use crate::app::jobs::view::{SourceLine, Transfer};
use crate::app::messages::line_kind::LineKind;
use crate::domain::octets::ByteCount;
use crate::domain::rate::Rate;
use crate::domain::source::SourceKind;
use crate::domain::utc::SteadyTime;
use std::collections::HashMap;
use std::time::Duration;

/// The least time between two points, at first.
const STEP: Duration = Duration::from_secs(1);

/// The rates of one job, oldest first.
#[derive(Debug)]
pub(crate) struct RateHistory {
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
    pub(crate) fn note(&mut self, transfer: &Transfer, now: SteadyTime) {
        let began = *self.began.get_or_insert(now);
        let at = now.since(began);
        if self.points.last().is_some_and(|last| at.saturating_sub(last.at) < self.step) {
            return;
        }
        let (since, before) = std::mem::replace(&mut self.given, (now, transfer.given));
        let span = now.since(since).as_secs_f64();
        let given = transfer.given.saturating_sub(before).0;
        let given = if span > 0.0 && !self.points.is_empty() { (given as f64 / span) as u64 } else { 0 };
        self.points.push(RatePoint {
            at,
            peers: transfer.live().peer_rate,
            http: transfer.live().http_rate,
            given,
        });
        if self.points.len() > MOST_RATES {
            let mut number = 0;
            self.points.retain(|_| {
                number += 1;
                number % 2 == 1
            });
            self.step *= 2;
        }
    }

    pub(crate) fn points(&self) -> &[RatePoint] {
        &self.points
    }
}

/// Octets per second below which a source is said to rest: the last trace of a rate that fades.
const LEAST_RATE: f64 = 500.0;

/// How fast each line of the sources table gives, while a content runs.
#[derive(Debug, Default)]
pub(crate) struct LineRates(HashMap<(LineKind, String), (Rate, ByteCount)>);

impl LineRates {
    /// Writes the rates into the lines of `transfer`, whose figures are those of `now`.
    pub(crate) fn rate(&mut self, transfer: &mut Transfer, now: SteadyTime) {
        let live = transfer.live_mut();
        for line in &mut live.sources {
            line.rate = match line.kind {
                LineKind::Source(SourceKind::Swarm) => live.peer_rate,
                LineKind::Source(SourceKind::Disk | SourceKind::Inline) => 0,
                LineKind::Tracker | LineKind::Dht | LineKind::LocalNetwork => 0,
                LineKind::Source(SourceKind::WebSeed | SourceKind::Mirror) | LineKind::Peer => {
                    self.measured(line, now)
                }
            };
        }
    }

    fn measured(&mut self, line: &SourceLine, now: SteadyTime) -> u64 {
        let count = line.gave + line.wasted;
        let known = self.0.entry((line.kind, line.label.clone()));
        // What it had given when it was seen first says nothing about how fast.
        let (rate, counted) = known.or_insert_with(|| (Rate::default(), count));
        rate.add(count.saturating_sub(*counted), now);
        *counted = count;
        rate.per_second().filter(|rate| *rate >= LEAST_RATE).unwrap_or(0.0) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::jobs::view::Live;

    #[test]
    fn each_peer_and_server_has_a_rate_of_its_own_and_the_disk_has_none() {
        let line = |kind, gave| SourceLine {
            kind,
            label: String::new(),
            gave: ByteCount(gave),
            wasted: ByteCount::ZERO,
            rate: 0,
            named: None,
            troubles: Vec::new(),
            peer: None,
        };
        let mut rates = LineRates::default();
        let mut last = Vec::new();
        for step in 1..=8_u64 {
            let mut transfer = Transfer::default().with_live(Live {
                peer_rate: 3_000,
                sources: vec![
                    line(LineKind::Source(SourceKind::Swarm), step),
                    line(LineKind::Source(SourceKind::Mirror), 1_000_000 + step * 2_000),
                    line(LineKind::Peer, step * 1_000),
                    line(LineKind::Source(SourceKind::Disk), step * 9_000),
                ],
                ..Live::default()
            });
            rates.rate(&mut transfer, SteadyTime(Duration::from_secs(step)));
            last = transfer.live().sources.iter().map(|line| line.rate).collect();
        }
        assert_eq!(last, [3_000, 2_000, 1_000, 0]);
    }

    #[test]
    fn a_long_history_becomes_coarser_and_keeps_its_beginning() {
        let mut history = RateHistory::default();
        for second in 0..5_000 {
            let transfer = Transfer { given: ByteCount(second * 10), ..Transfer::default() }
                .with_live(Live { peer_rate: second, ..Live::default() });
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
