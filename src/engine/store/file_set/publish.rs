//! Moves a file into place: the only rename, and only with a proof.
//!
//! In: a [`Proof`] and a whole partial file. Out: the file under its final name, on the disk to stay.
//! A different file of that name is kept as `name~1`; nothing is ever overwritten.

use super::super::directory::{self, Directory, EntryKind, OpenHow};
use super::super::error::StoreError;
use super::super::positioned::read_up_to;
use super::{FileSet, Partials};
use crate::domain::integrity::{Digest, DigestAlgorithm};
use crate::domain::octets::ByteCount;
use crate::domain::on_disk::Stamp;
use crate::domain::safe_path::SafePath;
use crate::domain::seal::Seal;
use crate::domain::torrent::PieceHashes;
use crate::domain::utc::UtcTime;
use crate::transfer::assembly::ContentGrid;
use crate::transfer::verification::Proof;
use std::fs::File;

/// A file in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Its path below the folder of finished files.
    pub path: SafePath,
    /// Its length.
    pub length: ByteCount,
    /// How it was left.
    pub stamp: Stamp,
    /// When its octets were last read, where they were not read now.
    pub not_read_since: Option<UtcTime>,
    /// What it can be known by later. `None` where an earlier seal still holds.
    pub seal: Option<Seal>,
    /// Where a different file of the same name was moved to.
    pub kept_as: Option<SafePath>,
}

impl FileSet {
    /// Moves `file` of the content into place; one that stands there already is left as it is.
    ///
    /// # Errors
    /// When it cannot be made lasting or moved. The partial file is kept then.
    pub fn publish(&self, proof: &Proof, file: usize) -> Result<Published, StoreError> {
        if let Some(standing) = self.disk.standing(file, proof.length())? {
            return Ok(standing);
        }
        self.disk.move_into_place(file)
    }

    /// Removes the partial file of `file`: what was found wrong is not to be taken for held at the next start.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn discard(&self, file: usize) -> Result<(), StoreError> {
        self.disk.discard(file)
    }

    /// What `file` can be known by later: the published hashes of the pieces that lie in it, and our own of the stretches
    /// at its ends that share a piece with others. `None` when the file is not held in pieces, or cannot be read.
    pub fn seal_by_pieces(&self, file: usize, hashes: &PieceHashes) -> Option<Seal> {
        let ContentGrid::Pieces(layout) = &self.grid else { return None };
        let range = layout.files().get(file)?.range()?;
        let mut digests = Vec::new();
        let mut first = None;
        for piece in layout.pieces_of(range) {
            let whole = layout.piece_range(piece)?;
            let part = whole.intersection(range)?;
            first.get_or_insert(part.count().0);
            if part == whole {
                digests.extend_from_slice(hashes.get(piece as usize)?);
                continue;
            }
            let mut octets = vec![0; usize::try_from(part.count().0).ok()?];
            self.read(part, &mut octets).ok()?;
            digests.extend_from_slice(Digest::of(DigestAlgorithm::Sha1, &octets).octets());
        }
        Seal::of_stretches(range.count().0, (first?, layout.piece_length()), digests)
    }
}

/// Moves a product that was put together beside a content's partial files, such as a slice, into place at `path`.
///
/// # Errors
/// When it cannot be made lasting or moved. It is kept under its partial name then.
pub fn publish_product(
    root: &Directory,
    partials: &Partials,
    partial_name: &str,
    path: &SafePath,
    proof: &Proof,
) -> Result<Published, StoreError> {
    let handle = partials.directory().open_file(partial_name, OpenHow::Update)?;
    let length = handle.metadata().map_err(|error| StoreError::from_io("look at the product", error))?.len();
    debug_assert_eq!(length, proof.length().0, "a proof is for the file that it moves");
    move_into_place(root, partials, partial_name, (&handle, path))
}

pub(super) fn move_into_place(
    root: &Directory,
    partials: &Partials,
    partial_name: &str,
    (handle, path): (&File, &SafePath),
) -> Result<Published, StoreError> {
    let failed = |error| StoreError::from_io(format!("sync {path}"), error);
    handle.sync_all().map_err(failed)?;
    let folders = root.enter_all(path.folders())?;
    let target = folders.last().unwrap_or(root);
    let mut kept_as = None;
    while !partials.directory().move_to(partial_name, target, path.file_name())? {
        if is_same_file(target, path.file_name(), handle)? {
            partials.directory().remove_file(partial_name)?;
            break;
        }
        kept_as = Some(keep_existing(target, path)?);
    }
    root.sync_chain(&folders)?;
    let length = ByteCount(handle.metadata().map_err(failed)?.len());
    let standing = target.open_file(path.file_name(), OpenHow::Read)?;
    let stamp = directory::stamp(&standing);
    Ok(Published { path: path.clone(), length, stamp, not_read_since: None, seal: None, kept_as })
}

/// Moves the file that stands at `path` to the first free numbered name beside it.
fn keep_existing(target: &Directory, path: &SafePath) -> Result<SafePath, StoreError> {
    if target.entry(path.file_name())?.is_some_and(|entry| entry.kind != EntryKind::File) {
        return Err(StoreError::LinkInTheWay {
            name: target.path().join(path.file_name()).display().to_string(),
        });
    }
    for number in 1..10_000 {
        let kept = path.numbered(number);
        if target.move_to(path.file_name(), target, kept.file_name())? {
            tracing::warn!(%path, %kept, "a different file stood there and was kept");
            return Ok(kept);
        }
    }
    Err(StoreError::LinkInTheWay { name: target.path().join(path.file_name()).display().to_string() })
}

/// Whether `name` is an ordinary file with the bytes of `other`.
fn is_same_file(target: &Directory, name: &str, other: &File) -> Result<bool, StoreError> {
    let failed = |error| StoreError::from_io(format!("compare {name}"), error);
    let length = other.metadata().map_err(failed)?.len();
    match target.entry(name)? {
        Some(entry) if entry.kind == EntryKind::File && entry.length == length => {}
        _ => return Ok(false),
    }
    let standing = target.open_file(name, OpenHow::Read)?;
    let (mut left, mut right) = (vec![0; 1 << 18], vec![0; 1 << 18]);
    let mut at = 0;
    loop {
        let count = read_up_to(&standing, &mut left, at).map_err(failed)?;
        let other_count = read_up_to(other, &mut right, at).map_err(failed)?;
        if count != other_count || left[..count] != right[..count] {
            return Ok(false);
        }
        if count == 0 {
            return Ok(true);
        }
        at += count as u64;
    }
}
