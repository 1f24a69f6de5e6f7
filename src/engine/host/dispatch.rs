//! Has the reducer's commands carried out: one match, without an arm that swallows any.

use super::parts::WindowServices;
use crate::app::command::Command;
use crate::app::input::{Event, Input};
use crate::app::jobs::giving::KeptGiving;
use crate::app::jobs::request::{FolderLook, UNDO_FOR};
use crate::app::jobs::request::{GetRequest, JobId};
use crate::app::jobs::view::{End, Outcome};
use crate::app::messages::user_message::UserMessage;
use crate::app::state::State;
use crate::domain::octets::ByteCount;
use crate::engine::context::EngineContext;
use crate::engine::services::catalog::CatalogCommand;
use crate::engine::services::jobs::{Job, JobControl};
use crate::engine::store::keeper::KeeperOrder;
use crate::engine::store::room::free_space_at;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;

/// How often a folder is looked at while jobs wait for it.
const LOOK_AT_FOLDERS: Duration = Duration::from_secs(5);

/// The jobs under way.
#[derive(Debug)]
pub(in crate::engine) struct Dispatch {
    context: EngineContext,
    events: UnboundedSender<Input>,
    running: HashMap<JobId, Running>,
    stopping: watch::Sender<bool>,
    /// Which job is looked at from close by.
    looking: watch::Sender<Option<JobId>>,
    /// Folders that jobs wait for.
    watched: watch::Sender<Vec<PathBuf>>,
    /// What only the window has.
    parts: Option<WindowServices>,
}

/// What a dispatch works with beside jobs.
pub(super) struct DispatchSetup {
    /// Tells servers that everything is to end.
    pub(super) stopping: watch::Sender<bool>,
    /// Which job is looked at from close by.
    pub(super) looking: watch::Sender<Option<JobId>>,
    /// What only the window has.
    pub(super) parts: Option<WindowServices>,
}

/// The ends of a job that runs.
#[derive(Debug)]
struct Running {
    stop: watch::Sender<bool>,
    control: Arc<JobControl>,
}

impl Dispatch {
    pub(in crate::engine) fn new(
        context: EngineContext,
        events: UnboundedSender<Input>,
        DispatchSetup { stopping, looking, parts }: DispatchSetup,
    ) -> Self {
        let (watched, watching) = watch::channel(Vec::new());
        tokio::spawn(look_at_folders(watching, events.clone()));
        Self { context, events, running: HashMap::new(), stopping, looking, watched, parts }
    }

    pub(in crate::engine) fn obey(&mut self, command: Command, state: &State) {
        match command {
            Command::Start(id, request) => self.start(id, request, None),
            Command::GiveOn(id, request, kept) => self.start(id, request, Some(kept)),
            Command::Tune(id, until, limits) => {
                if let Some(running) = self.running.get(&id) {
                    running.control.tune(until, limits);
                }
            }
            Command::StopServing => {
                self.stopping.send_replace(true);
            }
            Command::Stop(id) => self.stop(id),
            Command::CallUndoOver(removal) => self.call_later(UNDO_FOR, Event::UndoOver(removal)),
            Command::WatchFolders(folders) => {
                self.watched.send_replace(folders);
            }
            Command::CallRetry(id, tries, after) => self.call_later(after, Event::RetryDue(id, tries)),
            Command::Look(job) => {
                self.looking.send_replace(job);
                self.window(|parts| job.into_iter().for_each(|id| parts.look(id, state)));
            }
            Command::Keep(id) => self.window(|parts| parts.keep(id, state)),
            Command::Forget(ids) => self.window(|parts| parts.order(KeeperOrder::Forget(ids))),
            Command::KeepGiven(given) => self.window(|parts| parts.order(KeeperOrder::Given(given))),
            Command::KeepLayout(layout) => self.window(|parts| parts.order(KeeperOrder::Layout(layout))),
            Command::LookAtDisk(number) => self.window(|parts| parts.look_at_disk(number, state)),
            Command::RecallRequest(id) => self.window(|parts| parts.recall_request(id)),
            Command::RecallFiles(id) => self.window(|parts| parts.recall_files(id)),
            Command::ReadAgain(id) => {
                let context = self.context.clone();
                self.window(|parts| parts.read_again(id, state, &context));
            }
            Command::ApplySettings => {
                if let Some(parts) = &mut self.parts {
                    parts.apply_and_write(state, &mut self.context);
                }
            }
            Command::RemoveSource(key) => self.window(|parts| parts.catalog(CatalogCommand::Remove(key))),
            Command::AskSource(key) => self.window(|parts| parts.catalog(CatalogCommand::Ask(key))),
            Command::OpenHours(dataset) => self.window(|parts| parts.catalog(CatalogCommand::Open(dataset))),
            Command::FilterHours(filter) => {
                self.window(|parts| parts.catalog(CatalogCommand::Filter(filter)))
            }
            Command::WishHours(choice) => {
                let snapshot = Arc::new(state.shown.clone());
                self.window(|parts| parts.catalog(CatalogCommand::Wish(choice, snapshot)));
            }
            // The services end only with the engine.
            Command::Follow(command) => self.window(|parts| drop(parts.follow.send(command))),
            Command::Relay(command) => self.window(|parts| drop(parts.relays.send(command))),
            Command::Inspect(command) => self.window(|parts| drop(parts.inspect.send(command))),
            Command::Share(command) => self.window(|parts| drop(parts.share.send(command))),
            Command::Mesh(command) => self.window(|parts| drop(parts.mesh.send(command))),
            Command::Tell(notice) => self.window(|parts| parts.tell_desktop(&notice.message, state)),
            Command::OpenFolder(id) => self.window(|parts| parts.open(id, state, |path| path.parent())),
            Command::OpenFile(id) => self.window(|parts| parts.open(id, state, |path| Some(path))),
            Command::ExportJournal(path) => self.window(|parts| parts.export(path, state)),
        }
    }

    fn stop(&self, id: JobId) {
        if let Some(running) = self.running.get(&id) {
            running.stop.send_replace(true);
        }
    }

    /// The terminal has none of these parts: it keeps nothing between starts, and asks its questions by queries.
    fn window(&mut self, work: impl FnOnce(&mut WindowServices)) {
        if let Some(parts) = &mut self.parts {
            work(parts);
        }
    }

    fn call_later(&self, after: Duration, event: Event) {
        let events = self.events.clone();
        tokio::spawn(async move {
            tokio::time::sleep(after).await;
            // The host is gone only when the process ends.
            let _ = events.send(Input::Event(event));
        });
    }

    /// A job that breaks is told as one that failed: no task dies alone.
    fn start(&mut self, id: JobId, request: Arc<GetRequest>, kept: Option<Box<KeptGiving>>) {
        self.running.retain(|_, running| !running.stop.is_closed());
        let (stop, stopped) = watch::channel(false);
        let mut job = Job::new((id, request), self.context.clone(), self.events.clone(), stopped);
        if let Some(kept) = kept {
            job = job.giving_again(kept);
        }
        self.running.insert(id, Running { stop, control: job.control() });
        let events = self.events.clone();
        let running = tokio::spawn(job.run());
        tokio::spawn(async move {
            if let Err(error) = running.await {
                let message = Some(Box::new(UserMessage::Internal { detail: error.to_string() }));
                let outcome = Outcome { end: End::NoSource, took_ms: 0, message };
                // The host is gone only when the process ends.
                let _ = events.send(Input::Event(Event::Ended(id, Box::new(outcome))));
            }
        });
    }
}

/// Looks at folders as long as jobs wait for any; sleeps otherwise.
async fn look_at_folders(mut watching: watch::Receiver<Vec<PathBuf>>, events: UnboundedSender<Input>) {
    while watching.wait_for(|folders| !folders.is_empty()).await.is_ok() {
        tokio::time::sleep(LOOK_AT_FOLDERS).await;
        let folders = watching.borrow_and_update().clone();
        for folder in folders {
            let own = folder.clone();
            let look = tokio::task::spawn_blocking(move || look_at(&own)).await.unwrap_or(FolderLook::Gone);
            // The host is gone only when the process ends.
            let _ = events.send(Input::Event(Event::FolderSeen(folder, look)));
        }
    }
}

/// A folder that is not there can be made again where the one it lies in is.
fn look_at(folder: &Path) -> FolderLook {
    let there = [Some(folder), folder.parent()].into_iter().flatten().find(|folder| folder.is_dir());
    there.map_or(FolderLook::Gone, |folder| FolderLook::There(free_space_at(folder).map(ByteCount)))
}
