//! Writes indexes: our slice index, which clients of ECMWF's read as well, and one as wgrib2 writes it.
//!
//! A line a field. `_sha256` is that of the whole message: one hour of a large file is provable over HTTP by it.

use crate::domain::field::{Field, Level};
use crate::domain::lead_time::LeadTime;
use crate::grib::code_tables::names_of;
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
        if let Some(param) = &field.param {
            line.insert("param".into(), json!(param));
        }
        if let Some(identity) = field.identity.filter(|_| field.edition == 2) {
            line.insert(
                "_parameter".into(),
                json!([identity.discipline, identity.category, identity.number]),
            );
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

fn insert_level(line: &mut Map<String, Value>, field: &Field) {
    let Some(level) = field.surface() else { return };
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
        let names = names_of(field);
        let name = names.iter().find(|name| name.chars().any(|c| c.is_ascii_uppercase())).or(names.first());
        let name = name.map_or_else(|| numbers_of(field), |name| (*name).to_owned());
        // Writing into text cannot fail.
        let _ = writeln!(
            text,
            "{number}:{}:d={date}:{name}:{}:{}:{}",
            field.range.start(),
            level_text(field.surface()),
            time_text(field),
            field.member.map_or_else(String::new, |member| format!("ENS=+{member}")),
        );
    }
    text
}

fn numbers_of(field: &Field) -> String {
    field.identity.map_or_else(
        || "unknown".to_owned(),
        |id| format!("var discipline={} parmcat={} parm={}", id.discipline, id.category, id.number),
    )
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
            format!("{}-{} {unit} acc fcst", first.minutes() / scale, last.minutes() / scale)
        }
        _ if lead.minutes() == 0 => "anl".to_owned(),
        _ => format!("{} {unit} fcst", lead.minutes() / scale),
    }
}
