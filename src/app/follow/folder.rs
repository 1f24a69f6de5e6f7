//! Following in a folder, as the terminal does: the commands, and the events while it runs.
//!
//! In: [`FollowQuery`]. Out: [`FollowNews`].

use super::view::FollowRow;
use super::wish::{FollowWish, RunNews};
use crate::app::state::FileInPlace;
use crate::app::user_message::UserMessage;
use crate::domain::utc::UtcTime;
use std::path::PathBuf;
use std::time::Duration;

/// A question about what is followed in a folder.
#[derive(Clone, Debug)]
pub enum FollowQuery {
    /// Follow this; a wish of that name is replaced.
    Add {
        /// The folder for finished files.
        out: PathBuf,
        /// What it is called.
        name: String,
        /// What is wished.
        wish: Box<FollowWish>,
    },
    /// What is followed, and what came of it?
    List {
        /// The folder. The window's list, and that of the folder one is in where it has any, when `None`.
        out: Option<PathBuf>,
    },
    /// Follow it no longer; files stay.
    Remove {
        /// The folder.
        out: PathBuf,
        /// What it is called.
        name: String,
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

/// What comes of it.
#[derive(Clone, Debug)]
pub enum FollowNews {
    /// One wish with how many files came of it.
    Listed {
        /// What it is called.
        name: String,
        /// What is wished.
        wish: Box<FollowWish>,
        /// Files that are here.
        here: usize,
        /// Hours that are missing.
        missing: usize,
    },
    /// One line of the window's list.
    InWindow(Box<FollowRow>),
    /// A file is in its place.
    File {
        /// The wish.
        name: String,
        /// Run, lead times and package.
        key: String,
        /// The file.
        file: Box<FileInPlace>,
    },
    /// The person's command has ended.
    Executed {
        /// The wish.
        name: String,
        /// Run, lead times and package.
        key: String,
        /// Its exit code; `None` when it could not be started or was killed.
        code: Option<i32>,
    },
    /// An hour is missing.
    Missing {
        /// The wish.
        name: String,
        /// Run and lead time.
        key: String,
    },
    /// Something of a run is worth knowing.
    Run {
        /// The wish.
        name: String,
        /// Its start.
        run: UtcTime,
        /// What.
        news: RunNews,
    },
    /// A file was removed, as the wish says.
    Removed {
        /// The wish.
        name: String,
        /// Its path.
        path: String,
    },
    /// Something went wrong that passes, or is worth a line.
    Note {
        /// The wish.
        name: String,
        /// What.
        message: UserMessage,
    },
    /// Nothing to do until then, at the latest.
    Waiting {
        /// When it looks again.
        until: UtcTime,
    },
    /// It is done.
    Done,
    /// It cannot be done.
    Refused(UserMessage),
}
