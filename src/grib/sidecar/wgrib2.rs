//! The text index that wgrib2 writes: `85:14503753:d=2025080100:PRMSL:mean sea level:7 hour fcst:ENS=+5`.
//!
//! Traps of real files: fields of one message share an offset (`211.1`, `211.2`); a line has no end, which is the next
//! different offset; the last one ends with the file; lines need not be in order; times come in a dozen forms.

use super::{MOST_LINES, note, range_in_file};
use crate::domain::field::{Field, Level};
use crate::domain::lead_time::LeadTime;
use crate::domain::octets::ByteRange;
use crate::domain::utc::UtcTime;
use crate::grib::code_tables::{identity_of_ncep, short_name};
use crate::grib::index::{GribIndex, ProblemCode};
use std::borrow::Cow;

/// The longest line that is read.
const LONGEST_LINE: usize = 4_096;

struct Line<'a> {
    number: u32,
    sub: u32,
    offset: u64,
    rest: Vec<&'a str>,
}

pub(super) fn is_line(line: &str) -> bool {
    line_of(line).is_some_and(|line| line.rest.first().is_some_and(|date| date.starts_with("d=")))
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
    field.reference_time = part(0).strip_prefix("d=").and_then(date_of);
    (field.lead, field.interval) = time_of(part(3));
    field.level = level_of(part(2));
    field.identity = identity_of_ncep(part(1)).or_else(|| identity_of_numbers(part(1)));
    field.param = short_name(&field).map(Cow::Borrowed).or_else(|| Some(Cow::Owned(part(1).to_owned())));
    field.member = line.rest.iter().find_map(|extra| extra.strip_prefix("ENS=")).and_then(member_of);
    field
}

/// `2025080100`, with minutes and seconds when they are not zero.
fn date_of(text: &str) -> Option<UtcTime> {
    if !text.is_ascii() || text.len() < 10 {
        return None;
    }
    let part =
        |from: usize, to: usize| text.get(from..to).map_or(Some(0), |digits| digits.parse::<i32>().ok());
    UtcTime::from_civil([part(0, 4)?, part(4, 6)?, part(6, 8)?, part(8, 10)?, part(10, 12)?, part(12, 14)?])
}

/// `anl`, `7 hour fcst`, `0-6 hour acc fcst`, `10-15 min ave fcst`, `0-1 day acc fcst`: lead time and interval.
fn time_of(text: &str) -> (Option<LeadTime>, Option<(LeadTime, LeadTime)>) {
    let mut words = text.split(' ');
    let (span, unit) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if span == "anl" {
        return (Some(LeadTime::from_minutes(0)), None);
    }
    let scale = match unit {
        "min" | "minute" => 1,
        "hour" | "hr" => 60,
        "day" => 24 * 60,
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
        "surface" => Level::plain(Level::SURFACE),
        "mean sea level" => Level::plain(Level::MEAN_SEA),
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
            } else if let Some(metres) = number(" m above ground") {
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

/// `var discipline=0 center=7 local_table=1 parmcat=16 parm=201`: numbers where there is no name.
fn identity_of_numbers(text: &str) -> Option<crate::domain::field::Identity> {
    let number =
        |key: &str| text.split(' ').find_map(|word| word.strip_prefix(key)).and_then(|n| n.parse().ok());
    Some(crate::domain::field::Identity::new(number("discipline=")?, number("parmcat=")?, number("parm=")?))
}

/// `+5` and `-5` are pairs of perturbations; `low-res ctl` and `hi-res ctl` are no numbered members.
fn member_of(text: &str) -> Option<i32> {
    text.parse().ok()
}
