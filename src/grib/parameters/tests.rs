//! Tables are whole, and names follow centre, level, statistics and version.

use super::facts::SectionOffsets;
use super::*;
use crate::domain::octets::ByteRange;

/// Facts of edition 2 on a surface, of a centre.
fn facts(centre: u16, numbers: (u8, u8, u8), level: Level) -> Facts {
    let mut facts = Facts::of(2, (centre, 0), Identity::new(numbers.0, numbers.1, numbers.2));
    facts.note_level(level);
    facts.set(Key::Version, 1);
    facts
}

fn name(facts: &Facts) -> Option<&'static str> {
    find(facts).map(|parameter| parameter.short)
}

/// Section 4 of template 4.8 on a surface, with one time range.
fn section_of_sum(level: (u8, u8, u32), statistic: u8, hours: u32) -> Vec<u8> {
    let mut section = vec![0, 0, 0, 58, 4, 0, 0, 0, 8, 0, 0, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];
    section.extend([level.0, level.1]);
    section.extend(level.2.to_be_bytes());
    section.extend([255; 6]);
    section.extend([7, 234, 1, 1, 6, 0, 0, 1, 0, 0, 0, 0, statistic, 2, 1]);
    section.extend(hours.to_be_bytes());
    section.extend([255, 0, 0, 0, 0]);
    section
}

fn facts_of_sum(numbers: (u8, u8, u8), level: (u8, u8, u32), (statistic, hours): (u8, u32)) -> Facts {
    let mut facts = Facts::of(2, (85, 0), Identity::new(numbers.0, numbers.1, numbers.2));
    let places = SectionOffsets { surfaces: Some(23), end: Some(35) };
    facts.note_product(&section_of_sum(level, statistic, hours), 8, places);
    facts
}

#[test]
fn every_line_of_every_table_is_read() {
    for lazy in EDITION1.iter().chain(&EDITION2).chain([&EDITION2_OLDER]) {
        let lines = lazy.text.lines().filter(|line| !line.starts_with('#')).count();
        assert!(lines > 0, "{}", lazy.text.lines().next().unwrap_or_default());
        assert_eq!(lazy.table().rows().len(), lines, "{}", lazy.text.lines().next().unwrap_or_default());
    }
}

#[test]
fn every_table_stands_under_the_number_of_its_centre_and_tells_its_licence() {
    for lazy in EDITION1.iter().chain(&EDITION2) {
        let head: Vec<&str> = lazy.text.lines().take(4).collect();
        let centre = if lazy.centre == 0 { "WMO".to_owned() } else { format!("centre {} (", lazy.centre) };
        assert!(head[0].contains(&centre), "{head:?}");
        assert!(head.iter().any(|line| line.contains("ecCodes")), "{head:?}");
        assert!(head.iter().any(|line| line.contains("Apache License 2.0")), "{head:?}");
    }
}

#[test]
fn a_name_depends_on_the_level_and_on_its_value_however_it_is_scaled() {
    let at = |level| name(&facts(85, (0, 0, 0), level));
    assert_eq!(at(Level::with(103, 2.0)), Some("2t"));
    assert_eq!(at(Level::with(100, 85_000.0)), Some("t"));
    assert_eq!(at(Level::with(103, 100.0)), Some("t"));
    assert_eq!(name(&facts(85, (0, 2, 2), Level::with(103, 10.0))), Some("10u"));
    assert_eq!(name(&facts(85, (0, 3, 0), Level::plain(1))), Some("sp"));
    assert_eq!(name(&facts_of_sum((0, 0, 0), (103, 1, 20), (2, 6))), Some("mx2t6"), "20 tenths are 2 m");
}

#[test]
fn a_name_depends_on_how_an_interval_was_made_one_value() {
    let rain = |statistic, hours| name(&facts_of_sum((0, 1, 52), (1, 0, 0), (statistic, hours)));
    assert_eq!((rain(1, 6), rain(0, 6)), (Some("tp"), Some("tprate")));
    assert_eq!(name(&facts(85, (0, 1, 52), Level::plain(1))), Some("tprate"));
    let of_layer = facts_of_sum((0, 1, 52), (103, 0, 0), (1, 3));
    assert_eq!(name(&of_layer), Some("tp"), "a sum of the rate is an amount on any surface");
    let gust = |statistic, hours| name(&facts_of_sum((0, 2, 22), (103, 0, 10), (statistic, hours)));
    assert_eq!(gust(2, 3), Some("10fg3"));
}

#[test]
fn numbers_that_wmo_leaves_to_the_centres_mean_what_each_centre_says() {
    let rain = |centre| {
        let mut facts = facts(centre, (0, 1, 193), Level::plain(1));
        facts.set(Key::Statistic, 1);
        name(&facts)
    };
    assert_eq!((rain(98), rain(NCEP)), (Some("tp"), Some("cfrzr")));
    for unknown in [34, 54, 85, 74, 999] {
        assert_eq!(rain(unknown), None, "centre {unknown}");
    }
    let cloud = |centre| name(&facts(centre, (0, 6, 193), Level::plain(1)));
    assert_eq!((cloud(98), cloud(NCEP), cloud(34)), (Some("lcc"), Some("cwork"), None));
}

#[test]
fn a_number_of_a_table_version_has_no_name_in_another_version() {
    let mut albedo = facts(98, (0, 19, 192), Level::plain(1));
    assert_eq!(name(&albedo), Some("asn"));
    albedo.set(Key::Version, 0);
    assert_eq!(name(&albedo), None);
}

#[test]
fn edition_1_follows_the_table_version_of_its_centre() {
    let name = |(centre, sub_centre), table, number, (kind, level): (u8, u8)| {
        let identity = Identity::new(Identity::NO_DISCIPLINE, table, number);
        let mut facts = Facts::of(1, (centre, sub_centre), identity);
        facts.note_edition1((kind, [0, level]), 0);
        find(&facts).map(|parameter| parameter.short)
    };
    assert_eq!(name((7, 0), 2, 11, (105, 2)), Some("2t"));
    assert_eq!(name((7, 0), 2, 61, (1, 0)), Some("tp"));
    assert_eq!(name((98, 0), 128, 167, (1, 0)), Some("2t"));
    assert_eq!(name((7, 98), 128, 167, (1, 0)), Some("2t"), "ECMWF's tables are used by its sub-centres");
    assert_eq!(name((7, 0), 128, 167, (1, 0)), None, "the table of another centre");
}

#[test]
fn a_short_name_tells_its_numbers_where_only_one_parameter_has_it() {
    let two_metres = Some(Level::with(Level::ABOVE_GROUND, 2.0));
    assert_eq!(identity_of_short("2t"), Some((Some(Identity::new(0, 0, 0)), two_metres)));
    assert_eq!(identity_of_short("t"), Some((Some(Identity::new(0, 0, 0)), None)));
    assert_eq!(identity_of_short("tp").map(|(identity, _)| identity), Some(None), "several are called so");
    assert_eq!(identity_of_short("no such name"), None);
}

#[test]
fn the_meaning_of_a_field_is_told_in_words_and_units() {
    let range = ByteRange::new(0, 1).expect("not empty");
    let identity = Some(Identity::new(0, 0, 0));
    let field = Field { edition: 2, identity, param: Some("2t".into()), ..Field::at(1, range) };
    let meaning = meaning_of(&field).expect("a known name");
    assert_eq!((meaning.name, meaning.units), ("2 metre temperature", "K"));
    assert_eq!(meaning_of(&Field { param: None, ..field }), None);
}
