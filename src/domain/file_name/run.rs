//! When the run of a file started, by its name and folders.
//!
//! In: the stem of a name, and the folders above it, nearest first. Out: the one time that is written, or `None`.

use super::{digits, only, words_of};
use crate::domain::utc::UtcTime;

/// Years in which a run may have started; other numbers of as many digits are no dates.
const YEARS: std::ops::RangeInclusive<i64> = 1950..=2150;

/// The run by the name, else by the nearest folder that gives one.
pub(super) fn run_of<'a>(name: &str, mut folders: impl Iterator<Item = &'a str>) -> Option<UtcTime> {
    let words = words_of(name);
    let cycle = only(words.iter().filter_map(|word| cycle_of(word)));
    let of_name = runs_in(name, cycle);
    if !of_name.is_empty() {
        return only(of_name);
    }
    only(folders.find_map(|folder| Some(runs_in(folder, cycle)).filter(|runs| !runs.is_empty()))?)
}

/// Every date with an hour in `text`; a date alone takes the hour of `cycle`.
fn runs_in(text: &str, cycle: Option<i64>) -> Vec<UtcTime> {
    let words = words_of(text);
    let next = |at: usize| words.get(at + 1).copied().unwrap_or_default();
    let of_words = words.iter().enumerate().filter_map(|(at, word)| {
        compact(word).or_else(|| {
            let (date, hour) = (digits(word, 8)?, next(at).strip_suffix(['Z', 'z']));
            time(date * 10_000 + hour.and_then(|hour| digits(hour, 2)).or(cycle)? * 100)
        })
    });
    of_words.chain(extended_times(text)).collect()
}

/// `t00z`: the hour of a run whose date stands elsewhere.
fn cycle_of(word: &str) -> Option<i64> {
    digits(word.strip_prefix('t')?.strip_suffix('z')?, 2).filter(|hour| *hour < 24)
}

/// `2025030100`, `202503010000`, `20250301000000`, `20250301T00Z`.
///
/// Not `20250301T0000Z`: so the Met Office writes when a field is valid.
pub(super) fn compact(word: &str) -> Option<UtcTime> {
    if let Some(hours) = digits(word, 10) {
        return time(hours * 100);
    }
    if let Some(seconds) = digits(word, 14) {
        return (seconds % 100 == 0).then(|| time(seconds / 100))?;
    }
    let basic = || {
        let (date, hour) = word.strip_suffix('Z')?.split_once('T')?;
        time(digits(date, 8)? * 10_000 + digits(hour, 2)? * 100)
    };
    digits(word, 12).and_then(time).or_else(basic)
}

/// `2026-01-01T00:00:00Z`, `2026-01-01T00:00Z`, `2026-01-01T00Z`, also with `_` for `:`.
fn extended_times(text: &str) -> impl Iterator<Item = UtcTime> {
    text.match_indices('T').filter_map(|(at, _)| {
        let date = text.get(at.checked_sub(10)?..at)?;
        let clock = text.get(at + 1..)?.split_once('Z')?.0;
        let mut parts = date.split('-');
        let [year, month, day] = [parts.next()?, parts.next()?, parts.next()?];
        let date = digits(year, 4)? * 10_000 + digits(month, 2)? * 100 + digits(day, 2)?;
        let mut parts = clock.split([':', '_']);
        let hour = digits(parts.next()?, 2)?;
        let minute = parts.next().map_or(Some(0), |minute| digits(minute, 2))?;
        let is_whole = parts.next().is_none_or(|second| second == "00") && parts.next().is_none();
        let clock = is_whole.then_some(hour * 100 + minute)?;
        time(date * 10_000 + clock)
    })
}

/// The time that the twelve digits `yyyymmddHHMM` spell.
fn time(digits: i64) -> Option<UtcTime> {
    let year = digits / 100_000_000;
    let pair = |at: u32| digits / 100i64.pow(at) % 100;
    let fields = [year, pair(3), pair(2), pair(1), pair(0), 0].map(|n| i32::try_from(n).unwrap_or(-1));
    YEARS.contains(&year).then(|| UtcTime::from_civil(fields))?
}
