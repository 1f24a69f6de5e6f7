//! Datagrams of local discovery (BEP 14).

#![no_main]

use libfuzzer_sys::fuzz_target;
use nuee::swarm::local_discovery::LocalSearch;

fuzz_target!(|octets: &[u8]| {
    if let Ok(search) = LocalSearch::read(octets) {
        assert!(search.port != 0 && !search.torrents.is_empty());
    }
});
