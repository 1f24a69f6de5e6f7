//! Which fields the files of a dataset have, by the index of one of them, and which share of it some make up.

use super::{Offered, OfferedFile};
use crate::app::catalog::hours::{FieldChoice, HoursFilter, MatrixCellState};
use crate::app::catalog::parameter_names::names_of_parameter;
use crate::domain::lead_time::LeadTime;
use crate::domain::selection::{MemberChoice, Selection};
use crate::grib::index::GribIndex;
use crate::grib::slicing;
use std::collections::BTreeSet;

/// What one file was seen to hold.
pub(crate) struct KnownFields {
    pub(crate) choices: Vec<FieldChoice>,
    /// Its members, when there are several, as `--member` takes them.
    pub(crate) members: Vec<String>,
    index: GribIndex,
}

impl KnownFields {
    pub(crate) fn of(index: GribIndex) -> Self {
        let mut seen = BTreeSet::new();
        let mut choices = Vec::new();
        for field in &index.fields {
            let param = field.name().unwrap_or_default();
            let level = field.surface().map(|level| level.to_string()).unwrap_or_default();
            if !param.is_empty() && seen.insert((param.clone().into_owned(), level.clone())) {
                let names = names_of_parameter(&param);
                choices.push(FieldChoice { param: param.into_owned(), names, level });
            }
        }
        let mut members: Vec<String> = Vec::new();
        for words in index.fields.iter().filter_map(MemberChoice::words_of) {
            if !members.contains(&words) {
                members.push(words);
            }
        }
        // Roles before numbers, and those in their order.
        members.sort_by_key(|words| (words.parse::<i32>().map_or(-1, |number| number), words.clone()));
        if members.len() < 2 {
            members.clear();
        }
        Self { choices, members, index }
    }

    /// The share of octets that the chosen fields make up. 0 when there is none of them.
    pub(crate) fn share(&self, filter: &HoursFilter) -> f64 {
        let Some(selection) = selection_of(None, filter) else { return 0.0 };
        let all = slicing::plan(&self.index, &Selection::everything()).map_or(0, |slices| slices.wanted().0);
        let some = slicing::plan(&self.index, &selection).map_or(0, |slices| slices.wanted().0);
        if all == 0 { 0.0 } else { some as f64 / all as f64 }
    }
}

/// The selection that a filter and a lead time make. `None` when its words are none.
pub(crate) fn selection_of(leads: Option<&str>, filter: &HoursFilter) -> Option<Selection> {
    let listed = |words: &[String]| (!words.is_empty()).then(|| words.join(","));
    let (params, levels) = (listed(&filter.params), listed(&filter.levels));
    let chosen = Selection::of_words([leads, params.as_deref(), levels.as_deref()]).ok()?;
    match listed(&filter.members) {
        Some(members) => chosen.with_members(&members).ok(),
        None => Some(chosen),
    }
}

/// A file whose fields stand for those of all: of the newest run, and not of the first lead time, which has fewer.
pub(crate) fn typical_file(open: &Offered) -> Option<&OfferedFile> {
    let zero = LeadTime::from_minutes(0);
    open.base.rows.iter().find_map(|row| {
        let is_there = |(cell, lead): &(&crate::app::catalog::hours::MatrixCell, &LeadTime)| {
            cell.state == MatrixCellState::Available && **lead > zero
        };
        let lead = row.cells.iter().zip(&open.base.columns).find(is_there)?.1;
        open.files.get(&row.run)?.iter().find(|file| file.holds(*lead) && file.url.is_some())
    })
}
