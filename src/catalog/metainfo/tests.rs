//! Which torrents are taken, what is said about the odd ones, and that none does harm.

mod names;
mod outer;

use super::report::{TorrentReport, TorrentVerdict};
use super::*;
use crate::catalog::bencode::BencodeError;
use crate::catalog::tests::mutate;
use std::time::Instant;

/// A bencoded string.
fn text(text: &str) -> String {
    format!("{}:{text}", text.len())
}

/// A torrent whose `info` holds `keys`, a piece length of 16 KiB and one hash.
fn torrent_of(keys: &str) -> Vec<u8> {
    let hash = "h".repeat(20);
    format!("d4:infod{keys}12:piece lengthi16384e6:pieces20:{hash}ee").into_bytes()
}

/// A torrent of several files: each a length and a path.
fn folder_of(files: &[(u64, &[&str])]) -> Vec<u8> {
    let entries: String = files.iter().map(|(length, path)| entry(*length, path, "")).collect();
    let pieces = files.iter().map(|(length, _)| length).sum::<u64>().div_ceil(16_384) as usize;
    let hashes = "h".repeat(20 * pieces);
    let info = format!("5:filesl{entries}e4:name3:run12:piece lengthi16384e6:pieces{}", text(&hashes));
    format!("d4:infod{info}ee").into_bytes()
}

fn entry(length: u64, path: &[&str], more: &str) -> String {
    let path: String = path.iter().map(|component| text(component)).collect();
    format!("d{more}6:lengthi{length}e4:pathl{path}ee")
}

fn error(octets: &[u8]) -> MetainfoError {
    read(octets).expect_err("it should be refused")
}

fn sound(octets: &[u8]) -> Metainfo {
    read(octets).expect("it should be read")
}

fn codes(metainfo: &Metainfo) -> Vec<&'static str> {
    metainfo.notes.iter().map(Note::code).collect()
}

#[test]
fn a_torrent_of_one_file_is_read() {
    let octets = torrent_of("6:lengthi10e4:name6:a.grib");
    let metainfo = sound(&octets);
    assert_eq!((metainfo.layout().name.as_str(), metainfo.layout().total().0), ("a.grib", 10));
    assert!(metainfo.layout().is_single_file() && !metainfo.is_private);
    assert_eq!((metainfo.hashes().len(), metainfo.notes.len()), (1, 0));
    assert_eq!(metainfo.info_octets(), &octets[7..octets.len() - 1]);
    assert_eq!(metainfo.info_hash(), info_hash_of(&octets[7..octets.len() - 1]));
}

#[test]
fn a_torrent_of_several_files_is_read_in_their_order() {
    let metainfo = sound(&folder_of(&[(10, &["a", "b.grib"]), (0, &["empty"]), (20_000, &["c.grib"])]));
    let files = metainfo.layout().files();
    let files: Vec<_> = files.iter().map(|f| (f.path.to_string(), f.start, f.length.0)).collect();
    let expected = [("run/a/b.grib", 0, 10), ("run/empty", 10, 0), ("run/c.grib", 10, 20_000)];
    assert_eq!(files, expected.map(|(path, start, length)| (path.to_owned(), start, length)));
    assert_eq!(metainfo.layout().pieces(), 2);
}

#[test]
fn the_info_is_kept_exactly_and_nothing_else_is_given_on() {
    let octets = [
        b"d8:announce15:http://t/?key=14:info".as_slice(),
        b"d3:odd3:key6:lengthi10e4:name1:a12:piece lengthi16384e6:pieces20:hhhhhhhhhhhhhhhhhhhhe",
        b"e",
    ]
    .concat();
    let metainfo = sound(&octets);
    let bare = metainfo.bytes_without_trackers();
    assert!(!bare.windows(8).any(|w| w == b"announce"));
    assert_eq!(sound(&bare).info_hash(), metainfo.info_hash());
    let received = from_info(metainfo.info_octets()).expect("metadata as peers give it");
    assert_eq!(received.info_hash(), metainfo.info_hash());
    let longer = [metainfo.info_octets(), b"x"].concat();
    assert_eq!(from_info(&longer).map(|_| ()), Err(MetainfoError::TrailingOctets { count: 1 }));
}

#[test]
fn what_is_no_torrent_is_refused() {
    assert!(matches!(error(b""), MetainfoError::NotBencoded(_)));
    assert!(matches!(error(b"<html>"), MetainfoError::NotBencoded(_)));
    assert_eq!(error(b"le"), MetainfoError::NotADictionary);
    assert_eq!(error(b"de"), MetainfoError::NoInfo);
    assert_eq!(error(b"d4:info3:abce"), MetainfoError::NoInfo);
    let long = vec![b'd'; bencode::LONGEST_INPUT + 1];
    assert_eq!(error(&long).code(), "too_long");
    assert_eq!(error(&b"d4:info".repeat(50)).code(), "nested_too_deeply");
}

#[test]
fn keys_that_matter_must_be_there_once_and_of_their_kind() {
    for (keys, code) in [
        ("6:lengthi10e", "missing_key"),
        ("4:name1:a", "missing_key"),
        ("6:lengthi10e6:lengthi10e4:name1:a", "duplicate_key"),
        ("6:lengthi10e4:name1:a4:name1:b", "duplicate_key"),
        ("6:lengthi10e4:name1:a12:piece lengthi1e", "duplicate_key"),
        ("6:length2:104:name1:a", "wrong_kind"),
        ("6:lengthi10e4:namei1e", "wrong_kind"),
        ("5:filesi1e4:name1:a", "wrong_kind"),
        ("5:filesli1ee4:name1:a", "wrong_kind"),
        ("5:filesld6:lengthi1e4:path1:aee4:name1:a", "wrong_kind"),
        ("5:filesld6:lengthi1e4:pathli1eeee4:name1:a", "wrong_kind"),
        ("5:filesld4:pathl1:aeee4:name1:a", "missing_key"),
        ("5:filesld6:lengthi1eee4:name1:a", "missing_key"),
        ("5:filesld6:lengthi1e6:lengthi2e4:pathl1:aeee4:name1:a", "duplicate_key"),
        ("6:lengthi10e4:name1:a7:private1:1", "wrong_kind"),
        ("5:filesle6:lengthi10e4:name1:a", "length_and_files"),
        ("6:lengthi010e4:name1:a", "not_bencoded"),
        ("6:lengthi-0e4:name1:a", "not_bencoded"),
    ] {
        assert_eq!(error(&torrent_of(keys)).code(), code, "{keys}");
    }
    assert_eq!(error(b"d4:infodee"), MetainfoError::Missing { key: "piece length" });
    let two_infos = b"d4:infode4:infodee";
    assert_eq!(error(two_infos), MetainfoError::NotBencoded(BencodeError::DuplicateKey { key: "info" }));
}

#[test]
fn lengths_that_cannot_be_are_refused() {
    let with = |keys: &str| error(&torrent_of(keys));
    assert_eq!(with("6:lengthi-1e4:name1:a"), MetainfoError::NegativeLength { file: 0, octets: -1 });
    assert_eq!(with("6:lengthi0e4:name1:a"), MetainfoError::Empty);
    assert_eq!(with("5:filesle4:name1:a"), MetainfoError::Empty);
    let huge = format!("6:lengthi{}e4:name1:a", i64::MAX);
    assert!(matches!(with(&huge), MetainfoError::TooManyPieces { .. }));
    let entry = entry(i64::MAX as u64, &["a"], "");
    assert_eq!(with(&format!("5:filesl{entry}{entry}e4:name1:a")), MetainfoError::TooLarge);
    for octets in [0, -16_384, (64 << 20) + 1, i64::MAX] {
        let torrent = format!("d4:infod6:lengthi10e4:name1:a12:piece lengthi{octets}e6:pieces0:ee");
        assert_eq!(error(torrent.as_bytes()), MetainfoError::PieceLength { octets });
    }
}

#[test]
fn hashes_must_be_whole_and_as_many_as_pieces() {
    let with = |length: u64, hashes: &str| {
        let pieces = text(hashes);
        let torrent = format!("d4:infod6:lengthi{length}e4:name1:a12:piece lengthi16384e6:pieces{pieces}ee");
        read(torrent.as_bytes()).map(|_| ())
    };
    assert_eq!(with(10, &"h".repeat(21)), Err(MetainfoError::BrokenHashes { octets: 21 }));
    assert_eq!(with(10, &"h".repeat(40)), Err(MetainfoError::HashCount { hashes: 2, pieces: 1 }));
    assert_eq!(with(16_385, &"h".repeat(20)), Err(MetainfoError::HashCount { hashes: 1, pieces: 2 }));
    assert_eq!(with(16_385, &"h".repeat(40)), Ok(()));
    let pieces = MOST_PIECES + 1;
    assert_eq!(with(pieces * 16_384, "x"), Err(MetainfoError::TooManyPieces { pieces }));
}

#[test]
fn a_torrent_of_version_two_is_refused_unless_it_is_one_of_version_one_as_well() {
    let tree = "9:file treed1:ad0:d6:lengthi10eeee12:meta versioni2e";
    let only = format!("d4:infod{tree}4:name1:a12:piece lengthi16384eee");
    assert_eq!(error(only.as_bytes()), MetainfoError::VersionTwoOnly);
    let hybrid = sound(&torrent_of(&format!("{tree}6:lengthi10e4:name1:a")));
    assert_eq!(codes(&hybrid), ["hybrid", "unsorted_keys"]);
    assert_eq!(hybrid.layout().total().0, 10);
}

#[test]
fn padding_is_known_by_its_attribute_or_its_path_and_is_not_reported() {
    let files = [
        entry(10, &["a"], ""),
        entry(16_374, &[".pad", "16374"], "4:attr1:p"),
        entry(10, &["b"], ""),
        entry(6, &[".pad", "6"], ""),
        entry(10, &["padding_file"], "4:attr2:xp"),
        entry(10, &[".pad", "7"], ""),
    ]
    .concat();
    let hashes = text(&"h".repeat(40));
    let torrent = format!("d4:infod5:filesl{files}e4:name1:r12:piece lengthi16384e6:pieces{hashes}ee");
    let metainfo = sound(torrent.as_bytes());
    let is_padding: Vec<bool> = metainfo.layout().files().iter().map(|file| file.is_padding).collect();
    assert_eq!(is_padding, [false, true, false, true, true, false]);
    let reported: Vec<_> = TorrentReport::of(Ok(&metainfo)).files.into_iter().map(|file| file.path).collect();
    assert_eq!(reported, ["r/a", "r/b", "r/_.pad/7"]);
    assert_eq!(codes(&metainfo), ["changed_name"], "of the file whose number is not its length");
    let only_padding = torrent_of(&format!("5:filesl{}e4:name1:r", entry(10, &["p"], "4:attr1:p")));
    assert_eq!(error(&only_padding), MetainfoError::Empty);
}

#[test]
fn padding_of_a_whole_piece_is_refused() {
    let files = [entry(10, &["a"], ""), entry(16_384, &["x"], "4:attr1:p")].concat();
    let long = torrent_of(&format!("5:filesl{files}e4:name1:r"));
    assert_eq!(error(&long), MetainfoError::LongPadding { file: 1, octets: 16_384 });
}

#[test]
fn symbolic_links_are_refused() {
    let link = entry(10, &["a"], "4:attr1:l");
    assert_eq!(
        error(&torrent_of(&format!("5:filesl{link}e4:name1:r"))),
        MetainfoError::SymbolicLink { file: 0 }
    );
    let target = entry(10, &["a"], "12:symlink pathl2:..3:etce");
    assert_eq!(
        error(&torrent_of(&format!("5:filesl{target}e4:name1:r"))),
        MetainfoError::SymbolicLink { file: 0 }
    );
    assert_eq!(error(&torrent_of("4:attr1:l6:lengthi10e4:name1:r")), MetainfoError::SymbolicLink { file: 0 });
}

#[test]
fn what_is_odd_but_harmless_is_noted() {
    let trailing = [torrent_of("6:lengthi10e4:name1:a"), b"\r\n".to_vec()].concat();
    assert_eq!(sound(&trailing).notes, [Note::TrailingOctets { count: 2 }]);
    assert_eq!(codes(&sound(&torrent_of("4:name1:a6:lengthi10e"))), ["unsorted_keys"]);
    let odd = format!("d4:infod6:lengthi10e4:name1:a12:piece lengthi10e6:pieces{}ee", text(&"h".repeat(20)));
    assert_eq!(sound(odd.as_bytes()).notes, [Note::UnusualPieceLength { octets: 10 }]);
    assert!(sound(&torrent_of("6:lengthi10e4:name1:a7:privatei7e")).is_private);
    assert!(!sound(&torrent_of("6:lengthi10e4:name1:a7:privatei0e")).is_private);
    let verdict = |octets: &[u8]| TorrentReport::of(Ok(&sound(octets))).verdict;
    assert_eq!(verdict(&trailing), TorrentVerdict::Deviant);
    assert_eq!(verdict(odd.as_bytes()), TorrentVerdict::Valid);
}

#[test]
fn more_pieces_than_can_be_shared_are_noted() {
    let hashes = "h".repeat(20 * 131_901);
    let length = 131_901u64 * 16_384;
    let torrent =
        format!("d4:infod6:lengthi{length}e4:name1:a12:piece lengthi16384e6:pieces{}ee", text(&hashes));
    assert_eq!(sound(torrent.as_bytes()).notes, [Note::CannotBeSharedOn { pieces: 131_901 }]);
}

#[test]
fn a_report_on_what_cannot_be_used_says_why_and_nothing_else() {
    let report = TorrentReport::of(Err(&MetainfoError::Empty));
    assert_eq!(report.verdict, TorrentVerdict::Invalid);
    let json = serde_json::to_value(&report).expect("it is plain data");
    assert_eq!(json["problems"][0]["code"], "empty");
    assert_eq!((&json["kind"], &json["info_hash"]), (&"torrent".into(), &serde_json::Value::Null));
}

#[test]
fn a_long_name_is_not_made_safe_for_every_file_anew() {
    let name = text(&"n".repeat(1 << 20));
    let files = entry(1, &["a"], "").repeat(16_384);
    let begin = Instant::now();
    let metainfo = sound(&torrent_of(&format!("5:filesl{files}e4:name{name}")));
    assert_eq!(metainfo.layout().files().len(), 16_384);
    assert!(metainfo.notes.len() < 110, "a hundred of a kind");
    assert!(begin.elapsed().as_secs() < 10, "it took {:?}", begin.elapsed());
}

#[test]
fn more_files_than_are_read_are_refused() {
    let files = entry(0, &["a"], "").repeat(MOST_FILES + 1);
    assert_eq!(error(&torrent_of(&format!("5:filesl{files}e4:name1:r"))), MetainfoError::TooManyFiles);
}

#[test]
fn damaged_torrents_never_panic_and_what_is_read_agrees() {
    let around = b"d8:announce16:http://t/announce13:announce-listll16:http://t/announceel9:udp://t:1ee7:comment3:abc13:creation datei1e8:url-listl8:http://hee".to_vec();
    let seeds = [
        torrent_of("6:lengthi10e4:name6:a.grib"),
        folder_of(&[(10, &["a", "b.grib"]), (16_374, &[".pad", "16374"]), (20_000, &["..", "CON"])]),
        [&around[..around.len() - 1], &torrent_of("4:name3:a:b6:lengthi10e")[1..]].concat(),
    ];
    mutate(&seeds, |octets| {
        let result = read(octets);
        let _ = TorrentReport::of(result.as_ref());
        let Ok(metainfo) = result else { return };
        let layout = metainfo.layout();
        assert_eq!(metainfo.hashes().len(), layout.pieces() as usize);
        assert!(layout.total().0 > 0 && metainfo.trackers.len() <= MOST_TRACKERS);
        for file in layout.files() {
            assert!(
                file.path.components().iter().all(|c| !c.starts_with('.') && !c.contains(['/', '\\', ':']))
            );
        }
        assert!(read(&metainfo.bytes_without_trackers()).is_ok());
    });
}
