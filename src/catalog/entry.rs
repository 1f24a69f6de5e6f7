//! What a dataset offers, one entry a file: a torrent, a classic address and a mirror of one file are three roads to it.
//!
//! In: rows of listings. Out: an [`EntryBook`]. Which roads a file has, the provider's addresses tell; a listing tells
//! which of them were seen. Start reading at [`EntryBook::add`].

#[cfg(test)]
mod tests;

use super::asked::AskedBook;
use super::file_name::NamedTimes;
use super::listing::{ListedFile, Listing, Size, Wholeness};
use super::provider::{AddressKind, Dataset};
use super::template::Values;
use crate::domain::lead_time::LeadTime;
use crate::domain::pattern::matches;
use crate::domain::utc::UtcTime;
use percent_encoding::percent_decode_str;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use url::Url;

/// How far a server's clock may be ahead of ours before what it says of times is not believed. Minutes.
const MOST_AHEAD: i64 = 60;

/// One file that is offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its run, its lead times and its keys. A file whose name tells no run is a row of a table.
    pub values: Arc<Values>,
    /// How large it is.
    pub size: Size,
    /// When it was last changed; `None` when not told, or not believable.
    pub published: Option<UtcTime>,
    /// Which of its roads were seen in a listing.
    pub seen: SeenRoads,
    /// Since when listings no longer have it. `None` for a file that is there.
    pub withdrawn: Option<UtcTime>,
    /// Addresses that are not of the provider's patterns: of a feed, or a list.
    pub others: Vec<(AddressKind, Url)>,
}

/// Roads that were seen in a listing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SeenRoads {
    bits: u8,
}

impl SeenRoads {
    const fn bit(road: AddressKind) -> u8 {
        1 << road as u8
    }

    /// Whether this road was seen.
    pub fn has(self, road: AddressKind) -> bool {
        self.bits & Self::bit(road) != 0
    }

    fn add(&mut self, road: AddressKind) {
        self.bits |= Self::bit(road);
    }

    /// Whether the file itself was seen, on any road: an index alone is no file.
    fn has_file(self) -> bool {
        self.bits & !Self::bit(AddressKind::Index) != 0
    }
}

/// Where a file is to be had.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roads {
    /// Its .torrent: the faster road.
    pub torrent: Option<Url>,
    /// The file at its source.
    pub classic: Option<Url>,
    /// The same file elsewhere.
    pub mirrors: Vec<Url>,
    /// The index beside it; it may come later than the file, or never.
    pub index: Option<Url>,
}

impl Entry {
    /// Whether the file is there.
    pub fn is_there(&self) -> bool {
        self.withdrawn.is_none() && self.seen.has_file()
    }

    /// The package; empty when there is none.
    pub fn package(&self) -> &str {
        self.values.keys.get("package").unwrap_or_default()
    }

    /// First and last lead time in the file.
    pub fn leads(&self) -> Option<(LeadTime, LeadTime)> {
        self.values.first.zip(self.values.last)
    }

    /// Whether the file holds that lead time, as far as names tell.
    pub fn may_hold(&self, lead: LeadTime) -> bool {
        self.leads().is_some_and(|(first, last)| first <= lead && lead <= last)
    }

    /// All roads to it. A torrent counts when it was seen in a listing; the other addresses go by the patterns, since
    /// a listing of one server says nothing of its mirrors.
    pub fn roads(&self, dataset: &Dataset) -> Roads {
        let filled = |template: &super::template::Template| {
            template.fill(&self.values).and_then(|text| Url::parse(&text).ok())
        };
        let other =
            |road: AddressKind| self.others.iter().find(|(of, _)| *of == road).map(|(_, url)| url.clone());
        let addresses = &dataset.addresses;
        let by_pattern =
            || addresses.torrent.as_ref().filter(|_| self.seen.has(AddressKind::Torrent)).and_then(filled);
        Roads {
            torrent: other(AddressKind::Torrent).or_else(by_pattern),
            classic: other(AddressKind::Classic).or_else(|| addresses.file.as_ref().and_then(filled)),
            mirrors: addresses.mirrors.iter().filter_map(filled).collect(),
            index: addresses.index.as_ref().and_then(filled),
        }
    }

    /// Which file it is among those without a run: `area=oslofjord&content=waves`.
    pub fn pattern(&self) -> String {
        let keys: Vec<String> =
            self.values.keys.iter().map(|(key, value)| format!("{key}={value}")).collect();
        keys.join("&")
    }

    /// Whether the file, one without a run, is meant by words as `--files` takes them: patterns that fit one of its keys
    /// or, as `area=oslo*`, one with its name; of several, parted by `&`, each has to.
    pub fn is_meant_by(&self, words: &str) -> bool {
        let fits = |pattern: &str| {
            let is_value = |(key, value): (&str, &str)| {
                matches(pattern, value) || matches(pattern, &format!("{key}={value}"))
            };
            pattern == "*" || self.values.keys.iter().any(is_value)
        };
        // A name may have an ampersand in it.
        fits(words) || words.split('&').all(fits)
    }

    /// What the file is called at its source.
    pub fn name(&self, dataset: &Dataset) -> String {
        let roads = self.roads(dataset);
        let torrent =
            roads.torrent.as_ref().map(|url| last_component(url).trim_end_matches(".torrent").to_owned());
        roads
            .classic
            .as_ref()
            .map(last_component)
            .filter(|name| !name.is_empty())
            .or(torrent)
            .unwrap_or_default()
    }
}

/// What a dataset offers, as far as listings were read.
#[derive(Clone, Debug, Default)]
pub struct EntryBook {
    entries: BTreeMap<Arc<Values>, Entry>,
    /// What was asked for, and which answers were read.
    pub asked: AskedBook,
}

impl EntryBook {
    /// Adds the rows of a listing that was read at `now`. Gives how many of them are none of this dataset.
    pub fn add(&mut self, dataset: &Dataset, rows: &[ListedFile], now: UtcTime) -> usize {
        rows.iter().filter(|row| !self.add_row(dataset, row, now, None)).count()
    }

    /// Adds files that were listed once and are no longer, with the time at which that was noticed.
    pub fn add_withdrawn(&mut self, dataset: &Dataset, rows: &[(ListedFile, UtcTime)]) {
        for (row, since) in rows {
            self.add_row(dataset, row, *since, Some(*since));
        }
    }

    fn add_row(&mut self, dataset: &Dataset, row: &ListedFile, now: UtcTime, gone: Option<UtcTime>) -> bool {
        let Some((road, values, is_by_pattern)) = placed(dataset, row) else { return false };
        let run = values.run;
        let entry = self.entries.entry(Arc::new(values)).or_insert_with_key(|values| Entry {
            values: values.clone(),
            size: Size::Unknown,
            published: None,
            seen: SeenRoads::default(),
            withdrawn: gone,
            others: Vec::new(),
        });
        if gone.is_some() {
            // What is listed somewhere is there, wherever else it is gone.
            return true;
        }
        entry.withdrawn = None;
        entry.seen.add(road);
        if !is_by_pattern && !entry.others.iter().any(|(_, url)| *url == row.address) {
            entry.others.push((road, row.address.clone()));
        }
        if matches!(road, AddressKind::Classic | AddressKind::Mirror) {
            entry.size = row.size;
        }
        let is_likely =
            |time: &UtcTime| time.minutes_since(now) <= MOST_AHEAD && run.is_none_or(|run| *time >= run);
        let changed = row.changed.filter(is_likely);
        if road != AddressKind::Index {
            entry.published = match (entry.published, changed) {
                (Some(before), Some(changed)) => Some(before.min(changed)),
                (before, changed) => before.or(changed),
            };
        }
        true
    }

    /// Adds a .torrent that somebody else offers for a file that is there. One that the provider offers itself stays.
    pub fn add_torrent(&mut self, values: &Values, address: Url) {
        let entry = self.entries.get_mut(values);
        if let Some(entry) = entry.filter(|entry| entry.is_there() && !entry.seen.has(AddressKind::Torrent)) {
            entry.seen.add(AddressKind::Torrent);
            entry.others.push((AddressKind::Torrent, address));
        }
    }

    /// Every entry, in the order of runs, lead times and keys.
    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// The entries of one run.
    pub fn of_run(&self, run: UtcTime) -> impl Iterator<Item = &Entry> {
        let from = Values { run: Some(run), ..Values::default() };
        self.entries
            .range::<Values, _>(&from..)
            .map(|(_, entry)| entry)
            .take_while(move |entry| entry.values.run == Some(run))
    }

    /// The entry of those values.
    pub fn get(&self, values: &Values) -> Option<&Entry> {
        self.entries.get(values)
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The runs of which any file is there or was, newest first.
    pub fn runs(&self) -> Vec<UtcTime> {
        let mut runs: Vec<UtcTime> = self.entries.keys().filter_map(|values| values.run).collect();
        runs.dedup();
        runs.reverse();
        runs
    }

    /// Entries without a run: rows of a table, whose keys are its filters.
    pub fn table(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values().take_while(|entry| entry.values.run.is_none())
    }

    /// The keys of the table with their values: what it can be filtered by. Keys with one value only filter nothing.
    pub fn filters(&self) -> BTreeMap<&str, Vec<&str>> {
        let mut filters: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (key, value) in self.table().flat_map(|entry| entry.values.keys.iter()) {
            let values = filters.entry(key).or_default();
            if let Err(at) = values.binary_search(&value) {
                values.insert(at, value);
            }
        }
        filters.retain(|_, values| values.len() > 1);
        filters
    }
}

/// Which file a row is of, on which road, and whether the provider's patterns say so.
fn placed(dataset: &Dataset, row: &ListedFile) -> Option<(AddressKind, Values, bool)> {
    if let Some((road, values)) = dataset.place(row.address.as_str()) {
        return Some((road, values, true));
    }
    let name = last_component(&row.address);
    let (road, file) = match name.strip_suffix(".torrent") {
        Some(file) => (AddressKind::Torrent, file),
        None => (AddressKind::Classic, name.as_str()),
    };
    if let Some(values) = dataset.values_of_name(file) {
        return Some((road, values, false));
    }
    // A dataset with a pattern of its own has no other files.
    if dataset.addresses.file.is_some() {
        return None;
    }
    let times = NamedTimes::of_path(&row.address.path().replace(".torrent", ""));
    let mut values = Values { run: times.run, keys: row.keys.clone(), ..Values::default() };
    if let Some(leads) = times.leads.filter(|_| times.run.is_some()) {
        values = values.over(leads.first, leads.last);
    }
    Some((road, values.with("file", file), false))
}

/// The last component of a path, without escapes.
fn last_component(url: &Url) -> String {
    let last = url.path().rsplit('/').next().unwrap_or_default();
    percent_decode_str(last).decode_utf8_lossy().into_owned()
}

/// The rows that `before` had and `after` has no longer. None when `after` is not whole: then nothing is known to be gone.
pub fn gone(before: &[ListedFile], after: &Listing) -> Vec<ListedFile> {
    if after.wholeness == Wholeness::Cut {
        return Vec::new();
    }
    let there: HashSet<&Url> = after.rows.iter().map(|row| &row.address).collect();
    before.iter().filter(|row| !there.contains(&row.address)).cloned().collect()
}
