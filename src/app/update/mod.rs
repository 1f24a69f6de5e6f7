//! The reducer: one short arm for each input.
//!
//! In: the state and what happened. Out: commands. Reads no clock and does no IO: time comes in as events.
//!
//! A subject's arms lie in the file of its name. They lie here, above the subjects, because a reducer sees the whole state:
//! in its subject's folder each would lead from every subject to every other. Start reading at [`update`].

pub(in crate::app) mod catalog;
pub(in crate::app) mod follow;
pub(in crate::app) mod inspect;
pub(in crate::app) mod jobs;
pub(in crate::app) mod journal;
pub(in crate::app) mod mesh;
pub(in crate::app) mod program;
pub(in crate::app) mod relay;
pub(in crate::app) mod settings;
pub(in crate::app) mod share;
#[cfg(test)]
mod tests;

pub use jobs::queue::may_peer;

use crate::app::command::Command;
use crate::app::input::{Action, Event, Input, Sight};
use crate::app::inspect::InspectCommand;
use crate::app::state::State;
use jobs::{acts, detail, disk, fetched, giving, progress, retrying, waiting};

/// Takes an input into the state and says what is to be done.
pub fn update(state: &mut State, input: Input) -> Vec<Command> {
    state.shown.version += 1;
    match input {
        Input::Action(action) => act(state, action),
        Input::Event(event) => note(state, event),
    }
}

fn act(state: &mut State, action: Action) -> Vec<Command> {
    match action {
        Action::Get(request) => acts::get(state, *request),
        Action::Stop(job) => acts::stop(state, job),
        Action::StopAll => acts::stop_all(state),
        Action::Pause(jobs) => acts::pause(state, &jobs),
        Action::GoOn(jobs) => acts::go_on(state, &jobs),
        Action::Retry(jobs, policy) => acts::retry(state, &jobs, policy),
        Action::Tune(jobs, tuning) => giving::tune(state, &jobs, tuning),
        Action::StopGiving(jobs) => giving::stop(state, &jobs),
        Action::GiveAgain(jobs) => giving::give_again(state, &jobs),
        Action::Remove(jobs) => acts::remove(state, &jobs),
        Action::PutBack(jobs) => acts::put_back(state, &jobs),
        Action::Look(job) => detail::look(state, job),
        Action::Set(settings) => settings::set(state, *settings),
        // What it is decides who takes it: a GRIB file is opened, anything else is a source.
        Action::AddSource(place) => inspect::act(state, InspectCommand::Take(place)),
        Action::RemoveSource(key) => vec![Command::RemoveSource(key)],
        Action::AskSource(key) => vec![Command::AskSource(key)],
        Action::GetSource(key) => catalog::get_source(state, &key),
        Action::OpenHours(dataset) => catalog::open_hours(state, dataset),
        Action::FilterHours(filter) => catalog::filter_hours(state, filter),
        Action::GetHours(choice) => vec![Command::WishHours(choice)],
        Action::GetFiles(choice) => catalog::get_files(state, &choice),
        Action::Follow(command) => follow::act(command),
        Action::Relay(command) => relay::act(state, command),
        Action::Inspect(command) => inspect::act(state, command),
        Action::Share(command) => share::act(state, command),
        Action::Arrange(layout) => settings::arrange(state, layout),
        Action::Mesh(wish) => vec![Command::Mesh(wish)],
        Action::OpenFolder(job) => vec![Command::OpenFolder(job)],
        Action::OpenFile(job) => vec![Command::OpenFile(job)],
        Action::ExportJournal(path) => vec![Command::ExportJournal(path)],
        Action::Dismiss(number) => journal::dismiss(state, number),
        Action::Answer(number, consent) => program::answer(state, number, consent),
        Action::LookAtDisk | Action::Seen(Sight::Visible) => disk::look(state),
        Action::FetchAgain(jobs) => disk::fetch_again(state, &jobs),
        Action::CheckAgain(jobs) => disk::check_again(state, &jobs),
        // What is hidden changes only how often the window is woken, which is the host's.
        Action::Seen(Sight::Hidden) => Vec::new(),
    }
}

fn note(state: &mut State, event: Event) -> Vec<Command> {
    match event {
        Event::Named(job, name) => progress::named(state, job, &name),
        Event::Planned(job, plan) => progress::planned(state, job, plan),
        Event::Network(network) => program::network(state, network),
        Event::Discovery(seen) => {
            state.shown.vitals.discovery = *seen;
            Vec::new()
        }
        Event::Moved(job, transfer) => progress::moved(state, job, *transfer),
        Event::InPlace(job, file) => progress::in_place(state, job, *file),
        Event::Giving(job, giving) => progress::giving(state, job, giving),
        Event::Noted(job, message) => progress::noted(state, job, message),
        Event::Ended(job, outcome) => progress::ended(state, job, *outcome),
        Event::Restored(restored) => acts::restore(state, *restored),
        Event::Recalled(job, files) => progress::recalled(state, job, files),
        Event::DiskSeen(seen) => disk::seen(state, &seen),
        Event::RequestRecalled(job, request) => disk::recalled(state, job, request),
        Event::FilesRead(job, read) => disk::read_again(state, job, *read),
        Event::UndoOver(removal) => acts::undo_over(state, removal),
        Event::FolderSeen(folder, look) => waiting::folder_seen(state, &folder, look),
        Event::Minute(minute) => program::minute(state, *minute),
        Event::SettingsRead(read) => settings::settings_read(state, *read),
        Event::Sources(sources) => catalog::sources(state, sources),
        Event::Hours(hours) => catalog::hours(state, hours),
        Event::Mesh(mesh) => mesh::mesh(state, mesh),
        Event::Fetched(news) => fetched::arrived(state, *news),
        Event::FilesGone(paths) => fetched::removed(state, &paths),
        Event::Wished(wishes) => acts::wished(state, wishes),
        Event::Detailed(detail) => detail::detailed(state, detail),
        Event::Hosts(hosts) => journal::hosts(state, hosts),
        Event::Told(weight, message) => journal::tell(state, weight, message),
        Event::Crashed(note) => program::crashed(state, note),
        Event::HandedOver(handed) => program::handed_over(state, *handed),
        Event::Raise => program::raise(state),
        Event::Follow(event) => follow::note(state, event),
        Event::Relay(event) => relay::note(state, *event),
        Event::Inspect(event) => inspect::note(state, event),
        Event::Share(event) => share::note(state, event),
        Event::RetryDue(job, tries) => retrying::due(state, job, tries),
    }
}

/// Brings up to date what follows from the rest; to be called before the state is shown.
pub fn refresh(state: &mut State) {
    if state.desk.hours.is_some() {
        catalog::show_hours(state);
    }
}
