//! Other clients find each other through the tracker of `publish --serve`, over UDP alone and over HTTP alone.
//!
//! Each client has an address of its own: libtorrent knows one peer an address, and would take whoever else is at ours for the
//! one that it was told of.

use super::programs::{
    Running, free_port, has, has_libtorrent, libtorrent, made_octets, nuee, start, text, wait_for_port_at,
    wait_until,
};
use nuee::domain::torrent::InfoHash;
use nuee::engine::services::publish::{Server, Shelf};
use serde_json::Value;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use tempfile::{TempDir, tempdir};
use tokio::runtime::Runtime;

/// A tracker, and a file whose .torrent names it and nothing else.
struct Tracked {
    server: Server,
    _runtime: Runtime,
    folder: TempDir,
    octets: Vec<u8>,
    info_hash: InfoHash,
}

/// A program that takes part, as long as it lives.
struct Client {
    _running: Running,
    _folder: TempDir,
}

impl Tracked {
    /// `scheme` is that of the tracker's URL.
    fn new(scheme: &str) -> Self {
        let runtime = Runtime::new().unwrap();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let server = runtime.block_on(Server::start(address, &Shelf::default())).expect("a free port");
        assert!(server.no_packets().is_none());
        let folder = tempdir().unwrap();
        let octets = made_octets((1 << 20) + 12_345);
        std::fs::write(folder.path().join("x.bin"), &octets).unwrap();
        let tracker = format!("{scheme}://{}/announce", server.address());
        let made = nuee(&["publish", "--json", text(&folder.path().join("x.bin")), "--tracker", &tracker]);
        let line: Value = serde_json::from_slice(&made.stdout).expect("one JSON line");
        let info_hash = InfoHash::parse(line["info_hash"].as_str().expect("a hash")).expect("a hash");
        server.tracker().list(info_hash);
        Self { server, _runtime: runtime, folder, octets, info_hash }
    }

    fn torrent(&self) -> PathBuf {
        self.folder.path().join("x.bin.torrent")
    }

    fn wait_for_seed(&self) {
        wait_until("a seed", || self.server.tracker().counts(self.info_hash).complete > 0);
    }

    fn wait_for_leecher(&self) {
        wait_until("a leecher", || self.server.tracker().counts(self.info_hash).incomplete > 0);
    }

    fn wait_for_file(&self, folder: &Path, whose: &str) {
        wait_until(whose, || std::fs::read(folder.join("x.bin")).is_ok_and(|read| read == self.octets));
    }

    /// aria2 at `ip`. It asks trackers over UDP through the socket of its DHT only; that has no node to begin with.
    fn aria2(&self, ip: &str, folder: &Path, more: &[&str]) -> Client {
        let own = tempdir().unwrap();
        let (listen, packets, nodes) = (free_port(), free_port(), own.path().join("dht"));
        let ports = [format!("--listen-port={listen}"), format!("--dht-listen-port={packets}")];
        let at = [format!("--interface={ip}"), format!("--dht-file-path={}", text(&nodes))];
        let quiet = ["--quiet", "--enable-dht=true", "--bt-enable-lpd=false", "--enable-peer-exchange=false"];
        let torrent = self.torrent();
        let own_words = [&*ports[0], &*ports[1], &*at[0], &*at[1], "-d", text(folder), text(&torrent)];
        Client { _running: start("aria2c", &[&quiet[..], more, &own_words].concat()), _folder: own }
    }

    /// transmission at `ip`.
    fn transmission(&self, ip: &str, folder: &Path) -> Client {
        let (own, port) = (tempdir().unwrap(), free_port());
        let settings = format!("{{\"bind-address-ipv4\": \"{ip}\", \"bind-address-ipv6\": \"::1\"}}");
        std::fs::write(own.path().join("settings.json"), settings).unwrap();
        let torrent = self.torrent();
        let place = ["-g", text(own.path()), "-w", text(folder), "-M", "-et", text(&torrent)];
        let running = start("transmission-cli", &[&["-p", &port.to_string()], &place[..]].concat());
        wait_for_port_at(ip, port);
        Client { _running: running, _folder: own }
    }

    fn libtorrent(&self, ip: &str, folder: &Path) -> Running {
        libtorrent(&self.torrent(), folder, (ip, free_port()))
    }

    fn aria2_gets(&self) {
        let out = tempdir().unwrap();
        let _client = self.aria2("127.0.0.3", out.path(), &["--seed-time=0"]);
        self.wait_for_file(out.path(), "aria2's file");
    }

    fn libtorrent_gets(&self) {
        let out = tempdir().unwrap();
        let _running = self.libtorrent("127.0.0.4", out.path());
        self.wait_for_file(out.path(), "libtorrent's file");
    }
}

const SEED: &str = "127.0.0.2";

#[track_caller]
fn clients_find_each_other_over(scheme: &str) {
    if !has(&["aria2c", "transmission-cli"]) || !has_libtorrent() {
        return;
    }
    let tracked = Tracked::new(scheme);
    let transmission = tracked.transmission(SEED, tracked.folder.path());
    tracked.wait_for_seed();
    tracked.aria2_gets();
    // It is told of aria2 as well, which is gone.
    tracked.libtorrent_gets();
    drop(transmission);

    let tracked = Tracked::new(scheme);
    let libtorrent = tracked.libtorrent(SEED, tracked.folder.path());
    tracked.wait_for_seed();
    tracked.aria2_gets();
    drop(libtorrent);

    let tracked = Tracked::new(scheme);
    let words = ["--check-integrity=true", "--seed-ratio=0"];
    let _aria2 = tracked.aria2(SEED, tracked.folder.path(), &words);
    tracked.wait_for_seed();
    tracked.libtorrent_gets();
}

#[test]
fn clients_find_each_other_over_udp_alone() {
    clients_find_each_other_over("udp");
}

#[test]
fn clients_find_each_other_over_http_alone() {
    clients_find_each_other_over("http");
}

/// A seed is told who wants something, and calls: transmission itself calls nobody on its own machine.
#[test]
fn a_seed_that_comes_later_finds_who_waits_for_it() {
    if !has(&["transmission-cli"]) || !has_libtorrent() {
        return;
    }
    let tracked = Tracked::new("udp");
    let out = tempdir().unwrap();
    let _transmission = tracked.transmission("127.0.0.3", out.path());
    tracked.wait_for_leecher();
    let _libtorrent = tracked.libtorrent(SEED, tracked.folder.path());
    tracked.wait_for_file(out.path(), "transmission's file");
}
