//! What is done with the list of what is followed.

use super::{DATASET, Stage};
use nuee::app::follow::command::HourEnd;
use nuee::app::follow::view::Pace;
use nuee::app::follow::{FollowCommand, FollowRow, FollowWish};
use nuee::app::input::Action;
use nuee::app::link::Link;
use nuee::app::messages::user_message::UserMessage;
use std::time::Duration;

pub const SENT: &[&str] = &[
    "follow",
    "follow: pause",
    "follow: resume",
    "follow: look now",
    "follow: stop",
    "follow: remove",
    "follow: put back",
    "follow: settled",
];

pub fn case_of(command: &FollowCommand) -> &'static str {
    match command {
        FollowCommand::Add { .. } => "follow",
        FollowCommand::Pause(_) => "follow: pause",
        FollowCommand::Resume(_) => "follow: resume",
        FollowCommand::LookNow(_) => "follow: look now",
        FollowCommand::Stop(_) => "follow: stop",
        FollowCommand::Remove(_) => "follow: remove",
        FollowCommand::PutBack(_) => "follow: put back",
        FollowCommand::Settled(..) => "follow: settled",
    }
}

#[test]
fn every_action_on_what_is_followed_has_its_effect() {
    let stage = Stage::new();
    stage.dataset();
    let send = |command| stage.send(Action::Follow(command));
    let row = |what: &str, is_meant: &dyn Fn(&FollowRow) -> bool| {
        stage.see(what, |snapshot| snapshot.followed.first().filter(|row| is_meant(row)).cloned())
    };
    let wish = FollowWish { id: DATASET.to_owned(), lead: Some("0..1".to_owned()), ..FollowWish::default() };
    send(FollowCommand::Add { name: None, wish: Box::new(wish) });
    let first = row("two hours", &|row| row.kept.fetched == 2);
    let id = first.id;
    // What is told is told to the second.
    std::thread::sleep(Duration::from_millis(1_100));
    send(FollowCommand::LookNow(id));
    row("another look", &|row| row.kept.looked > first.kept.looked);
    send(FollowCommand::Pause(id));
    row("the pause", &|row| row.kept.pace == Pace::Paused);
    send(FollowCommand::Resume(id));
    row("that it goes on", &|row| row.kept.pace == Pace::Active);
    let subject = stage.engine.snapshot().jobs.get(0).and_then(|job| job.subject.clone()).expect("a subject");
    send(FollowCommand::Settled(subject, HourEnd::Failed(UserMessage::Stopped)));
    row("why an hour failed", &|row| row.kept.hour_trouble == Some(UserMessage::Stopped));
    send(FollowCommand::Stop(id));
    stage.see("the stop", |snapshot| snapshot.followed.is_empty().then_some(()));
    send(FollowCommand::PutBack(id));
    row("that it is back", &|row| row.id == id);
    send(FollowCommand::Remove(first.name.clone()));
    stage.see("the stop by its name", |snapshot| snapshot.followed.is_empty().then_some(()));
    stage.end(SENT);
}
