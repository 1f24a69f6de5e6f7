//! Peers and other sources of one transfer from close by, and what its row makes of them.

use super::made;
use crate::app::jobs::peers::{ConnectionFlow, PeerFacts};
use crate::app::jobs::view::{Job, Phase, SourceLine};
use crate::app::messages::line_kind::LineKind;
use crate::domain::octets::ByteCount;
use crate::domain::source::SourceKind;
use crate::i18n::Language;
use crate::ui::scene::Scene;
use crate::ui::screens::{detail, transfers};
use crate::ui::testing::Stage;
use egui::Ui;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use std::sync::Arc;

/// The job of the made ones that receives.
fn receiving() -> Job {
    made::jobs()[0].as_ref().clone()
}

fn shown(language: Language, job: Job, show: fn(&mut Ui, &Scene<'_>, &Job)) -> Harness<'static, Stage> {
    let mut harness = Stage::new(language).show((), move |ui, scene, ()| {
        show(ui, scene, &job);
        Vec::new()
    });
    harness.run_steps(3);
    harness
}

/// The list with one job in it.
fn listed(language: Language, job: Job) -> Harness<'static, Stage> {
    let jobs = vec![Arc::new(job)];
    let mut stage = Stage::new(language);
    stage.snapshot.jobs = jobs.iter().cloned().collect();
    stage.link = Arc::new(made::link(jobs));
    let mut harness = stage.show(transfers::View::default(), transfers::show);
    harness.run_steps(3);
    harness
}

#[test]
fn a_tracker_is_a_row_of_its_name_and_its_answer_and_gives_no_octets() {
    let harness = shown(Language::English, receiving(), detail::sources::show);
    harness.get_by_label("udp://tracker.example:6969, tracker, no answer");
}

#[test]
fn when_nobody_was_asked_for_peers_it_is_not_said_that_none_was_found() {
    let mut job = receiving();
    job.transfer.live_mut().sources.retain(|line| matches!(line.kind, LineKind::Source(_)));
    for line in &mut job.transfer.live_mut().sources {
        line.rate = 0;
    }
    let harness = shown(Language::English, job.clone(), detail::peers::show);
    harness.get_by_label("No peers were looked for.");
    let harness = shown(Language::English, job.clone(), detail::sources::show);
    harness.get_by_label_contains("No peers were looked for.");
    let harness = shown(Language::French, job, detail::peers::show);
    harness.get_by_label("Aucun pair n'a été cherché.");
}

#[test]
fn of_a_peer_of_an_upload_it_is_said_what_goes_to_it_alone() {
    for (from_us, words) in [
        (ConnectionFlow::Open, ": we send to it. Holds"),
        (ConnectionFlow::Choked, ": waits for us (choked). Holds"),
        (ConnectionFlow::NotWanted, ": requests nothing. Holds"),
    ] {
        let mut job = receiving();
        job.phase = Phase::Giving;
        let lines = job.transfer.live_mut().sources.iter_mut();
        lines.filter_map(|line: &mut SourceLine| line.peer.as_deref_mut()).for_each(
            |peer: &mut PeerFacts| {
                (peer.to_us, peer.from_us) = (ConnectionFlow::NotWanted, from_us);
            },
        );
        let harness = shown(Language::English, job, detail::peers::show);
        harness.get_by_label_contains(words);
    }
}

#[test]
fn no_entry_of_the_menu_of_a_row_wraps() {
    let mut harness = listed(Language::French, receiving());
    harness.get_by(|node| node.role() == egui::Role::ListItem).click_secondary();
    harness.run_steps(5);
    let height = |label: &str| harness.get_by_label(label).rect().height();
    assert_eq!(height("Limite de téléchargement"), height("Vérifier à nouveau"));
}

#[test]
fn what_came_before_the_transfer_was_resumed_counts_for_who_gave_it() {
    let mut job = receiving();
    job.transfer.by_source = Default::default();
    job.transfer.by_source.add(SourceKind::Disk, ByteCount(10_000_000));
    let before = &mut job.transfer.live_mut().held_before;
    before.add(SourceKind::Swarm, ByteCount(6_000_000));
    before.add(SourceKind::WebSeed, ByteCount(4_000_000));
    let harness = listed(Language::English, job);
    harness.get_by_label_contains("share from HTTP 40%");
}
