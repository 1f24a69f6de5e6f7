//! What rule nuee-1 fixes, and what it refuses.

use super::*;
use crate::catalog::metainfo::{self, Metainfo, report::TorrentReport, report::TorrentVerdict};
use crate::catalog::tracker::TrackerUrl;
use crate::domain::integrity::{Digest, DigestAlgorithm};
use crate::domain::torrent::PieceHashes;
use crate::domain::utc::UtcTime;
use url::Url;

/// Names and octets of files.
type Files = Vec<(String, Vec<u8>)>;

fn octets(seed: usize, count: usize) -> Vec<u8> {
    (0..count).map(|i| ((i * i + i / 251 + seed) % 256) as u8).collect()
}

fn a_run() -> Files {
    let file = |name: &str, octets| (name.to_owned(), octets);
    vec![
        file("b.grib2", octets(2, 70_000)),
        file("a/06:00.grib2", octets(3, 65_536)),
        file("a.grib2", octets(4, 100)),
        file("z.txt", Vec::new()),
        file("c.grib2", octets(5, 131_072)),
    ]
}

fn handed_over(files: &Files) -> Vec<FileToPublish> {
    let path = |name: &String| name.split('/').map(str::to_owned).collect();
    files
        .iter()
        .map(|(name, octets)| FileToPublish { path: path(name), length: octets.len() as u64 })
        .collect()
}

fn a_folder() -> OfferShape {
    OfferShape::Folder { name: "run 06".to_owned() }
}

fn plan(shape: OfferShape, files: &Files) -> CanonicalPlan {
    CanonicalPlan::new(shape, &handed_over(files)).expect("a sound offer")
}

/// Feeds the files in portions of `portion` octets.
fn hashes(plan: &CanonicalPlan, files: &Files, portion: usize) -> PieceHashes {
    let mut hasher = PieceHasher::new(plan);
    for file in plan.order() {
        for octets in files[file.given].1.chunks(portion) {
            hasher.update(octets).expect("no more than was planned");
        }
        hasher.next_file().expect("no less than was planned");
    }
    hasher.finish().expect("every file was read")
}

fn torrent(shape: OfferShape, files: &Files) -> Metainfo {
    let plan = plan(shape, files);
    let hashes = hashes(&plan, files, 10_007);
    let written = write_torrent(&plan, &hashes, &Extras::default()).expect("a torrent");
    metainfo::read(&written).expect("our own torrents are sound")
}

fn refusal(shape: OfferShape, names: &[&str]) -> PublishError {
    let files = names.iter().map(|name| ((*name).to_owned(), vec![1])).collect();
    CanonicalPlan::new(shape, &handed_over(&files)).expect_err("it should be refused")
}

#[test]
fn the_piece_length_follows_from_the_total() {
    let table = [
        (1, 64 << 10),
        (32 << 20, 64 << 10),
        ((32 << 20) + 1, 128 << 10),
        (128 << 20, 128 << 10),
        ((128 << 20) + 1, 256 << 10),
        (1 << 30, 256 << 10),
        ((1 << 30) + 1, 512 << 10),
        (2 << 30, 512 << 10),
        ((2 << 30) + 1, 1 << 20),
        (8 << 30, 1 << 20),
        ((8 << 30) + 1, 4 << 20),
        (u64::MAX, 4 << 20),
    ];
    for (total, length) in table {
        assert_eq!(piece_length_for(total), length, "{total}");
    }
}

#[test]
fn the_same_bytes_have_the_info_hash_that_another_program_computes_by_the_rule() {
    // Computed by thirty lines of Python that share nothing with this program but the rule.
    let single = vec![("AROME_06:00.grib2".to_owned(), octets(1, 200_000))];
    assert_eq!(
        torrent(OfferShape::SingleFile, &single).info_hash().hex(),
        "dd143887a9a7c4d3efd6624e68ebe2859c42226c"
    );
    assert_eq!(torrent(a_folder(), &a_run()).info_hash().hex(), "f4f70f1c9a5b25cd35b262333c38d18b8768b3de");
}

#[test]
fn files_are_sorted_by_path_and_each_begins_a_piece() {
    let plan = plan(a_folder(), &a_run());
    let files: Vec<(String, u64, u64)> =
        plan.layout().files().iter().map(|f| (f.published.join("/"), f.start, f.length.0)).collect();
    let expected = [
        ("a.grib2", 0, 100),
        (".pad/65436", 100, 65_436),
        ("a/06_00.grib2", 65_536, 65_536),
        ("b.grib2", 131_072, 70_000),
        (".pad/61072", 201_072, 61_072),
        ("c.grib2", 262_144, 131_072),
        ("z.txt", 393_216, 0),
    ];
    assert_eq!(files, expected.map(|(name, start, length)| (name.to_owned(), start, length)));
    let given: Vec<usize> = plan.order().iter().map(|file| file.given).collect();
    assert_eq!(given, [2, 1, 0, 4, 3]);
}

#[test]
fn no_padding_stands_before_the_first_file_nor_after_the_last() {
    let files = vec![("a".to_owned(), Vec::new()), ("b".to_owned(), vec![1]), ("c".to_owned(), Vec::new())];
    let plan = plan(a_folder(), &files);
    assert!(plan.layout().files().iter().all(|file| !file.is_padding));
    assert_eq!(plan.layout().total().0, 1);
}

#[test]
fn the_info_hash_does_not_depend_on_the_order_in_which_files_are_given() {
    let mut random = fastrand::Rng::with_seed(1);
    for _ in 0..50 {
        let name = |n: usize| format!("{}{}/{n}", ["a", "b:", "é"][n % 3], ["", ".d", "-"][n % 2]);
        let mut files: Files =
            (0..random.usize(1..12)).map(|n| (name(n), octets(n, random.usize(1..150_000)))).collect();
        let one = torrent(a_folder(), &files).info_hash();
        random.shuffle(&mut files);
        assert_eq!(torrent(a_folder(), &files).info_hash(), one);
    }
}

#[test]
fn extras_do_not_change_the_info_hash_and_come_back_as_they_were_given() {
    let plan = plan(a_folder(), &a_run());
    let hashes = hashes(&plan, &a_run(), 4_096);
    let url = |text| Url::parse(text).expect("a URL");
    let tracker = |text| TrackerUrl::parse(text).expect("a tracker");
    let extras = Extras {
        trackers: vec![
            vec![tracker("udp://t.example:6969/announce"), tracker("http://u.example/announce")],
            vec![tracker("http://v.example/announce")],
        ],
        web_seeds: vec![url("http://w.example/data"), url("http://w.example/data/")],
        comment: Some("DEMO".to_owned()),
        created_by: Some("nuee".to_owned()),
        created_at: UtcTime::from_unix_seconds(1_700_000_000),
    };
    let written = write_torrent(&plan, &hashes, &extras).expect("a torrent");
    let read = metainfo::read(&written).expect("our own torrents are sound");
    assert_eq!(read.info_hash(), torrent(a_folder(), &a_run()).info_hash());
    assert_eq!(read.trackers, extras.trackers);
    let seeds: Vec<_> = read.web_seeds.iter().map(|seed| seed.base().to_string()).collect();
    assert_eq!(seeds, ["http://w.example/data/"], "with a slash, once");
    assert_eq!((read.comment, read.created_by), (extras.comment, extras.created_by));
    assert_eq!(read.created_at, extras.created_at);
    assert_eq!(read.notes, [], "nothing about it is odd");
}

#[test]
fn what_a_reader_finds_is_what_was_planned() {
    let plan = plan(a_folder(), &a_run());
    let read = torrent(a_folder(), &a_run());
    assert_eq!(read.layout(), plan.layout());
    assert_eq!(TorrentReport::of(Ok(&read)).verdict, TorrentVerdict::Valid);
    let single = vec![("a.grib2".to_owned(), vec![7; 10])];
    let read = torrent(OfferShape::SingleFile, &single);
    assert!(read.layout().is_single_file() && read.layout().name == "a.grib2");
    assert!(!torrent(a_folder(), &single).layout().is_single_file(), "a folder of one file stays a folder");
}

#[test]
fn pieces_hashed_in_any_order_are_those_hashed_in_a_row() {
    let files = a_run();
    let plan = plan(a_folder(), &files);
    let hash = |piece: u32| -> Option<[u8; 20]> {
        let content = plan.piece_content(piece)?;
        let octets = &files[plan.order()[content.file].given].1;
        let mut piece = octets[content.range.start() as usize..content.range.end() as usize].to_vec();
        piece.resize(piece.len() + content.zeros as usize, 0);
        Digest::of(DigestAlgorithm::Sha1, &piece).octets().try_into().ok()
    };
    let apart: Vec<[u8; 20]> =
        (0..plan.layout().pieces()).map(|piece| hash(piece).expect("a piece")).collect();
    assert_eq!(PieceHashes::new(apart), hashes(&plan, &files, 1 << 20));
    assert_eq!(plan.piece_content(plan.layout().pieces()), None);
}

#[test]
fn a_file_that_changes_while_it_is_read_is_noticed() {
    let files = vec![("a".to_owned(), vec![1; 10]), ("b".to_owned(), vec![2; 10])];
    let plan = plan(a_folder(), &files);
    let mut hasher = PieceHasher::new(&plan);
    let grew = PublishError::FileGrew { path: "a".to_owned(), length: 10 };
    assert_eq!(hasher.update(&[1; 11]), Err(grew));
    hasher.update(&[1; 9]).expect("nine of ten");
    let shrank = |path: &str, read| PublishError::FileShrank { path: path.to_owned(), length: 10, read };
    assert_eq!(hasher.next_file(), Err(shrank("a", 9)));
    hasher.update(&[1]).expect("the tenth");
    assert_eq!(hasher.finish(), Err(shrank("b", 0)));
    let missing = PieceHashes::new(vec![[0; 20]]);
    let count = PublishError::HashCount { hashes: 1, pieces: 2 };
    assert_eq!(write_torrent(&plan, &missing, &Extras::default()), Err(count));
}

#[test]
fn names_that_could_not_be_received_everywhere_are_refused() {
    for (name, fault) in [
        ("", NameFault::Empty),
        ("a//b", NameFault::Empty),
        ("./a", NameFault::Step),
        ("a/../b", NameFault::Step),
        ("a\\b", NameFault::Separator),
        ("a\0b", NameFault::Invisible),
        ("a\u{202E}b", NameFault::Invisible),
        (".pad/7", NameFault::Padding),
    ] {
        let refused = refusal(a_folder(), &[name]);
        assert!(
            matches!(&refused, PublishError::UnfitName { fault: found, .. } if *found == fault),
            "{name:?} gave {refused:?}"
        );
    }
    let long = "x".repeat(256);
    let deep = vec!["d"; 32].join("/");
    for (name, fault) in [(long, NameFault::TooLong), (deep, NameFault::TooDeep)] {
        let refused = refusal(a_folder(), &[&name]);
        assert!(matches!(refused, PublishError::UnfitName { fault: found, .. } if found == fault));
    }
    let slash = OfferShape::Folder { name: "a/b".to_owned() };
    assert!(matches!(refusal(slash, &["a"]), PublishError::UnfitName { fault: NameFault::Separator, .. }));
    let nameless = [FileToPublish { path: Vec::new(), length: 1 }];
    assert!(matches!(CanonicalPlan::new(a_folder(), &nameless), Err(PublishError::UnfitName { .. })));
}

#[test]
fn two_files_that_are_one_on_some_system_are_refused() {
    for names in [
        ["A.grib2", "a.grib2"],
        ["06:00", "06_00"],
        ["é", "e\u{301}"],
        ["d", "d/x"],
        ["D/x", "d"],
        ["a?", "a*"],
    ] {
        assert!(matches!(refusal(a_folder(), &names), PublishError::Twins { .. }), "{names:?}");
    }
}

#[test]
fn an_offer_of_nothing_or_of_too_much_is_refused() {
    let nothing = |shape, files: &[FileToPublish]| CanonicalPlan::new(shape, files).err();
    assert_eq!(nothing(a_folder(), &[]), Some(PublishError::Nothing));
    let empty = FileToPublish { path: vec!["a".to_owned()], length: 0 };
    assert_eq!(nothing(OfferShape::SingleFile, &[empty]), Some(PublishError::Nothing));
    assert_eq!(refusal(OfferShape::SingleFile, &["a", "b"]), PublishError::NotOneFile { files: 2 });
    assert_eq!(refusal(OfferShape::SingleFile, &["a/b"]), PublishError::NotOneFile { files: 1 });
    for length in [8 << 40, u64::MAX] {
        let huge = |n: usize| FileToPublish { path: vec![n.to_string()], length };
        assert_eq!(nothing(a_folder(), &[huge(0), huge(1)]), Some(PublishError::TooLarge));
    }
    let many: Vec<_> = (0..60_000).map(|n| FileToPublish { path: vec![n.to_string()], length: 1 }).collect();
    assert_eq!(nothing(a_folder(), &many), Some(PublishError::TooManyFiles), "with padding they are 119,999");
}

#[test]
fn no_secret_is_written_and_what_was_withheld_is_named() {
    let files = vec![("a.grib2".to_owned(), vec![7; 10])];
    let plan = plan(OfferShape::SingleFile, &files);
    let hashes = hashes(&plan, &files, 10);
    let tracker = |text| TrackerUrl::parse(text).expect("a tracker");
    let extras = Extras {
        trackers: vec![vec![tracker("http://t/a?passkey=pl4nted")], vec![tracker("http://u/announce")]],
        web_seeds: vec![
            Url::parse("http://u:pl4nted@h/").expect("a URL"),
            Url::parse("http://h/get?token=pl4nted").expect("a URL"),
            Url::parse("http://h/get?model=AROME").expect("a URL"),
        ],
        ..Extras::default()
    };
    let written = write_torrent(&plan, &hashes, &extras).expect("a torrent");
    assert!(!String::from_utf8_lossy(&written).contains("pl4nted"));
    let read = metainfo::read(&written).expect("sound");
    assert_eq!(read.trackers, [[tracker("http://u/announce")]]);
    assert_eq!(read.web_seeds.len(), 1);
    let magnet = magnet_for(&plan, &hashes, &extras).expect("a magnet").to_uri();
    let expected = format!(
        "magnet:?xt=urn:btih:{}&dn=a.grib2&tr=http://u/announce&ws=http://h/get%3Fmodel%3DAROME",
        read.info_hash().hex()
    );
    assert_eq!(magnet, expected);
    let withheld = extras.withheld();
    assert_eq!(withheld, ["http://t/a?passkey=***", "http://***@h/", "http://h/get?token=***"]);
}

#[test]
fn a_web_seed_that_cannot_name_several_files_is_refused() {
    let plan = plan(a_folder(), &a_run());
    let hashes = hashes(&plan, &a_run(), 4_096);
    let web_seeds = vec![Url::parse("http://h/get?model=AROME").expect("a URL")];
    let refused = write_torrent(&plan, &hashes, &Extras { web_seeds, ..Extras::default() });
    assert!(matches!(refused, Err(PublishError::WebSeed(_))));
}
