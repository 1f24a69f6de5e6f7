//! GRIB files: their fields, and whether they are whole.

#![no_main]

use libfuzzer_sys::fuzz_target;
use nuee::grib::{structure, walk};

fuzz_target!(|octets: &[u8]| {
    let index = walk::index_octets(octets);
    assert!(index.fields.iter().all(|field| field.range.end() <= octets.len() as u64));
    let mut check = structure::StructureCheck::new();
    check.update(octets);
    let _ = check.finish();
});
