//! The clients, the publisher, and what passes between them.

use super::client::{Client, Start, layout};
use super::links::{Kind, Link, Sent, Stream, TURN};
use super::wheel::{Micros, Wheel};
use bytes::Bytes;
use nuee::domain::content::Layout;
use nuee::domain::octets::ByteCount;
use nuee::domain::torrent::InfoHash;
use nuee::domain::utc::SteadyTime;
use nuee::swarm::address_book::{Distance, NamedBy};
use nuee::swarm::message::{Handshake, PeerMessage};
use nuee::swarm::peer::Side;
use nuee::swarm::torrent::{Gives, TorrentAct, TorrentFact};
use nuee::swarm::{Block, PeerKey};
use nuee::transfer::conductor::{self, FetchId, Order};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

#[path = "outcome.rs"]
mod outcome;
#[path = "web.rs"]
mod web;

pub use outcome::Outcome;

pub const SECOND: Micros = 1_000_000;

/// The way of every message.
const DELAY: Micros = 20_000;

/// Nothing is simulated longer.
const LONGEST: Micros = 3_600 * SECOND;

/// The node that has all from the start.
const PUBLISHER: usize = 0;

const HASH: InfoHash = InfoHash([7; 20]);

static ZEROS: [u8; TURN as usize] = [0; TURN as usize];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Web,
    Seed,
    Both,
}

/// What happens; links in Mbit/s.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    pub clients: usize,
    pub octets: u64,
    pub piece_length: u32,
    /// Given to the clients in turn.
    pub uplinks: &'static [f64],
    pub downlink: f64,
    pub publisher: f64,
    pub origin: Origin,
    pub arrivals_secs: f64,
    /// Every so many clients one gives nothing; 0 for none.
    pub one_rider_in: usize,
    /// Every so many clients one goes soon after it has all, and another one before; 0 for none.
    pub one_leaver_in: usize,
    /// Whom the tracker names.
    pub neighbours: usize,
    pub connections: usize,
}

enum Event {
    Join(usize),
    Leave(usize),
    /// The tracker answers.
    Told(usize),
    /// A call reaches its address.
    Called {
        from: usize,
        to: usize,
    },
    Tick(usize),
    Said {
        stream: u32,
        message: PeerMessage,
    },
    /// An uplink is free.
    Uplink(usize),
    Came {
        stream: u32,
        sent: Sent,
    },
    /// A request of HTTP reaches the publisher.
    Asked(u32),
    /// The other end of a connection has gone.
    Closed {
        node: usize,
        key: PeerKey,
    },
}

struct Node {
    link: Link,
    gives: Gives,
    joined: Micros,
    done: Option<Micros>,
    /// `None` before it joined and after it left.
    client: Option<Client>,
}

pub struct World {
    scenario: Scenario,
    layout: Arc<Layout>,
    nodes: Vec<Node>,
    streams: Vec<Stream>,
    wheel: Wheel<Event>,
    random: fastrand::Rng,
    here: Vec<usize>,
    unfinished: usize,
    blocks: u64,
    wasted: u64,
}

fn address(node: usize) -> SocketAddr {
    SocketAddr::from(([10, (node >> 16) as u8, (node >> 8) as u8, node as u8], 6881))
}

fn node_at(address: SocketAddr) -> usize {
    match address {
        SocketAddr::V4(address) => (u32::from(*address.ip()) & 0x00ff_ffff) as usize,
        SocketAddr::V6(_) => usize::MAX,
    }
}

fn peer_id(node: usize) -> [u8; 20] {
    let mut id = *b"-NE0000-000000000000";
    id[12..].copy_from_slice(&(node as u64).to_be_bytes());
    id
}

impl World {
    pub fn new(scenario: Scenario, seed: u64) -> Self {
        let mut world = Self {
            layout: layout(scenario.octets, scenario.piece_length),
            nodes: Vec::new(),
            streams: Vec::new(),
            wheel: Wheel::new(),
            random: fastrand::Rng::with_seed(seed),
            here: Vec::new(),
            unfinished: scenario.clients,
            blocks: 0,
            wasted: 0,
            scenario,
        };
        world.add_node(scenario.publisher, Gives::Held);
        for client in 0..scenario.clients {
            let is_rider = scenario.one_rider_in > 0 && client % scenario.one_rider_in == 0;
            let gives = if is_rider { Gives::Nothing } else { Gives::Held };
            world.add_node(scenario.uplinks[client % scenario.uplinks.len()], gives);
            let share = client as f64 / scenario.clients as f64;
            let at = share * scenario.arrivals_secs * SECOND as f64;
            world.wheel.at(at as Micros, Event::Join(client + 1));
        }
        if scenario.origin != Origin::Web {
            world.begin(PUBLISHER);
        }
        world
    }

    fn add_node(&mut self, up: f64, gives: Gives) {
        let link = Link::new(up, self.scenario.downlink);
        self.nodes.push(Node { link, gives, joined: 0, done: None, client: None });
    }

    fn now(&self) -> SteadyTime {
        // A client's clock does not begin with it.
        SteadyTime(Duration::from_micros(self.wheel.now()) + Duration::from_secs(1_000))
    }

    fn begin(&mut self, node: usize) {
        let start = Start {
            layout: self.layout.clone(),
            holds_all: node == PUBLISHER,
            gives: self.nodes[node].gives,
            has_web_seed: node != PUBLISHER && self.scenario.origin != Origin::Seed,
            peer_id: peer_id(node),
            connections: self.scenario.connections,
            seed: self.random.u64(..),
        };
        self.nodes[node].client = Some(Client::new(&start, self.now()));
        self.nodes[node].joined = self.wheel.now();
        self.wheel.at(self.wheel.now() + SECOND / 5, Event::Tick(node));
    }

    /// Lets things happen until every client is done or gone.
    pub fn run(mut self) -> Outcome {
        while self.unfinished > 0
            && self.wheel.now() < LONGEST
            && let Some(event) = self.wheel.next()
        {
            match event {
                Event::Join(node) => self.join(node),
                Event::Leave(node) => self.leave(node),
                Event::Told(node) => self.told(node),
                Event::Called { from, to } => self.called(from, to),
                Event::Tick(node) => self.tick(node),
                Event::Said { stream, message } => self.said(stream, message),
                Event::Uplink(node) => self.uplink(node),
                Event::Came { stream, sent } => self.came(stream, sent),
                Event::Asked(stream) => self.offer(stream),
                Event::Closed { node, key } => self.closed(node, key),
            }
        }
        self.outcome()
    }

    fn join(&mut self, node: usize) {
        self.begin(node);
        if self.scenario.origin != Origin::Seed {
            self.tell_web(node, conductor::Fact::Begun);
        }
        self.wheel.at(self.wheel.now() + 2 * DELAY, Event::Told(node));
        self.here.push(node);
        if self.scenario.one_leaver_in > 0 && node % self.scenario.one_leaver_in == 2 {
            let after = self.random.u64(5..20) * SECOND;
            self.wheel.at(self.wheel.now() + after, Event::Leave(node));
        }
    }

    fn told(&mut self, node: usize) {
        let most = self.scenario.neighbours;
        let mut named: Vec<usize> = Vec::new();
        if self.here.len() <= most {
            named.extend(self.here.iter().filter(|other| **other != node));
        } else {
            while named.len() < most {
                let other = self.random.choice(&self.here).copied().unwrap_or(node);
                if other != node && !named.contains(&other) {
                    named.push(other);
                }
            }
        }
        if self.scenario.origin != Origin::Web {
            named.push(PUBLISHER);
        }
        let crowd = self.here.iter().filter(|other| self.nodes[**other].done.is_none()).count();
        if let Some(client) = &mut self.nodes[node].client {
            client.on_tracker();
        }
        self.tell(node, TorrentFact::Crowd(crowd));
        let named = named.into_iter().map(|other| (address(other), Distance::Far)).collect();
        self.tell(node, TorrentFact::Named(named, NamedBy::Tracker));
    }

    fn called(&mut self, from: usize, to: usize) {
        let ends = [from, to];
        if ends.iter().any(|node| self.nodes.get(*node).is_none_or(|node| node.client.is_none())) {
            return self.tell(from, TorrentFact::NotReached(address(to)));
        }
        let keys = ends.map(|node| {
            let streams = self.nodes[node].client.as_mut().map(|client| &mut client.streams);
            streams.map_or(PeerKey(0), |streams| {
                streams.push(None);
                PeerKey((streams.len() - 1) as u32)
            })
        });
        for (me, other) in [(0, 1), (1, 0)] {
            let number = self.streams.len() as u32;
            let kind = Kind::Peer { ours: keys[me], theirs: keys[other] };
            self.streams.push(Stream::new(ends[me], ends[other], kind));
            if let Some(client) = &mut self.nodes[ends[me]].client {
                client.streams[keys[me].0 as usize] = Some(number);
            }
        }
        for (me, other, side) in [(0, 1, Side::We), (1, 0, Side::They)] {
            // The first of them may have dropped it already.
            if self.nodes[ends[me]].client.as_ref().and_then(|client| client.stream(keys[me])).is_some() {
                let handshake = Handshake::ours(HASH, peer_id(ends[other]));
                let address = address(ends[other]);
                let round_trip = Some(Duration::from_micros(2 * DELAY)).filter(|_| side == Side::We);
                self.tell(
                    ends[me],
                    TorrentFact::Joined { peer: keys[me], address, side, handshake, round_trip },
                );
            }
        }
    }

    fn leave(&mut self, node: usize) {
        if let Some(client) = &self.nodes[node].client
            && self.nodes[node].done.is_none()
        {
            self.wasted += client.wasted();
            self.unfinished -= 1;
        }
        let Some(client) = self.nodes[node].client.take() else { return };
        self.here.retain(|other| *other != node);
        client.streams.into_iter().flatten().for_each(|stream| self.close(stream));
        client.fetches.into_values().for_each(|stream| self.streams[stream as usize].close());
    }

    /// One end of a connection closes it: the other one sees that after a while.
    fn close(&mut self, stream: u32) {
        let stream = &mut self.streams[stream as usize];
        stream.close();
        if let Kind::Peer { theirs, .. } = stream.kind {
            let node = stream.to;
            self.wheel.at(self.wheel.now() + DELAY, Event::Closed { node, key: theirs });
        }
    }

    fn closed(&mut self, node: usize, key: PeerKey) {
        let Some(client) = &mut self.nodes[node].client else { return };
        let Some(stream) = client.streams[key.0 as usize].take() else { return };
        self.streams[stream as usize].close();
        self.tell(node, TorrentFact::Left(key));
    }

    fn tick(&mut self, node: usize) {
        if self.nodes[node].client.is_none() {
            return;
        }
        self.tell(node, TorrentFact::Tick);
        if self.scenario.origin != Origin::Seed && node != PUBLISHER && self.nodes[node].done.is_none() {
            self.tell_web(node, conductor::Fact::Tick);
        }
        let now = self.now();
        let wake = self.nodes[node].client.as_ref().and_then(|client| client.torrent.wake_at());
        let pause = wake.map_or(SECOND, |at| at.since(now).as_micros() as Micros);
        self.wheel.at(self.wheel.now() + pause.clamp(SECOND / 5, SECOND), Event::Tick(node));
    }

    fn said(&mut self, stream: u32, message: PeerMessage) {
        let stream = &self.streams[stream as usize];
        let (node, is_alive) = (stream.to, stream.is_alive);
        if let (Kind::Peer { theirs, .. }, true) = (stream.kind, is_alive) {
            self.hear(node, theirs, message);
        }
    }

    fn hear(&mut self, node: usize, key: PeerKey, message: PeerMessage) {
        let is_joined = self.nodes[node].client.as_ref().is_some_and(|client| client.stream(key).is_some());
        if is_joined {
            self.tell(node, TorrentFact::Heard(key, vec![message]));
        }
    }

    fn uplink(&mut self, node: usize) {
        let now = self.wheel.now();
        let Some((number, sent, out)) = self.nodes[node].link.send(&mut self.streams, now) else { return };
        self.wheel.at(out, Event::Uplink(node));
        let stream = &self.streams[number as usize];
        let octets = match sent {
            Sent::Block(block) => u64::from(block.length),
            Sent::UpTo(_) => TURN,
        };
        let at = self.nodes[stream.to].link.receive(octets, out + DELAY);
        self.wheel.at(at, Event::Came { stream: number, sent });
        if let (Kind::Peer { ours, .. }, Sent::Block(block)) = (stream.kind, sent) {
            self.tell(node, TorrentFact::Given(ours, block.length));
        }
    }

    fn came(&mut self, number: u32, sent: Sent) {
        self.blocks += 1;
        let stream = &self.streams[number as usize];
        let node = stream.to;
        match (stream.kind, sent) {
            (Kind::Peer { theirs, .. }, Sent::Block(block)) => {
                let data = Bytes::from_static(&ZEROS).slice(..block.length as usize);
                let message = PeerMessage::Piece { piece: block.piece, begin: block.begin, data };
                self.hear(node, theirs, message);
            }
            (Kind::Fetch(fetch), Sent::UpTo(end)) => self.came_by_http(number, fetch, end),
            (Kind::Peer { .. }, Sent::UpTo(_)) | (Kind::Fetch(_), Sent::Block(_)) => {}
        }
    }

    fn tell(&mut self, node: usize, fact: TorrentFact) {
        let now = self.now();
        let Some(client) = &mut self.nodes[node].client else { return };
        let (acts, orders) = client.on(fact, now);
        self.obey(node, acts, orders);
    }

    fn tell_web(&mut self, node: usize, fact: conductor::Fact) {
        let now = self.now();
        let Some(client) = &mut self.nodes[node].client else { return };
        let (acts, orders) = client.on_web(fact, now);
        self.obey(node, acts, orders);
    }

    fn obey(&mut self, node: usize, acts: Vec<TorrentAct>, orders: Vec<Order>) {
        self.note_done(node);
        for act in acts {
            match act {
                TorrentAct::Call(address) => {
                    let to = node_at(address);
                    self.wheel.at(self.wheel.now() + 2 * DELAY, Event::Called { from: node, to });
                }
                TorrentAct::Say(key, message) => self.say(node, key, message),
                TorrentAct::Give(key, block) => self.give(node, key, block),
                TorrentAct::Drop(key, _, _) => {
                    let client = self.nodes[node].client.as_mut();
                    let stream = client.and_then(|client| client.streams.get_mut(key.0 as usize)?.take());
                    if let Some(stream) = stream {
                        self.close(stream);
                    }
                }
                // The client has checked them.
                TorrentAct::Check(..) => {}
            }
        }
        for order in orders {
            self.obey_web(node, order);
        }
    }

    fn stream(&self, node: usize, key: PeerKey) -> Option<u32> {
        self.nodes[node].client.as_ref()?.stream(key)
    }

    fn say(&mut self, node: usize, key: PeerKey, message: PeerMessage) {
        if let Some(stream) = self.stream(node, key) {
            self.wheel.at(self.wheel.now() + DELAY, Event::Said { stream, message });
        }
    }

    fn give(&mut self, node: usize, key: PeerKey, block: Block) {
        if let Some(stream) = self.stream(node, key) {
            self.streams[stream as usize].blocks.push_back(block);
            self.queue(stream);
        }
    }

    /// A stream has something to send.
    fn queue(&mut self, number: u32) {
        let now = self.wheel.now();
        let stream = &mut self.streams[number as usize];
        let node = stream.from;
        if let Some(at) = self.nodes[node].link.queue(number, stream, now) {
            self.wheel.at(at, Event::Uplink(node));
        }
    }

    fn note_done(&mut self, number: usize) {
        let now = self.wheel.now();
        let node = &mut self.nodes[number];
        let Some(client) = node.client.as_ref().filter(|client| client.is_complete()) else { return };
        if number == PUBLISHER || node.done.is_some() {
            return;
        }
        node.done = Some(now);
        self.wasted += client.wasted();
        self.unfinished -= 1;
        if self.scenario.one_leaver_in > 0 && number.is_multiple_of(self.scenario.one_leaver_in) {
            self.wheel.at(now + 5 * SECOND, Event::Leave(number));
        }
    }
}
