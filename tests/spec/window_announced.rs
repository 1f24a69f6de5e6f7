//! Files that announcements brought, in the window's list of transfers.

use crate::window_stage::{first, setup, wait_for};
use nuee::app::input::Action;
use nuee::app::jobs::view::{DiskState, Job, JobOrigin};
use nuee::app::link::Link;
use nuee::app::mesh::view::{BrokerOrigin, MeshCommand, MeshSight};
use nuee::app::settings::{GivingChoice, Settings};
use nuee::app::snapshot::Snapshot;
use nuee::demo::publisher::{DemoPublisher, PeerPace};
use nuee::engine::host::window::WindowSetup;
use std::sync::Arc;

fn announced(snapshot: &Snapshot) -> Option<Arc<Job>> {
    snapshot.jobs.iter().find(|job| job.origin == JobOrigin::Announcement && !job.files.is_empty()).cloned()
}

#[test]
fn an_announced_file_that_went_missing_comes_back_by_one_press_after_a_restart() {
    let publisher = DemoPublisher::start(PeerPace::Free).expect("a publisher");
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let start = || {
        let offer = Some(publisher.offer().clone());
        first(WindowSetup { offer, ..setup(scratch.path()) })
    };
    let engine = start();
    let settings = Settings { giving: Some(GivingChoice::HttpOnly), ..Settings::default() };
    engine.send(Action::Set(Box::new(settings)));
    let sight = MeshSight { rows: (0, 50), ..MeshSight::default() };
    engine.send(Action::Mesh(MeshCommand::Look(Some(Box::new(sight)))));
    let (key, filters) = wait_for(&engine, "the broker", |snapshot| {
        let broker = snapshot.mesh.brokers.iter().find(|broker| broker.origin == BrokerOrigin::Demo)?;
        Some((broker.key.clone(), broker.filters.clone()))
    });
    engine.send(Action::Mesh(MeshCommand::Listen(key, filters)));
    let number = wait_for(&engine, "an announcement", |snapshot| {
        snapshot.mesh.list.iter().find(|row| row.name.ends_with("_004H.grib2")).map(|row| row.number)
    });
    engine.send(Action::Mesh(MeshCommand::Fetch(number)));
    let path = wait_for(&engine, "the file", announced).files[0].path.clone();
    let octets = std::fs::read(&path).expect("it is there");
    engine.wind_down();
    drop(engine);

    std::fs::remove_file(&path).expect("it is there");
    let engine = start();
    let row =
        |snapshot: &Snapshot| snapshot.jobs.iter().find(|job| job.origin == JobOrigin::Announcement).cloned();
    wait_for(&engine, "the row", row);
    engine.send(Action::LookAtDisk);
    let is_missing = |job: &Arc<Job>| job.disk.worst == DiskState::Missing;
    let lost = wait_for(&engine, "the look", |snapshot| row(snapshot).filter(is_missing));
    engine.send(Action::FetchAgain(vec![lost.id]));
    wait_for(&engine, "the file again", |snapshot| announced(snapshot).filter(|job| !is_missing(job)));
    assert_eq!(std::fs::read(&path).expect("it is back where it was"), octets);
    let rows = engine.snapshot().jobs.iter().filter(|job| job.origin == JobOrigin::Announcement).count();
    assert_eq!(rows, 1, "the row of what was lost went with it");
    engine.wind_down();
}
