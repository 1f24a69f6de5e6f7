//! Announcements of files: WIS2 notifications, Sarracenia v02 and v03, wmo_mesh, events.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use nuee::mesh::announcement;

fuzz_target!(|octets: &[u8]| {
    let message = announcement::read(Bytes::copy_from_slice(octets), &[]);
    assert_eq!(message.raw, octets);
    if let Some(announcement) = message.reading.announcement() {
        let _ = (announcement.file_name(), announcement.usable_inline());
    }
    let _ = announcement::read_captured(octets);
});
