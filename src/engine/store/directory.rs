//! A handle on a directory, below which names are opened one by one and links are never followed.
//!
//! In: single path components that were made safe. Out: files and further handles. On Unix everything goes through
//! `openat` with `O_NOFOLLOW`, so a link planted between two calls gains nothing; elsewhere links are looked for first.
//! The directory a person names may itself be a link: that is their choice.

use super::error::StoreError;
use crate::domain::on_disk::Stamp;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

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
pub struct Entry {
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
    #[cfg(unix)]
    handle: std::os::fd::OwnedFd,
    path: PathBuf,
}

impl Directory {
    /// Opens the folder that a person named, making it and those above it when missing.
    ///
    /// # Errors
    /// When it cannot be made or opened, or is no folder.
    pub fn open_or_create(path: &Path) -> Result<Self, StoreError> {
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
                StoreError::FolderGone { path: path.to_owned() }
            }
            _ => StoreError::from_io(format!("open folder {}", path.display()), error).at(path.to_path_buf()),
        };
        std::fs::create_dir_all(path).map_err(failed)?;
        let path = path.canonicalize().map_err(failed)?;
        Self::open_path(path).map_err(failed)
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
        match self.make_directory(name) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                Err(self.failed("make", name, error))
            }
            _ => self.enter(name),
        }
    }

    /// The existing directory `name` in this one.
    ///
    /// # Errors
    /// [`StoreError::LinkInTheWay`] when `name` is anything but a directory.
    pub fn enter(&self, name: &str) -> Result<Self, StoreError> {
        self.open_directory(name).map_err(|error| match error.kind() {
            io::ErrorKind::NotADirectory => self.link(name),
            _ => self.failed("open", name, error),
        })
    }

    /// Opens the file `name`.
    ///
    /// # Errors
    /// [`StoreError::LinkInTheWay`] when `name` is a link or no ordinary file; to be written, also when the file has
    /// other names: whoever writes to it would overwrite what somebody else calls theirs.
    pub fn open_file(&self, name: &str, how: OpenHow) -> Result<File, StoreError> {
        let file = self.open_ordinary(name, how).map_err(|error| self.failed("open", name, error))?;
        let found = file.metadata().map_err(|error| self.failed("look at", name, error))?;
        let is_ours = found.is_file() && (how == OpenHow::Read || names_of(&found) <= 1);
        if is_ours { Ok(file) } else { Err(self.link(name)) }
    }

    /// What `name` is. `None` when there is nothing of that name.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn entry(&self, name: &str) -> Result<Option<Entry>, StoreError> {
        match self.look(name) {
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
        match self.rename_without_replacing(name, target, new_name) {
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
        match self.unlink(name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.failed("remove", name, error)),
            _ => Ok(()),
        }
    }

    /// Removes the empty directory `name`. A missing or full one is left, without an error: it is only tidying.
    pub fn remove_directory(&self, name: &str) {
        if let Err(error) = self.unlink_directory(name) {
            tracing::debug!(%error, name, "directory left");
        }
    }

    /// Makes the names in this directory as lasting as their files.
    ///
    /// # Errors
    /// When the system cannot.
    pub fn sync(&self) -> Result<(), StoreError> {
        self.sync_names().map_err(|error| self.failed("sync", ".", error))
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

#[cfg(unix)]
mod system {
    use super::{Directory, Entry, EntryKind, OpenHow};
    use rustix::fs::{AtFlags, FileType, Mode, OFlags, RenameFlags};
    use std::fs::File;
    use std::io;
    use std::path::PathBuf;

    const DIRECTORY: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

    impl Directory {
        pub(super) fn open_path(path: PathBuf) -> io::Result<Self> {
            let handle = rustix::fs::open(&path, DIRECTORY, Mode::empty())?;
            Ok(Self { handle, path })
        }

        pub(super) fn open_directory(&self, name: &str) -> io::Result<Self> {
            let handle = rustix::fs::openat(&self.handle, name, DIRECTORY | OFlags::NOFOLLOW, Mode::empty())?;
            Ok(Self { handle, path: self.path.join(name) })
        }

        pub(super) fn make_directory(&self, name: &str) -> io::Result<()> {
            let mode = if name.starts_with('.') { 0o700 } else { 0o777 };
            Ok(rustix::fs::mkdirat(&self.handle, name, Mode::from_raw_mode(mode))?)
        }

        pub(super) fn open_ordinary(&self, name: &str, how: OpenHow) -> io::Result<File> {
            let flags = match how {
                OpenHow::Read => OFlags::RDONLY,
                OpenHow::Update => OFlags::RDWR | OFlags::CREATE,
                OpenHow::CreateNew => OFlags::RDWR | OFlags::CREATE | OFlags::EXCL,
            };
            // Without NONBLOCK the opening of a planted pipe would hang.
            let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
            Ok(rustix::fs::openat(&self.handle, name, flags, Mode::from_raw_mode(0o666))?.into())
        }

        pub(super) fn look(&self, name: &str) -> io::Result<Entry> {
            let stat = rustix::fs::statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW)?;
            let kind = match FileType::from_raw_mode(stat.st_mode) {
                FileType::RegularFile => EntryKind::File,
                FileType::Directory => EntryKind::Directory,
                _ => EntryKind::Other,
            };
            let is_private = stat.st_uid == rustix::process::geteuid().as_raw() && stat.st_mode & 0o022 == 0;
            let modified = i128::from(stat.st_mtime) * 1_000_000_000 + i128::from(stat.st_mtime_nsec);
            let altered = i128::from(stat.st_ctime) * 1_000_000_000 + i128::from(stat.st_ctime_nsec);
            let (length, names) = (u64::try_from(stat.st_size).unwrap_or(0), stat.st_nlink as u64);
            Ok(Entry { kind, length, modified, altered, names, is_private })
        }

        pub(super) fn rename_without_replacing(
            &self,
            name: &str,
            target: &Self,
            new_name: &str,
        ) -> io::Result<()> {
            #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
            {
                let flags = RenameFlags::NOREPLACE;
                match rustix::fs::renameat_with(&self.handle, name, &target.handle, new_name, flags) {
                    // Some file systems cannot do it in one step: a hard link refuses to replace as well.
                    Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::NOTSUP) => {}
                    done => return Ok(done?),
                }
            }
            match rustix::fs::linkat(&self.handle, name, &target.handle, new_name, AtFlags::empty()) {
                Ok(()) => Ok(rustix::fs::unlinkat(&self.handle, name, AtFlags::empty())?),
                Err(rustix::io::Errno::EXIST) => Err(io::ErrorKind::AlreadyExists.into()),
                // No hard links either: the last resort leaves a moment between look and move.
                Err(_) if target.look(new_name).is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
                Err(_) => Ok(rustix::fs::renameat(&self.handle, name, &target.handle, new_name)?),
            }
        }

        pub(super) fn unlink(&self, name: &str) -> io::Result<()> {
            Ok(rustix::fs::unlinkat(&self.handle, name, AtFlags::empty())?)
        }

        pub(super) fn unlink_directory(&self, name: &str) -> io::Result<()> {
            Ok(rustix::fs::unlinkat(&self.handle, name, AtFlags::REMOVEDIR)?)
        }

        pub(super) fn sync_names(&self) -> io::Result<()> {
            Ok(rustix::fs::fsync(&self.handle)?)
        }

        /// Octets that this user may still write here.
        pub fn free_space(&self) -> Option<u64> {
            let stat = rustix::fs::fstatvfs(&self.handle).ok()?;
            Some(stat.f_bavail.saturating_mul(stat.f_frsize))
        }

        /// The names in this directory, without `.` and `..`.
        pub fn names(&self) -> io::Result<Vec<String>> {
            let mut names = Vec::new();
            for entry in rustix::fs::Dir::read_from(&self.handle)? {
                let name = entry?.file_name().to_string_lossy().into_owned();
                if name != "." && name != ".." {
                    names.push(name);
                }
            }
            Ok(names)
        }

        /// Takes every right from other users.
        pub fn make_private(&self) -> io::Result<()> {
            Ok(rustix::fs::fchmod(&self.handle, Mode::from_raw_mode(0o700))?)
        }
    }
}

#[cfg(not(unix))]
mod system {
    use super::{Directory, Entry, EntryKind, OpenHow, nanoseconds};
    use std::fs::{self, File, OpenOptions};
    use std::io;
    use std::path::{Path, PathBuf};

    fn refuse_link(path: &Path) -> io::Result<()> {
        match fs::symlink_metadata(path) {
            Ok(found) if found.file_type().is_symlink() => Err(io::ErrorKind::Unsupported.into()),
            _ => Ok(()),
        }
    }

    impl Directory {
        pub(super) fn open_path(path: PathBuf) -> io::Result<Self> {
            if fs::metadata(&path)?.is_dir() {
                Ok(Self { path })
            } else {
                Err(io::ErrorKind::NotADirectory.into())
            }
        }

        pub(super) fn open_directory(&self, name: &str) -> io::Result<Self> {
            let path = self.path.join(name);
            refuse_link(&path)?;
            Self::open_path(path)
        }

        pub(super) fn make_directory(&self, name: &str) -> io::Result<()> {
            fs::create_dir(self.path.join(name))
        }

        pub(super) fn open_ordinary(&self, name: &str, how: OpenHow) -> io::Result<File> {
            let path = self.path.join(name);
            refuse_link(&path)?;
            let mut options = OpenOptions::new();
            options.read(true);
            match how {
                OpenHow::Read => &mut options,
                OpenHow::Update => options.write(true).create(true).truncate(false),
                OpenHow::CreateNew => options.write(true).create_new(true),
            };
            options.open(path)
        }

        pub(super) fn look(&self, name: &str) -> io::Result<Entry> {
            let found = fs::symlink_metadata(self.path.join(name))?;
            let kind = match found.file_type() {
                kind if kind.is_file() => EntryKind::File,
                kind if kind.is_dir() => EntryKind::Directory,
                _ => EntryKind::Other,
            };
            let (length, modified) = (found.len(), nanoseconds(found.modified()));
            Ok(Entry { kind, length, modified, altered: 0, names: 1, is_private: true })
        }

        pub(super) fn rename_without_replacing(
            &self,
            name: &str,
            target: &Self,
            new_name: &str,
        ) -> io::Result<()> {
            let (from, to) = (self.path.join(name), target.path.join(new_name));
            match fs::hard_link(&from, &to) {
                Ok(()) => fs::remove_file(from),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
                Err(_) if fs::symlink_metadata(&to).is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
                Err(_) => fs::rename(from, to),
            }
        }

        pub(super) fn unlink(&self, name: &str) -> io::Result<()> {
            fs::remove_file(self.path.join(name))
        }

        pub(super) fn unlink_directory(&self, name: &str) -> io::Result<()> {
            fs::remove_dir(self.path.join(name))
        }

        pub(super) fn sync_names(&self) -> io::Result<()> {
            Ok(())
        }

        /// Octets that this user may still write here; not known on this system.
        pub fn free_space(&self) -> Option<u64> {
            None
        }

        /// The names in this directory.
        pub fn names(&self) -> io::Result<Vec<String>> {
            fs::read_dir(&self.path)?
                .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
                .collect()
        }

        /// Folders of a user are private on this system already.
        pub fn make_private(&self) -> io::Result<()> {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests;
