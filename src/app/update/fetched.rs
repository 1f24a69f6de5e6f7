//! Files that announcements brought, as rows among the transfers; those of long ago make room.
//!
//! In: news of files. Out: jobs that have ended well, known again at the next start by the broker that vouches for them.

use super::super::command::Command;
use super::super::listening::{FileNews, FileOutcome};
use super::super::progress::Transfer;
use super::super::request::JobId;
use super::super::state::{End, Job, Outcome, Phase, State};
use super::jobs;
use super::queue::keep;
use crate::domain::integrity::{Verdict, Voucher};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Most rows of files that announcements brought.
const MOST_ROWS: usize = 5_000;

/// Takes in a file that is in its place; what was refused is told where it was announced.
pub(super) fn arrived(state: &mut State, news: FileNews) -> Vec<Command> {
    let FileOutcome::InPlace(file) = news.outcome else { return Vec::new() };
    let id = JobId(state.next_job);
    state.next_job += 1;
    let took_ms = u32::try_from(news.took.as_millis()).unwrap_or(u32::MAX);
    let name = file.path.rsplit(['/', '\\']).next().unwrap_or(&file.path);
    let transfer = Transfer {
        wanted: file.length,
        received: file.length,
        by_source: news.by_source,
        ..Transfer::default()
    };
    state.jobs.push(Arc::new(Job {
        id,
        phase: Phase::Ended,
        is_removed: false,
        request: None,
        name: name.into(),
        subject: None,
        plan: None,
        transfer,
        verdict: Some(Arc::new(file.verdict.clone())),
        files: vec![file],
        notes: Vec::new(),
        outcome: Some(Outcome { end: End::Done, took_ms, message: None }),
        added: state.vitals.now,
        held_up: None,
    }));
    let mut commands: Vec<Command> = keep(state, id).into_iter().collect();
    commands.extend(note(state, id));
    commands
}

/// Remembers which row is one of an announced file; the oldest one of too many goes.
fn note(state: &mut State, id: JobId) -> Vec<Command> {
    state.desk.announced.push_back(id);
    match state.desk.announced.len() > MOST_ROWS {
        true => state.desk.announced.pop_front().map_or(Vec::new(), |old| jobs::forget(state, vec![old])),
        false => Vec::new(),
    }
}

/// Knows the rows of files that announcements brought before this start.
pub(super) fn restored(state: &mut State) {
    let rows = state.jobs.iter().filter(|job| job.outcome.is_some() && is_announced(job));
    state.desk.announced = rows.map(|job| job.id).collect();
}

/// Whether a broker vouches for it: nobody else does for what announcements bring, and it does for nothing else.
fn is_announced(job: &Job) -> bool {
    matches!(job.verdict.as_deref(), Some(Verdict::Verified { voucher: Voucher::Broker { .. }, .. }))
}

/// Takes the rows of files away that were removed, as the settings say.
pub(super) fn removed(state: &mut State, paths: &[String]) -> Vec<Command> {
    let name_of = |path: &str| path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    let names: BTreeSet<String> = paths.iter().map(|path| name_of(path)).collect();
    let is_gone = |job: &Job| match job.files.first() {
        Some(file) => paths.contains(&file.path),
        // Of a time before this start only the name is here.
        None => names.contains(&*job.name),
    };
    let rows: BTreeSet<JobId> = state.desk.announced.iter().copied().collect();
    let gone = state.jobs.iter().filter(|job| rows.contains(&job.id) && is_gone(job));
    let gone: Vec<JobId> = gone.map(|job| job.id).collect();
    state.desk.announced.retain(|id| !gone.contains(id));
    jobs::forget(state, gone)
}

#[cfg(test)]
mod tests {
    use super::super::super::desk::Mode;
    use super::super::super::input::{Action, Event, Input};
    use super::super::super::mesh_view::Lane;
    use super::super::super::state::FileInPlace;
    use super::super::update;
    use super::*;
    use crate::domain::integrity::{DigestAlgorithm, Method};
    use crate::domain::octets::ByteCount;
    use crate::domain::source::{BytesBySource, SourceKind};
    use std::time::Duration;

    fn a_window() -> State {
        let mut state = State::default();
        state.desk.mode = Mode::Window;
        state
    }

    fn fetched(path: &str) -> Event {
        let verdict = Verdict::Verified {
            method: Method::AnnouncedDigest(DigestAlgorithm::Sha512),
            voucher: Voucher::Broker { host: "broker.example:8883".into(), tls: true },
        };
        let mut by_source = BytesBySource::default();
        by_source.add(SourceKind::Inline, ByteCount(9));
        let file = FileInPlace { path: path.to_owned(), length: ByteCount(9), verdict, kept_as: None };
        Event::Fetched(Box::new(FileNews {
            key: "k".to_owned(),
            lane: Lane::Models,
            outcome: FileOutcome::InPlace(file),
            from: None,
            tried: Vec::new(),
            took: Duration::from_secs(1),
            by_source,
        }))
    }

    #[test]
    fn a_file_that_was_announced_is_among_the_transfers_with_its_voucher_and_who_gave_it() {
        let mut state = a_window();
        let commands = update(&mut state, Input::Event(fetched("/data/a/T_ISMN01.bufr")));
        assert_eq!(commands, [Command::Keep(JobId(0))]);
        let job = state.jobs.get(0).expect("a row");
        assert_eq!((&*job.name, job.phase), ("T_ISMN01.bufr", Phase::Ended));
        assert!(is_announced(job) && job.outcome.as_ref().is_some_and(|outcome| outcome.end == End::Done));
        assert_eq!(job.transfer.by_source.get(SourceKind::Inline), ByteCount(9));
        assert_eq!(job.files[0].path, "/data/a/T_ISMN01.bufr");
        // It can be taken off the list like any other.
        update(&mut state, Input::Action(Action::Remove(vec![JobId(0)])));
        assert!(state.jobs.get(0).is_none_or(|job| job.is_removed));
    }

    #[test]
    fn what_was_refused_is_no_transfer() {
        let mut state = a_window();
        let Event::Fetched(news) = fetched("/data/a") else { panic!("it is news") };
        let news = FileNews { outcome: FileOutcome::Failed, ..*news };
        assert!(update(&mut state, Input::Event(Event::Fetched(Box::new(news)))).is_empty());
        assert_eq!(state.jobs.len(), 0);
    }

    #[test]
    fn rows_of_files_that_were_removed_go_and_other_rows_stay() {
        let mut state = a_window();
        for path in ["/data/a/x", "/data/b/x", "/data/c"] {
            update(&mut state, Input::Event(fetched(path)));
        }
        let gone = Event::FilesGone(vec!["/data/a/x".to_owned()]);
        let commands = update(&mut state, Input::Event(gone));
        assert!(commands.contains(&Command::Forget(vec![JobId(0)])), "{commands:?}");
        assert_eq!(state.jobs.iter().map(|job| job.id.0).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn the_oldest_row_of_too_many_goes() {
        let mut state = a_window();
        for number in 0..MOST_ROWS + 2 {
            update(&mut state, Input::Event(fetched(&format!("/data/{number}"))));
        }
        assert_eq!(state.jobs.len(), MOST_ROWS);
        assert_eq!(state.jobs.get(0).map(|job| job.id), Some(JobId(2)));
    }
}
