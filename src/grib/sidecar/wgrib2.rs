//! The text index that wgrib2 writes: `85:14503753:d=2025080100:PRMSL:mean sea level:7 hour fcst:ENS=+5`, and wgrib with
//! more parts and shorter words: `1:0:D=2014010100:TMP:2 m above gnd:kpds=11,105,2:12hr fcst:NAve=0`.
//!
//! Traps of real files: fields of one message share an offset (`211.1`, `211.2`); a line has no end, which is the next
//! different offset; that of the last one is not told at all; lines need not be in order; times come in a dozen forms.

pub(super) mod words;

use super::{MOST_LINES, note, range_in_file};
use crate::domain::field::{Field, Identity, MemberRole};
use crate::domain::octets::ByteRange;
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

/// Date, name, level and time follow number and offset; a line with less was cut.
const LEAST_PARTS: usize = 4;

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
        let is_whole = |read: &Line<'_>| line.len() <= LONGEST_LINE && read.rest.len() >= LEAST_PARTS;
        match line_of(line).filter(is_whole) {
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
    index.open_end = offsets.last().copied().filter(|_| length.is_some());
    index
}

fn field_of(line: &Line<'_>, range: ByteRange, message: u32) -> Field {
    let part = |number: usize| line.rest.get(number).copied().unwrap_or_default();
    let mut field = Field { field: line.sub, ..Field::at(message, range) };
    let _ = line.number;
    field.reference_time = date_text(part(0)).and_then(words::date_of);
    // wgrib puts more between level and time.
    let more = line.rest.get(3..).unwrap_or_default();
    let time = more.iter().find(|words| words::time_of(words).0.is_some()).copied().unwrap_or(part(3));
    (field.lead, field.interval) = words::time_of(time);
    field.statistic = statistic_of(time);
    let levels = line.rest.get(2..).unwrap_or_default().iter().find_map(|words| words::level_of(words));
    if let Some((level, level2)) = levels {
        (field.level, field.level2) = (Some(level), level2);
    }
    let name = Some(part(1)).filter(|name| !words::is_nameless(name));
    let named = name.and_then(identity_of_ncep);
    let numbered = name.and_then(identity_of_numbers);
    field.identity = named.or(numbered.map(|(identity, _)| identity));
    // Where WMO leaves the number to the centres, its name is NCEP's.
    let of_ncep = named.filter(|identity| is_local(*identity)).map(|_| NCEP);
    field.centre = numbered.and_then(|(_, centre)| centre).or(of_ncep);
    let as_written = || name.filter(|_| numbered.is_none()).map(|name| Cow::Owned(name.to_owned()));
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
