//! What was announced and what became of it, kept before any of it is acknowledged: nothing is lost when we are killed.
//!
//! In: messages in batches, and outcomes. Out: which files to fetch, now and after a restart. SQLite in the private folder.
//! One row a file; the newest announcement of it counts. Rows are forgotten after a week, or beyond a million.
//! `taking` says what a message means for its row, `files` which file of the folder is whose, `forwarding` what is announced again, `observing`
//! who announced what and when; `steps` notes what concerns many files at once.

mod files;
mod forwarding;
mod observing;
mod steps;
mod taking;

use crate::app::mesh::announced::WantedFile;
use crate::app::mesh::announced::vouchers::{kept_voucher, read_voucher};
use crate::app::mesh::listening::FileOutcome;
use crate::domain::integrity::Voucher;
use crate::domain::utc::UtcMillis;
use crate::engine::store::directory::Directory;
use crate::engine::store::error::StoreError;
use crate::engine::store::sqlite::{self, DatabaseKind};
use crate::mesh::announcement::kept::read_kept;
use crate::mesh::recent::Heard;
use files::PlacedFileIndex;
use forwarding::ForwardIndex;
pub(in crate::engine) use forwarding::ServedPlace;
pub(in crate::engine) use observing::observed_in;
use parking_lot::ReentrantMutex;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::HashSet;
use std::sync::Arc;
pub(in crate::engine) use steps::LedgerSteps;
use taking::take_one;

const OURS: DatabaseKind =
    DatabaseKind { name: "mesh.db", application: 0x4e55_4545, migrations: &MIGRATIONS };

/// Most files remembered, and how long; milliseconds.
const MOST_FILES: i64 = 1_000_000;
const KEPT_MILLIS: i64 = 7 * 24 * 3_600 * 1_000;

const MIGRATIONS: [&str; 7] = [
    "
    CREATE TABLE name (what TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    CREATE TABLE file (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        published INTEGER NOT NULL,
        heard INTEGER NOT NULL,
        digest TEXT,
        topic TEXT NOT NULL,
        message BLOB NOT NULL,
        state TEXT NOT NULL
    ) STRICT;
    CREATE INDEX file_by_state ON file (state) WHERE state = 'wanted';
    CREATE TABLE source (
        file INTEGER NOT NULL REFERENCES file ON DELETE CASCADE,
        message BLOB NOT NULL,
        href TEXT NOT NULL,
        PRIMARY KEY (file, href)
    ) STRICT;
    CREATE TABLE host (name TEXT PRIMARY KEY, since INTEGER NOT NULL) STRICT;
    CREATE TABLE day (day INTEGER PRIMARY KEY, octets INTEGER NOT NULL) STRICT;
",
    "
    CREATE TABLE placed (
        path TEXT PRIMARY KEY,
        length INTEGER NOT NULL,
        modified INTEGER NOT NULL,
        since INTEGER NOT NULL
    ) STRICT;
",
    // Who announced what counts: a broker as `mqtt host:port` or `mqtts host:port`.
    "ALTER TABLE file ADD COLUMN broker TEXT NOT NULL DEFAULT '';",
    files::MIGRATION,
    // The day, counted from 1970, from which a file is wanted again that the limit of an earlier one kept out.
    "ALTER TABLE file ADD COLUMN again INTEGER;",
    forwarding::MIGRATION,
    observing::MIGRATION,
];

/// Files that were laid down until a day and are wanted again.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::engine) struct TakenUp {
    /// Their rows, the oldest first.
    pub(in crate::engine) rows: Vec<i64>,
    /// Whether others wait for a later day.
    pub(in crate::engine) has_more: bool,
}

/// The memory of one folder.
#[derive(Debug)]
pub(in crate::engine) struct MeshLedger {
    /// Who has it may ask for it again: several things can be done in one step.
    connection: Arc<ReentrantMutex<Connection>>,
    /// Which file of the folder is whose.
    pub(in crate::engine) placed: PlacedFileIndex,
    /// What is announced again.
    pub(in crate::engine) forwarding: ForwardIndex,
}

/// A row that is to be attended to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::engine) struct WantedRow {
    pub(in crate::engine) row: i64,
    /// The announced key of its file.
    pub(in crate::engine) key: Box<str>,
    /// Whether other content was announced under that key before.
    pub(in crate::engine) is_rival: bool,
}

impl MeshLedger {
    /// Opens it in `private`, making it when it is not there.
    pub(in crate::engine) fn open(private: &Directory) -> Result<Self, StoreError> {
        let connection = Arc::new(ReentrantMutex::new(sqlite::open(private, &OURS)?));
        let (placed, forwarding) =
            (PlacedFileIndex::new(connection.clone()), ForwardIndex::new(connection.clone()));
        Ok(Self { placed, forwarding, connection })
    }

    /// Does several things in one step: all of them are kept, or none.
    pub(in crate::engine) fn in_one_step(&self, work: impl FnOnce()) -> Result<(), StoreError> {
        let connection = self.connection.lock();
        let step = connection.unchecked_transaction()?;
        work();
        Ok(step.commit()?)
    }

    /// The name under which brokers know this folder: made once, unlike any other.
    pub(in crate::engine) fn client_name(&self) -> Result<String, StoreError> {
        let connection = self.connection.lock();
        let made = format!("nuee-{:016x}", fastrand::u64(..));
        connection.execute("INSERT INTO name VALUES ('client', ?1) ON CONFLICT (what) DO NOTHING", [made])?;
        Ok(connection.query_row("SELECT value FROM name WHERE what = 'client'", [], |row| row.get(0))?)
    }

    /// Takes a batch of one broker in, and says which of its files are to be fetched. When this has returned, the batch may
    /// be acknowledged.
    pub(in crate::engine) fn take(
        &self,
        batch: &[Arc<Heard>],
        voucher: &Voucher,
    ) -> Result<Vec<WantedRow>, StoreError> {
        let connection = self.connection.lock();
        let step = connection.unchecked_transaction()?;
        let (mut wanted, mut rows, broker) = (Vec::new(), HashSet::new(), kept_voucher(voucher));
        for heard in batch {
            wanted.extend(take_one(&step, heard, &broker)?.filter(|wanted| rows.insert(wanted.row)));
        }
        step.commit()?;
        Ok(wanted)
    }

    /// Wants a file once more, whatever became of it. Its row; `None` when it was never announced here.
    pub(in crate::engine) fn ask_again(&self, key: &str) -> Result<Option<i64>, StoreError> {
        let connection = self.connection.lock();
        let asked = "UPDATE file SET state = 'wanted' WHERE key = ?1 RETURNING id";
        Ok(connection.query_row(asked, [key], |row| row.get(0)).optional()?)
    }

    /// Files that were wanted when we last stopped, the oldest first.
    pub(in crate::engine) fn unfinished(&self) -> Result<Vec<i64>, StoreError> {
        let connection = self.connection.lock();
        let mut asked = connection.prepare("SELECT id FROM file WHERE state = 'wanted' ORDER BY id")?;
        let rows = asked.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A file as it stands, with everybody who announced it. `None` when it is settled or gone.
    pub(in crate::engine) fn wanted(&self, row: i64) -> Result<Option<WantedFile>, StoreError> {
        let connection = self.connection.lock();
        let found = connection
            .prepare_cached(
                "SELECT message, topic, heard, broker, key, (SELECT key FROM file AS first WHERE first.id = file.rival)
                 FROM file WHERE id = ?1 AND state = 'wanted'",
            )?
            .query_row([row], |row| {
                    let (message, heard): (Vec<u8>, i64) = (row.get(0)?, row.get(2)?);
                    let names: (String, String, String) = (row.get(1)?, row.get(3)?, row.get(4)?);
                    Ok((message, heard, names, row.get::<_, Option<String>>(5)?))
            })
            .optional()?;
        let Some((message, heard, (topic, broker, key), rival_of)) = found else { return Ok(None) };
        let mut asked =
            connection.prepare_cached("SELECT message FROM source WHERE file = ?1 ORDER BY rowid")?;
        let rows = asked.query_map([row], |row| row.get::<_, Vec<u8>>(0))?;
        let further = rows.filter_map(Result::ok).filter_map(|message| read_kept(&message)).collect();
        let heard = UtcMillis::from_unix_millis(heard);
        Ok(read_kept(&message).zip(heard).map(|(announcement, heard)| WantedFile {
            key,
            announcement,
            further,
            topic,
            heard,
            voucher: read_voucher(&broker),
            rival_of,
        }))
    }

    /// Whether the file `key` is still to be fetched.
    pub(in crate::engine) fn is_under_way(&self, key: &str) -> Result<bool, StoreError> {
        let connection = self.connection.lock();
        let mut asked =
            connection.prepare_cached("SELECT 1 FROM file WHERE key = ?1 AND state = 'wanted'")?;
        Ok(asked.exists([key])?)
    }

    /// Lays a file down as it was published then, until `day`.
    pub(in crate::engine) fn defer(
        &self,
        (row, published): (i64, UtcMillis),
        day: i64,
    ) -> Result<(), StoreError> {
        let noted = "UPDATE file SET state = 'deferred', again = ?2 WHERE id = ?1 AND published = ?3";
        self.connection.lock().execute(noted, params![row, day, published.unix_millis()])?;
        Ok(())
    }

    /// Wants the files again that were laid down until `day` or before.
    pub(in crate::engine) fn take_up(&self, day: i64) -> Result<TakenUp, StoreError> {
        let connection = self.connection.lock();
        let mut asked = connection.prepare(
            "UPDATE file SET state = 'wanted', again = NULL WHERE state = 'deferred' AND again <= ?1 RETURNING id",
        )?;
        let rows = asked.query_map([day], |row| row.get(0))?;
        let mut rows: Vec<i64> = rows.collect::<Result<_, _>>()?;
        rows.sort_unstable();
        let asked = "SELECT EXISTS (SELECT 1 FROM file WHERE state = 'deferred')";
        let has_more = connection.query_row(asked, [], |row| row.get(0))?;
        Ok(TakenUp { rows, has_more })
    }

    /// Whether files of this host were fetched since before `day_ago`; the host is remembered from now on.
    pub(in crate::engine) fn is_known_host(
        &self,
        host: &str,
        (now, day_ago): (i64, i64),
    ) -> Result<bool, StoreError> {
        let connection = self.connection.lock();
        let mut asked = connection.prepare_cached("SELECT since FROM host WHERE name = ?1")?;
        let since: Option<i64> = asked.query_row([host], |row| row.get(0)).optional()?;
        if since.is_none() {
            connection.execute("INSERT INTO host VALUES (?1, ?2)", params![host, now])?;
        }
        Ok(since.is_some_and(|since| since <= day_ago))
    }

    /// Adds octets that came on a day.
    pub(in crate::engine) fn note_received(&self, day: i64, octets: u64) -> Result<(), StoreError> {
        let connection = self.connection.lock();
        let step = connection.unchecked_transaction()?;
        let octets = i64::try_from(octets).unwrap_or(i64::MAX);
        step.prepare_cached(
            "INSERT INTO day VALUES (?1, ?2) ON CONFLICT (day) DO UPDATE SET octets = octets + ?2",
        )?
        .execute(params![day, octets])?;
        step.prepare_cached("DELETE FROM day WHERE day < ?1 - 7")?.execute([day])?;
        Ok(step.commit()?)
    }

    /// Octets that came on a day.
    pub(in crate::engine) fn received_on(&self, day: i64) -> Result<u64, StoreError> {
        let connection = self.connection.lock();
        let asked = connection.query_row("SELECT octets FROM day WHERE day = ?1", [day], |row| row.get(0));
        let sum: Option<i64> = asked.optional()?;
        Ok(sum.and_then(|sum| u64::try_from(sum).ok()).unwrap_or(0))
    }

    /// Forgets what is old, unless it is still wanted.
    pub(in crate::engine) fn forget(&self, now: i64) -> Result<(), StoreError> {
        let connection = self.connection.lock();
        connection.execute(
            "DELETE FROM file WHERE state <> 'wanted' AND (heard < ?1 OR id <= (SELECT max(id) FROM file) - ?2)",
            params![now - KEPT_MILLIS, MOST_FILES],
        )?;
        connection.execute(
            "DELETE FROM named WHERE key NOT IN (SELECT key FROM file) AND key NOT IN (SELECT key FROM placed)",
            [],
        )?;
        connection.execute("DELETE FROM forwarded WHERE asked = '' AND at < ?1", [now - KEPT_MILLIS])?;
        observing::forget(&connection, now)
    }
}

/// An outcome as it is written down.
fn state_of(outcome: &FileOutcome) -> &'static str {
    match outcome {
        FileOutcome::InPlace(_) => "in_place",
        FileOutcome::Refused(_) => "refused",
        FileOutcome::Failed => "failed",
        FileOutcome::NotFetched(_) => "not_fetched",
        FileOutcome::Withdrawn(_) => "withdrawn",
        FileOutcome::Unsettled(_) => "wanted",
    }
}

#[cfg(test)]
mod tests;
