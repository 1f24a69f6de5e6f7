//! The order in which jobs are listed: by a column, within a group, containing some words.
//!
//! In: the jobs and a [`JobOrder`]. Out: their names, in order. Made for 200,000 jobs, away from the screen's thread.
//! Jobs that are alike in the column stand by age, so that a list does not jump.

use crate::app::chunks::Chunked;
use crate::app::jobs::request::JobId;
use crate::app::jobs::view::{End, Job, Phase};
use crate::domain::integrity::Verdict;
use crate::domain::source::SourceKind;
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

/// The jobs as `order` wants them listed; those taken off the list are left out.
pub fn order_jobs(jobs: &Chunked<Arc<Job>>, order: &JobOrder) -> Arc<[JobId]> {
    let containing = order.containing.trim().to_lowercase();
    let is_listed = |job: &&Arc<Job>| {
        !job.is_removed && is_in(job, order.group) && (containing.is_empty() || contains(job, &containing))
    };
    let listed = jobs.iter().filter(is_listed);
    if order.by == JobColumn::Name {
        return by_name(listed, order.way);
    }
    let keyed: Vec<(u64, JobId)> = listed.map(|job| (key(job, order.by), job.id)).collect();
    sorted(keyed, order.way)
}

/// By name: the keys of all stand in one text, since 200,000 small ones would leave the memory in shreds.
fn by_name<'a>(listed: impl Iterator<Item = &'a Arc<Job>>, way: SortDirection) -> Arc<[JobId]> {
    let mut text = String::new();
    let mut named: Vec<(Range<usize>, JobId)> = Vec::new();
    for job in listed {
        let from = text.len();
        add_name_key(&mut text, job);
        named.push((from..text.len(), job.id));
    }
    named.sort_unstable_by(|(a, first), (b, second)| {
        let upward = text[a.clone()].cmp(&text[b.clone()]).then(first.cmp(second));
        if way == SortDirection::Up { upward } else { upward.reverse() }
    });
    named.into_iter().map(|(_, id)| id).collect()
}

fn sorted<K: Ord>(mut keyed: Vec<(K, JobId)>, way: SortDirection) -> Arc<[JobId]> {
    match way {
        SortDirection::Up => keyed.sort_unstable(),
        SortDirection::Down => keyed.sort_unstable_by(|a, b| b.cmp(a)),
    }
    keyed.into_iter().map(|(_, id)| id).collect()
}

/// Whether a job belongs to a group.
pub fn is_in(job: &Job, group: JobGroup) -> bool {
    let end = job.outcome.as_ref().map(|outcome| outcome.end).filter(|_| job.phase == Phase::Ended);
    match group {
        JobGroup::All => true,
        JobGroup::Active => end.is_none() && job.phase != Phase::Giving,
        JobGroup::Done => end == Some(End::Done) || job.phase == Phase::Giving,
        JobGroup::Failed => end.is_some_and(|end| end != End::Done),
    }
}

fn contains(job: &Job, words: &str) -> bool {
    let has = |text: &str| text.to_lowercase().contains(words);
    has(&job.name)
        || job
            .subject
            .as_deref()
            .is_some_and(|subject| has(&subject.title) || subject.package.as_deref().is_some_and(has))
}

/// By dataset, run, lead time and package where they are known; by name otherwise.
fn add_name_key(text: &mut String, job: &Job) {
    let Some(subject) = job.subject.as_deref() else {
        text.extend(job.name.chars().flat_map(char::to_lowercase));
        return;
    };
    text.extend(subject.title.chars().flat_map(char::to_lowercase));
    let (run, lead) = (subject.run.unix_seconds().max(0), subject.lead.minutes().max(0));
    let package = subject.package.as_deref().unwrap_or_default();
    write!(text, " {run:012} {lead:08} {package}").expect("a text takes everything");
}

fn key(job: &Job, by: JobColumn) -> u64 {
    let transfer = &job.transfer;
    let per_mille = |part: u64, of: u64| part.saturating_mul(1_000_000).checked_div(of).unwrap_or(0);
    match by {
        JobColumn::Added | JobColumn::Name => u64::from(job.id.0),
        JobColumn::Size => transfer.wanted.0,
        JobColumn::Progress => {
            per_mille(transfer.wanted.0.saturating_sub(transfer.missing.0), transfer.wanted.0)
        }
        JobColumn::Rate => transfer.live().peer_rate + transfer.live().http_rate,
        JobColumn::Peers => transfer.live().peers_live as u64,
        JobColumn::HttpShare => {
            let by = &transfer.by_source;
            let http = by.get(SourceKind::WebSeed).0 + by.get(SourceKind::Mirror).0;
            per_mille(http, http + by.get(SourceKind::Swarm).0)
        }
        JobColumn::Verdict => u64::from(verdict_key(job)),
    }
}

/// What asks to be looked at is the largest.
fn verdict_key(job: &Job) -> u8 {
    let has_failed = job.outcome.as_ref().is_some_and(|outcome| outcome.end == End::NotProven);
    match job.verdict.as_deref() {
        _ if has_failed || job.disk.worst.is_lost() => 7,
        Some(Verdict::Mismatch { .. }) => 6,
        Some(Verdict::UnreadableDigest) => 5,
        Some(Verdict::CannotBeVerified { .. }) => 4,
        Some(Verdict::NotAnnounced) => 3,
        Some(Verdict::Verified { .. }) => 2,
        Some(Verdict::NotChecked) => 1,
        None => 0,
    }
}

/// An order of the list of jobs; sorting is done off the screen's thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobOrder {
    /// By what.
    pub by: JobColumn,
    /// Which way.
    pub way: SortDirection,
    /// Only jobs in this group.
    pub group: JobGroup,
    /// Only jobs whose name contains this, whatever the case; all when empty.
    pub containing: String,
    /// Handed back with the answer, so that a stale one is known.
    pub generation: u64,
}

/// A column of the list of jobs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JobColumn {
    /// When it was asked for.
    #[default]
    Added,
    /// Its name.
    Name,
    /// Its size.
    Size,
    /// How much is here.
    Progress,
    /// Its rate.
    Rate,
    /// Its peers.
    Peers,
    /// The share by HTTP.
    HttpShare,
    /// What is proven.
    Verdict,
}

/// Which way a list runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortDirection {
    /// The smallest or oldest first.
    Up,
    /// The largest or newest first.
    #[default]
    Down,
}

/// A group of jobs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JobGroup {
    /// Every job.
    #[default]
    All,
    /// Under way, waiting or paused.
    Active,
    /// Done.
    Done,
    /// Failed.
    Failed,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::jobs::view::{Outcome, Transfer};
    use crate::domain::octets::ByteCount;
    use crate::domain::utc::UtcTime;

    fn a_job(id: u32, name: &str, octets: u64) -> Job {
        Job {
            id: JobId(id),
            phase: Phase::Queued,
            is_removed: false,
            request: None,
            name: name.into(),
            subject: None,
            plan: None,
            transfer: Transfer { wanted: ByteCount(octets), ..Transfer::default() },
            files: Vec::new(),
            verdict: None,
            notes: Vec::new(),
            outcome: None,
            added: UtcTime::default(),
            origin: Default::default(),
            held_up: None,
            disk: crate::domain::on_disk::DiskState::AsLeft.into(),
            giving: None,
        }
    }

    fn ended(mut job: Job, end: End) -> Job {
        job.phase = Phase::Ended;
        job.outcome = Some(Outcome { end, took_ms: 0, message: None });
        job
    }

    fn listed(jobs: Vec<Job>, by: JobColumn, way: SortDirection) -> Vec<u32> {
        let order = JobOrder { by, way, group: JobGroup::All, containing: String::new(), generation: 1 };
        let jobs = jobs.into_iter().map(Arc::new).collect();
        order_jobs(&jobs, &order).iter().map(|id| id.0).collect()
    }

    #[test]
    fn jobs_stand_by_column_and_those_alike_by_age() {
        let jobs = || vec![a_job(0, "b", 5), a_job(1, "A", 9), a_job(2, "c", 5)];
        assert_eq!(listed(jobs(), JobColumn::Size, SortDirection::Up), [0, 2, 1]);
        assert_eq!(listed(jobs(), JobColumn::Size, SortDirection::Down), [1, 2, 0]);
        assert_eq!(listed(jobs(), JobColumn::Name, SortDirection::Up), [1, 0, 2]);
        assert_eq!(listed(jobs(), JobColumn::Added, SortDirection::Down), [2, 1, 0]);
    }

    #[test]
    fn a_group_and_words_leave_the_others_out_and_what_was_removed_is_never_listed() {
        let gone = Job { is_removed: true, ..a_job(3, "AROME gone", 1) };
        let jobs = vec![
            ended(a_job(0, "AROME sp1", 1), End::Done),
            ended(a_job(1, "AROME sp2", 1), End::NoSource),
            a_job(2, "ICON", 1),
            gone,
        ];
        let jobs: Chunked<Arc<Job>> = jobs.into_iter().map(Arc::new).collect();
        let listed = |group, containing: &str| -> Vec<u32> {
            let order = JobOrder {
                by: JobColumn::Added,
                way: SortDirection::Up,
                group,
                containing: containing.to_owned(),
                generation: 0,
            };
            order_jobs(&jobs, &order).iter().map(|id| id.0).collect()
        };
        assert_eq!(listed(JobGroup::All, "arome"), [0, 1]);
        assert_eq!(listed(JobGroup::Failed, ""), [1]);
        assert_eq!(listed(JobGroup::Active, ""), [2]);
        assert_eq!(listed(JobGroup::Done, ""), [0]);
    }
}
