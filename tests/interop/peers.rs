//! Nuée and other clients as peers of one another, by .torrent and by magnet.

use super::programs::{
    Publisher, free_port, get, has, has_libtorrent, libtorrent_seeder, made_octets, nuee, start, text,
    wait_for_port, wait_until,
};
use librqbit::{AddTorrent, AddTorrentOptions, ListenerMode, ListenerOptions, Session, SessionOptions};
use serde_json::Value;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::{TempDir, tempdir};

/// A file, a .torrent of it that names no tracker that answers, and its info-hash.
struct Made {
    folder: TempDir,
    octets: Vec<u8>,
    info_hash: String,
}

impl Made {
    fn new() -> Self {
        let folder = tempdir().unwrap();
        let octets = made_octets((5 << 20) + 12_345);
        std::fs::write(folder.path().join("x.bin"), &octets).unwrap();
        let path = folder.path().join("x.bin");
        let made = nuee(&["publish", "--json", text(&path), "--tracker", "http://127.0.0.1:9/announce"]);
        let line: Value = serde_json::from_slice(&made.stdout).expect("one JSON line");
        let info_hash = line["info_hash"].as_str().expect("a hash").to_owned();
        Self { folder, octets, info_hash }
    }

    fn torrent(&self) -> PathBuf {
        self.folder.path().join("x.bin.torrent")
    }

    fn magnet(&self, port: u16) -> String {
        format!("magnet:?xt=urn:btih:{}&x.pe=127.0.0.1:{port}", self.info_hash)
    }
}

/// Gets by .torrent and by magnet from a peer at `port` alone.
#[track_caller]
fn assert_gives(made: &Made, port: u16) {
    let peer = format!("127.0.0.1:{port}");
    for target in [text(&made.torrent()).to_owned(), made.magnet(port)] {
        let out = tempdir().unwrap();
        let arguments = [target.as_str(), "--out", text(out.path()), "--peer", &peer, "--via", "swarm-only"];
        let (code, done) = get(&arguments);
        assert_eq!(
            (code, &done["bytes_by_source"]["swarm"]),
            (0, &made.octets.len().into()),
            "{target}: {done}"
        );
        assert_eq!(std::fs::read(out.path().join("x.bin")).unwrap(), made.octets, "{target}");
    }
}

/// Ours, which has the file and gives it: its tracker tells its port. The .torrent beside the file names that tracker.
fn ours(made: &Made) -> (Publisher, String) {
    let publisher = Publisher::start(&[text(&made.folder.path().join("x.bin"))]);
    publisher.settle();
    let tracker = publisher.urls("tracker")[0].clone();
    let encoded: String = url::form_urlencoded::byte_serialize(tracker.as_bytes()).collect();
    (publisher, format!("magnet:?xt=urn:btih:{}&tr={encoded}", made.info_hash))
}

#[test]
fn libtorrent_gives_by_torrent_and_by_magnet() {
    if !has_libtorrent() {
        return;
    }
    let (made, port) = (Made::new(), free_port());
    let _seeder = libtorrent_seeder(made.folder.path(), port);
    assert_gives(&made, port);
}

#[test]
fn aria2_gives_by_torrent_and_by_magnet() {
    if !has(&["aria2c"]) {
        return;
    }
    let (made, port) = (Made::new(), free_port());
    let listens = format!("--listen-port={port}");
    let _seeder = start(
        "aria2c",
        &[
            "--quiet",
            "--check-integrity=true",
            "--seed-ratio=0",
            "--enable-dht=false",
            "--bt-enable-lpd=false",
            &listens,
            "-d",
            text(made.folder.path()),
            text(&made.torrent()),
        ],
    );
    wait_for_port(port);
    assert_gives(&made, port);
}

#[test]
fn transmission_gives_by_torrent_and_by_magnet() {
    if !has(&["transmission-cli"]) {
        return;
    }
    let (made, port, configuration) = (Made::new(), free_port(), tempdir().unwrap());
    let _seeder = start(
        "transmission-cli",
        &[
            "-g",
            text(configuration.path()),
            "-w",
            text(made.folder.path()),
            "-p",
            &port.to_string(),
            "-M",
            "-et",
            text(&made.torrent()),
        ],
    );
    wait_for_port(port);
    assert_gives(&made, port);
}

/// librqbit with the torrent, in a folder that has the file or is to get it.
async fn a_librqbit(folder: &Path, add: AddTorrent<'_>, port: Option<u16>) -> std::sync::Arc<Session> {
    let listen = port.map(|port| ListenerOptions {
        mode: ListenerMode::TcpOnly,
        listen_addr: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        ipv4_only: true,
        ..ListenerOptions::default()
    });
    let options = SessionOptions {
        dht: None,
        disable_local_service_discovery: true,
        ipv4_only: true,
        listen,
        ..SessionOptions::default()
    };
    let session = Session::new_with_opts(folder.to_owned(), options).await.expect("a session");
    let options = AddTorrentOptions { overwrite: true, ..AddTorrentOptions::default() };
    let added = session.add_torrent(add, Some(options)).await.expect("a torrent");
    let handle = added.into_handle().expect("it runs");
    handle.wait_until_initialized().await.expect("it is ready");
    session
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Runtime::new().expect("a runtime")
}

#[test]
fn rqbit_gives_by_torrent_and_by_magnet() {
    let (made, port) = (Made::new(), free_port());
    let runtime = runtime();
    let torrent = std::fs::read(made.torrent()).unwrap();
    let seeder =
        runtime.block_on(a_librqbit(made.folder.path(), AddTorrent::from_bytes(torrent), Some(port)));
    assert_gives(&made, port);
    drop(seeder);
}

#[test]
fn rqbit_gets_what_nuee_gives_by_torrent_and_by_magnet() {
    let made = Made::new();
    let (_publisher, magnet) = ours(&made);
    let torrent = std::fs::read(made.torrent()).unwrap();
    let runtime = runtime();
    for add in [AddTorrent::from_bytes(torrent), AddTorrent::from_url(&magnet)] {
        let out = tempdir().unwrap();
        let add_and_wait = async {
            let session = a_librqbit(out.path(), add, None).await;
            let is_whole = || std::fs::read(out.path().join("x.bin")).is_ok_and(|read| read == made.octets);
            while !is_whole() {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            drop(session);
        };
        runtime
            .block_on(async { tokio::time::timeout(Duration::from_secs(30), add_and_wait).await })
            .expect("librqbit gets the file");
    }
}

#[test]
fn aria2_and_libtorrent_get_by_magnet_what_nuee_gives() {
    if !has(&["aria2c"]) || !has_libtorrent() {
        return;
    }
    let made = Made::new();
    let (_publisher, magnet) = ours(&made);
    let by_aria2 = tempdir().unwrap();
    let options = [
        "--quiet",
        "--seed-time=0",
        "--enable-dht=false",
        "--bt-enable-lpd=false",
        "--bt-tracker-interval=2",
    ];
    let _aria2 = {
        let mut arguments: Vec<&str> = options.to_vec();
        arguments.extend(["-d", text(by_aria2.path()), &magnet]);
        start("aria2c", &arguments)
    };
    wait_until("aria2's file", || {
        std::fs::read(by_aria2.path().join("x.bin")).is_ok_and(|read| read == made.octets)
    });
    let by_libtorrent = tempdir().unwrap();
    let script = "import libtorrent as lt, sys, time\n\
        s = lt.session({'listen_interfaces': '127.0.0.1:0', 'enable_dht': False, 'enable_lsd': False})\n\
        p = lt.parse_magnet_uri(sys.argv[1]); p.save_path = sys.argv[2]\n\
        h = s.add_torrent(p)\n\
        end = time.time() + 40\n\
        while not h.status().is_seeding and time.time() < end: time.sleep(0.1)\n\
        sys.exit(0 if h.status().is_seeding else 1)\n";
    let status =
        Command::new("/usr/bin/python3").args(["-c", script, &magnet]).arg(by_libtorrent.path()).status();
    assert!(status.expect("python runs").success(), "libtorrent");
    assert_eq!(std::fs::read(by_libtorrent.path().join("x.bin")).unwrap(), made.octets);
}
