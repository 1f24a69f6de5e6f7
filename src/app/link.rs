//! How a front end reaches the engine: the same for a window and for the terminal.

use crate::app::input::Action;
use crate::app::query::{Answer, Query};
use crate::app::snapshot::Snapshot;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

/// The engine, as a front end sees it. No call waits for the engine but [`wait_newer`](Self::wait_newer).
pub trait Link: Send + Sync {
    /// Hands an action over.
    fn send(&self, action: Action);

    /// The latest snapshot.
    fn snapshot(&self) -> Arc<Snapshot>;

    /// Waits until there is a snapshot newer than version `seen`, for at most so long; returns the latest either way.
    fn wait_newer(&self, seen: u64, at_most: Duration) -> Arc<Snapshot>;

    /// Has `wake` called after each new snapshot, from a thread of the engine; it must not wait.
    fn on_change(&self, wake: Box<dyn Fn() + Send + Sync>);

    /// Asks a question; the answer comes when it is ready.
    fn ask(&self, query: Query) -> Receiver<Answer>;
}
