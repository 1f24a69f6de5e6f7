//! Checks files on this machine: against a .torrent, an index or a digest, or else for their form.
//!
//! One answer a file, as soon as it is known. Without `--against`, what lies beside a file is used: `<file>.torrent`,
//! then an index with digests.

mod pieces;

use super::opening;
use crate::app::messages::user_message::UserMessage;
use crate::app::query::{Answer, Finding, VerifiedFile, VerifyRequest};
use crate::catalog::metainfo::LARGEST_TORRENT;
use crate::catalog::metainfo::{self, Metainfo};
use crate::domain::compression::Compression;
use crate::domain::data_kind::Promised;
use crate::domain::integrity::{Digest, Digester, Method, Verdict, Voucher};
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::show;
use crate::engine::context::EngineContext;
use crate::engine::store::positioned::read_bounded;
use crate::engine::store::positioned::read_up_to;
use crate::engine::transfer::field_index;
use crate::grib::index::GribIndex;
use crate::grib::sidecar;
use crate::grib::structure::{Structure, StructureCheck};
use crate::transfer::decompress::structure_inside;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Sender;

/// Most files of the folders that are named.
const MOST_FILES: usize = 100_000;

/// What files are checked against.
#[derive(Clone)]
enum Against {
    Torrent(Arc<Metainfo>, Voucher),
    Index(Vec<u8>, Voucher),
    Digest(Digest),
    WhatLiesBeside,
}

/// Checks every file of the request.
pub(in crate::engine) async fn verify(
    request: VerifyRequest,
    context: &EngineContext,
    answers: &Sender<Answer>,
) {
    let against = match against_of(request.against.as_deref(), context).await {
        Ok(against) => against,
        Err(message) => {
            let path = show(request.against.as_deref().unwrap_or_default());
            let refused = VerifiedFile { path, length: ByteCount::ZERO, finding: Err(message), detail: None };
            let _ = answers.send(Answer::Verified(refused));
            let _ = answers.send(Answer::VerifyDone);
            return;
        }
    };
    let answers = answers.clone();
    let checking = tokio::task::spawn_blocking(move || {
        for path in files_of(&request.paths, &against) {
            // A front end that has gone away wants no more.
            if answers.send(Answer::Verified(check(&path, &against))).is_err() {
                return;
            }
        }
        let _ = answers.send(Answer::VerifyDone);
    });
    if let Err(error) = checking.await {
        tracing::error!(%error, "verifying broke");
    }
}

async fn against_of(against: Option<&str>, context: &EngineContext) -> Result<Against, UserMessage> {
    let Some(against) = against else { return Ok(Against::WhatLiesBeside) };
    if let Some(digest) = Digest::parse(against) {
        return Ok(Against::Digest(digest));
    }
    let opened = opening::open(against, context).await?;
    let voucher = match &opened {
        opening::Opened::Local { .. } => Voucher::Person,
        opening::Opened::Remote { url, .. } => crate::domain::integrity::Voucher::of_server(url),
    };
    let octets = opened.whole(LARGEST_TORRENT, context).await?;
    if octets.starts_with(b"d") {
        let read = metainfo::read(&octets);
        let metainfo =
            read.map_err(|error| UserMessage::TorrentUnsound { detail: show(&error.to_string()) })?;
        return Ok(Against::Torrent(Arc::new(metainfo), voucher));
    }
    match sidecar::read(&octets, None) {
        Ok(_) => Ok(Against::Index(octets, voucher)),
        Err(_) => Err(UserMessage::Unreadable { text: show(against) }),
    }
}

/// The files that were named, and those in the folders that were named; of a torrent, its own files there.
fn files_of(paths: &[PathBuf], against: &Against) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = Vec::new();
    for path in paths {
        match (path.is_dir(), against) {
            (true, Against::Torrent(metainfo, _)) => files.extend(pieces::places(path, metainfo)),
            (true, _) => folders.push(path.clone()),
            (false, _) => files.push(path.clone()),
        }
    }
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            files.push(folder);
            continue;
        };
        let mut here: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        here.sort();
        for path in here {
            let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            let Ok(metadata) = path.symlink_metadata() else { continue };
            if is_hidden || metadata.is_symlink() || files.len() >= MOST_FILES {
                continue;
            }
            if metadata.is_dir() {
                folders.push(path)
            } else if !is_sidecar(&path) {
                files.push(path)
            }
        }
    }
    files
}

fn is_sidecar(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| ["index", "idx", "inv", "torrent"].iter().any(|e| extension == *e))
}

fn check(path: &Path, against: &Against) -> VerifiedFile {
    let shown = crate::domain::outside_text::show_with_urls(&path.display().to_string());
    let length = path.metadata().map_or(ByteCount::ZERO, |metadata| ByteCount(metadata.len()));
    let mut detail = None;
    let finding = finding_of(path, length, (against, &mut detail));
    let finding = finding.map_err(|error| opening::unreadable(path, error));
    VerifiedFile { path: shown, length, finding, detail }
}

fn finding_of(
    path: &Path,
    length: ByteCount,
    (against, detail): (&Against, &mut Option<String>),
) -> std::io::Result<Finding> {
    match against {
        Against::Digest(announced) => {
            let mut digester = Digester::new(announced.algorithm());
            read_through(path, |octets| digester.update(octets))?;
            let computed = digester.finish();
            let method = Method::AnnouncedDigest(announced.algorithm());
            Ok(Finding::Verdict(if computed == *announced {
                Verdict::Verified { method, voucher: Voucher::Person }
            } else {
                Verdict::Mismatch { announced: announced.clone(), computed }
            }))
        }
        Against::Torrent(metainfo, voucher) => pieces::check(path, metainfo, (voucher, detail)),
        Against::Index(octets, voucher) => match sidecar::read(octets, Some(length.0)) {
            Ok(index) => by_index(path, length, &index, voucher, detail),
            Err(error) => {
                *detail = Some(error.to_string());
                Ok(Finding::Verdict(Verdict::UnreadableDigest))
            }
        },
        Against::WhatLiesBeside => beside(path, length, detail),
    }
}

fn beside(path: &Path, length: ByteCount, detail: &mut Option<String>) -> std::io::Result<Finding> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let folder = path.parent().unwrap_or(Path::new("."));
    let torrent = folder.join(format!("{name}.torrent"));
    if let Ok(Some(octets)) = read_bounded(&torrent, LARGEST_TORRENT)
        && let Ok(metainfo) = metainfo::read(&octets)
    {
        return pieces::check(path, &metainfo, (&Voucher::Person, detail));
    }
    let mut unusable = Vec::new();
    if let Some(found) = field_index::beside_in_folder(folder, &name, length, &mut unusable)
        && found.index.digests.iter().any(Option::is_some)
    {
        return by_index(path, length, &found.index, &Voucher::Person, detail);
    }
    Ok(match structure_of(path)? {
        Structure::WellFormed { .. } => {
            Finding::Verdict(Verdict::Verified { method: Method::Structure, voucher: Voucher::Nobody })
        }
        Structure::NotGrib => Finding::NotGrib { promised: Promised::by_name(&name) },
        Structure::Broken { detail: what } => {
            *detail = Some(what);
            Finding::Broken
        }
    })
}

/// The form of a file, or of what is inside a compressed one.
fn structure_of(path: &Path) -> std::io::Result<Structure> {
    let mut file = File::open(path)?;
    let mut first = [0; 16];
    let count = read_up_to(&file, &mut first, 0)?;
    if let Some(compression) = Compression::from_magic(&first[..count]) {
        return structure_inside(compression, &mut file);
    }
    let mut form = StructureCheck::new();
    read_through(path, |octets| form.update(octets))?;
    Ok(form.finish())
}

/// Every octet of the file must lie in a message whose digest the index tells and the octets give.
fn by_index(
    path: &Path,
    length: ByteCount,
    index: &GribIndex,
    voucher: &Voucher,
    detail: &mut Option<String>,
) -> std::io::Result<Finding> {
    let mut computed = index.clone();
    super::inspecting::add_digests(&mut computed, &File::open(path)?)?;
    for (number, (announced, computed)) in index.digests.iter().zip(&computed.digests).enumerate() {
        if let (Some(announced), Some(computed)) = (announced, computed)
            && announced != computed
        {
            *detail = Some(format!("message {}", number + 1));
            let (announced, computed) = (announced.clone(), computed.clone());
            return Ok(Finding::Verdict(Verdict::Mismatch { announced, computed }));
        }
    }
    let covered: crate::domain::octets::RangeSet = index
        .fields
        .iter()
        .filter(|field| index.digest_of(field).is_some())
        .map(|field| field.range)
        .collect();
    if covered.count() != length {
        *detail = Some(format!("the index has digests for {} of {} bytes", covered.count().0, length.0));
        return Ok(Finding::NotVerified);
    }
    Ok(Finding::Verdict(Verdict::Verified { method: Method::IndexedDigest, voucher: voucher.clone() }))
}

fn read_through(path: &Path, mut take: impl FnMut(&[u8])) -> std::io::Result<()> {
    let mut file = File::open(path)?;
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(()),
            count => take(&buffer[..count]),
        }
    }
}
