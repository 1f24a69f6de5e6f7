//! Conducts one content's transfer: which source gives which octets, when it is watched, overtaken or given up.
//!
//! In: [`Fact`]s and the time. Out: [`Order`]s. The engine obeys and tells what it saw.
//! Beside peers, HTTP takes what no connected peer holds and falls to us: in a crowd the publisher then sends each piece about
//! once. The first proof of a piece wins.
//! Start reading at [`Conductor::on`].
//!
//! | file | what it knows |
//! |---|---|
//! | `need` | what is wanted and still to come, which files are whole |
//! | `sources` | the HTTP sources, and what can be asked of each |
//! | `claims` | what they are asked for, and which requests are stuck |
//! | `requests` | both in step: what a request is to bring is open to no other |
//! | `swarm_watch` | what was seen of the peers, and whether they can still give |
//! | `chooser` | looks at these four, and chooses the next request |

mod brief;
mod chooser;
mod claims;
mod need;
mod requests;
mod sources;
mod swarm_watch;
#[cfg(test)]
mod tests;

pub use brief::{Asking, Brief, Fact, FetchId, Offers, Order, SwarmHope, SwarmSeen};

use super::assembly::ContentGrid;
use super::fallback::{Fallback, Policy};
use super::http_source::OthersCanGive;
use super::ledger::Ledger;
use super::reason::Reason;
use crate::domain::octets::{ByteCount, ByteRange, RangeSet};
use crate::domain::rate::Rate;
use crate::domain::source::SourceId;
use crate::domain::utc::SteadyTime;
use chooser::{Chooser, HttpAllowance};
use claims::RangeClaim;
use need::Need;
use requests::Requests;
use sources::SourceList;
use std::time::Duration;
use swarm_watch::SwarmWatch;

/// The conductor of one content's transfer.
#[derive(Debug)]
pub struct Conductor {
    requests: Requests,
    sources: SourceList,
    swarm: SwarmWatch,
    fallback: Fallback,
    http_rate: Rate,
    connections_per_host: usize,
    patience: Duration,
    last_progress: SteadyTime,
    random: fastrand::Rng,
    is_over: bool,
    /// The time of the fact at hand.
    now: SteadyTime,
}

/// When to say [`Fact::Tick`] at the latest, while nothing else happens.
pub const LONGEST_PAUSE: Duration = Duration::from_millis(250);

/// One source may waste this part of what is wanted: a sixth, which with what is on its way stays under a fifth.
const LARGEST_WASTE: u64 = 6;

/// One that wastes more than half of what it sends may waste only this part.
const LARGEST_WASTE_OF_THE_WORST: u64 = 12;

/// A peer that has just come has not told yet what it holds.
const INTRODUCTION: Duration = Duration::from_millis(200);

/// So long after the first peer, or until so many are there, those who are called are waited for.
const MEETING: Duration = Duration::from_millis(500);
const MET: usize = 10;

impl Conductor {
    /// A conductor that has done nothing yet. Tell it [`Fact::Begun`] first.
    pub fn new(brief: Brief, now: SteadyTime) -> Self {
        let hope = if brief.policy.allows_swarm() { brief.swarm } else { SwarmHope::None };
        Self {
            requests: Requests::new(Need::new(brief.grid, brief.want, brief.whole_files)),
            sources: SourceList::new(brief.sources),
            swarm: SwarmWatch::new(hope, now),
            fallback: Fallback::new(brief.policy, brief.target, now),
            http_rate: Rate::default(),
            connections_per_host: brief.connections_per_host.max(1),
            patience: brief.patience,
            last_progress: now,
            random: fastrand::Rng::with_seed(brief.seed),
            is_over: false,
            now,
        }
    }

    /// What is wanted.
    pub fn want(&self) -> &RangeSet {
        self.requests.need.want()
    }

    /// Octets still to come.
    pub fn missing(&self) -> ByteCount {
        self.requests.need.missing()
    }

    /// What HTTP sources were asked for and have not brought.
    pub fn asked(&self) -> RangeSet {
        self.requests.claims.ranges().collect()
    }

    /// Whether HTTP could fetch something of what is missing, now or after a pause.
    pub fn http_may_help(&self) -> bool {
        self.fallback.policy().allows_http()
            && self.sources.may_help(self.requests.need.layout().files().len(), self.now)
    }

    /// Why each source does not give what is missing; by source, in order.
    pub fn troubles(&self) -> Vec<(SourceId, Reason)> {
        let swarm = (self.swarm.is_possible() && self.missing() > ByteCount::ZERO)
            .then(|| (SourceId::SWARM, self.swarm.trouble(self.now)));
        swarm.into_iter().chain(self.sources.troubles(&self.requests.need)).collect()
    }

    /// The same for whoever gives nothing now: peers that give are not blamed for others, nor for a pause between pieces.
    pub fn troubles_now(&self) -> Vec<(SourceId, Reason)> {
        let mut troubles = self.troubles();
        troubles
            .retain(|(source, reason)| *source != SourceId::SWARM || self.swarm.is_blamed(reason, self.now));
        troubles
    }

    /// Takes a fact in and says what is to be done. After [`Order::Complete`] or [`Order::Fail`] nothing more is ordered.
    pub fn on(&mut self, fact: Fact, ledger: &mut Ledger, now: SteadyTime) -> Vec<Order> {
        self.now = now;
        let moves_on = self.take_in(fact, ledger);
        if moves_on && !self.is_over {
            self.give_up_stalled(ledger);
            self.assign(ledger);
            self.end_if_over();
        }
        std::mem::take(&mut self.requests.orders)
    }

    /// Returns whether the fact may change what is to be done.
    fn take_in(&mut self, fact: Fact, ledger: &mut Ledger) -> bool {
        match fact {
            Fact::Begun => {
                self.requests.begin(ledger);
                if self.missing() > ByteCount::ZERO && self.swarm.is_possible() {
                    self.requests.orders.push(Order::StartSwarm);
                }
            }
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
            Fact::Ended { fetch, reason, lost } => {
                if let (Some(claim), Some(reason)) = (self.requests.end(fetch, lost, ledger), reason) {
                    self.note_fault(&claim, reason);
                }
            }
            Fact::SwarmSeen(seen) => {
                if self.swarm.on_seen(seen, self.now) {
                    // Whoever has just come is given its time.
                    self.fallback.on_peers(self.now);
                }
                self.swarm.note_lacking(&self.requests.need, self.now);
            }
            Fact::Tick => self.swarm.on_tick(self.now),
        }
        true
    }

    fn on_held(&mut self, range: ByteRange, source: SourceId, ledger: &mut Ledger) {
        self.requests.hold(range, source, ledger);
        self.last_progress = self.now;
        if source == SourceId::SWARM {
            self.fallback.on_piece_from_peers(self.now);
        } else if let Some(source) = self.sources.of_mut(source) {
            self.requests.need.files_of(range).into_iter().for_each(|file| source.on_unit(file));
        }
    }

    fn on_wrong(&mut self, fetch: FetchId, range: ByteRange, ledger: &mut Ledger) {
        let Some(id) = self.requests.claims.source_of(fetch) else { return };
        ledger.waste(id, range.count());
        let piece = self.requests.need.layout().piece_at(range.start());
        let files = self.requests.need.files_of(range);
        let by_http =
            self.fallback.policy().allows_http() && self.sources.others_can_give(&files, piece, id, self.now);
        let by_swarm = self.swarm.is_possible() && self.swarm.view().can_provide();
        let others = if by_http || by_swarm { OthersCanGive::Yes } else { OthersCanGive::No };
        if let Some(source) = self.sources.of_mut(id) {
            let most = self.requests.need.most_wrong_pieces();
            files.iter().for_each(|&file| source.on_wrong_piece(file, piece, others, most));
            let (wasted, want) = (ledger.wasted_by(id).0, self.requests.need.want().count().0);
            let given = ledger.by_source(self.requests.need.want()).get(&id).copied().unwrap_or_default().0;
            let most = if wasted > given { want / LARGEST_WASTE_OF_THE_WORST } else { want / LARGEST_WASTE };
            if wasted >= most {
                source.on_spent();
            }
        }
        // What it still sends of these files is not to be believed either.
        for fetch in self.requests.claims.of_files(id, &files) {
            self.requests.cancel(fetch, ledger);
        }
    }

    fn on_answered(&mut self, fetch: FetchId) {
        let Some(claim) = self.requests.claims.get_mut(fetch) else { return };
        claim.on_answered(self.now);
        if let Some(source) = self.sources.of_mut(claim.source) {
            source.on_answer();
        }
    }

    fn on_whole_body(&mut self, fetch: FetchId) {
        self.on_answered(fetch);
        let Some(claim) = self.requests.claims.get_mut(fetch) else { return };
        let file = claim.file;
        if let Some(source) = self.sources.of_mut(claim.source) {
            source.on_range_ignored(file);
        }
        if let Some(whole) = self.requests.need.grid().inside(file) {
            self.requests.widen(fetch, whole);
        }
    }

    fn on_received(&mut self, fetch: FetchId, octets: ByteCount) {
        let Some(claim) = self.requests.claims.get_mut(fetch) else { return };
        claim.on_received(octets, self.now);
        self.http_rate.add(octets, self.now);
        if let Some(source) = self.sources.of_mut(claim.source) {
            source.rate.add(octets, self.now);
        }
    }

    fn note_fault(&mut self, claim: &RangeClaim, reason: Reason) {
        let spread = self.random.f64();
        let (id, file, now) = (claim.source, claim.file, self.now);
        let is_part_refused = self.sources.is_part_refused(claim, &reason, &self.requests.need, now);
        let host_serves_another = self.sources.host_serves_another(id, &reason);
        let Some(source) = self.sources.of_mut(id) else { return };
        if is_part_refused {
            source.on_part_refused(file, self.requests.need.layout().pieces_of(claim.range), reason);
            return;
        }
        if let Some(pause) = source.on_fault(file, reason.clone(), spread, now)
            && !host_serves_another
        {
            self.requests.orders.push(Order::LeaveAlone { source: id, reason, pause });
        }
    }

    fn give_up_stalled(&mut self, ledger: &Ledger) {
        for fetch in self.requests.claims.stalled(self.now) {
            let Some(claim) = self.requests.cancel(fetch, ledger) else { continue };
            let reason = if claim.has_answered { Reason::Stalled } else { Reason::NoAnswer };
            self.note_fault(&claim, reason);
        }
    }

    /// Gives every idle connection something to fetch.
    fn assign(&mut self, ledger: &Ledger) {
        if self.missing() == ByteCount::ZERO {
            return;
        }
        let allowance = self.http_allowance();
        if allowance != HttpAllowance::Everything {
            let long = self.chooser().left_to_peers(ledger);
            for cut in long {
                self.requests.cut(&cut, ledger);
            }
        }
        if allowance == HttpAllowance::Nothing {
            return;
        }
        loop {
            let chance = self.random.usize(..);
            let Some(fetch) = self.chooser().next_fetch(allowance, chance) else { break };
            self.requests.ask(fetch, self.now);
        }
        if allowance == HttpAllowance::WhatPeersLack {
            return;
        }
        while let Some((cut, fetch)) = self.chooser().overtaking(ledger) {
            if let Some(claim) = self.requests.cut(&cut, ledger)
                && let Some(source) = self.sources.of_mut(claim.source)
            {
                source.on_overtaken(claim.file, self.now);
            }
            self.requests.ask(fetch, self.now);
        }
    }

    /// How far HTTP takes part now.
    fn http_allowance(&mut self) -> HttpAllowance {
        let swarm = self.swarm.view();
        if self.fallback.http_may_run(swarm, self.requests.need.missing(), &self.http_rate, self.now) {
            return HttpAllowance::Everything;
        }
        // The first peers have just come and others are being called: what these hold is not known yet.
        let since = self.now.since(self.fallback.peers_since());
        let are_called = swarm.peers_hoped > 0 && swarm.peers_live < MET;
        let is_meeting_peers = since < INTRODUCTION || (since < MEETING && are_called);
        let is_beside_peers = self.fallback.policy() == Policy::SwarmFirst
            && swarm.peers_live > 0
            && !is_meeting_peers
            && self.swarm.offers().is_some()
            && matches!(self.requests.need.grid(), ContentGrid::Pieces(_));
        if is_beside_peers { HttpAllowance::WhatPeersLack } else { HttpAllowance::Nothing }
    }

    fn chooser(&self) -> Chooser<'_> {
        // One request at a time in a crowd: a piece is whole and can be passed on before the next one is begun.
        let is_in_crowd = self.swarm.has_others() && self.fallback.policy() == Policy::SwarmFirst;
        Chooser {
            need: &self.requests.need,
            sources: &self.sources,
            claims: &self.requests.claims,
            swarm: &self.swarm,
            most_at_once: if is_in_crowd { 1 } else { self.connections_per_host },
            connections_per_host: self.connections_per_host,
            now: self.now,
        }
    }

    /// Ends the transfer when all is held, or when nobody can give what is missing.
    fn end_if_over(&mut self) {
        let is_whole = self.missing() == ByteCount::ZERO;
        if !is_whole {
            let is_under_way = !self.requests.claims.is_empty();
            let allows_http = self.fallback.policy().allows_http();
            if is_under_way
                || (allows_http && self.sources.is_hopeful(&self.requests.need, self.now))
                || self.swarm.is_hopeful(self.last_progress, self.patience, self.now)
            {
                return;
            }
        }
        self.is_over = true;
        self.requests.finish(if is_whole { Order::Complete } else { Order::Fail });
    }
}
