//! Choosing runs and lead times.

use super::made;
use crate::app::catalog::file_table::{FileRow, FileTable};
use crate::app::catalog::hours::{CatalogReading, HoursView, KnownSize, MatrixCellState};
use crate::app::follow::FollowCommand;
use crate::app::input::Action;
use crate::app::messages::user_message::UserMessage;
use crate::domain::octets::ByteCount;
use crate::i18n::Language;
use crate::ui::screens::{Destination, hours};
use crate::ui::testing::Stage;
use egui::{Key, Modifiers, vec2};
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable},
};
use std::sync::Arc;

fn stage(language: Language, view: HoursView) -> Stage {
    let mut stage = Stage::new(language);
    stage.snapshot.hours = Some(Arc::new(view));
    stage.snapshot.sources = Arc::new(made::sources());
    stage.link = Arc::new(made::link(Vec::new()));
    stage
}

fn english() -> Harness<'static, Stage> {
    stage(Language::English, made::hours()).show(hours::View::default(), hours::show)
}

/// The name of an available cell of the newest run, up to its state.
fn cell(lead: u32) -> String {
    format!("run 06\u{A0}UTC, lead time {lead} h,")
}

fn chosen(harness: &Harness<'_, Stage>) -> usize {
    harness.query_all_by(|node| node.is_selected() == Some(true)).count()
}

/// Lets a choice rest, so that it is asked about and answered.
fn rest(harness: &mut Harness<'_, Stage>) {
    harness.run_steps(6);
}

#[test]
fn a_cell_says_run_lead_time_size_and_state_in_the_persons_language() {
    let french = stage(Language::French, made::hours()).show(hours::View::default(), hours::show);
    french.get_by_label_contains("réseau 06\u{A0}h\u{A0}UTC, échéance 7 h, 41,0\u{202F}Mo, disponible");
    english().get_by_label_contains("run 00\u{A0}UTC, lead time 3 h, 41.0\u{202F}MB, downloading, 40%");
}

#[test]
fn dragging_over_four_hours_and_pressing_download_gets_those_four() {
    let mut harness = english();
    harness.run_steps(2);
    let (from, to) =
        (harness.get_by_label_contains(&cell(3)).rect(), harness.get_by_label_contains(&cell(6)).rect());
    harness.drag_at(from.center());
    harness.run_steps(1);
    harness.hover_at(to.center());
    harness.run_steps(1);
    harness.drop_at(to.center());
    rest(&mut harness);
    assert_eq!(chosen(&harness), 4);
    harness.get_by_label_contains("164\u{202F}MB (exact)");
    harness.get_by_label_contains("expected from peers: 70%");
    harness.get_by_label_contains("only they can be verified");
    harness.get_by_label_contains("torrent (faster) and by URL (classic)");
    harness.get_by_label("Download 4 lead times").click();
    rest(&mut harness);
    let Some(Action::GetHours(choice)) = harness.state().actions.first() else {
        panic!("{:?}", harness.state().actions)
    };
    assert_eq!(choice.cells.iter().map(|(_, lead)| lead.minutes() / 60).collect::<Vec<_>>(), [3, 4, 5, 6]);
    harness.get_by_label_contains("4 lead times were asked for");
    harness.get_by_label_contains("Their progress is shown in the cells above");
    let here = MatrixCellState::Here;
    for (last, said) in [
        (MatrixCellState::Arriving(0.5), "Their progress is shown in the cells above"),
        (MatrixCellState::Failed, "One of them failed"),
        (here, "They are downloaded"),
    ] {
        let mut view = made::hours();
        let states = [here, here, here, last];
        view.rows[0].cells[3..7].iter_mut().zip(states).for_each(|(cell, state)| cell.state = state);
        harness.state_mut().snapshot.hours = Some(Arc::new(view));
        harness.run_steps(2);
        harness.get_by_label_contains(said);
    }
}

#[test]
fn cells_hang_below_the_matrix_and_a_screen_reader_can_press_them() {
    let mut harness = english();
    harness.run_steps(2);
    let name = cell(3);
    let cell = harness.get_by_label_contains(&name);
    assert_eq!(cell.accesskit_node().parent().map(|parent| parent.role()), Some(egui::Role::Grid));
    cell.click_accesskit();
    rest(&mut harness);
    assert_eq!(chosen(&harness), 1);
}

#[test]
fn a_cell_that_changed_is_called_by_its_new_state_at_once() {
    let mut harness = english();
    harness.run_steps(2);
    harness.get_by_label_contains(&format!("{} 41.0\u{202F}MB, available", cell(3)));
    let mut view = made::hours();
    view.rows[0].cells[3].state = MatrixCellState::Here;
    harness.state_mut().snapshot.hours = Some(Arc::new(view));
    harness.run_steps(2);
    harness.get_by_label_contains(&format!("{} 41.0\u{202F}MB, downloaded", cell(3)));
}

#[test]
fn shift_extends_and_ctrl_adds() {
    let mut harness = english();
    harness.run_steps(2);
    harness.get_by_label_contains(&cell(1)).click();
    rest(&mut harness);
    harness.get_by_label_contains(&cell(4)).click_modifiers(Modifiers::SHIFT);
    rest(&mut harness);
    assert_eq!(chosen(&harness), 4);
    harness.get_by_label_contains(&cell(7)).click_modifiers(Modifiers::COMMAND);
    rest(&mut harness);
    assert_eq!(chosen(&harness), 5);
}

#[test]
fn keys_alone_choose_and_download() {
    let mut harness = english();
    harness.run_steps(2);
    harness.get_by_role(egui::Role::Grid).focus();
    rest(&mut harness);
    harness.key_press(Key::ArrowRight);
    harness.run_steps(2);
    harness.key_press(Key::ArrowRight);
    harness.run_steps(2);
    harness.key_press(Key::Space);
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowRight);
    rest(&mut harness);
    assert_eq!(chosen(&harness), 2);
    harness.key_press(Key::Enter);
    rest(&mut harness);
    assert!(matches!(harness.state().actions[..], [Action::GetHours(_)]));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    rest(&mut harness);
    assert!(chosen(&harness) > 10);
    harness.key_press(Key::Escape);
    rest(&mut harness);
    assert_eq!(chosen(&harness), 0);
}

#[test]
fn what_cannot_be_got_cannot_be_chosen_and_the_button_says_why() {
    let mut harness = english();
    harness.run_steps(2);
    harness.get_by_label_contains(&cell(9)).click();
    rest(&mut harness);
    assert_eq!(chosen(&harness), 0);
    let button = harness.get_by_label("Download");
    assert!(button.accesskit_node().is_disabled());
    assert_eq!(
        button.accesskit_node().description().as_deref(),
        Some("Choose lead times first: drag over the cells.")
    );
}

#[test]
fn the_latest_run_is_one_press_away() {
    let mut harness = english();
    harness.get_by_label("Latest run, 24 h").click();
    rest(&mut harness);
    assert_eq!(chosen(&harness), 8);
    harness.get_by_label("None").click();
    rest(&mut harness);
    assert_eq!(chosen(&harness), 0);
}

#[test]
fn columns_of_valid_times_keep_what_is_chosen() {
    let mut harness = english();
    harness.get_by_label("Latest run, 24 h").click();
    rest(&mut harness);
    harness.get_by_label("Valid time").click();
    rest(&mut harness);
    assert_eq!(chosen(&harness), 8);
}

#[test]
fn packages_and_fields_filter_what_is_shown() {
    let mut harness = english();
    harness.get_by_label("HP1").click();
    rest(&mut harness);
    let Some(Action::FilterHours(filter)) = harness.state().actions.last() else { panic!("no filter") };
    assert_eq!(filter.packages, ["HP1"]);
    harness.get_by_label_contains("Fields").click();
    rest(&mut harness);
    harness.get_by_label_contains("Sub-areas are not supported");
    harness.get_by_label("temperature (2t)").click();
    rest(&mut harness);
    let Some(Action::FilterHours(filter)) = harness.state().actions.last() else { panic!("no filter") };
    assert_eq!(filter.params, ["2t"]);
    assert!(harness.query_by_label("@wind").is_none(), "the dataset has no wind");
    harness.get_by_label("All").click();
    rest(&mut harness);
    harness.get_by_label("@surface").click();
    rest(&mut harness);
    let Some(Action::FilterHours(filter)) = harness.state().actions.last() else { panic!("no filter") };
    assert_eq!(filter.params, ["2t"], "what the dataset has of it");
}

#[test]
fn members_of_an_ensemble_can_be_chosen_and_of_what_is_none_there_is_no_such_choice() {
    assert!(english().query_by_label_contains("Members").is_none());
    let members = vec!["control".to_owned(), "1".to_owned(), "2".to_owned()];
    let view = HoursView { members, ..made::hours() };
    let mut harness = stage(Language::French, view).show(hours::View::default(), hours::show);
    harness.get_by_label_contains("Membres").click();
    rest(&mut harness);
    harness.get_by_label("contrôle").click();
    rest(&mut harness);
    let Some(Action::FilterHours(filter)) = harness.state().actions.last() else { panic!("no filter") };
    assert_eq!(filter.members, ["control"]);
    assert_eq!(
        harness.query_all_by_label_contains("contrôle").count(),
        2,
        "the box, and the button says it too"
    );
}

#[test]
fn the_choice_can_be_copied_as_a_command_and_followed() {
    let mut harness = english();
    harness.get_by_label("Latest run, 24 h").click();
    rest(&mut harness);
    harness.get_by_label("Copy as command").click();
    harness.run_steps(1);
    let copied = harness.output().platform_output.commands.iter().any(|command| {
        matches!(command, egui::OutputCommand::CopyText(text) if text.starts_with("nuee get demo/arome"))
    });
    let mut found = copied;
    for _ in 0..2 {
        harness.run_steps(1);
        found |= harness
            .output()
            .platform_output
            .commands
            .iter()
            .any(|command| matches!(command, egui::OutputCommand::CopyText(_)));
    }
    assert!(found);
    harness.get_by_label("Follow").click();
    rest(&mut harness);
    let Some(Action::Follow(FollowCommand::Add { wish, .. })) = harness.state().actions.last() else {
        panic!("it is followed: {:?}", harness.state().actions)
    };
    assert_eq!((wish.id.as_str(), wish.lead.as_deref()), ("demo/arome", Some("0..7")));
}

#[test]
fn reading_and_its_failure_are_said_with_the_age_of_what_is_shown() {
    let why = UserMessage::TargetUnreachable {
        url: "https://c.example".into(),
        reason: crate::app::Reason::NoAnswer,
    };
    let view = HoursView { reading: CatalogReading::Failed(why, Some(made::run(6))), ..made::hours() };
    let mut harness = stage(Language::French, view).show(hours::View::default(), hours::show);
    harness.get_by_label_contains("n'a pas pu être lu");
    harness.get_by_label_contains("il y a 42\u{202F}min");
    harness.get_by_label("Actualiser").click();
    rest(&mut harness);
    assert!(matches!(&harness.state().actions[..], [Action::AskSource(key)] if &*key.0 == "demo"));
}

#[test]
fn without_a_dataset_the_screen_says_what_to_do_next() {
    let mut stage = Stage::new(Language::English);
    stage.snapshot.sources = Arc::new(made::sources());
    let mut harness = stage.show(hours::View::default(), hours::show);
    harness.get_by_label("AROME DEMO 0.01°").click();
    rest(&mut harness);
    assert!(matches!(harness.state().actions[..], [Action::OpenHours(Some(_))]));

    let empty = Stage::new(Language::English);
    let went = std::rc::Rc::new(std::cell::Cell::new(None));
    let seen = went.clone();
    let mut harness = empty.show(hours::View::default(), move |ui, scene, view| {
        let actions = hours::show(ui, scene, view);
        seen.set(seen.get().or(view.go));
        actions
    });
    harness.get_by_label("Show sources").click();
    rest(&mut harness);
    assert_eq!(went.get(), Some(Destination::Sources));
}

#[test]
fn a_large_matrix_in_a_small_window_and_at_twice_the_size_stays_usable_in_both_languages() {
    let mut view = made::hours();
    view.columns = (0..385).map(crate::domain::lead_time::LeadTime::from_hours).collect();
    let model = view.rows[0].clone();
    view.rows = (0..16)
        .map(|at| {
            let mut row = model.clone();
            row.run = made::run(0).plus_minutes(-360 * at).expect("a date");
            row.cells = vec![
                crate::app::catalog::hours::MatrixCell {
                    state: MatrixCellState::Available,
                    ..model.cells[0]
                };
                385
            ];
            row
        })
        .collect();
    for language in [Language::English, Language::French] {
        for scale in [1.0, 2.0] {
            let mut stage = stage(language, view.clone());
            stage.size = vec2(700.0, 450.0) * scale;
            let mut harness = stage.show(hours::View::default(), hours::show);
            harness.set_pixels_per_point(scale);
            rest(&mut harness);
            let seen = harness.query_all_by_role(egui::Role::GridCell).count();
            assert!(seen > 20, "{language:?} at {scale}: {seen}");
        }
    }
}

/// A dataset without runs: two areas with two kinds of files each.
fn files() -> HoursView {
    let row = |area: &str, kind: &str, size: u64| FileRow {
        values: vec![area.to_owned(), kind.to_owned()],
        pattern: format!("area={area}&type={kind}").into(),
        size: KnownSize::Exact(ByteCount(size)),
        published: Some(made::run(6)),
        state: if size == 4_000_000 { MatrixCellState::Here } else { MatrixCellState::Available },
    };
    let rows = vec![
        row("oslofjord", "waves", 1_000_000),
        row("oslofjord", "weather", 2_000_000),
        row("skagerrak", "waves", 3_000_000),
        row("skagerrak", "weather", 4_000_000),
    ];
    let table = FileTable { keys: vec!["area".to_owned(), "type".to_owned()], rows };
    HoursView { columns: Vec::new(), rows: Vec::new(), table: Some(Arc::new(table)), ..made::hours() }
}

#[test]
fn files_without_runs_are_filtered_by_their_keys_chosen_and_got() {
    let mut harness = stage(Language::English, files()).show(hours::View::default(), hours::show);
    harness.get_by_label("area oslofjord, type waves, 1.00\u{202F}MB, available");
    harness.get_by_label("area skagerrak, type weather, 4.00\u{202F}MB, downloaded");
    harness.get_by_label("type: all").click();
    harness.run_steps(3);
    harness.get_by_label("waves").click();
    harness.run_steps(3);
    assert!(harness.query_by_label_contains("type weather").is_none());
    harness.get_by_label_contains("area oslofjord").click();
    harness.run_steps(2);
    harness.get_by_label_contains("area skagerrak").click_modifiers(Modifiers::SHIFT);
    harness.run_steps(2);
    assert_eq!(chosen(&harness), 2);
    harness.get_by_label("2 files chosen · 4.00\u{202F}MB");
    harness.get_by_label("Download 2 files").click();
    harness.run_steps(2);
    let got = harness.state().actions.iter().find_map(|action| match action {
        Action::GetFiles(choice) => Some(choice.patterns.iter().map(ToString::to_string).collect::<Vec<_>>()),
        _ => None,
    });
    assert_eq!(
        got.as_deref(),
        Some(&["area=oslofjord&type=waves".to_owned(), "area=skagerrak&type=waves".to_owned()][..])
    );
    assert_eq!(chosen(&harness), 0);
}
