//! Does what keys and the palette ask for.
//!
//! In: a wish. Out: actions, or a change of the window itself.

use super::Shell;
use super::keys::{self, KeyCommand};
use super::palette::Deed;
use super::place::Place;
use crate::app::input::Action;
use crate::app::jobs::request::JobId;
use crate::app::jobs::view::{Job, Phase};
use crate::app::settings::Settings;
use crate::app::snapshot::Snapshot;
use egui::{Context, ViewportCommand};

/// Follows the keys of this frame.
pub(super) fn follow_keys(
    shell: &mut Shell,
    ctx: &Context,
    (wishes, actions): (&[KeyCommand], &mut Vec<Action>),
) {
    for wish in wishes {
        follow(shell, *wish, actions);
    }
    if wishes.iter().any(|wish| *wish != KeyCommand::Find) {
        ctx.request_repaint();
    }
}

fn follow(shell: &mut Shell, wish: KeyCommand, actions: &mut Vec<Action>) {
    match wish {
        KeyCommand::Go(place) => shell.go(place),
        KeyCommand::Palette => shell.palette.toggle(),
        KeyCommand::Help => shell.asking.toggle_help(),
        // The find field takes the focus itself.
        KeyCommand::Find => {}
        KeyCommand::Larger | KeyCommand::Smaller | KeyCommand::UsualSize => {
            if let Some(zoom) = keys::zoomed(shell.held.shown().zoom, wish) {
                actions.push(changed(shell, |settings| settings.zoom = zoom));
            }
        }
    }
}

/// Follows what was chosen in the palette.
pub(super) fn follow_palette(
    shell: &mut Shell,
    ctx: &Context,
    (deed, snapshot): (Deed, &Snapshot),
    actions: &mut Vec<Action>,
) {
    ctx.request_repaint();
    match deed {
        Deed::Go(place) => shell.go(place),
        Deed::PauseAll => {
            let moves = |job: &Job| matches!(job.phase, Phase::Queued | Phase::Resolving | Phase::Receiving);
            actions.push(Action::Pause(those(snapshot, moves)));
            shell.go(Place::Transfers);
        }
        Deed::GoOnAll => {
            actions.push(Action::GoOn(those(snapshot, |job| job.phase == Phase::Paused)));
            shell.go(Place::Transfers);
        }
        Deed::Colours(theme) => actions.push(changed(shell, |settings| settings.theme = theme)),
        Deed::Speak(language) => actions.push(changed(shell, |settings| settings.language = Some(language))),
        Deed::Larger => follow(shell, KeyCommand::Larger, actions),
        Deed::Smaller => follow(shell, KeyCommand::Smaller, actions),
        Deed::UsualSize => follow(shell, KeyCommand::UsualSize, actions),
        Deed::Help => shell.asking.toggle_help(),
        Deed::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
    }
}

fn those(snapshot: &Snapshot, is_meant: impl Fn(&Job) -> bool) -> Vec<JobId> {
    snapshot.jobs.iter().filter(|job| !job.is_removed && is_meant(job)).map(|job| job.id).collect()
}

fn changed(shell: &Shell, change: impl FnOnce(&mut Settings)) -> Action {
    let mut settings = (**shell.held.shown()).clone();
    change(&mut settings);
    Action::Set(Box::new(settings))
}
