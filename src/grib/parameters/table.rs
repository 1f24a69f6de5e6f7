//! One table of parameters: text once, rows by number afterwards.
//!
//! In: the text of a file of `assets/parameters`. Out: the rows of a parameter, and the one that fits best.

use super::Parameter;
use super::facts::{Facts, Key, MISSING};
use crate::domain::field::{Identity, Level};
use std::ops::Range;

/// What has to be so for a row to hold.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Condition {
    /// This number, or missing.
    Is(Key, i64),
    /// A scale factor and its scaled value together are this value: 2 m may be written as 2 or as 20 tenths.
    Scaled(Key, Key, f64),
}

impl Condition {
    /// How many numbers of the header it looks at.
    const fn weight(self) -> u32 {
        match self {
            Self::Is(..) => 1,
            Self::Scaled(..) => 2,
        }
    }

    fn holds(self, facts: &Facts) -> bool {
        match self {
            Self::Is(key, wanted) => facts.get(key) == Some(wanted),
            Self::Scaled(scale, value, wanted) => match (facts.get(scale), facts.get(value)) {
                (None | Some(MISSING), _) | (_, None | Some(MISSING)) => false,
                (Some(scale), Some(value)) => (scaled(value, scale) - wanted).abs() <= 1e-9 * wanted.abs(),
            },
        }
    }
}

fn scaled(value: i64, scale: i64) -> f64 {
    value as f64 * 10f64.powi(i32::try_from(-scale).unwrap_or(0))
}

/// A row of a table.
#[derive(Debug)]
pub(super) struct ParameterRow {
    pub(super) identity: Identity,
    pub(super) parameter: Parameter,
    conditions: Range<u32>,
}

/// A table.
#[derive(Debug, Default)]
pub(super) struct ParameterTable {
    /// Sorted by their numbers.
    rows: Vec<ParameterRow>,
    conditions: Vec<Condition>,
}

impl ParameterTable {
    /// Reads a table. Lines that cannot be read are left out; a test holds that there are none.
    pub(super) fn read(text: &'static str) -> Self {
        let mut table = Self::default();
        let edition = if text.starts_with("# GRIB edition 1") { 1 } else { 2 };
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            table.take(line, edition);
        }
        table.rows.sort_by_key(|row| numbers(row.identity));
        table
    }

    fn take(&mut self, line: &'static str, edition: u8) -> Option<()> {
        let mut parts = line.split('\t');
        let mut number = || parts.next()?.parse::<u8>().ok();
        let discipline = if edition == 1 { Identity::NO_DISCIPLINE } else { number()? };
        let identity = Identity::new(discipline, number()?, number()?);
        let mut text = || parts.next().unwrap_or_default();
        let parameter = Parameter { short: text(), units: text(), name: text() };
        let read = conditions_of(text())?;
        let from = self.conditions.len() as u32;
        self.conditions.extend(read);
        self.rows.push(ParameterRow { identity, parameter, conditions: from..self.conditions.len() as u32 });
        Some(())
    }

    /// The rows of a parameter, in the order of the table.
    pub(super) fn rows_of(&self, identity: Identity) -> &[ParameterRow] {
        let wanted = numbers(identity);
        let from = self.rows.partition_point(|row| numbers(row.identity) < wanted);
        let count = self.rows[from..].partition_point(|row| numbers(row.identity) == wanted);
        &self.rows[from..from + count]
    }

    /// All rows.
    pub(super) fn rows(&self) -> &[ParameterRow] {
        &self.rows
    }

    /// The row that holds with the most conditions, and how many those are; the later one of several.
    pub(super) fn best(&self, facts: &Facts) -> Option<(u32, &ParameterRow)> {
        let holds =
            |row: &&ParameterRow| self.conditions_of(row).iter().all(|condition| condition.holds(facts));
        let rows = self.rows_of(facts.identity).iter().filter(holds);
        rows.map(|row| (self.weight(row), row)).max_by_key(|(weight, _)| *weight)
    }

    /// How many numbers of the header a row looks at.
    pub(super) fn weight(&self, row: &ParameterRow) -> u32 {
        self.conditions_of(row).iter().map(|condition| condition.weight()).sum()
    }

    /// The one surface on which a row holds, where it holds on one only.
    pub(super) fn level_of(&self, row: &ParameterRow) -> Option<Level> {
        let conditions = self.conditions_of(row);
        let kind = conditions.iter().find_map(|condition| match condition {
            Condition::Is(Key::Kind1, kind) => u8::try_from(*kind).ok(),
            _ => None,
        })?;
        let value = conditions.iter().find_map(|condition| match condition {
            Condition::Scaled(Key::Scale1, _, value) => Some(*value),
            _ => None,
        });
        Some(Level { kind, value })
    }

    fn conditions_of(&self, row: &ParameterRow) -> &[Condition] {
        &self.conditions[row.conditions.start as usize..row.conditions.end as usize]
    }
}

fn numbers(identity: Identity) -> u32 {
    u32::from_be_bytes([0, identity.discipline, identity.category, identity.number])
}

/// `kind1=103 scale1=0 value1=2`; `x` stands for missing. `None` for what cannot be read.
fn conditions_of(text: &str) -> Option<Vec<Condition>> {
    let mut numbers = Vec::new();
    for word in text.split_whitespace() {
        let (key, value) = word.split_once('=')?;
        let value = if value == "x" { MISSING } else { value.parse().ok()? };
        numbers.push((Key::of(key)?, value));
    }
    let value_of = |wanted: Key| numbers.iter().find(|(key, _)| *key == wanted).map(|(_, value)| *value);
    let paired = |key: Key| {
        let value = value_of(key.scaled_value()?).filter(|&value| value != MISSING)?;
        let scale = value_of(key).filter(|&scale| scale != MISSING)?;
        Some(Condition::Scaled(key, key.scaled_value()?, scaled(value, scale)))
    };
    let pairs: Vec<Condition> = numbers.iter().filter_map(|(key, _)| paired(*key)).collect();
    let is_in_pair = |wanted: Key| {
        pairs.iter().any(
            |pair| matches!(pair, Condition::Scaled(scale, value, _) if *scale == wanted || *value == wanted),
        )
    };
    let alone = numbers.iter().filter(|(key, _)| !is_in_pair(*key));
    let mut conditions: Vec<Condition> = alone.map(|(key, value)| Condition::Is(*key, *value)).collect();
    conditions.extend(pairs);
    Some(conditions)
}
