//! How the description of a torrent, of which only the info-hash is known, is put together from several peers (BEP 9),
//! and how ours is given to others.
//!
//! In: which peer said it has a description of which size, parts, refusals, time. Out: which part to ask of whom, and
//! the description once its SHA-1 is the info-hash. Peers that claim other sizes cost no memory: one buffer is held,
//! of the size under trial, and it grows only as parts come.
//! Start reading at [`MetadataFetch::on`].

mod shelf;
mod sources;
#[cfg(test)]
mod tests;

pub use shelf::MetadataShelf;

use self::sources::{MetadataPeerState, Sources};
use super::PeerKey;
use super::extension::{LONGEST_METADATA, METADATA_PART};
use crate::domain::integrity::{Digest, DigestAlgorithm};
use crate::domain::torrent::InfoHash;
use crate::domain::utc::SteadyTime;
use bytes::Bytes;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How long a peer is waited for before a part is asked of another one.
pub const PART_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a peer that refused a part is left alone.
pub const REFUSAL_REST: Duration = Duration::from_secs(60);

/// How long the first trial of a size may take while peers claim others; each further trial takes twice as long.
const FIRST_TRIAL: Duration = Duration::from_secs(10);

/// Parts that are asked for beyond the first one missing: what the buffer may grow ahead of what has come.
const PARTS_AHEAD: u32 = 64;

/// Parts asked of one peer at a time.
const ASKED_OF_ONE: usize = 4;

/// Peers asked at first for the part with which a trial begins.
const FIRST_ASKED: usize = 4;

/// How often the number of peers asked for a first part, and the time of a trial, are doubled at most.
const MOST_DOUBLINGS: u32 = 6;

/// How often the number of peers asked for one and the same later part is doubled at most.
const MOST_COPY_DOUBLINGS: u32 = 3;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MetadataFact {
    /// A peer takes metadata messages and says how long the description is.
    Offered {
        /// Who.
        peer: PeerKey,
        /// Octets of the description.
        size: u32,
    },
    /// A peer sent a part.
    Data {
        /// Who.
        peer: PeerKey,
        /// Which.
        part: u32,
        /// Octets of the description, when the peer says so again.
        total_size: Option<u32>,
        /// The part.
        data: Bytes,
    },
    /// A peer does not give a part.
    Reject {
        /// Who.
        peer: PeerKey,
        /// Which.
        part: u32,
    },
    /// The connection to a peer ended.
    Gone {
        /// Whose.
        peer: PeerKey,
    },
    /// Time has passed; wanted at least once a second.
    Tick,
}

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MetadataAct {
    /// Ask a peer for a part.
    Ask {
        /// Whom.
        peer: PeerKey,
        /// Which.
        part: u32,
    },
    /// This is the `info` dictionary whose SHA-1 is the info-hash. Nothing follows.
    Found(Bytes),
    /// A peer lied: about the size, or alone gave octets with another SHA-1.
    Distrust {
        /// Who.
        peer: PeerKey,
    },
}

/// Puts one description together.
#[derive(Debug)]
pub struct MetadataFetch {
    info_hash: InfoHash,
    sources: Sources,
    /// How often a size was tried in vain; only of sizes that a peer claims.
    trials: BTreeMap<u32, u32>,
    /// Sizes for which parts of several peers did not fit together: from now on one peer gives all.
    alone: BTreeSet<u32>,
    trial: Option<Trial>,
    /// How often a peer was waited for in vain since something last came.
    misses: u32,
    is_found: bool,
}

/// The size under trial.
#[derive(Debug)]
struct Trial {
    size: u32,
    /// When another size gets its turn.
    until: SteadyTime,
    octets: Vec<u8>,
    given: BTreeMap<u32, PeerKey>,
    /// The peer that gives all parts, when it must be one.
    only: Option<PeerKey>,
}

/// Sizes in the order in which they deserve to be tried: tried in vain least often, then claimed by most peers.
type Rank = (u32, Reverse<usize>, u32);

impl MetadataFetch {
    /// Nothing has come yet.
    pub fn new(info_hash: InfoHash) -> Self {
        Self {
            info_hash,
            sources: Sources::default(),
            trials: BTreeMap::new(),
            alone: BTreeSet::new(),
            trial: None,
            misses: 0,
            is_found: false,
        }
    }

    /// Takes in what happened and says what to do.
    pub fn on(&mut self, fact: MetadataFact, now: SteadyTime) -> Vec<MetadataAct> {
        let mut acts = Vec::new();
        if self.is_found {
            return acts;
        }
        let missed = self.sources.expire(now);
        self.misses = self.misses.saturating_add(missed);
        match fact {
            MetadataFact::Offered { peer, size } if (1..=LONGEST_METADATA).contains(&size) => {
                self.sources.offer(peer, size);
            }
            // A size that no torrent has, and time that the next lines look at.
            MetadataFact::Offered { .. } | MetadataFact::Tick => {}
            MetadataFact::Data { peer, part, total_size, data } => {
                self.take((peer, part), (total_size, &data), now, &mut acts);
            }
            MetadataFact::Reject { peer, part } => self.sources.refuse(peer, part, now.after(REFUSAL_REST)),
            MetadataFact::Gone { peer } => self.sources.remove(peer),
        }
        self.forget_sizes_nobody_claims();
        self.give_turns(now);
        if !self.is_found {
            self.ask_for_trial(now, &mut acts);
            self.ask_for_turns(now, &mut acts);
        }
        acts
    }

    /// Octets of the description that have come and belong to the size under trial, and that size: what progress shows.
    pub fn progress(&self) -> Option<(u32, u32)> {
        let trial = self.trial.as_ref()?;
        let octets = trial.given.keys().map(|part| part_length(trial.size, *part)).sum();
        Some((octets, trial.size))
    }

    fn take(
        &mut self,
        (peer, part): (PeerKey, u32),
        (total_size, data): (Option<u32>, &[u8]),
        now: SteadyTime,
        acts: &mut Vec<MetadataAct>,
    ) {
        // What was not asked for could come from anybody at any length.
        let Some(size) = self.sources.answered(peer, part) else { return };
        let is_sound =
            total_size.is_none_or(|total| total == size) && data.len() == part_length(size, part) as usize;
        if !is_sound {
            self.distrust(peer, acts);
            return;
        }
        self.misses = 0;
        if self.trial.as_ref().is_none_or(|trial| self.rank(size) < self.rank(trial.size)) {
            self.begin(size, peer, now);
        }
        let Some(trial) = self.trial.as_mut().filter(|trial| trial.takes(size, peer)) else { return };
        trial.put(part, peer, data);
        if trial.is_whole() {
            self.prove(acts);
        }
    }

    fn begin(&mut self, size: u32, peer: PeerKey, now: SteadyTime) {
        let only = self.alone.contains(&size).then_some(peer);
        let until = now.after(self.time_of_trial(size));
        self.trial = Some(Trial { size, until, octets: Vec::new(), given: BTreeMap::new(), only });
    }

    /// Everything is here: is it the description?
    fn prove(&mut self, acts: &mut Vec<MetadataAct>) {
        let Some(trial) = self.trial.take() else { return };
        if Digest::of(DigestAlgorithm::Sha1, &trial.octets).octets() == self.info_hash.0 {
            self.is_found = true;
            self.sources = Sources::default();
            acts.push(MetadataAct::Found(trial.octets.into()));
            return;
        }
        *self.trials.entry(trial.size).or_default() += 1;
        let givers: BTreeSet<PeerKey> = trial.given.into_values().collect();
        match givers.first() {
            Some(peer) if givers.len() == 1 => self.distrust(*peer, acts),
            // Any of them may have lied; nobody knows who.
            _ => drop(self.alone.insert(trial.size)),
        }
    }

    fn distrust(&mut self, peer: PeerKey, acts: &mut Vec<MetadataAct>) {
        self.sources.set_standing(peer, MetadataPeerState::Liar);
        acts.push(MetadataAct::Distrust { peer });
    }

    fn forget_sizes_nobody_claims(&mut self) {
        let sources = &self.sources;
        self.trials.retain(|size, _| sources.claims(*size) > 0);
        self.alone.retain(|size| sources.claims(*size) > 0);
    }

    fn rank(&self, size: u32) -> Rank {
        self.rank_of(size, self.sources.usable(size))
    }

    fn rank_of(&self, size: u32, peers: usize) -> Rank {
        (self.trials.get(&size).copied().unwrap_or(0), Reverse(peers), size)
    }

    fn time_of_trial(&self, size: u32) -> Duration {
        FIRST_TRIAL * (1 << self.trials.get(&size).copied().unwrap_or(0).min(MOST_DOUBLINGS))
    }

    /// Ends a trial that nobody can go on with; counts one that takes too long, so that another size may displace it.
    fn give_turns(&mut self, now: SteadyTime) {
        let Some(trial) = &mut self.trial else { return };
        if trial.only.is_some_and(|peer| !self.sources.can_give(peer, trial.size)) {
            // Its octets are of no use to anybody else: of several givers none is known to be right.
            self.trial = None;
        } else if self.sources.usable(trial.size) == 0 {
            self.trial = None;
        } else if trial.until <= now {
            let size = trial.size;
            *self.trials.entry(size).or_default() += 1;
            let until = now.after(self.time_of_trial(size));
            if self.alone.contains(&size) {
                // One peer at a time, and this one took too long.
                self.trial = None;
            } else if let Some(trial) = &mut self.trial {
                trial.until = until;
            }
        }
    }

    /// Asks for what the trial still misses, the first parts first.
    fn ask_for_trial(&mut self, now: SteadyTime, acts: &mut Vec<MetadataAct>) {
        let Some(trial) = &self.trial else { return };
        let at_once = 1usize << self.misses.min(MOST_COPY_DOUBLINGS);
        for part in trial.missing() {
            while self.sources.asked_for(trial.size, part) < at_once {
                let peer = match trial.only {
                    Some(only) => Some(only).filter(|peer| self.sources.is_free(*peer, part, ASKED_OF_ONE)),
                    None => self.sources.best_for(trial.size, part, ASKED_OF_ONE),
                };
                let Some(peer) = peer else { break };
                self.sources.ask(peer, part, now.after(PART_TIMEOUT));
                acts.push(MetadataAct::Ask { peer, part });
            }
        }
    }

    /// Asks peers whose size deserves a trial more than the one under way for a first part: who answers begins one.
    fn ask_for_turns(&mut self, now: SteadyTime, acts: &mut Vec<MetadataAct>) {
        let under_trial = self.trial.as_ref().map(|trial| trial.size);
        // Where one peer must give all, what others give meanwhile is of no use.
        let in_vain =
            if self.alone.is_empty() { self.trials.values().copied().min().unwrap_or(0) } else { 0 };
        let most = FIRST_ASKED << self.misses.max(in_vain).min(MOST_DOUBLINGS);
        let room = most.saturating_sub(self.sources.asked_outside(under_trial));
        if room == 0 {
            return;
        }
        let ranks: BTreeMap<u32, Rank> = self
            .sources
            .usable_sizes()
            .into_iter()
            .map(|(size, peers)| (size, self.rank_of(size, peers)))
            .collect();
        let best = under_trial.and_then(|size| ranks.get(&size));
        let deserves = |size| best.is_none_or(|best| ranks.get(&size).is_some_and(|rank| rank < best));
        let mut idle: Vec<_> = self.sources.idle().filter(|source| deserves(source.size)).collect();
        idle.sort_by_key(|source| (source.silences, ranks.get(&source.size), source.peer));
        let chosen: Vec<_> = idle.iter().take(room).map(|source| source.peer).collect();
        for peer in chosen {
            self.sources.ask(peer, 0, now.after(PART_TIMEOUT));
            acts.push(MetadataAct::Ask { peer, part: 0 });
        }
    }
}

impl Trial {
    /// Whether what this peer gave for this size belongs to the trial.
    fn takes(&self, size: u32, peer: PeerKey) -> bool {
        self.size == size && self.only.is_none_or(|only| only == peer)
    }

    fn put(&mut self, part: u32, peer: PeerKey, data: &[u8]) {
        let begin = part as usize * METADATA_PART as usize;
        let end = begin + data.len();
        if !self.given.contains_key(&part) {
            let more = end.saturating_sub(self.octets.len());
            if self.octets.capacity() - self.octets.len() < more {
                // A vector left alone takes twice what it holds.
                self.octets.reserve_exact(more.max(self.octets.len() / 8));
            }
            self.octets.resize(self.octets.len() + more, 0);
            self.octets[begin..end].copy_from_slice(data);
            self.given.insert(part, peer);
        }
    }

    fn is_whole(&self) -> bool {
        self.given.len() == parts_of(self.size) as usize
    }

    fn missing(&self) -> impl Iterator<Item = u32> {
        let parts = 0..parts_of(self.size);
        let first = parts.clone().find(|part| !self.given.contains_key(part)).unwrap_or(parts.end);
        let ahead = first..parts.end.min(first.saturating_add(PARTS_AHEAD));
        ahead.filter(|part| !self.given.contains_key(part))
    }
}

/// How many parts a description of so many octets has.
fn parts_of(size: u32) -> u32 {
    size.div_ceil(METADATA_PART)
}

/// Octets of a part; 0 past the last.
fn part_length(size: u32, part: u32) -> u32 {
    size.saturating_sub(part.saturating_mul(METADATA_PART)).min(METADATA_PART)
}
