//! Magnet links: what was read is written so that it is read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use nuee::catalog::magnet::Magnet;

fuzz_target!(|text: &str| {
    if let Ok(magnet) = Magnet::parse(text) {
        assert!(Magnet::parse(&magnet.to_uri()).is_ok());
    }
});
