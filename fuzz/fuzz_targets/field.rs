//! Fields: their values, and where their points lie.

#![no_main]

use libfuzzer_sys::fuzz_target;
use nuee::field::grid::FieldGrid;
use nuee::field::limits::DecodeLimits;
use nuee::field::statistics::FieldStatistics;
use nuee::field::{decoding, message};

fuzz_target!(|octets: &[u8]| {
    let Ok(fields) = message::fields_of(octets) else { return };
    for field in fields.flatten() {
        let limits = DecodeLimits::default().with_points(1 << 22);
        if let Ok(decoded) = decoding::decode(&field, &limits) {
            let statistics = FieldStatistics::of(&decoded);
            assert!(statistics.missing <= statistics.points);
        }
        if let Ok(grid) = FieldGrid::of(&field) {
            let _ = grid.position(decoding::points_of(&field).unwrap_or(0) / 2);
        }
    }
});
