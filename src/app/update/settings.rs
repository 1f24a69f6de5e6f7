//! What follows when a person sets something.

use crate::app::command::Command;
use crate::app::desk::{Mode, Seat, Then};
use crate::app::input::SettingsRead;
use crate::app::jobs::request::JobId;
use crate::app::journal::Weight;
use crate::app::settings::Settings;
use crate::app::settings::layout::WindowLayout;
use crate::app::state::State;
use crate::app::update::jobs::queue::{advance, as_allowed, may_peer};
use crate::app::update::jobs::{giving, job};
use crate::app::update::journal;
use crate::transfer::fallback::Policy;
use std::sync::Arc;

/// Everything is set so, at once: jobs that run otherwise than is allowed now begin anew with what they hold.
pub(in crate::app) fn set(state: &mut State, mut settings: Settings) -> Vec<Command> {
    if state.shown.vitals.laid_down.policy == Some(Policy::HttpOnly) {
        settings.policy = Policy::HttpOnly;
    }
    let before = std::mem::replace(&mut state.shown.settings, Arc::new(settings));
    let mut commands = vec![Command::ApplySettings];
    commands.extend(restart_changed(state, &before));
    commands.extend(giving::set(state, &before));
    commands.extend(advance(state));
    commands
}

fn restart_changed(state: &mut State, before: &Settings) -> Vec<Command> {
    if state.desk.mode == Mode::Terminal {
        return Vec::new();
    }
    let is_changed = |id: &JobId| {
        let request = job(state, *id).and_then(|job| job.request.as_ref());
        request.is_some_and(|request| {
            as_allowed(request, before, &state.shown.vitals)
                != as_allowed(request, &state.shown.settings, &state.shown.vitals)
        })
    };
    let is_other_way = before.proxy != state.shown.settings.proxy;
    // A transfer without peers may find some by the new way: it starts again. One that uploads hears of the change itself.
    let finds_more = state.shown.settings.discovery.finds_peers() && !before.discovery.finds_peers();
    let gains = finds_more && may_peer(&state.shown.settings, &state.shown.vitals);
    let running = state.desk.running.iter();
    let is_touched = |(id, seat): &(&JobId, &Seat)| is_other_way || (gains && !seat.gives) || is_changed(id);
    let changed: Vec<JobId> = running.filter(is_touched).map(|(id, _)| *id).collect();
    for id in &changed {
        if let Some(seat) = state.desk.running.get_mut(id).filter(|seat| seat.then == Then::Stay) {
            seat.then = Then::Queue;
        }
    }
    changed.into_iter().map(Command::Stop).collect()
}

pub(in crate::app) fn settings_read(state: &mut State, read: SettingsRead) -> Vec<Command> {
    state.shown.settings = Arc::new(read.settings);
    state.shown.vitals.laid_down = read.laid_down;
    state.shown.vitals.system_proxy = read.system_proxy;
    if let Some(trouble) = &read.trouble {
        journal::enter(state, Weight::Attention, None, trouble.clone());
    }
    state.shown.vitals.settings_trouble = read.trouble;
    advance(state)
}

/// The screen is arranged so, in this start and in the next.
pub(in crate::app) fn arrange(state: &mut State, layout: WindowLayout) -> Vec<Command> {
    if std::mem::replace(&mut state.shown.layout, layout) == layout {
        return Vec::new();
    }
    vec![Command::KeepLayout(layout)]
}
