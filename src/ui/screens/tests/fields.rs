//! A file that was opened: its fields, its problems, and what it is when it is no GRIB.

use crate::app::input::Action;
use crate::app::inspect::report::FieldListing;
use crate::app::inspect::{FileReading, InspectCommand, OpenedFile, OpenedPlace};
use crate::app::messages::user_message::UserMessage;
use crate::domain::field::{Field, Identity, Level};
use crate::domain::file_kind::FileKind;
use crate::domain::grid::{Grid, Projection};
use crate::domain::lead_time::LeadTime;
use crate::domain::octets::{ByteCount, ByteRange};
use crate::i18n::Language;
use crate::ui::screens::fields;
use crate::ui::testing::{Stage, a_time};
use egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable};
use std::sync::Arc;

fn a_field(message: u32, param: Option<&'static str>) -> Field {
    let start = u64::from(message) * 900_000;
    Field {
        edition: 2,
        identity: Some(Identity::new(0, 0, 0)),
        reference_time: Some(a_time()),
        lead: Some(LeadTime::from_hours(i64::from(message))),
        level: Some(Level::with(Level::ABOVE_GROUND, 2.0)),
        member: Some(4),
        grid: Some(Grid {
            projection: Projection::LatLon,
            shape: Some((1121, 717)),
            points: None,
            step: Some((25_000, 25_000)),
        }),
        param: param.map(Into::into),
        ..Field::at(message, ByteRange::new(start, start + 900_000).expect("not empty"))
    }
}

fn a_listing(count: u32) -> FieldListing {
    let fields = (1..=count).map(|message| a_field(message, Some(if message == 2 { "tp" } else { "2t" })));
    FieldListing { fields: fields.collect(), length: ByteCount(9_000_000), ..FieldListing::default() }
}

fn opened(place: OpenedPlace, reading: FileReading) -> Stage {
    let mut stage = Stage::new(Language::English);
    stage.snapshot.opened = Some(Arc::new(OpenedFile {
        number: 1,
        target: "https://data.example/arome.grib2".to_owned(),
        name: "arome.grib2".to_owned(),
        place,
        reading,
    }));
    stage
}

fn shown(stage: Stage) -> Harness<'static, Stage> {
    let mut harness = stage.show(fields::View::default(), fields::show);
    harness.run_steps(3);
    harness
}

#[test]
fn a_field_is_said_with_name_unit_level_lead_time_and_member() {
    let mut listing = a_listing(3);
    listing.fields[2].param = None;
    let harness = shown(opened(OpenedPlace::Disk, FileReading::Fields(Arc::new(listing))));
    harness.get_by_label_contains(
        "2t, Temperature at 2 m, unit K, level 2m, lead time 1 h, member 4, grid 1121 × 717 · 0.025°",
    );
    harness.get_by_label_contains("0/0/0, 0/0/0, unit –, level 2m, lead time 3 h");
    harness.get_by_label_contains("3 fields · 9");
}

#[test]
fn fields_are_found_by_what_they_are_called_and_rows_out_of_sight_are_not_drawn() {
    let mut stage = opened(OpenedPlace::Disk, FileReading::Fields(Arc::new(a_listing(20_000))));
    let harness = shown(stage);
    let rows = harness.get_all_by(|node| node.role() == egui::Role::ListItem).count();
    assert!((5..100).contains(&rows), "{rows}");
    stage = opened(OpenedPlace::Disk, FileReading::Fields(Arc::new(a_listing(50))));
    stage.find = "PRECIPITATION".to_owned();
    let harness = shown(stage);
    harness.get_by(|node| node.role() == egui::Role::ListItem);
    harness.get_by_label_contains("tp, Total precipitation");
}

#[test]
fn arrows_move_from_field_to_field() {
    let mut harness = shown(opened(OpenedPlace::Disk, FileReading::Fields(Arc::new(a_listing(50)))));
    harness.get_by_label_contains("lead time 1 h").click();
    harness.run_steps(2);
    harness.key_press(Key::ArrowDown);
    harness.run_steps(3);
    assert!(harness.get_by_label_contains("lead time 2 h").accesskit_node().is_focused());
}

#[test]
fn what_is_wrong_with_a_file_is_listed_above_its_fields() {
    let mut cut = vec![0; 20];
    cut[..4].copy_from_slice(b"GRIB");
    let listing = a_listing(1).with_problems_of(&cut);
    assert!(!listing.problems.is_empty());
    let harness = shown(opened(OpenedPlace::Disk, FileReading::Fields(Arc::new(listing))));
    harness.get_by_label_contains("in this file:");
    harness.get_by_label_contains("at byte 0: ");
}

#[test]
fn a_file_on_a_server_can_be_downloaded_read_again_and_closed() {
    let mut harness = shown(opened(OpenedPlace::Server, FileReading::Fields(Arc::new(a_listing(2)))));
    for (label, expected) in [
        ("Download this file", InspectCommand::Get),
        ("Read again", InspectCommand::Again),
        ("Close", InspectCommand::Close),
    ] {
        harness.get_by_label(label).click();
        harness.run_steps(2);
        let last = harness.state().actions.last().cloned();
        assert!(matches!(&last, Some(Action::Inspect(command)) if *command == expected), "{last:?}");
    }
    let disk = shown(opened(OpenedPlace::Disk, FileReading::Fields(Arc::new(a_listing(2)))));
    assert!(disk.query_by_label("Download this file").is_none(), "it is here");
}

#[test]
fn what_is_no_grib_is_said_to_be_what_it_is_and_what_cannot_be_read_why() {
    shown(opened(OpenedPlace::Disk, FileReading::Other(FileKind::NetCdf)))
        .get_by_label("This is a NetCDF file.");
    let why = UserMessage::TargetNotFound { target: "/data/x".to_owned() };
    shown(opened(OpenedPlace::Disk, FileReading::Failed(why))).get_by_label_contains("/data/x");
    shown(opened(OpenedPlace::Disk, FileReading::UnderWay)).get_by_label_contains("being read");
}

#[test]
fn no_file_open_says_how_to_open_one_also_in_a_small_window() {
    for language in [Language::English, Language::French] {
        let mut stage = Stage::new(language);
        stage.size = egui::vec2(700.0, 450.0);
        let mut harness = stage.show(fields::View::default(), fields::show);
        harness.set_pixels_per_point(2.0);
        harness.run_steps(2);
        harness.get_by_label_contains("GRIB");
    }
}
