//! Which files of a dataset an id means, and whether it is worth waiting for more.
//!
//! In: an id such as `demo/arome-0.01/SP1`, the request, what the listings tell, the time. Out: entries, and what is lacking.
//! What can never come is refused before any request. Start reading at [`MeantDataset::of`].

use super::job_end::JobEnd;
use super::provenance::CatalogOrigin;
use super::remote::name_of;
use crate::app::catalog::asked::{DatasetLook, PageReport, PageState, provider_file_broken, unknown_entry};
use crate::app::jobs::request::{GetRequest, Partial};
use crate::app::jobs::view::End;
use crate::app::messages::user_message::UserMessage;
use crate::catalog::entry::Entry;
use crate::catalog::file_name::NamedTimes;
use crate::catalog::listing::Size;

use crate::catalog::provider::{Contact, Dataset, EntryId, Provider, ProviderBook};
use crate::catalog::requests::Wanted;
use crate::catalog::runs::choice::{NoRun, RunWish, leads_lacking_in};
use crate::catalog::runs::{Hours, Now, hours};
use crate::catalog::template::{Template, Values};
use crate::domain::lead_time::LeadTime;
use crate::domain::outside_text::show;
use crate::domain::safe_path::SafePath;
use crate::domain::selection::{Wished, lacking_leads};
use crate::domain::utc::UtcTime;
use crate::transfer::reason::Reason;
use percent_encoding::percent_decode_str;
use std::collections::BTreeSet;
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

/// The dataset that is meant by an id, and what of it.
pub(crate) struct MeantDataset {
    pub(crate) provider: Arc<Provider>,
    pub(crate) dataset: Arc<Dataset>,
    pub(crate) packages: Vec<String>,
    wish: RunWish,
}

/// What a look at the listings gives for a wish.
pub(crate) struct EntryFiles {
    pub(crate) entries: Vec<Entry>,
    /// What is wanted and not there, when anything, with when it is due.
    pub(crate) lacking: Option<NoRun>,
    /// The lead times of the runs that were picked which are wanted and not there.
    pub(crate) lacking_leads: BTreeSet<LeadTime>,
    /// The run that was picked.
    pub(crate) run: Option<UtcTime>,
    /// What a person should know of it.
    pub(crate) notes: Vec<UserMessage>,
}

/// What comes next when something that is wanted is not there.
pub(crate) struct Unpublished {
    /// The end, when it is not waited for.
    pub(crate) end: JobEnd,
    /// After how long it is worth looking again.
    pub(crate) pause: Duration,
    /// What is told when it is waited for.
    pub(crate) waiting: Option<UserMessage>,
}

impl MeantDataset {
    /// The dataset and packages that are meant; refuses what can never come.
    pub(crate) fn of(
        id: &EntryId,
        providers: &ProviderBook,
        request: &GetRequest,
        now: UtcTime,
    ) -> Result<Self, JobEnd> {
        let unknown = || match providers.broken_file_of(&id.provider) {
            Some(broken) => JobEnd::new(End::Unsound, provider_file_broken(broken)),
            None => JobEnd::new(End::Usage, unknown_entry(&id.to_string(), providers)),
        };
        let (provider, dataset) = providers.find(id).ok_or_else(unknown)?;
        let wish = request.run.unwrap_or(RunWish::Latest);
        wish.check(dataset, now).map_err(|lacking| end_of(lacking, &DatasetLook::default()))?;
        let packages = match &id.package {
            Some(package) => vec![package.clone()],
            None => {
                let of_params = dataset.packages_with(&request.selection.param_names());
                of_params.iter().map(|package| package.id.to_string()).collect()
            }
        };
        Ok(Self { provider: provider.clone(), dataset: dataset.clone(), packages, wish })
    }

    /// Which listings are read.
    pub(crate) fn wanted(&self) -> Wanted {
        match self.wish {
            RunWish::At(run) => Wanted::Run(run),
            RunWish::Latest | RunWish::LatestComplete | RunWish::Between(..) => Wanted::Latest,
        }
    }

    /// Whether the provider asks for an address of whoever uses it.
    pub(crate) fn is_contact_wanted(&self) -> bool {
        self.provider.politeness.contact == Contact::Needed
    }

    /// A wish for the latest stays with the run of which something came.
    pub(crate) fn stay_with(&mut self, run: Option<UtcTime>) {
        if let (Some(run), RunWish::Latest | RunWish::LatestComplete) = (run, self.wish) {
            self.wish = RunWish::At(run);
        }
    }

    /// The files that are there.
    ///
    /// # Errors
    /// When nothing that is wanted can ever be among them.
    pub(crate) fn files_in(
        &self,
        look: &DatasetLook,
        request: &GetRequest,
        now: Now,
    ) -> Result<EntryFiles, JobEnd> {
        if self.dataset.cycles.is_empty() {
            return rows_of_table(look, request.files.as_deref().unwrap_or("*"));
        }
        let leads = request.selection.leads();
        let table = hours(&self.dataset, &look.book, &self.packages, now, MOST_RUNS);
        let mut notes: Vec<UserMessage> = self.beyond(request, &table)?.into_iter().collect();
        let runs = match self.wish.runs_in(&table, leads) {
            Ok(runs) => runs,
            Err(lacking) => {
                let (entries, lacking_leads) = (Vec::new(), BTreeSet::new());
                return Ok(EntryFiles { entries, lacking: Some(lacking), lacking_leads, run: None, notes });
            }
        };
        let is_wanted = |lead: &LeadTime| leads.is_none_or(|leads| leads.contains(*lead));
        let is_meant = |entry: &&Entry| {
            let has_package = self.packages.is_empty() || self.packages.iter().any(|p| p == entry.package());
            let holds_lead = table.leads.iter().any(|lead| entry.may_hold(*lead) && is_wanted(lead));
            entry.is_there() && has_package && holds_lead
        };
        let of_runs = runs.iter().flat_map(|run| look.book.of_run(*run));
        let entries = of_runs.filter(is_meant).take(MOST_FILES).cloned().collect();
        if let Some(newer) = self.wish.newer_unknown_in(&table, &runs) {
            let (url, reason) = unread(newer, look);
            notes.push(UserMessage::NewerRunUnknown { run: newer, url, reason });
        }
        let lacking = RunWish::lacking_in(&table, &runs, leads);
        // Without a wish for lead times, all of them are no list for a person.
        let lacking_leads = leads.map(|leads| leads_lacking_in(&table, &runs, Some(leads)));
        let lacking_leads = lacking_leads.unwrap_or_default();
        Ok(EntryFiles { entries, lacking, lacking_leads, run: runs.first().copied(), notes })
    }

    /// Refuses lead times that the runs which are meant do not have, published or not; tells them where a part is accepted.
    fn beyond(&self, request: &GetRequest, table: &Hours) -> Result<Option<UserMessage>, JobEnd> {
        let Some(wanted) = request.selection.leads() else { return Ok(None) };
        let rows = table.rows.iter().filter(|row| match self.wish {
            RunWish::At(run) => row.run == run,
            RunWish::Between(first, last) => (first..=last).contains(&row.run),
            RunWish::Latest | RunWish::LatestComplete => true,
        });
        let cells = rows.flat_map(|row| table.leads.iter().zip(&row.cells));
        let reach: BTreeSet<LeadTime> =
            cells.filter(|(_, cell)| cell.is_some()).map(|(lead, _)| *lead).collect();
        let (Some(first), Some(last)) = (reach.first(), reach.last()) else { return Ok(None) };
        let beyond: Vec<Wished> = lacking_leads(wanted, &reach).into_iter().map(Wished::lead).collect();
        if beyond.is_empty() {
            return Ok(None);
        }
        let (first, last) = (first.minutes(), last.minutes());
        let message = UserMessage::NoSuchLead { wanted: beyond, first, last };
        let is_accepted =
            request.products.partial == Partial::Accepted && reach.iter().any(|lead| wanted.contains(*lead));
        if is_accepted { Ok(Some(message)) } else { Err(JobEnd::new(End::Usage, message)) }
    }

    /// Where the files of an entry go, by a template.
    pub(super) fn folder_of(
        &self,
        entry: &Entry,
        template: Option<&str>,
    ) -> Result<Option<SafePath>, JobEnd> {
        let Some(text) = template else { return Ok(None) };
        let values = Values::clone(&entry.values);
        let values = values.with("provider", &self.provider.id).with("dataset", &self.dataset.id);
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

    pub(super) fn origin_of(&self, entry: &Entry) -> CatalogOrigin {
        CatalogOrigin::new(&self.provider, &self.dataset, entry)
    }

    /// Whether `name` is an older name of the same file.
    pub(crate) fn is_older_name(&self, entry: &Entry, name: &str) -> bool {
        name != entry.name(&self.dataset)
            && self.dataset.values_of_name(name).is_some_and(|values| values == *entry.values)
    }
}

/// Rows of a table, chosen by a pattern that fits their name or one of their keys.
fn rows_of_table(look: &DatasetLook, pattern: &str) -> Result<EntryFiles, JobEnd> {
    let is_meant = |entry: &&Entry| entry.is_there() && entry.is_meant_by(pattern);
    let entries: Vec<Entry> = look.book.table().filter(is_meant).take(MOST_FILES).cloned().collect();
    if entries.is_empty() {
        return Err(no_file_matches(pattern));
    }
    let lacking_leads = BTreeSet::new();
    Ok(EntryFiles { entries, lacking: None, lacking_leads, run: None, notes: Vec::new() })
}

/// The end of a wish that no file fits.
pub(crate) fn no_file_matches(wanted: &str) -> JobEnd {
    JobEnd::new(End::NoSource, UserMessage::NoFileMatches { wanted: show(wanted) })
}

/// Why nothing is known of a dataset, when no listing could be read.
pub(crate) fn nothing_read(look: &DatasetLook) -> Option<JobEnd> {
    let page = look.failure()?;
    let PageState::Failed(reason) = &page.state else { return None };
    let message = UserMessage::TargetUnreachable { url: page.address.clone(), reason: reason.clone() };
    Some(JobEnd::new(End::NoSource, message))
}

/// Says which listings were not read, so that what is unknown of them is no riddle.
pub(crate) fn what_was_not_read(look: &DatasetLook) -> Vec<UserMessage> {
    let failed = look.pages.iter().filter_map(|page| match &page.state {
        PageState::Failed(reason) => Some((page, reason.clone())),
        PageState::Fetched | PageState::Unchanged | PageState::Absent => None,
    });
    let told = failed.take(MOST_NOTED).map(|(page, reason)| {
        let url = page.address.clone();
        match page.fetched_at {
            Some(fetched_at) => UserMessage::ListingIsOld { url, reason, fetched_at },
            None => UserMessage::TargetUnreachable { url, reason },
        }
    });
    told.collect()
}

/// When it is worth looking again for what is lacking, and the end otherwise.
pub(crate) fn unpublished(lacking: NoRun, look: &DatasetLook, now: UtcTime) -> Unpublished {
    let due = match lacking {
        NoRun::NotYet { due } => due,
        // It was said already which listings were not read.
        NoRun::Unknown { .. } | NoRun::PastRetention { .. } | NoRun::NoSuchRun { .. } => None,
    };
    let to_due = due.map_or(0, |due| due.unix_seconds() - now.unix_seconds());
    let pause = Duration::from_secs(u64::try_from(to_due).unwrap_or(0)).clamp(PAUSES.0, PAUSES.1);
    let is_known = !matches!(lacking, NoRun::Unknown { .. });
    let waiting = is_known.then_some(UserMessage::WaitingForPublication { due });
    Unpublished { end: end_of(lacking, look), pause, waiting }
}

/// What a refusal means for the job.
fn end_of(lacking: NoRun, look: &DatasetLook) -> JobEnd {
    match lacking {
        NoRun::NotYet { due } => JobEnd::new(End::NotYet, UserMessage::NotYetPublished { due }),
        NoRun::Unknown { run } => {
            let (url, reason) = unread(run, look);
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

/// Whether a file of `length` octets may be the one that is listed.
pub(crate) fn may_be_as_listed(entry: &Entry, length: u64) -> bool {
    match entry.size {
        Size::Exact(octets) => octets.0 == length,
        _ => length > 0,
    }
}

/// A name that is one file's only: services that put the run or the field into the folder give all files one name.
pub(crate) fn local_name(entry: &Entry, address: &Url) -> String {
    let name = name_of(address);
    let tells = NamedTimes::of_path(&name);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> UtcTime {
        UtcTime::from_unix_seconds(seconds).expect("a time")
    }

    #[test]
    fn it_is_looked_again_when_something_is_due_but_neither_at_once_nor_after_long() {
        let look = DatasetLook::default();
        let pause = |due| unpublished(NoRun::NotYet { due }, &look, at(1_000)).pause.as_secs();
        assert_eq!(pause(Some(at(1_030))), 30);
        assert_eq!((pause(Some(at(900))), pause(None), pause(Some(at(9_000)))), (6, 6, 120));
    }

    #[test]
    fn what_no_listing_tells_of_is_waited_for_in_silence() {
        let run = at(0);
        let unknown = unpublished(NoRun::Unknown { run }, &DatasetLook::default(), at(1_000));
        assert!(unknown.waiting.is_none());
        assert_eq!(unknown.end.end, End::NoSource);
        let not_yet = unpublished(NoRun::NotYet { due: None }, &DatasetLook::default(), at(1_000));
        assert!(not_yet.waiting.is_some());
        assert_eq!(not_yet.end.end, End::NotYet);
    }

    #[test]
    fn a_pattern_that_no_row_fits_is_named_in_the_end() {
        let end = rows_of_table(&DatasetLook::default(), "*.grib").err().expect("the table is empty");
        assert_eq!(end.message, UserMessage::NoFileMatches { wanted: "*.grib".to_owned() });
    }
}
