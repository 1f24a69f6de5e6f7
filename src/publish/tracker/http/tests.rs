//! The queries of real clients, and what they are answered, as our own client reads it.

use super::*;
use crate::catalog::tracker::http::{announce_url, read_answer};
use crate::catalog::tracker::{Announce, AnnounceEvent, TrackerError, TrackerUrl};
use crate::domain::octets::ByteCount;
use crate::domain::tests::mutate;
use crate::publish::tracker::TrackedTorrents;

const TORRENT: InfoHash =
    InfoHash(*b"\x12\x34\x56\x78\x9a\xbc\xde\xf1\x23\x45\x67\x89\xab\xcd\xef\x12\x34\x56\x78\x9a");

const HASH: &str = "%124Vx%9A%BC%DE%F1%23Eg%89%AB%CD%EF%124Vx%9A";

fn now() -> SteadyTime {
    SteadyTime(Duration::from_secs(1_000))
}

fn a_tracker() -> Tracker {
    let mut tracker = Tracker::new(TrackedTorrents::Listed, &[7; 32]);
    tracker.list(TORRENT);
    tracker
}

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

fn announce(tracker: &mut Tracker, rest: &str, from: &str) -> Vec<u8> {
    answer_announce(
        tracker,
        &format!("info_hash={HASH}&peer_id=-NU0001-abcdefghijkl&{rest}"),
        ip(from),
        now(),
    )
}

fn text(octets: &[u8]) -> String {
    octets.escape_ascii().to_string()
}

#[test]
fn our_own_client_is_understood_and_understands_the_answer() {
    let mut tracker = a_tracker();
    let announce = Announce {
        info_hash: TORRENT,
        peer_id: PeerId(*b"-NU0001-abc/def&ghi="),
        port: 6881,
        uploaded: ByteCount(1),
        downloaded: ByteCount(2),
        left: ByteCount(0),
        event: Some(AnnounceEvent::Started),
        wanted: 50,
        key: 0xBEEF,
        tracker_id: None,
    };
    let url = TrackerUrl::parse("http://t/announce?passkey=1").expect("a tracker");
    for from in ["11.0.0.1", "2a01:e0a::1"] {
        let url = announce_url(&url, &announce);
        answer_announce(&mut tracker, url.query().expect("a query"), ip(from), now());
    }
    let leecher = Announce { left: ByteCount(5), ..announce };
    let url = announce_url(&url, &leecher);
    let body = answer_announce(&mut tracker, url.query().expect("a query"), ip("11.0.0.2"), now());
    let answer = read_answer(&body).expect("an answer");
    let mut peers: Vec<String> = answer.peers.iter().map(ToString::to_string).collect();
    peers.sort();
    assert_eq!(peers, ["11.0.0.1:6881", "[2a01:e0a::1]:6881"]);
    assert_eq!((answer.seeders, answer.leechers), (Some(2), Some(1)));
    assert!((30..=34).contains(&answer.interval.as_secs()), "{:?}", answer.interval);
    assert_eq!(answer.least_interval, Some(Duration::from_secs(30)));
}

#[test]
fn the_query_says_where_the_peer_listens_what_it_wants_and_what_happened() {
    let read = |rest: &str| read_report(&format!("info_hash={HASH}&port=6881&{rest}"), ip("11.0.0.1"));
    let report = read("left=0&event=started&numwant=7&peer_id=-NU0001-abcdefghijkl").expect("a report");
    assert_eq!((report.torrent, report.port, report.wanted), (TORRENT, 6881, 7));
    assert_eq!((report.appetite, report.event), (Appetite::Complete, None));
    assert_eq!(report.peer_id, PeerId(*b"-NU0001-abcdefghijkl"));
    let appetite = |rest| read(rest).map(|report| report.appetite);
    assert_eq!(appetite("left=5&event=paused"), Ok(Appetite::Partial));
    assert_eq!((appetite("left=5"), appetite("")), (Ok(Appetite::Wanting), Ok(Appetite::Wanting)));
    let event = |rest| read(rest).map(|report| report.event);
    assert_eq!(event("event=completed"), Ok(Some(ReportEvent::Completed)));
    assert_eq!(event("event=stopped"), Ok(Some(ReportEvent::Stopped)));
    let wanted = |rest| read(rest).map(|report| report.wanted);
    assert_eq!((wanted("numwant=-1"), wanted(""), wanted("numwant=9999")), (Ok(50), Ok(50), Ok(200)));
}

#[test]
fn an_address_is_read_of_either_key_and_never_a_name() {
    let claimed = |rest: &str, from: &str| {
        read_report(&format!("info_hash={HASH}&port=1&{rest}"), ip(from)).map(|report| report.claimed)
    };
    assert_eq!(claimed("ip=11.1.1.1", "10.0.0.1"), Ok(Some(ip("11.1.1.1"))));
    assert_eq!(claimed("ipv4=11.1.1.1&ipv6=2a01::1", "10.0.0.1"), Ok(Some(ip("11.1.1.1"))));
    assert_eq!(claimed("ipv4=11.1.1.1&ipv6=%5B2a01%3A%3A1%5D", "fd00::1"), Ok(Some(ip("2a01::1"))));
    for nothing in ["ip=host.example", "ip=0.0.0.0", "ip=239.0.0.1", "ip=", "ip=%ff"] {
        assert_eq!(claimed(nothing, "10.0.0.1"), Ok(None), "{nothing}");
    }
}

#[test]
fn peers_come_as_dictionaries_for_who_cannot_read_octets() {
    let mut tracker = a_tracker();
    announce(&mut tracker, "port=80&left=0", "11.0.0.1");
    let body = text(&announce(&mut tracker, "port=81&left=1&compact=0", "11.0.0.2"));
    assert!(body.contains("5:peersld2:ip8:11.0.0.17:peer id20:-NU0001-abcdefghijkl4:porti80eee"), "{body}");
    let body = text(&announce(&mut tracker, "port=81&left=1&compact=0&no_peer_id=1", "11.0.0.2"));
    assert!(body.contains("5:peersld2:ip8:11.0.0.14:porti80eee"), "{body}");
}

#[test]
fn a_peer_learns_the_address_under_which_it_is_seen() {
    let mut tracker = a_tracker();
    let body = text(&announce(&mut tracker, "port=80", "11.0.0.65"));
    assert!(body.contains(r"11:external ip4:\x0b\x00\x00A"), "{body}");
    assert!(!text(&announce(&mut tracker, "port=80", "127.0.0.1")).contains("external ip"));
}

#[test]
fn a_refusal_says_why_and_when_to_ask_again() {
    let mut tracker = a_tracker();
    let refused = |body: Vec<u8>| match read_answer(&body) {
        Err(TrackerError::Refused { reason, retry }) => (reason, retry),
        other => panic!("{other:?}"),
    };
    let unknown =
        answer_announce(&mut tracker, "info_hash=aaaaaaaaaaaaaaaaaaaa&port=1", ip("11.0.0.1"), now());
    let soon = RetryAdvice::After(Duration::from_secs(600));
    assert_eq!(refused(unknown), ("this torrent is not listed here".to_owned(), Some(soon)));
    let no_port = announce(&mut tracker, "port=0", "11.0.0.1");
    assert_eq!(refused(no_port), ("port missing".to_owned(), None));
    tracker.unlist(TORRENT);
    let withdrawn = announce(&mut tracker, "port=1", "11.0.0.1");
    assert_eq!(refused(withdrawn).1, Some(RetryAdvice::Never));
    let nothing = answer_announce(&mut tracker, "port=1&info_hash=short", ip("11.0.0.1"), now());
    assert_eq!(refused(nothing).0, "info_hash missing or not 20 bytes");
}

#[test]
fn one_or_several_swarms_are_scraped_and_never_all() {
    let mut tracker = a_tracker();
    let quiet = InfoHash(*b"aaaaaaaaaaaaaaaaaaaa");
    tracker.list(quiet);
    announce(&mut tracker, "port=80&left=0", "11.0.0.1");
    let one = text(&answer_scrape(&tracker, &format!("info_hash={HASH}")));
    assert!(one.starts_with("d5:filesd20:"), "{one}");
    assert!(one.ends_with("d8:completei1e10:downloadedi0e11:downloadersi0e10:incompletei0eeee"), "{one}");
    let query = format!(
        "info_hash=aaaaaaaaaaaaaaaaaaaa&info_hash={HASH}&info_hash=bbbbbbbbbbbbbbbbbbbb&info_hash={HASH}"
    );
    let both = text(&answer_scrape(&tracker, &query));
    assert_eq!(both.matches("8:complete").count(), 2, "each once, and what is not listed not at all: {both}");
    let refused = |query: &str| text(&answer_scrape(&tracker, query));
    assert!(refused("").contains("name the torrents"));
    assert!(refused("info_hash=bbbbbbbbbbbbbbbbbbbb").contains("not listed"));
}

#[test]
fn mutated_queries_never_panic_and_are_answered_in_bencoding() {
    let mut tracker = Tracker::new(TrackedTorrents::Anything, &[7; 32]);
    let seeds = [
        format!(
            "info_hash={HASH}&peer_id=-NU0001-abcdefghijkl&port=6881&left=0&event=started&numwant=50&compact=0"
        ),
        format!(
            "info_hash={HASH}&port=6881&left=9&event=paused&ip=11.0.0.1&ipv4=1.2.3.4&compact=1&no_peer_id=1"
        ),
        format!("info_hash={HASH}&info_hash=aaaaaaaaaaaaaaaaaaaa"),
    ];
    let seeds = seeds.map(String::into_bytes);
    mutate(&seeds, |octets| {
        let query = String::from_utf8_lossy(octets);
        for body in
            [answer_announce(&mut tracker, &query, ip("127.0.0.1"), now()), answer_scrape(&tracker, &query)]
        {
            assert!(crate::catalog::bencode::read(&body).is_ok(), "{}", text(&body));
        }
    });
}
