//! The peers that said they have a description: which size each claims, what was asked of it, and how it behaved.
//!
//! In: offers, requests, answers, time. Out: who can be asked. Bounded by the peers that are connected.

use crate::domain::utc::SteadyTime;
use crate::swarm::PeerKey;
use std::collections::BTreeMap;

/// Most peers that are looked at; more are never connected at once.
const MOST_SOURCES: usize = 500;

/// Whether a peer may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MetadataPeerState {
    Usable,
    /// It refused, and is left alone until then.
    Refused(SteadyTime),
    /// What it said was wrong; never for this size again.
    Liar,
}

/// A peer and what it claims.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) peer: PeerKey,
    pub(super) size: u32,
    /// How often it was waited for in vain since it last gave something.
    pub(super) silences: u32,
    standing: MetadataPeerState,
    /// Parts asked of it, and until when each is waited for. `None`: no longer, but it may still come.
    asked: BTreeMap<u32, Option<SteadyTime>>,
}

impl Source {
    fn is_usable(&self) -> bool {
        self.standing == MetadataPeerState::Usable
    }

    /// How many parts it is waited for.
    fn awaited(&self) -> usize {
        self.asked.values().flatten().count()
    }

    fn is_awaited_for(&self, part: u32) -> bool {
        self.asked.get(&part).is_some_and(Option::is_some)
    }

    fn is_free_for(&self, part: u32, most: usize) -> bool {
        self.is_usable() && !self.is_awaited_for(part) && self.awaited() < most
    }
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Sources {
    by_peer: BTreeMap<PeerKey, Source>,
}

impl Sources {
    /// A peer claims a size; the same again changes nothing.
    pub(super) fn offer(&mut self, peer: PeerKey, size: u32) {
        let is_known = self.by_peer.get(&peer).is_some_and(|source| source.size == size);
        let has_room = self.by_peer.len() < MOST_SOURCES || self.by_peer.contains_key(&peer);
        if !is_known && has_room {
            let source = Source {
                peer,
                size,
                silences: 0,
                standing: MetadataPeerState::Usable,
                asked: BTreeMap::new(),
            };
            self.by_peer.insert(peer, source);
        }
    }

    pub(super) fn remove(&mut self, peer: PeerKey) {
        self.by_peer.remove(&peer);
    }

    pub(super) fn ask(&mut self, peer: PeerKey, part: u32, until: SteadyTime) {
        if let Some(source) = self.by_peer.get_mut(&peer) {
            source.asked.insert(part, Some(until));
        }
    }

    /// A peer gave a part: the size that it claims, if it was asked for that part and may still give.
    pub(super) fn answered(&mut self, peer: PeerKey, part: u32) -> Option<u32> {
        let source = self.by_peer.get_mut(&peer)?;
        source.asked.remove(&part)?;
        source.silences = 0;
        source.is_usable().then_some(source.size)
    }

    /// A peer refused a part that was asked of it.
    pub(super) fn refuse(&mut self, peer: PeerKey, part: u32, until: SteadyTime) {
        if self.answered(peer, part).is_some() {
            self.set_standing(peer, MetadataPeerState::Refused(until));
        }
    }

    pub(super) fn set_standing(&mut self, peer: PeerKey, standing: MetadataPeerState) {
        if let Some(source) = self.by_peer.get_mut(&peer) {
            source.standing = standing;
            source.asked.clear();
        }
    }

    /// Gives up waiting where time is up, and ends the rest of those that refused. Returns how many waits were in vain.
    pub(super) fn expire(&mut self, now: SteadyTime) -> u32 {
        let mut missed = 0;
        for source in self.by_peer.values_mut() {
            if matches!(source.standing, MetadataPeerState::Refused(until) if until <= now) {
                source.standing = MetadataPeerState::Usable;
            }
            let mut is_late = false;
            for wait in source.asked.values_mut().filter(|wait| wait.is_some_and(|until| until <= now)) {
                (*wait, is_late) = (None, true);
            }
            if is_late {
                source.silences += 1;
                missed = 1;
            }
        }
        missed
    }

    /// How many peers claim a size, whatever came of it.
    pub(super) fn claims(&self, size: u32) -> usize {
        self.by_peer.values().filter(|source| source.size == size).count()
    }

    /// How many peers can be asked for a description of that size.
    pub(super) fn usable(&self, size: u32) -> usize {
        self.by_peer.values().filter(|source| source.size == size && source.is_usable()).count()
    }

    /// The sizes of peers that can be asked, and how many claim each.
    pub(super) fn usable_sizes(&self) -> BTreeMap<u32, usize> {
        let mut sizes = BTreeMap::new();
        for source in self.by_peer.values().filter(|source| source.is_usable()) {
            *sizes.entry(source.size).or_default() += 1;
        }
        sizes
    }

    pub(super) fn can_give(&self, peer: PeerKey, size: u32) -> bool {
        self.by_peer.get(&peer).is_some_and(|source| source.size == size && source.is_usable())
    }

    /// How many peers are waited for with this part.
    pub(super) fn asked_for(&self, size: u32, part: u32) -> usize {
        self.by_peer.values().filter(|source| source.size == size && source.is_awaited_for(part)).count()
    }

    /// How many peers are waited for that claim another size than this one.
    pub(super) fn asked_outside(&self, size: Option<u32>) -> usize {
        self.by_peer.values().filter(|source| Some(source.size) != size && source.awaited() > 0).count()
    }

    pub(super) fn is_free(&self, peer: PeerKey, part: u32, most: usize) -> bool {
        self.by_peer.get(&peer).is_some_and(|source| source.is_free_for(part, most))
    }

    /// The peer to ask for a part: one that was not waited for in vain, with least to do.
    pub(super) fn best_for(&self, size: u32, part: u32, most: usize) -> Option<PeerKey> {
        let free =
            self.by_peer.values().filter(|source| source.size == size && source.is_free_for(part, most));
        free.min_by_key(|source| (source.silences, source.awaited(), source.peer)).map(|source| source.peer)
    }

    /// Peers that may be asked and of which nothing is waited for.
    pub(super) fn idle(&self) -> impl Iterator<Item = &Source> {
        self.by_peer.values().filter(|source| source.is_usable() && source.awaited() == 0)
    }
}
