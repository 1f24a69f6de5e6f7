//! A set of pieces, one bit each, counted.
//!
//! In: numbers of pieces, or a bitfield as peers send it. Out: the same. Never grows with a number that was read.

use super::PieceShape;

/// Some of the pieces of a torrent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PieceSet {
    words: Vec<u64>,
    pieces: u32,
    count: u32,
}

impl PieceSet {
    /// None of so many pieces.
    pub fn none(pieces: u32) -> Self {
        Self { words: vec![0; (pieces as usize).div_ceil(64)], pieces, count: 0 }
    }

    /// All of so many pieces.
    pub fn all(pieces: u32) -> Self {
        let mut set = Self { words: vec![u64::MAX; (pieces as usize).div_ceil(64)], pieces, count: pieces };
        if let (Some(last), rest @ 1..) = (set.words.last_mut(), pieces % 64) {
            *last = (1 << rest) - 1;
        }
        set
    }

    /// The pieces for which `is_in` says so.
    pub fn of(pieces: u32, mut is_in: impl FnMut(u32) -> bool) -> Self {
        let mut set = Self::none(pieces);
        for piece in 0..pieces {
            if is_in(piece) {
                set.insert(piece);
            }
        }
        set
    }

    /// Reads a bitfield: first piece in the highest bit of the first octet. `None` unless it has the right length and
    /// zeros behind the last piece.
    pub fn from_bitfield(octets: &[u8], shape: &PieceShape) -> Option<Self> {
        if octets.len() != (shape.pieces as usize).div_ceil(8) {
            return None;
        }
        let mut set = Self::none(shape.pieces);
        for (word, chunk) in set.words.iter_mut().zip(octets.chunks(8)) {
            let mut eight = [0u8; 8];
            eight[..chunk.len()].copy_from_slice(chunk);
            *word = u64::from_be_bytes(eight).reverse_bits();
        }
        set.count = set.words.iter().map(|word| word.count_ones()).sum();
        let spare = set.words.last().map_or(0, |last| match shape.pieces % 64 {
            0 => 0,
            rest => *last >> rest,
        });
        (spare == 0).then_some(set)
    }

    /// The set as a bitfield.
    pub fn to_bitfield(&self) -> Vec<u8> {
        let octets = self.words.iter().flat_map(|word| word.reverse_bits().to_be_bytes());
        octets.take((self.pieces as usize).div_ceil(8)).collect()
    }

    /// How many pieces there are, in the set or not.
    pub fn pieces(&self) -> u32 {
        self.pieces
    }

    /// How many are in the set.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Whether none is in the set.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether every piece is in the set.
    pub fn is_full(&self) -> bool {
        self.count == self.pieces
    }

    /// Whether `piece` is in the set.
    pub fn has(&self, piece: u32) -> bool {
        self.words.get(piece as usize / 64).is_some_and(|word| word >> (piece % 64) & 1 == 1)
    }

    /// Puts `piece` in, unless there is no such piece. Returns whether it is new.
    pub fn insert(&mut self, piece: u32) -> bool {
        if piece >= self.pieces || self.has(piece) {
            return false;
        }
        self.words[piece as usize / 64] |= 1 << (piece % 64);
        self.count += 1;
        true
    }

    /// Takes `piece` out. Returns whether it was in.
    pub fn remove(&mut self, piece: u32) -> bool {
        if !self.has(piece) {
            return false;
        }
        self.words[piece as usize / 64] &= !(1 << (piece % 64));
        self.count -= 1;
        true
    }

    /// Whether some piece is in both. Sets of different torrents have none in common.
    pub fn touches(&self, other: &Self) -> bool {
        self.words.iter().zip(&other.words).any(|(a, b)| a & b != 0)
    }

    /// The pieces of this set that are not in `other`.
    pub fn minus(&self, other: &Self) -> Self {
        self.combined(other, |a, b| a & !b)
    }

    /// The pieces in both.
    pub fn both(&self, other: &Self) -> Self {
        self.combined(other, |a, b| a & b)
    }

    /// The pieces in either.
    pub fn either(&self, other: &Self) -> Self {
        self.combined(other, |a, b| a | b)
    }

    fn combined(&self, other: &Self, with: impl Fn(u64, u64) -> u64) -> Self {
        let others = other.words.iter().copied().chain(std::iter::repeat(0));
        let words: Vec<u64> = self.words.iter().zip(others).map(|(a, b)| with(*a, b)).collect();
        let count = words.iter().map(|word| word.count_ones()).sum();
        Self { words, pieces: self.pieces, count }
    }

    /// The pieces, in order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.words.iter().zip(0u32..).flat_map(|(word, number)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros())?;
                left &= left - 1;
                Some(number * 64 + bit)
            })
        })
    }

    /// The sixty-four pieces from `64 * number` on, first piece in the lowest bit: for whoever compares many at a time.
    pub fn word(&self, number: usize) -> u64 {
        self.words.get(number).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(pieces: u32) -> PieceShape {
        PieceShape { pieces, piece_length: 1, total: u64::from(pieces) }
    }

    #[test]
    fn a_bitfield_is_read_and_written_alike() {
        let mut random = fastrand::Rng::with_seed(1);
        for pieces in [1, 7, 8, 9, 63, 64, 65, 129, 1000] {
            let set = PieceSet::of(pieces, |_| random.bool());
            let octets = set.to_bitfield();
            assert_eq!(octets.len(), (pieces as usize).div_ceil(8));
            assert_eq!(octets[0] >> 7 == 1, set.has(0));
            assert_eq!(PieceSet::from_bitfield(&octets, &shape(pieces)), Some(set));
        }
    }

    #[test]
    fn a_bitfield_of_another_length_or_with_bits_behind_the_end_is_none() {
        assert_eq!(PieceSet::from_bitfield(&[0xFF], &shape(9)), None);
        assert_eq!(PieceSet::from_bitfield(&[0xFF, 0x40], &shape(9)), None);
        assert_eq!(PieceSet::from_bitfield(&[0xFF, 0x80], &shape(9)), Some(PieceSet::all(9)));
    }

    #[test]
    fn pieces_past_the_last_never_get_in() {
        let mut set = PieceSet::none(70);
        assert!(set.insert(69) && !set.insert(69) && !set.insert(70) && !set.insert(u32::MAX));
        assert_eq!(set.iter().collect::<Vec<_>>(), [69]);
        assert!(PieceSet::all(70).is_full() && PieceSet::all(64).count() == 64);
        assert!(set.remove(69) && !set.remove(69) && set.is_empty());
    }

    #[test]
    fn sets_are_compared_piece_by_piece() {
        let even = PieceSet::of(100, |piece| piece % 2 == 0);
        let third = PieceSet::of(100, |piece| piece % 3 == 0);
        assert!(even.touches(&third));
        assert_eq!(even.both(&third).count(), 17);
        assert_eq!(even.minus(&third).count() + 17, even.count());
        assert_eq!(even.either(&third).count(), even.count() + third.count() - 17);
    }
}
