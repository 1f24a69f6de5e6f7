//! What is done with a file that is opened to see its fields.

use super::Stage;
use crate::turn::latest_run;
use nuee::app::input::Action;
use nuee::app::inspect::{FileReading, InspectCommand};
use nuee::app::link::Link;
use nuee::demo::made_run::MadeRun;

pub const SENT: &[&str] =
    &["inspect: take", "inspect: open", "inspect: again", "inspect: get", "inspect: close"];

pub fn case_of(command: &InspectCommand) -> &'static str {
    match command {
        InspectCommand::Take(_) => "inspect: take",
        InspectCommand::Open(_) => "inspect: open",
        InspectCommand::Again => "inspect: again",
        InspectCommand::Get => "inspect: get",
        InspectCommand::Close => "inspect: close",
    }
}

#[test]
fn every_action_on_an_opened_file_has_its_effect() {
    let stage = Stage::new();
    let run = MadeRun::make(latest_run());
    let path = |name: &str| stage.folder.path().join(name).display().to_string();
    let octets = &run.hourly_files()[1].octets;
    for name in ["first.grib2", "second.grib2"] {
        std::fs::write(path(name), octets).expect("room");
    }
    let see_fields = |name: &str, is_meant: &dyn Fn(usize) -> bool| {
        stage.see(name, |snapshot| {
            let opened = snapshot.opened.as_ref().filter(|opened| opened.name == name)?;
            match &opened.reading {
                FileReading::Fields(listing) => Some(listing.fields.len()).filter(|count| is_meant(*count)),
                _ => None,
            }
        })
    };
    stage.send(Action::Inspect(InspectCommand::Take(path("first.grib2"))));
    let count = see_fields("first.grib2", &|count| count > 0);
    stage.send(Action::Inspect(InspectCommand::Open(path("second.grib2"))));
    see_fields("second.grib2", &|fields| fields == count);
    std::fs::write(path("second.grib2"), [&octets[..], &octets[..]].concat()).expect("room");
    stage.send(Action::Inspect(InspectCommand::Again));
    see_fields("second.grib2", &|fields| fields == 2 * count);
    stage.send(Action::Inspect(InspectCommand::Get));
    let job = stage.see("a transfer of it", |snapshot| snapshot.jobs.get(0).cloned());
    assert_eq!(job.request.clone().expect("a request").targets, [path("second.grib2")]);
    stage.send(Action::Inspect(InspectCommand::Close));
    stage.see("no file", |snapshot| snapshot.opened.is_none().then_some(()));
    assert_eq!(stage.engine.snapshot().jobs.len(), 1, "closing it stops nothing");
    stage.end(SENT);
}
