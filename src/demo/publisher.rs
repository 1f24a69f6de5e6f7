//! The demo's publisher: makes a run, publishes it as services do, and serves it on this computer.
//!
//! In: nothing. Out: a [`DemoPublisher`] with its [`Offer`]. Its data lies in a temporary folder, which goes with it.
//! Its peer gives slowly, as peers at home do, so that a person can watch; and it can be told to leave.

use super::made_run::{HOURS, MadeFile, MadeRun};
use super::mesh::announcing::DemoFile;
use super::mesh::{DemoMesh, FILTERS};
use crate::app::catalog::asked::Texts;
use crate::app::catalog::offer::ServedUrl;
use crate::app::catalog::offer::{Offer, OfferedBroker, OfferedTorrent};
use crate::app::messages::user_message::UserMessage;
use crate::app::query::Cut;
use crate::domain::utc::UtcTime;
use crate::engine::host::{Engine, EngineError, EngineSettings, PeersAt};
use crate::engine::scratch::Scratch;
use crate::engine::services::publish::making::make;
use crate::engine::services::publish::service::{Served, Service};
use crate::engine::transfer::peers;
use crate::publish::canonical::Extras;
use crate::transfer::address_rule::Reach;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Start of the synthetic run; always the same, so that everything made of it is.
const RUN: [i32; 6] = [2026, 1, 1, 6, 0, 0];

/// How much the peer gives in a second.
const PEER_RATE: u32 = 500 << 10;

/// How long its peer may take to be known.
const PEER_PATIENCE: Duration = Duration::from_secs(5);

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// No engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// No temporary folder, or no room in it.
    #[error("the demo's files cannot be written: {0}")]
    Disk(#[from] std::io::Error),
    /// The data was not published.
    #[error("the demo's data cannot be published: {0:?}")]
    Publishing(UserMessage),
}

/// How the demo's peer gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeerPace {
    /// Slowly enough to be watched.
    Slow,
    /// As fast as it can.
    Free,
}

/// A publisher in this process.
pub struct DemoPublisher {
    service: Option<Service>,
    mesh: Option<DemoMesh>,
    offer: Offer,
    engine: Engine,
    _folder: Scratch,
}

impl DemoPublisher {
    /// Makes the run and serves it.
    ///
    /// # Errors
    /// When files cannot be written or no port is free.
    pub fn start(pace: PeerPace) -> Result<Self, DemoError> {
        let folder = Scratch::new("nuee-demo-")?;
        let run = UtcTime::from_civil(RUN).expect("the run begins at a time that exists");
        let run = MadeRun::make(run);
        let paths = write_run(&run, folder.path())?;
        let engine = Engine::start(&EngineSettings {
            reach: Reach::Anywhere,
            limit_up: (pace == PeerPace::Slow).then_some(PEER_RATE),
            peers_at: PeersAt::ThisComputer,
            ..EngineSettings::default()
        })?;
        let made = make(&paths, None, Cut::None).map_err(DemoError::Publishing)?;
        let bind = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let extras = Extras {
            comment: Some("DEMO: synthetic data, no forecast".to_owned()),
            created_by: Some(concat!("Nuee ", env!("CARGO_PKG_VERSION")).to_owned()),
            ..Extras::default()
        };
        let context = engine.context();
        let started = engine.handle().block_on(Service::start(&made, bind.into(), extras, &context));
        let (service, served) = started.map_err(DemoError::Publishing)?;
        if peers::IS_BUILT_IN {
            // A peer that comes too late only means that the web seed gives more.
            engine.handle().block_on(service.peers_are_known(&served, PEER_PATIENCE));
        }
        let mesh = engine.handle().block_on(DemoMesh::start(announced(&run, &service.base_url())))?;
        let mut offer = offer_of(&service, served);
        offer.urls.push(ServedUrl { what: "broker", url: mesh.url() });
        let filters = FILTERS.map(str::to_owned).to_vec();
        offer.broker = Some(OfferedBroker { url: mesh.url(), filters });
        Ok(Self { service: Some(service), mesh: Some(mesh), offer, engine, _folder: folder })
    }

    /// What it offers.
    pub fn offer(&self) -> &Offer {
        &self.offer
    }

    /// Its peers leave; the web server stays.
    pub fn peers_leave(&mut self) {
        if let Some(service) = &mut self.service {
            self.engine.handle().block_on(service.peers_leave());
        }
    }
}

impl Drop for DemoPublisher {
    fn drop(&mut self) {
        // The servers must go before the runtime on which it lives.
        let _inside = self.engine.handle().enter();
        self.mesh = None;
        self.service = None;
    }
}

/// Writes the hourly files into a folder of their own and the range files beside it.
fn write_run(run: &MadeRun, folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let hours = folder.join(run.stem());
    std::fs::create_dir(&hours)?;
    let write = |folder: &Path, file: &MadeFile| {
        let path = folder.join(&file.name);
        std::fs::write(&path, &file.octets).map(|()| path)
    };
    for file in run.hourly_files() {
        write(&hours, &file)?;
    }
    let ranges = run.range_files();
    let mut paths = vec![hours];
    for file in &ranges {
        paths.push(write(folder, file)?);
    }
    Ok(paths)
}

fn offer_of(service: &Service, served: Served) -> Offer {
    let entries = served.torrents.iter().map(|torrent| {
        let file = torrent.torrent.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let name = file.trim_end_matches(".torrent").to_owned();
        let is_hourly = torrent.files.len() > 1;
        let lead_hours = if is_hourly { (0, HOURS - 1) } else { leads_of(&name) };
        OfferedTorrent {
            url: format!("{}{file}", service.base_url()),
            length: torrent.length.0,
            title: title_of((!is_hourly).then_some(lead_hours)),
            grid: "0.05°".to_owned(),
            lead_hours,
            is_hourly,
            name,
        }
    });
    let title = Texts { en: "DEMO publisher".to_owned(), fr: "Éditeur DEMO".to_owned() };
    Offer { title, entries: entries.collect(), urls: served.urls, broker: None }
}

/// The hourly files as they are announced, with where they are served.
fn announced(run: &MadeRun, base: &str) -> Vec<DemoFile> {
    let stem = run.stem();
    let file = |file: MadeFile| {
        DemoFile::new(&file.name, (base, format!("data/{stem}/{}", file.name)), &file.octets)
    };
    run.hourly_files().into_iter().map(file).collect()
}

/// What people call it; `span` are the first and last hour of a file that holds several.
fn title_of(span: Option<(u32, u32)>) -> Texts {
    let (en, fr) = ("AROME-like DEMO", "DEMO façon AROME");
    match span {
        None => Texts { en: en.to_owned(), fr: fr.to_owned() },
        Some((first, last)) => Texts {
            en: format!("{en}, {first}–{last} h in one file"),
            fr: format!("{fr}, {first}–{last} h en un fichier"),
        },
    }
}

/// First and last hour in a name such as `…_013H024H.grib2`.
fn leads_of(name: &str) -> (u32, u32) {
    let named = crate::catalog::file_name::NamedTimes::of_path(name);
    let hours = |lead: crate::domain::lead_time::LeadTime| u32::try_from(lead.minutes() / 60).unwrap_or(0);
    named.leads.map_or((0, 0), |leads| (hours(leads.first), hours(leads.last)))
}
