//! What is given, relays in use, limits, and what is handed on.

use super::made;
use crate::app::Reason;
use crate::app::input::{Action, Tuning};
use crate::app::jobs::giving::GivingState;
use crate::app::jobs::request::JobId;
use crate::app::jobs::view::{Job, Phase};
use crate::app::messages::relay_message::{RelayMessage, RelayTrust};
use crate::app::relay::used::list::{UsedRelay, base_of};
use crate::app::relay::used::report::{AsideReport, UsedReport};
use crate::app::relay::using::view::RelaysView;
use crate::app::relay::using::{RelayUseCommand, RelayUseEvent};
use crate::app::settings::GivingChoice;
use crate::domain::octets::ByteCount;
use crate::i18n::Language;
use crate::ui::screens::sharing::{SharingPart, View, show};
use crate::ui::testing::{Stage, a_job, a_time};
use egui::{Key, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::collections::BTreeMap;
use std::sync::Arc;

const URL: &str = "https://relay.example/";

fn a_giving_job(id: u32) -> Job {
    let mut giving = GivingState {
        until: a_time().plus_minutes(45).expect("a time"),
        contents: vec!["ab".repeat(20)],
        ..GivingState::default()
    };
    giving.so_far.since = a_time();
    let mut job = a_job(id, "arome.grib2");
    job.phase = Phase::Giving;
    job.giving = Some(Box::new(giving));
    job.transfer.given = ByteCount(61_500_000);
    let live = job.transfer.live_mut();
    (live.peers_live, live.given_rate, live.offered) = (3, 250_000, ByteCount(41_000_000));
    job
}

fn a_stage(language: Language) -> Stage {
    let mut stage = Stage::new(language);
    stage.snapshot.jobs.push(Arc::new(a_giving_job(1)));
    stage.snapshot.vitals.given = ByteCount(61_500_000);
    stage.snapshot.vitals.given_before = ByteCount(2_000_000_000);
    stage
}

fn part(stage: Stage, part: SharingPart) -> Harness<'static, Stage> {
    let mut harness = stage.show(View::on(part), show);
    harness.run_steps(3);
    harness
}

fn a_report() -> UsedReport {
    let relay = UsedRelay::new(base_of(URL).expect("an address"));
    let datasets = BTreeMap::from([("demo/arome".to_owned(), 12), ("demo/arpege".to_owned(), 1)]);
    UsedReport {
        fingerprint: Some("0a1b 2c3d".to_owned()),
        key_since: Some(a_time()),
        last: Some((a_time(), 7)),
        datasets: Some(datasets),
        ..UsedReport::of(&relay)
    }
}

fn relays(events: Vec<RelayUseEvent>) -> RelaysView {
    let mut view = RelaysView::default();
    view.take(RelayUseEvent::Listed(vec![a_report()]));
    events.into_iter().for_each(|event| view.take(event));
    view
}

fn with_relays(language: Language, view: RelaysView) -> Harness<'static, Stage> {
    let mut stage = Stage::new(language);
    stage.snapshot.relays = Arc::new(view);
    part(stage, SharingPart::Relays)
}

fn sent(harness: &Harness<'_, Stage>) -> Vec<RelayUseCommand> {
    let of = |action: &Action| if let Action::Relay(command) = action { Some(command.clone()) } else { None };
    harness.state().actions.iter().filter_map(of).collect()
}

fn click(harness: &mut Harness<'_, Stage>, label: &str) {
    harness.get_by_label(label).click();
    harness.run_steps(3);
}

#[test]
fn a_row_says_to_how_many_how_fast_how_much_and_until_when_it_is_uploaded() {
    let harness = part(a_stage(Language::English), SharingPart::Given);
    harness.get_by_label_contains(
        "peers: 3, rate: 250\u{202F}kB/s, uploaded: 61.5\u{202F}MB, ratio: 1.5, until 07:27",
    );
    harness.get_by_label("Uploaded in all: 2.06\u{202F}GB");
    let harness = part(a_stage(Language::French), SharingPart::Given);
    harness.get_by_label_contains("pairs\u{202F}: 3, débit\u{202F}: 250\u{202F}ko/s");
}

#[test]
fn an_upload_is_stopped_kept_up_longer_and_goes_on() {
    let mut harness = part(a_stage(Language::English), SharingPart::Given);
    click(&mut harness, "Upload arome.grib2 1 h longer");
    click(&mut harness, "Stop uploading arome.grib2");
    let [Action::Tune(longer, Tuning::GiveLonger(_)), Action::StopGiving(stopped)] =
        &harness.state().actions[..]
    else {
        panic!("{:?}", harness.state().actions)
    };
    assert_eq!((longer, stopped), (&vec![JobId(1)], &vec![JobId(1)]));

    let mut stage = Stage::new(Language::English);
    let mut job = a_giving_job(1);
    job.phase = Phase::Ended;
    let giving = job.giving.take().expect("it gave");
    stage.snapshot.jobs.push(Arc::new(job));
    stage.snapshot.stopped_giving = Arc::new(BTreeMap::from([(JobId(1), *giving)]));
    let mut harness = part(stage, SharingPart::Given);
    click(&mut harness, "Upload arome.grib2 again");
    assert!(matches!(&harness.state().actions[..], [Action::GiveAgain(ids)] if ids == &[JobId(1)]));
}

#[test]
fn keys_stop_the_row_that_has_the_focus_and_show_it_from_close_by() {
    let mut harness = part(a_stage(Language::English), SharingPart::Given);
    harness.get_by(|node| node.role() == Role::ListItem).focus();
    harness.run_steps(2);
    harness.key_press(Key::Space);
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    let actions = &harness.state().actions;
    let is_so = matches!(&actions[..], [Action::StopGiving(_), Action::Look(Some(JobId(1)))]);
    assert!(is_so, "{actions:?}");
}

#[test]
fn nothing_uploaded_says_why_and_what_to_do() {
    let empty = part(Stage::new(Language::English), SharingPart::Given);
    empty.get_by_label_contains("Download something on the screen Hours");
    let mut stage = Stage::new(Language::French);
    Arc::make_mut(&mut stage.snapshot.settings).giving = Some(GivingChoice::ReceiveOnly);
    part(stage, SharingPart::Given).get_by_label_contains("Vous avez choisi de ne rien envoyer");
}

#[test]
fn what_is_handed_on_has_a_magnet_a_code_and_can_be_copied() {
    let mut harness = part(a_stage(Language::English), SharingPart::Given);
    click(&mut harness, "Hand on arome.grib2");
    harness.get_by_label_contains(&format!("magnet:?xt=urn:btih:{}", "ab".repeat(20)));
    harness.get_by_label("QR code: Magnet link");
    click(&mut harness, "Copy: Magnet link");
    harness.get_by_label("Copied");
    click(&mut harness, "Close");
    assert!(harness.query_by_label("QR code: Magnet link").is_none());
}

#[test]
fn a_relay_is_kept_after_its_key_was_shown() {
    let mut view = RelaysView::default();
    view.take(RelayUseEvent::Listed(Vec::new()));
    let mut harness = with_relays(Language::English, view.clone());
    harness.get_by_label_contains("No relay is in use.");
    let field = harness.get_by_role_and_label(Role::TextInput, "Address of a relay");
    field.focus();
    field.type_text(URL);
    harness.run_steps(2);
    click(&mut harness, "Show its key");
    let propose = RelayUseCommand::Propose(URL.to_owned());
    assert_eq!(sent(&harness), [RelayUseCommand::Reread, propose.clone()]);
    view.expect(&propose);
    view.take(RelayUseEvent::Proposed(a_report()));
    harness.state_mut().snapshot.relays = Arc::new(view);
    harness.run_steps(3);
    harness.get_by_label("0a1b 2c3d");
    harness.get_by_label_contains("It offers 13 files: demo/arome, demo/arpege");
    click(&mut harness, "Use this relay");
    let keep = RelayUseCommand::Keep { address: URL.to_owned(), fingerprint: Some("0a1b 2c3d".to_owned()) };
    assert_eq!(sent(&harness).last(), Some(&keep));
}

#[test]
fn a_row_says_what_was_observed_of_a_relay_and_what_files_of_it_came_to() {
    let mut view =
        relays(vec![RelayUseEvent::Answered(a_report(), a_time().plus_minutes(-3).expect("a time"))]);
    let (file, relay) = ("a.grib2".to_owned(), URL.to_owned());
    view.count(&RelayMessage::ReliedOn {
        file: file.clone(),
        relay: relay.clone(),
        trust: RelayTrust::CheckedAtSource { right: 1, pieces: 40 },
    });
    view.count(&RelayMessage::ReplacedAtSource { file, relay });
    let harness = with_relays(Language::English, view.clone());
    harness.get_by_label_contains(
        "0a1b 2c3d; answers, answered 3\u{202F}min ago; 13 files, of 2 datasets; 1 downloaded, 1 not used",
    );
    harness.get_by_label_contains("1 file: 1 of 40 pieces compared with the publisher's server, all right");
    harness.get_by_label_contains("1 file, not used: replaced by the publisher meanwhile");
    harness.get_by_label_contains("demo/arome: 12 files");
    with_relays(Language::French, view).get_by_label_contains("1 morceaux sur 40 comparés");
}

#[test]
fn a_relay_that_was_not_asked_says_so_and_is_asked_and_forgotten_after_a_question() {
    let mut harness = with_relays(Language::English, relays(Vec::new()));
    harness.get_by_label_contains("not asked since Nuée started, its list: 2026-11-20 06:42 UTC");
    harness.get_by_label("No file was downloaded by it.");
    click(&mut harness, "Ask now: https://relay.example/");
    click(&mut harness, "Forget https://relay.example/");
    harness.get_by_label("Forget this relay?");
    click(&mut harness, "Keep it");
    assert_eq!(sent(&harness), [RelayUseCommand::Reread, RelayUseCommand::Ask(URL.to_owned())]);
    click(&mut harness, "Forget https://relay.example/");
    click(&mut harness, "Forget it");
    assert_eq!(sent(&harness).last(), Some(&RelayUseCommand::Forget(URL.to_owned())));
}

#[test]
fn a_changed_key_stops_with_both_fingerprints_and_a_contradiction_with_both_checksums() {
    let changed = RelayMessage::KeyChanged {
        url: URL.to_owned(),
        pinned: "0a1b 2c3d".to_owned(),
        found: "ffff eeee".to_owned(),
    };
    let not_taken = |message: RelayMessage| RelayUseEvent::NotTaken {
        url: URL.to_owned(),
        at: a_time(),
        message: message.into(),
    };
    for language in [Language::English, Language::French] {
        let harness = with_relays(language, relays(vec![not_taken(changed.clone())]));
        harness.get_by_label("ffff eeee");
        assert_eq!(harness.query_all_by_label("0a1b 2c3d").count(), 2, "as kept, and as the one that counts");
    }
    let aside = AsideReport {
        since: a_time(),
        file: "a.grib2".to_owned(),
        told: "0123".to_owned(),
        found: "4567".to_owned(),
    };
    let listed = RelayUseEvent::Listed(vec![UsedReport { aside: Some(aside), ..a_report() }]);
    let harness = with_relays(Language::English, relays(vec![listed]));
    for exact in ["a.grib2", "0123", "4567"] {
        harness.get_by_label(exact);
    }
    harness.get_by_label_contains("set aside: contradicted, since 2026-11-20 06:42 UTC");
}

#[test]
fn a_relay_that_does_not_answer_is_no_relay_that_is_stopped() {
    let silent = RelayMessage::UsedUnreachable { url: URL.to_owned(), reason: Reason::NoAnswer, known: None };
    let event = RelayUseEvent::NotTaken { url: URL.to_owned(), at: a_time(), message: silent.into() };
    let view = relays(vec![event]);
    assert!(!view.rows[0].is_stopped());
    with_relays(Language::English, view).get_by_label_contains("does not answer, asked just now");
}

#[test]
fn whether_others_can_call_is_said_as_far_as_it_was_seen() {
    let shown = |change: fn(&mut Stage), words: &str| {
        let mut stage = Stage::new(Language::English);
        stage.size = egui::vec2(1000.0, 1200.0);
        change(&mut stage);
        part(stage, SharingPart::Limits).get_by_label_contains(words);
    };
    shown(|_| {}, "Not known: no peer has connected");
    shown(|stage| stage.snapshot.vitals.calls.from_near = Some(a_time()), "only peers of your own network");
    shown(
        |stage| stage.snapshot.vitals.calls.from_outside = Some(a_time()),
        "Yes: a peer of another network",
    );
}

#[test]
fn the_upload_limit_is_set_in_place() {
    let mut stage = Stage::new(Language::English);
    stage.size = egui::vec2(1000.0, 1200.0);
    let mut harness = part(stage, SharingPart::Limits);
    harness.get_by_role_and_label(Role::TextInput, "Upload limit").focus();
    harness.run_steps(2);
    harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
    harness.get_by_role_and_label(Role::TextInput, "Upload limit").type_text("500 kB/s");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    let Some(Action::Set(settings)) = harness.state().actions.last() else { panic!("nothing was set") };
    assert_eq!(settings.limits.up, Some(500_000));
}

#[test]
fn every_part_stands_in_a_small_window_with_large_letters() {
    for (language, part) in [
        (Language::English, SharingPart::Given),
        (Language::French, SharingPart::Relays),
        (Language::French, SharingPart::Limits),
    ] {
        let mut stage = a_stage(language);
        stage.snapshot.relays = Arc::new(relays(Vec::new()));
        stage.snapshot.sources = Arc::new(made::sources());
        stage.size = egui::vec2(700.0, 450.0);
        let mut harness = stage.show(View::on(part), show);
        harness.set_pixels_per_point(2.0);
        harness.run_steps(3);
    }
}
