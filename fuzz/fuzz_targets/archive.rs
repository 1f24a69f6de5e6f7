//! Pages of archives of announcements and of catalogues of topics.

#![no_main]

use libfuzzer_sys::fuzz_target;
use nuee::mesh::archive::{self, ArchiveAddress};

fuzz_target!(|octets: &[u8]| {
    let address = ArchiveAddress::parse("https://replay.example/collections/wis2-notification-messages");
    let address = address.expect("an address");
    let _ = archive::messages(octets, &address);
    let _ = archive::records(octets, &address);
});
