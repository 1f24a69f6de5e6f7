//! Chooses what an idle HTTP source fetches next, what it takes over from a slow one, and what it leaves to peers.
//!
//! In: what is open, how sources stand, what they are asked for, and what peers hold. Out: choices; changes nothing.
//! In a crowd that starts together nobody holds anything: each client then fetches the pieces that fall to it
//! (`swarm::allotment`) and passes them on, so that the publisher sends each piece about once (Kumar and Ross 2006).

use super::claims::{ClaimList, RangeClaim};
use super::need::Need;
use super::sources::SourceList;
use super::swarm_watch::SwarmWatch;
use super::{Asking, FetchId, Ledger};
use crate::domain::octets::ByteRange;
use crate::domain::source::SourceId;
use crate::domain::utc::SteadyTime;
use crate::transfer::assembly::ContentGrid;
use crate::transfer::http_source::{HttpSource, Manner};
use std::time::Duration;

/// Longest range asked at once: long enough to hide 100 ms of latency on two connections.
const LONGEST_RANGE: u64 = 16 << 20;

/// Shortest range that is worth a request while more is open.
const SHORTEST_RANGE: u64 = 2 << 20;

/// Longest range asked of a source that has not given anything right yet.
const FIRST_RANGE: u64 = 4 << 20;

/// Least that is asked at once beside peers, in octets: what a connection has begun is not worth another request.
const LEAST: u64 = 128 << 10;

/// A fetch that has been silent for so long may be overtaken by an idle source.
const SILENT: Duration = Duration::from_secs(1);

/// What was begun is begun anew by another source when that needs so many times less.
const FAR_SOONER: u32 = 4;

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

/// A choice of what to fetch, before it is asked for.
#[derive(Debug)]
pub(super) struct ChosenFetch {
    pub(super) source: SourceId,
    /// The file that holds the first octet.
    pub(super) file: usize,
    pub(super) range: ByteRange,
    pub(super) asking: Asking,
}

/// A request that ends before its end.
#[derive(Debug)]
pub(super) struct ShortenedFetch {
    pub(super) fetch: FetchId,
    /// What it still brings. `None` when it brings nothing more.
    pub(super) kept: Option<ByteRange>,
    /// What it leaves to others.
    pub(super) left: ByteRange,
}

/// Looks at one moment of a transfer.
pub(super) struct Chooser<'a> {
    pub(super) need: &'a Need,
    pub(super) sources: &'a SourceList,
    pub(super) claims: &'a ClaimList,
    pub(super) swarm: &'a SwarmWatch,
    /// Most requests at a time to one host.
    pub(super) most_at_once: usize,
    /// The share of a source that one request takes while several are allowed.
    pub(super) connections_per_host: usize,
    pub(super) now: SteadyTime,
}

impl Chooser<'_> {
    /// The next fetch of the least busy source that can do one. `chance` is any number.
    pub(super) fn next_fetch(&self, allowance: HttpAllowance, chance: usize) -> Option<ChosenFetch> {
        let mut idle: Vec<&HttpSource> = self.idle_sources().collect();
        idle.sort_by_key(|source| {
            let rate = source.rate.per_second().unwrap_or(0.0) as u64;
            (self.claims.count_of(source.brief.id), std::cmp::Reverse(rate))
        });
        idle.into_iter().find_map(|source| self.pick(source, allowance, chance))
    }

    /// Sources that may be asked for more: their host has a connection left, and their first answer is not awaited.
    fn idle_sources(&self) -> impl Iterator<Item = &HttpSource> {
        let host_of =
            |claim: &RangeClaim| self.sources.of(claim.source).map(|source| source.brief.host.as_str());
        self.sources.all().iter().filter(move |source| {
            let on_host = self
                .claims
                .iter()
                .filter(|(_, claim)| host_of(claim) == Some(source.brief.host.as_str()))
                .count();
            on_host < self.most_at_once && (source.has_answered || self.claims.count_of(source.brief.id) == 0)
        })
    }

    /// What `source` should fetch of what is open: in order, or at random while peers are there.
    fn pick(&self, source: &HttpSource, allowance: HttpAllowance, chance: usize) -> Option<ChosenFetch> {
        if source.parts().next().is_some() {
            // What it has may lie anywhere: each time another gap is tried first.
            let gaps: Vec<ByteRange> = self.need.open().iter().collect();
            let first = spread(self.claims.next_number()) % gaps.len().max(1);
            let (before, after) = gaps.split_at(first);
            return after.iter().chain(before).find_map(|gap| self.pick_in(*gap, source));
        }
        if self.swarm.view().peers_live > 0 {
            let runs = self.runs_beside_peers(allowance, chance);
            return runs.into_iter().find_map(|run| self.pick_in(run, source));
        }
        self.need.open().iter().find_map(|gap| self.pick_in(gap, source))
    }

    /// Runs of open pieces, best first: of what peers lack what falls to us, then the rest of it, then what they do not give
    /// now, then everything. Each begins at a place that `chance` chooses.
    pub(super) fn runs_beside_peers(&self, allowance: HttpAllowance, chance: usize) -> Vec<ByteRange> {
        let offers = self.swarm.offers();
        let is_lacking = |piece: u32| self.swarm.lacks(piece);
        let is_mine = |piece: u32| offers.is_none_or(|offers| offers.mine.has(piece));
        let mut runs = self.need.runs_where(&|piece| is_lacking(piece) && is_mine(piece), chance);
        if allowance == HttpAllowance::Everything || self.swarm.leaves_us_others_part(self.now) {
            runs.extend(self.need.runs_where(&|piece| is_lacking(piece) && !is_mine(piece), chance));
        }
        if allowance == HttpAllowance::Everything {
            let is_still = |piece: u32| offers.is_none_or(|offers| !offers.in_flight.has(piece));
            runs.extend(self.need.runs_where(&is_still, chance));
            runs.extend(self.need.runs_where(&|_| true, chance));
        }
        runs
    }

    fn pick_in(&self, gap: ByteRange, source: &HttpSource) -> Option<ChosenFetch> {
        let (need, layout) = (self.need, self.need.layout());
        need.files_of(gap).into_iter().find_map(|file| {
            let manner = source.manner(file, self.now)?;
            let of_file = need.grid().widened(layout.files()[file].range()?).intersection(gap)?;
            let run = self.trimmed(of_file, source)?;
            let (range, asking) = match manner {
                Manner::Ranges => (self.chunk_of(run, source), Asking::Range),
                Manner::WholeFile => (run, Asking::Whole),
                Manner::PieceByPiece => (self.untried_piece(run, source, file)?, Asking::Range),
            };
            let file = need.first_file_of(range).unwrap_or(file);
            Some(ChosenFetch { source: source.brief.id, file, range, asking })
        })
    }

    /// `run` without pieces at its ends that reach into a file which the source does not give.
    fn trimmed(&self, run: ByteRange, source: &HttpSource) -> Option<ByteRange> {
        let ContentGrid::Pieces(layout) = self.need.grid() else { return Some(run) };
        let gives = |piece: u32| {
            let range = layout.piece_range(piece);
            range.is_some_and(|range| {
                self.need.files_of(range).iter().all(|&file| source.manner(file, self.now).is_some())
            })
        };
        let mut pieces = layout.pieces_of(run);
        if !gives(pieces.start) {
            pieces.start += 1;
        }
        if pieces.end > pieces.start && !gives(pieces.end - 1) {
            pieces.end -= 1;
        }
        let end = layout.piece_range(pieces.end.checked_sub(1)?)?.end();
        ByteRange::new(u64::from(pieces.start) * layout.piece_length(), end)?.intersection(run)
    }

    /// The part of `run` that one request should ask for.
    fn chunk_of(&self, run: ByteRange, source: &HttpSource) -> ByteRange {
        let unit = self.need.grid().unit_length();
        let share = self.need.open().count().0 / (2 * self.connections_per_host as u64);
        // Who has given nothing right yet may be somebody who never does.
        let longest = if source.has_given { LONGEST_RANGE } else { FIRST_RANGE };
        let length = match self.swarm.view().peers_live {
            0 => share.clamp(SHORTEST_RANGE, longest),
            // The less is left, the less is claimed at once: peers may be sooner with the rest.
            _ => self.given_in_a_second(source).min(share.max(unit)).min(longest),
        };
        let end = (run.start() / unit * unit).saturating_add(length.div_ceil(unit).saturating_mul(unit));
        ByteRange::new(run.start(), end.min(run.end())).unwrap_or(run)
    }

    /// What one connection to a source gives in a second.
    fn given_in_a_second(&self, source: &HttpSource) -> u64 {
        let connections = self.claims.count_of(source.brief.id).max(1);
        let rate = source.rate.per_second().unwrap_or(0.0) / connections as f64;
        (rate as u64).max(LEAST)
    }

    /// A missing piece that the source has not sent wrongly yet, unless it is being asked for one already.
    fn untried_piece(&self, run: ByteRange, source: &HttpSource, file: usize) -> Option<ByteRange> {
        let is_asked =
            self.claims.iter().any(|(_, claim)| claim.source == source.brief.id && claim.file == file);
        if is_asked {
            return None;
        }
        let layout = self.need.layout();
        let untried = || layout.pieces_of(run).filter(|&piece| !source.lacks(file, piece));
        // Which part it has is found soonest here and there, and by others elsewhere.
        let skipped = match source.parts().any(|of| of == file) {
            true => spread(self.claims.next_number()) % untried().count().max(1),
            false => 0,
        };
        untried().nth(skipped).and_then(|piece| layout.piece_range(piece))
    }

    /// Nothing is open: an idle source takes over what a silent one was asked for, or the tail of what a slow one was.
    pub(super) fn overtaking(&self, ledger: &Ledger) -> Option<(ShortenedFetch, ChosenFetch)> {
        self.idle_sources().filter(|source| source.rate.per_second().is_some()).find_map(|thief| {
            let (fetch, claim, taken) = self.claims.iter().find_map(|(fetch, claim)| {
                let is_other = claim.source != thief.brief.id && claim.asking == Asking::Range;
                let manner = thief.manner(claim.file, self.now)?;
                let taken = (is_other && manner == Manner::Ranges)
                    .then(|| self.worth_taking(claim, thief, ledger))??;
                Some((fetch, claim, taken))
            })?;
            let kept = ByteRange::new(claim.range.start(), taken.start());
            let cut = ShortenedFetch { fetch, kept: kept.filter(|kept| !ledger.is_held(*kept)), left: taken };
            let file = self.need.first_file_of(taken).unwrap_or(claim.file);
            Some((cut, ChosenFetch { source: thief.brief.id, file, range: taken, asking: Asking::Range }))
        })
    }

    /// What `thief` should take of a claim: all that is missing when it is silent, the far half when it is slow;
    /// and the last unit, which cannot be halved, when it gets that far sooner from its beginning.
    fn worth_taking(&self, claim: &RangeClaim, thief: &HttpSource, ledger: &Ledger) -> Option<ByteRange> {
        let missing = ledger.missing_of(claim.range);
        let left = ByteRange::new(missing.first()?.start(), missing.last()?.end())?;
        if self.now.since(claim.last_byte) >= SILENT {
            return Some(left);
        }
        let time = claim.rate.time_for(left.count()).filter(|time| *time > 2 * SILENT)?;
        let unit = self.need.grid().unit_length();
        let middle = (left.start() + left.count().0 / 2).div_ceil(unit) * unit;
        if middle < left.end() && middle > left.start() {
            return ByteRange::new(middle, left.end());
        }
        let anew = thief.rate.time_for(left.count())?;
        (time > FAR_SOONER * anew).then_some(left)
    }

    /// Peers came while long ranges were on their way: what lies beyond the next second of each is left to them.
    pub(super) fn left_to_peers(&self, ledger: &Ledger) -> Vec<ShortenedFetch> {
        if self.swarm.view().peers_live == 0 {
            return Vec::new();
        }
        let unit = self.need.grid().unit_length();
        let answered =
            self.claims.iter().filter(|(_, claim)| claim.asking == Asking::Range && claim.has_answered);
        answered
            .filter_map(|(fetch, claim)| {
                let next = ledger.missing_of(claim.range).first()?.start();
                let second = claim.rate.per_second().map_or(LEAST, |rate| (rate as u64).max(LEAST));
                let end = (next / unit + 1 + second.div_ceil(unit)).saturating_mul(unit);
                let is_long = end.saturating_add(unit) < claim.range.end();
                let kept = ByteRange::new(claim.range.start(), end).filter(|_| is_long)?;
                Some(ShortenedFetch {
                    fetch,
                    kept: Some(kept),
                    left: ByteRange::new(end, claim.range.end())?,
                })
            })
            .collect()
    }
}

/// A number that tells nothing of the one before: the golden ratio, by Knuth.
fn spread(number: u32) -> usize {
    (number.wrapping_mul(0x9E37_79B9) >> 16) as usize
}
