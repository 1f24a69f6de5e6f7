//! `nuee pledge` against a real relay: archives that keep different files, are killed, go on, outlive the relay; and what becomes of
//! files that somebody deletes, changes or put there before.

use super::programs::{Running, free_port, text, wait_until};
use super::relaying::{RelayStage, fetched};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

const DATASET: &str = "demo/arome-0.01/SP1";

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nuee"));
    command.args(arguments).args(["--lang", "en", "--json"]);
    command.env("XDG_CACHE_HOME", folder.join("cache")).env("HOME", folder.join("home"));
    command.stdin(Stdio::null());
    command
}

/// The exit code and the lines of a command that ends by itself.
fn told_by(folder: &Path, arguments: &[&str]) -> (i32, Vec<Value>) {
    let output = command(folder, arguments).output().expect("nuee runs");
    let lines = String::from_utf8_lossy(&output.stdout);
    let lines = lines.lines().map(|line| serde_json::from_str(line).expect("one JSON object a line"));
    (output.status.code().expect("no signal"), lines.collect())
}

/// Where providers' files and the list of relays lie.
fn providers(stage: &RelayStage) -> PathBuf {
    stage.folder.path().join("providers")
}

/// A relay with the first four hours, in use.
fn a_relay() -> (RelayStage, super::relaying::RunningRelay) {
    let stage = RelayStage::new();
    stage.publisher.publish(0..=3);
    stage.added("0..3");
    let mut relay = stage.run(&[]);
    relay.wait_for_published(4);
    let (base, own) = (stage.base(), providers(&stage));
    let words = ["relay", "use", &base, "--check", "0", "--providers", text(&own)];
    let (code, lines) = told_by(stage.folder.path(), &words);
    assert_eq!(code, 0, "{lines:?}");
    (stage, relay)
}

fn words<'a>(size: &'a str, out: &'a str, providers: &'a str) -> Vec<&'a str> {
    let words = ["pledge", size, "--dataset", DATASET, "--folder", out, "--providers", providers];
    words.into_iter().chain(["--allow-local"]).collect()
}

/// One look with so much room; the exit code and what was told.
fn pledged_once(stage: &RelayStage, out: &Path, size: u64) -> (i32, Vec<Value>) {
    let (size, providers) = (size.to_string(), providers(stage));
    let words = words(&size, text(out), text(&providers));
    told_by(stage.folder.path(), &[&words[..], &["--once"]].concat())
}

/// An archive that runs, and what it tells.
struct RunningArchive {
    _running: Running,
    told: Receiver<Value>,
    heard: Vec<Value>,
}

impl RunningArchive {
    fn start(stage: &RelayStage, out: &Path, (size, port): (u64, u16)) -> Self {
        let (size, port, providers) = (size.to_string(), port.to_string(), providers(stage));
        let words = words(&size, text(out), text(&providers));
        let more = ["--every", "2s", "--peer-port", &port];
        let mut child = command(stage.folder.path(), &[&words[..], &more].concat());
        child.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = child.spawn().expect("nuee runs");
        let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let line = serde_json::from_str(&line).expect("one JSON object a line");
                if tell.send(line).is_err() {
                    return;
                }
            }
        });
        Self { _running: Running(child), told, heard: Vec::new() }
    }

    fn wait_for(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) {
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let Ok(line) = self.told.recv_timeout(left) else { panic!("{what}: {:#?}", self.heard) };
            self.heard.push(line.clone());
            if is_it(&line) {
                return;
            }
        }
    }

    fn wait_for_held(&mut self, files: u64) {
        self.wait_for("files that are held", |line| line["event"] == "held" && line["files"] == files);
    }
}

/// The files of an archive, as it lists them.
fn listed(stage: &RelayStage, out: &Path) -> Vec<Value> {
    let (code, lines) = told_by(stage.folder.path(), &["pledge", "list", "--folder", text(out)]);
    assert_eq!(code, 0, "{lines:?}");
    lines.into_iter().filter(|line| line["event"] == "file").collect()
}

fn hashes(files: &[Value]) -> BTreeSet<String> {
    files.iter().filter_map(|file| file["info_hash"].as_str().map(str::to_owned)).collect()
}

/// Room for all four files, of which half may be of the newest day.
fn room_for_four(stage: &RelayStage) -> u64 {
    let manifest = fetched(&format!("{}manifest.jsonl", stage.base()));
    let lines = manifest.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let longest = lines.filter_map(|line| line["length"].as_u64()).max().expect("four files");
    4 * longest + longest / 2
}

/// Every file below `folder`.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn two_archives_keep_different_files_and_outlive_the_relay_and_a_kill() {
    let (stage, relay) = a_relay();
    let size = room_for_four(&stage);
    let [one, other] = ["one", "other"].map(|name| stage.folder.path().join(name));
    let ports = [free_port(), free_port()];
    // Killed while it downloads, it goes on.
    let mut archive = RunningArchive::start(&stage, &one, (size, ports[0]));
    archive.wait_for("a download", |line| line["event"] == "stage" && line["stage"] == "wanted");
    drop(archive);
    let mut archive = RunningArchive::start(&stage, &one, (size, ports[0]));
    archive.wait_for_held(2);
    wait_until("a tracker that counts it", || {
        listed(&stage, &one).iter().all(|file| file["seeds"].as_u64() >= Some(2))
    });
    let mut second = RunningArchive::start(&stage, &other, (size, ports[1]));
    second.wait_for_held(2);
    let kept = [&one, &other].map(|out| hashes(&listed(&stage, out)));
    assert!(kept[0].len() == 2 && kept[1].len() == 2 && kept[0].is_disjoint(&kept[1]), "{kept:?}");
    // The relay is gone, and the archive was killed once more.
    drop((relay, archive, second));
    let mut archive = RunningArchive::start(&stage, &one, (size, ports[0]));
    archive.wait_for_held(2);
    let requests = stage.publisher.data_requests();
    for torrent in files_below(&one.join("torrent")) {
        let out = stage.folder.path().join("third");
        let peer = format!("127.0.0.1:{}", ports[0]);
        let words = ["get", text(&torrent), "--out", text(&out), "--via", "swarm-only", "--no-seed"];
        let (code, lines) =
            told_by(stage.folder.path(), &[&words[..], &["--peer", &peer, "--allow-local"]].concat());
        let done = lines.last().expect("a last line");
        assert_eq!(code, 0, "{lines:#?}");
        assert_eq!(done["bytes_by_source"]["swarm"], done["bytes_wanted"], "{done}");
    }
    assert_eq!(files_below(&one.join("torrent")).len(), 2);
    assert_eq!(stage.publisher.data_requests(), requests, "the publisher was asked for nothing");
}

#[test]
fn what_somebody_deletes_changes_or_had_there_is_told_and_left() {
    let (stage, _relay) = a_relay();
    let out = stage.folder.path().join("archive");
    let (code, lines) = pledged_once(&stage, &out, 1 << 40);
    assert_eq!(code, 0, "{lines:#?}");
    let data = files_below(&out.join("data"));
    assert_eq!(data.len(), 4, "{data:?}");
    std::fs::remove_file(&data[0]).expect("it goes");
    std::fs::write(&data[1], b"mine").expect("room");
    let (code, lines) = pledged_once(&stage, &out, 1 << 40);
    assert_eq!(code, 0, "{lines:#?}");
    let troubles: Vec<&Value> = lines.iter().filter(|line| line["event"] == "trouble").collect();
    assert_eq!(troubles.len(), 2, "{lines:#?}");
    assert_eq!(std::fs::read(&data[1]).expect("there"), b"mine");
    let held = lines.iter().rfind(|line| line["event"] == "held").expect("sums");
    assert_eq!(held["files"], 2, "{held}");
    // A folder in which somebody had files of those names.
    let filled = stage.folder.path().join("filled");
    for path in &data {
        let there = filled.join(path.strip_prefix(&out).expect("below"));
        std::fs::create_dir_all(there.parent().expect("a folder")).expect("room");
        std::fs::write(&there, b"mine").expect("room");
    }
    let (code, lines) = pledged_once(&stage, &filled, 1 << 40);
    assert_eq!(code, 0, "{lines:#?}");
    let mine = files_below(&filled.join("data"));
    let mine = mine.iter().filter(|path| std::fs::read(path).is_ok_and(|octets| octets == b"mine"));
    assert_eq!(mine.count(), 4, "nothing of theirs is lost");
    // Nothing more is pledged, and the files stay.
    let forgotten = told_by(stage.folder.path(), &["pledge", "forget", "--folder", text(&filled)]);
    assert_eq!(forgotten.0, 0, "{forgotten:?}");
    assert_eq!(told_by(stage.folder.path(), &["pledge", "list", "--folder", text(&filled)]).0, 2);
    assert_eq!(files_below(&filled.join("data")).len(), 8);
}

#[test]
fn room_is_pledged_only_for_what_is_published_and_by_relays_in_use() {
    let stage = RelayStage::new();
    let out = stage.folder.path().join("archive");
    let (code, lines) = pledged_once(&stage, &out, 1 << 30);
    assert_eq!(code, 2, "{lines:#?}");
    assert!(lines[0]["error"].as_str().is_some_and(|words| words.contains("nuee relay use")), "{lines:?}");
    assert!(!out.exists(), "a mistake leaves no folder behind");
    let providers = providers(&stage);
    let unknown = ["pledge", "1G", "--dataset", "demo/arome-0.02", "--folder", text(&out)];
    let (code, _) =
        told_by(stage.folder.path(), &[&unknown[..], &["--providers", text(&providers)]].concat());
    assert_eq!(code, 2);
    assert_eq!(told_by(stage.folder.path(), &["pledge", "much", "--dataset", DATASET]).0, 2);
}
