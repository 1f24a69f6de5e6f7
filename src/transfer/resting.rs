//! When a torrent rests that is offered and that nobody asks for: what it takes to serve peers is then laid down, and taken
//! up again when somebody calls.
//!
//! In: what was given so far, who is connected, the time. Out: whether it may rest. Start reading at [`RestWatch::may_rest`].

use crate::domain::octets::ByteCount;
use crate::domain::utc::SteadyTime;
use std::time::Duration;

/// How long nobody is connected before a torrent rests: peers that lost a connection come back at once.
pub const ALONE: Duration = Duration::from_secs(30);

/// How long those who are connected take nothing before it rests all the same. They may call again, and wake it; every peer
/// that wants something has been let in several times by then.
pub const UNASKED: Duration = Duration::from_secs(5 * 60);

/// How often it is looked whether it may rest.
pub const LOOK_EVERY: Duration = Duration::from_secs(10);

/// What was seen of a torrent that is awake.
#[derive(Clone, Copy, Debug)]
pub struct RestWatch {
    given: ByteCount,
    /// When something was given last.
    asked: SteadyTime,
    /// When somebody was connected last.
    company: SteadyTime,
}

impl RestWatch {
    /// It was just woken: whoever woke it is on the way.
    pub fn new(now: SteadyTime) -> Self {
        Self { given: ByteCount::ZERO, asked: now, company: now }
    }

    /// Takes in what is seen now, and says whether it may rest.
    pub fn may_rest(&mut self, given: ByteCount, peers: usize, now: SteadyTime) -> bool {
        if given > self.given {
            self.given = given;
            self.asked = now;
            self.company = now;
        }
        if peers > 0 {
            self.company = now;
        }
        now.since(self.company) >= ALONE || now.since(self.asked) >= UNASKED
    }
}

/// Whether what a tracker says wakes a torrent: it names peers, and knows somebody who still wants something, or does not
/// say. Trackers name whoever asks among the others.
pub fn wakes(named: usize, leechers: Option<u32>) -> bool {
    named > 0 && leechers != Some(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SteadyTime {
        SteadyTime(Duration::from_secs(seconds))
    }

    #[test]
    fn it_rests_half_a_minute_after_the_last_peer_went() {
        let mut watch = RestWatch::new(at(0));
        assert!(!watch.may_rest(ByteCount::ZERO, 0, at(29)), "whoever woke it is on the way");
        assert!(!watch.may_rest(ByteCount(5), 1, at(100)));
        assert!(!watch.may_rest(ByteCount(5), 0, at(129)));
        assert!(watch.may_rest(ByteCount(5), 0, at(130)));
    }

    #[test]
    fn it_rests_when_those_who_are_connected_take_nothing_for_minutes() {
        let mut watch = RestWatch::new(at(0));
        for second in (10..300).step_by(10) {
            assert!(!watch.may_rest(ByteCount::ZERO, 3, at(second)), "{second}");
        }
        assert!(watch.may_rest(ByteCount::ZERO, 3, at(300)));
    }

    #[test]
    fn it_never_rests_while_something_is_given() {
        let mut watch = RestWatch::new(at(0));
        for step in 1..1_000 {
            assert!(!watch.may_rest(ByteCount(step), 1, at(step * 60)), "{step}");
        }
    }

    #[test]
    fn a_tracker_wakes_it_with_peers_of_whom_somebody_may_want_something() {
        assert!(wakes(1, None) && wakes(2, Some(1)));
        assert!(!wakes(2, Some(0)) && !wakes(0, Some(4)) && !wakes(0, None));
    }
}
