//! The plug is pulled: nothing proven is lost, nothing wrong is kept.

use super::programs::{Nginx, get, has, made_octets, nuee, start_nuee, text};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::{TempDir, tempdir};

/// Most octets that may be received twice after a kill.
const TWICE: u64 = 8 << 20;

struct Case {
    nginx: Nginx,
    source: TempDir,
    octets: Vec<u8>,
}

impl Case {
    /// A file of 48 MiB behind nginx, and its .torrent.
    fn new() -> Self {
        let (nginx, source, octets) = (Nginx::start(), tempdir().unwrap(), made_octets(48 << 20));
        std::fs::write(source.path().join("x.bin"), &octets).unwrap();
        std::fs::write(nginx.root.join("x.bin"), &octets).unwrap();
        let made = nuee(&["publish", text(&source.path().join("x.bin")), "--web-seed", &nginx.url("x.bin")]);
        assert!(made.status.success());
        Self { nginx, source, octets }
    }

    fn torrent(&self) -> String {
        self.source.path().join("x.bin.torrent").display().to_string()
    }

    /// Receives a part and is killed; returns roughly how much that was.
    fn kill_in_the_middle(&self, target: &str, out: &Path) -> u64 {
        let mut running =
            start_nuee(&["get", target, "--allow-local", "--out", text(out), "--limit-down", "8M"]);
        std::thread::sleep(Duration::from_secs(3));
        running.0.kill().expect("it still runs");
        running.0.wait().expect("it is gone");
        octets_on_disk(out)
    }
}

fn octets_on_disk(out: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt;
    partials(out).iter().map(|path| path.metadata().unwrap().blocks() * 512).sum()
}

fn partials(out: &Path) -> Vec<PathBuf> {
    let folders = std::fs::read_dir(out.join(".nuee")).unwrap().map(|entry| entry.unwrap().path());
    let inside = folders.filter(|path| path.is_dir()).flat_map(|folder| std::fs::read_dir(folder).unwrap());
    inside.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect()
}

#[test]
fn after_kill_9_the_same_command_goes_on_with_little_received_twice() {
    if !has(&["nginx"]) {
        return;
    }
    let case = Case::new();
    for target in [case.torrent(), case.nginx.url("x.bin")] {
        let out = tempdir().unwrap();
        let before = case.kill_in_the_middle(&target, out.path());
        assert!(before > 4 << 20, "nothing was received before the kill");
        let (code, done) = get(&[&target, "--out", text(out.path())]);
        assert_eq!(code, 0, "{done}");
        let received = done["bytes_received"].as_u64().unwrap();
        assert!(before + received <= case.octets.len() as u64 + TWICE, "{before} and {received} of {target}");
        assert_eq!(std::fs::read(out.path().join("x.bin")).unwrap(), case.octets);
    }
}

#[test]
fn zeros_in_place_of_what_was_received_are_noticed_and_repaired() {
    if !has(&["nginx"]) {
        return;
    }
    let case = Case::new();
    let out = tempdir().unwrap();
    case.kill_in_the_middle(&case.torrent(), out.path());
    for partial in partials(out.path()) {
        let file = std::fs::File::options().write(true).open(&partial).unwrap();
        let length = file.metadata().unwrap().len();
        file.set_len(0).unwrap();
        file.set_len(length).unwrap();
    }
    let (code, done) = get(&[&case.torrent(), "--out", text(out.path())]);
    assert_eq!(code, 0, "{done}");
    assert_eq!(std::fs::read(out.path().join("x.bin")).unwrap(), case.octets);
}

#[test]
fn an_output_that_cannot_be_written_ends_with_5_and_without_a_panic() {
    if !has(&["nginx"]) {
        return;
    }
    let case = Case::new();
    let out = tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_nuee"))
        .args(["get", &case.torrent(), "--allow-local", "--json", "--out", text(out.path())])
        .stdout(std::fs::File::options().write(true).open("/dev/full").unwrap())
        .stderr(Stdio::piped())
        .output()
        .expect("nuee runs");
    assert_eq!(output.status.code(), Some(5));
    assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"));
}

#[test]
fn a_small_disk_ends_with_5_before_anything_is_fetched() {
    let mount = tempdir().unwrap();
    let mounted =
        Command::new("mount").args(["-t", "tmpfs", "-o", "size=20m", "tmpfs", text(mount.path())]).output();
    if !has(&["nginx"]) || !mounted.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: a small disk cannot be mounted here");
        return;
    }
    let case = Case::new();
    let out = mount.path().join("out");
    let (code, failed) = get(&[&case.torrent(), "--out", text(&out)]);
    let unmounted = Command::new("umount").arg(mount.path()).status();
    assert!(unmounted.expect("umount runs").success());
    assert_eq!((code, &failed["bytes_received"]), (5, &0.into()), "{failed}");
}

#[test]
fn a_link_in_the_place_of_a_file_is_neither_followed_nor_replaced() {
    if !has(&["nginx"]) {
        return;
    }
    let case = Case::new();
    let (out, elsewhere) = (tempdir().unwrap(), tempdir().unwrap());
    let planted = elsewhere.path().join("victim");
    std::fs::write(&planted, "untouched").unwrap();
    std::os::unix::fs::symlink(&planted, out.path().join("x.bin")).unwrap();
    let (code, failed) = get(&[&case.torrent(), "--out", text(out.path())]);
    assert_eq!(code, 5, "{failed}");
    assert_eq!(std::fs::read(&planted).unwrap(), b"untouched");
}

#[test]
fn a_folder_in_use_is_refused_or_waited_for() {
    if !has(&["nginx"]) {
        return;
    }
    let case = Case::new();
    let out = tempdir().unwrap();
    let url = case.nginx.url("x.bin");
    let first = start_nuee(&["get", &url, "--out", text(out.path()), "--limit-down", "20M"]);
    super::programs::wait_until("the first process", || out.path().join(".nuee").is_dir());
    std::thread::sleep(Duration::from_millis(300));
    let (code, _) = get(&[&url, "--out", text(out.path())]);
    assert_eq!(code, 5);
    let (code, done) = get(&[&url, "--out", text(out.path()), "--wait", "50s"]);
    assert_eq!(code, 0, "{done}");
    drop(first);
}
