//! What fits, what does not, and why.

use super::*;
use crate::domain::field::Identity;
use crate::domain::lead_time::LeadTime;
use crate::domain::utc::UtcTime;
use crate::grib::sidecar;
use std::borrow::Cow;

fn range(start: u64, end: u64) -> ByteRange {
    ByteRange::new(start, end).expect("not empty")
}

/// Temperature at 2 m, six hours ahead.
fn a_field(start: u64, end: u64) -> Field {
    Field {
        edition: 2,
        identity: Some(Identity::new(0, 0, 0)),
        reference_time: Some(UtcTime::default()),
        lead: Some(LeadTime::from_hours(6)),
        level: Some(Level::with(Level::ABOVE_GROUND, 2.0)),
        param: Some(Cow::Borrowed("2t")),
        ..Field::at(1, range(start, end))
    }
}

fn index_of(fields: &[Field]) -> GribIndex {
    GribIndex { fields: fields.to_vec(), ..GribIndex::default() }
}

fn chosen(fields: &[Field]) -> Vec<ChosenMessage> {
    slicing::plan(&index_of(fields), &Selection::everything()).expect("fields").messages
}

fn read(text: &str, length: u64) -> GribIndex {
    sidecar::read(text.as_bytes(), Some(length)).expect("an index")
}

#[test]
fn each_thing_that_differs_is_named_and_what_is_not_told_is_not() {
    let told = Field { edition: 0, ..a_field(0, 100) };
    let differs = |found: Field| match contradiction(&told, &found) {
        Some(Misfit::OtherField { what, .. }) => Some(what),
        _ => None,
    };
    let truth = a_field(0, 100);
    assert_eq!(differs(truth.clone()), None);
    assert_eq!(
        differs(Field { lead: Some(LeadTime::from_hours(12)), ..truth.clone() }),
        Some(Attribute::LeadTime)
    );
    assert_eq!(
        differs(Field { reference_time: UtcTime::from_unix_seconds(3600), ..truth.clone() }),
        Some(Attribute::Run)
    );
    let dew_point =
        Field { identity: Some(Identity::new(0, 0, 6)), param: Some("2d".into()), ..truth.clone() };
    assert_eq!(differs(dew_point), Some(Attribute::Parameter));
    let higher = Field { level: Some(Level::with(Level::ABOVE_GROUND, 10.0)), ..truth.clone() };
    assert_eq!(differs(higher), Some(Attribute::Level));
    assert_eq!(differs(Field { lead: None, level: None, ..truth.clone() }), None);
    let members = (Field { member: Some(-3), ..told.clone() }, Field { member: Some(4), ..truth });
    assert!(matches!(
        contradiction(&members.0, &members.1),
        Some(Misfit::OtherField { what: Attribute::Member, .. })
    ));
}

#[test]
fn a_name_of_no_table_is_taken_over_from_the_index() {
    let told = Field { identity: None, param: Some("newest".into()), edition: 0, ..a_field(0, 100) };
    let truth = Field { identity: Some(Identity::new(0, 191, 250)), param: None, ..a_field(0, 100) };
    let confirmed = confirm(&chosen(&[told]), &index_of(&[truth])).expect("nothing against it");
    assert_eq!(confirmed.fields[0].param.as_deref(), Some("newest"));
}

#[test]
fn a_message_elsewhere_or_of_another_length_is_a_misfit() {
    let told = chosen(&[a_field(0, 200)]);
    let found = |fields: &[Field]| confirm(&told, &index_of(fields)).map(|_| ());
    assert_eq!(found(&[a_field(10, 200)]), Err(Misfit::NoMessage { at: 0 }));
    assert_eq!(found(&[a_field(0, 120)]), Err(Misfit::OtherLength { at: 0, told: 200, found: 120 }));
    let padded = confirm(&told, &index_of(&[a_field(0, 190)])).expect("padding behind it");
    assert_eq!(padded.fields[0].range, range(0, 190), "what stands behind the message is left");
}

#[test]
fn fields_of_one_message_fit_in_any_order_and_each_only_once() {
    let wind = |number, category_number| Field {
        field: number,
        identity: Some(Identity::new(0, 2, category_number)),
        param: None,
        ..a_field(0, 300)
    };
    let told = chosen(&[wind(1, 3), wind(2, 2)]);
    assert!(confirm(&told, &index_of(&[wind(1, 2), wind(2, 3)])).is_ok());
    assert!(confirm(&told, &index_of(&[wind(1, 2), wind(2, 2)])).is_err());
}

#[test]
fn an_index_covers_its_file_or_the_place_is_named() {
    let fields = [a_field(0, 100), a_field(100, 300)];
    assert_eq!(covers(&index_of(&fields), 300), Ok(()));
    assert_eq!(covers(&index_of(&fields), 340), Ok(()), "padding");
    assert_eq!(covers(&index_of(&fields), 900), Err(Misfit::LeavesOut { from: 300, to: 900 }));
    assert_eq!(covers(&index_of(&fields[1..]), 300), Err(Misfit::LeavesOut { from: 0, to: 100 }));
    let overlapping = [a_field(0, 100), a_field(60, 300)];
    assert_eq!(covers(&index_of(&overlapping), 300), Err(Misfit::Overlaps { at: 60 }));
    let unreadable = "1:0:d=2026010100:TMP:2 m above ground:6 hour fcst:\n2:40:d=20260\n";
    assert_eq!(covers(&read(unreadable, 300), 300), Err(Misfit::UnreadableLine { line: 2 }));
    let outside = "1:0:d=2026010100:TMP:2 m above ground:6 hour fcst:\n\
                   2:100:d=2026010100:TMP:850 mb:6 hour fcst:\n\
                   3:400:d=2026010100:TMP:500 mb:6 hour fcst:\n";
    assert!(matches!(covers(&read(outside, 300), 300), Err(Misfit::OutOfFile { .. })));
}

#[test]
fn the_last_message_ends_after_its_own_length_and_not_with_the_file() {
    let text =
        "1:0:d=2026010100:TMP:2 m above ground:6 hour fcst:\n2:100:d=2026010100:TMP:500 mb:6 hour fcst:\n";
    let mut index = read(text, 1_000);
    assert_eq!((index.open_end, index.fields[1].range), (Some(100), range(100, 1_000)));
    index.close(150);
    assert_eq!((index.open_end, index.fields[1].range), (None, range(100, 250)));
    assert_eq!(covers(&index, 1_000), Err(Misfit::LeavesOut { from: 250, to: 1_000 }));
}

#[test]
fn the_head_of_a_message_tells_its_length() {
    assert_eq!(length_in_head(b"GRIB\0\0\0\x02\0\0\0\0\0\0\x01\0"), Some(256));
    assert_eq!(length_in_head(b"GRIB\0\x01\0\x01........"), Some(256));
    assert_eq!(length_in_head(b"GRIB\x80\x01\0\x01........"), None, "counted in another unit");
    assert_eq!(length_in_head(b"TEXT\0\0\0\x02\0\0\0\0\0\0\x01\0"), None);
    assert_eq!(length_in_head(b"GRIB"), None);
}

#[test]
fn what_an_index_does_not_tell_counts_only_when_it_is_chosen_by() {
    let odd = "1:0:d=2026010100:unknown:2 m above ground:0-1 month ave fcst:\n\
               2:100:d=2026010100:TMP:500 mb:6 hour fcst:\n";
    let index = read(odd, 300);
    let untold =
        |words: [Option<&str>; 3]| tells(&index, &Selection::of_words(words).expect("a selection")).err();
    assert_eq!(untold([None, Some("t"), None]), Some(Misfit::Untold { what: Attribute::Parameter }));
    assert_eq!(untold([Some("6"), None, None]), Some(Misfit::Untold { what: Attribute::LeadTime }));
    assert_eq!(untold([None, None, Some("500hPa")]), None);
    assert_eq!(untold([Some("6"), None, Some("500hPa")]), None, "what is not told is on another level");
}

#[test]
fn short_words_of_wgrib_and_numbers_of_our_index_are_read() {
    let text = "1:0:D=2014010100:TMP:2 m above gnd:kpds=11,105,2:12hr fcst:winds are N/S:\n\
                2:100:d=14010100:TMP:850 mb:anl:NAve=0\n\
                3:200:d=2014010100:APCP:surface:0-6 hour acc fcst:\n\
                4:300:d=2014010100:SOILW:0-0.1 m below ground:6 hour fcst:\n";
    let fields = read(text, 400).fields;
    let hours: Vec<i64> =
        fields.iter().filter_map(|field| field.lead).map(|lead| lead.minutes() / 60).collect();
    assert_eq!(hours, [12, 0, 6, 6]);
    assert_eq!(fields[0].reference_time, fields[1].reference_time, "years of two digits");
    assert_eq!(fields[0].level, Some(Level::with(Level::ABOVE_GROUND, 2.0)));
    let layer = (Level::with(Level::BELOW_GROUND, 0.0), Level::with(Level::BELOW_GROUND, 0.1));
    assert_eq!((fields[3].level, fields[3].level2), (Some(layer.0), Some(layer.1)));
    let ours = sidecar::slice_index(&index_of(&[Field { level: Some(Level::plain(7)), ..a_field(0, 100) }]));
    assert_eq!(read(&ours, 100).fields[0].level, Some(Level::plain(7)));
    let theirs = r#"{"levtype":"sfc","param":"tcc","step":"6","_offset":0,"_length":100}"#;
    assert_eq!(read(theirs, 100).fields[0].level, None, "no profile, and no more is told");
}
