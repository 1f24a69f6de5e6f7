//! Publishing and relaying as persons do it: by pointer, and by what a screen reader finds.

use super::{View, show};
use crate::app::catalog::hours::DatasetId;
use crate::app::catalog::offer::ServedUrl;
use crate::app::catalog::sources::{DatasetRow, Health, SourceClass, SourceKey, SourceRemoval, SourceRow};
use crate::app::input::Action;
use crate::app::messages::relay_message::RelayMessage;
use crate::app::query::TorrentPrivacy;
use crate::app::relay::stage::RelayStage;
use crate::app::settings::{GivingChoice, Settings};
use crate::app::share::reach::{ReachCheck, ReachTally};
use crate::app::share::view::ShareFigures;
use crate::app::share::wish::ServedTo;
use crate::app::share::{
    DatasetWish, ServingAddress, ShareCommand, ShareId, ShareRow, ShareState, ShareView, ShareWish,
    SharedFile,
};
use crate::domain::octets::ByteCount;
use crate::i18n::Language;
use crate::ui::testing::{SMALL, Stage, a_time};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::sync::Arc;

fn sources() -> Vec<SourceRow> {
    let dataset = |id: &str, title: &str| DatasetRow {
        id: DatasetId(id.into()),
        title: title.to_owned(),
        grid: "0.01°".to_owned(),
        newest: None,
        published: (0, 0),
        read: None,
    };
    vec![SourceRow {
        key: SourceKey("mf".into()),
        title: "Météo-France".to_owned(),
        place: String::new(),
        kind: SourceClass::Provider,
        health: Health::NotTried,
        last_success: None,
        datasets: vec![
            dataset("mf/arome-0.01", "AROME"),
            dataset("mf/arpege-0.1", "ARPEGE"),
            dataset("torrent:00", "A .torrent"),
        ],
        removal: SourceRemoval::BuiltIn,
        has_notices: false,
    }]
}

fn shown(language: Language, rows: Vec<ShareRow>) -> Harness<'static, Stage> {
    let mut stage = Stage::new(language);
    stage.size = SMALL;
    stage.snapshot.sources = Arc::new(sources());
    stage.snapshot.share = Arc::new(ShareView { rows: rows.into_iter().map(Arc::new).collect() });
    let mut harness = stage.show(View::default(), show);
    harness.run_steps(3);
    harness
}

fn press(harness: &mut Harness<'_, Stage>, label: &str) {
    harness.get_by_label(label).click();
    harness.run_steps(3);
}

fn started(harness: &Harness<'_, Stage>) -> ShareWish {
    match harness.state().actions.last() {
        Some(Action::Share(ShareCommand::Start(wish))) => (**wish).clone(),
        other => panic!("{other:?}"),
    }
}

fn commands(harness: &Harness<'_, Stage>) -> Vec<ShareCommand> {
    let of = |action: &Action| if let Action::Share(command) = action { Some(command.clone()) } else { None };
    harness.state().actions.iter().filter_map(of).collect()
}

fn a_relay(state: ShareState) -> ShareRow {
    let url = |what, path: &str| ServedUrl { what, url: format!("http://relay.example:8480/{path}") };
    let file = SharedFile {
        name: "arome_00H.grib2".to_owned(),
        run: Some(a_time()),
        stage: Some(RelayStage::Announced),
        length: ByteCount(41_000_000),
        expires: a_time().plus_minutes(1_440),
        torrent: Some("http://relay.example:8480/torrent/arome_00H.grib2.torrent".to_owned()),
        magnet: Some("magnet:?xt=urn:btih:00".to_owned()),
        uploaded: ByteCount(82_000_000),
        trouble: None,
    };
    ShareRow {
        id: ShareId(3),
        wish: ShareWish::Dataset(DatasetWish {
            id: "mf/arome-0.01/SP1".to_owned(),
            lead: Some("0..6".to_owned()),
            folder: "/data/grib/relay/arome".into(),
            address: ServingAddress::new(ServedTo::Everybody, 8480, "http://relay.example:8480/"),
            keep: "24h".to_owned(),
        }),
        added: a_time(),
        addresses: vec![url("base", ""), url("feed", "feed.xml"), url("page", "index.html")],
        fingerprint: Some("ABCD".to_owned()),
        files: Arc::new(vec![file]),
        figures: ShareFigures {
            announced: 1,
            on_disk: ByteCount(41_000_000),
            uploaded: ByteCount(82_000_000),
            copies_hundredths: 200,
            peers: 2,
            rate: 1_000_000,
            ..ShareFigures::default()
        },
        note: None,
        source_trouble: None,
        next_due: None,
        check: ReachCheck::NotAsked,
        reached: None,
        state,
    }
}

fn a_served_relay() -> ShareRow {
    a_relay(ShareState::Serving(a_time()))
}

#[test]
fn a_dataset_is_relayed_in_three_clicks_with_sensible_words_for_the_rest() {
    let mut harness = shown(Language::English, Vec::new());
    press(&mut harness, "Relay a dataset…");
    assert!(harness.query_by_label_contains("A .torrent").is_none(), "a .torrent has no further runs");
    press(&mut harness, "Météo-France · AROME · 0.01°");
    press(&mut harness, "Relay this dataset");
    let ShareWish::Dataset(wish) = started(&harness) else { panic!("a dataset") };
    assert_eq!((wish.id.as_str(), &wish.lead, wish.keep.as_str()), ("mf/arome-0.01", &None, "24h"));
    assert_eq!(wish.folder, std::path::Path::new("/data/grib/relay/mf-arome-0.01"));
    assert_eq!(wish.address, ServingAddress::new(ServedTo::Everybody, 8480, ""));
    harness.get_by_label("Relay a dataset…");
}

#[test]
fn a_folder_is_published_by_its_path_and_privately_when_that_is_ticked() {
    let mut harness = shown(Language::English, vec![a_served_relay()]);
    press(&mut harness, "Publish a folder…");
    press(&mut harness, "Publish this folder");
    assert_eq!(commands(&harness), [], "no folder is chosen");
    harness.get_by_role_and_label(egui::accesskit::Role::TextInput, "Folder or file").focus();
    harness.run_steps(2);
    harness.get_by_role_and_label(egui::accesskit::Role::TextInput, "Folder or file").type_text("/data/own");
    harness.run_steps(2);
    press(&mut harness, "Private torrent");
    press(&mut harness, "this computer only, to try it");
    press(&mut harness, "Publish this folder");
    let ShareWish::Folder(wish) = started(&harness) else { panic!("a folder") };
    assert_eq!((wish.folder.to_str(), wish.privacy), (Some("/data/own"), TorrentPrivacy::Private));
    assert_eq!(wish.address, ServingAddress::new(ServedTo::ThisComputer, 8481, ""), "8480 is taken");
}

#[test]
fn a_form_that_is_cancelled_shares_nothing() {
    for language in [Language::English, Language::French] {
        let (begin, cancel) = match language {
            Language::English => ("Publish a folder…", "Cancel"),
            Language::French => ("Publier un dossier…", "Annuler"),
        };
        let mut harness = shown(language, Vec::new());
        press(&mut harness, begin);
        press(&mut harness, cancel);
        harness.get_by_label(begin);
        assert_eq!(commands(&harness), []);
    }
}

#[test]
fn with_http_only_nothing_can_be_shared_and_it_is_said_why() {
    let mut stage = Stage::new(Language::English);
    stage.snapshot.settings =
        Arc::new(Settings { giving: Some(GivingChoice::HttpOnly), ..Settings::default() });
    let mut harness = stage.show(View::default(), show);
    harness.run_steps(3);
    harness.get_by_label_contains("Nothing is published or relayed while uploads are off");
    press(&mut harness, "Relay a dataset…");
    harness.get_by_label("Relay a dataset…");
}

#[test]
fn a_line_is_checked_stopped_and_removed_only_when_that_is_said_twice() {
    let mut harness = shown(Language::English, vec![a_served_relay()]);
    press(&mut harness, "Request all of AROME SP1 at its public address");
    press(&mut harness, "Stop sharing AROME SP1");
    press(&mut harness, "Remove AROME SP1 from the list; its files stay");
    press(&mut harness, "Really remove AROME SP1 from the list; its files stay");
    let id = ShareId(3);
    let expected = [ShareCommand::Check(id), ShareCommand::Stop(id), ShareCommand::Remove(id)];
    assert_eq!(commands(&harness), expected);
    let mut harness = shown(Language::English, vec![a_relay(ShareState::Stopped)]);
    press(&mut harness, "Share AROME SP1 again");
    assert_eq!(commands(&harness), [ShareCommand::Resume(id)]);
}

#[test]
fn a_line_says_what_was_counted_and_never_more_than_was_seen_of_its_address() {
    let harness = shown(Language::English, vec![a_served_relay()]);
    harness.get_by_label_contains("2.0 copies that its publisher did not have to send");
    harness.get_by_label("No connection from another network was seen yet.");
    let tally = ReachTally { asked: 9, right: 9, trouble: None };
    let checked = ShareRow {
        check: ReachCheck::Over(tally, a_time()),
        reached: a_time().plus_minutes(1),
        ..a_served_relay()
    };
    let harness = shown(Language::English, vec![checked]);
    harness.get_by_label_contains("9 of 9 addresses answered this computer");
    harness.get_by_label_contains("This does not prove that others reach it");
    harness.get_by_label_contains("Reached from another network at");
}

#[test]
fn what_stands_in_the_way_is_said_with_what_to_do_in_both_languages() {
    let message = RelayMessage::AddressInUse { address: "0.0.0.0:8480".to_owned() };
    for (language, words) in
        [(Language::English, "Choose another port"), (Language::French, "Choisissez un autre port")]
    {
        let harness = shown(language, vec![a_relay(ShareState::Failed(message.clone().into()))]);
        harness.get_by_label_contains(words);
    }
    let url = "http://relay.example:8480/".to_owned();
    let refused = RelayMessage::NotReachable { url, reason: crate::app::Reason::NoAnswer };
    let tally = ReachTally { asked: 3, right: 1, trouble: Some(refused.into()) };
    let row = ShareRow { check: ReachCheck::Over(tally, a_time()), ..a_served_relay() };
    let harness = shown(Language::English, vec![row]);
    harness.get_by_label_contains("1 of 3 addresses answered");
    harness.get_by_label_contains("ask somebody outside to open the address");
    assert!(harness.query_by_label_contains("--base-url").is_none(), "that is for a terminal");
}

#[test]
fn the_addresses_of_feed_torrent_and_magnet_are_copied_by_buttons_with_names() {
    let mut harness = shown(Language::English, vec![a_served_relay()]);
    press(&mut harness, "Show files (1): AROME SP1");
    for (button, expected) in [
        ("Copy the address of the feed", "http://relay.example:8480/feed.xml"),
        ("Copy the address of the page", "http://relay.example:8480/index.html"),
        (
            "Copy the address of the .torrent of arome_00H.grib2",
            "http://relay.example:8480/torrent/arome_00H.grib2.torrent",
        ),
        ("Copy the magnet of arome_00H.grib2", "magnet:?xt=urn:btih:00"),
    ] {
        harness.get_by_label(button).click();
        harness.run_steps(1);
        let is_copied = |harness: &Harness<'_, Stage>| {
            harness
                .output()
                .platform_output
                .commands
                .iter()
                .any(|command| matches!(command, egui::OutputCommand::CopyText(text) if text == expected))
        };
        let mut seen = is_copied(&harness);
        for _ in 0..3 {
            if seen {
                break;
            }
            harness.step();
            seen = is_copied(&harness);
        }
        assert!(seen, "{button}");
    }
}
