//! .torrents that a person added or a publisher in this process offers: hours where the names of their files tell any.

use super::offered::{Offered, OfferedFile};
use super::providers::text;
use super::{CatalogService, What};
use crate::app::catalog::Texts;
use crate::app::hours::{Cell, CellState, DatasetId, HoursView, Reading, RunRow, Size, Ways};
use crate::app::offer::OfferedTorrent;
use crate::app::settings::LanguageChoice;
use crate::app::sources::{DatasetRow, Health, SourceClass, SourceKey};
use crate::app::user_message::UserMessage;
use crate::catalog::file_name::NamedTimes;
use crate::catalog::magnet::Magnet;
use crate::catalog::metainfo::LARGEST_TORRENT;
use crate::catalog::metainfo::{self, Metainfo};
use crate::domain::lead_time::LeadTime;
use crate::domain::outside_text::{show, show_url};
use crate::domain::utc::UtcTime;
use crate::engine::store::keeper::Order;
use crate::engine::store::positioned::read_bounded;
use crate::engine::transfer::http::client::Question;
use crate::transfer::address_rule::Reach;
use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use url::Url;

/// Where a .torrent is had, and what it says once it was read.
pub(super) struct TorrentPlace {
    at: String,
    named: Option<Named>,
    read: Option<Arc<TorrentOffer>>,
}

/// What a publisher in this process calls it.
#[derive(Clone)]
struct Named {
    title: Texts,
    grid: String,
}

impl TorrentPlace {
    /// One that a person added, by path, URL or magnet.
    pub(super) fn added(place: &str) -> Self {
        Self { at: place.to_owned(), named: None, read: None }
    }

    /// One of a publisher in this process.
    pub(super) fn offered(offered: &OfferedTorrent) -> Self {
        let named = Named { title: offered.title.clone(), grid: offered.grid.clone() };
        Self { at: offered.url.clone(), named: Some(named), read: None }
    }

    /// What was read, when it is that dataset.
    pub(super) fn read_as(&self, dataset: &DatasetId) -> Option<Arc<TorrentOffer>> {
        self.read.as_ref().filter(|read| read.dataset() == *dataset).cloned()
    }
}

/// A .torrent that was read.
pub(super) struct TorrentOffer {
    target: String,
    named: Option<Named>,
    metainfo: Metainfo,
}

impl TorrentOffer {
    pub(super) fn dataset(&self) -> DatasetId {
        DatasetId(format!("torrent:{}", self.metainfo.info_hash()).into())
    }

    fn title(&self, language: LanguageChoice) -> String {
        match &self.named {
            Some(named) => text(&named.title, language).to_owned(),
            None => show(&self.metainfo.layout().name),
        }
    }

    fn row(&self, language: LanguageChoice, now: UtcTime) -> DatasetRow {
        let offered = self.offered((now, language));
        let newest = offered.base.rows.first();
        DatasetRow {
            id: self.dataset(),
            title: self.title(language),
            grid: self.named.as_ref().map(|named| named.grid.clone()).unwrap_or_default(),
            newest: newest.map(|row| row.run),
            published: newest.map_or((0, 0), |row| (row.published, row.expected)),
            read: Some(now),
        }
    }

    /// Its files as hours; those whose names tell no run or lead time are got as a whole only.
    pub(super) fn offered(&self, now: (UtcTime, LanguageChoice)) -> Offered {
        let mut files: HashMap<UtcTime, Vec<OfferedFile>> = HashMap::new();
        let layout = self.metainfo.layout();
        let is_alone = layout.files().len() == 1;
        for (number, file) in layout.files().iter().enumerate().filter(|(_, file)| !file.is_padding) {
            let path = format!("{}/{}", layout.name, file.published.join("/"));
            let named = NamedTimes::of_path(path.trim_end_matches('/'));
            let (Some(run), Some(leads)) = (named.run, named.leads) else { continue };
            files.entry(run).or_default().push(OfferedFile {
                package: None,
                leads: (leads.first, leads.last),
                size: Size::Exact(file.length),
                target: self.target.clone(),
                pattern: (!is_alone).then(|| file.path.to_string()),
                url: self.metainfo.web_seeds.first().and_then(|seed| seed.url_of(number)),
                ways: if self.metainfo.web_seeds.is_empty() { Ways::Torrent } else { Ways::Both },
                piece: Some(layout.piece_length()),
            });
        }
        Offered { base: self.base(&files, now), files, fields: None }
    }

    fn base(
        &self,
        files: &HashMap<UtcTime, Vec<OfferedFile>>,
        (now, language): (UtcTime, LanguageChoice),
    ) -> HoursView {
        let columns: BTreeSet<LeadTime> = files.values().flatten().flat_map(leads_of).collect();
        let columns: Vec<LeadTime> = columns.into_iter().collect();
        let mut rows: Vec<RunRow> = files
            .iter()
            .map(|(run, files)| {
                let cell = |lead: &LeadTime| {
                    let is_there = files.iter().any(|file| file.holds(*lead));
                    let state = if is_there { CellState::Available } else { CellState::None };
                    Cell { state, ..Cell::default() }
                };
                let cells: Vec<Cell> = columns.iter().map(cell).collect();
                let there = cells.iter().filter(|cell| cell.state == CellState::Available).count();
                let there = u32::try_from(there).unwrap_or(u32::MAX);
                RunRow { run: *run, cells, published: there, expected: there, delay: None }
            })
            .collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.run));
        HoursView {
            dataset: self.dataset(),
            title: self.title(language),
            licence: None,
            packages: Vec::new(),
            fields: Vec::new(),
            members: Vec::new(),
            columns,
            rows,
            table: None,
            reading: Reading::Done(now),
        }
    }
}

/// The lead times of a file: the hours of its span.
fn leads_of(file: &OfferedFile) -> Vec<LeadTime> {
    if file.is_single() {
        return vec![file.leads.0];
    }
    let (first, last) = (file.leads.0.minutes(), file.leads.1.minutes());
    (first..=last).step_by(60).map(LeadTime::from_minutes).collect()
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
                self.note(Order::Success(key.0.to_string(), now));
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
