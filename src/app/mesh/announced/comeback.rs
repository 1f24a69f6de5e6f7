//! What a broker kept for us while we were away, as distinct from what it sends live.
//!
//! In: when we came back to a broker that remembers us, and when each message came. Out: whether that one may have been kept.

use crate::domain::utc::{SteadyTime, UtcMillis};
use std::time::Duration;

/// While messages follow one another within this time after we came back, they may be what the broker kept for us.
const BREATH: Duration = Duration::from_secs(2);

/// What comes later than so long after we came back was not kept for us.
const LONGEST_RETURN: Duration = Duration::from_secs(600);

/// Whether what comes may have been kept for us while we were away.
#[derive(Debug)]
pub(crate) struct Comeback {
    /// When we came back. `None` when nothing was kept, or all of it has come.
    at: Option<UtcMillis>,
    since: SteadyTime,
    last: SteadyTime,
}

impl Comeback {
    /// A connection that begins; `at` when the broker remembers us.
    pub(crate) const fn new(at: Option<UtcMillis>, now: SteadyTime) -> Self {
        Self { at, since: now, last: now }
    }

    /// Notes that a message came; when we came back, while what was kept is still coming.
    pub(crate) fn note(&mut self, now: SteadyTime) -> Option<UtcMillis> {
        if now.since(self.last) > BREATH || now.since(self.since) > LONGEST_RETURN {
            self.at = None;
        }
        self.last = now;
        self.at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_for_us_ends_with_the_first_pause() {
        let (at, utc) = (|secs| SteadyTime(Duration::from_secs(secs)), UtcMillis::from_unix_millis(7_000));
        let mut back = Comeback::new(utc, at(10));
        assert_eq!((back.note(at(11)), back.note(at(12))), (utc, utc));
        assert_eq!((back.note(at(15)), back.note(at(15))), (None, None));
        assert_eq!(Comeback::new(None, at(10)).note(at(10)), None);
    }
}
