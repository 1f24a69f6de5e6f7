//! Why no canonical torrent is made.
//!
//! In: what the plan, the hasher or the writer met. Out: [`PublishError`], fit to be shown.

use crate::catalog::metainfo::MOST_FILES;
use crate::catalog::web_seed::WebSeedError;

/// What keeps a torrent from being made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    /// No file, or none with any octet.
    #[error("nothing to publish")]
    Nothing,
    /// A file to be offered by itself, but there are several, or it lies in folders.
    #[error("one file without folders is needed, not {files} files")]
    NotOneFile {
        /// How many there are.
        files: usize,
    },
    /// More files, padding included, than readers take.
    #[error("more than {MOST_FILES} files, padding included")]
    TooManyFiles,
    /// More octets, pieces or names than readers take.
    #[error("too large for one torrent")]
    TooLarge,
    /// A name that could not be received under that name everywhere.
    #[error("{name:?} {fault}")]
    UnfitName {
        /// The name, fit to be shown.
        name: String,
        /// What is wrong with it.
        fault: NameFault,
    },
    /// Two paths that some file system takes for one, or a file with the name of a folder.
    #[error("{one:?} and {other:?} would be one file on some system")]
    Twins {
        /// The one.
        one: String,
        /// The other.
        other: String,
    },
    /// A file gave more octets than its length: somebody still writes it.
    #[error("{path:?} grew beyond {length} octets while it was read")]
    FileGrew {
        /// Its path.
        path: String,
        /// The length it had.
        length: u64,
    },
    /// A file gave fewer octets than its length.
    #[error("{path:?} ended after {read} of {length} octets")]
    FileShrank {
        /// Its path.
        path: String,
        /// The length it had.
        length: u64,
        /// What it gave.
        read: u64,
    },
    /// More or fewer hashes than the plan has pieces.
    #[error("{hashes} piece hashes for {pieces} pieces")]
    HashCount {
        /// How many hashes there are.
        hashes: usize,
        /// How many there should be.
        pieces: u32,
    },
    /// A web seed that cannot serve these files.
    #[error("web seed: {0}")]
    WebSeed(#[from] WebSeedError),
}

/// What is wrong with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    /// Nothing at all.
    #[error("is empty")]
    Empty,
    /// `.` or `..`.
    #[error("is a step, not a name")]
    Step,
    /// A slash or a backslash inside one component.
    #[error("holds a slash or a backslash")]
    Separator,
    /// Characters that control, hide or reorder.
    #[error("holds invisible characters")]
    Invisible,
    /// More than 255 octets.
    #[error("is longer than 255 octets")]
    TooLong,
    /// More than 32 components.
    #[error("lies more than 32 folders deep")]
    TooDeep,
    /// In the folder that readers take for padding.
    #[error("lies in the folder .pad, which is hidden by every client")]
    Padding,
}
