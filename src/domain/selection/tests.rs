//! What is meant by a choice, and what of it is lacking.

use super::*;
use crate::domain::field::{Identity, Level};
use crate::domain::octets::ByteRange;
use std::collections::BTreeSet;

fn a_field(level: Level, hours: i64) -> Field {
    let range = ByteRange::new(0, 100).expect("not empty");
    Field {
        lead: Some(LeadTime::from_hours(hours)),
        level: Some(level),
        identity: Some(Identity::new(0, 0, 0)),
        ..Field::at(1, range)
    }
}

#[test]
fn a_field_is_meant_when_lead_time_parameter_and_level_are() {
    let chosen = Selection::everything().with_leads("6").and_then(|s| s.with_params("2t,10u"));
    let chosen = chosen.and_then(|s| s.with_levels("2m")).expect("a selection");
    let names = ["2t", "TMP"];
    assert!(chosen.contains(&a_field(Level::with(103, 2.0), 6), &names));
    assert!(!chosen.contains(&a_field(Level::with(103, 2.0), 7), &names));
    assert!(!chosen.contains(&a_field(Level::with(103, 10.0), 6), &names));
    assert!(!chosen.contains(&a_field(Level::with(103, 2.0), 6), &["d2m"]));
}

#[test]
fn levels_are_read_as_people_write_them() {
    let meant = |text: &str, level| {
        Selection::everything().with_levels(text).is_ok_and(|s| s.contains(&a_field(level, 0), &[]))
    };
    let isobaric = Level::with(Level::ISOBARIC, 85_000.0);
    assert!(meant("850hPa", isobaric) && meant("850 mb", isobaric) && meant("500,850", isobaric));
    assert!(meant("surface", Level::with(Level::SURFACE, 0.0)));
    assert!(meant("msl", Level::with(Level::MEAN_SEA, 0.0)));
    assert!(!meant("2m", isobaric));
    assert!(Selection::everything().with_levels("2m,,").is_err());
}

#[test]
fn a_choice_is_the_same_after_it_was_written_in_words() {
    let chosen = Selection::everything().with_leads("0..24/3").and_then(|s| s.with_params("2t,0/1/52"));
    let chosen = chosen.and_then(|s| s.with_levels("2m,850hPa,surface,msl,500,-0.1m,hybrid:3"));
    let chosen = chosen.expect("a selection");
    let [leads, params, levels] = chosen.to_words();
    let words = [leads.as_deref(), params.as_deref(), levels.as_deref()];
    assert_eq!(Selection::of_words(words), Ok(chosen));
    assert_eq!(Selection::of_words([None; 3]), Ok(Selection::everything()));
}

#[test]
fn a_parameter_may_be_named_by_its_numbers() {
    let chosen = Selection::everything().with_params("0/0/0").expect("numbers");
    assert!(chosen.contains(&a_field(Level::plain(1), 0), &[]));
}

#[test]
fn a_field_without_lead_time_is_not_meant_by_one() {
    let chosen = Selection::everything().with_leads("0").expect("a lead time");
    let unknown = Field { lead: None, ..a_field(Level::plain(1), 0) };
    assert!(!chosen.contains(&unknown, &[]));
}

fn lacking(words: [Option<&str>; 3], fields: &[(&str, Level, i64)]) -> Vec<String> {
    let selection = Selection::of_words(words).expect("a selection");
    let mut answered = Answered::of(&selection);
    for (name, level, hours) in fields {
        let field = a_field(*level, *hours);
        if selection.contains(&field, &[name]) {
            answered.note(&Wished::met_by(&selection, &field, &[name]), &field.lead.into_iter().collect());
        }
    }
    answered.lacking().into_iter().map(|wished| wished.words).collect()
}

#[test]
fn each_thing_that_was_named_and_not_found_is_lacking() {
    let there = [("2t", Level::with(103, 2.0), 6), ("10u", Level::with(103, 10.0), 6)];
    assert_eq!(lacking([Some("6"), Some("2t,10u"), Some("2m,10m")], &there), [""; 0]);
    assert_eq!(lacking([Some("6,9"), Some("2t,tp"), Some("2m,850hPa")], &there), ["tp", "850hPa", "9 h"]);
    assert_eq!(lacking([None, Some("wind=10u|10v"), None], &there), [""; 0], "a part of a set answers it");
    assert_eq!(lacking([None, Some("rain=tp|cp,10fg|i10fg"), None], &there), ["@rain", "10fg|i10fg"]);
}

#[test]
fn a_span_of_lead_times_is_wanted_to_its_end_and_in_steps_that_are_there() {
    let hours = |hours: &[i64]| hours.iter().map(|hour| ("t", Level::plain(1), *hour)).collect::<Vec<_>>();
    assert_eq!(lacking([Some("0..10"), None, None], &hours(&[0, 3, 6, 9])), [""; 0]);
    assert_eq!(lacking([Some("0..12"), None, None], &hours(&[0, 3, 6, 9])), ["12 h"]);
    assert_eq!(lacking([Some("0..9"), None, None], &hours(&[3, 6, 9])), [""; 0], "sums begin later");
    assert_eq!(lacking([Some("6..9"), None, None], &hours(&[6])), ["9 h"]);
    assert_eq!(lacking([Some("0..9/3"), None, None], &hours(&[0, 3, 9])), ["6 h"]);
}

#[test]
fn what_is_not_told_of_a_field_is_neither_meant_nor_ruled_out() {
    let chosen = Selection::of_words([Some("6"), Some("2t"), None]).expect("a selection");
    let field = a_field(Level::plain(1), 6);
    let nameless = Field { identity: None, ..field.clone() };
    assert_eq!(chosen.judge(&nameless, &[]), Judgement::Untold(Attribute::Parameter));
    assert_eq!(
        chosen.judge(&Field { lead: None, ..field.clone() }, &["2t"]),
        Judgement::Untold(Attribute::LeadTime)
    );
    assert_eq!(chosen.judge(&Field { lead: None, ..field }, &["10u"]), Judgement::NotMeant);
}

#[test]
fn members_are_chosen_by_number_and_by_role() {
    use crate::domain::field::MemberRole;
    let member = |member, role| Field { member, role: Some(role), ..a_field(Level::plain(1), 0) };
    let control = member(Some(0), MemberRole::Control);
    let third = member(Some(3), MemberRole::Perturbed);
    let mean = member(None, MemberRole::Mean);
    let chosen = |text: &str| Selection::everything().with_members(text).expect("members");
    assert!(chosen("control,2..5").contains(&control, &[]) && chosen("control,2..5").contains(&third, &[]));
    assert!(!chosen("control,2..5").contains(&mean, &[]) && chosen("mean").contains(&mean, &[]));
    let untold = a_field(Level::plain(1), 0);
    assert_eq!(chosen("3").judge(&untold, &[]), Judgement::Untold(Attribute::Member));
    assert!(!chosen("3").is_everything() && !chosen("3").is_by_lead_only());
    let words = chosen("control,2..5").member_words();
    assert_eq!(words.as_deref(), Some("control,2..5"));
}

#[test]
fn members_that_are_lacking_are_named_one_by_one() {
    let wish = Selection::everything().with_members("1..3").expect("members");
    let second = Field { member: Some(2), ..a_field(Level::plain(1), 0) };
    let mut answered = Answered::of(&wish);
    answered.note(&Wished::met_by(&wish, &second, &[]), &BTreeSet::new());
    let lacking: Vec<String> = answered.lacking().into_iter().map(|wished| wished.words).collect();
    assert_eq!(lacking, ["member1", "member3"]);
}
