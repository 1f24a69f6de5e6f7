//! The account of one content: which octets are held, and who gave each of them.
//!
//! In: octets that were proven and written, from one source each. Out: what is missing, and bytes by source.
//! Each octet is attributed once, to the source whose proof came first; what came again is waste.
//! Knows neither files nor proofs.

use crate::domain::octets::{ByteCount, ByteRange, RangeSet};
use crate::domain::source::{BytesBySource, SourceId};
use std::collections::BTreeMap;

/// A stretch of held octets, from its key in the ledger's map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Holding {
    end: u64,
    source: SourceId,
}

/// Which octets of a content are held, and from whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// By start; disjoint; neighbours from one source are merged.
    holdings: BTreeMap<u64, Holding>,
    wasted: BTreeMap<SourceId, ByteCount>,
}

impl Ledger {
    /// An empty account.
    pub fn new() -> Self {
        Self::default()
    }

    /// Enters `range` as given by `source`. Octets that are held already keep their source.
    ///
    /// Returns what of it is new, in order.
    pub fn hold(&mut self, range: ByteRange, source: SourceId) -> Vec<ByteRange> {
        let gaps = self.missing_of(range);
        for &gap in &gaps {
            self.enter(gap, source);
        }
        gaps
    }

    fn enter(&mut self, gap: ByteRange, source: SourceId) {
        let (mut start, mut end) = (gap.start(), gap.end());
        if let Some((&before, holding)) = self.holdings.range(..start).next_back()
            && holding.end == start
            && holding.source == source
        {
            start = before;
        }
        if let Some(after) = self.holdings.get(&end).copied()
            && after.source == source
        {
            self.holdings.remove(&end);
            end = after.end;
        }
        self.holdings.insert(start, Holding { end, source });
    }

    /// Strikes `range` out: its octets were found wrong or are gone.
    pub fn forget(&mut self, range: ByteRange) {
        let first =
            self.holdings.range(..=range.start()).next_back().map_or(range.start(), |(&start, _)| start);
        let touched: Vec<(u64, Holding)> =
            self.holdings.range(first..range.end()).map(|(&start, &holding)| (start, holding)).collect();
        for (start, holding) in touched {
            if holding.end <= range.start() {
                continue;
            }
            self.holdings.remove(&start);
            if start < range.start() {
                self.holdings.insert(start, Holding { end: range.start(), ..holding });
            }
            if holding.end > range.end() {
                self.holdings.insert(range.end(), holding);
            }
        }
    }

    /// Counts octets that `source` sent and nobody needed, or that were wrong.
    pub fn waste(&mut self, source: SourceId, count: ByteCount) {
        *self.wasted.entry(source).or_default() += count;
    }

    /// Whether every octet of `range` is held.
    pub fn is_held(&self, range: ByteRange) -> bool {
        self.missing_of(range).is_empty()
    }

    /// What of `range` is not held, in order.
    pub fn missing_of(&self, range: ByteRange) -> Vec<ByteRange> {
        let mut missing = Vec::new();
        let mut at = range.start();
        for (part, _) in self.parts(range) {
            missing.extend(ByteRange::new(at, part.start()));
            at = part.end();
        }
        missing.extend(ByteRange::new(at, range.end()));
        missing
    }

    /// What of `want` is not held.
    pub fn missing(&self, want: &RangeSet) -> RangeSet {
        want.iter().flat_map(|range| self.missing_of(range)).collect()
    }

    /// The held parts of `range` with their sources, in order.
    pub fn parts(&self, range: ByteRange) -> impl Iterator<Item = (ByteRange, SourceId)> + '_ {
        let first =
            self.holdings.range(..=range.start()).next_back().map_or(range.start(), |(&start, _)| start);
        self.holdings.range(first..range.end()).filter_map(move |(&start, holding)| {
            let part = ByteRange::new(start, holding.end)?.intersection(range)?;
            Some((part, holding.source))
        })
    }

    /// Everything held, in order.
    pub fn all(&self) -> impl Iterator<Item = (ByteRange, SourceId)> + '_ {
        self.holdings
            .iter()
            .filter_map(|(&start, holding)| Some((ByteRange::new(start, holding.end)?, holding.source)))
    }

    /// How many octets of `want` each source gave.
    pub fn by_source(&self, want: &RangeSet) -> BTreeMap<SourceId, ByteCount> {
        let mut given = BTreeMap::new();
        for (part, source) in want.iter().flat_map(|range| self.parts(range)) {
            *given.entry(source).or_insert(ByteCount::ZERO) += part.count();
        }
        given
    }

    /// How many octets of `want` each kind of source gave.
    pub fn by_kind(&self, want: &RangeSet) -> BytesBySource {
        let mut given = BytesBySource::default();
        for (source, count) in self.by_source(want) {
            given.add(source.kind, count);
        }
        given
    }

    /// What `source` sent in vain.
    pub fn wasted_by(&self, source: SourceId) -> ByteCount {
        self.wasted.get(&source).copied().unwrap_or_default()
    }

    /// What all sources sent in vain.
    pub fn wasted(&self) -> ByteCount {
        self.wasted.values().copied().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::source::SourceKind;

    const WEB: SourceId = SourceId { kind: SourceKind::WebSeed, number: 0 };

    fn range(start: u64, end: u64) -> ByteRange {
        ByteRange::new(start, end).expect("a test range is not empty")
    }

    #[test]
    fn the_first_proof_keeps_the_octet() {
        let mut ledger = Ledger::new();
        assert_eq!(ledger.hold(range(0, 10), SourceId::SWARM), [range(0, 10)]);
        assert_eq!(ledger.hold(range(5, 15), WEB), [range(10, 15)]);
        let parts: Vec<_> = ledger.all().collect();
        assert_eq!(parts, [(range(0, 10), SourceId::SWARM), (range(10, 15), WEB)]);
    }

    #[test]
    fn no_octet_is_counted_twice() {
        let mut random = fastrand::Rng::with_seed(3);
        let mut ledger = Ledger::new();
        let mut entered = ByteCount::ZERO;
        for _ in 0..2_000 {
            let start = random.u64(0..500);
            let source = if random.bool() { SourceId::SWARM } else { WEB };
            let new = ledger.hold(range(start, random.u64(start + 1..=520)), source);
            entered += new.into_iter().map(ByteRange::count).sum();
            if random.u8(..) < 20 {
                let start = random.u64(0..500);
                let struck = range(start, start + 5);
                let held: ByteCount = ledger.parts(struck).map(|(part, _)| part.count()).sum();
                ledger.forget(struck);
                entered = entered.saturating_sub(held);
            }
        }
        let everything = RangeSet::from_iter([range(0, 1_000)]);
        assert_eq!(ledger.by_kind(&everything).total(), entered);
        assert_eq!(everything.count(), entered + ledger.missing(&everything).count());
    }

    #[test]
    fn what_is_missing_is_told_inside_what_is_wanted() {
        let mut ledger = Ledger::new();
        ledger.hold(range(10, 20), WEB);
        let want = RangeSet::from_iter([range(0, 12), range(18, 25)]);
        assert_eq!(ledger.missing(&want), RangeSet::from_iter([range(0, 10), range(20, 25)]));
        assert_eq!(ledger.by_kind(&want).get(SourceKind::WebSeed), ByteCount(4));
    }

    #[test]
    fn what_is_struck_out_is_missing_again() {
        let mut ledger = Ledger::new();
        ledger.hold(range(0, 30), WEB);
        ledger.forget(range(10, 20));
        assert_eq!(ledger.missing_of(range(0, 30)), [range(10, 20)]);
        assert!(ledger.is_held(range(20, 30)));
    }

    #[test]
    fn waste_is_kept_by_source() {
        let mut ledger = Ledger::new();
        ledger.waste(WEB, ByteCount(7));
        ledger.waste(SourceId::SWARM, ByteCount(1));
        assert_eq!((ledger.wasted_by(WEB), ledger.wasted()), (ByteCount(7), ByteCount(8)));
    }
}
