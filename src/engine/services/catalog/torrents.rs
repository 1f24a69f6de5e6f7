//! .torrents that a person added or a publisher in this process offers: hours where the names of their files tell any.

use super::{CatalogService, What};
use crate::app::hours::DatasetId;
use crate::app::offer::OfferedTorrent;
use crate::app::offered::providers::text;
use crate::app::offered::torrent::{OfferedTitle, TorrentOffer};
use crate::app::sources::{Health, SourceClass, SourceKey};
use crate::app::user_message::UserMessage;
use crate::catalog::magnet::Magnet;
use crate::catalog::metainfo::LARGEST_TORRENT;
use crate::catalog::metainfo::{self, Metainfo};
use crate::domain::outside_text::{show, show_url};
use crate::engine::store::keeper::KeeperOrder;
use crate::engine::store::positioned::read_bounded;
use crate::engine::transfer::http::client::Question;
use crate::transfer::address_rule::Reach;
use std::path::PathBuf;
use std::sync::Arc;
use url::Url;

/// Where a .torrent is had, and what it says once it was read.
pub(super) struct TorrentPlace {
    at: String,
    named: Option<OfferedTitle>,
    read: Option<Arc<TorrentOffer>>,
}

impl TorrentPlace {
    /// One that a person added, by path, URL or magnet.
    pub(super) fn added(place: &str) -> Self {
        Self { at: place.to_owned(), named: None, read: None }
    }

    /// One of a publisher in this process.
    pub(super) fn offered(offered: &OfferedTorrent) -> Self {
        let named = OfferedTitle { title: offered.title.clone(), grid: offered.grid.clone() };
        Self { at: offered.url.clone(), named: Some(named), read: None }
    }

    /// What was read, when it is that dataset.
    pub(super) fn read_as(&self, dataset: &DatasetId) -> Option<Arc<TorrentOffer>> {
        self.read.as_ref().filter(|read| read.dataset() == *dataset).cloned()
    }
}

impl CatalogService {
    /// Reads the .torrents that lie on this machine or that this process offers; others wait until they are asked for.
    pub(super) async fn read_at_hand(&mut self) {
        let is_local = |place: &str| !place.contains("://") && !Magnet::is_meant_by(place);
        let keys: Vec<SourceKey> = self
            .known
            .iter()
            .filter(|known| matches!(known.what, What::Torrents(_)))
            .filter(|known| known.row.kind == SourceClass::Demo || is_local(&known.row.key.0))
            .map(|known| known.row.key.clone())
            .collect();
        for key in &keys {
            self.read_torrents(key).await;
        }
        if !keys.is_empty() {
            self.tell_rows();
        }
    }

    /// Reads the .torrents of a source from where they lie, and keeps how that went. A magnet tells nothing before it is
    /// got.
    pub(super) async fn read_torrents(&mut self, key: &SourceKey) {
        let Some(known) = self.known.iter_mut().find(|known| known.row.key == *key) else { return };
        let What::Torrents(places) = &known.what else { return };
        let places: Vec<String> = places.iter().map(|place| place.at.clone()).collect();
        if places.iter().any(|place| Magnet::is_meant_by(place)) {
            return;
        }
        // One that is lost is lost until it answers.
        if !matches!(known.row.health, Health::Lost(..)) {
            known.row.health = Health::Asking;
        }
        self.tell_rows();
        let mut trouble = None;
        for (at, place) in places.iter().enumerate() {
            match self.torrent_at(place).await {
                Ok(metainfo) => self.take_torrent((key, at), metainfo),
                Err(message) => trouble = Some(message),
            }
        }
        let now = self.context.shared.clock.utc();
        let Some(row) = self.row_mut(key) else { return };
        match trouble {
            None => {
                (row.health, row.last_success) = (Health::Answers, Some(now));
                self.note(KeeperOrder::Success(key.0.to_string(), now));
            }
            Some(message) => row.health = row.health.lost(message, now),
        }
        self.title_torrents();
    }

    fn take_torrent(&mut self, (key, at): (&SourceKey, usize), metainfo: Metainfo) {
        let known = self.known.iter_mut().find(|known| known.row.key == *key);
        let Some(What::Torrents(places)) = known.map(|known| &mut known.what) else { return };
        if let Some(place) = places.get_mut(at) {
            let (target, named) = (place.at.clone(), place.named.clone());
            place.read = Some(Arc::new(TorrentOffer { target, named, metainfo }));
        }
    }

    /// Calls .torrents, and a publisher in this process, as they are called in the language that is spoken.
    pub(super) fn title_torrents(&mut self) {
        let (language, now) = (self.language, self.context.shared.clock.utc());
        for known in &mut self.known {
            let What::Torrents(places) = &known.what else { continue };
            let read: Vec<&Arc<TorrentOffer>> =
                places.iter().filter_map(|place| place.read.as_ref()).collect();
            known.row.datasets = read.iter().map(|offer| offer.row(language, now)).collect();
            match (&known.named, read.first()) {
                (Some(title), _) => known.row.title = text(title, language).to_owned(),
                (None, Some(offer)) => known.row.title = offer.title(language),
                (None, None) => {}
            }
        }
    }

    async fn torrent_at(&self, place: &str) -> Result<Metainfo, UserMessage> {
        let octets = match Url::parse(place).ok().filter(|url| matches!(url.scheme(), "http" | "https")) {
            Some(url) => {
                let question = Question::whole(url.clone(), Reach::Anywhere);
                let small = self.context.shared.client.small(&question, LARGEST_TORRENT).await;
                let unreachable = |reason| UserMessage::TargetUnreachable { url: show_url(&url), reason };
                small.map_err(unreachable)?.bytes
            }
            None => {
                let path = PathBuf::from(place);
                let read = tokio::task::spawn_blocking(move || read_bounded(&path, LARGEST_TORRENT)).await;
                let not_found = || UserMessage::TargetNotFound { target: show(place) };
                read.ok().and_then(Result::ok).flatten().ok_or_else(not_found)?
            }
        };
        metainfo::read(&octets)
            .map_err(|error| UserMessage::TorrentUnsound { detail: show(&error.to_string()) })
    }
}
