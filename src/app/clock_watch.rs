//! Tells a clock that was moved from time that went by (R12).
//!
//! In: the time of day and steady time, now and then. Out: [`ClockTrust`]. Reads no clock.

use crate::app::vitals::ClockTrust;
use crate::domain::utc::{SteadyTime, UtcTime};
use std::time::Duration;

/// A clock that differs by more was moved; less is what drift and time servers do.
const MOST_DRIFT: i64 = 3600;

/// For so long after a move nothing is judged by the clock.
const DOUBT: Duration = Duration::from_secs(600);

/// Watches the clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClockWatch {
    last: Option<(UtcTime, SteadyTime)>,
    moved: Option<(i64, SteadyTime)>,
}

impl ClockWatch {
    /// Looks at both clocks, and says whether the time of day can be relied on.
    pub fn look(&mut self, wall: UtcTime, steady: SteadyTime) -> ClockTrust {
        if let Some((wall_before, steady_before)) = self.last {
            let went_by = i64::try_from(steady.since(steady_before).as_secs()).unwrap_or(i64::MAX);
            let moved = wall.unix_seconds() - wall_before.unix_seconds() - went_by;
            if moved.abs() > MOST_DRIFT {
                self.moved = Some((moved / 60, steady));
            }
        }
        self.last = Some((wall, steady));
        self.moved = self.moved.filter(|(_, at)| steady.since(*at) < DOUBT);
        self.moved.map_or(ClockTrust::Steady, |(minutes, _)| ClockTrust::Moved(minutes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(wall: i64, steady: u64) -> (UtcTime, SteadyTime) {
        let wall = UtcTime::from_unix_seconds(wall).expect("a time");
        (wall, SteadyTime(Duration::from_secs(steady)))
    }

    fn looks(times: &[(i64, u64)]) -> Vec<ClockTrust> {
        let mut watch = ClockWatch::default();
        times
            .iter()
            .map(|(wall, steady)| at(*wall, *steady))
            .map(|(wall, steady)| watch.look(wall, steady))
            .collect()
    }

    #[test]
    fn time_that_goes_by_and_a_little_drift_are_no_move() {
        assert_eq!(looks(&[(0, 0), (60, 60), (3000, 121)]), [ClockTrust::Steady; 3]);
    }

    #[test]
    fn a_clock_set_back_is_not_relied_on_for_ten_minutes() {
        let seen = looks(&[(100_000, 0), (90_000, 60), (90_500, 560), (90_660, 661)]);
        let moved = ClockTrust::Moved(-167);
        assert_eq!(seen, [ClockTrust::Steady, moved, moved, ClockTrust::Steady]);
    }

    #[test]
    fn a_clock_set_forward_is_seen_as_well() {
        assert_eq!(looks(&[(0, 0), (86_400, 60)])[1], ClockTrust::Moved(1439));
    }
}
