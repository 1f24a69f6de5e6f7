//! What a choice on the matrix costs, and the requests for it: one for each run, lead time and package.

use crate::app::Policy;
use crate::app::catalog::asked::RunWish;
use crate::app::catalog::hours::{HoursChoice, HoursPlan, HoursView, KnownSize, MatrixCellState};
use crate::app::catalog::offered::fields::selection_of;
use crate::app::catalog::offered::{Offered, OfferedFile};
use crate::app::catalog::route::Route;
use crate::app::jobs::request::HourRequest;
use crate::app::jobs::request::{GetRequest, GivingPlan, Partial, Products};
use crate::app::jobs::view::{End, Subject};
use crate::app::snapshot::Snapshot;
use crate::app::words::{further_words, quoted};
use crate::catalog::provider::EntryId;
use crate::domain::lead_time::LeadTime;
use crate::domain::octets::ByteCount;
use crate::domain::source::{BytesBySource, SourceKind};
use crate::domain::utc::UtcTime;
use crate::grib::index::GribIndex;
use crate::grib::slicing;
use std::collections::BTreeMap;
use std::path::Path;

/// One file of one cell, as it is wanted.
pub(crate) struct Part {
    /// Its run and lead time.
    pub(crate) cell: (UtcTime, LeadTime),
    /// The file.
    pub(crate) file: OfferedFile,
}

pub(crate) fn state_at(view: &HoursView, (run, lead): (UtcTime, LeadTime)) -> MatrixCellState {
    let row = view.rows.iter().find(|row| row.run == run);
    let column = view.columns.binary_search(&lead).ok();
    row.zip(column)
        .and_then(|(row, column)| row.cells.get(column))
        .map_or(MatrixCellState::None, |cell| cell.state)
}

/// The files of the chosen cells that can be got and are not here, on their way or waiting already.
pub(crate) fn parts_of(open: &Offered, choice: &HoursChoice, seen: &HoursView) -> Vec<Part> {
    let can_be_got = |cell: &&(UtcTime, LeadTime)| {
        matches!(
            state_at(seen, **cell),
            MatrixCellState::Available | MatrixCellState::PartlyHere | MatrixCellState::Failed
        )
    };
    choice
        .cells
        .iter()
        .filter(can_be_got)
        .flat_map(|cell| {
            open.files_of(*cell, &choice.filter).map(|file| Part { cell: *cell, file: file.clone() })
        })
        .collect()
}

pub(crate) fn wish_of(
    open: &Offered,
    part: &Part,
    (choice, snapshot): (&HoursChoice, &Snapshot),
) -> Option<HourRequest> {
    let (run, lead) = part.cell;
    let file = &part.file;
    // A file of this hour alone is wanted whole, unless fields are chosen.
    let words = lead.to_words();
    let is_entry = EntryId::parse(&file.target).is_some();
    let leads = (is_entry || !file.is_single()).then_some(words.as_str());
    Some(HourRequest {
        request: GetRequest {
            targets: vec![file.target.clone()],
            run: is_entry.then_some(RunWish::At(run)),
            selection: selection_of(leads, &choice.filter)?,
            // What a file lacks is said in its row; the first hour of a run lacks what falls and gusts.
            products: Products { partial: Partial::Accepted, ..Products::default() },
            files: file.pattern.clone(),
            out: snapshot.folder(),
            policy: snapshot.settings.policy,
            giving: GivingPlan::AsSet,
            ..GetRequest::default()
        },
        subject: Subject {
            dataset: choice.dataset.clone(),
            title: open.base.title.as_str().into(),
            run,
            lead,
            span: (!file.is_single()).then(|| Box::new(file.leads)),
            package: file.package.as_deref().map(Into::into),
        },
    })
}

/// The share of peers in what came of this dataset before. `None` when nothing came, or nothing peers.
pub(crate) fn share_from_peers(snapshot: &Snapshot, choice: &HoursChoice) -> Option<f32> {
    let mut sum = BytesBySource::default();
    for job in snapshot.jobs.iter() {
        let is_it = job.subject.as_deref().is_some_and(|subject| subject.dataset == choice.dataset);
        let is_done = job.outcome.as_ref().is_some_and(|outcome| outcome.end == End::Done);
        if is_it && is_done {
            sum.merge(&job.transfer.by_source);
        }
    }
    if snapshot.settings.policy == Policy::HttpOnly {
        return Some(0.0);
    }
    let network = sum.total().saturating_sub(sum.get(SourceKind::Disk));
    (network > ByteCount::ZERO).then(|| sum.share_of_peers().map(|share| share as f32)).flatten()
}

/// What is known of a part when it is added to a plan.
pub(crate) struct Reckoning<'a> {
    /// The index of its file. `None` when none could be read.
    pub(crate) index: Option<&'a GribIndex>,
    /// What it is without one.
    pub(crate) guess: KnownSize,
    /// Whether an index was asked for: then there is none.
    pub(crate) may_ask: bool,
}

/// Adds size and road of a part to `plan`.
pub(crate) fn add_part(plan: &mut HoursPlan, part: &Part, reckoned: Reckoning<'_>, choice: &HoursChoice) {
    let selection = selection_of(Some(&part.cell.1.to_words()), &choice.filter);
    let slices = reckoned.index.zip(selection).map(|(index, selection)| slicing::plan(index, &selection));
    match slices {
        Some(Ok(slices)) => {
            let provable = slices.is_provable();
            plan.wanted = plan.wanted.plus(KnownSize::Exact(slices.wanted()));
            plan.to_transfer = plan.to_transfer.plus(match part.file.piece {
                Some(piece) if !provable => KnownSize::About(in_pieces(&slices, piece)),
                _ => KnownSize::Exact(slices.wanted()),
            });
            plan.road = match (provable, part.file.piece) {
                (true, _) => Route::ProvenRanges,
                (false, Some(_)) => Route::Pieces,
                (false, None) => Route::Ranges,
            };
        }
        // Nothing of the choice is in this file: it costs nothing.
        Some(Err(_)) => {}
        None => {
            plan.wanted = plan.wanted.plus(reckoned.guess);
            plan.to_transfer = plan.to_transfer.plus(match reckoned.guess {
                KnownSize::Exact(octets) => KnownSize::About(octets),
                guess => guess,
            });
            if reckoned.may_ask {
                plan.road = Route::NoIndex;
            }
        }
    }
}

/// Octets of the pieces that hold the slices, if the file begins with a piece.
fn in_pieces(slices: &slicing::Slices, piece: u64) -> ByteCount {
    let pieces: std::collections::BTreeSet<u64> = slices
        .messages
        .iter()
        .flat_map(|message| message.range.start() / piece..=(message.range.end() - 1) / piece)
        .collect();
    ByteCount(pieces.len() as u64 * piece)
}

/// The same wish as commands for the terminal: one for each run and package.
pub(crate) fn command_of(
    parts: &[Part],
    choice: &HoursChoice,
    (snapshot, folder): (&Snapshot, &Path),
) -> String {
    let mut by_target: BTreeMap<(String, UtcTime), Vec<LeadTime>> = BTreeMap::new();
    for part in parts {
        by_target.entry((part.file.target.clone(), part.cell.0)).or_default().push(part.cell.1);
    }
    let command = |((target, run), leads): (&(String, UtcTime), &Vec<LeadTime>)| {
        let mut words = vec!["nuee".to_owned(), "get".to_owned(), quoted(target)];
        let mut add = |option: &str, value: String| words.extend([option.to_owned(), quoted(&value)]);
        if EntryId::parse(target).is_some() {
            add("--run", run.to_string());
        }
        add("--lead", leads.iter().map(|lead| lead.to_words()).collect::<Vec<_>>().join(","));
        if !choice.filter.params.is_empty() {
            add("--param", choice.filter.params.join(","));
        }
        if !choice.filter.levels.is_empty() {
            add("--level", choice.filter.levels.join(","));
        }
        if !choice.filter.members.is_empty() {
            add("--member", choice.filter.members.join(","));
        }
        words.push(further_words(snapshot.settings.policy, folder));
        words.join(" ")
    };
    by_target.iter().map(command).collect::<Vec<_>>().join(" && ")
}
