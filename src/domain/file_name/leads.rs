//! Which lead times a file holds, by its name.
//!
//! In: the stem of a name. Out: the one span that is written, or `None`. Each way of writing is one function below.

use super::run::compact;
use super::{NamedLeads, digits, only, words_of};
use crate::domain::utc::UtcTime;

/// Words before `f06` in names of NCEP, written together with it.
const NCEP_PRODUCTS: [&str; 9] = ["", "wrfsfc", "wrfprs", "wrfnat", "sfc", "prs", "nat", "pgrb", "sfluxgrb"];

/// The words of a name around the one that is looked at.
#[derive(Clone, Copy)]
struct Place<'a> {
    words: &'a [&'a str],
    at: usize,
}

impl<'a> Place<'a> {
    fn word(self) -> &'a str {
        self.words[self.at]
    }

    fn before(self) -> &'a str {
        self.at.checked_sub(1).map_or("", |at| self.words[at])
    }

    fn after(self) -> &'a str {
        self.words.get(self.at + 1).copied().unwrap_or_default()
    }

    fn has(self, word: &str) -> bool {
        self.words.contains(&word)
    }
}

/// The lead times that `name` gives; `run` is what name or folders give.
pub(super) fn leads_of(name: &str, run: Option<UtcTime>) -> Option<NamedLeads> {
    let words = words_of(name);
    let readers = [iso_duration, ncep, nam, ecmwf, after_the_run, cma, jma];
    let places = (0..words.len()).map(|at| Place { words: &words, at });
    // `24H` may also be the length of a sum: it counts when there is a run beside it, or nothing else at all.
    let counts_hours = run.is_some() || words.len() == 1;
    let of_france = |place: Place<'_>| if counts_hours { meteo_france(place) } else { None };
    only(places.flat_map(|place| {
        readers.iter().filter_map(move |reader| reader(place)).chain(of_france(place)).collect::<Vec<_>>()
    }))
}

/// The run that stands before a word in `count` digits.
fn run_before(place: Place<'_>, count: usize) -> Option<UtcTime> {
    compact(place.before()).filter(|_| place.before().len() == count)
}

fn at_hour(hours: i64) -> Option<NamedLeads> {
    NamedLeads::new(hours * 60, hours * 60)
}

/// `007H`, `00H06H`.
fn meteo_france(place: Place<'_>) -> Option<NamedLeads> {
    let hours = |text: &str| digits(text, 2).or_else(|| digits(text, 3));
    let span = place.word().strip_suffix('H')?;
    let (first, last) = span.split_once('H').unwrap_or((span, span));
    NamedLeads::new(hours(first)? * 60, hours(last)? * 60)
}

/// `PT006H`, `PT012H15M`: Canada, Germany, United Kingdom.
fn iso_duration(place: Place<'_>) -> Option<NamedLeads> {
    let (hours, rest) = place.word().strip_prefix("PT")?.split_once('H')?;
    let hours = (1..=4).find_map(|count| digits(hours, count))?;
    let minutes = if rest.is_empty() { 0 } else { minute_of_hour(rest.strip_suffix('M')?)? };
    NamedLeads::new(hours * 60 + minutes, hours * 60 + minutes)
}

fn minute_of_hour(text: &str) -> Option<i64> {
    digits(text, 2).filter(|minutes| *minutes < 60)
}

/// `f007`, `wrfsfcf24`, in names with the `t00z` of a run. A sub-hourly file holds the four quarters that end with its hour.
fn ncep(place: Place<'_>) -> Option<NamedLeads> {
    let is_ncep = place.words.iter().any(|word| {
        word.strip_prefix('t').and_then(|word| word.strip_suffix('z')).is_some_and(|h| digits(h, 2).is_some())
    });
    let (product, hours) = place.word().rsplit_once('f').filter(|_| is_ncep)?;
    let hours = digits(hours, 2).or_else(|| digits(hours, 3))?;
    match product {
        "wrfsubh" => NamedLeads::new((hours * 60 - 45).max(0), hours * 60),
        product if NCEP_PRODUCTS.contains(&product) => at_hour(hours),
        _ => None,
    }
}

/// `awp21124.tm00`: the last two digits before the analysis' own time.
fn nam(place: Place<'_>) -> Option<NamedLeads> {
    let word = place.word();
    let (product, hours) = word.split_at_checked(word.len().checked_sub(2)?)?;
    let is_product = product.starts_with(|c: char| c.is_ascii_alphabetic());
    (place.after() == "tm00" && is_product).then(|| at_hour(digits(hours, 2)?))?
}

/// `20250301000000-6h-oper-fc`. Probabilities (`ep`) and tracks (`tf`) are for many hours, whatever the name says.
fn ecmwf(place: Place<'_>) -> Option<NamedLeads> {
    run_before(place, 14)?;
    let hours = place.word().strip_suffix('h')?;
    let hours = (1..=3).find_map(|count| digits(hours, count))?;
    if place.has("ep") || place.has("tf") { None } else { at_hour(hours) }
}

/// `2021112018_006` (Germany), `2021051800_P006`, `2021051800_P006-30` (Canada).
fn after_the_run(place: Place<'_>) -> Option<NamedLeads> {
    run_before(place, 10)?;
    if place.has("invariant") {
        return None;
    }
    if let Some(hours) = place.word().strip_prefix('P') {
        let minutes = minute_of_hour(place.after()).unwrap_or(0);
        let lead = digits(hours, 3)? * 60 + minutes;
        return NamedLeads::new(lead, lead);
    }
    at_hour(digits(place.word(), 3)?)
}

/// `Z_NAFP_C_BABJ_…-024`, `…-02430`: hours, or hours and minutes, at the end of a name of China's.
fn cma(place: Place<'_>) -> Option<NamedLeads> {
    let is_last = place.at + 1 == place.words.len();
    if !(is_last && place.words[0] == "Z" && place.has("NAFP") && place.has("BABJ")) {
        return None;
    }
    if let Some(both) = digits(place.word(), 5) {
        let (hours, minutes) = (both / 100, both % 100);
        return (minutes < 60).then(|| NamedLeads::new(hours * 60 + minutes, hours * 60 + minutes))?;
    }
    at_hour(digits(place.word(), 3)?)
}

/// `FH03-39` (hours), `FH0000-0100` (hours and minutes), `FD0512` (days and hours): Japan.
fn jma(place: Place<'_>) -> Option<NamedLeads> {
    let word = place.word();
    let (unit, first) = word.split_at_checked(2)?;
    let minutes = |text: &str| match (unit, text.len()) {
        ("FH", 2 | 3) => Some(digits(text, text.len())? * 60),
        ("FH", 4) => digits(text, 4).filter(|both| both % 100 < 60).map(|both| both / 100 * 60 + both % 100),
        ("FD", 4) => {
            digits(text, 4).filter(|both| both % 100 < 24).map(|both| (both / 100 * 24 + both % 100) * 60)
        }
        _ => None,
    };
    let last = place.after();
    let is_span = last.len() == first.len() && digits(last, last.len()).is_some();
    NamedLeads::new(minutes(first)?, minutes(if is_span { last } else { first })?)
}
