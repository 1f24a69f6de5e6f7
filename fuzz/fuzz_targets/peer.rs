//! What a peer sends: handshake and messages, in a file of 40 pieces and of one that is not known yet.

#![no_main]

use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use nuee::swarm::message::{Handshake, Reader};

fuzz_target!(|octets: &[u8]| {
    for pieces in [None, Some(40)] {
        let (mut reader, mut input) = (Reader::new(pieces), BytesMut::from(octets));
        let mut before = input.len() + 1;
        while let Ok(Some(message)) = reader.take(&mut input) {
            assert!(input.len() < before, "{message:?} took nothing");
            before = input.len();
        }
    }
    if let Some(octets) = octets.first_chunk()
        && let Ok(handshake) = Handshake::read(octets)
    {
        assert_eq!(handshake.to_octets(), *octets);
    }
});
