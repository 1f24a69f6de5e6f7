//! A peer that a magnet or a person names.
//!
//! In: `host:port`. Out: [`MagnetPeer`]; a name in it is not resolved here.

use core::net::SocketAddr;
use std::fmt;
use url::Host;

/// A peer named by a magnet.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct MagnetPeer {
    /// Name or address.
    pub host: Host<String>,
    /// Its port; never zero.
    pub port: u16,
}

impl MagnetPeer {
    /// Reads `host:port`; the host is an address or a name, an IPv6 address in brackets.
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(address) = text.parse::<SocketAddr>() {
            let host = match address {
                SocketAddr::V4(v4) => Host::Ipv4(*v4.ip()),
                SocketAddr::V6(v6) => Host::Ipv6(*v6.ip()),
            };
            return (address.port() != 0).then_some(Self { host, port: address.port() });
        }
        let (host, port) = text.rsplit_once(':')?;
        let port = port.parse().ok().filter(|&port| port != 0)?;
        Some(Self { host: Host::parse(host).ok()?, port })
    }
}

impl fmt::Display for MagnetPeer {
    /// `host:port`, an IPv6 address in brackets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

impl fmt::Debug for MagnetPeer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
