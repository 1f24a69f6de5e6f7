//! Other clients find each other through the tracker of `publish --serve`: over UDP alone, and over HTTP alone.

use super::programs::{
    Running, free_port, has, has_libtorrent, libtorrent_seeder, made_octets, nuee, start, text,
    wait_for_port, wait_until,
};
use nuee::domain::torrent::InfoHash;
use nuee::engine::services::publish::{ExternalTracker, Server, Shelf};
use nuee::publish::tracker::list_file::TrackerListFile;
use serde_json::Value;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
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

    fn wait_for_seed(&self) {
        wait_until("a seed", || self.server.tracker().counts(self.info_hash).complete > 0);
    }

    fn wait_for_leecher(&self) {
        wait_until("a leecher", || self.server.tracker().counts(self.info_hash).incomplete > 0);
    }

    fn wait_for_file(&self, folder: &Path, whose: &str) {
        wait_until(whose, || std::fs::read(folder.join("x.bin")).is_ok_and(|read| read == self.octets));
    }

    fn aria2(&self, folder: &Path, options: &[&str]) -> Running {
        let (listen, packets) = (free_port(), free_port());
        let ports = [format!("--listen-port={listen}"), format!("--dht-listen-port={packets}")];
        let quiet =
            ["--quiet", "--enable-dht=false", "--bt-enable-lpd=false", "--enable-peer-exchange=false"];
        let torrent = self.torrent();
        let place = ["-d", text(folder), text(&torrent)];
        start("aria2c", &[&quiet[..], options, &[&*ports[0], &*ports[1]], &place].concat())
    }

    fn aria2_gets(&self) {
        let out = tempdir().unwrap();
        let _running = self.aria2(out.path(), &["--seed-time=0", "--bt-tracker-interval=2"]);
        self.wait_for_file(out.path(), "aria2's file");
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

fn libtorrent_gets(tracked: &Tracked) {
    let out = tempdir().unwrap();
    let script = "import libtorrent as lt, sys, time\n\
        s = lt.session({'listen_interfaces': '127.0.0.1:0', 'enable_dht': False, 'enable_lsd': False})\n\
        h = s.add_torrent({'ti': lt.torrent_info(sys.argv[1]), 'save_path': sys.argv[2]})\n\
        time.sleep(90)\n";
    let child = Command::new("/usr/bin/python3")
        .args(["-c", script, text(&tracked.torrent()), text(out.path())])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let _running = Running(child.expect("python runs"));
    tracked.wait_for_file(out.path(), "libtorrent's file");
}

#[track_caller]
fn clients_find_each_other_over(scheme: &str) {
    if !has(&["aria2c", "transmission-cli"]) || !has_libtorrent() {
        return;
    }
    // aria2 and libtorrent are told of transmission, which has the file.
    let tracked = Tracked::new(scheme);
    let configuration = tempdir().unwrap();
    let transmission = tracked.transmission(tracked.folder.path(), configuration.path());
    tracked.wait_for_seed();
    tracked.aria2_gets();
    libtorrent_gets(&tracked);
    drop(transmission);

    // aria2 is told of libtorrent.
    let tracked = Tracked::new(scheme);
    let _libtorrent = libtorrent_seeder(tracked.folder.path(), free_port());
    tracked.wait_for_seed();
    tracked.aria2_gets();

    // libtorrent is told of aria2.
    let tracked = Tracked::new(scheme);
    let _aria2 = tracked.aria2(tracked.folder.path(), &["--check-integrity=true", "--seed-ratio=0"]);
    tracked.wait_for_seed();
    libtorrent_gets(&tracked);
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
    let (out, configuration) = (tempdir().unwrap(), tempdir().unwrap());
    let _transmission = tracked.transmission(out.path(), configuration.path());
    tracked.wait_for_leecher();
    let _libtorrent = libtorrent_seeder(tracked.folder.path(), free_port());
    tracked.wait_for_file(out.path(), "transmission's file");
}

/// Another tracker, whose list Nuée writes: it refuses what is not listed, and reads the list again when it is told to.
#[test]
fn opentracker_tracks_what_is_listed_from_the_moment_it_is() {
    if !has(&["opentracker"]) {
        return;
    }
    use std::os::unix::fs::PermissionsExt;
    let (folder, port) = (tempdir().unwrap(), free_port());
    // It gives up the rights that it is started with.
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let file = folder.path().join("whitelist");
    std::fs::write(&file, "").unwrap();
    let port_text = port.to_string();
    let place = ["-d", "/", "-i", "127.0.0.1", "-p", &*port_text, "-P", &*port_text, "-w", text(&file)];
    let running = start("opentracker", &place);
    wait_for_port(port);
    let torrent = InfoHash([0x5a; 20]);
    let is_tracked = || {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
        let hash = "%5a".repeat(20);
        let query = format!(
            "info_hash={hash}&peer_id=aaaaaaaaaaaaaaaaaaaa&port=1&uploaded=0&downloaded=0&left=1&compact=1"
        );
        std::io::Write::write_all(&mut stream, format!("GET /announce?{query} HTTP/1.0\r\n\r\n").as_bytes())
            .unwrap();
        let mut answer = Vec::new();
        std::io::Read::read_to_end(&mut stream, &mut answer).unwrap();
        String::from_utf8_lossy(&answer).contains("8:interval")
    };
    assert!(!is_tracked());
    let mut tracker = ExternalTracker::new(file, Some(running.0.id()), TrackerListFile::default());
    tracker.list(&[torrent]).expect("the list is written");
    wait_until("the torrent in its list", is_tracked);
    tracker.unlist(&[torrent]).expect("the list is written");
    wait_until("the torrent out of its list", || !is_tracked());
}
