//! Sources, and the matrix of the dataset that is open.

use crate::app::catalog::file_table::FilesChoice;
use crate::app::catalog::hours::{DatasetId, HoursFilter, HoursView};
use crate::app::catalog::sources::{Health, SourceClass, SourceKey, SourceRow};
use crate::app::command::Command;
use crate::app::jobs::hours_board::{overlay, pattern_of};
use crate::app::jobs::view::Phase;
use crate::app::journal::Weight;
use crate::app::messages::user_message::UserMessage;
use crate::app::state::State;
use crate::app::update::jobs::{acts, disk};
use crate::app::update::journal;
use std::collections::HashSet;
use std::sync::Arc;

/// Takes the sources in; one that was there and is lost now is told.
pub(in crate::app) fn sources(state: &mut State, sources: Arc<Vec<SourceRow>>) -> Vec<Command> {
    let before = std::mem::replace(&mut state.shown.sources, sources.clone());
    let mut commands = Vec::new();
    for row in sources.iter() {
        let Health::Lost(why, _) = &row.health else { continue };
        let was = before.iter().find(|other| other.key == row.key);
        if was.is_some_and(|was| !matches!(was.health, Health::Lost(..))) {
            journal::enter(state, Weight::Failure, None, why.clone());
            if row.last_success.is_some() {
                let message = UserMessage::SourceLost { title: row.title.clone() };
                commands.extend(journal::tell(state, Weight::Attention, message));
            }
        }
    }
    commands
}

/// A .torrent or magnet that the person added is got as a whole: one whose files tell no hours has no other way.
pub(in crate::app) fn get_source(state: &mut State, key: &SourceKey) -> Vec<Command> {
    let is_meant = |row: &SourceRow| row.key == *key && row.kind == SourceClass::Torrent;
    if !state.shown.sources.iter().any(is_meant) {
        return Vec::new();
    }
    // An added source is named by where it lies.
    let request = acts::everything_of(state, key.0.to_string());
    acts::get(state, request)
}

pub(in crate::app) fn open_hours(state: &mut State, dataset: Option<DatasetId>) -> Vec<Command> {
    if dataset.is_none() {
        (state.shown.hours, state.desk.hours) = (None, None);
    }
    state.desk.hours_filter = HoursFilter::default();
    // Which hours are here is looked at before it is said.
    let looks = if dataset.is_some() { disk::look(state) } else { Vec::new() };
    looks.into_iter().chain([Command::OpenHours(dataset)]).collect()
}

pub(in crate::app) fn filter_hours(state: &mut State, filter: HoursFilter) -> Vec<Command> {
    state.desk.hours_filter = filter.clone();
    vec![Command::FilterHours(filter)]
}

pub(in crate::app) fn hours(state: &mut State, hours: Option<Arc<HoursView>>) -> Vec<Command> {
    state.desk.hours = hours;
    show_hours(state);
    Vec::new()
}

/// Lays the jobs over the matrix that is open. One that is the same stays the same, so that nobody looks at it again.
pub(in crate::app) fn show_hours(state: &mut State) {
    let Some(base) = &state.desk.hours else {
        state.shown.hours = None;
        return;
    };
    let view = overlay(base, state.shown.jobs.iter(), &state.desk.hours_filter);
    if state.shown.hours.as_deref() != Some(&view) {
        state.shown.hours = Some(Arc::new(view));
    }
}

/// One job a file, so that each is paused, retried and proven by itself. What is under way already is left alone.
pub(in crate::app) fn get_files(state: &mut State, choice: &FilesChoice) -> Vec<Command> {
    let mut commands = Vec::new();
    let under_way = state.shown.jobs.iter().filter(|job| !job.is_removed && job.phase != Phase::Ended);
    let under_way: HashSet<String> =
        under_way.filter_map(|job| pattern_of(job, &choice.dataset)).map(str::to_owned).collect();
    for pattern in choice.patterns.iter().filter(|pattern| !under_way.contains(&***pattern)) {
        let mut request = acts::everything_of(state, choice.dataset.0.to_string());
        request.files = Some(pattern.to_string());
        commands.extend(acts::get(state, request));
    }
    commands
}
