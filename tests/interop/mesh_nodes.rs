//! `nuee mesh run` among real programs: mosquitto between the nodes, nginx and Sarracenia before and behind them.

use super::announcing::{ODD, digests_below, lines_of};
use super::brokers::{Mosquitto, PROGRAMS};
use super::programs::{Nginx, Running, alone_with_sarracenia, free_port, has, text, wait_until};
use super::sarracenia::{Sarracenia, at_home, files_below, poster};
use nuee::domain::integrity::{Digest, DigestAlgorithm};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::{TempDir, tempdir};

fn now() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let utc = nuee::domain::utc::UtcTime::from_unix_seconds(now.as_secs() as i64).unwrap().to_string();
    format!("{}.{:03}", utc.replace(['-', ':', 'Z'], ""), now.subsec_millis())
}

fn digest(algorithm: DigestAlgorithm, octets: &[u8]) -> Value {
    use base64::Engine;
    let value = base64::engine::general_purpose::STANDARD.encode(Digest::of(algorithm, octets).octets());
    json!({ "method": algorithm.key(), "value": value })
}

/// A message of mesh_pub.py: no slash before the path, `integrity` alone.
fn of_wmo_mesh(base: &str, path: &str, octets: &[u8]) -> Value {
    json!({
        "pubTime": now(), "baseUrl": base, "relPath": path,
        "integrity": digest(DigestAlgorithm::Sha512, octets),
    })
}

/// A message of sr3_post: `identity` alone, with what it knows of the file.
fn of_sarracenia(base: &str, path: &str, octets: &[u8]) -> Value {
    json!({
        "pubTime": now(), "baseUrl": base, "relPath": path, "source": "writer", "mode": "644",
        "size": octets.len(), "mtime": now(), "atime": now(), "contentType": "text/plain",
        "identity": digest(DigestAlgorithm::Sha512, octets),
    })
}

fn writer(broker: &Mosquitto) -> String {
    format!("mqtt://writer:writes@127.0.0.1:{}", broker.plain)
}

/// Publishes as MQTT 5 does, with the media type without which sr3 reads nothing.
fn send(broker: &Mosquitto, topic: &str, message: &Value) {
    let port = broker.plain.to_string();
    let status = Command::new("mosquitto_pub")
        .args(["-h", "127.0.0.1", "-p", &port, "-u", "writer", "-P", "writes", "-V", "mqttv5", "-q", "1"])
        .args(["-t", topic, "-m", &message.to_string()])
        .args(["-D", "publish", "content-type", "application/json"])
        .status();
    assert!(status.expect("mosquitto_pub runs").success());
}

/// Everything that is published below `xpublic` on a broker, with its media type and topic.
struct Ear {
    _running: Running,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Ear {
    fn at(broker: &Mosquitto) -> Self {
        let port = broker.plain.to_string();
        let mut child = Command::new("mosquitto_sub")
            .args(["-h", "127.0.0.1", "-p", &port, "-u", "reader", "-P", "reads", "-V", "mqttv5", "-q", "1"])
            .args(["-t", "xpublic/#", "-F", "%C|%t|%p"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("mosquitto_sub runs");
        let lines = lines_of(&mut child);
        let ear = Self { _running: Running(child), lines };
        wait_until("a subscription", || {
            broker.publish("xpublic/ready", b"ready");
            !ear.lines.lock().unwrap().is_empty()
        });
        ear
    }

    /// Media type, topic and message of everything that a node at `base` announced.
    fn announced_by(&self, base: &str) -> Vec<(String, String, Value)> {
        let lines = self.lines.lock().unwrap();
        let parts = lines.iter().filter_map(|line| {
            let mut parts = line.splitn(3, '|').map(str::to_owned);
            let (kind, topic) = (parts.next()?, parts.next()?);
            Some((kind, topic, serde_json::from_str::<Value>(&parts.next()?).ok()?))
        });
        parts.filter(|(.., message)| message["baseUrl"] == base).collect()
    }
}

/// A node that can be killed and started again.
struct Node {
    running: Option<Running>,
    lines: Arc<Mutex<Vec<String>>>,
    arguments: Vec<String>,
    port: u16,
    out: TempDir,
}

impl Node {
    fn start(from: &[&Mosquitto], to: &Mosquitto, more: &[&str]) -> Self {
        let (port, out) = (free_port(), tempdir().unwrap());
        let sources = from.iter().flat_map(|broker| ["--from".to_owned(), broker.url()]);
        let usual = ["--to", &writer(to), "--base-url", &format!("http://127.0.0.1:{port}/data")];
        let usual = usual.into_iter().chain(["--out", text(out.path())]).chain(more.iter().copied());
        let arguments = sources.chain(usual.map(str::to_owned)).collect();
        let mut node = Self { running: None, lines: Arc::default(), arguments, port, out };
        node.go_on();
        node
    }

    fn go_on(&mut self) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_nuee"))
            .args(["mesh", "run", "--allow-local", "--json", "--lang", "en"])
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("nuee runs");
        self.lines = lines_of(&mut child);
        self.running = Some(Running(child));
        let sources = self.arguments.iter().filter(|word| *word == "--from").count();
        wait_until("its brokers", || {
            self.of("listening").len() == sources && !self.of("connected").is_empty()
        });
    }

    /// `kill -9`.
    fn kill(&mut self) {
        self.running = None;
    }

    fn base(&self) -> String {
        format!("http://127.0.0.1:{}/data", self.port)
    }

    fn of(&self, event: &str) -> Vec<Value> {
        let lines = self.lines.lock().unwrap();
        let lines = lines.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        lines.filter(|line| line["event"] == event).collect()
    }

    /// Asks its server: the head of the answer and the body.
    fn ask(&self, request: &str) -> (String, Vec<u8>) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(stream, "{request}\r\nHost: h\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let at = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
        (String::from_utf8_lossy(&answer[..at]).to_lowercase(), answer[at + 4..].to_vec())
    }
}

/// Files with odd names in folders, `count` of each name; their paths and octets.
fn made(root: &Path, count: usize) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for number in 0..count {
        let folder = format!("20261120/CWA {number}é");
        std::fs::create_dir_all(root.join(&folder)).unwrap();
        for name in ODD {
            let path = format!("{folder}/{name}");
            let octets = format!("{path} and what is in it").into_bytes();
            std::fs::write(root.join(&path), &octets).unwrap();
            files.insert(path, octets);
        }
    }
    files
}

fn digests(files: &BTreeMap<String, Vec<u8>>) -> BTreeSet<String> {
    files.values().map(|octets| Digest::of(DigestAlgorithm::Sha512, octets).hex()).collect()
}

/// How often each path was announced.
fn counts(announced: &[(String, String, Value)]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for (.., message) in announced {
        *counts.entry(message["relPath"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    counts
}

/// Announces the files as Sarracenia does: by its own program where it can, else by messages of the same form.
fn post_by_sarracenia(home: &Path, broker: &Mosquitto, nginx: &Nginx, files: &BTreeMap<String, Vec<u8>>) {
    let Some(program) = poster() else {
        eprintln!("this version of sr3_post cannot announce over MQTT: messages of its form are sent");
        for (path, octets) in files {
            let folders = path.rsplit_once('/').unwrap().0;
            send(broker, &format!("xpublic/v03/{folders}"), &of_sarracenia(&nginx.url(""), path, octets));
        }
        return;
    };
    let settings = home.join("sr3/post");
    std::fs::create_dir_all(&settings).unwrap();
    let lines = format!(
        "post_broker {}\npost_exchange xpublic\npost_baseUrl {}\npost_baseDir {}\n",
        writer(broker),
        nginx.url(""),
        text(&nginx.root)
    );
    std::fs::write(settings.join("nuee.conf"), lines).unwrap();
    let status = Command::new(program)
        .args(["-c", "nuee", "-p", text(&nginx.root)])
        .envs(at_home(home))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(status.expect("sr3_post runs").success());
}

#[test]
fn between_sarracenia_and_sarracenia_nothing_is_lost_nothing_comes_twice_and_every_hash_is_right() {
    if !has(&PROGRAMS) || !has(&["nginx", "sr3", "mosquitto_sub"]) {
        return;
    }
    let _alone = alone_with_sarracenia();
    let (before, behind, nginx) = (Mosquitto::start(), Mosquitto::start(), Nginx::start());
    let (home, out) = (tempdir().unwrap(), tempdir().unwrap());
    let settings = home.path().join("sr3/subscribe");
    std::fs::create_dir_all(&settings).unwrap();
    let lines = format!(
        "broker {}\nexchange xpublic\ntopicPrefix v03.post\nsubtopic #\ninstances 1\nmirror True\ndirectory {}\naccept .*\n",
        behind.url(),
        text(out.path())
    );
    std::fs::write(settings.join("behind.conf"), lines).unwrap();
    let _sr3 = Sarracenia::called("behind", home.path());
    let ear = Ear::at(&behind);
    let node = Node::start(&[&before], &behind, &[]);
    std::fs::write(nginx.root.join("probe"), "probe").unwrap();
    wait_until("the subscription of sr3", || {
        send(&behind, "xpublic/v03/post/x", &of_sarracenia(&nginx.url(""), "/probe", b"probe"));
        std::thread::sleep(Duration::from_millis(500));
        out.path().join("probe").is_file()
    });
    std::fs::remove_file(nginx.root.join("probe")).unwrap();
    std::fs::remove_file(out.path().join("probe")).unwrap();
    let files = made(&nginx.root, 20);
    post_by_sarracenia(home.path(), &before, &nginx, &files);
    wait_until("all announcements", || ear.announced_by(&node.base()).len() >= files.len());
    assert_eq!(digests_below(node.out.path()), digests(&files));
    let announced = ear.announced_by(&node.base());
    assert!(counts(&announced).values().all(|count| *count == 1), "nothing comes twice");
    for (kind, topic, message) in &announced {
        assert_eq!(kind, "application/json");
        assert!(topic.starts_with("xpublic/v03/post/20261120/CWA "), "{topic}");
        assert_eq!(message["integrity"], message["identity"]);
    }
    wait_until("all files behind the node", || digests_below(out.path()) == digests(&files));
    assert!(
        node.of("refused").is_empty() && node.of("not_got").is_empty() && node.of("set_aside").is_empty()
    );
}

#[test]
fn in_a_ring_every_node_ends_with_every_file_and_announcements_end_also_when_one_is_killed() {
    if !has(&PROGRAMS) || !has(&["nginx", "mosquitto_sub"]) {
        return;
    }
    let brokers = [Mosquitto::start(), Mosquitto::start(), Mosquitto::start()];
    let nginx = Nginx::start();
    let [first, second, third] = &brokers;
    let ears = [Ear::at(first), Ear::at(second), Ear::at(third)];
    let mut nodes = [
        Node::start(&[third], first, &[]),
        Node::start(&[first], second, &["--inline"]),
        Node::start(&[second], third, &[]),
    ];
    let files = made(&nginx.root, 12);
    let messages: Vec<String> =
        files.iter().map(|(path, octets)| of_wmo_mesh(&nginx.url(""), path, octets).to_string()).collect();
    third.publish_lines("xpublic/v03/post/20261120/x", &messages);
    wait_until("some announcements of the second node", || ears[1].announced_by(&nodes[1].base()).len() > 10);
    nodes[1].kill();
    std::thread::sleep(Duration::from_millis(500));
    nodes[1].go_on();
    for node in &nodes {
        wait_until("every file at every node", || digests_below(node.out.path()) == digests(&files));
    }
    for (node, ear) in nodes.iter().zip(&ears) {
        wait_until("every announcement", || counts(&ear.announced_by(&node.base())).len() == files.len());
    }
    let all = || ears.each_ref().map(|ear| ear.lines.lock().unwrap().len());
    let before = all();
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(all(), before, "announcements end");
    for (at, (node, ear)) in nodes.iter().zip(&ears).enumerate() {
        let twice = counts(&ear.announced_by(&node.base())).values().filter(|count| **count > 1).count();
        // What was on its way when it was killed may come twice, as QoS 1 allows: no more than may be on its way.
        assert!(twice <= if at == 1 { 64 } else { 0 }, "node {at}: {twice} of {} twice", files.len());
        let hops = ear.announced_by(&node.base());
        assert!(hops.iter().all(|(.., message)| message["nuee"]["via"].as_array().unwrap().len() == at + 1));
    }
}

#[test]
fn a_file_that_does_not_have_its_digest_is_told_of_and_announced_to_nobody() {
    if !has(&PROGRAMS) || !has(&["nginx", "mosquitto_sub"]) {
        return;
    }
    let (before, behind, nginx) = (Mosquitto::start(), Mosquitto::start(), Nginx::start());
    let (ear, node) = (Ear::at(&behind), Node::start(&[&before], &behind, &[]));
    std::fs::write(nginx.root.join("wrong.txt"), "something else").unwrap();
    std::fs::write(nginx.root.join("right.txt"), "right").unwrap();
    std::fs::write(nginx.root.join("untold.txt"), "untold").unwrap();
    send(&before, "xpublic/v03/post", &of_wmo_mesh(&nginx.url(""), "wrong.txt", b"as announced"));
    let mut untold = of_wmo_mesh(&nginx.url(""), "untold.txt", b"untold");
    untold["integrity"] = json!({ "method": "random", "value": "7" });
    send(&before, "xpublic/v03/post", &untold);
    send(&before, "xpublic/v03/post", &of_wmo_mesh(&nginx.url(""), "right.txt", b"right"));
    wait_until("what became of all three", || {
        !node.of("refused").is_empty() && node.of("file").len() == 2 && !node.of("announced").is_empty()
    });
    let refused = &node.of("refused")[0];
    assert_eq!((&refused["key"], &refused["forward"]), (&json!("wrong.txt"), &json!("retry")));
    assert!(refused["retry_seconds"].as_f64().unwrap() >= 5.0);
    let held: Vec<Value> = node.of("file").into_iter().filter(|line| line["forward"] != "queued").collect();
    assert_eq!(
        (held.len(), &held[0]["key"], &held[0]["forward"]),
        (1, &json!("untold.txt"), &json!("no_digest"))
    );
    assert!(!node.out.path().join("wrong.txt").exists());
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(counts(&ear.announced_by(&node.base())), BTreeMap::from([("/right.txt".to_owned(), 1)]));
}

/// Messages that end mesh_peer.py or sr3, and what becomes of each here: the word of `forward`, or of `set_aside`.
fn killers(base: &str) -> Vec<(String, &'static str)> {
    let usual = |name: &str| of_wmo_mesh(base, &format!("k/{name}"), b"right");
    let with = |name: &str, key: &str, value: Value| {
        let mut message = usual(name);
        message[key] = value;
        message.to_string()
    };
    let mut identity = usual("identity");
    identity["identity"] = identity["integrity"].take();
    identity.as_object_mut().unwrap().remove("integrity");
    let mut made = Vec::from([
        (with("zone", "pubTime", json!(format!("{}Z", now()))), "queued"),
        (identity.to_string(), "queued"),
        (with("size", "size", json!("TBD")), "queued"),
        (with("sha256", "integrity", digest(DigestAlgorithm::Sha256, b"right")), "digest_method"),
        (with("x", "relPath", json!("k/../../up")), "path"),
        (with("x", "relPath", json!(["a"])), "unreadable"),
        (with("x", "pubTime", json!("yesterday")), "unreadable"),
        (with("x", "pubTime", json!("20200101T000000")), "too_old"),
        (with("x", "toto", json!("x".repeat(400_000))), "too_long"),
        ("{'pubTime': '20261120T100000', 'relPath': 'python'}".to_owned(), "unreadable"),
        ("nonsense".to_owned(), "unreadable"),
        ("[1,2".to_owned(), "unreadable"),
        (String::from("\u{0}\u{1}"), "unreadable"),
    ]);
    for operation in ["directory", "link"] {
        let mut message = usual(operation);
        message.as_object_mut().unwrap().remove("integrity");
        message["fileOp"] = json!({ operation: "" });
        made.push((message.to_string(), ""));
    }
    made
}

#[test]
fn messages_that_end_other_programs_end_nothing_here_and_never_come_again() {
    if !has(&PROGRAMS) || !has(&["nginx", "mosquitto_sub"]) {
        return;
    }
    let (before, behind, nginx) = (Mosquitto::start(), Mosquitto::start(), Nginx::start());
    let (ear, mut node) = (Ear::at(&behind), Node::start(&[&before], &behind, &[]));
    std::fs::create_dir(nginx.root.join("k")).unwrap();
    for name in ["zone", "identity", "size", "sha256", "last"] {
        std::fs::write(nginx.root.join("k").join(name), "right").unwrap();
    }
    let killers = killers(&nginx.url(""));
    for (message, _) in &killers {
        before.publish("xpublic/v03/post/k", message.as_bytes());
    }
    before.publish(
        "xpublic/v03/post/k",
        of_wmo_mesh(&nginx.url(""), "k/last", b"right").to_string().as_bytes(),
    );
    wait_until("the last one", || counts(&ear.announced_by(&node.base())).contains_key("/k/last"));
    wait_until("the files", || node.of("file").len() == 5);
    let mut became: Vec<String> = node.of("file").iter().map(|line| line["forward"].to_string()).collect();
    became.extend(node.of("set_aside").iter().map(|line| line["reason"].to_string()));
    became.sort();
    let mut expected: Vec<String> = killers
        .iter()
        .map(|(_, word)| *word)
        .chain(["queued"])
        .filter(|word| !word.is_empty())
        .map(|word| format!("{word:?}"))
        .collect();
    expected.sort();
    assert_eq!(became, expected);
    let aside = std::fs::read_to_string(node.out.path().join(".nuee/refused.jsonl")).unwrap();
    assert_eq!(aside.lines().count(), node.of("set_aside").len());
    assert!(
        aside
            .lines()
            .all(|line| serde_json::from_str::<Value>(line).is_ok_and(|line| line["reason"].is_string()))
    );
    // What goes out ends nobody.
    for (.., message) in ear.announced_by(&node.base()) {
        assert!(!message["pubTime"].as_str().unwrap().ends_with('Z') && message["size"] == 5, "{message}");
        assert!(message["integrity"]["method"] == "sha512" && message["identity"] == message["integrity"]);
    }
    node.kill();
    node.go_on();
    std::thread::sleep(Duration::from_secs(2));
    assert!(node.of("set_aside").is_empty() && node.of("file").is_empty(), "all of them were acknowledged");
}

#[test]
fn the_tree_is_served_whole_in_ranges_and_by_its_head_under_every_spelling() {
    if !has(&PROGRAMS) || !has(&["nginx", "mosquitto_sub"]) {
        return;
    }
    let (before, behind, nginx) = (Mosquitto::start(), Mosquitto::start(), Nginx::start());
    let (ear, mut node) = (Ear::at(&behind), Node::start(&[&before], &behind, &[]));
    std::fs::create_dir(nginx.root.join("x")).unwrap();
    for name in ["a b:1#.txt", "secret"] {
        std::fs::write(nginx.root.join("x").join(name), "0123456789").unwrap();
    }
    send(&before, "xpublic/v03/post/x", &of_wmo_mesh(&nginx.url(""), "x/a b:1#.txt", b"0123456789"));
    wait_until("its announcement", || !ear.announced_by(&node.base()).is_empty());
    for _ in 0..2 {
        let whole = node.ask("GET /data/x/a%20b:1%23.txt HTTP/1.1");
        assert!(whole.0.starts_with("http/1.1 200") && whole.0.contains("content-length: 10"), "{}", whole.0);
        assert_eq!(whole.1, b"0123456789");
        let part = node.ask("GET //data//x/a%20b%3A1%23.txt HTTP/1.1\r\nRange: bytes=2-4");
        assert!(
            part.0.starts_with("http/1.1 206") && part.0.contains("content-range: bytes 2-4/10"),
            "{}",
            part.0
        );
        assert_eq!(part.1, b"234");
        let head = node.ask("HEAD /data/x/a%20b:1%23.txt HTTP/1.1");
        assert!(head.0.contains("content-length: 10") && head.1.is_empty(), "{}", head.0);
        for outside in ["/data/x/secret", "/data/.nuee/mesh.db", "/data/x/", "/data/x/../.nuee/mesh.db"] {
            assert!(node.ask(&format!("GET {outside} HTTP/1.1")).0.starts_with("http/1.1 404"), "{outside}");
        }
        // The same after a restart.
        node.kill();
        node.go_on();
    }
}

#[test]
fn what_was_not_yet_announced_when_the_node_was_killed_is_announced_at_its_next_start() {
    if !has(&PROGRAMS) || !has(&["nginx", "mosquitto_sub"]) {
        return;
    }
    let (before, mut behind, nginx) = (Mosquitto::start(), Mosquitto::start(), Nginx::start());
    let mut node = Node::start(&[&before], &behind, &[]);
    behind.stop();
    let files = made(&nginx.root, 5);
    let messages: Vec<String> =
        files.iter().map(|(path, octets)| of_wmo_mesh(&nginx.url(""), path, octets).to_string()).collect();
    before.publish_lines("xpublic/v03/post/20261120/x", &messages);
    wait_until("the files", || node.of("file").len() == files.len());
    node.kill();
    behind.go_on();
    let ear = Ear::at(&behind);
    node.go_on();
    wait_until("their announcements", || counts(&ear.announced_by(&node.base())).len() == files.len());
    assert_eq!(node.of("resumed")[0]["count"], files.len());
    wait_until("the broker's answers", || node.of("announced").len() == files.len());
    std::thread::sleep(Duration::from_millis(500));
    node.kill();
    node.go_on();
    assert!(node.of("resumed").is_empty(), "each was forgotten once it was acknowledged");
    assert!(files_below(node.out.path()).iter().all(|file| !file.to_string_lossy().ends_with(".part")));
}
