//! What of a wish was found: each parameter, level and lead time that was named is one thing that is wished.
//!
//! In: a [`Selection`], and the fields that were found to be meant. Out: what is lacking. A set under one name
//! (`@wind`) is there when any of it is; a span of lead times (`0..24`) when it is reached to its end.

use super::Selection;
use crate::domain::field::Field;
use crate::domain::lead_time::{LeadSelection, LeadTime};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// By what fields are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Attribute {
    /// What is measured.
    Parameter,
    /// On which surface.
    Level,
    /// How far ahead.
    LeadTime,
    /// Of which member of an ensemble.
    Member,
    /// When the run starts.
    Run,
}

impl Attribute {
    /// The name in JSON, which is that of the option; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Parameter => "param",
            Self::Level => "level",
            Self::LeadTime => "lead",
            Self::Member => "member",
            Self::Run => "run",
        }
    }
}

/// One thing that is wished.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Wished {
    /// By what it chooses.
    pub what: Attribute,
    /// As people write it: `2t`, `@wind`, `500hPa`, `6 h`.
    pub words: String,
}

impl Wished {
    pub(super) fn new(what: Attribute, words: impl Into<String>) -> Self {
        Self { what, words: words.into() }
    }

    /// A lead time.
    pub fn lead(lead: LeadTime) -> Self {
        Self::new(Attribute::LeadTime, lead.to_string())
    }

    /// Everything that is wished but lead times, which [`Answered`] looks after.
    fn all_of(selection: &Selection) -> impl Iterator<Item = Self> + '_ {
        let params = selection.params.iter().map(|param| Self::new(Attribute::Parameter, param.shown()));
        let levels = selection.levels.iter().map(|level| Self::new(Attribute::Level, level.shown()));
        let members = selection.members.iter().flat_map(|member| member.wished());
        let members = members.map(|member| Self::new(Attribute::Member, member.shown()));
        params.chain(levels).chain(members)
    }

    /// What of a wish a field is that is meant; `names` are all by which its parameter is known.
    pub fn met_by(selection: &Selection, field: &Field, names: &[&str]) -> BTreeSet<Self> {
        let params = selection.params.iter().filter(|param| param.contains(field, names));
        let level = field.surface();
        let levels =
            selection.levels.iter().filter(|choice| level.is_some_and(|level| choice.contains(level)));
        let params = params.map(|param| Self::new(Attribute::Parameter, param.shown()));
        let members = selection.members.iter().flat_map(|member| member.wished());
        let members = members.filter(|member| member.contains(field) == Some(true));
        let members = members.map(|member| Self::new(Attribute::Member, member.shown()));
        params.chain(levels.map(|level| Self::new(Attribute::Level, level.shown()))).chain(members).collect()
    }
}

/// How much of a wish was found so far, over all files that it is about.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answered {
    wish: Selection,
    met: BTreeSet<Wished>,
    leads: BTreeSet<LeadTime>,
}

impl Answered {
    /// Before anything was found.
    pub fn of(wish: &Selection) -> Self {
        Self { wish: wish.clone(), ..Self::default() }
    }

    /// Notes what was found, with the lead times at which.
    pub fn note(&mut self, met: &BTreeSet<Wished>, leads: &BTreeSet<LeadTime>) {
        self.met.extend(met.iter().cloned());
        self.leads.extend(leads);
    }

    /// Notes that a file of these lead times was found.
    pub fn note_lead(&mut self, lead: LeadTime) {
        self.leads.insert(lead);
    }

    /// Whether anything was noted at all.
    pub fn is_untouched(&self) -> bool {
        self.met.is_empty() && self.leads.is_empty()
    }

    /// What is wished and was not found.
    pub fn lacking(&self) -> Vec<Wished> {
        let leads = self.wish.leads().map(|wanted| lacking_leads(wanted, &self.leads)).unwrap_or_default();
        let others = Wished::all_of(&self.wish).filter(|wished| !self.met.contains(wished));
        others.chain(leads.into_iter().map(Wished::lead)).collect()
    }
}

/// The wanted lead times that are not among `found`. A span without a stride is wanted as far as it reaches: what lies
/// within is not known to have to be there, but one more step before its end is.
pub fn lacking_leads(wanted: &LeadSelection, found: &BTreeSet<LeadTime>) -> Vec<LeadTime> {
    /// Steps that cannot be seen from what was found are hours.
    const USUAL_STEP: i64 = 60;
    let mut lacking = BTreeSet::new();
    for (first, last) in wanted.open_spans() {
        let within: Vec<LeadTime> = found.range(first..=last).copied().collect();
        let steps = within.windows(2).map(|pair| pair[1].minutes() - pair[0].minutes());
        let step = steps.min().unwrap_or(USUAL_STEP);
        let Some(end) = within.last() else {
            lacking.extend([first, last]);
            continue;
        };
        if last.minutes().saturating_sub(end.minutes()) >= step {
            lacking.insert(last);
        }
    }
    lacking.extend(wanted.exact().filter(|lead| !found.contains(lead)));
    lacking.into_iter().collect()
}
