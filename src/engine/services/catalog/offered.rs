//! One dataset as it is offered: the matrix, and by which file each cell can be got.

use super::fields::KnownFields;
use crate::app::hours::{HoursFilter, HoursView, Size, Ways};
use crate::domain::lead_time::LeadTime;
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcTime;
use std::collections::HashMap;
use url::Url;

/// A dataset as it is offered.
pub(super) struct Offered {
    /// The matrix without what is here or arrives.
    pub(super) base: HoursView,
    /// The files by run; a file of several hours stands once.
    pub(super) files: HashMap<UtcTime, Vec<OfferedFile>>,
    /// What one of its files was seen to hold.
    pub(super) fields: Option<KnownFields>,
}

/// One file that is offered.
#[derive(Clone, Debug)]
pub(super) struct OfferedFile {
    /// Its package, when there are several.
    pub(super) package: Option<String>,
    /// First and last lead time in it.
    pub(super) leads: (LeadTime, LeadTime),
    /// Its size.
    pub(super) size: Size,
    /// What to get, as `get` takes it.
    pub(super) target: String,
    /// Which file of the target, when that is a torrent of several.
    pub(super) pattern: Option<String>,
    /// Where it lies on a server, for its index.
    pub(super) url: Option<Url>,
    /// In which ways it is offered.
    pub(super) ways: Ways,
    /// Octets of a piece, when it is in a torrent.
    pub(super) piece: Option<u64>,
}

impl OfferedFile {
    pub(super) fn holds(&self, lead: LeadTime) -> bool {
        self.leads.0 <= lead && lead <= self.leads.1
    }

    /// Whether it is a file of this hour alone.
    pub(super) fn is_single(&self) -> bool {
        self.leads.0 == self.leads.1
    }

    pub(super) fn is_meant(&self, filter: &HoursFilter) -> bool {
        let package = self.package.as_deref();
        filter.packages.is_empty()
            || package.is_none_or(|package| filter.packages.iter().any(|one| one == package))
    }
}

impl Offered {
    pub(super) fn empty(base: HoursView) -> Self {
        Self { base, files: HashMap::new(), fields: None }
    }

    /// The files of one cell that are meant.
    pub(super) fn files_of<'a>(
        &'a self,
        (run, lead): (UtcTime, LeadTime),
        filter: &'a HoursFilter,
    ) -> impl Iterator<Item = &'a OfferedFile> {
        let files = self.files.get(&run).into_iter().flatten();
        files.filter(move |file| file.holds(lead) && file.is_meant(filter))
    }

    /// The matrix with sizes for `filter`.
    pub(super) fn view(&self, filter: &HoursFilter) -> HoursView {
        let mut view = self.base.clone();
        if let Some(fields) = &self.fields {
            view.fields.clone_from(&fields.choices);
            view.members.clone_from(&fields.members);
        }
        for row in &mut view.rows {
            for (cell, lead) in row.cells.iter_mut().zip(&view.columns) {
                let sizes = self.files_of((row.run, *lead), filter).map(|file| self.size_of(file, filter));
                if let Some(size) = sizes.reduce(Size::plus) {
                    cell.size = size;
                }
            }
        }
        view
    }

    /// The size of one hour of a file with the fields that are meant; estimated where no index was read.
    pub(super) fn size_of(&self, file: &OfferedFile, filter: &HoursFilter) -> Size {
        let hours =
            u64::try_from((file.leads.1.minutes() - file.leads.0.minutes()) / 60 + 1).unwrap_or(1).max(1);
        let is_whole = filter.has_all_fields();
        let share =
            if is_whole { 1.0 } else { self.fields.as_ref().map_or(f64::NAN, |fields| fields.share(filter)) };
        match file.size {
            size if is_whole && hours == 1 => size,
            Size::Exact(octets) | Size::About(octets) if share.is_finite() => {
                Size::About(ByteCount((octets.0 as f64 * share / hours as f64) as u64))
            }
            _ => Size::Unknown,
        }
    }
}
