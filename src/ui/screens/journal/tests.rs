//! The log, tried without a display.

use super::{View, show};
use crate::app::input::Action;
use crate::app::jobs::request::JobId;
use crate::app::journal::{HostRow, JournalEntry, Purpose, Weight};
use crate::app::messages::user_message::UserMessage;
use crate::domain::octets::ByteCount;
use crate::i18n::Language;
use crate::ui::testing::{Stage, a_time};
use egui::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::sync::Arc;

fn an_entry(number: u64, weight: Weight, message: UserMessage) -> Arc<JournalEntry> {
    Arc::new(JournalEntry {
        number,
        at: a_time(),
        weight,
        job: Some((JobId(1), "arome.grib2".to_owned())),
        message,
    })
}

fn a_stage(language: Language) -> Stage {
    let mut stage = Stage::new(language);
    let journal = &mut stage.snapshot.journal;
    journal.entries.push(an_entry(0, Weight::Failure, UserMessage::DiskFull));
    journal.entries.push(an_entry(1, Weight::Attention, UserMessage::NoMetadata));
    journal.entries.push(an_entry(2, Weight::Note, UserMessage::Stopped));
    journal.hosts = Arc::new(vec![HostRow {
        host: "data.example.org:443".to_owned(),
        purpose: Purpose::Http,
        requests: 1,
        received: ByteCount(41_000_000),
        last: a_time(),
    }]);
    stage
}

fn rows(harness: &Harness<'_, Stage>) -> usize {
    harness.query_all_by_role(Role::ListItem).count()
}

#[test]
fn a_row_is_one_sentence_with_time_weight_code_subject_and_remedy() {
    let harness = a_stage(Language::French).show(View::default(), show);
    let row = harness.get_by_label_contains("DISK-FULL");
    let said = format!("{row:?}");
    for part in ["20/11/2026 06:42 UTC", "Échec", "arome.grib2", "disque est plein"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn entries_are_filtered_by_weight_and_by_text() {
    let mut harness = a_stage(Language::English).show(View::default(), show);
    assert_eq!(rows(&harness), 3);
    harness.get_by_label("Failures").click();
    harness.run();
    assert_eq!(rows(&harness), 1);
    harness.get_by_label("All").click();
    harness.state_mut().find = "magnet".to_owned();
    harness.run();
    assert_eq!(rows(&harness), 1);
    harness.state_mut().find = "nowhere to be found".to_owned();
    harness.run();
    assert!(harness.query_by_label("Nothing matches.").is_some());
}

#[test]
fn the_chosen_entry_is_shown_in_full() {
    let mut harness = a_stage(Language::English).show(View::default(), show);
    let before = harness.query_all_by_label_contains("What was verified is kept").count();
    harness.get_by_label_contains("DISK-FULL").click();
    harness.run();
    assert_eq!(harness.query_all_by_label_contains("What was verified is kept").count(), before + 1);
}

#[test]
fn every_host_says_why_how_often_and_for_how_many_bytes() {
    let mut harness = a_stage(Language::French).show(View::default(), show);
    harness.get_by_label("Hôtes contactés").click();
    harness.run();
    let said = "data.example.org:443, données par HTTP, 1 requête, 41,0\u{202F}Mo reçus, dernière fois 20/11/2026 06:42 UTC";
    assert!(harness.query_by_label(said).is_some());
}

#[test]
fn the_log_is_written_where_the_person_says() {
    let mut harness = a_stage(Language::English).show(View::default(), show);
    harness.get_by_label("Export…").click();
    harness.run();
    assert!(harness.query_by_role_and_label(Role::TextInput, "File for the log").is_some());
    harness.get_by_label("Write").click();
    harness.run();
    let [Action::ExportJournal(path)] = &harness.state().actions[..] else { panic!("one export") };
    assert_eq!(path, std::path::Path::new("/data/grib/nuee-log-20261120-0642.txt"));
}

#[test]
fn an_empty_log_says_what_will_appear() {
    for (language, said) in
        [(Language::English, "Nothing to report."), (Language::French, "Rien à signaler.")]
    {
        let harness = Stage::new(language).show(View::default(), show);
        assert!(harness.query_by_label(said).is_some());
    }
}

#[test]
fn five_thousand_entries_draw_only_what_is_seen() {
    let mut stage = Stage::new(Language::English);
    for number in 0..5000 {
        stage.snapshot.journal.entries.push(an_entry(number, Weight::Note, UserMessage::Stopped));
    }
    let harness = stage.show(View::default(), show);
    assert!(rows(&harness) < 60, "{}", rows(&harness));
}
