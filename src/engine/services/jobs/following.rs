//! Follows a dataset: each file that appears is fetched once, noted, and told to the person's command once.
//!
//! In: a wish, and what was noted of it before. Out: files in their place, notes in the folder's database, news. What
//! is noted survives a restart; a file that was fetched and not noted is found in its place and noted then. Start
//! reading at [`Follower::look`].

mod keeping;
mod runs;

use super::get::entry::{get_one, look, meant_by};
use super::messages::JobEnd;
use super::run::JobRun;
use super::scene::JobScene;
use crate::app::catalog::RunWish;
use crate::app::follow::{FollowNews, FollowWish};
use crate::app::input::{Event, Input};
use crate::app::job::entry::MeantDataset;
use crate::app::query::Answer;
use crate::app::request::{
    CompressedFiles, GetRequest, GivingPlan, Intent, JobId, Partial, Products, Provenance, Split, Trust,
};
use crate::app::state::{End, FileInPlace};
use crate::app::user_message::UserMessage;
use crate::app::words::time_of;
use crate::catalog::entry::Entry;
use crate::catalog::provider::EntryId;
use crate::catalog::runs::{CellState, Hours, hours};
use crate::domain::utc::UtcTime;
use crate::engine::context::EngineContext;
use crate::engine::store::database::{FollowedFile, FollowedRow};
use crate::engine::store::folders::OpenFolder;
use crate::transfer::fallback::Policy;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// Runs that are looked at for new hours.
const RUNS: usize = 6;

/// A run that started so long before the wish is not fetched. Minutes.
const OLDEST_WANTED: i64 = 12 * 60;

/// Follows one wish.
pub(crate) struct Follower<'a> {
    row: FollowedRow,
    wish: FollowWish,
    scene: JobScene,
    run: JobRun,
    heard: UnboundedReceiver<Input>,
    open: &'a OpenFolder,
    answers: &'a Sender<Answer>,
}

/// What a look gave.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Looked {
    /// When the next hour is due, when anybody knows.
    pub(crate) due: Option<UtcTime>,
    /// Whether a listing was read.
    pub(crate) was_read: bool,
}

/// The request that stands for a wish.
///
/// # Errors
/// The part that cannot be understood.
pub(crate) fn request_of(wish: &FollowWish, out: PathBuf) -> Result<GetRequest, UserMessage> {
    let unreadable =
        |text: String| UserMessage::Unreadable { text: crate::domain::outside_text::show(&text) };
    let selection = wish.selection().map_err(unreadable)?;
    let policy = match &wish.via {
        None => Policy::default(),
        Some(text) => Policy::from_key(text).ok_or_else(|| unreadable(text.clone()))?,
    };
    if EntryId::parse(&wish.id).is_none() {
        return Err(UserMessage::UnknownEntry {
            id: crate::domain::outside_text::show(&wish.id),
            meant: None,
        });
    }
    Ok(GetRequest {
        targets: vec![wish.id.clone()],
        run: Some(RunWish::Latest),
        selection,
        products: products_of(wish).map_err(unreadable)?,
        out,
        policy,
        giving: GivingPlan::WhileReceiving,
        ..GetRequest::default()
    })
}

fn products_of(wish: &FollowWish) -> Result<Products, String> {
    let within = match &wish.within {
        Some(text) => Some(time_of(text).ok_or_else(|| text.clone())?),
        None => None,
    };
    Ok(Products {
        partial: Partial::Accepted,
        intent: Intent::Fetch,
        compressed: CompressedFiles::Opened,
        split: if wish.is_split { Split::ByParameter } else { Split::Never },
        provenance: if wish.has_provenance { Provenance::Beside } else { Provenance::Left },
        folder: wish.folder.clone(),
        within,
        trust: Trust::AsLeft,
    })
}

impl<'a> Follower<'a> {
    /// Follows `row` in `open`.
    ///
    /// # Errors
    /// When the wish cannot be understood.
    pub(crate) fn new(
        row: FollowedRow,
        context: &EngineContext,
        (open, out): (&'a OpenFolder, PathBuf),
        answers: &'a Sender<Answer>,
    ) -> Result<Self, UserMessage> {
        let unreadable = |_| UserMessage::Unreadable { text: crate::domain::outside_text::show(&row.wish) };
        let wish: FollowWish = serde_json::from_str(&row.wish).map_err(unreadable)?;
        let request = request_of(&wish, out)?;
        let (events, heard) = unbounded_channel();
        let stop = context.stopping.clone();
        let scene = JobScene::new((JobId(0), Arc::new(request)), context.clone(), events, stop);
        let run = JobRun::begin(open.clone());
        Ok(Self { row, wish, scene, run, heard, open, answers })
    }

    fn tell(&self, news: FollowNews) {
        // Who asked is gone only when the process ends.
        let _ = self.answers.send(Answer::Follow(news));
    }

    fn note(&self, message: UserMessage) {
        self.tell(FollowNews::Note { name: self.row.name.clone(), message });
    }

    /// Looks once, and fetches what is new. Says when the next hour is due, and whether anything was read at all.
    ///
    /// # Errors
    /// What ends following altogether: the folder, or being stopped.
    pub(crate) async fn look(&mut self) -> Result<Looked, JobEnd> {
        let found = match self.find().await {
            Ok(found) => found,
            Err(end) => {
                if matches!(end.end, End::Interrupted | End::Disk) {
                    return Err(end);
                }
                self.note(end.message);
                return Ok(Looked { due: None, was_read: false });
            }
        };
        let (meant, table, entries) = found;
        self.finish_what_was_begun()?;
        for entry in &entries {
            match self.fetch(&meant, entry).await {
                Ok(()) => {}
                Err(end) if matches!(end.end, End::Interrupted | End::Disk) => return Err(end),
                // It is tried again at the next look.
                Err(end) => self.note(end.message),
            }
        }
        self.tell_missing(&table)?;
        self.tell_runs(&table, &entries)?;
        self.remove_what_is_too_much()?;
        Ok(Looked { due: due_in(&table, self.scene.selection().leads()), was_read: true })
    }

    /// The files of recent runs that are wanted, oldest run first.
    async fn find(&mut self) -> Result<(MeantDataset, Hours, Vec<Entry>), JobEnd> {
        let id = EntryId::parse(&self.wish.id).expect("the wish was read with an id");
        let meant = meant_by(&self.scene, &id)?;
        let look = look(&self.scene, &meant).await?;
        let mut table =
            hours(&meant.dataset, &look.book, &meant.packages, self.scene.context.shared.judging_now(), RUNS);
        let added = self.row.added_at;
        table.rows.retain(|row| added.minutes_since(row.run) <= OLDEST_WANTED);
        let leads = self.scene.selection().leads();
        let is_meant = |entry: &&Entry| {
            let has_package =
                meant.packages.is_empty() || meant.packages.iter().any(|p| p == entry.package());
            let holds = table
                .leads
                .iter()
                .any(|lead| entry.may_hold(*lead) && leads.is_none_or(|l| l.contains(*lead)));
            entry.is_there() && has_package && holds
        };
        let runs = table.rows.iter().rev().map(|row| row.run);
        let entries: Vec<Entry> = runs
            .flat_map(|run| look.book.of_run(run).collect::<Vec<_>>())
            .filter(is_meant)
            .cloned()
            .collect();
        Ok((meant, table, entries))
    }

    /// Fetches one file unless that was done before, and starts the person's command.
    async fn fetch(&mut self, meant: &MeantDataset, entry: &Entry) -> Result<(), JobEnd> {
        let key = key_of(entry);
        let known = self.open.database.followed_file(self.row.id, &key)?;
        if known.is_some() {
            return Ok(());
        }
        let wish = self.scene.selection().clone().without_leads();
        self.run.begin_answers(&self.scene, &wish);
        get_one(&self.scene, &mut self.run, meant, entry).await?;
        // What a followed file lacks is said, and costs it nothing.
        self.run.answer_whole(&self.scene)?;
        let files = self.hear();
        let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
        let run = entry.values.run.expect("entries of a run have one");
        let mut noted = FollowedFile {
            key: key.clone(),
            run,
            state: "here".to_owned(),
            paths: paths.join("\n"),
            since: self.scene.context.shared.clock.utc(),
        };
        self.open.database.note_followed(self.row.id, &noted)?;
        for file in files {
            self.tell(FollowNews::File {
                name: self.row.name.clone(),
                key: key.clone(),
                file: Box::new(file),
            });
        }
        self.execute(&mut noted)
    }

    /// Starts the command for files that were fetched before a restart and not told of.
    fn finish_what_was_begun(&mut self) -> Result<(), JobEnd> {
        if self.wish.exec.is_none() {
            return Ok(());
        }
        for mut file in self.open.database.followed_files(self.row.id)? {
            if file.state == "here" {
                self.execute(&mut file)?;
            }
        }
        Ok(())
    }

    /// Notes first, then starts: a command is started once, also when this process is killed meanwhile.
    fn execute(&mut self, file: &mut FollowedFile) -> Result<(), JobEnd> {
        let Some(command) = self.wish.exec.clone() else { return Ok(()) };
        "told".clone_into(&mut file.state);
        self.open.database.note_followed(self.row.id, file)?;
        let mut shell = self.shell(&command, ("file", file.run));
        let paths: Vec<&str> = file.paths.lines().collect();
        shell.env("NUEE_FILE", paths.first().copied().unwrap_or_default());
        shell.env("NUEE_FILES", &file.paths).env("NUEE_KEY", &file.key);
        self.start(shell, file.key.clone());
        Ok(())
    }

    /// Starts a command; a slow one keeps nobody from fetching.
    fn start(&self, mut shell: Command, key: String) {
        let (answers, name) = (self.answers.clone(), self.row.name.clone());
        tokio::task::spawn_blocking(move || {
            let code = shell.status().ok().and_then(|status| status.code());
            let _ = answers.send(Answer::Follow(FollowNews::Executed { name, key, code }));
        });
    }

    /// The person's command, for the system's shell, with what it is started for.
    fn shell(&self, command: &str, (event, run): (&str, UtcTime)) -> Command {
        let (program, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
        let mut shell = Command::new(program);
        shell.args([flag, command]).stdin(Stdio::null());
        shell.env("NUEE_EVENT", event).env("NUEE_RUN", run.to_string()).env("NUEE_FOLLOWED", &self.row.name);
        shell
    }

    /// The files that came into their place since this was last asked; notes are passed on.
    fn hear(&mut self) -> Vec<FileInPlace> {
        let mut files = Vec::new();
        while let Ok(input) = self.heard.try_recv() {
            match input {
                Input::Event(Event::InPlace(_, file)) => files.push(*file),
                Input::Event(Event::Noted(_, message)) => self.note(message),
                // The follower is its job's own front end: how far it is, and what only windows show, is nothing to it.
                Input::Action(_)
                | Input::Event(
                    Event::Named(..)
                    | Event::Planned(..)
                    | Event::Moved(..)
                    | Event::Giving(..)
                    | Event::Ended(..)
                    | Event::Restored(_)
                    | Event::Recalled(..)
                    | Event::DiskSeen(_)
                    | Event::RequestRecalled(..)
                    | Event::FilesRead(..)
                    | Event::UndoOver(_)
                    | Event::FolderSeen(..)
                    | Event::Minute(_)
                    | Event::Network(_)
                    | Event::Discovery(_)
                    | Event::SettingsRead(_)
                    | Event::Sources(_)
                    | Event::Hours(_)
                    | Event::Mesh(_)
                    | Event::Fetched(_)
                    | Event::FilesGone(_)
                    | Event::Wished(_)
                    | Event::Detailed(_)
                    | Event::Hosts(_)
                    | Event::Told(..)
                    | Event::Crashed(_)
                    | Event::HandedOver(_)
                    | Event::Raise
                    | Event::Follow(_)
                    | Event::Inspect(_)
                    | Event::RetryDue(..),
                ) => {}
            }
        }
        files
    }

    /// Tells each missing hour once; one that came after all is missing no longer.
    fn tell_missing(&self, table: &Hours) -> Result<(), JobEnd> {
        let leads = self.scene.selection().leads();
        for row in &table.rows {
            for (lead, cell) in table.leads.iter().zip(&row.cells) {
                let Some(cell) = cell.filter(|_| leads.is_none_or(|leads| leads.contains(*lead))) else {
                    continue;
                };
                let key = format!("{} {} min", row.run, lead.minutes());
                let known = self.open.database.followed_file(self.row.id, &key)?.map(|known| known.state);
                let state = match (cell.state, known.as_deref()) {
                    (CellState::Missing, None | Some("came")) => "missing",
                    (CellState::Published, Some("missing")) => "came",
                    _ => continue,
                };
                let since = self.scene.context.shared.clock.utc();
                let (state, paths) = (state.to_owned(), String::new());
                let noted = FollowedFile { key: key.clone(), run: row.run, state, paths, since };
                self.open.database.note_followed(self.row.id, &noted)?;
                if noted.state == "missing" {
                    self.tell(FollowNews::Missing { name: self.row.name.clone(), key });
                }
            }
        }
        Ok(())
    }
}

/// Run, lead times and package: what tells a file from every other one of the dataset.
fn key_of(entry: &Entry) -> String {
    let run = entry.values.run.map(|run| run.to_string()).unwrap_or_default();
    let leads = entry.leads().map_or((0, 0), |(first, last)| (first.minutes(), last.minutes()));
    format!("{run} {}-{} min {}", leads.0, leads.1, entry.package())
}

/// When the next wanted hour is due. What is late may come at any time, and has no time.
fn due_in(table: &Hours, leads: Option<&crate::domain::lead_time::LeadSelection>) -> Option<UtcTime> {
    let cells = table.rows.iter().flat_map(|row| table.leads.iter().zip(&row.cells));
    let wanted = cells.filter(|(lead, _)| leads.is_none_or(|leads| leads.contains(**lead)));
    let due = wanted.filter_map(|(_, cell)| match cell.as_ref()?.state {
        CellState::Expected { at } => at,
        CellState::Late { since } => Some(since),
        _ => None,
    });
    due.min()
}
