//! `nuee announce` against a broker of the test, which answers each message as it is told.

use crate::ground::{Home, Ran, Running, Server, reply, wait_until};
use nuee::domain::integrity::{Digest, DigestAlgorithm};
use nuee::mesh::announcement::{Soundness, read};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What the broker does with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Does {
    Takes,
    Refuses(u8),
    HangsUp,
}

/// A message as it came: topic, media type, octets.
#[derive(Clone, Debug)]
struct Came {
    topic: String,
    content_type: Option<String>,
    payload: Vec<u8>,
    first_octet: u8,
}

impl Came {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.payload).expect("JSON")
    }
}

type Answer = dyn Fn(usize, &Came) -> Does + Send + Sync;

/// A broker that speaks version 5; the answer is told by how many messages came before, and the message.
struct Broker {
    port: u16,
    came: Arc<Mutex<Vec<Came>>>,
    connections: Arc<AtomicUsize>,
}

impl Broker {
    fn start(answer: impl Fn(usize, &Came) -> Does + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (came, connections) = (Arc::<Mutex<Vec<Came>>>::default(), Arc::new(AtomicUsize::new(0)));
        let (own, counter, answer) = (came.clone(), connections.clone(), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                counter.fetch_add(1, Ordering::SeqCst);
                let (own, answer) = (own.clone(), answer.clone());
                std::thread::spawn(move || converse(stream, &own, &*answer));
            }
        });
        Self { port, came, connections }
    }

    fn url(&self) -> String {
        format!("mqtt://127.0.0.1:{}", self.port)
    }

    fn came(&self) -> Vec<Came> {
        self.came.lock().expect("no panic").clone()
    }
}

fn converse(mut stream: TcpStream, came: &Mutex<Vec<Came>>, answer: &Answer) -> Option<()> {
    loop {
        let (kind, body) = packet(&mut stream)?;
        match kind >> 4 {
            1 => stream.write_all(&[0x20, 3, 0, 0, 0]).ok()?,
            3 => {
                let (message, number) = publish_of(kind, &body)?;
                let does = {
                    let mut came = came.lock().ok()?;
                    came.push(message.clone());
                    answer(came.len() - 1, &message)
                };
                match does {
                    Does::Takes => stream.write_all(&[0x40, 2, number[0], number[1]]).ok()?,
                    Does::Refuses(code) => {
                        stream.write_all(&[0x40, 4, number[0], number[1], code, 0]).ok()?;
                    }
                    Does::HangsUp => return None,
                }
            }
            12 => stream.write_all(&[0xd0, 0]).ok()?,
            14 => return None,
            _ => {}
        }
    }
}

/// First octet and body of a packet.
fn packet(stream: &mut TcpStream) -> Option<(u8, Vec<u8>)> {
    let mut octet = [0];
    stream.read_exact(&mut octet).ok()?;
    let kind = octet[0];
    let (mut length, mut shift) = (0_usize, 0);
    loop {
        stream.read_exact(&mut octet).ok()?;
        length |= usize::from(octet[0] & 0x7f) << shift;
        shift += 7;
        if octet[0] & 0x80 == 0 {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some((kind, body))
}

/// A PUBLISH of version 5 with QoS 1, and its number.
fn publish_of(kind: u8, body: &[u8]) -> Option<(Came, [u8; 2])> {
    let text = |at: usize| {
        let length = usize::from(u16::from_be_bytes([*body.get(at)?, *body.get(at + 1)?]));
        Some((String::from_utf8(body.get(at + 2..at + 2 + length)?.to_vec()).ok()?, at + 2 + length))
    };
    let (topic, at) = text(0)?;
    let number = [*body.get(at)?, *body.get(at + 1)?];
    let end = at + 3 + usize::from(*body.get(at + 2)?);
    let (mut here, mut content_type) = (at + 3, None);
    while here < end {
        match body.get(here)? {
            1 => here += 2,
            3 => {
                let (value, next) = text(here + 1)?;
                content_type = Some(value);
                here = next;
            }
            other => panic!("property {other}"),
        }
    }
    Some((Came { topic, content_type, payload: body[end..].to_vec(), first_octet: kind }, number))
}

fn announce(home: &Home, broker: &Broker, more: &[&str]) -> Ran {
    let url = broker.url();
    let usual = ["announce", "--to", &url, "--base-url", "http://files.example/d", "--json", "--lang", "en"];
    home.run(&[&usual[..], more].concat())
}

fn lines_of(ran: &Ran, event: &str) -> Vec<Value> {
    ran.lines().into_iter().filter(|line| line["event"] == event).collect()
}

/// A folder whose files were written long enough ago.
fn old(path: &std::path::Path) {
    let long_ago = std::time::SystemTime::now() - Duration::from_secs(60);
    let file = std::fs::File::options().append(true).open(path).expect("a file");
    file.set_modified(long_ago).expect("its time can be set");
}

fn written(home: &Home, name: &str, octets: &[u8]) -> String {
    let path = home.write(name, octets);
    old(std::path::Path::new(&path));
    path
}

const CHANNEL: &str = "origin/a/wis2/fr-nuee-test/data/core/weather/experimental/nuee";

#[test]
fn each_file_is_announced_with_its_digest_and_counted_once_it_is_acknowledged() {
    let (home, broker) = (Home::new(), Broker::start(|_, _| Does::Takes));
    written(&home, "in/a.txt", b"one");
    written(&home, "in/x/b c#1.grib2", b"GRIB 7777");
    for (form, topic, kind) in [
        ("v03", "xpublic/v03/post/x", "application/json"),
        ("wmo-mesh", "xpublic/v03/post/x", "application/json"),
        ("wis2", CHANNEL, "application/geo+json"),
    ] {
        broker.came.lock().expect("no panic").clear();
        let channel: &[&str] = if form == "wis2" { &["--topic", CHANNEL] } else { &[] };
        let ran = announce(&home, &broker, &[&["in", "--form", form], channel].concat());
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        assert_eq!(lines_of(&ran, "announced").len(), 2);
        let came = broker.came();
        assert_eq!((came[1].topic.as_str(), came[1].content_type.as_deref()), (topic, Some(kind)));
        assert_eq!(came[1].first_octet, 0x32, "QoS 1, neither retained nor sent once more");
        let reading = read(came[1].payload.clone().into(), &[]);
        assert_eq!(reading.reading.soundness(), Soundness::Valid, "{:?}", reading.reading.remarks());
        let found = reading.reading.announcement().expect("an announcement").clone();
        assert_eq!(found.integrity.digest(), Some(&Digest::of(DigestAlgorithm::Sha512, b"GRIB 7777")));
        assert_eq!(&*found.links[0].href, "http://files.example/d/x/b%20c%231.grib2");
        let last = ran.lines().pop().expect("a line");
        assert_eq!(
            (&last["event"], &last["announced"], &last["refused"]),
            (&"done".into(), &2.into(), &0.into())
        );
    }
}

#[cfg(unix)]
#[test]
fn links_pipes_empty_and_odd_files_are_refused_by_name_and_the_rest_goes_on() {
    use std::os::unix::ffi::OsStrExt;
    let (home, broker) = (Home::new(), Broker::start(|_, _| Does::Takes));
    written(&home, "in/good.txt", b"good");
    written(&home, "in/empty.txt", b"");
    written(&home, "outside.txt", b"secret");
    std::fs::create_dir(home.path("elsewhere")).expect("room");
    std::os::unix::fs::symlink(home.path("outside.txt"), home.path("in/link.txt")).expect("a link");
    std::os::unix::fs::symlink(home.path("elsewhere"), home.path("in/folder")).expect("a link");
    let status = std::process::Command::new("mkfifo").arg(home.path("in/pipe")).status().expect("mkfifo");
    assert!(status.success());
    let odd = std::ffi::OsStr::from_bytes(b"in/caf\xe9.txt");
    std::fs::write(home.path("").join(odd), "x").expect("a file system that takes any octets");
    for name in ["in/.hidden", "in/x.part", "in/y.tmp"] {
        written(&home, name, b"left alone");
    }
    let ran = announce(&home, &broker, &["in", "nowhere", "--form", "v03"]);
    assert_eq!(ran.code, Some(5), "{}", ran.err);
    let mut why: Vec<(String, String)> = lines_of(&ran, "refused")
        .iter()
        .map(|line| {
            let text = |key: &str| line[key].as_str().expect("text").to_owned();
            (text("file").rsplit('/').next().expect("a name").to_owned(), text("reason"))
        })
        .collect();
    why.sort();
    let expected = [
        ("caf\u{fffd}.txt", "not_utf8"),
        ("empty.txt", "empty"),
        ("folder", "link"),
        ("link.txt", "link"),
        ("nowhere", "missing"),
        ("pipe", "no_file"),
    ];
    assert_eq!(why, expected.map(|(name, why)| (name.to_owned(), why.to_owned())));
    assert_eq!(broker.came().len(), 1);
    assert!(broker.came()[0].json()["relPath"] == "/good.txt");
}

#[test]
fn a_message_that_the_broker_refuses_is_told_with_its_file_and_reason() {
    let refuses =
        |_: usize, came: &Came| if came.topic.ends_with("closed") { Does::Refuses(135) } else { Does::Takes };
    let (home, broker) = (Home::new(), Broker::start(refuses));
    written(&home, "in/closed/a.txt", b"a");
    written(&home, "in/open/b.txt", b"b");
    let ran = announce(&home, &broker, &["in", "--form", "v03"]);
    assert_eq!(ran.code, Some(3), "{}", ran.err);
    let refused = lines_of(&ran, "refused");
    assert_eq!(refused.len(), 1);
    assert!(refused[0]["file"].as_str().expect("a file").ends_with("closed/a.txt"));
    assert!(refused[0]["detail"].as_str().expect("a detail").contains("not authorized (135)"), "{refused:?}");
    assert_eq!(lines_of(&ran, "announced").len(), 1);
}

#[test]
fn what_was_on_its_way_when_the_connection_broke_is_sent_again() {
    let (home, broker) =
        (Home::new(), Broker::start(|number, _| if number == 7 { Does::HangsUp } else { Does::Takes }));
    for number in 0..30 {
        written(&home, &format!("in/{number:02}.txt"), format!("{number}").as_bytes());
    }
    let ran = announce(&home, &broker, &["in", "--form", "wis2", "--topic", CHANNEL]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let announced: std::collections::BTreeSet<String> = lines_of(&ran, "announced")
        .iter()
        .map(|line| line["id"].as_str().expect("an id").to_owned())
        .collect();
    assert_eq!(announced.len(), 30, "each once");
    let came: std::collections::BTreeSet<String> =
        broker.came().iter().map(|came| came.json()["id"].as_str().expect("an id").to_owned()).collect();
    assert_eq!(came, announced, "sent again under the same id");
    assert_eq!(broker.connections.load(Ordering::SeqCst), 2);
}

#[test]
fn a_broker_that_never_answers_is_given_up_in_time() {
    let silent = Server::silent();
    let home = Home::new();
    written(&home, "in/a.txt", b"a");
    let url = format!("mqtt://127.0.0.1:{}", silent.port);
    let ran = home.run(&[
        "announce",
        "in",
        "--to",
        &url,
        "--base-url",
        "http://h/d",
        "--form",
        "v03",
        "--json",
        "--timeout",
        "2s",
    ]);
    assert_eq!(ran.code, Some(3), "{}", ran.err);
    assert!(ran.took < Duration::from_secs(15), "{:?}", ran.took);
    let last = ran.lines().pop().expect("a line");
    assert_eq!(last["announced"], 0);
    assert!(last["error"].is_string(), "{last}");
}

#[test]
fn a_dry_run_prints_the_messages_and_contacts_nobody() {
    let home = Home::new();
    written(&home, "in/a.txt", b"one");
    let usual =
        ["announce", "in", "--base-url", "http://h/d", "--form", "v03", "--dry-run", "--inline", "--json"];
    let ran = home.run(&usual);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let message = &ran.lines()[0];
    assert_eq!((&message["event"], &message["topic"]), (&"message".into(), &"xpublic/v03/post".into()));
    assert_eq!(message["message"]["content"]["value"], "one");
}

#[test]
fn what_cannot_be_meant_is_refused_before_anybody_is_contacted() {
    let (home, broker) = (Home::new(), Broker::start(|_, _| Does::Takes));
    written(&home, "in/a.txt", b"one");
    let url = broker.url();
    for wrong in [
        &["--base-url", "ftp://h/d", "--form", "v03"][..],
        &["--base-url", "http://u:secret@h/d", "--form", "v03"],
        &["--base-url", "http://h/d", "--form", "wis2"],
        &["--base-url", "http://h/d", "--form", "wis2", "--topic", "xpublic/v03"],
        &["--base-url", "http://h/d", "--form", "v03", "--topic", "a/#"],
        &["--base-url", "http://h/d", "--form", "wis2", "--topic", CHANNEL, "--metadata-id", "x"],
        &["--base-url", "http://h/d", "--form", "v04"],
    ] {
        let ran = home.run(&[&["announce", "in", "--to", &url][..], wrong].concat());
        assert_eq!(ran.code, Some(2), "{wrong:?} {}", ran.err);
        assert!(!ran.err.contains("secret"), "{}", ran.err);
    }
    assert_eq!(broker.connections.load(Ordering::SeqCst), 0);
}

#[test]
fn the_first_file_is_asked_for_at_its_address_before_anything_is_announced() {
    let (home, broker) = (Home::new(), Broker::start(|_, _| Does::Takes));
    written(&home, "in/a.txt", b"one");
    let server = Server::start(|asked, stream| match asked.path.as_str() {
        "/d/a.txt" => reply(stream, "200 OK", "text/plain", b"one"),
        "/other/a.txt" => reply(stream, "200 OK", "text/plain", b"another"),
        "/open/a.txt" => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
        }
        _ => reply(stream, "404 Not Found", "text/plain", b""),
    });
    for (base, code, reason, length) in [
        ("d", 0, None, Some(json!(3))),
        ("open", 0, None, Some(Value::Null)),
        ("other", 3, Some("other_length"), None),
        ("none", 3, Some("not_served"), None),
    ] {
        broker.came.lock().expect("no panic").clear();
        let (to, base) = (broker.url(), server.url(base));
        let ran = home.run(&[
            "announce",
            "in",
            "--to",
            &to,
            "--base-url",
            &base,
            "--form",
            "v03",
            "--check",
            "--json",
        ]);
        assert_eq!(ran.code, Some(code), "{base} {}", ran.err);
        let refused = lines_of(&ran, "refused");
        assert_eq!(refused.first().and_then(|line| line["reason"].as_str()), reason);
        let checked = lines_of(&ran, "checked");
        assert_eq!(checked.first().map(|line| line["bytes"].clone()), length, "what the server tells");
        assert_eq!(broker.came().len(), usize::from(code == 0), "{base}");
    }
}

#[test]
fn a_file_that_grows_while_it_is_read_is_not_announced_with_a_wrong_digest() {
    let (home, broker) = (Home::new(), Broker::start(|_, _| Does::Takes));
    let path = home.write("in/growing.txt", "0");
    let is_over = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let (own, file) = (is_over.clone(), path.clone());
    let writer = std::thread::spawn(move || {
        let mut file = std::fs::File::options().append(true).open(file).expect("a file");
        while !own.load(Ordering::SeqCst) {
            file.write_all(b"more").expect("room");
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    let ran = announce(&home, &broker, &["in", "--form", "v03"]);
    is_over.store(true, Ordering::SeqCst);
    writer.join().expect("it ends");
    assert_eq!(ran.code, Some(5), "{}", ran.err);
    assert_eq!(lines_of(&ran, "refused")[0]["reason"], "still_written");
    assert!(broker.came().is_empty());
}

#[test]
fn a_watched_folder_is_announced_file_by_file_once_and_replaced_files_as_updates() {
    let (home, broker) = (Home::new(), Broker::start(|_, _| Does::Takes));
    written(&home, "in/a.txt", b"one");
    let url = broker.url();
    let mut watching = home.nuee(&[
        "announce",
        "in",
        "--to",
        &url,
        "--base-url",
        "http://h/d",
        "--form",
        "wis2",
        "--topic",
        CHANNEL,
        "--watch",
    ]);
    watching.stdout(Stdio::null()).stderr(Stdio::null());
    let watching = Running(watching.spawn().expect("it runs"));
    wait_until("the first file", || broker.came().len() == 1);
    let part = home.write("in/b.txt.part", "half");
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(broker.came().len(), 1, "what is being written is left alone");
    std::fs::rename(part, home.path("in/b.txt")).expect("a rename");
    wait_until("the second file", || broker.came().len() == 2);
    home.write("in/new", "two");
    std::fs::rename(home.path("in/new"), home.path("in/a.txt")).expect("a rename");
    wait_until("the update", || broker.came().len() == 3);
    std::thread::sleep(Duration::from_secs(3));
    let rels: Vec<(String, Value)> = broker
        .came()
        .iter()
        .map(|came| {
            let message = came.json();
            let id = message["properties"]["data_id"]
                .as_str()
                .expect("an id")
                .rsplit('/')
                .next()
                .map(str::to_owned);
            (id.expect("a name"), message["links"][0]["rel"].clone())
        })
        .collect();
    let expected = [("a.txt", "canonical"), ("b.txt", "canonical"), ("a.txt", "update")];
    assert_eq!(rels, expected.map(|(name, rel)| (name.to_owned(), Value::from(rel))));
    drop(watching);
}

#[cfg(unix)]
#[test]
fn an_interrupted_announcement_ends_soon_and_says_so() {
    let (home, broker) = (Home::new(), Broker::start(|_, _| Does::Takes));
    written(&home, "in/a.txt", b"one");
    let url = broker.url();
    let child = home
        .nuee(&[
            "announce",
            "in",
            "--to",
            &url,
            "--base-url",
            "http://h/d",
            "--form",
            "v03",
            "--watch",
            "--json",
        ])
        .spawn()
        .expect("it runs");
    wait_until("the first file", || broker.came().len() == 1);
    std::thread::sleep(Duration::from_millis(300));
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().expect("kill").success());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let last: Value = serde_json::from_str(text.lines().last().expect("a line")).expect("JSON");
    assert_eq!((&last["event"], &last["announced"]), (&"done".into(), &1.into()), "{text}");
}
