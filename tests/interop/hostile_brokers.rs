//! Brokers that lie, throw out, flood; and that we leave as one should. The liars are a few octets of MQTT of our own.

use super::brokers::{Listener, Mosquitto, PROGRAMS};
use super::packets::packet;
use super::programs::{Publisher, has, made_octets, text, wait_until};
use nuee::domain::integrity::{Digest, DigestAlgorithm};
use serde_json::json;
use std::collections::BTreeSet;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tempfile::tempdir;

/// What was seen of each connection: the first octet of each packet that the client sent.
type Seen = Arc<Mutex<Vec<Vec<u8>>>>;

/// A broker that welcomes, and answers a subscription with whatever `answer` makes of its packet's number.
fn a_liar(answer: fn([u8; 2]) -> Vec<u8>) -> (u16, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = Seen::default();
    let own = seen.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let own = own.clone();
            own.lock().unwrap().push(Vec::new());
            let at = own.lock().unwrap().len() - 1;
            std::thread::spawn(move || converse(stream, answer, &|kind| own.lock().unwrap()[at].push(kind)));
        }
    });
    (port, seen)
}

fn converse(mut stream: TcpStream, answer: fn([u8; 2]) -> Vec<u8>, note: &dyn Fn(u8)) {
    while let Some((kind, body)) = packet(&mut stream) {
        note(kind);
        let reply = match kind >> 4 {
            1 => vec![0x20, 3, 0, 0, 0],
            8 => answer([body[0], body[1]]),
            12 => vec![0xd0, 0],
            _ => continue,
        };
        if stream.write_all(&reply).is_err() {
            return;
        }
    }
}

/// One granted filter, however many were asked for.
fn one_granted(number: [u8; 2]) -> Vec<u8> {
    vec![0x90, 4, number[0], number[1], 0, 1]
}

/// One granted filter, and one that is not authorised.
fn one_refused(number: [u8; 2]) -> Vec<u8> {
    vec![0x90, 5, number[0], number[1], 0, 1, 0x87]
}

/// One granted filter, then a message with an empty object on topic `a`.
fn granted_and_a_message(number: [u8; 2]) -> Vec<u8> {
    let mut reply = one_granted(number);
    let body = br#"{"pubTime":"20260811T100000","baseUrl":"http://127.0.0.1:1/","relPath":"a"}"#;
    reply.extend([0x30, (4 + body.len()) as u8, 0, 1, b'a', 0]);
    reply.extend(body);
    reply
}

/// One granted filter, then: another client has your name.
fn granted_and_taken_over(number: [u8; 2]) -> Vec<u8> {
    let mut reply = one_granted(number);
    reply.extend([0xe0, 2, 0x8e, 0]);
    reply
}

#[test]
fn a_topic_that_is_refused_is_named_and_the_others_are_listened_to() {
    let (port, _) = a_liar(one_refused);
    let url = format!("mqtt://127.0.0.1:{port}");
    let listener = Listener::plain(&url, &["--topic", "a", "--topic", "b/#", "--seconds", "3"]);
    listener.wait_to_listen();
    assert_eq!(
        listener.of("listening")[0]["refused"],
        json!([{ "filter": "b/#", "reason": "NotAuthorized" }])
    );
    assert_eq!(listener.end().0, 0);
}

#[test]
fn a_broker_that_answers_for_fewer_topics_than_were_asked_is_left_and_tried_again_with_patience() {
    let (port, seen) = a_liar(one_granted);
    let url = format!("mqtt://127.0.0.1:{port}");
    let listener = Listener::plain(&url, &["--topic", "a", "--topic", "b/#", "--seconds", "6"]);
    let (code, lines) = listener.end();
    let waiting = lines.iter().find(|line| line["event"] == "waiting").expect("a reason");
    assert!(waiting["detail"].as_str().unwrap().contains("SUBACK"), "{waiting}");
    assert_eq!(code, 3, "it was never listened to");
    assert!(seen.lock().unwrap().len() <= 8, "it is not hammered");
}

#[test]
fn a_name_that_is_taken_over_is_said_and_not_fought_for() {
    let (port, seen) = a_liar(granted_and_taken_over);
    let url = format!("mqtt://127.0.0.1:{port}");
    let listener = Listener::plain(&url, &["--topic", "a", "--seconds", "8"]);
    wait_until("the reason", || listener.of("waiting").iter().any(|line| line["reason"] == "taken_over"));
    listener.end();
    let connections = seen.lock().unwrap().len();
    assert!((2..=6).contains(&connections), "{connections} connections in 8 s");
}

#[test]
fn at_the_end_the_broker_is_told_goodbye() {
    let (port, seen) = a_liar(granted_and_a_message);
    let url = format!("mqtt://127.0.0.1:{port}");
    let listener = Listener::plain(&url, &["--topic", "a", "--count", "1", "--seconds", "20"]);
    assert_eq!(listener.end().0, 0);
    wait_until("a goodbye", || seen.lock().unwrap()[0].last() == Some(&0xe0));
}

#[test]
fn a_flood_is_taken_in_without_a_loss_and_in_bounded_memory() {
    if !has(&PROGRAMS) {
        return;
    }
    const MESSAGES: usize = 20_000;
    let broker = Mosquitto::start();
    let count = MESSAGES.to_string();
    let arguments = ["--topic", "xpublic/#", "--count", &count, "--seconds", "55"];
    let listener = Listener::start(&broker, &broker.url(), &arguments);
    listener.wait_to_listen();
    let filler = "x".repeat(600);
    let lines: Vec<String> = (0..MESSAGES)
        .map(|n| {
            json!({ "pubTime": "20260811T100000", "baseUrl": "http://127.0.0.1:1/", "relPath": format!("f/{n}"), "filler": filler })
                .to_string()
        })
        .collect();
    // What waits for one client is bounded: no faster than it is taken in.
    for (at, lines) in lines.chunks(5_000).enumerate() {
        broker.publish_lines("xpublic/v03/flood", lines);
        wait_until("what was sent", || listener.count("announcement") + 4_000 >= (at + 1) * 5_000);
    }
    let most = listener.most_memory();
    let (code, lines) = listener.end();
    let done = lines.last().expect("a summary");
    assert_eq!((code, &done["messages"], &done["dropped"]), (0, &json!(MESSAGES), &json!(0)), "{done}");
    assert!(most.is_none_or(|kib| kib < 400_000), "{most:?} KiB");
}

#[test]
fn a_torrent_beside_a_file_becomes_a_transfer_whose_announced_digest_is_proven_on_top() {
    if !has(&PROGRAMS) {
        return;
    }
    let (source, out) = (tempdir().unwrap(), tempdir().unwrap());
    let octets = made_octets(900_000);
    let file = source.path().join("NUEE-MADE_000H.grib2x");
    std::fs::write(&file, &octets).unwrap();
    let publisher = Publisher::start(&[text(&file)]);
    publisher.settle();
    let torrent = publisher.urls("torrent")[0].clone();
    let broker = Mosquitto::start();
    let arguments = [
        "--topic",
        "origin/a/wis2/#",
        "--download",
        "--out",
        text(out.path()),
        "--count",
        "1",
        "--seconds",
        "50",
    ];
    let listener = Listener::start(&broker, &broker.url(), &arguments);
    listener.wait_to_listen();
    use base64::Engine;
    let digest = Digest::of(DigestAlgorithm::Sha512, &octets);
    let digest = base64::engine::general_purpose::STANDARD.encode(digest.octets());
    let message = json!({
        "id": "31e9d66a-cd83-4174-9429-b932f1abe1be", "conformsTo": ["http://wis.wmo.int/spec/wnm/1/conf/core"],
        "type": "Feature", "geometry": null,
        "properties": {
            "pubtime": "2026-08-11T10:00:00Z", "data_id": "xx-made/NUEE-MADE_000H.grib2x", "datetime": null,
            "integrity": { "method": "sha512", "value": digest },
        },
        "links": [
            { "rel": "canonical", "href": "http://127.0.0.1:1/NUEE-MADE_000H.grib2x", "length": octets.len() },
            { "rel": "alternate", "type": "application/x-bittorrent", "href": torrent },
        ],
    });
    broker.publish("origin/a/wis2/xx-made/data/core/weather", message.to_string().as_bytes());
    let (code, lines) = listener.end();
    let file = lines.iter().find(|line| line["event"] == "file").unwrap_or_else(|| panic!("{lines:?}"));
    assert_eq!((code, &file["verdict"]), (0, &json!("verified")), "{file}");
    assert!(file["method"] == "announced_digest", "{file}");
    assert!(file["from"].as_str().is_some_and(|from| from.ends_with(".torrent")), "{file}");
    assert!(file["voucher"].as_str().is_some_and(|by| by.contains(&broker.plain.to_string())), "{file}");
    assert_eq!(std::fs::read(file["path"].as_str().unwrap()).unwrap(), octets);
}

#[test]
fn the_demos_broker_is_listened_to_by_hand_and_its_mishaps_are_seen() {
    let mut demo = Command::new(env!("CARGO_BIN_EXE_nuee"))
        .args(["demo", "--serve"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("nuee runs");
    let mut line = String::new();
    let output = demo.stdout.take().expect("piped");
    std::io::BufRead::read_line(&mut std::io::BufReader::new(output), &mut line).unwrap();
    let demo = super::programs::Running(demo);
    let served: serde_json::Value = serde_json::from_str(&line).expect("one line of JSON");
    let url =
        served["urls"].as_array().unwrap().iter().find(|url| url["what"] == "broker").expect("a broker");
    let out = tempdir().unwrap();
    let arguments = [
        "--topic",
        "origin/a/wis2/xx-nuee-demo/#",
        "--topic",
        "cache/a/wis2/xx-nuee-demo/#",
        "--download",
        "--out",
        text(out.path()),
        "--count",
        "12",
        "--seconds",
        "55",
    ];
    let (code, lines) = Listener::plain(url["url"].as_str().unwrap(), &arguments).end();
    drop(demo);
    assert_eq!(code, 4, "one file is refused: {:?}", lines.last());
    let of = |event: &str| lines.iter().filter(|line| line["event"] == event).collect::<Vec<_>>();
    assert_eq!(of("announcement").iter().filter(|line| line["timeliness"] == "late").count(), 1);
    assert!(of("refused")[0]["key"].as_str().unwrap().ends_with("_003H.grib2"));
    let failed_over =
        of("file").into_iter().find(|line| line["tried"] != json!([])).expect("a second source");
    assert!(failed_over["key"].as_str().unwrap().ends_with("_004H.grib2"), "{failed_over}");
}

/// A message of QoS 1 about file number `n`, whose packet has the same number; `first` is its first octet, which says whether it is
/// sent again.
fn numbered(n: u16, first: u8) -> Vec<u8> {
    let body =
        format!(r#"{{"pubTime":"20260811T100000","baseUrl":"http://127.0.0.1:1/","relPath":"f/{n}"}}"#);
    let [high, low] = n.to_be_bytes();
    let mut packet = vec![first, (6 + body.len()) as u8];
    packet.extend([0, 1, b'a', high, low, 0]);
    packet.extend(body.as_bytes());
    packet
}

/// A broker that sends `count` messages at once, however many were said to be on their way, and on each further connection those
/// that were not acknowledged.
fn a_flooding_broker(count: u16) -> (u16, Arc<Mutex<BTreeSet<u16>>>, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let open = Arc::new(Mutex::new((1..=count).collect::<BTreeSet<u16>>()));
    let (own, came) = (open.clone(), Arc::new(AtomicUsize::new(0)));
    let connections = came.clone();
    std::thread::spawn(move || {
        for (at, mut stream) in listener.incoming().map_while(Result::ok).enumerate() {
            came.fetch_add(1, Ordering::SeqCst);
            let own = own.clone();
            std::thread::spawn(move || {
                while let Some((kind, body)) = packet(&mut stream) {
                    let reply = match kind >> 4 {
                        1 => vec![0x20, 3, 0, 0, 0],
                        4 => {
                            own.lock().unwrap().remove(&u16::from_be_bytes([body[0], body[1]]));
                            continue;
                        }
                        12 => vec![0xd0, 0],
                        8 => {
                            let (mut writer, left) =
                                (stream.try_clone().unwrap(), own.lock().unwrap().clone());
                            let head = one_granted([body[0], body[1]]);
                            std::thread::spawn(move || {
                                let messages =
                                    left.into_iter().map(|n| numbered(n, if at > 0 { 0x3a } else { 0x32 }));
                                // The client may go away in the middle: that is what this is about.
                                let _ = writer.write_all(&head);
                                for message in messages {
                                    if writer.write_all(&message).is_err() {
                                        return;
                                    }
                                }
                            });
                            continue;
                        }
                        _ => continue,
                    };
                    if stream.write_all(&reply).is_err() {
                        return;
                    }
                }
            });
        }
    });
    (port, open, connections)
}

#[test]
fn a_flood_that_nobody_takes_in_for_a_while_loses_nothing_and_what_came_in_vain_is_counted() {
    const MESSAGES: u16 = 60_000;
    let (port, open, connections) = a_flooding_broker(MESSAGES);
    let mut listener = Command::new(env!("CARGO_BIN_EXE_nuee"))
        .args(["listen", &format!("mqtt://127.0.0.1:{port}"), "--topic", "a", "--json", "--seconds", "170"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("nuee runs");
    let output = listener.stdout.take().expect("piped");
    let _listener = super::programs::Running(listener);
    // Nobody reads what it tells: it takes in no more, its queue fills, and the broker is let wait in vain.
    wait_until("a connection that is given up", || connections.load(Ordering::SeqCst) > 1);
    assert!(!open.lock().unwrap().is_empty(), "it cannot have taken in all of it");
    let told = Arc::new(Mutex::new((BTreeSet::new(), 0, 0)));
    let own = told.clone();
    std::thread::spawn(move || {
        for line in std::io::BufRead::lines(std::io::BufReader::new(output)).map_while(Result::ok) {
            let line: serde_json::Value = serde_json::from_str(&line).expect("JSON");
            let mut told = own.lock().unwrap();
            match line["event"].as_str() {
                Some("announcement") => drop(told.0.insert(line["key"].as_str().unwrap().to_owned())),
                Some("dropped") => told.1 = line["count"].as_u64().unwrap(),
                Some("waiting") => told.2 += 1,
                _ => {}
            }
        }
    });
    let is_all = || {
        let told = told.lock().unwrap();
        told.0.len() == usize::from(MESSAGES) && told.1 >= 1 && told.2 >= 1 && open.lock().unwrap().is_empty()
    };
    let until = std::time::Instant::now() + std::time::Duration::from_secs(150);
    while !is_all() && std::time::Instant::now() < until {
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let (heard, dropped, lost) = &*told.lock().unwrap();
    let left = open.lock().unwrap().len();
    assert_eq!((heard.len(), left), (usize::from(MESSAGES), 0), "each came in the end, and was acknowledged");
    assert!(*dropped >= 1 && *lost >= 1, "{dropped} counted, {lost} connections given up");
}
