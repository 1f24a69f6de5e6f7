//! What is new to a wish, and when the next hour is due.

use super::*;
use crate::app::follow::notes::{FileNote, NoteState};
use crate::catalog::asked::Reply;
use crate::catalog::keys::Keys;
use crate::catalog::listing::{ListedFile, Size};
use crate::catalog::provider::read::read_provider;
use crate::catalog::provider::{FileOrigin, ProviderBook, ProviderFile};
use crate::catalog::template::Values;
use crate::domain::octets::ByteCount;
use std::sync::Arc;

pub(crate) fn time(text: &str) -> UtcTime {
    UtcTime::parse_rfc3339(text).expect("a time")
}

/// Runs at 0 and 12, hours 0 to 6 of the packages SP1 and SP2.
const PROVIDER: &str = r#"format = 1
name = { en = "A", fr = "A" }
licence = { name = "CC0", attribution = { en = "A", fr = "A" } }
politeness = { connections = 2 }
standing = { documented_on = "2026-11-20" }
[[dataset]]
id = "model"
title = { en = "M", fr = "M" }
cycles = [{ hours = [0, 12], leads = "0..6" }]
first_after = "1h"
complete_after = "2h"
retention = "3d"
packages = ["SP1", "SP2"]
file = "https://a.example/{run:%Y%m%d%H}/{package}_{lead:hh}.grib2""#;

pub(crate) fn a_dataset() -> Arc<Dataset> {
    read_provider("a.toml", PROVIDER).expect("a provider").datasets[0].clone()
}

/// What is known, with that dataset.
pub(crate) fn a_provider_book() -> ProviderBook {
    let origin = FileOrigin::Own("a.toml".to_owned());
    ProviderBook::read([ProviderFile { name: "a.toml".to_owned(), text: PROVIDER.to_owned(), origin }])
}

pub(crate) fn a_book(dataset: &Dataset, files: &[&str]) -> EntryBook {
    let row = |file: &&str| ListedFile {
        address: format!("https://a.example/{file}").parse().expect("an address"),
        size: Size::Exact(ByteCount(10)),
        changed: None,
        keys: Keys::default(),
    };
    let rows: Vec<ListedFile> = files.iter().map(row).collect();
    let mut book = EntryBook::default();
    assert_eq!(book.add(dataset, &rows, time("2026-11-20T20:00:00Z")), 0);
    book
}

/// These lead times of SP1; of all packages when a test says so.
pub(crate) fn a_wish(lead: Option<&str>) -> FollowWish {
    FollowWish {
        id: "a/model".to_owned(),
        lead: lead.map(str::to_owned),
        packages: vec!["SP1".to_owned()],
        ..FollowWish::default()
    }
}

fn offered<T>(wish: &FollowWish, files: &[&str], look: impl FnOnce(&Offer<'_>) -> T) -> T {
    let dataset = a_dataset();
    let book = a_book(&dataset, files);
    let now = Now::Steady(time("2026-11-20T13:20:00Z"));
    let added = time("2026-11-20T13:00:00Z");
    look(&Offer::new((wish, added), (&dataset, &book), now).expect("a wish that is read"))
}

fn new_hours(wish: &FollowWish, files: &[&str], notes: &FollowNotes) -> Vec<NewHour> {
    offered(wish, files, |offer| offer.new_hours(notes).expect("a wish that is read"))
}

fn note(key: &str) -> FollowNotes {
    let run = time("2026-11-20T12:00:00Z");
    [FileNote::new((key.to_owned(), run), NoteState::Here, run)].into_iter().collect()
}

#[test]
fn new_hours_are_those_wished_published_and_not_fetched_before() {
    let files = [
        "2026111912/SP1_00.grib2",
        "2026112012/SP1_00.grib2",
        "2026112012/SP1_01.grib2",
        "2026112012/SP1_02.grib2",
        "2026112012/SP2_00.grib2",
    ];
    let known = note("2026-11-20T12:00:00Z 0 min SP1");
    let found = new_hours(&a_wish(Some("0..1")), &files, &known);
    let [NewHour { key, wanted }] = &found[..] else { panic!("one is new: {found:?}") };
    assert_eq!(key, "2026-11-20T12:00:00Z 60 min SP1");
    assert_eq!(wanted.request.targets, ["a/model/SP1"]);
    assert_eq!(wanted.request.run, Some(RunWish::At(time("2026-11-20T12:00:00Z"))));
    assert_eq!(
        (wanted.subject.lead, wanted.subject.package.as_deref()),
        (LeadTime::from_hours(1), Some("SP1"))
    );
}

#[test]
fn each_package_is_fetched_when_it_appears_and_keeps_no_other_waiting() {
    let wish = FollowWish { packages: vec!["SP1".to_owned(), "SP2".to_owned()], ..a_wish(Some("3")) };
    let files = ["2026112012/SP2_03.grib2"];
    let found = new_hours(&wish, &files, &FollowNotes::default());
    let keys: Vec<&str> = found.iter().map(|hour| hour.key.as_str()).collect();
    assert_eq!(keys, ["2026-11-20T12:00:00Z 180 min SP2"]);
    let due = offered(&wish, &files, |offer| offer.next_due()).expect("SP1 is due");
    assert!(due > time("2026-11-20T13:00:00Z") && due < time("2026-11-20T14:00:00Z"), "{due}");
}

#[test]
fn when_a_run_is_all_there_the_next_hour_due_is_one_of_the_next_run() {
    let wish = FollowWish { packages: Vec::new(), ..a_wish(Some("3")) };
    let one = ["2026112012/SP2_03.grib2"];
    let due = offered(&wish, &one, |offer| offer.next_due()).expect("SP1 is due");
    assert!(due < time("2026-11-20T14:00:00Z"), "{due}");
    let both = ["2026112012/SP1_03.grib2", "2026112012/SP2_03.grib2"];
    let due = offered(&wish, &both, |offer| offer.next_due()).expect("the next run is known");
    assert!(due > time("2026-11-21T01:00:00Z") && due < time("2026-11-21T02:00:00Z"), "{due}");
}

#[test]
fn the_next_run_is_due_also_where_only_runs_that_have_started_were_asked_for() {
    let dataset = a_dataset();
    let mut book = a_book(&dataset, &["2026112012/SP1_03.grib2"]);
    let run = book.runs()[0];
    book.asked.note(Values::default().of_run(run), Reply::Read);
    let (wish, now) = (a_wish(Some("3")), time("2026-11-20T13:20:00Z"));
    let offer = Offer::new((&wish, now), (&dataset, &book), Now::Steady(now)).expect("a wish that is read");
    let due = offer.next_due().expect("the next run is known");
    assert!(due > time("2026-11-21T01:00:00Z") && due < time("2026-11-21T02:00:00Z"), "{due}");
}

#[test]
fn the_next_run_is_due_also_where_a_run_is_kept_for_a_few_hours_only() {
    let text = PROVIDER.replace("\"3d\"", "\"4h\"");
    let dataset = read_provider("a.toml", &text).expect("a provider").datasets[0].clone();
    let (wish, now) = (a_wish(Some("3")), time("2026-11-20T13:20:00Z"));
    let book = a_book(&dataset, &["2026112012/SP1_03.grib2"]);
    let offer = Offer::new((&wish, now), (&dataset, &book), Now::Steady(now)).expect("a wish that is read");
    let due = offer.next_due().expect("the next run is known");
    assert!(due > time("2026-11-21T01:00:00Z") && due < time("2026-11-21T02:00:00Z"), "{due}");
}

#[test]
fn files_that_are_wished_have_the_keys_by_which_earlier_versions_noted_them() {
    let files = ["2026111912/SP1_00.grib2", "2026112012/SP1_01.grib2", "2026112012/SP2_01.grib2"];
    let found = offered(&a_wish(Some("0..1")), &files, |offer| offer.files(&offer.table()));
    let keys: Vec<&str> = found.iter().map(|file| file.key.as_str()).collect();
    assert_eq!(keys, ["2026-11-20T12:00:00Z 60-60 min SP1"], "a run of the day before is too old");
}

#[test]
fn a_wish_that_cannot_be_read_is_refused_by_its_part() {
    let (dataset, wish) = (a_dataset(), a_wish(Some("soon")));
    let book = a_book(&dataset, &[]);
    let at = time("2026-11-20T13:20:00Z");
    let refused = Offer::new((&wish, at), (&dataset, &book), Now::Steady(at));
    assert_eq!(refused.err().as_deref(), Some("soon"));
}
