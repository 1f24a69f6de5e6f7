//! A publisher or tracker of one's own network that dies is said within five seconds, and asked again by itself.

use crate::ground::{Home, Running, Server, noise, reply, text};
use crate::turn::latest_run;
use crate::window_stage::{first, setup, wait_for};
use nuee::app::catalog::hours::{CatalogReading, DatasetId};
use nuee::app::catalog::sources::Health;
use nuee::app::input::Action;
use nuee::app::link::Link;
use nuee::demo::catalog_service::{DemoCatalog, ListingStyle, Made};
use nuee::engine::host::{Engine, EngineSettings};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What is promised, and a little for a busy machine.
const PROMISED: Duration = Duration::from_secs(10);

fn publisher(made: &Arc<Made>, address: SocketAddr) -> (Engine, DemoCatalog) {
    let host = Engine::start(&EngineSettings::default()).expect("an engine");
    let service = host.handle().block_on(DemoCatalog::start(address, made.clone())).expect("the port");
    service.publish(0..=6);
    (host, service)
}

#[test]
fn a_publisher_that_dies_is_shown_as_lost_within_five_seconds_and_again_as_answering() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(folder.path().join("providers")).expect("a folder");
    let made = Arc::new(Made::make(latest_run()));
    let (host, service) = publisher(&made, ([127, 0, 0, 1], 0).into());
    let file = folder.path().join("providers/nginx.toml");
    std::fs::write(file, service.provider_file(ListingStyle::Nginx)).expect("room");
    let address = service.address();

    let engine = first(setup(folder.path()));
    wait_for(&engine, "the provider", |snapshot| {
        snapshot
            .sources
            .iter()
            .flat_map(|row| &row.datasets)
            .any(|row| &*row.id.0 == "nginx/arome-0.01")
            .then_some(())
    });
    engine.send(Action::OpenHours(Some(DatasetId("nginx/arome-0.01".into()))));
    wait_for(&engine, "its hours", |snapshot| {
        snapshot.hours.as_ref().filter(|view| matches!(view.reading, CatalogReading::Done(_))).map(|_| ())
    });
    let is_in = |is_meant: fn(&Health) -> bool| {
        move |snapshot: &nuee::app::snapshot::Snapshot| {
            let row = snapshot.sources.iter().find(|row| &*row.key.0 == "nginx")?;
            is_meant(&row.health).then_some(())
        }
    };
    drop((service, host));
    let died = Instant::now();
    wait_for(&engine, "its loss", is_in(|health| matches!(health, Health::Lost(..))));
    assert!(died.elapsed() < PROMISED, "{:?}", died.elapsed());
    wait_for(&engine, "the matrix to say so", |snapshot| {
        snapshot.hours.as_ref().filter(|view| matches!(view.reading, CatalogReading::Failed(..))).map(|_| ())
    });
    assert!(!engine.snapshot().journal.entries.is_empty(), "the log has it");

    let _again = publisher(&made, address);
    wait_for(&engine, "its return", is_in(|health| *health == Health::Answers));
}

#[test]
fn a_tracker_that_dies_is_told_by_who_publishes_within_five_seconds() {
    let home = Home::new();
    let tracker = Server::start(|_, stream| {
        reply(stream, "200 OK", "text/plain", b"d8:intervali1800e5:peers0:e");
    });
    let (file, made) = (home.write("a.bin", noise(1 << 18)), home.path("made"));
    let url = tracker.url("announce");
    let arguments = ["publish", &file, "--serve", "--json", "--tracker", &url, "--out", text(&made)];
    let mut child = home.nuee(&arguments).spawn().expect("the program starts");
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let _running = Running(child);
    crate::ground::wait_until("an announce", || tracker.asked() > 0);
    std::thread::sleep(Duration::from_millis(500));
    tracker.stop();
    let died = Instant::now();
    let note = lines.find_map(|line| {
        let line: Value = serde_json::from_str(&line.expect("text")).unwrap_or_default();
        (line["event"] == "note").then(|| line["message"].as_str().unwrap_or_default().to_owned())
    });
    assert!(died.elapsed() < PROMISED, "{:?}", died.elapsed());
    assert!(note.is_some_and(|note| note.contains(&url)), "the tracker is named");
}
