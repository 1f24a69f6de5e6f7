//! What is wrong with a notification that was made: what its schema forbids, and what the validators of the field let pass.
//!
//! In: a topic, and the message. Out: each fault. The message is read as a stranger's would be, and no deviation is accepted that is
//! accepted from strangers. Start reading at [`faults_of`].

use crate::mesh::announcement::{Dialect, read};
use crate::mesh::json::{Json, with_room};
use crate::mesh::remark::Remark;
use crate::mesh::topic::centre_of;

/// What is wrong with a notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PostFault {
    /// Something that a reader of strangers' messages remarks.
    Message(Remark),
    /// The discovery record is another centre's than the topic.
    OtherCentre,
    /// The name of the data does not begin with that of its record.
    DataIdElsewhere,
    /// Below `experimental` caches must be kept away.
    CachedExperiment,
    /// A link that no validator accepts.
    LinkScheme(String),
    /// It is no notification at all.
    NoNotification,
}

/// The schemes that links of notifications may have.
const SCHEMES: [&str; 4] = ["http", "https", "ftp", "sftp"];

/// Everything that is wrong with a notification; nothing when it may be sent.
pub fn faults_of(topic: &str, payload: &str) -> Vec<PostFault> {
    let reading = read(payload.to_owned().into(), &[]).reading;
    let mut faults: Vec<PostFault> = reading
        .remarks()
        .iter()
        .filter(|remark| !is_allowed(remark))
        .cloned()
        .map(PostFault::Message)
        .collect();
    let dialect = reading.announcement().map(|announcement| announcement.dialect);
    if dialect != Some(Dialect::Wis2) && faults.is_empty() {
        faults.push(PostFault::NoNotification);
    }
    with_room(|room| {
        // What is no JSON was told by the reader.
        if let Ok(json) = Json::read(payload, room) {
            add_faults(topic, &json, &mut faults);
        }
    });
    faults
}

/// Links that this program does not follow are sound all the same: their schemes are looked at below.
const fn is_allowed(remark: &Remark) -> bool {
    matches!(remark, Remark::UnusableLink { .. })
}

fn add_faults(topic: &str, json: &Json<'_>, faults: &mut Vec<PostFault>) {
    let properties = json.at("properties");
    if let Some(id) = properties.at("metadata_id").text() {
        let name = id.strip_prefix("urn:wmo:md:").unwrap_or(id);
        if name.split(':').next() != centre_of(topic) {
            faults.push(PostFault::OtherCentre);
        }
        let data_id = properties.at("data_id").text().unwrap_or_default();
        if !data_id.strip_prefix(name).is_some_and(|rest| rest.starts_with('/')) {
            faults.push(PostFault::DataIdElsewhere);
        }
    }
    let is_experimental = topic.split('/').any(|level| level == "experimental");
    if is_experimental && *properties.at("cache") != Json::Bool(false) {
        faults.push(PostFault::CachedExperiment);
    }
    for link in json.at("links").items() {
        let href = link.at("href").text().unwrap_or_default();
        let scheme = href.split_once(':').map_or("", |(scheme, _)| scheme);
        if !SCHEMES.contains(&scheme) {
            faults.push(PostFault::LinkScheme(scheme.to_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const TOPIC: &str = "origin/a/wis2/fr-nuee-test/data/core/weather/experimental/nuee";

    fn sound() -> Value {
        json!({
            "id": "01234567-89ab-4def-8123-456789abcdef",
            "conformsTo": ["http://wis.wmo.int/spec/wnm/1/conf/core"],
            "type": "Feature",
            "geometry": null,
            "properties": {
                "pubtime": "2026-11-20T06:42:00Z", "datetime": null, "cache": false,
                "data_id": "fr-nuee-test:demo/x.txt", "metadata_id": "urn:wmo:md:fr-nuee-test:demo",
                "integrity": { "method": "sha256", "value": "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=" },
            },
            "links": [{ "href": "https://h/x.txt", "rel": "canonical", "type": "text/plain", "length": 3 }],
        })
    }

    /// The faults of the sound message with another value at `pointer`; taken away when that is null for nothing.
    fn faults(pointer: &str, value: Value) -> Vec<PostFault> {
        let mut message = sound();
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
        message
            .pointer_mut(parent)
            .and_then(Value::as_object_mut)
            .expect("an object")
            .insert(key.to_owned(), value);
        faults_of(TOPIC, &message.to_string())
    }

    #[test]
    fn a_sound_notification_has_no_fault() {
        assert_eq!(faults_of(TOPIC, &sound().to_string()), []);
        assert_eq!(faults("/properties/datetime", json!("2026-11-20T00:00:00Z")), []);
        let link = json!([{ "href": "sftp://h/x", "rel": "update", "type": "text/plain", "length": 3 }]);
        assert_eq!(faults("/links", link), []);
    }

    #[test]
    fn what_validators_let_pass_is_found() {
        let link = |rel: &str| json!({ "href": "https://h/x", "rel": rel, "length": 3 });
        let magnet = json!([link("canonical"), { "href": "magnet:?xt=urn:btih:x", "rel": "alternate" }]);
        let hex = json!({ "method": "sha256", "value": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" });
        for (pointer, value, expected) in [
            ("/properties/pubtime", json!("2026-11-20T07:42:00+01:00"), "NotUtc"),
            ("/properties/pubtime", json!("yesterday"), "WrongValue"),
            ("/properties/datetime", json!("2026-11-20T00:00:00+01:00"), "NotUtc"),
            ("/properties/datetime", json!("2026-11-20T00:00:00z"), "NotUtc"),
            ("/properties/integrity", hex, "DigestInHex"),
            (
                "/properties/integrity",
                json!({ "method": "sha256", "value": "A2KN...S8q==" }),
                "DigestUnreadable",
            ),
            ("/links", json!([link("canonical"), link("update")]), "SeveralActions"),
            ("/links", magnet, "LinkScheme"),
            ("/properties/metadata_id", json!("urn:wmo:md:fr-other:demo"), "OtherCentre"),
            ("/properties/data_id", json!("fr-nuee-test:demonstration/x.txt"), "DataIdElsewhere"),
            ("/properties/cache", json!(true), "CachedExperiment"),
            (
                "/properties/content",
                json!({ "encoding": "utf-8", "value": "abcd", "size": 4 }),
                "InlineMismatch",
            ),
            ("/geometry", json!({ "type": "MultiPoint", "coordinates": [[0, 0]] }), "WrongValue"),
        ] {
            let found = format!("{:?}", faults(pointer, value.clone()));
            assert!(found.contains(expected), "{pointer} {value}: {found}");
        }
    }

    #[test]
    fn what_is_no_notification_is_none() {
        let of_mesh = r#"{"pubTime":"20261120T000000","baseUrl":"http://h/","relPath":"x"}"#;
        assert!(faults_of(TOPIC, of_mesh).contains(&PostFault::NoNotification));
        assert!(!faults_of(TOPIC, "{").is_empty());
        assert!(!faults_of(TOPIC, "[]").is_empty());
    }
}
