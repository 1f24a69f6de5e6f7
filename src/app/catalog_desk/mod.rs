//! The desk of sources: which there are, how they are, the dataset that is open, and when what is asked or read anew.
//!
//! In: what persons want and what was read, as [`CatalogFact`]s. Out: [`CatalogOrder`]s: what to tell, keep, ask and read.
//! Knows neither a clock nor a server: the engine carries the orders out. Start reading at [`CatalogDesk::take`].
//!
//! | file | what it is |
//! |---|---|
//! | `orders` | what the desk hears, and what it has done |
//! | `known` | the sources: rows, how each is asked, what calling it showed |
//! | `open` | the dataset that is open: its matrix, and what is chosen on it |

mod known;
mod open;
mod orders;
#[cfg(test)]
mod tests;

pub(crate) use orders::{
    AddedPlace, CatalogFact, CatalogOrder, CatalogScene, ListingsRead, RememberedSources, SourceCall,
    WatchedSource,
};

use crate::app::catalog::hours::{CatalogReading, DatasetId, HoursChoice};
use crate::app::catalog::offer::Offer;
use crate::app::catalog::offered::providers::{health_of, note_newest, reading_of};
use crate::app::catalog::sources::{Health, SourceKey};
use crate::app::hours_cost::CostPlan;
use crate::app::input::Event;
use crate::app::journal::Weight;
use crate::app::messages::user_message::UserMessage;
use crate::app::settings::LanguageChoice;
use crate::app::snapshot::Snapshot;
use crate::catalog::metainfo::Metainfo;
use crate::catalog::provider::EntryId;
use crate::catalog::runs::hours;
use crate::domain::outside_text::show_with_urls;
use crate::domain::utc::{SteadyTime, UtcTime};
use known::{HowAsked, KnownSources};
use open::OpenDataset;
use orders::OrderBox;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

/// How often the dataset that is open is looked at.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// The same when its source could not be asked: it may be back soon.
const LOOK_AGAIN_SOON: Duration = Duration::from_secs(15);

/// Most runs that are shown.
const MOST_RUNS: usize = 16;

/// What is known of sources, and of the dataset that is open.
pub(crate) struct CatalogDesk {
    language: LanguageChoice,
    sources: KnownSources,
    open: OpenDataset,
    /// Datasets that are being asked for.
    looking: HashSet<DatasetId>,
    /// When the dataset that is open was last asked for by the desk itself.
    looked: SteadyTime,
    /// Whether servers are being called.
    is_calling: bool,
    orders: OrderBox,
}

impl CatalogDesk {
    /// A desk that knows nothing yet but what a publisher in this process offers.
    pub(crate) fn new(language: LanguageChoice, offer: Option<&Offer>, now: UtcTime) -> Self {
        let mut sources = KnownSources::default();
        if let Some(offer) = offer {
            sources.take_offer(offer, (now, language));
        }
        Self {
            language,
            sources,
            open: OpenDataset::default(),
            looking: HashSet::new(),
            looked: SteadyTime::default(),
            is_calling: false,
            orders: OrderBox::default(),
        }
    }

    /// Hears what happened; returns what is to be done about it.
    pub(crate) fn take(&mut self, fact: CatalogFact, scene: &CatalogScene<'_>) -> Vec<CatalogOrder> {
        match fact {
            CatalogFact::Started(remembered) => self.start(remembered, scene),
            CatalogFact::Added(added) => self.add(&added, scene),
            CatalogFact::Removed(key) => {
                self.sources.remove(&key);
                self.orders.push(CatalogOrder::Forget(key.0.to_string()));
                self.tell_rows();
            }
            CatalogFact::Asked(key) => self.ask(&key, scene),
            CatalogFact::Opened(dataset) => self.open(dataset, scene),
            CatalogFact::Filtered(filter) => {
                self.open.filter(filter);
                self.tell_hours();
            }
            CatalogFact::Wished(choice, snapshot) => {
                if let Some(wishes) = self.open.wishes(&choice, &snapshot) {
                    self.orders.tell(Event::Wished(wishes));
                }
            }
            CatalogFact::Spoken(language) => self.speak(language, scene),
            CatalogFact::LookDue => self.look_again(scene),
            CatalogFact::KeptRead(read) => self.take_kept(&read, scene),
            CatalogFact::ListingsRead(read) => self.take_listings(*read, scene),
            CatalogFact::TorrentsRead(key, read) => self.take_torrents(&key, read, scene.now()),
            CatalogFact::CallsBegun => self.is_calling = true,
            CatalogFact::Called(called) => {
                self.is_calling = false;
                let to_ask = self.sources.take_calls(called, scene.now());
                to_ask.into_iter().for_each(|key| self.orders.push(CatalogOrder::Ask(key)));
            }
            CatalogFact::FieldsRead(dataset, index) => {
                if self.open.take_fields(&dataset, *index) {
                    self.tell_hours();
                }
            }
        }
        self.orders.hand_out()
    }

    /// When the dataset that is open is looked at again. `None` when none is: what is closed is left alone.
    pub(crate) fn next_look(&self) -> Option<SteadyTime> {
        self.open.dataset()?;
        Some(self.looked.after(if self.open.is_lost() { LOOK_AGAIN_SOON } else { LOOK_AGAIN }))
    }

    /// Sources in one's own network whose servers are to be called. None while calls are under way.
    pub(crate) fn to_call(&self) -> Vec<WatchedSource> {
        if self.is_calling { Vec::new() } else { self.sources.watched() }
    }

    /// What a choice costs, as far as it is known before an index is read. `None` when it is not of the dataset that is
    /// open.
    pub(crate) fn cost(&self, choice: &HoursChoice, snapshot: &Snapshot) -> Option<CostPlan> {
        self.open.cost(choice, snapshot)
    }

    fn tell_rows(&mut self) {
        self.orders.tell(Event::Sources(Arc::new(self.sources.rows())));
    }

    fn tell_hours(&mut self) {
        self.orders.tell(Event::Hours(self.open.view()));
    }

    fn start(&mut self, remembered: RememberedSources, scene: &CatalogScene<'_>) {
        self.looked = scene.steady;
        self.sources.remember(remembered);
        self.sources.list_providers(&(scene.providers)(), (scene.now(), self.language));
        self.tell_rows();
        for key in self.sources.at_hand() {
            self.read_torrents(&key);
        }
    }

    fn add(&mut self, added: &AddedPlace, scene: &CatalogScene<'_>) {
        if added.name.is_none() || !self.sources.has_room() {
            let target = show_with_urls(&added.place);
            self.orders.tell(Event::Told(Weight::Attention, UserMessage::TargetUnknown { target }));
            return;
        }
        if self.sources.add(added) {
            self.orders.push(CatalogOrder::Keep(added.place.clone()));
        }
        self.ask(&SourceKey(added.key.as_str().into()), scene);
    }

    /// Has a source asked: by the dataset that is open, when it is of it, else by its first.
    fn ask(&mut self, key: &SourceKey, scene: &CatalogScene<'_>) {
        match self.sources.asking(key) {
            None => return,
            Some(HowAsked::Listings(first)) => {
                let is_of = |dataset: &&DatasetId| self.sources.provider_of(dataset).as_ref() == Some(key);
                if let Some(dataset) = self.open.dataset().filter(is_of).cloned().or(first) {
                    self.begin_look(&dataset, scene);
                }
            }
            Some(HowAsked::Torrents) => self.read_torrents(key),
            Some(HowAsked::Files) => {
                self.sources.list_providers(&(scene.providers)(), (scene.now(), self.language));
            }
        }
        self.tell_rows();
    }

    /// Opens a dataset: what is known of it at once, then what the source says now.
    fn open(&mut self, dataset: Option<DatasetId>, scene: &CatalogScene<'_>) {
        let Some(dataset) = dataset else {
            self.open.close();
            self.tell_hours();
            return;
        };
        if self.open.dataset() != Some(&dataset) {
            self.open.begin(self.sources.dataset(&dataset));
            self.tell_hours();
        }
        self.looked = scene.steady;
        if self.sources.provider_of(&dataset).is_none() {
            return self.show_torrent(&dataset, scene);
        }
        let book = (scene.providers)();
        if let Some((provider, of)) = EntryId::parse(&dataset.0).as_ref().and_then(|entry| book.find(entry)) {
            self.orders.push(CatalogOrder::ReadKept(dataset.clone(), (provider.clone(), of.clone())));
        }
        self.begin_look(&dataset, scene);
    }

    /// Reads the dataset that is open once more.
    fn look_again(&mut self, scene: &CatalogScene<'_>) {
        self.looked = scene.steady;
        let Some(dataset) = self.open.dataset().cloned() else { return };
        match self.sources.provider_of(&dataset) {
            Some(_) => self.begin_look(&dataset, scene),
            None => self.show_torrent(&dataset, scene),
        }
    }

    /// Has the listings of a dataset asked for, unless they are already.
    fn begin_look(&mut self, dataset: &DatasetId, scene: &CatalogScene<'_>) {
        let book = (scene.providers)();
        let Some((provider, of)) = EntryId::parse(&dataset.0).as_ref().and_then(|entry| book.find(entry))
        else {
            return;
        };
        if !self.looking.insert(dataset.clone()) {
            return;
        }
        self.sources.note_asking(&SourceKey(provider.id.clone()));
        self.tell_rows();
        self.orders.push(CatalogOrder::Look(dataset.clone(), (provider.clone(), of.clone())));
    }

    /// Takes in what listings told, and keeps how that went.
    fn take_listings(&mut self, read: ListingsRead, scene: &CatalogScene<'_>) {
        self.looking.remove(&read.id);
        for change in &read.look.changes {
            let message = UserMessage::CatalogChanged { change: change.clone() };
            self.orders.tell(Event::Told(Weight::Attention, message));
        }
        let (now, provider) = (scene.now(), &read.of.0.id);
        let table = hours(&read.of.1, &read.look.book, &[], scene.day, MOST_RUNS);
        let health = health_of(&read.look, now);
        let is_read = health == Health::Answers;
        if is_read {
            self.orders.push(CatalogOrder::KeepSuccess(provider.to_string(), now));
        }
        if let Some(row) = self.sources.row_mut(&SourceKey(provider.clone())) {
            if is_read {
                row.last_success = Some(now);
            }
            row.health = match health {
                Health::Lost(message, now) => row.health.lost(message, now),
                health => health,
            };
            if let Some(dataset) = row.datasets.iter_mut().find(|row| row.id == read.id) {
                note_newest(dataset, &table);
                if is_read {
                    dataset.read = Some(now);
                }
            }
        }
        self.tell_rows();
        if self.open.show_listed(&read, &table, (reading_of(&read.look, now), self.language)) {
            self.tell_hours();
        }
        self.begin_fields();
    }

    /// Shows what is kept of a dataset, while its source is being asked.
    fn take_kept(&mut self, read: &ListingsRead, scene: &CatalogScene<'_>) {
        let Some(fetched) = read.look.pages.iter().filter_map(|page| page.fetched_at).min() else { return };
        let table = hours(&read.of.1, &read.look.book, &[], scene.day, MOST_RUNS);
        if self.open.show_listed(read, &table, (CatalogReading::UnderWay(Some(fetched)), self.language)) {
            self.tell_hours();
        }
    }

    /// Has the .torrents of a source read, and says that it is being asked.
    fn read_torrents(&mut self, key: &SourceKey) {
        let Some(places) = self.sources.torrents_of(key) else { return };
        self.sources.note_asking(key);
        self.tell_rows();
        self.orders.push(CatalogOrder::ReadTorrents(key.clone(), places));
    }

    fn take_torrents(&mut self, key: &SourceKey, read: Vec<Result<Metainfo, UserMessage>>, now: UtcTime) {
        if self.sources.take_torrents(key, read, now) {
            self.orders.push(CatalogOrder::KeepSuccess(key.0.to_string(), now));
        }
        self.sources.title_torrents((now, self.language));
        self.tell_rows();
    }

    /// Shows the hours of a .torrent that was added, once it was read.
    fn show_torrent(&mut self, dataset: &DatasetId, scene: &CatalogScene<'_>) {
        let Some(torrent) = self.sources.torrent(dataset) else { return };
        self.open.show_torrent(&torrent, (scene.now(), self.language));
        self.tell_hours();
        self.begin_fields();
    }

    /// Has the fields of the open dataset read, unless they are known.
    fn begin_fields(&mut self) {
        if let Some((dataset, file)) = self.open.untold_fields() {
            self.orders.push(CatalogOrder::ReadFields(dataset, Box::new(file)));
        }
    }

    /// Calls everything as it is called in that language.
    fn speak(&mut self, language: LanguageChoice, scene: &CatalogScene<'_>) {
        self.language = language;
        self.sources.list_providers(&(scene.providers)(), (scene.now(), language));
        self.sources.title_torrents((scene.now(), language));
        self.tell_rows();
        let row = self.open.dataset().and_then(|dataset| self.sources.dataset(dataset));
        if let Some(title) = row.map(|row| row.title.clone()) {
            self.open.title(&title);
            self.tell_hours();
        }
    }
}
