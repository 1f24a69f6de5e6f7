//! One look at the files of all that is done: sizes and times alone, in stretches.
//!
//! In: the jobs, and what the database remembers of their files. Out: per stretch the jobs whose files are otherwise than
//! is said of them. With 200,000 transfers a look that was told at once would have every row twice in memory.
//! Start reading at [`look_at`].

use crate::app::chunks::Chunked;
use crate::app::jobs::disk_look::{JobFilesSeen, is_done};
use crate::app::jobs::request::JobId;
use crate::app::jobs::view::{DiskState, FileInPlace, FilesOnDisk, Job};
use crate::engine::store::directory::stamp_of;
use crate::engine::store::window_store::WindowStore;
use std::collections::HashSet;
use std::sync::Arc;

/// Rows of files that are read from the database at a time.
const PAGE: usize = 500;

/// What a look at a file shows; a link is none of ours.
pub(super) fn state_of(file: &FileInPlace) -> DiskState {
    let found = std::fs::symlink_metadata(&file.path);
    let is_gone = |error: &std::io::Error| {
        matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
    };
    match found {
        Ok(found) if found.is_file() => file.disk.state(file.length.0, Some((found.len(), stamp_of(&found)))),
        Ok(_) => DiskState::Changed,
        Err(error) if is_gone(&error) => DiskState::Missing,
        // A folder that may not be read, or a server that does not answer, says nothing of the file.
        Err(_) => DiskState::Unknown,
    }
}

/// Looks at the files of `jobs`, which are let go on the way, and tells the states of jobs whose files are otherwise
/// than is said of them, stretch by stretch.
pub(super) fn look_at(
    jobs: Chunked<Arc<Job>>,
    store: Option<&WindowStore>,
    tell: &mut dyn FnMut(Vec<(JobId, FilesOnDisk)>),
) {
    let (mut doubtful, mut with_files) = (Vec::new(), Vec::new());
    for stretch in jobs.into_chunks() {
        let mut seen: Vec<JobFilesSeen> =
            stretch.iter().filter(|job| is_done(job)).map(|job| JobFilesSeen::of(job)).collect();
        with_files.extend(stretch.iter().filter(|job| is_done(job) && !job.files.is_empty()).cloned());
        for_each_file(&stretch, store, &mut |id, file| {
            if let Ok(at) = seen.binary_search_by_key(&id, |seen| seen.id) {
                seen[at].take(file, state_of(file));
            }
        });
        let (later, now): (Vec<JobFilesSeen>, Vec<JobFilesSeen>) =
            seen.into_iter().partition(JobFilesSeen::is_doubtful);
        doubtful.extend(later);
        let told: Vec<_> = now.iter().filter_map(|seen| seen.news(&HashSet::new())).collect();
        if !told.is_empty() {
            tell(told);
        }
    }
    if !doubtful.is_empty() {
        let changed = changed_by_others(&doubtful, &with_files, store);
        let told: Vec<_> = doubtful.iter().filter_map(|seen| seen.news(&changed)).collect();
        if !told.is_empty() {
            tell(told);
        }
    }
}

/// Of the files that are otherwise, those that no other transfer put there since: what it put there is ours as well,
/// and right.
fn changed_by_others(
    doubtful: &[JobFilesSeen],
    with_files: &[Arc<Job>],
    store: Option<&WindowStore>,
) -> HashSet<String> {
    let mut changed: HashSet<String> =
        doubtful.iter().flat_map(|seen| seen.changed().map(str::to_owned)).collect();
    let mut take = |file: &FileInPlace| {
        if changed.contains(&file.path) && state_of(file) == DiskState::AsLeft {
            changed.remove(&file.path);
        }
    };
    with_files.iter().flat_map(|job| &job.files).for_each(&mut take);
    if let Some(store) = store {
        for_each_stored(store, None, JobId(u32::MAX), &mut |_, file| take(file));
    }
    changed
}

/// Every file of the jobs that are done: from the jobs themselves, or as the database has them.
fn for_each_file(jobs: &[Arc<Job>], store: Option<&WindowStore>, take: &mut dyn FnMut(JobId, &FileInPlace)) {
    jobs.iter()
        .filter(|job| is_done(job))
        .for_each(|job| job.files.iter().for_each(|file| take(job.id, file)));
    let mut stored = jobs.iter().filter(|job| is_done(job) && job.files.is_empty()).map(|job| job.id);
    let (Some(store), Some(first)) = (store, stored.next()) else { return };
    let last = stored.next_back().unwrap_or(first);
    let is_stored = |id| {
        let job = jobs.binary_search_by_key(&id, |job| job.id).ok().and_then(|at| jobs.get(at));
        job.is_some_and(|job| job.files.is_empty())
    };
    // Before the first number of the first.
    for_each_stored(store, Some((first, -1)), last, &mut |id, file| {
        if is_stored(id) {
            take(id, file);
        }
    });
}

/// Every file that the database has behind `after`, up to those of `last`.
fn for_each_stored(
    store: &WindowStore,
    mut after: Option<(JobId, i64)>,
    last: JobId,
    take: &mut dyn FnMut(JobId, &FileInPlace),
) {
    loop {
        let page = match store.files_after(after, last, PAGE) {
            Ok(page) => page,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "files are not known");
                return;
            }
        };
        let Some(end) = page.last().map(|(id, number, _)| (*id, *number)) else { return };
        page.iter()
            .filter_map(|(id, _, file)| Some((*id, file.as_ref()?)))
            .for_each(|(id, file)| take(id, file));
        after = Some(end);
    }
}
