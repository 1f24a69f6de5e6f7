//! Files that announcements brought, as rows among the transfers; those of long ago make room.
//!
//! In: news of files. Out: jobs that have ended well, known again at the next start: nobody asked for them; and, of files that
//! are wrong, a word.

use super::acts;
use super::job_mut;
use super::queue::keep;
use crate::app::command::Command;
use crate::app::jobs::progress::Transfer;
use crate::app::jobs::request::JobId;
use crate::app::jobs::view::{DiskState, End, FileInPlace, Job, JobOrigin, Outcome, Phase};
use crate::app::journal::Weight;
use crate::app::mesh::listening::{Changes, FileNews, FileOutcome};
use crate::app::messages::user_message::UserMessage;
use crate::app::messages::wrong_file::WrongFile;
use crate::app::state::State;
use crate::app::update::journal;
use crate::domain::outside_text::show;
use crate::domain::source::BytesBySource;
use crate::mesh::mirror::LocalCopy;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// Most rows of files that announcements brought.
const MOST_ROWS: usize = 5_000;

/// Most rows of announced files that were refused: who announces wrong files without end displaces no good one.
const MOST_REFUSED: usize = 200;

/// Takes in what became of a file: one in its place is a row, one that is wrong is told. What could not be had is said
/// where it was announced.
pub(in crate::app) fn arrived(state: &mut State, news: FileNews) -> Vec<Command> {
    match news.outcome {
        FileOutcome::InPlace(file) => {
            let mut commands = moved(state, &file, &news.changes);
            commands.extend(in_place(state, file, (news.took, news.by_source)));
            commands.extend(conflict(state, &news.key, news.changes));
            commands
        }
        FileOutcome::Refused(wrong) => refused(state, &news.key, wrong),
        FileOutcome::Withdrawn(local) => withdrawn(state, &local),
        // One message for a full disk, however many files it concerns.
        FileOutcome::Unsettled(message) => journal::tell_once(state, (Weight::Failure, None), message),
        FileOutcome::Failed | FileOutcome::NotFetched(_) => Vec::new(),
    }
}

/// Rows of files that a new one replaced or that were renamed: none goes on leading to a path where other bytes lie now.
fn moved(state: &mut State, file: &FileInPlace, changes: &Changes) -> Vec<Command> {
    let former = changes.renamed_from.as_ref().unwrap_or(&file.path);
    let is_moved = |job: &Arc<Job>| {
        job.origin == JobOrigin::Announcement && job.files.first().is_some_and(|known| known.path == *former)
    };
    let ids: Vec<JobId> = state.shown.jobs.iter().filter(|job| is_moved(job)).map(|job| job.id).collect();
    let Some(kept_as) = &file.kept_as else {
        let gone: BTreeSet<JobId> = ids.into_iter().collect();
        state.desk.announced.retain(|id| !gone.contains(id));
        let commands = acts::forget(state, gone.into_iter().collect());
        return [commands, removed(state, &changes.removed)].concat();
    };
    let mut commands = Vec::new();
    for id in ids {
        if let Some(job) = job_mut(state, id) {
            job.name = kept_as.rsplit(['/', '\\']).next().unwrap_or(kept_as).into();
            job.files.iter_mut().for_each(|known| known.path.clone_from(kept_as));
        }
        commands.extend(keep(state, id));
    }
    commands.extend(removed(state, &changes.removed));
    commands
}

/// Two contents of one key: both are kept, and it is said where.
fn conflict(state: &mut State, key: &str, changes: Changes) -> Vec<Command> {
    let Some(first) = changes.conflict_with else { return Vec::new() };
    let message = UserMessage::AnnouncedTwice { key: show(key), first: show(&first) };
    journal::tell_once(state, (Weight::Attention, None), message)
}

/// The rows of local copies that went with their source.
fn withdrawn(state: &mut State, local: &[(String, LocalCopy)]) -> Vec<Command> {
    let gone = local.iter().filter(|(_, copy)| *copy == LocalCopy::Removed);
    removed(state, &gone.map(|(path, _)| path.clone()).collect::<Vec<_>>())
}

/// A proof that failed: a row with its reason, told like that of any transfer. Who announces wrong files without end fills
/// no desktop: while one is told, others are only entered.
fn refused(state: &mut State, key: &str, wrong: WrongFile) -> Vec<Command> {
    let what = show(key.rsplit('/').next().unwrap_or(key));
    let message = UserMessage::AnnouncedWrong { what: what.clone(), wrong };
    let outcome = Outcome { end: End::NotProven, took_ms: 0, message: Some(Box::new(message.clone())) };
    // Not written down: what nobody has any more is no transfer of the next start.
    let id = add_row(state, (&what, outcome), (Transfer::default(), None));
    state.desk.refused.push_back(id);
    let mut commands = journal::tell_once(state, (Weight::Failure, Some(id)), message);
    if state.desk.refused.len() > MOST_REFUSED
        && let Some(old) = state.desk.refused.pop_front()
    {
        commands.extend(acts::forget(state, vec![old]));
    }
    commands
}

/// Adds the row of an announced file.
fn add_row(
    state: &mut State,
    (name, outcome): (&str, Outcome),
    (transfer, file): (Transfer, Option<FileInPlace>),
) -> JobId {
    let id = JobId(state.next_job);
    state.next_job += 1;
    state.shown.jobs.push(Arc::new(Job {
        id,
        phase: Phase::Ended,
        is_removed: false,
        request: None,
        name: name.into(),
        subject: None,
        plan: None,
        transfer,
        verdict: file.as_ref().map(|file| Arc::new(file.verdict.clone())),
        files: file.into_iter().collect(),
        notes: Vec::new(),
        outcome: Some(outcome),
        added: state.shown.vitals.now,
        origin: JobOrigin::Announcement,
        held_up: None,
        disk: DiskState::AsLeft.into(),
        giving: None,
    }));
    id
}

fn in_place(
    state: &mut State,
    file: FileInPlace,
    (took, by_source): (Duration, BytesBySource),
) -> Vec<Command> {
    let took_ms = u32::try_from(took.as_millis()).unwrap_or(u32::MAX);
    let name = file.path.rsplit(['/', '\\']).next().unwrap_or(&file.path).to_owned();
    let transfer = Transfer { wanted: file.length, received: file.length, by_source, ..Transfer::default() };
    let outcome = Outcome { end: End::Done, took_ms, message: None };
    let id = add_row(state, (&name, outcome), (transfer, Some(file)));
    let mut commands: Vec<Command> = keep(state, id).into_iter().collect();
    commands.extend(note(state, id));
    commands
}

/// Remembers which row is one of an announced file; the oldest one of too many goes.
fn note(state: &mut State, id: JobId) -> Vec<Command> {
    state.desk.announced.push_back(id);
    match state.desk.announced.len() > MOST_ROWS {
        true => state.desk.announced.pop_front().map_or(Vec::new(), |old| acts::forget(state, vec![old])),
        false => Vec::new(),
    }
}

/// Knows the rows of files that announcements brought before this start.
pub(in crate::app) fn restored(state: &mut State) {
    let rows = state.shown.jobs.iter().filter(|job| job.origin == JobOrigin::Announcement);
    state.desk.announced = rows.map(|job| job.id).collect();
}

/// Takes the rows of files away that were removed, as the settings say.
pub(in crate::app) fn removed(state: &mut State, paths: &[String]) -> Vec<Command> {
    let paths: BTreeSet<&str> = paths.iter().map(String::as_str).collect();
    let is_gone = |job: &Arc<Job>| job.files.first().is_some_and(|file| paths.contains(&*file.path));
    let rows = state.shown.jobs.iter().filter(|job| job.origin == JobOrigin::Announcement);
    let gone: BTreeSet<JobId> = rows.filter(|job| is_gone(job)).map(|job| job.id).collect();
    state.desk.announced.retain(|id| !gone.contains(id));
    acts::forget(state, gone.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::desk::Mode;
    use crate::app::input::{Action, Event, Input};
    use crate::app::mesh::view::Lane;
    use crate::app::update::update;
    use crate::domain::integrity::{DigestAlgorithm, Method, Verdict, Voucher};
    use crate::domain::octets::ByteCount;
    use crate::domain::source::SourceKind;

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
        let file = FileInPlace {
            path: path.to_owned(),
            length: ByteCount(9),
            verdict,
            kept_as: None,
            disk: Default::default(),
        };
        Event::Fetched(Box::new(FileNews {
            key: "k".to_owned(),
            lane: Lane::Models,
            outcome: FileOutcome::InPlace(file),
            from: None,
            tried: Vec::new(),
            took: Duration::from_secs(1),
            by_source,
            changes: Default::default(),
            forwarding: None,
        }))
    }

    #[test]
    fn a_file_that_was_announced_is_among_the_transfers_with_its_voucher_and_who_gave_it() {
        let mut state = a_window();
        let commands = update(&mut state, Input::Event(fetched("/data/a/T_ISMN01.bufr")));
        assert_eq!(commands, [Command::Keep(JobId(0))]);
        let job = state.shown.jobs.get(0).expect("a row");
        assert_eq!((&*job.name, job.phase), ("T_ISMN01.bufr", Phase::Ended));
        assert!(
            job.origin == JobOrigin::Announcement
                && job.outcome.as_ref().is_some_and(|outcome| outcome.end == End::Done)
        );
        assert_eq!(job.transfer.by_source.get(SourceKind::Inline), ByteCount(9));
        assert_eq!(job.files[0].path, "/data/a/T_ISMN01.bufr");
        // It can be taken off the list like any other.
        update(&mut state, Input::Action(Action::Remove(vec![JobId(0)])));
        assert!(state.shown.jobs.get(0).is_none_or(|job| job.is_removed));
    }

    fn ended_otherwise(key: &str, outcome: FileOutcome) -> Event {
        let Event::Fetched(news) = fetched("/data/a") else { panic!("it is news") };
        Event::Fetched(Box::new(FileNews { key: key.to_owned(), outcome, ..*news }))
    }

    #[test]
    fn what_could_not_be_had_is_no_transfer() {
        let mut state = a_window();
        assert!(update(&mut state, Input::Event(ended_otherwise("k", FileOutcome::Failed))).is_empty());
        assert_eq!(state.shown.jobs.len(), 0);
    }

    #[test]
    fn a_wrong_file_is_a_row_with_its_reason_and_told_and_of_a_flood_the_last_are_rows() {
        let mut state = a_window();
        let wrong = || WrongFile::Digest { announced: "sha512 1f".to_owned(), computed: "4a".to_owned() };
        let commands =
            update(&mut state, Input::Event(ended_otherwise("a/b\u{202E}", FileOutcome::Refused(wrong()))));
        assert!(matches!(&commands[..], [Command::Tell(notice)]
            if matches!(&notice.message, UserMessage::AnnouncedWrong { what, .. } if what == "b<U+202E>")));
        let row = state.shown.jobs.get(0).expect("a row");
        let outcome = row.outcome.as_ref().expect("it ended");
        assert_eq!((&*row.name, outcome.end), ("b<U+202E>", End::NotProven));
        assert!(matches!(outcome.message.as_deref(), Some(UserMessage::AnnouncedWrong { .. })));
        for number in 0..1_000 {
            let key = number.to_string();
            let event = ended_otherwise(&key, FileOutcome::Refused(wrong()));
            let commands = update(&mut state, Input::Event(event));
            assert!(!commands.iter().any(|command| matches!(command, Command::Tell(_))), "{commands:?}");
        }
        let counts = (state.shown.jobs.len(), state.shown.notices.len(), state.shown.journal.entries.len());
        assert_eq!(counts, (MOST_REFUSED, 1, 1_001));
    }

    #[test]
    fn an_earlier_row_follows_its_bytes_when_an_update_takes_its_name() {
        let mut state = a_window();
        update(&mut state, Input::Event(fetched("/data/a/x.txt")));
        let Event::Fetched(news) = fetched("/data/a/x.txt") else { panic!("it is news") };
        let FileOutcome::InPlace(file) = news.outcome.clone() else { panic!("it is in its place") };
        let file = FileInPlace { kept_as: Some("/data/a/x~1.txt".to_owned()), ..file };
        let second = FileNews { outcome: FileOutcome::InPlace(file), ..*news.clone() };
        update(&mut state, Input::Event(Event::Fetched(Box::new(second))));
        let paths: Vec<&str> = state.shown.jobs.iter().map(|job| &*job.files[0].path).collect();
        assert_eq!(paths, ["/data/a/x~1.txt", "/data/a/x.txt"]);
        // Without a version of it there is nothing more that the earlier row could lead to.
        update(&mut state, Input::Event(Event::Fetched(news)));
        assert_eq!(state.shown.jobs.iter().filter(|job| job.files[0].path == "/data/a/x.txt").count(), 1);
    }

    #[test]
    fn two_contents_of_one_key_are_both_rows_and_the_conflict_is_told() {
        let mut state = a_window();
        update(&mut state, Input::Event(fetched("/data/a/x")));
        let Event::Fetched(mut news) = fetched("/data/a/x~0a1b2c3d") else { panic!("it is news") };
        news.changes.conflict_with = Some("/data/a/x".to_owned());
        update(&mut state, Input::Event(Event::Fetched(news)));
        assert_eq!(state.shown.jobs.len(), 2);
        assert!(state.shown.notices.iter().any(|notice| matches!(&notice.message,
            UserMessage::AnnouncedTwice { key, first } if key == "k" && first == "/data/a/x")));
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
        assert_eq!(state.shown.jobs.iter().map(|job| job.id.0).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn the_oldest_row_of_too_many_goes() {
        let mut state = a_window();
        for number in 0..MOST_ROWS + 2 {
            update(&mut state, Input::Event(fetched(&format!("/data/{number}"))));
        }
        assert_eq!(state.shown.jobs.len(), MOST_ROWS);
        assert_eq!(state.shown.jobs.get(0).map(|job| job.id), Some(JobId(2)));
    }
}
