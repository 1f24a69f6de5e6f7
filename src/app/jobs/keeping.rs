//! How long files stay that arrived by themselves, and which of them are to go.
//!
//! In: what was fetched, and the time. Out: places in that list. Whether a file is still as it was left, the engine sees.

use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcTime;
use std::time::Duration;

/// A file that was fetched, for the decision which are removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FetchedFile {
    /// Since when it is here.
    pub since: UtcTime,
    /// Its length; of several files of one hour together.
    pub length: ByteCount,
}

/// How long files stay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keeping {
    /// So long. For ever when `None`.
    pub time: Option<Duration>,
    /// While all are no more than this. However many when `None`.
    pub most: Option<ByteCount>,
}

impl Keeping {
    /// How long after one look the next is due: a tenth of the time that files stay, so that none stays much longer.
    pub fn look_again_after(&self) -> Duration {
        let (often, seldom) = (Duration::from_secs(10), Duration::from_secs(600));
        self.time.map_or(seldom, |time| (time / 10).clamp(often, seldom))
    }

    /// The places of those of `files`, oldest first, that are to go: what is too old, then the oldest while there is too
    /// much. With the clock set back nothing is too old.
    pub fn to_remove(&self, files: &[FetchedFile], now: UtcTime) -> Vec<usize> {
        let age = |file: &FetchedFile| u64::try_from(now.unix_seconds() - file.since.unix_seconds());
        let is_old = |file: &FetchedFile| {
            self.time.is_some_and(|time| age(file).is_ok_and(|seconds| seconds > time.as_secs()))
        };
        let mut left: u64 = files.iter().map(|file| file.length.0).sum();
        let mut removed = Vec::new();
        for (place, file) in files.iter().enumerate() {
            if is_old(file) || self.most.is_some_and(|most| left > most.0) {
                left -= file.length.0;
                removed.push(place);
            }
        }
        removed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> UtcTime {
        UtcTime::from_unix_seconds(seconds).expect("a time")
    }

    fn files() -> Vec<FetchedFile> {
        (0..4).map(|hour| FetchedFile { since: at(hour * 3_600), length: ByteCount(10) }).collect()
    }

    #[test]
    fn it_is_looked_the_more_often_the_shorter_files_stay() {
        let after = |time: Option<u64>| {
            let keeping = Keeping { time: time.map(Duration::from_secs), most: None };
            keeping.look_again_after().as_secs()
        };
        assert_eq!(
            [after(Some(1)), after(Some(3_600)), after(Some(864_000)), after(None)],
            [10, 360, 600, 600]
        );
    }

    #[test]
    fn what_is_too_old_goes_and_with_a_clock_set_back_nothing_is() {
        let keeping = Keeping { time: Some(Duration::from_secs(2 * 3_600)), most: None };
        assert_eq!(keeping.to_remove(&files(), at(3 * 3_600 + 1)), [0, 1]);
        assert_eq!(keeping.to_remove(&files(), at(-5)), [0; 0]);
    }

    #[test]
    fn the_oldest_go_while_all_are_too_much() {
        let keeping = Keeping { time: None, most: Some(ByteCount(25)) };
        assert_eq!(keeping.to_remove(&files(), at(0)), [0, 1]);
        assert_eq!(Keeping::default().to_remove(&files(), at(1 << 32)), [0; 0]);
    }
}
