//! Removes announced files that are too old or too much: only those that listening put into place, as it left them.
//!
//! In: how long files stay, and the ledger. Out: files that are gone, noted. Does nothing while the clock was just set.

use super::ledger::MeshLedger;
use crate::app::jobs::keeping::{FetchedFile, Keeping};
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcTime;
use crate::engine::store::directory::{Directory, DirectoryEntry, EntryKind};
use crate::engine::store::error::StoreError;
use crate::engine::store::removal::remove_unchanged;
use std::path::Path;

/// A file that listening put into place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::engine) struct PlacedFile {
    /// Where, below the folder.
    pub(in crate::engine) path: String,
    /// Its length.
    pub(in crate::engine) length: u64,
    /// Nanoseconds since 1970 of its last change.
    pub(in crate::engine) modified: i64,
    /// Since when it is here.
    pub(in crate::engine) since: UtcTime,
    /// The announced file that it is.
    pub(in crate::engine) key: String,
    /// Which of the versions that updates replaced, counted from 1. `None` for the file as it is.
    pub(in crate::engine) version: Option<i64>,
}

impl PlacedFile {
    /// Length and time of last change, as it was left.
    pub(in crate::engine) fn as_left(&self) -> (u64, i128) {
        (self.length, i128::from(self.modified))
    }

    /// Whether what stands there is as it was left.
    pub(in crate::engine) fn is_as_left(&self, entry: &DirectoryEntry) -> bool {
        entry.kind == EntryKind::File && (entry.length, entry.modified) == self.as_left()
    }
}

/// Removes what is to go, and gives the paths of what went. A file that was changed is the person's: it is forgotten.
pub(in crate::engine) fn remove_what_is_too_much(
    keeping: &Keeping,
    (root, ledger): (&Directory, &MeshLedger),
    now: UtcTime,
) -> Result<Vec<String>, StoreError> {
    let placed = ledger.placed.placed()?;
    let figures: Vec<FetchedFile> =
        placed.iter().map(|file| FetchedFile { since: file.since, length: ByteCount(file.length) }).collect();
    let mut removed = Vec::new();
    for file in keeping.to_remove(&figures, now).into_iter().map(|at| &placed[at]) {
        if remove_unchanged(root, Path::new(&file.path), file.as_left())? {
            removed.push(file.path.clone());
        }
        ledger.placed.forget_placed(&file.path)?;
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn old_files_go_with_their_folders_and_changed_ones_stay() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = Directory::open_or_create(folder.path()).expect("a folder");
        let private = Directory::open_or_create(&folder.path().join(".nuee")).expect("a folder");
        let ledger = MeshLedger::open(&private).expect("a ledger");
        let at = |seconds| UtcTime::from_unix_seconds(seconds).expect("a time");
        std::fs::create_dir(folder.path().join("a")).expect("room");
        for (name, since) in [("a/old", 0), ("changed", 0), ("new", 5_000)] {
            let path = folder.path().join(name);
            std::fs::write(&path, b"1234").expect("room");
            let below = name.strip_prefix("a/").map(|name| (root.enter("a").expect("a folder"), name));
            let (folder, bare) = below.as_ref().map_or((&root, name), |(folder, bare)| (folder, *bare));
            let entry = folder.entry(bare).expect("a folder").expect("a file");
            let placed = PlacedFile {
                path: name.to_owned(),
                length: entry.length,
                modified: i64::try_from(entry.modified).expect("a time"),
                since: at(since),
                key: name.to_owned(),
                version: None,
            };
            ledger.placed.note_placed(&placed).expect("room");
        }
        std::fs::write(folder.path().join("changed"), b"mine now").expect("room");
        let keeping = Keeping { time: Some(Duration::from_secs(3_600)), most: None };
        let removed = remove_what_is_too_much(&keeping, (&root, &ledger), at(6_000)).expect("it can");
        assert_eq!(removed, ["a/old"]);
        assert!(!folder.path().join("a").exists() && folder.path().join("changed").exists());
        let paths: Vec<String> =
            ledger.placed.placed().expect("a table").into_iter().map(|file| file.path).collect();
        assert_eq!(paths, ["new"]);
    }
}
