//! Runs and hours: what is published, expected, late, missing, withdrawn or unknown, as a table of runs by lead times.
//!
//! In: entries, the provider's cycles and usual delays, and the time. Out: [`Hours`]; files of one hour, of several, and
//! of one field give the same table. Reads no clock. Start reading at [`hours`]; [`choice`] picks a run of it.

pub mod choice;
mod delay;
#[cfg(test)]
mod tests;

use super::asked::{Coverage, DatasetPart};
use super::entry::{Entry, EntryBook};
use super::listing::Size;
use super::provider::Dataset;
use crate::domain::lead_time::LeadTime;
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcTime;
use delay::Delays;
use std::collections::{BTreeSet, HashMap};

/// The time, and whether it can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Now {
    /// The clock is steady.
    Steady(UtcTime),
    /// The clock has just been set: nothing is called late or missing by it.
    JustSet(UtcTime),
}

impl Now {
    /// The time.
    pub fn time(self) -> UtcTime {
        match self {
            Self::Steady(time) | Self::JustSet(time) => time,
        }
    }
}

/// What there is of one lead time of one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellState {
    /// Every package that is looked at is there.
    Published,
    /// It is not yet due, or it is not known when it will be.
    Expected {
        /// When it is due. `None` when unknown.
        at: Option<UtcTime>,
    },
    /// It was due.
    Late {
        /// Since when.
        since: UtcTime,
    },
    /// It was due so long ago that it will hardly come.
    Missing,
    /// It was there.
    Withdrawn {
        /// When that was noticed.
        since: UtcTime,
    },
    /// Nobody could be asked who would tell: neither there nor missing.
    Unknown {
        /// When it is due. `None` when unknown.
        due: Option<UtcTime>,
    },
}

/// One lead time of one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// What there is.
    pub state: CellState,
    /// How many of the packages that are looked at are there.
    pub present: usize,
    /// Octets of the files that hold it; a file of several hours counts in each of them.
    pub size: Size,
    /// Whether it has fewer parameters than the others: nothing has gusted or fallen at the start.
    pub is_reduced: bool,
}

/// One run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRow {
    /// When it starts.
    pub run: UtcTime,
    /// A cell for each of [`Hours::leads`]; `None` where the run does not reach.
    pub cells: Vec<Option<Cell>>,
    /// From its start to its first file. Minutes. `None` when no file tells.
    pub first_after: Option<i64>,
}

/// Runs by lead times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hours {
    /// The columns, ascending.
    pub leads: Vec<LeadTime>,
    /// The rows, newest run first.
    pub rows: Vec<RunRow>,
    /// The packages that were looked at; empty when the dataset has none.
    pub packages: Vec<String>,
}

impl RunRow {
    /// How many lead times are published.
    pub fn published(&self) -> usize {
        self.count(|state| state == CellState::Published)
    }

    /// How many lead times the run should have.
    pub fn expected(&self) -> usize {
        self.count(|_| true)
    }

    /// Whether nothing lacks.
    pub fn is_complete(&self) -> bool {
        self.expected() > 0 && self.published() == self.expected()
    }

    /// How many lead times are unknown: the server that lists them could not be reached.
    pub fn unknown(&self) -> usize {
        self.count(|state| matches!(state, CellState::Unknown { .. }))
    }

    /// How many lead times are in a state.
    pub fn count(&self, is_meant: impl Fn(CellState) -> bool) -> usize {
        self.cells.iter().flatten().filter(|cell| is_meant(cell.state)).count()
    }
}

/// The table of the latest `count` runs, for the packages in `chosen`, or for all that are known.
pub fn hours(dataset: &Dataset, book: &EntryBook, chosen: &[String], now: Now, count: usize) -> Hours {
    let packages = packages_of(dataset, book, chosen);
    let mut runs: BTreeSet<UtcTime> = book.runs().into_iter().collect();
    // A run is expected as soon as it has started.
    runs.extend(
        dataset
            .runs_before(now.time(), count)
            .into_iter()
            .filter(|run| is_awaited(dataset, *run, now) && book.asked.covers(*run)),
    );
    let runs: Vec<UtcTime> = runs.into_iter().rev().take(count).collect();
    let files: HashMap<UtcTime, Vec<&Entry>> =
        runs.iter().map(|run| (*run, book.of_run(*run).collect())).collect();
    let mut leads: BTreeSet<LeadTime> = BTreeSet::new();
    for run in &runs {
        leads.extend(leads_of(dataset, *run, &files[run]));
    }
    let leads: Vec<LeadTime> = leads.into_iter().collect();
    let delays = Delays::measured(dataset, files.values().flatten().copied());
    let row = |run: &UtcTime| {
        let view = RunView {
            dataset,
            book,
            packages: &packages,
            run: *run,
            files: &files[run],
            delays: &delays,
            now,
        };
        view.row(&leads)
    };
    let rows = runs.iter().map(row).collect();
    Hours { leads, rows, packages }
}

/// Whether a run of which nothing was seen belongs into the table: one that nobody lists any more does not.
fn is_awaited(dataset: &Dataset, run: UtcTime, now: Now) -> bool {
    !dataset.is_past_retention(run, now.time())
}

/// The packages to look at: those that were chosen, else those that were seen, else those that the provider names.
fn packages_of(dataset: &Dataset, book: &EntryBook, chosen: &[String]) -> Vec<String> {
    if !chosen.is_empty() {
        return chosen.to_vec();
    }
    let seen: BTreeSet<&str> = book.iter().filter(|entry| entry.is_there()).map(Entry::package).collect();
    let named = || dataset.packages.iter().map(|package| &*package.id);
    let both: Vec<String> = named().filter(|package| seen.contains(package)).map(str::to_owned).collect();
    if both.is_empty() { named().map(str::to_owned).collect() } else { both }
}

/// The lead times of a run: those that it should have, and those that it has. Those of files of several hours are known
/// by their ends only, so there what it should have decides.
fn leads_of(dataset: &Dataset, run: UtcTime, files: &[&Entry]) -> BTreeSet<LeadTime> {
    let mut leads: BTreeSet<LeadTime> =
        dataset.cycle_of(run).map(|cycle| cycle.leads.iter().copied().collect()).unwrap_or_default();
    for (first, last) in files.iter().filter_map(|entry| entry.leads()) {
        if first == last {
            leads.insert(first);
        } else if leads.range(first..=last).next().is_none() {
            leads.extend([first, last]);
        }
    }
    leads
}

/// One run, as it is looked at.
struct RunView<'a> {
    dataset: &'a Dataset,
    book: &'a EntryBook,
    packages: &'a [String],
    run: UtcTime,
    files: &'a [&'a Entry],
    delays: &'a Delays,
    now: Now,
}

impl RunView<'_> {
    fn row(&self, leads: &[LeadTime]) -> RunRow {
        let own = leads_of(self.dataset, self.run, self.files);
        let cells = leads.iter().map(|lead| own.contains(lead).then(|| self.cell(*lead))).collect();
        let first =
            self.files.iter().filter(|entry| entry.is_there()).filter_map(|entry| entry.published).min();
        RunRow { run: self.run, cells, first_after: first.map(|time| time.minutes_since(self.run)) }
    }

    fn cell(&self, lead: LeadTime) -> Cell {
        let holds = |entry: &&&Entry| entry.may_hold(lead) && self.is_looked_at(entry);
        let (there, gone): (Vec<&Entry>, Vec<&Entry>) =
            self.files.iter().filter(holds).copied().partition(|entry| entry.is_there());
        let present: BTreeSet<&str> = there.iter().map(|entry| entry.package()).collect();
        let wanted = self.packages.len().max(1);
        let state = if present.len() >= wanted {
            CellState::Published
        } else {
            let since = gone.iter().filter_map(|entry| entry.withdrawn).min();
            self.state_of_lacking((lead, &present), since)
        };
        let is_first =
            self.dataset.cycle_of(self.run).is_some_and(|cycle| cycle.leads.first() == Some(&lead));
        let is_reduced = is_first && !self.dataset.start_lacks.is_empty();
        Cell { state, present: present.len(), size: sum(there.iter().map(|entry| entry.size)), is_reduced }
    }

    /// How a lead time stands of which a package lacks: only answers that were read make it late, missing or withdrawn.
    fn state_of_lacking(
        &self,
        (lead, present): (LeadTime, &BTreeSet<&str>),
        withdrawn: Option<UtcTime>,
    ) -> CellState {
        let judged = self.delays.state_of(self.dataset, (self.run, lead), self.now);
        match (self.coverage(lead, present), withdrawn, judged) {
            (Coverage::Read | Coverage::Partly, Some(since), _) => CellState::Withdrawn { since },
            (Coverage::Read, None, judged) => judged,
            // Nobody has missed it yet, and one of those who would name it says that it is not there.
            (Coverage::Partly, None, CellState::Expected { at }) => CellState::Expected { at },
            (_, _, CellState::Expected { at }) => CellState::Unknown { due: at },
            (_, _, CellState::Late { since }) => CellState::Unknown { due: Some(since) },
            _ => CellState::Unknown { due: None },
        }
    }

    /// How well that is known which lacks of a lead time.
    fn coverage(&self, lead: LeadTime, present: &BTreeSet<&str>) -> Coverage {
        let part = |package| DatasetPart { run: self.run, lead, package };
        let lacking = self.packages.iter().map(String::as_str).filter(|package| !present.contains(package));
        let worst = lacking.map(|package| self.book.asked.coverage(part(package))).max();
        worst.unwrap_or_else(|| self.book.asked.coverage(part("")))
    }

    fn is_looked_at(&self, entry: &Entry) -> bool {
        self.packages.is_empty() || self.packages.iter().any(|package| package == entry.package())
    }
}

/// All sizes together: exact when each is, unknown when one is.
pub fn sum(sizes: impl IntoIterator<Item = Size>) -> Size {
    let mut sizes = sizes.into_iter();
    let Some(first) = sizes.next() else { return Size::Unknown };
    sizes.fold(first, |sum, size| match (sum, size) {
        (Size::Exact(a), Size::Exact(b)) => Size::Exact(a + b),
        (Size::Unknown, _) | (_, Size::Unknown) => Size::Unknown,
        (Size::Exact(a) | Size::About(a), Size::Exact(b) | Size::About(b)) => Size::About(a + b),
    })
}

impl Size {
    /// The number of octets, exact or not.
    pub fn octets(self) -> Option<ByteCount> {
        match self {
            Self::Exact(octets) | Self::About(octets) => Some(octets),
            Self::Unknown => None,
        }
    }
}
