//! The first page and what was handed over, tried without a display.

use super::{handed_over, welcome};
use crate::app::input::{Action, Consent};
use crate::app::settings::{GivingChoice, LanguageChoice, Settings};
use crate::app::vitals::HandedOver;
use crate::domain::octets::ByteCount;
use crate::i18n::Language;
use crate::ui::testing::Stage;
use egui::{Key, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use std::sync::Arc;

fn first_start(language: Language) -> Harness<'static, Stage> {
    let mut stage = Stage::new(language);
    stage.snapshot.settings = Arc::default();
    stage.show(welcome::View::default(), welcome::show)
}

#[test]
fn one_press_chooses_and_begins() {
    let all = [
        (Language::English, "Share with other users (download and upload)", GivingChoice::Share),
        (Language::English, "HTTP only", GivingChoice::HttpOnly),
        (
            Language::French,
            "Partager avec d'autres utilisateurs (télécharger et envoyer)",
            GivingChoice::Share,
        ),
        (Language::French, "HTTP seulement", GivingChoice::HttpOnly),
    ];
    for (language, label, choice) in all {
        let mut harness = first_start(language);
        harness.get_by_role_and_label(Role::Button, label).click();
        harness.run();
        let [Action::Set(settings)] = &harness.state().actions[..] else { panic!("one choice") };
        assert_eq!(**settings, Settings { giving: Some(choice), ..Settings::default() });
    }
}

#[test]
fn the_choice_says_what_others_see_what_licences_allow_and_how_much_is_given() {
    let harness = first_start(Language::English);
    let card = harness.get_by_role_and_label(Role::Button, "Share with other users (download and upload)");
    let card = card.accesskit_node().data().description().unwrap_or_default().to_owned();
    for part in ["IP address", "Etalab 2.0", "2.00\u{202F}MB/s"] {
        assert!(card.contains(part), "{part}: {card}");
    }
}

#[test]
fn a_source_that_was_typed_is_added_when_it_begins() {
    let mut harness = first_start(Language::English);
    harness.get_by_role_and_label(Role::TextInput, "URL, path or magnet of a source").focus();
    harness.run();
    harness
        .get_by_role_and_label(Role::TextInput, "URL, path or magnet of a source")
        .type_text("https://example.org/feed.xml");
    harness.run();
    assert!(harness.state().actions.is_empty(), "nothing is contacted before the choice");
    harness.get_by_role_and_label(Role::Button, "HTTP only").click();
    harness.run();
    assert!(
        matches!(&harness.state().actions[..], [Action::AddSource(url), Action::Set(_)] if url.ends_with("feed.xml"))
    );
}

#[test]
fn language_and_folder_are_set_before_the_choice() {
    let mut harness = first_start(Language::English);
    harness.get_by_label("Français").click();
    harness.run();
    let [Action::Set(settings)] = &harness.state().actions[..] else { panic!("one change") };
    assert_eq!((settings.language, settings.giving), (Some(LanguageChoice::French), None));
    assert!(harness.query_by_role_and_label(Role::TextInput, "Folder").is_some());
    assert!(harness.query_by_label("212\u{202F}GB free").is_some());
}

fn handed(hosts: usize) -> Harness<'static, Stage> {
    let mut stage = Stage::new(Language::English);
    let item = HandedOver {
        number: 7,
        target: "/tmp/run.torrent".to_owned(),
        name: "NUEE-DEMO\u{202E}".to_owned(),
        hosts: (0..hosts).map(|at| format!("tracker{at}.example.org")).collect(),
        content: Some((48, ByteCount(960_000_000))),
    };
    stage.snapshot.handed_over = Arc::new(vec![item]);
    stage.show((), |ui, scene, ()| handed_over::show(ui.ctx(), scene))
}

#[test]
fn what_was_handed_over_lists_hosts_and_waits_for_a_yes() {
    let mut harness = handed(14);
    assert!(harness.state().actions.is_empty());
    assert!(harness.query_by_label_contains("tracker0.example.org").is_some());
    assert!(harness.query_by_label("These 14 hosts would be contacted:").is_some());
    assert!(harness.query_by_label("and 2 more").is_some());
    assert!(harness.query_by_label("48 files, 960\u{202F}MB").is_some());
    assert!(harness.query_by_label_contains("<U+202E>").is_some(), "a name from outside moves nothing");
    harness.get_by_label("Download it").click();
    harness.run();
    assert!(matches!(harness.state().actions[..], [Action::Answer(7, Consent::Yes)]));
}

#[test]
fn the_fields_of_a_url_that_was_handed_over_can_be_looked_at_before_it_is_got() {
    let mut harness = handed(1);
    assert!(harness.query_by_label("Show its fields").is_none(), "a magnet has none to show");
    let url = "https://data.example/arome.grib2".to_owned();
    let next = HandedOver { number: 8, target: url, ..harness.state().snapshot.handed_over[0].clone() };
    harness.state_mut().snapshot.handed_over = Arc::new(vec![next]);
    harness.run_steps(6);
    harness.get_by_label("Show its fields").click();
    harness.run_steps(2);
    assert!(matches!(harness.state().actions[..], [Action::Answer(8, Consent::Look), ..]));
}

#[test]
fn enter_says_yes_to_what_was_handed_over_but_not_as_it_appears() {
    let mut harness = handed(1);
    let next = HandedOver { number: 8, ..harness.state().snapshot.handed_over[0].clone() };
    harness.state_mut().snapshot.handed_over = Arc::new(vec![next]);
    harness.key_press(Key::Enter);
    harness.step();
    assert!(harness.state().actions.is_empty(), "what was being typed is no answer");
    harness.run_steps(4);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    assert!(matches!(harness.state().actions[..], [Action::Answer(8, Consent::Yes), ..]));
}

#[test]
fn escape_forgets_what_was_handed_over() {
    let mut harness = handed(0);
    harness.key_press(Key::Escape);
    harness.run();
    assert!(matches!(harness.state().actions[..], [Action::Answer(7, Consent::No), ..]));
}
