//! What an archive tells.

use super::file::{LetGoReason, PledgeSums, PledgedFile};
use super::terms::PledgeTerms;
use crate::app::messages::user_message::UserMessage;
use crate::publish::relay::offered::RelayKey;

/// What happened to an archive.
#[derive(Clone, Debug)]
pub enum PledgeEvent {
    /// What was pledged, and who uses the folder. Nobody runs the archive when `by` is `None`.
    Terms {
        /// What was pledged.
        terms: PledgeTerms,
        /// The process that uses the folder.
        by: Option<String>,
    },
    /// A file as it stands.
    Kept(Box<PledgedFile>),
    /// A file is in another stage, which is on the disk.
    Stage(Box<PledgedFile>),
    /// A file was let go.
    LetGo(RelayKey, LetGoReason),
    /// Something stands in the way of a file.
    Trouble(RelayKey, UserMessage),
    /// What the archive comes to.
    Sums {
        /// What it comes to.
        sums: PledgeSums,
        /// Most octets that it takes.
        most: u64,
        /// Files that relays offer of the datasets.
        offered: usize,
    },
    /// Something is worth a line.
    Note(UserMessage),
    /// What was asked is done.
    Done,
    /// What was asked cannot be done.
    Refused(UserMessage),
}
