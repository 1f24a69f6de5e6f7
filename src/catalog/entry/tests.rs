//! Rows of listings, put together to files.

use super::*;
use crate::catalog::keys::Keys;
use crate::catalog::provider::read::read_provider;
use crate::domain::octets::ByteCount;
use std::sync::Arc;

fn a_dataset(more: &str) -> Arc<Dataset> {
    let text = format!(
        r#"format = 1
name = {{ en = "A", fr = "A" }}
licence = {{ name = "CC0", attribution = {{ en = "A", fr = "A" }} }}
politeness = {{ connections = 2 }}
standing = {{ documented_on = "2026-11-20" }}
[[dataset]]
id = "model"
title = {{ en = "M", fr = "M" }}
{more}"#
    );
    read_provider("a.toml", &text).expect("a provider").datasets[0].clone()
}

fn with_patterns() -> Arc<Dataset> {
    a_dataset(
        r#"packages = ["SP1"]
cycles = [{ hours = [6], leads = "0..24" }]
file = "https://a.example/{run:%Y%m%d%H}/{package}_{lead:hh}_{run:%Y%m%d%H}.grib2"
index = "{file}.index"
torrent = "{file}.torrent"
mirrors = ["https://m.example/{run:%Y%m%d%H}/{package}_{lead:hh}.grib2"]"#,
    )
}

fn row(address: &str) -> ListedFile {
    ListedFile {
        address: address.parse().expect("an address"),
        size: Size::Exact(ByteCount(7)),
        changed: UtcTime::parse_rfc3339("2026-11-20T08:00:00Z"),
        keys: Keys::default(),
    }
}

fn now() -> UtcTime {
    UtcTime::parse_rfc3339("2026-11-20T09:00:00Z").expect("a time")
}

const BASE: &str = "https://a.example/2026112006/SP1_07_2026112006.grib2";

#[test]
fn a_torrent_a_classic_address_and_a_mirror_are_roads_to_one_entry() {
    let dataset = with_patterns();
    let mut book = EntryBook::default();
    let rows = [
        row(BASE),
        row(&format!("{BASE}.torrent")),
        row(&format!("{BASE}.index")),
        row("https://m.example/2026112006/SP1_07.grib2"),
        row("https://a.example/2026112006/README.txt"),
    ];
    assert_eq!(book.add(&dataset, &rows, now()), 1, "one row is of nothing that is offered");
    let entries: Vec<&Entry> = book.iter().collect();
    let [entry] = entries[..] else { panic!("one entry, not {}", entries.len()) };
    let roads = entry.roads(&dataset);
    assert_eq!(roads.torrent.map(String::from), Some(format!("{BASE}.torrent")));
    assert_eq!(roads.classic.map(String::from).as_deref(), Some(BASE));
    assert_eq!(roads.mirrors.len(), 1);
    assert_eq!(entry.name(&dataset), "SP1_07_2026112006.grib2");
    assert_eq!(entry.size, Size::Exact(ByteCount(7)));
}

#[test]
fn an_index_alone_is_no_file_and_a_torrent_that_was_not_seen_is_no_road() {
    let dataset = with_patterns();
    let mut book = EntryBook::default();
    book.add(&dataset, &[row(&format!("{BASE}.index"))], now());
    assert!(!book.iter().any(Entry::is_there));
    book.add(&dataset, &[row(BASE)], now());
    let entry = book.iter().next().expect("an entry");
    assert!(entry.is_there());
    assert_eq!(entry.roads(&dataset).torrent, None);
}

#[test]
fn a_torrent_on_another_host_is_known_by_its_name() {
    let dataset = with_patterns();
    let mut book = EntryBook::default();
    let elsewhere = "https://t.example/x/SP1_07_2026112006.grib2.torrent";
    book.add(&dataset, &[row(BASE), row(elsewhere)], now());
    assert_eq!(book.len(), 1);
    let roads = book.iter().next().expect("an entry").roads(&dataset);
    assert_eq!(roads.torrent.map(String::from).as_deref(), Some(elsewhere));
}

#[test]
fn the_time_of_a_server_whose_clock_is_wrong_is_not_believed() {
    let dataset = with_patterns();
    for changed in ["2026-11-20T05:00:00Z", "2031-01-01T00:00:00Z"] {
        let mut book = EntryBook::default();
        let row = ListedFile { changed: UtcTime::parse_rfc3339(changed), ..row(BASE) };
        book.add(&dataset, &[row], now());
        assert_eq!(book.iter().next().and_then(|entry| entry.published), None, "{changed}");
    }
}

#[test]
fn without_patterns_names_tell_and_what_has_no_run_is_a_table_with_filters() {
    let dataset = a_dataset("");
    let mut book = EntryBook::default();
    let with_keys = |address: &str, area: &str| {
        let keys = Keys::from_iter([("area", area), ("type", "IR")]);
        ListedFile { keys, ..row(address) }
    };
    book.add(
        &dataset,
        &[
            row("https://t.example/AROME_0.01_HP1_07H_201704290600.grib2.torrent"),
            with_keys("https://t.example/w.png", "World"),
            with_keys("https://t.example/e.png", "Europe"),
        ],
        now(),
    );
    let timed = book.iter().last().expect("an entry");
    assert_eq!(timed.values.run, UtcTime::parse_rfc3339("2017-04-29T06:00:00Z"));
    assert_eq!(timed.leads().map(|(first, _)| first.minutes()), Some(420));
    assert_eq!(book.table().count(), 2);
    assert_eq!(book.filters().get("area").map(Vec::len), Some(2));
    assert!(!book.filters().contains_key("type"), "one value filters nothing");
}

#[test]
fn what_a_whole_listing_no_longer_has_is_withdrawn_and_a_cut_one_takes_nothing_away() {
    let dataset = with_patterns();
    let before = [row(BASE), row("https://a.example/2026112006/SP1_08_2026112006.grib2")];
    let after = |wholeness| Listing { rows: before[..1].to_vec(), wholeness, ..Listing::default() };
    assert_eq!(gone(&before, &after(Wholeness::Cut)), []);
    let lost = gone(&before, &after(Wholeness::Whole));
    assert_eq!(lost, before[1..]);
    let mut book = EntryBook::default();
    book.add_withdrawn(&dataset, &[(lost[0].clone(), now()), (before[0].clone(), now())]);
    book.add(&dataset, &before[..1], now());
    let states: Vec<bool> = book.iter().map(Entry::is_there).collect();
    assert_eq!(states, [true, false], "what is listed again is there");
}

#[test]
fn a_file_without_a_run_is_meant_by_one_key_by_several_and_by_its_own_pattern() {
    let dataset = a_dataset("");
    let mut book = EntryBook::default();
    let rows = ["oslofjord", "skagerrak"].map(|area| {
        let keys = Keys::from_iter([("area", area), ("content", "waves")]);
        ListedFile { keys, ..row(&format!("https://b.example/{area}.grb")) }
    });
    book.add(&dataset, &rows, now());
    let meant = |words: &str| book.table().filter(|entry| entry.is_meant_by(words)).count();
    assert_eq!((meant("*"), meant("waves"), meant("content=wav*"), meant("tides")), (2, 2, 2, 0));
    assert_eq!((meant("area=oslo*&content=waves"), meant("area=oslofjord&content=tides")), (1, 0));
    for entry in book.table() {
        assert_eq!(meant(&entry.pattern()), 1, "{}", entry.pattern());
    }
}
