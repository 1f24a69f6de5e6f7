//! Starts and stops jobs, as the reducer decided.

use super::job::{Job, JobContext, JobControl};
use super::store::room::free_space_at;
use super::window::WindowServices;
use crate::app::command::Command;
use crate::app::giving::KeptGiving;
use crate::app::input::{Event, FolderLook, Input, UNDO_FOR};
use crate::app::request::{GetRequest, JobId};
use crate::app::state::{End, Outcome, State};
use crate::app::user_message::UserMessage;
use crate::domain::octets::ByteCount;
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
pub(super) struct Dispatch {
    context: JobContext,
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
    pub(super) fn new(
        context: JobContext,
        events: UnboundedSender<Input>,
        DispatchSetup { stopping, looking, parts }: DispatchSetup,
    ) -> Self {
        let (watched, watching) = watch::channel(Vec::new());
        tokio::spawn(look_at_folders(watching, events.clone()));
        Self { context, events, running: HashMap::new(), stopping, looking, watched, parts }
    }

    pub(super) fn obey(&mut self, command: Command, state: &State) {
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
            Command::Stop(id) => {
                if let Some(running) = self.running.get(&id) {
                    running.stop.send_replace(true);
                }
            }
            Command::CallUndoOver(removal) => self.call_later(UNDO_FOR, Event::UndoOver(removal)),
            Command::WatchFolders(folders) => {
                self.watched.send_replace(folders);
            }
            Command::CallRetry(id, tries, after) => self.call_later(after, Event::RetryDue(id, tries)),
            Command::Look(job) => {
                self.looking.send_replace(job);
                self.obey_in_window(Command::Look(job), state);
            }
            command @ (Command::Keep(_)
            | Command::Forget(_)
            | Command::KeepGiven(_)
            | Command::KeepLayout(_)
            | Command::LookAtDisk(_)
            | Command::RecallRequest(_)
            | Command::RecallFiles(_)
            | Command::ReadAgain(_)
            | Command::ApplySettings
            | Command::Tell(_)
            | Command::RemoveSource(_)
            | Command::AskSource(_)
            | Command::OpenHours(_)
            | Command::FilterHours(_)
            | Command::WishHours(_)
            | Command::Follow(_)
            | Command::Inspect(_)
            | Command::Mesh(_)
            | Command::OpenFolder(_)
            | Command::OpenFile(_)
            | Command::ExportJournal(_)) => self.obey_in_window(command, state),
        }
    }

    /// The terminal has none of these parts: it keeps nothing between starts, and asks its questions by queries.
    fn obey_in_window(&mut self, command: Command, state: &State) {
        if let Some(parts) = &mut self.parts {
            parts.obey(command, state, &mut self.context);
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
