//! What the service that follows tells.

use super::view::FollowRow;
use super::wish::RunNews;
use crate::app::jobs::request::HourRequest;
use crate::app::jobs::view::FileInPlace;
use crate::app::messages::user_message::UserMessage;
use crate::domain::utc::UtcTime;
use std::sync::Arc;

/// Where something is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FollowPlace {
    /// In this user's window.
    Window,
    /// In a folder, by `nuee follow run`.
    Folder,
}

impl FollowPlace {
    /// The word in JSON; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Window => "window",
            Self::Folder => "folder",
        }
    }
}

/// What happened to what is followed.
#[derive(Clone, Debug)]
pub enum FollowEvent {
    /// The list as it stands now.
    Listed(FollowPlace, Arc<Vec<FollowRow>>),
    /// These hours are new: they are to be fetched. Folder and policy are the reducer's to say.
    Appeared(Vec<HourRequest>),
    /// A file is in its place.
    File {
        /// The entry.
        name: String,
        /// Run, lead times and package.
        key: String,
        /// The file.
        file: Box<FileInPlace>,
    },
    /// The person's command has ended.
    Executed {
        /// The entry.
        name: String,
        /// Run, lead times and package.
        key: String,
        /// Its exit code; `None` when it could not be started or was killed.
        code: Option<i32>,
    },
    /// An hour is missing.
    Missing {
        /// The entry.
        name: String,
        /// Run and lead time.
        key: String,
    },
    /// Something of a run is worth knowing.
    Run {
        /// The entry.
        name: String,
        /// Its start.
        run: UtcTime,
        /// What.
        news: RunNews,
    },
    /// A file was removed, as the wish says.
    Removed {
        /// The entry.
        name: String,
        /// Its path.
        path: String,
    },
    /// Something went wrong that passes, or is worth a line.
    Note {
        /// The entry.
        name: String,
        /// What.
        message: UserMessage,
    },
    /// Nothing to do until then, at the latest.
    Waiting {
        /// When it looks again.
        until: UtcTime,
    },
    /// What was asked is done.
    Done,
    /// What was asked cannot be done.
    Refused(UserMessage),
}
