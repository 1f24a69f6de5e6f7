//! What is said to a tracker and what it answers, over HTTP (BEP 3, 7, 23, 31, 48) and UDP (BEP 15).
//!
//! In: what a client has and wants; octets of an answer. Out: a URL or a packet to send; peers, or why there are none.
//! Sends nothing and knows no time: `engine` asks, repeats and gives up. Lying intervals and floods of peers end here.
//! Start reading at [`Announce`], then [`http`] and [`udp`].

pub mod http;
pub mod scrape;
pub mod udp;
mod url;

pub use self::url::{TrackerTransport, TrackerUrl, TrackerUrlError, each_once};

use super::bencode::BencodeError;
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::show_with_urls;
use crate::domain::torrent::InfoHash;
use core::net::{IpAddr, SocketAddr};
use std::collections::HashSet;
use std::time::Duration;

/// Shortest time between two announces, whatever a tracker says.
pub const SHORTEST_INTERVAL: Duration = Duration::from_secs(30);

/// Longest time between two announces, whatever a tracker says.
pub const LONGEST_INTERVAL: Duration = Duration::from_secs(3_600);

/// Time between two announces when a tracker does not say.
const USUAL_INTERVAL: Duration = Duration::from_secs(1_800);

/// Most peers by name that are taken from one answer: each costs a look-up.
pub const MOST_NAMES: usize = 20;

/// Most peers that are taken from one answer.
pub const MOST_PEERS: usize = 2_000;

/// Name of this client in the swarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PeerId(pub [u8; 20]);

/// Why an announce is made out of turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AnnounceEvent {
    /// The first announce.
    Started,
    /// The last piece has just arrived; not said when it was there from the start.
    Completed,
    /// The client leaves the swarm.
    Stopped,
}

/// What a client tells a tracker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announce {
    /// The swarm.
    pub info_hash: InfoHash,
    /// Who asks.
    pub peer_id: PeerId,
    /// Where this client takes connections.
    pub port: u16,
    /// Octets given to peers since [`AnnounceEvent::Started`].
    pub uploaded: ByteCount,
    /// Octets got from peers since [`AnnounceEvent::Started`].
    pub downloaded: ByteCount,
    /// Octets still missing; with a magnet whose metadata is not here yet, anything but zero.
    pub left: ByteCount,
    /// Why, unless it is simply time.
    pub event: Option<AnnounceEvent>,
    /// How many peers are wanted.
    pub wanted: u16,
    /// A number by which a tracker knows this client again after its address has changed.
    pub key: u32,
    /// What the tracker asked to be told again ([`AnnounceAnswer::tracker_id`]); HTTP only.
    pub tracker_id: Option<Vec<u8>>,
}

/// What a tracker answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnounceAnswer {
    /// When to ask again; 30 s to 1 h, 30 min when the tracker did not say.
    pub interval: Duration,
    /// How soon one may ask again; 30 s to 1 h. `None` when the tracker did not say.
    pub least_interval: Option<Duration>,
    /// Peers, each once, none with port 0, at most 2,000.
    pub peers: Vec<SocketAddr>,
    /// Peers by the name of a host (BEP 3), at most twenty: what such a name leads to has to be asked and judged.
    pub names: Vec<(String, u16)>,
    /// How many peers have everything.
    pub seeders: Option<u32>,
    /// How many do not.
    pub leechers: Option<u32>,
    /// To be sent with the next announce.
    pub tracker_id: Option<Vec<u8>>,
    /// What the tracker wants a person to know; fit to be shown.
    pub warning: Option<String>,
}

impl AnnounceAnswer {
    /// When to announce again: after the interval, but never sooner than the tracker allows.
    pub fn next_announce_in(&self) -> Duration {
        self.least_interval.map_or(self.interval, |least| least.max(self.interval))
    }
}

/// Whether a tracker that refuses may be asked again (BEP 31).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAdvice {
    /// After so long; 30 s to 1 h.
    After(Duration),
    /// Not for this torrent.
    Never,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrackerError {
    /// More octets than an answer may have.
    #[error("answer of {octets} octets")]
    TooLong {
        /// Its length.
        octets: usize,
    },
    /// Not bencoded: a web page, mostly.
    #[error("not a tracker's answer: {0}")]
    NotBencoded(#[from] BencodeError),
    /// Bencoded, but no dictionary.
    #[error("not a tracker's answer: no dictionary")]
    NotADictionary,
    /// The peers are neither compact nor a list.
    #[error("the list of peers cannot be read")]
    UnreadablePeers,
    /// The tracker says no.
    #[error("refused: {reason}")]
    Refused {
        /// What it says; fit to be shown.
        reason: String,
        /// Whether to ask again, when it says so.
        retry: Option<RetryAdvice>,
    },
    /// A UDP packet that ends too early.
    #[error("packet of {octets} octets, at least {least} expected")]
    ShortPacket {
        /// Its length.
        octets: usize,
        /// The least it should have.
        least: usize,
    },
    /// A UDP packet that answers something else: an old request, or a stranger's guess. To be ignored, not counted as an answer.
    #[error("packet for another transaction")]
    OtherTransaction,
    /// A UDP packet of another kind than was asked for.
    #[error("packet of action {action}")]
    OtherAction {
        /// Its kind.
        action: u32,
    },
}

/// `seconds` as an interval that neither floods the tracker nor forgets it.
fn interval_of(seconds: i64) -> Duration {
    let seconds = u64::try_from(seconds).unwrap_or(0);
    Duration::from_secs(seconds).clamp(SHORTEST_INTERVAL, LONGEST_INTERVAL)
}

/// What a tracker says to people, fit to be shown: trackers quote announce URLs, keys and all.
fn shown(octets: &[u8]) -> String {
    // Four octets a character at most, and no more than 200 characters are shown.
    let octets = &octets[..octets.len().min(1_024)];
    show_with_urls(&String::from_utf8_lossy(octets))
}

/// Collects peers, each once.
#[derive(Default)]
struct Peers {
    peers: Vec<SocketAddr>,
    seen: HashSet<SocketAddr>,
    names: Vec<(String, u16)>,
}

impl Peers {
    fn add(&mut self, address: IpAddr, port: u16) {
        let peer = SocketAddr::new(address.to_canonical(), port);
        if port != 0 && self.peers.len() < MOST_PEERS && self.seen.insert(peer) {
            self.peers.push(peer);
        }
    }

    /// A host by its name; anything that cannot be one is passed over.
    fn add_name(&mut self, name: &str, port: u16) {
        const LONGEST_NAME: usize = 253;
        let is_letter = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.');
        let is_name = (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(is_letter);
        let peer = (name.to_ascii_lowercase(), port);
        if is_name && port != 0 && self.names.len() < MOST_NAMES && !self.names.contains(&peer) {
            self.names.push(peer);
        }
    }

    /// Four octets of address and two of port each (BEP 23).
    fn add_compact_v4(&mut self, octets: &[u8]) {
        for &[a, b, c, d, high, low] in octets.as_chunks::<6>().0 {
            self.add(IpAddr::from([a, b, c, d]), u16::from_be_bytes([high, low]));
        }
    }

    /// Sixteen octets of address and two of port each (BEP 7).
    fn add_compact_v6(&mut self, octets: &[u8]) {
        for peer in octets.as_chunks::<18>().0 {
            let (address, port) = peer.split_at(16);
            let address: [u8; 16] = address.try_into().expect("sixteen of eighteen octets");
            self.add(IpAddr::from(address), u16::from_be_bytes([port[0], port[1]]));
        }
    }
}
