//! One client: the program's own torrent and conductor, joined as the engine joins them.
//!
//! In: facts of peers and of HTTP. Out: acts and orders, for the world to carry out.

use nuee::domain::content::{ContentFile, Layout};
use nuee::domain::octets::{ByteCount, ByteRange, RangeSet};
use nuee::domain::safe_path::SafePath;
use nuee::domain::source::{SourceId, SourceKind};
use nuee::domain::utc::SteadyTime;
use nuee::swarm::PeerKey;
use nuee::swarm::pieces::PieceSet;
use nuee::swarm::torrent::{
    Gives, Others, PieceOutcome, Torrent, TorrentAct, TorrentFact, TorrentLimits, TorrentSetup,
};
use nuee::transfer::assembly::ContentGrid;
use nuee::transfer::conductor::{self, Conductor, FetchId, Offers, Order, SwarmHope, SwarmSeen};
use nuee::transfer::fallback::Policy;
use nuee::transfer::files_offered::FilesOffered;
use nuee::transfer::http_source::{HttpSourceBrief, PartsHope};
use nuee::transfer::ledger::Ledger;
use nuee::transfer::retry::RetryPolicy;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

const WEB: SourceId = SourceId { kind: SourceKind::WebSeed, number: 0 };

/// How a person's settings are as the program comes.
const PATIENCE: Duration = Duration::from_secs(60);
const CONNECTIONS_PER_HOST: usize = 2;

/// How often the conductor hears what peers hold.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// One file of `octets` in pieces.
pub fn layout(octets: u64, piece_length: u32) -> Arc<Layout> {
    let file = ContentFile {
        path: SafePath::from_name("run.grib2"),
        published: Vec::new(),
        start: 0,
        length: ByteCount(octets),
        is_padding: false,
    };
    Arc::new(Layout::new("run.grib2".to_owned(), vec![file], u64::from(piece_length)).expect("a layout"))
}

/// What a client is told before it begins.
pub struct Start {
    pub layout: Arc<Layout>,
    pub holds_all: bool,
    pub gives: Gives,
    pub has_web_seed: bool,
    pub peer_id: [u8; 20],
    pub connections: usize,
    pub seed: u64,
}

/// The half that fetches by HTTP.
struct Web {
    conductor: Conductor,
    ledger: Ledger,
    looked: SteadyTime,
    told: Option<(RangeSet, Others)>,
    trackers: (usize, usize),
}

/// A client, or the publisher's seeder.
pub struct Client {
    pub torrent: Torrent,
    layout: Arc<Layout>,
    web: Option<Web>,
    held: PieceSet,
    /// Where each connection's words go: a number of the world's, by key.
    pub streams: Vec<Option<u32>>,
    /// The stream of each fetch.
    pub fetches: HashMap<FetchId, u32>,
}

impl Client {
    pub fn new(start: &Start, now: SteadyTime) -> Self {
        let shape = nuee::swarm::PieceShape::of(&start.layout).expect("pieces");
        let all = PieceSet::all(shape.pieces);
        let none = PieceSet::none(shape.pieces);
        let torrent = Torrent::new(
            TorrentSetup {
                shape,
                held: if start.holds_all { all.clone() } else { none },
                want: all,
                files: std::iter::once(0..shape.pieces).collect(),
                gives: start.gives,
                info: None,
                is_private: false,
                peer_id: start.peer_id,
                port: Some(6881),
                limits: TorrentLimits { connections: start.connections, ..TorrentLimits::default() },
                seed: start.seed,
            },
            now,
        );
        let web = start.has_web_seed.then(|| Web {
            conductor: Conductor::new(brief(start), now),
            ledger: Ledger::new(),
            looked: now,
            told: None,
            trackers: (1, 0),
        });
        let held = if start.holds_all { PieceSet::all(shape.pieces) } else { PieceSet::none(shape.pieces) };
        Self {
            torrent,
            layout: start.layout.clone(),
            web,
            held,
            streams: Vec::new(),
            fetches: HashMap::new(),
        }
    }

    pub fn is_complete(&self) -> bool {
        self.held.is_full()
    }

    /// Octets that came in vain, of peers and by HTTP.
    pub fn wasted(&self) -> u64 {
        self.torrent.look().wasted + self.web.as_ref().map_or(0, |web| web.ledger.wasted().0)
    }

    pub fn stream(&self, key: PeerKey) -> Option<u32> {
        self.streams.get(key.0 as usize).copied().flatten()
    }

    /// Tells the torrent a fact; what is to be done for peers and by HTTP.
    pub fn on(&mut self, fact: TorrentFact, now: SteadyTime) -> (Vec<TorrentAct>, Vec<Order>) {
        let acts = self.torrent.on(fact, now);
        let mut out = (Vec::new(), Vec::new());
        self.pass_on(acts, &mut out, now);
        if self.web.as_ref().is_some_and(|web| now.since(web.looked) >= LOOK_EVERY) {
            self.look(&mut out, now);
        }
        out
    }

    /// Tells the conductor a fact.
    pub fn on_web(&mut self, fact: conductor::Fact, now: SteadyTime) -> (Vec<TorrentAct>, Vec<Order>) {
        let mut out = (Vec::new(), Vec::new());
        self.tell_conductor(fact, &mut out, now);
        out
    }

    /// The tracker has named its peers.
    pub fn on_tracker(&mut self) {
        if let Some(web) = &mut self.web {
            web.trackers = (0, 1);
        }
    }

    fn pass_on(&mut self, acts: Vec<TorrentAct>, out: &mut (Vec<TorrentAct>, Vec<Order>), now: SteadyTime) {
        for act in acts {
            let TorrentAct::Check(piece, _) = act else {
                out.0.push(act);
                continue;
            };
            // Checking takes a thousandth of the time that the bytes took.
            let is_first = self.held.insert(piece);
            let acts = self.torrent.on(TorrentFact::Checked(piece, PieceOutcome::Right), now);
            self.pass_on(acts, out, now);
            if let Some(range) = self.layout.piece_range(piece).filter(|_| self.web.is_some()) {
                let source = SourceId::SWARM;
                let fact = match is_first {
                    true => conductor::Fact::Held { range, source },
                    false => conductor::Fact::HeldAlready { range, source },
                };
                self.tell_conductor(fact, out, now);
            }
        }
    }

    fn tell_conductor(
        &mut self,
        fact: conductor::Fact,
        out: &mut (Vec<TorrentAct>, Vec<Order>),
        now: SteadyTime,
    ) {
        let Some(web) = &mut self.web else { return };
        let by_http = match &fact {
            conductor::Fact::Held { range, source } if *source != SourceId::SWARM => Some(*range),
            _ => None,
        };
        out.1.extend(web.conductor.on(fact, &mut web.ledger, now));
        let others = if web.conductor.http_may_help() { Others::Hopeful } else { Others::None };
        let told = (web.conductor.asked(), others);
        let is_new = web.told.as_ref() != Some(&told);
        if is_new {
            web.told = Some(told.clone());
            let mut pieces = PieceSet::none(self.layout.pieces());
            for piece in told.0.iter().flat_map(|range| self.layout.pieces_of(range)) {
                pieces.insert(piece);
            }
            let acts = self.torrent.on(TorrentFact::Elsewhere(pieces, others), now);
            self.pass_on(acts, out, now);
        }
        if let Some(range) = by_http {
            self.on_held_by_http(range, out, now);
        }
    }

    fn on_held_by_http(
        &mut self,
        range: ByteRange,
        out: &mut (Vec<TorrentAct>, Vec<Order>),
        now: SteadyTime,
    ) {
        for piece in self.layout.pieces_of(range) {
            self.held.insert(piece);
            let acts = self.torrent.on(TorrentFact::Held(piece), now);
            self.pass_on(acts, out, now);
        }
    }

    /// HTTP brought a whole piece; one that peers gave meanwhile is brought in vain.
    pub fn on_piece_by_http(&mut self, piece: u32, now: SteadyTime) -> (Vec<TorrentAct>, Vec<Order>) {
        let Some(range) = self.layout.piece_range(piece) else { return (Vec::new(), Vec::new()) };
        self.on_web(
            match self.held.has(piece) {
                true => conductor::Fact::HeldAlready { range, source: WEB },
                false => conductor::Fact::Held { range, source: WEB },
            },
            now,
        )
    }

    fn look(&mut self, out: &mut (Vec<TorrentAct>, Vec<Order>), now: SteadyTime) {
        let Some(web) = &mut self.web else { return };
        web.looked = now;
        if self.held.is_full() {
            return;
        }
        let look = self.torrent.look();
        let (mine, others) = self.torrent.allotment();
        let seen = SwarmSeen {
            trackers_asked: web.trackers.0,
            trackers_told: web.trackers.1,
            peers_hoped: look.hoped,
            peers_live: look.peers.len(),
            peers_failed: look.failed,
            received: ByteCount(look.received),
            wasted: ByteCount(look.wasted),
            offers: Some(Arc::new(Offers {
                offered: self.torrent.offered(),
                in_flight: self.torrent.in_flight(),
                mine,
                others,
            })),
            limit: None,
            trouble: None,
        };
        self.tell_conductor(conductor::Fact::SwarmSeen(seen), out, now);
    }
}

fn brief(start: &Start) -> conductor::Brief {
    conductor::Brief {
        grid: ContentGrid::Pieces(start.layout.clone()),
        want: RangeSet::from_iter(ByteRange::at(0, start.layout.total().0)),
        whole_files: vec![0],
        sources: vec![HttpSourceBrief {
            id: WEB,
            host: "publisher".to_owned(),
            files: FilesOffered::All,
            parts: PartsHope::Possible,
            retry: RetryPolicy::default(),
        }],
        swarm: SwarmHope::Possible,
        policy: Policy::SwarmFirst,
        target: None,
        patience: PATIENCE,
        connections_per_host: CONNECTIONS_PER_HOST,
        seed: start.seed,
    }
}
