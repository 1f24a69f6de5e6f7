//! How fast bytes come, smoothed so that one pause or one burst does not decide.
//!
//! In: counts with their times. Out: octets per second. Reads no clock.

use crate::domain::octets::ByteCount;
use crate::domain::utc::SteadyTime;
use std::time::Duration;

/// Half of what a rate says is younger than this.
const HALF_LIFE: Duration = Duration::from_secs(2);

/// A smoothed rate.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rate {
    per_second: f64,
    since: Option<SteadyTime>,
    pending: ByteCount,
}

impl Rate {
    /// Counts `octets` that came by `now`.
    pub fn add(&mut self, octets: ByteCount, now: SteadyTime) {
        self.pending += octets;
        let Some(since) = self.since else {
            self.since = Some(now);
            return;
        };
        let span = now.since(since);
        if span < Duration::from_millis(50) {
            return;
        }
        let fresh = self.pending.0 as f64 / span.as_secs_f64();
        let keep = if self.per_second == 0.0 {
            0.0
        } else {
            0.5f64.powf(span.as_secs_f64() / HALF_LIFE.as_secs_f64())
        };
        self.per_second = self.per_second * keep + fresh * (1.0 - keep);
        self.pending = ByteCount::ZERO;
        self.since = Some(now);
    }

    /// Octets per second; `None` before anything could be measured.
    pub fn per_second(&self) -> Option<f64> {
        (self.per_second >= 1.0).then_some(self.per_second)
    }

    /// How long `octets` take at this rate. `None` when the rate is unknown.
    pub fn time_for(&self, octets: ByteCount) -> Option<Duration> {
        self.per_second().map(|rate| Duration::from_secs_f64((octets.0 as f64 / rate).min(1e9)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> SteadyTime {
        SteadyTime(Duration::from_millis(millis))
    }

    #[test]
    fn a_steady_stream_has_its_own_rate() {
        let mut rate = Rate::default();
        assert_eq!(rate.per_second(), None);
        for tenth in 0..50 {
            rate.add(ByteCount(100_000), at(tenth * 100));
        }
        let measured = rate.per_second().expect("measured");
        assert!((900_000.0..1_200_000.0).contains(&measured), "{measured}");
        let time = rate.time_for(ByteCount(2_000_000)).expect("measured");
        assert!((1.6..2.3).contains(&time.as_secs_f64()), "{time:?}");
    }

    #[test]
    fn silence_lets_a_rate_fade() {
        let mut rate = Rate::default();
        for tenth in 0..20 {
            rate.add(ByteCount(100_000), at(tenth * 100));
        }
        rate.add(ByteCount::ZERO, at(12_000));
        assert!(rate.per_second().is_none_or(|r| r < 50_000.0));
    }
}
