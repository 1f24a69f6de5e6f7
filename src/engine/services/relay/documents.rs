//! Writes what a relay says of its files, and puts it where it is asked for: indexes, .torrents and metalinks first, then lists,
//! feeds, page and manifest.
//!
//! In: a [`Publication`]. Out: files below `public`, each whole or not at all, and the same on the shelf of the server.

use super::acts::write_below;
use super::giving::RelayGiving;
use super::off_thread;
use super::running::RelayContext;
use crate::app::messages::relay_message::RelayMessage;
use crate::app::messages::user_message::UserMessage;
use crate::app::relay::RelayKey;
use crate::app::relay::orders::{Publication, RelayFact};
use crate::domain::integrity::{Digest, DigestAlgorithm, octets_of_hex};
use crate::domain::torrent::InfoHash;
use crate::domain::utc::UtcTime;
use crate::engine::services::publish::{ServedDocument, ServedFile};
use crate::engine::store::directory::OpenHow;
use crate::engine::store::error::{StoreError, message_of_store};
use crate::engine::store::relay_store::RelayStore as _;
use crate::publish::relay::documents::{WrittenDocument, signed_documents, unsigned_documents};
use crate::publish::relay::manifest::{ManifestHead, digest_of};
use crate::publish::relay::metalink::write_metalink;
use crate::publish::relay::object_store::StoredObject;
use crate::publish::relay::offered::RelayedFile;
use crate::publish::relay::offers::{RelayIdentity, RelayOffers};
use crate::publish::relay::places::{OfWhich, RelayDocument, path_of};
use crate::publish::relay::signing::SecretKey;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::Arc;

/// The file of the secret key, in our private folder.
const KEY: &str = "relay.key";

/// Longest key that is read, in octets.
const LONGEST_KEY: u64 = 4 << 10;

/// The names of words that are kept: the last manifest's number and digest, and when the relay began.
const LAST_MANIFEST: &str = "manifest";
const BEGAN: &str = "began";

/// What writes documents.
pub(super) struct Documents {
    parts: Arc<RelayContext>,
    giving: Arc<RelayGiving>,
    key: SecretKey,
    began: UtcTime,
    /// Files whose .torrent is on the shelf, and names of documents that are.
    named: Mutex<HashMap<RelayKey, InfoHash>>,
    stored: Mutex<Vec<String>>,
}

impl Documents {
    /// Reads the key, or makes one.
    ///
    /// # Errors
    /// When the key is there and cannot be read, or cannot be kept.
    pub(super) async fn open(
        parts: Arc<RelayContext>,
        giving: Arc<RelayGiving>,
    ) -> Result<Self, UserMessage> {
        let own = parts.clone();
        let (key, began) = off_thread(move || Ok((key_of(&own)?, began(&own)?))).await?;
        Ok(Self { parts, giving, key, began, named: Mutex::default(), stored: Mutex::default() })
    }

    /// The fingerprint of the key.
    pub(super) fn fingerprint(&self) -> String {
        self.key.public().fingerprint()
    }

    /// Writes all that follows from `publication`.
    pub(super) async fn publish(self: Arc<Self>, publication: Publication) -> RelayFact {
        let number = publication.number;
        let own = self.clone();
        let written = off_thread(move || own.publish_now(publication)).await;
        let done = match (written, &self.giving.storage) {
            (Ok(objects), Some(storage)) => storage.publish(&objects).await,
            (written, _) => written.map(drop),
        };
        RelayFact::Published(number, done)
    }

    /// Writes everything, and says what lies where below `public`, in the sequence in which it was written.
    fn publish_now(&self, publication: Publication) -> Result<Vec<StoredObject>, UserMessage> {
        for file in &publication.offered {
            if self.named.lock().get(&file.key) != Some(&file.info_hash) {
                self.name(file)?;
            }
        }
        let identity = RelayIdentity {
            base: self.giving.base().clone(),
            title: self.parts.terms.title.clone(),
            began: self.began,
            key: Some(self.key.public()),
        };
        let named: HashMap<RelayKey, InfoHash> =
            publication.offered.iter().map(|file| (file.key.clone(), file.info_hash)).collect();
        let described = publication.offered.iter().flat_map(|file| {
            [OfWhich::Torrent, OfWhich::Metalink]
                .map(|which| StoredObject { at: path_of(&file.key, which), version: file.info_hash.hex() })
        });
        let mut objects: Vec<StoredObject> = described.collect();
        let offers = RelayOffers::new(identity, publication.offered, publication.withdrawn);
        let mut documents = unsigned_documents(&offers);
        documents.extend(self.signed(&offers)?);
        objects.extend(documents.iter().map(|document| StoredObject {
            at: vec![document.name.clone()],
            version: digest_of(document.text.as_bytes()).hex(),
        }));
        let names: Vec<String> = documents.iter().map(|document| document.name.clone()).collect();
        for document in documents {
            self.store(document)?;
        }
        // Nothing names these any more.
        let former = std::mem::replace(&mut *self.stored.lock(), names.clone());
        for name in former.into_iter().filter(|name| !names.contains(name)) {
            self.unstore(&[name])?;
        }
        let former = std::mem::replace(&mut *self.named.lock(), named.clone());
        for key in former.into_keys().filter(|key| !named.contains_key(key)) {
            self.unstore(&path_of(&key, OfWhich::Torrent))?;
            self.unstore(&path_of(&key, OfWhich::Metalink))?;
        }
        Ok(objects)
    }

    /// Puts what describes a file where it is asked for: its index first, its .torrent after all that it relies on.
    fn name(&self, file: &RelayedFile) -> Result<(), UserMessage> {
        let key = &file.key;
        let put = |which| {
            let file = self.parts.path(key, which);
            self.giving.shelf.put(ServedFile { at: path_of(key, which), file });
        };
        if file.index.is_some() {
            put(OfWhich::Index);
        }
        let torrent = self.parts.kept_torrent(file.info_hash);
        let octets = std::fs::read(&torrent)
            .map_err(|error| crate::engine::services::inspect::unreadable(&torrent, error))?;
        write_below(&self.parts.path(key, OfWhich::Torrent), &octets)?;
        put(OfWhich::Torrent);
        let metalink = write_metalink(self.giving.base(), file);
        write_below(&self.parts.path(key, OfWhich::Metalink), metalink.as_bytes())?;
        put(OfWhich::Metalink);
        Ok(())
    }

    /// The manifest with its number, which is taken before anybody can see it: no two manifests have one.
    fn signed(&self, offers: &RelayOffers) -> Result<Vec<WrittenDocument>, UserMessage> {
        let database = &self.parts.open.database;
        let failed = |error: StoreError| message_of_store(&error);
        let last = database.relay_word(LAST_MANIFEST).map_err(failed)?.and_then(|text| last_of(&text));
        let head = ManifestHead {
            relay: offers.identity().base.clone(),
            sequence: last.as_ref().map_or(0, |(sequence, _)| *sequence) + 1,
            time: self.parts.context.shared.clock.utc(),
            previous: last.map(|(_, digest)| digest),
        };
        let sequence = head.sequence;
        let documents = signed_documents(head, offers, Some(&self.key));
        let manifest = documents.iter().find(|one| one.name == RelayDocument::Manifest.name());
        let digest = manifest.map(|manifest| digest_of(manifest.text.as_bytes()).hex()).unwrap_or_default();
        database.keep_relay_word(LAST_MANIFEST, &format!("{sequence} {digest}")).map_err(failed)?;
        Ok(documents)
    }

    fn store(&self, document: WrittenDocument) -> Result<(), UserMessage> {
        let WrittenDocument { name, media_type, text } = document;
        write_below(&self.parts.public().join(&name), text.as_bytes())?;
        let octets = text.into_bytes().into();
        self.giving.shelf.put_document([name], ServedDocument { octets, media_type });
        Ok(())
    }

    fn unstore(&self, at: &[String]) -> Result<(), UserMessage> {
        self.giving.shelf.remove(at);
        let path: PathBuf = at.iter().collect();
        super::acts::remove(&self.parts.public().join(path))
    }
}

/// The number and the digest of a manifest, as they are kept.
fn last_of(text: &str) -> Option<(u64, Digest)> {
    let (sequence, digest) = text.split_once(' ')?;
    Some((sequence.parse().ok()?, Digest::new(DigestAlgorithm::Sha256, &octets_of_hex(digest)?)?))
}

fn key_of(parts: &RelayContext) -> Result<SecretKey, UserMessage> {
    let private = parts.open.folder.private();
    let failed = |error: StoreError| message_of_store(&error);
    if private.entry(KEY).map_err(failed)?.is_some() {
        let file = private.open_file(KEY, OpenHow::Read).map_err(failed)?;
        let mut text = String::new();
        let read = file.take(LONGEST_KEY).read_to_string(&mut text);
        return match (read, SecretKey::parse(&text)) {
            (Ok(_), Ok(key)) => Ok(key),
            // A new one would look like somebody else's to all who know this relay.
            _ => Err(RelayMessage::StateUnsound { what: KEY.to_owned() }.into()),
        };
    }
    let mut chance = [0; 40];
    SystemRandom::new()
        .fill(&mut chance)
        .map_err(|_| UserMessage::Internal { detail: "no randomness".to_owned() })?;
    let key = SecretKey::from_chance(chance);
    let mut file = private.open_file(KEY, OpenHow::CreateNew).map_err(failed)?;
    let write = file.write_all(key.to_text().as_bytes()).and_then(|()| file.sync_all());
    write.map_err(|error| failed(StoreError::from_io("keep the relay's key", error)))?;
    Ok(key)
}

fn began(parts: &RelayContext) -> Result<UtcTime, UserMessage> {
    let database = &parts.open.database;
    let failed = |error: StoreError| message_of_store(&error);
    let kept = database.relay_word(BEGAN).map_err(failed)?;
    if let Some(began) = kept.and_then(|text| UtcTime::parse_rfc3339(&text)) {
        return Ok(began);
    }
    let now = parts.context.shared.clock.utc();
    database.keep_relay_word(BEGAN, &now.to_string()).map_err(failed)?;
    Ok(now)
}
