//! WIS2 Notification Messages, versions `conformsTo` 1.x and `v04`.
//!
//! In: an object of type Feature. Out: a reading. What the published JSON schema demands is a fault when it is not
//! there; what only the text of the specification demands is a deviation.

use super::{AnnouncementDraft, Dialect, FileAction, FileLink, InlineStanding, MessageReading, rel_of};
use crate::domain::octets::ByteCount;
use crate::mesh::geometry::is_point_or_polygon;
use crate::mesh::inline::Encoding;
use crate::mesh::integrity::{self, Announced};
use crate::mesh::json::Json;
use crate::mesh::remark::Remark;
use crate::mesh::time::TimeForm::WithoutZone;
use crate::mesh::time::{self, TimeForm};

/// Longest message and longest inline value that the specification allows.
const LONGEST_MESSAGE: usize = 8_192;
const LONGEST_VALUE: usize = 4_096;

/// The digest methods of the schema.
const METHODS: [&str; 6] = ["sha256", "sha384", "sha512", "sha3-256", "sha3-384", "sha3-512"];

/// The forms in which `pubtime` is due.
const DUE: [TimeForm; 1] = [TimeForm::Rfc3339];

pub(super) fn read(json: &Json<'_>, octets: usize) -> MessageReading {
    let mut draft = AnnouncementDraft::default();
    if octets > LONGEST_MESSAGE {
        draft.add(Remark::LongMessage { octets });
    }
    frame(json, &mut draft);
    let properties = json.at("properties");
    let text = draft.need_text(properties, "pubtime", "properties.pubtime");
    if let Some(text) = text.filter(|text| time::read(text).is_some_and(|time| time.form == WithoutZone)) {
        // Of the time of publication the schema demands the zone.
        draft.add(wrong("properties.pubtime", text));
    }
    draft.published_at = draft.need_time(text, "properties.pubtime", &DUE);
    text.inspect(|text| in_utc(text, "properties.pubtime", &mut draft));
    draft.key = data_id(properties, &mut draft);
    draft.metadata_id = properties.at("metadata_id").text().filter(|id| !id.is_empty()).map(Into::into);
    draft.source = properties.at("global-cache").text().filter(|name| !name.is_empty()).map(Into::into);
    kinds(properties, &mut draft);
    temporal(properties, &mut draft);
    digest(properties, &mut draft);
    links(json, &mut draft);
    if draft.key.as_deref() == Some("") {
        // Nothing else of the message is the same in its repeats and new with each file.
        draft.key = draft.links.first().map(|link| link.href.clone());
    }
    content(properties, &mut draft);
    draft.finish(Dialect::Wis2)
}

/// `data_id`; an empty one passes the schema, and names nothing.
fn data_id(properties: &Json<'_>, draft: &mut AnnouncementDraft) -> Option<Box<str>> {
    match properties.find("data_id") {
        Some(Json::Text(text)) if text.trim().is_empty() => {
            draft.add(Remark::Empty { field: "properties.data_id" });
            Some("".into())
        }
        _ => draft.need_text(properties, "data_id", "properties.data_id").map(Into::into),
    }
}

/// `id`, `type`, `conformsTo` or `version`, `geometry`.
fn frame(json: &Json<'_>, draft: &mut AnnouncementDraft) {
    if let Some(id) = draft.need_text(json, "id", "id") {
        if is_uuid(id) {
            draft.id = Some(id.into());
        } else {
            draft.add(wrong("id", id));
        }
    }
    match draft.need_text(json, "type", "type") {
        Some("Feature") | None => {}
        Some(other) => draft.add(wrong("type", other)),
    }
    let conforms =
        json.at("conformsTo").items().iter().filter_map(Json::text).any(|uri| uri.contains("/spec/wnm/1/"));
    match (json.find("conformsTo"), json.find("version")) {
        (Some(_), _) if conforms => {}
        (Some(_), _) => draft.add(wrong("conformsTo", "")),
        (None, Some(version)) if version.text() == Some("v04") => {}
        (None, Some(version)) => draft.add(wrong("version", version.text().unwrap_or_default())),
        (None, None) => draft.add(Remark::Missing { field: "conformsTo" }),
    }
    match json.find("geometry") {
        None => draft.add(Remark::Missing { field: "geometry" }),
        Some(Json::Null) => {}
        Some(geometry) => {
            if !is_point_or_polygon(geometry) {
                draft.add(wrong("geometry", geometry.at("type").text().unwrap_or_default()));
            }
        }
    }
}

/// `datetime`, which may be null, or `start_datetime` and `end_datetime`; never both.
fn temporal(properties: &Json<'_>, draft: &mut AnnouncementDraft) {
    let has_period = properties.has("start_datetime") || properties.has("end_datetime");
    match (properties.has("datetime"), has_period) {
        (true, true) => draft.add(Remark::InstantAndPeriod),
        (true, false) => instant(properties, "datetime", "properties.datetime", draft),
        (false, true) => {
            instant(properties, "start_datetime", "properties.start_datetime", draft);
            instant(properties, "end_datetime", "properties.end_datetime", draft);
        }
        (false, false) => draft.add(Remark::Missing { field: "properties.datetime" }),
    }
}

fn instant(properties: &Json<'_>, key: &str, field: &'static str, draft: &mut AnnouncementDraft) {
    match properties.find(key) {
        Some(Json::Null) if key == "datetime" => {}
        Some(Json::Text(text)) => match time::read(text) {
            Some(written) if written.form == TimeForm::Rfc3339 => in_utc(text, field, draft),
            Some(_) => draft.add(Remark::TimeForm { field }),
            None => draft.add(wrong(field, text)),
        },
        Some(_) => draft.add(wrong(field, "")),
        None => draft.add(Remark::Missing { field }),
    }
}

/// The specification wants UTC; its schema and most of its tests let other zones pass.
fn in_utc(text: &str, field: &'static str, draft: &mut AnnouncementDraft) {
    if time::read(text).is_some_and(|written| written.form == TimeForm::Rfc3339)
        && !text.ends_with('Z')
        && !text.ends_with("+00:00")
    {
        draft.add(Remark::NotUtc { field });
    }
}

/// What the schema says of the kinds of values that are not read otherwise. One that is null says as much as none: real nodes
/// write it so, and their files are sound.
fn kinds(properties: &Json<'_>, draft: &mut AnnouncementDraft) {
    for (key, field) in [
        ("metadata_id", "properties.metadata_id"),
        ("producer", "properties.producer"),
        ("global-cache", "properties.global-cache"),
    ] {
        if properties.find(key).is_some_and(|value| !matches!(value, Json::Null) && value.text().is_none()) {
            draft.add(wrong(field, ""));
        }
    }
    if properties.find("cache").is_some_and(|cache| !matches!(cache, Json::Bool(_) | Json::Null)) {
        draft.add(wrong("properties.cache", properties.at("cache").text().unwrap_or_default()));
    }
}

fn digest(properties: &Json<'_>, draft: &mut AnnouncementDraft) {
    let Some(integrity) = properties.find("integrity") else { return };
    let method = draft.need_text(integrity, "method", "properties.integrity.method");
    let value = draft.need_text(integrity, "value", "properties.integrity.value");
    if let (Some(method), Some(value)) = (method, value) {
        if METHODS.contains(&method) {
            draft.integrity = integrity::read(method, value, &mut draft.remarks);
        } else if method == "md5" {
            // Not in the schema, and still a digest of these bytes: what it verifies is said by its name.
            draft.integrity = integrity::read(method, value, &mut draft.remarks);
            draft.add(Remark::MethodNotListed { named: method.to_owned() });
        } else {
            draft.integrity = Announced::CannotBeVerified { named: method.chars().take(64).collect() };
            draft.add(wrong("properties.integrity.method", method));
        }
    }
}

fn links(json: &Json<'_>, draft: &mut AnnouncementDraft) {
    let listed = json.at("links").items();
    if listed.is_empty() {
        draft.add(Remark::Missing { field: "links" });
        return;
    }
    let mut action = None;
    for link in listed.iter().take(64) {
        let href = draft.need_text(link, "href", "links.href");
        let rel = draft.need_text(link, "rel", "links.rel");
        let (Some(href), Some(rel)) = (href, rel) else { continue };
        if link.find("length").is_some_and(|length| !matches!(length, Json::Null) && length.whole().is_none())
        {
            draft.add(wrong("links.length", link.at("length").text().unwrap_or_default()));
        }
        let read = FileLink {
            rel: rel_of(rel),
            href: href.into(),
            media_type: link.at("type").text().map(Into::into),
            length: link.at("length").whole().map(ByteCount),
            security: security(link),
        };
        let acts = match rel {
            "canonical" => Some(FileAction::New),
            "update" => Some(FileAction::Update),
            "deletion" => Some(FileAction::Deletion),
            _ => None,
        };
        match (acts, action) {
            (Some(acts), None) => {
                action = Some(acts);
                draft.size = read.length;
                draft.links.insert(0, read);
            }
            (Some(_), Some(_)) => {
                draft.add(Remark::SeveralActions);
                draft.links.push(read);
            }
            (None, _) => draft.links.push(read),
        }
    }
    draft.action = action;
    if action.is_none() {
        draft.add(Remark::NoAction);
    }
}

/// Which credentials a link asks for: `http basic` of `{"default":{"type":"http","scheme":"basic"}}`.
fn security(link: &Json<'_>) -> Option<Box<str>> {
    let schemes: Vec<String> = link
        .at("security")
        .entries()
        .iter()
        .take(4)
        .map(|(name, scheme)| {
            let words = [scheme.at("type").text(), scheme.at("scheme").text()];
            let words: Vec<&str> = words.into_iter().flatten().collect();
            if words.is_empty() { (*name).to_owned() } else { words.join(" ") }
        })
        .collect();
    let joined: String = schemes.join(", ").chars().take(64).collect();
    (!joined.is_empty()).then(|| joined.into())
}

fn content(properties: &Json<'_>, draft: &mut AnnouncementDraft) {
    let Some(content) = properties.find("content") else { return };
    let encoding = draft.need_text(content, "encoding", "properties.content.encoding");
    let value = match content.find("value") {
        Some(Json::Text(value)) => Some(value),
        Some(_) => {
            draft.add(wrong("properties.content.value", ""));
            None
        }
        None => {
            draft.add(Remark::Missing { field: "properties.content.value" });
            None
        }
    };
    let size = content.at("size").whole();
    if size.is_none() {
        draft.add(Remark::Missing { field: "properties.content.size" });
    }
    let (Some(name), Some(value)) = (encoding, value) else { return };
    let Some(encoding) = Encoding::from_name(name).filter(|encoding| *encoding != Encoding::Latin1) else {
        draft.add(wrong("properties.content.encoding", name));
        return;
    };
    if value.len() > LONGEST_VALUE {
        draft.add(Remark::InlineTooLong { octets: value.len() });
    }
    draft.take_inline(encoding, value);
    let found = draft.inline.as_ref().map(|inline| inline.octets.len() as u64);
    if let (Some(announced), Some(found)) = (size, found)
        && announced != found
    {
        draft.add(Remark::InlineSize { announced, found });
    }
    // What is said of content that turned out to be another's is not said of the file.
    let is_sound = draft.inline.as_ref().is_some_and(|inline| inline.standing != InlineStanding::Mismatch);
    draft.size = draft.size.or(size.filter(|size| is_sound && found == Some(*size)).map(ByteCount));
}

fn wrong(field: &'static str, value: &str) -> Remark {
    Remark::WrongValue { field, value: value.chars().take(64).collect() }
}

/// Whether text is written `8-4-4-4-12` in hexadecimal digits.
fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, c)| match at {
            8 | 13 | 18 | 23 => c == b'-',
            _ => c.is_ascii_hexdigit(),
        })
}
