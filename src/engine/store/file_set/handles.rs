//! Open files of a content: as few as needed, so that a torrent of thousands of files meets no limit of the system.

use super::super::directory::OpenHow;
use super::super::error::StoreError;
use super::{FileSet, Partials};
use crate::domain::safe_path::SafePath;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::sync::Arc;

/// Most files of one content that are open at a time.
const MOST_OPEN: usize = 64;

/// Which of a file's two forms is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Form {
    Partial,
    Standing,
}

/// Open files by their place in the layout, with the moment of their last use.
#[derive(Debug, Default)]
pub(super) struct Handles {
    open: Mutex<(u64, HashMap<(usize, Form), (u64, Arc<File>)>)>,
}

impl Handles {
    fn get_or_open(
        &self,
        file: (usize, Form),
        open: impl FnOnce() -> Result<File, StoreError>,
    ) -> Result<Arc<File>, StoreError> {
        let mut guard = self.open.lock();
        let (clock, files) = &mut *guard;
        *clock += 1;
        if let Some((used, handle)) = files.get_mut(&file) {
            *used = *clock;
            return Ok(handle.clone());
        }
        let handle = Arc::new(open()?);
        if files.len() >= MOST_OPEN
            && let Some(oldest) = files.iter().min_by_key(|(_, (used, _))| *used).map(|(&file, _)| file)
        {
            files.remove(&oldest);
        }
        files.insert(file, (*clock, handle.clone()));
        Ok(handle)
    }

    pub(super) fn close(&self, file: usize, form: Form) {
        self.open.lock().1.remove(&(file, form));
    }

    pub(super) fn sync(&self) -> io::Result<()> {
        let open: Vec<Arc<File>> = self.open.lock().1.values().map(|(_, handle)| handle.clone()).collect();
        open.iter().try_for_each(|handle| handle.sync_data())
    }
}

impl FileSet {
    /// The partial file, made with its full length (and no blocks) when it is new.
    pub(super) fn partial_handle(&self, file: usize) -> Result<Arc<File>, StoreError> {
        self.handles.get_or_open((file, Form::Partial), || {
            let name = Partials::name(file);
            let handle = self.partials.directory.open_file(&name, OpenHow::Update)?;
            let failed = |error| StoreError::from_io(format!("size {name}"), error);
            let length = self.layout().files()[file].length.0;
            if handle.metadata().map_err(failed)?.len() != length {
                handle.set_len(length).map_err(failed)?;
            }
            Ok(handle)
        })
    }

    /// The finished file under its final name.
    pub(super) fn standing_handle(&self, file: usize, path: &SafePath) -> Result<Arc<File>, StoreError> {
        self.handles.get_or_open((file, Form::Standing), || self.open_final(path))
    }

    /// Opens a file below the folder of finished files, component by component.
    pub(super) fn open_final(&self, path: &SafePath) -> Result<File, StoreError> {
        let root = self.folder.root();
        let Some((first, rest)) = path.folders().split_first() else {
            return root.open_file(path.file_name(), OpenHow::Read);
        };
        let mut directory = root.enter(first)?;
        for name in rest {
            directory = directory.enter(name)?;
        }
        directory.open_file(path.file_name(), OpenHow::Read)
    }
}
