//! Wanted pieces that nobody was asked for yet, the rarest first and by chance among equals.
//!
//! In: which pieces peers hold, and which are preferred or fetched elsewhere. Out: the next ones to ask a peer for.
//! A change of one piece costs a few swaps whatever the number of pieces: each row is sorted into spans of equally
//! rare pieces, and a piece that becomes rarer or more common changes places with one at the edge of its span.

use crate::swarm::pieces::PieceSet;

/// Stands for "in no row".
const NOWHERE: u32 = u32::MAX;

/// So many pieces of a row are looked at before it is asked whether the peer has any of it.
const LOOKED_AT: usize = 64;

/// How urgently a piece is to be asked of peers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// A person wants it before others.
    First,
    /// As any other.
    Usual,
    /// HTTP fetches it.
    Last,
}

/// All ranks, the most urgent first.
pub const RANKS: [Rank; 3] = [Rank::First, Rank::Usual, Rank::Last];

/// Pieces of one rank, the rarest first.
#[derive(Clone, Debug, Default)]
struct Row {
    list: Vec<u32>,
    /// Where the pieces with so many holders begin; those with more follow. May be shorter than the largest number.
    starts: Vec<u32>,
}

impl Row {
    /// End of the span of pieces with so many holders.
    fn end(&self, holders: usize) -> u32 {
        self.starts.get(holders + 1).copied().unwrap_or(self.list.len() as u32)
    }

    fn swap(&mut self, at: &mut [u32], a: u32, b: u32) {
        self.list.swap(a as usize, b as usize);
        at[self.list[a as usize] as usize] = a;
        at[self.list[b as usize] as usize] = b;
    }

    /// Gives the piece at the edge of its span a place by chance in it.
    fn shuffle(&mut self, at: &mut [u32], place: u32, holders: usize, random: &mut fastrand::Rng) {
        let other = random.u32(self.starts[holders]..self.end(holders));
        self.swap(at, place, other);
    }

    fn insert(&mut self, at: &mut [u32], piece: u32, holders: usize, random: &mut fastrand::Rng) {
        let length = self.list.len() as u32;
        while self.starts.len() <= holders {
            self.starts.push(length);
        }
        self.list.push(piece);
        let mut place = length;
        at[piece as usize] = place;
        for span in (holders + 1..self.starts.len()).rev() {
            let first = self.starts[span];
            self.swap(at, place, first);
            self.starts[span] += 1;
            place = first;
        }
        self.shuffle(at, place, holders, random);
    }

    fn remove(&mut self, at: &mut [u32], piece: u32, holders: usize) {
        let mut place = at[piece as usize];
        for span in holders..self.starts.len() {
            let last = self.end(span) - 1;
            self.swap(at, place, last);
            place = last;
            if span > holders {
                self.starts[span] -= 1;
            }
        }
        self.list.pop();
        at[piece as usize] = NOWHERE;
    }

    /// One holder more than `holders`.
    fn more(&mut self, at: &mut [u32], piece: u32, holders: usize, random: &mut fastrand::Rng) {
        if self.starts.len() == holders + 1 {
            self.starts.push(self.list.len() as u32);
        }
        let last = self.starts[holders + 1] - 1;
        self.swap(at, at[piece as usize], last);
        self.starts[holders + 1] = last;
        self.shuffle(at, last, holders + 1, random);
    }

    /// One holder less than `holders`.
    fn fewer(&mut self, at: &mut [u32], piece: u32, holders: usize, random: &mut fastrand::Rng) {
        let first = self.starts[holders];
        self.swap(at, at[piece as usize], first);
        self.starts[holders] = first + 1;
        self.shuffle(at, first, holders - 1, random);
    }
}

/// How rare pieces are, and the rows of those to be asked for.
#[derive(Clone, Debug)]
pub struct Rarity {
    /// How many peers hold each piece, without those that hold all.
    holders: Vec<u32>,
    /// How many peers hold all pieces: they make none rarer than another.
    hold_all: u32,
    /// Held by one of `holders`.
    offered: PieceSet,
    all: PieceSet,
    first: PieceSet,
    last: PieceSet,
    /// In some row.
    fresh: PieceSet,
    at: Vec<u32>,
    rows: [Row; 3],
    random: fastrand::Rng,
}

impl Rarity {
    pub fn new(pieces: u32, seed: u64) -> Self {
        let none = PieceSet::none(pieces);
        Self {
            holders: vec![0; pieces as usize],
            hold_all: 0,
            offered: none.clone(),
            all: PieceSet::all(pieces),
            first: none.clone(),
            last: none.clone(),
            fresh: none,
            at: vec![NOWHERE; pieces as usize],
            rows: Default::default(),
            random: fastrand::Rng::with_seed(seed),
        }
    }

    pub fn availability(&self, piece: u32) -> u32 {
        self.holders.get(piece as usize).map_or(0, |holders| holders + self.hold_all)
    }

    /// Whether only peers that hold all hold it.
    pub fn is_held_by_complete_only(&self, piece: u32) -> bool {
        self.hold_all > 0 && !self.offered.has(piece)
    }

    pub fn offered(&self) -> &PieceSet {
        if self.hold_all > 0 { &self.all } else { &self.offered }
    }

    pub fn rank(&self, piece: u32) -> Rank {
        match (self.last.has(piece), self.first.has(piece)) {
            (true, _) => Rank::Last,
            (false, true) => Rank::First,
            (false, false) => Rank::Usual,
        }
    }

    /// How many pieces of that rank nobody was asked for.
    pub fn count(&self, rank: Rank) -> usize {
        self.rows[rank as usize].list.len()
    }

    pub fn add_holder(&mut self, piece: u32) {
        let Some(holders) = self.holders.get_mut(piece as usize) else { return };
        *holders += 1;
        let before = *holders as usize - 1;
        self.offered.insert(piece);
        if self.fresh.has(piece) {
            let rank = self.rank(piece) as usize;
            self.rows[rank].more(&mut self.at, piece, before, &mut self.random);
        }
    }

    pub fn remove_holder(&mut self, piece: u32) {
        let Some(holders) = self.holders.get_mut(piece as usize).filter(|holders| **holders > 0) else {
            return;
        };
        *holders -= 1;
        let before = *holders as usize + 1;
        if *holders == 0 {
            self.offered.remove(piece);
        }
        if self.fresh.has(piece) {
            let rank = self.rank(piece) as usize;
            self.rows[rank].fewer(&mut self.at, piece, before, &mut self.random);
        }
    }

    /// A peer that holds these came.
    pub fn add_peer(&mut self, pieces: &PieceSet) {
        if pieces.is_full() {
            self.hold_all += 1;
        } else {
            pieces.iter().for_each(|piece| self.add_holder(piece));
        }
    }

    /// A peer that holds these went. Whether one with all of them came with all or bit by bit does not matter: the sum
    /// is the same.
    pub fn remove_peer(&mut self, pieces: &PieceSet) {
        if pieces.is_full() && self.hold_all > 0 {
            self.hold_all -= 1;
        } else {
            pieces.iter().for_each(|piece| self.remove_holder(piece));
        }
    }

    pub fn insert(&mut self, piece: u32) {
        if self.fresh.insert(piece) {
            let holders = self.holders[piece as usize] as usize;
            let rank = self.rank(piece) as usize;
            self.rows[rank].insert(&mut self.at, piece, holders, &mut self.random);
        }
    }

    pub fn remove(&mut self, piece: u32) {
        if self.fresh.remove(piece) {
            let holders = self.holders[piece as usize] as usize;
            let rank = self.rank(piece) as usize;
            self.rows[rank].remove(&mut self.at, piece, holders);
        }
    }

    pub fn set_first(&mut self, first: &PieceSet) {
        let changed = differing(&self.first, first);
        let fresh = self.taken_out(&changed);
        self.first = first.clone();
        fresh.into_iter().for_each(|piece| self.insert(piece));
    }

    pub fn set_last(&mut self, last: &PieceSet) {
        let changed = differing(&self.last, last);
        let fresh = self.taken_out(&changed);
        self.last = last.clone();
        fresh.into_iter().for_each(|piece| self.insert(piece));
    }

    fn taken_out(&mut self, changed: &PieceSet) -> Vec<u32> {
        let fresh: Vec<u32> = changed.iter().filter(|piece| self.fresh.has(*piece)).collect();
        fresh.iter().for_each(|piece| self.remove(*piece));
        fresh
    }

    /// The rarest `most` pieces of `rank` that are in `has` and not in `refused`.
    pub fn rarest(&self, rank: Rank, has: &PieceSet, refused: &PieceSet, most: usize) -> Vec<u32> {
        let row = &self.rows[rank as usize];
        if row.list.is_empty() || most == 0 {
            return Vec::new();
        }
        let fits = |piece: &u32| has.has(*piece) && !refused.has(*piece);
        let near = row.list.iter().take(LOOKED_AT + most).copied().filter(fits);
        let found: Vec<u32> = near.take(most).collect();
        if found.len() == most || row.list.len() <= LOOKED_AT + most {
            return found;
        }
        let words = self.at.len().div_ceil(64);
        let fitting = |number| has.word(number) & self.fresh.word(number) & !refused.word(number);
        let count: u32 = (0..words).map(|number| fitting(number).count_ones()).sum();
        if count >= self.fresh.count() / 8 {
            return row.list.iter().copied().filter(fits).take(most).collect();
        }
        // So few that it is quicker to look at each than to go along the row.
        let mut found: Vec<u32> = (0..words as u32)
            .flat_map(|number| {
                let word = fitting(number as usize);
                (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| number * 64 + bit)
            })
            .filter(|piece| self.rank(*piece) == rank)
            .collect();
        found.sort_unstable_by_key(|piece| self.at[*piece as usize]);
        found.truncate(most);
        found
    }
}

fn differing(a: &PieceSet, b: &PieceSet) -> PieceSet {
    a.minus(b).either(&b.minus(a))
}
