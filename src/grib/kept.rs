//! The fields of a file that was walked once, as text to be kept: the next walk over the same file costs nothing.
//!
//! In: a [`GribIndex`] without problems. Out: text, and the index again. What was kept is read like everything else that
//! lies on a disk: a part that makes no sense makes it none. Start reading at [`to_text`].

use super::index::GribIndex;
use crate::domain::field::{Field, Identity, Level, MemberRole};
use crate::domain::lead_time::LeadTime;
use crate::domain::octets::{ByteCount, ByteRange};
use crate::domain::utc::UtcTime;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A surface: its type and its value.
type KeptLevel = (u8, Option<f64>);

/// What is kept of a file. Changes of what a walk finds need another number: what was kept before is walked again.
#[derive(Serialize, Deserialize)]
struct Kept {
    version: u32,
    fields: Vec<KeptField>,
}

/// The version that is written and read.
const VERSION: u32 = 2;

/// A field, in plain numbers.
#[derive(Serialize, Deserialize)]
struct KeptField {
    message: u32,
    field: u32,
    start: u64,
    end: u64,
    edition: u8,
    identity: Option<(u8, u8, u8)>,
    template: Option<u16>,
    run: Option<i64>,
    lead: Option<i64>,
    interval: Option<(i64, i64)>,
    levels: (Option<KeptLevel>, Option<KeptLevel>),
    statistic: Option<u8>,
    member: Option<i32>,
    role: Option<String>,
    centre: Option<u16>,
    packing: Option<u16>,
    param: Option<String>,
}

/// The index as text. `None` when something is wrong with the file: it is to be looked at again then.
pub fn to_text(index: &GribIndex) -> Option<String> {
    if !index.problems.is_empty() || index.fields.is_empty() {
        return None;
    }
    let fields: Vec<KeptField> = index.fields.iter().map(kept).collect();
    serde_json::to_string(&Kept { version: VERSION, fields }).ok()
}

/// The index again, of a file of that length. `None` when the text is none, or points outside of the file.
pub fn from_text(text: &[u8], length: ByteCount) -> Option<GribIndex> {
    let kept: Kept = serde_json::from_slice(text).ok()?;
    if kept.version != VERSION {
        return None;
    }
    let fields = kept.fields.into_iter().map(|field| again(field, length)).collect::<Option<Vec<Field>>>()?;
    (!fields.is_empty()).then(|| GribIndex { fields, ..GribIndex::default() })
}

fn kept(field: &Field) -> KeptField {
    let level = |level: &Level| (level.kind, level.value);
    KeptField {
        message: field.message,
        field: field.field,
        start: field.range.start(),
        end: field.range.end(),
        edition: field.edition,
        identity: field.identity.map(|identity| (identity.discipline, identity.category, identity.number)),
        template: field.template,
        run: field.reference_time.map(UtcTime::unix_seconds),
        lead: field.lead.map(LeadTime::minutes),
        interval: field.interval.map(|(first, last)| (first.minutes(), last.minutes())),
        levels: (field.level.as_ref().map(level), field.level2.as_ref().map(level)),
        statistic: field.statistic,
        member: field.member,
        role: field.role.map(|role| role.key().to_owned()),
        centre: field.centre,
        packing: field.packing,
        param: field.param.as_deref().map(ToOwned::to_owned),
    }
}

fn again(kept: KeptField, length: ByteCount) -> Option<Field> {
    let range = ByteRange::new(kept.start, kept.end).filter(|range| range.end() <= length.0)?;
    let level = |(kind, value): KeptLevel| Level { kind, value };
    let reference_time = match kept.run {
        Some(seconds) => Some(UtcTime::from_unix_seconds(seconds)?),
        None => None,
    };
    Some(Field {
        field: kept.field,
        edition: kept.edition,
        identity: kept
            .identity
            .map(|(discipline, category, number)| Identity::new(discipline, category, number)),
        template: kept.template,
        reference_time,
        lead: kept.lead.map(LeadTime::from_minutes),
        interval: kept
            .interval
            .map(|(first, last)| (LeadTime::from_minutes(first), LeadTime::from_minutes(last))),
        level: kept.levels.0.map(level),
        level2: kept.levels.1.map(level),
        statistic: kept.statistic,
        member: kept.member,
        role: kept.role.as_deref().and_then(MemberRole::from_key),
        centre: kept.centre,
        packing: kept.packing,
        param: kept.param.map(Cow::Owned),
        ..Field::at(kept.message, range)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn an_index() -> GribIndex {
        let range = ByteRange::new(10, 90).expect("not empty");
        let field = Field {
            edition: 2,
            identity: Some(Identity::new(0, 1, 8)),
            reference_time: Some(UtcTime::default()),
            lead: Some(LeadTime::from_hours(6)),
            interval: Some((LeadTime::from_hours(0), LeadTime::from_hours(6))),
            level: Some(Level::with(Level::ABOVE_GROUND, 2.0)),
            statistic: Some(1),
            member: Some(3),
            role: Some(MemberRole::Perturbed),
            centre: Some(98),
            param: Some(Cow::Borrowed("tp")),
            ..Field::at(1, range)
        };
        GribIndex { fields: vec![field], ..GribIndex::default() }
    }

    #[test]
    fn what_was_kept_is_the_same_again() {
        let text = to_text(&an_index()).expect("nothing is wrong with it");
        assert_eq!(from_text(text.as_bytes(), ByteCount(90)), Some(an_index()));
    }

    #[test]
    fn what_points_outside_or_is_damaged_counts_as_nothing() {
        let text = to_text(&an_index()).expect("nothing is wrong with it");
        assert_eq!(from_text(text.as_bytes(), ByteCount(89)), None);
        assert_eq!(from_text(&text.as_bytes()[..40], ByteCount(90)), None);
        assert_eq!(from_text(b"[]", ByteCount(90)), None);
        let older = text.replace("\"version\":2", "\"version\":1");
        assert_eq!(from_text(older.as_bytes(), ByteCount(90)), None, "names are found anew");
    }
}
