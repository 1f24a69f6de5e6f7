//! What was missed, from archives that nginx serves as a Global Replay and a node's archive would.

use super::brokers::{Listener, Mosquitto, PROGRAMS};
use super::programs::{Nginx, has, nuee, text, wait_until};
use nuee::domain::integrity::{Digest, DigestAlgorithm};
use serde_json::{Value, json};
use std::time::Duration;
use tempfile::tempdir;

pub const TOPIC: &str = "cache/a/wis2/xx-made/data/core/weather";

/// An announcement with its file in it; `number` makes name and id.
pub fn announced(number: u8) -> Value {
    use base64::Engine;
    let content = format!("bulletin {number}");
    let digest = Digest::of(DigestAlgorithm::Sha512, content.as_bytes());
    let digest = base64::engine::general_purpose::STANDARD.encode(digest.octets());
    json!({
        "id": format!("51dbb84f-a90b-4143-ad69-e943b18605{number:02x}"), "type": "Feature", "geometry": null,
        "conformsTo": ["http://wis.wmo.int/spec/wnm/1/conf/core"],
        "properties": {
            "data_id": format!("xx-made/bulletin-{number}.txt"), "datetime": null, "pubtime": "2026-08-11T10:00:00Z",
            "topic": TOPIC, "integrity": { "method": "sha512", "value": digest },
            "content": { "encoding": "utf-8", "value": content, "size": content.len() },
        },
        "links": [{ "rel": "canonical", "href": format!("http://127.0.0.1:1/bulletin-{number}.txt") }],
    })
}

/// Serves a page of a replay, and says its address. The page names itself as the next one, as a ring would.
pub fn serve(server: &Nginx, features: &[Value]) -> String {
    let folder = server.root.join("collections/wis2-notification-messages");
    std::fs::create_dir_all(&folder).unwrap();
    let page = json!({
        "type": "FeatureCollection", "numberMatched": features.len(), "features": features,
        "links": [{ "rel": "next", "href": "items?offset=500" }],
    });
    std::fs::write(folder.join("items"), page.to_string()).unwrap();
    server.url("collections/wis2-notification-messages")
}

#[test]
fn what_was_announced_before_is_asked_of_an_archive_and_fetched_once() {
    if !has(&PROGRAMS) || !has(&["nginx"]) {
        return;
    }
    let (broker, server, out) = (Mosquitto::start(), Nginx::start(), tempdir().unwrap());
    let elsewhere = {
        let mut other = announced(9);
        other["properties"]["topic"] = json!("cache/a/wis2/elsewhere/data/core");
        other
    };
    let archive = serve(&server, &[announced(1), announced(2), elsewhere, json!(5)]);
    let topics = "cache/a/wis2/xx-made/#";
    let at = text(out.path());
    let arguments = [
        "--topic",
        topics,
        "--download",
        "--out",
        at,
        "--archive",
        &archive,
        "--since",
        "6h",
        "--seconds",
        "8",
    ];
    let listener = Listener::start(&broker, &broker.url(), &arguments);
    listener.wait_to_listen();
    // One of them also comes by the broker.
    broker.publish(TOPIC, announced(2).to_string().as_bytes());
    broker.publish(TOPIC, announced(3).to_string().as_bytes());
    let (code, lines) = listener.end();
    assert_eq!(code, 0, "{lines:?}");
    let of = |event: &str| lines.iter().filter(|line| line["event"] == event).cloned().collect::<Vec<_>>();
    let mut keys: Vec<String> =
        of("file").iter().map(|line| line["key"].as_str().unwrap().to_owned()).collect();
    keys.sort();
    assert_eq!(keys, ["xx-made/bulletin-1.txt", "xx-made/bulletin-2.txt", "xx-made/bulletin-3.txt"]);
    assert!(of("file").iter().all(|line| line["verdict"] == "verified"));
    assert_eq!(
        of("announcement").iter().filter(|line| line["arrival"] == "replayed").count(),
        4,
        "two pages of two"
    );
    let caught = &of("caught_up")[0];
    assert_eq!((&caught["messages"], &caught["missed"]), (&json!(4), &Value::Null), "{caught}");
    let lag = &lines.last().unwrap()["lag_ms"];
    assert!(
        lag["apart"].as_u64().is_some_and(|apart| apart >= 4),
        "a replay says nothing of the line: {lag}"
    );
}

#[test]
fn a_gap_is_told_and_closed_from_an_archive() {
    if !has(&PROGRAMS) || !has(&["nginx"]) {
        return;
    }
    let (mut broker, server) = (Mosquitto::start(), Nginx::start());
    let archive = serve(&server, &[announced(1)]);
    let arguments = ["--topic", "cache/a/wis2/#", "--archive", &archive, "--seconds", "40"];
    let listener = Listener::start(&broker, &broker.url(), &arguments);
    listener.wait_to_listen();
    broker.stop();
    wait_until("the loss", || listener.count("waiting") > 0);
    std::thread::sleep(Duration::from_secs(1));
    broker.go_on();
    wait_until("what was missed", || listener.count("caught_up") > 0);
    assert_eq!(listener.count("gap"), 1);
    assert_eq!(listener.of("announcement")[0]["arrival"], "replayed");
    listener.kill();
}

#[test]
fn what_an_archive_could_not_give_is_said() {
    if !has(&PROGRAMS) || !has(&["nginx"]) {
        return;
    }
    let (broker, server) = (Mosquitto::start(), Nginx::start());
    let archive = server.url("collections/nothing");
    let arguments = ["--topic", "cache/a/wis2/#", "--archive", &archive, "--since", "1h", "--seconds", "6"];
    let (code, lines) = Listener::start(&broker, &broker.url(), &arguments).end();
    assert_eq!(code, 0);
    let caught = lines.iter().find(|line| line["event"] == "caught_up").expect("an account of it");
    assert!(caught["missed"].as_str().is_some_and(|why| why.contains("404")), "{caught}");
}

#[test]
fn a_dataset_is_found_in_words_with_the_command_that_listens_to_it() {
    if !has(&["nginx"]) {
        return;
    }
    let server = Nginx::start();
    let folder = server.root.join("collections/wis2-discovery-metadata");
    std::fs::create_dir_all(&folder).unwrap();
    let record = json!({
        "id": "urn:wmo:md:xx-made:synop", "conformsTo": ["http://wis.wmo.int/spec/wcmp/2/conf/core"], "type": "Feature",
        "geometry": null, "time": null,
        "properties": { "type": "dataset", "title": "Made synop", "description": "d", "wmo:dataPolicy": "core" },
        "links": [{ "href": "mqtts://everyone:everyone@broker.example:8883", "channel": TOPIC }],
    });
    let page = json!({ "type": "FeatureCollection", "numberMatched": 7, "features": [record] });
    std::fs::write(folder.join("items"), page.to_string()).unwrap();
    let address = server.url("collections/wis2-discovery-metadata");
    let output = nuee(&["catalog", "search", "made", "synop", "--in", &address]);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let command = format!("nuee listen 'mqtts://everyone:everyone@broker.example:8883' --topic '{TOPIC}'");
    assert!(told.contains("Made synop") && told.contains(&command), "{told}");
    let output = nuee(&["catalog", "search", "made", "--json", "--in", &address]);
    let lines: Vec<Value> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!((&lines[0]["event"], &lines[0]["channels"][0]["topic"]), (&json!("record"), &json!(TOPIC)));
    assert_eq!((&lines[1]["records"], &lines[1]["of"]), (&json!(1), &json!(7)));
    let output = nuee(&["catalog", "search", "made", "--in", &server.url("nothing")]);
    assert!(!output.status.success());
}
