//! Where the built program is run: a home of its own, and servers of the test that answer as they are told.

// Some of it serves only tests of peers or of the window.
#![cfg_attr(not(all(feature = "window", feature = "swarm")), allow(dead_code))]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The longest that anything is waited for.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A home without settings, and a folder for what is temporary.
pub struct Home {
    folder: TempDir,
}

impl Home {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("room");
        for name in ["tmp", "out", "run"] {
            std::fs::create_dir(folder.path().join(name)).expect("room");
        }
        Self { folder }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, octets: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("room");
        std::fs::write(&path, octets).expect("room");
        path.display().to_string()
    }

    /// The program, with nothing of the person's who runs the tests.
    pub fn nuee(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nuee"));
        command.args(arguments).current_dir(self.folder.path()).env("HOME", self.folder.path());
        for name in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"] {
            command.env(name, self.path(&name.to_lowercase()));
        }
        for name in ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
            command.env_remove(name);
        }
        command.env("TMPDIR", self.path("tmp")).env("XDG_RUNTIME_DIR", self.path("run"));
        command.env("LANG", "C.UTF-8").env_remove("LC_ALL").env_remove("LANGUAGE");
        command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs it to its end.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        let began = Instant::now();
        let output = self.nuee(arguments).output().expect("the program starts");
        let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
        Ran {
            code: output.status.code(),
            out: text(&output.stdout),
            err: text(&output.stderr),
            took: began.elapsed(),
        }
    }

    /// What is left of temporary folders.
    pub fn left_behind(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.path("tmp")).expect("the folder");
        entries.map(|entry| entry.expect("an entry").path()).collect()
    }
}

/// What a run gave.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
    pub took: Duration,
}

impl Ran {
    /// The JSON lines of stdout.
    pub fn lines(&self) -> Vec<serde_json::Value> {
        self.out.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }
}

/// A program that is killed at the end of the test.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended by itself cannot be killed.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < until, "{what} did not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A request, as far as tests look at it.
#[derive(Clone, Debug)]
pub struct Asked {
    /// With its query.
    pub path: String,
    /// First and last octet, as `Range` has them.
    pub range: Option<(usize, usize)>,
}

/// A server on this computer that does with each request what the test says.
pub struct Server {
    pub port: u16,
    asked: Arc<AtomicUsize>,
    is_stopped: Arc<AtomicBool>,
}

impl Server {
    pub fn start(answer: impl Fn(&Asked, &mut TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (asked, answer) = (Arc::new(AtomicUsize::new(0)), Arc::new(answer));
        let (counter, is_stopped) = (asked.clone(), Arc::new(AtomicBool::new(false)));
        let stopped = is_stopped.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let (counter, answer) = (counter.clone(), answer.clone());
                std::thread::spawn(move || {
                    if let Some(asked) = read_request(&mut stream) {
                        counter.fetch_add(1, Ordering::SeqCst);
                        answer(&asked, &mut stream);
                    }
                });
            }
        });
        Self { port, asked, is_stopped }
    }

    /// One that takes every connection and never says a word.
    pub fn silent() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = asked.clone();
        std::thread::spawn(move || {
            let mut kept = Vec::new();
            for stream in listener.incoming().flatten() {
                counter.fetch_add(1, Ordering::SeqCst);
                kept.push(stream);
            }
        });
        Self { port, asked, is_stopped: Arc::default() }
    }

    /// Takes no connection any more.
    pub fn stop(&self) {
        self.is_stopped.store(true, Ordering::SeqCst);
        // The one that it waits for.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn read_request(stream: &mut TcpStream) -> Option<Asked> {
    let mut head = Vec::new();
    let mut octet = [0];
    while !head.ends_with(b"\r\n\r\n") && head.len() < 65_536 {
        if stream.read(&mut octet).ok()? == 0 {
            return None;
        }
        head.push(octet[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1)?.to_owned();
    let range = head.lines().find_map(|line| {
        let value = line.to_ascii_lowercase().strip_prefix("range: bytes=")?.to_owned();
        let (first, last) = value.split_once('-')?;
        Some((first.parse().ok()?, last.trim().parse().ok()?))
    });
    Some(Asked { path, range })
}

/// Answers with a status, a kind and a body; the connection ends then.
pub fn reply(stream: &mut TcpStream, status: &str, kind: &str, body: &[u8]) {
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    // Whoever hung up wants nothing more.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
}

/// Answers with the range that was asked of a file.
pub fn reply_range(asked: &Asked, stream: &mut TcpStream, file: &[u8]) {
    let Some((first, last)) = asked.range else {
        return reply(stream, "200 OK", "application/octet-stream", file);
    };
    let last = last.min(file.len().saturating_sub(1));
    let head = format!(
        "HTTP/1.1 206 Partial Content\r\nContent-Type: application/octet-stream\r\nETag: \"one\"\r\nContent-Length: {}\r\n\
         Content-Range: bytes {first}-{last}/{}\r\nConnection: close\r\n\r\n",
        last + 1 - first,
        file.len()
    );
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&file[first..=last]));
}

/// Octets that look like nothing.
pub fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut octets = Vec::with_capacity(length + 8);
    while octets.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        octets.extend_from_slice(&state.to_le_bytes());
    }
    octets.truncate(length);
    octets
}

/// A provider's file with one dataset whose listings begin with `base`.
pub fn provider(base: &str) -> String {
    format!(
        r#"format = 1
name = {{ en = "A", fr = "A" }}
licence = {{ name = "CC0", attribution = {{ en = "A", fr = "A" }} }}
politeness = {{ connections = 2 }}
standing = {{ documented_on = "2026-11-20" }}
notices = "{base}news.rss"
[[dataset]]
id = "model"
title = {{ en = "M", fr = "M" }}
cycles = [{{ hours = [0, 6, 12, 18], leads = "0..3" }}]
first_after = "1min"
complete_after = "2min"
retention = "3d"
file = "{base}{{run:%Y%m%d%H}}/{{lead:hh}}.grib2"
listings = [{{ form = "page", address = "{base}{{run:%Y%m%d%H}}/", runs = 3 }}]
"#
    )
}

/// A directory page as nginx writes it.
pub fn page(names: &[String]) -> String {
    let rows = names.iter().map(|name| format!("<a href=\"{name}\">{name}</a> 20-Nov-2026 10:00 10\n"));
    let rows: String = rows.collect();
    format!("<html><head><title>Index of /</title></head><body><pre>{rows}</pre></body></html>")
}

pub fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}
