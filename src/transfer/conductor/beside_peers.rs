//! What HTTP fetches while peers give as well.
//!
//! In: what peers hold and are giving, and whether they suffice. Out: the share of HTTP, and runs of pieces by chance.
//! In a crowd that starts together nobody holds anything: each client then fetches the pieces that fall to it
//! (`swarm::allotment`) and passes them on, so that the publisher sends each piece about once (Kumar and Ross 2006).

use super::{Asking, Conductor, FetchId, Ledger, Order};
use crate::domain::octets::ByteRange;
use crate::transfer::assembly::ContentGrid;
use crate::transfer::fallback::Policy;
use std::time::Duration;

/// Least that is asked at once beside peers, in octets: what a connection has begun is not worth another request.
const LEAST: u64 = 128 << 10;

/// While peers lack so many pieces for each client of the crowd, two seldom fetch the same one.
const MANY_A_CLIENT: usize = 4;

/// When nothing came of what falls to others for so long, they are not waited for.
const STANDSTILL: Duration = Duration::from_secs(3);

/// A peer that has just come has not told yet what it holds.
const INTRODUCTION: Duration = Duration::from_millis(200);

/// So long after the first peer, or until so many are there, those who are called are waited for.
const MEETING: Duration = Duration::from_millis(500);
const MET: usize = 10;

/// What HTTP may fetch now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HttpAllowance {
    /// Nothing: peers are being looked for, or suffice.
    Nothing,
    /// Pieces that no connected peer holds or gives.
    WhatPeersLack,
    /// Whatever is missing, and what peers lack first.
    Everything,
}

impl Conductor {
    /// How far HTTP takes part now.
    pub(super) fn share_of_http(&mut self) -> HttpAllowance {
        if self.fallback.http_may_run(&self.swarm.view, self.missing, &self.http_rate, self.now) {
            return HttpAllowance::Everything;
        }
        let is_beside_peers = self.fallback.policy() == Policy::SwarmFirst
            && self.swarm.view.peers_live > 0
            && !self.is_meeting_peers()
            && self.swarm.seen.offers.is_some()
            && matches!(self.grid, ContentGrid::Pieces(_));
        if is_beside_peers { HttpAllowance::WhatPeersLack } else { HttpAllowance::Nothing }
    }

    /// Whether the first peers have just come and others are being called: what these hold is not known yet.
    fn is_meeting_peers(&self) -> bool {
        let since = self.now.since(self.fallback.peers_since());
        let are_called = self.swarm.view.peers_hoped > 0 && self.swarm.view.peers_live < MET;
        since < INTRODUCTION || (since < MEETING && are_called)
    }

    /// Whether HTTP could fetch something of what is missing, now or after a pause.
    pub fn http_may_help(&self) -> bool {
        self.fallback.policy().allows_http()
            && self
                .sources
                .iter()
                .any(|source| (0..self.layout().files().len()).any(|file| source.is_hopeful(file, self.now)))
    }

    /// Runs of open pieces, best first: of what peers lack what falls to us, then the rest of it, then what they do not give
    /// now, then everything. Each begins at a place that `chance` chooses.
    pub(super) fn runs_beside_peers(&self, share: HttpAllowance, chance: usize) -> Vec<ByteRange> {
        let offers = self.swarm.seen.offers.as_deref();
        let is_mine = |piece: u32| offers.is_none_or(|offers| offers.mine.has(piece));
        let mut runs = self.runs_where(&|piece| self.peers_lack(piece) && is_mine(piece), chance);
        if share == HttpAllowance::Everything || self.may_fetch_for_others() {
            runs.extend(self.runs_where(&|piece| self.peers_lack(piece) && !is_mine(piece), chance));
        }
        if share == HttpAllowance::Everything {
            let is_still = |piece: u32| offers.is_none_or(|offers| !offers.in_flight.has(piece));
            runs.extend(self.runs_where(&is_still, chance));
            runs.extend(self.runs_where(&|_| true, chance));
        }
        runs
    }

    fn peers_lack(&self, piece: u32) -> bool {
        let offers = self.swarm.seen.offers.as_deref();
        offers.is_none_or(|offers| !offers.offered.has(piece) && !offers.in_flight.has(piece))
    }

    /// Whether others want the same and peers do give: one request at a time, then, so that a piece is whole and
    /// can be passed on before the next one is begun.
    pub(super) fn is_in_crowd(&self) -> bool {
        self.swarm.view.peers_live > 0
            && self.swarm.seen.offers.as_ref().is_some_and(|offers| offers.others > 0)
            && self.fallback.policy() == Policy::SwarmFirst
    }

    /// How many pieces are lacking of what no peer holds or gives.
    pub(super) fn note_lacking(&mut self) {
        let layout = self.layout();
        let open = self.open.iter().flat_map(|gap| layout.pieces_of(gap));
        let lacking = open.filter(|piece| self.peers_lack(*piece)).count();
        if lacking != self.swarm.lacking.0 {
            self.swarm.lacking = (lacking, self.now);
        }
    }

    /// Whether to fetch what falls to others: while there is much of it, or when they do not get on with it. Two would
    /// fetch the same otherwise.
    fn may_fetch_for_others(&self) -> bool {
        let others = self.swarm.seen.offers.as_ref().map_or(0, |offers| offers.others);
        let (lacking, since) = self.swarm.lacking;
        lacking >= MANY_A_CLIENT * others || self.now.since(since) >= STANDSTILL
    }

    /// The runs of open pieces for which `is_meant` says so, turned so that the first begins at a random piece of them.
    fn runs_where(&self, is_meant: &dyn Fn(u32) -> bool, chance: usize) -> Vec<ByteRange> {
        let layout = self.layout();
        if matches!(self.grid, ContentGrid::Blocks(_)) {
            return self.open.iter().collect();
        }
        let mut runs: Vec<std::ops::Range<u32>> = Vec::new();
        for piece in self.open.iter().flat_map(|gap| layout.pieces_of(gap)).filter(|piece| is_meant(*piece)) {
            match runs.last_mut() {
                Some(run) if run.end == piece => run.end += 1,
                Some(run) if run.contains(&piece) => {}
                _ => runs.push(piece..piece + 1),
            }
        }
        let total: usize = runs.iter().map(ExactSizeIterator::len).sum();
        if total == 0 {
            return Vec::new();
        }
        let mut skip = (chance % total) as u32;
        let first = runs.iter().position(|run| {
            let is_here = skip < run.end - run.start;
            if !is_here {
                skip -= run.end - run.start;
            }
            is_here
        });
        let first = first.unwrap_or(0);
        let run = runs[first].clone();
        let (before, after) = (run.start..run.start + skip, run.start + skip..run.end);
        let earlier = runs[..first].iter().cloned();
        let later = runs[first + 1..].iter().cloned();
        let turned = std::iter::once(after).chain(later).chain(earlier).chain(std::iter::once(before));
        let range = |run: std::ops::Range<u32>| {
            let end = layout.piece_range(run.end.checked_sub(1)?)?.end();
            ByteRange::new(layout.piece_range(run.start)?.start(), end)
        };
        turned.filter(|run| !run.is_empty()).filter_map(range).collect()
    }

    /// What one connection to a source gives in a second.
    pub(super) fn given_in_a_second(&self, source: usize) -> u64 {
        let source = &self.sources[source];
        let connections = self.claims.values().filter(|claim| claim.source == source.id()).count().max(1);
        let rate = source.rate.per_second().unwrap_or(0.0) / connections as f64;
        (rate as u64).max(LEAST)
    }

    /// Peers came while a long range was on its way: what lies beyond the next second of it is left to them.
    pub(super) fn shorten_beside_peers(&mut self, share: HttpAllowance, ledger: &Ledger) {
        if share == HttpAllowance::Everything || self.swarm.view.peers_live == 0 {
            return;
        }
        let unit = self.grid.unit_length();
        let long: Vec<(FetchId, ByteRange, u64)> = self
            .claims
            .iter()
            .filter(|(_, claim)| claim.asking == Asking::Range && claim.has_answered)
            .filter_map(|(fetch, claim)| {
                let next = ledger.missing_of(claim.range).first()?.start();
                let second = claim.rate.per_second().map_or(LEAST, |rate| (rate as u64).max(LEAST));
                let end = (next / unit + 1 + second.div_ceil(unit)).saturating_mul(unit);
                (end.saturating_add(unit) < claim.range.end()).then_some((*fetch, claim.range, end))
            })
            .collect();
        for (fetch, range, end) in long {
            let Some(kept) = ByteRange::new(range.start(), end) else { continue };
            if let Some(claim) = self.claims.get_mut(&fetch) {
                claim.range = kept;
            }
            self.orders.push(Order::Shorten(fetch, end));
            if let Some(rest) = ByteRange::new(end, range.end()) {
                self.reopen(rest, ledger);
            }
        }
    }
}
