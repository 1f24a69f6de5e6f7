//! What is followed: the list, its buttons and keys, and the undo of a stop.

use super::made;
use crate::app::follow::view::{FollowKept, Pace};
use crate::app::follow::{FollowCommand, FollowId, FollowRow, FollowWish};
use crate::app::input::Action;
use crate::app::messages::user_message::UserMessage;
use crate::i18n::Language;
use crate::ui::screens::followed;
use crate::ui::testing::{Stage, a_time};
use egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::sync::Arc;

fn a_row(id: i64, dataset: &str) -> FollowRow {
    let wish = FollowWish {
        id: dataset.to_owned(),
        lead: Some("0..6".to_owned()),
        packages: vec!["SP1".to_owned()],
        ..FollowWish::default()
    };
    FollowRow {
        kept: FollowKept {
            looked: Some(a_time()),
            last_success: a_time().plus_minutes(-35),
            next_due: a_time().plus_minutes(18),
            fetched: 7,
            ..FollowKept::default()
        },
        ..FollowRow::new(FollowId(id), "a name of before".to_owned(), (wish, a_time()))
    }
}

fn shown(language: Language, rows: Vec<FollowRow>) -> Harness<'static, Stage> {
    let mut stage = Stage::new(language);
    stage.snapshot.sources = Arc::new(made::sources());
    stage.snapshot.followed = Arc::new(rows);
    let mut harness = stage.show(followed::View::default(), followed::show);
    harness.run_steps(3);
    harness
}

#[test]
fn a_line_says_what_is_followed_when_the_next_hour_is_due_and_when_one_last_came() {
    let harness = shown(Language::English, vec![a_row(1, "demo/arome")]);
    harness.get_by_label_contains(
        "lead times 0–6 h · SP1, next due: 07\u{A0}UTC, last download: 35\u{202F}min ago · 7 lead times, up to date",
    );
    shown(Language::French, vec![a_row(1, "demo/arome")]).get_by_label_contains("échéances 0–6 h · SP1");
}

#[test]
fn it_is_paused_resumed_looked_at_and_stopped_and_the_stop_is_undone() {
    let mut harness = shown(Language::English, vec![a_row(1, "demo/arome")]);
    for (label, expected) in [
        ("Check now what is published", FollowCommand::LookNow(FollowId(1))),
        ("Pause following", FollowCommand::Pause(FollowId(1))),
        ("Stop following", FollowCommand::Stop(FollowId(1))),
    ] {
        harness.get_by_label_contains(label).click();
        harness.run_steps(2);
        let last = harness.state().actions.last().cloned();
        assert!(matches!(&last, Some(Action::Follow(command)) if *command == expected), "{last:?}");
    }
    harness.state_mut().snapshot.followed = Arc::default();
    harness.run_steps(2);
    harness.get_by_label_contains("is followed no longer. Files stay.");
    harness.get_by_label("Undo").click();
    harness.run_steps(2);
    let last = harness.state().actions.last().cloned();
    assert!(matches!(last, Some(Action::Follow(FollowCommand::PutBack(FollowId(1))))), "{last:?}");
}

#[test]
fn keys_pause_resume_and_stop_the_line_that_has_the_focus() {
    let mut paused = a_row(1, "demo/arome");
    paused.kept.pace = Pace::Paused;
    let mut harness = shown(Language::English, vec![paused]);
    harness.get_by(|node| node.role() == egui::Role::ListItem).focus();
    harness.run_steps(2);
    harness.key_press(Key::Space);
    harness.run_steps(2);
    harness.key_press(Key::Delete);
    harness.run_steps(2);
    let commands: Vec<&FollowCommand> = harness
        .state()
        .actions
        .iter()
        .filter_map(|action| if let Action::Follow(command) = action { Some(command) } else { None })
        .collect();
    assert_eq!(commands, [&FollowCommand::Resume(FollowId(1)), &FollowCommand::Stop(FollowId(1))]);
}

#[test]
fn a_source_that_cannot_be_asked_and_an_hour_that_failed_say_why() {
    let why = UserMessage::TargetUnreachable {
        url: "https://c.example".into(),
        reason: crate::app::Reason::NoAnswer,
    };
    let mut lost = a_row(1, "demo/arome");
    lost.kept.source_trouble = Some((why.clone(), a_time().plus_minutes(-5).expect("a time")));
    let mut failed = a_row(2, "demo/arome");
    failed.kept.hour_trouble = Some(why);
    let harness = shown(Language::English, vec![lost, failed]);
    harness.get_by_label_contains("source not reachable. Not reachable for 5");
    harness.get_by_label_contains("last lead time failed. The last lead time could not be downloaded.");
}

#[test]
fn nothing_followed_says_how_to_follow_also_in_a_small_window() {
    for (language, words) in [(Language::English, "press “Follow”"), (Language::French, "Suivre\u{202F}»")]
    {
        let mut stage = Stage::new(language);
        stage.size = egui::vec2(700.0, 450.0);
        let mut harness = stage.show(followed::View::default(), followed::show);
        harness.set_pixels_per_point(2.0);
        harness.run_steps(2);
        harness.get_by_label_contains(words);
    }
}
