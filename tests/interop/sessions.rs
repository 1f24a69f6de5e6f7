//! Sessions that mosquitto keeps, versions of MQTT, several brokers at once, and who takes whose name over.

use super::brokers::{Listener, Mosquitto, PROGRAMS};
use super::packets::packet;
use super::programs::{has, start, text, wait_until};
use super::sarracenia::demo;
use nuee::domain::integrity::{Digest, DigestAlgorithm};
use serde_json::{Value, json};
use std::io::Write;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::tempdir;

/// A file in its message, published as sr3 does: a user property has its digest.
fn send_v02(broker: &Mosquitto, name: &str, sum: &str) {
    let line = format!("20260811100000.123 http://127.0.0.1:1/ /d/{name}");
    let port = broker.plain.to_string();
    let status = Command::new("mosquitto_pub")
        .args(["-h", "127.0.0.1", "-p", &port, "-u", "writer", "-P", "writes", "-V", "mqttv5", "-q", "1"])
        .args(["-t", "xpublic/v02/post/d", "-m", &line, "-D", "publish", "user-property", "sum", sum])
        .status();
    assert!(status.expect("mosquitto_pub runs").success());
}

fn inline(name: &str, at: &str) -> Vec<u8> {
    let message = json!({
        "pubTime": at, "baseUrl": "http://127.0.0.1:1/", "relPath": name,
        "content": { "encoding": "utf-8", "value": name },
    });
    message.to_string().into_bytes()
}

fn now() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let utc = nuee::domain::utc::UtcTime::from_unix_seconds(now.as_secs() as i64).unwrap().to_string();
    format!("{}.{:03}", utc.replace(['-', ':', 'Z'], ""), now.subsec_millis())
}

fn listening(lines: &[Value]) -> Vec<(String, bool)> {
    let of = |line: &&Value| line["event"] == "listening";
    let told = |line: &Value| {
        (line["protocol"].as_str().unwrap().to_owned(), line["session_present"].as_bool().unwrap())
    };
    lines.iter().filter(of).map(told).collect()
}

#[test]
fn a_kept_session_is_resumed_at_once_in_version_5_with_user_properties() {
    if !has(&PROGRAMS) {
        return;
    }
    let (mut broker, out) = (Mosquitto::start(), tempdir().unwrap());
    let url = broker.url();
    let arguments = ["--topic", "xpublic/#", "--download", "--out", text(out.path())];
    let first = Listener::start(&broker, &url, &arguments);
    first.wait_to_listen();
    assert_eq!(listening(&first.kill()), [("5".to_owned(), false)]);
    // What comes while nobody listens is kept, with its user properties.
    send_v02(&broker, "gone.txt", "R,0");
    broker.publish("xpublic/v03/post/d", &inline("kept.txt", &now()));
    std::thread::sleep(Duration::from_millis(1_200));
    let began = Instant::now();
    let again = Listener::start(&broker, &url, &arguments);
    wait_until("what was kept", || out.path().join("kept.txt").is_file());
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    wait_until("the removal", || again.count("announcement") == 2);
    let heard = again.of("announcement");
    let of = |key: &str| heard.iter().find(|line| line["key"] == key).unwrap().clone();
    assert_eq!(of("d/gone.txt")["action"], "deletion", "{}", of("d/gone.txt"));
    assert_eq!(of("kept.txt")["arrival"], "queued", "our absence is no lag of the line");
    // The broker goes away and comes back.
    broker.stop();
    wait_until("the loss", || again.count("waiting") > 0);
    broker.go_on();
    let back = Instant::now();
    wait_until("the return", || again.count("listening") == 2);
    assert!(back.elapsed() < Duration::from_secs(10), "{:?}", back.elapsed());
    std::thread::sleep(Duration::from_millis(2_500));
    broker.publish("xpublic/v03/post/d", &inline("live.txt", &now()));
    wait_until("a message", || again.count("announcement") == 3);
    assert_eq!(again.of("announcement")[2]["arrival"], "live");
    let lines = again.kill();
    assert_eq!(listening(&lines), [("5".to_owned(), true), ("5".to_owned(), true)]);
}

#[test]
fn who_takes_the_name_over_is_said() {
    if !has(&["mosquitto_sub"]) {
        return;
    }
    let ((_demo, url), out) = (demo(), tempdir().unwrap());
    let arguments = ["--topic", "xpublic/#", "--download", "--out", text(out.path())];
    let listener = Listener::plain(&url, &arguments);
    listener.wait_to_listen();
    let ledger = rusqlite::Connection::open(out.path().join(".nuee/mesh.db")).unwrap();
    let asked = ledger.query_row("SELECT value FROM name WHERE what = 'client'", [], |row| row.get(0));
    let name: String = asked.unwrap();
    let filters = [nuee::mesh::topic::TopicFilter::parse("xpublic/#").unwrap()];
    let digest = Digest::of(DigestAlgorithm::Sha256, format!("{url}\n{filters:?}").as_bytes());
    let client = format!("{name}-{}", &digest.hex()[..8]);
    let port = url.rsplit(':').next().unwrap();
    let other = ["-h", "127.0.0.1", "-p", port, "-V", "mqttv5", "-i", &client, "-t", "xpublic/x"];
    let _other = start("mosquitto_sub", &other);
    let is_said = |line: &Value| {
        line["reason"] == "taken_over" && line["detail"].as_str().unwrap().contains("same client id")
    };
    wait_until("the reason", || listener.of("waiting").iter().any(is_said));
}

/// A broker that only speaks 3.1.1: it refuses a greeting of version 5 as 3.1.1 does, and takes the other.
fn an_old_broker() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || {
                while let Some((kind, body)) = packet(&mut stream) {
                    let reply = match (kind >> 4, body.get(6)) {
                        (1, Some(4)) => vec![0x20, 2, 0, 0],
                        (1, _) => vec![0x20, 2, 0, 1],
                        (8, _) => vec![0x90, 3, body[0], body[1], 1],
                        (12, _) => vec![0xd0, 0],
                        _ => continue,
                    };
                    if stream.write_all(&reply).is_err() || reply == [0x20, 2, 0, 1] {
                        return;
                    }
                }
            });
        }
    });
    port
}

#[test]
fn a_broker_that_says_so_is_spoken_to_in_version_3_1_1_at_once() {
    let began = Instant::now();
    let url = format!("mqtt://127.0.0.1:{}", an_old_broker());
    let listener = Listener::plain(&url, &["--topic", "a", "--seconds", "20"]);
    listener.wait_to_listen();
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!(listening(&listener.kill()), [("3.1.1".to_owned(), false)]);
}

#[test]
fn what_several_brokers_announce_alike_is_fetched_once() {
    if !has(&PROGRAMS) {
        return;
    }
    let (one, two, out) = (Mosquitto::start(), Mosquitto::start(), tempdir().unwrap());
    // The folder is named as people name one, from where they stand.
    let folder = Path::new("received");
    let arguments = ["--topic", "xpublic/#", "--download", "--out", text(folder), "--keep-size", "1kB"];
    let urls = [one.url(), two.url()];
    let listener = Listener::below(out.path(), &[&[urls[1].as_str()], &arguments[..]].concat(), &urls[0]);
    wait_until("both", || listener.count("listening") == 2);
    for broker in [&one, &two] {
        broker.publish("xpublic/v03/post/d", &inline("a.txt", "20260811T100000"));
    }
    two.publish("xpublic/v03/post/d", &inline(&"b".repeat(200), "20260811T100000"));
    wait_until("the files", || listener.count("announcement") == 3 && listener.count("file") == 2);
    let heard = listener.of("announcement");
    let by = |url: &str| {
        heard
            .iter()
            .filter(|line| url.ends_with(line["broker"].as_str().unwrap().trim_start_matches("mqtt://")))
            .count()
    };
    assert_eq!((by(&urls[0]), by(&urls[1])), (1, 2), "{heard:?}");
    assert_eq!(heard.iter().filter(|line| line["novelty"] == "new").count(), 2);
    // A large one makes room by those before it: what was fetched into a relative folder is known.
    one.publish("xpublic/v03/post/d", &inline_of("c.txt", &"c".repeat(900)));
    wait_until("room", || listener.count("removed") >= 1);
    for line in listener.of("file").iter().chain(&listener.of("removed")) {
        let path = Path::new(line["path"].as_str().unwrap());
        assert!(path.is_absolute() && path.starts_with(out.path().canonicalize().unwrap()), "{line}");
    }
    // The folder is in use.
    let second = Listener::below(out.path(), &arguments, &urls[0]);
    let (code, lines) = second.end();
    assert_eq!(code, 5, "{lines:?}");
}

fn inline_of(name: &str, content: &str) -> Vec<u8> {
    let message = json!({
        "pubTime": "20260811T100000", "baseUrl": "http://127.0.0.1:1/", "relPath": name,
        "content": { "encoding": "utf-8", "value": content },
    });
    message.to_string().into_bytes()
}
