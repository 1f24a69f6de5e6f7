//! Announcements through a real broker: the right files arrive, proven, once, whatever happens in between.

use super::brokers::{Listener, Mosquitto, PROGRAMS};
use super::programs::{Nginx, has, made_octets, text, wait_until};
use nuee::domain::integrity::{Digest, DigestAlgorithm};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tempfile::tempdir;

/// Where observations of a made centre are announced.
const SYNOP: &str = "origin/a/wis2/xx-made/data/core/weather/surface-based-observations/synop";

fn now() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let utc = nuee::domain::utc::UtcTime::from_unix_seconds(now.as_secs() as i64).unwrap().to_string();
    format!("{}.{:03}", utc.replace(['-', ':', 'Z'], ""), now.subsec_millis())
}

fn base64(octets: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(octets)
}

fn identity(octets: &[u8]) -> Value {
    json!({ "method": "sha512", "value": base64(Digest::of(DigestAlgorithm::Sha512, octets).octets()) })
}

/// A message of version 3 about a file on a server.
fn announced(base: &str, path: &str, octets: &[u8]) -> Value {
    json!({ "pubTime": now(), "baseUrl": base, "relPath": path, "size": octets.len(), "identity": identity(octets) })
}

/// One that brings the file with it.
fn inline(path: &str, content: &str) -> Value {
    let mut message = announced("http://127.0.0.1:1/", path, content.as_bytes());
    message["content"] = json!({ "encoding": "utf-8", "value": content });
    message
}

fn paths(lines: &[Value]) -> Vec<String> {
    let files = lines.iter().filter(|line| line["event"] == "file");
    files.map(|line| line["key"].as_str().expect("a key").to_owned()).collect()
}

fn corpus(folder: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/mesh").join(folder);
    let entries = std::fs::read_dir(root).into_iter().flatten().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.is_file()).collect();
    files.sort();
    files
}

/// Sends messages of WIS2 with their links turned to nobody, and says how many: those with proven content give a file all the same.
fn send_wis2(broker: &Mosquitto) -> usize {
    let folders = ["wis2/valid", "wis2/deviant", "wis2/invalid", "wis2/malformed", "cloudevents/malformed"];
    let all: Vec<PathBuf> = folders.into_iter().flat_map(corpus).collect();
    for path in &all {
        let message = String::from_utf8(std::fs::read(path).unwrap()).unwrap();
        let message = message.replace("\"href\": \"http", "\"href\": \"http://127.0.0.1:1/http");
        broker.publish(SYNOP, message.as_bytes());
    }
    all.len()
}

#[test]
fn the_corpus_sent_over_tls_gives_the_right_files_proven_and_once() {
    if !has(&PROGRAMS) || !has(&["nginx"]) {
        return;
    }
    let (broker, server, out) = (Mosquitto::start(), Nginx::start(), tempdir().unwrap());
    let topics = ["--topic", "xpublic/#", "--topic", "origin/a/wis2/#", "--topic", "cache/a/wis2/#"];
    let arguments = [&["--download", "--out", text(out.path())], &topics[..]].concat();
    let listener = Listener::start(&broker, &broker.tls_url(), &arguments);
    listener.wait_to_listen();
    // Every file announced by the array form lies on our server; each is announced twice.
    let mut expected = BTreeSet::new();
    for data in corpus("wmo_mesh/array-data") {
        let name = data.file_stem().unwrap().to_string_lossy().into_owned();
        std::fs::copy(&data, server.root.join(&name)).unwrap();
        let message = std::fs::read_to_string(data.with_file_name("../array").join(format!("{name}.json")));
        let mut message: Value = serde_json::from_str(&message.unwrap()).unwrap();
        message[1] = json!(server.url(""));
        message[2] = json!(format!("/mesh/{name}"));
        std::fs::create_dir_all(server.root.join("mesh")).unwrap();
        std::fs::copy(&data, server.root.join("mesh").join(&name)).unwrap();
        for _ in 0..2 {
            broker.publish("xpublic/v02/post/mesh", message.to_string().as_bytes());
        }
        expected.insert(format!("mesh/{name}"));
    }
    let sent = send_wis2(&broker);
    if expected.is_empty() {
        eprintln!("skipped: no corpus");
        return;
    }
    // What the access list forbids never comes.
    broker.publish("secret/x", inline("secret.txt", "x").to_string().as_bytes());
    let of_wis2 = |keys: &[String]| {
        keys.iter().filter(|key| key.contains("/synop/WIGOS_")).cloned().collect::<BTreeSet<_>>().len()
    };
    wait_until("the files", || {
        let keys = paths(&listener.of("file"));
        keys.iter().filter(|key| key.starts_with("mesh/")).count() == expected.len() && of_wis2(&keys) == 11
    });
    std::thread::sleep(Duration::from_secs(1));
    let lines = listener.kill();
    let got = paths(&lines);
    let of_mesh: Vec<&String> = got.iter().filter(|key| key.starts_with("mesh/")).collect();
    assert_eq!(of_mesh.iter().copied().cloned().collect::<BTreeSet<_>>(), expected);
    assert_eq!(of_mesh.len(), expected.len(), "each file once");
    assert!(!got.iter().any(|key| key == "secret.txt"));
    for line in lines.iter().filter(|line| line["event"] == "file") {
        // Two official examples have a digest with dots in it: their files are there and never called verified.
        let is_example = line["key"].as_str().unwrap().ends_with("UANT01_CWAO_200445___15103.bufr4");
        let verdict = if is_example { "unreadable_digest" } else { "verified" };
        assert_eq!(line["verdict"], verdict, "{line}");
        assert!(Path::new(line["path"].as_str().unwrap()).is_file());
    }
    for data in corpus("wmo_mesh/array-data") {
        let name = data.file_stem().unwrap().to_string_lossy().into_owned();
        assert_eq!(std::fs::read(out.path().join("mesh").join(name)).unwrap(), std::fs::read(data).unwrap());
    }
    let heard = lines.iter().filter(|line| line["kind"].is_string() && line["topic"].is_string()).count();
    assert_eq!(heard, 2 * expected.len() + sent);
}

#[test]
fn a_websocket_over_tls_serves_as_well() {
    if !has(&PROGRAMS) {
        return;
    }
    let (broker, out) = (Mosquitto::start(), tempdir().unwrap());
    let at = text(out.path());
    let arguments = ["--topic", "xpublic/#", "--download", "--out", at, "--count", "1", "--seconds", "30"];
    let listener = Listener::start(&broker, &broker.socket_url(), &arguments);
    listener.wait_to_listen();
    broker.publish("xpublic/v03/a", inline("a.txt", "a").to_string().as_bytes());
    let (code, lines) = listener.end();
    assert_eq!(code, 0);
    assert!(lines.iter().any(|line| line["event"] == "announcement" && line["key"] == "a.txt"), "{lines:?}");
    let file = lines.iter().find(|line| line["event"] == "file").expect("the file");
    assert_eq!((&file["verdict"], &file["method"]), (&json!("verified"), &json!("announced_digest")));
    assert_eq!(std::fs::read(out.path().join("a.txt")).unwrap(), b"a");
}

#[test]
fn every_message_of_the_corpus_comes_through_a_broker_with_its_verdict() {
    if !has(&PROGRAMS) {
        return;
    }
    let folders = [
        "wis2/valid",
        "wis2/deviant",
        "wis2/invalid",
        "wis2/malformed",
        "wis2/node-archive",
        "wis2/scenario",
        "wis2/broker-capture",
        "wis2/legacy",
        "wmo_mesh/array",
        "wmo_mesh/python-repr",
        "v03",
        "v03/python-repr",
        "v02",
        "cloudevents",
        "cloudevents/wme",
        "cloudevents/malformed",
        "wcmp2/valid",
    ];
    let messages: Vec<Vec<u8>> =
        folders.into_iter().flat_map(corpus).map(|path| std::fs::read(path).unwrap()).collect();
    if messages.is_empty() {
        eprintln!("skipped: no corpus");
        return;
    }
    let broker = Mosquitto::start();
    let arguments = ["--topic", "cache/a/wis2/#", "--seconds", "50"];
    let listener = Listener::start(&broker, &broker.socket_url(), &arguments);
    listener.wait_to_listen();
    for (number, message) in messages.iter().enumerate() {
        broker.publish(&format!("cache/a/wis2/{number}"), message);
    }
    let heard = || listener.all().into_iter().filter(|line| line["topic"].is_string()).collect::<Vec<_>>();
    wait_until("the corpus", || heard().len() >= messages.len());
    for (number, line) in heard().iter().enumerate() {
        let reading = nuee::mesh::announcement::read(messages[number].clone().into(), &[]).reading;
        assert_eq!(line["topic"], format!("cache/a/wis2/{number}"), "in order and once");
        assert_eq!(line["verdict"], reading.soundness().key(), "{line}");
        if let Some(announcement) = reading.announcement() {
            assert_eq!(line["key"], *announcement.key);
        }
    }
    assert_eq!(heard().len(), messages.len());
}

#[test]
fn wrong_credentials_and_an_unknown_authority_are_named() {
    if !has(&PROGRAMS) {
        return;
    }
    let broker = Mosquitto::start();
    let wrong = format!("mqtt://reader:__s3cret__@127.0.0.1:{}", broker.plain);
    let (code, lines) = Listener::start(&broker, &wrong, &["--topic", "xpublic/#", "--seconds", "2"]).end();
    assert_eq!(code, 3);
    assert!(
        lines.iter().any(|line| line["event"] == "waiting" && line["reason"] == "credentials"),
        "{lines:?}"
    );
    assert!(!format!("{lines:?}").contains("s3cret"));
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_nuee"))
        .args([
            "listen",
            &broker.tls_url(),
            "--topic",
            "xpublic/#",
            "--seconds",
            "2",
            "--json",
            "--allow-local",
        ])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stdout).contains(r#""reason":"tls""#));
}

/// How long the broker is away: as `NUEE_BROKER_AWAY` says in seconds, or a moment.
fn seconds_away() -> Duration {
    let asked = std::env::var("NUEE_BROKER_AWAY").ok().and_then(|seconds| seconds.parse().ok());
    Duration::from_secs(asked.unwrap_or(3))
}

#[test]
fn nothing_is_lost_when_the_broker_goes_away_or_nuee_is_killed() {
    if !has(&PROGRAMS) {
        return;
    }
    let (mut broker, out) = (Mosquitto::start(), tempdir().unwrap());
    let arguments = ["--topic", "xpublic/#", "--download", "--out", text(out.path())];
    let url = broker.url();
    let send = |broker: &Mosquitto, from: usize| {
        let messages: Vec<String> = (from..from + 100)
            .map(|n| inline(&format!("f/{n}.txt"), &format!("file {n}")).to_string())
            .collect();
        broker.publish_lines("xpublic/v03/f", &messages);
    };
    let files = || std::fs::read_dir(out.path().join("f")).map_or(0, Iterator::count);
    let listener = Listener::start(&broker, &url, &arguments);
    listener.wait_to_listen();
    send(&broker, 0);
    // The broker goes away with whatever is on its way, and comes back.
    broker.stop();
    std::thread::sleep(seconds_away());
    broker.go_on();
    send(&broker, 100);
    wait_until("the files of both", || files() == 200);
    // Nuée is killed in the middle of a hundred; a hundred more come while it is away.
    send(&broker, 200);
    let mut lines = listener.kill();
    send(&broker, 300);
    std::thread::sleep(Duration::from_secs(1));
    let listener = Listener::start(&broker, &url, &arguments);
    listener.wait_to_listen();
    wait_until("the files of all", || files() == 400);
    std::thread::sleep(Duration::from_secs(1));
    lines.extend(listener.kill());
    assert_eq!(files(), 400, "no file twice under another name");
    let got = paths(&lines);
    let once: BTreeSet<&String> = got.iter().collect();
    // A file that was in its place when we were killed may not have been told any more, and none is told twice.
    assert!(once.len() == got.len() && got.len() >= 300, "{} told", got.len());
}

#[test]
fn a_warning_is_on_the_disk_within_two_seconds_with_a_thousand_large_files_queued() {
    if !has(&PROGRAMS) || !has(&["nginx"]) {
        return;
    }
    let (broker, server, out) = (Mosquitto::start(), Nginx::start(), tempdir().unwrap());
    let octets = made_octets(8 << 20);
    std::fs::write(server.root.join("large.grib2"), &octets).unwrap();
    std::fs::write(server.root.join("WSFR31_LFPW_200600"), b"SIGMET").unwrap();
    let arguments = ["--topic", "xpublic/#", "--download", "--out", text(out.path())];
    let listener = Listener::start(&broker, &broker.url(), &arguments);
    listener.wait_to_listen();
    let message = |n: usize| {
        let mut message = announced(&server.url(""), &format!("models/{n:04}.grib2"), &octets);
        message["retrievePath"] = json!("large.grib2");
        message.to_string()
    };
    broker.publish_lines("xpublic/v03/models", &(0..1_000).map(message).collect::<Vec<_>>());
    wait_until("the queue", || listener.of("announcement").len() == 1_000);
    let mut warning = announced(&server.url(""), "warnings/WSFR31_LFPW_200600", b"SIGMET");
    warning["retrievePath"] = json!("WSFR31_LFPW_200600");
    let sent = Instant::now();
    broker.publish("xpublic/v03/warnings", warning.to_string().as_bytes());
    let place = out.path().join("warnings/WSFR31_LFPW_200600");
    wait_until("the warning", || place.exists());
    let took = sent.elapsed();
    eprintln!("a warning took {took:?}, {} of 1000 large files were there", listener.of("file").len());
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert!(listener.of("file").len() < 1_000, "the queue was not empty");
}

/// One file as four nodes announce it; the server of the second is down.
fn forms_of_the_readme(servers: &[Nginx; 3], name: &str, octets: &str) -> [Value; 4] {
    let digest = Digest::of(DigestAlgorithm::Md5, octets.as_bytes());
    // The forms of the README: object and array, inline and not, slashes and none, upper-case method with hexadecimal.
    [
        json!({ "pubTime": now(), "baseUrl": servers[0].url("data"), "relPath": name,
                "integrity": { "method": "md5", "value": base64(digest.octets()) } }),
        json!({ "pubTime": now(), "baseUrl": "http://127.0.0.1:1/data/", "relPath": format!("/{name}"), "size": "TBD",
                "integrity": { "method": "MD5", "value": digest.hex() } }),
        json!({ "pubTime": now(), "baseUrl": servers[1].url("data/"), "relPath": name,
                "integrity": { "method": "md5", "value": base64(digest.octets()) },
                "content": { "encoding": "utf-8", "value": octets } }),
        json!([now().replace('T', ""), servers[2].url("data"), format!("/{name}"), { "sum": format!("d,{}", digest.hex()) }]),
    ]
}

#[test]
fn four_nodes_of_a_mesh_announce_each_file_once() {
    if !has(&PROGRAMS) || !has(&["nginx"]) {
        return;
    }
    let (broker, out) = (Mosquitto::start(), tempdir().unwrap());
    // Each node has a server of its own; that of the second is down.
    let servers = [Nginx::start(), Nginx::start(), Nginx::start()];
    let arguments = [
        "--topic",
        "xpublic/v03/post/#",
        "--download",
        "--out",
        text(out.path()),
        "--count",
        "12",
        "--seconds",
        "50",
    ];
    let listener = Listener::start(&broker, &broker.url(), &arguments);
    listener.wait_to_listen();
    for server in &servers {
        std::fs::create_dir_all(server.root.join("data/2026112006/CWAO/UA")).unwrap();
    }
    for n in 0..3 {
        let (name, octets) =
            (format!("2026112006/CWAO/UA/UANT0{n}_CWAO_200445.txt"), format!("bulletin {n}"));
        for server in &servers {
            std::fs::write(server.root.join("data").join(&name), &octets).unwrap();
        }
        for message in forms_of_the_readme(&servers, &name, &octets) {
            broker.publish("xpublic/v03/post/2026112006/CWAO/UA", message.to_string().as_bytes());
        }
    }
    let (code, lines) = listener.end();
    assert_eq!(code, 0, "{lines:?}");
    let got: BTreeSet<String> = paths(&lines).into_iter().collect();
    assert_eq!((got.len(), paths(&lines).len()), (3, 3), "each file once");
    let verdicts: Vec<&str> = lines
        .iter()
        .filter_map(|line| line["dialect"].as_str().map(|_| line["verdict"].as_str().unwrap()))
        .collect();
    assert_eq!(verdicts.iter().filter(|verdict| **verdict == "deviant").count(), 3, "{verdicts:?}");
    assert_eq!(verdicts.iter().filter(|verdict| **verdict == "valid").count(), 9, "{verdicts:?}");
    let done = lines.last().unwrap();
    let is_short = |lag: &Value| lag["mean"].as_i64().is_some_and(|lag| (0..10_000).contains(&lag));
    assert!(is_short(&done["lag_ms"]), "{done}");
    let nodes = done["sources"].as_array().expect("a line for each node");
    assert!(nodes.len() == 4 && nodes.iter().all(|node| is_short(&node["lag_ms"])), "{done}");
    assert_eq!(
        (&done["news"], &done["further_sources"], &done["conflicts"]),
        (&json!(3), &json!(9), &json!(0))
    );
    for file in lines.iter().filter(|line| line["event"] == "file") {
        assert_eq!(
            (&file["verdict"], &file["method"]),
            (&json!("verified"), &json!("announced_digest")),
            "{file}"
        );
    }
}

#[test]
fn a_dead_source_is_left_for_one_that_lives_and_a_wrong_file_is_refused() {
    if !has(&PROGRAMS) || !has(&["nginx"]) {
        return;
    }
    let (broker, server, out) = (Mosquitto::start(), Nginx::start(), tempdir().unwrap());
    let arguments =
        ["--topic", "xpublic/#", "--download", "--out", text(out.path()), "--count", "3", "--seconds", "50"];
    std::fs::write(server.root.join("two.bin"), b"two sources").unwrap();
    std::fs::write(server.root.join("wrong.bin"), b"not what was announced").unwrap();
    let messages = [
        announced("http://127.0.0.1:1/", "two.bin", b"two sources"),
        announced(&server.url(""), "two.bin", b"two sources"),
        announced(&server.url(""), "wrong.bin", b"what was announced"),
    ];
    let listener = Listener::start(&broker, &broker.url(), &arguments);
    listener.wait_to_listen();
    messages.iter().for_each(|message| broker.publish("xpublic/v03/x", message.to_string().as_bytes()));
    let (code, lines) = listener.end();
    assert_eq!(code, 4, "{lines:?}");
    let file = lines.iter().find(|line| line["event"] == "file").expect("one file");
    assert_eq!((&file["key"], &file["verdict"]), (&json!("two.bin"), &json!("verified")));
    let refused = lines.iter().find(|line| line["event"] == "refused").expect("one refusal");
    assert!(refused["detail"].as_str().unwrap().contains("bytes were announced"), "{refused}");
    assert!(!out.path().join("wrong.bin").exists());
}

#[test]
fn the_oldest_announced_files_make_room_for_new_ones() {
    if !has(&PROGRAMS) {
        return;
    }
    let (broker, out) = (Mosquitto::start(), tempdir().unwrap());
    let at = text(out.path());
    let arguments =
        ["--topic", "xpublic/#", "--download", "--out", at, "--keep-size", "1500", "--seconds", "16"];
    let listener = Listener::start(&broker, &broker.url(), &arguments);
    listener.wait_to_listen();
    for name in ["a.txt", "b.txt", "c.txt"] {
        broker.publish("xpublic/v03/x", inline(name, &"x".repeat(1_000)).to_string().as_bytes());
    }
    let (code, lines) = listener.end();
    assert_eq!(code, 0, "{lines:?}");
    let count = |event: &str| lines.iter().filter(|line| line["event"] == event).count();
    assert_eq!((count("file"), count("removed")), (3, 2), "{lines:?}");
    assert_eq!(std::fs::read_dir(out.path()).unwrap().count(), 2, "one file, and the private folder");
}
