//! Until when something is given, and what a restart goes on with.

use super::*;
use crate::app::given::{GivenStanding, GivenTable};
use crate::app::input::Tuning;
use crate::app::jobs::giving::GivingState;
use crate::app::jobs::peers::{NamedBy, PeerFacts};
use crate::app::jobs::request::TransferLimits;
use crate::app::jobs::view::SourceLine;
use crate::app::messages::line_kind::LineKind;
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

#[test]
fn an_upload_that_a_person_stops_is_done_and_can_go_on_as_long_as_if_it_had_just_arrived() {
    let mut state = a_window(4);
    a_giving_job(&mut state);
    let commands = act(&mut state, Action::StopGiving(vec![JobId(0)]));
    assert_eq!(commands, [Command::Stop(JobId(0))]);
    assert!(act(&mut state, Action::StopGiving(vec![JobId(0)])).is_empty(), "it is told once");
    end(&mut state, 0, End::Done, None);
    assert_eq!(phase(&state, 0), Some(Phase::Ended));
    let table = GivenTable::of(&state.shown);
    assert_eq!((table.rows[0].standing, table.uploading), (GivenStanding::Stopped, 0));

    let commands = act(&mut state, Action::GiveAgain(vec![JobId(0)]));
    let Some(Command::GiveOn(JobId(0), _, kept)) = commands.first() else { panic!("{commands:?}") };
    assert_eq!((kept.so_far, &kept.contents), (GivenSoFar::default(), &vec!["ab".to_owned()]));
    assert_eq!(phase(&state, 0), Some(Phase::Giving));
    assert!(state.shown.stopped_giving.is_empty());
    assert!(act(&mut state, Action::GiveAgain(vec![JobId(0)])).is_empty(), "it goes on already");
}

#[test]
fn nothing_is_uploaded_again_where_nothing_may_be_or_another_transfer_has_the_same_content() {
    let stopped = || {
        let mut state = a_window(4);
        a_giving_job(&mut state);
        act(&mut state, Action::StopGiving(vec![JobId(0)]));
        end(&mut state, 0, End::Done, None);
        state
    };
    let mut state = stopped();
    Arc::make_mut(&mut state.shown.settings).giving = Some(GivingChoice::ReceiveOnly);
    assert!(act(&mut state, Action::GiveAgain(vec![JobId(0)])).is_empty());
    let mut state = stopped();
    get(&mut state, "a");
    assert!(act(&mut state, Action::GiveAgain(vec![JobId(0)])).is_empty());
    assert!(state.shown.stopped_giving.contains_key(&JobId(0)), "it can go on later");
    act(&mut state, Action::Remove(vec![JobId(0)]));
    let number = state.desk.removals[0].number;
    see(&mut state, Event::UndoOver(number));
    assert!(state.shown.stopped_giving.is_empty(), "what is gone cannot go on");
}

#[test]
fn the_time_at_which_a_peer_called_is_kept_apart_by_its_network() {
    let mut state = a_window(4);
    get(&mut state, "a");
    let peer = |is_near, named_by, is_live| PeerFacts {
        address: "192.0.2.1:6881".to_owned(),
        client: None,
        is_live,
        given: ByteCount::ZERO,
        rate_out: 0,
        holds: 0,
        to_us: Default::default(),
        from_us: Default::default(),
        is_near,
        round_trip: None,
        named_by,
    };
    let mut seen = |facts: PeerFacts| {
        let line = SourceLine {
            kind: LineKind::Peer,
            label: facts.address.clone(),
            gave: ByteCount::ZERO,
            wasted: ByteCount::ZERO,
            rate: 0,
            named: None,
            troubles: Vec::new(),
            peer: Some(Box::new(facts)),
        };
        let transfer = Transfer::default().with_live(Live { sources: vec![line], ..Live::default() });
        see(&mut state, Event::Moved(JobId(0), Box::new(transfer)));
        let calls = state.shown.vitals.calls;
        (calls.from_outside.is_some(), calls.from_near.is_some())
    };
    assert_eq!(seen(peer(false, NamedBy::Tracker, true)), (false, false), "we called it");
    assert_eq!(seen(peer(false, NamedBy::Itself, false)), (false, false), "it was not let in");
    assert_eq!(seen(peer(true, NamedBy::Itself, true)), (false, true));
    assert_eq!(seen(peer(false, NamedBy::Itself, true)), (true, true));
}
