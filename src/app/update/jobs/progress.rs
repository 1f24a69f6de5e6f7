//! What the engine saw of a job.

use super::queue::{advance, enqueue, keep, limit_giving};
use super::waiting::{hold_up, watch};
use super::{acts, giving, job, job_mut, retrying};
use crate::app::command::Command;
use crate::app::desk::{Mode, Then};
use crate::app::jobs::discovery::CallsSeen;
use crate::app::jobs::giving::GivingState;
use crate::app::jobs::request::JobId;
use crate::app::jobs::view::{
    DiskState, End, FileInPlace, Outcome, Phase, PlanSummary, SourceLine, Transfer,
};
use crate::app::journal::Weight;
use crate::app::messages::line_kind::LineKind;
use crate::app::messages::user_message::UserMessage;
use crate::app::state::State;
use crate::app::update::follow;
use crate::app::update::journal;
use crate::app::update::relay;
use crate::domain::integrity::Verdict;
use crate::domain::octets::ByteCount;
use crate::domain::source::SourceKind;
use crate::transfer::reason::Reason;
use std::sync::Arc;

/// Most notes kept of one job.
const MOST_NOTES: usize = 50;

pub(in crate::app) fn named(state: &mut State, id: JobId, name: &str) -> Vec<Command> {
    if let Some(job) = job_mut(state, id) {
        job.name = name.into();
    }
    keep(state, id).into_iter().collect()
}

pub(in crate::app) fn planned(state: &mut State, id: JobId, plan: Box<PlanSummary>) -> Vec<Command> {
    if let Some(job) = job_mut(state, id) {
        job.plan = Some(plan);
        job.phase = Phase::Receiving;
    }
    keep(state, id).into_iter().collect()
}

pub(in crate::app) fn moved(state: &mut State, id: JobId, transfer: Transfer) -> Vec<Command> {
    let Some(job) = job_mut(state, id) else { return Vec::new() };
    let given = transfer.given.saturating_sub(job.transfer.given);
    let has_moved = transfer.missing < job.transfer.missing && transfer.wanted == job.transfer.wanted;
    let troubles = new_troubles(&job.transfer, &transfer);
    let calls = CallsSeen::of(&transfer);
    job.transfer = transfer;
    if job.phase == Phase::Giving {
        let live = job.transfer.live_mut();
        (live.peer_rate, live.http_rate) = (0, 0);
    }
    if has_moved && job.held_up.is_some() {
        job.held_up = None;
        state.desk.waiting.remove(&id);
    }
    if has_moved {
        state.desk.retries.remove(&id);
    }
    state.shown.vitals.given += given;
    let now = state.shown.vitals.now;
    state.shown.vitals.calls.note(calls, now);
    add_rates_up(state);
    for message in troubles {
        if state.desk.mode == Mode::Window {
            journal::enter(state, Weight::Attention, Some(id), message.clone());
        }
        noted(state, id, message);
    }
    Vec::new()
}

/// What became known of servers and trackers since the last look. Peers come and go.
fn new_troubles(before: &Transfer, now: &Transfer) -> Vec<UserMessage> {
    let known = |line: &SourceLine, reason: &Reason| {
        let same = before.live().sources.iter().find(|old| old.kind == line.kind && old.label == line.label);
        same.is_some_and(|old| old.troubles.iter().any(|other| other.key() == reason.key()))
    };
    let is_peer =
        |line: &&SourceLine| matches!(line.kind, LineKind::Peer | LineKind::Source(SourceKind::Swarm));
    let lines = now.live().sources.iter().filter(|line| !is_peer(line));
    lines
        .flat_map(|line| line.troubles.iter().map(move |reason| (line, reason)))
        .filter(|(line, reason)| !known(line, reason))
        .map(|(line, reason)| UserMessage::SourceTrouble {
            kind: line.kind,
            label: line.label.clone(),
            reason: reason.clone(),
        })
        .collect()
}

/// The rates of the whole program are those of its running jobs.
fn add_rates_up(state: &mut State) {
    let (mut peers, mut http, mut given, mut live) = (0, 0, 0, 0);
    for id in state.desk.running.keys() {
        if let Some(job) = job(state, *id) {
            let now = job.transfer.live();
            peers += now.peer_rate;
            http += now.http_rate;
            given += now.given_rate;
            live += now.peers_live;
        }
    }
    (state.shown.vitals.peer_rate, state.shown.vitals.http_rate, state.shown.vitals.peers) =
        (peers, http, live);
    state.shown.vitals.given_rate = given;
}

pub(in crate::app) fn in_place(state: &mut State, id: JobId, file: FileInPlace) -> Vec<Command> {
    let Some(job) = job_mut(state, id) else { return Vec::new() };
    let is_graver = job.verdict.as_ref().is_none_or(|verdict| gravity(&file.verdict) > gravity(verdict));
    if is_graver {
        job.verdict = Some(Arc::new(file.verdict.clone()));
    }
    job.files.retain(|other| other.path != file.path);
    job.files.push(file);
    job.disk = DiskState::AsLeft.into();
    keep(state, id).into_iter().collect()
}

/// How much a verdict asks to be looked at; the least for what was proven.
pub(in crate::app) const fn gravity(verdict: &Verdict) -> u8 {
    match verdict {
        Verdict::Verified { .. } => 0,
        Verdict::NotAnnounced => 1,
        Verdict::CannotBeVerified { .. } => 2,
        Verdict::NotChecked => 3,
        Verdict::UnreadableDigest => 4,
        Verdict::Mismatch { .. } => 5,
    }
}

pub(in crate::app) fn giving(state: &mut State, id: JobId, giving: Box<GivingState>) -> Vec<Command> {
    let gives_already = state.desk.running.get(&id).is_some_and(|seat| seat.gives);
    giving::begun_anew(state, id);
    if let Some(job) = job_mut(state, id) {
        job.giving = Some(giving);
        if gives_already && job.phase == Phase::Giving {
            return keep(state, id).into_iter().collect();
        }
        job.phase = Phase::Giving;
        if job.disk.worst == DiskState::Unknown {
            job.disk = DiskState::AsLeft.into();
        }
        // Everything is here: the rate at which it came is over, and need not fade away.
        let live = job.transfer.live_mut();
        (live.peer_rate, live.http_rate) = (0, 0);
    }
    add_rates_up(state);
    if let Some(seat) = state.desk.running.get_mut(&id) {
        seat.gives = true;
    }
    let mut commands = journal::here(state, id);
    commands.extend(follow::settled(state, id));
    commands.extend(keep(state, id));
    commands.extend(limit_giving(state));
    commands.extend(advance(state));
    commands
}

pub(in crate::app) fn noted(state: &mut State, id: JobId, message: UserMessage) -> Vec<Command> {
    let is_new = job(state, id).is_some_and(|job| !job.notes.contains(&message));
    if let (true, UserMessage::Relay(message)) = (is_new, &message) {
        relay::count(state, message);
    }
    if let Some(job) = job_mut(state, id).filter(|job| is_new && job.notes.len() < MOST_NOTES) {
        job.notes.push(message);
    }
    Vec::new()
}

pub(in crate::app) fn recalled(state: &mut State, id: JobId, files: Vec<FileInPlace>) -> Vec<Command> {
    if let Some(job) = job_mut(state, id).filter(|job| job.files.is_empty()) {
        job.files = files;
    }
    // Of what nobody remembers a file nothing can be fetched: asked again, it would be read for ever.
    let is_known = super::job(state, id).is_some_and(|job| !job.files.is_empty());
    match state.desk.fetched_when_known.remove(&id) && is_known {
        true => super::disk::fetch_again(state, &[id]),
        false => Vec::new(),
    }
}

pub(in crate::app) fn ended(state: &mut State, id: JobId, outcome: Outcome) -> Vec<Command> {
    let then = state.desk.running.remove(&id).map_or(Then::Stay, |seat| seat.then);
    let was_stopped = outcome.end == End::Interrupted;
    if let Some(job) = job_mut(state, id) {
        job.transfer.settle();
    }
    add_rates_up(state);
    let mut commands = match then {
        Then::Forget => acts::forget(state, vec![id]),
        Then::StopGiving => {
            giving::stopped(state, id);
            end(state, id, outcome)
        }
        Then::FetchAgain if !state.shown.is_stopping => super::disk::upload_ended(state, id),
        Then::Pause if was_stopped => {
            set_phase(state, id, Phase::Paused);
            keep(state, id).into_iter().collect()
        }
        Then::Queue if was_stopped => {
            enqueue(state, id);
            keep(state, id).into_iter().collect()
        }
        _ => end(state, id, outcome),
    };
    commands.extend(advance(state));
    commands
}

fn set_phase(state: &mut State, id: JobId, phase: Phase) {
    if let Some(job) = job_mut(state, id) {
        job.phase = phase;
    }
}

fn end(state: &mut State, id: JobId, outcome: Outcome) -> Vec<Command> {
    let is_window = state.desk.mode == Mode::Window;
    if is_window && outcome.end == End::Disk && !state.shown.is_stopping && hold_up(state, id, &outcome) {
        let mut commands = journal::held_up(state, id);
        commands.extend(keep(state, id));
        commands.extend(watch(state));
        return commands;
    }
    if is_window
        && !state.shown.is_stopping
        && let Some(retry) = retrying::hold_up(state, id, &outcome)
    {
        return keep(state, id).into_iter().chain([retry]).collect();
    }
    state.desk.waiting.remove(&id);
    state.desk.retries.remove(&id);
    let was_giving = job(state, id).is_some_and(|job| job.phase == Phase::Giving);
    let is_quitting = state.shown.is_stopping && (was_giving || outcome.end == End::Interrupted);
    if let Some(job) = job_mut(state, id) {
        job.phase = Phase::Ended;
        job.giving = None;
        job.held_up = None;
        if outcome.end == End::Done && job.disk.worst == DiskState::Unknown {
            job.disk = DiskState::AsLeft.into();
        }
        if is_window && outcome.end == End::Done {
            let_go(&mut job.transfer);
        }
        job.outcome = Some(outcome);
    }
    // What only stops because the program ends is found at the next start as it stood.
    if !is_window || is_quitting {
        return Vec::new();
    }
    let mut commands = journal::ended(state, id);
    if !was_giving {
        commands.extend(follow::settled(state, id));
    }
    commands.extend(keep(state, id));
    commands
}

/// Of a job that ended well, the sources that gave are kept, and those that did wrong.
fn let_go(transfer: &mut Transfer) {
    let is_worth_it = |line: &crate::app::jobs::view::SourceLine| {
        matches!(line.kind, LineKind::Source(_)) && (line.gave > ByteCount::ZERO || !line.troubles.is_empty())
    };
    let sources = &mut transfer.live_mut().sources;
    sources.retain(is_worth_it);
    sources.shrink_to_fit();
    transfer.settle();
}
