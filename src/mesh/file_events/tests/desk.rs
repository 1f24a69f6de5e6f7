//! From events to notifications: local files, files elsewhere, updates, deletions, repeats.

use super::super::desk::{EventDesk, EventRefusal, EventStep, PassedOver, SharedRoot, kind_of};
use super::super::framing::{EventFrame, FrameFault};
use super::{RECORD, SHA_256, TOPIC, event, rules, with};
use crate::domain::integrity::{Digest, DigestAlgorithm};
use crate::domain::utc::UtcMillis;
use crate::mesh::post::notice::WisNotification;
use crate::mesh::post::place::{BaseUrl, PathRefusal, SharedPath};
use crate::mesh::post::{FileFacts, PostKind, PostMoment, post_of};
use serde_json::{Value, json};

fn root() -> SharedRoot {
    SharedRoot {
        folders: vec!["/srv/data".to_owned(), "/mnt/disk/data/".to_owned()],
        base: BaseUrl::parse("https://node.example/data"),
    }
}

fn desk(more: &str) -> EventDesk {
    EventDesk::new(rules(more), root(), "events".to_owned())
}

fn take(desk: &mut EventDesk, json: &Value) -> EventStep {
    desk.take(EventFrame { line: 7, json: Ok(json.to_string()) }).remove(0)
}

/// The event about one file by itself.
fn of_file(data: Value) -> Value {
    with(event(), "/data", data)
}

fn notice(step: EventStep) -> WisNotification {
    match step {
        EventStep::Announce(notice) => *notice,
        other => panic!("{other:?}"),
    }
}

fn refusal(step: EventStep) -> EventRefusal {
    match step {
        EventStep::Refuse(_, refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

fn message(notice: &WisNotification) -> Value {
    let published = UtcMillis::parse_rfc3339("2026-11-20T06:42:00Z").expect("a time");
    let post = post_of(notice, PostMoment { published, random: 7 }).expect("a sound notification");
    assert_eq!(post.topic, TOPIC);
    serde_json::from_str(&post.payload).expect("JSON")
}

fn facts(path: &SharedPath, octets: &[u8]) -> FileFacts {
    FileFacts {
        path: path.clone(),
        length: octets.len() as u64,
        modified: None,
        digest: Digest::of(DigestAlgorithm::Sha512, octets),
        head: octets.to_vec(),
    }
}

/// A local file with these octets, read.
fn read(desk: &mut EventDesk, json: &Value, octets: &[u8]) -> EventStep {
    let EventStep::Read(draft) = take(desk, json) else { panic!("it is local") };
    let other = draft.also_by().map(|algorithm| Digest::of(algorithm, octets));
    let facts = facts(&draft.path, octets);
    desk.take_read(*draft, (&facts, other.as_ref()))
}

#[test]
fn a_file_elsewhere_is_announced_as_its_event_says() {
    let message = message(&notice(take(&mut desk("cache = false"), &event())));
    assert_eq!(
        message["properties"],
        json!({
            "pubtime": "2026-11-20T06:42:00Z", "datetime": "2026-03-09T21:08:00Z", "cache": false,
            "metadata_id": RECORD, "data_id": "fr-nuee-test:argo/etc/bufr/202603/IOPX01.BU",
            "integrity": { "method": "sha3-256", "value": "OpXfdEABfjIaWm8ODZEMt9yf8vJj6OnaX+vTpBlt0AM=" },
        })
        .as_object()
        .map(|expected| {
            let mut expected = expected.clone();
            // The digest of `abc`, checked where events are read.
            expected["integrity"]["value"] = message["properties"]["integrity"]["value"].clone();
            Value::Object(expected)
        })
        .expect("an object")
    );
    assert_eq!(message["geometry"], json!({ "type": "Point", "coordinates": [21.5, -36.25] }));
    assert_eq!(
        message["links"],
        json!([{ "href": "https://data.example/etc/bufr/202603/IOPX01.BU", "rel": "canonical", "type": "application/bufr", "length": 3 }])
    );
}

#[test]
fn every_asset_becomes_a_notification_of_its_own() {
    let asset = |name: &str| json!({ "href": format!("https://h/{name}"), "roles": ["data"], "file:checksum": SHA_256 });
    let assets = json!({ "a": asset("a.nc"), "b": asset("b.BU"), "c": asset("c") });
    let json = with(event(), "/data/assets", assets);
    let steps = desk("").take(EventFrame { line: 1, json: Ok(json.to_string()) });
    let notices: Vec<WisNotification> = steps.into_iter().map(notice).collect();
    let ids: Vec<&str> = notices.iter().map(|notice| notice.data_id.as_str()).collect();
    assert_eq!(ids, ["fr-nuee-test:argo/a.nc", "fr-nuee-test:argo/b.BU", "fr-nuee-test:argo/c"]);
    assert_eq!(notices[0].media_type, "application/x-netcdf", "by its name, where the event has none");
}

#[test]
fn a_local_file_is_read_and_must_be_what_its_event_says() {
    let named = |checksum: &str, size: u64| {
        of_file(json!({ "path": "2026/a b.nc", "checksum": checksum, "size": size }))
    };
    let mut desk = desk("inline = true");
    let notice = notice(read(&mut desk, &named(SHA_256, 3), b"abc"));
    assert_eq!(notice.digest, Some(Digest::of(DigestAlgorithm::Sha512, b"abc")), "computed, not copied");
    let message = message(&notice);
    assert_eq!(message["links"][0]["href"], "https://node.example/data/2026/a%20b.nc");
    assert_eq!(message["properties"]["data_id"], "fr-nuee-test:argo/2026/a%20b.nc");
    assert_eq!(message["properties"]["content"], json!({ "encoding": "utf-8", "value": "abc", "size": 3 }));
    let other = refusal(read(&mut desk, &named(SHA_256, 3), b"abd"));
    assert!(
        matches!(other, EventRefusal::OtherDigest { claimed, computed } if claimed.starts_with("ba78") && computed.len() == 64)
    );
    let longer = refusal(read(&mut desk, &named(SHA_256, 3), b"abcd"));
    assert_eq!(longer, EventRefusal::OtherLength { claimed: 3, found: 4 });
    let plain = read(&mut self::desk(""), &of_file(json!({ "path": "x" })), b"abc");
    assert!(matches!(plain, EventStep::Announce(_)), "an event need not say what the file itself tells");
}

#[test]
fn a_local_file_is_known_by_path_address_or_file_url() {
    for written in [
        "2026/x.nc",
        "./2026//x.nc",
        "/srv/data/2026/x.nc",
        "/mnt/disk/data/2026/x.nc",
        "file:///srv/data/2026/x.nc",
        "https://node.example/data/2026/x.nc",
        "https://node.example/data/2026/%78.nc",
    ] {
        let step = take(&mut desk(""), &of_file(json!({ "path": written })));
        assert!(
            matches!(&step, EventStep::Read(draft) if draft.path.as_str() == "2026/x.nc"),
            "{written}: {step:?}"
        );
    }
    for written in
        ["../x", "/etc/passwd", "/srv/data2/x", "a/../../x", "https://node.example/data/%2e%2e%2fx"]
    {
        let step = take(&mut desk(""), &of_file(json!({ "path": written })));
        assert_eq!(refusal(step), EventRefusal::Path(PathRefusal::LeadsOut), "{written}");
    }
    let mut nowhere = EventDesk::new(rules(""), SharedRoot::default(), "-".to_owned());
    assert_eq!(refusal(take(&mut nowhere, &of_file(json!({ "path": "x" })))), EventRefusal::NoFolder);
}

#[test]
fn a_file_elsewhere_needs_a_digest_that_notifications_may_have() {
    let named = |checksum: Value| of_file(json!({ "url": "https://h/x.nc", "checksum": checksum }));
    assert_eq!(refusal(take(&mut desk(""), &named(Value::Null))), EventRefusal::NoDigest);
    let sha1 = "1114a9993e364706816aba3e25717850c26c9cd0d89d";
    assert_eq!(
        refusal(take(&mut desk(""), &named(json!(sha1)))),
        EventRefusal::Method(DigestAlgorithm::Sha1)
    );
    let local = of_file(json!({ "path": "x.nc", "checksum": sha1 }));
    assert!(
        matches!(read(&mut desk(""), &local, b"abc"), EventStep::Announce(_)),
        "a claim that is compared only"
    );
}

#[test]
fn another_version_is_an_update_and_the_same_is_passed_over() {
    let mut desk = desk("");
    let named = of_file(json!({ "path": "x.nc" }));
    assert_eq!(notice(read(&mut desk, &named, b"one")).kind, PostKind::New);
    let again = read(&mut desk, &named, b"one");
    assert_eq!(again, EventStep::PassOver("x.nc".to_owned(), PassedOver::Repeat));
    assert_eq!(notice(read(&mut desk, &named, b"two")).kind, PostKind::Update);
    let of_other_type = with(named.clone(), "/type", json!("org.example.file.deleted"));
    let gone = notice(take(&mut desk, &of_other_type));
    assert_eq!(
        (gone.kind, message(&gone)["links"][0]["rel"].clone()),
        (PostKind::Deletion, json!("deletion"))
    );
    let repeated = take(&mut desk, &of_other_type);
    assert_eq!(repeated, EventStep::PassOver("x.nc".to_owned(), PassedOver::Repeat));
    assert_eq!(notice(read(&mut desk, &named, b"two")).kind, PostKind::New, "after it was withdrawn");
}

#[test]
fn the_type_of_an_event_or_a_rule_says_what_has_become_of_a_file() {
    for (event_type, kind) in [
        ("fr.ifremer.file.diffusion", PostKind::New),
        ("org.example.file.created", PostKind::New),
        ("org.example.file.deleted", PostKind::Deletion),
        ("Microsoft.Storage.BlobDeleted", PostKind::Deletion),
        ("s3:ObjectRemoved:Delete", PostKind::Deletion),
        ("org.example.file.updated", PostKind::Update),
        ("FILE_DELETED", PostKind::Deletion),
        ("undeleted", PostKind::New),
        ("", PostKind::New),
    ] {
        assert_eq!(kind_of(event_type), kind, "{event_type}");
    }
    let ordered = notice(take(&mut desk("action = \"update\""), &event()));
    assert_eq!(ordered.kind, PostKind::Update);
    let deleted = with(event(), "/type", json!("x.deleted"));
    let kept = take(&mut desk("retract = \"ignore\""), &deleted);
    assert!(matches!(kept, EventStep::PassOver(_, PassedOver::Retention)));
}

#[test]
fn a_deletion_needs_neither_the_file_nor_its_digest() {
    let deleted = |data: Value| with(of_file(data), "/type", json!("x.removed"));
    let local = notice(take(&mut desk(""), &deleted(json!({ "path": "2026/x.nc" }))));
    assert_eq!(local.href, "https://node.example/data/2026/x.nc");
    assert_eq!(message(&local)["properties"].get("integrity"), None);
    let elsewhere = notice(take(&mut desk(""), &deleted(json!({ "url": "https://h/x.nc", "size": 9 }))));
    assert_eq!(
        message(&elsewhere)["links"],
        json!([{ "href": "https://h/x.nc", "rel": "deletion", "type": "application/x-netcdf", "length": 9 }])
    );
}

#[test]
fn times_that_the_event_does_not_tell_are_those_of_the_name() {
    let named = of_file(
        json!({ "url": "https://h/arome__0025__SP1__00H06H__2026-01-01T00:00:00Z.grib2", "checksum": SHA_256 }),
    );
    let message = message(&notice(take(&mut desk(""), &named)));
    assert_eq!(message["properties"]["start_datetime"], "2026-01-01T00:00:00Z");
    assert_eq!(message["properties"]["end_datetime"], "2026-01-01T06:00:00Z");
}

#[test]
fn recommended_data_comes_with_a_link_to_its_conditions() {
    let text = format!(
        "[[rule]]\ntopic = \"{}\"\nmetadata_id = \"{RECORD}\"\nlicence = \"https://h/licence\"\n",
        TOPIC.replace("/core/", "/recommended/")
    );
    let rules =
        super::super::rules::EventRules::read(&text, super::super::rules::TopicCheck::Listed).expect("sound");
    let mut desk = EventDesk::new(rules, root(), "-".to_owned());
    let notice = notice(take(&mut desk, &event()));
    assert_eq!(notice.licence.as_deref(), Some("https://h/licence"));
}

#[test]
fn a_shape_that_makes_the_message_too_long_gives_way_to_its_frame() {
    let ring: Vec<Value> =
        (0..600).map(|n| json!([f64::from(n % 300) / 7.0, 1.0])).chain([json!([0.0, 1.0])]).collect();
    let json = with(event(), "/data/geometry", json!({ "type": "Polygon", "coordinates": [ring] }));
    let message = message(&notice(take(&mut desk(""), &with(json, "/data/bbox", Value::Null))));
    assert_eq!(message["geometry"]["coordinates"][0].as_array().map(Vec::len), Some(5));
}

#[test]
fn what_is_no_event_and_what_no_rule_fits_are_refused_with_their_place() {
    let broken = desk("").take(EventFrame { line: 12, json: Err(FrameFault::CutOff) });
    assert_eq!(broken, [EventStep::Refuse("events:12".to_owned(), EventRefusal::Frame(FrameFault::CutOff))]);
    let shapeless = take(&mut desk(""), &json!({}));
    assert!(matches!(shapeless, EventStep::Refuse(place, EventRefusal::Event(_)) if place == "events:7"));
    assert_eq!(refusal(take(&mut desk("type = \"other\""), &event())), EventRefusal::NoRule);
}
