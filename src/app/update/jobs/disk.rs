//! Rows follow the disk: what was deleted or changed is said, and can be fetched or read again.
//!
//! In: what looks at the disk show, and wishes of persons. Out: commands. Reads nothing: the engine does.

use super::progress::gravity;
use super::queue::{advance, enqueue, keep};
use super::{job, job_mut};
use crate::app::command::Command;
use crate::app::desk::{Mode, Then};
use crate::app::input::{DiskSeen, FilesRead};
use crate::app::jobs::request::{GetRequest, JobId};
use crate::app::jobs::view::{DiskState, End, Job, JobOrigin, Outcome, Phase, Transfer};
use crate::app::journal::Weight;
use crate::app::mesh::view::MeshCommand;
use crate::app::messages::user_message::UserMessage;
use crate::app::state::State;
use crate::app::update::journal;
use std::sync::Arc;

/// Whether the files of a job are said to be here.
pub(in crate::app) fn is_done(job: &Job) -> bool {
    let has_ended_well = job.outcome.as_ref().is_some_and(|outcome| outcome.end == End::Done);
    job.phase == Phase::Giving || job.phase == Phase::Ended && has_ended_well
}

/// Has the files of all that is done looked at.
pub(in crate::app) fn look(state: &mut State) -> Vec<Command> {
    if state.desk.mode == Mode::Terminal {
        return Vec::new();
    }
    state.desk.looks += 1;
    vec![Command::LookAtDisk(state.desk.looks)]
}

/// Takes in a part of what a look showed; what is lost is entered once for all of it. What began anew since it was asked
/// for is not judged by it.
pub(in crate::app) fn seen(state: &mut State, seen: &DiskSeen) -> Vec<Command> {
    let (mut missing, mut changed) = (0, 0);
    for &(id, found) in &seen.states {
        let is_stale = state.desk.begun_anew.get(&id).is_some_and(|look| *look >= seen.look);
        let Some(job) = job_mut(state, id).filter(|job| is_done(job) && job.disk != found && !is_stale)
        else {
            continue;
        };
        let before = std::mem::replace(&mut job.disk, found).worst;
        if found.worst != before {
            missing += u64::from(found.worst == DiskState::Missing);
            changed += u64::from(found.worst == DiskState::Changed);
        }
    }
    state.desk.lost.0 += missing;
    state.desk.lost.1 += changed;
    if !seen.is_last {
        return Vec::new();
    }
    state.desk.begun_anew.retain(|_, look| *look >= seen.look);
    let (missing, changed) = std::mem::take(&mut state.desk.lost);
    if missing + changed > 0 {
        journal::enter(state, Weight::Attention, None, UserMessage::FilesLost { missing, changed });
    }
    Vec::new()
}

/// Fetches what is lost again. What was asked for before this start is read from the store first.
pub(in crate::app) fn fetch_again(state: &mut State, ids: &[JobId]) -> Vec<Command> {
    let (mut commands, mut announced) = (Vec::new(), Vec::new());
    for &id in ids {
        let Some(job) = job(state, id) else { continue };
        if !is_done(job) || !job.disk.worst.is_lost() || job.is_removed {
            continue;
        }
        if let Some(seat) = state.desk.running.get_mut(&id) {
            // It is uploaded: its files are in use until that has ended.
            if seat.gives && seat.then == Then::Stay {
                seat.then = Then::FetchAgain;
                commands.push(Command::Stop(id));
            }
            continue;
        }
        let Some(job) = self::job(state, id) else { continue };
        match (&job.request, job.origin) {
            // Nobody asked for it: its announcement says where it is.
            (_, JobOrigin::Announcement) if job.files.is_empty() => {
                state.desk.fetched_when_known.insert(id);
                commands.push(Command::RecallFiles(id));
            }
            (_, JobOrigin::Announcement) => announced.extend(job.files.iter().map(|file| file.path.clone())),
            (Some(_), JobOrigin::Wish) => commands.extend(begin_anew(state, id)),
            (None, JobOrigin::Wish) => commands.push(Command::RecallRequest(id)),
        }
    }
    if !announced.is_empty() {
        commands.push(Command::Mesh(MeshCommand::FetchAgain(announced)));
    }
    commands.extend(advance(state));
    commands
}

/// The upload of what is to be fetched again has ended.
pub(in crate::app) fn upload_ended(state: &mut State, id: JobId) -> Vec<Command> {
    let Some(job) = job_mut(state, id) else { return Vec::new() };
    job.phase = Phase::Ended;
    job.giving = None;
    job.outcome = Some(Outcome { end: End::Done, took_ms: 0, message: None });
    fetch_again(state, &[id])
}

/// What was asked for is known again.
pub(in crate::app) fn recalled(
    state: &mut State,
    id: JobId,
    request: Option<Arc<GetRequest>>,
) -> Vec<Command> {
    let Some(job) = job_mut(state, id).filter(|job| is_done(job)) else { return Vec::new() };
    let Some(request) = request else {
        let name = job.name.to_string();
        return journal::tell(state, Weight::Attention, UserMessage::RequestForgotten { name });
    };
    job.request = Some(request);
    let mut commands = begin_anew(state, id);
    commands.extend(advance(state));
    commands
}

fn begin_anew(state: &mut State, id: JobId) -> Vec<Command> {
    let looks = state.desk.looks;
    state.desk.begun_anew.insert(id, looks);
    let Some(job) = job_mut(state, id) else { return Vec::new() };
    (job.disk, job.verdict, job.transfer) = (DiskState::Unknown.into(), None, Transfer::default());
    job.notes.clear();
    let subject = job.subject.clone();
    journal::count_in(state, id, subject.as_deref());
    enqueue(state, id);
    keep(state, id).into_iter().collect()
}

/// Has files read and checked again, whatever their size and times say.
pub(in crate::app) fn check_again(state: &mut State, ids: &[JobId]) -> Vec<Command> {
    let mut commands = Vec::new();
    for &id in ids {
        if let Some(job) = job_mut(state, id).filter(|job| is_done(job) && !job.is_removed) {
            job.disk = DiskState::Unknown.into();
            commands.push(Command::ReadAgain(id));
        }
    }
    commands
}

/// Takes in what reading showed.
pub(in crate::app) fn read_again(state: &mut State, id: JobId, read: FilesRead) -> Vec<Command> {
    let Some(job) = job_mut(state, id).filter(|job| is_done(job)) else { return Vec::new() };
    let verdict = read.files.iter().map(|file| &file.verdict).max_by_key(|verdict| gravity(verdict));
    job.verdict = verdict.cloned().map(Arc::new).or_else(|| job.verdict.clone());
    (job.files, job.disk) = (read.files, read.disk);
    let name = job.name.to_string();
    let (weight, message) = match (read.unread, read.disk.worst) {
        (Some(message), _) => (Weight::Attention, message),
        (None, DiskState::AsLeft) => (Weight::Note, UserMessage::FilesRight(name)),
        (None, _) => (Weight::Failure, UserMessage::FilesWrong(name)),
    };
    let mut commands: Vec<Command> = keep(state, id).into_iter().collect();
    commands.extend(journal::tell(state, weight, message));
    commands
}
