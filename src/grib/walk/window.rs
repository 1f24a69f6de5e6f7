//! The octets that are at hand of a file that is walked.

use super::START;

/// The octets of the last read.
#[derive(Debug, Default)]
pub(super) struct Window {
    octets: Vec<u8>,
    at: u64,
}

impl Window {
    /// Takes octets that begin at `at` in place of those before.
    pub(super) fn fill(&mut self, at: u64, octets: &[u8]) {
        self.octets.clear();
        self.octets.extend_from_slice(octets);
        self.at = at;
    }

    /// So many octets from `at` on. `None` when they are not all at hand.
    pub(super) fn have(&self, at: u64, count: u64) -> Option<&[u8]> {
        let start = usize::try_from(at.checked_sub(self.at)?).ok()?;
        self.octets.get(start..start.checked_add(usize::try_from(count).ok()?)?)
    }

    /// Where the letters of a message's start stand next, from `at` on, which is at hand.
    pub(super) fn find_start(&self, at: u64) -> Option<u64> {
        let from = self.octets.get(usize::try_from(at.checked_sub(self.at)?).ok()?..)?;
        let found = from.windows(START.len()).position(|four| four == START)?;
        Some(at + found as u64)
    }

    /// Where it ends.
    pub(super) fn end(&self) -> u64 {
        self.at + self.octets.len() as u64
    }
}
