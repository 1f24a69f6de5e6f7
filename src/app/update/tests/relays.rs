//! Relays in use: what a person does with them, and what becomes known.

use super::*;
use crate::app::messages::relay_message::{RelayMessage, RelayTrust};
use crate::app::relay::used::list::{UsedRelay, base_of};
use crate::app::relay::used::report::{AsideReport, UsedReport};
use crate::app::relay::using::view::{RelayAdding, RelayOutcome, RelayRow};
use crate::app::relay::using::{RelayUseCommand, RelayUseEvent};
use crate::transfer::reason::Reason;

const URL: &str = "https://relay.example/";

fn a_report(fingerprint: &str) -> UsedReport {
    let relay = UsedRelay::new(base_of(URL).expect("an address"));
    UsedReport { fingerprint: Some(fingerprint.to_owned()), ..UsedReport::of(&relay) }
}

fn known(state: &mut State, event: RelayUseEvent) {
    assert!(see(state, Event::Relay(Box::new(event))).is_empty());
}

fn row(state: &State) -> &RelayRow {
    &state.shown.relays.rows[0]
}

/// A window that uses one relay, which answered.
fn a_relay_in_use() -> State {
    let mut state = a_window(4);
    known(&mut state, RelayUseEvent::Listed(vec![a_report("aaaa")]));
    known(&mut state, RelayUseEvent::Answered(a_report("aaaa"), UtcTime::default()));
    state
}

fn refused(message: RelayMessage) -> RelayUseEvent {
    RelayUseEvent::NotTaken { url: URL.to_owned(), at: UtcTime::default(), message: message.into() }
}

#[test]
fn a_relay_is_asked_shown_and_only_then_kept() {
    let mut state = a_window(4);
    let propose = RelayUseCommand::Propose(URL.to_owned());
    assert_eq!(act(&mut state, Action::Relay(propose.clone())), [Command::Relay(propose)]);
    known(&mut state, RelayUseEvent::Proposed(a_report("aaaa")));
    let proposed =
        matches!(&state.shown.relays.adding, RelayAdding::Proposed { address, .. } if address == URL);
    assert!(proposed && state.shown.relays.rows.is_empty(), "{:?}", state.shown.relays);
    let keep = RelayUseCommand::Keep { address: URL.to_owned(), fingerprint: Some("aaaa".to_owned()) };
    assert_eq!(act(&mut state, Action::Relay(keep.clone())), [Command::Relay(keep)]);
    known(&mut state, RelayUseEvent::Kept(a_report("aaaa"), UtcTime::default()));
    assert_eq!(
        (row(&state).last.clone(), state.shown.relays.adding.clone()),
        (RelayOutcome::Taken(UtcTime::default()), RelayAdding::None)
    );
}

#[test]
fn who_changed_their_mind_is_not_shown_an_answer_that_comes_late() {
    let mut state = a_window(4);
    act(&mut state, Action::Relay(RelayUseCommand::Propose(URL.to_owned())));
    assert!(act(&mut state, Action::Relay(RelayUseCommand::Drop)).is_empty());
    known(&mut state, RelayUseEvent::Proposed(a_report("aaaa")));
    assert_eq!(state.shown.relays.adding, RelayAdding::None);
}

#[test]
fn a_changed_key_stops_a_relay_and_silence_does_not() {
    let mut state = a_relay_in_use();
    act(&mut state, Action::Relay(RelayUseCommand::Ask(URL.to_owned())));
    assert!(row(&state).is_asked);
    let silent = RelayMessage::UsedUnreachable { url: URL.to_owned(), reason: Reason::NoAnswer, known: None };
    known(&mut state, refused(silent));
    assert!(!row(&state).is_asked && matches!(row(&state).last, RelayOutcome::Silent(..)));
    assert!(!row(&state).is_stopped(), "what it said before still counts");
    let (pinned, found) = ("aaaa".to_owned(), "bbbb".to_owned());
    known(&mut state, refused(RelayMessage::KeyChanged { url: URL.to_owned(), pinned, found }));
    assert!(row(&state).is_stopped());
    assert_eq!(row(&state).report.fingerprint.as_deref(), Some("aaaa"), "the key that was kept stays");
}

#[test]
fn the_list_that_another_process_wrote_is_taken_in_and_what_was_heard_stays() {
    let mut state = a_relay_in_use();
    let aside = AsideReport {
        since: UtcTime::default(),
        file: "a.grib2".to_owned(),
        told: "00".to_owned(),
        found: "11".to_owned(),
    };
    let contradicted = UsedReport { aside: Some(aside), ..a_report("aaaa") };
    known(&mut state, RelayUseEvent::Listed(vec![contradicted]));
    assert!(row(&state).is_stopped() && matches!(row(&state).last, RelayOutcome::Taken(_)));
    known(&mut state, RelayUseEvent::Listed(vec![a_report("cccc")]));
    assert_eq!(row(&state).last, RelayOutcome::NotAsked, "with another key it is another relay");
    known(&mut state, RelayUseEvent::Forgotten { url: URL.to_owned() });
    assert!(state.shown.relays.rows.is_empty());
}

#[test]
fn what_transfers_tell_of_a_relay_is_counted_once_a_file() {
    let mut state = a_relay_in_use();
    get(&mut state, "a");
    let message = || RelayMessage::ReliedOn {
        file: "a.grib2".to_owned(),
        relay: URL.to_owned(),
        trust: RelayTrust::CheckedAtSource { right: 1, pieces: 40 },
    };
    for _ in 0..2 {
        see(&mut state, Event::Noted(JobId(0), message().into()));
    }
    let tally = state.shown.relays.tally(URL);
    assert_eq!((tally.checked, tally.right, tally.pieces), (1, 1, 40));
    known(&mut state, RelayUseEvent::Forgotten { url: URL.to_owned() });
    assert_eq!(state.shown.relays.tally(URL).checked, 0);
}
