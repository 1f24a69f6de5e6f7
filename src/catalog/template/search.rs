//! Finds the values that stand in the gaps of an address.
//!
//! In: the parts of a template, and text. Out: what stands in each gap, or that the text does not fit. A hundred thousand
//! addresses are looked at in one refresh, so what cannot fit is given up at its first character, and a gap that was
//! filled once is plain text from then on.

use super::KeyValues;
use super::part::{LeadForm, TemplatePart};

/// Most steps for one text: a text made to be slow is no address.
const MOST_STEPS: u32 = 20_000;

/// Most digits of a lead time.
const MOST_DIGITS: usize = 6;

/// What was found in the gaps, in the order of the parts.
pub(super) struct TemplateSearch<'t, 'p> {
    allowed: &'p KeyValues,
    found: Vec<(&'p TemplatePart, &'t str)>,
    steps: u32,
}

impl<'t, 'p> TemplateSearch<'t, 'p> {
    /// What stands in each gap of `parts`, each gap once. `None` when `text` does not fit.
    pub(super) fn find(
        parts: &'p [TemplatePart],
        allowed: &'p KeyValues,
        text: &'t str,
    ) -> Option<Vec<(&'p TemplatePart, &'t str)>> {
        let mut search = Self { allowed, found: Vec::new(), steps: 0 };
        search.fits(parts, text).then_some(search.found)
    }

    fn fits(&mut self, parts: &'p [TemplatePart], text: &'t str) -> bool {
        self.steps += 1;
        let Some((part, rest)) = parts.split_first() else { return text.is_empty() };
        if self.steps > MOST_STEPS {
            return false;
        }
        let known = match part {
            TemplatePart::Text(literal) => Some(literal.as_str()),
            part => self.found.iter().find(|(of, _)| *of == part).map(|(_, value)| *value),
        };
        if let Some(known) = known {
            return text.strip_prefix(known).is_some_and(|text| self.fits(rest, text));
        }
        match part {
            TemplatePart::Text(_) => false,
            TemplatePart::Run(0) => self.fits_digits((part, rest), text, (4, 4)),
            TemplatePart::Run(_) | TemplatePart::Lead(_, LeadForm::MinutesOfHour) => {
                self.fits_digits((part, rest), text, (2, 2))
            }
            TemplatePart::Lead(_, LeadForm::Hours(width) | LeadForm::HoursOf(width)) => {
                self.fits_digits((part, rest), text, (*width, MOST_DIGITS))
            }
            TemplatePart::Lead(_, LeadForm::Minutes) => {
                self.fits_digits((part, rest), text, (1, MOST_DIGITS))
            }
            TemplatePart::Key(key) => match self.allowed.get(&**key) {
                Some(values) => values.iter().any(|value| {
                    text.starts_with(value.as_str()) && self.fits_with((part, rest), text, value.len())
                }),
                None => self.fits_any((part, rest), text),
            },
        }
    }

    /// As many digits as there are, else fewer.
    fn fits_digits(
        &mut self,
        at: (&'p TemplatePart, &'p [TemplatePart]),
        text: &'t str,
        (least, most): (usize, usize),
    ) -> bool {
        let there = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
        (least..=there).rev().any(|count| self.fits_with(at, text, count))
    }

    /// As few characters as will do, none of them one that parts addresses.
    fn fits_any(&mut self, at: (&'p TemplatePart, &'p [TemplatePart]), text: &'t str) -> bool {
        let is_end = |c: char| matches!(c, '/' | '?' | '#' | '&') || c.is_whitespace();
        let longest = text.find(is_end).unwrap_or(text.len());
        let ends = text[..longest].char_indices().map(|(at, c)| at + c.len_utf8());
        for end in ends {
            let may_go_on = match at.1.first() {
                Some(TemplatePart::Text(next)) => text[end..].starts_with(next.as_str()),
                Some(_) => true,
                None => end == text.len(),
            };
            if may_go_on && self.fits_with(at, text, end) {
                return true;
            }
        }
        false
    }

    /// Puts the first `count` octets into the gap and goes on; takes them out again when that leads nowhere.
    fn fits_with(
        &mut self,
        (part, rest): (&'p TemplatePart, &'p [TemplatePart]),
        text: &'t str,
        count: usize,
    ) -> bool {
        self.found.push((part, &text[..count]));
        let fits = self.fits(rest, &text[count..]);
        if !fits {
            self.found.pop();
        }
        fits
    }
}
