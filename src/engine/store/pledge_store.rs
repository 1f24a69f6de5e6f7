//! What is kept of an archive, in the database of its folder: what was pledged, and its files.
//!
//! In: files as they stand. Out: the same at the next start. Rows that make no sense are left out and counted.

use super::database::{Database, OURS};
use super::error::StoreError;
use super::sqlite::{columns, open_beside};
use crate::app::pledge::file::PledgedFile;
use crate::app::pledge::terms::PledgeTerms;
use crate::domain::torrent::InfoHash;
use rusqlite::{Connection, OptionalExtension, params};
use std::path::Path;

/// Most files that are read.
const MOST_ROWS: i64 = 200_000;

/// The row of what was pledged; no info-hash is called so.
const TERMS: &str = "terms";

/// What was kept of an archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeptPledge {
    /// What was pledged. `None` when nothing was.
    pub terms: Option<PledgeTerms>,
    /// Its files.
    pub files: Vec<PledgedFile>,
    /// How many rows made no sense.
    pub unsound: usize,
}

/// What is kept of an archive.
pub trait PledgeStore {
    /// What was kept of the archive.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn pledge(&self) -> Result<KeptPledge, StoreError>;

    /// Writes down what was pledged.
    ///
    /// # Errors
    /// When the database cannot be written.
    fn keep_pledge_terms(&self, terms: &PledgeTerms) -> Result<(), StoreError>;

    /// Writes down how a file stands.
    ///
    /// # Errors
    /// When the database cannot be written.
    fn keep_pledged(&self, file: &PledgedFile) -> Result<(), StoreError>;

    /// Forgets a file.
    ///
    /// # Errors
    /// When the database cannot be written.
    fn forget_pledged(&self, info_hash: InfoHash) -> Result<(), StoreError>;

    /// Forgets what was pledged and all files; those on the disk stay.
    ///
    /// # Errors
    /// When the database cannot be written.
    fn forget_pledge(&self) -> Result<(), StoreError>;
}

impl PledgeStore for Database {
    fn pledge(&self) -> Result<KeptPledge, StoreError> {
        read(&self.connection.lock())
    }

    fn keep_pledge_terms(&self, terms: &PledgeTerms) -> Result<(), StoreError> {
        put(&self.connection.lock(), TERMS, &terms.to_text())
    }

    fn keep_pledged(&self, file: &PledgedFile) -> Result<(), StoreError> {
        put(&self.connection.lock(), &file.info_hash.hex(), &file.to_text())
    }

    fn forget_pledged(&self, info_hash: InfoHash) -> Result<(), StoreError> {
        self.connection.lock().execute("DELETE FROM pledged WHERE key = ?1", [info_hash.hex()])?;
        Ok(())
    }

    fn forget_pledge(&self) -> Result<(), StoreError> {
        self.connection.lock().execute("DELETE FROM pledged", [])?;
        Ok(())
    }
}

/// What was kept of the archive whose private folder that is, read beside a process that may be at it. `None` where there
/// is none.
///
/// # Errors
/// When there is one and it cannot be read.
pub fn peek(private: &Path) -> Result<Option<KeptPledge>, StoreError> {
    match open_beside(private, &OURS)? {
        Some(connection) if !columns(&connection, "pledged")?.is_empty() => read(&connection).map(Some),
        _ => Ok(None),
    }
}

fn put(connection: &Connection, key: &str, facts: &str) -> Result<(), StoreError> {
    let insert = "INSERT OR REPLACE INTO pledged (key, facts) VALUES (?1, ?2)";
    connection.execute(insert, params![key, facts])?;
    Ok(())
}

fn read(connection: &Connection) -> Result<KeptPledge, StoreError> {
    let select = "SELECT facts FROM pledged WHERE key = ?1";
    let terms = connection.query_row(select, [TERMS], |row| row.get::<_, String>(0)).optional()?;
    let mut rows = connection.prepare("SELECT facts FROM pledged WHERE key <> ?1 ORDER BY key LIMIT ?2")?;
    let texts = rows.query_map(params![TERMS, MOST_ROWS], |row| row.get::<_, String>(0))?;
    let texts = texts.collect::<Result<Vec<_>, _>>()?;
    let files: Vec<PledgedFile> = texts.iter().filter_map(|text| PledgedFile::from_text(text)).collect();
    let unsound = texts.len() - files.len();
    Ok(KeptPledge { terms: terms.and_then(|text| PledgeTerms::from_text(&text)), files, unsound })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::pledge::file::PledgeStage;
    use crate::domain::utc::UtcTime;
    use crate::engine::store::directory::Directory;
    use crate::publish::relay::offered::RelayKey;

    fn a_file(number: u8) -> PledgedFile {
        let now = UtcTime::from_unix_seconds(1_790_000_000).expect("a time");
        PledgedFile {
            info_hash: InfoHash([number; 20]),
            key: RelayKey { dataset: "a/b".to_owned(), run: Some(now), name: number.to_string() },
            length: 7,
            dated: now,
            stage: PledgeStage::Held,
            since: now,
            relays: Vec::new(),
            seeds: Some(2),
            given: 9,
        }
    }

    #[test]
    fn an_archive_is_there_at_the_next_start_and_beside_a_running_process() {
        let scratch = tempfile::tempdir().expect("a temporary folder");
        let private = Directory::open_or_create(scratch.path()).expect("a folder");
        let database = Database::open(&private).expect("a database");
        let terms = PledgeTerms { most: 5, datasets: vec!["a/b".to_owned()], relays: Vec::new() };
        database.keep_pledge_terms(&terms).expect("kept");
        for number in [1, 2, 3] {
            database.keep_pledged(&a_file(number)).expect("kept");
        }
        let lost = a_file(2).at(PledgeStage::Lost, a_file(2).since);
        database.keep_pledged(&lost).expect("kept");
        database.forget_pledged(a_file(3).info_hash).expect("forgotten");
        let kept = KeptPledge { terms: Some(terms), files: vec![a_file(1), lost], unsound: 0 };
        assert_eq!(database.pledge().expect("read"), kept);
        assert_eq!(peek(scratch.path()).expect("read"), Some(kept));
        assert_eq!(peek(&scratch.path().join("other")).expect("read"), None);
        database.forget_pledge().expect("forgotten");
        assert_eq!(database.pledge().expect("read"), KeptPledge::default());
    }

    #[test]
    fn a_row_that_makes_no_sense_costs_no_other() {
        let scratch = tempfile::tempdir().expect("a temporary folder");
        let private = Directory::open_or_create(scratch.path()).expect("a folder");
        let database = Database::open(&private).expect("a database");
        database.keep_pledged(&a_file(1)).expect("kept");
        put(&database.connection.lock(), "x", "{").expect("written");
        let kept = database.pledge().expect("read");
        assert_eq!((kept.files.len(), kept.unsound), (1, 1));
    }
}
