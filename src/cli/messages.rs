//! What `inspect` and `listen` print of messages: announcements, events, records.
//!
//! In: a reading. Out: one JSON object of the terminal contract, and lines for people.

use crate::domain::outside_text::{show, show_with_urls};
use crate::i18n::Translator;
use crate::mesh::announcement::{Announcement, Captured, InlineStanding, Invalid, MessageReading};
use crate::mesh::event::MonitoringEvent;
use crate::mesh::record::Record;
use crate::mesh::remark::Remark;
use crate::mesh::{parameter, topic};
use i18n_embed_fl::fl;
use serde_json::{Value, json};

/// The JSON object, the lines, and whether it is sound.
pub(super) fn shown(captured: &Captured, text: &Translator) -> (Value, Vec<String>, bool) {
    let reading = &captured.reading;
    let mut object = object_of(reading);
    if let Some(topic) = &captured.topic {
        object["topic"] = json!(topic);
        object["centre"] = json!(topic::centre_of(topic));
    }
    let kind = object["kind"].as_str().unwrap_or_default();
    let mark = match object["verdict"].as_str() {
        Some("valid") => "✓",
        Some("deviant") => "~",
        _ => "✗",
    };
    let name = object["key"].as_str().or(object["id"].as_str()).map(show).unwrap_or_default();
    let mut lines = vec![match reading {
        MessageReading::Event(_) => fl!(text.loader, "cli-inspect-event", verdict = mark, name = name),
        MessageReading::Record(_) => fl!(text.loader, "cli-inspect-record", verdict = mark, name = name),
        _ => {
            let dialect = object["dialect"].as_str().unwrap_or(kind);
            fl!(text.loader, "cli-inspect-announcement", verdict = mark, dialect = dialect, name = name)
        }
    }];
    if let MessageReading::Announcement(announcement) = reading {
        lines.push(announcement.published_at.to_string());
        lines.extend(announcement.links.iter().map(|link| {
            let security = link.security.as_deref().map(|named| format!("  ({})", show(named)));
            let href = show_with_urls(&link.href);
            format!("{}  {href}{}", show(&link.rel), security.unwrap_or_default())
        }));
    }
    lines.extend(reading.remarks().iter().map(|remark| format!("! {}: {remark}", remark.code())));
    let is_sound = object["verdict"] != "invalid";
    (object, lines, is_sound)
}

/// The JSON object of a message.
pub(super) fn object_of(reading: &MessageReading) -> Value {
    let mut object = match reading {
        MessageReading::Announcement(announcement) => announcement_json(announcement),
        MessageReading::Event(event) => event_json(event),
        MessageReading::Record(record) => record_json(record),
        MessageReading::Invalid(invalid) => invalid_json(invalid),
    };
    object["verdict"] = json!(reading.soundness().key());
    object["problems"] = problems_json(reading.remarks());
    object
}

fn problems_json(remarks: &[Remark]) -> Value {
    remarks.iter().map(|remark| json!({ "code": remark.code(), "detail": remark.to_string() })).collect()
}

fn announcement_json(announcement: &Announcement) -> Value {
    let digest = announcement.integrity.digest();
    let integrity = announcement
        .integrity
        .method()
        .map(|method| json!({ "method": method, "hex": digest.map(|digest| digest.hex()) }));
    let links: Vec<Value> = announcement
        .links
        .iter()
        .map(|link| {
            let mut object = json!({ "rel": link.rel, "href": show_with_urls_whole(&link.href) });
            if let Some(security) = &link.security {
                object["security"] = json!(security);
            }
            object
        })
        .collect();
    let named = parameter::of_name(announcement.file_name());
    let times = crate::domain::file_name::NamedTimes::of_path(announcement.file_name());
    json!({
        "kind": "announcement",
        "dialect": announcement.dialect.key(),
        "id": announcement.id,
        "key": announcement.key,
        "published_at": announcement.published_at.to_string(),
        "action": announcement.action.key(),
        "renamed_from": announcement.renamed_from,
        "parts": announcement.parts,
        "size": announcement.size.map(|size| size.0),
        "integrity": integrity,
        "links": links,
        "inline_bytes": announcement.inline.as_ref().map(|inline| inline.octets.len()),
        "inline_proven": announcement.inline.as_ref().map(|inline| inline.standing == InlineStanding::Proven),
        "source": announcement.source,
        "metadata_id": announcement.metadata_id,
        "file": {
            "run": times.run.map(|run| run.to_string()),
            "lead_minutes": times.leads.map(|leads| [leads.first.minutes(), leads.last.minutes()]),
            "parameter": named.as_ref().and_then(|named| named.parameter.clone()),
            "level": named.as_ref().and_then(|named| named.level.clone()),
        },
    })
}

/// A URL without secrets; one that is none as it is.
fn show_with_urls_whole(href: &str) -> String {
    url::Url::parse(href).map_or_else(
        |_| href.to_owned(),
        |url| {
            let redacted = crate::domain::outside_text::redacted(&url);
            // What had no secret stays spelled as it was published.
            if redacted == url { href.to_owned() } else { redacted.into() }
        },
    )
}

fn event_json(event: &MonitoringEvent) -> Value {
    json!({
        "kind": "event",
        "id": event.id,
        "published_at": event.published_at.map(|time| time.to_string()),
        "source": event.source,
        "subject": event.subject,
        "subtype": event.subtype,
        "severity": event.severity,
        "title": event.title,
    })
}

pub(super) fn record_json(record: &Record) -> Value {
    let channels: Vec<Value> = record
        .channels
        .iter()
        .map(|channel| json!({ "broker": show_with_urls_whole(&channel.broker), "topic": channel.topic }))
        .collect();
    json!({
        "kind": "record",
        "id": record.id,
        "title": record.title,
        "policy": record.policy,
        "channels": channels,
    })
}

fn invalid_json(invalid: &Invalid) -> Value {
    json!({
        "kind": "announcement",
        "dialect": invalid.dialect.map(|dialect| dialect.key()),
        "id": invalid.id,
        "key": invalid.key,
        "published_at": invalid.published_at.map(|time| time.to_string()),
    })
}
