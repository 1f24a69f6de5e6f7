//! Checks units off the network's threads, has them written, and tells what came of it.
//!
//! In: whole units. Out: facts: held, held already, wrong, or the disk's refusal. As many units are under way as there
//! are processors and two more, so that memory stays bounded and the network never waits for long.

use crate::domain::source::SourceId;
use crate::domain::torrent::PieceHashes;
use crate::engine::store::error::StoreError;
use crate::engine::store::file_set::{FileSet, Put};
use crate::transfer::assembly::{Grid, Unit};
use crate::transfer::conductor::{Fact, FetchId};
use crate::transfer::verification::check;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinHandle;

/// What happens to units of one content.
#[derive(Clone, Debug)]
pub struct Hasher {
    hashes: Option<PieceHashes>,
    slots: Arc<Semaphore>,
    troubles: UnboundedSender<StoreError>,
}

impl Hasher {
    /// A hasher for a content with these published hashes; the disk's refusals go to `troubles`.
    pub fn new(hashes: Option<PieceHashes>, troubles: UnboundedSender<StoreError>) -> Self {
        let processors = std::thread::available_parallelism().map_or(2, usize::from).min(8);
        Self { hashes, slots: Arc::new(Semaphore::new(processors + 2)), troubles }
    }

    /// The units of one fetch.
    pub fn batch(&self, fetch: FetchId, source: SourceId, facts: UnboundedSender<Fact>) -> Batch {
        Batch { hasher: self.clone(), fetch, source, facts, running: Vec::new() }
    }
}

/// Units of one fetch that are being checked.
#[derive(Debug)]
pub struct Batch {
    hasher: Hasher,
    fetch: FetchId,
    source: SourceId,
    facts: UnboundedSender<Fact>,
    running: Vec<JoinHandle<()>>,
}

impl Batch {
    /// Has every unit checked and written; waits while too many are under way.
    pub async fn submit_all(&mut self, units: Vec<Unit>, files: &Arc<FileSet>) {
        for unit in units {
            self.running.retain(|task| !task.is_finished());
            let Ok(slot) = self.hasher.slots.clone().acquire_owned().await else { return };
            let (files, hasher, facts) = (files.clone(), self.hasher.clone(), self.facts.clone());
            let (fetch, source) = (self.fetch, self.source);
            self.running.push(tokio::task::spawn_blocking(move || {
                let fact = match settle(unit, &files, hasher.hashes.as_ref(), (fetch, source)) {
                    Ok(fact) => fact,
                    Err(error) => {
                        // Nobody listens when the transfer is over already.
                        let _ = hasher.troubles.send(error);
                        return;
                    }
                };
                let _ = facts.send(fact);
                drop(slot);
            }));
        }
    }

    /// Waits until every unit was told.
    pub async fn finish(self) {
        for task in self.running {
            if let Err(error) = task.await {
                tracing::error!(%error, "a check did not end");
            }
        }
    }
}

fn settle(
    unit: Unit,
    files: &FileSet,
    hashes: Option<&PieceHashes>,
    (fetch, source): (FetchId, SourceId),
) -> Result<Fact, StoreError> {
    let range = unit.range;
    let is_held =
        matches!(files.grid(), Grid::Pieces(layout) if files.is_piece_held(layout.piece_at(range.start())));
    if is_held {
        return Ok(Fact::HeldAlready { range, source });
    }
    let Ok(checked) = check(unit, files.grid(), hashes) else { return Ok(Fact::Wrong { fetch, range }) };
    Ok(match files.put_proven(&checked)? {
        Put::First => Fact::Held { range, source },
        Put::Already => Fact::HeldAlready { range, source },
    })
}
