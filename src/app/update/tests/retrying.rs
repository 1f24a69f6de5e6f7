//! Transfers that fail for the moment are tried again by themselves.

use super::*;
use crate::app::messages::user_message::Trouble;
use crate::domain::source::SourceKind;
use crate::transfer::reason::Reason;

fn no_source(reason: Reason) -> Option<UserMessage> {
    let trouble = Trouble { kind: SourceKind::Mirror, label: "https://a.example".to_owned(), reason };
    Some(UserMessage::NoSource { troubles: vec![trouble] })
}

fn called(commands: &[Command]) -> Option<(JobId, u32, u64)> {
    commands.iter().find_map(|command| match command {
        Command::CallRetry(id, tries, after) => Some((*id, *tries, after.as_secs())),
        _ => None,
    })
}

#[test]
fn a_transfer_whose_source_does_not_answer_waits_says_so_and_is_tried_again() {
    let mut state = a_window(1);
    get(&mut state, "a");
    let commands = end(&mut state, 0, End::NoSource, no_source(Reason::ConnectionRefused));
    assert_eq!(called(&commands), Some((JobId(0), 1, 15)));
    assert_eq!(phase(&state, 0), Some(Phase::Waiting));
    let said = state.shown.jobs.get(0).and_then(|job| job.held_up.clone());
    assert!(matches!(said.as_deref(), Some(UserMessage::TriedAgain { tries: 1, .. })), "{said:?}");
    assert_eq!(started(&see(&mut state, Event::RetryDue(JobId(0), 1))), [JobId(0)]);
}

#[test]
fn pauses_between_tries_grow_and_at_last_the_transfer_has_failed() {
    let mut state = a_window(1);
    get(&mut state, "a");
    let mut pauses = Vec::new();
    for tries in 1..20 {
        let commands = end(&mut state, 0, End::NoSource, no_source(Reason::NoAnswer));
        let Some((_, _, pause)) = called(&commands) else { break };
        pauses.push(pause);
        see(&mut state, Event::RetryDue(JobId(0), tries));
    }
    assert!(pauses.is_sorted() && pauses.len() >= 8, "{pauses:?}");
    assert_eq!(phase(&state, 0), Some(Phase::Ended));
}

#[test]
fn what_would_fail_again_in_the_same_way_fails_at_once() {
    for reason in [Reason::Status(404), Reason::WebPage, Reason::TooManyRedirects] {
        let mut state = a_window(1);
        get(&mut state, "a");
        let commands = end(&mut state, 0, End::NoSource, no_source(reason));
        assert_eq!((called(&commands), phase(&state, 0)), (None, Some(Phase::Ended)));
    }
}

#[test]
fn a_server_that_asks_for_patience_gets_it() {
    let mut state = a_window(1);
    get(&mut state, "a");
    let busy = Reason::Busy { status: 503, wait: Some(Duration::from_secs(120)) };
    assert_eq!(called(&end(&mut state, 0, End::NoSource, no_source(busy))), Some((JobId(0), 1, 120)));
}

#[test]
fn a_try_that_is_due_does_nothing_to_a_transfer_that_was_paused_or_removed_meanwhile() {
    let mut state = a_window(2);
    get(&mut state, "a");
    get(&mut state, "b");
    for id in [0, 1] {
        end(&mut state, id, End::NoSource, no_source(Reason::NoAnswer));
    }
    act(&mut state, Action::Pause(vec![JobId(0)]));
    act(&mut state, Action::Remove(vec![JobId(1)]));
    for id in [0, 1] {
        assert_eq!(see(&mut state, Event::RetryDue(JobId(id), 1)), []);
    }
    assert_eq!(phase(&state, 0), Some(Phase::Paused));
}

#[test]
fn going_on_tries_at_once_and_counts_from_the_beginning() {
    let mut state = a_window(1);
    get(&mut state, "a");
    end(&mut state, 0, End::NoSource, no_source(Reason::NoAnswer));
    assert_eq!(started(&act(&mut state, Action::GoOn(vec![JobId(0)]))), [JobId(0)]);
    assert_eq!(
        called(&end(&mut state, 0, End::NoSource, no_source(Reason::NoAnswer))),
        Some((JobId(0), 1, 15))
    );
}
