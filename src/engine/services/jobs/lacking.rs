//! Keeps account of what of a wish was found, target by target, and says what is lacking.
//!
//! In: what each plan finds, and what each file in its place was seen to hold. Out: the end of a target of which a part is
//! lacking, or a note where that is accepted.

use super::Job;
use super::index_claims::Sampled;
use super::messages::JobEnd;
use crate::app::file_message::FileMessage;
use crate::app::request::{Intent, Partial};
use crate::app::state::{End, Route};
use crate::app::user_message::UserMessage;
use crate::domain::lead_time::LeadTime;
use crate::domain::selection::{Answered, Attribute, Selection, Wished};
use crate::grib::slicing::{NothingChosen, Slices};
use std::collections::BTreeSet;

/// What of a wish was found in the files of one target.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// By indexes and headers, before anything is fetched.
    planned: Answered,
    /// By the headers of what is in its place.
    found: Answered,
    /// What the last file has in which something was looked for.
    available: String,
}

impl Answers {
    pub(super) fn of(wish: &Selection) -> Self {
        let answered = Answered::of(wish);
        Self { planned: answered.clone(), found: answered, available: String::new() }
    }
}

impl Job {
    /// Notes what a plan finds.
    pub(super) fn note_planned(&mut self, slices: &Slices) {
        self.answers.planned.note(&slices.met, &slices.leads);
        if self.request.products.intent == Intent::Plan {
            self.note_found(slices);
        }
    }

    /// Forgets plans that proved wrong.
    pub(super) fn forget_plans(&mut self) {
        self.answers.planned = self.answers.found.clone();
    }

    /// Notes what came into its place.
    pub(super) fn note_found(&mut self, slices: &Slices) {
        self.answers.found.note(&slices.met, &slices.leads);
    }

    /// Notes that a file tells by its name that it is of that lead time.
    pub(super) fn note_planned_lead(&mut self, lead: LeadTime) {
        self.answers.planned.note_lead(lead);
        if self.request.products.intent == Intent::Plan {
            self.answers.found.note_lead(lead);
        }
    }

    /// Notes that a whole file of that lead time came into its place.
    pub(super) fn note_found_lead(&mut self, lead: LeadTime) {
        self.answers.planned.note_lead(lead);
        self.answers.found.note_lead(lead);
    }

    /// Notes what a file has.
    pub(super) fn note_available(&mut self, available: String) {
        if !available.is_empty() {
            self.answers.available = available;
        }
    }

    /// What is lacking as far as it is planned. Files of a catalogue's entry come one after the other: before the last of
    /// them nothing can be said, nor while nothing tells which fields a file has.
    pub(super) fn lacking_in_plan(&self, road: Route) -> Vec<Wished> {
        let is_of_entry = self.entry.is_some() && self.request.products.intent == Intent::Fetch;
        if is_of_entry || matches!(road, Route::NoIndex | Route::Decompressed) {
            Vec::new()
        } else {
            self.answers.planned.lacking()
        }
    }

    /// The end of a file in which nothing was found that is wished.
    pub(super) fn nothing_chosen(&self, nothing: NothingChosen) -> JobEnd {
        let lacking = self.answers.found.lacking();
        let message = UserMessage::NothingChosen { available: nothing.available, lacking };
        JobEnd::new(End::NoSource, message)
    }

    /// Whether nothing at all was found of a wish that chooses fields.
    pub(super) fn found_nothing(&self) -> bool {
        self.answers.found.is_untouched()
    }

    /// The end of a wish of which a part is not yet published: that part is named, and accepted when the wish says so.
    pub(super) fn end_unpublished(&mut self, end: JobEnd, leads: &BTreeSet<LeadTime>) -> Result<(), JobEnd> {
        let mut lacking = self.answers.found.lacking();
        let is_to_come = end.end == End::NotYet;
        if is_to_come && !leads.is_empty() {
            // The table of hours knows of each one within a span.
            lacking.retain(|wished| wished.what != Attribute::LeadTime);
            lacking.extend(leads.iter().copied().map(Wished::lead));
        }
        let is_accepted = end.end == End::NotYet
            && self.request.products.partial == Partial::Accepted
            && !self.found_nothing();
        if is_accepted {
            // What is lacking is named with everything else at the end.
            self.note(end.message);
            return Ok(());
        }
        if is_to_come && !lacking.is_empty() {
            self.note(FileMessage::NotYetThere { lacking }.into());
        } else if !lacking.is_empty() && !self.found_nothing() {
            self.note(UserMessage::Lacking { lacking, available: String::new() });
        }
        Err(end)
    }

    /// Says on how much of an index rests that something is lacking.
    pub(super) fn note_sampled(&self, place: String, sampled: Option<Sampled>) {
        if let Some(Sampled { compared, messages }) = sampled {
            self.note(FileMessage::LackingByIndex { place, compared, messages }.into());
        }
    }

    /// Whether everything that was named was found in what is in its place.
    ///
    /// # Errors
    /// The end that names what is lacking, unless that is accepted.
    pub(super) fn answer_whole(&self) -> Result<(), JobEnd> {
        let lacking = self.answers.found.lacking();
        if lacking.is_empty() {
            return Ok(());
        }
        let message = UserMessage::Lacking { lacking, available: self.answers.available.clone() };
        match self.request.products.partial {
            Partial::Fails => Err(JobEnd::new(End::NoSource, message)),
            Partial::Accepted => {
                self.note(message);
                Ok(())
            }
        }
    }
}
