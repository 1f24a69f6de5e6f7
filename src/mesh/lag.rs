//! How late a message is, and what is no lag at all.
//!
//! In: when a message was published and when it came. Out: a [`Lag`], its [`Timeliness`], and [`LagFigures`] of many.
//! A message that a broker kept, sends again, or that was asked for afterwards says nothing of the line: it is kept apart.

use crate::domain::utc::UtcMillis;
use std::time::Duration;

/// Delay between publication and reception. Unit: milliseconds; negative when the publisher's clock is ahead of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lag(pub i64);

impl Lag {
    /// The lag of a message published and received at these times.
    pub fn between(published: UtcMillis, received: UtcMillis) -> Self {
        Self(received.millis_since(published))
    }

    /// Whether it shows clocks that disagree: more than a second before it was published.
    pub const fn is_clock_skew(self) -> bool {
        self.0 < -1_000
    }

    /// What it means, by `thresholds`.
    pub fn timeliness(self, thresholds: Thresholds) -> Timeliness {
        let beyond = |limit: Duration| u128::try_from(self.0).is_ok_and(|lag| lag > limit.as_millis());
        if self.is_clock_skew() {
            Timeliness::ClockSkew
        } else if beyond(thresholds.very_late) {
            Timeliness::VeryLate
        } else if beyond(thresholds.late) {
            Timeliness::Late
        } else {
            Timeliness::OnTime
        }
    }
}

/// From when on a message is late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// Late: messages may be lost in a broker's queue.
    pub late: Duration,
    /// Too late to be of use for forecasting now.
    pub very_late: Duration,
}

impl Default for Thresholds {
    /// 120 s and 7200 s, as wmo_mesh has them.
    fn default() -> Self {
        Self { late: Duration::from_secs(120), very_late: Duration::from_secs(7_200) }
    }
}

/// What a lag means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Timeliness {
    /// Nothing to remark.
    OnTime,
    /// Past the first threshold.
    Late,
    /// Past the second.
    VeryLate,
    /// Before it was published: clocks disagree.
    ClockSkew,
}

impl Timeliness {
    /// The name in JSON; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::OnTime => "on_time",
            Self::Late => "late",
            Self::VeryLate => "very_late",
            Self::ClockSkew => "clock_skew",
        }
    }
}

/// How a message came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Arrival {
    /// As it was published.
    #[default]
    Live,
    /// Kept by the broker while we were away, or sent once more.
    Redelivered,
    /// Retained by the broker, which announcements should not be.
    Retained,
    /// Asked for afterwards, from a replay or an archive.
    Replayed,
}

impl Arrival {
    /// Whether its lag says something of the line.
    pub const fn tells_lag(self) -> bool {
        matches!(self, Self::Live)
    }

    /// The name in JSON; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Redelivered => "redelivered",
            Self::Retained => "retained",
            Self::Replayed => "replayed",
        }
    }
}

/// Upper bounds of the buckets in milliseconds, each 1.6 times the one before: 0.1 s to 36 h.
const BOUNDS: [i64; 31] = bounds();

const fn bounds() -> [i64; 31] {
    let mut bounds = [100; 31];
    let mut at = 1;
    while at < 31 {
        bounds[at] = bounds[at - 1] * 8 / 5;
        at += 1;
    }
    bounds
}

/// How often lags of which length were met: 64 octets, so that a million topics can each have one.
///
/// When a bucket is full all are halved: old messages then weigh less.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct LagHistogram([u16; 32]);

impl LagHistogram {
    pub(super) fn add(&mut self, lag: Lag) {
        self.add_to(Self::bucket_of(lag));
    }

    /// Where a lag belongs.
    pub(super) fn bucket_of(lag: Lag) -> usize {
        BOUNDS.partition_point(|&bound| bound < lag.0)
    }

    /// Counts one more in a bucket.
    pub(super) fn add_to(&mut self, bucket: usize) {
        if self.0[bucket] == u16::MAX {
            self.0.iter_mut().for_each(|count| *count /= 2);
        }
        self.0[bucket] += 1;
    }

    /// The lag that a share of all messages does not exceed, as exactly as the buckets tell. `None` without messages.
    pub(super) fn quantile(&self, share: f64) -> Option<Lag> {
        let total: u64 = self.0.iter().map(|&count| u64::from(count)).sum();
        if total == 0 {
            return None;
        }
        let rank = (total as f64 * share).ceil().max(1.0);
        let mut before = 0.0;
        for (bucket, &count) in self.0.iter().enumerate() {
            let count = f64::from(count);
            if before + count >= rank {
                let upper = BOUNDS[bucket.min(30)] as f64;
                let lower = if bucket == 0 { 0.0 } else { BOUNDS[bucket - 1] as f64 };
                return Some(Lag((lower + (upper - lower) * (rank - before) / count) as i64));
            }
            before += count;
        }
        None
    }
}

/// Lag of many messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LagFigures {
    /// Of the last message.
    pub now: Option<Lag>,
    /// That half of them do not exceed; within 30 % of the true one.
    pub median: Option<Lag>,
    /// That 95 of 100 do not exceed; within 30 % of the true one.
    pub p95: Option<Lag>,
    /// The greatest.
    pub max: Option<Lag>,
    /// Messages that were kept apart: retained, sent again, replayed.
    pub apart: u32,
}

/// Gathers lag of one source or topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LagGauge {
    histogram: LagHistogram,
    last: Option<Lag>,
    max: Option<Lag>,
    sum: i64,
    count: u32,
    apart: u32,
}

impl LagGauge {
    /// Takes a message in.
    pub fn add(&mut self, lag: Lag, arrival: Arrival) {
        if !arrival.tells_lag() {
            self.apart = self.apart.saturating_add(1);
            return;
        }
        self.histogram.add(lag);
        self.last = Some(lag);
        self.max = self.max.max(Some(lag));
        self.sum = self.sum.saturating_add(lag.0);
        self.count = self.count.saturating_add(1);
    }

    /// The figures so far.
    pub fn figures(&self) -> LagFigures {
        LagFigures {
            now: self.last,
            median: self.histogram.quantile(0.5).min(self.max),
            p95: self.histogram.quantile(0.95).min(self.max),
            max: self.max,
            apart: self.apart,
        }
    }

    /// The mean, as wmo_mesh shows it. `None` without messages.
    pub fn mean(&self) -> Option<Lag> {
        (self.count > 0).then(|| Lag(self.sum / i64::from(self.count)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: i64) -> Lag {
        Lag(seconds * 1_000)
    }

    #[test]
    fn thresholds_and_clocks_tell_what_a_lag_means() {
        let of = |lag: Lag| lag.timeliness(Thresholds::default());
        assert_eq!(of(seconds(120)), Timeliness::OnTime);
        assert_eq!(of(seconds(121)), Timeliness::Late);
        assert_eq!(of(seconds(7_201)), Timeliness::VeryLate);
        assert_eq!(of(Lag(-900)), Timeliness::OnTime);
        assert_eq!(of(seconds(-30)), Timeliness::ClockSkew);
    }

    #[test]
    fn median_and_ninety_fifth_are_close_to_the_true_ones() {
        let mut gauge = LagGauge::default();
        (1..=1_000).for_each(|s| gauge.add(seconds(s), Arrival::Live));
        let figures = gauge.figures();
        let near = |lag: Option<Lag>, truth: f64| {
            let found = lag.expect("a figure").0 as f64 / 1_000.0;
            assert!((found / truth - 1.0).abs() < 0.3, "{found} for {truth}");
        };
        near(figures.median, 500.0);
        near(figures.p95, 950.0);
        assert_eq!((figures.now, figures.max), (Some(seconds(1_000)), Some(seconds(1_000))));
        assert_eq!(gauge.mean(), Some(Lag(500_500)));
    }

    #[test]
    fn what_was_kept_sent_again_or_replayed_is_counted_apart() {
        let mut gauge = LagGauge::default();
        gauge.add(seconds(2), Arrival::Live);
        for arrival in [Arrival::Redelivered, Arrival::Retained, Arrival::Replayed] {
            gauge.add(seconds(473_281), arrival);
        }
        assert_eq!((gauge.figures().max, gauge.figures().apart), (Some(seconds(2)), 3));
    }

    #[test]
    fn a_full_bucket_halves_all_and_goes_on() {
        let mut histogram = LagHistogram::default();
        (0..200_000).for_each(|_| histogram.add(seconds(1)));
        histogram.add(Lag(i64::MAX));
        histogram.add(Lag(i64::MIN));
        assert!(histogram.quantile(0.5).expect("many").0 < 2_000);
    }

    #[test]
    fn nothing_has_no_figures() {
        assert_eq!(LagGauge::default().figures(), LagFigures::default());
        assert_eq!(LagGauge::default().mean(), None);
    }
}
