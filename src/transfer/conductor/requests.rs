//! What is asked of HTTP sources, kept in step with what is open: what a request is to bring is open to no other.
//!
//! In: choices to ask, cut short or cancel. Out: the orders that follow.

use super::chooser::{ChosenFetch, ShortenedFetch};
use super::claims::{ClaimList, EndedClaim, RangeClaim};
use super::need::Need;
use super::{Asking, FetchId, Ledger, Order};
use crate::domain::octets::{ByteCount, ByteRange};
use crate::domain::source::SourceId;
use crate::domain::utc::SteadyTime;

/// What is needed, what of it is asked for, and the orders that follow from the fact at hand.
#[derive(Debug)]
pub(super) struct Requests {
    pub(super) need: Need,
    pub(super) claims: ClaimList,
    pub(super) orders: Vec<Order>,
}

impl Requests {
    /// Nothing is asked for yet.
    pub(super) fn new(need: Need) -> Self {
        Self { need, claims: ClaimList::default(), orders: Vec::new() }
    }

    /// Counts what `ledger` lacks, and hands over what is whole.
    pub(super) fn begin(&mut self, ledger: &Ledger) {
        let whole = self.need.begin(ledger);
        self.orders.extend(whole.into_iter().map(Order::HandOver));
    }

    /// `source` brought the unit `range`.
    pub(super) fn hold(&mut self, range: ByteRange, source: SourceId, ledger: &mut Ledger) {
        let new = ledger.hold(range, source);
        let count: ByteCount = new.iter().map(|part| part.count()).sum();
        ledger.waste(source, range.count().saturating_sub(count));
        let whole = self.need.hold(range, &new);
        self.orders.extend(whole.into_iter().map(Order::HandOver));
    }

    /// Sends a request.
    pub(super) fn ask(&mut self, fetch: ChosenFetch, now: SteadyTime) {
        let ChosenFetch { source, file, range, asking } = fetch;
        self.need.close(range);
        let id = self.claims.begin(RangeClaim::new(source, file, range, asking, now));
        self.orders.push(Order::Fetch { id, source, range, asking });
    }

    /// A request is answered with the whole of `file` by `source`, which is `whole` of the content. It brings what the
    /// others to the same file were to bring.
    pub(super) fn widen(&mut self, fetch: FetchId, whole: ByteRange) {
        let Some(claim) = self.claims.get_mut(fetch) else { return };
        let (source, file) = (claim.source, claim.file);
        (claim.range, claim.asking) = (whole, Asking::Whole);
        self.need.close(whole);
        for twin in self.claims.of_files(source, &[file]).into_iter().filter(|twin| *twin != fetch) {
            self.claims.cancel(twin);
            self.orders.push(Order::Cancel(twin));
        }
    }

    /// A request ends before its end; the rest is open again. Returns the request when it brings nothing more.
    pub(super) fn cut(&mut self, cut: &ShortenedFetch, ledger: &Ledger) -> Option<RangeClaim> {
        let Some(kept) = cut.kept else { return self.cancel(cut.fetch, ledger) };
        self.claims.get_mut(cut.fetch)?.range = kept;
        self.orders.push(Order::Shorten(cut.fetch, kept.end()));
        self.need.reopen(cut.left, ledger, self.claims.ranges());
        None
    }

    /// Drops a request; what it was to bring is open again.
    pub(super) fn cancel(&mut self, fetch: FetchId, ledger: &Ledger) -> Option<RangeClaim> {
        let claim = self.claims.cancel(fetch)?;
        self.need.reopen(claim.range, ledger, self.claims.ranges());
        self.orders.push(Order::Cancel(fetch));
        Some(claim)
    }

    /// A request has ended by itself; what it did not bring is open again. Returns it, unless it was cancelled before.
    pub(super) fn end(&mut self, fetch: FetchId, lost: ByteCount, ledger: &mut Ledger) -> Option<RangeClaim> {
        match self.claims.end(fetch) {
            EndedClaim::UnderWay(claim) => {
                ledger.waste(claim.source, lost);
                self.need.reopen(claim.range, ledger, self.claims.ranges());
                Some(claim)
            }
            EndedClaim::Cancelled(source) => {
                ledger.waste(source, lost);
                None
            }
            EndedClaim::Unknown => None,
        }
    }

    /// The transfer is over: nothing more is asked for.
    pub(super) fn finish(&mut self, end: Order) {
        self.orders.extend(self.claims.cancel_all().into_iter().map(Order::Cancel));
        self.orders.push(end);
    }
}
