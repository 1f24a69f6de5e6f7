//! Whom to give to.
//!
//! In: where each peer stands, and the time. Out: those that may receive.
//! While receiving, the fastest givers are served, and one other in turn so that newcomers can begin; whoever gives
//! nothing gets only that turn, and what else would lie idle. When complete, the least served are served first.
//! Slots follow the link: few enough that each peer gets a piece done soon and can give it on.
//! Start reading at [`Choker::round`].

#[cfg(test)]
mod tests;

use super::PeerKey;
use crate::domain::utc::SteadyTime;
use std::time::Duration;

/// Between two rounds while receiving: long enough to see what each gives in return.
const ROUND: Duration = Duration::from_secs(10);

/// Between two rounds when complete: in a crowd each client soon has something that others lack.
const ROUND_COMPLETE: Duration = Duration::from_secs(3);

/// So many times more slots when complete.
const COMPLETE_TIMES: usize = 2;

/// The peer served in turn keeps its place so long.
const TURN: Duration = Duration::from_secs(30);

/// A peer is new so long: three times as likely to get the turn.
const NEW: Duration = Duration::from_secs(60);
const LIKELIER: usize = 3;

/// Octets a second that one slot is to give: 2 Mbit/s. At 10 Mbit/s there are five slots.
const PER_SLOT: f64 = 250_000.0;
const LEAST_SLOTS: usize = 3;
const USUAL_SLOTS: usize = 5;
const MOST_SLOTS: usize = 60;

/// Where a peer stands.
#[derive(Clone, Copy, Debug)]
pub struct ChokerPeer {
    /// Who it is.
    pub peer: PeerKey,
    /// Whether it wants something of us.
    pub is_interested: bool,
    /// Whether it may receive.
    pub is_unchoked: bool,
    /// Octets a second that it gives us, over the last ten seconds or more.
    pub from_them: f64,
    /// Octets a second that we give it.
    pub to_them: f64,
    /// Octets given to it in all.
    pub given: u64,
    /// When it joined.
    pub joined: SteadyTime,
    /// Whether it was asked and gives nothing.
    pub owes: bool,
}

impl ChokerPeer {
    fn gives(&self) -> f64 {
        if self.owes { 0.0 } else { self.from_them }
    }
}

/// What this side does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It still wants something.
    Receiving,
    /// It has all that it wants.
    Complete,
}

/// How many peers may receive at a time under an upload limit in octets a second. Without a limit: as few as at
/// 10 Mbit/s; [`Choker::round`] opens more when the link is seen to give more.
pub fn slots_for(upload_limit: Option<u32>) -> usize {
    upload_limit.map_or(USUAL_SLOTS, |limit| slots_of(f64::from(limit)).max(LEAST_SLOTS))
}

fn slots_of(per_second: f64) -> usize {
    ((per_second / PER_SLOT) as usize).min(MOST_SLOTS)
}

/// Decides for the peers of one torrent.
#[derive(Clone, Debug)]
pub struct Choker {
    slots: usize,
    next: SteadyTime,
    /// Who is served in turn, and until when.
    turn: Option<(PeerKey, SteadyTime)>,
    random: fastrand::Rng,
}

impl Choker {
    /// Its first round is due at once. The seed decides among equals.
    pub fn new(seed: u64) -> Self {
        Self {
            slots: USUAL_SLOTS,
            next: SteadyTime::default(),
            turn: None,
            random: fastrand::Rng::with_seed(seed),
        }
    }

    /// So many peers may receive, the one in turn among them.
    pub fn set_slots(&mut self, slots: usize) {
        self.slots = slots.clamp(1, MOST_SLOTS);
    }

    /// How many peers may receive, before what the link is seen to give.
    pub fn slots(&self) -> usize {
        self.slots
    }

    /// Whether a round is due.
    pub fn is_due(&self, now: SteadyTime) -> bool {
        now >= self.next
    }

    /// When the next round is due.
    pub fn next(&self) -> SteadyTime {
        self.next
    }

    /// Exactly those that may receive from now on; all others are to be choked.
    pub fn round(&mut self, peers: &[ChokerPeer], role: Role, now: SteadyTime) -> Vec<PeerKey> {
        self.next = now.after(match role {
            Role::Receiving => ROUND,
            Role::Complete => ROUND_COMPLETE,
        });
        let slots = self.slots_seen(peers, role);
        let mut waiting = self.by_merit(peers.iter().filter(|peer| peer.is_interested), role);
        match role {
            Role::Complete => {
                self.turn = None;
                waiting.truncate(slots);
                waiting.iter().map(|peer| peer.peer).collect()
            }
            Role::Receiving => {
                let givers = waiting.iter().take_while(|peer| peer.gives() > 0.0).count();
                let others = waiting.split_off(givers.min(slots - 1));
                let mut served: Vec<PeerKey> = waiting.iter().map(|peer| peer.peer).collect();
                served.extend(self.take_turn(&others, now));
                let spare = others.iter().map(|peer| peer.peer).filter(|peer| Some(*peer) != self.turn_of());
                served.extend(spare.take(slots.saturating_sub(served.len())));
                served
            }
        }
    }

    /// Those to be added between rounds, where a place is free.
    pub fn fill(&mut self, peers: &[ChokerPeer], role: Role, _now: SteadyTime) -> Vec<PeerKey> {
        let interested = || peers.iter().filter(|peer| peer.is_interested);
        let served = interested().filter(|peer| peer.is_unchoked).count();
        let free = self.slots_seen(peers, role).saturating_sub(served);
        if free == 0 || served == interested().count() {
            return Vec::new();
        }
        let waiting = self.by_merit(interested().filter(|peer| !peer.is_unchoked), role);
        waiting.iter().take(free).map(|peer| peer.peer).collect()
    }

    /// More slots than told when all of them together give more than so many need.
    fn slots_seen(&self, peers: &[ChokerPeer], role: Role) -> usize {
        let given = peers.iter().filter(|peer| peer.is_unchoked).map(|peer| peer.to_them).sum();
        let slots = slots_of(given).max(self.slots);
        match role {
            Role::Receiving => slots,
            Role::Complete => (COMPLETE_TIMES * slots).min(MOST_SLOTS),
        }
    }

    /// Those that give most first, or when complete those that were given least; by chance among equals.
    fn by_merit<'a>(
        &mut self,
        peers: impl Iterator<Item = &'a ChokerPeer>,
        role: Role,
    ) -> Vec<&'a ChokerPeer> {
        let mut peers: Vec<&ChokerPeer> = peers.collect();
        self.random.shuffle(&mut peers);
        match role {
            Role::Complete => peers.sort_by_key(|peer| peer.given),
            Role::Receiving => peers.sort_by(|a, b| {
                b.gives().total_cmp(&a.gives()).then(a.owes.cmp(&b.owes)).then(a.given.cmp(&b.given))
            }),
        }
        peers
    }

    fn turn_of(&self) -> Option<PeerKey> {
        self.turn.map(|(peer, _)| peer)
    }

    /// Who is served in turn: the same for a while, then another one.
    fn take_turn(&mut self, others: &[&ChokerPeer], now: SteadyTime) -> Option<PeerKey> {
        let keeps = |(peer, until): &(PeerKey, SteadyTime)| {
            now < *until && others.iter().any(|other| other.peer == *peer)
        };
        if self.turn.as_ref().is_none_or(|turn| !keeps(turn)) {
            let before = self.turn_of();
            let mut lots: Vec<PeerKey> = Vec::new();
            for other in others.iter().filter(|other| others.len() == 1 || Some(other.peer) != before) {
                let lot = if now.since(other.joined) < NEW { LIKELIER } else { 1 };
                lots.extend(std::iter::repeat_n(other.peer, lot));
            }
            self.turn = self.random.choice(lots).map(|peer| (peer, now.after(TURN)));
        }
        self.turn_of()
    }
}
