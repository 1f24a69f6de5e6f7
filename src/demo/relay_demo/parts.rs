//! The publisher and the relay of the second part.
//!
//! In: a made run. Out: what leads to the publisher, what it sent, and the address of the relay once it announces the run.

use super::{DATASET, HOURS, RelayDemoCourse, not_started};
use crate::app::input::Action;
use crate::app::link::Link;
use crate::app::query::{Answer, Query};
use crate::app::relay::terms::{RelayWords, RelayedDataset};
use crate::app::relay::{RelayEvent, RelayQuery};
use crate::app::relay_demo::{GiverAddresses, RelayDemoEvent, RelayDemoTrouble, RelayedRun};
use crate::catalog::provider::{FileOrigin, ProviderFile};
use crate::demo::catalog_service::{DemoCatalog, ListingStyle, Made};
use crate::demo::counting::SentOctets;
use crate::domain::octets::ByteCount;
use crate::engine::host::{Engine, EngineError, EngineSettings, PeersAt};
use crate::engine::listings::CatalogPlaces;
use crate::engine::scratch::Scratch;
use crate::transfer::address_rule::Reach;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use url::Url;

/// How much the relay uploads to peers in a second: as a small server does, so that clients have reason to share.
const RELAY_RATE: u32 = 3 << 20;

/// How long threads may take to end.
const LONGEST_END: Duration = Duration::from_millis(500);

/// A publisher with a web server and nothing else; every octet that it sends is counted.
pub(super) struct CountedPublisher {
    catalog: Option<DemoCatalog>,
    sent: SentOctets,
    runtime: Option<Runtime>,
    address: SocketAddr,
    run: RelayedRun,
    provider: ProviderFile,
}

impl CountedPublisher {
    /// Publishes the run.
    ///
    /// # Errors
    /// When there is no thread or no port.
    pub(super) fn start(made: Arc<Made>) -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let catalog = runtime.block_on(DemoCatalog::start(address, made))?;
        catalog.publish(HOURS);
        let length = ByteCount(catalog.length_of(HOURS));
        let text = catalog.provider_file_without_torrents(ListingStyle::Nginx);
        Ok(Self {
            sent: catalog.sent(),
            address: catalog.address(),
            run: RelayedRun { files: HOURS.count(), length },
            provider: ProviderFile { name: "demo.toml".to_owned(), text, origin: FileOrigin::Embedded },
            catalog: Some(catalog),
            runtime: Some(runtime),
        })
    }

    /// What it published.
    pub(super) fn run(&self) -> RelayedRun {
        self.run
    }

    /// The file that leads to it.
    pub(super) fn provider(&self) -> ProviderFile {
        self.provider.clone()
    }

    /// By which addresses the relay at `address` and it are known again.
    ///
    /// # Errors
    /// When that is no address.
    pub(super) fn givers(&self, address: &str) -> Result<GiverAddresses, RelayDemoTrouble> {
        let port = Url::parse(address).map_err(not_started)?.port_or_known_default().unwrap_or_default();
        Ok(GiverAddresses {
            relay: SocketAddr::from((Ipv4Addr::LOCALHOST, port)).to_string(),
            publisher: self.address.to_string(),
        })
    }

    /// What has left it by now.
    pub(super) fn sent(&self) -> ByteCount {
        self.sent.count()
    }
}

impl Drop for CountedPublisher {
    fn drop(&mut self) {
        // The server ends before the threads on which it lives.
        self.catalog = None;
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(LONGEST_END);
        }
    }
}

/// The settings of an engine of this demo: it knows that publisher and nobody else, and keeps all below `folder`.
pub(super) fn settings_below(folder: &Path, provider: &ProviderFile) -> EngineSettings {
    EngineSettings {
        reach: Reach::Anywhere,
        peers_at: PeersAt::ThisComputer,
        catalog: CatalogPlaces {
            own_files: None,
            along: vec![provider.clone()],
            kept: Some(folder.join("catalogues")),
            relays: Some(folder.join(crate::app::relay::used::FILE_NAME)),
        },
        ..EngineSettings::default()
    }
}

/// No engine, or no folder.
pub(super) fn no_engine(error: EngineError) -> RelayDemoTrouble {
    not_started(error)
}

/// A relay; the service of `nuee relay run`.
pub(super) struct DemoRelay {
    engine: Engine,
    folder: Scratch,
}

impl DemoRelay {
    /// Starts its engine.
    ///
    /// # Errors
    /// When the system refuses threads or a folder.
    pub(super) fn start(provider: &ProviderFile) -> Result<Self, RelayDemoTrouble> {
        let folder = Scratch::new("nuee-demo-relay-").map_err(not_started)?;
        let settings = settings_below(folder.path(), provider);
        let settings = EngineSettings { limit_up: Some(RELAY_RATE), ..settings };
        Ok(Self { engine: Engine::start(&settings).map_err(no_engine)?, folder })
    }

    /// Has it relay the run; returns its address when it announces all of it.
    ///
    /// # Errors
    /// What stands in its way.
    pub(super) fn relays(
        &self,
        course: &RelayDemoCourse,
        publisher: &CountedPublisher,
    ) -> Result<String, RelayDemoTrouble> {
        let lead = Some(format!("{}..{}", HOURS.start(), HOURS.end()));
        let words = RelayWords {
            // Whatever port is free.
            bind: Some("127.0.0.1:0".to_owned()),
            // The publisher writes its files before it names them.
            settle: Some("0s".to_owned()),
            title: Some("DEMO relay".to_owned()),
            datasets: vec![RelayedDataset { id: DATASET.to_owned(), lead }],
            ..RelayWords::default()
        };
        let folder = self.folder.path().join("relay");
        let query = RelayQuery::Run { folder, words: Box::new(words), for_time: None };
        let answers = self.engine.ask(Query::Relay(query));
        let (mut address, mut key) = (String::new(), String::new());
        loop {
            let Answer::Relay(event) = course.next(&answers)? else { continue };
            match event {
                RelayEvent::Serving { urls, fingerprint } => {
                    let base = urls.into_iter().find(|served| served.what == "base");
                    address = base.map(|base| base.url).unwrap_or_default();
                    key = fingerprint;
                }
                RelayEvent::Published { offered, .. } => {
                    let sent = publisher.sent();
                    if offered == publisher.run.files {
                        let (relay, fingerprint) = (address.clone(), key);
                        course.tell(RelayDemoEvent::Relayed { relay, fingerprint, sent });
                        return Ok(address);
                    }
                    course.tell(RelayDemoEvent::Relaying { offered, sent });
                }
                RelayEvent::Refused(message) => return Err(RelayDemoTrouble::Refused(message)),
                // Whatever else stands in the way is tried again while there is time.
                RelayEvent::Follow(_)
                | RelayEvent::Stage(..)
                | RelayEvent::Trouble(..)
                | RelayEvent::Withdrawn(..)
                | RelayEvent::Process(_)
                | RelayEvent::Files(_)
                | RelayEvent::Checked(_)
                | RelayEvent::Used(_)
                | RelayEvent::Uploading(..)
                | RelayEvent::Reached(_)
                | RelayEvent::Forgotten { .. }
                | RelayEvent::Note(_)
                | RelayEvent::Done => {}
            }
        }
    }
}

impl Drop for DemoRelay {
    fn drop(&mut self) {
        // It says goodbye while its threads end.
        self.engine.send(Action::StopAll);
    }
}
