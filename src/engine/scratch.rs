//! Temporary folders of this process: each goes with its owner, and all of them when the process is ended early.
//!
//! In: the beginning of a name. Out: a [`Scratch`]. Start reading at [`Scratch::new`].

use parking_lot::Mutex;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// The folders that are there by now.
static FOLDERS: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// How often a folder is removed again into which something was written meanwhile.
const ATTEMPTS: u32 = 20;

/// A temporary folder; it is removed with this.
#[derive(Debug)]
pub struct Scratch {
    folder: TempDir,
}

impl Scratch {
    /// Makes a folder whose name begins with `prefix`.
    ///
    /// # Errors
    /// When the system has no room for it.
    pub fn new(prefix: &str) -> std::io::Result<Self> {
        // Made while the list is ours: once all are removed, nobody makes another one.
        let mut folders = FOLDERS.lock();
        let folder = tempfile::Builder::new().prefix(prefix).tempdir()?;
        folders.insert(folder.path().to_owned());
        Ok(Self { folder })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Listed until it is gone: the process may be ended while its folders are still being removed. What is left of it
        // after this, the owner removes.
        let gone = std::fs::remove_dir_all(self.folder.path());
        if let Err(error) = gone {
            tracing::debug!(%error, "a temporary folder is not removed at once");
        }
        FOLDERS.lock().remove(self.folder.path());
    }
}

/// Removes every temporary folder, whoever still uses it: the process is about to end. Whoever wants another one waits for
/// that end.
pub(super) fn remove_all() {
    let mut folders = FOLDERS.lock();
    for folder in std::mem::take(&mut *folders) {
        for _ in 0..ATTEMPTS {
            if std::fs::remove_dir_all(&folder).is_ok() || !folder.exists() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
    std::mem::forget(folders);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temporary_folder_goes_with_its_owner() {
        let scratch = Scratch::new("nuee-test-").expect("room");
        let path = scratch.path().to_owned();
        std::fs::write(path.join("a"), "a").expect("room");
        assert!(FOLDERS.lock().contains(&path));
        drop(scratch);
        assert!(!path.exists() && !FOLDERS.lock().contains(&path));
    }
}
