//! Datagrams of other programs, of ourselves, and of nobody.

use super::*;
use crate::domain::tests::mutate;

/// As other clients send it.
const FOREIGN: &[u8] = b"BT-SEARCH * HTTP/1.1\r\nHost: 239.192.152.143:6771\r\nPort: 51413\r\n\
    Infohash: C9E15763F722F23E98A29DECDFAE341B98D53056\r\ncookie: name=value\r\n\r\n\r\n";

fn torrent(number: u32) -> InfoHash {
    let mut octets = [0; 20];
    octets[..4].copy_from_slice(&number.to_be_bytes());
    InfoHash(octets)
}

fn at(seconds: u64) -> SteadyTime {
    SteadyTime(Duration::from_secs(seconds))
}

fn from(last: u8) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, last], 6_771))
}

fn packet(port: u16, torrents: &[InfoHash], cookie: &str) -> Vec<u8> {
    let search = LocalSearch { port, torrents: torrents.to_vec(), cookie: Some(cookie.to_owned()) };
    search.to_packets(GROUP_V4.into()).remove(0)
}

/// What is said at these seconds.
fn said(discovery: &mut LocalDiscovery, seconds: std::ops::RangeInclusive<u64>) -> Vec<(u64, usize)> {
    seconds.filter_map(|second| Some((second, discovery.due(at(second))?.torrents.len()))).collect()
}

#[test]
fn a_datagram_of_another_client_is_read() {
    let search = LocalSearch::read(FOREIGN).expect("it is sound");
    assert_eq!((search.port, search.cookie.as_deref()), (51_413, Some("name=value")));
    assert_eq!(search.torrents[0].to_string(), "c9e15763f722f23e98a29decdfae341b98d53056");
}

#[test]
fn datagrams_that_say_nothing_are_told_apart() {
    let read = |text: &str| LocalSearch::read(text.as_bytes()).expect_err("it says nothing");
    assert_eq!(read("M-SEARCH * HTTP/1.1\r\n\r\n"), SearchError::NotASearch);
    for port in ["", "Port: 0\r\n", "Port: 65536\r\n", "Port: x\r\n"] {
        assert_eq!(read(&format!("{FIRST_LINE}\r\n{port}Infohash: {}\r\n", torrent(1))), SearchError::NoPort);
    }
    for hash in ["", "Infohash: c9e1\r\n", "Infohash: ZHQVOY7XELZD5GFCTXWN7LRUDOMNKMCW\r\n"] {
        assert_eq!(read(&format!("{FIRST_LINE}\r\nPort: 1\r\n{hash}")), SearchError::NoTorrent);
    }
    assert_eq!(read(&"x".repeat(1_401)), SearchError::TooLong);
}

#[test]
fn many_torrents_are_said_in_datagrams_of_at_most_1400_octets() {
    let torrents: Vec<_> = (0..100).map(torrent).collect();
    let search =
        LocalSearch { port: 65_535, torrents: torrents.clone(), cookie: Some("0123456789abcdef".to_owned()) };
    for group in [SocketAddr::from(GROUP_V4), GROUP_V6.into()] {
        let packets = search.to_packets(group);
        assert!(packets.len() <= 5, "{}", packets.len());
        let read = packets.iter().map(|packet| LocalSearch::read(packet).expect("our own"));
        assert_eq!(read.flat_map(|search| search.torrents).collect::<Vec<_>>(), torrents);
    }
}

#[test]
fn a_torrent_is_announced_at_once_and_then_every_five_minutes() {
    let mut discovery = LocalDiscovery::new(6_881, "we".to_owned());
    assert_eq!((discovery.due_at(), discovery.due(at(5))), (None, None));
    discovery.share(torrent(1));
    assert_eq!(said(&mut discovery, 5..=700), [(5, 1), (305, 1), (605, 1)]);
    discovery.leave(torrent(1));
    assert_eq!(said(&mut discovery, 701..=2_000), []);
}

#[test]
fn a_flood_of_new_torrents_costs_one_announce_a_minute() {
    let mut discovery = LocalDiscovery::new(6_881, "we".to_owned());
    let mut packets = Vec::new();
    for second in 0..300 {
        discovery.share(torrent(second as u32));
        packets.extend(said(&mut discovery, second..=second));
    }
    assert_eq!(packets.iter().map(|(second, _)| *second).collect::<Vec<_>>(), [0, 1, 2, 60, 120, 180, 240]);
    // All that had come by then, and the first one for the second time.
    assert_eq!(packets.iter().map(|(_, torrents)| torrents).sum::<usize>(), 242);
}

#[test]
fn a_new_peer_is_found_and_answered_at_most_once_a_second() {
    let mut discovery = LocalDiscovery::new(6_881, "we".to_owned());
    discovery.share(torrent(1));
    assert_eq!(said(&mut discovery, 0..=10).len(), 1);
    let mut answers = 0;
    for tenth in 0..100u64 {
        let now = SteadyTime(Duration::from_millis(20_000 + tenth * 100));
        let search = packet(7_000 + tenth as u16, &[torrent(1), torrent(2)], "they");
        let peer = SocketAddr::from(([192, 0, 2, 7], 7_000 + tenth as u16));
        assert_eq!(discovery.take(&search, from(7), now), [(torrent(1), peer)]);
        answers += usize::from(discovery.due(now).is_some());
    }
    assert_eq!(answers, 10);
}

#[test]
fn two_that_answer_each_other_come_to_rest() {
    let mut both = [("one", 1), ("two", 2)].map(|(cookie, port)| {
        let mut discovery = LocalDiscovery::new(port, cookie.to_owned());
        discovery.share(torrent(1));
        discovery
    });
    let mut packets = 0;
    for second in 0..240 {
        for sender in 0..2 {
            if let Some(search) = both[sender].due(at(second)) {
                packets += 1;
                let packet = search.to_packets(GROUP_V4.into()).remove(0);
                for (number, discovery) in both.iter_mut().enumerate() {
                    let found = discovery.take(&packet, from(sender as u8), at(second));
                    assert!(number != sender || found.is_empty(), "it heard itself");
                }
            }
        }
    }
    assert!(packets <= 4, "{packets}");
}

#[test]
fn a_flood_of_invented_peers_is_bounded_and_forgotten() {
    let mut discovery = LocalDiscovery::new(6_881, "we".to_owned());
    discovery.share(torrent(1));
    let mut found = 0;
    for port in 1..=5_000 {
        found += discovery.take(&packet(port, &[torrent(1)], "they"), from(1), at(1)).len();
    }
    assert_eq!((found, discovery.heard.len()), (MOST_HEARD, MOST_HEARD));
    assert_eq!(discovery.take(&packet(1, &[torrent(1)], "they"), from(1), at(242)).len(), 1);
    assert_eq!(discovery.heard.len(), 1);
}

#[test]
fn mutated_datagrams_never_panic_and_stay_within_bounds() {
    let torrents: Vec<_> = (0..20).map(torrent).collect();
    let mut discovery = LocalDiscovery::new(6_881, "we".to_owned());
    torrents.iter().for_each(|torrent| discovery.share(*torrent));
    mutate(&[FOREIGN.to_vec(), packet(6_881, &torrents, "they")], |octets| {
        if let Ok(search) = LocalSearch::read(octets) {
            assert!(search.port != 0 && (1..=LONGEST_PACKET / 50).contains(&search.torrents.len()));
        }
        discovery.take(octets, from(1), at(1));
        assert!(discovery.heard.len() <= MOST_HEARD);
    });
}
