//! The sources that are known: providers, .torrents that a person added, and what a publisher in this process offers.
//!
//! In: providers' files, places, what came of asking. Out: rows, and which servers lie in one's own network.

use super::orders::{AddedPlace, RememberedSources, SourceCall, WatchedSource};
use crate::app::catalog::asked::Texts;
use crate::app::catalog::hours::DatasetId;
use crate::app::catalog::offer::{Offer, OfferedTorrent};
use crate::app::catalog::offered::providers::{carry_over, row_of, text};
use crate::app::catalog::offered::torrent::{OfferedTitle, TorrentOffer};
use crate::app::catalog::sources::{DatasetRow, Health, SourceClass, SourceKey, SourceRemoval, SourceRow};
use crate::app::messages::user_message::UserMessage;
use crate::app::settings::LanguageChoice;
use crate::catalog::magnet::Magnet;
use crate::catalog::metainfo::Metainfo;
use crate::catalog::provider::{BrokenProvider, Provider, ProviderBook};
use crate::domain::outside_text::{show, show_with_urls};
use crate::domain::utc::UtcTime;
use crate::transfer::address_rule::Reach;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use url::Url;

/// Most sources that a person may add.
const MOST_SOURCES: usize = 1_000;

/// The name of the source that a publisher in this process is.
const OFFER: &str = "offer-of-this-process";

/// One source, with what it was made from.
struct KnownSource {
    row: SourceRow,
    /// What it is called in both languages, when it is one of this process.
    named: Option<Texts>,
    origin: SourceOrigin,
    /// Its servers in one's own network.
    servers: BTreeSet<(String, u16)>,
}

enum SourceOrigin {
    Provider,
    /// One .torrent that was added, or those of a publisher in this process.
    Torrents(Vec<TorrentPlace>),
    /// A provider's file that cannot be used.
    Broken,
}

/// Where a .torrent is had, and what it says once it was read.
struct TorrentPlace {
    at: String,
    named: Option<OfferedTitle>,
    read: Option<Arc<TorrentOffer>>,
}

/// How a source is asked.
pub(super) enum HowAsked {
    /// By the listings of one of its datasets. `None` when it has none.
    Listings(Option<DatasetId>),
    /// By reading its .torrents.
    Torrents,
    /// By reading the providers' files.
    Files,
}

/// Every source that is known.
#[derive(Default)]
pub(super) struct KnownSources {
    known: Vec<KnownSource>,
    /// When sources last answered well, in the starts before this one.
    successes: HashMap<String, UtcTime>,
}

impl KnownSources {
    /// Reads the providers' files anew: those that come along, and the person's own.
    pub(super) fn list_providers(&mut self, book: &ProviderBook, (now, language): (UtcTime, LanguageChoice)) {
        let before = std::mem::take(&mut self.known);
        let provider = |provider: &Arc<Provider>| {
            let mut row = row_of(provider, language);
            row.last_success = self.successes.get(&*provider.id).copied();
            if let Some(known) = before.iter().find(|known| known.row.key == row.key) {
                row.health = known.row.health.clone();
                row.last_success = known.row.last_success;
                carry_over(&mut row.datasets, &known.row.datasets);
            }
            let places = provider.datasets.iter().flat_map(|dataset| &dataset.listings);
            let servers = places.filter_map(|place| own_server(place.address.text())).collect();
            KnownSource { row, named: None, origin: SourceOrigin::Provider, servers }
        };
        let broken = book.broken.iter().map(|broken| KnownSource::broken(broken, now));
        let mut listed: Vec<KnownSource> = book.providers.iter().map(provider).chain(broken).collect();
        listed.extend(before.into_iter().filter(KnownSource::has_torrents));
        self.known = listed;
    }

    /// Takes in what earlier starts left.
    pub(super) fn remember(&mut self, remembered: RememberedSources) {
        self.successes = remembered.successes;
        for added in &remembered.added {
            let mut known = KnownSource::added(added);
            known.row.last_success = self.successes.get(&added.key).copied();
            self.known.push(known);
        }
    }

    /// Whether another source may be added.
    pub(super) fn has_room(&self) -> bool {
        self.known.len() < MOST_SOURCES
    }

    /// Adds a place. Whether it is new.
    pub(super) fn add(&mut self, added: &AddedPlace) -> bool {
        if self.known.iter().any(|known| *known.row.key.0 == *added.key) {
            return false;
        }
        self.known.push(KnownSource::added(added));
        true
    }

    /// Takes in what a publisher in this process offers.
    pub(super) fn take_offer(&mut self, offer: &Offer, now: (UtcTime, LanguageChoice)) {
        let Some(first) = offer.entries.first() else { return };
        let added = AddedPlace { key: OFFER.to_owned(), place: first.url.clone(), name: None };
        let mut known = KnownSource::added(&added);
        known.named = Some(offer.title.clone());
        known.origin = SourceOrigin::Torrents(offer.entries.iter().map(TorrentPlace::offered).collect());
        (known.row.kind, known.row.removal) = (SourceClass::Demo, SourceRemoval::BuiltIn);
        self.known.push(known);
        self.title_torrents(now);
    }

    /// Takes one off the list that may be removed.
    pub(super) fn remove(&mut self, key: &SourceKey) {
        let may_go =
            |known: &KnownSource| known.row.key == *key && known.row.removal == SourceRemoval::Allowed;
        self.known.retain(|known| !may_go(known));
    }

    /// The rows of the list, in its order.
    pub(super) fn rows(&self) -> Vec<SourceRow> {
        let mut rows: Vec<SourceRow> = self.known.iter().map(|known| known.row.clone()).collect();
        rows.sort_by_key(SourceRow::rank);
        rows
    }

    pub(super) fn row_mut(&mut self, key: &SourceKey) -> Option<&mut SourceRow> {
        self.known.iter_mut().find(|known| known.row.key == *key).map(|known| &mut known.row)
    }

    /// How a source is asked. `None` when there is none of that name.
    pub(super) fn asking(&self, key: &SourceKey) -> Option<HowAsked> {
        let known = self.known.iter().find(|known| known.row.key == *key)?;
        Some(match &known.origin {
            SourceOrigin::Provider => {
                HowAsked::Listings(known.row.datasets.first().map(|dataset| dataset.id.clone()))
            }
            SourceOrigin::Torrents(_) => HowAsked::Torrents,
            SourceOrigin::Broken => HowAsked::Files,
        })
    }

    /// Says that a source is being asked; one that is lost is lost until it answers.
    pub(super) fn note_asking(&mut self, key: &SourceKey) {
        if let Some(row) = self.row_mut(key)
            && !matches!(row.health, Health::Lost(..))
        {
            row.health = Health::Asking;
        }
    }

    /// Sources in one's own network that were asked before.
    pub(super) fn watched(&self) -> Vec<WatchedSource> {
        let was_asked = |known: &&KnownSource| matches!(known.row.health, Health::Answers | Health::Lost(..));
        let own = self.known.iter().filter(|known| !known.servers.is_empty()).filter(was_asked);
        own.map(|known| WatchedSource { key: known.row.key.clone(), servers: known.servers.clone() })
            .collect()
    }

    /// A source that took calls and does not is lost at once. Returns those to ask, which tells what they have or what
    /// else is wrong: these, and those that take calls again.
    pub(super) fn take_calls(&mut self, called: Vec<SourceCall>, now: UtcTime) -> Vec<SourceKey> {
        let mut to_ask = Vec::new();
        for SourceCall { key, trouble } in called {
            let Some(row) = self.row_mut(&key) else { continue };
            match (&row.health, trouble) {
                (Health::Answers, Some(trouble)) => row.health = row.health.lost(trouble, now),
                (Health::Lost(..), None) => {}
                (Health::Answers, None)
                | (Health::Lost(..), Some(_))
                | (Health::NotTried | Health::Asking, _) => continue,
            }
            to_ask.push(key);
        }
        to_ask
    }

    /// Sources whose .torrents lie on this machine or are offered by this process; others wait until they are asked for.
    pub(super) fn at_hand(&self) -> Vec<SourceKey> {
        let is_local = |place: &str| !place.contains("://") && !Magnet::is_meant_by(place);
        let torrents = self.known.iter().filter(|known| known.has_torrents());
        torrents
            .filter(|known| known.row.kind == SourceClass::Demo || is_local(&known.row.key.0))
            .map(|known| known.row.key.clone())
            .collect()
    }

    /// Where the .torrents of a source lie. `None` when it has none to read: a magnet tells nothing before it is got.
    pub(super) fn torrents_of(&self, key: &SourceKey) -> Option<Vec<String>> {
        let known = self.known.iter().find(|known| known.row.key == *key)?;
        let SourceOrigin::Torrents(places) = &known.origin else { return None };
        let places: Vec<String> = places.iter().map(|place| place.at.clone()).collect();
        (!places.iter().any(|place| Magnet::is_meant_by(place))).then_some(places)
    }

    /// Takes in the .torrents of a source, in their order, and how reading them went. Whether all could be read.
    pub(super) fn take_torrents(
        &mut self,
        key: &SourceKey,
        read: Vec<Result<Metainfo, UserMessage>>,
        now: UtcTime,
    ) -> bool {
        let Some(known) = self.known.iter_mut().find(|known| known.row.key == *key) else { return false };
        let SourceOrigin::Torrents(places) = &mut known.origin else { return false };
        let mut trouble = None;
        for (place, read) in places.iter_mut().zip(read) {
            match read {
                Ok(metainfo) => {
                    let (target, named) = (place.at.clone(), place.named.clone());
                    place.read = Some(Arc::new(TorrentOffer { target, named, metainfo }));
                }
                Err(message) => trouble = Some(message),
            }
        }
        let is_read = trouble.is_none();
        match trouble {
            None => (known.row.health, known.row.last_success) = (Health::Answers, Some(now)),
            Some(message) => known.row.health = known.row.health.lost(message, now),
        }
        is_read
    }

    /// Calls .torrents, and a publisher in this process, as they are called in the language that is spoken.
    pub(super) fn title_torrents(&mut self, (now, language): (UtcTime, LanguageChoice)) {
        for known in &mut self.known {
            let SourceOrigin::Torrents(places) = &known.origin else { continue };
            let read: Vec<&Arc<TorrentOffer>> =
                places.iter().filter_map(|place| place.read.as_ref()).collect();
            known.row.datasets = read.iter().map(|offer| offer.row(language, now)).collect();
            match (&known.named, read.first()) {
                (Some(title), _) => known.row.title = text(title, language).to_owned(),
                (None, Some(offer)) => known.row.title = offer.title(language),
                (None, None) => {}
            }
        }
    }

    /// The row of a dataset.
    pub(super) fn dataset(&self, id: &DatasetId) -> Option<&DatasetRow> {
        self.known.iter().flat_map(|known| &known.row.datasets).find(|row| row.id == *id)
    }

    /// The provider of a dataset. `None` when it is a .torrent.
    pub(super) fn provider_of(&self, dataset: &DatasetId) -> Option<SourceKey> {
        let provider = dataset.0.split('/').next()?;
        let is_it = |known: &&KnownSource| {
            matches!(known.origin, SourceOrigin::Provider) && &*known.row.key.0 == provider
        };
        self.known.iter().find(is_it).map(|known| known.row.key.clone())
    }

    /// The .torrent that is that dataset, once it was read.
    pub(super) fn torrent(&self, dataset: &DatasetId) -> Option<Arc<TorrentOffer>> {
        self.known.iter().find_map(|known| match &known.origin {
            SourceOrigin::Torrents(places) => places.iter().find_map(|place| place.read_as(dataset)),
            SourceOrigin::Provider | SourceOrigin::Broken => None,
        })
    }
}

impl KnownSource {
    fn has_torrents(&self) -> bool {
        matches!(self.origin, SourceOrigin::Torrents(_))
    }

    fn added(added: &AddedPlace) -> Self {
        let place = show_with_urls(&added.place);
        let row = SourceRow {
            has_notices: false,
            key: SourceKey(added.key.as_str().into()),
            title: added.name.clone().unwrap_or_else(|| place.clone()),
            place,
            kind: SourceClass::Torrent,
            health: Health::NotTried,
            last_success: None,
            datasets: Vec::new(),
            removal: SourceRemoval::Allowed,
        };
        let servers = own_server(&added.place).into_iter().collect();
        let origin = SourceOrigin::Torrents(vec![TorrentPlace::added(&added.place)]);
        Self { row, named: None, origin, servers }
    }

    fn broken(broken: &BrokenProvider, now: UtcTime) -> Self {
        let detail = format!("{}: {}", show(&broken.file.name), show(&broken.error.to_string()));
        let row = SourceRow {
            has_notices: false,
            key: SourceKey(format!("broken:{}", broken.file.name).into()),
            title: show(&broken.file.name),
            place: String::new(),
            kind: SourceClass::Provider,
            health: Health::Lost(UserMessage::Unreadable { text: detail }, now),
            last_success: None,
            datasets: Vec::new(),
            removal: SourceRemoval::BuiltIn,
        };
        Self { row, named: None, origin: SourceOrigin::Broken, servers: BTreeSet::new() }
    }
}

impl TorrentPlace {
    /// One that a person added, by path, URL or magnet.
    fn added(place: &str) -> Self {
        Self { at: place.to_owned(), named: None, read: None }
    }

    /// One of a publisher in this process.
    fn offered(offered: &OfferedTorrent) -> Self {
        let named = OfferedTitle { title: offered.title.clone(), grid: offered.grid.clone() };
        Self { at: offered.url.clone(), named: Some(named), read: None }
    }

    /// What was read, when it is that dataset.
    fn read_as(&self, dataset: &DatasetId) -> Option<Arc<TorrentOffer>> {
        self.read.as_ref().filter(|read| read.dataset() == *dataset).cloned()
    }
}

/// The server of an address, when it lies in one's own network as far as the address tells.
fn own_server(address: &str) -> Option<(String, u16)> {
    // A gap of a template is no part of a host.
    let url = Url::parse(address.split('{').next()?).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https");
    let is_own = Reach::of_places([&without_query(&url)]) > Reach::Public;
    (is_web && is_own).then_some(())?;
    Some((url.host_str()?.trim_matches(['[', ']']).to_owned(), url.port_or_known_default()?))
}

fn without_query(url: &Url) -> Url {
    let mut place = url.clone();
    place.set_query(None);
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_servers_of_ones_own_network_are_called() {
        let own = |address: &str| own_server(address);
        assert_eq!(own("http://127.0.0.1:8080/{run:%Y}/?a=b"), Some(("127.0.0.1".to_owned(), 8080)));
        assert_eq!(own("http://192.168.1.4/a/{lead}"), Some(("192.168.1.4".to_owned(), 80)));
        assert_eq!(own("https://data.example.org/{run}"), None);
        assert_eq!(own("/srv/torrents"), None);
    }
}
