//! Messages that are whole, cut anywhere, too long, and damaged.

use super::*;
use crate::domain::tests::mutate;
use crate::domain::torrent::InfoHash;
use crate::swarm::BLOCK_LENGTH;

const PIECES: u32 = 20;

fn every_message() -> Vec<PeerMessage> {
    let block = Block { piece: 3, begin: 16_384, length: 16_384 };
    vec![
        PeerMessage::KeepAlive,
        PeerMessage::Choke,
        PeerMessage::Unchoke,
        PeerMessage::Interested,
        PeerMessage::NotInterested,
        PeerMessage::Have(7),
        PeerMessage::Bitfield(Bytes::from_static(&[0xAA, 0x55, 0xF0])),
        PeerMessage::Request(block),
        PeerMessage::Piece { piece: 3, begin: 16_384, data: Bytes::from(vec![9; BLOCK_LENGTH as usize]) },
        PeerMessage::Cancel(block),
        PeerMessage::Port(6_881),
        PeerMessage::Suggest(1),
        PeerMessage::HaveAll,
        PeerMessage::HaveNone,
        PeerMessage::Reject(block),
        PeerMessage::AllowedFast(u32::MAX),
        PeerMessage::Extended { id: 0, payload: Bytes::from_static(b"d1:md11:ut_metadatai3eee") },
        PeerMessage::Unknown(21),
    ]
}

fn octets_of(messages: &[PeerMessage]) -> BytesMut {
    let mut octets = BytesMut::new();
    messages.iter().for_each(|message| message.write(&mut octets));
    octets
}

/// A message with this length before it, of this kind, of which nothing more has come.
fn head(octets: u32, id: u8) -> BytesMut {
    let mut input = BytesMut::new();
    input.put_u32(octets);
    input.put_u8(id);
    input
}

fn taken_from(octets: u32, id: u8, pieces: Option<u32>) -> Result<Option<PeerMessage>, MessageError> {
    Reader::new(pieces).take(&mut head(octets, id))
}

#[test]
fn a_handshake_is_read_as_it_was_written() {
    let ours = Handshake::ours(InfoHash([7; 20]), *b"-NU0100-abcdefghijkl");
    assert_eq!(Handshake::read(&ours.to_octets()), Ok(ours));
    assert!(ours.speaks_fast() && ours.speaks_extensions() && !ours.speaks_dht());
    assert!(ours.with_dht().speaks_dht());
    assert_eq!(&ours.to_octets()[..28], b"\x13BitTorrent protocol\0\0\0\0\0\x10\0\x04");
}

#[test]
fn a_server_that_speaks_something_else_is_not_a_peer() {
    let mut octets = [0; Handshake::LENGTH];
    octets[..16].copy_from_slice(b"HTTP/1.1 400 Bad");
    assert_eq!(Handshake::read(&octets), Err(MessageError::NotBitTorrent));
}

#[test]
fn messages_cut_anywhere_are_read_as_they_were_written() {
    let messages = every_message();
    let whole = octets_of(&messages);
    for seed in 0..200 {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut reader = Reader::new([Some(PIECES), None][seed as usize % 2]);
        let (mut input, mut rest, mut read) = (BytesMut::new(), whole.clone(), Vec::new());
        while !rest.is_empty() {
            let most = [1, 7, 700, 40_000][random.usize(..4)];
            input.extend_from_slice(&rest.split_to(random.usize(1..=most).min(rest.len())));
            while let Some(message) = reader.take(&mut input).expect("the messages are sound") {
                read.push(message);
            }
        }
        assert_eq!(read, messages, "seed {seed}");
        assert!(input.is_empty());
    }
}

#[test]
fn a_reader_that_gets_what_it_wants_reads_every_message() {
    let messages = every_message();
    let (mut rest, mut input) = (octets_of(&messages), BytesMut::new());
    let (mut reader, mut read) = (Reader::new(Some(PIECES)), Vec::new());
    while read.len() < messages.len() {
        match reader.take(&mut input).expect("the messages are sound") {
            Some(message) => read.push(message),
            None => {
                let wanted = reader.wants(&input);
                assert!(wanted > 0, "{} octets lie there", input.len());
                input.extend_from_slice(&rest.split_to(wanted.min(rest.len())));
            }
        }
    }
    assert_eq!(read, messages);
}

#[test]
fn a_block_is_a_view_of_the_octets_that_came() {
    let mut input =
        octets_of(&[PeerMessage::Piece { piece: 1, begin: 0, data: Bytes::from_static(b"abcd") }]);
    let place = input.as_ptr() as usize + PIECE_HEAD;
    let message = Reader::new(Some(PIECES)).take(&mut input);
    let Ok(Some(PeerMessage::Piece { data, .. })) = message else { panic!("{message:?}") };
    assert_eq!((data.as_ref(), data.as_ptr() as usize), (&b"abcd"[..], place));
}

#[test]
fn a_block_can_be_sent_as_its_head_and_its_octets() {
    let octets = octets_of(&[PeerMessage::Piece { piece: 5, begin: 6, data: Bytes::from_static(b"xyz") }]);
    assert_eq!(octets, [&PeerMessage::piece_head(5, 6, 3)[..], b"xyz"].concat());
}

#[test]
fn a_message_that_is_too_long_is_refused_by_its_head_alone() {
    for (octets, id, most) in [
        (10 + LARGEST_BLOCK, id::PIECE, 9 + LARGEST_BLOCK),
        (u32::MAX, id::EXTENDED, LONGEST_EXTENDED),
        (LONGEST_MESSAGE + 1, 99, LONGEST_MESSAGE),
    ] {
        let error = taken_from(octets, id, Some(PIECES)).expect_err("it is too long");
        assert!(matches!(error, MessageError::TooLong { most: m, .. } if m == most), "{error}");
    }
    assert_eq!(Reader::new(None).wants(&head(u32::MAX, id::PIECE)), 0);
}

#[test]
fn a_message_of_fixed_length_has_no_other() {
    let fixed = every_message().into_iter().filter(|message| {
        !matches!(
            message,
            PeerMessage::KeepAlive
                | PeerMessage::Piece { .. }
                | PeerMessage::Extended { .. }
                | PeerMessage::Unknown(_)
        )
    });
    for message in fixed {
        let octets = octets_of(std::slice::from_ref(&message));
        let (length, id) = ((octets.len() - 4) as u32, octets[4]);
        for wrong in [length - 1, length + 1].into_iter().filter(|wrong| *wrong > 0) {
            let error = taken_from(wrong, id, Some(PIECES)).expect_err("its length is wrong");
            assert!(matches!(error, MessageError::WrongLength { .. }), "{message:?}: {error}");
        }
    }
    for (octets, id) in [(9, id::PIECE), (1, id::EXTENDED), (1, id::BITFIELD)] {
        let error = taken_from(octets, id, None).expect_err("it holds nothing");
        assert!(matches!(error, MessageError::TooShort { .. }), "{error}");
    }
}

#[test]
fn a_bitfield_of_any_length_is_kept_while_the_pieces_are_unknown() {
    assert_eq!(taken_from(1 << 20, id::BITFIELD, None), Ok(None));
    assert!(taken_from((1 << 20) + 1, id::BITFIELD, None).is_err());
    let mut reader = Reader::new(None);
    reader.learn_pieces(PIECES);
    let error = reader.take(&mut head(5, id::BITFIELD)).expect_err("three octets hold twenty pieces");
    assert_eq!(error, MessageError::WrongLength { message: "bitfield", octets: 5, expected: 4 });
}

#[test]
fn an_unknown_message_is_read_over_without_being_kept() {
    let mut reader = Reader::new(Some(PIECES));
    let mut input = head(LONGEST_MESSAGE, 200);
    for _ in 0..127 {
        assert_eq!(reader.take(&mut input), Ok(None));
        assert!(input.is_empty());
        assert!((1..=16_384).contains(&reader.wants(&input)));
        input.extend_from_slice(&[1; 8_192]);
    }
    input.extend_from_slice(&[1; 8_191]);
    PeerMessage::Have(4).write(&mut input);
    assert_eq!(reader.take(&mut input), Ok(Some(PeerMessage::Unknown(200))));
    assert_eq!(reader.take(&mut input), Ok(Some(PeerMessage::Have(4))));
}

#[test]
fn mutated_messages_never_panic_and_nothing_longer_than_its_limit_is_waited_for() {
    let mut seeds: Vec<_> =
        every_message().iter().map(|m| octets_of(std::slice::from_ref(m)).to_vec()).collect();
    seeds.push(octets_of(&every_message()[..8]).to_vec());
    seeds.push(octets_of(&every_message()[9..]).to_vec());
    mutate(&seeds, |octets| {
        for pieces in [None, Some(PIECES)] {
            let (mut reader, mut input) = (Reader::new(pieces), BytesMut::from(octets));
            let mut before = input.len() + 1;
            while let Ok(Some(message)) = reader.take(&mut input) {
                assert!(input.len() < before, "{message:?} took nothing");
                before = input.len();
                read_again(&message, pieces);
            }
            assert!(reader.wants(&input) <= LONGEST_MESSAGE as usize);
        }
        if let Some(octets) = octets.first_chunk()
            && let Ok(handshake) = Handshake::read(octets)
        {
            assert_eq!(handshake.to_octets(), *octets);
        }
    });
}

/// What was read is written so that it is read as the same.
fn read_again(message: &PeerMessage, pieces: Option<u32>) {
    let mut octets = octets_of(std::slice::from_ref(message));
    assert_eq!(Reader::new(pieces).take(&mut octets).as_ref(), Ok(&Some(message.clone())));
    assert!(octets.is_empty());
}
