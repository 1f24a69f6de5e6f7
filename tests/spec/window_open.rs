//! Files that are added, dropped or named in the window: GRIB is opened, other files are said to be what they are.

use crate::window_stage::{first, setup, wait_for};
use nuee::app::input::Action;
use nuee::app::inspect::report::FieldListing;
use nuee::app::inspect::{FileReading, OpenedFile, OpenedPlace};
use nuee::app::link::Link;
use nuee::app::messages::user_message::UserMessage;
use nuee::demo::made_run::MadeRun;
use nuee::domain::file_kind::FileKind;
use nuee::domain::utc::UtcTime;
use nuee::engine::host::Engine;
use nuee::engine::host::window::{WindowSetup, WindowStart, window_start};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

fn a_grib_file(folder: &Path) -> PathBuf {
    let run = UtcTime::parse_rfc3339("2026-11-20T06:00:00Z").expect("a time");
    let path = folder.join("made.grib2");
    std::fs::write(&path, &MadeRun::make(run).hourly_files()[3].octets).expect("room");
    path
}

fn fields(engine: &Engine) -> (Arc<OpenedFile>, Arc<FieldListing>) {
    wait_for(engine, "its fields", |snapshot| {
        let opened = snapshot.opened.clone()?;
        match &opened.reading {
            FileReading::Fields(listing) => Some((opened.clone(), listing.clone())),
            _ => None,
        }
    })
}

#[test]
fn a_grib_file_that_is_added_is_opened_and_is_no_source() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let engine = first(setup(folder.path()));
    let path = a_grib_file(folder.path());
    engine.send(Action::AddSource(path.display().to_string()));
    let (opened, listing) = fields(&engine);
    assert_eq!((opened.name.as_str(), opened.place), ("made.grib2", OpenedPlace::Disk));
    assert!(listing.fields.len() >= 5 && listing.problems.is_empty(), "{listing:?}");
    assert!(
        listing.fields.iter().all(|field| field.grid.is_some_and(|grid| grid.shape.is_some())),
        "{listing:?}"
    );
    assert!(engine.snapshot().sources.iter().all(|row| !row.key.0.contains("made.grib2")));
    engine.wind_down();
}

#[test]
fn a_broken_grib_file_is_opened_with_what_is_wrong_and_another_file_is_said_to_be_what_it_is() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let engine = first(setup(folder.path()));
    let path = a_grib_file(folder.path());
    let octets = std::fs::read(&path).expect("a file");
    std::fs::write(&path, &octets[..octets.len() - 100]).expect("room");
    engine.send(Action::AddSource(path.display().to_string()));
    assert!(!fields(&engine).1.problems.is_empty(), "it is cut");
    let other = folder.path().join("table.nc");
    std::fs::write(&other, b"CDF\x01\0\0\0\0").expect("room");
    engine.send(Action::AddSource(other.display().to_string()));
    wait_for(&engine, "a word", |snapshot| {
        let is_it = |message: &UserMessage| {
            matches!(message, UserMessage::OfAnotherKind { kind: FileKind::NetCdf, .. })
        };
        snapshot.notices.iter().any(|notice| is_it(&notice.message)).then_some(())
    });
    engine.wind_down();
}

#[test]
fn a_grib_file_named_at_the_start_or_handed_over_by_a_second_start_is_opened_at_once() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = a_grib_file(folder.path());
    let named =
        |path: &Path| WindowSetup { targets: vec![path.display().to_string()], ..setup(folder.path()) };
    let engine = first(named(&path));
    assert_eq!(fields(&engine).0.number, 1);
    let second = folder.path().join("second.grib2");
    std::fs::copy(&path, &second).expect("room");
    assert!(matches!(window_start(named(&second)), Ok(WindowStart::HandedOver)));
    wait_for(&engine, "the second file", |snapshot| {
        snapshot.opened.as_ref().filter(|opened| opened.name == "second.grib2").map(drop)
    });
    let snapshot = engine.snapshot();
    assert_eq!(
        (snapshot.handed_over.len(), snapshot.raised),
        (0, 1),
        "nobody is contacted: nothing is asked"
    );
    engine.wind_down();
}

#[test]
fn get_of_a_file_of_another_kind_says_what_it_is() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, octets, words) in [
        ("a.nc", &b"CDF\x01\0\0"[..], "a NetCDF file"),
        ("a.txt", b"notes of a meeting", "a text file"),
        ("a.html", b"<!DOCTYPE html><html>", "a web page"),
        ("a.grib2", b"", "empty"),
        (".", b"", "a folder"),
    ] {
        let path = folder.path().join(name);
        if name != "." {
            std::fs::write(&path, octets).expect("room");
        }
        let out = folder.path().join("out");
        let mut nuee = Command::new(env!("CARGO_BIN_EXE_nuee"));
        nuee.args(["get", "--lang", "en", "--out"]).arg(&out).arg(&path);
        let done = nuee.output().expect("it starts");
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(said.contains(words), "{name}: {said}");
        assert_eq!(done.status.code(), Some(6), "{name}: {said}");
    }
}
