//! What the reducer makes of wishes about the file that is open, and of what the service tells.

use crate::app::command::Command;
use crate::app::inspect::command::InspectCommand;
use crate::app::inspect::event::InspectEvent;
use crate::app::state::State;
use crate::app::update::jobs::acts;

/// Hands on what a person wants; a download is a transfer like every other.
pub(in crate::app) fn act(state: &mut State, command: InspectCommand) -> Vec<Command> {
    if command != InspectCommand::Get {
        return vec![Command::Inspect(command)];
    }
    let Some(target) = state.shown.opened.as_ref().map(|opened| opened.target.clone()) else {
        return Vec::new();
    };
    let request = acts::everything_of(state, target);
    acts::get(state, request)
}

/// Takes in what the service tells.
pub(in crate::app) fn note(state: &mut State, event: InspectEvent) -> Vec<Command> {
    match event {
        InspectEvent::Shown(opened) => state.shown.opened = opened,
    }
    Vec::new()
}
