//! One librqbit session and the torrents in it.
//!
//! In: a validated .torrent, our files, what is held of them, and addresses of peers. Out: what is seen of the swarm.
//! librqbit is told what is held by a bitfield that is written before each add; it keeps nothing of its own.

use super::home::Home;
use super::introducer::Introducer;
use super::peer_news::PeerNews;
use super::view::SwarmView;
use super::{Giving, PeerLook, SwarmError, SwarmLook, SwarmSettings, SwarmTorrent};
use crate::domain::octets::ByteCount;
use crate::domain::torrent::InfoHash;
use librqbit::api::TorrentIdOrHash;
use librqbit::limits::LimitsConfig;
use librqbit::storage::StorageFactoryExt;
use librqbit::{
    AddTorrent, AddTorrentOptions, AddTorrentResponse, ConnectionOptions, ListenerMode, ListenerOptions,
    ManagedTorrent, PeerConnectionOptions, Session, SessionOptions, SessionPersistenceConfig,
};
use librqbit_core::hash_id::Id20;
use parking_lot::Mutex;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Blocks asked of a peer at a time. 512 is known to lose requests (librqbit 9.1.0), and 128 is slow over long ways.
const REQUEST_WINDOW: usize = 256;

/// A peer that says nothing for so long is dropped; some rightly say nothing for a good while.
const PEER_TIMEOUT: Duration = Duration::from_secs(45);

/// How long a peer has to accept a connection.
const PEER_CONNECT_TIMEOUT: Duration = Duration::from_secs(6);

/// A session: a port, a name among peers, limits, and torrents.
pub struct SwarmSession {
    session: Arc<Session>,
    home: Home,
    introducer: Introducer,
    news: PeerNews,
    folder: PathBuf,
    peer_id: [u8; 20],
    /// Torrents are added one after the other: librqbit gives two that come at once the same number, and drops one.
    adding: tokio::sync::Mutex<()>,
}

impl SwarmSession {
    /// Starts a session.
    ///
    /// # Errors
    /// When no port can be listened on, or the folder cannot be written.
    pub async fn start(settings: &SwarmSettings, giving: Giving) -> Result<Self, SwarmError> {
        let folder = settings.folder.join(match giving {
            Giving::WhileReceiving => "swarm",
            Giving::Nothing => "swarm-slices",
        });
        fresh_folder(&folder)?;
        let introducer = Introducer::start().await.map_err(SwarmError::NoLoopback)?;
        let peer_id = new_peer_id();
        let home = Home::open(&settings.news).map_err(SwarmError::Folder)?;
        let options = options(settings, giving, &folder, &introducer, peer_id);
        let started = home.run(Session::new_with_opts(folder.clone(), options)).await?;
        let session = started.map_err(|error| SwarmError::Session(first_line(&error)))?;
        Ok(Self {
            session,
            home,
            introducer,
            news: settings.news.clone(),
            folder,
            peer_id,
            adding: tokio::sync::Mutex::default(),
        })
    }

    /// The port that peers may call; `None` when none is listened on.
    pub fn port(&self) -> Option<u16> {
        self.session.listen_addr().map(|address| address.port())
    }

    /// Our name among peers.
    pub fn peer_id(&self) -> [u8; 20] {
        self.peer_id
    }

    /// Changes how fast may be received and given, in octets per second.
    pub fn set_limits(&self, down: Option<u32>, up: Option<u32>) {
        self.session.ratelimits.set_download_bps(down.and_then(NonZeroU32::new));
        self.session.ratelimits.set_upload_bps(up.and_then(NonZeroU32::new));
    }

    /// Names more peers of a torrent, whether it runs or not.
    pub fn introduce(&self, torrent: InfoHash, peers: &[SocketAddr]) {
        self.introducer.introduce(torrent, peers);
    }

    /// Lets a torrent run. `held` has one bit a piece, first piece in the highest bit of the first octet.
    ///
    /// # Errors
    /// When librqbit refuses it.
    pub async fn run(&self, torrent: &SwarmTorrent, held: &[u8]) -> Result<RunningTorrent, SwarmError> {
        let bitfield = self.folder.join(format!("{}.bitv", torrent.info_hash));
        std::fs::write(&bitfield, held).map_err(SwarmError::Folder)?;
        let view = SwarmView {
            files: torrent.files.clone(),
            facts: torrent.facts.clone(),
            troubles: torrent.troubles.clone(),
        };
        let options = AddTorrentOptions {
            overwrite: true,
            only_files: torrent.only_files.clone(),
            output_folder: Some(self.folder.display().to_string()),
            initial_peers: Some(self.introducer.known(torrent.info_hash)),
            storage_factory: Some(view.boxed()),
            ..AddTorrentOptions::default()
        };
        let add = AddTorrent::from_bytes(torrent.metainfo.clone());
        let _turn = self.adding.lock().await;
        let session = self.session.clone();
        let added = self.home.run(async move { session.add_torrent(add, Some(options)).await }).await?;
        match added.map_err(|error| SwarmError::Session(first_line(&error)))? {
            AddTorrentResponse::Added(_, handle) => {
                Ok(RunningTorrent { handle, info_hash: torrent.info_hash, gone: Mutex::default() })
            }
            _ => Err(SwarmError::Session("the torrent runs already".to_owned())),
        }
    }

    /// Lets go of a torrent: connections end, files stay.
    pub async fn stop(&self, running: &RunningTorrent) {
        running.note_counters();
        let hash = TorrentIdOrHash::Hash(Id20::new(running.info_hash.0));
        let session = self.session.clone();
        match self.home.run(async move { session.delete(hash, false).await }).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "a torrent was not let go of"),
            Err(error) => tracing::warn!(%error, "a torrent was not let go of"),
        }
    }

    /// What is seen of a running torrent.
    pub fn look(&self, running: &RunningTorrent) -> SwarmLook {
        running.look(&self.news)
    }

    /// Asks peers for the metadata of a magnet. Peers must have been introduced, or be introduced meanwhile.
    ///
    /// # Errors
    /// When no peer gives it in time.
    pub async fn metadata(&self, torrent: InfoHash, patience: Duration) -> Result<Vec<u8>, SwarmError> {
        let options = AddTorrentOptions {
            list_only: true,
            initial_peers: Some(self.introducer.known(torrent)),
            ..AddTorrentOptions::default()
        };
        let magnet = AddTorrent::from_url(format!("magnet:?xt=urn:btih:{torrent}"));
        let session = self.session.clone();
        let asking =
            async move { tokio::time::timeout(patience, session.add_torrent(magnet, Some(options))).await };
        match self.home.run(asking).await? {
            Ok(Ok(AddTorrentResponse::ListOnly(found))) => Ok(found.torrent_bytes.to_vec()),
            Ok(Ok(_)) => Err(SwarmError::Session("the torrent runs already".to_owned())),
            Ok(Err(error)) => Err(SwarmError::Session(first_line(&error))),
            Err(_) => Err(SwarmError::NoMetadata),
        }
    }

    /// Ends everything at once; nothing of it is waited for, because our ledger is the truth.
    pub fn end(&self) {
        self.session.cancellation_token().cancel();
    }
}

/// A torrent that runs in a session.
pub struct RunningTorrent {
    handle: Arc<ManagedTorrent>,
    info_hash: InfoHash,
    /// What was received and given in earlier lives of the torrent's connections.
    gone: Mutex<(u64, u64)>,
}

impl RunningTorrent {
    /// Waits until peers are let in, for at most so long. librqbit's own wait looks once a second.
    pub async fn is_ready(&self, at_most: Duration) -> bool {
        let ready = async {
            while self.handle.live().is_none() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(at_most, ready).await.is_ok()
    }

    fn note_counters(&self) {
        if let Some(live) = self.handle.live() {
            let stats = live.stats_snapshot();
            let mut gone = self.gone.lock();
            *gone = (gone.0 + stats.fetched_bytes, gone.1 + stats.uploaded_bytes);
        }
    }

    fn look(&self, news: &PeerNews) -> SwarmLook {
        let gone = *self.gone.lock();
        let Some(live) = self.handle.live() else {
            return SwarmLook {
                received: ByteCount(gone.0),
                given: ByteCount(gone.1),
                ..SwarmLook::default()
            };
        };
        let stats = live.stats_snapshot();
        let everybody = serde_json::from_str(r#"{"state":"all"}"#).unwrap_or_default();
        let peers =
            live.per_peer_stats_snapshot(everybody).peers.into_iter().filter_map(|(address, peer)| {
                let address: SocketAddr = address.parse().ok()?;
                Some(PeerLook {
                    address,
                    is_live: peer.state == "live",
                    is_hoped_for: matches!(peer.state, "queued" | "connecting"),
                    received: ByteCount(peer.counters.fetched_bytes),
                    given: ByteCount(peer.counters.uploaded_bytes),
                    client: peer.client_name,
                    trouble: news.of(address),
                })
            });
        SwarmLook {
            received: ByteCount(gone.0 + stats.fetched_bytes),
            given: ByteCount(gone.1 + stats.uploaded_bytes),
            peers: peers.collect(),
        }
    }
}

fn options(
    settings: &SwarmSettings,
    giving: Giving,
    folder: &Path,
    introducer: &Introducer,
    peer_id: [u8; 20],
) -> SessionOptions {
    let peer_opts = PeerConnectionOptions {
        connect_timeout: Some(PEER_CONNECT_TIMEOUT),
        read_write_timeout: Some(PEER_TIMEOUT),
        keep_alive_interval: None,
        max_request_window: Some(REQUEST_WINDOW),
    };
    let limits = LimitsConfig {
        download_bps: settings.down.and_then(NonZeroU32::new),
        upload_bps: settings.up.and_then(NonZeroU32::new),
    };
    SessionOptions {
        dht: None,
        disable_local_service_discovery: true,
        trackers: introducer.urls().iter().cloned().collect(),
        fastresume: true,
        persistence: Some(SessionPersistenceConfig::Json { folder: Some(folder.to_owned()) }),
        peer_id: Some(Id20::new(peer_id)),
        listen: Some(listener(settings)),
        connect: Some(ConnectionOptions { proxy_url: None, enable_tcp: true, peer_opts: Some(peer_opts) }),
        concurrent_init_limit: Some(16),
        ratelimits: limits,
        blocklist_url: settings
            .refused_networks
            .as_ref()
            .and_then(|path| Some(url::Url::from_file_path(path).ok()?.into())),
        disable_upload: giving == Giving::Nothing,
        ipv4_only: !has_ipv6(),
        client_name_and_version: Some(concat!("Nuee ", env!("CARGO_PKG_VERSION")).to_owned()),
        ..SessionOptions::default()
    }
}

fn listener(settings: &SwarmSettings) -> ListenerOptions {
    let any = if has_ipv6() { IpAddr::V6(Ipv6Addr::UNSPECIFIED) } else { IpAddr::V4(Ipv4Addr::UNSPECIFIED) };
    ListenerOptions {
        mode: ListenerMode::TcpOnly,
        listen_addr: settings.listen.unwrap_or(SocketAddr::new(any, 0)),
        enable_upnp_port_forwarding: false,
        ipv4_only: !has_ipv6(),
        ..ListenerOptions::default()
    }
}

fn has_ipv6() -> bool {
    std::net::UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0)).is_ok()
}

fn fresh_folder(folder: &Path) -> Result<(), SwarmError> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(SwarmError::Folder(error)),
        _ => {}
    }
    std::fs::create_dir_all(folder).map_err(SwarmError::Folder)
}

/// `-NE0100-` and twelve random characters, as clients do (BEP 20).
fn new_peer_id() -> [u8; 20] {
    let mut id = *b"-NE0100-............";
    for octet in &mut id[8..] {
        *octet = fastrand::alphanumeric() as u8;
    }
    id
}

/// librqbit's errors carry a backtrace after the first line.
fn first_line(error: &anyhow::Error) -> String {
    let text = format!("{error:#}");
    crate::domain::outside_text::show_with_urls(text.lines().next().unwrap_or_default())
}
