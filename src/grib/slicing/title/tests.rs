//! What slices are called.

use super::super::plan;
use super::*;
use crate::domain::field::{Identity, Level};
use crate::domain::octets::ByteRange;
use std::borrow::Cow;

fn a_field(number: u32, (param, pascal, hours): (&str, f64, i64)) -> Field {
    let start = u64::from(number) * 100;
    let range = ByteRange::new(start, start + 100).expect("not empty");
    Field {
        edition: 2,
        lead: Some(LeadTime::from_hours(hours)),
        level: Some(Level::with(Level::ISOBARIC, pascal)),
        param: Some(Cow::Owned(param.to_owned())),
        ..Field::at(number + 1, range)
    }
}

fn a_file() -> GribIndex {
    let rows = (0..9).flat_map(|hour| ["x1", "x2", "x3"].map(|name| (name, 50_000.0, hour)));
    let fields = (0..).zip(rows).map(|(number, row)| a_field(number, row)).collect();
    GribIndex { fields, ..GribIndex::default() }
}

fn name_of_choice(index: &GribIndex, words: [Option<&str>; 3]) -> String {
    let selection = Selection::of_words(words).expect("a selection");
    plan(index, &selection).expect("fields").title.name_out_of("run.grib2")
}

#[test]
fn lead_times_parameters_and_levels_stand_in_the_name() {
    let name = |words| name_of_choice(&a_file(), words);
    assert_eq!(name([Some("6"), Some("x1"), Some("500hPa")]), "run.lead006h.x1-500hPa.grib2");
    assert_eq!(name([Some("3..5"), None, None]), "run.lead003h-005h.grib2");
    assert_eq!(name([Some("3,6"), Some("x2,x1"), None]), "run.lead003h+006h.x1+x2.grib2");
    assert_eq!(name([None, Some("air=x1|x2"), None]), "run.air.grib2");
    assert_eq!(name([None, None, Some("500hPa")]), "run.500hPa.grib2");
}

#[test]
fn different_choices_never_have_one_name() {
    let index = a_file();
    let params = [None, Some("x1"), Some("x2"), Some("x1,x2"), Some("set=x1|x3"), Some("x1,x2,x3")];
    let leads =
        [None, Some("6"), Some("0..8"), Some("0..8/2"), Some("0..8/4"), Some("1..7"), Some("0,1,2,4,6,8")];
    let mut seen = std::collections::BTreeMap::new();
    for words in leads.iter().flat_map(|lead| params.iter().map(move |param| [*lead, *param, None])) {
        let selection = Selection::of_words(words).expect("a selection");
        let slices = plan(&index, &selection).expect("fields");
        let name = slices.title.name_out_of("run.grib2").to_lowercase();
        let places: Vec<u64> = slices.messages.iter().map(|message| message.range.start()).collect();
        let before = seen.insert(name.clone(), places.clone());
        assert!(before.is_none_or(|before| before == places), "{name} {words:?}");
    }
}

#[test]
fn a_choice_by_numbers_out_of_fields_of_one_name_is_marked() {
    let numbered =
        |number, identity| Field { identity: Some(identity), ..a_field(number, ("tp", 50_000.0, 6)) };
    let fields = vec![numbered(0, Identity::new(0, 1, 8)), numbered(1, Identity::new(0, 1, 52))];
    let index = GribIndex { fields, ..GribIndex::default() };
    let all = name_of_choice(&index, [None, Some("tp"), None]);
    let some = name_of_choice(&index, [None, Some("0/1/52"), None]);
    assert_eq!(all, "run.tp.grib2");
    assert!(some.starts_with("run.tp-") && some != all, "{some}");
}

#[test]
fn no_name_is_that_of_an_unfinished_file_unsafe_or_too_long() {
    let names: Vec<String> = (0..60).map(|number| format!("parameter{number}")).collect();
    let odd = ["tmp", "a:b/c", "..", &"é".repeat(300)];
    let all = odd.into_iter().chain(names.iter().map(String::as_str));
    let fields: Vec<Field> = (0..).zip(all).map(|(at, name)| a_field(at, (name, 50_000.0, 6))).collect();
    let index = GribIndex { fields, ..GribIndex::default() };
    assert!(name_of_choice(&index, [None, Some("tmp"), None]).starts_with("run.param-tmp-"));
    let long = names.join(",");
    for wish in ["a:b/c", "..", &long] {
        let name = name_of_choice(&index, [None, Some(wish), None]);
        assert!(name.len() <= LONGEST_NAME, "{name}");
        let is_safe = |c: char| c.is_ascii_alphanumeric() || "-_+.~".contains(c);
        assert!(name.chars().all(is_safe) && !name.contains("..") && !name.ends_with(".part"), "{name}");
    }
    let slices = plan(&index, &Selection::everything()).expect("fields");
    for (_, part) in slices.by_parameter() {
        let name = part.title.name_out_of(&format!("{}.grib2", "s".repeat(400)));
        assert!(name.len() <= LONGEST_NAME + 4, "{name}");
    }
}
