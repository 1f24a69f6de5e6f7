//! Where a librqbit session lives: a thread with a runtime of its own.
//!
//! librqbit leaves the runtime for every block that it writes; on a runtime of several threads each such leave hands
//! the thread's work to another one, three to four switches a block. On a runtime of one thread it simply writes. What
//! it makes of a torrent, a panic included, stays here.

use super::SwarmError;
use super::peer_news::PeerNews;
use std::future::Future;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tracing_subscriber::layer::SubscriberExt;

/// The thread; it ends when this is dropped.
pub(super) struct Home {
    handle: Handle,
    _open: oneshot::Sender<()>,
}

impl Home {
    /// Starts the thread; what librqbit logs on it is read for news of peers.
    pub(super) fn open(news: &PeerNews) -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (open, closed) = oneshot::channel::<()>();
        let subscriber = tracing::Dispatch::new(tracing_subscriber::registry().with(news.listener()));
        std::thread::Builder::new().name("nuee-swarm".to_owned()).spawn(move || {
            let _listening = tracing::dispatcher::set_default(&subscriber);
            // Ends when the sender is dropped: there is nothing to be told.
            let _ = runtime.block_on(closed);
            runtime.shutdown_background();
        })?;
        Ok(Self { handle, _open: open })
    }

    /// Runs `work` in there.
    ///
    /// # Errors
    /// When it panics, or the thread is gone.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, SwarmError> {
        self.handle.spawn(work).await.map_err(|error| SwarmError::Session(error.to_string()))
    }
}
