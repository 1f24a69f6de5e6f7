//! What is followed, through restarts and beside a process that is at it.

use super::*;
use crate::app::follow::FollowWish;
use crate::app::follow::view::{FollowCounts, FollowKept};
use crate::engine::store::directory::Directory;

fn at(text: &str) -> UtcTime {
    UtcTime::parse_rfc3339(text).expect("a time")
}

fn a_row(id: i64) -> FollowRow {
    let wish =
        FollowWish { id: "demo/arome".to_owned(), lead: Some("0..6".to_owned()), ..FollowWish::default() };
    let kept = FollowKept {
        last_success: Some(at("2026-11-20T09:00:00Z")),
        next_due: Some(at("2026-11-20T13:00:00Z")),
        ..FollowKept::default()
    };
    FollowRow { kept, ..FollowRow::new(FollowId(id), "AROME".to_owned(), (wish, at("2026-11-20T06:00:00Z"))) }
}

fn a_note(run: &str, state: NoteState) -> FileNote {
    let (key, paths) = (format!("{run} 0-0 min SP1"), vec!["/data/a".to_owned(), "/data/b".to_owned()]);
    FileNote { paths, ..FileNote::new((key, at(run)), state, at("2026-11-20T09:00:00Z")) }
}

/// A folder with a database of the form that a version before wrote.
fn of_before(
    kind: &crate::engine::store::sqlite::DatabaseKind,
    rows: &str,
) -> (tempfile::TempDir, Directory) {
    let scratch = tempfile::tempdir().expect("a folder");
    let connection = Connection::open(scratch.path().join(kind.name)).expect("a database");
    for migration in &kind.migrations[..4] {
        connection.execute_batch(migration).expect("the schema of before");
    }
    connection.pragma_update(None, "application_id", kind.application).expect("room");
    connection.pragma_update(None, "user_version", 4).expect("room");
    connection.execute_batch(rows).expect("room");
    let folder = Directory::open_or_create(scratch.path()).expect("a folder");
    (scratch, folder)
}

fn is_kept_by(place: FollowPlace, open: impl Fn(&Directory) -> Box<dyn FollowStore>) {
    let scratch = tempfile::tempdir().expect("a folder");
    let folder = Directory::open_or_create(scratch.path()).expect("a folder");
    let store = open(&folder);
    let notes =
        [a_note("2026-11-01T00:00:00Z", NoteState::Told), a_note("2026-11-20T06:00:00Z", NoteState::Here)];
    store.keep_followed(&a_row(3)).expect("room");
    store.note_followed(FollowId(3), &notes).expect("room");
    store.forget_notes(FollowId(3), at("2026-11-10T00:00:00Z")).expect("room");
    drop(store);
    let store = open(&folder);
    let known: FollowNotes = notes[1..].iter().cloned().collect();
    assert_eq!(store.followed().expect("readable"), [(a_row(3), known)], "runs of long ago are forgotten");
    let counted = FollowRow { files: FollowCounts { here: 1, missing: 0 }, ..a_row(3) };
    assert_eq!(peek(place, scratch.path()).expect("readable"), Some(vec![counted]), "beside who has it open");
    store.forget_followed(FollowId(3)).expect("room");
    assert!(store.followed().expect("readable").is_empty());
}

#[test]
fn what_is_followed_is_found_at_the_next_start_with_what_came_of_it() {
    is_kept_by(FollowPlace::Window, |folder| Box::new(WindowStore::open(folder).expect("a database")));
    is_kept_by(FollowPlace::Folder, |folder| Box::new(Database::open(folder).expect("a database")));
}

#[test]
fn where_nothing_is_followed_nothing_is_listed_and_nothing_is_made() {
    let scratch = tempfile::tempdir().expect("a folder");
    for place in [FollowPlace::Window, FollowPlace::Folder] {
        assert_eq!(peek(place, scratch.path()).expect("readable"), None);
    }
    assert_eq!(std::fs::read_dir(scratch.path()).expect("a folder").count(), 0);
}

#[test]
fn what_an_earlier_version_followed_in_a_folder_is_followed_on_and_fetched_once() {
    let rows = r#"
        INSERT INTO followed VALUES (7, 'mine', '{"id":"demo/arome","lead":"0..6"}', 1700000000);
        INSERT INTO followed_file VALUES (7, '2026-11-20T06:00:00Z 60-60 min SP1', 1700000000, 'told', '/data/a', 1700000100);
        INSERT INTO followed_file VALUES (7, '2026-11-20T06:00:00Z 120 min', 1700000000, 'missing', '', 1700000100);
    "#;
    let (scratch, folder) = of_before(&database::OURS, rows);
    assert_eq!(peek(FollowPlace::Folder, scratch.path()).expect("readable"), None, "it is brought up first");
    let store = Database::open(&folder).expect("a database");
    let [(row, notes)] = &store.followed().expect("readable")[..] else { panic!("one line") };
    assert_eq!((row.id, row.name.as_str(), row.wish.lead.as_deref()), (FollowId(7), "mine", Some("0..6")));
    assert_eq!(row.added.unix_seconds(), 1_700_000_000);
    assert_eq!(notes.state("2026-11-20T06:00:00Z 60-60 min SP1"), Some(NoteState::Told));
    let counted = row.counted(FollowPlace::Folder, notes);
    assert_eq!(counted.files, FollowCounts { here: 1, missing: 1 });
    assert_eq!(counted.kept.last_success.map(UtcTime::unix_seconds), Some(1_700_000_100));
}

#[test]
fn what_an_earlier_version_followed_in_the_window_keeps_its_hours_and_is_listed_before() {
    let rows = r#"
        INSERT INTO followed VALUES (2, 'AROME', '{"id":"demo/arome"}', 1700000000, '{"fetched":5}');
        INSERT INTO followed_hour VALUES (2, '2026-11-20T06:00:00Z 60 min SP1');
        INSERT INTO followed_hour VALUES (2, 'nonsense');
    "#;
    let (scratch, folder) = of_before(&window_store::OURS, rows);
    let listed = peek(FollowPlace::Window, scratch.path()).expect("readable").expect("a list");
    assert_eq!(listed[0].kept.fetched, 5, "a terminal reads it before the window was opened again");
    let store = WindowStore::open(&folder).expect("a database");
    let [(row, notes)] = &store.followed().expect("readable")[..] else { panic!("one line") };
    assert_eq!((row.id, row.kept.fetched), (FollowId(2), 5));
    let known: Vec<&FileNote> = notes.all().collect();
    assert_eq!(known.len(), 1, "{known:?}");
    assert_eq!((known[0].run, known[0].state), (at("2026-11-20T06:00:00Z"), NoteState::Here));
}
