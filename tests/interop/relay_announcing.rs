//! `nuee relay run --broker` with mosquitto: what is announced is served, once, also through a broker that was away and a kill.

use super::announcing::lines_of;
use super::brokers::{Mosquitto, PROGRAMS};
use super::programs::{Running, has, wait_until};
use super::relaying::RelayStage;
use serde_json::Value;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

const TOPIC: &str =
    "origin/a/wis2/fr-demo/data/core/weather/prediction/forecast/short-range/deterministic/global";

/// Everything that is announced on a broker.
struct Ear {
    _running: Running,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Ear {
    fn at(broker: &Mosquitto, filter: &str) -> Self {
        let port = broker.plain.to_string();
        let mut child = Command::new("mosquitto_sub")
            .args([
                "-h",
                "127.0.0.1",
                "-p",
                &port,
                "-u",
                "reader",
                "-P",
                "reads",
                "-q",
                "1",
                "-i",
                "relay-ear",
                "-c",
            ])
            .args(["-t", filter, "-t", "xpublic/ready"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("mosquitto_sub runs");
        let lines = lines_of(&mut child);
        let ear = Self { _running: Running(child), lines };
        wait_until("a subscription", || {
            broker.publish("xpublic/ready", b"ready");
            !ear.lines.lock().unwrap().is_empty()
        });
        ear
    }

    fn messages(&self) -> Vec<Value> {
        let lines = self.lines.lock().unwrap();
        lines.iter().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }
}

fn writer(broker: &Mosquitto) -> String {
    format!("mqtt://writer:writes@127.0.0.1:{}", broker.plain)
}

fn rel_of(message: &Value) -> &str {
    message["links"][0]["rel"].as_str().unwrap_or_default()
}

fn stage_with_one_file() -> RelayStage {
    let stage = RelayStage::new();
    stage.publisher.publish([0]);
    stage.added("0");
    stage
}

#[test]
fn a_relay_announces_what_it_offers_and_its_deletion_before_it_goes() {
    if !has(&PROGRAMS) {
        return;
    }
    let (broker, stage) = (Mosquitto::start(), stage_with_one_file());
    let ear = Ear::at(&broker, "origin/#");
    let to = writer(&broker);
    let words = ["--broker", &to, "--form", "wis2", "--topic", TOPIC, "--keep", "4s", "--grace", "2s"];
    let mut relay = stage.run(&words);
    relay.wait_for("its announcement", |line| line["event"] == "stage" && line["stage"] == "announced");
    wait_until("the announcement", || !ear.messages().is_empty());
    let told = ear.messages().remove(0);
    let href = told["links"][0]["href"].as_str().expect("an address").to_owned();
    assert_eq!((rel_of(&told), href.starts_with(&stage.base())), ("canonical", true), "{told}");
    assert_eq!(super::relaying::asked(&href).0, 200, "what is announced is served");
    relay.wait_for("its removal", |line| line["event"] == "withdrawn" && line["why"] == "expired");
    wait_until("the deletion", || ear.messages().len() == 2);
    let gone = ear.messages().remove(1);
    assert_eq!((rel_of(&gone), &gone["links"][0]["href"]), ("deletion", &told["links"][0]["href"]), "{gone}");
    assert_eq!(gone["properties"]["data_id"], told["properties"]["data_id"]);
}

#[test]
fn a_file_whose_broker_is_away_stays_offered_and_is_announced_once_when_it_is_back() {
    if !has(&PROGRAMS) {
        return;
    }
    let (mut broker, stage) = (Mosquitto::start(), stage_with_one_file());
    let ear = Ear::at(&broker, "xpublic/#");
    broker.stop();
    let to = writer(&broker);
    let mut relay = stage.run(&["--broker", &to, "--form", "v03"]);
    relay.wait_for_published(1);
    relay.wait_for("that the broker is away", |line| line["event"] == "note");
    let listed = stage.listed();
    assert_eq!((&listed["stage"], &listed["waits"]), (&"offered".into(), &"broker_away".into()), "{listed}");
    drop(relay);
    let mut relay = stage.run(&["--broker", &to, "--form", "v03"]);
    relay.wait_for("that the broker is away", |line| line["event"] == "note");
    broker.go_on();
    relay.wait_for("its announcement", |line| line["event"] == "stage" && line["stage"] == "announced");
    wait_until("the announcement", || !ear.messages().is_empty());
    drop(relay);
    let mut relay = stage.run(&["--broker", &to, "--form", "v03"]);
    relay.wait_for_published(1);
    std::thread::sleep(std::time::Duration::from_secs(2));
    let told = ear.messages();
    assert_eq!(told.len(), 1, "it is not announced once more: {told:#?}");
    let path = format!("{}{}", told[0]["baseUrl"].as_str().unwrap(), told[0]["relPath"].as_str().unwrap());
    assert_eq!(super::relaying::asked(&path).0, 200);
    let listed = stage.listed();
    assert_eq!((&listed["stage"], &listed["waits"]), (&"announced".into(), &Value::Null), "{listed}");
}
