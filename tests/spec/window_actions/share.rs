//! What is done with what is published and relayed from here.

use super::Stage;
use nuee::app::input::Action;
use nuee::app::messages::relay_message::RelayMessage;
use nuee::app::messages::user_message::UserMessage;
use nuee::app::settings::GivingChoice;
use nuee::app::share::reach::ReachCheck;
use nuee::app::share::{
    FolderWish, ServingAddress, ShareCommand, SharePermission, ShareRow, ShareState, ShareWish,
};
use std::net::TcpListener;
use std::sync::Arc;

pub const SENT: &[&str] =
    &["share: start", "share: stop", "share: resume", "share: remove", "share: check", "share: allow"];

pub fn case_of(command: &ShareCommand) -> &'static str {
    match command {
        ShareCommand::Start(_) => "share: start",
        ShareCommand::Stop(_) => "share: stop",
        ShareCommand::Resume(_) => "share: resume",
        ShareCommand::Remove(_) => "share: remove",
        ShareCommand::Check(_) => "share: check",
        ShareCommand::Allow(_) => "share: allow",
    }
}

/// The publishing of a folder with one file, on a free port.
fn a_wish(stage: &Stage) -> ShareWish {
    let folder = stage.folder.path().join("own");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("a.dat"), vec![7; 70_000]).expect("room");
    let port = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port");
    ShareWish::Folder(FolderWish {
        folder,
        address: ServingAddress { bind: port.to_string(), base_url: None },
        trackers: Vec::new(),
        privacy: Default::default(),
    })
}

#[test]
fn every_action_on_what_is_shared_has_its_effect() {
    let stage = Stage::new();
    let send = |command| stage.send(Action::Share(command));
    let row = |what: &str, is_meant: fn(&ShareRow) -> bool| -> Arc<ShareRow> {
        stage.see(what, |snapshot| snapshot.share.rows.first().filter(|row| is_meant(row)).cloned())
    };
    let is_served = |row: &ShareRow| matches!(row.state, ShareState::Serving(_));
    let wish = Box::new(a_wish(&stage));
    send(ShareCommand::Start(wish.clone()));
    let off = UserMessage::from(RelayMessage::SharingOff);
    stage.see_notice("that nothing is shared with HTTP only", |message| *message == off);
    stage.set(|settings| settings.giving = Some(GivingChoice::Share));
    send(ShareCommand::Start(wish.clone()));
    let first = row("that it is served", is_served);
    let id = first.id;
    send(ShareCommand::Start(wish));
    stage.see_notice("that it is shared already", |message| {
        matches!(message, UserMessage::Relay(RelayMessage::SharedAlready { .. }))
    });
    send(ShareCommand::Check(id));
    let checked = row("the check", |row| matches!(row.check, ReachCheck::Over(..)));
    let ReachCheck::Over(tally, _) = &checked.check else { panic!("{checked:?}") };
    assert!(tally.asked >= 2 && tally.right == tally.asked, "{tally:?}");
    send(ShareCommand::Stop(id));
    row("that it is stopped", |row| row.state == ShareState::Stopped);
    send(ShareCommand::Resume(id));
    row("that it is served again", is_served);
    send(ShareCommand::Allow(SharePermission::Forbidden));
    row("that it waits", |row| row.state == ShareState::HeldBack);
    send(ShareCommand::Allow(SharePermission::Allowed));
    row("that it goes on", is_served);
    send(ShareCommand::Remove(id));
    stage.see("that it is gone", |snapshot| snapshot.share.rows.is_empty().then_some(()));
    let file = stage.folder.path().join("own/a.dat");
    assert_eq!(std::fs::read(file).expect("it stays"), vec![7; 70_000]);
    stage.end(SENT);
}
