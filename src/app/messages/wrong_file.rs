//! What was wrong with a file that came.

use crate::domain::octets::ByteCount;
use serde::{Deserialize, Serialize};

/// What was wrong with a file that came.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum WrongFile {
    /// Its octets give another digest than was announced.
    #[error("{announced} was announced, the bytes give {computed}")]
    Digest {
        /// The announced digest, with its method.
        announced: String,
        /// The digest of what came.
        computed: String,
    },
    /// It is not as long as was announced.
    #[error("{} bytes were announced, {} bytes came", announced.0, found.0)]
    Length {
        /// What was announced, or what the rule allows.
        announced: ByteCount,
        /// What it is.
        found: ByteCount,
    },
    /// A .torrent of several files where one was announced.
    #[error("a .torrent of {files} files where one was announced")]
    SeveralFiles {
        /// How many.
        files: usize,
    },
    /// Its form, in English.
    #[error("{detail}")]
    Form {
        /// What is wrong.
        detail: String,
    },
}
