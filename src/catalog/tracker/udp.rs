//! Announcing over UDP (BEP 15, 41): two packets there, two back.
//!
//! In: an [`Announce`] and a number that ties answer to request; packets. Out: packets to send; the answer.
//! Numbers must be random: they are all that keeps a stranger from answering in the tracker's place.
//! Start reading at [`connect_request`].

use super::{Announce, AnnounceAnswer, AnnounceEvent, Peers, TrackerError, interval_of, shown};

/// What a tracker of this protocol knows a connection request by.
pub const PROTOCOL: u64 = 0x417_2710_1980;

/// What a packet is: it asks for a connection id, or gives one.
pub const CONNECT: u32 = 0;
/// It announces, or names peers.
pub const ANNOUNCE: u32 = 1;
/// It asks, or tells, how many there are.
pub const SCRAPE: u32 = 2;
/// It refuses.
pub const ERROR: u32 = 3;

/// Options of an announce (BEP 41).
const END_OF_OPTIONS: u8 = 0;
const URL_DATA: u8 = 2;

/// Most octets of a URL that are sent: a packet should not be cut on its way.
const LONGEST_PLACE: usize = 1_024;

/// Length of an announce answer before its peers.
const ANNOUNCE_HEAD: usize = 20;

/// What a tracker gave to be shown with announces. Good for one minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionId(u64);

/// Which addresses an answer holds: those of the family by which the tracker was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressFamily {
    /// IPv4: six octets a peer.
    V4,
    /// IPv6: eighteen octets a peer.
    V6,
}

/// The first packet.
pub fn connect_request(transaction: u32) -> [u8; 16] {
    let mut packet = [0; 16];
    packet[..8].copy_from_slice(&PROTOCOL.to_be_bytes());
    packet[8..12].copy_from_slice(&CONNECT.to_be_bytes());
    packet[12..].copy_from_slice(&transaction.to_be_bytes());
    packet
}

/// Reads the answer to [`connect_request`].
///
/// # Errors
/// [`TrackerError::Refused`] when the tracker says no; the others for a packet that is not its answer.
pub fn read_connect(packet: &[u8], transaction: u32) -> Result<ConnectionId, TrackerError> {
    let body = body_of(packet, transaction, CONNECT, 16)?;
    Ok(ConnectionId(u64::from(word(body, 0)) << 32 | u64::from(word(body, 1))))
}

/// The second packet. `place`: path and query of the tracker's URL, which some need (BEP 41); others read over it.
pub fn announce_request(
    connection: ConnectionId,
    transaction: u32,
    announce: &Announce,
    place: &str,
) -> Vec<u8> {
    let event: u32 = match announce.event {
        None => 0,
        Some(AnnounceEvent::Completed) => 1,
        Some(AnnounceEvent::Started) => 2,
        Some(AnnounceEvent::Stopped) => 3,
    };
    // The address is left zero: the tracker takes the one the packet comes from.
    let own_address = 0u32;
    [
        &connection.0.to_be_bytes()[..],
        &ANNOUNCE.to_be_bytes(),
        &transaction.to_be_bytes(),
        &announce.info_hash.0,
        &announce.peer_id.0,
        &announce.downloaded.0.to_be_bytes(),
        &announce.left.0.to_be_bytes(),
        &announce.uploaded.0.to_be_bytes(),
        &event.to_be_bytes(),
        &own_address.to_be_bytes(),
        &announce.key.to_be_bytes(),
        &u32::from(announce.wanted).to_be_bytes(),
        &announce.port.to_be_bytes(),
        &url_data(place),
    ]
    .concat()
}

/// The option of BEP 41, in parts of 255 octets at most, and the end of options; nothing for a tracker at the root.
fn url_data(place: &str) -> Vec<u8> {
    if matches!(place, "" | "/") {
        return Vec::new();
    }
    let place = &place.as_bytes()[..place.len().min(LONGEST_PLACE)];
    let parts = place.chunks(usize::from(u8::MAX));
    let mut options: Vec<u8> = parts
        .flat_map(|part| {
            let length = u8::try_from(part.len()).unwrap_or(u8::MAX);
            [&[URL_DATA, length][..], part].concat()
        })
        .collect();
    options.push(END_OF_OPTIONS);
    options
}

/// Reads the answer to [`announce_request`]. Octets after the last whole peer are stepped over.
///
/// # Errors
/// [`TrackerError::Refused`] when the tracker says no; the others for a packet that is not its answer.
pub fn read_announce(
    packet: &[u8],
    transaction: u32,
    family: AddressFamily,
) -> Result<AnnounceAnswer, TrackerError> {
    let body = body_of(packet, transaction, ANNOUNCE, ANNOUNCE_HEAD)?;
    let mut peers = Peers::default();
    match family {
        AddressFamily::V4 => peers.add_compact_v4(&packet[ANNOUNCE_HEAD..]),
        AddressFamily::V6 => peers.add_compact_v6(&packet[ANNOUNCE_HEAD..]),
    }
    Ok(AnnounceAnswer {
        interval: interval_of(i64::from(word(body, 0))),
        least_interval: None,
        peers: peers.peers,
        names: Vec::new(),
        leechers: Some(word(body, 1)),
        seeders: Some(word(body, 2)),
        tracker_id: None,
        warning: None,
    })
}

/// What follows action and transaction in a packet that answers `transaction` and has at least `least` octets.
fn body_of(packet: &[u8], transaction: u32, wanted: u32, least: usize) -> Result<&[u8], TrackerError> {
    let short = |least| TrackerError::ShortPacket { octets: packet.len(), least };
    if packet.len() < 8 {
        return Err(short(8));
    }
    if word(packet, 1) != transaction {
        return Err(TrackerError::OtherTransaction);
    }
    match word(packet, 0) {
        ERROR => Err(TrackerError::Refused { reason: shown(&packet[8..]), retry: None }),
        action if action != wanted => Err(TrackerError::OtherAction { action }),
        _ if packet.len() < least => Err(short(least)),
        _ => Ok(&packet[8..]),
    }
}

/// The `number`th group of four octets; zero past the end.
fn word(octets: &[u8], number: usize) -> u32 {
    octets.as_chunks::<4>().0.get(number).map_or(0, |&word| u32::from_be_bytes(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::tests::mutate;
    use crate::catalog::tracker::{MOST_PEERS, PeerId};
    use crate::domain::octets::ByteCount;
    use crate::domain::torrent::InfoHash;
    use std::time::Duration;

    fn answer(words: &[u32], rest: &[u8]) -> Vec<u8> {
        let mut packet: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        packet.extend_from_slice(rest);
        packet
    }

    #[test]
    fn the_first_packet_is_the_protocol_a_zero_and_the_transaction() {
        assert_eq!(connect_request(7), *b"\0\0\x04\x17\x27\x10\x19\x80\0\0\0\0\0\0\0\x07");
        let connection = read_connect(&answer(&[CONNECT, 7, 0x0102_0304, 0x0506_0708], b""), 7);
        assert_eq!(connection, Ok(ConnectionId(0x0102_0304_0506_0708)));
    }

    #[test]
    fn an_announce_has_ninety_eight_octets_in_the_order_of_bep_15() {
        let announce = Announce {
            info_hash: InfoHash([0xAA; 20]),
            peer_id: PeerId([0xBB; 20]),
            port: 6881,
            uploaded: ByteCount(1),
            downloaded: ByteCount(2),
            left: ByteCount(3),
            event: Some(AnnounceEvent::Completed),
            wanted: 50,
            key: 9,
            tracker_id: None,
        };
        let packet = announce_request(ConnectionId(5), 7, &announce, "/");
        assert_eq!(packet.len(), 98);
        let with_path = announce_request(ConnectionId(5), 7, &announce, "/a?key=1");
        assert_eq!(with_path[..98], packet);
        assert_eq!(with_path[98..], *b"\x02\x08/a?key=1\0", "path and query of BEP 41");
        assert_eq!(packet[..16], *b"\0\0\0\0\0\0\0\x05\0\0\0\x01\0\0\0\x07");
        assert_eq!(packet[16..56], [[0xAA; 20], [0xBB; 20]].concat());
        let numbers: Vec<u32> = (14..24).map(|n| word(&packet, n)).collect();
        assert_eq!(
            numbers,
            [0, 2, 0, 3, 0, 1, 1, 0, 9, 50],
            "downloaded, left, uploaded, event, address, key, wanted"
        );
        assert_eq!(packet[96..], 6881u16.to_be_bytes());
    }

    #[test]
    fn a_long_path_is_told_in_parts_of_255_octets() {
        let options = url_data(&format!("/{}", "x".repeat(299)));
        assert_eq!((options[..2].to_vec(), options[257..259].to_vec()), (vec![2, 255], vec![2, 45]));
        assert_eq!(options.len(), 2 + 255 + 2 + 45 + 1);
        assert!(url_data(&"x".repeat(1 << 20)).len() < 1_100, "a packet stays a packet");
    }

    #[test]
    fn peers_come_in_the_family_by_which_the_tracker_was_asked() {
        let packet = answer(&[ANNOUNCE, 7, 0, 4, 5], b"\x01\x02\x03\x04\x1a\xe1\x01\x02");
        let read = read_announce(&packet, 7, AddressFamily::V4).expect("an answer");
        assert_eq!(read.peers, ["1.2.3.4:6881".parse().expect("an address")]);
        assert_eq!((read.seeders, read.leechers), (Some(5), Some(4)));
        assert_eq!(read.interval, Duration::from_secs(30), "an interval of zero would flood");
        let mut mapped = [0; 18];
        mapped[10..].copy_from_slice(b"\xff\xff\x01\x02\x03\x04\x1a\xe1");
        let read = read_announce(&answer(&[ANNOUNCE, 7, 900, 0, 0], &mapped), 7, AddressFamily::V6);
        assert_eq!(read.map(|a| a.peers), Ok(vec!["1.2.3.4:6881".parse().expect("an address")]));
    }

    #[test]
    fn a_refusal_gives_its_reason() {
        let refused = read_announce(&answer(&[ERROR, 7], b"unregistered\n"), 7, AddressFamily::V4);
        let reason = "unregistered<U+000A>".to_owned();
        assert_eq!(refused, Err(TrackerError::Refused { reason, retry: None }));
    }

    #[test]
    fn a_packet_that_is_not_the_answer_is_told_apart() {
        assert_eq!(read_connect(b"\0\0\0", 7), Err(TrackerError::ShortPacket { octets: 3, least: 8 }));
        assert_eq!(read_connect(&answer(&[CONNECT, 8, 0, 0], b""), 7), Err(TrackerError::OtherTransaction));
        assert_eq!(read_connect(&answer(&[ERROR, 8], b"spoof"), 7), Err(TrackerError::OtherTransaction));
        assert_eq!(
            read_connect(&answer(&[2, 7, 0, 0], b""), 7),
            Err(TrackerError::OtherAction { action: 2 })
        );
        assert_eq!(
            read_connect(&answer(&[CONNECT, 7, 0], b""), 7),
            Err(TrackerError::ShortPacket { octets: 12, least: 16 })
        );
    }

    #[test]
    fn damaged_packets_never_panic() {
        let seeds = [
            answer(&[ANNOUNCE, 7, 900, 1, 2], &[1; 1_200]),
            answer(&[ERROR, 7], b"no"),
            answer(&[CONNECT, 7, 1, 2], b""),
        ];
        mutate(&seeds, |packet| {
            let _ = read_connect(packet, 7);
            for family in [AddressFamily::V4, AddressFamily::V6] {
                assert!(read_announce(packet, 7, family).map_or(0, |a| a.peers.len()) <= MOST_PEERS);
            }
        });
    }
}
