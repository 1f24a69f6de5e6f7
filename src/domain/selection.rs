//! Which fields a person wants: by lead time, parameter and level.
//!
//! In: words such as `6..12`, `2t,10u`, `850hPa`. Out: [`Selection`], which says of a field whether it is meant.

use super::field::{Field, Level};
use super::lead_time::{LeadSelection, LeadTime};

/// A choice of fields; what was not chosen by is not restricted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    leads: Option<LeadSelection>,
    params: Vec<String>,
    levels: Vec<LevelChoice>,
}

#[derive(Clone, Debug, PartialEq)]
enum LevelChoice {
    /// Exactly this surface.
    Exactly(Level),
    /// A bare number: hectopascal or metres.
    Number(f64),
    /// As [`Level`] writes it.
    Named(String),
}

impl Selection {
    /// Every field.
    pub fn everything() -> Self {
        Self::default()
    }

    /// Whether every field is meant.
    pub fn is_everything(&self) -> bool {
        *self == Self::default()
    }

    /// Whether fields are chosen by their lead time and by nothing else.
    pub fn is_by_lead_only(&self) -> bool {
        self.leads.is_some() && self.params.is_empty() && self.levels.is_empty()
    }

    /// The same for every lead time.
    pub fn without_leads(self) -> Self {
        Self { leads: None, ..self }
    }

    /// The lead times, when they are restricted.
    pub fn leads(&self) -> Option<&LeadSelection> {
        self.leads.as_ref()
    }

    /// The parameters as they were written.
    pub fn params(&self) -> &[String] {
        &self.params
    }

    /// The choice as words that [`of_words`](Self::of_words) reads: lead times, parameters, levels.
    pub fn to_words(&self) -> [Option<String>; 3] {
        let listed = |words: Vec<String>| (!words.is_empty()).then(|| words.join(","));
        [
            self.leads.as_ref().map(LeadSelection::to_words),
            listed(self.params.clone()),
            listed(self.levels.iter().map(LevelChoice::to_words).collect()),
        ]
    }

    /// The choice that these words make: lead times, parameters, levels.
    ///
    /// # Errors
    /// The part that cannot be read.
    pub fn of_words(words: [Option<&str>; 3]) -> Result<Self, String> {
        let [leads, params, levels] = words;
        let chosen = Self::everything();
        let chosen = leads.map_or(Ok(chosen.clone()), |text| chosen.with_leads(text))?;
        let chosen = params.map_or(Ok(chosen.clone()), |text| chosen.with_params(text))?;
        levels.map_or(Ok(chosen.clone()), |text| chosen.with_levels(text))
    }

    /// Restricts the lead times to `text`.
    ///
    /// # Errors
    /// The part that is no lead time.
    pub fn with_leads(mut self, text: &str) -> Result<Self, String> {
        self.leads = Some(LeadSelection::parse(text).map_err(|error| error.text)?);
        Ok(self)
    }

    /// Restricts the parameters to those of `text`, parted by commas.
    ///
    /// # Errors
    /// The text, when a part is empty.
    pub fn with_params(mut self, text: &str) -> Result<Self, String> {
        for part in text.split(',').map(str::trim) {
            if part.is_empty() {
                return Err(text.to_owned());
            }
            self.params.push(part.to_lowercase());
        }
        Ok(self)
    }

    /// Restricts the levels to those of `text`, parted by commas.
    ///
    /// # Errors
    /// The part that is no level.
    pub fn with_levels(mut self, text: &str) -> Result<Self, String> {
        for part in text.split(',').map(str::trim) {
            self.levels.push(LevelChoice::parse(part).ok_or_else(|| part.to_owned())?);
        }
        Ok(self)
    }

    /// Whether a field of that lead time may be meant.
    pub fn has_lead(&self, lead: Option<LeadTime>) -> bool {
        self.leads.as_ref().is_none_or(|leads| lead.is_some_and(|lead| leads.contains(lead)))
    }

    /// Whether `field` is meant; `names` are all by which its parameter is known.
    pub fn contains(&self, field: &Field, names: &[&str]) -> bool {
        self.has_lead(field.lead) && self.has_param(field, names) && self.has_level(field.surface())
    }

    fn has_param(&self, field: &Field, names: &[&str]) -> bool {
        let numbers = || field.identity.map(|identity| identity.to_string());
        self.params.is_empty()
            || self.params.iter().any(|wanted| {
                names.iter().any(|name| name.eq_ignore_ascii_case(wanted))
                    || numbers().as_ref() == Some(wanted)
            })
    }

    fn has_level(&self, level: Option<Level>) -> bool {
        self.levels.is_empty()
            || level.is_some_and(|level| self.levels.iter().any(|choice| choice.contains(level)))
    }
}

impl LevelChoice {
    /// As [`parse`](Self::parse) reads it.
    fn to_words(&self) -> String {
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

    fn parse(text: &str) -> Option<Self> {
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

    fn contains(&self, level: Level) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::field::Identity;
    use crate::domain::octets::ByteRange;

    fn a_field(level: Level, hours: i64) -> Field {
        let range = ByteRange::new(0, 100).expect("not empty");
        Field {
            lead: Some(LeadTime::from_hours(hours)),
            level: Some(level),
            identity: Some(Identity::new(0, 0, 0)),
            ..Field::at(1, range)
        }
    }

    #[test]
    fn a_field_is_meant_when_lead_time_parameter_and_level_are() {
        let chosen = Selection::everything().with_leads("6").and_then(|s| s.with_params("2t,10u"));
        let chosen = chosen.and_then(|s| s.with_levels("2m")).expect("a selection");
        let names = ["2t", "TMP"];
        assert!(chosen.contains(&a_field(Level::with(103, 2.0), 6), &names));
        assert!(!chosen.contains(&a_field(Level::with(103, 2.0), 7), &names));
        assert!(!chosen.contains(&a_field(Level::with(103, 10.0), 6), &names));
        assert!(!chosen.contains(&a_field(Level::with(103, 2.0), 6), &["d2m"]));
    }

    #[test]
    fn levels_are_read_as_people_write_them() {
        let meant = |text: &str, level| {
            Selection::everything().with_levels(text).is_ok_and(|s| s.contains(&a_field(level, 0), &[]))
        };
        let isobaric = Level::with(Level::ISOBARIC, 85_000.0);
        assert!(meant("850hPa", isobaric) && meant("850 mb", isobaric) && meant("500,850", isobaric));
        assert!(meant("surface", Level::with(Level::SURFACE, 0.0)));
        assert!(meant("msl", Level::with(Level::MEAN_SEA, 0.0)));
        assert!(!meant("2m", isobaric));
        assert!(Selection::everything().with_levels("2m,,").is_err());
    }

    #[test]
    fn a_choice_is_the_same_after_it_was_written_in_words() {
        let chosen = Selection::everything().with_leads("0..24/3").and_then(|s| s.with_params("2t,0/1/52"));
        let chosen = chosen.and_then(|s| s.with_levels("2m,850hPa,surface,msl,500,-0.1m,hybrid:3"));
        let chosen = chosen.expect("a selection");
        let [leads, params, levels] = chosen.to_words();
        let words = [leads.as_deref(), params.as_deref(), levels.as_deref()];
        assert_eq!(Selection::of_words(words), Ok(chosen));
        assert_eq!(Selection::of_words([None; 3]), Ok(Selection::everything()));
    }

    #[test]
    fn a_parameter_may_be_named_by_its_numbers() {
        let chosen = Selection::everything().with_params("0/0/0").expect("numbers");
        assert!(chosen.contains(&a_field(Level::plain(1), 0), &[]));
    }

    #[test]
    fn a_field_without_lead_time_is_not_meant_by_one() {
        let chosen = Selection::everything().with_leads("0").expect("a lead time");
        let unknown = Field { lead: None, ..a_field(Level::plain(1), 0) };
        assert!(!chosen.contains(&unknown, &[]));
    }
}
