//! A discovery record (WCMP2) with what every record must have, made of what a centre knows of its dataset.
//!
//! In: a [`RecordTemplate`] and the time. Out: the record as JSON, which the judge of records has found sound; or what it found. The
//! centre adds what it knows beyond that: keywords, contacts, a resolution.

use super::place::MetadataId;
use super::record_notice::{RecordFinding, judged};
use crate::domain::utc::UtcMillis;
use crate::mesh::topic_hierarchy::{self, TopicFault, TopicKind};
use serde_json::{Value, json};
use url::Url;

/// The scheme of the disciplines.
const DISCIPLINES: &str = "https://codes.wmo.int/wis/topic-hierarchy/earth-system-discipline";

/// What everybody may know of a broker: the account that Global Brokers subscribe with.
const EVERYBODY: (&str, Option<&str>) = ("everyone", Some("everyone"));

/// What is known of a dataset.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordTemplate {
    /// The id of the record.
    pub id: MetadataId,
    /// Its title.
    pub title: String,
    /// What it is, in words.
    pub description: String,
    /// Who answers for it.
    pub organization: String,
    /// West, south, east, north in degrees. `None` where it has no place on the globe.
    pub bounds: Option<[f64; 4]>,
    /// Since when there is data, as a date or a time. `None` where that is not said.
    pub begin: Option<String>,
    /// On which topic it is announced.
    pub topic: String,
    /// By which broker.
    pub broker: Url,
    /// Where its conditions are; recommended data must have some.
    pub licence: Option<String>,
}

/// Why no record can be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateFault {
    /// Its topic is none of the hierarchy.
    Topic(TopicFault),
    /// The topic is the one of records, not of data.
    NoData,
    /// The URL of the broker has a password that is not everybody's.
    Secret,
    /// The record would not be sound.
    Findings(Vec<RecordFinding>),
}

/// West, south, east, north: `-5,40,10,51`. `None` when it is no box on the globe.
pub fn bounds_of(text: &str) -> Option<[f64; 4]> {
    let numbers: Vec<f64> = text.split(',').map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
    let [west, south, east, north] = numbers[..] else { return None };
    let is_there = [west, east].iter().all(|degrees| degrees.abs() <= 180.0)
        && [south, north].iter().all(|degrees| degrees.abs() <= 90.0);
    (is_there && south <= north && west <= east).then_some([west, south, east, north])
}

impl RecordTemplate {
    /// The record, indented.
    ///
    /// # Errors
    /// Why there is none.
    pub fn written(&self, created: UtcMillis) -> Result<String, TemplateFault> {
        let reading = topic_hierarchy::read(&self.topic).map_err(TemplateFault::Topic)?;
        let policy = match reading.kind {
            TopicKind::Core => "core",
            TopicKind::Recommended => "recommended",
            TopicKind::Metadata => return Err(TemplateFault::NoData),
        };
        let account = (self.broker.username(), self.broker.password());
        if account != ("", None) && account != EVERYBODY {
            return Err(TemplateFault::Secret);
        }
        let record = self.json((policy, created));
        let text = format!("{record:#}\n");
        judged(text.as_bytes()).map_err(TemplateFault::Findings)?;
        Ok(text)
    }

    fn json(&self, (policy, created): (&str, UtcMillis)) -> Value {
        let discipline = self.topic.split('/').nth(6).unwrap_or_default();
        let mut links = vec![json!({
            "rel": "items", "href": self.broker.as_str(), "channel": self.topic, "type": "application/geo+json",
            "title": "Notifications",
        })];
        if let Some(licence) = &self.licence {
            links.push(json!({ "rel": "license", "href": licence, "type": "text/html" }));
        }
        json!({
            "id": self.id.as_str(),
            "conformsTo": ["http://wis.wmo.int/spec/wcmp/2/conf/core"],
            "type": "Feature",
            "geometry": self.bounds.map(polygon),
            "time": self.begin.as_ref().map(|begin| json!({ "interval": [begin, ".."] })),
            "properties": {
                "type": "dataset",
                "title": self.title,
                "description": self.description,
                "themes": [{ "scheme": DISCIPLINES, "concepts": [{ "id": discipline }] }],
                "contacts": [{ "organization": self.organization, "roles": ["host"] }],
                "created": created.to_second().to_string(),
                "wmo:dataPolicy": policy,
            },
            "links": links,
        })
    }
}

fn polygon([west, south, east, north]: [f64; 4]) -> Value {
    json!({
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    })
}
