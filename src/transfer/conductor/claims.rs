//! What HTTP sources are asked for: requests on their way, and those that were cancelled and have not ended yet.
//!
//! In: requests, and what is seen of their answers. Out: who is asked for what, and which requests are stuck.

use super::{Asking, FetchId};
use crate::domain::octets::{ByteCount, ByteRange};
use crate::domain::rate::Rate;
use crate::domain::source::SourceId;
use crate::domain::utc::SteadyTime;
use std::collections::BTreeMap;
use std::time::Duration;

/// Without a byte for so long, a fetch is stalled.
const STALLED: Duration = Duration::from_secs(5);

/// A fetch that brings less than [`TRICKLE`] in this span is as good as stalled.
const TRICKLE_SPAN: Duration = Duration::from_secs(10);
const TRICKLE: ByteCount = ByteCount(10 << 10);

/// A range that a source was asked for.
#[derive(Clone, Debug)]
pub(super) struct RangeClaim {
    pub(super) source: SourceId,
    pub(super) range: ByteRange,
    /// File that holds its first octet: the one whose answer is awaited first.
    pub(super) file: usize,
    pub(super) asking: Asking,
    pub(super) has_answered: bool,
    pub(super) last_byte: SteadyTime,
    pub(super) rate: Rate,
    /// Start of the span in which a trickle is measured, and what came in it.
    span: (SteadyTime, ByteCount),
}

impl RangeClaim {
    /// A request that is sent now.
    pub(super) fn new(
        source: SourceId,
        file: usize,
        range: ByteRange,
        asking: Asking,
        now: SteadyTime,
    ) -> Self {
        Self {
            source,
            range,
            file,
            asking,
            has_answered: false,
            last_byte: now,
            rate: Rate::default(),
            span: (now, ByteCount::ZERO),
        }
    }

    /// Octets of it came.
    pub(super) fn on_received(&mut self, octets: ByteCount, now: SteadyTime) {
        self.last_byte = now;
        self.span.1 += octets;
        self.rate.add(octets, now);
    }

    /// The head of its answer came.
    pub(super) fn on_answered(&mut self, now: SteadyTime) {
        self.has_answered = true;
        self.last_byte = now;
    }

    /// Whether it is silent, or brings next to nothing.
    fn is_stalled(&mut self, now: SteadyTime) -> bool {
        let is_silent = now.since(self.last_byte) >= STALLED;
        let mut trickles = false;
        if now.since(self.span.0) >= TRICKLE_SPAN {
            trickles = self.span.1 < TRICKLE;
            self.span = (now, ByteCount::ZERO);
        }
        is_silent || trickles
    }
}

/// What a request was when it ended.
#[derive(Debug)]
pub(super) enum EndedClaim {
    /// It was under way.
    UnderWay(RangeClaim),
    /// It had been cancelled; what it lost was asked of this source.
    Cancelled(SourceId),
    /// It ended before, or never was.
    Unknown,
}

/// All requests of one transfer.
#[derive(Debug, Default)]
pub(super) struct ClaimList {
    under_way: BTreeMap<FetchId, RangeClaim>,
    /// What was cancelled and has not ended yet: what it loses is still counted.
    cancelled: BTreeMap<FetchId, SourceId>,
    next: u32,
}

impl ClaimList {
    /// The number of the next request.
    pub(super) fn next_number(&self) -> u32 {
        self.next
    }

    /// A request is sent.
    pub(super) fn begin(&mut self, claim: RangeClaim) -> FetchId {
        let id = FetchId(self.next);
        self.next += 1;
        self.under_way.insert(id, claim);
        id
    }

    pub(super) fn get_mut(&mut self, fetch: FetchId) -> Option<&mut RangeClaim> {
        self.under_way.get_mut(&fetch)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (FetchId, &RangeClaim)> {
        self.under_way.iter().map(|(fetch, claim)| (*fetch, claim))
    }

    /// What is asked for and has not come.
    pub(super) fn ranges(&self) -> impl Iterator<Item = ByteRange> {
        self.under_way.values().map(|claim| claim.range)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.under_way.is_empty()
    }

    /// How many requests are on their way to `source`.
    pub(super) fn count_of(&self, source: SourceId) -> usize {
        self.under_way.values().filter(|claim| claim.source == source).count()
    }

    /// Who was asked, also when the request was cancelled.
    pub(super) fn source_of(&self, fetch: FetchId) -> Option<SourceId> {
        let under_way = self.under_way.get(&fetch).map(|claim| claim.source);
        under_way.or_else(|| self.cancelled.get(&fetch).copied())
    }

    /// Requests to `source` that begin in one of `files`.
    pub(super) fn of_files(&self, source: SourceId, files: &[usize]) -> Vec<FetchId> {
        let of_files = |claim: &RangeClaim| claim.source == source && files.contains(&claim.file);
        self.iter().filter(|(_, claim)| of_files(claim)).map(|(fetch, _)| fetch).collect()
    }

    /// Takes a request out that is to be cancelled.
    pub(super) fn cancel(&mut self, fetch: FetchId) -> Option<RangeClaim> {
        let claim = self.under_way.remove(&fetch)?;
        self.cancelled.insert(fetch, claim.source);
        Some(claim)
    }

    /// The same for every request.
    pub(super) fn cancel_all(&mut self) -> Vec<FetchId> {
        let all = std::mem::take(&mut self.under_way);
        self.cancelled.extend(all.iter().map(|(fetch, claim)| (*fetch, claim.source)));
        all.into_keys().collect()
    }

    /// A request has ended.
    pub(super) fn end(&mut self, fetch: FetchId) -> EndedClaim {
        if let Some(claim) = self.under_way.remove(&fetch) {
            return EndedClaim::UnderWay(claim);
        }
        self.cancelled.remove(&fetch).map_or(EndedClaim::Unknown, EndedClaim::Cancelled)
    }

    /// Requests that are silent or bring next to nothing.
    pub(super) fn stalled(&mut self, now: SteadyTime) -> Vec<FetchId> {
        let stalled =
            self.under_way.iter_mut().filter_map(|(fetch, claim)| claim.is_stalled(now).then_some(*fetch));
        stalled.collect()
    }
}
