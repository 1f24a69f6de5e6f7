//! Rows follow the disk.

use super::*;
use crate::app::input::{DiskSeen, FilesRead};
use crate::app::jobs::view::{DiskState, JobOrigin};
use crate::app::mesh::view::MeshCommand;

fn done(state: &mut State, target: &str) -> u32 {
    let id = get(state, target)[0];
    see(state, Event::InPlace(id, Box::new(a_verified_file())));
    end(state, id.0, End::Done, None);
    id.0
}

fn disk(state: &State, id: u32) -> DiskState {
    job(state, JobId(id)).map(|job| job.disk.worst).expect("a row")
}

fn seen(state: &mut State, look: u64, id: u32, found: DiskState) {
    let states = vec![(JobId(id), found.into())];
    see(state, Event::DiskSeen(Box::new(DiskSeen { look, states, is_last: true })));
}

fn look_of(commands: &[Command]) -> u64 {
    let of = |command: &Command| if let Command::LookAtDisk(look) = command { Some(*look) } else { None };
    commands.iter().find_map(of).expect("a look")
}

#[test]
fn a_look_that_finds_a_file_gone_changes_its_row_and_is_entered_into_the_log() {
    let mut state = a_window(2);
    let id = done(&mut state, "a");
    assert_eq!(disk(&state, id), DiskState::AsLeft);
    let look = look_of(&act(&mut state, Action::LookAtDisk));
    seen(&mut state, look, id, DiskState::Missing);
    assert_eq!((disk(&state, id), state.shown.journal.entries.len()), (DiskState::Missing, 1));
    let look = look_of(&act(&mut state, Action::LookAtDisk));
    seen(&mut state, look, id, DiskState::Missing);
    assert_eq!(state.shown.journal.entries.len(), 1, "what was said is not said again");
}

#[test]
fn a_look_that_is_told_in_parts_is_entered_into_the_log_once() {
    let mut state = a_window(2);
    let ids = [done(&mut state, "a"), done(&mut state, "b")];
    let look = look_of(&act(&mut state, Action::LookAtDisk));
    for id in ids {
        let states = vec![(JobId(id), DiskState::Missing.into())];
        see(&mut state, Event::DiskSeen(Box::new(DiskSeen { look, states, is_last: false })));
    }
    assert_eq!((disk(&state, ids[1]), state.shown.journal.entries.len()), (DiskState::Missing, 0));
    see(&mut state, Event::DiskSeen(Box::new(DiskSeen { look, states: Vec::new(), is_last: true })));
    let entries: Vec<_> = state.shown.journal.entries.iter().map(|entry| entry.message.clone()).collect();
    assert_eq!(entries, [UserMessage::FilesLost { missing: 2, changed: 0 }]);
}

#[test]
fn what_is_lost_is_fetched_again_and_a_look_of_before_says_nothing_of_it() {
    let mut state = a_window(2);
    let id = done(&mut state, "a");
    assert_eq!(act(&mut state, Action::FetchAgain(vec![JobId(id)])), [], "nothing is lost");
    let old = look_of(&act(&mut state, Action::LookAtDisk));
    seen(&mut state, old, id, DiskState::Missing);
    let commands = act(&mut state, Action::FetchAgain(vec![JobId(id)]));
    assert_eq!(started(&commands), [JobId(id)]);
    see(&mut state, Event::InPlace(JobId(id), Box::new(a_verified_file())));
    end(&mut state, id, End::Done, None);
    seen(&mut state, old, id, DiskState::Missing);
    assert_eq!(disk(&state, id), DiskState::AsLeft);
    let new = look_of(&act(&mut state, Action::LookAtDisk));
    seen(&mut state, new, id, DiskState::Changed);
    assert_eq!(disk(&state, id), DiskState::Changed);
}

#[test]
fn what_is_lost_while_it_is_uploaded_is_fetched_again_once_the_upload_has_ended() {
    for ending in [End::Done, End::Interrupted] {
        let mut state = a_window(2);
        let id = get(&mut state, "a")[0];
        see(&mut state, Event::InPlace(id, Box::new(a_verified_file())));
        see(&mut state, Event::Giving(id, Box::default()));
        let look = look_of(&act(&mut state, Action::LookAtDisk));
        seen(&mut state, look, id.0, DiskState::Missing);
        let commands = act(&mut state, Action::FetchAgain(vec![id]));
        assert_eq!((stopped(&commands), started(&commands)), (vec![id], vec![]));
        assert_eq!(act(&mut state, Action::FetchAgain(vec![id])), [], "it was told already");
        assert_eq!(started(&end(&mut state, id.0, ending, None)), [id]);
        assert_eq!((disk(&state, id.0), phase(&state, id.0)), (DiskState::Unknown, Some(Phase::Resolving)));
    }
}

#[test]
fn a_row_of_an_earlier_start_is_fetched_again_once_its_request_is_known() {
    let mut before = a_window(2);
    let id = done(&mut before, "a");
    let mut job = job(&before, JobId(id)).expect("a row").as_ref().clone();
    (job.request, job.disk, job.files) = (None, DiskState::Unknown.into(), Vec::new());
    let mut state = a_window(2);
    let restored = Restored { jobs: vec![Arc::new(job)], ..Restored::default() };
    let look = look_of(&see(&mut state, Event::Restored(Box::new(restored))));
    seen(&mut state, look, id, DiskState::Missing);
    let commands = act(&mut state, Action::FetchAgain(vec![JobId(id)]));
    assert_eq!(commands, [Command::RecallRequest(JobId(id))]);
    let commands = see(&mut state, Event::RequestRecalled(JobId(id), Some(Arc::new(a_request("a")))));
    assert_eq!(started(&commands), [JobId(id)]);
}

#[test]
fn a_file_of_an_announcement_that_is_lost_is_wanted_again_where_it_was() {
    let mut state = a_window(2);
    let id = done(&mut state, "a");
    let job = job_mut(&mut state, JobId(id)).expect("a row");
    (job.origin, job.request, job.disk) = (JobOrigin::Announcement, None, DiskState::Missing.into());
    let path = job.files[0].path.clone();
    let wish = MeshCommand::FetchAgain(vec![path]);
    assert_eq!(act(&mut state, Action::FetchAgain(vec![JobId(id)])), [Command::Mesh(wish.clone())]);

    // Of a row of before this start the files are read first.
    let job = job_mut(&mut state, JobId(id)).expect("a row");
    let files = std::mem::take(&mut job.files);
    let again = act(&mut state, Action::FetchAgain(vec![JobId(id)]));
    assert_eq!(again, [Command::RecallFiles(JobId(id))]);
    assert_eq!(see(&mut state, Event::Recalled(JobId(id), files)), [Command::Mesh(wish)]);
    assert_eq!(see(&mut state, Event::Recalled(JobId(id), Vec::new())), []);
}

#[test]
fn files_that_are_read_again_are_right_with_the_date_or_changed() {
    let mut state = a_window(2);
    let id = done(&mut state, "a");
    assert_eq!(act(&mut state, Action::CheckAgain(vec![JobId(id)])), [Command::ReadAgain(JobId(id))]);
    assert_eq!(disk(&state, id), DiskState::Unknown);
    let mut file = a_verified_file();
    file.disk.verified_at = UtcTime::from_unix_seconds(1_700_000_000);
    for (found, expected) in
        [(DiskState::AsLeft, DiskState::AsLeft), (DiskState::Changed, DiskState::Changed)]
    {
        let read = FilesRead { files: vec![file.clone()], disk: found.into(), unread: None };
        let commands = see(&mut state, Event::FilesRead(JobId(id), Box::new(read)));
        assert!(commands.contains(&Command::Keep(JobId(id))), "{commands:?}");
        assert_eq!(disk(&state, id), expected);
    }
    let row = job(&state, JobId(id)).expect("a row");
    assert_eq!(row.files[0].disk.verified_at, file.disk.verified_at);
}
