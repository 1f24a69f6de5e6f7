//! How many transfers there are of each kind, and which need a second line: counted again only where something changed.
//!
//! In: the jobs of each new snapshot. Out: [`TransferTally`]. A chunk of jobs that is the same as before is not looked at.

use crate::app::chunks::Chunked;
use crate::app::jobs::order::JobGroup;
use crate::app::jobs::request::JobId;
use crate::app::jobs::view::{End, Job, Phase};
use std::collections::HashSet;
use std::sync::Arc;

/// Counts by group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GroupCounts {
    /// Under way, waiting or paused.
    pub active: usize,
    /// Done.
    pub done: usize,
    /// Failed.
    pub failed: usize,
}

impl GroupCounts {
    /// How many there are in `group`.
    pub fn of(&self, group: JobGroup) -> usize {
        match group {
            JobGroup::All => self.active + self.done + self.failed,
            JobGroup::Active => self.active,
            JobGroup::Done => self.done,
            JobGroup::Failed => self.failed,
        }
    }
}

/// What was counted in one chunk.
#[derive(Debug)]
struct Part {
    chunk: Arc<Vec<Arc<Job>>>,
    counts: GroupCounts,
    troubled: Vec<JobId>,
}

/// What was counted.
#[derive(Debug, Default)]
pub struct TransferTally {
    parts: Vec<Part>,
    counts: GroupCounts,
    troubled: HashSet<JobId>,
    /// Grows whenever the set of troubled jobs changed.
    revision: u64,
}

/// The group of a job that is on the list. Taken-off jobs are in none.
pub fn group_of(job: &Job) -> Option<JobGroup> {
    if job.is_removed {
        return None;
    }
    Some(match (job.phase, &job.outcome) {
        (Phase::Giving, _) => JobGroup::Done,
        (Phase::Ended, Some(outcome)) if outcome.end == End::Done => JobGroup::Done,
        (Phase::Ended, Some(outcome)) if outcome.end == End::Interrupted => JobGroup::Active,
        (Phase::Ended, _) => JobGroup::Failed,
        _ => JobGroup::Active,
    })
}

/// Whether a job has something to say that does not fit on its line.
pub fn is_troubled(job: &Job) -> bool {
    let has_reason =
        job.outcome.as_ref().is_some_and(|outcome| outcome.end != End::Done && outcome.message.is_some());
    let is_failed = has_reason && group_of(job) == Some(JobGroup::Failed);
    let is_lost = group_of(job) == Some(JobGroup::Done) && job.disk.worst.is_lost();
    !job.is_removed && (is_failed || is_lost || job.held_up.is_some() || job.lacking_note().is_some())
}

impl TransferTally {
    /// Counts what changed in `jobs`. Returns whether any count changed.
    pub fn hear(&mut self, jobs: &Chunked<Arc<Job>>) -> bool {
        let chunks = jobs.chunks();
        let mut is_changed = self.parts.len() != chunks.len();
        self.parts.truncate(chunks.len());
        let mut is_trouble_changed = is_changed;
        for (at, chunk) in chunks.iter().enumerate() {
            match self.parts.get_mut(at) {
                Some(part) if Arc::ptr_eq(&part.chunk, chunk) => {}
                Some(part) => {
                    let new = Part::of(chunk);
                    is_changed |= part.counts != new.counts;
                    is_trouble_changed |= part.troubled != new.troubled;
                    *part = new;
                }
                None => self.parts.push(Part::of(chunk)),
            }
        }
        if is_changed {
            self.counts = self.parts.iter().fold(GroupCounts::default(), |sum, part| GroupCounts {
                active: sum.active + part.counts.active,
                done: sum.done + part.counts.done,
                failed: sum.failed + part.counts.failed,
            });
        }
        if is_trouble_changed {
            self.troubled = self.parts.iter().flat_map(|part| part.troubled.iter().copied()).collect();
            self.revision += 1;
        }
        is_changed
    }

    /// The counts.
    pub fn counts(&self) -> GroupCounts {
        self.counts
    }

    /// Places in `order` of the jobs that need a second line, ascending.
    pub fn troubled_in(&self, order: &[JobId]) -> Vec<u32> {
        if self.troubled.is_empty() {
            return Vec::new();
        }
        let places = order.iter().enumerate().filter(|(_, id)| self.troubled.contains(id));
        places.map(|(at, _)| u32::try_from(at).unwrap_or(u32::MAX)).collect()
    }

    /// Grows whenever other jobs need a second line than before.
    pub fn revision(&self) -> u64 {
        self.revision
    }
}

impl Part {
    fn of(chunk: &Arc<Vec<Arc<Job>>>) -> Self {
        let mut counts = GroupCounts::default();
        for job in chunk.iter() {
            match group_of(job) {
                Some(JobGroup::Done) => counts.done += 1,
                Some(JobGroup::Failed) => counts.failed += 1,
                Some(_) => counts.active += 1,
                None => {}
            }
        }
        let troubled = chunk.iter().filter(|job| is_troubled(job)).map(|job| job.id).collect();
        Self { chunk: chunk.clone(), counts, troubled }
    }
}

/// Lines of the table: a job has one, and a troubled one a second.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    jobs: usize,
    troubled: Vec<u32>,
}

/// One line of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableLine {
    /// The job at that place of the order.
    Job(usize),
    /// The reason of the job at that place.
    Reason(usize),
}

impl Lines {
    /// The lines of so many jobs, of which those at `troubled` (ascending) have two.
    pub fn new(jobs: usize, troubled: Vec<u32>) -> Self {
        Self { jobs, troubled }
    }

    /// How many lines there are.
    pub fn count(&self) -> usize {
        self.jobs + self.troubled.len()
    }

    /// What stands on `line`.
    pub fn at(&self, line: usize) -> TableLine {
        // The n-th troubled job stands at line `place + n`, its reason one below.
        let before = partition(&self.troubled, |n, place| place + n < line);
        match before.checked_sub(1).map(|n| (n, self.troubled[n] as usize)) {
            Some((n, place)) if place + n + 1 == line => TableLine::Reason(place),
            _ => TableLine::Job(line - before),
        }
    }

    /// The line of the job at `place`.
    pub fn line_of(&self, place: usize) -> usize {
        place + self.troubled.partition_point(|troubled| (*troubled as usize) < place)
    }
}

/// How many leading items of an ascending list satisfy `holds`, which sees their number and value.
fn partition(list: &[u32], holds: impl Fn(usize, usize) -> bool) -> usize {
    let (mut low, mut high) = (0, list.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        if holds(middle, list[middle] as usize) { low = middle + 1 } else { high = middle }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::jobs::view::Outcome;
    use crate::app::messages::user_message::UserMessage;
    use crate::ui::testing::a_job;

    fn failed(id: u32) -> Arc<Job> {
        let outcome = Outcome { end: End::Disk, took_ms: 0, message: Some(Box::new(UserMessage::DiskFull)) };
        Arc::new(Job { phase: Phase::Ended, outcome: Some(outcome), ..a_job(id, "x") })
    }

    #[test]
    fn jobs_are_counted_by_group_and_again_only_when_they_changed() {
        let mut jobs: Chunked<Arc<Job>> = (0..1500).map(|id| Arc::new(a_job(id, "x"))).collect();
        let mut tally = TransferTally::default();
        assert!(tally.hear(&jobs));
        assert!(!tally.hear(&jobs));
        *jobs.get_mut(700).expect("there") = failed(700);
        assert!(tally.hear(&jobs));
        assert_eq!(tally.counts(), GroupCounts { active: 1499, done: 0, failed: 1 });
        let order: Vec<JobId> = (0..1500).rev().map(JobId).collect();
        assert_eq!(tally.troubled_in(&order), [799]);
    }

    #[test]
    fn a_failed_job_takes_two_lines() {
        let lines = Lines::new(4, vec![1, 2]);
        let all: Vec<_> = (0..lines.count()).map(|line| lines.at(line)).collect();
        use TableLine::{Job, Reason};
        assert_eq!(all, [Job(0), Job(1), Reason(1), Job(2), Reason(2), Job(3)]);
        assert_eq!((0..4).map(|place| lines.line_of(place)).collect::<Vec<_>>(), [0, 1, 3, 5]);
    }
}
