//! What the services of one process share: client, limits, folders, session.

use crate::app::jobs::request::JobId;
use crate::engine::listings::Catalog;
use crate::engine::store::folders::Folders;
use crate::engine::transfer::content::Shared;
use crate::engine::transfer::peers::sessions::PeerSessions;
use crate::transfer::address_rule::AddressRule;
use std::sync::Arc;
use tokio::sync::watch;

/// What all services of this process share.
#[derive(Clone, Debug)]
pub struct EngineContext {
    /// Client, limits and clock.
    pub shared: Shared,
    /// Which addresses files may lead to.
    pub rule: AddressRule,
    /// The session among peers.
    pub sessions: Arc<PeerSessions>,
    /// What providers offer.
    pub catalog: Arc<Catalog>,
    /// The folders in use.
    pub folders: Arc<Folders>,
    /// Which job is looked at from close by.
    pub looking: watch::Receiver<Option<JobId>>,
    /// Turns true when everything that serves is to end.
    pub stopping: watch::Receiver<bool>,
}
