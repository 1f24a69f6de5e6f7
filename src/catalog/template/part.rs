//! The parts of a template: plain text and gaps, each written, searched for and read back.

use super::{TemplateError, Values};
use crate::domain::lead_time::LeadTime;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use std::borrow::Cow;
use std::sync::Arc;

/// What a value must not bring into an address as it is; the template itself is taken as it was written.
const IN_ADDRESS: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'&')
    .add(b'+')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?');

/// One part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TemplatePart {
    /// Text, without escapes.
    Text(String),
    /// A part of the run's start: which of year, month, day, hour, minute, second.
    Run(usize),
    /// A lead time.
    Lead(LeadTimePlace, LeadForm),
    /// A key by its name.
    Key(Arc<str>),
}

/// Which lead time of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LeadTimePlace {
    Only,
    First,
    Last,
}

/// How a lead time is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LeadForm {
    /// Whole hours, with at least so many digits.
    Hours(usize),
    /// Whole hours; the minutes stand in another gap.
    HoursOf(usize),
    /// The minutes that go with the hours.
    MinutesOfHour,
    /// All minutes.
    Minutes,
}

/// Splits a template.
pub(super) fn parts_of(text: &str) -> Result<Vec<TemplatePart>, TemplateError> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        push_text(&mut parts, &rest[..at]);
        let inside = rest[at..].strip_prefix('{').ok_or(TemplateError::Brace)?;
        let (gap, after) = inside.split_once('}').ok_or(TemplateError::Brace)?;
        push_gap(&mut parts, gap)?;
        rest = after;
    }
    push_text(&mut parts, rest);
    if parts.contains(&TemplatePart::Lead(LeadTimePlace::Only, LeadForm::MinutesOfHour)) {
        for part in &mut parts {
            if let TemplatePart::Lead(LeadTimePlace::Only, LeadForm::Hours(width)) = *part {
                *part = TemplatePart::Lead(LeadTimePlace::Only, LeadForm::HoursOf(width));
            }
        }
    }
    Ok(parts)
}

/// A run with all its parts, and lead times with both their ends.
pub(super) fn check_whole(parts: &[TemplatePart]) -> Result<(), TemplateError> {
    let has = |wanted: TemplatePart| parts.contains(&wanted);
    if (0..6).any(|i| has(TemplatePart::Run(i))) && !(0..4).all(|i| has(TemplatePart::Run(i))) {
        return Err(TemplateError::PartOfARun);
    }
    let has_place = |place| parts.iter().any(|part| matches!(part, TemplatePart::Lead(p, _) if *p == place));
    let (only, first, last) =
        (has_place(LeadTimePlace::Only), has_place(LeadTimePlace::First), has_place(LeadTimePlace::Last));
    let minutes_alone = has(TemplatePart::Lead(LeadTimePlace::Only, LeadForm::MinutesOfHour))
        && !parts
            .iter()
            .any(|part| matches!(part, TemplatePart::Lead(LeadTimePlace::Only, LeadForm::HoursOf(_))));
    if first != last || only && first || minutes_alone {
        return Err(TemplateError::HalfASpan);
    }
    Ok(())
}

fn push_text(parts: &mut Vec<TemplatePart>, text: &str) {
    if text.is_empty() {
        return;
    }
    let plain = percent_decode_str(text).decode_utf8_lossy();
    match parts.last_mut() {
        Some(TemplatePart::Text(before)) => before.push_str(&plain),
        _ => parts.push(TemplatePart::Text(plain.into_owned())),
    }
}

fn push_gap(parts: &mut Vec<TemplatePart>, gap: &str) -> Result<(), TemplateError> {
    let unknown = || TemplateError::UnknownGap { gap: gap.to_owned() };
    let (name, form) = gap.split_once(':').unwrap_or((gap, ""));
    let place = match name {
        "run" => return push_run(parts, form).ok_or_else(unknown),
        "lead" => LeadTimePlace::Only,
        "first" => LeadTimePlace::First,
        "last" => LeadTimePlace::Last,
        _ => {
            let is_name = !name.is_empty()
                && name.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_');
            let key = (is_name && form.is_empty()).then(|| TemplatePart::Key(name.into()));
            parts.push(key.ok_or_else(unknown)?);
            return Ok(());
        }
    };
    let form = match form {
        "" | "h" => LeadForm::Hours(1),
        "hh" => LeadForm::Hours(2),
        "hhh" => LeadForm::Hours(3),
        "mm" if place == LeadTimePlace::Only => LeadForm::MinutesOfHour,
        "min" => LeadForm::Minutes,
        _ => return Err(unknown()),
    };
    parts.push(TemplatePart::Lead(place, form));
    Ok(())
}

fn push_run(parts: &mut Vec<TemplatePart>, form: &str) -> Option<()> {
    let mut rest = if form.is_empty() { "%Y-%m-%dT%H:%M:%SZ" } else { form };
    while let Some((before, after)) = rest.split_once('%') {
        push_text(parts, before);
        let letter = after.chars().next()?;
        parts.push(TemplatePart::Run("YmdHMS".find(letter)?));
        rest = &after[1..];
    }
    push_text(parts, rest);
    Some(())
}

impl TemplatePart {
    /// Whether a text that ends so may end with this part: most that do not fit are told by that.
    pub(super) fn may_end(&self, text: &str) -> bool {
        match self {
            Self::Text(literal) => text.ends_with(literal.as_str()),
            Self::Run(_) | Self::Lead(..) => text.ends_with(|c: char| c.is_ascii_digit()),
            Self::Key(_) => true,
        }
    }

    /// What stands in an address for this part.
    pub(super) fn written<'a>(&'a self, values: &'a Values) -> Option<Cow<'a, str>> {
        let plain = self.plain(values)?;
        Some(match self {
            Self::Key(_) => utf8_percent_encode(&plain, IN_ADDRESS).to_string().into(),
            _ => plain,
        })
    }

    /// The same without escapes.
    pub(super) fn plain<'a>(&'a self, values: &'a Values) -> Option<Cow<'a, str>> {
        Some(match self {
            Self::Text(text) => text.as_str().into(),
            Self::Run(which) => {
                let at = values.run?.civil();
                let fields = [at.month(), at.day(), at.hour(), at.minute(), at.second()];
                match which {
                    0 => format!("{:04}", at.year()).into(),
                    which => format!("{:02}", fields[which - 1]).into(),
                }
            }
            Self::Lead(place, form) => {
                let lead = if *place == LeadTimePlace::Last { values.last? } else { values.first? };
                form.written(lead)?.into()
            }
            Self::Key(key) => values.keys.get(key)?.into(),
        })
    }

    /// Puts what was found in this gap among the values.
    pub(super) fn take(&self, found: &str, values: &mut Values, run: &mut [i32; 6]) -> Option<()> {
        match self {
            Self::Text(_) => {}
            Self::Run(which) => run[*which] = found.parse().ok()?,
            Self::Key(key) => values.keys.insert(key.clone(), found),
            Self::Lead(place, form) => {
                let number: i64 = found.parse().ok()?;
                let minutes = match form {
                    LeadForm::Hours(_) => number * 60,
                    LeadForm::HoursOf(_) => number * 60 + values.first.map_or(0, |lead| lead.minutes() % 60),
                    LeadForm::MinutesOfHour => {
                        number + values.first.map_or(0, |lead| lead.minutes() / 60 * 60)
                    }
                    LeadForm::Minutes => number,
                };
                let lead = Some(LeadTime::from_minutes(minutes));
                match place {
                    LeadTimePlace::Only => (values.first, values.last) = (lead, lead),
                    LeadTimePlace::First => values.first = lead,
                    LeadTimePlace::Last => values.last = lead,
                }
            }
        }
        Some(())
    }
}

impl LeadForm {
    fn written(self, lead: LeadTime) -> Option<String> {
        let minutes = u64::try_from(lead.minutes()).ok()?;
        Some(match self {
            Self::Hours(_) if minutes % 60 != 0 => return None,
            Self::Hours(width) | Self::HoursOf(width) => format!("{:0width$}", minutes / 60),
            Self::MinutesOfHour => format!("{:02}", minutes % 60),
            Self::Minutes => minutes.to_string(),
        })
    }
}
