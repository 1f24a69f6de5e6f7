//! What is done with brokers, topics and announcements.

use super::Stage;
use nuee::app::input::Action;
use nuee::app::jobs::view::JobOrigin;
use nuee::app::mesh::view::{
    ArchiveAddress, BrokerAddress, BrokerOrigin, BrokerRow, HeardRow, MeshCommand, MeshSight, MeshView, Rule,
    Thresholds, TopicFilter,
};
use std::time::Duration;

pub const SENT: &[&str] = &[
    "mesh: add broker",
    "mesh: remove broker",
    "mesh: listen",
    "mesh: connect anew",
    "mesh: leave",
    "mesh: narrow",
    "mesh: set archive",
    "mesh: catch up",
    "mesh: look",
    "mesh: toggle",
    "mesh: pin",
    "mesh: unpin",
    "mesh: fetch",
    "mesh: fetch again",
    "mesh: always",
    "mesh: no longer",
    "mesh: set thresholds",
];

pub fn case_of(wish: &MeshCommand) -> &'static str {
    match wish {
        MeshCommand::AddBroker(_) => "mesh: add broker",
        MeshCommand::RemoveBroker(_) => "mesh: remove broker",
        MeshCommand::Listen(..) => "mesh: listen",
        MeshCommand::ConnectAnew => "mesh: connect anew",
        MeshCommand::Leave(_) => "mesh: leave",
        MeshCommand::Narrow(_) => "mesh: narrow",
        MeshCommand::SetArchive(..) => "mesh: set archive",
        MeshCommand::CatchUp(..) => "mesh: catch up",
        MeshCommand::Look(_) => "mesh: look",
        MeshCommand::Toggle(_) => "mesh: toggle",
        MeshCommand::Pin(_) => "mesh: pin",
        MeshCommand::Unpin(_) => "mesh: unpin",
        MeshCommand::Fetch(_) => "mesh: fetch",
        MeshCommand::FetchAgain(_) => "mesh: fetch again",
        MeshCommand::Always(_) => "mesh: always",
        MeshCommand::NoLonger(_) => "mesh: no longer",
        MeshCommand::SetThresholds(_) => "mesh: set thresholds",
    }
}

fn send(stage: &Stage, wish: MeshCommand) {
    stage.send(Action::Mesh(wish));
}

fn see<T>(stage: &Stage, what: &str, find: impl Fn(&MeshView) -> Option<T>) -> T {
    stage.see(what, |snapshot| find(&snapshot.mesh))
}

fn see_broker(stage: &Stage, what: &str, is_meant: impl Fn(&BrokerRow) -> bool) -> BrokerRow {
    see(stage, what, |mesh| {
        let mut rows = mesh.brokers.iter().filter(|row| row.origin == BrokerOrigin::Demo);
        rows.find(|row| is_meant(row)).cloned()
    })
}

#[test]
fn every_action_on_brokers_and_announcements_has_its_effect() {
    let stage = Stage::new();
    added(&stage);
    let sight = MeshSight { rows: (0, 50), ..MeshSight::default() };
    send(&stage, MeshCommand::Look(Some(Box::new(sight))));
    let broker = see_broker(&stage, "the broker", |_| true);
    send(&stage, MeshCommand::Listen(broker.key.clone(), broker.filters.clone()));
    let heard = see(&stage, "an announcement, since it is looked at", |mesh| {
        mesh.list.iter().find(|row| row.name.ends_with("_004H.grib2")).cloned()
    });
    fetched(&stage, &heard);
    topics(&stage, &heard);
    of_the_broker(&stage, &heard);
    stage.end(SENT);
}

fn added(stage: &Stage) {
    let address = BrokerAddress::parse("mqtt://127.0.0.1:1").expect("an address");
    send(stage, MeshCommand::AddBroker(Box::new(address)));
    let key = see(stage, "a person's broker", |mesh| {
        mesh.brokers.iter().find(|row| row.origin == BrokerOrigin::Person).map(|row| row.key.clone())
    });
    send(stage, MeshCommand::RemoveBroker(key.clone()));
    see(stage, "that it is gone", |mesh| mesh.brokers.iter().all(|row| row.key != key).then_some(()));
}

fn fetched(stage: &Stage, heard: &HeardRow) {
    send(stage, MeshCommand::Fetch(heard.number));
    let path = stage.see("the file", |snapshot| {
        let of_mesh = snapshot.jobs.iter().find(|job| job.origin == JobOrigin::Announcement)?;
        of_mesh.files.first().map(|file| file.path.clone())
    });
    let octets = std::fs::read(&path).expect("it is there");
    std::fs::remove_file(&path).expect("it is there");
    send(stage, MeshCommand::FetchAgain(vec![path.clone()]));
    stage.see("the file again", |_| std::fs::read(&path).ok().filter(|again| *again == octets));
}

fn topics(stage: &Stage, heard: &HeardRow) {
    let (node, was_open) = see(stage, "a branch", |mesh| {
        let mut rows = mesh.tree.rows.iter().filter(|row| row.figures.children > 0);
        rows.next().map(|row| (row.node, row.is_open))
    });
    send(stage, MeshCommand::Toggle(node));
    see(stage, "that it is turned", |mesh| {
        mesh.tree.rows.iter().find(|row| row.node == node && row.is_open != was_open).map(drop)
    });
    let filter = TopicFilter::parse(&heard.topic).expect("a topic is a filter");
    send(stage, MeshCommand::Pin(filter.clone()));
    see(stage, "the pin", |mesh| (mesh.pins.len() == 1).then_some(()));
    send(stage, MeshCommand::Unpin(filter.clone()));
    see(stage, "no pin", |mesh| mesh.pins.is_empty().then_some(()));
    let rule = Rule {
        filter: filter.clone(),
        pattern: None,
        most: None,
        leads: None,
        folder: None,
        lane: None,
        torrents: Default::default(),
        mirror: Default::default(),
    };
    send(stage, MeshCommand::Always(Box::new(rule)));
    see(stage, "the rule", |mesh| (mesh.rules.len() == 1).then_some(()));
    send(stage, MeshCommand::NoLonger(filter));
    see(stage, "no rule", |mesh| mesh.rules.is_empty().then_some(()));
    let thresholds = Thresholds { late: Duration::from_secs(7), very_late: Duration::from_secs(70) };
    send(stage, MeshCommand::SetThresholds(thresholds));
    see(stage, "the thresholds", |mesh| (mesh.thresholds == thresholds).then_some(()));
}

fn of_the_broker(stage: &Stage, heard: &HeardRow) {
    let connections = |row: &BrokerRow| row.state.as_ref().map_or(0, |state| state.connections);
    let before = see_broker(stage, "a connection", |row| connections(row) > 0);
    send(stage, MeshCommand::ConnectAnew);
    see_broker(stage, "another connection", |row| connections(row) != connections(&before));
    send(stage, MeshCommand::SetArchive(before.key.clone(), None));
    see_broker(stage, "no archive", |row| row.archive.is_none());
    let missed = see_broker(stage, "the broker", |_| true).missed;
    send(stage, MeshCommand::CatchUp(before.key.clone(), Duration::from_secs(3_600)));
    see_broker(stage, "what was missed", |row| row.missed != missed);
    let archive = ArchiveAddress::parse("http://127.0.0.1:1/collections/x").expect("an address");
    send(stage, MeshCommand::SetArchive(before.key.clone(), Some(Box::new(archive.clone()))));
    see_broker(stage, "the archive", |row| row.archive.as_ref() == Some(&archive));
    let filter = TopicFilter::parse(&heard.topic).expect("a topic is a filter");
    send(stage, MeshCommand::Narrow(filter.clone()));
    see_broker(stage, "the narrow filter", |row| row.filters.contains(&filter));
    send(stage, MeshCommand::Leave(before.key.clone()));
    see_broker(stage, "that nobody listens", |row| row.state.is_none());
}
