//! Tells whoever asked that a server is waited for, so that no wait is silent.
//!
//! In: a listener. Out: messages to it, of waits that a person would notice.

use crate::app::messages::file_message::FileMessage;
use crate::app::messages::user_message::UserMessage;
use crate::transfer::reason::Reason;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A shorter wait is not told: it is over before it is read.
const LEAST_TOLD: Duration = Duration::from_millis(900);

/// What is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WaitNotice {
    /// A request failed and is made again.
    Trouble {
        /// Host and port.
        host: String,
        /// Why it failed.
        reason: Reason,
        /// For how long it is waited.
        wait: Duration,
    },
    /// A host may not be asked more often.
    RateLimited {
        /// Host and port.
        host: String,
        /// How often a minute it may be asked.
        most: usize,
        /// For how long it is waited.
        wait: Duration,
    },
}

/// Who is told of waits; nobody by default.
#[derive(Clone, Default)]
pub struct Waiting(Option<Arc<dyn Fn(UserMessage) + Send + Sync>>);

impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Waiting(told)" } else { "Waiting(untold)" })
    }
}

impl Waiting {
    /// Tells `listener`.
    pub fn told(listener: impl Fn(UserMessage) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(listener)))
    }

    /// Tells a wait.
    pub fn tell(&self, notice: WaitNotice) {
        tracing::debug!(?notice, "a server is waited for");
        let Some(listener) = &self.0 else { return };
        let (message, wait) = match notice {
            WaitNotice::Trouble { host, reason, wait } => {
                (UserMessage::File(FileMessage::WaitingForServer { host, reason, wait }), wait)
            }
            WaitNotice::RateLimited { host, most, wait } => {
                (UserMessage::File(FileMessage::WaitingForRateLimit { host, most, wait }), wait)
            }
        };
        if wait >= LEAST_TOLD {
            listener(message);
        }
    }
}
