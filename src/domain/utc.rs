//! Instants: wall-clock time in UTC, and steady time for durations.
//!
//! In: numbers read from data, or by `engine` from a clock. Out: [`UtcTime`], [`UtcMillis`], [`SteadyTime`].
//! Reads no clock: only `engine` and `demo` do.

use jiff::civil::DateTime;
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// An instant in UTC, to the second; 1970 by default.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct UtcTime(i64);

impl From<UtcTime> for i64 {
    fn from(time: UtcTime) -> Self {
        time.0
    }
}

impl TryFrom<i64> for UtcTime {
    type Error = &'static str;
    fn try_from(seconds: i64) -> Result<Self, Self::Error> {
        Self::from_unix_seconds(seconds).ok_or("outside the calendar")
    }
}

impl UtcTime {
    /// Seconds since 1970-01-01T00:00:00Z. `None` outside the years −9999 to 9999.
    pub fn from_unix_seconds(seconds: i64) -> Option<Self> {
        Timestamp::from_second(seconds).ok().map(|_| Self(seconds))
    }

    /// From calendar fields `[year, month, day, hour, minute, second]`. `None` when there is no such time.
    pub fn from_civil(fields: [i32; 6]) -> Option<Self> {
        let [year, month, day, hour, minute, second] = fields.map(|n| i16::try_from(n).ok());
        let byte = |n: Option<i16>| n.and_then(|n| i8::try_from(n).ok());
        let civil =
            DateTime::new(year?, byte(month)?, byte(day)?, byte(hour)?, byte(minute)?, byte(second)?, 0)
                .ok()?;
        Some(Self(civil.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second()))
    }

    /// Reads RFC 3339 (`2026-11-20T06:00:00Z`); a fraction of a second is cut off.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        text.parse::<Timestamp>().ok().map(|time| Self(time.as_second()))
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub fn unix_seconds(self) -> i64 {
        self.0
    }

    /// Whole minutes from `earlier` to this instant, rounded towards minus infinity; negative when `earlier` is later.
    pub fn minutes_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).div_euclid(60)
    }

    /// This instant moved by `minutes`. `None` when that leaves the calendar.
    pub fn plus_minutes(self, minutes: i64) -> Option<Self> {
        Self::from_unix_seconds(self.0.checked_add(minutes.checked_mul(60)?)?)
    }

    /// This instant so much later, to the second. The same where that leaves the calendar.
    #[must_use]
    pub fn later_by(self, duration: Duration) -> Self {
        let seconds = i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
        Self::from_unix_seconds(self.0.saturating_add(seconds)).unwrap_or(self)
    }

    /// Calendar fields in UTC.
    pub fn civil(self) -> DateTime {
        let time = Timestamp::from_second(self.0).expect("construction checked the calendar's limits");
        time.to_zoned(TimeZone::UTC).datetime()
    }
}

impl fmt::Display for UtcTime {
    /// RFC 3339 with `Z`, to the second.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let civil = self.civil();
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
            civil.year(),
            civil.month(),
            civil.day(),
            civil.hour(),
            civil.minute(),
            civil.second()
        )
    }
}

impl fmt::Debug for UtcTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An instant in UTC, to the millisecond: as announcements say when, and as lag is measured.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UtcMillis(i64);

impl UtcMillis {
    /// Milliseconds since 1970-01-01T00:00:00Z. `None` outside the years −9999 to 9999.
    pub fn from_unix_millis(millis: i64) -> Option<Self> {
        Timestamp::from_millisecond(millis).ok().map(|_| Self(millis))
    }

    /// `time`, and so many milliseconds more. `None` when that leaves the calendar.
    pub fn new(time: UtcTime, millis: u32) -> Option<Self> {
        Self::from_unix_millis(time.0.checked_mul(1000)?.checked_add(i64::from(millis))?)
    }

    /// Reads RFC 3339 with any offset and fraction, also with lower-case letters; digits past the third are cut off.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        text.parse::<Timestamp>().ok().map(|time| Self(time.as_millisecond()))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub fn unix_millis(self) -> i64 {
        self.0
    }

    /// Milliseconds from `earlier` to this instant; negative when `earlier` is later.
    pub fn millis_since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// The second that it lies in.
    pub fn to_second(self) -> UtcTime {
        UtcTime(self.0.div_euclid(1000))
    }
}

impl fmt::Display for UtcMillis {
    /// RFC 3339 with `Z`; with three digits of a fraction unless it is none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let second = self.to_second().to_string();
        match self.0.rem_euclid(1000) {
            0 => f.write_str(&second),
            millis => write!(f, "{}.{millis:03}Z", second.trim_end_matches('Z')),
        }
    }
}

impl fmt::Debug for UtcMillis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Time on a clock that never goes back, since some fixed moment of this process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SteadyTime(pub Duration);

impl SteadyTime {
    /// How long after `earlier` this is; zero when it is not after it.
    pub fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    /// This moment, `later` later.
    pub fn after(self, later: Duration) -> Self {
        Self(self.0.saturating_add(later))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calendar_fields_and_seconds_agree() {
        let time = UtcTime::from_civil([2026, 11, 20, 6, 0, 0]).expect("a real date");
        assert_eq!(time.to_string(), "2026-11-20T06:00:00Z");
        assert_eq!(UtcTime::parse_rfc3339("2026-11-20T06:00:00.75Z"), Some(time));
        assert_eq!(time.plus_minutes(90).map(|t| t.minutes_since(time)), Some(90));
    }

    #[test]
    fn a_fraction_is_kept_to_the_millisecond() {
        let time = UtcMillis::parse_rfc3339("2022-03-20T04:50:18.314854383Z").expect("a real time");
        assert_eq!(time.to_string(), "2022-03-20T04:50:18.314Z");
        assert_eq!(
            UtcMillis::parse_rfc3339("2024-07-20t19:12:29z").map(|t| t.to_string()).as_deref(),
            Some("2024-07-20T19:12:29Z")
        );
        let before = UtcMillis::from_unix_millis(-1).expect("in the calendar");
        assert_eq!(before.to_string(), "1969-12-31T23:59:59.999Z");
        assert_eq!(time.millis_since(before), time.unix_millis() + 1);
    }

    #[test]
    fn a_date_that_does_not_exist_is_refused() {
        assert_eq!(UtcTime::from_civil([2026, 2, 30, 0, 0, 0]), None);
        assert_eq!(UtcTime::from_civil([0, 0, 0, 0, 0, 0]), None);
        assert_eq!(UtcTime::from_civil([70_000, 1, 1, 0, 0, 0]), None);
    }
}
