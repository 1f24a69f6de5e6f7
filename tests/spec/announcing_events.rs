//! `nuee announce --event` and `--record`, and `nuee record`: what is made, and what is refused, without a broker.

use crate::ground::{Home, Ran, wait_until};
use nuee::domain::integrity::{Digest, DigestAlgorithm};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::time::{Duration, Instant};

const TOPIC: &str = "origin/a/wis2/fr-nuee-test/data/core/weather/surface-based-observations/synop";
const RECORD: &str = "urn:wmo:md:fr-nuee-test:synop";

/// The event about one file, with its SHA-256.
fn event(path: &str, octets: &[u8]) -> Value {
    let digest = Digest::of(DigestAlgorithm::Sha256, octets);
    json!({
        "id": path, "source": "writer", "specversion": "1.0", "type": "example.file.created",
        "data": { "path": path, "checksum": format!("1220{}", digest.hex()), "size": octets.len() },
    })
}

fn announce(home: &Home, more: &[&str]) -> Ran {
    home.run(&[&["announce", "--dry-run", "--json", "--lang", "en"][..], more].concat())
}

fn of(ran: &Ran, event: &str) -> Vec<Value> {
    ran.lines().into_iter().filter(|line| line["event"] == event).collect()
}

fn reasons(ran: &Ran) -> Vec<String> {
    of(ran, "refused").iter().map(|line| line["reason"].as_str().expect("text").to_owned()).collect()
}

#[test]
fn files_that_events_name_are_read_compared_and_announced_or_refused_one_by_one() {
    let home = Home::new();
    home.write("in/2026/été.txt", b"one");
    home.write("in/other.txt", b"another than was said");
    home.write("outside.txt", b"secret");
    let events = [
        event("2026/été.txt", b"one").to_string(),
        event("2026/été.txt", b"one").to_string(),
        event("other.txt", b"what it was before    ").to_string(),
        event("../outside.txt", b"secret").to_string(),
        event("nowhere.txt", b"x").to_string(),
        "{\"specversion\": \"1.0\",".to_owned(),
    ];
    home.write("events", events.join("\n"));
    let usual =
        ["in", "--event", "events", "--base-url", "https://h/d", "--topic", TOPIC, "--metadata-id", RECORD];
    let ran = announce(&home, &usual);
    assert_eq!(ran.code, Some(5), "one is missing: {}", ran.err);
    let messages = of(&ran, "message");
    assert_eq!(messages.len(), 1, "{}", ran.out);
    let message = &messages[0]["message"];
    assert_eq!(messages[0]["topic"], TOPIC);
    assert_eq!(message["links"][0]["href"], "https://h/d/2026/%C3%A9t%C3%A9.txt");
    assert_eq!(message["properties"]["integrity"]["method"], "sha512", "computed from the file");
    assert_eq!(of(&ran, "passed_over")[0]["reason"], "repeat");
    assert_eq!(reasons(&ran), ["size_contradicted", "outside", "missing", "no_event"]);
    let last = ran.lines().pop().expect("a line");
    assert_eq!(
        (&last["announced"], &last["refused"], &last["passed_over"]),
        (&json!(1), &json!(4), &json!(1))
    );
}

#[test]
fn a_link_below_the_folder_is_not_followed_for_an_event() {
    let home = Home::new();
    home.write("in/a.txt", b"a");
    home.write("outside/secret.txt", b"secret");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(home.path("outside"), home.path("in/folder")).expect("a link");
        std::os::unix::fs::symlink(home.path("outside/secret.txt"), home.path("in/link.txt"))
            .expect("a link");
        home.write(
            "events",
            [event("folder/secret.txt", b"secret"), event("link.txt", b"secret")]
                .map(|event| event.to_string())
                .join("\n"),
        );
        let ran = announce(
            &home,
            &[
                "in",
                "--event",
                "events",
                "--base-url",
                "https://h/d",
                "--topic",
                TOPIC,
                "--metadata-id",
                RECORD,
            ],
        );
        assert_eq!(of(&ran, "message").len(), 0, "{}", ran.out);
        assert_eq!(reasons(&ran).len(), 2);
    }
}

#[test]
fn rules_that_are_wrong_are_told_with_their_line_before_anything_is_read() {
    let home = Home::new();
    home.write("events", event("x", b"x").to_string());
    home.write(
        "rules.toml",
        format!("[[rule]]\ntopic = \"{TOPIC}\"\nmetadata_id = \"{RECORD}\"\ncahce = false\n"),
    );
    let ran = announce(&home, &["--event", "events", "--rules", "rules.toml"]);
    assert_eq!((ran.code, reasons(&ran)), (Some(6), vec!["rules".to_owned()]), "{}", ran.err);
    let detail = of(&ran, "refused")[0]["detail"].to_string();
    assert!(detail.contains("line 4") && detail.contains("cahce"), "{detail}");
    let missing = announce(&home, &["--event", "events", "--rules", "nowhere.toml"]);
    assert_eq!((missing.code, reasons(&missing)), (Some(5), vec!["missing".to_owned()]));
    let unknown = format!("{TOPIC}/more");
    let of_topic = announce(&home, &["--event", "events", "--topic", &unknown, "--metadata-id", RECORD]);
    assert_eq!(reasons(&of_topic), ["rules"]);
    let allowed = announce(
        &home,
        &["--event", "events", "--topic", &unknown, "--metadata-id", RECORD, "--unlisted-topic"],
    );
    assert_eq!(reasons(&allowed), ["no_folder"], "the topic is let pass");
}

#[test]
fn a_topic_that_the_hierarchy_does_not_have_is_refused_for_files_as_well() {
    let home = Home::new();
    home.write("in/a.txt", b"one");
    let topic = TOPIC.replace("synop", "synops");
    let usual = ["in", "--base-url", "https://h/d", "--form", "wis2", "--topic", &topic];
    let ran = announce(&home, &usual);
    assert_eq!((ran.code, reasons(&ran)), (Some(6), vec!["topic".to_owned()]));
    assert!(of(&ran, "refused")[0]["detail"].as_str().expect("text").contains("synop,"), "{}", ran.out);
    let allowed = announce(&home, &[&usual[..], &["--unlisted-topic"]].concat());
    assert_eq!(allowed.code, Some(0), "{}", allowed.err);
    let notes: Vec<String> = of(&allowed, "note").iter().map(|line| line["message"].to_string()).collect();
    assert!(notes.iter().any(|note| note.contains("--metadata-id")), "{notes:?}");
}

#[test]
fn events_on_standard_input_are_announced_as_they_come_and_ctrl_c_ends_the_wait() {
    let home = Home::new();
    home.write("in/a.txt", b"one");
    let mut child = home
        .nuee(&["announce", "in", "--event", "-", "--base-url", "https://h/d", "--topic", TOPIC])
        .args(["--metadata-id", RECORD, "--dry-run", "--json"])
        .stdin(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut events = child.stdin.take().expect("piped");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    writeln!(events, "{}", event("a.txt", b"one")).expect("it is read");
    let first: Value = serde_json::from_str(&lines.next().expect("a line").expect("text")).expect("JSON");
    assert_eq!(first["event"], "message", "while the stream is open");
    let id = child.id().to_string();
    let began = Instant::now();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().expect("kill").success());
    wait_until("the end", || child.try_wait().expect("a child").is_some());
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    assert_eq!(child.wait().expect("a child").code(), Some(130));
    drop(events);
}

#[test]
fn a_record_is_printed_checked_and_announced_and_a_wrong_one_is_told_finding_by_finding() {
    let home = Home::new();
    let usual = [
        "record",
        "--id",
        RECORD,
        "--title",
        "Observations",
        "--description",
        "Hourly.",
        "--organization",
        "A centre",
        "--topic",
        TOPIC,
        "--broker",
        "mqtts://everyone:everyone@h:8883",
        "--lang",
        "en",
    ];
    let ran = home.run(&[&usual[..], &["--box", "-5,40,10,51"]].concat());
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    home.write("synop.json", &ran.out);
    let announced = announce(&home, &["--record", "synop.json", "--base-url", "https://h/metadata"]);
    assert_eq!(announced.code, Some(0), "{}", announced.err);
    assert_eq!(of(&announced, "message")[0]["topic"], "origin/a/wis2/fr-nuee-test/metadata");
    home.write("wrong.json", ran.out.replace("\"Observations\"", "\"\"").replace("\"core\"", "\"public\""));
    let refused = announce(&home, &["--record", "wrong.json", "--base-url", "https://h/metadata"]);
    assert_eq!((refused.code, reasons(&refused)), (Some(6), vec!["record".to_owned()]));
    let detail = of(&refused, "refused")[0]["detail"].to_string();
    assert!(detail.contains("title") && detail.contains("dataPolicy"), "{detail}");
    let other = home.run(&[&usual[..], &["--box", "10,40,-5,51"]].concat());
    assert_eq!(other.code, Some(2), "{}", other.err);
    let secret: Vec<&str> = usual
        .iter()
        .map(|word| if word.starts_with("mqtts") { "mqtts://admin:hush@h:8883" } else { word })
        .collect();
    let ran = home.run(&secret);
    assert_eq!(ran.code, Some(6));
    assert!(!ran.err.contains("hush") && ran.out.is_empty(), "{}", ran.err);
}

#[test]
fn what_cannot_be_meant_together_is_a_usage_error() {
    let home = Home::new();
    home.write("events", "");
    let topic = ["--topic", TOPIC, "--metadata-id", RECORD];
    for wrong in [
        &["--event", "events"][..],
        &["--event", "events", "--topic", TOPIC],
        &["--event", "events", "--rules", "r", "--topic", TOPIC],
        &["--event", "events", "--form", "wis2", "--topic", TOPIC],
        &[&["in", "--event", "events"][..], &topic].concat(),
        &[&["in", "more", "--event", "events", "--base-url", "https://h"][..], &topic].concat(),
        &["--record", "x.json"],
        &["--record", "x.json", "--event", "events", "--base-url", "https://h"],
        &["--rules", "r", "in", "--form", "v03", "--base-url", "https://h"],
    ] {
        let ran = announce(&home, wrong);
        assert_eq!(ran.code, Some(2), "{wrong:?} {} {}", ran.out, ran.err);
    }
    let nothing = announce(&home, &[&["--event", "events"][..], &topic].concat());
    assert_eq!(nothing.code, Some(6), "there was no event");
}
