//! Numbers, sizes, rates, durations and dates as each language writes them.
//!
//! In: quantities. Out: text with the right separators; French puts narrow no-break spaces (U+202F) where they belong.
//! Sizes are in decimal units (1 MB = 1 Mo = 1,000,000 octets), as providers publish them.

use super::{Language, Translator};
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcTime;
use fixed_decimal::Decimal;
use std::time::Duration;

impl Translator {
    fn write(&self, number: &Decimal) -> String {
        match &self.numbers {
            Some(formatter) => formatter.format(number).to_string(),
            // Both locales are compiled in; without them plain digits still tell the truth.
            None => number.to_string(),
        }
    }

    /// A whole number: `12,345` · `12 345`.
    pub fn count(&self, number: u64) -> String {
        self.write(&Decimal::from(number))
    }

    /// A number with so many decimals: `3.1` · `3,1`.
    pub fn decimal(&self, number: f64, decimals: u8) -> String {
        if !number.is_finite() {
            return "–".to_owned();
        }
        let text = format!("{number:.*}", usize::from(decimals));
        text.parse::<Decimal>().map_or(text, |number| self.write(&number))
    }

    /// A size, with three digits that matter: `8.21 MB` · `8,21 Mo`.
    pub fn size(&self, octets: ByteCount) -> String {
        let units = match self.language() {
            Language::English => ["B", "kB", "MB", "GB", "TB"],
            Language::French => ["o", "ko", "Mo", "Go", "To"],
        };
        let mut value = octets.0 as f64;
        let mut unit = 0;
        while value >= 999.5 && unit + 1 < units.len() {
            value /= 1000.0;
            unit += 1;
        }
        let decimals = match value {
            _ if unit == 0 => 0,
            v if v < 9.995 => 2,
            v if v < 99.95 => 1,
            _ => 0,
        };
        format!("{}\u{202F}{}", self.decimal(value, decimals), units[unit])
    }

    /// Octets a second: `12.4 MB/s` · `12,4 Mo/s`.
    pub fn rate(&self, per_second: u64) -> String {
        format!("{}/s", self.size(ByteCount(per_second)))
    }

    /// A share between 0 and 1: `73%` · `73 %`. Only nothing is 0, and only everything is 100.
    pub fn share(&self, share: f64) -> String {
        let percent = share * 100.0;
        let rounded = match percent.round() {
            0.0 if percent > 0.0 => 1.0,
            100.0 if percent < 100.0 => 99.0,
            rounded => rounded,
        };
        match self.language() {
            Language::English => format!("{}%", self.decimal(rounded, 0)),
            Language::French => format!("{}\u{202F}%", self.decimal(rounded, 0)),
        }
    }

    /// A duration: `0.4 s`, `12 s`, `3 min 05 s`, `2 h 05 min`.
    pub fn duration(&self, duration: Duration) -> String {
        let seconds = duration.as_secs();
        match seconds {
            0..=9 => format!("{}\u{202F}s", self.decimal(duration.as_secs_f64(), 1)),
            10..=59 => format!("{seconds}\u{202F}s"),
            60..=3599 => format!("{}\u{202F}min\u{202F}{:02}\u{202F}s", seconds / 60, seconds % 60),
            _ => format!("{}\u{202F}h\u{202F}{:02}\u{202F}min", seconds / 3600, seconds % 3600 / 60),
        }
    }

    /// A moment in UTC: `2026-11-20 06:00 UTC` · `20/11/2026 06:00 UTC`.
    pub fn moment(&self, time: UtcTime) -> String {
        let t = time.civil();
        match self.language() {
            Language::English => {
                format!(
                    "{:04}-{:02}-{:02} {:02}:{:02} UTC",
                    t.year(),
                    t.month(),
                    t.day(),
                    t.hour(),
                    t.minute()
                )
            }
            Language::French => {
                format!(
                    "{:02}/{:02}/{:04} {:02}:{:02} UTC",
                    t.day(),
                    t.month(),
                    t.year(),
                    t.hour(),
                    t.minute()
                )
            }
        }
    }
}
