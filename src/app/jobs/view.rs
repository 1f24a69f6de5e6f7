//! Everything a front end can show of one job.

use super::giving::GivingState;
pub use super::progress::{Live, SourceLine, Transfer};
use super::request::{GetRequest, JobId};
use crate::app::catalog::hours::DatasetId;
use crate::app::catalog::route::Route;
use crate::app::messages::user_message::UserMessage;
use crate::domain::integrity::Verdict;
use crate::domain::lead_time::LeadTime;
use crate::domain::octets::ByteCount;
pub use crate::domain::on_disk::{DiskState, FilesOnDisk, OnDisk};
use crate::domain::selection::Wished;
use crate::domain::utc::UtcTime;
use std::sync::Arc;

/// A job: one target, from the wish to the end.
///
/// There may be 200,000 of them: what is large is shared, or let go when all went well.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its name.
    pub id: JobId,
    /// Where it stands.
    pub phase: Phase,
    /// Whether it was taken off the list, which can be undone for a while.
    pub is_removed: bool,
    /// Where it comes from.
    pub origin: JobOrigin,
    /// What was asked. `None` when it ended well before this start of the program, and of what was announced.
    pub request: Option<Arc<GetRequest>>,
    /// What it is called: the target as written, until its own name is known.
    pub name: Box<str>,
    /// Which forecast hour it is, when it was chosen on the matrix.
    pub subject: Option<Arc<Subject>>,
    /// What will be fetched, and why so.
    pub plan: Option<Box<PlanSummary>>,
    /// How far it is.
    pub transfer: Transfer,
    /// Files in their place. Of a job that ended well before this start they are known once it was looked at.
    pub files: Vec<FileInPlace>,
    /// The gravest verdict of its files. `None` before one is in its place.
    pub verdict: Option<Arc<Verdict>>,
    /// What was worth a line.
    pub notes: Vec<UserMessage>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// When it was asked for.
    pub added: UtcTime,
    /// Why it waits.
    pub held_up: Option<Box<UserMessage>>,
    /// What the last look at the disk showed of its files.
    pub disk: FilesOnDisk,
    /// Until when it gives, while it does.
    pub giving: Option<Box<GivingState>>,
}

/// Where a job comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JobOrigin {
    /// Somebody asked for it.
    #[default]
    Wish,
    /// It is a file that an announcement brought.
    Announcement,
}

/// Which forecast hour a job gets, in a forecaster's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Of which dataset.
    pub dataset: DatasetId,
    /// What the dataset is called.
    pub title: Arc<str>,
    /// Of which run.
    pub run: UtcTime,
    /// Which lead time.
    pub lead: LeadTime,
    /// First and last lead time of the file that holds it; `None` when it is a file of its own.
    pub span: Option<Box<(LeadTime, LeadTime)>>,
    /// Which package of files; `None` when there is only one kind.
    pub package: Option<Arc<str>>,
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Waiting for its turn: others transfer, or one of the same target does.
    Queued,
    /// Waiting for the disk (full, or the folder is gone) or for the next try; goes on by itself. [`Job::held_up`] says
    /// why.
    Waiting,
    /// The person paused it.
    Paused,
    /// Finding out what the target is and what of it is wanted.
    Resolving,
    /// Receiving.
    Receiving,
    /// Done, and still giving to peers.
    Giving,
    /// Over.
    Ended,
}

impl Job {
    /// What of the wish was not found although all went well, as a note says.
    pub fn lacking_note(&self) -> Option<&UserMessage> {
        self.notes.iter().rev().find(|note| matches!(note, UserMessage::Lacking { .. }))
    }
}

impl Phase {
    /// Whether a task of the engine works on it.
    pub const fn is_running(self) -> bool {
        matches!(self, Self::Resolving | Self::Receiving | Self::Giving)
    }
}

/// What will be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanSummary {
    /// Octets of the files or fields that were asked for.
    pub wanted: ByteCount,
    /// The same of what the transfer got before this, where it gets one file after the other.
    pub wanted_before: ByteCount,
    /// Octets that will be transferred for them.
    pub to_transfer: ByteCount,
    /// By which road, and why by this one.
    pub road: Route,
    /// Fields, for a slice.
    pub fields: Option<usize>,
    /// What of the wish was not found in what is planned so far.
    pub lacking: Vec<Wished>,
    /// Octets that were read to find out where the fields lie.
    pub index_octets: ByteCount,
    /// What each road that is open would cost, the one that is taken among them.
    pub roads: Vec<RoadCost>,
}

/// What is transferred by one road.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoadCost {
    /// The road.
    pub road: Route,
    /// Octets.
    pub octets: ByteCount,
}

impl PlanSummary {
    /// Both together; only roads that are open to both have a cost. The road is that of `other`.
    pub fn plus(&self, other: &Self) -> Self {
        let of_both = |cost: &RoadCost| {
            let others = other.roads.iter().find(|others| others.road == cost.road)?;
            Some(RoadCost { road: cost.road, octets: cost.octets + others.octets })
        };
        Self {
            wanted: self.wanted + other.wanted,
            wanted_before: self.wanted_before,
            to_transfer: self.to_transfer + other.to_transfer,
            road: other.road,
            fields: self.fields.zip(other.fields).map(|(fields, others)| fields + others),
            index_octets: self.index_octets + other.index_octets,
            // That of `other` is about everything so far.
            lacking: other.lacking.clone(),
            roads: self.roads.iter().filter_map(of_both).collect(),
        }
    }
}

/// A file in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileInPlace {
    /// Its whole path.
    pub path: String,
    /// Its length.
    pub length: ByteCount,
    /// What is known of its integrity.
    pub verdict: Verdict,
    /// Where a different file of that name was moved to.
    pub kept_as: Option<String>,
    /// How it was left on the disk, and when it was read last.
    pub disk: OnDisk,
}

/// How a job ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How.
    pub end: End,
    /// How long it took, in milliseconds; the most there is when that was longer than 49 days.
    pub took_ms: u32,
    /// What is said to the person; nothing when all went well.
    pub message: Option<Box<UserMessage>>,
}

/// The ways a job can end; each has an exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Everything that was asked for is in place.
    Done,
    /// The request cannot be meant so.
    Usage,
    /// No source could serve it.
    NoSource,
    /// Bytes came and were found wrong.
    NotProven,
    /// The folder: full, gone, not allowed, in use.
    Disk,
    /// The target is not sound.
    Unsound,
    /// Not published yet.
    NotYet,
    /// It was told to stop.
    Interrupted,
}

impl End {
    /// The exit code of the terminal contract.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Usage => 2,
            Self::NoSource => 3,
            Self::NotProven => 4,
            Self::Disk => 5,
            Self::Unsound => 6,
            Self::NotYet => 7,
            Self::Interrupted => 130,
        }
    }

    /// Every end, the gravest first.
    const BY_GRAVITY: [Self; 8] = [
        Self::Interrupted,
        Self::Disk,
        Self::NotProven,
        Self::NoSource,
        Self::Unsound,
        Self::NotYet,
        Self::Usage,
        Self::Done,
    ];

    /// The end with this [`exit_code`](Self::exit_code).
    pub fn from_exit_code(code: u8) -> Option<Self> {
        Self::BY_GRAVITY.into_iter().find(|end| end.exit_code() == code)
    }

    /// The end that says most when several jobs ran: the gravest.
    pub fn gravest(ends: impl IntoIterator<Item = Self>) -> Self {
        let ends: Vec<Self> = ends.into_iter().collect();
        Self::BY_GRAVITY.into_iter().find(|end| ends.contains(end)).unwrap_or(Self::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_hundred_thousand_jobs_have_room_in_the_memory_that_is_promised() {
        assert!(size_of::<Job>() <= 240, "{} octets a job", size_of::<Job>());
        assert!(size_of::<Subject>() <= 72, "{} octets a subject", size_of::<Subject>());
        assert!(size_of::<Transfer>() <= 96, "{} octets a transfer", size_of::<Transfer>());
    }
}
