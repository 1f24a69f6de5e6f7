//! Answers of servers that are kept: listings, with the time at which they were fetched, and what they no longer have.

use super::{Database, signed};
use crate::catalog::keys::Keys;
use crate::catalog::listing::{LONGEST, ListedFile, Size};
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcTime;
use crate::engine::store::error::StoreError;
use flate2::Compression;
use flate2::read::{ZlibDecoder, ZlibEncoder};
use rusqlite::{OptionalExtension, params};
use std::io::Read;

/// How long an answer is kept that nobody asks for any more. Minutes.
const KEPT: i64 = 14 * 24 * 60;

/// An answer that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAnswer {
    /// Its ETag or date.
    pub validator: Option<String>,
    /// When it was fetched, or last found to be still so.
    pub fetched_at: UtcTime,
    /// Its octets.
    pub body: Vec<u8>,
}

impl Database {
    /// The answer that was kept of an address. A damaged one counts as none.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn answer(&self, address: &str) -> Result<Option<StoredAnswer>, StoreError> {
        let connection = self.connection.lock();
        let row = connection
            .query_row(
                "SELECT validator, fetched_at, body FROM answer WHERE address = ?1",
                [address],
                |row| {
                    Ok((row.get::<_, Option<String>>(0)?, row.get::<_, i64>(1)?, row.get::<_, Vec<u8>>(2)?))
                },
            )
            .optional()?;
        Ok(row.and_then(|(validator, fetched_at, packed)| {
            let mut body = Vec::new();
            let read = ZlibDecoder::new(&packed[..]).take(LONGEST as u64 + 1).read_to_end(&mut body);
            let fetched_at = UtcTime::from_unix_seconds(fetched_at)?;
            read.is_ok().then_some(StoredAnswer { validator, fetched_at, body })
        }))
    }

    /// Keeps an answer, and forgets old ones.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn keep_answer(&self, address: &str, answer: &StoredAnswer) -> Result<(), StoreError> {
        let mut packed = Vec::new();
        ZlibEncoder::new(&answer.body[..], Compression::fast())
            .read_to_end(&mut packed)
            .map_err(|error| StoreError::from_io("pack a listing", error))?;
        let connection = self.connection.lock();
        connection.execute(
            "INSERT OR REPLACE INTO answer (address, validator, fetched_at, body) VALUES (?1, ?2, ?3, ?4)",
            params![address, answer.validator, answer.fetched_at.unix_seconds(), packed],
        )?;
        let oldest = answer.fetched_at.unix_seconds() - KEPT * 60;
        connection.execute("DELETE FROM answer WHERE fetched_at < ?1", [oldest])?;
        connection.execute("DELETE FROM withdrawn WHERE since < ?1", [oldest])?;
        Ok(())
    }

    /// Forgets an answer.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn forget_answer(&self, address: &str) -> Result<(), StoreError> {
        self.connection.lock().execute("DELETE FROM answer WHERE address = ?1", [address])?;
        Ok(())
    }

    /// Notes that an answer was found to be still so.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn answer_still_so(&self, address: &str, now: UtcTime) -> Result<(), StoreError> {
        let update = "UPDATE answer SET fetched_at = ?2 WHERE address = ?1";
        self.connection.lock().execute(update, params![address, now.unix_seconds()])?;
        Ok(())
    }

    /// Notes files that a listing no longer has.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn note_withdrawn(&self, dataset: &str, rows: &[ListedFile], now: UtcTime) -> Result<(), StoreError> {
        let mut connection = self.connection.lock();
        let step = connection.transaction()?;
        for row in rows {
            step.execute(
                "INSERT INTO withdrawn (dataset, address, octets, since) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (dataset, address) DO NOTHING",
                params![
                    dataset,
                    row.address.as_str(),
                    row.size.octets().map(|octets| signed(octets.0)),
                    now.unix_seconds()
                ],
            )?;
        }
        Ok(step.commit()?)
    }

    /// Files that were listed once and are no longer, with the time at which that was noticed.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn withdrawn(&self, dataset: &str) -> Result<Vec<(ListedFile, UtcTime)>, StoreError> {
        let connection = self.connection.lock();
        let mut rows =
            connection.prepare("SELECT address, octets, since FROM withdrawn WHERE dataset = ?1")?;
        let read = rows.query_map([dataset], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, Option<i64>>(1)?, row.get::<_, i64>(2)?))
        })?;
        let rows = read.collect::<Result<Vec<_>, _>>()?;
        Ok(rows
            .into_iter()
            .filter_map(|(address, octets, since)| {
                let octets = octets.and_then(|octets| u64::try_from(octets).ok());
                let size = octets.map_or(Size::Unknown, |octets| Size::Exact(ByteCount(octets)));
                let address = address.parse().ok()?;
                let row = ListedFile { address, size, changed: None, keys: Keys::default() };
                Some((row, UtcTime::from_unix_seconds(since)?))
            })
            .collect())
    }
}
