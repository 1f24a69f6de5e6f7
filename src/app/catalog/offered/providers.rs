//! Datasets of providers: rows for the list, and the matrix by what their listings tell.

use super::OfferedFile;
use crate::app::catalog::asked::{DatasetLook, PageState, Texts};
use crate::app::catalog::file_table::{FileRow, FileTable};
use crate::app::catalog::hours::{
    CatalogReading, DatasetId, HoursView, KnownSize, MatrixCell, MatrixCellState, MatrixRow, Ways,
};
use crate::app::catalog::sources::{DatasetRow, Health, SourceClass, SourceKey, SourceRemoval, SourceRow};
use crate::app::messages::user_message::UserMessage;
use crate::app::settings::LanguageChoice;
use crate::catalog::entry::Entry;
use crate::catalog::listing;
use crate::catalog::provider::{Dataset, Provider};
use crate::catalog::runs::{self, Hours};
use crate::catalog::template::Template;
use crate::domain::outside_text::show;
use crate::domain::utc::UtcTime;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// Most files without a run that are shown.
const MOST_FILES: usize = 50_000;

/// The id of the provider that the demonstration brings along.
pub(crate) const DEMO: &str = "demo";

pub(crate) fn text(texts: &Texts, language: LanguageChoice) -> &str {
    match language {
        LanguageChoice::English => &texts.en,
        LanguageChoice::French => &texts.fr,
    }
}

pub(crate) fn row_of(provider: &Provider, language: LanguageChoice) -> SourceRow {
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
        removal: SourceRemoval::BuiltIn,
    }
}

pub(crate) fn carry_over(rows: &mut [DatasetRow], before: &[DatasetRow]) {
    for row in rows {
        if let Some(known) = before.iter().find(|known| known.id == row.id) {
            (row.newest, row.published, row.read) = (known.newest, known.published, known.read);
        }
    }
}

pub(crate) fn note_newest(row: &mut DatasetRow, table: &Hours) {
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let newest = table.rows.iter().find(|row| row.published() > 0);
    row.newest = newest.map(|row| row.run);
    row.published = newest.map_or((0, 0), |row| (count(row.published()), count(row.expected())));
}

pub(crate) fn health_of(look: &DatasetLook, now: UtcTime) -> Health {
    match look.silence().map(|page| (&page.address, &page.state)) {
        Some((address, PageState::Failed(reason))) => {
            let message = UserMessage::TargetUnreachable { url: address.clone(), reason: reason.clone() };
            Health::Lost(message, now)
        }
        _ => Health::Answers,
    }
}

pub(crate) fn reading_of(look: &DatasetLook, now: UtcTime) -> CatalogReading {
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
            CatalogReading::Failed(UserMessage::TargetUnreachable { url, reason: reason.clone() }, fetched)
        }
        None => CatalogReading::Done(fetched.unwrap_or(now)),
    }
}

pub(crate) fn base_of(
    id: &DatasetId,
    (provider, dataset): (&Provider, &Dataset),
    table: &Hours,
    (reading, language): (CatalogReading, LanguageChoice),
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
pub(crate) fn table_of(look: &DatasetLook, dataset: &Dataset) -> Option<FileTable> {
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
        state: MatrixCellState::Available,
    };
    let rows: Vec<FileRow> = entries.iter().map(row).collect();
    (!rows.is_empty()).then(|| FileTable { rows, keys: keys.into_iter().map(show).collect() })
}

pub(crate) fn row_of_run(row: &runs::RunRow) -> MatrixRow {
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let delay = row.first_after.and_then(|minutes| u64::try_from(minutes).ok());
    MatrixRow {
        run: row.run,
        cells: row.cells.iter().map(|cell| cell.map(cell_of).unwrap_or_default()).collect(),
        published: count(row.published()),
        expected: count(row.expected()),
        delay: delay.map(|minutes| Duration::from_secs(minutes * 60)),
    }
}

pub(crate) fn cell_of(cell: runs::Cell) -> MatrixCell {
    let state = match cell.state {
        runs::CellState::Published => MatrixCellState::Available,
        // Some packages are there: these can be got.
        _ if cell.present > 0 => MatrixCellState::Available,
        runs::CellState::Expected { .. } => MatrixCellState::Expected,
        runs::CellState::Late { .. } => MatrixCellState::Late,
        runs::CellState::Missing => MatrixCellState::Missing,
        runs::CellState::Withdrawn { .. } => MatrixCellState::Withdrawn,
        runs::CellState::Unknown { .. } => MatrixCellState::Unknown,
    };
    MatrixCell { state, size: size_of(cell.size), holds_less: cell.is_reduced }
}

pub(crate) fn size_of(size: listing::Size) -> KnownSize {
    match size {
        listing::Size::Exact(octets) => KnownSize::Exact(octets),
        listing::Size::About(octets) => KnownSize::About(octets),
        listing::Size::Unknown => KnownSize::Unknown,
    }
}

pub(crate) fn file_of(id: &DatasetId, entry: &Entry, dataset: &Dataset) -> Option<OfferedFile> {
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
