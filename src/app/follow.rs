//! What is followed: each new run of a dataset fetched by itself, and a person's own command started for each file.
//!
//! In: wishes. Out: what comes of them, file by file.

use super::keeping::Keeping;
use super::state::FileInPlace;
use super::user_message::UserMessage;
use super::words::{size_of, time_of};
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcTime;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::time::Duration;

/// A wish to follow something, as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowWish {
    /// The id of a dataset, or of a package of it.
    pub id: String,
    /// Lead times as `--lead` takes them; all when `None`.
    pub lead: Option<String>,
    /// Parameters as `--param` takes them; all when `None`.
    pub param: Option<String>,
    /// Levels as `--level` takes them; all when `None`.
    pub level: Option<String>,
    /// Who may give bytes, as `--via` takes it; the usual way when `None`.
    pub via: Option<String>,
    /// A command of the person's own, for the system's shell, started once a file. Never one that came with data.
    pub exec: Option<String>,
    /// The same once for a run that is complete, ended with gaps, or late.
    #[serde(default)]
    pub exec_run: Option<String>,
    /// A file should be here so long after the start of its run, as `--within` takes it: HTTP joins in time.
    #[serde(default)]
    pub within: Option<String>,
    /// A folder below the one for finished files, as a template: `{run:%Y%m%d%H}`.
    #[serde(default)]
    pub folder: Option<String>,
    /// Files are removed after so long, as times are written. Never when `None`.
    #[serde(default)]
    pub keep: Option<String>,
    /// The oldest files are removed while all are more than this, as sizes are written. Never when `None`.
    #[serde(default)]
    pub keep_size: Option<String>,
    /// Whether each parameter gets a file of its own.
    #[serde(default)]
    pub is_split: bool,
    /// Whether a file tells beside it where it comes from.
    #[serde(default)]
    pub has_provenance: bool,
}

/// What has become of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunNews {
    /// Every wanted hour is here.
    Complete,
    /// What is published is here, and the rest is missing.
    Incomplete,
    /// An hour of it was due.
    Late,
}

impl RunNews {
    /// The word in JSON and for a person's command; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Incomplete => "incomplete",
            Self::Late => "late",
        }
    }
}

impl FollowWish {
    /// How long its files stay. What cannot be read was refused when the wish was added, and stays for ever.
    pub fn keeping(&self) -> Keeping {
        Keeping {
            time: self.keep.as_deref().and_then(time_of),
            most: self.keep_size.as_deref().and_then(size_of).map(ByteCount),
        }
    }
}

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
        /// The folder.
        out: PathBuf,
    },
    /// Follow it no longer; files stay.
    Remove {
        /// The folder.
        out: PathBuf,
        /// What it is called.
        name: String,
    },
    /// Fetch what appears, until the process is told to stop.
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
