//! The session of this process, started when the first content needs it, and its ways to find peers.

use super::discovery::PeerDiscovery;
use super::{PeerSession, PeerSettings, PeersError};
use crate::engine::contacts::Contacts;
use crate::engine::transfer::limits::RateLimit;
use parking_lot::Mutex;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// At most one session.
pub struct PeerSessions {
    settings: Mutex<PeerSettings>,
    session: OnceCell<Arc<PeerSession>>,
    discovery: PeerDiscovery,
}

impl std::fmt::Debug for PeerSessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PeerSessions").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl PeerSessions {
    /// No session yet; within the engine's runtime.
    pub fn new(settings: PeerSettings, contacts: &Contacts) -> Self {
        let discovery = PeerDiscovery::start(contacts);
        Self { settings: Mutex::new(settings), session: OnceCell::new(), discovery }
    }

    /// The ways to find peers beside trackers.
    pub fn discovery(&self) -> &PeerDiscovery {
        &self.discovery
    }

    /// How fast may be given, by all transfers together.
    pub fn up(&self) -> Arc<RateLimit> {
        self.settings.lock().up.clone()
    }

    /// Changes how fast may be given, in octets per second, also in a session that runs.
    pub fn set_up_limit(&self, up: Option<u32>) {
        self.up().set(up);
    }

    /// The session, started now if it does not run.
    ///
    /// # Errors
    /// When it cannot be started; the next call tries again.
    pub async fn get(&self) -> Result<Arc<PeerSession>, PeersError> {
        let settings = self.settings.lock().clone();
        let start = || async { PeerSession::start(&settings).map(Arc::new) };
        self.session.get_or_try_init(start).await.cloned()
    }
}
