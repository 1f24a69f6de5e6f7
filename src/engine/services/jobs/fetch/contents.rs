//! The contents of a job: runs one after the other and passes on what they tell, added to what earlier ones came to.

use super::super::hand_over::{ProvenFile, tell_in_place};
use super::super::scene::JobScene;
use super::giving::{GivenContent, GivenContents};
use super::progress_rows::transfer_of;
use crate::app::input::Event;
use crate::app::jobs::content_sums::ContentSums;
use crate::app::jobs::detail::{DetailView, PieceMap};
use crate::app::jobs::giving::KeptGiving;
use crate::app::jobs::rate_history::{LineRates, RateHistory};
use crate::app::jobs::view::Transfer;
use crate::domain::octets::ByteCount;
use crate::domain::utc::SteadyTime;
use crate::engine::store::database::{GivenTerms, GivenTorrent};
use crate::engine::store::folders::OpenFolder;
use crate::engine::store::output::OutputFolder;
use crate::engine::transfer::content::{ContentBrief, ContentNews, ContentTask, Ended, JobWatch, Progress};
use std::sync::Arc;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// What the contents of a job came to, and which of them go on giving.
#[derive(Default)]
pub(in crate::engine) struct JobContents {
    sums: ContentSums,
    rates: RateHistory,
    pub(super) given: GivenContents,
}

impl JobContents {
    /// Runs a content to its end.
    pub(super) async fn run(
        &mut self,
        scene: &JobScene,
        open: &OpenFolder,
        mut brief: ContentBrief,
    ) -> Ended {
        brief.target = scene.wish.time_left(scene.utc());
        if let Some(folders) = scene.wish.folders() {
            brief.grid = brief.grid.below(folders);
        }
        self.given.end_one(&brief.id).await;
        let (id, kept) = (brief.id.clone(), GivenTerms::of(&brief, scene.wish.folders()));
        let (news, heard) = unbounded_channel();
        let task = task(scene, open, brief, news);
        let mut rates = std::mem::take(&mut self.rates);
        let passing = self.pass_on(scene, heard, &open.folder, &mut rates);
        let ((ended, giver), ()) = tokio::join!(task.run(), passing);
        self.rates = rates;
        let last = transfer_of(&ended.last);
        scene.tell(Event::Moved(scene.id, Box::new(self.sums_of_all().with(&last))));
        match giver {
            Some(giver) => {
                keep_giving(&ended, kept, open);
                self.given.add(GivenContent::start(id, giver, &ended.last));
            }
            None => self.sums.add_content(&last),
        }
        ended
    }

    /// Runs a content that is complete as it begins and only gives.
    pub(in crate::engine) async fn run_given(
        &mut self,
        scene: &JobScene,
        open: &OpenFolder,
        brief: ContentBrief,
    ) {
        let id = brief.id.clone();
        // It is complete as it begins: there are no news.
        let (news, _) = unbounded_channel();
        let (ended, giver) = task(scene, open, brief, news).run().await;
        match giver.filter(|_| ended.last.figures.wanted > ByteCount::ZERO) {
            Some(giver) => self.given.add(GivenContent::start(id, giver, &ended.last)),
            None => tracing::info!(end = ?ended.end, "nothing is left to give"),
        }
    }

    /// Tells how far something is that no content task receives.
    pub(in crate::engine) fn tell_moved(&self, scene: &JobScene, transfer: &Transfer) {
        scene.tell(Event::Moved(scene.id, Box::new(self.sums.with(transfer))));
    }

    /// Tells the same at its end, and counts it.
    pub(in crate::engine) fn count_moved(&mut self, scene: &JobScene, transfer: &Transfer) {
        self.tell_moved(scene, transfer);
        self.sums.add(transfer);
    }

    /// The figures of the whole, with what an earlier start of the program received and gave.
    pub(super) fn whole(&self, kept: Option<&KeptGiving>) -> Transfer {
        self.sums_of_all().into_transfer(kept)
    }

    /// Notes and tells how far the whole is.
    pub(super) fn note_moved(
        &mut self,
        scene: &JobScene,
        (transfer, now): (Transfer, SteadyTime),
        pieces: Option<PieceMap>,
    ) {
        self.rates.note(&transfer, now);
        scene.tell(Event::Moved(scene.id, Box::new(transfer)));
        if let Some(pieces) = pieces {
            tell_pieces(scene, pieces, &self.rates);
        }
    }

    /// What the contents came to that are done, with those that are given on.
    fn sums_of_all(&self) -> ContentSums {
        self.given.progress().fold(self.sums.clone(), |sums, progress| sums.and(&transfer_of(&progress)))
    }

    async fn pass_on(
        &self,
        scene: &JobScene,
        mut heard: UnboundedReceiver<ContentNews>,
        folder: &Arc<OutputFolder>,
        rates: &mut RateHistory,
    ) {
        let mut lines = LineRates::default();
        let moved = |transfer| scene.tell(Event::Moved(scene.id, Box::new(transfer)));
        while let Some(news) = heard.recv().await {
            match news {
                ContentNews::Begun(figures) => {
                    let progress = Progress { figures, sources: Vec::new(), swarm: Default::default() };
                    moved(self.sums_of_all().with(&transfer_of(&progress)));
                }
                ContentNews::Progress(progress) => {
                    let now = scene.context.shared.clock.now();
                    let mut transfer = transfer_of(&progress);
                    lines.rate(&mut transfer, now);
                    let transfer = self.sums_of_all().with(&transfer);
                    rates.note(&transfer, now);
                    moved(transfer);
                }
                ContentNews::Pieces(pieces) => tell_pieces(scene, *pieces, rates),
                ContentNews::InPlace { published, verdict, .. } => {
                    tell_in_place(scene, ProvenFile { published, verdict }, folder).await;
                }
            }
        }
    }
}

/// A content task of this job.
fn task(
    scene: &JobScene,
    open: &OpenFolder,
    brief: ContentBrief,
    news: UnboundedSender<ContentNews>,
) -> ContentTask {
    ContentTask {
        shared: scene.context.shared.clone(),
        folder: open.folder.clone(),
        database: open.database.clone(),
        brief,
        news,
        stop: scene.stop.clone(),
        watched: JobWatch::new(scene.id, scene.context.looking.clone()),
    }
}

fn tell_pieces(scene: &JobScene, pieces: PieceMap, rates: &RateHistory) {
    let (job, rates) = (Some(scene.id), rates.points().to_vec());
    let detail = DetailView { job, pieces, fields: Vec::new(), rates };
    scene.tell(Event::Detailed(Arc::new(detail)));
}

/// Keeps what the next start of the program needs to go on with giving a content.
fn keep_giving(ended: &Ended, kept: Option<GivenTorrent>, open: &OpenFolder) {
    let (Some(row), Some(kept)) = (ended.row, kept) else { return };
    if let Err(error) = open.database.keep_giving(row, &kept) {
        // It is given all the same, until the program ends.
        tracing::warn!(error = &error as &dyn std::error::Error, "giving will not survive a restart");
    }
}
