//! The file that is open, as a screen shows it.

use crate::app::inspect::report::FieldListing;
use crate::app::messages::user_message::UserMessage;
use crate::domain::file_kind::FileKind;
use std::sync::Arc;

/// The file that is open.
#[derive(Clone, Debug)]
pub struct OpenedFile {
    /// Grows with each file that is opened, so that a screen comes to the front once for each.
    pub number: u64,
    /// Its path or URL, as it was opened.
    pub target: String,
    /// Its name, fit to be shown.
    pub name: String,
    /// Where it lies.
    pub place: OpenedPlace,
    /// What it holds.
    pub reading: FileReading,
}

/// Where a file lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenedPlace {
    /// On this computer.
    Disk,
    /// On a server.
    Server,
}

/// What is known of what a file holds.
#[derive(Clone, Debug)]
pub enum FileReading {
    /// It is being read.
    UnderWay,
    /// Its fields, and what is wrong with it.
    Fields(Arc<FieldListing>),
    /// It is something else.
    Other(FileKind),
    /// It cannot be read.
    Failed(UserMessage),
}
