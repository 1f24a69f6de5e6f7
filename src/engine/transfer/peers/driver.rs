//! One torrent: tells `swarm::torrent` what was seen, and obeys it.
//!
//! In: connections and what is said on them, addresses, pieces that came from elsewhere. Out: facts for the conductor,
//! and looks. Whole pieces are checked and written off the network's threads, so many at a time.
//! Start reading at [`Driver::step`].

use super::calling::{self, Met};
use super::connection::{self, Common, Event, Order};
use super::session::{Caller, Door, PeerSession};
use super::{PeerLook, PeersError, PeersLook, Terms, TorrentBrief, may_be_called};
use crate::domain::octets::{ByteCount, ByteRange};
use crate::domain::source::SourceId;
use crate::engine::clock::Clock;
use crate::engine::store::error::StoreError;
use crate::engine::store::file_set::Put;
use crate::engine::transfer::limits::LimitWatch;
use crate::engine::transfer::network::is_near;
use crate::swarm::address_book::{Distance, NamedBy};
use crate::swarm::peer::Side;
use crate::swarm::pieces::PieceSet;
use crate::swarm::torrent::{Act, Brief, Fact, Leaving, Limits, Others, Outcome, PeerLook as Seen, Torrent};
use crate::swarm::{PeerKey, Shape};
use crate::transfer::assembly::Unit;
use crate::transfer::conductor::{Fact as Told, Offers};
use crate::transfer::reason::Reason;
use crate::transfer::verification::check;
use bytes::Bytes;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::mpsc::{Receiver, UnboundedSender, channel, unbounded_channel};
use tokio::task::{AbortHandle, JoinSet};

/// Events of connections that wait to be heard.
const MOST_EVENTS: usize = 32;

/// Peers that are gone and still shown.
const MOST_GONE: usize = 200;

/// Events that are heard before anything else is looked at.
const AT_A_TIME: usize = 32;

/// A torrent that is driven.
#[derive(Debug)]
pub struct Driver {
    torrent: Torrent,
    session: Arc<PeerSession>,
    brief: TorrentBrief,
    clock: Clock,
    links: HashMap<PeerKey, Link>,
    common: Common,
    events: Receiver<Event>,
    door: Door,
    calls: JoinSet<(SocketAddr, Result<Met, Reason>)>,
    checks: JoinSet<(u32, Result<Outcome, StoreError>)>,
    to_check: VecDeque<(u32, Vec<Bytes>)>,
    up_limit: LimitWatch,
    next_key: u32,
    /// What came of each peer, as far as the list of contacts has it.
    noted: HashMap<SocketAddr, ByteCount>,
    /// Files of which nothing is given any more: they are not as they were left.
    lost: BTreeSet<String>,
    /// Who was connected or called, and how that ended.
    gone: BTreeMap<SocketAddr, PeerLook>,
}

#[derive(Debug)]
struct Link {
    orders: UnboundedSender<Order>,
    task: AbortHandle,
    /// What earlier connections to the same address brought and took.
    before: (ByteCount, ByteCount),
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.links.values().for_each(|link| link.task.abort());
    }
}

impl Driver {
    /// Begins to let peers in; nobody is called before somebody is named.
    ///
    /// # Errors
    /// When the torrent has no pieces.
    pub fn start(session: &Arc<PeerSession>, brief: TorrentBrief, clock: Clock) -> Result<Self, PeersError> {
        let layout = brief.files.layout().clone();
        let shape = Shape::of(&layout).ok_or(PeersError::NoPieces)?;
        let (sender, events) = channel(MOST_EVENTS);
        let (up_limit, up) = (brief.up.watch(), brief.up.per_second());
        let torrent = Torrent::new(
            Brief {
                shape,
                held: PieceSet::of(shape.pieces, |piece| brief.files.is_piece_held(piece)),
                want: brief.want.clone(),
                files: brief.wanted_files.clone(),
                gives: brief.gives,
                info: Some(brief.info.clone()),
                is_private: brief.is_private,
                peer_id: session.peer_id(),
                port: session.port(),
                limits: Limits {
                    up,
                    buffer: Limits::default().buffer.max(3 * u64::from(shape.piece_length)),
                    ..Limits::default()
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
            brief,
            clock,
            links: HashMap::new(),
            common,
            events,
            calls: JoinSet::new(),
            checks: JoinSet::new(),
            to_check: VecDeque::new(),
            up_limit,
            next_key: 0,
            noted: HashMap::new(),
            lost: BTreeSet::new(),
            gone: BTreeMap::new(),
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
            Some(checked) = self.checks.join_next(), if !self.checks.is_empty() => match checked {
                Ok((piece, outcome)) => self.on_checked(piece, outcome),
                Err(error) => std::panic::resume_unwind(error.into_panic()),
            },
            Some(called) = self.calls.join_next(), if !self.calls.is_empty() => match called {
                Ok((address, met)) => self.on_called(address, met),
                Err(error) => std::panic::resume_unwind(error.into_panic()),
            },
            Some(caller) = self.door.calling.recv() => self.on_caller(caller),
            () = self.up_limit.changed() => {
                let up = self.brief.up.per_second();
                self.tell(Fact::UpLimit(up));
            }
            // Last but for time: a fast peer always has something to say, and others are to be let in beside it.
            Some(event) = self.events.recv() => self.on_events(event),
            () = tick => self.tell(Fact::Tick),
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
        self.tell(Fact::Named(named, by));
    }

    /// A tracker says that so many want the same.
    pub fn note_crowd(&mut self, leechers: u32) {
        self.tell(Fact::Crowd(usize::try_from(leechers).unwrap_or(usize::MAX)));
    }

    /// Octets are held that did not come from peers.
    pub fn held(&mut self, range: ByteRange) {
        for piece in self.brief.files.layout().pieces_of(range) {
            if self.brief.files.is_piece_held(piece) {
                self.tell(Fact::Held(piece));
            }
        }
    }

    /// These pieces are being fetched by HTTP now.
    pub fn elsewhere(&mut self, claimed: PieceSet, others: Others) {
        self.tell(Fact::Elsewhere(claimed, others));
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

    fn tell(&mut self, fact: Fact) {
        let acts = self.torrent.on(fact, self.clock.now());
        self.obey(acts);
    }

    fn on_events(&mut self, first: Event) {
        self.on_event(first);
        for _ in 1..AT_A_TIME {
            let Ok(event) = self.events.try_recv() else { return };
            self.on_event(event);
        }
    }

    fn on_event(&mut self, event: Event) {
        match event {
            Event::Heard(key, messages) => self.tell(Fact::Heard(key, messages)),
            Event::Given(key, octets) => self.tell(Fact::Given(key, octets)),
            Event::NotAsLeft(key, block, file) => {
                let pieces = self.brief.files.lose(file);
                let path = self.brief.files.layout().files()[file].path.to_string();
                self.lost.insert(path);
                self.tell(Fact::Lost(key, block, pieces));
            }
            Event::Left(key, why) => {
                // Whom we dropped has a better reason already.
                if self.links.contains_key(&key) {
                    let look = self.torrent.look();
                    if let Some(seen) = look.peers.iter().find(|seen| seen.key == key) {
                        let last = self.look_at(seen);
                        self.note_gone(last, Some(why));
                    }
                    self.links.remove(&key);
                    self.tell(Fact::Left(key));
                }
            }
        }
    }

    fn obey(&mut self, acts: Vec<Act>) {
        for act in acts {
            match act {
                Act::Say(key, message) => self.order(key, Order::Say(message)),
                Act::Give(key, block) => self.order(key, Order::Give(block)),
                Act::Check(piece, frames) => {
                    self.to_check.push_back((piece, frames));
                    self.check_more();
                }
                Act::Call(address) => self.call(address),
                Act::Drop(key, why, last) => self.on_drop(key, &why, last.as_deref()),
            }
        }
    }

    fn order(&self, key: PeerKey, order: Order) {
        if let Some(link) = self.links.get(&key) {
            // A connection that is gone tells so itself.
            let _ = link.orders.send(order);
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
            self.note_gone(last, trouble);
        }
        if let Some(link) = self.links.remove(&key) {
            link.task.abort();
        }
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
                self.note_failed(address, reason);
                return self.tell(Fact::NotReached(address));
            }
        };
        match self.session.place() {
            Some(permit) => self.join(met, Side::We, permit),
            None => self.tell(Fact::NotReached(address)),
        }
    }

    fn on_caller(&mut self, caller: Caller) {
        self.join(caller.met, Side::They, caller.permit);
    }

    fn join(&mut self, met: Met, side: Side, permit: OwnedSemaphorePermit) {
        let peer = PeerKey(self.next_key);
        self.next_key += 1;
        let (orders, ordered) = unbounded_channel();
        let running = connection::run(peer, met.stream, ordered, self.common.clone(), permit);
        let task = tokio::spawn(running).abort_handle();
        let past = self.gone.remove(&met.address);
        let before = past.map(|past| (past.received, past.given)).unwrap_or_default();
        self.links.insert(peer, Link { orders, task, before });
        let Met { address, handshake, round_trip, .. } = met;
        self.tell(Fact::Joined { peer, address, side, handshake, round_trip });
    }

    fn check_more(&mut self) {
        let at_once = std::thread::available_parallelism().map_or(2, usize::from).min(8) + 2;
        while self.checks.len() < at_once
            && let Some((piece, frames)) = self.to_check.pop_front()
        {
            let (files, hashes, facts) =
                (self.brief.files.clone(), self.brief.hashes.clone(), self.brief.facts.clone());
            self.checks.spawn_blocking(move || {
                let Some(range) = files.layout().piece_range(piece) else {
                    return (piece, Ok(Outcome::Wrong(frames)));
                };
                let unit = Unit { range, frames: frames.clone() };
                let Ok(checked) = check(unit, files.grid(), Some(&hashes)) else {
                    return (piece, Ok(Outcome::Wrong(frames)));
                };
                let source = SourceId::SWARM;
                let fact = match files.put_proven(&checked) {
                    Ok(Put::First) => Told::Held { range, source },
                    Ok(Put::Already) => Told::HeldAlready { range, source },
                    Err(error) => return (piece, Err(error)),
                };
                // Nobody listens when the transfer is over already.
                let _ = facts.send(fact);
                (piece, Ok(Outcome::Right))
            });
        }
    }

    fn on_checked(&mut self, piece: u32, outcome: Result<Outcome, StoreError>) {
        match outcome {
            Ok(outcome) => self.tell(Fact::Checked(piece, outcome)),
            // The content ends by it, and says why.
            Err(error) => drop(self.brief.troubles.send(error)),
        }
        self.check_more();
    }

    /// How it stands.
    pub fn look(&mut self) -> PeersLook {
        let look = self.torrent.look();
        let live = look.peers.iter().map(|seen| self.look_at(seen));
        let peers: Vec<PeerLook> = live.chain(self.gone.values().cloned()).collect();
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
        let before = self.links.get(&seen.key).map(|link| link.before).unwrap_or_default();
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

    /// A connection is about to end: what it did stays on the list.
    fn note_gone(&mut self, seen: PeerLook, trouble: Option<Reason>) {
        let trouble = trouble.or(seen.trouble.clone());
        let is_plain = matches!(trouble, None | Some(Reason::Closed));
        if is_plain && seen.named_by == NamedBy::Itself && seen.received + seen.given == ByteCount::ZERO {
            // It called from another port each time, and nothing came of it: there would be a row for each call.
            return;
        }
        let past = self.gone.get(&seen.address);
        let last = PeerLook {
            is_live: false,
            rates: (0, 0),
            terms: Terms::default(),
            trouble: trouble.or_else(|| past.and_then(|past| past.trouble.clone())),
            ..seen
        };
        self.keep_gone(last);
    }

    fn note_failed(&mut self, address: SocketAddr, reason: Reason) {
        let blank = PeerLook {
            address,
            is_live: false,
            received: ByteCount::ZERO,
            given: ByteCount::ZERO,
            rates: (0, 0),
            holds: 0,
            terms: Terms::default(),
            is_near: is_near(address.ip()),
            client: None,
            named_by: self.torrent.named_by(address),
            round_trip: None,
            trouble: None,
        };
        let past = self.gone.remove(&address).unwrap_or(blank);
        // Wrong data says more than silence afterwards.
        let keeps = past.trouble.as_ref().is_some_and(Reason::is_wrong_data);
        let trouble = if keeps { past.trouble.clone() } else { Some(reason) };
        self.keep_gone(PeerLook { trouble, ..past });
    }

    fn keep_gone(&mut self, look: PeerLook) {
        if self.gone.len() >= MOST_GONE && !self.gone.contains_key(&look.address) {
            let spare = self.gone.iter().find(|(_, gone)| gone.received + gone.given == ByteCount::ZERO);
            let Some(spare) = spare.map(|(address, _)| *address) else { return };
            self.gone.remove(&spare);
        }
        self.gone.insert(look.address, look);
    }
}
