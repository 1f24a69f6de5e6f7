//! How long a fetch that nobody clicked may take: a limit of silence, and one of the whole time by what has come.
//!
//! In: when it began and what came when. Out: whether it is to be given up. A server that sends an octet now and then is as bad
//! as one that is silent.

use crate::domain::utc::SteadyTime;
use std::time::Duration;

/// Longest silence of a server.
pub const SILENCE: Duration = Duration::from_secs(15);

/// How long any fetch may take, whatever came.
const GRACE: Duration = Duration::from_secs(30);

/// Octets a second that must have come on the whole after that.
const LEAST_RATE: u64 = 4 << 10;

/// What came of one fetch.
#[derive(Clone, Copy, Debug)]
pub struct FetchPace {
    began: SteadyTime,
    last: SteadyTime,
    received: u64,
    silence: Duration,
}

/// Why a fetch is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooSlow {
    /// Nothing came for too long.
    Silent,
    /// So little came that it would take for ever.
    Trickle,
}

impl FetchPace {
    /// A fetch that begins.
    pub const fn new(began: SteadyTime) -> Self {
        Self { began, last: began, received: 0, silence: SILENCE }
    }

    /// The same with another limit of silence: peers are hoped for longer than a server.
    pub const fn patient(self, silence: Duration) -> Self {
        Self { silence, ..self }
    }

    /// Notes what has come in all.
    pub fn note_total(&mut self, received: u64, now: SteadyTime) {
        if received > self.received {
            (self.received, self.last) = (received, now);
        }
    }

    /// When the last octet came, or when it began.
    pub const fn last_octet(&self) -> SteadyTime {
        self.last
    }

    /// Whether it is to be given up.
    pub fn verdict(&self, now: SteadyTime) -> Option<TooSlow> {
        let allowed = GRACE + Duration::from_secs(self.received / LEAST_RATE);
        if now.since(self.last) >= self.silence {
            Some(TooSlow::Silent)
        } else if now.since(self.began) >= allowed {
            Some(TooSlow::Trickle)
        } else {
            None
        }
    }

    /// How long until it is to be given up, if nothing comes.
    pub fn left(&self, now: SteadyTime) -> Duration {
        let allowed = GRACE + Duration::from_secs(self.received / LEAST_RATE);
        let of_silence = self.silence.saturating_sub(now.since(self.last));
        of_silence.min(allowed.saturating_sub(now.since(self.began)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: u64) -> SteadyTime {
        SteadyTime(Duration::from_secs(secs))
    }

    #[test]
    fn a_server_that_sends_nothing_is_given_up_after_a_while() {
        let pace = FetchPace::new(at(100));
        assert_eq!(pace.verdict(at(114)), None);
        assert_eq!(pace.verdict(at(115)), Some(TooSlow::Silent));
        assert_eq!(pace.left(at(105)), Duration::from_secs(10));
        assert_eq!(pace.patient(Duration::from_secs(60)).verdict(at(120)), None);
    }

    #[test]
    fn an_octet_now_and_then_is_not_enough_and_a_slow_line_is() {
        let mut trickle = FetchPace::new(at(0));
        (1..=30).for_each(|n| trickle.note_total(n, at(n)));
        assert_eq!(trickle.verdict(at(30)), Some(TooSlow::Trickle));
        let mut slow = FetchPace::new(at(0));
        (1..=600).for_each(|n| slow.note_total(n * 8_000, at(n)));
        assert_eq!(slow.verdict(at(600)), None);
    }
}
