//! What this computer gives to others: one row a transfer, and all of it added up.
//!
//! In: a snapshot. Out: [`GivenTable`]. A transfer that receives is among them only while somebody takes from it.

use crate::app::jobs::giving::GivingState;
use crate::app::jobs::request::JobId;
use crate::app::jobs::view::{Job, Phase};
use crate::app::snapshot::Snapshot;
use crate::domain::octets::ByteCount;

/// How a transfer gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GivenStanding {
    /// All of it is here, and is uploaded for a while.
    Uploading,
    /// It is uploaded while the rest is received.
    WhileReceiving,
    /// A person stopped it, and it can go on.
    Stopped,
}

/// One transfer that gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GivenRow {
    /// Which.
    pub id: JobId,
    /// How.
    pub standing: GivenStanding,
}

/// Everything that is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GivenTable {
    /// The newest transfer first.
    pub rows: Vec<GivenRow>,
    /// Transfers that are uploaded now, or would be to who asks.
    pub uploading: usize,
    /// Their peers, each connection once.
    pub peers: usize,
    /// Octets a second given to them.
    pub rate: u64,
}

impl GivenTable {
    /// What the snapshot says.
    pub fn of(snapshot: &Snapshot) -> Self {
        let mut table = Self::default();
        for job in snapshot.jobs.iter().rev().filter(|job| !job.is_removed) {
            let Some(standing) = standing_of(snapshot, job) else { continue };
            table.rows.push(GivenRow { id: job.id, standing });
            if standing != GivenStanding::Stopped {
                let live = job.transfer.live();
                table.uploading += 1;
                table.peers += live.peers_live;
                table.rate += live.given_rate;
            }
        }
        table
    }
}

fn standing_of(snapshot: &Snapshot, job: &Job) -> Option<GivenStanding> {
    match job.phase {
        Phase::Giving => Some(GivenStanding::Uploading),
        Phase::Receiving if job.transfer.live().given_rate > 0 => Some(GivenStanding::WhileReceiving),
        Phase::Ended if snapshot.stopped_giving.contains_key(&job.id) => Some(GivenStanding::Stopped),
        Phase::Queued
        | Phase::Waiting
        | Phase::Paused
        | Phase::Resolving
        | Phase::Receiving
        | Phase::Ended => None,
    }
}

/// How the giving of a transfer stands or stood. `None` when it is still received, or was never given.
pub fn giving_of<'a>(snapshot: &'a Snapshot, job: &'a Job) -> Option<&'a GivingState> {
    job.giving.as_deref().or_else(|| snapshot.stopped_giving.get(&job.id))
}

/// Octets that were given since the program began, and in all the time that is remembered.
pub fn given_in_all(snapshot: &Snapshot) -> (ByteCount, ByteCount) {
    let vitals = &snapshot.vitals;
    (vitals.given, vitals.given_before + vitals.given)
}
