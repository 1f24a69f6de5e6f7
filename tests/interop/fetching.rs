//! Nuée gets what others give.

use super::programs::{
    Nginx, free_port, get, has, has_libtorrent, libtorrent_seeder, made_octets, nuee, start, text,
    wait_for_port,
};
use tempfile::{TempDir, tempdir};

/// A file of 8 MiB, and a .torrent of it with this tracker.
fn a_torrent(announce: &str) -> (TempDir, Vec<u8>) {
    let folder = tempdir().unwrap();
    let octets = made_octets(8 << 20);
    std::fs::write(folder.path().join("x.bin"), &octets).unwrap();
    let made = nuee(&["publish", text(&folder.path().join("x.bin")), "--tracker", announce]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    (folder, octets)
}

#[test]
fn a_peer_that_is_named_gives_everything_without_a_tracker() {
    if !has_libtorrent() {
        return;
    }
    let (source, octets) = a_torrent("http://127.0.0.1:9/announce");
    let port = free_port();
    let _seeder = libtorrent_seeder(source.path(), port);
    let target = tempdir().unwrap();
    let peer = format!("127.0.0.1:{port}");
    let (code, done) = get(&[
        text(&source.path().join("x.bin.torrent")),
        "--out",
        text(target.path()),
        "--peer",
        &peer,
        "--via",
        "swarm-only",
    ]);
    assert_eq!((code, &done["bytes_by_source"]["swarm"]), (0, &octets.len().into()), "{done}");
    assert_eq!(std::fs::read(target.path().join("x.bin")).unwrap(), octets);
}

#[test]
fn aria2_seeds_and_its_peer_is_found_through_opentracker() {
    if !has(&["aria2c", "opentracker"]) {
        return;
    }
    let port = free_port();
    let announce = format!("http://127.0.0.1:{port}/announce");
    let (source, octets) = a_torrent(&announce);
    // Debian's build serves the torrents of a white list only.
    let inspected = nuee(&["inspect", "--json", text(&source.path().join("x.bin.torrent"))]);
    let report: serde_json::Value = serde_json::from_slice(&inspected.stdout).expect("JSON");
    let list = source.path().join("whitelist");
    std::fs::write(&list, format!("{}\n", report["info_hash"].as_str().expect("a hash"))).unwrap();
    let port_text = port.to_string();
    let _tracker =
        start("opentracker", &["-i", "127.0.0.1", "-p", &port_text, "-P", &port_text, "-w", text(&list)]);
    wait_for_port(port);
    let peer_port = free_port().to_string();
    let listen = format!("--listen-port={peer_port}");
    let _seeder = start(
        "aria2c",
        &[
            "--quiet",
            "--seed-ratio=0",
            "--enable-dht=false",
            "--bt-enable-lpd=false",
            "--check-integrity=true",
            &listen,
            "-d",
            text(source.path()),
            text(&source.path().join("x.bin.torrent")),
        ],
    );
    wait_for_port(peer_port.parse().unwrap());
    std::thread::sleep(std::time::Duration::from_secs(2));
    let target = tempdir().unwrap();
    let (code, done) = get(&[
        text(&source.path().join("x.bin.torrent")),
        "--out",
        text(target.path()),
        "--via",
        "swarm-only",
    ]);
    assert_eq!(code, 0, "{done}");
    assert_eq!(std::fs::read(target.path().join("x.bin")).unwrap(), octets);
}

#[test]
fn nginx_alone_gives_everything_as_a_web_seed() {
    if !has(&["nginx"]) {
        return;
    }
    let (source, octets) = a_torrent("http://127.0.0.1:9/announce");
    let nginx = Nginx::start();
    std::fs::copy(source.path().join("x.bin"), nginx.root.join("x.bin")).unwrap();
    let target = tempdir().unwrap();
    let seed = nginx.url("x.bin");
    let (code, done) =
        get(&[text(&source.path().join("x.bin.torrent")), "--web-seed", &seed, "--out", text(target.path())]);
    assert_eq!((code, &done["bytes_by_source"]["web_seed"]), (0, &octets.len().into()), "{done}");
    assert_eq!(done["files"][0]["method"], "piece_hashes");
}

#[test]
fn without_any_source_it_ends_by_itself_and_names_each_with_its_reason() {
    let (source, _) = a_torrent("http://127.0.0.1:9/announce");
    let target = tempdir().unwrap();
    let seed = format!("http://127.0.0.1:{}/x.bin", free_port());
    let began = std::time::Instant::now();
    let (code, failed) =
        get(&[text(&source.path().join("x.bin.torrent")), "--web-seed", &seed, "--out", text(target.path())]);
    assert_eq!(code, 3, "{failed}");
    assert!(began.elapsed().as_secs() < 30);
    let reasons: Vec<&str> =
        failed["sources"].as_array().unwrap().iter().filter_map(|s| s["reason"].as_str()).collect();
    assert!(reasons.contains(&"connection_refused"), "{failed}");
}
