//! Which jobs may run now: so many at a time, and never two with the same content.

use super::{giving, job, job_mut};
use crate::app::command::Command;
use crate::app::desk::{JobContent, Mode, Seat, Then};
use crate::app::jobs::request::{GetRequest, GivingPlan, JobId};
use crate::app::jobs::view::Phase;
use crate::app::settings::laid_down::SystemProxy;
use crate::app::settings::{GivingChoice, Proxy, Settings};
use crate::app::state::State;
use crate::app::vitals::Vitals;
use crate::transfer::fallback::Policy;
use crate::transfer::giving::GiveUntil;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Most jobs that give after they are done; the one that gives longest makes room.
const MOST_GIVING: usize = 16;

/// Puts a job at its place in the queue.
pub(in crate::app) fn enqueue(state: &mut State, id: JobId) {
    let Some(job) = job_mut(state, id) else { return };
    let Some(request) = job.request.clone() else { return };
    job.phase = Phase::Queued;
    job.outcome = None;
    let content = JobContent::of(&request, job.subject.as_deref());
    state.desk.queued.insert(id, content);
    giving::begun_anew(state, id);
}

/// Starts what may run now.
pub(in crate::app) fn advance(state: &mut State) -> Vec<Command> {
    if state.shown.is_stopping || state.desk.queued.is_empty() {
        return Vec::new();
    }
    let mut commands = Vec::new();
    let busy = state.desk.running.values().filter(|seat| !seat.gives).count();
    let mut free = match state.desk.mode {
        Mode::Terminal => usize::MAX,
        Mode::Window => {
            usize::from(state.shown.settings.limits.transfers_at_once.max(1)).saturating_sub(busy)
        }
    };
    let queued: Vec<(JobId, JobContent)> = state.desk.queued.iter().map(|(id, at)| (*id, *at)).collect();
    for (id, content) in queued {
        if free == 0 {
            break;
        }
        match state.desk.mode {
            Mode::Window if is_taken(state, content) => commands.extend(make_room(state, content)),
            _ => {
                free -= 1;
                commands.extend(start(state, id, content));
            }
        }
    }
    commands
}

fn is_taken(state: &State, content: JobContent) -> bool {
    state.desk.running.values().any(|seat| seat.content == content)
}

/// A job that only gives ends when another wants the same content: the next one gives all of it.
fn make_room(state: &mut State, content: JobContent) -> Option<Command> {
    let (id, seat) = state.desk.running.iter_mut().find(|(_, seat)| seat.content == content)?;
    if !seat.gives || seat.then != Then::Stay {
        return None;
    }
    // Asked once: a second look at the queue finds it told already.
    seat.gives = false;
    Some(Command::Stop(*id))
}

fn start(state: &mut State, id: JobId, content: JobContent) -> Vec<Command> {
    state.desk.queued.remove(&id);
    let Some(request) = job(state, id).and_then(|job| job.request.clone()) else { return Vec::new() };
    let request = match state.desk.mode {
        Mode::Terminal => request,
        Mode::Window => as_set(
            as_allowed(&request, &state.shown.settings, &state.shown.vitals),
            state.shown.settings.give_until,
        ),
    };
    if let Some(job) = job_mut(state, id) {
        job.phase = Phase::Resolving;
    }
    state.desk.running.insert(id, Seat { content, then: Then::Stay, gives: false });
    let mut commands = vec![Command::Start(id, request)];
    commands.extend(keep(state, id));
    commands
}

/// The request with the time for which the settings have it given.
fn as_set(request: Arc<GetRequest>, set: GiveUntil) -> Arc<GetRequest> {
    match request.giving {
        GivingPlan::AsSet => {
            Arc::new(GetRequest { giving: GivingPlan::Until(set.capped()), ..GetRequest::clone(&request) })
        }
        GivingPlan::Until(_) | GivingPlan::WhileReceiving | GivingPlan::Nothing => request,
    }
}

/// The request as settings and those who run this computer allow it.
pub(in crate::app) fn as_allowed(
    request: &Arc<GetRequest>,
    settings: &Settings,
    vitals: &Vitals,
) -> Arc<GetRequest> {
    let giving = match settings.giving {
        Some(GivingChoice::Share) => request.giving,
        _ => GivingPlan::Nothing,
    };
    let policy = if may_peer(settings, vitals) { request.policy } else { Policy::HttpOnly };
    if policy == request.policy && giving == request.giving {
        return request.clone();
    }
    Arc::new(GetRequest { policy, giving, ..GetRequest::clone(request) })
}

/// Whether peers may be spoken to at all: not before the person chose, and not with a proxy.
pub fn may_peer(settings: &Settings, vitals: &Vitals) -> bool {
    let is_chosen = matches!(settings.giving, Some(GivingChoice::Share | GivingChoice::ReceiveOnly));
    let has_proxy = match &settings.proxy {
        Proxy::System => vitals.system_proxy == SystemProxy::Some,
        Proxy::Direct => false,
        Proxy::By(_) => true,
    };
    let is_forbidden = vitals.laid_down.policy == Some(Policy::HttpOnly);
    is_chosen && !has_proxy && !is_forbidden && settings.policy != Policy::HttpOnly
}

/// Ends what gives longest when too many give.
pub(in crate::app) fn limit_giving(state: &mut State) -> Vec<Command> {
    let giving: BTreeSet<JobId> =
        state.desk.running.iter().filter(|(_, seat)| seat.gives).map(|(id, _)| *id).collect();
    let too_many = giving.len().saturating_sub(MOST_GIVING);
    giving.into_iter().take(too_many).map(Command::Stop).collect()
}

/// Has a job written down, where jobs are.
pub(in crate::app) fn keep(state: &State, id: JobId) -> Option<Command> {
    (state.desk.mode == Mode::Window).then_some(Command::Keep(id))
}
