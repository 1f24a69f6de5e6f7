//! Giving for a while: the files are in their place before, it ends when it was said to, and a restart keeps that end.

use crate::ground::{Home, Running, Server, noise, reply, reply_range};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

/// A torrent with a web seed and a tracker that introduces nobody, and the port that announced itself last.
struct Stage {
    home: Home,
    octets: Vec<u8>,
    torrent: String,
    port: Arc<AtomicU16>,
    _servers: [Server; 2],
}

impl Stage {
    fn new(length: usize) -> Self {
        let (home, octets, port) = (Home::new(), noise(length), Arc::new(AtomicU16::new(0)));
        let (whole, told) = (octets.clone(), port.clone());
        let seed = Server::start(move |asked, stream| reply_range(asked, stream, &whole));
        let tracker = Server::start(move |asked, stream| {
            let port = asked.path.split(['?', '&']).find_map(|word| word.strip_prefix("port="));
            let is_end = asked.path.contains("event=stopped");
            if let Some(port) = port.and_then(|port| port.parse().ok()).filter(|_| !is_end) {
                told.store(port, Ordering::SeqCst);
            }
            reply(stream, "200 OK", "text/plain", b"d8:intervali1800e5:peers0:e");
        });
        let file = home.write("data/a.bin", &octets);
        let (url, announce) = (seed.url("a.bin"), tracker.url("announce"));
        let arguments = ["publish", &file, "--out", "made", "--web-seed", &url, "--tracker", &announce];
        let made = home.run(&arguments);
        assert_eq!(made.code, Some(0), "{made:?}");
        let torrent = home.path("made/a.bin.torrent").display().to_string();
        Self { home, octets, torrent, port, _servers: [seed, tracker] }
    }

    /// Starts a `get` that gives; what it says on stdout, line by line.
    fn gives(&self, more: &[&str]) -> (Running, impl Iterator<Item = Value> + use<>) {
        let arguments = [&["get", &self.torrent, "--out", "out", "--allow-local", "--json"], more].concat();
        let mut child = self.home.nuee(&arguments).spawn().expect("the program starts");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let lines = lines.map_while(Result::ok).filter_map(|line| serde_json::from_str::<Value>(&line).ok());
        (Running(child), lines)
    }

    /// Another one gets everything from the one that gives.
    fn takes(&self, out: &str) -> Duration {
        let peer = format!("127.0.0.1:{}", self.port.load(Ordering::SeqCst));
        let arguments = [
            "get",
            &self.torrent,
            "--out",
            out,
            "--peer",
            &peer,
            "--via",
            "swarm-only",
            "--allow-local",
            "--no-seed",
        ];
        let ran = self.home.run(&arguments);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        self.is_whole(&self.home.path(out).join("a.bin"));
        ran.took
    }

    fn is_whole(&self, file: &Path) {
        assert!(std::fs::read(file).expect("the file") == self.octets, "other octets");
    }
}

fn next(lines: &mut impl Iterator<Item = Value>, event: &str) -> Value {
    lines.find(|line| line["event"] == event).unwrap_or_else(|| panic!("{event} does not come"))
}

fn code(running: &mut Running) -> Option<i32> {
    running.0.wait().expect("a child").code()
}

/// A port on which nobody listens.
fn a_closed_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}

#[test]
fn get_says_until_when_it_uploads_once_the_file_is_there_and_ends_well_then() {
    let stage = Stage::new(1 << 20);
    let (mut running, mut lines) = stage.gives(&["--seed-for", "3s"]);
    let giving = next(&mut lines, "giving");
    let began = Instant::now();
    stage.is_whole(&stage.home.path("out/a.bin"));
    assert!(giving["until"].as_str().is_some_and(|until| until.ends_with('Z')), "{giving}");
    assert_eq!((giving["ratio"].clone(), giving["given_ratio"].as_f64()), (Value::Null, Some(0.0)));
    next(&mut lines, "done");
    assert_eq!(code(&mut running), Some(0));
    let lasted = began.elapsed();
    assert!((Duration::from_secs(2)..Duration::from_secs(15)).contains(&lasted), "{lasted:?}");
}

#[test]
#[cfg(unix)]
fn ctrl_c_while_uploading_ends_at_once_and_well_since_the_file_is_there() {
    let stage = Stage::new(1 << 20);
    let (mut running, mut lines) = stage.gives(&["--seed-for", "1h"]);
    next(&mut lines, "giving");
    let (id, told) = (running.0.id().to_string(), Instant::now());
    assert!(Command::new("kill").args(["-INT", &id]).status().expect("kill runs").success());
    next(&mut lines, "done");
    assert_eq!(code(&mut running), Some(0));
    assert!(told.elapsed() < Duration::from_secs(6), "{:?}", told.elapsed());
}

#[test]
fn uploading_ends_when_so_many_times_the_size_was_uploaded() {
    let stage = Stage::new(1 << 20);
    let (mut running, mut lines) = stage.gives(&["--seed-for", "1h", "--seed-ratio", "0.9"]);
    assert_eq!(next(&mut lines, "giving")["ratio"].as_f64(), Some(0.9));
    stage.takes("other");
    let done = next(&mut lines, "done");
    assert_eq!(code(&mut running), Some(0));
    assert!(done["bytes_given"].as_u64().is_some_and(|given| given >= 900_000), "{done}");
}

#[test]
fn a_file_that_was_changed_or_removed_meanwhile_goes_to_nobody_and_its_upload_ends() {
    for is_removed in [false, true] {
        let stage = Stage::new(1 << 20);
        let (mut running, mut lines) = stage.gives(&["--seed-for", "1h"]);
        next(&mut lines, "giving");
        let file = stage.home.path("out/a.bin");
        match is_removed {
            true => std::fs::remove_file(&file).expect("it is there"),
            false => std::fs::write(&file, noise(1 << 20)).expect("room"),
        }
        let peer = format!("127.0.0.1:{}", stage.port.load(Ordering::SeqCst));
        let arguments = ["get", &stage.torrent, "--out", "other", "--peer", &peer, "--allow-local", "--json"];
        let ran = stage.home.run(&arguments);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        stage.is_whole(&stage.home.path("other/a.bin"));
        let done = ran.lines().into_iter().find(|line| line["event"] == "done").expect("the end");
        assert_eq!(
            (&done["bytes_wasted"], &done["bytes_by_source"]["swarm"]),
            (&0.into(), &0.into()),
            "{done}"
        );
        let done = next(&mut lines, "done");
        assert_eq!(code(&mut running), Some(0), "nothing is left to upload");
        let reasons = done["sources"].as_array().expect("sources").iter().map(|source| &source["reason"]);
        assert!(reasons.into_iter().any(|reason| reason == "not_as_left"), "{done}");
    }
}

#[test]
fn get_tells_of_each_peer_how_it_was_found_what_it_holds_and_why_one_failed() {
    let stage = Stage::new(1 << 20);
    let (_running, mut lines) = stage.gives(&["--seed-for", "1h"]);
    next(&mut lines, "giving");
    let peer = format!("127.0.0.1:{}", stage.port.load(Ordering::SeqCst));
    let dead = format!("127.0.0.1:{}", a_closed_port());
    let arguments =
        ["get", &stage.torrent, "--out", "other", "--peer", &peer, "--peer", &dead, "--allow-local"];
    let ran = stage.home.run(&[&arguments[..], &["--via", "swarm-only", "--json"]].concat());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let told: Vec<Value> = ran.lines().into_iter().filter(|line| line["event"] == "peers").collect();
    let of = |address: &str| {
        let mut all = told.iter().flat_map(|line| line["peers"].as_array().cloned().unwrap_or_default());
        all.rfind(|row| row["address"] == address).unwrap_or_else(|| panic!("{address}: {told:?}"))
    };
    let gave = of(&peer);
    assert_eq!((&gave["found_by"], gave["holds"].as_f64()), (&"given".into(), Some(1.0)), "{gave}");
    assert!(gave["bytes_received"].as_u64().is_some_and(|received| received >= 1 << 20), "{gave}");
    assert!(gave["round_trip_ms"].is_number() && gave["client"].is_string(), "{gave}");
    let failed = of(&dead);
    assert_eq!((&failed["connected"], &failed["reasons"][0]), (&false.into(), &"connection_refused".into()));
}

#[test]
fn what_is_uploaded_afterwards_stays_below_the_upload_limit() {
    let stage = Stage::new(2 << 20);
    let (_running, mut lines) = stage.gives(&["--seed-for", "1h", "--limit-up", "400k"]);
    next(&mut lines, "giving");
    let took = stage.takes("other");
    assert!(took > Duration::from_millis(3_500), "2 MiB at 400 kB/s in {took:?}");
}

#[test]
fn a_time_or_ratio_that_cannot_be_meant_is_refused_with_the_forms() {
    let home = Home::new();
    for (flag, value) in
        [("--seed-for", "8d"), ("--seed-for", "soon"), ("--seed-ratio", "0"), ("--seed-ratio", "x")]
    {
        let ran = home.run(&["get", "a.torrent", flag, value]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.err.contains("7d") || ran.err.contains("0.01"), "{ran:?}");
    }
    let ran = home.run(&["get", "a.torrent", "--seed-ratio", "1", "--no-seed"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
}

mod in_the_window {
    use super::Stage;
    use crate::window_stage::{first, setup, wait_for};
    use nuee::app::input::{Action, Tuning};
    use nuee::app::jobs::giving::GivingState;
    use nuee::app::jobs::request::{GetRequest, GivingPlan};
    use nuee::app::jobs::view::{End, Phase};
    use nuee::app::link::Link;
    use nuee::app::settings::{GivingChoice, Settings};

    use nuee::engine::host::Engine;
    use std::sync::atomic::Ordering;

    fn get(engine: &Engine, stage: &Stage) {
        let settings = Settings { giving: Some(GivingChoice::Share), ..Settings::default() };
        engine.send(Action::Set(Box::new(settings)));
        engine.send(Action::Get(Box::new(GetRequest {
            targets: vec![stage.torrent.clone()],
            out: stage.home.path("out"),
            policy: Default::default(),
            giving: GivingPlan::AsSet,
            ..GetRequest::default()
        })));
    }

    fn gives(engine: &Engine) -> GivingState {
        wait_for(engine, "giving", |snapshot| {
            let job = snapshot.jobs.get(0).filter(|job| job.phase == Phase::Giving)?;
            job.giving.as_deref().cloned()
        })
    }

    #[test]
    fn what_was_giving_gives_on_after_a_restart_with_the_same_end_and_asks_no_server() {
        let stage = Stage::new(1 << 20);
        let folder = tempfile::tempdir().expect("a folder");
        let engine = first(setup(folder.path()));
        get(&engine, &stage);
        let before = gives(&engine);
        engine.wind_down();
        drop(engine);
        std::fs::remove_file(&stage.torrent).expect("the .torrent");
        stage._servers[0].stop();
        stage.port.store(0, Ordering::SeqCst);

        let engine = first(setup(folder.path()));
        let after = gives(&engine);
        let moved = (after.until.unix_seconds() - before.until.unix_seconds()).abs();
        assert!(moved <= 3, "{before:?} {after:?}");
        assert_eq!(after.so_far.since, before.so_far.since);
        crate::ground::wait_until("its announce", || stage.port.load(Ordering::SeqCst) != 0);
        // The .torrent is made again for the one that takes.
        let file = stage.home.path("data/a.bin").display().to_string();
        assert_eq!(stage.home.run(&["publish", &file, "--out", "made"]).code, Some(0));
        stage.takes("other");
        let given = wait_for(&engine, "what was given", |snapshot| {
            snapshot.jobs.get(0).map(|job| job.transfer.given.0).filter(|given| *given >= 1 << 20)
        });
        assert!(given >= 1 << 20);

        let id = engine.snapshot().jobs.get(0).expect("a row").id;
        engine.send(Action::Tune(vec![id], Tuning::Give(GivingPlan::WhileReceiving)));
        wait_for(&engine, "the end of giving", |snapshot| {
            let outcome = snapshot.jobs.get(0).and_then(|job| job.outcome.as_ref())?;
            (outcome.end == End::Done).then_some(())
        });
    }

    #[test]
    fn what_was_uploaded_just_before_the_window_closed_counts_after_a_restart() {
        let stage = Stage::new(1 << 20);
        let folder = tempfile::tempdir().expect("a folder");
        let engine = first(setup(folder.path()));
        get(&engine, &stage);
        gives(&engine);
        stage.takes("other");
        engine.wind_down();
        drop(engine);

        let engine = first(setup(folder.path()));
        gives(&engine);
        let given = engine.snapshot().jobs.get(0).expect("a row").transfer.given;
        assert_eq!(given.0, 1 << 20);
    }

    #[test]
    fn a_file_that_was_removed_meanwhile_is_not_fetched_again_for_giving() {
        let stage = Stage::new(1 << 20);
        let folder = tempfile::tempdir().expect("a folder");
        let engine = first(setup(folder.path()));
        get(&engine, &stage);
        gives(&engine);
        engine.wind_down();
        drop(engine);
        std::fs::remove_file(stage.home.path("out/a.bin")).expect("the file");
        let asked = stage._servers[0].asked();

        let engine = first(setup(folder.path()));
        wait_for(&engine, "the end of giving", |snapshot| {
            snapshot.jobs.get(0).filter(|job| job.phase == Phase::Ended).map(drop)
        });
        assert!(!stage.home.path("out/a.bin").exists());
        assert_eq!(stage._servers[0].asked(), asked);
    }
}

#[test]
#[cfg(unix)]
fn what_was_uploaded_just_before_the_end_is_counted() {
    let stage = Stage::new(1 << 20);
    let (mut running, mut lines) = stage.gives(&["--seed-for", "1h"]);
    next(&mut lines, "giving");
    stage.takes("taken");
    let id = running.0.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().expect("kill runs").success());
    let last = lines.filter(|line| line["bytes_given"].is_u64()).last().expect("figures");
    assert_eq!(last["bytes_given"].as_u64(), Some(stage.octets.len() as u64), "{last}");
    assert_eq!(code(&mut running), Some(0));
}
