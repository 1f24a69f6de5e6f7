//! .torrents that a person added: hours where the names of their files tell any.

use super::offered::{Offered, OfferedFile};
use super::{SourceDesk, What};
use crate::app::hours::{Cell, CellState, DatasetId, HoursView, Reading, RunRow, Size};
use crate::app::sources::{DatasetRow, Health, SourceClass, SourceKey};
use crate::app::user_message::UserMessage;
use crate::catalog::file_name::NamedTimes;
use crate::catalog::magnet::Magnet;
use crate::catalog::metainfo::{self, Metainfo};
use crate::domain::lead_time::LeadTime;
use crate::domain::outside_text::{show, show_url};
use crate::domain::utc::UtcTime;
use crate::engine::http::client::Question;
use crate::engine::job::target::{LARGEST_TORRENT, read_bounded};
use crate::transfer::address_rule::Reach;
use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use url::Url;

/// A .torrent that was read.
pub(super) struct TorrentOffer {
    target: String,
    metainfo: Metainfo,
}

impl TorrentOffer {
    pub(super) fn dataset(&self) -> DatasetId {
        DatasetId(format!("torrent:{}", self.metainfo.info_hash()).into())
    }

    fn title(&self) -> String {
        show(&self.metainfo.layout().name)
    }

    fn row(&self) -> DatasetRow {
        let offered = self.offered(UtcTime::default());
        let newest = offered.base.rows.first();
        DatasetRow {
            id: self.dataset(),
            title: self.title(),
            grid: String::new(),
            newest: newest.map(|row| row.run),
            published: newest.map_or((0, 0), |row| (row.published, row.expected)),
        }
    }

    /// Its files as hours; those whose names tell no run or lead time are got as a whole only.
    pub(super) fn offered(&self, now: UtcTime) -> Offered {
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
                piece: Some(layout.piece_length()),
            });
        }
        Offered { base: self.base(&files, now), files, fields: None }
    }

    fn base(&self, files: &HashMap<UtcTime, Vec<OfferedFile>>, now: UtcTime) -> HoursView {
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
            title: self.title(),
            licence: None,
            packages: Vec::new(),
            fields: Vec::new(),
            columns,
            rows,
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

impl SourceDesk {
    /// Reads the .torrents that lie on this machine or that this process offers; others wait until they are asked for.
    pub(super) async fn read_at_hand(&mut self) {
        let is_local = |place: &str| !place.contains("://") && !Magnet::is_meant_by(place);
        let keys: Vec<SourceKey> = self
            .known
            .iter()
            .filter(|known| matches!(known.what, What::Torrent(None)))
            .filter(|known| known.row.kind == SourceClass::Demo || is_local(&known.row.key.0))
            .map(|known| known.row.key.clone())
            .collect();
        for key in &keys {
            self.read_torrent(key).await;
        }
        if !keys.is_empty() {
            self.tell_rows();
        }
    }

    /// Reads a .torrent from where it lies, and keeps how that went. A magnet tells nothing before it is got.
    pub(super) async fn read_torrent(&mut self, key: &SourceKey) {
        if Magnet::is_meant_by(&key.0) {
            return;
        }
        if let Some(row) = self.row_mut(key) {
            row.health = Health::Asking;
        }
        self.tell_rows();
        let read = self.torrent_at(&key.0).await;
        let now = self.context.shared.clock.utc();
        let Some(known) = self.known.iter_mut().find(|known| known.row.key == *key) else { return };
        match read {
            Ok(metainfo) => {
                let offer = TorrentOffer { target: key.0.to_string(), metainfo };
                known.row.title = offer.title();
                known.row.datasets = vec![offer.row()];
                (known.row.health, known.row.last_success) = (Health::Answers, Some(now));
                known.what = What::Torrent(Some(Arc::new(offer)));
            }
            Err(message) => known.row.health = Health::Lost(message, now),
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
