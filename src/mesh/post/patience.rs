//! How long a broker is waited for that is away, or takes nothing.
//!
//! In: when it answered, when a connection was lost. Out: how long to wait before the next one, or that it is given up. The time counts
//! from when all was well: nothing was due, or an acknowledgement came; so a broker that welcomes again and again and takes nothing is
//! given up as well.

use crate::domain::utc::SteadyTime;
use crate::mesh::subscription::Backoff;
use std::time::Duration;

/// How long one connection may bring no answer where a person set no limit.
const SILENCE: Duration = Duration::from_secs(60);

/// The least that a connection gets, so that the last one tells its own reason.
const LEAST: Duration = Duration::from_secs(1);

/// What is known of a broker's answers.
#[derive(Clone, Copy, Debug)]
pub struct BrokerPatience {
    /// As the person said. `None` for ever.
    limit: Option<Duration>,
    well_until: SteadyTime,
    backoff: Backoff,
}

impl BrokerPatience {
    /// Nothing was due before `now`.
    pub fn new(limit: Option<Duration>, now: SteadyTime) -> Self {
        Self { limit, well_until: now, backoff: Backoff::default() }
    }

    /// All is well now: a message was acknowledged, or nothing waits for it.
    pub fn note_well(&mut self, now: SteadyTime) {
        self.well_until = now;
    }

    /// How much longer a connection that began then may bring no answer.
    pub fn silence_left(&self, began: SteadyTime, now: SteadyTime) -> Duration {
        match self.limit {
            Some(limit) => {
                let left = limit.saturating_sub(now.since(self.well_until));
                left.max(LEAST.saturating_sub(now.since(began)))
            }
            None => SILENCE.saturating_sub(now.since(began.max(self.well_until))),
        }
    }

    /// A connection that began then is lost: how long to wait before the next. `None` when the broker is given up.
    pub fn after_loss(&mut self, began: SteadyTime, now: SteadyTime, chance: f64) -> Option<Duration> {
        // One that welcomes and takes nothing is not hammered.
        if self.well_until > began {
            self.backoff.reset();
        }
        let next = self.backoff.next(chance);
        match self.limit.map(|limit| limit.saturating_sub(now.since(self.well_until))) {
            Some(Duration::ZERO) => None,
            Some(left) => Some(next.min(left)),
            None => Some(next),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: u64) -> SteadyTime {
        SteadyTime(Duration::from_secs(secs))
    }

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn a_broker_that_is_away_is_waited_for_longer_each_time_and_then_given_up() {
        let mut patience = BrokerPatience::new(Some(MINUTE), at(0));
        let waits: Vec<_> = (0..4).map(|_| patience.after_loss(at(1), at(1), 1.0)).collect();
        assert_eq!(waits, [500, 1_000, 2_000, 4_000].map(|millis| Some(Duration::from_millis(millis))));
        assert_eq!(
            patience.after_loss(at(58), at(59), 1.0),
            Some(Duration::from_secs(1)),
            "no longer than is left"
        );
        assert_eq!(patience.after_loss(at(59), at(60), 1.0), None);
    }

    #[test]
    fn an_acknowledgement_begins_the_time_anew_and_a_welcome_does_not() {
        let mut patience = BrokerPatience::new(Some(MINUTE), at(0));
        patience.after_loss(at(0), at(1), 1.0);
        patience.after_loss(at(1), at(2), 1.0);
        patience.note_well(at(50));
        assert_eq!(patience.after_loss(at(40), at(55), 1.0), Some(Duration::from_millis(500)));
        assert_eq!(patience.after_loss(at(55), at(56), 1.0), Some(Duration::from_secs(1)), "it took nothing");
        assert_eq!(patience.after_loss(at(56), at(110), 1.0), None);
    }

    #[test]
    fn a_connection_that_brings_no_answer_is_left() {
        let patience = BrokerPatience::new(Some(MINUTE), at(0));
        assert_eq!(patience.silence_left(at(50), at(55)), Duration::from_secs(5));
        assert_eq!(patience.silence_left(at(61), at(61)), LEAST, "so that it tells its own reason");
        assert_eq!(patience.silence_left(at(61), at(62)), Duration::ZERO);
        let mut for_ever = BrokerPatience::new(None, at(0));
        assert_eq!(
            for_ever.silence_left(at(5_000), at(5_010)),
            Duration::from_secs(50),
            "each has its own time"
        );
        assert_eq!(for_ever.after_loss(at(0), at(5_000), 0.0), Some(Duration::from_millis(250)));
    }
}
