//! Reads and checks a provider's file; each reason names the line.
//!
//! In: the file's name and text. Out: a [`Provider`] whose parts agree, or [`NotAProvider`].
//! Start reading at [`read_provider`], which documents the form.

use super::toml_form::{
    CycleForm, DatasetForm, ListingPlaceForm, Placed, ProviderForm, StandingForm, TextsForm,
};
use super::{
    Addresses, Contact, Cycle, Dataset, EntryId, Licence, ListingForm, ListingPlace, Package, Politeness,
    Provider, ProviderCheck, RangeSupport, Texts,
};
use crate::catalog::template::{KeyValues, Template};
use crate::domain::lead_time::{LeadSelection, LeadTime};
use std::ops::Range;
use std::sync::Arc;
use toml::Spanned;
use url::Url;

/// Longest file, in octets.
pub const LONGEST_FILE: usize = 1 << 20;

/// Most datasets, packages, spans or listings of one file.
const MOST_PARTS: usize = 500;

/// Runs that are asked for when the file does not say.
const USUAL_RUNS: u8 = 4;

/// Why a file is off.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct NotAProvider {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: String,
}

/// A reason with its place in the text.
type Refusal = (Range<usize>, String);

/// Reads the file called `name` (`meteo-france.toml`), whose stem becomes the provider's id.
///
/// ```toml
/// format = 1
/// [name]
/// en = "…"
/// fr = "…"
/// [licence]
/// name = "…"                          # and perhaps url = "https://…"
/// attribution = { en = "…", fr = "…" }
/// [politeness]
/// connections = 4                     # at most, at a time; contact_needed = true where a User-Agent must name somebody
/// [standing]
/// documented_on = "2026-11-20"        # or tried_on
///
/// [[dataset]]
/// id = "arome-0.01"
/// title = { en = "…", fr = "…" }
/// grid = "0.01°"
/// packages = ["SP1"]                  # or fields = [{ id = "TMP_AGL-2m", params = ["2t"] }] where a field is a file
/// cycles = [{ hours = [0, 12], leads = "0..48,51..102/3" }]
/// spans = ["0..6", "7..12"]           # only where a file holds several lead times
/// start_lacks = ["tp"]                # parameters that hour 0 has not
/// first_after = "1h47"                # usual time from the run's start to its first file, and to its last
/// complete_after = "5h12"
/// retention = "15d"
/// file = "https://host/{run}/{package}_{lead:hh}H.grib2"
/// index = "{file}.idx"                # {file} and {stem} (without its ending) stand for the file's address
/// torrent = "{file}.torrent"
/// mirrors = ["https://other/…"]
/// names = ["old_{package}_{lead:hh}_{run:%Y%m%d%H}.grib2"]
/// listings = [{ form = "s3", address = "https://host/?list-type=2&prefix={run}/", runs = 8 }]
/// ```
///
/// # Errors
/// The first thing that is wrong, with its line.
pub fn read_provider(name: &str, text: &str) -> Result<Provider, NotAProvider> {
    let at_top = |reason: &str| NotAProvider { line: 1, reason: reason.to_owned() };
    if text.len() > LONGEST_FILE {
        return Err(at_top("longer than 1 MiB"));
    }
    let id = name.strip_suffix(".toml").unwrap_or(name);
    if EntryId::parse(&format!("{id}/x")).is_none() {
        return Err(at_top("the file's name must be made of letters, digits, dots, dashes and underscores"));
    }
    let form: ProviderForm = toml::from_str(text).map_err(|error| NotAProvider {
        line: line_of(text, error.span().map_or(0, |span| span.start)),
        reason: error.message().to_owned(),
    })?;
    provider_of(id, form).map_err(|(place, reason)| NotAProvider { line: line_of(text, place.start), reason })
}

fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes()[..at.min(text.len())].iter().filter(|&&c| c == b'\n').count() + 1
}

fn provider_of(id: &str, form: ProviderForm) -> Result<Provider, Refusal> {
    if *form.format.get_ref() != 1 {
        return Err((form.format.span(), "this version of Nuée reads format 1".to_owned()));
    }
    if *form.politeness.connections.get_ref() == 0 {
        return Err((form.politeness.connections.span(), "at least one connection is needed".to_owned()));
    }
    if let Some(notices) = &form.notices {
        web_address(notices)?;
    }
    if let Some(url) = &form.licence.url {
        web_address(url)?;
    }
    let id: Arc<str> = id.into();
    let place = form.dataset.span();
    let mut datasets: Vec<Arc<Dataset>> = Vec::new();
    for dataset in bounded(form.dataset.into_inner(), &place)? {
        let span = dataset.id.span();
        let dataset = dataset_of(&id, dataset)?;
        if datasets.iter().any(|other| other.id == dataset.id) {
            return Err((span, "two datasets have this id".to_owned()));
        }
        datasets.push(Arc::new(dataset));
    }
    Ok(Provider {
        id,
        name: texts(form.name),
        licence: Licence {
            name: form.licence.name,
            url: form.licence.url.map(Spanned::into_inner),
            attribution: texts(form.licence.attribution),
        },
        politeness: Politeness {
            connections: form.politeness.connections.into_inner(),
            contact: if form.politeness.contact_needed { Contact::Needed } else { Contact::NotNeeded },
        },
        standing: standing_of(form.standing)?,
        notices: form.notices.map(Spanned::into_inner),
        datasets,
    })
}

fn texts(form: TextsForm) -> Texts {
    Texts { en: form.en, fr: form.fr }
}

fn standing_of(form: Spanned<StandingForm>) -> Result<ProviderCheck, Refusal> {
    let place = form.span();
    let is_day =
        |on: &String| crate::domain::utc::UtcTime::parse_rfc3339(&format!("{on}T00:00:00Z")).is_some();
    match form.into_inner() {
        StandingForm { documented_on: Some(on), tried_on: None } if is_day(&on) => {
            Ok(ProviderCheck::Documented { on })
        }
        StandingForm { documented_on: None, tried_on: Some(on) } if is_day(&on) => {
            Ok(ProviderCheck::Tried { on })
        }
        _ => Err((place, "either documented_on or tried_on is needed, as \"2026-11-20\"".to_owned())),
    }
}

fn bounded<T>(parts: Vec<T>, place: &Range<usize>) -> Result<Vec<T>, Refusal> {
    if parts.len() > MOST_PARTS {
        return Err((place.clone(), format!("more than {MOST_PARTS} parts")));
    }
    Ok(parts)
}

fn dataset_of(provider: &Arc<str>, form: DatasetForm) -> Result<Dataset, Refusal> {
    let place = form.id.span();
    let refuse = |reason: &str| Err((place.clone(), reason.to_owned()));
    if EntryId::parse(&format!("x/{}", form.id.get_ref())).is_none() {
        return refuse("an id is made of letters, digits, dots, dashes and underscores");
    }
    if !form.packages.is_empty() && !form.fields.is_empty() {
        return refuse("a dataset has either packages or fields");
    }
    let is_by_field = !form.fields.is_empty();
    let named = form.packages.into_iter().map(|id| (id, Vec::new()));
    let packages = named.chain(form.fields.into_iter().map(|field| (field.id, field.params)));
    let packages = bounded(packages.map(package_of).collect::<Result<Vec<_>, _>>()?, &place)?;
    let mut dataset = Dataset {
        id: form.id.get_ref().as_str().into(),
        provider: provider.clone(),
        title: texts(form.title),
        grid: form.grid,
        packages,
        cycles: form.cycles.into_iter().map(cycle_of).collect::<Result<_, _>>()?,
        spans: bounded(form.spans, &place)?.iter().map(span_of).collect::<Result<_, _>>()?,
        start_lacks: form.start_lacks,
        first_after: form.first_after.as_ref().map(duration).transpose()?,
        complete_after: form.complete_after.as_ref().map(duration).transpose()?,
        retention: form.retention.as_ref().map(duration).transpose()?,
        parts: if form.whole_files_only { RangeSupport::WholeOnly } else { RangeSupport::Given },
        addresses: Addresses::default(),
        listings: Vec::new(),
    };
    if is_by_field && dataset.packages.iter().any(|package| package.params.is_empty()) {
        return refuse("a field has no params");
    }
    if dataset.first_after.zip(dataset.complete_after).is_some_and(|(first, last)| first > last) {
        return refuse("first_after is longer than complete_after");
    }
    let allowed = dataset.key_values();
    dataset.addresses = Addresses {
        file: form.file.as_ref().map(|text| address(text, None, &allowed)).transpose()?,
        mirrors: addresses(&form.mirrors, None, &allowed)?,
        index: form.index.as_ref().map(|text| address(text, form.file.as_ref(), &allowed)).transpose()?,
        torrent: form.torrent.as_ref().map(|text| address(text, form.file.as_ref(), &allowed)).transpose()?,
        names: names_of(&form.names, &allowed)?,
    };
    let own = dataset.addresses.file.as_ref().and_then(|file| file.of_name(&allowed));
    dataset.addresses.names.splice(0..0, own);
    check_file(&dataset)
        .map_err(|reason| (form.file.as_ref().map_or(place.clone(), Spanned::span), reason))?;
    let listings = bounded(form.listings, &place)?;
    dataset.listings =
        listings.into_iter().map(|form| listing_of(form, &dataset)).collect::<Result<_, _>>()?;
    Ok(dataset)
}

fn package_of((id, params): (Placed, Vec<String>)) -> Result<Package, Refusal> {
    if EntryId::parse(&format!("x/{}", id.get_ref())).is_none() {
        return Err((
            id.span(),
            "a package is made of letters, digits, dots, dashes and underscores".to_owned(),
        ));
    }
    Ok(Package { id: id.get_ref().as_str().into(), params })
}

fn cycle_of(form: CycleForm) -> Result<Cycle, Refusal> {
    let place = form.hours.span();
    let mut hours = form.hours.into_inner();
    hours.sort_unstable();
    hours.dedup();
    if hours.is_empty() || hours.iter().any(|&hour| hour > 23) {
        return Err((place, "runs start at hours 0 to 23".to_owned()));
    }
    let leads = LeadSelection::parse(form.leads.get_ref()).map_err(|error| error.to_string());
    let leads = leads.and_then(|leads| leads.listed().ok_or_else(|| "too many lead times".to_owned()));
    let leads = leads.map_err(|reason| (form.leads.span(), reason))?;
    Ok(Cycle { hours, leads })
}

fn span_of(text: &Placed) -> Result<(LeadTime, LeadTime), Refusal> {
    let parts = text.get_ref().split_once("..");
    parts
        .and_then(|(first, last)| Some((LeadTime::parse(first)?, LeadTime::parse(last)?)))
        .filter(|(first, last)| first <= last)
        .ok_or_else(|| (text.span(), "a span of lead times is written 0..6".to_owned()))
}

fn duration(text: &Placed) -> Result<i64, Refusal> {
    let minutes = LeadTime::parse(text.get_ref()).map(LeadTime::minutes).filter(|&minutes| minutes >= 0);
    minutes.ok_or_else(|| (text.span(), "a time is written 40min, 1h47, 6h or 15d".to_owned()))
}

fn web_address(text: &Placed) -> Result<(), Refusal> {
    let url = Url::parse(text.get_ref()).ok();
    let is_web = url.is_some_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    is_web
        .then_some(())
        .ok_or_else(|| (text.span(), "not an address that begins with https:// or http://".to_owned()))
}

fn addresses(texts: &[Placed], file: Option<&Placed>, allowed: &KeyValues) -> Result<Vec<Template>, Refusal> {
    texts.iter().map(|text| address(text, file, allowed)).collect()
}

/// An address with gaps; `{file}` and `{stem}` stand for that of the file.
fn address(text: &Placed, file: Option<&Placed>, allowed: &KeyValues) -> Result<Template, Refusal> {
    let mut whole = text.get_ref().clone();
    if let Some(file) = file.map(Spanned::get_ref) {
        let slash = file.rfind('/').unwrap_or(0);
        let stem =
            file.rfind('.').filter(|&dot| dot > slash && !file[dot..].contains('}')).unwrap_or(file.len());
        whole = whole.replace("{file}", file).replace("{stem}", &file[..stem]);
    }
    if whole.contains("{file}") || whole.contains("{stem}") {
        return Err((text.span(), "the address of the file is not given".to_owned()));
    }
    let template = Template::parse(&whole, allowed).map_err(|error| (text.span(), error.to_string()))?;
    // Gaps in a host would let data choose whom we contact.
    let host_end = whole.find("://").and_then(|at| whole[at + 3..].find('/').map(|end| at + 3 + end));
    let is_fixed = host_end.is_some_and(|end| !whole[..end].contains(['{', '}']));
    if !is_fixed {
        return Err((text.span(), "the host must be written out, followed by /".to_owned()));
    }
    web_address(text).or_else(|refusal| if file.is_some() { Ok(()) } else { Err(refusal) })?;
    Ok(template)
}

fn names_of(texts: &[Placed], allowed: &KeyValues) -> Result<Vec<Template>, Refusal> {
    let name = |text: &Placed| {
        Template::parse(text.get_ref(), allowed).map_err(|error| (text.span(), error.to_string()))
    };
    texts.iter().map(name).collect()
}

/// What the gaps of a file's address ask of the rest.
fn check_file(dataset: &Dataset) -> Result<(), String> {
    let Some(file) = &dataset.addresses.file else { return Ok(()) };
    let keys = file.keys();
    if keys.contains(&"package") && dataset.packages.is_empty() {
        return Err("{package} stands in the address, and there are no packages".to_owned());
    }
    if file.names_run() == dataset.cycles.is_empty() {
        return Err("{run} goes together with cycles".to_owned());
    }
    if dataset.packages.len() > 1 && !keys.contains(&"package") {
        return Err("there are several packages, and no {package} in the address".to_owned());
    }
    if file.names_spans() == dataset.spans.is_empty() {
        return Err("{first} and {last} go together with spans".to_owned());
    }
    let others =
        dataset.addresses.mirrors.iter().chain(&dataset.addresses.index).chain(&dataset.addresses.torrent);
    for other in others {
        if other.names_run() != file.names_run() || other.names_leads() != file.names_leads() {
            return Err("the addresses of one file name a run and lead times alike".to_owned());
        }
    }
    Ok(())
}

fn listing_of(form: ListingPlaceForm, dataset: &Dataset) -> Result<ListingPlace, Refusal> {
    use ListingForm::{ApiList, Available, Feed, Folder, Page, Probe, S3};
    let forms = [S3, Page, ApiList, Available, Feed, Probe, Folder];
    let found = forms.into_iter().find(|known| known.word() == form.form.get_ref());
    let kind = found.ok_or_else(|| {
        let words: Vec<&str> = forms.iter().map(|form| form.word()).collect();
        (form.form.span(), format!("a listing is one of {}", words.join(", ")))
    })?;
    let place = form.address.span();
    let allowed = dataset.key_values();
    let address = match kind {
        Folder => {
            Template::parse(form.address.get_ref(), &allowed).map_err(|e| (place.clone(), e.to_string()))?
        }
        _ => address(&form.address, None, &allowed)?,
    };
    if address.names_run() && dataset.cycles.is_empty() {
        return Err((place, "{run} stands in the address, and there are no cycles".to_owned()));
    }
    if kind != Probe && address.names_spans() || address.keys().iter().any(|key| *key != "package") {
        return Err((place, "the address of a listing has gaps for run, lead and package only".to_owned()));
    }
    if kind == S3 && !form.address.get_ref().contains("list-type=2") {
        return Err((place, "the address of an s3 listing has list-type=2 in it".to_owned()));
    }
    let runs = form.runs.as_ref().map_or(USUAL_RUNS, |runs| *runs.get_ref());
    if runs == 0 || runs > 60 {
        return Err((
            form.runs.map_or(place, |runs| runs.span()),
            "1 to 60 runs can be asked for".to_owned(),
        ));
    }
    Ok(ListingPlace { form: kind, address, runs })
}
