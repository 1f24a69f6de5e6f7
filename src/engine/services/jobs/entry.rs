//! Gets entries of a catalogue: finds the run that is meant, waits for hours that are to come, takes the best road.
//!
//! In: an id such as `demo/arome-0.01/SP1`, with run, lead times and fields. Out: files in their place; what is not yet
//! published ends with exit code 7. What can never come is refused before any request. Start at [`Job::get_entry`].

use super::Job;
use super::lacking::Answers;
use super::messages::JobEnd;
use super::provenance::CatalogOrigin;
use super::remote::name_of;
use super::target::{FileOnServer, StreamedTarget, Target};
use crate::app::catalog::DatasetLook;
use crate::app::catalog::provider_file_broken;
use crate::app::catalog::{PageReport, PageState, unknown_entry};
use crate::app::request::Intent;
use crate::app::request::Partial;
use crate::app::state::End;
use crate::app::user_message::UserMessage;
use crate::catalog::entry::{Entry, Roads};
use crate::catalog::provider::{Contact, Dataset, EntryId, Provider, RangeSupport};
use crate::catalog::requests::Wanted;
use crate::catalog::runs::choice::{NoRun, RunWish, leads_lacking_in};
use crate::catalog::runs::{Hours, hours};
use crate::catalog::template::{Template, Values};
use crate::domain::lead_time::LeadTime;
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::show;
use crate::domain::safe_path::SafePath;
use crate::domain::selection::{Wished, lacking_leads};
use crate::domain::utc::{SteadyTime, UtcTime};
use crate::engine::store::folders::OpenFolder;
use crate::transfer::address_rule::Reach;
use crate::transfer::reason::Reason;
use percent_encoding::percent_decode_str;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// Shortest and longest pause between two looks at what is published.
const PAUSES: (Duration, Duration) = (Duration::from_secs(6), Duration::from_secs(120));

/// Most runs that are looked at for the latest one.
const MOST_RUNS: usize = 60;

/// Most listings of which it is said that they were not read.
const MOST_NOTED: usize = 3;

/// Most files of one wish.
const MOST_FILES: usize = 5_000;

/// What is meant by an id.
struct Meant {
    provider: Arc<Provider>,
    dataset: Arc<Dataset>,
    packages: Vec<String>,
    wish: RunWish,
}

/// What a look at the listings gives for a wish.
struct Found {
    entries: Vec<Entry>,
    /// What is wanted and not there, when anything, with when it is due.
    lacking: Option<NoRun>,
    /// The lead times of the runs that were picked which are wanted and not there.
    lacking_leads: BTreeSet<LeadTime>,
    /// The run that was picked.
    run: Option<UtcTime>,
}

impl Job {
    /// Gets what the request wants of an entry.
    pub(super) async fn get_entry(&mut self, id: &EntryId, open: &OpenFolder) -> Result<(), JobEnd> {
        let mut meant = self.meant_by(id)?;
        let until = self.context.shared.clock.now().after(self.request.wait);
        let mut done: BTreeSet<Arc<Values>> = BTreeSet::new();
        let mut nothing = None;
        loop {
            let look = self.look(&meant).await?;
            let found = self.find_in(&meant, &look)?;
            for entry in found.entries.iter().filter(|entry| !done.contains(&entry.values)) {
                match self.get_one(&meant, entry, open).await {
                    // Another file may have it: what falls or gusts is in none of the first hour.
                    Err(end) if end.is_nothing_chosen() => nothing = Some(end),
                    got => got?,
                }
            }
            done.extend(found.entries.into_iter().map(|entry| entry.values));
            let Some(lacking) = found.lacking else {
                return nothing.filter(|_| self.found_nothing()).map_or(Ok(()), Err);
            };
            if let Err(end) = self.wait_for((lacking, &look), until).await {
                return self.end_unpublished(end, &found.lacking_leads);
            }
            // A wish for the latest stays with the run of which something came.
            if let (Some(run), RunWish::Latest | RunWish::LatestComplete) = (found.run, meant.wish) {
                meant.wish = RunWish::At(run);
            }
        }
    }

    /// Gets one file of the entry `id` for who looked by himself. What it lacks is said, and costs it nothing.
    pub(in crate::engine) async fn get_file_of(
        &mut self,
        (id, entry): (&EntryId, &Entry),
        open: &OpenFolder,
    ) -> Result<(), JobEnd> {
        let meant = self.meant_by(id)?;
        self.answers = Answers::of(&self.request.selection.clone().without_leads());
        self.get_one(&meant, entry, open).await?;
        self.answer_whole()
    }

    /// The dataset and packages that are meant; refuses what can never come.
    fn meant_by(&self, id: &EntryId) -> Result<Meant, JobEnd> {
        let providers = self.context.catalog.providers();
        let unknown = || match providers.broken_file_of(&id.provider) {
            Some(broken) => JobEnd::new(End::Unsound, provider_file_broken(broken)),
            None => JobEnd::new(End::Usage, unknown_entry(&id.to_string(), &providers)),
        };
        let (provider, dataset) = providers.find(id).ok_or_else(unknown)?;
        let wish = self.request.run.unwrap_or(RunWish::Latest);
        wish.check(dataset, self.context.shared.clock.utc()).map_err(end_of)?;
        let packages = match &id.package {
            Some(package) => vec![package.clone()],
            None => {
                let of_params = dataset.packages_with(&self.request.selection.param_names());
                of_params.iter().map(|package| package.id.to_string()).collect()
            }
        };
        Ok(Meant { provider: provider.clone(), dataset: dataset.clone(), packages, wish })
    }

    async fn look(&self, meant: &Meant) -> Result<DatasetLook, JobEnd> {
        let wanted = match meant.wish {
            RunWish::At(run) => Wanted::Run(run),
            RunWish::Latest | RunWish::LatestComplete | RunWish::Between(..) => Wanted::Latest,
        };
        let is_contact_wanted = meant.provider.politeness.contact == Contact::Needed;
        if is_contact_wanted && self.context.shared.client.contact().is_none() {
            self.note(UserMessage::ContactWanted { provider: meant.provider.id.to_string() });
        }
        let catalog = self.context.catalog.clone();
        let look = catalog.look((&meant.provider, &meant.dataset), wanted, &self.context.shared).await;
        for change in &look.changes {
            self.note(UserMessage::CatalogChanged { change: change.clone() });
        }
        if let Some(page) = look.failure()
            && let PageState::Failed(reason) = &page.state
        {
            let message =
                UserMessage::TargetUnreachable { url: page.address.clone(), reason: reason.clone() };
            return Err(JobEnd::new(End::NoSource, message));
        }
        self.note_what_was_not_read(&look);
        Ok(look)
    }

    /// Says which listings were not read, so that what is unknown of them is no riddle.
    fn note_what_was_not_read(&self, look: &DatasetLook) {
        let failed = look.pages.iter().filter_map(|page| match &page.state {
            PageState::Failed(reason) => Some((page, reason.clone())),
            PageState::Fetched | PageState::Unchanged | PageState::Absent => None,
        });
        for (page, reason) in failed.take(MOST_NOTED) {
            let url = page.address.clone();
            self.note(match page.fetched_at {
                Some(fetched_at) => UserMessage::ListingIsOld { url, reason, fetched_at },
                None => UserMessage::TargetUnreachable { url, reason },
            });
        }
    }

    /// Refuses lead times that the runs which are meant do not have, published or not.
    fn refuse_beyond(&self, meant: &Meant, table: &Hours) -> Result<(), JobEnd> {
        let Some(wanted) = self.request.selection.leads() else { return Ok(()) };
        let rows = table.rows.iter().filter(|row| match meant.wish {
            RunWish::At(run) => row.run == run,
            RunWish::Between(first, last) => (first..=last).contains(&row.run),
            RunWish::Latest | RunWish::LatestComplete => true,
        });
        let cells = rows.flat_map(|row| table.leads.iter().zip(&row.cells));
        let reach: BTreeSet<LeadTime> =
            cells.filter(|(_, cell)| cell.is_some()).map(|(lead, _)| *lead).collect();
        let (Some(first), Some(last)) = (reach.first(), reach.last()) else { return Ok(()) };
        let beyond: Vec<Wished> = lacking_leads(wanted, &reach).into_iter().map(Wished::lead).collect();
        if beyond.is_empty() {
            return Ok(());
        }
        let (first, last) = (first.minutes(), last.minutes());
        let message = UserMessage::NoSuchLead { wanted: beyond, first, last };
        if self.request.products.partial == Partial::Accepted
            && reach.iter().any(|lead| wanted.contains(*lead))
        {
            self.note(message);
            return Ok(());
        }
        Err(JobEnd::new(End::Usage, message))
    }

    fn find_in(&self, meant: &Meant, look: &DatasetLook) -> Result<Found, JobEnd> {
        if meant.dataset.cycles.is_empty() {
            return self.find_in_table(look);
        }
        let leads = self.request.selection.leads();
        let now = self.context.shared.judging_now();
        let table = hours(&meant.dataset, &look.book, &meant.packages, now, MOST_RUNS);
        self.refuse_beyond(meant, &table)?;
        let runs = match meant.wish.runs_in(&table, leads) {
            Ok(runs) => runs,
            Err(lacking) => {
                return Ok(Found {
                    entries: Vec::new(),
                    lacking: Some(lacking),
                    lacking_leads: BTreeSet::new(),
                    run: None,
                });
            }
        };
        let is_meant = |entry: &&Entry| {
            let has_package =
                meant.packages.is_empty() || meant.packages.iter().any(|p| p == entry.package());
            let holds_lead = table
                .leads
                .iter()
                .any(|lead| entry.may_hold(*lead) && leads.is_none_or(|leads| leads.contains(*lead)));
            entry.is_there() && has_package && holds_lead
        };
        let entries: Vec<Entry> = runs
            .iter()
            .flat_map(|run| look.book.of_run(*run))
            .filter(is_meant)
            .take(MOST_FILES)
            .cloned()
            .collect();
        if let Some(newer) = meant.wish.newer_unknown_in(&table, &runs) {
            let (url, reason) = unread(newer, look);
            self.note(UserMessage::NewerRunUnknown { run: newer, url, reason });
        }
        let lacking = RunWish::lacking_in(&table, &runs, leads);
        // Without a wish for lead times, all of them are no list for a person.
        let lacking_leads = leads.map(|leads| leads_lacking_in(&table, &runs, Some(leads)));
        let lacking_leads = lacking_leads.unwrap_or_default();
        Ok(Found { entries, lacking, lacking_leads, run: runs.first().copied() })
    }

    /// Rows of a table, chosen by a pattern that fits their name or one of their keys.
    fn find_in_table(&self, look: &DatasetLook) -> Result<Found, JobEnd> {
        let pattern = self.request.files.as_deref().unwrap_or("*");
        let is_meant = |entry: &&Entry| entry.is_there() && entry.is_meant_by(pattern);
        let entries: Vec<Entry> = look.book.table().filter(is_meant).take(MOST_FILES).cloned().collect();
        if entries.is_empty() {
            return Err(JobEnd::new(End::NoSource, UserMessage::NoFileMatches { wanted: show(pattern) }));
        }
        Ok(Found { entries, lacking: None, lacking_leads: BTreeSet::new(), run: None })
    }

    /// Waits until it is worth looking again; ends the job when that is later than it may wait.
    async fn wait_for(
        &self,
        (lacking, look): (NoRun, &DatasetLook),
        until: SteadyTime,
    ) -> Result<(), JobEnd> {
        let now = self.context.shared.clock.now();
        let end = match lacking {
            NoRun::Unknown { run } => {
                let (url, reason) = unread(run, look);
                JobEnd::new(End::NoSource, UserMessage::TargetUnreachable { url, reason })
            }
            lacking => end_of(lacking),
        };
        if now >= until {
            return Err(end);
        }
        let due = match lacking {
            NoRun::NotYet { due } => due,
            // It was said already which listings were not read.
            NoRun::Unknown { .. } | NoRun::PastRetention { .. } | NoRun::NoSuchRun { .. } => None,
        };
        let utc = self.context.shared.clock.utc();
        let to_due = due.map_or(0, |due| due.unix_seconds() - utc.unix_seconds());
        let pause = Duration::from_secs(u64::try_from(to_due).unwrap_or(0)).clamp(PAUSES.0, PAUSES.1);
        if !matches!(lacking, NoRun::Unknown { .. }) {
            self.note(UserMessage::WaitingForPublication { due });
        }
        tokio::time::sleep(pause.min(until.since(now))).await;
        Ok(())
    }

    /// Gets one file, or what is wanted of it, by the best of its roads.
    async fn get_one(&mut self, meant: &Meant, entry: &Entry, open: &OpenFolder) -> Result<(), JobEnd> {
        let whole = self.request.clone();
        let one = Arc::make_mut(&mut self.request);
        one.files = None;
        if entry.leads().is_some_and(|(first, last)| first == last) {
            // The file is the hour.
            one.selection = one.selection.clone().without_leads();
        }
        self.below = self.folder_of(meant, entry)?;
        self.entry = Some(CatalogOrigin::new(&meant.provider, &meant.dataset, entry));
        let got = self.get_by_roads(meant, entry, open).await;
        if self.request.products.intent == Intent::Fetch {
            self.wanted_before += self.planned.take().map_or(ByteCount::ZERO, |plan| plan.wanted);
        }
        (self.entry, self.below) = (None, None);
        self.request = whole;
        if let (Ok(()), Some((lead, _))) = (&got, entry.leads().filter(|(first, last)| first == last)) {
            self.note_found_lead(lead);
        }
        got
    }

    /// Where the files of an entry go, as the request's template says.
    fn folder_of(&self, meant: &Meant, entry: &Entry) -> Result<Option<SafePath>, JobEnd> {
        let Some(text) = &self.request.products.folder else { return Ok(None) };
        let values = Values::clone(&entry.values);
        let values = values.with("provider", &meant.provider.id).with("dataset", &meant.dataset.id);
        let filled =
            Template::parse(text, &Default::default()).ok().and_then(|template| template.fill(&values));
        let decoded = filled.as_deref().map(|filled| percent_decode_str(filled).decode_utf8_lossy());
        let folders: Vec<&str> = decoded
            .as_deref()
            .map(|path| path.split('/').filter(|part| !part.is_empty()).collect())
            .unwrap_or_default();
        let unreadable = || JobEnd::new(End::Usage, UserMessage::Unreadable { text: show(text) });
        SafePath::from_outside(&folders).map(Some).ok_or_else(unreadable)
    }

    async fn get_by_roads(&mut self, meant: &Meant, entry: &Entry, open: &OpenFolder) -> Result<(), JobEnd> {
        if let Some(path) = on_disk(meant, entry, &self.request.out) {
            self.note(UserMessage::AlreadyHere { path: show(&path.display().to_string()) });
            if !self.request.wants_whole_files() {
                return self.cut_local(path, open).await;
            }
            return Ok(());
        }
        let roads = entry.roads(&meant.dataset);
        if let Some(torrent) = &roads.torrent {
            match self.get_by_torrent(torrent, &roads, open).await {
                Err(end) if end.is_nothing_chosen() => return Err(end),
                Err(JobEnd { end: End::NoSource, message }) if roads.classic.is_some() => self.note(message),
                settled => return settled,
            }
        }
        self.get_by_http(meant, (entry, &roads), open).await
    }

    async fn get_by_torrent(
        &mut self,
        torrent: &Url,
        roads: &Roads,
        open: &OpenFolder,
    ) -> Result<(), JobEnd> {
        let target = match torrent.to_file_path() {
            Ok(path) if torrent.scheme() == "file" => self.resolve(&path.display().to_string()).await?,
            _ => self.torrent_of_url(torrent.clone(), Reach::Public).await?,
        };
        let Target::Torrent(target) = target else { return Err(unknown_target(torrent)) };
        let mirrors = roads.classic.iter().chain(&roads.mirrors).map(Url::to_string);
        if target.metainfo.layout().files().len() == 1 {
            Arc::make_mut(&mut self.request).web_seeds.extend(mirrors);
        }
        self.get_torrent(*target, open).await
    }

    /// From its source, or from the first mirror that answers; the others stand in.
    async fn get_by_http(
        &mut self,
        meant: &Meant,
        (entry, roads): (&Entry, &Roads),
        open: &OpenFolder,
    ) -> Result<(), JobEnd> {
        let addresses: Vec<Url> = roads.classic.iter().chain(&roads.mirrors).cloned().collect();
        let mut failed = None;
        for (at, address) in addresses.iter().enumerate() {
            match self.look_at(address, Reach::Public).await.map(|look| look.file) {
                Ok(FileOnServer::File(mut remote)) => {
                    let others = addresses.iter().skip(at + 1).map(Url::to_string);
                    Arc::make_mut(&mut self.request).web_seeds.extend(others);
                    remote.name = local_name(entry, address);
                    remote.answers_ranges &= meant.dataset.parts == RangeSupport::Given;
                    return self.get_remote(remote, open).await;
                }
                Ok(FileOnServer::Streamed(streamed)) => {
                    let name = local_name(entry, address);
                    return self.get_streamed(StreamedTarget { name, ..streamed }, open).await;
                }
                Err(end) => failed = failed.or(Some(end)),
            }
        }
        Err(failed.unwrap_or_else(|| {
            JobEnd::new(End::NoSource, UserMessage::NoFileMatches { wanted: show(entry.package()) })
        }))
    }
}

fn unknown_target(url: &Url) -> JobEnd {
    let target = crate::domain::outside_text::show_url(url);
    JobEnd::new(End::Unsound, UserMessage::TargetUnknown { target })
}

/// What a refusal means for the job.
fn end_of(lacking: NoRun) -> JobEnd {
    match lacking {
        NoRun::NotYet { due } => JobEnd::new(End::NotYet, UserMessage::NotYetPublished { due }),
        NoRun::Unknown { run } => {
            let (url, reason) = unread(run, &DatasetLook::default());
            JobEnd::new(End::NoSource, UserMessage::TargetUnreachable { url, reason })
        }
        NoRun::PastRetention { oldest } => JobEnd::new(End::NoSource, UserMessage::NoLongerKept { oldest }),
        NoRun::NoSuchRun { time } => JobEnd::new(End::Usage, UserMessage::NoSuchRun { time }),
    }
}

/// The listing that would tell of `run`, and why it was not read.
fn unread(run: UtcTime, look: &DatasetLook) -> (String, Reason) {
    match look.unread_of(run) {
        Some(PageReport { address, state: PageState::Failed(reason), .. }) => {
            (address.clone(), reason.clone())
        }
        Some(page) => (page.address.clone(), Reason::NotAListing("it ends too early".to_owned())),
        None => (run.to_string(), Reason::NotAListing("none tells of this run".to_owned())),
    }
}

/// A name that is one file's only: services that put the run or the field into the folder give all files one name.
fn local_name(entry: &Entry, address: &Url) -> String {
    let name = name_of(address);
    let tells = crate::catalog::file_name::NamedTimes::of_path(&name);
    let has_package = entry.package().is_empty() || name.contains(entry.package());
    match entry.values.run {
        Some(run) if tells.run != Some(run) || !has_package => {
            let at = run.civil();
            let stem = format!("{:04}{:02}{:02}{:02}", at.year(), at.month(), at.day(), at.hour());
            let package = if has_package { String::new() } else { format!("_{}", entry.package()) };
            format!("{stem}{package}_{name}")
        }
        None if !entry.values.keys.is_empty() => {
            let keys: Vec<&str> = entry.values.keys.iter().map(|(_, value)| value).collect();
            if keys.iter().any(|key| name.contains(key)) { name } else { format!("{}.grib", keys.join("_")) }
        }
        _ => name,
    }
}

/// The same file under an older name, whole, in the folder for finished files.
fn on_disk(meant: &Meant, entry: &Entry, folder: &Path) -> Option<PathBuf> {
    /// Most files of a folder that are looked at.
    const MOST_LOOKED_AT: usize = 20_000;
    let own = entry.name(&meant.dataset);
    for found in std::fs::read_dir(folder).ok()?.take(MOST_LOOKED_AT).flatten() {
        let name = found.file_name().to_string_lossy().into_owned();
        let is_same =
            name != own && meant.dataset.values_of_name(&name).is_some_and(|values| values == *entry.values);
        if !is_same {
            continue;
        }
        let length = found.metadata().ok().filter(std::fs::Metadata::is_file)?.len();
        let fits = match entry.size {
            crate::catalog::listing::Size::Exact(octets) => octets.0 == length,
            _ => length > 0,
        };
        if fits {
            return Some(found.path());
        }
    }
    None
}
