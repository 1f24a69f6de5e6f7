//! What a relay tells.

use super::file::RelayFile;
use super::used::report::UsedReport;
use crate::app::catalog::offer::ServedUrl;
use crate::app::follow::FollowEvent;
use crate::app::messages::user_message::UserMessage;
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcTime;
use crate::publish::relay::offered::{RelayKey, WithdrawalReason};
use std::sync::Arc;

/// What happened to a relay.
#[derive(Clone, Debug)]
pub enum RelayEvent {
    /// What following the datasets tells.
    Follow(FollowEvent),
    /// It serves, at these addresses.
    Serving {
        /// Feeds, page, lists, tracker.
        urls: Vec<ServedUrl>,
        /// The fingerprint of its key.
        fingerprint: String,
    },
    /// A file has reached a stage, which is on the disk.
    Stage(Box<RelayFile>),
    /// Something stands in the way of a file; it is tried again, or given up.
    Trouble(RelayKey, UserMessage),
    /// Feeds, lists and manifest name so many files, and so many that were withdrawn.
    Published {
        /// What is offered.
        offered: usize,
        /// What was withdrawn.
        withdrawn: usize,
    },
    /// A file is offered no longer.
    Withdrawn(RelayKey, WithdrawalReason),
    /// What peers were sent of a file since it is served.
    Uploading(RelayKey, UploadLook),
    /// Somebody of another network connected, at that time.
    Reached(UtcTime),
    /// The process that uses the relay's folder, and what it does. `None` when none does: then nothing is served.
    Process(Option<String>),
    /// The files as they were kept last.
    Files(Arc<Vec<RelayFile>>),
    /// One thing was looked at.
    Checked(RelayCheck),
    /// A relay in use, as it stands.
    Used(Box<UsedReport>),
    /// A relay is used no longer.
    Forgotten {
        /// Its address.
        url: String,
    },
    /// Something is worth a line.
    Note(UserMessage),
    /// What was asked is done.
    Done,
    /// What was asked cannot be done.
    Refused(UserMessage),
}

/// What peers are sent of one content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UploadLook {
    /// What they were sent since it is served.
    pub uploaded: ByteCount,
    /// Peers with whom data may be exchanged now.
    pub peers: usize,
    /// Octets a second that they are sent.
    pub rate: u64,
}

/// One thing that `relay check` looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayCheck {
    /// An address, a folder or a file.
    pub what: String,
    /// What is wrong with it. `None` when it is as it should be.
    pub trouble: Option<UserMessage>,
}
