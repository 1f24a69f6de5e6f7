//! The road of peers for one content: session, trackers and introductions, looked at four times a second.
//!
//! In: orders to start and stop. Out: facts of what is seen, and a status for rows. An actor of its own, so that
//! starting librqbit never holds the conductor up.

use super::Shared;
use crate::catalog::tracker::TrackerUrl;
use crate::domain::octets::{ByteCount, RangeSet};
use crate::domain::torrent::InfoHash;
use crate::engine::store::error::StoreError;
use crate::engine::store::file_set::FileSet;
use crate::engine::swarm::{Giving, PeerLook, RunningTorrent, SwarmLook, SwarmSession, SwarmTorrent, sift};
use crate::engine::swarm_sessions::SwarmSessions;
use crate::engine::tracker::{Announcer, Introduction, Standing, Sums, TrackerNews};
use crate::transfer::address_rule::AddressRule;
use crate::transfer::conductor::{Fact, SwarmSeen};
use crate::transfer::reason::Reason;
use parking_lot::Mutex;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::{JoinHandle, JoinSet};

pub use crate::engine::tracker::TrackerRow;

const LOOK_EVERY: Duration = Duration::from_millis(250);

/// The longest that the end of a swarm is waited for: for a tracker's `stopped`, mainly.
const LONGEST_FAREWELL: Duration = Duration::from_secs(1);

/// How long a torrent may take to be ready for peers; it is told what it holds, so it reads nothing.
const LONGEST_START: Duration = Duration::from_secs(2);

/// What a content's swarm needs.
#[derive(Clone, Debug)]
pub struct SwarmBrief {
    /// Its name.
    pub info_hash: InfoHash,
    /// A .torrent that our own reader has validated, without trackers.
    pub metainfo: bytes::Bytes,
    /// Where peers are asked for.
    pub trackers: Vec<TrackerUrl>,
    /// Peers that somebody named.
    pub peers: Vec<SocketAddr>,
    /// What is asked of peers.
    pub needs: SwarmNeeds,
    /// Which addresses trackers and peers may lead to.
    pub rule: AddressRule,
    /// Sessions of this process.
    pub sessions: Arc<SwarmSessions>,
}

/// What is asked of peers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SwarmNeeds {
    /// Everything; and everything held is given.
    Everything,
    /// These files, whole; and everything held is given.
    Files(Vec<usize>),
    /// The pieces of these octets and no other; nothing is given.
    Exactly(RangeSet),
}

impl SwarmNeeds {
    fn giving(&self) -> Giving {
        if self.gives() { Giving::WhileReceiving } else { Giving::Nothing }
    }

    /// Whether what is held is given.
    pub(super) fn gives(&self) -> bool {
        !matches!(self, Self::Exactly(_))
    }
}

/// What is seen of a swarm, for rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SwarmStatus {
    /// Octets of pieces that came from peers.
    pub received: ByteCount,
    /// Octets of pieces that went to peers.
    pub given: ByteCount,
    /// The peers.
    pub peers: Vec<PeerLook>,
    /// The trackers.
    pub trackers: Vec<TrackerRow>,
    /// Why there is no swarm at all.
    pub trouble: Option<Reason>,
}

enum Call {
    Start,
    Stop,
}

/// The handle on the actor.
pub(super) struct SwarmRoad {
    calls: UnboundedSender<Call>,
    status: Arc<Mutex<SwarmStatus>>,
    actor: JoinHandle<()>,
}

impl SwarmRoad {
    pub(super) fn new(
        brief: SwarmBrief,
        shared: &Shared,
        files: Arc<FileSet>,
        (facts, troubles): (UnboundedSender<Fact>, UnboundedSender<StoreError>),
    ) -> Self {
        let (calls, called) = unbounded_channel();
        let (tracker_news, told) = unbounded_channel();
        let trackers = brief.trackers.iter().map(TrackerRow::asking).collect();
        let status = Arc::new(Mutex::new(SwarmStatus { trackers, ..SwarmStatus::default() }));
        let actor = Actor {
            torrent: SwarmTorrent {
                info_hash: brief.info_hash,
                metainfo: brief.metainfo.clone(),
                only_files: match &brief.needs {
                    SwarmNeeds::Files(files) => Some(files.clone()),
                    _ => None,
                },
                files,
                facts: facts.clone(),
                troubles,
            },
            brief,
            client: shared.client.clone(),
            facts,
            status: status.clone(),
            tracker_news,
            session: None,
            running: None,
            announcer: None,
            sums: Arc::default(),
            received_before: 0,
            past: SwarmLook::default(),
            limit: shared.limit.clone(),
            answering: None,
            calls: JoinSet::new(),
        };
        Self { calls, status, actor: tokio::spawn(actor.run(called, told)) }
    }

    pub(super) fn start(&self) {
        // An actor that is gone has told why in the status.
        let _ = self.calls.send(Call::Start);
    }

    pub(super) fn stop(&self) {
        let _ = self.calls.send(Call::Stop);
    }

    pub(super) fn status(&self) -> SwarmStatus {
        self.status.lock().clone()
    }

    /// Ends the swarm, waiting for farewells for at most a second, and says how it stood.
    pub(super) async fn end(self) -> SwarmStatus {
        drop(self.calls);
        let mut actor = self.actor;
        if tokio::time::timeout(LONGEST_FAREWELL, &mut actor).await.is_err() {
            actor.abort();
        }
        self.status.lock().clone()
    }
}

struct Actor {
    brief: SwarmBrief,
    torrent: SwarmTorrent,
    client: crate::engine::http::client::HttpClient,
    facts: UnboundedSender<Fact>,
    status: Arc<Mutex<SwarmStatus>>,
    tracker_news: UnboundedSender<TrackerNews>,
    session: Option<Arc<SwarmSession>>,
    running: Option<RunningTorrent>,
    announcer: Option<Announcer>,
    sums: Arc<Sums>,
    /// Octets received at the last look.
    received_before: u64,
    /// What was received and given, and by whom, before the swarm was last started anew.
    past: SwarmLook,
    limit: Arc<crate::engine::limits::RateLimit>,
    /// Where peers are told that answered a call, of many that a tracker named; the calls end with this.
    answering: Option<UnboundedSender<SocketAddr>>,
    calls: JoinSet<()>,
}

impl Actor {
    /// Runs until its handle is dropped.
    async fn run(mut self, mut called: UnboundedReceiver<Call>, mut told: UnboundedReceiver<TrackerNews>) {
        let (answering, mut answered) = unbounded_channel();
        self.answering = Some(answering);
        let mut looks = tokio::time::interval(LOOK_EVERY);
        looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                call = called.recv() => match call {
                    Some(Call::Start) => self.start().await,
                    Some(Call::Stop) => self.stop().await,
                    None => break,
                },
                Some(news) = told.recv() => self.hear(news),
                Some(peer) = answered.recv() => self.introduce(vec![peer]),
                _ = looks.tick(), if self.running.is_some() => {}
            }
            self.look();
        }
        self.stop().await;
        if let Some(announcer) = self.announcer.take() {
            announcer.farewell().await;
        }
    }

    /// Starts, or starts anew with what is missing now.
    async fn start(&mut self) {
        self.stop().await;
        if let Err(error) = self.try_start().await {
            tracing::warn!(%error, "no swarm");
            let mut status = self.status.lock();
            status.trouble = Some(Reason::Other(error.to_string()));
            status.trackers.clear();
        }
    }

    async fn try_start(&mut self) -> Result<(), crate::engine::swarm::SwarmError> {
        let session = match &self.session {
            Some(session) => session.clone(),
            None => self.brief.sessions.get(self.brief.needs.giving()).await?,
        };
        session.introduce(self.brief.info_hash, &self.brief.peers);
        self.note_missing();
        self.session = Some(session.clone());
        // Who only gives announces itself once it can give: whoever calls earlier is turned away and comes back late.
        if self.torrent.files.missing() > ByteCount::ZERO {
            self.announce(&session);
        }
        let running = session.run(&self.torrent, &self.bitfield()).await?;
        running.is_ready(LONGEST_START).await;
        self.running = Some(running);
        self.announce(&session);
        Ok(())
    }

    /// Begins to announce, unless that was done.
    fn announce(&mut self, session: &SwarmSession) {
        if self.announcer.is_some() {
            return;
        }
        let who = Introduction {
            info_hash: self.brief.info_hash,
            peer_id: session.peer_id(),
            port: session.port().unwrap_or(0),
        };
        self.announcer = Some(Announcer::start(
            &self.brief.trackers,
            who,
            &self.sums,
            (&self.client, &self.brief.rule),
            &self.tracker_news,
        ));
    }

    async fn stop(&mut self) {
        let (Some(session), Some(running)) = (self.session.clone(), self.running.take()) else { return };
        // Connections end with it, and what they counted.
        self.note_look(session.look(&running));
        session.stop(&running).await;
        self.note_look(session.look(&running));
        let status = self.status.lock();
        self.past = SwarmLook { received: status.received, given: status.given, peers: status.peers.clone() };
    }

    /// One bit a piece, first piece highest: what is held, and for exact needs also what is not wanted.
    fn bitfield(&self) -> Vec<u8> {
        let layout = self.torrent.files.layout();
        let mut bits = vec![0u8; (layout.pieces() as usize).div_ceil(8)];
        for piece in 0..layout.pieces() {
            let is_unwanted = match &self.brief.needs {
                SwarmNeeds::Exactly(want) => {
                    layout.piece_range(piece).is_some_and(|range| !want.touches(range))
                }
                _ => false,
            };
            if is_unwanted || self.torrent.files.is_piece_held(piece) {
                bits[piece as usize / 8] |= 0x80 >> (piece % 8);
            }
        }
        bits
    }

    fn hear(&mut self, news: TrackerNews) {
        let is_new =
            |peer: &SocketAddr| self.brief.rule.check(peer.ip()).is_ok() && !self.brief.peers.contains(peer);
        let mut peers: Vec<SocketAddr> = news.peers.into_iter().filter(is_new).collect();
        if let Some(answering) = &self.answering {
            peers = sift(peers, answering, &mut self.calls);
        }
        self.introduce(peers);
        let mut status = self.status.lock();
        if let Some(row) = status.trackers.iter_mut().find(|row| row.url == news.row.url) {
            *row = news.row;
        }
    }

    fn introduce(&mut self, peers: Vec<SocketAddr>) {
        if let Some(session) = &self.session {
            session.introduce(self.brief.info_hash, &peers);
        }
        self.brief.peers.extend(peers);
    }

    fn look(&mut self) {
        if let (Some(session), Some(running)) = (&self.session, &self.running) {
            let look = session.look(running);
            self.note_look(look);
        }
        let status = self.status.lock().clone();
        // The content's task is gone when it no longer listens; then nobody needs the fact.
        let _ = self.facts.send(Fact::SwarmSeen(self.seen(&status)));
    }

    fn note_look(&mut self, look: SwarmLook) {
        let has_peers = !look.peers.is_empty();
        let look = look.after(&self.past);
        for peer in &look.peers {
            self.client.contacts().note_peer(&peer.address.to_string(), peer.received);
        }
        self.limit.note_elsewhere(look.received.0.saturating_sub(self.received_before));
        self.received_before = look.received.0;
        self.sums.given.store(look.given.0, Ordering::Relaxed);
        self.sums.got.store(look.received.0, Ordering::Relaxed);
        self.note_missing();
        let mut status = self.status.lock();
        (status.received, status.given) = (look.received, look.given);
        if has_peers {
            status.peers = look.peers;
        }
    }

    fn note_missing(&self) {
        let missing = self.torrent.files.missing().0;
        let before = self.sums.left.swap(missing, Ordering::Relaxed);
        if missing == 0
            && before > 0
            && let Some(announcer) = &self.announcer
        {
            announcer.complete();
        }
    }

    fn seen(&self, status: &SwarmStatus) -> SwarmSeen {
        let count = |is: &dyn Fn(&PeerLook) -> bool| status.peers.iter().filter(|peer| is(peer)).count();
        let is_on_its_way = |peer: &&SocketAddr| !status.peers.iter().any(|known| known.address == **peer);
        let on_their_way =
            if self.running.is_some() { self.brief.peers.iter().filter(is_on_its_way).count() } else { 0 };
        let told = |standing: &dyn Fn(&Standing) -> bool| {
            status.trackers.iter().filter(|row| standing(&row.standing)).count()
        };
        SwarmSeen {
            trackers_asked: told(&|standing| matches!(standing, Standing::Asking)),
            trackers_told: told(&|standing| matches!(standing, Standing::Told { .. })),
            peers_hoped: count(&|peer| peer.is_hoped_for) + on_their_way,
            peers_live: count(&|peer| peer.is_live),
            peers_failed: count(&|peer| !peer.is_live && !peer.is_hoped_for),
            received: status.received,
            dropped: self.torrent.files.dropped(),
            trouble: trouble_of(status),
        }
    }
}

/// The reason that says most: wrong data before silence, a peer's before a tracker's.
fn trouble_of(status: &SwarmStatus) -> Option<Reason> {
    let of_peers = || status.peers.iter().filter_map(|peer| peer.trouble.clone());
    let of_trackers = || {
        status.trackers.iter().filter_map(|row| match &row.standing {
            Standing::Failed(reason) => Some(reason.clone()),
            _ => None,
        })
    };
    let wrong: Vec<u32> = of_peers()
        .filter_map(|reason| match reason {
            Reason::WrongData { pieces } => Some(pieces),
            _ => None,
        })
        .flatten()
        .collect();
    if !wrong.is_empty() {
        return Some(Reason::WrongData { pieces: wrong });
    }
    of_peers().next().or_else(|| status.trouble.clone()).or_else(|| of_trackers().next())
}
