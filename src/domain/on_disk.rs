//! How a file was left on the disk, and what a look shows of it since.
//!
//! In: what the system tells of a file. Out: [`DiskState`]. A look reads no octet: it says whether anybody touched the
//! file, not whether it is right; for that there is the [`seal`](super::seal).

use super::octets::ByteCount;

/// How a file was left: what tells whether anybody touched it since.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Stamp {
    /// Nanoseconds since 1970 of the last change of its octets, as far as whoever changed them says so.
    pub modified: i128,
    /// Nanoseconds since 1970 of the last change of anything about it, which no program can set. 0 where the system does
    /// not tell.
    pub altered: i128,
}

/// What is known of a file in its place, or of the worst of several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum DiskState {
    /// As it was left.
    AsLeft,
    /// Nobody has looked yet.
    #[default]
    Unknown,
    /// It has another length, or was touched.
    Changed,
    /// There is no such file.
    Missing,
}

impl DiskState {
    /// Whether the file can be counted on no longer.
    pub const fn is_lost(self) -> bool {
        matches!(self, Self::Changed | Self::Missing)
    }
}

/// What a look showed of several files together; small, since every row has one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FilesOnDisk {
    /// The state of the worst of them.
    pub worst: DiskState,
    /// How many are missing.
    pub missing: u32,
    /// Thousandths of their octets that belong to the missing ones; rounded up, so that what is missing is never 0.
    missing_part: u16,
}

impl FilesOnDisk {
    /// How much of their octets is not missing, 0 to 1.
    pub fn part_there(&self) -> f64 {
        1.0 - f64::from(self.missing_part) / 1_000.0
    }
}

impl From<DiskState> for FilesOnDisk {
    /// Files that are all in this state.
    fn from(worst: DiskState) -> Self {
        let missing = u32::from(worst == DiskState::Missing);
        Self { worst, missing, missing_part: if missing > 0 { 1_000 } else { 0 } }
    }
}

/// Adds up what a look shows, file by file.
#[derive(Clone, Copy, Debug, Default)]
pub struct FilesLook {
    worst: Option<DiskState>,
    missing: u32,
    missing_octets: u64,
    octets: u64,
}

impl FilesLook {
    /// Takes in a file of that length.
    pub fn take(&mut self, state: DiskState, length: ByteCount) {
        self.worst = self.worst.max(Some(state));
        self.octets = self.octets.saturating_add(length.0);
        if state == DiskState::Missing {
            self.missing = self.missing.saturating_add(1);
            self.missing_octets = self.missing_octets.saturating_add(length.0);
        }
    }

    /// The state of the worst file; that of files nobody touched when there is none.
    pub fn worst(&self) -> DiskState {
        self.worst.unwrap_or(DiskState::AsLeft)
    }

    /// All of them together.
    pub fn together(&self) -> FilesOnDisk {
        let (missing, all) = (u128::from(self.missing_octets), u128::from(self.octets.max(1)));
        let part = if self.missing == 0 { 0 } else { (missing * 1_000).div_ceil(all).clamp(1, 1_000) as u16 };
        FilesOnDisk { worst: self.worst(), missing: self.missing, missing_part: part }
    }
}

/// What is remembered of a file in its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OnDisk {
    /// How it was left. `None` where an earlier version of the program did not note it.
    pub stamp: Option<Stamp>,
    /// When its octets were last read and found right, where that is longer ago than this transfer.
    pub verified_at: Option<super::utc::UtcTime>,
}

impl OnDisk {
    /// A file that was read just now, and is left so.
    pub fn left(stamp: Stamp) -> Self {
        Self { stamp: Some(stamp), verified_at: None }
    }

    /// What a look shows: `found` is the length and stamp of what is there now.
    pub fn state(&self, length: u64, found: Option<(u64, Stamp)>) -> DiskState {
        match (found, self.stamp) {
            (None, _) => DiskState::Missing,
            (Some((now, _)), _) if now != length => DiskState::Changed,
            (Some((_, now)), Some(left)) if now != left => DiskState::Changed,
            (Some(_), _) => DiskState::AsLeft,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_with_new_octets_and_its_old_time_is_changed() {
        let left = Stamp { modified: 5, altered: 7 };
        let on_disk = OnDisk::left(left);
        assert_eq!(on_disk.state(10, Some((10, left))), DiskState::AsLeft);
        assert_eq!(on_disk.state(10, Some((10, Stamp { altered: 9, ..left }))), DiskState::Changed);
        assert_eq!(on_disk.state(10, Some((9, left))), DiskState::Changed);
        assert_eq!(on_disk.state(10, None), DiskState::Missing);
    }

    #[test]
    fn of_several_files_the_worst_is_told_and_how_much_is_missing() {
        let mut look = FilesLook::default();
        assert_eq!(look.together(), DiskState::AsLeft.into());
        look.take(DiskState::AsLeft, ByteCount(850));
        look.take(DiskState::Missing, ByteCount(100));
        look.take(DiskState::Changed, ByteCount(50));
        let seen = look.together();
        assert_eq!((seen.worst, seen.missing, seen.part_there()), (DiskState::Missing, 1, 0.9));
        look.take(DiskState::Missing, ByteCount(u64::MAX));
        assert_eq!((look.together().missing, look.together().part_there()), (2, 0.0));
        assert_eq!(FilesOnDisk::from(DiskState::Missing).part_there(), 0.0);
    }

    #[test]
    fn of_a_file_whose_times_were_never_noted_the_length_tells() {
        let on_disk = OnDisk::default();
        assert_eq!(on_disk.state(10, Some((10, Stamp::default()))), DiskState::AsLeft);
        assert_eq!(on_disk.state(10, Some((11, Stamp::default()))), DiskState::Changed);
    }
}
