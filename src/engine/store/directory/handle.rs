//! An open directory on Unix: everything goes through it, so that a link planted between two calls gains nothing.
//!
//! In: single path components. Out: files, handles and entries, and the system's own errors.

use super::{DirectoryEntry, EntryKind, OpenHow};
use rustix::fs::{AtFlags, FileType, Mode, OFlags, RenameFlags};
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

const DIRECTORY: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// An open directory.
#[derive(Debug)]
pub(super) struct DirectoryHandle {
    handle: OwnedFd,
}

impl DirectoryHandle {
    pub(super) fn open_path(path: &Path) -> io::Result<Self> {
        Ok(Self { handle: rustix::fs::open(path, DIRECTORY, Mode::empty())? })
    }

    pub(super) fn open_directory(&self, name: &str) -> io::Result<Self> {
        let handle = rustix::fs::openat(&self.handle, name, DIRECTORY | OFlags::NOFOLLOW, Mode::empty())?;
        Ok(Self { handle })
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

    pub(super) fn look(&self, name: &str) -> io::Result<DirectoryEntry> {
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
        Ok(DirectoryEntry { kind, length, modified, altered, names, is_private })
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
    pub(super) fn free_space(&self) -> Option<u64> {
        let stat = rustix::fs::fstatvfs(&self.handle).ok()?;
        Some(stat.f_bavail.saturating_mul(stat.f_frsize))
    }

    /// The names in this directory, without `.` and `..`.
    pub(super) fn names(&self) -> io::Result<Vec<String>> {
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
    pub(super) fn make_private(&self) -> io::Result<()> {
        Ok(rustix::fs::fchmod(&self.handle, Mode::from_raw_mode(0o700))?)
    }
}
