//! What is done with an upload: stopped, and gone on with.

use super::Stage;
use nuee::app::GiveUntil;
use nuee::app::given::{GivenStanding, GivenTable};
use nuee::app::input::Action;
use nuee::app::jobs::request::{GetRequest, GivingPlan};
use nuee::app::jobs::view::Phase;
use nuee::app::settings::GivingChoice;
use std::time::Duration;

pub const SENT: &[&str] = &["stop giving", "give again"];

#[test]
fn an_upload_is_stopped_and_goes_on_when_a_person_wants_that() {
    let stage = Stage::new();
    stage.set(|settings| settings.giving = Some(GivingChoice::Share));
    let until = GiveUntil { time: Duration::from_secs(3600), ratio: None };
    let request = GetRequest { giving: GivingPlan::Until(until), ..stage.hour(1) };
    stage.send(Action::Get(Box::new(request)));
    let given = |what: &str, standing: GivenStanding| {
        stage.see(what, |snapshot| {
            let row = GivenTable::of(snapshot).rows.first().copied()?;
            (row.standing == standing).then_some(row.id)
        })
    };
    let offers = |what: &str| {
        stage.see(what, |snapshot| {
            let job = snapshot.jobs.get(0)?;
            (job.phase == Phase::Giving && job.transfer.live().offered.0 > 0).then_some(())
        });
    };
    let id = given("its upload", GivenStanding::Uploading);
    offers("what others can get of it");
    stage.send(Action::StopGiving(vec![id]));
    given("the stop", GivenStanding::Stopped);
    stage.send(Action::GiveAgain(vec![id]));
    given("that it goes on", GivenStanding::Uploading);
    stage.see("nothing that is stopped", |snapshot| snapshot.stopped_giving.is_empty().then_some(()));
    offers("what others can get of it again");
    stage.end(SENT);
}
