//! What is to be done about what is followed, and the facts that come of it.
//!
//! Orders are carried out in their sequence: what is noted before a command starts is on the disk when it starts.

use super::event::FollowEvent;
use super::notes::FileNote;
use super::seen::SourceSeen;
use super::view::{FollowId, FollowRow};
use crate::app::jobs::keeping::Keeping;
use crate::app::jobs::view::FileInPlace;
use crate::app::messages::user_message::UserMessage;
use crate::catalog::entry::Entry;
use crate::catalog::runs::Now;
use crate::domain::utc::{SteadyTime, UtcTime};

/// The time by both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FollowMoment {
    /// By the clock that never goes back.
    pub steady: SteadyTime,
    /// The time of day.
    pub day: Now,
}

/// Something to be done.
#[derive(Clone, Debug)]
pub enum FollowOrder {
    /// Write down how a line stands.
    Keep(FollowRow),
    /// Forget a line, and all that came of it.
    Forget(FollowId),
    /// Write down what came of files.
    Note(FollowId, Vec<FileNote>),
    /// Forget what came of runs before that time.
    ForgetBefore(FollowId, UtcTime),
    /// Ask the source of a line what it publishes.
    Look(FollowRow),
    /// Fetch these files, one after the other.
    Fetch(Box<FilesWanted>),
    /// Start a command of the person's own.
    Execute(PersonsCommand),
    /// Remove what is too old or too much.
    Tidy(FollowId, Keeping, Vec<FileNote>),
    /// Tell this.
    Tell(FollowEvent),
    /// Say that it cannot be done. In a terminal that is the last word.
    Refuse(UserMessage),
}

/// Files to fetch for a line.
#[derive(Clone, Debug)]
pub struct FilesWanted {
    /// The line.
    pub row: FollowRow,
    /// The files with the keys by which they are noted, oldest run first.
    pub files: Vec<(String, Entry)>,
}

/// A command of the person's own, for the system's shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonsCommand {
    /// The entry for which it is started.
    pub name: String,
    /// Of what: a file, or a run.
    pub key: String,
    /// The command.
    pub words: String,
    /// What it is told by the environment.
    pub environment: Vec<(&'static str, String)>,
}

/// Something that came of an order.
#[derive(Clone, Debug)]
pub enum FollowFact {
    /// A source was looked at.
    Looked(FollowId, Box<SourceSeen>),
    /// Something of a file that is being fetched is worth a line.
    Noted(FollowId, UserMessage),
    /// A file was fetched, or could not be.
    Fetched(FollowId, String, Result<Vec<FileInPlace>, FetchFailure>),
    /// All files of an order were tried.
    FetchOver(FollowId),
    /// What fetched them broke; the rest is tried at the next look.
    Broken(FollowId, UserMessage),
    /// Notes as they are after files made room, and the paths that went.
    Tidied(FollowId, Vec<TidiedFile>),
}

/// Why a file could not be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FetchFailure {
    /// It is tried again at the next look.
    Passing(UserMessage),
    /// Nothing can be fetched any more: the disk, or the end of the process.
    Final(UserMessage),
}

/// A note whose files made room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TidiedFile {
    /// As it was.
    pub note: FileNote,
    /// Which of its paths were removed; one that a person changed stays.
    pub removed: Vec<String>,
}
