//! The words between a conductor and the engine: what it is told at the start, the facts it hears, the orders it gives.
//!
//! In and out of [`super::Conductor`]. Holds no logic.

use crate::domain::octets::{ByteCount, ByteRange, RangeSet};
use crate::domain::source::SourceId;
use crate::swarm::pieces::PieceSet;
use crate::transfer::assembly::ContentGrid;
use crate::transfer::fallback::Policy;
use crate::transfer::http_source::HttpSourceBrief;
use crate::transfer::reason::Reason;
use std::sync::Arc;
use std::time::Duration;

/// What a conductor is told before it begins.
#[derive(Clone, Debug)]
pub struct Brief {
    /// How the content is cut.
    pub grid: ContentGrid,
    /// The octets to hold; whole pieces where there are pieces.
    pub want: RangeSet,
    /// Files to hand over as soon as each is whole.
    pub whole_files: Vec<usize>,
    /// The HTTP sources.
    pub sources: Vec<HttpSourceBrief>,
    /// Whether the content has a swarm that may be asked.
    pub swarm: SwarmHope,
    /// Who may give bytes.
    pub policy: Policy,
    /// When all should be done, counted from the start.
    pub target: Option<Duration>,
    /// How long to hope for peers without any progress.
    pub patience: Duration,
    /// Most requests at a time to one host.
    pub connections_per_host: usize,
    /// Sets the pauses of this client apart from others'.
    pub seed: u64,
}

/// Whether peers can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SwarmHope {
    /// There is an info-hash, and a tracker or a peer was named.
    Possible,
    /// There is no way to any peer.
    None,
}

/// The name of one HTTP request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FetchId(pub u32);

/// How a server is to be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    /// By a range.
    Range,
    /// For the whole file, of which the rest is read and dropped: the server ignores ranges.
    Whole,
}

/// What the engine is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Fetch `range` of the content from `source`.
    Fetch {
        /// The request's name.
        id: FetchId,
        /// Who is asked.
        source: SourceId,
        /// Octets of the content; whole units.
        range: ByteRange,
        /// How.
        asking: Asking,
    },
    /// End the fetch before `end`: the rest was given to another source.
    Shorten(FetchId, u64),
    /// Drop the fetch.
    Cancel(FetchId),
    /// The source is asked again after the pause, and not before: everybody who would ask its host may know.
    LeaveAlone {
        /// Which source.
        source: SourceId,
        /// Why.
        reason: Reason,
        /// For how long.
        pause: Duration,
    },
    /// Let peers give, all that is missing.
    StartSwarm,
    /// Every octet of this file is held.
    HandOver(usize),
    /// All that was wanted is held.
    Complete,
    /// Nobody can give what is missing.
    Fail,
}

/// What the engine saw.
#[derive(Clone, Debug)]
pub enum Fact {
    /// The transfer begins; the ledger holds what was found on the disk.
    Begun,
    /// A unit was proven and written, as the first from anybody.
    Held {
        /// The unit.
        range: ByteRange,
        /// Who gave it.
        source: SourceId,
    },
    /// A unit arrived whole after another source's had been written.
    HeldAlready {
        /// The unit.
        range: ByteRange,
        /// Who gave it in vain.
        source: SourceId,
    },
    /// A unit of a fetch does not have its published hash.
    Wrong {
        /// The request that brought it.
        fetch: FetchId,
        /// The unit.
        range: ByteRange,
    },
    /// The head of the answer is good.
    Answered(FetchId),
    /// The server ignores ranges; the fetch goes on, over [`ContentGrid::inside`] of the file that holds its first octet.
    WholeBody(FetchId),
    /// Octets came; whether they are right is not known yet.
    Received(FetchId, ByteCount),
    /// A fetch is over, and every unit it brought was told before.
    Ended {
        /// The request.
        fetch: FetchId,
        /// Why it is over before its end; `None` when it gave all it was asked for or was cancelled.
        reason: Option<Reason>,
        /// Octets that came and belong to no whole unit.
        lost: ByteCount,
    },
    /// The swarm was looked at.
    SwarmSeen(SwarmSeen),
    /// Time has passed.
    Tick,
}

/// What peers hold and are giving.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offers {
    /// Pieces that a connected peer holds which has not proved wrong.
    pub offered: PieceSet,
    /// Pieces of which blocks were asked of peers, or came.
    pub in_flight: PieceSet,
    /// Pieces that fall to us of those that no connected peer holds.
    pub mine: PieceSet,
    /// How many others want the same, to whom the others fall.
    pub others: usize,
}

/// What a look at the swarm shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SwarmSeen {
    /// Trackers that have not answered yet.
    pub trackers_asked: usize,
    /// Trackers that answered: peers they will name may still call on us.
    pub trackers_told: usize,
    /// Peers that are being called, or wait to be.
    pub peers_hoped: usize,
    /// Peers with whom data may be exchanged now.
    pub peers_live: usize,
    /// Peers that failed; they are called again after a pause.
    pub peers_failed: usize,
    /// Octets of pieces that came from peers since the start, right or wrong.
    pub received: ByteCount,
    /// Octets of pieces that came from peers in vain.
    pub wasted: ByteCount,
    /// What peers hold and are giving. `None` while there is no way to know.
    pub offers: Option<Arc<Offers>>,
    /// Octets a second that may be received, from whomever. `None` without a limit.
    pub limit: Option<u32>,
    /// Why peers give nothing, when something was seen.
    pub trouble: Option<Reason>,
}
