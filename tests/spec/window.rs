//! The engine as the window drives it, with the demonstration's publisher: no display, no network but loopback.

use crate::window_stage::{self, PATIENCE, wait_for};
use nuee::app::Policy;
use nuee::app::catalog::hours::{
    DatasetId, HoursChoice, HoursFilter, HoursPlan, HoursView, KnownSize, MatrixCellState,
};
use nuee::app::catalog::route::Route;
use nuee::app::catalog::sources::{Health, SourceClass};
use nuee::app::input::Action;
use nuee::app::jobs::request::{GetRequest, GivingPlan};
use nuee::app::jobs::view::{DiskState, End, Phase};
use nuee::app::link::Link;
use nuee::app::query::{Answer, Query};
use nuee::app::settings::{GivingChoice, LanguageChoice, Limits, Settings};
use nuee::app::snapshot::Snapshot;
use nuee::demo::publisher::{DemoPublisher, PeerPace};
use nuee::domain::integrity::Verdict;
use nuee::domain::lead_time::LeadTime;
use nuee::engine::host::Engine;
use nuee::engine::host::window::{WindowSetup, WindowStart, window_start};
use std::path::Path;
use std::sync::Arc;

fn start(folder: &Path, publisher: Option<&DemoPublisher>, targets: &[&str]) -> WindowStart {
    window_start(setup_of(folder, publisher, targets)).expect("an engine")
}

fn setup_of(folder: &Path, publisher: Option<&DemoPublisher>, targets: &[&str]) -> WindowSetup {
    WindowSetup {
        targets: targets.iter().map(|target| (*target).to_owned()).collect(),
        offer: publisher.map(|publisher| publisher.offer().clone()),
        ..window_stage::setup(folder)
    }
}

fn first(folder: &Path, publisher: Option<&DemoPublisher>) -> Arc<Engine> {
    window_stage::first(setup_of(folder, publisher, &[]))
}

fn set(engine: &Engine, change: impl FnOnce(&mut Settings)) {
    let mut settings = engine.snapshot().settings.as_ref().clone();
    change(&mut settings);
    engine.send(Action::Set(Box::new(settings)));
}

fn open_hours(engine: &Engine, is_meant: impl Fn(&str) -> bool) -> Arc<HoursView> {
    let dataset: DatasetId = wait_for(engine, "the demo's source", |snapshot| {
        let rows = snapshot.sources.iter().filter(|row| row.kind == SourceClass::Demo);
        let read = rows.filter(|row| row.health == Health::Answers).flat_map(|row| &row.datasets);
        read.clone().find(|dataset| is_meant(&dataset.title)).map(|dataset| dataset.id.clone())
    });
    engine.send(Action::OpenHours(Some(dataset.clone())));
    wait_for(engine, "its hours", |snapshot| {
        snapshot.hours.clone().filter(|view| view.dataset == dataset && !view.rows.is_empty())
    })
}

fn plan(engine: &Engine, choice: &HoursChoice) -> HoursPlan {
    match engine.ask(Query::PlanHours(Box::new(choice.clone()))).recv_timeout(PATIENCE) {
        Ok(Answer::HoursPlan(Ok(plan))) => plan,
        other => panic!("{other:?}"),
    }
}

fn choose(view: &HoursView, hours: &[i64]) -> HoursChoice {
    let run = view.rows[0].run;
    let cells = hours.iter().map(|hour| (run, LeadTime::from_hours(*hour))).collect();
    HoursChoice { dataset: view.dataset.clone(), cells, filter: HoursFilter::default() }
}

fn state(view: &HoursView, hour: i64) -> MatrixCellState {
    let column = view.columns.iter().position(|lead| *lead == LeadTime::from_hours(hour)).expect("a column");
    view.rows[0].cells[column].state
}

#[test]
fn hours_are_chosen_got_one_after_the_other_proven_and_remembered() {
    let publisher = DemoPublisher::start(PeerPace::Free).expect("a publisher");
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let engine = first(scratch.path(), Some(&publisher));
    let view = open_hours(&engine, |title| title == "AROME-like DEMO");
    assert_eq!(view.columns.len(), 25);
    assert_eq!(state(&view, 6), MatrixCellState::Available);
    let choice = choose(&view, &[6, 7, 8, 9]);
    let planned = plan(&engine, &choice);
    assert!(matches!(planned.wanted, KnownSize::Exact(octets) if octets.0 > 0));
    assert_eq!((planned.slices, planned.here, planned.road), (4, 0, Route::WholeFiles));
    assert!(planned.command.starts_with("nuee get http://127.0.0.1"), "{}", planned.command);

    set(&engine, |settings| settings.giving = Some(GivingChoice::Share));
    engine.send(Action::GetHours(Box::new(choice.clone())));
    wait_for(&engine, "four proven hours", |snapshot| {
        let proven = |job: &&Arc<nuee::app::jobs::view::Job>| {
            matches!(job.verdict.as_deref(), Some(Verdict::Verified { .. }))
                && matches!(job.phase, Phase::Giving | Phase::Ended)
        };
        (snapshot.jobs.iter().filter(proven).count() == 4).then_some(())
    });
    let view = wait_for(&engine, "the hours on the matrix", |snapshot| {
        snapshot.hours.clone().filter(|view| state(view, 9) == MatrixCellState::Here)
    });
    assert_eq!(state(&view, 5), MatrixCellState::Available);
    assert_eq!(plan(&engine, &choice).road, Route::OnDisk);
    let subject = engine.snapshot().jobs.get(0).and_then(|job| job.subject.clone()).expect("a subject");
    assert_eq!(subject.lead, LeadTime::from_hours(6));
    engine.wind_down();
    drop(engine);

    let engine = first(scratch.path(), Some(&publisher));
    let jobs = wait_for(&engine, "what was remembered", |snapshot| {
        let is_settled =
            |job: &Arc<nuee::app::jobs::view::Job>| matches!(job.phase, Phase::Giving | Phase::Ended);
        let all = snapshot.jobs.len() == 4 && snapshot.jobs.iter().all(is_settled);
        all.then(|| snapshot.jobs.clone())
    });
    assert!(jobs.iter().all(|job| job.verdict.is_some()));
    assert_eq!(engine.snapshot().settings.giving, Some(GivingChoice::Share));
    let id = jobs.get(0).expect("a job").id;
    engine.send(Action::Look(Some(id)));
    wait_for(&engine, "its files", |snapshot| snapshot.job(id).filter(|job| job.files.len() == 1).map(drop));
    let fields = wait_for(&engine, "its fields", |snapshot| {
        snapshot.detail.as_ref().map(|detail| detail.fields.len()).filter(|fields| *fields > 0)
    });
    assert_eq!(fields, 5);
}

#[test]
fn an_engine_that_was_dropped_in_the_middle_finishes_at_the_next_start() {
    let publisher = DemoPublisher::start(PeerPace::Free).expect("a publisher");
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let engine = first(scratch.path(), Some(&publisher));
    set(&engine, |settings| {
        settings.giving = Some(GivingChoice::HttpOnly);
        settings.limits = Limits { down: Some(40_000), ..Limits::default() };
    });
    let hourly = publisher.offer().entries.iter().find(|entry| entry.is_hourly).expect("hourly files");
    for hour in 0..10 {
        engine.send(Action::Get(Box::new(GetRequest {
            targets: vec![hourly.url.clone()],
            files: Some(format!("*_{hour:03}H.grib2")),
            out: scratch.path().join(format!("out-{}", hour % 3)),
            policy: Policy::SwarmFirst,
            giving: GivingPlan::WhileReceiving,
            ..GetRequest::default()
        })));
    }
    let first_job = wait_for(&engine, "a job", |snapshot| snapshot.jobs.get(0).map(|job| job.id));
    engine.send(Action::Look(Some(first_job)));
    wait_for(&engine, "its pieces", |snapshot| {
        snapshot.detail.as_ref().filter(|detail| detail.pieces.pieces > 0).map(drop)
    });
    wait_for(&engine, "something received", |snapshot| {
        snapshot
            .jobs
            .iter()
            .any(|job| job.phase == Phase::Receiving && job.transfer.received.0 > 0)
            .then_some(())
    });
    drop(engine);

    let engine = first(scratch.path(), Some(&publisher));
    let jobs =
        wait_for(&engine, "the ten", |snapshot| (snapshot.jobs.len() == 10).then(|| snapshot.jobs.clone()));
    assert!(jobs.iter().all(|job| job.request.is_some() || job.phase == Phase::Ended));
    set(&engine, |settings| settings.limits.down = None);
    let ends = wait_for(&engine, "the end of all", |snapshot| {
        let ends: Vec<End> =
            snapshot.jobs.iter().filter_map(|job| job.outcome.as_ref()).map(|outcome| outcome.end).collect();
        (ends.len() == 10).then_some(ends)
    });
    assert_eq!(ends, [End::Done; 10]);
    assert!(engine.snapshot().journal.hosts.iter().all(|host| host.host.starts_with("127.0.0.1")));
}

#[test]
fn a_second_start_hands_over_and_nothing_is_asked_of_anybody_before_yes() {
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let engine = first(scratch.path(), None);
    let magnet = "magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567&tr=http://t.example/a";
    assert!(matches!(start(scratch.path(), None, &[magnet]), WindowStart::HandedOver));
    let handed = wait_for(&engine, "what was handed over", |snapshot| snapshot.handed_over.first().cloned());
    assert_eq!((handed.target.as_str(), handed.hosts), (magnet, vec!["t.example".to_owned()]));
    let snapshot = engine.snapshot();
    assert_eq!((snapshot.raised, snapshot.jobs.len()), (1, 0));
    assert!(snapshot.journal.hosts.is_empty());
}

#[test]
fn a_deleted_file_is_missing_on_disk_and_comes_back_by_one_press_after_a_restart() {
    let publisher = DemoPublisher::start(PeerPace::Free).expect("a publisher");
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let engine = first(scratch.path(), Some(&publisher));
    set(&engine, |settings| settings.giving = Some(GivingChoice::HttpOnly));
    let view = open_hours(&engine, |title| title == "AROME-like DEMO");
    engine.send(Action::GetHours(Box::new(choose(&view, &[6, 7]))));
    let paths: Vec<String> = wait_for(&engine, "two files", |snapshot| {
        let files = snapshot.jobs.iter().filter(|job| job.phase == Phase::Ended).flat_map(|job| &job.files);
        let paths: Vec<String> = files.map(|file| file.path.clone()).collect();
        (paths.len() == 2).then_some(paths)
    });
    let octets = std::fs::read(&paths[0]).expect("a file");
    std::fs::remove_file(&paths[0]).expect("it is there");
    engine.send(Action::LookAtDisk);
    let state_of = |at: usize, state: DiskState| {
        move |snapshot: &Snapshot| snapshot.jobs.get(at).filter(|job| job.disk.worst == state).map(drop)
    };
    wait_for(&engine, "the look", state_of(0, DiskState::Missing));
    let is_offered = |snapshot: &Snapshot| {
        snapshot.hours.clone().filter(|view| {
            state(view, 6) == MatrixCellState::Available && state(view, 7) == MatrixCellState::Here
        })
    };
    wait_for(&engine, "the hour to fetch", is_offered);
    engine.wind_down();
    drop(engine);

    let engine = first(scratch.path(), Some(&publisher));
    wait_for(&engine, "the look at the start", state_of(0, DiskState::Missing));
    wait_for(&engine, "the other file", state_of(1, DiskState::AsLeft));
    let id = engine.snapshot().jobs.get(0).expect("a job").id;
    // Where new files go has nothing to do with those that are there.
    set(&engine, |settings| settings.folder = Some(scratch.path().join("elsewhere")));
    engine.send(Action::FetchAgain(vec![id]));
    wait_for(&engine, "the file again", |snapshot| {
        let is_back = |job: &&Arc<nuee::app::jobs::view::Job>| {
            job.phase == Phase::Ended && job.disk.worst == DiskState::AsLeft && job.outcome.is_some()
        };
        snapshot.job(id).filter(is_back).map(drop)
    });
    assert_eq!(std::fs::read(&paths[0]).expect("it is back where it was"), octets);

    std::fs::write(&paths[1], b"something else").expect("room");
    engine.send(Action::LookAtDisk);
    wait_for(&engine, "the changed file", state_of(1, DiskState::Changed));
    engine.send(Action::CheckAgain(vec![id]));
    let checked = wait_for(&engine, "the file read again", |snapshot| {
        snapshot.job(id).and_then(|job| job.files.first()?.disk.verified_at)
    });
    assert!(checked.unix_seconds() > 0);
}

#[test]
fn the_language_asked_for_at_the_start_holds_over_that_of_the_settings() {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = first(folder.path(), None);
    set(&engine, |settings| settings.language = Some(LanguageChoice::English));
    wait_for(&engine, "English", |snapshot| {
        (snapshot.settings.language == Some(LanguageChoice::English)).then_some(())
    });
    engine.wind_down();
    drop(engine);
    let asked =
        || WindowSetup { asked_language: Some(LanguageChoice::French), ..setup_of(folder.path(), None, &[]) };
    let engine = window_stage::first(asked());
    assert_eq!(engine.snapshot().settings.language, Some(LanguageChoice::French));
    engine.wind_down();
    drop(engine);
    let engine = first(folder.path(), None);
    assert_eq!(engine.snapshot().settings.language, Some(LanguageChoice::English), "it was for that start");
    engine.wind_down();
}
