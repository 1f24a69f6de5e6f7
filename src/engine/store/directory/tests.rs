//! Names are opened one by one, and what somebody planted is neither followed nor overwritten.

use super::*;
use tempfile::tempdir;

#[test]
fn folders_are_made_and_files_moved_only_where_nothing_stands() {
    let scratch = tempdir().expect("a temporary folder");
    let out = Directory::open_or_create(&scratch.path().join("a/b")).expect("a folder");
    let run = out.enter_or_create("run").expect("a folder");
    run.open_file("x.part", OpenHow::CreateNew).expect("a file");
    assert!(run.move_to("x.part", &out, "x").expect("a move"));
    run.open_file("y.part", OpenHow::CreateNew).expect("a file");
    assert!(!run.move_to("y.part", &out, "x").expect("no move"), "an existing file is never replaced");
    assert!(run.entry("y.part").expect("readable").is_some());
    assert!(run.entry("x.part").expect("readable").is_none());
}

#[cfg(unix)]
#[test]
fn links_are_never_followed() {
    let scratch = tempdir().expect("a temporary folder");
    let elsewhere = tempdir().expect("a temporary folder");
    std::fs::write(elsewhere.path().join("victim"), b"mine").expect("a file");
    let out = Directory::open_or_create(scratch.path()).expect("a folder");
    std::os::unix::fs::symlink(elsewhere.path(), scratch.path().join("dir")).expect("a link");
    std::os::unix::fs::symlink(elsewhere.path().join("victim"), scratch.path().join("file")).expect("a link");
    for result in [out.enter("dir").err(), out.enter_or_create("dir").err()] {
        assert!(matches!(result, Some(StoreError::LinkInTheWay { .. })), "{result:?}");
    }
    let opened = out.open_file("file", OpenHow::Update).err();
    assert!(matches!(opened, Some(StoreError::LinkInTheWay { .. })), "{opened:?}");
    assert_eq!(std::fs::read(elsewhere.path().join("victim")).expect("a file"), b"mine");
}

#[cfg(unix)]
#[test]
fn a_planted_pipe_neither_hangs_nor_passes_for_a_file() {
    let scratch = tempdir().expect("a temporary folder");
    let out = Directory::open_or_create(scratch.path()).expect("a folder");
    let pipe = scratch.path().join("pipe");
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, 0o600.into(), 0).expect("a pipe");
    assert!(out.open_file("pipe", OpenHow::Read).is_err());
}

#[cfg(unix)]
#[test]
fn a_file_with_a_second_name_is_read_and_never_opened_for_writing() {
    let scratch = tempdir().expect("a temporary folder");
    let out = Directory::open_or_create(scratch.path()).expect("a folder");
    std::fs::write(scratch.path().join("theirs"), b"theirs").expect("a file");
    std::fs::hard_link(scratch.path().join("theirs"), scratch.path().join("0.part")).expect("a name");
    let opened = out.open_file("0.part", OpenHow::Update).err();
    assert!(matches!(opened, Some(StoreError::LinkInTheWay { .. })), "{opened:?}");
    assert!(out.open_file("0.part", OpenHow::Read).is_ok());
}

#[test]
fn a_file_is_no_folder() {
    let scratch = tempdir().expect("a temporary folder");
    std::fs::write(scratch.path().join("f"), b"").expect("a file");
    let opened = Directory::open_or_create(&scratch.path().join("f")).err();
    assert!(matches!(opened, Some(StoreError::FolderGone { .. })), "{opened:?}");
}
