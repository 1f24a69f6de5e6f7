//! The notification message of WIS2 (WNM 1.3, and what the next version will ask for).
//!
//! In: what is known of a file. Out: one GeoJSON feature that the published schema and tests of pywis-pubsub accept, within the limits
//! of the specification: 8,192 octets for the message, 4,096 for content, as written and as it was.

use super::content::content_of;
use super::media_type::media_type_of;
use super::{FileFacts, PostError, PostKind, PostTerms};
use crate::domain::file_name::NamedTimes;
use crate::domain::utc::UtcMillis;
use crate::mesh::integrity::BASE64;
use base64::Engine;
use serde_json::{Value, json};

pub(super) const CONTENT_TYPE: &str = "application/geo+json";

/// Longest message and longest value of content.
const LONGEST: usize = 8_192;
const LONGEST_VALUE: usize = 4_096;

/// The message. Content that would make it too long is left out.
///
/// # Errors
/// When it is too long without.
pub(super) fn payload(
    facts: &FileFacts,
    terms: &PostTerms,
    news: PostKind,
    (id, published): (&str, UtcMillis),
) -> Result<String, PostError> {
    let mut message = json!({
        "id": id,
        "conformsTo": ["http://wis.wmo.int/spec/wnm/1/conf/core"],
        "type": "Feature",
        "geometry": null,
        "properties": properties(facts, terms, published),
        "links": [link(facts, terms, news)],
    });
    let content = content_of(facts, terms).filter(|content| content.value.len() <= LONGEST_VALUE);
    if let Some(content) = content {
        let written = json!({ "encoding": content.encoding, "value": content.value, "size": facts.length });
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

fn properties(facts: &FileFacts, terms: &PostTerms, published: UtcMillis) -> Value {
    let topic = terms.topic.root();
    let within = terms.metadata_id.as_ref().map_or_else(
        || topic.splitn(3, '/').last().unwrap_or(topic).to_owned(),
        |id| id.without_scheme().to_owned(),
    );
    let mut properties = json!({
        "pubtime": published.to_string(),
        "data_id": format!("{within}/{}", facts.path.encoded()),
        "integrity": {
            "method": facts.digest.algorithm().key(),
            "value": BASE64.encode(facts.digest.octets()),
        },
    });
    let mut set = |key: &str, value: Value| properties[key] = value;
    match period_of(facts.path.as_str()) {
        (Some(start), Some(end)) => {
            set("start_datetime", json!(start));
            set("end_datetime", json!(end));
        }
        (instant, _) => set("datetime", json!(instant)),
    }
    if let Some(id) = &terms.metadata_id {
        set("metadata_id", json!(id.as_str()));
    }
    if let Some(cache) = &terms.global_cache {
        set("global-cache", json!(cache));
    }
    if topic.split('/').any(|level| level == "experimental") {
        set("cache", json!(false));
    }
    properties
}

/// The run that a name tells, or from when to when its lead times are valid.
fn period_of(path: &str) -> (Option<String>, Option<String>) {
    let named = NamedTimes::of_path(path);
    let Some(run) = named.run else { return (None, None) };
    let leads = named.leads.filter(|leads| !leads.is_single());
    let valid = |minutes: i64| run.plus_minutes(minutes).map(|time| time.to_string());
    match leads.map(|leads| (valid(leads.first.minutes()), valid(leads.last.minutes()))) {
        Some((Some(start), Some(end))) => (Some(start), Some(end)),
        _ => (Some(run.to_string()), None),
    }
}

fn link(facts: &FileFacts, terms: &PostTerms, news: PostKind) -> Value {
    let rel = match news {
        PostKind::New => "canonical",
        PostKind::Update => "update",
    };
    json!({
        "href": terms.base.address_of(&facts.path),
        "rel": rel,
        "type": media_type_of(facts.path.file_name(), &facts.head),
        "length": facts.length,
    })
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
