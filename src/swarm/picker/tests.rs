//! What a picker asks for, told by examples and by properties over random peers.

use super::*;
use crate::swarm::BLOCK_LENGTH;
use std::collections::BTreeMap;

/// Pieces of four blocks, the last one shorter.
fn a_shape(pieces: u32) -> PieceShape {
    let piece_length = 4 * BLOCK_LENGTH;
    PieceShape { pieces, piece_length, total: u64::from(pieces) * u64::from(piece_length) - 10_000 }
}

fn a_picker(pieces: u32, seed: u64) -> BlockPicker {
    let mut picker = BlockPicker::new(a_shape(pieces), seed);
    picker.want(&PieceSet::all(pieces));
    picker
}

fn set(pieces: u32, some: &[u32]) -> PieceSet {
    PieceSet::of(pieces, |piece| some.contains(&piece))
}

fn pick(picker: &mut BlockPicker, peer: u32, has: &PieceSet, most: usize) -> Vec<Block> {
    let refused = PieceSet::none(has.pieces());
    picker.pick(RequestingPeer { peer: PeerKey(peer), has, may_begin: true, refused: &refused }, most)
}

fn pieces_of(blocks: &[Block]) -> Vec<u32> {
    let mut pieces: Vec<u32> = blocks.iter().map(|block| block.piece).collect();
    pieces.dedup();
    pieces
}

fn deliver(picker: &mut BlockPicker, peer: u32, blocks: &[Block]) {
    for block in blocks {
        if let BlockArrival::First { is_whole: true, .. } = picker.arrived(PeerKey(peer), *block) {
            picker.held(block.piece);
        }
    }
}

#[test]
fn the_rarest_piece_is_asked_first() {
    let mut picker = a_picker(6, 1);
    let asked = PieceSet::all(6);
    picker.rarity.add_peer(&asked);
    picker.rarity.add_peer(&set(6, &[0, 1, 2, 4, 5]));
    picker.rarity.add_peer(&set(6, &[0, 1, 4]));
    picker.rarity.add_holder(1);
    assert_eq!((0..6).map(|p| picker.rarity.availability(p)).collect::<Vec<_>>(), [3, 4, 2, 1, 3, 2]);
    let order = pieces_of(&pick(&mut picker, 7, &asked, 100));
    assert_eq!((order[0], order[5]), (3, 1));
    assert_eq!(
        {
            let mut two = order[1..3].to_vec();
            two.sort_unstable();
            two
        },
        [2, 5]
    );
}

#[test]
fn equally_rare_pieces_are_asked_in_an_order_that_differs_from_client_to_client() {
    let all = PieceSet::all(200);
    let order = |seed| {
        let mut picker = a_picker(200, seed);
        picker.rarity.add_peer(&all);
        pieces_of(&pick(&mut picker, 1, &all, 2_000))
    };
    assert_eq!(order(5).len(), 200);
    assert_eq!(order(5), order(5));
    assert_ne!(order(5), order(6));
    let in_file_order = order(5).windows(2).filter(|pair| pair[0] + 1 == pair[1]).count();
    assert!(in_file_order < 10, "{in_file_order}");
}

#[test]
fn a_begun_piece_is_finished_before_another_is_begun() {
    let all = PieceSet::all(50);
    let mut picker = a_picker(50, 1);
    let first = pick(&mut picker, 1, &all, 2);
    let second = pick(&mut picker, 2, &all, 2);
    assert_eq!(pieces_of(&first), pieces_of(&second));
    assert_eq!(picker.on_the_way.count(), 1);
    // Of two that are begun, the one that lacks less.
    let more = pick(&mut picker, 1, &all, 3);
    let other = pick(&mut picker, 2, &set(50, &[(more[0].piece + 1) % 50]), 1);
    deliver(&mut picker, 1, &more);
    assert_eq!(other.len(), 1);
    assert_eq!(pieces_of(&pick(&mut picker, 3, &all, 1)), pieces_of(&more));
}

#[test]
fn the_publisher_is_asked_for_what_nobody_else_holds_before_a_begun_piece() {
    let all = PieceSet::all(50);
    let mut picker = a_picker(50, 1);
    picker.rarity.add_peer(&all);
    picker.rarity.add_holder(7);
    assert_eq!(pieces_of(&pick(&mut picker, 1, &set(50, &[7]), 2)), [7]);
    let of_publisher = pieces_of(&pick(&mut picker, 2, &all, 5));
    assert!(!of_publisher.contains(&7), "{of_publisher:?}");
    let second = *of_publisher.last().expect("two pieces");
    assert_eq!(pieces_of(&pick(&mut picker, 2, &all, 3)), [second], "such a piece is finished first");
    assert_eq!(pieces_of(&pick(&mut picker, 3, &set(50, &[7]), 9)), [7]);
}

#[test]
fn what_a_person_wants_first_is_asked_first_however_common() {
    let mut picker = a_picker(50, 1);
    let all = PieceSet::all(50);
    picker.rarity.add_peer(&set(50, &[8, 9]));
    picker.rarity.set_first(&set(50, &[8, 9]));
    let mut first = pieces_of(&pick(&mut picker, 1, &all, 8));
    first.sort_unstable();
    assert_eq!(first, [8, 9]);
}

#[test]
fn what_http_fetches_is_asked_of_peers_when_nothing_else_is_left() {
    let mut picker = a_picker(10, 1);
    let all = PieceSet::all(10);
    picker.rarity.set_last(&set(10, &[3, 4, 5]));
    let blocks = pick(&mut picker, 1, &all, 28);
    assert!(blocks.iter().all(|block| ![3, 4, 5].contains(&block.piece)), "{blocks:?}");
    assert!(pick(&mut picker, 2, &set(10, &[3]), 1).len() == 1);
    assert!(!picker.is_end_game());
    assert_eq!(pieces_of(&pick(&mut picker, 1, &all, 100)).len(), 3);
    assert!(picker.is_end_game());
}

#[test]
fn exactly_the_wanted_pieces_are_asked() {
    let mut picker = BlockPicker::new(a_shape(100), 1);
    let wanted = set(100, &[3, 4, 50, 51, 98]);
    picker.want(&wanted);
    let blocks = pick(&mut picker, 1, &PieceSet::all(100), 1_000);
    assert_eq!(PieceSet::of(100, |piece| blocks.iter().any(|block| block.piece == piece)), wanted);
    assert_eq!(blocks.len(), 20);
}

#[test]
fn a_piece_no_longer_wanted_is_cancelled_and_its_blocks_are_unwanted() {
    let mut picker = a_picker(3, 1);
    let blocks = pick(&mut picker, 1, &set(3, &[0]), 4);
    assert_eq!(
        picker.arrived(PeerKey(1), blocks[0]),
        BlockArrival::First { others: vec![], is_whole: false }
    );
    let cancelled = picker.want(&set(3, &[1, 2]));
    assert_eq!(cancelled, blocks[1..].iter().map(|block| (PeerKey(1), *block)).collect::<Vec<_>>());
    assert_eq!(picker.arrived(PeerKey(1), blocks[1]), BlockArrival::Unwanted);
    assert_eq!((picker.on_the_way.count(), picker.on_the_way.asked_of(PeerKey(1))), (0, 0));
}

#[test]
fn at_the_end_blocks_of_a_slow_peer_are_asked_of_a_fast_one_too() {
    let all = PieceSet::all(8);
    let mut picker = a_picker(8, 1);
    let slow = pick(&mut picker, 1, &all, 4);
    let fast = pick(&mut picker, 2, &all, 100);
    assert!(picker.is_end_game());
    deliver(&mut picker, 2, &fast[..20]);
    assert_eq!(pick(&mut picker, 1, &all, 9), [], "the slow one gets no block of the fast one");
    let again = pick(&mut picker, 2, &all, 1);
    assert_eq!(again, [slow[3]], "what the slow one would give last");
    assert_eq!(pick(&mut picker, 2, &all, 99).len(), 3, "never a block twice");
    deliver(&mut picker, 2, &fast[20..]);
    assert_eq!(
        picker.arrived(PeerKey(2), slow[3]),
        BlockArrival::First { others: vec![PeerKey(1)], is_whole: false }
    );
    assert_eq!(picker.arrived(PeerKey(1), slow[3]), BlockArrival::Again);
    assert_eq!(picker.on_the_way.asked_of(PeerKey(1)), 3);
}

#[test]
fn a_block_is_asked_of_three_peers_at_most() {
    let all = PieceSet::all(1);
    let mut picker = a_picker(1, 1);
    let blocks = pick(&mut picker, 1, &all, 4);
    let (mut helpers, mut asked) = (0, 0);
    for peer in 2..10 {
        let more = pick(&mut picker, peer, &all, 1).len();
        (helpers, asked) = (helpers + usize::from(more > 0), asked + more);
    }
    assert!(helpers >= 2 && asked <= 2 * blocks.len(), "{helpers} {asked}");
    assert_eq!(pick(&mut picker, 11, &all, 1), []);
}

#[test]
fn a_slow_peer_does_not_hold_up_the_others_when_memory_is_full() {
    let all = PieceSet::all(100);
    let mut picker = a_picker(100, 1);
    let slow = pick(&mut picker, 1, &all, 4);
    let fast = pick(&mut picker, 2, &all, 40);
    deliver(&mut picker, 2, &fast);
    let none = PieceSet::none(100);
    let full = RequestingPeer { peer: PeerKey(2), has: &all, may_begin: false, refused: &none };
    assert_eq!(pieces_of(&picker.pick(full, 4)), pieces_of(&slow));
}

#[test]
fn a_late_block_of_a_begun_piece_is_welcome() {
    let all = PieceSet::all(3);
    let mut picker = a_picker(3, 1);
    let blocks = pick(&mut picker, 1, &all, 4);
    assert!(matches!(picker.arrived(PeerKey(1), blocks[0]), BlockArrival::First { .. }));
    picker.returned(PeerKey(1), &blocks[1..]);
    assert_eq!(picker.on_the_way.asked_of(PeerKey(1)), 0);
    assert!(matches!(picker.arrived(PeerKey(1), blocks[1]), BlockArrival::First { .. }));
    assert_eq!(picker.arrived(PeerKey(2), blocks[2]), BlockArrival::Unwanted, "never asked of this one");
    assert_eq!(pick(&mut picker, 2, &all, 2), blocks[2..]);
}

#[test]
fn a_piece_that_two_gave_wrong_is_asked_of_one_alone() {
    let all = PieceSet::all(1);
    let mut picker = a_picker(1, 1);
    for peer in [1, 2] {
        let two = pick(&mut picker, peer, &all, 2);
        two.iter().for_each(|block| {
            picker.arrived(PeerKey(peer), *block);
        });
    }
    picker.failed(0, true);
    assert_eq!(picker.on_the_way.count(), 0);
    let first = pick(&mut picker, 1, &all, 2);
    assert_eq!(pick(&mut picker, 2, &all, 4), [], "it is the other's");
    deliver(&mut picker, 1, &first[..1]);
    picker.returned(PeerKey(1), &first[1..]);
    assert_eq!(pick(&mut picker, 2, &all, 4).len(), 4, "from its start: not a part of each again");
}

#[test]
fn what_a_peer_gave_wrong_is_asked_of_others() {
    let mut picker = a_picker(2, 1);
    let all = PieceSet::all(2);
    let asker = |refused| RequestingPeer { peer: PeerKey(1), has: &all, may_begin: true, refused };
    let refused = set(2, &[0]);
    assert_eq!(pieces_of(&picker.pick(asker(&refused), 9)), [1]);
    assert_eq!(pieces_of(&pick(&mut picker, 2, &all, 9)), [0]);
}

#[test]
fn a_peer_with_everything_counts_alike_whether_it_came_so_or_became_so() {
    let mut picker = a_picker(3, 1);
    let all = PieceSet::all(3);
    (0..3).for_each(|piece| picker.rarity.add_holder(piece));
    picker.rarity.add_peer(&all);
    picker.rarity.remove_peer(&all);
    assert_eq!((0..3).map(|p| picker.rarity.availability(p)).collect::<Vec<_>>(), [1, 1, 1]);
    assert!(picker.rarity.offered().is_full());
    picker.rarity.remove_peer(&all);
    assert_eq!((0..3).map(|p| picker.rarity.availability(p)).collect::<Vec<_>>(), [0, 0, 0]);
    assert!(picker.rarity.offered().is_empty());
}

/// A torrent, its peers, and what the picker said, as a plain model.
struct World {
    random: fastrand::Rng,
    picker: BlockPicker,
    shape: PieceShape,
    wanted: PieceSet,
    peers: BTreeMap<u32, (PieceSet, Vec<Block>)>,
    /// Blocks that came, of pieces that are not held.
    came: BTreeMap<u32, Vec<Block>>,
    next_peer: u32,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let shape = a_shape(random.u32(1..150));
        Self {
            picker: BlockPicker::new(shape, seed),
            wanted: PieceSet::none(shape.pieces),
            peers: BTreeMap::new(),
            came: BTreeMap::new(),
            next_peer: 0,
            random,
            shape,
        }
    }

    fn some_pieces(&mut self) -> PieceSet {
        let share = self.random.u32(0..5);
        PieceSet::of(self.shape.pieces, |_| self.random.u32(0..4) < share)
    }

    fn a_piece(&mut self) -> u32 {
        self.random.u32(0..self.shape.pieces)
    }

    fn a_peer(&mut self) -> Option<u32> {
        let keys: Vec<u32> = self.peers.keys().copied().collect();
        self.random.choice(keys)
    }

    fn forget_asked(&mut self, cancelled: Vec<(PeerKey, Block)>) {
        for (peer, block) in cancelled {
            let asked = &mut self.peers.get_mut(&peer.0).expect("a peer").1;
            let before = asked.len();
            asked.retain(|other| *other != block);
            assert_eq!(asked.len() + 1, before, "cancelled what was asked");
        }
    }

    fn pick(&mut self, peer: u32) -> usize {
        let most = self.random.usize(0..12);
        let (has, asked) = self.peers.get_mut(&peer).expect("a peer");
        let blocks = pick(&mut self.picker, peer, has, most);
        assert!(blocks.len() <= most);
        for block in &blocks {
            assert!(has.has(block.piece) && self.wanted.has(block.piece), "{block:?}");
            assert!(!asked.contains(block), "twice of the same peer");
            assert!(!self.came.get(&block.piece).is_some_and(|came| came.contains(block)), "it came already");
            asked.push(*block);
        }
        blocks.len()
    }

    fn arrive(&mut self, peer: u32) {
        let asked = &mut self.peers.get_mut(&peer).expect("a peer").1;
        if asked.is_empty() {
            return;
        }
        let block = asked.remove(self.random.usize(0..asked.len()));
        let BlockArrival::First { others, is_whole } = self.picker.arrived(PeerKey(peer), block) else {
            panic!("{block:?} was asked and had not come");
        };
        self.forget_asked(others.into_iter().map(|other| (other, block)).collect());
        let came = self.came.entry(block.piece).or_default();
        came.push(block);
        assert_eq!(is_whole, came.len() as u32 == self.shape.blocks_of(block.piece));
        if is_whole {
            self.came.remove(&block.piece);
            if self.random.u8(0..8) == 0 {
                self.picker.failed(block.piece, false);
            } else {
                self.hold(block.piece);
            }
        }
    }

    fn hold(&mut self, piece: u32) {
        self.wanted.remove(piece);
        self.came.remove(&piece);
        let cancelled = self.picker.held(piece);
        self.forget_asked(cancelled);
    }

    fn give_back(&mut self, peer: u32) {
        let asked = &mut self.peers.get_mut(&peer).expect("a peer").1;
        let back = asked.split_off(self.random.usize(0..=asked.len()));
        self.picker.returned(PeerKey(peer), &back);
    }

    fn leave(&mut self, peer: u32) {
        let (has, asked) = self.peers.remove(&peer).expect("a peer");
        self.picker.returned(PeerKey(peer), &asked);
        self.picker.rarity.remove_peer(&has);
    }

    fn step(&mut self) {
        let act = self.random.u32(0..100);
        match (act, self.a_peer()) {
            (0..4, _) => {
                let has = if act == 0 { PieceSet::all(self.shape.pieces) } else { self.some_pieces() };
                self.picker.rarity.add_peer(&has);
                self.peers.insert(self.next_peer, (has, Vec::new()));
                self.next_peer += 1;
            }
            (4, _) => {
                let wanted = self.some_pieces();
                self.came.retain(|piece, _| wanted.has(*piece));
                let cancelled = self.picker.want(&wanted);
                self.wanted = wanted;
                self.forget_asked(cancelled);
            }
            (5, _) => {
                let some = self.some_pieces();
                self.picker.rarity.set_first(&some)
            }
            (6, _) => {
                let some = self.some_pieces();
                self.picker.rarity.set_last(&some)
            }
            (7, _) => {
                let piece = self.a_piece();
                self.hold(piece)
            }
            (8, _) => {
                let piece = self.a_piece();
                self.came.remove(&piece);
                self.picker.drop_piece(piece)
            }
            (9..30, Some(peer)) => {
                let piece = self.a_piece();
                if self.peers.get_mut(&peer).expect("a peer").0.insert(piece) {
                    self.picker.rarity.add_holder(piece);
                }
            }
            (30..32, Some(peer)) => self.leave(peer),
            (32..38, Some(peer)) => self.give_back(peer),
            (38..60, Some(peer)) => {
                self.pick(peer);
            }
            (_, Some(peer)) => self.arrive(peer),
            (_, None) => {}
        }
    }

    fn check(&self) {
        for piece in 0..self.shape.pieces {
            let holders = self.peers.values().filter(|(has, _)| has.has(piece)).count();
            assert_eq!(self.picker.rarity.availability(piece) as usize, holders);
            assert_eq!(self.picker.rarity.offered().has(piece), holders > 0);
            let asked = self.peers.values().any(|(_, asked)| asked.iter().any(|block| block.piece == piece));
            assert_eq!(self.picker.on_the_way.pieces().has(piece), asked || self.came.contains_key(&piece));
        }
        for (peer, (has, asked)) in &self.peers {
            assert_eq!(self.picker.on_the_way.asked_of(PeerKey(*peer)), asked.len());
            assert_eq!(self.picker.is_wanted_of(has), has.touches(&self.wanted));
        }
    }
}

#[test]
fn no_block_is_lost_or_asked_twice_of_one_peer_whatever_happens() {
    for seed in 0..60 {
        let mut world = World::new(seed);
        for step in 0..1_500 {
            world.step();
            if step % 50 == 0 {
                world.check();
            }
        }
        world.check();
    }
}

#[test]
fn everything_wanted_comes_when_peers_hold_it_together() {
    for seed in 0..60 {
        let mut world = World::new(seed);
        (0..600).for_each(|_| world.step());
        let nothing = PieceSet::none(world.shape.pieces);
        world.picker.rarity.set_last(&nothing);
        let all: Vec<u32> = world.peers.keys().copied().collect();
        for peer in all {
            let (has, _) = world.peers[&peer].clone();
            if !has.touches(&world.wanted) {
                world.leave(peer);
            }
        }
        let held_by_none = world.wanted.minus(world.picker.rarity.offered());
        let mut idle = 0;
        while world.wanted != held_by_none && idle < 200 {
            let peers: Vec<u32> = world.peers.keys().copied().collect();
            let before = world.wanted.count();
            for peer in peers {
                world.pick(peer);
                world.arrive(peer);
            }
            idle = if world.wanted.count() < before { 0 } else { idle + 1 };
        }
        assert_eq!(world.wanted, held_by_none, "seed {seed}");
        world.check();
    }
}

#[test]
fn a_great_torrent_with_many_peers_costs_little_a_block() {
    // Not a measurement: it would take minutes if a pick looked at all pieces or a Have at all peers.
    let pieces = 16_000;
    let mut random = fastrand::Rng::with_seed(1);
    let sets: Vec<PieceSet> = (0..60).map(|_| PieceSet::of(pieces, |_| random.bool())).collect();
    let mut picker = a_picker(pieces, 1);
    sets.iter().for_each(|has| picker.rarity.add_peer(has));
    let mut came = 0;
    loop {
        let before = came;
        for (peer, has) in (0u32..).zip(&sets) {
            let blocks = pick(&mut picker, peer, has, 5);
            came += blocks.len();
            deliver(&mut picker, peer, &blocks);
        }
        if came == before {
            break;
        }
    }
    assert!(came >= 63_990, "{came}");
}
