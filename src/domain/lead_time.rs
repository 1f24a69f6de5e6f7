//! Lead time (échéance, step, forecast hour) and the way people write a choice of them.
//!
//! In: minutes from GRIB, or text such as `6`, `0..24/3`, `15min`. Out: [`LeadTime`], [`LeadSelection`].
//! Start reading at [`LeadSelection::parse`].

use std::fmt;

/// How far ahead of its run a forecast is valid; for an accumulation or a mean, the END of its interval.
///
/// Unit: minutes, which every centre's steps divide into. Negative in some analyses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeadTime {
    minutes: i64,
}

impl LeadTime {
    /// A lead time of so many minutes.
    pub const fn from_minutes(minutes: i64) -> Self {
        Self { minutes }
    }

    /// A lead time of so many hours.
    pub const fn from_hours(hours: i64) -> Self {
        Self { minutes: hours.saturating_mul(60) }
    }

    /// The lead time in minutes.
    pub const fn minutes(self) -> i64 {
        self.minutes
    }

    /// `6` for whole hours, `15min` otherwise: as [`parse`](Self::parse) reads it.
    pub fn to_words(self) -> String {
        if self.minutes % 60 == 0 { format!("{}", self.minutes / 60) } else { format!("{}min", self.minutes) }
    }

    /// Reads `6` or `6h` (hours), `15min`, `1h30`, `2d`. `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let number: i64 = number.parse().ok().filter(|&n| n <= MOST_MINUTES)?;
        let minutes = match unit.trim_start() {
            "" | "h" | "H" => number * 60,
            "min" | "m" => number,
            "d" | "j" => number * 24 * 60,
            rest => {
                let extra: i64 = rest.strip_prefix(['h', 'H'])?.trim_end_matches("min").parse().ok()?;
                (0..60).contains(&extra).then_some(number * 60 + extra)?
            }
        };
        Some(Self { minutes: sign * minutes })
    }
}

/// The longest lead time that is read from text: a bit over a century, in minutes.
const MOST_MINUTES: i64 = 60_000_000;

/// Most lead times that are listed one by one.
const MOST_LISTED: i64 = 10_000;

impl fmt::Display for LeadTime {
    /// `6 h`, `15 min`, `1 h 30`: the same in both languages.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.minutes < 0 { "-" } else { "" };
        let (hours, minutes) = (self.minutes.abs() / 60, self.minutes.abs() % 60);
        match (hours, minutes) {
            (hours, 0) => write!(f, "{sign}{hours} h"),
            (0, minutes) => write!(f, "{sign}{minutes} min"),
            (hours, minutes) => write!(f, "{sign}{hours} h {minutes:02}"),
        }
    }
}

/// One choice of lead times: a single one, or a span with both ends and perhaps a stride.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct LeadSpan {
    first: LeadTime,
    last: LeadTime,
    /// In minutes, at least one; `None` takes every lead time of the span.
    stride: Option<i64>,
}

impl LeadSpan {
    fn is_open(self) -> bool {
        match self.stride {
            None => self.first != self.last,
            Some(stride) => (self.last.minutes - self.first.minutes) / stride >= MOST_LISTED,
        }
    }

    fn contains(self, lead: LeadTime) -> bool {
        self.first <= lead
            && lead <= self.last
            && self.stride.is_none_or(|stride| (lead.minutes - self.first.minutes) % stride == 0)
    }
}

/// Which lead times a person wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeadSelection {
    spans: Vec<LeadSpan>,
}

/// The text is not a choice of lead times.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a lead time: {text:?}")]
pub struct NotALeadTime {
    /// The part that was not understood, as written.
    pub text: String,
}

impl LeadSelection {
    /// Exactly one lead time.
    pub fn only(lead: LeadTime) -> Self {
        Self { spans: vec![LeadSpan { first: lead, last: lead, stride: None }] }
    }

    /// Reads `6`, `6,12`, `0..24`, `0..24/3`, `0..2h/15min`, `15min`.
    ///
    /// # Errors
    /// [`NotALeadTime`] names the first part that is none: empty, turned round, or with a stride of zero.
    pub fn parse(text: &str) -> Result<Self, NotALeadTime> {
        let spans = text.split(',').map(|part| Self::parse_span(part.trim())).collect::<Result<_, _>>()?;
        Ok(Self { spans })
    }

    fn parse_span(part: &str) -> Result<LeadSpan, NotALeadTime> {
        let refused = || NotALeadTime { text: part.to_owned() };
        let Some((first, rest)) = part.split_once("..") else {
            let lead = LeadTime::parse(part).ok_or_else(refused)?;
            return Ok(LeadSpan { first: lead, last: lead, stride: None });
        };
        let (last, stride) = match rest.split_once('/') {
            Some((last, stride)) => {
                let stride = LeadTime::parse(stride).filter(|s| s.minutes > 0).ok_or_else(refused)?;
                (last, Some(stride.minutes))
            }
            None => (rest, None),
        };
        let first = LeadTime::parse(first).ok_or_else(refused)?;
        let last = LeadTime::parse(last).filter(|&last| last >= first).ok_or_else(refused)?;
        Ok(LeadSpan { first, last, stride })
    }

    /// Every lead time that is chosen, ascending and each once; a span without a stride goes by the hour.
    ///
    /// `None` when that would be more than 10,000.
    pub fn listed(&self) -> Option<Vec<LeadTime>> {
        let mut all = std::collections::BTreeSet::new();
        for span in &self.spans {
            let stride = span.stride.unwrap_or(60);
            let count = (span.last.minutes - span.first.minutes) / stride;
            if count >= MOST_LISTED || all.len() as i64 + count >= MOST_LISTED {
                return None;
            }
            all.extend((0..=count).map(|n| LeadTime::from_minutes(span.first.minutes + n * stride)));
        }
        Some(all.into_iter().collect())
    }

    /// The spans without a stride, by their ends: which lead times of them there are is for the data to say. So are
    /// those whose list would be too long.
    pub fn open_spans(&self) -> impl Iterator<Item = (LeadTime, LeadTime)> + '_ {
        self.spans.iter().filter(|span| span.is_open()).map(|span| (span.first, span.last))
    }

    /// The lead times that were named one by one, or by a span with a stride.
    pub fn exact(&self) -> impl Iterator<Item = LeadTime> + '_ {
        let listed = self.spans.iter().filter(|span| !span.is_open());
        listed.flat_map(|span| {
            let stride = span.stride.unwrap_or(1);
            let count = (span.last.minutes - span.first.minutes) / stride;
            let first = span.first.minutes;
            (0..=count).map(move |number| LeadTime::from_minutes(first + number * stride))
        })
    }

    /// Whether `lead` is among those chosen.
    pub fn contains(&self, lead: LeadTime) -> bool {
        self.spans.iter().any(|span| span.contains(lead))
    }
}

impl LeadSelection {
    /// The choice in words that [`parse`](Self::parse) reads.
    pub fn to_words(&self) -> String {
        let span = |span: &LeadSpan| {
            let mut words = span.first.to_words();
            if span.last != span.first || span.stride.is_some() {
                words += &format!("..{}", span.last.to_words());
            }
            if let Some(stride) = span.stride {
                words += &format!("/{}", LeadTime::from_minutes(stride).to_words());
            }
            words
        };
        self.spans.iter().map(span).collect::<Vec<_>>().join(",")
    }
}

impl fmt::Display for LeadSelection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, span) in self.spans.iter().enumerate() {
            if i > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{}", span.first)?;
            if span.last != span.first {
                write!(f, " … {}", span.last)?;
            }
            if let Some(stride) = span.stride {
                write!(f, " / {}", LeadTime::from_minutes(stride))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(text: &str, minutes: &[i64]) -> Vec<i64> {
        let selection = LeadSelection::parse(text).expect("a choice of lead times");
        minutes.iter().copied().filter(|&m| selection.contains(LeadTime::from_minutes(m))).collect()
    }

    #[test]
    fn a_choice_is_the_same_after_it_was_written_in_words() {
        for text in ["6", "6,12", "0..24/3", "0..2h/15min", "15min", "-1..-1", "3..9"] {
            let chosen = LeadSelection::parse(text).expect("a choice of lead times");
            assert_eq!(LeadSelection::parse(&chosen.to_words()).as_ref(), Ok(&chosen), "{text}");
        }
    }

    #[test]
    fn a_bare_number_is_hours() {
        assert_eq!(chosen("6", &[6, 360]), [360]);
    }

    #[test]
    fn a_span_holds_both_ends_and_its_stride_counts_from_the_first() {
        assert_eq!(chosen("1..7/3", &[60, 120, 240, 420, 600]), [60, 240, 420]);
        assert_eq!(chosen("0..1h/15min", &[0, 10, 15, 45, 60, 75]), [0, 15, 45, 60]);
    }

    #[test]
    fn minutes_days_and_mixed_forms_are_read() {
        assert_eq!(LeadTime::parse("15min"), Some(LeadTime::from_minutes(15)));
        assert_eq!(LeadTime::parse("1h30"), Some(LeadTime::from_minutes(90)));
        assert_eq!(LeadTime::parse("2d"), Some(LeadTime::from_hours(48)));
        assert_eq!(LeadTime::parse("1h75"), None);
    }

    #[test]
    fn a_choice_can_be_listed_unless_that_takes_too_long() {
        let listed = |text: &str| {
            let choice = LeadSelection::parse(text).expect("a choice of lead times");
            choice.listed().map(|leads| leads.iter().map(|lead| lead.minutes() / 60).collect::<Vec<_>>())
        };
        assert_eq!(listed("0..9/3,6,12..24/6"), Some(vec![0, 3, 6, 9, 12, 18, 24]));
        assert_eq!(listed("0..3"), Some(vec![0, 1, 2, 3]));
        assert_eq!(listed("0..900000/1min"), None);
    }

    #[test]
    fn nonsense_is_refused_and_named() {
        for text in ["", "six", "6..3", "0..24/0", "1,,2", "99999999999999999999"] {
            assert!(LeadSelection::parse(text).is_err(), "{text:?} was taken");
        }
        assert_eq!(LeadSelection::parse("6,xx").map_err(|e| e.text), Err("xx".to_owned()));
    }

    #[test]
    fn lead_times_are_written_as_forecasters_do() {
        assert_eq!(LeadTime::from_minutes(90).to_string(), "1 h 30");
        assert_eq!(LeadTime::from_minutes(-360).to_string(), "-6 h");
    }
}
