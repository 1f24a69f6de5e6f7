//! Announcing over HTTP (BEP 3), with compact peers of both address families (BEP 23, 7) and advice on refusal (BEP 31).
//!
//! In: a tracker's URL and an [`Announce`]; the body of an answer, decompressed. Out: the URL to get; the answer.
//! Start reading at [`announce_url`] and [`read_answer`].

use super::{Announce, AnnounceAnswer, AnnounceEvent, Peers, RetryAdvice, TrackerError, TrackerUrl};
use super::{USUAL_INTERVAL, interval_of, shown};
use crate::catalog::bencode::{self, Value};
use crate::domain::url_component::encode_component;
use url::Url;

/// Longest body that is read: 1 MiB.
pub const LONGEST_ANSWER: usize = 1 << 20;

/// Longest `tracker id` that is sent back.
const LONGEST_TRACKER_ID: usize = 256;

/// The URL by which `announce` is made; a query that the tracker's own URL has (a member's key, mostly) stays before ours.
///
/// It holds the secrets of the tracker's URL: for asking, never for showing.
pub fn announce_url(tracker: &TrackerUrl, announce: &Announce) -> Url {
    let mut query = tracker.url().query().map_or(String::new(), |own| format!("{own}&"));
    query.push_str(&format!(
        "info_hash={}&peer_id={}&port={}&uploaded={}&downloaded={}&left={}&compact=1&numwant={}&key={:08x}",
        encode_component(announce.info_hash.0),
        encode_component(announce.peer_id.0),
        announce.port,
        announce.uploaded.0,
        announce.downloaded.0,
        announce.left.0,
        announce.wanted,
        announce.key,
    ));
    if let Some(event) = announce.event {
        query.push_str(match event {
            AnnounceEvent::Started => "&event=started",
            AnnounceEvent::Completed => "&event=completed",
            AnnounceEvent::Stopped => "&event=stopped",
        });
    }
    if let Some(id) = &announce.tracker_id {
        query.push_str(&format!("&trackerid={}", encode_component(id)));
    }
    let mut url = tracker.url().clone();
    url.set_query(Some(&query));
    url
}

/// Reads the body of an answer.
///
/// # Errors
/// [`TrackerError::Refused`] when the tracker says no; the others when it says nothing that can be understood.
pub fn read_answer(body: &[u8]) -> Result<AnnounceAnswer, TrackerError> {
    if body.len() > LONGEST_ANSWER {
        return Err(TrackerError::TooLong { octets: body.len() });
    }
    let dictionary = bencode::read(body)?.value.dictionary().ok_or(TrackerError::NotADictionary)?;
    let [failure, retry, warning] = dictionary.pick(["failure reason", "retry in", "warning message"])?;
    if let Some(failure) = failure {
        let reason = shown(failure.text().unwrap_or_default());
        return Err(TrackerError::Refused { reason, retry: retry.and_then(retry_advice) });
    }
    let [interval, least, id, complete, incomplete, peers, peers6] = dictionary.pick([
        "interval",
        "min interval",
        "tracker id",
        "complete",
        "incomplete",
        "peers",
        "peers6",
    ])?;
    let count = |value: Option<Value<'_>>| u32::try_from(value?.integer()?).ok();
    let named = peers_of(peers, peers6)?;
    let tracker_id = id.and_then(Value::text).filter(|id| id.len() <= LONGEST_TRACKER_ID);
    Ok(AnnounceAnswer {
        interval: interval.and_then(Value::integer).map_or(USUAL_INTERVAL, interval_of),
        least_interval: least.and_then(Value::integer).map(interval_of),
        peers: named.peers,
        names: named.names,
        seeders: count(complete),
        leechers: count(incomplete),
        tracker_id: tracker_id.map(<[u8]>::to_vec),
        warning: warning.and_then(Value::text).map(shown),
    })
}

/// `retry in` is a number of minutes, or `never`.
fn retry_advice(value: Value<'_>) -> Option<RetryAdvice> {
    let text = value.text().map(|text| text.trim_ascii());
    if text == Some(b"never") {
        return Some(RetryAdvice::Never);
    }
    let written = || std::str::from_utf8(text?).ok()?.parse().ok();
    let minutes: i64 = value.integer().or_else(written)?;
    Some(RetryAdvice::After(interval_of(minutes.saturating_mul(60))))
}

fn peers_of(peers: Option<Value<'_>>, peers6: Option<Value<'_>>) -> Result<Peers, TrackerError> {
    let mut found = Peers::default();
    match peers {
        None => {}
        Some(Value::Text(compact)) => found.add_compact_v4(compact),
        Some(Value::List(list)) => {
            for (host, port) in list.values().filter_map(peer_of) {
                match host.parse() {
                    Ok(address) => found.add(address, port),
                    Err(_) => found.add_name(host, port),
                }
            }
        }
        Some(_) => return Err(TrackerError::UnreadablePeers),
    }
    match peers6 {
        None => {}
        Some(Value::Text(compact)) => found.add_compact_v6(compact),
        Some(_) => return Err(TrackerError::UnreadablePeers),
    }
    Ok(found)
}

/// A peer written as a dictionary: an address or the name of a host, and a port.
fn peer_of(peer: Value<'_>) -> Option<(&str, u16)> {
    let [ip, port] = peer.dictionary()?.pick(["ip", "port"]).ok()?;
    let host = std::str::from_utf8(ip?.text()?).ok()?.trim_matches(['[', ']']);
    Some((host, u16::try_from(port?.integer()?).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::tests::mutate;
    use crate::catalog::tracker::{MOST_PEERS, PeerId};
    use crate::domain::octets::ByteCount;
    use crate::domain::torrent::InfoHash;
    use std::time::Duration;

    fn an_announce() -> Announce {
        Announce {
            info_hash: InfoHash(
                *b"\x12\x34\x56\x78\x9a\xbc\xde\xf1\x23\x45\x67\x89\xab\xcd\xef\x12\x34\x56\x78\x9a",
            ),
            peer_id: PeerId(*b"-NU0001-abc/def&ghi="),
            port: 6881,
            uploaded: ByteCount(1),
            downloaded: ByteCount(2),
            left: ByteCount(3),
            event: Some(AnnounceEvent::Started),
            wanted: 50,
            key: 0xBEEF,
            tracker_id: None,
        }
    }

    fn tracker(text: &str) -> TrackerUrl {
        TrackerUrl::parse(text).expect("a tracker")
    }

    #[test]
    fn binary_values_are_percent_encoded_octet_by_octet() {
        let url = announce_url(&tracker("http://t/announce"), &an_announce());
        assert_eq!(
            url.as_str(),
            "http://t/announce?info_hash=%124Vx%9A%BC%DE%F1%23Eg%89%AB%CD%EF%124Vx%9A&peer_id=-NU0001-abc%2Fdef%26ghi%3D\
             &port=6881&uploaded=1&downloaded=2&left=3&compact=1&numwant=50&key=0000beef&event=started"
        );
    }

    #[test]
    fn a_query_of_the_tracker_stays_and_its_id_is_told_again() {
        let announce = Announce { event: None, tracker_id: Some(b"a&b".to_vec()), ..an_announce() };
        let url = announce_url(&tracker("http://t/announce?passkey=k%2B1"), &announce);
        let query = url.query().expect("a query");
        assert!(query.starts_with("passkey=k%2B1&info_hash=%124Vx"), "{query}");
        assert!(query.ends_with("&key=0000beef&trackerid=a%26b"), "{query}");
    }

    #[test]
    fn compact_peers_of_both_families_are_read_and_each_is_taken_once() {
        let peers = b"\x01\x02\x03\x04\x1a\xe1\x01\x02\x03\x04\x1a\xe1\x05\x06\x07\x08\x00\x00";
        let mut body = b"d8:completei3e10:incompletei4e8:intervali900e12:min intervali60e5:peers18:".to_vec();
        body.extend_from_slice(peers);
        body.extend_from_slice(b"6:peers618:");
        body.extend_from_slice(&"2001:db8::7".parse::<core::net::Ipv6Addr>().expect("an address").octets());
        body.extend_from_slice(b"\x00\x50e");
        let answer = read_answer(&body).expect("an answer");
        let peers: Vec<String> = answer.peers.iter().map(ToString::to_string).collect();
        assert_eq!(peers, ["1.2.3.4:6881", "[2001:db8::7]:80"]);
        assert_eq!((answer.seeders, answer.leechers), (Some(3), Some(4)));
        assert_eq!(answer.interval, Duration::from_secs(900));
        assert_eq!(answer.next_announce_in(), Duration::from_secs(900));
    }

    #[test]
    fn peers_as_dictionaries_are_read_with_names_of_hosts_unless_they_are_nonsense() {
        let body = [
            "d5:peersl",
            "d2:ip7:1.2.3.44:porti80ee",
            "d2:ip3:::17:peer id2:xx4:porti81ee",
            "d2:ip9:a.example4:porti82ee",
            "d2:ip9:A.example4:porti82ee",
            "d2:ip7:a b/c?d4:porti84ee",
            "d2:ip7:1.2.3.44:porti-1ee",
            "d4:porti83ee",
            "i7e",
            "ee",
        ];
        let answer = read_answer(body.concat().as_bytes()).expect("an answer");
        let peers: Vec<String> = answer.peers.iter().map(ToString::to_string).collect();
        assert_eq!(peers, ["1.2.3.4:80", "[::1]:81"]);
        assert_eq!(answer.names, [("a.example".to_owned(), 82)]);
    }

    #[test]
    fn intervals_that_would_flood_or_forget_are_clamped() {
        let interval =
            |text: &str| read_answer(format!("d8:interval{text}e").as_bytes()).map(|a| a.interval.as_secs());
        assert_eq!(interval("i0e"), Ok(30));
        assert_eq!(interval("i-5e"), Ok(30));
        assert_eq!(interval("i9223372036854775807e"), Ok(3_600));
        assert_eq!(interval("3:abc"), Ok(1_800));
        let answer = read_answer(b"d8:intervali60e12:min intervali600ee").expect("an answer");
        assert_eq!(answer.next_announce_in(), Duration::from_secs(600));
    }

    #[test]
    fn a_refusal_gives_its_reason_without_secrets_and_says_when_to_ask_again() {
        let refused = |body: &[u8]| read_answer(body).expect_err("it should be a refusal");
        let url = "bad http://t/a?passkey=5ecret\u{202E}";
        let body = format!("d14:failure reason{}:{url}8:retry ini5ee", url.len());
        let TrackerError::Refused { reason, retry } = refused(body.as_bytes()) else {
            panic!("another error")
        };
        assert!(reason.contains("passkey=***") && !reason.contains("5ecret"), "{reason}");
        assert_eq!(retry, Some(RetryAdvice::After(Duration::from_secs(300))));
        let never = refused(b"d14:failure reason4:gone8:retry in5:nevere");
        assert_eq!(
            never,
            TrackerError::Refused { reason: "gone".to_owned(), retry: Some(RetryAdvice::Never) }
        );
    }

    #[test]
    fn what_is_no_answer_is_told_apart() {
        assert!(matches!(read_answer(b"<html>"), Err(TrackerError::NotBencoded(_))));
        assert_eq!(read_answer(b"le"), Err(TrackerError::NotADictionary));
        assert_eq!(read_answer(b"d5:peersi1ee"), Err(TrackerError::UnreadablePeers));
        let long = vec![b'0'; LONGEST_ANSWER + 1];
        assert_eq!(read_answer(&long), Err(TrackerError::TooLong { octets: LONGEST_ANSWER + 1 }));
    }

    #[test]
    fn a_flood_of_peers_is_cut() {
        let mut body = b"d5:peers600000:".to_vec();
        body.extend((0..100_000u32).flat_map(|n| [n.to_be_bytes().as_slice(), &[0x1A, 0xE1]].concat()));
        body.push(b'e');
        assert_eq!(read_answer(&body).map(|answer| answer.peers.len()), Ok(MOST_PEERS));
    }

    #[test]
    fn damaged_answers_never_panic_and_stay_within_bounds() {
        let seeds = [
            b"d8:intervali900e5:peers12:abcdefabcdef6:peers618:abcdefghijklmnopqr10:tracker id2:xye".to_vec(),
            b"d5:peersld2:ip7:1.2.3.44:porti80eee14:failure reason2:no8:retry in5:nevere".to_vec(),
        ];
        mutate(&seeds, |octets| {
            if let Ok(answer) = read_answer(octets) {
                assert!(
                    answer.peers.len() <= MOST_PEERS && answer.interval >= super::super::SHORTEST_INTERVAL
                );
            }
        });
    }
}
