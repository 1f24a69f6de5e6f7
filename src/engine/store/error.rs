//! What can go wrong with a folder, a file or the database, told apart by what a person can do about it.

use crate::app::messages::user_message::UserMessage;
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::{show, show_with_urls};
use std::io;
use std::path::PathBuf;

/// A failure of the store. None of them loses anything that was proven.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No space is left where the files go.
    #[error("no space left for {what}")]
    Full {
        /// What could not be written.
        what: String,
        /// The system's error.
        #[source]
        source: Option<io::Error>,
    },
    /// Fewer octets are free than will be written.
    #[error("{needed} octets needed, {free} free")]
    TooSmall {
        /// Octets still to be written.
        needed: u64,
        /// Octets free.
        free: u64,
    },
    /// The folder or file may not be written or read.
    #[error("not allowed: {what}")]
    Denied {
        /// What was tried.
        what: String,
        /// Where, when that is known.
        path: Option<PathBuf>,
        /// The system's error.
        #[source]
        source: io::Error,
    },
    /// The folder is not there any more, or is no folder.
    #[error("folder gone: {path}")]
    FolderGone {
        /// The folder.
        path: PathBuf,
    },
    /// A link stands where a file or folder of ours should be; links are never followed.
    #[error("a link stands in the way: {name}")]
    LinkInTheWay {
        /// Its name.
        name: String,
    },
    /// Another process works in the folder.
    #[error("folder in use by {by}")]
    InUse {
        /// The other process, in its own words: its number and what it does.
        by: String,
    },
    /// The database could not be read or written.
    #[error("database")]
    Database(#[from] rusqlite::Error),
    /// Any other failure.
    #[error("{what}")]
    Io {
        /// What was tried.
        what: String,
        /// The system's error.
        #[source]
        source: io::Error,
    },
}

impl StoreError {
    /// Sorts a system error by what it means. `what` says what was tried, in English, for the log.
    pub fn from_io(what: impl Into<String>, source: io::Error) -> Self {
        let what = what.into();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                Self::Full { what, source: Some(source) }
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::Denied { what, path: None, source }
            }
            _ => Self::Io { what, source },
        }
    }

    /// The same, of what lies at `place`.
    #[must_use]
    pub fn at(self, place: PathBuf) -> Self {
        match self {
            Self::Denied { what, source, path: _ } => Self::Denied { what, path: Some(place), source },
            other => other,
        }
    }

    /// Whether the folder has no room: waiting or freeing space helps.
    pub fn is_full(&self) -> bool {
        match self {
            Self::Full { .. } | Self::TooSmall { .. } => true,
            Self::Database(error) => error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull),
            _ => false,
        }
    }
}

/// What a refusal of the store means to a person.
pub(crate) fn message_of_store(error: &StoreError) -> UserMessage {
    let with_cause = |what: &str, cause: &dyn std::error::Error| show_with_urls(&format!("{what}: {cause}"));
    match error {
        StoreError::Full { .. } => UserMessage::DiskFull,
        StoreError::TooSmall { needed, free } => {
            UserMessage::DiskTooSmall { needed: ByteCount(*needed), free: ByteCount(*free) }
        }
        StoreError::Denied { path: Some(path), .. } => {
            UserMessage::DiskDenied { what: show(&path.display().to_string()) }
        }
        StoreError::Denied { what, .. } => UserMessage::DiskDenied { what: show(what) },
        StoreError::FolderGone { path } => {
            UserMessage::FolderGone { path: show(&path.display().to_string()) }
        }
        StoreError::LinkInTheWay { name } => UserMessage::LinkInTheWay { name: show(name) },
        StoreError::InUse { by } => UserMessage::FolderInUse { by: show_with_urls(by) },
        StoreError::Database(_) if error.is_full() => UserMessage::DiskFull,
        StoreError::Database(cause) => UserMessage::DatabaseTrouble { detail: show(&cause.to_string()) },
        StoreError::Io { what, source } => UserMessage::DiskTrouble { detail: with_cause(what, source) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_permission_is_named_and_not_what_was_tried_in_it() {
        let denied = StoreError::from_io("make /data/.nuee", io::ErrorKind::PermissionDenied.into());
        let message = message_of_store(&denied.at(PathBuf::from("/data/.nuee")));
        assert_eq!(message, UserMessage::DiskDenied { what: "/data/.nuee".to_owned() });
    }
}
