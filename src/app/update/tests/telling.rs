//! What is entered into the log and told at once.

use super::*;
use crate::app::jobs::progress::SourceLine;
use crate::app::messages::line_kind::LineKind;
use crate::app::vitals::NetworkState;
use crate::transfer::reason::Reason;

fn a_wish(hours: i64) -> HourRequest {
    let subject = Subject {
        dataset: DatasetId("demo/arome".into()),
        title: "AROME DEMO".into(),
        run: UtcTime::default(),
        lead: LeadTime::from_hours(hours),
        span: None,
        package: None,
    };
    HourRequest { request: a_request(&format!("{hours}")), subject }
}

#[test]
fn the_last_hour_of_a_run_is_told_on_the_desktop() {
    let mut state = a_window(4);
    see(&mut state, Event::Wished(vec![a_wish(1), a_wish(2)]));
    assert_eq!(end(&mut state, 0, End::Done, None), [Command::Keep(JobId(0))]);
    let commands = end(&mut state, 1, End::Done, None);
    assert!(matches!(&commands[0], Command::Tell(notice)
        if matches!(notice.message, UserMessage::RunComplete { files: 2, .. })));
}

#[test]
fn an_hour_that_goes_on_giving_is_here_and_counts_once() {
    let mut state = a_window(4);
    see(&mut state, Event::Wished(vec![a_wish(1), a_wish(2)]));
    see(&mut state, Event::Giving(JobId(0), Box::default()));
    end(&mut state, 0, End::Done, None);
    assert!(state.shown.notices.is_empty(), "the second hour is still to come");
    see(&mut state, Event::Giving(JobId(1), Box::default()));
    assert_eq!(state.shown.notices.len(), 1);
    end(&mut state, 1, End::Done, None);
    assert_eq!(state.shown.notices.len(), 1, "that giving ended is no news");
}

#[test]
fn a_run_with_a_failed_hour_is_not_called_complete() {
    let mut state = a_window(4);
    see(&mut state, Event::Wished(vec![a_wish(1), a_wish(2)]));
    end(&mut state, 0, End::NoSource, Some(UserMessage::NoMetadata));
    end(&mut state, 1, End::Done, None);
    assert!(state.shown.notices.is_empty());
    assert_eq!(state.shown.journal.entries.len(), 1);
}

#[test]
fn wrong_data_is_a_notice_and_a_line_of_the_log() {
    let mut state = a_window(1);
    get(&mut state, "a");
    let commands =
        end(&mut state, 0, End::NotProven, Some(UserMessage::OnlyWrongData { troubles: Vec::new() }));
    assert!(matches!(commands[0], Command::Tell(_)));
    let number = state.shown.notices[0].number;
    act(&mut state, Action::Dismiss(number));
    assert!(state.shown.notices.is_empty());
    assert_eq!(state.shown.journal.entries.len(), 1, "the log keeps it");
}

#[test]
fn ten_thousand_failures_fill_the_log_to_its_limit_and_no_further() {
    let mut state = a_window(1);
    for number in 0..10_000 {
        get(&mut state, &number.to_string());
    }
    for number in 0..10_000 {
        end(&mut state, number, End::NoSource, Some(UserMessage::NoSource { troubles: Vec::new() }));
    }
    let journal = &state.shown.journal;
    assert!(journal.entries.len() <= crate::app::journal::MOST_ENTRIES);
    assert_eq!(journal.dropped + journal.entries.len() as u64, 10_000);
    assert!(journal.entries.iter().zip(journal.entries.iter().skip(1)).all(|(a, b)| a.number < b.number));
}

#[test]
fn a_source_that_answered_and_does_not_any_more_is_told_once() {
    let mut state = a_window(1);
    let row = |health| SourceRow {
        has_notices: false,
        key: SourceKey("s".into()),
        title: "S".to_owned(),
        place: String::new(),
        kind: SourceClass::Catalogue,
        health,
        last_success: Some(UtcTime::default()),
        datasets: Vec::new(),
        removal: SourceRemoval::Allowed,
    };
    let lost = || Health::Lost(UserMessage::NoMetadata, UtcTime::default());
    see(&mut state, Event::Sources(Arc::new(vec![row(Health::Answers)])));
    assert_eq!(see(&mut state, Event::Sources(Arc::new(vec![row(lost())]))).len(), 1);
    assert_eq!(see(&mut state, Event::Sources(Arc::new(vec![row(lost())]))).len(), 0);
}

#[test]
fn a_clock_that_was_moved_is_told_once() {
    let mut state = a_window(1);
    let minute = |clock| {
        Box::new(Minute {
            now: UtcTime::default(),
            utc_offset_minutes: 0,
            folder: PathBuf::new(),
            free: None,
            clock,
        })
    };
    for clock in [ClockTrust::Steady, ClockTrust::Moved(-90), ClockTrust::Moved(-90), ClockTrust::Steady] {
        see(&mut state, Event::Minute(minute(clock)));
    }
    assert_eq!(state.shown.notices.len(), 1);
}

#[test]
fn that_the_network_is_gone_and_back_is_told_once_each_and_logged() {
    let mut state = a_window(1);
    for network in [NetworkState::Offline, NetworkState::Offline, NetworkState::HasRoute] {
        see(&mut state, Event::Network(network));
    }
    let told: Vec<&UserMessage> = state.shown.notices.iter().map(|notice| &notice.message).collect();
    assert_eq!(told, [&UserMessage::Offline, &UserMessage::OnlineAgain]);
    assert_eq!(state.shown.journal.entries.len(), 2);
}

#[test]
fn a_tracker_that_dies_during_a_transfer_is_noted_and_logged_once() {
    let mut state = a_window(1);
    get(&mut state, "a");
    let line = |troubles| SourceLine {
        kind: LineKind::Tracker,
        label: "http://10.0.0.2/announce".to_owned(),
        gave: ByteCount::ZERO,
        wasted: ByteCount::ZERO,
        rate: 0,
        named: None,
        troubles,
        peer: None,
    };
    for troubles in [Vec::new(), vec![Reason::ConnectionRefused], vec![Reason::ConnectionRefused]] {
        let live = Live { sources: vec![line(troubles)], ..Live::default() };
        see(&mut state, Event::Moved(JobId(0), Box::new(Transfer::default().with_live(live))));
    }
    let noted = UserMessage::SourceTrouble {
        kind: LineKind::Tracker,
        label: "http://10.0.0.2/announce".to_owned(),
        reason: Reason::ConnectionRefused,
    };
    let job = state.shown.jobs.get(0).expect("the job");
    assert_eq!(job.notes, [noted]);
    assert_eq!(state.shown.journal.entries.len(), 1);
}
