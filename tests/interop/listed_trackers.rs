//! A relay whose torrents are tracked by another program: opentracker with a white list that the relay writes.

use super::programs::{Running, free_port, get, has, open_to_all, start, text, wait_for_port, wait_until};
use super::relaying::{RelayStage, nuee_in};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use tempfile::{TempDir, tempdir};

/// opentracker, which answers only for what stands in its list.
struct Opentracker {
    running: Running,
    folder: TempDir,
    port: u16,
}

impl Opentracker {
    fn start() -> Self {
        let (folder, port) = (tempdir().unwrap(), free_port());
        // It gives up the rights that it is started with.
        open_to_all(folder.path());
        let list = folder.path().join("list");
        std::fs::write(&list, "\n").unwrap();
        let at = port.to_string();
        let running =
            start("opentracker", &["-d", "/", "-i", "127.0.0.1", "-p", &at, "-P", &at, "-w", text(&list)]);
        wait_for_port(port);
        Self { running, folder, port }
    }

    fn list(&self) -> PathBuf {
        self.folder.path().join("list")
    }

    /// What it answers to whoever wants a torrent of that info-hash, in hexadecimal.
    fn answer(&self, info_hash: &str) -> String {
        let octets = info_hash.as_bytes().chunks(2).map(|pair| String::from_utf8_lossy(pair).into_owned());
        let hash: String = octets.map(|pair| format!("%{pair}")).collect();
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let query = format!(
            "info_hash={hash}&peer_id=aaaaaaaaaaaaaaaaaaaa&port=1&uploaded=0&downloaded=0&left=1&compact=1"
        );
        write!(stream, "GET /announce?{query} HTTP/1.0\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn tracks(&self, info_hash: &str) -> bool {
        self.answer(info_hash).contains("8:interval")
    }

    fn words(&self) -> Vec<String> {
        let url = format!("udp://127.0.0.1:{}/announce", self.port);
        let reload = format!("kill -HUP {}", self.running.0.id());
        let list = text(&self.list()).to_owned();
        let words =
            ["--no-own-tracker", "--tracker", &url, "--tracker-list", &list, "--tracker-reload", &reload];
        words.map(str::to_owned).to_vec()
    }
}

#[test]
fn opentracker_tracks_the_files_of_a_relay_from_before_they_are_announced_until_they_are_removed() {
    if !has(&["opentracker"]) {
        return;
    }
    let tracker = Opentracker::start();
    let stage = RelayStage::new();
    stage.publisher.publish([0]);
    stage.added("0");
    let words = tracker.words();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut relay = stage.run(&[&words[..], &["--keep", "6s", "--grace", "2s"]].concat());
    let serving = relay.wait_for("its addresses", |line| line["event"] == "serving");
    let trackers = serving["urls"].as_array().expect("URLs").iter().filter(|url| url["what"] == "tracker");
    assert_eq!(trackers.count(), 1, "its own is left out: {serving}");
    relay.wait_for("the tracker's word", |line| line["event"] == "stage" && line["stage"] == "listed");
    let listed = std::fs::read_to_string(tracker.list()).expect("a list");
    let listed = listed.lines().find(|line| !line.starts_with('#')).expect("one").to_owned();
    relay.wait_for_published(1);
    let torrent = stage.torrents().pop().expect("one");
    wait_until("its tracking", || tracker.tracks(&listed));
    assert!(!tracker.tracks(&"5a".repeat(20)), "it tracks what is listed alone");
    let out = stage.folder.path().join("got");
    let (code, done) = get(&[&torrent, "--out", text(&out), "--via", "swarm-only", "--no-seed"]);
    assert_eq!(code, 0, "found by opentracker alone: {done}");
    relay.wait_for("its removal", |line| line["event"] == "withdrawn");
    wait_until("its end at the tracker", || !tracker.tracks(&listed));
}

#[test]
fn a_file_is_held_back_while_the_tracker_cannot_be_told_of_it() {
    let stage = RelayStage::new();
    stage.publisher.publish([0]);
    stage.added("0");
    let list = stage.folder.path().join("list");
    let words = ["--tracker-list", text(&list), "--tracker-reload", "exit 3"];
    let mut relay = stage.run(&words);
    let trouble = relay.wait_for("the trouble", |line| line["event"] == "trouble");
    let words = trouble["error"].as_str().expect("words");
    assert!(words.contains("exit 3") && words.contains("reloads"), "{trouble}");
    let is_further =
        |line: &Value| ["listed", "offered", "announced"].iter().any(|stage| line["stage"] == *stage);
    assert!(!relay.heard.iter().any(is_further), "{:#?}", relay.heard);
    assert!(stage.torrents().is_empty());
}

#[test]
fn a_file_that_is_no_list_is_not_overwritten() {
    let stage = RelayStage::new();
    stage.added("0");
    let other = stage.folder.path().join("other");
    std::fs::write(&other, "not ours\n").unwrap();
    let refused = nuee_in(stage.folder.path(), &["relay", "run", "--tracker-list", text(&other)]);
    assert_eq!(refused.status.code(), Some(2), "{}", String::from_utf8_lossy(&refused.stdout));
    assert_eq!(std::fs::read_to_string(&other).unwrap(), "not ours\n");
}

#[test]
fn a_relay_without_its_own_tracker_names_another() {
    let stage = RelayStage::new();
    let refused = nuee_in(stage.folder.path(), &["relay", "run", "--no-own-tracker"]);
    let words = String::from_utf8_lossy(&refused.stdout).into_owned();
    assert!(refused.status.code() == Some(2) && words.contains("--tracker"), "{words}");
}
