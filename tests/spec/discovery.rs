//! Ways to find peers beside trackers, where a server of the test stands in for a node of the DHT.

use crate::ground::{Home, noise};
use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Something that looks like a node of the DHT, counts what it is asked, and says nothing.
fn silent_node() -> (String, Arc<AtomicUsize>) {
    let socket = UdpSocket::bind(("127.0.0.1", 0)).expect("a port");
    let place = socket.local_addr().expect("an address").to_string();
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    std::thread::spawn(move || {
        let mut packet = [0; 2_048];
        while socket.recv(&mut packet).is_ok() {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    (place, asked)
}

/// A .torrent without trackers, and the same said to be private.
fn torrents(home: &Home) -> [String; 2] {
    let file = home.write("data/a.bin", noise(1 << 18));
    let made = home.run(&["publish", &file, "--out", "made"]);
    assert_eq!(made.code, Some(0), "{made:?}");
    let octets = std::fs::read(home.path("made/a.bin.torrent")).expect("a .torrent");
    let key = b"6:pieces";
    let at = octets.windows(key.len()).position(|stretch| stretch == key).expect("pieces") + key.len();
    let colon = at + octets[at..].iter().position(|octet| *octet == b':').expect("a length");
    let length: usize = String::from_utf8_lossy(&octets[at..colon]).parse().expect("a number");
    let (head, tail) = octets.split_at(colon + 1 + length);
    let private = [head, b"7:privatei1e", tail].concat();
    [home.path("made/a.bin.torrent").display().to_string(), home.write("private.torrent", private)]
}

#[test]
fn no_node_of_the_dht_hears_of_a_private_torrent_and_each_does_of_another() {
    let home = Home::new();
    let [public, private] = torrents(&home);
    let (node, asked) = silent_node();
    let dead = "127.0.0.1:9";
    let get = |torrent: &str| {
        let arguments = ["get", torrent, "--out", "out", "--via", "swarm-only", "--no-seed", "--json"];
        let ways = ["--peer", dead, "--allow-local", "--dht", "--dht-node", &node];
        home.run(&[&arguments[..], &ways].concat())
    };
    let ran = get(&private);
    assert_eq!((ran.code, asked.load(Ordering::SeqCst)), (Some(3), 0), "{ran:?}");
    let ran = get(&public);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(asked.load(Ordering::SeqCst) > 0, "{ran:?}");
}

#[test]
fn a_private_torrent_without_trackers_has_no_way_to_peers() {
    let home = Home::new();
    let [_, private] = torrents(&home);
    let (node, asked) = silent_node();
    let arguments =
        ["get", &private, "--out", "out", "--via", "swarm-only", "--local-peers", "--dht-node", &node];
    let ran = home.run(&arguments);
    assert_eq!((ran.code, asked.load(Ordering::SeqCst)), (Some(3), 0), "{ran:?}");
    assert!(ran.err.contains("no tracker"), "{ran:?}");
}

#[test]
fn a_magnet_whose_nodes_do_not_answer_ends_and_names_the_dht() {
    let home = Home::new();
    let (node, _asked) = silent_node();
    let magnet = format!("magnet:?xt=urn:btih:{}", "ab".repeat(20));
    let ran = home.run(&["get", &magnet, "--out", "out", "--dht-node", &node]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.err.contains("DHT") && ran.took.as_secs() < 40, "{ran:?}");
}

#[test]
fn nobody_is_asked_in_the_dht_or_the_network_where_only_http_is_allowed() {
    let home = Home::new();
    let [public, _] = torrents(&home);
    let (node, asked) = silent_node();
    let ways = ["--dht-node", &node, "--local-peers", "--open-port"];
    let ran = home.run(&[&["get", &public, "--out", "out", "--via", "http-only"][..], &ways].concat());
    assert_eq!((ran.code, asked.load(Ordering::SeqCst)), (Some(3), 0), "{ran:?}");
}

#[test]
fn a_node_that_is_none_is_a_usage_error_that_says_the_form() {
    let home = Home::new();
    let ran = home.run(&["get", "a.torrent", "--dht-node", "router"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("HOST:PORT"), "{ran:?}");
    let ran = home.run(&["publish", "a.bin", "--serve", "--dht"]);
    assert_eq!(ran.code, Some(2), "only this computer could call: {ran:?}");
}
