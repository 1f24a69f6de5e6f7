//! The notification message of WIS2 (WNM 1.3, and what the next version will ask for).
//!
//! In: a [`WisNotification`]. Out: one GeoJSON feature that the published schema and tests of pywis-pubsub accept, within the limits
//! of the specification: 8,192 octets for the message, 4,096 for content, as written and as it was.

use super::content::Content;
use super::notice::{Caching, DataSpan, WisNotification};
use super::{PostError, PostKind};
use crate::domain::utc::UtcMillis;
use crate::mesh::integrity::BASE64;
use base64::Engine;
use serde_json::{Value, json};

pub(super) const CONTENT_TYPE: &str = "application/geo+json";

/// Longest message and longest value of content.
const LONGEST: usize = 8_192;
const LONGEST_VALUE: usize = 4_096;

/// The message. Content that would make it too long is left out; a shape that would is replaced by its frame.
///
/// # Errors
/// When it is too long without.
pub(super) fn payload(
    notice: &WisNotification,
    (id, published): (&str, UtcMillis),
) -> Result<String, PostError> {
    let mut message = json!({
        "id": id,
        "conformsTo": ["http://wis.wmo.int/spec/wnm/1/conf/core"],
        "type": "Feature",
        "geometry": notice.place.as_ref().map(|place| place.shape.clone()),
        "properties": properties(notice, published),
        "links": links(notice),
    });
    if let Some(place) = notice.place.as_ref().filter(|_| spaced_length(&message) > LONGEST) {
        message["geometry"] = place.frame.clone();
    }
    let content = notice.content.as_ref().filter(|content| content.value.len() <= LONGEST_VALUE);
    if let Some(Content { encoding, value, size }) = content {
        let written = json!({ "encoding": encoding, "value": value, "size": size });
        let mut with = message.clone();
        with["properties"]["content"] = written;
        if spaced_length(&with) <= LONGEST {
            message = with;
        }
    }
    match spaced_length(&message) {
        octets if octets > LONGEST => Err(PostError::TooLong { octets, most: LONGEST }),
        _ => Ok(message.to_string()),
    }
}

fn properties(notice: &WisNotification, published: UtcMillis) -> Value {
    let mut properties = json!({
        "pubtime": published.to_string(),
        "data_id": notice.data_id,
    });
    let mut set = |key: &str, value: Value| properties[key] = value;
    if let Some(digest) = &notice.digest {
        let value = BASE64.encode(digest.octets());
        set("integrity", json!({ "method": digest.algorithm().key(), "value": value }));
    }
    match notice.span {
        DataSpan::Unknown => set("datetime", Value::Null),
        DataSpan::Instant(time) => set("datetime", json!(time.to_string())),
        DataSpan::Period(start, end) => {
            set("start_datetime", json!(start.to_string()));
            set("end_datetime", json!(end.to_string()));
        }
    }
    if let Some(id) = &notice.metadata_id {
        set("metadata_id", json!(id.as_str()));
    }
    if let Some(cache) = &notice.global_cache {
        set("global-cache", json!(cache));
    }
    if notice.caching == Caching::Never {
        set("cache", json!(false));
    }
    properties
}

/// The link that says what is new, and the conditions of the data.
fn links(notice: &WisNotification) -> Value {
    let rel = match notice.kind {
        PostKind::New => "canonical",
        PostKind::Update => "update",
        PostKind::Deletion => "deletion",
    };
    let mut link = json!({ "href": notice.href, "rel": rel, "type": notice.media_type });
    if let Some(length) = notice.length {
        link["length"] = json!(length);
    }
    let licence = notice.licence.as_ref().map(|href| json!({ "href": href, "rel": "license" }));
    std::iter::once(link).chain(licence).collect()
}

/// A random UUID, version 4.
pub(super) fn uuid(random: u128) -> String {
    let bits = (random & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// How long JSON is as the validators of WIS2 measure it: with a space behind `:` and `,` and escapes for what is not ASCII.
fn spaced_length(json: &Value) -> usize {
    let between = |count: usize| 2 + 2 * count.saturating_sub(1);
    match json {
        Value::Null | Value::Bool(_) | Value::Number(_) => json.to_string().len(),
        Value::String(text) => escaped_length(text),
        Value::Array(items) => between(items.len()) + items.iter().map(spaced_length).sum::<usize>(),
        Value::Object(entries) => {
            let of = |(key, value): (&String, &Value)| escaped_length(key) + 2 + spaced_length(value);
            between(entries.len()) + entries.iter().map(of).sum::<usize>()
        }
    }
}

fn escaped_length(text: &str) -> usize {
    let of = |c: char| match c {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        ' '..='\u{7f}' => 1,
        c => 6 * c.len_utf16(),
    };
    2 + text.chars().map(of).sum::<usize>()
}
