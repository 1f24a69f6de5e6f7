//! Which files of a content a source can be asked for at all: some names no URL can hold.

use std::collections::BTreeSet;

/// Which files of a content a source can be asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FilesOffered {
    /// Every one.
    #[default]
    All,
    /// Only these: the others have no URL there.
    Only(BTreeSet<usize>),
}

impl FilesOffered {
    /// Whether it can be asked for `file`.
    pub fn has(&self, file: usize) -> bool {
        match self {
            Self::All => true,
            Self::Only(files) => files.contains(&file),
        }
    }
}
