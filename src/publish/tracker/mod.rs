//! A tracker: who is in which swarm, and who is told of whom.
//!
//! In: what peers say, as a query of HTTP or a packet of UDP, where it came from, and when. Out: the octets of an answer.
//! Opens no socket, reads no clock, and draws from a seed: `engine` moves the octets. Everything that strangers can make it
//! remember is bounded, see [`limits`].
//!
//! | file | what it is |
//! |---|---|
//! | [`report`] | what a peer says of itself, what it is told, why it is refused |
//! | [`limits`] | how much is remembered of whom, and how often peers come back |
//! | [`list_file`] | the list of a tracker that is another program |
//! | `swarm` | the members of one swarm, and the choice among them |
//! | [`http`] | announce and scrape over HTTP (BEP 3, 7, 23, 24, 31, 48) |
//! | [`udp`] | the same over UDP (BEP 15), with connection ids that prove the address |
//!
//! Start reading at [`Tracker`].

pub mod http;
pub mod limits;
pub mod list_file;
pub mod report;
mod swarm;
#[cfg(test)]
mod tests;
pub mod udp;

use self::limits::{
    MOST_MEMBERS, MOST_SWARMS, SWEEP_EVERY, interval, least_interval, most_everywhere, patience, spread,
};
use self::report::{Appetite, PeerReport, ReportEvent, SwarmCounts, TrackerRefusal, TrackerReply};
use self::swarm::{AskingPeer, Member, MemberKey, TrackedSwarm};
use self::udp::ConnectionKey;
use super::recent::RecentSet;
use crate::domain::address_class::AddressClass;
use crate::domain::torrent::InfoHash;
use crate::domain::utc::SteadyTime;
use core::net::{IpAddr, SocketAddr};
use std::collections::{HashMap, HashSet};

/// Most torrents that were listed once and are remembered as withdrawn.
const MOST_WITHDRAWN: usize = 100_000;

/// Which torrents are tracked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrackedTorrents {
    /// Those that are listed, and no other.
    Listed,
    /// Whatever is announced.
    Anything,
}

/// A tracker.
#[derive(Debug)]
pub struct Tracker {
    tracked: TrackedTorrents,
    listed: HashSet<InfoHash>,
    withdrawn: RecentSet<InfoHash>,
    origins: HashMap<InfoHash, Vec<SocketAddr>>,
    swarms: HashMap<InfoHash, TrackedSwarm>,
    /// How many members each address has in all swarms.
    by_address: HashMap<u128, usize>,
    members: usize,
    swept: SteadyTime,
    key: ConnectionKey,
    random: fastrand::Rng,
}

impl Tracker {
    /// A tracker that knows nobody. `secret` must be drawn at random and known to nobody.
    pub fn new(tracked: TrackedTorrents, secret: &[u8; 32]) -> Self {
        let key = ConnectionKey::new(secret);
        Self {
            tracked,
            listed: HashSet::new(),
            withdrawn: RecentSet::new(MOST_WITHDRAWN),
            origins: HashMap::new(),
            swarms: HashMap::new(),
            by_address: HashMap::new(),
            members: 0,
            swept: SteadyTime::default(),
            random: fastrand::Rng::with_seed(key.seed()),
            key,
        }
    }

    /// Tracks a torrent.
    pub fn list(&mut self, torrent: InfoHash) {
        self.withdrawn.remove(&torrent);
        self.listed.insert(torrent);
    }

    /// Tracks a torrent no longer, and forgets who is in its swarm.
    pub fn unlist(&mut self, torrent: InfoHash) {
        self.origins.remove(&torrent);
        if self.listed.remove(&torrent) {
            self.withdrawn.add(torrent);
        }
        if let Some(swarm) = self.swarms.remove(&torrent) {
            self.forget(swarm.keys());
        }
    }

    /// Names a peer that always has everything and announces nothing. It is told to whoever wants something.
    pub fn origin(&mut self, torrent: InfoHash, peer: SocketAddr) {
        let origins = self.origins.entry(torrent).or_default();
        if !origins.contains(&peer) {
            origins.push(peer);
        }
    }

    /// Takes in what a peer says that came from `from`, and names others.
    ///
    /// # Errors
    /// Why it is told nothing.
    pub fn announce(
        &mut self,
        report: &PeerReport,
        from: IpAddr,
        now: SteadyTime,
    ) -> Result<TrackerReply, TrackerRefusal> {
        self.sweep(now);
        self.check_listed(report.torrent)?;
        let from = from.to_canonical();
        // Who lies near may say where it is seen from afar; from afar anybody could name anybody.
        let is_near = AddressClass::of(from).is_some();
        let address = report.claimed.filter(|_| is_near).unwrap_or(from);
        let own = MemberKey::of(SocketAddr::new(address, report.port));
        if !self.swarms.contains_key(&report.torrent) {
            if self.swarms.len() >= MOST_SWARMS {
                return Err(TrackerRefusal::TooMany);
            }
            self.swarms.insert(report.torrent, TrackedSwarm::new(now));
        }
        self.note(report, own, now);
        let origins = self.origins.get(&report.torrent).map_or(&[][..], Vec::as_slice);
        let Some(swarm) = self.swarms.get(&report.torrent) else { return Err(TrackerRefusal::TooMany) };
        let counts = swarm.counts(origins);
        let usual = interval(swarm.age(now), counts.peers());
        let asker = AskingPeer {
            own,
            class: AddressClass::of(from),
            appetite: report.appetite_now(),
            families: report.families,
            wanted: if report.event == Some(ReportEvent::Stopped) { 0 } else { report.wanted },
            now,
        };
        Ok(TrackerReply {
            interval: spread(usual, self.random.f64()),
            least_interval: least_interval(usual),
            counts,
            peers: swarm.choose(&asker, origins, &mut self.random),
            seen_as: (!is_near).then_some(from),
        })
    }

    /// What is known of swarms, in the order in which they are named. `None` for one that is not tracked.
    pub fn scrape(&self, torrents: &[InfoHash]) -> Vec<Option<SwarmCounts>> {
        torrents
            .iter()
            .map(|&torrent| self.check_listed(torrent).ok().map(|()| self.counts(torrent)))
            .collect()
    }

    /// How many are in a swarm.
    pub fn counts(&self, torrent: InfoHash) -> SwarmCounts {
        let origins = self.origins.get(&torrent).map_or(&[][..], Vec::as_slice);
        self.swarms
            .get(&torrent)
            .map_or_else(|| SwarmCounts::of_origins(origins.len()), |swarm| swarm.counts(origins))
    }

    fn check_listed(&self, torrent: InfoHash) -> Result<(), TrackerRefusal> {
        match self.tracked {
            TrackedTorrents::Anything => Ok(()),
            TrackedTorrents::Listed if self.listed.contains(&torrent) => Ok(()),
            TrackedTorrents::Listed if self.withdrawn.contains(&torrent) => Err(TrackerRefusal::Withdrawn),
            TrackedTorrents::Listed => Err(TrackerRefusal::NotListed),
        }
    }

    /// Remembers the peer, or forgets it when it leaves. Who finds no room is answered all the same.
    fn note(&mut self, report: &PeerReport, own: MemberKey, now: SteadyTime) {
        let Some(swarm) = self.swarms.get_mut(&report.torrent) else { return };
        match report.event {
            Some(ReportEvent::Stopped) => {
                if swarm.remove(own) {
                    self.forget([own].into_iter());
                }
                return;
            }
            Some(ReportEvent::Completed) if report.appetite == Appetite::Complete => swarm.completed(own),
            Some(ReportEvent::Started | ReportEvent::Completed) | None => {}
        }
        let until = now.after(patience(interval(swarm.age(now), swarm.len())));
        let member = Member { id: report.peer_id, appetite: report.appetite, until };
        let of_address = self.by_address.get(&own.household()).copied().unwrap_or(0);
        let has_room = self.members < MOST_MEMBERS && of_address < most_everywhere(own.class());
        if has_room || swarm.knows(own) {
            let change = swarm.note(own, member);
            if change.is_new {
                self.members += 1;
                *self.by_address.entry(own.household()).or_default() += 1;
            }
            self.forget(change.displaced.into_iter());
        }
    }

    /// Keeps the sums right after members went.
    fn forget(&mut self, gone: impl Iterator<Item = MemberKey>) {
        for key in gone {
            self.members = self.members.saturating_sub(1);
            let group = key.household();
            let left = self.by_address.get(&group).map_or(0, |count| count.saturating_sub(1));
            if left == 0 {
                self.by_address.remove(&group);
            } else {
                self.by_address.insert(group, left);
            }
        }
    }

    /// Forgets, once a minute, who did not come back, and swarms that nobody is in.
    fn sweep(&mut self, now: SteadyTime) {
        if now.since(self.swept) < SWEEP_EVERY {
            return;
        }
        self.swept = now;
        let gone: Vec<MemberKey> = self.swarms.values_mut().flat_map(|swarm| swarm.sweep(now)).collect();
        self.forget(gone.into_iter());
        self.swarms.retain(|_, swarm| swarm.len() > 0);
    }
}
