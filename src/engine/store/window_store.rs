//! The memory of the window: its jobs with their files, its sources, and what was given.
//!
//! In: jobs as they stand. Out: the same at the next start, however this one ended. What it says of bytes is never
//! believed: a job that goes on takes stock of its folder. Rows that make no sense are left out.
//! Start reading at [`WindowStore::jobs`].

use super::directory::Directory;
use super::error::StoreError;
use super::sqlite::{self, DatabaseKind};
use crate::app::jobs::request::{GetRequest, JobId};
use crate::app::jobs::stored::{StoredFile, StoredJob};
use crate::app::jobs::view::{FileInPlace, Job, JobOrigin};
use crate::app::settings::layout::WindowLayout;
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcTime;
use parking_lot::Mutex;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use std::collections::HashMap;
use std::sync::Arc;

/// "NUEW" in ASCII tells it from the databases of folders.
pub(super) const OURS: DatabaseKind =
    DatabaseKind { name: "window.db", application: 0x4e55_4557, migrations: &MIGRATIONS };

/// Each entry leads from the version of its place to the next.
const MIGRATIONS: [&str; 6] = [
    "
    CREATE TABLE job (
        id INTEGER PRIMARY KEY,
        phase TEXT NOT NULL,
        removed INTEGER NOT NULL,
        added INTEGER NOT NULL,
        name TEXT NOT NULL,
        request TEXT,
        subject TEXT,
        figures TEXT NOT NULL,
        verdict TEXT,
        outcome TEXT
    ) STRICT;
    CREATE TABLE file (
        job INTEGER NOT NULL REFERENCES job ON DELETE CASCADE,
        number INTEGER NOT NULL,
        file TEXT NOT NULL,
        PRIMARY KEY (job, number)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE source (
        key TEXT PRIMARY KEY,
        place TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE figure (
        name TEXT PRIMARY KEY,
        value INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
",
    "CREATE TABLE mesh (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;",
    "
    CREATE TABLE followed (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        wish TEXT NOT NULL,
        added INTEGER NOT NULL,
        kept TEXT NOT NULL
    ) STRICT;
    CREATE TABLE followed_hour (
        followed INTEGER NOT NULL REFERENCES followed ON DELETE CASCADE,
        key TEXT NOT NULL,
        PRIMARY KEY (followed, key)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE success (key TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
",
    "ALTER TABLE job ADD COLUMN giving TEXT;",
    "
    CREATE TABLE followed_file (
        followed INTEGER NOT NULL REFERENCES followed ON DELETE CASCADE,
        key TEXT NOT NULL,
        run INTEGER NOT NULL,
        state TEXT NOT NULL,
        paths TEXT NOT NULL,
        since INTEGER NOT NULL,
        PRIMARY KEY (followed, key)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO followed_file SELECT followed, key, run, 'here', '', run FROM
        (SELECT followed, key, CAST(strftime('%s', substr(key, 1, 20)) AS INTEGER) AS run FROM followed_hour)
        WHERE run IS NOT NULL;
    DROP TABLE followed_hour;
",
    "CREATE TABLE share (id INTEGER PRIMARY KEY, value TEXT NOT NULL) STRICT;",
];

/// Most sources that are remembered.
const MOST_SOURCES: usize = 10_000;

/// The window's database.
#[derive(Debug)]
pub struct WindowStore {
    pub(super) connection: Mutex<Connection>,
}

impl WindowStore {
    /// Opens the database in `private`, making or migrating it.
    ///
    /// # Errors
    /// When the folder has no room or cannot be written. A damaged database is no error: it is set aside.
    pub fn open(private: &Directory) -> Result<Self, StoreError> {
        let connection = sqlite::open(private, &OURS)?;
        // What is forgotten may have been a password.
        connection.pragma_update_and_check(None, "secure_delete", true, |row| row.get::<_, i64>(0))?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// Writes down how jobs stand and forgets others, in one step.
    ///
    /// # Errors
    /// When the database cannot be written; nothing of the step is in it then.
    pub fn keep(&self, jobs: &[Arc<Job>], forgotten: &[JobId]) -> Result<(), StoreError> {
        let mut connection = self.connection.lock();
        let step = connection.transaction()?;
        for job in jobs {
            write_job(&step, job)?;
        }
        {
            let mut delete = step.prepare_cached("DELETE FROM job WHERE id = ?1")?;
            for id in forgotten {
                delete.execute([id.0])?;
            }
        }
        Ok(step.commit()?)
    }

    /// The jobs, by ascending id. Those that ended well come without their request and files.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn jobs(&self) -> Result<Vec<Arc<Job>>, StoreError> {
        let connection = self.connection.lock();
        let mut rows = connection.prepare(
            "SELECT id, phase, removed, added, name, request, subject, figures, verdict, outcome, giving
             FROM job ORDER BY id",
        )?;
        let mut shared = crate::app::jobs::stored::SharedFacts::default();
        let read = rows.query_map([], |row| Ok(job_of(row, &mut shared)))?;
        let mut jobs: Vec<Arc<Job>> =
            read.filter_map(|job| job.map(|job| job.map(Arc::new)).transpose()).collect::<Result<_, _>>()?;
        drop(rows);
        // Of files that announcements brought there are few, and each row goes with its file.
        let has_files = |job: &&mut Arc<Job>| job.request.is_some() || job.origin == JobOrigin::Announcement;
        for job in jobs.iter_mut().filter(has_files) {
            Arc::make_mut(job).files = files_of(&connection, job.id)?;
        }
        Ok(jobs)
    }

    /// The files of one job.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn files(&self, job: JobId) -> Result<Vec<FileInPlace>, StoreError> {
        files_of(&self.connection.lock(), job)
    }

    /// Files of all jobs behind that one (a job and a number) up to those of `last`, in order; `None` for one that makes no
    /// sense.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn files_after(
        &self,
        after: Option<(JobId, i64)>,
        last: JobId,
        most: usize,
    ) -> Result<Vec<(JobId, i64, Option<FileInPlace>)>, StoreError> {
        let connection = self.connection.lock();
        let mut rows = connection.prepare_cached(
            "SELECT job, number, file FROM file WHERE (job, number) > (?1, ?2) AND job <= ?4
             ORDER BY job, number LIMIT ?3",
        )?;
        let (job, number) = after.map_or((-1, -1), |(job, number)| (i64::from(job.0), number));
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let read = rows.query_map(params![job, number, most, last.0], |row| {
            let text: String = row.get(2)?;
            Ok((JobId(row.get(0)?), row.get(1)?, StoredFile::file(&text)))
        })?;
        Ok(read.collect::<Result<Vec<_>, _>>()?)
    }

    /// What was asked for by a job. `None` when nobody asked, or it makes no sense.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn request(&self, job: JobId) -> Result<Option<GetRequest>, StoreError> {
        let connection = self.connection.lock();
        let text: Option<Option<String>> = connection
            .query_row("SELECT request FROM job WHERE id = ?1", [job.0], |row| row.get(0))
            .optional()?;
        Ok(text.flatten().as_deref().and_then(crate::app::jobs::stored::request_of))
    }

    /// The sources that the person added: their names and places, in the order of names.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn sources(&self) -> Result<Vec<(String, String)>, StoreError> {
        let connection = self.connection.lock();
        let mut rows = connection.prepare("SELECT key, place FROM source ORDER BY key LIMIT ?1")?;
        let read = rows.query_map([MOST_SOURCES as i64], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(read.collect::<Result<Vec<_>, _>>()?)
    }

    /// Remembers a source, or forgets it when it has no place.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn set_source(&self, key: &str, place: Option<&str>) -> Result<(), StoreError> {
        let connection = self.connection.lock();
        match place {
            Some(place) => connection.execute(
                "INSERT INTO source VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET place = ?2",
                params![key, place],
            )?,
            None => connection.execute("DELETE FROM source WHERE key = ?1", [key])?,
        };
        Ok(())
    }

    /// When each source last answered well, by its key.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn successes(&self) -> Result<HashMap<String, UtcTime>, StoreError> {
        let connection = self.connection.lock();
        let mut rows = connection.prepare("SELECT key, at FROM success LIMIT ?1")?;
        let read = rows.query_map([MOST_SOURCES as i64], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)))?;
        let read = read.collect::<Result<Vec<(String, i64)>, _>>()?;
        Ok(read.into_iter().filter_map(|(key, at)| Some((key, UtcTime::from_unix_seconds(at)?))).collect())
    }

    /// Writes down when a source last answered well.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn set_success(&self, key: &str, at: UtcTime) -> Result<(), StoreError> {
        self.connection.lock().execute(
            "INSERT INTO success VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET at = ?2",
            params![key, at.unix_seconds()],
        )?;
        Ok(())
    }

    /// What is remembered of brokers, pins and rules: names and values, in the order of names.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn mesh(&self) -> Result<Vec<(String, String)>, StoreError> {
        let connection = self.connection.lock();
        let mut rows = connection.prepare("SELECT name, value FROM mesh ORDER BY name LIMIT ?1")?;
        let read = rows.query_map([MOST_SOURCES as i64], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(read.collect::<Result<Vec<_>, _>>()?)
    }

    /// Remembers something of brokers, pins and rules, or forgets it when it has no value. What was there before leaves no trace.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn set_mesh(&self, name: &str, value: Option<&str>) -> Result<(), StoreError> {
        let connection = self.connection.lock();
        match value {
            Some(value) => connection.execute(
                "INSERT INTO mesh VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2",
                params![name, value],
            )?,
            None => connection.execute("DELETE FROM mesh WHERE name = ?1", [name])?,
        };
        // The log of what was written holds old pages until it is emptied. Somebody who reads meanwhile puts that off.
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    /// What is shared, as it was kept, in the order in which it was added.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn shares(&self) -> Result<Vec<(i64, String)>, StoreError> {
        let connection = self.connection.lock();
        let mut rows = connection.prepare("SELECT id, value FROM share ORDER BY id LIMIT ?1")?;
        let read = rows.query_map([MOST_SOURCES as i64], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(read.collect::<Result<Vec<_>, _>>()?)
    }

    /// Remembers something that is shared, or forgets it when it has no value.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn set_share(&self, id: i64, value: Option<&str>) -> Result<(), StoreError> {
        let connection = self.connection.lock();
        match value {
            Some(value) => connection.execute(
                "INSERT INTO share VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET value = ?2",
                params![id, value],
            )?,
            None => connection.execute("DELETE FROM share WHERE id = ?1", [id])?,
        };
        Ok(())
    }

    /// Octets given in all the time before.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn given(&self) -> Result<ByteCount, StoreError> {
        let connection = self.connection.lock();
        let value: Option<i64> = connection
            .query_row("SELECT value FROM figure WHERE name = 'given'", [], |row| row.get(0))
            .optional()?;
        Ok(ByteCount(value.and_then(|value| u64::try_from(value).ok()).unwrap_or(0)))
    }

    /// How the screen was arranged.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn layout(&self) -> Result<WindowLayout, StoreError> {
        let connection = self.connection.lock();
        let select = "SELECT value FROM figure WHERE name = 'detail-height'";
        let height: Option<i64> = connection.query_row(select, [], |row| row.get(0)).optional()?;
        Ok(WindowLayout { detail_height: height.and_then(|height| u16::try_from(height).ok()) })
    }

    /// Writes down how the screen is arranged.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn set_layout(&self, layout: WindowLayout) -> Result<(), StoreError> {
        let connection = self.connection.lock();
        match layout.detail_height {
            Some(height) => connection.execute(
                "INSERT INTO figure VALUES ('detail-height', ?1) ON CONFLICT (name) DO UPDATE SET value = ?1",
                [height],
            )?,
            None => connection.execute("DELETE FROM figure WHERE name = 'detail-height'", [])?,
        };
        Ok(())
    }

    /// Writes down how much was given in all.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn set_given(&self, given: ByteCount) -> Result<(), StoreError> {
        self.connection.lock().execute(
            "INSERT INTO figure VALUES ('given', ?1) ON CONFLICT (name) DO UPDATE SET value = ?1",
            [i64::try_from(given.0).unwrap_or(i64::MAX)],
        )?;
        Ok(())
    }
}

fn write_job(step: &Transaction<'_>, job: &Job) -> rusqlite::Result<()> {
    let stored = StoredJob::of(job);
    // What ended well before this start came without its request: what is written of it stays.
    let mut write = step.prepare_cached(
        "INSERT INTO job VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
         ON CONFLICT (id) DO UPDATE SET phase = ?2, removed = ?3, name = ?5,
         request = coalesce(?6, request), subject = ?7, figures = ?8, verdict = ?9, outcome = ?10, giving = ?11",
    )?;
    write.execute(params![
        job.id.0,
        stored.phase,
        job.is_removed,
        job.added.unix_seconds(),
        &*job.name,
        stored.request,
        stored.subject,
        stored.figures,
        stored.verdict,
        stored.outcome,
        stored.giving,
    ])?;
    if !job.files.is_empty() {
        // Of a transfer that began anew fewer may have come than before.
        let mut delete = step.prepare_cached("DELETE FROM file WHERE job = ?1 AND number >= ?2")?;
        delete.execute(params![job.id.0, job.files.len() as i64])?;
    }
    let mut write = step.prepare_cached("INSERT OR REPLACE INTO file VALUES (?1, ?2, ?3)")?;
    for (number, file) in job.files.iter().enumerate() {
        write.execute(params![job.id.0, number as i64, StoredFile::of(file)])?;
    }
    Ok(())
}

fn job_of(row: &Row<'_>, shared: &mut crate::app::jobs::stored::SharedFacts) -> Option<Job> {
    let stored = StoredJob {
        phase: row.get(1).ok()?,
        request: row.get(5).ok()?,
        subject: row.get(6).ok()?,
        figures: row.get(7).ok()?,
        verdict: row.get(8).ok()?,
        outcome: row.get(9).ok()?,
        giving: row.get(10).ok()?,
    };
    let name: String = row.get(4).ok()?;
    stored.job((JobId(row.get(0).ok()?), row.get(2).ok()?), (name.into(), row.get(3).ok()?), shared)
}

fn files_of(connection: &Connection, job: JobId) -> Result<Vec<FileInPlace>, StoreError> {
    let mut rows = connection.prepare_cached("SELECT file FROM file WHERE job = ?1 ORDER BY number")?;
    let read = rows.query_map([job.0], |row| row.get::<_, String>(0))?;
    let texts: Vec<String> = read.collect::<Result<_, _>>()?;
    Ok(texts.iter().filter_map(|text| StoredFile::file(text)).collect())
}
