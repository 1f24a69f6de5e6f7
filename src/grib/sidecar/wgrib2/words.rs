//! The words in which wgrib and wgrib2 write dates, times and levels.
//!
//! What is not among them stays untold: whoever chooses by it has to read the headers of the file.

use crate::domain::field::Level;
use crate::domain::lead_time::LeadTime;
use crate::domain::utc::UtcTime;

/// A lead time, and the interval it ends.
pub(super) type Times = (Option<LeadTime>, Option<(LeadTime, LeadTime)>);

/// `2025080100`, with minutes and seconds when they are not zero; `25080100` of wgrib, whose years are of two digits.
pub(super) fn date_of(text: &str) -> Option<UtcTime> {
    if !text.bytes().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let two_digits;
    let text = if text.len() == 8 {
        let century = if text < "70" { "20" } else { "19" };
        two_digits = format!("{century}{text}");
        &two_digits
    } else {
        text
    };
    if text.len() < 10 {
        return None;
    }
    let part =
        |from: usize, to: usize| text.get(from..to).map_or(Some(0), |digits| digits.parse::<i32>().ok());
    UtcTime::from_civil([part(0, 4)?, part(4, 6)?, part(6, 8)?, part(8, 10)?, part(10, 12)?, part(12, 14)?])
}

/// `anl`, `7 hour fcst`, `0-6 hour acc fcst`, `12hr fcst`, `0-1 day acc fcst`. Months, means of analyses and whatever else
/// there is tell nothing.
pub(super) fn time_of(text: &str) -> Times {
    let text = text.trim();
    let text = text.strip_prefix("valid ").unwrap_or(text);
    if text.split(' ').next() == Some("anl") {
        return (Some(LeadTime::from_minutes(0)), None);
    }
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(text.len());
    let (span, rest) = text.split_at(end);
    let mut words = rest.split_whitespace();
    let scale = match words.next() {
        Some("min" | "minute") => 1,
        Some("hour" | "hr") => 60,
        Some("day") => 24 * 60,
        _ => return (None, None),
    };
    // The word behind says what was done; one that is not known may make the times those of something else.
    let is_known = words.next().is_none_or(|word| {
        matches!(
            word,
            "fcst" | "acc" | "ave" | "max" | "min" | "diff" | "product" | "valid" | "RMS" | "StdDev"
        )
    });
    let lead = |number: &str| Some(LeadTime::from_minutes(number.parse::<i64>().ok()?.checked_mul(scale)?));
    match span.rsplit_once('-') {
        _ if !is_known => (None, None),
        Some((first, last)) if !first.is_empty() => match (lead(first), lead(last)) {
            (Some(first), Some(last)) => (Some(last), Some((first, last))),
            _ => (None, None),
        },
        _ => (lead(span), None),
    }
}

/// Surfaces whose type says it all.
const PLAIN: &[(&str, u8)] = &[
    ("surface", Level::SURFACE),
    ("sfc", Level::SURFACE),
    ("cloud base", 2),
    ("cloud top", 3),
    ("0C isotherm", 4),
    ("level of adiabatic condensation from sfc", 5),
    ("max wind", 6),
    ("tropopause", 7),
    ("top of atmosphere", 8),
    ("sea bottom", 9),
    ("entire atmosphere", Level::ATMOSPHERE),
    ("atmos col", Level::ATMOSPHERE),
    ("mean sea level", Level::MEAN_SEA),
    ("MSL", Level::MEAN_SEA),
    ("entire atmosphere (considered as a single layer)", 200),
    ("entire ocean (considered as a single layer)", 201),
    ("highest tropospheric freezing level", 204),
    ("grid scale cloud bottom level", 206),
    ("grid scale cloud top level", 207),
    ("boundary layer cloud bottom level", 209),
    ("boundary layer cloud top level", 210),
    ("boundary layer cloud layer", 211),
    ("low cloud bottom level", 212),
    ("low cloud top level", 213),
    ("low cloud layer", 214),
    ("cloud ceiling", 215),
    ("planetary boundary layer", 220),
    ("middle cloud bottom level", 222),
    ("middle cloud top level", 223),
    ("middle cloud layer", 224),
    ("high cloud bottom level", 232),
    ("high cloud top level", 233),
    ("high cloud layer", 234),
    ("convective cloud bottom level", 242),
    ("convective cloud top level", 243),
    ("convective cloud layer", 244),
    ("lowest level of the wet bulb zero", 245),
    ("maximum equivalent potential temperature level", 246),
    ("equilibrium level", 247),
    ("shallow convective cloud bottom level", 248),
    ("shallow convective cloud top level", 249),
    ("deep convective cloud bottom level", 251),
    ("deep convective cloud top level", 252),
];

/// Surfaces with a value: what stands behind it, the type, and the factor to SI units.
const VALUED: &[(&str, u8, f64)] = &[
    (" mb above ground", 108, 100.0),
    (" mb above gnd", 108, 100.0),
    (" mb", Level::ISOBARIC, 100.0),
    (" m above mean sea level", 102, 1.0),
    (" m above MSL", 102, 1.0),
    (" m above ground", Level::ABOVE_GROUND, 1.0),
    (" m above gnd", Level::ABOVE_GROUND, 1.0),
    (" m below ground", Level::BELOW_GROUND, 1.0),
    (" m underground", Level::BELOW_GROUND, 1.0),
    (" cm down", Level::BELOW_GROUND, 0.01),
    (" m below sea level", 160, 1.0),
    (" m below water surface", 161, 1.0),
    (" sigma level", 104, 1.0),
    (" sigma layer", 104, 1.0),
    (" hybrid level", 105, 1.0),
    (" K isentropic level", 107, 1.0),
    (" Eta level", 111, 1.0),
    (" K isotherm", 20, 1.0),
    ("C ocean isotherm", 235, 1.0),
];

/// `2 m above ground`, `850 mb`, `0-0.1 m below ground`, `max wind`: a surface, and the second of a layer.
pub(super) fn level_of(text: &str) -> Option<(Level, Option<Level>)> {
    let text = text.trim();
    if let Some((_, kind)) = PLAIN.iter().find(|(words, _)| *words == text) {
        return Some((Level::plain(*kind), None));
    }
    if let Some(value) = text.strip_prefix("PV=").and_then(|rest| rest.split(' ').next()) {
        return Some((Level::with(109, value.parse().ok()?), None));
    }
    let (numbers, kind, factor) = VALUED.iter().find_map(|(words, kind, factor)| {
        text.strip_suffix(words).map(|numbers| (numbers, *kind, *factor))
    })?;
    let level = |number: &str| {
        let value: f64 = number.trim().parse().ok().filter(|value: &f64| value.is_finite())?;
        Some(Level::with(kind, (value * factor * 1e9).round() / 1e9))
    };
    if let Some(one) = level(numbers) {
        return Some((one, None));
    }
    let (first, second) = numbers.split_once('-').filter(|(first, _)| !first.is_empty())?;
    Some((level(first)?, Some(level(second)?)))
}

/// Whether a name is none: what writers put where they know none.
pub(in crate::grib::sidecar) fn is_nameless(name: &str) -> bool {
    matches!(
        name.trim().to_ascii_lowercase().as_str(),
        "" | "unknown" | "?" | "~" | "none" | "null" | "missing" | "undefined"
    )
}
