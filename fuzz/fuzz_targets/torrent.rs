//! Bencoded documents and .torrent files.

#![no_main]

use libfuzzer_sys::fuzz_target;
use nuee::catalog::{bencode, metainfo};

fuzz_target!(|octets: &[u8]| {
    let _ = bencode::read(octets);
    if let Ok(metainfo) = metainfo::read(octets) {
        let layout = metainfo.layout();
        assert_eq!(metainfo.hashes().len(), layout.pieces() as usize);
        for file in layout.files() {
            assert!(
                file.path
                    .components()
                    .iter()
                    .all(|part| !part.starts_with('.') && !part.contains(['/', '\\']))
            );
        }
    }
});
