//! Which fields the files of a dataset have, read from the index of one of them, and which share of it some make up.

use super::offered::OfferedFile;
use super::{CatalogService, Heard, Offered};
use crate::app::hours::{CellState, DatasetId, FieldChoice, HoursFilter, Size};
use crate::app::parameter_names::names_of_parameter;
use crate::domain::lead_time::LeadTime;
use crate::domain::octets::ByteCount;
use crate::domain::selection::{MemberChoice, Selection};
use crate::engine::transfer::field_index::{beside_on_server, walk_remote};
use crate::engine::transfer::http::client::HttpClient;
use crate::grib::index::GribIndex;
use crate::grib::slicing;
use crate::transfer::address_rule::Reach;
use std::collections::BTreeSet;

/// What one file was seen to hold.
pub(super) struct KnownFields {
    pub(super) choices: Vec<FieldChoice>,
    /// Its members, when there are several, as `--member` takes them.
    pub(super) members: Vec<String>,
    index: GribIndex,
}

impl KnownFields {
    pub(super) fn of(index: GribIndex) -> Self {
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
    pub(super) fn share(&self, filter: &HoursFilter) -> f64 {
        let Some(selection) = selection_of(None, filter) else { return 0.0 };
        let all = slicing::plan(&self.index, &Selection::everything()).map_or(0, |slices| slices.wanted().0);
        let some = slicing::plan(&self.index, &selection).map_or(0, |slices| slices.wanted().0);
        if all == 0 { 0.0 } else { some as f64 / all as f64 }
    }
}

/// The selection that a filter and a lead time make. `None` when its words are none.
pub(super) fn selection_of(leads: Option<&str>, filter: &HoursFilter) -> Option<Selection> {
    let listed = |words: &[String]| (!words.is_empty()).then(|| words.join(","));
    let (params, levels) = (listed(&filter.params), listed(&filter.levels));
    let chosen = Selection::of_words([leads, params.as_deref(), levels.as_deref()]).ok()?;
    match listed(&filter.members) {
        Some(members) => chosen.with_members(&members).ok(),
        None => Some(chosen),
    }
}

/// The index of a file that is offered on a server: beside it, or by reading its headers. `None` when neither can be had.
pub(super) async fn index_of(client: &HttpClient, file: &OfferedFile) -> Option<GribIndex> {
    let url = file.url.as_ref()?;
    let (Size::Exact(length) | Size::About(length)) = file.size else { return None };
    if let Some(found) = beside_on_server(client, (url, Reach::Public), length, &mut Vec::new()).await {
        return Some(found.index);
    }
    let is_exact = matches!(file.size, Size::Exact(_)) && length > ByteCount::ZERO;
    if !is_exact {
        return None;
    }
    let walked = walk_remote(client, (url, Reach::Public), length, 1).await.ok()?;
    (!walked.fields.is_empty()).then_some(walked)
}

impl CatalogService {
    /// Begins to read which fields the open dataset has, unless they are known, from a file of its newest run; the first
    /// lead time has fewer.
    pub(super) fn begin_fields(&self) {
        let Some(open) = self.open.as_ref().filter(|open| open.fields.is_none()) else { return };
        let Some(file) = typical_file(open).cloned() else { return };
        let (client, heard) = (self.context.shared.client.clone(), self.heard.clone());
        let dataset = open.base.dataset.clone();
        tokio::spawn(async move {
            if let Some(index) = index_of(&client, &file).await {
                // The desk is gone only when the engine is.
                let _ = heard.send(Heard::Fields(dataset, Box::new(index)));
            }
        });
    }

    pub(super) fn take_fields(&mut self, dataset: &DatasetId, index: GribIndex) {
        let Some(open) = self.open.as_mut().filter(|open| open.base.dataset == *dataset) else { return };
        open.fields = Some(KnownFields::of(index));
        self.tell_hours();
    }
}

fn typical_file(open: &Offered) -> Option<&OfferedFile> {
    let zero = LeadTime::from_minutes(0);
    open.base.rows.iter().find_map(|row| {
        let is_there = |(cell, lead): &(&crate::app::hours::Cell, &LeadTime)| {
            cell.state == CellState::Available && **lead > zero
        };
        let lead = row.cells.iter().zip(&open.base.columns).find(is_there)?.1;
        open.files.get(&row.run)?.iter().find(|file| file.holds(*lead) && file.url.is_some())
    })
}
