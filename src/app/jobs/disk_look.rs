//! What a look at the files of a job that is done shows, and whether it is news.
//!
//! In: the job, and the state of each of its files. Out: its new state, if it differs from the last one sent.

use crate::app::jobs::request::JobId;
use crate::app::jobs::view::{DiskState, End, FileInPlace, FilesOnDisk, Job, Phase};
use crate::domain::octets::ByteCount;
use crate::domain::on_disk::FilesLook;
use std::collections::HashSet;

/// Whether the files of a job are said to be here.
pub(crate) fn is_done(job: &Job) -> bool {
    let has_ended_well = job.outcome.as_ref().is_some_and(|outcome| outcome.end == End::Done);
    !job.is_removed && (job.phase == Phase::Giving || job.phase == Phase::Ended && has_ended_well)
}

/// What was seen of the files of one job.
pub(crate) struct JobFilesSeen {
    pub(crate) id: JobId,
    told: FilesOnDisk,
    /// Its files, but for those that are otherwise.
    found: FilesLook,
    changed: Vec<(String, ByteCount)>,
}

impl JobFilesSeen {
    pub(crate) fn of(job: &Job) -> Self {
        Self { id: job.id, told: job.disk, found: FilesLook::default(), changed: Vec::new() }
    }

    /// Takes in how one of its files is.
    pub(crate) fn take(&mut self, file: &FileInPlace, state: DiskState) {
        match state {
            DiskState::Changed => self.changed.push((file.path.clone(), file.length)),
            state @ (DiskState::Missing | DiskState::AsLeft | DiskState::Unknown) => {
                self.found.take(state, file.length);
            }
        }
    }

    /// The paths of its files that are otherwise.
    pub(crate) fn changed(&self) -> impl Iterator<Item = &str> {
        self.changed.iter().map(|(path, _)| path.as_str())
    }

    /// Whether another transfer may have put there what is otherwise.
    pub(crate) fn is_doubtful(&self) -> bool {
        self.found.worst() != DiskState::Missing && !self.changed.is_empty()
    }

    /// The new state, if it differs from the one in the row; `changed` are files that Nuée did not write.
    pub(crate) fn news(&self, changed: &HashSet<String>) -> Option<(JobId, FilesOnDisk)> {
        let mut found = self.found;
        for (path, length) in &self.changed {
            let is_changed = changed.contains(path);
            found.take(if is_changed { DiskState::Changed } else { DiskState::AsLeft }, *length);
        }
        let found = found.together();
        (found != self.told).then_some((self.id, found))
    }
}
