//! Which hours and files of what is published are new to a wish, and when the next one is due.
//!
//! In: a wish, the files that a source lists, what came of them before, the time. Out: [`NewHour`]s for transfers,
//! [`WishedFile`]s for who fetches file by file. Start reading at [`Offer`].

use super::notes::FollowNotes;
use super::wish::FollowWish;
use crate::app::catalog::asked::RunWish;
use crate::app::jobs::request::HourRequest;
use crate::app::jobs::request::{GetRequest, GivingPlan};
use crate::app::jobs::view::Subject;
use crate::catalog::asked::AskedBook;
use crate::catalog::entry::{Entry, EntryBook};
use crate::catalog::provider::{Dataset, EntryId};
use crate::catalog::runs::{Cell, CellState, Hours, Now, hours};
use crate::domain::lead_time::LeadTime;
use crate::domain::selection::Selection;
use crate::domain::utc::UtcTime;

/// Runs that are looked at for new hours.
const RUNS: usize = 6;

/// A run that started so long before the wish is not fetched. Minutes.
pub const OLDEST_WANTED: i64 = 12 * 60;

/// Steps by which it is looked for the next run, up to a day. Minutes.
const AHEAD: i64 = 3 * 60;

/// What a source publishes, held against a wish.
#[derive(Clone, Debug)]
pub struct Offer<'a> {
    wish: &'a FollowWish,
    added: UtcTime,
    dataset: &'a Dataset,
    book: &'a EntryBook,
    now: Now,
    selection: Selection,
    /// The packages that are meant; those that were seen or are named when empty.
    packages: Vec<String>,
}

/// An hour that is new, for a transfer.
#[derive(Clone, Debug, PartialEq)]
pub struct NewHour {
    /// Run, lead time and package: what tells it from every other one of the dataset.
    pub key: String,
    /// Its request; folder and policy are filled in by who starts it.
    pub wanted: HourRequest,
}

/// A file that is published and wished.
#[derive(Clone, Debug, PartialEq)]
pub struct WishedFile {
    /// Run, lead times and package: what tells it from every other one of the dataset.
    pub key: String,
    /// Its run.
    pub run: UtcTime,
    /// Where it is, and how large.
    pub entry: Entry,
}

/// What is known of an hour besides its run.
#[derive(Clone, Copy, Debug)]
struct HourOfPackage<'a> {
    run: UtcTime,
    lead: LeadTime,
    /// The whole dataset when it has no packages.
    package: Option<&'a String>,
}

impl<'a> Offer<'a> {
    /// Holds what is in `book` against `wish`, which was made at `added`.
    ///
    /// # Errors
    /// The part of the wish that cannot be read.
    pub fn new(
        (wish, added): (&'a FollowWish, UtcTime),
        (dataset, book): (&'a Dataset, &'a EntryBook),
        now: Now,
    ) -> Result<Self, String> {
        let selection = wish.selection()?;
        let mut packages = wish.packages();
        if packages.is_empty() {
            let of_params = dataset.packages_with(&selection.param_names());
            packages = of_params.iter().map(|package| package.id.to_string()).collect();
        }
        Ok(Self { wish, added, dataset, book, now, selection, packages })
    }

    /// Recent runs by lead times, those that are wished at all, every package together.
    pub fn table(&self) -> Hours {
        self.table_of(&self.packages)
    }

    /// Whether a lead time is wished.
    pub fn has_lead(&self, lead: LeadTime) -> bool {
        self.selection.has_lead(Some(lead))
    }

    /// The hours that are wished, published, and of which nothing came before; oldest run first.
    ///
    /// # Errors
    /// The part of the wish that cannot be read.
    pub fn new_hours(&self, notes: &FollowNotes) -> Result<Vec<NewHour>, String> {
        let mut found = Vec::new();
        let all = self.table();
        for package in each_of(&all.packages) {
            // Each package by itself: one that is late keeps no other waiting.
            let table = self.table_of(&package.into_iter().cloned().collect::<Vec<_>>());
            for (run, lead, cell) in self.wished_in(&table) {
                let hour = HourOfPackage { run, lead, package };
                let key = hour.key();
                if cell.state == CellState::Published && !notes.is_known(&key) {
                    found.push(NewHour { key, wanted: self.request_of(hour)? });
                }
            }
        }
        found.sort_by_key(|hour| (hour.wanted.subject.run, hour.wanted.subject.lead));
        Ok(found)
    }

    /// Every file of `table` that is wished and published, oldest run first.
    pub fn files(&self, table: &Hours) -> Vec<WishedFile> {
        let holds =
            |entry: &&Entry| table.leads.iter().any(|lead| entry.may_hold(*lead) && self.has_lead(*lead));
        let has_package = |entry: &&Entry| {
            self.packages.is_empty() || self.packages.iter().any(|package| package == entry.package())
        };
        let runs = table.rows.iter().rev().map(|row| row.run);
        let of_run = |run| {
            let entries = self.book.of_run(run).filter(|entry| entry.is_there());
            entries.filter(has_package).filter(holds).map(move |entry| (run, entry.clone()))
        };
        runs.flat_map(of_run)
            .map(|(run, entry)| WishedFile { key: key_of_file(run, &entry), run, entry })
            .collect()
    }

    /// When the next hour that is wished is due; what is late was due already. `None` when nobody knows.
    pub fn next_due(&self) -> Option<UtcTime> {
        let all = self.table();
        let due = each_of(&all.packages).into_iter().filter_map(|package| {
            let own: Vec<String> = package.into_iter().cloned().collect();
            self.due_in(&self.table_of(&own)).or_else(|| self.due_in_next_run(&own))
        });
        due.min()
    }

    fn table_of(&self, packages: &[String]) -> Hours {
        let mut table = hours(self.dataset, self.book, packages, self.now, RUNS);
        table.rows.retain(|row| self.added.minutes_since(row.run) <= OLDEST_WANTED);
        table
    }

    fn wished_in(&self, table: &Hours) -> impl Iterator<Item = (UtcTime, LeadTime, Cell)> {
        let cells =
            table.rows.iter().flat_map(|row| table.leads.iter().zip(&row.cells).map(move |at| (row.run, at)));
        let wished = cells.filter_map(|(run, (lead, cell))| Some((run, *lead, (*cell)?)));
        wished.filter(|(_, lead, _)| self.has_lead(*lead))
    }

    fn due_in(&self, table: &Hours) -> Option<UtcTime> {
        let due = self.wished_in(table).filter_map(|(_, _, cell)| match cell.state {
            CellState::Expected { at } => at,
            CellState::Late { since } => Some(since),
            CellState::Unknown { due } => due,
            CellState::Published | CellState::Missing | CellState::Withdrawn { .. } => None,
        });
        due.min()
    }

    /// When the first wished hour of the run after the newest one is due.
    fn due_in_next_run(&self, packages: &[String]) -> Option<UtcTime> {
        // Nobody was asked about a run that has not started.
        let mut book = self.book.clone();
        book.asked = AskedBook::default();
        // Seen from later with a clock that calls nothing late, hours that are to come have their times; seen from too
        // late, the next run is one that is no longer kept.
        (1..=8).find_map(|step| {
            let ahead = self.now.time().plus_minutes(step * AHEAD)?;
            let mut table = hours(self.dataset, &book, packages, Now::JustSet(ahead), RUNS);
            table.rows.retain(|row| row.run > self.now.time());
            self.due_in(&table)
        })
    }

    fn request_of(&self, hour: HourOfPackage<'_>) -> Result<HourRequest, String> {
        let HourOfPackage { run, lead, package } = hour;
        let selection = self.wish.selection_at(Some(&lead.to_words()))?;
        let id = EntryId::parse(&self.wish.id).ok_or_else(|| self.wish.id.clone())?;
        let target = EntryId { package: package.cloned(), ..id }.to_string();
        let mut files = self.book.of_run(run).filter(|entry| entry.is_there() && entry.may_hold(lead));
        let file = files.find(|entry| package.is_none_or(|own| own == entry.package()));
        let span = file.and_then(Entry::leads).filter(|(first, last)| first != last);
        Ok(HourRequest {
            request: GetRequest {
                targets: vec![target],
                run: Some(RunWish::At(run)),
                selection,
                giving: GivingPlan::AsSet,
                ..GetRequest::default()
            },
            subject: Subject {
                dataset: self.wish.dataset(),
                title: self.dataset.title.en.as_str().into(),
                run,
                lead,
                span: span.map(Box::new),
                package: package.map(|package| package.as_str().into()),
            },
        })
    }
}

impl HourOfPackage<'_> {
    fn key(self) -> String {
        let package = self.package.map(|package| format!(" {package}")).unwrap_or_default();
        format!("{} {} min{package}", self.run, self.lead.minutes())
    }
}

fn key_of_file(run: UtcTime, entry: &Entry) -> String {
    let (first, last) = entry.leads().map_or((0, 0), |(first, last)| (first.minutes(), last.minutes()));
    format!("{run} {first}-{last} min {}", entry.package())
}

/// Each package; none once when the dataset has none.
fn each_of(packages: &[String]) -> Vec<Option<&String>> {
    if packages.is_empty() { vec![None] } else { packages.iter().map(Some).collect() }
}

#[cfg(test)]
pub(crate) mod tests;
