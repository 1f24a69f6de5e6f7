//! Until when what was received is given: what persons change of it, and what a restart of the program goes on with.

use super::queue::{keep, limit_giving, may_peer};
use super::{job, job_mut};
use crate::app::command::Command;
use crate::app::desk::{JobContent, Seat, Then};
use crate::app::input::Tuning;
use crate::app::jobs::giving::{GivingState, KeptGiving};
use crate::app::jobs::request::{GivingPlan, JobId};
use crate::app::jobs::view::{End, Job, Outcome, Phase};
use crate::app::settings::{GivingChoice, Settings};
use crate::app::state::State;
use crate::transfer::giving::{GiveUntil, GivenSoFar};
use std::sync::Arc;

/// Has transfers give so long, or go so fast, from now on.
pub(in crate::app) fn tune(state: &mut State, ids: &[JobId], tuning: Tuning) -> Vec<Command> {
    let set = state.shown.settings.give_until;
    let mut commands = Vec::new();
    for &id in ids {
        let Some(request) = job_mut(state, id).and_then(|job| job.request.as_mut()) else { continue };
        let request = Arc::make_mut(request);
        match tuning {
            Tuning::Give(plan) => request.giving = plan,
            Tuning::GiveLonger(more) => {
                let until = request.giving.until(set);
                let longer = GiveUntil { time: until.time.saturating_add(more), ..until };
                request.giving = GivingPlan::Until(longer.capped());
            }
            Tuning::LimitDown(down) => request.limits.down = down,
            Tuning::LimitUp(up) => request.limits.up = up,
        }
        commands.extend(told(state, id));
        commands.extend(keep(state, id));
    }
    commands
}

/// The settings were changed: transfers that give as they say give so from now on.
pub(in crate::app) fn set(state: &State, before: &Settings) -> Vec<Command> {
    if before.give_until == state.shown.settings.give_until {
        return Vec::new();
    }
    let is_as_set = |id: &JobId| {
        let request = job(state, *id).and_then(|job| job.request.as_ref());
        request.is_some_and(|request| request.giving == GivingPlan::AsSet)
    };
    state.desk.running.keys().copied().filter(is_as_set).filter_map(|id| told(state, id)).collect()
}

/// The command that passes a change of limits or end on to a running transfer. `None` when it does not run.
fn told(state: &State, id: JobId) -> Option<Command> {
    let request = job(state, id)?.request.as_ref().filter(|_| state.desk.running.contains_key(&id))?;
    Some(Command::Tune(id, request.giving.until(state.shown.settings.give_until), request.limits))
}

/// Goes on with giving what gave when the program ended, if its time is not over and peers are still wanted. Whatever
/// becomes of that, it is done.
pub(in crate::app) fn go_on(state: &mut State, ids: &[JobId]) -> Vec<Command> {
    let now = state.shown.vitals.now;
    let may_give = may_give(state);
    let mut commands = Vec::new();
    for &id in ids {
        let Some(job) = job_mut(state, id) else { continue };
        let kept = job.giving.as_deref().filter(|giving| may_give && giving.until > now).cloned();
        match kept.and_then(|kept| begin(state, id, &kept)) {
            Some(command) => commands.push(command),
            None => {
                job_mut(state, id).into_iter().for_each(ends);
                commands.extend(keep(state, id));
            }
        }
    }
    commands
}

/// Whether anything is given, as the settings have it.
pub(in crate::app) fn may_give(state: &State) -> bool {
    let settings = &state.shown.settings;
    settings.giving == Some(GivingChoice::Share) && may_peer(settings, &state.shown.vitals)
}

/// Has the engine give what is kept; takes the seat of the job. `None` when nobody remembers what was asked.
fn begin(state: &mut State, id: JobId, kept: &GivingState) -> Option<Command> {
    let set = state.shown.settings.give_until;
    let job = job_mut(state, id)?;
    let mut request = job.request.clone()?;
    let until = request.giving.until(set);
    Arc::make_mut(&mut request).giving = GivingPlan::Until(until);
    let content = JobContent::of(&request, job.subject.as_deref());
    let (so_far, contents) = (kept.so_far, kept.contents.clone());
    let kept = KeptGiving { so_far, contents, transfer: job.transfer.clone() };
    state.desk.running.insert(id, Seat { content, then: Then::Stay, gives: true });
    Some(Command::GiveOn(id, request, Box::new(kept)))
}

/// Stops uploading, in such a way that it can go on.
pub(in crate::app) fn stop(state: &mut State, ids: &[JobId]) -> Vec<Command> {
    let mut commands = Vec::new();
    for id in ids {
        if let Some(seat) =
            state.desk.running.get_mut(id).filter(|seat| seat.gives && seat.then == Then::Stay)
        {
            seat.then = Then::StopGiving;
            commands.push(Command::Stop(*id));
        }
    }
    commands
}

/// An upload that a person stopped has ended: what is needed to go on is kept until the program ends.
pub(in crate::app) fn stopped(state: &mut State, id: JobId) {
    if let Some(giving) = job_mut(state, id).and_then(|job| job.giving.take()) {
        Arc::make_mut(&mut state.shown.stopped_giving).insert(id, *giving);
    }
}

/// What was stopped is of no use any more: the job begins anew, gives again or is gone.
pub(in crate::app) fn begun_anew(state: &mut State, id: JobId) {
    if state.shown.stopped_giving.contains_key(&id) {
        Arc::make_mut(&mut state.shown.stopped_giving).remove(&id);
    }
}

/// Uploads again what a person stopped, as long as if it had just arrived. Left as it is where nothing may be given, or
/// where another transfer has the same content.
pub(in crate::app) fn give_again(state: &mut State, ids: &[JobId]) -> Vec<Command> {
    let mut commands = Vec::new();
    for &id in ids {
        let can = may_give(state) && !state.desk.running.contains_key(&id) && !is_busy(state, id);
        let Some(before) = state.shown.stopped_giving.get(&id).filter(|_| can).cloned() else { continue };
        let now = state.shown.vitals.now;
        let so_far = GivenSoFar { since: now, ..GivenSoFar::default() };
        let kept = GivingState { so_far, ..before };
        let Some(Command::GiveOn(id, request, again)) = begin(state, id, &kept) else { continue };
        let until = request.giving.until(state.shown.settings.give_until);
        if let Some(job) = job_mut(state, id) {
            let end = GivingState::end_after(until.time, now);
            job.giving = Some(Box::new(GivingState { until: end, ratio: until.ratio, ..kept }));
            job.phase = Phase::Giving;
            job.outcome = None;
        }
        begun_anew(state, id);
        commands.push(Command::GiveOn(id, request, again));
        commands.extend(keep(state, id));
    }
    commands.extend(limit_giving(state));
    commands
}

/// Whether another transfer works on the same content.
fn is_busy(state: &State, id: JobId) -> bool {
    let job = job(state, id);
    let content = job.and_then(|job| Some(JobContent::of(job.request.as_ref()?, job.subject.as_deref())));
    content.is_none_or(|content| state.desk.running.values().any(|seat| seat.content == content))
}

fn ends(job: &mut Job) {
    job.phase = Phase::Ended;
    job.giving = None;
    job.outcome = Some(Outcome { end: End::Done, took_ms: 0, message: None });
}
