//! Handshakes of extensions, metadata messages and exchanges: whole, senseless and damaged.

use super::*;
use crate::domain::tests::mutate;
use bytes::Bytes;
use core::net::SocketAddr;

/// As a client of another make says it.
const FOREIGN: &[u8] = b"d1:md11:LT_metadatai14e11:ut_metadatai9e6:ut_pexi4ee13:metadata_sizei31235e1:pi6881e4:reqqi2000e1:v10:qB 5.0.1 x6:yourip4:\x0a\x4d\x00\x01e";

fn everything() -> Abilities {
    let mut ours = Abilities::ours("Nuée 0.1.0", Some(51_413), Some(40_000));
    ours.upload_only = true;
    ours.your_address = Some(IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1]));
    ours
}

#[test]
fn the_handshake_of_extensions_is_read_as_it_was_written() {
    assert_eq!(Abilities::read(&everything().to_octets()), Ok(everything()));
    assert_eq!(Abilities::default().to_octets(), b"d1:mdee");
}

#[test]
fn the_handshake_of_another_client_is_read() {
    let expected = Abilities {
        metadata_id: Some(9),
        exchange_id: Some(4),
        metadata_size: Some(31_235),
        requests: Some(2_000),
        port: Some(6_881),
        client: Some("qB 5.0.1 x".to_owned()),
        your_address: Some(IpAddr::from([10, 77, 0, 1])),
        ..Abilities::default()
    };
    assert_eq!(Abilities::read(FOREIGN), Ok(expected));
}

#[test]
fn a_size_of_metadata_beyond_any_torrent_counts_as_not_said() {
    for size in ["-1", "0", "33554433", "4294967296", "9223372036854775807"] {
        let read = Abilities::read(format!("d13:metadata_sizei{size}ee").as_bytes()).expect("a dictionary");
        assert_eq!(read.metadata_size, None, "{size}");
    }
    let read = Abilities::read(b"d13:metadata_sizei33554432ee").expect("a dictionary");
    assert_eq!(read.metadata_size, Some(LONGEST_METADATA));
}

#[test]
fn what_makes_no_sense_in_a_handshake_counts_as_not_said() {
    let senseless: [&[u8]; 4] = [
        b"d1:mi1e1:p5:81920e4:reqqi0e1:v0:6:yourip3:abce",
        b"d1:md11:ut_metadatai256e6:ut_pexi-1ee1:pi65536ee",
        b"d1:md11:ut_metadata1:36:ut_pexi0ee1:pi0ee",
        b"detrailing",
    ];
    for octets in senseless {
        assert_eq!(Abilities::read(octets), Ok(Abilities::default()), "{}", octets.escape_ascii());
    }
    assert_eq!(Abilities::read(b"le"), Err(ExtensionError::NotADictionary));
    assert!(matches!(Abilities::read(b"junk"), Err(ExtensionError::NotBencoded(_))));
}

#[test]
fn the_name_of_a_client_is_made_fit_to_be_shown() {
    let read = Abilities::read("d1:v6:a\u{202E}\u{1b}be".as_bytes()).expect("a dictionary");
    assert_eq!(read.client.as_deref(), Some("a<U+202E><U+001B>b"));
    let long = format!("d1:v5000:{}e", "é".repeat(2_500));
    let read = Abilities::read(long.as_bytes()).expect("a dictionary");
    assert_eq!(read.client.map(|name| name.chars().count()), Some(201));
}

#[test]
fn a_later_handshake_changes_only_what_it_says() {
    let mut abilities = Abilities::read(FOREIGN).expect("a dictionary");
    abilities.update(b"d1:md6:ut_pexi0ee11:upload_onlyi1ee").expect("a dictionary");
    assert_eq!((abilities.metadata_id, abilities.exchange_id), (Some(9), None));
    assert!(abilities.upload_only);
    assert_eq!(abilities.metadata_size, Some(31_235));
    assert!(read_upload_only(&[1]) && !read_upload_only(&[0]) && !read_upload_only(&[]));
}

#[test]
fn metadata_messages_are_read_as_they_were_written() {
    let messages = [
        MetadataMessage::Request(0),
        MetadataMessage::Data { part: 1, total_size: Some(16_390), data: Bytes::from_static(b"e:e") },
        MetadataMessage::Data { part: 7, total_size: None, data: Bytes::from(vec![b'd'; 16_384]) },
        MetadataMessage::Reject(u32::MAX),
        MetadataMessage::Unknown(3),
    ];
    for message in messages {
        assert_eq!(MetadataMessage::read(&message.to_octets().into()), Ok(message));
    }
}

#[test]
fn a_metadata_message_without_a_part_or_with_too_much_is_refused() {
    let read = |octets: &[u8]| MetadataMessage::read(&Bytes::copy_from_slice(octets));
    assert_eq!(read(b"d8:msg_typei0ee"), Err(ExtensionError::NoPart));
    assert_eq!(read(b"d8:msg_typei1e5:piecei-1ee"), Err(ExtensionError::NoPart));
    assert_eq!(read(b"d5:piecei0ee"), Err(ExtensionError::NoPart));
    let bomb = [&b"d8:msg_typei1e5:piecei0ee"[..], &[0; 16_385]].concat();
    assert_eq!(read(&bomb), Err(ExtensionError::LongPart { octets: 16_385 }));
}

#[test]
fn peers_of_both_families_are_exchanged() {
    let named = |address: &str, is_seed, is_reachable| Named {
        address: address.parse().expect("an address"),
        is_seed,
        is_reachable,
    };
    let exchange = Exchange {
        added: vec![
            named("192.0.2.1:6881", true, false),
            named("192.0.2.2:1", false, true),
            named("[2001:db8::1]:51413", true, true),
        ],
        dropped: ["192.0.2.9:80", "[2001:db8::9]:81"].map(|a| a.parse().expect("an address")).to_vec(),
    };
    assert_eq!(Exchange::read(&exchange.to_octets()), Ok(exchange));
    assert!(Exchange::read(b"de").is_ok_and(|exchange| exchange.is_empty()));
}

#[test]
fn of_an_exchange_at_most_fifty_new_and_fifty_gone_peers_are_taken() {
    let address = |last: u16| SocketAddr::new(IpAddr::from([192, 0, 2, 1]), last);
    let added = (1..200).map(|port| Named { address: address(port), is_seed: false, is_reachable: false });
    let exchange = Exchange { added: added.collect(), dropped: (1..200).map(address).collect() };
    let read = Exchange::read(&exchange.to_octets()).expect("a dictionary");
    assert_eq!((&read.added[..], &read.dropped[..]), (&exchange.added[..50], &exchange.dropped[..50]));
    let flood = [b"d5:added6000:".to_vec(), [192, 0, 2, 1, 1, 1].repeat(1_000), b"e".to_vec()].concat();
    assert_eq!(Exchange::read(&flood).expect("a dictionary").added.len(), 1);
}

#[test]
fn peers_without_a_port_and_half_addresses_are_passed_over_and_flags_may_be_missing() {
    let octets = b"d5:added15:\x01\x02\x03\x04\x00\x00\x01\x02\x03\x04\x00\x50\x01\x02\x037:added.fi9ee";
    let read = Exchange::read(octets).expect("a dictionary");
    let expected =
        Named { address: "1.2.3.4:80".parse().expect("an address"), is_seed: false, is_reachable: false };
    assert_eq!(read.added, [expected]);
}

#[test]
fn mutated_extended_messages_never_panic_and_stay_within_bounds() {
    let exchange = Exchange {
        added: vec![Named { address: "1.2.3.4:80".parse().expect("one"), is_seed: true, is_reachable: true }],
        dropped: vec!["[2001:db8::9]:81".parse().expect("one")],
    };
    let part = MetadataMessage::Data { part: 1, total_size: Some(16_390), data: Bytes::from_static(b"e:e") };
    let seeds = [FOREIGN.to_vec(), everything().to_octets(), exchange.to_octets(), part.to_octets()];
    mutate(&seeds, |octets| {
        if let Ok(abilities) = Abilities::read(octets) {
            assert!(abilities.metadata_size.is_none_or(|size| size <= LONGEST_METADATA));
            let again = Abilities::read(&abilities.to_octets()).expect("our own");
            assert_eq!(again.client.is_some(), abilities.client.is_some());
            assert_eq!(Abilities { client: None, ..again }, Abilities { client: None, ..abilities });
        }
        if let Ok(exchange) = Exchange::read(octets) {
            assert!(exchange.added.len() <= MOST_EXCHANGED && exchange.dropped.len() <= MOST_EXCHANGED);
            assert_eq!(Exchange::read(&exchange.to_octets()).as_ref(), Ok(&exchange));
        }
        if let Ok(message) = MetadataMessage::read(&Bytes::copy_from_slice(octets)) {
            assert_eq!(MetadataMessage::read(&message.to_octets().into()), Ok(message));
        }
    });
}
