//! A transfer that gives on after all is in its place: until when, and what of it the next start goes on with.

use crate::app::jobs::progress::Transfer;
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcTime;
use crate::transfer::giving::{GivenSoFar, Ratio};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How the giving of a transfer stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivingState {
    /// How far it is.
    pub so_far: GivenSoFar,
    /// When it ends at the latest.
    pub until: UtcTime,
    /// Which multiple of its size ends it sooner.
    pub ratio: Option<Ratio>,
    /// What is given: the keys of contents in the folder's database.
    pub contents: Vec<String>,
}

/// How often it is written down how long was given: for a clock that is set back.
const KEEP_EVERY: Duration = Duration::from_secs(60);

impl GivingState {
    /// The time of day when what is left is over.
    pub(crate) fn end_after(left: Duration, now: UtcTime) -> UtcTime {
        let left = i64::try_from(left.as_secs()).unwrap_or(i64::MAX);
        now.unix_seconds().checked_add(left).and_then(UtcTime::from_unix_seconds).unwrap_or(now)
    }

    /// Whether it is to be told after `told`: it ends at another time, or a minute went by for the next start.
    pub(crate) fn is_news_after(&self, told: &Self) -> bool {
        // Both clocks are read one after the other: a second more or less is no other end.
        let is_moved = (told.until.unix_seconds() - self.until.unix_seconds()).abs() > 2;
        is_moved || told.ratio != self.ratio || self.so_far.lasted >= told.so_far.lasted + KEEP_EVERY
    }

    /// How many times its size was given so far.
    pub fn given_of_size(transfer: &Transfer) -> f64 {
        Ratio::of(transfer.given, given_size(transfer))
    }
}

/// The size that a ratio is of: all that peers can get from this transfer, which may be more than it wanted.
pub fn given_size(transfer: &Transfer) -> ByteCount {
    transfer.wanted.max(transfer.live().offered)
}

/// What a start of the program goes on from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptGiving {
    /// How far it was.
    pub so_far: GivenSoFar,
    /// What is given.
    pub contents: Vec<String>,
    /// How far the transfer was, with what was given.
    pub transfer: Transfer,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::jobs::progress::Live;

    #[test]
    fn a_ratio_is_of_all_that_peers_can_get_also_of_earlier_transfers() {
        let live = Live { offered: ByteCount(400), ..Live::default() };
        let transfer = Transfer { wanted: ByteCount(100), given: ByteCount(200), ..Transfer::default() };
        assert_eq!(GivingState::given_of_size(&transfer), 2.0);
        assert_eq!(GivingState::given_of_size(&transfer.with_live(live)), 0.5);
    }

    #[test]
    fn giving_is_told_again_when_its_end_moves_or_a_minute_went_by() {
        let at = |seconds| UtcTime::from_unix_seconds(seconds).expect("a time");
        let state = |until, lasted| GivingState {
            so_far: GivenSoFar { lasted: Duration::from_secs(lasted), ..GivenSoFar::default() },
            until: at(until),
            ..GivingState::default()
        };
        assert!(!state(1_002, 59).is_news_after(&state(1_000, 0)));
        assert!(state(1_003, 0).is_news_after(&state(1_000, 0)));
        assert!(state(1_000, 60).is_news_after(&state(1_000, 0)));
        assert_eq!(GivingState::end_after(Duration::from_secs(5), at(1_000)), at(1_005));
        assert_eq!(GivingState::end_after(Duration::MAX, at(1_000)), at(1_000), "never");
    }
}
