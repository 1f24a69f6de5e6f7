//! A relay that puts everything into an S3 store as well: moto stands for the service.

use super::programs::{Running, free_port, get, has, start, text, wait_for_port};
use super::relaying::{RelayStage, RunningRelay, asked, command, fetched, torrents_of};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;

const BUCKET: &str = "grib";

/// The service, empty.
struct Store {
    _running: Running,
    port: u16,
}

impl Store {
    fn start() -> Self {
        let port = free_port();
        let running = start("moto_server", &["-H", "127.0.0.1", "-p", &port.to_string()]);
        wait_for_port(port);
        Self { _running: running, port }
    }

    /// A bucket whose objects everybody may read.
    fn make_bucket(&self) {
        self.put(&format!("/{BUCKET}"), "x-amz-acl: public-read\r\n");
    }

    fn put(&self, path: &str, header: &str) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("a store");
        let head = format!("PUT {path} HTTP/1.1\r\nHost: s3\r\nContent-Length: 0\r\n{header}");
        stream.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes()).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    fn public(&self) -> String {
        format!("http://127.0.0.1:{}/{BUCKET}/relay/", self.port)
    }

    /// A relay that puts everything there.
    fn relaying(&self, stage: &RelayStage, more: &[&str]) -> Command {
        let (bind, service) =
            (format!("127.0.0.1:{}", free_port()), format!("http://127.0.0.1:{}", self.port));
        let store = format!("s3://{BUCKET}/relay");
        let words = ["relay", "run", "--bind", &bind, "--every", "2s", "--settle", "1s", "--allow-local"];
        let store = ["--store", &store, "--store-endpoint", &service];
        let mut child = command(stage.folder.path(), &[&words[..], &store, more].concat());
        child.env("AWS_ACCESS_KEY_ID", "testing").env("AWS_SECRET_ACCESS_KEY", "testing");
        child
    }
}

#[test]
fn whoever_reads_the_bucket_needs_neither_the_relay_nor_the_publisher() {
    if !has(&["moto_server"]) {
        return;
    }
    let store = Store::start();
    store.make_bucket();
    let stage = RelayStage::new();
    stage.publisher.publish(0..=1);
    stage.added("0..1");
    let mut relay = RunningRelay::of(store.relaying(&stage, &[]));
    let serving = relay.wait_for("its addresses", |line| line["event"] == "serving");
    assert!(serving.to_string().contains(&store.public()), "{serving}");
    assert!(!serving.to_string().contains("\"tracker\""), "a bucket is no tracker: {serving}");
    relay.wait_for_published(2);
    drop(relay);
    let torrents = torrents_of(&fetched(&format!("{}feed.xml", store.public())));
    assert_eq!(torrents.len(), 2);
    for document in ["index.html", "feed.atom", "api-list.txt", "manifest.jsonl", "manifest.jsonl.minisig"] {
        assert_eq!(asked(&format!("{}{document}", store.public())).0, 200, "{document}");
    }
    let requests = stage.publisher.data_requests();
    stage.publisher.withdraw(0);
    stage.publisher.withdraw(1);
    for torrent in &torrents {
        assert!(torrent.starts_with(&format!("{}torrent/", store.public())), "{torrent}");
        let out = stage.folder.path().join("got");
        let (code, done) = get(&[torrent, "--out", text(&out), "--no-seed"]);
        assert_eq!(code, 0, "{done}");
        assert_eq!(done["bytes_by_source"]["web_seed"], done["bytes_wanted"], "{done}");
        let index = torrent.replace("/torrent/", "/data/").replace(".torrent", ".index");
        assert_eq!(asked(&index).0, 200, "{index}");
    }
    assert!(stage.publisher.data_requests() >= requests);
}

#[test]
fn what_expires_leaves_the_bucket_after_the_feed() {
    if !has(&["moto_server"]) {
        return;
    }
    let store = Store::start();
    store.make_bucket();
    let stage = RelayStage::new();
    stage.publisher.publish([0]);
    stage.added("0");
    let mut relay = RunningRelay::of(store.relaying(&stage, &["--keep", "4s", "--grace", "3s"]));
    relay.wait_for_published(1);
    let torrent = torrents_of(&fetched(&format!("{}feed.xml", store.public()))).pop().expect("one");
    let data = torrent.replace("/torrent/", "/data/").replace(".torrent", "");
    assert_eq!((asked(&torrent).0, asked(&data).0), (200, 200));
    relay.wait_for("a feed without it", |line| line["event"] == "published" && line["offered"] == 0);
    assert!(torrents_of(&fetched(&format!("{}feed.xml", store.public()))).is_empty());
    assert_eq!((asked(&torrent).0, asked(&data).0), (404, 200), "downloads that began go on");
    relay.wait_for("its removal", |line| line["event"] == "withdrawn" && line["why"] == "expired");
    assert_eq!(asked(&data).0, 404);
    assert_eq!(asked(&format!("{data}.index")).0, 404);
}

#[test]
fn a_store_that_says_no_holds_the_file_back_until_it_says_yes() {
    if !has(&["moto_server"]) {
        return;
    }
    let store = Store::start();
    let stage = RelayStage::new();
    stage.publisher.publish([0]);
    stage.added("0");
    let mut relay = RunningRelay::of(store.relaying(&stage, &[]));
    let trouble = relay.wait_for("a refusal", |line| line["event"] == "trouble");
    let words = trouble["error"].as_str().unwrap_or_default();
    assert!(words.contains("NoSuchBucket") && words.contains("data/demo/arome-0.01"), "{trouble}");
    let listed = command(stage.folder.path(), &["relay", "list"]).output().expect("nuee runs");
    assert!(!String::from_utf8_lossy(&listed.stdout).contains("\"announced\""));
    store.make_bucket();
    relay.wait_for_published(1);
    assert_eq!(torrents_of(&fetched(&format!("{}feed.xml", store.public()))).len(), 1);
}

#[test]
fn a_bucket_that_nobody_else_can_read_is_said_and_nothing_is_announced() {
    if !has(&["moto_server"]) {
        return;
    }
    let store = Store::start();
    store.put(&format!("/{BUCKET}"), "");
    let stage = RelayStage::new();
    stage.publisher.publish([0]);
    stage.added("0");
    let mut relay = RunningRelay::of(store.relaying(&stage, &[]));
    let trouble = relay.wait_for("a refusal", |line| line["event"] == "trouble");
    let words = trouble["error"].as_str().unwrap_or_default();
    assert!(words.contains("403") && words.contains("policy"), "{trouble}");
    let listed = command(stage.folder.path(), &["relay", "list"]).output().expect("nuee runs");
    assert!(!String::from_utf8_lossy(&listed.stdout).contains("\"announced\""));
}

#[test]
fn without_keys_it_does_not_start_and_says_which_are_missing() {
    let stage = RelayStage::new();
    stage.added("0");
    let words = ["relay", "run", "--bind", "127.0.0.1:0", "--store", "s3://grib/relay"];
    let mut child = command(stage.folder.path(), &words);
    child.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
    let ended = child.output().expect("nuee runs");
    let said = String::from_utf8_lossy(&ended.stdout).into_owned() + &String::from_utf8_lossy(&ended.stderr);
    assert!(!ended.status.success() && said.contains("AWS_ACCESS_KEY_ID"), "{said}");
}
