//! Gives a relay's files to peers. What nobody asks for rests: it is announced, and holds no task and no buffer.
//!
//! In: files that are offered; calls of peers, and what trackers say. Out: bytes to peers, and [`RelayFact::Lost`] for a file that
//! is not as it was left. Who calls about a torrent that rests wakes it, and is let in. Start reading at [`PeerUploads::begin`].

use super::acts::folders_of;
use super::running::RelayContext;
use crate::app::messages::relay_message::RelayMessage;
use crate::app::relay::event::UploadLook;
use crate::app::relay::orders::{RelayFact, RelayTrouble};
use crate::app::relay::{RelayEvent, RelayKey};
use crate::catalog::metainfo;
use crate::catalog::tracker::each_once;
use crate::domain::content::ContentId;
use crate::domain::octets::{ByteCount, ByteRange, RangeSet};
use crate::domain::outside_text::show;
use crate::domain::safe_path::SafePath;
use crate::domain::torrent::InfoHash;
use crate::engine::services::publish::making::refused;
use crate::engine::services::publish::service::upload_of;
use crate::engine::store::error::message_of_store;
use crate::engine::transfer::content::{
    ContentBrief, ContentTask, Giver, GivingLook, JobWatch, Receives, SwarmBrief, SwarmNeeds,
};
use crate::engine::transfer::peers::discovery::{CallPort, Joining, Openness};
use crate::engine::transfer::peers::{Bell, PeerSession};
use crate::engine::transfer::tracker::{Announcer, Introduction, TrackerNews, TrackerSums};
use crate::publish::relay::places::OfWhich;
use crate::swarm::torrent::Gives;
use crate::swarm::tracker_tiers::TrackerTiers;
use crate::transfer::address_rule::{AddressRule, Reach};
use crate::transfer::resting::{LOOK_EVERY, RestWatch, wakes};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinHandle, JoinSet};

/// How long goodbyes to peers and trackers may take.
const LONGEST_FAREWELL: Duration = Duration::from_millis(1_200);

/// Peers that somebody named who looks beside the trackers.
type Found = (InfoHash, Vec<SocketAddr>);

/// The torrents that are given to peers.
pub(super) struct PeerUploads {
    parts: Arc<RelayContext>,
    session: Arc<PeerSession>,
    offered: Mutex<HashMap<InfoHash, Upload>>,
    rung: UnboundedSender<InfoHash>,
    found: UnboundedSender<Found>,
    told: UnboundedSender<TrackerNews>,
    /// What hears all of them: it holds this, and with it the relay's folder.
    hearing: OnceLock<AbortHandle>,
}

/// A torrent that is given.
struct Upload {
    key: RelayKey,
    /// By which callers wake it.
    _bell: Bell,
    announcer: Option<Announcer>,
    sums: Arc<TrackerSums>,
    finding: Option<AbortHandle>,
    awake: Option<Awake>,
    /// What was told of what peers were sent.
    told: UploadLook,
    /// Whether somebody called while it was laid down.
    is_called: bool,
}

/// What serves peers of one torrent.
struct Awake {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
    /// Its figures. `None` before it serves.
    looks: Option<watch::Receiver<GivingLook>>,
}

impl PeerUploads {
    /// Nothing is given yet; within the engine's runtime.
    pub(super) fn start(parts: Arc<RelayContext>, session: Arc<PeerSession>) -> Arc<Self> {
        let (rung, ringing) = unbounded_channel();
        let (found, finding) = unbounded_channel();
        let (told, telling) = unbounded_channel();
        let (offered, hearing) = (Mutex::default(), OnceLock::new());
        let uploads = Arc::new(Self { parts, session, offered, rung, found, told, hearing });
        let hearing = tokio::spawn(uploads.clone().hear(ringing, finding, telling));
        uploads.hearing.get_or_init(|| hearing.abort_handle());
        uploads
    }

    /// Wakes what is called for, until all has ended.
    async fn hear(
        self: Arc<Self>,
        mut ringing: UnboundedReceiver<InfoHash>,
        mut finding: UnboundedReceiver<Found>,
        mut telling: UnboundedReceiver<TrackerNews>,
    ) {
        loop {
            tokio::select! {
                Some(torrent) = ringing.recv() => self.wake(torrent, Vec::new()),
                Some((torrent, peers)) = finding.recv() => self.wake(torrent, peers),
                Some(news) = telling.recv() => if wakes(news.peers.len(), news.leechers) {
                    self.wake(news.torrent, news.peers);
                },
                else => return,
            }
        }
    }

    /// Begins to give a file: it is announced, and rests until somebody calls.
    pub(super) fn begin(&self, key: &RelayKey, torrent: InfoHash) {
        let mut offered = self.offered.lock();
        if offered.contains_key(&torrent) {
            return;
        }
        let sums: Arc<TrackerSums> = Arc::default();
        let upload = Upload {
            key: key.clone(),
            _bell: self.session.ring(torrent, &self.rung),
            announcer: self.announce(torrent, &sums),
            sums,
            finding: self.find(torrent),
            awake: None,
            told: UploadLook::default(),
            is_called: false,
        };
        offered.insert(torrent, upload);
    }

    /// Its own tracker knows it already; the others are told.
    fn announce(&self, torrent: InfoHash, sums: &Arc<TrackerSums>) -> Option<Announcer> {
        let trackers = each_once(&self.parts.terms.trackers);
        if trackers.is_empty() {
            return None;
        }
        let context = &self.parts.context;
        let outer = context.sessions.discovery().outer_port();
        let port = CallPort::new(self.session.port(), outer);
        let who = Introduction { info_hash: torrent, peer_id: self.session.peer_id(), port };
        Some(Announcer::start(&trackers, who, sums, (&context.shared.client, &self.rule()), &self.told))
    }

    /// Takes part in the ways beside trackers, where the person allows any.
    fn find(&self, torrent: InfoHash) -> Option<AbortHandle> {
        let discovery = self.parts.context.sessions.discovery();
        let joining = Joining { torrent, port: self.session.port(), openness: Openness::Public };
        let allowed = discovery.allowed();
        if !allowed.finds_peers() && !allowed.opens_port {
            return None;
        }
        let (mut membership, found) = (discovery.join(joining), self.found.clone());
        let finding = tokio::spawn(async move {
            loop {
                let (peers, _) = membership.next().await;
                if !peers.is_empty() && found.send((torrent, peers)).is_err() {
                    return;
                }
            }
        });
        Some(finding.abort_handle())
    }

    /// Trackers were named by the person who relays.
    fn rule(&self) -> AddressRule {
        self.parts.context.rule.with_reach(Reach::Anywhere)
    }

    fn wake(self: &Arc<Self>, torrent: InfoHash, peers: Vec<SocketAddr>) {
        let mut offered = self.offered.lock();
        let Some(upload) = offered.get_mut(&torrent) else { return };
        if upload.awake.is_some() {
            upload.is_called = true;
            return;
        }
        let (stop, stopping) = watch::channel(false);
        let giving = self.clone().give((torrent, upload.key.clone()), peers, stopping);
        upload.is_called = false;
        upload.awake = Some(Awake { stop, task: tokio::spawn(giving), looks: None });
    }

    /// Serves peers until nobody asks any more.
    async fn give(
        self: Arc<Self>,
        (torrent, key): (InfoHash, RelayKey),
        peers: Vec<SocketAddr>,
        stopping: watch::Receiver<bool>,
    ) {
        match self.open((torrent, &key), peers, &stopping).await {
            Ok(giver) => self.give_until_rest(torrent, giver, stopping).await,
            // The service is gone only when the process ends.
            Err(trouble) => drop(self.parts.facts.send(RelayFact::Lost(key, trouble))),
        }
        let is_called = match self.offered.lock().get_mut(&torrent) {
            Some(upload) => {
                upload.awake = None;
                std::mem::take(&mut upload.is_called)
            }
            None => false,
        };
        if is_called {
            // Whoever called while it was laid down waits.
            let _ = self.rung.send(torrent);
        }
    }

    async fn give_until_rest(&self, torrent: InfoHash, giver: Giver, mut stopping: watch::Receiver<bool>) {
        let clock = self.parts.context.shared.clock;
        let (looks, seen) = watch::channel(GivingLook::default());
        if let Some(awake) = self.offered.lock().get_mut(&torrent).and_then(|upload| upload.awake.as_mut()) {
            awake.looks = Some(seen.clone());
        }
        let (rest, resting) = watch::channel(false);
        let mut giving = tokio::spawn(giver.give(looks, resting));
        let mut watch = RestWatch::new(clock.now());
        loop {
            let is_over = tokio::select! {
                _ = &mut giving => break,
                _ = stopping.wait_for(|stop| *stop) => true,
                () = tokio::time::sleep(LOOK_EVERY) => {
                    let look = seen.borrow();
                    let live = look.progress.swarm.peers.iter().filter(|peer| peer.is_live).count();
                    watch.may_rest(look.progress.swarm.given, live, clock.now())
                }
            };
            if is_over {
                if let Some(upload) = self.offered.lock().get_mut(&torrent) {
                    upload.is_called = false;
                }
                rest.send_replace(true);
                // It ends by itself, or panicked and was reported.
                let _ = giving.await;
                break;
            }
        }
        let given = seen.borrow().progress.swarm.given;
        if let Some(upload) = self.offered.lock().get_mut(&torrent) {
            upload.sums.given.fetch_add(given.0, Ordering::Relaxed);
            if let Some(awake) = &mut upload.awake {
                awake.looks = None;
            }
        }
    }

    /// Opens what serves peers.
    async fn open(
        &self,
        (torrent, key): (InfoHash, &RelayKey),
        peers: Vec<SocketAddr>,
        stopping: &watch::Receiver<bool>,
    ) -> Result<Giver, RelayTrouble> {
        let (parts, of) = (self.parts.clone(), key.clone());
        let reading = tokio::task::spawn_blocking(move || parts.info_of(&of, torrent));
        let read = reading.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
        let task = ContentTask {
            shared: self.parts.context.shared.clone(),
            folder: self.parts.open.folder.clone(),
            database: self.parts.open.database.clone(),
            brief: self.brief_of(key, read?, peers)?,
            news: unbounded_channel().0,
            stop: stopping.clone(),
            watched: JobWatch::default(),
        };
        let (_, giver) = task.run().await;
        let path = self.parts.path(key, OfWhich::Data).display().to_string();
        giver.ok_or_else(|| RelayTrouble::Gone(RelayMessage::FileChanged { path: show(&path) }.into()))
    }

    fn brief_of(
        &self,
        key: &RelayKey,
        info: Vec<u8>,
        peers: Vec<SocketAddr>,
    ) -> Result<ContentBrief, RelayTrouble> {
        let read = metainfo::from_info(&info).map_err(|error| RelayTrouble::Passing(refused(error)))?;
        let want: RangeSet = ByteRange::new(0, read.layout().total().0).into_iter().collect();
        let context = &self.parts.context;
        let swarm = SwarmBrief {
            info_hash: read.info_hash(),
            info: info.into(),
            is_private: read.is_private,
            // They are told also while it rests.
            trackers: TrackerTiers::default(),
            peers,
            needs: SwarmNeeds::Exactly(want.clone()),
            gives: Gives::Held,
            up: context.sessions.up(),
            rule: self.rule(),
            sessions: context.sessions.clone(),
        };
        let brief = ContentBrief::to_upload(&read, want, swarm);
        let grid = match SafePath::from_outside(&folders_of(key)) {
            Some(folders) => brief.grid.below(&folders),
            None => brief.grid,
        };
        Ok(ContentBrief { grid, receives: Receives::Nothing, ..brief })
    }

    /// What peers were sent of each file, where that is otherwise than it was told last.
    pub(super) fn news(&self) -> Vec<RelayEvent> {
        let mut offered = self.offered.lock();
        let changed = offered.values_mut().filter_map(|upload| {
            let now = upload.look();
            let is_new = std::mem::replace(&mut upload.told, now) != now;
            is_new.then(|| RelayEvent::Uploading(upload.key.clone(), now))
        });
        changed.collect()
    }

    /// Gives a torrent to peers no longer.
    pub(super) async fn end(&self, torrent: InfoHash) {
        let upload = self.offered.lock().remove(&torrent);
        if let Some(upload) = upload {
            // Who does not say goodbye in time is left without one.
            let _ = tokio::time::timeout(LONGEST_FAREWELL, upload.end()).await;
        }
    }

    /// Says goodbye to peers and trackers.
    pub(super) async fn end_all(&self) {
        let offered: Vec<Upload> = self.offered.lock().drain().map(|(_, upload)| upload).collect();
        let mut leaving: JoinSet<()> = offered.into_iter().map(Upload::end).collect();
        let all = async { while leaving.join_next().await.is_some() {} };
        // Who does not say goodbye in time is left.
        let _ = tokio::time::timeout(LONGEST_FAREWELL, all).await;
        if let Some(hearing) = self.hearing.get() {
            hearing.abort();
        }
    }
}

impl Upload {
    /// What peers were sent, also before it rested.
    fn look(&self) -> UploadLook {
        let before = ByteCount(self.sums.given.load(Ordering::Relaxed));
        let looks = self.awake.as_ref().and_then(|awake| awake.looks.as_ref());
        let now = looks.map(|looks| upload_of(&looks.borrow().progress.swarm)).unwrap_or_default();
        UploadLook { uploaded: before + now.uploaded, ..now }
    }

    async fn end(self) {
        if let Some(finding) = self.finding {
            finding.abort();
        }
        let peers = async {
            if let Some(Awake { stop, task, .. }) = self.awake {
                stop.send_replace(true);
                // It ends by itself, or panicked and was reported.
                let _ = task.await;
            }
        };
        let trackers = async {
            if let Some(announcer) = self.announcer {
                announcer.farewell().await;
            }
        };
        tokio::join!(peers, trackers);
    }
}

impl RelayContext {
    /// The `info` dictionary of a file that was hashed.
    pub(super) fn info_of(&self, key: &RelayKey, torrent: InfoHash) -> Result<Vec<u8>, RelayTrouble> {
        let given = self.open.database.giving(&ContentId::Torrent(torrent).key());
        let given = given.map_err(|error| RelayTrouble::Passing(message_of_store(&error)))?;
        let unsound = RelayMessage::StateUnsound { what: show(&key.name) };
        Ok(given.ok_or(RelayTrouble::Gone(unsound.into()))?.info)
    }
}
