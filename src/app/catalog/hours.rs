//! The matrix of runs and lead times of one dataset, as a screen shows it, and what a person chooses on it.
//!
//! In: what a catalogue merged, what lies on the disk, what arrives. Out: [`HoursView`], ready to be drawn.

use crate::app::catalog::file_table::FileTable;
use crate::app::catalog::route::Route;
use crate::app::messages::user_message::UserMessage;
use crate::domain::lead_time::LeadTime;
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcTime;
use std::sync::Arc;
use std::time::Duration;

/// The name of a dataset, such as `demo/arome-0.01`; never empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DatasetId(pub Arc<str>);

/// The runs and lead times of one dataset.
#[derive(Clone, Debug, PartialEq)]
pub struct HoursView {
    /// Which dataset.
    pub dataset: DatasetId,
    /// What it is called.
    pub title: String,
    /// The licence and whom to name, in the words of the provider.
    pub licence: Option<String>,
    /// Packages of files that can be chosen; empty when there is only one kind.
    pub packages: Vec<String>,
    /// Fields that can be chosen, as far as an index says; empty until one was read.
    pub fields: Vec<FieldChoice>,
    /// Members of an ensemble that can be chosen, as `--member` takes them; empty until an index was read, and of what is
    /// none.
    pub members: Vec<String>,
    /// The lead times of any run, ascending.
    pub columns: Vec<LeadTime>,
    /// The runs, newest first.
    pub rows: Vec<MatrixRow>,
    /// The files of a dataset without runs; `None` for one with runs.
    pub table: Option<Arc<FileTable>>,
    /// Where reading the catalogue stands.
    pub reading: CatalogReading,
}

impl HoursView {
    /// The cell of a lead time of a run. `None` when the dataset has no such.
    pub fn cell(&self, run: UtcTime, lead: LeadTime) -> Option<&MatrixCell> {
        let row = self.rows.iter().find(|row| row.run == run)?;
        row.cells.get(self.columns.binary_search(&lead).ok()?)
    }
}

/// Where reading a catalogue stands.
#[derive(Clone, Debug, PartialEq)]
pub enum CatalogReading {
    /// It is being read; what is shown was read at that time before.
    UnderWay(Option<UtcTime>),
    /// It was read then.
    Done(UtcTime),
    /// It could not be read; what is shown was read at that time before.
    Failed(UserMessage, Option<UtcTime>),
}

/// A field that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChoice {
    /// Short name, as `--param` takes it: `2t`.
    pub param: String,
    /// What it is, in English and French.
    pub names: (String, String),
    /// Its level, as `--level` takes it: `2m`.
    pub level: String,
}

/// One run.
#[derive(Clone, Debug, PartialEq)]
pub struct MatrixRow {
    /// Its reference time.
    pub run: UtcTime,
    /// One cell for each of [`HoursView::columns`].
    pub cells: Vec<MatrixCell>,
    /// Lead times that are published.
    pub published: u32,
    /// Lead times that the run will have.
    pub expected: u32,
    /// How long after its reference time the newest file appeared. `None` when nothing says.
    pub delay: Option<Duration>,
}

impl MatrixRow {
    /// How many of its lead times are unknown: their server could not be reached.
    pub fn unknown(&self) -> u32 {
        let unknown = self.cells.iter().filter(|cell| cell.state == MatrixCellState::Unknown).count();
        u32::try_from(unknown).unwrap_or(u32::MAX)
    }
}

/// One lead time of one run.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MatrixCell {
    /// Where it stands.
    pub state: MatrixCellState,
    /// Its size with the fields and packages that are chosen.
    pub size: KnownSize,
    /// Whether it holds fewer fields than most lead times of its run, as step 0 does.
    pub holds_less: bool,
}

/// Where one lead time of one run stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum MatrixCellState {
    /// The run has no such lead time.
    #[default]
    None,
    /// Not published yet, and not late.
    Expected,
    /// Not published, and later than usual.
    Late,
    /// The provider went on without it.
    Missing,
    /// The provider took it back.
    Withdrawn,
    /// Whether it is there is not known: its listing could not be read.
    Unknown,
    /// Can be got.
    Available,
    /// Waits for its turn.
    Queued,
    /// Arriving; the share that is here, 0 to 1.
    Arriving(f32),
    /// A part of what is chosen is on the disk.
    PartlyHere,
    /// On the disk.
    Here,
    /// Getting it failed.
    Failed,
}

/// A size, and how it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KnownSize {
    /// Nothing says.
    #[default]
    Unknown,
    /// From a .torrent, an index or a server.
    Exact(ByteCount),
    /// From files like it.
    About(ByteCount),
}

impl KnownSize {
    /// Both together: exact only when both are.
    pub fn plus(self, other: Self) -> Self {
        match (self, other) {
            (Self::Exact(a), Self::Exact(b)) => Self::Exact(a + b),
            (Self::Exact(a) | Self::About(a), Self::Exact(b) | Self::About(b)) => Self::About(a + b),
            _ => Self::Unknown,
        }
    }
}

/// What a person chose on the matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct HoursChoice {
    /// Of which dataset.
    pub dataset: DatasetId,
    /// Which runs and lead times.
    pub cells: Vec<(UtcTime, LeadTime)>,
    /// Which of it.
    pub filter: HoursFilter,
}

/// Which packages, fields, levels and members are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HoursFilter {
    /// Packages; all when empty.
    pub packages: Vec<String>,
    /// Parameters by short name; all when empty.
    pub params: Vec<String>,
    /// Levels as `--level` takes them; all when empty.
    pub levels: Vec<String>,
    /// Members as `--member` takes them; all when empty.
    pub members: Vec<String>,
}

impl HoursFilter {
    /// Whether no field is left out.
    pub fn has_all_fields(&self) -> bool {
        self.params.is_empty() && self.levels.is_empty() && self.members.is_empty()
    }
}

/// In which ways a file is offered; it is one file whichever is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ways {
    /// As a .torrent.
    Torrent,
    /// At a URL.
    Classic,
    /// As both: peers give, and the server stands in.
    Both,
}

impl Ways {
    /// The ways of both.
    pub fn plus(self, other: Self) -> Self {
        if self == other { self } else { Self::Both }
    }
}

/// What a choice would cost.
#[derive(Clone, Debug, PartialEq)]
pub struct HoursPlan {
    /// How many lead times of how many runs.
    pub slices: usize,
    /// How many of them are on the disk already.
    pub here: usize,
    /// Octets that are wanted.
    pub wanted: KnownSize,
    /// Octets that will be transferred for them.
    pub to_transfer: KnownSize,
    /// By which road, and why.
    pub road: Route,
    /// In which ways the files are offered. `None` when none has to be got.
    pub ways: Option<Ways>,
    /// The share that peers are expected to give, 0 to 1. `None` when nothing says.
    pub from_peers: Option<f32>,
    /// What is free in the folder. `None` when it cannot be known.
    pub free: Option<ByteCount>,
    /// The same wish as a command for the terminal.
    pub command: String,
}
