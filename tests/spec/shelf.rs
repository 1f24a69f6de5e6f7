//! A server whose offers change while it runs: files with ranges, documents for pollers, and nothing else.

use nuee::engine::services::publish::{ServedDocument, ServedFile, Server, Shelf};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// A running server with a folder of files.
struct Stage {
    shelf: Shelf,
    server: Server,
    folder: TempDir,
    _runtime: Runtime,
}

impl Stage {
    fn new() -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let shelf = Shelf::default();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let server = runtime.block_on(Server::start(address, &shelf)).expect("a free port");
        Self { shelf, server, folder: tempfile::tempdir().expect("a folder"), _runtime: runtime }
    }

    /// Writes a file and offers it.
    fn offer(&self, at: &str, octets: &[u8]) -> ServedFile {
        let file = self.folder.path().join("file");
        write(&file, octets);
        let offer = ServedFile { at: path(at), file };
        self.shelf.put(offer.clone());
        offer
    }

    fn offer_text(&self, at: &str, text: &str) {
        let document = ServedDocument { octets: text.to_owned().into(), media_type: "text/plain" };
        self.shelf.put_document(path(at), document);
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.server.address()).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time limit");
        stream
    }

    /// Asks on a connection of its own, with further header lines.
    fn ask(&self, method: &str, target: &str, lines: &str) -> Answer {
        let mut stream = self.connect();
        let request = format!("{method} {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{lines}\r\n");
        stream.write_all(request.as_bytes()).expect("a request is sent");
        let mut octets = Vec::new();
        stream.read_to_end(&mut octets).expect("an answer");
        Answer::of(&octets)
    }

    fn get(&self, target: &str) -> Answer {
        self.ask("GET", target, "")
    }
}

fn path(text: &str) -> Vec<String> {
    text.split('/').map(str::to_owned).collect()
}

fn write(file: &Path, octets: &[u8]) {
    std::fs::write(file, octets).expect("a file is written");
}

#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn of(octets: &[u8]) -> Self {
        let end = octets.windows(4).position(|window| window == b"\r\n\r\n").expect("a head");
        let head = String::from_utf8_lossy(&octets[..end]).to_lowercase();
        let status = head[9..12].parse().expect("a status");
        Self { status, head, body: octets[end + 4..].to_vec() }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

#[test]
fn listed_files_are_given_whole_and_in_ranges_and_nothing_else_is() {
    let stage = Stage::new();
    write(&stage.folder.path().join("secret"), b"secret");
    let offer = stage.offer("run/a b+é.grib2", b"0123456789");
    let whole = stage.get(&offer.url_path());
    assert_eq!((whole.status, &whole.body[..]), (200, &b"0123456789"[..]));
    assert_eq!((whole.header("content-length"), whole.header("accept-ranges")), (Some("10"), Some("bytes")));
    let part = stage.ask("GET", &offer.url_path(), "range: bytes=2-4\r\n");
    assert_eq!((part.status, &part.body[..]), (206, &b"234"[..]));
    for outside in ["/secret", "/run/secret", "/run/..%2fsecret", "/run/../secret", "/file", "/", "/run"] {
        let refused = stage.get(outside);
        assert_eq!((refused.status, refused.header("content-length")), (404, Some("0")), "{outside}");
    }
    assert_eq!(stage.ask("POST", &offer.url_path(), "content-length: 3\r\n\r\nabc").status, 405);
}

#[test]
fn a_peer_that_doubles_slashes_gets_its_file() {
    let stage = Stage::new();
    stage.offer("data/x/y", b"octets");
    assert_eq!(stage.get("/data//x/y").body, b"octets");
}

#[test]
fn what_was_removed_answers_410_and_what_comes_later_is_given() {
    let stage = Stage::new();
    let offer = stage.offer("data/a", b"first");
    stage.offer_text("feed.xml", "<rss/>");
    stage.shelf.remove(&offer.at);
    stage.shelf.remove(&path("feed.xml"));
    assert_eq!((stage.get("/data/a").status, stage.get("/feed.xml").status), (410, 410));
    assert_eq!(stage.get("/data/b").status, 404);
    stage.offer("data/a", b"second");
    assert_eq!(stage.get("/data/a").body, b"second");
}

#[test]
fn a_file_that_disappeared_is_not_found() {
    let stage = Stage::new();
    let offer = stage.offer("data/a", b"octets");
    std::fs::remove_file(&offer.file).expect("the file goes");
    assert_eq!(stage.get("/data/a").status, 404);
}

#[test]
fn head_tells_the_length_and_sends_nothing() {
    let stage = Stage::new();
    stage.offer("data/a", b"0123456789");
    stage.offer_text("feed.xml", "<rss/>");
    for (target, status, length) in [("/data/a", 200, "10"), ("/feed.xml", 200, "6"), ("/nothing", 404, "0")]
    {
        let head = stage.ask("HEAD", target, "");
        assert_eq!((head.status, head.header("content-length"), head.body.len()), (status, Some(length), 0));
    }
}

#[test]
fn who_has_a_copy_is_told_that_nothing_changed() {
    let stage = Stage::new();
    stage.offer("data/a", b"0123456789");
    stage.offer_text("feed.xml", "<rss/>");
    for target in ["/data/a", "/feed.xml"] {
        let tag = stage.get(target).header("etag").expect("a tag").to_owned();
        let again = stage.ask("GET", target, &format!("if-none-match: {tag}\r\n"));
        assert_eq!((again.status, again.header("etag")), (304, Some(&*tag)), "{target}");
        assert_eq!((again.body.len(), again.header("content-length")), (0, None), "{target}");
        let other = stage.ask("GET", target, "if-match: \"other\"\r\n");
        assert_eq!(other.status, 412, "{target}");
    }
    assert_eq!(stage.get("/feed.xml").header("cache-control"), Some("max-age=60"));
}

#[test]
fn a_range_of_a_file_that_changed_is_answered_with_the_whole() {
    let stage = Stage::new();
    let offer = stage.offer("data/a", b"0123456789");
    let tag = stage.get("/data/a").header("etag").expect("a tag").to_owned();
    let ask = || stage.ask("GET", "/data/a", &format!("range: bytes=2-4\r\nif-range: {tag}\r\n"));
    assert_eq!(ask().body, b"234");
    write(&offer.file, b"another file");
    let whole = ask();
    assert_eq!((whole.status, &whole.body[..]), (200, &b"another file"[..]));
    assert_ne!(whole.header("etag"), Some(&*tag));
}

#[test]
fn a_long_document_is_packed_for_who_takes_it() {
    let stage = Stage::new();
    stage.offer_text("index.html", &"a line of a page\n".repeat(1_000));
    let packed = stage.ask("GET", "/", "accept-encoding: gzip\r\n");
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert_eq!(packed.header("content-length"), Some(&*packed.body.len().to_string()));
    assert!(packed.body.len() < 1_000);
    assert_eq!(stage.get("/index.html").body.len(), 17_000);
}

#[test]
fn a_connection_stays_for_the_next_request_until_many_are_open() {
    let stage = Stage::new();
    stage.offer_text("feed.xml", "<rss/>");
    let request = b"GET /feed.xml HTTP/1.1\r\nhost: x\r\n\r\n";
    let ask = |stream: &mut TcpStream| {
        stream.write_all(request).expect("a request is sent");
        let mut octets = [0; 1_024];
        let count = stream.read(&mut octets).expect("an answer");
        Answer::of(&octets[..count])
    };
    let mut stream = stage.connect();
    assert_eq!((ask(&mut stream).header("connection"), ask(&mut stream).status), (None, 200));
    let _others: Vec<TcpStream> = (0..100).map(|_| stage.connect()).collect();
    // The others were taken in before this one.
    assert_eq!(ask(&mut stage.connect()).header("connection"), Some("close"));
    let announce = stage.ask("GET", "/announce", "");
    assert_eq!((announce.status, announce.header("connection")), (200, Some("close")));
}
