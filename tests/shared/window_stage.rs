//! The engine as a window starts it, below a folder of its own, and patience with it.

use nuee::app::Reach;
use nuee::app::link::Link;
use nuee::app::settings::LanguageChoice;
use nuee::app::snapshot::Snapshot;
use nuee::engine::host::window::{WindowSetup, WindowStart, window_start};
use nuee::engine::host::{Engine, EngineSettings, PeersAt};
use nuee::engine::listings::CatalogPlaces;
use nuee::engine::services::desktop::places::Places;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long anything here may take, on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// What a window below `folder` starts with; a person's own providers' files lie in `providers` there.
pub fn setup(folder: &Path) -> WindowSetup {
    WindowSetup {
        places: Places::below(folder),
        engine: EngineSettings {
            reach: Reach::Anywhere,
            peers_at: PeersAt::ThisComputer,
            catalog: CatalogPlaces {
                own_files: Some(folder.join("providers")),
                kept: Some(folder.join("kept")),
                relays: Some(folder.join("relays.toml")),
                ..CatalogPlaces::default()
            },
            ..EngineSettings::default()
        },
        targets: Vec::new(),
        offer: None,
        language: LanguageChoice::English,
        asked_language: None,
        say: Arc::new(|message, _| format!("{message:?}")),
    }
}

/// The engine of the first window.
pub fn first(setup: WindowSetup) -> Arc<Engine> {
    match window_start(setup).expect("an engine") {
        WindowStart::First(starting) => starting.wait().expect("an engine").expect("asked for once"),
        _ => panic!("nobody else has the window"),
    }
}

/// What `find` finds, as soon as it does.
pub fn wait_for<T>(engine: &Engine, what: &str, find: impl Fn(&Snapshot) -> Option<T>) -> T {
    let until = Instant::now() + PATIENCE;
    let mut snapshot = engine.snapshot();
    loop {
        if let Some(found) = find(&snapshot) {
            return found;
        }
        let reading = snapshot.hours.as_ref().map(|view| &view.reading);
        assert!(Instant::now() < until, "{what} did not come: {:?} {reading:?}", snapshot.jobs);
        snapshot = engine.wait_newer(snapshot.version, Duration::from_millis(500));
    }
}
