//! Limits of brokers, rules and pins: what is refused reaches the log, in words that say what happened and what to do.

use crate::window_stage::{first, setup, wait_for};
use nuee::app::input::Action;
use nuee::app::link::Link;
use nuee::app::mesh::view::{BrokerAddress, BrokerOrigin, MeshCommand, Rule, TopicFilter};
use nuee::app::messages::mesh_notice::MeshNotice;
use nuee::app::messages::user_message::UserMessage;
use nuee::app::snapshot::Snapshot;
use nuee::domain::octets::ByteCount;
use nuee::engine::host::Engine;
use nuee::i18n::{Language, Translator};
use std::process::Command;
use std::sync::Arc;

fn window() -> (tempfile::TempDir, Arc<Engine>) {
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let engine = first(setup(scratch.path()));
    (scratch, engine)
}

fn send(engine: &Engine, wish: MeshCommand) {
    engine.send(Action::Mesh(wish));
}

fn filter(number: usize) -> TopicFilter {
    TopicFilter::parse(&format!("cache/a/wis2/xx-made/{number}")).expect("a filter")
}

/// The notice that is in the log.
fn notice(engine: &Engine, is_meant: impl Fn(&MeshNotice) -> bool) -> UserMessage {
    wait_for(engine, "a notice", |snapshot: &Snapshot| {
        let found = snapshot.journal.entries.iter().find(|entry| match &entry.message {
            UserMessage::OfMesh(notice) => is_meant(notice),
            _ => false,
        });
        found.map(|entry| entry.message.clone())
    })
}

/// Both languages say how many there may be, what it is about, and what to do.
fn assert_said(message: &UserMessage, (most, name): (&str, &str), todo: [&str; 2]) {
    for (language, todo) in [Language::English, Language::French].into_iter().zip(todo) {
        let said = Translator::new(language).message(message);
        assert!([most, name, todo].into_iter().all(|part| said.contains(part)), "{said}");
    }
}

#[test]
fn the_hundred_and_first_rule_is_refused_and_said_and_one_of_the_hundred_can_change() {
    let (_scratch, engine) = window();
    for number in 0..=100 {
        send(&engine, MeshCommand::Always(Box::new(Rule::all_of(filter(number)))));
    }
    let refused = notice(&engine, |notice| matches!(notice, MeshNotice::TooManyRules { .. }));
    assert_said(&refused, ("100", filter(100).as_str()), ["Remove one first", "Retirez-en une d'abord"]);
    let changed = Rule { most: Some(ByteCount(7)), ..Rule::all_of(filter(3)) };
    send(&engine, MeshCommand::Always(Box::new(changed.clone())));
    let rules = wait_for(&engine, "the changed rule", |snapshot| {
        snapshot.mesh.rules.contains(&changed).then(|| snapshot.mesh.rules.clone())
    });
    assert_eq!(rules.len(), 100);
    assert!(rules.iter().all(|rule| rule.filter != filter(100)));
    engine.wind_down();
}

#[test]
fn the_fifty_first_pin_is_refused_and_said() {
    let (_scratch, engine) = window();
    for number in 0..=50 {
        send(&engine, MeshCommand::Pin(filter(number)));
    }
    let refused = notice(&engine, |notice| matches!(notice, MeshNotice::TooManyPins { .. }));
    assert_said(&refused, ("50", filter(50).as_str()), ["Unpin one first", "Désépinglez-en un d'abord"]);
    let pins = wait_for(&engine, "fifty pins", |snapshot| {
        (snapshot.mesh.pins.len() >= 50).then(|| snapshot.mesh.pins.clone())
    });
    assert!(pins.len() == 50 && pins.iter().all(|pin| pin.filter != filter(50).as_str()));
    engine.wind_down();
}

#[test]
fn the_hundred_and_first_broker_is_refused_and_said() {
    let (_scratch, engine) = window();
    for number in 0..=100 {
        let address = BrokerAddress::parse(&format!("mqtt://own-{number}.invalid")).expect("an address");
        send(&engine, MeshCommand::AddBroker(Box::new(address)));
    }
    let refused = notice(&engine, |notice| matches!(notice, MeshNotice::TooManyBrokers { .. }));
    assert_said(&refused, ("100", "own-100.invalid"), ["Remove one first", "Retirez-en un d'abord"]);
    let own = |snapshot: &Snapshot| {
        let rows = snapshot.mesh.brokers.iter().filter(|row| row.origin == BrokerOrigin::Person);
        rows.count()
    };
    assert_eq!(wait_for(&engine, "brokers", |snapshot| Some(own(snapshot)).filter(|own| *own >= 100)), 100);
    engine.wind_down();
}

#[test]
fn a_file_whose_announcement_is_no_longer_in_view_is_said_not_to_be_downloaded() {
    let (_scratch, engine) = window();
    send(&engine, MeshCommand::Fetch(7));
    let refused = notice(&engine, |notice| *notice == MeshNotice::AnnouncementForgotten);
    assert_said(&refused, ("", ""), ["is announced again", "soit de nouveau publiée"]);
    engine.wind_down();
}

#[test]
fn listen_holds_the_limits_of_the_window_and_ends_with_2() {
    let listen = |brokers: usize, topics: usize| {
        let brokers = (0..brokers).map(|number| format!("mqtt://own-{number}.invalid"));
        let topics = (0..topics).flat_map(|number| ["--topic".to_owned(), format!("a/{number}")]);
        let scratch = tempfile::tempdir().expect("a temporary folder");
        let out = Command::new(env!("CARGO_BIN_EXE_nuee"))
            .arg("listen")
            .args(brokers.chain(topics))
            .args(["--download", "--match", "x", "--seconds", "1", "--out"])
            .arg(scratch.path())
            .env("LC_ALL", "C")
            .output()
            .expect("nuee runs");
        (out.status.code(), String::from_utf8_lossy(&out.stderr).into_owned())
    };
    let (code, said) = listen(101, 1);
    assert!(code == Some(2) && said.contains("own-100.invalid") && said.contains("100 brokers"), "{said}");
    let (code, said) = listen(1, 101);
    assert!(code == Some(2) && said.contains("a/100") && said.contains("100 rules"), "{said}");
}
