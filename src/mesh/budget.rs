//! How much of a day's limit is left for files that nobody clicked: it counts what came, not what was said.
//!
//! In: what is about to be fetched, octets that came. Out: whether it may go on. While a fetch is under way a part of what it is
//! still expected to bring is kept for it, so that many at once do not go over the limit together. That part is small at first and
//! grows with what came: a size that is a lie keeps nothing from others for long. Start reading at [`DayBudget::begin`].

use crate::domain::octets::ByteCount;

/// What is kept for a fetch of which nothing came yet, at most.
const KEPT_AT_FIRST: u64 = 16 << 20;

/// What is kept for a fetch, as a multiple of what came, at most.
const KEPT_TIMES: u64 = 8;

/// What a day has left.
#[derive(Clone, Debug)]
pub struct DayBudget {
    most: u64,
    day: i64,
    spent: u64,
    kept: u64,
}

/// What one fetch was given of it. To be handed back by [`DayBudget::end`].
#[derive(Debug)]
#[must_use = "what is kept for it stays kept until it ends"]
pub struct BudgetShare {
    expected: u64,
    received: u64,
    kept: u64,
}

impl BudgetShare {
    /// Octets that came so far.
    pub fn received(&self) -> u64 {
        self.received
    }

    fn due(&self) -> u64 {
        let at_most = KEPT_AT_FIRST.saturating_add(self.received.saturating_mul(KEPT_TIMES));
        self.expected.saturating_sub(self.received).min(at_most)
    }
}

/// Why a fetch is not to begin, or not to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoRoom {
    /// The day has less left than it is to bring, or nothing: another day may have room.
    Spent {
        /// The limit.
        most: ByteCount,
    },
    /// It is to bring more than any day has.
    Never {
        /// The limit.
        most: ByteCount,
    },
    /// What is left is kept for others that are under way: there may be room when they end.
    Kept,
}

impl DayBudget {
    /// A day of which `spent` octets came already.
    pub const fn new(most: ByteCount, day: i64, spent: u64) -> Self {
        Self { most: most.0, day, spent, kept: 0 }
    }

    /// Octets that came on the day.
    pub const fn spent(&self) -> u64 {
        self.spent
    }

    /// Begins a fetch that is expected to bring so much; `None` when that is unknown.
    ///
    /// # Errors
    /// When the day has less left. Nothing is counted then.
    pub fn begin(&mut self, day: i64, expected: Option<ByteCount>) -> Result<BudgetShare, NoRoom> {
        self.turn_to(day);
        let expected = expected.map_or(0, |size| size.0);
        self.check_alone(expected)?;
        self.check(expected.max(1), self.kept)?;
        let mut share = BudgetShare { expected, received: 0, kept: 0 };
        self.keep(&mut share);
        Ok(share)
    }

    /// Takes in what a server says the length is, where nobody knew better before.
    ///
    /// # Errors
    /// When the day has less left.
    pub fn expect(&mut self, share: &mut BudgetShare, length: ByteCount) -> Result<(), NoRoom> {
        share.expected = share.expected.max(length.0);
        self.check_alone(share.expected)?;
        self.check(share.expected.saturating_sub(share.received), self.kept - share.kept)?;
        self.keep(share);
        Ok(())
    }

    /// Counts octets that came.
    ///
    /// # Errors
    /// When that is more than the day has: the fetch is to end. They are counted all the same.
    pub fn receive(&mut self, day: i64, share: &mut BudgetShare, octets: u64) -> Result<(), NoRoom> {
        self.turn_to(day);
        self.spent = self.spent.saturating_add(octets);
        share.received = share.received.saturating_add(octets);
        self.keep(share);
        if self.spent > self.most { Err(self.is_spent()) } else { Ok(()) }
    }

    /// Ends a fetch, however it went.
    #[allow(clippy::needless_pass_by_value, reason = "a share is used once")]
    pub fn end(&mut self, share: BudgetShare) {
        self.kept -= share.kept;
    }

    /// Whether a whole day has room for so much.
    const fn check_alone(&self, octets: u64) -> Result<(), NoRoom> {
        if octets > self.most { Err(NoRoom::Never { most: ByteCount(self.most) }) } else { Ok(()) }
    }

    /// Whether there is room for so much beside what is kept for others.
    const fn check(&self, octets: u64, kept: u64) -> Result<(), NoRoom> {
        if self.spent.saturating_add(octets) > self.most {
            Err(self.is_spent())
        } else if self.spent.saturating_add(kept).saturating_add(octets) > self.most {
            Err(NoRoom::Kept)
        } else {
            Ok(())
        }
    }

    fn keep(&mut self, share: &mut BudgetShare) {
        self.kept -= share.kept;
        share.kept = share.due();
        self.kept += share.kept;
    }

    fn turn_to(&mut self, day: i64) {
        // A clock that is set back gives no second day.
        if day > self.day {
            (self.day, self.spent) = (day, 0);
        }
    }

    const fn is_spent(&self) -> NoRoom {
        NoRoom::Spent { most: ByteCount(self.most) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIGA: u64 = 1 << 30;

    fn budget(most: u64) -> DayBudget {
        DayBudget::new(ByteCount(most), 1, 0)
    }

    #[test]
    fn a_huge_size_that_was_only_said_uses_nothing_up() {
        let mut budget = budget(20 * GIGA);
        assert!(budget.begin(1, Some(ByteCount(1 << 60))).is_err());
        let lies: Vec<BudgetShare> =
            (0..50).map(|_| budget.begin(1, Some(ByteCount(19 * GIGA))).expect("room")).collect();
        let honest = budget.begin(1, Some(ByteCount(10 * GIGA))).expect("lies keep little");
        lies.into_iter().for_each(|share| budget.end(share));
        budget.end(honest);
        assert_eq!(budget.spent(), 0);
    }

    #[test]
    fn what_came_counts_whether_its_size_was_said_and_whether_it_was_of_use() {
        let mut budget = budget(1_000);
        let mut share = budget.begin(1, None).expect("room");
        assert_eq!(budget.receive(1, &mut share, 900), Ok(()));
        budget.end(share);
        assert_eq!(budget.spent(), 900);
        assert!(budget.begin(1, Some(ByteCount(200))).is_err());
        let mut share = budget.begin(1, None).expect("a hundred are left");
        assert!(budget.receive(1, &mut share, 200).is_err(), "it ends as soon as the day is spent");
        budget.end(share);
        assert!(budget.begin(1, None).is_err());
        assert!(budget.begin(2, Some(ByteCount(1_000))).is_ok(), "another day");
    }

    #[test]
    fn many_at_once_do_not_go_over_the_limit_together() {
        let mut budget = budget(20 * GIGA);
        let mut first = budget.begin(1, Some(ByteCount(8 * GIGA))).expect("room");
        let mut second = budget.begin(1, Some(ByteCount(8 * GIGA))).expect("room");
        budget.receive(1, &mut first, GIGA).expect("room");
        budget.receive(1, &mut second, GIGA).expect("room");
        let third = budget.begin(1, Some(ByteCount(8 * GIGA)));
        assert!(matches!(third, Err(NoRoom::Kept)), "fourteen are still to come");
        assert!(budget.begin(1, Some(ByteCount(3 * GIGA))).is_ok());
    }

    #[test]
    fn a_length_that_the_server_says_is_held_against_what_is_left() {
        let mut budget = budget(1_000);
        let mut share = budget.begin(1, None).expect("room");
        assert!(budget.expect(&mut share, ByteCount(2_000)).is_err());
        budget.end(share);
        let mut share = budget.begin(1, None).expect("room");
        assert_eq!(budget.expect(&mut share, ByteCount(1_000)), Ok(()));
        budget.end(share);
    }

    #[test]
    fn what_no_day_has_room_for_is_told_from_what_another_day_may_have() {
        let mut budget = budget(1_000);
        assert!(matches!(budget.begin(1, Some(ByteCount(1_001))), Err(NoRoom::Never { .. })));
        let mut share = budget.begin(1, None).expect("room");
        assert!(matches!(budget.expect(&mut share, ByteCount(1_001)), Err(NoRoom::Never { .. })));
        budget.end(share);
        let mut share = budget.begin(1, None).expect("room");
        budget.receive(1, &mut share, 500).expect("room");
        budget.end(share);
        assert!(matches!(budget.begin(1, Some(ByteCount(600))), Err(NoRoom::Spent { .. })));
        assert!(budget.begin(2, Some(ByteCount(600))).is_ok(), "the next day has");
    }

    #[test]
    fn a_clock_that_is_set_back_gives_no_second_day() {
        let mut budget = budget(100);
        let mut share = budget.begin(5, None).expect("room");
        budget.receive(5, &mut share, 100).expect("room");
        budget.end(share);
        assert!(budget.begin(4, None).is_err());
    }
}
