//! What the table of runs and hours says as a run appears.

use super::choice::{NoRun, RunWish};
use super::*;
use crate::catalog::keys::Keys;
use crate::catalog::listing::ListedFile;
use crate::catalog::provider::read::read_provider;
use crate::domain::lead_time::LeadSelection;
use std::sync::Arc;

/// Runs at 0 and 12, hours 0 to 6; first file after 60 minutes, last after 120, in the form that `more` gives.
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
cycles = [{{ hours = [0, 12], leads = "0..6" }}]
first_after = "1h"
complete_after = "2h"
retention = "3d"
start_lacks = ["tp"]
{more}"#
    );
    read_provider("a.toml", &text).expect("a provider").datasets[0].clone()
}

fn by_hour() -> Arc<Dataset> {
    a_dataset("packages = [\"SP1\"]\nfile = \"https://a.example/{run:%Y%m%d%H}/{package}_{lead:hh}.grib2\"")
}

fn time(text: &str) -> UtcTime {
    UtcTime::parse_rfc3339(text).expect("a time")
}

fn row(address: &str, changed: &str) -> ListedFile {
    ListedFile {
        address: format!("https://a.example/{address}").parse().expect("an address"),
        size: Size::Exact(ByteCount(10)),
        changed: UtcTime::parse_rfc3339(changed),
        keys: Keys::default(),
    }
}

fn book(dataset: &Dataset, rows: &[&str]) -> EntryBook {
    let rows: Vec<ListedFile> = rows.iter().map(|address| row(address, "")).collect();
    let mut book = EntryBook::default();
    assert_eq!(book.add(dataset, &rows, time("2026-11-20T20:00:00Z")), 0);
    book
}

/// A row as one character a lead time: `#` published, `.` expected, `~` late, `x` missing, `-` withdrawn, ` ` none.
fn drawn(row: &RunRow) -> String {
    let mark = |cell: &Option<Cell>| match cell.map(|cell| cell.state) {
        None => ' ',
        Some(CellState::Published) => '#',
        Some(CellState::Expected { .. }) => '.',
        Some(CellState::Late { .. }) => '~',
        Some(CellState::Missing) => 'x',
        Some(CellState::Withdrawn { .. }) => '-',
        Some(CellState::Unknown { .. }) => '?',
    };
    row.cells.iter().map(mark).collect()
}

fn table(dataset: &Dataset, book: &EntryBook, now: &str) -> Vec<String> {
    let hours = hours(dataset, book, &[], Now::Steady(time(now)), 3);
    hours.rows.iter().map(|row| format!("{:02} {}", row.run.civil().hour(), drawn(row))).collect()
}

#[test]
fn a_run_fills_up_and_what_lacks_becomes_late_and_then_missing() {
    let dataset = by_hour();
    let files = ["2026112012/SP1_00.grib2", "2026112012/SP1_01.grib2", "2026112012/SP1_03.grib2"];
    let book = book(&dataset, &files);
    let newest = |now: &str| table(&dataset, &book, now)[0].clone();
    assert_eq!(newest("2026-11-20T13:15:00Z"), "12 ##.#...");
    assert_eq!(newest("2026-11-20T13:35:00Z"), "12 ##~#...", "hour 2 was due at 13:20");
    assert_eq!(newest("2026-11-20T14:30:00Z"), "12 ##~#~~~");
    assert_eq!(
        newest("2026-11-20T15:00:00Z"),
        "12 ##x#xxx",
        "an hour after the run should have been complete"
    );
}

#[test]
fn nothing_is_called_late_while_the_clock_cannot_be_relied_on() {
    let dataset = by_hour();
    let just_set = Now::JustSet(time("2026-11-20T23:00:00Z"));
    let hours = hours(&dataset, &EntryBook::default(), &[], just_set, 1);
    assert_eq!(drawn(&hours.rows[0]), ".......");
}

#[test]
fn a_run_that_has_started_is_in_the_table_before_its_first_file() {
    let dataset = by_hour();
    let hours = hours(&dataset, &EntryBook::default(), &[], Now::Steady(time("2026-11-20T12:05:00Z")), 2);
    assert_eq!(drawn(&hours.rows[0]), ".......");
    let cell = hours.rows[0].cells[3].expect("the run reaches that far");
    assert_eq!(cell.state, CellState::Expected { at: Some(time("2026-11-20T13:30:00Z")) });
    assert!(hours.rows[0].cells[0].is_some_and(|cell| cell.is_reduced), "nothing has fallen at the start");
}

#[test]
fn files_of_an_hour_of_several_and_of_a_field_give_the_same_table() {
    let spans = a_dataset(
        "packages = [\"SP1\"]\nspans = [\"0..3\", \"4..6\"]\nfile = \"https://a.example/{run:%Y%m%d%H}/{package}_{first:hh}H{last:hh}H.grib2\"",
    );
    let fields = a_dataset(
        "fields = [{ id = \"T\", params = [\"2t\"] }, { id = \"U\", params = [\"10u\"] }]\nfile = \"https://a.example/{run:%Y%m%d%H}/{package}_{lead:hh}.grib2\"",
    );
    let hourly = by_hour();
    let of = |names: &[&str]| -> Vec<String> {
        (0..=3)
            .flat_map(|hour| names.iter().map(move |name| format!("2026112012/{name}_{hour:02}.grib2")))
            .collect()
    };
    let refs = |rows: &[String]| -> Vec<String> { rows.to_vec() };
    let now = "2026-11-20T13:45:00Z";
    let expected = table(
        &hourly,
        &book(&hourly, &refs(&of(&["SP1"])).iter().map(String::as_str).collect::<Vec<_>>()),
        now,
    );
    assert_eq!(expected[0], "12 ####...");
    assert_eq!(table(&spans, &book(&spans, &["2026112012/SP1_00H03H.grib2"]), now), expected);
    let both = of(&["T", "U"]);
    assert_eq!(
        table(&fields, &book(&fields, &both.iter().map(String::as_str).collect::<Vec<_>>()), now),
        expected
    );
    let one_lacks: Vec<&str> =
        both.iter().map(String::as_str).filter(|name| *name != "2026112012/U_01.grib2").collect();
    let hours = hours(&fields, &book(&fields, &one_lacks), &[], Now::Steady(time(now)), 1);
    assert_eq!(drawn(&hours.rows[0]), "#~##...");
    assert_eq!(hours.rows[0].cells[1].map(|cell| cell.present), Some(1));
}

#[test]
fn what_was_measured_counts_before_what_is_usual() {
    let dataset = by_hour();
    let mut book = EntryBook::default();
    let rows: Vec<ListedFile> = ["2026-11-20T00:00:00Z", "2026-11-19T12:00:00Z"]
        .iter()
        .flat_map(|run| {
            let run = time(run);
            let published = run.plus_minutes(200).expect("a time").to_string();
            let at = run.civil();
            let stem = format!("{:04}{:02}{:02}{:02}", at.year(), at.month(), at.day(), at.hour());
            (0..=6).map(move |hour| row(&format!("{stem}/SP1_{hour:02}.grib2"), &published))
        })
        .collect();
    book.add(&dataset, &rows, time("2026-11-20T12:00:00Z"));
    let hours = hours(&dataset, &book, &[], Now::Steady(time("2026-11-20T14:00:00Z")), 3);
    let cell = hours.rows[0].cells[0].expect("a cell");
    assert_eq!(cell.state, CellState::Expected { at: Some(time("2026-11-20T15:20:00Z")) });
    assert_eq!(hours.rows[1].first_after, Some(200));
}

#[test]
fn withdrawn_files_stay_visible() {
    let dataset = by_hour();
    let mut book = book(&dataset, &["2026112012/SP1_00.grib2"]);
    let since = time("2026-11-20T13:40:00Z");
    book.add_withdrawn(&dataset, &[(row("2026112012/SP1_01.grib2", ""), since)]);
    assert_eq!(table(&dataset, &book, "2026-11-20T13:15:00Z")[0], "12 #-.....");
}

#[test]
fn the_latest_run_and_the_latest_complete_one_are_told_apart() {
    let dataset = by_hour();
    let mut files: Vec<String> = (0..=6).map(|hour| format!("2026112000/SP1_{hour:02}.grib2")).collect();
    files.extend((0..=2).map(|hour| format!("2026112012/SP1_{hour:02}.grib2")));
    let book = book(&dataset, &files.iter().map(String::as_str).collect::<Vec<_>>());
    let hours = hours(&dataset, &book, &[], Now::Steady(time("2026-11-20T13:20:00Z")), 4);
    let pick = |wish: &str, leads: Option<&str>| {
        let leads = leads.map(|leads| LeadSelection::parse(leads).expect("lead times"));
        RunWish::parse(wish).expect("a wish").runs_in(&hours, leads.as_ref())
    };
    let (midnight, noon) = (time("2026-11-20T00:00:00Z"), time("2026-11-20T12:00:00Z"));
    assert_eq!(pick("latest", None), Ok(vec![noon]));
    assert_eq!(pick("latest-complete", None), Ok(vec![midnight]));
    assert_eq!(pick("latest-complete", Some("0..2")), Ok(vec![noon]), "complete for what is wanted");
    assert_eq!(pick("latest", Some("5")), Ok(vec![midnight]));
    assert_eq!(pick("2026112000..2026112012", None), Ok(vec![noon, midnight]));
    let due = Some(time("2026-11-20T13:50:00Z"));
    assert_eq!(pick("2026-11-20T12:00:00Z", Some("5")), Err(NoRun::NotYet { due }));
}

#[test]
fn a_run_that_can_never_come_is_refused_before_anything_is_asked() {
    let dataset = by_hour();
    let now = time("2026-11-20T13:20:00Z");
    let check = |wish: &str| RunWish::parse(wish).expect("a wish").check(&dataset, now);
    assert_eq!(check("latest"), Ok(()));
    assert_eq!(check("2026111000"), Err(NoRun::PastRetention { oldest: time("2026-11-17T13:20:00Z") }));
    assert_eq!(check("2026112006"), Err(NoRun::NoSuchRun { time: time("2026-11-20T06:00:00Z") }));
    for text in ["", "yesterday", "20261120", "2026-13-01T00Z", "2026112012..2026112000"] {
        assert_eq!(RunWish::parse(text), None, "{text}");
    }
    assert_eq!(RunWish::parse("2026-11-20T06Z"), RunWish::parse("2026112006"));
}
