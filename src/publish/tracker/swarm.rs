//! The members of one swarm, and which of them a peer is told of.
//!
//! In: members, and a peer that asks. Out: the members it is told. Half of them are the nearest by their addresses, which
//! spares the lines between networks; half are drawn from all, which keeps the swarm one graph.

use super::limits::{MOST_OF_A_SWARM, ORIGIN_FOR_ALL, most_in_a_swarm};
use super::report::{Appetite, NamedFamilies, NamedPeer, SwarmCounts};
use crate::catalog::tracker::PeerId;
use crate::domain::address_class::{AddressClass, household};
use crate::domain::utc::SteadyTime;
use core::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

/// Networks that count as near, from the nearest to the farthest: octets of an address in the form of version 6.
const NEAR_V4: [u32; 3] = [96 + 24, 96 + 16, 96 + 12];
const NEAR_V6: [u32; 3] = [56, 48, 32];

/// How many members are looked at for each one that is wanted, before the search is given up.
const LOOKS: usize = 6;

/// A member's address, in an order in which near ones lie together: version 4 as it is written in version 6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct MemberKey {
    address: u128,
    port: u16,
}

impl MemberKey {
    pub(super) fn of(at: SocketAddr) -> Self {
        let address = match at.ip() {
            IpAddr::V4(v4) => v4.to_ipv6_mapped(),
            IpAddr::V6(v6) => v6,
        };
        Self { address: u128::from(address), port: at.port() }
    }

    pub(super) fn at(self) -> SocketAddr {
        SocketAddr::new(Ipv6Addr::from(self.address).to_canonical(), self.port)
    }

    fn is_v4(self) -> bool {
        self.at().is_ipv4()
    }

    pub(super) fn class(self) -> Option<AddressClass> {
        AddressClass::of(self.at().ip())
    }

    pub(super) fn household(self) -> u128 {
        household(self.at().ip())
    }

    /// All keys whose first `bits` bits are those of this one.
    fn network(self, bits: u32) -> (Self, Self) {
        let host = u128::MAX.checked_shr(bits).unwrap_or(0);
        let first = self.address & !host;
        (Self { address: first, port: 0 }, Self { address: first | host, port: u16::MAX })
    }

    fn group(self) -> (Self, Self) {
        self.network(if self.is_v4() { 128 } else { 64 })
    }
}

/// What is remembered of a member.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub(super) id: PeerId,
    pub(super) appetite: Appetite,
    /// When it is forgotten.
    pub(super) until: SteadyTime,
}

/// A peer that asks for others.
#[derive(Debug)]
pub(super) struct AskingPeer {
    pub(super) own: MemberKey,
    /// The class of the address that it asks from.
    pub(super) class: Option<AddressClass>,
    pub(super) appetite: Appetite,
    pub(super) families: NamedFamilies,
    pub(super) wanted: usize,
    pub(super) now: SteadyTime,
}

impl AskingPeer {
    /// An address that only some can reach is told to those alone. Behind a carrier's translation thousands have the same
    /// private address: whoever is told of it from outside calls somebody else.
    fn can_reach(&self, at: MemberKey) -> bool {
        let is_of_family = self.families == NamedFamilies::Both || at.is_v4() == self.own.is_v4();
        is_of_family
            && match at.class() {
                None => true,
                Some(AddressClass::Loopback) => self.class == Some(AddressClass::Loopback),
                Some(_) => self.class.is_some(),
            }
    }

    fn is_served_by(&self, at: MemberKey, member: &Member) -> bool {
        let is_useful = self.appetite == Appetite::Wanting || member.appetite == Appetite::Wanting;
        is_useful && at != self.own && member.until > self.now && self.can_reach(at)
    }
}

/// What became of the members when one was noted.
#[derive(Debug, Default)]
pub(super) struct MemberChange {
    pub(super) is_new: bool,
    /// The one that made room.
    pub(super) displaced: Option<MemberKey>,
}

/// The members of one swarm.
#[derive(Debug)]
pub(super) struct TrackedSwarm {
    born: SteadyTime,
    /// Each with its place among those that want something, or among those that do not.
    members: BTreeMap<MemberKey, (Member, usize)>,
    wanting: Vec<MemberKey>,
    satisfied: Vec<MemberKey>,
    complete: usize,
    completed: usize,
}

impl TrackedSwarm {
    pub(super) fn new(born: SteadyTime) -> Self {
        Self {
            born,
            members: BTreeMap::new(),
            wanting: Vec::new(),
            satisfied: Vec::new(),
            complete: 0,
            completed: 0,
        }
    }

    pub(super) fn age(&self, now: SteadyTime) -> Duration {
        now.since(self.born)
    }

    pub(super) fn len(&self) -> usize {
        self.members.len()
    }

    pub(super) fn knows(&self, key: MemberKey) -> bool {
        self.members.contains_key(&key)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = MemberKey> {
        self.members.keys().copied().collect::<Vec<_>>().into_iter()
    }

    pub(super) fn counts(&self, origins: &[SocketAddr]) -> SwarmCounts {
        let alone = origins.iter().filter(|&&origin| !self.knows(MemberKey::of(origin))).count();
        SwarmCounts {
            complete: self.complete + alone,
            incomplete: self.members.len() - self.complete,
            wanting: self.wanting.len(),
            completed: self.completed,
        }
    }

    /// Counts a download, once: only of a member that had something missing.
    pub(super) fn completed(&mut self, key: MemberKey) {
        let was_incomplete = |(member, _): &(Member, usize)| member.appetite != Appetite::Complete;
        self.completed += usize::from(self.members.get(&key).is_some_and(was_incomplete));
    }

    /// Remembers a member. The oldest of the same address makes room when that has too many; when the swarm is full, one that
    /// is new is not remembered.
    pub(super) fn note(&mut self, key: MemberKey, member: Member) -> MemberChange {
        if self.remove(key) {
            self.insert(key, member);
            return MemberChange::default();
        }
        let (first, last) = key.group();
        let of_group = self.members.range(first..=last).map(|(key, (member, _))| (member.until, *key));
        let displaced = if of_group.clone().count() >= most_in_a_swarm(key.class()) {
            of_group.min().map(|(_, oldest)| oldest)
        } else {
            None
        };
        if displaced.is_none() && self.members.len() >= MOST_OF_A_SWARM {
            return MemberChange::default();
        }
        if let Some(oldest) = displaced {
            self.remove(oldest);
        }
        self.insert(key, member);
        MemberChange { is_new: true, displaced }
    }

    fn insert(&mut self, key: MemberKey, member: Member) {
        self.complete += usize::from(member.appetite == Appetite::Complete);
        let list = self.list(member.appetite);
        list.push(key);
        let place = list.len() - 1;
        self.members.insert(key, (member, place));
    }

    /// Whether it was there.
    pub(super) fn remove(&mut self, key: MemberKey) -> bool {
        let Some((member, place)) = self.members.remove(&key) else { return false };
        self.complete -= usize::from(member.appetite == Appetite::Complete);
        let list = self.list(member.appetite);
        list.swap_remove(place);
        let moved = list.get(place).copied();
        if let Some((_, of_moved)) = moved.and_then(|moved| self.members.get_mut(&moved)) {
            *of_moved = place;
        }
        true
    }

    fn list(&mut self, appetite: Appetite) -> &mut Vec<MemberKey> {
        match appetite {
            Appetite::Wanting => &mut self.wanting,
            Appetite::Partial | Appetite::Complete => &mut self.satisfied,
        }
    }

    /// Forgets who did not come back.
    pub(super) fn sweep(&mut self, now: SteadyTime) -> Vec<MemberKey> {
        let late = self.members.iter().filter(|(_, (member, _))| member.until <= now);
        let late: Vec<MemberKey> = late.map(|(key, _)| *key).collect();
        for &key in &late {
            self.remove(key);
        }
        late
    }

    /// The members that a peer is told of, each once.
    pub(super) fn choose(
        &self,
        asker: &AskingPeer,
        origins: &[SocketAddr],
        random: &mut fastrand::Rng,
    ) -> Vec<NamedPeer> {
        let mut choice = Choice { of: self, asker, keys: Vec::new(), seen: HashSet::new() };
        if asker.appetite == Appetite::Wanting {
            if self.members.len() <= ORIGIN_FOR_ALL || random.u8(..4) == 0 {
                origins.iter().for_each(|&origin| choice.add_origin(MemberKey::of(origin)));
            }
            choice.add_near(asker.wanted / 2, random);
        }
        choice.add_any(random);
        choice.keys.iter().map(|&key| self.named(key)).collect()
    }

    fn named(&self, key: MemberKey) -> NamedPeer {
        NamedPeer { at: key.at(), id: self.members.get(&key).map(|(member, _)| member.id) }
    }
}

/// The members that are chosen so far.
struct Choice<'a> {
    of: &'a TrackedSwarm,
    asker: &'a AskingPeer,
    keys: Vec<MemberKey>,
    seen: HashSet<MemberKey>,
}

impl Choice<'_> {
    fn is_full(&self) -> bool {
        self.keys.len() >= self.asker.wanted
    }

    fn add_origin(&mut self, key: MemberKey) {
        if !self.is_full() && key != self.asker.own && self.asker.can_reach(key) && self.seen.insert(key) {
            self.keys.push(key);
        }
    }

    fn add(&mut self, key: MemberKey, member: &Member) {
        if !self.is_full() && self.asker.is_served_by(key, member) && self.seen.insert(key) {
            self.keys.push(key);
        }
    }

    /// Adds up to `wanted` from the asker's own surroundings, from the nearest on; within one network from a random place on.
    fn add_near(&mut self, wanted: usize, random: &mut fastrand::Rng) {
        let most = self.keys.len() + wanted;
        let own = self.asker.own;
        for bits in if own.is_v4() { NEAR_V4 } else { NEAR_V6 } {
            let (first, last) = own.network(bits);
            let from = MemberKey { address: random.u128(first.address..=last.address), port: 0 };
            let members = &self.of.members;
            let around = members.range(from..=last).chain(members.range(first..from));
            for (&key, (member, _)) in around.take(wanted * LOOKS) {
                if self.keys.len() >= most {
                    return;
                }
                self.add(key, member);
            }
        }
    }

    /// Fills up with draws from all that could serve.
    fn add_any(&mut self, random: &mut fastrand::Rng) {
        let swarm = self.of;
        let satisfied: &[MemberKey] = match self.asker.appetite {
            Appetite::Wanting => &swarm.satisfied,
            Appetite::Partial | Appetite::Complete => &[],
        };
        let all = swarm.wanting.len() + satisfied.len();
        let key_at = |at: usize| swarm.wanting.get(at).or_else(|| satisfied.get(at - swarm.wanting.len()));
        let looks = self.asker.wanted * LOOKS;
        // In a small swarm each is looked at once; in a large one few draws fall on the same.
        let mut order: Vec<usize> = if all <= looks { (0..all).collect() } else { Vec::new() };
        random.shuffle(&mut order);
        let draws = if all <= looks { all } else { looks };
        for draw in 0..draws {
            if self.is_full() {
                return;
            }
            let at = order.get(draw).copied().unwrap_or_else(|| random.usize(..all));
            let Some((key, (member, _))) = key_at(at).and_then(|key| swarm.members.get_key_value(key)) else {
                continue;
            };
            self.add(*key, member);
        }
    }
}
