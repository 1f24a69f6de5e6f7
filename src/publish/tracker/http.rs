//! Announce and scrape over HTTP (BEP 3, 7, 21, 23, 24, 31, 48).
//!
//! In: the query of a request, and where it came from. Out: the octets of the answer, bencoded; a refusal is one as well.

use super::Tracker;
use super::limits::{MOST_NAMED, MOST_SCRAPED, USUALLY_NAMED};
use super::report::{
    Appetite, NamedFamilies, NamedPeer, PeerReport, ReportEvent, SwarmCounts, TrackerRefusal, TrackerReply,
};
use crate::catalog::bencode::Node;
use crate::catalog::tracker::{PeerId, RetryAdvice};
use crate::domain::torrent::InfoHash;
use crate::domain::utc::SteadyTime;
use core::net::IpAddr;
use percent_encoding::percent_decode_str;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

/// How peers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PeerForm {
    /// As octets (BEP 23).
    Compact,
    /// As dictionaries with their ids.
    Dictionaries,
    /// As dictionaries without their ids.
    WithoutIds,
}

/// Answers `/announce`.
pub fn answer_announce(tracker: &mut Tracker, query: &str, from: IpAddr, now: SteadyTime) -> Vec<u8> {
    let answered = read_report(query, from).and_then(|report| tracker.announce(&report, from, now));
    match answered {
        Ok(reply) => write_reply(&reply, read_form(query)),
        Err(refusal) => write_refusal(refusal),
    }
}

/// Answers `/scrape`.
pub fn answer_scrape(tracker: &Tracker, query: &str) -> Vec<u8> {
    let torrents: Vec<InfoHash> =
        values(query, "info_hash").filter_map(read_torrent).take(MOST_SCRAPED).collect();
    if torrents.is_empty() {
        return write_refusal(TrackerRefusal::FullScrape);
    }
    // A dictionary has each key once, and in order.
    let found: BTreeMap<InfoHash, SwarmCounts> = torrents
        .iter()
        .zip(tracker.scrape(&torrents))
        .filter_map(|(&torrent, counts)| Some((torrent, counts?)))
        .collect();
    if found.is_empty() {
        return write_refusal(TrackerRefusal::NotListed);
    }
    let mut files = b"d".to_vec();
    for (torrent, counts) in found {
        files.extend_from_slice(b"20:");
        files.extend_from_slice(&torrent.0);
        files.extend(write_counts(counts).to_octets());
    }
    files.push(b'e');
    Node::dictionary([("files", Node::Encoded(&files))]).to_octets()
}

/// The values of a key, as they are written.
fn values<'a>(query: &'a str, key: &'a str) -> impl Iterator<Item = &'a str> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .filter(move |(own, _)| *own == key)
        .map(|(_, value)| value)
}

fn number<T: std::str::FromStr>(query: &str, key: &str) -> Option<T> {
    values(query, key).next()?.parse().ok()
}

fn read_torrent(value: &str) -> Option<InfoHash> {
    percent_decode_str(value).collect::<Vec<_>>().try_into().ok().map(InfoHash)
}

fn read_report(query: &str, from: IpAddr) -> Result<PeerReport, TrackerRefusal> {
    let first = |key| values(query, key).next();
    let torrent = first("info_hash").and_then(read_torrent).ok_or(TrackerRefusal::NoTorrent)?;
    let port = number(query, "port").filter(|&port: &u16| port > 0).ok_or(TrackerRefusal::NoPort)?;
    let id = first("peer_id").and_then(|value| percent_decode_str(value).collect::<Vec<_>>().try_into().ok());
    let event = first("event").unwrap_or_default();
    let appetite = match number::<u64>(query, "left") {
        Some(0) => Appetite::Complete,
        _ if event == "paused" => Appetite::Partial,
        _ => Appetite::Wanting,
    };
    let own_family = if from.to_canonical().is_ipv4() { "ipv4" } else { "ipv6" };
    let claimed = first("ip").or_else(|| first(own_family));
    Ok(PeerReport {
        torrent,
        peer_id: PeerId(id.unwrap_or_default()),
        port,
        appetite,
        event: match event {
            "completed" => Some(ReportEvent::Completed),
            "stopped" => Some(ReportEvent::Stopped),
            _ => None,
        },
        // A number below zero means that the client leaves it to the tracker.
        wanted: number(query, "numwant").map_or(USUALLY_NAMED, |wanted: usize| wanted.min(MOST_NAMED)),
        claimed: claimed.and_then(read_address),
        families: NamedFamilies::Both,
    })
}

/// An address that a peer can be called at. `None` for names, and for what is no single peer's.
fn read_address(value: &str) -> Option<IpAddr> {
    let text = percent_decode_str(value).decode_utf8().ok()?;
    let address: IpAddr = text.trim_matches(['[', ']']).parse().ok()?;
    let address = address.to_canonical();
    (!address.is_unspecified() && !address.is_multicast()).then_some(address)
}

fn read_form(query: &str) -> PeerForm {
    let is = |key, wanted| values(query, key).next() == Some(wanted);
    match (is("compact", "0"), is("no_peer_id", "1")) {
        (false, _) => PeerForm::Compact,
        (true, false) => PeerForm::Dictionaries,
        (true, true) => PeerForm::WithoutIds,
    }
}

fn write_reply(reply: &TrackerReply, form: PeerForm) -> Vec<u8> {
    let mut entries = BTreeMap::from([
        ("complete", integer(reply.counts.complete)),
        ("incomplete", integer(reply.counts.incomplete)),
        ("interval", seconds(reply.interval)),
        ("min interval", seconds(reply.least_interval)),
    ]);
    if let Some(address) = reply.seen_as {
        entries.insert("external ip", Node::Text(octets_of(address).into()));
    }
    if form == PeerForm::Compact {
        let (v4, v6): (Vec<_>, Vec<_>) = reply.peers.iter().partition(|peer| peer.at.is_ipv4());
        entries.insert("peers", Node::Text(write_compact(&v4).into()));
        if !v6.is_empty() {
            entries.insert("peers6", Node::Text(write_compact(&v6).into()));
        }
    } else {
        let peers = reply.peers.iter().map(|peer| write_peer(peer, form));
        entries.insert("peers", Node::List(peers.collect()));
    }
    Node::Dictionary(entries).to_octets()
}

fn write_compact(peers: &[&NamedPeer]) -> Vec<u8> {
    peers
        .iter()
        .flat_map(|peer| [&octets_of(peer.at.ip())[..], &peer.at.port().to_be_bytes()].concat())
        .collect()
}

fn write_peer(peer: &NamedPeer, form: PeerForm) -> Node<'_> {
    let mut entries = BTreeMap::from([
        ("ip", Node::text(peer.at.ip().to_string())),
        ("port", Node::Integer(peer.at.port().into())),
    ]);
    if let Some(id) = peer.id.as_ref().filter(|_| form == PeerForm::Dictionaries) {
        entries.insert("peer id", Node::Text(Cow::Borrowed(&id.0)));
    }
    Node::Dictionary(entries)
}

fn write_counts(counts: SwarmCounts) -> Node<'static> {
    Node::dictionary([
        ("complete", integer(counts.complete)),
        ("downloaded", integer(counts.completed)),
        ("downloaders", integer(counts.wanting)),
        ("incomplete", integer(counts.incomplete)),
    ])
}

fn write_refusal(refusal: TrackerRefusal) -> Vec<u8> {
    let mut entries = BTreeMap::from([("failure reason", Node::text(refusal.to_string()))]);
    match refusal.advice() {
        None => {}
        Some(RetryAdvice::Never) => drop(entries.insert("retry in", Node::text("never"))),
        Some(RetryAdvice::After(pause)) => {
            entries.insert("retry in", Node::Integer((pause.as_secs() / 60).cast_signed()));
        }
    }
    Node::Dictionary(entries).to_octets()
}

/// Four octets or sixteen.
pub(super) fn octets_of(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets().to_vec(),
    }
}

fn integer(count: usize) -> Node<'static> {
    Node::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}

fn seconds(time: Duration) -> Node<'static> {
    Node::Integer(time.as_secs().cast_signed())
}

#[cfg(test)]
mod tests;
