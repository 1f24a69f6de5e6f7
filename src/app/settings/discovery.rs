//! Ways to find peers, and to be found, beside trackers: what a person allows. Nothing is allowed at first.
//!
//! Private torrents use none of them (BEP 27).

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
