//! Which other peers a peer is connected to (BEP 11).
//!
//! In: a payload. Out: at most fifty peers that came and fifty that left; and back. Whether such an address may be
//! called is not judged here: a stranger named it.

use super::{ExtensionError, dictionary_of, octets_of};
use crate::catalog::bencode::{self, Node, Value};
use core::net::{IpAddr, SocketAddr};
use std::collections::BTreeMap;

/// Most peers that came, and most that left, in one message; the rest is passed over.
pub const MOST_EXCHANGED: usize = 50;

/// Set for a peer that only gives.
const IS_SEED: u8 = 0x02;

/// Set for a peer that was called and answered.
const IS_REACHABLE: u8 = 0x10;

/// A peer that a peer names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// Where it takes connections.
    pub address: SocketAddr,
    /// Whether it is said to have everything that it wants.
    pub is_seed: bool,
    /// Whether it is said to take connections.
    pub is_reachable: bool,
}

/// What changed among the peers to which the sender is connected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    /// Peers that came.
    pub added: Vec<Named>,
    /// Peers that left.
    pub dropped: Vec<SocketAddr>,
}

impl Exchange {
    /// Reads a message; addresses without a port, twice named ones and more than fifty are passed over.
    ///
    /// # Errors
    /// When it is no bencoded dictionary.
    pub fn read(payload: &[u8]) -> Result<Self, ExtensionError> {
        let dictionary = dictionary_of(bencode::read(payload)?.value)?;
        let keys = ["added", "added.f", "added6", "added6.f", "dropped", "dropped6"];
        let [added, flags, added6, flags6, dropped, dropped6] =
            dictionary.pick(keys)?.map(|value| value.and_then(Value::text).unwrap_or_default());
        let mut exchange = Self::default();
        let flags = flags_of(flags, added.len() / 6).chain(flags_of(flags6, added6.len() / 18));
        for (address, flags) in addresses(added, added6).zip(flags) {
            let is_new = exchange.added.iter().all(|named| named.address != address);
            if exchange.added.len() < MOST_EXCHANGED && is_new && address.port() != 0 {
                let (is_seed, is_reachable) = (flags & IS_SEED != 0, flags & IS_REACHABLE != 0);
                exchange.added.push(Named { address, is_seed, is_reachable });
            }
        }
        for address in addresses(dropped, dropped6) {
            let is_new = !exchange.dropped.contains(&address);
            if exchange.dropped.len() < MOST_EXCHANGED && is_new && address.port() != 0 {
                exchange.dropped.push(address);
            }
        }
        Ok(exchange)
    }

    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.dropped.is_empty()
    }

    /// The message as it is sent, under the id that the receiver gave; of more than fifty the first fifty.
    pub fn to_octets(&self) -> Vec<u8> {
        let mut entries: BTreeMap<&'static str, Vec<u8>> =
            ["added", "added.f", "added6", "added6.f", "dropped", "dropped6"]
                .map(|key| (key, Vec::new()))
                .into();
        let mut append = |key, octets: &[u8]| entries.entry(key).or_default().extend_from_slice(octets);
        for named in self.added.iter().take(MOST_EXCHANGED) {
            let is_v4 = named.address.is_ipv4();
            append(if is_v4 { "added" } else { "added6" }, &compact(named.address));
            append(if is_v4 { "added.f" } else { "added6.f" }, &[flags(named)]);
        }
        for address in self.dropped.iter().take(MOST_EXCHANGED) {
            append(if address.is_ipv4() { "dropped" } else { "dropped6" }, &compact(*address));
        }
        let entries = entries.into_iter().map(|(key, octets)| (key, Node::Text(octets.into())));
        Node::Dictionary(entries.collect()).to_octets()
    }
}

/// The flags of so many peers; those that are missing are zero.
fn flags_of(flags: &[u8], peers: usize) -> impl Iterator<Item = u8> {
    flags.iter().copied().chain(std::iter::repeat(0)).take(peers)
}

/// Four or sixteen octets of address and two of port each; what is left over at an end is passed over.
fn addresses(v4: &[u8], v6: &[u8]) -> impl Iterator<Item = SocketAddr> {
    let v4 = v4.as_chunks::<6>().0.iter();
    let v4 = v4.map(|&[a, b, c, d, high, low]| (IpAddr::from([a, b, c, d]), u16::from_be_bytes([high, low])));
    let v6 = v6.as_chunks::<18>().0.iter().map(|&[address @ .., high, low]: &[u8; 18]| {
        (IpAddr::from(address).to_canonical(), u16::from_be_bytes([high, low]))
    });
    v4.chain(v6).map(|(address, port)| SocketAddr::new(address, port))
}

fn compact(address: SocketAddr) -> Vec<u8> {
    let mut octets = octets_of(address.ip());
    octets.extend_from_slice(&address.port().to_be_bytes());
    octets
}

fn flags(named: &Named) -> u8 {
    (u8::from(named.is_seed) * IS_SEED) | (u8::from(named.is_reachable) * IS_REACHABLE)
}
