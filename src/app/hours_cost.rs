//! What a choice on the matrix costs, reckoned file by file: exact where an index tells, or where files are wanted whole.
//!
//! In: the choice, and indexes as [`CostPlan::next_unread`] asks for them. Out: sizes and road.

use crate::app::catalog::hours::{HoursChoice, HoursPlan, KnownSize, MatrixCellState, Ways};
use crate::app::catalog::offered::{Offered, OfferedFile};
use crate::app::catalog::route::Route;
use crate::app::hour_requests::{
    Part, Reckoning, add_part, command_of, parts_of, share_from_peers, state_at,
};
use crate::app::jobs::hours_board::overlay;
use crate::app::snapshot::Snapshot;
use crate::domain::octets::ByteCount;
use crate::grib::index::GribIndex;
use std::collections::{BTreeMap, VecDeque};

/// Most indexes that are read for one plan; what is beyond is estimated.
const MOST_INDEXES: usize = 24;

/// A reckoning under way.
pub(crate) struct CostPlan {
    plan: HoursPlan,
    choice: HoursChoice,
    /// What is not reckoned yet, with what it is without an index.
    left: VecDeque<(Part, KnownSize)>,
    /// By URL, what was read: nothing, where there is no index.
    known: BTreeMap<String, Option<GribIndex>>,
    read: usize,
}

impl CostPlan {
    /// Before any index was read.
    pub(crate) fn begin(open: &Offered, choice: &HoursChoice, snapshot: &Snapshot) -> Self {
        let seen = overlay(&open.base, snapshot.jobs.iter(), &choice.filter);
        let parts = parts_of(open, choice, &seen);
        let here =
            choice.cells.iter().filter(|cell| state_at(&seen, **cell) == MatrixCellState::Here).count();
        let plan = HoursPlan {
            slices: choice.cells.len(),
            here,
            wanted: KnownSize::Exact(ByteCount::ZERO),
            to_transfer: KnownSize::Exact(ByteCount::ZERO),
            road: if parts.is_empty() { Route::OnDisk } else { Route::WholeFiles },
            ways: parts.iter().map(|part| part.file.ways).reduce(Ways::plus),
            from_peers: share_from_peers(snapshot, choice),
            free: None,
            command: command_of(&parts, choice, (snapshot, &snapshot.folder())),
        };
        let guessed = |part: Part| {
            let guess = open.size_of(&part.file, &choice.filter);
            (part, guess)
        };
        let left = parts.into_iter().map(guessed).collect();
        Self { plan, choice: choice.clone(), left, known: BTreeMap::new(), read: 0 }
    }

    /// The next file whose index is to be read, which [`take_index`](Self::take_index) takes. `None` when all is reckoned.
    pub(crate) fn next_unread(&mut self) -> Option<OfferedFile> {
        let is_whole = self.choice.filter.has_all_fields();
        while let Some((part, guess)) = self.left.pop_front() {
            if is_whole && part.file.is_single() {
                self.plan.wanted = self.plan.wanted.plus(part.file.size);
                self.plan.to_transfer = self.plan.to_transfer.plus(part.file.size);
                continue;
            }
            let url = part.file.url.as_ref().map(ToString::to_string);
            let is_unread = url.as_ref().is_some_and(|url| !self.known.contains_key(url));
            if is_unread && self.read < MOST_INDEXES {
                let file = part.file.clone();
                self.left.push_front((part, guess));
                return Some(file);
            }
            let index = url.and_then(|url| self.known.get(&url)).and_then(Option::as_ref);
            let reckoned = Reckoning { index, guess, may_ask: self.read < MOST_INDEXES };
            add_part(&mut self.plan, &part, reckoned, &self.choice);
        }
        None
    }

    /// Takes in the index of the file that was asked for. `None` when it has none.
    pub(crate) fn take_index(&mut self, index: Option<GribIndex>) {
        let url = self.left.front().and_then(|(part, _)| part.file.url.as_ref()).map(ToString::to_string);
        if let Some(url) = url {
            self.read += 1;
            self.known.insert(url, index);
        }
    }

    /// The plan, with what is free where the files go.
    pub(crate) fn finish(self, free: Option<ByteCount>) -> HoursPlan {
        HoursPlan { free, ..self.plan }
    }
}
