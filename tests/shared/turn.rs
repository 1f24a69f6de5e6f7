//! The demo's latest run, away from the minute in which the next one begins: a test over it would meet both.

use nuee::demo::catalog_service::DemoCatalog;
use nuee::domain::utc::UtcTime;
use nuee::engine::clock::Clock;
use std::time::Duration;

/// From one run to the next. Seconds.
const CYCLE: i64 = 6 * 3600;

/// Longer than any test that needs one run. Seconds.
const LONGEST: i64 = 150;

/// The latest run; the next one does not begin while a test goes on.
pub fn latest_run() -> UtcTime {
    let left = CYCLE - Clock::start().utc().unix_seconds().rem_euclid(CYCLE);
    if left < LONGEST {
        std::thread::sleep(Duration::from_secs(left.unsigned_abs() + 1));
    }
    DemoCatalog::latest_run(&Clock::start())
}
