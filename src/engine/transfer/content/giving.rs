//! Gives to peers what is held, once everything is in its place: nothing waits for its end.
//!
//! In: a content that is complete. Out: [`GivingLook`]s, at most twice a second and only where something changed.

use super::account::Account;
use super::{ContentEnd, Ended, Progress, Running, pieces};
use crate::app::jobs::detail::PieceMap;
use crate::domain::octets::ByteCount;
use std::time::Duration;
use tokio::sync::mpsc::unbounded_channel;
use tokio::sync::watch;

/// How often it is told what was given while nothing is received.
const GIVING_LOOK: Duration = Duration::from_millis(500);

/// How often it is looked whether anything is left to give, where nobody hears what was given.
const UNHEARD_LOOK: Duration = Duration::from_secs(10);

/// What is seen of a content that is given.
#[derive(Clone, Debug, Default)]
pub struct GivingLook {
    /// The figures.
    pub progress: Progress,
    /// Its pieces, while somebody looks.
    pub pieces: Option<PieceMap>,
}

/// A content of which everything is held, and which is to be given on.
pub struct Giver {
    running: Running,
    stop: watch::Receiver<bool>,
}

impl Running {
    /// Everything is held: says so at once, and leaves the giving to whoever has time for it.
    pub(super) async fn complete(mut self, stop: watch::Receiver<bool>) -> (Ended, Option<Giver>) {
        self.fetches.drain().for_each(|(_, handle)| handle.task.abort());
        if let Err(error) = self.account.flush(&self.ledger, &self.context.files).await {
            return (self.close(ContentEnd::Store(error)).await, None);
        }
        if let Some(swarm) = &self.swarm {
            swarm.look().await;
        }
        let last = self.progress();
        let files = Some(self.context.files.clone());
        let row = Some(Account::row(&self.account));
        let ended = Ended { end: ContentEnd::Complete, last, files, ledger: self.ledger.clone(), row };
        // Whoever hears of the receiving hears that it is over.
        self.news = unbounded_channel().0;
        (ended, Some(Giver { running: self, stop }))
    }
}

impl Giver {
    /// Gives until the job or `cancel` says that it is enough.
    pub async fn give(self, looks: watch::Sender<GivingLook>, mut cancel: watch::Receiver<bool>) {
        let Self { mut running, mut stop } = self;
        tokio::select! {
            () = running.give(&looks) => {}
            // All is in place: stopping now is no failure. Nor is it when nobody can say stop any more.
            _ = stop.wait_for(|stop| *stop) => {}
            _ = cancel.wait_for(|cancel| *cancel) => {}
        }
        let progress = running.close(ContentEnd::Complete).await.last;
        looks.send_replace(GivingLook { progress, pieces: None });
    }
}

impl Running {
    async fn give(&mut self, looks: &watch::Sender<GivingLook>) {
        let Some(swarm) = &self.swarm else { return };
        swarm.start();
        let mut told = None;
        loop {
            let progress = self.progress();
            let pieces = self
                .watched
                .is_now()
                .then(|| pieces::piece_map(self.context.files.grid(), &self.ledger, &self.conductor));
            // Whoever has nothing to take costs nobody a frame.
            if told.as_ref() != Some(&(progress.clone(), pieces.is_some())) {
                told = Some((progress.clone(), pieces.is_some()));
                looks.send_replace(GivingLook { progress, pieces });
            }
            if self.context.files.offered() == ByteCount::ZERO {
                // Every file was changed or removed since it was verified: nothing is left to upload.
                return;
            }
            let is_heard = looks.receiver_count() > 0;
            tokio::time::sleep(if is_heard { GIVING_LOOK } else { UNHEARD_LOOK }).await;
        }
    }
}
