//! No file makes the program ask a server, or read a disk, without end.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tempfile::tempdir;

/// Serves one file by ranges and counts what it is asked.
struct RangeServer {
    url: String,
    requests: Arc<AtomicUsize>,
}

impl RangeServer {
    fn start(file: Vec<u8>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let url = format!("http://{}/x.grib2", listener.local_addr().expect("an address"));
        let requests = Arc::new(AtomicUsize::new(0));
        let (file, counted) = (Arc::new(file), Arc::clone(&requests));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (file, counted) = (Arc::clone(&file), Arc::clone(&counted));
                std::thread::spawn(move || serve(&stream, &file, &counted));
            }
        });
        Self { url, requests }
    }
}

/// Answers until the client hangs up.
fn serve(mut stream: &TcpStream, file: &[u8], counted: &AtomicUsize) -> Option<()> {
    let mut lines = BufReader::new(stream).lines();
    loop {
        let request = lines.next()?.ok()?;
        let mut range = None;
        loop {
            let line = lines.next()?.ok()?.to_lowercase();
            if let Some(told) = line.strip_prefix("range: bytes=") {
                let (first, last) = told.split_once('-')?;
                range = Some((first.parse::<usize>().ok()?, last.parse::<usize>().ok()?));
            }
            if line.is_empty() {
                break;
            }
        }
        counted.fetch_add(1, Ordering::SeqCst);
        let is_there = request.contains("/x.grib2 ");
        let (head, body) = match range {
            _ if !is_there => ("404 Not Found".to_owned(), &file[..0]),
            Some((first, last)) if first < file.len() => {
                let last = last.min(file.len() - 1);
                let told = format!("Content-Range: bytes {first}-{last}/{}", file.len());
                (format!("206 Partial Content\r\n{told}"), &file[first..=last])
            }
            Some(_) => ("416 Range Not Satisfiable".to_owned(), &file[..0]),
            None => ("200 OK".to_owned(), file),
        };
        let length = body.len();
        write!(stream, "HTTP/1.1 {head}\r\nAccept-Ranges: bytes\r\nContent-Length: {length}\r\n\r\n").ok()?;
        if !request.starts_with("HEAD") {
            stream.write_all(body).ok()?;
        }
    }
}

/// The demo's smallest sound message: one octet a point, twelve points.
fn message() -> Vec<u8> {
    let section = |number: u8, body: &[u8]| {
        let length = u32::try_from(body.len() + 5).expect("a short section");
        [&length.to_be_bytes()[..], &[number], body].concat()
    };
    let product =
        [0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 6, 103, 0, 0, 0, 0, 2, 255, 255, 255, 255, 255, 255];
    let body = [
        section(1, &[0, 7, 0, 0, 2, 0, 1, 0x07, 0xEA, 11, 21, 0, 0, 0, 0, 1]),
        section(3, &[0; 67]),
        section(4, &product),
        section(5, &[0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0]),
        section(6, &[255]),
        section(7, &[7; 12]),
    ]
    .concat();
    let total = u64::try_from(16 + body.len() + 4).expect("a short message");
    [b"GRIB\0\0\0\x02", &total.to_be_bytes()[..], &body, b"7777"].concat()
}

/// Runs the program; it has to end within 20 s.
fn ran(arguments: &[&str]) -> (Option<i32>, String) {
    let home = tempdir().expect("a temporary folder");
    let mut child = Command::new(env!("CARGO_BIN_EXE_nuee"))
        .args(arguments)
        .env("HOME", home.path())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("the program starts");
    let until = Instant::now() + Duration::from_secs(20);
    while child.try_wait().expect("a child").is_none() {
        if Instant::now() > until {
            child.kill().expect("a child");
            panic!("{arguments:?} runs on");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let output = child.wait_with_output().expect("what it said");
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn a_message_behind_any_heading_is_indexed_in_a_few_requests() {
    for padding in [255, 257, 258, 262, 267, 269, 270, 271, 1_500] {
        let server = RangeServer::start([&vec![b'x'; padding][..], &message()].concat());
        let (code, told) = ran(&["index", &server.url, "--json", "--allow-local"]);
        assert_eq!(code, Some(0), "{padding}: {told}");
        assert!(told.contains(&format!("\"offset\":{padding},")), "{padding}: {told}");
        let requests = server.requests.load(Ordering::SeqCst);
        assert!(requests <= 12, "{padding}: {requests} requests");
    }
}

#[test]
fn inspect_publish_and_verify_end_on_a_message_behind_a_heading() {
    let folder = tempdir().expect("a temporary folder");
    let path = folder.path().join("x.grib2");
    std::fs::write(&path, [&[b'x'; 262][..], &message()].concat()).expect("room");
    let path = path.to_str().expect("a name");
    let out = folder.path().join("out");
    let out = out.to_str().expect("a name");
    let server = RangeServer::start(std::fs::read(path).expect("the file"));
    assert_eq!(ran(&["inspect", path, "--json"]).0, Some(0));
    assert_eq!(ran(&["inspect", &server.url, "--json", "--allow-local"]).0, Some(0));
    assert_eq!(ran(&["publish", path, "--split-hours", "--out", out, "--json"]).0, Some(0));
    assert_eq!(ran(&["verify", path, "--json"]).0, Some(0));
    let got = ran(&["get", &server.url, "--lead", "6", "--out", out, "--json", "--allow-local"]);
    assert_eq!(got.0, Some(0), "{}", got.1);
    assert!(server.requests.load(Ordering::SeqCst) < 40);
}
