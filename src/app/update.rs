//! The reducer: one short arm for each input.
//!
//! In: the state and what happened. Out: commands. Reads no clock and does no IO.

use super::command::Command;
use super::input::{Action, Event, Input};
use super::request::{GetRequest, JobId};
use super::state::{Job, Phase, State, Transfer};
use crate::domain::outside_text::show_with_urls;
use std::sync::Arc;

/// Most notes kept of one job.
const MOST_NOTES: usize = 50;

/// Takes an input into the state and says what is to be done.
pub fn update(state: &mut State, input: Input) -> Vec<Command> {
    state.version += 1;
    match input {
        Input::Action(Action::Get(request)) => vec![get(state, *request)],
        Input::Action(Action::Stop(job)) => running(state, job).map(Command::Stop).into_iter().collect(),
        Input::Action(Action::StopAll) => {
            state.is_stopping = true;
            let all: Vec<JobId> = state.jobs.iter().map(|job| job.id).collect();
            let jobs = all.into_iter().filter_map(|job| running(state, job)).map(Command::Stop);
            jobs.chain([Command::StopServing]).collect()
        }
        // The window's actions have arms of their own in the files below.
        Input::Action(_) => Vec::new(),
        Input::Event(event) => {
            note(state, event);
            Vec::new()
        }
    }
}

fn get(state: &mut State, request: GetRequest) -> Command {
    let id = JobId(state.next_job);
    state.next_job += 1;
    let job = Job {
        id,
        name: show_with_urls(&request.targets.join(" ")),
        request: request.clone(),
        phase: Phase::Resolving,
        plan: None,
        transfer: Transfer::default(),
        files: Vec::new(),
        notes: Vec::new(),
        outcome: None,
        added: state.vitals.now,
        held_up: None,
        is_removed: false,
    };
    state.jobs.push(Arc::new(job));
    Command::Start(id, Box::new(request))
}

fn running(state: &State, job: JobId) -> Option<JobId> {
    let at = state.jobs.index_by(&job, |job| job.id)?;
    state.jobs.get(at).filter(|job| job.phase != Phase::Ended).map(|job| job.id)
}

fn note(state: &mut State, event: Event) {
    let mut change = |id: JobId, change: &mut dyn FnMut(&mut Job)| {
        let at = state.jobs.index_by(&id, |job| job.id);
        if let Some(job) = at.and_then(|at| state.jobs.get_mut(at)) {
            change(Arc::make_mut(job));
        }
    };
    match event {
        Event::Named(id, name) => change(id, &mut |job| job.name.clone_from(&name)),
        Event::Planned(id, plan) => change(id, &mut |job| {
            job.plan = Some((*plan).clone());
            job.phase = Phase::Receiving;
        }),
        Event::Moved(id, transfer) => change(id, &mut |job| job.transfer = (*transfer).clone()),
        Event::InPlace(id, file) => change(id, &mut |job| job.files.push((*file).clone())),
        Event::Giving(id) => change(id, &mut |job| job.phase = Phase::Giving),
        Event::Noted(id, message) => change(id, &mut |job| {
            if job.notes.len() < MOST_NOTES && !job.notes.contains(&message) {
                job.notes.push(message.clone());
            }
        }),
        Event::Ended(id, outcome) => change(id, &mut |job| {
            job.outcome = Some((*outcome).clone());
            job.phase = Phase::Ended;
        }),
    }
}
