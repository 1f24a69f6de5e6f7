//! Answers of trackers, over HTTP and over UDP.

#![no_main]

use libfuzzer_sys::fuzz_target;
use nuee::catalog::tracker::udp::AddressFamily;
use nuee::catalog::tracker::{http, udp};

fuzz_target!(|octets: &[u8]| {
    let _ = http::read_answer(octets);
    let _ = udp::read_connect(octets, 7);
    for family in [AddressFamily::V4, AddressFamily::V6] {
        let _ = udp::read_announce(octets, 7, family);
    }
});
