//! Hosts to which announcements lead, and which give nothing, for ever, or far more than was said. Brokers and hosts are a few octets
//! of our own.

use super::brokers::Listener;
use super::hostile_announcements::a_broker_that_sends;
use super::packets::published;
use super::programs::{Nginx, has, nuee, text, wait_until};
use nuee::domain::integrity::{Digest, DigestAlgorithm};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tempfile::tempdir;

const TOPIC: &str = "xpublic/v03/post/x";

/// A message about a file; without a size or a digest unless they are given.
fn about(base: &str, path: &str, more: &[(&str, Value)]) -> Vec<u8> {
    let mut message = json!({ "pubTime": "20260811T100000", "baseUrl": base, "relPath": path });
    more.iter().for_each(|(key, value)| message[*key] = value.clone());
    message.to_string().into_bytes()
}

fn digest_of(octets: &[u8]) -> Value {
    use base64::Engine;
    let digest = Digest::of(DigestAlgorithm::Sha512, octets);
    json!({ "method": "sha512", "value": base64::engine::general_purpose::STANDARD.encode(digest.octets()) })
}

/// A broker that announces these, one after the other, to whoever comes first.
fn announcing(messages: Vec<Vec<u8>>) -> String {
    a_broker_that_sends(move |_| messages.iter().map(|message| published(0x30, TOPIC, message)).collect())
}

/// A server that takes connections and never says a word.
fn a_silent_server() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/", listener.local_addr().unwrap());
    let came = Arc::new(AtomicUsize::new(0));
    let own = came.clone();
    std::thread::spawn(move || {
        let mut open = Vec::new();
        for stream in listener.incoming() {
            own.fetch_add(1, Ordering::SeqCst);
            open.push(stream);
        }
    });
    (base, came)
}

/// A server that gives each of its files without saying how long it is.
fn a_server(files: BTreeMap<String, Vec<u8>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let files = files.clone();
            std::thread::spawn(move || {
                let mut asked = [0; 4_096];
                let length = stream.read(&mut asked).unwrap_or(0);
                let head = String::from_utf8_lossy(&asked[..length]).into_owned();
                let path = head.split(' ').nth(1).unwrap_or_default().trim_start_matches('/').to_owned();
                let answer = match files.get(&path) {
                    Some(octets) => {
                        [b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".as_slice(), octets].concat()
                    }
                    None => {
                        b"HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".to_vec()
                    }
                };
                // Whoever has enough goes away.
                let _ = stream.write_all(&answer);
            });
        }
    });
    base
}

/// Listens and fetches into `out`, to the end of `seconds`.
fn fetch(url: &str, out: &Path, more: &[&str]) -> Listener {
    let arguments = [&["--topic", "xpublic/#", "--download", "--out", text(out)], more].concat();
    Listener::plain(url, &arguments)
}

/// Octets that were counted so far against the day's limit.
fn counted(out: &Path) -> u64 {
    let ledger = rusqlite::Connection::open(out.join(".nuee/mesh.db")).unwrap();
    let sum = ledger.query_row("SELECT coalesce(sum(octets), 0) FROM day", [], |row| row.get::<_, i64>(0));
    u64::try_from(sum.unwrap()).unwrap()
}

fn files_in(out: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(out).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = entries.map(|name| name.to_string_lossy().into_owned()).collect();
    names.retain(|name| name != ".nuee");
    names.sort();
    names
}

#[test]
fn servers_that_never_answer_delay_no_later_file_and_no_warning() {
    let silent: Vec<(String, Arc<AtomicUsize>)> = (0..10).map(|_| a_silent_server()).collect();
    let names = ["late.cap", "late.txt", "late.grib2"];
    let good = a_server(names.iter().map(|name| ((*name).to_owned(), b"here".to_vec())).collect());
    let mut messages = Vec::new();
    for (base, _) in &silent {
        for kind in ["cap", "txt", "grib2"] {
            messages.extend((0..4).map(|n| about(base, &format!("{n}.{kind}"), &[("size", json!(4))])));
        }
    }
    messages.extend(names.iter().map(|name| about(&good, name, &[("identity", digest_of(b"here"))])));
    let out = tempdir().unwrap();
    let began = Instant::now();
    let listener = fetch(&announcing(messages), out.path(), &["--seconds", "40"]);
    wait_until("the files behind the silent ones", || {
        names.iter().all(|name| out.path().join(name).is_file())
    });
    let took = began.elapsed();
    assert!(took < Duration::from_secs(12), "{took:?}");
    assert!(silent.iter().any(|(_, came)| came.load(Ordering::SeqCst) > 0), "they were asked");
    listener.kill();
}

/// Two files in a folder, and one that stands alone, each with its .torrent beside it.
fn serve_torrents(nginx: &Nginx, one: &[u8]) {
    let source = tempdir().unwrap();
    std::fs::create_dir_all(nginx.root.join("two")).unwrap();
    for place in [nginx.root.join("two/a.bin"), nginx.root.join("two/b.bin"), nginx.root.join("one.bin")] {
        std::fs::write(place, one).unwrap();
    }
    for (what, seed) in [("two", nginx.url("")), ("one.bin", nginx.url("one.bin"))] {
        let made = nuee(&[
            "publish",
            text(&nginx.root.join(what)),
            "--web-seed",
            &seed,
            "--out",
            text(source.path()),
        ]);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let name = format!("{what}.torrent");
        std::fs::copy(source.path().join(&name), nginx.root.join(&name)).unwrap();
    }
}

#[test]
fn a_torrent_brings_nothing_but_the_one_file_that_was_announced() {
    if !has(&["nginx"]) {
        return;
    }
    let (nginx, out) = (Nginx::start(), tempdir().unwrap());
    let one = super::programs::made_octets(300_000);
    serve_torrents(&nginx, &one);
    let base = nginx.url("");
    let itself = std::fs::read(nginx.root.join("one.bin.torrent")).unwrap();
    let path = |name: &str| ("retrievePath", json!(name));
    let messages = vec![
        // A message of a hundred octets with some digest, whose link is a .torrent of two files.
        about(&base, "two.torrent", &[("size", json!(100)), ("identity", digest_of(b"no such file"))]),
        about(
            &base,
            "lie.bin",
            &[path("two.torrent"), ("size", json!(600_000)), ("identity", digest_of(&one))],
        ),
        about(
            &base,
            "short.bin",
            &[path("one.bin.torrent"), ("size", json!(100)), ("identity", digest_of(&one))],
        ),
        about(&base, "unproven.bin", &[path("one.bin.torrent"), ("size", json!(300_000))]),
        about(&base, "one.bin.torrent", &[("identity", digest_of(&itself))]),
        about(
            &base,
            "called.bin",
            &[path("one.bin.torrent"), ("size", json!(300_000)), ("identity", digest_of(&one))],
        ),
    ];
    let (code, lines) =
        fetch(&announcing(messages.clone()), out.path(), &["--count", "6", "--seconds", "50"]).end();
    assert_eq!(code, 4, "{lines:?}");
    assert_eq!(files_in(out.path()), ["called.bin", "one.bin.torrent"], "{lines:?}");
    assert_eq!(std::fs::read(out.path().join("called.bin")).unwrap(), one);
    let end_of =
        |key: &str| lines.iter().find(|line| line["key"] == key && line["lane"].is_string()).unwrap();
    for (key, event) in [
        ("two.torrent", "refused"),
        ("lie.bin", "refused"),
        ("short.bin", "refused"),
        ("unproven.bin", "not_fetched"),
    ] {
        assert_eq!(end_of(key)["event"], event, "{}", end_of(key));
    }
    assert!(end_of("lie.bin")["detail"].as_str().unwrap().contains("2 files"), "{}", end_of("lie.bin"));
    assert_eq!(end_of("called.bin")["method"], "announced_digest");
    assert!(counted(out.path()) >= 300_000 + itself.len() as u64, "what came is counted");
    assert!(counted(out.path()) < 400_000, "{}", counted(out.path()));
    // A rule can allow it, for the one file still.
    let other = tempdir().unwrap();
    let more = ["--follow-torrents", "--count", "6", "--seconds", "50"];
    fetch(&announcing(messages), other.path(), &more).end();
    assert!(files_in(other.path()).contains(&"unproven.bin".to_owned()), "{:?}", files_in(other.path()));
    assert!(!other.path().join("two").exists() && !other.path().join("a.bin").exists());
}

#[test]
fn a_file_that_is_announced_in_parts_is_refused_by_name() {
    let good = a_server(BTreeMap::from([("whole.bin".to_owned(), b"here".to_vec())]));
    let parts = |blocks: Value| about(&good, "parts.bin", &[("blocks", blocks)]);
    let messages = vec![
        parts(json!({ "method": "inplace", "size": 4, "count": 3, "remainder": 2, "number": 0,
                      "manifest": { "0": { "size": 4 }, "1": { "size": 4 }, "2": { "size": 2 } } })),
        about(
            &good,
            "whole.bin",
            &[("blocks", json!({ "method": "inplace", "size": 4, "count": 1, "number": 0 }))],
        ),
    ];
    let out = tempdir().unwrap();
    let (_, lines) = fetch(&announcing(messages), out.path(), &["--count", "2", "--seconds", "30"]).end();
    let refused = lines.iter().find(|line| line["key"] == "parts.bin" && line["lane"].is_string()).unwrap();
    assert_eq!(refused["event"], "not_fetched", "{refused}");
    assert!(refused["detail"].as_str().unwrap().contains("3 parts (blocks)"), "{refused}");
    assert_eq!(files_in(out.path()), ["whole.bin"], "one part is the whole file: {lines:?}");
}

/// Turns the memory of a folder back by a day.
fn let_a_day_go_by(out: &Path) {
    let ledger = rusqlite::Connection::open(out.join(".nuee/mesh.db")).unwrap();
    ledger.execute_batch("UPDATE day SET day = day - 1; UPDATE file SET again = again - 1;").unwrap();
}

#[test]
fn what_the_days_limit_kept_out_is_fetched_when_the_next_day_begins() {
    let files = ["0.bin", "1.bin"].map(|name| (name.to_owned(), vec![b'x'; 100_000]));
    let (good, out) = (a_server(BTreeMap::from(files)), tempdir().unwrap());
    let sized = |name: &str, size: u64| about(&good, name, &[("size", json!(size))]);
    let limit = ["--most-per-day", "150kB", "--count", "3", "--seconds", "40"];
    let messages = vec![sized("0.bin", 100_000), sized("1.bin", 100_000), sized("2.bin", 200_000)];
    let (_, lines) = fetch(&announcing(messages), out.path(), &limit).end();
    let end_of = |name: &str| {
        let told = lines.iter().find(|line| line["key"] == name && line["lane"].is_string()).unwrap();
        format!("{} {}", told["event"], told["detail"])
    };
    assert_eq!(files_in(out.path()).len(), 1, "{lines:?}");
    let late = if out.path().join("0.bin").exists() { "1.bin" } else { "0.bin" };
    assert!(end_of(late).contains("when the next day begins"), "{}", end_of(late));
    assert!(end_of("2.bin").contains("larger than the limit"), "{}", end_of("2.bin"));
    // The same day has no room for it after another start either.
    let again = ["--most-per-day", "150kB", "--seconds", "4"];
    fetch(&announcing(Vec::new()), out.path(), &again).end();
    assert_eq!(files_in(out.path()).len(), 1);
    let_a_day_go_by(out.path());
    let (_, lines) = fetch(&announcing(Vec::new()), out.path(), &again).end();
    assert_eq!(files_in(out.path()), ["0.bin", "1.bin"], "{lines:?}");
    assert!(lines.iter().all(|line| line["key"] != "2.bin"), "it never fits: {lines:?}");
}

#[test]
fn the_days_limit_counts_what_came_and_no_size_that_was_only_said() {
    let files: BTreeMap<String, Vec<u8>> =
        (0..5).map(|n| (format!("{n}.bin"), vec![b'a' + n; 100_000])).collect();
    let (good, out) = (a_server(files), tempdir().unwrap());
    // Each address that refuses is tried again a few times before it is given up.
    let limit = ["--most-per-day", "250kB", "--count", "3", "--seconds", "100"];
    // Sizes that nobody gives use nothing up.
    let lies = (0..3).map(|n| about("http://127.0.0.1:1/", &format!("lie{n}"), &[("size", json!(200_000))]));
    let (_, lines) = fetch(&announcing(lies.collect()), out.path(), &limit).end();
    assert_eq!(lines.iter().filter(|line| line["event"] == "not_got").count(), 3, "{lines:?}");
    assert_eq!(counted(out.path()), 0);
    // Sizes that are not said count as what came; so do files that are refused.
    let files = vec![
        about(&good, "0.bin", &[]),
        about(&good, "1.bin", &[("identity", digest_of(b"another"))]),
        about(&good, "2.bin", &[]),
    ];
    let (_, lines) = fetch(&announcing(files), out.path(), &limit).end();
    assert!(counted(out.path()) >= 200_000, "{}", counted(out.path()));
    assert!(counted(out.path()) <= 400_000, "{}", counted(out.path()));
    assert!(files_in(out.path()).len() <= 2, "{lines:?}");
    // The next start remembers.
    let before = counted(out.path());
    let files = vec![
        about(&good, "3.bin", &[("size", json!(100_000))]),
        about(&good, "4.bin", &[]),
        about(&good, "5.bin", &[]),
    ];
    let (_, lines) = fetch(&announcing(files), out.path(), &limit).end();
    let third = lines.iter().find(|line| line["key"] == "3.bin" && line["lane"].is_string()).unwrap();
    assert_eq!(third["event"], "not_fetched", "{third}");
    assert!(counted(out.path()) - before <= 100_000);
}
