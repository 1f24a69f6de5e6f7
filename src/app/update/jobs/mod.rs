//! The reducer of jobs: what persons do with them, and what the engine saw of them.
//!
//! | file | what it decides |
//! |---|---|
//! | `acts` | what persons do with jobs: get, pause, go on, remove, put back |
//! | `queue` | which jobs may run now |
//! | `disk` | what becomes of rows whose files are gone or changed |
//! | `giving` | until when what was received is given, also after a restart |
//! | `fetched` | files that announcements brought |
//! | `progress` | what the engine saw of a job |
//! | `retrying` | what becomes of jobs whose sources fail for the moment |
//! | `waiting` | what becomes of jobs that a disk holds up |
//! | `detail` | the one that is looked at from close by |

pub(in crate::app) mod acts;
pub(in crate::app) mod detail;
pub(in crate::app) mod disk;
pub(in crate::app) mod fetched;
pub(in crate::app) mod giving;
pub(in crate::app) mod progress;
pub mod queue;
pub(in crate::app) mod retrying;
pub(in crate::app) mod waiting;

use crate::app::jobs::request::JobId;
use crate::app::jobs::view::Job;
use crate::app::state::State;
use std::sync::Arc;

/// The job of that name, for change. `None` when it is gone.
pub(in crate::app) fn job_mut(state: &mut State, id: JobId) -> Option<&mut Job> {
    let at = state.shown.jobs.index_by(&id, |job| job.id)?;
    state.shown.jobs.get_mut(at).map(Arc::make_mut)
}

/// The job of that name. `None` when it is gone.
pub(in crate::app) fn job(state: &State, id: JobId) -> Option<&Arc<Job>> {
    state.shown.job(id)
}
