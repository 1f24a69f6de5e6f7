//! Reads one event: a CloudEvent (structured mode) whose data is a STAC item or names a file, or a STAC item by itself.
//!
//! In: JSON of one event. Out: a [`DataEvent`] that names at least one file, or every problem with the field in which it is. What is not
//! said is absent; nothing is made up. Start reading at [`read_event`].

use super::files::{EventFile, data_assets, named_file};
use crate::mesh::geometry::{self, DataPlace, GeometryFault};
use crate::mesh::integrity::BASE64;
use crate::mesh::json::{Json, with_room};
use crate::mesh::post::notice::DataSpan;
use crate::mesh::time::{self, TimeForm};
use base64::Engine;
use bumpalo::Bump;
use std::fmt;

/// Most octets of a value that are repeated in a problem.
const SHOWN: usize = 64;

/// Which files became available, changed or went away.
#[derive(Clone, Debug, PartialEq)]
pub struct DataEvent {
    /// Name of the event, or of the STAC item.
    pub id: String,
    /// Who tells it; empty where a STAC item came by itself.
    pub source: String,
    /// What happened, as its source calls it; empty where a STAC item came by itself.
    pub kind: String,
    /// What it is about; empty where nothing is said.
    pub subject: String,
    /// The files; at least one.
    pub files: Vec<EventFile>,
    /// When their data is valid.
    pub span: DataSpan,
    /// Where it lies on the globe.
    pub place: Option<DataPlace>,
}

/// What is wrong with an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventProblem {
    /// The field, from the event downwards: `data.assets.x.nc.href`.
    pub field: String,
    /// Why.
    pub fault: EventFault,
}

/// Why a field of an event cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// It must be there and is not, or is empty.
    Missing,
    /// Another kind of value stands there.
    WrongKind,
    /// It cannot have this value.
    WrongValue,
    /// The checksum cannot be read, or is by a method that is not known.
    Checksum,
    /// Its scheme is none of http, https, ftp, sftp and file.
    Scheme,
    /// It holds a password, which everybody would read.
    Secret,
    /// No asset has the role of data.
    NoData,
    /// More files than one event may name.
    TooMany,
    /// It is neither a CloudEvent nor a STAC item.
    Shape,
    /// No geometry that can be used.
    Geometry(GeometryFault),
}

/// Why a field cannot be used, and what stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventFault {
    /// Why.
    pub kind: FaultKind,
    /// As it is written, when it is text; cut off when it is long.
    pub value: String,
}

/// What was found wrong so far.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<EventProblem>);

impl Problems {
    pub(super) fn add(&mut self, field: impl Into<String>, kind: FaultKind) {
        self.add_value(field, kind, "");
    }

    pub(super) fn add_value(&mut self, field: impl Into<String>, kind: FaultKind, value: &str) {
        let value = value.chars().take(SHOWN).collect();
        self.0.push(EventProblem { field: field.into(), fault: EventFault { kind, value } });
    }

    /// Text that must be there and not be empty.
    pub(super) fn need_text<'j>(&mut self, json: &Json<'j>, (key, field): (&str, &str)) -> Option<&'j str> {
        match json.find(key) {
            None | Some(Json::Null | Json::Text("")) => self.add(field, FaultKind::Missing),
            Some(Json::Text(text)) => return Some(text),
            Some(_) => self.add(field, FaultKind::WrongKind),
        }
        None
    }

    /// Text that may be there.
    pub(super) fn may_text<'j>(&mut self, json: &Json<'j>, (key, field): (&str, &str)) -> Option<&'j str> {
        match json.find(key) {
            None | Some(Json::Null | Json::Text("")) => None,
            Some(Json::Text(text)) => Some(text),
            Some(_) => {
                self.add(field, FaultKind::WrongKind);
                None
            }
        }
    }
}

/// Reads an event.
///
/// # Errors
/// Everything that is wrong with it; never nothing.
pub fn read_event(text: &str) -> Result<DataEvent, Vec<EventProblem>> {
    with_room(|room| match Json::read(text, room) {
        Ok(json) => of_json(&json, room),
        Err(error) => {
            let fault = EventFault { kind: FaultKind::Shape, value: error.to_string() };
            Err(vec![EventProblem { field: "JSON".to_owned(), fault }])
        }
    })
}

fn of_json<'a>(json: &Json<'a>, room: &'a Bump) -> Result<DataEvent, Vec<EventProblem>> {
    let mut problems = Problems::default();
    let event = if json.has("specversion") {
        of_cloud_event(json, room, &mut problems)
    } else if json.has("assets") {
        of_item(json, "", &mut problems)
    } else {
        problems.add("event", FaultKind::Shape);
        None
    };
    match event {
        Some(event) if problems.0.is_empty() => Ok(event),
        Some(_) | None => Err(problems.0),
    }
}

fn of_cloud_event<'a>(json: &Json<'a>, room: &'a Bump, problems: &mut Problems) -> Option<DataEvent> {
    let id = problems.need_text(json, ("id", "id"));
    let source = problems.need_text(json, ("source", "source"));
    let kind = problems.need_text(json, ("type", "type"));
    if let Some(version) = problems.need_text(json, ("specversion", "specversion"))
        && version != "1.0"
    {
        problems.add_value("specversion", FaultKind::WrongValue, version);
    }
    let subject = problems.may_text(json, ("subject", "subject"));
    let data = data_of(json, room, problems)?;
    let of_data = match data.has("assets") {
        true => of_item(&data, "data.", problems),
        false => of_plain(&data, problems),
    };
    let own = |text: Option<&str>| text.unwrap_or_default().to_owned();
    of_data.map(|event| DataEvent {
        id: own(id),
        source: own(source),
        kind: own(kind),
        subject: own(subject),
        ..event
    })
}

/// The data of an event: an object, or JSON in base64.
fn data_of<'a>(json: &Json<'a>, room: &'a Bump, problems: &mut Problems) -> Option<Json<'a>> {
    if let Some(encoded) = json.at("data_base64").text() {
        let octets = BASE64.decode(encoded).ok();
        let text = octets.and_then(|octets| String::from_utf8(octets).ok());
        let data = text.and_then(|text| Json::read(room.alloc_str(&text), room).ok());
        if data.is_none() {
            problems.add("data_base64", FaultKind::WrongValue);
        }
        return data;
    }
    match json.find("data") {
        Some(data) if data.is_object() => Some(*data),
        None | Some(Json::Null) => {
            problems.add("data", FaultKind::Missing);
            None
        }
        Some(_) => {
            problems.add("data", FaultKind::WrongKind);
            None
        }
    }
}

/// A STAC item, below `above` in its event.
fn of_item(json: &Json<'_>, above: &str, problems: &mut Problems) -> Option<DataEvent> {
    let at = |key: &str| format!("{above}{key}");
    if let Some(kind) = problems.need_text(json, ("type", &at("type")))
        && kind != "Feature"
    {
        problems.add_value(at("type"), FaultKind::WrongValue, kind);
    }
    let id = problems.need_text(json, ("id", &at("id"))).unwrap_or_default().to_owned();
    let properties = json.at("properties");
    if !properties.is_object() {
        problems.add(at("properties"), FaultKind::Missing);
    }
    let span = span_of(properties, &at("properties."), problems);
    let place = place_of(json, above, problems);
    let files = data_assets(json.at("assets"), &at("assets"), problems);
    Some(DataEvent {
        id,
        source: String::new(),
        kind: String::new(),
        subject: String::new(),
        files,
        span,
        place,
    })
}

/// Data that names one file.
fn of_plain(data: &Json<'_>, problems: &mut Problems) -> Option<DataEvent> {
    let span = span_of(data, "data.", problems);
    let place = place_of(data, "data.", problems);
    let file = named_file(data, problems)?;
    let own = String::new;
    Some(DataEvent { id: own(), source: own(), kind: own(), subject: own(), files: vec![file], span, place })
}

/// A period where there is one, else an instant: notifications may have one of them only, and the period says more.
fn span_of(json: &Json<'_>, above: &str, problems: &mut Problems) -> DataSpan {
    let mut at = |key: &str| {
        let field = format!("{above}{key}");
        let text = problems.may_text(json, (key, &field))?;
        let read = time::read(text).filter(|written| written.form == TimeForm::Rfc3339);
        if read.is_none() {
            problems.add_value(field, FaultKind::WrongValue, text);
        }
        read.map(|written| written.at)
    };
    let (instant, start, end) = (at("datetime"), at("start_datetime"), at("end_datetime"));
    let has = |key: &str| json.at(key).text().is_some();
    if has("start_datetime") != has("end_datetime") {
        let key = if has("start_datetime") { "end_datetime" } else { "start_datetime" };
        problems.add(format!("{above}{key}"), FaultKind::Missing);
    }
    match (instant, start, end) {
        (_, Some(start), Some(end)) if start <= end => DataSpan::Period(start, end),
        (_, Some(_), Some(end)) => {
            problems.add_value(format!("{above}end_datetime"), FaultKind::WrongValue, &end.to_string());
            DataSpan::Unknown
        }
        (Some(instant), ..) => DataSpan::Instant(instant),
        (None, ..) => DataSpan::Unknown,
    }
}

fn place_of(json: &Json<'_>, above: &str, problems: &mut Problems) -> Option<DataPlace> {
    geometry::place_of(json.find("geometry"), json.find("bbox")).unwrap_or_else(|fault| {
        let key = if fault == GeometryFault::Frame { "bbox" } else { "geometry" };
        problems.add(format!("{above}{key}"), FaultKind::Geometry(fault));
        None
    })
}

impl fmt::Display for EventProblem {
    /// English, for the log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?} {}", self.field, self.fault.kind, self.fault.value)
    }
}
