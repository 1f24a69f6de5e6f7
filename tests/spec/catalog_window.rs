//! Catalogues as the window shows them: what is known at once, whatever the servers do.

use crate::turn::latest_run;
use crate::window_stage::{first, setup, wait_for};
use nuee::app::hours::{DatasetId, HoursView, Reading};
use nuee::app::input::Action;
use nuee::app::link::Link;
use nuee::demo::catalog_service::{CatalogService, Form, Made};
use nuee::engine::host::{Engine, EngineSettings};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

fn open(engine: &Engine, is_meant: impl Fn(&HoursView) -> bool) -> Arc<HoursView> {
    let dataset = DatasetId("nginx/arome-0.01".into());
    wait_for(engine, "the provider", |snapshot| {
        snapshot.sources.iter().flat_map(|row| &row.datasets).any(|row| row.id == dataset).then_some(())
    });
    engine.send(Action::OpenHours(Some(dataset.clone())));
    wait_for(engine, "its hours", |snapshot| {
        snapshot.hours.clone().filter(|view| view.dataset == dataset && is_meant(view))
    })
}

#[test]
fn hours_that_were_listed_before_are_shown_while_a_mute_server_is_asked_and_nothing_else_waits_for_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(folder.path().join("providers")).expect("a folder");
    let host = Engine::start(&EngineSettings::default()).expect("an engine");
    let made = Arc::new(Made::make(latest_run()));
    let started = CatalogService::start(([127, 0, 0, 1], 0).into(), made);
    let publisher = host.handle().block_on(started).expect("a free port");
    publisher.publish(0..=6);
    let file = folder.path().join("providers/nginx.toml");
    std::fs::write(file, publisher.provider_file(Form::Nginx)).expect("room");

    let engine = first(setup(folder.path()));
    let listed = open(&engine, |view| matches!(view.reading, Reading::Done(_)));
    assert_eq!(listed.rows[0].published, 7);
    engine.wind_down();
    drop(engine);
    let address = publisher.address();
    drop((publisher, host));

    // Connections are taken and never answered; what was fetched is no longer so fresh that nobody is asked.
    let _mute = TcpListener::bind(address).expect("the port is free again");
    std::thread::sleep(Duration::from_secs(6));
    let engine = first(setup(folder.path()));
    let shown = open(&engine, |view| !view.rows.is_empty());
    assert!(matches!(shown.reading, Reading::UnderWay(Some(_))), "{:?}", shown.reading);
    assert_eq!(shown.rows[0].published, 7);

    let magnet = format!("magnet:?xt=urn:btih:{}", "ab".repeat(20));
    engine.send(Action::AddSource(magnet.clone()));
    let reading = wait_for(&engine, "another source", |snapshot| {
        let is_there = snapshot.sources.iter().any(|row| *row.key.0 == *magnet);
        is_there.then(|| snapshot.hours.as_ref().map(|view| view.reading.clone()))
    });
    assert!(matches!(reading, Some(Reading::UnderWay(Some(_)))), "the server was waited for: {reading:?}");
    engine.wind_down();
}
