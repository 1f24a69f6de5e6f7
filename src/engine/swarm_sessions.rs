//! The sessions of this process: started when the first content needs one.

use super::swarm::{Giving, SwarmError, SwarmSession, SwarmSettings};
use parking_lot::Mutex;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// At most one session that gives, and one that does not.
pub struct SwarmSessions {
    settings: Mutex<SwarmSettings>,
    sharing: OnceCell<Arc<SwarmSession>>,
    silent: OnceCell<Arc<SwarmSession>>,
}

impl std::fmt::Debug for SwarmSessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SwarmSessions").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl SwarmSessions {
    /// No session yet.
    pub fn new(settings: SwarmSettings) -> Self {
        Self { settings: Mutex::new(settings), sharing: OnceCell::new(), silent: OnceCell::new() }
    }

    /// Changes how fast may be received and given, in octets per second, also in sessions that run.
    pub fn set_limits(&self, down: Option<u32>, up: Option<u32>) {
        let mut settings = self.settings.lock();
        (settings.down, settings.up) = (down, up);
        for session in [self.sharing.get(), self.silent.get()].into_iter().flatten() {
            session.set_limits(down, up);
        }
    }

    /// The session that gives so, started now if it does not run.
    ///
    /// # Errors
    /// When it cannot be started; the next call tries again.
    pub async fn get(&self, giving: Giving) -> Result<Arc<SwarmSession>, SwarmError> {
        let cell = match giving {
            Giving::WhileReceiving => &self.sharing,
            Giving::Nothing => &self.silent,
        };
        let settings = self.settings.lock().clone();
        let start = || async { SwarmSession::start(&settings, giving).await.map(Arc::new) };
        cell.get_or_try_init(start).await.cloned()
    }

    /// Ends every session at once.
    pub fn end(&self) {
        for session in [self.sharing.get(), self.silent.get()].into_iter().flatten() {
            session.end();
        }
    }
}
