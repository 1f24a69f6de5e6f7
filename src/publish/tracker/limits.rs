//! How much a tracker remembers of whom, and how often peers come back.
//!
//! A stranger costs what an announce costs, and no more: a member takes some 150 bytes, so that the limits below hold it all
//! under 40 MB. Addresses cannot be forged: HTTP has its connection, UDP its connection id. What counts is therefore how
//! much one address can fill, and that others keep their places meanwhile.

use crate::domain::address_class::AddressClass;
use std::time::Duration;

/// Most swarms that have members.
pub const MOST_SWARMS: usize = 50_000;

/// Most members of one swarm: twice the crowd that a run is expected to bring. Who comes later is answered all the same.
pub const MOST_OF_A_SWARM: usize = 20_000;

/// Most members of all swarms.
pub const MOST_MEMBERS: usize = 200_000;

/// Most peers in one answer, and how many it has when none are asked for: what a client connects to.
pub const MOST_NAMED: usize = 200;
/// See [`MOST_NAMED`].
pub const USUALLY_NAMED: usize = 50;

/// Most torrents in one scrape: what a packet holds (BEP 15).
pub const MOST_SCRAPED: usize = 74;

/// Up to so many members, everybody who wants something is told of the origin; in a larger swarm one in four, since it could
/// not serve them all.
pub const ORIGIN_FOR_ALL: usize = 200;

/// How often those are forgotten who did not come back.
pub const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// Most members that one address (with version 6: one network of 64 bits) has in one swarm. An office or a carrier hides many
/// behind one address, and few of those can be called at all; the oldest of the same address makes room.
pub fn most_in_a_swarm(class: Option<AddressClass>) -> usize {
    if class.is_some() { 256 } else { 16 }
}

/// Most members that one address has in all swarms: who downloads whole runs is in hundreds of swarms at a time.
pub fn most_everywhere(class: Option<AddressClass>) -> usize {
    if class.is_some() { 20_000 } else { 2_000 }
}

/// The shortest interval, and the longest.
const SHORTEST: Duration = Duration::from_secs(30);
const LONGEST: Duration = Duration::from_secs(30 * 60);

/// A swarm so young, or so small, is asked for at the shortest interval: its members do not know each other yet.
const YOUNG: Duration = Duration::from_secs(60);
const SMALL: usize = 20;

/// When a peer of a swarm of this age and size is to come back: it grows with both, from 30 s to 30 min. Ten thousand peers
/// make some 300 announces a second in their first minute, and six in their second hour.
pub fn interval(age: Duration, peers: usize) -> Duration {
    if age < YOUNG || peers < SMALL {
        return SHORTEST;
    }
    let beyond = u32::try_from(peers - SMALL).unwrap_or(u32::MAX);
    let by_size =
        Duration::from_secs(120).saturating_add(Duration::from_millis(1_500).saturating_mul(beyond));
    by_size.min(age / 2).clamp(SHORTEST, LONGEST)
}

/// How soon a peer that has found nobody may come back.
pub fn least_interval(interval: Duration) -> Duration {
    (interval / 2).clamp(SHORTEST, Duration::from_secs(5 * 60))
}

/// An interval up to an eighth longer, by a draw from 0 to 1: peers that came together do not come back together.
pub fn spread(interval: Duration, draw: f64) -> Duration {
    interval.mul_f64(1.0 + draw.clamp(0.0, 1.0) / 8.0)
}

/// After how long a peer that did not come back is forgotten. Some clients never come back before five minutes.
pub fn patience(interval: Duration) -> Duration {
    (interval * 2).max(Duration::from_secs(10 * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);

    #[test]
    fn a_young_or_small_swarm_is_asked_for_twice_a_minute() {
        assert_eq!(interval(Duration::from_secs(59), 10_000), SHORTEST);
        assert_eq!(interval(24 * HOUR, 19), SHORTEST);
        assert_eq!(interval(Duration::from_secs(60), 10_000), SHORTEST, "it grows without a step");
    }

    #[test]
    fn the_interval_never_shrinks_with_size_or_age_and_ends_at_half_an_hour() {
        let ages = (0..200).map(|n| Duration::from_secs(n * 37));
        let sizes = (0..150).map(|n| n * 11);
        for age in ages {
            for peers in sizes.clone() {
                let now = interval(age, peers);
                assert!(now <= interval(age, peers + 11) && now <= interval(age + SHORTEST, peers));
                assert!((SHORTEST..=LONGEST).contains(&now), "{age:?} {peers}: {now:?}");
            }
        }
        assert_eq!(interval(2 * HOUR, 10_000), LONGEST);
        assert_eq!(interval(2 * HOUR, usize::MAX), LONGEST);
        assert_eq!(interval(2 * HOUR, 20), Duration::from_secs(120));
    }

    #[test]
    fn a_crowd_of_ten_thousand_never_asks_more_than_what_a_small_server_answers() {
        let announces_a_second = |age: Duration| 10_000.0 / interval(age, 10_000).as_secs_f64();
        assert!(announces_a_second(Duration::from_secs(30)) < 340.0);
        assert!(announces_a_second(HOUR / 6) < 34.0);
        assert!(announces_a_second(2 * HOUR) < 6.0);
    }

    #[test]
    fn a_peer_that_comes_back_in_time_is_never_forgotten() {
        for peers in [0, 20, 500, 100_000] {
            let usual = interval(3 * HOUR, peers);
            assert!(spread(usual, 1.0) < patience(usual));
            assert!(least_interval(usual) <= usual && least_interval(usual) >= SHORTEST);
        }
    }
}
