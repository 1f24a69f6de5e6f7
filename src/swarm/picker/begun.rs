//! One piece on its way: which of its blocks came, and who was asked for the others.
//!
//! In: what was asked, came, or was given back. Out: blocks that are free.

use crate::swarm::PeerKey;

/// So many peers at most are asked for the same block.
pub const MOST_ASKERS: usize = 3;

/// One block.
#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    has_come: bool,
    asked: [Option<PeerKey>; MOST_ASKERS],
    /// Was asked and had it taken back: what it gives late is welcome.
    was_asked: Option<PeerKey>,
}

impl Cell {
    fn askers(&self) -> usize {
        self.asked.iter().flatten().count()
    }

    fn is_free(&self) -> bool {
        !self.has_come && self.askers() == 0
    }
}

/// What a block was when it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlockNovelty {
    /// The first; these were asked, too, and are no longer.
    First(Vec<PeerKey>),
    /// It had come already.
    Again,
    /// This peer was never asked for it.
    NeverAsked,
}

/// A piece that peers were asked for or gave parts of.
#[derive(Clone, Debug)]
pub struct Begun {
    cells: Vec<Cell>,
    came: u32,
    free: u32,
    /// Requests out, counted once per peer.
    requests: u32,
    /// No free block lies before this one.
    first_free: usize,
    /// The only one that may give it.
    pub owner: Option<PeerKey>,
}

impl Begun {
    pub fn new(blocks: u32) -> Self {
        Self {
            cells: vec![Cell::default(); blocks as usize],
            came: 0,
            free: blocks,
            requests: 0,
            first_free: 0,
            owner: None,
        }
    }

    /// Blocks that have not come.
    pub fn missing(&self) -> u32 {
        self.cells.len() as u32 - self.came
    }

    /// Whether a block of it was not asked of anybody.
    pub fn has_free(&self) -> bool {
        self.free > 0
    }

    /// Whether nothing came and nothing is asked.
    pub fn is_untouched(&self) -> bool {
        self.came == 0 && self.requests == 0
    }

    /// Asks `peer` for the next free block.
    pub fn ask_free(&mut self, peer: PeerKey) -> Option<u32> {
        let found = self.cells[self.first_free..].iter().position(Cell::is_free)? + self.first_free;
        self.first_free = found + 1;
        self.cells[found].asked[0] = Some(peer);
        self.free -= 1;
        self.requests += 1;
        Some(found as u32)
    }

    /// How many were asked for it, when `peer` may be asked as well.
    pub fn others_asked(&self, number: u32, peer: PeerKey) -> Option<usize> {
        let cell = self.cells.get(number as usize)?;
        let may = !cell.has_come && cell.askers() < MOST_ASKERS && !cell.asked.contains(&Some(peer));
        may.then(|| cell.askers())
    }

    /// Asks `peer` as well. Returns whether there was a place left.
    pub fn ask_too(&mut self, number: u32, peer: PeerKey) -> bool {
        let Some(cell) = self.cells.get_mut(number as usize) else { return false };
        let Some(place) = cell.asked.iter_mut().find(|asked| asked.is_none()) else { return false };
        *place = Some(peer);
        self.requests += 1;
        true
    }

    /// The block of that number came from `peer`.
    pub fn came(&mut self, number: u32, peer: PeerKey) -> BlockNovelty {
        let Some(cell) = self.cells.get_mut(number as usize) else { return BlockNovelty::NeverAsked };
        if cell.has_come {
            return BlockNovelty::Again;
        }
        let was_asked = cell.asked.contains(&Some(peer));
        if !was_asked && cell.was_asked != Some(peer) {
            return BlockNovelty::NeverAsked;
        }
        if cell.is_free() {
            self.free -= 1;
        }
        let asked = std::mem::take(&mut cell.asked);
        cell.has_come = true;
        self.came += 1;
        self.requests -= asked.iter().flatten().count() as u32;
        BlockNovelty::First(asked.into_iter().flatten().filter(|other| *other != peer).collect())
    }

    /// `peer` will not give that block. Returns whether it had been asked.
    pub fn give_back(&mut self, number: u32, peer: PeerKey) -> bool {
        let Some(cell) = self.cells.get_mut(number as usize) else { return false };
        let Some(place) = cell.asked.iter_mut().find(|asked| **asked == Some(peer)) else { return false };
        *place = None;
        cell.was_asked = Some(peer);
        self.requests -= 1;
        if cell.is_free() {
            self.set_free(number as usize);
        }
        true
    }

    /// What came is lost: it is free again. What is asked stays asked.
    pub fn forget(&mut self) {
        for number in 0..self.cells.len() {
            if std::mem::take(&mut self.cells[number].has_come) {
                self.came -= 1;
                self.set_free(number);
            }
        }
    }

    fn set_free(&mut self, number: usize) {
        self.free += 1;
        self.first_free = self.first_free.min(number);
    }

    /// All requests that are out, as numbers of blocks.
    pub fn asked(&self) -> impl Iterator<Item = (PeerKey, u32)> + '_ {
        let numbered = self.cells.iter().zip(0u32..);
        numbered.flat_map(|(cell, number)| cell.asked.iter().flatten().map(move |peer| (*peer, number)))
    }
}
