//! The folder a person chose, with our own folder `.nuee` in it: taken by one process at a time.
//!
//! In: a path. Out: [`OutputFolder`], or who uses it. What lies in `.nuee` is input: a folder that others could have
//! written is set aside, never read.
//! Start reading at [`OutputFolder::open`].

use super::directory::{Directory, EntryKind, OpenHow};
use super::error::StoreError;
use super::file_set::Partials;
use std::fs::{File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Name of our own folder; no name from outside can be it (see [`crate::domain::safe_path`]).
const PRIVATE: &str = ".nuee";
const LOCK: &str = "lock";

/// The longest note that is read from a lock file.
const LONGEST_NOTE: u64 = 200;

/// A folder for finished files, with its private folder, locked for this process.
#[derive(Debug)]
pub struct OutputFolder {
    root: Directory,
    private: Directory,
    /// Held for as long as the folder is in use; the system drops it with the process, however that ends.
    _lock: File,
}

impl OutputFolder {
    /// Opens `path` for one process; `note` tells others what it does.
    ///
    /// # Errors
    /// [`StoreError::InUse`] names the process that has it; others say why it cannot be written.
    pub fn open(path: &Path, note: &str) -> Result<Self, StoreError> {
        let root = Directory::open_or_create(path)?;
        let private = open_private(&root)?;
        let lock = take_lock(&private, note)?;
        Ok(Self { root, private, _lock: lock })
    }

    /// The folder of finished files.
    pub fn root(&self) -> &Directory {
        &self.root
    }

    /// Our own folder.
    pub fn private(&self) -> &Directory {
        &self.private
    }

    /// The folder of partial files of the content with this key.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn partials(&self, content_key: &str) -> Result<Partials, StoreError> {
        Ok(Partials::new(self.private.enter_or_create(content_key)?))
    }

    /// Removes the content's folder when nothing is left in it.
    pub fn tidy(&self, content_key: &str) {
        self.private.remove_directory(content_key);
    }
}

fn open_private(root: &Directory) -> Result<Directory, StoreError> {
    match root.entry(PRIVATE)? {
        Some(entry) if entry.kind == EntryKind::Directory && entry.is_private => {}
        None => {}
        Some(_) => set_aside(root, PRIVATE)?,
    }
    let private = root.enter_or_create(PRIVATE)?;
    private.make_private().map_err(|error| StoreError::from_io("make .nuee private", error))?;
    Ok(private)
}

/// Moves `name` out of the way under the first free name, so that nothing of it is read and nothing is lost.
///
/// # Errors
/// When it cannot be moved.
pub fn set_aside(directory: &Directory, name: &str) -> Result<(), StoreError> {
    for number in 1..1_000 {
        if directory.move_to(name, directory, &format!("{name}.set-aside-{number}"))? {
            tracing::warn!(name, "set aside: not ours, or open to others");
            return Ok(());
        }
    }
    Err(StoreError::LinkInTheWay { name: directory.path().join(name).display().to_string() })
}

fn take_lock(private: &Directory, note: &str) -> Result<File, StoreError> {
    let mut lock = private.open_file(LOCK, OpenHow::Update)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(StoreError::InUse { by: read_note(&mut lock) }),
        Err(TryLockError::Error(error)) => return Err(StoreError::from_io("lock .nuee", error)),
    }
    let written = format!("{} {note}", std::process::id());
    let mut write = || -> std::io::Result<()> {
        lock.set_len(0)?;
        lock.seek(SeekFrom::Start(0))?;
        lock.write_all(written.as_bytes())
    };
    write().map_err(|error| StoreError::from_io("write .nuee/lock", error))?;
    Ok(lock)
}

/// The process that uses the folder whose private folder that is, and what it does. `None` while it is free.
///
/// # Errors
/// When its lock is there and cannot be read.
pub fn user_of(private: &Path) -> Result<Option<String>, StoreError> {
    let failed = |error| StoreError::from_io("look at .nuee/lock", error);
    let mut lock = match File::open(private.join(LOCK)) {
        Ok(lock) => lock,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    match lock.try_lock_shared() {
        Ok(()) => Ok(None),
        Err(TryLockError::WouldBlock) => Ok(Some(read_note(&mut lock))),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

fn read_note(lock: &mut File) -> String {
    let mut note = Vec::new();
    match lock.take(LONGEST_NOTE).read_to_end(&mut note) {
        Ok(0) | Err(_) => "?".to_owned(),
        Ok(_) => crate::domain::outside_text::show(String::from_utf8_lossy(&note).trim()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::tempdir;

    #[test]
    fn a_second_process_is_told_who_has_the_folder() {
        let scratch = tempdir().expect("a temporary folder");
        let _first = OutputFolder::open(scratch.path(), "nuee get x.torrent").expect("a folder");
        match OutputFolder::open(scratch.path(), "nuee follow") {
            Err(StoreError::InUse { by }) => assert!(by.ends_with("nuee get x.torrent"), "{by}"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_user_of_a_folder_can_be_seen_without_taking_it() {
        let scratch = tempdir().expect("a temporary folder");
        let private = scratch.path().join(PRIVATE);
        assert_eq!(user_of(&private).expect("no lock yet"), None);
        let first = OutputFolder::open(scratch.path(), "nuee relay").expect("a folder");
        assert!(user_of(&private).expect("a lock").is_some_and(|by| by.ends_with("nuee relay")));
        drop(first);
        assert_eq!(user_of(&private).expect("a lock"), None);
    }

    #[test]
    fn the_folder_is_free_again_when_the_first_is_done() {
        let scratch = tempdir().expect("a temporary folder");
        drop(OutputFolder::open(scratch.path(), "one").expect("a folder"));
        assert!(OutputFolder::open(scratch.path(), "two").is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn a_private_folder_that_others_could_write_is_set_aside() {
        use std::os::unix::fs::PermissionsExt;
        let scratch = tempdir().expect("a temporary folder");
        let planted = scratch.path().join(".nuee");
        std::fs::create_dir(&planted).expect("a folder");
        std::fs::write(planted.join("state.db"), b"planted").expect("a file");
        std::fs::set_permissions(&planted, std::fs::Permissions::from_mode(0o777)).expect("rights");
        let folder = OutputFolder::open(scratch.path(), "one").expect("a folder");
        assert!(folder.private().entry("state.db").expect("readable").is_none());
        assert!(scratch.path().join(".nuee.set-aside-1/state.db").exists(), "nothing is lost");
        let mode = std::fs::metadata(&planted).expect("a folder").permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_planted_as_our_folder_is_set_aside_and_not_followed() {
        let scratch = tempdir().expect("a temporary folder");
        let elsewhere = tempdir().expect("a temporary folder");
        std::os::unix::fs::symlink(elsewhere.path(), scratch.path().join(".nuee")).expect("a link");
        OutputFolder::open(scratch.path(), "one").expect("a folder");
        assert_eq!(std::fs::read_dir(elsewhere.path()).expect("readable").count(), 0);
    }
}
