//! A choice of parameters as people write it: `2t`, `TMP`, `0/1/8`, or one of several under a name: `wind=10u|10v`.

use crate::domain::field::Field;

/// Longest text of one choice, in characters.
const LONGEST: usize = 200;

/// One parameter that is wanted, by any of its names; or a set of them that has a name of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParamChoice {
    /// What the set is called; nothing for a single parameter.
    pub(super) label: Option<String>,
    /// Any of these is meant, in small letters.
    pub(super) names: Vec<String>,
}

impl ParamChoice {
    /// `None` when there is no name in it, or far too much.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let lower = text.trim().to_lowercase();
        if lower.is_empty() || lower.chars().count() > LONGEST {
            return None;
        }
        let (label, names) = match lower.split_once('=') {
            Some((label, names)) if !label.trim().is_empty() => (Some(label.trim().to_owned()), names),
            _ => (None, lower.as_str()),
        };
        let names: Vec<String> = names.split('|').map(|name| name.trim().to_owned()).collect();
        let is_sound = names.iter().all(|name| !name.is_empty());
        is_sound.then_some(Self { label, names })
    }

    /// What the set is called; nothing for a single parameter.
    pub fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }

    /// Any of these is meant, in small letters.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// As [`parse`](Self::parse) reads it.
    pub(super) fn to_words(&self) -> String {
        let names = self.names.join("|");
        self.label.as_ref().map_or(names.clone(), |label| format!("{label}={names}"))
    }

    /// As people call it: `10u`, `@wind`, `10fg or i10fg` as `10fg/i10fg`.
    pub(super) fn shown(&self) -> String {
        self.label.as_ref().map_or_else(|| self.names.join("|"), |label| format!("@{label}"))
    }

    /// Whether any of `choices` means the field; without a choice every field is meant. `None` when the field does not tell.
    pub(super) fn any(choices: &[Self], field: &Field, names: &[&str]) -> Option<bool> {
        if choices.is_empty() {
            return Some(true);
        }
        let is_told = field.identity.is_some() || !names.is_empty();
        is_told.then(|| choices.iter().any(|choice| choice.contains(field, names)))
    }

    /// Whether the parameter of `field` is meant; `names` are all by which it is known.
    pub(super) fn contains(&self, field: &Field, names: &[&str]) -> bool {
        let numbers = field.identity.map(|identity| identity.to_string());
        self.names.iter().any(|wanted| {
            names.iter().any(|name| name.eq_ignore_ascii_case(wanted)) || numbers.as_ref() == Some(wanted)
        })
    }
}
