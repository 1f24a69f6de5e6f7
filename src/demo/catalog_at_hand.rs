//! The demo's catalogue for one command or one window: it starts with it and ends with it.
//!
//! In: how its hours appear. Out: the provider's file that leads to it, which an engine takes along. Start reading at
//! [`CatalogAtHand::start`].

use super::catalog_service::{CatalogService, Form, Made};
use super::made_run::HOURS;
use super::publisher::DemoError;
use crate::catalog::provider::{FileOrigin, ProviderFile};
use crate::engine::catalog::CatalogPlaces;
use crate::engine::clock::Clock;
use crate::engine::host::{Engine, EngineSettings};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

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
    service: Arc<CatalogService>,
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
        let made = Arc::new(Made::make(CatalogService::latest_run(&Clock::start())));
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let service = Arc::new(engine.handle().block_on(CatalogService::start(address, made))?);
        match appearing {
            Appearing::AtOnce => service.publish(0..HOURS),
            Appearing::HourByHour => {
                service.publish(0..FIRST_HOURS);
                engine.handle().spawn(publish_the_others(service.clone()));
            }
        }
        Ok(Self { service, _engine: engine })
    }

    /// Writes that file into a folder of its own, for other processes; the folder goes with what is returned.
    ///
    /// # Errors
    /// When there is no room for it.
    pub fn write_provider(&self) -> std::io::Result<TempDir> {
        let folder = tempfile::Builder::new().prefix("nuee-demo-providers-").tempdir()?;
        let file = self.provider();
        std::fs::write(folder.path().join(file.name), file.text)?;
        Ok(folder)
    }

    /// The file that tells engines where it is.
    pub fn provider(&self) -> ProviderFile {
        let text = self.service.provider_file(Form::Nginx);
        ProviderFile { name: "demo.toml".to_owned(), text, origin: FileOrigin::Embedded }
    }
}

async fn publish_the_others(service: Arc<CatalogService>) {
    for hour in FIRST_HOURS..HOURS {
        tokio::time::sleep(EACH_HOUR).await;
        service.publish([hour]);
    }
}
