//! Datasets of providers: rows for the list, and the matrix by what their listings tell.

use super::pulse;
use super::{CatalogService, Heard, Known, Looked, What};
use crate::app::catalog::DatasetLook;
use crate::app::hours::{CatalogReading, DatasetId};
use crate::app::input::Event;
use crate::app::journal::Weight;
use crate::app::offered::providers::{
    base_of, carry_over, file_of, health_of, note_newest, reading_of, row_of, table_of,
};
use crate::app::offered::{Offered, OfferedFile};
use crate::app::sources::{Health, SourceClass, SourceKey, SourceRemoval, SourceRow};
use crate::app::user_message::UserMessage;
use crate::catalog::provider::{Dataset, EntryId, Provider};
use crate::catalog::requests::Wanted;
use crate::catalog::runs::{Hours, hours};
use crate::domain::outside_text::show;
use crate::domain::utc::UtcTime;
use crate::engine::store::keeper::KeeperOrder;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Most runs that are shown.
const MOST_RUNS: usize = 16;

impl CatalogService {
    /// Reads the providers' files anew: those that come along, and the person's own.
    pub(super) fn list_providers(&mut self) {
        let book = self.context.catalog.providers();
        let now = self.context.shared.clock.utc();
        let before: Vec<Known> = std::mem::take(&mut self.known);
        let provider = |provider: &Arc<Provider>| {
            let mut row = row_of(provider, self.language);
            row.last_success = self.successes.get(&*provider.id).copied();
            if let Some(known) = before.iter().find(|known| known.row.key == row.key) {
                row.health = known.row.health.clone();
                row.last_success = known.row.last_success;
                carry_over(&mut row.datasets, &known.row.datasets);
            }
            let places = provider.datasets.iter().flat_map(|dataset| &dataset.listings);
            let servers = places.filter_map(|place| pulse::own_server(place.address.text())).collect();
            Known { row, named: None, what: What::Provider, servers }
        };
        let broken = book.broken.iter().map(|broken| {
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
            Known { row, named: None, what: What::Broken, servers: BTreeSet::new() }
        });
        let mut listed: Vec<Known> = book.providers.iter().map(provider).chain(broken).collect();
        listed.extend(before.into_iter().filter(|known| matches!(known.what, What::Torrents(_))));
        self.known = listed;
    }

    /// Begins to ask for the listings of a dataset, beside the desk: a server that is slow keeps nobody waiting.
    pub(super) fn begin_look(&mut self, id: &DatasetId) {
        let book = self.context.catalog.providers();
        let Some((provider, dataset)) = EntryId::parse(&id.0).as_ref().and_then(|entry| book.find(entry))
        else {
            return;
        };
        if !self.looking.insert(id.clone()) {
            return;
        }
        // One that is lost is asked again by itself, and is lost until it answers.
        if let Some(row) = self.row_mut(&SourceKey(provider.id.clone()))
            && !matches!(row.health, Health::Lost(..))
        {
            row.health = Health::Asking;
        }
        self.tell_rows();
        let of = (provider.clone(), dataset.clone());
        let (catalog, shared) = (self.context.catalog.clone(), self.context.shared.clone());
        let (id, heard) = (id.clone(), self.heard.clone());
        tokio::spawn(async move {
            let (provider, dataset) = of.clone();
            let asked =
                tokio::spawn(
                    async move { catalog.look((&provider, &dataset), Wanted::Latest, &shared).await },
                );
            let look = asked.await.unwrap_or_else(|error| {
                tracing::error!(%error, "a task that asks for listings broke");
                DatasetLook::broken(&error.to_string())
            });
            // The desk is gone only when the engine is.
            let _ = heard.send(Heard::DatasetLook(Box::new(Looked { id, of, look })));
        });
    }

    /// Takes in what listings told, and keeps how that went.
    pub(super) fn take_look(&mut self, looked: Looked) {
        let Looked { id, of, look } = looked;
        self.looking.remove(&id);
        for change in &look.changes {
            let message = UserMessage::CatalogChanged { change: change.clone() };
            self.tell(Event::Told(Weight::Attention, message));
        }
        let now = self.context.shared.clock.utc();
        let table = hours(&of.1, &look.book, &[], self.context.shared.judging_now(), MOST_RUNS);
        let health = health_of(&look, now);
        let is_read = health == Health::Answers;
        if is_read {
            self.note(KeeperOrder::Success(of.0.id.to_string(), now));
        }
        if let Some(row) = self.row_mut(&SourceKey(of.0.id.clone())) {
            if health == Health::Answers {
                row.last_success = Some(now);
            }
            row.health = match health {
                Health::Lost(message, now) => row.health.lost(message, now),
                health => health,
            };
            if let Some(dataset) = row.datasets.iter_mut().find(|row| row.id == id) {
                note_newest(dataset, &table);
                if is_read {
                    dataset.read = Some(now);
                }
            }
        }
        self.tell_rows();
        let reading = reading_of(&look, now);
        self.show_look((&id, &of), (&look, &table), reading);
        self.begin_fields();
    }

    /// Shows what is kept of a dataset, while its source is being asked.
    pub(super) async fn show_kept(&mut self, id: &DatasetId) {
        let book = self.context.catalog.providers();
        let Some((provider, dataset)) = EntryId::parse(&id.0).as_ref().and_then(|entry| book.find(entry))
        else {
            return;
        };
        let look = self.context.catalog.look_kept(dataset, Wanted::Latest, &self.context.shared).await;
        let Some(fetched) = look.pages.iter().filter_map(|page| page.fetched_at).min() else { return };
        let table = hours(dataset, &look.book, &[], self.context.shared.judging_now(), MOST_RUNS);
        let of = (provider.clone(), dataset.clone());
        self.show_look((id, &of), (&look, &table), CatalogReading::UnderWay(Some(fetched)));
    }

    /// Shows a dataset as it was listed, when it is the one that is open.
    fn show_look(
        &mut self,
        (id, (provider, dataset)): (&DatasetId, &(Arc<Provider>, Arc<Dataset>)),
        (look, table): (&DatasetLook, &Hours),
        reading: CatalogReading,
    ) {
        let Some(open) = self.open.as_mut().filter(|open| open.base.dataset == *id) else { return };
        let fields = open.fields.take();
        let mut base = base_of(id, (provider, dataset), table, (reading, self.language));
        base.table = table_of(look, dataset).map(Arc::new);
        let mut files: HashMap<UtcTime, Vec<OfferedFile>> = HashMap::new();
        for entry in look.book.iter().filter(|entry| entry.is_there()) {
            if let (Some(run), Some(file)) = (entry.values.run, file_of(id, entry, dataset)) {
                files.entry(run).or_default().push(file);
            }
        }
        *open = Offered { base, files, fields };
        self.tell_hours();
    }
}
