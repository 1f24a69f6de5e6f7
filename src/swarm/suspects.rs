//! Finds who sent the wrong block of a piece that several peers gave.
//!
//! In: the blocks of a piece that was wrong, with who gave each; the blocks of the same piece once it is whole again;
//! the word that it is right now. Out: those whose blocks differed from the right ones. Keeps a number a block, not the
//! block itself, and only for pieces that were wrong.

use super::PeerKey;
use bytes::Bytes;
use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::hash::BuildHasher;

/// Most wrong versions of one piece that are remembered: more do not tell more.
const MOST_VERSIONS: usize = 4;

/// Most pieces that are remembered: others are fetched again all the same.
const MOST_PIECES: usize = 64;

/// One version of a piece: who gave each block, and a number that tells it from another.
type Version = Vec<(PeerKey, u64)>;

/// Pieces that were wrong.
#[derive(Debug, Default)]
pub struct Suspects {
    hash: RandomState,
    pieces: HashMap<u32, Case>,
}

#[derive(Debug, Default)]
struct Case {
    wrong: Vec<Version>,
    /// What was put together last, until it is known to be right or wrong.
    last: Version,
}

impl Suspects {
    /// Nobody is suspected.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether `piece` was wrong before and is not right yet.
    pub fn knows(&self, piece: u32) -> bool {
        self.pieces.contains_key(&piece)
    }

    /// `piece` was wrong in these blocks.
    pub fn on_wrong(&mut self, piece: u32, givers: &[PeerKey], frames: &[Bytes]) {
        let version = self.version(givers, frames);
        if self.pieces.len() >= MOST_PIECES && !self.knows(piece) {
            return;
        }
        let case = self.pieces.entry(piece).or_default();
        case.last.clear();
        if case.wrong.len() < MOST_VERSIONS {
            case.wrong.push(version);
        }
    }

    /// `piece` is whole again and about to be checked.
    pub fn on_whole(&mut self, piece: u32, givers: &[PeerKey], frames: &[Bytes]) {
        if self.knows(piece) {
            let version = self.version(givers, frames);
            if let Some(case) = self.pieces.get_mut(&piece) {
                case.last = version;
            }
        }
    }

    /// `piece` is right. Names those whose earlier blocks were not; nobody when somebody else brought it.
    pub fn on_right(&mut self, piece: u32) -> Vec<PeerKey> {
        let Some(case) = self.pieces.remove(&piece) else { return Vec::new() };
        let mut liars: Vec<PeerKey> = case
            .wrong
            .iter()
            .flat_map(|version| version.iter().zip(&case.last))
            .filter(|((_, was), (_, is))| was != is)
            .map(|((giver, _), _)| *giver)
            .collect();
        liars.sort_unstable();
        liars.dedup();
        liars
    }

    fn version(&self, givers: &[PeerKey], frames: &[Bytes]) -> Version {
        givers.iter().zip(frames).map(|(giver, frame)| (*giver, self.hash.hash_one(&frame[..]))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: PeerKey = PeerKey(1);
    const BAD: PeerKey = PeerKey(2);

    fn frames(texts: [&'static str; 3]) -> Vec<Bytes> {
        texts.into_iter().map(|text| Bytes::from_static(text.as_bytes())).collect()
    }

    #[test]
    fn who_sent_the_wrong_block_is_found_once_the_piece_is_right() {
        let mut suspects = Suspects::new();
        suspects.on_wrong(7, &[GOOD, BAD, GOOD], &frames(["a", "WRONG", "c"]));
        assert!(suspects.knows(7));
        suspects.on_whole(7, &[GOOD, GOOD, GOOD], &frames(["a", "b", "c"]));
        assert_eq!(suspects.on_right(7), [BAD]);
        assert!(!suspects.knows(7));
    }

    #[test]
    fn nobody_is_accused_when_the_piece_came_from_elsewhere() {
        let mut suspects = Suspects::new();
        suspects.on_wrong(7, &[GOOD, BAD, GOOD], &frames(["a", "WRONG", "c"]));
        assert_eq!(suspects.on_right(7), []);
    }

    #[test]
    fn memory_is_bounded_however_often_pieces_are_wrong() {
        let mut suspects = Suspects::new();
        for piece in 0..10_000 {
            for _ in 0..10 {
                suspects.on_wrong(piece, &[BAD; 3], &frames(["x", "y", "z"]));
            }
        }
        assert!(suspects.pieces.len() <= MOST_PIECES);
        assert!(suspects.pieces.values().all(|case| case.wrong.len() <= MOST_VERSIONS));
    }
}
