//! What a field is called in a table: parameter, unit, level, lead time, member, grid.
//!
//! In: a field as its headers tell. Out: [`FieldWords`]. What the file does not say is a dash, never a guess.

use crate::app::catalog::parameter_names::meaning_of_field;
use crate::domain::field::Field;
use crate::domain::outside_text::show;
use crate::i18n::Language;
use crate::ui::scene::Scene;

/// What a row says, in the order of the columns.
#[derive(Clone, Debug)]
pub struct FieldWords {
    /// Short name, or discipline, category and number where there is none.
    pub param: String,
    /// What it is called by people.
    pub name: String,
    /// Its unit.
    pub unit: String,
    /// Its level, or both ends of its layer.
    pub level: String,
    /// Its lead time, or the interval of a sum or mean.
    pub lead: String,
    /// Its member in the ensemble.
    pub member: String,
    /// Its grid.
    pub grid: String,
    /// Its size in the file.
    pub size: String,
}

/// What stands where the file says nothing.
const NOTHING: &str = "–";

/// The words of `field`.
pub fn words(scene: &Scene<'_>, field: &Field) -> FieldWords {
    let text = scene.text;
    let short = field.param.as_deref().map(show);
    let meaning = meaning_of_field(field);
    let is_french = text.language() == Language::French;
    let name = meaning.as_ref().map(|(names, _)| if is_french { &names.1 } else { &names.0 }).cloned();
    let numbers = field.identity.map(|identity| identity.to_string());
    let or_dash =
        |words: Option<String>| words.filter(|w| !w.is_empty()).unwrap_or_else(|| NOTHING.to_owned());
    FieldWords {
        param: or_dash(short.clone().or_else(|| numbers.clone())),
        // The numbers say what it is where no name is known.
        name: or_dash(name.or(numbers)),
        unit: or_dash(meaning.map(|(_, units)| with_powers(units))),
        level: or_dash(level(field)),
        lead: or_dash(lead(field)),
        member: or_dash(field.member.map(|member| member.to_string())),
        grid: or_dash(field.grid.map(|grid| with_sign(grid.to_string(), text.language()))),
        size: text.size(field.range.count()),
    }
}

/// Units as people write them: `kg m**-2` is `kg m⁻²`.
fn with_powers(units: &str) -> String {
    let powers = [("**-1", "⁻¹"), ("**-2", "⁻²"), ("**-3", "⁻³"), ("**2", "²"), ("**3", "³")];
    powers.into_iter().fold(show(units), |words, (written, shown)| words.replace(written, shown))
}

/// With the decimal sign of the language.
fn with_sign(figures: String, language: Language) -> String {
    match language {
        Language::French => figures.replace('.', ","),
        Language::English => figures,
    }
}

fn level(field: &Field) -> Option<String> {
    let upper = field.surface()?.to_string();
    Some(match field.level2 {
        Some(lower) => format!("{upper} – {lower}"),
        None => upper,
    })
}

fn lead(field: &Field) -> Option<String> {
    match (field.interval, field.lead) {
        (Some((from, to)), _) if from != to => Some(format!("{from} – {to}")),
        (_, lead) => lead.map(|lead| lead.to_string()),
    }
}

impl FieldWords {
    /// Whether `find`, in small letters, is in what it is called, its level, lead time or member.
    pub fn has(&self, find: &str) -> bool {
        let parts = [&self.param, &self.name, &self.level, &self.lead, &self.member];
        parts.into_iter().any(|part| part.to_lowercase().contains(find))
    }
}
