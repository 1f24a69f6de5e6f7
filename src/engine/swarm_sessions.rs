//! The sessions of this process: started when the first content needs one.

use super::swarm::{Giving, SwarmError, SwarmSession, SwarmSettings};
use std::sync::Arc;
use tokio::sync::OnceCell;

/// At most one session that gives, and one that does not.
pub struct SwarmSessions {
    settings: SwarmSettings,
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
        Self { settings, sharing: OnceCell::new(), silent: OnceCell::new() }
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
        let start = || async { SwarmSession::start(&self.settings, giving).await.map(Arc::new) };
        cell.get_or_try_init(start).await.cloned()
    }

    /// Ends every session at once.
    pub fn end(&self) {
        for session in [self.sharing.get(), self.silent.get()].into_iter().flatten() {
            session.end();
        }
    }
}
