//! How a file was left on the disk, and what a look shows of it since.
//!
//! In: what the system tells of a file. Out: [`DiskState`]. A look reads no octet: it says whether anybody touched the
//! file, not whether it is right; for that there is the [`seal`](super::seal).

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
    fn of_a_file_whose_times_were_never_noted_the_length_tells() {
        let on_disk = OnDisk::default();
        assert_eq!(on_disk.state(10, Some((10, Stamp::default()))), DiskState::AsLeft);
        assert_eq!(on_disk.state(10, Some((11, Stamp::default()))), DiskState::Changed);
    }
}
