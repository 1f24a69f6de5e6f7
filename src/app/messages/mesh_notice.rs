//! What a person is told of announcements: a limit was reached, what was asked for is gone, files made room.
//!
//! Each becomes a text that says what happened and what to do.

use serde::{Deserialize, Serialize};

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MeshNotice {
    /// A broker was to be added or listened to, and there are as many as there may be.
    TooManyBrokers {
        /// Its URL without secrets.
        place: String,
        /// How many there may be.
        most: usize,
    },
    /// A rule was to be set, and there are as many as there may be.
    TooManyRules {
        /// Its topics.
        filter: String,
        /// How many there may be.
        most: usize,
    },
    /// A rule that was kept cannot be read, and does not hold.
    RuleUnreadable {
        /// Its topics.
        filter: String,
    },
    /// A topic was to be pinned, and there are as many pins as there may be.
    TooManyPins {
        /// The topics.
        filter: String,
        /// How many there may be.
        most: usize,
    },
    /// Messages of a broker came faster than they could be taken in.
    MessagesDropped {
        /// Its URL without secrets.
        place: String,
        /// How many so far.
        count: u64,
    },
    /// Announced files were removed, as the settings say.
    FetchedFilesRemoved {
        /// How many.
        count: u64,
    },
    /// The tree of a node cannot be served.
    TreeNotServed {
        /// Where it was to be, as `host:port`.
        address: String,
        /// What the system says.
        detail: String,
    },
    /// A report was asked for, and nothing was observed in that folder.
    NothingObserved {
        /// The folder.
        folder: String,
    },
    /// The file of an announcement was to be fetched that is not in view any more.
    AnnouncementForgotten,
}
