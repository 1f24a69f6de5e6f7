//! Contents of a job that are complete and go on giving: while others are received, and after all are in their place.
//!
//! In: a [`Giver`]. Out: figures that count for the job. No file and no other target waits for it.

use super::contents::{Sums, transfer_of};
use super::{Event, Job};
use crate::app::detail::{DetailView, PieceMap};
use crate::app::giving::{GivingState, KeptGiving, given_size};
use crate::app::rate_history::LineRates;
use crate::app::state::{Live, Transfer};
use crate::catalog::runs::Now;
use crate::domain::content::ContentId;
use crate::domain::utc::UtcTime;
use crate::engine::store::database::GivenTorrent;
use crate::engine::store::folders::OpenFolder;
use crate::engine::transfer::content::{Ended, Giver, GivingLook, Progress};
use crate::transfer::giving::{GiveUntil, Giving, Moment};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How often it is looked whether something was given.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// How often it is written down how long was given: for a clock that is set back.
const KEEP_EVERY: Duration = Duration::from_secs(60);

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

    /// Gives no longer, and tells what was uploaded since the last look.
    pub(super) async fn end_giving(&mut self, kept: Option<&KeptGiving>) {
        self.end_all_giving().await;
        // Each hears by itself that it is to stop: what it saw last may be known here already and not be told.
        if !self.giving.is_empty() {
            self.tell(Event::Moved(self.id, Box::new(self.given_with(kept))));
        }
    }

    async fn end_all_giving(&mut self) {
        for given in self.giving.iter().filter(|given| !given.task.is_finished()) {
            given.cancel.send_replace(true);
        }
        for given in self.giving.iter_mut().filter(|given| !given.task.is_finished()) {
            given.end().await;
        }
    }

    /// Keeps what the next start of the program needs to go on with giving a content.
    pub(super) fn keep_giving(&self, ended: &Ended, kept: Option<GivenTorrent>, open: &OpenFolder) {
        let (Some(row), Some(kept)) = (ended.row, kept) else { return };
        if let Err(error) = open.database.keep_giving(row, &kept) {
            // It is given all the same, until the program ends.
            tracing::warn!(error = &error as &dyn std::error::Error, "giving will not survive a restart");
        }
    }

    /// Everything is in its place: gives until that is over, and tells meanwhile how it goes.
    pub(super) async fn give_on(&mut self, kept: Option<&KeptGiving>, open: &OpenFolder) {
        if self.giving.iter().all(|given| given.task.is_finished()) {
            return;
        }
        let shared = self.context.shared.clone();
        let now = shared.clock.now();
        let giving = match kept {
            Some(kept) => Giving::from(kept.so_far, now),
            None => Giving::begin(shared.clock.utc(), now),
        };
        let contents: Vec<String> = self.giving.iter().map(|given| given.id.key()).collect();
        let (mut lines, mut told, mut state) = (LineRates::default(), (Transfer::default(), false), None);
        loop {
            let moment = Moment { steady: shared.clock.now(), utc: steady_utc(shared.judging_now()) };
            let mut transfer = self.given_with(kept);
            let until = self.control.until();
            let is_enough = giving.is_over(&until, (transfer.given, given_size(&transfer)), moment);
            let is_over = is_enough || self.giving.iter().all(|given| given.task.is_finished());
            self.tell_giving((&giving, &until), (shared.clock.utc(), moment), &contents, &mut state);
            lines.rate(&mut transfer, moment.steady);
            let pieces = self.giving.last().and_then(|given| given.looks.borrow().pieces.clone());
            // Whoever has nothing to take costs nobody a frame.
            if (&transfer, pieces.is_some()) != (&told.0, told.1) {
                told = (transfer.clone(), pieces.is_some());
                self.rates.note(&transfer, moment.steady);
                self.tell(Event::Moved(self.id, Box::new(transfer)));
                self.tell_pieces(pieces);
            }
            if is_enough {
                forget(&contents, open);
            }
            if is_over {
                return;
            }
            let mut stop = self.stop.clone();
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                // All is in place: stopping now is no failure.
                Ok(_) = stop.wait_for(|stop| *stop) => break,
            }
        }
        // The next start goes on from here, with what was uploaded until now.
        self.end_giving(kept).await;
        let moment = Moment { steady: shared.clock.now(), utc: steady_utc(shared.judging_now()) };
        let until = self.control.until();
        self.tell_giving((&giving, &until), (shared.clock.utc(), moment), &contents, &mut None);
    }

    /// Tells until when it gives: as that changes, and every minute for the next start.
    fn tell_giving(
        &self,
        (giving, until): (&Giving, &GiveUntil),
        (utc, moment): (UtcTime, Moment),
        contents: &[String],
        told: &mut Option<GivingState>,
    ) {
        let left = i64::try_from(giving.left(until, moment).as_secs()).unwrap_or(i64::MAX);
        let end = utc.unix_seconds().checked_add(left).and_then(UtcTime::from_unix_seconds).unwrap_or(utc);
        let state = GivingState {
            so_far: giving.so_far(moment.steady),
            until: end,
            ratio: until.ratio,
            contents: contents.to_vec(),
        };
        let is_news = told.as_ref().is_none_or(|told| {
            // Both clocks are read one after the other: a second more or less is no other end.
            let moved = (told.until.unix_seconds() - end.unix_seconds()).abs() > 2;
            moved || told.ratio != state.ratio || state.so_far.lasted >= told.so_far.lasted + KEEP_EVERY
        });
        if is_news {
            *told = Some(state.clone());
            self.tell(Event::Giving(self.id, Box::new(state)));
        }
    }

    /// The figures of the whole, with what an earlier start of the program received and gave.
    fn given_with(&self, kept: Option<&KeptGiving>) -> Transfer {
        let now = self.sums_of_all().into_transfer();
        let Some(KeptGiving { transfer, .. }) = kept else { return now };
        let held_before = transfer.live().held_before;
        let live = Live { held_before, ..now.live().clone() };
        Transfer { given: transfer.given + now.given, ..transfer.clone() }.with_live(live)
    }

    fn tell_pieces(&self, pieces: Option<PieceMap>) {
        if let Some(pieces) = pieces {
            let (job, rates) = (Some(self.id), self.rates.points().to_vec());
            let detail = DetailView { job, pieces, fields: Vec::new(), rates };
            self.tell(Event::Detailed(Arc::new(detail)));
        }
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

/// The time of day, while it can be relied on.
fn steady_utc(now: Now) -> Option<UtcTime> {
    match now {
        Now::Steady(utc) => Some(utc),
        Now::JustSet(_) => None,
    }
}
