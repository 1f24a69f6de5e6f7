//! Announcements that want what they must not get: names that lead out of the folder, links that lead inwards, more than was said.
//! The brokers that let them through are a few octets of MQTT of our own.

use super::brokers::{Listener, Mosquitto, PROGRAMS};
use super::packets::{packet, published};
use super::programs::{has, text, wait_until};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::tempdir;

/// A name that nobody may have on their disk as it stands.
fn hostile_names() -> Vec<String> {
    let mut names: Vec<String> = [
        "../../../outside.txt",
        "/etc/outside.txt",
        "a/../../outside.txt",
        "C:\\outside.txt",
        "C:outside.txt",
        "..\\..\\outside.txt",
        "\\\\host\\share\\outside.txt",
        "CON",
        "a/NUL.txt",
        "COM1.grib2",
        ".nuee/mesh.db",
        ".NUEE/window.db",
        "a/.bashrc",
        "desktop.ini",
        "a/x.lnk",
        "a/ends-in-dot.",
        "a\u{202E}txt.exe",
        "a/name:stream",
    ]
    .map(str::to_owned)
    .to_vec();
    names.push(format!("a/{}.grib2", "n".repeat(300)));
    names.push(format!("{}x.grib2", "deep/".repeat(200)));
    names
}

/// Every file below a folder, links not followed.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        match entry.file_type().unwrap().is_dir() {
            true => found.extend(files_below(&entry.path())),
            false => found.push(entry.path()),
        }
    }
    found
}

#[test]
fn no_name_of_a_message_leaves_the_folder_or_names_a_device() {
    if !has(&PROGRAMS) {
        return;
    }
    let (broker, around) = (Mosquitto::start(), tempdir().unwrap());
    let out = around.path().join("one/two/out");
    let names = hostile_names();
    // A person's own file that one of the names would meet.
    std::fs::create_dir_all(&out).unwrap();
    std::fs::write(out.join("desktop.ini.data"), "mine").unwrap();
    let count = (2 * names.len()).to_string();
    let arguments = [
        "--topic",
        "xpublic/#",
        "--topic",
        "origin/a/wis2/#",
        "--download",
        "--out",
        text(&out),
        "--count",
        &count,
        "--seconds",
        "50",
    ];
    let listener = Listener::start(&broker, &broker.url(), &arguments);
    listener.wait_to_listen();
    for (number, name) in names.iter().enumerate() {
        let mesh = json!({
            "pubTime": "20260811T100000", "baseUrl": "http://127.0.0.1:1/", "relPath": name,
            "content": { "encoding": "utf-8", "value": format!("mesh {number}") },
        });
        let wis2 = json!({
            "id": format!("31e9d66a-cd83-4174-9429-b932f1ab{number:04x}"), "type": "Feature", "geometry": null,
            "conformsTo": ["http://wis.wmo.int/spec/wnm/1/conf/core"],
            "properties": {
                "pubtime": "2026-08-11T10:00:00Z", "data_id": format!("{name}-wis2"), "datetime": null,
                "content": { "encoding": "utf-8", "value": format!("wis2 {number}"), "size": format!("wis2 {number}").len() },
            },
            "links": [{ "rel": "canonical", "href": "http://127.0.0.1:1/x" }],
        });
        broker.publish("xpublic/v03/x", mesh.to_string().as_bytes());
        broker.publish("origin/a/wis2/xx-made/data/core/weather", wis2.to_string().as_bytes());
    }
    let (_, lines) = listener.end();
    let got: Vec<&Value> = lines.iter().filter(|line| line["event"] == "file").collect();
    assert!(got.len() >= names.len(), "most have a name that serves: {}", got.len());
    for file in got {
        let path = Path::new(file["path"].as_str().unwrap());
        assert!(path.starts_with(&out) && path.is_file(), "{file}");
        for part in path.strip_prefix(&out).unwrap().components() {
            let part = part.as_os_str().to_str().unwrap();
            assert!(part.len() <= 255 && !part.starts_with('.') && !part.contains([':', '\\']), "{part}");
            let stem = part.split('.').next().unwrap().to_ascii_uppercase();
            assert!(!["CON", "NUL", "COM1"].contains(&stem.as_str()), "{part}");
            assert!(!part.ends_with(".lnk") && part != "desktop.ini" && !part.ends_with('.'), "{part}");
        }
    }
    let outside = files_below(around.path()).into_iter().filter(|path| !path.starts_with(&out));
    assert_eq!(outside.collect::<Vec<_>>(), Vec::<PathBuf>::new());
    assert_eq!(std::fs::read_to_string(out.join("desktop.ini.data")).unwrap(), "mine");
}

/// A server that counts who comes.
fn a_door() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let came = Arc::new(AtomicUsize::new(0));
    let own = came.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            own.fetch_add(1, Ordering::SeqCst);
            drop(stream);
        }
    });
    (port, came)
}

#[test]
fn no_link_of_a_message_leads_to_a_file_to_this_computer_or_to_a_private_network() {
    if !has(&PROGRAMS) {
        return;
    }
    let (broker, out, (port, came)) = (Mosquitto::start(), tempdir().unwrap(), a_door());
    let bases = [
        "file:///etc/".to_owned(),
        "sftp://user@127.0.0.1/".to_owned(),
        "ftp://127.0.0.1/".to_owned(),
        "mqtt://127.0.0.1/".to_owned(),
        format!("http://127.0.0.1:{port}/"),
        format!("http://localhost:{port}/"),
        format!("http://127.1:{port}/"),
        format!("http://2130706433:{port}/"),
        format!("http://0.0.0.0:{port}/"),
        format!("http://[::1]:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        "http://10.0.0.1/".to_owned(),
        "http://192.168.1.1/".to_owned(),
        "http://169.254.169.254/latest/".to_owned(),
        "http://100.64.0.1/".to_owned(),
    ];
    let count = bases.len().to_string();
    // Without --allow-local: a broker that a person named may be anywhere, a link that a message names may not.
    let url = broker.url();
    let output = std::thread::scope(|scope| {
        let arguments = [
            "listen",
            &url,
            "--json",
            "--lang",
            "en",
            "--topic",
            "xpublic/#",
            "--download",
            "--out",
            text(out.path()),
            "--count",
            &count,
            "--seconds",
            "50",
        ];
        let running =
            scope.spawn(move || Command::new(env!("CARGO_BIN_EXE_nuee")).args(arguments).output().unwrap());
        std::thread::sleep(std::time::Duration::from_secs(3));
        for (number, base) in bases.iter().enumerate() {
            let message = json!({
                "pubTime": "20260811T100000", "baseUrl": base, "relPath": format!("passwd{number}"), "size": 9,
            });
            broker.publish("xpublic/v03/x", message.to_string().as_bytes());
        }
        running.join().unwrap()
    });
    let lines: Vec<Value> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let of = |event: &str| lines.iter().filter(|line| line["event"] == event).collect::<Vec<_>>();
    assert_eq!((of("announcement").len(), of("file").len()), (bases.len(), 0), "{lines:?}");
    assert_eq!(of("not_fetched").len() + of("not_got").len(), bases.len(), "each has its end and its reason");
    assert!(of("not_got").iter().all(|line| line["tried"][0]["detail"] != ""), "{lines:?}");
    assert_eq!(came.load(Ordering::SeqCst), 0, "nobody came");
}

/// A broker that grants what is asked and then sends what `flood` makes for that connection.
pub fn a_broker_that_sends(flood: impl Fn(usize) -> Vec<Vec<u8>> + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("mqtt://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let flood = Arc::new(flood);
    std::thread::spawn(move || {
        for (at, mut stream) in listener.incoming().map_while(Result::ok).enumerate() {
            let flood = flood.clone();
            std::thread::spawn(move || {
                while let Some((kind, body)) = packet(&mut stream) {
                    let replies = match kind >> 4 {
                        1 => vec![vec![0x20, 3, 0, 0, 0]],
                        8 => [vec![vec![0x90, 4, body[0], body[1], 0, 1]], flood(at)].concat(),
                        12 => vec![vec![0xd0, 0]],
                        _ => continue,
                    };
                    // A client that goes away is what some of them are for.
                    if replies.iter().any(|reply| stream.write_all(reply).is_err()) {
                        return;
                    }
                }
            });
        }
    });
    url
}

fn about(number: usize) -> Vec<u8> {
    format!(r#"{{"pubTime":"20260811T100000","baseUrl":"http://127.0.0.1:1/","relPath":"f/{number}"}}"#)
        .into_bytes()
}

#[test]
fn a_message_larger_than_any_ends_one_connection_and_not_the_listening() {
    let url = a_broker_that_sends(|connection| match connection {
        0 => vec![published(0x30, "a", &vec![b'{'; 10 << 20])],
        _ => vec![published(0x30, "a", &about(1))],
    });
    let listener = Listener::plain(&url, &["--topic", "a", "--count", "1", "--seconds", "40"]);
    wait_until("the reason", || listener.count("waiting") > 0);
    let most = listener.most_memory();
    let (code, lines) = listener.end();
    assert_eq!(code, 0, "{lines:?}");
    assert_eq!(lines.iter().filter(|line| line["event"] == "announcement").count(), 1);
    assert!(most.is_none_or(|kib| kib < 100_000), "{most:?} KiB: what is too large is not kept");
}

#[test]
fn a_flood_of_retained_messages_is_flagged_and_says_nothing_of_the_line() {
    const MESSAGES: usize = 20_000;
    let retained =
        || (0..MESSAGES).map(|n| published(0x31, &format!("r/{n}"), &about(n))).collect::<Vec<_>>();
    let url = a_broker_that_sends(move |_| retained());
    let count = MESSAGES.to_string();
    let listener = Listener::plain(&url, &["--topic", "r/#", "--count", &count, "--seconds", "40"]);
    wait_until("the flood", || listener.count("announcement") >= MESSAGES);
    let most = listener.most_memory();
    let (code, lines) = listener.end();
    assert_eq!(code, 0);
    let heard: Vec<&Value> = lines.iter().filter(|line| line["event"] == "announcement").collect();
    assert_eq!(heard.len(), MESSAGES);
    assert!(heard.iter().all(|line| line["arrival"] == "retained" && line["timeliness"].is_null()));
    let done = lines.last().expect("a summary");
    assert_eq!((&done["lag_ms"]["apart"], &done["dropped"]), (&json!(MESSAGES), &json!(0)), "{done}");
    assert!(most.is_none_or(|kib| kib < 200_000), "{most:?} KiB");
}

#[test]
fn a_redirect_to_an_address_that_is_not_allowed_is_not_followed() {
    use nuee::engine::clock::Clock;
    use nuee::engine::contacts::Contacts;
    use nuee::engine::transfer::http::client::{HttpClient, Question, Way};
    use nuee::transfer::address_rule::{AddressRule, Network, Reach};
    use nuee::transfer::reason::Reason;
    let ((inner, came), listener) = (a_door(), TcpListener::bind("127.0.0.1:0").unwrap());
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let bases = ["127.0.0.2", "127.2", "[::1]", "0.0.0.0", "2130706434"].into_iter().cycle();
        for (mut stream, base) in listener.incoming().map_while(Result::ok).zip(bases) {
            let mut asked = [0; 2_048];
            let _ = stream.read(&mut asked).unwrap();
            let head = format!(
                "HTTP/1.1 302 Found\r\nLocation: http://{base}:{inner}/\r\nContent-Length: 0\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).unwrap();
        }
    });
    // One address of this computer is one's own network; what it leads to is not.
    let own = vec![Network::parse("127.0.0.1/32").unwrap()];
    let way = Way { rule: AddressRule::new(Reach::Public, own), ..Way::default() };
    let client = HttpClient::new(way, Contacts::new(Clock::start())).unwrap();
    let url = || format!("http://127.0.0.1:{port}/").parse().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut reasons = Vec::new();
    for _ in 0..5 {
        let answer = runtime.block_on(client.small(&Question::whole(url(), Reach::Public), 1_000));
        reasons.push(answer.map(|_| ()).expect_err("it leads inwards"));
    }
    assert_eq!(came.load(Ordering::SeqCst), 0, "{reasons:?}");
    assert!(
        !reasons.iter().any(|reason| matches!(reason, Reason::NoAnswer)),
        "refused, not waited for: {reasons:?}"
    );
}
