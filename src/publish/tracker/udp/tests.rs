//! Packets as our own client makes and reads them, and as nobody should.

use super::*;
use crate::catalog::tracker::udp::{
    AddressFamily, announce_request, connect_request, read_announce as read_answer, read_connect,
};
use crate::catalog::tracker::{Announce, AnnounceEvent, TrackerError};
use crate::domain::octets::ByteCount;
use crate::domain::tests::mutate;
use crate::publish::tracker::TrackedTorrents;
use std::time::Duration;

const TORRENT: InfoHash = InfoHash([9; 20]);

fn at_secs(secs: u64) -> SteadyTime {
    SteadyTime(Duration::from_secs(1_200_000 + secs))
}

fn a_tracker() -> Tracker {
    let mut tracker = Tracker::new(TrackedTorrents::Listed, &[7; 32]);
    tracker.list(TORRENT);
    tracker
}

fn at(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

fn an_announce(port: u16, left: u64) -> Announce {
    Announce {
        info_hash: TORRENT,
        peer_id: PeerId([5; 20]),
        port,
        uploaded: ByteCount(0),
        downloaded: ByteCount(0),
        left: ByteCount(left),
        event: Some(AnnounceEvent::Started),
        wanted: 50,
        key: 1,
        tracker_id: None,
    }
}

/// The packet of an announce, after a connect.
fn announce_packet(tracker: &mut Tracker, announce: &Announce, from: SocketAddr) -> Vec<u8> {
    let connected = answer(tracker, &connect_request(3), from, at_secs(0)).expect("a connection id");
    announce_request(read_connect(&connected, 3).expect("a connection id"), 4, announce, "/announce")
}

fn told(tracker: &mut Tracker, announce: &Announce, from: &str) -> Vec<SocketAddr> {
    let packet = announce_packet(tracker, announce, at(from));
    let reply = answer(tracker, &packet, at(from), at_secs(1)).expect("an answer");
    let family = if at(from).is_ipv4() { AddressFamily::V4 } else { AddressFamily::V6 };
    read_answer(&reply, 4, family).expect("peers").peers
}

#[test]
fn peers_of_both_families_find_each_other() {
    let mut tracker = a_tracker();
    assert_eq!(told(&mut tracker, &an_announce(80, 0), "11.0.0.1:5000"), []);
    assert_eq!(told(&mut tracker, &an_announce(81, 9), "11.0.0.2:5000"), [at("11.0.0.1:80")]);
    assert_eq!(told(&mut tracker, &an_announce(82, 0), "[2a01:e0a::1]:5000"), []);
    assert_eq!(told(&mut tracker, &an_announce(83, 9), "[2a01:e0a::2]:5000"), [at("[2a01:e0a::1]:82")]);
    // A socket for both families sees addresses of version 4 in the form of version 6.
    let packet = announce_packet(&mut tracker, &an_announce(84, 9), at("[::ffff:11.0.0.3]:5000"));
    let reply = answer(&mut tracker, &packet, at("[::ffff:11.0.0.3]:5000"), at_secs(1)).expect("an answer");
    let answer = read_answer(&reply, 4, AddressFamily::V4).expect("peers");
    assert!(answer.peers.contains(&at("11.0.0.1:80")));
    assert_eq!((answer.seeders, answer.leechers), (Some(2), Some(3)));
}

#[test]
fn a_connection_id_holds_for_its_address_alone_and_not_for_ever() {
    let mut tracker = a_tracker();
    let own = at("11.0.0.1:5000");
    let packet = announce_packet(&mut tracker, &an_announce(80, 0), own);
    let is_answered =
        |tracker: &mut Tracker, from: &str, secs| answer(tracker, &packet, at(from), at_secs(secs)).is_some();
    assert!(is_answered(&mut tracker, "11.0.0.1:5000", 60), "a client may use it for a minute");
    assert!(is_answered(&mut tracker, "11.0.0.1:5001", 60), "a translator changed the port");
    assert!(!is_answered(&mut tracker, "11.0.0.2:5000", 0), "somebody else's");
    assert!(is_answered(&mut tracker, "11.0.0.1:5000", WINDOW_SECS));
    assert!(!is_answered(&mut tracker, "11.0.0.1:5000", 2 * WINDOW_SECS));
    let mut other = Tracker::new(TrackedTorrents::Listed, &[8; 32]);
    assert!(!is_answered(&mut other, "11.0.0.1:5000", 0), "another secret");
}

#[test]
fn nothing_longer_than_the_request_is_sent_before_the_address_is_proven() {
    let mut tracker = a_tracker();
    (1..100).for_each(|number| drop(told(&mut tracker, &an_announce(80, 0), &format!("11.0.0.{number}:1"))));
    let victim = at("12.0.0.1:53");
    let connect = connect_request(1);
    let connected = answer(&mut tracker, &connect, victim, at_secs(0)).expect("a connection id");
    assert!(connected.len() <= connect.len());
    // Whoever forges the sender never sees the number, and can only guess it.
    let mut random = fastrand::Rng::with_seed(1);
    for _ in 0..10_000 {
        let mut forged = announce_packet(&mut tracker, &an_announce(80, 9), at("13.0.0.1:1"));
        if random.bool() {
            forged[..8].copy_from_slice(&random.u64(..).to_be_bytes());
        }
        assert_eq!(answer(&mut tracker, &forged, victim, at_secs(0)), None);
    }
}

#[test]
fn a_refusal_is_shorter_than_the_request() {
    let mut tracker = a_tracker();
    let other = Announce { info_hash: InfoHash([1; 20]), ..an_announce(80, 0) };
    for (announce, reason) in
        [(other, "this torrent is not listed here"), (an_announce(0, 0), "port missing")]
    {
        let packet = announce_packet(&mut tracker, &announce, at("11.0.0.1:1"));
        let refused = answer(&mut tracker, &packet, at("11.0.0.1:1"), at_secs(0)).expect("a refusal");
        assert!(refused.len() < packet.len());
        let read = read_answer(&refused, 4, AddressFamily::V4);
        assert_eq!(read, Err(TrackerError::Refused { reason: reason.to_owned(), retry: None }));
    }
}

#[test]
fn packets_of_a_wrong_length_are_dropped() {
    let mut tracker = a_tracker();
    let from = at("11.0.0.1:1");
    let packet = announce_packet(&mut tracker, &an_announce(80, 0), from);
    let mut send = |octets: &[u8]| answer(&mut tracker, octets, from, at_secs(0));
    for length in 0..ANNOUNCE_LENGTH {
        assert_eq!(send(&packet[..length]), None, "{length}");
    }
    assert!(send(&packet[..ANNOUNCE_LENGTH]).is_some() && send(&packet).is_some(), "options are read over");
    assert_eq!(send(&[&connect_request(1)[..], b"x"].concat()), None);
    assert_eq!(send(&connect_request(1)[..15]), None);
}

#[test]
fn several_swarms_are_scraped_with_zeros_for_what_is_not_tracked() {
    let mut tracker = a_tracker();
    let from = at("11.0.0.1:1");
    told(&mut tracker, &an_announce(80, 0), "11.0.0.1:1");
    let announce = announce_packet(&mut tracker, &an_announce(80, 0), from);
    let head = [&announce[..8], &SCRAPE.to_be_bytes(), &7u32.to_be_bytes()].concat();
    let mut send = |torrents: &[u8]| answer(&mut tracker, &[&head[..], torrents].concat(), from, at_secs(0));
    let reply = send(&[[1; 20], TORRENT.0].concat()).expect("an answer");
    let words: Vec<u32> = reply.as_chunks::<4>().0.iter().map(|&word| u32::from_be_bytes(word)).collect();
    assert_eq!(words, [SCRAPE, 7, 0, 0, 0, 1, 0, 0]);
    assert_eq!(send(&[]), None);
    assert_eq!(send(&[9; 30]), None);
    assert!(send(&[9; 74 * 20]).is_some());
    assert_eq!(send(&[9; 75 * 20]), None);
}

#[test]
fn events_and_numbers_are_read_as_bep_15_writes_them() {
    let mut tracker = a_tracker();
    let from = at("11.0.0.1:1");
    let packet = announce_packet(&mut tracker, &an_announce(80, 9), from);
    let read = |at: usize, octets: &[u8]| {
        let mut packet = packet.clone();
        packet[at..at + octets.len()].copy_from_slice(octets);
        read_announce(&mut Packet(&packet[16..]), from.ip()).expect("a report")
    };
    let event = |number: u32| read(80, &number.to_be_bytes());
    assert_eq!((event(0).event, event(2).event), (None, None));
    assert_eq!(event(1).event, Some(ReportEvent::Completed));
    assert_eq!(event(3).event, Some(ReportEvent::Stopped));
    assert_eq!((event(4).appetite, event(0).appetite), (Appetite::Partial, Appetite::Wanting));
    let wanted = |number: i32| read(92, &number.to_be_bytes()).wanted;
    assert_eq!((wanted(-1), wanted(0), wanted(7), wanted(i32::MAX)), (50, 0, 7, 200));
    assert_eq!(read(84, &[11, 1, 1, 1]).claimed, Some(IpAddr::from([11, 1, 1, 1])));
    assert_eq!(read(84, &[0, 0, 0, 0]).claimed, None);
}

#[test]
fn mutated_packets_never_panic_and_draw_no_more_than_a_packet() {
    let mut tracker = a_tracker();
    let from = at("11.0.0.1:1");
    let announce = announce_packet(&mut tracker, &an_announce(80, 9), from);
    let scrape = [&announce[..8], &SCRAPE.to_be_bytes(), &[0; 4], &[9; 40]].concat();
    let seeds = [connect_request(1).to_vec(), announce, scrape];
    mutate(&seeds, |packet| {
        let answer = answer(&mut tracker, packet, from, at_secs(1));
        assert!(answer.is_none_or(|answer| answer.len() <= 1_500));
    });
}
