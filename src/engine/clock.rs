//! The only place that reads clocks.

use crate::domain::utc::{SteadyTime, UtcMillis, UtcTime};
use std::time::{Instant, SystemTime};

/// A steady clock that starts with the engine.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    started: Instant,
}

impl Clock {
    /// A clock at zero.
    pub fn start() -> Self {
        Self { started: Instant::now() }
    }

    /// The time since the start, which never goes back.
    pub fn now(&self) -> SteadyTime {
        SteadyTime(self.started.elapsed())
    }

    /// The time of day in UTC, as this machine believes it; 1970 when its clock stands before that.
    pub fn utc(&self) -> UtcTime {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let seconds = i64::try_from(since.as_secs()).unwrap_or(0);
        UtcTime::from_unix_seconds(seconds)
            .unwrap_or_else(|| UtcTime::from_unix_seconds(0).expect("1970 is a year"))
    }

    /// The same, to the millisecond.
    pub fn utc_millis(&self) -> UtcMillis {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let millis = i64::try_from(since.as_millis()).unwrap_or(0);
        UtcMillis::from_unix_millis(millis)
            .unwrap_or_else(|| UtcMillis::from_unix_millis(0).expect("1970 is a year"))
    }
}
