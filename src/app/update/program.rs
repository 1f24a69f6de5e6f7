//! The program as a whole: the minute, the network, what another start hands over.

use crate::app::command::Command;
use crate::app::input::{Consent, Minute};
use crate::app::inspect::InspectCommand;
use crate::app::jobs::view::Phase;
use crate::app::journal::Weight;
use crate::app::messages::user_message::UserMessage;
use crate::app::state::State;
use crate::app::update::jobs::acts;
use crate::app::update::journal;
use crate::app::vitals::{ClockTrust, CrashNote, HandedOver, NetworkState};
use std::sync::Arc;

/// Most things that wait for a yes; more are refused by not being taken in.
const MOST_HANDED_OVER: usize = 100;

/// The minute. A clock that was moved is told once, and lateness is not judged by it for a while (R12).
pub(super) fn minute(state: &mut State, minute: Minute) -> Vec<Command> {
    let was_steady = state.shown.vitals.clock == ClockTrust::Steady;
    let vitals = &mut state.shown.vitals;
    vitals.now = minute.now;
    vitals.utc_offset_minutes = minute.utc_offset_minutes;
    vitals.folder = minute.folder;
    vitals.free = minute.free;
    vitals.clock = minute.clock;
    let mut commands = vec![Command::KeepGiven(vitals.given_before + vitals.given)];
    if let (ClockTrust::Moved(minutes), true) = (minute.clock, was_steady) {
        commands.extend(journal::tell(state, Weight::Attention, UserMessage::ClockMoved { minutes }));
    }
    commands
}

/// Takes in whether there is a network. That it is lost or back is said once, in the log too.
pub(super) fn network(state: &mut State, network: NetworkState) -> Vec<Command> {
    if std::mem::replace(&mut state.shown.vitals.network, network) == network {
        return Vec::new();
    }
    match network {
        NetworkState::Offline => journal::tell(state, Weight::Attention, UserMessage::Offline),
        NetworkState::HasRoute => journal::tell(state, Weight::Note, UserMessage::OnlineAgain),
    }
}

/// The program ended by a failure last time: how many jobs go on is counted as soon as they are there.
pub(super) fn crashed(state: &mut State, mut note: CrashNote) -> Vec<Command> {
    note.resumed =
        state.shown.jobs.iter().filter(|job| !matches!(job.phase, Phase::Ended | Phase::Paused)).count();
    state.shown.vitals.crashed = Some(note);
    Vec::new()
}

/// What comes from outside asks first: nothing is contacted before yes (R13).
pub(super) fn handed_over(state: &mut State, mut handed: HandedOver) -> Vec<Command> {
    let list = Arc::make_mut(&mut state.shown.handed_over);
    if list.len() < MOST_HANDED_OVER && !list.iter().any(|other| other.target == handed.target) {
        handed.number = state.desk.next_handed_over;
        state.desk.next_handed_over += 1;
        list.push(handed);
    }
    Vec::new()
}

pub(super) fn answer(state: &mut State, number: u64, consent: Consent) -> Vec<Command> {
    let list = Arc::make_mut(&mut state.shown.handed_over);
    let Some(at) = list.iter().position(|handed| handed.number == number) else { return Vec::new() };
    let handed = list.remove(at);
    match consent {
        Consent::No => Vec::new(),
        Consent::Look => vec![Command::Inspect(InspectCommand::Open(handed.target))],
        Consent::Yes => {
            let request = acts::everything_of(state, handed.target);
            acts::get(state, request)
        }
    }
}

pub(super) fn raise(state: &mut State) -> Vec<Command> {
    state.shown.raised += 1;
    Vec::new()
}
