//! Torrents that are given on after all was received: what the next start of the program goes on with, without asking
//! anybody for a .torrent again.
//!
//! In: the description of a torrent, its trackers, and which octets of it are given. Out: the same, once more.

use super::{ContentRow, Database};
use crate::engine::store::error::StoreError;
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;

/// A torrent that is given on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenTorrent {
    /// The octets of its `info` dictionary.
    pub info: Vec<u8>,
    /// How it is given.
    pub terms: GivenTerms,
}

/// How a torrent is given on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenTerms {
    /// Where peers ask for us, secrets and all: the folder is readable for its owner alone.
    pub trackers: Vec<String>,
    /// Peers that somebody named.
    pub peers: Vec<SocketAddr>,
    /// How far its trackers may lead.
    pub reach: String,
    /// The octets that were received, from and to.
    pub want: Vec<(u64, u64)>,
    /// The folders below the one for finished files in which its files lie.
    pub folders: Vec<String>,
}

impl Database {
    /// Keeps what is needed to go on with giving a content.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn keep_giving(&self, content: ContentRow, given: &GivenTorrent) -> Result<(), StoreError> {
        let terms = serde_json::to_string(&given.terms).expect("plain values are JSON");
        self.connection.lock().execute(
            "INSERT OR REPLACE INTO giving VALUES (?1, ?2, ?3)",
            params![content.0, given.info, terms],
        )?;
        Ok(())
    }

    /// The content with that key as it was given. `None` when it is not, or what was kept makes no sense.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn giving(&self, key: &str) -> Result<Option<GivenTorrent>, StoreError> {
        let connection = self.connection.lock();
        let row = connection
            .query_row(
                "SELECT info, terms FROM giving JOIN content ON content = id WHERE key = ?1",
                [key],
                |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, String>(1)?)),
            )
            .optional()?;
        Ok(row
            .and_then(|(info, terms)| Some(GivenTorrent { info, terms: serde_json::from_str(&terms).ok()? })))
    }

    /// Forgets how the content with that key was given: it is over.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn forget_giving(&self, key: &str) -> Result<(), StoreError> {
        self.connection
            .lock()
            .execute("DELETE FROM giving WHERE content = (SELECT id FROM content WHERE key = ?1)", [key])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::directory::Directory;
    use super::*;
    use crate::domain::octets::ByteCount;

    #[test]
    fn what_is_given_on_is_known_again_until_it_is_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let database =
            Database::open(&Directory::open_or_create(folder.path()).expect("there")).expect("room");
        let row = database.content("torrent:ab", "x", ByteCount(7)).expect("room");
        let given = GivenTorrent {
            info: b"de".to_vec(),
            terms: GivenTerms {
                trackers: vec!["http://t/a".to_owned()],
                want: vec![(0, 7)],
                ..Default::default()
            },
        };
        database.keep_giving(row, &given).expect("room");
        assert_eq!(database.giving("torrent:ab").expect("readable"), Some(given));
        database.forget_giving("torrent:ab").expect("room");
        assert_eq!(database.giving("torrent:ab").expect("readable"), None);
    }
}
