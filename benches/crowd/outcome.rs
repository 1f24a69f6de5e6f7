//! What a crowd took, against the bound that no scheme can beat.

use super::{Micros, Node, PUBLISHER, World};
use nuee::swarm::torrent::Gives;

/// How long one kind of client took.
#[derive(Debug)]
pub struct Group {
    pub who: &'static str,
    pub count: usize,
    pub median: f64,
    pub nearly_all: f64,
    /// Seconds from the beginning until the last one was done.
    pub last: f64,
}

#[derive(Debug)]
pub struct Outcome {
    pub bound: f64,
    pub copies: f64,
    /// Part of what came that had come before.
    pub wasted: f64,
    pub unfinished: usize,
    pub blocks: u64,
    pub groups: Vec<Group>,
}

impl World {
    pub(super) fn outcome(&self) -> Outcome {
        let clients = &self.nodes[PUBLISHER + 1..];
        let octets = self.scenario.octets as f64;
        let mbit = octets * 8.0 / 1e6;
        let uplink = |number: usize| self.scenario.uplinks[number % self.scenario.uplinks.len()];
        let giving = clients.iter().enumerate().filter(|(_, node)| node.gives == Gives::Held);
        let uplinks: f64 = giving.map(|(number, _)| uplink(number)).sum();
        let publisher = self.scenario.publisher;
        let bound = (mbit / publisher)
            .max(clients.len() as f64 * mbit / (publisher + uplinks))
            .max(mbit / self.scenario.downlink);
        let has_riders = self.scenario.one_rider_in > 0;
        let kinds = if has_riders { &["givers", "riders"][..] } else { &["all"] };
        let groups = kinds.iter().filter_map(|who| {
            let is_of = |node: &&Node| (*who == "riders") == (node.gives == Gives::Nothing);
            let done = clients.iter().filter(is_of).filter_map(|node| Some((node.done?, node.joined)));
            group(who, &done.collect::<Vec<_>>())
        });
        let all = self.blocks * super::TURN;
        Outcome {
            bound,
            copies: self.nodes[PUBLISHER].link.sent as f64 / octets,
            wasted: self.wasted as f64 / all.max(1) as f64,
            unfinished: self.unfinished,
            blocks: self.blocks,
            groups: groups.collect(),
        }
    }
}

fn group(who: &'static str, done: &[(Micros, Micros)]) -> Option<Group> {
    let mut took: Vec<f64> = done.iter().map(|(done, joined)| (done - joined) as f64 / 1e6).collect();
    took.sort_by(f64::total_cmp);
    let part = |part: f64| took.get(((took.len() - 1) as f64 * part) as usize).copied();
    let last = done.iter().map(|(done, _)| *done).max()? as f64 / 1e6;
    Some(Group { who, count: took.len(), median: part(0.5)?, nearly_all: part(0.99)?, last })
}
