//! Sarracenia (metpx-sr3) as it is installed: it subscribes to the demo's broker with a queue that is shared, and gets files.

use super::programs::{Running, alone_with_sarracenia, has, text, wait_until};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::tempdir;

/// The demo's publisher, and the URL of its broker.
pub fn demo() -> (Running, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_nuee"))
        .args(["demo", "--serve"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("nuee runs");
    let output = child.stdout.take().expect("piped");
    let demo = Running(child);
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line).unwrap();
    let served: Value = serde_json::from_str(&line).expect("one line of JSON");
    let urls = served["urls"].as_array().unwrap();
    let broker = urls.iter().find(|url| url["what"] == "broker").expect("a broker");
    (demo, broker["url"].as_str().unwrap().to_owned())
}

/// Its subscriber, which it starts in the background; stopped at the end.
pub struct Sarracenia<'a> {
    home: &'a Path,
    /// Its configuration: to stop one of that name stops those of other folders as well.
    name: &'static str,
}

impl<'a> Sarracenia<'a> {
    pub fn start(home: &'a Path) -> Self {
        Self::called("nuee", home)
    }

    pub fn called(name: &'static str, home: &'a Path) -> Self {
        let own = Self { home, name };
        own.run("start");
        own
    }

    fn run(&self, what: &str) {
        let done = Command::new("sr3")
            .args([what, &format!("subscribe/{}", self.name)])
            .envs(at_home(self.home))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(done.expect("sr3 runs").success(), "sr3 {what}");
    }
}

impl Drop for Sarracenia<'_> {
    fn drop(&mut self) {
        self.run("stop");
    }
}

pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().map(Result::unwrap) {
        match entry.file_type().unwrap().is_dir() {
            true => found.extend(files_below(&entry.path())),
            false => found.push(entry.path()),
        }
    }
    found
}

/// The program of Sarracenia that announces files, where it can: version 3.3.1 cannot over MQTT.
pub fn poster() -> Option<PathBuf> {
    let path = std::env::var("PATH").unwrap_or_default();
    let sr3 = std::env::split_paths(&path).map(|folder| folder.join("sr3")).find(|file| file.is_file())?;
    let version = Command::new(&sr3).arg("--version").output().expect("sr3 runs");
    let is_able = !String::from_utf8_lossy(&version.stdout).trim().starts_with("3.03");
    let beside = sr3.canonicalize().ok()?.with_file_name("sr3_post");
    (is_able && beside.is_file()).then_some(beside)
}

/// The variables by which it keeps to a folder of the test.
pub fn at_home(home: &Path) -> [(&'static str, &Path); 3] {
    ["XDG_CONFIG_HOME", "XDG_CACHE_HOME", "HOME"].map(|name| (name, home))
}

#[test]
fn sarracenia_subscribes_to_the_demos_broker_and_gets_its_files() {
    if !has(&["sr3"]) {
        return;
    }
    let _alone = alone_with_sarracenia();
    let (home, out) = (tempdir().unwrap(), tempdir().unwrap());
    let (_demo, url) = demo();
    let settings = home.path().join("sr3/subscribe");
    std::fs::create_dir_all(&settings).unwrap();
    let broker = url.replace("mqtt://", "mqtt://anyone:anyone@");
    let lines = format!(
        "broker {broker}\nexchange xpublic\ntopicPrefix v03.post\nsubtopic #\ninstances 1\nmirror True\n\
         directory {}\naccept .*DEMO.*\n",
        text(out.path())
    );
    std::fs::write(settings.join("nuee.conf"), lines).unwrap();
    let _sr3 = Sarracenia::start(home.path());
    wait_until("a file", || {
        files_below(out.path()).iter().any(|file| {
            let name = file.file_name().unwrap().to_string_lossy();
            !name.ends_with(".tmp") && std::fs::metadata(file).is_ok_and(|found| found.len() > 0)
        })
    });
}
