//! The settings, tried without a display.

use super::{View, show};
use crate::app::Policy;
use crate::app::input::Action;
use crate::app::jobs::discovery::{DhtSeen, DiscoverySeen, LocalSeen, PortSeen, PortTrouble};
use crate::app::mesh::view::Versions;
use crate::app::settings::discovery::Discovery;
use crate::app::settings::laid_down::LaidDown;
use crate::app::settings::{GivingChoice, LanguageChoice, Proxy, Settings, Tell, ThemeChoice};
use crate::domain::octets::ByteCount;
use crate::i18n::Language;
use crate::ui::testing::{Stage, some_settings};
use egui::{Key, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use std::sync::Arc;
use std::time::Duration;

fn shown(language: Language, settings: Settings) -> Harness<'static, Stage> {
    let mut stage = Stage::new(language);
    // Tall, so that nothing has to be scrolled to.
    stage.size = egui::vec2(1000.0, 2200.0);
    stage.snapshot.settings = Arc::new(settings);
    stage.show(View::default(), show)
}

fn english() -> Harness<'static, Stage> {
    shown(Language::English, some_settings())
}

fn set(harness: &Harness<'_, Stage>) -> Settings {
    match harness.state().actions.last() {
        Some(Action::Set(settings)) => (**settings).clone(),
        other => panic!("nothing was set: {other:?}"),
    }
}

/// Types into the field of that name, after what stands there was taken away, and presses Enter.
fn type_into(harness: &mut Harness<'_, Stage>, name: &str, text: &str) {
    harness.get_by_role_and_label(Role::TextInput, name).focus();
    harness.run();
    harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
    harness.key_press(Key::Delete);
    harness.run();
    harness.get_by_role_and_label(Role::TextInput, name).type_text(text);
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
}

#[test]
fn language_and_colours_are_set_by_one_press() {
    let mut harness = english();
    harness.get_by_label("Language: Français").click();
    harness.run();
    assert_eq!(set(&harness).language, Some(LanguageChoice::French));
    harness.get_by_label("Colours: Dark").click();
    harness.run();
    assert_eq!(set(&harness).theme, ThemeChoice::Dark);
}

#[test]
fn a_rate_is_read_as_people_write_it_in_both_languages() {
    let mut harness = english();
    type_into(&mut harness, "Upload limit", "500 kB/s");
    assert_eq!(set(&harness).limits.up, Some(500_000));
    let mut harness = shown(Language::French, some_settings());
    type_into(&mut harness, "Limite d'envoi", "1,5 Mo/s");
    assert_eq!(set(&harness).limits.up, Some(1_500_000));
    type_into(&mut harness, "Limite d'envoi", "sans limite");
    assert_eq!(set(&harness).limits.up, None);
}

#[test]
fn what_cannot_be_understood_is_not_set_and_says_what_is_needed() {
    let mut harness = english();
    type_into(&mut harness, "Download limit", "quickly");
    assert!(harness.state().actions.is_empty());
    assert!(harness.query_by_label_contains("A rate of at least").is_some());
    type_into(&mut harness, "Download limit", "1 kB/s");
    assert!(harness.state().actions.is_empty(), "less than the least is refused as well");
}

#[test]
fn files_are_removed_by_age_and_size_only_when_told_so() {
    let mut harness = shown(Language::French, some_settings());
    type_into(&mut harness, "Supprimer les fichiers annoncés de plus de", "7 jours");
    assert_eq!(set(&harness).purge.older_than, Some(Duration::from_secs(604_800)));
    type_into(&mut harness, "Supprimer les fichiers annoncés les plus anciens au-delà de", "100 Go");
    assert_eq!(set(&harness).purge.more_than, Some(ByteCount(100_000_000_000)));
}

#[test]
fn how_many_earlier_versions_stay_is_a_number_or_all() {
    let mut harness = english();
    type_into(&mut harness, "Earlier versions of announced files", "3");
    assert_eq!(set(&harness).purge.versions, Versions::Last(3));
    type_into(&mut harness, "Earlier versions of announced files", "all");
    assert_eq!(set(&harness).purge.versions, Versions::All);
    let mut harness = english();
    type_into(&mut harness, "Earlier versions of announced files", "many");
    assert!(harness.state().actions.is_empty());
}

#[test]
fn a_folder_has_to_be_named_from_the_root() {
    let mut harness = english();
    type_into(&mut harness, "Folder", "grib");
    assert!(harness.state().actions.is_empty());
    type_into(&mut harness, "Folder", "/data/other");
    assert_eq!(set(&harness).folder.as_deref(), Some(std::path::Path::new("/data/other")));
}

#[test]
fn own_networks_and_a_proxy_are_checked_before_they_are_set() {
    let mut harness = english();
    type_into(&mut harness, "Trusted local networks", "10.0.0.0/8, nonsense");
    assert!(harness.state().actions.is_empty());
    type_into(&mut harness, "Trusted local networks", "10.0.0.0/8, fd00::/8");
    assert_eq!(set(&harness).own_networks, ["10.0.0.0/8", "fd00::/8"]);
    type_into(&mut harness, "This one:", "socks5://127.0.0.1:9050");
    assert_eq!(set(&harness).proxy, Proxy::By("socks5://127.0.0.1:9050".to_owned()));
}

#[test]
fn who_is_given_to_and_what_is_told_can_be_changed_at_any_time() {
    let mut harness = english();
    harness.get_by_label("Download from other users, upload nothing").click();
    harness.run();
    assert_eq!(set(&harness).giving, Some(GivingChoice::ReceiveOnly));
    harness.get_by_label("a source is unreachable").click();
    harness.run();
    assert_eq!(set(&harness).notifications.source_lost, Tell::No);
}

#[test]
fn every_line_that_was_changed_has_a_way_back() {
    let settings = Settings {
        language: Some(LanguageChoice::English),
        theme: ThemeChoice::Dark,
        own_networks: vec!["10.0.0.0/8".to_owned()],
        ..some_settings()
    };
    let mut harness = shown(Language::English, settings);
    harness.get_by_label("Reset to default: Trusted local networks").click();
    harness.run();
    assert!(set(&harness).own_networks.is_empty());
    harness.get_by_label("Reset all to defaults").click();
    harness.run();
    assert_eq!(set(&harness), some_settings());
}

#[test]
fn what_was_laid_down_cannot_be_changed_and_says_by_whom() {
    let mut stage = Stage::new(Language::English);
    stage.size = egui::vec2(1000.0, 2200.0);
    stage.snapshot.vitals.laid_down = LaidDown { policy: Some(Policy::HttpOnly), hosts: Vec::new() };
    let mut harness = stage.show(View::default(), show);
    let choice = harness.get_by_label("Share with other users (download and upload)");
    assert!(choice.accesskit_node().is_disabled());
    assert!(harness.query_all_by_label_contains("Set by your administrator").next().is_some());
    harness.get_by_label("Share with other users (download and upload)").click();
    harness.run();
    assert!(harness.state().actions.is_empty());
}

#[test]
fn the_find_field_leaves_only_lines_that_match() {
    let mut stage = Stage::new(Language::French);
    stage.find = "proxy".to_owned();
    let harness = stage.show(View::default(), show);
    assert!(harness.query_by_role_and_label(Role::TextInput, "Celui-ci\u{202F}:").is_some());
    assert!(harness.query_by_label("Dossier").is_none());
}

#[test]
fn every_field_has_a_name() {
    for language in [Language::English, Language::French] {
        let harness = shown(language, some_settings());
        let fields: Vec<_> = harness.query_all_by_role(Role::TextInput).collect();
        assert_eq!(fields.len(), 14);
        assert!(
            fields.iter().all(|field| field.accesskit_node().label().is_some_and(|name| !name.is_empty()))
        );
    }
}

#[test]
fn each_way_to_find_peers_is_off_until_it_is_ticked() {
    let mut harness = english();
    for label in ["Use the DHT", "Find peers in the local network", "Ask the router to open the port"] {
        harness.get_by_label(label).click();
        harness.run();
    }
    let discovery = set(&harness).discovery;
    assert!(discovery.opens_port, "{discovery:?}");
    type_into(&mut harness, "DHT nodes to start from", "Node.Example:6881");
    assert_eq!(set(&harness).discovery.dht_nodes, ["node.example:6881"]);
}

#[test]
fn a_way_to_find_peers_says_what_was_seen_of_it() {
    let all =
        Discovery { uses_dht: true, uses_local_network: true, opens_port: true, ..Discovery::default() };
    let settings = Settings { giving: Some(GivingChoice::Share), discovery: all, ..some_settings() };
    let mut stage = Stage::new(Language::English);
    stage.size = egui::vec2(1000.0, 2200.0);
    stage.snapshot.settings = Arc::new(settings.clone());
    stage.snapshot.vitals.discovery = DiscoverySeen {
        dht: DhtSeen::Nodes(12),
        local: LocalSeen::Resting,
        port: PortSeen::Closed(PortTrouble::NoRouter),
    };
    let harness = stage.show(View::default(), show);
    for words in ["12 nodes answered.", "Begins with the next transfer", "No router answered by PCP"] {
        assert!(harness.query_by_label_contains(words).is_some(), "{words}");
    }
    let none = Settings { giving: Some(GivingChoice::HttpOnly), ..settings };
    let harness = shown(Language::English, none);
    assert!(harness.query_all_by_label_contains("Needs peers").count() == 3);
}
