//! What a provider changed without a word: another host, a package more or less, hours more or less, other content.
//!
//! In: entries of complete runs, the shape of an earlier one. Out: [`RunShape`], and the [`Change`]s between two of the
//! same cycle. Reads no clock. Start reading at [`shape_of`].

use super::entry::{Entry, EntryBook};
use super::provider::Dataset;
use crate::domain::utc::UtcTime;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A run counts as complete only so long after it usually is: a package that is late is not gone. Minutes.
const PATIENCE: i64 = 120;

/// Octets of a package vary with the weather; beyond this factor its content is another.
const OTHER_CONTENT: f64 = 1.5;

/// Most runs that are looked at for a complete one.
const MOST_RUNS: usize = 16;

/// What a complete run consists of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunShape {
    /// Its start, in seconds since 1970.
    run: i64,
    /// From where its files are had.
    hosts: BTreeSet<String>,
    /// Its packages; one without a name when there is only one kind of file.
    packages: BTreeMap<String, PackageShape>,
}

/// What a package of a complete run consists of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct PackageShape {
    files: u32,
    /// Its last lead time. Minutes.
    last: i64,
    /// All its files together; 0 when not told.
    octets: u64,
}

/// Something that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Of which dataset, as `provider/dataset`.
    pub dataset: String,
    /// The run in which it was seen first, in seconds since 1970.
    run: i64,
    /// What it is.
    pub kind: ChangeKind,
}

/// What changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum ChangeKind {
    /// Files come from another host.
    Host {
        /// From where they came.
        before: String,
        /// From where they come.
        after: String,
    },
    /// There is a package more.
    PackageAdded {
        /// Which.
        package: String,
    },
    /// There is a package less.
    PackageGone {
        /// Which.
        package: String,
    },
    /// A package ends at another lead time.
    LastLead {
        /// Which; empty when there is only one kind of file.
        package: String,
        /// Where it ended. Minutes.
        before: i64,
        /// Where it ends. Minutes.
        after: i64,
    },
    /// A package is so much larger or smaller that its content must be another.
    Content {
        /// Which; empty when there is only one kind of file.
        package: String,
        /// Its octets, in a run.
        before: u64,
        /// Its octets, in a run.
        after: u64,
    },
}

impl Change {
    /// The run in which it was seen first. `None` when what was kept of it is damaged.
    pub fn run(&self) -> Option<UtcTime> {
        UtcTime::from_unix_seconds(self.run)
    }
}

/// The newest complete run of the dataset's cycle of that number. `None` when there is none, or nobody can tell.
pub fn shape_of(dataset: &Dataset, cycle: usize, book: &EntryBook, now: UtcTime) -> Option<RunShape> {
    let due = dataset.complete_after? + PATIENCE;
    let cycle = dataset.cycles.get(cycle)?;
    let is_meant = |run: &UtcTime| {
        now.minutes_since(*run) >= due && dataset.cycle_of(*run).is_some_and(|of| std::ptr::eq(of, cycle))
    };
    let mut runs = book.runs();
    runs.sort_unstable();
    runs.into_iter().rev().take(MOST_RUNS).filter(is_meant).find_map(|run| complete(dataset, book, run))
}

fn complete(dataset: &Dataset, book: &EntryBook, run: UtcTime) -> Option<RunShape> {
    let mut shape = RunShape { run: run.unix_seconds(), hosts: BTreeSet::new(), packages: BTreeMap::new() };
    for entry in book.of_run(run).filter(|entry| entry.is_there()) {
        let package = shape.packages.entry(entry.package().to_owned()).or_default();
        package.files += 1;
        package.octets += entry.size.octets().map_or(0, |octets| octets.0);
        package.last = entry.leads().map_or(0, |(_, last)| last.minutes()).max(package.last);
        shape.hosts.extend(host_of(entry, dataset));
    }
    let files = dataset.files_of(run).len();
    let is_complete = files > 0 && shape.packages.values().any(|package| package.files as usize >= files);
    is_complete.then_some(shape)
}

fn host_of(entry: &Entry, dataset: &Dataset) -> Option<String> {
    let roads = entry.roads(dataset);
    roads.classic.or(roads.torrent)?.host_str().map(str::to_owned)
}

/// What is not as it was in an earlier run of the same cycle.
pub fn changes(dataset: &Dataset, before: &RunShape, after: &RunShape) -> Vec<Change> {
    if after.run <= before.run {
        return Vec::new();
    }
    let mut kinds = Vec::new();
    if before.hosts.is_disjoint(&after.hosts)
        && let (Some(before), Some(after)) = (before.hosts.first(), after.hosts.first())
    {
        kinds.push(ChangeKind::Host { before: before.clone(), after: after.clone() });
    }
    let gone = before.packages.keys().filter(|package| !after.packages.contains_key(*package));
    kinds.extend(gone.map(|package| ChangeKind::PackageGone { package: package.clone() }));
    for (package, now) in &after.packages {
        match before.packages.get(package) {
            None => kinds.push(ChangeKind::PackageAdded { package: package.clone() }),
            Some(then) => kinds.extend(changes_of(package, then, now)),
        }
    }
    let dataset = dataset.path();
    kinds.into_iter().map(|kind| Change { dataset: dataset.clone(), run: after.run, kind }).collect()
}

fn changes_of(package: &str, then: &PackageShape, now: &PackageShape) -> Option<ChangeKind> {
    let package = package.to_owned();
    if then.last != now.last {
        return Some(ChangeKind::LastLead { package, before: then.last, after: now.last });
    }
    let (before, after) = (then.octets, now.octets);
    let is_other = before > 0
        && after > 0
        && then.files == now.files
        && (before.max(after) as f64 > OTHER_CONTENT * before.min(after) as f64);
    is_other.then_some(ChangeKind::Content { package, before, after })
}

#[cfg(test)]
pub(crate) mod made {
    //! A made dataset, and runs of it.

    use super::*;
    use crate::catalog::keys::Keys;
    use crate::catalog::listing::{ListedFile, Size};
    use crate::catalog::provider::{FileOrigin, ProviderBook, ProviderFile};
    use crate::domain::octets::ByteCount;
    use std::sync::Arc;
    use url::Url;

    pub(crate) const DAY: i64 = 24 * 60;

    pub(crate) fn dataset(host: &str) -> Arc<Dataset> {
        let text = format!(
            r#"
format = 1
name = {{ en = "T", fr = "T" }}
[licence]
name = "CC0"
attribution = {{ en = "t", fr = "t" }}
[politeness]
connections = 1
[standing]
documented_on = "2026-11-20"
[[dataset]]
id = "d"
title = {{ en = "D", fr = "D" }}
grid = "1°"
packages = ["SP1", "SP2"]
cycles = [{{ hours = [0], leads = "0..3" }}]
first_after = "1h"
complete_after = "2h"
file = "http://{host}/{{run:%Y%m%d%H}}/{{package}}_{{lead:hh}}.grib2"
listings = [{{ form = "page", address = "http://{host}/{{run:%Y%m%d%H}}/" }}]
"#
        );
        let file = ProviderFile { name: "t.toml".to_owned(), text, origin: FileOrigin::Embedded };
        let book = ProviderBook::read([file]);
        assert!(book.broken.is_empty(), "{:?}", book.broken);
        book.provider("t").and_then(|provider| provider.dataset("d")).expect("the dataset").clone()
    }

    pub(crate) fn start() -> UtcTime {
        UtcTime::from_unix_seconds(1_763_683_200).expect("2025-11-21")
    }

    /// A run `days` later, with files of these packages for hours 0 to `last`, each of that size.
    pub(crate) fn add(
        book: &mut EntryBook,
        of: (&Dataset, &str),
        days: i64,
        (packages, last, size): (&[&str], u32, u64),
    ) {
        let run = start().plus_minutes(days * DAY).expect("a time");
        let at = run.civil();
        let folder = format!("{:04}{:02}{:02}00", at.year(), at.month(), at.day());
        for package in packages {
            for lead in 0..=last {
                let text = format!("http://{}/{folder}/{package}_{lead:02}.grib2", of.1);
                let address = Url::parse(&text).expect("an address");
                let row = ListedFile {
                    address,
                    size: Size::Exact(ByteCount(size)),
                    changed: None,
                    keys: Keys::default(),
                };
                assert_eq!(book.add(of.0, &[row], run), 0, "{text}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::made::{DAY, add, dataset, start};
    use super::*;

    fn seen(first: (&[&str], u32, u64), second: (&[&str], u32, u64)) -> Vec<ChangeKind> {
        let dataset = dataset("a.example");
        let (mut then, mut now) = (EntryBook::default(), EntryBook::default());
        add(&mut then, (&dataset, "a.example"), 0, first);
        add(&mut now, (&dataset, "a.example"), 1, second);
        let at = |days: i64| start().plus_minutes(days * DAY + 10 * 60).expect("a time");
        let before = shape_of(&dataset, 0, &then, at(0)).expect("a complete run");
        let after = shape_of(&dataset, 0, &now, at(1)).expect("a complete run");
        changes(&dataset, &before, &after).into_iter().map(|change| change.kind).collect()
    }

    #[test]
    fn runs_that_are_alike_change_nothing_and_the_weather_is_no_change() {
        assert_eq!(seen((&["SP1", "SP2"], 3, 1000), (&["SP1", "SP2"], 3, 1300)), []);
    }

    #[test]
    fn a_package_more_or_less_is_told() {
        let package = || "SP2".to_owned();
        assert_eq!(
            seen((&["SP1"], 3, 9), (&["SP1", "SP2"], 3, 9)),
            [ChangeKind::PackageAdded { package: package() }]
        );
        assert_eq!(
            seen((&["SP1", "SP2"], 3, 9), (&["SP1"], 3, 9)),
            [ChangeKind::PackageGone { package: package() }]
        );
    }

    #[test]
    fn hours_that_are_added_and_content_that_is_another_are_told() {
        let package = || "SP1".to_owned();
        assert_eq!(
            seen((&["SP1"], 3, 9), (&["SP1"], 6, 9)),
            [ChangeKind::LastLead { package: package(), before: 180, after: 360 }]
        );
        assert_eq!(
            seen((&["SP1"], 3, 1000), (&["SP1"], 3, 2000)),
            [ChangeKind::Content { package: package(), before: 4000, after: 8000 }]
        );
    }

    #[test]
    fn another_host_is_told() {
        let (old, new) = (dataset("a.example"), dataset("b.example"));
        let (mut then, mut now) = (EntryBook::default(), EntryBook::default());
        add(&mut then, (&old, "a.example"), 0, (&["SP1"], 3, 9));
        add(&mut now, (&new, "b.example"), 1, (&["SP1"], 3, 9));
        let at = |days: i64| start().plus_minutes(days * DAY + 10 * 60).expect("a time");
        let before = shape_of(&old, 0, &then, at(0)).expect("a complete run");
        let after = shape_of(&new, 0, &now, at(1)).expect("a complete run");
        let told = changes(&new, &before, &after);
        let host = ChangeKind::Host { before: "a.example".to_owned(), after: "b.example".to_owned() };
        assert_eq!(told.iter().map(|change| &change.kind).collect::<Vec<_>>(), [&host]);
        assert_eq!(changes(&new, &after, &before), [], "what is older tells nothing");
    }

    #[test]
    fn a_run_that_is_still_arriving_tells_nothing() {
        let dataset = dataset("a.example");
        let mut book = EntryBook::default();
        add(&mut book, (&dataset, "a.example"), 0, (&["SP1"], 3, 9));
        let soon = start().plus_minutes(150).expect("a time");
        assert_eq!(shape_of(&dataset, 0, &book, soon), None);
        let mut book = EntryBook::default();
        add(&mut book, (&dataset, "a.example"), 0, (&["SP1"], 2, 9));
        let later = start().plus_minutes(DAY).expect("a time");
        assert_eq!(shape_of(&dataset, 0, &book, later), None, "an hour lacks");
    }
}
