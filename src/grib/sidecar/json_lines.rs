//! JSON lines: ECMWF's `.index`, ours with `_sha256`, and those of others with `offset` and `length`.
//!
//! Values are text or numbers, lines in any order; `step` may be `0-24`; `levelist` is absent at the surface.

use super::wgrib2::words::is_nameless;
use super::{MOST_LINES, note, range_in_file};
use crate::domain::field::{Field, Identity, Level, MemberRole};
use crate::domain::integrity::{Digest, DigestAlgorithm};
use crate::domain::lead_time::LeadTime;
use crate::domain::utc::UtcTime;
use crate::grib::code_tables::identity_of_short;
use crate::grib::index::{GribIndex, ProblemCode};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::HashMap;

type Object = Map<String, Value>;

pub(super) fn is_line(line: &str) -> bool {
    object_of(line).is_some_and(|object| octets_of(&object).is_some())
}

fn object_of(line: &str) -> Option<Object> {
    match serde_json::from_str(line.trim()) {
        Ok(Value::Object(object)) => Some(object),
        _ => None,
    }
}

/// Offset and length.
fn octets_of(object: &Object) -> Option<(u64, u64)> {
    let number = |ours: &str, others: &str| whole(object.get(ours).or_else(|| object.get(others))?);
    Some((number("_offset", "offset")?, number("_length", "length")?))
}

pub(super) fn read(text: &str, length: Option<u64>) -> GribIndex {
    let mut index = GribIndex::default();
    // Messages are numbered as they come; entries of the same octets are fields of one message.
    let mut messages: HashMap<(u64, u64), (u32, u32)> = HashMap::new();
    for (number, line) in (1..).zip(text.lines()).take(MOST_LINES).filter(|(_, line)| !line.trim().is_empty())
    {
        let Some(object) = object_of(line) else {
            note(&mut index, ProblemCode::UnreadableLine, number, "not a JSON object");
            continue;
        };
        let Some((offset, count)) = octets_of(&object) else {
            note(&mut index, ProblemCode::UnreadableLine, number, "no offset and length");
            continue;
        };
        let range = offset.checked_add(count).and_then(|end| range_in_file(offset, end, length));
        let Some(range) = range else {
            note(&mut index, ProblemCode::OutOfFile, number, "points outside of the file");
            continue;
        };
        let next = messages.len() as u32 + 1;
        let (message, fields) = messages.entry((range.start(), range.end())).or_insert((next, 0));
        *fields += 1;
        let mut field = Field { field: *fields, ..Field::at(*message, range) };
        if *fields == 1 {
            index.digests.push(digest_of(&object));
        }
        describe(&object, &mut field);
        index.fields.push(field);
    }
    index
}

fn digest_of(object: &Object) -> Option<Digest> {
    let hex = object.get("_sha256")?.as_str()?;
    Digest::new(DigestAlgorithm::Sha256, &crate::domain::integrity::octets_of_hex(hex)?)
}

fn describe(object: &Object, field: &mut Field) {
    let text = |key: &str| object.get(key).map(text_of);
    field.reference_time = text("date").and_then(|date| run_of(&date, &text("time").unwrap_or_default()));
    if let Some(step) = text("step") {
        (field.lead, field.interval) = step_of(&step);
    } else {
        let hours = object.get("lead_hours").and_then(whole);
        field.lead = hours.and_then(|hours| Some(LeadTime::from_hours(i64::try_from(hours).ok()?)));
    }
    if let Some(minutes) = object.get("_lead_minutes").and_then(Value::as_i64) {
        field.lead = Some(LeadTime::from_minutes(minutes));
    }
    (field.member, field.role) = member_of(object);
    field.centre = object.get("_centre").and_then(whole).and_then(|centre| u16::try_from(centre).ok());
    let name = text("param").or_else(|| text("variable")).filter(|name| !is_nameless(name));
    field.level = level_of(&text("levtype").unwrap_or_default(), text("levelist").or_else(|| text("level")));
    let named = name.as_deref().and_then(identity_of_short);
    field.identity = numbers_of(object).or(named.and_then(|(identity, _)| identity));
    if let Some((_, Some(level))) = named {
        field.level = Some(level);
    }
    // Ours tells the surface in numbers.
    let level_at = |key| object.get(key).and_then(level_in_numbers);
    if let Some(level) = level_at("_level") {
        (field.level, field.level2) = (Some(level), level_at("_level2"));
    }
    field.param = name.map(Cow::Owned);
}

/// Number and role of a member; MARS numbers every member but the control.
fn member_of(object: &Object) -> (Option<i32>, Option<MemberRole>) {
    let number = object.get("number").or_else(|| object.get("ensemble_member"));
    let number = number.and_then(whole).and_then(|member| i32::try_from(member).ok());
    let role = match object.get("type").and_then(Value::as_str) {
        Some("cf") => Some(MemberRole::Control),
        Some("pf") => Some(MemberRole::Perturbed),
        Some("em") => Some(MemberRole::Mean),
        Some("es") => Some(MemberRole::Spread),
        Some("cm" | "cs" | "ep" | "fp" | "pb" | "pd") => Some(MemberRole::Derived),
        _ => None,
    };
    let control = (role == Some(MemberRole::Control)).then_some(0);
    (number.or(control), role)
}

/// Our own index tells the WMO numbers as well.
fn numbers_of(object: &Object) -> Option<Identity> {
    let numbers = object.get("_parameter")?.as_array()?;
    let number = |at: usize| numbers.get(at).and_then(Value::as_u64).and_then(|n| u8::try_from(n).ok());
    Some(Identity::new(number(0)?, number(1)?, number(2)?))
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn whole(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// `20250301` and `0600` or `6`.
fn run_of(date: &str, time: &str) -> Option<UtcTime> {
    let date = date.replace('-', "");
    if date.len() != 8 || !date.is_ascii() {
        return None;
    }
    let number = |text: &str| text.parse::<i32>().ok();
    let time = number(time).unwrap_or(0);
    let (hour, minute) = if time >= 100 { (time / 100, time % 100) } else { (time, 0) };
    UtcTime::from_civil([number(&date[..4])?, number(&date[4..6])?, number(&date[6..])?, hour, minute, 0])
}

/// `6`, `0-24`, `15m`: hours unless told otherwise.
fn step_of(step: &str) -> (Option<LeadTime>, Option<(LeadTime, LeadTime)>) {
    let lead = |text: &str| match text.strip_suffix('m') {
        Some(minutes) => minutes.parse().ok().map(LeadTime::from_minutes),
        None => text.trim_end_matches('h').parse().ok().map(LeadTime::from_hours),
    };
    match step.split_once('-') {
        Some((first, last)) if !first.is_empty() => match (lead(first), lead(last)) {
            (Some(first), Some(last)) => (Some(last), Some((first, last))),
            _ => (None, None),
        },
        _ => (lead(step), None),
    }
}

/// Type and value.
fn level_in_numbers(value: &Value) -> Option<Level> {
    let [kind, value] = value.as_array()?.as_slice() else { return None };
    let kind = kind.as_u64().and_then(|kind| u8::try_from(kind).ok())?;
    Some(Level { kind, value: value.as_f64() })
}

fn level_of(kind: &str, value: Option<String>) -> Option<Level> {
    let value = value.and_then(|value| value.parse::<f64>().ok());
    match (kind, value) {
        ("pl", Some(hectopascal)) => Some(Level::with(Level::ISOBARIC, hectopascal * 100.0)),
        ("ml", Some(number)) => Some(Level::with(105, number)),
        ("hl", Some(metres)) => Some(Level::with(Level::ABOVE_GROUND, metres)),
        ("sol", Some(number)) => Some(Level::with(151, number)),
        // So ECMWF calls whatever is no profile, the wind at 10 m and the whole atmosphere too: which it is, is not told.
        ("sfc", _) => None,
        ("msl", _) => Some(Level::plain(Level::MEAN_SEA)),
        _ => None,
    }
}
