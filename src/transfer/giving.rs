//! How long what was received is given on: for a time, or until a multiple of its size was given; whichever comes first.
//!
//! In: what a person wishes ([`GiveUntil`]), what was given, and both clocks. Out: whether it is over, and what is left.
//! The end is a time of day: hours in which the program did not run count. Neither a clock that is set back nor a
//! restart makes it longer. Start reading at [`Giving::is_over`].

use crate::domain::octets::ByteCount;
use crate::domain::utc::{SteadyTime, UtcTime};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The longest that anything is given after it was received: forecasts are out of date by then.
pub const LONGEST_GIVING: Duration = Duration::from_secs(7 * 24 * 3600);

/// How long something is given when nobody said otherwise.
pub const USUAL_GIVING: Duration = Duration::from_secs(3600);

/// The wall clock is read in whole seconds.
const WALL_STEP: Duration = Duration::from_secs(1);

/// Until when something is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GiveUntil {
    /// How long, counted from when everything was in its place; at most [`LONGEST_GIVING`].
    pub time: Duration,
    /// Which multiple of its size ends it sooner.
    pub ratio: Option<Ratio>,
}

impl Default for GiveUntil {
    fn default() -> Self {
        Self { time: USUAL_GIVING, ratio: None }
    }
}

impl GiveUntil {
    /// The same, not longer than [`LONGEST_GIVING`].
    pub fn capped(self) -> Self {
        Self { time: self.time.min(LONGEST_GIVING), ..self }
    }
}

/// A multiple of a size, in hundredths; 0.01 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Ratio(u32);

impl Ratio {
    /// The greatest.
    pub const MOST: f64 = 100.0;

    /// A multiple. `None` below 0.01 and above [`Ratio::MOST`].
    pub fn new(multiple: f64) -> Option<Self> {
        let is_sound = multiple.is_finite() && multiple <= Self::MOST;
        let hundredths = if is_sound { (multiple * 100.0).round() } else { 0.0 };
        (hundredths >= 1.0).then_some(Self(hundredths as u32))
    }

    /// What was given of that size. Nothing of a size of nothing.
    pub fn of(given: ByteCount, size: ByteCount) -> f64 {
        if size == ByteCount::ZERO { 0.0 } else { given.0 as f64 / size.0 as f64 }
    }

    /// The multiple.
    pub fn multiple(self) -> f64 {
        f64::from(self.0) / 100.0
    }

    /// Whether so much was given.
    fn is_reached(self, given: ByteCount, size: ByteCount) -> bool {
        u128::from(given.0) * 100 >= u128::from(size.0) * u128::from(self.0)
    }
}

impl From<Ratio> for u32 {
    fn from(ratio: Ratio) -> Self {
        ratio.0
    }
}

impl TryFrom<u32> for Ratio {
    type Error = String;

    fn try_from(hundredths: u32) -> Result<Self, Self::Error> {
        Self::new(f64::from(hundredths) / 100.0).ok_or_else(|| format!("a ratio of {hundredths}/100"))
    }
}

/// How far the giving of a transfer is: what the next start of the program goes on from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenSoFar {
    /// When it began.
    pub since: UtcTime,
    /// How long it lasted, as far as the program ran.
    pub lasted: Duration,
}

/// One moment on both clocks.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// On the clock that never goes back.
    pub steady: SteadyTime,
    /// The time of day. `None` while it cannot be relied on: the clock was set a short while ago.
    pub utc: Option<UtcTime>,
}

/// The giving of one transfer.
#[derive(Clone, Copy, Debug)]
pub struct Giving {
    so_far: GivenSoFar,
    resumed: SteadyTime,
}

impl Giving {
    /// Begins, or goes on from where an earlier start of the program left it.
    pub fn from(so_far: GivenSoFar, now: SteadyTime) -> Self {
        Self { so_far, resumed: now }
    }

    /// Begins.
    pub fn begin(since: UtcTime, now: SteadyTime) -> Self {
        Self::from(GivenSoFar { since, lasted: Duration::ZERO }, now)
    }

    /// Where it stands.
    pub fn so_far(&self, now: SteadyTime) -> GivenSoFar {
        GivenSoFar { lasted: self.so_far.lasted + now.since(self.resumed), ..self.so_far }
    }

    /// How much time is left: by the clock that has gone further. A computer that slept is awake later than it ran; a
    /// clock that was set back has run longer than it shows.
    pub fn left(&self, until: &GiveUntil, now: Moment) -> Duration {
        let ran = self.so_far(now.steady).lasted;
        let shown = now.utc.map_or(0, |utc| utc.unix_seconds() - self.so_far.since.unix_seconds());
        let shown = Duration::from_secs(u64::try_from(shown).unwrap_or(0)).saturating_sub(WALL_STEP);
        until.capped().time.saturating_sub(ran.max(shown))
    }

    /// Whether it is over, with so much given of what has that size.
    pub fn is_over(&self, until: &GiveUntil, (given, size): (ByteCount, ByteCount), now: Moment) -> bool {
        let is_enough = until.ratio.is_some_and(|ratio| ratio.is_reached(given, size));
        is_enough || self.left(until, now).is_zero()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: ByteCount = ByteCount(1_000);
    const HOUR: GiveUntil = GiveUntil { time: Duration::from_secs(3600), ratio: None };

    fn utc(secs: i64) -> UtcTime {
        UtcTime::from_unix_seconds(1_000_000 + secs).expect("in the calendar")
    }

    fn steady(secs: u64) -> SteadyTime {
        SteadyTime(Duration::from_secs(secs))
    }

    fn at(ran: u64, shown: i64) -> Moment {
        Moment { steady: steady(ran), utc: Some(utc(shown)) }
    }

    fn is_over(giving: &Giving, until: &GiveUntil, now: Moment) -> bool {
        giving.is_over(until, (ByteCount::ZERO, SIZE), now)
    }

    #[test]
    fn giving_ends_when_its_time_is_over() {
        let giving = Giving::begin(utc(0), steady(0));
        assert!(!is_over(&giving, &HOUR, at(3_599, 3_599)));
        assert!(is_over(&giving, &HOUR, at(3_600, 3_600)));
    }

    #[test]
    fn giving_ends_sooner_when_so_many_times_the_size_was_given() {
        let giving = Giving::begin(utc(0), steady(0));
        let until = GiveUntil { ratio: Ratio::new(1.5), ..HOUR };
        assert!(!giving.is_over(&until, (ByteCount(1_499), SIZE), at(1, 1)));
        assert!(giving.is_over(&until, (ByteCount(1_500), SIZE), at(1, 1)));
        assert!(giving.is_over(&until, (ByteCount(0), SIZE), at(3_600, 3_600)), "whichever comes first");
    }

    #[test]
    fn after_a_restart_giving_ends_at_the_time_of_day_that_was_said() {
        let before = Giving::begin(utc(0), steady(500));
        let so_far = before.so_far(steady(1_100));
        assert_eq!(so_far, GivenSoFar { since: utc(0), lasted: Duration::from_secs(600) });
        // Ten minutes on, twenty off; the new process counts from its own beginning.
        let again = Giving::from(so_far, steady(3));
        let left = again.left(&HOUR, at(3, 1_800)).as_secs();
        assert!((1_800..=1_801).contains(&left), "{left}");
        assert!(is_over(&again, &HOUR, at(3, 3_601)));
    }

    #[test]
    fn a_clock_that_is_set_back_does_not_make_giving_longer() {
        let giving = Giving::begin(utc(0), steady(0));
        assert!(is_over(&giving, &HOUR, at(3_600, -86_400)));
        let again = Giving::from(giving.so_far(steady(3_000)), steady(0));
        assert_eq!(again.left(&HOUR, at(0, -86_400)), Duration::from_secs(600));
        assert!(is_over(&again, &HOUR, at(600, -86_400)));
    }

    #[test]
    fn a_clock_that_was_just_set_forward_does_not_end_giving() {
        let giving = Giving::begin(utc(0), steady(0));
        assert!(!is_over(&giving, &HOUR, Moment { steady: steady(10), utc: None }));
    }

    #[test]
    fn nothing_is_given_longer_than_seven_days_whatever_is_wished() {
        let giving = Giving::begin(utc(0), steady(0));
        let until = GiveUntil { time: Duration::MAX, ratio: None };
        assert!(is_over(&giving, &until, at(7 * 86_400, 0)));
    }

    #[test]
    fn a_ratio_is_a_hundredth_to_a_hundred() {
        assert_eq!(Ratio::new(1.5).map(Ratio::multiple), Some(1.5));
        for wrong in [0.0, -1.0, 0.001, 100.5, f64::NAN, f64::INFINITY] {
            assert_eq!(Ratio::new(wrong), None, "{wrong}");
        }
        assert_eq!(Ratio::of(ByteCount(400), SIZE), 0.4);
    }
}
