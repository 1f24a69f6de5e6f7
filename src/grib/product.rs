//! One field from the sections of a GRIB2 message: identity, lead time, levels, member.
//!
//! In: octets of sections 1 and 4, cut where the reader stopped. Out: parts of a [`Field`]. What lies past the cut, or
//! belongs to a template that is not known, is absent, never guessed. Offsets are those of the WMO Manual on Codes.

use super::parameters::{self, Facts, Key};
use crate::domain::field::{Field, Identity, Level, MemberRole};
use crate::domain::lead_time::LeadTime;
use crate::domain::utc::UtcTime;
use std::borrow::Cow;

/// So much of section 4 is looked at; the longest interval template ends before.
pub(super) const SECTION_4_PREFIX: usize = 120;

/// What section 1 says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) reference_time: Option<UtcTime>,
    centre: Option<u16>,
    sub_centre: u16,
    /// Version of the local tables.
    version: u8,
    /// What kind of data it is (code table 1.4).
    kind: u8,
}

/// What section 3 says that decides on names: its template, and which part of an unstructured grid it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct GridKind {
    template: Option<u16>,
    part: Option<u8>,
}

/// So much of section 3 is looked at.
pub(super) const SECTION_3_PREFIX: usize = 20;

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
    Run {
        reference_time: date_at(section, 13),
        centre: u16_at(section, 6),
        sub_centre: u16_at(section, 8).unwrap_or(0),
        version: octet(section, 11).unwrap_or(0),
        kind: octet(section, 21).unwrap_or(u8::MAX),
    }
}

/// Reads section 3.
pub(super) fn read_grid(section: &[u8]) -> GridKind {
    /// Unstructured, by a reference.
    const UNSTRUCTURED: u16 = 101;
    let template = u16_at(section, 13);
    let part = template.filter(|&template| template == UNSTRUCTURED).and_then(|_| octet(section, 19));
    GridKind { template, part }
}

/// Where things stand in a product definition template.
struct Places {
    /// Octet of the unit of forecast time; the time follows, then the surfaces.
    unit: Option<usize>,
    /// Octets of the forecast time.
    time_octets: usize,
    has_surfaces: bool,
    member: Option<usize>,
    end: Option<usize>,
    /// An interval template whose layout is not known here: its lead time would be a guess.
    is_opaque: bool,
}

fn places_of(template: u16, section_length: u32) -> Places {
    /// With a forecast time of two octets, as template 4.44 has it; many write four all the same.
    const SHORT_44: u32 = 45;
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
        72 => Some(40),
        73 => Some(43),
        78 => Some(38),
        79 => Some(41),
        _ => None,
    };
    let member = match template {
        1 | 11 | 60 | 61 => Some(36),
        41 | 43 => Some(38),
        45 | 47 => Some(49),
        49 => Some(60),
        59 => Some(42),
        71 | 73 => Some(41),
        77 | 79 => Some(39),
        _ => None,
    };
    Places {
        unit,
        time_octets: if template == 44 && section_length == SHORT_44 { 2 } else { 4 },
        has_surfaces: !matches!(template, 32..=34 | 51 | 91 | 1000..=1101) && unit.is_some(),
        member,
        end,
        is_opaque: matches!(template, 13 | 14 | 34 | 62 | 63 | 91 | 1001 | 1002 | 1101),
    }
}

/// Minutes of `count` units of code table 4.4; seconds are cut to minutes. `None` for months, years and missing units.
fn minutes_of(unit: u8, count: i64) -> Option<i64> {
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

impl Places {
    /// Octet of the type of the first surface.
    fn surfaces(&self) -> Option<usize> {
        Some(self.unit.filter(|_| self.has_surfaces)? + 1 + self.time_octets)
    }

    /// The forecast time.
    fn time(&self, section: &[u8]) -> Option<i64> {
        let at = self.unit? + 1;
        if self.time_octets == 2 {
            u16_at(section, at).map(i64::from)
        } else {
            u32_at(section, at).map(signed32)
        }
    }
}

/// The lead time that is `count` units of code table 4.4 behind `from`. Months and years are those of the calendar, so
/// that the run has to be known; `None` where they lead to a day that does not exist.
pub(super) fn lead_after(run: Option<UtcTime>, from: LeadTime, (unit, count): (u8, i64)) -> Option<LeadTime> {
    if let Some(minutes) = minutes_of(unit, count) {
        return Some(LeadTime::from_minutes(from.minutes().checked_add(minutes)?));
    }
    let months = count.checked_mul(match unit {
        3 => 1,
        4 => 12,
        5 => 120,
        6 => 360,
        7 => 1_200,
        _ => return None,
    })?;
    let civil = run?.plus_minutes(from.minutes())?.civil();
    let month = (i64::from(civil.year()) * 12 + i64::from(civil.month()) - 1).checked_add(months)?;
    let (year, month) = (i32::try_from(month.div_euclid(12)).ok()?, month.rem_euclid(12) as i32 + 1);
    let [day, hour, minute, second] =
        [civil.day(), civil.hour(), civil.minute(), civil.second()].map(i32::from);
    let end = UtcTime::from_civil([year, month, day, hour, minute, second])?;
    Some(LeadTime::from_minutes(end.minutes_since(run?)))
}

/// Reads what section 4 says into `field`.
pub(super) fn read_product(section: &[u8], discipline: u8, run: Run, grid: GridKind, field: &mut Field) {
    field.reference_time = run.reference_time;
    field.centre = run.centre;
    let Some(template) = u16_at(section, 8) else { return };
    field.template = Some(template);
    let places = places_of(template, u32_at(section, 1).unwrap_or(0));
    if let (Some(category), Some(number)) = (octet(section, 10), octet(section, 11)) {
        let identity = Identity::new(discipline, category, number);
        field.identity = Some(identity);
        let mut facts = Facts::of(2, (run.centre.unwrap_or(u16::MAX), run.sub_centre), identity);
        facts.set(Key::Version, run.version);
        facts.note(Key::Grid, grid.template);
        facts.note(Key::GridPart, grid.part);
        let surfaces = places.surfaces();
        facts.note_product(section, template, parameters::Places { surfaces, end: places.end });
        field.param = parameters::find(&facts).map(|parameter| Cow::Borrowed(parameter.short));
    }
    if let Some(unit) = places.unit {
        if let Some(at) = places.surfaces() {
            field.level = level_at(section, at);
            field.level2 = level_at(section, at + 6);
        }
        read_times(section, (unit, &places), field);
    }
    field.statistic = places.end.and_then(|at| octet(section, at + 12));
    field.member = places.member.and_then(|at| octet(section, at)).map(i32::from);
    field.role = role_of(section, (template, &places), run.kind);
}

/// What the field is among those of an ensemble: by its template, by the type of forecast of its member (code table
/// 4.6), or by what kind of data the message is said to be.
fn role_of(section: &[u8], (template, places): (u16, &Places), kind: u8) -> Option<MemberRole> {
    match template {
        // Code table 4.7; in other templates what was derived is of a cluster, or a quantile.
        2 | 12 => {
            return Some(match octet(section, 35)? {
                0 | 1 => MemberRole::Mean,
                2..=4 => MemberRole::Spread,
                _ => MemberRole::Derived,
            });
        }
        3..=6 | 9 | 10 | 13 | 14 => return Some(MemberRole::Derived),
        _ => {}
    }
    let type_at = places.member?.checked_sub(1)?;
    match (kind, octet(section, type_at)?, octet(section, type_at + 1)?) {
        (3, ..) | (_, 0 | 1, _) => Some(MemberRole::Control),
        (4, ..) | (_, 2 | 3, _) => Some(MemberRole::Perturbed),
        // Who says neither counts from the control on.
        (_, _, number) => Some(if number == 0 { MemberRole::Control } else { MemberRole::Perturbed }),
    }
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
    let (Some(unit), Some(time)) = (octet(section, unit_at), places.time(section)) else { return };
    if places.is_opaque {
        return;
    }
    let run = field.reference_time;
    let start = lead_after(run, LeadTime::from_minutes(0), (unit, time));
    let Some(end_at) = places.end else {
        field.lead = start;
        return;
    };
    let by_date = || {
        let end = LeadTime::from_minutes(date_at(section, end_at)?.minutes_since(run?));
        Some(end).filter(|end| start.is_none_or(|start| *end >= start))
    };
    let Some(start) = start else {
        // Where it begins cannot be told; its end date can.
        field.lead = by_date();
        return;
    };
    let by_length = || {
        let length = u32_at(section, end_at + 15).filter(|&length| length != u32::MAX)?;
        lead_after(run, start, (octet(section, end_at + 14)?, i64::from(length)))
    };
    let end = by_date().or_else(by_length).unwrap_or(start);
    field.lead = Some(end);
    field.interval = Some((start, end));
}
