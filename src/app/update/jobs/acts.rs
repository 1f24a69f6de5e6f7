//! What persons do with jobs: get, stop, pause, go on, retry, remove, put back.

use super::queue::{advance, enqueue, keep};
use super::waiting::watch;
use super::{giving, job, job_mut};
use crate::app::command::Command;
use crate::app::desk::{JobRemoval, Mode, Then};
use crate::app::input::Restored;
use crate::app::jobs::request::HourRequest;
use crate::app::jobs::request::{GetRequest, GivingPlan, JobId};
use crate::app::jobs::view::{DiskState, End, Job, Phase, Subject, Transfer};
use crate::app::state::State;
use crate::app::update::journal;
use crate::domain::outside_text::show_with_urls;
use crate::transfer::fallback::Policy;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A job for each target in the window, where each has its row; one for all in the terminal.
pub(in crate::app) fn get(state: &mut State, request: GetRequest) -> Vec<Command> {
    let mut commands = Vec::new();
    match state.desk.mode {
        Mode::Terminal => {
            add(state, request, None);
        }
        Mode::Window => {
            for target in request.targets.clone() {
                let id = add(state, GetRequest { targets: vec![target], ..request.clone() }, None);
                commands.extend(keep(state, id));
            }
        }
    }
    commands.extend(advance(state));
    commands
}

pub(in crate::app) fn wished(state: &mut State, wishes: Vec<HourRequest>) -> Vec<Command> {
    let mut commands = Vec::new();
    for wish in wishes {
        let id = add(state, wish.request, Some(Arc::new(wish.subject)));
        commands.extend(keep(state, id));
    }
    commands.extend(advance(state));
    commands
}

fn add(state: &mut State, request: GetRequest, subject: Option<Arc<Subject>>) -> JobId {
    let id = JobId(state.next_job);
    state.next_job += 1;
    journal::count_in(state, id, subject.as_deref());
    let job = Job {
        id,
        phase: Phase::Queued,
        is_removed: false,
        name: show_with_urls(&request.targets.join(" ")).into(),
        request: Some(Arc::new(request)),
        subject,
        plan: None,
        transfer: Transfer::default(),
        files: Vec::new(),
        verdict: None,
        notes: Vec::new(),
        outcome: None,
        added: state.shown.vitals.now,
        origin: Default::default(),
        held_up: None,
        disk: DiskState::Unknown.into(),
        giving: None,
    };
    state.shown.jobs.push(Arc::new(job));
    enqueue(state, id);
    id
}

pub(in crate::app) fn stop(state: &State, id: JobId) -> Vec<Command> {
    state.desk.running.contains_key(&id).then_some(Command::Stop(id)).into_iter().collect()
}

/// Everything ends; in the window jobs are found at the next start as they stood.
pub(in crate::app) fn stop_all(state: &mut State) -> Vec<Command> {
    state.shown.is_stopping = true;
    let running = state.desk.running.keys().copied().map(Command::Stop);
    let given = Command::KeepGiven(state.shown.vitals.given_before + state.shown.vitals.given);
    running.chain([given, Command::StopServing]).collect()
}

pub(in crate::app) fn pause(state: &mut State, ids: &[JobId]) -> Vec<Command> {
    let mut commands = Vec::new();
    for &id in ids {
        commands.extend(set_down(state, id, Then::Pause));
    }
    commands.extend(watch(state));
    commands.extend(advance(state));
    commands
}

/// Takes a job out of the queue, its seat or its wait. A running one gets there when it has stopped.
fn set_down(state: &mut State, id: JobId, then: Then) -> Vec<Command> {
    if let Some(seat) = state.desk.running.get_mut(&id) {
        seat.then = then;
        return vec![Command::Stop(id)];
    }
    let waits_to_retry = state.desk.retries.remove(&id).is_some();
    let was_waiting = state.desk.waiting.remove(&id).is_some() || waits_to_retry;
    if state.desk.queued.remove(&id).is_none() && !was_waiting {
        return Vec::new();
    }
    if let Some(job) = job_mut(state, id) {
        job.phase = Phase::Paused;
        job.held_up = None;
    }
    keep(state, id).into_iter().collect()
}

pub(in crate::app) fn go_on(state: &mut State, ids: &[JobId]) -> Vec<Command> {
    let mut commands = Vec::new();
    for &id in ids {
        resume(state, id);
        commands.extend(keep(state, id));
    }
    commands.extend(watch(state));
    commands.extend(advance(state));
    commands
}

/// Lets a job go on that is paused, waits or failed. What is done stays done.
fn resume(state: &mut State, id: JobId) {
    if let Some(seat) = state.desk.running.get_mut(&id) {
        if seat.then == Then::Pause {
            seat.then = Then::Queue;
        }
        return;
    }
    let Some(job) = job_mut(state, id) else { return };
    let has_failed = job.outcome.as_ref().is_some_and(|outcome| outcome.end != End::Done);
    let subject = has_failed.then(|| job.subject.clone()).flatten();
    match job.phase {
        Phase::Paused | Phase::Waiting => {}
        Phase::Ended if has_failed => {
            job.notes.clear();
            journal::count_in(state, id, subject.as_deref());
        }
        _ => return,
    }
    state.desk.waiting.remove(&id);
    // Who asks for it counts from the beginning.
    state.desk.retries.remove(&id);
    enqueue(state, id);
}

pub(in crate::app) fn retry(state: &mut State, ids: &[JobId], policy: Policy) -> Vec<Command> {
    let mut commands = Vec::new();
    for &id in ids {
        let Some(job) = job_mut(state, id) else { continue };
        if let Some(request) = &mut job.request {
            Arc::make_mut(request).policy = policy;
        }
        match state.desk.running.get_mut(&id) {
            Some(seat) if !seat.gives => {
                seat.then = Then::Queue;
                commands.push(Command::Stop(id));
            }
            Some(_) => {}
            None => resume(state, id),
        }
        commands.extend(keep(state, id));
    }
    commands.extend(watch(state));
    commands.extend(advance(state));
    commands
}

pub(in crate::app) fn remove(state: &mut State, ids: &[JobId]) -> Vec<Command> {
    let mut commands = Vec::new();
    let (mut jobs, mut were_active) = (BTreeSet::new(), BTreeSet::new());
    for &id in ids {
        let Some(job) = job_mut(state, id).filter(|job| !job.is_removed) else { continue };
        job.is_removed = true;
        jobs.insert(id);
        if !matches!(job.phase, Phase::Paused | Phase::Giving | Phase::Ended) {
            were_active.insert(id);
        }
        commands.extend(set_down(state, id, Then::Pause));
        commands.extend(keep(state, id));
    }
    if jobs.is_empty() {
        return commands;
    }
    let number = state.desk.next_removal;
    state.desk.next_removal += 1;
    state.desk.removals.push(JobRemoval { number, jobs, were_active });
    commands.push(Command::CallUndoOver(number));
    commands.extend(watch(state));
    commands.extend(advance(state));
    commands
}

pub(in crate::app) fn put_back(state: &mut State, ids: &[JobId]) -> Vec<Command> {
    let mut commands = Vec::new();
    for id in ids {
        let mut goes_on = false;
        for removal in &mut state.desk.removals {
            removal.jobs.remove(id);
            goes_on |= removal.were_active.remove(id);
        }
        let Some(job) = job_mut(state, *id).filter(|job| job.is_removed) else { continue };
        job.is_removed = false;
        if goes_on {
            resume(state, *id);
        }
        commands.extend(keep(state, *id));
    }
    state.desk.removals.retain(|removal| !removal.jobs.is_empty());
    commands.extend(advance(state));
    commands
}

/// What was removed and not put back is forgotten; what still stops is forgotten when it has.
pub(in crate::app) fn undo_over(state: &mut State, number: u64) -> Vec<Command> {
    let Some(at) = state.desk.removals.iter().position(|removal| removal.number == number) else {
        return Vec::new();
    };
    let removal = state.desk.removals.remove(at);
    let (stopping, gone): (Vec<JobId>, Vec<JobId>) =
        removal.jobs.into_iter().partition(|id| state.desk.running.contains_key(id));
    for id in stopping {
        if let Some(seat) = state.desk.running.get_mut(&id) {
            seat.then = Then::Forget;
        }
    }
    forget(state, gone)
}

pub(in crate::app) fn forget(state: &mut State, gone: Vec<JobId>) -> Vec<Command> {
    if gone.is_empty() {
        return Vec::new();
    }
    for id in &gone {
        let open = job(state, *id).filter(|job| job.outcome.is_none()).and_then(|job| job.subject.clone());
        journal::count_out(state, *id, open.as_deref());
    }
    let these: BTreeSet<JobId> = gone.iter().copied().collect();
    state.shown.jobs.retain(|job| !these.contains(&job.id));
    these.iter().for_each(|id| giving::begun_anew(state, *id));
    vec![Command::Forget(gone)]
}

/// Takes in what the store remembered; what was under way goes on.
pub(in crate::app) fn restore(state: &mut State, restored: Restored) -> Vec<Command> {
    state.shown.vitals.given_before = restored.given;
    state.shown.layout = restored.layout;
    let last = restored.jobs.last().map_or(0, |job| job.id.0 + 1);
    state.next_job = state.next_job.max(last);
    let under_way = |job: &&Arc<Job>| {
        !job.is_removed && !matches!(job.phase, Phase::Paused | Phase::Giving | Phase::Ended)
    };
    let gave = restored.jobs.iter().filter(|job| !job.is_removed && job.phase == Phase::Giving);
    let gave: Vec<JobId> = gave.map(|job| job.id).collect();
    let go_on: Vec<JobId> = restored.jobs.iter().filter(under_way).map(|job| job.id).collect();
    let gone: Vec<JobId> = restored.jobs.iter().filter(|job| job.is_removed).map(|job| job.id).collect();
    for job in restored.jobs.into_iter().filter(|job| !job.is_removed) {
        if job.outcome.is_none() && job.phase != Phase::Giving {
            journal::count_in(state, job.id, job.subject.as_deref());
        }
        state.shown.jobs.push(job);
    }
    go_on.iter().for_each(|id| enqueue(state, *id));
    if let Some(note) = &mut state.shown.vitals.crashed {
        note.resumed = go_on.len();
    }
    super::fetched::restored(state);
    let mut commands: Vec<Command> =
        (!gone.is_empty()).then_some(Command::Forget(gone)).into_iter().collect();
    commands.extend(giving::go_on(state, &gave));
    commands.extend(super::disk::look(state));
    commands.extend(advance(state));
    commands
}

/// The wish for everything of one target, as the settings have it.
pub(in crate::app) fn everything_of(state: &State, target: String) -> GetRequest {
    GetRequest {
        targets: vec![target],
        out: state.shown.folder(),
        policy: state.shown.settings.policy,
        giving: GivingPlan::AsSet,
        ..GetRequest::default()
    }
}
