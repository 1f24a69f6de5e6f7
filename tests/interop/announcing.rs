//! `nuee announce` with real programs: mosquitto passes on what it publishes, nginx serves the files, and Sarracenia and `nuee listen` get them.

use super::brokers::{Listener, Mosquitto, PROGRAMS};
use super::programs::{Nginx, Running, alone_with_sarracenia, has, text, wait_until};
use super::sarracenia::{Sarracenia, files_below};
use nuee::domain::integrity::{Digest, DigestAlgorithm};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use tempfile::tempdir;

/// Names that have gone wrong somewhere.
pub const ODD: [&str; 10] = [
    "plain.txt",
    "a b.txt",
    "50%.txt",
    "x#1.txt",
    "what?.txt",
    "été 数.txt",
    "a+b&c;d=e.txt",
    "q'(1).txt",
    "colon:12.txt",
    "no-ending",
];

const CHANNEL: &str = "origin/a/wis2/fr-nuee-test/data/core/weather/experimental/nuee";

/// Twenty files with odd names in two folders; their digests.
fn made(root: &Path) -> BTreeSet<String> {
    let mut digests = BTreeSet::new();
    for folder in ["2026", "20 é"] {
        std::fs::create_dir(root.join(folder)).unwrap();
        for name in ODD {
            let octets = format!("{folder}/{name} and what is in it").into_bytes();
            std::fs::write(root.join(folder).join(name), &octets).unwrap();
            digests.insert(Digest::of(DigestAlgorithm::Sha512, &octets).hex());
        }
    }
    digests
}

/// Digests of the files below a folder, those of programs' own names left out.
pub fn digests_below(folder: &Path) -> BTreeSet<String> {
    let files = files_below(folder).into_iter().filter(|path| {
        let below = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
        !below.split('/').any(|name| name.starts_with('.')) && !below.ends_with(".tmp")
    });
    files.map(|path| Digest::of(DigestAlgorithm::Sha512, &std::fs::read(path).unwrap()).hex()).collect()
}

fn writer(broker: &Mosquitto) -> String {
    format!("mqtt://writer:writes@127.0.0.1:{}", broker.plain)
}

fn announcer(to: &str, base: &str, more: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_nuee"))
        .args(["announce", "--to", to, "--base-url", base, "--json", "--lang", "en"])
        .args(more)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("nuee runs")
}

fn announce(to: &str, base: &str, more: &[&str]) -> (i32, Vec<Value>) {
    let output = announcer(to, base, more).wait_with_output().unwrap();
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    (output.status.code().expect("no signal"), lines)
}

fn count(lines: &[Value], event: &str) -> usize {
    lines.iter().filter(|line| line["event"] == event).count()
}

#[test]
fn announced_files_with_odd_names_are_downloaded_by_nuee_in_all_three_forms() {
    if !has(&PROGRAMS) || !has(&["nginx"]) {
        return;
    }
    let (broker, nginx) = (Mosquitto::start(), Nginx::start());
    let digests = made(&nginx.root);
    for (form, more) in [("wis2", &["--topic", CHANNEL][..]), ("v03", &[]), ("wmo-mesh", &["--inline"])] {
        let out = tempdir().unwrap();
        let filters = ["--topic", "xpublic/v03/post/#", "--topic", "origin/a/wis2/#"];
        let down = ["--download", "--out", text(out.path()), "--count", "20", "--seconds", "60"];
        let listener = Listener::plain(&broker.url(), &[&filters[..], &down].concat());
        listener.wait_to_listen();
        let form = [&[text(&nginx.root), "--form", form, "--check"][..], more].concat();
        let (code, lines) = announce(&writer(&broker), &nginx.url(""), &form);
        assert_eq!((code, count(&lines, "announced"), count(&lines, "refused")), (0, 20, 0), "{lines:?}");
        let (code, heard) = listener.end();
        assert_eq!(code, 0, "{heard:?}");
        assert_eq!(count(&heard, "file"), 20);
        assert_eq!(digests_below(out.path()), digests, "{form:?}");
    }
}

#[test]
fn announced_files_with_odd_names_are_downloaded_by_sarracenia() {
    if !has(&PROGRAMS) || !has(&["nginx", "sr3"]) {
        return;
    }
    let _alone = alone_with_sarracenia();
    let (broker, nginx) = (Mosquitto::start(), Nginx::start());
    let digests = made(&nginx.root);
    let (home, out) = (tempdir().unwrap(), tempdir().unwrap());
    let settings = home.path().join("sr3/subscribe");
    std::fs::create_dir_all(&settings).unwrap();
    let lines = format!(
        "broker {}\nexchange xpublic\ntopicPrefix v03.post\nsubtopic #\ninstances 1\nmirror True\ndirectory {}\naccept .*\n",
        broker.url(),
        text(out.path())
    );
    std::fs::write(settings.join("nuee.conf"), lines).unwrap();
    let _sr3 = Sarracenia::start(home.path());
    let (mut told, mut next) = (0, std::time::Instant::now());
    wait_until("all files", || {
        // It may not have subscribed yet; what it has it does not fetch again.
        if std::time::Instant::now() >= next {
            let (code, _) = announce(&writer(&broker), &nginx.url(""), &[text(&nginx.root), "--form", "v03"]);
            assert_eq!(code, 0);
            (told, next) = (told + 1, std::time::Instant::now() + std::time::Duration::from_secs(5));
        }
        digests_below(out.path()) == digests
    });
    assert!(told > 0);
}

#[test]
fn what_an_access_list_forbids_is_told_for_each_file() {
    if !has(&PROGRAMS) {
        return;
    }
    let (broker, folder) = (Mosquitto::start(), tempdir().unwrap());
    made(folder.path());
    let (code, lines) =
        announce(&broker.url(), "http://127.0.0.1:9/", &[text(folder.path()), "--form", "v03"]);
    assert_eq!((code, count(&lines, "announced"), count(&lines, "refused")), (3, 0, 20), "{lines:?}");
    let refused = lines.iter().find(|line| line["event"] == "refused").unwrap();
    assert!(refused["detail"].as_str().unwrap().contains("not authorized (135)"), "{refused}");
    let wrong = format!("mqtt://writer:wrong@127.0.0.1:{}", broker.plain);
    let (code, lines) = announce(&wrong, "http://127.0.0.1:9/", &[text(folder.path()), "--form", "v03"]);
    assert_eq!((code, count(&lines, "announced")), (3, 0), "{lines:?}");
}

#[test]
fn nothing_is_lost_when_the_broker_stops_in_the_middle_and_comes_back() {
    if !has(&PROGRAMS) || !has(&["mosquitto_sub"]) {
        return;
    }
    const FILES: usize = 4_000;
    let (mut broker, folder) = (Mosquitto::start(), tempdir().unwrap());
    for number in 0..FILES {
        std::fs::write(folder.path().join(format!("{number:04}.txt")), number.to_string()).unwrap();
    }
    let port = broker.plain.to_string();
    let mut subscriber = Command::new("mosquitto_sub")
        .args(["-h", "127.0.0.1", "-p", &port, "-u", "reader", "-P", "reads", "-c", "-i", "kept", "-q", "1"])
        .args(["-t", "xpublic/#"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("mosquitto_sub runs");
    let heard = lines_of(&mut subscriber);
    let _subscriber = Running(subscriber);
    broker.publish("xpublic/ready", b"ready");
    wait_until("a subscription", || {
        broker.publish("xpublic/ready", b"ready");
        !heard.lock().unwrap().is_empty()
    });
    let base = "http://127.0.0.1:9/";
    let mut child = announcer(&writer(&broker), base, &[text(folder.path()), "--form", "v03"]);
    let told = lines_of(&mut child);
    wait_until("some announcements", || told.lock().unwrap().len() > 200);
    broker.stop();
    std::thread::sleep(std::time::Duration::from_secs(2));
    broker.go_on();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    wait_until("the last line", || told.lock().unwrap().last().is_some_and(|line| line.contains("\"done\"")));
    let lines: Vec<Value> =
        told.lock().unwrap().iter().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(count(&lines, "announced"), FILES);
    assert!(count(&lines, "waiting") > 0, "it stopped in the middle");
    wait_until("every message", || {
        let heard = heard.lock().unwrap();
        let paths = heard.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        paths.map(|message| message["relPath"].to_string()).collect::<BTreeSet<_>>().len() == FILES
    });
}

pub fn lines_of(child: &mut Child) -> Arc<Mutex<Vec<String>>> {
    let output = BufReader::new(child.stdout.take().expect("piped"));
    let lines = Arc::<Mutex<Vec<String>>>::default();
    let own = lines.clone();
    std::thread::spawn(move || {
        for line in output.lines().map_while(Result::ok) {
            own.lock().unwrap().push(line);
        }
    });
    lines
}
