//! Sees what is silent, stuck or over: watchdogs of fetches, and the end of a transfer.
//!
//! In: the time since bytes came. Out: orders to cancel, complete or fail.

use super::{Conductor, FetchId, Ledger, Order, SwarmHope};
use crate::domain::octets::ByteCount;
use crate::transfer::reason::Reason;
use std::time::Duration;

/// Without a byte for so long, a fetch is stalled.
const STALLED: Duration = Duration::from_secs(5);

/// A fetch that brings less than [`TRICKLE`] in this span is as good as stalled.
const TRICKLE_SPAN: Duration = Duration::from_secs(10);
const TRICKLE: ByteCount = ByteCount(10 << 10);

/// Peers that a live tracker may send to us are waited for so long when there is nothing else.
const VISITORS: Duration = Duration::from_secs(10);

impl Conductor {
    /// Looks for fetches and peers that are stuck.
    pub(super) fn watch(&mut self, ledger: &Ledger) {
        for fetch in self.stalled_fetches() {
            let Some(claim) = self.claims.get(&fetch).cloned() else { continue };
            self.cancel(fetch, ledger);
            let reason = if claim.has_answered { Reason::Stalled } else { Reason::NoAnswer };
            self.note_fault(&claim, reason);
        }
    }

    fn stalled_fetches(&mut self) -> Vec<FetchId> {
        let mut stalled = Vec::new();
        for (&fetch, claim) in &mut self.claims {
            let is_silent = self.now.since(claim.last_byte) >= STALLED;
            let mut trickles = false;
            if self.now.since(claim.span.0) >= TRICKLE_SPAN {
                trickles = claim.span.1 < TRICKLE;
                claim.span = (self.now, ByteCount::ZERO);
            }
            if is_silent || trickles {
                stalled.push(fetch);
            }
        }
        stalled
    }

    /// Ends the transfer when all is held, or when nobody can give what is missing.
    pub(super) fn end_if_over(&mut self) {
        let end = if self.missing == ByteCount::ZERO {
            Order::Complete
        } else if self.is_exhausted() {
            Order::Fail
        } else {
            return;
        };
        self.is_over = true;
        for (fetch, claim) in std::mem::take(&mut self.claims) {
            self.cancelled.insert(fetch, claim.source);
            self.orders.push(Order::Cancel(fetch));
        }
        self.orders.push(end);
    }

    fn is_exhausted(&mut self) -> bool {
        self.claims.is_empty() && !self.http_is_hopeful() && !self.swarm_is_hopeful()
    }

    /// Whether some source may yet give something that is missing, down to a single piece: what no source can be asked
    /// for is not waited for. Sources set aside for better ones are taken back when those are gone.
    fn http_is_hopeful(&mut self) -> bool {
        if !self.fallback.policy().allows_http() {
            return false;
        }
        let files: Vec<usize> = {
            let mut files: Vec<usize> = self.open.iter().flat_map(|gap| self.files_of(gap)).collect();
            files.dedup();
            files
        };
        for source in 0..self.sources.len() {
            for &file in &files {
                if !self.sources[source].is_hopeful(file, self.now) {
                    continue;
                }
                if self.can_be_asked(source, file) {
                    return true;
                }
                self.sources[source].on_nothing_left(file);
            }
        }
        let most = self.most_wrong_pieces();
        let mut returned = false;
        for source in 0..self.sources.len() {
            for &file in &files {
                let may_help = self.could_be_asked(source, file);
                returned |= may_help && self.sources[source].take_back(file, most);
            }
        }
        returned
    }

    fn swarm_is_hopeful(&self) -> bool {
        if self.swarm.hope == SwarmHope::None {
            return false;
        }
        // Octets that turn out wrong are no progress, or a hostile peer would be waited for until the end of time.
        let sends_wrong_data = self.swarm.seen.trouble.as_ref().is_some_and(Reason::is_wrong_data);
        let last_bytes = if sends_wrong_data { self.last_progress } else { self.swarm.last_bytes };
        let idle = self.now.since(self.last_progress.max(last_bytes));
        let may_be_visited = self.swarm.seen.trackers_told > 0 && idle < VISITORS.min(self.patience);
        let may_return = self.swarm.seen.peers_failed > 0;
        ((self.swarm.view.can_provide() || may_return) && idle < self.patience) || may_be_visited
    }
}
