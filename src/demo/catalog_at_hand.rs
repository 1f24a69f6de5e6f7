//! The demo's catalogue for one command or one window: it starts with it and ends with it.
//!
//! In: how its hours appear. Out: the provider's file that leads to it, which an engine takes along. Start reading at
//! [`CatalogAtHand::start`].

use super::catalog_service::{DemoCatalog, Form, Made};
use super::made_run::HOURS;
use super::publisher::{DemoError, DemoPublisher, PeerPace};
use crate::catalog::provider::{FileOrigin, ProviderFile};
use crate::domain::utc::UtcTime;
use crate::engine::clock::Clock;
use crate::engine::host::{Engine, EngineSettings};
use crate::engine::listings::CatalogPlaces;
use crate::engine::scratch::Scratch;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The hours that are there from the start when the others appear one by one.
const FIRST_HOURS: u32 = 13;

/// How long the next hour takes.
const EACH_HOUR: Duration = Duration::from_secs(10);

/// How the hours of its run appear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appearing {
    /// All of them are there.
    AtOnce,
    /// The first half is there; then there is one more every ten seconds.
    HourByHour,
}

/// A catalogue in this process.
pub struct CatalogAtHand {
    service: Arc<DemoCatalog>,
    /// When it began.
    start: UtcTime,
    // Its runtime carries the service, and ends its tasks.
    _engine: Engine,
}

impl CatalogAtHand {
    /// Whether an id is one of the demo's, and the person has no provider's file of that name.
    pub fn is_meant(id: &str, places: &CatalogPlaces) -> bool {
        let has_own = |folder: &Path| folder.join("demo.toml").exists();
        id.starts_with("demo/") && !places.own_files.as_deref().is_some_and(has_own)
    }

    /// Makes the latest run and publishes it on this computer.
    ///
    /// # Errors
    /// When no port is free.
    pub fn start(appearing: Appearing) -> Result<Self, DemoError> {
        let settings = EngineSettings { catalog: CatalogPlaces::default(), ..EngineSettings::default() };
        let engine = Engine::start(&settings)?;
        let clock = Clock::start();
        let made = Arc::new(Made::make(DemoCatalog::latest_run(&clock)));
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let service = Arc::new(engine.handle().block_on(DemoCatalog::start(address, made))?);
        match appearing {
            Appearing::AtOnce => service.publish(0..HOURS),
            Appearing::HourByHour => {
                service.publish(0..FIRST_HOURS);
                engine.handle().spawn(publish_the_others(service.clone()));
            }
        }
        Ok(Self { service, start: clock.utc(), _engine: engine })
    }

    /// Starts a publisher of .torrents, and a catalogue whose hours appear one by one. Each takes its time to make a run:
    /// side by side they keep a person waiting half as long.
    ///
    /// # Errors
    /// When one of them does not start.
    pub fn start_beside(pace: PeerPace) -> Result<(DemoPublisher, Self), DemoError> {
        let (publisher, at_hand) = std::thread::scope(|scope| {
            let at_hand = scope.spawn(|| Self::start(Appearing::HourByHour));
            let publisher = DemoPublisher::start(pace);
            (publisher, at_hand.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        });
        Ok((publisher?, at_hand?))
    }

    /// Writes that file into a folder of its own, for other processes; the folder goes with what is returned.
    ///
    /// # Errors
    /// When there is no room for it.
    pub fn write_provider(&self) -> std::io::Result<Scratch> {
        let folder = Scratch::new("nuee-demo-providers-")?;
        let file = self.provider();
        std::fs::write(folder.path().join(file.name), file.text)?;
        Ok(folder)
    }

    /// The file that tells engines where it is, and when its hours are due.
    pub fn provider(&self) -> ProviderFile {
        let age = self.start.minutes_since(self.service.run());
        let text = due_from(age, &self.service.provider_file(Form::Nginx));
        ProviderFile { name: "demo.toml".to_owned(), text, origin: FileOrigin::Embedded }
    }
}

/// A provider's file whose run begins to appear `age` minutes after its start, and of which no earlier run is kept: the
/// demo makes one run, whenever it is started.
fn due_from(age: i64, text: &str) -> String {
    let all = age + (u64::from(HOURS - FIRST_HOURS) * EACH_HOUR.as_secs()).div_ceil(60) as i64;
    let lines = text.lines().map(|line| match line.split(" = ").next() {
        Some("first_after") => format!("first_after = \"{age}min\"\nretention = \"{}min\"\n", age + 5 * 60),
        Some("complete_after") => format!("complete_after = \"{all}min\"\n"),
        _ => format!("{line}\n"),
    });
    lines.collect()
}

async fn publish_the_others(service: Arc<DemoCatalog>) {
    for hour in FIRST_HOURS..HOURS {
        tokio::time::sleep(EACH_HOUR).await;
        service.publish([hour]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::provider::ProviderBook;

    #[test]
    fn what_has_not_appeared_yet_is_expected_and_no_run_is_missed_that_was_never_made() {
        let text = due_from(203, include_str!("../../assets/providers/demo.toml"));
        let file = ProviderFile { name: "demo.toml".to_owned(), text, origin: FileOrigin::Embedded };
        let book = ProviderBook::read([file]);
        assert!(book.broken.is_empty(), "{:?}", book.broken);
        let demo = book.provider("demo").expect("the demo");
        assert_eq!(demo.datasets.len(), 2);
        for dataset in &demo.datasets {
            assert_eq!((dataset.first_after, dataset.complete_after), (Some(203), Some(205)));
            let run = DemoCatalog::latest_run(&Clock::start());
            let now = run.plus_minutes(203).expect("a time");
            assert!(!dataset.is_past_retention(run, now));
            assert!(dataset.is_past_retention(run.plus_minutes(-360).expect("a time"), now));
        }
    }
}
