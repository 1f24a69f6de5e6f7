//! Owns the app state: hears inputs, runs the reducer, has its commands carried out, publishes snapshots.
//!
//! In: [`EngineSettings`], then actions through [`Link`]. Out: snapshots and answers. Everything of the engine lives on
//! one runtime, which ends with [`Engine`]. Start reading at [`Engine::start`].

mod dispatch;
mod parts;
pub mod window;

use super::clock::Clock;
use super::contacts::Contacts;
use super::signals::Signals;
use crate::app::desk::Mode;
use crate::app::input::{Action, Event, Input, Sight};
use crate::app::jobs::discovery::DiscoverySeen;
use crate::app::jobs::order::order_jobs;
use crate::app::link::Link;
use crate::app::query::{Answer, Query};
use crate::app::settings::discovery::Discovery;
use crate::app::snapshot::Snapshot;
use crate::app::state::State;
use crate::app::update::{refresh, update};
use crate::engine::context::EngineContext;
use crate::engine::listings::{Catalog, CatalogPlaces};
use crate::engine::queries;
use crate::engine::services::catalog::CatalogCommand;
use crate::engine::services::desktop::crash::Attempt;
use crate::engine::services::desktop::instance::Instance;
use crate::engine::transfer::content::Shared;
use crate::engine::transfer::http::client::{HttpClient, OutboundRoute};
use crate::engine::transfer::limits::{HostGate, RateLimit};
use crate::engine::transfer::peers::PeerSettings;
use crate::engine::transfer::peers::sessions::PeerSessions;
use crate::transfer::address_rule::{AddressRule, Reach};
use crate::transfer::retry::USUAL_RETRIES;
use arc_swap::ArcSwap;
use dispatch::{Dispatch, DispatchSetup};
use parking_lot::{Condvar, Mutex};
use parts::WindowServices;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;

/// How long ending may take: for goodbyes to trackers, mainly.
const LONGEST_END: Duration = Duration::from_millis(1500);

/// How long figures of a window may be old.
const REFRESH: Duration = Duration::from_millis(250);

/// The same while nobody sees it.
const REFRESH_HIDDEN: Duration = Duration::from_secs(2);

/// Where peers may call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PeersAt {
    /// A free port of every interface.
    #[default]
    AnyPort,
    /// This port of every interface.
    Port(u16),
    /// A free port of this computer alone.
    ThisComputer,
}

impl PeersAt {
    fn address(self) -> Option<SocketAddr> {
        match self {
            Self::AnyPort => None,
            Self::Port(port) => Some((Ipv6Addr::UNSPECIFIED, port).into()),
            Self::ThisComputer => Some((Ipv4Addr::LOCALHOST, 0).into()),
        }
    }
}

/// How the engine is set up.
#[derive(Clone, Debug)]
pub struct EngineSettings {
    /// Whether names in files may lead to this machine and private networks.
    pub reach: Reach,
    /// Most octets a second to receive.
    pub limit_down: Option<u32>,
    /// Most octets a second to give.
    pub limit_up: Option<u32>,
    /// Most connections to one HTTP server.
    pub connections_per_host: usize,
    /// Where peers may call.
    pub peers_at: PeersAt,
    /// Where catalogues keep what they know.
    pub catalog: CatalogPlaces,
    /// Whom providers may write to; nobody when `None`.
    pub contact: Option<String>,
    /// How often a request that failed is made again.
    pub retries: u8,
    /// Ways to find peers beside trackers.
    pub discovery: Discovery,
}

impl Default for EngineSettings {
    fn default() -> Self {
        Self {
            reach: Reach::Public,
            limit_down: None,
            limit_up: None,
            connections_per_host: 2,
            peers_at: PeersAt::default(),
            catalog: CatalogPlaces::of_system(),
            contact: None,
            retries: USUAL_RETRIES,
            discovery: Discovery::default(),
        }
    }
}

/// Why the engine did not start.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The system gives no threads, or no temporary folder.
    #[error("the system refuses threads or a temporary folder")]
    System(#[from] std::io::Error),
    /// The window's own folder cannot be made or written.
    #[error("{path}: {source}")]
    Folder {
        /// The folder.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// There is no working TLS.
    #[error("the HTTP client does not start")]
    Http(#[from] reqwest::Error),
}

/// The engine, running.
pub struct Engine {
    runtime: Option<Runtime>,
    inputs: UnboundedSender<Input>,
    board: Arc<Board>,
    context: EngineContext,
    /// Who answers what a choice of hours costs.
    plans: Option<UnboundedSender<CatalogCommand>>,
    /// The right to the window, until the end.
    _guard: Option<(Instance, Attempt)>,
}

/// What an engine begins with.
#[derive(Default)]
pub(super) struct Outset {
    /// The state, as files and the last start left it.
    pub(super) state: State,
    /// The right to the window.
    pub(super) guard: Option<(Instance, Attempt)>,
    /// Who answers what a choice of hours costs.
    pub(super) plans: Option<UnboundedSender<CatalogCommand>>,
}

/// Where the latest snapshot hangs.
#[derive(Default)]
struct Board {
    latest: ArcSwap<Snapshot>,
    version: Mutex<u64>,
    is_newer: Condvar,
    /// Called after each new snapshot.
    wake: Mutex<Option<Box<dyn Fn() + Send + Sync>>>,
}

impl Board {
    fn hang(&self, snapshot: Snapshot) {
        let version = snapshot.version;
        self.latest.store(Arc::new(snapshot));
        *self.version.lock() = version;
        self.is_newer.notify_all();
        if let Some(wake) = self.wake.lock().as_ref() {
            wake();
        }
    }
}

impl Engine {
    /// Starts the engine; nothing is contacted before the first action.
    ///
    /// # Errors
    /// When the system refuses what it needs.
    pub fn start(settings: &EngineSettings) -> Result<Self, EngineError> {
        Self::start_with(settings, Outset::default(), |_, _, _| None)
    }

    /// Starts the engine for a window; `parts` makes what only that needs, on the engine's runtime.
    ///
    /// # Errors
    /// When the system refuses what it needs.
    pub(super) fn start_from(
        settings: &EngineSettings,
        outset: Outset,
        parts: impl FnOnce(&mut Outset, &mut EngineContext, &UnboundedSender<Input>) -> WindowServices,
    ) -> Result<Self, EngineError> {
        Self::start_with(settings, outset, |outset, context, events| Some(parts(outset, context, events)))
    }

    fn start_with(
        settings: &EngineSettings,
        mut outset: Outset,
        parts: impl FnOnce(&mut Outset, &mut EngineContext, &UnboundedSender<Input>) -> Option<WindowServices>,
    ) -> Result<Self, EngineError> {
        let runtime = runtime()?;
        let rule = AddressRule::new(settings.reach, Vec::new());
        let clock = Clock::start();
        let inside = runtime.enter();
        let way = OutboundRoute {
            rule: rule.clone(),
            contact: settings.contact.clone(),
            retries: settings.retries,
            ..OutboundRoute::default()
        };
        let client = HttpClient::new(way, Contacts::new(clock))?;
        let limit = Arc::new(RateLimit::new(settings.limit_down));
        let peers = PeerSettings {
            listen: settings.peers_at.address(),
            up: Arc::new(RateLimit::new(settings.limit_up)),
        };
        let sessions = PeerSessions::new(peers, client.contacts());
        sessions.discovery().allow(settings.discovery.clone());
        let (stopping, stopped) = tokio::sync::watch::channel(false);
        let (looking, looked) = tokio::sync::watch::channel(None);
        let mut context = EngineContext {
            shared: Shared {
                client,
                gate: Arc::new(HostGate::new(settings.connections_per_host)),
                limit,
                clock,
                watch: Arc::default(),
            },
            rule,
            sessions: Arc::new(sessions),
            catalog: Arc::new(Catalog::new(settings.catalog.clone())),
            folders: Arc::default(),
            looking: looked,
            stopping: stopped,
        };
        let (inputs, heard) = unbounded_channel();
        runtime.spawn(tell_discovery(context.sessions.discovery().seen(), inputs.clone()));
        let board = Arc::new(Board::default());
        let parts = parts(&mut outset, &mut context, &inputs);
        let dispatch =
            Dispatch::new(context.clone(), inputs.clone(), DispatchSetup { stopping, looking, parts });
        let Outset { state, guard, plans } = outset;
        board.hang(state.shown.clone());
        runtime.spawn(Host { state, dispatch, board: board.clone(), sight: Sight::Visible }.run(heard));
        drop(inside);
        Ok(Self { runtime: Some(runtime), inputs, board, context, plans, _guard: guard })
    }

    /// Has a signal that asks the process to end do [`Action::StopAll`].
    pub fn stop_on(&self, signals: &Signals) {
        let inputs = self.inputs.clone();
        // The host is gone only when the process ends.
        signals.on_stop(move || drop(inputs.send(Input::Action(Action::StopAll))));
    }

    /// Stops every job and waits for them, but not long: what is held stays, and goodbyes are said.
    pub fn wind_down(&self) {
        self.send(Action::StopAll);
        let until = Instant::now() + LONGEST_END;
        let mut snapshot = self.snapshot();
        let is_busy = |snapshot: &Snapshot| {
            snapshot.share.is_running() || snapshot.jobs.iter().any(|job| job.phase.is_running())
        };
        while (!snapshot.is_stopping || is_busy(&snapshot)) && Instant::now() < until {
            snapshot = self.wait_newer(snapshot.version, until.saturating_duration_since(Instant::now()));
        }
        self.end_discovery();
    }

    /// Ends what finds peers: a port that a router opened is closed, which takes a moment.
    fn end_discovery(&self) {
        if let Some(runtime) = &self.runtime {
            runtime.block_on(self.context.sessions.discovery().end());
        }
    }

    /// What jobs share, for servers that live beside the engine.
    pub fn context(&self) -> EngineContext {
        self.context.clone()
    }

    /// The runtime, for servers that live beside the engine.
    pub fn handle(&self) -> tokio::runtime::Handle {
        self.runtime.as_ref().expect("the runtime is there until the engine is dropped").handle().clone()
    }
}

impl Link for Engine {
    fn send(&self, action: Action) {
        // The host ends only with the runtime, which ends with us.
        let _ = self.inputs.send(Input::Action(action));
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        self.board.latest.load_full()
    }

    fn wait_newer(&self, seen: u64, at_most: Duration) -> Arc<Snapshot> {
        let until = Instant::now() + at_most;
        let mut version = self.board.version.lock();
        while *version <= seen {
            if self.board.is_newer.wait_until(&mut version, until).timed_out() {
                break;
            }
        }
        drop(version);
        self.snapshot()
    }

    fn on_change(&self, wake: Box<dyn Fn() + Send + Sync>) {
        *self.board.wake.lock() = Some(wake);
    }

    fn ask(&self, query: Query) -> Receiver<Answer> {
        let (answers, received) = std::sync::mpsc::channel();
        match query {
            Query::OrderJobs(order) => {
                let snapshot = self.snapshot();
                self.handle().spawn_blocking(move || {
                    let jobs = order_jobs(&snapshot.jobs, &order);
                    // A front end that went away needs no order.
                    let _ = answers.send(Answer::JobsInOrder(order.generation, jobs));
                });
            }
            Query::PlanHours(choice) => {
                if let Some(plans) = &self.plans {
                    // The desk ends only with the engine.
                    let _ = plans.send(CatalogCommand::Plan(choice, self.snapshot(), answers));
                }
            }
            query @ (Query::Index(_)
            | Query::IndexWithDigests(_)
            | Query::Inspect(_)
            | Query::Show(_)
            | Query::Verify(_)
            | Query::Publish(_)
            | Query::Announce(_)
            | Query::Record(_)
            | Query::Catalog(_)
            | Query::Listen(_)
            | Query::MeshRun(_)
            | Query::MeshReport(_)
            | Query::Follow(_)
            | Query::Relay(_)
            | Query::Pledge(_)
            | Query::TellDesktop(_)) => {
                self.handle().spawn(queries::answer(query, self.context.clone(), answers));
            }
        }
        received
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.end_discovery();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(LONGEST_END);
        }
    }
}

/// The owner of the state.
struct Host {
    state: State,
    dispatch: Dispatch,
    board: Arc<Board>,
    sight: Sight,
}

impl Host {
    /// Hears inputs until the process ends.
    async fn run(mut self, mut heard: UnboundedReceiver<Input>) {
        while let Some(input) = heard.recv().await {
            let mut calm = self.take(input);
            // What came together is shown together.
            while let Ok(input) = heard.try_recv() {
                calm = calm.min(self.take(input));
            }
            // A window needs figures four times a second, however many jobs move.
            let until = tokio::time::Instant::now() + calm;
            while let Ok(Some(input)) = tokio::time::timeout_at(until, heard.recv()).await {
                if self.take(input).is_zero() {
                    break;
                }
            }
            refresh(&mut self.state);
            self.board.hang(self.state.shown.clone());
        }
    }

    /// Takes an input in, obeys, and says how long a front end can wait to see it.
    fn take(&mut self, input: Input) -> Duration {
        if let Input::Action(Action::Seen(sight)) = &input {
            self.sight = *sight;
        }
        let is_figures = matches!(&input, Input::Event(Event::Moved(..) | Event::Detailed(..)));
        let calm = match self.sight {
            _ if !is_figures || self.state.desk.mode != Mode::Window => Duration::ZERO,
            Sight::Visible => REFRESH,
            Sight::Hidden => REFRESH_HIDDEN,
        };
        for command in update(&mut self.state, input) {
            self.dispatch.obey(command, &self.state);
        }
        calm
    }
}

/// Tells what is seen of ways to find peers, as it changes.
async fn tell_discovery(mut seen: watch::Receiver<DiscoverySeen>, events: UnboundedSender<Input>) {
    while seen.changed().await.is_ok() {
        let now = Box::new(seen.borrow_and_update().clone());
        if events.send(Input::Event(Event::Discovery(now))).is_err() {
            return;
        }
    }
}

fn runtime() -> std::io::Result<Runtime> {
    let workers = std::thread::available_parallelism().map_or(2, usize::from).clamp(2, 8);
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .thread_name("nuee-engine")
        .enable_all()
        .build()
}
