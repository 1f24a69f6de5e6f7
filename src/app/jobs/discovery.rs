//! What was seen of each way to find peers, and to be found, beside trackers.
//!
//! In: nothing. Out: [`DiscoverySeen`]: only what was observed. What a person allows is
//! [`crate::app::settings::discovery::Discovery`].

use super::peers::NamedBy;
use super::progress::Transfer;
use crate::domain::utc::UtcTime;
use core::net::IpAddr;

/// What is seen of each way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DiscoverySeen {
    /// The DHT.
    pub dht: DhtSeen,
    /// The local network.
    pub local: LocalSeen,
    /// The port at the router.
    pub port: PortSeen,
}

/// From where peers call this computer now, as far as one transfer shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallsSeen {
    from_outside: bool,
    from_near: bool,
}

impl CallsSeen {
    /// What a transfer shows: a peer that called by itself is let in.
    pub fn of(transfer: &Transfer) -> Self {
        let peers = transfer.live().sources.iter().filter_map(|line| line.peer.as_deref());
        let mut seen = Self::default();
        for peer in peers.filter(|peer| peer.is_live && peer.named_by == NamedBy::Itself) {
            seen.from_outside |= !peer.is_near;
            seen.from_near |= peer.is_near;
        }
        seen
    }
}

/// When peers called this computer last, since the program began. `None` where none did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallTimes {
    /// One from another network: this computer can be reached.
    pub from_outside: Option<UtcTime>,
    /// One from a network that this computer is in, which shows nothing of others.
    pub from_near: Option<UtcTime>,
}

impl CallTimes {
    /// Takes in what was seen at that time of day.
    pub fn note(&mut self, seen: CallsSeen, now: UtcTime) {
        if seen.from_outside {
            self.from_outside = Some(now);
        }
        if seen.from_near {
            self.from_near = Some(now);
        }
    }
}

/// What is seen of the DHT.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DhtSeen {
    /// It is not used, or not before a transfer needs it.
    #[default]
    Resting,
    /// Nodes are being asked for the first time.
    Entering,
    /// So many nodes answered and are known.
    Nodes(usize),
    /// It cannot be used now; tried again after a pause.
    Failed(DhtTrouble),
}

/// Why the DHT cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DhtTrouble {
    /// None of so many names of nodes has an address of version 4.
    NoAddress(usize),
    /// No node answers.
    NoAnswer,
    /// The system gives no socket, in its own words.
    NoSocket(String),
}

/// What is seen of the local network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum LocalSeen {
    /// It is not used, or not before a transfer needs it.
    #[default]
    Resting,
    /// We listen; so many peers were heard that share something that is shared here.
    Listening(usize),
    /// It cannot be used now, in the words of the system; tried again after a pause.
    Failed(String),
}

/// What is seen of the port at the router.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PortSeen {
    /// No router is asked, or not before a transfer needs it.
    #[default]
    Resting,
    /// Routers are being asked.
    Asking,
    /// The router says that it lets connections in; that one can come is not shown by this.
    Open {
        /// The port on the outside.
        port: u16,
        /// The address on the outside. `None` when the router does not tell.
        address: Option<IpAddr>,
    },
    /// It is not open; asked again after ten minutes.
    Closed(PortTrouble),
}

/// Why no port is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PortTrouble {
    /// No router answered by PCP, NAT-PMP or UPnP.
    NoRouter,
    /// A router answered and did not open the port, in its own words.
    Refused(String),
    /// This computer has no address in the network of the router, in the words of the system.
    NoAddress(String),
    /// There is no port on which peers are let in.
    NotListening,
}
