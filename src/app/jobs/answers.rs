//! Keeps account of what of a wish was found, target by target, and says what is lacking.
//!
//! In: what each plan finds, and what each file in its place was seen to hold. Out: the end of a target of which a part is
//! lacking, or a note where that is accepted.

use super::job_end::JobEnd;
use crate::app::catalog::route::Route;
use crate::app::jobs::request::{Intent, Partial};
use crate::app::jobs::view::End;
use crate::app::messages::file_message::FileMessage;
use crate::app::messages::user_message::UserMessage;
use crate::domain::lead_time::LeadTime;
use crate::domain::selection::{Answered, Attribute, Selection, Wished};
use crate::grib::slicing::{NothingChosen, Slices};
use std::collections::BTreeSet;

/// What of a wish was found in the files of one target.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    /// By indexes and headers, before anything is fetched.
    planned: Answered,
    /// By the headers of what is in its place.
    found: Answered,
    /// What the last file has in which something was looked for.
    available: String,
    /// A plan is all that is wished: what it finds counts as found.
    intent: Intent,
}

/// What is told when a part of a wish is not yet published, and the end where that is not accepted.
#[derive(Debug)]
pub(crate) struct UnpublishedPart {
    pub(crate) told: Option<UserMessage>,
    pub(crate) end: Option<JobEnd>,
}

impl Answers {
    pub(crate) fn of(wish: &Selection, intent: Intent) -> Self {
        let answered = Answered::of(wish);
        Self { planned: answered.clone(), found: answered, available: String::new(), intent }
    }

    /// Notes what a plan finds.
    pub(crate) fn note_planned(&mut self, slices: &Slices) {
        self.planned.note(&slices.met, &slices.leads);
        if self.intent == Intent::Plan {
            self.note_found(slices);
        }
    }

    /// Forgets plans that proved wrong.
    pub(crate) fn forget_plans(&mut self) {
        self.planned = self.found.clone();
    }

    /// Notes what came into its place.
    pub(crate) fn note_found(&mut self, slices: &Slices) {
        self.found.note(&slices.met, &slices.leads);
    }

    /// Notes that a file tells by its name that it is of that lead time.
    pub(crate) fn note_planned_lead(&mut self, lead: LeadTime) {
        self.planned.note_lead(lead);
        if self.intent == Intent::Plan {
            self.found.note_lead(lead);
        }
    }

    /// Notes that a whole file of that lead time came into its place.
    pub(crate) fn note_found_lead(&mut self, lead: LeadTime) {
        self.planned.note_lead(lead);
        self.found.note_lead(lead);
    }

    /// Notes what a file has.
    pub(crate) fn note_available(&mut self, available: String) {
        if !available.is_empty() {
            self.available = available;
        }
    }

    /// What is lacking as far as it is planned: nothing can be said while nothing tells which fields a file has.
    pub(crate) fn lacking_in_plan(&self, road: Route) -> Vec<Wished> {
        match road {
            Route::NoIndex | Route::Decompressed => Vec::new(),
            Route::WholeFiles | Route::Pieces | Route::ProvenRanges | Route::Ranges | Route::OnDisk => {
                self.planned.lacking()
            }
        }
    }

    /// The end of a file in which nothing was found that is wished.
    pub(crate) fn nothing_chosen(&self, nothing: NothingChosen) -> JobEnd {
        let lacking = self.found.lacking();
        let message = UserMessage::NothingChosen { available: nothing.available, lacking };
        JobEnd::new(End::NoSource, message)
    }

    /// Whether nothing at all was found of a wish that chooses fields.
    pub(crate) fn found_nothing(&self) -> bool {
        self.found.is_untouched()
    }

    /// The end of a wish of which a part is not yet published: that part is named, and accepted when the wish says so.
    pub(crate) fn unpublished(
        &self,
        end: JobEnd,
        leads: &BTreeSet<LeadTime>,
        partial: Partial,
    ) -> UnpublishedPart {
        let mut lacking = self.found.lacking();
        let is_to_come = end.end == End::NotYet;
        if is_to_come && !leads.is_empty() {
            // The table of hours knows of each one within a span.
            lacking.retain(|wished| wished.what != Attribute::LeadTime);
            lacking.extend(leads.iter().copied().map(Wished::lead));
        }
        if is_to_come && partial == Partial::Accepted && !self.found_nothing() {
            // What is lacking is named with everything else at the end.
            return UnpublishedPart { told: Some(end.message), end: None };
        }
        let told = if is_to_come && !lacking.is_empty() {
            Some(FileMessage::NotYetThere { lacking }.into())
        } else if !lacking.is_empty() && !self.found_nothing() {
            Some(UserMessage::Lacking { lacking, available: String::new() })
        } else {
            None
        };
        UnpublishedPart { told, end: Some(end) }
    }

    /// What is told where something that was named is not in what is in its place, and that is accepted.
    ///
    /// # Errors
    /// The end that names what is lacking, where it is not accepted.
    pub(crate) fn whole(&self, partial: Partial) -> Result<Option<UserMessage>, JobEnd> {
        let lacking = self.found.lacking();
        if lacking.is_empty() {
            return Ok(None);
        }
        let message = UserMessage::Lacking { lacking, available: self.available.clone() };
        match partial {
            Partial::Fails => Err(JobEnd::new(End::NoSource, message)),
            Partial::Accepted => Ok(Some(message)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(text: &str) -> Selection {
        Selection::everything().with_leads(text).expect("lead times")
    }

    fn hour(hour: i64) -> LeadTime {
        LeadTime::from_hours(hour)
    }

    #[test]
    fn what_is_lacking_ends_the_job_unless_a_part_is_accepted() {
        let mut answers = Answers::of(&hours("1,2"), Intent::Fetch);
        answers.note_found_lead(hour(1));
        let end = answers.whole(Partial::Fails).expect_err("2 h is lacking");
        assert_eq!(end.end, End::NoSource);
        assert!(matches!(answers.whole(Partial::Accepted), Ok(Some(UserMessage::Lacking { .. }))));
        answers.note_found_lead(hour(2));
        assert!(matches!(answers.whole(Partial::Fails), Ok(None)));
    }

    #[test]
    fn a_plan_alone_counts_as_found_only_where_nothing_is_fetched() {
        for (intent, is_found) in [(Intent::Plan, true), (Intent::Fetch, false)] {
            let mut answers = Answers::of(&hours("1"), intent);
            answers.note_planned_lead(hour(1));
            assert_eq!(answers.whole(Partial::Fails).is_ok(), is_found, "{intent:?}");
            assert!(answers.lacking_in_plan(Route::WholeFiles).is_empty());
            answers.forget_plans();
            assert_eq!(answers.lacking_in_plan(Route::WholeFiles).is_empty(), is_found, "{intent:?}");
        }
    }

    #[test]
    fn a_part_that_is_not_yet_published_is_accepted_once_something_was_found() {
        let not_yet = || JobEnd::new(End::NotYet, UserMessage::NotYetPublished { due: None });
        let (mut answers, due) = (Answers::of(&hours("1,2"), Intent::Fetch), BTreeSet::from([hour(2)]));
        let refused = answers.unpublished(not_yet(), &due, Partial::Accepted);
        assert!(refused.end.is_some() && refused.told.is_some(), "nothing was found: {refused:?}");

        answers.note_found_lead(hour(1));
        let accepted = answers.unpublished(not_yet(), &due, Partial::Accepted);
        assert!(accepted.end.is_none(), "{accepted:?}");
        assert!(answers.unpublished(not_yet(), &due, Partial::Fails).end.is_some());
    }
}
