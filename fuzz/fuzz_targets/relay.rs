//! What relays say: no manifest is read that would be written otherwise, no metalink leads out of a folder.

#![no_main]

use libfuzzer_sys::fuzz_target;
use nuee::catalog::metalink::read_metalink;
use nuee::publish::relay::manifest::read_manifest;
use nuee::publish::relay::signing::{PublicKey, SecretKey, SignedStamp};

fuzz_target!(|octets: &[u8]| {
    if let Ok(manifest) = read_manifest(octets) {
        assert_eq!(manifest.write().as_bytes(), octets);
    }
    if let Ok(metalink) = read_metalink(octets) {
        let mut parts = metalink.files.iter().flat_map(|file| file.path.components());
        assert!(parts.all(|part| part != ".." && !part.contains('/')));
    }
    let text = String::from_utf8_lossy(octets);
    let key = SecretKey::from_chance([1; 40]).public();
    assert!(key.verify(b"never signed", &text).is_err());
    let _ = (PublicKey::parse(&text), SecretKey::parse(&text), SignedStamp::parse(&text));
});
