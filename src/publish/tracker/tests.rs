//! What a tracker promises: to those that ask, and about those that flood it.

use super::limits::{MOST_MEMBERS, MOST_OF_A_SWARM, MOST_SWARMS, ORIGIN_FOR_ALL, most_in_a_swarm};
use super::report::{
    Appetite, NamedFamilies, PeerReport, ReportEvent, SwarmCounts, TrackerRefusal, TrackerReply,
};
use super::swarm::MemberKey;
use super::{TrackedTorrents, Tracker};
use crate::catalog::tracker::PeerId;
use crate::domain::torrent::InfoHash;
use crate::domain::utc::SteadyTime;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

const TORRENT: InfoHash = InfoHash([9; 20]);

/// Everything happens long after the tracker began, and swarms are as old as a test makes them.
fn at_secs(secs: u64) -> SteadyTime {
    SteadyTime(Duration::from_secs(1_000_000 + secs))
}

fn a_tracker() -> Tracker {
    let mut tracker = Tracker::new(TrackedTorrents::Listed, &[7; 32]);
    tracker.list(TORRENT);
    tracker
}

fn a_report(appetite: Appetite, wanted: usize) -> PeerReport {
    PeerReport {
        torrent: TORRENT,
        peer_id: PeerId([1; 20]),
        port: 6881,
        appetite,
        event: None,
        wanted,
        claimed: None,
        families: NamedFamilies::Both,
    }
}

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

/// The `number`th of many public addresses.
fn public(number: u32) -> IpAddr {
    Ipv4Addr::from(0x0B00_0000 + number).into()
}

fn told(tracker: &mut Tracker, report: &PeerReport, from: IpAddr) -> TrackerReply {
    tracker.announce(report, from, at_secs(0)).expect("an answer")
}

fn named(reply: &TrackerReply) -> BTreeSet<SocketAddr> {
    reply.peers.iter().map(|peer| peer.at).collect()
}

/// A leecher that joins and asks for nobody.
fn join(tracker: &mut Tracker, from: IpAddr) {
    told(tracker, &a_report(Appetite::Wanting, 0), from);
}

fn names(texts: &[&str]) -> BTreeSet<SocketAddr> {
    texts.iter().map(|text| text.parse().expect("an address")).collect()
}

#[test]
fn each_is_told_of_the_others_and_not_of_itself() {
    let mut tracker = a_tracker();
    assert_eq!(told(&mut tracker, &a_report(Appetite::Complete, 50), public(1)).peers, []);
    let reply = told(&mut tracker, &a_report(Appetite::Wanting, 50), public(2));
    assert_eq!(named(&reply), names(&["11.0.0.1:6881"]));
    assert_eq!((reply.counts.complete, reply.counts.incomplete), (1, 1));
    assert_eq!(reply.seen_as, Some(public(2)));
}

#[test]
fn seeds_are_not_told_of_seeds() {
    let mut tracker = a_tracker();
    for (number, appetite) in [(1, Appetite::Complete), (2, Appetite::Partial), (3, Appetite::Wanting)] {
        told(&mut tracker, &a_report(appetite, 0), public(number));
    }
    let leecher = names(&["11.0.0.3:6881"]);
    for appetite in [Appetite::Complete, Appetite::Partial] {
        assert_eq!(named(&told(&mut tracker, &a_report(appetite, 50), public(9))), leecher, "{appetite:?}");
    }
    assert_eq!(told(&mut tracker, &a_report(Appetite::Wanting, 50), public(9)).peers.len(), 3);
}

#[test]
fn who_stops_is_named_no_more_and_told_nobody() {
    let mut tracker = a_tracker();
    join(&mut tracker, public(1));
    let goodbye = PeerReport { event: Some(ReportEvent::Stopped), ..a_report(Appetite::Wanting, 50) };
    join(&mut tracker, public(2));
    assert_eq!(told(&mut tracker, &goodbye, public(1)).peers, []);
    assert_eq!(
        named(&told(&mut tracker, &a_report(Appetite::Wanting, 50), public(3))),
        names(&["11.0.0.2:6881"])
    );
    assert_eq!(tracker.members, 2);
}

#[test]
fn a_download_is_counted_once_and_only_of_who_was_incomplete() {
    let mut tracker = a_tracker();
    let done = PeerReport { event: Some(ReportEvent::Completed), ..a_report(Appetite::Complete, 0) };
    told(&mut tracker, &done, public(1));
    assert_eq!(tracker.counts(TORRENT).completed, 0, "it had everything when it came");
    join(&mut tracker, public(2));
    told(&mut tracker, &done, public(2));
    told(&mut tracker, &done, public(2));
    let counts = SwarmCounts { complete: 2, incomplete: 0, wanting: 0, completed: 1 };
    assert_eq!(tracker.counts(TORRENT), counts);
}

#[test]
fn no_more_peers_are_told_than_are_wanted() {
    let mut tracker = a_tracker();
    (0..300).for_each(|number| join(&mut tracker, public(number << 12)));
    for wanted in [0, 1, 50, 200] {
        let reply = told(&mut tracker, &a_report(Appetite::Wanting, wanted), public(1));
        assert_eq!((reply.peers.len(), named(&reply).len()), (wanted, wanted));
    }
}

#[test]
fn who_does_not_come_back_is_forgotten_and_so_is_the_swarm() {
    let mut tracker = a_tracker();
    join(&mut tracker, public(1));
    let later = |secs| (a_report(Appetite::Wanting, 50), at_secs(secs));
    let (report, now) = later(599);
    assert_eq!(tracker.announce(&report, public(2), now).map(|reply| reply.peers.len()), Ok(1));
    let (report, now) = later(601);
    assert_eq!(tracker.announce(&report, public(2), now).map(|reply| reply.peers.len()), Ok(0));
    let other = InfoHash([8; 20]);
    tracker.list(other);
    let report = PeerReport { torrent: other, ..report };
    tracker.announce(&report, public(1), at_secs(9_000)).expect("an answer");
    assert_eq!((tracker.swarms.len(), tracker.members, tracker.by_address.len()), (1, 1, 1));
}

#[test]
fn what_is_not_listed_is_refused_and_what_was_withdrawn_for_good() {
    let mut tracker = a_tracker();
    join(&mut tracker, public(1));
    let other = PeerReport { torrent: InfoHash([8; 20]), ..a_report(Appetite::Wanting, 50) };
    assert_eq!(tracker.announce(&other, public(1), at_secs(0)), Err(TrackerRefusal::NotListed));
    tracker.unlist(TORRENT);
    let report = a_report(Appetite::Wanting, 50);
    assert_eq!(tracker.announce(&report, public(1), at_secs(0)), Err(TrackerRefusal::Withdrawn));
    assert_eq!((tracker.members, tracker.by_address.len()), (0, 0));
    tracker.list(TORRENT);
    assert!(tracker.announce(&report, public(1), at_secs(0)).is_ok());
    let mut open = Tracker::new(TrackedTorrents::Anything, &[7; 32]);
    assert!(open.announce(&other, public(1), at_secs(0)).is_ok());
}

#[test]
fn scrape_tells_of_listed_torrents_in_the_order_in_which_they_are_named() {
    let mut tracker = a_tracker();
    let quiet = InfoHash([8; 20]);
    tracker.list(quiet);
    join(&mut tracker, public(1));
    let counts = tracker.scrape(&[InfoHash([7; 20]), TORRENT, quiet]);
    let of_one = SwarmCounts { incomplete: 1, wanting: 1, ..SwarmCounts::default() };
    assert_eq!(counts, [None, Some(of_one), Some(SwarmCounts::default())]);
}

#[test]
fn the_origin_is_told_to_who_wants_something_without_ever_announcing_itself() {
    let mut tracker = a_tracker();
    let origin: SocketAddr = "11.9.9.9:51413".parse().expect("an address");
    tracker.origin(TORRENT, origin);
    assert_eq!(tracker.counts(TORRENT).complete, 1);
    assert_eq!(
        named(&told(&mut tracker, &a_report(Appetite::Wanting, 1), public(1))),
        BTreeSet::from([origin])
    );
    assert_eq!(told(&mut tracker, &a_report(Appetite::Complete, 50), public(2)).counts.complete, 2);
    let own = PeerReport { port: 51_413, ..a_report(Appetite::Complete, 0) };
    told(&mut tracker, &own, origin.ip());
    assert_eq!(
        tracker.counts(TORRENT).complete,
        2,
        "it is counted once when it announces itself all the same"
    );
    tracker.unlist(TORRENT);
    tracker.list(TORRENT);
    assert_eq!(tracker.counts(TORRENT).complete, 0);
}

#[test]
fn in_a_large_swarm_one_in_four_is_sent_to_the_origin() {
    let mut tracker = a_tracker();
    let origin: SocketAddr = "11.9.9.9:51413".parse().expect("an address");
    tracker.origin(TORRENT, origin);
    (0..=u32::try_from(ORIGIN_FOR_ALL).expect("a small number"))
        .for_each(|number| join(&mut tracker, public(number)));
    let is_sent = |tracker: &mut Tracker| {
        named(&told(tracker, &a_report(Appetite::Wanting, 50), public(1))).contains(&origin)
    };
    let sent = (0..1_000).filter(|_| is_sent(&mut tracker)).count();
    assert!((150..400).contains(&sent), "{sent} of a thousand");
}

#[test]
fn private_addresses_are_told_to_neighbours_only() {
    let mut tracker = a_tracker();
    for member in ["127.0.0.1", "192.168.1.5", "100.64.0.9", "fd00::5", "11.0.0.1", "2a01:e0a::1"] {
        join(&mut tracker, ip(member));
    }
    let told_to = |tracker: &mut Tracker, from: &str| -> Vec<String> {
        let seed = PeerReport { port: 1, ..a_report(Appetite::Complete, 50) };
        named(&told(tracker, &seed, ip(from))).iter().map(|at| at.ip().to_string()).collect()
    };
    assert_eq!(told_to(&mut tracker, "11.0.0.9"), ["11.0.0.1", "2a01:e0a::1"]);
    let near = ["11.0.0.1", "100.64.0.9", "192.168.1.5", "2a01:e0a::1", "fd00::5"];
    assert_eq!(told_to(&mut tracker, "10.0.0.9"), near);
    assert_eq!(told_to(&mut tracker, "127.0.0.1").len(), 6);
}

#[test]
fn only_who_lies_near_may_say_where_it_is() {
    let mut tracker = a_tracker();
    let claim = |text: &str| PeerReport { claimed: Some(ip(text)), ..a_report(Appetite::Complete, 0) };
    told(&mut tracker, &claim("11.5.5.5"), public(1));
    told(&mut tracker, &claim("11.6.6.6"), ip("127.0.0.1"));
    let reply = told(&mut tracker, &a_report(Appetite::Wanting, 50), public(9));
    assert_eq!(named(&reply), names(&["11.0.0.1:6881", "11.6.6.6:6881"]));
    assert_eq!(told(&mut tracker, &claim("11.6.6.6"), ip("127.0.0.1")).seen_as, None);
}

#[test]
fn a_packet_names_peers_of_its_own_family() {
    let mut tracker = a_tracker();
    join(&mut tracker, public(1));
    join(&mut tracker, ip("2a01:e0a::1"));
    let own = PeerReport { families: NamedFamilies::Own, ..a_report(Appetite::Wanting, 50) };
    assert_eq!(named(&told(&mut tracker, &own, public(2))), names(&["11.0.0.1:6881"]));
    let v6 = named(&told(&mut tracker, &own, ip("2a01:e0a::2")));
    assert_eq!(v6, names(&["[2a01:e0a::1]:6881"]));
    let mapped = told(&mut tracker, &own, ip("::ffff:11.0.0.3"));
    assert!(named(&mapped).iter().all(SocketAddr::is_ipv4));
}

#[test]
fn half_of_the_peers_are_the_nearest() {
    let mut tracker = a_tracker();
    (0..2_000).for_each(|number| join(&mut tracker, public(number << 12)));
    // Ten in the asker's network of 24 bits, thirty more in that of 16.
    (1..=10).for_each(|number| join(&mut tracker, ip(&format!("90.1.1.{number}"))));
    (0..30).for_each(|number| join(&mut tracker, ip(&format!("90.1.{}.1", 100 + number))));
    let reply = told(&mut tracker, &a_report(Appetite::Wanting, 50), ip("90.1.1.99"));
    let near = |prefix: &str| named(&reply).iter().filter(|at| at.to_string().starts_with(prefix)).count();
    assert_eq!(near("90.1.1."), 10, "all that are nearest");
    assert!((25..=30).contains(&near("90.1.")), "and a half, but for chance: {}", near("90.1."));
    assert_eq!(reply.peers.len(), 50);
}

#[test]
fn neighbours_of_version_6_are_found_as_well() {
    let mut tracker = a_tracker();
    (0..1_000u128).for_each(|number| {
        join(&mut tracker, Ipv6Addr::from(0x2a01_0000u128 << 96 | number << 96).into());
    });
    (0..5).for_each(|number| join(&mut tracker, ip(&format!("2a00:1:2:{number}::1"))));
    let reply = told(&mut tracker, &a_report(Appetite::Wanting, 20), ip("2a00:1:2:ff::1"));
    assert_eq!(named(&reply).iter().filter(|at| at.to_string().starts_with("[2a00:1:2")).count(), 5);
}

/// Which members are reached from the first over what each was told.
fn reached(edges: &BTreeMap<SocketAddr, BTreeSet<SocketAddr>>) -> usize {
    let mut both: BTreeMap<SocketAddr, BTreeSet<SocketAddr>> = edges.clone();
    for (from, to) in edges {
        for to in to {
            both.entry(*to).or_default().insert(*from);
        }
    }
    let mut open: Vec<SocketAddr> = both.keys().next().copied().into_iter().collect();
    let mut seen: BTreeSet<SocketAddr> = open.iter().copied().collect();
    while let Some(at) = open.pop() {
        open.extend(both.get(&at).into_iter().flatten().filter(|next| seen.insert(**next)));
    }
    seen.len()
}

#[test]
fn a_swarm_of_ten_thousand_is_one_graph_and_no_two_are_told_the_same() {
    let mut tracker = a_tracker();
    // A hundred networks of a hundred neighbours each: who was told of neighbours alone would stay among them.
    let members: Vec<IpAddr> =
        (0..10_000).map(|number| public(((number / 100) << 16) | (number % 100))).collect();
    members.iter().for_each(|&member| join(&mut tracker, member));
    let mut edges = BTreeMap::new();
    let mut answers = HashSet::new();
    for &member in &members {
        let peers = named(&told(&mut tracker, &a_report(Appetite::Wanting, 50), member));
        assert_eq!(peers.len(), 50);
        answers.insert(peers.clone());
        edges.insert(SocketAddr::new(member, 6881), peers);
    }
    assert_eq!(reached(&edges), 10_000);
    assert_eq!(answers.len(), 10_000);
    let again = named(&told(&mut tracker, &a_report(Appetite::Wanting, 50), members[0]));
    assert_ne!(Some(&again), edges.get(&SocketAddr::new(members[0], 6881)), "nor the same twice");
}

#[test]
fn nobody_is_named_far_more_often_than_others() {
    let mut tracker = a_tracker();
    (0..1_000).for_each(|number| join(&mut tracker, public(number << 12)));
    let mut often: BTreeMap<SocketAddr, usize> = BTreeMap::new();
    for number in 0..1_000 {
        for at in named(&told(&mut tracker, &a_report(Appetite::Wanting, 50), public(number << 12))) {
            *often.entry(at).or_default() += 1;
        }
    }
    let most = often.values().max().copied().unwrap_or_default();
    assert!(often.len() == 1_000 && most < 150, "{} named, one of them {most} times", often.len());
}

#[test]
fn one_address_cannot_push_out_others_by_peers_that_it_makes_up() {
    let mut tracker = a_tracker();
    (0..1_000).for_each(|number| join(&mut tracker, public(number)));
    let flooder = ip("99.9.9.9");
    for port in 1..60_000 {
        let fake = PeerReport { port, ..a_report(Appetite::Complete, 0) };
        told(&mut tracker, &fake, flooder);
    }
    let most = most_in_a_swarm(None);
    assert_eq!(tracker.counts(TORRENT).peers(), 1_000 + most);
    let others = (0..20).flat_map(|number| {
        let peers = named(&told(&mut tracker, &a_report(Appetite::Wanting, 200), public(number)));
        peers.into_iter().filter(|at| at.ip() != flooder).collect::<Vec<_>>()
    });
    assert!(others.count() > 20 * (200 - most));
    // One network of version 6 is one person's, however many addresses it has.
    for number in 0..1_000u128 {
        join(&mut tracker, Ipv6Addr::from(0x2a01_0e0a_0001_0002_u128 << 64 | number).into());
    }
    assert_eq!(tracker.counts(TORRENT).peers(), 1_000 + 2 * most);
}

#[test]
fn a_flood_from_one_address_makes_room_by_its_own_oldest() {
    let mut tracker = a_tracker();
    let most = u16::try_from(most_in_a_swarm(None)).expect("a small number");
    for port in 1..=most + 1 {
        let report = PeerReport { port, ..a_report(Appetite::Complete, 0) };
        tracker.announce(&report, public(1), at_secs(u64::from(port))).expect("an answer");
    }
    let peers =
        tracker.announce(&a_report(Appetite::Wanting, 200), public(2), at_secs(60)).expect("an answer");
    let ports: BTreeSet<u16> = peers.peers.iter().map(|peer| peer.at.port()).collect();
    assert_eq!(ports, (2..=most + 1).collect());
}

#[test]
fn a_million_announces_take_no_more_room_than_is_allowed() {
    let mut tracker = Tracker::new(TrackedTorrents::Anything, &[7; 32]);
    let mut random = fastrand::Rng::with_seed(3);
    for number in 0..1_000_000u32 {
        // A quarter goes anywhere, the rest to a few swarms.
        let last = if number % 4 == 0 { random.u32(100..) } else { number % 16 };
        let mut torrent = [0; 20];
        torrent[16..].copy_from_slice(&last.to_be_bytes());
        let report = PeerReport { torrent: InfoHash(torrent), ..a_report(Appetite::Wanting, 0) };
        // Refusals are what is expected here.
        let _ = tracker.announce(&report, public(random.u32(..0x5000_0000)), at_secs(0));
    }
    let sizes = || tracker.swarms.values().map(super::swarm::TrackedSwarm::len);
    assert_eq!((sizes().sum::<usize>(), tracker.members), (MOST_MEMBERS, MOST_MEMBERS));
    assert!(tracker.by_address.len() <= MOST_MEMBERS && tracker.swarms.len() <= MOST_SWARMS);
    assert!(sizes().all(|size| size <= MOST_OF_A_SWARM));
}

#[test]
fn who_finds_a_full_swarm_is_answered_and_those_in_it_keep_their_places() {
    let mut tracker = a_tracker();
    let most = u32::try_from(MOST_OF_A_SWARM).expect("a small number");
    (0..most).for_each(|number| join(&mut tracker, public(number)));
    let late = told(&mut tracker, &a_report(Appetite::Wanting, 50), public(most));
    assert_eq!((late.peers.len(), late.counts.peers()), (50, MOST_OF_A_SWARM));
    let goodbye = PeerReport { event: Some(ReportEvent::Stopped), ..a_report(Appetite::Wanting, 0) };
    told(&mut tracker, &goodbye, public(0));
    join(&mut tracker, public(most));
    assert!(tracker.swarms[&TORRENT].knows(MemberKey::of(SocketAddr::new(public(most), 6881))));
}

#[test]
fn one_address_cannot_fill_the_whole_tracker() {
    let mut tracker = Tracker::new(TrackedTorrents::Anything, &[7; 32]);
    for number in 0..20_000u32 {
        let mut torrent = [0; 20];
        torrent[..4].copy_from_slice(&number.to_be_bytes());
        let report = PeerReport { torrent: InfoHash(torrent), ..a_report(Appetite::Wanting, 0) };
        tracker.announce(&report, public(1), at_secs(0)).expect("it is answered all the same");
    }
    assert_eq!(tracker.members, super::limits::most_everywhere(None));
    // Swarms that nobody is in go with the next look.
    tracker.list(TORRENT);
    tracker.announce(&a_report(Appetite::Wanting, 0), public(2), at_secs(61)).expect("an answer");
    assert_eq!(tracker.swarms.len(), tracker.members);
}

#[test]
fn sums_stay_right_whatever_happens() {
    let mut tracker = a_tracker();
    let mut random = fastrand::Rng::with_seed(5);
    for step in 0..20_000u64 {
        let report = PeerReport {
            port: random.u16(1..40),
            event: random
                .choice([None, None, Some(ReportEvent::Stopped), Some(ReportEvent::Completed)])
                .flatten(),
            ..a_report(
                random.choice([Appetite::Wanting, Appetite::Partial, Appetite::Complete]).expect("one"),
                5,
            )
        };
        let reply = tracker.announce(&report, public(random.u32(..30)), at_secs(step)).expect("an answer");
        let own = reply.seen_as.map(|ip| SocketAddr::new(ip, report.port));
        assert!(reply.peers.iter().all(|peer| Some(peer.at) != own));
    }
    let swarm = tracker.swarms.get(&TORRENT).expect("a swarm");
    let counts = tracker.counts(TORRENT);
    assert_eq!((swarm.len(), counts.peers()), (tracker.members, tracker.members));
    assert_eq!(tracker.by_address.values().sum::<usize>(), tracker.members);
    assert!(counts.wanting <= counts.incomplete && tracker.members > 50);
}
