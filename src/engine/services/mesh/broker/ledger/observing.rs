//! What was observed of a mesh, on disk: who announced what and when, and when each broker was listened to.
//!
//! In: messages of one broker, and times. Out: the same as [`Observations`], also beside a process that is at it. Forgotten after a week,
//! or beyond two million. Decides nothing.

use super::{KEPT_MILLIS, MeshLedger, OURS};
use crate::app::mesh::announced::vouchers::kept_voucher;
use crate::domain::integrity::Voucher;
use crate::domain::utc::UtcMillis;
use crate::engine::store::error::StoreError;
use crate::engine::store::sqlite;
use crate::mesh::announcement::kept::read_kept;
use crate::mesh::lag::Arrival;
use crate::mesh::recent::Heard;
use crate::mesh::report::observed::{EndedAs, EndedFetch, ListeningPeriod, Observations, Sighting};
use rusqlite::{Connection, Row, params};
use std::path::Path;
use std::sync::Arc;

/// Most announcements that are remembered.
const MOST_SIGHTINGS: i64 = 2_000_000;

/// `settled`: when the file last ended. Of a file that one source announces on one broker there is one row for each content.
pub(super) const MIGRATION: &str = "
    ALTER TABLE file ADD COLUMN settled INTEGER;
    CREATE INDEX file_by_end ON file (settled) WHERE settled IS NOT NULL;
    CREATE TABLE sighting (
        key TEXT NOT NULL, mark TEXT NOT NULL, broker TEXT NOT NULL, source TEXT NOT NULL, published INTEGER NOT NULL,
        heard INTEGER NOT NULL, arrival TEXT NOT NULL, octets INTEGER, repeats INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (key, mark, broker, source)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX sighting_by_time ON sighting (heard);
    CREATE TABLE listened (
        broker TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (broker, since)
    ) STRICT, WITHOUT ROWID;
";

impl MeshLedger {
    /// Notes what a broker announced.
    pub(in crate::engine) fn note_sightings(
        &self,
        heard: &[Arc<Heard>],
        voucher: &Voucher,
    ) -> Result<(), StoreError> {
        let broker = kept_voucher(voucher);
        let connection = self.connection.lock();
        let step = connection.unchecked_transaction()?;
        for sighting in heard.iter().filter_map(|heard| Sighting::of(heard, &broker)) {
            step.prepare_cached(
                "INSERT INTO sighting VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0)
                 ON CONFLICT DO UPDATE SET repeats = repeats + 1, octets = coalesce(octets, excluded.octets)",
            )?
            .execute(params![
                sighting.key,
                sighting.mark,
                sighting.broker,
                sighting.source,
                sighting.published.unix_millis(),
                sighting.heard.unix_millis(),
                sighting.arrival.key(),
                sighting.octets.and_then(|octets| i64::try_from(octets).ok()),
            ])?;
        }
        Ok(step.commit()?)
    }

    /// Notes until when brokers were listened to.
    pub(in crate::engine) fn note_listened(&self, periods: &[ListeningPeriod]) -> Result<(), StoreError> {
        let connection = self.connection.lock();
        let step = connection.unchecked_transaction()?;
        for ListeningPeriod { node, since, until } in periods {
            step.execute(
                "INSERT INTO listened VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET until = excluded.until",
                params![node, since.unix_millis(), until.unix_millis()],
            )?;
        }
        Ok(step.commit()?)
    }
}

/// Forgets what is old, or too much.
pub(super) fn forget(connection: &Connection, now: i64) -> Result<(), StoreError> {
    connection.execute("DELETE FROM sighting WHERE heard < ?1", [now - KEPT_MILLIS])?;
    connection.execute(
        "DELETE FROM sighting WHERE heard < (SELECT heard FROM sighting ORDER BY heard DESC LIMIT 1 OFFSET ?1)",
        [MOST_SIGHTINGS],
    )?;
    connection.execute("DELETE FROM listened WHERE until < ?1", [now - KEPT_MILLIS])?;
    Ok(())
}

/// What was observed since then by whoever uses the folder whose private folder that is. `None` where nobody did, or a version that kept
/// nothing of it.
pub(in crate::engine) fn observed_in(
    private: &Path,
    since: UtcMillis,
) -> Result<Option<Observations>, StoreError> {
    let Some(connection) = sqlite::open_beside(private, &OURS)? else { return Ok(None) };
    if sqlite::columns(&connection, "sighting")?.is_empty() {
        return Ok(None);
    }
    let since = since.unix_millis();
    let sightings = rows(
        &connection,
        (
            "SELECT key, mark, broker, source, published, heard, arrival, octets, repeats FROM sighting WHERE heard >= ?1",
            since,
        ),
        sighting_of,
    )?;
    let ended = rows(
        &connection,
        ("SELECT broker, message, published, settled, state FROM file WHERE settled >= ?1", since),
        ended_of,
    )?;
    let listened = rows(
        &connection,
        ("SELECT broker, since, until FROM listened WHERE until >= ?1 ORDER BY since", since),
        |row| {
            let (since, until) = (time(row, 1)?, time(row, 2)?);
            let node: Box<str> = row.get(0)?;
            Ok(since.zip(until).map(|(since, until)| ListeningPeriod { node, since, until }))
        },
    )?;
    Ok(Some(Observations { sightings, ended, listened }))
}

/// The rows that make sense.
fn rows<T>(
    connection: &Connection,
    (asked, since): (&str, i64),
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<Option<T>>,
) -> Result<Vec<T>, StoreError> {
    let mut asked = connection.prepare(asked)?;
    let read = asked.query_map([since], read)?;
    Ok(read.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<UtcMillis>> {
    Ok(UtcMillis::from_unix_millis(row.get(column)?))
}

fn sighting_of(row: &Row<'_>) -> rusqlite::Result<Option<Sighting>> {
    let (Some(published), Some(heard)) = (time(row, 4)?, time(row, 5)?) else { return Ok(None) };
    let Some(arrival) = Arrival::from_key(&row.get::<_, String>(6)?) else { return Ok(None) };
    let (octets, repeats): (Option<i64>, i64) = (row.get(7)?, row.get(8)?);
    Ok(Some(Sighting {
        key: row.get(0)?,
        mark: row.get(1)?,
        broker: row.get(2)?,
        source: row.get(3)?,
        published,
        heard,
        arrival,
        octets: octets.and_then(|octets| u64::try_from(octets).ok()),
        repeats: u64::try_from(repeats).unwrap_or(0),
    }))
}

fn ended_of(row: &Row<'_>) -> rusqlite::Result<Option<EndedFetch>> {
    let Some(ended_as) = EndedAs::from_key(&row.get::<_, String>(4)?) else { return Ok(None) };
    let (Some(published), Some(at)) = (time(row, 2)?, time(row, 3)?) else { return Ok(None) };
    let message: Vec<u8> = row.get(1)?;
    let source = read_kept(&message).map(|announcement| announcement.source).unwrap_or_default();
    Ok(Some(EndedFetch { broker: row.get(0)?, source, published, at, ended_as }))
}
