//! The program against servers that answer oddly: busy, silent, without a length, with odd parts, compressed.

use nuee::demo::grib_writer::{FieldKind, MadeGrid, MadeMessage};
use nuee::domain::utc::UtcTime;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A request: its first line and its headers in small letters.
#[derive(Clone, Debug)]
struct Request {
    path: String,
    head: String,
}

impl Request {
    /// First and last octet of the range that was asked for.
    fn range(&self) -> Option<(usize, usize)> {
        let (first, last) = self.head.split_once("range: bytes=")?.1.split_once("\r\n")?.0.split_once('-')?;
        Some((first.parse().ok()?, last.parse().ok()?))
    }
}

/// A server whose answers a test makes; each ends its connection.
struct Server {
    port: u16,
    log: Arc<Mutex<Vec<(Instant, Request)>>>,
}

impl Server {
    fn start(answer: impl Fn(usize, &Request) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let log = Arc::new(Mutex::new(Vec::new()));
        let (own, answer) = (log.clone(), Arc::new(answer));
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let (log, answer) = (own.clone(), answer.clone());
                std::thread::spawn(move || serve(connection, &log, &*answer));
            }
        });
        Self { port, log }
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    /// When and how `path` was asked for.
    fn asked(&self, path: &str) -> Vec<(Instant, Request)> {
        let log = self.log.lock().expect("no test panics with it");
        log.iter().filter(|(_, request)| request.path == format!("/{path}")).cloned().collect()
    }
}

fn serve(
    mut connection: TcpStream,
    log: &Mutex<Vec<(Instant, Request)>>,
    answer: &(dyn Fn(usize, &Request) -> Vec<u8> + Send + Sync),
) {
    let mut head = Vec::new();
    let mut octet = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match connection.read(&mut octet) {
            Ok(1) => head.push(octet[0]),
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let request = Request { path, head: head.to_lowercase() };
    let number = {
        let mut log = log.lock().expect("no test panics with it");
        log.push((Instant::now(), request.clone()));
        log.iter().filter(|(_, other)| other.path == request.path).count()
    };
    // The program may have gone away: that is its right.
    let _ = connection.write_all(&answer(number, &request));
}

fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head =
        format!("HTTP/1.1 {status}\r\n{headers}Connection: close\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// The file, or the part of it that was asked for.
fn give(request: &Request, headers: &str, file: &[u8]) -> Vec<u8> {
    let Some((first, last)) = request.range() else { return answer("200 OK", headers, file) };
    let last = last.min(file.len() - 1);
    let told = format!("{headers}Content-Range: bytes {first}-{last}/{}\r\n", file.len());
    answer("206 Partial Content", &told, &file[first..=last])
}

fn message(lead_hours: u32) -> Vec<u8> {
    let grid = MadeGrid { columns: 8, rows: 4, north: 50_000_000, west: 0, step: 1_000_000 };
    let values: Vec<f64> = (0..32).map(|point| 280.0 + f64::from(point * 7 % 13 + lead_hours)).collect();
    let kind = FieldKind { parameter: (0, 0, 0), height: Some(2), over: None };
    let run = UtcTime::parse_rfc3339("2026-11-20T06:00:00Z").expect("a time");
    MadeMessage { run, lead_hours, kind, grid, values: &values, per_unit: 10 }.to_octets()
}

fn file() -> Vec<u8> {
    (0..4).flat_map(message).collect()
}

fn get(url: &str, out: &Path, options: &[&str]) -> Output {
    nuee(
        &[&["get", url, "--allow-local", "--out", out.to_str().expect("a path of letters")], options]
            .concat(),
    )
}

fn nuee(arguments: &[&str]) -> Output {
    let home = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_nuee"));
    command.args(arguments).env("HOME", home.path()).env("XDG_CONFIG_HOME", home.path());
    command.env("XDG_CACHE_HOME", home.path()).env("LC_ALL", "C.UTF-8").env("LANG", "C.UTF-8");
    command.output().expect("the program starts")
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

/// The only file in `out`, with its name.
fn only_file(out: &Path) -> Option<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(out).expect("a folder").flatten();
    let mut files = entries.filter(|entry| entry.path().is_file());
    let found = files.next().map(|entry| {
        (entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path()).expect("readable"))
    });
    assert!(files.next().is_none(), "more than one file");
    found
}

fn done(output: &Output, out: &Path, name: &str, octets: &[u8]) {
    assert_eq!(output.status.code(), Some(0), "{}", words(output));
    let (found, held) = only_file(out).expect("a file in its place");
    assert!(held == octets, "{} octets instead of {}", held.len(), octets.len());
    assert_eq!(found, name);
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

#[test]
fn a_busy_server_is_asked_again_after_the_pause_it_names() {
    let server = Server::start(|number, request| match number {
        1 => answer("503 Service Unavailable", "Retry-After: 1\r\n", b"busy"),
        _ => give(request, "", &file()),
    });
    let out = folder();
    let output = get(&server.url("x.grib2"), out.path(), &[]);
    done(&output, out.path(), "x.grib2", &file());
    let asked = server.asked("x.grib2");
    assert!(asked[1].0 - asked[0].0 >= Duration::from_secs(1));
    assert!(words(&output).contains("Retrying in"), "the wait is visible: {}", words(&output));
}

#[test]
fn retries_end_after_the_number_that_was_set() {
    let server = Server::start(|_, _| answer("500 Oops", "", b""));
    let out = folder();
    let output = get(&server.url("x.grib2"), out.path(), &["--retries", "1"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(words(&output).contains("500"), "{}", words(&output));
    assert_eq!(server.asked("x.grib2").len(), 2);
}

#[test]
fn what_is_not_found_is_not_asked_for_again() {
    for status in ["404 Not Found", "403 Forbidden", "410 Gone"] {
        let server = Server::start(move |_, _| answer(status, "", b""));
        let out = folder();
        assert_eq!(get(&server.url("x.grib2"), out.path(), &[]).status.code(), Some(3));
        assert_eq!(server.asked("x.grib2").len(), 1, "{status}");
    }
}

#[test]
fn a_page_about_a_rate_limit_is_waited_for_and_named() {
    let page = b"<html><head><title>Over Rate Limit</title></head></html>";
    let server = Server::start(move |number, request| match (request.path.as_str(), number) {
        ("/abuse.html", _) => answer("200 OK", "Content-Type: text/html\r\n", page),
        (_, 1) => answer("302 Found", "Location: /abuse.html\r\n", b""),
        _ => give(request, "", &file()),
    });
    let out = folder();
    let output = get(&server.url("x.grib2"), out.path(), &[]);
    done(&output, out.path(), "x.grib2", &file());
    assert!(words(&output).contains("Over Rate Limit"), "{}", words(&output));
}

#[test]
fn a_silent_server_ends_with_its_reason_within_a_minute() {
    let server = Server::start(|_, _| {
        std::thread::sleep(Duration::from_secs(120));
        Vec::new()
    });
    let began = Instant::now();
    let url = server.url("x.grib2");
    let (out, inspected) = std::thread::scope(|scope| {
        let url = &url;
        let get = scope.spawn(move || get(url, folder().path(), &[]));
        let inspect = scope.spawn(move || nuee(&["inspect", url, "--allow-local"]));
        (get.join().expect("it ends"), inspect.join().expect("it ends"))
    });
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
    assert_eq!((out.status.code(), inspected.status.code()), (Some(3), Some(3)));
}

#[test]
fn a_file_without_a_told_length_comes_whole_or_in_part() {
    let chunked = || {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n";
        let chunks: Vec<u8> = file()
            .chunks(100)
            .flat_map(|part| [format!("{:x}\r\n", part.len()).as_bytes(), part, b"\r\n"].concat())
            .collect();
        [head.as_bytes(), &chunks, b"0\r\n\r\n"].concat()
    };
    let server = Server::start(move |_, request| match request.path.as_str() {
        "/chunked.grib2" => chunked(),
        "/old.grib2" => [b"HTTP/1.0 200 OK\r\n\r\n", &file()[..]].concat(),
        _ => answer("404 Not Found", "", b""),
    });
    for name in ["chunked.grib2", "old.grib2"] {
        let out = folder();
        done(&get(&server.url(name), out.path(), &[]), out.path(), name, &file());
        let out = folder();
        let output = get(&server.url(name), out.path(), &["--lead", "2"]);
        assert_eq!(output.status.code(), Some(0), "{}", words(&output));
        assert!(only_file(out.path()).expect("a slice").1 == message(2));
    }
}

#[test]
fn parts_that_are_told_oddly_are_used_or_the_whole_file_is() {
    fn part(request: &Request, told: impl Fn(usize, usize) -> String) -> Vec<u8> {
        let file = file();
        let Some((first, last)) = request.range() else { return give(request, "", &file) };
        let last = last.min(file.len() - 1);
        answer("206 Partial Content", &told(first, last), &file[first..=last])
    }
    let server = Server::start(|_, request| match request.path.as_str() {
        "/star.grib2" => part(request, |first, last| format!("Content-Range: bytes {first}-{last}/*\r\n")),
        "/bare.grib2" => part(request, |_, _| String::new()),
        "/whole.grib2" => {
            let told = format!("Content-Range: bytes 0-{}/{}\r\n", file().len() - 1, file().len());
            answer("206 Partial Content", &told, &file())
        }
        "/blocks.grib2" => {
            let Some((first, last)) = request.range() else { return give(request, "", &file()) };
            let (first, last) = (first - first % 64, (last | 63).min(file().len() - 1));
            let told = format!("Content-Range: bytes {first}-{last}/{}\r\n", file().len());
            answer("206 Partial Content", &told, &file()[first..=last])
        }
        _ => answer("404 Not Found", "", b""),
    });
    for name in ["star.grib2", "bare.grib2", "whole.grib2", "blocks.grib2"] {
        let out = folder();
        done(&get(&server.url(name), out.path(), &[]), out.path(), name, &file());
        let out = folder();
        let output = get(&server.url(name), out.path(), &["--lead", "3"]);
        assert_eq!(output.status.code(), Some(0), "{name}: {}", words(&output));
        assert!(only_file(out.path()).expect("a slice").1 == message(3), "{name}");
    }
}

#[test]
fn a_header_names_the_file_and_never_a_path() {
    let server = Server::start(|_, request| match request.path.as_str() {
        "/get?id=7" => {
            give(request, "Content-Disposition: attachment; filename*=UTF-8''gfs%20f006.grib2\r\n", &file())
        }
        _ => give(request, "Content-Disposition: attachment; filename=\"../../up.grib2\"\r\n", &file()),
    });
    let out = folder();
    done(&get(&server.url("get?id=7"), out.path(), &[]), out.path(), "gfs f006.grib2", &file());
    let out = folder();
    done(&get(&server.url("x"), out.path(), &[]), out.path(), "up.grib2", &file());
}

#[test]
fn a_weak_etag_is_never_sent_in_if_range() {
    let server = Server::start(|_, request| match request.head.contains("if-range: w/") {
        true => give(&Request { head: String::new(), ..request.clone() }, "ETag: W/\"1-2\"\r\n", &file()),
        false => give(request, "ETag: W/\"1-2\"\r\n", &file()),
    });
    let out = folder();
    let output = get(&server.url("x.grib2"), out.path(), &["--lead", "1"]);
    assert_eq!(output.status.code(), Some(0), "{}", words(&output));
    assert!(server.asked("x.grib2").iter().all(|(_, request)| !request.head.contains("if-range: w/")));
}

#[test]
fn a_slice_of_a_compressed_file_is_cut_after_decompression_and_the_plan_says_so() {
    let packed = gzip(&file());
    let own = packed.clone();
    let server = Server::start(move |_, request| match request.path.as_str() {
        "/x.grib2.gz" => give(request, "", &own),
        _ => answer("404 Not Found", "", b""),
    });
    let out = folder();
    let output = get(&server.url("x.grib2.gz"), out.path(), &["--lead", "2", "--json"]);
    done(&output, out.path(), "x.lead002h.grib2", &message(2));
    assert!(words(&output).contains("\"decompressed\""), "{}", words(&output));
    let out = folder();
    let output = get(&server.url("x.grib2.gz"), out.path(), &["--lead", "2", "--keep-compressed"]);
    done(&output, out.path(), "x.grib2.gz", &packed);
    let out = folder();
    done(&get(&server.url("x.grib2.gz"), out.path(), &[]), out.path(), "x.grib2.gz", &packed);
}

#[test]
fn a_compressed_file_on_the_disk_is_kept_as_it_is_when_that_is_wished() {
    let (packed, from, out) = (gzip(&file()), folder(), folder());
    let path = from.path().join("x.grib2.gz");
    std::fs::write(&path, &packed).expect("room");
    let target = path.to_str().expect("letters");
    let output = get(target, out.path(), &["--lead", "2", "--keep-compressed"]);
    done(&output, out.path(), "x.grib2.gz", &packed);
    // The same file, asked for where it already lies.
    let output = get(target, from.path(), &["--lead", "2", "--keep-compressed"]);
    done(&output, from.path(), "x.grib2.gz", &packed);
    let out = folder();
    let output = get(target, out.path(), &["--lead", "99", "--keep-compressed"]);
    assert_eq!(output.status.code(), Some(3), "{}", words(&output));
    assert!(only_file(out.path()).is_none(), "what holds nothing that is wished is not kept");
}

#[test]
fn a_compressed_stream_that_broke_off_is_said_to_start_again_and_comes_whole() {
    let packed = gzip(&file());
    let own = packed.clone();
    let server = Server::start(move |number, request| match (request.path.as_str(), number) {
        ("/x.grib2.gz", 1 | 2) => {
            let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n".as_bytes();
            [head, &own[..64]].concat()
        }
        ("/x.grib2.gz", _) => {
            let head = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n", own.len());
            [head.as_bytes(), &own, b"\r\n0\r\n\r\n"].concat()
        }
        _ => answer("404 Not Found", "", b""),
    });
    let out = folder();
    let output = get(&server.url("x.grib2.gz"), out.path(), &[]);
    done(&output, out.path(), "x.grib2.gz", &packed);
    assert!(words(&output).contains("cannot be resumed"), "{}", words(&output));
}

#[test]
fn a_damaged_compressed_file_is_refused_and_not_put_in_place() {
    let mut wrong = gzip(&file());
    let crc = wrong.len() - 6;
    wrong[crc] ^= 1;
    let cut = gzip(&file())[..crc - 20].to_vec();
    let server = Server::start(move |_, request| match request.path.as_str() {
        "/crc.grib2.gz" => give(request, "", &wrong),
        "/cut.grib2.gz" => give(request, "", &cut),
        _ => answer("404 Not Found", "", b""),
    });
    for name in ["crc.grib2.gz", "cut.grib2.gz"] {
        for options in [&[][..], &["--lead", "2"]] {
            let out = folder();
            let output = get(&server.url(name), out.path(), options);
            assert_eq!(output.status.code(), Some(4), "{name}: {}", words(&output));
            assert!(words(&output).contains("damaged"), "{}", words(&output));
            assert!(only_file(out.path()).is_none(), "{name}");
        }
    }
}

#[test]
fn the_fields_in_a_compressed_file_are_listed() {
    let out = folder();
    let path = out.path().join("x.grib2.gz");
    std::fs::write(&path, gzip(&file())).expect("room");
    let output = nuee(&["inspect", path.to_str().expect("letters"), "--json"]);
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&told["fields"], &told["compression"]), (&4.into(), &"gzip".into()));
    let output = nuee(&["index", path.to_str().expect("letters"), "--json"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 4);
}

fn gzip(octets: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(octets).and_then(|()| encoder.finish()).expect("memory takes what is written")
}
