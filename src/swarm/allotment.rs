//! Which pieces each client of a crowd fetches from the publisher itself, so that no two of them fetch the same.
//!
//! In: our name, and those of connected clients that follow the same rule and still want something. Out: the pieces that
//! fall to us. No message is needed: each piece falls to the name whose weight with it is the greatest (rendezvous
//! hashing, Thaler and Ravishankar 1998), so that whoever comes or goes moves no piece but those that fall to it.
//! The rule is a preference only: pieces that nobody fetches are taken by others after a while.

use super::pieces::PieceSet;
use super::{PeerKey, PieceShape};
use std::collections::BTreeMap;

/// What the names of clients that follow the rule begin with.
pub const PREFIX: &[u8; 3] = b"-NE";

/// Octets that fall to one client together: what one request of HTTP is worth.
const TOGETHER: u32 = 128 << 10;

/// Of a crowd of which most are not seen, so many fetch each piece; one in twenty is fetched by none of them at first.
const OWNERS: u64 = 3;

/// A crowd is seen in part when it is so many times greater than what is seen of it.
const UNSEEN_TIMES: usize = 2;

/// The pieces that fall to us among those who are here.
#[derive(Clone, Debug)]
pub struct Allotment {
    ours: u64,
    pieces: u32,
    /// Pieces that fall to one client together.
    together: u32,
    rivals: BTreeMap<PeerKey, u64>,
    /// How many want the same in all, seen or not, as trackers say.
    crowd: usize,
    /// The greatest weight of a rival with each group of pieces.
    best: Vec<u64>,
    mine: PieceSet,
}

/// Whether a client of that name follows the rule.
pub fn follows(peer_id: &[u8; 20]) -> bool {
    peer_id.starts_with(PREFIX)
}

/// Stirs the bits of a number: each bit of the result depends on each of it (SplitMix64, Steele et al. 2014).
fn stirred(number: u64) -> u64 {
    let number = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

fn name_of(peer_id: &[u8; 20]) -> u64 {
    peer_id.iter().fold(0, |name, octet| stirred(name ^ u64::from(*octet)))
}

fn weight(name: u64, group: u32) -> u64 {
    stirred(name ^ stirred(u64::from(group)))
}

impl Allotment {
    /// Nobody else is here: every piece falls to us.
    pub fn new(shape: &PieceShape, peer_id: &[u8; 20]) -> Self {
        let together = (TOGETHER / shape.piece_length.max(1)).max(1);
        Self {
            ours: name_of(peer_id),
            pieces: shape.pieces,
            together,
            rivals: BTreeMap::new(),
            crowd: 0,
            best: vec![0; shape.pieces.div_ceil(together) as usize],
            mine: PieceSet::all(shape.pieces),
        }
    }

    /// Those are here who follow the rule and still want something, in place of those before.
    pub fn set_rivals<'a>(&mut self, rivals: impl Iterator<Item = (PeerKey, &'a [u8; 20])>) {
        let known = std::mem::take(&mut self.rivals);
        let name = |key, id| known.get(&key).copied().unwrap_or_else(|| name_of(id));
        self.rivals = rivals.map(|(key, id)| (key, name(key, id))).collect();
        if self.rivals == known {
            return;
        }
        let some_went = known.keys().any(|key| !self.rivals.contains_key(key));
        if some_went {
            self.best.fill(0);
        }
        for name in self.rivals.iter().filter(|(key, _)| some_went || !known.contains_key(*key)) {
            for (best, group) in self.best.iter_mut().zip(0..) {
                *best = weight(*name.1, group).max(*best);
            }
        }
        self.allot();
    }

    /// Trackers say that so many want the same.
    pub fn set_crowd(&mut self, crowd: usize) {
        if std::mem::replace(&mut self.crowd, crowd) != crowd {
            self.allot();
        }
    }

    fn allot(&mut self) {
        // Where most are not seen, the greatest of those who are seen is one of many in all: only weights that so few have
        // count then.
        let least = match self.others() + 1 {
            all if all > UNSEEN_TIMES * (self.rivals.len() + 1) => u64::MAX - u64::MAX / all as u64 * OWNERS,
            _ => 0,
        };
        let ours = |(best, group): (&u64, u32)| {
            let weight = weight(self.ours, group);
            weight > *best && weight >= least
        };
        let mine: Vec<bool> = self.best.iter().zip(0..).map(ours).collect();
        let (together, is_alone) = (self.together, self.others() == 0);
        self.mine = PieceSet::of(self.pieces, |piece| {
            is_alone || mine.get((piece / together) as usize).copied().unwrap_or(false)
        });
    }

    /// The pieces that fall to us.
    pub fn mine(&self) -> &PieceSet {
        &self.mine
    }

    /// How many others want the same, as far as is known.
    pub fn others(&self) -> usize {
        self.rivals.len().max(self.crowd.saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: PieceShape = PieceShape { pieces: 1_000, piece_length: 64 << 10, total: 1_000 * (64 << 10) };

    fn id(number: u8) -> [u8; 20] {
        let mut id = *b"-NE0100-abcdefghijkl";
        id[19] = number;
        id
    }

    /// What falls to each of `clients` when all know one another.
    fn shares(clients: u8) -> Vec<PieceSet> {
        let share = |me: u8| {
            let mut allotment = Allotment::new(&SHAPE, &id(me));
            let others: Vec<(PeerKey, [u8; 20])> = (0..clients)
                .filter(|other| *other != me)
                .map(|other| (PeerKey(u32::from(other) + 7), id(other)))
                .collect();
            allotment.set_rivals(others.iter().map(|(key, id)| (*key, id)));
            allotment.mine().clone()
        };
        (0..clients).map(share).collect()
    }

    #[test]
    fn whoever_is_alone_fetches_everything() {
        let mut allotment = Allotment::new(&SHAPE, &id(1));
        assert!(allotment.mine().is_full());
        allotment.set_rivals([(PeerKey(1), &id(2))].into_iter());
        assert!(!allotment.mine().is_full() && allotment.others() == 1);
        allotment.set_rivals(std::iter::empty());
        assert!(allotment.mine().is_full());
    }

    #[test]
    fn each_piece_falls_to_exactly_one_of_those_who_know_one_another() {
        for clients in [2, 3, 20, 60] {
            let shares = shares(clients);
            for piece in 0..SHAPE.pieces {
                assert_eq!(shares.iter().filter(|share| share.has(piece)).count(), 1, "{piece}");
            }
        }
    }

    #[test]
    fn shares_are_about_equal() {
        for share in shares(10) {
            assert!((60..150).contains(&share.count()), "{}", share.count());
        }
    }

    #[test]
    fn who_goes_leaves_its_pieces_to_the_others_and_moves_no_other_piece() {
        let (before, after) = (shares(5), shares(4));
        for piece in 0..SHAPE.pieces {
            let owner = |shares: &[PieceSet]| shares.iter().position(|share| share.has(piece));
            assert!(owner(&before) == owner(&after) || owner(&before) == Some(4), "{piece}");
        }
    }

    #[test]
    fn of_a_crowd_that_is_seen_in_part_about_three_fetch_each_piece() {
        let mut owners = vec![0; SHAPE.pieces as usize];
        for me in 0..200u8 {
            let mut allotment = Allotment::new(&SHAPE, &id(me));
            let neighbours: Vec<[u8; 20]> = (1..10u8).map(|step| id((me + step) % 200)).collect();
            allotment.set_rivals(neighbours.iter().zip(0..).map(|(id, key)| (PeerKey(key), id)));
            allotment.set_crowd(200);
            allotment.mine().iter().for_each(|piece| owners[piece as usize] += 1);
        }
        let mean = f64::from(owners.iter().sum::<u32>()) / f64::from(SHAPE.pieces);
        assert!((2.0..3.5).contains(&mean), "{mean}");
    }

    #[test]
    fn small_pieces_that_one_request_fetches_fall_to_one_client() {
        for share in shares(20) {
            for pair in (0..SHAPE.pieces).step_by(2) {
                assert_eq!(share.has(pair), share.has(pair + 1));
            }
        }
    }

    #[test]
    fn only_clients_that_name_themselves_as_ours_follow_the_rule() {
        assert!(follows(&id(1)));
        assert!(!follows(b"-LT2010-abcdefghijkl"));
    }
}
