//! Contents of a job that are complete and go on giving: while others are received, and after all are in their place.
//!
//! In: a [`Giver`]. Out: figures that count for the job. No file and no other target waits for it.

use super::contents::{Sums, transfer_of};
use super::rates::LineRates;
use super::{Event, Job};
use crate::app::detail::{DetailView, PieceMap};
use crate::app::state::Transfer;
use crate::domain::content::ContentId;
use crate::engine::content::{Giver, GivingLook, Progress};
use std::sync::Arc;
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

impl Job {
    /// What the contents came to that are done, with those that are given on.
    pub(super) fn sums_of_all(&self) -> Sums {
        self.giving.iter().fold(self.sums.clone(), |sums, given| {
            let transfer = transfer_of(&given.looks.borrow().progress);
            Sums::of(sums.with(&transfer))
        })
    }

    /// Gives this content no longer: it is to be received anew, and runs once at a time.
    pub(super) async fn end_giving_of(&mut self, id: &ContentId) {
        for given in self.giving.iter_mut().filter(|given| given.id == *id && !given.task.is_finished()) {
            given.end().await;
        }
    }

    /// Gives no longer.
    pub(super) async fn end_giving(&mut self) {
        for given in self.giving.iter().filter(|given| !given.task.is_finished()) {
            given.cancel.send_replace(true);
        }
        for given in self.giving.iter_mut().filter(|given| !given.task.is_finished()) {
            given.end().await;
        }
    }

    /// Everything is in its place: waits until the giving is over, and tells meanwhile how it goes.
    pub(super) async fn give_on(&mut self) {
        if self.giving.iter().all(|given| given.task.is_finished()) {
            return;
        }
        self.tell(Event::Giving(self.id));
        let (mut lines, mut told) = (LineRates::default(), (Transfer::default(), false));
        loop {
            let is_over = self.giving.iter().all(|given| given.task.is_finished());
            let now = self.context.shared.clock.now();
            let mut transfer = self.sums_of_all().into_transfer();
            lines.rate(&mut transfer, now);
            let pieces = self.giving.last().and_then(|given| given.looks.borrow().pieces.clone());
            // Whoever has nothing to take costs nobody a frame.
            if (&transfer, pieces.is_some()) != (&told.0, told.1) {
                told = (transfer.clone(), pieces.is_some());
                self.rates.note(&transfer, now);
                self.tell(Event::Moved(self.id, Box::new(transfer)));
                self.tell_pieces(pieces);
            }
            if is_over {
                return;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    fn tell_pieces(&self, pieces: Option<PieceMap>) {
        if let Some(pieces) = pieces {
            let (job, rates) = (Some(self.id), self.rates.points().to_vec());
            let detail = DetailView { job, pieces, fields: Vec::new(), rates };
            self.tell(Event::Detailed(Arc::new(detail)));
        }
    }
}
