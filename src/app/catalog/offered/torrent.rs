//! A .torrent as a dataset: lead times where the names of its files tell any.

use super::providers::text;
use super::{Offered, OfferedFile};
use crate::app::catalog::asked::Texts;
use crate::app::catalog::hours::{
    CatalogReading, DatasetId, HoursView, KnownSize, MatrixCell, MatrixCellState, MatrixRow, Ways,
};
use crate::app::catalog::sources::DatasetRow;
use crate::app::settings::LanguageChoice;
use crate::catalog::file_name::NamedTimes;
use crate::catalog::metainfo::Metainfo;
use crate::domain::lead_time::LeadTime;
use crate::domain::outside_text::show;
use crate::domain::utc::UtcTime;
use std::collections::{BTreeSet, HashMap};

/// What a publisher in this process calls it.
#[derive(Clone)]
pub(crate) struct OfferedTitle {
    /// Its title.
    pub(crate) title: Texts,
    /// Its grid.
    pub(crate) grid: String,
}

/// A .torrent that was read.
pub(crate) struct TorrentOffer {
    pub(crate) target: String,
    pub(crate) named: Option<OfferedTitle>,
    pub(crate) metainfo: Metainfo,
}

impl TorrentOffer {
    pub(crate) fn dataset(&self) -> DatasetId {
        DatasetId(format!("torrent:{}", self.metainfo.info_hash()).into())
    }

    pub(crate) fn title(&self, language: LanguageChoice) -> String {
        match &self.named {
            Some(named) => text(&named.title, language).to_owned(),
            None => show(&self.metainfo.layout().name),
        }
    }

    pub(crate) fn row(&self, language: LanguageChoice, now: UtcTime) -> DatasetRow {
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
    pub(crate) fn offered(&self, now: (UtcTime, LanguageChoice)) -> Offered {
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
                size: KnownSize::Exact(file.length),
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
        let mut rows: Vec<MatrixRow> = files
            .iter()
            .map(|(run, files)| {
                let cell = |lead: &LeadTime| {
                    let is_there = files.iter().any(|file| file.holds(*lead));
                    let state = if is_there { MatrixCellState::Available } else { MatrixCellState::None };
                    MatrixCell { state, ..MatrixCell::default() }
                };
                let cells: Vec<MatrixCell> = columns.iter().map(cell).collect();
                let there = cells.iter().filter(|cell| cell.state == MatrixCellState::Available).count();
                let there = u32::try_from(there).unwrap_or(u32::MAX);
                MatrixRow { run: *run, cells, published: there, expected: there, delay: None }
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
            reading: CatalogReading::Done(now),
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
