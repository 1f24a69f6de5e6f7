//! What the reducer makes of wishes about the list, and of what the service tells.

use crate::app::command::Command;
use crate::app::follow::command::{FollowCommand, HourEnd};
use crate::app::follow::event::{FollowEvent, FollowPlace};
use crate::app::jobs::request::HourRequest;
use crate::app::jobs::request::JobId;
use crate::app::jobs::view::{End, Job, Phase, Subject};
use crate::app::journal::Weight;
use crate::app::state::State;
use crate::app::update::jobs::acts;
use crate::app::update::journal;

/// Hands on what a person wants.
pub(in crate::app) fn act(command: FollowCommand) -> Vec<Command> {
    vec![Command::Follow(command)]
}

/// Takes in what the service tells.
pub(in crate::app) fn note(state: &mut State, event: FollowEvent) -> Vec<Command> {
    match event {
        FollowEvent::Listed(FollowPlace::Window, rows) => {
            state.shown.followed = rows;
            Vec::new()
        }
        FollowEvent::Appeared(wishes) => appeared(state, wishes),
        FollowEvent::Note { message, .. } | FollowEvent::Refused(message) => {
            journal::tell(state, Weight::Attention, message)
        }
        // Told where the service fetches by itself into a folder; here each hour is a transfer, which tells all this.
        FollowEvent::Listed(FollowPlace::Folder, _)
        | FollowEvent::File { .. }
        | FollowEvent::Executed { .. }
        | FollowEvent::Missing { .. }
        | FollowEvent::Run { .. }
        | FollowEvent::Removed { .. }
        | FollowEvent::Waiting { .. }
        | FollowEvent::Done => Vec::new(),
    }
}

/// Gets new hours, as the settings have it, unless they are here or under way.
fn appeared(state: &mut State, wishes: Vec<HourRequest>) -> Vec<Command> {
    let (out, policy) = (
        state.shown.settings.folder.clone().unwrap_or_else(|| state.shown.vitals.folder.clone()),
        state.shown.settings.policy,
    );
    let new = wishes.into_iter().filter(|wish| !state.shown.jobs.iter().any(|job| is_same(job, wish)));
    let new: Vec<HourRequest> = new
        .map(|mut wish| {
            wish.request.out.clone_from(&out);
            wish.request.policy = policy;
            // As it is called in the language that is spoken.
            let known = state.shown.sources.iter().flat_map(|source| &source.datasets);
            if let Some(row) = known.into_iter().find(|row| row.id == wish.subject.dataset) {
                wish.subject.title = row.title.as_str().into();
            }
            wish
        })
        .collect();
    acts::wished(state, new)
}

/// Whether a job gets that hour already, or has it. What it asked for is not known of one that ended well long ago.
fn is_same(job: &Job, wish: &HourRequest) -> bool {
    let is_good =
        job.phase != Phase::Ended || job.outcome.as_ref().is_some_and(|ended| ended.end == End::Done);
    let is_wanted_so = job.request.as_ref().is_none_or(|request| request.selection == wish.request.selection);
    let of =
        |subject: &Subject| (subject.dataset.clone(), subject.run, subject.lead, subject.package.clone());
    !job.is_removed
        && is_good
        && is_wanted_so
        && job.subject.as_deref().is_some_and(|subject| of(subject) == of(&wish.subject))
}

/// Tells the service what became of an hour, when it may be one of its own.
pub(in crate::app) fn settled(state: &State, id: JobId) -> Option<Command> {
    let job = state.shown.jobs.index_by(&id, |job| job.id).and_then(|at| state.shown.jobs.get(at))?;
    let subject = job.subject.clone()?;
    if !state.shown.followed.iter().any(|row| row.is_about(&subject)) {
        return None;
    }
    let end = match job.outcome.as_ref() {
        None => HourEnd::Here(state.shown.vitals.now),
        Some(outcome) if outcome.end == End::Done => HourEnd::Here(state.shown.vitals.now),
        Some(outcome) if outcome.end == End::Interrupted => return None,
        Some(outcome) => HourEnd::Failed(outcome.message.as_deref().cloned()?),
    };
    Some(Command::Follow(FollowCommand::Settled(subject, end)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::catalog::hours::DatasetId;
    use crate::app::desk::Mode;
    use crate::app::follow::{FollowId, FollowRow, FollowWish};
    use crate::app::input::{Action, Event, Input};
    use crate::app::jobs::request::GetRequest;
    use crate::app::jobs::view::Outcome;
    use crate::app::update::update;
    use crate::domain::lead_time::LeadTime;
    use crate::domain::selection::Selection;
    use crate::domain::utc::UtcTime;

    use std::path::Path;
    use std::sync::Arc;

    fn a_wish(hour: i64) -> HourRequest {
        let words = hour.to_string();
        HourRequest {
            request: GetRequest {
                targets: vec!["demo/arome".to_owned()],
                selection: Selection::everything().with_leads(&words).expect("a lead time"),
                ..GetRequest::default()
            },
            subject: Subject {
                dataset: DatasetId("demo/arome".into()),
                title: "AROME".into(),
                run: UtcTime::default(),
                lead: LeadTime::from_hours(hour),
                span: None,
                package: None,
            },
        }
    }

    fn a_window() -> State {
        let mut state = State::default();
        state.desk.mode = Mode::Window;
        state.shown.vitals.folder = "/data".into();
        let wish = FollowWish {
            id: "demo/arome".to_owned(),
            lead: Some("0..6".to_owned()),
            ..FollowWish::default()
        };
        let about = (wish, UtcTime::default());
        state.shown.followed = Arc::new(vec![FollowRow::new(FollowId(1), "AROME".to_owned(), about)]);
        state
    }

    fn see(state: &mut State, event: Event) -> Vec<Command> {
        update(state, Input::Event(event))
    }

    #[test]
    fn hours_that_appear_become_transfers_in_the_folder_of_the_settings_each_once() {
        let mut state = a_window();
        let appeared = || Event::Follow(FollowEvent::Appeared(vec![a_wish(3), a_wish(4)]));
        let commands = see(&mut state, appeared());
        assert!(
            commands.iter().any(|command| matches!(command, Command::Start(JobId(0), _))),
            "{commands:?}"
        );
        assert!(
            state
                .shown
                .jobs
                .iter()
                .all(|job| job.request.as_ref().is_some_and(|r| r.out == Path::new("/data")))
        );
        see(&mut state, appeared());
        assert_eq!(state.shown.jobs.len(), 2, "what is under way is not asked for again");
    }

    #[test]
    fn what_became_of_an_hour_is_told_to_what_follows_it_and_to_nothing_else() {
        let mut state = a_window();
        see(&mut state, Event::Follow(FollowEvent::Appeared(vec![a_wish(3), a_wish(9)])));
        let ended = |end| Box::new(Outcome { end, took_ms: 1, message: None });
        let commands = see(&mut state, Event::Ended(JobId(0), ended(End::Done)));
        let is_told = |commands: &[Command]| {
            commands.iter().any(|command| {
                matches!(command, Command::Follow(FollowCommand::Settled(subject, HourEnd::Here(_)))
                    if subject.lead == LeadTime::from_hours(3))
            })
        };
        assert!(is_told(&commands), "{commands:?}");
        let commands = see(&mut state, Event::Ended(JobId(1), ended(End::Done)));
        assert!(!commands.iter().any(|command| matches!(command, Command::Follow(_))), "9 h is not followed");
    }

    #[test]
    fn a_wish_of_a_person_reaches_the_service() {
        let mut state = a_window();
        let pause = FollowCommand::Pause(FollowId(1));
        let commands = update(&mut state, Input::Action(Action::Follow(pause.clone())));
        assert_eq!(commands, [Command::Follow(pause)]);
    }
}
