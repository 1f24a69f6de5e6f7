//! Other clients find each other through the tracker of `publish --serve`, over UDP alone.

use super::programs::{
    Running, free_port, has, has_libtorrent, libtorrent_seeder, made_octets, nuee, start, text,
    wait_for_port, wait_until,
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

    fn wait_for_leecher(&self) {
        wait_until("a leecher", || self.server.tracker().counts(self.info_hash).incomplete > 0);
    }

    fn wait_for_file(&self, folder: &Path, whose: &str) {
        wait_until(whose, || std::fs::read(folder.join("x.bin")).is_ok_and(|read| read == self.octets));
    }

    fn transmission(&self, folder: &Path, configuration: &Path) -> Running {
        let port = free_port();
        let torrent = self.torrent();
        let place = ["-g", text(configuration), "-w", text(folder), "-M", "-et", text(&torrent)];
        let running = start("transmission-cli", &[&["-p", &port.to_string()], &place[..]].concat());
        wait_for_port(port);
        running
    }
}

/// A seed is told who wants something, and calls: transmission itself calls nobody on its own machine.
#[test]
fn a_seed_that_comes_later_finds_who_waits_for_it() {
    if !has(&["transmission-cli"]) || !has_libtorrent() {
        return;
    }
    let tracked = Tracked::new("udp");
    let (out, configuration) = (tempdir().unwrap(), tempdir().unwrap());
    let _transmission = tracked.transmission(out.path(), configuration.path());
    tracked.wait_for_leecher();
    let _libtorrent = libtorrent_seeder(tracked.folder.path(), free_port());
    tracked.wait_for_file(out.path(), "transmission's file");
}
