//! Discovery records (WCMP2): what a dataset is, and on which topic of which broker it is announced.
//!
//! In: JSON of a record. Out: a [`Record`] with remarks. Checked is what can be checked without lists that change:
//! whether a centre is registered is not.

use super::json::Json;
use super::remark::Remark;
use super::topic;

/// A dataset or service, as a Global Discovery Catalogue describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// `urn:wmo:md:…`.
    pub id: Option<Box<str>>,
    /// Its title.
    pub title: Option<Box<str>>,
    /// What it is, in words.
    pub description: Option<Box<str>>,
    /// `core` or `recommended`.
    pub policy: Option<Box<str>>,
    /// Brokers and topics on which it is announced.
    pub channels: Vec<Channel>,
    /// What is odd or wrong about it.
    pub remarks: Vec<Remark>,
}

/// A topic of a broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// URL of the broker as published; may be empty.
    pub broker: Box<str>,
    /// The topic.
    pub topic: Box<str>,
}

impl Record {
    /// Whether a JSON object has the shape of a record.
    pub fn is_one(json: &Json<'_>) -> bool {
        let properties = json.at("properties");
        let conforms = json.at("conformsTo").items().iter().filter_map(Json::text);
        conforms.into_iter().any(|uri| uri.contains("/spec/wcmp/2"))
            || ["title", "description", "wmo:dataPolicy", "contacts", "themes"]
                .iter()
                .any(|key| properties.has(key))
    }

    /// Reads a record; what is missing or wrong is remarked.
    pub fn read(json: &Json<'_>) -> Self {
        let mut remarks = Vec::new();
        let properties = json.at("properties");
        identity(json, &mut remarks);
        geometry(json.find("geometry"), &mut remarks);
        if !json.has("time") {
            remarks.push(Remark::Missing { field: "time" });
        }
        for (key, field) in [("title", "properties.title"), ("description", "properties.description")] {
            if properties.at(key).text().is_none_or(str::is_empty) {
                remarks.push(Remark::Missing { field });
            }
        }
        let policy = properties.find("wmo:dataPolicy");
        let is_dataset = properties.at("type").text() == Some("dataset");
        match policy.map(Json::text) {
            Some(Some("core" | "recommended")) => {}
            Some(value) => remarks.push(wrong("properties.wmo:dataPolicy", value.unwrap_or_default())),
            None if is_dataset => remarks.push(Remark::Missing { field: "properties.wmo:dataPolicy" }),
            None => {}
        }
        let channels = channels(json, &mut remarks);
        let text = |json: &Json<'_>, key: &str| json.at(key).text().filter(|t| !t.is_empty()).map(Into::into);
        Self {
            id: text(json, "id"),
            title: text(properties, "title"),
            description: text(properties, "description"),
            policy: policy.and_then(Json::text).map(Into::into),
            channels,
            remarks,
        }
    }
}

fn wrong(field: &'static str, value: &str) -> Remark {
    Remark::WrongValue { field, value: value.chars().take(64).collect() }
}

fn identity(json: &Json<'_>, remarks: &mut Vec<Remark>) {
    let id = json.at("id").text().unwrap_or_default();
    let local = id.strip_prefix("urn:wmo:md:").and_then(|rest| rest.split_once(':'));
    let is_sound = local.is_some_and(|(centre, local)| !centre.is_empty() && !local.is_empty());
    if id.is_empty() {
        remarks.push(Remark::Missing { field: "id" });
    } else if !is_sound || id.contains(char::is_whitespace) {
        remarks.push(wrong("id", id));
    }
    let mut conforms = json.at("conformsTo").items().iter().filter_map(Json::text);
    if !json.has("conformsTo") {
        remarks.push(Remark::Missing { field: "conformsTo" });
    } else if !conforms.any(|uri| uri.contains("/spec/wcmp/2")) {
        remarks.push(wrong("conformsTo", ""));
    }
}

/// A point or polygon within the globe, its coordinates nested as deep as its type says; or null.
fn geometry(geometry: Option<&Json<'_>>, remarks: &mut Vec<Remark>) {
    let is_sound = match geometry {
        None => {
            remarks.push(Remark::Missing { field: "geometry" });
            return;
        }
        Some(Json::Null) => true,
        Some(geometry) => {
            let coordinates = geometry.at("coordinates");
            match geometry.at("type").text() {
                Some("Point") => is_position(coordinates),
                Some("Polygon") => {
                    let rings = coordinates.items();
                    let is_ring =
                        |ring: &Json<'_>| !ring.items().is_empty() && ring.items().iter().all(is_position);
                    !rings.is_empty() && rings.iter().all(is_ring)
                }
                _ => false,
            }
        }
    };
    if !is_sound {
        remarks.push(wrong("geometry", ""));
    }
}

fn is_position(json: &Json<'_>) -> bool {
    let numbers: Vec<Option<f64>> = json.items().iter().take(4).map(Json::number).collect();
    match numbers.as_slice() {
        [Some(longitude), Some(latitude)] | [Some(longitude), Some(latitude), Some(_)] => {
            longitude.abs() <= 180.0 && latitude.abs() <= 90.0
        }
        _ => false,
    }
}

fn channels(json: &Json<'_>, remarks: &mut Vec<Remark>) -> Vec<Channel> {
    let links = json.at("links").items();
    if links.is_empty() {
        remarks.push(Remark::Missing { field: "links" });
    }
    let mut found = Vec::new();
    for link in links.iter().take(256) {
        let Some(named) = link.at("channel").text() else { continue };
        if topic::is_wis2(named) {
            let broker = link.at("href").text().unwrap_or_default().into();
            found.push(Channel { broker, topic: named.into() });
        } else {
            remarks.push(wrong("links.channel", named));
        }
    }
    found
}
