//! What the reducer makes of wishes about what is shared, and of what the service tells.

use crate::app::command::Command;
use crate::app::journal::Weight;
use crate::app::share::{ShareCommand, ShareEvent};
use crate::app::state::State;
use crate::app::update::journal;

/// Hands on what a person wants; nothing begins while the program ends.
pub(in crate::app) fn act(state: &State, command: ShareCommand) -> Vec<Command> {
    if state.shown.is_stopping { Vec::new() } else { vec![Command::Share(command)] }
}

/// Takes in what the service tells.
pub(in crate::app) fn note(state: &mut State, event: ShareEvent) -> Vec<Command> {
    match event {
        ShareEvent::Shown(view) => {
            state.shown.share = view;
            Vec::new()
        }
        ShareEvent::Refused(message) => journal::tell(state, Weight::Attention, message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::input::{Action, Event, Input};
    use crate::app::messages::relay_message::RelayMessage;
    use crate::app::share::{ShareId, ShareView};
    use crate::app::update::update;
    use std::sync::Arc;

    #[test]
    fn a_wish_of_a_person_reaches_the_service_until_the_program_ends() {
        let mut state = State::default();
        let stop = || Input::Action(Action::Share(ShareCommand::Stop(ShareId(1))));
        assert_eq!(update(&mut state, stop()), [Command::Share(ShareCommand::Stop(ShareId(1)))]);
        update(&mut state, Input::Action(Action::StopAll));
        assert_eq!(update(&mut state, stop()), []);
    }

    #[test]
    fn the_list_is_shown_as_the_service_tells_it_and_a_refusal_is_told_at_once() {
        let mut state = State::default();
        let view = Arc::new(ShareView::default());
        update(&mut state, Input::Event(Event::Share(ShareEvent::Shown(view.clone()))));
        assert!(Arc::ptr_eq(&state.shown.share, &view));
        let refused = ShareEvent::Refused(RelayMessage::SharingOff.into());
        update(&mut state, Input::Event(Event::Share(refused)));
        assert_eq!(state.shown.notices.len(), 1);
    }
}
