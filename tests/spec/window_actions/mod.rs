//! Whatever a person can do in the window has an effect: every action, sent through the link alone to a real engine on
//! the demonstration, changes a snapshot or a file.
//!
//! [`case_of`] names each action, and a new one does not compile until it is named there. Each part sends the actions of
//! one subject, looks at the effect of each, and fails while one of its names was not sent.

mod files;
mod follow;
mod giving;
mod inspect;
mod mesh;
mod relays;
mod share;
mod sources;
mod transfers;

use crate::turn::latest_run;
use crate::window_stage::{first, setup, wait_for};
use nuee::app::catalog::hours::DatasetId;
use nuee::app::input::{Action, Consent, Sight, Tuning};
use nuee::app::jobs::request::{GetRequest, GivingPlan};
use nuee::app::link::Link;
use nuee::app::messages::user_message::UserMessage;
use nuee::app::settings::{GivingChoice, Settings};
use nuee::app::snapshot::Snapshot;
use nuee::demo::catalog_service::{DemoCatalog, ListingStyle, Made};
use nuee::demo::publisher::{DemoPublisher, PeerPace};
use nuee::engine::host::window::WindowSetup;
use nuee::engine::host::{Engine, EngineSettings};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

/// The dataset of the provider that a stage has.
const DATASET: &str = "nginx/arome-0.01";

/// An engine as the window has it, the demonstration's publisher and a provider that lists hours as nginx does.
struct Stage {
    publisher: DemoPublisher,
    provider: DemoCatalog,
    _host: Engine,
    folder: tempfile::TempDir,
    engine: Arc<Engine>,
    sent: RefCell<BTreeSet<&'static str>>,
}

impl Stage {
    fn new() -> Self {
        Self::with_targets(|_| Vec::new())
    }

    /// A window that was started with targets of the publisher.
    fn with_targets(targets: impl FnOnce(&DemoPublisher) -> Vec<String>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let publisher = DemoPublisher::start(PeerPace::Free).expect("a publisher");
        std::fs::create_dir(folder.path().join("providers")).expect("a folder");
        let host = Engine::start(&EngineSettings::default()).expect("an engine");
        let made = Arc::new(Made::make(latest_run()));
        let started = DemoCatalog::start(([127, 0, 0, 1], 0).into(), made);
        let provider = host.handle().block_on(started).expect("a free port");
        provider.publish(0..=2);
        let file = folder.path().join("providers/nginx.toml");
        std::fs::write(file, provider.provider_file(ListingStyle::Nginx)).expect("room");
        let (offer, targets) = (Some(publisher.offer().clone()), targets(&publisher));
        let engine = first(WindowSetup { offer, targets, ..setup(folder.path()) });
        let stage = Self { publisher, provider, _host: host, folder, engine, sent: RefCell::default() };
        stage.set(|settings| {
            settings.giving = Some(GivingChoice::HttpOnly);
            settings.folder = Some(stage.out());
        });
        stage
    }

    fn out(&self) -> PathBuf {
        self.folder.path().join("out")
    }

    fn send(&self, action: Action) {
        self.sent.borrow_mut().insert(case_of(&action));
        self.engine.send(action);
    }

    fn set(&self, change: impl FnOnce(&mut Settings)) {
        let mut settings = self.engine.snapshot().settings.as_ref().clone();
        change(&mut settings);
        self.send(Action::Set(Box::new(settings.clone())));
        self.see("the settings", |snapshot| (*snapshot.settings == settings).then_some(()));
    }

    /// What `find` finds, as soon as it does.
    fn see<T>(&self, what: &str, find: impl Fn(&Snapshot) -> Option<T>) -> T {
        wait_for(&self.engine, what, find)
    }

    /// Waits until a notice is told that is meant; returns its number.
    fn see_notice(&self, what: &str, is_meant: impl Fn(&UserMessage) -> bool) -> u64 {
        self.see(what, |snapshot| {
            snapshot.notices.iter().rev().find(|notice| is_meant(&notice.message)).map(|notice| notice.number)
        })
    }

    fn dataset(&self) -> DatasetId {
        let dataset = DatasetId(DATASET.into());
        self.see("the provider", |snapshot| {
            snapshot.sources.iter().flat_map(|row| &row.datasets).any(|row| row.id == dataset).then_some(())
        });
        dataset
    }

    /// The wish for all hours of the demonstration's files: at the lowest limit they take minutes.
    fn run(&self) -> GetRequest {
        GetRequest { files: None, ..self.hour(0) }
    }

    /// The wish for one hour of them.
    fn hour(&self, hour: u32) -> GetRequest {
        let entries = &self.publisher.offer().entries;
        let hourly = entries.iter().find(|entry| entry.is_hourly).expect("hourly files");
        GetRequest {
            targets: vec![hourly.url.clone()],
            files: Some(format!("*_{hour:03}H.grib2")),
            out: self.out(),
            policy: Default::default(),
            giving: GivingPlan::WhileReceiving,
            ..GetRequest::default()
        }
    }

    /// Ends the engine; every action of these must have been sent, and each was followed by a look at its effect.
    fn end(self, part: &[&str]) {
        self.engine.wind_down();
        let sent = self.sent.borrow();
        let missing: Vec<_> = part.iter().filter(|name| !sent.contains(*name)).collect();
        assert!(missing.is_empty(), "never sent: {missing:?}");
    }
}

const PARTS: [&[&str]; 9] = [
    transfers::SENT,
    files::SENT,
    sources::SENT,
    follow::SENT,
    giving::SENT,
    inspect::SENT,
    mesh::SENT,
    relays::SENT,
    share::SENT,
];

/// The name of an action in the lists of the parts.
fn case_of(action: &Action) -> &'static str {
    let name = match action {
        Action::Get(_) => "get",
        Action::Stop(_) => "stop",
        Action::StopAll => "stop all",
        Action::Pause(_) => "pause",
        Action::GoOn(_) => "go on",
        Action::Retry(..) => "retry",
        Action::Tune(_, Tuning::Give(_)) => "tune giving",
        Action::Tune(_, Tuning::GiveLonger(_)) => "tune giving longer",
        Action::Tune(_, Tuning::LimitDown(_)) => "tune the limit down",
        Action::Tune(_, Tuning::LimitUp(_)) => "tune the limit up",
        Action::StopGiving(_) => "stop giving",
        Action::GiveAgain(_) => "give again",
        Action::Remove(_) => "remove",
        Action::PutBack(_) => "put back",
        Action::Look(_) => "look",
        Action::Set(_) => "set",
        Action::AddSource(_) => "add source",
        Action::RemoveSource(_) => "remove source",
        Action::AskSource(_) => "ask source",
        Action::GetSource(_) => "get source",
        Action::OpenHours(_) => "open hours",
        Action::FilterHours(_) => "filter hours",
        Action::GetHours(_) => "get hours",
        Action::GetFiles(_) => "get files",
        Action::Follow(command) => follow::case_of(command),
        Action::Relay(command) => relays::case_of(command),
        Action::Inspect(command) => inspect::case_of(command),
        Action::Share(command) => share::case_of(command),
        Action::Arrange(_) => "arrange",
        Action::Mesh(wish) => mesh::case_of(wish),
        Action::OpenFolder(_) => "open folder",
        Action::OpenFile(_) => "open file",
        Action::ExportJournal(_) => "export journal",
        Action::Dismiss(_) => "dismiss",
        Action::LookAtDisk => "look at disk",
        Action::FetchAgain(_) => "fetch again",
        Action::CheckAgain(_) => "check again",
        Action::Answer(_, Consent::Yes) => "answer yes",
        Action::Answer(_, Consent::Look) => "answer look",
        Action::Answer(_, Consent::No) => "answer no",
        Action::Seen(Sight::Visible) => "seen",
        Action::Seen(Sight::Hidden) => "hidden",
    };
    assert!(PARTS.iter().any(|part| part.contains(&name)), "no part has {name:?} among what it sends");
    name
}

#[test]
fn every_name_of_an_action_is_sent_by_one_part_alone() {
    let names: Vec<_> = PARTS.into_iter().flatten().collect();
    let each: BTreeSet<_> = names.iter().collect();
    assert_eq!(names.len(), each.len());
}
