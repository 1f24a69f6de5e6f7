//! What Nuée publishes, others can get.

use super::programs::{Publisher, Running, free_port, has, made_octets, nuee, start, text, wait_until};
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use tempfile::tempdir;

/// A folder of three files, the way a run is offered.
fn a_folder(at: &Path, order: [&str; 3]) -> std::path::PathBuf {
    let folder = at.join("RUN");
    std::fs::create_dir(&folder).unwrap();
    for name in order {
        std::fs::write(folder.join(name), made_octets(300_000 + name.len() * 1_000)).unwrap();
    }
    folder
}

fn fetch(url: &str, to: &Path) {
    let status = Command::new("aria2c")
        .args(["--quiet", "--follow-torrent=false", "-d", text(to.parent().unwrap())])
        .args(["-o", to.file_name().unwrap().to_str().unwrap(), url])
        .status();
    assert!(status.expect("aria2c runs").success());
}

fn is_same(made: &Path, got: &Path) -> bool {
    ["a", "bb", "ccc"].iter().all(|name| {
        std::fs::read(got.join("RUN").join(name))
            .is_ok_and(|octets| octets == std::fs::read(made.join(name)).unwrap())
    })
}

#[test]
fn aria2_transmission_and_libtorrent_get_what_nuee_publishes() {
    if !has(&["aria2c", "transmission-cli", "python3"]) {
        return;
    }
    let (source, target) = (tempdir().unwrap(), tempdir().unwrap());
    let made = a_folder(source.path(), ["a", "bb", "ccc"]);
    let publisher = Publisher::start(&[text(&made)]);
    publisher.settle();
    let torrent = target.path().join("x.torrent");
    fetch(&publisher.urls("torrent")[0], &torrent);

    let by_aria2 = target.path().join("aria2");
    let status = Command::new("aria2c")
        .args([
            "--quiet",
            "--seed-time=0",
            "--enable-dht=false",
            "--bt-enable-lpd=false",
            "-d",
            text(&by_aria2),
        ])
        .arg(&torrent)
        .status();
    assert!(status.expect("aria2c runs").success());
    assert!(is_same(&made, &by_aria2), "aria2");

    let by_transmission = target.path().join("transmission");
    std::fs::create_dir(&by_transmission).unwrap();
    let _running = transmission(&torrent, &by_transmission, &target.path().join("configuration"));
    wait_until("transmission's files", || is_same(&made, &by_transmission));

    let by_libtorrent = target.path().join("libtorrent");
    let script = "import libtorrent as lt, sys, time\n\
        s = lt.session({'listen_interfaces': '127.0.0.1:0', 'enable_dht': False, 'enable_lsd': False})\n\
        h = s.add_torrent({'ti': lt.torrent_info(sys.argv[1]), 'save_path': sys.argv[2]})\n\
        end = time.time() + 50\n\
        while not h.status().is_seeding and time.time() < end: time.sleep(0.05)\n\
        sys.exit(0 if h.status().is_seeding else 1)\n";
    let status =
        Command::new("/usr/bin/python3").args(["-c", script]).arg(&torrent).arg(&by_libtorrent).status();
    assert!(status.expect("python runs").success(), "libtorrent");
    assert!(is_same(&made, &by_libtorrent), "libtorrent");
}

fn transmission(torrent: &Path, to: &Path, configuration: &Path) -> Running {
    let port = free_port().to_string();
    start("transmission-cli", &["-g", text(configuration), "-w", text(to), "-p", &port, "-M", text(torrent)])
}

#[test]
fn two_makers_of_the_same_files_get_the_same_info_hash() {
    let hash_of = |order| {
        let source = tempdir().unwrap();
        let made = a_folder(source.path(), order);
        let output =
            nuee(&["publish", "--json", text(&made), "--tracker", "http://tracker.example/announce"]);
        let line: Value = serde_json::from_slice(&output.stdout).expect("one JSON line");
        line["info_hash"].as_str().expect("a hash").to_owned()
    };
    assert_eq!(hash_of(["a", "bb", "ccc"]), hash_of(["ccc", "bb", "a"]));
}

#[test]
fn torrents_of_mktorrent_are_sound() {
    if !has(&["mktorrent"]) {
        return;
    }
    let folder = tempdir().unwrap();
    let made = a_folder(folder.path(), ["a", "bb", "ccc"]);
    let torrent = folder.path().join("m.torrent");
    let status = Command::new("mktorrent")
        .args(["-a", "http://127.0.0.1:1/announce", "-o", text(&torrent), text(&made)])
        .output();
    assert!(status.expect("mktorrent runs").status.success());
    let output = nuee(&["inspect", "--json", text(&torrent)]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&report["kind"], &report["verdict"]), (&"torrent".into(), &"valid".into()), "{report}");
    assert_eq!(report["files"].as_array().map(Vec::len), Some(3));
}
