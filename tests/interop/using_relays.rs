//! Relays as sources: `nuee relay use`, and what `nuee get` makes of relays that are honest, agree, lie, change their key, replay
//! an old manifest, or are dead.

use super::programs::{free_port, text};
use super::relaying::{RelayStage, RunningRelay};
use nuee::demo::catalog_service::ListingStyle;
use nuee::domain::integrity::{Digest, DigestAlgorithm};
use nuee::engine::clock::Clock;
use nuee::publish::canonical::{
    CanonicalPlan, Extras, FileToPublish, OfferShape, PieceHasher, write_torrent,
};
use nuee::publish::relay::documents::signed_documents;
use nuee::publish::relay::manifest::{ManifestHead, digest_of};
use nuee::publish::relay::offered::{RelayKey, RelayedFile, SourceFacts};
use nuee::publish::relay::offers::{RelayIdentity, RelayOffers};
use nuee::publish::relay::places::{OfWhich, RelayBase, RelayDocument, path_of};
use nuee::publish::relay::signing::SecretKey;
use serde_json::Value;
use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use url::Url;

const DATASET: &str = "demo/arome-0.01/SP1";

/// Runs Nuée for a person whose files lie in `folder`; gives the exit code and the lines that it wrote.
fn nuee_in(folder: &Path, arguments: &[&str]) -> (i32, Vec<Value>) {
    let output = Command::new(env!("CARGO_BIN_EXE_nuee"))
        .args(arguments)
        .args(["--lang", "en", "--json", "--providers"])
        .arg(folder.join("providers"))
        .env("XDG_CACHE_HOME", folder.join("cache"))
        .env("HOME", folder.join("home"))
        .stdin(Stdio::null())
        .output()
        .expect("nuee runs");
    let lines = String::from_utf8_lossy(&output.stdout);
    let lines = lines.lines().map(|line| serde_json::from_str(line).expect("one JSON object a line"));
    (output.status.code().expect("no signal"), lines.collect())
}

/// Gets the first hour into a folder of its own.
fn get_in(folder: &Path, out: &str, more: &[&str]) -> (i32, Vec<Value>) {
    let out = folder.join(out);
    let words = ["get", DATASET, "--lead", "0", "--no-seed", "--allow-local", "--out", text(&out)];
    nuee_in(folder, &[&words[..], more].concat())
}

fn has_note(lines: &[Value], words: &[&str]) -> bool {
    let is_it = |line: &Value| {
        let message = line["message"].as_str().or(line["error"].as_str()).unwrap_or_default();
        words.iter().all(|word| message.contains(word))
    };
    lines.iter().any(is_it)
}

fn used(folder: &Path, url: &str, more: &[&str]) -> (i32, Vec<Value>) {
    nuee_in(folder, &[&["relay", "use", url], more].concat())
}

/// Leaves the publisher's own .torrents out of its provider's file: then only relays have any.
fn without_own_torrents(stage: &RelayStage) {
    let file = stage.publisher.provider_file_without_torrents(ListingStyle::Nginx);
    std::fs::write(stage.folder.path().join("providers/demo.toml"), file).expect("room");
}

/// A server that gives what is put there.
struct MadeServer {
    base: RelayBase,
    files: Arc<Mutex<HashMap<String, Vec<u8>>>>,
    stops: Arc<AtomicBool>,
}

impl MadeServer {
    fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let base = RelayBase::new(Url::parse(&format!("http://{address}/")).expect("a URL")).expect("a base");
        let files: Arc<Mutex<HashMap<String, Vec<u8>>>> = Arc::default();
        let stops = Arc::new(AtomicBool::new(false));
        let (given, is_over) = (files.clone(), stops.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if is_over.load(Ordering::Relaxed) {
                    return;
                }
                let given = given.lock().unwrap().clone();
                std::thread::spawn(move || answer(stream, &given));
            }
        });
        Self { base, files, stops }
    }

    fn url(&self) -> &str {
        self.base.url().as_str()
    }

    fn put(&self, components: &[String], octets: Vec<u8>) {
        self.files.lock().unwrap().insert(format!("/{}", components.join("/")), octets);
    }

    /// Publishes a manifest, and gives its text.
    fn says(&self, sequence: u64, previous: Option<&str>, files: Vec<RelayedFile>, by: &SecretKey) -> String {
        let time = Clock::start().utc();
        let identity =
            RelayIdentity { base: self.base.clone(), title: "made".to_owned(), began: time, key: None };
        let previous = previous.map(|text| digest_of(text.as_bytes()));
        let head = ManifestHead { relay: self.base.clone(), sequence, time, previous };
        let documents = signed_documents(head, &RelayOffers::new(identity, files, Vec::new()), Some(by));
        let mut manifest = String::new();
        for document in documents {
            if document.name == RelayDocument::Manifest.name() {
                manifest.clone_from(&document.text);
            }
            self.put(&[document.name], document.text.into_bytes());
        }
        manifest
    }

    /// Ends it: nobody listens at its address any more.
    fn stop(&self) {
        self.stops.store(true, Ordering::Relaxed);
        let url = self.base.url();
        let address = (url.host_str().expect("a host"), url.port().expect("a port"));
        drop(TcpStream::connect(address));
        while TcpStream::connect(address).is_ok() {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }
}

fn answer(mut stream: TcpStream, files: &HashMap<String, Vec<u8>>) {
    let mut head = Vec::new();
    let mut octet = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut octet).is_ok_and(|read| read == 1) {
        head.push(octet[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default();
    let (status, body) = match files.get(path) {
        Some(octets) => ("200 OK", octets.as_slice()),
        None => ("404 Not Found", &b""[..]),
    };
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    // Whoever asked may have gone away.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
}

fn secret(number: u8) -> SecretKey {
    SecretKey::from_chance([number; 40])
}

/// The address of the publisher's first hour, its entity tag and its octets.
fn published(stage: &RelayStage) -> (Url, String, Vec<u8>) {
    let run = stage.publisher.run().civil();
    let digits = format!("{:04}{:02}{:02}{:02}", run.year(), run.month(), run.day(), run.hour());
    let address = stage.publisher.address();
    let path = format!("/nginx/modeles/arome-0.01/{digits}/DEMO_AROME_0.01_SP1_00H_{digits}00.grib2");
    let mut stream = TcpStream::connect(address).expect("a server");
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    assert!(head.contains(" 200 "), "{head}");
    let tag = head.lines().find_map(|line| line.strip_prefix("etag: ")).expect("a tag").to_owned();
    let url = Url::parse(&format!("http://{address}{path}")).expect("a URL");
    (url, tag, answer[end + 4..].to_vec())
}

/// What a relay offers that has `octets` for the publisher's first hour; its .torrent is put on the server.
fn offered(stage: &RelayStage, server: &MadeServer, octets: &[u8]) -> RelayedFile {
    let (address, etag, _) = published(stage);
    let name = address.path().rsplit('/').next().expect("a name").to_owned();
    let file = FileToPublish { path: vec![name.clone()], length: octets.len() as u64 };
    let plan = CanonicalPlan::new(OfferShape::SingleFile, &[file]).expect("one file");
    let mut hasher = PieceHasher::new(&plan);
    hasher.update(octets).expect("as many as said");
    hasher.next_file().expect("one");
    let hashes = hasher.finish().expect("all");
    let torrent = write_torrent(&plan, &hashes, &Extras::default()).expect("a .torrent");
    let info_hash = nuee::catalog::metainfo::read(&torrent).expect("a .torrent").info_hash();
    let run = Some(stage.publisher.run());
    let key = RelayKey { dataset: "demo/arome-0.01".to_owned(), run, name };
    server.put(&path_of(&key, OfWhich::Torrent), torrent.clone());
    let now = Clock::start().utc();
    RelayedFile {
        key,
        source: SourceFacts { address, length: octets.len() as u64, etag: Some(etag), modified: None },
        info_hash,
        torrent_length: torrent.len() as u64,
        sha256: Digest::of(DigestAlgorithm::Sha256, octets),
        sha512: Digest::of(DigestAlgorithm::Sha512, octets),
        index: None,
        fetched: now,
        offered: now,
        expires: now.plus_minutes(600).expect("a time"),
        replaces: None,
    }
}

fn the_file_in(folder: &Path) -> Vec<u8> {
    let files = std::fs::read_dir(folder).expect("a folder").filter_map(Result::ok);
    let paths: Vec<PathBuf> = files.map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    let [path] = &paths[..] else { panic!("{paths:?}") };
    std::fs::read(path).expect("octets")
}

fn with_an_hour() -> RelayStage {
    let stage = RelayStage::new();
    stage.publisher.publish([0]);
    without_own_torrents(&stage);
    stage
}

#[test]
fn a_file_of_the_catalogue_comes_from_the_peer_of_a_relay_in_use() {
    let stage = with_an_hour();
    stage.added("0");
    let mut relay = stage.run(&[]);
    relay.wait_for_published(1);
    let folder = stage.folder.path();
    let (code, lines) = used(folder, &stage.base(), &["--check", "0"]);
    assert_eq!((code, lines[0]["key_news"].as_str()), (0, Some("new")), "{lines:?}");
    assert_eq!(lines[0]["datasets"]["demo/arome-0.01"], 1, "{lines:?}");
    let again = used(folder, &stage.base(), &[]).1;
    assert_eq!((&again[0]["key_news"], &again[0]["check_percent"]), (&"known".into(), &0.into()));
    let requests = stage.publisher.data_requests();
    let (code, lines) = get_in(folder, "got", &["--via", "swarm-only"]);
    let done = lines.last().expect("a last line");
    assert_eq!(code, 0, "{lines:#?}");
    assert_eq!(done["bytes_by_source"]["swarm"], done["bytes_wanted"], "{done}");
    assert!(has_note(&lines, &["only this relay", &stage.base()]), "{lines:#?}");
    assert_eq!(stage.publisher.data_requests(), requests, "the publisher was not asked for data");
    let (code, _) = nuee_in(folder, &["relay", "forget", &stage.base()]);
    assert_eq!((code, nuee_in(folder, &["relay", "used"]).1.len()), (0, 1), "the last line alone");
    assert_eq!(nuee_in(folder, &["relay", "forget", &stage.base()]).0, 2);
}

#[test]
fn a_relay_names_peers_for_the_torrents_that_the_publisher_has_itself() {
    let stage = RelayStage::new();
    stage.publisher.publish([0]);
    stage.added("0");
    let mut relay = stage.run(&[]);
    relay.wait_for_published(1);
    let folder = stage.folder.path();
    assert_eq!(used(folder, &stage.base(), &[]).0, 0);
    let (code, lines) = get_in(folder, "got", &["--via", "swarm-only"]);
    let done = lines.last().expect("a last line");
    assert_eq!(code, 0, "{lines:#?}");
    assert_eq!(done["bytes_by_source"]["swarm"], done["bytes_wanted"], "{done}");
}

#[test]
fn two_relays_of_one_publisher_are_one_swarm_and_agree() {
    let stage = with_an_hour();
    stage.added("0");
    let folder = stage.folder.path();
    let second = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(second.path().join("providers")).expect("a folder");
    let own = "providers/demo.toml";
    std::fs::copy(folder.join(own), second.path().join(own)).expect("room");
    let below = second.path().join("relay");
    let added = nuee_in(second.path(), &["relay", "add", DATASET, "--lead", "0", "--folder", text(&below)]);
    assert_eq!(added.0, 0, "{added:?}");
    let port = free_port();
    let mut relays = [stage.run(&[]), RunningRelay::start(second.path(), port, &[])];
    relays.iter_mut().for_each(|relay| relay.wait_for_published(1));
    for base in [stage.base(), format!("http://127.0.0.1:{port}/")] {
        assert_eq!(used(folder, &base, &["--check", "0"]).0, 0);
    }
    let (code, lines) = get_in(folder, "got", &["--via", "swarm-only"]);
    assert_eq!(code, 0, "{lines:#?}");
    assert!(has_note(&lines, &["2 relays agree"]), "{lines:#?}");
}

#[test]
fn a_relay_that_lies_is_contradicted_set_aside_and_the_right_bytes_come_from_the_publisher() {
    let stage = with_an_hour();
    let folder = stage.folder.path();
    let server = MadeServer::start();
    let (.., right) = published(&stage);
    let forged: Vec<u8> = right.iter().map(|octet| !octet).collect();
    server.says(1, None, vec![offered(&stage, &server, &forged)], &secret(1));
    assert_eq!(used(folder, server.url(), &["--check", "100"]).0, 0);
    let (code, lines) = get_in(folder, "got", &[]);
    assert_eq!(code, 0, "{lines:#?}");
    assert!(has_note(&lines, &["set aside", server.url()]), "{lines:#?}");
    assert_eq!(the_file_in(&folder.join("got")), right);
    let listed = nuee_in(folder, &["relay", "used"]).1;
    assert!(listed[0]["aside"]["told"].is_string() && listed[0]["aside"]["found"].is_string(), "{listed:?}");
    let (code, again) = used(folder, server.url(), &[]);
    assert!(code == 4 && has_note(&again, &["relay forget"]), "{code} {again:?}");
    // An honest relay beside it is used.
    let honest = MadeServer::start();
    honest.says(1, None, vec![offered(&stage, &honest, &right)], &secret(2));
    assert_eq!(used(folder, honest.url(), &["--check", "100"]).0, 0);
    let (code, lines) = get_in(folder, "got again", &[]);
    assert_eq!(code, 0, "{lines:#?}");
    assert!(has_note(&lines, &["checked at the publisher's server", honest.url()]), "{lines:#?}");
}

#[test]
fn a_key_that_changed_stops_the_relay_and_asks() {
    let stage = with_an_hour();
    let folder = stage.folder.path();
    let server = MadeServer::start();
    let (.., right) = published(&stage);
    let files = || vec![offered(&stage, &server, &right)];
    let first = server.says(1, None, files(), &secret(1));
    assert_eq!(used(folder, server.url(), &[]).0, 0);
    server.says(2, Some(&first), files(), &secret(2));
    let prints = [secret(1).public().fingerprint(), secret(2).public().fingerprint()];
    let (code, lines) = get_in(folder, "got", &[]);
    assert_eq!(code, 0, "{lines:#?}");
    assert!(has_note(&lines, &["another key", &prints[0], &prints[1], "relay forget"]), "{lines:#?}");
    let (code, lines) = used(folder, server.url(), &[]);
    assert!(code == 4 && has_note(&lines, &["another key"]), "{code} {lines:?}");
    assert_eq!(nuee_in(folder, &["relay", "forget", server.url()]).0, 0);
    let (code, lines) = used(folder, server.url(), &[]);
    assert_eq!((code, lines[0]["key"].as_str()), (0, Some(prints[1].as_str())), "{lines:?}");
}

#[test]
fn a_manifest_that_is_replayed_is_refused() {
    let stage = with_an_hour();
    let folder = stage.folder.path();
    let server = MadeServer::start();
    let first = server.says(1, None, Vec::new(), &secret(1));
    let old = server.files.lock().unwrap().clone();
    server.says(2, Some(&first), Vec::new(), &secret(1));
    assert_eq!(used(folder, server.url(), &[]).0, 0);
    *server.files.lock().unwrap() = old;
    let (code, lines) = get_in(folder, "got", &[]);
    assert_eq!(code, 0, "{lines:#?}");
    assert!(has_note(&lines, &["gives manifest 1", "relay forget"]), "{lines:#?}");
    let (code, lines) = used(folder, server.url(), &[]);
    assert!(code == 4 && has_note(&lines, &["gives manifest 1"]), "{code} {lines:?}");
}

#[test]
fn a_dead_relay_is_told_and_the_file_comes_all_the_same() {
    let stage = with_an_hour();
    let folder = stage.folder.path();
    let server = MadeServer::start();
    let (.., right) = published(&stage);
    server.says(1, None, vec![offered(&stage, &server, &right)], &secret(1));
    assert_eq!(used(folder, server.url(), &["--check", "0"]).0, 0);
    server.stop();
    let (code, lines) = get_in(folder, "got", &[]);
    assert_eq!(code, 0, "{lines:#?}");
    assert!(has_note(&lines, &["connection refused", "is used"]), "{lines:#?}");
    assert_eq!(the_file_in(&folder.join("got")), right);
    let nowhere = format!("http://127.0.0.1:{}/", free_port());
    assert_eq!(used(folder, &nowhere, &[]).0, 3);
}

#[test]
fn what_is_no_address_of_a_relay_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    for (address, code) in [("ftp://relay.example/", 2), ("relay", 2)] {
        assert_eq!(used(folder.path(), address, &[]).0, code, "{address}");
    }
    assert_eq!(used(folder.path(), "http://relay.example/", &["--check", "101"]).0, 2);
    let server = MadeServer::start();
    let other = MadeServer::start();
    other.says(1, None, Vec::new(), &secret(1));
    *server.files.lock().unwrap() = other.files.lock().unwrap().clone();
    let (code, lines) = used(folder.path(), server.url(), &[]);
    assert!(code == 2 && has_note(&lines, &[other.url()]), "{code} {lines:?}");
}
