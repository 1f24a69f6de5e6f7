//! What is found in records that are not sound.

use crate::mesh::announcement::{Reading, read_captured};
use serde_json::{Value, json};

fn sound() -> Value {
    json!({
        "id": "urn:wmo:md:xx-centre:set", "type": "Feature",
        "conformsTo": ["http://wis.wmo.int/spec/wcmp/2/conf/core"],
        "geometry": { "type": "Polygon", "coordinates": [[[-180, -90], [-180, 90], [180, 90], [180, -90], [-180, -90]]] },
        "time": { "interval": ["1997-01-01T00:00:00Z", ".."], "resolution": "PT15M" },
        "properties": {
            "type": "dataset", "title": "A set", "description": "Of data.", "created": "2025-08-20T14:00:00Z",
            "contacts": [{ "organization": "A centre", "roles": ["host"] }],
            "themes": [{ "scheme": "https://codes.wmo.int/wis/topic-hierarchy/earth-system-discipline", "concepts": [{ "id": "ocean" }] }],
            "wmo:dataPolicy": "core",
        },
        "links": [{ "rel": "items", "href": "mqtts://h:8883", "channel": "origin/a/wis2/xx-centre/data/core/ocean" }],
    })
}

/// The findings in a record of which `pointer` was given another value, or taken away by null for nothing.
fn found(pointer: &str, value: &Value) -> Vec<String> {
    let mut record = sound();
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
    let parent = record.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
    if value.is_null() {
        parent.remove(key);
    } else {
        parent.insert(key.to_owned(), value.clone());
    }
    match read_captured(record.to_string().as_bytes()).reading {
        Reading::Record(record) => record.remarks.iter().map(ToString::to_string).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_sound_record_has_no_finding() {
    assert_eq!(found("/properties/updated", &json!("2025-08-20T14:00:00+01:00")), [""; 0]);
    for time in [
        Value::Null,
        json!({ "interval": ["1840-01-01", ".."], "resolution": "P1D" }),
        json!({ "interval": ["T00Z", "T12Z"], "resolution": "PT12H" }),
        json!({ "timestamp": "2010-11-11T11:11:11.5Z" }),
        json!({ "date": "2010-11-11" }),
    ] {
        let mut record = sound();
        record["time"] = time;
        let read = read_captured(record.to_string().as_bytes()).reading;
        assert!(read.remarks().is_empty(), "{:?}", read.remarks());
    }
}

/// Values that a time or geometry cannot be, with the finding.
fn wrong_extents() -> Vec<(&'static str, Value, &'static str)> {
    vec![
        ("/time", Value::Null, "time is missing"),
        ("/time", json!({ "interval": ["yesterday", ".."] }), "time.interval cannot be yesterday"),
        ("/time", json!({ "interval": ["2026-02-30", ".."] }), "time.interval cannot be 2026-02-30"),
        ("/time", json!({ "interval": [".."] }), "time.interval is of the wrong kind"),
        (
            "/time",
            json!({ "interval": ["2026-02-01", "2025-02-01"] }),
            "time.interval cannot be 2026-02-01 to 2025-02-01",
        ),
        ("/time", json!({ "interval": ["1997", ".."] }), "time.interval: 1997 names no day"),
        (
            "/time",
            json!({ "date": "2026-01-01", "resolution": "15 minutes" }),
            "time.resolution cannot be 15 minutes",
        ),
        ("/time", json!({}), "time.interval is missing"),
        (
            "/geometry",
            json!({ "type": "Point", "coordinates": [999, 0] }),
            "geometry.coordinates cannot be longitude 999",
        ),
        (
            "/geometry",
            json!({ "type": "Point", "coordinates": [0, -91] }),
            "geometry.coordinates cannot be latitude -91",
        ),
        (
            "/geometry",
            json!({ "type": "Point", "coordinates": [] }),
            "geometry.coordinates is of the wrong kind",
        ),
        ("/geometry", json!({ "type": "Circle", "coordinates": [] }), "geometry.type cannot be Circle"),
    ]
}

/// Values that other fields cannot be, with the finding.
fn wrong_values() -> Vec<(&'static str, Value, &'static str)> {
    vec![
        ("/type", json!("Featur"), "type cannot be Featur"),
        ("/type", json!(3), "type is of the wrong kind"),
        ("/id", json!("foo"), "id cannot be foo"),
        ("/id", json!("urn:wmo:md:xx: "), "id cannot be urn:wmo:md:xx: "),
        ("/id", json!("urn:wmo:md:xx:été"), "id cannot be urn:wmo:md:xx:été"),
        ("/conformsTo", Value::Null, "conformsTo is missing"),
        ("/conformsTo", json!(["bad-uri"]), "conformsTo cannot be bad-uri"),
        ("/links", Value::Null, "links is missing"),
        ("/links", json!([]), "links is an empty list"),
        ("/links", json!([{ "href": "http://h" }]), "links.rel is missing"),
        ("/links", json!([{ "href": "mqtt://h", "rel": "items" }]), "links.channel is missing"),
        ("/properties/created", json!("yesterday"), "properties.created cannot be yesterday"),
        ("/properties/created", Value::Null, "properties.created is missing"),
        ("/properties/contacts", json!([]), "properties.contacts is an empty list"),
        (
            "/properties/contacts",
            json!([{ "name": "x", "roles": ["host"] }]),
            "properties.contacts.organization is missing",
        ),
        ("/properties/themes", Value::Null, "properties.themes is missing"),
        (
            "/properties/themes",
            json!([{ "scheme": "x", "concepts": [{ "id": "y" }] }]),
            "properties.themes (earth-system-discipline) is missing",
        ),
        ("/properties/wmo:dataPolicy", Value::Null, "properties.wmo:dataPolicy is missing"),
        ("/properties/wmo:dataPolicy", json!("cor"), "properties.wmo:dataPolicy cannot be cor"),
        (
            "/properties/wmo:dataPolicy",
            json!("recommended"),
            "links (rel license, for recommended data) is missing",
        ),
    ]
}

#[test]
fn each_invalid_value_of_a_record_is_named() {
    for (pointer, value, finding) in wrong_extents().into_iter().chain(wrong_values()) {
        assert_eq!(found(pointer, &value), [finding], "{pointer} {value}");
    }
}
