//! What the engine is to do, as the reducer decided.

use super::request::{GetRequest, JobId};

/// An order to the engine.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Start a job.
    Start(JobId, Box<GetRequest>),
    /// Stop a job; what is held stays.
    Stop(JobId),
    /// End everything that serves.
    StopServing,
}
