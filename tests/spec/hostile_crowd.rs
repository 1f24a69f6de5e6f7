//! Crowds of hostile peers, floods of connections and of addresses: the file comes right, and memory and descriptors stay
//! bounded.

use crate::faults::{a_seed, published};
use crate::ground::{Home, Running, Server, noise, reply, reply_range, text, wait_until};
use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

/// Most memory that a transfer may have had, in KiB.
const MOST_MEMORY: u64 = 128 << 10;

/// Most descriptors: two hundred connections, a hundred calls, and what the program itself needs.
const MOST_DESCRIPTORS: usize = 400;

const PIECE: usize = 64 << 10;

/// What a run showed.
#[derive(Debug)]
struct Watched {
    code: Option<i32>,
    memory: u64,
    descriptors: usize,
    took: Duration,
}

/// Runs the program to its end, looking at its memory and descriptors all the time.
fn watched(home: &Home, arguments: &[&str]) -> Watched {
    let began = Instant::now();
    let mut command = home.nuee(arguments);
    let log = std::fs::File::create(home.path("log")).expect("room");
    let child = command.stdout(log.try_clone().expect("a file")).stderr(log).spawn().expect("it starts");
    let mut running = Running(child);
    let process = format!("/proc/{}", running.0.id());
    let mut seen = Watched { code: None, memory: 0, descriptors: 0, took: Duration::ZERO };
    let mut open_before = 0;
    loop {
        let status = std::fs::read_to_string(format!("{process}/status")).unwrap_or_default();
        let peak = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:")?.trim().split(' ').next()?.parse().ok());
        seen.memory = seen.memory.max(peak.unwrap_or(0));
        let open = std::fs::read_dir(format!("{process}/fd")).map_or(0, Iterator::count);
        // Seen twice in a row: until a new process has closed them, those of this one are its own as well.
        seen.descriptors = seen.descriptors.max(open.min(open_before));
        open_before = open;
        if let Some(status) = running.0.try_wait().expect("its state") {
            (seen.code, seen.took) = (status.code(), began.elapsed());
            return seen;
        }
        assert!(began.elapsed() < Duration::from_secs(90), "it did not end: {seen:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[track_caller]
fn assert_right(home: &Home, octets: &[u8], seen: &Watched) {
    let log = std::fs::read_to_string(home.path("log")).unwrap_or_default();
    assert_eq!(seen.code, Some(0), "{seen:?} {log}");
    assert!(std::fs::read(home.path("out/a.bin")).expect("the file") == octets, "other octets");
    assert!(seen.memory <= MOST_MEMORY, "{seen:?}");
    assert!(seen.descriptors <= MOST_DESCRIPTORS, "{seen:?}");
}

fn info_hash(home: &Home, torrent: &str) -> Vec<u8> {
    let report = home.run(&["inspect", torrent, "--json"]);
    let hash = report.lines()[0]["info_hash"].as_str().expect("an info-hash").to_owned();
    (0..20).map(|at| u8::from_str_radix(&hash[at * 2..at * 2 + 2], 16).expect("hexadecimal")).collect()
}

fn message(id: u8, payload: &[u8]) -> Vec<u8> {
    [&(payload.len() as u32 + 1).to_be_bytes()[..], &[id], payload].concat()
}

/// What a hostile peer does once handshakes are exchanged.
#[derive(Clone, Copy)]
enum Malice {
    /// Says something that is not BitTorrent.
    Babble,
    /// Says that four gibibytes follow.
    Endless,
    /// Gives what is wrong, whole blocks of it.
    Lie,
    /// Takes the connection and says nothing.
    Silence,
    /// Tells of pieces without end, chokes and unchokes.
    Flood,
    /// Says that its description has two gibibytes, and names thousands of peers.
    Boast,
}

const EVERY_MALICE: [Malice; 6] =
    [Malice::Babble, Malice::Endless, Malice::Lie, Malice::Silence, Malice::Flood, Malice::Boast];

fn speak(malice: Malice, mut stream: TcpStream, (hash, pieces): (&[u8], usize)) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut hello = [0; 68];
    stream.read_exact(&mut hello)?;
    if matches!(malice, Malice::Silence) {
        return stream.read_to_end(&mut Vec::new()).map(|_| ());
    }
    if matches!(malice, Malice::Babble) {
        return stream.write_all(&noise(100_000));
    }
    let name = format!("-XX0001-{:012}", fastrand::u64(..1_000_000_000_000));
    stream.write_all(&[b"\x13BitTorrent protocol\0\0\0\0\0\x10\0\x04", hash, name.as_bytes()].concat())?;
    // Everything is here (BEP 6), and may be asked for.
    stream.write_all(&[message(14, b""), message(1, b"")].concat())?;
    match malice {
        Malice::Babble | Malice::Silence => Ok(()),
        Malice::Endless => {
            stream.write_all(&[0xFF; 5])?;
            while stream.write_all(&[0; 16 << 10]).is_ok() {}
            Ok(())
        }
        Malice::Lie => lie(stream),
        Malice::Flood => loop {
            let haves = (0..2_000u32).map(|number| message(4, &(number % pieces as u32).to_be_bytes()));
            stream.write_all(&haves.collect::<Vec<_>>().concat())?;
            stream.write_all(&[message(0, b""), message(1, b"")].concat())?;
            std::thread::sleep(Duration::from_millis(5));
        },
        Malice::Boast => {
            let peers: Vec<u8> =
                (0..5_000u32).flat_map(|n| [127, 8, (n >> 8) as u8, n as u8, 0, 1]).collect();
            let shake =
                b"\0d1:md11:ut_metadatai1e6:ut_pexi2ee13:metadata_sizei2147483647e4:reqqi2147483647ee";
            stream.write_all(&message(20, shake))?;
            let exchange = [format!("\x01d5:added{}:", peers.len()).as_bytes(), &peers, b"e"].concat();
            loop {
                stream.write_all(&message(20, &exchange))?;
                std::thread::sleep(Duration::from_millis(50));
            }
        }
    }
}

/// Answers each request with a block of its length that is wrong.
fn lie(mut stream: TcpStream) -> std::io::Result<()> {
    loop {
        let mut head = [0; 4];
        stream.read_exact(&mut head)?;
        let length = u32::from_be_bytes(head) as usize;
        let mut payload = vec![0; length.min(1 << 20)];
        stream.read_exact(&mut payload)?;
        if payload.first() == Some(&6) && payload.len() == 13 {
            let octets = u32::from_be_bytes([payload[9], payload[10], payload[11], payload[12]]) as usize;
            stream.write_all(&message(7, &[&payload[1..9], &vec![0xAA; octets]].concat()))?;
        }
    }
}

/// So many hostile peers; their ports.
fn hostile_peers(count: usize, hash: &[u8], pieces: usize) -> Vec<u16> {
    let start = |number: usize| {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (hash, malice) = (hash.to_vec(), EVERY_MALICE[number % EVERY_MALICE.len()]);
        let small = || std::thread::Builder::new().stack_size(256 << 10);
        let accepting = move || {
            for stream in listener.incoming().flatten() {
                let hash = hash.clone();
                // Whoever hangs up on such a peer is right.
                let speaking = small().spawn(move || drop(speak(malice, stream, (&hash, pieces))));
                drop(speaking);
            }
        };
        small().spawn(accepting).expect("a thread");
        port
    };
    (0..count).map(start).collect()
}

/// A tracker that names these ports of this computer.
fn tracker_of(ports: Arc<parking_lot::Mutex<Vec<u16>>>, heard: Arc<AtomicU16>) -> Server {
    Server::start(move |asked, stream| {
        let port = asked.path.split(['?', '&']).find_map(|pair| pair.strip_prefix("port=")?.parse().ok());
        heard.fetch_max(port.unwrap_or(0), Ordering::SeqCst);
        let peers: Vec<u8> =
            ports.lock().iter().flat_map(|p| [&[127, 0, 0, 1][..], &p.to_be_bytes()].concat()).collect();
        let head = format!("d8:intervali1800e5:peers{}:", peers.len());
        reply(stream, "200 OK", "text/plain", &[head.as_bytes(), &peers, b"e"].concat());
    })
}

#[test]
fn among_three_hundred_hostile_peers_the_one_that_is_right_gives_the_file() {
    let (home, octets) = (Home::new(), noise(4 << 20));
    let (_seed, good) = a_seed(&home, &octets);
    let ports = Arc::new(parking_lot::Mutex::new(Vec::new()));
    let tracker = tracker_of(ports.clone(), Arc::default());
    let torrent = published(&home, &octets, &[("--tracker", tracker.url("announce"))]);
    let mut named = hostile_peers(300, &info_hash(&home, &torrent), octets.len() / PIECE);
    named.insert(150, good);
    *ports.lock() = named;
    let out = home.path("out");
    let seen = watched(&home, &["get", &torrent, "--out", text(&out), "--no-seed", "--via", "swarm-only"]);
    assert_right(&home, &octets, &seen);
}

#[test]
fn three_hundred_hostile_peers_do_not_hold_up_a_web_seed() {
    let (home, octets) = (Home::new(), noise(4 << 20));
    let whole = octets.clone();
    let good = Server::start(move |asked, stream| reply_range(asked, stream, &whole));
    let ports = Arc::new(parking_lot::Mutex::new(Vec::new()));
    let tracker = tracker_of(ports.clone(), Arc::default());
    let places = [("--tracker", tracker.url("announce")), ("--web-seed", good.url("a.bin"))];
    let torrent = published(&home, &octets, &places);
    *ports.lock() = hostile_peers(300, &info_hash(&home, &torrent), octets.len() / PIECE);
    let out = home.path("out");
    let seen = watched(&home, &["get", &torrent, "--out", text(&out), "--no-seed"]);
    assert_right(&home, &octets, &seen);
    assert!(seen.took < Duration::from_secs(30), "{seen:?}");
}

#[test]
fn a_hundred_thousand_peers_of_one_tracker_cost_neither_time_nor_memory() {
    let (home, octets) = (Home::new(), noise(1 << 20));
    let whole = octets.clone();
    let good = Server::start(move |asked, stream| reply_range(asked, stream, &whole));
    let tracker = Server::start(|_, stream| {
        let peers: Vec<u8> = (0..100_000u32)
            .flat_map(|n| [127, 10 + (n >> 16) as u8, (n >> 8) as u8, n as u8, 0, 1])
            .collect();
        let head = format!("d8:intervali1800e5:peers{}:", peers.len());
        reply(stream, "200 OK", "text/plain", &[head.as_bytes(), &peers, b"e"].concat());
    });
    let places = [("--tracker", tracker.url("announce")), ("--web-seed", good.url("a.bin"))];
    let torrent = published(&home, &octets, &places);
    let out = home.path("out");
    let seen = watched(&home, &["get", &torrent, "--out", text(&out), "--no-seed"]);
    assert_right(&home, &octets, &seen);
    assert!(seen.took < Duration::from_secs(15), "{seen:?}");
}

#[test]
fn a_flood_of_connections_is_turned_away_and_the_file_still_comes() {
    let (home, octets) = (Home::new(), noise(2 << 20));
    let whole = octets.clone();
    let slow = Server::start(move |asked, stream| {
        std::thread::sleep(Duration::from_millis(700));
        reply_range(asked, stream, &whole);
    });
    let heard = Arc::new(AtomicU16::new(0));
    let tracker = tracker_of(Arc::default(), heard.clone());
    let places = [("--tracker", tracker.url("announce")), ("--web-seed", slow.url("a.bin"))];
    let torrent = published(&home, &octets, &places);
    let hash = info_hash(&home, &torrent);
    let flooding = std::thread::spawn(move || {
        wait_until("a port", || heard.load(Ordering::SeqCst) > 0);
        let port = heard.load(Ordering::SeqCst);
        let mut kept = Vec::new();
        for number in 0..600u32 {
            let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { continue };
            if number % 2 == 0 {
                let name = format!("-XX0001-{number:012}");
                let hello =
                    [b"\x13BitTorrent protocol\0\0\0\0\0\x10\0\x04", &hash[..], name.as_bytes()].concat();
                // Turned away, or not: both are right.
                let _ = stream.write_all(&hello);
            }
            kept.push(stream);
        }
        kept.len()
    });
    let out = home.path("out");
    let seen = watched(&home, &["get", &torrent, "--out", text(&out), "--seed-for", "2s"]);
    assert_right(&home, &octets, &seen);
    assert!(flooding.join().expect("the flood") >= 200, "there was no flood");
}

#[test]
fn a_magnet_gets_its_description_among_peers_that_boast_of_two_gibibytes() {
    let (home, octets) = (Home::new(), noise(1 << 20));
    let (_seed, good) = a_seed(&home, &octets);
    let ports = Arc::new(parking_lot::Mutex::new(Vec::new()));
    let tracker = tracker_of(ports.clone(), Arc::default());
    let torrent = published(&home, &octets, &[("--tracker", tracker.url("announce"))]);
    let hash = info_hash(&home, &torrent);
    let mut named = hostile_peers(60, &hash, octets.len() / PIECE);
    named.push(good);
    assert_eq!(named.iter().collect::<HashSet<_>>().len(), 61);
    *ports.lock() = named;
    let hex: String = hash.iter().map(|octet| format!("{octet:02x}")).collect();
    let magnet = format!("magnet:?xt=urn:btih:{hex}&tr={}", tracker.url("announce"));
    let out = home.path("out");
    let seen = watched(&home, &["get", &magnet, "--out", text(&out), "--no-seed", "--allow-local", "--json"]);
    assert_right(&home, &octets, &seen);
}

/// Gives right blocks, and leaves after each fourth part of the file.
fn give_a_fourth(mut stream: TcpStream, (hash, octets): (&[u8], &[u8])) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    stream.read_exact(&mut [0; 68])?;
    stream
        .write_all(&[b"\x13BitTorrent protocol\0\0\0\0\0\0\0\x04", hash, b"-XX0001-000000000000"].concat())?;
    stream.write_all(&[message(14, b""), message(1, b"")].concat())?;
    let mut given = 0;
    while given < octets.len() / 4 {
        let mut head = [0; 4];
        stream.read_exact(&mut head)?;
        let mut payload = vec![0; (u32::from_be_bytes(head) as usize).min(1 << 20)];
        stream.read_exact(&mut payload)?;
        if payload.first() == Some(&6) && payload.len() == 13 {
            let number = |at: usize| {
                u32::from_be_bytes([payload[at], payload[at + 1], payload[at + 2], payload[at + 3]]) as usize
            };
            let start = number(1) * PIECE + number(5);
            let block = &octets[start..start + number(9)];
            stream.write_all(&message(7, &[&payload[1..9], block].concat()))?;
            given += block.len();
        }
    }
    Ok(())
}

#[test]
fn a_peer_that_leaves_and_is_called_again_is_one_row_with_all_that_it_gave() {
    let (home, octets) = (Home::new(), noise(1 << 20));
    let torrent = published(&home, &octets, &[]);
    let hash = info_hash(&home, &torrent);
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let peer = listener.local_addr().expect("an address").to_string();
    let whole = octets.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            // Who is told no more ends the connection: the next one goes on.
            let _ = give_a_fourth(stream, (&hash, &whole));
        }
    });
    let (out, only) = (home.path("out"), ["--via", "swarm-only", "--no-seed", "--allow-local", "--json"]);
    let ran = home.run(&[&["get", &torrent, "--out", text(&out), "--peer", &peer][..], &only].concat());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let rows = ran.lines().into_iter().rfind(|line| line["event"] == "peers").expect("the peers are told");
    let rows = rows["peers"].as_array().expect("rows");
    assert_eq!(rows.len(), 1, "{rows:?}");
    let received = rows[0]["bytes_received"].as_u64().expect("a figure");
    assert!((octets.len() * 3 / 4..octets.len() * 2).contains(&(received as usize)), "{rows:?}");
}
