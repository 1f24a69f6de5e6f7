//! What is done with sources, with the hours of a dataset and with its files.

use super::{DATASET, Stage};
use nuee::app::catalog::file_table::FilesChoice;
use nuee::app::catalog::hours::{HoursChoice, HoursFilter, HoursView, MatrixCellState};
use nuee::app::catalog::sources::{Health, SourceClass, SourceRow};
use nuee::app::input::Action;
use nuee::app::link::Link;
use nuee::domain::lead_time::LeadTime;
use std::sync::Arc;

pub const SENT: &[&str] = &[
    "add source",
    "remove source",
    "ask source",
    "get source",
    "open hours",
    "filter hours",
    "get hours",
    "get files",
];

fn state(view: &HoursView, hour: i64) -> Option<MatrixCellState> {
    let row = view.rows.first()?;
    view.cell(row.run, LeadTime::from_hours(hour)).map(|cell| cell.state)
}

#[test]
fn every_action_on_sources_and_hours_has_its_effect() {
    let stage = Stage::new();
    let dataset = stage.dataset();
    stage.send(Action::OpenHours(Some(dataset.clone())));
    let see_hour = |what: &str, hour: i64, meant: MatrixCellState| {
        stage.see(what, |snapshot| {
            let view = snapshot.hours.clone().filter(|view| view.dataset == dataset)?;
            (state(&view, hour) == Some(meant)).then_some(view)
        })
    };
    let view = see_hour("its hours", 1, MatrixCellState::Available);
    let filter = HoursFilter { params: vec!["2t".to_owned()], ..HoursFilter::default() };
    let choice = HoursChoice {
        dataset: dataset.clone(),
        cells: [(view.rows[0].run, LeadTime::from_hours(1))].into_iter().collect(),
        filter: filter.clone(),
    };
    stage.send(Action::FilterHours(filter));
    stage.send(Action::GetHours(Box::new(choice)));
    see_hour("one field of an hour", 1, MatrixCellState::Here);
    stage.send(Action::FilterHours(HoursFilter::default()));
    see_hour("that the other fields are not here", 1, MatrixCellState::PartlyHere);

    let jobs = stage.engine.snapshot().jobs.len();
    let pattern: Arc<str> = "*_002H*".into();
    stage.send(Action::GetFiles(Box::new(FilesChoice { dataset, patterns: vec![pattern.clone()] })));
    let job = stage.see("a transfer of that file", |snapshot| snapshot.jobs.get(jobs).cloned());
    let request = job.request.clone().expect("a request");
    assert_eq!((request.files.as_deref(), request.targets[0].as_str()), (Some(&*pattern), DATASET));
    own_source(stage);
}

fn own_source(stage: Stage) {
    let url = stage.hour(0).targets[0].clone();
    // The demonstration's own source lists it too; this one is the person's.
    stage.send(Action::AddSource(url.clone()));
    let row = |is_meant: fn(&SourceRow) -> bool| {
        let url = url.clone();
        move |snapshot: &nuee::app::snapshot::Snapshot| {
            let of_url = |row: &&SourceRow| row.kind == SourceClass::Torrent && *row.key.0 == *url;
            snapshot.sources.iter().find(of_url).filter(|row| is_meant(row)).cloned()
        }
    };
    let source = stage.see("the source", row(|row| row.health == Health::Answers));
    let jobs = stage.engine.snapshot().jobs.len();
    stage.send(Action::GetSource(source.key.clone()));
    let job = stage.see("a transfer of it", |snapshot| snapshot.jobs.get(jobs).cloned());
    assert_eq!(job.request.clone().expect("a request").targets, std::slice::from_ref(&url));
    let source = row(|_| true)(&stage.engine.snapshot()).expect("the source");
    assert_eq!(source.health, Health::Answers, "no older row is sent after the one that says so");

    let Stage { publisher, provider, _host, folder, engine, sent } = stage;
    drop(publisher);
    let publisher = nuee::demo::publisher::DemoPublisher::start(nuee::demo::publisher::PeerPace::Free);
    let publisher = publisher.expect("another publisher, at another address");
    let stage = Stage { publisher, provider, _host, folder, engine, sent };
    stage.send(Action::AskSource(source.key.clone()));
    stage.see("that nobody answers there", row(|row| matches!(row.health, Health::Lost(..))));
    stage.send(Action::RemoveSource(source.key));
    stage.see("that it is gone", |snapshot| row(|_| true)(snapshot).is_none().then_some(()));
    stage.end(SENT);
}
