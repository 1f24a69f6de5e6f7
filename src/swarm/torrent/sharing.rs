//! Which pieces fall to us of those that no peer holds, so that a crowd asks the publisher once for each.

use super::super::PieceShape;
use super::super::allotment::{self, Allotment};
use super::super::peer::Peer;
use super::super::pieces::PieceSet;
use super::table::PeerTable;
use std::time::Duration;

/// Who told of no piece for so long is not relied on to fetch any for others.
const SHARES_WITHIN: Duration = Duration::from_secs(5);

/// So many clients are believed to be there for each one that is seen.
const CROWD_A_PEER: usize = 200;

/// Our part, among the others who follow the same rule.
#[derive(Debug)]
pub(super) struct Sharing {
    allotment: Allotment,
    /// How many want the same, as trackers say.
    crowd: usize,
}

impl Sharing {
    pub(super) fn new(shape: &PieceShape, peer_id: &[u8; 20]) -> Self {
        Self { allotment: Allotment::new(shape, peer_id), crowd: 0 }
    }

    /// Trackers say that so many want the same.
    pub(super) fn on_crowd(&mut self, crowd: usize, table: &PeerTable) {
        self.crowd = crowd;
        self.allot(table);
    }

    /// Others of our kind came or went: what falls to whom changes.
    pub(super) fn allot(&mut self, table: &PeerTable) {
        let keeps_all = |peer: &Peer| peer.has.is_empty() && table.now.since(peer.joined) >= SHARES_WITHIN;
        let shares = |peer: &&Peer| allotment::follows(&peer.id) && !peer.is_done() && !keeps_all(peer);
        let rivals = table.peers.values().filter(shares);
        self.allotment.set_rivals(rivals.map(|peer| (peer.key, &peer.id)));
        // A tracker that lies, or counts who went long ago, is believed as far as peers show.
        self.allotment.set_crowd(self.crowd.min(CROWD_A_PEER * table.peers.len()));
    }

    /// The pieces that fall to us.
    pub(super) fn mine(&self) -> &PieceSet {
        self.allotment.mine()
    }

    /// How many others want the same, as far as is known.
    pub(super) fn others(&self) -> usize {
        self.allotment.others()
    }
}
