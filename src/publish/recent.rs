//! What was seen lately, and no more of it than is allowed.
//!
//! In: values. Out: whether one was seen and has not been forgotten. The oldest go first.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

/// A set that forgets what was added longest ago.
#[derive(Clone, Debug)]
pub struct RecentSet<T> {
    most: usize,
    next: u64,
    by_value: HashMap<T, u64>,
    by_age: BTreeMap<u64, T>,
}

impl<T: Clone + Eq + Hash> RecentSet<T> {
    /// An empty set that keeps at most `most` values.
    pub fn new(most: usize) -> Self {
        Self { most, next: 0, by_value: HashMap::new(), by_age: BTreeMap::new() }
    }

    /// Adds `value` as the newest.
    pub fn add(&mut self, value: T) {
        self.remove(&value);
        self.by_value.insert(value.clone(), self.next);
        self.by_age.insert(self.next, value);
        self.next += 1;
        while self.by_value.len() > self.most {
            let Some((_, oldest)) = self.by_age.pop_first() else { return };
            self.by_value.remove(&oldest);
        }
    }

    /// Takes `value` out.
    pub fn remove(&mut self, value: &T) {
        if let Some(age) = self.by_value.remove(value) {
            self.by_age.remove(&age);
        }
    }

    /// Whether `value` is in it.
    pub fn contains(&self, value: &T) -> bool {
        self.by_value.contains_key(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_is_forgotten_and_what_is_added_again_is_new() {
        let mut set = RecentSet::new(2);
        for value in ["a", "b", "a", "c"] {
            set.add(value);
        }
        assert!(set.contains(&"a") && set.contains(&"c") && !set.contains(&"b"));
        set.remove(&"a");
        assert!(!set.contains(&"a"));
        assert_eq!((set.by_value.len(), set.by_age.len()), (1, 1));
    }

    #[test]
    fn a_flood_takes_no_more_room_than_is_allowed() {
        let mut set = RecentSet::new(100);
        (0..10_000).for_each(|number| set.add(number));
        assert_eq!((set.by_value.len(), set.by_age.len()), (100, 100));
        assert!(set.contains(&9_999) && set.contains(&9_900) && !set.contains(&9_899));
    }
}
