//! The state of the program: what is shown, and what the reducer keeps to itself.

use crate::app::desk::ReducerState;
use crate::app::snapshot::Snapshot;

/// The state of the program.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// What front ends read. Its parts are shared: a copy costs a few pointers.
    pub shown: Snapshot,
    /// The number of the next job.
    pub next_job: u32,
    /// What the reducer keeps to itself.
    pub desk: ReducerState,
}
