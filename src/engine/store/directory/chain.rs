//! The folders above a file, and whether they are on the disk to stay.
//!
//! In: names below a folder. Out: a [`FolderChain`]. A handle remembers which folders below it were synced after they were made: a file
//! that goes into one of them needs none of the folders above it synced again. To sync each of them for each file costs more than the file.

use super::{Directory, StoreError};
use parking_lot::Mutex;
use std::collections::HashSet;

/// Most folders that are remembered.
const MOST: usize = 20_000;

/// Paths of folders whose names are lasting.
#[derive(Debug, Default)]
pub(super) struct LastingFolders(Mutex<HashSet<String>>);

/// Folders one in the other, opened.
#[derive(Debug)]
pub struct FolderChain {
    folders: Vec<Directory>,
    path: String,
    is_lasting: bool,
}

impl FolderChain {
    /// The innermost one. `None` when there is none below the root.
    pub fn last(&self) -> Option<&Directory> {
        self.folders.last()
    }
}

impl Directory {
    /// Opens the folders of these names one in the other, making those that are missing.
    ///
    /// # Errors
    /// [`StoreError::LinkInTheWay`] when a name is anything but a folder.
    pub fn enter_all(&self, names: &[String]) -> Result<FolderChain, StoreError> {
        // Held while folders are made: whoever comes after knows of those that were made anew.
        let mut lasting = self.lasting.0.lock();
        let (mut folders, mut path) = (Vec::<Self>::with_capacity(names.len()), String::new());
        for name in names {
            let above = folders.last().unwrap_or(self);
            path.push('/');
            path.push_str(name);
            if above.make(name)? {
                let is_other = |known: &String| !known.strip_prefix(&path).is_some_and(is_end_or_below);
                lasting.retain(is_other);
            }
            folders.push(above.enter(name)?);
        }
        let is_lasting = names.is_empty() || lasting.contains(&path);
        Ok(FolderChain { folders, path, is_lasting })
    }

    /// Makes the names in all folders of a chain below this one lasting, and what was just put into the innermost.
    ///
    /// # Errors
    /// When the system cannot.
    pub fn sync_chain(&self, chain: &FolderChain) -> Result<(), StoreError> {
        chain.last().unwrap_or(self).sync()?;
        if !chain.is_lasting {
            chain.folders.iter().rev().skip(1).chain([self]).try_for_each(Self::sync)?;
            let mut lasting = self.lasting.0.lock();
            if lasting.len() >= MOST {
                lasting.clear();
            }
            lasting.insert(chain.path.clone());
        }
        Ok(())
    }
}

fn is_end_or_below(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_synced_once_and_again_when_they_were_made_anew() {
        let scratch = tempfile::tempdir().expect("a temporary folder");
        let root = Directory::open_or_create(scratch.path()).expect("a folder");
        let names = ["a", "b"].map(str::to_owned);
        let enter = || root.enter_all(&names).expect("folders");
        assert!(!enter().is_lasting);
        assert!(!enter().is_lasting, "nobody has synced them yet");
        root.sync_chain(&enter()).expect("synced");
        assert!(enter().is_lasting);
        assert!(!root.enter_all(&["a".to_owned()]).expect("a folder").is_lasting, "another chain");
        std::fs::remove_dir_all(scratch.path().join("a")).expect("removed");
        assert!(!enter().is_lasting);
        let none = root.enter_all(&[]).expect("the root");
        assert!(none.is_lasting && none.last().is_none());
    }
}
