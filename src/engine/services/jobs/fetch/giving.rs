//! Contents of a job that are complete and go on giving: while others are received, and after all are in their place.
//!
//! In: a [`Giver`]. Out: figures that count for the job. No file and no other target waits for it.

use super::super::scene::JobScene;
use super::contents::JobContents;
use crate::app::input::Event;
use crate::app::jobs::detail::PieceMap;
use crate::app::jobs::giving::{GivingState, KeptGiving, given_size};
use crate::app::jobs::rate_history::LineRates;
use crate::app::jobs::view::Transfer;
use crate::catalog::runs::Now;
use crate::domain::content::ContentId;
use crate::domain::safe_path::SafePath;
use crate::domain::utc::UtcTime;
use crate::engine::store::database::{GivenTerms, GivenTorrent};
use crate::engine::store::folders::OpenFolder;
use crate::engine::transfer::content::{ContentBrief, Giver, GivingLook, Progress};
use crate::swarm::torrent::Gives;
use crate::transfer::giving::{GiveUntil, Giving, Moment};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How often it is looked whether something was given.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// A content that is given on.
#[derive(Debug)]
pub(super) struct GivenContent {
    id: ContentId,
    looks: watch::Receiver<GivingLook>,
    cancel: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl GivenContent {
    pub(super) fn start(id: ContentId, giver: Giver, last: &Progress) -> Self {
        let (looked, looks) = watch::channel(GivingLook { progress: last.clone(), pieces: None });
        let (cancel, cancelled) = watch::channel(false);
        Self { id, looks, cancel, task: tokio::spawn(giver.give(looked, cancelled)) }
    }

    async fn end(&mut self) {
        self.cancel.send_replace(true);
        if let Err(error) = (&mut self.task).await {
            tracing::error!(%error, "giving broke");
        }
    }
}

/// The contents that are given on.
#[derive(Debug, Default)]
pub(super) struct GivenContents(Vec<GivenContent>);

impl GivenContents {
    pub(super) fn add(&mut self, given: GivenContent) {
        self.0.push(given);
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether none is given any more.
    fn are_finished(&self) -> bool {
        self.0.iter().all(|given| given.task.is_finished())
    }

    /// How far each is.
    pub(super) fn progress(&self) -> impl Iterator<Item = Progress> + '_ {
        self.0.iter().map(|given| given.looks.borrow().progress.clone())
    }

    /// The pieces of the last one, while somebody looks.
    fn pieces(&self) -> Option<PieceMap> {
        self.0.last().and_then(|given| given.looks.borrow().pieces.clone())
    }

    fn keys(&self) -> Vec<String> {
        self.0.iter().map(|given| given.id.key()).collect()
    }

    /// Gives this content no longer: it is to be received anew, and runs once at a time.
    pub(super) async fn end_one(&mut self, id: &ContentId) {
        for given in self.0.iter_mut().filter(|given| given.id == *id && !given.task.is_finished()) {
            given.end().await;
        }
    }

    async fn end_all(&mut self) {
        for given in self.0.iter().filter(|given| !given.task.is_finished()) {
            given.cancel.send_replace(true);
        }
        for given in self.0.iter_mut().filter(|given| !given.task.is_finished()) {
            given.end().await;
        }
    }
}

impl JobContents {
    /// Gives no longer, and tells what was uploaded since the last look.
    pub(in crate::engine) async fn end_giving(&mut self, scene: &JobScene, kept: Option<&KeptGiving>) {
        self.given.end_all().await;
        // Each hears by itself that it is to stop: what it saw last may be known here already and not be told.
        if !self.given.is_empty() {
            scene.tell(Event::Moved(scene.id, Box::new(self.whole(kept))));
        }
    }

    /// Everything is in its place: gives until that is over, and tells meanwhile how it goes.
    pub(in crate::engine) async fn give_on(
        &mut self,
        scene: &JobScene,
        open: &OpenFolder,
        kept: Option<&KeptGiving>,
    ) {
        if self.given.are_finished() {
            return;
        }
        let mut said = GivingWords::begin(scene, self.given.keys(), kept);
        let (mut lines, mut told) = (LineRates::default(), (Transfer::default(), false));
        loop {
            let moment = moment_of(scene);
            let mut transfer = self.whole(kept);
            let until = scene.control.until();
            let is_enough = said.giving.is_over(&until, (transfer.given, given_size(&transfer)), moment);
            let is_over = is_enough || self.given.are_finished();
            said.tell(scene, &until, moment);
            lines.rate(&mut transfer, moment.steady);
            let pieces = self.given.pieces();
            // Whoever has nothing to take costs nobody a frame.
            if (&transfer, pieces.is_some()) != (&told.0, told.1) {
                told = (transfer.clone(), pieces.is_some());
                self.note_moved(scene, (transfer, moment.steady), pieces);
            }
            if is_enough {
                forget(&said.contents, open);
            }
            if is_over {
                return;
            }
            let mut stop = scene.stop.clone();
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                // All is in place: stopping now is no failure.
                Ok(_) = stop.wait_for(|stop| *stop) => break,
            }
        }
        // The next start goes on from here, with what was uploaded until now.
        self.end_giving(scene, kept).await;
        said.told = None;
        said.tell(scene, &scene.control.until(), moment_of(scene));
    }
}

/// What is told of giving, as that changes, and every minute for the next start.
struct GivingWords {
    giving: Giving,
    contents: Vec<String>,
    told: Option<GivingState>,
}

impl GivingWords {
    fn begin(scene: &JobScene, contents: Vec<String>, kept: Option<&KeptGiving>) -> Self {
        let now = scene.context.shared.clock.now();
        let giving = match kept {
            Some(kept) => Giving::from(kept.so_far, now),
            None => Giving::begin(scene.utc(), now),
        };
        Self { giving, contents, told: None }
    }

    fn tell(&mut self, scene: &JobScene, until: &GiveUntil, moment: Moment) {
        let left = self.giving.left(until, moment);
        let state = GivingState {
            so_far: self.giving.so_far(moment.steady),
            until: GivingState::end_after(left, scene.utc()),
            ratio: until.ratio,
            contents: self.contents.clone(),
        };
        if self.told.as_ref().is_none_or(|told| state.is_news_after(told)) {
            self.told = Some(state.clone());
            scene.tell(Event::Giving(scene.id, Box::new(state)));
        }
    }
}

impl GivenTerms {
    /// How a content is given, as its task was told. `None` when it has no peers.
    pub(super) fn of(brief: &ContentBrief, folders: Option<&SafePath>) -> Option<GivenTorrent> {
        let swarm = brief.swarm.as_ref().filter(|swarm| swarm.gives == Gives::Held)?;
        let terms = Self {
            trackers: swarm.trackers.asked().map(|tracker| tracker.url().to_string()).collect(),
            peers: swarm.peers.clone(),
            reach: swarm.rule.reach().key().to_owned(),
            want: brief.want.iter().map(|range| (range.start(), range.end())).collect(),
            folders: folders.map(|folders| folders.components().to_vec()).unwrap_or_default(),
        };
        Some(GivenTorrent { info: swarm.info.to_vec(), terms })
    }
}

/// What was given is given no longer: the next start has nothing to go on with.
fn forget(contents: &[String], open: &OpenFolder) {
    for key in contents {
        if let Err(error) = open.database.forget_giving(key) {
            tracing::warn!(error = &error as &dyn std::error::Error, "what was given is not forgotten");
        }
    }
}

/// Now, with the time of day while it can be relied on.
fn moment_of(scene: &JobScene) -> Moment {
    let shared = &scene.context.shared;
    Moment { steady: shared.clock.now(), utc: steady_utc(shared.judging_now()) }
}

fn steady_utc(now: Now) -> Option<UtcTime> {
    match now {
        Now::Steady(utc) => Some(utc),
        Now::JustSet(_) => None,
    }
}
