//! What is done with files in their place, with the log and with the screen.

use super::Stage;
use nuee::app::input::{Action, Sight};
use nuee::app::jobs::view::{DiskState, End, Job, Phase};
use nuee::app::messages::user_message::UserMessage;
use nuee::app::settings::layout::WindowLayout;
use std::sync::Arc;

pub const SENT: &[&str] = &[
    "look at disk",
    "fetch again",
    "check again",
    "open file",
    "open folder",
    "dismiss",
    "export journal",
    "arrange",
    "seen",
];

#[test]
fn every_action_on_files_in_place_and_on_the_screen_has_its_effect() {
    let stage = Stage::new();
    stage.send(Action::Get(Box::new(stage.hour(1))));
    let job = stage.see("the file", |snapshot| {
        let is_done = |job: &&Arc<Job>| job.outcome.as_ref().is_some_and(|outcome| outcome.end == End::Done);
        snapshot.jobs.get(0).filter(is_done).cloned()
    });
    let (id, path) = (job.id, job.files[0].path.clone());
    let octets = std::fs::read(&path).expect("it is there");
    let is = |disk: DiskState| {
        stage.see("its state", move |snapshot| {
            let is_so = |job: &&Arc<Job>| job.disk.worst == disk && job.phase == Phase::Ended;
            snapshot.job(id).filter(is_so).map(drop)
        });
    };

    std::fs::remove_file(&path).expect("it is there");
    stage.send(Action::LookAtDisk);
    is(DiskState::Missing);
    let cannot = |message: &UserMessage| matches!(message, UserMessage::CannotOpen { .. });
    stage.send(Action::OpenFile(id));
    let number = stage.see_notice("that it cannot be opened", cannot);
    stage.send(Action::Dismiss(number));
    stage.see("no notice", |snapshot| {
        snapshot.notices.iter().all(|notice| notice.number != number).then_some(())
    });
    stage.send(Action::FetchAgain(vec![id]));
    is(DiskState::AsLeft);
    assert_eq!(std::fs::read(&path).expect("it is back"), octets);

    let mut wrong = octets.clone();
    wrong[200] ^= 1;
    std::fs::write(&path, &wrong).expect("room");
    stage.send(Action::CheckAgain(vec![id]));
    is(DiskState::Changed);
    std::fs::remove_file(&path).expect("it is there");
    stage.send(Action::Seen(Sight::Visible));
    is(DiskState::Missing);

    let log = stage.folder.path().join("log.txt");
    stage.send(Action::ExportJournal(log.clone()));
    stage.see_notice("that the log is written", |message| {
        matches!(message, UserMessage::JournalWritten { .. })
    });
    assert!(std::fs::metadata(&log).is_ok_and(|log| log.len() > 0), "it has what was told");
    let layout = WindowLayout { detail_height: Some(301) };
    stage.send(Action::Arrange(layout));
    stage.see("the layout", |snapshot| (snapshot.layout == layout).then_some(()));

    std::fs::remove_dir_all(stage.out()).expect("it is there");
    stage.send(Action::OpenFolder(id));
    stage.see_notice("that the folder cannot be opened", |message| match message {
        UserMessage::CannotOpen { path, .. } => path.contains("out"),
        _ => false,
    });
    stage.end(SENT);
}
