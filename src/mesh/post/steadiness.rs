//! Whether a file is finished, or still being written: it is announced with the digest of what others will get, or not at all.
//!
//! In: how the file looked before and after it was read, and the time. Out: [`FileRest`]. Sleeps nowhere: how long to wait is said.

use crate::domain::on_disk::Stamp;
use crate::domain::utc::UtcMillis;
use std::time::Duration;

/// How a file looks from outside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct FileSight {
    /// Its length in octets.
    pub length: u64,
    /// When it was changed.
    pub stamp: Stamp,
}

/// A file that was changed less long ago may still be written.
const QUIET: Duration = Duration::from_secs(1);

/// How often a file is looked at before it counts as being written for longer than anybody waits.
const MOST_LOOKS: u32 = 6;

/// What is to be done with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileRest {
    /// It is finished.
    Steady,
    /// It is to be looked at again, after so long.
    Again(Duration),
    /// It is being written.
    Unsteady,
}

/// Looks at one file, again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steadiness {
    looks: u32,
    quiet: Duration,
}

impl Default for Steadiness {
    fn default() -> Self {
        Self { looks: 0, quiet: QUIET }
    }
}

impl Steadiness {
    /// Somebody says that the file is finished: it is not waited for, and must only stay what it is while it is read.
    pub fn told_finished() -> Self {
        Self { looks: 0, quiet: Duration::ZERO }
    }

    /// Before it is read: whether it was left alone long enough.
    pub fn before(&mut self, sight: FileSight, now: UtcMillis) -> FileRest {
        match age_of(sight, now) {
            Some(age) if age < self.quiet => self.again(self.quiet.saturating_sub(age)),
            _ => FileRest::Steady,
        }
    }

    /// After it was read: whether it is what it was before. `read` is how many octets came.
    pub fn after(&mut self, before: FileSight, after: FileSight, read: u64) -> FileRest {
        if before == after && read == before.length { FileRest::Steady } else { self.again(QUIET) }
    }

    fn again(&mut self, wait: Duration) -> FileRest {
        self.looks += 1;
        if self.looks >= MOST_LOOKS { FileRest::Unsteady } else { FileRest::Again(wait) }
    }
}

/// How long ago it was changed. `None` when that is in the future: its clock is another than ours.
fn age_of(sight: FileSight, now: UtcMillis) -> Option<Duration> {
    let modified = i64::try_from(sight.stamp.modified.div_euclid(1_000_000)).ok()?;
    let age = now.unix_millis().checked_sub(modified)?;
    u64::try_from(age).ok().map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sight(length: u64, modified_millis: i128) -> FileSight {
        let modified = modified_millis * 1_000_000;
        FileSight { length, stamp: Stamp { modified, altered: modified } }
    }

    fn at(millis: i64) -> UtcMillis {
        UtcMillis::from_unix_millis(millis).expect("a time")
    }

    #[test]
    fn a_file_that_was_changed_a_moment_ago_is_looked_at_again() {
        let mut looks = Steadiness::default();
        assert_eq!(looks.before(sight(5, 10_000), at(10_400)), FileRest::Again(Duration::from_millis(600)));
        assert_eq!(looks.before(sight(5, 10_000), at(11_000)), FileRest::Steady);
    }

    #[test]
    fn a_file_of_another_clock_is_not_waited_for() {
        assert_eq!(Steadiness::default().before(sight(5, 99_000), at(10_000)), FileRest::Steady);
        let never = FileSight { length: 1, stamp: Stamp { modified: i128::MAX, altered: 0 } };
        assert_eq!(Steadiness::default().before(never, at(10_000)), FileRest::Steady);
    }

    #[test]
    fn a_file_that_changes_while_it_is_read_is_read_again_but_not_for_ever() {
        let mut looks = Steadiness::default();
        let (before, grown) = (sight(5, 0), sight(9, 1));
        for _ in 1..MOST_LOOKS {
            assert_eq!(looks.after(before, grown, 5), FileRest::Again(QUIET));
        }
        assert_eq!(looks.after(before, grown, 5), FileRest::Unsteady);
        assert_eq!(Steadiness::default().after(before, before, 4), FileRest::Again(QUIET), "it was cut");
        assert_eq!(Steadiness::default().after(before, before, 5), FileRest::Steady);
    }

    #[test]
    fn a_file_that_is_said_to_be_finished_is_read_at_once_and_must_stay_what_it_is() {
        let mut looks = Steadiness::told_finished();
        assert_eq!(looks.before(sight(3, 1_000), at(1_000)), FileRest::Steady);
        assert_eq!(looks.after(sight(3, 1_000), sight(4, 1_200), 3), FileRest::Again(QUIET));
    }
}
