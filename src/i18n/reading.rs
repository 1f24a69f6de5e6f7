//! Reads quantities as people type them, in either language: the other way round of [`number`](super::number).
//!
//! In: text with a comma or a point, with or without spaces and units. Out: the quantity. `None` when it is none.

use crate::domain::octets::ByteCount;
use std::time::Duration;

/// Octets, in decimal or binary units: `100 GB`, `1,5 To`, `64 MiB`, `2M`, `300000`.
pub fn octets(text: &str) -> Option<ByteCount> {
    let (number, unit) = split(text)?;
    let unit = unit.trim_end_matches(['b', 'o']);
    let factor = match unit {
        "" => 1.0,
        "k" => 1e3,
        "m" => 1e6,
        "g" => 1e9,
        "t" => 1e12,
        "ki" => 1024.0,
        "mi" => 1024.0 * 1024.0,
        "gi" => 1024.0 * 1024.0 * 1024.0,
        "ti" => 1024.0 * 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    let octets = number * factor;
    (octets < 1e18).then_some(ByteCount(octets.round() as u64))
}

/// Octets a second: `2 MB/s`, `500 ko/s`, `1.5M`.
pub fn rate(text: &str) -> Option<u32> {
    let plain = text.trim().to_lowercase();
    let per_second = octets(plain.trim_end_matches("/s").trim_end_matches("ps"))?.0;
    Some(u32::try_from(per_second).unwrap_or(u32::MAX))
}

/// A time in hours or days: `48 h`, `3 d`, `3 jours`.
pub fn age(text: &str) -> Option<Duration> {
    let (number, unit) = split(text)?;
    let hours = match unit.as_str() {
        "" | "h" | "hour" | "hours" | "heure" | "heures" => 1.0,
        "d" | "day" | "days" | "j" | "jour" | "jours" => 24.0,
        "w" | "week" | "weeks" | "semaine" | "semaines" => 168.0,
        _ => return None,
    };
    let seconds = (number * hours * 3600.0).round();
    (1.0..4e9).contains(&seconds).then(|| Duration::from_secs(seconds as u64))
}

/// How long something is uploaded, in minutes, hours or days: `30 min`, `1,5 h`, `2 d`. Nothing is a time as well.
pub fn giving_time(text: &str) -> Option<Duration> {
    let (number, unit) = split(text)?;
    let minutes = match unit.as_str() {
        "min" | "m" | "minute" | "minutes" => 1.0,
        "" if number == 0.0 => 1.0,
        "h" | "hour" | "hours" | "heure" | "heures" => 60.0,
        "d" | "day" | "days" | "j" | "jour" | "jours" => 1440.0,
        _ => return None,
    };
    let minutes = (number * minutes).round();
    (minutes < 1e6).then(|| Duration::from_secs(minutes as u64 * 60))
}

/// A multiple of a size: `1.5`, `1,5`, `2×`.
pub fn multiple(text: &str) -> Option<f64> {
    let (number, unit) = split(text)?;
    matches!(unit.as_str(), "" | "x" | "×").then_some(number)
}

/// Whether a text stands for "no limit": nothing at all, a dash, or the word.
pub fn is_nothing(text: &str) -> bool {
    let plain = text.trim().to_lowercase();
    let words = [
        "",
        "-",
        "–",
        "∞",
        "no",
        "none",
        "never",
        "no limit",
        "unlimited",
        "jamais",
        "aucun",
        "aucune",
        "illimité",
        "illimitée",
        "sans limite",
    ];
    words.contains(&plain.as_str())
}

/// A number and the unit behind it, in small letters.
fn split(text: &str) -> Option<(f64, String)> {
    let plain: String = text.to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    let end = plain.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(plain.len());
    let (number, unit) = plain.split_at(end);
    // A comma is a decimal one in French, and stands between thousands in English when there is a point as well.
    let number = if number.contains('.') { number.replace(',', "") } else { number.replace(',', ".") };
    let number: f64 = number.parse().ok()?;
    (number.is_finite() && number >= 0.0).then(|| (number, unit.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::{Language, Translator};

    #[test]
    fn what_the_program_writes_it_also_reads() {
        for language in [Language::English, Language::French] {
            let text = Translator::new(language);
            for octets_a_second in [500_000, 2_000_000, 12_400_000, 1_500_000_000] {
                assert_eq!(rate(&text.rate(u64::from(octets_a_second))), Some(octets_a_second));
            }
            assert_eq!(octets(&text.size(ByteCount(100_000_000_000))), Some(ByteCount(100_000_000_000)));
            for minutes in [0, 30, 60, 90, 1440, 10_080] {
                let time = Duration::from_secs(minutes * 60);
                assert_eq!(giving_time(&crate::i18n::giving::giving_time(&text, time)), Some(time));
            }
            assert_eq!(multiple(&crate::i18n::giving::multiple(&text, 1.25)), Some(1.25));
        }
    }

    #[test]
    fn both_decimal_signs_are_understood() {
        assert_eq!(rate("1,5 Mo/s"), Some(1_500_000));
        assert_eq!(rate("1.5MB/s"), Some(1_500_000));
        assert_eq!(octets("1,000.5 kB"), Some(ByteCount(1_000_500)));
        assert_eq!(octets("64 MiB"), Some(ByteCount(67_108_864)));
        assert_eq!(age("3 jours"), Some(Duration::from_secs(259_200)));
        assert_eq!(age("48h"), Some(Duration::from_secs(172_800)));
    }

    #[test]
    fn what_is_no_quantity_is_refused() {
        for text in ["fast", "-3 MB", "1e999", "NaN", "12 parsecs", ".", ",", "9999999999999 TB"] {
            assert_eq!(octets(text), None, "{text}");
        }
        assert_eq!(age("0 h"), None);
        assert!(is_nothing(" Illimité ") && is_nothing("") && !is_nothing("0"));
    }
}
