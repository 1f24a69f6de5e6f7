//! One job: from what a person typed to files in their place.
//!
//! In: a [`GetRequest`]. Out: events, and an [`Outcome`]. Resolves the target, plans, runs one content task after the
//! other, and puts slices together. Every way out has a message. Start reading at [`Job::run`].

mod contents;
mod control;
mod cutting;
mod decompressed;
pub(in crate::engine) mod disk;
mod entry;
mod giving;
mod giving_again;
mod index_claims;
mod lacking;
mod local;
mod magnet;
pub(in crate::engine) mod messages;
mod products;
mod provenance;
mod remote;
mod streamed;
pub(crate) mod target;
mod torrent;
mod torrent_index;
mod torrent_slices;

pub use control::JobControl;

use crate::app::catalog::unknown_entry;
use crate::app::giving::KeptGiving;
use crate::app::input::{Event, Input};
use crate::app::rate_history::RateHistory;
use crate::app::request::{GetRequest, Intent, JobId};
use crate::app::state::{End, Outcome, PlanSummary};
use crate::app::user_message::UserMessage;
use crate::catalog::provider::EntryId;
use crate::domain::integrity::{Digest, Voucher};
use crate::domain::octets::ByteCount;
use crate::domain::safe_path::SafePath;
use crate::domain::utc::UtcTime;
use crate::engine::context::EngineContext;
use crate::engine::scratch::Scratch;
use crate::engine::store::error::StoreError;
use crate::engine::store::folders::OpenFolder;
use crate::engine::transfer::http::waiting::Waiting;
use crate::grib::index::GribIndex;
use crate::transfer::address_rule::Reach;
use contents::ContentSums;
use giving::GivenContent;
use lacking::Answers;
use messages::JobEnd;
use provenance::CatalogOrigin;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use target::Target;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;

/// A job under way.
pub struct Job {
    id: JobId,
    request: Arc<GetRequest>,
    context: EngineContext,
    events: UnboundedSender<Input>,
    stop: watch::Receiver<bool>,
    sums: ContentSums,
    rates: RateHistory,
    /// What it can be told from outside.
    control: Arc<JobControl>,
    /// What an earlier start of the program gave and this one goes on with; then nothing is received.
    again: Option<Box<KeptGiving>>,
    /// Whether everything is in its place: then it has ended well, however it ends.
    in_place: Arc<AtomicBool>,
    /// Contents that are complete and go on giving.
    giving: Vec<GivenContent>,
    announced: Option<AnnouncedFile>,
    /// What its files cost so far, while only that is asked.
    planned: Option<PlanSummary>,
    /// Octets wanted of the files that were got before this one.
    wanted_before: ByteCount,
    /// What of the wish was found: in what is planned, and in what is in its place.
    answers: Answers,
    /// The catalogue's entry that is being got.
    entry: Option<CatalogOrigin>,
    /// The folders below the one for finished files in which its files go.
    below: Option<SafePath>,
    /// When it was asked for.
    began: UtcTime,
}

/// What a message says of the file to get: no person named its URL, and its digest must be the file's.
#[derive(Clone, Debug)]
pub struct AnnouncedFile {
    /// The digest. `None` when none was announced that proves anything.
    pub digest: Option<Digest>,
    /// Who announced it.
    pub voucher: Voucher,
    /// Where the file goes.
    pub path: SafePath,
    /// Most octets it may have.
    pub most: ByteCount,
    /// How many it must have. `None` when that was not announced.
    pub length: Option<ByteCount>,
    /// A .torrent of the file, when it is got by one. Without one its URL is never taken for that of a .torrent.
    pub torrent: Option<Arc<[u8]>>,
}

impl Job {
    /// A job that has not begun.
    pub fn new(
        (id, request): (JobId, Arc<GetRequest>),
        mut context: EngineContext,
        events: UnboundedSender<Input>,
        stop: watch::Receiver<bool>,
    ) -> Self {
        let began = context.shared.clock.utc();
        let told = events.clone();
        let waiting = Waiting::told(move |message| {
            // The host is gone only when the process ends.
            let _ = told.send(Input::Event(Event::Noted(id, message)));
        });
        let control = Arc::new(JobControl::new(&request, &context.shared.limit, &context.sessions));
        context.shared.limit = control.down();
        context.shared.client = context.shared.client.waiting_for(request.wait, waiting);
        Self {
            id,
            request,
            context,
            events,
            stop,
            sums: ContentSums::default(),
            rates: RateHistory::default(),
            control,
            again: None,
            in_place: Arc::default(),
            giving: Vec::new(),
            announced: None,
            planned: None,
            wanted_before: ByteCount::ZERO,
            answers: Answers::default(),
            entry: None,
            below: None,
            began,
        }
    }

    /// A job for a file that a message announced.
    pub fn of_announcement(mut self, announced: AnnouncedFile) -> Self {
        self.announced = Some(announced);
        self
    }

    /// A job that only goes on with giving.
    pub fn giving_again(mut self, kept: Box<KeptGiving>) -> Self {
        self.again = Some(kept);
        self
    }

    /// By what it is told how long to give and how fast to go.
    pub fn control(&self) -> Arc<JobControl> {
        self.control.clone()
    }

    /// Where the target's own URLs may lead: anywhere when a person typed them.
    fn reach(&self) -> Reach {
        if self.announced.is_some() { Reach::Public } else { Reach::Anywhere }
    }

    /// Runs to the end, whatever that is, and tells it.
    pub async fn run(mut self) {
        let began = self.context.shared.clock.now();
        let mut stop = self.stop.clone();
        let in_place = self.in_place.clone();
        let ended = tokio::select! {
            ended = self.get() => ended,
            // Contents stop by themselves and say so; this ends what waits on a server or a folder.
            () = stopped_for_long(&mut stop) => Err(JobEnd::stopped()),
        };
        let took = self.context.shared.clock.now().since(began);
        let took_ms = u32::try_from(took.as_millis()).unwrap_or(u32::MAX);
        let outcome = match ended {
            // What is in its place stays so, also when ending to give takes long.
            _ if in_place.load(Ordering::Acquire) => Outcome { end: End::Done, took_ms, message: None },
            Ok(()) => Outcome { end: End::Done, took_ms, message: None },
            Err(JobEnd { end, message }) => Outcome { end, took_ms, message: Some(Box::new(message)) },
        };
        self.tell(Event::Ended(self.id, Box::new(outcome)));
    }

    async fn get(&mut self) -> Result<(), JobEnd> {
        if let Some(kept) = self.again.take() {
            self.in_place.store(true, Ordering::Release);
            let given = self.give_again(&kept).await;
            if let Err(JobEnd { message, .. }) = &given {
                tracing::warn!(?message, "what was given before is given no longer");
            }
            return Ok(());
        }
        // A plan leaves the folder as it is, and may be made while another process uses it.
        let elsewhere = match self.request.products.intent {
            Intent::Fetch => None,
            Intent::Plan => Some(
                Scratch::new("nuee-plan-").map_err(|error| StoreError::from_io("make a folder", error))?,
            ),
        };
        let folder = self.open_folder(elsewhere.as_ref().map(Scratch::path)).await?;
        let got = self.get_all(&folder).await;
        if got.is_ok() {
            self.in_place.store(true, Ordering::Release);
            self.give_on(None, &folder).await;
        }
        self.end_giving(None).await;
        got
    }

    /// Gets one target after the other. What is complete goes on giving meanwhile.
    async fn get_all(&mut self, folder: &OpenFolder) -> Result<(), JobEnd> {
        // Each target is got even when one before it failed; the first failure is told.
        let mut failed = None;
        for target in self.request.targets.clone() {
            self.answers = Answers::of(&self.request.selection);
            let got = self.get_target(&target, folder).await;
            match got.and_then(|()| self.answer_whole()) {
                Ok(()) => {}
                Err(end) if matches!(end.end, End::Interrupted | End::Disk) => return Err(end),
                Err(end) => failed = failed.or(Some(end)),
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// A word that is neither a file nor an address may be an id that was mistyped.
    fn meant_entry(&self, target: &str, end: JobEnd) -> JobEnd {
        let is_word = matches!(end.message, UserMessage::TargetNotFound { .. }) && !target.contains("://");
        let book = self.context.catalog.providers();
        match is_word.then(|| unknown_entry(target, &book)) {
            Some(message @ UserMessage::UnknownEntry { meant: Some(_), .. }) => JobEnd { message, ..end },
            _ => end,
        }
    }

    async fn get_target(&mut self, target: &str, folder: &OpenFolder) -> Result<(), JobEnd> {
        if let Some(id) = entry_id(target) {
            return self.get_entry(&id, folder).await;
        }
        match self.resolve(target).await.map_err(|end| self.meant_entry(target, end))? {
            Target::Torrent(torrent) => self.get_torrent(*torrent, folder).await,
            Target::Remote(remote) => self.get_remote(remote, folder).await,
            Target::Streamed(streamed) => self.get_streamed(streamed, folder).await,
            Target::Local(path) => self.cut_local(path, folder).await,
        }
    }

    /// Opens the folder, waiting for another process as long as the request says.
    async fn open_folder(&mut self, elsewhere: Option<&Path>) -> Result<OpenFolder, JobEnd> {
        let until = self.context.shared.clock.now().after(self.request.wait);
        loop {
            let out = elsewhere.map_or_else(|| self.request.out.clone(), Path::to_path_buf);
            let folders = self.context.folders.clone();
            let note = format!("nuee get {}", self.request.targets.join(" "));
            let opened = tokio::task::spawn_blocking(move || folders.open(&out, &note)).await;
            match opened.map_err(JobEnd::internal)? {
                Err(StoreError::InUse { by }) if self.context.shared.clock.now() < until => {
                    self.note(UserMessage::WaitingForFolder { by });
                    let mut stop = self.stop.clone();
                    tokio::select! {
                        () = tokio::time::sleep(Duration::from_millis(500)) => {}
                        Ok(_) = stop.wait_for(|stop| *stop) => return Err(JobEnd::stopped()),
                    }
                }
                opened => return Ok(opened?),
            }
        }
    }

    /// Tells what a file costs; returns whether to go on and fetch it.
    fn goes_on_with(&mut self, plan: PlanSummary) -> bool {
        let is_fetched = self.request.products.intent == Intent::Fetch;
        let lacking = self.lacking_in_plan(plan.road);
        let plan = PlanSummary { lacking, wanted_before: self.wanted_before, ..plan };
        let told = match &self.planned {
            Some(before) if !is_fetched => before.plus(&plan),
            _ => plan,
        };
        self.planned = Some(told.clone());
        self.tell(Event::Planned(self.id, Box::new(told)));
        is_fetched
    }

    fn tell(&self, event: Event) {
        // The host is gone only when the process ends.
        let _ = self.events.send(Input::Event(event));
    }

    fn note(&self, message: UserMessage) {
        self.tell(Event::Noted(self.id, message));
    }

    /// Says when the headers of a file were not read to its end.
    fn note_given_up(&self, index: &GribIndex) {
        if let Some(problem) = index.gave_up() {
            let (at, detail) = (ByteCount(problem.offset), problem.detail.clone().into_owned());
            self.note(UserMessage::SearchGivenUp { at, detail });
        }
    }
}

/// The id of a catalogue's entry, unless a file of that name is here.
fn entry_id(target: &str) -> Option<EntryId> {
    EntryId::parse(target).filter(|_| !std::path::Path::new(target).exists())
}

/// How long a job may take to stop by itself.
const STOP_GRACE: Duration = Duration::from_secs(1);

async fn stopped_for_long(stop: &mut watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        // Nobody can tell it to stop any more: it goes on.
        std::future::pending::<()>().await;
    }
    tokio::time::sleep(STOP_GRACE).await;
}
