//! Peers that find each other without a tracker, in networks that this test makes: the DHT, and the local network.

use super::programs::{PATIENCE, Running, has, has_libtorrent, made_octets, nuee, start, text, wait_until};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::{TempDir, tempdir};

/// Set for the copy of this program that is a node of the DHT in a network of the tests.
const NODE: &str = "NUEE_TEST_DHT_NODE";

const NODE_PORT: u16 = 6_881;

/// A network namespace, removed at the end.
struct Place(String);

impl Drop for Place {
    fn drop(&mut self) {
        // What is gone already needs no removal.
        let _ = Command::new("ip").args(["netns", "del", &self.0]).status();
    }
}

fn ip(arguments: &[&str]) -> bool {
    let path = format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default());
    let ran = Command::new("ip").args(arguments).env("PATH", path).output();
    ran.is_ok_and(|output| output.status.success())
}

impl Place {
    /// `None` where this machine makes none, which needs root; that is said, or fails where it is required.
    fn new() -> Option<Self> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        if !has(&["ip"]) {
            return None;
        }
        let name = format!("nuee-{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let can = ip(&["netns", "add", &name]);
        let is_required = std::env::var("NUEE_INTEROP").is_ok_and(|value| value == "required");
        assert!(can || !is_required, "a network namespace needs root");
        if !can {
            eprintln!("skipped: a network namespace needs root");
            return None;
        }
        let place = Self(name);
        place.ip(&["link", "set", "dev", "lo", "up"]);
        Some(place)
    }

    fn ip(&self, arguments: &[&str]) {
        assert!(ip(&[&["-n", &self.0], arguments].concat()), "{arguments:?}");
    }

    /// A cable to another place, with an address at either end of 10.77.NETWORK.0/24.
    fn join(&self, other: &Self, network: u8) {
        let (here, there) = (format!("here{network}"), format!("there{network}"));
        let link = ["link", "add", "dev", &here, "type", "veth", "peer", "name", &there, "netns", &other.0];
        self.ip(&link);
        for (place, device, last) in [(self, &here, 1), (other, &there, 2)] {
            place.ip(&["addr", "add", &format!("10.77.{network}.{last}/24"), "dev", device]);
            place.ip(&["link", "set", "dev", device, "up"]);
        }
    }

    fn goes_out_by(&self, router: &str) {
        self.ip(&["route", "add", "default", "via", router]);
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.0, program]);
        command
    }

    fn get(&self, out: &Path, arguments: &[&str]) -> Output {
        let command = &mut self.command(env!("CARGO_BIN_EXE_nuee"));
        let common = ["get", "--json", "--lang", "en", "--via", "swarm-only", "--out", text(out)];
        command.args(common).args(arguments).output().expect("nuee runs")
    }

    /// Starts a publisher and waits until it serves.
    fn publish(&self, file: &Path, address: &str, ways: &[&str]) -> Running {
        let bind = format!("{address}:8080");
        let mut child = self
            .command(env!("CARGO_BIN_EXE_nuee"))
            .args(["publish", "--serve", "--json", "--bind", &bind, text(file)])
            .args(ways)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("nuee runs");
        let output = BufReader::new(child.stdout.take().expect("its output is piped"));
        let running = Running(child);
        let is_serving = |line: String| line.contains("\"serving\"");
        assert!(output.lines().map_while(Result::ok).any(is_serving), "it does not serve");
        running
    }
}

/// A file and the magnet of it, which names no tracker.
struct Made {
    folder: TempDir,
    octets: Vec<u8>,
    magnet: String,
}

impl Made {
    fn new() -> Self {
        let folder = tempdir().unwrap();
        let octets = made_octets((3 << 20) + 12_345);
        let path = folder.path().join("x.bin");
        std::fs::write(&path, &octets).unwrap();
        let made = nuee(&["publish", "--json", text(&path)]);
        let line: Value = serde_json::from_slice(&made.stdout).expect("one JSON line");
        let magnet = format!("magnet:?xt=urn:btih:{}", line["info_hash"].as_str().expect("a hash"));
        Self { folder, octets, magnet }
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("x.bin")
    }

    /// Gets it again and again until somebody is found: who gives may be announced after the search.
    #[track_caller]
    fn assert_comes(&self, place: &Place, arguments: &[&str]) {
        let out = tempdir().unwrap();
        let mut said = String::new();
        for _ in 0..3 {
            let output = place.get(out.path(), &[&[self.magnet.as_str()], arguments].concat());
            said = String::from_utf8_lossy(&output.stdout).into_owned();
            if output.status.success() {
                let done: Value =
                    serde_json::from_str(said.lines().last().unwrap_or_default()).expect("JSON");
                assert_eq!(done["bytes_by_source"]["swarm"], self.octets.len(), "{said}");
                assert_eq!(std::fs::read(out.path().join("x.bin")).unwrap(), self.octets);
                return;
            }
        }
        panic!("nobody was found: {said}");
    }
}

/// Two places that reach each other by a third, in which a node of the DHT runs.
struct ThreePlaces {
    giver: Place,
    taker: Place,
    _router: Place,
    _node: Running,
}

impl ThreePlaces {
    fn with(node: fn(&Place) -> Running) -> Option<Self> {
        let (router, giver, taker) = (Place::new()?, Place::new()?, Place::new()?);
        router.join(&giver, 1);
        router.join(&taker, 2);
        giver.goes_out_by("10.77.1.1");
        taker.goes_out_by("10.77.2.1");
        let forward = router.command("sh").args(["-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"]).status();
        assert!(forward.expect("a shell").success(), "a namespace that forwards");
        let node = node(&router);
        Some(Self { giver, taker, _router: router, _node: node })
    }
}

/// A node of the library that we use, in a copy of this program: a thread cannot go to another network by itself.
fn a_node(place: &Place) -> Running {
    let this = std::env::current_exe().expect("this program");
    let ready = tempdir().unwrap();
    let sign = ready.path().join("ready");
    let node = place
        .command(text(&this))
        .args(["--exact", "discovery::a_node_of_the_dht_runs_only_for_another_test"])
        .env(NODE, &sign)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let node = Running(node.expect("a node"));
    wait_until("a node of the DHT", || sign.exists());
    node
}

/// libtorrent has nothing to do with nodes of one network by default.
const ANY_ADDRESS: &str = "'dht_restrict_routing_ips': False, 'dht_restrict_search_ips': False";

/// A node of libtorrent, which is what many nodes of the public DHT are.
fn a_node_of_libtorrent(place: &Place) -> Running {
    let script = format!(
        "import libtorrent as lt, time\n\
         s = lt.session({{'listen_interfaces': '0.0.0.0:{NODE_PORT}', 'enable_lsd': False, 'enable_dht': True, \
         'dht_bootstrap_nodes': '', {ANY_ADDRESS}}})\n\
         time.sleep(300)\n"
    );
    start("ip", &["netns", "exec", &place.0, "/usr/bin/python3", "-c", &script])
}

#[test]
fn a_node_of_the_dht_runs_only_for_another_test() {
    let Some(sign) = std::env::var_os(NODE) else { return };
    let mut builder = mainline::Dht::builder();
    builder.server_mode().no_bootstrap().port(NODE_PORT).bind_address(Ipv4Addr::UNSPECIFIED);
    let node = builder.build().expect("a node");
    std::fs::write(sign, b"").expect("room");
    // Whoever started it ends it; it goes by itself when that was forgotten.
    std::thread::sleep(4 * PATIENCE);
    drop(node);
}

#[test]
fn a_magnet_without_trackers_gets_its_description_and_its_bytes_by_the_dht() {
    let Some(places) = ThreePlaces::with(a_node) else { return };
    let made = Made::new();
    let ways = ["--dht-node", "10.77.1.1:6881"];
    let _publisher = places.giver.publish(&made.path(), "10.77.1.2", &ways);
    made.assert_comes(&places.taker, &["--allow-local", "--dht-node", "10.77.2.1:6881"]);
}

#[test]
fn libtorrent_is_found_in_a_dht_of_its_own() {
    if !has_libtorrent() {
        return;
    }
    let Some(places) = ThreePlaces::with(a_node_of_libtorrent) else { return };
    let made = Made::new();
    let settings =
        format!("'enable_lsd': False, 'dht_bootstrap_nodes': '10.77.1.1:{NODE_PORT}', {ANY_ADDRESS}");
    let _seeder = libtorrent(&places.giver, &made, "10.77.1.2", &settings);
    made.assert_comes(&places.taker, &["--allow-local", "--dht-node", "10.77.2.1:6881"]);
}

/// libtorrent as a peer that has the file and is found in the ways that `settings` say.
fn libtorrent(place: &Place, made: &Made, address: &str, settings: &str) -> Running {
    let script = format!(
        "import libtorrent as lt, sys, time\n\
         s = lt.session({{'listen_interfaces': '{address}:6990', {settings}}})\n\
         h = s.add_torrent({{'ti': lt.torrent_info(sys.argv[1]), 'save_path': sys.argv[2]}})\n\
         while True:\n  time.sleep(2)\n  h.force_dht_announce()\n"
    );
    let folder = made.folder.path();
    let torrent = folder.join("x.bin.torrent");
    let arguments =
        ["netns", "exec", &place.0, "/usr/bin/python3", "-c", &script, text(&torrent), text(folder)];
    start("ip", &arguments)
}

/// Two places on one cable.
fn one_network() -> Option<(Place, Place)> {
    let (giver, taker) = (Place::new()?, Place::new()?);
    giver.join(&taker, 3);
    giver.goes_out_by("10.77.3.2");
    taker.goes_out_by("10.77.3.1");
    Some((giver, taker))
}

#[test]
fn a_magnet_without_trackers_comes_from_a_computer_of_the_local_network() {
    let Some((giver, taker)) = one_network() else { return };
    let made = Made::new();
    let _publisher = giver.publish(&made.path(), "10.77.3.1", &["--local-peers"]);
    // A neighbour may be called although its address is private.
    made.assert_comes(&taker, &["--local-peers"]);
}

#[test]
fn libtorrent_is_found_in_the_local_network() {
    if !has_libtorrent() {
        return;
    }
    let Some((giver, taker)) = one_network() else { return };
    let made = Made::new();
    let _seeder = libtorrent(&giver, &made, "10.77.3.1", "'enable_dht': False, 'enable_lsd': True");
    made.assert_comes(&taker, &["--local-peers"]);
}

#[test]
fn without_leave_nobody_is_found_although_they_are_there() {
    let Some((giver, taker)) = one_network() else { return };
    let made = Made::new();
    let _publisher = giver.publish(&made.path(), "10.77.3.1", &["--local-peers"]);
    let out = tempdir().unwrap();
    let output = taker.get(out.path(), &[&made.magnet]);
    assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stdout));
}
