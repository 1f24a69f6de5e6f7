//! Which files of a watched folder are news, and which were announced.
//!
//! In: what a look at the folder shows, one file after the other; what became of each. Out: whether a file is to be read now. A file is
//! due once two looks in a row show it alike; one whose octets are those that were announced is none, however often it is touched.
//! What is gone is forgotten, so that memory is that of the files that are there.

use super::PostKind;
use super::place::SharedPath;
use super::steadiness::FileSight;
use crate::domain::integrity::Digest;
use std::collections::HashMap;

/// What is known of one file.
#[derive(Clone, Debug, Default)]
struct WatchedFile {
    sight: FileSight,
    /// How it looked when it was settled: announced, or refused.
    settled: Option<FileSight>,
    /// The digest that was announced last.
    announced: Option<Digest>,
    /// The look that saw it last.
    look: u64,
}

/// The files of watched folders, from one look to the next.
#[derive(Clone, Debug, Default)]
pub struct WatchedFiles {
    known: HashMap<SharedPath, WatchedFile>,
    look: u64,
}

impl WatchedFiles {
    /// A look begins.
    pub fn begin(&mut self) {
        self.look += 1;
    }

    /// Whether a file that looks so is to be read and announced.
    pub fn is_due(&mut self, path: &SharedPath, sight: FileSight) -> bool {
        let known = self.known.entry(path.clone()).or_default();
        let is_alike = known.look != 0 && known.sight == sight;
        known.sight = sight;
        known.look = self.look;
        is_alike && known.settled != Some(sight)
    }

    /// A file that was read looks so and has this digest. How it is to be announced; `None` when that was done already.
    pub fn settle(&mut self, path: &SharedPath, sight: FileSight, digest: &Digest) -> Option<PostKind> {
        let known = self.known.entry(path.clone()).or_default();
        known.settled = Some(sight);
        let before = known.announced.replace(digest.clone());
        match before {
            None => Some(PostKind::New),
            Some(before) if before == *digest => None,
            Some(_) => Some(PostKind::Update),
        }
    }

    /// A file that looks so is not announced; it is told once, until it changes.
    pub fn set_aside(&mut self, path: &SharedPath, sight: FileSight) {
        self.known.entry(path.clone()).or_default().settled = Some(sight);
    }

    /// A look ended: what it did not see is gone.
    pub fn end(&mut self) {
        let look = self.look;
        self.known.retain(|_, known| known.look == look);
    }

    /// How many files are known.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether none is known.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::integrity::DigestAlgorithm;
    use crate::domain::on_disk::Stamp;

    fn path(name: &str) -> SharedPath {
        SharedPath::of(&[name]).expect("a path")
    }

    fn sight(length: u64, modified: i128) -> FileSight {
        FileSight { length, stamp: Stamp { modified, altered: modified } }
    }

    fn digest(octets: &[u8]) -> Digest {
        Digest::of(DigestAlgorithm::Sha512, octets)
    }

    /// One look at one file.
    fn look(files: &mut WatchedFiles, name: &str, sight: FileSight) -> bool {
        files.begin();
        let due = files.is_due(&path(name), sight);
        files.end();
        due
    }

    #[test]
    fn a_file_is_due_once_two_looks_show_it_alike() {
        let mut files = WatchedFiles::default();
        assert!(!look(&mut files, "a", sight(1, 1)));
        assert!(!look(&mut files, "a", sight(2, 2)), "it grows");
        assert!(look(&mut files, "a", sight(2, 2)));
    }

    #[test]
    fn a_file_is_announced_once_and_as_an_update_when_its_octets_change() {
        let mut files = WatchedFiles::default();
        look(&mut files, "a", sight(1, 1));
        assert_eq!(files.settle(&path("a"), sight(1, 1), &digest(b"1")), Some(PostKind::New));
        assert!(!look(&mut files, "a", sight(1, 1)), "it was announced");
        look(&mut files, "a", sight(1, 2));
        assert!(look(&mut files, "a", sight(1, 2)));
        assert_eq!(files.settle(&path("a"), sight(1, 2), &digest(b"1")), None, "it was only touched");
        look(&mut files, "a", sight(1, 3));
        assert_eq!(files.settle(&path("a"), sight(1, 3), &digest(b"2")), Some(PostKind::Update));
    }

    #[test]
    fn a_file_that_cannot_be_announced_is_told_once_until_it_changes() {
        let mut files = WatchedFiles::default();
        look(&mut files, "a", sight(0, 1));
        assert!(look(&mut files, "a", sight(0, 1)));
        files.set_aside(&path("a"), sight(0, 1));
        assert!(!look(&mut files, "a", sight(0, 1)));
        assert!(!look(&mut files, "a", sight(3, 2)));
        assert!(look(&mut files, "a", sight(3, 2)));
    }

    #[test]
    fn what_is_gone_is_forgotten() {
        let mut files = WatchedFiles::default();
        look(&mut files, "a", sight(1, 1));
        look(&mut files, "b", sight(1, 1));
        assert_eq!((files.len(), files.is_empty()), (1, false));
    }
}
