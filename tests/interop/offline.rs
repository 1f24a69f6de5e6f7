//! Without a network every command ends within half a minute with the reason, and what needs none works.

use super::programs::{has, made_octets, text};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::{TempDir, tempdir};

/// The longest that a command may take.
pub const LONGEST: Duration = Duration::from_secs(30);

/// Whether this machine lets tests have a network namespace of their own, which needs root.
pub fn can_be_offline() -> bool {
    if !has(&["unshare", "ip"]) {
        return false;
    }
    let can = Command::new("unshare").args(["-n", "true"]).status().is_ok_and(|status| status.success());
    let is_required = std::env::var("NUEE_INTEROP").is_ok_and(|value| value == "required");
    assert!(can || !is_required, "a network namespace needs root");
    if !can {
        eprintln!("skipped: a network namespace needs root");
    }
    can
}

/// A script in a namespace that has this computer and nothing else; its `$0` is the program.
pub fn offline_command(home: &TempDir, script: &str) -> Command {
    let mut command = Command::new("unshare");
    command
        .args(["-n", "sh", "-c", &format!("ip link set lo up && {script}")])
        .arg(env!("CARGO_BIN_EXE_nuee"))
        .current_dir(home.path())
        .env("HOME", home.path())
        .env_remove("XDG_CONFIG_HOME")
        .env_remove("XDG_DATA_HOME")
        .env_remove("XDG_CACHE_HOME")
        .env("XDG_RUNTIME_DIR", home.path())
        .env("LANG", "C.UTF-8")
        .stdin(Stdio::null());
    command
}

/// A command in such a namespace.
fn offline(home: &TempDir, arguments: &[&str]) -> (Output, Duration) {
    let began = Instant::now();
    let output = offline_command(home, "exec timeout 60 \"$0\" \"$@\"").args(arguments).output();
    (output.expect("the command starts"), began.elapsed())
}

fn ends(home: &TempDir, arguments: &[&str], code: i32, reason: &str) {
    let (output, took) = offline(home, arguments);
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    assert!(said.contains(reason), "{arguments:?} does not say {reason:?}: {said}");
    assert!(took < LONGEST, "{arguments:?} took {took:?}");
}

#[test]
fn every_command_that_needs_a_network_ends_and_says_that_there_is_none() {
    if !can_be_offline() {
        return;
    }
    let home = tempdir().unwrap();
    let offline = "this computer is offline";
    ends(&home, &["get", "https://data.example/gfs.f006", "--param", "2t"], 3, offline);
    ends(&home, &["get", "https://data.example/run.torrent", "--lead", "12"], 3, offline);
    ends(&home, &["inspect", "https://data.example/a.grib2"], 3, offline);
    ends(&home, &["index", "https://data.example/a.grib2"], 3, offline);
    ends(&home, &["catalog", "runs", "noaa/gfs-0.25"], 3, offline);
    ends(&home, &["catalog", "search", "synop", "ghana"], 3, offline);
    let latest = ["get", "meteo-france/arome-0.01/SP1", "--run", "latest", "--lead", "6..9"];
    ends(&home, &latest, 3, offline);
    let complete =
        ["get", "ecmwf/ifs-0.25", "--run", "latest-complete", "--lead", "0..48/6", "--param", "2t"];
    ends(&home, &complete, 3, offline);
    ends(&home, &["get", "noaa/hrrr/sfc", "--run", "latest", "--lead", "12", "--wait", "2h"], 3, offline);
    ends(&home, &["get", "met-norway/gribfiles", "--files", "area=oslofjord&content=waves"], 3, offline);
    let hash = "ab".repeat(20);
    let magnet =
        format!("magnet:?xt=urn:btih:{hash}&tr=udp://tracker.example:80&tr=https://tracker.example/announce");
    ends(&home, &["get", &magnet], 3, offline);
    ends(&home, &["listen", "mqtts://everyone:everyone@broker.example", "--topic", "cache/#"], 3, offline);
    ends(&home, &["follow", "add", "noaa/gfs-0.25", "--lead", "0..12", "--out", "data"], 0, "");
    ends(&home, &["follow", "run", "--out", "data"], 3, offline);
}

#[test]
fn no_hour_is_called_missing_or_late_without_a_network() {
    if !can_be_offline() {
        return;
    }
    let home = tempdir().unwrap();
    let (output, _) = offline(&home, &["catalog", "runs", "noaa/gfs-0.25", "--json"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains(r#""state":"unknown""#), "{said}");
    for state in ["missing", "late", "withdrawn", "expected"] {
        assert!(!said.contains(&format!(r#""state":"{state}""#)), "{said}");
    }
}

#[test]
fn what_needs_no_network_works_without_one() {
    if !can_be_offline() {
        return;
    }
    let home = tempdir().unwrap();
    let file = home.path().join("a.bin");
    std::fs::write(&file, made_octets(1 << 20)).unwrap();
    ends(&home, &["catalog", "list"], 0, "noaa/gfs-0.25");
    ends(&home, &["catalog", "show", "noaa/gfs-0.25"], 0, "noaa/gfs-0.25");
    ends(&home, &["publish", text(&file), "--out", "made"], 0, "a.bin.torrent");
    let torrent = Path::new("made/a.bin.torrent");
    ends(&home, &["inspect", text(torrent)], 0, "a.bin");
    ends(&home, &["verify", "a.bin", "--against", text(torrent)], 0, "a.bin");
    ends(&home, &["get", "demo/arome-0.025/SP1", "--lead", "6", "--param", "2t", "--out", "demo"], 0, "DEMO");
    ends(&home, &["demo", "--headless", "--dir", "journey"], 0, "DEMO");
}
