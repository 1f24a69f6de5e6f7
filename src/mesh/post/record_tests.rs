//! Discovery records: made of what a centre knows, judged, announced.

use super::place::{BaseUrl, MetadataId, SharedPath};
use super::record_notice::{RecordFinding, notice_of_record};
use super::record_template::{RecordTemplate, TemplateFault, bounds_of};
use super::{PostKind, PostMoment, post_of};
use crate::domain::integrity::{Digest, DigestAlgorithm};
use crate::domain::utc::UtcMillis;
use crate::mesh::integrity::BASE64;
use crate::mesh::topic_hierarchy::TopicFault;
use base64::Engine;
use serde_json::{Value, json};
use url::Url;

const TOPIC: &str = "origin/a/wis2/fr-nuee-test/data/core/weather/surface-based-observations/synop";

fn template() -> RecordTemplate {
    RecordTemplate {
        id: MetadataId::parse("urn:wmo:md:fr-nuee-test:synop").expect("an id"),
        title: "Hourly synoptic observations".to_owned(),
        description: "Observations of the stations of a centre for tests.".to_owned(),
        organization: "A centre for tests".to_owned(),
        bounds: bounds_of("-5, 40,10,51.5"),
        begin: Some("2020-01-01".to_owned()),
        topic: TOPIC.to_owned(),
        broker: Url::parse("mqtts://everyone:everyone@broker.example:8883").expect("a URL"),
        licence: None,
    }
}

fn now() -> UtcMillis {
    UtcMillis::parse_rfc3339("2026-11-20T06:42:00.250Z").expect("a time")
}

fn written(template: &RecordTemplate) -> Value {
    let text = template.written(now()).unwrap_or_else(|fault| panic!("{fault:?}"));
    serde_json::from_str(&text).expect("JSON")
}

/// The findings in the record with another value at `pointer`.
fn findings(pointer: &str, value: Value) -> Vec<RecordFinding> {
    let mut record = written(&template());
    *record.pointer_mut(pointer).expect("it is there") = value;
    noticed(record.to_string().as_bytes()).expect_err("it is wrong")
}

fn noticed(octets: &[u8]) -> Result<super::notice::WisNotification, Vec<RecordFinding>> {
    let path = SharedPath::of(&["synop record.json"]).expect("a path");
    notice_of_record(octets, (&path, &BaseUrl::parse("https://node.example/metadata").expect("a base")))
}

#[test]
fn a_template_has_what_every_record_must_have() {
    let record = written(&template());
    assert_eq!(
        record,
        json!({
            "id": "urn:wmo:md:fr-nuee-test:synop",
            "conformsTo": ["http://wis.wmo.int/spec/wcmp/2/conf/core"],
            "type": "Feature",
            "geometry": { "type": "Polygon", "coordinates": [[[-5.0, 40.0], [10.0, 40.0], [10.0, 51.5], [-5.0, 51.5], [-5.0, 40.0]]] },
            "time": { "interval": ["2020-01-01", ".."] },
            "properties": {
                "type": "dataset",
                "title": "Hourly synoptic observations",
                "description": "Observations of the stations of a centre for tests.",
                "themes": [{
                    "scheme": "https://codes.wmo.int/wis/topic-hierarchy/earth-system-discipline",
                    "concepts": [{ "id": "weather" }],
                }],
                "contacts": [{ "organization": "A centre for tests", "roles": ["host"] }],
                "created": "2026-11-20T06:42:00Z",
                "wmo:dataPolicy": "core",
            },
            "links": [{
                "rel": "items", "href": "mqtts://everyone:everyone@broker.example:8883", "channel": TOPIC,
                "type": "application/geo+json", "title": "Notifications",
            }],
        })
    );
    let bare = written(&RecordTemplate { bounds: None, begin: None, ..template() });
    assert_eq!((&bare["geometry"], &bare["time"]), (&Value::Null, &Value::Null));
}

#[test]
fn a_template_that_would_make_no_sound_record_is_refused_with_the_reason() {
    let fault = |template: RecordTemplate| template.written(now()).expect_err("it is wrong");
    let of_topic = |topic: &str| fault(RecordTemplate { topic: topic.to_owned(), ..template() });
    assert_eq!(of_topic("origin/a/wis2/fr-nuee-test/metadata"), TemplateFault::NoData);
    assert_eq!(of_topic("xpublic/v03"), TemplateFault::Topic(TopicFault::Shape));
    let other = of_topic(&TOPIC.replace("fr-nuee-test", "fr-other-test"));
    assert!(
        matches!(&other, TemplateFault::Findings(found) if matches!(found[..], [RecordFinding::Record(_)])),
        "{other:?}"
    );
    let recommended = TOPIC.replace("/core/", "/recommended/");
    assert!(matches!(of_topic(&recommended), TemplateFault::Findings(_)), "its conditions are missing");
    let licence = Some("https://h/licence".to_owned());
    let with_licence = written(&RecordTemplate { topic: recommended, licence, ..template() });
    assert_eq!(with_licence["properties"]["wmo:dataPolicy"], "recommended");
    let secret = Url::parse("mqtts://admin:hush@broker.example").expect("a URL");
    assert_eq!(fault(RecordTemplate { broker: secret, ..template() }), TemplateFault::Secret);
    let begin = Some("yesterday".to_owned());
    assert!(matches!(fault(RecordTemplate { begin, ..template() }), TemplateFault::Findings(_)));
    let id = MetadataId::parse("urn:wmo:md:nuee:synop").expect("an id");
    assert!(
        matches!(fault(RecordTemplate { id, ..template() }), TemplateFault::Findings(_)),
        "no centre is called so"
    );
}

#[test]
fn a_box_is_read_as_west_south_east_north() {
    assert_eq!(bounds_of("-180,-90,180,90"), Some([-180.0, -90.0, 180.0, 90.0]));
    for text in [
        "",
        "1,2,3",
        "1,2,3,4,5",
        "0,51,10,40",
        "10,40,-5,51",
        "0,0,181,1",
        "0,-91,1,1",
        "a,b,c,d",
        "0,0,NaN,1",
    ] {
        assert_eq!(bounds_of(text), None, "{text}");
    }
}

#[test]
fn a_sound_record_is_announced_on_the_topic_of_its_centre() {
    let record = template().written(now()).expect("a record");
    let notice = noticed(record.as_bytes()).expect("it is sound");
    let post = post_of(&notice, PostMoment { published: now(), random: 7 }).expect("a notification");
    assert_eq!(post.topic, "origin/a/wis2/fr-nuee-test/metadata");
    let message: Value = serde_json::from_str(&post.payload).expect("JSON");
    assert_eq!(
        message["properties"],
        json!({
            "pubtime": "2026-11-20T06:42:00.250Z", "datetime": null,
            "data_id": "fr-nuee-test:synop/synop%20record.json",
            "metadata_id": "urn:wmo:md:fr-nuee-test:synop",
            "integrity": { "method": "sha512", "value": BASE64.encode(Digest::of(DigestAlgorithm::Sha512, record.as_bytes()).octets()) },
            "content": { "encoding": "utf-8", "value": record, "size": record.len() },
        })
    );
    assert_eq!(
        message["links"],
        json!([{ "href": "https://node.example/metadata/synop%20record.json", "rel": "update", "type": "application/json", "length": record.len() }])
    );
    assert_eq!(notice.kind, PostKind::Update);
}

#[test]
fn a_long_record_is_announced_without_its_content() {
    let description = "Observations. ".repeat(400);
    let record = RecordTemplate { description, ..template() }.written(now()).expect("a record");
    let post =
        post_of(&noticed(record.as_bytes()).expect("sound"), PostMoment { published: now(), random: 7 });
    let message: Value = serde_json::from_str(&post.expect("a notification").payload).expect("JSON");
    assert_eq!(message["properties"].get("content"), None);
}

#[test]
fn everything_that_is_wrong_with_a_record_is_told_and_nothing_is_announced() {
    let shown = |found: Vec<RecordFinding>| format!("{found:?}");
    assert!(shown(findings("/properties/title", json!(""))).contains("properties.title"));
    assert!(shown(findings("/properties/contacts/0/roles", json!(["chief"]))).contains("NotListed"));
    assert!(shown(findings("/id", json!("urn:wmo:md:nuee:synop"))).contains("Id("));
    let other_centre = TOPIC.replace("fr-nuee-test", "fr-other");
    assert!(shown(findings("/links/0/channel", json!(other_centre))).contains("not that of the id"));
    let other_policy = TOPIC.replace("/core/", "/recommended/");
    assert!(matches!(findings("/links/0/channel", json!(other_policy))[..], [RecordFinding::OtherPolicy(_)]));
    let unknown = TOPIC.replace("synop", "landfixed");
    assert!(matches!(findings("/links/0/channel", json!(unknown))[..], [RecordFinding::Channel(..)]));
    let mut twice = written(&template());
    twice["properties"]["title"] = json!("");
    twice["time"] = json!({ "interval": ["x", ".."] });
    assert_eq!(noticed(twice.to_string().as_bytes()).expect_err("it is wrong").len(), 2);
}

#[test]
fn what_is_no_record_is_refused() {
    assert_eq!(noticed(b"{}").expect_err("none").len(), 1);
    assert_eq!(noticed(b"\xff").expect_err("none").len(), 1);
    let announcement = r#"{"pubTime":"20260101T000000","baseUrl":"http://h/","relPath":"x"}"#;
    assert_eq!(noticed(announcement.as_bytes()), Err(vec![RecordFinding::NoRecord]));
}
