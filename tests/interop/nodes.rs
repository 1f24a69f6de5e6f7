//! The chain of a node of WIS2 with real programs: events on stdin, `nuee announce --event`, mosquitto, and who reads there; and the
//! validators of the field on what Nuée makes.

use super::brokers::{Mosquitto, PROGRAMS};
use super::programs::{Running, has, text, wait_until};
use nuee::domain::integrity::{Digest, DigestAlgorithm};
use nuee::mesh::announcement::{Soundness, read};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use tempfile::tempdir;

/// Names that have gone wrong somewhere.
const ODD: [&str; 10] = [
    "plain.nc",
    "a b.nc",
    "50%.nc",
    "x#1.nc",
    "what?.nc",
    "été 数.nc",
    "a+b&c;d=e.nc",
    "q'(1).nc",
    "colon:12.nc",
    "no-ending",
];

const EVENTS: usize = 200;

const TOPIC: &str =
    "origin/a/wis2/fr-nuee-test/data/core/ocean/surface-based-observations/drifting-ocean-profilers";

const RULES: &str = r#"
[[rule]]
type = "fr.ifremer.file.*"
topic = "origin/a/wis2/fr-nuee-test/data/core/ocean/surface-based-observations/drifting-ocean-profilers"
metadata_id = "urn:wmo:md:fr-nuee-test:argo"
inline = true
"#;

/// A file with what is in it.
struct Made {
    path: String,
    octets: Vec<u8>,
}

/// Files with odd names in twenty folders.
fn made(root: &Path) -> Vec<Made> {
    let make = |number: usize| {
        let folder = format!("{:02} é", number / ODD.len());
        std::fs::create_dir_all(root.join(&folder)).unwrap();
        let path = format!("{folder}/{}", ODD[number % ODD.len()]);
        let octets = format!("{path} and what is in it").into_bytes();
        std::fs::write(root.join(&path), &octets).unwrap();
        Made { path, octets }
    };
    (0..EVENTS).map(make).collect()
}

/// The event about a file, as the chain of Ifremer has it.
fn event(made: &Made, number: usize) -> String {
    let digest = Digest::of(DigestAlgorithm::Sha3_256, &made.octets);
    json!({
        "id": format!("event-{number}"), "source": "co05", "specversion": "1.0", "type": "fr.ifremer.file.diffusion",
        "subject": "diffusion/files/coriolis/argo", "time": "2026-03-28T14:31:00Z",
        "data": {
            "id": format!("item-{number}"), "type": "Feature", "stac_version": "1.1.0", "links": [],
            "bbox": [21.5, -36.25, 21.5, -36.25], "geometry": { "type": "Point", "coordinates": [21.5, -36.25] },
            "properties": { "datetime": "2026-03-09T21:08:00.00Z" },
            "assets": { "file": {
                "href": made.path, "type": "application/x-netcdf", "roles": ["data"], "file:size": made.octets.len(),
                "file:checksum": format!("1620{}", digest.hex()),
            } },
        },
    })
    .to_string()
}

fn announcer(more: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_nuee"))
        .args(["announce", "--json", "--lang", "en"])
        .args(more)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("nuee runs")
}

fn lines_of(child: &mut Child) -> Arc<Mutex<Vec<Value>>> {
    let output = BufReader::new(child.stdout.take().expect("piped"));
    let lines = Arc::<Mutex<Vec<Value>>>::default();
    let own = lines.clone();
    std::thread::spawn(move || {
        for line in output.lines().map_while(Result::ok) {
            own.lock().unwrap().extend(serde_json::from_str::<Value>(&line));
        }
    });
    lines
}

fn count(lines: &Mutex<Vec<Value>>, event: &str) -> usize {
    lines.lock().unwrap().iter().filter(|line| line["event"] == event).count()
}

/// A subscription that the broker keeps while it is away; each message as it is printed.
fn subscriber(broker: &Mosquitto, filter: &str) -> (Running, Arc<Mutex<Vec<Value>>>) {
    let port = broker.plain.to_string();
    let mut child = Command::new("mosquitto_sub")
        .args(["-h", "127.0.0.1", "-p", &port, "-u", "reader", "-P", "reads", "-c", "-i", "kept", "-q", "1"])
        .args(["-t", filter])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("mosquitto_sub runs");
    let heard = lines_of(&mut child);
    wait_until("a subscription", || {
        broker.publish("origin/a/wis2/ready", br#"{"ready":true}"#);
        !heard.lock().unwrap().is_empty()
    });
    (Running(child), heard)
}

#[test]
fn two_hundred_events_are_announced_once_each_though_the_broker_is_away_in_between() {
    if !has(&PROGRAMS) || !has(&["mosquitto_sub"]) {
        return;
    }
    let (mut broker, folder) = (Mosquitto::start(), tempdir().unwrap());
    let files = made(folder.path());
    let rules = tempdir().unwrap();
    let rules_file = rules.path().join("rules.toml");
    std::fs::write(&rules_file, RULES).unwrap();
    let (_subscriber, heard) = subscriber(&broker, "origin/a/wis2/#");
    let to = format!("mqtt://writer:writes@127.0.0.1:{}", broker.plain);
    let base = "https://data.example/argo";
    let mut child = announcer(&[
        text(folder.path()),
        "--event",
        "-",
        "--rules",
        text(&rules_file),
        "--base-url",
        base,
        "--to",
        &to,
    ]);
    let told = lines_of(&mut child);
    let mut events = child.stdin.take().expect("piped");
    let (first, second) = files.split_at(EVENTS / 2);
    for (number, made) in first.iter().enumerate() {
        writeln!(events, "{}", event(made, number)).unwrap();
    }
    wait_until("the first half", || count(&told, "announced") == EVENTS / 2);
    broker.stop();
    for (number, made) in second.iter().enumerate() {
        writeln!(events, "{}", event(made, EVENTS / 2 + number)).unwrap();
    }
    wait_until("the loss of the broker", || count(&told, "waiting") > 0);
    broker.go_on();
    wait_until("all events", || count(&told, "announced") == EVENTS);
    // One that is broken, one that was told before, one whose file is another.
    writeln!(events, "{{\"broken\": }}\n{}", event(&files[0], 0)).unwrap();
    std::fs::write(folder.path().join(&files[1].path), b"changed since").unwrap();
    writeln!(events, "{}", event(&files[1], 1)).unwrap();
    drop(events);
    assert_eq!(child.wait().unwrap().code(), Some(6), "two could not be announced");
    wait_until("the last line", || count(&told, "done") == 1);
    let lines = told.lock().unwrap().clone();
    let reasons: Vec<&Value> =
        lines.iter().filter(|line| line["event"] == "refused").map(|line| &line["reason"]).collect();
    assert_eq!(reasons, ["no_event", "size_contradicted"]);
    assert_eq!(count(&told, "passed_over"), 1);
    assert_heard_once(&heard, &files, base);
}

/// Every file was heard of, each under one id, with its own digest.
fn assert_heard_once(heard: &Mutex<Vec<Value>>, files: &[Made], base: &str) {
    let messages = || -> Vec<Value> {
        let heard = heard.lock().unwrap();
        heard.iter().filter(|message| message.get("id").is_some()).cloned().collect()
    };
    wait_until("every message", || {
        let ids: BTreeSet<String> = messages().iter().map(|message| message["id"].to_string()).collect();
        ids.len() == EVENTS
    });
    let mut by_data: BTreeMap<String, Value> = BTreeMap::new();
    for message in messages() {
        let data_id = message["properties"]["data_id"].as_str().expect("text").to_owned();
        if let Some(before) = by_data.insert(data_id, message.clone()) {
            // A broker may give a message again that it has given.
            assert_eq!(before["id"], message["id"], "announced twice");
        }
    }
    assert_eq!(by_data.len(), EVENTS);
    let expected: BTreeSet<String> =
        files.iter().map(|made| Digest::of(DigestAlgorithm::Sha512, &made.octets).hex()).collect();
    let digests: BTreeSet<String> = by_data.values().map(|message| digest_of(message, base)).collect();
    assert_eq!(digests, expected);
}

/// The digest of a message that is sound, proven by its content.
fn digest_of(message: &Value, base: &str) -> String {
    let reading = read(message.to_string().into(), &[]).reading;
    assert_eq!(reading.soundness(), Soundness::Valid, "{message} {:?}", reading.remarks());
    let announcement = reading.announcement().expect("an announcement");
    assert!(announcement.links[0].href.starts_with(base));
    assert_eq!(message["geometry"]["type"], "Point");
    assert_eq!(message["properties"]["datetime"], "2026-03-09T21:08:00Z");
    let digest = announcement.integrity.digest().expect("a digest");
    let inline = announcement.usable_inline().expect("content");
    assert_eq!(*digest, Digest::of(DigestAlgorithm::Sha512, &inline.octets));
    digest.hex()
}

#[test]
fn a_record_is_made_checked_and_announced_on_the_topic_of_its_centre() {
    if !has(&PROGRAMS) || !has(&["mosquitto_sub"]) {
        return;
    }
    let (broker, folder) = (Mosquitto::start(), tempdir().unwrap());
    let (_subscriber, heard) = subscriber(&broker, "origin/a/wis2/#");
    let file = record(folder.path());
    let to = format!("mqtt://writer:writes@127.0.0.1:{}", broker.plain);
    let more = ["--record", text(&file), "--base-url", "https://data.example/metadata", "--to", &to];
    let mut child = announcer(&more);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    wait_until("the message", || heard.lock().unwrap().iter().any(|message| message.get("id").is_some()));
    let heard = heard.lock().unwrap();
    let message = heard.iter().find(|message| message.get("id").is_some()).expect("it came");
    assert_eq!(message["properties"]["metadata_id"], "urn:wmo:md:fr-nuee-test:argo");
    assert_eq!(message["links"][0]["href"], "https://data.example/metadata/record.json");
}

/// A record of the terminal's making.
fn record(folder: &Path) -> PathBuf {
    let output = Command::new(env!("CARGO_BIN_EXE_nuee"))
        .args(["record", "--id", "urn:wmo:md:fr-nuee-test:argo", "--title", "Argo floats", "--topic", TOPIC])
        .args(["--description", "Profiles of the Argo floats of a centre.", "--organization", "A centre"])
        .args(["--broker", "mqtts://everyone:everyone@broker.example:8883", "--box", "-180,-90,180,90"])
        .args(["--begin", "2020-01-01", "--lang", "en"])
        .output()
        .expect("nuee runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let file = folder.join("record.json");
    std::fs::write(&file, &output.stdout).unwrap();
    file
}

/// Where the validators keep schemas and topics, which they fetch once with `sync`. `None` where they have not.
fn bundles(name: &str) -> Option<PathBuf> {
    let home = std::env::var_os("NUEE_WIS2_BUNDLES").or_else(|| std::env::var_os("HOME"))?;
    let home = PathBuf::from(home);
    home.join(name).is_dir().then_some(home)
}

fn validate(program: &str, file: &Path, home: &Path) -> Output {
    let of = |words: &[&str]| {
        Command::new(program).args(words).arg(file).env("HOME", home).output().expect("it runs")
    };
    let output = of(&["ets", "validate"]);
    // The words of later versions.
    let is_unknown = String::from_utf8_lossy(&output.stderr).contains("No such command");
    if is_unknown { of(&["validate"]) } else { output }
}

fn assert_passes(program: &str, file: &Path, home: &Path) {
    let output = validate(program, file, home);
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let is_passed = output.status.success() && said.contains("\"FAILED\": 0");
    assert!(is_passed, "{program}: {}\n{said}", std::fs::read_to_string(file).unwrap());
}

#[test]
fn notifications_and_records_pass_the_validators_of_the_field() {
    // Their schemas come from the network: who has fetched them wants this test, and nobody else is asked for the programs.
    let (Some(wnm), Some(wcmp)) = (bundles(".pywis-pubsub"), bundles(".pywcmp")) else {
        eprintln!("skipped: no schemas of pywis-pubsub and pywcmp (bundle sync, or NUEE_WIS2_BUNDLES)");
        return;
    };
    if !has(&["pywis-pubsub", "pywcmp"]) {
        return;
    }
    let folder = tempdir().unwrap();
    assert_passes("pywcmp", &record(folder.path()), &wcmp);
    let files = made(folder.path());
    let rules = folder.path().join("rules.toml");
    std::fs::write(&rules, RULES).unwrap();
    let mut child = announcer(&[
        text(folder.path()),
        "--event",
        "-",
        "--rules",
        text(&rules),
        "--base-url",
        "https://data.example/argo",
        "--dry-run",
    ]);
    let mut events = child.stdin.take().expect("piped");
    // One of each odd name, one elsewhere, one withdrawn.
    for (number, made) in files.iter().take(ODD.len()).enumerate() {
        writeln!(events, "{}", event(made, number)).unwrap();
    }
    let mut elsewhere: Value = serde_json::from_str(&event(&files[0], 0)).unwrap();
    elsewhere["data"]["assets"]["file"]["href"] = json!("https://elsewhere.example/x.nc");
    writeln!(events, "{elsewhere}").unwrap();
    elsewhere["type"] = json!("fr.ifremer.file.deleted");
    writeln!(events, "{elsewhere}").unwrap();
    drop(events);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    let messages: Vec<Value> = lines
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|line| line["event"] == "message")
        .map(|line| line["message"].clone())
        .collect();
    assert_eq!(messages.len(), ODD.len() + 2, "{lines}");
    for message in messages {
        let file = folder.path().join("message.json");
        std::fs::write(&file, message.to_string()).unwrap();
        assert_passes("pywis-pubsub", &file, &wnm);
    }
}
