//! Conducts one content's transfer: which source gives which octets, when it is watched, overtaken or given up.
//!
//! In: [`Fact`]s and the time. Out: [`Order`]s. The engine obeys and tells what it saw.
//! Beside peers, HTTP takes what no connected peer holds and falls to us: in a crowd the publisher then sends each piece about
//! once. The first proof of a piece wins.
//! Start reading at [`Conductor::on`]; `assign` chooses what to fetch, `watch` sees what is slow or over.

mod assign;
mod beside_peers;
mod brief;
#[cfg(test)]
mod tests;
mod watch;

pub use brief::{Asking, Brief, Fact, FetchId, Offers, Order, SwarmHope, SwarmSeen};

use super::assembly::Grid;
use super::fallback::{Fallback, SwarmView};
use super::http_source::{HttpSource, OthersCanGive};
use super::ledger::Ledger;
use super::reason::Reason;
use crate::domain::content::Layout;
use crate::domain::octets::{ByteCount, ByteRange, RangeSet};
use crate::domain::rate::Rate;
use crate::domain::source::SourceId;
use crate::domain::utc::SteadyTime;
use std::collections::BTreeMap;
use std::time::Duration;

/// A range that a source was asked for.
#[derive(Clone, Debug)]
struct Claim {
    source: SourceId,
    range: ByteRange,
    /// File that holds its first octet: the one whose answer is awaited first.
    file: usize,
    asking: Asking,
    has_answered: bool,
    last_byte: SteadyTime,
    rate: Rate,
    /// Start of the span in which a trickle is measured, and what came in it.
    span: (SteadyTime, ByteCount),
}

/// What is known of the swarm.
#[derive(Clone, Debug)]
struct Swarm {
    hope: SwarmHope,
    is_running: bool,
    view: SwarmView,
    seen: SwarmSeen,
    last_bytes: SteadyTime,
    /// How many pieces no peer holds or gives, and since when it is so many.
    lacking: (usize, SteadyTime),
}

/// The conductor of one content's transfer.
#[derive(Debug)]
pub struct Conductor {
    grid: Grid,
    want: RangeSet,
    connections_per_host: usize,
    patience: Duration,
    sources: Vec<HttpSource>,
    claims: BTreeMap<FetchId, Claim>,
    /// Fetches that were cancelled and have not ended yet: what they lose is still counted.
    cancelled: BTreeMap<FetchId, SourceId>,
    next_fetch: u32,
    /// Wanted, not held, and not claimed by a fetch.
    open: RangeSet,
    missing: ByteCount,
    /// Octets missing of each file that is to be handed over.
    left_in_file: BTreeMap<usize, u64>,
    fallback: Fallback,
    swarm: Swarm,
    http_rate: Rate,
    last_progress: SteadyTime,
    random: fastrand::Rng,
    is_over: bool,
    /// The time of the fact at hand, and the orders that follow from it.
    now: SteadyTime,
    orders: Vec<Order>,
}

/// One source may waste this part of what is wanted: a sixth, which with what is on its way stays under a fifth.
const LARGEST_WASTE: u64 = 6;

/// One that wastes more than half of what it sends may waste only this part.
const LARGEST_WASTE_OF_THE_WORST: u64 = 12;

/// Peers that gave nothing for so long are said to be silent.
const SILENCE: Duration = Duration::from_secs(5);

impl Conductor {
    /// A conductor that has done nothing yet. Tell it [`Fact::Begun`] first.
    pub fn new(brief: Brief, now: SteadyTime) -> Self {
        let hope = if brief.policy.allows_swarm() { brief.swarm } else { SwarmHope::None };
        let swarm = Swarm {
            hope,
            is_running: false,
            view: SwarmView {
                trackers_asked: usize::from(hope == SwarmHope::Possible),
                ..SwarmView::default()
            },
            seen: SwarmSeen::default(),
            last_bytes: now,
            lacking: (0, now),
        };
        Self {
            grid: brief.grid,
            want: brief.want,
            connections_per_host: brief.connections_per_host.max(1),
            patience: brief.patience,
            sources: brief.sources.into_iter().map(HttpSource::new).collect(),
            claims: BTreeMap::new(),
            cancelled: BTreeMap::new(),
            next_fetch: 0,
            open: RangeSet::new(),
            missing: ByteCount::ZERO,
            left_in_file: brief.whole_files.into_iter().map(|file| (file, 0)).collect(),
            fallback: Fallback::new(brief.policy, brief.target, now),
            swarm,
            http_rate: Rate::default(),
            last_progress: now,
            random: fastrand::Rng::with_seed(brief.seed),
            is_over: false,
            now,
            orders: Vec::new(),
        }
    }

    /// What is wanted.
    pub fn want(&self) -> &RangeSet {
        &self.want
    }

    /// What HTTP sources were asked for and have not brought.
    pub fn asked(&self) -> RangeSet {
        self.claims.values().map(|claim| claim.range).collect()
    }

    /// Takes a fact in and says what is to be done. After [`Order::Complete`] or [`Order::Fail`] nothing more is ordered.
    pub fn on(&mut self, fact: Fact, ledger: &mut Ledger, now: SteadyTime) -> Vec<Order> {
        self.now = now;
        let moves_on = self.take_in(fact, ledger);
        if moves_on && !self.is_over {
            self.watch(ledger);
            self.assign(ledger);
            self.end_if_over();
        }
        std::mem::take(&mut self.orders)
    }

    /// When to say [`Fact::Tick`] at the latest, while nothing else happens.
    pub fn wake_after(&self) -> Duration {
        Duration::from_millis(250)
    }

    /// Why each source does not give what is missing; by source, in order.
    pub fn troubles(&self) -> Vec<(SourceId, Reason)> {
        let lacks = |source: &HttpSource| {
            let lacks = self.left_in_file.keys().any(|&file| !source.has_file(file));
            lacks.then_some(Reason::NoUrl)
        };
        let http = self.sources.iter().flat_map(|source| {
            source.troubles().into_iter().chain(lacks(source)).map(|why| (source.id(), why))
        });
        let swarm = (self.swarm.hope == SwarmHope::Possible && self.missing > ByteCount::ZERO)
            .then(|| (SourceId::SWARM, self.trouble_of_swarm()));
        swarm.into_iter().chain(http).collect()
    }

    /// The same for whoever gives nothing now: peers that give are not blamed for others, nor for a pause between pieces.
    pub fn troubles_now(&self) -> Vec<(SourceId, Reason)> {
        let seen = &self.swarm.seen;
        let silence = self.now.since(self.swarm.last_bytes);
        let is_blamed = |reason: &Reason| match seen.peers_live {
            _ if reason.is_wrong_data() => true,
            // Nobody has answered, or nobody is there any more.
            0 => seen.trouble.is_some() || seen.trackers_asked + seen.peers_hoped == 0,
            _ => silence >= SILENCE,
        };
        let mut troubles = self.troubles();
        troubles.retain(|(source, reason)| *source != SourceId::SWARM || is_blamed(reason));
        troubles
    }

    /// Why peers give nothing: who is there and silent is not said to be absent.
    fn trouble_of_swarm(&self) -> Reason {
        let seen = &self.swarm.seen;
        match (&seen.trouble, seen.peers_live) {
            (Some(trouble), _) => trouble.clone(),
            (None, 0) => Reason::NoPeers,
            (None, _) => Reason::PeersSilent(self.now.since(self.swarm.last_bytes)),
        }
    }

    /// Octets still to come.
    pub fn missing(&self) -> ByteCount {
        self.missing
    }

    fn layout(&self) -> &Layout {
        self.grid.layout()
    }

    /// Returns whether the fact may change what is to be done.
    fn take_in(&mut self, fact: Fact, ledger: &mut Ledger) -> bool {
        match fact {
            Fact::Begun => self.begin(ledger),
            Fact::Held { range, source } => self.on_held(range, source, ledger),
            Fact::HeldAlready { range, source } => {
                ledger.waste(source, range.count());
                return false;
            }
            Fact::Wrong { fetch, range } => self.on_wrong(fetch, range, ledger),
            Fact::Answered(fetch) => self.on_answered(fetch),
            Fact::WholeBody(fetch) => self.on_whole_body(fetch),
            Fact::Received(fetch, octets) => {
                self.on_received(fetch, octets);
                return false;
            }
            Fact::Ended { fetch, reason, lost } => self.on_ended(fetch, reason, lost, ledger),
            Fact::SwarmSeen(seen) => self.on_swarm_seen(seen),
            Fact::Tick => self.swarm.view.rate.add(ByteCount::ZERO, self.now),
        }
        true
    }

    fn begin(&mut self, ledger: &Ledger) {
        self.open = ledger.missing(&self.want);
        self.missing = self.open.count();
        let layout = self.grid.layout().clone();
        for (&file, left) in &mut self.left_in_file {
            let range = layout.files().get(file).and_then(|f| f.range());
            *left = range.map_or(0, |range| ledger.missing_of(range).iter().map(|gap| gap.count().0).sum());
        }
        let whole: Vec<usize> =
            self.left_in_file.iter().filter(|(_, left)| **left == 0).map(|(&f, _)| f).collect();
        for file in whole {
            self.left_in_file.remove(&file);
            self.orders.push(Order::HandOver(file));
        }
        if self.missing > ByteCount::ZERO && self.swarm.hope == SwarmHope::Possible {
            self.swarm.is_running = true;
            self.orders.push(Order::StartSwarm);
        }
    }

    fn on_held(&mut self, range: ByteRange, source: SourceId, ledger: &mut Ledger) {
        let new = ledger.hold(range, source);
        let count: ByteCount = new.iter().map(|part| part.count()).sum();
        ledger.waste(source, range.count().saturating_sub(count));
        for part in new {
            self.open.remove(part);
            self.strike_off(part);
        }
        let wanted: ByteCount = self.want.within(range).map(ByteRange::count).sum();
        self.missing = self.missing.saturating_sub(count.min(wanted));
        self.last_progress = self.now;
        if source == SourceId::SWARM {
            self.fallback.on_piece_from_peers(self.now);
        } else {
            self.note_unit(source, range);
        }
    }

    /// Strikes octets that are newly held off the files they belong to.
    fn strike_off(&mut self, part: ByteRange) {
        let layout = self.grid.layout().clone();
        for (file, octets) in layout.parts(part) {
            let Some(left) = self.left_in_file.get_mut(&file) else { continue };
            *left = left.saturating_sub(octets.count().0);
            if *left == 0 {
                self.left_in_file.remove(&file);
                self.orders.push(Order::HandOver(file));
            }
        }
    }

    fn note_unit(&mut self, source: SourceId, range: ByteRange) {
        let files = self.files_of(range);
        if let Some(source) = self.source_mut(source) {
            files.into_iter().for_each(|file| source.on_unit(file));
        }
    }

    fn on_wrong(&mut self, fetch: FetchId, range: ByteRange, ledger: &mut Ledger) {
        let Some(id) = self.source_of(fetch) else { return };
        ledger.waste(id, range.count());
        let piece = self.layout().piece_at(range.start());
        let files = self.files_of(range);
        let others = self.others_can_give(&files, piece, id);
        let most = self.most_wrong_pieces();
        if let Some(source) = self.sources.iter_mut().find(|source| source.id() == id) {
            files.iter().for_each(|&file| source.on_wrong_piece(file, piece, others, most));
            let (wasted, want) = (ledger.wasted_by(id).0, self.want.count().0);
            let given = ledger.by_source(&self.want).get(&id).copied().unwrap_or_default().0;
            let most = if wasted > given { want / LARGEST_WASTE_OF_THE_WORST } else { want / LARGEST_WASTE };
            if wasted >= most {
                source.on_spent();
            }
        }
        // What it still sends of these files is not to be believed either.
        let suspect: Vec<FetchId> = self
            .claims
            .iter()
            .filter(|(_, c)| c.source == id && files.contains(&c.file))
            .map(|(&f, _)| f)
            .collect();
        for fetch in suspect {
            self.cancel(fetch, ledger);
        }
    }

    fn others_can_give(&self, files: &[usize], piece: u32, except: SourceId) -> OthersCanGive {
        let by_http = self.fallback.policy().allows_http()
            && self.sources.iter().filter(|source| source.id() != except).any(|source| {
                files.iter().all(|&file| source.is_hopeful(file, self.now) && !source.lacks(file, piece))
            });
        let by_swarm = self.swarm.hope == SwarmHope::Possible && self.swarm.view.can_provide();
        if by_http || by_swarm { OthersCanGive::Yes } else { OthersCanGive::No }
    }

    /// A fifth of the wanted pieces: what one source may waste before it is given up.
    fn most_wrong_pieces(&self) -> usize {
        usize::try_from(self.want.count().0 / self.grid.unit_length() / 5).unwrap_or(usize::MAX)
    }

    fn on_answered(&mut self, fetch: FetchId) {
        let Some(claim) = self.claims.get_mut(&fetch) else { return };
        claim.has_answered = true;
        claim.last_byte = self.now;
        let id = claim.source;
        if let Some(source) = self.source_mut(id) {
            source.on_answer();
        }
    }

    fn on_whole_body(&mut self, fetch: FetchId) {
        self.on_answered(fetch);
        let Some(claim) = self.claims.get(&fetch) else { return };
        let (id, file) = (claim.source, claim.file);
        if let Some(source) = self.source_mut(id) {
            source.on_range_ignored(file);
        }
        let Some(whole) = self.grid.inside(file) else { return };
        self.open.remove(whole);
        let twins = self.claims.iter().filter(|(f, c)| **f != fetch && c.source == id && c.file == file);
        let twins: Vec<FetchId> = twins.map(|(&f, _)| f).collect();
        for twin in twins {
            self.claims.remove(&twin);
            self.cancelled.insert(twin, id);
            self.orders.push(Order::Cancel(twin));
        }
        if let Some(claim) = self.claims.get_mut(&fetch) {
            claim.range = whole;
            claim.asking = Asking::Whole;
        }
    }

    fn on_received(&mut self, fetch: FetchId, octets: ByteCount) {
        let Some(claim) = self.claims.get_mut(&fetch) else { return };
        claim.last_byte = self.now;
        claim.span.1 += octets;
        claim.rate.add(octets, self.now);
        let (id, now) = (claim.source, self.now);
        self.http_rate.add(octets, now);
        if let Some(source) = self.source_mut(id) {
            source.rate.add(octets, now);
        }
    }

    fn on_ended(&mut self, fetch: FetchId, reason: Option<Reason>, lost: ByteCount, ledger: &mut Ledger) {
        let Some(claim) = self.claims.remove(&fetch) else {
            if let Some(source) = self.cancelled.remove(&fetch) {
                ledger.waste(source, lost);
            }
            return;
        };
        ledger.waste(claim.source, lost);
        self.reopen(claim.range, ledger);
        if let Some(reason) = reason {
            self.note_fault(&claim, reason);
        }
    }

    fn note_fault(&mut self, claim: &Claim, reason: Reason) {
        let spread = self.random.f64();
        let (id, file, now) = (claim.source, claim.file, self.now);
        if self.is_part_refused(claim, &reason) {
            let pieces = self.layout().pieces_of(claim.range);
            if let Some(source) = self.source_mut(id) {
                source.on_part_refused(file, pieces, reason);
            }
            return;
        }
        let Some(source) = self.source_mut(id) else { return };
        if let Some(pause) = source.on_fault(file, reason.clone(), spread, now)
            && !self.host_serves_another(id, &reason)
        {
            self.orders.push(Order::LeaveAlone { source: id, reason, pause });
        }
    }

    /// Whether only one address is out of service: its host gives by another one, and asks for no patience itself.
    fn host_serves_another(&self, id: SourceId, reason: &Reason) -> bool {
        let host = self.sources.iter().find(|source| source.id() == id).map(HttpSource::host);
        let serves =
            |source: &HttpSource| source.id() != id && Some(source.host()) == host && source.has_given();
        matches!(reason, Reason::Busy { status: 503, wait: None }) && self.sources.iter().any(serves)
    }

    /// Whether a source says that it does not have a part of a file which another may have. Pieces prove what comes.
    fn is_part_refused(&self, claim: &Claim, reason: &Reason) -> bool {
        let is_refusal = matches!(reason, Reason::Status(404 | 410 | 416)) && claim.asking == Asking::Range;
        let whole = self.layout().files()[claim.file].range();
        let is_part = whole.is_some_and(|whole| claim.range.count() < whole.count());
        let may_have =
            |source: &HttpSource| source.id() != claim.source && source.is_hopeful(claim.file, self.now);
        let has_pieces = matches!(self.grid, Grid::Pieces(_));
        let had_part = |source: &HttpSource| {
            source.id() == claim.source && source.parts().any(|file| file == claim.file)
        };
        is_refusal && is_part && has_pieces && self.sources.iter().any(|s| may_have(s) || had_part(s))
    }

    /// Makes what is missing of `range` and claimed by nobody available again.
    fn reopen(&mut self, range: ByteRange, ledger: &Ledger) {
        let wanted: Vec<ByteRange> = self.want.within(range).collect();
        for gap in wanted.into_iter().flat_map(|part| ledger.missing_of(part)) {
            self.open.insert(gap);
        }
        for claim in self.claims.values() {
            self.open.remove(claim.range);
        }
    }

    fn cancel(&mut self, fetch: FetchId, ledger: &Ledger) {
        if let Some(claim) = self.claims.remove(&fetch) {
            self.cancelled.insert(fetch, claim.source);
            self.reopen(claim.range, ledger);
            self.orders.push(Order::Cancel(fetch));
        }
    }

    fn on_swarm_seen(&mut self, seen: SwarmSeen) {
        let fresh = seen.received.saturating_sub(self.swarm.seen.received);
        if fresh > ByteCount::ZERO {
            self.swarm.last_bytes = self.now;
        }
        self.swarm.view.rate.add(fresh, self.now);
        self.swarm.view.trackers_asked = seen.trackers_asked;
        self.swarm.view.peers_hoped = seen.peers_hoped;
        if self.swarm.view.peers_live == 0 && seen.peers_live > 0 {
            // Whoever has just come is given its time.
            self.fallback.on_peers(self.now);
        }
        self.swarm.view.peers_live = seen.peers_live;
        self.swarm.view.limit = seen.limit;
        self.swarm.view.others = seen.offers.as_ref().map_or(0, |offers| offers.others);
        self.swarm.seen = seen;
        self.note_lacking();
    }

    fn source_of(&self, fetch: FetchId) -> Option<SourceId> {
        self.claims.get(&fetch).map(|claim| claim.source).or_else(|| self.cancelled.get(&fetch).copied())
    }

    fn source_mut(&mut self, id: SourceId) -> Option<&mut HttpSource> {
        self.sources.iter_mut().find(|source| source.id() == id)
    }

    /// Real files that `range` touches.
    fn files_of(&self, range: ByteRange) -> Vec<usize> {
        let layout = self.layout();
        layout.parts(range).map(|(file, _)| file).filter(|&file| !layout.files()[file].is_padding).collect()
    }
}
