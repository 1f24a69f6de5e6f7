//! Hashes the pieces of a content from the octets of its files, as they are read.
//!
//! In: a plan, and the octets of each file in its order. Out: the hash of each piece. Padding is hashed here: the reader
//! need not know of it. For hashing on several cores see [`CanonicalPlan::piece_content`].

use super::{CanonicalPlan, PublishError};
use crate::domain::integrity::{DigestAlgorithm, Digester};
use crate::domain::outside_text::show;
use crate::domain::torrent::PieceHashes;

/// Zeros of padding, in portions.
static ZEROS: [u8; 16 << 10] = [0; 16 << 10];

/// Hashes one content from its first octet to its last, in the memory of one piece's digest.
pub struct PieceHasher {
    files: std::vec::IntoIter<Awaited>,
    current: Awaited,
    /// Octets that the current file has given.
    read: u64,
    piece_length: u64,
    /// Octets in the piece that is being hashed; less than its length.
    filled: u64,
    piece: Digester,
    hashes: Vec<[u8; 20]>,
}

struct Awaited {
    path: String,
    length: u64,
}

impl PieceHasher {
    /// Awaits the first file of `plan`.
    pub fn new(plan: &CanonicalPlan) -> Self {
        let files = plan.order().iter();
        let files = files.map(|file| Awaited { path: show(&file.path.join("/")), length: file.length });
        let mut files = files.collect::<Vec<_>>().into_iter();
        let current = files.next().expect("a plan has at least one file");
        let piece_length = plan.layout().piece_length();
        let piece = Digester::new(DigestAlgorithm::Sha1);
        Self { files, current, read: 0, piece_length, filled: 0, piece, hashes: Vec::new() }
    }

    /// Takes the next octets of the current file.
    ///
    /// # Errors
    /// [`PublishError::FileGrew`] when they are more than its length.
    pub fn update(&mut self, octets: &[u8]) -> Result<(), PublishError> {
        let count = octets.len() as u64;
        if count > self.current.length - self.read {
            let path = self.current.path.clone();
            return Err(PublishError::FileGrew { path, length: self.current.length });
        }
        if self.read == 0 && count > 0 {
            self.pad();
        }
        self.read += count;
        self.hash(octets);
        Ok(())
    }

    /// Ends the current file and awaits the next. `false` when the one that ended was the last.
    ///
    /// # Errors
    /// [`PublishError::FileShrank`] when it gave fewer octets than its length.
    pub fn next_file(&mut self) -> Result<bool, PublishError> {
        let Awaited { path, length } = &self.current;
        if self.read < *length {
            return Err(PublishError::FileShrank { path: path.clone(), length: *length, read: self.read });
        }
        let Some(next) = self.files.next() else { return Ok(false) };
        self.current = next;
        self.read = 0;
        Ok(true)
    }

    /// The hash of each piece, after the last file.
    ///
    /// # Errors
    /// [`PublishError::FileShrank`] when the current file or one after it did not give all its octets.
    pub fn finish(mut self) -> Result<PieceHashes, PublishError> {
        while self.next_file()? {}
        if self.filled > 0 {
            self.end_piece();
        }
        Ok(PieceHashes::new(self.hashes))
    }

    /// Fills the piece with zeros, so that a file begins the next one.
    fn pad(&mut self) {
        while self.filled > 0 {
            let missing = self.piece_length - self.filled;
            let portion = usize::try_from(missing).map_or(ZEROS.len(), |n| n.min(ZEROS.len()));
            self.hash(&ZEROS[..portion]);
        }
    }

    fn hash(&mut self, mut octets: &[u8]) {
        while !octets.is_empty() {
            let missing = usize::try_from(self.piece_length - self.filled).unwrap_or(usize::MAX);
            let (now, later) = octets.split_at(missing.min(octets.len()));
            self.piece.update(now);
            self.filled += now.len() as u64;
            if self.filled == self.piece_length {
                self.end_piece();
            }
            octets = later;
        }
    }

    fn end_piece(&mut self) {
        let done = std::mem::replace(&mut self.piece, Digester::new(DigestAlgorithm::Sha1));
        self.hashes.push(done.finish().octets().try_into().expect("a SHA-1 has 20 octets"));
        self.filled = 0;
    }
}
