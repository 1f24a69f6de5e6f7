//! Addresses with gaps: how a provider names its files, written once, read in both directions.
//!
//! In: text such as `https://host/{run:%Y%m%d}/{package}_{lead:hhh}.grib2`. Out: a [`Template`] that makes an address of
//! [`Values`] and finds the values of an address again. A template and its values always agree: what is found, when
//! filled in, gives the same address. Contacts nobody. Start reading at [`Template::parse`].

mod part;
mod search;
#[cfg(test)]
mod tests;

use super::keys::Keys;
use crate::domain::lead_time::LeadTime;
use crate::domain::utc::UtcTime;
use part::{LeadTimePlace, TemplatePart};
use percent_encoding::percent_decode_str;
use search::TemplateSearch;
use std::collections::BTreeMap;
use std::fmt;

/// Longest template and longest address, in octets.
const LONGEST: usize = 4 << 10;

/// An address, or a file name, with gaps.
#[derive(Clone)]
pub struct Template {
    text: String,
    parts: Vec<TemplatePart>,
    allowed: KeyValues,
}

/// What stands in the gaps. Absent is what a template does not name.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Values {
    /// `{run}`: when the run starts.
    pub run: Option<UtcTime>,
    /// `{lead}` or `{first}`: the first lead time in the file.
    pub first: Option<LeadTime>,
    /// `{lead}` or `{last}`: the last lead time in the file.
    pub last: Option<LeadTime>,
    /// Every other gap by its name: `package`, `area`…
    pub keys: Keys,
}

impl Values {
    /// The same with one lead time.
    pub fn at_lead(self, lead: LeadTime) -> Self {
        self.over(lead, lead)
    }

    /// The same with a span of lead times.
    pub fn over(self, first: LeadTime, last: LeadTime) -> Self {
        Self { first: Some(first), last: Some(last), ..self }
    }

    /// The same with the start of a run.
    pub fn of_run(self, run: UtcTime) -> Self {
        Self { run: Some(run), ..self }
    }

    /// The same with a key.
    pub fn with(mut self, key: &str, value: &str) -> Self {
        self.keys.insert(key.into(), value);
        self
    }
}

/// Why a text is no template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// More than 4 KiB.
    #[error("a template of more than 4 KiB")]
    TooLong,
    /// A brace without its other.
    #[error("a brace is not closed, or not opened")]
    Brace,
    /// A gap of no known form.
    #[error("no gap is written {{{gap}}}")]
    UnknownGap {
        /// What stands between the braces.
        gap: String,
    },
    /// A run of which only a part is written.
    #[error("a run needs its year, month, day and hour")]
    PartOfARun,
    /// Both `{lead}` and `{first}`, or one end only.
    #[error("lead times are written either as {{lead}} or as {{first}} and {{last}}")]
    HalfASpan,
}

/// Which values a key may have; every other value does not fit.
pub type KeyValues = BTreeMap<String, Vec<String>>;

impl Template {
    /// Reads a template. Keys in `allowed` have these values only; others have any without `/ ? # &` and spaces.
    ///
    /// | gap | stands for |
    /// |---|---|
    /// | `{run}` | `2026-11-20T06:00:00Z` |
    /// | `{run:%Y%m%d%H%M}` | any mix of `%Y %m %d %H %M %S` and other characters |
    /// | `{lead}` `{lead:hh}` `{lead:hhh}` | hours, at least one, two or three digits |
    /// | `{lead:mm}` `{lead:min}` | minutes of the hour, two digits; all minutes |
    /// | `{first…}` `{last…}` | the same for a file of several lead times |
    /// | `{package}`, `{any_name}` | a key |
    ///
    /// # Errors
    /// [`TemplateError`] says which gap is not understood.
    pub fn parse(text: &str, allowed: &KeyValues) -> Result<Self, TemplateError> {
        if text.len() > LONGEST {
            return Err(TemplateError::TooLong);
        }
        let parts = part::parts_of(text)?;
        part::check_whole(&parts)?;
        // Longer values first: SP10 must not be read as SP1.
        let mut allowed = allowed.clone();
        allowed.values_mut().for_each(|values| values.sort_by_key(|value| std::cmp::Reverse(value.len())));
        Ok(Self { text: text.to_owned(), parts, allowed })
    }

    /// The template as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it has a gap for the run.
    pub fn names_run(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, TemplatePart::Run(_)))
    }

    /// Whether it has gaps for lead times.
    pub fn names_leads(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, TemplatePart::Lead(..)))
    }

    /// Whether a file holds a span of lead times, not one.
    pub fn names_spans(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, TemplatePart::Lead(LeadTimePlace::First, _)))
    }

    /// The names of its keys, each once.
    pub fn keys(&self) -> Vec<&str> {
        let mut keys: Vec<&str> = Vec::new();
        for part in &self.parts {
            if let TemplatePart::Key(key) = part
                && !keys.contains(&&**key)
            {
                keys.push(key);
            }
        }
        keys
    }

    /// The address with its gaps filled, as it is written in a request. `None` when a value lacks, or cannot be
    /// written: half an hour where only hours are named, or a lead time below zero.
    pub fn fill(&self, values: &Values) -> Option<String> {
        self.parts.iter().map(|part| part.written(values)).collect()
    }

    /// The values of an address, or of a name. `None` when it does not fit.
    pub fn values_of(&self, address: &str) -> Option<Values> {
        if address.len() > LONGEST {
            return None;
        }
        let decoded = percent_decode_str(address).decode_utf8_lossy();
        if !self.parts.last().is_none_or(|last| last.may_end(&decoded)) {
            return None;
        }
        let found = TemplateSearch::find(&self.parts, &self.allowed, &decoded)?;
        let mut values = Values::default();
        let mut run = [0; 6];
        for (part, text) in &found {
            part.take(text, &mut values, &mut run)?;
        }
        if self.names_run() {
            values.run = Some(UtcTime::from_civil(run)?);
        }
        let is_span = values.first.zip(values.last).is_none_or(|(first, last)| first <= last);
        // What would be written otherwise (f007 as f0007) is another address. Dates have one way of being written.
        let is_as_written = |(part, text): &(&TemplatePart, &str)| {
            !matches!(part, TemplatePart::Lead(..)) || part.plain(&values).is_some_and(|plain| plain == *text)
        };
        (is_span && found.iter().all(is_as_written)).then_some(values)
    }

    /// The template of the last component alone: what a file of this address is called on a disk.
    ///
    /// `None` when the run or the lead times are not in it: such a name alone tells too little.
    pub fn of_name(&self, allowed: &KeyValues) -> Option<Self> {
        let name = self.text.rsplit('/').next()?;
        let of_name = Self::parse(name, allowed).ok()?;
        let tells = of_name.names_run() == self.names_run() && of_name.names_leads() == self.names_leads();
        let tells_keys = of_name.keys().len() == self.keys().len();
        (tells && tells_keys).then_some(of_name)
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Template({:?})", self.text)
    }
}

impl PartialEq for Template {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}
