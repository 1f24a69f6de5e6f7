//! Finds peers within the local network by multicast, and is found (BEP 14).
//!
//! In: which torrents are shared within this network. Out: peers, as they are heard. What is said when, and who is
//! answered, is `swarm::local_discovery`'s to decide; here are the sockets. Runs only while a [`Handle`] lives, and sends
//! nothing before a torrent is shared. Its packets do not leave the local network.
//! Start reading at [`start`].

use crate::domain::torrent::InfoHash;
use crate::engine::clock::Clock;
use crate::swarm::local_discovery::{GROUP_V4, GROUP_V6, LONGEST_PACKET, LocalDiscovery, PORT, Search};
use socket2::{Domain, Protocol, Socket, Type};
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

/// How long a socket that reports an error is left alone.
const REST_AFTER_ERROR: Duration = Duration::from_secs(1);

/// How local discovery is done.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Where this program takes connections of peers.
    pub peer_port: u16,
    /// Address of the network card over which the network is reached. `None`: the one that the system chooses.
    pub interface: Option<Ipv4Addr>,
    /// UDP port of the groups; [`PORT`] but for tests.
    pub group_port: u16,
}

impl Settings {
    /// As BEP 14 says, on the network that the system chooses.
    pub fn new(peer_port: u16) -> Self {
        Self { peer_port, interface: None, group_port: PORT }
    }
}

/// Local discovery under way; it stops when this is dropped.
#[derive(Debug)]
pub struct Handle {
    orders: UnboundedSender<Order>,
    task: JoinHandle<()>,
}

#[derive(Clone, Copy, Debug)]
enum Order {
    Share(InfoHash),
    Leave(InfoHash),
}

impl Handle {
    /// Announces `torrent` within the local network and looks for its peers there. Never to be called for a private one.
    pub fn share(&self, torrent: InfoHash) {
        self.order(Order::Share(torrent));
    }

    /// Says nothing more about `torrent`.
    pub fn leave(&self, torrent: InfoHash) {
        self.order(Order::Leave(torrent));
    }

    fn order(&self, order: Order) {
        if self.orders.send(order).is_err() {
            tracing::debug!("local discovery has ended before {order:?}");
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Joins the groups of both address families, or of the one that there is, and names what is heard to `found`.
///
/// # Errors
/// When neither group can be joined: why not, of version 4.
pub fn start(settings: Settings, found: UnboundedSender<(InfoHash, Vec<SocketAddr>)>) -> io::Result<Handle> {
    let v4 = Group::join_v4(&settings);
    let v6 = Group::join_v6(&settings);
    let groups = match (v4, v6) {
        (Err(error), Err(_)) => return Err(error),
        (v4, v6) => [v4.ok(), v6.ok()],
    };
    let (orders, taken) = unbounded_channel();
    let discovery = LocalDiscovery::new(settings.peer_port, format!("{:016x}", fastrand::u64(..)));
    let task = tokio::spawn(run(groups, discovery, taken, found));
    Ok(Handle { orders, task })
}

/// A socket that is in one of the groups.
#[derive(Debug)]
struct Group {
    socket: UdpSocket,
    address: SocketAddr,
}

impl Group {
    fn join_v4(settings: &Settings) -> io::Result<Self> {
        let interface = settings.interface.unwrap_or(Ipv4Addr::UNSPECIFIED);
        let socket = shared_socket(Domain::IPV4)?;
        socket.bind(&SocketAddr::from((Ipv4Addr::UNSPECIFIED, settings.group_port)).into())?;
        socket.join_multicast_v4(GROUP_V4.ip(), &interface)?;
        if !interface.is_unspecified() {
            socket.set_multicast_if_v4(&interface)?;
        }
        socket.set_multicast_ttl_v4(1)?;
        // Two of these programs on one computer find each other as well.
        socket.set_multicast_loop_v4(true)?;
        Self::of(socket, (*GROUP_V4.ip(), settings.group_port).into())
    }

    fn join_v6(settings: &Settings) -> io::Result<Self> {
        if settings.interface.is_some() {
            // An interface is named by an address of version 4, which does not name one of version 6.
            return Err(io::ErrorKind::Unsupported.into());
        }
        let socket = shared_socket(Domain::IPV6)?;
        socket.set_only_v6(true)?;
        socket.bind(&SocketAddr::from((Ipv6Addr::UNSPECIFIED, settings.group_port)).into())?;
        socket.join_multicast_v6(GROUP_V6.ip(), 0)?;
        socket.set_multicast_hops_v6(1)?;
        socket.set_multicast_loop_v6(true)?;
        Self::of(socket, (*GROUP_V6.ip(), settings.group_port).into())
    }

    fn of(socket: Socket, address: SocketAddr) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        Ok(Self { socket: UdpSocket::from_std(socket.into())?, address })
    }

    async fn say(&self, search: &Search) {
        for packet in search.to_packets(self.address) {
            if let Err(error) = self.socket.send_to(&packet, self.address).await {
                tracing::debug!("local discovery cannot send to {}: {error}", self.address);
                return;
            }
        }
    }
}

/// A socket whose port other programs may use too: every client on this computer listens there.
fn shared_socket(domain: Domain) -> io::Result<Socket> {
    let socket = Socket::new(domain, Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_reuse_address(true)?;
    #[cfg(unix)]
    socket.set_reuse_port(true)?;
    Ok(socket)
}

async fn run(
    groups: [Option<Group>; 2],
    mut discovery: LocalDiscovery,
    mut orders: UnboundedReceiver<Order>,
    found: UnboundedSender<(InfoHash, Vec<SocketAddr>)>,
) {
    let clock = Clock::start();
    // One more than is read, so that a longer packet is seen to be longer.
    let mut buffers = [[0; LONGEST_PACKET + 1]; 2];
    loop {
        let wait = discovery.due_at().map(|at| at.since(clock.now()));
        let [v4, v6] = &mut buffers;
        let heard = tokio::select! {
            order = orders.recv() => match order {
                Some(Order::Share(torrent)) => { discovery.share(torrent); None }
                Some(Order::Leave(torrent)) => { discovery.leave(torrent); None }
                None => return,
            },
            (octets, from) = receive(groups[0].as_ref(), v4) => Some((&v4[..octets], from)),
            (octets, from) = receive(groups[1].as_ref(), v6) => Some((&v6[..octets], from)),
            () = tokio::time::sleep(wait.unwrap_or_default()), if wait.is_some() => None,
        };
        if let Some((packet, from)) = heard {
            for (torrent, peer) in discovery.take(packet, from, clock.now()) {
                if found.send((torrent, vec![peer])).is_err() {
                    return;
                }
            }
        }
        if let Some(search) = discovery.due(clock.now()) {
            for group in groups.iter().flatten() {
                group.say(&search).await;
            }
        }
    }
}

/// The next datagram of a group; never ends for a group that could not be joined.
async fn receive(group: Option<&Group>, buffer: &mut [u8]) -> (usize, SocketAddr) {
    let Some(group) = group else { return std::future::pending().await };
    loop {
        match group.socket.recv_from(buffer).await {
            Ok(heard) => return heard,
            Err(error) => {
                tracing::debug!("local discovery cannot receive: {error}");
                tokio::time::sleep(REST_AFTER_ERROR).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn torrent(octet: u8) -> InfoHash {
        InfoHash([octet; 20])
    }

    /// Two programs on the loopback network; each takes connections at its own port.
    fn on_loopback(
        peer_port: u16,
        group_port: u16,
    ) -> (Handle, UnboundedReceiver<(InfoHash, Vec<SocketAddr>)>) {
        let (sender, found) = unbounded_channel();
        let settings = Settings { peer_port, interface: Some(Ipv4Addr::LOCALHOST), group_port };
        (start(settings, sender).expect("the loopback network has multicast"), found)
    }

    async fn next(found: &mut UnboundedReceiver<(InfoHash, Vec<SocketAddr>)>) -> (InfoHash, Vec<SocketAddr>) {
        let next = tokio::time::timeout(Duration::from_secs(20), found.recv()).await;
        next.expect("within twenty seconds").expect("it goes on")
    }

    #[tokio::test]
    async fn two_programs_on_one_network_find_each_other_by_a_torrent_they_share() {
        let group_port = 20_000 + fastrand::u16(..10_000);
        let (first, mut found_by_first) = on_loopback(1_111, group_port);
        let (second, mut found_by_second) = on_loopback(2_222, group_port);
        first.share(torrent(1));
        first.share(torrent(9));
        second.share(torrent(2));
        second.share(torrent(1));
        let peer = |port| vec![SocketAddr::from((Ipv4Addr::LOCALHOST, port))];
        assert_eq!(next(&mut found_by_first).await, (torrent(1), peer(2_222)));
        assert_eq!(next(&mut found_by_second).await, (torrent(1), peer(1_111)));
    }

    #[tokio::test]
    async fn nothing_is_sent_before_a_torrent_is_shared_and_after_the_handle_is_dropped() {
        let group_port = 30_001 + fastrand::u16(..10_000);
        let settings = Settings { peer_port: 1, interface: Some(Ipv4Addr::LOCALHOST), group_port };
        let witness = Group::join_v4(&settings).expect("the loopback network has multicast");
        let mut buffer = [0; 2_000];
        let (handle, found) = on_loopback(1_111, group_port);
        let quiet = tokio::time::timeout(Duration::from_millis(300), witness.socket.recv_from(&mut buffer));
        assert!(quiet.await.is_err(), "it spoke unasked");
        handle.share(torrent(1));
        let heard =
            tokio::time::timeout(Duration::from_secs(20), witness.socket.recv_from(&mut buffer)).await;
        let (octets, _) = heard.expect("within twenty seconds").expect("a datagram");
        assert_eq!(Search::read(&buffer[..octets]).expect("a search").port, 1_111);
        drop(handle);
        // The task lets go of its end when it is over.
        let mut found = found;
        let end = tokio::time::timeout(Duration::from_secs(20), found.recv()).await;
        assert_eq!(end.expect("within twenty seconds"), None);
    }
}
