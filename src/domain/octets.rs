//! Counts, ranges and sets of octets: the arithmetic on which every transfer rests.
//!
//! In: offsets and lengths. Out: [`ByteCount`], [`ByteRange`] (never empty), [`RangeSet`] (sorted, disjoint, merged).
//! Does not know what the octets mean nor where they lie.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign};

/// A number of octets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ByteCount(pub u64);

impl ByteCount {
    /// Nothing at all.
    pub const ZERO: Self = Self(0);

    /// `count` mebibytes.
    pub const fn mebi(count: u64) -> Self {
        Self(count << 20)
    }

    /// The difference, or zero when `other` is larger.
    pub fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Add for ByteCount {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for ByteCount {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for ByteCount {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::ZERO, Add::add)
    }
}

/// Octets `start..end` of one file or content; never empty.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteRange {
    start: u64,
    end: u64,
}

impl ByteRange {
    /// `None` unless `start < end`.
    pub fn new(start: u64, end: u64) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    /// `length` octets from `start`. `None` when that is nothing, or runs past what 64 bits can count.
    pub fn at(start: u64, length: u64) -> Option<Self> {
        Self::new(start, start.checked_add(length)?)
    }

    /// The first octet.
    pub fn start(self) -> u64 {
        self.start
    }

    /// One past the last octet.
    pub fn end(self) -> u64 {
        self.end
    }

    /// How many octets; at least one.
    pub fn count(self) -> ByteCount {
        ByteCount(self.end - self.start)
    }

    /// The octets that both hold.
    pub fn intersection(self, other: Self) -> Option<Self> {
        Self::new(self.start.max(other.start), self.end.min(other.end))
    }

    /// Whether every octet of `other` is in this range.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The same octets, counted from `origin`. `None` when the range begins before it.
    pub fn relative_to(self, origin: u64) -> Option<Self> {
        Self::new(self.start.checked_sub(origin)?, self.end - origin)
    }

    /// The same octets, counted from `origin` octets earlier; saturates at the end of what 64 bits can count.
    pub fn shifted_by(self, origin: u64) -> Self {
        Self { start: self.start.saturating_add(origin), end: self.end.saturating_add(origin) }
    }

    /// Value of the HTTP `Range` header, whose last octet is inclusive (RFC 9110 §14.1.2).
    pub fn to_http_header(self) -> String {
        format!("bytes={}-{}", self.start, self.end - 1)
    }
}

impl fmt::Debug for ByteRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

/// A set of octets as sorted, disjoint, merged ranges.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RangeSet {
    /// Start of each range to its end. No two touch.
    ranges: BTreeMap<u64, u64>,
}

impl RangeSet {
    /// The empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the octets of `range`.
    pub fn insert(&mut self, range: ByteRange) {
        let mut start = range.start;
        let mut end = range.end;
        if let Some((&before, &before_end)) = self.ranges.range(..=start).next_back()
            && before_end >= start
        {
            start = before;
            end = end.max(before_end);
        }
        while let Some((&next, &next_end)) = self.ranges.range(start..=end).next() {
            end = end.max(next_end);
            self.ranges.remove(&next);
        }
        self.ranges.insert(start, end);
    }

    /// Takes the octets of `range` out.
    pub fn remove(&mut self, range: ByteRange) {
        let first = self.ranges.range(..=range.start).next_back().map_or(range.start, |(&start, _)| start);
        let touched: Vec<(u64, u64)> = self.ranges.range(first..range.end).map(|(&s, &e)| (s, e)).collect();
        for (start, end) in touched {
            if end <= range.start {
                continue;
            }
            self.ranges.remove(&start);
            if start < range.start {
                self.ranges.insert(start, range.start);
            }
            if end > range.end {
                self.ranges.insert(range.end, end);
            }
        }
    }

    /// Whether every octet of `range` is in the set.
    pub fn contains(&self, range: ByteRange) -> bool {
        self.ranges.range(..=range.start).next_back().is_some_and(|(_, &end)| end >= range.end)
    }

    /// Whether any octet of `range` is in the set.
    pub fn touches(&self, range: ByteRange) -> bool {
        self.within(range).next().is_some()
    }

    /// Whether the set holds nothing.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// How many separate ranges it takes.
    pub fn len(&self) -> usize {
        self.ranges.len()
    }

    /// How many octets it holds.
    pub fn count(&self) -> ByteCount {
        self.iter().map(ByteRange::count).sum()
    }

    /// The ranges in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = ByteRange> + '_ {
        self.ranges.iter().map(|(&start, &end)| ByteRange { start, end })
    }

    /// The parts of the set that lie in `range`, in order.
    pub fn within(&self, range: ByteRange) -> impl Iterator<Item = ByteRange> + '_ {
        let first = self.ranges.range(..=range.start).next_back().map_or(range.start, |(&start, _)| start);
        self.ranges
            .range(first..range.end)
            .filter_map(move |(&start, &end)| ByteRange { start, end }.intersection(range))
    }

    /// Octets of this set that `other` lacks.
    pub fn minus(&self, other: &Self) -> Self {
        let mut left = self.clone();
        for range in other.iter() {
            left.remove(range);
        }
        left
    }

    /// The gaps of the set inside `range`, in order: what is missing of it.
    pub fn gaps(&self, range: ByteRange) -> Vec<ByteRange> {
        let mut gaps = Vec::new();
        let mut at = range.start;
        for held in self.within(range) {
            gaps.extend(ByteRange::new(at, held.start));
            at = held.end;
        }
        gaps.extend(ByteRange::new(at, range.end));
        gaps
    }
}

impl FromIterator<ByteRange> for RangeSet {
    fn from_iter<I: IntoIterator<Item = ByteRange>>(ranges: I) -> Self {
        let mut set = Self::new();
        for range in ranges {
            set.insert(range);
        }
        set
    }
}

impl fmt::Debug for RangeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(start: u64, end: u64) -> ByteRange {
        ByteRange::new(start, end).expect("a test range is not empty")
    }

    fn set(ranges: &[(u64, u64)]) -> RangeSet {
        ranges.iter().map(|&(start, end)| range(start, end)).collect()
    }

    #[test]
    fn an_empty_or_overflowing_range_cannot_be_made() {
        assert_eq!(ByteRange::new(5, 5), None);
        assert_eq!(ByteRange::at(u64::MAX, 2), None);
    }

    #[test]
    fn the_last_octet_of_an_http_range_is_inclusive() {
        assert_eq!(range(0, 500).to_http_header(), "bytes=0-499");
    }

    #[test]
    fn touching_and_overlapping_ranges_become_one() {
        assert_eq!(set(&[(0, 5), (5, 10), (8, 12), (20, 30)]), set(&[(0, 12), (20, 30)]));
        assert_eq!(set(&[(20, 30), (0, 40)]).len(), 1);
    }

    #[test]
    fn removing_the_middle_leaves_two_ends() {
        let mut octets = set(&[(0, 10)]);
        octets.remove(range(3, 6));
        assert_eq!(octets, set(&[(0, 3), (6, 10)]));
    }

    #[test]
    fn what_is_missing_of_a_range_is_its_gaps() {
        assert_eq!(set(&[(2, 4), (6, 8)]).gaps(range(0, 10)), [range(0, 2), range(4, 6), range(8, 10)]);
        assert!(set(&[(0, 10)]).gaps(range(2, 5)).is_empty());
    }

    #[test]
    fn the_set_agrees_with_a_plain_table_of_octets_over_many_random_operations() {
        let mut random = fastrand::Rng::with_seed(7);
        let mut octets = RangeSet::new();
        let mut table = [false; 64];
        for _ in 0..5_000 {
            let start = random.u64(0..63);
            let chosen = range(start, random.u64(start + 1..=64));
            let keep = random.bool();
            if keep {
                octets.insert(chosen)
            } else {
                octets.remove(chosen)
            }
            table[chosen.start as usize..chosen.end as usize].fill(keep);
            let expected: RangeSet =
                (0..64).filter(|&i| table[i as usize]).map(|i| range(i, i + 1)).collect();
            assert_eq!(octets, expected);
        }
    }
}
