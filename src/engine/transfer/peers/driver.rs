//! One torrent: tells `swarm::torrent` what was seen, and obeys it.
//!
//! In: connections and what is said on them, addresses, pieces that came from elsewhere. Out: facts for the conductor,
//! and looks. `links` has the connections, `piece_checks` checks and writes whole pieces, `gone` remembers who went.
//! Start reading at [`Driver::step`].

use super::calling::{self, Met};
use super::connection::{Common, ConnectionEvent, ConnectionOrder};
use super::gone::GonePeers;
use super::links::Links;
use super::piece_checks::{CheckedPiece, PieceChecks};
use super::session::{Door, PeerSession};
use super::{PeerLook, PeersError, PeersLook, Terms, TorrentBrief, may_be_called};
use crate::domain::octets::{ByteCount, ByteRange};
use crate::engine::clock::Clock;
use crate::engine::transfer::limits::LimitWatch;
use crate::engine::transfer::network::is_near;
use crate::swarm::address_book::{Distance, NamedBy};
use crate::swarm::peer::Side;
use crate::swarm::pieces::PieceSet;
use crate::swarm::torrent::{
    Leaving, Others, Torrent, TorrentAct, TorrentFact, TorrentLimits, TorrentPeerLook as Seen, TorrentSetup,
};
use crate::swarm::{PeerKey, PieceShape};
use crate::transfer::conductor::Offers;
use crate::transfer::reason::Reason;
use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::mpsc::{Receiver, channel};
use tokio::task::JoinSet;

/// Events of connections that wait to be heard.
const MOST_EVENTS: usize = 32;

/// Events that are heard before anything else is looked at.
const AT_A_TIME: usize = 32;

/// A torrent that is driven.
#[derive(Debug)]
pub struct Driver {
    torrent: Torrent,
    session: Arc<PeerSession>,
    brief: TorrentBrief,
    clock: Clock,
    links: Links,
    events: Receiver<ConnectionEvent>,
    door: Door,
    calls: JoinSet<(SocketAddr, Result<Met, Reason>)>,
    checks: PieceChecks,
    up_limit: LimitWatch,
    /// What came of each peer, as far as the list of contacts has it.
    noted: HashMap<SocketAddr, ByteCount>,
    /// Files of which nothing is given any more: they are not as they were left.
    lost: BTreeSet<String>,
    gone: GonePeers,
}

impl Driver {
    /// Begins to let peers in; nobody is called before somebody is named.
    ///
    /// # Errors
    /// When the torrent has no pieces.
    pub fn start(session: &Arc<PeerSession>, brief: TorrentBrief, clock: Clock) -> Result<Self, PeersError> {
        let layout = brief.files.layout().clone();
        let shape = PieceShape::of(&layout).ok_or(PeersError::NoPieces)?;
        let (sender, events) = channel(MOST_EVENTS);
        let (up_limit, up) = (brief.up.watch(), brief.up.per_second());
        let torrent = Torrent::new(
            TorrentSetup {
                shape,
                held: PieceSet::of(shape.pieces, |piece| brief.files.is_piece_held(piece)),
                want: brief.want.clone(),
                files: brief.wanted_files.clone(),
                gives: brief.gives,
                info: Some(brief.info.clone()),
                is_private: brief.is_private,
                peer_id: session.peer_id(),
                port: session.port(),
                limits: TorrentLimits {
                    up,
                    buffer: TorrentLimits::default().buffer.max(3 * u64::from(shape.piece_length)),
                    ..TorrentLimits::default()
                },
                seed: fastrand::u64(..),
            },
            clock.now(),
        );
        let common = Common {
            files: brief.files.clone(),
            down: brief.down.clone(),
            up: brief.up.clone(),
            events: sender,
            troubles: brief.troubles.clone(),
        };
        Ok(Self {
            torrent,
            session: session.clone(),
            door: session.let_in(brief.info_hash),
            checks: PieceChecks::new(&brief),
            brief,
            clock,
            links: Links::new(common),
            events,
            calls: JoinSet::new(),
            up_limit,
            noted: HashMap::new(),
            lost: BTreeSet::new(),
            gone: GonePeers::default(),
        })
    }

    /// Waits until something is seen, and does what follows from it.
    pub async fn step(&mut self) {
        let wake = self.torrent.wake_at().map(|at| at.since(self.clock.now()));
        let tick = async {
            match wake {
                Some(wait) => tokio::time::sleep(wait).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            Some(checked) = self.checks.next(), if !self.checks.is_idle() => self.on_checked(checked),
            Some(called) = self.calls.join_next(), if !self.calls.is_empty() => match called {
                Ok((address, met)) => self.on_called(address, met),
                Err(error) => std::panic::resume_unwind(error.into_panic()),
            },
            Some(caller) = self.door.calling.recv() => self.join(caller.met, Side::They, caller.permit),
            () = self.up_limit.changed() => {
                let up = self.brief.up.per_second();
                self.tell(TorrentFact::UpLimit(up));
            }
            // Last but for time: a fast peer always has something to say, and others are to be let in beside it.
            Some(event) = self.events.recv() => self.on_events(event),
            () = tick => self.tell(TorrentFact::Tick),
        }
    }

    /// Somebody named these addresses; those that the rule forbids are left alone.
    pub fn name(&mut self, addresses: &[SocketAddr], by: NamedBy) {
        let rule = &self.brief.rule;
        let allowed = addresses.iter().filter(|address| may_be_called(rule, address.ip(), by));
        let distance = |address: &SocketAddr| match is_near(address.ip()) {
            true => Distance::Near,
            false => Distance::Far,
        };
        let named = allowed.map(|address| (*address, distance(address))).collect();
        self.tell(TorrentFact::Named(named, by));
    }

    /// A tracker says that so many want the same.
    pub fn note_crowd(&mut self, leechers: u32) {
        self.tell(TorrentFact::Crowd(usize::try_from(leechers).unwrap_or(usize::MAX)));
    }

    /// Octets are held that did not come from peers.
    pub fn held(&mut self, range: ByteRange) {
        for piece in self.brief.files.layout().pieces_of(range) {
            if self.brief.files.is_piece_held(piece) {
                self.tell(TorrentFact::Held(piece));
            }
        }
    }

    /// These pieces are being fetched by HTTP now.
    pub fn elsewhere(&mut self, claimed: PieceSet, others: Others) {
        self.tell(TorrentFact::Elsewhere(claimed, others));
    }

    /// What peers hold and are giving.
    pub fn offers(&self) -> Offers {
        let (mine, others) = self.torrent.allotment();
        Offers { offered: self.torrent.offered(), in_flight: self.torrent.in_flight(), mine, others }
    }

    /// Takes in what connections have told already: what they gave counts at the end as well.
    pub fn hear_the_rest(&mut self) {
        for _ in 0..self.events.len() {
            let Ok(event) = self.events.try_recv() else { return };
            self.on_event(event);
        }
    }

    fn tell(&mut self, fact: TorrentFact) {
        let acts = self.torrent.on(fact, self.clock.now());
        self.obey(acts);
    }

    fn on_events(&mut self, first: ConnectionEvent) {
        self.on_event(first);
        for _ in 1..AT_A_TIME {
            let Ok(event) = self.events.try_recv() else { return };
            self.on_event(event);
        }
    }

    fn on_event(&mut self, event: ConnectionEvent) {
        match event {
            ConnectionEvent::Heard(key, messages) => self.tell(TorrentFact::Heard(key, messages)),
            ConnectionEvent::Given(key, octets) => self.tell(TorrentFact::Given(key, octets)),
            ConnectionEvent::NotAsLeft(key, block, file) => {
                let pieces = self.brief.files.lose(file);
                let path = self.brief.files.layout().files()[file].path.to_string();
                self.lost.insert(path);
                self.tell(TorrentFact::Lost(key, block, pieces));
            }
            ConnectionEvent::Left(key, why) => {
                // Whom we dropped has a better reason already.
                if self.links.has(key) {
                    let look = self.torrent.look();
                    if let Some(seen) = look.peers.iter().find(|seen| seen.key == key) {
                        let last = self.look_at(seen);
                        self.gone.on_gone(last, Some(why));
                    }
                    self.links.forget(key);
                    self.tell(TorrentFact::Left(key));
                }
            }
        }
    }

    fn obey(&mut self, acts: Vec<TorrentAct>) {
        for act in acts {
            match act {
                TorrentAct::Say(key, message) => self.links.order(key, ConnectionOrder::Say(message)),
                TorrentAct::Give(key, block) => self.links.order(key, ConnectionOrder::Give(block)),
                TorrentAct::Check(piece, frames) => self.checks.add(piece, frames),
                TorrentAct::Call(address) => self.call(address),
                TorrentAct::Drop(key, why, last) => self.on_drop(key, &why, last.as_deref()),
            }
        }
    }

    fn on_drop(&mut self, key: PeerKey, why: &Leaving, last: Option<&Seen>) {
        let trouble = match why {
            Leaving::WrongData => {
                last.map(|last| Reason::wrong_data(self.torrent.wrong_of(last.address, last.side)))
            }
            Leaving::Fault(fault) => Some(Reason::Other(fault.to_string())),
            Leaving::Silent => Some(Reason::NoAnswer),
            Leaving::GivesNothing => Some(Reason::Stalled),
            Leaving::Ourselves | Leaving::Twice | Leaving::Full | Leaving::Useless | Leaving::Lost => None,
        };
        if let Some(last) = last.map(|last| self.look_at(last)) {
            self.gone.on_gone(last, trouble);
        }
        self.links.end(key);
    }

    fn call(&mut self, address: SocketAddr) {
        let ours = calling::ours(self.brief.info_hash, self.session.peer_id());
        let places = self.session.call_place();
        self.calls.spawn(async move {
            let Ok(_place) = places.acquire_owned().await else { return (address, Err(Reason::NoAnswer)) };
            (address, calling::call(address, ours).await)
        });
    }

    fn on_called(&mut self, address: SocketAddr, met: Result<Met, Reason>) {
        let met = match met {
            Ok(met) => met,
            Err(reason) => {
                self.gone.on_failed(address, reason, self.torrent.named_by(address));
                return self.tell(TorrentFact::NotReached(address));
            }
        };
        match self.session.place() {
            Some(permit) => self.join(met, Side::We, permit),
            None => self.tell(TorrentFact::NotReached(address)),
        }
    }

    fn join(&mut self, met: Met, side: Side, permit: OwnedSemaphorePermit) {
        let (address, handshake, round_trip) = (met.address, met.handshake, met.round_trip);
        let before = self.gone.on_back(address);
        let peer = self.links.join(met, permit, before);
        self.tell(TorrentFact::Joined { peer, address, side, handshake, round_trip });
    }

    fn on_checked(&mut self, (piece, outcome): CheckedPiece) {
        match outcome {
            Ok(outcome) => self.tell(TorrentFact::Checked(piece, outcome)),
            // The content ends by it, and says why.
            Err(error) => drop(self.brief.troubles.send(error)),
        }
    }

    /// How it stands.
    pub fn look(&mut self) -> PeersLook {
        let look = self.torrent.look();
        let live = look.peers.iter().map(|seen| self.look_at(seen));
        let peers: Vec<PeerLook> = live.chain(self.gone.looks().cloned()).collect();
        self.note_contacts(&peers);
        PeersLook {
            received: ByteCount(look.received),
            given: ByteCount(look.given),
            wasted: ByteCount(look.wasted),
            hoped: look.hoped,
            failed: look.failed,
            lost: self.lost.iter().cloned().collect(),
            peers,
        }
    }

    fn note_contacts(&mut self, peers: &[PeerLook]) {
        let mut noted = HashMap::with_capacity(peers.len());
        for peer in peers {
            let before = self.noted.get(&peer.address).copied();
            let more = peer.received.saturating_sub(before.unwrap_or_default());
            if before.is_none() || more > ByteCount::ZERO {
                self.brief.contacts.note_peer(&peer.address.to_string(), more);
            }
            noted.insert(peer.address, peer.received);
        }
        self.noted = noted;
    }

    fn look_at(&self, seen: &Seen) -> PeerLook {
        let before = self.links.before(seen.key);
        let pieces = u64::from(self.brief.files.layout().pieces().max(1));
        let wrong = self.torrent.wrong_of(seen.address, seen.side);
        PeerLook {
            address: seen.address,
            is_live: true,
            received: ByteCount(seen.received) + before.0,
            given: ByteCount(seen.given) + before.1,
            rates: (seen.rates.0 as u64, seen.rates.1 as u64),
            holds: u16::try_from(u64::from(seen.holds) * 1000 / pieces).unwrap_or(1000),
            terms: Terms {
                chokes_us: seen.chokes_us,
                is_wanted: seen.is_wanted,
                is_choked: seen.is_choked,
                wants_ours: seen.wants_ours,
            },
            is_near: is_near(seen.address.ip()),
            client: seen.client.clone(),
            named_by: seen.named_by,
            round_trip: seen.round_trip,
            trouble: seen.is_distrusted.then(|| Reason::wrong_data(wrong)),
        }
    }
}
