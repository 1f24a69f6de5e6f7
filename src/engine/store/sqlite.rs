//! Opens a database of ours with care: what is damaged, another program's or from a later version is set aside.
//!
//! In: a private folder and a [`DatabaseKind`]. Out: a connection with write-ahead log, brought to the newest version.

use super::directory::{Directory, EntryKind};
use super::error::StoreError;
use super::output::set_aside;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// What tells a database of ours from others.
#[derive(Debug)]
pub(crate) struct DatabaseKind {
    /// Its file.
    pub(crate) name: &'static str,
    /// The number that SQLite keeps for the program.
    pub(crate) application: i32,
    /// Each entry leads from the version of its place to the next.
    pub(crate) migrations: &'static [&'static str],
}

/// Opens the database in `private`, making or migrating it.
pub(crate) fn open(private: &Directory, kind: &DatabaseKind) -> Result<Connection, StoreError> {
    if private.entry(kind.name)?.is_some_and(|entry| entry.kind != EntryKind::File) {
        set_aside(private, kind.name)?;
    }
    take_rights_from_others(private, kind)?;
    match open_ours(private, kind) {
        Ok(Some(connection)) => Ok(connection),
        Ok(None) => reopen(private, kind),
        Err(error) if is_damage(&error) => reopen(private, kind),
        Err(error) => Err(error.into()),
    }
}

/// Makes the database, and what lies beside it, a file that only this user can read: SQLite would let others.
fn take_rights_from_others(private: &Directory, kind: &DatabaseKind) -> Result<(), StoreError> {
    #[cfg(unix)]
    for (ending, is_made) in [("", true), ("-wal", false), ("-shm", false)] {
        use super::directory::OpenHow;
        use std::os::unix::fs::PermissionsExt;
        let name = format!("{}{ending}", kind.name);
        let is_there = private.entry(&name)?.is_some_and(|entry| entry.kind == EntryKind::File);
        if !is_there && is_made {
            private.open_file(&name, OpenHow::CreateNew)?;
        }
        if is_there || is_made {
            // By its path: to open and close a file gives up the locks that SQLite may hold on it.
            let rights = std::fs::Permissions::from_mode(0o600);
            let done = std::fs::set_permissions(private.path().join(&name), rights);
            done.map_err(|error| StoreError::from_io(format!("keep {name} from others"), error))?;
        }
    }
    #[cfg(not(unix))]
    let _ = (private, kind);
    Ok(())
}

fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt))
}

fn reopen(private: &Directory, kind: &DatabaseKind) -> Result<Connection, StoreError> {
    set_aside(private, kind.name)?;
    for left in [format!("{}-wal", kind.name), format!("{}-shm", kind.name)] {
        private.remove_file(&left)?;
    }
    take_rights_from_others(private, kind)?;
    open_ours(private, kind)?.ok_or_else(|| StoreError::LinkInTheWay { name: kind.name.to_owned() })
}

/// `None` when the database is somebody else's, or from a later version of ours.
fn open_ours(private: &Directory, kind: &DatabaseKind) -> rusqlite::Result<Option<Connection>> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let mut connection = Connection::open_with_flags(private.path().join(kind.name), flags)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    let application: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let is_ours = application == kind.application && version as usize <= kind.migrations.len();
    if !is_ours && (tables > 0 || application != 0) {
        return Ok(None);
    }
    // Some file systems cannot do write-ahead logging; the answer then names another mode, which serves as well.
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0))?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    for (at, migration) in kind.migrations.iter().enumerate().skip(version as usize) {
        let step = connection.transaction()?;
        step.execute_batch(migration)?;
        step.pragma_update(None, "application_id", kind.application)?;
        step.pragma_update(None, "user_version", i64::try_from(at + 1).unwrap_or(i64::MAX))?;
        step.commit()?;
    }
    Ok(Some(connection))
}

/// A database of that kind, read beside a process that may be at it. `None` where there is none, or it is another one's.
///
/// # Errors
/// When it is there and cannot be read.
pub(crate) fn open_beside(folder: &Path, kind: &DatabaseKind) -> Result<Option<Connection>, StoreError> {
    let path = folder.join(kind.name);
    if !std::fs::symlink_metadata(&path).is_ok_and(|found| found.is_file()) {
        return Ok(None);
    }
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    let application: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    Ok((application == kind.application).then_some(connection))
}

/// The columns of a table; none when there is no such table.
pub(crate) fn columns(connection: &Connection, table: &str) -> Result<Vec<String>, StoreError> {
    let mut names = connection.prepare("SELECT name FROM pragma_table_info(?1)")?;
    Ok(names.query_map([table], |row| row.get(0))?.collect::<Result<_, _>>()?)
}
