//! The program as a whole: settings, the minute, what is open on screen, what another start hands over.

use super::super::command::Command;
use super::super::desk::{Mode, Seat, Then};
use super::super::detail::DetailView;
use super::super::file_table::FilesChoice;
use super::super::hours::{DatasetId, HoursFilter, HoursView};
use super::super::hours_board::{overlay, pattern_of};
use super::super::input::{Consent, Minute, SettingsRead};
use super::super::inspect::InspectCommand;
use super::super::journal::{HostRow, Weight};
use super::super::layout::WindowLayout;
use super::super::listening::{BrokerStanding, BrokerState};
use super::super::mesh_view::MeshView;
use super::super::request::{GetRequest, GivingPlan, JobId};
use super::super::settings::Settings;
use super::super::sources::{Health, SourceClass, SourceKey, SourceRow};
use super::super::state::{ClockTrust, CrashNote, HandedOver, NetworkState, Phase, State};
use super::super::user_message::UserMessage;
use super::queue::{advance, as_allowed, may_peer};
use super::{disk, giving, job, jobs, telling};
use crate::transfer::fallback::Policy;
use std::collections::HashSet;
use std::sync::Arc;

/// Most things that wait for a yes; more are refused by not being taken in.
const MOST_HANDED_OVER: usize = 100;

pub(super) fn look(state: &mut State, id: Option<JobId>) -> Vec<Command> {
    let view = id.map(|id| DetailView { job: Some(id), ..DetailView::default() });
    if state.detail.as_ref().and_then(|detail| detail.job) != id {
        state.detail = view.map(Arc::new);
    }
    let mut commands = vec![Command::Look(id)];
    // What it says of its files is looked at before.
    commands.extend(id.map(|_| disk::look(state)).unwrap_or_default());
    commands
}

pub(super) fn detailed(state: &mut State, detail: Arc<DetailView>) -> Vec<Command> {
    // One that comes late is of a job that is no longer looked at.
    if let Some(open) = state.detail.as_ref().filter(|open| open.job == detail.job) {
        // Pieces and fields come from different places; each leaves what the other told.
        let mut detail = DetailView::clone(&detail);
        if detail.pieces.pieces == 0 {
            detail.pieces.clone_from(&open.pieces);
        }
        if detail.fields.is_empty() {
            detail.fields.clone_from(&open.fields);
        }
        if detail.rates.is_empty() {
            detail.rates.clone_from(&open.rates);
        }
        state.detail = Some(Arc::new(detail));
    }
    Vec::new()
}

/// Everything is set so, at once: jobs that run otherwise than is allowed now begin anew with what they hold.
pub(super) fn set(state: &mut State, mut settings: Settings) -> Vec<Command> {
    if state.vitals.laid_down.policy == Some(Policy::HttpOnly) {
        settings.policy = Policy::HttpOnly;
    }
    let before = std::mem::replace(&mut state.settings, Arc::new(settings));
    let mut commands = vec![Command::ApplySettings];
    commands.extend(restart_changed(state, &before));
    commands.extend(giving::set(state, &before));
    commands.extend(advance(state));
    commands
}

fn restart_changed(state: &mut State, before: &Settings) -> Vec<Command> {
    if state.desk.mode == Mode::Terminal {
        return Vec::new();
    }
    let is_changed = |id: &JobId| {
        let request = job(state, *id).and_then(|job| job.request.as_ref());
        request.is_some_and(|request| {
            as_allowed(request, before, &state.vitals) != as_allowed(request, &state.settings, &state.vitals)
        })
    };
    let is_other_way = before.proxy != state.settings.proxy;
    // A transfer without peers may find some by the new way: it starts again. One that uploads hears of the change itself.
    let finds_more = state.settings.discovery.finds_peers() && !before.discovery.finds_peers();
    let gains = finds_more && may_peer(&state.settings, &state.vitals);
    let running = state.desk.running.iter();
    let is_touched = |(id, seat): &(&JobId, &Seat)| is_other_way || (gains && !seat.gives) || is_changed(id);
    let changed: Vec<JobId> = running.filter(is_touched).map(|(id, _)| *id).collect();
    for id in &changed {
        if let Some(seat) = state.desk.running.get_mut(id).filter(|seat| seat.then == Then::Stay) {
            seat.then = Then::Queue;
        }
    }
    changed.into_iter().map(Command::Stop).collect()
}

pub(super) fn settings_read(state: &mut State, read: SettingsRead) -> Vec<Command> {
    state.settings = Arc::new(read.settings);
    state.vitals.laid_down = read.laid_down;
    state.vitals.system_proxy = read.system_proxy;
    if let Some(trouble) = &read.trouble {
        telling::enter(state, Weight::Attention, None, trouble.clone());
    }
    state.vitals.settings_trouble = read.trouble;
    advance(state)
}

/// The minute. A clock that was moved is told once, and lateness is not judged by it for a while (R12).
pub(super) fn minute(state: &mut State, minute: Minute) -> Vec<Command> {
    let was_steady = state.vitals.clock == ClockTrust::Steady;
    let vitals = &mut state.vitals;
    vitals.now = minute.now;
    vitals.utc_offset_minutes = minute.utc_offset_minutes;
    vitals.folder = minute.folder;
    vitals.free = minute.free;
    vitals.clock = minute.clock;
    let mut commands = vec![Command::KeepGiven(vitals.given_before + vitals.given)];
    if let (ClockTrust::Moved(minutes), true) = (minute.clock, was_steady) {
        commands.extend(telling::tell(state, Weight::Attention, UserMessage::ClockMoved { minutes }));
    }
    commands
}

/// Takes brokers, topics and announcements in.
pub(super) fn mesh(state: &mut State, mesh: Arc<MeshView>) -> Vec<Command> {
    let is_up = |state: &BrokerState| matches!(state.standing, BrokerStanding::Listening { .. });
    let heard = || mesh.brokers.iter().filter_map(|broker| broker.state.as_ref());
    state.vitals.brokers = (heard().filter(|state| is_up(state)).count(), heard().count());
    state.mesh = mesh;
    Vec::new()
}

/// Takes in whether there is a network. That it is lost or back is said once, in the log too.
pub(super) fn network(state: &mut State, network: NetworkState) -> Vec<Command> {
    if std::mem::replace(&mut state.vitals.network, network) == network {
        return Vec::new();
    }
    match network {
        NetworkState::Offline => telling::tell(state, Weight::Attention, UserMessage::Offline),
        NetworkState::HasRoute => telling::tell(state, Weight::Note, UserMessage::OnlineAgain),
    }
}

/// Takes the sources in; one that was there and is lost now is told.
pub(super) fn sources(state: &mut State, sources: Arc<Vec<SourceRow>>) -> Vec<Command> {
    let before = std::mem::replace(&mut state.sources, sources.clone());
    let mut commands = Vec::new();
    for row in sources.iter() {
        let Health::Lost(why, _) = &row.health else { continue };
        let was = before.iter().find(|other| other.key == row.key);
        if was.is_some_and(|was| !matches!(was.health, Health::Lost(..))) {
            telling::enter(state, Weight::Failure, None, why.clone());
            if row.last_success.is_some() {
                let message = UserMessage::SourceLost { title: row.title.clone() };
                commands.extend(telling::tell(state, Weight::Attention, message));
            }
        }
    }
    commands
}

pub(super) fn open_hours(state: &mut State, dataset: Option<DatasetId>) -> Vec<Command> {
    if dataset.is_none() {
        (state.hours, state.desk.hours) = (None, None);
    }
    state.desk.hours_filter = HoursFilter::default();
    // Which hours are here is looked at before it is said.
    let looks = if dataset.is_some() { disk::look(state) } else { Vec::new() };
    looks.into_iter().chain([Command::OpenHours(dataset)]).collect()
}

pub(super) fn filter_hours(state: &mut State, filter: HoursFilter) -> Vec<Command> {
    state.desk.hours_filter = filter.clone();
    vec![Command::FilterHours(filter)]
}

pub(super) fn hours(state: &mut State, hours: Option<Arc<HoursView>>) -> Vec<Command> {
    state.desk.hours = hours;
    show_hours(state);
    Vec::new()
}

/// Lays the jobs over the matrix that is open. One that is the same stays the same, so that nobody looks at it again.
pub(super) fn show_hours(state: &mut State) {
    let Some(base) = &state.desk.hours else {
        state.hours = None;
        return;
    };
    let view = overlay(base, state.jobs.iter(), &state.desk.hours_filter);
    if state.hours.as_deref() != Some(&view) {
        state.hours = Some(Arc::new(view));
    }
}

pub(super) fn hosts(state: &mut State, hosts: Arc<Vec<HostRow>>) -> Vec<Command> {
    state.journal.hosts = hosts;
    Vec::new()
}

/// The program ended by a failure last time: how many jobs go on is counted as soon as they are there.
pub(super) fn crashed(state: &mut State, mut note: CrashNote) -> Vec<Command> {
    note.resumed = state.jobs.iter().filter(|job| !matches!(job.phase, Phase::Ended | Phase::Paused)).count();
    state.vitals.crashed = Some(note);
    Vec::new()
}

/// What comes from outside asks first: nothing is contacted before yes (R13).
pub(super) fn handed_over(state: &mut State, mut handed: HandedOver) -> Vec<Command> {
    let list = Arc::make_mut(&mut state.handed_over);
    if list.len() < MOST_HANDED_OVER && !list.iter().any(|other| other.target == handed.target) {
        handed.number = state.desk.next_handed_over;
        state.desk.next_handed_over += 1;
        list.push(handed);
    }
    Vec::new()
}

pub(super) fn answer(state: &mut State, number: u64, consent: Consent) -> Vec<Command> {
    let list = Arc::make_mut(&mut state.handed_over);
    let Some(at) = list.iter().position(|handed| handed.number == number) else { return Vec::new() };
    let handed = list.remove(at);
    match consent {
        Consent::No => Vec::new(),
        Consent::Look => vec![Command::Inspect(InspectCommand::Open(handed.target))],
        Consent::Yes => {
            let request = everything_of(state, handed.target);
            jobs::get(state, request)
        }
    }
}

/// A .torrent or magnet that the person added is got as a whole: one whose files tell no hours has no other way.
pub(super) fn get_source(state: &mut State, key: &SourceKey) -> Vec<Command> {
    let is_meant = |row: &SourceRow| row.key == *key && row.kind == SourceClass::Torrent;
    if !state.sources.iter().any(is_meant) {
        return Vec::new();
    }
    // An added source is named by where it lies.
    let request = everything_of(state, key.0.to_string());
    jobs::get(state, request)
}

/// One job a file, so that each is paused, retried and proven by itself. What is under way already is left alone.
pub(super) fn get_files(state: &mut State, choice: &FilesChoice) -> Vec<Command> {
    let mut commands = Vec::new();
    let under_way = state.jobs.iter().filter(|job| !job.is_removed && job.phase != Phase::Ended);
    let under_way: HashSet<String> =
        under_way.filter_map(|job| pattern_of(job, &choice.dataset)).map(str::to_owned).collect();
    for pattern in choice.patterns.iter().filter(|pattern| !under_way.contains(&***pattern)) {
        let mut request = everything_of(state, choice.dataset.0.to_string());
        request.files = Some(pattern.to_string());
        commands.extend(jobs::get(state, request));
    }
    commands
}

/// The wish for everything of one target, as the settings have it.
pub(in crate::app) fn everything_of(state: &State, target: String) -> GetRequest {
    GetRequest {
        targets: vec![target],
        out: state.settings.folder.clone().unwrap_or_else(|| state.vitals.folder.clone()),
        policy: state.settings.policy,
        giving: GivingPlan::AsSet,
        ..GetRequest::default()
    }
}

/// The screen is arranged so, in this start and in the next.
pub(super) fn arrange(state: &mut State, layout: WindowLayout) -> Vec<Command> {
    if std::mem::replace(&mut state.layout, layout) == layout {
        return Vec::new();
    }
    vec![Command::KeepLayout(layout)]
}

pub(super) fn raise(state: &mut State) -> Vec<Command> {
    state.raised += 1;
    Vec::new()
}
