//! What waits on each screen, counted once for each snapshot.
//!
//! In: a snapshot. Out: [`ScreenCounts`].

use super::place::Place;
use crate::app::catalog::sources::Health;
use crate::app::jobs::view::{Job, Phase};
use crate::app::journal::Weight;
use crate::app::snapshot::Snapshot;

/// What waits on each screen.
#[derive(Clone, Debug, Default)]
pub struct ScreenCounts {
    version: Option<u64>,
    /// Transfers that are under way or wait.
    pub active: usize,
    /// Sources that do not answer.
    pub lost: usize,
    /// Lines of what is followed that something is wrong with.
    pub troubled: usize,
    /// Relays in use about which the person has to decide.
    pub stopped_relays: usize,
    /// Failures in the log since it was last looked at.
    pub failures: usize,
    seen_entry: u64,
}

impl ScreenCounts {
    /// Counts anew when `snapshot` is another one; `place` is where the person looks.
    pub fn hear(&mut self, snapshot: &Snapshot, place: Place) {
        if place == Place::Journal {
            self.seen_entry = snapshot.journal.entries.iter().next_back().map_or(0, |entry| entry.number + 1);
            self.failures = 0;
        }
        if self.version == Some(snapshot.version) {
            return;
        }
        self.version = Some(snapshot.version);
        self.active = snapshot.jobs.iter().filter(|job| is_active(job)).count();
        let is_lost = |health: &Health| matches!(health, Health::Lost(..));
        self.lost = snapshot.sources.iter().filter(|source| is_lost(&source.health)).count();
        self.troubled = snapshot.followed.iter().filter(|row| row.is_troubled()).count();
        self.stopped_relays = snapshot.relays.rows.iter().filter(|row| row.is_stopped()).count();
        let newer = snapshot.journal.entries.iter().rev().take_while(|entry| entry.number >= self.seen_entry);
        self.failures = newer.filter(|entry| entry.weight == Weight::Failure).count();
    }

    /// What stands beside the name of a place; 0 is not shown.
    pub fn of(&self, place: Place) -> usize {
        match place {
            Place::Sources => self.lost,
            Place::Transfers => self.active,
            Place::Journal => self.failures,
            Place::Followed => self.troubled,
            Place::Sharing => self.stopped_relays,
            Place::Hours | Place::Announcements | Place::Fields | Place::Settings => 0,
        }
    }
}

/// Whether a job is under way or will go on by itself.
fn is_active(job: &Job) -> bool {
    let moves = matches!(job.phase, Phase::Queued | Phase::Waiting | Phase::Resolving | Phase::Receiving);
    moves && !job.is_removed
}
