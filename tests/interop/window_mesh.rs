//! The engine of the window with mosquitto and nginx: what was missed while a broker or the window was away, and files that
//! make room as the settings say.

use super::brokers::{Mosquitto, PROGRAMS};
use super::catching_up::{TOPIC, announced, serve};
use super::packets::{packet, published};
use super::programs::{Nginx, has};
use super::window_stage::{first, setup, wait_for};
use nuee::app::input::Action;
use nuee::app::journal::Purpose;
use nuee::app::link::Link;
use nuee::app::mesh::listening::{BrokerStanding, FileOutcome};
use nuee::app::mesh::view::{
    ArchiveAddress, BrokerAddress, BrokerKey, BrokerRow, FileStanding, HeardRow, MeshCommand, MeshSight,
    Missed, Rule, TopicFilter,
};
use nuee::app::messages::mesh_notice::MeshNotice;
use nuee::app::messages::user_message::UserMessage;
use nuee::app::settings::{Purge, Settings};
use nuee::app::snapshot::Snapshot;
use nuee::domain::octets::ByteCount;
use nuee::engine::host::Engine;
use nuee::mesh::lag::Arrival;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::tempdir;

const TOPICS: &str = "cache/a/wis2/xx-made/#";

fn window(folder: &Path) -> Arc<Engine> {
    let engine = first(setup(folder));
    engine.send(Action::Mesh(MeshCommand::Look(Some(Box::new(MeshSight {
        rows: (0, 50),
        ..MeshSight::default()
    })))));
    engine
}

/// Adds the broker, names its archive, and listens.
fn listen(engine: &Engine, broker: &Mosquitto, archive: Option<&str>) -> BrokerKey {
    let address = BrokerAddress::parse(&broker.url()).unwrap();
    let key = BrokerKey::of(&address);
    engine.send(Action::Mesh(MeshCommand::AddBroker(Box::new(address))));
    let archive = archive.map(|url| Box::new(ArchiveAddress::parse(url).unwrap()));
    engine.send(Action::Mesh(MeshCommand::SetArchive(key.clone(), archive)));
    engine.send(Action::Mesh(MeshCommand::Listen(key.clone(), vec![TopicFilter::parse(TOPICS).unwrap()])));
    wait_for(engine, "the broker", |snapshot| is_up(row(snapshot, &key)?).then_some(()));
    key
}

/// A window that downloads every file that the broker announces.
fn fetches_everything(folder: &Path, broker: &Mosquitto) -> Arc<Engine> {
    let engine = window(folder);
    engine
        .send(Action::Mesh(MeshCommand::Always(Box::new(Rule::all_of(TopicFilter::parse(TOPICS).unwrap())))));
    listen(&engine, broker, None);
    engine
}

fn row<'a>(snapshot: &'a Snapshot, key: &BrokerKey) -> Option<&'a BrokerRow> {
    snapshot.mesh.brokers.iter().find(|row| row.key == *key)
}

fn is_up(row: &BrokerRow) -> bool {
    matches!(row.state.as_ref().map(|state| &state.standing), Some(BrokerStanding::Listening { .. }))
}

fn asked(snapshot: &Snapshot, key: &BrokerKey) -> Option<u64> {
    match row(snapshot, key)?.missed.as_ref()? {
        Missed::Asked(caught) => Some(caught.messages),
        _ => None,
    }
}

#[test]
fn what_a_broker_announced_while_it_was_away_is_asked_of_its_archive_by_itself() {
    if !has(&PROGRAMS) || !has(&["nginx"]) {
        return;
    }
    let (mut broker, server, folder) = (Mosquitto::start(), Nginx::start(), tempdir().unwrap());
    let archive = serve(&server, &[announced(1), announced(2)]);
    let engine = window(folder.path());
    let key = listen(&engine, &broker, Some(&archive));
    broker.stop();
    wait_for(&engine, "the loss", |snapshot| (!is_up(row(snapshot, &key)?)).then_some(()));
    broker.go_on();
    // The archive's page names another one like it.
    assert_eq!(wait_for(&engine, "what was missed", |snapshot| asked(snapshot, &key)), 4);
    let heard = wait_for(&engine, "the messages", |snapshot| {
        Some(snapshot.mesh.list.clone()).filter(|list| list.len() >= 2)
    });
    assert!(heard.iter().all(|row| row.arrival == Arrival::Replayed), "{heard:?}");
    broker.publish(TOPIC, announced(3).to_string().as_bytes());
    let contacted = wait_for(&engine, "the broker among the hosts", |snapshot| {
        let row = snapshot.journal.hosts.iter().find(|row| row.purpose == Purpose::Broker)?;
        (row.received > ByteCount(500)).then(|| row.clone())
    });
    assert_eq!((contacted.host, contacted.requests >= 2), (format!("127.0.0.1:{}", broker.plain), true));
    engine.wind_down();
}

#[test]
fn who_leaves_a_broker_that_does_not_answer_misses_nothing_by_coming_back() {
    if !has(&PROGRAMS) {
        return;
    }
    let (mut broker, folder) = (Mosquitto::start(), tempdir().unwrap());
    let engine = window(folder.path());
    let key = listen(&engine, &broker, None);
    broker.stop();
    wait_for(&engine, "the loss", |snapshot| (!is_up(row(snapshot, &key)?)).then_some(()));
    engine.send(Action::Mesh(MeshCommand::Leave(key.clone())));
    wait_for(&engine, "leaving", |snapshot| row(snapshot, &key)?.state.is_none().then_some(()));
    broker.go_on();
    engine.send(Action::Mesh(MeshCommand::Listen(key.clone(), vec![TopicFilter::parse(TOPICS).unwrap()])));
    wait_for(&engine, "the broker", |snapshot| is_up(row(snapshot, &key)?).then_some(()));
    assert_eq!(row(&engine.snapshot(), &key).unwrap().missed, None);
    engine.wind_down();
}

#[test]
fn what_came_while_the_window_was_closed_is_asked_of_the_archive_at_the_next_start() {
    if !has(&PROGRAMS) || !has(&["nginx"]) {
        return;
    }
    let (broker, server, folder) = (Mosquitto::start(), Nginx::start(), tempdir().unwrap());
    let archive = serve(&server, &[announced(1)]);
    let engine = window(folder.path());
    let key = listen(&engine, &broker, Some(&archive));
    assert_eq!(row(&engine.snapshot(), &key).unwrap().missed, None, "the first time nothing was missed");
    engine.wind_down();
    drop(engine);
    let engine = window(folder.path());
    assert_eq!(wait_for(&engine, "what was missed", |snapshot| asked(snapshot, &key)), 2);
    // Who leaves on purpose misses nothing.
    engine.send(Action::Mesh(MeshCommand::Leave(key.clone())));
    wait_for(&engine, "leaving", |snapshot| row(snapshot, &key)?.state.is_none().then_some(()));
    engine.wind_down();
    drop(engine);
    let engine = window(folder.path());
    engine.send(Action::Mesh(MeshCommand::Listen(key.clone(), vec![TopicFilter::parse(TOPICS).unwrap()])));
    wait_for(&engine, "the broker", |snapshot| is_up(row(snapshot, &key)?).then_some(()));
    assert_eq!(row(&engine.snapshot(), &key).unwrap().missed, None);
    engine.wind_down();
}

#[test]
fn without_an_archive_it_is_said_from_when_to_when_nobody_listened() {
    if !has(&PROGRAMS) {
        return;
    }
    let (broker, folder) = (Mosquitto::start(), tempdir().unwrap());
    let engine = window(folder.path());
    let key = listen(&engine, &broker, None);
    engine.wind_down();
    drop(engine);
    let engine = window(folder.path());
    let (from, to) = wait_for(&engine, "the gap", |snapshot| match row(snapshot, &key)?.missed.as_ref()? {
        Missed::NoArchive(period) => Some(*period),
        _ => None,
    });
    assert!(from < to && to.unix_millis() - from.unix_millis() < 120_000, "{from:?} {to:?}");
    engine.wind_down();
}

#[test]
fn files_that_rules_fetched_make_room_by_the_settings_the_oldest_first_and_nothing_else_goes() {
    if !has(&PROGRAMS) {
        return;
    }
    let (broker, folder) = (Mosquitto::start(), tempdir().unwrap());
    let engine = fetches_everything(folder.path(), &broker);
    let downloads = engine.snapshot().settings.folder.clone();
    let in_place = |snapshot: &Snapshot| snapshot.jobs.iter().filter(|job| job.outcome.is_some()).count();
    for number in 1..=4 {
        broker.publish(TOPIC, announced(number).to_string().as_bytes());
        wait_for(&engine, "the file", |snapshot| (in_place(snapshot) == usize::from(number)).then_some(()));
    }
    let jobs = engine.snapshot().jobs.iter().cloned().collect::<Vec<_>>();
    let paths: Vec<String> = jobs.iter().map(|job| job.files[0].path.clone()).collect();
    assert!(paths.iter().all(|path| Path::new(path).is_file()), "{paths:?} {downloads:?}");
    let own = Path::new(&paths[0]).with_file_name("mine.txt");
    std::fs::write(&own, "older than all of them, and mine").unwrap();
    // Each has ten octets: room for two.
    let settings = engine.snapshot().settings.as_ref().clone();
    let purge = Purge { more_than: Some(ByteCount(25)), ..settings.purge };
    engine.send(Action::Set(Box::new(Settings { purge, ..settings })));
    wait_for(&engine, "room", |snapshot| (snapshot.jobs.iter().count() == 2).then_some(()));
    let there = |path: &String| Path::new(path).is_file();
    assert_eq!(paths.iter().map(there).collect::<Vec<_>>(), [false, false, true, true]);
    assert!(own.is_file());
    let standing = |snapshot: &Snapshot| {
        snapshot.mesh.list.iter().filter_map(|row| row.file.clone()).collect::<Vec<_>>()
    };
    assert!(standing(&engine.snapshot()).iter().all(|file| !matches!(**file, FileStanding::UnderWay)));
    engine.wind_down();
}

#[test]
fn a_file_that_the_folder_does_not_take_is_told_and_fetched_at_the_next_start() {
    if !has(&PROGRAMS) {
        return;
    }
    let (broker, folder) = (Mosquitto::start(), tempdir().unwrap());
    let engine = fetches_everything(folder.path(), &broker);
    broker.publish(TOPIC, announced(1).to_string().as_bytes());
    let first_path = wait_for(&engine, "the first file", |snapshot| {
        let job = snapshot.jobs.iter().find(|job| job.outcome.is_some())?;
        Some(PathBuf::from(&job.files.first()?.path))
    });
    // A file stands where the folder of the second is to be.
    let place = first_path.parent().unwrap();
    std::fs::rename(place, place.with_extension("away")).unwrap();
    std::fs::write(place, "a file").unwrap();
    broker.publish(TOPIC, announced(2).to_string().as_bytes());
    wait_for(&engine, "that it is told", |snapshot| {
        let is_told = |row: &HeardRow| match row.file.as_deref() {
            Some(FileStanding::Settled(news)) => matches!(news.outcome, FileOutcome::Unsettled(_)),
            _ => false,
        };
        (snapshot.mesh.list.iter().any(is_told) && !snapshot.notices.is_empty()).then_some(())
    });
    engine.wind_down();
    drop(engine);
    std::fs::remove_file(place).unwrap();
    let engine = window(folder.path());
    let second_path = first_path.with_file_name("bulletin-2.txt");
    wait_for(&engine, "the second file", |_| second_path.is_file().then_some(()));
    assert_eq!(std::fs::read_to_string(&second_path).unwrap(), "bulletin 2");
    engine.wind_down();
}

/// A broker that sends far more at QoS 0, as fast as it can, than a queue holds.
fn a_flood(count: usize) -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            while let Some((kind, body)) = packet(&mut stream) {
                let reply = match kind >> 4 {
                    1 => vec![0x20, 3, 0, 0, 0],
                    12 => vec![0xd0, 0],
                    8 => {
                        let text = announced(1).to_string();
                        let flood = published(0x30, TOPIC, text.as_bytes()).repeat(1_000);
                        let mut writer = stream.try_clone().unwrap();
                        std::thread::spawn(move || {
                            // The window may go away in the middle.
                            (0..count / 1_000).try_for_each(|_| writer.write_all(&flood))
                        });
                        vec![0x90, 4, body[0], body[1], 0, 1]
                    }
                    _ => continue,
                };
                if stream.write_all(&reply).is_err() {
                    break;
                }
            }
        }
    });
    port
}

#[test]
fn what_comes_faster_than_the_window_takes_it_in_is_counted_and_said() {
    let (port, folder) = (a_flood(400_000), tempdir().unwrap());
    let engine = window(folder.path());
    let address = BrokerAddress::parse(&format!("mqtt://127.0.0.1:{port}")).unwrap();
    let key = BrokerKey::of(&address);
    engine.send(Action::Mesh(MeshCommand::AddBroker(Box::new(address))));
    engine.send(Action::Mesh(MeshCommand::Listen(key.clone(), vec![TopicFilter::parse(TOPICS).unwrap()])));
    let (place, told) = wait_for(&engine, "the notice", |snapshot| {
        snapshot.journal.entries.iter().find_map(|entry| match &entry.message {
            UserMessage::OfMesh(MeshNotice::MessagesDropped { place, count }) => {
                Some((place.clone(), *count))
            }
            _ => None,
        })
    });
    assert!(place == *key.0 && told >= 1, "{place}: {told}");
    // The row is drawn four times a second, the log at once.
    wait_for(&engine, "as many in the row", |snapshot| {
        row(snapshot, &key).filter(|row| row.dropped >= told).map(drop)
    });
    engine.wind_down();
}
