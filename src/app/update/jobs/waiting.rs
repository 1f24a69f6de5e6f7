//! Jobs that a disk holds up: they wait, and go on by themselves when the disk allows.

use super::queue::{advance, enqueue, keep};
use super::{job, job_mut};
use crate::app::command::Command;
use crate::app::desk::Wait;
use crate::app::jobs::request::FolderLook;
use crate::app::jobs::request::JobId;
use crate::app::jobs::view::{Outcome, Phase};
use crate::app::state::State;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Lets a job wait that ended so, if waiting may help. Whether it does.
pub(in crate::app) fn hold_up(state: &mut State, id: JobId, outcome: &Outcome) -> bool {
    let Some(message) = outcome.message.clone() else { return false };
    let Some(job) = job_mut(state, id) else { return false };
    let Some(request) = &job.request else { return false };
    // The same trouble again: it is tried less and less often.
    let is_again =
        job.held_up.as_deref().map(std::mem::discriminant) == Some(std::mem::discriminant(&*message));
    let place = (request.out.clone(), job.transfer.missing);
    let tries = if is_again { state.desk.waiting.get(&id).map_or(0, |wait| wait.tries + 1) } else { 0 };
    let Some(wait) = Wait::of(&message, place, tries) else { return false };
    let Some(job) = job_mut(state, id) else { return false };
    job.phase = Phase::Waiting;
    job.held_up = Some(message);
    state.desk.waiting.insert(id, wait);
    true
}

/// Has the folders looked at that jobs wait for.
pub(in crate::app) fn watch(state: &State) -> Vec<Command> {
    let waits = |id: &JobId| job(state, *id).is_some_and(|job| job.phase == Phase::Waiting);
    let folders: BTreeSet<PathBuf> =
        state.desk.waiting.iter().filter(|(id, _)| waits(id)).map(|(_, wait)| wait.folder.clone()).collect();
    vec![Command::WatchFolders(folders.into_iter().collect())]
}

/// Jobs go on for which the folder has what they need now.
pub(in crate::app) fn folder_seen(state: &mut State, folder: &Path, look: FolderLook) -> Vec<Command> {
    let mut go_on = Vec::new();
    for (id, wait) in &mut state.desk.waiting {
        if wait.folder == folder && wait.is_over(look) {
            go_on.push(*id);
        }
    }
    let mut commands = Vec::new();
    for id in go_on {
        if job(state, id).is_some_and(|job| job.phase == Phase::Waiting) {
            // How often it was tried stays known until it moves: see `hold_up`.
            enqueue(state, id);
            commands.extend(keep(state, id));
        }
    }
    if commands.is_empty() {
        return commands;
    }
    commands.extend(watch(state));
    commands.extend(advance(state));
    commands
}
