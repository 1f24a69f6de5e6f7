//! What is followed in the window: fetched by itself, remembered, paused, stopped and put back.

use crate::turn::latest_run;
use crate::window_stage::{first, setup, wait_for};
use nuee::app::catalog::hours::DatasetId;
use nuee::app::follow::FollowPlace;
use nuee::app::follow::view::Pace;
use nuee::app::follow::{FollowCommand, FollowRow, FollowWish};
use nuee::app::input::Action;
use nuee::app::link::Link;
use nuee::app::settings::{GivingChoice, Settings};
use nuee::app::snapshot::Snapshot;
use nuee::demo::catalog_service::{DemoCatalog, ListingStyle, Made};
use nuee::engine::host::{Engine, EngineSettings};
use nuee::engine::services::desktop::places::Places;
use nuee::engine::store::follow_store::peek;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// A publisher whose hours are listed as by nginx, known to a window below `folder`.
fn publisher(folder: &Path) -> (DemoCatalog, Engine) {
    std::fs::create_dir(folder.join("providers")).expect("a folder");
    let host = Engine::start(&EngineSettings::default()).expect("an engine");
    let made = Arc::new(Made::make(latest_run()));
    let started = DemoCatalog::start(([127, 0, 0, 1], 0).into(), made);
    let publisher = host.handle().block_on(started).expect("a free port");
    std::fs::write(folder.join("providers/nginx.toml"), publisher.provider_file(ListingStyle::Nginx))
        .expect("room");
    (publisher, host)
}

fn a_window(folder: &Path) -> Arc<Engine> {
    let engine = first(setup(folder));
    engine.send(Action::Set(Box::new(Settings {
        folder: Some(folder.join("out")),
        giving: Some(GivingChoice::HttpOnly),
        ..Settings::default()
    })));
    let dataset = DatasetId("nginx/arome-0.01".into());
    wait_for(&engine, "the provider", |snapshot| {
        snapshot.sources.iter().flat_map(|row| &row.datasets).any(|row| row.id == dataset).then_some(())
    });
    engine
}

/// The list as a terminal reads it, beside the window.
fn listed(folder: &Path) -> Vec<FollowRow> {
    let read = peek(FollowPlace::Window, &Places::below(folder).data).expect("readable");
    read.expect("a list")
}

fn files(folder: &Path) -> usize {
    let found = std::fs::read_dir(folder.join("out")).into_iter().flatten().flatten();
    found.filter(|file| file.path().extension().is_some_and(|ending| ending == "grib2")).count()
}

fn the_row(engine: &Engine, what: &str, is_meant: impl Fn(&FollowRow) -> bool) -> FollowRow {
    wait_for(engine, what, |snapshot| snapshot.followed.first().filter(|row| is_meant(row)).cloned())
}

fn follow(engine: &Engine, lead: &str) -> FollowRow {
    let wish = FollowWish {
        id: "nginx/arome-0.01".to_owned(),
        lead: Some(lead.to_owned()),
        ..FollowWish::default()
    };
    engine.send(Action::Follow(FollowCommand::Add { name: None, wish: Box::new(wish) }));
    the_row(engine, "the line", |_| true)
}

#[test]
fn hours_that_are_followed_arrive_as_transfers_and_the_list_survives_a_restart() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (publisher, _host) = publisher(folder.path());
    publisher.publish(0..=2);
    let engine = a_window(folder.path());
    follow(&engine, "1..3");
    let row = the_row(&engine, "two hours", |row| row.kept.fetched == 2);
    assert_eq!(files(folder.path()), 2, "0 h is not wished, and 3 h is not there");
    assert!(row.kept.last_success.is_some() && row.kept.looked.is_some(), "{row:?}");
    assert_eq!(engine.snapshot().jobs.len(), 2, "each hour is a transfer");
    engine.wind_down();
    drop(engine);

    publisher.publish(3..=3);
    // What was listed a moment ago is not asked for again; after these seconds it is.
    std::thread::sleep(Duration::from_secs(6));
    let listed = listed(folder.path());
    assert_eq!(listed.iter().map(|row| row.kept.fetched).collect::<Vec<_>>(), [2], "read without a window");
    let engine = a_window(folder.path());
    let row = the_row(&engine, "the third hour", |row| row.kept.fetched == 3);
    assert_eq!((row.wish.lead.as_deref(), files(folder.path())), (Some("1..3"), 3));
    assert_eq!(engine.snapshot().jobs.len(), 3, "what was fetched before is not fetched again");
    engine.wind_down();
}

#[test]
fn when_a_source_last_answered_is_known_after_a_restart_also_when_it_is_gone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (publisher, host) = publisher(folder.path());
    publisher.publish(0..=2);
    let success = |snapshot: &Snapshot| {
        snapshot.sources.iter().find(|row| &*row.key.0 == "nginx").and_then(|row| row.last_success)
    };
    let engine = a_window(folder.path());
    assert_eq!(success(&engine.snapshot()), None, "nobody asked it");
    engine.send(Action::OpenHours(Some(DatasetId("nginx/arome-0.01".into()))));
    let then = wait_for(&engine, "an answer", success);
    engine.wind_down();
    drop((engine, publisher, host));

    let engine = a_window(folder.path());
    assert_eq!(wait_for(&engine, "what was kept", success), then);
    engine.wind_down();
}

#[test]
fn what_is_paused_fetches_nothing_and_goes_on_when_it_is_resumed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (publisher, _host) = publisher(folder.path());
    let engine = a_window(folder.path());
    let id = follow(&engine, "0..1").id;
    the_row(&engine, "a look", |row| row.kept.looked.is_some());
    engine.send(Action::Follow(FollowCommand::Pause(id)));
    the_row(&engine, "the pause", |row| row.kept.pace == Pace::Paused);
    publisher.publish(0..=1);
    engine.send(Action::Follow(FollowCommand::LookNow(id)));
    engine.send(Action::Follow(FollowCommand::Resume(id)));
    the_row(&engine, "two hours", |row| row.kept.fetched == 2);
    assert_eq!(files(folder.path()), 2);
    engine.wind_down();
}

#[test]
fn what_is_stopped_is_gone_at_the_next_start_unless_it_was_put_back() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (publisher, _host) = publisher(folder.path());
    publisher.publish(0..=1);
    let engine = a_window(folder.path());
    let id = follow(&engine, "0..1").id;
    the_row(&engine, "two hours", |row| row.kept.fetched == 2);
    engine.send(Action::Follow(FollowCommand::Stop(id)));
    wait_for(&engine, "the stop", |snapshot| snapshot.followed.is_empty().then_some(()));
    assert!(listed(folder.path()).is_empty());
    engine.send(Action::Follow(FollowCommand::PutBack(id)));
    the_row(&engine, "the line", |row| row.id == id && row.kept.fetched == 2);
    engine.wind_down();
    assert_eq!(listed(folder.path()).len(), 1);
    assert_eq!(files(folder.path()), 2, "files stay");
}

#[test]
fn a_source_that_is_gone_is_said_in_the_line_and_an_unknown_dataset_is_not_followed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (publisher, host) = publisher(folder.path());
    publisher.publish(0..=0);
    let engine = a_window(folder.path());
    let wish = FollowWish { id: "nobody/knows".to_owned(), ..FollowWish::default() };
    engine.send(Action::Follow(FollowCommand::Add { name: None, wish: Box::new(wish) }));
    wait_for(&engine, "a word", |snapshot| (!snapshot.notices.is_empty()).then_some(()));
    drop((publisher, host));
    follow(&engine, "0..1");
    the_row(&engine, "the trouble", |row| row.kept.source_trouble.is_some());
    engine.wind_down();
}
