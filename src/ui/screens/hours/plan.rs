//! Asks what a choice would cost, and keeps the last answer on screen until the next one comes.
//!
//! In: the choice as it is now. Out: a plan, perhaps of a moment ago. Asks when the choice rests, not while it is drawn.

use super::axis::Slot;
use crate::app::catalog::hours::{HoursChoice, HoursFilter, HoursPlan, HoursView};
use crate::app::link::Link;
use crate::app::messages::user_message::UserMessage;
use crate::app::query::{Answer, Query};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::Duration;

/// A choice that changed so recently may change again.
const REST: f64 = 0.12;

/// What is here or published changes while a choice stands; it is asked about again no sooner than this.
const AGAIN: f64 = 1.0;

/// The plan of the choice.
#[derive(Debug, Default)]
pub struct Planner {
    of: Option<(Arc<HoursView>, BTreeSet<Slot>, HoursFilter)>,
    changed_at: f64,
    asked_at: f64,
    is_stale: bool,
    pending: Option<Receiver<Answer>>,
    answer: Option<Result<HoursPlan, UserMessage>>,
}

/// Whether the choice is being drawn just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hand {
    /// It moves.
    Moving,
    /// It rests.
    Resting,
}

impl Planner {
    /// The last answer. `None` when nothing is chosen or nothing was answered yet.
    pub fn answer(&self) -> Option<&Result<HoursPlan, UserMessage>> {
        self.answer.as_ref()
    }

    /// Whether the answer is that of what is chosen now.
    pub fn is_current(&self) -> bool {
        !self.is_stale && self.pending.is_none() && self.answer.is_some()
    }

    /// Takes the choice as it is at `now` (seconds of the window's own clock); asks and listens as needed. Returns when to
    /// look again. `None` when nothing is outstanding.
    pub fn look(
        &mut self,
        (link, now): (&dyn Link, f64),
        view: &Arc<HoursView>,
        (slots, filter): (&BTreeSet<Slot>, &HoursFilter),
        hand: Hand,
    ) -> Option<Duration> {
        self.notice(view, slots, filter, now);
        if slots.is_empty() {
            (self.answer, self.pending, self.is_stale) = (None, None, false);
            return None;
        }
        self.listen();
        if self.is_stale && self.pending.is_none() && hand == Hand::Resting {
            if now - self.changed_at < REST {
                return Some(Duration::from_millis(60));
            }
            self.pending = Some(link.ask(Query::PlanHours(Box::new(choice_of(view, slots, filter)))));
            (self.asked_at, self.is_stale) = (now, false);
        }
        (self.pending.is_some() || self.is_stale).then_some(Duration::from_millis(40))
    }

    fn notice(&mut self, view: &Arc<HoursView>, slots: &BTreeSet<Slot>, filter: &HoursFilter, now: f64) {
        let (is_other_choice, is_other_view) = match &self.of {
            None => (true, true),
            Some((of, was, filtered)) => {
                (was != slots || filtered != filter || of.dataset != view.dataset, !Arc::ptr_eq(of, view))
            }
        };
        if is_other_choice {
            (self.changed_at, self.is_stale, self.pending) = (now, true, None);
        } else if is_other_view && now - self.asked_at > AGAIN {
            self.is_stale = true;
        }
        if is_other_choice || (is_other_view && self.is_stale) {
            self.of = Some((view.clone(), slots.clone(), filter.clone()));
        }
    }

    fn listen(&mut self) {
        let Some(pending) = &self.pending else { return };
        match pending.try_recv() {
            Ok(answer) => {
                self.pending = None;
                if let Answer::HoursPlan(plan) = answer {
                    self.answer = Some(plan);
                }
            }
            Err(TryRecvError::Disconnected) => self.pending = None,
            Err(TryRecvError::Empty) => {}
        }
    }
}

/// The choice as the engine takes it.
pub fn choice_of(view: &HoursView, slots: &BTreeSet<Slot>, filter: &HoursFilter) -> HoursChoice {
    HoursChoice {
        dataset: view.dataset.clone(),
        cells: slots.iter().copied().collect(),
        filter: filter.clone(),
    }
}
