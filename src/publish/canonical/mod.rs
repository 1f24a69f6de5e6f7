//! The canonical .torrent, rule nuee-1: whoever makes a torrent of the same bytes gets the same info-hash.
//!
//! In: names and lengths of files, then their octets ([`PieceHasher`]). Out: a [`CanonicalPlan`]; a .torrent.
//! Opens no file: `engine` reads them in the plan's order. Start reading at [`CanonicalPlan`], which states the rule.

mod error;
mod hasher;
#[cfg(test)]
mod tests;
mod torrent;

pub use error::{NameFault, PublishError};
pub use hasher::PieceHasher;
pub use torrent::{Extras, info_octets, magnet_for, write_torrent};

use crate::catalog::metainfo::MOST_FILES;
use crate::domain::content::{ContentFile, Layout};
use crate::domain::octets::{ByteCount, ByteRange};
use crate::domain::outside_text::{is_treacherous, show};
use crate::domain::safe_path::{DEEPEST, SafePath};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;

/// Most octets of an `info` dictionary that is written; four fifths of what `catalog::bencode` reads.
const LARGEST_INFO: u64 = 25 << 20;

/// Longest component, in octets: the longest that file systems hold.
const LONGEST_COMPONENT: usize = 255;

/// Folder that readers take for padding (BEP 47), so no file of a person may lie in it.
const PADDING_FOLDER: &str = ".pad";

/// Length of a piece by the total length of the files, padding not counted.
///
/// Small pieces for small totals: an hour of 20 MiB can be fetched from several peers at once; never more pieces than
/// about 8,000 below 32 GiB.
pub fn piece_length_for(total: u64) -> u64 {
    const KIBI: u64 = 1 << 10;
    const MEBI: u64 = 1 << 20;
    const GIBI: u64 = 1 << 30;
    match total {
        _ if total <= 32 * MEBI => 64 * KIBI,
        _ if total <= 128 * MEBI => 128 * KIBI,
        _ if total <= GIBI => 256 * KIBI,
        _ if total <= 2 * GIBI => 512 * KIBI,
        _ if total <= 8 * GIBI => MEBI,
        _ => 4 * MEBI,
    }
}

/// A file that a person offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileToPublish {
    /// Its path as published, outermost folder first and without the folder that is offered; its name alone when it is
    /// offered by itself.
    pub path: Vec<String>,
    /// Its length in octets; may be zero.
    pub length: u64,
}

/// What a person offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OfferShape {
    /// One file by itself.
    SingleFile,
    /// A folder, be it of one file.
    Folder {
        /// Its name as published.
        name: String,
    },
}

/// Whether peers of a torrent may be found by other ways than its trackers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TorrentPrivacy {
    /// By every way.
    #[default]
    Open,
    /// By its trackers alone (BEP 27). Its info-hash is another one than that of rule nuee-1: its swarm merges with no other.
    Private,
}

/// A file in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedFile {
    /// Its number in the list that was handed over, from 0: names change on the way.
    pub given: usize,
    /// Its path in the torrent; see [`FileToPublish::path`].
    pub path: Vec<String>,
    /// Its length in octets.
    pub length: u64,
    /// Its first octet in the content.
    pub start: u64,
}

/// What a piece is made of: octets of one file, then zeros. No piece holds octets of two files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PieceContent {
    /// The file, by its place in [`CanonicalPlan::order`].
    pub file: usize,
    /// Its octets, counted from its own start.
    pub range: ByteRange,
    /// How many zeros follow.
    pub zeros: u64,
}

/// How files lie in a canonical torrent.
///
/// Rule nuee-1, whole, so that others can follow it:
///
/// 1. A file offered by itself gives `length` and its name; a folder gives `files` and the folder's name, even when it
///    holds one file only. A name is part of the identity, and so is a folder: who has one file offers that file.
/// 2. Names are UTF-8 as published, every `:` written `_`, since Windows has no such names.
/// 3. Files are sorted by the octets of their path, its components joined by `/`.
/// 4. The piece length follows from the lengths of the files added up: see [`piece_length_for`].
/// 5. Before each file that is not empty and would not begin a piece stands a file of zeros that makes it do so:
///    `path` `.pad/<length>`, `attr` `p` (BEP 47). So none stands before the first file nor after the last.
/// 6. `info` holds exactly `name`, `piece length`, `pieces`, and `length` or `files`; an entry of `files` exactly `length`
///    and `path`, and for padding `attr`. Everything else stands outside `info`.
#[derive(Clone, Debug)]
pub struct CanonicalPlan {
    layout: Arc<Layout>,
    order: Vec<PlannedFile>,
    privacy: TorrentPrivacy,
}

impl CanonicalPlan {
    /// Puts `files` in their places, in whatever order they come.
    ///
    /// # Errors
    /// [`PublishError`] when there is nothing to publish, when a name could not be received under that name everywhere,
    /// when two names are one on some system, or when the torrent would be larger than its readers take.
    pub fn new(shape: OfferShape, files: &[FileToPublish]) -> Result<Self, PublishError> {
        let folder = folder_of(shape, files)?;
        let mut order = files
            .iter()
            .enumerate()
            .map(|(given, file)| {
                let path = file.path.iter().map(|component| portable(component)).collect();
                PlannedFile { given, path, length: file.length, start: 0 }
            })
            .collect::<Vec<_>>();
        order.iter().try_for_each(|file| check_path(&file.path, folder.as_ref()))?;
        order.sort_by_cached_key(|file| file.path.join("/"));
        let name = folder.clone().unwrap_or_else(|| order[0].path[0].clone());
        let total = order.iter().try_fold(0u64, |total, file| total.checked_add(file.length));
        let total = total.ok_or(PublishError::TooLarge)?;
        if total == 0 {
            return Err(PublishError::Nothing);
        }
        let piece_length = piece_length_for(total);
        let contents = placed(folder.as_deref(), &mut order, piece_length)?;
        refuse_twins(&contents)?;
        let layout = Layout::new(name, contents, piece_length).ok_or(PublishError::TooLarge)?;
        check_size(&layout)?;
        Ok(Self { layout: Arc::new(layout), order, privacy: TorrentPrivacy::Open })
    }

    /// The same files, of which peers are found so. A private torrent holds `private` in its `info` beside what rule nuee-1 names.
    #[must_use]
    pub fn with_privacy(self, privacy: TorrentPrivacy) -> Self {
        Self { privacy, ..self }
    }

    /// The files in the order in which they are to be read.
    pub fn order(&self) -> &[PlannedFile] {
        &self.order
    }

    /// How files, padding and pieces lie in the content; the same as a reader of the torrent finds.
    pub fn layout(&self) -> &Arc<Layout> {
        &self.layout
    }

    /// What `piece` is made of, so that pieces may be hashed in any order. `None` past the last.
    pub fn piece_content(&self, piece: u32) -> Option<PieceContent> {
        let whole = self.layout.piece_range(piece)?;
        // The last file that begins at or before the piece; empty files before it begin there too and hold none of it.
        let file = self.order.partition_point(|file| file.start <= whole.start());
        let file = self.order[..file].iter().rposition(|file| file.length > 0)?;
        let planned = &self.order[file];
        let held = ByteRange::at(planned.start, planned.length)?.intersection(whole)?;
        let zeros = whole.end() - held.end();
        Some(PieceContent { file, range: held.relative_to(planned.start)?, zeros })
    }
}

/// The name of the folder that is offered. `None` when a file is offered by itself.
fn folder_of(shape: OfferShape, files: &[FileToPublish]) -> Result<Option<String>, PublishError> {
    match (shape, files) {
        (_, []) => Err(PublishError::Nothing),
        (_, files) if files.len() > MOST_FILES => Err(PublishError::TooManyFiles),
        (OfferShape::SingleFile, [file]) if file.path.len() == 1 => Ok(None),
        (OfferShape::SingleFile, _) => Err(PublishError::NotOneFile { files: files.len() }),
        (OfferShape::Folder { name }, _) => {
            let name = portable(&name);
            check_name(&name)?;
            Ok(Some(name))
        }
    }
}

/// A published name without what Windows cannot write.
fn portable(name: &str) -> String {
    name.replace(':', "_")
}

fn check_path(path: &[String], folder: Option<&String>) -> Result<(), PublishError> {
    let fault = |fault| PublishError::UnfitName { name: show(&path.join("/")), fault };
    if path.is_empty() {
        return Err(fault(NameFault::Empty));
    }
    if path.len() + usize::from(folder.is_some()) > DEEPEST {
        return Err(fault(NameFault::TooDeep));
    }
    if folder.is_some() && path[0] == PADDING_FOLDER {
        return Err(fault(NameFault::Padding));
    }
    path.iter().try_for_each(|component| check_name(component))
}

fn check_name(name: &str) -> Result<(), PublishError> {
    let fault = match name {
        "" => NameFault::Empty,
        "." | ".." => NameFault::Step,
        _ if name.contains(['/', '\\']) => NameFault::Separator,
        _ if name.chars().any(is_treacherous) => NameFault::Invisible,
        _ if name.len() > LONGEST_COMPONENT => NameFault::TooLong,
        _ => return Ok(()),
    };
    Err(PublishError::UnfitName { name: show(name), fault })
}

/// Gives each file its first octet, and the layout its files and padding.
fn placed(
    folder: Option<&str>,
    order: &mut [PlannedFile],
    piece_length: u64,
) -> Result<Vec<ContentFile>, PublishError> {
    let mut contents: Vec<ContentFile> = Vec::with_capacity(order.len());
    let mut at = 0u64;
    for file in order {
        let padding = at.next_multiple_of(piece_length) - at;
        if file.length > 0 && padding > 0 {
            let path = [PADDING_FOLDER.to_owned(), padding.to_string()];
            contents.push(ContentFile { is_padding: true, ..content_file(folder, &path, (at, padding))? });
            at += padding;
        }
        file.start = at;
        contents.push(content_file(folder, &file.path, (at, file.length))?);
        at = at.checked_add(file.length).filter(|&at| at < 1 << 62).ok_or(PublishError::TooLarge)?;
    }
    Ok(contents)
}

fn content_file(
    folder: Option<&str>,
    path: &[String],
    (start, length): (u64, u64),
) -> Result<ContentFile, PublishError> {
    let components: Vec<&str> = folder.into_iter().chain(path.iter().map(String::as_str)).collect();
    let safe = SafePath::from_outside(&components).ok_or(PublishError::TooLarge)?;
    let published = if folder.is_some() { path.to_vec() } else { Vec::new() };
    Ok(ContentFile { path: safe, published, start, length: ByteCount(length), is_padding: false })
}

/// Refuses two files that some file system takes for one, and a file with the name of a folder.
fn refuse_twins(contents: &[ContentFile]) -> Result<(), PublishError> {
    let files = || contents.iter().filter(|file| !file.is_padding);
    let mut taken: HashMap<String, &ContentFile> = HashMap::new();
    for file in files() {
        if let Some(other) = taken.insert(file.path.fold_key(), file) {
            return Err(PublishError::Twins { one: other.path.to_string(), other: file.path.to_string() });
        }
    }
    for file in files() {
        let key = file.path.fold_key();
        for (at, _) in key.match_indices('/') {
            if let Some(other) = taken.get(&key[..at]) {
                return Err(PublishError::Twins {
                    one: other.path.to_string(),
                    other: file.path.to_string(),
                });
            }
        }
    }
    Ok(())
}

/// Whether readers take a torrent of this size.
fn check_size(layout: &Layout) -> Result<(), PublishError> {
    if layout.files().len() > MOST_FILES {
        return Err(PublishError::TooManyFiles);
    }
    let names = layout.files().iter().flat_map(|file| &file.published).map(|name| name.len() + 4);
    let names = u64::try_from(names.sum::<usize>() + layout.files().len() * 64).unwrap_or(u64::MAX);
    let hashes = layout.total().0.div_ceil(layout.piece_length()).saturating_mul(20);
    if names.saturating_add(hashes) > LARGEST_INFO { Err(PublishError::TooLarge) } else { Ok(()) }
}
