//! Indexes beside GRIB files (slice index, wgrib2, ECMWF): no field lies outside of the file.

#![no_main]

use libfuzzer_sys::fuzz_target;
use nuee::grib::sidecar;

fuzz_target!(|octets: &[u8]| {
    if let Ok(index) = sidecar::read(octets, Some(1_000)) {
        assert!(index.fields.iter().all(|field| field.range.end() <= 1_000));
    }
});
