//! What is announced again, on disk: written in one step with the outcome of its file, removed once the broker has it; what was
//! announced before; and when what failed is tried again.
//!
//! In: a [`FollowUp`]. Out: the same as rows. Decides nothing.

use super::{MeshLedger, state_of};
use crate::app::mesh::announced::forwarding::{FollowUp, SettledFile};
use crate::app::mesh::announcing::FileWithPost;
use crate::app::mesh::listening::{FileOutcome, ForwardingStep};
use crate::domain::utc::UtcMillis;
use crate::engine::store::error::StoreError;
use crate::mesh::forwarding::NotForwarded;
use crate::mesh::forwarding::message::{OutgoingFile, kept_post};
use crate::mesh::post::PostKind;
use parking_lot::ReentrantMutex;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use std::sync::Arc;
use tokio::sync::Notify;

/// `asked`: the paths by which a file is asked for, a line each. Ids are never given twice: what was sent is not looked for again.
pub(super) const MIGRATION: &str = "
    CREATE TABLE forwarded (
        key TEXT NOT NULL, digest TEXT NOT NULL, at INTEGER NOT NULL, place TEXT NOT NULL, asked TEXT NOT NULL,
        PRIMARY KEY (key, digest)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX forwarded_by_age ON forwarded (at);
    CREATE TABLE outgoing (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        key TEXT NOT NULL, place TEXT NOT NULL, asked TEXT NOT NULL, topic TEXT NOT NULL, payload TEXT NOT NULL
    ) STRICT;
    CREATE TABLE retry (
        file INTEGER PRIMARY KEY REFERENCES file ON DELETE CASCADE, attempts INTEGER NOT NULL, due INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX retry_by_due ON retry (due);
";

/// Rows that are read at once.
const BATCH: i64 = 256;

/// A file that the server gives.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::engine) struct ServedPlace {
    /// Where it lies below the folder.
    pub(in crate::engine) place: String,
    /// The paths by which it is asked for, a line each.
    pub(in crate::engine) asked: String,
}

/// What is announced again from one folder.
#[derive(Debug)]
pub(in crate::engine) struct ForwardIndex {
    connection: Arc<ReentrantMutex<Connection>>,
    /// Told when something more waits.
    pub(in crate::engine) added: Notify,
}

impl MeshLedger {
    /// Notes what became of files as they were published then, and what follows, in one step. What is to be told of each, in their
    /// order: nothing of one that was published anew meanwhile, which stays wanted. `decide` is told the place of the file in
    /// the sequence.
    pub(in crate::engine) fn settle_and_forward(
        &self,
        outcomes: &[((i64, UtcMillis), &FileOutcome)],
        now: UtcMillis,
        mut decide: impl FnMut(usize, &SettledFile) -> FollowUp,
    ) -> Result<Vec<Option<ForwardingStep>>, StoreError> {
        let connection = self.connection.lock();
        let step = connection.unchecked_transaction()?;
        let mut told = Vec::with_capacity(outcomes.len());
        for (number, (at, outcome)) in outcomes.iter().enumerate() {
            let settled = settle(&step, *at, outcome, now)?;
            let follow_up = settled.map(|settled| decide(number, &settled));
            told.push(match follow_up {
                Some(follow_up) => write(&step, at.0, &follow_up, now)?,
                None => None,
            });
        }
        step.commit()?;
        if told.contains(&Some(ForwardingStep::Queued)) {
            self.forwarding.added.notify_one();
        }
        Ok(told)
    }
}

/// Notes what became of a file. `None` when it was published anew meanwhile.
fn settle(
    step: &Transaction<'_>,
    (row, published): (i64, UtcMillis),
    outcome: &FileOutcome,
    now: UtcMillis,
) -> rusqlite::Result<Option<SettledFile>> {
    step
            .prepare_cached(
                "UPDATE file SET state = ?2, settled = ?4 WHERE id = ?1 AND published = ?3 RETURNING message, topic, rival IS NOT NULL,
                 coalesce((SELECT attempts FROM retry WHERE retry.file = file.id), 0)",
            )?
            .query_row(params![row, state_of(outcome), published.unix_millis(), now.unix_millis()], |row| {
                let (message, topic) = (row.get(0)?, row.get(1)?);
                Ok(SettledFile { message, topic, is_rival: row.get(2)?, attempts: row.get(3)? })
            })
            .optional()
}

/// Writes down what follows; what is to be told of it.
fn write(
    step: &Transaction<'_>,
    row: i64,
    follow_up: &FollowUp,
    now: UtcMillis,
) -> rusqlite::Result<Option<ForwardingStep>> {
    if let FollowUp::Retry(attempts, wait) = follow_up {
        let due = now.unix_millis().saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX));
        step.execute("INSERT OR REPLACE INTO retry VALUES (?1, ?2, ?3)", params![row, attempts, due])?;
        return Ok(follow_up.told());
    }
    step.prepare_cached("DELETE FROM retry WHERE file = ?1")?.execute([row])?;
    let FollowUp::Forward(file) = follow_up else { return Ok(follow_up.told()) };
    let OutgoingFile { key, digest, place, .. } = &**file;
    let (asked, at) = (file.asked_for.join("\n"), now.unix_millis());
    let known = "INSERT INTO forwarded VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (key, digest) DO NOTHING";
    if step.prepare_cached(known)?.execute(params![key, digest, at, place, asked])? == 0 {
        return Ok(Some(ForwardingStep::NotForwarded(NotForwarded::Repeat)));
    }
    let mut send = step.prepare_cached(
        "INSERT INTO outgoing (key, place, asked, topic, payload) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for post in &file.posts {
        send.execute(params![key, place, asked, post.topic, post.payload])?;
    }
    Ok(follow_up.told())
}

impl ForwardIndex {
    pub(super) fn new(connection: Arc<ReentrantMutex<Connection>>) -> Self {
        Self { connection, added: Notify::new() }
    }

    /// What waits behind the row `after`, the oldest first: not all at once.
    pub(in crate::engine) fn waiting(
        &self,
        after: i64,
    ) -> Result<Vec<(ServedPlace, FileWithPost)>, StoreError> {
        let connection = self.connection.lock();
        let mut asked = connection.prepare_cached(
            "SELECT place, asked, id, key, topic, payload FROM outgoing WHERE id > ?1 ORDER BY id LIMIT ?2",
        )?;
        let rows = asked.query_map([after, BATCH], |row| {
            let post = kept_post(row.get(4)?, row.get(5)?);
            let file = FileWithPost { file: row.get(3)?, news: PostKind::New, post, row: Some(row.get(2)?) };
            Ok((served_of(row)?, file))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How much waits.
    pub(in crate::engine) fn count(&self) -> Result<u64, StoreError> {
        let count: i64 =
            self.connection.lock().query_row("SELECT count(*) FROM outgoing", [], |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// The broker answered for these rows.
    pub(in crate::engine) fn answered(&self, rows: &[i64]) -> Result<(), StoreError> {
        let connection = self.connection.lock();
        let step = connection.unchecked_transaction()?;
        for row in rows {
            step.prepare_cached("DELETE FROM outgoing WHERE id = ?1")?.execute([row])?;
        }
        Ok(step.commit()?)
    }

    /// Wants the files again whose time has come.
    pub(in crate::engine) fn due(&self, now: UtcMillis) -> Result<Vec<i64>, StoreError> {
        let connection = self.connection.lock();
        let step = connection.unchecked_transaction()?;
        let rows: Vec<i64> = step
            .prepare_cached(
                "UPDATE file SET state = 'wanted' WHERE state IN ('failed', 'refused', 'wanted')
                 AND id IN (SELECT file FROM retry WHERE due <= ?1) RETURNING id",
            )?
            .query_map([now.unix_millis()], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        // How often they were tried stays.
        step.execute("UPDATE retry SET due = ?2 WHERE due <= ?1", [now.unix_millis(), i64::MAX])?;
        step.commit()?;
        Ok(rows)
    }

    /// What is served.
    pub(in crate::engine) fn served(&self) -> Result<Vec<ServedPlace>, StoreError> {
        self.places("SELECT place, asked FROM forwarded WHERE asked <> ''")
    }

    /// What is served and was removed, as far as the ledger knows.
    pub(in crate::engine) fn removed(&self) -> Result<Vec<ServedPlace>, StoreError> {
        self.places(
            "SELECT place, asked FROM forwarded WHERE asked <> '' AND NOT EXISTS (SELECT 1 FROM placed WHERE path = place)",
        )
    }

    /// Notes that a file is served no more.
    pub(in crate::engine) fn take_off(&self, file: &ServedPlace) -> Result<(), StoreError> {
        let gone = "UPDATE forwarded SET asked = '' WHERE place = ?1 AND asked = ?2";
        self.connection.lock().execute(gone, [&file.place, &file.asked])?;
        Ok(())
    }

    fn places(&self, asked: &str) -> Result<Vec<ServedPlace>, StoreError> {
        let connection = self.connection.lock();
        let mut asked = connection.prepare(asked)?;
        let rows = asked.query_map([], served_of)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn served_of(row: &Row<'_>) -> rusqlite::Result<ServedPlace> {
    Ok(ServedPlace { place: row.get(0)?, asked: row.get(1)? })
}
