//! Ends the process when a person or the system asks for it: Ctrl-C and SIGTERM, from the first moment on.
//!
//! In: signals. Out: whoever asked to be told is told to stop; what has not ended by itself after a moment is ended, and
//! temporary folders are removed. The exit code names the signal, as shells do. Start reading at [`Signals::watch`].

use super::scratch;
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

/// How long what runs may take to end by itself: two seconds are promised, and removing folders takes its time too.
const GRACE: Duration = Duration::from_millis(1_500);

/// The exit code after Ctrl-C, as shells have it: 128 and the number of the signal.
const INTERRUPTED: u8 = 130;

/// The exit code after SIGTERM.
#[cfg(unix)]
const TERMINATED: u8 = 143;

type Stop = Box<dyn Fn() + Send>;

/// The signals that ask this process to end.
#[derive(Clone)]
pub struct Signals {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// The exit code that the first signal asks for; 0 before any came.
    code: AtomicU8,
    stop: Mutex<Option<Stop>>,
}

impl Signals {
    /// Takes the signals over. Call it once, before anything that would have to be cleared away.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn watch() -> std::io::Result<Self> {
        let signals = Self { shared: Arc::default() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let mut heard = {
            let _inside = runtime.enter();
            Heard::register()?
        };
        let shared = signals.shared.clone();
        std::thread::Builder::new().name("nuee-signals".to_owned()).spawn(move || {
            runtime.block_on(async {
                let Some(code) = heard.next().await else { return };
                shared.code.store(code, Ordering::Release);
                let is_told = shared.stop.lock().as_ref().map(|stop| stop()).is_some();
                if is_told {
                    tokio::select! {
                        () = tokio::time::sleep(GRACE) => {}
                        // Whoever asks twice does not want to wait.
                        _ = heard.next() => {}
                    }
                }
                scratch::remove_all();
                std::process::exit(i32::from(code));
            });
        })?;
        Ok(signals)
    }

    /// Has `stop` called when a signal comes, and at once when one has come already.
    pub fn on_stop(&self, stop: impl Fn() + Send + 'static) {
        let mut place = self.shared.stop.lock();
        if self.exit_code().is_some() {
            stop();
        }
        *place = Some(Box::new(stop));
    }

    /// The exit code of a process that a signal ended. `None` when none came.
    pub fn exit_code(&self) -> Option<u8> {
        Some(self.shared.code.load(Ordering::Acquire)).filter(|code| *code != 0)
    }
}

#[cfg(unix)]
struct Heard {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Heard {
    fn register() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) -> Option<u8> {
        tokio::select! {
            heard = self.interrupt.recv() => heard.map(|()| INTERRUPTED),
            heard = self.terminate.recv() => heard.map(|()| TERMINATED),
        }
    }
}

#[cfg(not(unix))]
struct Heard;

#[cfg(not(unix))]
impl Heard {
    fn register() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> Option<u8> {
        tokio::signal::ctrl_c().await.ok().map(|()| INTERRUPTED)
    }
}
