//! Times as announcements write them.
//!
//! In: text. Out: a [`WrittenTime`]: the instant, and in which of the known ways it was written.

use crate::domain::utc::{UtcMillis, UtcTime};

/// How a time was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeForm {
    /// RFC 3339: `2026-08-11T10:48:25Z`.
    Rfc3339,
    /// The same without `Z` or offset; UTC is meant.
    WithoutZone,
    /// `20190120T045018.314854383`, UTC implied; a `Z` may follow.
    Compact,
    /// The same without `T`.
    CompactWithoutT,
    /// `20190120T045018.6e-05`: a fraction so small that Python wrote it with an exponent, whose first digit its users cut off.
    Exponent,
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
        Some(b'-') => civil(text),
        _ => compact(text),
    }
}

fn civil(text: &str) -> Option<WrittenTime> {
    let read = |text: &str, form| UtcMillis::parse_rfc3339(text).map(|at| WrittenTime { at, form });
    let has_clock = text.len() >= 19 && matches!(text.as_bytes()[10], b'T' | b't' | b' ');
    read(text, TimeForm::Rfc3339).or_else(|| {
        let zoned = has_clock.then(|| format!("{text}Z"))?;
        read(&zoned, TimeForm::WithoutZone)
    })
}

fn compact(text: &str) -> Option<WrittenTime> {
    let text = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    if let Some((before, exponent)) = text.split_once("e-") {
        // Fractions are written so only below a ten-thousandth of a second.
        let is_tiny = exponent.len() <= 3 && exponent.parse::<u32>().is_ok_and(|exponent| exponent >= 5);
        let read = if is_tiny { compact(before)? } else { return None };
        return Some(WrittenTime { at: UtcMillis::new(read.at.to_second(), 0)?, form: TimeForm::Exponent });
    }
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

/// `20261120T064200.25`, without a zone: a `Z` ends both sr3 and mesh_peer.py.
pub fn written_compact(time: UtcMillis) -> String {
    time.to_string().replace(['-', ':', 'Z'], "")
}

/// A time as every program of a mesh reads it, with the digits it has: a zone goes, a missing `T` comes, and a fraction has at most
/// nine digits. `None` for what is no time.
pub fn as_peers_read_it(text: &str) -> Option<String> {
    let read = read(text)?;
    if !matches!(read.form, TimeForm::Compact | TimeForm::CompactWithoutT) {
        return Some(written_compact(read.at));
    }
    let bare = text.trim_end_matches(['Z', 'z']);
    let (whole, fraction) = bare.split_once('.').unwrap_or((bare, ""));
    let (date, clock) = (whole.get(..8)?, whole.get(whole.len() - 6..)?);
    let fraction = fraction.get(..fraction.len().min(9))?;
    Some(if fraction.is_empty() { format!("{date}T{clock}") } else { format!("{date}T{clock}.{fraction}") })
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
            ("2026-11-29T12:00:00", "2026-11-29T12:00:00Z", TimeForm::WithoutZone),
            ("2026-11-29T12:00:00.25", "2026-11-29T12:00:00.250Z", TimeForm::WithoutZone),
            ("20190120T045018.6000000000000001e-05", "2019-01-20T04:50:18Z", TimeForm::Exponent),
            ("20190120T045018e-05", "2019-01-20T04:50:18Z", TimeForm::Exponent),
            ("20190120045018.7e-06", "2019-01-20T04:50:18Z", TimeForm::Exponent),
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
            "20220101T000000.1e-01",
            "20220101T000000.1e-",
            "20220101T000000.1e-05e-05",
            "2022-01-01T",
            "-2022010T000000",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_time_keeps_its_digits_and_loses_what_ends_other_programs() {
        for (text, expected) in [
            ("20190120T045018.314854383", Some("20190120T045018.314854383")),
            ("20190120T045018.31485438312", Some("20190120T045018.314854383")),
            ("20190120T045018Z", Some("20190120T045018")),
            ("20190120045018.5", Some("20190120T045018.5")),
            ("2019-01-20T04:50:18.5Z", Some("20190120T045018.500")),
            ("2019-01-20T05:50:18+01:00", Some("20190120T045018")),
            ("20190120T045018.6e-05", Some("20190120T045018")),
            ("20191350T045018", None),
            ("yesterday", None),
        ] {
            assert_eq!(as_peers_read_it(text).as_deref(), expected, "{text}");
        }
    }
}
