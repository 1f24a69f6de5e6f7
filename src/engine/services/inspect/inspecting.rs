//! What is in a file, and what it is.

use super::compressed;
use super::opening::{self, Opened};
use crate::app::inspect::report::{FieldListing, GribReport, Inspection};
use crate::app::messages::user_message::UserMessage;
use crate::catalog::metainfo::LARGEST_TORRENT;
use crate::catalog::metainfo::{self, report::TorrentReport};
use crate::domain::compression::Compression;
use crate::domain::file_kind::FileKind;
use crate::domain::integrity::{Digest, DigestAlgorithm, Digester};
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::show;
use crate::domain::utc::SteadyTime;
use crate::engine::context::EngineContext;
use crate::engine::store::positioned::read_up_to;
use crate::engine::transfer::field_index;
use crate::grib::index::GribIndex;
use crate::grib::{sidecar, walk};
use crate::mesh::announcement::{self, Captured};
use crate::transfer::address_rule::Reach;
use crate::transfer::reason::Reason;
use std::fs::File;

/// A file without ranges is read whole up to this length to list its fields.
pub(in crate::engine) const LARGEST_WHOLE: usize = 64 << 20;

/// How many octets of something that is not known are shown.
const SHOWN: usize = 40;

/// Lists the fields of `target`.
pub(in crate::engine) async fn index(
    target: &str,
    context: &EngineContext,
) -> Result<FieldListing, UserMessage> {
    let began = context.shared.clock.now();
    let opened = opening::open(target, context).await?;
    list(&opened, (began, context)).await
}

/// Lists the fields of `target` with the SHA-256 of each message; a remote file is read whole for it, up to a limit.
pub(in crate::engine) async fn index_with_digests(
    target: &str,
    context: &EngineContext,
) -> Result<FieldListing, UserMessage> {
    let began = context.shared.clock.now();
    let opened = opening::open(target, context).await?;
    if let Some((compression, file)) = compressed::inside(&opened, context).await? {
        let mut index = compressed::fields_of(&file)?;
        add_digests(&mut index, &file).map_err(|error| compressed::unreadable(&error))?;
        return Ok(listing_of(index, opened.length(), (began, context)).compressed_by(compression));
    }
    let index = match &opened {
        Opened::Local { path, .. } => {
            let mut index = index_of(&opened, context).await?;
            let own = path.clone();
            let digested = tokio::task::spawn_blocking(move || {
                add_digests(&mut index, &File::open(&own)?).map(|()| index)
            });
            match digested.await {
                Ok(digested) => digested.map_err(|error| opening::unreadable(path, error))?,
                Err(error) => return Err(UserMessage::Internal { detail: error.to_string() }),
            }
        }
        Opened::Remote { .. } => {
            let octets = opened.whole(LARGEST_WHOLE, context).await?;
            let mut index = walk::index_octets(&octets);
            for field in index.fields.iter().filter(|field| field.field == 1) {
                let message = &octets[field.range.start() as usize..field.range.end() as usize];
                index.digests[field.message as usize - 1] =
                    Some(Digest::of(DigestAlgorithm::Sha256, message));
            }
            index
        }
    };
    Ok(listing_of(index, opened.length(), (began, context)))
}

/// The fields of `target` or, when it is no GRIB, what it is.
pub(in crate::engine) async fn fields_or_kind(
    target: &str,
    context: &EngineContext,
) -> Result<Result<FieldListing, FileKind>, UserMessage> {
    let began = context.shared.clock.now();
    let opened = opening::open(target, context).await?;
    let kind = FileKind::of(opened.first());
    let is_compressed = Compression::from_magic(opened.first()).is_some();
    let may_hold = is_compressed || matches!(kind, FileKind::Grib | FileKind::Unknown | FileKind::Text);
    if !may_hold {
        return Ok(Err(kind));
    }
    let listing = list(&opened, (began, context)).await?;
    if listing.fields.is_empty() && kind != FileKind::Grib {
        return Ok(Err(kind));
    }
    Ok(Ok(listing))
}

/// What `target` is, by its first octets.
pub(in crate::engine) async fn kind_of(
    target: &str,
    context: &EngineContext,
) -> Result<FileKind, UserMessage> {
    if !target.contains("://") && std::path::Path::new(target).is_dir() {
        return Ok(FileKind::Folder);
    }
    Ok(FileKind::of(opening::open(target, context).await?.first()))
}

fn listing_of(
    index: GribIndex,
    length: ByteCount,
    (began, context): (SteadyTime, &EngineContext),
) -> FieldListing {
    let read = ByteCount(index.octets_read);
    let took = context.shared.clock.now().since(began);
    let compression = None;
    let GribIndex { fields, digests, problems, .. } = index;
    FieldListing { fields, digests, problems, length, read, took, compression }
}

/// The fields of what was opened, or of what is inside it.
async fn list(
    opened: &Opened,
    (began, context): (SteadyTime, &EngineContext),
) -> Result<FieldListing, UserMessage> {
    if let Some((compression, file)) = compressed::inside(opened, context).await? {
        let index = compressed::fields_of(&file)?;
        return Ok(listing_of(index, opened.length(), (began, context)).compressed_by(compression));
    }
    if let Opened::Remote { length: None, .. } = opened {
        // The server does not tell it: the end of the body does.
        let octets = opened.whole(LARGEST_WHOLE, context).await?;
        let length = ByteCount(octets.len() as u64);
        return Ok(listing_of(walk::index_octets(&octets), length, (began, context)));
    }
    let index = index_of(opened, context).await?;
    Ok(listing_of(index, opened.length(), (began, context)))
}

async fn index_of(opened: &Opened, context: &EngineContext) -> Result<GribIndex, UserMessage> {
    match opened {
        Opened::Local { path, .. } => {
            let own = path.clone();
            let walked =
                tokio::task::spawn_blocking(move || field_index::walk_file(&File::open(&own)?)).await;
            match walked {
                Ok(walked) => walked.map_err(|error| opening::unreadable(path, error)),
                Err(error) => Err(UserMessage::Internal { detail: error.to_string() }),
            }
        }
        Opened::Remote { url, length, .. } => {
            let shared = &context.shared;
            let length = length
                .ok_or(UserMessage::LengthUnknown { url: crate::domain::outside_text::show_url(url) })?;
            if length == ByteCount::ZERO {
                return Ok(walk::index_octets(&[]));
            }
            let at = (url, Reach::Anywhere);
            match field_index::walk_remote(&shared.client, at, length, shared.gate.at_once()).await {
                Ok(index) => Ok(index),
                Err(Reason::RangeIgnored | Reason::WebPage) => {
                    Ok(walk::index_octets(&opened.whole(LARGEST_WHOLE, context).await?))
                }
                Err(reason) => Err(opening::unreachable(url, reason)),
            }
        }
    }
}

/// Says what `target` is.
pub(in crate::engine) async fn inspect(
    target: &str,
    context: &EngineContext,
) -> Result<Inspection, UserMessage> {
    let began = context.shared.clock.now();
    let opened = opening::open(target, context).await?;
    let first = opened.first();
    if first.starts_with(b"d") && first.get(1).is_some_and(u8::is_ascii_digit) || names_torrent(target) {
        return Ok(Inspection::Torrent(Box::new(torrent_report(&opened, context).await?)));
    }
    if sidecar::is_index(first) {
        let octets = opened.whole(sidecar::LARGEST, context).await?;
        if let Ok(index) = sidecar::read(&octets, None) {
            return Ok(index_report(&index));
        }
    }
    if let Some(message) = message_of(&opened, context).await? {
        return Ok(Inspection::Message(Box::new(message)));
    }
    let length = opened.length();
    // Something without a message near its start may still be a bulletin file: headers tell.
    let is_compressed = Compression::from_magic(first).is_some();
    if is_compressed || first.windows(4).any(|four| four == b"GRIB") || names_grib(target) {
        let listing = list(&opened, (began, context)).await?;
        if !listing.fields.is_empty() {
            return Ok(Inspection::Grib(GribReport { listing, server: opened.server() }));
        }
    }
    let beginning = show(&String::from_utf8_lossy(&first[..first.len().min(SHOWN)]));
    Ok(Inspection::Unknown { length, beginning, server: opened.server() })
}

/// A message of a broker that somebody kept in a file. `None` for anything that does not look like one.
async fn message_of(opened: &Opened, context: &EngineContext) -> Result<Option<Captured>, UserMessage> {
    let is_short = opened.length() <= ByteCount(announcement::LARGEST as u64);
    if !is_short || !announcement::looks_like_one(opened.first()) {
        return Ok(None);
    }
    let octets = opened.whole(announcement::LARGEST, context).await?;
    let captured = announcement::read_captured(&octets);
    Ok(captured.is_meant_as_one(&octets).then_some(captured))
}

fn names_torrent(target: &str) -> bool {
    target.to_ascii_lowercase().ends_with(".torrent")
}

fn names_grib(target: &str) -> bool {
    let lower = target.to_ascii_lowercase();
    [".grib", ".grib2", ".grb", ".grb2", ".grib1"].iter().any(|suffix| lower.ends_with(suffix))
}

async fn torrent_report(opened: &Opened, context: &EngineContext) -> Result<TorrentReport, UserMessage> {
    let octets = opened.whole(LARGEST_TORRENT, context).await?;
    let read = metainfo::read(&octets);
    Ok(TorrentReport::of(read.as_ref()))
}

fn index_report(index: &GribIndex) -> Inspection {
    Inspection::SliceIndex {
        entries: index.messages(),
        has_digests: !index.digests.is_empty() && index.digests.iter().all(Option::is_some),
        // Without the length of the data file the end of the last message cannot be known.
        problems: index
            .problems
            .iter()
            .filter(|problem| problem.code != crate::grib::index::ProblemCode::OpenEnd)
            .map(|problem| {
                (problem.code.key().to_owned(), format!("line {}: {}", problem.offset, problem.detail))
            })
            .collect(),
    }
}

/// Adds the SHA-256 of every message of a local file to its index.
///
/// # Errors
/// When the file cannot be read.
pub(crate) fn add_digests(index: &mut GribIndex, file: &File) -> std::io::Result<()> {
    let mut buffer = vec![0; 1 << 20];
    for field in index.fields.iter().filter(|field| field.field == 1) {
        let mut digester = Digester::new(DigestAlgorithm::Sha256);
        let mut at = field.range.start();
        while at < field.range.end() {
            let step = (field.range.end() - at).min(buffer.len() as u64) as usize;
            let count = read_up_to(file, &mut buffer[..step], at)?;
            if count == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            digester.update(&buffer[..count]);
            at += count as u64;
        }
        let digest: Digest = digester.finish();
        if let Some(place) = index.digests.get_mut(field.message as usize - 1) {
            *place = Some(digest);
        }
    }
    Ok(())
}
