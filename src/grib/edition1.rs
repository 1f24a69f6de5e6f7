//! GRIB1: enough of section 1 to list a message, and its length, to step over it.
//!
//! Numbers are GRIB1's own: its tables are the producer's.

use super::parameters::{self, Facts};
use super::product::lead_after;
use crate::domain::field::{Field, Identity, Level, MemberRole};
use crate::domain::lead_time::LeadTime;
use crate::domain::utc::UtcTime;
use std::borrow::Cow;

/// Section 1 without anything of the producer's own.
const LEAST_SECTION: usize = 28;

/// With ECMWF's part, as far as the member's number.
pub(super) const LONG_PREFIX: usize = 8 + 52;

/// ECMWF among originating centres and sub-centres: its definitions are used by others as well.
const ECMWF: u8 = 98;

/// NCEP among originating centres.
const NCEP: u8 = 7;

/// A length of three octets.
pub(super) fn u24(octets: &[u8]) -> u64 {
    octets.iter().take(3).fold(0, |sum, &octet| sum << 8 | u64::from(octet))
}

/// Reads section 1, which begins after the eight octets of section 0, into `field`.
pub(super) fn read(section: &[u8], field: &mut Field) {
    if section.len() < LEAST_SECTION {
        return;
    }
    let identity = Identity::new(Identity::NO_DISCIPLINE, section[3], section[8]);
    let level_octets = [section[10], section[11]];
    field.edition = 1;
    field.identity = Some(identity);
    field.centre = Some(u16::from(section[4]));
    field.reference_time = reference_time(section);
    field.level = level(section[9], level_octets);
    (field.member, field.role) = member(section);
    let mut facts = Facts::of(1, (u16::from(section[4]), u16::from(section[25])), identity);
    facts.note_edition1((section[9], level_octets), section[20]);
    field.param = parameters::find(&facts).map(|parameter| Cow::Borrowed(parameter.short));
    field.statistic = match section[20] {
        3 | 113 | 115 | 117 | 123 | 126 => Some(0),
        4 | 114 | 116 | 124 => Some(1),
        118 => Some(2),
        119 => Some(3),
        5 => Some(4),
        _ => None,
    };
    let (unit, p1, p2, kind) = (section[17], section[18], section[19], section[20]);
    // Table 4 of GRIB1 has 254 for seconds where that of GRIB2 has 13; 13 is a quarter of an hour.
    let run = field.reference_time;
    let lead = |count: u16| match (unit, i64::from(count)) {
        (254, seconds) => Some(LeadTime::from_minutes(seconds / 60)),
        (13, quarters) => Some(LeadTime::from_minutes(quarters * 15)),
        (14, halves) => Some(LeadTime::from_minutes(halves * 30)),
        (unit, count) => lead_after(run, LeadTime::from_minutes(0), (unit, count)),
    };
    let (first, second) = (lead(u16::from(p1)), lead(u16::from(p2)));
    match kind {
        1 => field.lead = Some(LeadTime::from_minutes(0)),
        2..=5 | 118 | 119 => {
            field.lead = second;
            field.interval = first.zip(second);
        }
        10 => field.lead = lead(u16::from_be_bytes([p1, p2])),
        _ => field.lead = first,
    }
}

/// Where section 2 begins, from the start of the message; `section` is section 1. `None` when there is none.
pub(super) fn grid_at(section: &[u8]) -> Option<u64> {
    /// Longest section 1 that is believed: that of any centre is far shorter.
    const LONGEST: u64 = 2048;
    let length = u24(section);
    let has_grid = section.get(7).is_some_and(|flags| flags & 0x80 != 0);
    (has_grid && (LEAST_SECTION as u64..=LONGEST).contains(&length)).then_some(8 + length)
}

/// The number and the role of the member in the centre's own part of section 1: ECMWF's local definitions 1, 12, 15, 16
/// and 30, and NCEP's of ensembles.
fn member(section: &[u8]) -> (Option<i32>, Option<MemberRole>) {
    if section[4] == ECMWF || section[25] == ECMWF {
        return member_of_ecmwf(section).unwrap_or_default();
    }
    let is_ensemble = section[4] == NCEP && u24(section) >= 45 && section.get(40) == Some(&1);
    if is_ensemble { member_of_ncep(section).unwrap_or_default() } else { (None, None) }
}

fn member_of_ecmwf(section: &[u8]) -> Option<(Option<i32>, Option<MemberRole>)> {
    if u24(section) < 51 {
        return None;
    }
    let number = match *section.get(40)? {
        1 | 30 => i32::from(*section.get(49)?),
        12 | 15 | 16 => i32::from(u16::from_be_bytes([*section.get(49)?, *section.get(50)?])),
        _ => return None,
    };
    // MARS types.
    let role = match *section.get(42)? {
        10 => Some(MemberRole::Control),
        11 => Some(MemberRole::Perturbed),
        17 => Some(MemberRole::Mean),
        18 => Some(MemberRole::Spread),
        14..=16 | 23 | 24 | 27..=30 | 36..=38 => Some(MemberRole::Derived),
        _ => None,
    };
    Some((Some(number), role))
}

fn member_of_ncep(section: &[u8]) -> Option<(Option<i32>, Option<MemberRole>)> {
    let [kind, number, product]: [u8; 3] = section.get(41..44)?.try_into().ok()?;
    let role = match (kind, product) {
        (1, _) => MemberRole::Control,
        (2 | 3, _) => MemberRole::Perturbed,
        (5, 2 | 3) => MemberRole::Mean,
        (5, 11 | 12) => MemberRole::Spread,
        (4 | 5, _) => MemberRole::Derived,
        _ => return None,
    };
    let has_number = matches!(role, MemberRole::Control | MemberRole::Perturbed);
    // The control's number tells its resolution.
    let number = if role == MemberRole::Control { 0 } else { i32::from(number) };
    Some((has_number.then_some(number), Some(role)))
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
