//! The list of what is followed, as a screen shows it and as it is kept from one start to the next.

use super::event::FollowPlace;
use super::notes::FollowNotes;
use super::wish::FollowWish;
use crate::app::jobs::view::Subject;
use crate::app::messages::user_message::UserMessage;
use crate::domain::utc::UtcTime;
use serde::{Deserialize, Serialize};

/// The number of one line of the list; never given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FollowId(pub i64);

/// One line of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct FollowRow {
    /// Its number.
    pub id: FollowId,
    /// What the dataset was called when it was added.
    pub name: String,
    /// What is wished.
    pub wish: FollowWish,
    /// When it was added.
    pub added: UtcTime,
    /// Whether it is being looked at just now.
    pub look: Look,
    /// What is kept of it.
    pub kept: FollowKept,
    /// What came of it, counted.
    pub files: FollowCounts,
}

/// What came of a line, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FollowCounts {
    /// Files that were fetched and are to be here; of the window, hours.
    pub here: usize,
    /// Hours that are missing.
    pub missing: usize,
}

/// Whether the source is being asked just now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// It is.
    UnderWay,
    /// It is not.
    #[default]
    Resting,
}

/// What is kept of a line from one start to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FollowKept {
    /// Whether new hours are fetched.
    pub pace: Pace,
    /// When the source last told what is published. `None` before it ever did.
    pub looked: Option<UtcTime>,
    /// When an hour of it was last in its place. `None` before the first.
    pub last_success: Option<UtcTime>,
    /// When the next hour is due, by the times at which earlier ones appeared. `None` when nothing tells.
    pub next_due: Option<UtcTime>,
    /// When it is looked at again. `None` while it is paused.
    pub looks_again: Option<UtcTime>,
    /// Hours that were fetched.
    pub fetched: u32,
    /// Why the source could not be asked, and since when it cannot. `None` while it can.
    pub source_trouble: Option<(UserMessage, UtcTime)>,
    /// Why the last hour that ended could not be fetched. `None` when it could.
    pub hour_trouble: Option<UserMessage>,
}

/// Whether new hours are fetched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pace {
    /// They are.
    #[default]
    Active,
    /// They are not until it is resumed.
    Paused,
}

impl FollowKept {
    /// Notes that an hour or file of it came into its place.
    pub fn note_success(&mut self, at: UtcTime) {
        self.last_success = self.last_success.max(Some(at));
        self.fetched = self.fetched.saturating_add(1);
        self.hour_trouble = None;
    }
}

impl FollowRow {
    /// A line that was just added.
    pub fn new(id: FollowId, name: String, (wish, added): (FollowWish, UtcTime)) -> Self {
        let (look, kept, files) = (Look::Resting, FollowKept::default(), FollowCounts::default());
        Self { id, name, wish, added, look, kept, files }
    }

    /// The same line with what came of it counted.
    pub fn counted(&self, place: FollowPlace, notes: &FollowNotes) -> Self {
        let mut row = Self { files: notes.counts(), ..self.clone() };
        if place == FollowPlace::Folder && row.kept.last_success.is_none() {
            // Earlier versions kept only when each file came.
            row.kept.last_success = notes.last_fetched();
        }
        row
    }

    /// Whether that hour is one of those that are wished here.
    pub fn is_about(&self, subject: &Subject) -> bool {
        let packages = self.wish.packages();
        let has_package = packages.is_empty()
            || subject.package.as_deref().is_some_and(|package| packages.iter().any(|one| one == package));
        let has_lead = self.wish.selection().is_ok_and(|wanted| wanted.has_lead(Some(subject.lead)));
        subject.dataset == self.wish.dataset() && has_package && has_lead
    }

    /// Whether something is wrong that a person should know of.
    pub fn is_troubled(&self) -> bool {
        self.kept.pace == Pace::Active
            && (self.kept.source_trouble.is_some() || self.kept.hour_trouble.is_some())
    }
}
