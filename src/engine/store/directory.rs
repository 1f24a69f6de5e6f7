//! A handle on a directory, below which names are opened one by one and links are never followed.
//!
//! In: single path components that were made safe. Out: files and further handles. On Unix everything goes through
//! `openat` with `O_NOFOLLOW`, so a link planted between two calls gains nothing; elsewhere links are looked for first.
//! The directory a person names may itself be a link: that is their choice.

#[cfg(not(unix))]
mod by_path;
mod chain;
#[cfg(unix)]
mod handle;

use super::error::StoreError;
use crate::domain::on_disk::Stamp;
pub use chain::FolderChain;
use chain::LastingFolders;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

#[cfg(not(unix))]
use by_path::DirectoryPath as SystemDirectory;
#[cfg(unix)]
use handle::DirectoryHandle as SystemDirectory;

/// How a file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenHow {
    /// To be read; it must exist.
    Read,
    /// To be read and written; made when missing.
    Update,
    /// To be written; it must not exist.
    CreateNew,
}

/// What a name in a directory is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// An ordinary file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link, a device or anything else.
    Other,
}

/// What is known of a name without opening it.
#[derive(Clone, Copy, Debug)]
pub struct DirectoryEntry {
    /// What it is; a link is not followed.
    pub kind: EntryKind,
    /// Its length in octets.
    pub length: u64,
    /// Nanoseconds since 1970 of its last change.
    pub modified: i128,
    /// Nanoseconds since 1970 of the last change of anything about it, its time of change included. The same value always
    /// where the system does not tell.
    pub altered: i128,
    /// How many names it has: more than one means that somebody else's name leads to the same octets.
    pub names: u64,
    /// Whether it belongs to this user and nobody else can write it.
    pub is_private: bool,
}

/// A handle on a directory.
#[derive(Debug)]
pub struct Directory {
    system: SystemDirectory,
    path: PathBuf,
    lasting: LastingFolders,
}

/// Why a named folder is not open.
fn not_opened(path: &Path, error: io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            StoreError::FolderGone { path: path.to_owned() }
        }
        _ => StoreError::from_io(format!("open folder {}", path.display()), error).at(path.to_path_buf()),
    }
}

impl Directory {
    /// Opens the folder that a person named, making it and those above it when missing.
    ///
    /// # Errors
    /// When it cannot be made or opened, or is no folder.
    pub fn open_or_create(path: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(path).map_err(|error| not_opened(path, error))?;
        Self::open(path)
    }

    /// Opens the folder that a person named; one that is missing is not made.
    ///
    /// # Errors
    /// When it cannot be opened, or is no folder.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let failed = |error| not_opened(path, error);
        let path = path.canonicalize().map_err(failed)?;
        let system = SystemDirectory::open_path(&path).map_err(failed)?;
        Ok(Self { system, path, lasting: LastingFolders::default() })
    }

    /// Where it is, for messages and for libraries that only take paths.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The directory `name` in this one, made when missing.
    ///
    /// # Errors
    /// [`StoreError::LinkInTheWay`] when `name` is anything but a directory.
    pub fn enter_or_create(&self, name: &str) -> Result<Self, StoreError> {
        self.make(name)?;
        self.enter(name)
    }

    /// Makes the directory `name`. Whether it was missing.
    fn make(&self, name: &str) -> Result<bool, StoreError> {
        match self.system.make_directory(name) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(self.failed("make", name, error)),
        }
    }

    /// The existing directory `name` in this one.
    ///
    /// # Errors
    /// [`StoreError::LinkInTheWay`] when `name` is anything but a directory.
    pub fn enter(&self, name: &str) -> Result<Self, StoreError> {
        let system = self.system.open_directory(name).map_err(|error| match error.kind() {
            io::ErrorKind::NotADirectory => self.link(name),
            _ => self.failed("open", name, error),
        })?;
        Ok(Self { system, path: self.path.join(name), lasting: LastingFolders::default() })
    }

    /// Opens the file `name`.
    ///
    /// # Errors
    /// [`StoreError::LinkInTheWay`] when `name` is a link or no ordinary file; to be written, also when the file has
    /// other names: whoever writes to it would overwrite what somebody else calls theirs.
    pub fn open_file(&self, name: &str, how: OpenHow) -> Result<File, StoreError> {
        let file = self.system.open_ordinary(name, how).map_err(|error| self.failed("open", name, error))?;
        let found = file.metadata().map_err(|error| self.failed("look at", name, error))?;
        let is_ours = found.is_file() && (how == OpenHow::Read || names_of(&found) <= 1);
        if is_ours { Ok(file) } else { Err(self.link(name)) }
    }

    /// What `name` is. `None` when there is nothing of that name.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn entry(&self, name: &str) -> Result<Option<DirectoryEntry>, StoreError> {
        match self.system.look(name) {
            Ok(entry) => Ok(Some(entry)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.failed("look at", name, error)),
        }
    }

    /// Moves `name` to `new_name` in `target` unless something stands there. Returns whether it moved.
    ///
    /// # Errors
    /// Any other failure of the move.
    pub fn move_to(&self, name: &str, target: &Self, new_name: &str) -> Result<bool, StoreError> {
        match self.system.rename_without_replacing(name, &target.system, new_name) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(target.failed("move into place", new_name, error)),
        }
    }

    /// Removes the file `name`; a missing one is no error.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn remove_file(&self, name: &str) -> Result<(), StoreError> {
        match self.system.unlink(name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.failed("remove", name, error)),
            _ => Ok(()),
        }
    }

    /// Removes the empty directory `name`. A missing or full one is left, without an error: it is only tidying.
    pub fn remove_directory(&self, name: &str) {
        if let Err(error) = self.system.unlink_directory(name) {
            tracing::debug!(%error, name, "directory left");
        }
    }

    /// Makes the names in this directory as lasting as their files.
    ///
    /// # Errors
    /// When the system cannot.
    pub fn sync(&self) -> Result<(), StoreError> {
        self.system.sync_names().map_err(|error| self.failed("sync", ".", error))
    }

    /// Octets that this user may still write here; `None` where the system does not tell.
    pub fn free_space(&self) -> Option<u64> {
        self.system.free_space()
    }

    /// The names in this directory, without `.` and `..`.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn names(&self) -> io::Result<Vec<String>> {
        self.system.names()
    }

    /// Takes every right from other users, where they can have any.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn make_private(&self) -> io::Result<()> {
        self.system.make_private()
    }

    fn failed(&self, what: &str, name: &str, error: io::Error) -> StoreError {
        let path = self.path.join(name);
        match error.kind() {
            _ if is_link(&error) => self.link(name),
            io::ErrorKind::NotFound if !self.path.exists() => {
                StoreError::FolderGone { path: self.path.clone() }
            }
            _ => StoreError::from_io(format!("{what} {}", path.display()), error).at(path),
        }
    }

    fn link(&self, name: &str) -> StoreError {
        StoreError::LinkInTheWay { name: self.path.join(name).display().to_string() }
    }
}

fn nanoseconds(time: io::Result<SystemTime>) -> i128 {
    let Ok(time) = time else { return 0 };
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => i128::try_from(after.as_nanos()).unwrap_or(i128::MAX),
        Err(before) => -i128::try_from(before.duration().as_nanos()).unwrap_or(i128::MAX),
    }
}

/// Whether an opening failed because the name is a link.
fn is_link(error: &io::Error) -> bool {
    #[cfg(unix)]
    return error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error());
    #[cfg(not(unix))]
    return error.kind() == io::ErrorKind::Unsupported;
}

/// How an open file is left.
pub fn stamp(file: &File) -> Stamp {
    file.metadata().map(|found| stamp_of(&found)).unwrap_or_default()
}

/// How a file is left of which this was seen.
pub fn stamp_of(found: &std::fs::Metadata) -> Stamp {
    Stamp { modified: nanoseconds(found.modified()), altered: altered_at(found) }
}

#[cfg(unix)]
fn altered_at(found: &std::fs::Metadata) -> i128 {
    use std::os::unix::fs::MetadataExt;
    i128::from(found.ctime()) * 1_000_000_000 + i128::from(found.ctime_nsec())
}

#[cfg(not(unix))]
fn altered_at(_: &std::fs::Metadata) -> i128 {
    0
}

#[cfg(unix)]
fn names_of(found: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(found)
}

#[cfg(not(unix))]
fn names_of(_: &std::fs::Metadata) -> u64 {
    1
}

#[cfg(test)]
mod tests;
