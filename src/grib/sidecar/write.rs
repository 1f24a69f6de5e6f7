//! Writes indexes: our slice index, which clients of ECMWF's read as well, and one as wgrib2 writes it.
//!
//! A line a field. `_sha256` is that of the whole message: one hour of a large file is provable over HTTP by it.

use super::wgrib2::STATISTICS;
use crate::domain::field::{Field, Identity, Level, MemberRole};
use crate::domain::lead_time::LeadTime;
use crate::grib::code_tables::ncep_name;
use crate::grib::index::GribIndex;
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// Our slice index: JSON lines with `_offset`, `_length`, `_sha256`, and what ECMWF's clients choose by.
pub fn slice_index(index: &GribIndex) -> String {
    let mut text = String::new();
    for field in &index.fields {
        let mut line = Map::new();
        if let Some(run) = field.reference_time {
            let civil = run.civil();
            line.insert(
                "date".into(),
                json!(format!("{:04}{:02}{:02}", civil.year(), civil.month(), civil.day())),
            );
            line.insert("time".into(), json!(format!("{:02}{:02}", civil.hour(), civil.minute())));
        }
        insert_step(&mut line, field);
        insert_level(&mut line, field);
        if let Some(member) = field.member {
            line.insert("number".into(), json!(member.to_string()));
        }
        if let Some(kind) = field.role.and_then(mars_type) {
            line.insert("type".into(), json!(kind));
        }
        if let Some(param) = &field.param {
            line.insert("param".into(), json!(param));
        }
        if let Some(identity) = field.identity.filter(|_| field.edition == 2) {
            line.insert(
                "_parameter".into(),
                json!([identity.discipline, identity.category, identity.number]),
            );
            // Numbers that WMO leaves to the centres mean what this one says.
            if let Some(centre) = field.centre {
                line.insert("_centre".into(), json!(centre));
            }
        }
        line.insert("_offset".into(), json!(field.range.start()));
        line.insert("_length".into(), json!(field.range.count().0));
        if let Some(digest) = index.digest_of(field) {
            line.insert("_sha256".into(), json!(digest.hex()));
        }
        text.push_str(&Value::Object(line).to_string());
        text.push('\n');
    }
    text
}

/// The MARS type of a member.
const fn mars_type(role: MemberRole) -> Option<&'static str> {
    match role {
        MemberRole::Control => Some("cf"),
        MemberRole::Perturbed => Some("pf"),
        MemberRole::Mean => Some("em"),
        MemberRole::Spread => Some("es"),
        MemberRole::Derived => None,
    }
}

fn insert_step(line: &mut Map<String, Value>, field: &Field) {
    let Some(lead) = field.lead else { return };
    let written = |lead: LeadTime| match lead.minutes() % 60 {
        0 => (lead.minutes() / 60).to_string(),
        _ => format!("{}m", lead.minutes()),
    };
    let step = match field.interval {
        Some((first, last)) if first != last && first.minutes() >= 0 => {
            format!("{}-{}", written(first), written(last))
        }
        _ => written(lead),
    };
    line.insert("step".into(), json!(step));
    line.insert("_lead_minutes".into(), json!(lead.minutes()));
}

/// `levtype` and `levelist` as ECMWF writes them where it has words for the surface, and the surface in numbers.
fn insert_level(line: &mut Map<String, Value>, field: &Field) {
    let Some(level) = field.surface() else { return };
    let numbers = |level: Level| json!([level.kind, level.value]);
    line.insert("_level".into(), numbers(level));
    if let Some(level2) = field.level2.filter(|_| field.edition != 1) {
        line.insert("_level2".into(), numbers(level2));
    }
    let (kind, value) = match level {
        Level { kind: Level::ISOBARIC, value: Some(pascal) } => ("pl", Some(pascal / 100.0)),
        Level { kind: Level::ABOVE_GROUND, value } => ("hl", value),
        Level { kind: 105 | 118 | 119, value } => ("ml", value),
        Level { kind: Level::SURFACE, .. } => ("sfc", None),
        Level { kind: Level::MEAN_SEA, .. } => ("msl", None),
        _ => return,
    };
    line.insert("levtype".into(), json!(kind));
    if let Some(value) = value {
        line.insert("levelist".into(), json!(value.to_string()));
    }
}

/// An index as wgrib2 writes it.
pub fn wgrib2_index(index: &GribIndex) -> String {
    let mut text = String::new();
    for (place, field) in index.fields.iter().enumerate() {
        let is_one_of_many =
            field.field > 1 || index.fields.get(place + 1).is_some_and(|next| next.message == field.message);
        let number = if is_one_of_many {
            format!("{}.{}", field.message, field.field)
        } else {
            field.message.to_string()
        };
        let date = field.reference_time.map_or_else(String::new, |run| {
            let t = run.civil();
            let hour = format!("{:04}{:02}{:02}{:02}", t.year(), t.month(), t.day(), t.hour());
            if t.minute() == 0 { hour } else { format!("{hour}{:02}", t.minute()) }
        });
        let name = ncep_name(field).or(field.param.as_deref());
        let name = name.map_or_else(|| numbers_of(field), ToOwned::to_owned);
        // Writing into text cannot fail.
        let _ = writeln!(
            text,
            "{number}:{}:d={date}:{name}:{}:{}:{}",
            field.range.start(),
            level_text(field.surface()),
            time_text(field),
            member_text(field),
        );
    }
    text
}

fn member_text(field: &Field) -> String {
    match field.role {
        Some(MemberRole::Control) => "ENS=low-res ctl".to_owned(),
        Some(MemberRole::Mean) => "ens mean".to_owned(),
        Some(MemberRole::Spread) => "ens spread".to_owned(),
        Some(MemberRole::Perturbed | MemberRole::Derived) | None => {
            field.member.map_or_else(String::new, |member| format!("ENS=+{member}"))
        }
    }
}

fn numbers_of(field: &Field) -> String {
    let Some(id) = field.identity else { return "unknown".to_owned() };
    let centre = field.centre.map_or_else(String::new, |centre| format!(" center={centre}"));
    if id.discipline == Identity::NO_DISCIPLINE {
        return format!("var table={}{centre} parm={}", id.category, id.number);
    }
    format!("var discipline={}{centre} parmcat={} parm={}", id.discipline, id.category, id.number)
}

fn level_text(level: Option<Level>) -> String {
    let Some(level) = level else { return "unknown level".to_owned() };
    let value = level.value.unwrap_or(0.0);
    match level.kind {
        Level::SURFACE => "surface".to_owned(),
        Level::MEAN_SEA => "mean sea level".to_owned(),
        Level::ISOBARIC => format!("{} mb", value / 100.0),
        Level::ABOVE_GROUND => format!("{value} m above ground"),
        Level::BELOW_GROUND => format!("{value} m below ground"),
        Level::ATMOSPHERE | 200 => "entire atmosphere".to_owned(),
        8 => "top of atmosphere".to_owned(),
        7 => "tropopause".to_owned(),
        102 => format!("{value} m above mean sea level"),
        105 => format!("{value} hybrid level"),
        kind => format!("level type {kind} {value}"),
    }
}

fn time_text(field: &Field) -> String {
    let Some(lead) = field.lead else { return "????".to_owned() };
    let (scale, unit) = if lead.minutes() % 60 == 0 { (60, "hour") } else { (1, "min") };
    match field.interval {
        Some((first, last)) if first != last && first.minutes() % scale == 0 && first.minutes() >= 0 => {
            let word = STATISTICS.iter().find(|(code, _)| Some(*code) == field.statistic);
            let word = word.map_or_else(String::new, |(_, word)| format!("{word} "));
            format!("{}-{} {unit} {word}fcst", first.minutes() / scale, last.minutes() / scale)
        }
        _ if lead.minutes() == 0 => "anl".to_owned(),
        _ => format!("{} {unit} fcst", lead.minutes() / scale),
    }
}
