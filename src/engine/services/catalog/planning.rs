//! What a choice on the matrix costs, and the requests for it: one for each run, lead time and package.

use super::CatalogService;
use super::fields::{index_of, selection_of};
use super::offered::{Offered, OfferedFile};
use crate::app::Policy;
use crate::app::catalog::RunWish;
use crate::app::hours::{CellState, HoursChoice, HoursPlan, HoursView, Size, Ways};
use crate::app::hours_board::overlay;
use crate::app::input::{Event, Wish};
use crate::app::query::Answer;
use crate::app::request::{GetRequest, GivingPlan, Partial, Products};
use crate::app::snapshot::Snapshot;
use crate::app::state::{End, Road, Subject};
use crate::app::user_message::UserMessage;
use crate::app::words::{further_words, quoted};
use crate::catalog::provider::EntryId;
use crate::domain::lead_time::LeadTime;
use crate::domain::octets::ByteCount;
use crate::domain::source::{BytesBySource, SourceKind};
use crate::domain::utc::UtcTime;
use crate::engine::store::room::free_space_at;
use crate::engine::transfer::http::client::HttpClient;
use crate::grib::slicing;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::mpsc::Sender;
use std::time::Duration;

/// Most indexes that are read for one plan; what is beyond is estimated.
const MOST_INDEXES: usize = 24;

/// One file of one cell, as it is wanted.
struct Part {
    cell: (UtcTime, LeadTime),
    file: OfferedFile,
}

impl CatalogService {
    /// Makes requests of what is chosen and not here.
    pub(super) fn wish(&self, choice: &HoursChoice, snapshot: &Snapshot) {
        let Some(open) = self.open.as_ref().filter(|open| open.base.dataset == choice.dataset) else {
            return;
        };
        let seen = overlay(&open.base, snapshot.jobs.iter(), &choice.filter);
        let parts = parts_of(open, choice, &seen);
        let wishes: Vec<Wish> =
            parts.iter().filter_map(|part| wish_of(open, part, (choice, snapshot))).collect();
        self.tell(Event::Wished(wishes));
    }

    /// Says what a choice costs; indexes are read beside the desk, so that it stays free.
    pub(super) fn plan(&self, choice: &HoursChoice, snapshot: &Snapshot, answers: Sender<Answer>) {
        let Some(open) = self.open.as_ref().filter(|open| open.base.dataset == choice.dataset) else {
            let id = choice.dataset.0.to_string();
            // A front end that went away needs no plan.
            let _ = answers.send(Answer::HoursPlan(Err(UserMessage::UnknownEntry { id, meant: None })));
            return;
        };
        let seen = overlay(&open.base, snapshot.jobs.iter(), &choice.filter);
        let parts = parts_of(open, choice, &seen);
        let guesses: Vec<Size> = parts.iter().map(|part| open.size_of(&part.file, &choice.filter)).collect();
        let folder = snapshot.folder();
        let here = choice.cells.iter().filter(|cell| state_at(&seen, **cell) == CellState::Here).count();
        let frame = HoursPlan {
            slices: choice.cells.len(),
            here,
            wanted: Size::Exact(ByteCount::ZERO),
            to_transfer: Size::Exact(ByteCount::ZERO),
            road: if parts.is_empty() { Road::OnDisk } else { Road::WholeFiles },
            ways: parts.iter().map(|part| part.file.ways).reduce(Ways::plus),
            from_peers: share_from_peers(snapshot, choice),
            free: folder.ancestors().find(|path| path.is_dir()).and_then(free_space_at).map(ByteCount),
            command: command_of(&parts, choice, (snapshot, &folder)),
        };
        let (client, choice) = (self.context.shared.client.clone(), choice.clone());
        tokio::spawn(async move {
            let plan = with_sizes(frame, &client, &choice, parts, guesses).await;
            let _ = answers.send(Answer::HoursPlan(Ok(plan)));
        });
    }
}

fn state_at(view: &HoursView, (run, lead): (UtcTime, LeadTime)) -> CellState {
    let row = view.rows.iter().find(|row| row.run == run);
    let column = view.columns.binary_search(&lead).ok();
    row.zip(column).and_then(|(row, column)| row.cells.get(column)).map_or(CellState::None, |cell| cell.state)
}

/// The files of the chosen cells that can be got and are not here, on their way or waiting already.
fn parts_of(open: &Offered, choice: &HoursChoice, seen: &HoursView) -> Vec<Part> {
    let can_be_got = |cell: &&(UtcTime, LeadTime)| {
        matches!(state_at(seen, **cell), CellState::Available | CellState::PartlyHere | CellState::Failed)
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

fn wish_of(open: &Offered, part: &Part, (choice, snapshot): (&HoursChoice, &Snapshot)) -> Option<Wish> {
    let (run, lead) = part.cell;
    let file = &part.file;
    // A file of this hour alone is wanted whole, unless fields are chosen.
    let words = lead.to_words();
    let is_entry = EntryId::parse(&file.target).is_some();
    let leads = (is_entry || !file.is_single()).then_some(words.as_str());
    Some(Wish {
        request: GetRequest {
            targets: vec![file.target.clone()],
            run: is_entry.then_some(RunWish::At(run)),
            selection: selection_of(leads, &choice.filter)?,
            // What a file lacks is said in its row; the first hour of a run lacks what falls and gusts.
            products: Products { partial: Partial::Accepted, ..Products::default() },
            files: file.pattern.clone(),
            out: snapshot.folder(),
            policy: snapshot.settings.policy,
            peers: Vec::new(),
            web_seeds: Vec::new(),
            giving: GivingPlan::AsSet,
            limits: Default::default(),
            wait: Duration::ZERO,
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
fn share_from_peers(snapshot: &Snapshot, choice: &HoursChoice) -> Option<f32> {
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

/// Fills in sizes and road: exact where an index tells, or where files are wanted whole.
async fn with_sizes(
    mut plan: HoursPlan,
    client: &HttpClient,
    choice: &HoursChoice,
    parts: Vec<Part>,
    guesses: Vec<Size>,
) -> HoursPlan {
    let is_whole = choice.filter.has_all_fields();
    let mut indexes = 0;
    let mut known = BTreeMap::new();
    for (part, guess) in parts.into_iter().zip(guesses) {
        let words = part.cell.1.to_words();
        if is_whole && part.file.is_single() {
            plan.wanted = plan.wanted.plus(part.file.size);
            plan.to_transfer = plan.to_transfer.plus(part.file.size);
            continue;
        }
        let url = part.file.url.as_ref().map(ToString::to_string);
        if let Some(url) = url.clone().filter(|url| !known.contains_key(url) && indexes < MOST_INDEXES) {
            indexes += 1;
            known.insert(url, index_of(client, &part.file).await);
        }
        let index = url.and_then(|url| known.get(&url)).and_then(Option::as_ref);
        let selection = selection_of(Some(&words), &choice.filter);
        let slices = index.zip(selection).map(|(index, selection)| slicing::plan(index, &selection));
        match slices {
            Some(Ok(slices)) => {
                let provable = slices.is_provable();
                plan.wanted = plan.wanted.plus(Size::Exact(slices.wanted()));
                plan.to_transfer = plan.to_transfer.plus(match part.file.piece {
                    Some(piece) if !provable => Size::About(in_pieces(&slices, piece)),
                    _ => Size::Exact(slices.wanted()),
                });
                plan.road = match (provable, part.file.piece) {
                    (true, _) => Road::ProvenRanges,
                    (false, Some(_)) => Road::Pieces,
                    (false, None) => Road::Ranges,
                };
            }
            // Nothing of the choice is in this file: it costs nothing.
            Some(Err(_)) => {}
            None => {
                plan.wanted = plan.wanted.plus(guess);
                plan.to_transfer = plan.to_transfer.plus(match guess {
                    Size::Exact(octets) => Size::About(octets),
                    guess => guess,
                });
                if indexes < MOST_INDEXES {
                    plan.road = Road::NoIndex;
                }
            }
        }
    }
    plan
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
fn command_of(parts: &[Part], choice: &HoursChoice, (snapshot, folder): (&Snapshot, &Path)) -> String {
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
