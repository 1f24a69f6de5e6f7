//! Fetched files make room when they are old or too much, as the settings say: only what announcements brought, and as it was left.
//!
//! In: the settings and the folder's ledger. Out: files that are gone, told. Nothing happens while the settings say nothing of it, nor
//! by a clock that was just set.

use super::MeshService;
use super::files::blocking;
use crate::app::input::Event;
use crate::app::journal::Weight;
use crate::app::keeping::Keeping;
use crate::app::user_message::UserMessage;
use crate::catalog::runs::Now;
use crate::engine::services::mesh::broker::keeping::remove_what_is_too_much;
use std::time::Duration;
use tokio::time::Instant;

/// How long after a change of the settings or the start it is looked for the first time, and how often then.
const SOON: Duration = Duration::from_secs(2);
const AGAIN: Duration = Duration::from_secs(600);

/// How long after a file came it is looked.
const AFTER_ARRIVAL: Duration = Duration::from_secs(10);

/// When it is looked next. Never while the settings say nothing.
#[derive(Debug, Default)]
pub(super) struct Tidying(Option<Instant>);

impl Tidying {
    /// Looks soon: the settings changed.
    pub(super) fn begin_anew(&mut self) {
        self.0 = Some(Instant::now() + SOON);
    }

    /// Looks in a moment: a file came. Not while the settings say nothing.
    pub(super) fn note_arrival(&mut self) {
        self.0 = self.0.map(|due| due.min(Instant::now() + AFTER_ARRIVAL));
    }

    /// Ends when it is time to look.
    pub(super) async fn due(&self) {
        match self.0 {
            Some(due) => tokio::time::sleep_until(due).await,
            None => std::future::pending().await,
        }
    }
}

impl MeshService {
    /// Removes what is too old or too much, and says so.
    pub(super) async fn remove_what_is_too_much(&mut self) {
        let (keeping, now) = (*self.setup.keeping.borrow(), self.setup.context.shared.judging_now());
        let is_set = keeping != Keeping::default();
        self.files.tidying.0 = is_set.then(|| Instant::now() + AGAIN);
        // A folder in which nothing was ever fetched is left alone.
        let has_ledger = self.setup.folder.borrow().join(".nuee").is_dir();
        if !is_set || !has_ledger || matches!(now, Now::JustSet(_)) {
            return;
        }
        let store = match self.files.open(&self.setup).await {
            Ok(store) => store,
            Err(message) => return self.tell(message),
        };
        let (folder, ledger, out) = (store.folder.folder.clone(), store.ledger.clone(), store.path.clone());
        let removing =
            blocking(move || remove_what_is_too_much(&keeping, (folder.root(), &ledger), now.time()));
        match removing.await {
            Ok(removed) if removed.is_empty() => {}
            Ok(removed) => {
                let paths: Vec<String> =
                    removed.iter().map(|path| out.join(path).display().to_string()).collect();
                self.files.here.gone(&paths);
                let count = paths.len() as u64;
                self.tell_event(Event::FilesGone(paths));
                self.tell_event(Event::Told(Weight::Note, UserMessage::FetchedFilesRemoved { count }));
                self.is_dirty = true;
            }
            Err(message) => self.tell(message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_is_looked_soon_after_a_change_and_a_moment_after_a_file_but_never_without_a_wish() {
        let mut tidying = Tidying::default();
        tidying.note_arrival();
        assert_eq!(tidying.0, None);
        let began = Instant::now();
        tidying.begin_anew();
        tidying.due().await;
        assert_eq!(began.elapsed(), SOON);
        tidying.0 = Some(Instant::now() + AGAIN);
        tidying.note_arrival();
        let began = Instant::now();
        tidying.due().await;
        assert_eq!(began.elapsed(), AFTER_ARRIVAL);
    }
}
