//! Rows whose files are no longer as they were put.

use super::*;
use crate::domain::octets::ByteCount;
use crate::domain::on_disk::FilesLook;
use crate::ui::screens::transfers::words::progress;

#[test]
fn a_file_that_is_gone_is_said_to_be_and_is_fetched_again_by_one_press() {
    for (language, disk, words, button) in [
        (Language::English, DiskState::Missing, "missing on disk", "Fetch again"),
        (Language::English, DiskState::Changed, "changed on disk", "Fetch again"),
        (Language::French, DiskState::Missing, "manquant sur le disque", "Récupérer à nouveau"),
    ] {
        let mut harness = shown(stage(language, vec![seen_so(7, disk)]));
        let row = label(&harness.get_by(|node| is_row(node) && label(node).contains(words)).accesskit_node());
        assert!(!row.contains("data.example"), "what is not there proves nothing: {row}");
        press(&mut harness, button);
        assert!(matches!(&harness.state().actions[..], [Action::FetchAgain(ids)] if ids[..] == [JobId(7)]));
    }
}

#[test]
fn of_several_files_the_row_says_how_many_are_missing_and_how_much_is_there() {
    let mut job = made::done(7, "f7", made::proven());
    let mut look = FilesLook::default();
    look.take(DiskState::AsLeft, ByteCount(900));
    (0..2).for_each(|_| look.take(DiskState::Missing, ByteCount(50)));
    job.disk = look.together();
    assert_eq!(progress(&job), 0.9);
    let harness = shown(stage(Language::English, vec![Arc::new(job)]));
    let told = "2 files are no longer where they were put";
    harness.get_by(|node| is_row(node) && label(node).contains(told));
}
