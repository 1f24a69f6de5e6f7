//! Turns a person's selection into the octets to fetch of one file.
//!
//! In: a [`GribIndex`] and a [`Selection`]. Out: a [`Slices`], its messages in the order of the file, never empty.
//! Whole messages: a field cannot be cut out of one. Does not know who serves the octets.
//! Start reading at [`plan`].

use super::code_tables::names_of;
use super::index::GribIndex;
use crate::domain::integrity::Digest;
use crate::domain::lead_time::LeadTime;
use crate::domain::octets::{ByteCount, ByteRange, RangeSet};
use crate::domain::selection::Selection;
use std::collections::{BTreeMap, BTreeSet};

/// Names that are listed when nothing was chosen.
const MOST_NAMED: usize = 12;

/// A message that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChosenMessage {
    /// Its octets in the file.
    pub range: ByteRange,
    /// Its SHA-256, when an index tells it.
    pub digest: Option<Digest>,
}

/// What a selection comes to in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slices {
    /// The messages, in the order of the file, each once.
    pub messages: Vec<ChosenMessage>,
    /// How many fields were chosen.
    pub fields: usize,
    /// Whether chosen messages hold fields that were not chosen.
    pub holds_more: bool,
    /// The lead times of the chosen fields.
    pub leads: BTreeSet<LeadTime>,
}

impl Slices {
    /// The octets of the messages.
    pub fn ranges(&self) -> RangeSet {
        self.messages.iter().map(|message| message.range).collect()
    }

    /// How many octets they are.
    pub fn wanted(&self) -> ByteCount {
        self.messages.iter().map(|message| message.range.count()).sum()
    }

    /// Whether the SHA-256 of every message is known.
    pub fn is_provable(&self) -> bool {
        self.messages.iter().all(|message| message.digest.is_some())
    }
}

/// Nothing in the file is of that choice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no field matches; the file has {available}")]
pub struct NothingChosen {
    /// What there is, in a few words; empty when there is nothing at all.
    pub available: String,
}

/// Finds the messages that hold the chosen fields.
///
/// # Errors
/// [`NothingChosen`] says what the file has.
pub fn plan(index: &GribIndex, selection: &Selection) -> Result<Slices, NothingChosen> {
    let mut chosen: BTreeMap<(u64, u64), ChosenMessage> = BTreeMap::new();
    let mut leads = BTreeSet::new();
    let mut fields = 0;
    for field in &index.fields {
        if !selection.contains(field, &names_of(field)) {
            continue;
        }
        fields += 1;
        leads.extend(field.lead);
        let key = (field.range.start(), field.range.end());
        let digest = index.digest_of(field).cloned();
        chosen.entry(key).or_insert(ChosenMessage { range: field.range, digest });
    }
    if chosen.is_empty() {
        return Err(NothingChosen { available: available_in(index) });
    }
    let in_chosen = |range: ByteRange| chosen.contains_key(&(range.start(), range.end()));
    let held = index.fields.iter().filter(|field| in_chosen(field.range)).count();
    Ok(Slices { fields, holds_more: held > fields, leads, messages: chosen.into_values().collect() })
}

/// What a file has, in a few words.
fn available_in(index: &GribIndex) -> String {
    let leads: BTreeSet<LeadTime> = index.fields.iter().filter_map(|field| field.lead).collect();
    let names: BTreeSet<String> = index
        .fields
        .iter()
        .map(|field| {
            let name = field.param.as_deref().unwrap_or("?").to_owned();
            field.surface().map_or(name.clone(), |level| format!("{name}@{level}"))
        })
        .collect();
    let span = match (leads.first(), leads.last()) {
        (Some(first), Some(last)) if first != last => format!("{first} … {last}; "),
        (Some(first), _) => format!("{first}; "),
        _ => String::new(),
    };
    let mut listed: Vec<&str> = names.iter().map(String::as_str).take(MOST_NAMED).collect();
    if names.len() > MOST_NAMED {
        listed.push("…");
    }
    format!("{span}{}", listed.join(", "))
}
