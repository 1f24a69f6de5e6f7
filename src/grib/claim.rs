//! Whether a file is what an index says of it: an index is a claim, and the headers of the messages are the truth.
//!
//! In: what an index tells, and what the headers of the messages say. Out: the fields as they are, or the first
//! [`Misfit`]. Reads nothing: whoever holds the octets walks them. Start reading at [`confirm`].

use super::code_tables::{identity_of_ncep, identity_of_short, names_of};
use super::index::{GribIndex, ProblemCode};
use super::slicing::{self, ChosenMessage, Slices};
use crate::domain::field::{Field, Level, MemberRole};
use crate::domain::lead_time::LeadTime;
use crate::domain::octets::ByteRange;
use crate::domain::outside_text::show;
use crate::domain::selection::{Attribute, Judgement, Selection};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// No message is shorter: so many octets between messages are padding or a bulletin's envelope.
const SHORTEST_MESSAGE: u64 = 52;

/// Octets of section 0 that tell the length of a message.
pub const HEAD: u64 = 16;

/// Why an index cannot be believed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Misfit {
    /// A line of it cannot be read.
    #[error("line {line} cannot be read")]
    UnreadableLine {
        /// The number of the line, from 1.
        line: u64,
    },
    /// A line of it points outside of the file.
    #[error("line {line} points outside of the file")]
    OutOfFile {
        /// The number of the line, from 1.
        line: u64,
    },
    /// It says nothing of a part of the file that may hold messages.
    #[error("nothing is said of the octets {from} to {to}")]
    LeavesOut {
        /// The first of these octets.
        from: u64,
        /// The octet after the last of them.
        to: u64,
    },
    /// Messages begin within others.
    #[error("a message begins within another at {at}")]
    Overlaps {
        /// Where the second begins.
        at: u64,
    },
    /// No sound message begins where it says.
    #[error("no sound message begins at {at}")]
    NoMessage {
        /// Where it should.
        at: u64,
    },
    /// A message is longer or shorter.
    #[error("the message at {at} has {found} octets and not {told}")]
    OtherLength {
        /// Where it begins.
        at: u64,
        /// Its length as it was told.
        told: u64,
        /// Its own length.
        found: u64,
    },
    /// A message holds another field.
    #[error("the message at {at} has another {}: {found} and not {told}", what.key())]
    OtherField {
        /// Where it begins.
        at: u64,
        /// In what it differs.
        what: Attribute,
        /// What was told.
        told: String,
        /// What its headers say.
        found: String,
    },
    /// It does not tell of every field what fields are chosen by.
    #[error("the {} is not told of every field", what.key())]
    Untold {
        /// What is not told.
        what: Attribute,
    },
    /// A message is none of those that are wanted.
    #[error("the message at {at} is not one of those that are wanted")]
    NotWanted {
        /// Where it begins.
        at: u64,
    },
    /// A file holds fields of other lead times only than its name tells.
    #[error("{name} is named after lead time {told}, and its fields have {found}")]
    OtherThanNamed {
        /// The name.
        name: String,
        /// The lead time in the name.
        told: String,
        /// Those of its fields.
        found: String,
    },
    /// It lists nothing of a part of the wish.
    #[error("it does not list everything that is wanted")]
    NotListed,
}

/// The length that a message tells in its section 0. `None` when the octets begin none, or hide its length elsewhere.
pub fn length_in_head(head: &[u8]) -> Option<u64> {
    let head: &[u8; HEAD as usize] = head.get(..HEAD as usize)?.try_into().ok()?;
    if !head.starts_with(b"GRIB") {
        return None;
    }
    match head[7] {
        1 => {
            let length = super::edition1::u24(&head[4..7]);
            // The highest bit stands for a count of 120 octets each.
            (length & 0x80_0000 == 0).then_some(length)
        }
        2 => Some(u64::from_be_bytes(head[8..].try_into().ok()?)),
        _ => None,
    }
}

/// Whether an index tells of every part of a file of `length` octets, and of nothing else.
///
/// # Errors
/// The first place where it does not.
pub fn covers(index: &GribIndex, length: u64) -> Result<(), Misfit> {
    if let Some(problem) = index.problems.first() {
        let line = problem.offset;
        return Err(match problem.code {
            ProblemCode::OutOfFile | ProblemCode::OpenEnd => Misfit::OutOfFile { line },
            _ => Misfit::UnreadableLine { line },
        });
    }
    let mut ranges: Vec<ByteRange> = index.fields.iter().map(|field| field.range).collect();
    ranges.sort_by_key(|range| (range.start(), range.end()));
    ranges.dedup();
    let mut at = 0;
    for range in ranges {
        if range.start() < at {
            return Err(Misfit::Overlaps { at: range.start() });
        }
        if range.start() - at >= SHORTEST_MESSAGE {
            return Err(Misfit::LeavesOut { from: at, to: range.start() });
        }
        at = range.end();
    }
    if length.saturating_sub(at) >= SHORTEST_MESSAGE {
        return Err(Misfit::LeavesOut { from: at, to: length });
    }
    Ok(())
}

/// Whether it is told of every field whether it is meant.
///
/// # Errors
/// [`Misfit::Untold`] names what is not told of a field that may be meant.
pub fn tells(index: &GribIndex, selection: &Selection) -> Result<(), Misfit> {
    let judged = index.fields.iter().map(|field| selection.judge(field, &names_of(field)));
    let untold = judged.filter_map(|judgement| match judgement {
        Judgement::Untold(what) => Some(what),
        Judgement::Meant | Judgement::NotMeant => None,
    });
    untold.into_iter().next().map_or(Ok(()), |what| Err(Misfit::Untold { what }))
}

/// The fields of the chosen messages as their headers say. `found` is what a walk saw from the start of each of them to
/// the end that was told, or in the whole file; places are those in the file.
///
/// # Errors
/// The first claim that the headers contradict.
pub fn confirm(chosen: &[ChosenMessage], found: &GribIndex) -> Result<GribIndex, Misfit> {
    let mut true_index = GribIndex::default();
    let mut by_start: BTreeMap<u64, Vec<&Field>> = BTreeMap::new();
    for field in &found.fields {
        by_start.entry(field.range.start()).or_default().push(field);
    }
    for message in chosen {
        let at = message.range.start();
        let own = by_start.get(&at).into_iter().flatten();
        let mut fields: Vec<Field> = own.map(|field| Field::clone(field)).collect();
        let Some(own) = fields.first().map(|field| field.range) else {
            return Err(Misfit::NoMessage { at });
        };
        let (told, own_length) = (message.range.count().0, own.count().0);
        // Who knows a digest of the octets also knows how many they are.
        let may_be_padded = message.digest.is_none() && told.saturating_sub(own_length) < SHORTEST_MESSAGE;
        if own_length != told && (own_length > told || !may_be_padded) {
            return Err(Misfit::OtherLength { at, told, found: own_length });
        }
        confirm_fields(&message.claims, &mut fields)?;
        let number = true_index.digests.len() as u32 + 1;
        true_index.digests.push(message.digest.clone());
        true_index.fields.extend(fields.into_iter().map(|field| Field { message: number, ..field }));
    }
    Ok(true_index)
}

/// The chosen messages as their headers say, still those that `selection` means.
///
/// # Errors
/// The first claim that the headers contradict.
pub fn confirm_slices(told: &Slices, found: &GribIndex, selection: &Selection) -> Result<Slices, Misfit> {
    let true_index = confirm(&told.messages, found)?;
    let first = || told.messages.first().map_or(0, |message| message.range.start());
    let mut slices = slicing::plan(&true_index, selection).map_err(|_| Misfit::NotWanted { at: first() })?;
    let starts: BTreeSet<u64> = slices.messages.iter().map(|message| message.range.start()).collect();
    if let Some(other) = told.messages.iter().find(|message| !starts.contains(&message.range.start())) {
        return Err(Misfit::NotWanted { at: other.range.start() });
    }
    slices.title = slices.title.within(&told.title);
    Ok(slices)
}

/// The same for a file that is wanted whole since an index says that all of it is meant.
///
/// # Errors
/// The first claim that the headers contradict, or a message of which nothing was said.
pub fn confirm_whole(told: &Slices, found: &GribIndex, selection: &Selection) -> Result<Slices, Misfit> {
    let slices = confirm_slices(told, found, selection)?;
    let starts: BTreeSet<u64> = slices.messages.iter().map(|message| message.range.start()).collect();
    match found.fields.iter().find(|field| !starts.contains(&field.range.start())) {
        Some(field) => Err(Misfit::LeavesOut { from: field.range.start(), to: field.range.end() }),
        None => Ok(slices),
    }
}

/// Whether a file holds what its name tells, a lead time, as far as its headers say: one that is no GRIB, or has a field
/// whose lead time is not told, may.
///
/// # Errors
/// [`Misfit::OtherThanNamed`] when all of its fields have others.
pub fn confirm_named(name: &str, told: LeadTime, found: &GribIndex) -> Result<(), Misfit> {
    /// So many lead times are named.
    const MOST_NAMED: usize = 4;
    let all: Option<BTreeSet<LeadTime>> = found.fields.iter().map(|field| field.lead).collect();
    let Some(other) = all.filter(|all| !all.is_empty() && !all.contains(&told)) else { return Ok(()) };
    let named: Vec<String> = other.iter().take(MOST_NAMED).map(LeadTime::to_string).collect();
    let more = if other.len() > MOST_NAMED { ", …" } else { "" };
    Err(Misfit::OtherThanNamed {
        name: show(name),
        told: told.to_string(),
        found: format!("{}{more}", named.join(", ")),
    })
}

/// Finds a field of the message for each claim, each at most once; takes over names that only the index knows.
fn confirm_fields(claims: &[Field], fields: &mut [Field]) -> Result<(), Misfit> {
    let mut taken = BTreeSet::new();
    for claim in claims {
        // The field of the same number is the likeliest, and the one that is named when none fits.
        let same = fields.iter().position(|field| field.field == claim.field);
        let mut first_contradiction = None;
        let fits = same.into_iter().chain(0..fields.len()).find(|at| {
            !taken.contains(at)
                && match contradiction(claim, &fields[*at]) {
                    None => true,
                    Some(misfit) => {
                        first_contradiction.get_or_insert(misfit);
                        false
                    }
                }
        });
        let Some(fits) = fits else {
            let at = claim.range.start();
            return Err(first_contradiction.unwrap_or(Misfit::NoMessage { at }));
        };
        taken.insert(fits);
        if let Some(name) = &claim.param
            && !knows(&fields[fits], name)
        {
            fields[fits].param = Some(name.clone());
        }
    }
    Ok(())
}

fn knows(field: &Field, name: &str) -> bool {
    names_of(field).iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// What of a claim the headers of a field say otherwise; what either does not tell is no contradiction.
pub fn contradiction(claim: &Field, field: &Field) -> Option<Misfit> {
    let other = |what, told: String, found: String| {
        Some(Misfit::OtherField { at: claim.range.start(), what, told, found })
    };
    if let (Some(told), Some(found)) = (claim.reference_time, field.reference_time)
        && told != found
    {
        return other(Attribute::Run, told.to_string(), found.to_string());
    }
    if let (Some(told), Some(found)) = (claim.lead, field.lead)
        && told != found
    {
        return other(Attribute::LeadTime, told.to_string(), found.to_string());
    }
    if !is_same_parameter(claim, field) {
        return other(Attribute::Parameter, parameter_of(claim), parameter_of(field));
    }
    if let (Some(told), Some(found)) = (claim.surface(), field.surface())
        && !is_same_level(told, found)
    {
        return other(Attribute::Level, told.to_string(), found.to_string());
    }
    if let (Some(told), Some(found)) = (claim.member, field.member)
        // Indexes write members that were perturbed the other way as negative numbers.
        && told.unsigned_abs() != found.unsigned_abs()
    {
        return other(Attribute::Member, told.to_string(), found.to_string());
    }
    let is_derived = |role| role == MemberRole::Derived;
    if let (Some(told), Some(found)) = (claim.role, field.role)
        && told != found
        && !is_derived(told)
        && !is_derived(found)
    {
        return other(Attribute::Member, told.key().to_owned(), found.key().to_owned());
    }
    None
}

/// Numbers decide where both have them of the same tables; else a name that both have. A name that is in no table of
/// ours cannot be compared.
fn is_same_parameter(claim: &Field, field: &Field) -> bool {
    let told = names_of(claim);
    if claim.identity.is_some() && claim.identity == field.identity
        || (claim.identity.is_none() && told.is_empty())
    {
        return true;
    }
    let found = names_of(field);
    if told.iter().any(|name| found.iter().any(|other| name.eq_ignore_ascii_case(other))) {
        return true;
    }
    let is_in_a_table = |name: &&str| identity_of_short(name).is_some() || identity_of_ncep(name).is_some();
    let is_comparable = claim.identity.is_some() || told.iter().any(is_in_a_table);
    // A field of which no table knows the name may well be what the index calls it.
    !is_comparable || found.is_empty() && claim.identity.is_none()
}

fn parameter_of(field: &Field) -> String {
    let numbers = field.identity.map(|identity| identity.to_string());
    match (names_of(field).first(), numbers) {
        (Some(name), Some(numbers)) => format!("{name} ({numbers})"),
        (Some(name), None) => (*name).to_owned(),
        (None, numbers) => numbers.unwrap_or_else(|| "?".to_owned()),
    }
}

/// Surfaces for which centres use several types.
fn alike(kind: u8) -> u8 {
    match kind {
        200 => Level::ATMOSPHERE,
        118 | 119 => 105,
        kind => kind,
    }
}

/// A number of a soil layer cannot be compared with a depth; what has no value on one side is only of a kind.
fn is_same_level(told: Level, found: Level) -> bool {
    const SOIL: u8 = 151;
    let (one, other) = (alike(told.kind), alike(found.kind));
    if one == SOIL && matches!(other, Level::BELOW_GROUND | SOIL) {
        return other != SOIL || is_close(told.value, found.value);
    }
    one == other && is_close(told.value, found.value)
}

fn is_close(told: Option<f64>, found: Option<f64>) -> bool {
    match (told, found) {
        (Some(told), Some(found)) => (told - found).abs() <= 1e-4 * told.abs().max(found.abs()).max(1e-3),
        _ => true,
    }
}

#[cfg(test)]
mod tests;
