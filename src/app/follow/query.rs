//! What a terminal asks about what is followed in a folder.
//!
//! In: words of a person. Out: [`FollowQuery`]; its answers are [`FollowEvent`](super::FollowEvent)s.

use super::command::FollowCommand;
use std::path::PathBuf;
use std::time::Duration;

/// A question about what is followed in a folder.
#[derive(Clone, Debug)]
pub enum FollowQuery {
    /// Change the folder's list.
    Command {
        /// The folder for finished files.
        out: PathBuf,
        /// How.
        command: FollowCommand,
    },
    /// What is followed, and what came of it?
    List {
        /// The folder. The window's list, and that of the folder one is in where it has any, when `None`.
        out: Option<PathBuf>,
    },
    /// Download what is published, until the process is stopped.
    Run {
        /// The folder.
        out: PathBuf,
        /// End after so long; never when `None`.
        for_time: Option<Duration>,
        /// The longest pause between two looks.
        every: Duration,
    },
}
