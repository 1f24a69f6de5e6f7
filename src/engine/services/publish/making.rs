//! Makes what is published: indexes beside the data and one canonical .torrent for each thing that was named.
//!
//! In: files and folders of this machine. Out: [`MadeTorrent`]s, hashed; [`MadeTorrent::write`] writes the .torrent once
//! it is known where it will be served. Data is read once for hashes, and GRIB once more for its index.

use super::splitting;
use crate::app::messages::user_message::UserMessage;
use crate::app::query::{Cut, PublishedTorrent, TorrentPrivacy};
use crate::catalog::magnet::Magnet;
use crate::catalog::metainfo::{self, Metainfo};
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::{show, show_with_urls};
use crate::domain::torrent::PieceHashes;
use crate::engine::services::inspect::{add_digests, unreadable};
use crate::engine::store::positioned::read_up_to;
use crate::engine::transfer::field_index;
use crate::grib::sidecar;
use crate::publish::beside::{Sidecar, data_files, torrent_name};
use crate::publish::canonical::{
    CanonicalPlan, Extras, FileToPublish, OfferShape, PieceHasher, write_torrent,
};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Deepest folder that is looked into.
const DEEPEST: usize = 16;

/// A torrent that is ready to be written.
#[derive(Debug)]
pub struct MadeTorrent {
    plan: CanonicalPlan,
    hashes: PieceHashes,
    /// The folder in which the name of the torrent lies.
    pub data_folder: PathBuf,
    /// The data files with their published paths, the torrent's name not among them.
    pub files: Vec<(PathBuf, Vec<String>)>,
    /// Indexes with their published paths.
    pub indexes: Vec<(PathBuf, Vec<String>)>,
    /// Where the .torrent goes.
    pub torrent: PathBuf,
}

/// What a failure of publishing means to a person.
pub(in crate::engine::services) fn refused(error: impl std::fmt::Display) -> UserMessage {
    UserMessage::CannotPublish { detail: show(&error.to_string()) }
}

/// Makes one torrent for each of `paths`.
///
/// # Errors
/// The first thing that cannot be read, named or written.
pub fn make(paths: &[PathBuf], out: Option<&Path>, cut: Cut) -> Result<Vec<MadeTorrent>, UserMessage> {
    make_while(paths, (out, cut), &|| true)
}

/// The same, as long as `goes_on` says so: hashing may take minutes.
///
/// # Errors
/// The same, and [`UserMessage::Stopped`].
pub(super) fn make_while(
    paths: &[PathBuf],
    (out, cut): (Option<&Path>, Cut),
    goes_on: &dyn Fn() -> bool,
) -> Result<Vec<MadeTorrent>, UserMessage> {
    if let Some(out) = out {
        std::fs::create_dir_all(out).map_err(|error| unreadable(out, error))?;
    }
    paths.iter().map(|path| make_one(path, (out, cut), goes_on)).collect()
}

fn make_one(
    path: &Path,
    (out, cut): (Option<&Path>, Cut),
    goes_on: &dyn Fn() -> bool,
) -> Result<MadeTorrent, UserMessage> {
    let path = std::fs::canonicalize(path).map_err(|error| unreadable(path, error))?;
    if cut == Cut::Hours {
        let folder = splitting::split_hours(&path, out)?;
        return make_folder(&folder, folder.parent().unwrap_or(&folder), goes_on);
    }
    let beside = path.parent().unwrap_or(Path::new("/")).to_owned();
    let out = out.unwrap_or(&beside);
    if path.is_file() { make_file(&path, out, goes_on) } else { make_folder(&path, out, goes_on) }
}

pub(super) fn name_of(path: &Path) -> Result<String, UserMessage> {
    let name = path.file_name().and_then(|name| name.to_str());
    name.map(str::to_owned).ok_or_else(|| refused(format!("{} has no name in UTF-8", path.display())))
}

fn make_file(path: &Path, out: &Path, goes_on: &dyn Fn() -> bool) -> Result<MadeTorrent, UserMessage> {
    let name = name_of(path)?;
    let length = path.metadata().map_err(|error| unreadable(path, error))?.len();
    let file = FileToPublish { path: vec![name.clone()], length };
    let plan = CanonicalPlan::new(OfferShape::SingleFile, &[file]).map_err(refused)?;
    let hashes = hash(&plan, std::slice::from_ref(&path.to_owned()), goes_on)?;
    let index = write_index(path, &out.join(Sidecar::SliceIndex.name_for(&name)))?;
    let folder = path.parent().unwrap_or(Path::new("/"));
    Ok(MadeTorrent {
        torrent: out.join(torrent_name(&plan)),
        plan,
        hashes,
        data_folder: folder.to_owned(),
        files: vec![(path.to_owned(), Vec::new())],
        indexes: index.map(|index| (index, vec![Sidecar::SliceIndex.name_for(&name)])).into_iter().collect(),
    })
}

fn make_folder(folder: &Path, out: &Path, goes_on: &dyn Fn() -> bool) -> Result<MadeTorrent, UserMessage> {
    let name = name_of(folder)?;
    let mut found = Vec::new();
    collect(folder, &mut Vec::new(), &mut found)?;
    let paths: Vec<Vec<String>> = found.iter().map(|(_, path)| path.clone()).collect();
    let data: Vec<(PathBuf, Vec<String>)> =
        data_files(&paths).into_iter().map(|at| found[at].clone()).collect();
    let mut offered = Vec::new();
    for (file, path) in &data {
        let length = file.metadata().map_err(|error| unreadable(file, error))?.len();
        offered.push(FileToPublish { path: path.clone(), length });
    }
    let plan = CanonicalPlan::new(OfferShape::Folder { name: name.clone() }, &offered).map_err(refused)?;
    let files: Vec<PathBuf> = data.iter().map(|(file, _)| file.clone()).collect();
    let hashes = hash(&plan, &files, goes_on)?;
    let mut indexes = Vec::new();
    for (file, path) in &data {
        let own_name = path.last().cloned().unwrap_or_default();
        let index_name = Sidecar::SliceIndex.name_for(&own_name);
        let beside = file.with_file_name(&index_name);
        if let Some(index) = write_index(file, &beside)? {
            let mut published = vec![name.clone()];
            published.extend(path[..path.len() - 1].iter().cloned());
            published.push(index_name);
            indexes.push((index, published));
        }
    }
    Ok(MadeTorrent {
        torrent: out.join(torrent_name(&plan)),
        plan,
        hashes,
        data_folder: folder.parent().unwrap_or(Path::new("/")).to_owned(),
        files: data,
        indexes,
    })
}

/// Ordinary files below `folder`; links are not followed.
pub(super) fn collect(
    folder: &Path,
    above: &mut Vec<String>,
    found: &mut Vec<(PathBuf, Vec<String>)>,
) -> Result<(), UserMessage> {
    let failed = |error| unreadable(folder, error);
    if above.len() >= DEEPEST {
        return Err(refused(format!("{} lies too deep", folder.display())));
    }
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let kind = entry.file_type().map_err(failed)?;
        let name = name_of(&entry.path())?;
        if name.starts_with('.') || kind.is_symlink() {
            continue;
        }
        above.push(name);
        if kind.is_dir() {
            collect(&entry.path(), above, found)?;
        } else if kind.is_file() {
            found.push((entry.path(), above.clone()));
        }
        above.pop();
    }
    Ok(())
}

/// Hashes the files, given in the order in which they were offered.
fn hash(
    plan: &CanonicalPlan,
    files: &[PathBuf],
    goes_on: &dyn Fn() -> bool,
) -> Result<PieceHashes, UserMessage> {
    let mut hasher = PieceHasher::new(plan);
    let mut buffer = vec![0; 1 << 20];
    for planned in plan.order() {
        let path = &files[planned.given];
        let file = File::open(path).map_err(|error| unreadable(path, error))?;
        let mut at = 0;
        loop {
            if !goes_on() {
                return Err(UserMessage::Stopped);
            }
            let count = read_up_to(&file, &mut buffer, at).map_err(|error| unreadable(path, error))?;
            if count == 0 {
                break;
            }
            hasher.update(&buffer[..count]).map_err(refused)?;
            at += count as u64;
        }
        hasher.next_file().map_err(refused)?;
    }
    hasher.finish().map_err(refused)
}

/// Writes a slice index of a GRIB file to `to`. `None` when the file is no sound GRIB.
pub(in crate::engine::services) fn write_index(
    file: &Path,
    to: &Path,
) -> Result<Option<PathBuf>, UserMessage> {
    let failed = |error| unreadable(file, error);
    let open = File::open(file).map_err(failed)?;
    let mut index = field_index::walk_file(&open).map_err(failed)?;
    if index.fields.is_empty() {
        return Ok(None);
    }
    add_digests(&mut index, &open).map_err(failed)?;
    write_whole(to, sidecar::slice_index(&index).as_bytes())?;
    Ok(Some(to.to_owned()))
}

/// Writes a file under a temporary name and moves it into place.
pub(in crate::engine::services) fn write_whole(path: &Path, octets: &[u8]) -> Result<(), UserMessage> {
    replace_whole(path, octets).map_err(|error| unreadable(path, error))
}

/// The same, with the system's own error.
pub(in crate::engine::services) fn replace_whole(path: &Path, octets: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".nuee-").tempfile_in(folder)?;
    file.write_all(octets)?;
    file.as_file().sync_all()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))?;
    }
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

impl MadeTorrent {
    /// Writes the .torrent, and returns what it is, as its readers find it.
    ///
    /// # Errors
    /// When a web seed cannot serve it, or the file cannot be written.
    pub fn write(&self, extras: &Extras) -> Result<(PublishedTorrent, Metainfo), UserMessage> {
        let octets = write_torrent(&self.plan, &self.hashes, extras).map_err(refused)?;
        write_whole(&self.torrent, &octets)?;
        let read = metainfo::read(&octets).map_err(refused)?;
        let mut magnet = Magnet::bare(read.info_hash());
        magnet.name = Some(read.layout().name.clone());
        magnet.trackers = read.trackers.iter().flatten().cloned().collect();
        magnet.web_seeds = read.web_seeds.iter().map(crate::catalog::web_seed::WebSeed::base).collect();
        let files = self.files.iter().map(|(file, _)| file.clone()).collect();
        let length: u64 = self.plan.order().iter().map(|file| file.length).sum();
        let published = PublishedTorrent {
            torrent: self.torrent.clone(),
            info_hash: read.info_hash().hex(),
            length: ByteCount(length),
            pieces: read.layout().pieces(),
            files,
            indexes: self.indexes.iter().map(|(index, _)| index.clone()).collect(),
            magnet: magnet.to_uri(),
        };
        Ok((published, read))
    }

    /// The same, of which peers are found so.
    #[must_use]
    pub fn with_privacy(self, privacy: TorrentPrivacy) -> Self {
        Self { plan: self.plan.with_privacy(privacy), ..self }
    }

    /// The name of the torrent as published.
    pub fn name(&self) -> &str {
        &self.plan.layout().name
    }

    /// Whether the data lies under the very names by which it is published, so that a peer can give it from there.
    pub fn lies_under_its_names(&self) -> bool {
        self.files.iter().all(|(file, path)| {
            let below: PathBuf =
                std::iter::once(self.name()).chain(path.iter().map(String::as_str)).collect();
            *file == self.data_folder.join(below)
        })
    }

    /// What the messages show of the place of the data.
    pub fn shown_folder(&self) -> String {
        show_with_urls(&self.data_folder.display().to_string())
    }
}
