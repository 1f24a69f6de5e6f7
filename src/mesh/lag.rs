//! How late a message is, and what is no lag at all.
//!
//! In: when a message was published and when it came. Out: a [`Lag`], its [`Timeliness`], and [`LagFigures`] of many.
//! A message that a broker kept, sends again, or that was asked for afterwards says nothing of the line: it is kept apart.

use crate::domain::utc::UtcMillis;
use hdrhistogram::Histogram;
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
    /// Kept by the broker while we were away: its lag is our absence.
    Queued,
    /// Sent once more.
    Redelivered,
    /// Retained by the broker, which announcements should not be.
    Retained,
    /// Asked for afterwards, from a replay or an archive.
    Replayed,
}

impl Arrival {
    /// What such a name means. `None` for another.
    pub fn from_key(key: &str) -> Option<Self> {
        let all = [Self::Live, Self::Queued, Self::Redelivered, Self::Retained, Self::Replayed];
        all.into_iter().find(|arrival| arrival.key() == key)
    }

    /// Whether its lag says something of the line.
    pub const fn tells_lag(self) -> bool {
        matches!(self, Self::Live)
    }

    /// The name in JSON; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Queued => "queued",
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

/// How often lags of which length were met: 72 octets, so that a million topics can each have one.
///
/// What does not fit any more moves to a place of its own, which only busy topics have: no message is forgotten.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct LagHistogram {
    counts: [u16; 32],
    full: Option<Box<[u64; 32]>>,
}

impl LagHistogram {
    /// Where a lag belongs.
    pub(super) fn bucket_of(lag: Lag) -> usize {
        BOUNDS.partition_point(|&bound| bound < lag.0)
    }

    /// Counts one more in a bucket.
    pub(super) fn add_to(&mut self, bucket: usize) {
        let count = &mut self.counts[bucket];
        if *count == u16::MAX {
            self.full.get_or_insert_default()[bucket] += u64::from(*count);
            *count = 0;
        }
        *count += 1;
    }

    fn count(&self, bucket: usize) -> u64 {
        u64::from(self.counts[bucket]) + self.full.as_ref().map_or(0, |full| full[bucket])
    }

    /// The lag that a share of all messages does not exceed, as exactly as the buckets tell. `None` without messages.
    pub(super) fn quantile(&self, share: f64) -> Option<Lag> {
        let total: u64 = (0..32).map(|bucket| self.count(bucket)).sum();
        if total == 0 {
            return None;
        }
        let rank = (total as f64 * share).ceil().max(1.0);
        let mut before = 0.0;
        for bucket in 0..32 {
            let count = self.count(bucket) as f64;
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

/// Lags of many messages, each within one in a hundred of the true one: what was early, by how much, and what was late.
#[derive(Clone, Debug, Default, PartialEq)]
struct LagDistribution {
    early: Option<Box<Histogram<u64>>>,
    late: Option<Box<Histogram<u64>>>,
}

/// Figures of a distribution that are told apart.
const SIGNIFICANT: u8 = 2;

impl LagDistribution {
    fn add(&mut self, lag: Lag) {
        let (side, length) =
            if lag.0 < 0 { (&mut self.early, lag.0.unsigned_abs()) } else { (&mut self.late, lag.0 as u64) };
        let kept = side.get_or_insert_with(|| {
            Box::new(Histogram::new(SIGNIFICANT).expect("two figures are within what it can keep"))
        });
        // It grows as it must; lengths that no lag has count as the longest.
        if kept.record(length.min(LONGEST_LAG)).is_err() {
            tracing::debug!(length, "a lag cannot be counted");
        }
    }

    fn quantile(&self, share: f64) -> Option<Lag> {
        let of = |side: &Option<Box<Histogram<u64>>>| side.as_ref().map_or(0, |kept| kept.len());
        let (early, late) = (of(&self.early), of(&self.late));
        let total = early + late;
        if total == 0 {
            return None;
        }
        let rank = ((total as f64 * share).ceil() as u64).clamp(1, total);
        let at = |side: &Option<Box<Histogram<u64>>>, rank: u64, count: u64| {
            let kept = side.as_ref()?;
            i64::try_from(kept.value_at_quantile(rank as f64 / count as f64)).ok()
        };
        // The earliest of all comes first: the longest of the early ones.
        match rank.checked_sub(early) {
            None | Some(0) => at(&self.early, early - rank + 1, early).map(|length| Lag(-length)),
            Some(rank) => at(&self.late, rank, late).map(Lag),
        }
    }
}

/// Ten years, in milliseconds.
const LONGEST_LAG: u64 = 10 * 366 * 24 * 3_600 * 1_000;

/// Lag of many messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LagFigures {
    /// Of the last message.
    pub now: Option<Lag>,
    /// That half of them do not exceed; of one topic within 30 % of the true one, else within 1 %.
    pub median: Option<Lag>,
    /// That 95 of 100 do not exceed; as exact as the median.
    pub p95: Option<Lag>,
    /// The greatest.
    pub max: Option<Lag>,
    /// Messages that were kept apart: queued while we were away, retained, sent again, replayed.
    pub apart: u32,
}

/// Gathers lag of one source or topic.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LagGauge {
    distribution: LagDistribution,
    last: Option<Lag>,
    max: Option<Lag>,
    sum: i64,
    count: u64,
    apart: u32,
}

impl LagGauge {
    /// Takes a message in.
    pub fn add(&mut self, lag: Lag, arrival: Arrival) {
        if !arrival.tells_lag() {
            self.apart = self.apart.saturating_add(1);
            return;
        }
        self.distribution.add(lag);
        self.last = Some(lag);
        self.max = self.max.max(Some(lag));
        self.sum = self.sum.saturating_add(lag.0);
        self.count = self.count.saturating_add(1);
    }

    /// The figures so far.
    pub fn figures(&self) -> LagFigures {
        LagFigures {
            now: self.last,
            median: self.distribution.quantile(0.5).min(self.max),
            p95: self.distribution.quantile(0.95).min(self.max),
            max: self.max,
            apart: self.apart,
        }
    }

    /// The mean, as wmo_mesh shows it. `None` without messages.
    pub fn mean(&self) -> Option<Lag> {
        (self.count > 0).then(|| Lag(self.sum / i64::try_from(self.count).unwrap_or(i64::MAX)))
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
            assert!((found / truth - 1.0).abs() < 0.01, "{found} for {truth}");
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
        for arrival in [Arrival::Queued, Arrival::Redelivered, Arrival::Retained, Arrival::Replayed] {
            gauge.add(seconds(473_281), arrival);
        }
        assert_eq!((gauge.figures().max, gauge.figures().apart), (Some(seconds(2)), 4));
    }

    #[test]
    fn percentiles_stay_true_beyond_65535_messages_and_for_hours() {
        let (mut gauge, mut topic) = (LagGauge::default(), LagHistogram::default());
        // A day of a busy topic: one in ten is five hours late.
        for n in 0..1_000_000 {
            let lag = if n % 10 == 9 { seconds(5 * 3_600) } else { seconds(2) };
            gauge.add(lag, Arrival::Live);
            topic.add_to(LagHistogram::bucket_of(lag));
        }
        let figures = gauge.figures();
        let near = |lag: Option<Lag>, secs: f64, within: f64| {
            let found = lag.expect("a figure").0 as f64 / 1_000.0;
            assert!((found / secs - 1.0).abs() < within, "{found} for {secs}");
        };
        near(figures.median, 2.0, 0.01);
        near(figures.p95, 18_000.0, 0.01);
        near(topic.quantile(0.5), 2.0, 0.3);
        near(topic.quantile(0.95), 18_000.0, 0.3);
        near(topic.quantile(0.85), 2.0, 0.35);
        assert_eq!(gauge.mean(), Some(Lag(1_801_800)));
    }

    #[test]
    fn clocks_that_are_ahead_come_before_all_others() {
        let mut gauge = LagGauge::default();
        for lag in [-10_000, -5_000, -1_000, 2_000, 4_000] {
            gauge.add(Lag(lag), Arrival::Live);
        }
        let at = |share: f64| gauge.distribution.quantile(share).map(|lag| lag.0 / 100);
        assert_eq!((at(0.2), at(0.6), at(0.8)), (Some(-100), Some(-10), Some(20)));
    }

    #[test]
    fn nothing_has_no_figures() {
        assert_eq!(LagGauge::default().figures(), LagFigures::default());
        assert_eq!(LagGauge::default().mean(), None);
    }
}
