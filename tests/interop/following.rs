//! `nuee follow` and scripts, against the demo's publisher of catalogues: the program itself, killed and started again.

use crate::programs::{Running, has, wait_until};
use crate::turn::latest_run;
use nuee::demo::catalog_service::{DemoCatalog, Form, Made};
use serde_json::Value;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// A publisher, and folders for what follows it.
struct Stage {
    runtime: Runtime,
    publisher: Option<DemoCatalog>,
    made: Arc<Made>,
    folder: TempDir,
}

impl Stage {
    /// The run before the latest: what is not published of it is missing.
    fn new() -> Self {
        let runtime = Runtime::new().expect("threads");
        let run = latest_run().plus_minutes(-360).expect("a time");
        let made = Arc::new(Made::make(run));
        let mut stage =
            Self { runtime, publisher: None, made, folder: tempfile::tempdir().expect("a folder") };
        stage.serve(([127, 0, 0, 1], 0).into());
        let own = stage.path("providers");
        std::fs::create_dir(&own).expect("a folder");
        std::fs::write(own.join("demo.toml"), stage.publisher().provider_file(Form::Nginx)).expect("room");
        stage
    }

    fn serve(&mut self, address: SocketAddr) {
        let started = self.runtime.block_on(DemoCatalog::start(address, self.made.clone()));
        self.publisher = Some(started.expect("a free port"));
    }

    fn publisher(&self) -> &DemoCatalog {
        self.publisher.as_ref().expect("it serves")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn nuee(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nuee"));
        command.args(arguments).args(["--lang", "en", "--providers"]).arg(self.path("providers"));
        command.env("XDG_CACHE_HOME", self.path("cache")).env("HOME", self.path("home"));
        command.stdin(Stdio::null());
        command
    }

    /// Runs to the end and gives what stdout got.
    fn told(&self, arguments: &[&str]) -> Vec<Value> {
        let output = self.nuee(arguments).arg("--json").output().expect("nuee runs");
        let text = String::from_utf8(output.stdout).expect("JSON is text");
        assert!(output.status.success(), "{text} {}", String::from_utf8_lossy(&output.stderr));
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    fn start_following(&self) -> Running {
        let out = self.path("out").display().to_string();
        let words = ["follow", "run", "--every", "5s", "--allow-local", "--out", &out];
        let quiet = || Stdio::null();
        Running(self.nuee(&words).stdout(quiet()).stderr(quiet()).spawn().expect("nuee runs"))
    }
}

/// The lead times for which the person's command was started, in minutes; sorted.
fn executed(log: &Path) -> Vec<u32> {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lead = |line: &str| line.split([' ', '-']).rev().nth(2).and_then(|lead| lead.parse().ok());
    let mut leads: Vec<u32> = text.lines().filter_map(lead).collect();
    leads.sort_unstable();
    leads
}

#[test]
fn each_hour_is_fetched_and_told_once_through_kills_and_a_restarted_server() {
    let mut stage = Stage::new();
    let (out, log) = (stage.path("out"), stage.path("log"));
    let exec = format!("echo \"$NUEE_KEY\" >> '{}'; test -s \"$NUEE_FILE\"", log.display());
    let at = out.display().to_string();
    stage.told(&["follow", "add", "demo/arome-0.01/SP1", "--lead", "0..5", "--exec", &exec, "--out", &at]);
    stage.publisher().publish(0..=1);
    let following = stage.start_following();
    wait_until("two hours", || executed(&log).len() == 2);
    stage.publisher().publish([2]);
    wait_until("a third hour", || executed(&log).len() == 3);
    drop(following);
    let address = stage.publisher().address();
    stage.publisher = None;
    // Nobody serves while it starts again: it waits and asks anew.
    let following = stage.start_following();
    std::thread::sleep(std::time::Duration::from_secs(2));
    stage.serve(address);
    stage.publisher().publish([0, 1, 2, 3, 5]);
    wait_until("the last hour", || executed(&log).len() == 5);
    // One more look must not fetch anything again.
    std::thread::sleep(std::time::Duration::from_secs(7));
    drop(following);
    assert_eq!(executed(&log), [0, 60, 120, 180, 300], "each once, in minutes");
    let files = std::fs::read_dir(&out).expect("a folder").filter_map(Result::ok);
    let names: Vec<String> = files.map(|file| file.file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(names.iter().filter(|name| name.ends_with(".grib2")).count(), 5, "{names:?}");
    let listed = stage.told(&["follow", "list", "--out", &at]);
    assert_eq!(listed[0]["here"], 5);
    // Hour 4; and, by the time of day, perhaps all six of the run after it, of which nothing is published.
    assert_eq!(listed[0]["missing"].as_u64().map(|missing| missing % 6), Some(1), "{listed:?}");
    let paths: Vec<String> =
        names.iter().filter(|n| n.ends_with(".grib2")).map(|n| format!("{at}/{n}")).collect();
    let verified =
        Command::new(env!("CARGO_BIN_EXE_nuee")).arg("verify").args(&paths).output().expect("nuee runs");
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}

#[test]
fn a_complete_run_starts_its_command_once_and_old_files_make_room() {
    let stage = Stage::new();
    stage.publisher().publish(0..=5);
    let (out, log) = (stage.path("out"), stage.path("log"));
    let at = out.display().to_string();
    let exec = format!("echo \"$NUEE_EVENT $(echo \"$NUEE_FILES\" | wc -l)\" >> '{}'", log.display());
    let id = "demo/arome-0.01/SP1";
    let add = ["follow", "add", id, "--lead", "0..5", "--folder", "{run:%Y%m%d%H}", "--keep-size", "1200k"];
    stage.told(&[&add[..], &["--exec-run", &exec, "--out", &at]].concat());
    let run = ["follow", "run", "--for", "8s", "--every", "5s", "--allow-local", "--out", &at];
    let told = stage.told(&run);
    let of = |event: &str| told.iter().filter(|line| line["event"] == event).count();
    assert_eq!((of("file"), of("run"), of("removed")), (6, 1, 4), "{told:?}");
    assert_eq!(std::fs::read_to_string(&log).expect("it was started"), "complete 6\n");
    let folders: Vec<PathBuf> = std::fs::read_dir(&out)
        .expect("a folder")
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| !path.ends_with(".nuee"))
        .collect();
    assert_eq!(folders.len(), 1, "one for the run: {folders:?}");
    assert_eq!(std::fs::read_dir(&folders[0]).expect("a folder").count(), 2, "two of half a megabyte fit");
    // A file that was changed is the person's.
    let left = std::fs::read_dir(&folders[0]).expect("a folder").next().expect("a file").expect("it").path();
    std::fs::write(&left, vec![0; 2_000_000]).expect("room");
    let again = stage.told(&run);
    assert_eq!(again.iter().filter(|line| line["event"] == "file").count(), 0, "nothing comes again");
    assert!(left.exists());
}

#[test]
fn a_complete_run_is_told_on_the_desktop_and_a_missing_desktop_is_said_once() {
    if !has(&["dbus-run-session", "/usr/bin/python3"]) {
        return;
    }
    let stage = Stage::new();
    stage.publisher().publish(0..=5);
    let log = stage.path("log");
    let run = |out: &str, notify: &str| {
        let at = stage.path(out).display().to_string();
        stage.told(&[
            "follow",
            "add",
            "demo/arome-0.01/SP1",
            "--name",
            "mine",
            "--lead",
            "0..2",
            "--out",
            &at,
        ]);
        stage.nuee(&["follow", "run", "--for", "6s", "--allow-local", "--notify", notify, "--out", &at])
    };
    let alone = run("alone", "files").env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/dev/null").output();
    let alone = alone.expect("nuee runs");
    let said = String::from_utf8_lossy(&alone.stderr).into_owned();
    assert!(alone.status.success(), "{said}");
    assert_eq!(said.matches("shows no notifications").count(), 1, "{said}");
    let follows = run("told", "runs");
    let desktop = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/shared/notifications.py");
    let mut session = Command::new("dbus-run-session");
    session.args(["--", "/usr/bin/python3", desktop]).arg(&log).arg(follows.get_program());
    session.args(follows.get_args()).envs(follows.get_envs().filter_map(|(key, value)| Some((key, value?))));
    let output = session.output().expect("a session");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told = std::fs::read_to_string(&log).expect("it was told");
    assert_eq!(told.lines().count(), 1, "one run, no files: {told}");
    assert!(told.starts_with("mine | Run of ") && told.ends_with("complete.\n"), "{told}");
}

#[test]
fn the_ten_lines_of_python_in_the_guide_do_what_they_say() {
    if !has(&["python3"]) {
        return;
    }
    let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/en/researchers.md");
    let guide = std::fs::read_to_string(guide).expect("a guide");
    let script =
        guide.split("```python\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a script");
    assert!(script.lines().count() <= 10);
    let folder = tempfile::tempdir().expect("a folder");
    let bin = Path::new(env!("CARGO_BIN_EXE_nuee")).parent().expect("a file lies in a folder");
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
    let mut python = Command::new("python3");
    python.args(["-c", script]).env("PATH", path).env("HOME", folder.path()).current_dir(folder.path());
    let output = python.output().expect("python3 runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(text.lines().filter(|line| line.contains(".grib2 verified")).count(), 4, "{text}");
}
