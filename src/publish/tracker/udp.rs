//! Announce and scrape over UDP (BEP 15), options of BEP 41 read over.
//!
//! In: a packet, and where it came from. Out: the packet to send back, or nothing.
//! Who asks proves first that the address is its own, by showing a number that was sent there. Until then nothing is sent that
//! is longer than what came, so that nobody can be flooded through this tracker in somebody else's name.

use super::Tracker;
use super::http::octets_of;
use super::limits::{MOST_NAMED, MOST_SCRAPED, USUALLY_NAMED};
use super::report::{Appetite, NamedFamilies, PeerReport, ReportEvent, TrackerReply};
use crate::catalog::tracker::PeerId;
use crate::catalog::tracker::udp::{ANNOUNCE, CONNECT, ERROR, PROTOCOL, SCRAPE};
use crate::domain::torrent::InfoHash;
use crate::domain::utc::SteadyTime;
use aws_lc_rs::hmac;
use core::net::{IpAddr, SocketAddr};

/// How long a connection id holds, at least; at most twice as long. BEP 15: a client may use it for one minute.
const WINDOW_SECS: u64 = 120;

/// Length of a connect, of an announce without options, of the head of a scrape.
const CONNECT_LENGTH: usize = 16;
const ANNOUNCE_LENGTH: usize = 98;
const SCRAPE_HEAD: usize = 16;

/// Most addresses of version 6 in an answer, so that it is not cut on its way; those of version 4 are short enough.
const MOST_OF_V6: usize = 74;

/// Longest packet that is read, with options.
pub const LONGEST_PACKET: usize = 2_048;

/// The key by which connection ids are made, so that none has to be remembered.
#[derive(Debug)]
pub(super) struct ConnectionKey(hmac::Key);

impl ConnectionKey {
    pub(super) fn new(secret: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// A seed for draws that nobody can foresee.
    pub(super) fn seed(&self) -> u64 {
        self.short_tag(b"draws")
    }

    /// What `from` has to show in this window of time. The port is left out: translators change it between two packets.
    fn id(&self, from: IpAddr, window: u64) -> u64 {
        self.short_tag(&[&b"id"[..], &octets_of(from), &window.to_be_bytes()].concat())
    }

    fn knows(&self, id: u64, from: IpAddr, now: SteadyTime) -> bool {
        let window = window_of(now);
        [Some(window), window.checked_sub(1)].into_iter().flatten().any(|window| self.id(from, window) == id)
    }

    fn short_tag(&self, message: &[u8]) -> u64 {
        let tag = hmac::sign(&self.0, message);
        tag.as_ref().iter().take(8).fold(0, |number, &octet| number << 8 | u64::from(octet))
    }
}

fn window_of(now: SteadyTime) -> u64 {
    now.0.as_secs() / WINDOW_SECS
}

/// A packet, from its front on.
struct Packet<'a>(&'a [u8]);

impl<'a> Packet<'a> {
    /// The next `N` octets. `None` when it ends before.
    fn take<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(taken)
    }

    fn word(&mut self) -> Option<u32> {
        self.take().copied().map(u32::from_be_bytes)
    }

    fn long(&mut self) -> Option<u64> {
        self.take().copied().map(u64::from_be_bytes)
    }
}

/// Answers a packet. `None` for what is none of this protocol, and for what shows a number that was not sent to that address.
pub fn answer(tracker: &mut Tracker, octets: &[u8], from: SocketAddr, now: SteadyTime) -> Option<Vec<u8>> {
    let from = from.ip().to_canonical();
    let mut packet = Packet(octets);
    let (id, action, transaction) = (packet.long()?, packet.word()?, packet.word()?);
    if action == CONNECT {
        let is_connect = id == PROTOCOL && octets.len() == CONNECT_LENGTH;
        return is_connect.then(|| connected(transaction, tracker.key.id(from, window_of(now))));
    }
    if !tracker.key.knows(id, from, now) {
        return None;
    }
    match action {
        ANNOUNCE if octets.len() >= ANNOUNCE_LENGTH => {
            let reply = read_announce(&mut packet, from).ok_or_else(|| "port missing".to_owned()).and_then(
                |report| tracker.announce(&report, from, now).map_err(|refusal| refusal.to_string()),
            );
            Some(
                reply.map_or_else(
                    |reason| refused(transaction, &reason),
                    |reply| announced(transaction, &reply),
                ),
            )
        }
        SCRAPE => scraped(tracker, &octets[SCRAPE_HEAD..], transaction),
        _ => None,
    }
}

fn head(action: u32, transaction: u32) -> Vec<u8> {
    [action.to_be_bytes(), transaction.to_be_bytes()].concat()
}

fn connected(transaction: u32, id: u64) -> Vec<u8> {
    let mut answer = head(CONNECT, transaction);
    answer.extend(id.to_be_bytes());
    answer
}

fn refused(transaction: u32, reason: &str) -> Vec<u8> {
    let mut answer = head(ERROR, transaction);
    answer.extend(reason.as_bytes());
    answer
}

/// Reads what follows the head. `None` when no port is named.
fn read_announce(packet: &mut Packet<'_>, from: IpAddr) -> Option<PeerReport> {
    let (torrent, id) = (*packet.take()?, *packet.take()?);
    let (_downloaded, left, _uploaded) = (packet.long()?, packet.long()?, packet.long()?);
    let (event, address, _key) = (packet.word()?, packet.word()?, packet.word()?);
    let (wanted, port) = (packet.word()?, *packet.take::<2>()?);
    // 4 is no event of BEP 15; it is how BEP 21 is said here.
    let appetite = match (left, event) {
        (0, _) => Appetite::Complete,
        (_, 4) => Appetite::Partial,
        _ => Appetite::Wanting,
    };
    let most = if from.is_ipv4() { MOST_NAMED } else { MOST_OF_V6 };
    let claimed = (address != 0 && from.is_ipv4()).then(|| IpAddr::from(address.to_be_bytes()));
    Some(PeerReport {
        torrent: InfoHash(torrent),
        peer_id: PeerId(id),
        port: Some(u16::from_be_bytes(port)).filter(|&port| port != 0)?,
        appetite,
        event: match event {
            1 => Some(ReportEvent::Completed),
            3 => Some(ReportEvent::Stopped),
            _ => None,
        },
        // -1 leaves it to the tracker.
        wanted: usize::try_from(wanted.cast_signed()).map_or(USUALLY_NAMED, |wanted| wanted.min(most)),
        claimed: claimed.filter(|address| !address.is_multicast()),
        families: NamedFamilies::Own,
    })
}

fn announced(transaction: u32, reply: &TrackerReply) -> Vec<u8> {
    let mut answer = head(ANNOUNCE, transaction);
    let interval = u32::try_from(reply.interval.as_secs()).unwrap_or(u32::MAX);
    for number in [interval, word(reply.counts.incomplete), word(reply.counts.complete)] {
        answer.extend(number.to_be_bytes());
    }
    for peer in &reply.peers {
        answer.extend(octets_of(peer.at.ip()));
        answer.extend(peer.at.port().to_be_bytes());
    }
    answer
}

/// Zeros for a torrent that is not tracked. `None` for no torrents, too many, or part of one.
fn scraped(tracker: &Tracker, named: &[u8], transaction: u32) -> Option<Vec<u8>> {
    let (torrents, rest) = named.as_chunks::<20>();
    if !rest.is_empty() || !(1..=MOST_SCRAPED).contains(&torrents.len()) {
        return None;
    }
    let torrents: Vec<InfoHash> = torrents.iter().map(|&hash| InfoHash(hash)).collect();
    let mut answer = head(SCRAPE, transaction);
    for counts in tracker.scrape(&torrents) {
        let counts = counts.unwrap_or_default();
        for number in [counts.complete, counts.completed, counts.incomplete] {
            answer.extend(word(number).to_be_bytes());
        }
    }
    Some(answer)
}

fn word(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
