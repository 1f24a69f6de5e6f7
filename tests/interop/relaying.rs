//! `nuee relay` against the demo's publisher and nginx: what it offers is read by aria2 and by Nuée itself; it is killed at every
//! stage, its files expire, its publisher replaces one.

use super::programs::{Nginx, Running, free_port, get, has, made_octets, text};
use super::turn::latest_run;
use nuee::demo::catalog_service::{DemoCatalog, ListingStyle, Made};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::runtime::Runtime;

const DATASET: &str = "demo/arome-0.01/SP1";

/// A publisher, and a folder for a relay of it.
pub(super) struct RelayStage {
    _runtime: Runtime,
    pub(super) publisher: DemoCatalog,
    pub(super) folder: TempDir,
    port: u16,
}

impl RelayStage {
    pub(super) fn new() -> Self {
        let runtime = Runtime::new().expect("threads");
        let run = latest_run().plus_minutes(-360).expect("a time");
        let made = Arc::new(Made::make(run));
        let started = runtime.block_on(DemoCatalog::start(([127, 0, 0, 1], 0).into(), made));
        let publisher = started.expect("a free port");
        let folder = tempfile::tempdir().expect("a folder");
        let own = folder.path().join("providers");
        std::fs::create_dir(&own).expect("a folder");
        let provider = publisher.provider_file(ListingStyle::Nginx);
        std::fs::write(own.join("demo.toml"), provider).expect("room");
        Self { _runtime: runtime, publisher, folder, port: free_port() }
    }

    pub(super) fn base(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    pub(super) fn relay_folder(&self) -> PathBuf {
        self.folder.path().join("relay")
    }

    pub(super) fn added(&self, leads: &str) {
        let added = nuee_in(self.folder.path(), &["relay", "add", DATASET, "--lead", leads]);
        assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
    }

    pub(super) fn run(&self, more: &[&str]) -> RunningRelay {
        RunningRelay::start(self.folder.path(), self.port, more)
    }

    /// Its only file, as `relay list` tells it.
    pub(super) fn listed(&self) -> Value {
        let listed = nuee_in(self.folder.path(), &["relay", "list"]);
        let lines = String::from_utf8(listed.stdout).expect("text");
        let mut lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        lines.rfind(|line| line["event"] == "file").expect("a file")
    }

    /// The addresses of all .torrents in the feed.
    pub(super) fn torrents(&self) -> Vec<String> {
        torrents_of(&fetched(&format!("{}feed.xml", self.base())))
    }
}

pub(super) fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nuee"));
    command.args(arguments).args(["--lang", "en", "--json", "--folder"]).arg(folder.join("relay"));
    command.arg("--providers").arg(folder.join("providers"));
    command.env("XDG_CACHE_HOME", folder.join("cache")).env("HOME", folder.join("home"));
    command.stdin(Stdio::null());
    command
}

pub(super) fn nuee_in(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().expect("nuee runs")
}

/// A relay, and what it tells.
pub(super) struct RunningRelay {
    _running: Running,
    told: std::sync::mpsc::Receiver<Value>,
    pub(super) heard: Vec<Value>,
}

impl RunningRelay {
    pub(super) fn start(folder: &Path, port: u16, more: &[&str]) -> Self {
        let bind = format!("127.0.0.1:{port}");
        let words = ["relay", "run", "--bind", &bind, "--every", "2s", "--settle", "1s", "--allow-local"];
        Self::of(command(folder, &[&words[..], more].concat()))
    }

    /// The one that `child` starts.
    pub(super) fn of(mut child: Command) -> Self {
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

    /// Waits until it tells that. Panics with what it told when it does not come.
    pub(super) fn wait_for(&mut self, what: &str, mut is_it: impl FnMut(&Value) -> bool) -> Value {
        let until = std::time::Instant::now() + std::time::Duration::from_secs(60);
        loop {
            let left = until.saturating_duration_since(std::time::Instant::now());
            let Ok(line) = self.told.recv_timeout(left) else { panic!("{what}: {:#?}", self.heard) };
            self.heard.push(line.clone());
            if is_it(&line) {
                return line;
            }
        }
    }

    pub(super) fn wait_for_published(&mut self, files: u64) {
        self.wait_for("a publication", |line| line["event"] == "published" && line["offered"] == files);
    }
}

pub(super) fn fetched(url: &str) -> String {
    let (status, body) = asked(url);
    assert_eq!(status, 200, "{url}");
    body
}

/// The status and the body of a small answer.
pub(super) fn asked(url: &str) -> (u16, String) {
    let url = url::Url::parse(url).expect("a URL");
    let address = (url.host_str().expect("a host"), url.port().expect("a port"));
    let mut stream = std::net::TcpStream::connect(address).expect("a server");
    let request = format!("GET {} HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n\r\n", url.path());
    std::io::Write::write_all(&mut stream, request.as_bytes()).expect("sent");
    let mut answer = Vec::new();
    std::io::Read::read_to_end(&mut stream, &mut answer).expect("an answer");
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).expect("a status");
    (status, body.to_owned())
}

pub(super) fn torrents_of(feed: &str) -> Vec<String> {
    let addresses = feed.split("<enclosure url=\"").skip(1).filter_map(|rest| rest.split('"').next());
    addresses.map(str::to_owned).collect()
}

#[test]
fn what_a_relay_offers_is_fetched_by_nuee_from_its_peer_and_by_aria2_from_metalink_and_torrent() {
    if !has(&["aria2c"]) {
        return;
    }
    let stage = RelayStage::new();
    stage.publisher.publish(0..=2);
    stage.added("0..2");
    let mut relay = stage.run(&[]);
    let serving = relay.wait_for("its addresses", |line| line["event"] == "serving");
    assert!(serving["urls"].as_array().is_some_and(|urls| urls.len() >= 7), "{serving}");
    relay.wait_for_published(3);
    let torrents = stage.torrents();
    assert_eq!(torrents.len(), 3);
    let run = stage.publisher.run().civil();
    let folder = format!(
        "torrent/demo/arome-0.01/{:04}-{:02}-{:02}T{:02}00Z/",
        run.year(),
        run.month(),
        run.day(),
        run.hour()
    );
    let requests = stage.publisher.data_requests();
    for torrent in &torrents {
        assert!(torrent.starts_with(&format!("{}{folder}", stage.base())), "{torrent}");
        let out = stage.folder.path().join("got");
        let (code, done) = get(&[torrent, "--out", text(&out), "--via", "swarm-only", "--no-seed"]);
        assert_eq!(code, 0, "{done}");
        assert_eq!(done["bytes_by_source"]["swarm"], done["bytes_wanted"], "{done}");
    }
    assert_eq!(stage.publisher.data_requests(), requests, "the publisher was asked for nothing more");
    let out = stage.folder.path().join("aria2");
    for (kind, address) in
        [("torrent", torrents[0].clone()), ("metalink", torrents[1].replace(".torrent", ".meta4"))]
    {
        let out = out.join(kind);
        let aria2 = Command::new("aria2c")
            .args(["--dir", text(&out), "--seed-time=0", "--enable-dht=false", "--enable-dht6=false"])
            .args(["--bt-enable-lpd=false", "--follow-torrent=mem", "--follow-metalink=mem"])
            .args(["--check-integrity=true", "--allow-overwrite=true", &address])
            .output()
            .expect("aria2 runs");
        assert!(aria2.status.success(), "{kind}: {}", String::from_utf8_lossy(&aria2.stdout));
        let names = names_below(&out);
        assert!(names.iter().any(|name| name.ends_with(".grib2")), "{kind}: {names:?}");
    }
    let checked =
        nuee_in(stage.folder.path(), &["relay", "check", "--bind", &format!("127.0.0.1:{}", stage.port)]);
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
    let list = || String::from_utf8(nuee_in(stage.folder.path(), &["relay", "list"]).stdout).expect("text");
    let listed = list();
    assert_eq!(listed.matches("\"announced\"").count(), 3, "{listed}");
    assert!(listed.contains("nuee relay\""), "the relay runs: {listed}");
    drop(relay);
    let listed = list();
    assert!(listed.contains("\"by\":null"), "nothing is served: {listed}");
}

fn names_below(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names = Vec::new();
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        if path.is_dir() {
            names.extend(names_below(&path));
        } else {
            names.push(path.display().to_string());
        }
    }
    names
}

#[test]
fn a_relay_that_is_killed_at_any_stage_goes_on_and_names_nothing_that_it_does_not_give() {
    let stages = [
        "seen",
        "stable",
        "fetched",
        "hashed",
        "indexed",
        "described",
        "listed",
        "offered",
        "announced",
        "retiring",
    ];
    for at in stages {
        let stage = RelayStage::new();
        stage.publisher.publish(0..=1);
        stage.added("0..1");
        let short: &[&str] = if at == "retiring" { &["--keep", "3s", "--grace", "2s"] } else { &[] };
        let mut relay = stage.run(short);
        relay.wait_for(at, |line| line["event"] == "stage" && line["stage"] == at);
        drop(relay);
        // What the feed on the disk names lies there with its .torrent.
        let public = stage.relay_folder().join("public");
        let feed = std::fs::read_to_string(public.join("feed.xml")).unwrap_or_default();
        for torrent in torrents_of(&feed) {
            let path = torrent.strip_prefix(&stage.base()).expect("its own address");
            assert!(public.join(path).is_file(), "killed at {at}: {path}");
        }
        let mut relay = stage.run(short);
        if at == "retiring" {
            for _ in 0..2 {
                relay.wait_for("a withdrawal", |line| line["event"] == "withdrawn");
            }
            continue;
        }
        relay.wait_for_published(2);
        let torrents = stage.torrents();
        assert_eq!(torrents.len(), 2, "killed at {at}");
        for torrent in torrents {
            assert_eq!(asked(&torrent).0, 200, "killed at {at}");
        }
        let bind = format!("127.0.0.1:{}", stage.port);
        let checked = nuee_in(stage.folder.path(), &["relay", "check", "--bind", &bind]);
        assert!(checked.status.success(), "killed at {at}: {}", String::from_utf8_lossy(&checked.stdout));
    }
}

#[test]
fn a_file_whose_time_is_over_is_first_unnamed_then_gone() {
    let stage = RelayStage::new();
    stage.publisher.publish([0]);
    stage.added("0");
    let mut relay = stage.run(&["--keep", "4s", "--grace", "2s"]);
    relay.wait_for_published(1);
    let torrent = stage.torrents().pop().expect("one");
    relay.wait_for("its end", |line| line["event"] == "stage" && line["stage"] == "retiring");
    relay.wait_for("a feed without it", |line| line["event"] == "published" && line["offered"] == 0);
    assert!(stage.torrents().is_empty());
    let data = torrent.replace("/torrent/", "/data/").replace(".torrent", "");
    assert_eq!((asked(&torrent).0, asked(&data).0), (410, 200), "transfers that began go on");
    relay.wait_for("its removal", |line| line["event"] == "withdrawn" && line["why"] == "expired");
    assert_eq!(asked(&data).0, 410);
    let atom = fetched(&format!("{}feed.atom", stage.base()));
    assert!(atom.contains("deleted-entry"), "{atom}");
    let left = names_below(&stage.relay_folder().join("public"));
    assert!(!left.iter().any(|name| name.contains("grib2")), "{left:?}");
}

#[test]
fn a_file_that_its_publisher_replaces_is_a_new_torrent_and_the_old_one_goes() {
    if !has(&["nginx"]) {
        return;
    }
    let nginx = Nginx::with("autoindex on;");
    let folder = tempfile::tempdir().expect("a folder");
    let own = folder.path().join("providers");
    std::fs::create_dir(&own).expect("a folder");
    let at = latest_run().civil();
    let run = format!("{:04}{:02}{:02}{:02}", at.year(), at.month(), at.day(), at.hour());
    let provider = format!(
        "format = 1\nname = {{ en = \"Made\", fr = \"Inventé\" }}\n\
         [licence]\nname = \"CC0\"\nattribution = {{ en = \"Made\", fr = \"Inventé\" }}\n\
         [politeness]\nconnections = 2\n[standing]\ndocumented_on = \"2026-11-20\"\n\
         [[dataset]]\nid = \"made\"\ntitle = {{ en = \"Made\", fr = \"Inventé\" }}\n\
         cycles = [{{ hours = [0, 6, 12, 18], leads = \"0..1\" }}]\nretention = \"2d\"\n\
         file = \"{root}{{run:%Y%m%d%H}}/{{lead:hh}}.dat\"\n\
         listings = [{{ form = \"page\", address = \"{root}{{run:%Y%m%d%H}}/\" }}]\n",
        root = nginx.url("")
    );
    std::fs::write(own.join("made.toml"), provider).expect("room");
    std::fs::create_dir(nginx.root.join(&run)).expect("a folder");
    let file = nginx.root.join(&run).join("00.dat");
    std::fs::write(&file, made_octets(300_000)).expect("room");
    let added = nuee_in(folder.path(), &["relay", "add", "made/made", "--lead", "0"]);
    assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
    let port = free_port();
    let mut relay = RunningRelay::start(folder.path(), port, &[]);
    relay.wait_for_published(1);
    let base = format!("http://127.0.0.1:{port}/");
    let first = hash_in(&fetched(&format!("{base}feed.xml")));
    std::fs::write(&file, made_octets(400_000)).expect("room");
    relay.wait_for("its end", |line| line["event"] == "withdrawn" && line["why"] == "replaced");
    relay.wait_for_published(1);
    let second = hash_in(&fetched(&format!("{base}feed.xml")));
    assert_ne!(first, second);
    let manifest = fetched(&format!("{base}manifest.jsonl"));
    assert!(manifest.contains(&format!("\"replaces\":\"{first}\"")), "{manifest}");
    let out = folder.path().join("got");
    let torrent = torrents_of(&fetched(&format!("{base}feed.xml"))).pop().expect("one");
    let (code, done) = get(&[&torrent, "--out", text(&out), "--no-seed"]);
    assert_eq!((code, done["bytes_wanted"].as_u64()), (0, Some(400_000)), "{done}");
}

/// The info-hash in a feed of one item.
fn hash_in(feed: &str) -> String {
    let (_, rest) = feed.split_once("<guid isPermaLink=\"false\">urn:btih:").expect("a guid");
    rest[..40].to_owned()
}

#[test]
fn an_address_that_leads_nowhere_is_told_and_nothing_is_announced() {
    let stage = RelayStage::new();
    stage.publisher.publish([0]);
    stage.added("0");
    let nowhere = format!("http://127.0.0.1:{}/", free_port());
    let mut relay = stage.run(&["--base-url", &nowhere]);
    let trouble = relay.wait_for("the trouble", |line| line["event"] == "trouble");
    assert!(trouble["error"].as_str().is_some_and(|words| words.contains("--base-url")), "{trouble}");
    let announced = relay.heard.iter().any(|line| line["stage"] == "announced" || line["stage"] == "offered");
    assert!(!announced, "{:#?}", relay.heard);
}

#[test]
fn settings_that_cannot_be_understood_are_told_with_their_line() {
    let stage = RelayStage::new();
    std::fs::create_dir_all(stage.relay_folder()).expect("a folder");
    std::fs::write(stage.relay_folder().join("relay.toml"), "keep = \"1d\"\nkeeep = 3\n").expect("room");
    let refused = nuee_in(stage.folder.path(), &["relay", "run"]);
    let words = String::from_utf8_lossy(&refused.stdout).into_owned();
    assert_eq!(refused.status.code(), Some(2), "{words}");
    assert!(words.contains("line 2") && words.contains("relay.toml"), "{words}");
}
