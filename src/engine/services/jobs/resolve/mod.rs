//! First stage: finds out what a target is. A .torrent or a data file, by path or URL, or a magnet.
//!
//! In: what a person typed, or what was announced. Out: a [`Target`], read and validated, with who vouches for it.

mod magnet;
pub(super) mod server;

use super::messages::JobEnd;
use super::scene::JobScene;
use crate::app::catalog::asked::unknown_entry;
use crate::app::jobs::target::{LocalFile, MetainfoPlace, Target, TorrentTarget, torrent_target};
use crate::app::jobs::view::End;
use crate::app::messages::user_message::UserMessage;
use crate::catalog::magnet::Magnet;
use crate::catalog::metainfo::LARGEST_TORRENT;
use crate::domain::file_kind::FileKind;
use crate::domain::integrity::Voucher;
use crate::domain::outside_text::{show, show_url, show_with_urls};
use crate::engine::store::error::StoreError;
use crate::engine::store::positioned::read_bounded;
use crate::transfer::address_rule::Reach;
use crate::transfer::reason::Reason;
use server::{look_at, torrent_of_url};
use std::io::Read;
use std::path::{Path, PathBuf};
use url::Url;

/// How much of a file on this machine is read to see what it is.
const LOCAL_LOOK: u64 = 4096;

/// What a target is.
///
/// # Errors
/// When it is nothing that can be got, or cannot be asked.
pub(super) async fn resolve(scene: &JobScene, target: &str) -> Result<Target, JobEnd> {
    if let Some(announced) = &scene.wish.announced {
        return resolve_announced(scene, target, announced.torrent.as_deref()).await;
    }
    if Magnet::is_meant_by(target) {
        return Ok(magnet::resolve_magnet(scene, target).await?.into());
    }
    match Url::parse(target) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => resolve_url(scene, url).await,
        Ok(url) if url.cannot_be_a_base() || url.scheme().len() > 1 && !Path::new(target).exists() => {
            let reason = Reason::SchemeRefused(show(url.scheme()));
            Err(JobEnd::unreachable(&url, reason))
        }
        _ => read_local_file(PathBuf::from(target)).await.map_err(|end| meant_entry(scene, target, end)),
    }
}

/// What was announced is what it was announced as, whatever its server says of it.
async fn resolve_announced(scene: &JobScene, target: &str, torrent: Option<&[u8]>) -> Result<Target, JobEnd> {
    let url = Url::parse(target).map_err(|_| {
        JobEnd::new(End::Unsound, UserMessage::TargetUnknown { target: show_with_urls(target) })
    })?;
    match torrent {
        Some(octets) => {
            Ok(torrent_target(octets, Voucher::of_server(&url), MetainfoPlace::Server(url))?.into())
        }
        None => Ok(look_at(scene, &url, scene.wish.reach()).await?.file.into_target()),
    }
}

async fn resolve_url(scene: &JobScene, url: Url) -> Result<Target, JobEnd> {
    let reach = scene.wish.reach();
    let names_torrent = url.path().to_ascii_lowercase().ends_with(".torrent");
    if names_torrent {
        return Ok(torrent_of_url(scene, url, reach).await?.into());
    }
    // What a person typed may lead anywhere; what it redirects to may not.
    let look = look_at(scene, &url, reach).await?;
    if look.is_torrent {
        return Ok(torrent_of_url(scene, url, reach).await?.into());
    }
    Ok(look.file.into_target())
}

/// A word that is neither a file nor an address may be an id that was mistyped.
fn meant_entry(scene: &JobScene, target: &str, end: JobEnd) -> JobEnd {
    let is_word = matches!(end.message, UserMessage::TargetNotFound { .. }) && !target.contains("://");
    let book = scene.context.catalog.providers();
    match is_word.then(|| unknown_entry(target, &book)) {
        Some(message @ UserMessage::UnknownEntry { meant: Some(_), .. }) => JobEnd { message, ..end },
        _ => end,
    }
}

/// The .torrent at an address of a provider: on a server, or in a folder of this computer.
///
/// # Errors
/// When it cannot be had, or is none.
pub(super) async fn torrent_at(scene: &JobScene, address: &Url) -> Result<TorrentTarget, JobEnd> {
    let target = match address.to_file_path() {
        Ok(path) if address.scheme() == "file" => read_local_file(path).await?,
        _ => return torrent_of_url(scene, address.clone(), Reach::Public).await,
    };
    match target {
        Target::Torrent(torrent) => Ok(*torrent),
        Target::Remote(_) | Target::Streamed(_) | Target::Local(_) => {
            let target = show_url(address);
            Err(JobEnd::new(End::Unsound, UserMessage::TargetUnknown { target }))
        }
    }
}

/// What a file of this machine is.
pub(super) async fn read_local_file(path: PathBuf) -> Result<Target, JobEnd> {
    let shown = show_with_urls(&path.display().to_string());
    let looking = tokio::task::spawn_blocking(move || look_at_local(path));
    let looked = looking.await.map_err(JobEnd::internal)?;
    let file = looked.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            JobEnd::new(End::NoSource, UserMessage::TargetNotFound { target: shown.clone() })
        }
        _ => StoreError::from_io(format!("read {shown}"), error).into(),
    })?;
    file.into_target(shown)
}

fn look_at_local(path: PathBuf) -> std::io::Result<LocalFile> {
    if path.is_dir() {
        return Ok(LocalFile { path, kind: FileKind::Folder, octets: Some(Vec::new()) });
    }
    let mut first = Vec::new();
    std::fs::File::open(&path)?.take(LOCAL_LOOK).read_to_end(&mut first)?;
    let kind = FileKind::of(&first);
    let octets = if first.starts_with(b"d") { read_bounded(&path, LARGEST_TORRENT)? } else { Some(first) };
    Ok(LocalFile { path, kind, octets })
}
