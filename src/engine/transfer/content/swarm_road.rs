//! The peers of one content: session, trackers and the driver of its torrent.
//!
//! In: the order to start, pieces that came by HTTP, and what HTTP is fetching. Out: facts of what is seen, and a status
//! for rows. An actor of its own, so that thousands of blocks a second never hold the conductor up.

use super::Shared;
use crate::catalog::tracker::TrackerUrl;
use crate::domain::octets::{ByteCount, ByteRange, RangeSet};
use crate::domain::torrent::{InfoHash, PieceHashes};
use crate::domain::utc::SteadyTime;
use crate::engine::store::error::StoreError;
use crate::engine::store::file_set::FileSet;
use crate::engine::transfer::limits::RateLimit;
use crate::engine::transfer::peers::discovery::{CallPort, FinderRow, Joining, Membership, Openness};
use crate::engine::transfer::peers::sessions::PeerSessions;
use crate::engine::transfer::peers::{Driver, PeerLook, PeerSession, PeersError, PeersLook, TorrentBrief};
use crate::engine::transfer::tracker::{Announcer, Introduction, TrackerNews, TrackerState, TrackerSums};
use crate::swarm::address_book::NamedBy;
use crate::swarm::pieces::PieceSet;
use crate::swarm::torrent::{Gives, Others};
use crate::swarm::tracker_tiers::{TrackerAnswer, TrackerTiers};
use crate::transfer::address_rule::AddressRule;
use crate::transfer::conductor::{Fact, SwarmSeen};
use crate::transfer::reason::Reason;
use parking_lot::Mutex;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::Instant;

pub use crate::engine::transfer::tracker::TrackerRow;

/// How often the conductor hears what peers hold while that changes.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// How often rows are made.
const ROWS_EVERY: Duration = Duration::from_millis(250);

/// The longest that the end of a swarm is waited for: for a tracker's `stopped`, mainly.
const LONGEST_FAREWELL: Duration = Duration::from_secs(1);

/// What a content's swarm needs.
#[derive(Clone, Debug)]
pub struct SwarmBrief {
    /// Its name.
    pub info_hash: InfoHash,
    /// The octets of its `info` dictionary, which our own reader has validated.
    pub info: bytes::Bytes,
    /// Whether only its trackers may name peers.
    pub is_private: bool,
    /// Where peers are asked for.
    pub trackers: TrackerTiers,
    /// Peers that somebody named.
    pub peers: Vec<SocketAddr>,
    /// What is asked of peers.
    pub needs: SwarmNeeds,
    /// Whether what is held is given.
    pub gives: Gives,
    /// How fast it may be given.
    pub up: Arc<RateLimit>,
    /// Which addresses trackers and peers may lead to.
    pub rule: AddressRule,
    /// The session of this process.
    pub sessions: Arc<PeerSessions>,
}

/// What is asked of peers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SwarmNeeds {
    /// Everything.
    Everything,
    /// These files, whole.
    Files(Vec<usize>),
    /// The pieces of these octets and no other.
    Exactly(RangeSet),
}

impl SwarmNeeds {
    /// The pieces of each file that is wanted whole, in order.
    fn files(&self, files: &FileSet) -> Vec<std::ops::Range<u32>> {
        let layout = files.layout();
        let all = || layout.files().iter().enumerate().filter(|(_, file)| !file.is_padding);
        let is_wanted = |file: usize| match self {
            Self::Everything => true,
            Self::Files(wanted) => wanted.contains(&file),
            Self::Exactly(_) => false,
        };
        let wanted = all().filter(|(file, _)| is_wanted(*file));
        wanted.filter_map(|(_, file)| Some(layout.pieces_of(file.range()?))).collect()
    }

    fn pieces(&self, files: &FileSet) -> PieceSet {
        let layout = files.layout();
        let pieces = layout.pieces();
        match self {
            Self::Everything => PieceSet::all(pieces),
            Self::Files(wanted) => {
                let ranges = wanted.iter().filter_map(|file| layout.files().get(*file)?.range());
                pieces_of(files, &ranges.collect())
            }
            Self::Exactly(want) => pieces_of(files, want),
        }
    }
}

/// The pieces that `ranges` touch.
pub(super) fn pieces_of(files: &FileSet, ranges: &RangeSet) -> PieceSet {
    let layout = files.layout();
    let mut pieces = PieceSet::none(layout.pieces());
    for piece in ranges.iter().flat_map(|range| layout.pieces_of(range)) {
        pieces.insert(piece);
    }
    pieces
}

/// What is seen of a swarm, for rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SwarmStatus {
    /// Octets of pieces that came from peers.
    pub received: ByteCount,
    /// Octets of pieces that went to peers.
    pub given: ByteCount,
    /// Octets that came from peers in vain.
    pub wasted: ByteCount,
    /// The peers.
    pub peers: Vec<PeerLook>,
    /// The trackers.
    pub trackers: Vec<TrackerRow>,
    /// Other ways to find peers, as far as they are used.
    pub finders: Vec<FinderRow>,
    /// Why there is no swarm at all.
    pub trouble: Option<Reason>,
    /// Files that are not as they were left, of which nothing is given any more.
    pub lost: Vec<String>,
}

enum Call {
    Start,
    Held(ByteRange),
    Elsewhere(RangeSet, Others),
    /// The figures are wanted as they stand now.
    Look(oneshot::Sender<()>),
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
        (files, hashes): (Arc<FileSet>, PieceHashes),
        (facts, troubles): (UnboundedSender<Fact>, UnboundedSender<StoreError>),
    ) -> Self {
        let (calls, called) = unbounded_channel();
        let (tracker_news, told) = unbounded_channel();
        let trackers = brief.trackers.asked().map(TrackerRow::asking).collect();
        let status = Arc::new(Mutex::new(SwarmStatus { trackers, ..SwarmStatus::default() }));
        let actor = Actor {
            torrent: TorrentBrief {
                info_hash: brief.info_hash,
                info: brief.info.clone(),
                is_private: brief.is_private,
                hashes,
                gives: brief.gives,
                down: shared.limit.clone(),
                up: brief.up.clone(),
                want: brief.needs.pieces(&files),
                wanted_files: brief.needs.files(&files),
                files,
                rule: brief.rule.clone(),
                facts: facts.clone(),
                troubles,
                contacts: shared.client.contacts().clone(),
            },
            brief,
            shared: shared.clone(),
            facts,
            status: status.clone(),
            tracker_news,
            driver: None,
            announcer: None,
            membership: None,
            sums: Arc::default(),
            announced: SteadyTime::default(),
            looked: None,
            rowed: None,
            is_stale: false,
        };
        Self { calls, status, actor: tokio::spawn(actor.run(called, told)) }
    }

    pub(super) fn start(&self) {
        self.call(Call::Start);
    }

    /// Octets are held that came by HTTP.
    pub(super) fn held(&self, range: ByteRange) {
        self.call(Call::Held(range));
    }

    /// What HTTP is fetching now, and whether it could fetch more.
    pub(super) fn elsewhere(&self, asked: RangeSet, others: Others) {
        self.call(Call::Elsewhere(asked, others));
    }

    fn call(&self, call: Call) {
        // An actor that is gone has told why in the status.
        let _ = self.calls.send(call);
    }

    pub(super) fn status(&self) -> SwarmStatus {
        self.status.lock().clone()
    }

    /// Has the status told anew, so that it counts every block that came by now.
    pub(super) async fn look(&self) {
        let (tell, told) = oneshot::channel();
        self.call(Call::Look(tell));
        // An actor that is gone, or that waits for the disk, leaves the status as it is.
        let _ = tokio::time::timeout(LOOK_EVERY, told).await;
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
    torrent: TorrentBrief,
    shared: Shared,
    facts: UnboundedSender<Fact>,
    status: Arc<Mutex<SwarmStatus>>,
    tracker_news: UnboundedSender<TrackerNews>,
    driver: Option<Driver>,
    announcer: Option<Announcer>,
    membership: Option<Membership>,
    sums: Arc<TrackerSums>,
    /// When trackers were asked first.
    announced: SteadyTime,
    /// When the conductor was told last, and when rows were made.
    looked: Option<Instant>,
    rowed: Option<Instant>,
    /// Whether something came since the last look.
    is_stale: bool,
}

impl Actor {
    /// Runs until its handle is dropped.
    async fn run(mut self, mut called: UnboundedReceiver<Call>, mut told: UnboundedReceiver<TrackerNews>) {
        loop {
            let Self { driver, membership, looked, is_stale, .. } = &mut self;
            let looking = match (*is_stale, *looked) {
                (true, Some(looked)) => Some(looked + LOOK_EVERY),
                (true, None) => Some(Instant::now()),
                (false, _) => None,
            };
            let looking = async {
                match looking {
                    Some(time) => tokio::time::sleep_until(time).await,
                    None => std::future::pending().await,
                }
            };
            let driving = async {
                match driver {
                    Some(driver) => driver.step().await,
                    None => std::future::pending().await,
                }
            };
            let finding = async {
                match membership {
                    Some(membership) => membership.next().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                call = called.recv() => match call {
                    Some(call) => self.obey(call).await,
                    None => break,
                },
                Some(news) = told.recv() => self.hear(news),
                (peers, by) = finding => self.meet(&peers, by),
                () = driving => self.is_stale = true,
                // The last block of all is followed by nothing that would have it told.
                () = looking => {}
            }
            self.look_if_due();
        }
        if let Some(driver) = &mut self.driver {
            driver.hear_the_rest();
        }
        // The last rows are those that stay.
        self.rowed = None;
        self.look();
        self.driver = None;
        self.membership = None;
        if let Some(announcer) = self.announcer.take() {
            announcer.farewell().await;
        }
    }

    async fn obey(&mut self, call: Call) {
        match (call, &mut self.driver) {
            (Call::Start, None) => {
                if let Err(error) = self.start().await {
                    tracing::warn!(%error, "no swarm");
                    let mut status = self.status.lock();
                    status.trouble = Some(Reason::Other(error.to_string()));
                    status.trackers.clear();
                }
                self.looked = None;
            }
            (Call::Held(range), Some(driver)) => driver.held(range),
            (Call::Elsewhere(asked, others), Some(driver)) => {
                driver.elsewhere(pieces_of(&self.torrent.files, &asked), others);
            }
            (Call::Look(tell), _) => {
                self.look();
                // Whoever asked may not wait any more.
                let _ = tell.send(());
            }
            // What was held before the start is read from the files then.
            (Call::Start, Some(_)) | (Call::Held(_) | Call::Elsewhere(..), None) => {}
        }
    }

    async fn start(&mut self) -> Result<(), PeersError> {
        let session = self.brief.sessions.get().await?;
        let mut driver = Driver::start(&session, self.torrent.clone(), self.shared.clock)?;
        driver.name(&self.brief.peers, NamedBy::Person);
        self.driver = Some(driver);
        self.note_missing();
        let discovery = self.brief.sessions.discovery();
        let openness = if self.brief.is_private { Openness::Private } else { Openness::Public };
        let joining = Joining { torrent: self.brief.info_hash, port: session.port(), openness };
        self.membership = Some(discovery.join(joining));
        self.announce(&session);
        Ok(())
    }

    /// Somebody named peers beside the trackers.
    fn meet(&mut self, peers: &[SocketAddr], by: NamedBy) {
        if let Some(driver) = &mut self.driver {
            driver.name(peers, by);
        }
        self.looked = None;
    }

    fn announce(&mut self, session: &PeerSession) {
        let who = Introduction {
            info_hash: self.brief.info_hash,
            peer_id: session.peer_id(),
            port: CallPort::new(session.port(), self.brief.sessions.discovery().outer_port()),
        };
        self.announced = self.shared.clock.now();
        self.announcer = Some(Announcer::start(
            self.brief.trackers.asked(),
            who,
            &self.sums,
            (&self.shared.client, &self.brief.rule),
            &self.tracker_news,
        ));
    }

    fn hear(&mut self, news: TrackerNews) {
        if let Some(driver) = &mut self.driver {
            driver.name(&news.peers, NamedBy::Tracker);
            if let Some(leechers) = news.leechers {
                driver.note_crowd(leechers);
            }
        }
        let mut status = self.status.lock();
        if let Some(row) = status.trackers.iter_mut().find(|row| row.url == news.row.url) {
            *row = news.row;
        }
        drop(status);
        self.looked = None;
    }

    fn look_if_due(&mut self) {
        if self.looked.is_none_or(|looked| looked.elapsed() >= LOOK_EVERY) {
            self.look();
        }
    }

    fn look(&mut self) {
        let now = Instant::now();
        self.looked = Some(now);
        self.is_stale = false;
        let look = self.driver.as_mut().map(Driver::look).unwrap_or_default();
        self.sums.given.store(look.given.0, Ordering::Relaxed);
        self.sums.got.store(look.received.0, Ordering::Relaxed);
        self.note_missing();
        let seen = {
            let mut status = self.status.lock();
            (status.received, status.given, status.wasted) = (look.received, look.given, look.wasted);
            status.lost.clone_from(&look.lost);
            if self.rowed.is_none_or(|rowed| now.duration_since(rowed) >= ROWS_EVERY) {
                status.peers.clone_from(&look.peers);
                status.finders = self.membership.as_ref().map(Membership::rows).unwrap_or_default();
                self.rowed = Some(now);
            }
            self.seen(&look, &status)
        };
        // The content's task is gone when it no longer listens; then nobody needs the fact.
        let _ = self.facts.send(Fact::SwarmSeen(seen));
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

    fn seen(&self, look: &PeersLook, status: &SwarmStatus) -> SwarmSeen {
        let is_told = |row: &&TrackerRow| matches!(row.standing, TrackerState::Told { .. });
        let answer_of = |tracker: &TrackerUrl| {
            let row = status.trackers.iter().find(|row| row.url == *tracker);
            row.map_or(TrackerAnswer::Failed, |row| row.standing.answer())
        };
        let found = |is_known: bool| {
            let is_open = |row: &&FinderRow| row.trouble.is_none() && row.named.is_some() == is_known;
            status.finders.iter().filter(is_open).count()
        };
        let offers = self.driver.as_ref().map(Driver::offers);
        SwarmSeen {
            trackers_asked: self.brief.trackers.awaited(answer_of, self.announced, self.shared.clock.now())
                + found(false),
            trackers_told: status.trackers.iter().filter(is_told).count() + found(true),
            peers_hoped: look.hoped,
            peers_live: look.peers.iter().filter(|peer| peer.is_live).count(),
            peers_failed: look.failed,
            received: look.received,
            wasted: look.wasted,
            offers: offers.map(Arc::new),
            limit: self.torrent.down.per_second(),
            trouble: trouble_of(&look.peers, status),
        }
    }
}

/// The reason that says most: wrong data before silence, a peer's before a tracker's.
fn trouble_of(peers: &[PeerLook], status: &SwarmStatus) -> Option<Reason> {
    let of_peers = || peers.iter().filter_map(|peer| peer.trouble.clone());
    let of_trackers = || {
        status.trackers.iter().filter_map(|row| match &row.standing {
            TrackerState::AskedAgain(reason) | TrackerState::Failed(reason) => Some(reason.clone()),
            TrackerState::Asking | TrackerState::Told { .. } => None,
        })
    };
    let of_finders = || status.finders.iter().filter_map(|row| row.trouble.clone());
    let wrong: Vec<u32> = of_peers()
        .filter_map(|reason| match reason {
            Reason::WrongData { pieces } => Some(pieces),
            _ => None,
        })
        .flatten()
        .collect();
    if !wrong.is_empty() {
        return Some(Reason::wrong_data(&wrong));
    }
    of_peers()
        .next()
        .or_else(|| status.trouble.clone())
        .or_else(|| of_trackers().next())
        .or_else(|| of_finders().next())
}
