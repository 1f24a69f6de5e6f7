//! `show`: what the values of each field of a file come to.

use super::listing::{answer, field_cells, field_json, problem_json, refuse};
use super::output::{Output, OutputGone};
use super::table::{Align, Column, lay_out};
use crate::app::catalog::parameter_names::meaning_of_field;
use crate::app::inspect::shown::{ShownField, ShownValues, ValueForm};
use crate::app::jobs::view::End;
use crate::app::link::Link;
use crate::app::query::{Answer, Query};
use crate::i18n::decoding::decode_words;
use crate::i18n::problem::problem_words;
use crate::i18n::{Language, Translator};
use i18n_embed_fl::fl;
use serde_json::{Value, json};

/// Number, parameter, level, lead time, the three values, missing points, unit, and why there is no value. Without room the
/// mean goes, then the missing points.
const COLUMNS: [Column; 10] = [
    Column { align: Align::Right, goes: 0 },
    Column { align: Align::Left, goes: 0 },
    Column { align: Align::Left, goes: 0 },
    Column { align: Align::Left, goes: 0 },
    Column { align: Align::Right, goes: 0 },
    Column { align: Align::Right, goes: 0 },
    Column { align: Align::Right, goes: 2 },
    Column { align: Align::Right, goes: 1 },
    Column { align: Align::Left, goes: 0 },
    Column { align: Align::Left, goes: 0 },
];

/// Digits of a value that matter.
const DIGITS: i32 = 5;

/// Smaller numbers than this many decimals are written with a power of ten.
const MOST_DECIMALS: i32 = 8;

/// Decodes the fields of a file and prints what their values come to.
///
/// # Errors
/// When stdout cannot be written.
pub fn show(
    target: &str,
    link: &dyn Link,
    (text, output): (&Translator, &mut Output),
) -> Result<u8, OutputGone> {
    let answers = link.ask(Query::Show(target.to_owned()));
    let mut rows = Vec::new();
    let (mut failed, mut is_damaged) = (0_u64, false);
    let done = loop {
        // Without an answer the engine was told to end: what was decoded until then is printed.
        let Some(answered) = answer(&answers, (text, output)) else { break None };
        if let Answer::ShowDone(done) = answered {
            break Some(done);
        }
        let Answer::Shown(shown) = answered else { continue };
        if let Err(error) = &shown.values {
            failed += 1;
            is_damaged |= !error.is_unread();
        }
        if output.is_json() {
            output.json(&shown_json(&shown, text))?;
        }
        rows.push(cells(&shown, text));
    };
    if !output.is_json() && !rows.is_empty() {
        print(&rows, (text, output))?;
        output.say(&fl!(
            text.loader,
            "cli-show-summary",
            n = rows.len(),
            fields = text.count(rows.len() as u64),
            failed = text.count(failed)
        ));
    }
    let problems = match done {
        None => return Ok(End::Interrupted.exit_code()),
        Some(Err(message)) => return refuse(&message, (text, output)),
        Some(Ok(problems)) => problems,
    };
    for problem in &problems {
        output.json(&problem_json(problem))?;
        if !output.is_json() {
            output.say(&problem_words(text, problem));
        }
    }
    let is_sound = !is_damaged && (!rows.is_empty() || problems.is_empty());
    Ok(if is_sound { End::Done } else { End::Unsound }.exit_code())
}

fn print(rows: &[Vec<String>], (text, output): (&Translator, &mut Output)) -> Result<(), OutputGone> {
    let heads = fl!(text.loader, "cli-show-heads");
    let heads: Vec<String> = heads.split(", ").map(str::to_owned).collect();
    let all: Vec<Vec<String>> = std::iter::once(heads).chain(rows.iter().cloned()).collect();
    let table = lay_out(&COLUMNS, &all, output.width());
    table.lines.iter().try_for_each(|line| output.line(line))?;
    if !table.gone.is_empty() {
        output.say(&fl!(text.loader, "cli-index-narrow"));
    }
    Ok(())
}

fn cells(shown: &ShownField, text: &Translator) -> Vec<String> {
    let [number, _, _, lead, name, level] = field_cells(&shown.field, text);
    let units = meaning_of_field(&shown.field).map_or("", |(_, units)| units).to_owned();
    let values = match &shown.values {
        Ok(ShownValues { statistics, .. }) => match statistics.range {
            Some(range) => {
                let numbers = [f64::from(range.least), f64::from(range.greatest), range.mean];
                let largest = numbers.iter().fold(0.0, |largest, number| number.abs().max(largest));
                let [least, greatest, mean] = numbers.map(|number| value(number, largest, text));
                [least, greatest, mean, text.count(statistics.missing), units, String::new()]
            }
            None => {
                let missing = text.count(statistics.missing);
                let note = fl!(text.loader, "cli-show-all-missing");
                [String::new(), String::new(), String::new(), missing, units, note]
            }
        },
        Err(error) => {
            let note = decode_words(text, error);
            [String::new(), String::new(), String::new(), String::new(), units, note]
        }
    };
    [number, name, level, lead].into_iter().chain(values).collect()
}

/// A value beside others of which that is the largest.
fn value(number: f64, largest: f64, text: &Translator) -> String {
    if largest == 0.0 || !largest.is_finite() {
        return text.decimal(number, 0);
    }
    let decimals = DIGITS - 1 - largest.log10().floor() as i32;
    if !(-DIGITS..=MOST_DECIMALS).contains(&decimals) {
        let plain = format!("{number:.*e}", DIGITS as usize - 1);
        return if text.language() == Language::French { plain.replace('.', ",") } else { plain };
    }
    text.decimal(number, decimals.max(0) as u8)
}

fn shown_json(shown: &ShownField, text: &Translator) -> Value {
    let mut object = field_json(&shown.field);
    let meaning = meaning_of_field(&shown.field);
    let name = meaning.as_ref().map(|((english, french), _)| match text.language() {
        Language::English => english,
        Language::French => french,
    });
    object["name"] = json!(name);
    object["units"] = json!(meaning.as_ref().map(|(_, units)| units).filter(|units| !units.is_empty()));
    match &shown.values {
        Ok(ShownValues { statistics, form, grid }) => {
            object["points"] = json!(statistics.points);
            object["missing"] = json!(statistics.missing);
            object["min"] = json!(statistics.range.map(|range| range.least));
            object["max"] = json!(statistics.range.map(|range| range.greatest));
            object["mean"] = json!(statistics.range.map(|range| range.mean));
            object["constant"] = json!(*form == ValueForm::Constant);
            object["grid"] = json!(grid);
        }
        Err(error) => {
            object["error"] = json!(error.to_string());
            object["is_damaged"] = json!(!error.is_unread());
        }
    }
    object
}
