//! When a download that failed is tried again: later each time, and not for ever.
//!
//! In: what failed, how often, how old its announcement is, chance. Out: how long to wait, or that it is given up.

use std::time::Duration;

const FIRST: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_secs(30 * 60);

/// How often a file is asked for whose bytes were wrong: it may have been announced a moment before it was written.
const MOST_WRONG: u32 = 3;

/// Why a file is not in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortfall {
    /// Nobody gave it.
    NotGot,
    /// What came did not have its digest.
    Wrong,
}

/// How long to wait after the attempt of that number, counted from 1, before the next; between half and all of what is due, so that the
/// files of a server that was away are not all asked for at once. `chance` is 0 to 1; `left` the time until the announcement is too old.
/// `None` when it is given up.
pub fn wait_after(attempt: u32, shortfall: Shortfall, left: Duration, chance: f64) -> Option<Duration> {
    if shortfall == Shortfall::Wrong && attempt >= MOST_WRONG {
        return None;
    }
    let due = FIRST.saturating_mul(1 << attempt.saturating_sub(1).min(20)).min(LONGEST);
    let wait = due.mul_f64(0.5 + 0.5 * chance.clamp(0.0, 1.0));
    (wait < left).then_some(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEFT: Duration = Duration::from_secs(7_200);

    #[test]
    fn waits_double_from_ten_seconds_to_half_an_hour_with_chance_in_them() {
        let wait =
            |attempt, chance| wait_after(attempt, Shortfall::NotGot, LEFT, chance).expect("a wait").as_secs();
        assert_eq!([1, 2, 3, 8, 9, 40].map(|attempt| wait(attempt, 1.0)), [10, 20, 40, 1_280, 1_800, 1_800]);
        assert_eq!((wait(1, 0.0), wait(3, 0.5)), (5, 30));
    }

    #[test]
    fn it_ends_when_the_announcement_would_be_too_old() {
        let wait = |left| wait_after(1, Shortfall::NotGot, Duration::from_secs(left), 1.0);
        assert_eq!((wait(11), wait(10), wait(0)), (Some(Duration::from_secs(10)), None, None));
    }

    #[test]
    fn what_was_wrong_is_asked_for_three_times_and_no_more() {
        let goes_on = |attempt| wait_after(attempt, Shortfall::Wrong, LEFT, 0.0).is_some();
        assert_eq!([1, 2, 3, 4].map(goes_on), [true, true, false, false]);
    }
}
