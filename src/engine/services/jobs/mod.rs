//! One job: from what a person typed to files in their place, in five stages.
//!
//! Each stage takes what the one before it gives, so that the order can be read from the signatures:
//!
//! | stage | takes | gives |
//! |---|---|---|
//! | `resolve` | what was typed | `Target`: a torrent, or a file on a server or on this machine |
//! | `plan` | a target | `Planned`: what to fetch and what that costs; telling it gives the order, where fetching is wished |
//! | `fetch` | an order, as a brief | `Fetched`: a content of which everything that is wanted is held and attributed |
//! | `cut` | what was fetched, and which messages of it | `ProvenFile`: proven and moved into its place |
//! | `hand_over` | a file in its place | nothing more: it is remembered, described and told |
//!
//! | file | what it is |
//! |---|---|
//! | `get/` | the stages one after the other, for each kind of target; what proved wrong is planned anew by what is trusted more |
//! | `scene` | what the job is, what is wished, whom it may ask: does not change |
//! | `run` | what it came to so far: folder, contents, plans, answers |
//! | `origins` | the servers that have a file |
//! | `control` | what it can be told from outside |
//! | `messages` | why it ended |
//! | `disk` | what became of files that are in their place |
//!
//! What a stage decides is decided by `app::job`. Every way out has a message. Start reading at [`Job::run`].

mod control;
mod cut;
pub(in crate::engine) mod disk;
mod fetch;
mod get;
mod hand_over;
pub(in crate::engine) mod messages;
mod origins;
mod plan;
mod resolve;
mod run;
mod scene;

pub use crate::app::jobs::wish::AnnouncedFile;
pub use control::JobControl;
pub(in crate::engine::services) use get::giving_again::brief_of_given;

use crate::app::input::{Event, Input};
use crate::app::jobs::giving::KeptGiving;
use crate::app::jobs::request::{GetRequest, Intent, JobId};
use crate::app::jobs::target::TorrentTarget;
use crate::app::jobs::view::{End, Outcome};
use crate::app::relay::used::joining::ClaimedFile;
use crate::catalog::entry::{Entry, Roads};
use crate::catalog::provider::EntryId;
use crate::domain::safe_path::SafePath;
use crate::engine::context::EngineContext;
use crate::engine::scratch::Scratch;
use crate::engine::store::error::StoreError;
use crate::engine::store::folders::OpenFolder;
use messages::JobEnd;
use run::JobRun;
use scene::JobScene;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;

/// How long a job may take to stop by itself.
const STOP_GRACE: Duration = Duration::from_secs(1);

/// A job that was not begun yet.
pub struct Job {
    scene: JobScene,
    /// What an earlier start of the program gave and this one goes on with; then nothing is received.
    again: Option<Box<KeptGiving>>,
}

impl Job {
    /// A job that has not begun.
    pub fn new(
        job: (JobId, Arc<GetRequest>),
        context: EngineContext,
        events: UnboundedSender<Input>,
        stop: watch::Receiver<bool>,
    ) -> Self {
        Self { scene: JobScene::new(job, context, events, stop), again: None }
    }

    /// A job for a file that a message announced.
    pub fn of_announcement(mut self, announced: AnnouncedFile) -> Self {
        self.scene.wish.announced = Some(Arc::new(announced));
        self
    }

    /// A job that only goes on with giving.
    pub fn giving_again(mut self, kept: Box<KeptGiving>) -> Self {
        self.again = Some(kept);
        self
    }

    /// By what it is told how long to give and how fast to go.
    pub fn control(&self) -> Arc<JobControl> {
        self.scene.control.clone()
    }

    /// Gets one file of the entry `id` for who looked by himself. What it lacks is said, and costs it nothing.
    ///
    /// # Errors
    /// Why it did not come.
    pub(in crate::engine) async fn get_file_of(
        &self,
        (id, entry): (&EntryId, &Entry),
        open: &OpenFolder,
    ) -> Result<(), JobEnd> {
        let mut run = JobRun::begin(open.clone());
        get::entry::get_file_of(&self.scene, &mut run, (id, entry)).await
    }

    /// Gets a file that relays offer by a torrent of theirs, whole, into `folders` below that of the request; gives the torrent.
    ///
    /// # Errors
    /// Why it did not come.
    pub(in crate::engine) async fn get_relayed(
        mut self,
        (file, roads): (&Arc<ClaimedFile>, &Roads),
        (folders, open): (Option<SafePath>, &OpenFolder),
    ) -> Result<TorrentTarget, JobEnd> {
        self.scene.wish = self.scene.wish.into_folders(folders);
        let mut run = JobRun::begin(open.clone());
        get::entry::get_relayed(&self.scene, &mut run, (file, roads)).await
    }

    /// Runs to the end, whatever that is, and tells it.
    pub async fn run(self) {
        let Self { scene, again } = self;
        let began = scene.context.shared.clock.now();
        let mut stop = scene.stop.clone();
        // Whether everything is in its place: then it has ended well, however it ends.
        let in_place = AtomicBool::new(false);
        let ended = tokio::select! {
            ended = carry_out(&scene, again, &in_place) => ended,
            // Contents stop by themselves and say so; this ends what waits on a server or a folder.
            () = stopped_for_long(&mut stop) => Err(JobEnd::stopped()),
        };
        let took = scene.context.shared.clock.now().since(began);
        let took_ms = u32::try_from(took.as_millis()).unwrap_or(u32::MAX);
        let outcome = match ended {
            // What is in its place stays so, also when ending to give takes long.
            _ if in_place.load(Ordering::Acquire) => Outcome { end: End::Done, took_ms, message: None },
            Ok(()) => Outcome { end: End::Done, took_ms, message: None },
            Err(JobEnd { end, message }) => Outcome { end, took_ms, message: Some(Box::new(message)) },
        };
        scene.tell(Event::Ended(scene.id, Box::new(outcome)));
    }
}

async fn carry_out(
    scene: &JobScene,
    again: Option<Box<KeptGiving>>,
    in_place: &AtomicBool,
) -> Result<(), JobEnd> {
    if let Some(kept) = again {
        in_place.store(true, Ordering::Release);
        if let Err(JobEnd { message, .. }) = get::giving_again::give_again(scene, &kept).await {
            tracing::warn!(?message, "what was given before is given no longer");
        }
        return Ok(());
    }
    // A plan leaves the folder as it is, and may be made while another process uses it.
    let elsewhere = match scene.request().products.intent {
        Intent::Fetch => None,
        Intent::Plan => {
            Some(Scratch::new("nuee-plan-").map_err(|error| StoreError::from_io("make a folder", error))?)
        }
    };
    let open = scene.open_folder(elsewhere.as_ref().map(Scratch::path)).await?;
    let mut run = JobRun::begin(open);
    let got = get_all(scene, &mut run).await;
    if got.is_ok() {
        in_place.store(true, Ordering::Release);
        run.contents.give_on(scene, &run.open, None).await;
    }
    run.contents.end_giving(scene, None).await;
    got
}

/// Gets one target after the other. What is complete goes on giving meanwhile.
async fn get_all(scene: &JobScene, run: &mut JobRun) -> Result<(), JobEnd> {
    // Each target is got even when one before it failed; the first failure is told.
    let mut failed = None;
    for target in &scene.request().targets {
        run.begin_answers(scene, scene.selection());
        let got = get::get_target(scene, run, target).await;
        match got.and_then(|()| run.answer_whole(scene)) {
            Ok(()) => {}
            Err(end) if end.is_of_whole_job() => return Err(end),
            Err(end) => failed = failed.or(Some(end)),
        }
    }
    failed.map_or(Ok(()), Err)
}

async fn stopped_for_long(stop: &mut watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        // Nobody can tell it to stop any more: it goes on.
        std::future::pending::<()>().await;
    }
    tokio::time::sleep(STOP_GRACE).await;
}
