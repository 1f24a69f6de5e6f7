//! The list of relays in use as it is shown: only what was observed.
//!
//! In: [`RelayUseEvent`]s. Out: [`RelaysView`]. Start reading at [`RelaysView::take`].

use super::tally::{RelayTally, outcome_of};
use super::{RelayUseCommand, RelayUseEvent};
use crate::app::messages::relay_message::RelayMessage;
use crate::app::messages::user_message::UserMessage;
use crate::app::relay::used::report::UsedReport;
use crate::domain::utc::UtcTime;
use std::collections::BTreeMap;

/// Relays in use.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RelaysView {
    /// Whether the list was read.
    pub is_known: bool,
    /// In the order in which they were added.
    pub rows: Vec<RelayRow>,
    /// A relay that is being added.
    pub adding: RelayAdding,
    /// Why the list could not be read or written. `None` when it could.
    pub trouble: Option<UserMessage>,
    /// By address: what files of it came to since the program began.
    tallies: BTreeMap<String, RelayTally>,
}

/// One relay in use.
#[derive(Clone, Debug, PartialEq)]
pub struct RelayRow {
    /// What is remembered of it, and what it offers as far as that is known.
    pub report: UsedReport,
    /// What came of asking it last, since the program began.
    pub last: RelayOutcome,
    /// Whether a person asked it just now, and it has not answered yet.
    pub is_asked: bool,
}

/// What came of asking a relay.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum RelayOutcome {
    /// It was not asked since the program began.
    #[default]
    NotAsked,
    /// Its answer is taken.
    Taken(UtcTime),
    /// It did not answer; what it said before is used as long as it counts.
    Silent(UtcTime, UserMessage),
    /// Its answer is not taken, and nothing of it is used.
    Refused(UtcTime, UserMessage),
}

/// A relay that is being added.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum RelayAdding {
    /// None is.
    #[default]
    None,
    /// The one at that address is asked.
    Asking(String),
    /// It answered: nothing is kept before a person says so.
    Proposed {
        /// Its address, as it was typed.
        address: String,
        /// What it says, and its key.
        report: Box<UsedReport>,
    },
    /// It cannot be used: why.
    Failed(UserMessage),
}

impl RelayRow {
    /// Whether a person has to decide: its key changed, or it was contradicted.
    pub fn is_stopped(&self) -> bool {
        self.report.aside.is_some() || matches!(self.last, RelayOutcome::Refused(..))
    }
}

impl RelaysView {
    /// What files of the relay at that address came to.
    pub fn tally(&self, url: &str) -> RelayTally {
        self.tallies.get(url).copied().unwrap_or_default()
    }

    /// Counts what a transfer tells of a relay.
    pub fn count(&mut self, message: &RelayMessage) {
        if let Some((url, outcome)) = outcome_of(message) {
            self.tallies.entry(url.to_owned()).or_default().count(outcome);
        }
    }

    /// What is shown from the moment on in which a person wants something.
    pub fn expect(&mut self, command: &RelayUseCommand) {
        match command {
            RelayUseCommand::Propose(address) | RelayUseCommand::Keep { address, .. } => {
                self.adding = RelayAdding::Asking(address.clone());
            }
            RelayUseCommand::Drop => self.adding = RelayAdding::None,
            RelayUseCommand::Ask(url) => {
                if let Some(row) = self.row_mut(url) {
                    row.is_asked = true;
                }
            }
            RelayUseCommand::Reread | RelayUseCommand::Forget(_) => {}
        }
    }

    /// Takes in what became known.
    pub fn take(&mut self, event: RelayUseEvent) {
        match event {
            RelayUseEvent::Listed(reports) => self.list(reports),
            RelayUseEvent::Proposed(report) => {
                // Who changed their mind meanwhile is not asked any more.
                if let RelayAdding::Asking(address) = &self.adding {
                    self.adding =
                        RelayAdding::Proposed { address: address.clone(), report: Box::new(report) };
                }
            }
            RelayUseEvent::NotUsed { address, message } => {
                if self.adding == RelayAdding::Asking(address) {
                    self.adding = RelayAdding::Failed(message);
                }
            }
            RelayUseEvent::Kept(report, at) => {
                self.adding = RelayAdding::None;
                self.trouble = None;
                match self.rows.iter().position(|row| row.report.url == report.url) {
                    Some(_) => self.answered(report, at),
                    None => {
                        let last = RelayOutcome::Taken(at);
                        self.rows.push(RelayRow { report, last, is_asked: false });
                    }
                }
            }
            RelayUseEvent::Answered(report, at) => self.answered(report, at),
            RelayUseEvent::NotTaken { url, at, message } => {
                if let Some(row) = self.row_mut(&url) {
                    row.is_asked = false;
                    row.last = match is_silence(&message) {
                        true => RelayOutcome::Silent(at, message),
                        false => RelayOutcome::Refused(at, message),
                    };
                }
            }
            RelayUseEvent::Forgotten { url } => {
                self.rows.retain(|row| row.report.url != url);
                self.tallies.remove(&url);
            }
            RelayUseEvent::ListTrouble(message) => {
                self.trouble = Some(message);
                self.rows.iter_mut().for_each(|row| row.is_asked = false);
            }
        }
    }

    /// The list as it is kept; what was heard of a relay that is still the same stays.
    fn list(&mut self, reports: Vec<UsedReport>) {
        let mut before = std::mem::take(&mut self.rows);
        self.rows = reports
            .into_iter()
            .map(|report| {
                let old = before.iter().position(|row| is_same(&row.report, &report));
                let Some(old) = old.map(|at| before.swap_remove(at)) else {
                    return RelayRow { report, last: RelayOutcome::NotAsked, is_asked: false };
                };
                let datasets = report.datasets.or(old.report.datasets);
                RelayRow { report: UsedReport { datasets, ..report }, ..old }
            })
            .collect();
        self.is_known = true;
        self.trouble = None;
    }

    fn answered(&mut self, report: UsedReport, at: UtcTime) {
        if let Some(row) = self.row_mut(&report.url) {
            *row = RelayRow { report, last: RelayOutcome::Taken(at), is_asked: false };
        }
    }

    fn row_mut(&mut self, url: &str) -> Option<&mut RelayRow> {
        self.rows.iter_mut().find(|row| row.report.url == url)
    }
}

/// Whether both are of one relay with one key. A key that came since is no other relay.
fn is_same(old: &UsedReport, new: &UsedReport) -> bool {
    old.url == new.url && (old.fingerprint.is_none() || old.fingerprint == new.fingerprint)
}

/// Whether a relay did not answer at all, so that what it said before still counts.
fn is_silence(message: &UserMessage) -> bool {
    matches!(
        message,
        UserMessage::Relay(RelayMessage::UsedUnreachable { .. }) | UserMessage::TargetUnreachable { .. }
    )
}
