//! The folders that jobs of this process use: each opened once, locked while any job uses it.

use crate::engine::store::database::Database;
use crate::engine::store::error::StoreError;
use crate::engine::store::output::OutputFolder;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

/// The database needs about so much room.
const LEAST_ROOM: u64 = 256 << 10;

/// A folder in use, with what is remembered of it.
#[derive(Clone, Debug)]
pub struct OpenFolder {
    /// The folder.
    pub folder: Arc<OutputFolder>,
    /// Its database.
    pub database: Arc<Database>,
}

#[derive(Debug)]
struct Known {
    folder: Weak<OutputFolder>,
    database: Weak<Database>,
}

/// The folders in use.
#[derive(Debug, Default)]
pub struct Folders {
    known: Mutex<HashMap<PathBuf, Known>>,
}

impl Folders {
    /// Opens `path`, or joins the jobs that use it.
    ///
    /// # Errors
    /// When it cannot be opened, or another process uses it.
    pub fn open(&self, path: &Path, note: &str) -> Result<OpenFolder, StoreError> {
        let mut known = self.known.lock();
        let key = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        if let Some(entry) = known.get(&key)
            && let (Some(folder), Some(database)) = (entry.folder.upgrade(), entry.database.upgrade())
        {
            return Ok(OpenFolder { folder, database });
        }
        let folder = Arc::new(OutputFolder::open(path, note)?);
        let database = Database::open(folder.private()).map_err(|error| match folder.root().free_space() {
            // On a full disk the library only says that something failed.
            Some(free) if free < LEAST_ROOM => StoreError::TooSmall { needed: LEAST_ROOM, free },
            _ => error,
        });
        let database = Arc::new(database?);
        known.insert(key, Known { folder: Arc::downgrade(&folder), database: Arc::downgrade(&database) });
        Ok(OpenFolder { folder, database })
    }
}
