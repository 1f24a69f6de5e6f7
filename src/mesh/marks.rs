//! Names as marks of 64 bits, and maps by such marks: quick, and not to be foreseen by whoever sends the names.
//!
//! In: names of files, messages, topics. Out: a mark for each, another one in each start of the program. A chance of two
//! alike is below one in ten million for a million names; whoever must be certain compares the names as well.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher};

/// Makes marks; those of two makers differ.
#[derive(Clone, Debug, Default)]
pub struct Marks(foldhash::quality::RandomState);

impl Marks {
    /// The mark of a name, or of several together.
    pub fn of(&self, name: impl Hash) -> u64 {
        self.0.hash_one(name)
    }
}

/// What belongs to names, by their marks.
pub type ByMark<T> = HashMap<u64, T, BuildHasherDefault<MarkHasher>>;

/// Marks that were met.
pub type MarkSet = HashSet<u64, BuildHasherDefault<MarkHasher>>;

/// What belongs to names that are kept, or to numbers.
pub type ByName<K, T> = HashMap<K, T, foldhash::fast::RandomState>;

/// A mark is mixed well enough to be its own hash.
#[derive(Clone, Copy, Debug, Default)]
pub struct MarkHasher(u64);

impl Hasher for MarkHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, octets: &[u8]) {
        // Only marks come here, and those through `write_u64`.
        octets.iter().for_each(|&octet| self.0 = self.0.rotate_left(8) ^ u64::from(octet));
    }

    fn write_u64(&mut self, mark: u64) {
        self.0 = mark;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_maker_gives_a_name_one_mark_and_another_maker_another() {
        let (one, other) = (Marks::default(), Marks::default());
        assert_eq!(one.of("a/b"), one.of(String::from("a/b")));
        assert_ne!(one.of("a/b"), one.of("a/c"));
        assert_ne!(one.of("a/b"), other.of("a/b"));
    }

    #[test]
    fn marks_lie_apart_in_a_map() {
        let (marks, mut map) = (Marks::default(), ByMark::default());
        map.extend((0..10_000).map(|n| (marks.of(n), n)));
        assert_eq!(map.len(), 10_000);
        assert_eq!(map.get(&marks.of(77)), Some(&77));
    }
}
