//! Whether this computer has any network at all, and what a failed look-up of a name means.
//!
//! In: nothing, or the system's error. Out: facts. Sends no packet: a datagram socket is only told where it would send.

use crate::engine::http::ResolveError;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// Addresses of both families to which the system is asked for a route: those of documentation (RFC 5737, RFC 3849),
/// which belong to nobody and lie behind the same route as all others.
const FAR: [SocketAddr; 2] = [
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 9),
    SocketAddr::new(std::net::IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)), 9),
];

/// Whether the system knows a way to any public address.
pub(crate) fn has_route() -> bool {
    FAR.iter().any(|far| {
        let any: SocketAddr = match far {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        UdpSocket::bind(any).and_then(|socket| socket.connect(far)).is_ok()
    })
}

/// Why a name has no address: nobody knows it, or no name server said anything.
pub(crate) fn lookup_failure(error: &std::io::Error) -> ResolveError {
    // The library passes the words of the system on, and no number.
    let words = error.to_string();
    let is_silent = ["Temporary failure", "Try again", "try again"].iter().any(|sign| words.contains(sign));
    if is_silent { ResolveError::Silent } else { ResolveError::NotFound }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Error;

    #[test]
    fn a_silent_name_server_is_told_from_a_name_that_nobody_knows() {
        let of = |words: &str| lookup_failure(&Error::other(words));
        let silent = of("failed to lookup address information: Temporary failure in name resolution");
        assert!(matches!(silent, ResolveError::Silent));
        let unknown = of("failed to lookup address information: Name or service not known");
        assert!(matches!(unknown, ResolveError::NotFound));
    }
}
