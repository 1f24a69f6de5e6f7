//! What following needs of the world: time, sources, files, the person's shell.
//!
//! In: orders. Out: facts. [`FollowOutside`] is what a test puts something made in the place of; [`World`] is the true one.

use crate::app::follow::FollowRow;
use crate::app::follow::notes::FileNote;
use crate::app::follow::orders::{
    FetchFailure, FilesWanted, FollowFact, FollowMoment, PersonsCommand, TidiedFile,
};
use crate::app::follow::seen::{NetworkSeen, SourceSeen};
use crate::app::input::{Event, Input};
use crate::app::jobs::keeping::{FetchedFile, Keeping};
use crate::app::jobs::request::JobId;
use crate::app::jobs::view::{End, FileInPlace};
use crate::app::messages::user_message::UserMessage;
use crate::catalog::provider::{Contact, EntryId, ProviderBook};
use crate::catalog::requests::Wanted;
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::show;
use crate::engine::context::EngineContext;
use crate::engine::services::jobs::Job;
use crate::engine::services::jobs::messages::JobEnd;
use crate::engine::store::error::StoreError;
use crate::engine::store::folders::OpenFolder;
use crate::engine::store::removal::remove_unchanged;
use crate::engine::transfer::network::has_route;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// What following needs of the world.
pub(in crate::engine) trait FollowOutside: Clone + Send + Sync + 'static {
    /// The time.
    fn moment(&self) -> FollowMoment;

    /// Which datasets there are.
    fn providers(&self) -> ProviderBook;

    /// Asks the source of a line what it publishes.
    fn look(&self, row: FollowRow) -> impl Future<Output = SourceSeen> + Send;

    /// Fetches files one after the other, and tells each.
    fn fetch(
        &self,
        wanted: FilesWanted,
        heard: UnboundedSender<FollowFact>,
    ) -> impl Future<Output = ()> + Send;

    /// Runs a command of the person's to its end. Its exit code; `None` when it did not start or was killed.
    fn execute(&self, command: &PersonsCommand) -> Option<i32>;

    /// Removes of `notes`, oldest first, what is too old or too much, and nobody changed.
    ///
    /// # Errors
    /// When the folder cannot be read or changed.
    fn tidy(&self, keeping: Keeping, notes: Vec<FileNote>) -> Result<Vec<TidiedFile>, StoreError>;
}

/// A folder into which files are fetched.
#[derive(Clone, Debug)]
pub(in crate::engine::services) struct FollowedFolder {
    pub(in crate::engine::services) open: OpenFolder,
    /// As the person named it.
    pub(in crate::engine::services) out: PathBuf,
}

/// The true world.
#[derive(Clone)]
pub(in crate::engine::services) struct World {
    pub(in crate::engine::services) context: EngineContext,
    /// `None` where others fetch.
    pub(in crate::engine::services) folder: Option<FollowedFolder>,
}

impl FollowOutside for World {
    fn moment(&self) -> FollowMoment {
        let shared = &self.context.shared;
        FollowMoment { steady: shared.clock.now(), day: shared.judging_now() }
    }

    fn providers(&self) -> ProviderBook {
        self.context.catalog.providers()
    }

    async fn look(&self, row: FollowRow) -> SourceSeen {
        let providers = self.providers();
        let found = EntryId::parse(&row.wish.id).and_then(|id| providers.find(&id));
        let Some((provider, dataset)) = found else {
            return SourceSeen::failed(crate::app::catalog::asked::unknown_entry(&row.wish.id, &providers));
        };
        let shared = &self.context.shared;
        let look = self.context.catalog.look((provider, dataset), Wanted::Latest, shared).await;
        let mut seen = SourceSeen::of(dataset.clone(), look);
        if seen.trouble.is_some() && !has_route() {
            seen.network = NetworkSeen::Gone;
        }
        if provider.politeness.contact == Contact::Needed && shared.client.contact().is_none() {
            seen.notes.insert(0, UserMessage::ContactWanted { provider: provider.id.to_string() });
        }
        seen
    }

    async fn fetch(&self, wanted: FilesWanted, heard: UnboundedSender<FollowFact>) {
        let FilesWanted { row, files } = wanted;
        // The service hears until it ends, and with it the process.
        let tell = |fact| drop(heard.send(fact));
        let (Some(FollowedFolder { open, out }), Some(id)) = (&self.folder, EntryId::parse(&row.wish.id))
        else {
            return tell(FollowFact::FetchOver(row.id));
        };
        let request = match row.wish.request(out.clone()) {
            Ok(request) => Arc::new(request),
            Err(message) => {
                tell(FollowFact::Noted(row.id, message));
                return tell(FollowFact::FetchOver(row.id));
            }
        };
        let (events, mut told) = unbounded_channel();
        let job = Job::new((JobId(0), request), self.context.clone(), events, self.context.stopping.clone());
        for (key, entry) in files {
            let got = job.get_file_of((&id, &entry), open).await;
            let placed = hear(&mut told, |message| tell(FollowFact::Noted(row.id, message)));
            let ended = got.map(|()| placed).map_err(|JobEnd { end, message }| match end {
                End::Interrupted | End::Disk => FetchFailure::Final(message),
                _ => FetchFailure::Passing(message),
            });
            tell(FollowFact::Fetched(row.id, key, ended));
        }
        tell(FollowFact::FetchOver(row.id));
    }

    fn execute(&self, command: &PersonsCommand) -> Option<i32> {
        let (program, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
        let mut shell = Command::new(program);
        shell.args([flag, &command.words]).stdin(Stdio::null());
        shell.envs(command.environment.iter().map(|(name, value)| (name, value)));
        match shell.status() {
            Ok(status) => status.code(),
            Err(error) => {
                tracing::warn!(%error, key = command.key, "the person's command did not start");
                None
            }
        }
    }

    fn tidy(&self, keeping: Keeping, notes: Vec<FileNote>) -> Result<Vec<TidiedFile>, StoreError> {
        let Some(FollowedFolder { open, .. }) = &self.folder else { return Ok(Vec::new()) };
        let root = open.folder.root();
        let figures: Vec<FetchedFile> = notes
            .iter()
            .map(|note| FetchedFile { since: note.since, length: length_of(root.path(), note) })
            .collect();
        let too_much = keeping.to_remove(&figures, self.context.shared.clock.utc());
        let mut tidied = Vec::new();
        for (_, note) in notes.into_iter().enumerate().filter(|(place, _)| too_much.contains(place)) {
            let mut removed = Vec::new();
            for path in &note.paths {
                let Ok(below) = Path::new(path).strip_prefix(root.path()) else { continue };
                let left = open.database.finished_as(&below.to_string_lossy())?;
                if let Some(left) = left
                    && remove_unchanged(root, below, left)?
                {
                    removed.push(path.clone());
                }
            }
            tidied.push(TidiedFile { note, removed });
        }
        Ok(tidied)
    }
}

/// The files that came into their place since this was last asked; what is worth a line is noted.
fn hear(told: &mut UnboundedReceiver<Input>, note: impl Fn(UserMessage)) -> Vec<FileInPlace> {
    let mut files = Vec::new();
    while let Ok(input) = told.try_recv() {
        // How far a job is, and what only windows show, is nothing to who follows.
        if let Input::Event(Event::InPlace(_, file)) = input {
            files.push(*file);
        } else if let Input::Event(Event::Noted(_, message)) = input {
            note(message);
        }
    }
    files
}

fn length_of(root: &Path, note: &FileNote) -> ByteCount {
    let of = |path: &String| {
        let below = Path::new(path).strip_prefix(root).ok()?;
        std::fs::symlink_metadata(root.join(below)).ok().filter(std::fs::Metadata::is_file)
    };
    ByteCount(note.paths.iter().filter_map(of).map(|found| found.len()).sum())
}

/// What is told of a task that broke: never expected, never silent.
pub(super) fn broken(error: &tokio::task::JoinError) -> UserMessage {
    tracing::error!(%error, "a task that follows broke");
    UserMessage::Internal { detail: show(&error.to_string()) }
}
