//! Finding peers of the same torrent within a local network (BEP 14).
//!
//! In: datagrams from strangers, which torrents are shared, time. Out: peers, datagrams to send, and when.
//! Who was heard a short while ago is not answered again: two that answer each answer would never stop.
//! Start reading at [`LocalDiscovery::take`].

#[cfg(test)]
mod tests;

use crate::domain::torrent::InfoHash;
use crate::domain::utc::SteadyTime;
use core::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::collections::BTreeMap;
use std::time::Duration;

/// UDP port of the groups.
pub const PORT: u16 = 6_771;

/// The group in version 4.
pub const GROUP_V4: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(239, 192, 152, 143), PORT);

/// The group in version 6, within the site.
pub const GROUP_V6: SocketAddrV6 =
    SocketAddrV6::new(Ipv6Addr::new(0xff15, 0, 0, 0, 0, 0, 0xefc0, 0x988f), PORT, 0, 0);

/// Longest datagram that is sent or read.
pub const LONGEST_PACKET: usize = 1_400;

/// How often a torrent is announced unasked.
pub const ANNOUNCE_EVERY: Duration = Duration::from_secs(300);

/// Time between two announces in the long run, however many torrents come (BEP 14).
pub const BETWEEN_ANNOUNCES: Duration = Duration::from_secs(60);

/// Announces that may be made at once, so that what has just been added is found soon.
pub const MOST_AT_ONCE: u32 = 3;

/// Least time between two answers.
pub const LEAST_BETWEEN_ANSWERS: Duration = Duration::from_secs(1);

/// How long a peer that was heard is known.
const HEARD_FOR: Duration = Duration::from_secs(240);

/// Most peers that are known at a time; more are passed over until others are forgotten.
const MOST_HEARD: usize = 1_000;

/// Most torrents that are shared; more are not announced.
const MOST_TORRENTS: usize = 1_000;

const FIRST_LINE: &str = "BT-SEARCH * HTTP/1.1";

/// Why a datagram is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SearchError {
    /// Longer than 1,400 octets.
    #[error("longer than {LONGEST_PACKET} octets")]
    TooLong,
    /// No text, or another first line.
    #[error("no BT-SEARCH")]
    NotASearch,
    /// The port is missing, zero, or no number.
    #[error("no port")]
    NoPort,
    /// No torrent is named.
    #[error("no torrent")]
    NoTorrent,
}

/// What a datagram says: its sender shares these torrents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalSearch {
    /// Where the sender takes connections of peers.
    pub port: u16,
    /// The torrents.
    pub torrents: Vec<InfoHash>,
    /// By this a sender knows its own datagrams again.
    pub cookie: Option<String>,
}

impl LocalSearch {
    /// Reads a datagram. Unknown headers, and torrents that are not forty hexadecimal digits, are passed over.
    ///
    /// # Errors
    /// Why it says nothing.
    pub fn read(packet: &[u8]) -> Result<Self, SearchError> {
        if packet.len() > LONGEST_PACKET {
            return Err(SearchError::TooLong);
        }
        let text = std::str::from_utf8(packet).map_err(|_| SearchError::NotASearch)?;
        let mut lines = text.split("\r\n");
        if lines.next() != Some(FIRST_LINE) {
            return Err(SearchError::NotASearch);
        }
        let (mut port, mut torrents, mut cookie) = (None, Vec::new(), None);
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            let value = value.trim();
            if name.eq_ignore_ascii_case("port") {
                port = value.parse().ok().filter(|port| *port != 0);
            } else if name.eq_ignore_ascii_case("infohash") {
                torrents.extend(InfoHash::parse(value).filter(|_| value.len() == 40));
            } else if name.eq_ignore_ascii_case("cookie") {
                cookie = Some(value.to_owned());
            }
        }
        let port = port.ok_or(SearchError::NoPort)?;
        if torrents.is_empty() {
            return Err(SearchError::NoTorrent);
        }
        Ok(Self { port, torrents, cookie })
    }

    /// The datagrams that say it to a group, none longer than 1,400 octets.
    pub fn to_packets(&self, group: SocketAddr) -> Vec<Vec<u8>> {
        let head = format!("{FIRST_LINE}\r\nHost: {group}\r\nPort: {}\r\n", self.port);
        let cookie = self.cookie.as_ref().map(|cookie| format!("cookie: {cookie}\r\n")).unwrap_or_default();
        let tail = format!("{cookie}\r\n\r\n");
        let line = "Infohash: \r\n".len() + 40;
        let in_one = LONGEST_PACKET.saturating_sub(head.len() + tail.len()) / line;
        let packet = |torrents: &[InfoHash]| {
            let lines: String = torrents.iter().map(|torrent| format!("Infohash: {torrent}\r\n")).collect();
            format!("{head}{lines}{tail}").into_bytes()
        };
        self.torrents.chunks(in_one.max(1)).map(packet).collect()
    }
}

/// Which torrents are shared within the local network, who else was heard, and what is due to be said.
#[derive(Debug)]
pub struct LocalDiscovery {
    port: u16,
    cookie: String,
    torrents: BTreeMap<InfoHash, Told>,
    heard: BTreeMap<(InfoHash, SocketAddr), SteadyTime>,
    /// Until when the announces that were made use up what may be made.
    announces_until: SteadyTime,
    answered: Option<SteadyTime>,
}

/// What was said of one torrent.
#[derive(Clone, Copy, Debug, Default)]
struct Told {
    last: Option<SteadyTime>,
    /// Whether somebody new was heard who should be told.
    is_asked: bool,
}

impl LocalDiscovery {
    /// Nothing is shared yet. `port`: where this program takes connections of peers. `cookie`: letters and digits that no
    /// other program in the network has.
    pub fn new(port: u16, cookie: String) -> Self {
        let (torrents, heard) = (BTreeMap::new(), BTreeMap::new());
        Self { port, cookie, torrents, heard, announces_until: SteadyTime::default(), answered: None }
    }

    /// From now on `torrent` is shared within the local network; never called for a private one.
    pub fn share(&mut self, torrent: InfoHash) {
        if self.torrents.len() < MOST_TORRENTS {
            self.torrents.entry(torrent).or_default();
        }
    }

    /// No longer.
    pub fn leave(&mut self, torrent: InfoHash) {
        self.torrents.remove(&torrent);
        self.heard.retain(|(heard, _), _| *heard != torrent);
    }

    /// Takes in a datagram and says which peers it brings that were not heard for four minutes.
    pub fn take(&mut self, packet: &[u8], from: SocketAddr, now: SteadyTime) -> Vec<(InfoHash, SocketAddr)> {
        // What cannot be read was not meant for us: others use the port as they like.
        let Ok(search) = LocalSearch::read(packet) else { return Vec::new() };
        if search.cookie.as_ref() == Some(&self.cookie) {
            return Vec::new();
        }
        self.heard.retain(|_, heard| now.since(*heard) < HEARD_FOR);
        let mut peer = from;
        peer.set_port(search.port);
        let mut found = Vec::new();
        for torrent in search.torrents {
            let Some(told) = self.torrents.get_mut(&torrent) else { continue };
            let has_room = self.heard.len() < MOST_HEARD;
            if !self.heard.contains_key(&(torrent, peer)) && has_room {
                self.heard.insert((torrent, peer), now);
                told.is_asked = true;
                found.push((torrent, peer));
            }
        }
        found
    }

    /// What is to be said now; what it holds counts as said. `None` when nothing is due.
    pub fn due(&mut self, now: SteadyTime) -> Option<LocalSearch> {
        if self.due_at().is_none_or(|at| now < at) {
            return None;
        }
        let is_announce = self.announce_at().is_some_and(|at| at <= now);
        // What would be due before the next announce goes along.
        let soon = now.after(BETWEEN_ANNOUNCES);
        let is_due = |told: &Told| told.is_asked || (is_announce && told.next().is_none_or(|at| at <= soon));
        let mut torrents = Vec::new();
        for (torrent, told) in self.torrents.iter_mut().filter(|(_, told)| is_due(told)) {
            *told = Told { last: Some(now), is_asked: false };
            torrents.push(*torrent);
        }
        if is_announce {
            self.announces_until = self.announces_until.max(now).after(BETWEEN_ANNOUNCES);
        }
        self.answered = Some(now);
        Some(LocalSearch { port: self.port, torrents, cookie: Some(self.cookie.clone()) })
    }

    /// When [`Self::due`] should be asked next. `None`: not before something happens.
    pub fn due_at(&self) -> Option<SteadyTime> {
        let least = self.answered.map_or(SteadyTime::default(), |at| at.after(LEAST_BETWEEN_ANSWERS));
        let is_asked = self.torrents.values().any(|told| told.is_asked);
        let answer = is_asked.then_some(least);
        let announce = self.announce_at().map(|at| at.max(least));
        answer.into_iter().chain(announce).min()
    }

    fn announce_at(&self) -> Option<SteadyTime> {
        let ahead = BETWEEN_ANNOUNCES * (MOST_AT_ONCE - 1);
        let least = SteadyTime(self.announces_until.0.saturating_sub(ahead));
        let first = self.torrents.values().map(|told| told.next().unwrap_or_default()).min()?;
        Some(first.max(least))
    }
}

impl Told {
    /// When it is time to say it unasked; `None`: at once.
    fn next(&self) -> Option<SteadyTime> {
        self.last.map(|last| last.after(ANNOUNCE_EVERY))
    }
}
