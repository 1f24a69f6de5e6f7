//! One dataset as it is offered: the matrix, and by which file each cell can be got.
//!
//! | file | what it is |
//! |---|---|
//! | `fields` | which fields its files have, and which share of them some make up |
//! | `providers` | rows and matrix of a provider's dataset, by what its listings tell |
//! | `torrent` | a .torrent whose files are lead times |

pub(crate) mod fields;
pub(crate) mod providers;
pub(crate) mod torrent;

use crate::app::catalog::hours::{HoursFilter, HoursView, KnownSize, Ways};
use crate::domain::lead_time::LeadTime;
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcTime;
use fields::KnownFields;
use std::collections::HashMap;
use url::Url;

/// A dataset as it is offered.
pub(crate) struct Offered {
    /// The matrix without what is here or arrives.
    pub(crate) base: HoursView,
    /// The files by run; a file of several hours stands once.
    pub(crate) files: HashMap<UtcTime, Vec<OfferedFile>>,
    /// What one of its files was seen to hold.
    pub(crate) fields: Option<KnownFields>,
}

/// One file that is offered.
#[derive(Clone, Debug)]
pub(crate) struct OfferedFile {
    /// Its package, when there are several.
    pub(crate) package: Option<String>,
    /// First and last lead time in it.
    pub(crate) leads: (LeadTime, LeadTime),
    /// Its size.
    pub(crate) size: KnownSize,
    /// What to get, as `get` takes it.
    pub(crate) target: String,
    /// Which file of the target, when that is a torrent of several.
    pub(crate) pattern: Option<String>,
    /// Where it lies on a server, for its index.
    pub(crate) url: Option<Url>,
    /// In which ways it is offered.
    pub(crate) ways: Ways,
    /// Octets of a piece, when it is in a torrent.
    pub(crate) piece: Option<u64>,
}

impl OfferedFile {
    pub(crate) fn holds(&self, lead: LeadTime) -> bool {
        self.leads.0 <= lead && lead <= self.leads.1
    }

    /// Whether it is a file of this hour alone.
    pub(crate) fn is_single(&self) -> bool {
        self.leads.0 == self.leads.1
    }

    pub(crate) fn is_meant(&self, filter: &HoursFilter) -> bool {
        let package = self.package.as_deref();
        filter.packages.is_empty()
            || package.is_none_or(|package| filter.packages.iter().any(|one| one == package))
    }
}

impl Offered {
    pub(crate) fn empty(base: HoursView) -> Self {
        Self { base, files: HashMap::new(), fields: None }
    }

    /// The files of one cell that are meant.
    pub(crate) fn files_of<'a>(
        &'a self,
        (run, lead): (UtcTime, LeadTime),
        filter: &'a HoursFilter,
    ) -> impl Iterator<Item = &'a OfferedFile> {
        let files = self.files.get(&run).into_iter().flatten();
        files.filter(move |file| file.holds(lead) && file.is_meant(filter))
    }

    /// The matrix with sizes for `filter`.
    pub(crate) fn view(&self, filter: &HoursFilter) -> HoursView {
        let mut view = self.base.clone();
        if let Some(fields) = &self.fields {
            view.fields.clone_from(&fields.choices);
            view.members.clone_from(&fields.members);
        }
        for row in &mut view.rows {
            for (cell, lead) in row.cells.iter_mut().zip(&view.columns) {
                let sizes = self.files_of((row.run, *lead), filter).map(|file| self.size_of(file, filter));
                if let Some(size) = sizes.reduce(KnownSize::plus) {
                    cell.size = size;
                }
            }
        }
        view
    }

    /// The size of one hour of a file with the fields that are meant; estimated where no index was read.
    pub(crate) fn size_of(&self, file: &OfferedFile, filter: &HoursFilter) -> KnownSize {
        let hours =
            u64::try_from((file.leads.1.minutes() - file.leads.0.minutes()) / 60 + 1).unwrap_or(1).max(1);
        let is_whole = filter.has_all_fields();
        let share =
            if is_whole { 1.0 } else { self.fields.as_ref().map_or(f64::NAN, |fields| fields.share(filter)) };
        match file.size {
            size if is_whole && hours == 1 => size,
            KnownSize::Exact(octets) | KnownSize::About(octets) if share.is_finite() => {
                KnownSize::About(ByteCount((octets.0 as f64 * share / hours as f64) as u64))
            }
            _ => KnownSize::Unknown,
        }
    }
}
