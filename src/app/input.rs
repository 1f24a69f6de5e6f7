//! What changes the state: what persons do, and what the engine saw.

use super::request::{GetRequest, JobId};
use super::state::{FileInPlace, Outcome, PlanSummary, Transfer};
use super::user_message::UserMessage;

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
