//! What a torrent does, told by a made world: several of them, joined by queues of messages, in made time.

mod lost;
mod room;
mod telling;

use super::*;
use crate::swarm::BLOCK_LENGTH;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

const PIECE: u32 = 2 * BLOCK_LENGTH;
const PIECES: u32 = 40;
const SHAPE: PieceShape =
    PieceShape { pieces: PIECES, piece_length: PIECE, total: PIECES as u64 * PIECE as u64 };
const STEP: Duration = Duration::from_millis(50);

/// One client of the made world.
struct Client {
    torrent: Torrent,
    /// Where the other end of each connection is.
    ends: BTreeMap<PeerKey, (usize, PeerKey)>,
    /// Every n-th piece that it gives is wrong.
    lies: Option<u32>,
    /// Says nothing any more.
    is_silent: bool,
    /// Octets a step that it can give.
    uplink: u32,
    credit: u32,
    to_give: VecDeque<(PeerKey, Block)>,
    /// Pieces that it was asked for, and how many blocks it gave.
    asked: BTreeSet<u32>,
    sent: u64,
    dropped: Vec<Leaving>,
    most_buffered: usize,
}

struct World {
    clients: Vec<Client>,
    now: SteadyTime,
    next_key: u32,
    wire: VecDeque<(usize, PeerKey, PeerMessage)>,
}

fn brief(number: u8, held: PieceSet, want: PieceSet) -> TorrentSetup {
    TorrentSetup {
        shape: SHAPE,
        held,
        want,
        files: Vec::new(),
        gives: Gives::Held,
        info: None,
        is_private: false,
        peer_id: [number; 20],
        port: Some(6881),
        limits: TorrentLimits::default(),
        seed: u64::from(number),
    }
}

fn all() -> PieceSet {
    PieceSet::all(PIECES)
}

fn none() -> PieceSet {
    PieceSet::none(PIECES)
}

fn address(number: usize) -> SocketAddr {
    SocketAddr::from(([10, 0, 0, number as u8 + 1], 6881))
}

impl World {
    fn new() -> Self {
        Self { clients: Vec::new(), now: SteadyTime::default(), next_key: 0, wire: VecDeque::new() }
    }

    fn add(&mut self, held: PieceSet, want: PieceSet) -> usize {
        let number = self.clients.len();
        self.add_with(brief(number as u8 + 1, held, want))
    }

    fn add_with(&mut self, brief: TorrentSetup) -> usize {
        self.clients.push(Client {
            torrent: Torrent::new(brief, self.now),
            ends: BTreeMap::new(),
            lies: None,
            is_silent: false,
            uplink: 10 * BLOCK_LENGTH,
            credit: 0,
            to_give: VecDeque::new(),
            asked: BTreeSet::new(),
            sent: 0,
            dropped: Vec::new(),
            most_buffered: 0,
        });
        self.clients.len() - 1
    }

    /// `a` calls `b`.
    fn join(&mut self, a: usize, b: usize) -> (PeerKey, PeerKey) {
        let keys = (PeerKey(self.next_key), PeerKey(self.next_key + 1));
        self.next_key += 2;
        self.clients[a].ends.insert(keys.0, (b, keys.1));
        self.clients[b].ends.insert(keys.1, (a, keys.0));
        let hash = crate::domain::torrent::InfoHash([7; 20]);
        for (here, there, key, side) in [(a, b, keys.0, Side::We), (b, a, keys.1, Side::They)] {
            let handshake = Handshake::ours(hash, self.clients[there].torrent.gate.us);
            let joined =
                TorrentFact::Joined { peer: key, address: address(there), side, handshake, round_trip: None };
            self.tell(here, joined);
        }
        keys
    }

    fn join_all(&mut self) {
        for a in 0..self.clients.len() {
            for b in 0..a {
                self.join(a, b);
            }
        }
    }

    fn tell(&mut self, to: usize, fact: TorrentFact) {
        for act in self.clients[to].torrent.on(fact, self.now) {
            self.obey(to, act);
        }
        let buffered = self.clients[to].torrent.receiving.partials.octets();
        let client = &mut self.clients[to];
        client.most_buffered = client.most_buffered.max(buffered as usize);
    }

    fn obey(&mut self, who: usize, act: TorrentAct) {
        match act {
            TorrentAct::Call(_) => {}
            TorrentAct::Say(key, message) => {
                if let Some((there, end)) = self.clients[who].ends.get(&key).copied() {
                    if let PeerMessage::Request(block) = &message {
                        self.clients[there].asked.insert(block.piece);
                    }
                    self.wire.push_back((there, end, message));
                }
            }
            TorrentAct::Give(key, block) => self.clients[who].to_give.push_back((key, block)),
            TorrentAct::Check(piece, frames) => {
                let is_right = frames.iter().all(|frame| frame[0] == piece as u8);
                let outcome = if is_right { PieceOutcome::Right } else { PieceOutcome::Wrong(frames) };
                self.tell(who, TorrentFact::Checked(piece, outcome));
            }
            TorrentAct::Drop(key, why, _) => {
                self.clients[who].dropped.push(why);
                self.part(who, key);
            }
        }
    }

    fn part(&mut self, who: usize, key: PeerKey) {
        if let Some((there, end)) = self.clients[who].ends.remove(&key) {
            self.clients[there].ends.remove(&end);
            self.tell(there, TorrentFact::Left(end));
        }
    }

    fn step(&mut self) {
        self.now = self.now.after(STEP);
        for who in 0..self.clients.len() {
            let mut room = self.clients[who].uplink + self.clients[who].credit;
            while room >= BLOCK_LENGTH
                && let Some((key, block)) = self.clients[who].to_give.pop_front()
            {
                room -= BLOCK_LENGTH;
                let Some((there, end)) = self.clients[who].ends.get(&key).copied() else { continue };
                let client = &mut self.clients[who];
                let lies = client.lies.is_some_and(|n| block.piece.is_multiple_of(n));
                let octet = if lies { 0xFF } else { block.piece as u8 };
                client.sent += u64::from(block.length);
                let data = Bytes::from(vec![octet; block.length as usize]);
                self.wire.push_back((
                    there,
                    end,
                    PeerMessage::Piece { piece: block.piece, begin: block.begin, data },
                ));
                self.tell(who, TorrentFact::Given(key, block.length));
            }
            self.clients[who].credit = room.min(BLOCK_LENGTH);
        }
        while let Some((to, key, message)) = self.wire.pop_front() {
            if !self.clients[to].is_silent && self.clients[to].ends.contains_key(&key) {
                self.tell(to, TorrentFact::Heard(key, vec![message]));
            }
        }
        for who in 0..self.clients.len() {
            self.tell(who, TorrentFact::Tick);
        }
    }

    /// Lets made time pass until everybody has what is wanted. Returns how long it took, in seconds.
    fn run(&mut self, at_most: u64) -> f64 {
        let start = self.now;
        while self.now.since(start) < Duration::from_secs(at_most) {
            if self.clients.iter().all(|client| client.torrent.receiving.wants.is_complete()) {
                break;
            }
            self.step();
        }
        self.now.since(start).as_secs_f64()
    }

    fn is_complete(&self, who: usize) -> bool {
        self.clients[who].torrent.receiving.wants.is_complete()
    }

    fn wasted(&self) -> u64 {
        self.clients.iter().map(|client| client.torrent.receiving.wasted).sum()
    }
}

#[test]
fn a_crowd_gets_everything_and_the_seed_sends_little_more_than_one_copy() {
    let mut world = World::new();
    world.add(all(), all());
    for _ in 0..6 {
        world.add(none(), all());
    }
    for client in &mut world.clients {
        client.uplink = BLOCK_LENGTH;
    }
    world.join_all();
    let took = world.run(120);
    assert!((0..7).all(|who| world.is_complete(who)), "after {took} s");
    let copies = world.clients[0].sent as f64 / SHAPE.total as f64;
    assert!(copies < 2.5, "{copies} copies");
    let needed = 6 * SHAPE.total;
    assert!(world.wasted() < needed / 5, "{} octets in vain of {needed}", world.wasted());
}

#[test]
fn a_flash_crowd_ends_near_the_bound_and_spares_the_publisher() {
    // 20 clients at 10 Mbit/s, a publisher at 20, 32 MiB: nobody can be faster than N·F/(u + Σu) (Kumar and Ross 2006).
    let shape =
        PieceShape { pieces: 512, piece_length: 4 * BLOCK_LENGTH, total: 512 * 4 * u64::from(BLOCK_LENGTH) };
    let mut world = World::new();
    for number in 0..21u8 {
        let held = if number == 0 { PieceSet::all(512) } else { PieceSet::none(512) };
        let brief = TorrentSetup { shape, ..brief(number + 1, held, PieceSet::all(512)) };
        let client = world.add_with(brief);
        world.clients[client].uplink = if number == 0 { 125_000 } else { 62_500 };
    }
    world.join_all();
    let took = world.run(120);
    let bound = 20.0 * shape.total as f64 / (20.0 * 1_250_000.0 + 2_500_000.0);
    let copies = world.clients[0].sent as f64 / shape.total as f64;
    assert!(
        took < 1.3 * bound && copies < 2.6,
        "{took} s, bound {bound} s, {copies} copies, {} in vain",
        world.wasted()
    );
}

#[test]
fn a_peer_that_had_a_part_in_wrong_pieces_is_asked_for_them_again_when_the_liars_are_gone() {
    let mut world = World::new();
    let user = world.add(none(), all());
    let good = world.add(all(), all());
    world.join(user, good);
    // As after pieces that it gave together with peers that lied and were dropped.
    let had_a_part = PieceSet::of(PIECES, |piece| piece % 2 == 0);
    world.clients[user].torrent.table.peers.values_mut().for_each(|peer| peer.refused = had_a_part.clone());
    let took = world.run(30);
    assert!(world.is_complete(user) && took < 10.0, "after {took} s");
}

/// A client that gives, or not, under a name that tells our program.
fn ours(number: u8, gives: Gives) -> TorrentSetup {
    let mut brief = TorrentSetup { gives, ..brief(number, none(), all()) };
    brief.peer_id[..3].copy_from_slice(crate::swarm::allotment::PREFIX);
    brief
}

#[test]
fn what_the_publisher_is_asked_for_is_shared_out_among_clients_of_our_kind() {
    let mut world = World::new();
    for number in 1..=4 {
        world.add_with(ours(number, Gives::Held));
    }
    world.join_all();
    let mine: Vec<PieceSet> = world.clients.iter().map(|client| client.torrent.allotment().0).collect();
    for piece in 0..PIECES {
        assert_eq!(mine.iter().filter(|mine| mine.has(piece)).count(), 1, "{piece}");
    }
}

#[test]
fn who_tells_of_no_piece_within_five_seconds_gets_no_part() {
    let mut world = World::new();
    world.add_with(ours(1, Gives::Held));
    world.add_with(ours(2, Gives::Nothing));
    world.join_all();
    assert!(!world.clients[0].torrent.allotment().0.is_full());
    for _ in 0..120 {
        world.step();
    }
    assert!(world.clients[0].torrent.allotment().0.is_full());
}

#[test]
fn a_tracker_that_counts_clients_whom_nobody_sees_is_not_believed() {
    let mut world = World::new();
    let alone = world.add_with(ours(1, Gives::Held));
    world.tell(alone, TorrentFact::Crowd(1_000_000));
    let (mine, others) = world.clients[alone].torrent.allotment();
    assert!(mine.is_full() && others == 0);
}

#[test]
fn exactly_the_wanted_pieces_are_asked_for() {
    let mut world = World::new();
    let seed = world.add(all(), all());
    let five = PieceSet::of(PIECES, |piece| (10..15).contains(&piece));
    let user = world.add(none(), five.clone());
    world.join(user, seed);
    world.run(10);
    assert!(world.is_complete(user));
    assert_eq!(world.clients[seed].asked, (10..15).collect());
    assert_eq!(world.clients[user].torrent.receiving.wants.held, five);
}

#[test]
fn what_is_held_of_a_slice_is_given_on_while_the_rest_comes() {
    let mut world = World::new();
    let slice = PieceSet::of(PIECES, |piece| piece < 5);
    let holder = world.add(slice.clone(), slice.clone());
    let user = world.add(none(), slice);
    world.join(user, holder);
    world.run(10);
    assert!(world.is_complete(user));
}

#[test]
fn who_sends_wrong_pieces_goes_and_the_innocent_stay() {
    let mut world = World::new();
    let (good, bad) = (world.add(all(), all()), world.add(all(), all()));
    world.clients[bad].lies = Some(1);
    let user = world.add(none(), all());
    world.join(user, good);
    world.join(user, bad);
    world.run(60);
    assert!(world.is_complete(user));
    assert_eq!(world.clients[user].dropped.iter().filter(|why| **why == Leaving::WrongData).count(), 1);
    assert!(world.clients[user].ends.values().any(|(there, _)| *there == good));
    assert!(world.wasted() <= SHAPE.total / 5, "{} in vain", world.wasted());
}

#[test]
fn the_only_source_is_asked_on_though_some_of_it_is_wrong() {
    let mut world = World::new();
    let seed = world.add(all(), all());
    world.clients[seed].lies = Some(7);
    let user = world.add(none(), all());
    world.join(user, seed);
    world.run(60);
    let held = world.clients[user].torrent.receiving.wants.held.count();
    assert_eq!(held, PIECES - PIECES.div_ceil(7), "all that is right arrived");
    let wrong = world.clients[user].torrent.gate.wrong.values().map(Vec::len).sum::<usize>();
    assert!(wrong <= gate::MOST_WRONG, "{wrong} wrong pieces");
}

#[test]
fn what_a_silent_peer_was_asked_for_comes_from_another() {
    let mut world = World::new();
    let (good, silent) = (world.add(all(), all()), world.add(all(), all()));
    world.clients[good].uplink = BLOCK_LENGTH;
    let user = world.add(none(), all());
    world.join(user, silent);
    for _ in 0..3 {
        world.step();
    }
    world.clients[silent].uplink = 0;
    world.join(user, good);
    let took = world.run(60);
    assert!(world.is_complete(user), "after {took} s");
    assert!(took < 15.0, "{took} s");
}

#[test]
fn a_client_that_gives_nothing_tells_and_gives_nothing() {
    let mut world = World::new();
    let mut silent = brief(9, all(), all());
    silent.gives = Gives::Nothing;
    let holder = world.add_with(silent);
    let user = world.add(none(), all());
    world.join(user, holder);
    world.run(15);
    assert_eq!(world.clients[holder].sent, 0);
    assert!(world.clients[holder].asked.is_empty());
}

#[test]
fn the_same_peer_is_connected_once_and_never_ourselves() {
    let mut world = World::new();
    let (a, b) = (world.add(none(), all()), world.add(none(), all()));
    world.join(a, b);
    world.join(b, a);
    assert_eq!((world.clients[a].ends.len(), world.clients[b].ends.len()), (1, 1));
    let mut twin = brief(1, none(), all());
    twin.peer_id = world.clients[a].torrent.gate.us;
    let twin = world.add_with(twin);
    world.join(a, twin);
    assert!(world.clients[a].dropped.contains(&Leaving::Ourselves));
}

#[test]
fn two_that_have_everything_part() {
    let mut world = World::new();
    let (a, b) = (world.add(all(), all()), world.add(all(), all()));
    world.join(a, b);
    for _ in 0..100 {
        world.step();
    }
    assert!(world.clients[a].ends.is_empty() && world.clients[b].ends.is_empty());
}

#[test]
fn two_that_have_everything_do_not_call_one_another_again_at_once() {
    let mut world = World::new();
    let (a, b) = (world.add(all(), all()), world.add(all(), all()));
    let now = world.now;
    world.clients[a].torrent.calls.book.name(address(b), NamedBy::Tracker, Distance::Far, now);
    world.join(a, b);
    for _ in 0..100 {
        world.step();
    }
    assert!(world.clients[a].ends.is_empty());
    let next = world.clients[a].torrent.calls.book.next_due().map(|next| next.since(world.now));
    assert!(next.is_some_and(|pause| pause > Duration::from_secs(60)), "{next:?}");
}

#[test]
fn pieces_that_are_not_whole_stay_within_the_room_for_them() {
    let mut world = World::new();
    for _ in 0..8 {
        world.add(all(), all());
    }
    let mut small = brief(200, none(), all());
    small.limits.buffer = u64::from(PIECE) * 3;
    let user = world.add_with(small);
    for seed in 0..8 {
        world.join(user, seed);
    }
    world.run(60);
    assert!(world.is_complete(user));
    // What had been asked for when the room was used up still comes.
    let most = world.clients[user].most_buffered;
    assert!(most <= 12 * PIECE as usize, "{most} octets");
}

#[test]
fn a_wrong_bitfield_and_a_block_that_does_not_exist_end_the_connection() {
    for message in [
        PeerMessage::Bitfield(Bytes::from_static(&[0xFF])),
        PeerMessage::Request(Block { piece: PIECES, begin: 0, length: 1 }),
        PeerMessage::Have(PIECES),
        PeerMessage::Piece { piece: 0, begin: PIECE, data: Bytes::from_static(&[0]) },
    ] {
        let mut world = World::new();
        let (a, b) = (world.add(none(), all()), world.add(none(), all()));
        let (key, _) = world.join(a, b);
        world.tell(a, TorrentFact::Heard(key, vec![message.clone()]));
        assert!(matches!(world.clients[a].dropped[..], [Leaving::Fault(_)]), "{message:?}");
    }
}

#[test]
fn a_bitfield_that_comes_late_tells_of_many_pieces_at_once() {
    let mut world = World::new();
    let (user, peer) = (world.add(none(), all()), world.add(none(), none()));
    let (key, _) = world.join(user, peer);
    world.tell(user, TorrentFact::Heard(key, vec![PeerMessage::Have(3)]));
    let many = PieceSet::of(PIECES, |piece| piece % 2 == 0);
    world.tell(user, TorrentFact::Heard(key, vec![PeerMessage::Bitfield(many.to_bitfield().into())]));
    let look = world.clients[user].torrent.look();
    assert_eq!(look.peers[0].holds, many.count() + 1);
    assert!(world.clients[user].dropped.is_empty());
}

#[test]
fn what_http_is_fetching_is_asked_of_peers_last() {
    let mut world = World::new();
    let seed = world.add(all(), all());
    world.clients[seed].uplink = BLOCK_LENGTH;
    let user = world.add(none(), all());
    let claimed = PieceSet::of(PIECES, |piece| piece < 20);
    world.tell(user, TorrentFact::Elsewhere(claimed.clone(), Others::Hopeful));
    world.join(user, seed);
    let count = |world: &World| world.clients[user].torrent.receiving.wants.held.count();
    while count(&world) < 18 && world.now.0 < Duration::from_secs(30) {
        world.step();
    }
    let held = &world.clients[user].torrent.receiving.wants.held;
    assert_eq!(held.both(&claimed).count(), 0, "{:?}", held.iter().collect::<Vec<_>>());
}
