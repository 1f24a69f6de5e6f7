//! Where data can come from.

use super::made;
use crate::app::catalog::asked::{CatalogAnswer, CatalogQuery};
use crate::app::catalog::hours::DatasetId;
use crate::app::catalog::sources::{DatasetRow, Health, SourceClass, SourceKey, SourceRow};
use crate::app::input::Action;
use crate::app::messages::user_message::UserMessage;
use crate::app::query::{Answer, Query};
use crate::i18n::Language;
use crate::ui::screens::sources;
use crate::ui::testing::{Stage, StillLink};
use egui::vec2;
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable},
};
use std::sync::Arc;

fn shown(language: Language, find: &str) -> Harness<'static, Stage> {
    let mut stage = Stage::new(language);
    stage.snapshot.sources = Arc::new(made::sources());
    stage.find = find.to_owned();
    let mut harness = stage.show(sources::View::default(), sources::show);
    harness.run_steps(2);
    harness
}

#[test]
fn a_lost_source_says_since_when_why_and_when_it_last_answered() {
    let harness = shown(Language::French, "");
    harness.get_by_label_contains("Feed of a friend, catalogue, injoignable, il y a 42\u{202F}min");
    harness.get_by_label_contains(
        "Injoignable depuis 0\u{202F}min. Impossible de télécharger https://feed.example/",
    );
}

#[test]
fn the_hours_of_a_dataset_are_one_press_away() {
    let mut harness = shown(Language::English, "");
    harness.get_all_by_label("Choose hours").next().expect("there").click();
    harness.run_steps(2);
    assert!(
        matches!(&harness.state().actions[..], [Action::OpenHours(Some(DatasetId(id)))] if &**id == "demo/arome")
    );
}

#[test]
fn a_torrent_without_hours_and_a_magnet_are_got_as_a_whole_and_what_they_cannot_do_says_why() {
    let mut stage = Stage::new(Language::English);
    let torrent = |key: &str| SourceRow {
        has_notices: false,
        key: SourceKey(key.into()),
        title: key.to_owned(),
        kind: SourceClass::Torrent,
        health: Health::Answers,
        datasets: Vec::new(),
        ..made::sources().remove(1)
    };
    let file = DatasetRow { newest: None, published: (0, 0), ..made::sources().remove(0).datasets.remove(0) };
    let files = SourceRow { datasets: vec![file], ..torrent("/data/cloud.torrent") };
    stage.snapshot.sources = Arc::new(vec![files, torrent("magnet:?xt=urn:btih:0")]);
    let mut harness = stage.show(sources::View::default(), sources::show);
    harness.run_steps(2);
    let why = |label| {
        let nodes = harness.get_all_by_label(label);
        nodes.filter_map(|node| node.accesskit_node().description()).collect::<Vec<_>>()
    };
    assert_eq!(why("Choose hours"), ["The names of its files have no run and no lead time. Download all."]);
    assert_eq!(why("Refresh"), ["Contents are unknown until the metadata is downloaded. Download all."]);
    harness.get_all_by_label("Download all").next().expect("there").click();
    harness.run_steps(2);
    let [Action::GetSource(key)] = &harness.state().actions[..] else {
        panic!("{:?}", harness.state().actions)
    };
    assert_eq!(&*key.0, "/data/cloud.torrent");
}

#[test]
fn a_source_is_asked_again_and_removed_and_the_built_in_one_says_why_not() {
    let mut harness = shown(Language::English, "");
    let low = |label| {
        harness
            .get_all_by_label(label)
            .max_by(|a, b| a.rect().top().total_cmp(&b.rect().top()))
            .expect("there")
    };
    low("Refresh").click();
    low("Remove").click();
    let high = harness
        .get_all_by_label("Remove")
        .min_by(|a, b| a.rect().top().total_cmp(&b.rect().top()))
        .expect("there");
    assert_eq!(high.accesskit_node().description().as_deref(), Some("This source comes with the program."));
    harness.run_steps(3);
    let [Action::AskSource(asked), Action::RemoveSource(removed)] = &harness.state().actions[..] else {
        panic!("{:?}", harness.state().actions)
    };
    assert_eq!((&*asked.0, &*removed.0), ("feed", "feed"));
}

/// The list of a provider's notices, with that answer of the engine.
fn notices(answer: impl Fn() -> CatalogAnswer + Send + Sync + 'static) -> Harness<'static, Stage> {
    let mut stage = Stage::new(Language::English);
    stage.snapshot.sources = Arc::new(made::sources());
    stage.link = Arc::new(StillLink::answering(move |query| match query {
        Query::Catalog(CatalogQuery::Notices(id)) if id == "demo" => vec![Answer::Catalog(answer())],
        _ => Vec::new(),
    }));
    let mut harness = stage.show(sources::View::default(), sources::show);
    harness.run_steps(2);
    harness.get_by_label("Notices").click();
    harness.run_steps(4);
    harness
}

#[test]
fn what_a_provider_announces_and_what_was_seen_to_change_is_a_press_away() {
    let mut harness = notices(|| CatalogAnswer::Notices(made::notices()));
    harness.get_by_label_contains("there is a new package, HP3");
    harness.get_by_label_contains("The service moves on 1 December");
    harness.get_by_label("Close").click();
    harness.run_steps(3);
    assert!(harness.query_by_label_contains("HP3").is_none());
}

#[test]
fn no_run_is_said_only_of_a_dataset_whose_listing_was_read() {
    let mut made = made::sources();
    let of = |source: &mut SourceRow, health: Health, read| {
        let dataset = &mut source.datasets[0];
        (dataset.newest, dataset.read, dataset.published) = (None, read, (0, 0));
        source.datasets.truncate(1);
        source.health = health;
    };
    let lost = made[1].health.clone();
    for (health, read, is_said) in [
        (Health::NotTried, None, false),
        (Health::Asking, None, false),
        (lost, None, false),
        (Health::Answers, None, false),
        (Health::Answers, Some(crate::ui::testing::a_time()), true),
    ] {
        of(&mut made[0], health.clone(), read);
        let mut stage = Stage::new(Language::English);
        stage.snapshot.sources = Arc::new(made.clone());
        let mut harness = stage.show(sources::View::default(), sources::show);
        harness.run_steps(2);
        let said = harness.query_by_label_contains("newest run no run").is_some();
        assert_eq!(said, is_said, "{health:?}");
    }
}

#[test]
fn a_provider_without_a_feed_says_so_in_its_list() {
    let provider = || UserMessage::NoNotices { provider: "demo".to_owned() };
    notices(move || CatalogAnswer::Refused(provider()))
        .get_by_label_contains("No feed of announcements is known");
}

#[test]
fn an_address_is_typed_and_added() {
    let mut harness = shown(Language::French, "");
    assert!(harness.get_by_label("Ajouter").accesskit_node().is_disabled());
    let field = harness.get_by_label("URL, chemin ou lien magnet d'une source");
    field.focus();
    field.type_text(" magnet:?xt=urn:btih:0 ");
    harness.run_steps(2);
    harness.get_by_label("Ajouter").click();
    harness.run_steps(2);
    assert!(
        matches!(&harness.state().actions[..], [Action::AddSource(text)] if text == "magnet:?xt=urn:btih:0")
    );
}

#[test]
fn what_is_looked_for_narrows_the_list() {
    let harness = shown(Language::English, "arpege");
    harness.get_by_label_contains(
        "ARPEGE DEMO, grid 0.01°, newest run Fri\u{A0}20\u{A0}Nov\u{A0}06:00, published 31/49",
    );
    assert!(harness.query_by_label_contains("Feed of a friend").is_none());
    shown(Language::English, "nowhere").get_by_label_contains("No source and no dataset contains");
}

#[test]
fn no_source_at_all_says_what_to_do_next_also_in_a_small_window() {
    for language in [Language::English, Language::French] {
        let mut stage = Stage::new(language);
        stage.size = vec2(700.0, 450.0);
        let mut harness = stage.show(sources::View::default(), sources::show);
        harness.set_pixels_per_point(2.0);
        harness.run_steps(2);
        harness.get_by_label_contains(".torrent");
    }
}

#[test]
fn a_source_that_answered_before_the_start_is_not_said_to_be_new() {
    let mut made = made::sources();
    made[0].health = Health::NotTried;
    made[0].last_success = made::sources().iter().find_map(|source| source.last_success);
    let title = made[0].title.clone();
    let mut stage = Stage::new(Language::English);
    stage.snapshot.sources = Arc::new(made);
    let mut harness = stage.show(sources::View::default(), sources::show);
    harness.run_steps(3);
    harness.get_by(|node| {
        let label = node.label().unwrap_or_default();
        label.starts_with(&title) && label.contains("not contacted since the start")
    });
}
