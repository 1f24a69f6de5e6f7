//! What each peer is asked for, and how its pace compares with that of others, measured in blocks and not in time.
//!
//! In: what was asked, came, or was given back. Out: blocks of peers that will take longer than another.

use crate::swarm::PeerKey;
use std::collections::{BTreeMap, VecDeque};

/// A block counts half as much after so many others came.
const HALF: f64 = 256.0;

/// A peer is slower when what it is asked for takes so many times as long as what the other is asked for.
const SLOWER: f64 = 1.5;

/// So many blocks of slower peers are looked at, and four for each that is asked for.
const LOOKED_AT: usize = 64;

/// Peers without requests whose pace is remembered.
const REMEMBERED: usize = 256;

#[derive(Clone, Debug, Default)]
struct Pace {
    asked: VecDeque<(u32, u32)>,
    /// Blocks that it gave, the older the less they count, when so many had come in all.
    gave: f64,
    at: u64,
}

impl Pace {
    fn gave(&self, now: u64) -> f64 {
        self.gave * 0.5f64.powf((now - self.at) as f64 / HALF)
    }
}

/// The paces of all peers.
#[derive(Clone, Debug, Default)]
pub struct Paces {
    peers: BTreeMap<PeerKey, Pace>,
    /// Blocks that came of all peers.
    came: u64,
}

impl Paces {
    pub fn asked_of(&self, peer: PeerKey) -> usize {
        self.peers.get(&peer).map_or(0, |pace| pace.asked.len())
    }

    pub fn on_asked(&mut self, peer: PeerKey, piece: u32, number: u32) {
        if self.peers.len() > REMEMBERED && !self.peers.contains_key(&peer) {
            self.peers.retain(|_, pace| !pace.asked.is_empty());
        }
        if !self.peers.contains_key(&peer) {
            let fresh = Pace { asked: VecDeque::new(), gave: self.usual(), at: self.came };
            self.peers.insert(peer, fresh);
        }
        if let Some(pace) = self.peers.get_mut(&peer) {
            pace.asked.push_back((piece, number));
        }
    }

    pub fn on_came(&mut self, peer: PeerKey, piece: u32, number: u32) {
        self.on_lost(peer, piece, number);
        self.came += 1;
        if let Some(pace) = self.peers.get_mut(&peer) {
            pace.gave = pace.gave(self.came) + 1.0;
            pace.at = self.came;
        }
    }

    pub fn on_lost(&mut self, peer: PeerKey, piece: u32, number: u32) {
        let Some(pace) = self.peers.get_mut(&peer) else { return };
        if let Some(place) = pace.asked.iter().position(|asked| *asked == (piece, number)) {
            pace.asked.remove(place);
        }
    }

    /// What an average peer gave: a peer that was never asked is taken for one.
    fn usual(&self) -> f64 {
        let sum: f64 = self.peers.values().map(|pace| pace.gave(self.came)).sum();
        if self.peers.is_empty() { 1.0 } else { sum / self.peers.len() as f64 }
    }

    /// Blocks asked of peers that need longer for what they are asked for than `peer` would with one more: the least
    /// often asked first, then those of the slowest, what it would give last first. `askers` tells how often one is
    /// asked, `None` when it does not fit.
    pub fn of_slower(
        &self,
        peer: PeerKey,
        most: usize,
        askers: impl Fn(u32, u32) -> Option<usize>,
    ) -> Vec<(usize, u32, u32)> {
        let own = self.peers.get(&peer).map_or(1.0, |pace| (pace.asked.len() + 1) as f64);
        let own = own / self.peers.get(&peer).map_or_else(|| self.usual(), |pace| pace.gave(self.came));
        let mut slower: Vec<(f64, &Pace)> = self
            .peers
            .iter()
            .filter(|(other, pace)| **other != peer && !pace.asked.is_empty())
            .map(|(_, pace)| (pace.asked.len() as f64 / pace.gave(self.came), pace))
            .filter(|(length, _)| *length > own * SLOWER)
            .collect();
        slower.sort_by(|a, b| b.0.total_cmp(&a.0));
        let blocks =
            slower.into_iter().flat_map(|(_, pace)| pace.asked.iter().rev()).take(LOOKED_AT + 4 * most);
        let mut found: Vec<(usize, u32, u32)> = blocks
            .filter_map(|(piece, number)| askers(*piece, *number).map(|askers| (askers, *piece, *number)))
            .collect();
        found.sort_by_key(|(askers, _, _)| *askers);
        found
    }
}
