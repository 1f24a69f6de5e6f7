//! A choice of levels as people write it: `2m`, `850hPa`, `surface`, a bare number.

use crate::domain::field::{Field, Level};

/// One level that is wanted.
#[derive(Clone, Debug, PartialEq)]
pub enum LevelChoice {
    /// Exactly this surface.
    Exactly(Level),
    /// A bare number: hectopascal or metres.
    Number(f64),
    /// As [`Level`] writes it.
    Named(String),
}

impl LevelChoice {
    /// As [`parse`](Self::parse) reads it.
    pub(super) fn to_words(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Named(name) => name.clone(),
            Self::Exactly(level) => match (level.kind, level.value) {
                (Level::ISOBARIC, Some(pascal)) => format!("{}hpa", pascal / 100.0),
                (Level::BELOW_GROUND, Some(metres)) => format!("-{metres}m"),
                (_, Some(metres)) => format!("{metres}m"),
                (Level::MEAN_SEA, None) => "msl".to_owned(),
                (_, None) => "surface".to_owned(),
            },
        }
    }

    /// As people write it: `500hPa`, `2m`, `surface`.
    pub fn shown(&self) -> String {
        match self {
            Self::Exactly(level) => level.to_string(),
            Self::Number(_) | Self::Named(_) => self.to_words(),
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let lower = text.to_lowercase().replace(' ', "");
        let number = |suffix: &str| lower.strip_suffix(suffix).and_then(|n| n.parse::<f64>().ok());
        if let Some(hectopascal) = number("hpa").or_else(|| number("mb")) {
            return Some(Self::Exactly(Level::with(Level::ISOBARIC, hectopascal * 100.0)));
        }
        if let Some(metres) = number("m") {
            let kind = if metres < 0.0 { Level::BELOW_GROUND } else { Level::ABOVE_GROUND };
            return Some(Self::Exactly(Level::with(kind, metres.abs())));
        }
        match lower.as_str() {
            "" => None,
            "surface" | "sfc" | "sol" | "ground" => Some(Self::Exactly(Level::plain(Level::SURFACE))),
            "msl" | "mer" | "mean_sea" | "meansea" => Some(Self::Exactly(Level::plain(Level::MEAN_SEA))),
            _ => match lower.parse::<f64>() {
                Ok(number) if number.is_finite() => Some(Self::Number(number)),
                _ if lower.chars().all(|c| c.is_alphanumeric() || ":.-_".contains(c)) => {
                    Some(Self::Named(lower))
                }
                _ => None,
            },
        }
    }

    /// Whether any of `choices` means the field; without a choice every field is meant. `None` when the field does not tell.
    pub(super) fn any(choices: &[Self], field: &Field) -> Option<bool> {
        if choices.is_empty() {
            return Some(true);
        }
        field.surface().map(|level| choices.iter().any(|choice| choice.contains(level)))
    }

    pub(super) fn contains(&self, level: Level) -> bool {
        match self {
            Self::Exactly(wanted) => {
                let close = |a: f64, b: f64| (a - b).abs() <= 1e-6 * a.abs().max(1.0);
                wanted.kind == level.kind
                    && wanted.value.is_none_or(|wanted| level.value.is_some_and(|value| close(wanted, value)))
            }
            Self::Number(number) => {
                let value = level.value.unwrap_or(f64::NAN);
                let scale = if level.kind == Level::ISOBARIC { 100.0 } else { 1.0 };
                (value - number * scale).abs() <= 1e-6 * value.abs().max(1.0)
            }
            Self::Named(name) => level.to_string().eq_ignore_ascii_case(name),
        }
    }
}
