//! What is done next with all that is shared.
//!
//! In: what a person wants, facts, the time. Out: [`ShareOrder`]s. Each line runs at most once at a time: one that is to run
//! otherwise is ended first. What is told is told at most four times a second. Knows no disk, no server and no clock.
//! Start reading at [`SharePlanner::obey`].

#[cfg(test)]
mod tests;

use super::command::{ShareCommand, SharePermission};
use super::event::ShareEvent;
use super::line::{LineRun, ShareLine, Standing};
use super::orders::{ShareFact, ShareMoment, ShareOrder};
use super::reach::ReachCheck;
use super::view::{ShareId, ShareState, ShareView};
use super::wish::ShareWish;
use crate::app::messages::relay_message::RelayMessage;
use crate::app::messages::user_message::UserMessage;
use crate::domain::outside_text::show;
use crate::domain::utc::SteadyTime;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// The list is told at most so often.
const TELL_EVERY: Duration = Duration::from_millis(250);

/// Most lines: each has a port, and perhaps a folder of a hundred gigabytes.
pub const MOST_SHARED: usize = 32;

/// All that is shared.
#[derive(Debug)]
pub struct SharePlanner {
    lines: BTreeMap<ShareId, ShareLine>,
    next: i64,
    permission: SharePermission,
    /// Whether the program ends.
    is_ending: bool,
    /// Whether the list is otherwise than it was told.
    is_stale: bool,
    not_told_before: SteadyTime,
}

impl SharePlanner {
    /// What was kept under numbers. Nothing of it begins before it is allowed; what makes no sense is left out.
    pub fn new(kept: Vec<(i64, String)>) -> Self {
        let read = |(id, text): (i64, String)| {
            let id = ShareId(id);
            ShareLine::of_text(id, &text).map(|line| (id, line))
        };
        let next = kept.iter().map(|(id, _)| id.saturating_add(1)).max().unwrap_or(1);
        Self {
            lines: kept.into_iter().filter_map(read).collect(),
            next,
            permission: SharePermission::Forbidden,
            is_ending: false,
            is_stale: true,
            not_told_before: SteadyTime::default(),
        }
    }

    /// Carries out what a person wants.
    pub fn obey(&mut self, command: ShareCommand, at: ShareMoment) -> Vec<ShareOrder> {
        self.is_stale = true;
        match command {
            ShareCommand::Start(wish) => match self.start(*wish, at) {
                Ok(orders) => orders,
                Err(message) => vec![ShareOrder::Tell(ShareEvent::Refused(message))],
            },
            ShareCommand::Stop(id) => self.set_standing(id, Standing::Stopped),
            ShareCommand::Resume(id) => self.set_standing(id, Standing::Wanted),
            ShareCommand::Remove(id) => self.remove(id),
            ShareCommand::Check(id) => self.check(id),
            ShareCommand::Allow(permission) => self.allow(permission),
        }
    }

    /// Takes in what came of an order.
    pub fn take(&mut self, fact: ShareFact, at: ShareMoment) -> Vec<ShareOrder> {
        self.is_stale = true;
        match fact {
            ShareFact::Relay(id, event) => self.of_running(id, |line| line.hear_relay(event, at.day)),
            ShareFact::Publish(id, news) => self.of_running(id, |line| line.hear_publishing(news, at.day)),
            ShareFact::Checked(id, check) => self.of_running(id, |line| {
                line.hear_check(|mut tally| {
                    tally.count(check);
                    ReachCheck::UnderWay(tally)
                });
            }),
            ShareFact::CheckOver(id, done) => self.of_running(id, |line| {
                line.hear_check(|mut tally| {
                    tally.trouble = tally.trouble.or(done.err());
                    ReachCheck::Over(tally, at.day)
                });
            }),
            ShareFact::Ended(id, done) => return self.ended(id, done, at),
        }
        Vec::new()
    }

    /// Ends all that runs, because the program does: it starts again with it.
    pub fn end_all(&mut self) -> Vec<ShareOrder> {
        self.is_ending = true;
        self.is_stale = true;
        self.lines.iter_mut().filter_map(|(id, line)| end(*id, line)).collect()
    }

    /// Whether anything runs.
    pub fn is_running(&self) -> bool {
        self.lines.values().any(|line| line.run != LineRun::Resting)
    }

    /// When the list is to be told next. `None` while it is as it was told.
    pub fn tells_at(&self) -> Option<SteadyTime> {
        self.is_stale.then_some(self.not_told_before)
    }

    /// The list, when it is time to tell it.
    pub fn tell(&mut self, at: ShareMoment) -> Option<ShareOrder> {
        if !self.is_stale || at.steady < self.not_told_before {
            return None;
        }
        self.is_stale = false;
        self.not_told_before = at.steady.after(TELL_EVERY);
        let rows = self.lines.values_mut().filter(|line| !line.leaves).map(ShareLine::show).collect();
        Some(ShareOrder::Tell(ShareEvent::Shown(Arc::new(ShareView { rows }))))
    }

    fn start(&mut self, wish: ShareWish, at: ShareMoment) -> Result<Vec<ShareOrder>, UserMessage> {
        if self.permission == SharePermission::Forbidden {
            return Err(RelayMessage::SharingOff.into());
        }
        wish.check()?;
        let same = self.lines.iter().find(|(_, line)| !line.leaves && line.wish().folder() == wish.folder());
        let id = match same {
            Some((_, line)) if line.run != LineRun::Resting => {
                let folder = show(&wish.folder().display().to_string());
                return Err(RelayMessage::SharedAlready { folder }.into());
            }
            Some((id, _)) => *id,
            None if self.lines.len() >= MOST_SHARED => {
                return Err(RelayMessage::TooManyShared { most: MOST_SHARED }.into());
            }
            None => ShareId(self.next),
        };
        self.next = self.next.max(id.0.saturating_add(1));
        let line = self.lines.entry(id).or_insert_with(|| ShareLine::new(id, wish.clone(), at.day));
        line.replace(wish);
        Ok(vec![ShareOrder::Keep(id, line.to_text()), begin(id, line)])
    }

    fn set_standing(&mut self, id: ShareId, standing: Standing) -> Vec<ShareOrder> {
        let (permission, Some(line)) = (self.permission, self.lines.get_mut(&id)) else { return Vec::new() };
        line.standing = standing;
        let kept = ShareOrder::Keep(id, line.to_text());
        let next = match (standing, line.run) {
            (Standing::Stopped, LineRun::UnderWay) => end(id, line),
            (Standing::Stopped, LineRun::Resting) => {
                line.set_state(ShareState::Stopped);
                None
            }
            (Standing::Wanted, LineRun::Resting) => begin_if_allowed(id, line, permission),
            // One that is wanted again begins once it has ended.
            (Standing::Stopped | Standing::Wanted, LineRun::Ending)
            | (Standing::Wanted, LineRun::UnderWay) => None,
        };
        [kept].into_iter().chain(next).collect()
    }

    fn remove(&mut self, id: ShareId) -> Vec<ShareOrder> {
        let Some(line) = self.lines.get_mut(&id) else { return Vec::new() };
        line.leaves = true;
        let ending = end(id, line);
        if line.run == LineRun::Resting {
            self.lines.remove(&id);
        }
        [ShareOrder::Forget(id)].into_iter().chain(ending).collect()
    }

    fn check(&mut self, id: ShareId) -> Vec<ShareOrder> {
        let Some(line) = self.lines.get_mut(&id).filter(|line| line.can_be_checked()) else {
            return Vec::new();
        };
        line.begin_check();
        // A tracker speaks only to who asks it for a torrent.
        let served = line.addresses().iter().filter(|served| served.what != "tracker");
        let addresses = served.map(|served| served.url.clone()).collect();
        vec![ShareOrder::Check(id, Box::new(line.wish().clone()), addresses)]
    }

    fn allow(&mut self, permission: SharePermission) -> Vec<ShareOrder> {
        if std::mem::replace(&mut self.permission, permission) == permission {
            return Vec::new();
        }
        let lines = self.lines.iter_mut();
        let wanted = lines.filter(|(_, line)| line.standing == Standing::Wanted && !line.leaves);
        let turn = |(id, line): (&ShareId, &mut ShareLine)| match (permission, line.run) {
            (SharePermission::Allowed, LineRun::Resting) => begin_if_allowed(*id, line, permission),
            (SharePermission::Forbidden, LineRun::UnderWay) => end(*id, line),
            (SharePermission::Forbidden, LineRun::Resting) => {
                line.set_state(ShareState::HeldBack);
                None
            }
            (SharePermission::Allowed, LineRun::UnderWay)
            | (SharePermission::Allowed | SharePermission::Forbidden, LineRun::Ending) => None,
        };
        wanted.filter_map(turn).collect()
    }

    fn ended(&mut self, id: ShareId, done: Result<(), UserMessage>, at: ShareMoment) -> Vec<ShareOrder> {
        let Some(line) = self.lines.get_mut(&id).filter(|line| line.run != LineRun::Resting) else {
            return Vec::new();
        };
        if line.leaves {
            self.lines.remove(&id);
            return Vec::new();
        }
        let (was_told, message) = (line.run == LineRun::Ending, done.err().map(in_window));
        match message {
            Some(message) if !was_told => line.end(ShareState::Failed(message), None),
            message => line.end(ShareState::Stopped, message.map(|message| (message, at.day))),
        }
        let goes_on = was_told && line.standing == Standing::Wanted && !self.is_ending;
        let next = if goes_on { begin_if_allowed(id, line, self.permission) } else { None };
        next.into_iter().collect()
    }

    fn of_running(&mut self, id: ShareId, hear: impl FnOnce(&mut ShareLine)) {
        if let Some(line) = self.lines.get_mut(&id).filter(|line| line.run != LineRun::Resting) {
            hear(line);
        }
    }
}

fn begin(id: ShareId, line: &mut ShareLine) -> ShareOrder {
    line.begin();
    ShareOrder::Begin(id, Box::new(line.wish().clone()))
}

fn begin_if_allowed(id: ShareId, line: &mut ShareLine, permission: SharePermission) -> Option<ShareOrder> {
    match permission {
        SharePermission::Allowed => Some(begin(id, line)),
        SharePermission::Forbidden => {
            line.set_state(ShareState::HeldBack);
            None
        }
    }
}

/// Has a line ended that runs.
fn end(id: ShareId, line: &mut ShareLine) -> Option<ShareOrder> {
    if line.run != LineRun::UnderWay {
        return None;
    }
    line.run = LineRun::Ending;
    line.set_state(ShareState::Stopping);
    Some(ShareOrder::End(id))
}

/// The message as the window says it: what a terminal can be told to do is left out.
fn in_window(message: UserMessage) -> UserMessage {
    match message {
        UserMessage::FolderInUse { by } => RelayMessage::RunsElsewhere { by }.into(),
        other => other,
    }
}
