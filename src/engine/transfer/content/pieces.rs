//! The map of a content's pieces, for who looks at it from close by.
//!
//! In: the ledger and what was asked. Out: [`PieceMap`]. Made only while somebody looks.

use crate::app::jobs::detail::{PieceMap, PieceState};
use crate::app::jobs::request::JobId;
use crate::domain::octets::ByteRange;
use crate::domain::source::SourceKind;
use crate::transfer::assembly::ContentGrid;
use crate::transfer::conductor::Conductor;
use crate::transfer::ledger::Ledger;
use tokio::sync::watch;

/// Whether somebody looks at a job from close by.
#[derive(Clone, Debug, Default)]
pub struct JobWatch(Option<(JobId, watch::Receiver<Option<JobId>>)>);

impl JobWatch {
    /// Whether `job` is looked at is told by `looking`.
    pub fn new(job: JobId, looking: watch::Receiver<Option<JobId>>) -> Self {
        Self(Some((job, looking)))
    }

    /// Whether somebody looks now.
    pub fn is_now(&self) -> bool {
        self.0.as_ref().is_some_and(|(job, looking)| *looking.borrow() == Some(*job))
    }
}

/// The map as it stands.
pub(super) fn piece_map(grid: &ContentGrid, ledger: &Ledger, conductor: &Conductor) -> PieceMap {
    let (length, total) = (grid.unit_length(), grid.layout().total().0);
    let (want, asked) = (conductor.want(), conductor.asked());
    let state = |number: u64| {
        let Some(piece) = ByteRange::new(number * length, ((number + 1) * length).min(total)) else {
            return PieceState::NotWanted;
        };
        let mut wanted = want.within(piece).peekable();
        if wanted.peek().is_none() {
            return PieceState::NotWanted;
        }
        if wanted.all(|part| ledger.is_held(part)) {
            return match ledger.parts(piece).next().map(|(_, source)| source.kind) {
                Some(SourceKind::Swarm) => PieceState::FromPeers,
                Some(SourceKind::WebSeed | SourceKind::Mirror) => PieceState::FromHttp,
                _ => PieceState::FromDisk,
            };
        }
        if asked.touches(piece) { PieceState::AskedHttp } else { PieceState::Missing }
    };
    let states: Vec<PieceState> = (0..total.div_ceil(length.max(1))).map(state).collect();
    PieceMap::of(length, &states)
}
