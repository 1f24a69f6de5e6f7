//! What is kept of a relay, in the database of its folder: its files, what it withdrew, and a few words.
//!
//! In: files as they stand. Out: the same at the next start. Rows that make no sense are left out and counted.

use super::database::{Database, OURS};
use super::error::StoreError;
use super::sqlite::{columns, open_beside};
use crate::app::relay::RelayKey;
use crate::app::relay::file::RelayFile;
use crate::publish::relay::offered::WithdrawnFile;
use rusqlite::{Connection, OptionalExtension, params};
use std::path::Path;

/// Most files, and most withdrawals, that are read.
const MOST_ROWS: i64 = 200_000;

/// What was kept of a relay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeptRelay {
    /// Its files.
    pub files: Vec<RelayFile>,
    /// What it withdrew, oldest first.
    pub withdrawn: Vec<WithdrawnFile>,
    /// How many rows made no sense.
    pub unsound: usize,
}

/// What is kept of a relay.
pub trait RelayStore {
    /// What was kept of the relay.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn relay(&self) -> Result<KeptRelay, StoreError>;

    /// A file as it was kept. `None` when there is none of that key, or it makes no sense.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn relayed(&self, key: &RelayKey) -> Result<Option<RelayFile>, StoreError>;

    /// Writes down how a file stands.
    ///
    /// # Errors
    /// When the database cannot be written.
    fn keep_relayed(&self, file: &RelayFile) -> Result<(), StoreError>;

    /// Forgets a file and, where it was offered, notes its withdrawal, in one step.
    ///
    /// # Errors
    /// When the database cannot be written; nothing of the step is in it then.
    fn forget_relayed(&self, key: &RelayKey, gone: Option<&WithdrawnFile>) -> Result<(), StoreError>;

    /// Forgets the content with that key, and whatever else was put at that path below the folder.
    ///
    /// # Errors
    /// When the database cannot be written.
    fn forget_content(&self, key: &str, path: &str) -> Result<(), StoreError>;

    /// A word that was kept under that name. `None` when none was.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn relay_word(&self, name: &str) -> Result<Option<String>, StoreError>;

    /// Keeps a word under that name.
    ///
    /// # Errors
    /// When the database cannot be written.
    fn keep_relay_word(&self, name: &str, text: &str) -> Result<(), StoreError>;
}

impl RelayStore for Database {
    fn relay(&self) -> Result<KeptRelay, StoreError> {
        read(&self.connection.lock())
    }

    fn relayed(&self, key: &RelayKey) -> Result<Option<RelayFile>, StoreError> {
        let select = "SELECT facts FROM relayed WHERE key = ?1";
        let connection = self.connection.lock();
        let text = connection.query_row(select, [key_of(key)], |row| row.get::<_, String>(0)).optional()?;
        Ok(text.and_then(|text| RelayFile::from_text(&text)))
    }

    fn keep_relayed(&self, file: &RelayFile) -> Result<(), StoreError> {
        let insert = "INSERT OR REPLACE INTO relayed (key, facts) VALUES (?1, ?2)";
        self.connection.lock().execute(insert, params![key_of(&file.key), file.to_text()])?;
        Ok(())
    }

    fn forget_relayed(&self, key: &RelayKey, gone: Option<&WithdrawnFile>) -> Result<(), StoreError> {
        let mut connection = self.connection.lock();
        let step = connection.transaction()?;
        step.execute("DELETE FROM relayed WHERE key = ?1", [key_of(key)])?;
        if let Some(gone) = gone {
            step.execute("INSERT INTO relay_withdrawn (facts) VALUES (?1)", [gone.to_text()])?;
            let old = "DELETE FROM relay_withdrawn WHERE id <= (SELECT max(id) FROM relay_withdrawn) - 20000";
            step.execute(old, [])?;
        }
        Ok(step.commit()?)
    }

    fn forget_content(&self, key: &str, path: &str) -> Result<(), StoreError> {
        let delete =
            "DELETE FROM content WHERE key = ?1 OR id IN (SELECT content FROM finished WHERE path = ?2)";
        self.connection.lock().execute(delete, [key, path])?;
        Ok(())
    }

    fn relay_word(&self, name: &str) -> Result<Option<String>, StoreError> {
        let select = "SELECT text FROM relay_word WHERE name = ?1";
        Ok(self.connection.lock().query_row(select, [name], |row| row.get(0)).optional()?)
    }

    fn keep_relay_word(&self, name: &str, text: &str) -> Result<(), StoreError> {
        let insert = "INSERT OR REPLACE INTO relay_word (name, text) VALUES (?1, ?2)";
        self.connection.lock().execute(insert, params![name, text])?;
        Ok(())
    }
}

/// What was kept of the relay whose private folder that is, read beside a process that may be at it. `None` where there is
/// no relay.
///
/// # Errors
/// When there is one and it cannot be read.
pub fn peek(private: &Path) -> Result<Option<KeptRelay>, StoreError> {
    match open_beside(private, &OURS)? {
        Some(connection) if !columns(&connection, "relayed")?.is_empty() => read(&connection).map(Some),
        _ => Ok(None),
    }
}

fn read(connection: &Connection) -> Result<KeptRelay, StoreError> {
    let texts = |select: &str| -> Result<Vec<String>, StoreError> {
        let mut rows = connection.prepare(select)?;
        Ok(rows.query_map([MOST_ROWS], |row| row.get(0))?.collect::<Result<_, _>>()?)
    };
    let files = texts("SELECT facts FROM relayed ORDER BY key LIMIT ?1")?;
    let withdrawn = texts("SELECT facts FROM relay_withdrawn ORDER BY id LIMIT ?1")?;
    let rows = files.len() + withdrawn.len();
    let files: Vec<RelayFile> = files.iter().filter_map(|text| RelayFile::from_text(text)).collect();
    let withdrawn: Vec<WithdrawnFile> =
        withdrawn.iter().filter_map(|text| WithdrawnFile::from_text(text)).collect();
    let unsound = rows - files.len() - withdrawn.len();
    Ok(KeptRelay { files, withdrawn, unsound })
}

fn key_of(key: &RelayKey) -> String {
    let run = key.run.map_or_else(String::new, |run| run.to_string());
    format!("{}\n{run}\n{}", key.dataset, key.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::relay::stage::RelayStage;
    use crate::domain::utc::UtcTime;
    use crate::engine::store::directory::Directory;
    use crate::publish::relay::offered::{SourceFacts, WithdrawalReason};
    use url::Url;

    fn a_file(name: &str) -> RelayFile {
        let now = UtcTime::from_unix_seconds(1_790_000_000).expect("a time");
        let address = Url::parse("https://data.example/a").expect("a URL");
        let key = RelayKey { dataset: "a/b".to_owned(), run: Some(now), name: name.to_owned() };
        RelayFile::seen(key, SourceFacts { address, length: 1, etag: None, modified: None }, now)
    }

    #[test]
    fn files_and_withdrawals_are_there_at_the_next_start_and_beside_a_running_process() {
        let scratch = tempfile::tempdir().expect("a temporary folder");
        let private = Directory::open_or_create(scratch.path()).expect("a folder");
        let database = Database::open(&private).expect("a database");
        let (a, b) = (a_file("a"), a_file("b"));
        database.keep_relayed(&a).expect("kept");
        database.keep_relayed(&b).expect("kept");
        let stable = a.clone().at(RelayStage::Stable, a.since);
        database.keep_relayed(&stable).expect("kept");
        let info_hash = crate::domain::torrent::InfoHash([1; 20]);
        let gone =
            WithdrawnFile { key: b.key.clone(), info_hash, since: b.since, why: WithdrawalReason::Expired };
        database.forget_relayed(&b.key, Some(&gone)).expect("forgotten");
        let kept = KeptRelay { files: vec![stable], withdrawn: vec![gone], unsound: 0 };
        assert_eq!(database.relay().expect("read"), kept);
        assert_eq!(database.relayed(&a.key).expect("read").as_ref(), kept.files.first());
        assert_eq!(database.relayed(&b.key).expect("read"), None);
        assert_eq!(peek(scratch.path()).expect("read"), Some(kept));
        assert_eq!(peek(&scratch.path().join("other")).expect("read"), None);
    }

    #[test]
    fn a_row_that_makes_no_sense_costs_no_other() {
        let scratch = tempfile::tempdir().expect("a temporary folder");
        let private = Directory::open_or_create(scratch.path()).expect("a folder");
        let database = Database::open(&private).expect("a database");
        database.keep_relayed(&a_file("a")).expect("kept");
        database.connection.lock().execute("INSERT INTO relayed VALUES ('x', '{')", []).expect("written");
        let kept = database.relay().expect("read");
        assert_eq!((kept.files.len(), kept.unsound), (1, 1));
    }

    #[test]
    fn a_content_is_forgotten_with_whatever_else_lay_at_its_path() {
        let scratch = tempfile::tempdir().expect("a temporary folder");
        let private = Directory::open_or_create(scratch.path()).expect("a folder");
        let database = Database::open(&private).expect("a database");
        let length = crate::domain::octets::ByteCount(7);
        let row = |path: &str| crate::engine::store::database::FinishedRow {
            path: path.to_owned(),
            file: Some(0),
            length: 7,
            stamp: Some(crate::domain::on_disk::Stamp::default()),
            verified_at: None,
            seal: None,
            verdict: ("not_announced".to_owned(), None, None),
        };
        for (key, path) in [("url", "data/a"), ("torrent", "data/a"), ("other", "data/b")] {
            let content = database.content(key, "a", length).expect("a row");
            database.finish(content, &row(path)).expect("kept");
        }
        database.forget_content("torrent", "data/a").expect("forgotten");
        assert_eq!(database.finished_as("data/a").expect("read"), None);
        assert!(database.finished_as("data/b").expect("read").is_some());
    }

    #[test]
    fn a_word_is_kept_under_its_name() {
        let scratch = tempfile::tempdir().expect("a temporary folder");
        let private = Directory::open_or_create(scratch.path()).expect("a folder");
        let database = Database::open(&private).expect("a database");
        assert_eq!(database.relay_word("manifest").expect("read"), None);
        database.keep_relay_word("manifest", "1 abc").expect("kept");
        database.keep_relay_word("manifest", "2 def").expect("kept");
        assert_eq!(database.relay_word("manifest").expect("read").as_deref(), Some("2 def"));
    }
}
