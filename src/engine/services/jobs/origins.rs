//! The servers that have a file: mirrors, and web seeds of torrents, each with how far it may lead.

use super::scene::JobScene;
use crate::app::jobs::remote::{RemoteTarget, mirrors_of};
use crate::app::jobs::target::TorrentTarget;
use crate::app::jobs::torrent::TorrentSeeds;
use crate::domain::source::{SourceId, SourceKind};
use crate::engine::transfer::http::client::host_of;
use crate::engine::transfer::http::fetch::HttpOrigin;
use crate::transfer::address_rule::Reach;
use crate::transfer::http_source::PartsHope;
use url::Url;

/// The server itself, and the mirrors that a person named.
pub(super) fn origins_of_remote(scene: &JobScene, remote: &RemoteTarget) -> Vec<HttpOrigin> {
    let mirror = |number, url: &Url| {
        let id = SourceId { kind: SourceKind::Mirror, number };
        origin(id, url, vec![Some(url.clone())], remote.reach)
    };
    let parts = if remote.answers_ranges { PartsHope::Possible } else { PartsHope::None };
    let own = HttpOrigin { parts, validator: remote.validator.clone(), ..mirror(0, &remote.url) };
    let mut origins = vec![own];
    for (number, named) in (1u16..).zip(mirrors_of(&scene.request().web_seeds)) {
        match named {
            Ok(url) => origins.push(mirror(number, &url)),
            Err(message) => scene.note(message),
        }
    }
    origins
}

/// The web seeds of a torrent; says which cannot be asked.
pub(super) fn origins_of_torrent(scene: &JobScene, torrent: &TorrentTarget) -> Vec<HttpOrigin> {
    let TorrentSeeds { seeds, notes } = TorrentSeeds::of(torrent, &scene.request().web_seeds);
    notes.into_iter().for_each(|message| scene.note(message));
    let files = torrent.metainfo.layout().files().len();
    let numbered = (0u16..).zip(seeds).map(|(number, (seed, reach))| {
        let id = SourceId { kind: SourceKind::WebSeed, number };
        origin(id, &seed.base(), (0..files).map(|file| seed.url_of(file)).collect(), reach)
    });
    numbered.collect()
}

/// The web seeds of one file of a torrent, for that file alone.
pub(super) fn origins_of_file(scene: &JobScene, torrent: &TorrentTarget, file: usize) -> Vec<HttpOrigin> {
    let of_file = |origin: HttpOrigin| {
        let url = origin.urls.get(file).cloned().flatten()?;
        Some(HttpOrigin { urls: vec![Some(url)], ..origin })
    };
    origins_of_torrent(scene, torrent).into_iter().filter_map(of_file).collect()
}

/// A server that has files of a content, each under one of `urls`.
fn origin(id: SourceId, base: &Url, urls: Vec<Option<Url>>, reach: Reach) -> HttpOrigin {
    HttpOrigin {
        id,
        host: host_of(base),
        urls,
        reach,
        validator: None,
        parts: PartsHope::Possible,
        pinned: Default::default(),
    }
}
