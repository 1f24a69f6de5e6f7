//! What pointing, keys and presets choose.

use super::super::axis::{Axis, MatrixColumns, MatrixPlace};
use super::*;
use crate::app::catalog::hours::{CatalogReading, DatasetId, MatrixRow};
use crate::domain::lead_time::LeadTime;
use crate::domain::octets::ByteCount;

fn run(hour: i32) -> UtcTime {
    UtcTime::from_civil([2026, 11, 20, hour, 0, 0]).expect("a real date")
}

/// Runs of 06 and 00 UTC, lead times 0 to 30 h; of the newer one 10 are published.
fn a_view() -> HoursView {
    let cell = |published| MatrixCell {
        state: if published { MatrixCellState::Available } else { MatrixCellState::Expected },
        size: KnownSize::Exact(ByteCount(10)),
        holds_less: false,
    };
    let row = |run, published: usize| MatrixRow {
        run,
        cells: (0..31).map(|at| cell(at < published)).collect(),
        published: u32::try_from(published).expect("few"),
        expected: 31,
        delay: None,
    };
    HoursView {
        dataset: DatasetId("demo/test".into()),
        title: "Test".into(),
        licence: None,
        packages: Vec::new(),
        fields: Vec::new(),
        members: Vec::new(),
        columns: (0..31).map(LeadTime::from_hours).collect(),
        rows: vec![row(run(6), 10), row(run(0), 31)],
        table: None,
        reading: CatalogReading::Done(run(7)),
    }
}

fn leads(choice: &Choice) -> Vec<(i32, i64)> {
    let of = |(run, lead): &Slot| (i32::from(run.civil().hour()), lead.minutes() / 60);
    choice.slots().iter().map(of).collect()
}

fn at(row: usize, column: usize) -> MatrixPlace {
    MatrixPlace { row, column }
}

#[test]
fn a_drag_chooses_the_rectangle_and_only_what_can_be_got() {
    let view = a_view();
    let columns = MatrixColumns::of(&view, Axis::Lead);
    let mut choice = Choice::default();
    choice.begin((&view, &columns), at(0, 8), CellPress::Alone);
    choice.reach((&view, &columns), at(1, 11));
    assert_eq!(leads(&choice), [(0, 8), (0, 9), (0, 10), (0, 11), (6, 8), (6, 9)]);
    assert_eq!(choice.size(&view, &columns), KnownSize::Exact(ByteCount(60)));
}

#[test]
fn pointing_with_ctrl_adds_and_takes_away() {
    let view = a_view();
    let columns = MatrixColumns::of(&view, Axis::Lead);
    let mut choice = Choice::default();
    choice.begin((&view, &columns), at(0, 1), CellPress::Alone);
    choice.begin((&view, &columns), at(0, 5), CellPress::Also);
    assert_eq!(leads(&choice), [(6, 1), (6, 5)]);
    choice.begin((&view, &columns), at(0, 1), CellPress::Also);
    assert_eq!(leads(&choice), [(6, 5)]);
    choice.begin((&view, &columns), at(0, 5), CellPress::Alone);
    assert_eq!(leads(&choice), []);
}

#[test]
fn pointing_with_shift_reaches_from_the_last_place() {
    let view = a_view();
    let columns = MatrixColumns::of(&view, Axis::Lead);
    let mut choice = Choice::default();
    choice.begin((&view, &columns), at(0, 4), CellPress::Alone);
    choice.begin((&view, &columns), at(0, 2), CellPress::UpTo);
    assert_eq!(leads(&choice), [(6, 2), (6, 3), (6, 4)]);
    choice.begin((&view, &columns), at(0, 5), CellPress::UpTo);
    assert_eq!(leads(&choice), [(6, 4), (6, 5)]);
}

#[test]
fn columns_of_valid_times_hold_runs_against_one_another() {
    let view = a_view();
    let columns = MatrixColumns::of(&view, Axis::Valid);
    assert_eq!(columns.count(), 37);
    // The newer run has nothing before its own start, the older one does.
    assert_eq!(columns.cell_at(&view, at(0, 0)), None);
    assert_eq!(
        columns.cell_at(&view, at(0, 6)).map(|(slot, _)| slot),
        Some((run(6), LeadTime::from_hours(0)))
    );
    assert_eq!(
        columns.cell_at(&view, at(1, 6)).map(|(slot, _)| slot),
        Some((run(0), LeadTime::from_hours(6)))
    );
    assert_eq!(columns.place_of(&view, (run(6), LeadTime::from_hours(4))), Some(at(0, 10)));
}

#[test]
fn the_latest_run_is_chosen_up_to_a_day_ahead() {
    let view = a_view();
    let columns = MatrixColumns::of(&view, Axis::Lead);
    assert_eq!(latest_run(&view, &columns).len(), 10);
    let older = HoursView { rows: view.rows[1..].to_vec(), ..view };
    assert_eq!(latest_run(&older, &columns).len(), 25);
}

#[test]
fn a_whole_day_takes_each_hour_from_the_newest_run_that_has_it() {
    let view = a_view();
    let columns = MatrixColumns::of(&view, Axis::Lead);
    let slots = whole_day(&view, &columns, run(12));
    assert_eq!(day_meant(&view, run(12)), Some(run(12)));
    assert_eq!(slots.len(), 24);
    assert_eq!(slots.iter().filter(|(of, _)| *of == run(6)).count(), 10);
}

#[test]
fn what_is_gone_from_the_catalogue_is_chosen_no_more() {
    let mut view = a_view();
    let columns = MatrixColumns::of(&view, Axis::Lead);
    let mut choice = Choice::default();
    choice.set(everything(&view, &columns));
    view.rows[0].cells[3].state = MatrixCellState::Withdrawn;
    choice.keep_to(&view, &columns);
    assert_eq!(choice.slots().len(), 40);
}
