//! Who offers what: models, packages, cycles, addresses, licence and manners of a service, as data and not as code.
//!
//! In: TOML files (`assets/providers`, and a person's own). Out: a [`ProviderBook`]; a broken file is off, with line and
//! reason, and costs the others nothing. Whether an address answers is not known here. Start reading at
//! [`ProviderBook::read`]; the form of a file is documented at [`read::read_provider`].

mod book;
pub mod read;
#[cfg(test)]
mod tests;
mod toml_form;

pub use book::{BrokenProvider, EMBEDDED, FileOrigin, ProviderBook, ProviderFile};

use super::template::{KeyValues, Template, Values};
use crate::domain::lead_time::LeadTime;
use crate::domain::utc::UtcTime;
use std::fmt;
use std::sync::Arc;

/// A text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    /// English.
    pub en: String,
    /// French.
    pub fr: String,
}

/// A service that offers data.
#[derive(Clone, Debug, PartialEq)]
pub struct Provider {
    /// The name of its file without `.toml`; the first part of the ids of its entries.
    pub id: Arc<str>,
    /// What people call it.
    pub name: Texts,
    /// Under which terms its data may be used.
    pub licence: Licence,
    /// What it asks of clients.
    pub politeness: Politeness,
    /// How far what the file says was seen to be true.
    pub standing: ProviderCheck,
    /// Where it announces changes and outages (RSS or Atom); `None` when it has no such feed.
    pub notices: Option<String>,
    /// What it offers, in the order of the file.
    pub datasets: Vec<Arc<Dataset>>,
}

/// Terms of use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Licence {
    /// Its name.
    pub name: String,
    /// Its text.
    pub url: Option<String>,
    /// How the source is to be named.
    pub attribution: Texts,
}

/// What a service asks of its clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Politeness {
    /// Most connections at a time.
    pub connections: u8,
    /// Whether it refuses clients whose User-Agent names nobody.
    pub contact: Contact,
}

/// Whether a User-Agent must name somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contact {
    /// It must.
    Needed,
    /// It need not.
    NotNeeded,
}

/// How far a provider's file was held against the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProviderCheck {
    /// Written from documentation of that day, and never tried.
    Documented {
        /// `2026-08-09`.
        on: String,
    },
    /// Tried against the service on that day.
    Tried {
        /// `2026-08-09`.
        on: String,
    },
}

/// A model on a grid, or another collection of files that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    /// The second part of the ids of its entries.
    pub id: Arc<str>,
    /// Id of the provider.
    pub provider: Arc<str>,
    /// What people call it.
    pub title: Texts,
    /// The grid as people write it: `0.01°`, `2.5 km`. Empty when there is none.
    pub grid: String,
    /// Its packages, or fields where each is a file of its own; empty when it has none.
    pub packages: Vec<Package>,
    /// When runs start, and how far they reach; empty for data without runs.
    pub cycles: Vec<Cycle>,
    /// Spans of lead times that are files of their own; empty when a file is one lead time.
    pub spans: Vec<(LeadTime, LeadTime)>,
    /// Parameters that the first lead time lacks: what is summed or strongest since the start.
    pub start_lacks: Vec<String>,
    /// From the start of a run to its first file, usually. Minutes. `None` when not known.
    pub first_after: Option<i64>,
    /// From the start of a run to its last file, usually. Minutes. `None` when not known.
    pub complete_after: Option<i64>,
    /// How long files are kept, in minutes. `None` when not known.
    pub retention: Option<i64>,
    /// Whether a part of a file can be asked for.
    pub parts: RangeSupport,
    /// Where its files, their indexes and torrents lie.
    pub addresses: Addresses,
    /// Where it says which files exist, the first being the most telling.
    pub listings: Vec<ListingPlace>,
}

/// A package, or a field that is a file of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// As addresses name it.
    pub id: Arc<str>,
    /// The parameters in it, as Nuée names them; empty when not told.
    pub params: Vec<String>,
}

/// Runs of some hours of the day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycle {
    /// Hours of the day (UTC) at which they start; ascending.
    pub hours: Vec<u8>,
    /// The lead times they reach; ascending, never empty.
    pub leads: Vec<LeadTime>,
}

/// Whether a service gives parts of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RangeSupport {
    /// It does, by HTTP ranges.
    Given,
    /// A file is to be had whole, or not at all.
    WholeOnly,
}

/// Addresses with gaps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Addresses {
    /// The file, at its source. `None` for a catalogue that only lists.
    pub file: Option<Template>,
    /// The same file elsewhere.
    pub mirrors: Vec<Template>,
    /// The index beside it.
    pub index: Option<Template>,
    /// Its .torrent.
    pub torrent: Option<Template>,
    /// Names under which the file may already lie on a disk.
    pub names: Vec<Template>,
}

/// What an address of a dataset leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressKind {
    /// The file at its source.
    Classic,
    /// The same file elsewhere.
    Mirror,
    /// The index beside it.
    Index,
    /// Its .torrent.
    Torrent,
}

/// Where a dataset says which files exist.
#[derive(Clone, Debug, PartialEq)]
pub struct ListingPlace {
    /// How it is written.
    pub form: ListingForm,
    /// Where it lies; gaps make it one of several.
    pub address: Template,
    /// How many of the latest runs are asked for when the address names a run.
    pub runs: u8,
}

/// How a listing is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ListingForm {
    /// The answer of an object store to `ListObjectsV2`.
    S3,
    /// A directory page of nginx or Apache.
    Page,
    /// Lines of `key=value,key=value` (MET Norway's `api-list.txt`).
    ApiList,
    /// Queries and their addresses, in XML or JSON (MET Norway's `available`).
    Available,
    /// RSS or Atom with .torrents as enclosures.
    Feed,
    /// None: each address is asked whether it is there.
    Probe,
    /// A folder of this computer with .torrents in it.
    Folder,
}

impl Provider {
    /// The dataset of that id.
    pub fn dataset(&self, id: &str) -> Option<&Arc<Dataset>> {
        self.datasets.iter().find(|dataset| &*dataset.id == id)
    }
}

impl Dataset {
    /// `provider/dataset`.
    pub fn path(&self) -> String {
        format!("{}/{}", self.provider, self.id)
    }

    /// Values that keys of its addresses may have: packages are those that the file names, fields may be more.
    pub fn key_values(&self) -> KeyValues {
        let ids: Vec<String> = self.packages.iter().map(|package| package.id.to_string()).collect();
        if ids.is_empty() || self.is_by_field() {
            return KeyValues::new();
        }
        KeyValues::from([("package".to_owned(), ids)])
    }

    /// Whether each field is a file of its own.
    pub fn is_by_field(&self) -> bool {
        self.packages.iter().any(|package| !package.params.is_empty())
    }

    /// The cycle to which a run belongs. `None` when no run starts at that time.
    pub fn cycle_of(&self, run: UtcTime) -> Option<&Cycle> {
        let start = run.civil();
        let hour = u8::try_from(start.hour()).ok().filter(|_| start.minute() == 0 && start.second() == 0)?;
        self.cycles.iter().find(|cycle| cycle.hours.contains(&hour))
    }

    /// The latest runs that have started by `now`, newest first; at most `count`, none without cycles.
    pub fn runs_before(&self, now: UtcTime, count: usize) -> Vec<UtcTime> {
        let hour = now.unix_seconds().div_euclid(3600);
        // A day has at most 24 runs, and at least one; so many hours hold all that are asked for.
        (0..(count as i64 + 1) * 24)
            .filter_map(|back| UtcTime::from_unix_seconds((hour - back) * 3600))
            .filter(|run| self.cycle_of(*run).is_some())
            .take(count)
            .collect()
    }

    /// The spans of lead times that are files of a run, first to last. Empty when the run is none of this dataset.
    pub fn files_of(&self, run: UtcTime) -> Vec<(LeadTime, LeadTime)> {
        let Some(cycle) = self.cycle_of(run) else { return Vec::new() };
        if self.spans.is_empty() {
            return cycle.leads.iter().map(|&lead| (lead, lead)).collect();
        }
        let holds_any = |&(first, last): &(LeadTime, LeadTime)| {
            cycle.leads.iter().any(|&lead| first <= lead && lead <= last)
        };
        self.spans.iter().copied().filter(holds_any).collect()
    }

    /// What an address leads to, and for which values. `None` when it is none of this dataset.
    pub fn place(&self, address: &str) -> Option<(AddressKind, Values)> {
        let of = |template: &Template, road| Some((road, template.values_of(address)?));
        let addresses = &self.addresses;
        let roads = [
            (&addresses.file, AddressKind::Classic),
            (&addresses.index, AddressKind::Index),
            (&addresses.torrent, AddressKind::Torrent),
        ];
        roads
            .into_iter()
            .find_map(|(template, road)| of(template.as_ref()?, road))
            .or_else(|| addresses.mirrors.iter().find_map(|mirror| of(mirror, AddressKind::Mirror)))
    }

    /// Which file of this dataset lies on a disk under that name: the names it has today, and older ones.
    pub fn values_of_name(&self, name: &str) -> Option<Values> {
        self.addresses.names.iter().find_map(|template| template.values_of(name))
    }

    /// The packages that hold one of `params`. All of them when nothing is chosen, or when the file does not tell.
    pub fn packages_with(&self, params: &[String]) -> Vec<&Package> {
        let tells = self.packages.iter().all(|package| !package.params.is_empty());
        let holds = |package: &&Package| {
            params.is_empty() || !tells || package.params.iter().any(|param| params.contains(param))
        };
        self.packages.iter().filter(holds).collect()
    }

    /// Whether a run of that time is no longer kept.
    pub fn is_past_retention(&self, run: UtcTime, now: UtcTime) -> bool {
        self.retention.is_some_and(|retention| now.minutes_since(run) > retention)
    }
}

impl Texts {
    /// The same in both languages.
    pub fn same(text: &str) -> Self {
        Self { en: text.to_owned(), fr: text.to_owned() }
    }
}

impl ListingForm {
    /// As a provider's file writes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Page => "page",
            Self::ApiList => "api-list",
            Self::Available => "available",
            Self::Feed => "feed",
            Self::Probe => "probe",
            Self::Folder => "folder",
        }
    }
}

/// The id of what a dataset offers: `meteo-france/arome-0.01/SP1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId {
    /// Id of the provider.
    pub provider: String,
    /// Id of the dataset.
    pub dataset: String,
    /// The package. `None` means all of them.
    pub package: Option<String>,
}

impl EntryId {
    /// Reads `provider/dataset` or `provider/dataset/package`. `None` for anything that could be an address or is
    /// written with other characters than letters, digits and `. _ -`.
    pub fn parse(text: &str) -> Option<Self> {
        let is_name = |part: &&str| {
            let plain = part.bytes().all(|c| c.is_ascii_alphanumeric() || b"._-".contains(&c));
            !part.is_empty() && part.len() <= 64 && plain && !part.starts_with('.')
        };
        let parts: Vec<&str> = text.split('/').collect();
        if !parts.iter().all(is_name) {
            return None;
        }
        let (provider, dataset, package) = match parts[..] {
            [provider, dataset] => (provider, dataset, None),
            [provider, dataset, package] => (provider, dataset, Some(package)),
            _ => return None,
        };
        Some(Self {
            provider: provider.to_owned(),
            dataset: dataset.to_owned(),
            package: package.map(str::to_owned),
        })
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.provider, self.dataset)?;
        self.package.as_ref().map_or(Ok(()), |package| write!(f, "/{package}"))
    }
}
