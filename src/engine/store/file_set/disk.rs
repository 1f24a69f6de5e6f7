//! Where each file of a content is on the disk, and its octets.
//!
//! In: octets and places in the content. Out: octets, files moved into place. Keeps that a file under its final name is never
//! written again. Knows neither pieces nor hashes: what it is given to write was proven before.

use super::super::directory::{self, EntryKind, OpenHow};
use super::super::error::StoreError;
use super::super::output::OutputFolder;
use super::super::positioned;
use super::Partials;
use super::final_file::{FinalFile, data_extents};
use super::handles::{FileForm, Handles};
use super::publish::{Published, move_into_place};
use crate::domain::content::Layout;
use crate::domain::octets::{ByteCount, ByteRange};
use crate::domain::on_disk::Stamp;
use crate::domain::safe_path::SafePath;
use crate::domain::utc::UtcTime;
use parking_lot::RwLock;
use std::fs::File;
use std::sync::Arc;

/// Where a file of the content is now.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// Among the partial files, perhaps not begun.
    Partial,
    /// Under its final name, whole and right: never written again.
    Standing {
        /// That name.
        path: SafePath,
        /// When its octets were last read, where they are trusted without reading them again.
        not_read_since: Option<UtcTime>,
        /// Its time stamps when it was verified.
        stamp: Stamp,
    },
}

/// The files of one content, partial and finished.
#[derive(Debug)]
pub(super) struct ContentDisk {
    layout: Arc<Layout>,
    folder: Arc<OutputFolder>,
    partials: Partials,
    places: Vec<RwLock<Place>>,
    handles: Handles,
}

impl ContentDisk {
    /// Every file is taken for partial until somebody looked.
    pub(super) fn new(layout: Arc<Layout>, folder: Arc<OutputFolder>, partials: Partials) -> Self {
        let places = layout.files().iter().map(|_| RwLock::new(Place::Partial)).collect();
        Self { layout, folder, partials, places, handles: Handles::default() }
    }

    pub(super) fn partials(&self) -> &Partials {
        &self.partials
    }

    /// Whether a file is under its final name.
    pub(super) fn is_standing(&self, file: usize) -> bool {
        *self.places[file].read() != Place::Partial
    }

    /// A file of that length that is under its final name already, as if it had been moved there now.
    pub(super) fn standing(&self, file: usize, length: ByteCount) -> Result<Option<Published>, StoreError> {
        let Place::Standing { path, not_read_since, .. } = &*self.places[file].read() else {
            return Ok(None);
        };
        let handle = self.standing_handle(file, path)?;
        let stamp = directory::stamp(&handle);
        let (path, not_read_since) = (path.clone(), *not_read_since);
        Ok(Some(Published { path, length, stamp, not_read_since, seal: None, kept_as: None }))
    }

    /// A file under its final name is taken for the content's own.
    pub(super) fn take_over(&self, file: usize, found: &FinalFile, not_read_since: Option<UtcTime>) {
        let stamp = directory::stamp(&found.handle);
        *self.places[file].write() = Place::Standing { path: found.path.clone(), not_read_since, stamp };
    }

    /// A file under its final name is not the content's after all.
    pub(super) fn leave(&self, file: usize) {
        self.close_standing(file);
        *self.places[file].write() = Place::Partial;
    }

    /// A finished file is read no more for now.
    pub(super) fn close_standing(&self, file: usize) {
        self.handles.close(file, FileForm::Standing);
    }

    /// Whether a finished file is unchanged since it was verified. A partial file is only written by us.
    pub(super) fn is_as_left(&self, file: usize) -> bool {
        let Place::Standing { path, stamp, .. } = &*self.places[file].read() else { return true };
        self.standing_handle(file, path).is_ok_and(|handle| directory::stamp(&handle) == *stamp)
    }

    /// Writes octets of the content; those of finished files and of padding are left as they are.
    pub(super) fn write(&self, at: u64, bytes: &[u8]) -> Result<(), StoreError> {
        let Some(range) = ByteRange::at(at, bytes.len() as u64) else { return Ok(()) };
        let mut rest = bytes;
        for (file, part) in self.layout.parts(range) {
            let (here, after) = rest.split_at(part.count().0 as usize);
            self.write_part(file, part.start(), here)?;
            rest = after;
        }
        Ok(())
    }

    fn write_part(&self, file: usize, offset: u64, bytes: &[u8]) -> Result<(), StoreError> {
        if self.layout.files()[file].is_padding {
            return Ok(());
        }
        let place = self.places[file].read();
        if *place != Place::Partial {
            return Ok(());
        }
        let handle = self.partial_handle(file)?;
        positioned::write_all(&handle, bytes, offset)
            .map_err(|error| StoreError::from_io(format!("write {}", self.layout.files()[file].path), error))
    }

    /// Reads octets of the content, held or not; what was never written and padding read as zeros.
    pub(super) fn read(&self, range: ByteRange, buffer: &mut [u8]) -> Result<(), StoreError> {
        let mut rest = &mut buffer[..range.count().0 as usize];
        for (file, part) in self.layout.parts(range) {
            let (here, after) = rest.split_at_mut(part.count().0 as usize);
            self.read_file(file, part.start(), here)?;
            rest = after;
        }
        Ok(())
    }

    /// Reads octets of one file from `offset`; see [`read`](Self::read).
    pub(super) fn read_file(&self, file: usize, offset: u64, buffer: &mut [u8]) -> Result<(), StoreError> {
        if self.layout.files()[file].is_padding {
            buffer.fill(0);
            return Ok(());
        }
        let handle = match &*self.places[file].read() {
            Place::Partial => self.partial_handle(file)?,
            Place::Standing { path, .. } => self.standing_handle(file, path)?,
        };
        positioned::read_or_zeros(&handle, buffer, offset)
            .map_err(|error| StoreError::from_io(format!("read {}", self.layout.files()[file].path), error))
    }

    /// Moves a partial file to its final name.
    pub(super) fn move_into_place(&self, file: usize) -> Result<Published, StoreError> {
        let path = self.layout.files()[file].path.clone();
        let handle = self.partial_handle(file)?;
        let mut place = self.places[file].write();
        let name = Partials::name(file);
        let published = move_into_place(self.folder.root(), &self.partials, &name, (&handle, &path))?;
        *place = Place::Standing { path, not_read_since: None, stamp: published.stamp };
        self.handles.close(file, FileForm::Partial);
        Ok(published)
    }

    /// Removes a partial file.
    pub(super) fn discard(&self, file: usize) -> Result<(), StoreError> {
        self.handles.close(file, FileForm::Partial);
        self.partials.directory().remove_file(&Partials::name(file))
    }

    /// Copies a file that stands under the final name but is not all right among the partial files.
    pub(super) fn copy_back(&self, file: usize, standing: &mut File) -> Result<(), StoreError> {
        let handle = self.partial_handle(file)?;
        let failed = |error| StoreError::from_io(format!("copy {}", self.layout.files()[file].path), error);
        std::io::copy(standing, &mut &*handle).map_err(failed)?;
        Ok(())
    }

    /// The file that stands under the final name of `file`, when it has the right length.
    pub(super) fn look_at_final(&self, file: usize) -> Result<Option<FinalFile>, StoreError> {
        let wanted = &self.layout.files()[file];
        let handle = match self.open_final(&wanted.path) {
            Ok(handle) => handle,
            // What cannot be opened cannot be used; publishing will say so if it is still in the way.
            Err(_) => return Ok(None),
        };
        let length =
            handle.metadata().map_err(|e| StoreError::from_io(format!("look at {}", wanted.path), e))?.len();
        Ok((length == wanted.length.0).then(|| FinalFile { path: wanted.path.clone(), handle, length }))
    }

    /// The octets of the content for which the partial file has data.
    pub(super) fn extents(&self, file: usize, range: ByteRange) -> Result<Vec<ByteRange>, StoreError> {
        match self.partials.directory().entry(&Partials::name(file))? {
            Some(entry) if entry.kind == EntryKind::File && entry.names == 1 => {}
            _ => return Ok(Vec::new()),
        }
        let handle = self.partial_handle(file)?;
        let extents = data_extents(&handle, range.count().0);
        Ok(extents.into_iter().map(|extent| extent.shifted_by(range.start())).collect())
    }

    /// The partial file, made with its full length (and no blocks) when it is new.
    fn partial_handle(&self, file: usize) -> Result<Arc<File>, StoreError> {
        self.handles.get_or_open((file, FileForm::Partial), || {
            let name = Partials::name(file);
            let handle = self.partials.open_own(&name)?;
            let failed = |error| StoreError::from_io(format!("size {name}"), error);
            let length = self.layout.files()[file].length.0;
            if handle.metadata().map_err(failed)?.len() != length {
                handle.set_len(length).map_err(failed)?;
            }
            Ok(handle)
        })
    }

    /// The finished file under its final name.
    fn standing_handle(&self, file: usize, path: &SafePath) -> Result<Arc<File>, StoreError> {
        self.handles.get_or_open((file, FileForm::Standing), || self.open_final(path))
    }

    /// Opens a file below the folder of finished files, component by component.
    fn open_final(&self, path: &SafePath) -> Result<File, StoreError> {
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
