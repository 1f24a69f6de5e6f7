//! How many have a file, as trackers say: a hint and no more.
//!
//! In: counts of several trackers. Out: the lowest of each file. A tracker that tells too many would keep everybody from a file
//! that is rare, one that tells too few only costs room: so the lowest counts.

use crate::domain::torrent::InfoHash;
use std::collections::BTreeMap;

/// What a file counts as of which no tracker tells: the relay that offers it has it, and nobody else.
pub const UNTOLD: u32 = 1;

/// How many seeds there are, by swarm.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeedCounts(BTreeMap<InfoHash, u32>);

impl SeedCounts {
    /// Takes in what one tracker said.
    pub fn hear(&mut self, told: BTreeMap<InfoHash, u32>) {
        for (swarm, count) in told {
            self.0.entry(swarm).and_modify(|known| *known = count.min(*known)).or_insert(count);
        }
    }

    /// How many have all of it. `None` when no tracker told.
    pub fn of(&self, swarm: InfoHash) -> Option<u32> {
        self.0.get(&swarm).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_trackers_the_lowest_count_holds() {
        let swarm = InfoHash([1; 20]);
        let mut counts = SeedCounts::default();
        for count in [7, 1_000_000, 2, 3] {
            counts.hear(BTreeMap::from([(swarm, count)]));
        }
        assert_eq!((counts.of(swarm), counts.of(InfoHash([2; 20]))), (Some(2), None));
    }
}
