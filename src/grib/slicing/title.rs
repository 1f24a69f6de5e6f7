//! What a choice of fields is called in the name of a file: `lead006h.t-500hPa`, safe on every system, and never like
//! another choice out of the same file.
//!
//! In: the choice, and what was found of it. Out: a [`Title`]. Names are made of what was found, not of the words of the
//! wish; where they would not lead to the same messages again, a digest of their places stands behind.

use super::ChosenMessage;
use crate::domain::field::Field;
use crate::domain::integrity::{Digest, DigestAlgorithm};
use crate::domain::lead_time::LeadTime;
use crate::domain::selection::{LevelChoice, Selection};
use crate::grib::code_tables::names_of;
use crate::grib::index::GribIndex;
use std::collections::BTreeSet;

/// More lead times than these are not listed one by one.
const MOST_LISTED: usize = 4;

/// Longest choice in a name, in octets; a longer one is cut, and a digest stands for the rest.
const LONGEST_CHOICE: usize = 80;

/// Longest name, in octets.
const LONGEST_NAME: usize = 180;

/// Endings of files with GRIB in them.
const SUFFIXES: [&str; 6] = [".grib2", ".grib1", ".grib", ".grb2", ".grb", ".GRIB2"];

/// Names that people, and programs, take for those of unfinished files.
const UNFINISHED: [&str; 6] = ["tmp", "temp", "part", "partial", "crdownload", "download"];

/// What a choice is called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Title {
    params: Option<BTreeSet<String>>,
    leads: Leads,
    /// Levels and members that were chosen by.
    levels: Vec<String>,
    mark: Option<String>,
}

/// The lead times that were found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Leads {
    /// They were not chosen by.
    #[default]
    Any,
    /// These.
    Listed(Vec<LeadTime>),
    /// All there are between these two.
    Span(LeadTime, LeadTime),
}

impl Leads {
    fn of(all: &BTreeSet<LeadTime>, chosen: &BTreeSet<LeadTime>) -> Self {
        let (Some(&first), Some(&last)) = (chosen.first(), chosen.last()) else { return Self::Any };
        let is_gapless = all.range(first..=last).all(|lead| chosen.contains(lead));
        if first != last && (is_gapless || chosen.len() > MOST_LISTED) {
            Self::Span(first, last)
        } else {
            Self::Listed(chosen.iter().copied().collect())
        }
    }

    fn contains(&self, lead: Option<LeadTime>) -> bool {
        match self {
            Self::Any => true,
            Self::Listed(leads) => lead.is_some_and(|lead| leads.contains(&lead)),
            Self::Span(first, last) => lead.is_some_and(|lead| (*first..=*last).contains(&lead)),
        }
    }

    fn to_words(&self) -> Option<String> {
        match self {
            Self::Any => None,
            Self::Listed(leads) => {
                let words: Vec<String> = leads.iter().map(|lead| lead_in_name(*lead)).collect();
                Some(format!("lead{}", words.join("+")))
            }
            Self::Span(first, last) => Some(format!("lead{}-{}", lead_in_name(*first), lead_in_name(*last))),
        }
    }
}

fn lead_in_name(lead: LeadTime) -> String {
    let minutes = lead.minutes();
    if minutes % 60 == 0 { format!("{:03}h", minutes / 60) } else { format!("{minutes:04}min") }
}

/// The name of a field's parameter: short, or the numbers of the tables where there is none.
pub(super) fn name_of(field: &Field) -> String {
    let numbers = || field.identity.map_or_else(|| "unknown".to_owned(), |identity| identity.to_string());
    field.param.as_deref().map_or_else(numbers, ToOwned::to_owned)
}

impl Title {
    /// The title of the chosen messages of a file.
    pub(super) fn of(index: &GribIndex, selection: &Selection, chosen: &[&ChosenMessage]) -> Self {
        let claims = || chosen.iter().flat_map(|message| &message.claims);
        let found: BTreeSet<String> = claims().map(name_of).collect();
        let others = selection.clone().without_params().without_leads();
        let is_alike = |field: &&Field| others.contains(field, &names_of(field));
        let leads = match selection.leads() {
            None => Leads::Any,
            Some(_) => {
                let all = index.fields.iter().filter(is_alike).filter_map(|field| field.lead).collect();
                Leads::of(&all, &claims().filter_map(|field| field.lead).collect())
            }
        };
        let is_by_param = !selection.params().is_empty();
        let is_named = |field: &&Field| {
            leads.contains(field.lead) && (!is_by_param || found.contains(&name_of(field))) && is_alike(field)
        };
        let again: BTreeSet<u64> =
            index.fields.iter().filter(is_named).map(|field| field.range.start()).collect();
        let is_told = again.len() == chosen.len()
            && chosen.iter().all(|message| again.contains(&message.range.start()));
        let mark = (!is_told).then(|| {
            let places: String = chosen.iter().map(|message| format!("{:?},", message.range)).collect();
            short_digest(&places)
        });
        let params = is_by_param.then(|| params_in_name(selection, found));
        let levels = selection.levels().iter().map(LevelChoice::shown);
        let members = selection.members().iter().map(|member| member.shown());
        let levels = levels.chain(members).collect();
        Self { params, leads, levels, mark }
    }

    /// The same parameters among lead times and places that were found in more than the chosen messages.
    pub(crate) fn within(self, whole: &Self) -> Self {
        Self { leads: whole.leads.clone(), mark: whole.mark.clone(), ..self }
    }

    /// The same for a part of the choice: messages of these parameters.
    pub(super) fn of_params(&self, params: BTreeSet<String>) -> Self {
        Self { params: Some(params), ..self.clone() }
    }

    /// The name for this choice out of `file`.
    pub fn name_out_of(&self, file: &str) -> String {
        let suffix = SUFFIXES.into_iter().find(|suffix| file.ends_with(suffix)).unwrap_or_default();
        let stem = &file[..file.len() - suffix.len()];
        let suffix = if suffix.is_empty() { ".grib2" } else { suffix };
        let choice = self.choice();
        let room = LONGEST_NAME - choice.len() - suffix.len();
        let stem = if stem.len() <= room {
            stem.to_owned()
        } else {
            format!("{}~{}", cut(stem, room - 9), short_digest(stem))
        };
        format!("{stem}{choice}{suffix}")
    }

    /// The same with a digest of the parameters: another part has a name that differs in small and capital letters only.
    pub fn marked(&self) -> Self {
        let mark = short_digest(&format!("{:?}{:?}", self.params, self.mark));
        Self { mark: Some(mark), ..self.clone() }
    }

    fn choice(&self) -> String {
        let mut is_changed = false;
        let mut part = |text: &str| {
            let safe = safe_part(text);
            is_changed |= safe != text && !is_numbers(text);
            safe
        };
        let params: Option<Vec<String>> =
            self.params.as_ref().map(|params| params.iter().map(|param| part(param)).collect());
        let levels: Vec<String> = self.levels.iter().map(|level| part(level)).collect();
        let mut fields = params.map(|params| params.join("+")).into_iter().collect::<Vec<_>>();
        fields.extend((!levels.is_empty()).then(|| levels.join("+")));
        let mut choice = String::new();
        let parts = [self.leads.to_words(), (!fields.is_empty()).then(|| fields.join("-"))];
        for words in parts.into_iter().flatten() {
            choice.push('.');
            choice.push_str(&words);
        }
        if choice.is_empty() {
            choice.push_str(".all");
        }
        if is_changed || choice.len() > LONGEST_CHOICE {
            let digest = short_digest(&format!("{:?}{:?}{choice}", self.params, self.levels));
            choice = format!("{}-{digest}", cut(&choice, LONGEST_CHOICE - 20));
        }
        match &self.mark {
            Some(mark) => format!("{choice}-{mark}"),
            None => choice,
        }
    }
}

/// Sets that have a name are called so, and the others by what was found.
fn params_in_name(selection: &Selection, found: BTreeSet<String>) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = BTreeSet::new();
    let mut others = found;
    for choice in selection.params() {
        if let Some(label) = choice.label() {
            names.insert(label.to_owned());
            others.retain(|name| !choice.names().contains(&name.to_lowercase()));
        }
    }
    names.extend(others);
    names
}

fn short_digest(text: &str) -> String {
    Digest::of(DigestAlgorithm::Sha256, text.as_bytes()).hex()[..8].to_owned()
}

/// The first octets of a text, at most so many, between two characters.
fn cut(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    &text[..end]
}

/// Three numbers between slashes are told by dashes as well.
fn is_numbers(text: &str) -> bool {
    text.contains('/') && text.chars().all(|c| c.is_ascii_digit() || c == '/')
}

/// A part of a name that no system refuses and nobody takes for an unfinished file's.
fn safe_part(text: &str) -> String {
    let is_safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let safe: String = text.chars().map(|c| if is_safe(c) { c } else { '-' }).collect();
    let safe = safe.trim_matches('.').to_owned();
    match safe.as_str() {
        "" => "unnamed".to_owned(),
        name if UNFINISHED.contains(&name.to_ascii_lowercase().as_str()) => format!("param-{name}"),
        _ => safe,
    }
}

#[cfg(test)]
mod tests;
