//! Servers, trackers and peers as they are found outside: whatever one of them does, another brings the file.

use crate::ground::{Asked, Home, Ran, Running, Server, noise, reply, reply_range, text, wait_until};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

/// A file of several pieces, and its .torrent with those places.
pub fn published(home: &Home, octets: &[u8], places: &[(&str, String)]) -> String {
    let file = home.write("data/a.bin", octets);
    let mut arguments = vec!["publish", &file, "--out", "made"];
    places.iter().for_each(|(option, url)| arguments.extend([*option, url.as_str()]));
    let made = home.run(&arguments);
    assert_eq!(made.code, Some(0), "{made:?}");
    home.path("made/a.bin.torrent").display().to_string()
}

fn got(home: &Home, torrent: &str, octets: &[u8], more: &[&str]) -> Ran {
    let out = home.path("out");
    let ran = home.run(&[&["get", torrent, "--out", text(&out), "--no-seed", "--json"], more].concat());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(std::fs::read(out.join("a.bin")).expect("the file") == octets, "other octets");
    assert!(ran.took < Duration::from_secs(45), "{ran:?}");
    ran
}

#[test]
fn halves_of_a_file_on_two_web_seeds_make_a_whole() {
    let (home, octets) = (Home::new(), noise(3 << 20));
    let half = octets.len() / 2;
    let server = |is_mine: fn(usize, usize) -> bool| {
        let octets = octets.clone();
        Server::start(move |asked, stream| match asked.range {
            Some((first, last)) if is_mine(first, octets.len() / 2) && is_mine(last, octets.len() / 2) => {
                reply_range(asked, stream, &octets);
            }
            _ => reply(stream, "404 Not Found", "text/plain", b"not here"),
        })
    };
    let (low, high) = (server(|at, half| at < half + (64 << 10)), server(|at, half| at + (64 << 10) >= half));
    assert!(half > 1 << 20);
    let seeds = [("--web-seed", low.url("a.bin")), ("--web-seed", high.url("a.bin"))];
    let torrent = published(&home, &octets, &seeds);
    got(&home, &torrent, &octets, &[]);
}

#[test]
fn halves_of_a_file_that_are_right_on_one_web_seed_each_make_a_whole() {
    let (home, octets) = (Home::new(), noise(3 << 20));
    let half = octets.len() / 2;
    let server = |is_right: fn(usize, usize) -> bool| {
        let mut own = octets.clone();
        own.iter_mut().enumerate().filter(|(at, _)| !is_right(*at, half)).for_each(|(_, octet)| *octet = 0);
        Server::start(move |asked, stream| reply_range(asked, stream, &own))
    };
    let (low, high) = (server(|at, half| at < half), server(|at, half| at >= half));
    let seeds = [("--web-seed", low.url("a.bin")), ("--web-seed", high.url("a.bin"))];
    let torrent = published(&home, &octets, &seeds);
    got(&home, &torrent, &octets, &[]);
}

#[test]
fn a_web_seed_that_drips_does_not_hold_up_a_good_one() {
    let (home, octets) = (Home::new(), noise(2 << 20));
    let drips = Server::start(|_, stream| {
        let _ =
            stream.write_all(b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-2097151/2097152\r\n");
        let _ = stream.write_all(b"Content-Length: 2097152\r\n\r\n");
        while stream.write_all(b"x").is_ok() {
            std::thread::sleep(Duration::from_millis(200));
        }
    });
    let whole = octets.clone();
    let good = Server::start(move |asked, stream| reply_range(asked, stream, &whole));
    let seeds = [("--web-seed", drips.url("a.bin")), ("--web-seed", good.url("a.bin"))];
    let torrent = published(&home, &octets, &seeds);
    got(&home, &torrent, &octets, &[]);
}

const LOGIN: &[u8] = b"<!DOCTYPE html><html><title>Guest network</title><body>Please log in</body></html>";

fn portal(asked: &Asked, stream: &mut TcpStream) {
    if asked.path == "/login" {
        return reply(stream, "200 OK", "text/html", LOGIN);
    }
    let _ = stream.write_all(
        b"HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    );
}

#[test]
fn a_captive_portal_is_named_for_a_torrent_for_data_and_for_a_tracker() {
    for answer in [portal, |_: &Asked, stream: &mut TcpStream| reply(stream, "200 OK", "text/html", LOGIN)] {
        let (home, server) = (Home::new(), Server::start(answer));
        // A page in place of data is a wrong file, shown with its beginning.
        for (name, code) in [("a.torrent", 3), ("a.grib2", 4)] {
            let ran = home.run(&["get", &server.url(name), "--out", "out"]);
            assert_eq!(ran.code, Some(code), "{ran:?}");
            assert!(ran.err.contains("captive portal"), "{ran:?}");
        }
        let places = [("--web-seed", server.url("a.bin")), ("--tracker", server.url("announce"))];
        let torrent = published(&home, &noise(1 << 18), &places);
        std::fs::remove_file(home.path("data/a.bin")).expect("the file");
        let ran = home.run(&["get", &torrent, "--out", "elsewhere", "--no-seed", "--json"]);
        assert_eq!(ran.code, Some(3), "{ran:?}");
        let (words, pages) = (ran.err.matches("captive portal").count(), ran.out.matches("web_page").count());
        assert!(words >= 1 && pages >= 1, "{ran:?}");
    }
}

/// A seed in a process of its own, with the port at which peers call it.
pub fn a_seed(home: &Home, octets: &[u8]) -> (Running, u16) {
    let file = home.write("seed/a.bin", octets);
    let made = home.path("seed-made");
    let arguments = ["publish", &file, "--serve", "--json", "--out", text(&made)];
    let mut child = home.nuee(&arguments).spawn().expect("the program starts");
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let running = Running(child);
    let mut next = |event: &str| loop {
        let line = lines.next().expect("it serves").expect("text");
        let line: Value = serde_json::from_str(&line).unwrap_or_default();
        if line["event"] == event {
            return line;
        }
    };
    let hash = next("published")["info_hash"].as_str().expect("an info-hash").to_owned();
    let urls = next("serving")["urls"].as_array().expect("addresses").clone();
    let tracker = urls.iter().find(|url| url["what"] == "tracker").expect("a tracker")["url"].clone();
    let place = tracker.as_str().and_then(|url| url.strip_prefix("http://")).expect("HTTP").to_owned();
    (running, peer_named_by(place.split('/').next().expect("a host"), &hash))
}

/// The port of the peer that a tracker names.
fn peer_named_by(host: &str, info_hash: &str) -> u16 {
    let escaped: String = (0..20).map(|at| format!("%{}", &info_hash[at * 2..at * 2 + 2])).collect();
    let mut port = None;
    wait_until("a peer", || {
        let mut stream = TcpStream::connect(host).expect("the tracker");
        let query = format!(
            "GET /announce?info_hash={escaped}&peer_id=-XX0001-onlyaskingaa&port=1&uploaded=0&downloaded=0&left=1&compact=1 \
             HTTP/1.0\r\nHost: {host}\r\n\r\n"
        );
        stream.write_all(query.as_bytes()).expect("the tracker takes it");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        let at = answer.windows(7).position(|stretch| stretch == b"5:peers").expect("peers") + 7;
        let colon = at + answer[at..].iter().position(|octet| *octet == b':').expect("a length");
        let peers = answer[colon + 1..].as_chunks::<6>().0;
        port = peers.iter().map(|peer| u16::from_be_bytes([peer[4], peer[5]])).find(|port| *port > 1);
        port.is_some()
    });
    port.expect("it was found")
}

fn tracker(answer: impl Fn() -> Vec<u8> + Send + Sync + 'static) -> Server {
    Server::start(move |_, stream| reply(stream, "200 OK", "text/plain", &answer()))
}

#[test]
fn a_peer_that_a_tracker_names_by_its_host_is_called() {
    let (home, octets) = (Home::new(), noise(1 << 20));
    let (_seed, port) = a_seed(&home, &octets);
    let told = move || format!("d8:intervali1800e5:peersld2:ip9:localhost4:porti{port}eeee").into_bytes();
    let server = tracker(told);
    let torrent = published(&home, &octets, &[("--tracker", server.url("announce"))]);
    got(&home, &torrent, &octets, &["--via", "swarm-only"]);
}

#[test]
fn a_thousand_dead_peers_and_a_wild_interval_do_not_delay_a_good_one() {
    let (home, octets) = (Home::new(), noise(1 << 20));
    let (_seed, port) = a_seed(&home, &octets);
    let server = tracker(move || {
        let mut peers: Vec<u8> = Vec::new();
        for n in 0..1_000u16 {
            peers.extend([127, 9, (n >> 8) as u8, n as u8, 0, 1]);
        }
        peers.extend([127, 0, 0, 1]);
        peers.extend(port.to_be_bytes());
        let head = format!("d8:intervali-9223372036854775808e12:min intervali0e5:peers{}:", peers.len());
        [head.as_bytes(), &peers, b"e"].concat()
    });
    let torrent = published(&home, &octets, &[("--tracker", server.url("announce"))]);
    let ran = got(&home, &torrent, &octets, &["--via", "swarm-only"]);
    assert!(ran.took < Duration::from_secs(20), "{ran:?}");
    assert!(server.asked() <= 4, "asked {} times", server.asked());
}

#[test]
fn a_hundred_thousand_peers_of_one_tracker_do_not_delay_a_good_one() {
    let (home, octets) = (Home::new(), noise(1 << 20));
    let (_seed, port) = a_seed(&home, &octets);
    let server = tracker(move || {
        let mut peers = [[127, 0, 0, 1].as_slice(), &port.to_be_bytes()].concat();
        for n in 0..100_000u32 {
            let [_, high, middle, low] = n.to_be_bytes();
            peers.extend([127, 9 + high, middle, low, 0, 1]);
        }
        [format!("d8:intervali1800e5:peers{}:", peers.len()).as_bytes(), &peers, b"e"].concat()
    });
    let torrent = published(&home, &octets, &[("--tracker", server.url("announce"))]);
    let ran = got(&home, &torrent, &octets, &["--via", "swarm-only"]);
    assert!(ran.took < Duration::from_secs(30), "{ran:?}");
}

/// A UDP tracker that names a peer to whoever tells it the right path (BEP 41), and nobody to others.
fn udp_tracker(path: &'static str, port: u16) -> u16 {
    let socket = std::net::UdpSocket::bind(("127.0.0.1", 0)).expect("a port");
    let own = socket.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        let mut packet = [0; 2_048];
        while let Ok((octets, from)) = socket.recv_from(&mut packet) {
            let packet = &packet[..octets];
            let transaction = packet[12..16].to_vec();
            let answer = if octets == 16 {
                [&[0; 4], &transaction[..], b"12345678"].concat()
            } else {
                let expected = [&[2, path.len() as u8], path.as_bytes(), &[0]].concat();
                let head = [&[0, 0, 0, 1], &transaction[..], &[0, 0, 7, 8], &[0; 8]].concat();
                let peer = [&[127, 0, 0, 1][..], &port.to_be_bytes()].concat();
                let names = packet[98..] == expected[..];
                if names { [head, peer].concat() } else { head }
            };
            drop(socket.send_to(&answer, from));
        }
    });
    own
}

#[test]
fn a_udp_tracker_is_told_the_path_and_query_of_its_url() {
    let (home, octets) = (Home::new(), noise(1 << 20));
    let (_seed, port) = a_seed(&home, &octets);
    let tracker = udp_tracker("/announce?member=7", port);
    let url = format!("udp://127.0.0.1:{tracker}/announce?member=7");
    let torrent = published(&home, &octets, &[("--tracker", url)]);
    got(&home, &torrent, &octets, &["--via", "swarm-only", "--allow-local"]);
}

#[test]
fn a_warning_of_a_tracker_without_peers_is_told() {
    let home = Home::new();
    let server =
        tracker(|| b"d8:intervali1800e5:peers0:15:warning message22:Maintenance until noone".to_vec());
    let torrent = published(&home, &noise(1 << 18), &[("--tracker", server.url("announce"))]);
    let ran =
        home.run(&["get", &torrent, "--out", "out", "--no-seed", "--via", "swarm-only", "--wait", "2s"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.err.contains("Maintenance until noon"), "{ran:?}");
}

/// A peer that says it has everything, and chokes whoever asks.
fn flapping_peer(octets: &[u8], info_hash: Vec<u8>) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let pieces = octets.len().div_ceil(64 << 10);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let info_hash = info_hash.clone();
            std::thread::spawn(move || {
                let mut hello = [0; 68];
                if stream.read_exact(&mut hello).is_err() {
                    return;
                }
                let head =
                    [b"\x13BitTorrent protocol\0\0\0\0\0\0\0\0", &info_hash[..], b"-XX0001-flappingpeer"];
                let mut field = vec![0xFF; pieces.div_ceil(8)];
                if !pieces.is_multiple_of(8)
                    && let Some(last) = field.last_mut()
                {
                    *last <<= 8 - pieces % 8;
                }
                let length = (1 + field.len() as u32).to_be_bytes();
                let bitfield = [&length[..], &[5], &field].concat();
                let mut alive = stream.write_all(&[head.concat(), bitfield].concat()).is_ok();
                while alive {
                    alive = stream.write_all(&[0, 0, 0, 1, 1]).is_ok();
                    std::thread::sleep(Duration::from_millis(50));
                    alive = alive && stream.write_all(&[0, 0, 0, 1, 0]).is_ok();
                    std::thread::sleep(Duration::from_millis(150));
                }
            });
        }
    });
    port
}

#[test]
fn a_peer_that_flaps_choke_does_not_hold_up_a_web_seed() {
    let (home, octets) = (Home::new(), noise(2 << 20));
    let whole = octets.clone();
    let good = Server::start(move |asked, stream| reply_range(asked, stream, &whole));
    let torrent = published(&home, &octets, &[("--web-seed", good.url("a.bin"))]);
    let report = home.run(&["inspect", &torrent, "--json"]);
    let hash = report.lines()[0]["info_hash"].as_str().expect("an info-hash").to_owned();
    let octet = |at: usize| u8::from_str_radix(&hash[at..at + 2], 16).expect("hexadecimal");
    let port = flapping_peer(&octets, (0..20).map(|at| octet(at * 2)).collect());
    let peer = format!("127.0.0.1:{port}");
    got(&home, &torrent, &octets, &["--peer", &peer]);
}

#[test]
fn a_torrent_of_this_computer_works_as_it_is_and_a_public_one_does_not_lead_inwards() {
    let (home, octets) = (Home::new(), noise(1 << 18));
    let whole = octets.clone();
    let seed = Server::start(move |asked, stream| reply_range(asked, stream, &whole));
    let torrent = published(&home, &octets, &[("--web-seed", seed.url("a.bin"))]);
    got(&home, &torrent, &octets, &[]);

    // The same .torrent, given by a server of this computer.
    let bytes = std::fs::read(&torrent).expect("the .torrent");
    let giver = Server::start(move |_, stream| reply(stream, "200 OK", "application/x-bittorrent", &bytes));
    let by_url = Home::new();
    got(&by_url, &giver.url("a.torrent"), &octets, &[]);

    // One that also names a public host came from outside.
    let mixed = Home::new();
    let places =
        [("--web-seed", seed.url("a.bin")), ("--web-seed", "https://data.example.invalid/a.bin".to_owned())];
    let torrent = published(&mixed, &octets, &places);
    let before = seed.asked();
    let ran =
        mixed.run(&["get", &torrent, "--out", "elsewhere", "--no-seed", "--via", "http-only", "--json"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.out.contains("address_refused"), "{ran:?}");
    assert_eq!(seed.asked(), before, "it was asked");
}
