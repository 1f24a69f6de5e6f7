//! The clients, the publisher and the links between them.

use super::wheel::{Micros, Wheel};
use nuee::domain::utc::SteadyTime;
use nuee::swarm::choker::{Choker, Role, Standing, slots_for};
use nuee::swarm::pace::Pace;
use nuee::swarm::picker::Picker;
use nuee::swarm::pieces::PieceSet;
use nuee::swarm::pipeline::Pipeline;
use nuee::swarm::{Block, PeerKey, Shape};
use std::collections::VecDeque;
use std::time::Duration;

#[path = "exchange.rs"]
mod exchange;

pub const SECOND: Micros = 1_000_000;

/// The way of every message.
const DELAY: Micros = 20_000;

/// Nothing is simulated longer.
const LONGEST: Micros = 3_600 * SECOND;

/// The node that has all from the start.
const PUBLISHER: usize = 0;

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
    /// HTTP leaves it to peers while they offer so many pieces that were not asked yet.
    pub http_below: u32,
}

/// How long one kind of client took.
#[derive(Debug)]
pub struct Group {
    pub who: &'static str,
    pub count: usize,
    pub median: f64,
    pub nearly_all: f64,
    /// Seconds from the beginning until the last one was done.
    pub last: f64,
}

#[derive(Debug)]
pub struct Outcome {
    pub bound: f64,
    pub copies: f64,
    /// Part of what came that had come before.
    pub wasted: f64,
    pub unfinished: usize,
    pub blocks: u64,
    pub groups: Vec<Group>,
}

#[derive(Clone, Copy, Debug)]
enum Note {
    Choke,
    Unchoke,
    Interested,
    NotInterested,
}

#[derive(Clone, Copy, Debug)]
enum Event {
    Join(usize),
    Leave(usize),
    /// An uplink is free, or its next request has come.
    Uplink(usize),
    Block {
        to: End,
        piece: u32,
        number: u32,
    },
    Have {
        node: usize,
        piece: u32,
    },
    Note {
        to: End,
        note: Note,
    },
    Round(usize),
    Watch(usize),
    Http(usize),
}

/// One end of a connection.
#[derive(Clone, Copy, Debug)]
struct End {
    node: usize,
    side: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Way {
    Peer,
    Http,
}

/// What one end knows and owes.
struct Side {
    other: End,
    way: Way,
    is_alive: bool,
    joined: SteadyTime,
    pipeline: Pipeline,
    asked: VecDeque<Block>,
    /// Pieces that the other has told of and this one lacks.
    useful: u32,
    wants: bool,
    is_unchoked_by: bool,
    /// What the other asked for, and when that came.
    queue: VecDeque<(Block, Micros)>,
    is_in_ring: bool,
    is_wanted_by: bool,
    unchokes: bool,
    to_them: Pace,
    given: u64,
}

struct Node {
    up: f64,
    down: f64,
    is_rider: bool,
    is_alive: bool,
    joined: Micros,
    done: Option<Micros>,
    missing: PieceSet,
    picker: Picker,
    choker: Choker,
    sides: Vec<Side>,
    /// Sides that are owed blocks, in turn.
    ring: VecDeque<usize>,
    up_free: Micros,
    is_up_waiting: bool,
    down_free: Micros,
    http_side: Option<usize>,
    /// The piece that HTTP fetches, and how many of its blocks are still to come.
    claimed: Option<(u32, usize)>,
    last_of_peers: Micros,
}

pub struct World {
    scenario: Scenario,
    shape: Shape,
    nodes: Vec<Node>,
    /// What each has told that it holds.
    told: Vec<PieceSet>,
    wheel: Wheel<Event>,
    random: fastrand::Rng,
    none: PieceSet,
    here: Vec<usize>,
    unfinished: usize,
    left_publisher: u64,
    blocks: u64,
    wasted: u64,
}

impl World {
    pub fn new(scenario: Scenario, seed: u64) -> Self {
        let pieces = scenario.octets.div_ceil(u64::from(scenario.piece_length)) as u32;
        let shape = Shape { pieces, piece_length: scenario.piece_length, total: scenario.octets };
        let mut world = Self {
            shape,
            nodes: Vec::new(),
            told: Vec::new(),
            wheel: Wheel::new(),
            random: fastrand::Rng::with_seed(seed),
            none: PieceSet::none(pieces),
            here: Vec::new(),
            unfinished: scenario.clients,
            left_publisher: 0,
            blocks: 0,
            wasted: 0,
            scenario,
        };
        world.add_node(scenario.publisher);
        for client in 0..scenario.clients {
            world.add_node(scenario.uplinks[client % scenario.uplinks.len()]);
            let share = client as f64 / scenario.clients as f64;
            let at = share * scenario.arrivals_secs * SECOND as f64;
            world.wheel.at(at as Micros, Event::Join(client + 1));
        }
        if scenario.origin != Origin::Web {
            world.wheel.at(0, Event::Round(PUBLISHER));
        }
        world
    }

    fn add_node(&mut self, up_mbit: f64) {
        let number = self.nodes.len();
        let is_publisher = number == PUBLISHER;
        let all = PieceSet::all(self.shape.pieces);
        let up = up_mbit * 1e6 / 8.0;
        let every = |one_in: usize| one_in > 0 && number % one_in == 1 % one_in;
        let mut choker = Choker::new(self.random.u64(..));
        choker.set_slots(slots_for(Some(up as u32)));
        self.nodes.push(Node {
            up,
            down: self.scenario.downlink * 1e6 / 8.0,
            is_rider: !is_publisher && every(self.scenario.one_rider_in),
            is_alive: is_publisher,
            joined: 0,
            done: None,
            missing: if is_publisher { self.none.clone() } else { all.clone() },
            picker: Picker::new(self.shape, self.random.u64(..)),
            choker,
            sides: Vec::new(),
            ring: VecDeque::new(),
            up_free: 0,
            is_up_waiting: false,
            down_free: 0,
            http_side: None,
            claimed: None,
            last_of_peers: 0,
        });
        self.told.push(if is_publisher { all } else { self.none.clone() });
    }

    fn now(&self) -> SteadyTime {
        SteadyTime(Duration::from_micros(self.wheel.now()))
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
                Event::Uplink(node) => self.uplink(node),
                Event::Block { to, piece, number } => self.block(to, piece, number),
                Event::Have { node, piece } => self.have(node, piece),
                Event::Note { to, note } => self.note(to, note),
                Event::Round(node) => self.round(node),
                Event::Watch(node) => self.watch(node),
                Event::Http(node) => self.http(node),
            }
        }
        self.outcome()
    }

    fn join(&mut self, node: usize) {
        let now = self.wheel.now();
        let client = &mut self.nodes[node];
        (client.is_alive, client.joined, client.last_of_peers) = (true, now, now);
        client.picker.want(&client.missing.clone());
        let room = self.nodes[PUBLISHER].sides.iter().filter(|side| side.is_alive && side.way == Way::Peer);
        if self.scenario.origin != Origin::Web && room.count() < self.scenario.connections {
            self.connect(node, PUBLISHER, Way::Peer);
        }
        if self.scenario.origin != Origin::Seed {
            self.nodes[node].http_side = Some(self.nodes[node].sides.len());
            self.connect(node, PUBLISHER, Way::Http);
            self.wheel.at(now + 2 * DELAY, Event::Http(node));
        }
        let mut called = 0;
        for _ in 0..4 * self.scenario.neighbours {
            let Some(other) = self.random.choice(&self.here).copied() else { break };
            let sides = &self.nodes[other].sides;
            let is_full = sides.iter().filter(|side| side.is_alive).count() >= self.scenario.connections;
            if called < self.scenario.neighbours && !is_full && sides.iter().all(|s| s.other.node != node) {
                self.connect(node, other, Way::Peer);
                called += 1;
            }
        }
        self.here.push(node);
        self.wheel.at(now, Event::Round(node));
        self.wheel.at(now + SECOND, Event::Watch(node));
        if self.scenario.one_leaver_in > 0 && node % self.scenario.one_leaver_in == 2 {
            let after = self.random.u64(5..20) * SECOND;
            self.wheel.at(now + after, Event::Leave(node));
        }
    }

    fn connect(&mut self, a: usize, b: usize, way: Way) {
        let now = self.now();
        let ends = [a, b].map(|node| End { node, side: self.nodes[node].sides.len() });
        for (me, other) in [(ends[0], ends[1]), (ends[1], ends[0])] {
            let told = &self.told[other.node];
            let node = &mut self.nodes[me.node];
            let mut pipeline = Pipeline::new(now);
            pipeline.peer_takes(500);
            let mut useful = 0;
            if way == Way::Peer {
                useful = node.missing.both(told).count();
                node.picker.peer_has_all_of(told);
            }
            node.sides.push(Side {
                other,
                way,
                is_alive: true,
                joined: now,
                pipeline,
                asked: VecDeque::new(),
                useful,
                wants: false,
                is_unchoked_by: false,
                queue: VecDeque::new(),
                is_in_ring: false,
                is_wanted_by: false,
                unchokes: way == Way::Http,
                to_them: Pace::new(now),
                given: 0,
            });
        }
        ends.into_iter().for_each(|end| self.tell_interest(end));
    }

    fn leave(&mut self, node: usize) {
        let client = &mut self.nodes[node];
        if !std::mem::take(&mut client.is_alive) {
            return;
        }
        if client.done.is_none() {
            self.unfinished -= 1;
        }
        self.here.retain(|other| *other != node);
        for side in 0..self.nodes[node].sides.len() {
            let mine = &mut self.nodes[node].sides[side];
            mine.is_alive = false;
            let (other, way) = (mine.other, mine.way);
            let theirs = &mut self.nodes[other.node].sides[other.side];
            theirs.is_alive = false;
            theirs.queue.clear();
            if way == Way::Peer {
                self.give_back(other);
                self.nodes[other.node].picker.peer_gone(&self.told[node]);
                self.ask_all(other.node);
                self.fill(other.node);
            }
        }
    }

    fn note(&mut self, end: End, note: Note) {
        let now = self.now();
        let side = &mut self.nodes[end.node].sides[end.side];
        if !side.is_alive {
            return;
        }
        match note {
            Note::Interested | Note::NotInterested => {
                side.is_wanted_by = matches!(note, Note::Interested);
                self.fill(end.node);
            }
            Note::Unchoke => {
                side.is_unchoked_by = true;
                side.pipeline.on_unchoked(now);
                self.ask(end);
            }
            Note::Choke => {
                side.is_unchoked_by = false;
                side.pipeline.on_choked(now);
                self.give_back(end);
                self.ask_all(end.node);
            }
        }
    }

    fn send_note(&mut self, to: End, note: Note) {
        self.wheel.at(self.wheel.now() + DELAY, Event::Note { to, note });
    }

    /// Tells the other whether something of it is wanted, when that has changed.
    fn tell_interest(&mut self, end: End) {
        let side = &mut self.nodes[end.node].sides[end.side];
        let wants = side.useful > 0;
        if side.wants != wants && side.is_alive {
            side.wants = wants;
            let other = side.other;
            self.send_note(other, if wants { Note::Interested } else { Note::NotInterested });
        }
    }

    fn standings(&self, node: usize) -> (Vec<Standing>, Role) {
        let now = self.now();
        let numbered = self.nodes[node].sides.iter().zip(0u32..);
        let peers = numbered.filter(|(side, _)| side.is_alive && side.way == Way::Peer);
        let standings = peers.map(|(side, key)| Standing {
            peer: PeerKey(key),
            is_interested: side.is_wanted_by,
            is_unchoked: side.unchokes,
            from_them: side.pipeline.per_second(now),
            to_them: side.to_them.per_second(now),
            given: side.given,
            joined: side.joined,
            owes: side.pipeline.is_on_trial(),
        });
        let is_complete = self.nodes[node].missing.is_empty();
        (standings.collect(), if is_complete { Role::Complete } else { Role::Receiving })
    }

    fn fill(&mut self, node: usize) {
        if !self.nodes[node].is_rider {
            let now = self.now();
            let (standings, role) = self.standings(node);
            let added = self.nodes[node].choker.fill(&standings, role, now);
            added.into_iter().for_each(|peer| self.unchoke(End { node, side: peer.0 as usize }));
        }
    }

    fn unchoke(&mut self, end: End) {
        let side = &mut self.nodes[end.node].sides[end.side];
        if !side.unchokes {
            side.unchokes = true;
            let other = side.other;
            self.send_note(other, Note::Unchoke);
        }
    }

    fn round(&mut self, node: usize) {
        if self.nodes[node].is_rider || !self.nodes[node].is_alive {
            return;
        }
        let now = self.now();
        let (standings, role) = self.standings(node);
        let served = self.nodes[node].choker.round(&standings, role, now);
        for standing in &standings {
            let end = End { node, side: standing.peer.0 as usize };
            if served.contains(&standing.peer) {
                self.unchoke(end);
            } else if standing.is_unchoked {
                let side = &mut self.nodes[node].sides[end.side];
                side.unchokes = false;
                side.queue.clear();
                let other = side.other;
                self.send_note(other, Note::Choke);
            }
        }
        let next = self.nodes[node].choker.next().0.as_micros() as Micros;
        self.wheel.at(next, Event::Round(node));
    }

    fn outcome(&self) -> Outcome {
        let clients = &self.nodes[PUBLISHER + 1..];
        let octets = self.shape.total as f64;
        let publisher = self.nodes[PUBLISHER].up;
        let uplinks: f64 = clients.iter().filter(|node| !node.is_rider).map(|node| node.up).sum();
        let bound = (octets / publisher)
            .max(clients.len() as f64 * octets / (publisher + uplinks))
            .max(octets / clients[0].down);
        let kinds = if self.scenario.one_rider_in > 0 { &["givers", "riders"][..] } else { &["all"] };
        let groups = kinds.iter().filter_map(|who| {
            let done = clients.iter().filter(|node| (*who == "riders") == node.is_rider);
            let done: Vec<(Micros, Micros)> =
                done.filter_map(|node| Some((node.done?, node.joined))).collect();
            let mut took: Vec<f64> = done.iter().map(|(done, joined)| (done - joined) as f64 / 1e6).collect();
            took.sort_by(f64::total_cmp);
            let part = |part: f64| took.get(((took.len() - 1) as f64 * part) as usize).copied();
            let last = done.iter().map(|(done, _)| *done).max()? as f64 / 1e6;
            Some(Group { who, count: took.len(), median: part(0.5)?, nearly_all: part(0.99)?, last })
        });
        Outcome {
            bound,
            copies: self.left_publisher as f64 / octets,
            wasted: self.wasted as f64 / self.blocks.max(1) as f64,
            unfinished: self.unfinished,
            blocks: self.blocks,
            groups: groups.collect(),
        }
    }
}
