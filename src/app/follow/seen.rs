//! What a look at the source of a line came to.
//!
//! In: the pages that were asked for. Out: [`SourceSeen`]: what is published, why it could not be asked, what is worth a line.

use crate::app::catalog::asked::{DatasetLook, PageReport, PageState};
use crate::app::messages::user_message::UserMessage;
use crate::catalog::change::Change;
use crate::catalog::entry::EntryBook;
use crate::catalog::provider::Dataset;
use std::sync::Arc;

/// Most listings of which it is said that they were not read.
const MOST_NOTED: usize = 3;

/// Whether this machine has a way out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NetworkSeen {
    /// It has, or nobody needed to know.
    #[default]
    There,
    /// It has none.
    Gone,
}

/// What a look came to.
#[derive(Clone, Debug, Default)]
pub struct SourceSeen {
    /// What is looked at. `None` when no provider has it.
    pub dataset: Option<Arc<Dataset>>,
    /// What is published, by what the source tells or, while it cannot be asked, told before.
    pub book: EntryBook,
    /// Why it could not be asked.
    pub trouble: Option<UserMessage>,
    /// What else is worth a line: listings that were not read.
    pub notes: Vec<UserMessage>,
    /// What it changed without a word.
    pub changes: Vec<Change>,
    /// Whether there is a network, when the source could not be asked.
    pub network: NetworkSeen,
}

impl SourceSeen {
    /// A look that could not be made.
    pub fn failed(trouble: UserMessage) -> Self {
        Self { trouble: Some(trouble), ..Self::default() }
    }

    /// What `look` at `dataset` tells.
    pub(crate) fn of(dataset: Arc<Dataset>, look: DatasetLook) -> Self {
        let trouble = look.failure().and_then(failure_of);
        let failed = look.pages.iter().filter_map(|page| match (&page.state, page.fetched_at) {
            (PageState::Failed(reason), Some(fetched_at)) => {
                let (url, reason) = (page.address.clone(), reason.clone());
                Some(UserMessage::ListingIsOld { url, reason, fetched_at })
            }
            _ => failure_of(page),
        });
        let mut notes = if trouble.is_some() { Vec::new() } else { failed.take(MOST_NOTED).collect() };
        notes.extend(look.notes);
        Self {
            dataset: Some(dataset),
            trouble,
            notes,
            book: look.book,
            changes: look.changes,
            network: NetworkSeen::There,
        }
    }
}

fn failure_of(page: &PageReport) -> Option<UserMessage> {
    match &page.state {
        PageState::Failed(reason) => {
            Some(UserMessage::TargetUnreachable { url: page.address.clone(), reason: reason.clone() })
        }
        PageState::Fetched | PageState::Unchanged | PageState::Absent => None,
    }
}
