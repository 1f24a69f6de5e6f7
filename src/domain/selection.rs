//! Which fields a person wants: by lead time, parameter, level and member.
//!
//! In: words such as `6..12`, `2t,10u`, `850hPa`. Out: [`Selection`], which says of a field whether it is meant.

mod level;
mod member;
mod param;
mod wished;

pub use level::LevelChoice;
pub use member::MemberChoice;
pub use param::ParamChoice;
pub use wished::{Answered, Attribute, Wished, lacking_leads};

use super::field::Field;
use super::lead_time::{LeadSelection, LeadTime};

/// A choice of fields; what was not chosen by is not restricted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    leads: Option<LeadSelection>,
    params: Vec<ParamChoice>,
    levels: Vec<LevelChoice>,
    members: Vec<MemberChoice>,
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
        Self { leads: None, ..self.clone() }.is_everything() && self.leads.is_some()
    }

    /// The same for every lead time.
    pub fn without_leads(self) -> Self {
        Self { leads: None, ..self }
    }

    /// The same for every parameter.
    pub fn without_params(self) -> Self {
        Self { params: Vec::new(), ..self }
    }

    /// The lead times, when they are restricted.
    pub fn leads(&self) -> Option<&LeadSelection> {
        self.leads.as_ref()
    }

    /// The names of the parameters, those of sets one by one.
    pub fn param_names(&self) -> Vec<String> {
        self.params.iter().flat_map(|param| param.names.iter().cloned()).collect()
    }

    /// The parameters that are wanted.
    pub fn params(&self) -> &[ParamChoice] {
        &self.params
    }

    /// The levels that are wanted.
    pub fn levels(&self) -> &[LevelChoice] {
        &self.levels
    }

    /// The members that are wanted.
    pub fn members(&self) -> &[MemberChoice] {
        &self.members
    }

    /// The members as words that [`with_members`](Self::with_members) reads.
    pub fn member_words(&self) -> Option<String> {
        let words: Vec<String> = self.members.iter().map(|member| member.to_words()).collect();
        (!words.is_empty()).then(|| words.join(","))
    }

    /// The choice as words that [`of_words`](Self::of_words) reads: lead times, parameters, levels.
    pub fn to_words(&self) -> [Option<String>; 3] {
        let listed = |words: Vec<String>| (!words.is_empty()).then(|| words.join(","));
        [
            self.leads.as_ref().map(LeadSelection::to_words),
            listed(self.params.iter().map(ParamChoice::to_words).collect()),
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

    /// Restricts the parameters to those of `text`, parted by commas; `10fg|i10fg` is either of two, `wind=10u|10v` a
    /// set with a name.
    ///
    /// # Errors
    /// The text, when a part is empty.
    pub fn with_params(mut self, text: &str) -> Result<Self, String> {
        for part in text.split(',') {
            let choice = ParamChoice::parse(part).ok_or_else(|| text.to_owned())?;
            if !self.params.contains(&choice) {
                self.params.push(choice);
            }
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

    /// Restricts the members to those of `text`, parted by commas: `0,1..5`, `control`, `mean`.
    ///
    /// # Errors
    /// The part that is none.
    pub fn with_members(mut self, text: &str) -> Result<Self, String> {
        for part in text.split(',').map(str::trim) {
            self.members.push(MemberChoice::parse(part).ok_or_else(|| part.to_owned())?);
        }
        Ok(self)
    }

    /// Whether a field of that lead time may be meant.
    pub fn has_lead(&self, lead: Option<LeadTime>) -> bool {
        self.leads.as_ref().is_none_or(|leads| lead.is_some_and(|lead| leads.contains(lead)))
    }

    /// Whether `field` is meant; `names` are all by which its parameter is known.
    pub fn contains(&self, field: &Field, names: &[&str]) -> bool {
        self.judge(field, names) == Judgement::Meant
    }

    /// Whether `field` is meant, as far as it is told what it is.
    pub fn judge(&self, field: &Field, names: &[&str]) -> Judgement {
        let has_lead = |leads: &LeadSelection| field.lead.map(|lead| leads.contains(lead));
        let judged = [
            (Attribute::LeadTime, self.leads.as_ref().map_or(Some(true), has_lead)),
            (Attribute::Parameter, ParamChoice::any(&self.params, field, names)),
            (Attribute::Level, LevelChoice::any(&self.levels, field)),
            (Attribute::Member, MemberChoice::any(&self.members, field)),
        ];
        if judged.iter().any(|(_, is_meant)| *is_meant == Some(false)) {
            return Judgement::NotMeant;
        }
        let untold = judged.iter().find(|(_, is_meant)| is_meant.is_none());
        untold.map_or(Judgement::Meant, |(attribute, _)| Judgement::Untold(*attribute))
    }
}

/// Whether a field is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// It is.
    Meant,
    /// It is not.
    NotMeant,
    /// It may be: this of it is not told, and all the rest fits.
    Untold(Attribute),
}

#[cfg(test)]
mod tests;
