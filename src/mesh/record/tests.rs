//! What is found in records that are not sound.

use crate::mesh::announcement::{MessageReading, read_captured};
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
        "links": [{ "rel": "items", "href": "mqtts://h:8883", "channel": "origin/a/wis2/xx-centre/data/core/ocean/surface-based-observations/sea-ice" }],
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
        MessageReading::Record(record) => record.remarks.iter().map(ToString::to_string).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_sound_record_has_no_finding() {
    assert_eq!(found("/properties/updated", &json!("2025-08-20T14:00:00+01:00")), [""; 0]);
    for time in [
        Value::Null,
        json!({ "interval": ["1840-01-01", ".."], "resolution": "P1D" }),
        json!({ "interval": ["2021-11-29", ".."], "resolution": "P6H" }),
        json!({ "interval": ["T00Z", "T12Z"], "resolution": "PT12H" }),
        json!({ "timestamp": "2010-11-11T11:11:11.5Z" }),
        json!({ "date": "2010-11-11" }),
        json!({ "interval": ["1997", ".."], "resolution": "PT15M" }),
        json!({ "interval": ["..", "2026"] }),
        json!({ "interval": ["..", ".."] }),
        json!({ "interval": ["1997-03", "1997"], "resolution": "P1M" }),
        json!({ "interval": ["0850-01-01", "1850-12-31"], "resolution": "P1Y6M" }),
        json!({ "interval": ["2026-01-01", "2026-01-01T06:00:00Z"], "resolution": "-PT0.5S" }),
        json!({ "interval": ["2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00Z"] }),
        json!({ "interval": ["T12:30Z", "T06:00:00.25Z"], "resolution": "P2W" }),
    ] {
        let mut record = sound();
        record["time"] = time;
        let read = read_captured(record.to_string().as_bytes()).reading;
        assert!(read.remarks().is_empty(), "{:?}", read.remarks());
    }
}

/// A place, a value that cannot be there, and the finding.
type Wrong = (&'static str, Value, &'static str);

/// Values that a time cannot be, with the finding.
fn wrong_times() -> Vec<Wrong> {
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
        ("/time", json!({ "interval": ["1997-13", ".."] }), "time.interval cannot be 1997-13"),
        ("/time", json!({ "interval": ["97", ".."] }), "time.interval cannot be 97"),
        ("/time", json!({ "interval": [1997, ".."] }), "time.interval is of the wrong kind"),
        ("/time", json!({ "interval": [null, ".."] }), "time.interval is of the wrong kind"),
        ("/time", json!({ "interval": ["1997", "..", ".."] }), "time.interval is of the wrong kind"),
        ("/time", json!({ "interval": ["1997", "."] }), "time.interval cannot be ."),
        ("/time", json!({ "interval": ["2026", "2025-06"] }), "time.interval cannot be 2026 to 2025-06"),
        (
            "/time",
            json!({ "interval": ["2026-01-02", "2026-01-01T23:00:00Z"] }),
            "time.interval cannot be 2026-01-02 to 2026-01-01T23:00:00Z",
        ),
        (
            "/time",
            json!({ "interval": ["2026-01-02T00:00:00+00:00", ".."] }),
            "time.interval cannot be 2026-01-02T00:00:00+00:00",
        ),
        ("/time", json!({ "timestamp": "2026-01-02T00:00Z" }), "time.timestamp cannot be 2026-01-02T00:00Z"),
        ("/time", json!({ "timestamp": "2026-01-02" }), "time.timestamp cannot be 2026-01-02"),
        ("/time", json!({ "date": "2026-01" }), "time.date cannot be 2026-01"),
        ("/time", json!({ "date": "2026-01-01", "resolution": "P1S" }), "time.resolution cannot be P1S"),
        ("/time", json!({ "date": "2026-01-01", "resolution": "P1W1D" }), "time.resolution cannot be P1W1D"),
        ("/time", json!({ "date": "2026-01-01", "resolution": "P+1D" }), "time.resolution cannot be P+1D"),
        ("/time", json!({ "date": "2026-01-01", "resolution": "P1é" }), "time.resolution cannot be P1é"),
        ("/time", json!({ "date": "2026-01-01", "resolution": "PT" }), "time.resolution cannot be PT"),
        ("/time", json!({ "date": "2026-01-01", "resolution": 6 }), "time.resolution is of the wrong kind"),
        (
            "/time",
            json!({ "date": "2026-01-01", "resolution": "15 minutes" }),
            "time.resolution cannot be 15 minutes",
        ),
        ("/time", json!({}), "time.interval is missing"),
    ]
}

/// Values that a geometry cannot be, with the finding.
fn wrong_geometries() -> Vec<Wrong> {
    vec![
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
        (
            "/geometry",
            json!({ "type": "LineString", "coordinates": [[0, 0]] }),
            "geometry.coordinates is of the wrong kind",
        ),
        (
            "/geometry",
            json!({ "type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [1, 0]]] }),
            "geometry.coordinates cannot be a ring that does not end where it begins",
        ),
        (
            "/geometry",
            json!({ "type": "Point", "coordinates": ["3", 0] }),
            "geometry.coordinates is of the wrong kind",
        ),
        ("/geometry", json!({ "type": "Circle", "coordinates": [] }), "geometry.type cannot be Circle"),
    ]
}

/// Values that an id, type or conformance cannot be, with the finding.
fn wrong_identities() -> Vec<Wrong> {
    vec![
        ("/type", json!("Featur"), "type cannot be Featur"),
        ("/type", json!(3), "type is of the wrong kind"),
        ("/id", json!("foo"), "id cannot be foo"),
        ("/id", json!("urn:wmo:md:xx-centre: "), "id cannot be urn:wmo:md:xx-centre: "),
        ("/id", json!("urn:wmo:md:xx-centre:été"), "id cannot be urn:wmo:md:xx-centre:été"),
        ("/conformsTo", Value::Null, "conformsTo is missing"),
        ("/conformsTo", json!(["bad-uri"]), "conformsTo cannot be bad-uri"),
        (
            "/conformsTo",
            json!(["http://wis.wmo.int/spec/wcmp/20"]),
            "conformsTo cannot be http://wis.wmo.int/spec/wcmp/20",
        ),
    ]
}

/// Values that another property cannot be, with the finding.
fn wrong_properties() -> Vec<Wrong> {
    vec![
        ("/properties/keywords", json!("rain"), "properties.keywords is of the wrong kind"),
        ("/properties/keywords", json!(["rain", 3]), "properties.keywords is of the wrong kind"),
        ("/properties/version", json!(2), "properties.version is of the wrong kind"),
        (
            "/properties/externalIds",
            json!([{ "scheme": "doi" }]),
            "properties.externalIds is of the wrong kind",
        ),
        ("/properties/wmo:status", json!("operational"), "properties.wmo:status is of the wrong kind"),
        ("/properties/created", json!("2026-01-01"), "properties.created cannot be 2026-01-01"),
        ("/properties/updated", json!("soon"), "properties.updated cannot be soon"),
        ("/properties/created", json!("yesterday"), "properties.created cannot be yesterday"),
        ("/properties/created", Value::Null, "properties.created is missing"),
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

/// Values that a link cannot be, with the finding.
fn wrong_links() -> Vec<Wrong> {
    vec![
        ("/linkTemplates", json!([{ "rel": "item" }]), "linkTemplates is of the wrong kind"),
        (
            "/links",
            json!([{ "rel": "items", "href": "mqtts://h", "channel": 3 }]),
            "links.channel is of the wrong kind",
        ),
        (
            "/links",
            json!([{ "rel": "items", "href": "http://h", "security": "none" }]),
            "links.security is of the wrong kind",
        ),
        ("/links", Value::Null, "links is missing"),
        (
            "/links",
            json!([{ "rel": "items", "href": "http://h", "hreflang": ["en"] }]),
            "links.hreflang is of the wrong kind",
        ),
        (
            "/links",
            json!([{ "rel": "items", "href": "http://h", "length": "3" }]),
            "links.length cannot be 3",
        ),
        ("/links", json!([]), "links is an empty list"),
        ("/links", json!([{ "href": "http://h" }]), "links.rel is missing"),
        ("/links", json!([{ "href": "mqtt://h", "rel": "items" }]), "links.channel is missing"),
    ]
}

/// Values that a contact cannot be, with the finding.
fn wrong_contacts() -> Vec<Wrong> {
    vec![
        (
            "/properties/contacts",
            json!([{ "organization": "x", "name": 3 }]),
            "properties.contacts.name is of the wrong kind",
        ),
        (
            "/properties/contacts",
            json!([{ "organization": "x", "addresses": [{ "city": 3 }] }]),
            "properties.contacts.addresses is of the wrong kind",
        ),
        ("/properties/contacts", json!([]), "properties.contacts is an empty list"),
        (
            "/properties/contacts",
            json!([{ "name": "x", "roles": ["host"] }]),
            "properties.contacts.organization is missing",
        ),
        (
            "/properties/contacts",
            json!([{ "organization": "x", "roles": [] }]),
            "properties.contacts.roles is an empty list",
        ),
        (
            "/properties/contacts",
            json!([{ "organization": "x", "url": "http://x" }]),
            "properties.contacts (property) cannot be url",
        ),
        (
            "/properties/contacts",
            json!([{ "organization": "x", "phones": [{ "value": "+1 23" }] }]),
            "properties.contacts.phones cannot be +1 23",
        ),
        (
            "/properties/contacts",
            json!([{ "organization": "x", "emails": [{ "value": "nobody" }] }]),
            "properties.contacts.emails cannot be nobody",
        ),
    ]
}

#[test]
fn optional_values_of_a_record_are_accepted() {
    let license = json!([
        { "rel": "items", "href": "mqtts://h:8883", "channel": "cache/a/wis2/xx-centre/data/recommended/ocean" },
        { "rel": "license", "href": "https://h/terms", "type": "text/html", "hreflang": "fr", "length": 7 },
    ]);
    let everything = json!([{
        "organization": "A centre", "name": "Ada", "phones": [{ "value": "+33140567000" }],
        "emails": [{ "value": "data@example.org" }], "roles": ["host", "producer"],
    }]);
    for (pointer, value) in [
        ("/geometry", json!({ "type": "Point", "coordinates": [2, 48.8, 120] })),
        ("/geometry", json!({ "type": "LineString", "coordinates": [[0, 0], [1, 1]] })),
        ("/id", json!("urn:wmo:md:xx-centre:set:of:data")),
        ("/links", license),
        ("/properties/contacts", json!([{ "organization": "A centre" }])),
        ("/properties/contacts", everything),
        ("/properties/keywords", json!(["rain", "wind"])),
        ("/properties/version", json!("1.2")),
        ("/properties/type", json!("service")),
    ] {
        assert_eq!(found(pointer, &value), [""; 0], "{pointer} {value}");
    }
    let mut nowhere = sound();
    nowhere["geometry"] = Value::Null;
    assert!(read_captured(nowhere.to_string().as_bytes()).reading.remarks().is_empty());
}

#[test]
fn a_type_or_role_outside_the_lists_is_remarked_and_not_called_invalid() {
    for (pointer, value, finding) in [
        ("/properties/type", json!("datasett"), "properties.type: datasett is not in the standard's list"),
        (
            "/properties/contacts",
            json!([{ "organization": "x", "roles": ["boss"] }]),
            "properties.contacts.roles: boss is not in the standard's list",
        ),
    ] {
        assert_eq!(found(pointer, &value)[0], finding);
        let mut record = sound();
        *record.pointer_mut(pointer).expect("a value") = value;
        let read = read_captured(record.to_string().as_bytes()).reading;
        assert!(!read.remarks().iter().any(super::Remark::is_fault), "{:?}", read.remarks());
    }
}

#[test]
fn each_invalid_value_of_a_record_is_named() {
    for (pointer, value, finding) in [
        wrong_times(),
        wrong_geometries(),
        wrong_identities(),
        wrong_properties(),
        wrong_links(),
        wrong_contacts(),
    ]
    .into_iter()
    .flatten()
    {
        assert_eq!(found(pointer, &value), [finding], "{pointer} {value}");
    }
}
