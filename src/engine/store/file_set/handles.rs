//! Open files of a content: as few as needed, so that a torrent of thousands of files meets no limit of the system.

use super::super::directory::{DirectoryEntry, EntryKind, OpenHow};
use super::super::error::StoreError;
use super::super::output::set_aside;
use super::Partials;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::fs::File;
use std::sync::Arc;

/// Most files of one content that are open at a time.
const MOST_OPEN: usize = 64;

/// Which of a file's two forms is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum FileForm {
    Partial,
    Standing,
}

/// The open files.
#[derive(Debug, Default)]
pub(super) struct Handles {
    open: Mutex<OpenFiles>,
}

/// Open files by their place in the layout, and a clock that ticks at each use.
#[derive(Debug, Default)]
struct OpenFiles {
    clock: u64,
    files: HashMap<(usize, FileForm), Opened>,
}

#[derive(Debug)]
struct Opened {
    used: u64,
    handle: Arc<File>,
}

impl Handles {
    pub(super) fn get_or_open(
        &self,
        file: (usize, FileForm),
        open: impl FnOnce() -> Result<File, StoreError>,
    ) -> Result<Arc<File>, StoreError> {
        let mut open_files = self.open.lock();
        open_files.clock += 1;
        let used = open_files.clock;
        if let Some(opened) = open_files.files.get_mut(&file) {
            opened.used = used;
            return Ok(opened.handle.clone());
        }
        let handle = Arc::new(open()?);
        let oldest = open_files.files.iter().min_by_key(|(_, opened)| opened.used).map(|(&file, _)| file);
        if let Some(oldest) = oldest.filter(|_| open_files.files.len() >= MOST_OPEN) {
            open_files.files.remove(&oldest);
        }
        open_files.files.insert(file, Opened { used, handle: handle.clone() });
        Ok(handle)
    }

    pub(super) fn close(&self, file: usize, form: FileForm) {
        self.open.lock().files.remove(&(file, form));
    }
}

impl Partials {
    /// Opens a partial file to be written. What somebody planted under its name is set aside: a link, a pipe, or another
    /// name of a file that is theirs.
    pub(super) fn open_own(&self, name: &str) -> Result<File, StoreError> {
        let directory = &self.directory;
        let is_planted = |entry: DirectoryEntry| entry.kind != EntryKind::File || entry.names > 1;
        if directory.entry(name)?.is_some_and(is_planted) {
            set_aside(directory, name)?;
        }
        directory.open_file(name, OpenHow::Update)
    }
}
