//! Until when something is given, and what a restart goes on with.

use super::*;
use crate::app::input::Tuning;
use crate::app::jobs::giving::GivingState;
use crate::app::jobs::request::TransferLimits;
use crate::transfer::giving::{GivenSoFar, Ratio};

fn a_day() -> GiveUntil {
    GiveUntil { time: Duration::from_secs(86_400), ratio: None }
}

fn until(minutes: i64) -> GivingState {
    let until = UtcTime::default().plus_minutes(minutes).expect("in the calendar");
    GivingState { until, contents: vec!["ab".to_owned()], ..GivingState::default() }
}

/// A job that gives as the settings have it.
fn a_giving_job(state: &mut State) {
    let request = GetRequest { giving: GivingPlan::AsSet, ..a_request("a") };
    act(state, Action::Get(Box::new(request)));
    see(state, Event::Giving(JobId(0), Box::new(until(60))));
}

/// What the next start of a window reads of the jobs of this one.
fn restarted(state: &State, change: impl FnOnce(&mut Settings)) -> (State, Vec<Command>) {
    let jobs = state.shown.jobs.iter().cloned().collect();
    let mut again = a_window(4);
    change(Arc::make_mut(&mut again.shown.settings));
    let restored = Restored { jobs, ..Restored::default() };
    let commands = see(&mut again, Event::Restored(Box::new(restored)));
    (again, commands)
}

#[test]
fn what_gives_when_the_program_ends_gives_on_at_the_next_start_with_the_same_end() {
    let mut state = a_window(4);
    a_giving_job(&mut state);
    let (mut again, commands) = restarted(&state, |_| {});
    let Some(Command::GiveOn(JobId(0), request, kept)) = commands.first() else { panic!("{commands:?}") };
    assert_eq!(request.giving, GivingPlan::Until(GiveUntil::default()));
    assert_eq!((kept.so_far, &kept.contents), (GivenSoFar::default(), &vec!["ab".to_owned()]));
    assert!(started(&commands).is_empty(), "nothing is received again: {commands:?}");
    assert_eq!(phase(&again, 0), Some(Phase::Giving));
    let row = again.shown.jobs.get(0).expect("a row");
    assert_eq!(row.giving.as_ref().map(|giving| giving.until), Some(until(60).until));
    end(&mut again, 0, End::Done, None);
    assert_eq!(phase(&again, 0), Some(Phase::Ended));
}

#[test]
fn what_gives_stays_written_as_giving_while_the_program_ends() {
    let mut state = a_window(4);
    a_giving_job(&mut state);
    act(&mut state, Action::StopAll);
    let commands = end(&mut state, 0, End::Done, None);
    assert!(!commands.contains(&Command::Keep(JobId(0))), "{commands:?}");
}

#[test]
fn giving_that_is_over_or_no_longer_wanted_does_not_begin_again_and_the_row_is_done() {
    let mut state = a_window(4);
    a_giving_job(&mut state);
    see(&mut state, Event::Giving(JobId(0), Box::new(until(0))));
    let (again, commands) = restarted(&state, |_| {});
    let done = again.shown.jobs.get(0).and_then(|job| job.outcome.as_ref()).map(|outcome| outcome.end);
    assert_eq!((phase(&again, 0), done), (Some(Phase::Ended), Some(End::Done)), "{commands:?}");

    see(&mut state, Event::Giving(JobId(0), Box::new(until(60))));
    let (again, commands) = restarted(&state, |settings| settings.giving = Some(GivingChoice::ReceiveOnly));
    assert_eq!(phase(&again, 0), Some(Phase::Ended));
    assert!(!commands.iter().any(|command| matches!(command, Command::GiveOn(..))), "{commands:?}");
}

#[test]
fn a_new_time_in_the_settings_holds_at_once_for_what_gives_as_they_say() {
    let mut state = a_window(4);
    a_giving_job(&mut state);
    get(&mut state, "b");
    let settings = Settings { give_until: a_day(), ..state.shown.settings.as_ref().clone() };
    let commands = act(&mut state, Action::Set(Box::new(settings)));
    assert!(commands.contains(&Command::Tune(JobId(0), a_day(), TransferLimits::default())), "{commands:?}");
    let of_other = commands.iter().any(|command| matches!(command, Command::Tune(JobId(1), ..)));
    assert!(!of_other && stopped(&commands).is_empty(), "{commands:?}");
}

#[test]
fn one_transfer_gives_longer_and_slower_than_others() {
    let mut state = a_window(4);
    a_giving_job(&mut state);
    let longer = act(&mut state, Action::Tune(vec![JobId(0)], Tuning::GiveLonger(Duration::from_secs(3600))));
    let two_hours = GiveUntil { time: Duration::from_secs(7200), ratio: None };
    assert_eq!(longer[0], Command::Tune(JobId(0), two_hours, TransferLimits::default()));
    let limits = TransferLimits { down: None, up: Some(100_000) };
    let slower = act(&mut state, Action::Tune(vec![JobId(0)], Tuning::LimitUp(limits.up)));
    assert_eq!(slower, [Command::Tune(JobId(0), two_hours, limits), Command::Keep(JobId(0))]);
    let ratio = GiveUntil { ratio: Ratio::new(2.0), ..a_day() };
    act(&mut state, Action::Tune(vec![JobId(0)], Tuning::Give(GivingPlan::Until(ratio))));
    let request = state.shown.jobs.get(0).and_then(|job| job.request.clone()).expect("a request");
    assert_eq!((request.giving, request.limits), (GivingPlan::Until(ratio), limits));
}
