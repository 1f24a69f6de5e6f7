//! Catalogues as the window shows them: what is known at once, whatever the servers do.

use crate::turn::latest_run;
use crate::window_stage::{first, setup, wait_for};
use axum::Router;
use axum::http::Uri;
use nuee::app::catalog::file_table::FilesChoice;
use nuee::app::catalog::hours::{CatalogReading, DatasetId, HoursView, MatrixCellState};
use nuee::app::input::Action;
use nuee::app::link::Link;
use nuee::app::settings::{GivingChoice, Settings};
use nuee::demo::catalog_service::{DemoCatalog, ListingStyle, Made};
use nuee::demo::made_run::MadeRun;
use nuee::engine::host::{Engine, EngineSettings};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

fn open(engine: &Engine, id: &str, is_meant: impl Fn(&HoursView) -> bool) -> Arc<HoursView> {
    let dataset = DatasetId(id.into());
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
    let started = DemoCatalog::start(([127, 0, 0, 1], 0).into(), made);
    let publisher = host.handle().block_on(started).expect("a free port");
    publisher.publish(0..=6);
    let file = folder.path().join("providers/nginx.toml");
    std::fs::write(file, publisher.provider_file(ListingStyle::Nginx)).expect("room");

    let engine = first(setup(folder.path()));
    let listed = open(&engine, "nginx/arome-0.01", |view| matches!(view.reading, CatalogReading::Done(_)));
    assert_eq!(listed.rows[0].published, 7);
    engine.wind_down();
    drop(engine);
    let address = publisher.address();
    drop((publisher, host));

    // Connections are taken and never answered; what was fetched is no longer so fresh that nobody is asked.
    let _mute = TcpListener::bind(address).expect("the port is free again");
    std::thread::sleep(Duration::from_secs(6));
    let engine = first(setup(folder.path()));
    let shown = open(&engine, "nginx/arome-0.01", |view| !view.rows.is_empty());
    assert!(matches!(shown.reading, CatalogReading::UnderWay(Some(_))), "{:?}", shown.reading);
    assert_eq!(shown.rows[0].published, 7);

    let magnet = format!("magnet:?xt=urn:btih:{}", "ab".repeat(20));
    engine.send(Action::AddSource(magnet.clone()));
    let reading = wait_for(&engine, "another source", |snapshot| {
        let is_there = snapshot.sources.iter().any(|row| *row.key.0 == *magnet);
        is_there.then(|| snapshot.hours.as_ref().map(|view| view.reading.clone()))
    });
    assert!(
        matches!(reading, Some(CatalogReading::UnderWay(Some(_)))),
        "the server was waited for: {reading:?}"
    );
    engine.wind_down();
}

/// Answers as MET Norway does: which files there are, and one GRIB file for each of them.
async fn answer(octets: Arc<Vec<u8>>, uri: Uri) -> Vec<u8> {
    let listing = include_str!("../fixtures/listings/met-norway-gribfiles.xml");
    if uri.path().ends_with("/available") { listing.as_bytes().to_vec() } else { octets.to_vec() }
}

#[test]
fn a_dataset_without_runs_is_a_table_of_files_that_are_got_one_by_one() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(folder.path().join("providers")).expect("a folder");
    let host = Engine::start(&EngineSettings::default()).expect("an engine");
    let octets = Arc::new(MadeRun::make(latest_run()).hourly_files()[3].octets.clone());
    let of = octets.clone();
    let service = Router::new().fallback(move |uri: Uri| answer(of.clone(), uri));
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    listener.set_nonblocking(true).expect("a socket can be told so");
    host.handle().spawn(async move {
        let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
        axum::serve(listener, service).await
    });
    let provider = include_str!("../../assets/providers/met-norway.toml");
    let provider = provider.replace("https://api.met.no", &format!("http://{address}"));
    let provider = provider.replace("contact_needed = true", "contact_needed = false");
    std::fs::write(folder.path().join("providers/coast.toml"), provider).expect("room");

    let engine = first(setup(folder.path()));
    engine.send(Action::Set(Box::new(Settings {
        folder: Some(folder.path().join("out")),
        giving: Some(GivingChoice::HttpOnly),
        ..Settings::default()
    })));
    let view = open(&engine, "coast/gribfiles", |view| view.table.is_some());
    let table = view.table.clone().expect("a table");
    assert_eq!(table.keys, ["area", "content"]);
    assert!(view.rows.is_empty() && table.rows.len() >= 20);
    assert_eq!(table.values_of(1).len(), 3, "{:?}", table.values_of(1));
    let pattern: Arc<str> = "area=oslofjord&content=weather".into();
    let choice = FilesChoice { dataset: view.dataset.clone(), patterns: vec![pattern.clone()] };
    engine.send(Action::GetFiles(Box::new(choice)));
    let state_of = |view: &HoursView, pattern: &str| {
        view.table
            .iter()
            .flat_map(|table| &table.rows)
            .find(|row| *row.pattern == *pattern)
            .map(|row| row.state)
    };
    let job = wait_for(&engine, "the file", |snapshot| {
        let is_here =
            snapshot.hours.as_ref().and_then(|view| state_of(view, &pattern)) == Some(MatrixCellState::Here);
        is_here.then(|| snapshot.jobs.iter().next().cloned())?
    });
    assert_eq!((job.files.len(), std::fs::read(&job.files[0].path).expect("a file")), (1, octets.to_vec()));
    let other = engine.snapshot().hours.clone().expect("it is open");
    assert_eq!(state_of(&other, "area=oslofjord&content=current"), Some(MatrixCellState::Available));
    engine.wind_down();
}
