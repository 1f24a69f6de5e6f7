//! The clients of the second part: each knows the publisher's listing and the relay, as after `nuee relay use`.
//!
//! In: the address of the relay. Out: files, and figures of each client.

use super::parts::{no_engine, settings_below};
use super::{CLIENTS, DATASET, HOURS, LONGEST, LOOK_EVERY, RelayDemoCourse, not_started};
use crate::app::input::Action;
use crate::app::jobs::request::{GetRequest, GivingPlan};
use crate::app::jobs::view::{End, Job, Phase};
use crate::app::link::Link;
use crate::app::messages::user_message::UserMessage;
use crate::app::query::{Answer, Query};
use crate::app::relay::used::list::CheckShare;
use crate::app::relay::{RelayEvent, RelayQuery};
use crate::app::relay_demo::{GiverAddresses, RelayDemoClient, RelayDemoTrouble};
use crate::app::{GiveUntil, Policy};
use crate::catalog::provider::ProviderFile;
use crate::domain::octets::ByteCount;
use crate::domain::selection::Selection;
use crate::engine::host::Engine;
use crate::engine::scratch::Scratch;

/// All clients.
pub(super) struct DemoClients {
    all: Vec<DemoClient>,
}

impl DemoClients {
    /// Starts them side by side.
    ///
    /// # Errors
    /// When the system refuses threads or a folder.
    pub(super) fn start(provider: &ProviderFile) -> Result<Self, RelayDemoTrouble> {
        let all: Result<Vec<DemoClient>, RelayDemoTrouble> = std::thread::scope(|scope| {
            let starting: Vec<_> =
                (0..CLIENTS).map(|number| scope.spawn(move || DemoClient::start(number, provider))).collect();
            let ended = starting.into_iter().map(|client| client.join());
            ended.map(|client| client.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        });
        all.map(|all| Self { all })
    }

    /// Has each use the relay.
    ///
    /// # Errors
    /// When a client does not take the relay's word.
    pub(super) fn use_relay(&self, course: &RelayDemoCourse, address: &str) -> Result<(), RelayDemoTrouble> {
        let asked: Vec<_> = self.all.iter().map(|client| client.ask_to_use(address)).collect();
        for answers in asked {
            loop {
                let Answer::Relay(event) = course.next(&answers)? else { continue };
                if matches!(event, RelayEvent::Done) {
                    break;
                }
                if let RelayEvent::Refused(message) = event {
                    return Err(RelayDemoTrouble::Refused(message));
                }
            }
        }
        Ok(())
    }

    /// Each asks for every file of the run, all at once.
    pub(super) fn ask_for_run(&self) {
        self.all.iter().for_each(DemoClient::ask_for_run);
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = &DemoClient> {
        self.all.iter()
    }

    /// Waits until something is new, but not long.
    pub(super) fn wait(&self) {
        if let Some(first) = self.all.first() {
            first.engine.wait_newer(first.engine.snapshot().version, LOOK_EVERY);
        }
    }

    /// Whether each has everything.
    ///
    /// # Errors
    /// Why a transfer ended without.
    pub(super) fn have_all(&self) -> Result<bool, RelayDemoTrouble> {
        let mut are_done = true;
        for client in &self.all {
            are_done &= client.has_all()?;
        }
        Ok(are_done)
    }
}

/// One client.
pub(super) struct DemoClient {
    number: u8,
    engine: Engine,
    folder: Scratch,
}

impl DemoClient {
    fn start(number: u8, provider: &ProviderFile) -> Result<Self, RelayDemoTrouble> {
        let folder = Scratch::new("nuee-demo-client-").map_err(not_started)?;
        let engine = Engine::start(&settings_below(folder.path(), provider)).map_err(no_engine)?;
        Ok(Self { number, engine, folder })
    }

    /// The last client compares a piece of every file with the publisher's server, the others of as many as is usual.
    fn ask_to_use(&self, address: &str) -> std::sync::mpsc::Receiver<Answer> {
        let check = if self.number + 1 == CLIENTS { CheckShare::new(100) } else { None };
        self.engine.ask(Query::Relay(RelayQuery::Use { url: address.to_owned(), check }))
    }

    fn ask_for_run(&self) {
        for hour in HOURS {
            let selection = Selection::everything().with_leads(&hour.to_string());
            let request = GetRequest {
                targets: vec![DATASET.to_owned()],
                selection: selection.unwrap_or_default(),
                out: self.folder.path().join("files"),
                policy: Policy::SwarmFirst,
                // A client that has a file shares it with the other one until the end.
                giving: GivingPlan::Until(GiveUntil { time: LONGEST, ratio: None }),
                ..GetRequest::default()
            };
            self.engine.send(Action::Get(Box::new(request)));
        }
    }

    fn has_all(&self) -> Result<bool, RelayDemoTrouble> {
        let snapshot = self.engine.snapshot();
        let mut ended = snapshot.jobs.iter().filter_map(|job| job.outcome.as_ref());
        if let Some(failed) = ended.find(|outcome| outcome.end != End::Done) {
            let message = failed.message.as_deref().cloned().unwrap_or(UserMessage::Stopped);
            return Err(RelayDemoTrouble::Refused(message));
        }
        let is_here = |job: &std::sync::Arc<Job>| matches!(job.phase, Phase::Giving | Phase::Ended);
        Ok(snapshot.jobs.len() == HOURS.count() && snapshot.jobs.iter().all(is_here))
    }

    /// What it has by now.
    pub(super) fn held(&self) -> ByteCount {
        let snapshot = self.engine.snapshot();
        snapshot.jobs.iter().map(|job| job.transfer.wanted.saturating_sub(job.transfer.missing)).sum()
    }

    /// Its figures.
    pub(super) fn figures(&self, givers: &GiverAddresses) -> RelayDemoClient {
        let jobs: Vec<_> = self.engine.snapshot().jobs.iter().cloned().collect();
        RelayDemoClient::of(&jobs, givers)
    }
}

impl Drop for DemoClient {
    fn drop(&mut self) {
        // It says goodbye while its threads end.
        self.engine.send(Action::StopAll);
    }
}
