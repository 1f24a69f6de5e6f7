//! The house keeps its plan: who may use whom, which crates stay where, and how its parts are shaped.
//!
//! In: every `src/**/*.rs`, parsed. Out: one failure a rule that lists every breach, where it is and what to do. The table
//! in [`layers`] is the document of record; the crate documentation in `lib.rs` shows the same. What does not keep to the
//! plan yet stands in [`ratchets`]. Each rule proves in its own file, on made sources, that it can fail.

mod circles;
mod house;
mod layers;
mod lengths;
mod mentions;
mod ratchets;
mod shapes;
mod wildcards;

use house::{Breach, House};
use std::path::Path;

fn house() -> House {
    House::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
}

fn assert_none(breaches: &[Breach]) {
    let told: Vec<_> = breaches.iter().map(|breach| format!("{}: {}", breach.at, breach.what)).collect();
    assert!(told.is_empty(), "{} breaches\n{}", told.len(), told.join("\n"));
}

#[test]
fn a_folder_names_only_folders_and_crates_that_the_table_allows() {
    assert_none(&layers::breaches(&house()));
}

#[test]
fn no_match_arm_takes_the_rest_of_the_commands_events_queries_facts_or_orders() {
    assert_none(&wildcards::breaches(&house(), ratchets::WILDCARDS));
}

#[test]
fn no_folders_use_each_other_in_a_circle_but_those_that_are_known() {
    assert_none(&circles::breaches(&house(), ratchets::CIRCLES));
}

#[test]
fn no_type_has_more_than_twenty_methods_but_those_that_are_known() {
    assert_none(&shapes::methods(&house(), ratchets::METHODS));
}

#[test]
fn no_function_takes_a_tuple_of_more_than_two_parts_but_those_that_are_known() {
    assert_none(&shapes::tuples(&house(), ratchets::TUPLES));
}

#[test]
fn no_more_names_of_types_are_used_twice_than_are_known() {
    assert_none(&shapes::names(&house(), ratchets::TWICE));
}

#[test]
fn a_file_says_what_it_is_for_is_not_long_and_the_engine_keeps_its_share() {
    assert_none(&lengths::breaches(&house(), ratchets::MOST_OF_ENGINE));
}
