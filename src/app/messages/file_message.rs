//! What is said to a person of servers that are waited for, and of files that are compressed or have no told length.
//!
//! A part of [`UserMessage`]: texts from outside were made fit to be shown before.

use crate::app::messages::user_message::{Misfit, UserMessage, Wished};
use crate::transfer::reason::Reason;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Why the desktop opened nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NotOpened {
    /// It is not there any more.
    NotThere,
    /// The program that opens things is not installed.
    NoProgram(String),
    /// That program failed, in the system's words.
    Failed(String),
}

/// A message about a server or a file of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileMessage {
    /// A server failed and is asked again after a pause.
    WaitingForServer {
        /// Host and port.
        host: String,
        /// What was seen.
        reason: Reason,
        /// The pause.
        wait: Duration,
    },
    /// A host is asked no more often than it allows.
    WaitingForRateLimit {
        /// Host and port.
        host: String,
        /// Requests a minute.
        most: usize,
        /// The pause.
        wait: Duration,
    },
    /// A compressed file is damaged.
    CompressedDamaged {
        /// The file.
        name: String,
        /// How it is compressed.
        compression: String,
        /// What is wrong, in English.
        detail: String,
    },
    /// A compressed file becomes more than any data does.
    DecompressesTooLarge {
        /// The file.
        name: String,
    },
    /// Trackers and web seeds that hold a secret are not written into a .torrent, which everybody may read.
    SecretsWithheld {
        /// Their addresses, without the secrets.
        urls: Vec<String>,
    },
    /// The server does not tell how long a file is: it is read to its end.
    LengthNotTold {
        /// Where, without secrets.
        url: String,
    },
    /// A file holds other lead times than its name tells.
    NameMisfit {
        /// In what it differs.
        misfit: Misfit,
    },
    /// What of a wish is not yet published.
    NotYetThere {
        /// That part.
        lacking: Vec<Wished>,
    },
    /// What is lacking of a wish rests on an index that was compared with some of its messages only.
    LackingByIndex {
        /// The index.
        place: String,
        /// So many messages were compared.
        compared: usize,
        /// So many it lists.
        messages: usize,
    },
    /// The file of the provider that is meant cannot be read.
    ProviderFileBroken {
        /// The file.
        file: String,
        /// Line and reason, in English.
        detail: String,
    },
}

impl From<FileMessage> for UserMessage {
    fn from(message: FileMessage) -> Self {
        Self::File(message)
    }
}
