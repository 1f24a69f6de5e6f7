//! What went wrong and who was contacted: the log screen and its export.
//!
//! In: events of the engine. Out: [`JournalView`]. Holds no secret: URLs are cleaned before they come here.

use crate::app::chunks::Chunked;
use crate::app::jobs::request::JobId;
use crate::app::messages::user_message::UserMessage;
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcTime;
use std::sync::Arc;

/// Most entries kept.
pub const MOST_ENTRIES: usize = 5000;

/// The log.
#[derive(Clone, Debug, Default)]
pub struct JournalView {
    /// Entries, oldest first, at most [`MOST_ENTRIES`].
    pub entries: Chunked<Arc<JournalEntry>>,
    /// Entries that were dropped to keep to that number.
    pub dropped: u64,
    /// Hosts that were contacted, and what for.
    pub hosts: Arc<Vec<HostRow>>,
}

/// One entry.
#[derive(Clone, Debug, PartialEq)]
pub struct JournalEntry {
    /// Grows with each entry.
    pub number: u64,
    /// When.
    pub at: UtcTime,
    /// How grave.
    pub weight: Weight,
    /// The transfer it is about, with its name then.
    pub job: Option<(JobId, String)>,
    /// What happened and what to do.
    pub message: UserMessage,
}

/// How grave an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Good to know.
    Note,
    /// Works, and should be looked at.
    Attention,
    /// Does not work.
    Failure,
}

/// One host that was contacted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostRow {
    /// Its name or address, with the port.
    pub host: String,
    /// What for.
    pub purpose: Purpose,
    /// How often it was asked.
    pub requests: u64,
    /// Octets that came from it.
    pub received: ByteCount,
    /// When last.
    pub last: UtcTime,
}

/// What a host was contacted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// Data, an index or a .torrent by HTTP.
    Http,
    /// A tracker.
    Tracker,
    /// A peer.
    Peer,
    /// A broker.
    Broker,
    /// A node of the DHT.
    Dht,
    /// The router, to let peers connect.
    Router,
    /// The local network, by multicast.
    LocalNetwork,
}

/// Something to be told at once: a toast, and on the desktop when the person wants so.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Grows with each notice.
    pub number: u64,
    /// How grave.
    pub weight: Weight,
    /// What is told.
    pub message: UserMessage,
}
