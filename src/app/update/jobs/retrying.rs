//! Jobs whose sources fail for the moment: they wait a while and are tried again by themselves, less and less often.
//!
//! In: how a job ended. Out: whether it waits, and for how long. What would fail again in the same way ends at once.
//! Start reading at [`hold_up`].

use super::queue::{advance, enqueue, keep};
use super::{job, job_mut};
use crate::app::command::Command;
use crate::app::jobs::request::JobId;
use crate::app::jobs::view::{End, Outcome, Phase};
use crate::app::journal::Weight;
use crate::app::messages::user_message::UserMessage;
use crate::app::state::State;
use crate::app::update::journal;
use crate::domain::utc::UtcTime;
use crate::transfer::reason::{Outlook, Reason};
use std::time::Duration;

/// Pauses between tries, in seconds; after the last one a job has failed. Together nearly half a day.
const PAUSES: [u64; 9] = [15, 60, 300, 900, 1_800, 3_600, 7_200, 14_400, 14_400];

/// What is not published yet is looked for so often at most, and so often at least, in seconds.
const NOT_YET: (i64, i64) = (60, 3_600);

/// Lets a job wait for its next try, if another try may help; returns what is to be done for that. `None` when it has
/// failed.
pub(in crate::app) fn hold_up(state: &mut State, id: JobId, outcome: &Outcome) -> Option<Command> {
    let tries = state.desk.retries.get(&id).copied().unwrap_or(0);
    let why = outcome.message.as_deref()?;
    let pause = pause(outcome.end, why, (state.shown.vitals.now, tries))?;
    let seconds = i64::try_from(pause.as_secs()).ok()?;
    let at = UtcTime::from_unix_seconds(state.shown.vitals.now.unix_seconds() + seconds)?;
    let job = job_mut(state, id).filter(|job| job.request.is_some())?;
    job.phase = Phase::Waiting;
    let (said, why, tries) = (why.clone(), Box::new(why.clone()), tries + 1);
    job.held_up = Some(Box::new(UserMessage::TriedAgain { why, at, tries }));
    state.desk.retries.insert(id, tries);
    if tries == 1 {
        journal::enter(state, Weight::Attention, Some(id), said);
    }
    Some(Command::CallRetry(id, tries, pause))
}

/// How long to wait after so many tries. `None` when waiting is in vain.
fn pause(end: End, why: &UserMessage, (now, tries): (UtcTime, u32)) -> Option<Duration> {
    if let (End::NotYet, UserMessage::NotYetPublished { due }) = (end, why) {
        let seconds = due.map_or(NOT_YET.0, |due| due.unix_seconds() - now.unix_seconds());
        return u64::try_from(seconds.clamp(NOT_YET.0, NOT_YET.1)).ok().map(Duration::from_secs);
    }
    let usual = Duration::from_secs(*PAUSES.get(usize::try_from(tries).ok()?)?);
    let asked = match why {
        UserMessage::NoSource { troubles } => {
            troubles.iter().filter_map(|trouble| passing(&trouble.reason)).min()?
        }
        UserMessage::TargetUnreachable { reason, .. } => passing(reason)?,
        UserMessage::NoMetadata => Duration::ZERO,
        _ => return None,
    };
    Some(usual.max(asked))
}

/// What a source asks to wait, nothing when it does not say. `None` when it will answer the same again.
fn passing(reason: &Reason) -> Option<Duration> {
    match reason.outlook() {
        Outlook::Passing => Some(Duration::ZERO),
        Outlook::After(wait) => Some(wait),
        Outlook::Lasting => None,
    }
}

/// It is time for that try, unless somebody did something about the job meanwhile.
pub(in crate::app) fn due(state: &mut State, id: JobId, tries: u32) -> Vec<Command> {
    let waits = job(state, id).is_some_and(|job| job.phase == Phase::Waiting && !job.is_removed);
    if !waits || state.desk.retries.get(&id) != Some(&tries) {
        return Vec::new();
    }
    enqueue(state, id);
    keep(state, id).into_iter().chain(advance(state)).collect()
}
