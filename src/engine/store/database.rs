//! The memory of a folder: which octets of which content were held, from whom, and which files are finished.
//!
//! In: rows, in batches. Out: rows, on the next start. SQLite in our private folder, with migrations from the first
//! day. What it says is never believed without a look at the bytes; it lets a restart look less and attribute right.
//! A database that is not ours, or from a later version, is set aside: only attribution is lost with it.

mod answers;
mod giving;

pub use answers::StoredAnswer;
pub use giving::{GivenTerms, GivenTorrent};

use super::directory::Directory;
use super::error::StoreError;
use super::file_set::FinishedFile;
use super::sqlite::{self, DatabaseKind};
use crate::domain::integrity::{Digest, DigestAlgorithm};
use crate::domain::octets::{ByteCount, ByteRange};
use crate::domain::on_disk::Stamp;
use crate::domain::seal::Seal;
use crate::domain::source::{SourceId, SourceKind};
use crate::domain::utc::UtcTime;
use parking_lot::Mutex;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

/// "NUEE" in ASCII tells our databases from others'.
pub(super) const OURS: DatabaseKind =
    DatabaseKind { name: "state.db", application: 0x4e55_4545, migrations: &MIGRATIONS };

/// Each entry leads from the version of its place to the next.
const MIGRATIONS: [&str; 7] = [
    "
    CREATE TABLE content (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        length INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE source (
        content INTEGER NOT NULL REFERENCES content ON DELETE CASCADE,
        kind TEXT NOT NULL,
        number INTEGER NOT NULL,
        label TEXT NOT NULL,
        wasted INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (content, kind, number)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE holding (
        content INTEGER NOT NULL REFERENCES content ON DELETE CASCADE,
        start INTEGER NOT NULL,
        stop INTEGER NOT NULL,
        kind TEXT NOT NULL,
        number INTEGER NOT NULL,
        digest BLOB,
        PRIMARY KEY (content, start)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE finished (
        content INTEGER NOT NULL REFERENCES content ON DELETE CASCADE,
        path TEXT NOT NULL,
        file INTEGER,
        length INTEGER NOT NULL,
        modified INTEGER NOT NULL,
        verdict TEXT NOT NULL,
        method TEXT,
        voucher TEXT,
        PRIMARY KEY (content, path)
    ) STRICT, WITHOUT ROWID;
",
    "
    CREATE TABLE answer (
        address TEXT PRIMARY KEY,
        validator TEXT,
        fetched_at INTEGER NOT NULL,
        body BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE withdrawn (
        dataset TEXT NOT NULL,
        address TEXT NOT NULL,
        octets INTEGER,
        since INTEGER NOT NULL,
        PRIMARY KEY (dataset, address)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE followed (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        wish TEXT NOT NULL,
        added_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE followed_file (
        followed INTEGER NOT NULL REFERENCES followed ON DELETE CASCADE,
        key TEXT NOT NULL,
        run INTEGER NOT NULL,
        state TEXT NOT NULL,
        paths TEXT NOT NULL,
        since INTEGER NOT NULL,
        PRIMARY KEY (followed, key)
    ) STRICT, WITHOUT ROWID;
",
    "
    ALTER TABLE finished ADD COLUMN altered INTEGER;
    ALTER TABLE finished ADD COLUMN verified_at INTEGER;
    ALTER TABLE finished ADD COLUMN seal BLOB;
",
    "
    CREATE TABLE giving (
        content INTEGER PRIMARY KEY REFERENCES content ON DELETE CASCADE,
        info BLOB NOT NULL,
        terms TEXT NOT NULL
    ) STRICT;
",
    "
    ALTER TABLE followed RENAME COLUMN added_at TO added;
    ALTER TABLE followed ADD COLUMN kept TEXT NOT NULL DEFAULT '{}';
",
    "
    CREATE TABLE relayed (
        key TEXT PRIMARY KEY,
        facts TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE relay_withdrawn (
        id INTEGER PRIMARY KEY,
        facts TEXT NOT NULL
    ) STRICT;
    CREATE TABLE relay_word (
        name TEXT PRIMARY KEY,
        text TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
",
    "
    CREATE TABLE pledged (
        key TEXT PRIMARY KEY,
        facts TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
",
];

/// A content's name in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContentRow(i64);

/// Octets that were held, from whom, and our own digest of them where no hash was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldingRow {
    /// Where they lie in the content.
    pub range: ByteRange,
    /// Who gave them.
    pub source: SourceId,
    /// Our own SHA-256.
    pub digest: Option<Digest>,
}

/// A file that was moved into place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FinishedRow {
    /// Its path below the folder.
    pub path: String,
    /// Which file of the layout; `None` for a product such as a slice.
    pub file: Option<usize>,
    /// Its length.
    pub length: u64,
    /// How it was left. `None` where an earlier version noted less.
    pub stamp: Option<Stamp>,
    /// When its octets were last read and found right.
    pub verified_at: Option<UtcTime>,
    /// What it can be known by. `None` to leave what was noted before.
    pub seal: Option<Seal>,
    /// What was known of its integrity: the keys of verdict, method and voucher.
    pub verdict: (String, Option<String>, Option<String>),
}

impl FinishedRow {
    /// What the file set may trust; `None` for a product.
    pub fn remembered(&self) -> Option<FinishedFile> {
        let (stamp, verified_at) = (self.stamp?, self.verified_at?);
        Some(FinishedFile { file: self.file?, length: self.length, stamp, verified_at })
    }
}

/// The database of one folder.
#[derive(Debug)]
pub struct Database {
    pub(super) connection: Mutex<Connection>,
}

impl Database {
    /// Opens the database in `private`, making or migrating it.
    ///
    /// # Errors
    /// When the folder has no room or cannot be written. A damaged database is no error: it is set aside.
    pub fn open(private: &Directory) -> Result<Self, StoreError> {
        Ok(Self { connection: Mutex::new(sqlite::open(private, &OURS)?) })
    }

    /// The row of the content with this key, made when it is new.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn content(&self, key: &str, name: &str, length: ByteCount) -> Result<ContentRow, StoreError> {
        let connection = self.connection.lock();
        connection.execute(
            "INSERT INTO content (key, name, length) VALUES (?1, ?2, ?3) ON CONFLICT (key) DO NOTHING",
            params![key, name, signed(length.0)],
        )?;
        Ok(ContentRow(
            connection.query_row("SELECT id FROM content WHERE key = ?1", [key], |row| row.get(0))?,
        ))
    }

    /// What was held of a content, in order. Rows that make no sense are left out.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn holdings(&self, content: ContentRow) -> Result<Vec<HoldingRow>, StoreError> {
        let connection = self.connection.lock();
        let mut rows = connection.prepare(
            "SELECT start, stop, kind, number, digest FROM holding WHERE content = ?1 ORDER BY start",
        )?;
        let read = rows.query_map([content.0], |row| Ok(holding_of(row)))?;
        Ok(read.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    /// Adds what has become held, and what sources wasted by now, in one step.
    ///
    /// # Errors
    /// When the database cannot be written; nothing of the batch is in it then.
    pub fn add(
        &self,
        content: ContentRow,
        held: &[HoldingRow],
        wasted: &[(SourceId, ByteCount)],
    ) -> Result<(), StoreError> {
        let mut connection = self.connection.lock();
        let step = connection.transaction()?;
        write_holdings(&step, content, held)?;
        {
            let mut update = step.prepare_cached(
                "UPDATE source SET wasted = ?4 WHERE content = ?1 AND kind = ?2 AND number = ?3",
            )?;
            for (source, count) in wasted {
                update.execute(params![content.0, source.kind.key(), source.number, signed(count.0)])?;
            }
        }
        Ok(step.commit()?)
    }

    /// Replaces all that was noted as held of a content.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn replace(&self, content: ContentRow, held: &[HoldingRow]) -> Result<(), StoreError> {
        let mut connection = self.connection.lock();
        let step = connection.transaction()?;
        step.execute("DELETE FROM holding WHERE content = ?1", [content.0])?;
        write_holdings(&step, content, held)?;
        Ok(step.commit()?)
    }

    /// Notes who a source is, and returns what it had wasted before.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn source(
        &self,
        content: ContentRow,
        source: SourceId,
        label: &str,
    ) -> Result<ByteCount, StoreError> {
        let connection = self.connection.lock();
        connection.execute(
            "INSERT INTO source (content, kind, number, label) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (content, kind, number) DO UPDATE SET label = ?4",
            params![content.0, source.kind.key(), source.number, label],
        )?;
        let wasted: Option<i64> = connection
            .query_row(
                "SELECT wasted FROM source WHERE content = ?1 AND kind = ?2 AND number = ?3",
                params![content.0, source.kind.key(), source.number],
                |row| row.get(0),
            )
            .optional()?;
        Ok(ByteCount(wasted.and_then(|wasted| u64::try_from(wasted).ok()).unwrap_or(0)))
    }

    /// Notes a file that was moved into place.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn finish(&self, content: ContentRow, row: &FinishedRow) -> Result<(), StoreError> {
        let (verdict, method, voucher) = &row.verdict;
        let nanoseconds = |time: i128| i64::try_from(time).unwrap_or(i64::MAX);
        let stamp = row.stamp.unwrap_or_default();
        let (modified, altered) = (nanoseconds(stamp.modified), nanoseconds(stamp.altered));
        let altered = row.stamp.map(|_| altered);
        let file = row.file.and_then(|file| i64::try_from(file).ok());
        let verified_at = row.verified_at.map(UtcTime::unix_seconds);
        let seal = row.seal.as_ref().map(Seal::to_octets);
        self.connection.lock().execute(
            "INSERT INTO finished
             (content, path, file, length, modified, verdict, method, voucher, altered, verified_at, seal)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
             ON CONFLICT (content, path) DO UPDATE SET file = ?3, length = ?4, modified = ?5, verdict = ?6,
             method = ?7, voucher = ?8, altered = ?9, verified_at = ?10, seal = coalesce(?11, seal)",
            params![
                content.0,
                row.path,
                file,
                signed(row.length),
                modified,
                verdict,
                method,
                voucher,
                altered,
                verified_at,
                seal
            ],
        )?;
        Ok(())
    }

    /// The files of a content that were moved into place.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn finished(&self, content: ContentRow) -> Result<Vec<FinishedRow>, StoreError> {
        let connection = self.connection.lock();
        let mut rows = connection.prepare(&format!("SELECT {FINISHED} FROM finished WHERE content = ?1"))?;
        let read = rows.query_map([content.0], finished_of)?;
        Ok(read.collect::<Result<_, _>>()?)
    }

    /// The file that was moved last to that path below the folder. `None` when none was.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn finished_at(&self, path: &str) -> Result<Option<FinishedRow>, StoreError> {
        let connection = self.connection.lock();
        let select = format!(
            "SELECT {FINISHED} FROM finished WHERE path = ?1 ORDER BY verified_at DESC, modified DESC LIMIT 1"
        );
        Ok(connection.query_row(&select, [path], finished_of).optional()?)
    }

    /// Length and time of change of the file that was moved to that path below the folder, as it was then. `None` when
    /// none was.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn finished_as(&self, path: &str) -> Result<Option<(u64, i128)>, StoreError> {
        let connection = self.connection.lock();
        let select = "SELECT length, modified FROM finished WHERE path = ?1 ORDER BY modified DESC LIMIT 1";
        let read = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?));
        let row = connection.query_row(select, [path], read).optional()?;
        Ok(row.map(|(length, modified)| (u64::try_from(length).unwrap_or(0), i128::from(modified))))
    }

    /// Notes that the file at that path was read again and found right, and how it is left.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn note_read_again(&self, path: &str, stamp: Stamp, now: UtcTime) -> Result<(), StoreError> {
        let nanoseconds = |time: i128| i64::try_from(time).unwrap_or(i64::MAX);
        self.connection.lock().execute(
            "UPDATE finished SET modified = ?2, altered = ?3, verified_at = ?4 WHERE path = ?1",
            params![path, nanoseconds(stamp.modified), nanoseconds(stamp.altered), now.unix_seconds()],
        )?;
        Ok(())
    }
}

/// The columns of a finished file, in the order in which they are read.
const FINISHED: &str = "path, file, length, modified, verdict, method, voucher, altered, verified_at, seal";

fn finished_of(row: &Row<'_>) -> rusqlite::Result<FinishedRow> {
    let (file, length): (Option<i64>, i64) = (row.get(1)?, row.get(2)?);
    let (modified, altered): (i64, Option<i64>) = (row.get(3)?, row.get(7)?);
    let stamp = altered.map(|altered| Stamp { modified: modified.into(), altered: altered.into() });
    let (verified_at, seal): (Option<i64>, Option<Vec<u8>>) = (row.get(8)?, row.get(9)?);
    Ok(FinishedRow {
        path: row.get(0)?,
        file: file.and_then(|file| usize::try_from(file).ok()),
        length: u64::try_from(length).unwrap_or(0),
        stamp,
        verified_at: verified_at.and_then(UtcTime::from_unix_seconds),
        seal: seal.and_then(|octets| Seal::from_octets(&octets)),
        verdict: (row.get(4)?, row.get(5)?, row.get(6)?),
    })
}

fn write_holdings(step: &Transaction<'_>, content: ContentRow, held: &[HoldingRow]) -> rusqlite::Result<()> {
    let mut insert = step.prepare_cached(
        "INSERT OR REPLACE INTO holding (content, start, stop, kind, number, digest) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for row in held {
        let digest = row.digest.as_ref().map(Digest::octets);
        let (start, stop) = (signed(row.range.start()), signed(row.range.end()));
        insert.execute(params![content.0, start, stop, row.source.kind.key(), row.source.number, digest])?;
    }
    Ok(())
}

/// SQLite counts in 63 bits; contents are far smaller.
fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn holding_of(row: &Row<'_>) -> Option<HoldingRow> {
    let octet = |column| row.get::<_, i64>(column).ok().and_then(|n| u64::try_from(n).ok());
    let kind: String = row.get(2).ok()?;
    let digest: Option<Vec<u8>> = row.get(4).ok()?;
    Some(HoldingRow {
        range: ByteRange::new(octet(0)?, octet(1)?)?,
        source: SourceId { kind: SourceKind::from_key(&kind)?, number: u16::try_from(octet(3)?).ok()? },
        digest: digest.and_then(|octets| Digest::new(DigestAlgorithm::Sha256, &octets)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::{TempDir, tempdir};

    fn folder() -> (TempDir, Directory) {
        let scratch = tempdir().expect("a temporary folder");
        let directory = Directory::open_or_create(scratch.path()).expect("a folder");
        (scratch, directory)
    }

    fn held(start: u64, end: u64) -> HoldingRow {
        let digest = Some(Digest::of(DigestAlgorithm::Sha256, b"x"));
        HoldingRow { range: ByteRange::new(start, end).expect("a range"), source: SourceId::SWARM, digest }
    }

    #[test]
    fn what_was_held_and_finished_is_there_after_a_restart() {
        let (_scratch, folder) = folder();
        let finished = FinishedRow {
            path: "run/a".to_owned(),
            file: Some(0),
            length: 9,
            stamp: Some(Stamp { modified: 1_700_000_000_123_456_789, altered: 1_700_000_000_223_456_789 }),
            verified_at: UtcTime::from_unix_seconds(1_700_000_001),
            seal: Some(Seal::of_whole(&Digest::of(DigestAlgorithm::Sha256, b"x"), 9)),
            verdict: ("verified".to_owned(), Some("piece_hashes".to_owned()), Some("person".to_owned())),
        };
        {
            let database = Database::open(&folder).expect("a database");
            let content = database.content("key", "run", ByteCount(100)).expect("a row");
            database.source(content, SourceId::SWARM, "peers").expect("a row");
            database
                .add(content, &[held(0, 5), held(7, 9)], &[(SourceId::SWARM, ByteCount(3))])
                .expect("room");
            database.finish(content, &finished).expect("room");
        }
        let database = Database::open(&folder).expect("a database");
        let content = database.content("key", "run", ByteCount(100)).expect("a row");
        assert_eq!(database.holdings(content).expect("readable"), [held(0, 5), held(7, 9)]);
        assert_eq!(database.finished(content).expect("readable"), [finished]);
        assert_eq!(database.source(content, SourceId::SWARM, "peers").expect("readable"), ByteCount(3));
    }

    #[test]
    fn noise_in_place_of_a_database_is_set_aside() {
        let (scratch, folder) = folder();
        std::fs::write(scratch.path().join(OURS.name), vec![7; 5_000]).expect("a file");
        let database = Database::open(&folder).expect("a new database");
        assert!(database.content("key", "run", ByteCount(1)).is_ok());
        assert!(scratch.path().join("state.db.set-aside-1").exists());
    }

    #[test]
    fn another_programs_database_and_a_later_version_are_set_aside() {
        for prepare in
            ["CREATE TABLE theirs (x)", "PRAGMA application_id = 1314211141; PRAGMA user_version = 99"]
        {
            let (scratch, folder) = folder();
            Connection::open(scratch.path().join(OURS.name))
                .and_then(|c| c.execute_batch(prepare))
                .expect("a database");
            Database::open(&folder).expect("a new database");
            assert!(scratch.path().join("state.db.set-aside-1").exists(), "{prepare}");
        }
    }

    #[test]
    fn rows_that_make_no_sense_are_left_out() {
        let (_scratch, folder) = folder();
        let database = Database::open(&folder).expect("a database");
        let content = database.content("key", "run", ByteCount(1)).expect("a row");
        database.add(content, &[held(0, 5)], &[]).expect("room");
        let insert = "INSERT INTO holding VALUES (1, 90, 80, 'swarm', 0, NULL), (1, 91, 95, 'moon', 0, NULL)";
        database.connection.lock().execute_batch(insert).expect("room");
        assert_eq!(database.holdings(content).expect("readable"), [held(0, 5)]);
    }
}
