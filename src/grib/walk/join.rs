//! Walks in memory, and several walks side by side.

use super::{Step, Walk};
use crate::grib::index::GribIndex;

/// Walks a file that is in memory.
pub fn index_octets(octets: &[u8]) -> GribIndex {
    let mut walk = Walk::new(octets.len() as u64);
    while let Step::Read(range) = walk.step() {
        walk.feed(range.start(), &octets[range.start() as usize..range.end() as usize]);
    }
    walk.finish()
}

/// What the walk over one part of a file found.
#[derive(Clone, Debug)]
pub struct WalkedChain {
    /// Where its first message begins. `None` when it has none.
    pub first: Option<u64>,
    /// Where it ended.
    pub end: u64,
    /// Its messages.
    pub index: GribIndex,
}

impl WalkedChain {
    /// What a walk found that is over.
    pub fn of(walk: Walk) -> Self {
        Self { first: walk.first_message(), end: walk.position(), index: walk.finish() }
    }
}

/// Joins chains that were walked side by side: each must begin where the one before it ended. Returns how many could
/// be joined; the file has to be walked on from the end of the last of them.
pub fn join(chains: Vec<WalkedChain>) -> (GribIndex, usize, u64) {
    let mut joined = GribIndex::default();
    let (mut end, mut count) = (0, 0);
    for (number, WalkedChain { first, end: chain_end, index }) in chains.into_iter().enumerate() {
        if number > 0 && first.is_some_and(|first| first != end) {
            break;
        }
        let before = joined.digests.len() as u32;
        joined.fields.extend(index.fields.into_iter().map(|mut field| {
            field.message += before;
            field
        }));
        joined.digests.extend(index.digests);
        joined.problems.extend(index.problems);
        joined.octets_read += index.octets_read;
        joined.reads += index.reads;
        if first.is_some() || number == 0 {
            end = chain_end;
        }
        count = number + 1;
    }
    (joined, count, end)
}
