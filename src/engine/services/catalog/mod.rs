//! Where data can come from, and which hours there are: providers, and .torrents that a person added.
//!
//! In: what a person wants of sources. Out: rows, the matrix of one dataset, plans and requests. One task; nothing is
//! contacted before a person opens or asks something. Start reading at `CatalogService::run`.
//!
//! | file | what it does |
//! |---|---|
//! | `providers` | datasets of providers, by what their listings tell |
//! | `torrents` | .torrents that were added, read as hours where their names tell any |
//! | `planning` | what a choice costs, and the requests for it |
//! | `query`, `search` | the terminal's questions about catalogues |
//! | `fields` | which fields a file has, and their share of it |

mod fields;
mod planning;
mod providers;
mod pulse;
mod query;
mod search;
mod torrents;

pub(in crate::engine) use query::answer;

use crate::app::catalog::DatasetLook;
use crate::app::catalog::Texts;
use crate::app::hours::{CatalogReading, DatasetId, HoursChoice, HoursFilter, HoursView};
use crate::app::input::{Event, Input};
use crate::app::journal::Weight;
use crate::app::offer::Offer;
use crate::app::offered::Offered;
use crate::app::query::Answer;
use crate::app::settings::LanguageChoice;
use crate::app::snapshot::Snapshot;
use crate::app::sources::{Health, SourceClass, SourceKey, SourceRemoval, SourceRow};
use crate::app::user_message::UserMessage;
use crate::catalog::provider::{Dataset, Provider};
use crate::domain::outside_text::show_with_urls;
use crate::domain::utc::UtcTime;
use crate::engine::context::EngineContext;
use crate::engine::store::keeper::KeeperOrder;
use crate::grib::index::GribIndex;
use pulse::{Called, WatchedSource};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;
use torrents::TorrentPlace;

/// How often the dataset that is open is looked at.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// The same when its source could not be asked: it may be back soon.
const LOOK_AGAIN_SOON: Duration = Duration::from_secs(15);

/// How often servers in one's own network are called: that one is gone is to be said within five seconds.
const CALL_EVERY: Duration = Duration::from_secs(3);

/// Most sources that a person may add.
const MOST_SOURCES: usize = 1_000;

/// The name of the source that a publisher in this process is.
const OFFER: &str = "offer-of-this-process";

/// What a person wants of sources.
pub(in crate::engine) enum CatalogCommand {
    /// Add one, by path, URL or magnet.
    Add(String),
    /// Remove one.
    Remove(SourceKey),
    /// Ask one again.
    Ask(SourceKey),
    /// Read a dataset, or close it.
    Open(Option<DatasetId>),
    /// Show it by these packages, fields and levels.
    Filter(HoursFilter),
    /// Make requests of a choice.
    Wish(Box<HoursChoice>, Arc<Snapshot>),
    /// Say what a choice costs.
    Plan(Box<HoursChoice>, Arc<Snapshot>, Sender<Answer>),
    /// The language changed.
    Speak(LanguageChoice),
}

/// One source, with what it was made from.
struct Known {
    row: SourceRow,
    /// What it is called in both languages, when it is one of this process.
    named: Option<Texts>,
    what: What,
    /// Its servers in one's own network.
    servers: BTreeSet<(String, u16)>,
}

enum What {
    Provider,
    /// One .torrent that was added, or those of a publisher in this process.
    Torrents(Vec<TorrentPlace>),
    /// A provider's file that cannot be used.
    Broken,
}

/// The task that knows the sources.
pub(in crate::engine) struct CatalogService {
    context: EngineContext,
    events: UnboundedSender<Input>,
    /// Writes down what was added; `None` when nothing is remembered.
    remember: Option<Weak<std::sync::mpsc::Sender<KeeperOrder>>>,
    language: LanguageChoice,
    known: Vec<Known>,
    /// When sources last answered well, in the starts before this one.
    successes: HashMap<String, UtcTime>,
    open: Option<Offered>,
    filter: HoursFilter,
    /// Datasets that are being asked for.
    looking: HashSet<DatasetId>,
    /// When the dataset that is open was last asked for by the desk itself.
    looked: Instant,
    /// Whether servers are being called.
    is_calling: bool,
    /// Where tasks beside the desk tell what they heard.
    heard: UnboundedSender<Heard>,
    hearing: UnboundedReceiver<Heard>,
}

/// What a task beside the desk heard.
enum Heard {
    /// What listings told.
    DatasetLook(Box<Looked>),
    /// Which sources of one's own network take a call.
    Called(Vec<Called>),
    /// Which fields a dataset has.
    Fields(DatasetId, Box<GribIndex>),
}

/// What listings told of a dataset.
struct Looked {
    id: DatasetId,
    of: (Arc<Provider>, Arc<Dataset>),
    look: DatasetLook,
}

impl CatalogService {
    pub(in crate::engine) fn new(
        context: EngineContext,
        events: UnboundedSender<Input>,
        language: LanguageChoice,
        remember: Option<Weak<std::sync::mpsc::Sender<KeeperOrder>>>,
    ) -> Self {
        let (heard, hearing) = unbounded_channel();
        Self {
            context,
            events,
            remember,
            language,
            known: Vec::new(),
            successes: HashMap::new(),
            open: None,
            filter: HoursFilter::default(),
            looking: HashSet::new(),
            looked: Instant::now(),
            is_calling: false,
            heard,
            hearing,
        }
    }

    /// Hears orders until the engine ends; `added` are the places that were remembered, with when sources answered well.
    pub(in crate::engine) async fn run(
        mut self,
        (added, successes): (Vec<(String, String)>, HashMap<String, UtcTime>),
        mut orders: UnboundedReceiver<CatalogCommand>,
    ) {
        self.successes = successes;
        self.list_providers();
        for (key, place) in added {
            let mut known = Known::added(&key, &place);
            known.row.last_success = self.successes.get(&key).copied();
            self.known.push(known);
        }
        self.tell_rows();
        self.read_at_hand().await;
        let mut calls = tokio::time::interval(CALL_EVERY);
        calls.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            // What is open is looked at again; what is closed is left alone.
            let again = tokio::time::sleep_until(self.looked + self.pause());
            tokio::select! {
                order = orders.recv() => match order {
                    Some(order) => self.obey(order).await,
                    None => return,
                },
                Some(heard) = self.hearing.recv() => self.hear(heard).await,
                () = again, if self.open.is_some() => self.look_again(),
                _ = calls.tick(), if !self.is_calling && self.watched().next().is_some() => self.call_own(),
            }
        }
    }

    async fn hear(&mut self, heard: Heard) {
        match heard {
            Heard::DatasetLook(looked) => self.take_look(*looked),
            Heard::Called(called) => self.take_calls(&called).await,
            Heard::Fields(dataset, index) => self.take_fields(&dataset, *index),
        }
    }

    /// How long to wait before the dataset that is open is looked at again.
    fn pause(&self) -> Duration {
        let is_lost = |open: &Offered| matches!(open.base.reading, CatalogReading::Failed(..));
        if self.open.as_ref().is_some_and(is_lost) { LOOK_AGAIN_SOON } else { LOOK_AGAIN }
    }

    /// Sources in one's own network that were asked before.
    fn watched(&self) -> impl Iterator<Item = WatchedSource> {
        let was_asked = |known: &&Known| matches!(known.row.health, Health::Answers | Health::Lost(..));
        let own = self.known.iter().filter(|known| !known.servers.is_empty()).filter(was_asked);
        own.map(|known| WatchedSource { key: known.row.key.clone(), servers: known.servers.clone() })
    }

    /// Calls the servers in one's own network, beside the desk.
    fn call_own(&mut self) {
        let (watched, heard): (Vec<WatchedSource>, _) = (self.watched().collect(), self.heard.clone());
        self.is_calling = true;
        tokio::spawn(async move {
            // The desk is gone only when the engine is.
            let _ = heard.send(Heard::Called(pulse::call(watched).await));
        });
    }

    /// A source that took calls and does not is lost at once; then, as when it takes them again, it is asked, which
    /// tells what it has or what else is wrong.
    async fn take_calls(&mut self, called: &[Called]) {
        self.is_calling = false;
        let now = self.context.shared.clock.utc();
        for Called { key, trouble } in called {
            let Some(row) = self.row_mut(key) else { continue };
            match (&row.health, trouble) {
                (Health::Answers, Some(trouble)) => row.health = row.health.lost(trouble.clone(), now),
                (Health::Lost(..), None) => {}
                (Health::Answers, None)
                | (Health::Lost(..), Some(_))
                | (Health::NotTried | Health::Asking, _) => continue,
            }
            self.ask(key).await;
        }
    }

    /// Reads the dataset that is open once more.
    fn look_again(&mut self) {
        self.looked = Instant::now();
        let Some(dataset) = self.open.as_ref().map(|open| open.base.dataset.clone()) else { return };
        match self.provider_of(&dataset) {
            Some(_) => self.begin_look(&dataset),
            None => self.show_torrent(&dataset),
        }
    }

    async fn obey(&mut self, order: CatalogCommand) {
        match order {
            CatalogCommand::Add(place) => self.add(place.trim()).await,
            CatalogCommand::Remove(key) => self.remove(&key),
            CatalogCommand::Ask(key) => self.ask(&key).await,
            CatalogCommand::Open(dataset) => self.open(dataset).await,
            CatalogCommand::Filter(filter) => {
                self.filter = filter;
                self.tell_hours();
            }
            CatalogCommand::Wish(choice, snapshot) => self.wish(&choice, &snapshot),
            CatalogCommand::Plan(choice, snapshot, answers) => self.plan(&choice, &snapshot, answers),
            CatalogCommand::Speak(language) => {
                self.language = language;
                self.list_providers();
                self.title_torrents();
                self.tell_rows();
                self.title_open();
            }
        }
    }

    fn tell(&self, event: Event) {
        // The host is gone only when the process ends.
        let _ = self.events.send(Input::Event(event));
    }

    fn note(&self, order: KeeperOrder) {
        if let Some(hand) = self.remember.as_ref().and_then(Weak::upgrade) {
            // The keeper's thread ends with the engine.
            let _ = hand.send(order);
        }
    }

    /// Takes in what a publisher in this process offers: it is read at once, since nobody else is contacted.
    pub(in crate::engine) fn take_offer(&mut self, offer: &Offer) {
        let Some(first) = offer.entries.first() else { return };
        let mut known = Known::added(OFFER, &first.url);
        known.named = Some(offer.title.clone());
        known.what = What::Torrents(offer.entries.iter().map(TorrentPlace::offered).collect());
        (known.row.kind, known.row.removal) = (SourceClass::Demo, SourceRemoval::BuiltIn);
        self.known.push(known);
        self.title_torrents();
    }

    fn tell_rows(&self) {
        let mut rows: Vec<SourceRow> = self.known.iter().map(|known| known.row.clone()).collect();
        rows.sort_by_key(SourceRow::rank);
        self.tell(Event::Sources(Arc::new(rows)));
    }

    fn tell_hours(&self) {
        let view = self.open.as_ref().map(|open| Arc::new(open.view(&self.filter)));
        self.tell(Event::Hours(view));
    }

    fn row_mut(&mut self, key: &SourceKey) -> Option<&mut SourceRow> {
        self.known.iter_mut().find(|known| known.row.key == *key).map(|known| &mut known.row)
    }

    async fn add(&mut self, place: &str) {
        let handed = crate::engine::services::desktop::handing::describe(place);
        if handed.is_none() || self.known.len() >= MOST_SOURCES {
            let target = show_with_urls(place);
            self.tell(Event::Told(Weight::Attention, UserMessage::TargetUnknown { target }));
            return;
        }
        let key = SourceKey(place.into());
        if self.row_mut(&key).is_none() {
            self.known.push(Known::added(place, place));
            self.note(KeeperOrder::Source(place.to_owned(), Some(place.to_owned())));
        }
        self.ask(&key).await;
    }

    fn remove(&mut self, key: &SourceKey) {
        let may_go = |known: &Known| known.row.key == *key && known.row.removal == SourceRemoval::Allowed;
        self.known.retain(|known| !may_go(known));
        self.note(KeeperOrder::Source(key.0.to_string(), None));
        self.tell_rows();
    }

    /// Asks a source, and shows how it is.
    async fn ask(&mut self, key: &SourceKey) {
        let Some(known) = self.known.iter().find(|known| known.row.key == *key) else { return };
        let first = known.row.datasets.first().map(|dataset| dataset.id.clone());
        match &known.what {
            What::Provider => {
                let is_open =
                    |open: &Offered| self.provider_of(&open.base.dataset).is_some_and(|p| *p.0 == *key.0);
                let open =
                    self.open.as_ref().filter(|open| is_open(open)).map(|open| open.base.dataset.clone());
                if let Some(dataset) = open.or(first) {
                    self.begin_look(&dataset);
                }
            }
            What::Torrents(_) => self.read_torrents(key).await,
            What::Broken => self.list_providers(),
        }
        self.tell_rows();
    }

    /// Opens a dataset: what is known of it at once, then what the source says now.
    async fn open(&mut self, dataset: Option<DatasetId>) {
        let Some(dataset) = dataset else {
            self.open = None;
            self.tell_hours();
            return;
        };
        if self.open.as_ref().is_none_or(|open| open.base.dataset != dataset) {
            self.filter = HoursFilter::default();
            self.open = self.begun(&dataset);
            self.tell_hours();
        }
        self.looked = Instant::now();
        match self.provider_of(&dataset) {
            Some(_) => {
                self.show_kept(&dataset).await;
                self.begin_look(&dataset);
            }
            None => self.show_torrent(&dataset),
        }
    }

    /// An empty matrix of a dataset that is being read.
    fn begun(&self, dataset: &DatasetId) -> Option<Offered> {
        let row = self.known.iter().flat_map(|known| &known.row.datasets).find(|row| row.id == *dataset)?;
        Some(Offered::empty(HoursView {
            dataset: dataset.clone(),
            title: row.title.clone(),
            licence: None,
            packages: Vec::new(),
            fields: Vec::new(),
            members: Vec::new(),
            columns: Vec::new(),
            rows: Vec::new(),
            table: None,
            reading: CatalogReading::UnderWay(None),
        }))
    }

    /// Shows the hours of a .torrent that was added, when it is the one that is open.
    fn show_torrent(&mut self, dataset: &DatasetId) {
        let torrent = self.known.iter().find_map(|known| match &known.what {
            What::Torrents(places) => places.iter().find_map(|place| place.read_as(dataset)),
            _ => None,
        });
        let Some(torrent) = torrent else { return };
        let fields = self.open.as_mut().and_then(|open| open.fields.take());
        let offered = torrent.offered((self.context.shared.clock.utc(), self.language));
        self.open = Some(Offered { fields, ..offered });
        self.tell_hours();
        self.begin_fields();
    }

    /// Calls the dataset that is open as it is called now.
    fn title_open(&mut self) {
        let rows = self.known.iter().flat_map(|known| &known.row.datasets);
        if let Some(open) = &mut self.open
            && let Some(row) = rows.into_iter().find(|row| row.id == open.base.dataset)
        {
            open.base.title.clone_from(&row.title);
            self.tell_hours();
        }
    }

    fn provider_of(&self, dataset: &DatasetId) -> Option<SourceKey> {
        let provider = dataset.0.split('/').next()?;
        let is_it = |known: &&Known| matches!(known.what, What::Provider) && &*known.row.key.0 == provider;
        self.known.iter().find(is_it).map(|known| known.row.key.clone())
    }
}

impl Known {
    fn added(key: &str, place: &str) -> Self {
        let handed = crate::engine::services::desktop::handing::describe(place);
        let name = handed.map_or_else(|| show_with_urls(place), |handed| handed.name);
        let row = SourceRow {
            has_notices: false,
            key: SourceKey(key.into()),
            title: name,
            place: show_with_urls(place),
            kind: SourceClass::Torrent,
            health: Health::NotTried,
            last_success: None,
            datasets: Vec::new(),
            removal: SourceRemoval::Allowed,
        };
        let servers = pulse::own_server(place).into_iter().collect();
        Self { row, named: None, what: What::Torrents(vec![TorrentPlace::added(place)]), servers }
    }
}
