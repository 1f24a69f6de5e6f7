//! What is followed, and what came of it, in the database of a folder or of the window: the same tables in both.
//!
//! In: lines and notes as they stand. Out: the same at the next start. Rows that make no sense are left out.
//! [`peek`] reads them beside a process that has the database open.

use super::database::{self, Database};
use super::error::StoreError;
use super::sqlite::{columns, open_beside};
use super::window_store::{self, WindowStore};
use crate::app::follow::notes::{FileNote, FollowNotes, NoteState};
use crate::app::follow::{FollowId, FollowPlace, FollowRow};
use crate::domain::utc::UtcTime;
use parking_lot::Mutex;
use rusqlite::{Connection, Row, params};
use std::path::Path;

/// Most notes that are read of one line.
const MOST_NOTES: i64 = 200_000;

/// One line as it is kept, with what came of it.
pub type KeptLine = (FollowRow, FollowNotes);

/// Where what is followed is kept.
pub trait FollowStore: Send + Sync {
    /// The lines, in the order in which they were added.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn followed(&self) -> Result<Vec<KeptLine>, StoreError>;

    /// Writes down how a line stands.
    ///
    /// # Errors
    /// When the store cannot be written.
    fn keep_followed(&self, row: &FollowRow) -> Result<(), StoreError>;

    /// Forgets a line, and what came of it.
    ///
    /// # Errors
    /// When the store cannot be written.
    fn forget_followed(&self, id: FollowId) -> Result<(), StoreError>;

    /// Writes down what came of files, in one step.
    ///
    /// # Errors
    /// When the store cannot be written; nothing of the step is in it then.
    fn note_followed(&self, id: FollowId, notes: &[FileNote]) -> Result<(), StoreError>;

    /// Forgets what came of runs before `oldest`.
    ///
    /// # Errors
    /// When the store cannot be written.
    fn forget_notes(&self, id: FollowId, oldest: UtcTime) -> Result<(), StoreError>;
}

/// A database that has the tables of what is followed.
trait FollowTables: Send + Sync {
    fn connection(&self) -> &Mutex<Connection>;
}

impl FollowTables for Database {
    fn connection(&self) -> &Mutex<Connection> {
        &self.connection
    }
}

impl FollowTables for WindowStore {
    fn connection(&self) -> &Mutex<Connection> {
        &self.connection
    }
}

impl<T: FollowTables> FollowStore for T {
    fn followed(&self) -> Result<Vec<KeptLine>, StoreError> {
        lines(&self.connection().lock())
    }

    fn keep_followed(&self, row: &FollowRow) -> Result<(), StoreError> {
        keep(&self.connection().lock(), row)
    }

    fn forget_followed(&self, id: FollowId) -> Result<(), StoreError> {
        forget(&self.connection().lock(), id)
    }

    fn note_followed(&self, id: FollowId, notes: &[FileNote]) -> Result<(), StoreError> {
        note(&mut self.connection().lock(), id, notes)
    }

    fn forget_notes(&self, id: FollowId, oldest: UtcTime) -> Result<(), StoreError> {
        forget_before(&self.connection().lock(), id, oldest)
    }
}

/// What is followed in the window whose data lie in `folder`, or by `nuee follow` whose private folder that is: read
/// beside a process that may be at it. `None` where there is no such list yet, or an earlier version left it.
///
/// # Errors
/// When a list is there and cannot be read.
pub fn peek(place: FollowPlace, folder: &Path) -> Result<Option<Vec<FollowRow>>, StoreError> {
    let kind = match place {
        FollowPlace::Window => &window_store::OURS,
        FollowPlace::Folder => &database::OURS,
    };
    let Some(connection) = open_beside(folder, kind)? else { return Ok(None) };
    // The window's list had this shape before the folder's, and other notes.
    if !columns(&connection, "followed")?.iter().any(|column| column == "kept") {
        return Ok(None);
    }
    let lines = if columns(&connection, "followed_file")?.is_empty() {
        rows(&connection)?.into_iter().map(|row| (row, FollowNotes::default())).collect()
    } else {
        lines(&connection)?
    };
    Ok(Some(lines.iter().map(|(row, notes)| row.counted(place, notes)).collect()))
}

fn rows(connection: &Connection) -> Result<Vec<FollowRow>, StoreError> {
    let mut rows = connection.prepare("SELECT id, name, wish, added, kept FROM followed ORDER BY id")?;
    let read = rows.query_map([], |row| Ok(row_of(row)))?;
    Ok(read.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

fn lines(connection: &Connection) -> Result<Vec<KeptLine>, StoreError> {
    let mut notes = connection
        .prepare("SELECT key, run, state, paths, since FROM followed_file WHERE followed = ?1 LIMIT ?2")?;
    let mut all = Vec::new();
    for row in rows(connection)? {
        let read = notes.query_map(params![row.id.0, MOST_NOTES], |row| Ok(note_of(row)))?;
        let known = read.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
        all.push((row, known));
    }
    Ok(all)
}

fn keep(connection: &Connection, row: &FollowRow) -> Result<(), StoreError> {
    let wish = serde_json::to_string(&row.wish).map_err(not_text)?;
    let kept = serde_json::to_string(&row.kept).map_err(not_text)?;
    connection.execute(
        "INSERT INTO followed (id, name, wish, added, kept) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (id) DO UPDATE SET name = ?2, wish = ?3, added = ?4, kept = ?5",
        params![row.id.0, row.name, wish, row.added.unix_seconds(), kept],
    )?;
    Ok(())
}

fn forget(connection: &Connection, id: FollowId) -> Result<(), StoreError> {
    connection.execute("DELETE FROM followed WHERE id = ?1", [id.0])?;
    Ok(())
}

fn note(connection: &mut Connection, id: FollowId, notes: &[FileNote]) -> Result<(), StoreError> {
    let step = connection.transaction()?;
    {
        let mut write = step.prepare_cached(
            "INSERT OR REPLACE INTO followed_file (followed, key, run, state, paths, since)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for note in notes {
            let (run, since) = (note.run.unix_seconds(), note.since.unix_seconds());
            write.execute(params![id.0, note.key, run, note.state.key(), note.paths.join("\n"), since])?;
        }
    }
    Ok(step.commit()?)
}

fn forget_before(connection: &Connection, id: FollowId, oldest: UtcTime) -> Result<(), StoreError> {
    let delete = "DELETE FROM followed_file WHERE followed = ?1 AND run < ?2";
    connection.execute(delete, params![id.0, oldest.unix_seconds()])?;
    Ok(())
}

fn row_of(row: &Row<'_>) -> Option<FollowRow> {
    let (wish, kept): (String, String) = (row.get(2).ok()?, row.get(4).ok()?);
    let about = (serde_json::from_str(&wish).ok()?, UtcTime::from_unix_seconds(row.get(3).ok()?)?);
    let line = FollowRow::new(FollowId(row.get(0).ok()?), row.get(1).ok()?, about);
    Some(FollowRow { kept: serde_json::from_str(&kept).unwrap_or_default(), ..line })
}

fn note_of(row: &Row<'_>) -> Option<FileNote> {
    let (state, paths): (String, String) = (row.get(2).ok()?, row.get(3).ok()?);
    Some(FileNote {
        key: row.get(0).ok()?,
        run: UtcTime::from_unix_seconds(row.get(1).ok()?)?,
        state: NoteState::from_key(&state)?,
        paths: paths.lines().map(str::to_owned).collect(),
        since: UtcTime::from_unix_seconds(row.get(4).ok()?)?,
    })
}

fn not_text(error: serde_json::Error) -> StoreError {
    StoreError::from_io("write JSON", error.into())
}

#[cfg(test)]
mod tests;
