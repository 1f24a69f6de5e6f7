//! The window around the screens, tried without a display.

use super::Shell;
use super::place::Place;
use crate::app::follow::{FollowCommand, FollowId, FollowRow, FollowWish};
use crate::app::input::Action;
use crate::app::inspect::{FileReading, OpenedFile, OpenedPlace};
use crate::app::journal::{Notice, Weight};
use crate::app::messages::user_message::UserMessage;
use crate::app::settings::{LanguageChoice, Settings, ThemeChoice};
use crate::app::vitals::{CrashNote, NetworkState};
use crate::i18n::{Language, Translator};
use crate::ui::testing::{SMALL, Stage, a_job, some_settings};
use crate::ui::{fonts, theme};
use egui::{DroppedFile, HoveredFile, Key, Modifiers, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use i18n_embed_fl::fl;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A shell on its stage.
struct Played {
    stage: Stage,
    shell: Shell,
}

fn played(stage: Stage, size: Vec2) -> Harness<'static, Played> {
    let shell = Shell::new(stage.scene().text.language());
    let builder = Harness::builder().with_size(size).with_context_setup(fonts::install);
    builder.build_ui_state(
        |ui, played: &mut Played| {
            let link = played.stage.link.clone();
            let actions = played.shell.show(ui, &played.stage.snapshot, &*link);
            played.stage.actions.extend(actions);
        },
        Played { stage, shell },
    )
}

fn english() -> Harness<'static, Played> {
    played(Stage::new(Language::English), vec2(1280.0, 800.0))
}

#[test]
fn the_bar_below_says_that_this_computer_is_offline() {
    for (language, word) in [(Language::English, "no network"), (Language::French, "pas de réseau")] {
        let mut stage = Stage::new(language);
        stage.snapshot.vitals.network = NetworkState::Offline;
        let harness = played(stage, vec2(1280.0, 800.0));
        assert!(harness.query_by_label_contains(word).is_some(), "{word}");
    }
}

#[test]
fn the_rail_leads_to_every_screen_in_both_languages() {
    let names = [
        (
            Language::English,
            [
                "Sources",
                "Hours",
                "Transfers",
                "Announcements",
                "Followed",
                "Sharing",
                "Fields",
                "Log",
                "Settings",
            ],
        ),
        (
            Language::French,
            [
                "Sources",
                "Échéances",
                "Transferts",
                "Annonces",
                "Suivis",
                "Partage",
                "Champs",
                "Journal",
                "Réglages",
            ],
        ),
    ];
    for (language, names) in names {
        let mut harness = played(Stage::new(language), vec2(1280.0, 800.0));
        for (name, place) in names.into_iter().zip(Place::ALL) {
            harness.get_by_role_and_label(egui::Role::Tab, name).click();
            harness.run();
            assert_eq!(harness.state().shell.place(), place);
            assert!(harness.query_by_role_and_label(egui::Role::Heading, name).is_some(), "{name}");
        }
    }
}

#[test]
fn ctrl_and_a_digit_lead_to_a_screen_and_ctrl_l_to_the_log() {
    let mut harness = english();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    harness.run();
    assert_eq!(harness.state().shell.place(), Place::Transfers);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::L);
    harness.run();
    assert_eq!(harness.state().shell.place(), Place::Journal);
}

#[test]
fn ctrl_f_goes_to_the_find_field_which_has_a_name() {
    let mut harness = english();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    harness.run();
    let field = harness.get_by_role_and_label(egui::Role::TextInput, "Find on this screen");
    assert!(field.accesskit_node().is_focused());
}

#[test]
fn ctrl_plus_makes_everything_larger_and_asks_for_it_to_be_kept() {
    let mut harness = english();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Plus);
    harness.run();
    let [Action::Set(settings)] = &harness.state().stage.actions[..] else { panic!("one change") };
    assert_eq!(settings.zoom.percent(), 110);
    assert!((harness.ctx.zoom_factor() - 1.1).abs() < 0.001);
}

#[test]
fn language_and_colours_follow_the_settings_while_the_window_is_open() {
    let mut harness = english();
    let changed =
        Settings { language: Some(LanguageChoice::French), theme: ThemeChoice::Dark, ..some_settings() };
    harness.state_mut().stage.snapshot.settings = Arc::new(changed);
    harness.run();
    assert!(harness.query_by_label("Échéances").is_some());
    let dark = theme::Theme::of(theme::Shade::Dark);
    harness.step();
    assert_eq!(harness.ctx.global_style().visuals.panel_fill, dark.ground);
}

#[test]
fn active_transfers_are_counted_beside_their_screen() {
    let mut stage = Stage::new(Language::French);
    stage.snapshot.jobs.push(Arc::new(a_job(1, "un.grib2")));
    stage.snapshot.jobs.push(Arc::new(a_job(2, "deux.grib2")));
    let harness = played(stage, SMALL);
    assert!(harness.query_by_label("Transferts, 2").is_some());
}

#[test]
fn the_status_bar_says_each_figure_as_a_sentence() {
    let mut stage = Stage::new(Language::French);
    stage.snapshot.vitals.peer_rate = 3_000_000;
    stage.snapshot.vitals.http_rate = 1_000_000;
    stage.snapshot.vitals.peers = 1;
    stage.snapshot.vitals.brokers = (1, 2);
    let harness = played(stage, vec2(1280.0, 800.0));
    for said in [
        "Téléchargement à 4,00\u{202F}Mo/s, dont 75\u{202F}% par les pairs",
        "1 pair est connecté",
        "1 brokers sur 2 répondent",
        "212\u{202F}Go libres dans /data/grib",
        "06:42 UTC, 07:42 sur cet ordinateur",
    ] {
        assert!(harness.query_by_label(said).is_some(), "{said}\n{harness:?}");
    }
}

#[test]
fn everything_can_be_done_by_its_name_in_the_palette() {
    let mut harness = played(Stage::new(Language::French), vec2(1280.0, 800.0));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::P);
    harness.run();
    harness.get_by_role_and_label(egui::Role::TextInput, "Commande").type_text("echeances");
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(harness.state().shell.place(), Place::Hours);
    assert!(harness.query_by_role_and_label(egui::Role::TextInput, "Commande").is_none(), "it closes");
}

#[test]
fn the_palette_pauses_every_transfer_that_is_under_way() {
    let mut stage = Stage::new(Language::English);
    stage.snapshot.jobs.push(Arc::new(a_job(4, "one.grib2")));
    let mut harness = played(stage, SMALL);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::P);
    harness.run();
    harness.get_by_role_and_label(egui::Role::MenuItem, "Pause all transfers").click();
    harness.run();
    let [Action::Pause(jobs)] = &harness.state().stage.actions[..] else { panic!("one pause") };
    assert_eq!(jobs.len(), 1);
}

#[test]
fn f1_shows_the_keys_and_escape_puts_them_away() {
    let mut harness = english();
    harness.key_press(Key::F1);
    harness.run();
    assert!(harness.query_by_label("First steps and keys").is_some());
    harness.key_press(Key::Escape);
    harness.run();
    assert!(harness.query_by_label("First steps and keys").is_none());
}

#[test]
fn files_held_over_any_screen_are_welcome_and_let_go_they_are_sources() {
    let mut harness = english();
    harness.get_by_role_and_label(egui::Role::Tab, "Transfers").click();
    harness.run();
    let held = HoveredFile { path: Some("/home/a/run.torrent".into()), mime: String::new() };
    harness.input_mut().hovered_files = vec![held];
    harness.run_steps(2);
    harness.get_by_label("Let it go: a .torrent becomes a source, a GRIB file is opened");
    harness.input_mut().hovered_files.clear();
    harness.input_mut().dropped_files.push(Arc::new(Dropped(PathBuf::from("/home/a/run.torrent"))));
    harness.run_steps(2);
    assert!(
        harness.query_by_label("Let it go: a .torrent becomes a source, a GRIB file is opened").is_none()
    );
    assert_eq!(harness.state().shell.place(), Place::Sources);
    let actions = &harness.state().stage.actions[..];
    assert!(matches!(actions, [Action::AddSource(path)] if path == "/home/a/run.torrent"), "{actions:?}");
}

/// A file as the desktop hands it over.
#[derive(Debug)]
struct Dropped(PathBuf);

impl DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("nobody reads it here".to_owned())
    }
}

#[test]
fn a_file_that_was_opened_brings_its_fields_to_the_front_once() {
    let mut harness = english();
    let opened = |number| OpenedFile {
        number,
        target: "/data/a.grib2".to_owned(),
        name: "a.grib2".to_owned(),
        place: OpenedPlace::Disk,
        reading: FileReading::UnderWay,
    };
    harness.state_mut().stage.snapshot.opened = Some(Arc::new(opened(1)));
    harness.run_steps(3);
    assert_eq!(harness.state().shell.place(), Place::Fields);
    harness.get_by_role_and_label(egui::Role::Tab, "Hours").click();
    harness.run_steps(3);
    assert_eq!(harness.state().shell.place(), Place::Hours, "it does not come back by itself");
    harness.state_mut().stage.snapshot.opened = Some(Arc::new(opened(2)));
    harness.run_steps(3);
    assert_eq!(harness.state().shell.place(), Place::Fields);
}

#[test]
fn escape_closes_messages_and_a_message_never_covers_the_button_that_goes_on() {
    let mut harness = with_notice(Weight::Failure);
    // With nothing on it, the screen of transfers has a main button in its upper half; this one is laid below the message.
    harness.get_by_role_and_label(egui::Role::Tab, "Transfers").click();
    harness.run_steps(3);
    harness.set_size(vec2(900.0, 330.0));
    harness.run_steps(6);
    let button = harness.get_by_role_and_label(egui::Role::Button, "Choose hours").rect();
    let message = harness.get_by_label_contains("The disk is full").rect();
    assert!(!message.intersects(button), "{message:?} {button:?}");
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert!(harness.query_by_label_contains("The disk is full").is_none());
    assert!(matches!(harness.state().stage.actions[..], [Action::Dismiss(3)]));
}

#[test]
fn a_message_never_covers_the_bar_to_undo_by() {
    let mut stage = Stage::new(Language::English);
    let message = UserMessage::DiskFull;
    stage.snapshot.notices = Arc::new(vec![Notice { number: 3, weight: Weight::Failure, message }]);
    let wish = FollowWish { id: "demo/arome".to_owned(), ..FollowWish::default() };
    let name = "A dataset whose name is as long as those of some providers are".to_owned();
    let about = (wish, stage.snapshot.vitals.now);
    stage.snapshot.followed = Arc::new(vec![FollowRow::new(FollowId(1), name, about)]);
    let mut harness = played(stage, vec2(900.0, 600.0));
    harness.get_by_role_and_label(egui::Role::Tab, "Followed").click();
    harness.run_steps(3);
    harness.get_by_label_contains("Stop following").click();
    harness.run_steps(6);
    let undo = harness.get_by_role_and_label(egui::Role::Button, "Undo").rect();
    let message = harness.get_by_label_contains("The disk is full").rect();
    assert!(!message.expand(8.0).intersects(undo), "{message:?} {undo:?}");
    harness.get_by_role_and_label(egui::Role::Button, "Undo").click();
    harness.run_steps(3);
    assert!(matches!(
        harness.state().stage.actions[..],
        [Action::Follow(FollowCommand::Stop(_)), Action::Follow(FollowCommand::PutBack(_))]
    ));
}

fn with_notice(weight: Weight) -> Harness<'static, Played> {
    let mut stage = Stage::new(Language::English);
    stage.snapshot.notices = Arc::new(vec![Notice { number: 3, weight, message: UserMessage::DiskFull }]);
    played(stage, vec2(1280.0, 800.0))
}

#[test]
fn a_failure_stands_longer_than_a_note_until_it_is_put_away() {
    let mut harness = with_notice(Weight::Failure);
    for _ in 0..60 {
        harness.step();
    }
    assert!(harness.query_by_label_contains("The disk is full").is_some());
    harness.get_by_label("Dismiss").click();
    harness.run();
    assert!(matches!(harness.state().stage.actions[..], [Action::Dismiss(3)]));
    assert!(harness.query_by_label_contains("The disk is full").is_none());
}

#[test]
fn a_note_goes_by_itself() {
    let mut harness = with_notice(Weight::Note);
    for _ in 0..60 {
        harness.step();
    }
    assert!(matches!(harness.state().stage.actions[..], [Action::Dismiss(3)]));
}

#[test]
fn a_warning_goes_by_itself_too() {
    let mut harness = with_notice(Weight::Attention);
    for _ in 0..120 {
        harness.step();
    }
    assert!(matches!(harness.state().stage.actions[..], [Action::Dismiss(3)]));
}

#[test]
fn closing_with_active_transfers_asks_once() {
    let mut stage = Stage::new(Language::French);
    stage.snapshot.jobs.push(Arc::new(a_job(4, "un.grib2")));
    let mut harness = played(stage, SMALL);
    let close = |harness: &mut Harness<'static, Played>| {
        let viewport = harness.input_mut().viewports.get_mut(&egui::ViewportId::ROOT).expect("the window");
        viewport.events.push(egui::ViewportEvent::Close);
        harness.step();
        let viewport = harness.input_mut().viewports.get_mut(&egui::ViewportId::ROOT).expect("the window");
        viewport.events.clear();
        harness.step();
    };
    close(&mut harness);
    assert!(harness.query_by_label_contains("1 transfert est en cours").is_some());
    harness.get_by_label("Rester").click();
    harness.run();
    assert!(harness.query_by_label_contains("1 transfert est en cours").is_none());
    close(&mut harness);
    harness.get_by_label("Fermer").click();
    harness.run();
    close(&mut harness);
    assert!(harness.query_by_label_contains("1 transfert est en cours").is_none(), "it was answered");
}

#[test]
fn before_the_first_choice_there_is_the_first_page_and_nothing_else() {
    let mut stage = Stage::new(Language::English);
    stage.snapshot.settings = Arc::default();
    let mut harness = played(stage, SMALL);
    assert!(harness.query_by_role_and_label(egui::Role::Tab, "Transfers").is_none());
    harness.get_by_role_and_label(egui::Role::Button, "HTTP only").click();
    harness.run();
    assert!(
        harness.query_by_role_and_label(egui::Role::Tab, "Transfers").is_some(),
        "at once, not after the engine"
    );
}

#[test]
fn a_failure_of_last_time_is_said_and_can_be_put_away() {
    let mut stage = Stage::new(Language::English);
    stage.snapshot.vitals.crashed = Some(CrashNote { report: "/data/report.txt".into(), resumed: 1 });
    let mut harness = played(stage, SMALL);
    assert!(harness.query_by_label_contains("1 transfer resumes").is_some());
    harness.get_by_label("Dismiss").click();
    harness.run();
    assert!(harness.query_by_label_contains("1 transfer resumes").is_none());
}

#[test]
fn plurals_are_right_at_0_1_2_and_a_million() {
    let said = |language, n: u64| {
        let text = Translator::new(language);
        fl!(text.loader, "status-peers-say", n = n, n_txt = text.count(n))
    };
    use Language::{English, French};
    assert_eq!(said(English, 0), "No peer is connected");
    assert_eq!(said(English, 1), "1 peer is connected");
    assert_eq!(said(English, 2), "2 peers are connected");
    assert_eq!(said(French, 0), "Aucun pair n'est connecté");
    assert_eq!(said(French, 1), "1 pair est connecté");
    assert_eq!(said(French, 2), "2 pairs sont connectés");
    assert_eq!(said(French, 1_000_000), "1\u{202F}000\u{202F}000 pairs sont connectés");
}
