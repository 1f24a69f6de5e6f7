//! Which pieces of a content are held, proven, and the locks under which they are written.
//!
//! In: pieces that were written or lost. Out: whether one is held, to any thread without waiting. Knows of no file.

use parking_lot::RwLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many locks the pieces share.
const LOCKS: usize = 256;

/// The held pieces of one content.
#[derive(Debug)]
pub(super) struct HeldPieces {
    /// One bit a piece; unused for contents in blocks, whose ranges only HTTP writes.
    held: Vec<AtomicU64>,
    locks: Vec<RwLock<()>>,
}

impl HeldPieces {
    /// None of so many pieces is held.
    pub(super) fn none(pieces: u32) -> Self {
        Self {
            held: (0..pieces.div_ceil(64)).map(|_| AtomicU64::new(0)).collect(),
            locks: (0..LOCKS).map(|_| RwLock::new(())).collect(),
        }
    }

    /// Whether `piece` is held.
    pub(super) fn has(&self, piece: u32) -> bool {
        let word = self.held.get(piece as usize / 64);
        word.is_some_and(|word| word.load(Ordering::Acquire) >> (piece % 64) & 1 == 1)
    }

    /// How many are held.
    pub(super) fn count(&self) -> u64 {
        self.held.iter().map(|word| u64::from(word.load(Ordering::Relaxed).count_ones())).sum()
    }

    /// `piece` is held from now on.
    pub(super) fn mark(&self, piece: u32) {
        if let Some(word) = self.held.get(piece as usize / 64) {
            word.fetch_or(1 << (piece % 64), Ordering::AcqRel);
        }
    }

    /// `piece` is held no longer.
    pub(super) fn lose(&self, piece: u32) {
        if let Some(word) = self.held.get(piece as usize / 64) {
            word.fetch_and(!(1 << (piece % 64)), Ordering::AcqRel);
        }
    }

    /// The lock under which `piece` is written.
    pub(super) fn lock_of(&self, piece: u32) -> &RwLock<()> {
        &self.locks[piece as usize % LOCKS]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_held_one_by_one_and_lost_one_by_one() {
        let held = HeldPieces::none(130);
        [0, 63, 64, 129, 9_999].into_iter().for_each(|piece| held.mark(piece));
        held.lose(63);
        assert_eq!(held.count(), 3);
        let which: Vec<u32> = (0..130).filter(|piece| held.has(*piece)).collect();
        assert_eq!(which, [0, 64, 129]);
    }
}
