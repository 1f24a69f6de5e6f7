//! What the ledger remembers of files and days.

use super::*;
use crate::app::mesh::announced::forwarding::FollowUp;
use crate::app::mesh::listening::{ForwardingStep, NotFetched};
use crate::mesh::announcement::{ReceivedMessage, read_captured};
use crate::mesh::dedupe::Novelty;
use crate::mesh::forwarding::NotForwarded;
use crate::mesh::forwarding::message::{OutgoingFile, kept_post};
use crate::mesh::lag::Arrival;
use crate::mesh::report::observed::{EndedAs, ListeningPeriod};
use crate::mesh::topic_tree::NodeId;
use std::time::Duration;

/// One file as `host` announced it, published at that minute of ten o'clock.
fn heard(host: &str, minute: u32) -> Arc<Heard> {
    let text = format!(
        r#"{{"id":"51dbb84f-a90b-4143-ad69-e943b186{minute:02}8f","type":"Feature","geometry":null,
        "conformsTo":["http://wis.wmo.int/spec/wnm/1/conf/core"],"properties":{{"data_id":"k","datetime":null,
        "pubtime":"2026-08-11T10:{minute:02}:00Z"}},"links":[{{"rel":"canonical","href":"https://{host}/k"}}]}}"#
    );
    let raw = text.into_bytes();
    let reading = read_captured(&raw).reading;
    Arc::new(Heard {
        number: 0,
        topic: "cache/a/wis2/x".into(),
        node: NodeId::ROOT,
        at: UtcMillis::from_unix_millis(0).expect("1970"),
        lag: None,
        arrival: Arrival::Live,
        novelty: Some(Novelty::New),
        received: ReceivedMessage { raw: raw.into(), reading },
    })
}

/// The rows that a message of that broker calls for.
fn taken(ledger: &MeshLedger, heard: &Arc<Heard>, broker: &Voucher) -> Vec<i64> {
    let taken = ledger.take(std::slice::from_ref(heard), broker).expect("room");
    taken.into_iter().map(|wanted| wanted.row).collect()
}

fn published(heard: &Heard) -> UtcMillis {
    heard.received.reading.announcement().expect("an announcement").published_at
}

#[test]
fn what_became_of_a_file_is_not_said_of_a_newer_one_that_was_announced_meanwhile() {
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = MeshLedger::open(&Directory::open_or_create(folder.path()).expect("a folder"));
    let ledger = ledger.expect("a ledger");
    let (old, new) = (heard("a", 1), heard("a", 2));
    let first = Voucher::Broker { host: "one:8883".to_owned(), tls: true };
    let second = Voucher::Broker { host: "two:1883".to_owned(), tls: false };
    let row = taken(&ledger, &old, &first)[0];
    assert_eq!(ledger.wanted(row).expect("it can be read").map(|wanted| wanted.voucher), Some(first));
    assert_eq!(taken(&ledger, &new, &second), [row]);
    let gone = FileOutcome::NotFetched(NotFetched::NoLink);
    let settle = |file: &Heard| {
        ledger.settle_and_forward(&[((row, published(file)), &gone)], file.at, |_, _| FollowUp::Nothing)
    };
    assert_eq!(settle(&old).expect("room"), [None]);
    let wanted = ledger.wanted(row).expect("it can be read").expect("the newer one is still to come");
    assert_eq!(wanted.voucher, second, "whoever announced what counts");
    assert_eq!(settle(&new).expect("room"), [None]);
    assert!(ledger.wanted(row).expect("it can be read").is_none());
    let elsewhere = heard("b", 2);
    assert_eq!(taken(&ledger, &elsewhere, &second), [row], "somebody else has it: another chance");
}

#[test]
fn what_the_limit_of_a_day_kept_out_is_wanted_again_when_the_next_one_begins() {
    let folder = tempfile::tempdir().expect("a folder");
    let open = || MeshLedger::open(&Directory::open_or_create(folder.path()).expect("a folder"));
    let ledger = open().expect("a ledger");
    let broker = Voucher::Broker { host: "one:8883".to_owned(), tls: true };
    let told = heard("a", 1);
    let row = taken(&ledger, &told, &broker)[0];
    ledger.defer((row, published(&told)), 21).expect("room");
    assert!(ledger.unfinished().expect("it can be read").is_empty());
    let before = ledger.take_up(20).expect("it can be read");
    assert_eq!(before, TakenUp { rows: Vec::new(), has_more: true }, "the day is not over");
    drop(ledger);
    let ledger = open().expect("a ledger");
    assert_eq!(ledger.take_up(21).expect("it can be read"), TakenUp { rows: vec![row], has_more: false });
    assert!(ledger.wanted(row).expect("it can be read").is_some());
    ledger.defer((row, published(&told)), 23).expect("room");
    let newer = heard("a", 2);
    assert_eq!(taken(&ledger, &newer, &broker), [row], "what is announced anew is tried at once");
    assert!(!ledger.take_up(20).expect("it can be read").has_more);
}

#[test]
fn what_came_on_a_day_is_remembered_and_old_days_are_forgotten() {
    let folder = tempfile::tempdir().expect("a folder");
    let open = || MeshLedger::open(&Directory::open_or_create(folder.path()).expect("a folder"));
    let ledger = open().expect("a ledger");
    ledger.note_received(20, 5).expect("room");
    ledger.note_received(20, 6).expect("room");
    ledger.note_received(21, 1).expect("room");
    drop(ledger);
    let ledger = open().expect("a ledger");
    assert_eq!(ledger.received_on(20).expect("it can be read"), 11);
    ledger.note_received(40, 1).expect("room");
    assert_eq!(ledger.received_on(20).expect("it can be read"), 0);
}

/// A ledger that knows one file, with its row and when it was published.
fn with_one_file(folder: &tempfile::TempDir) -> (MeshLedger, (i64, UtcMillis)) {
    let ledger = MeshLedger::open(&Directory::open_or_create(folder.path()).expect("a folder"));
    let (ledger, file) = (ledger.expect("a ledger"), heard("a", 1));
    let row = taken(&ledger, &file, &Voucher::Nobody)[0];
    (ledger, (row, published(&file)))
}

#[test]
fn what_is_announced_again_is_kept_until_the_broker_answers_and_never_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let (ledger, at) = with_one_file(&folder);
    let outgoing = FollowUp::Forward(Box::new(OutgoingFile {
        key: "a/b".to_owned(),
        digest: "md5:00".to_owned(),
        place: "a/b".to_owned(),
        asked_for: vec!["d/a/b".to_owned(), "d/a/%62".to_owned()],
        posts: ["one", "two"].map(|topic| kept_post(topic.to_owned(), "{}".to_owned())).to_vec(),
    }));
    let settle = |at| {
        let outcomes = [(at, &FileOutcome::Failed)];
        let settled = ledger.settle_and_forward(&outcomes, at.1, |_, _| outgoing.clone());
        settled.expect("room").remove(0)
    };
    let ids = |after| {
        let waiting = ledger.forwarding.waiting(after).expect("a table");
        waiting.into_iter().filter_map(|(_, file)| file.row).collect::<Vec<i64>>()
    };
    assert_eq!(
        settle((at.0, UtcMillis::from_unix_millis(0).expect("1970"))),
        None,
        "another announcement counts"
    );
    assert_eq!((settle(at), ids(0)), (Some(ForwardingStep::Queued), vec![1, 2]));
    assert_eq!(settle(at), Some(ForwardingStep::NotForwarded(NotForwarded::Repeat)));
    let asked = "d/a/b\nd/a/%62".to_owned();
    let served = ServedPlace { place: "a/b".to_owned(), asked };
    assert_eq!(ledger.forwarding.served().expect("a table"), [served]);
    ledger.forwarding.answered(&[1]).expect("room");
    assert_eq!((ids(0), ids(2), ledger.forwarding.count().expect("a table")), (vec![2], vec![], 1));
    ledger.forwarding.answered(&[2]).expect("room");
    assert_eq!((ids(0), settle(at)), (vec![], Some(ForwardingStep::NotForwarded(NotForwarded::Repeat))));
    let [gone] = &ledger.forwarding.removed().expect("a table")[..] else { panic!("it is not in its place") };
    ledger.forwarding.take_off(gone).expect("room");
    assert_eq!(ledger.forwarding.served().expect("a table"), []);
}

#[test]
fn what_failed_is_wanted_again_when_its_time_has_come_and_knows_how_often_it_was_tried() {
    let folder = tempfile::tempdir().expect("a folder");
    let (ledger, at) = with_one_file(&folder);
    let later = |millis| UtcMillis::from_unix_millis(at.1.unix_millis() + millis).expect("a time");
    let fail = |attempts| {
        let settled = ledger.settle_and_forward(&[(at, &FileOutcome::Failed)], at.1, |_, file| {
            assert_eq!(file.attempts, attempts);
            FollowUp::Retry(attempts + 1, Duration::from_secs(10))
        });
        assert_eq!(settled.expect("room"), [Some(ForwardingStep::RetryIn(Duration::from_secs(10)))]);
    };
    fail(0);
    assert!(ledger.wanted(at.0).expect("a table").is_none());
    assert_eq!(ledger.forwarding.due(later(9_999)).expect("a table"), [0; 0]);
    assert_eq!(ledger.forwarding.due(later(10_000)).expect("a table"), [at.0]);
    assert_eq!(ledger.forwarding.due(later(20_000)).expect("a table"), [0; 0], "it is under way");
    assert!(ledger.wanted(at.0).expect("a table").is_some());
    fail(1);
}

#[test]
fn what_was_observed_is_read_beside_the_process_that_keeps_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = MeshLedger::open(&Directory::open_or_create(folder.path()).expect("a folder"));
    let ledger = ledger.expect("a ledger");
    let (file, again) = (heard("a", 1), heard("a", 1));
    let broker = |host: &str| Voucher::Broker { host: host.to_owned(), tls: false };
    let (one, two) = (broker("one:1883"), broker("two:1883"));
    ledger.note_sightings(&[file.clone(), again], &one).expect("room");
    ledger.note_sightings(std::slice::from_ref(&file), &two).expect("room");
    let row = taken(&ledger, &file, &one)[0];
    let outcome = [((row, published(&file)), &FileOutcome::Failed)];
    ledger.settle_and_forward(&outcome, published(&file), |_, _| FollowUp::Nothing).expect("room");
    let until = |at| ListeningPeriod { node: "mqtt one:1883".into(), since: file.at, until: at };
    ledger.note_listened(&[until(file.at)]).expect("room");
    ledger.note_listened(&[until(published(&file))]).expect("room");
    let observed = observed_in(folder.path(), file.at).expect("a table").expect("a ledger");
    let seen: Vec<(&str, u64)> =
        observed.sightings.iter().map(|seen| (&*seen.broker, seen.repeats)).collect();
    assert_eq!(seen, [("mqtt one:1883", 1), ("mqtt two:1883", 0)]);
    assert_eq!(observed.listened, [until(published(&file))]);
    let [ended] = &observed.ended[..] else { panic!("{observed:?}") };
    assert_eq!((&*ended.broker, &*ended.source, ended.ended_as), ("mqtt one:1883", "a", EndedAs::Failed));
    ledger.forget(published(&file).unix_millis()).expect("room");
    let left = observed_in(folder.path(), file.at).expect("a table").expect("a ledger");
    assert!(left.sightings.is_empty(), "what is older than a week is forgotten");
    assert!(observed_in(&folder.path().join("other"), file.at).expect("nothing").is_none());
}
