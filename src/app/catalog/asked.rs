//! What is asked of catalogues, and what is answered: providers, datasets, runs and hours.
//!
//! In: ids of entries. Out: what providers' files say and what listings told, with the age of each.

use crate::app::messages::file_message::FileMessage;
use crate::app::messages::user_message::UserMessage;
use crate::catalog::asked::Reply;
use crate::catalog::entry::EntryBook;
use crate::catalog::provider::BrokenProvider;
use crate::catalog::provider::{Dataset, EntryId, Provider};
use crate::catalog::runs::Hours;
use crate::catalog::template::Values;
use crate::domain::outside_text::show;
use crate::domain::utc::UtcTime;
use crate::mesh::archive::ArchiveAddress;
use crate::mesh::record::Record;
use crate::transfer::reason::Reason;
use std::path::PathBuf;
use std::sync::Arc;

pub use crate::catalog::change::{Change, ChangeKind};
pub use crate::catalog::feed::{Feed, Item};
pub use crate::catalog::provider::{FileOrigin, ProviderBook, ProviderCheck, Texts};
pub use crate::catalog::runs::choice::RunWish;

/// What is said of an id that nothing has, with the one that was probably meant.
pub fn unknown_entry(id: &str, book: &ProviderBook) -> UserMessage {
    UserMessage::UnknownEntry { id: show(id), meant: book.nearest(id) }
}

/// A question about catalogues.
#[derive(Clone, Debug)]
pub enum CatalogQuery {
    /// Which providers are known, and which of their files are off?
    Providers,
    /// What is published of a dataset?
    Runs {
        /// Which dataset; a package restricts the table to it.
        id: EntryId,
        /// How many runs are shown at most.
        count: usize,
    },
    /// What has the service of this provider to announce?
    Notices(String),
    /// Which datasets have these words in their record?
    Search {
        /// The words.
        words: String,
        /// The collection that is asked; those that the public may ask when `None`.
        at: Option<ArchiveAddress>,
    },
    /// Which files does a person's folder for providers' files hold, and is it all sound?
    Check(Option<PathBuf>),
}

/// The answer.
#[derive(Clone, Debug)]
pub enum CatalogAnswer {
    /// To [`CatalogQuery::Providers`] and [`CatalogQuery::Check`].
    Providers(ProviderBook),
    /// To [`CatalogQuery::Runs`].
    Runs(Box<RunsAnswer>),
    /// To [`CatalogQuery::Notices`].
    Notices(NoticesAnswer),
    /// To [`CatalogQuery::Search`].
    Found(Box<FoundRecords>),
    /// There is no answer.
    Refused(UserMessage),
}

/// Records that a Global Discovery Catalogue has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundRecords {
    /// The address of the collection, without secrets.
    pub whose: String,
    /// How many it has in all. `None` when it does not say.
    pub of: Option<u64>,
    /// The first of them.
    pub records: Vec<Record>,
}

/// What a service has to announce: changes, outages.
#[derive(Clone, Debug)]
pub struct NoticesAnswer {
    /// Whose.
    pub provider: Arc<Provider>,
    /// What was seen to change without being announced, newest first.
    pub changes: Vec<Change>,
    /// The feed's items, in its order. `None` when the provider's file names no feed.
    pub feed: Option<Feed>,
    /// How asking for the feed went, with its age.
    pub page: Option<PageReport>,
}

/// What is published of a dataset.
#[derive(Clone, Debug)]
pub struct RunsAnswer {
    /// Who offers it.
    pub provider: Arc<Provider>,
    /// What it is.
    pub dataset: Arc<Dataset>,
    /// Runs by lead times.
    pub hours: Hours,
    /// Every file that is offered.
    pub book: EntryBook,
    /// What was asked to find out.
    pub pages: Vec<PageReport>,
}

/// One page of a listing that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageReport {
    /// Its address, without secrets.
    pub address: String,
    /// How it went.
    pub state: PageState,
    /// When what is shown of it was fetched. `None` when there is nothing.
    pub fetched_at: Option<UtcTime>,
}

/// A page is not asked for again within this time. Seconds.
const FRESH_FOR: i64 = 5;

/// Whether a page that was fetched then need not be asked for again.
pub fn is_fresh(fetched_at: UtcTime, now: UtcTime) -> bool {
    (0..FRESH_FOR).contains(&(now.unix_seconds() - fetched_at.unix_seconds()))
}

impl PageReport {
    /// Whether what is shown of it was fetched just now.
    pub fn is_fresh(&self, now: UtcTime) -> bool {
        self.fetched_at.is_some_and(|fetched_at| is_fresh(fetched_at, now))
    }

    /// Whether nothing of it is known: it could not be downloaded, and no earlier copy was kept.
    pub fn is_unread(&self) -> bool {
        matches!(self.state, PageState::Failed(_)) && self.fetched_at.is_none()
    }
}

/// How asking for a page went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageState {
    /// It was fetched.
    Fetched,
    /// It is as it was; nothing was transferred, or it is too fresh to be asked for again.
    Unchanged,
    /// It is not there: usual for a run of which nothing is published yet.
    Absent,
    /// It could not be had, or is no listing.
    Failed(Reason),
}

/// That the file of a provider cannot be read.
pub fn provider_file_broken(broken: &BrokenProvider) -> UserMessage {
    let file = match &broken.file.origin {
        FileOrigin::Own(path) => show(path),
        FileOrigin::Embedded => broken.file.name.clone(),
    };
    UserMessage::File(FileMessage::ProviderFileBroken { file, detail: show(&broken.error.to_string()) })
}

/// What was found of a dataset.
#[derive(Debug, Default)]
pub(crate) struct DatasetLook {
    pub(crate) book: EntryBook,
    pub(crate) pages: Vec<PageReport>,
    /// What is not as it was at an earlier look.
    pub(crate) changes: Vec<Change>,
    /// What is to be told of relays in use.
    pub(crate) notes: Vec<UserMessage>,
}

impl DatasetLook {
    /// The first page that could not be had, when none could: then nothing is known.
    pub(crate) fn failure(&self) -> Option<&PageReport> {
        self.pages.iter().all(PageReport::is_unread).then(|| self.pages.first())?
    }
}

impl DatasetLook {
    /// What is known when the look itself broke: nothing.
    pub(crate) fn broken(detail: &str) -> Self {
        let state = PageState::Failed(Reason::Other(show(detail)));
        let page = PageReport { address: String::new(), state, fetched_at: None };
        let mut look = Self { pages: vec![page], ..Self::default() };
        look.book.asked.note(Values::default(), Reply::Unread);
        look
    }

    /// The page that could not be read and would tell of this run.
    pub(crate) fn unread_of(&self, run: UtcTime) -> Option<&PageReport> {
        self.book.asked.unread_of(run).and_then(|number| self.pages.get(number))
    }

    /// The first page that could not be read now, when none could: what is known is of old.
    pub(crate) fn silence(&self) -> Option<&PageReport> {
        let is_silent = |page: &PageReport| matches!(page.state, PageState::Failed(_));
        self.pages.iter().all(is_silent).then(|| self.pages.first())?
    }
}
