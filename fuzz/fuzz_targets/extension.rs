//! Extended messages of peers: what was read is written so that it is read as the same.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use nuee::swarm::extension::{Abilities, Exchange, MetadataMessage};

fuzz_target!(|octets: &[u8]| {
    if let Ok(abilities) = Abilities::read(octets) {
        assert!(Abilities::read(&abilities.to_octets()).is_ok());
    }
    if let Ok(exchange) = Exchange::read(octets) {
        assert_eq!(Exchange::read(&exchange.to_octets()).as_ref(), Ok(&exchange));
    }
    if let Ok(message) = MetadataMessage::read(&Bytes::copy_from_slice(octets)) {
        assert_eq!(MetadataMessage::read(&message.to_octets().into()), Ok(message));
    }
});
