//! The files of an archive on the disk: whether one is as it was left, its .torrent, its removal.
//!
//! In: a file as it is kept. Out: what stands there. What somebody changed is the person's: it is neither uploaded nor removed.

use crate::app::messages::user_message::UserMessage;
use crate::app::pledge::file::PledgedFile;
use crate::domain::content::ContentId;
use crate::engine::services::publish::making::write_whole;
use crate::engine::store::error::{StoreError, message_of_store};
use crate::engine::store::folders::OpenFolder;
use crate::engine::store::pledge_store::PledgeStore as _;
use crate::engine::store::relay_store::RelayStore as _;
use crate::engine::store::removal::{is_as_left, remove_empty, remove_unchanged};
use crate::publish::relay::places::{OfWhich, path_of};
use std::path::{Path, PathBuf};

/// What stands where a file of the archive was put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileLook {
    AsLeft,
    Missing,
    Changed,
}

/// The folders below that of the archive in which a file lies.
pub(super) fn folders_of(file: &PledgedFile) -> Vec<String> {
    let mut path = path_of(&file.key, OfWhich::Data);
    path.pop();
    path
}

/// Where a file, or what lies beside it, is.
pub(super) fn path_in(open: &OpenFolder, file: &PledgedFile, which: OfWhich) -> PathBuf {
    let below: PathBuf = path_of(&file.key, which).iter().collect();
    open.folder.root().path().join(below)
}

fn below(file: &PledgedFile) -> String {
    path_of(&file.key, OfWhich::Data).join("/")
}

/// Looks at a file.
pub(super) fn look_at(open: &OpenFolder, file: &PledgedFile) -> Result<FileLook, StoreError> {
    let below = below(file);
    let left = open.database.finished_as(&below)?;
    let is_left = left.map(|left| is_as_left(open.folder.root(), Path::new(&below), left)).transpose()?;
    Ok(match is_left {
        Some(true) => FileLook::AsLeft,
        _ if path_in(open, file, OfWhich::Data).symlink_metadata().is_ok() => FileLook::Changed,
        _ => FileLook::Missing,
    })
}

/// Writes the .torrent of a file beside the archive.
pub(super) fn write_torrent(open: &OpenFolder, file: &PledgedFile, octets: &[u8]) -> Result<(), UserMessage> {
    let path = path_in(open, file, OfWhich::Torrent);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .map_err(|error| message_of_store(&StoreError::from_io("make a folder", error)))?;
    }
    write_whole(&path, octets)
}

/// Removes a file that nobody changed, with its .torrent and what is known of it.
pub(super) fn remove(open: &OpenFolder, file: &PledgedFile) -> Result<(), StoreError> {
    let (root, below) = (open.folder.root(), below(file));
    if let Some(left) = open.database.finished_as(&below)? {
        remove_unchanged(root, Path::new(&below), left)?;
    }
    match std::fs::remove_file(path_in(open, file, OfWhich::Torrent)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(StoreError::from_io("remove a .torrent", error));
        }
        Ok(()) | Err(_) => {}
    }
    let mut folders = path_of(&file.key, OfWhich::Torrent);
    folders.pop();
    remove_empty(root.path(), &folders);
    let key = ContentId::Torrent(file.info_hash).key();
    let partials = open.folder.partials(&key)?;
    let names = partials.directory().names();
    for name in names.map_err(|error| StoreError::from_io("read the folder of partial files", error))? {
        partials.directory().remove_file(&name)?;
    }
    drop(partials);
    open.folder.tidy(&key);
    open.database.forget_content(&key, &below)?;
    open.database.forget_pledged(file.info_hash)
}
