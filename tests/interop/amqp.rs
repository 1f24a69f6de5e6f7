//! Announcements over AMQP: RabbitMQ, Sarracenia that announces in both of its forms, and `nuee listen`.

use super::announcing::digests_below;
use super::brokers::Listener;
use super::programs::{Nginx, alone_with_sarracenia, has, text, wait_until};
use super::rabbit::{Rabbit, has_rabbit};
use nuee::domain::integrity::{Digest, DigestAlgorithm};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tempfile::tempdir;

const ODD: [&str; 8] = [
    "plain.grib2",
    "with blank.txt",
    "x#1.txt",
    "été 数.txt",
    "a+b&c;d=e.txt",
    "q'(1).txt",
    "colon:12.txt",
    "50%",
];

/// Eight files with odd names in each of some folders; their digests.
fn made(root: &Path, folders: std::ops::Range<u32>) -> BTreeSet<String> {
    let mut digests = BTreeSet::new();
    for folder in folders {
        let folder = format!("20261130/WXO DD/{folder:02}");
        std::fs::create_dir_all(root.join(&folder)).unwrap();
        for name in ODD {
            let octets = format!("{folder}/{name} and what is in it").into_bytes();
            std::fs::write(root.join(&folder).join(name), &octets).unwrap();
            digests.insert(Digest::of(DigestAlgorithm::Sha512, &octets).hex());
        }
    }
    digests
}

fn folder(nginx: &Nginx, number: u32) -> PathBuf {
    nginx.root.join(format!("20261130/WXO DD/{number:02}"))
}

/// Announced keys of files.
fn keys(listener: &Listener) -> Vec<String> {
    let heard = listener.of("announcement").into_iter().filter(|line| line["action"] == "new");
    heard.map(|line| line["key"].as_str().unwrap().to_owned()).collect()
}

/// Messages that cannot be used.
fn invalid(listener: &Listener) -> Vec<Value> {
    listener.of("announcement").into_iter().filter(|line| line["verdict"] == "invalid").collect()
}

fn are_unlike(keys: &[String]) -> bool {
    keys.iter().collect::<BTreeSet<_>>().len() == keys.len()
}

#[test]
fn sarracenia_announces_in_both_forms_and_every_file_comes_once_with_the_right_hash() {
    if !has_rabbit() || !has(&["nginx"]) {
        return;
    }
    let _alone = alone_with_sarracenia();
    let (rabbit, nginx) = (Rabbit::start(), Nginx::start());
    let digests = made(&nginx.root, 0..25);
    for (form, topic) in [("v02", "v02.post.*.#"), ("v03", "v03.#")] {
        let out = tempdir().unwrap();
        let listener =
            Listener::plain(&rabbit.url(), &["--topic", topic, "--download", "--out", text(out.path())]);
        listener.wait_to_listen();
        assert_eq!(listener.of("listening")[0]["protocol"], "amqp 0-9-1");
        rabbit.post(form, (&nginx.root, &nginx.root), &nginx.url(""));
        wait_until("all files", || listener.count("file") == 200);
        let heard = keys(&listener);
        assert_eq!((heard.len(), are_unlike(&heard)), (200, true), "{form}");
        let is_of_form = |line: &Value| line["dialect"] == form && line["verdict"] != "invalid";
        assert!(listener.of("announcement").iter().all(is_of_form), "{form}");
        assert_eq!(digests_below(out.path()), digests, "{form}");
        let proven = |line: &Value| line["verdict"] == "verified" && line["method"] == "announced_digest";
        let files = listener.of("file");
        assert_eq!(files[0]["voucher"], format!("amqp://127.0.0.1:{}", rabbit.plain));
        assert!(files.iter().all(proven), "{form}: {}", files[0]);
    }
}

#[test]
fn two_programs_on_one_queue_share_what_is_announced() {
    if !has_rabbit() || !has(&["nginx"]) {
        return;
    }
    let _alone = alone_with_sarracenia();
    let (rabbit, nginx) = (Rabbit::start(), Nginx::start());
    let digests = made(&nginx.root, 0..25);
    let (first_out, second_out) = (tempdir().unwrap(), tempdir().unwrap());
    let url = format!("{}/?queue=q_anonymous.shared", rabbit.url());
    let listen = |out: &Path| {
        let listener = Listener::plain(&url, &["--topic", "v02.post.#", "--download", "--out", text(out)]);
        listener.wait_to_listen();
        listener
    };
    let (first, second) = (listen(first_out.path()), listen(second_out.path()));
    rabbit.post("v02", (&nginx.root, &nginx.root), &nginx.url(""));
    wait_until("all files", || first.count("file") + second.count("file") == 200);
    let (first_keys, second_keys) = (keys(&first), keys(&second));
    assert!(first_keys.len() > 20 && second_keys.len() > 20, "{} {}", first_keys.len(), second_keys.len());
    assert!(are_unlike(&[first_keys, second_keys].concat()));
    let both = digests_below(first_out.path()).union(&digests_below(second_out.path())).cloned().collect();
    assert_eq!(digests, both);
}

#[test]
fn nothing_is_lost_when_the_broker_is_killed_or_nobody_listens_for_a_while() {
    if !has_rabbit() || !has(&["nginx"]) {
        return;
    }
    let _alone = alone_with_sarracenia();
    let (mut rabbit, nginx) = (Rabbit::start(), Nginx::start());
    let digests = made(&nginx.root, 0..4);
    let (out, url) = (tempdir().unwrap(), rabbit.url());
    let arguments = ["--topic", "v03.#", "--download", "--out", text(out.path())];
    let post = |rabbit: &Rabbit, number| {
        rabbit.post("v03", (&nginx.root, &folder(&nginx, number)), &nginx.url(""));
    };
    let listener = Listener::plain(&url, &arguments);
    listener.wait_to_listen();
    assert_eq!(listener.of("listening")[0]["session_present"], false);
    post(&rabbit, 0);
    wait_until("the first files", || listener.count("file") == 8);
    rabbit.kill();
    wait_until("the loss", || listener.count("waiting") > 0);
    rabbit.go_on();
    // What is announced before it is back waits in its queue.
    post(&rabbit, 1);
    wait_until("the return", || listener.count("listening") == 2);
    post(&rabbit, 2);
    wait_until("the files after it", || listener.count("file") == 24);
    assert_eq!(listener.of("listening")[1]["session_present"], true);
    let (first, first_files) = (keys(&listener), listener.count("file"));
    drop(listener.kill());
    post(&rabbit, 3);
    let again = Listener::plain(&url, &arguments);
    wait_until("what waited", || again.count("file") == 8);
    assert_eq!(again.of("listening")[0]["session_present"], true);
    // What was acknowledged when the broker was killed may come again; it is downloaded once.
    let all: BTreeSet<String> = [first, keys(&again)].concat().into_iter().collect();
    assert_eq!((all.len(), first_files, again.count("file")), (32, 24, 8), "{all:?}");
    assert_eq!(digests_below(out.path()), digests);
}

#[test]
fn what_a_broker_refuses_is_told_by_its_name() {
    if !has_rabbit() {
        return;
    }
    let rabbit = Rabbit::start();
    let at = format!("127.0.0.1:{}", rabbit.plain);
    for (url, topic, reason, named) in [
        (format!("amqp://writer:wrong@{at}"), "v03.#", "credentials", "password"),
        (format!("amqp://nobody:x@{at}"), "v03.#", "credentials", "password"),
        (format!("amqp://writer:writes@{at}/nope"), "v03.#", "no_virtual_host", "nope"),
        (format!("amqp://{at}/wx"), "v03.#", "no_virtual_host", "wx"),
        (format!("amqp://{at}"), "xnope/v03/#", "no_exchange", "xnope"),
        (format!("amqp://{at}/?queue=somebody"), "v03.#", "no_queue", "somebody"),
    ] {
        let listener = Listener::plain(&url, &["--topic", topic]);
        wait_until(reason, || listener.count("waiting") > 0);
        let waiting = &listener.of("waiting")[0];
        assert_eq!(waiting["reason"], reason, "{waiting}");
        assert!(waiting["detail"].as_str().unwrap().contains(named), "{waiting}");
    }
    let some = Listener::plain(&rabbit.url(), &["--topic", "xnope/v03/#", "--topic", "v03.#"]);
    some.wait_to_listen();
    let refused = &some.of("listening")[0]["refused"];
    assert_eq!(
        (refused[0]["filter"].as_str(), refused[1].is_null()),
        (Some("xnope/v03/#"), true),
        "{refused}"
    );
}

#[test]
fn over_tls_the_broker_proves_who_it_is() {
    if !has_rabbit() {
        return;
    }
    let rabbit = Rabbit::start();
    let arguments = ["--topic", "v03.#"];
    let trusting = Listener::trusting(Some(&rabbit.authority()), &rabbit.tls_url(), &arguments);
    trusting.wait_to_listen();
    rabbit.python(r#"c.basic_publish(amqp.Message('{"pubTime":"20261130T100000","baseUrl":"http://127.0.0.1:1/","relPath":"a"}'), 'xpublic', 'v03')"#);
    wait_until("a message", || trusting.count("announcement") == 1);
    let distrusting = Listener::plain(&rabbit.tls_url(), &arguments);
    wait_until("the reason", || distrusting.of("waiting").iter().any(|line| line["reason"] == "tls"));
}

#[test]
fn messages_that_lie_are_told_acknowledged_and_hinder_none() {
    if !has_rabbit() {
        return;
    }
    let (rabbit, out) = (Rabbit::start(), tempdir().unwrap());
    let arguments = ["--topic", "v02.#", "--download", "--out", text(out.path())];
    let listener = Listener::plain(&rabbit.url(), &arguments);
    listener.wait_to_listen();
    rabbit.python(
        r#"
import datetime, decimal
def say(body, **headers):
    c.basic_publish(amqp.Message(body, application_headers=headers), 'xpublic', 'v02.post.a')
line = '20261130100000.5 http://127.0.0.1:1/ '
say(b'x' * 100_000_000)
say(b'\xff\xfe\x00')
say('')
say(line + 'a', sum={'a': {'b': [1, 'x', None]}}, parts=[1, 2], oldname=b'\xff\xfe', n=None, t=True)
say(line + 'b', sum=12, parts=decimal.Decimal('1.5'), mtime=datetime.datetime(2026, 1, 1), l=2**40, s='x' * 100_000)
say(line + 'c', **{'h%d' % n: 'x' * 200 for n in range(500)})
say(line + 'd', sum='d,0cc175b9c0f1b6a831c399e269772661', parts='1,1,1,0,0')
"#,
    );
    wait_until("the last of them", || keys(&listener).iter().any(|key| key == "d"));
    let invalid = invalid(&listener);
    assert_eq!(invalid.len(), 3, "{invalid:?}");
    assert!(
        invalid[0]["problems"][0]["code"] == "too_long" && invalid[1]["problems"][0]["code"] == "not_text",
        "{invalid:?}"
    );
    assert_eq!(keys(&listener), ["a", "b", "c", "d"]);
    let most = listener.most_memory().unwrap_or_default();
    assert!(most < 200_000, "{most} KiB");
    // None of them comes again.
    drop(listener.kill());
    let again = Listener::plain(&rabbit.url(), &arguments);
    again.wait_to_listen();
    rabbit.python(
        "c.basic_publish(amqp.Message('20261130100000.5 http://127.0.0.1:1/ e'), 'xpublic', 'v02.post.a')",
    );
    wait_until("a new one", || keys(&again).iter().any(|key| key == "e"));
    assert_eq!((keys(&again).len(), self::invalid(&again).len()), (1, 0));
}

#[test]
fn what_is_no_broker_of_amqp_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("amqp://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let said = [
            b"HTTP/1.1 400 Bad Request\r\n\r\n".as_slice(),
            b"AMQP\x00\x01\x00\x00",
            b"\x03\0\x01\xff\xff\xff\xff",
        ];
        for (mut stream, said) in listener.incoming().map_while(Result::ok).zip(said.iter().cycle()) {
            // It may be gone already.
            let _ = stream.write_all(said);
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    let nuee = Listener::plain(&url, &["--topic", "v02.#"]);
    wait_until("three reasons", || nuee.count("waiting") >= 3);
    let reasons: Vec<String> = nuee.of("waiting").iter().map(|line| line["detail"].to_string()).collect();
    for (reason, part) in reasons.iter().zip(["kind 72", "another version", "4294967295 octets"]) {
        assert!(reason.contains("AMQP") && reason.contains(part), "{reasons:?}");
    }
}

#[test]
fn a_queue_of_which_nothing_is_kept_goes_with_its_reader() {
    if !has_rabbit() {
        return;
    }
    let rabbit = Rabbit::start();
    let began = Instant::now();
    let (code, lines) = Listener::plain(&rabbit.url(), &["--topic", "v03.#", "--seconds", "3"]).end();
    assert_eq!(code, 0, "{lines:?}");
    assert!(began.elapsed() < Duration::from_secs(20));
    let out = tempdir().unwrap();
    let kept = Listener::plain(
        &rabbit.url(),
        &["--topic", "v03.#", "--download", "--out", text(out.path()), "--seconds", "3"],
    );
    assert_eq!(kept.end().0, 0);
    let queues = rabbit.queues();
    assert!(queues.len() == 1 && queues[0].starts_with("q_anonymous.nuee."), "{queues:?}");
}
