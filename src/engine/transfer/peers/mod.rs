//! Peers over TCP: listens, calls, and carries what `swarm::torrent` decides.
//!
//! | file | what it does |
//! |---|---|
//! | `session` | one port, one name among peers, limits; hands each caller to its torrent |
//! | `calling` | calls an address and exchanges handshakes |
//! | `connection` | one task a connection: reads messages, writes answers and blocks |
//! | `driver` | one torrent: tells `swarm::torrent` what was seen and obeys it |
//! | `links` | the connections of one torrent, by name |
//! | `piece_checks` | checks whole pieces and writes the right ones |
//! | `gone` | peers that are gone and still shown |
//! | `description` | the description of a magnet, from peers |
//! | `sessions` | starts the session when the first content needs it |
//! | [`discovery`] | finds peers beside trackers: what is allowed, who takes part |
//! | `dht` | the distributed table of BitTorrent |
//! | `local_discovery` | peers within the local network |
//! | `port_mapping` | has the router let connections in |
//!
//! Everything that waits has a limit; every queue is bounded by what the protocol allows. Without the feature `swarm`
//! the same names exist and say that there are no peers.

#[cfg(feature = "swarm")]
mod calling;
#[cfg(feature = "swarm")]
mod connection;
#[cfg(feature = "swarm")]
mod description;
#[cfg(feature = "swarm")]
pub mod dht;
pub mod discovery;
#[cfg(feature = "swarm")]
mod driver;
#[cfg(feature = "swarm")]
mod gone;
#[cfg(feature = "swarm")]
mod links;
#[cfg(feature = "swarm")]
pub mod local_discovery;
#[cfg(feature = "swarm")]
mod piece_checks;
#[cfg(feature = "swarm")]
pub mod port_mapping;
#[cfg(feature = "swarm")]
mod session;
pub mod sessions;

#[cfg(feature = "swarm")]
pub use driver::Driver;
#[cfg(feature = "swarm")]
pub use session::{Bell, PeerSession};

#[cfg(not(feature = "swarm"))]
mod absent;
/// Where nobody calls, nothing is rung: the name of the torrent stands for its bell.
#[cfg(not(feature = "swarm"))]
pub use crate::domain::torrent::InfoHash as Bell;
#[cfg(not(feature = "swarm"))]
pub use absent::{Driver, PeerSession};

use crate::domain::octets::ByteCount;
use crate::domain::torrent::{InfoHash, PieceHashes};
use crate::engine::contacts::Contacts;
use crate::engine::store::error::StoreError;
use crate::engine::store::file_set::FileSet;
use crate::engine::transfer::limits::RateLimit;
#[cfg(feature = "swarm")]
use crate::engine::transfer::network::is_attached;
use crate::swarm::address_book::NamedBy;
use crate::swarm::pieces::PieceSet;
use crate::swarm::torrent::Gives;
use crate::transfer::address_rule::AddressRule;
#[cfg(feature = "swarm")]
use crate::transfer::address_rule::Whence;
use crate::transfer::conductor::Fact;
use crate::transfer::reason::Reason;
#[cfg(feature = "swarm")]
use std::net::IpAddr;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;

/// Whether this build can speak to peers at all.
pub const IS_BUILT_IN: bool = cfg!(feature = "swarm");

/// How the session is set up.
#[derive(Clone, Debug)]
pub struct PeerSettings {
    /// Where to listen; a free port on every interface when `None`.
    pub listen: Option<SocketAddr>,
    /// How fast may be given, to whomever.
    pub up: Arc<RateLimit>,
}

/// A torrent as it is to be driven.
#[derive(Clone, Debug)]
pub struct TorrentBrief {
    /// Its name.
    pub info_hash: InfoHash,
    /// The octets of its `info` dictionary.
    pub info: bytes::Bytes,
    /// Whether only its trackers may name peers.
    pub is_private: bool,
    /// The hashes of its pieces.
    pub hashes: PieceHashes,
    /// The pieces that are wanted, held or not.
    pub want: PieceSet,
    /// The pieces of each wanted file, in order.
    pub wanted_files: Vec<std::ops::Range<u32>>,
    /// Whether what is held is given.
    pub gives: Gives,
    /// How fast it may be received, from whomever.
    pub down: Arc<RateLimit>,
    /// How fast it may be given.
    pub up: Arc<RateLimit>,
    /// Where its octets lie.
    pub files: Arc<FileSet>,
    /// Which addresses may be called.
    pub rule: AddressRule,
    /// Where proven pieces are told.
    pub facts: UnboundedSender<Fact>,
    /// Where the disk's refusals are told.
    pub troubles: UnboundedSender<StoreError>,
    /// Where contacts are noted.
    pub contacts: Contacts,
}

/// A peer, as it is seen now or was last.
#[derive(Clone, Debug, PartialEq)]
pub struct PeerLook {
    /// Its address.
    pub address: SocketAddr,
    /// Whether data may be exchanged with it.
    pub is_live: bool,
    /// Octets of pieces that it sent, on the wire.
    pub received: ByteCount,
    /// Octets of pieces that it was sent.
    pub given: ByteCount,
    /// Octets a second that it sends, and is sent.
    pub rates: (u64, u64),
    /// How much of the torrent it holds, in thousandths.
    pub holds: u16,
    /// Who chokes whom, and who wants what.
    pub terms: Terms,
    /// Whether it is in a network that this computer is in.
    pub is_near: bool,
    /// What it calls its program.
    pub client: Option<String>,
    /// Who named it.
    pub named_by: NamedBy,
    /// How long it took to accept our call.
    pub round_trip: Option<Duration>,
    /// Why it failed last.
    pub trouble: Option<Reason>,
}

impl PeerLook {
    /// The same when the connection has ended.
    pub fn ended(self) -> Self {
        Self { is_live: false, rates: (0, 0), terms: Terms::default(), ..self }
    }
}

/// Who chokes whom, and who wants what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// It gives nothing to us now.
    pub chokes_us: bool,
    /// We want something of it.
    pub is_wanted: bool,
    /// We give nothing to it now.
    pub is_choked: bool,
    /// It wants something of us.
    pub wants_ours: bool,
}

/// A torrent's peers, as they are seen now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PeersLook {
    /// Octets of pieces that came from peers, on the wire.
    pub received: ByteCount,
    /// Octets of pieces that went to peers.
    pub given: ByteCount,
    /// Octets that came from peers in vain.
    pub wasted: ByteCount,
    /// Addresses that are being called, or will be.
    pub hoped: usize,
    /// Addresses that failed and are called again later.
    pub failed: usize,
    /// Files that are not as they were left, of which nothing is given any more.
    pub lost: Vec<String>,
    /// Every peer that is or was connected, or failed.
    pub peers: Vec<PeerLook>,
}

/// Whether an address may be called that was named so: what was heard within the local network must lie in it.
#[cfg(feature = "swarm")]
fn may_be_called(rule: &AddressRule, address: IpAddr, by: NamedBy) -> bool {
    match by {
        NamedBy::LocalNetwork => {
            let whence = if is_attached(address) { Whence::Attached } else { Whence::Elsewhere };
            rule.check_heard(address, whence).is_ok()
        }
        NamedBy::Person | NamedBy::Tracker | NamedBy::Peer | NamedBy::Dht | NamedBy::Itself => {
            rule.check(address).is_ok()
        }
    }
}

/// Why a connection to a peer failed.
#[cfg(feature = "swarm")]
fn reason_of(error: &std::io::Error) -> Reason {
    use std::io::ErrorKind;
    match (crate::engine::transfer::http::reason_of_io(error), error.kind()) {
        (Some(reason), _) => reason,
        (None, ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe) => Reason::Closed,
        (None, _) => Reason::Other(crate::domain::outside_text::show(&error.to_string())),
    }
}

/// Why there are no peers.
#[derive(Debug, thiserror::Error)]
pub enum PeersError {
    /// This build has no peers in it.
    #[error("built without peers")]
    NotBuiltIn,
    /// No port can be listened on.
    #[error("no port to listen on")]
    NoPort(#[source] std::io::Error),
    /// The torrent has no pieces, or they are too long.
    #[error("a torrent without pieces")]
    NoPieces,
    /// No peer gave the description of a magnet in time.
    #[error("no peer gave the description")]
    NoDescription,
}
