//! When to look at a source again, and when to say that there is no network.
//!
//! In: the time, when something is due, how often it failed. Out: a pause, or the word to end.

use crate::domain::utc::UtcTime;
use std::time::Duration;

/// The shortest pause between two looks.
pub const SHORTEST_PAUSE: Duration = Duration::from_secs(5);

/// The longest pause between two looks, where nobody says another.
pub const USUAL_LONGEST: Duration = Duration::from_secs(600);

/// The first pause after a source could not be asked; each further one is twice as long.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(30);

/// So long a network is waited for that was not there at the start: whoever started it is to know.
const OFFLINE_PATIENCE: Duration = Duration::from_secs(10);

/// Looks at a source, as far as they matter for the next one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Looks {
    /// When the next hour is due. `None` when unknown.
    pub next_due: Option<UtcTime>,
    /// How often in a row it could not be asked.
    pub failures: u32,
}

/// How long to wait at `now` before a source is looked at again; never longer than `longest`.
///
/// What is late, or comes at a time that nobody knows, is looked for four times as often.
pub fn pause(now: UtcTime, looks: Looks, longest: Duration) -> Duration {
    let longest = longest.max(SHORTEST_PAUSE);
    if looks.failures > 0 {
        let factor = 1u32.checked_shl(looks.failures - 1).unwrap_or(u32::MAX);
        return PAUSE_AFTER_FAILURE.saturating_mul(factor).min(longest);
    }
    let to_due = looks.next_due.map_or(0, |due| due.unix_seconds() - now.unix_seconds());
    match u64::try_from(to_due) {
        Ok(seconds @ 1..) => Duration::from_secs(seconds).clamp(SHORTEST_PAUSE, longest),
        Ok(0) | Err(_) => SHORTEST_PAUSE.max(longest / 4),
    }
}

/// What a machine without a network does that has read nothing since it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfflineStep {
    /// It looks again after this pause: a network may come in a moment.
    LookAgain(Duration),
    /// It says that there is none, and ends.
    GiveUp,
}

/// What to do without a network, so long after the beginning.
pub fn offline_step(since_began: Duration) -> OfflineStep {
    if since_began >= OFFLINE_PATIENCE { OfflineStep::GiveUp } else { OfflineStep::LookAgain(SHORTEST_PAUSE) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> UtcTime {
        UtcTime::from_unix_seconds(1_800_000_000 + seconds).expect("a time")
    }

    fn secs(next_due: Option<i64>, failures: u32, longest: u64) -> u64 {
        let looks = Looks { next_due: next_due.map(at), failures };
        pause(at(0), looks, Duration::from_secs(longest)).as_secs()
    }

    #[test]
    fn a_source_is_looked_at_when_an_hour_is_due_and_at_least_every_ten_minutes() {
        let usual = USUAL_LONGEST.as_secs();
        assert_eq!(secs(Some(90), 0, usual), 90);
        assert_eq!(secs(Some(1), 0, usual), 5);
        assert_eq!(secs(Some(7_200), 0, usual), 600);
    }

    #[test]
    fn what_is_late_or_without_a_time_is_looked_for_every_few_minutes() {
        assert_eq!(secs(Some(-60), 0, 600), 150);
        assert_eq!(secs(None, 0, 600), 150);
    }

    #[test]
    fn a_source_that_fails_is_asked_less_and_less_often() {
        let pauses: Vec<u64> = (1..=6).map(|failures| secs(None, failures, 600)).collect();
        assert_eq!(pauses, [30, 60, 120, 240, 480, 600]);
        assert_eq!(secs(None, 4_000, 600), 600);
    }

    #[test]
    fn no_pause_is_longer_than_the_person_says_nor_shorter_than_five_seconds() {
        assert_eq!(secs(Some(7_200), 0, 60), 60);
        assert_eq!(secs(None, 3, 60), 60);
        assert_eq!(secs(None, 0, 60), 15);
        assert_eq!((secs(None, 0, 0), secs(Some(90), 0, 1)), (5, 5));
    }

    #[test]
    fn a_network_that_was_never_there_is_waited_for_ten_seconds() {
        assert_eq!(offline_step(Duration::from_secs(9)), OfflineStep::LookAgain(SHORTEST_PAUSE));
        assert_eq!(offline_step(Duration::from_secs(10)), OfflineStep::GiveUp);
    }
}
