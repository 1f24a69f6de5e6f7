//! Which file of the folder is which announced file's: its name, which stays, and the versions that updates replaced.
//!
//! In: keys and paths below the folder. Out: the same as rows of the ledger. Does not look at the disk.

use crate::domain::safe_path::SafePath;
use crate::domain::utc::UtcTime;
use crate::engine::services::mesh::broker::keeping::PlacedFile;
use crate::engine::store::error::StoreError;
use parking_lot::{ReentrantMutex, ReentrantMutexGuard};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::sync::Arc;

/// Tables of names and versions.
pub(super) const MIGRATION: &str = "
    ALTER TABLE file ADD COLUMN replaced TEXT;
    ALTER TABLE file ADD COLUMN rival INTEGER;
    ALTER TABLE placed ADD COLUMN key TEXT NOT NULL DEFAULT '';
    ALTER TABLE placed ADD COLUMN version INTEGER;
    CREATE INDEX placed_by_key ON placed (key);
    CREATE TABLE named (fold TEXT PRIMARY KEY, path TEXT NOT NULL, key TEXT NOT NULL, wished TEXT NOT NULL) STRICT;
    CREATE INDEX named_by_key ON named (key);
";

const COLUMNS: &str = "path, length, modified, since, key, version";

/// The name that a file was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::engine) struct GivenName {
    /// The path that its announcement led to.
    pub(in crate::engine) wished: String,
    /// The path that it has.
    pub(in crate::engine) path: String,
}

/// Names and versions of the files of one folder.
#[derive(Debug)]
pub(in crate::engine) struct PlacedFileIndex {
    connection: Arc<ReentrantMutex<Connection>>,
}

impl PlacedFileIndex {
    pub(super) fn new(connection: Arc<ReentrantMutex<Connection>>) -> Self {
        Self { connection }
    }

    /// Held while a name is chosen, so that two files that come at once never choose the same. It is the connection itself: a lock of its
    /// own could be waited for by somebody who has the connection in a step.
    pub(in crate::engine) fn naming(&self) -> ReentrantMutexGuard<'_, Connection> {
        self.connection.lock()
    }

    /// The name that the file `key` has.
    pub(in crate::engine) fn name_of(&self, key: &str) -> Result<Option<GivenName>, StoreError> {
        let connection = self.connection.lock();
        let mut asked = connection.prepare_cached("SELECT wished, path FROM named WHERE key = ?1")?;
        let read = |row: &Row<'_>| Ok(GivenName { wished: row.get(0)?, path: row.get(1)? });
        Ok(asked.query_row([key], read).optional()?)
    }

    /// Whose name `path` is, also where it differs only by case or normal form.
    pub(in crate::engine) fn owner_of(&self, path: &SafePath) -> Result<Option<String>, StoreError> {
        let connection = self.connection.lock();
        let mut asked = connection.prepare_cached("SELECT key FROM named WHERE fold = ?1")?;
        Ok(asked.query_row([path.fold_key()], |row| row.get(0)).optional()?)
    }

    /// Gives the file `key` the name `path`, in place of any other it had.
    pub(in crate::engine) fn give_name(
        &self,
        key: &str,
        (wished, path): (&SafePath, &SafePath),
    ) -> Result<(), StoreError> {
        let connection = self.connection.lock();
        // Within a step it is part of that.
        let step = connection.is_autocommit().then(|| connection.unchecked_transaction()).transpose()?;
        connection.prepare_cached("DELETE FROM named WHERE key = ?1")?.execute([key])?;
        connection
            .prepare_cached("INSERT OR REPLACE INTO named VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![path.fold_key(), path.to_string(), key, wished.to_string()])?;
        Ok(step.map_or(Ok(()), rusqlite::Transaction::commit)?)
    }

    /// Notes that the file `old` was renamed: its name is free, and what was known of its content is another key's.
    pub(in crate::engine) fn note_renamed(&self, old: &str) -> Result<(), StoreError> {
        let connection = self.connection.lock();
        let step = connection.unchecked_transaction()?;
        step.execute("DELETE FROM named WHERE key = ?1", [old])?;
        step.execute("UPDATE file SET state = 'renamed', digest = NULL WHERE key = ?1", [old])?;
        Ok(step.commit()?)
    }

    /// The keys under which other content of the same name is kept.
    pub(in crate::engine) fn rivals_of(&self, key: &str) -> Result<Vec<String>, StoreError> {
        let connection = self.connection.lock();
        let mut asked = connection.prepare_cached(
            "SELECT key FROM file WHERE rival = (SELECT id FROM file WHERE key = ?1) ORDER BY id",
        )?;
        let rows = asked.query_map([key], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Notes a file that was put into place.
    pub(in crate::engine) fn note_placed(&self, file: &PlacedFile) -> Result<(), StoreError> {
        let length = i64::try_from(file.length).unwrap_or(i64::MAX);
        let connection = self.connection.lock();
        let mut noted = connection.prepare_cached(
            "INSERT OR REPLACE INTO placed (path, length, modified, since, key, version) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        noted.execute(params![
            file.path,
            length,
            file.modified,
            file.since.unix_seconds(),
            file.key,
            file.version
        ])?;
        Ok(())
    }

    /// Files that were put into place and not removed since, the oldest first.
    pub(in crate::engine) fn placed(&self) -> Result<Vec<PlacedFile>, StoreError> {
        let connection = self.connection.lock();
        let mut asked = connection.prepare(&format!("SELECT {COLUMNS} FROM placed ORDER BY since, path"))?;
        let rows = asked.query_map([], placed_of)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The file that was put into place at `path`.
    pub(in crate::engine) fn placed_at(&self, path: &str) -> Result<Option<PlacedFile>, StoreError> {
        let connection = self.connection.lock();
        let mut asked =
            connection.prepare_cached(&format!("SELECT {COLUMNS} FROM placed WHERE path = ?1"))?;
        Ok(asked.query_row([path], placed_of).optional()?)
    }

    /// The key of the file that has its place at `path`, whether it is there or not. `None` for an earlier version of one.
    pub(in crate::engine) fn key_at(&self, path: &str) -> Result<Option<String>, StoreError> {
        let connection = self.connection.lock();
        let mut asked = connection.prepare_cached(
            "SELECT key FROM placed WHERE path = ?1 AND key <> '' AND version IS NULL
             UNION ALL SELECT key FROM named WHERE path = ?1
                AND NOT EXISTS (SELECT 1 FROM placed WHERE path = ?1 AND version IS NOT NULL) LIMIT 1",
        )?;
        Ok(asked.query_row([path], |row| row.get(0)).optional()?)
    }

    /// The file `key` as it was put into place last. `None` when it is not here.
    pub(in crate::engine) fn current_of(&self, key: &str) -> Result<Option<PlacedFile>, StoreError> {
        let connection = self.connection.lock();
        let asked =
            format!("SELECT {COLUMNS} FROM placed WHERE key = ?1 AND version IS NULL ORDER BY since DESC");
        Ok(connection.prepare_cached(&asked)?.query_row([key], placed_of).optional()?)
    }

    /// Versions of the file `key` that updates replaced, the oldest first.
    pub(in crate::engine) fn versions_of(&self, key: &str) -> Result<Vec<PlacedFile>, StoreError> {
        let connection = self.connection.lock();
        let asked =
            format!("SELECT {COLUMNS} FROM placed WHERE key = ?1 AND version IS NOT NULL ORDER BY version");
        let mut asked = connection.prepare_cached(&asked)?;
        let rows = asked.query_map([key], placed_of)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Forgets that a file was put into place.
    pub(in crate::engine) fn forget_placed(&self, path: &str) -> Result<(), StoreError> {
        self.connection.lock().execute("DELETE FROM placed WHERE path = ?1", [path])?;
        Ok(())
    }
}

fn placed_of(row: &Row<'_>) -> Result<PlacedFile, rusqlite::Error> {
    let (length, since): (i64, i64) = (row.get(1)?, row.get(3)?);
    Ok(PlacedFile {
        path: row.get(0)?,
        length: u64::try_from(length).unwrap_or(0),
        modified: row.get(2)?,
        since: UtcTime::from_unix_seconds(since).unwrap_or_default(),
        key: row.get(4)?,
        version: row.get(5)?,
    })
}
