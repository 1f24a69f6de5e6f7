//! What an event says, and what is wrong with it by field.

use super::super::files::FilePlace;
use super::super::reading::{DataEvent, FaultKind, read_event};
use super::{SHA_256, event, item, with};
use crate::domain::integrity::{Digest, DigestAlgorithm};
use crate::domain::utc::UtcMillis;
use crate::mesh::geometry::GeometryFault;
use crate::mesh::post::notice::DataSpan;
use serde_json::{Value, json};

fn read(json: &Value) -> DataEvent {
    read_event(&json.to_string()).unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// Each problem as `field kind`.
fn problems(json: &Value) -> Vec<String> {
    let problems = read_event(&json.to_string()).expect_err("it is wrong");
    problems.iter().map(|problem| format!("{} {:?}", problem.field, problem.fault.kind)).collect()
}

fn at(text: &str) -> UtcMillis {
    UtcMillis::parse_rfc3339(text).expect("a time")
}

#[test]
fn a_cloud_event_with_a_stac_item_tells_its_files_time_and_place() {
    let event = read(&event());
    assert_eq!((event.id.as_str(), event.source.as_str()), ("Profile_022A", "co05"));
    assert_eq!(event.kind, "fr.ifremer.file.diffusion");
    assert_eq!(event.subject, "diffusion/files/coriolis/argo/bufr");
    assert_eq!(event.span, DataSpan::Instant(at("2026-03-09T21:08:00Z")));
    assert_eq!(
        event.place.map(|place| place.shape),
        Some(json!({ "type": "Point", "coordinates": [21.5, -36.25] }))
    );
    let file = &event.files[0];
    assert_eq!(file.place.written(), "https://data.example/etc/bufr/202603/IOPX01.BU");
    assert_eq!((file.length, file.media_type.as_deref()), (Some(3), Some("application/bufr")));
    assert_eq!(
        file.digest,
        Some(Digest::of(DigestAlgorithm::Sha3_256, b"abc")),
        "a multihash is not SHA-2 by its digits"
    );
}

#[test]
fn a_stac_item_by_itself_is_an_event_too() {
    let event = read(&item());
    assert_eq!((event.id.as_str(), event.kind.as_str(), event.files.len()), ("IOPX01", "", 1));
}

#[test]
fn every_asset_with_the_role_of_data_is_a_file_and_pictures_are_none() {
    let asset = |href: &str, roles: Value| json!({ "href": href, "roles": roles, "file:checksum": SHA_256 });
    let assets = json!({
        "a.nc": asset("a.nc", json!(["data"])), "b.nc": asset("b.nc", json!(["data", "metadata"])),
        "view": asset("view.png", json!(["thumbnail"])), "about": asset("about.json", json!(["metadata"])),
    });
    let written = |event: DataEvent| {
        event.files.iter().map(|file| file.place.written().to_owned()).collect::<Vec<String>>()
    };
    assert_eq!(written(read(&with(item(), "/assets", assets))), ["a.nc", "b.nc"]);
    let without_roles = json!({ "a": { "href": "a.nc" }, "b": { "href": "b.png", "roles": ["overview"] } });
    assert_eq!(written(read(&with(item(), "/assets", without_roles))), ["a.nc"], "where none is called data");
    let none = json!({ "b": { "href": "b.png", "roles": ["overview"] } });
    assert_eq!(problems(&with(item(), "/assets", none)), ["assets NoData"]);
    assert_eq!(problems(&with(item(), "/assets", json!({}))), ["assets NoData"]);
}

#[test]
fn data_that_names_one_file_says_where_it_is() {
    let event = |data: Value| with(event(), "/data", data);
    let read = read(&event(json!({
        "path": "2026/x.grib2", "size": 3, "checksum": SHA_256, "media_type": "application/grib",
        "start_datetime": "2026-01-01T00:00:00Z", "end_datetime": "2026-01-02T00:00:00Z",
    })));
    assert_eq!(read.files[0].place, FilePlace::Path("2026/x.grib2".to_owned()));
    assert_eq!(read.files[0].digest, Some(Digest::of(DigestAlgorithm::Sha256, b"abc")));
    assert_eq!(read.span, DataSpan::Period(at("2026-01-01T00:00:00Z"), at("2026-01-02T00:00:00Z")));
    let integrity = json!({ "method": "sha256", "value": "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=" });
    let by_url = super::super::reading::read_event(
        &event(json!({ "url": "https://h/x", "contentLength": 3, "contentType": "text/plain", "integrity": integrity })).to_string(),
    )
    .expect("sound");
    assert_eq!(by_url.files[0].digest, Some(Digest::of(DigestAlgorithm::Sha256, b"abc")));
    assert_eq!(
        (by_url.files[0].length, by_url.files[0].media_type.as_deref()),
        (Some(3), Some("text/plain"))
    );
}

#[test]
fn data_may_come_in_base64() {
    // {"path":"x"}
    let encoded = with(with(event(), "/data", Value::Null), "/data_base64", json!("eyJwYXRoIjoieCJ9"));
    assert_eq!(read(&encoded).files[0].place.written(), "x");
    let broken = with(encoded, "/data_base64", json!("????"));
    assert_eq!(problems(&broken), ["data_base64 WrongValue"]);
}

#[test]
fn a_period_goes_before_an_instant_and_half_a_period_is_none() {
    let times = |datetime: Value, start: Value, end: Value| {
        let properties = json!({ "datetime": datetime, "start_datetime": start, "end_datetime": end });
        with(item(), "/properties", properties)
    };
    let (early, late) = (json!("2026-01-01T00:00:00Z"), json!("2026-01-01T06:00:00+00:00"));
    let period = DataSpan::Period(at("2026-01-01T00:00:00Z"), at("2026-01-01T06:00:00Z"));
    assert_eq!(read(&times(Value::Null, early.clone(), late.clone())).span, period);
    assert_eq!(read(&times(early.clone(), early.clone(), late.clone())).span, period);
    assert_eq!(read(&times(Value::Null, Value::Null, Value::Null)).span, DataSpan::Unknown);
    assert_eq!(
        problems(&times(Value::Null, early.clone(), Value::Null)),
        ["properties.end_datetime Missing"]
    );
    assert_eq!(problems(&times(Value::Null, late, early)), ["properties.end_datetime WrongValue"]);
    let zoned = read(&times(json!("2026-01-01T01:00:00+01:00"), Value::Null, Value::Null));
    assert_eq!(zoned.span, DataSpan::Instant(at("2026-01-01T00:00:00Z")), "written in UTC again");
}

#[test]
fn each_problem_is_told_with_its_field_and_all_of_them_at_once() {
    for (pointer, value, expected) in [
        ("/id", Value::Null, "id Missing"),
        ("/source", json!(""), "source Missing"),
        ("/type", json!(7), "type WrongKind"),
        ("/specversion", json!("0.3"), "specversion WrongValue"),
        ("/subject", json!({}), "subject WrongKind"),
        ("/data", Value::Null, "data Missing"),
        ("/data", json!("text"), "data WrongKind"),
        ("/data", json!({}), "data.path Missing"),
        ("/data/type", json!("FeatureCollection"), "data.type WrongValue"),
        ("/data/id", Value::Null, "data.id Missing"),
        ("/data/assets", json!([1]), "data.assets WrongKind"),
        ("/data/properties", Value::Null, "data.properties Missing"),
        ("/data/properties/datetime", json!("yesterday"), "data.properties.datetime WrongValue"),
        ("/data/properties/datetime", json!("2026-01-01T00:00:00"), "data.properties.datetime WrongValue"),
        ("/data/assets/IOPX01.BU/href", Value::Null, "data.assets.IOPX01.BU.href Missing"),
        ("/data/assets/IOPX01.BU/href", json!("s3://b/x"), "data.assets.IOPX01.BU.href Scheme"),
        ("/data/assets/IOPX01.BU/href", json!("magnet:?xt=1"), "data.assets.IOPX01.BU.href Scheme"),
        ("/data/assets/IOPX01.BU/href", json!("https://u:p@h/x"), "data.assets.IOPX01.BU.href Secret"),
        ("/data/assets/IOPX01.BU/href", json!("a\nb"), "data.assets.IOPX01.BU.href WrongValue"),
        ("/data/assets/IOPX01.BU/file:size", json!("3"), "data.assets.IOPX01.BU.file:size WrongKind"),
        ("/data/assets/IOPX01.BU/file:size", json!(-3), "data.assets.IOPX01.BU.file:size WrongKind"),
        (
            "/data/assets/IOPX01.BU/file:checksum",
            json!("1220ff"),
            "data.assets.IOPX01.BU.file:checksum Checksum",
        ),
        ("/data/bbox", json!([1, 2]), "data.bbox Geometry(Frame)"),
        (
            "/data/geometry",
            json!({ "type": "Point", "coordinates": [200, 0] }),
            "data.geometry Geometry(OffTheGlobe)",
        ),
    ] {
        assert_eq!(problems(&with(event(), pointer, value.clone())), [expected], "{pointer} {value}");
    }
    let twice = with(with(event(), "/id", Value::Null), "/data/assets/IOPX01.BU/file:size", json!("3"));
    assert_eq!(problems(&twice).len(), 2);
    assert_eq!(GeometryFault::Frame.to_string(), "no box of 4 or 6 numbers");
}

#[test]
fn a_secret_in_an_address_is_not_repeated() {
    let secret = with(event(), "/data/assets/IOPX01.BU/href", json!("https://user:hush@h/x"));
    let problems = read_event(&secret.to_string()).expect_err("it is refused");
    assert!(problems.iter().all(|problem| !problem.fault.value.contains("hush")), "{problems:?}");
}

#[test]
fn what_is_neither_an_event_nor_an_item_is_named_so() {
    for json in [json!({}), json!([]), json!(7), json!({ "Records": [] })] {
        assert_eq!(problems(&json), ["event Shape"], "{json}");
    }
    let problem = &read_event("{").expect_err("no JSON")[0];
    assert_eq!(problem.fault.kind, FaultKind::Shape);
}
