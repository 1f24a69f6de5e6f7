//! What the reducer makes of wishes about relays in use, and of what became known of them.

use crate::app::command::Command;
use crate::app::messages::relay_message::RelayMessage;
use crate::app::relay::using::{RelayUseCommand, RelayUseEvent};
use crate::app::state::State;
use std::sync::Arc;

/// Hands on what a person wants; what is only shown no longer concerns nobody else.
pub(in crate::app) fn act(state: &mut State, command: RelayUseCommand) -> Vec<Command> {
    Arc::make_mut(&mut state.shown.relays).expect(&command);
    match command {
        RelayUseCommand::Drop => Vec::new(),
        RelayUseCommand::Reread
        | RelayUseCommand::Propose(_)
        | RelayUseCommand::Keep { .. }
        | RelayUseCommand::Ask(_)
        | RelayUseCommand::Forget(_) => vec![Command::Relay(command)],
    }
}

/// Takes in what became known.
pub(in crate::app) fn note(state: &mut State, event: RelayUseEvent) -> Vec<Command> {
    Arc::make_mut(&mut state.shown.relays).take(event);
    Vec::new()
}

/// Counts what a transfer tells of a relay.
pub(in crate::app) fn count(state: &mut State, message: &RelayMessage) {
    Arc::make_mut(&mut state.shown.relays).count(message);
}
