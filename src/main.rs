//! Arguments in, exit code out: the only place where window, terminal, demo and engine meet.

use nuee::app::Reach;
use nuee::app::messages::user_message::UserMessage;
use nuee::app::relay_demo::StartRelayDemo;
use nuee::app::settings::{LanguageChoice, Settings};
use nuee::cli::arguments::{self, DemoTask, Invocation, Local, Task};
use nuee::cli::journey;
use nuee::cli::output::{Format, Output};
use nuee::demo::catalog_at_hand::{Appearing, CatalogAtHand};
use nuee::demo::publisher::{DemoError, DemoPublisher, PeerPace};
use nuee::demo::relay_demo::RelayDemo;
use nuee::engine::clock::Clock;
use nuee::engine::host::window::WindowSetup;
use nuee::engine::host::{Engine, EngineSettings, PeersAt};
use nuee::engine::listings::CatalogPlaces;
use nuee::engine::scratch::Scratch;
use nuee::engine::services::desktop::places::Places;
use nuee::engine::signals::Signals;
use nuee::i18n::{Language, Translator};
use std::process::ExitCode;
use std::sync::Arc;

type Ended = Result<u8, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    match arguments::read(std::env::args_os()) {
        Ok(invocation) => {
            let signals = Signals::watch();
            let ended = match &signals {
                Ok(signals) => carry_out(&invocation, signals),
                Err(error) => Err(error.to_string().into()),
            };
            let code = ended.unwrap_or_else(|error| {
                Output::new(Format::Text).say(&format!("nuee: {error}"));
                5
            });
            let stopped = signals.ok().and_then(|signals| signals.exit_code());
            // Whoever only ends the uploading has got all that was asked for.
            let is_there = code == 0 && matches!(invocation.task, Task::Get(_));
            ExitCode::from(stopped.filter(|_| !is_there).unwrap_or(code))
        }
        Err(parting) if parting.code == 0 => ExitCode::from(nuee::cli::print(&parting.text)),
        Err(parting) => {
            Output::new(Format::Text).complain(&parting.text);
            ExitCode::from(parting.code)
        }
    }
}

fn carry_out(invocation: &Invocation, signals: &Signals) -> Ended {
    let started = Clock::start();
    match &invocation.task {
        Task::Window(targets) => {
            let places = Places::of_system().ok_or("there is no home folder")?;
            window::open(invocation, setup_of(invocation, places, targets), (started, signals), None)
        }
        Task::Demo(task) if !task.is_headless && !task.only_serves && window::has_display() => {
            show(task, invocation, (started, signals))
        }
        task => {
            let mut settings = settings_of(invocation);
            // What the demo's catalogue offers can be had without anything else being started.
            let _at_hand = take_demo_along(task, &mut settings)?;
            let engine = Engine::start(&settings)?;
            engine.stop_on(signals);
            match task {
                Task::Demo(task) => play(task, invocation, &engine),
                _ => Ok(nuee::cli::run(invocation, &engine)),
            }
        }
    }
}

/// Starts the demo's catalogue when nothing but it is asked for: then this computer is all that may be contacted.
fn take_demo_along(task: &Task, settings: &mut EngineSettings) -> Result<Option<CatalogAtHand>, DemoError> {
    let targets = task.targets();
    let is_demo = |id: &String| CatalogAtHand::is_meant(id, &settings.catalog);
    if targets.is_empty() || !targets.iter().all(is_demo) {
        return Ok(None);
    }
    let at_hand = CatalogAtHand::start(Appearing::AtOnce)?;
    settings.catalog.along.push(at_hand.provider());
    // Its address is another one each time: nothing of it is worth keeping.
    settings.catalog.kept = None;
    settings.reach = Reach::Anywhere;
    settings.peers_at = PeersAt::ThisComputer;
    Ok(Some(at_hand))
}

/// The demo in the window: with settings and a memory of its own, so that nobody's are touched.
fn show(task: &DemoTask, invocation: &Invocation, with: (Clock, &Signals)) -> Ended {
    let (publisher, at_hand) = CatalogAtHand::start_beside(PeerPace::Slow)?;
    let scratch = Scratch::new("nuee-demo-window-")?;
    let mut places = Places::below(scratch.path());
    if let Some(dir) = &task.dir {
        places.downloads.clone_from(dir);
    }
    let mut setup =
        WindowSetup { offer: Some(publisher.offer().clone()), ..setup_of(invocation, places, &[]) };
    setup.engine.catalog.along.push(at_hand.provider());
    setup.engine.catalog.kept = Some(scratch.path().join("catalogues"));
    // It ends with the window, and everything of it.
    let relay_demo = RelayDemo::default();
    window::open(invocation, setup, with, Some(relay_demo.starter()))
}

fn setup_of(invocation: &Invocation, places: Places, targets: &[String]) -> WindowSetup {
    let language = invocation.language;
    let say = move |message: &UserMessage, settings: &Settings| {
        let language = match settings.language {
            Some(LanguageChoice::English) => Language::English,
            Some(LanguageChoice::French) => Language::French,
            None => language,
        };
        Translator::new(language).message(message)
    };
    WindowSetup {
        places,
        engine: settings_of(invocation),
        targets: targets.to_vec(),
        offer: None,
        language: choice_of(language),
        asked_language: invocation.asked_language.map(choice_of),
        say: Arc::new(say),
    }
}

fn choice_of(language: Language) -> LanguageChoice {
    match language {
        Language::English => LanguageChoice::English,
        Language::French => LanguageChoice::French,
    }
}

fn play(task: &DemoTask, invocation: &Invocation, engine: &Engine) -> Ended {
    let mut output = Output::new(invocation.format);
    if task.only_serves {
        let publisher = DemoPublisher::start(PeerPace::Free)?;
        let at_hand = CatalogAtHand::start(Appearing::HourByHour)?;
        let providers = at_hand.write_provider()?;
        let served = (publisher.offer(), providers.path());
        return Ok(journey::serve(served, invocation.language, (engine, &mut output)));
    }
    let relay_demo = RelayDemo::default();
    relay_demo.prepare();
    let mut publisher = DemoPublisher::start(PeerPace::Slow)?;
    let offer = publisher.offer().clone();
    let scratch = Scratch::new("nuee-demo-out-")?;
    let out = task.dir.as_deref().unwrap_or(scratch.path());
    let stays = task.dir.is_some();
    let mut peers_leave = || publisher.peers_leave();
    let relay_demo = relay_demo.starter();
    let mut stage = journey::Stage { offer: &offer, out, stays, peers_leave: &mut peers_leave, relay_demo };
    Ok(journey::play(&mut stage, invocation.language, (engine, &mut output)))
}

fn settings_of(invocation: &Invocation) -> EngineSettings {
    let usual = EngineSettings::default();
    // What is published or demonstrated is named by the person at this computer.
    let is_own = matches!(invocation.task, Task::Demo(_) | Task::Publish(_));
    let is_local = invocation.limits.local == Local::Allowed || is_own;
    EngineSettings {
        reach: if is_local { Reach::Anywhere } else { Reach::Public },
        limit_down: invocation.limits.down,
        limit_up: invocation.limits.up,
        connections_per_host: invocation.limits.connections.unwrap_or(usual.connections_per_host),
        peers_at: match invocation.limits.peer_port {
            Some(port) => PeersAt::Port(port),
            None if is_own && !invocation.task.serves_others() => PeersAt::ThisComputer,
            None => PeersAt::AnyPort,
        },
        catalog: CatalogPlaces {
            own_files: invocation.limits.providers.clone().or_else(|| usual.catalog.own_files.clone()),
            relays: match &invocation.limits.providers {
                Some(folder) => Some(folder.join(nuee::app::relay::used::FILE_NAME)),
                None => usual.catalog.relays.clone(),
            },
            ..usual.catalog
        },
        contact: invocation.limits.contact.clone(),
        retries: invocation.limits.retries.unwrap_or(usual.retries),
        discovery: invocation.limits.discovery.clone(),
    }
}

#[cfg(feature = "window")]
mod window {
    use super::{
        Arc, Clock, Ended, Format, Invocation, Output, Signals, StartRelayDemo, Translator, WindowSetup,
    };
    use nuee::app::link::Link;
    use nuee::engine::host::EngineError;
    use nuee::engine::host::window::{WindowStart, window_start};
    use nuee::engine::services::desktop::write_reports;
    pub(super) use nuee::ui::trouble::has_display;
    use nuee::ui::window::{Opening, open as open_window};

    pub(super) fn open(
        invocation: &Invocation,
        setup: WindowSetup,
        (started, signals): (Clock, &Signals),
        relay_demo: Option<StartRelayDemo>,
    ) -> Ended {
        let data = setup.places.data.clone();
        let refuse = |words: &str| {
            Output::new(Format::Text).say(words);
            Ok(5)
        };
        let starting = match window_start(setup) {
            Ok(WindowStart::First(starting)) => Arc::new(starting),
            Ok(WindowStart::HandedOver) => return Ok(0),
            Ok(WindowStart::Deaf) => {
                return refuse(&nuee::i18n::window_start::deaf(&Translator::new(invocation.language)));
            }
            Err(EngineError::Folder { path, source }) => {
                let what = format!("{path} ({source})");
                return refuse(&nuee::i18n::window_start::no_folder(
                    &Translator::new(invocation.language),
                    &what,
                ));
            }
            Err(error) => return Err(error.into()),
        };
        write_reports(&data);
        let first_frame = Box::new(move || {
            if std::env::var_os("NUEE_FIRST_FRAME").is_some() {
                Output::new(Format::Text)
                    .say(&format!("first frame after {} ms", started.now().0.as_millis()));
            }
        });
        let (begun, signals) = (starting.clone(), signals.clone());
        let link = Box::new(move || {
            let engine = begun.wait()?.ok_or("the engine has been waited for")?;
            engine.stop_on(&signals);
            Ok(engine as Arc<dyn Link>)
        });
        let opened = open_window(Opening { link, language: invocation.language, first_frame, relay_demo });
        if let Some(engine) = starting.wait()? {
            engine.wind_down();
        }
        opened.map_or_else(|error| refuse(&error.text(&Translator::new(invocation.language))), |()| Ok(0))
    }
}

#[cfg(not(feature = "window"))]
mod window {
    use super::{Clock, Ended, Format, Invocation, Output, Signals, StartRelayDemo, Translator, WindowSetup};

    pub(super) fn has_display() -> bool {
        false
    }

    pub(super) fn open(
        invocation: &Invocation,
        _: WindowSetup,
        _: (Clock, &Signals),
        _: Option<StartRelayDemo>,
    ) -> Ended {
        Output::new(Format::Text)
            .say(&nuee::i18n::window_start::missing(&Translator::new(invocation.language)));
        Ok(2)
    }
}
