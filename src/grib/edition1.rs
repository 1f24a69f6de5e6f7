//! GRIB1: enough of section 1 to list a message, and its length, to step over it.
//!
//! Numbers are GRIB1's own: its tables are the producer's.

use super::product::minutes_of;
use crate::domain::field::{Field, Identity, Level};
use crate::domain::lead_time::LeadTime;
use crate::domain::utc::UtcTime;

/// Section 1 without anything of the producer's own.
const LEAST_SECTION: usize = 28;

/// With ECMWF's part, as far as the member's number.
pub(super) const LONG_PREFIX: usize = 8 + 52;

/// ECMWF among originating centres and sub-centres: its definitions are used by others as well.
const ECMWF: u8 = 98;

/// Stands for the discipline, which GRIB1 has none of.
pub const NO_DISCIPLINE: u8 = 255;

/// A length of three octets.
pub(super) fn u24(octets: &[u8]) -> u64 {
    octets.iter().take(3).fold(0, |sum, &octet| sum << 8 | u64::from(octet))
}

/// Reads section 1, which begins after the eight octets of section 0, into `field`.
pub(super) fn read(section: &[u8], field: &mut Field) {
    if section.len() < LEAST_SECTION {
        return;
    }
    field.edition = 1;
    field.identity = Some(Identity::new(NO_DISCIPLINE, section[3], section[8]));
    field.reference_time = reference_time(section);
    field.level = level(section[9], [section[10], section[11]]);
    field.member = member(section);
    let (unit, p1, p2, kind) = (section[17], section[18], section[19], section[20]);
    // Table 4 of GRIB1 has 254 for seconds where that of GRIB2 has 13; 13 is a quarter of an hour.
    let minutes = |count: u16| match unit {
        254 => Some(i64::from(count) / 60),
        13 => Some(i64::from(count) * 15),
        14 => Some(i64::from(count) * 30),
        unit => minutes_of(unit, i64::from(count)),
    };
    let lead = |count: u16| minutes(count).map(LeadTime::from_minutes);
    let (first, second) = (lead(u16::from(p1)), lead(u16::from(p2)));
    match kind {
        1 => field.lead = Some(LeadTime::from_minutes(0)),
        2..=5 => {
            field.lead = second;
            field.interval = first.zip(second);
        }
        10 => field.lead = lead(u16::from_be_bytes([p1, p2])),
        _ => field.lead = first,
    }
}

/// The number of the member in ECMWF's own part of section 1 (local definitions 1, 12, 15, 16 and 30).
fn member(section: &[u8]) -> Option<i32> {
    if !(section[4] == ECMWF || section[25] == ECMWF) || u24(section) < 51 {
        return None;
    }
    match *section.get(40)? {
        1 | 30 => Some(i32::from(*section.get(49)?)),
        12 | 15 | 16 => Some(i32::from(u16::from_be_bytes([*section.get(49)?, *section.get(50)?]))),
        _ => None,
    }
}

fn reference_time(section: &[u8]) -> Option<UtcTime> {
    let [year, month, day, hour, minute]: [u8; 5] = section[12..17].try_into().ok()?;
    let century = i32::from(section[24]);
    let parts = [month, day, hour, minute].map(i32::from);
    UtcTime::from_civil([(century - 1) * 100 + i32::from(year), parts[0], parts[1], parts[2], parts[3], 0])
}

/// The surface as GRIB1 numbers it; see [`Field::surface`] for what it is in GRIB2.
fn level(kind: u8, value: [u8; 2]) -> Option<Level> {
    (kind != 255).then(|| Level::with(kind, f64::from(u16::from_be_bytes(value))))
}
