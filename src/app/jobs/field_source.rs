//! By what the fields of a file are looked up: what costs least first, what proved wrong never again.

use std::collections::BTreeSet;

/// What tells where the fields of a file lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldSource {
    /// An index beside the file, or headers where there is none.
    Index,
    /// Headers that a server gives.
    Headers,
    /// Nothing but the file itself, whole.
    FileOnly,
}

impl FieldSource {
    /// What is trusted more, after it told wrongly.
    pub(crate) fn safer(self) -> Option<Self> {
        match self {
            Self::Index => Some(Self::Headers),
            Self::Headers => Some(Self::FileOnly),
            Self::FileOnly => None,
        }
    }
}

/// The sources for one file on a server, one after the other.
#[derive(Debug)]
pub(crate) struct FieldSources {
    /// The next one last.
    left: Vec<FieldSource>,
}

impl FieldSources {
    /// The file alone tells.
    pub(crate) fn file_only() -> Self {
        Self { left: vec![FieldSource::FileOnly] }
    }

    /// The server answers with parts of the file. Headers that were read before may be those of an older file: they are
    /// read once more then.
    pub(crate) fn by_parts() -> Self {
        let (headers, file) = (FieldSource::Headers, FieldSource::FileOnly);
        Self { left: vec![file, headers, headers, FieldSource::Index] }
    }

    /// The next one.
    pub(crate) fn next(&mut self) -> Option<FieldSource> {
        self.left.pop()
    }

    /// `source` tells nothing, and is not asked again.
    pub(crate) fn tells_nothing(&mut self, source: FieldSource) {
        self.left.retain(|left| *left != source);
    }
}

/// What is left to get of a torrent, and by what its fields are looked up.
#[derive(Debug)]
pub(crate) struct SliceRound {
    /// Files of which something is wanted still.
    pub(crate) files: Vec<usize>,
    pub(crate) source: FieldSource,
    /// Files of which everything that is wanted is in its place.
    pub(crate) done: BTreeSet<usize>,
}

impl SliceRound {
    pub(crate) fn first(files: &[usize]) -> Self {
        Self { files: files.to_vec(), source: FieldSource::Index, done: BTreeSet::new() }
    }

    /// What was told of `files` is wrong somewhere: whatever is not in its place is looked up by what is trusted more.
    /// `None` when nothing is.
    pub(crate) fn after_misfit(self, files: &[usize]) -> Option<Self> {
        let source = self.source.safer()?;
        let files = files.iter().copied().filter(|file| !self.done.contains(file)).collect();
        Some(Self { files, source, done: self.done })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_that_contradict_the_file_are_read_once_more_and_silent_ones_are_not() {
        use FieldSource::{FileOnly, Headers, Index};
        let mut sources = FieldSources::by_parts();
        let all: Vec<FieldSource> = std::iter::from_fn(|| sources.next()).collect();
        assert_eq!(all, [Index, Headers, Headers, FileOnly]);

        let mut sources = FieldSources::by_parts();
        assert_eq!((sources.next(), sources.next()), (Some(Index), Some(Headers)));
        sources.tells_nothing(Headers);
        assert_eq!((sources.next(), sources.next()), (Some(FileOnly), None));
    }

    #[test]
    fn what_is_in_its_place_is_not_looked_up_again_after_a_misfit() {
        let mut round = SliceRound::first(&[0, 1, 2]);
        round.done.insert(1);
        let round = round.after_misfit(&[1, 2]).expect("headers are trusted more");
        assert_eq!((round.source, &round.files[..]), (FieldSource::Headers, &[2][..]));
        let last = round.after_misfit(&[2]).expect("the file is trusted most");
        assert!(last.after_misfit(&[2]).is_none());
    }
}
