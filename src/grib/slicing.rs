//! Turns a person's selection into the octets to fetch of one file.
//!
//! In: a [`GribIndex`] and a [`Selection`]. Out: a [`Slices`], its messages in the order of the file, never empty.
//! Whole messages: a field cannot be cut out of one. Does not know who serves the octets.
//! Start reading at [`plan`].

mod title;

pub use title::Title;

use super::code_tables::names_of;
use super::index::GribIndex;
use crate::domain::field::Field;
use crate::domain::integrity::Digest;
use crate::domain::lead_time::LeadTime;
use crate::domain::octets::{ByteCount, ByteRange, RangeSet};
use crate::domain::selection::{Selection, Wished};
use std::collections::{BTreeMap, BTreeSet};

/// Names that are listed when nothing was chosen.
const MOST_NAMED: usize = 12;

/// A message that is wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct ChosenMessage {
    /// Its octets in the file.
    pub range: ByteRange,
    /// Its SHA-256, when an index tells it.
    pub digest: Option<Digest>,
    /// The parameters of its fields, each once: usually one.
    pub params: BTreeSet<String>,
    /// Its chosen fields, as they were told: an index may be wrong.
    pub claims: Vec<Field>,
}

/// What a selection comes to in one file.
#[derive(Clone, Debug, PartialEq)]
pub struct Slices {
    /// The messages, in the order of the file, each once.
    pub messages: Vec<ChosenMessage>,
    /// How many fields were chosen.
    pub fields: usize,
    /// Whether chosen messages hold fields that were not chosen.
    pub holds_more: bool,
    /// The lead times of the chosen fields.
    pub leads: BTreeSet<LeadTime>,
    /// What of the wish they are.
    pub met: BTreeSet<Wished>,
    /// What the choice is called in the name of a file.
    pub title: Title,
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

    /// The same messages, those of each parameter apart. A message of two parameters, as of both parts of the wind, goes
    /// under both names.
    pub fn by_parameter(&self) -> Vec<(String, Self)> {
        let mut parts: BTreeMap<String, Self> = BTreeMap::new();
        for message in &self.messages {
            let names: Vec<&str> = message.params.iter().map(String::as_str).collect();
            let empty = || Self {
                messages: Vec::new(),
                fields: 0,
                leads: self.leads.clone(),
                met: self.met.clone(),
                title: self.title.of_params(message.params.clone()),
                holds_more: self.holds_more,
            };
            let part = parts.entry(names.join("+")).or_insert_with(empty);
            part.messages.push(message.clone());
            part.fields += message.claims.len();
        }
        parts.into_iter().collect()
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
    let (mut leads, mut met) = (BTreeSet::new(), BTreeSet::new());
    let mut fields = 0;
    for field in &index.fields {
        let names = names_of(field);
        if !selection.contains(field, &names) {
            continue;
        }
        fields += 1;
        leads.extend(field.lead);
        met.extend(Wished::met_by(selection, field, &names));
        let digest = index.digest_of(field).cloned();
        let empty =
            || ChosenMessage { range: field.range, digest, params: BTreeSet::new(), claims: Vec::new() };
        chosen.entry(key_of(field)).or_insert_with(empty).claims.push(field.clone());
    }
    if chosen.is_empty() {
        return Err(NothingChosen { available: available_in(index) });
    }
    let mut held = 0;
    for field in &index.fields {
        if let Some(message) = chosen.get_mut(&key_of(field)) {
            held += 1;
            message.params.insert(title::name_of(field));
        }
    }
    let title = Title::of(index, selection, &chosen.values().collect::<Vec<_>>());
    let messages = chosen.into_values().collect();
    Ok(Slices { fields, holds_more: held > fields, leads, met, title, messages })
}

fn key_of(field: &Field) -> (u64, u64) {
    (field.range.start(), field.range.end())
}

/// What a file has, in a few words.
pub fn available_in(index: &GribIndex) -> String {
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
