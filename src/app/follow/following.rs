//! The list of what is followed: one set of decisions for the window and for a folder of the terminal.
//!
//! In: commands, facts, the time. Out: [`FollowOrder`]s, which the service carries out in their sequence. Knows no store,
//! no server and no clock. Start reading at [`Following::take`]; one line decides in `line`.

mod line;

use super::command::{FollowCommand, HourEnd};
use super::event::{FollowEvent, FollowPlace};
use super::notes::FollowNotes;
use super::orders::{FetchFailure, FollowFact, FollowMoment, FollowOrder};
use super::pacing::{OfflineStep, offline_step};
use super::seen::{NetworkSeen, SourceSeen};
use super::view::{FollowId, FollowRow, Look, Pace};
use super::wish::FollowWish;
use crate::app::jobs::request::UNDO_FOR;
use crate::app::jobs::view::Subject;
use crate::app::messages::user_message::UserMessage;
use crate::catalog::provider::ProviderBook;
use crate::domain::outside_text::show;
use crate::domain::utc::SteadyTime;
use line::FollowedLine;
use std::sync::Arc;
use std::time::Duration;

/// Most lines of the list.
const MOST: usize = 200;

/// Longest name of an entry, in octets.
const LONGEST_NAME: usize = 64;

/// What was stopped can be put back a moment longer than the window says: it counts the seconds too, and may be behind.
const UNDO_GRACE: Duration = Duration::from_secs(5);

/// Who fetches what is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FollowHands {
    /// The window's transfers, hour by hour; how each ended is told by [`FollowCommand::Settled`].
    Transfers,
    /// The service itself, file by file into its folder. It tells of hours and runs, and starts the person's commands.
    Own,
    /// Nobody: the list is changed, and no source is asked.
    Nobody,
}

/// How is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FollowTerms {
    /// Who fetches.
    pub hands: FollowHands,
    /// The longest pause between two looks.
    pub longest: Duration,
    /// When it ends, once each source was looked at; never when `None`.
    pub until: Option<SteadyTime>,
}

/// What is followed.
#[derive(Clone, Debug)]
pub struct Following {
    terms: FollowTerms,
    began: SteadyTime,
    lines: Vec<FollowedLine>,
    /// Lines that were stopped and can be put back still, with until when.
    stopped: Vec<(FollowedLine, SteadyTime)>,
    next: i64,
    /// Whether any source was read since it began.
    was_read: bool,
    /// When it says again that it waits, while nothing is followed.
    idle: SteadyTime,
}

impl Following {
    /// What was kept is followed on.
    pub fn new(terms: FollowTerms, kept: Vec<(FollowRow, FollowNotes)>, at: FollowMoment) -> Self {
        let next = kept.iter().map(|(row, _)| row.id.0 + 1).max().unwrap_or(1);
        let lines = kept.into_iter().map(|(row, notes)| FollowedLine::new(row, notes, at.steady)).collect();
        let (began, idle) = (at.steady, at.steady);
        Self { terms, began, lines, stopped: Vec::new(), next, was_read: false, idle }
    }

    /// The list as it stands, to be told.
    pub fn listed(&self) -> FollowOrder {
        let place = match self.terms.hands {
            FollowHands::Transfers => FollowPlace::Window,
            FollowHands::Own | FollowHands::Nobody => FollowPlace::Folder,
        };
        let rows = self.lines.iter().map(|line| line.row.counted(place, &line.notes)).collect();
        FollowOrder::Tell(FollowEvent::Listed(place, Arc::new(rows)))
    }

    /// Does what a person wants. `known` reads which datasets there are.
    pub fn obey(
        &mut self,
        command: FollowCommand,
        known: &dyn Fn() -> ProviderBook,
        at: FollowMoment,
    ) -> Vec<FollowOrder> {
        let mut orders = match command {
            FollowCommand::Add { name, wish } => match wish.check(&known()) {
                Ok(title) => self.add((name, title), *wish, at),
                Err(message) => vec![FollowOrder::Refuse(message)],
            },
            FollowCommand::Pause(id) => self.set_pace(id, Pace::Paused, at),
            FollowCommand::Resume(id) => self.set_pace(id, Pace::Active, at),
            FollowCommand::LookNow(id) => {
                self.line(id).into_iter().for_each(|line| line.due = at.steady);
                Vec::new()
            }
            FollowCommand::Stop(id) => self.stop(id, at),
            FollowCommand::Remove(name) => match self.lines.iter().find(|line| line.row.name == name) {
                Some(line) => self.stop(line.row.id, at),
                None => {
                    let message = UserMessage::UnknownEntry { id: show(&name), meant: None };
                    vec![FollowOrder::Refuse(message)]
                }
            },
            FollowCommand::PutBack(id) => self.put_back(id, at),
            FollowCommand::Settled(subject, end) => self.settle(&subject, &end),
        };
        orders.push(self.listed());
        orders
    }

    /// Takes in what came of an order.
    pub fn take(&mut self, fact: FollowFact, at: FollowMoment) -> Vec<FollowOrder> {
        let terms = self.terms;
        let mut orders = Vec::new();
        match fact {
            FollowFact::Looked(id, seen) => {
                self.was_read |= seen.trouble.is_none();
                let step = self.step_offline(&seen, at);
                let terms = match step {
                    Some(OfflineStep::LookAgain(pause)) => FollowTerms { longest: pause, ..terms },
                    Some(OfflineStep::GiveUp) | None => terms,
                };
                if let Some(line) = self.line(id) {
                    orders.extend(line.looked(seen, terms, at));
                }
                if step == Some(OfflineStep::GiveUp) {
                    orders.push(FollowOrder::Refuse(UserMessage::Offline));
                    return orders;
                }
                orders.extend(self.waiting(at));
            }
            FollowFact::Noted(id, message) => {
                orders.extend(self.line(id).map(|line| line.told(message)));
            }
            FollowFact::Fetched(_, _, Err(FetchFailure::Final(message))) => {
                orders.push(FollowOrder::Refuse(message));
            }
            FollowFact::Fetched(id, key, Err(FetchFailure::Passing(message))) => {
                tracing::debug!(key, "a file could not be fetched");
                orders.extend(self.line(id).map(|line| line.could_not_fetch(message)));
            }
            FollowFact::Fetched(id, key, Ok(files)) => {
                if let Some(line) = self.line(id) {
                    orders.extend(line.fetched(key, files, at));
                }
            }
            FollowFact::FetchOver(id) => orders.extend(self.fetch_over(id, at)),
            FollowFact::Broken(id, message) => {
                orders.extend(self.line(id).map(|line| line.could_not_fetch(message)));
                orders.extend(self.fetch_over(id, at));
            }
            FollowFact::Tidied(id, files) => {
                if let Some(line) = self.line(id) {
                    orders.extend(line.tidied(files, at));
                }
            }
        }
        orders.push(self.listed());
        orders
    }

    /// Looks at the sources that are due; one at a time where the service fetches by itself, so that no two lines write
    /// the same file.
    pub fn begin_looks(&mut self, at: FollowMoment) -> Vec<FollowOrder> {
        let is_past = self.is_past(at.steady);
        let is_due =
            |line: &FollowedLine| line.is_awaited() && line.due <= at.steady && !(is_past && line.has_looked);
        let most = match self.terms.hands {
            FollowHands::Transfers => usize::MAX,
            FollowHands::Own if self.is_busy() => 0,
            FollowHands::Own => 1,
            FollowHands::Nobody => 0,
        };
        if self.lines.is_empty() && self.idle <= at.steady {
            return self.wait_idly(at);
        }
        let due = self.lines.iter_mut().filter(|line| is_due(line)).take(most);
        let mut orders: Vec<FollowOrder> = due.map(FollowedLine::begin_look).collect();
        if !orders.is_empty() {
            orders.push(self.listed());
        }
        orders
    }

    /// When there is something to begin. `None` while only a fact or a command can change anything.
    pub fn wakes(&self) -> Option<SteadyTime> {
        let due = self.lines.iter().filter(|line| line.is_awaited()).map(|line| line.due).min();
        match self.terms.hands {
            FollowHands::Transfers => due,
            FollowHands::Own if self.is_busy() => None,
            FollowHands::Own => {
                let idle = self.lines.is_empty().then_some(self.idle);
                due.or(idle).into_iter().chain(self.terms.until).min()
            }
            FollowHands::Nobody => None,
        }
    }

    /// Whether a source is being asked, or its files are being fetched.
    pub fn is_busy(&self) -> bool {
        self.lines.iter().any(|line| line.row.look == Look::UnderWay)
    }

    /// Whether its time is over, and nothing is under way.
    pub fn is_over(&self, at: FollowMoment) -> bool {
        let has_looked = self.lines.iter().all(|line| line.has_looked || !line.is_awaited());
        self.is_past(at.steady) && has_looked && !self.is_busy()
    }

    fn is_past(&self, now: SteadyTime) -> bool {
        self.terms.until.is_some_and(|until| until <= now)
    }

    fn add(
        &mut self,
        named: (Option<String>, String),
        wish: FollowWish,
        at: FollowMoment,
    ) -> Vec<FollowOrder> {
        let (name, title) = named;
        let is_name = |name: &String| {
            !name.is_empty() && name.len() <= LONGEST_NAME && !name.chars().any(char::is_control)
        };
        if let Some(text) = name.as_ref().filter(|name| !is_name(name)) {
            return vec![FollowOrder::Refuse(UserMessage::Unreadable { text: show(text) })];
        }
        let is_same = |line: &&mut FollowedLine| match &name {
            Some(name) => line.row.name == *name,
            None => line.row.wish == wish,
        };
        if let Some(line) = self.lines.iter_mut().find(is_same) {
            line.row.wish = wish;
            let id = line.row.id;
            return self.set_pace(id, Pace::Active, at);
        }
        if self.lines.len() >= MOST {
            return vec![FollowOrder::Refuse(UserMessage::TooManyFollowed { most: MOST as u64 })];
        }
        let row = FollowRow::new(FollowId(self.next), name.unwrap_or(title), (wish, at.day.time()));
        self.next += 1;
        self.lines.push(FollowedLine::new(row.clone(), FollowNotes::default(), at.steady));
        vec![FollowOrder::Keep(row)]
    }

    fn set_pace(&mut self, id: FollowId, pace: Pace, at: FollowMoment) -> Vec<FollowOrder> {
        let Some(line) = self.line(id) else { return Vec::new() };
        line.row.kept.pace = pace;
        (line.due, line.failures) = (at.steady, 0);
        if pace == Pace::Paused {
            line.row.kept.looks_again = None;
        }
        vec![FollowOrder::Keep(line.row.clone())]
    }

    fn stop(&mut self, id: FollowId, at: FollowMoment) -> Vec<FollowOrder> {
        self.stopped.retain(|(_, until)| *until > at.steady);
        let Some(place) = self.lines.iter().position(|line| line.row.id == id) else { return Vec::new() };
        self.stopped.push((self.lines.remove(place), at.steady.after(UNDO_FOR + UNDO_GRACE)));
        vec![FollowOrder::Forget(id)]
    }

    fn put_back(&mut self, id: FollowId, at: FollowMoment) -> Vec<FollowOrder> {
        let Some(place) = self.stopped.iter().position(|(line, _)| line.row.id == id) else {
            return Vec::new();
        };
        let (line, _) = self.stopped.remove(place);
        let line = FollowedLine::new(line.row, line.notes, at.steady);
        let orders = vec![
            FollowOrder::Keep(line.row.clone()),
            FollowOrder::Note(id, line.notes.all().cloned().collect()),
        ];
        let place = self.lines.partition_point(|other| other.row.id < id);
        self.lines.insert(place, line);
        orders
    }

    /// An hour ended: every line that wishes it notes how.
    fn settle(&mut self, subject: &Subject, end: &HourEnd) -> Vec<FollowOrder> {
        let lines = self.lines.iter_mut().filter(|line| line.row.is_about(subject));
        let kept = lines.map(|line| {
            match end {
                HourEnd::Here(at) => line.row.kept.note_success(*at),
                HourEnd::Failed(message) => line.row.kept.hour_trouble = Some(message.clone()),
            }
            FollowOrder::Keep(line.row.clone())
        });
        kept.collect()
    }

    fn line(&mut self, id: FollowId) -> Option<&mut FollowedLine> {
        self.lines.iter_mut().find(|line| line.row.id == id)
    }

    fn fetch_over(&mut self, id: FollowId, at: FollowMoment) -> Vec<FollowOrder> {
        let terms = self.terms;
        let mut orders = self.line(id).map(|line| line.fetch_over(terms, at)).unwrap_or_default();
        orders.extend(self.waiting(at));
        orders
    }

    /// What to do without a network; nothing while there is one, or once anything was read.
    fn step_offline(&self, seen: &SourceSeen, at: FollowMoment) -> Option<OfflineStep> {
        let is_offline = self.terms.hands == FollowHands::Own
            && !self.was_read
            && seen.trouble.is_some()
            && seen.network == NetworkSeen::Gone;
        is_offline.then(|| offline_step(at.steady.since(self.began)))
    }

    /// Says until when there is nothing to do, where a terminal waits.
    fn waiting(&self, at: FollowMoment) -> Option<FollowOrder> {
        let wake = self.wakes().filter(|_| self.terms.hands == FollowHands::Own)?;
        let pause = wake.since(at.steady);
        (!pause.is_zero())
            .then(|| FollowOrder::Tell(FollowEvent::Waiting { until: at.day.time().later_by(pause) }))
    }

    fn wait_idly(&mut self, at: FollowMoment) -> Vec<FollowOrder> {
        if self.terms.hands != FollowHands::Own || self.is_past(at.steady) {
            return Vec::new();
        }
        self.idle =
            at.steady.after(super::pacing::pause(at.day.time(), Default::default(), self.terms.longest));
        self.waiting(at).into_iter().collect()
    }
}

#[cfg(test)]
mod tests;
