//! The text index that wgrib2 writes: `85:14503753:d=2025080100:PRMSL:mean sea level:7 hour fcst:ENS=+5`.
//!
//! Traps of real files: fields of one message share an offset (`211.1`, `211.2`); a line has no end, which is the next
//! different offset; the last one ends with the file; lines need not be in order; times come in a dozen forms.

use super::{MOST_LINES, note, range_in_file};
use crate::domain::field::{Field, Identity, Level, MemberRole};
use crate::domain::lead_time::LeadTime;
use crate::domain::octets::ByteRange;
use crate::domain::utc::UtcTime;
use crate::grib::code_tables::identity_of_ncep;
use crate::grib::index::{GribIndex, ProblemCode};
use crate::grib::parameters::{self, Facts, Key, NCEP, is_local};
use std::borrow::Cow;

/// The longest line that is read.
const LONGEST_LINE: usize = 4_096;

/// How wgrib2 writes statistical processing (code table 4.10).
pub(super) const STATISTICS: [(u8, &str); 9] = [
    (0, "ave"),
    (1, "acc"),
    (2, "max"),
    (3, "min"),
    (4, "last-first"),
    (5, "RMS"),
    (6, "StdDev"),
    (7, "covar"),
    (8, "first-last"),
];

struct Line<'a> {
    number: u32,
    sub: u32,
    offset: u64,
    rest: Vec<&'a str>,
}

pub(super) fn is_line(line: &str) -> bool {
    line_of(line).is_some_and(|line| line.rest.first().copied().and_then(date_text).is_some())
}

/// What follows `d=`, or `D=` as old programs write it.
fn date_text(part: &str) -> Option<&str> {
    part.strip_prefix("d=").or_else(|| part.strip_prefix("D="))
}

fn line_of(line: &str) -> Option<Line<'_>> {
    let mut parts = line.trim_end().split(':');
    let (number, sub) = match parts.next()?.split_once('.') {
        Some((number, sub)) => (number.parse().ok()?, sub.parse().ok()?),
        None => (line.split(':').next()?.parse().ok()?, 1),
    };
    let offset = parts.next()?.parse().ok()?;
    Some(Line { number, sub, offset, rest: parts.collect() })
}

pub(super) fn read(text: &str, length: Option<u64>) -> GribIndex {
    let mut index = GribIndex::default();
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(text.lines()).take(MOST_LINES).filter(|(_, line)| !line.trim().is_empty())
    {
        match line_of(line).filter(|_| line.len() <= LONGEST_LINE) {
            Some(read) => lines.push((number, read)),
            None => note(&mut index, ProblemCode::UnreadableLine, number, "not a line of a wgrib2 index"),
        }
    }
    let mut offsets: Vec<u64> = lines.iter().map(|(_, line)| line.offset).collect();
    offsets.sort_unstable();
    offsets.dedup();
    for (number, line) in &lines {
        let next = offsets.partition_point(|&offset| offset <= line.offset);
        let end = offsets.get(next).copied().or(length);
        let Some(end) = end else {
            note(&mut index, ProblemCode::OpenEnd, *number, "the end of the last message is not known");
            continue;
        };
        match range_in_file(line.offset, end, length) {
            Some(range) => index.fields.push(field_of(line, range, next as u32)),
            None => note(&mut index, ProblemCode::OutOfFile, *number, "points outside of the file"),
        }
    }
    index.digests = vec![None; offsets.len()];
    index
}

fn field_of(line: &Line<'_>, range: ByteRange, message: u32) -> Field {
    let part = |number: usize| line.rest.get(number).copied().unwrap_or_default();
    let mut field = Field { field: line.sub, ..Field::at(message, range) };
    let _ = line.number;
    field.reference_time = date_text(part(0)).and_then(date_of);
    // Inventories of NCEI put the numbers of edition 1 before the time.
    let time = line.rest.iter().skip(3).find(|part| !part.starts_with("kpds")).copied().unwrap_or_default();
    (field.lead, field.interval) = time_of(time);
    field.statistic = statistic_of(time);
    field.level = level_of(part(2));
    let named = identity_of_ncep(part(1));
    let numbered = identity_of_numbers(part(1));
    field.identity = named.or(numbered.map(|(identity, _)| identity));
    // Where WMO leaves the number to the centres, its name is NCEP's.
    let of_ncep = named.filter(|identity| is_local(*identity)).map(|_| NCEP);
    field.centre = numbered.and_then(|(_, centre)| centre).or(of_ncep);
    let as_written = || numbered.is_none().then(|| Cow::Owned(part(1).to_owned()));
    field.param = short_name(&field).map(Cow::Borrowed).or_else(as_written);
    (field.member, field.role) =
        line.rest.iter().skip(4).find_map(|extra| member_of(extra)).unwrap_or_default();
    field
}

/// The short name of what a line tells.
fn short_name(field: &Field) -> Option<&'static str> {
    let mut facts = Facts::of(2, (field.centre.unwrap_or(u16::MAX), 0), field.identity?);
    if let Some(level) = field.level {
        facts.note_level(level);
    }
    if let Some(statistic) = field.statistic {
        facts.set(Key::Statistic, statistic);
    }
    if let Some((first, last)) = field.interval {
        facts.set(Key::RangeUnit, 1);
        facts.set(Key::Range, (last.minutes() - first.minutes()) / 60);
    }
    Some(parameters::find(&facts)?.short)
}

/// `2025080100`, with minutes and seconds when they are not zero; `25080100` as wgrib writes it in short.
fn date_of(text: &str) -> Option<UtcTime> {
    if !text.is_ascii() || text.len() < 8 {
        return None;
    }
    let part =
        |from: usize, to: usize| text.get(from..to).map_or(Some(0), |digits| digits.parse::<i32>().ok());
    if text.len() == 8 {
        // GRIB is younger than 1970.
        let year = part(0, 2)?;
        let century = if year < 70 { 2000 } else { 1900 };
        return UtcTime::from_civil([century + year, part(2, 4)?, part(4, 6)?, part(6, 8)?, 0, 0]);
    }
    UtcTime::from_civil([part(0, 4)?, part(4, 6)?, part(6, 8)?, part(8, 10)?, part(10, 12)?, part(12, 14)?])
}

/// `anl`, `7 hour fcst`, `12hr fcst`, `0-6 hour acc fcst`, `valid 0-6hr`, `10-15 min ave fcst`, `0-1 day acc fcst`: lead
/// time and interval. Nothing of what is not just so: `124@6 hour ave(anl)`, months.
fn time_of(text: &str) -> (Option<LeadTime>, Option<(LeadTime, LeadTime)>) {
    let text = text.strip_prefix("valid ").unwrap_or(text);
    if text.split(' ').next() == Some("anl") {
        return (Some(LeadTime::from_minutes(0)), None);
    }
    let span_ends = text.find(|c: char| !(c.is_ascii_digit() || c == '-')).unwrap_or(text.len());
    let (span, rest) = text.split_at(span_ends);
    let scale = match rest.trim_start().split(' ').next() {
        Some("min" | "minute") => 1,
        Some("hour" | "hr") => 60,
        Some("day") => 24 * 60,
        _ => return (None, None),
    };
    let lead = |number: &str| Some(LeadTime::from_minutes(number.parse::<i64>().ok()?.checked_mul(scale)?));
    match span.rsplit_once('-') {
        Some((first, last)) if !first.is_empty() => match (lead(first), lead(last)) {
            (Some(first), Some(last)) => (Some(last), Some((first, last))),
            _ => (None, None),
        },
        _ => (lead(span), None),
    }
}

fn level_of(text: &str) -> Option<Level> {
    let number = |suffix: &str| text.strip_suffix(suffix)?.trim().parse::<f64>().ok();
    Some(match text {
        "surface" | "sfc" => Level::plain(Level::SURFACE),
        "mean sea level" | "MSL" => Level::plain(Level::MEAN_SEA),
        "entire atmosphere" | "entire atmosphere (considered as a single layer)" => {
            Level::plain(Level::ATMOSPHERE)
        }
        "top of atmosphere" => Level::plain(8),
        "tropopause" => Level::plain(7),
        "cloud base" => Level::plain(2),
        "cloud top" => Level::plain(3),
        "0C isotherm" => Level::plain(4),
        _ => {
            if let Some(hectopascal) = number(" mb") {
                Level::with(Level::ISOBARIC, hectopascal * 100.0)
            } else if let Some(metres) = number(" m above ground").or_else(|| number(" m above gnd")) {
                Level::with(Level::ABOVE_GROUND, metres)
            } else if let Some(metres) = number(" m above mean sea level") {
                Level::with(102, metres)
            } else if let Some(metres) = number(" m below ground") {
                Level::with(Level::BELOW_GROUND, metres)
            } else if let Some(number) = number(" hybrid level") {
                Level::with(105, number)
            } else {
                return None;
            }
        }
    })
}

/// `var discipline=0 center=7 local_table=1 parmcat=16 parm=201`: numbers where there is no name, and whose they are.
fn identity_of_numbers(text: &str) -> Option<(Identity, Option<u16>)> {
    let word = |key: &str| text.split(' ').find_map(|word| word.strip_prefix(key));
    let number = |key: &str| word(key)?.parse().ok();
    let identity = Identity::new(number("discipline=")?, number("parmcat=")?, number("parm=")?);
    Some((identity, word("center=").and_then(|centre| centre.parse().ok())))
}

/// `0-6 hour acc fcst`: how the interval was made one value.
fn statistic_of(text: &str) -> Option<u8> {
    text.split(' ')
        .find_map(|word| STATISTICS.iter().find(|(_, known)| *known == word))
        .map(|(code, _)| *code)
}

/// `ENS=+5` and `ENS=-5` are pairs of perturbations with one number; controls are told by their resolution.
fn member_of(text: &str) -> Option<(Option<i32>, Option<MemberRole>)> {
    if let Some(member) = text.strip_prefix("ENS=") {
        if member.ends_with("ctl") {
            return Some((Some(0), Some(MemberRole::Control)));
        }
        let number = member.parse::<i32>().ok()?.checked_abs()?;
        return Some((Some(number), Some(MemberRole::Perturbed)));
    }
    let role = match text {
        "ens mean" | "wt ens mean" => MemberRole::Mean,
        "ens spread" | "ens std dev" => MemberRole::Spread,
        _ => return None,
    };
    Some((None, Some(role)))
}
