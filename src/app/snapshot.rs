//! The state as front ends read it: immutable, and shared where nothing changed.

use super::state::{Job, State};
use std::sync::Arc;

/// The state at one moment.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Grows with every change.
    pub version: u64,
    /// Whether everything was told to stop.
    pub is_stopping: bool,
    /// The jobs, oldest first; a job that did not change is the same `Arc` as before.
    pub jobs: Vec<Arc<Job>>,
}

impl Snapshot {
    /// What `state` looks like now.
    pub fn of(state: &State) -> Self {
        Self {
            version: state.version,
            is_stopping: state.is_stopping,
            jobs: state.jobs.values().cloned().collect(),
        }
    }
}
