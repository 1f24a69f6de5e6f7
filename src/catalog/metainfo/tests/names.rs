//! Names from strangers: none leaves the folder, hides, or takes another's place.

use super::*;

/// The paths that files with these published paths get, below `run`.
fn paths(published: &[&[&str]]) -> (Vec<String>, Vec<&'static str>) {
    let files: Vec<(u64, &[&str])> = published.iter().map(|&path| (1, path)).collect();
    let metainfo = sound(&folder_of(&files));
    let paths = metainfo.layout().files().iter().map(|file| file.path.to_string()).collect();
    (paths, codes(&metainfo))
}

#[test]
fn no_path_leads_out_of_the_folder() {
    let hostile: [&[&str]; 6] =
        [&["..", "..", "etc", "passwd"], &["/etc/passwd"], &["a\\..\\b"], &["."], &["", "x"], &["nul\0"]];
    let (paths, codes) = paths(&hostile);
    let expected =
        ["run/___/___/etc/passwd", "run/_etc_passwd", "run/a_.._b", "run/__", "run/_/x", "run/nul_"];
    assert_eq!(paths, expected);
    assert_eq!(codes, ["dangerous_name"; 7]);
    assert_eq!(codes_of_single("../../a.grib"), ["dangerous_name"]);
    let single = sound(&torrent_of("6:lengthi10e4:name12:../../a.grib"));
    assert_eq!(single.layout().files()[0].path.components().len(), 1);
}

fn codes_of_single(name: &str) -> Vec<&'static str> {
    codes(&sound(&torrent_of(&format!("6:lengthi10e4:name{}", text(name)))))
}

#[test]
fn names_that_some_system_refuses_or_acts_upon_are_changed_with_a_note() {
    for name in [
        "CON",
        "nul.grib",
        "2026-08-09T15:00:00Z.grib",
        "a\u{7}b",
        "a\u{202E}b",
        "a. ",
        "desktop.ini",
        "x.lnk",
        ".nuee",
        "a?b",
    ] {
        let metainfo = sound(&torrent_of(&format!("6:lengthi10e4:name{}", text(name))));
        assert_eq!(codes(&metainfo), ["changed_name"], "{name:?}");
        assert_eq!(metainfo.layout().name, name, "the published name stays for URLs");
        assert_ne!(metainfo.layout().files()[0].path.to_string(), name);
        assert_eq!(TorrentReport::of(Ok(&metainfo)).verdict, TorrentVerdict::Valid);
    }
    assert_eq!(codes_of_single("AROME 0.01 prévision 数値.grib2"), [""; 0]);
}

#[test]
fn a_name_that_is_too_long_is_cut_and_stays_unlike_its_neighbour() {
    let (one, two) = ("x".repeat(5_000) + "1", "x".repeat(5_000) + "2");
    let (paths, codes) = paths(&[&[&one], &[&two]]);
    assert!(paths.iter().all(|path| path.len() < 220) && paths[0] != paths[1]);
    assert_eq!(codes, ["changed_name", "changed_name"]);
}

#[test]
fn twins_are_told_apart_and_noted() {
    let (paths, codes) =
        paths(&[&["A.grib"], &["a.grib"], &["\u{e9}"], &["e\u{301}"], &["d"], &["d", "x"], &["A.grib"]]);
    assert_eq!(codes, ["twin_path"; 4]);
    let folded: std::collections::HashSet<String> = paths.iter().map(|path| path.to_lowercase()).collect();
    assert_eq!(folded.len(), 7, "{paths:?}");
    assert_eq!(paths[0], "run/A.grib", "the first keeps its name");
}

#[test]
fn a_path_must_have_a_component_and_not_too_many() {
    assert_eq!(error(&folder_of(&[(1, &[])])), MetainfoError::NoPath { file: 0 });
    let deep = |depth: usize| folder_of(&[(1, &vec!["d"; depth])]);
    assert!(read(&deep(31)).is_ok());
    assert_eq!(error(&deep(32)), MetainfoError::TooDeep { file: 0, depth: 33 });
    assert_eq!(error(&deep(90_000)), MetainfoError::TooDeep { file: 0, depth: 90_001 });
}

#[test]
fn a_name_that_is_not_utf8_is_read_all_the_same_or_from_its_utf8_twin() {
    let with = |keys: &[u8]| {
        let hash = [b'h'; 20];
        let parts: [&[u8]; 5] =
            [b"d4:infod6:lengthi10e", keys, b"12:piece lengthi16384e6:pieces20:", &hash, b"ee"];
        sound(&parts.concat())
    };
    let latin = with(b"4:name2:\xe9t");
    assert_eq!((latin.layout().name.as_str(), codes(&latin)), ("\u{FFFD}t", vec!["not_utf8"]));
    let twin = with("4:name2:?t10:name.utf-83:ét".as_bytes());
    assert_eq!((twin.layout().name.as_str(), codes(&twin)), ("ét", vec![]));
}

#[test]
fn notes_hold_no_character_that_would_move_what_is_around_them() {
    let name = "a\u{202E}\n\u{1b}[2Jb/";
    let metainfo = sound(&torrent_of(&format!("6:lengthi10e4:name{}", text(name))));
    let report = serde_json::to_string(&TorrentReport::of(Ok(&metainfo))).expect("plain data");
    assert!(
        !report.contains('\u{202E}') && !report.contains('\u{1b}') && !report.contains("\\u001b"),
        "{report}"
    );
}
