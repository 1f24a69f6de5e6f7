//! What was announced and what became of it, kept before any of it is acknowledged: nothing is lost when we are killed.
//!
//! In: messages in batches, and outcomes. Out: which files to fetch, now and after a restart. SQLite in the private folder.
//! One row a file; the newest announcement of it counts. Rows are forgotten after a week, or beyond a million.

use super::keeping::PlacedFile;
use crate::app::listening::FileOutcome;
use crate::domain::integrity::{DigestAlgorithm, Voucher};
use crate::domain::utc::{UtcMillis, UtcTime};
use crate::engine::store::directory::Directory;
use crate::engine::store::error::StoreError;
use crate::engine::store::sqlite::{self, DatabaseKind};
use crate::mesh::announcement::{Announcement, Dialect, Reading, read};
use crate::mesh::dedupe::Novelty;
use crate::mesh::recent::Heard;
use parking_lot::Mutex;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use std::sync::Arc;

const OURS: DatabaseKind =
    DatabaseKind { name: "mesh.db", application: 0x4e55_4545, migrations: &MIGRATIONS };

/// Most files remembered, and how long; milliseconds.
const MOST_FILES: i64 = 1_000_000;
const KEPT_MILLIS: i64 = 7 * 24 * 3_600 * 1_000;

const MIGRATIONS: [&str; 3] = [
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
];

/// A file that is to be fetched.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Wanted {
    /// The announcement that counts.
    pub(in crate::engine) announcement: Announcement,
    /// Further announcements of the same content.
    pub(in crate::engine) further: Vec<Announcement>,
    /// The topic of the first.
    pub(in crate::engine) topic: String,
    /// When it came.
    pub(in crate::engine) heard: UtcMillis,
    /// The broker on which it came.
    pub(in crate::engine) voucher: Voucher,
}

/// The memory of one folder.
#[derive(Debug)]
pub(in crate::engine) struct MeshLedger {
    connection: Mutex<Connection>,
}

impl MeshLedger {
    /// Opens it in `private`, making it when it is not there.
    pub(in crate::engine) fn open(private: &Directory) -> Result<Self, StoreError> {
        Ok(Self { connection: Mutex::new(sqlite::open(private, &OURS)?) })
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
    ) -> Result<Vec<i64>, StoreError> {
        let mut connection = self.connection.lock();
        let step = connection.transaction()?;
        let (mut wanted, broker) = (Vec::new(), text_of(voucher));
        for heard in batch {
            if let Some(row) = take_one(&step, heard, &broker)?
                && !wanted.contains(&row)
            {
                wanted.push(row);
            }
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
    pub(in crate::engine) fn wanted(&self, row: i64) -> Result<Option<Wanted>, StoreError> {
        let connection = self.connection.lock();
        let found = connection
            .query_row(
                "SELECT message, topic, heard, broker FROM file WHERE id = ?1 AND state = 'wanted'",
                [row],
                |row| {
                    let message: Vec<u8> = row.get(0)?;
                    Ok((message, row.get::<_, String>(1)?, row.get::<_, i64>(2)?, row.get::<_, String>(3)?))
                },
            )
            .optional()?;
        let Some((message, topic, heard, broker)) = found else { return Ok(None) };
        let mut asked = connection.prepare("SELECT message FROM source WHERE file = ?1 ORDER BY rowid")?;
        let rows = asked.query_map([row], |row| row.get::<_, Vec<u8>>(0))?;
        let further = rows.filter_map(Result::ok).filter_map(|message| announcement_of(&message)).collect();
        let heard = UtcMillis::from_unix_millis(heard);
        Ok(announcement_of(&message).zip(heard).map(|(announcement, heard)| Wanted {
            announcement,
            further,
            topic,
            heard,
            voucher: voucher_of(&broker),
        }))
    }

    /// Notes what became of a file as it was published then. One that was published anew meanwhile stays wanted.
    pub(in crate::engine) fn settle(
        &self,
        (row, published): (i64, UtcMillis),
        outcome: &FileOutcome,
    ) -> Result<(), StoreError> {
        let state = match outcome {
            FileOutcome::InPlace(_) => "in_place",
            FileOutcome::Refused(_) => "refused",
            FileOutcome::Failed => "failed",
            FileOutcome::NotFetched(_) => "not_fetched",
        };
        let noted = "UPDATE file SET state = ?2 WHERE id = ?1 AND published = ?3";
        self.connection.lock().execute(noted, params![row, state, published.unix_millis()])?;
        Ok(())
    }

    /// Whether files of this host were fetched since before `day_ago`; the host is remembered from now on.
    pub(in crate::engine) fn is_known_host(
        &self,
        host: &str,
        (now, day_ago): (i64, i64),
    ) -> Result<bool, StoreError> {
        let connection = self.connection.lock();
        connection
            .execute("INSERT INTO host VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING", params![host, now])?;
        let since: i64 =
            connection.query_row("SELECT since FROM host WHERE name = ?1", [host], |row| row.get(0))?;
        Ok(since <= day_ago)
    }

    /// Adds octets that came on a day.
    pub(in crate::engine) fn note_received(&self, day: i64, octets: u64) -> Result<(), StoreError> {
        let connection = self.connection.lock();
        let octets = i64::try_from(octets).unwrap_or(i64::MAX);
        connection.execute(
            "INSERT INTO day VALUES (?1, ?2) ON CONFLICT (day) DO UPDATE SET octets = octets + ?2",
            params![day, octets],
        )?;
        connection.execute("DELETE FROM day WHERE day < ?1 - 7", [day])?;
        Ok(())
    }

    /// Octets that came on a day.
    pub(in crate::engine) fn received_on(&self, day: i64) -> Result<u64, StoreError> {
        let connection = self.connection.lock();
        let asked = connection.query_row("SELECT octets FROM day WHERE day = ?1", [day], |row| row.get(0));
        let sum: Option<i64> = asked.optional()?;
        Ok(sum.and_then(|sum| u64::try_from(sum).ok()).unwrap_or(0))
    }

    /// Notes a file that was put into place.
    pub(in crate::engine) fn note_placed(&self, file: &PlacedFile) -> Result<(), StoreError> {
        let length = i64::try_from(file.length).unwrap_or(i64::MAX);
        self.connection.lock().execute(
            "INSERT OR REPLACE INTO placed VALUES (?1, ?2, ?3, ?4)",
            params![file.path, length, file.modified, file.since.unix_seconds()],
        )?;
        Ok(())
    }

    /// Files that were put into place and not removed since, the oldest first.
    pub(in crate::engine) fn placed(&self) -> Result<Vec<PlacedFile>, StoreError> {
        let connection = self.connection.lock();
        let mut asked =
            connection.prepare("SELECT path, length, modified, since FROM placed ORDER BY since, path")?;
        let rows = asked.query_map([], |row| {
            let (length, since): (i64, i64) = (row.get(1)?, row.get(3)?);
            let since = UtcTime::from_unix_seconds(since).unwrap_or_default();
            let length = u64::try_from(length).unwrap_or(0);
            Ok(PlacedFile { path: row.get(0)?, length, modified: row.get(2)?, since })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Forgets that a file was put into place.
    pub(in crate::engine) fn forget_placed(&self, path: &str) -> Result<(), StoreError> {
        self.connection.lock().execute("DELETE FROM placed WHERE path = ?1", [path])?;
        Ok(())
    }

    /// Forgets what is old, unless it is still wanted.
    pub(in crate::engine) fn forget(&self, now: i64) -> Result<(), StoreError> {
        let connection = self.connection.lock();
        connection.execute(
            "DELETE FROM file WHERE state <> 'wanted' AND (heard < ?1 OR id <= (SELECT max(id) FROM file) - ?2)",
            params![now - KEPT_MILLIS, MOST_FILES],
        )?;
        Ok(())
    }
}

/// A broker or archive as it is kept.
fn text_of(voucher: &Voucher) -> String {
    match voucher {
        Voucher::Broker { host, tls: true } => format!("mqtts {host}"),
        Voucher::Broker { host, tls: false } => format!("mqtt {host}"),
        Voucher::Host { host, tls: true } => format!("https {host}"),
        Voucher::Host { host, tls: false } => format!("http {host}"),
        Voucher::Person | Voucher::Nobody => String::new(),
    }
}

/// The broker or archive that was kept as `text`.
fn voucher_of(text: &str) -> Voucher {
    match text.split_once(' ') {
        Some((scheme @ ("mqtt" | "mqtts"), host)) => {
            Voucher::Broker { host: host.to_owned(), tls: scheme == "mqtts" }
        }
        Some((scheme @ ("http" | "https"), host)) => {
            Voucher::Host { host: host.to_owned(), tls: scheme == "https" }
        }
        _ => Voucher::Nobody,
    }
}

/// Takes one message in. Its row, when its file is to be fetched and was not before.
fn take_one(step: &Transaction<'_>, heard: &Heard, broker: &str) -> Result<Option<i64>, rusqlite::Error> {
    let Some(announcement) = heard.received.reading.announcement() else { return Ok(None) };
    let is_of_use = !matches!(heard.novelty, None | Some(Novelty::Conflict));
    if !announcement.action.has_bytes() || !is_of_use {
        return Ok(None);
    }
    let published = announcement.published_at.unix_millis();
    let digest = announcement.integrity.digest().map(|d| format!("{}:{}", d.algorithm().key(), d.hex()));
    let message = message_of(heard);
    let known = step
        .prepare_cached("SELECT id, published, digest, state FROM file WHERE key = ?1")?
        .query_row([&*announcement.key], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, i64>(1)?,
                row.get::<_, Option<String>>(2)?,
                row.get::<_, String>(3)?,
            ))
        })
        .optional()?;
    let Some((row, known_published, known_digest, state)) = known else {
        step.prepare_cached(
            "INSERT INTO file (key, published, heard, digest, topic, message, state, broker)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'wanted', ?7)",
        )?
        .execute(params![
            announcement.key,
            published,
            heard.at.unix_millis(),
            digest,
            heard.topic,
            message,
            broker
        ])?;
        return Ok(Some(step.last_insert_rowid()));
    };
    let is_same = known_digest.is_some() && known_digest == digest;
    if published > known_published && !is_same {
        step.execute("DELETE FROM source WHERE file = ?1", [row])?;
        step.execute(
            "UPDATE file SET published = ?2, heard = ?3, digest = ?4, topic = ?5, message = ?6, broker = ?7,
             state = 'wanted' WHERE id = ?1",
            params![row, published, heard.at.unix_millis(), digest, heard.topic, message, broker],
        )?;
        return Ok(Some(row));
    }
    let differs = published != known_published && !is_same;
    if differs || state == "in_place" {
        return Ok(None);
    }
    let href = announcement.links.first().map_or("", |link| &link.href);
    let added =
        step.execute("INSERT OR IGNORE INTO source VALUES (?1, ?2, ?3)", params![row, message, href])?;
    if added == 0 {
        return Ok(None);
    }
    // Somebody else has it: another chance.
    step.execute("UPDATE file SET state = 'wanted' WHERE id = ?1", [row])?;
    Ok(Some(row))
}

/// The message as it is kept: the octets, and for a line of version 2 also what its headers said.
fn message_of(heard: &Heard) -> Vec<u8> {
    let mut message = heard.received.raw.to_vec();
    let announcement = heard.received.reading.announcement().filter(|a| a.dialect == Dialect::V02);
    if let Some(announcement) = announcement {
        let letter = |algorithm| if algorithm == DigestAlgorithm::Md5 { 'd' } else { 's' };
        if let Some(digest) = announcement.integrity.digest() {
            message.extend_from_slice(
                format!(" sum={},{}", letter(digest.algorithm()), digest.hex()).as_bytes(),
            );
        }
        if let Some(size) = announcement.size {
            message.extend_from_slice(format!(" parts=1,{},1,0,0", size.0).as_bytes());
        }
    }
    message
}

fn announcement_of(message: &[u8]) -> Option<Announcement> {
    match read(bytes::Bytes::copy_from_slice(message), &[]).reading {
        Reading::Announcement(announcement) => Some(*announcement),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::listening::NotFetched;
    use crate::mesh::announcement::{Received, read_captured};
    use crate::mesh::lag::Arrival;
    use crate::mesh::topic_tree::NodeId;

    /// One file as `host` announced it, published at that minute of ten o'clock.
    fn heard(host: &str, minute: u32) -> Arc<Heard> {
        let text = format!(
            r#"{{"id":"51dbb84f-a90b-4143-ad69-e943b186{minute:02}8f","type":"Feature","geometry":null,
            "conformsTo":["http://wis.wmo.int/spec/wnm/1/conf/core"],"properties":{{"data_id":"k","datetime":null,
            "pubtime":"2026-08-11T10:{minute:02}:00Z"}},"links":[{{"rel":"canonical","href":"https://{host}/k"}}]}}"#
        );
        let raw = text.into_bytes();
        let reading = read_captured(&raw).reading;
        Arc::new(Heard {
            number: 0,
            topic: "cache/a/wis2/x".into(),
            node: NodeId::ROOT,
            at: UtcMillis::from_unix_millis(0).expect("1970"),
            lag: None,
            arrival: Arrival::Live,
            novelty: Some(Novelty::New),
            received: Received { raw: raw.into(), reading },
        })
    }

    fn published(heard: &Heard) -> UtcMillis {
        heard.received.reading.announcement().expect("an announcement").published_at
    }

    #[test]
    fn what_became_of_a_file_is_not_said_of_a_newer_one_that_was_announced_meanwhile() {
        let folder = tempfile::tempdir().expect("a folder");
        let ledger = MeshLedger::open(&Directory::open_or_create(folder.path()).expect("a folder"));
        let ledger = ledger.expect("a ledger");
        let (old, new) = (heard("a", 1), heard("a", 2));
        let first = Voucher::Broker { host: "one:8883".to_owned(), tls: true };
        let second = Voucher::Broker { host: "two:1883".to_owned(), tls: false };
        let row = ledger.take(std::slice::from_ref(&old), &first).expect("room")[0];
        assert_eq!(ledger.wanted(row).expect("it can be read").map(|wanted| wanted.voucher), Some(first));
        assert_eq!(ledger.take(std::slice::from_ref(&new), &second).expect("room"), [row]);
        let gone = FileOutcome::NotFetched(NotFetched::NoLink);
        ledger.settle((row, published(&old)), &gone).expect("room");
        let wanted = ledger.wanted(row).expect("it can be read").expect("the newer one is still to come");
        assert_eq!(wanted.voucher, second, "whoever announced what counts");
        ledger.settle((row, published(&new)), &gone).expect("room");
        assert!(ledger.wanted(row).expect("it can be read").is_none());
        let elsewhere = heard("b", 2);
        let again = ledger.take(&[elsewhere], &second).expect("room");
        assert_eq!(again, [row], "somebody else has it: another chance");
    }

    #[test]
    fn what_came_on_a_day_is_remembered_and_old_days_are_forgotten() {
        let folder = tempfile::tempdir().expect("a folder");
        let open = || MeshLedger::open(&Directory::open_or_create(folder.path()).expect("a folder"));
        let ledger = open().expect("a ledger");
        ledger.note_received(20, 5).expect("room");
        ledger.note_received(20, 6).expect("room");
        ledger.note_received(21, 1).expect("room");
        drop(ledger);
        let ledger = open().expect("a ledger");
        assert_eq!(ledger.received_on(20).expect("it can be read"), 11);
        ledger.note_received(40, 1).expect("room");
        assert_eq!(ledger.received_on(20).expect("it can be read"), 0);
    }
}
