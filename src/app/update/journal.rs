//! The log, and what is told at once: a run complete, a proof failed, a full disk, a source lost.

use crate::app::command::Command;
use crate::app::desk::Mode;
use crate::app::jobs::request::JobId;
use crate::app::jobs::view::{End, Subject};
use crate::app::journal::{HostRow, JournalEntry, MOST_ENTRIES, Notice, Weight};
use crate::app::messages::user_message::UserMessage;
use crate::app::settings::Tell;
use crate::app::state::State;
use crate::app::update::jobs::job;
use std::sync::Arc;

/// Most notices that wait to be seen; the oldest give way. All are in the log.
const MOST_NOTICES: usize = 8;

/// Entries that make room together, so that a full log is not copied for each line.
const MAKE_ROOM: usize = 512;

/// Enters something into the log and tells it at once.
pub(in crate::app) fn tell(state: &mut State, weight: Weight, message: UserMessage) -> Vec<Command> {
    enter(state, weight, None, message.clone());
    notify(state, weight, message)
}

/// Enters something into the log.
pub(in crate::app) fn enter(state: &mut State, weight: Weight, about: Option<JobId>, message: UserMessage) {
    let about = about.and_then(|id| job(state, id).map(|job| (id, job.name.to_string())));
    let journal = &mut state.shown.journal;
    let number = journal.dropped + journal.entries.len() as u64;
    if journal.entries.len() >= MOST_ENTRIES {
        let first = journal.entries.get(MAKE_ROOM).map_or(number, |entry| entry.number);
        journal.entries.retain(|entry| entry.number >= first);
        journal.dropped += MAKE_ROOM as u64;
    }
    let entry = JournalEntry { number, at: state.shown.vitals.now, weight, job: about, message };
    journal.entries.push(Arc::new(entry));
}

fn notify(state: &mut State, weight: Weight, message: UserMessage) -> Vec<Command> {
    let notices = Arc::make_mut(&mut state.shown.notices);
    let number = state.desk.next_notice;
    state.desk.next_notice += 1;
    let notice = Notice { number, weight, message };
    notices.push(notice.clone());
    let too_many = notices.len().saturating_sub(MOST_NOTICES);
    notices.drain(..too_many);
    if is_for_desktop(state, &notice.message) { vec![Command::Tell(notice)] } else { Vec::new() }
}

/// Whether the person wants it told on the desktop.
fn is_for_desktop(state: &State, message: &UserMessage) -> bool {
    let wishes = &state.shown.settings.notifications;
    let tell = match message {
        UserMessage::RunComplete { .. } => wishes.run_complete,
        UserMessage::OnlyWrongData { .. }
        | UserMessage::DigestMismatch { .. }
        | UserMessage::AnnouncedWrong { .. }
        | UserMessage::NotWellFormed { .. } => wishes.proof_failed,
        UserMessage::DiskFull | UserMessage::DiskTooSmall { .. } => wishes.disk_full,
        UserMessage::SourceLost { .. } => wishes.source_lost,
        _ => Tell::No,
    };
    tell == Tell::Yes
}

pub(in crate::app) fn dismiss(state: &mut State, number: u64) -> Vec<Command> {
    if state.shown.notices.iter().any(|notice| notice.number == number) {
        Arc::make_mut(&mut state.shown.notices).retain(|notice| notice.number != number);
    }
    Vec::new()
}

/// A disk holds a job up: said once, not at each try.
pub(in crate::app) fn held_up(state: &mut State, id: JobId) -> Vec<Command> {
    let is_first = state.desk.waiting.get(&id).is_none_or(|wait| wait.tries == 0);
    let message = job(state, id).and_then(|job| job.held_up.as_deref().cloned());
    // One disk that is full is one notice, however many jobs it holds up.
    message
        .filter(|_| is_first)
        .map_or(Vec::new(), |message| tell_once(state, (Weight::Attention, Some(id)), message))
}

/// Enters something into the log, and tells it unless something of its kind is being told.
pub(in crate::app) fn tell_once(
    state: &mut State,
    (weight, about): (Weight, Option<JobId>),
    message: UserMessage,
) -> Vec<Command> {
    enter(state, weight, about, message.clone());
    if state.shown.notices.iter().any(|notice| is_same_trouble(&notice.message, &message)) {
        return Vec::new();
    }
    notify(state, weight, message)
}

fn is_same_trouble(a: &UserMessage, b: &UserMessage) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b)
}

/// Everything of a job is here, also when it goes on giving.
pub(in crate::app) fn here(state: &mut State, id: JobId) -> Vec<Command> {
    let subject = job(state, id).and_then(|job| job.subject.clone());
    subject.map(|subject| count_end(state, id, &subject, End::Done)).unwrap_or_default()
}

/// A job is over: what failed is entered, and what is grave is told.
pub(in crate::app) fn ended(state: &mut State, id: JobId) -> Vec<Command> {
    let Some(job) = job(state, id).cloned() else { return Vec::new() };
    let Some(outcome) = &job.outcome else { return Vec::new() };
    let mut commands = Vec::new();
    if let Some(message) = outcome.message.as_deref().filter(|_| outcome.end != End::Interrupted) {
        enter(state, Weight::Failure, Some(id), message.clone());
        if outcome.end == End::NotProven {
            commands.extend(notify(state, Weight::Failure, message.clone()));
        }
    }
    if let Some(subject) = job.subject.as_deref() {
        commands.extend(count_end(state, id, subject, outcome.end));
    }
    commands
}

/// Counts a job that is to come among those of its run.
pub(in crate::app) fn count_in(state: &mut State, id: JobId, subject: Option<&Subject>) {
    if state.desk.mode == Mode::Window
        && let Some(subject) = subject
    {
        state.desk.runs.entry((subject.title.clone(), subject.run)).or_default().open.insert(id);
    }
}

/// Counts a job that will not come any more.
pub(in crate::app) fn count_out(state: &mut State, id: JobId, subject: Option<&Subject>) {
    let Some(subject) = subject else { return };
    let key = (subject.title.clone(), subject.run);
    if let Some(tally) = state.desk.runs.get_mut(&key) {
        tally.open.remove(&id);
        if tally.open.is_empty() {
            state.desk.runs.remove(&key);
        }
    }
}

/// When the last job of a run is done, that is told, unless one failed. A job counts once, whatever becomes of it later.
fn count_end(state: &mut State, id: JobId, subject: &Subject, end: End) -> Vec<Command> {
    let key = (subject.title.clone(), subject.run);
    let Some(tally) = state.desk.runs.get_mut(&key) else { return Vec::new() };
    if !tally.open.remove(&id) {
        return Vec::new();
    }
    *(if end == End::Done { &mut tally.done } else { &mut tally.failed }) += 1;
    if !tally.open.is_empty() {
        return Vec::new();
    }
    let tally = std::mem::take(tally);
    state.desk.runs.remove(&key);
    if tally.failed > 0 {
        return Vec::new();
    }
    let message =
        UserMessage::RunComplete { title: subject.title.to_string(), run: subject.run, files: tally.done };
    tell(state, Weight::Note, message)
}

pub(in crate::app) fn hosts(state: &mut State, hosts: Arc<Vec<HostRow>>) -> Vec<Command> {
    state.shown.journal.hosts = hosts;
    Vec::new()
}
