//! Where and when the data of a record is: geometry and time, value by value.
//!
//! In: the JSON of `geometry` and of `time`. Out: a finding for each value that cannot be.

use super::Findings;
use crate::mesh::json::Json;
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
    // A ring has four positions at least, a line two.
    let shortest = match kind {
        "Polygon" | "MultiPolygon" => 4,
        "LineString" | "MultiLineString" => 2,
        _ => 1,
    };
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
    if nesting == 1 && shortest == 4 && items.first() != items.last() {
        findings.wrong("geometry.coordinates", "a ring that does not end where it begins");
    }
}

fn position(json: &Json<'_>, findings: &mut Findings) {
    let items = json.items();
    let numbers: Vec<f64> = items.iter().take(3).filter_map(Json::number).collect();
    // A height may follow; of more, GeoJSON says nothing.
    let [longitude, latitude, ..] = numbers.as_slice() else {
        return findings.wrong("geometry.coordinates", "");
    };
    if !items.iter().all(|item| item.number().is_some()) {
        return findings.wrong("geometry.coordinates", "");
    }
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

/// A day, month, year, moment or hour of every day, or `..` for open, twice.
fn interval(interval: &Json<'_>, findings: &mut Findings) {
    let [begin, end] = interval.items() else { return findings.wrong("time.interval", "") };
    for value in [begin, end] {
        match value.text() {
            Some("..") => {}
            Some(text) if is_date(text) || is_year_or_month(text) || is_moment(text) || is_hour(text) => {}
            other => findings.wrong("time.interval", other.unwrap_or_default()),
        }
    }
    if let (Some(begin), Some(end)) = (begin.text(), end.text())
        && let (Some(first), Some(last)) = (calendar(begin), calendar(end))
    {
        // What one of the two leaves open cannot be out of order.
        let both = first.len().min(last.len());
        if last[..both] < first[..both] {
            findings.wrong("time.interval", &format!("{begin} to {end}"));
        }
    }
}

/// The digits of a time in the calendar, without its fraction, from year to second. `None` for `..` and hours of every day.
fn calendar(text: &str) -> Option<Vec<u8>> {
    let whole = text.split(['.', 'Z']).next()?;
    let digits: Vec<u8> = whole.bytes().filter(u8::is_ascii_digit).collect();
    (digits.len() >= 4 && !text.starts_with('T')).then_some(digits)
}

fn is_date(text: &str) -> bool {
    text.len() == 10 && is_moment(&format!("{text}T00:00:00Z"))
}

/// `YYYY-MM-DDThh:mm:ssZ`, also with a fraction of the second.
fn is_moment(text: &str) -> bool {
    let is_punctuated = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')]
        .iter()
        .all(|(at, mark)| text.as_bytes().get(*at) == Some(mark));
    let tail = text.get(19..).and_then(|tail| tail.strip_suffix('Z'));
    is_punctuated && tail.is_some_and(is_fraction) && time::read(text).is_some()
}

fn is_year_or_month(text: &str) -> bool {
    let whole = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        _ => return false,
    };
    is_date(&whole)
}

/// An hour of every day: `T12Z`, `T12:30Z`, `T12:30:00Z`, also with a fraction.
fn is_hour(text: &str) -> bool {
    let clock = text.strip_prefix('T').and_then(|rest| rest.strip_suffix('Z')).unwrap_or_default();
    let (clock, fraction) = clock.split_at(clock.find('.').unwrap_or(clock.len()));
    let padded = match clock.len() {
        2 => format!("{clock}:00:00"),
        5 => format!("{clock}:00"),
        _ => clock.to_owned(),
    };
    is_fraction(fraction) && is_moment(&format!("2000-01-01T{padded}Z"))
}

/// Nothing, or `.` and digits.
fn is_fraction(text: &str) -> bool {
    let is_digits = |digits: &str| !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit());
    text.is_empty() || text.strip_prefix('.').is_some_and(is_digits)
}

/// A duration of ISO 8601 as the schema has it: `P1D`, `P1Y6M`, `PT15M`, `PT0.5S`; weeks or days, fractions of seconds only.
/// Hours may stand without the `T`, which nothing else can mean: official examples and many centres write `P1H`.
fn is_duration(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let Some(rest) = text.strip_prefix('P') else { return false };
    let (date, clock) = rest.split_once('T').map_or((rest, None), |(date, clock)| (date, Some(clock)));
    let is_sound = |part: &str, units: &str| {
        let mut left = units;
        part.split_inclusive(|c: char| c.is_ascii_alphabetic()).all(|figure| {
            let digits = figure.bytes().take_while(u8::is_ascii_digit).count();
            let (fraction, unit) = figure[digits..].split_at(figure[digits..].len().saturating_sub(1));
            let at = left.find(unit).filter(|_| !unit.is_empty());
            left = at.map_or("", |at| &left[at + 1..]);
            at.is_some() && digits > 0 && is_fraction(fraction) && (fraction.is_empty() || unit == "S")
        })
    };
    let has_both = date.contains('W') && date.contains('D');
    let is_something = !date.is_empty() || clock.is_some();
    text.is_ascii()
        && is_something
        && !has_both
        && is_sound(date, "YMWDH")
        && clock.is_none_or(|clock| !clock.is_empty() && is_sound(clock, "HMS"))
}
