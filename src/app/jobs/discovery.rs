//! Ways to find peers, and to be found, beside trackers: what a person allows, and what was seen of each.
//!
//! In: nothing. Out: [`Discovery`], of which nothing is allowed at first, and [`DiscoverySeen`]: only what was observed.
//! Private torrents use none of them (BEP 27).

use core::net::IpAddr;

/// Most nodes of the DHT that can be named.
pub const MOST_NODES: usize = 20;

/// What is allowed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Discovery {
    /// Whether peers are looked for in the DHT (BEP 5).
    pub uses_dht: bool,
    /// `HOST:PORT` of the nodes by which the DHT is entered; the public ones when empty.
    pub dht_nodes: Vec<String>,
    /// Whether peers are looked for within the local network (BEP 14).
    pub uses_local_network: bool,
    /// Whether the router is asked to let connections of peers in.
    pub opens_port: bool,
}

impl Discovery {
    /// Whether it names peers, so that a torrent without trackers has a way to them.
    pub fn finds_peers(&self) -> bool {
        self.uses_dht || self.uses_local_network
    }
}

/// Reads the name of a node: `HOST:PORT`, in small letters. `None` when it is something else.
pub fn node_of(text: &str) -> Option<String> {
    let text = text.trim();
    let (host, port) = text.rsplit_once(':')?;
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    let is_host = !host.is_empty() && host.len() <= 253 && host.chars().all(fits);
    let port: u16 = port.parse().ok()?;
    (is_host && port != 0).then(|| text.to_ascii_lowercase())
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_allowed_before_a_person_allows_it() {
        let usual = Discovery::default();
        assert!(!usual.finds_peers() && !usual.opens_port);
        assert!(Discovery { uses_local_network: true, ..usual }.finds_peers());
    }

    #[test]
    fn a_node_has_a_host_and_a_port() {
        assert_eq!(node_of(" Router.Example:6881 ").as_deref(), Some("router.example:6881"));
        assert_eq!(node_of("10.0.0.1:1").as_deref(), Some("10.0.0.1:1"));
        for text in
            ["", "router.example", ":6881", "a b:1", "h:0", "h:65536", "h:x", "http://h:80", "[::1]:6881"]
        {
            assert_eq!(node_of(text), None, "{text}");
        }
    }
}
