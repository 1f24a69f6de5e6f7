//! What a relay is to do, and the facts that come of it.
//!
//! Orders are carried out in their sequence: what is kept on the disk is there before the act that relies on it begins.

use super::event::RelayEvent;
use super::file::{ComputedDigests, RelayFile};
use crate::app::messages::user_message::UserMessage;
use crate::catalog::runs::Now;
use crate::domain::torrent::InfoHash;
use crate::domain::utc::SteadyTime;
use crate::mesh::post::PostKind;
use crate::publish::relay::offered::{OfferedIndex, RelayKey, RelayedFile, SourceFacts, WithdrawnFile};

/// The time by both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RelayMoment {
    /// By the clock that never goes back.
    pub steady: SteadyTime,
    /// The time of day.
    pub day: Now,
}

/// Something to be done.
#[derive(Clone, Debug)]
pub enum RelayOrder {
    /// Write down how a file stands.
    Keep(Box<RelayFile>),
    /// Forget a file; that it was withdrawn is written down where it was offered before.
    Forget(RelayKey, Option<WithdrawnFile>),
    /// Hash its pieces and its whole.
    Hash(Box<RelayFile>),
    /// Write its slice index.
    Index(Box<RelayFile>),
    /// Write its .torrent and its metalink.
    Describe(Box<RelayFile>),
    /// Let the trackers know its info-hash: the relay's own, and one that reads a list.
    List(RelayKey, InfoHash),
    /// Give its bytes by HTTP and to peers.
    Offer(Box<RelayFile>, Probe),
    /// Write feeds, lists, page and manifest, and put them, indexes and .torrents where they are asked for.
    Publish(Box<Publication>),
    /// Tell the broker what has become of it.
    Announce(Box<RelayFile>, PostKind),
    /// Stop to give it, remove it and all that lies beside it, and let the trackers forget its info-hash.
    TakeBack(Box<RelayFile>),
    /// Tell this.
    Tell(RelayEvent),
}

/// Whether the public address is asked for a file before it is announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probe {
    /// It is.
    Asked,
    /// It was, or whoever runs the relay does not wish it.
    Left,
}

/// What feeds, lists, page and manifest are to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// Which one it is, from 1 in each process.
    pub number: u64,
    /// What is offered, newest run first.
    pub offered: Vec<RelayedFile>,
    /// What was withdrawn, newest first.
    pub withdrawn: Vec<WithdrawnFile>,
}

/// Why an act did not come about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RelayTrouble {
    /// It is tried again.
    Passing(UserMessage),
    /// The file is not there any more, or is not as it was left: nothing of it is given.
    Gone(UserMessage),
}

/// Something that came of an order, or of following.
#[derive(Clone, Debug)]
pub enum RelayFact {
    /// A file was fetched, and kept as such.
    Arrived(Box<RelayFile>),
    /// It was hashed.
    Hashed(RelayKey, Result<ComputedDigests, RelayTrouble>),
    /// Its index was written. `None` for a file that is no GRIB.
    Indexed(RelayKey, Result<Option<OfferedIndex>, RelayTrouble>),
    /// Its .torrent of so many octets was written.
    Described(RelayKey, Result<u64, RelayTrouble>),
    /// The trackers know it.
    Listed(RelayKey, Result<(), RelayTrouble>),
    /// Its bytes are given.
    Offered(RelayKey, Result<(), RelayTrouble>),
    /// Somebody called for it, and it could not be given.
    Lost(RelayKey, RelayTrouble),
    /// What was to be published is where it is asked for.
    Published(u64, Result<(), UserMessage>),
    /// The broker answered to what it was told of a file.
    Acknowledged(RelayKey, PostKind, Result<(), UserMessage>),
    /// The broker cannot be reached.
    BrokerAway(UserMessage),
    /// It is given no longer, and removed.
    TakenBack(RelayKey, Result<(), UserMessage>),
    /// Its publisher has another file under its name.
    Replaced(RelayKey, Box<SourceFacts>),
}
