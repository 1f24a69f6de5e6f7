//! What several files have to note at the same moment is noted in one step: a step for each costs more than the file.
//!
//! In: work on the ledger. Out: what it gives, told once it is kept. Start reading at [`LedgerSteps::note`].

use super::MeshLedger;
use crate::engine::store::error::StoreError;
use std::io;
use std::sync::Arc;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

/// Most files that are noted in one step.
const MOST_AT_ONCE: usize = 256;

/// Does something in the step; what it returns is told whether the step is kept.
type Work = Box<dyn FnOnce() -> AfterStep + Send>;
type AfterStep = Box<dyn FnOnce(bool) + Send>;

/// Notes in steps; its clones are the same. Ends when all of them are gone.
#[derive(Clone, Debug)]
pub(in crate::engine) struct LedgerSteps(UnboundedSender<Work>);

impl LedgerSteps {
    /// Begins.
    pub(in crate::engine) fn start(ledger: Arc<MeshLedger>) -> Self {
        let (to, waiting) = unbounded_channel();
        tokio::spawn(run(ledger, waiting));
        Self(to)
    }

    /// Does `work` in a step, with what others have to note by then. It runs where waiting for the disk holds nobody up.
    ///
    /// # Errors
    /// Those of `work`; and when the step cannot be kept: nothing of it is noted then.
    pub(in crate::engine) async fn note<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (tell, told) = oneshot::channel();
        let work: Work = Box::new(move || {
            let done = work();
            let after: AfterStep = Box::new(move |is_kept| {
                // Who asked may be gone: it is told to stop.
                let _ = tell.send(if is_kept { done } else { Err(not_kept()) });
            });
            after
        });
        // Whoever carries it out is there as long as this is.
        let _ = self.0.send(work);
        told.await.unwrap_or_else(|_| Err(not_kept()))
    }
}

fn not_kept() -> StoreError {
    StoreError::from_io("note files in the ledger", io::Error::other("the step was not kept"))
}

async fn run(ledger: Arc<MeshLedger>, mut waiting: UnboundedReceiver<Work>) {
    let mut works = Vec::new();
    while waiting.recv_many(&mut works, MOST_AT_ONCE).await > 0 {
        let (ledger, works) = (ledger.clone(), std::mem::take(&mut works));
        let step = tokio::task::spawn_blocking(move || {
            let mut told = Vec::with_capacity(works.len());
            let kept = ledger.in_one_step(|| told.extend(works.into_iter().map(|work| work())));
            if let Err(error) = &kept {
                tracing::warn!(error = error as &dyn std::error::Error, "a step of the ledger was not kept");
            }
            told.into_iter().for_each(|tell| tell(kept.is_ok()));
        });
        if let Err(error) = step.await {
            tracing::error!(%error, "a step of the ledger broke");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::safe_path::SafePath;
    use crate::engine::store::directory::Directory;

    #[tokio::test]
    async fn what_is_noted_in_one_step_is_there_for_each_and_one_that_fails_costs_no_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let ledger = MeshLedger::open(&Directory::open_or_create(folder.path()).expect("a folder"));
        let ledger = Arc::new(ledger.expect("a ledger"));
        let steps = LedgerSteps::start(ledger.clone());
        let path = |name: &str| SafePath::from_outside(&[name]).expect("a path");
        let named = ["a", "b", "c"].map(|name| {
            let (ledger, path) = (ledger.clone(), path(name));
            steps.note(move || match path.to_string().as_str() {
                "b" => Err(not_kept()),
                name => ledger.placed.give_name(name, (&path, &path)),
            })
        });
        let [a, b, c] = named;
        let (a, b, c) = tokio::join!(a, b, c);
        assert!(a.is_ok() && b.is_err() && c.is_ok());
        let has_name = |key: &str| ledger.placed.name_of(key).expect("a table").is_some();
        assert!(has_name("a") && !has_name("b") && has_name("c"));
    }
}
