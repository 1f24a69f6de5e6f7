//! Checks files on this machine: against a .torrent, an index or a digest, or else for their form.
//!
//! One answer a file, as soon as it is known. Without `--against`, what lies beside a file is used: `<file>.torrent`,
//! then an index with digests.

use super::opening;
use crate::app::query::{Answer, VerifiedFile, VerifyRequest};
use crate::app::user_message::UserMessage;
use crate::catalog::metainfo::{self, Metainfo};
use crate::domain::integrity::{Digest, DigestAlgorithm, Digester, Method, Verdict, Voucher};
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::show;
use crate::engine::job::JobContext;
use crate::engine::job::field_index;
use crate::engine::job::target::{LARGEST_TORRENT, read_bounded};
use crate::engine::store::positioned::read_up_to;
use crate::grib::index::GribIndex;
use crate::grib::sidecar;
use crate::grib::structure::{Structure, StructureCheck};
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
pub(super) async fn verify(request: VerifyRequest, context: &JobContext, answers: &Sender<Answer>) {
    let against = match against_of(request.against.as_deref(), context).await {
        Ok(against) => against,
        Err(message) => {
            let path = show(request.against.as_deref().unwrap_or_default());
            let refused = VerifiedFile { path, length: ByteCount::ZERO, verdict: Err(message), detail: None };
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

async fn against_of(against: Option<&str>, context: &JobContext) -> Result<Against, UserMessage> {
    let Some(against) = against else { return Ok(Against::WhatLiesBeside) };
    if let Some(digest) = Digest::parse(against) {
        return Ok(Against::Digest(digest));
    }
    let opened = opening::open(against, context).await?;
    let voucher = match &opened {
        opening::Opened::Local { .. } => Voucher::Person,
        opening::Opened::Remote { url, .. } => crate::engine::job::target::voucher_of(url),
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
            (true, Against::Torrent(metainfo, _)) => {
                let of_torrent = metainfo.layout().files().iter().filter(|file| !file.is_padding);
                files.extend(
                    of_torrent.map(|file| path.join(file.path.components().iter().collect::<PathBuf>())),
                );
            }
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
    let verdict = verdict_of(path, length, (against, &mut detail));
    let verdict = verdict.map_err(|error| opening::unreadable(path, error));
    VerifiedFile { path: shown, length, verdict, detail }
}

fn verdict_of(
    path: &Path,
    length: ByteCount,
    (against, detail): (&Against, &mut Option<String>),
) -> std::io::Result<Verdict> {
    match against {
        Against::Digest(announced) => {
            let mut digester = Digester::new(announced.algorithm());
            read_through(path, |octets| digester.update(octets))?;
            let computed = digester.finish();
            let method = Method::AnnouncedDigest(announced.algorithm());
            Ok(if computed == *announced {
                Verdict::Verified { method, voucher: Voucher::Person }
            } else {
                Verdict::Mismatch { announced: announced.clone(), computed }
            })
        }
        Against::Torrent(metainfo, voucher) => by_pieces(path, metainfo, (voucher, detail)),
        Against::Index(octets, voucher) => match sidecar::read(octets, Some(length.0)) {
            Ok(index) => by_index(path, length, (&index, voucher, detail)),
            Err(error) => {
                *detail = Some(error.to_string());
                Ok(Verdict::UnreadableDigest)
            }
        },
        Against::WhatLiesBeside => beside(path, length, detail),
    }
}

fn beside(path: &Path, length: ByteCount, detail: &mut Option<String>) -> std::io::Result<Verdict> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let folder = path.parent().unwrap_or(Path::new("."));
    let torrent = folder.join(format!("{name}.torrent"));
    if let Ok(Some(octets)) = read_bounded(&torrent, LARGEST_TORRENT)
        && let Ok(metainfo) = metainfo::read(&octets)
    {
        return by_pieces(path, &metainfo, (&Voucher::Person, detail));
    }
    let mut unusable = Vec::new();
    if let Some(found) = field_index::beside_in_folder(folder, &name, length, &mut unusable)
        && found.index.digests.iter().any(Option::is_some)
    {
        return by_index(path, length, (&found.index, &Voucher::Person, detail));
    }
    let mut form = StructureCheck::new();
    read_through(path, |octets| form.update(octets))?;
    Ok(match form.finish() {
        Structure::WellFormed { .. } => {
            Verdict::Verified { method: Method::Structure, voucher: Voucher::Nobody }
        }
        Structure::NotGrib => Verdict::NotAnnounced,
        Structure::Broken { detail: what } => {
            *detail = Some(what);
            Verdict::NotChecked
        }
    })
}

/// Checks a file against the hashes of the pieces that lie in it alone, and counts the others as its neighbours'.
fn by_pieces(
    path: &Path,
    metainfo: &Metainfo,
    (voucher, detail): (&Voucher, &mut Option<String>),
) -> std::io::Result<Verdict> {
    let layout = metainfo.layout();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let candidates = layout.files().iter().filter(|file| !file.is_padding);
    let by_tail = |file: &&crate::domain::content::ContentFile| {
        let components: PathBuf = file.path.components().iter().collect();
        path.ends_with(&components) || file.path.file_name() == name
    };
    let Some(entry) = candidates
        .clone()
        .find(by_tail)
        .or_else(|| candidates.clone().next().filter(|_| layout.is_single_file()))
    else {
        *detail = Some("the torrent has no file of this name".to_owned());
        return Ok(Verdict::NotAnnounced);
    };
    let file = File::open(path)?;
    let verified = Verdict::Verified { method: Method::PieceHashes, voucher: voucher.clone() };
    let length = file.metadata()?.len();
    if length != entry.length.0 {
        *detail = Some(format!("{length} octets instead of {}", entry.length.0));
        return Ok(mismatch(b"", &[0; 20]));
    }
    let Some(range) = entry.range() else { return Ok(verified) };
    let mut unproven = 0u64;
    let mut buffer = vec![0; layout.piece_length() as usize];
    for piece in layout.pieces_of(range) {
        let Some(whole) = layout.piece_range(piece) else { continue };
        let padding_only = layout.parts(whole).all(|(number, _)| {
            let part = &layout.files()[number];
            part.is_padding || part.start == entry.start && part.length == entry.length
        });
        if !padding_only {
            unproven += 1;
            continue;
        }
        let part = &mut buffer[..whole.count().0 as usize];
        part.fill(0);
        if let Some(inside) = whole.intersection(range) {
            let from = (inside.start() - whole.start()) as usize;
            let to = from + inside.count().0 as usize;
            read_up_to(&file, &mut part[from..to], inside.start() - range.start())?;
        }
        let hash = metainfo.hashes().get(piece as usize).copied().unwrap_or_default();
        if Digest::of(DigestAlgorithm::Sha1, part).octets() != hash {
            *detail = Some(format!("piece {piece}, octets {}", whole.start().saturating_sub(range.start())));
            return Ok(mismatch(part, &hash));
        }
    }
    if unproven > 0 {
        *detail = Some(format!("{unproven} pieces are shared with other files and were not checked"));
    }
    Ok(verified)
}

fn mismatch(octets: &[u8], announced: &[u8; 20]) -> Verdict {
    let announced = Digest::new(DigestAlgorithm::Sha1, announced).expect("twenty octets are a SHA-1");
    Verdict::Mismatch { announced, computed: Digest::of(DigestAlgorithm::Sha1, octets) }
}

/// Every octet of the file must lie in a message whose digest the index tells and the octets give.
fn by_index(
    path: &Path,
    length: ByteCount,
    (index, voucher, detail): (&GribIndex, &Voucher, &mut Option<String>),
) -> std::io::Result<Verdict> {
    let mut computed = index.clone();
    super::inspecting::add_digests(&mut computed, path)?;
    for (number, (announced, computed)) in index.digests.iter().zip(&computed.digests).enumerate() {
        if let (Some(announced), Some(computed)) = (announced, computed)
            && announced != computed
        {
            *detail = Some(format!("message {}", number + 1));
            return Ok(Verdict::Mismatch { announced: announced.clone(), computed: computed.clone() });
        }
    }
    let covered: crate::domain::octets::RangeSet = index
        .fields
        .iter()
        .filter(|field| index.digest_of(field).is_some())
        .map(|field| field.range)
        .collect();
    if covered.count() != length {
        *detail = Some(format!("the index covers {} of {} octets", covered.count().0, length.0));
        return Ok(Verdict::NotAnnounced);
    }
    Ok(Verdict::Verified { method: Method::IndexedDigest, voucher: voucher.clone() })
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
