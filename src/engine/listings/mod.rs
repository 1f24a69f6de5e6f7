//! Asks what providers offer: their files from this computer, their listings from their servers, kept with their age.
//!
//! In: requests that `catalog` says to make. Out: a `DatasetLook`: what is offered, and how asking for each page went. The
//! address rule holds for every address, since a provider's file names it and not a person. Start reading at
//! `Catalog::look`.

mod changes;
mod pages;
pub(in crate::engine) mod provider_files;
pub(in crate::engine) mod relays;
mod walks;

pub(crate) use walks::ContentKey;

use crate::app::catalog::asked::{DatasetLook, PageReport, PageState};
use crate::app::messages::user_message::UserMessage;
use crate::app::relay::used::joining::RelaySource;
use crate::catalog::asked::Reply;
use crate::catalog::feed::Feed;
use crate::catalog::listing::ListedFile;
use crate::catalog::provider::{Dataset, Provider, ProviderBook, ProviderFile};
use crate::catalog::requests::{Request, Wanted, requests};
use crate::engine::store::database::Database;
use crate::engine::store::directory::Directory;
use crate::engine::store::error::StoreError;
use crate::engine::transfer::content::Shared;
use crate::transfer::patience::Patience;
use crate::transfer::reason::Reason;
use pages::{From, ListingContext};
use parking_lot::Mutex;
use relays::{RelayAsking, RelaySources};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use url::Url;

/// Where catalogues keep what they know.
#[derive(Clone, Debug, Default)]
pub struct CatalogPlaces {
    /// The folder of a person's own providers' files. `None` when the system names no folder for settings.
    pub own_files: Option<PathBuf>,
    /// Providers' files that the process itself brings along; a person's own of the same name replace them.
    pub along: Vec<ProviderFile>,
    /// The folder in which listings are kept. `None` when none are kept.
    pub kept: Option<PathBuf>,
    /// The list of relays in use. `None` when the system names no folder for settings.
    pub relays: Option<PathBuf>,
}

impl CatalogPlaces {
    /// The folders that the system has for settings and for what can be fetched again.
    pub fn of_system() -> Self {
        let Some(folders) = directories::ProjectDirs::from("", "", "nuee") else { return Self::default() };
        Self {
            own_files: Some(folders.config_dir().join("providers")),
            along: Vec::new(),
            kept: Some(folders.cache_dir().join("catalogues")),
            relays: Some(folders.config_dir().join(crate::app::relay::used::FILE_NAME)),
        }
    }
}

/// What providers offer.
#[derive(Debug)]
pub struct Catalog {
    places: CatalogPlaces,
    kept: Mutex<Option<Arc<Database>>>,
    patience: Arc<Mutex<Patience>>,
    relays: Arc<RelaySources>,
}

impl Catalog {
    /// Catalogues that keep what they know in `places`.
    pub fn new(places: CatalogPlaces) -> Self {
        let relays = Arc::new(RelaySources::new(places.relays.clone()));
        Self { places, kept: Mutex::default(), patience: Arc::default(), relays }
    }

    /// Relays in use.
    pub(in crate::engine) fn relays(&self) -> &RelaySources {
        &self.relays
    }

    /// What the relays in use offer now, and what is to be told of them.
    pub(in crate::engine) async fn relay_sources(
        &self,
        shared: &Shared,
    ) -> (Vec<RelaySource>, Vec<UserMessage>) {
        self.relays.clone().sources(self.asking_relays(shared)).await
    }

    /// What asking relays needs.
    pub(in crate::engine) fn asking_relays(&self, shared: &Shared) -> RelayAsking {
        RelayAsking { client: shared.client.clone(), clock: shared.clock, kept: self.kept() }
    }

    /// The providers that are known by now: own files are read anew, so that a change counts at once.
    pub fn providers(&self) -> ProviderBook {
        let own = self.places.own_files.as_deref().map(provider_files::read_folder).unwrap_or_default();
        ProviderBook::read(self.places.along.iter().cloned().chain(own))
    }

    /// Where listings are kept. `None` when they are not, or when the folder cannot be used: then they are fetched anew.
    fn kept(&self) -> Option<Arc<Database>> {
        let mut kept = self.kept.lock();
        if kept.is_none() {
            let folder = self.places.kept.as_deref()?;
            match open(folder) {
                Ok(database) => *kept = Some(Arc::new(database)),
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "listings cannot be kept");
                    return None;
                }
            }
        }
        kept.clone()
    }

    fn asking(&self, shared: &Shared, (connections, from): (usize, From)) -> ListingContext {
        ListingContext {
            client: shared.client.clone(),
            kept: self.kept(),
            from,
            now: shared.clock.utc(),
            clock: shared.clock,
            patience: self.patience.clone(),
            doors: Semaphore::new(connections),
        }
    }

    /// What a service announces at `address`.
    ///
    /// # Errors
    /// The reason when it cannot be had, and was not kept either.
    pub(crate) async fn notices(&self, address: &str, shared: &Shared) -> Result<(Feed, PageReport), Reason> {
        let url = Url::parse(address).map_err(|_| Reason::NameNotFound)?;
        pages::notices(&self.asking(shared, (1, From::Servers)), &url).await
    }

    /// Asks for the listings of a dataset, at most as many at a time as its provider allows.
    pub(crate) async fn look(
        &self,
        (provider, dataset): (&Provider, &Arc<Dataset>),
        wanted: Wanted,
        shared: &Shared,
    ) -> DatasetLook {
        let connections = usize::from(provider.politeness.connections);
        let asking = self.asking(shared, (connections, From::Servers));
        let sources = self.relays.clone().sources(self.asking_relays(shared));
        let (mut look, (sources, notes)) = tokio::join!(self.collect(asking, dataset, wanted), sources);
        if matches!(wanted, Wanted::Latest) {
            look.changes = self.note_changes(dataset, &look.book, shared.clock.utc());
        }
        look.notes = notes;
        look.notes.extend(self.relays.join(dataset, &mut look.book, (&sources, shared.clock.utc())));
        look
    }

    /// What is known of a dataset without contacting anybody. Its pages have the age of the oldest.
    pub(crate) async fn look_kept(
        &self,
        dataset: &Arc<Dataset>,
        wanted: Wanted,
        shared: &Shared,
    ) -> DatasetLook {
        let mut look = self.collect(self.asking(shared, (1, From::Kept)), dataset, wanted).await;
        let now = shared.clock.utc();
        look.notes = self.relays.join(dataset, &mut look.book, (&self.relays.known(), now));
        look
    }

    async fn collect(&self, asking: ListingContext, dataset: &Arc<Dataset>, wanted: Wanted) -> DatasetLook {
        let (now, from) = (asking.now, asking.from);
        let asking = Arc::new(asking);
        let asked = requests(dataset, wanted, now);
        let mut answers: Vec<Option<(Vec<ListedFile>, PageReport, Reply)>> = vec![None; asked.len()];
        let mut tasks = JoinSet::new();
        for (number, request) in asked.iter().cloned().enumerate() {
            let (asking, dataset) = (asking.clone(), dataset.clone());
            tasks.spawn(async move { (number, pages::ask(&asking, &dataset, request).await) });
        }
        while let Some(ended) = tasks.join_next().await {
            match ended {
                Ok((number, answer)) => answers[number] = Some(answer),
                Err(error) => tracing::error!(%error, "a task that asks for a listing broke"),
            }
        }
        let mut look = DatasetLook::default();
        let gone = asking.kept.as_ref().and_then(|kept| kept.withdrawn(&dataset.path()).ok());
        look.book.add_withdrawn(dataset, &gone.unwrap_or_default());
        for (request, answer) in asked.into_iter().zip(answers) {
            let (rows, report, reply) = answer.unwrap_or_else(|| broken(&request));
            look.book.add(dataset, &rows, now);
            // What is only kept says what was there, not what is missing.
            let is_read = from == From::Servers || report.is_fresh(now);
            look.book.asked.note(request.values, if is_read { reply } else { Reply::Unread });
            look.pages.push(report);
        }
        look
    }
}

/// What becomes of a request whose task broke.
fn broken(request: &Request) -> (Vec<ListedFile>, PageReport, Reply) {
    let state = PageState::Failed(Reason::Other("the task that asked for it broke".to_owned()));
    (Vec::new(), PageReport { address: shown(request), state, fetched_at: None }, Reply::Unread)
}

fn open(folder: &std::path::Path) -> Result<Database, StoreError> {
    std::fs::create_dir_all(folder)
        .map_err(|error| StoreError::from_io("make the folder for listings", error))?;
    Database::open(&Directory::open_or_create(folder)?)
}

/// What a request is for, in a report: its address without secrets.
fn shown(request: &Request) -> String {
    crate::domain::outside_text::show_with_urls(&request.address)
}
