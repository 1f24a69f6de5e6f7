//! Which hours of what is published are new to a wish, when the next one is due, and when to look again.
//!
//! In: a wish, the files that a source lists, what was fetched before, the time. Out: [`NewHours`], a pause.
//! Start reading at [`new_hours`].

use super::wish::FollowWish;
use crate::app::catalog::RunWish;
use crate::app::input::HourRequest;
use crate::app::request::{GetRequest, GivingPlan};
use crate::app::state::Subject;
use crate::catalog::entry::{Entry, EntryBook};
use crate::catalog::provider::{Dataset, EntryId};
use crate::catalog::runs::{Cell, CellState, Hours, Now, hours};
use crate::domain::lead_time::LeadTime;
use crate::domain::selection::Selection;
use crate::domain::utc::UtcTime;
use std::collections::BTreeSet;
use std::time::Duration;

/// Runs that are looked at for new hours.
const RUNS: usize = 6;

/// A run that started so long before the wish is not fetched. Minutes.
pub const OLDEST_WANTED: i64 = 12 * 60;

/// The shortest and the longest pause between two looks.
const PAUSES: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(600));

/// The pause while something is late, or its due time is unknown.
const PAUSE_WHEN_LATE: Duration = Duration::from_secs(150);

/// The first pause after a source could not be asked; each further one is twice as long.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(30);

/// What is new to a wish.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewHours {
    /// Requests for it, oldest run first, each with the key by which it is known as fetched.
    pub wishes: Vec<(String, HourRequest)>,
    /// When the next hour is due. `None` when unknown.
    pub next_due: Option<UtcTime>,
}

/// A wish with what it is held against.
#[derive(Clone, Copy, Debug)]
pub struct Followed<'a> {
    /// The wish.
    pub wish: &'a FollowWish,
    /// When it was added.
    pub added: UtcTime,
    /// Keys of hours that were fetched before.
    pub known: &'a BTreeSet<String>,
}

/// The hours of recent runs that are wished, published, and not fetched before.
///
/// # Errors
/// The part of the wish that cannot be read.
pub fn new_hours(
    followed: Followed<'_>,
    dataset: &Dataset,
    book: &EntryBook,
    now: Now,
) -> Result<NewHours, String> {
    let selection = followed.wish.selection()?;
    let mut found = NewHours::default();
    let all = hours(dataset, book, &followed.wish.packages(), now, RUNS);
    let packages: Vec<Option<&String>> =
        if all.packages.is_empty() { vec![None] } else { all.packages.iter().map(Some).collect() };
    for package in packages {
        // Each package by itself: one that is late keeps no other waiting.
        let own: Vec<String> = package.into_iter().cloned().collect();
        let table = hours(dataset, book, &own, now, RUNS);
        let due =
            due_in(&table, &selection).or_else(|| due_next_run((dataset, book), (&own, now), &selection));
        found.next_due = found.next_due.into_iter().chain(due).min();
        for (run, lead) in published(&table, &selection, followed.added) {
            let key = key_of(run, lead, package);
            if !followed.known.contains(&key) {
                let files = book.of_run(run).filter(|entry| entry.is_there() && entry.may_hold(lead));
                let file = files.into_iter().find(|entry| package.is_none_or(|own| own == entry.package()));
                found.wishes.push((
                    key,
                    wish_of(followed.wish, dataset, HourOfPackage { run, lead, package }, file)?,
                ));
            }
        }
    }
    found.wishes.sort_by_key(|(_, wish)| (wish.subject.run, wish.subject.lead));
    Ok(found)
}

/// Run, lead time and package: what tells an hour from every other one of the dataset.
fn key_of(run: UtcTime, lead: LeadTime, package: Option<&String>) -> String {
    let package = package.map(|package| format!(" {package}")).unwrap_or_default();
    format!("{run} {} min{package}", lead.minutes())
}

fn wanted<'a>(
    table: &'a Hours,
    selection: &'a Selection,
) -> impl Iterator<Item = (UtcTime, LeadTime, Cell)> + 'a {
    let cells =
        table.rows.iter().flat_map(|row| table.leads.iter().zip(&row.cells).map(move |at| (row.run, at)));
    let cells = cells.filter_map(|(run, (lead, cell))| Some((run, *lead, (*cell)?)));
    cells.filter(|(_, lead, _)| selection.has_lead(Some(*lead)))
}

fn published<'a>(
    table: &'a Hours,
    selection: &'a Selection,
    added: UtcTime,
) -> impl Iterator<Item = (UtcTime, LeadTime)> + 'a {
    let there = wanted(table, selection).filter(|(_, _, cell)| cell.state == CellState::Published);
    there.map(|(run, lead, _)| (run, lead)).filter(move |(run, _)| added.minutes_since(*run) <= OLDEST_WANTED)
}

/// When the next wanted hour is due. What is late was due already.
fn due_in(table: &Hours, selection: &Selection) -> Option<UtcTime> {
    let due = wanted(table, selection).filter_map(|(_, _, cell)| match cell.state {
        CellState::Expected { at } => at,
        CellState::Late { since } => Some(since),
        CellState::Unknown { due } => due,
        CellState::Published | CellState::Missing | CellState::Withdrawn { .. } => None,
    });
    due.min()
}

/// When the first wanted hour of the run after the newest one is due.
fn due_next_run(
    (dataset, book): (&Dataset, &EntryBook),
    (packages, now): (&[String], Now),
    selection: &Selection,
) -> Option<UtcTime> {
    // Seen from tomorrow with a clock that calls nothing late, hours that are to come have their times.
    let tomorrow = now.time().plus_minutes(24 * 60)?;
    let mut table = hours(dataset, book, packages, Now::JustSet(tomorrow), RUNS);
    table.rows.retain(|row| row.run > now.time());
    due_in(&table, selection)
}

/// One forecast hour of a package; of the whole dataset when it has no packages.
struct HourOfPackage<'a> {
    run: UtcTime,
    lead: LeadTime,
    package: Option<&'a String>,
}

/// The request for one hour; folder and policy are filled in by who starts it.
fn wish_of(
    wish: &FollowWish,
    dataset: &Dataset,
    HourOfPackage { run, lead, package }: HourOfPackage<'_>,
    file: Option<&Entry>,
) -> Result<HourRequest, String> {
    let words = lead.to_words();
    let selection = wish.selection_at(Some(&words))?;
    let id = EntryId::parse(&wish.id).ok_or_else(|| wish.id.clone())?;
    let target = EntryId { package: package.cloned(), ..id }.to_string();
    let span = file.and_then(Entry::leads).filter(|(first, last)| first != last);
    Ok(HourRequest {
        request: GetRequest {
            targets: vec![target],
            run: Some(RunWish::At(run)),
            selection,
            giving: GivingPlan::AsSet,
            ..GetRequest::default()
        },
        subject: Subject {
            dataset: wish.dataset(),
            title: dataset.title.en.as_str().into(),
            run,
            lead,
            span: span.map(Box::new),
            package: package.map(|package| package.as_str().into()),
        },
    })
}

/// How long to wait before a source is looked at again, at `now`, after so many failures in a row.
pub fn pause(now: UtcTime, next_due: Option<UtcTime>, failures: u32) -> Duration {
    if failures > 0 {
        let factor = 1u32.checked_shl(failures - 1).unwrap_or(u32::MAX);
        return PAUSE_AFTER_FAILURE.saturating_mul(factor).min(PAUSES.1);
    }
    let to_due = next_due.map_or(0, |due| due.unix_seconds() - now.unix_seconds());
    match u64::try_from(to_due) {
        Ok(seconds @ 1..) => Duration::from_secs(seconds).clamp(PAUSES.0, PAUSES.1),
        Ok(0) | Err(_) => PAUSE_WHEN_LATE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::keys::Keys;
    use crate::catalog::listing::{ListedFile, Size};
    use crate::catalog::provider::read::read_provider;
    use crate::domain::octets::ByteCount;
    use std::sync::Arc;

    fn at(seconds: i64) -> UtcTime {
        UtcTime::from_unix_seconds(1_800_000_000 + seconds).expect("a time")
    }

    fn time(text: &str) -> UtcTime {
        UtcTime::parse_rfc3339(text).expect("a time")
    }

    /// Runs at 0 and 12, hours 0 to 6 of the packages SP1 and SP2.
    fn a_dataset() -> Arc<Dataset> {
        let text = r#"format = 1
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
        read_provider("a.toml", text).expect("a provider").datasets[0].clone()
    }

    fn a_book(dataset: &Dataset, files: &[&str]) -> EntryBook {
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

    fn new(wish: &FollowWish, files: &[&str], known: &BTreeSet<String>) -> NewHours {
        let dataset = a_dataset();
        let followed = Followed { wish, added: time("2026-11-20T13:00:00Z"), known };
        let now = Now::Steady(time("2026-11-20T13:20:00Z"));
        new_hours(followed, &dataset, &a_book(&dataset, files), now).expect("a wish that is read")
    }

    #[test]
    fn new_hours_are_those_wished_published_and_not_fetched_before() {
        let wish = FollowWish {
            id: "a/model".to_owned(),
            lead: Some("0..1".to_owned()),
            packages: vec!["SP1".to_owned()],
            ..FollowWish::default()
        };
        let files = [
            "2026111912/SP1_00.grib2",
            "2026112012/SP1_00.grib2",
            "2026112012/SP1_01.grib2",
            "2026112012/SP1_02.grib2",
            "2026112012/SP2_00.grib2",
        ];
        let known = BTreeSet::from(["2026-11-20T12:00:00Z 0 min SP1".to_owned()]);
        let found = new(&wish, &files, &known);
        let [(key, one)] = &found.wishes[..] else { panic!("one is new: {found:?}") };
        assert_eq!(key, "2026-11-20T12:00:00Z 60 min SP1");
        assert_eq!(one.request.targets, ["a/model/SP1"]);
        assert_eq!(one.request.run, Some(RunWish::At(time("2026-11-20T12:00:00Z"))));
        assert_eq!(
            (one.subject.lead, one.subject.package.as_deref()),
            (LeadTime::from_hours(1), Some("SP1"))
        );
    }

    #[test]
    fn each_package_is_fetched_when_it_appears_and_keeps_no_other_waiting() {
        let wish = FollowWish {
            id: "a/model".to_owned(),
            lead: Some("3".to_owned()),
            packages: vec!["SP1".to_owned(), "SP2".to_owned()],
            ..FollowWish::default()
        };
        let found = new(&wish, &["2026112012/SP2_03.grib2"], &BTreeSet::new());
        let keys: Vec<&str> = found.wishes.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["2026-11-20T12:00:00Z 180 min SP2"]);
        let due = found.next_due.expect("SP1 is due");
        assert!(due > time("2026-11-20T13:00:00Z") && due < time("2026-11-20T14:00:00Z"), "{due}");
    }

    #[test]
    fn when_a_run_is_all_there_the_next_hour_due_is_one_of_the_next_run() {
        let wish =
            FollowWish { id: "a/model".to_owned(), lead: Some("3".to_owned()), ..FollowWish::default() };
        let found = new(&wish, &["2026112012/SP2_03.grib2"], &BTreeSet::new());
        let due = found.next_due.expect("the next run is known");
        assert!(due > time("2026-11-21T01:00:00Z") && due < time("2026-11-21T02:00:00Z"), "{due}");
    }

    #[test]
    fn a_source_is_looked_at_when_an_hour_is_due_and_at_least_every_ten_minutes() {
        assert_eq!(pause(at(0), Some(at(90)), 0), Duration::from_secs(90));
        assert_eq!(pause(at(0), Some(at(1)), 0), Duration::from_secs(5));
        assert_eq!(pause(at(0), Some(at(7_200)), 0), Duration::from_secs(600));
    }

    #[test]
    fn what_is_late_or_without_a_time_is_looked_for_every_few_minutes() {
        assert_eq!(pause(at(0), Some(at(-60)), 0), Duration::from_secs(150));
        assert_eq!(pause(at(0), None, 0), Duration::from_secs(150));
    }

    #[test]
    fn a_source_that_fails_is_asked_less_and_less_often() {
        let pauses: Vec<u64> = (1..=6).map(|failures| pause(at(0), None, failures).as_secs()).collect();
        assert_eq!(pauses, [30, 60, 120, 240, 480, 600]);
        assert_eq!(pause(at(0), None, 4_000).as_secs(), 600);
    }
}
