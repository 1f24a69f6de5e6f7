//! Whether this computer has any network at all, and which addresses are near.
//!
//! In: nothing, or an address. Out: facts. Sends no packet: a datagram socket is only told where it would send.

#[cfg(feature = "swarm")]
use std::collections::BTreeMap;
#[cfg(feature = "swarm")]
use std::net::IpAddr;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
#[cfg(feature = "swarm")]
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
#[cfg(feature = "swarm")]
use std::time::Instant;

/// How often routes are looked at where the system does not tell that they changed.
const LOOK_EVERY: Duration = Duration::from_secs(60);

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

/// Waits for changes of the system's routes.
#[derive(Debug)]
pub(crate) struct RouteChanges {
    told: Option<told::NetlinkSocket>,
}

impl RouteChanges {
    /// Begins to watch; within the engine's runtime.
    pub(crate) fn watch() -> Self {
        let told = told::NetlinkSocket::open().map_err(|error| {
            tracing::info!(%error, "the system does not tell of changed routes");
        });
        Self { told: told.ok() }
    }

    /// Returns when routes may have changed: when the system says so, or after a while where it does not.
    pub(crate) async fn next(&mut self) {
        if let Some(told) = &self.told {
            match told.next().await {
                Ok(()) => return,
                Err(error) => {
                    tracing::info!(%error, "the system tells of changed routes no longer");
                    self.told = None;
                }
            }
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// What the system says of its own accord: rtnetlink(7).
#[cfg(any(target_os = "linux", target_os = "android"))]
mod told {
    use rustix::net::netlink::SocketAddrNetlink;
    use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, socket_with};
    use std::io::{ErrorKind, Result};
    use tokio::net::UdpSocket;

    /// Interfaces, and addresses and routes of both families: RTMGRP_LINK and the others of linux/rtnetlink.h.
    const GROUPS: u32 = 0x1 | 0x10 | 0x40 | 0x100 | 0x400;

    /// More changed than there was room to tell: ENOBUFS, of which the library knows no kind.
    const TOO_MUCH: i32 = rustix::io::Errno::NOBUFS.raw_os_error();

    /// A socket of the system's own news. The type of the runtime's datagram sockets serves: only its waiting and reading
    /// are used.
    #[derive(Debug)]
    pub(super) struct NetlinkSocket(UdpSocket);

    impl NetlinkSocket {
        pub(super) fn open() -> Result<Self> {
            let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
            // No protocol is NETLINK_ROUTE, which is 0.
            let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, None)?;
            bind(&socket, &SocketAddrNetlink::new(0, GROUPS))?;
            Ok(Self(UdpSocket::from_std(socket.into())?))
        }

        /// Something changed; what, is of no matter: the routes are asked for themselves.
        pub(super) async fn next(&self) -> Result<()> {
            let mut message = [0_u8; 4096];
            let mut is_told = false;
            loop {
                match self.0.try_recv(&mut message) {
                    Ok(_) => is_told = true,
                    Err(error) if error.raw_os_error() == Some(TOO_MUCH) => is_told = true,
                    Err(error) if error.kind() == ErrorKind::WouldBlock && is_told => return Ok(()),
                    Err(error) if error.kind() == ErrorKind::WouldBlock => self.0.readable().await?,
                    Err(error) => return Err(error),
                }
            }
        }
    }
}

/// Elsewhere nothing is said of its own accord.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod told {
    #[derive(Debug)]
    pub(super) struct NetlinkSocket;

    impl NetlinkSocket {
        pub(super) fn open() -> std::io::Result<Self> {
            Err(std::io::ErrorKind::Unsupported.into())
        }

        pub(super) async fn next(&self) -> std::io::Result<()> {
            Err(std::io::ErrorKind::Unsupported.into())
        }
    }
}

/// How long the answer on one network is kept. Networks change seldom, and what depends on it is an order of calls and a word
/// in a row.
#[cfg(feature = "swarm")]
const NEAR_FOR: Duration = Duration::from_secs(60);

/// Of how many networks the answer is kept at most.
#[cfg(feature = "swarm")]
const MOST_NETWORKS: usize = 1_024;

/// What was answered on networks. Each question costs five calls of the system, and it is put for each peer at each look: with
/// sixty peers in one network a tenth of all processor time.
#[cfg(feature = "swarm")]
static NEAR: Mutex<NearNetworks> = Mutex::new(NearNetworks { known: BTreeMap::new() });

/// Networks of which it is known whether this computer is in them, and since when.
#[cfg(feature = "swarm")]
#[derive(Debug)]
struct NearNetworks {
    known: BTreeMap<(bool, [u8; 6]), (bool, Instant)>,
}

#[cfg(feature = "swarm")]
impl NearNetworks {
    /// Whether `address` is near, by what is known of its network, else by `look`.
    fn is_near(&mut self, address: IpAddr, now: Instant, look: impl FnOnce() -> bool) -> bool {
        let network = network_of(address);
        if let Some((near, since)) = self.known.get(&network)
            && now.duration_since(*since) < NEAR_FOR
        {
            return *near;
        }
        if self.known.len() >= MOST_NETWORKS {
            self.known.clear();
        }
        let near = look();
        self.known.insert(network, (near, now));
        near
    }
}

/// Whether `address` lies in a network that this computer is in: the same /24, or /48 for version 6. What the system said of
/// a network holds for a minute.
#[cfg(feature = "swarm")]
pub(crate) fn is_near(address: IpAddr) -> bool {
    let mut networks = NEAR.lock().unwrap_or_else(PoisonError::into_inner);
    networks.is_near(address, Instant::now(), || leads_to_its_network(address))
}

/// Whether the system would reach `address` by an address of the same network; nothing is sent.
#[cfg(feature = "swarm")]
fn leads_to_its_network(address: IpAddr) -> bool {
    let any: SocketAddr = match address {
        IpAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        IpAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let own = UdpSocket::bind(any).and_then(|socket| {
        socket.connect((address, 9))?;
        socket.local_addr()
    });
    own.is_ok_and(|own| network_of(own.ip()) == network_of(address))
}

/// Whether `address` lies in a network to which this computer is attached, without a router between: as the system's own
/// table of routes has it where it can be read, else as [`is_near`] has it.
#[cfg(feature = "swarm")]
pub(crate) fn is_attached(address: IpAddr) -> bool {
    let address = address.to_canonical();
    if let (IpAddr::V4(address), true) = (address, cfg!(target_os = "linux"))
        && let Ok(table) = std::fs::read_to_string("/proc/net/route")
    {
        return is_attached_in(&table, address);
    }
    is_near(address)
}

/// Reads the table: after a line of names, `Iface Destination Gateway Flags RefCnt Use Metric Mask …`, addresses as
/// hexadecimal numbers in the order of octets of this machine.
#[cfg(feature = "swarm")]
fn is_attached_in(table: &str, address: Ipv4Addr) -> bool {
    let number = |text: &str| Some(u32::from_str_radix(text, 16).ok()?.to_ne_bytes());
    let contains = |line: &str| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        let [_, destination, router, _, _, _, _, mask, ..] = columns[..] else { return None };
        let (network, mask) = (Ipv4Addr::from(number(destination)?), Ipv4Addr::from(number(mask)?));
        let is_direct = router == "00000000" && !mask.is_unspecified();
        Some(is_direct && address & mask == network)
    };
    table.lines().skip(1).any(|line| contains(line).unwrap_or(false))
}

/// The network of an address: whether it is of version 6, and its first 24 or 48 bits.
#[cfg(feature = "swarm")]
fn network_of(address: IpAddr) -> (bool, [u8; 6]) {
    match address {
        IpAddr::V4(address) => {
            let [first, second, third, _] = address.octets();
            (false, [first, second, third, 0, 0, 0])
        }
        IpAddr::V6(address) => {
            let [a, b, c, d, e, f, ..] = address.octets();
            (true, [a, b, c, d, e, f])
        }
    }
}

#[cfg(all(test, feature = "swarm"))]
mod tests {
    use super::*;

    #[test]
    fn near_is_who_shares_the_first_24_or_48_bits() {
        let ip = |text: &str| text.parse::<IpAddr>().expect("an address");
        let near = |own, other| network_of(ip(own)) == network_of(ip(other));
        assert!(near("10.1.2.3", "10.1.2.200") && !near("10.1.2.3", "10.1.3.3"));
        assert!(near("2001:db8:1:2::1", "2001:db8:1:ffff::9") && !near("2001:db8:1::1", "2001:db8:2::1"));
        assert!(!near("10.1.2.3", "2001:db8::1"));
        assert!(is_near(Ipv4Addr::LOCALHOST.into()));
    }

    #[test]
    fn the_system_is_asked_once_a_minute_and_network() {
        let mut networks = NearNetworks { known: BTreeMap::new() };
        let began = Instant::now();
        let ip = |text: &str| text.parse::<IpAddr>().expect("an address");
        assert!(networks.is_near(ip("10.1.2.3"), began, || true));
        assert!(networks.is_near(ip("10.1.2.200"), began, || panic!("asked again")));
        assert!(!networks.is_near(ip("10.1.3.3"), began, || false), "another network");
        assert!(!networks.is_near(ip("10.1.2.3"), began + NEAR_FOR, || false), "it was left since");
    }

    #[test]
    fn a_tracker_that_names_a_hundred_thousand_networks_fills_no_memory() {
        let mut networks = NearNetworks { known: BTreeMap::new() };
        for number in 0..100_000_u32 {
            networks.is_near(Ipv4Addr::from(number << 8).into(), Instant::now(), || false);
        }
        assert!(networks.known.len() <= MOST_NETWORKS);
    }

    #[test]
    fn attached_is_what_the_table_of_routes_leads_to_without_a_router() {
        let octets = |octets| format!("{:08X}", u32::from_ne_bytes(octets));
        let line = |to, router, mask| {
            format!("eth0\t{}\t{}\t0001\t0\t0\t0\t{}\t0\t0\t0\n", octets(to), octets(router), octets(mask))
        };
        let table = format!(
            "Iface\tDestination\tGateway\n{}{}{}cut\t0\n",
            line([0; 4], [10, 1, 0, 1], [0; 4]),
            line([10, 1, 0, 0], [0; 4], [255, 255, 0, 0]),
            line([10, 9, 0, 0], [10, 1, 0, 1], [255, 255, 0, 0]),
        );
        assert!(is_attached_in(&table, Ipv4Addr::new(10, 1, 200, 7)));
        assert!(!is_attached_in(&table, Ipv4Addr::new(10, 9, 0, 7)), "behind a router");
        assert!(!is_attached_in(&table, Ipv4Addr::new(192, 0, 2, 7)), "by the default route");
    }
}
