//! How fast octets go on one connection, over the last ten seconds or so.
//!
//! In: octets with their times. Out: octets per second at any later time; silence lets it fall by itself.

use crate::domain::utc::SteadyTime;
use std::time::Duration;

/// What is older than this counts for less than e⁻¹. Long enough that a turn of choking shows.
const MEMORY: Duration = Duration::from_secs(10);

/// A connection younger than this is taken to be as old.
const YOUNGEST: Duration = Duration::from_millis(250);

/// A smoothed rate that falls in silence.
#[derive(Clone, Copy, Debug)]
pub struct SmoothedRate {
    since: SteadyTime,
    at: SteadyTime,
    /// Octets, each counted the less the older it is.
    octets: f64,
}

impl SmoothedRate {
    /// Nothing yet.
    pub fn new(now: SteadyTime) -> Self {
        Self { since: now, at: now, octets: 0.0 }
    }

    /// So many octets more.
    pub fn add(&mut self, octets: u32, now: SteadyTime) {
        self.octets = self.left(now) + f64::from(octets);
        self.at = now;
    }

    /// Octets per second.
    pub fn per_second(&self, now: SteadyTime) -> f64 {
        let age = now.since(self.since).max(YOUNGEST);
        let measured = 1.0 - (-in_memories(age)).exp();
        self.left(now) / (MEMORY.as_secs_f64() * measured)
    }

    fn left(&self, now: SteadyTime) -> f64 {
        if self.octets == 0.0 { 0.0 } else { self.octets * (-in_memories(now.since(self.at))).exp() }
    }
}

fn in_memories(span: Duration) -> f64 {
    span.as_secs_f64() / MEMORY.as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> SteadyTime {
        SteadyTime(Duration::from_millis(millis))
    }

    #[test]
    fn a_steady_stream_has_its_own_rate_from_the_first_second_on() {
        let mut pace = SmoothedRate::new(at(0));
        for tenth in 1..=300 {
            pace.add(10_000, at(tenth * 100));
            if tenth >= 10 {
                let rate = pace.per_second(at(tenth * 100));
                assert!((95_000.0..110_000.0).contains(&rate), "{tenth} {rate}");
            }
        }
    }

    #[test]
    fn silence_lets_a_pace_fall() {
        let mut pace = SmoothedRate::new(at(0));
        pace.add(1_000_000, at(1_000));
        assert_eq!(SmoothedRate::new(at(0)).per_second(at(0)), 0.0);
        assert!(pace.per_second(at(10_000)) > 20_000.0);
        assert!(pace.per_second(at(60_000)) < 500.0);
    }
}
