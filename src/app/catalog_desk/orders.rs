//! What the desk of sources hears, and what is to be done about it.

use crate::app::catalog::asked::DatasetLook;
use crate::app::catalog::hours::{DatasetId, HoursChoice, HoursFilter};
use crate::app::catalog::offered::OfferedFile;
use crate::app::catalog::sources::SourceKey;
use crate::app::input::Event;
use crate::app::messages::user_message::UserMessage;
use crate::app::settings::LanguageChoice;
use crate::app::snapshot::Snapshot;
use crate::catalog::metainfo::Metainfo;
use crate::catalog::provider::{Dataset, Provider, ProviderBook};
use crate::catalog::runs::Now;
use crate::domain::utc::{SteadyTime, UtcTime};
use crate::grib::index::GribIndex;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// What holds when the desk hears something.
pub(crate) struct CatalogScene<'a> {
    /// The time of day, and whether it may be relied on.
    pub(crate) day: Now,
    /// By the clock that never goes back.
    pub(crate) steady: SteadyTime,
    /// The providers that are known by now: read only where they matter, since their files are read anew.
    pub(crate) providers: &'a dyn Fn() -> ProviderBook,
}

impl CatalogScene<'_> {
    pub(super) fn now(&self) -> UtcTime {
        self.day.time()
    }
}

/// A place that a person added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AddedPlace {
    /// The name under which it is kept.
    pub(crate) key: String,
    /// Its path, URL or magnet.
    pub(crate) place: String,
    /// What it calls itself, as far as is known without contacting anybody. `None` when it is nothing to get.
    pub(crate) name: Option<String>,
}

/// What an earlier start left.
#[derive(Debug, Default)]
pub(crate) struct RememberedSources {
    /// What was added.
    pub(crate) added: Vec<AddedPlace>,
    /// When sources last answered well.
    pub(crate) successes: HashMap<String, UtcTime>,
}

/// What listings told of a dataset.
pub(crate) struct ListingsRead {
    /// Which one.
    pub(crate) id: DatasetId,
    /// The same as its provider describes it.
    pub(crate) of: (Arc<Provider>, Arc<Dataset>),
    /// What they told.
    pub(crate) look: DatasetLook,
}

/// Something that the desk hears.
pub(crate) enum CatalogFact {
    /// The desk opens.
    Started(RememberedSources),
    /// A person adds a source.
    Added(AddedPlace),
    /// A person removes one.
    Removed(SourceKey),
    /// A person, or the desk itself, asks one again.
    Asked(SourceKey),
    /// A person opens a dataset, or closes it.
    Opened(Option<DatasetId>),
    /// It is shown by these packages, fields and levels.
    Filtered(HoursFilter),
    /// Requests are to be made of a choice.
    Wished(Box<HoursChoice>, Arc<Snapshot>),
    /// The language changed.
    Spoken(LanguageChoice),
    /// It is time to look at the open dataset again.
    LookDue,
    /// What is kept of listings was read.
    KeptRead(Box<ListingsRead>),
    /// Listings were asked for.
    ListingsRead(Box<ListingsRead>),
    /// The .torrents of a source were read, in their order.
    TorrentsRead(SourceKey, Vec<Result<Metainfo, UserMessage>>),
    /// Servers in one's own network are being called.
    CallsBegun,
    /// Which of them took the call.
    Called(Vec<SourceCall>),
    /// Which fields a dataset has.
    FieldsRead(DatasetId, Box<GribIndex>),
}

/// Something to be done; orders are carried out in their sequence, and what comes of one is heard before the next.
#[derive(Debug)]
pub(crate) enum CatalogOrder {
    /// Tell this.
    Tell(Event),
    /// Keep a source for the next start.
    Keep(String),
    /// Keep it no longer.
    Forget(String),
    /// Keep when a source answered well.
    KeepSuccess(String, UtcTime),
    /// Read what is kept of the listings of a dataset; the next order waits for it.
    ReadKept(DatasetId, (Arc<Provider>, Arc<Dataset>)),
    /// Ask for the listings of a dataset, in a task of its own: a slow server delays nothing else.
    Look(DatasetId, (Arc<Provider>, Arc<Dataset>)),
    /// Read the .torrents of a source from where they lie.
    ReadTorrents(SourceKey, Vec<String>),
    /// Ask a source again.
    Ask(SourceKey),
    /// Read which fields a dataset has from this file, beside the desk.
    ReadFields(DatasetId, Box<OfferedFile>),
}

/// A source whose server is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WatchedSource {
    /// Which one.
    pub(crate) key: SourceKey,
    /// Host and port of each of its servers.
    pub(crate) servers: BTreeSet<(String, u16)>,
}

/// What calling the servers of a source showed.
#[derive(Debug)]
pub(crate) struct SourceCall {
    /// Which one.
    pub(crate) key: SourceKey,
    /// The first server that took no call, and why. `None` when all took one.
    pub(crate) trouble: Option<UserMessage>,
}

/// Orders that were given and are not handed out yet.
#[derive(Default)]
pub(super) struct OrderBox(Vec<CatalogOrder>);

impl OrderBox {
    pub(super) fn push(&mut self, order: CatalogOrder) {
        self.0.push(order);
    }

    pub(super) fn tell(&mut self, event: Event) {
        self.0.push(CatalogOrder::Tell(event));
    }

    pub(super) fn hand_out(&mut self) -> Vec<CatalogOrder> {
        std::mem::take(&mut self.0)
    }
}
