//! Until when what was received is given: what persons change of it, and what a restart of the program goes on with.

use super::queue::{keep, may_peer};
use super::{job, job_mut};
use crate::app::command::Command;
use crate::app::desk::{JobContent, Seat, Then};
use crate::app::input::Tuning;
use crate::app::jobs::giving::KeptGiving;
use crate::app::jobs::request::{GivingPlan, JobId};
use crate::app::jobs::view::{End, Job, Outcome, Phase};
use crate::app::settings::{GivingChoice, Settings};
use crate::app::state::State;
use crate::transfer::giving::GiveUntil;
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
    let settings = state.shown.settings.clone();
    let may_give = settings.giving == Some(GivingChoice::Share) && may_peer(&settings, &state.shown.vitals);
    let now = state.shown.vitals.now;
    let mut commands = Vec::new();
    for &id in ids {
        let Some(job) = job_mut(state, id) else { continue };
        let kept = job.giving.as_deref().filter(|giving| may_give && giving.until > now);
        match (&job.request, kept) {
            (Some(request), Some(kept)) => {
                let mut request = request.clone();
                let until = request.giving.until(settings.give_until);
                Arc::make_mut(&mut request).giving = GivingPlan::Until(until);
                let content = JobContent::of(&request, job.subject.as_deref());
                let (so_far, contents) = (kept.so_far, kept.contents.clone());
                let kept = KeptGiving { so_far, contents, transfer: job.transfer.clone() };
                state.desk.running.insert(id, Seat { content, then: Then::Stay, gives: true });
                commands.push(Command::GiveOn(id, request, Box::new(kept)));
            }
            _ => {
                ends(job);
                commands.extend(keep(state, id));
            }
        }
    }
    commands
}

fn ends(job: &mut Job) {
    job.phase = Phase::Ended;
    job.giving = None;
    job.outcome = Some(Outcome { end: End::Done, took_ms: 0, message: None });
}
