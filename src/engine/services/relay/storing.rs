//! Puts what a relay offers into an S3 store as well, and removes it there.
//!
//! In: paths below `public`. Out: nothing, or why the store did not do it. What lies there is known only from what was put in this
//! process: after a restart .torrents and documents are put anew, files are asked for first.

use super::off_thread;
use super::running::RelayContext;
use crate::app::messages::relay_message::RelayMessage;
use crate::app::messages::user_message::UserMessage;
use crate::app::relay::RelayKey;
use crate::app::relay::file::RelayFile;
use crate::app::relay::orders::RelayTrouble;
use crate::app::relay::stage::RelayStage;
use crate::domain::outside_text::show;
use crate::engine::services::inspect::unreadable;
use crate::engine::transfer::http::upload::{SentFile, StoreCall, refusal};
use crate::publish::relay::object_store::{
    LARGEST_OBJECT, ObjectStore, StoreAct, StoreKeys, StoreRequest, StoredObject, acts_towards,
    cache_rule_at, media_type_at, refusal_word,
};
use crate::publish::relay::places::{OfWhich, path_of};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// The store of a relay.
pub(super) struct RelayStorage {
    parts: Arc<RelayContext>,
    store: ObjectStore,
    keys: StoreKeys,
    /// .torrents, metalinks and documents that were put in this process, with their digests.
    there: Mutex<BTreeMap<Vec<String>, String>>,
}

impl RelayStorage {
    /// The store that the terms name. `None` when they name none.
    ///
    /// # Errors
    /// When its keys are not in the environment.
    pub(super) fn open(parts: &Arc<RelayContext>) -> Result<Option<Self>, UserMessage> {
        let Some(store) = parts.terms.store.clone() else { return Ok(None) };
        let word = |name| std::env::var(name).ok();
        let keys = StoreKeys::new(
            word("AWS_ACCESS_KEY_ID"),
            word("AWS_SECRET_ACCESS_KEY"),
            word("AWS_SESSION_TOKEN"),
        );
        let keys = keys.ok_or(RelayMessage::StoreKeysMissing)?;
        Ok(Some(Self { parts: parts.clone(), store, keys, there: Mutex::default() }))
    }

    /// Puts a file and its index there. One that was offered before lies there from then, if it does: of any other file nothing
    /// but its length could be told.
    pub(super) async fn offer(&self, file: &RelayFile) -> Result<(), RelayTrouble> {
        let (key, length) = (&file.key, file.source.length);
        if length > LARGEST_OBJECT {
            let message = RelayMessage::TooLargeForStore { name: show(&key.name), most: LARGEST_OBJECT };
            return Err(RelayTrouble::Gone(message.into()));
        }
        let data = path_of(key, OfWhich::Data);
        if file.stage >= RelayStage::Offered
            && self.length_of(&data).await.map_err(RelayTrouble::Passing)? == Some(length)
        {
            return Ok(());
        }
        // The index first: who sees the file finds it.
        let index = path_of(key, OfWhich::Index);
        if self.parts.path(key, OfWhich::Index).is_file() {
            self.put(&index).await.map_err(RelayTrouble::Passing)?;
        }
        self.put(&data).await.map_err(RelayTrouble::Passing)
    }

    /// Brings .torrents, metalinks and documents there to what is `wanted`.
    pub(super) async fn publish(&self, wanted: &[StoredObject]) -> Result<(), UserMessage> {
        let acts = acts_towards(wanted, &self.there.lock());
        for act in acts {
            match act {
                StoreAct::Put(object) => {
                    self.put(&object.at).await?;
                    self.there.lock().insert(object.at, object.version);
                }
                StoreAct::Remove(at) => {
                    self.remove(&at).await?;
                    self.there.lock().remove(&at);
                }
            }
        }
        Ok(())
    }

    /// Removes all that lies there of a file.
    pub(super) async fn take_back(&self, key: &RelayKey) -> Result<(), UserMessage> {
        for which in [OfWhich::Torrent, OfWhich::Metalink, OfWhich::Index, OfWhich::Data] {
            let at = path_of(key, which);
            self.remove(&at).await?;
            self.there.lock().remove(&at);
        }
        Ok(())
    }

    async fn put(&self, at: &[String]) -> Result<(), UserMessage> {
        let path = self.parts.public().join(at.iter().collect::<PathBuf>());
        let opening = off_thread(move || {
            let file = std::fs::File::open(&path).map_err(|error| unreadable(&path, error))?;
            let length = file.metadata().map_err(|error| unreadable(&path, error))?.len();
            Ok((file, length))
        });
        let (file, length) = opening.await?;
        let sent = SentFile { file, length, media_type: media_type_at(at), cache: cache_rule_at(at) };
        self.ask((StoreRequest::Put, StoreCall::Put(sent)), at).await.map(drop)
    }

    async fn remove(&self, at: &[String]) -> Result<(), UserMessage> {
        self.ask((StoreRequest::Remove, StoreCall::Remove), at).await.map(drop)
    }

    /// The length of what lies there. `None` when nothing does.
    async fn length_of(&self, at: &[String]) -> Result<Option<u64>, UserMessage> {
        self.ask((StoreRequest::Head, StoreCall::Head), at).await
    }

    async fn ask(
        &self,
        (request, call): (StoreRequest, StoreCall),
        at: &[String],
    ) -> Result<Option<u64>, UserMessage> {
        let shared = &self.parts.context.shared;
        let url = self.store.signed(request, at, (&self.keys, shared.clock.utc()));
        let refused = |reason, word| RelayMessage::StoreRefused { what: show(&at.join("/")), reason, word };
        let received = shared.client.deliver(&url, call).await.map_err(|reason| refused(reason, None))?;
        match refusal(&received) {
            None => Ok(received.length),
            // Stores say so of what is not there; some say 403 to who may not list.
            Some(_) if request != StoreRequest::Put && received.status == 404 => Ok(None),
            Some(_) if request == StoreRequest::Head && received.status == 403 => Ok(None),
            Some(reason) => Err(refused(reason, refusal_word(&received.words)).into()),
        }
    }
}
