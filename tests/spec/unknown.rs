//! What could not be asked is unknown; only an answer that was read makes an hour missing.

use crate::ground::{Home, Ran, Server, page, provider, reply};
use std::collections::BTreeSet;
use std::net::TcpStream;

/// Asks for the runs of a provider whose server answers as told.
fn runs_of(answer: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> Ran {
    let server = Server::start(move |asked, stream| answer(&asked.path, stream));
    runs_at(&Home::new(), &server.url(""))
}

fn runs_at(home: &Home, base: &str) -> Ran {
    home.write("providers/a.toml", provider(base));
    home.run(&["catalog", "runs", "a/model", "--providers", "providers", "--allow-local", "--json"])
}

/// The states of the hours of each run, newest first.
fn states(ran: &Ran) -> Vec<BTreeSet<String>> {
    let of_run = |line: &serde_json::Value| {
        let hours = line["hours"].as_array().expect("hours");
        hours.iter().map(|hour| hour["state"].as_str().expect("a state").to_owned()).collect()
    };
    ran.lines().iter().filter(|line| line["event"] == "run").map(of_run).collect()
}

fn all_unknown(ran: &Ran) {
    let states = states(ran);
    assert!(!states.is_empty(), "{ran:?}");
    for run in states {
        assert_eq!(run, BTreeSet::from(["unknown".to_owned()]), "{ran:?}");
    }
    assert_eq!(ran.code, Some(3), "{ran:?}");
}

#[test]
fn a_server_that_refuses_breaks_or_answers_with_5xx_leaves_every_hour_unknown() {
    let refused = runs_at(&Home::new(), "http://127.0.0.1:9/");
    all_unknown(&refused);
    assert!(refused.out.contains("connection_refused"), "{refused:?}");
    all_unknown(&runs_of(|_, stream| reply(stream, "500 Internal Server Error", "text/plain", b"")));
    all_unknown(&runs_of(|_, stream| drop(stream.shutdown(std::net::Shutdown::Both))));
}

#[test]
fn a_captive_portal_is_named_and_leaves_every_hour_unknown() {
    const LOGIN: &[u8] =
        b"<html><head><title>Welcome</title></head><body><a href=\"/login\">Log in</a></body></html>";
    let answered = runs_of(|_, stream| reply(stream, "200 OK", "text/html", LOGIN));
    all_unknown(&answered);
    assert!(answered.out.contains("web_page") && answered.err.contains("login page"), "{answered:?}");
    let redirected = runs_of(|path, stream| {
        use std::io::Write;
        if path == "/login" {
            return reply(stream, "200 OK", "text/html", LOGIN);
        }
        let _ = stream.write_all(
            b"HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        );
    });
    all_unknown(&redirected);
    assert!(redirected.err.contains("login page"), "{redirected:?}");
}

#[test]
fn an_empty_listing_and_a_404_that_were_read_make_an_old_run_missing() {
    let absent = runs_of(|_, stream| reply(stream, "404 Not Found", "text/plain", b""));
    let empty = runs_of(|_, stream| reply(stream, "200 OK", "text/html", page(&[]).as_bytes()));
    for ran in [absent, empty] {
        let states = states(&ran);
        assert!(states.iter().skip(1).all(|run| run.contains("missing")), "{ran:?}");
        assert!(!states.iter().flatten().any(|state| state == "unknown"), "{ran:?}");
    }
}

#[test]
fn of_a_listing_that_was_answered_in_part_only_the_rest_is_unknown() {
    let names: Vec<String> = (0..4).map(|hour| format!("{hour:02}.grib2")).collect();
    let listed = page(&names);
    let first = std::sync::Mutex::new(None);
    let ran = runs_of(move |path, stream| {
        let mut first = first.lock().expect("one at a time");
        if *first.get_or_insert_with(|| path.to_owned()) == path {
            reply(stream, "200 OK", "text/html", listed.as_bytes());
        } else {
            reply(stream, "503 Service Unavailable", "text/plain", b"");
        }
    });
    let states = states(&ran);
    let whole = states.iter().filter(|run| run.contains("published")).count();
    assert_eq!(whole, 1, "{ran:?}");
    assert!(states.iter().filter(|run| !run.contains("published")).all(|run| run.contains("unknown")));
    assert!(states.iter().all(|run| run.len() == 1), "{ran:?}");
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

#[test]
fn getting_what_nobody_could_be_asked_about_ends_with_3_and_the_reason() {
    let home = Home::new();
    home.write("providers/a.toml", provider("http://127.0.0.1:9/"));
    let ran = home.run(&["get", "a/model", "--out", "out", "--providers", "providers", "--allow-local"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.err.contains("127.0.0.1:9"), "{ran:?}");
}

#[test]
fn notices_and_searches_that_fail_end_with_3() {
    let home = Home::new();
    home.write("providers/a.toml", provider("http://127.0.0.1:9/"));
    let notices = home.run(&["catalog", "notices", "a", "--providers", "providers", "--allow-local"]);
    assert_eq!(notices.code, Some(3), "{notices:?}");
    let search = home.run(&[
        "catalog",
        "search",
        "wind",
        "--in",
        "http://127.0.0.1:9/collections/wis2-discovery-metadata",
    ]);
    assert_eq!(search.code, Some(3), "{search:?}");
    let unknown = home.run(&["catalog", "notices", "nobody"]);
    assert_eq!(unknown.code, Some(2), "{unknown:?}");
}

#[test]
fn a_dead_proxy_is_named_as_the_proxy() {
    let home = Home::new();
    let output = home
        .nuee(&["inspect", "http://data.example/a.grib2"])
        .env("http_proxy", "http://me:secret@127.0.0.1:9")
        .output()
        .expect("the program starts");
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{words}");
    assert!(words.contains("proxy") && words.contains("127.0.0.1:9"), "{words}");
    assert!(!words.contains("secret"), "{words}");
}

#[test]
fn following_calls_nothing_missing_that_nobody_could_be_asked_about() {
    let home = Home::new();
    home.write("providers/a.toml", provider("http://127.0.0.1:9/"));
    let with = ["--providers", "providers", "--out", "out", "--json"];
    let added = home.run(&[&["follow", "add", "a/model"], &with[..]].concat());
    assert_eq!(added.code, Some(0), "{added:?}");
    let ran = home.run(&[&["follow", "run", "--for", "2s", "--allow-local"], &with[..]].concat());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.err.contains("127.0.0.1:9") || ran.out.contains("127.0.0.1:9"), "{ran:?}");
    assert!(!ran.out.contains("missing") && !ran.out.contains("late"), "{ran:?}");
}
