//! Monitoring events of WIS2 (CloudEvents of type `int.wmo.wis.wme.event`): shown to those who run services, never fetched.

use super::json::Json;
use super::remark::Remark;
use super::time;
use crate::domain::utc::UtcMillis;

/// A monitoring event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonitoringEvent {
    /// Name of the message.
    pub id: Option<Box<str>>,
    /// Who tells it.
    pub source: Option<Box<str>>,
    /// Whom it is about.
    pub subject: Option<Box<str>>,
    /// When.
    pub published_at: Option<UtcMillis>,
    /// What kind: `wnm-report`, `gc-alert`…
    pub subtype: Option<Box<str>>,
    /// `INFO`, `WARNING`, `ERROR`…
    pub severity: Option<Box<str>>,
    /// What it says, in a line.
    pub title: Option<Box<str>>,
    /// What is odd or wrong about it.
    pub remarks: Vec<Remark>,
}

impl MonitoringEvent {
    /// Reads an event; what is missing is remarked.
    pub fn read(json: &Json<'_>) -> Self {
        let mut remarks = Vec::new();
        let data = json.at("data");
        for (field, is_there) in [
            ("id", json.at("id").text().is_some_and(|id| !id.is_empty())),
            ("source", json.at("source").text().is_some_and(|source| !source.is_empty())),
            ("time", json.has("time")),
            ("data", data.is_object()),
            ("data.content", data.at("content").is_object() || !data.at("links").items().is_empty()),
        ] {
            if !is_there {
                remarks.push(Remark::Missing { field });
            }
        }
        let text = |json: &Json<'_>, key: &str| json.at(key).text().filter(|t| !t.is_empty()).map(Into::into);
        let published_at = json.at("time").text().and_then(time::read).map(|time| time.at);
        if published_at.is_none() && json.has("time") {
            remarks.push(Remark::WrongValue { field: "time", value: String::new() });
        }
        Self {
            id: text(json, "id"),
            source: text(json, "source"),
            subject: text(json, "subject"),
            published_at,
            subtype: text(data, "subtype"),
            severity: text(data, "severity"),
            title: text(data.at("content"), "title"),
            remarks,
        }
    }
}
