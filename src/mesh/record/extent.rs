//! Where and when the data of a record is: geometry and time, value by value.
//!
//! In: the JSON of `geometry` and of `time`. Out: a finding for each value that cannot be.

use super::Findings;
use crate::mesh::json::Json;
use crate::mesh::remark::Remark;
use crate::mesh::time;

/// Deepest collection of geometries in a collection.
const DEEPEST: usize = 4;

/// Null, or a geometry of GeoJSON within the globe, its coordinates nested as deep as its type says.
pub(super) fn geometry(geometry: Option<&Json<'_>>, findings: &mut Findings) {
    match geometry {
        None => findings.missing("geometry"),
        Some(Json::Null) => {}
        Some(geometry) => shape(geometry, DEEPEST, findings),
    }
}

fn shape(geometry: &Json<'_>, depth: usize, findings: &mut Findings) {
    let Some(kind) = findings.need_text(geometry, "type", "geometry.type") else { return };
    let nesting = match kind {
        "Point" => 0,
        "MultiPoint" | "LineString" => 1,
        "Polygon" | "MultiLineString" => 2,
        "MultiPolygon" => 3,
        "GeometryCollection" if depth > 0 => {
            for part in findings.need_list(geometry.find("geometries"), "geometry.geometries") {
                shape(part, depth - 1, findings);
            }
            return;
        }
        other => return findings.wrong("geometry.type", other),
    };
    // Of a polygon the innermost list is a ring, which ends where it begins: four positions at least.
    let shortest = if kind.ends_with("Polygon") { 4 } else { 1 };
    coordinates(geometry.at("coordinates"), (nesting, shortest), findings);
}

fn coordinates(json: &Json<'_>, (nesting, shortest): (usize, usize), findings: &mut Findings) {
    if nesting == 0 {
        return position(json, findings);
    }
    let items = json.items();
    let least = if nesting == 1 { shortest } else { 1 };
    if items.len() < least {
        return findings.wrong("geometry.coordinates", "");
    }
    for item in items {
        coordinates(item, (nesting - 1, shortest), findings);
    }
}

fn position(json: &Json<'_>, findings: &mut Findings) {
    let numbers: Vec<Option<f64>> = json.items().iter().take(4).map(Json::number).collect();
    let ([Some(longitude), Some(latitude)] | [Some(longitude), Some(latitude), Some(_)]) = numbers.as_slice()
    else {
        return findings.wrong("geometry.coordinates", "");
    };
    for (name, value, most) in [("longitude", longitude, 180.0), ("latitude", latitude, 90.0)] {
        if value.abs() > most {
            findings.wrong("geometry.coordinates", &format!("{name} {value}"));
        }
    }
}

/// Null, or one of `date`, `timestamp` and `interval`.
pub(super) fn time(time: Option<&Json<'_>>, findings: &mut Findings) {
    match time {
        None => return findings.missing("time"),
        Some(Json::Null) => return,
        Some(time) if !time.is_object() => return findings.wrong("time", ""),
        Some(time) => extent(time, findings),
    }
    if let Some(resolution) = time.and_then(|time| time.find("resolution")) {
        let text = resolution.text().unwrap_or_default();
        if !is_duration(text) {
            findings.wrong("time.resolution", text);
        }
    }
}

fn extent(time: &Json<'_>, findings: &mut Findings) {
    let mut is_there = false;
    for (key, field) in [("date", "time.date"), ("timestamp", "time.timestamp")] {
        if let Some(value) = time.find(key) {
            is_there = true;
            let text = value.text().unwrap_or_default();
            let is_sound = if key == "date" { is_date(text) } else { is_moment(text) };
            if !is_sound {
                findings.wrong(field, text);
            }
        }
    }
    match time.find("interval") {
        None if is_there => {}
        None => findings.missing("time.interval"),
        Some(interval) => self::interval(interval, findings),
    }
}

fn interval(interval: &Json<'_>, findings: &mut Findings) {
    let [begin, end] = interval.items() else { return findings.wrong("time.interval", "") };
    for value in [begin, end] {
        match value.text() {
            Some("..") => {}
            Some(text) if is_date(text) || is_moment(text) || is_hour(text) => {}
            // The schema allows them; when the data begins they do not say.
            Some(text) if is_year_or_month(text) => {
                findings.add(Remark::NoDay { field: "time.interval", value: text.to_owned() })
            }
            other => findings.wrong("time.interval", other.unwrap_or_default()),
        }
    }
    if let (Some(begin), Some(end)) = (begin.text(), end.text())
        && ![begin, end].iter().any(|text| text.starts_with('.') || text.starts_with('T'))
        && end.len() == begin.len()
        && end < begin
    {
        findings.wrong("time.interval", &format!("{begin} to {end}"));
    }
}

fn is_date(text: &str) -> bool {
    text.len() == 10 && time::read(&format!("{text}T00:00:00Z")).is_some()
}

fn is_moment(text: &str) -> bool {
    text.ends_with('Z') && text.get(10..11) == Some("T") && time::read(text).is_some()
}

fn is_year_or_month(text: &str) -> bool {
    let whole = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        _ => return false,
    };
    is_date(&whole)
}

/// An hour of every day: `T12Z`.
fn is_hour(text: &str) -> bool {
    let clock = text.strip_prefix('T').and_then(|rest| rest.strip_suffix('Z')).unwrap_or_default();
    let padded = match clock.len() {
        2 => format!("{clock}:00:00"),
        5 => format!("{clock}:00"),
        _ => clock.to_owned(),
    };
    time::read(&format!("2000-01-01T{padded}Z")).is_some()
}

/// A duration of ISO 8601: `P1D`, `PT15M`.
fn is_duration(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let Some(rest) = text.strip_prefix('P') else { return false };
    let (date, clock) = rest.split_once('T').map_or((rest, None), |(date, clock)| (date, Some(clock)));
    let is_sound = |part: &str, units: &str| {
        let mut left = units;
        part.split_inclusive(|c: char| c.is_ascii_alphabetic()).all(|figure| {
            let (number, unit) = figure.split_at(figure.len() - 1);
            let at = left.find(unit);
            left = at.map_or("", |at| &left[at + 1..]);
            at.is_some() && number.parse::<f64>().is_ok_and(|number| number >= 0.0)
        })
    };
    let is_something = !date.is_empty() || clock.is_some();
    is_something
        // `P1H` is in records of the specification's own examples.
        && is_sound(date, "YMWDH")
        && clock.is_none_or(|clock| !clock.is_empty() && is_sound(clock, "HMS"))
}
