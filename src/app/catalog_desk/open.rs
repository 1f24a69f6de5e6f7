//! The dataset that is open: its matrix as it is offered, by which fields it is shown, and what is chosen on it.

use super::orders::ListingsRead;
use crate::app::catalog::asked::DatasetLook;
use crate::app::catalog::hours::{CatalogReading, DatasetId, HoursChoice, HoursFilter, HoursView};
use crate::app::catalog::offered::fields::{KnownFields, typical_file};
use crate::app::catalog::offered::providers::{base_of, file_of, table_of};
use crate::app::catalog::offered::torrent::TorrentOffer;
use crate::app::catalog::offered::{Offered, OfferedFile};
use crate::app::catalog::sources::DatasetRow;
use crate::app::hour_requests::{parts_of, wish_of};
use crate::app::hours_cost::CostPlan;
use crate::app::jobs::hours_board::overlay;
use crate::app::jobs::request::HourRequest;
use crate::app::settings::LanguageChoice;
use crate::app::snapshot::Snapshot;
use crate::catalog::provider::Dataset;
use crate::catalog::runs::Hours;
use crate::domain::utc::UtcTime;
use crate::grib::index::GribIndex;
use std::collections::HashMap;
use std::sync::Arc;

/// The dataset that is open, if any.
#[derive(Default)]
pub(super) struct OpenDataset {
    offered: Option<Offered>,
    filter: HoursFilter,
}

impl OpenDataset {
    /// Which one it is.
    pub(super) fn dataset(&self) -> Option<&DatasetId> {
        self.offered.as_ref().map(|open| &open.base.dataset)
    }

    /// Whether its source could not be asked.
    pub(super) fn is_lost(&self) -> bool {
        let is_lost = |open: &Offered| matches!(open.base.reading, CatalogReading::Failed(..));
        self.offered.as_ref().is_some_and(is_lost)
    }

    /// As it is shown now. `None` when none is open.
    pub(super) fn view(&self) -> Option<Arc<HoursView>> {
        self.offered.as_ref().map(|open| Arc::new(open.view(&self.filter)))
    }

    pub(super) fn close(&mut self) {
        self.offered = None;
    }

    /// Begins with an empty matrix of a dataset that is being read; of one that has no row, none is open.
    pub(super) fn begin(&mut self, row: Option<&DatasetRow>) {
        self.filter = HoursFilter::default();
        self.offered = row.map(|row| {
            Offered::empty(HoursView {
                dataset: row.id.clone(),
                title: row.title.clone(),
                licence: None,
                packages: Vec::new(),
                fields: Vec::new(),
                members: Vec::new(),
                columns: Vec::new(),
                rows: Vec::new(),
                table: None,
                reading: CatalogReading::UnderWay(None),
            })
        });
    }

    /// Shows it by these packages, fields and levels.
    pub(super) fn filter(&mut self, filter: HoursFilter) {
        self.filter = filter;
    }

    /// Calls it so.
    pub(super) fn title(&mut self, title: &str) {
        if let Some(open) = &mut self.offered {
            title.clone_into(&mut open.base.title);
        }
    }

    /// Shows a dataset as it was listed. Whether it is the one that is open.
    pub(super) fn show_listed(
        &mut self,
        read: &ListingsRead,
        table: &Hours,
        (reading, language): (CatalogReading, LanguageChoice),
    ) -> bool {
        let ListingsRead { id, of: (provider, dataset), look } = read;
        let Some(open) = self.offered.as_mut().filter(|open| open.base.dataset == *id) else { return false };
        let fields = open.fields.take();
        let mut base = base_of(id, (provider, dataset), table, (reading, language));
        base.table = table_of(look, dataset).map(Arc::new);
        *open = Offered { base, files: files_of(id, look, dataset), fields };
        true
    }

    /// Shows the hours of a .torrent that was read.
    pub(super) fn show_torrent(&mut self, torrent: &TorrentOffer, now: (UtcTime, LanguageChoice)) {
        let fields = self.offered.as_mut().and_then(|open| open.fields.take());
        self.offered = Some(Offered { fields, ..torrent.offered(now) });
    }

    /// The file that tells which fields it has. `None` when they are known, or when no file could tell.
    pub(super) fn untold_fields(&self) -> Option<(DatasetId, OfferedFile)> {
        let open = self.offered.as_ref().filter(|open| open.fields.is_none())?;
        Some((open.base.dataset.clone(), typical_file(open)?.clone()))
    }

    /// Takes in which fields a dataset has. Whether it is the one that is open.
    pub(super) fn take_fields(&mut self, dataset: &DatasetId, index: GribIndex) -> bool {
        let Some(open) = self.offered.as_mut().filter(|open| open.base.dataset == *dataset) else {
            return false;
        };
        open.fields = Some(KnownFields::of(index));
        true
    }

    /// Requests of what is chosen and not here. `None` when the choice is of another dataset.
    pub(super) fn wishes(&self, choice: &HoursChoice, snapshot: &Snapshot) -> Option<Vec<HourRequest>> {
        let open = self.chosen(choice)?;
        let seen = overlay(&open.base, snapshot.jobs.iter(), &choice.filter);
        let parts = parts_of(open, choice, &seen);
        Some(parts.iter().filter_map(|part| wish_of(open, part, (choice, snapshot))).collect())
    }

    /// What a choice costs, as far as it is known before an index is read. `None` when it is of another dataset.
    pub(super) fn cost(&self, choice: &HoursChoice, snapshot: &Snapshot) -> Option<CostPlan> {
        Some(CostPlan::begin(self.chosen(choice)?, choice, snapshot))
    }

    fn chosen(&self, choice: &HoursChoice) -> Option<&Offered> {
        self.offered.as_ref().filter(|open| open.base.dataset == choice.dataset)
    }
}

/// The files that were listed, by run.
fn files_of(id: &DatasetId, look: &DatasetLook, dataset: &Dataset) -> HashMap<UtcTime, Vec<OfferedFile>> {
    let mut files: HashMap<UtcTime, Vec<OfferedFile>> = HashMap::new();
    for entry in look.book.iter().filter(|entry| entry.is_there()) {
        if let (Some(run), Some(file)) = (entry.values.run, file_of(id, entry, dataset)) {
            files.entry(run).or_default().push(file);
        }
    }
    files
}
