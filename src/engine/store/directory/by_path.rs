//! A directory where names cannot be opened below a handle: links are looked for first.
//!
//! In: single path components. Out: files and entries, and the system's own errors.

use super::{DirectoryEntry, EntryKind, OpenHow, nanoseconds};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

fn refuse_link(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.file_type().is_symlink() => Err(io::ErrorKind::Unsupported.into()),
        _ => Ok(()),
    }
}

/// The path of a directory that was there.
#[derive(Debug)]
pub(super) struct DirectoryPath {
    path: PathBuf,
}

impl DirectoryPath {
    pub(super) fn open_path(path: &Path) -> io::Result<Self> {
        if fs::metadata(path)?.is_dir() {
            Ok(Self { path: path.to_owned() })
        } else {
            Err(io::ErrorKind::NotADirectory.into())
        }
    }

    pub(super) fn open_directory(&self, name: &str) -> io::Result<Self> {
        let path = self.path.join(name);
        refuse_link(&path)?;
        Self::open_path(&path)
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

    pub(super) fn look(&self, name: &str) -> io::Result<DirectoryEntry> {
        let found = fs::symlink_metadata(self.path.join(name))?;
        let kind = match found.file_type() {
            kind if kind.is_file() => EntryKind::File,
            kind if kind.is_dir() => EntryKind::Directory,
            _ => EntryKind::Other,
        };
        let (length, modified) = (found.len(), nanoseconds(found.modified()));
        Ok(DirectoryEntry { kind, length, modified, altered: 0, names: 1, is_private: true })
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
    pub(super) fn free_space(&self) -> Option<u64> {
        None
    }

    /// The names in this directory.
    pub(super) fn names(&self) -> io::Result<Vec<String>> {
        fs::read_dir(&self.path)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
    }

    /// Folders of a user are private on this system already.
    pub(super) fn make_private(&self) -> io::Result<()> {
        Ok(())
    }
}
