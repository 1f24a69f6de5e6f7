//! Ctrl-C and SIGTERM end every command within two seconds, whatever it waits for, and leave no temporary folder.
#![cfg(unix)]

use crate::ground::{Home, Running, Server, noise, provider, reply, text, wait_until};
use std::process::Command;
use std::time::{Duration, Instant};

/// What a command promises is two seconds; on a machine that runs dozens of programs at a time it gets a few more.
const PROMISED: Duration = Duration::from_secs(6);

/// Starts a command, waits until it is about its work, sends the signal, and looks at how it ends.
fn ends(home: &Home, arguments: &[&str], is_at_work: &dyn Fn() -> bool) {
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let child = home.nuee(arguments).spawn().expect("the program starts");
        let mut running = Running(child);
        wait_until("the command's work", is_at_work);
        std::thread::sleep(Duration::from_millis(300));
        let told = Instant::now();
        let id = running.0.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().expect("kill runs").success());
        let status = loop {
            if let Some(status) = running.0.try_wait().expect("a child") {
                break status;
            }
            assert!(told.elapsed() < Duration::from_secs(20), "{arguments:?} goes on after {signal}");
            std::thread::sleep(Duration::from_millis(10));
        };
        assert!(told.elapsed() < PROMISED, "{arguments:?} took {:?} after {signal}", told.elapsed());
        assert_eq!(status.code(), Some(code), "{arguments:?} after {signal}");
        assert_eq!(home.left_behind(), Vec::<std::path::PathBuf>::new(), "{arguments:?} after {signal}");
    }
}

/// Waits until the server was asked once more than before.
fn is_asked(server: &Server) -> impl Fn() -> bool + use<'_> {
    let before = std::cell::Cell::new(server.asked());
    move || {
        let now = server.asked();
        now > before.get() && {
            before.set(now);
            true
        }
    }
}

#[test]
fn get_index_and_inspect_end_while_a_server_says_nothing() {
    let (home, server) = (Home::new(), Server::silent());
    let (grib, torrent) = (server.url("a.grib2"), server.url("a.torrent"));
    ends(&home, &["get", &grib, "--out", "out"], &is_asked(&server));
    ends(&home, &["get", &grib, "--out", "out", "--dry-run", "--lead", "6"], &is_asked(&server));
    ends(&home, &["get", &torrent, "--out", "out"], &is_asked(&server));
    ends(&home, &["index", &grib], &is_asked(&server));
    ends(&home, &["inspect", &torrent], &is_asked(&server));
}

#[test]
fn commands_of_catalogues_end_while_a_server_says_nothing() {
    let (home, server) = (Home::new(), Server::silent());
    home.write("providers/a.toml", provider(&server.url("")));
    let with = ["--providers", "providers", "--allow-local"];
    let command =
        |words: &[&'static str]| -> Vec<&'static str> { words.iter().chain(&with).copied().collect() };
    ends(&home, &command(&["catalog", "runs", "a/model"]), &is_asked(&server));
    ends(&home, &command(&["catalog", "notices", "a"]), &is_asked(&server));
    ends(&home, &command(&["get", "a/model", "--out", "out", "--wait", "1h"]), &is_asked(&server));
    let added = home.run(&["follow", "add", "a/model", "--out", "out", "--providers", "providers"]);
    assert_eq!(added.code, Some(0), "{added:?}");
    ends(&home, &command(&["follow", "run", "--out", "out"]), &is_asked(&server));
}

#[test]
fn listening_ends_while_a_broker_says_nothing() {
    let (home, server) = (Home::new(), Server::silent());
    let broker = format!("mqtt://127.0.0.1:{}", server.port);
    ends(&home, &["listen", &broker, "--topic", "#"], &is_asked(&server));
}

#[test]
fn listening_goes_on_while_an_archive_is_busy_and_asked_again() {
    let (home, broker) = (Home::new(), Server::silent());
    let archive = Server::start(|_, stream| reply(stream, "503 Service Unavailable", "text/plain", b"busy"));
    let url = format!("mqtt://127.0.0.1:{}", broker.port);
    let place = archive.url("collections/a");
    let ran = home.run(&[
        "listen",
        &url,
        "--topic",
        "#",
        "--archive",
        &place,
        "--since",
        "1h",
        "--seconds",
        "4",
        "--json",
    ]);
    assert_eq!(ran.code, Some(3), "nothing interrupted it, and no broker was reached: {ran:?}");
    let notes = ran.lines().into_iter().filter(|line| line["event"] == "note").count();
    assert!(archive.asked() > 1 && notes > 0, "the archive is asked again, and that is said: {ran:?}");
}

#[test]
fn publishing_and_the_demo_end_in_every_stage() {
    let home = Home::new();
    let file = home.write("data/a.bin", noise(1 << 20));
    let soon = || {
        std::thread::sleep(Duration::from_millis(1_500));
        true
    };
    ends(&home, &["publish", &file, "--serve", "--out", "made"], &soon);
    ends(&home, &["demo", "--serve"], &soon);
    ends(&home, &["demo", "--headless"], &soon);
    let at_once = || true;
    ends(&home, &["demo", "--headless"], &at_once);
}

#[cfg(feature = "swarm")]
#[test]
fn the_second_part_of_the_demo_ends_in_every_stage() {
    let home = Home::new();
    // Both begin together: a moment later the relay downloads, three seconds later the clients do.
    let begun = || {
        let name =
            |path: &std::path::PathBuf| path.file_name().map(|name| name.to_string_lossy().into_owned());
        let names: Vec<String> = home.left_behind().iter().filter_map(name).collect();
        names.iter().any(|name| name.starts_with("nuee-demo-relay-"))
            && names.iter().any(|name| name.starts_with("nuee-demo-client-"))
    };
    ends(&home, &["demo", "--headless"], &begun);
    let later = || {
        let is_begun = begun();
        std::thread::sleep(Duration::from_millis(if is_begun { 3_000 } else { 0 }));
        is_begun
    };
    ends(&home, &["demo", "--headless"], &later);
}

#[test]
fn verifying_a_large_file_and_waiting_for_a_folder_end() {
    let (home, server) = (Home::new(), Server::silent());
    let large = std::fs::File::create(home.path("large.bin")).expect("room");
    large.set_len(64 << 30).expect("a sparse file");
    let digest = format!("sha256:{}", "0".repeat(64));
    let soon = || {
        std::thread::sleep(Duration::from_millis(700));
        true
    };
    ends(&home, &["verify", "large.bin", "--against", &digest], &soon);
    let first = home.nuee(&["get", &server.url("a.grib2"), "--out", "out"]).spawn().expect("a start");
    let mut first = Running(first);
    wait_until("the first", || server.asked() > 0);
    // The one that holds the folder has temporary folders of its own: they do not count.
    let other = Home::new();
    let out = home.path("out");
    ends(&other, &["get", &server.url("b.grib2"), "--out", text(&out), "--wait", "1h"], &soon);
    first.0.kill().expect("the first");
}
