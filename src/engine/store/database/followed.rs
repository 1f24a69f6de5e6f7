//! What is followed in a folder, and what came of it: each file once, also after a restart.

use super::Database;
use crate::domain::utc::UtcTime;
use crate::engine::store::error::StoreError;
use rusqlite::{OptionalExtension, params};

/// A wish to follow something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowedRow {
    /// Its number in the database.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// What is wished, as JSON.
    pub wish: String,
    /// When it was added.
    pub added_at: UtcTime,
}

/// What came of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowedFile {
    /// Run, lead times and package.
    pub key: String,
    /// Its run.
    pub run: UtcTime,
    /// `here`, `told` (the person's command was started), `missing`, `came` after it was missing, `removed` when it had
    /// been here long enough, or `run` for what was told of a whole run.
    pub state: String,
    /// Where it lies, one path a line.
    pub paths: String,
    /// Since when it is so.
    pub since: UtcTime,
}

impl FollowedFile {
    /// Whether it was fetched and is still to be here.
    pub fn is_fetched(&self) -> bool {
        matches!(self.state.as_str(), "here" | "told")
    }
}

impl Database {
    /// Length and time of change of the file that was moved to that path below the folder, as it was then. `None` when
    /// none was.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn finished_as(&self, path: &str) -> Result<Option<(u64, i128)>, StoreError> {
        let connection = self.connection.lock();
        let select = "SELECT length, modified FROM finished WHERE path = ?1 ORDER BY modified DESC LIMIT 1";
        let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?));
        let row = connection.query_row(select, [path], read).optional()?;
        Ok(row.map(|(length, modified)| (u64::try_from(length).unwrap_or(0), i128::from(modified))))
    }

    /// Everything that is followed, in the order in which it was added.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn followed(&self) -> Result<Vec<FollowedRow>, StoreError> {
        let connection = self.connection.lock();
        let mut rows = connection.prepare("SELECT id, name, wish, added_at FROM followed ORDER BY id")?;
        let read = rows.query_map([], |row| {
            let added_at: i64 = row.get(3)?;
            let added_at = UtcTime::from_unix_seconds(added_at);
            Ok(FollowedRow {
                id: row.get(0)?,
                name: row.get(1)?,
                wish: row.get(2)?,
                added_at: added_at.unwrap_or_else(|| UtcTime::from_unix_seconds(0).expect("1970 is a year")),
            })
        })?;
        Ok(read.collect::<Result<_, _>>()?)
    }

    /// Follows something; a wish of that name is replaced, and what came of it stays.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn follow(&self, name: &str, wish: &str, now: UtcTime) -> Result<(), StoreError> {
        self.connection.lock().execute(
            "INSERT INTO followed (name, wish, added_at) VALUES (?1, ?2, ?3)
             ON CONFLICT (name) DO UPDATE SET wish = ?2",
            params![name, wish, now.unix_seconds()],
        )?;
        Ok(())
    }

    /// Follows it no longer, and forgets what came of it. Says whether there was such a wish.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn unfollow(&self, name: &str) -> Result<bool, StoreError> {
        Ok(self.connection.lock().execute("DELETE FROM followed WHERE name = ?1", [name])? > 0)
    }

    /// What came of one file.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn followed_file(&self, followed: i64, key: &str) -> Result<Option<FollowedFile>, StoreError> {
        let select =
            "SELECT key, run, state, paths, since FROM followed_file WHERE followed = ?1 AND key = ?2";
        let connection = self.connection.lock();
        let row = connection.query_row(select, params![followed, key], file_of).optional()?;
        Ok(row.flatten())
    }

    /// What came of every file, oldest run first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn followed_files(&self, followed: i64) -> Result<Vec<FollowedFile>, StoreError> {
        let connection = self.connection.lock();
        let mut rows = connection.prepare(
            "SELECT key, run, state, paths, since FROM followed_file WHERE followed = ?1 ORDER BY run, key",
        )?;
        let read = rows.query_map([followed], file_of)?;
        Ok(read.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    /// Notes what came of a file.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn note_followed(&self, followed: i64, file: &FollowedFile) -> Result<(), StoreError> {
        self.connection.lock().execute(
            "INSERT OR REPLACE INTO followed_file (followed, key, run, state, paths, since) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                followed,
                file.key,
                file.run.unix_seconds(),
                file.state,
                file.paths,
                file.since.unix_seconds()
            ],
        )?;
        Ok(())
    }
}

/// `None` for a row that makes no sense.
fn file_of(row: &rusqlite::Row<'_>) -> rusqlite::Result<Option<FollowedFile>> {
    let (run, since): (i64, i64) = (row.get(1)?, row.get(4)?);
    let times = UtcTime::from_unix_seconds(run).zip(UtcTime::from_unix_seconds(since));
    let (key, state, paths) = (row.get(0)?, row.get(2)?, row.get(3)?);
    Ok(times.map(|(run, since)| FollowedFile { key, run, state, paths, since }))
}
