//! What is known of the peers of one transfer.
//!
//! In: looks at the swarm, and the time. Out: whether peers can still give, what they lack, and why they give nothing.

use super::need::Need;
use super::{Offers, SwarmHope, SwarmSeen};
use crate::domain::octets::ByteCount;
use crate::domain::utc::SteadyTime;
use crate::transfer::fallback::SwarmView;
use crate::transfer::reason::Reason;
use std::time::Duration;

/// Peers that gave nothing for so long are said to be silent.
const SILENCE: Duration = Duration::from_secs(5);

/// Peers that a live tracker may send to us are waited for so long when there is nothing else.
const VISITORS: Duration = Duration::from_secs(10);

/// While peers lack so many pieces for each client of the crowd, two seldom fetch the same one.
const MANY_A_CLIENT: usize = 4;

/// When nothing came of what falls to others for so long, they are not waited for.
const STANDSTILL: Duration = Duration::from_secs(3);

/// What was seen of the swarm, and when.
#[derive(Clone, Debug)]
pub(super) struct SwarmWatch {
    hope: SwarmHope,
    view: SwarmView,
    seen: SwarmSeen,
    last_bytes: SteadyTime,
    /// How many pieces no peer holds or gives, and since when it is so many.
    lacking: (usize, SteadyTime),
}

impl SwarmWatch {
    /// A swarm that was not looked at yet.
    pub(super) fn new(hope: SwarmHope, now: SteadyTime) -> Self {
        let trackers_asked = usize::from(hope == SwarmHope::Possible);
        Self {
            hope,
            view: SwarmView { trackers_asked, ..SwarmView::default() },
            seen: SwarmSeen::default(),
            last_bytes: now,
            lacking: (0, now),
        }
    }

    /// Whether there is a way to any peer.
    pub(super) fn is_possible(&self) -> bool {
        self.hope == SwarmHope::Possible
    }

    /// What the choice between peers and HTTP looks at.
    pub(super) fn view(&self) -> &SwarmView {
        &self.view
    }

    /// What peers hold and are giving. `None` while there is no way to know.
    pub(super) fn offers(&self) -> Option<&Offers> {
        self.seen.offers.as_deref()
    }

    /// Takes in what was seen. Returns whether peers have come after there was none.
    pub(super) fn on_seen(&mut self, seen: SwarmSeen, now: SteadyTime) -> bool {
        let fresh = seen.received.saturating_sub(self.seen.received);
        if fresh > ByteCount::ZERO {
            self.last_bytes = now;
        }
        let have_come = self.view.peers_live == 0 && seen.peers_live > 0;
        self.view.rate.add(fresh, now);
        self.view.trackers_asked = seen.trackers_asked;
        self.view.peers_hoped = seen.peers_hoped;
        self.view.peers_live = seen.peers_live;
        self.view.limit = seen.limit;
        self.view.others = seen.offers.as_ref().map_or(0, |offers| offers.others);
        self.seen = seen;
        have_come
    }

    /// Time has passed without a look.
    pub(super) fn on_tick(&mut self, now: SteadyTime) {
        self.view.rate.add(ByteCount::ZERO, now);
    }

    /// Counts what is lacking of what no peer holds or gives.
    pub(super) fn note_lacking(&mut self, need: &Need, now: SteadyTime) {
        let lacking = need.open_pieces().filter(|piece| self.lacks(*piece)).count();
        if lacking != self.lacking.0 {
            self.lacking = (lacking, now);
        }
    }

    /// Whether no connected peer holds or gives `piece`.
    pub(super) fn lacks(&self, piece: u32) -> bool {
        self.offers().is_none_or(|offers| !offers.offered.has(piece) && !offers.in_flight.has(piece))
    }

    /// Whether peers give and others want the same.
    pub(super) fn has_others(&self) -> bool {
        self.view.peers_live > 0 && self.view.others > 0
    }

    /// Whether to fetch what falls to others: while there is much of it, or when they do not get on with it. Two would
    /// fetch the same otherwise.
    pub(super) fn leaves_us_others_part(&self, now: SteadyTime) -> bool {
        let (lacking, since) = self.lacking;
        lacking >= MANY_A_CLIENT * self.view.others || now.since(since) >= STANDSTILL
    }

    /// Why peers give nothing: who is there and silent is not said to be absent.
    pub(super) fn trouble(&self, now: SteadyTime) -> Reason {
        match (&self.seen.trouble, self.seen.peers_live) {
            (Some(trouble), _) => trouble.clone(),
            (None, 0) => Reason::NoPeers,
            (None, _) => Reason::PeersSilent(now.since(self.last_bytes)),
        }
    }

    /// Whether `reason` is to be told now: peers that give are not blamed for others, nor for a pause between pieces.
    pub(super) fn is_blamed(&self, reason: &Reason, now: SteadyTime) -> bool {
        match self.seen.peers_live {
            _ if reason.is_wrong_data() => true,
            // Nobody has answered, or nobody is there any more.
            0 => self.seen.trouble.is_some() || self.seen.trackers_asked + self.seen.peers_hoped == 0,
            _ => now.since(self.last_bytes) >= SILENCE,
        }
    }

    /// Whether peers may still give, with the last progress then and so much patience.
    pub(super) fn is_hopeful(&self, last_progress: SteadyTime, patience: Duration, now: SteadyTime) -> bool {
        if !self.is_possible() {
            return false;
        }
        // Octets that turn out wrong are no progress, or a hostile peer would be waited for until the end of time.
        let sends_wrong_data = self.seen.trouble.as_ref().is_some_and(Reason::is_wrong_data);
        let last_bytes = if sends_wrong_data { last_progress } else { self.last_bytes };
        let idle = now.since(last_progress.max(last_bytes));
        let may_be_visited = self.seen.trackers_told > 0 && idle < VISITORS.min(patience);
        let may_return = self.seen.peers_failed > 0;
        ((self.view.can_provide() || may_return) && idle < patience) || may_be_visited
    }
}
