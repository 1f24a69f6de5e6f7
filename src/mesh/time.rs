//! Times as announcements write them.
//!
//! In: text. Out: a [`WrittenTime`]: the instant, and in which of the known ways it was written.

use crate::domain::utc::{UtcMillis, UtcTime};

/// How a time was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeForm {
    /// RFC 3339: `2026-08-11T10:48:25Z`.
    Rfc3339,
    /// `20190120T045018.314854383`, UTC implied; a `Z` may follow.
    Compact,
    /// The same without `T`.
    CompactWithoutT,
    /// `201506011357.345`: to the minute.
    Minutes,
}

/// A time, and how it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrittenTime {
    /// The instant.
    pub at: UtcMillis,
    /// How it was written.
    pub form: TimeForm,
}

/// Reads a time in any of the known ways. `None` for a date that does not exist, and for anything else.
pub fn read(text: &str) -> Option<WrittenTime> {
    if text.len() > 64 {
        return None;
    }
    match text.as_bytes().get(4) {
        Some(b'-') => UtcMillis::parse_rfc3339(text).map(|at| WrittenTime { at, form: TimeForm::Rfc3339 }),
        _ => compact(text),
    }
}

fn compact(text: &str) -> Option<WrittenTime> {
    let text = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let (date, clock, form) = match whole.len() {
        15 if matches!(whole.as_bytes()[8], b'T' | b't') => {
            (whole.get(..8)?, whole.get(9..)?, TimeForm::Compact)
        }
        14 => (whole.get(..8)?, whole.get(8..)?, TimeForm::CompactWithoutT),
        12 => (whole.get(..8)?, whole.get(8..)?, TimeForm::Minutes),
        _ => return None,
    };
    let number =
        |text: &str| text.bytes().all(|c| c.is_ascii_digit()).then(|| text.parse::<i32>().ok()).flatten();
    let (date, clock) = (number(date)?, number(clock)?);
    let clock = if form == TimeForm::Minutes { clock * 100 } else { clock };
    let fields =
        [date / 10_000, date / 100 % 100, date % 100, clock / 10_000, clock / 100 % 100, clock % 100];
    let millis = if form == TimeForm::Minutes { 0 } else { millis_of(fraction)? };
    Some(WrittenTime { at: UtcMillis::new(UtcTime::from_civil(fields)?, millis)?, form })
}

/// The first three digits of a fraction; the others are cut off.
fn millis_of(fraction: &str) -> Option<u32> {
    if !fraction.bytes().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let digits = fraction.bytes().map(|c| u32::from(c - b'0')).chain(std::iter::repeat(0));
    Some(digits.take(3).fold(0, |sum, digit| sum * 10 + digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_way_of_writing_is_read() {
        for (text, expected, form) in [
            ("2022-03-20T04:50:18.314854383Z", "2022-03-20T04:50:18.314Z", TimeForm::Rfc3339),
            ("2024-07-20t19:12:29z", "2024-07-20T19:12:29Z", TimeForm::Rfc3339),
            ("2026-08-11T11:48:25+01:00", "2026-08-11T10:48:25Z", TimeForm::Rfc3339),
            ("20190120T045018.314854383", "2019-01-20T04:50:18.314Z", TimeForm::Compact),
            ("20220320T045018.314854383Z", "2022-03-20T04:50:18.314Z", TimeForm::Compact),
            ("20240724162200.6", "2024-07-24T16:22:00.600Z", TimeForm::CompactWithoutT),
            ("20230501032604", "2023-05-01T03:26:04Z", TimeForm::CompactWithoutT),
            ("201506011357.345", "2015-06-01T13:57:00Z", TimeForm::Minutes),
        ] {
            let time = read(text).expect(text);
            assert_eq!((time.at.to_string().as_str(), time.form), (expected, form));
        }
    }

    #[test]
    fn dates_that_do_not_exist_and_other_text_are_refused() {
        for text in [
            "2022-0-320T04:50:18.314854383Z",
            "20220230T000000",
            "20220101T250000",
            "2022010éT000000",
            "",
            "now",
            "2022-01-01",
            "20220101T000000.1x",
            "-2022010T000000",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
