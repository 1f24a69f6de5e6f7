//! What is done with a transfer while it runs, waits or is off the list.

use super::Stage;
use nuee::app::Policy;
use nuee::app::input::{Action, Consent, Sight, Tuning};
use nuee::app::jobs::request::{GivingPlan, JobId};
use nuee::app::jobs::view::{Job, Phase};
use nuee::app::link::Link;
use nuee::app::settings::LOWEST_LIMIT;
use nuee::app::snapshot::Snapshot;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub const SENT: &[&str] = &[
    "get",
    "stop",
    "stop all",
    "pause",
    "go on",
    "retry",
    "tune giving",
    "tune giving longer",
    "tune the limit down",
    "tune the limit up",
    "remove",
    "put back",
    "look",
    "set",
    "answer yes",
    "answer look",
    "answer no",
    "hidden",
];

fn is(id: JobId, is_meant: impl Fn(&Job) -> bool) -> impl Fn(&Snapshot) -> Option<Arc<Job>> {
    move |snapshot| snapshot.job(id).filter(|job| is_meant(job)).cloned()
}

#[test]
fn every_action_on_a_transfer_and_on_what_was_handed_over_has_its_effect() {
    let magnet = format!("magnet:?xt=urn:btih:{}", "ab".repeat(20));
    let other = magnet.clone();
    let stage = Stage::with_targets(move |publisher| {
        let entries = &publisher.offer().entries;
        vec![entries[0].url.clone(), entries[1].url.clone(), other]
    });
    answers(&stage, &magnet);
    stage.set(|settings| settings.limits.down = Some(LOWEST_LIMIT));
    let before = stage.engine.snapshot().jobs.len();
    stage.send(Action::Get(Box::new(stage.run())));
    let id = stage.see("the transfer", |snapshot| snapshot.jobs.get(before).map(|job| job.id));
    tuned(&stage, id);
    stage.see("something received", is(id, |job| job.transfer.received.0 > 0));
    stage.send(Action::Look(Some(id)));
    stage.see("it from close by", |snapshot| {
        snapshot.detail.as_ref().filter(|detail| detail.job == Some(id)).map(drop)
    });
    hidden(&stage, id);
    stopped(&stage, id);
    stage.send(Action::StopAll);
    stage.see("the end", |snapshot| snapshot.is_stopping.then_some(()));
    stage.end(SENT);
}

fn answers(stage: &Stage, magnet: &str) {
    let handed = stage.see("three targets", |snapshot| {
        (snapshot.handed_over.len() == 3).then(|| snapshot.handed_over.clone())
    });
    let no = handed.iter().find(|handed| handed.target == magnet).expect("the magnet");
    stage.send(Action::Answer(no.number, Consent::No));
    let number = no.number;
    stage.see("one fewer", |snapshot| {
        snapshot.handed_over.iter().all(|handed| handed.number != number).then_some(())
    });
    assert_eq!(stage.engine.snapshot().jobs.len(), 0, "no is no");
    let rest: Vec<_> = handed.iter().filter(|handed| handed.number != number).collect();
    stage.send(Action::Answer(rest[0].number, Consent::Look));
    stage.see("it is opened", |snapshot| {
        snapshot.opened.as_ref().filter(|opened| opened.target == rest[0].target).map(drop)
    });
    stage.send(Action::Answer(rest[1].number, Consent::Yes));
    let got = stage.see("a transfer of it", |snapshot| snapshot.jobs.get(0).cloned());
    assert_eq!(got.request.as_ref().expect("a request").targets, [rest[1].target.clone()]);
    stage.send(Action::Pause(vec![got.id]));
    stage.see("its pause", is(got.id, |job| matches!(job.phase, Phase::Paused | Phase::Ended)));
}

fn tuned(stage: &Stage, id: JobId) {
    let wanted = |what: &str, is_meant: &dyn Fn(&nuee::app::jobs::request::GetRequest) -> bool| {
        stage.see(what, is(id, |job| job.request.as_ref().is_some_and(|request| is_meant(request))))
    };
    stage.send(Action::Tune(vec![id], Tuning::LimitDown(Some(40_000))));
    wanted("the limit down", &|request| request.limits.down == Some(40_000));
    stage.send(Action::Tune(vec![id], Tuning::LimitUp(Some(50_000))));
    wanted("the limit up", &|request| request.limits.up == Some(50_000));
    stage.send(Action::Tune(vec![id], Tuning::Give(GivingPlan::Nothing)));
    wanted("no giving", &|request| request.giving == GivingPlan::Nothing);
    stage.send(Action::Tune(vec![id], Tuning::GiveLonger(Duration::from_secs(60))));
    wanted("an hour more", &|request| matches!(request.giving, GivingPlan::Until(_)));
}

/// Where nobody looks, figures come seldom: four of them take longer than four of a window that is seen could.
fn hidden(stage: &Stage, id: JobId) {
    stage.send(Action::Seen(Sight::Hidden));
    let began = Instant::now();
    for _ in 0..4 {
        let before = stage.engine.snapshot().job(id).map(|job| job.transfer.received);
        stage.see("more of it", is(id, |job| Some(job.transfer.received) != before));
    }
    assert!(began.elapsed() > Duration::from_secs(2), "{:?}", began.elapsed());
    stage.engine.send(Action::Seen(Sight::Visible));
}

fn stopped(stage: &Stage, id: JobId) {
    stage.send(Action::Stop(id));
    stage.see("its stop", is(id, |job| !job.phase.is_running()));
    stage.send(Action::GoOn(vec![id]));
    stage.see("that it goes on", is(id, |job| job.phase.is_running()));
    stage.send(Action::Pause(vec![id]));
    stage.see("its pause", is(id, |job| job.phase == Phase::Paused));
    stage.send(Action::Retry(vec![id], Policy::HttpOnly));
    stage.see(
        "that it goes on by HTTP",
        is(id, |job| {
            job.phase.is_running()
                && job.request.as_ref().is_some_and(|request| request.policy == Policy::HttpOnly)
        }),
    );
    stage.send(Action::Remove(vec![id]));
    stage.see("that it is off the list", is(id, |job| job.is_removed));
    stage.send(Action::PutBack(vec![id]));
    stage.see("that it is back", is(id, |job| !job.is_removed));
}
