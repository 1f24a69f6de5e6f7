//! What the reducer promises, told as sentences.

mod disk;
mod giving;
mod relays;
mod retrying;
mod telling;

use super::update;
use crate::app::catalog::hours::DatasetId;
use crate::app::catalog::sources::{Health, SourceClass, SourceKey, SourceRemoval, SourceRow};
use crate::app::command::Command;
use crate::app::desk::Mode;
use crate::app::input::{Action, Consent, Event, Input, Minute, Restored, SettingsRead};
use crate::app::jobs::request::{FolderLook, HourRequest};
use crate::app::jobs::request::{GetRequest, GivingPlan, JobId};
use crate::app::jobs::view::{End, FileInPlace, Live, Outcome, Phase, Subject, Transfer};
use crate::app::messages::user_message::UserMessage;
use crate::app::settings::discovery::Discovery;
use crate::app::settings::laid_down::LaidDown;
use crate::app::settings::{GivingChoice, Limits, Proxy, Settings};
use crate::app::state::State;
use crate::app::update::jobs::{job, job_mut};
use crate::app::vitals::{ClockTrust, HandedOver};
use crate::domain::integrity::{Method, Verdict, Voucher};
use crate::domain::lead_time::LeadTime;
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcTime;
use crate::transfer::fallback::Policy;
use crate::transfer::giving::GiveUntil;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

fn a_request(target: &str) -> GetRequest {
    GetRequest {
        targets: vec![target.to_owned()],
        out: PathBuf::from("out"),
        policy: Policy::SwarmFirst,
        giving: GivingPlan::Until(GiveUntil { time: Duration::from_secs(60), ratio: None }),
        ..GetRequest::default()
    }
}

fn a_window(at_once: u8) -> State {
    let mut state = State::default();
    state.desk.mode = Mode::Window;
    state.shown.settings = Arc::new(Settings {
        limits: Limits { transfers_at_once: at_once, ..Limits::default() },
        giving: Some(GivingChoice::Share),
        ..Settings::default()
    });
    state
}

fn act(state: &mut State, action: Action) -> Vec<Command> {
    update(state, Input::Action(action))
}

fn see(state: &mut State, event: Event) -> Vec<Command> {
    update(state, Input::Event(event))
}

fn get(state: &mut State, target: &str) -> Vec<JobId> {
    started(&act(state, Action::Get(Box::new(a_request(target)))))
}

fn started(commands: &[Command]) -> Vec<JobId> {
    let of = |command: &Command| if let Command::Start(id, _) = command { Some(*id) } else { None };
    commands.iter().filter_map(of).collect()
}

fn first_request(commands: &[Command]) -> &GetRequest {
    for command in commands {
        if let Command::Start(_, request) = command {
            return request;
        }
    }
    panic!("no start: {commands:?}")
}

fn stopped(commands: &[Command]) -> Vec<JobId> {
    let of = |command: &Command| if let Command::Stop(id) = command { Some(*id) } else { None };
    commands.iter().filter_map(of).collect()
}

fn end(state: &mut State, id: u32, end: End, message: Option<UserMessage>) -> Vec<Command> {
    let outcome = Outcome { end, took_ms: 0, message: message.map(Box::new) };
    see(state, Event::Ended(JobId(id), Box::new(outcome)))
}

fn phase(state: &State, id: u32) -> Option<Phase> {
    job(state, JobId(id)).map(|job| job.phase)
}

fn a_verified_file() -> FileInPlace {
    let verdict = Verdict::Verified { method: Method::PieceHashes, voucher: Voucher::Person };
    FileInPlace {
        path: "out/a".to_owned(),
        length: ByteCount(1),
        verdict,
        kept_as: None,
        disk: Default::default(),
    }
}

#[test]
fn the_terminal_starts_everything_at_once_and_a_full_disk_ends_it() {
    let mut state = State::default();
    assert_eq!(get(&mut state, "a"), [JobId(0)]);
    assert_eq!(get(&mut state, "a"), [JobId(1)]);
    let commands = end(&mut state, 0, End::Disk, Some(UserMessage::DiskFull));
    assert_eq!((phase(&state, 0), commands), (Some(Phase::Ended), Vec::new()));
}

#[test]
fn no_more_run_at_once_than_is_set_and_the_next_takes_its_turn() {
    let mut state = a_window(2);
    assert_eq!([get(&mut state, "a"), get(&mut state, "b")].concat(), [JobId(0), JobId(1)]);
    assert_eq!(get(&mut state, "c"), []);
    assert_eq!(phase(&state, 2), Some(Phase::Queued));
    assert_eq!(started(&end(&mut state, 0, End::Done, None)), [JobId(2)]);
}

#[test]
fn two_hours_of_one_torrent_come_one_after_the_other_and_a_third_passes_them() {
    let mut state = a_window(4);
    get(&mut state, "a");
    assert_eq!(get(&mut state, "a"), []);
    assert_eq!(get(&mut state, "b"), [JobId(2)]);
    assert_eq!(started(&end(&mut state, 0, End::Done, None)), [JobId(1)]);
}

#[test]
fn what_only_gives_makes_room_for_the_next_of_the_same_torrent_and_takes_no_place() {
    let mut state = a_window(1);
    get(&mut state, "a");
    see(&mut state, Event::Giving(JobId(0), Box::default()));
    assert_eq!(get(&mut state, "b"), [JobId(1)]);
    end(&mut state, 1, End::Done, None);
    let commands = act(&mut state, Action::Get(Box::new(a_request("a"))));
    assert_eq!(stopped(&commands), [JobId(0)]);
    assert_eq!(started(&end(&mut state, 0, End::Done, None)), [JobId(2)]);
    assert_eq!(phase(&state, 0), Some(Phase::Ended));
}

#[test]
fn several_targets_are_rows_of_their_own_in_the_window() {
    let mut state = a_window(4);
    let request = GetRequest { targets: vec!["a".to_owned(), "b".to_owned()], ..a_request("a") };
    assert_eq!(started(&act(&mut state, Action::Get(Box::new(request)))).len(), 2);
}

#[test]
fn a_paused_job_stops_and_goes_on_when_it_is_told_to() {
    let mut state = a_window(1);
    get(&mut state, "a");
    assert_eq!(stopped(&act(&mut state, Action::Pause(vec![JobId(0)]))), [JobId(0)]);
    end(&mut state, 0, End::Interrupted, Some(UserMessage::Stopped));
    assert_eq!(phase(&state, 0), Some(Phase::Paused));
    assert!(state.shown.journal.entries.is_empty(), "what a person wants is no problem");
    assert_eq!(started(&act(&mut state, Action::GoOn(vec![JobId(0)]))), [JobId(0)]);
}

#[test]
fn going_on_before_it_has_stopped_starts_it_again_when_it_has() {
    let mut state = a_window(1);
    get(&mut state, "a");
    act(&mut state, Action::Pause(vec![JobId(0)]));
    assert_eq!(started(&act(&mut state, Action::GoOn(vec![JobId(0)]))), []);
    assert_eq!(started(&end(&mut state, 0, End::Interrupted, None)), [JobId(0)]);
}

#[test]
fn a_job_that_was_done_before_it_could_pause_is_done() {
    let mut state = a_window(1);
    get(&mut state, "a");
    act(&mut state, Action::Pause(vec![JobId(0)]));
    end(&mut state, 0, End::Done, None);
    assert_eq!(phase(&state, 0), Some(Phase::Ended));
}

#[test]
fn a_failed_job_is_tried_again_by_another_road() {
    let mut state = a_window(1);
    get(&mut state, "a");
    end(&mut state, 0, End::NoSource, Some(UserMessage::NoSource { troubles: Vec::new() }));
    let commands = act(&mut state, Action::Retry(vec![JobId(0)], Policy::HttpOnly));
    let policy = |command: &Command| match command {
        Command::Start(_, request) => Some(request.policy),
        _ => None,
    };
    assert_eq!(commands.iter().find_map(policy), Some(Policy::HttpOnly));
    assert!(job(&state, JobId(0)).is_some_and(|job| job.outcome.is_none()));
}

#[test]
fn what_is_done_is_not_done_again() {
    let mut state = a_window(1);
    get(&mut state, "a");
    end(&mut state, 0, End::Done, None);
    assert_eq!(started(&act(&mut state, Action::GoOn(vec![JobId(0)]))), []);
}

#[test]
fn a_removal_is_undone_in_time_and_the_job_goes_on() {
    let mut state = a_window(1);
    get(&mut state, "a");
    let commands = act(&mut state, Action::Remove(vec![JobId(0)]));
    assert!(commands.contains(&Command::CallUndoOver(0)) && commands.contains(&Command::Stop(JobId(0))));
    end(&mut state, 0, End::Interrupted, None);
    assert_eq!(started(&act(&mut state, Action::PutBack(vec![JobId(0)]))), [JobId(0)]);
    assert_eq!(see(&mut state, Event::UndoOver(0)), []);
    assert!(phase(&state, 0).is_some());
}

#[test]
fn a_removal_that_nobody_undoes_is_forgotten_also_when_the_job_stops_late() {
    let mut state = a_window(1);
    get(&mut state, "a");
    act(&mut state, Action::Remove(vec![JobId(0)]));
    assert_eq!(see(&mut state, Event::UndoOver(0)), []);
    assert_eq!(end(&mut state, 0, End::Interrupted, None), [Command::Forget(vec![JobId(0)])]);
    assert_eq!(phase(&state, 0), None);
}

#[test]
fn a_second_removal_after_an_undo_has_its_own_ten_seconds() {
    let mut state = a_window(1);
    get(&mut state, "a");
    end(&mut state, 0, End::Done, None);
    act(&mut state, Action::Remove(vec![JobId(0)]));
    act(&mut state, Action::PutBack(vec![JobId(0)]));
    act(&mut state, Action::Remove(vec![JobId(0)]));
    see(&mut state, Event::UndoOver(0));
    assert!(phase(&state, 0).is_some(), "the first removal is over, the second is not");
    see(&mut state, Event::UndoOver(1));
    assert_eq!(phase(&state, 0), None);
}

#[test]
fn a_full_disk_holds_a_job_up_and_room_lets_it_go_on_by_itself() {
    let mut state = a_window(1);
    get(&mut state, "a");
    let transfer = Transfer { missing: ByteCount(100 << 20), ..Transfer::default() };
    see(&mut state, Event::Moved(JobId(0), Box::new(transfer)));
    let commands = end(&mut state, 0, End::Disk, Some(UserMessage::DiskFull));
    assert_eq!(phase(&state, 0), Some(Phase::Waiting));
    assert!(commands.contains(&Command::WatchFolders(vec![PathBuf::from("out")])));
    let mut look = |free| {
        started(&see(&mut state, Event::FolderSeen(PathBuf::from("out"), FolderLook::There(Some(free)))))
    };
    assert_eq!(look(ByteCount(50 << 20)), []);
    assert_eq!(look(ByteCount(200 << 20)), [JobId(0)]);
}

#[test]
fn a_folder_that_stays_away_is_tried_less_and_less_often_and_told_once() {
    let mut state = a_window(1);
    get(&mut state, "a");
    let gone = || Some(UserMessage::FolderGone { path: "out".to_owned() });
    end(&mut state, 0, End::Disk, gone());
    let look = |state: &mut State, look| started(&see(state, Event::FolderSeen(PathBuf::from("out"), look)));
    assert_eq!(look(&mut state, FolderLook::Gone), []);
    assert_eq!(look(&mut state, FolderLook::There(None)), [JobId(0)]);
    end(&mut state, 0, End::Disk, gone());
    assert_eq!(look(&mut state, FolderLook::There(None)), []);
    assert_eq!(look(&mut state, FolderLook::There(None)), [JobId(0)]);
    assert_eq!(state.shown.journal.entries.len(), 1);
}

#[test]
fn what_waiting_cannot_mend_ends() {
    let mut state = a_window(1);
    get(&mut state, "a");
    end(&mut state, 0, End::Disk, Some(UserMessage::LinkInTheWay { name: "a".to_owned() }));
    assert_eq!(phase(&state, 0), Some(Phase::Ended));
}

#[test]
fn before_the_person_chose_nothing_peers_and_nothing_is_given() {
    let mut state = a_window(1);
    state.shown.settings = Arc::new(Settings::default());
    let commands = act(&mut state, Action::Get(Box::new(a_request("a"))));
    let request = first_request(&commands);
    assert_eq!((request.policy, request.giving), (Policy::HttpOnly, GivingPlan::Nothing));
}

#[test]
fn with_a_proxy_or_by_order_of_the_house_there_are_no_peers() {
    let proxy = Settings {
        proxy: Proxy::By("socks5://p:1".to_owned()),
        ..a_window(1).shown.settings.as_ref().clone()
    };
    let mut behind = a_window(1);
    act(&mut behind, Action::Set(Box::new(proxy)));
    let mut ordered = a_window(1);
    let laid_down = LaidDown { policy: Some(Policy::HttpOnly), hosts: Vec::new() };
    let settings = ordered.shown.settings.as_ref().clone();
    let read = SettingsRead { settings, laid_down, ..SettingsRead::default() };
    see(&mut ordered, Event::SettingsRead(Box::new(read)));
    for state in [&mut behind, &mut ordered] {
        let commands = act(state, Action::Get(Box::new(a_request("a"))));
        let request = first_request(&commands);
        assert_eq!(request.policy, Policy::HttpOnly);
    }
}

#[test]
fn forbidding_peers_begins_running_jobs_anew_without_them() {
    let mut state = a_window(1);
    get(&mut state, "a");
    let settings = Settings { giving: Some(GivingChoice::HttpOnly), ..state.shown.settings.as_ref().clone() };
    let commands = act(&mut state, Action::Set(Box::new(settings)));
    assert_eq!(stopped(&commands), [JobId(0)]);
    assert_eq!(started(&end(&mut state, 0, End::Interrupted, None)), [JobId(0)]);
}

#[test]
fn a_way_to_find_peers_reaches_what_is_under_way_and_not_what_gives() {
    let mut state = a_window(2);
    get(&mut state, "a");
    get(&mut state, "b");
    see(&mut state, Event::Giving(JobId(1), Box::default()));
    let discovery = Discovery { uses_dht: true, ..Discovery::default() };
    let settings = Settings { discovery, ..state.shown.settings.as_ref().clone() };
    assert_eq!(stopped(&act(&mut state, Action::Set(Box::new(settings.clone())))), [JobId(0)]);
    let port = Discovery { opens_port: true, ..settings.discovery.clone() };
    let settings = Settings { discovery: port, ..settings };
    assert_eq!(stopped(&act(&mut state, Action::Set(Box::new(settings)))), []);
}

#[test]
fn a_setting_that_changes_no_road_disturbs_nobody() {
    let mut state = a_window(1);
    get(&mut state, "a");
    let settings =
        Settings { own_networks: vec!["10.0.0.0/8".to_owned()], ..state.shown.settings.as_ref().clone() };
    assert_eq!(act(&mut state, Action::Set(Box::new(settings))), [Command::ApplySettings]);
}

#[test]
fn after_a_restart_what_was_under_way_goes_on_and_what_was_paused_waits() {
    let mut before = a_window(4);
    for target in ["a", "b", "c"] {
        get(&mut before, target);
    }
    act(&mut before, Action::Pause(vec![JobId(1)]));
    end(&mut before, 1, End::Interrupted, None);
    see(&mut before, Event::InPlace(JobId(2), Box::new(a_verified_file())));
    end(&mut before, 2, End::Done, None);
    let jobs = before.shown.jobs.iter().cloned().collect();
    let mut state = a_window(4);
    let commands = see(
        &mut state,
        Event::Restored(Box::new(Restored { jobs, given: ByteCount(7), ..Restored::default() })),
    );
    assert_eq!(started(&commands), [JobId(0)]);
    assert_eq!([phase(&state, 1), phase(&state, 2)], [Some(Phase::Paused), Some(Phase::Ended)]);
    assert_eq!(state.shown.vitals.given_before, ByteCount(7));
    assert_eq!(get(&mut state, "d"), [JobId(3)]);
}

#[test]
fn quitting_leaves_jobs_written_down_as_they_stood() {
    let mut state = a_window(1);
    get(&mut state, "a");
    get(&mut state, "b");
    assert_eq!(stopped(&act(&mut state, Action::StopAll)), [JobId(0)]);
    assert_eq!(end(&mut state, 0, End::Interrupted, Some(UserMessage::Stopped)), []);
}

#[test]
fn what_is_handed_over_does_nothing_before_yes() {
    let mut state = a_window(1);
    let handed = |target: &str| {
        let (target, name, hosts) = (target.to_owned(), String::new(), Vec::new());
        Box::new(HandedOver { number: 0, target, name, hosts, content: None })
    };
    assert_eq!(see(&mut state, Event::HandedOver(handed("a"))), []);
    assert_eq!(see(&mut state, Event::HandedOver(handed("b"))), []);
    assert_eq!(act(&mut state, Action::Answer(0, Consent::No)), []);
    assert_eq!(started(&act(&mut state, Action::Answer(1, Consent::Yes))), [JobId(0)]);
    assert!(state.shown.handed_over.is_empty());
}

#[test]
fn what_is_given_is_added_up_over_jobs_and_rates_are_those_of_running_ones() {
    let mut state = a_window(2);
    get(&mut state, "a");
    get(&mut state, "b");
    let moved = |given| {
        let transfer = Transfer { given: ByteCount(given), ..Transfer::default() };
        Box::new(transfer.with_live(Live { peer_rate: 5, ..Live::default() }))
    };
    see(&mut state, Event::Moved(JobId(0), moved(10)));
    see(&mut state, Event::Moved(JobId(0), moved(30)));
    see(&mut state, Event::Moved(JobId(1), moved(1)));
    assert_eq!((state.shown.vitals.given, state.shown.vitals.peer_rate), (ByteCount(31), 10));
    end(&mut state, 0, End::Done, None);
    assert_eq!(state.shown.vitals.peer_rate, 5);
}

#[test]
fn a_torrent_among_the_sources_is_got_as_a_whole_and_nothing_else_is() {
    let mut state = a_window(4);
    let row = |key: &str, kind| SourceRow {
        has_notices: false,
        key: SourceKey(key.into()),
        title: key.to_owned(),
        place: String::new(),
        kind,
        health: Health::NotTried,
        last_success: None,
        datasets: Vec::new(),
        removal: SourceRemoval::Allowed,
    };
    let rows = vec![row("a.torrent", SourceClass::Torrent), row("noaa", SourceClass::Provider)];
    see(&mut state, Event::Sources(Arc::new(rows)));
    for key in ["a.torrent", "noaa", "unknown"] {
        act(&mut state, Action::GetSource(SourceKey(key.into())));
    }
    let targets: Vec<_> =
        state.shown.jobs.iter().filter_map(|job| Some(job.request.clone()?.targets.clone())).collect();
    assert_eq!(targets, [["a.torrent".to_owned()]]);
}
