//! Datasets of providers: rows for the list, and the matrix by what their listings tell.

use super::offered::{Offered, OfferedFile};
use super::pulse;
use super::{CatalogService, DEMO, Heard, Known, Looked, What};
use crate::app::catalog::{PageState, Texts};
use crate::app::file_table::{FileRow, FileTable};
use crate::app::hours::{Cell, CellState, DatasetId, HoursView, Reading, RunRow, Size, Ways};
use crate::app::input::Event;
use crate::app::journal::Weight;
use crate::app::settings::LanguageChoice;
use crate::app::sources::{DatasetRow, Health, Removal, SourceClass, SourceKey, SourceRow};
use crate::app::user_message::UserMessage;
use crate::catalog::entry::Entry;
use crate::catalog::listing;
use crate::catalog::provider::{Dataset, EntryId, Provider};
use crate::catalog::requests::Wanted;
use crate::catalog::runs::{self, Hours, hours};
use crate::catalog::template::Template;
use crate::domain::outside_text::show;
use crate::domain::utc::UtcTime;
use crate::engine::listings::Look;
use crate::engine::store::keeper::Order;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// Most runs that are shown.
const MOST_RUNS: usize = 16;

/// Most files without a run that are shown.
const MOST_FILES: usize = 50_000;

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
                removal: Removal::BuiltIn,
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
                Look::broken(&error.to_string())
            });
            // The desk is gone only when the engine is.
            let _ = heard.send(Heard::Look(Box::new(Looked { id, of, look })));
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
            self.note(Order::Success(of.0.id.to_string(), now));
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
        self.show_look((id, &of), (&look, &table), Reading::UnderWay(Some(fetched)));
    }

    /// Shows a dataset as it was listed, when it is the one that is open.
    fn show_look(
        &mut self,
        (id, (provider, dataset)): (&DatasetId, &(Arc<Provider>, Arc<Dataset>)),
        (look, table): (&Look, &Hours),
        reading: Reading,
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

pub(super) fn text(texts: &Texts, language: LanguageChoice) -> &str {
    match language {
        LanguageChoice::English => &texts.en,
        LanguageChoice::French => &texts.fr,
    }
}

fn row_of(provider: &Provider, language: LanguageChoice) -> SourceRow {
    let dataset = |dataset: &Arc<Dataset>| DatasetRow {
        id: DatasetId(dataset.path().into()),
        title: text(&dataset.title, language).to_owned(),
        grid: dataset.grid.clone(),
        newest: None,
        published: (0, 0),
        read: None,
    };
    SourceRow {
        has_notices: true,
        key: SourceKey(provider.id.clone()),
        title: text(&provider.name, language).to_owned(),
        place: provider.id.to_string(),
        kind: if &*provider.id == DEMO { SourceClass::Demo } else { SourceClass::Provider },
        health: Health::NotTried,
        last_success: None,
        datasets: provider.datasets.iter().map(dataset).collect(),
        removal: Removal::BuiltIn,
    }
}

fn carry_over(rows: &mut [DatasetRow], before: &[DatasetRow]) {
    for row in rows {
        if let Some(known) = before.iter().find(|known| known.id == row.id) {
            (row.newest, row.published, row.read) = (known.newest, known.published, known.read);
        }
    }
}

fn note_newest(row: &mut DatasetRow, table: &Hours) {
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let newest = table.rows.iter().find(|row| row.published() > 0);
    row.newest = newest.map(|row| row.run);
    row.published = newest.map_or((0, 0), |row| (count(row.published()), count(row.expected())));
}

fn health_of(look: &Look, now: UtcTime) -> Health {
    match look.silence().map(|page| (&page.address, &page.state)) {
        Some((address, PageState::Failed(reason))) => {
            let message = UserMessage::TargetUnreachable { url: address.clone(), reason: reason.clone() };
            Health::Lost(message, now)
        }
        _ => Health::Answers,
    }
}

fn reading_of(look: &Look, now: UtcTime) -> Reading {
    let fetched = look.pages.iter().filter_map(|page| page.fetched_at).min();
    let failed = look.pages.iter().find_map(|page| match &page.state {
        PageState::Failed(reason) => Some((&page.address, reason)),
        _ => None,
    });
    match failed {
        Some((url, reason)) => {
            // The address of a listing is long, and the reason stands behind it.
            let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
            let url = host.unwrap_or_else(|| url.clone());
            Reading::Failed(UserMessage::TargetUnreachable { url, reason: reason.clone() }, fetched)
        }
        None => Reading::Done(fetched.unwrap_or(now)),
    }
}

fn base_of(
    id: &DatasetId,
    (provider, dataset): (&Provider, &Dataset),
    table: &Hours,
    (reading, language): (Reading, LanguageChoice),
) -> HoursView {
    let licence = &provider.licence;
    let attribution = text(&licence.attribution, language);
    HoursView {
        dataset: id.clone(),
        title: text(&dataset.title, language).to_owned(),
        licence: Some(format!("{} · {attribution}", licence.name)),
        packages: if table.packages.len() > 1 { table.packages.clone() } else { Vec::new() },
        fields: Vec::new(),
        members: Vec::new(),
        columns: table.leads.clone(),
        rows: table.rows.iter().map(row_of_run).collect(),
        table: None,
        reading,
    }
}

/// The files of a dataset whose files belong to no run. `None` when there are none.
fn table_of(look: &Look, dataset: &Dataset) -> Option<FileTable> {
    // A file that only a pattern with a run tells belongs to a run, whatever its listing says of it now.
    if dataset.addresses.file.as_ref().is_some_and(Template::names_run) {
        return None;
    }
    let entries: Vec<&Entry> = look.book.table().filter(|entry| entry.is_there()).take(MOST_FILES).collect();
    let keys: BTreeSet<&str> =
        entries.iter().flat_map(|entry| entry.values.keys.iter()).map(|(key, _)| key).collect();
    let row = |entry: &&Entry| FileRow {
        values: keys.iter().map(|key| show(entry.values.keys.get(key).unwrap_or_default())).collect(),
        pattern: entry.pattern().into(),
        size: size_of(entry.size),
        published: entry.published,
        state: CellState::Available,
    };
    let rows: Vec<FileRow> = entries.iter().map(row).collect();
    (!rows.is_empty()).then(|| FileTable { rows, keys: keys.into_iter().map(show).collect() })
}

fn row_of_run(row: &runs::RunRow) -> RunRow {
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let delay = row.first_after.and_then(|minutes| u64::try_from(minutes).ok());
    RunRow {
        run: row.run,
        cells: row.cells.iter().map(|cell| cell.map(cell_of).unwrap_or_default()).collect(),
        published: count(row.published()),
        expected: count(row.expected()),
        delay: delay.map(|minutes| Duration::from_secs(minutes * 60)),
    }
}

fn cell_of(cell: runs::Cell) -> Cell {
    let state = match cell.state {
        runs::CellState::Published => CellState::Available,
        // Some packages are there: these can be got.
        _ if cell.present > 0 => CellState::Available,
        runs::CellState::Expected { .. } => CellState::Expected,
        runs::CellState::Late { .. } => CellState::Late,
        runs::CellState::Missing => CellState::Missing,
        runs::CellState::Withdrawn { .. } => CellState::Withdrawn,
        runs::CellState::Unknown { .. } => CellState::Unknown,
    };
    Cell { state, size: size_of(cell.size), holds_less: cell.is_reduced }
}

fn size_of(size: listing::Size) -> Size {
    match size {
        listing::Size::Exact(octets) => Size::Exact(octets),
        listing::Size::About(octets) => Size::About(octets),
        listing::Size::Unknown => Size::Unknown,
    }
}

fn file_of(id: &DatasetId, entry: &Entry, dataset: &Dataset) -> Option<OfferedFile> {
    let package = Some(entry.package()).filter(|package| !package.is_empty());
    let target = package.map_or_else(|| id.0.to_string(), |package| format!("{}/{package}", id.0));
    let roads = entry.roads(dataset);
    let has_classic = roads.classic.is_some() || !roads.mirrors.is_empty();
    let ways = match (&roads.torrent, has_classic) {
        (Some(_), true) => Ways::Both,
        (Some(_), false) => Ways::Torrent,
        (None, _) => Ways::Classic,
    };
    Some(OfferedFile {
        package: package.map(str::to_owned),
        leads: entry.leads()?,
        size: size_of(entry.size),
        target,
        pattern: None,
        url: roads.classic.or_else(|| roads.mirrors.first().cloned()),
        ways,
        piece: None,
    })
}
