//! What is followed in the window: the list, and which hours of each line were fetched.
//!
//! In: lines as they stand. Out: the same at the next start. Lines that make no sense are left out.

use super::{OURS, WindowStore};
use crate::app::follow::view::Look;
use crate::app::follow::{FollowId, FollowRow};
use crate::domain::utc::UtcTime;
use crate::engine::store::error::StoreError;
use rusqlite::{Connection, OpenFlags, Row, params};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

/// Most hours that are known of one line.
const MOST_HOURS: i64 = 200_000;

impl WindowStore {
    /// The list with the hours that are known of each line, in the order in which lines were added.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn followed(&self) -> Result<Vec<(FollowRow, BTreeSet<String>)>, StoreError> {
        let connection = self.connection.lock();
        let mut hours = connection.prepare("SELECT key FROM followed_hour WHERE followed = ?1 LIMIT ?2")?;
        let mut all = Vec::new();
        for row in rows_of(&connection)? {
            let known = hours.query_map(params![row.id.0, MOST_HOURS], |row| row.get(0))?;
            let known = known.collect::<Result<BTreeSet<String>, _>>()?;
            all.push((row, known));
        }
        Ok(all)
    }

    /// Writes down how a line stands.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn keep_followed(&self, row: &FollowRow) -> Result<(), StoreError> {
        let wish = serde_json::to_string(&row.wish).map_err(not_text)?;
        let kept = serde_json::to_string(&row.kept).map_err(not_text)?;
        self.connection.lock().execute(
            "INSERT INTO followed VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (id) DO UPDATE SET name = ?2, wish = ?3, added = ?4, kept = ?5",
            params![row.id.0, row.name, wish, row.added.unix_seconds(), kept],
        )?;
        Ok(())
    }

    /// Forgets a line, and which hours of it were fetched.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn forget_followed(&self, id: FollowId) -> Result<(), StoreError> {
        self.connection.lock().execute("DELETE FROM followed WHERE id = ?1", [id.0])?;
        Ok(())
    }

    /// Notes hours that were fetched, and forgets those that were noted before `oldest`.
    ///
    /// # Errors
    /// When the database cannot be written; nothing is noted then.
    pub fn note_followed_hours(
        &self,
        id: FollowId,
        keys: &[String],
        oldest: UtcTime,
    ) -> Result<(), StoreError> {
        let mut connection = self.connection.lock();
        let step = connection.transaction()?;
        {
            let mut note = step.prepare_cached("INSERT OR REPLACE INTO followed_hour VALUES (?1, ?2)")?;
            for key in keys {
                note.execute(params![id.0, key])?;
            }
            // Keys begin with the start of their run, written so that text sorts by time.
            step.execute(
                "DELETE FROM followed_hour WHERE followed = ?1 AND key < ?2",
                params![id.0, oldest.to_string()],
            )?;
        }
        Ok(step.commit()?)
    }

    /// The list in the window's data folder, read beside a window that may be open. Empty when there is none.
    ///
    /// # Errors
    /// When a database of ours is there and cannot be read.
    pub fn peek_followed(data: &Path) -> Result<Vec<FollowRow>, StoreError> {
        let path = data.join(OURS.name);
        if !path.is_file() {
            return Ok(Vec::new());
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_NOFOLLOW;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        let has_list = "SELECT count(*) FROM sqlite_schema WHERE name = 'followed'";
        let tables: i64 = connection.query_row(has_list, [], |row| row.get(0))?;
        if tables == 0 { Ok(Vec::new()) } else { rows_of(&connection) }
    }
}

fn rows_of(connection: &Connection) -> Result<Vec<FollowRow>, StoreError> {
    let mut rows = connection.prepare("SELECT id, name, wish, added, kept FROM followed ORDER BY id")?;
    let read = rows.query_map([], |row| Ok(row_of(row)))?;
    Ok(read.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

fn row_of(row: &Row<'_>) -> Option<FollowRow> {
    let (wish, kept): (String, String) = (row.get(2).ok()?, row.get(4).ok()?);
    Some(FollowRow {
        id: FollowId(row.get(0).ok()?),
        name: row.get(1).ok()?,
        wish: serde_json::from_str(&wish).ok()?,
        added: UtcTime::from_unix_seconds(row.get(3).ok()?)?,
        look: Look::Resting,
        kept: serde_json::from_str(&kept).unwrap_or_default(),
    })
}

fn not_text(error: serde_json::Error) -> StoreError {
    StoreError::from_io("write JSON", error.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::follow::FollowWish;
    use crate::app::follow::view::FollowKept;
    use crate::engine::store::directory::Directory;

    fn at(text: &str) -> UtcTime {
        UtcTime::parse_rfc3339(text).expect("a time")
    }

    fn a_row(id: i64) -> FollowRow {
        FollowRow {
            id: FollowId(id),
            name: "AROME".to_owned(),
            wish: FollowWish {
                id: "demo/arome".to_owned(),
                lead: Some("0..6".to_owned()),
                ..FollowWish::default()
            },
            added: at("2026-11-20T06:00:00Z"),
            look: Look::Resting,
            kept: FollowKept { last_success: Some(at("2026-11-20T09:00:00Z")), ..FollowKept::default() },
        }
    }

    #[test]
    fn what_is_followed_is_found_at_the_next_start_with_the_hours_that_were_fetched() {
        let scratch = tempfile::tempdir().expect("a folder");
        let folder = Directory::open_or_create(scratch.path()).expect("a folder");
        let store = WindowStore::open(&folder).expect("a database");
        store.keep_followed(&a_row(3)).expect("room");
        let keys = ["2026-11-01T00:00:00Z 0 min".to_owned(), "2026-11-20T06:00:00Z 60 min SP1".to_owned()];
        store.note_followed_hours(FollowId(3), &keys, at("2026-11-10T00:00:00Z")).expect("room");
        drop(store);
        let store = WindowStore::open(&folder).expect("a database");
        let [(row, known)] = &store.followed().expect("readable")[..] else { panic!("one line") };
        assert_eq!(*row, a_row(3));
        assert_eq!(known.iter().collect::<Vec<_>>(), [&keys[1]], "hours of long ago are forgotten");
        assert_eq!(WindowStore::peek_followed(scratch.path()).expect("readable"), [a_row(3)]);
        store.forget_followed(FollowId(3)).expect("room");
        assert!(store.followed().expect("readable").is_empty());
    }

    #[test]
    fn where_there_is_no_window_nothing_is_followed_and_nothing_is_made() {
        let scratch = tempfile::tempdir().expect("a folder");
        assert!(WindowStore::peek_followed(scratch.path()).expect("readable").is_empty());
        assert_eq!(std::fs::read_dir(scratch.path()).expect("a folder").count(), 0);
    }
}
