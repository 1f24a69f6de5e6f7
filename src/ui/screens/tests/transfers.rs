//! Transfers, and one of them from close by.

mod on_disk;

use super::made;
use crate::app::Policy;
use crate::app::Reason;
use crate::app::input::{Action, Tuning};
use crate::app::jobs::order::JobColumn;
use crate::app::jobs::request::{GivingPlan, JobId};
use crate::app::jobs::view::{DiskState, FileInPlace, Job, Phase};
use crate::app::messages::user_message::{Trouble, UserMessage};
use crate::app::query::Query;
use crate::domain::integrity::{Method, Verdict, Voucher};
use crate::domain::source::SourceKind;
use crate::domain::utc::UtcTime;
use crate::i18n::Language;
use crate::ui::screens::transfers;
use crate::ui::testing::{Stage, a_job};
use egui::{Key, pos2, vec2};
use egui_kittest::{
    Harness,
    kittest::{AccessKitNode, NodeT as _, Queryable},
};
use std::sync::Arc;

fn stage(language: Language, jobs: Vec<Arc<Job>>) -> Stage {
    let mut stage = Stage::new(language);
    stage.snapshot.jobs = jobs.iter().cloned().collect();
    stage.link = Arc::new(made::link(jobs));
    stage.size = vec2(1280.0, 800.0);
    stage
}

fn shown(stage: Stage) -> Harness<'static, Stage> {
    let mut harness = stage.show(transfers::View::default(), transfers::show);
    harness.run_steps(3);
    harness
}

fn english() -> Harness<'static, Stage> {
    shown(stage(Language::English, made::jobs()))
}

fn press(harness: &mut Harness<'_, Stage>, label: &str) {
    harness.get_by_label(label).click();
    harness.run_steps(3);
}

fn choose(harness: &mut Harness<'_, Stage>, part: &str) {
    harness.get_by(|node| is_row(node) && label(node).contains(part)).click();
    harness.run_steps(3);
}

fn is_row(node: &AccessKitNode<'_>) -> bool {
    node.role() == egui::Role::ListItem
}

fn label(node: &AccessKitNode<'_>) -> String {
    node.label().unwrap_or_default()
}

#[test]
fn a_row_is_one_sentence_with_its_place_among_the_others() {
    let harness = shown(stage(Language::French, made::jobs()));
    let row = harness.get_by(|node| is_row(node) && label(node).contains("+17 h"));
    assert_eq!(
        row.accesskit_node().label().unwrap_or_default(),
        "AROME HD 06 h +17 h SP1, 41,0\u{202F}Mo, 34\u{202F}%, 2,70\u{202F}Mo/s, pairs 12, part HTTP 36\u{202F}%, \
         téléchargement, reste ≈ 10\u{202F}s"
    );
    assert_eq!(row.accesskit_node().position_in_set(), Some(4));
    assert_eq!(row.accesskit_node().size_of_set(), Some(4));
}

#[test]
fn a_tick_is_never_alone_and_a_file_without_digests_is_not_called_proven() {
    let structure = Verdict::Verified { method: Method::Structure, voucher: Voucher::Nobody };
    let jobs = vec![Arc::new(made::done(1, "a", made::proven())), Arc::new(made::done(2, "b", structure))];
    let harness = shown(stage(Language::English, jobs));
    harness.get_by(|node| label(node).contains("verified by pieces · https://data.example"));
    harness.get_by(|node| label(node).contains("structure only; no source of trust"));
}

#[test]
fn a_failure_says_why_in_its_row_and_offers_the_remedy() {
    let mut harness = english();
    harness.get_by(|node| is_row(node) && label(node).contains("No source could provide the rest"));
    let remedies: Vec<_> = harness.get_all_by_label("Retry by HTTP").collect();
    // The one in the row is lower than the one in the bar.
    let lowest =
        remedies.into_iter().max_by(|a, b| a.rect().top().total_cmp(&b.rect().top())).expect("there");
    lowest.click();
    harness.run_steps(3);
    assert!(
        matches!(&harness.state().actions[..], [Action::Retry(ids, Policy::HttpOnly)] if ids[..] == [JobId(4)])
    );
}

#[test]
fn what_is_chosen_can_be_paused_resumed_and_opened() {
    let mut harness = english();
    choose(&mut harness, "+17 h");
    press(&mut harness, "Pause");
    choose(&mut harness, "+18 h");
    press(&mut harness, "Resume");
    choose(&mut harness, "+16 h");
    press(&mut harness, "Open folder");
    press(&mut harness, "Open with…");
    let [Action::Pause(paused), Action::GoOn(resumed), Action::OpenFolder(folder), Action::OpenFile(file)] =
        &harness.state().actions[..]
    else {
        panic!("{:?}", harness.state().actions)
    };
    assert_eq!((&paused[..], &resumed[..]), (&[JobId(1)][..], &[JobId(3)][..]));
    assert_eq!((*folder, *file), (JobId(2), JobId(2)));
}

#[test]
fn a_button_that_cannot_be_pressed_says_why() {
    let mut harness = english();
    let why = |harness: &Harness<'_, Stage>| harness.get_by_label("Pause").accesskit_node().description();
    assert_eq!(why(&harness).as_deref(), Some("Choose a transfer in the table first."));
    choose(&mut harness, "+16 h");
    assert_eq!(why(&harness).as_deref(), Some("Nothing that is chosen is under way."));
}

#[test]
fn taking_off_the_list_can_be_undone_for_ten_seconds() {
    let mut harness = english();
    choose(&mut harness, "+16 h");
    harness.key_press(Key::Delete);
    harness.run_steps(3);
    press(&mut harness, "Undo");
    assert!(matches!(
        &harness.state().actions[..],
        [Action::Remove(gone), Action::PutBack(back)] if gone == back && gone[..] == [JobId(2)]
    ));
    choose(&mut harness, "+16 h");
    press(&mut harness, "Remove");
    harness.run_steps(50);
    assert!(harness.query_by_label("Undo").is_none());
}

#[test]
fn space_chooses_and_lets_go() {
    let mut harness = english();
    choose(&mut harness, "+17 h");
    harness.key_press(Key::Space);
    harness.run_steps(2);
    assert_eq!(harness.query_all_by(|node| node.is_selected() == Some(true)).count(), 0);
    harness.key_press(Key::Space);
    harness.run_steps(2);
    assert_eq!(harness.query_all_by(|node| node.is_selected() == Some(true)).count(), 1);
}

#[test]
fn a_head_sorts_and_the_question_goes_to_the_engine() {
    let mut harness = english();
    press(&mut harness, "Sort by: Size");
    press(&mut harness, "Sort by: Size");
    let asked: Vec<_> = harness
        .state()
        .link
        .asked
        .lock()
        .iter()
        .filter_map(|query| match query {
            Query::OrderJobs(order) => Some((order.by, order.way)),
            _ => None,
        })
        .collect();
    use crate::app::jobs::order::SortDirection::{Down, Up};
    assert_eq!(asked, [(JobColumn::Added, Down), (JobColumn::Size, Down), (JobColumn::Size, Up)]);
}

#[test]
fn a_press_between_two_columns_is_one_on_the_row_and_an_edge_of_a_head_widens_its_column() {
    let mut harness = english();
    let (head, row) = (rect_of(&harness, "Sort by: Size"), rect_of(&harness, "+17 h"));
    let edge = head.right() + 5.0;
    harness.drag_at(pos2(edge, row.center().y));
    harness.drop_at(pos2(edge, row.center().y));
    harness.run_steps(3);
    assert_eq!(harness.query_all_by(|node| node.is_selected() == Some(true)).count(), 1);
    harness.drag_at(pos2(edge, head.center().y));
    harness.run_steps(2);
    harness.hover_at(pos2(edge + 40.0, head.center().y));
    harness.run_steps(2);
    harness.drop_at(pos2(edge + 40.0, head.center().y));
    harness.run_steps(3);
    let wider = rect_of(&harness, "Sort by: Size");
    assert!((wider.width() - head.width() - 40.0).abs() < 2.0, "{} to {}", head.width(), wider.width());
}

fn rect_of(harness: &Harness<'_, Stage>, part: &str) -> egui::Rect {
    harness.get_by(|node| label(node).contains(part)).rect()
}

#[test]
fn groups_say_how_many_and_show_only_theirs() {
    let mut harness = english();
    harness.get_by_label("Under way 2");
    press(&mut harness, "Failed 1");
    assert_eq!(harness.query_all_by(is_row).count(), 1);
}

#[test]
fn what_is_looked_for_narrows_the_list_and_nothing_found_says_so() {
    let mut stage = stage(Language::French, made::jobs());
    stage.find = "HP1".into();
    assert_eq!(shown(stage).query_all_by(is_row).count(), 1);
    let mut stage = super::transfers::stage(Language::French, made::jobs());
    stage.find = "nulle part".into();
    shown(stage).get_by_label_contains("Aucun transfert ne contient");
}

#[test]
fn without_transfers_the_screen_leads_to_the_hours() {
    shown(stage(Language::French, Vec::new())).get_by_label("Choisir des échéances");
}

#[test]
fn arrows_move_and_enter_looks_from_close_by() {
    let mut harness = english();
    choose(&mut harness, "+3 h");
    harness.key_press(Key::ArrowDown);
    harness.run_steps(3);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    assert!(matches!(harness.state().actions[..], [Action::Look(Some(JobId(3)))]));
    harness.get_by_label("Files and verification");
}

/// A transfer whose files were seen so on the disk.
fn seen_so(id: u32, disk: DiskState) -> Arc<Job> {
    Arc::new(Job { disk: disk.into(), ..made::done(id, &format!("f{id}"), made::proven()) })
}

#[test]
fn uploading_is_made_longer_and_ended_from_the_menu_of_a_row_that_uploads() {
    let giving = || {
        let mut job = made::done(7, "f7", made::proven());
        job.phase = Phase::Giving;
        shown(stage(Language::English, vec![Arc::new(job)]))
    };
    for (words, is_meant) in [
        ("Upload 1 hour longer", (|tuning| matches!(tuning, Tuning::GiveLonger(_))) as fn(&Tuning) -> bool),
        ("Stop uploading", |tuning| matches!(tuning, Tuning::Give(GivingPlan::WhileReceiving))),
    ] {
        let mut harness = giving();
        harness.get_by(|node| is_row(node) && label(node).contains("f7")).click_secondary();
        harness.run_steps(3);
        press(&mut harness, words);
        let tuned = |action: &Action| matches!(action, Action::Tune(ids, tuning) if ids[..] == [JobId(7)] && is_meant(tuning));
        assert!(harness.state().actions.iter().any(tuned), "{words}: {:?}", harness.state().actions);
    }
}

#[test]
fn what_is_lost_on_the_disk_stands_before_the_end_of_its_upload() {
    for (language, disk, lost) in [
        (Language::English, DiskState::Changed, "changed on disk · uploads"),
        (Language::French, DiskState::Missing, "manquant sur le disque · envoie"),
    ] {
        let mut job = made::done(7, "f7", made::proven());
        (job.phase, job.disk, job.giving) = (Phase::Giving, disk.into(), Some(Box::default()));
        let harness = shown(stage(language, vec![Arc::new(job)]));
        let row = label(&harness.get_by(|node| is_row(node) && label(node).contains("f7")).accesskit_node());
        assert!(row.contains(lost), "{row}");
    }
}

#[test]
fn what_waits_for_its_sources_says_when_it_is_tried_again_and_nothing_of_the_disk() {
    for (language, words) in [(Language::English, "next try at "), (Language::French, "prochain essai à ")] {
        let mut job = made::done(7, "f7", made::proven());
        (job.phase, job.outcome, job.files) = (Phase::Waiting, None, Vec::new());
        let reason = Reason::ConnectionRefused;
        let of_peers = Trouble { kind: SourceKind::Swarm, label: String::new(), reason: reason.clone() };
        let of_host = Trouble { kind: SourceKind::WebSeed, label: "https://h/a".to_owned(), reason };
        let why = Box::new(UserMessage::NoSource { troubles: vec![of_peers, of_host] });
        job.held_up = Some(Box::new(UserMessage::TriedAgain { why, at: job.added, tries: 1 }));
        let harness = shown(stage(language, vec![Arc::new(job)]));
        let row = label(&harness.get_by(|node| is_row(node) && label(node).contains("f7")).accesskit_node());
        assert!(row.contains(words) && !row.contains("dis"), "{row}");
        assert!(row.contains("; ") && !row.contains("peers :"), "the reasons stand apart: {row}");
    }
}

#[test]
fn every_line_of_the_menu_of_a_row_is_one_line_in_french() {
    let mut job = made::done(7, "f7", made::proven());
    job.phase = Phase::Giving;
    let mut harness = shown(stage(Language::French, vec![Arc::new(job)]));
    harness.get_by(|node| is_row(node) && label(node).contains("f7")).click_secondary();
    harness.run_steps(3);
    let height = |words: &str| harness.get_by_label_contains(words).rect().height();
    let one_line = height("Vérifier à nouveau");
    for words in
        ["Limite de téléchargement", "Limite d'envoi", "Réessayer par les pairs", "Vérifier à nouveau"]
    {
        assert!(height(words) < one_line * 1.5, "{words}: {} and {one_line}", height(words));
    }
}

#[test]
fn files_are_checked_again_from_the_menu_of_their_row_and_from_close_by() {
    let mut harness = shown(stage(Language::English, vec![seen_so(7, DiskState::AsLeft)]));
    harness.get_by(|node| is_row(node) && label(node).contains("f7")).click_secondary();
    harness.run_steps(3);
    press(&mut harness, "Check again");
    assert!(matches!(&harness.state().actions[..], [Action::CheckAgain(ids)] if ids[..] == [JobId(7)]));

    let mut harness = shown(stage(Language::English, vec![seen_so(7, DiskState::AsLeft)]));
    choose(&mut harness, "f7");
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    press(&mut harness, "Check again");
    assert!(harness.state().actions.iter().any(|action| matches!(action, Action::CheckAgain(_))));
}

#[test]
fn the_files_of_a_lost_transfer_say_what_was_verified_when_they_came() {
    let mut job = made::done(7, "f7", made::proven());
    job.files[0].disk.verified_at = UtcTime::from_unix_seconds(1_700_000_000);
    let mut harness = shown_files(job.clone());
    harness.get_by_label_contains("verified on 2023-11-14 22:13 UTC, not read again");
    job.disk = DiskState::Changed.into();
    harness = shown_files(job);
    harness.get_by_label_contains("when it arrived: verified by piece hashes");
}

fn shown_files(job: Job) -> Harness<'static, Stage> {
    let stage = stage(Language::English, vec![Arc::new(job.clone())]);
    let mut harness = stage.show((), move |ui, scene, ()| {
        crate::ui::screens::detail::files::show(ui, scene, &job);
        Vec::new()
    });
    harness.run_steps(3);
    harness
}

/// Looks at the job `id` from close by, in a window of that size.
fn from_close_by(language: Language, part: &str, id: u32, size: egui::Vec2) -> Harness<'static, Stage> {
    let mut stage = stage(language, made::jobs());
    stage.snapshot.detail = Some(Arc::new(made::detail(id)));
    stage.size = size;
    let mut harness = shown(stage);
    harness.get_by(|node| is_row(node) && label(node).contains(part)).focus();
    harness.run_steps(1);
    choose(&mut harness, part);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    harness
}

#[test]
fn the_detail_shows_sources_pieces_fields_rates_and_proof() {
    let mut harness = from_close_by(Language::English, "+17 h", 1, vec2(1280.0, 800.0));
    harness.get_by_label_contains("https://data.example/arome, web seed, received 5.00\u{202F}MB");
    harness.get_by_label_contains("tracker.example");
    harness.get_by_label_contains("from peers 9, by HTTP 5, asked by HTTP 2, missing 24");
    press(&mut harness, "Peers");
    harness.get_by_label_contains(
        "192.0.2.17:6881 · libtorrent 2.1: sends to us · waits for us (choked). Holds 80%",
    );
    harness.get_by_label_contains("9.10\u{202F}MB received, 2.00\u{202F}MB sent; found by tracker · near");
    harness.get_by_label_contains("192.0.2.18:51413: connection refused. Holds –");
    harness.get_by_label("Peers send to us.");
    press(&mut harness, "GRIB fields");
    harness.get_by_label_contains("1 of 2 fields can be read already");
    harness.get_by_label_contains("2t, 2m, 17 h, 900\u{202F}kB, not downloaded yet");
    press(&mut harness, "Rates");
    for curve in ["From peers", "By HTTP", "Uploaded"] {
        harness.get_by_label(curve);
    }
    press(&mut harness, "Files and verification");
    harness.get_by_label_contains("a file gets its name once it was checked");
    choose(&mut harness, "+16 h");
    harness.get_by_label_contains(
        "/data/grib/AROME HD 06 h +16 h SP1, 41.0\u{202F}MB, verified by piece hashes",
    );
    press(&mut harness, "Peers");
    harness.get_by_label("Peers are listed while the transfer runs.");
}

#[test]
fn in_a_narrow_window_the_detail_is_a_screen_of_its_own_with_a_way_back() {
    for language in [Language::English, Language::French] {
        let mut harness = from_close_by(language, "+17 h", 1, vec2(700.0, 450.0));
        assert!(matches!(harness.state().actions[..], [Action::Look(Some(JobId(1)))]));
        let back = if language == Language::French { "Revenir à la liste" } else { "Back to the list" };
        press(&mut harness, back);
        assert!(matches!(harness.state().actions[..], [_, Action::Look(None)]));
        assert_eq!(harness.query_all_by(is_row).count(), 4);
    }
}

#[test]
fn ten_thousand_failures_and_names_of_any_kind_leave_the_screen_at_work() {
    let names = ["\u{202E}dlrow", "", &"x".repeat(2000)];
    let mut jobs: Vec<_> = (0..10_000).map(|id| Arc::new(made::failed(id, &format!("f{id}")))).collect();
    jobs.extend(names.iter().zip(10_000..).map(|(name, id)| Arc::new(a_job(id, name))));
    let mut stage = stage(Language::English, jobs);
    stage.size = vec2(700.0, 450.0);
    let view = transfers::View::default();
    let mut harness = stage.show(view, transfers::show);
    harness.set_pixels_per_point(2.0);
    harness.run_steps(3);
    harness.get_by_label("Failed 10,000");
    harness.get_by(|node| label(node).contains("<U+202E>dlrow"));
}

#[test]
fn of_five_thousand_files_only_those_in_sight_are_drawn_and_the_last_is_reached() {
    let mut job = (*made::jobs()[0]).clone();
    let file = made::jobs().iter().find_map(|job| job.files.first().cloned()).expect("a file");
    job.files =
        (0..5_000).map(|n| FileInPlace { path: format!("/data/{n:04}.grib2"), ..file.clone() }).collect();
    let job = Arc::new(job);
    let mut stage = stage(Language::English, vec![job.clone()]);
    stage.size = vec2(600.0, 400.0);
    let mut harness = stage.show((), move |ui, scene, ()| {
        crate::ui::screens::detail::files::show(ui, scene, &job);
        Vec::new()
    });
    harness.run_steps(3);
    harness.get_by_label_contains("/data/0000.grib2, ");
    let drawn = harness.query_all_by(|node| label(node).contains(".grib2")).count();
    assert!(drawn < 40, "{drawn} rows for a window of ten");
    harness.hover_at(egui::pos2(300.0, 200.0));
    harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: vec2(0.0, -1e7),
        source: egui::MouseWheelSource::Wheel,
        phase: egui::TouchPhase::Move,
        modifiers: egui::Modifiers::NONE,
    });
    harness.run_steps(30);
    harness.get_by_label_contains("/data/4999.grib2, ");
}

/// Draws the edge of the detail up, as a hand does.
fn drag_detail(harness: &mut Harness<'_, Stage>, by: f32) {
    let edge = harness.get_by_label("Resize panel").rect();
    let press = |pressed, at| egui::Event::PointerButton {
        pos: at,
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: egui::Modifiers::NONE,
    };
    let from = edge.center();
    let to = from - vec2(0.0, by);
    for event in [
        egui::Event::PointerMoved(from),
        press(true, from),
        egui::Event::PointerMoved(to),
        press(false, to),
        egui::Event::PointerMoved(pos2(5.0, 5.0)),
    ] {
        harness.input_mut().events.push(event);
        harness.run_steps(2);
    }
}

#[test]
fn the_detail_keeps_the_height_that_it_was_given_whatever_is_in_it() {
    let mut stage = stage(Language::English, made::jobs());
    stage.snapshot.layout.detail_height = Some(350);
    let mut harness = shown(stage);
    choose(&mut harness, "+17 h");
    press(&mut harness, "Detail");
    let top = |harness: &Harness<'_, Stage>| harness.get_by_label("Sources").rect().top();
    let before = top(&harness);
    for tab in ["GRIB fields", "Rates", "Files and verification", "Pieces", "Sources"] {
        press(&mut harness, tab);
        assert!((top(&harness) - before).abs() < 1.0, "{tab}");
    }
    choose(&mut harness, "+3 h HP1");
    drag_detail(&mut harness, 60.0);
    let arranged = harness.state().actions.iter().rev().find_map(|action| match action {
        Action::Arrange(layout) => layout.detail_height,
        _ => None,
    });
    assert!(arranged.is_some_and(|height| (395..=425).contains(&height)), "{arranged:?}");
}
