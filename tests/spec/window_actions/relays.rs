//! What is done with relays in use: each command, sent through the link alone, against a relay on this machine.

use super::Stage;
use nuee::app::input::Action;
use nuee::app::link::Link;
use nuee::app::messages::relay_message::RelayMessage;
use nuee::app::messages::user_message::UserMessage;
use nuee::app::relay::using::RelayUseCommand;
use nuee::app::relay::using::view::{RelayAdding, RelayOutcome, RelayRow, RelaysView};
use nuee::domain::integrity::Digest;
use nuee::engine::clock::Clock;
use nuee::publish::relay::documents::signed_documents;
use nuee::publish::relay::manifest::{ManifestHead, digest_of};
use nuee::publish::relay::offers::{RelayIdentity, RelayOffers};
use nuee::publish::relay::places::RelayBase;
use nuee::publish::relay::signing::SecretKey;
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use url::Url;

pub const SENT: &[&str] =
    &["relay: reread", "relay: propose", "relay: keep", "relay: drop", "relay: ask", "relay: forget"];

pub fn case_of(command: &RelayUseCommand) -> &'static str {
    match command {
        RelayUseCommand::Reread => "relay: reread",
        RelayUseCommand::Propose(_) => "relay: propose",
        RelayUseCommand::Keep { .. } => "relay: keep",
        RelayUseCommand::Drop => "relay: drop",
        RelayUseCommand::Ask(_) => "relay: ask",
        RelayUseCommand::Forget(_) => "relay: forget",
    }
}

/// A relay that offers nothing and signs that.
struct MadeRelay {
    base: RelayBase,
    documents: Arc<Mutex<HashMap<String, String>>>,
    /// The digest of its first manifest.
    first: Mutex<Option<Digest>>,
}

impl MadeRelay {
    fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let base = RelayBase::new(Url::parse(&format!("http://{address}/")).expect("a URL")).expect("a base");
        let documents: Arc<Mutex<HashMap<String, String>>> = Arc::default();
        let given = documents.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let given = given.lock().expect("nobody broke with it").clone();
                std::thread::spawn(move || answer(stream, &given));
            }
        });
        Self { base, documents, first: Mutex::default() }
    }

    fn url(&self) -> String {
        self.base.url().to_string()
    }

    fn signs(&self, sequence: u64, by: &SecretKey) {
        let time = Clock::start().utc();
        let identity =
            RelayIdentity { base: self.base.clone(), title: "made".to_owned(), began: time, key: None };
        // Each names the first one, which is the one before it.
        let mut first = self.first.lock().expect("nobody broke with it");
        let previous = first.clone().filter(|_| sequence > 1);
        let head = ManifestHead { relay: self.base.clone(), sequence, time, previous };
        let documents = signed_documents(head, &RelayOffers::new(identity, Vec::new(), Vec::new()), Some(by));
        let manifest =
            documents.iter().find(|document| document.name == "manifest.jsonl").expect("a manifest");
        first.get_or_insert_with(|| digest_of(manifest.text.as_bytes()));
        let mut given = self.documents.lock().expect("nobody broke with it");
        given.clear();
        given.extend(documents.into_iter().map(|document| (format!("/{}", document.name), document.text)));
    }
}

fn answer(mut stream: TcpStream, given: &HashMap<String, String>) {
    let mut lines = BufReader::new(stream.try_clone().expect("a socket")).lines().map_while(Result::ok);
    let path = lines.next().and_then(|line| line.split(' ').nth(1).map(str::to_owned)).unwrap_or_default();
    while lines.next().is_some_and(|line| !line.is_empty()) {}
    let head = |status: &str, length| {
        format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n")
    };
    // Who asked may be gone.
    let _ = match given.get(&path) {
        Some(text) => stream.write_all(format!("{}{text}", head("200 OK", text.len())).as_bytes()),
        None => stream.write_all(head("404 Not Found", 0).as_bytes()),
    };
}

fn send(stage: &Stage, command: RelayUseCommand) {
    stage.send(Action::Relay(command));
}

fn see<T>(stage: &Stage, what: &str, find: impl Fn(&RelaysView) -> Option<T>) -> T {
    stage.see(what, |snapshot| find(&snapshot.relays))
}

fn see_row(stage: &Stage, what: &str, is_meant: impl Fn(&RelayRow) -> bool) -> RelayRow {
    see(stage, what, |relays| relays.rows.first().filter(|row| is_meant(row)).cloned())
}

#[test]
fn every_action_on_relays_in_use_has_its_effect() {
    let stage = Stage::new();
    let relay = MadeRelay::start();
    let (first, second) = (SecretKey::from_chance([1; 40]), SecretKey::from_chance([2; 40]));
    let fingerprint = Some(first.public().fingerprint());
    relay.signs(1, &first);
    see(&stage, "an empty list", |relays| (relays.is_known && relays.rows.is_empty()).then_some(()));
    let propose = || {
        send(&stage, RelayUseCommand::Propose(relay.url()));
        see(&stage, "its key", |relays| match &relays.adding {
            RelayAdding::Proposed { report, .. } => Some(report.fingerprint.clone()),
            RelayAdding::None | RelayAdding::Asking(_) | RelayAdding::Failed(_) => None,
        })
    };
    assert_eq!(propose(), fingerprint);
    assert!(stage.engine.snapshot().relays.rows.is_empty(), "nothing is kept before a person says so");
    send(&stage, RelayUseCommand::Drop);
    see(&stage, "that it is not used", |relays| (relays.adding == RelayAdding::None).then_some(()));

    let other = Some(second.public().fingerprint());
    send(&stage, RelayUseCommand::Keep { address: relay.url(), fingerprint: other });
    let why = see(&stage, "a refusal of a key that was not shown", |relays| match &relays.adding {
        RelayAdding::Failed(message) => Some(message.clone()),
        RelayAdding::None | RelayAdding::Asking(_) | RelayAdding::Proposed { .. } => None,
    });
    assert!(matches!(why, UserMessage::Relay(RelayMessage::KeyChanged { .. })), "{why:?}");
    assert!(stage.engine.snapshot().relays.rows.is_empty());

    send(&stage, RelayUseCommand::Keep { address: relay.url(), fingerprint: propose() });
    let kept = see_row(&stage, "it in the list", |row| matches!(row.last, RelayOutcome::Taken(_)));
    assert_eq!((&kept.report.fingerprint, kept.report.last.map(|(_, n)| n)), (&fingerprint, Some(1)));
    assert!(kept.report.key_since.is_some());
    changed_key(&stage, &relay, (&first, &second));

    send(&stage, RelayUseCommand::Forget(relay.url()));
    see(&stage, "an empty list again", |relays| relays.rows.is_empty().then_some(()));
    let list = stage.folder.path().join("relays.toml");
    std::fs::write(list, format!("[[relay]]\nurl = \"{}\"\n", relay.url())).expect("room");
    send(&stage, RelayUseCommand::Reread);
    let read = see_row(&stage, "what another process wrote", |_| true);
    assert_eq!((read.last, read.report.fingerprint), (RelayOutcome::NotAsked, None));
    stage.end(SENT);
}

/// Asked again it is taken, and with another key it is stopped with both fingerprints; the kept one stays.
fn changed_key(stage: &Stage, relay: &MadeRelay, (first, second): (&SecretKey, &SecretKey)) {
    relay.signs(2, second);
    send(stage, RelayUseCommand::Ask(relay.url()));
    let stopped = see_row(stage, "that it is stopped", |row| matches!(row.last, RelayOutcome::Refused(..)));
    let RelayOutcome::Refused(_, UserMessage::Relay(RelayMessage::KeyChanged { pinned, found, .. })) =
        &stopped.last
    else {
        panic!("{stopped:?}")
    };
    assert_eq!((pinned, found), (&first.public().fingerprint(), &second.public().fingerprint()));
    assert!(stopped.is_stopped() && stopped.report.fingerprint.as_ref() == Some(pinned));
    relay.signs(2, first);
    send(stage, RelayUseCommand::Ask(relay.url()));
    let taken = see_row(stage, "its answer again", |row| {
        matches!(row.last, RelayOutcome::Taken(_)) && row.report.last.is_some_and(|(_, number)| number == 2)
    });
    assert!(!taken.is_stopped() && !taken.is_asked);
}
