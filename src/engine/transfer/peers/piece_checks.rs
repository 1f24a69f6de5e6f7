//! Checks whole pieces and writes the right ones, off the network's threads and so many at a time.
//!
//! In: pieces with all their blocks. Out: what came of each; the conductor is told of those that are held.

use super::TorrentBrief;
use crate::domain::source::SourceId;
use crate::domain::torrent::PieceHashes;
use crate::engine::store::error::StoreError;
use crate::engine::store::file_set::{FileSet, Put};
use crate::swarm::torrent::PieceOutcome;
use crate::transfer::assembly::Unit;
use crate::transfer::conductor::Fact as Told;
use crate::transfer::verification::check;
use bytes::Bytes;
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinSet;

/// What came of checking a piece; an error when it could not be written.
pub(super) type CheckedPiece = (u32, Result<PieceOutcome, StoreError>);

/// The pieces of one torrent that are being checked, or wait for it.
#[derive(Debug)]
pub(super) struct PieceChecks {
    files: Arc<FileSet>,
    hashes: PieceHashes,
    facts: UnboundedSender<Told>,
    running: JoinSet<CheckedPiece>,
    waiting: VecDeque<(u32, Vec<Bytes>)>,
}

impl PieceChecks {
    pub(super) fn new(brief: &TorrentBrief) -> Self {
        Self {
            files: brief.files.clone(),
            hashes: brief.hashes.clone(),
            facts: brief.facts.clone(),
            running: JoinSet::new(),
            waiting: VecDeque::new(),
        }
    }

    /// A piece has all its blocks.
    pub(super) fn add(&mut self, piece: u32, frames: Vec<Bytes>) {
        self.waiting.push_back((piece, frames));
        self.check_more();
    }

    /// Whether nothing is being checked.
    pub(super) fn is_idle(&self) -> bool {
        self.running.is_empty()
    }

    /// What came of the next piece that is done; it makes room for another. `None` when nothing is being checked.
    pub(super) async fn next(&mut self) -> Option<CheckedPiece> {
        let done = self.running.join_next().await?;
        match done {
            Ok(checked) => {
                self.check_more();
                Some(checked)
            }
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }

    fn check_more(&mut self) {
        let at_once = std::thread::available_parallelism().map_or(2, usize::from).min(8) + 2;
        while self.running.len() < at_once
            && let Some((piece, frames)) = self.waiting.pop_front()
        {
            let (files, hashes, facts) = (self.files.clone(), self.hashes.clone(), self.facts.clone());
            self.running.spawn_blocking(move || (piece, check_one(piece, frames, &files, (&hashes, &facts))));
        }
    }
}

fn check_one(
    piece: u32,
    frames: Vec<Bytes>,
    files: &FileSet,
    (hashes, facts): (&PieceHashes, &UnboundedSender<Told>),
) -> Result<PieceOutcome, StoreError> {
    let Some(range) = files.layout().piece_range(piece) else { return Ok(PieceOutcome::Wrong(frames)) };
    let unit = Unit { range, frames: frames.clone() };
    let Ok(checked) = check(unit, files.grid(), Some(hashes)) else {
        return Ok(PieceOutcome::Wrong(frames));
    };
    let source = SourceId::SWARM;
    let fact = match files.put_proven(&checked)? {
        Put::First => Told::Held { range, source },
        Put::Already => Told::HeldAlready { range, source },
    };
    // Nobody listens when the transfer is over already.
    let _ = facts.send(fact);
    Ok(PieceOutcome::Right)
}
