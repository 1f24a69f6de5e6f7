//! One field from the sections of a GRIB2 message: identity, lead time, levels, member.
//!
//! In: octets of sections 1 and 4, cut where the reader stopped. Out: parts of a [`Field`]. What lies past the cut, or
//! belongs to a template that is not known, is absent, never guessed. Offsets are those of the WMO Manual on Codes.

use crate::domain::field::{Field, Identity, Level};
use crate::domain::lead_time::LeadTime;
use crate::domain::utc::UtcTime;

/// So much of section 4 is looked at; the longest interval template ends before.
pub(super) const SECTION_4_PREFIX: usize = 120;

/// What section 1 says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) reference_time: Option<UtcTime>,
}

/// Octet `number` of a section, counted from 1.
fn octet(section: &[u8], number: usize) -> Option<u8> {
    section.get(number - 1).copied()
}

fn u16_at(section: &[u8], number: usize) -> Option<u16> {
    Some(u16::from_be_bytes([octet(section, number)?, octet(section, number + 1)?]))
}

fn u32_at(section: &[u8], number: usize) -> Option<u32> {
    let octets = section.get(number - 1..number + 3)?;
    Some(u32::from_be_bytes(octets.try_into().ok()?))
}

/// GRIB writes negative numbers as a sign bit and a magnitude.
fn signed32(raw: u32) -> i64 {
    let magnitude = i64::from(raw & 0x7FFF_FFFF);
    if raw & 0x8000_0000 == 0 { magnitude } else { -magnitude }
}

fn signed8(raw: u8) -> i32 {
    let magnitude = i32::from(raw & 0x7F);
    if raw & 0x80 == 0 { magnitude } else { -magnitude }
}

fn date_at(section: &[u8], number: usize) -> Option<UtcTime> {
    let part = |at: usize| octet(section, at).map(i32::from);
    let year = i32::from(u16_at(section, number)?);
    UtcTime::from_civil([
        year,
        part(number + 2)?,
        part(number + 3)?,
        part(number + 4)?,
        part(number + 5)?,
        part(number + 6)?,
    ])
}

/// Reads section 1.
pub(super) fn read_run(section: &[u8]) -> Run {
    Run { reference_time: date_at(section, 13) }
}

/// Where things stand in a product definition template.
struct Places {
    /// Octet of the unit of forecast time; the time follows, then the surfaces.
    unit: Option<usize>,
    has_surfaces: bool,
    member: Option<usize>,
    end: Option<usize>,
    /// An interval template whose layout is not known here: its lead time would be a guess.
    is_opaque: bool,
}

fn places_of(template: u16) -> Places {
    let unit = match template {
        0..=15 | 32..=34 | 51 | 60 | 61 | 91 | 1000..=1002 | 1100 | 1101 => Some(18),
        40..=43 => Some(20),
        44..=47 => Some(31),
        48 | 49 => Some(42),
        55 | 56 | 59 | 62 | 63 => Some(24),
        70..=73 => Some(23),
        76..=79 => Some(21),
        _ => None,
    };
    let end = match template {
        8 => Some(35),
        9 => Some(48),
        10 => Some(36),
        11 => Some(38),
        12 => Some(37),
        42 => Some(37),
        43 => Some(40),
        46 => Some(48),
        47 => Some(51),
        61 => Some(45),
        _ => None,
    };
    let member = match template {
        1 | 11 | 60 | 61 => Some(36),
        41 | 43 => Some(38),
        _ => None,
    };
    Places {
        unit,
        has_surfaces: !matches!(template, 32..=34 | 51 | 91 | 1000..=1101) && unit.is_some(),
        member,
        end,
        is_opaque: matches!(template, 13 | 14 | 34 | 62 | 63 | 72 | 73 | 78 | 79 | 91 | 1001 | 1002 | 1101),
    }
}

/// Minutes of `count` units of code table 4.4; seconds are cut to minutes. `None` for months, years and missing units.
pub(super) fn minutes_of(unit: u8, count: i64) -> Option<i64> {
    let minutes = match unit {
        0 => 1,
        1 => 60,
        2 => 24 * 60,
        10 => 3 * 60,
        11 => 6 * 60,
        12 => 12 * 60,
        13 => return Some(count.div_euclid(60)),
        _ => return None,
    };
    count.checked_mul(minutes)
}

/// Reads what section 4 says into `field`.
pub(super) fn read_product(section: &[u8], discipline: u8, field: &mut Field) {
    let Some(template) = u16_at(section, 8) else { return };
    field.template = Some(template);
    if let (Some(category), Some(number)) = (octet(section, 10), octet(section, 11)) {
        field.identity = Some(Identity::new(discipline, category, number));
    }
    let places = places_of(template);
    if let Some(unit) = places.unit {
        if places.has_surfaces {
            field.level = level_at(section, unit + 5);
            field.level2 = level_at(section, unit + 11);
        }
        read_times(section, (unit, &places), field);
    }
    field.member = places.member.and_then(|at| octet(section, at)).map(i32::from);
}

fn level_at(section: &[u8], number: usize) -> Option<Level> {
    let kind = octet(section, number)?;
    if kind == 255 {
        return None;
    }
    let (scale, raw) = (octet(section, number + 1)?, u32_at(section, number + 2)?);
    let value = (scale != 255 && raw != u32::MAX)
        .then(|| signed32(raw) as f64 * 10f64.powi(-signed8(scale)))
        // 10^-1 is not exact in binary; what was written in decimal is kept so.
        .map(|value| (value * 1e6).round() / 1e6);
    Some(Level { kind, value })
}

/// The lead time is the END of an interval: its end date when that is after its start, else start and length, else
/// the start. Real files have end dates that equal the run, and lengths that are missing.
fn read_times(section: &[u8], (unit_at, places): (usize, &Places), field: &mut Field) {
    let (Some(unit), Some(raw)) = (octet(section, unit_at), u32_at(section, unit_at + 1)) else { return };
    let Some(start) = minutes_of(unit, signed32(raw)).map(LeadTime::from_minutes) else { return };
    if places.is_opaque {
        return;
    }
    let Some(end_at) = places.end else {
        field.lead = Some(start);
        return;
    };
    let by_date = || {
        let minutes = date_at(section, end_at)?.minutes_since(field.reference_time?);
        Some(LeadTime::from_minutes(minutes)).filter(|end| *end >= start)
    };
    let by_length = || {
        let length = u32_at(section, end_at + 15).filter(|&length| length != u32::MAX)?;
        let minutes = minutes_of(octet(section, end_at + 14)?, i64::from(length))?;
        Some(LeadTime::from_minutes(start.minutes().checked_add(minutes)?))
    };
    let end = by_date().or_else(by_length).unwrap_or(start);
    field.lead = Some(end);
    field.interval = Some((start, end));
}
