//! `catalog`: providers, datasets, runs and hours, printed.

use super::arguments::{CatalogTask, FileLines};
use super::listing::refuse;
use super::output::{Output, OutputGone};
use crate::app::catalog::asked::{
    CatalogAnswer, CatalogQuery, FoundRecords, NoticesAnswer, PageReport, PageState, ProviderCheck,
    RunsAnswer, Texts, unknown_entry,
};
use crate::app::jobs::view::End;
use crate::app::link::Link;
use crate::app::query::{Answer, Query};
use crate::catalog::entry::Entry;
use crate::catalog::listing::Size;
use crate::catalog::provider::{Dataset, EntryId, Provider, ProviderBook, RangeSupport};
use crate::catalog::runs::{Cell, CellState, RunRow};
use crate::domain::outside_text::{show, show_url, show_with_urls};
use crate::i18n::{Language, Translator, change};
use i18n_embed_fl::fl;
use serde_json::{Value, json};
use std::time::Duration;

/// Carries `catalog` out and returns the exit code.
///
/// # Errors
/// When stdout cannot be written.
pub fn run(task: &CatalogTask, link: &dyn Link, with: (&Translator, &mut Output)) -> Result<u8, OutputGone> {
    let query = match task {
        CatalogTask::List | CatalogTask::Show(_) => CatalogQuery::Providers,
        CatalogTask::Runs { query, .. } | CatalogTask::Check(query) | CatalogTask::Search(query) => {
            query.clone()
        }
        CatalogTask::Notices(provider) => CatalogQuery::Notices(provider.clone()),
    };
    let (text, output) = with;
    let answered = super::listing::answer(&link.ask(Query::Catalog(query)), (text, &mut *output));
    let with = (text, output);
    let Some(Answer::Catalog(answer)) = answered else {
        return Ok(End::Interrupted.exit_code());
    };
    match (task, answer) {
        (_, CatalogAnswer::Refused(message)) => refuse(&message, with),
        (_, CatalogAnswer::Found(found)) => records(&found, with),
        (_, CatalogAnswer::Notices(answer)) => notices(&answer, with),
        (CatalogTask::Show(id), CatalogAnswer::Providers(book)) => show_dataset(id, &book, with),
        (CatalogTask::Check(_), CatalogAnswer::Providers(book)) => check(&book, with),
        (_, CatalogAnswer::Providers(book)) => list(&book, with),
        (CatalogTask::Runs { files, .. }, CatalogAnswer::Runs(answer)) => runs(&answer, *files, with),
        (_, CatalogAnswer::Runs(answer)) => runs(&answer, FileLines::Left, with),
    }
}

/// Each record with the commands that listen to it.
fn records(found: &FoundRecords, (text, output): (&Translator, &mut Output)) -> Result<u8, OutputGone> {
    for record in &found.records {
        let mut object = super::messages::record_json(record);
        object["event"] = json!("record");
        output.json(&object)?;
        let title = record.title.as_deref().unwrap_or_default();
        let id = record.id.as_deref().unwrap_or_default();
        let policy = record.policy.as_deref().unwrap_or_default();
        output.line(&format!("{}\n  {}  {}", show(title), show(id), show(policy)))?;
        for channel in record.channels.iter().filter(|channel| !channel.broker.is_empty()) {
            let broker = broker_of(&channel.broker);
            output.line(&format!("  nuee listen '{broker}' --topic '{}'", show(&channel.topic)))?;
        }
    }
    let (count, all) = (found.records.len() as u64, found.of.unwrap_or(found.records.len() as u64));
    let (count, all) = (text.count(count), text.count(all));
    output.say(&fl!(text.loader, "catalog-found", whose = found.whose.as_str(), count = count, all = all));
    output.json(
        &json!({ "event": "done", "records": found.records.len(), "of": found.of, "from": found.whose }),
    )?;
    Ok(End::Done.exit_code())
}

/// A broker as it is typed: with the user under which everybody comes, and without any other password.
fn broker_of(published: &str) -> String {
    let shown = show_with_urls(published);
    let is_for_everyone = published.contains("://everyone:everyone@");
    if is_for_everyone { show(published) } else { shown }.replace('\'', "")
}

fn notices(answer: &NoticesAnswer, (text, output): (&Translator, &mut Output)) -> Result<u8, OutputGone> {
    if let Some(page) = &answer.page {
        tell_page(page, (text, output))?;
    }
    for change in &answer.changes {
        output.json(&json!({ "event": "change", "provider": &*answer.provider.id, "change": change }))?;
        output.line(&change::change_words(text, change))?;
    }
    let items = answer.feed.iter().flat_map(|feed| &feed.items);
    for item in items.clone() {
        let page = item.page.as_ref().map(show_url);
        output.json(&json!({
            "event": "notice",
            "provider": &*answer.provider.id,
            "published": item.published.map(|time| time.to_string()),
            "title": show(&item.title),
            "page": page,
        }))?;
        let when = item.published.map_or_else(String::new, |time| text.moment(time) + "  ");
        output.line(&format!("{when}{}", show(&item.title)))?;
        if let Some(page) = page {
            output.line(&format!("  {page}"))?;
        }
    }
    if answer.feed.is_some() && items.count() == 0 {
        let provider = in_language(&answer.provider.name, text);
        output.line(&fl!(text.loader, "catalog-no-items", provider = provider))?;
    }
    let is_unread = answer.page.as_ref().is_some_and(PageReport::is_unread);
    Ok(if is_unread { End::NoSource } else { End::Done }.exit_code())
}

fn in_language<'a>(texts: &'a Texts, text: &Translator) -> &'a str {
    match text.language() {
        Language::French => &texts.fr,
        Language::English => &texts.en,
    }
}

fn list(book: &ProviderBook, (text, output): (&Translator, &mut Output)) -> Result<u8, OutputGone> {
    for provider in &book.providers {
        output.line(&format!("{} · {}", in_language(&provider.name, text), standing(provider, text)))?;
        for dataset in &provider.datasets {
            output.json(&dataset_json(provider, dataset))?;
            let title = in_language(&dataset.title, text);
            output.line(&format!("  {:<28} {title}  {}", dataset.path(), dataset.grid))?;
        }
    }
    say_broken(book, (text, output))?;
    Ok(End::Done.exit_code())
}

fn check(book: &ProviderBook, (text, output): (&Translator, &mut Output)) -> Result<u8, OutputGone> {
    for provider in &book.providers {
        output.json(
            &json!({ "provider": &*provider.id, "sound": true, "datasets": provider.datasets.len() }),
        )?;
        output.line(&format!("{:<16} {}", provider.id, standing(provider, text)))?;
    }
    say_broken(book, (text, output))?;
    if book.broken.is_empty() {
        output.line(&fl!(text.loader, "catalog-sound", count = book.providers.len()))?;
        return Ok(End::Done.exit_code());
    }
    Ok(End::Unsound.exit_code())
}

fn say_broken(book: &ProviderBook, (text, output): (&Translator, &mut Output)) -> Result<(), OutputGone> {
    for broken in &book.broken {
        let (file, line, reason) = (&broken.file.name, broken.error.line, show(&broken.error.reason));
        output.json(&json!({ "provider": file, "sound": false, "line": line, "reason": reason }))?;
        output.say(&fl!(text.loader, "catalog-broken", file = file.as_str(), line = line, reason = reason));
    }
    Ok(())
}

fn standing(provider: &Provider, text: &Translator) -> String {
    match &provider.standing {
        ProviderCheck::Documented { on } => fl!(text.loader, "catalog-documented", on = on.as_str()),
        ProviderCheck::Tried { on } => fl!(text.loader, "catalog-tried", on = on.as_str()),
    }
}

fn dataset_json(provider: &Provider, dataset: &Dataset) -> Value {
    let packages: Vec<&str> = dataset.packages.iter().map(|package| &*package.id).collect();
    let (key, on) = match &provider.standing {
        ProviderCheck::Documented { on } => ("documented_on", on),
        ProviderCheck::Tried { on } => ("tried_on", on),
    };
    json!({
        "id": dataset.path(),
        "provider": { "en": provider.name.en, "fr": provider.name.fr },
        "title": { "en": dataset.title.en, "fr": dataset.title.fr },
        "grid": dataset.grid,
        "packages": packages,
        "licence": provider.licence.name,
        "attribution": { "en": provider.licence.attribution.en, "fr": provider.licence.attribution.fr },
        "retention_minutes": dataset.retention,
        "whole_files_only": dataset.parts == RangeSupport::WholeOnly,
        key: on,
    })
}

fn show_dataset(
    id: &EntryId,
    book: &ProviderBook,
    (text, output): (&Translator, &mut Output),
) -> Result<u8, OutputGone> {
    let Some((provider, dataset)) = book.find(id) else {
        let message = unknown_entry(&id.to_string(), book);
        refuse(&message, (text, output))?;
        return Ok(End::Usage.exit_code());
    };
    output.json(&dataset_json(provider, dataset))?;
    let l = &text.loader;
    let (name, title) = (in_language(&provider.name, text), in_language(&dataset.title, text));
    output.line(&format!("{} · {name} · {title}  {}", dataset.path(), dataset.grid))?;
    let (licence, attribution) =
        (provider.licence.name.as_str(), in_language(&provider.licence.attribution, text));
    output.line(&fl!(l, "catalog-license", licence = licence, attribution = attribution))?;
    if !dataset.packages.is_empty() {
        let packages: Vec<&str> = dataset.packages.iter().map(|package| &*package.id).collect();
        output.line(&fl!(l, "catalog-packages", packages = packages.join(" ")))?;
    }
    for cycle in &dataset.cycles {
        let hours: Vec<String> = cycle.hours.iter().map(|hour| format!("{hour:02}")).collect();
        let last = cycle.leads.last().map(ToString::to_string).unwrap_or_default();
        output.line(&fl!(l, "catalog-cycles", hours = hours.join(" "), last = last))?;
    }
    if let Some(retention) = dataset.retention {
        output.line(&fl!(l, "catalog-retention", time = text.duration(minutes(retention))))?;
    }
    if dataset.parts == RangeSupport::WholeOnly {
        output.line(&fl!(l, "catalog-whole-only"))?;
    }
    for template in dataset.addresses.file.iter().chain(&dataset.addresses.mirrors) {
        output.line(template.text())?;
    }
    output.line(&standing(provider, text))?;
    Ok(End::Done.exit_code())
}

fn minutes(count: i64) -> Duration {
    Duration::from_secs(u64::try_from(count).unwrap_or(0) * 60)
}

/// Says how asking for a page went; to a person when it failed.
fn tell_page(page: &PageReport, (text, output): (&Translator, &mut Output)) -> Result<(), OutputGone> {
    output.json(&page_json(page))?;
    let PageState::Failed(reason) = &page.state else { return Ok(()) };
    let (l, url, reason) = (&text.loader, page.address.as_str(), text.reason(reason));
    output.say(&match page.fetched_at {
        Some(at) => {
            fl!(l, "catalog-page-old", url = url, reason = reason, fetched = text.moment(at))
        }
        None => fl!(l, "catalog-page-failed", url = url, reason = reason),
    });
    Ok(())
}

fn runs(
    answer: &RunsAnswer,
    files: FileLines,
    (text, output): (&Translator, &mut Output),
) -> Result<u8, OutputGone> {
    for page in &answer.pages {
        tell_page(page, (text, output))?;
    }
    for row in &answer.hours.rows {
        output.json(&run_json(answer, row))?;
        output.line(&run_text(row, text))?;
    }
    if !answer.hours.rows.is_empty() {
        output.say(&fl!(text.loader, "catalog-legend"));
    }
    let count = answer.book.table().count();
    if count > 0 {
        let keys: Vec<&str> = answer.book.filters().into_keys().collect();
        output.line(&fl!(text.loader, "catalog-table", count = count, keys = keys.join(" ")))?;
    }
    if files == FileLines::Told || count > 0 {
        for entry in answer.book.iter().filter(|entry| entry.is_there()) {
            output.json(&file_json(&answer.dataset, entry))?;
        }
    }
    let nothing = answer.pages.iter().all(PageReport::is_unread);
    Ok(if nothing && !answer.pages.is_empty() { End::NoSource } else { End::Done }.exit_code())
}

fn page_json(page: &PageReport) -> Value {
    let (state, reason) = match &page.state {
        PageState::Fetched => ("fetched", None),
        PageState::Unchanged => ("unchanged", None),
        PageState::Absent => ("absent", None),
        PageState::Failed(reason) => ("failed", Some(reason.key())),
    };
    let fetched_at = page.fetched_at.map(|at| at.to_string());
    json!({ "event": "page", "url": page.address, "state": state, "reason": reason, "fetched_at": fetched_at })
}

fn word(state: CellState) -> &'static str {
    match state {
        CellState::Published => "published",
        CellState::Expected { .. } => "expected",
        CellState::Late { .. } => "late",
        CellState::Missing => "missing",
        CellState::Withdrawn { .. } => "withdrawn",
        CellState::Unknown { .. } => "unknown",
    }
}

fn run_json(answer: &RunsAnswer, row: &RunRow) -> Value {
    let cells = answer.hours.leads.iter().zip(&row.cells);
    let hours: Vec<Value> = cells
        .filter_map(|(lead, cell)| {
            let cell = cell.as_ref()?;
            let due = match cell.state {
                CellState::Expected { at } => at.map(|at| at.to_string()),
                CellState::Late { since } => Some(since.to_string()),
                CellState::Unknown { due } => due.map(|due| due.to_string()),
                CellState::Published | CellState::Missing | CellState::Withdrawn { .. } => None,
            };
            let bytes = cell.size.octets().map(|octets| octets.0);
            Some(json!({ "lead_minutes": lead.minutes(), "state": word(cell.state), "bytes": bytes, "due": due, "fewer_fields": cell.is_reduced }))
        })
        .collect();
    json!({
        "event": "run", "dataset": answer.dataset.path(), "run": row.run.to_string(), "published": row.published(),
        "expected": row.expected(), "complete": row.is_complete(), "unknown": row.unknown(),
        "unknown_reason": reason_of_unknown(answer, row), "first_after_minutes": row.first_after, "hours": hours,
    })
}

/// Why nobody could be asked of a run. `None` when all of it is known.
fn reason_of_unknown(answer: &RunsAnswer, row: &RunRow) -> Option<&'static str> {
    let number = answer.book.asked.unread_of(row.run).filter(|_| row.unknown() > 0)?;
    match &answer.pages.get(number)?.state {
        PageState::Failed(reason) => Some(reason.key()),
        PageState::Fetched | PageState::Unchanged | PageState::Absent => Some("cut_short"),
    }
}

fn file_json(dataset: &Dataset, entry: &Entry) -> Value {
    let roads = entry.roads(dataset);
    let url = |url: &Option<url::Url>| url.as_ref().map(show_url);
    let (bytes, is_exact) = match entry.size {
        Size::Exact(octets) => (Some(octets.0), true),
        Size::About(octets) => (Some(octets.0), false),
        Size::Unknown => (None, false),
    };
    json!({
        "event": "entry", "name": show(&entry.name(dataset)), "run": entry.values.run.map(|run| run.to_string()),
        "first_lead_minutes": entry.values.first.map(|lead| lead.minutes()),
        "last_lead_minutes": entry.values.last.map(|lead| lead.minutes()), "keys": entry.values.keys, "bytes": bytes,
        "exact": is_exact, "torrent": url(&roads.torrent), "classic": url(&roads.classic), "index": url(&roads.index),
        "mirrors": roads.mirrors.iter().map(show_url).collect::<Vec<_>>(),
    })
}

/// One character a lead time; a gap where the run does not reach.
fn mark(cell: &Option<Cell>) -> char {
    match cell.map(|cell| cell.state) {
        None => ' ',
        Some(CellState::Published) => '#',
        Some(CellState::Expected { .. }) => '.',
        Some(CellState::Late { .. }) => '~',
        Some(CellState::Missing) => 'x',
        Some(CellState::Withdrawn { .. }) => '-',
        Some(CellState::Unknown { .. }) => '?',
    }
}

fn run_text(row: &RunRow, text: &Translator) -> String {
    let l = &text.loader;
    let mut notes = vec![match row.is_complete() {
        true => fl!(l, "catalog-run-complete"),
        false => fl!(l, "catalog-run-count", published = row.published(), expected = row.expected()),
    }];
    let late = row.count(|state| matches!(state, CellState::Late { .. }));
    if late > 0 {
        notes.push(fl!(l, "catalog-run-late", count = late));
    }
    let missing = row.count(|state| state == CellState::Missing);
    if missing > 0 {
        notes.push(fl!(l, "catalog-run-missing", count = missing));
    }
    let withdrawn = row.count(|state| matches!(state, CellState::Withdrawn { .. }));
    if withdrawn > 0 {
        notes.push(fl!(l, "catalog-run-withdrawn", count = withdrawn));
    }
    if row.unknown() > 0 {
        notes.push(fl!(l, "catalog-run-unknown", count = row.unknown()));
    }
    if let Some(after) = row.first_after {
        notes.push(fl!(l, "catalog-run-after", time = text.duration(minutes(after))));
    }
    let drawn: String = row.cells.iter().map(mark).collect();
    format!("{}  {drawn}  {}", text.moment(row.run), notes.join(" · "))
}
