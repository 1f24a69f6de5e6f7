//! Chooses what each idle HTTP source fetches next, and lets fast sources overtake slow ones at the end.
//!
//! In: what is open, how sources stand, and what peers hold (`beside_peers`). Out: orders to fetch, shorten and cancel.

use super::beside_peers::HttpAllowance;
use super::{Asking, Claim, Conductor, FetchId, Ledger, Order};
use crate::domain::octets::{ByteCount, ByteRange};
use crate::domain::rate::Rate;
use crate::transfer::assembly::ContentGrid;
use crate::transfer::http_source::{HttpSource, Manner};
use std::time::Duration;

/// Longest range asked at once: long enough to hide 100 ms of latency on two connections.
const LONGEST_RANGE: u64 = 16 << 20;

/// Shortest range that is worth a request while more is open.
const SHORTEST_RANGE: u64 = 2 << 20;

/// Longest range asked of a source that has not given anything right yet.
const FIRST_RANGE: u64 = 4 << 20;

/// A fetch that has been silent for so long may be overtaken by an idle source.
const SILENT: Duration = Duration::from_secs(1);

/// What was begun is begun anew by another source when that needs so many times less.
const FAR_SOONER: u32 = 4;

impl Conductor {
    /// Gives every idle connection something to fetch.
    pub(super) fn assign(&mut self, ledger: &Ledger) {
        if self.missing == ByteCount::ZERO {
            return;
        }
        let share = self.share_of_http();
        self.shorten_beside_peers(share, ledger);
        if share == HttpAllowance::Nothing {
            return;
        }
        while let Some(fetch) = self.next_fetch(share) {
            let order = self.claim(fetch);
            self.orders.push(order);
        }
        if share == HttpAllowance::WhatPeersLack {
            return;
        }
        while let Some(fetch) = self.overtake(ledger) {
            let order = self.claim(fetch);
            self.orders.push(order);
        }
    }

    /// The next fetch of the least busy source that can do one.
    fn next_fetch(&mut self, share: HttpAllowance) -> Option<Fetch> {
        let mut idle: Vec<usize> = (0..self.sources.len()).filter(|&source| self.is_idle(source)).collect();
        idle.sort_by_key(|&source| {
            let source = &self.sources[source];
            let busy = self.claims.values().filter(|claim| claim.source == source.id()).count();
            (busy, std::cmp::Reverse(source.rate.per_second().unwrap_or(0.0) as u64))
        });
        let chance = self.random.usize(..);
        idle.into_iter().find_map(|source| self.pick(source, (share, chance)))
    }

    /// Whether a source may be asked for more: its host has a connection left, and its first answer is not awaited.
    fn is_idle(&self, source: usize) -> bool {
        let source = &self.sources[source];
        let host_of = |claim: &Claim| self.sources.iter().find(|s| s.id() == claim.source).map(|s| s.host());
        let on_host = self.claims.values().filter(|claim| host_of(claim) == Some(source.host())).count();
        let is_asked = self.claims.values().any(|claim| claim.source == source.id());
        let most = if self.is_in_crowd() { 1 } else { self.connections_per_host };
        on_host < most && (source.has_answered() || !is_asked)
    }

    /// What `source` should fetch of what is open: in order, or at random while peers are there.
    fn pick(&self, source: usize, (share, chance): (HttpAllowance, usize)) -> Option<Fetch> {
        if self.sources[source].parts().next().is_some() {
            // What it has may lie anywhere: each time another gap is tried first.
            let gaps: Vec<ByteRange> = self.open.iter().collect();
            let first = spread(self.next_fetch) % gaps.len().max(1);
            let (before, after) = gaps.split_at(first);
            return after.iter().chain(before).find_map(|gap| self.pick_in(*gap, source));
        }
        if self.swarm.view.peers_live > 0 {
            let runs = self.runs_beside_peers(share, chance);
            return runs.into_iter().find_map(|run| self.pick_in(run, source));
        }
        self.open.iter().find_map(|gap| self.pick_in(gap, source))
    }

    fn pick_in(&self, gap: ByteRange, source: usize) -> Option<Fetch> {
        let layout = self.grid.layout();
        self.files_of(gap).into_iter().find_map(|file| {
            let manner = self.sources[source].manner(file, self.now)?;
            let of_file = self.grid.widened(layout.files()[file].range()?).intersection(gap)?;
            let run = self.trimmed(of_file, source)?;
            let (range, asking) = match manner {
                Manner::Ranges => (self.chunk_of(run, source), Asking::Range),
                Manner::WholeFile => (run, Asking::Whole),
                Manner::PieceByPiece => (self.untried_piece(run, source, file)?, Asking::Range),
            };
            Some(Fetch { source, file: self.files_of(range).first().copied().unwrap_or(file), range, asking })
        })
    }

    /// `run` without pieces at its ends that reach into a file which the source does not give.
    fn trimmed(&self, run: ByteRange, source: usize) -> Option<ByteRange> {
        let ContentGrid::Pieces(layout) = &self.grid else { return Some(run) };
        let gives = |piece: u32| {
            let range = layout.piece_range(piece);
            range.is_some_and(|range| {
                self.files_of(range).iter().all(|&file| self.sources[source].manner(file, self.now).is_some())
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
    fn chunk_of(&self, run: ByteRange, source: usize) -> ByteRange {
        let unit = self.grid.unit_length();
        let share = self.open.count().0 / (2 * self.connections_per_host as u64);
        // Who has given nothing right yet may be somebody who never does.
        let longest = if self.sources[source].has_given() { LONGEST_RANGE } else { FIRST_RANGE };
        let length = match self.swarm.view.peers_live {
            0 => share.clamp(SHORTEST_RANGE, longest),
            // The less is left, the less is claimed at once: peers may be sooner with the rest.
            _ => self.given_in_a_second(source).min(share.max(unit)).min(longest),
        };
        let end = (run.start() / unit * unit).saturating_add(length.div_ceil(unit).saturating_mul(unit));
        ByteRange::new(run.start(), end.min(run.end())).unwrap_or(run)
    }

    /// A missing piece that the source has not sent wrongly yet, unless it is being asked for one already.
    fn untried_piece(&self, run: ByteRange, source: usize, file: usize) -> Option<ByteRange> {
        let source = &self.sources[source];
        let is_asked = self.claims.values().any(|claim| claim.source == source.id() && claim.file == file);
        if is_asked {
            return None;
        }
        let layout = self.grid.layout();
        let untried = || layout.pieces_of(run).filter(|&piece| !source.lacks(file, piece));
        // Which part it has is found soonest here and there, and by others elsewhere.
        let skipped = match source.parts().any(|of| of == file) {
            true => spread(self.next_fetch) % untried().count().max(1),
            false => 0,
        };
        untried().nth(skipped).and_then(|piece| layout.piece_range(piece))
    }

    /// Whether some missing piece of `file` can be asked of the source: one that it has not sent wrongly, and of which
    /// it may give every file. A piece that reaches into a file which the source lacks would be waited for without end.
    pub(super) fn can_be_asked(&self, source: usize, file: usize) -> bool {
        self.has_piece(source, file, |source, file| source.is_hopeful(file, self.now))
    }

    /// The same for a source whose files may be taken back.
    pub(super) fn could_be_asked(&self, source: usize, file: usize) -> bool {
        let most = self.most_wrong_pieces();
        self.has_piece(source, file, |source, file| {
            source.is_hopeful(file, self.now) || source.may_return(file, most)
        })
    }

    fn has_piece(&self, source: usize, file: usize, may_give: impl Fn(&HttpSource, usize) -> bool) -> bool {
        let layout = self.grid.layout();
        let Some(range) = layout.files()[file].range().map(|range| self.grid.widened(range)) else {
            return false;
        };
        let source = &self.sources[source];
        let is_open = |piece: u32| {
            let range = layout.piece_range(piece);
            !source.lacks(file, piece)
                && range.is_some_and(|range| self.files_of(range).iter().all(|&file| may_give(source, file)))
        };
        let mut gaps = self.open.within(range);
        gaps.any(|gap| layout.pieces_of(gap).any(is_open))
    }

    fn claim(&mut self, fetch: Fetch) -> Order {
        let id = FetchId(self.next_fetch);
        self.next_fetch += 1;
        let source = self.sources[fetch.source].id();
        self.open.remove(fetch.range);
        let claim = Claim {
            source,
            range: fetch.range,
            file: fetch.file,
            asking: fetch.asking,
            has_answered: false,
            last_byte: self.now,
            rate: Rate::default(),
            span: (self.now, ByteCount::ZERO),
        };
        self.claims.insert(id, claim);
        Order::Fetch { id, source, range: fetch.range, asking: fetch.asking }
    }

    /// Nothing is open: an idle source takes over what a silent one holds, or the tail of what a slow one holds.
    fn overtake(&mut self, ledger: &Ledger) -> Option<Fetch> {
        let thief = (0..self.sources.len()).filter(|&source| self.is_idle(source));
        let thief: Vec<usize> =
            thief.filter(|&source| self.sources[source].rate.per_second().is_some()).collect();
        for source in thief {
            let victim = self.claims.iter().find_map(|(&fetch, claim)| {
                let is_other = claim.source != self.sources[source].id() && claim.asking == Asking::Range;
                let manner = self.sources[source].manner(claim.file, self.now)?;
                (is_other && manner == Manner::Ranges)
                    .then_some((fetch, self.worth_taking(claim, source, ledger)?))
            });
            let Some((fetch, taken)) = victim else { continue };
            let claim = self.claims.get_mut(&fetch)?;
            let file = claim.file;
            let victim = claim.source;
            match ByteRange::new(claim.range.start(), taken.start()).filter(|kept| !ledger.is_held(*kept)) {
                Some(kept) => {
                    claim.range = kept;
                    self.orders.push(Order::Shorten(fetch, kept.end()));
                }
                None => {
                    self.cancel(fetch, ledger);
                    let now = self.now;
                    if let Some(source) = self.source_mut(victim) {
                        source.on_overtaken(file, now);
                    }
                }
            }
            let file = self.files_of(taken).first().copied().unwrap_or(file);
            return Some(Fetch { source, file, range: taken, asking: Asking::Range });
        }
        None
    }

    /// What the source `thief` should take of a claim: all that is missing when it is silent, the far half when it is slow;
    /// and the last unit, which cannot be halved, when it gets that far sooner from its beginning.
    fn worth_taking(&self, claim: &Claim, thief: usize, ledger: &Ledger) -> Option<ByteRange> {
        let missing = ledger.missing_of(claim.range);
        let left = ByteRange::new(missing.first()?.start(), missing.last()?.end())?;
        if self.now.since(claim.last_byte) >= SILENT {
            return Some(left);
        }
        let time = claim.rate.time_for(left.count()).filter(|time| *time > 2 * SILENT)?;
        let unit = self.grid.unit_length();
        let middle = (left.start() + left.count().0 / 2).div_ceil(unit) * unit;
        if middle < left.end() && middle > left.start() {
            return ByteRange::new(middle, left.end());
        }
        let anew = self.sources[thief].rate.time_for(left.count())?;
        (time > FAR_SOONER * anew).then_some(left)
    }
}

/// A number that tells nothing of the one before: the golden ratio, by Knuth.
fn spread(number: u32) -> usize {
    (number.wrapping_mul(0x9E37_79B9) >> 16) as usize
}

/// A choice of what to fetch, before it is claimed.
struct Fetch {
    /// Index of the source.
    source: usize,
    /// The file that holds the first octet.
    file: usize,
    range: ByteRange,
    asking: Asking,
}
