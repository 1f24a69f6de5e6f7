//! A transfer that gives on after all is in its place: until when, and what of it the next start goes on with.

use super::progress::Transfer;
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcTime;
use crate::transfer::giving::{GivenSoFar, Ratio};
use serde::{Deserialize, Serialize};

/// How the giving of a transfer stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivingState {
    /// How far it is.
    pub so_far: GivenSoFar,
    /// When it ends at the latest.
    pub until: UtcTime,
    /// Which multiple of its size ends it sooner.
    pub ratio: Option<Ratio>,
    /// What is given: the keys of contents in the folder's database.
    pub contents: Vec<String>,
}

impl GivingState {
    /// How many times its size was given so far.
    pub fn given_of_size(transfer: &Transfer) -> f64 {
        Ratio::of(transfer.given, given_size(transfer))
    }
}

/// The size that a ratio is of: all that peers can get from this transfer, which may be more than it wanted.
pub fn given_size(transfer: &Transfer) -> ByteCount {
    transfer.wanted.max(transfer.live().offered)
}

/// What a start of the program goes on from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptGiving {
    /// How far it was.
    pub so_far: GivenSoFar,
    /// What is given.
    pub contents: Vec<String>,
    /// How far the transfer was, with what was given.
    pub transfer: Transfer,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::progress::Live;

    #[test]
    fn a_ratio_is_of_all_that_peers_can_get_also_of_earlier_transfers() {
        let live = Live { offered: ByteCount(400), ..Live::default() };
        let transfer = Transfer { wanted: ByteCount(100), given: ByteCount(200), ..Transfer::default() };
        assert_eq!(GivingState::given_of_size(&transfer), 2.0);
        assert_eq!(GivingState::given_of_size(&transfer.with_live(live)), 0.5);
    }
}
