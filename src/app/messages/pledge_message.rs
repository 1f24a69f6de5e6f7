//! What is said to whoever keeps an archive.
//!
//! A part of [`RelayMessage`]: texts from outside were made fit to be shown before.

use super::relay_message::RelayMessage;
use super::user_message::UserMessage;
use crate::domain::octets::ByteCount;
use serde::{Deserialize, Serialize};

/// A message about an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PledgeMessage {
    /// No relay is in use.
    NoRelay,
    /// Nothing was pledged in a folder.
    NothingPledged {
        /// The folder.
        folder: String,
    },
    /// So little of the disk is free that nothing is taken.
    DiskTooFull {
        /// What is free.
        free: ByteCount,
        /// What stays free.
        least: ByteCount,
    },
    /// No relay's .torrent of a file may be used.
    NoTorrent {
        /// Its name.
        file: String,
    },
    /// A file of the archive is missing on the disk.
    FileMissing {
        /// Where it was.
        path: String,
    },
    /// A file of the archive was changed on the disk.
    FileChanged {
        /// Where it is.
        path: String,
    },
    /// Rows of what was kept cannot be read.
    RowsUnsound {
        /// How many.
        rows: u64,
    },
}

impl From<PledgeMessage> for RelayMessage {
    fn from(message: PledgeMessage) -> Self {
        Self::Pledge(message)
    }
}

impl From<PledgeMessage> for UserMessage {
    fn from(message: PledgeMessage) -> Self {
        RelayMessage::from(message).into()
    }
}
