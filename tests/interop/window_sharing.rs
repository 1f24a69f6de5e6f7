//! What the window publishes and relays: started and stopped by the link alone, as its screens do, and downloaded by `nuee get`,
//! as others do.

use super::programs::{free_port, get, text};
use super::turn::latest_run;
use super::window_stage::{first, setup, wait_for};
use nuee::app::input::Action;
use nuee::app::link::Link;
use nuee::app::messages::relay_message::RelayMessage;
use nuee::app::query::TorrentPrivacy;
use nuee::app::settings::{GivingChoice, Settings};
use nuee::app::share::reach::ReachCheck;
use nuee::app::share::{
    DatasetWish, FolderWish, ServingAddress, ShareCommand, ShareRow, ShareState, ShareWish,
};
use nuee::demo::catalog_service::{DemoCatalog, ListingStyle, Made};
use nuee::engine::host::Engine;
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::runtime::Runtime;

const DATASET: &str = "demo/arome-0.01/SP1";

/// A publisher, and a folder for a window with its relay.
struct SharingStage {
    _runtime: Runtime,
    publisher: DemoCatalog,
    folder: TempDir,
    port: u16,
}

impl SharingStage {
    fn new() -> Self {
        let runtime = Runtime::new().expect("threads");
        let run = latest_run().plus_minutes(-360).expect("a time");
        let made = Arc::new(Made::make(run));
        let started = runtime.block_on(DemoCatalog::start(([127, 0, 0, 1], 0).into(), made));
        let publisher = started.expect("a free port");
        let folder = tempfile::tempdir().expect("a folder");
        let own = folder.path().join("providers");
        std::fs::create_dir(&own).expect("a folder");
        std::fs::write(own.join("demo.toml"), publisher.provider_file(ListingStyle::Nginx)).expect("room");
        let stage = Self { _runtime: runtime, publisher, folder, port: free_port() };
        std::fs::create_dir(stage.relay()).expect("a folder");
        // A person who relays can say here what the window does not ask.
        std::fs::write(stage.relay().join("relay.toml"), "settle = \"1s\"\nevery = \"2s\"\n").expect("room");
        stage
    }

    fn relay(&self) -> PathBuf {
        self.folder.path().join("relay")
    }

    /// A window whose person chose to receive and give.
    fn window(&self) -> Arc<Engine> {
        let engine = first(setup(self.folder.path()));
        let settings = Settings { giving: Some(GivingChoice::Share), ..Settings::default() };
        engine.send(Action::Set(Box::new(settings)));
        engine
    }

    fn address(&self) -> ServingAddress {
        ServingAddress { bind: format!("127.0.0.1:{}", self.port), base_url: None }
    }

    fn dataset(&self) -> ShareCommand {
        ShareCommand::Start(Box::new(ShareWish::Dataset(DatasetWish {
            id: DATASET.to_owned(),
            lead: Some("0..1".to_owned()),
            folder: self.relay(),
            address: self.address(),
            keep: "24h".to_owned(),
        })))
    }

    fn terminal(&self, arguments: &[&str]) -> Output {
        let folder = self.folder.path();
        let mut command = Command::new(env!("CARGO_BIN_EXE_nuee"));
        command.args(arguments).args(["--lang", "en", "--json", "--folder"]).arg(self.relay());
        command.arg("--providers").arg(folder.join("providers"));
        command.env("XDG_CACHE_HOME", folder.join("cache")).env("HOME", folder.join("home"));
        command.output().expect("nuee runs")
    }

    fn is_port_free(&self) -> bool {
        TcpListener::bind(("127.0.0.1", self.port)).is_ok()
    }
}

fn row(engine: &Engine, what: &str, is_meant: impl Fn(&ShareRow) -> bool) -> Arc<ShareRow> {
    wait_for(engine, what, |snapshot| snapshot.share.rows.first().filter(|row| is_meant(row)).cloned())
}

fn send(engine: &Engine, command: ShareCommand) {
    engine.send(Action::Share(command));
}

/// The octets of all files below a folder, our own left out.
fn files_below(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() && entry.file_name() != ".nuee" {
            files.extend(files_below(&path));
        } else if path.is_file() {
            files.insert(path.clone(), std::fs::read(&path).expect("it can be read"));
        }
    }
    files
}

/// The body of a small answer.
fn fetched(url: &str) -> String {
    let url = url::Url::parse(url).expect("a URL");
    let address = (url.host_str().expect("a host"), url.port().expect("a port"));
    let mut stream = std::net::TcpStream::connect(address).expect("a server");
    let request = format!("GET {} HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n\r\n", url.path());
    std::io::Write::write_all(&mut stream, request.as_bytes()).expect("sent");
    let mut answer = String::new();
    std::io::Read::read_to_string(&mut stream, &mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    answer
}

#[test]
fn a_relay_of_the_window_is_downloaded_from_by_its_feed_and_leaves_port_and_folder_when_it_is_stopped() {
    let stage = SharingStage::new();
    stage.publisher.publish(0..=1);
    let engine = stage.window();
    send(&engine, stage.dataset());
    let served = row(&engine, "two announced files", |row| row.figures.announced == 2);
    let id = served.id;
    let feed = fetched(served.address("feed").expect("a feed"));
    let torrents: Vec<String> = served.files.iter().filter_map(|file| file.torrent.clone()).collect();
    assert!(torrents.len() == 2 && torrents.iter().all(|torrent| feed.contains(torrent)), "{torrents:?}");
    let requests = stage.publisher.data_requests();
    let out = stage.folder.path().join("got");
    let (code, done) = get(&[&torrents[0], "--out", text(&out), "--via", "swarm-only", "--no-seed"]);
    assert_eq!((code, &done["bytes_by_source"]["swarm"]), (0, &done["bytes_wanted"]), "{done}");
    assert_eq!(stage.publisher.data_requests(), requests, "the publisher was asked for nothing more");
    row(&engine, "the copy that the publisher was spared", |row| row.figures.copies_hundredths >= 100);

    let second = stage.terminal(&["relay", "run", "--bind", "127.0.0.1:0"]);
    assert_eq!(
        second.status.code(),
        Some(5),
        "a second process: {}",
        String::from_utf8_lossy(&second.stderr)
    );

    let before = files_below(&stage.relay().join("public"));
    send(&engine, ShareCommand::Stop(id));
    row(&engine, "the end", |row| row.state == ShareState::Stopped);
    assert!(stage.is_port_free());
    assert_eq!(files_below(&stage.relay().join("public")), before, "the folder is as it was");
    // A look at the publisher that is under way keeps the folder for a moment.
    super::programs::wait_until("a free folder", || {
        let listed = String::from_utf8(stage.terminal(&["relay", "list"]).stdout).expect("text");
        assert_eq!(listed.matches("\"announced\"").count(), 2, "{listed}");
        listed.contains("\"by\":null")
    });
    engine.wind_down();
}

#[test]
fn a_relay_that_nobody_stopped_starts_again_with_the_window_and_downloads_nothing_twice() {
    let stage = SharingStage::new();
    stage.publisher.publish(0..=1);
    let engine = stage.window();
    send(&engine, stage.dataset());
    row(&engine, "two announced files", |row| row.figures.announced == 2);
    let requests = stage.publisher.data_requests();
    engine.wind_down();
    drop(engine);
    assert!(stage.is_port_free());

    let engine = stage.window();
    let again = row(&engine, "it again", |row| row.figures.announced == 2 && row.public_url().is_some());
    assert_eq!(fetched(again.address("feed").expect("a feed")).matches("<enclosure").count(), 2);
    assert_eq!(stage.publisher.data_requests(), requests, "nothing was downloaded twice");
    send(&engine, ShareCommand::Stop(again.id));
    row(&engine, "the end", |row| row.state == ShareState::Stopped);
    engine.wind_down();
    drop(engine);

    let engine = stage.window();
    row(&engine, "what was stopped", |row| row.state == ShareState::Stopped);
    std::thread::sleep(std::time::Duration::from_secs(2));
    assert_eq!(engine.snapshot().share.rows[0].state, ShareState::Stopped);
    engine.wind_down();
}

#[test]
fn a_relay_that_a_terminal_runs_is_refused_with_the_process_that_runs_it() {
    let stage = SharingStage::new();
    let added = stage.terminal(&["relay", "add", DATASET, "--lead", "0"]);
    assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
    let other = super::relaying::RunningRelay::start(stage.folder.path(), free_port(), &[]);
    wait_until_taken(&stage);
    let engine = stage.window();
    send(&engine, stage.dataset());
    let refused = row(&engine, "the refusal", |row| matches!(row.state, ShareState::Failed(_)));
    let ShareState::Failed(nuee::app::messages::user_message::UserMessage::Relay(message)) = &refused.state
    else {
        panic!("{refused:?}")
    };
    assert!(
        matches!(message, RelayMessage::RunsElsewhere { by } if by.ends_with("nuee relay")),
        "{message:?}"
    );
    drop(other);
    send(&engine, ShareCommand::Resume(refused.id));
    row(&engine, "that it is served", |row| matches!(row.state, ShareState::Serving(_)));
    engine.wind_down();
}

fn wait_until_taken(stage: &SharingStage) {
    super::programs::wait_until("the terminal's relay", || {
        String::from_utf8_lossy(&stage.terminal(&["relay", "list"]).stdout).contains("nuee relay\"")
    });
}

#[test]
fn a_port_that_another_program_has_is_said_and_the_next_start_uses_another() {
    let stage = SharingStage::new();
    let taken = TcpListener::bind(("127.0.0.1", stage.port)).expect("a free port");
    let engine = stage.window();
    send(&engine, stage.dataset());
    let refused = row(&engine, "the refusal", |row| matches!(row.state, ShareState::Failed(_)));
    let expected = RelayMessage::AddressInUse { address: format!("127.0.0.1:{}", stage.port) };
    assert_eq!(refused.state, ShareState::Failed(expected.into()));
    drop(taken);
    send(&engine, stage.dataset());
    row(&engine, "that it is served", |row| matches!(row.state, ShareState::Serving(_)));
    assert_eq!(engine.snapshot().share.rows.len(), 1);
    engine.wind_down();
}

#[test]
fn a_private_folder_of_the_window_is_downloaded_by_its_magnet_and_is_whole_when_it_is_stopped() {
    let stage = SharingStage::new();
    let own = stage.folder.path().join("own/run");
    std::fs::create_dir_all(&own).expect("a folder");
    for (name, length) in [("a.dat", 300_000), ("b.dat", 70_000)] {
        std::fs::write(own.join(name), super::programs::made_octets(length)).expect("room");
    }
    let before = files_below(&own);
    let engine = stage.window();
    let wish = FolderWish {
        folder: own.clone(),
        address: stage.address(),
        trackers: Vec::new(),
        privacy: TorrentPrivacy::Private,
    };
    send(&engine, ShareCommand::Start(Box::new(ShareWish::Folder(wish))));
    let served = row(&engine, "that it is served", |row| matches!(row.state, ShareState::Serving(_)));
    let torrent = served.files[0].torrent.clone().expect("a .torrent");
    let inspected = super::programs::nuee(&["inspect", &torrent, "--json", "--allow-local"]);
    let inspected = String::from_utf8_lossy(&inspected.stdout).into_owned();
    assert!(inspected.contains("\"private\":true"), "{inspected}");
    let magnet = served.files[0].magnet.clone().expect("a magnet");
    let out = stage.folder.path().join("got");
    for (source, out) in [(&torrent, out.join("torrent")), (&magnet, out.join("magnet"))] {
        let (code, done) = get(&[source, "--out", text(&out), "--via", "swarm-only", "--no-seed"]);
        assert_eq!((code, done["bytes_wanted"].as_u64()), (0, Some(370_000)), "{done}");
    }
    send(&engine, ShareCommand::Check(served.id));
    let checked = row(&engine, "the check", |row| matches!(row.check, ReachCheck::Over(..)));
    let ReachCheck::Over(tally, _) = &checked.check else { panic!("{checked:?}") };
    assert_eq!((tally.right, &tally.trouble), (tally.asked, &None), "{tally:?}");
    assert_eq!(checked.reached, None, "this computer is no other network");
    send(&engine, ShareCommand::Stop(served.id));
    row(&engine, "the end", |row| row.state == ShareState::Stopped);
    assert!(stage.is_port_free());
    let mut after = files_below(&own);
    after.retain(|path, _| path.extension().is_some_and(|extension| extension == "dat"));
    assert_eq!(after, before);
    engine.wind_down();
}
