//! `nuee follow` in a folder: listed beside the process that follows it and beside the window's list, stopped and killed.

use crate::ground::{Home, Ran, Running};
use crate::turn::latest_run;
use nuee::app::follow::view::FollowKept;
use nuee::app::follow::{FollowId, FollowRow, FollowWish};
use nuee::demo::catalog_service::{DemoCatalog, ListingStyle, Made};
use nuee::domain::utc::UtcTime;
use nuee::engine::store::directory::Directory;
use nuee::engine::store::follow_store::FollowStore;
use nuee::engine::store::window_store::WindowStore;
use serde_json::Value;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// A publisher, and a home whose provider's file names it.
struct Stage {
    home: Home,
    publisher: DemoCatalog,
    _runtime: Runtime,
}

impl Stage {
    fn new() -> Self {
        let (home, runtime) = (Home::new(), Runtime::new().expect("threads"));
        let run = latest_run().plus_minutes(-360).expect("a time");
        let started = DemoCatalog::start(([127, 0, 0, 1], 0).into(), Arc::new(Made::make(run)));
        let publisher = runtime.block_on(started).expect("a free port");
        home.write("providers/nginx.toml", publisher.provider_file(ListingStyle::Nginx));
        Self { home, publisher, _runtime: runtime }
    }

    fn run(&self, words: &[&str]) -> Ran {
        self.home.run(&[words, &["--providers", "providers"]].concat())
    }

    fn add(&self) {
        let words =
            ["follow", "add", "nginx/arome-0.01/SP1", "--name", "mine", "--lead", "0..2", "--out", "out"];
        let added = self.run(&words);
        assert_eq!(added.code, Some(0), "{added:?}");
    }

    fn follow(&self) -> Running {
        let words =
            ["follow", "run", "--out", "out", "--every", "5s", "--allow-local", "--providers", "providers"];
        let mut command = self.home.nuee(&words);
        Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts"))
    }

    /// The folder's one entry, once it is as meant.
    fn listed(&self, what: &str, is_meant: impl Fn(&Value) -> bool) -> Value {
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            let ran = self.run(&["follow", "list", "--out", "out", "--json"]);
            assert_eq!(ran.code, Some(0), "{ran:?}");
            let entry = ran.lines().into_iter().find(|line| line["event"] == "followed").expect("an entry");
            if is_meant(&entry) {
                return entry;
            }
            assert!(Instant::now() < until, "{what}: {entry}");
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}

#[test]
fn a_folder_that_is_being_followed_is_listed_with_what_is_here_and_the_next_due_time() {
    let stage = Stage::new();
    stage.publisher.publish(0..=1);
    stage.add();
    let entry = stage.listed("nothing yet", |_| true);
    assert_eq!((&entry["here"], &entry["looked"], &entry["in"]), (&0.into(), &Value::Null, &"folder".into()));
    let following = stage.follow();
    let entry = stage.listed("two files", |entry| entry["here"] == 2 && entry["looked"] != Value::Null);
    assert!(entry["next_due"].is_string() && entry["last_success"].is_string(), "{entry}");
    assert_eq!((&entry["error"], &entry["paused"]), (&Value::Null, &false.into()));
    drop(following);

    // Killed, it goes on where it was.
    stage.publisher.publish([2]);
    let _following = stage.follow();
    stage.listed("the third file", |entry| entry["here"] == 3);
}

#[test]
fn a_source_that_is_gone_is_said_in_the_list_of_the_folder() {
    let stage = Stage::new();
    stage.add();
    stage.home.write("providers/nginx.toml", {
        let text = stage.publisher.provider_file(ListingStyle::Nginx);
        text.replace(&stage.publisher.address().port().to_string(), "9")
    });
    let ran = stage.run(&["follow", "run", "--out", "out", "--for", "1s", "--retries", "0", "--allow-local"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let entry = stage.listed("the trouble", |_| true);
    assert!(entry["error"].as_str().is_some_and(|error| error.contains("127.0.0.1:9")), "{entry}");
}

#[test]
fn what_the_window_follows_is_listed_in_a_terminal_by_its_place_in_both_languages() {
    let stage = Stage::new();
    stage.add();
    let data = stage.home.path("xdg_data_home/nuee");
    let folder = Directory::open_or_create(&data).expect("a folder");
    let store = WindowStore::open(&folder).expect("a database");
    let wish = FollowWish {
        id: "demo/arome-0.01".to_owned(),
        lead: Some("0..6".to_owned()),
        ..FollowWish::default()
    };
    let added = UtcTime::from_unix_seconds(1_700_000_000).expect("a time");
    let kept = FollowKept { next_due: Some(added), fetched: 4, ..FollowKept::default() };
    let row = FollowRow { kept, ..FollowRow::new(FollowId(1), "AROME".to_owned(), (wish, added)) };
    store.keep_followed(&row).expect("room");
    // The window is open meanwhile.
    let of_out = |words: &[&str]| {
        let mut command = stage.home.nuee(words);
        command.current_dir(stage.home.path("out"));
        let output = command.output().expect("the program starts");
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        String::from_utf8(output.stdout).expect("text")
    };
    let told = of_out(&["follow", "list", "--json"]);
    let lines: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let places: Vec<&str> = lines.iter().filter_map(|line| line["in"].as_str()).collect();
    assert_eq!(places, ["window", "folder"], "{told}");
    assert_eq!((&lines[0]["fetched"], &lines[0]["next_due"]), (&4.into(), &"2023-11-14T22:13:20Z".into()));
    let english = of_out(&["follow", "list", "--lang", "en"]);
    assert!(english.contains("AROME (window)") && english.contains("mine (folder)"), "{english}");
    assert!(english.contains("next due") && english.contains("not checked yet"), "{english}");
    let french = of_out(&["follow", "list", "--lang", "fr"]);
    assert!(french.contains("AROME (fenêtre)") && french.contains("mine (dossier)"), "{french}");
    let only = stage.run(&["follow", "list", "--out", "out", "--lang", "en"]);
    assert!(!only.out.contains("window"), "{only:?}");
}

#[test]
fn a_wrong_id_and_a_list_of_nothing_leave_no_folder_behind() {
    let home = Home::new();
    let added = home.run(&["follow", "add", "nobody/knows", "--out", "elsewhere"]);
    assert_eq!(added.code, Some(2), "{added:?}");
    let listed = home.run(&["follow", "list", "--out", "elsewhere", "--lang", "en"]);
    assert_eq!((listed.code, listed.out.trim()), (Some(0), "Nothing is followed here."), "{listed:?}");
    assert!(!home.path("elsewhere").exists());
    let removed = home.run(&["follow", "remove", "nobody", "--out", "out"]);
    assert_eq!(removed.code, Some(2), "{removed:?}");
}
