//! Fields in every packing, made with ecCodes of one function; and damage.

use super::decoding::{decode, memory_of, points_of};
use super::error::DecodeError;
use super::grid::{FieldGrid, GridPosition};
use super::limits::DecodeLimits;
use super::message::{FieldSections, fields_of};
use super::statistics::FieldStatistics;
use super::values::FieldValues;
use crate::domain::octets::ByteCount;
use crate::domain::tests::mutate;

/// A message of `tests/fixtures/fields`.
macro_rules! made {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_bytes!(concat!("../../tests/fixtures/fields/", $name)))),*]
    };
}

/// 108 points of [`made_value`], in each packing.
const WHOLE: &[(&str, &[u8])] = made![
    "simple.grib2",
    "complex.grib2",
    "complex_spatial_differencing.grib2",
    "ieee.grib2",
    "jpeg.grib2",
    "png.grib2",
    "ccsds.grib2",
    "simple_log_preprocessing.grib2",
    "simple.grib1",
    "second_order.grib1",
    "second_order_no_SPD.grib1",
    "second_order_SPD1.grib1",
    "second_order_SPD3.grib1",
];

/// The same with every fifth point missing.
const HOLED: &[(&str, &[u8])] = made![
    "simple_bitmap.grib2",
    "complex_bitmap.grib2",
    "complex_spatial_differencing_bitmap.grib2",
    "jpeg_bitmap.grib2",
    "png_bitmap.grib2",
    "ccsds_bitmap.grib2",
    "simple_bitmap.grib1",
    "second_order_bitmap.grib1",
];

/// 108 points, each seven times one of 0 to 5, of which 0 is missing.
const RUNS: &[u8] = include_bytes!("../../tests/fixtures/fields/run_length.grib2");

/// So far a packed value of 12 bits, or its logarithm, lies from what was packed.
const PACKED: f64 = 0.01;

fn made_value(point: usize) -> f64 {
    280.0 + 10.0 * (point as f64 * 0.7).sin() + 0.25 * (point % 12) as f64
}

fn decoded(message: &[u8]) -> Result<FieldValues, DecodeError> {
    decode(&FieldSections::of(message, 1)?, &DecodeLimits::default())
}

/// Where the section of that number begins in a message of edition 2.
fn section_at(message: &[u8], number: u8) -> usize {
    let mut at = 16;
    while message[at + 4] != number {
        at += u32::from_be_bytes(message[at..at + 4].try_into().expect("four octets")) as usize;
    }
    at
}

/// The message with other octets in a section; octets are counted from 1.
fn with(message: &[u8], (section, octet): (u8, usize), octets: &[u8]) -> Vec<u8> {
    let mut changed = message.to_vec();
    let at = section_at(message, section) + octet - 1;
    changed[at..at + octets.len()].copy_from_slice(octets);
    changed
}

fn message_of(name: &str) -> &'static [u8] {
    let found = WHOLE.iter().chain(HOLED).find(|(own, _)| *own == name);
    found.expect("a message of that name").1
}

#[test]
fn every_packing_holds_what_was_packed() {
    for (name, message) in WHOLE.iter().chain(HOLED) {
        let values = decoded(message).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(values.len(), 108, "{name}");
        for (point, value) in values.iter().enumerate() {
            if name.contains("bitmap") && point % 5 == 0 {
                assert!(value.is_nan(), "{name}: point {point} has a value");
            } else {
                let far = (f64::from(value) - made_value(point)).abs();
                assert!(far < PACKED, "{name}: point {point} is {value}, not {}", made_value(point));
            }
        }
    }
}

#[test]
fn runs_hold_their_levels_and_level_nought_is_missing() {
    let values = decoded(RUNS).expect("runs");
    let levels = [f32::NAN, 0.5, 1.0, 2.0, 5.0, 10.0];
    for (point, value) in values.iter().enumerate() {
        let wanted = levels[point / 7 % 6];
        let is_level = (value - wanted).abs() < 1e-6 || (value.is_nan() && wanted.is_nan());
        assert!(is_level, "point {point} is {value}, not {wanted}");
    }
}

#[test]
fn a_field_of_no_bits_is_one_number_however_many_points_it_has() {
    let simple = with(message_of("simple.grib2"), (5, 20), &[0]);
    let many = 3_000_000_000_u32.to_be_bytes();
    let constant = with(&with(&simple, (5, 6), &many), (3, 7), &many);
    let values = decoded(&constant).expect("a constant");
    assert!(matches!(values, FieldValues::Constant { points: 3_000_000_000, .. }), "{values:?}");
    let statistics = FieldStatistics::of(&values);
    assert_eq!((statistics.points, statistics.missing), (3_000_000_000, 0));
}

#[test]
fn a_field_larger_than_the_limit_is_refused_before_anything_is_allocated() {
    let many = 70_000_000_u32.to_be_bytes();
    for name in ["simple.grib2", "complex.grib2", "jpeg.grib2", "png.grib2", "ccsds.grib2"] {
        let large = with(&with(message_of(name), (5, 6), &many), (3, 7), &many);
        let wanted = DecodeError::TooManyPoints { points: 70_000_000, most: 60_000_000 };
        assert_eq!(decoded(&large), Err(wanted), "{name}");
    }
    let field = FieldSections::of(message_of("jpeg.grib2"), 1).expect("a field");
    assert_eq!(memory_of(&field), Ok(ByteCount(108 * 16)));
}

#[test]
fn columns_and_rows_that_are_not_the_points_are_no_grid() {
    let huge = with(message_of("simple.grib2"), (3, 31), &[0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0xFF, 0xFF, 0xFE]);
    let field = FieldSections::of(&huge, 1).expect("a field");
    assert!(matches!(FieldGrid::of(&field), Err(DecodeError::Contradiction(_))));
}

#[test]
fn a_bitmap_that_lies_is_an_error() {
    let holed = message_of("simple_bitmap.grib2");
    let lying = with(holed, (6, 7), &[0xFF]);
    assert!(matches!(decoded(&lying), Err(DecodeError::Contradiction(_))), "{:?}", decoded(&lying));
    let repeated = with(holed, (6, 6), &[254]);
    assert!(matches!(decoded(&repeated), Err(DecodeError::Contradiction(_))));
    assert_eq!(decoded(&with(holed, (6, 6), &[7])), Err(DecodeError::PredefinedBitmap(7)));
}

#[test]
fn a_bitmap_is_repeated_by_the_next_field_of_the_message() {
    let holed = message_of("simple_bitmap.grib2");
    let (fourth, sixth) = (section_at(holed, 4), section_at(holed, 6));
    let seventh = section_at(holed, 7);
    let again = [&holed[fourth..sixth], &[0, 0, 0, 6, 6, 254], &holed[seventh..]].concat();
    let both = [&holed[..holed.len() - 4], &again].concat();
    let fields: Vec<_> = fields_of(&both).expect("a message").collect();
    assert_eq!(fields.len(), 2);
    let [first, second] = [0, 1].map(|n| {
        let field = fields[n].as_ref().expect("sections");
        let values = decode(field, &DecodeLimits::default()).expect("values");
        values.iter().map(f32::to_bits).collect::<Vec<_>>()
    });
    assert_eq!(first, second);
}

#[test]
fn an_image_without_values_is_all_missing() {
    let holed = message_of("jpeg_bitmap.grib2");
    let sixth = section_at(holed, 6);
    let mut none = with(holed, (5, 6), &[0; 4]);
    none[sixth + 6..sixth + 6 + 14].fill(0);
    let values = decoded(&none).expect("nothing");
    assert_eq!(FieldStatistics::of(&values).missing, 108);
}

#[test]
fn a_template_that_is_not_read_is_named_and_its_grid_is_told() {
    let unread = with(message_of("simple.grib2"), (5, 10), &50_001_u16.to_be_bytes());
    assert_eq!(decoded(&unread), Err(DecodeError::Packing(50_001)));
    assert_eq!(decoded(&with(&unread, (5, 10), &51_u16.to_be_bytes())), Err(DecodeError::Spectral));
    let field = FieldSections::of(&unread, 1).expect("a field");
    let place = FieldGrid::of(&field).expect("a grid").position(13);
    assert_eq!(place, Some(GridPosition { latitude: 49.0, longitude: 356.0 }));
}

#[test]
fn decoding_is_given_up_when_nobody_waits_for_it() {
    for (name, message) in WHOLE {
        let field = FieldSections::of(message, 1).expect("a field");
        let given_up = decode(&field, &DecodeLimits::default().until(&|| true));
        assert_eq!(given_up, Err(DecodeError::GivenUp), "{name}");
    }
}

#[test]
fn an_image_in_more_parts_than_anybody_needs_is_refused() {
    let jpeg = message_of("jpeg.grib2");
    let at = jpeg.windows(4).position(|four| four == [0xFF, 0x4F, 0xFF, 0x51]).expect("a codestream");
    let mut tiles = jpeg.to_vec();
    // Tiles of one point, in an image of as many points as a field may have.
    tiles[at + 8..at + 16].copy_from_slice(&[0, 0, 0x1B, 0x58, 0, 0, 0x1B, 0x58]);
    tiles[at + 24..at + 32].copy_from_slice(&[0, 0, 0, 1, 0, 0, 0, 1]);
    let many = 49_000_000_u32.to_be_bytes();
    let bomb = with(&with(&tiles, (5, 6), &many), (3, 7), &many);
    assert_eq!(decoded(&bomb), Err(DecodeError::Image("too many tiles".to_owned())));
}

#[test]
fn damaged_messages_do_no_harm() {
    let seeds: Vec<Vec<u8>> =
        WHOLE.iter().chain(HOLED).map(|(_, message)| message.to_vec()).chain([RUNS.to_vec()]).collect();
    mutate(&seeds, look_at);
}

/// Damage that keeps every length, so that the packings themselves meet it.
#[test]
fn damaged_numbers_of_each_packing_do_no_harm() {
    let count = std::env::var("NUEE_MUTATIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(500_u64);
    for (name, message) in WHOLE.iter().chain(HOLED).chain([&("run_length.grib2", RUNS)]) {
        for case in 0..count {
            let mut random = fastrand::Rng::with_seed(case);
            let mut octets = message.to_vec();
            for _ in 0..random.usize(1..5) {
                let at = random.usize(8..octets.len() - 4);
                octets[at] = match random.u8(..4) {
                    0 => octets[at] ^ 1 << random.u8(..8),
                    1 => random.u8(..),
                    2 => u8::MAX,
                    _ => 0,
                };
            }
            let begin = std::time::Instant::now();
            look_at(&octets);
            assert!(begin.elapsed().as_secs() < 5, "{name}: case {case} took {:?}", begin.elapsed());
        }
    }
}

fn look_at(octets: &[u8]) {
    let Ok(fields) = fields_of(octets) else { return };
    // What a debug build decodes in a moment.
    let limits = DecodeLimits::default().with_points(1 << 20);
    for field in fields.flatten() {
        if let Ok(values) = decode(&field, &limits) {
            assert_eq!(points_of(&field), Ok(values.len()));
            if values.len() <= 1 << 20 {
                assert!(FieldStatistics::of(&values).missing <= values.len());
            }
        }
        if let Ok(grid) = FieldGrid::of(&field) {
            let points = points_of(&field).unwrap_or(0);
            for index in [0, points / 2, points.saturating_sub(1), points] {
                let place = grid.position(index);
                assert!(
                    place.is_none_or(|place| place.longitude.is_nan() || place.longitude < 360.0),
                    "{place:?}"
                );
            }
        }
    }
}
