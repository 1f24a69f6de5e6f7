//! The minute: the time of day, the room on the disk, and whether the clock was moved.
//!
//! In: the folder for finished files. Out: [`Minute`], at the start and then on each minute: the only timer that runs
//! while nothing moves.

use crate::app::clock_watch::ClockWatch;
use crate::app::input::{Event, Input, Minute};
use crate::domain::octets::ByteCount;
use crate::domain::utc::{SteadyTime, UtcTime};
use crate::engine::clock::Clock;
use crate::engine::store::room::free_space_at;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;

/// Looks at the time, the folder and the clocks now.
pub(in crate::engine) fn look(clock: Clock, watch: &mut ClockWatch, folder: &Path) -> Minute {
    let now = clock.utc();
    let there = folder.ancestors().find(|folder| folder.is_dir());
    Minute {
        now: UtcTime::from_unix_seconds(now.unix_seconds().div_euclid(60) * 60).unwrap_or(now),
        utc_offset_minutes: offset_minutes(),
        folder: folder.to_owned(),
        free: there.and_then(free_space_at).map(ByteCount),
        clock: watch.look(now, since_boot()),
    }
}

/// Looks on each minute, and when the folder changes.
pub(in crate::engine) async fn keep_looking(
    clock: Clock,
    mut watch: ClockWatch,
    mut folder: watch::Receiver<PathBuf>,
    events: UnboundedSender<Input>,
) {
    loop {
        let second = clock.utc().unix_seconds().rem_euclid(60).unsigned_abs();
        let next_minute = tokio::time::sleep(Duration::from_secs(60 - second));
        tokio::select! {
            () = next_minute => {}
            changed = folder.changed() => if changed.is_err() { return },
        }
        let folder = folder.borrow_and_update().clone();
        let looked = tokio::task::spawn_blocking(move || {
            let minute = look(clock, &mut watch, &folder);
            (minute, watch)
        });
        let Ok((minute, kept)) = looked.await else { return };
        watch = kept;
        if events.send(Input::Event(Event::Minute(Box::new(minute)))).is_err() {
            return;
        }
    }
}

fn offset_minutes() -> i32 {
    let zone = jiff::tz::TimeZone::system();
    zone.to_offset(jiff::Timestamp::now()).seconds() / 60
}

/// Time since the machine started, sleep included: a laptop that was closed has not moved its clock.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn since_boot() -> SteadyTime {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    SteadyTime(Duration::from_secs(u64::try_from(time.tv_sec).unwrap_or(0)))
}

/// Elsewhere the library's steady clock serves; there a long sleep may look like a clock set forward.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn since_boot() -> SteadyTime {
    static START: std::sync::OnceLock<Clock> = std::sync::OnceLock::new();
    START.get_or_init(Clock::start).now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_tells_the_minute_and_the_room_of_the_nearest_folder_that_is_there() {
        let scratch = tempfile::tempdir().expect("a temporary folder");
        let folder = scratch.path().join("not/yet/there");
        let minute = look(Clock::start(), &mut ClockWatch::default(), &folder);
        assert_eq!(minute.now.unix_seconds() % 60, 0);
        assert_eq!(minute.folder, folder);
        assert!(cfg!(not(unix)) || minute.free.is_some());
    }
}
