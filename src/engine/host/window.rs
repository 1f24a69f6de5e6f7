//! The engine as the window needs it: settings from a file, jobs that survive, one start at a time.
//!
//! Start reading at [`window_start`].

use super::parts::{self, Memory, Say, WindowServices};
use crate::app::catalog::offer::Offer;
use crate::app::clock_watch::ClockWatch;
use crate::app::desk::Mode;
use crate::app::input::{Event, Input, Restored};
use crate::app::inspect::InspectCommand;
use crate::app::jobs::keeping::Keeping;
use crate::app::journal::Weight;
use crate::app::mesh::view::MeshCommand;
use crate::app::settings::LanguageChoice;
use crate::app::state::State;
use crate::app::update::update;
use crate::engine::context::EngineContext;
use crate::engine::host::{Engine, EngineError, EngineSettings, Outset};
use crate::engine::services::catalog::{CatalogCommand, CatalogService};
use crate::engine::services::desktop::crash::Attempt;
use crate::engine::services::desktop::handing::{self, Handed};
use crate::engine::services::desktop::instance::{self, Call, Claim, Instance};
use crate::engine::services::desktop::places::Places;
use crate::engine::services::desktop::{minute, offline};
use crate::engine::services::follow::start_for_window;
use crate::engine::services::inspect::{self, InspectHandle};
use crate::engine::services::jobs::disk;
use crate::engine::services::mesh::{MeshService, MeshServiceSetup};
use crate::engine::services::relay::using;
use crate::engine::services::share::{self, ShareHandle};
use crate::engine::store::directory::Directory;
use crate::engine::store::error::StoreError;
use crate::engine::store::keeper::Keeper;
use crate::engine::store::settings_file::SettingsFile;
use crate::engine::store::window_store::WindowStore;
use parking_lot::Mutex;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::{Notify, watch};

/// What the window's engine starts with.
pub struct WindowSetup {
    /// Where everything lies.
    pub places: Places,
    /// How the engine is set up, as far as settings do not say.
    pub engine: EngineSettings,
    /// What a publisher in this process offers.
    pub offer: Option<Offer>,
    /// What was named on the command line or by the desktop: asked about first.
    pub targets: Vec<String>,
    /// The language of the person's system.
    pub language: LanguageChoice,
    /// The language that was asked for at this start: it holds like one that is chosen in the window.
    pub asked_language: Option<LanguageChoice>,
    /// Turns a message into a sentence, for the desktop and the log that is written.
    pub say: Say,
}

/// How a start went.
pub enum WindowStart {
    /// This is the window; its engine starts meanwhile.
    First(Starting),
    /// There is one already; it was told.
    HandedOver,
    /// There is one already, and it does not answer.
    Deaf,
}

/// An engine that starts on a thread of its own, so that certificates and the database are read while the window opens.
pub struct Starting {
    thread: Mutex<Option<JoinHandle<Result<Engine, EngineError>>>>,
    engine: OnceLock<Arc<Engine>>,
}

impl Starting {
    /// The engine, once it runs. `None` when it was said before why it does not.
    ///
    /// # Errors
    /// When the system refuses what it needs, or the data folder cannot be written.
    pub fn wait(&self) -> Result<Option<Arc<Engine>>, EngineError> {
        if let Some(thread) = self.thread.lock().take() {
            let engine = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            return Ok(Some(self.engine.get_or_init(|| Arc::new(engine)).clone()));
        }
        Ok(self.engine.get().cloned())
    }
}

/// Starts the engine for a window, or hands over to the start that has one. Contacts nobody but that.
///
/// # Errors
/// When the system refuses what it needs, or the data folder cannot be written.
pub fn window_start(setup: WindowSetup) -> Result<WindowStart, EngineError> {
    let refused = |source| EngineError::Folder {
        path: crate::domain::outside_text::show(&setup.places.data.display().to_string()),
        source,
    };
    let instance = match instance::claim(&setup.places, &setup.targets).map_err(refused)? {
        Claim::First(instance) => instance,
        Claim::HandedOver => return Ok(WindowStart::HandedOver),
        Claim::Deaf => return Ok(WindowStart::Deaf),
    };
    let thread = std::thread::Builder::new().name("nuee-start".into()).spawn(|| start(setup, instance))?;
    Ok(WindowStart::First(Starting { thread: Mutex::new(Some(thread)), engine: OnceLock::new() }))
}

/// Starts the engine with everything that a window needs of it.
fn start(setup: WindowSetup, instance: Instance) -> Result<Engine, EngineError> {
    let (attempt, crashed) = Attempt::begin(&setup.places.data)?;
    let (settings, mut read) = SettingsFile::open(&setup.places.settings, &setup.places.system_settings);
    if setup.asked_language.is_some() {
        read.settings.language = setup.asked_language;
    }
    let crashed = crashed.into_iter().map(Event::Crashed);
    let mut state = first_state([Event::SettingsRead(Box::new(read))].into_iter().chain(crashed));
    let folder = state.shown.settings.folder.clone().unwrap_or_else(|| setup.places.downloads.clone());
    let mut clocks = ClockWatch::default();
    let clock = crate::engine::clock::Clock::start();
    let minute = minute::look(clock, &mut clocks, &folder);
    drop(update(&mut state, Input::Event(Event::Minute(Box::new(minute)))));
    let outset = Outset { state, guard: Some((instance, attempt)), plans: None };
    Engine::start_from(&setup.engine, outset, |outset, context, events| {
        // Before anything is asked: the first request goes by the proxy as well.
        if let Err(message) = parts::lead_out(setup.engine.reach, &outset.state, context) {
            // The host is gone only when the process ends.
            let _ = events.send(Input::Event(Event::Told(Weight::Failure, message)));
        }
        let (folder, watched) = watch::channel(folder);
        tokio::spawn(minute::keep_looking(clock, clocks, watched, events.clone()));
        let network = Arc::new(Notify::new());
        tokio::spawn(offline::keep_looking(events.clone(), network.clone()));
        tokio::spawn(tell_hosts(context.shared.client.contacts().clone(), events.clone()));
        let (memory, restored) = remember(&setup.places, events);
        let language = outset.state.shown.settings.language.unwrap_or(setup.language);
        let sources = start_sources(context, events, memory.as_ref(), language, setup.offer.as_ref());
        let inspect = inspect::start(context.clone(), events.clone(), sources.clone());
        if let Some((instance, _)) = &mut outset.guard {
            listen(instance, &setup, (events, &inspect));
        }
        let targets = setup.targets.iter().map(|target| instance::absolute(target)).collect();
        hand_over(targets, (events, &inspect));
        let store = memory.as_ref().map(|(store, _)| store.clone());
        let follow = start_for_window(context.clone(), events.clone(), store, restored);
        outset.plans = Some(sources.clone());
        let (keeping, kept) = watch::channel(Keeping::default());
        let mesh = start_mesh(&setup, (context, events), memory.as_ref(), folder.subscribe(), kept);
        let share = start_share(context, events, memory.as_ref());
        let store = memory.as_ref().map(|(store, _)| store.clone());
        let mut parts = WindowServices {
            events: events.clone(),
            network,
            disk: disk::DiskLooks::new(store, events.clone()),
            settings,
            memory,
            sources,
            mesh,
            follow,
            relays: using::start_for_window(context.clone(), events.clone()),
            share,
            inspect,
            languages: (setup.language, language),
            say: setup.say.clone(),
            reach: setup.engine.reach,
            downloads: setup.places.downloads.clone(),
            folder,
            keeping,
        };
        parts.apply(&outset.state, context);
        parts
    })
}

/// The state of a window after these events.
fn first_state(events: impl Iterator<Item = Event>) -> State {
    let mut state = State::default();
    state.desk.mode = Mode::Window;
    events.for_each(|event| drop(update(&mut state, Input::Event(event))));
    state
}

/// Opens the memory and has what it holds told. Without one the window works, and says that it forgets.
/// Second is what ends when all of it was told.
fn remember(
    places: &Places,
    events: &UnboundedSender<Input>,
) -> (Option<Memory>, impl Future<Output = ()> + Send + 'static) {
    let mut restoring = None;
    let opened = Directory::open_or_create(&places.data).and_then(|folder| WindowStore::open(&folder));
    let started = opened.and_then(|store| {
        let store = Arc::new(store);
        let keeper = Keeper::start(store.clone(), events.clone());
        let keeper = keeper.map_err(|error| StoreError::from_io("start a thread", error))?;
        Ok((store, keeper))
    });
    let memory = match started {
        Ok((store, keeper)) => {
            restoring = Some(tokio::task::spawn_blocking({
                let (store, events) = (store.clone(), events.clone());
                move || restore(&store, &events)
            }));
            Some((store, keeper))
        }
        Err(error) => {
            tell_store(events, &error);
            None
        }
    };
    let restored = async move {
        if let Some(restoring) = restoring
            && let Err(error) = restoring.await
        {
            tracing::error!(%error, "the task that reads the window's memory broke");
        }
    };
    (memory, restored)
}

/// Starts the task that knows the sources.
fn start_sources(
    context: &EngineContext,
    events: &UnboundedSender<Input>,
    memory: Option<&Memory>,
    language: LanguageChoice,
    offer: Option<&Offer>,
) -> UnboundedSender<CatalogCommand> {
    let (orders, ordered) = unbounded_channel();
    let hand = memory.and_then(|(_, keeper)| keeper.hand());
    let store = memory.map(|(store, _)| store.clone());
    let desk = CatalogService::new(context.clone(), events.clone(), (language, offer), hand);
    tokio::spawn(async move {
        let read = move |store: Arc<WindowStore>| {
            (store.sources().unwrap_or_default(), store.successes().unwrap_or_default())
        };
        let remembered = match store {
            Some(store) => tokio::task::spawn_blocking(move || read(store)).await,
            None => Ok(Default::default()),
        };
        desk.run(remembered.unwrap_or_default(), ordered).await;
    });
    orders
}

/// Starts the task that knows brokers and what they announce.
fn start_mesh(
    setup: &WindowSetup,
    (context, events): (&EngineContext, &UnboundedSender<Input>),
    memory: Option<&Memory>,
    folder: watch::Receiver<PathBuf>,
    keeping: watch::Receiver<Keeping>,
) -> UnboundedSender<MeshCommand> {
    let (wishes, wished) = unbounded_channel();
    let store = memory.map(|(store, _)| store.clone());
    let own_presets = setup.places.settings.with_file_name("brokers.toml");
    let mesh = MeshServiceSetup {
        context: context.clone(),
        events: events.clone(),
        remember: memory.and_then(|(_, keeper)| keeper.hand()),
        folder,
        keeping,
        presets: std::fs::read_to_string(own_presets).ok(),
        offered: setup.offer.as_ref().and_then(|offer| offer.broker.clone()),
    };
    tokio::spawn(async move {
        let remembered = match store {
            Some(store) => tokio::task::spawn_blocking(move || store.mesh().unwrap_or_default()).await,
            None => Ok(Vec::new()),
        };
        MeshService::new(mesh).run(remembered.unwrap_or_default(), wished).await;
    });
    wishes
}

/// Starts the task that publishes and relays.
fn start_share(
    context: &EngineContext,
    events: &UnboundedSender<Input>,
    memory: Option<&Memory>,
) -> ShareHandle {
    let store = memory.map(|(store, _)| store.clone());
    let own = events.clone();
    let kept = async move {
        let Some(store) = store else { return Vec::new() };
        match tokio::task::spawn_blocking(move || store.shares()).await {
            Ok(Ok(kept)) => kept,
            Ok(Err(error)) => {
                tell_store(&own, &error);
                Vec::new()
            }
            Err(error) => {
                tracing::error!(%error, "the task that reads what is shared broke");
                Vec::new()
            }
        }
    };
    share::start(context.clone(), events.clone(), memory.and_then(|(_, keeper)| keeper.hand()), kept)
}

fn restore(store: &WindowStore, events: &UnboundedSender<Input>) {
    let read = || Ok(Restored { jobs: store.jobs()?, given: store.given()?, layout: store.layout()? });
    match read() {
        // The host is gone only when the process ends.
        Ok(restored) => drop(events.send(Input::Event(Event::Restored(Box::new(restored))))),
        Err(error) => tell_store(events, &error),
    }
}

fn tell_store(events: &UnboundedSender<Input>, error: &StoreError) {
    tracing::warn!(error = error as &dyn std::error::Error, "the window's memory");
    let message = crate::engine::store::error::message_of_store(error);
    let _ = events.send(Input::Event(Event::Told(Weight::Attention, message)));
}

fn listen(
    instance: &mut Instance,
    setup: &WindowSetup,
    (events, inspect): (&UnboundedSender<Input>, &InspectHandle),
) {
    let (own, inspect) = (events.clone(), inspect.clone());
    let heard = instance.listen(&setup.places, move |call: Call| {
        let _ = own.send(Input::Event(Event::Raise));
        hand_over(call.targets, (&own, &inspect));
    });
    if let Err(error) = heard {
        tracing::warn!(%error, "a second start cannot hand over");
    }
}

/// Describes what was handed over, without contacting anybody: data on this computer is opened, anything else is asked
/// about.
fn hand_over(targets: Vec<String>, (events, inspect): (&UnboundedSender<Input>, &InspectHandle)) {
    let (events, inspect) = (events.clone(), inspect.clone());
    tokio::task::spawn_blocking(move || {
        for target in targets {
            let event = match handing::read(&target) {
                Handed::Asked(handed) => Event::HandedOver(handed),
                Handed::Refused(message) => Event::Told(Weight::Attention, message),
                Handed::Opened => {
                    // The service ends only with the engine.
                    let _ = inspect.send(InspectCommand::Open(target));
                    continue;
                }
            };
            let _ = events.send(Input::Event(event));
        }
    });
}

/// Tells who was contacted, at most every other second and only when that changed.
async fn tell_hosts(contacts: crate::engine::contacts::Contacts, events: UnboundedSender<Input>) {
    loop {
        contacts.changed().await;
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        let rows = Arc::new(contacts.rows());
        if events.send(Input::Event(Event::Hosts(rows))).is_err() {
            return;
        }
    }
}
