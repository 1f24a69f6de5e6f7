//! Looks at files in their place: whether they are there and as they were left; and reads them again when that is wished.
//!
//! In: the jobs, and what the database remembers of their files. Out: events. A look asks the system for size and times
//! and reads nothing; one runs at a time, and of those that were asked for meanwhile only the last follows.

mod looking;

use crate::app::chunks::Chunked;
use crate::app::input::{DiskSeen, Event, FilesRead, Input};
use crate::app::jobs::view::{DiskState, FileInPlace, Job, OnDisk};
use crate::app::messages::user_message::UserMessage;
use crate::domain::integrity::{Method, Verdict};
use crate::domain::on_disk::{FilesLook, Stamp};
use crate::domain::outside_text::show;
use crate::domain::seal::{Seal, SealCheck};
use crate::domain::utc::UtcTime;
use crate::engine::clock::Clock;
use crate::engine::store::directory::stamp_of;
use crate::engine::store::folders::Folders;
use crate::engine::store::folders::OpenFolder;
use crate::engine::store::window_store::WindowStore;
use crate::grib::structure::{Structure, StructureCheck};
use looking::state_of;
use parking_lot::Mutex;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedSender;

/// Octets that are read at a time.
const STRETCH: usize = 1 << 20;

/// A look that was asked for.
struct Look {
    number: u64,
    jobs: Chunked<Arc<Job>>,
}

/// Who looks.
#[derive(Clone)]
pub(in crate::engine) struct DiskLooks {
    /// Whether one is under way, and the one that follows.
    state: Arc<Mutex<(bool, Option<Look>)>>,
    /// Held while files are read again: one job at a time.
    reading: Arc<Mutex<()>>,
    store: Option<Arc<WindowStore>>,
    events: UnboundedSender<Input>,
}

impl DiskLooks {
    pub(in crate::engine) fn new(store: Option<Arc<WindowStore>>, events: UnboundedSender<Input>) -> Self {
        Self { state: Arc::default(), reading: Arc::default(), store, events }
    }

    /// Looks at the files of all that is done.
    pub(in crate::engine) fn look(&self, number: u64, jobs: Chunked<Arc<Job>>) {
        let look = Look { number, jobs };
        {
            let mut state = self.state.lock();
            if state.0 {
                state.1 = Some(look);
                return;
            }
            state.0 = true;
        }
        let own = self.clone();
        tokio::task::spawn_blocking(move || own.look_on(look));
    }

    fn look_on(&self, mut look: Look) {
        loop {
            let Look { number, jobs } = look;
            // The host is gone only when the process ends.
            let tell = |seen| drop(self.events.send(Input::Event(Event::DiskSeen(Box::new(seen)))));
            looking::look_at(jobs, self.store.as_deref(), &mut |states| {
                tell(DiskSeen { look: number, states, is_last: false });
            });
            tell(DiskSeen { look: number, states: Vec::new(), is_last: true });
            let mut state = self.state.lock();
            match state.1.take() {
                Some(next) => look = next,
                None => {
                    state.0 = false;
                    return;
                }
            }
        }
    }

    /// Reads the files of a job again, and checks them.
    pub(in crate::engine) fn read_again(&self, job: Arc<Job>, folders: Arc<Folders>, clock: Clock) {
        let own = self.clone();
        tokio::task::spawn_blocking(move || {
            let _turn = own.reading.lock();
            let read = own.files_of(&job).map_or_else(
                |message| FilesRead {
                    files: job.files.clone(),
                    disk: DiskState::Unknown.into(),
                    unread: Some(message),
                },
                |files| read_files(files, &folders, clock.utc()),
            );
            // The host is gone only when the process ends.
            let _ = own.events.send(Input::Event(Event::FilesRead(job.id, Box::new(read))));
        });
    }

    fn files_of(&self, job: &Job) -> Result<Vec<FileInPlace>, UserMessage> {
        match (&self.store, job.files.is_empty()) {
            (Some(store), true) => {
                store.files(job.id).map_err(|error| crate::engine::store::error::message_of_store(&error))
            }
            _ => Ok(job.files.clone()),
        }
    }
}

/// Reads files again and says what each is now.
fn read_files(files: Vec<FileInPlace>, folders: &Folders, now: UtcTime) -> FilesRead {
    let (mut disk, mut unread, mut read) = (FilesLook::default(), None, Vec::new());
    for mut file in files {
        match read_one(&file, folders, now) {
            Ok(Ok(stamp)) => file.disk = OnDisk { stamp: Some(stamp), verified_at: Some(now) },
            Ok(Err(state)) => disk.take(state, file.length),
            Err(message) => {
                disk.take(state_of(&file), file.length);
                unread = unread.or(Some(message));
            }
        }
        read.push(file);
    }
    FilesRead { files: read, disk: disk.together(), unread }
}

/// How a file that is right is left, or what it is otherwise.
///
/// # Errors
/// Why it cannot be checked.
fn read_one(
    file: &FileInPlace,
    folders: &Folders,
    now: UtcTime,
) -> Result<Result<Stamp, DiskState>, UserMessage> {
    let path = Path::new(&file.path);
    let opened = match std::fs::File::open(path) {
        Ok(opened) => opened,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Err(DiskState::Missing)),
        Err(error) => {
            return Err(UserMessage::DiskTrouble { detail: show(&format!("{}: {error}", path.display())) });
        }
    };
    let remembered = remembered_at(path, folders)?;
    let failed = |error: std::io::Error| UserMessage::DiskTrouble {
        detail: show(&format!("{}: {error}", path.display())),
    };
    let is_right = match remembered.as_ref().and_then(|(_, _, seal)| seal.as_ref()) {
        Some(seal) => is_sealed(&opened, seal).map_err(failed)?,
        // Its form is all that was ever checked of it.
        None if matches!(file.verdict, Verdict::Verified { method: Method::Structure, .. }) => {
            is_well_formed(&opened).map_err(failed)?
        }
        None => return Err(UserMessage::NothingToCheckBy { path: show(&file.path) }),
    };
    if !is_right {
        return Ok(Err(DiskState::Changed));
    }
    let stamp = opened.metadata().map(|found| stamp_of(&found)).map_err(failed)?;
    if let Some((open, below, _)) = remembered
        && let Err(error) = open.database.note_read_again(&below, stamp, now)
    {
        tracing::warn!(error = &error as &dyn std::error::Error, "the time of a check is not noted");
    }
    Ok(Ok(stamp))
}

/// What the folder in which a file was put remembers of it: the folder is the nearest above that has a memory.
fn remembered_at(
    path: &Path,
    folders: &Folders,
) -> Result<Option<(OpenFolder, String, Option<Seal>)>, UserMessage> {
    let has_memory = |folder: &&Path| folder.join(".nuee/state.db").is_file();
    let Some(root) = path.ancestors().skip(1).find(has_memory) else { return Ok(None) };
    let refused = |error| crate::engine::store::error::message_of_store(&error);
    let open = folders.open(root, "nuee, checking files").map_err(refused)?;
    let below: PathBuf = path.strip_prefix(root).unwrap_or(path).to_owned();
    let below: Vec<String> = below.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    let below = below.join("/");
    let row = open.database.finished_at(&below).map_err(refused)?;
    Ok(row.map(|row| (open, below, row.seal)))
}

fn is_sealed(file: &std::fs::File, seal: &Seal) -> std::io::Result<bool> {
    let mut check = SealCheck::new(seal);
    read_through(file, |octets| check.update(octets))?;
    Ok(check.finish())
}

fn is_well_formed(file: &std::fs::File) -> std::io::Result<bool> {
    let mut check = StructureCheck::new();
    read_through(file, |octets| {
        check.update(octets);
        true
    })?;
    Ok(matches!(check.finish(), Structure::WellFormed { .. }))
}

/// Reads a file to its end, or until `take` has seen enough.
fn read_through(mut file: &std::fs::File, mut take: impl FnMut(&[u8]) -> bool) -> std::io::Result<()> {
    let mut buffer = vec![0; STRETCH];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(()),
            count if take(&buffer[..count]) => {}
            _ => return Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
