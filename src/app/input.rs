//! What changes the state: what persons do, and what the engine saw.

use super::hours::{DatasetId, HoursChoice, HoursFilter};
use super::request::{GetRequest, JobId};
use super::settings::Settings;
use super::sources::SourceKey;
use super::state::{FileInPlace, Outcome, PlanSummary, Transfer};
use super::user_message::UserMessage;
use crate::transfer::fallback::Policy;
use std::path::PathBuf;
use std::time::Duration;

/// Anything that changes the state.
#[derive(Clone, Debug)]
pub enum Input {
    /// A person did something.
    Action(Action),
    /// The engine saw something.
    Event(Event),
}

/// What a person does.
#[derive(Clone, Debug)]
pub enum Action {
    /// Get something.
    Get(Box<GetRequest>),
    /// Stop one job; it can be started again later.
    Stop(JobId),
    /// Stop every job.
    StopAll,
    /// Pause jobs; what is held stays.
    Pause(Vec<JobId>),
    /// Go on with paused or failed jobs.
    GoOn(Vec<JobId>),
    /// Try jobs again, by these roads.
    Retry(Vec<JobId>, Policy),
    /// Take jobs off the list; files in place stay. Can be undone for [`UNDO_FOR`].
    Remove(Vec<JobId>),
    /// Put jobs back that were taken off the list.
    PutBack(Vec<JobId>),
    /// Look at one job from close by, or at none.
    Look(Option<JobId>),
    /// Set everything so.
    Set(Box<Settings>),
    /// Add a source: a URL, a path, a magnet.
    AddSource(String),
    /// Remove a source.
    RemoveSource(SourceKey),
    /// Ask a source again.
    AskSource(SourceKey),
    /// Show the runs and lead times of a dataset, or of none.
    OpenHours(Option<DatasetId>),
    /// Show sizes and states with these packages, fields and levels.
    FilterHours(HoursFilter),
    /// Get what is chosen on the matrix.
    GetHours(Box<HoursChoice>),
    /// Follow what is chosen: get it of each new run.
    FollowHours(Box<HoursChoice>),
    /// Open the folder of a job's files, in the desktop's own way.
    OpenFolder(JobId),
    /// Open a job's file with the program the desktop has for it.
    OpenFile(JobId),
    /// Write the log, without secrets, to that file.
    ExportJournal(PathBuf),
    /// A notice was seen.
    Dismiss(u64),
    /// Say yes (`Some` how) or no to what was handed over.
    Answer(u64, Consent),
    /// Whether the window is seen: when it is not, nothing is refreshed for it.
    Seen(Sight),
}

/// How long taking a job off the list can be undone.
pub const UNDO_FOR: Duration = Duration::from_secs(10);

/// An answer to what was handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Get it.
    Yes,
    /// Forget it.
    No,
}

/// Whether somebody can see the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// It is on the screen.
    Visible,
    /// It is minimised or covered.
    Hidden,
}

/// What the engine saw.
#[derive(Clone, Debug)]
pub enum Event {
    /// The target is known by name now.
    Named(JobId, String),
    /// It is known what will be fetched, and why so.
    Planned(JobId, Box<PlanSummary>),
    /// How far it is.
    Moved(JobId, Box<Transfer>),
    /// A file is in its place.
    InPlace(JobId, Box<FileInPlace>),
    /// Everything is held and in place; it is given to peers for a while.
    Giving(JobId),
    /// Something worth a line that does not end the job.
    Noted(JobId, UserMessage),
    /// It is over.
    Ended(JobId, Box<Outcome>),
}
