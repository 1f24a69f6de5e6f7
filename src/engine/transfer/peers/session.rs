//! One port, one name among peers, limits; hands each caller to its torrent.
//!
//! In: connections that others open. Out: those whose torrent runs here, to its driver; one that rests is woken first. Bounded:
//! so many connections in all, so many handshakes at a time.

use super::calling::{self, Met};
use super::{PeerSettings, PeersError};
use crate::domain::torrent::InfoHash;
use parking_lot::Mutex;
use socket2::{Domain, Protocol, Socket, Type};
use std::collections::HashMap;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{Sender, UnboundedSender, channel};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::task::AbortHandle;

/// Connections in all.
const MOST_CONNECTIONS: usize = 200;

/// Callers who have not said yet what they want.
const MOST_CALLERS: usize = 64;

/// Callers of one torrent that wait to be let in.
const MOST_WAITING: usize = 64;

/// Calls under way in all.
const MOST_CALLS: usize = 200;

/// A pause after the system refused a connection, for instance for want of file descriptors.
const AFTER_REFUSAL: Duration = Duration::from_millis(200);

/// How long a caller waits for a torrent that is woken.
const LONGEST_WAKING: Duration = Duration::from_secs(8);

/// Who called about a torrent that runs here.
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) met: Met,
    pub(super) permit: OwnedSemaphorePermit,
}

/// The session.
#[derive(Debug)]
pub struct PeerSession {
    inner: Arc<Inner>,
    port: Option<u16>,
    listening: Option<AbortHandle>,
}

#[derive(Debug)]
struct Inner {
    peer_id: [u8; 20],
    torrents: Mutex<HashMap<InfoHash, Sender<Caller>>>,
    /// Who is told when somebody calls about a torrent that rests.
    bells: Mutex<HashMap<InfoHash, UnboundedSender<InfoHash>>>,
    /// A torrent began to let callers in.
    opened: Notify,
    connections: Arc<Semaphore>,
    calls: Arc<Semaphore>,
}

impl Drop for PeerSession {
    fn drop(&mut self) {
        if let Some(listening) = &self.listening {
            listening.abort();
        }
    }
}

impl PeerSession {
    /// Starts to listen. Without a port that can be listened on, peers can still be called.
    ///
    /// # Errors
    /// When a port that was asked for cannot be had.
    pub fn start(settings: &PeerSettings) -> Result<Self, PeersError> {
        let inner = Arc::new(Inner {
            peer_id: new_peer_id(),
            torrents: Mutex::default(),
            bells: Mutex::default(),
            opened: Notify::new(),
            connections: Arc::new(Semaphore::new(MOST_CONNECTIONS)),
            calls: Arc::new(Semaphore::new(MOST_CALLS)),
        });
        let listener = match (listen(settings.listen), settings.listen) {
            (Ok(listener), _) => Some(listener),
            (Err(error), Some(_)) => return Err(PeersError::NoPort(error)),
            (Err(error), None) => {
                tracing::warn!(%error, "no port for peers");
                None
            }
        };
        let port = listener.as_ref().and_then(|listener| listener.local_addr().ok()).map(|at| at.port());
        let listening = listener.map(|listener| tokio::spawn(accept(listener, inner.clone())).abort_handle());
        Ok(Self { inner, port, listening })
    }

    /// The port that peers may call; `None` when none is listened on.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// Our name among peers.
    pub fn peer_id(&self) -> [u8; 20] {
        self.inner.peer_id
    }

    /// A place among all connections, when there is one.
    pub(super) fn place(&self) -> Option<OwnedSemaphorePermit> {
        self.inner.connections.clone().try_acquire_owned().ok()
    }

    /// A place among all calls.
    pub(super) fn call_place(&self) -> Arc<Semaphore> {
        self.inner.calls.clone()
    }

    /// Lets callers in about `torrent`, until the returned end is dropped.
    pub(super) fn let_in(self: &Arc<Self>, torrent: InfoHash) -> Door {
        let (callers, calling) = channel(MOST_WAITING);
        self.inner.torrents.lock().insert(torrent, callers);
        self.inner.opened.notify_waiters();
        Door { session: self.clone(), torrent, calling }
    }
}

impl PeerSession {
    /// Tells `rung` when somebody calls about `torrent` while it does not run, until the returned end is dropped.
    pub fn ring(self: &Arc<Self>, torrent: InfoHash, rung: &UnboundedSender<InfoHash>) -> Bell {
        self.inner.bells.lock().insert(torrent, rung.clone());
        Bell { session: self.clone(), torrent }
    }
}

/// By which a torrent that rests is woken.
#[derive(Debug)]
pub struct Bell {
    session: Arc<PeerSession>,
    torrent: InfoHash,
}

impl Drop for Bell {
    fn drop(&mut self) {
        self.session.inner.bells.lock().remove(&self.torrent);
    }
}

impl Inner {
    /// Where callers about a torrent are let in. One that rests is woken and waited for.
    async fn door_of(&self, torrent: InfoHash) -> Option<Sender<Caller>> {
        let waking = async {
            loop {
                // Before the look: one that opens after it is not missed.
                let opened = self.opened.notified();
                let open = self.torrents.lock().get(&torrent).filter(|door| !door.is_closed()).cloned();
                if open.is_some() {
                    return open;
                }
                let bell = self.bells.lock().get(&torrent).cloned()?;
                bell.send(torrent).ok()?;
                opened.await;
            }
        };
        tokio::time::timeout(LONGEST_WAKING, waking).await.ok().flatten()
    }
}

/// Where those come out who called about one torrent.
#[derive(Debug)]
pub(super) struct Door {
    session: Arc<PeerSession>,
    torrent: InfoHash,
    pub(super) calling: tokio::sync::mpsc::Receiver<Caller>,
}

impl Drop for Door {
    fn drop(&mut self) {
        let mut torrents = self.session.inner.torrents.lock();
        // Another content of the same torrent may have opened a door since.
        self.calling.close();
        if torrents.get(&self.torrent).is_some_and(Sender::is_closed) {
            torrents.remove(&self.torrent);
        }
    }
}

async fn accept(listener: TcpListener, inner: Arc<Inner>) {
    let callers = Arc::new(Semaphore::new(MOST_CALLERS));
    loop {
        let (stream, address) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::debug!(%error, "a caller was not let in");
                tokio::time::sleep(AFTER_REFUSAL).await;
                continue;
            }
        };
        // Who comes while the hall is full is turned away at once and may come back.
        let Ok(place) = callers.clone().try_acquire_owned() else { continue };
        let inner = inner.clone();
        tokio::spawn(async move {
            greet(stream, canonical(address), &inner).await;
            drop(place);
        });
    }
}

async fn greet(stream: TcpStream, address: SocketAddr, inner: &Inner) {
    let Ok((mut stream, theirs)) = calling::hear(stream).await else { return };
    let Some(torrent) = inner.door_of(theirs.info_hash).await else { return };
    let Ok(permit) = inner.connections.clone().try_acquire_owned() else { return };
    if calling::answer(&mut stream, calling::ours(theirs.info_hash, inner.peer_id)).await.is_err() {
        return;
    }
    let met = Met { stream, address, handshake: theirs, round_trip: None };
    // With too many waiting, or none who hears, it is as if nobody had answered.
    let _ = torrent.try_send(Caller { met, permit });
}

/// An address of version 4 as such, also where the listener takes both versions.
fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

/// A listener for both versions of IP where there are both.
fn listen(at: Option<SocketAddr>) -> std::io::Result<TcpListener> {
    let at = at.unwrap_or_else(|| (Ipv6Addr::UNSPECIFIED, 0).into());
    match bind(at) {
        // A machine may be without IPv6.
        Err(_) if at.ip() == Ipv6Addr::UNSPECIFIED => bind((Ipv4Addr::UNSPECIFIED, at.port()).into()),
        bound => bound,
    }
}

fn bind(at: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(at), Type::STREAM, Some(Protocol::TCP))?;
    if at.is_ipv6() {
        socket.set_only_v6(false)?;
    }
    // A port that was asked for is had again at once after a restart.
    #[cfg(unix)]
    socket.set_reuse_address(at.port() != 0)?;
    socket.set_nonblocking(true)?;
    socket.bind(&at.into())?;
    socket.listen(128)?;
    TcpListener::from_std(socket.into())
}

/// A name that tells our program and version, and else nothing.
fn new_peer_id() -> [u8; 20] {
    let mut id = *b"-NE0100-000000000000";
    id[8..].fill_with(|| fastrand::alphanumeric() as u8);
    id
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::transfer::limits::RateLimit;
    use tokio::sync::mpsc::unbounded_channel;

    #[tokio::test]
    async fn who_calls_about_a_torrent_that_rests_wakes_it_and_is_let_in() {
        let torrent = InfoHash([7; 20]);
        let listen = Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        let settings = PeerSettings { listen, up: Arc::new(RateLimit::new(None)) };
        let session = Arc::new(PeerSession::start(&settings).expect("a port"));
        let at = SocketAddr::from((Ipv4Addr::LOCALHOST, session.port().expect("it listens")));
        let call = || tokio::spawn(calling::call(at, calling::ours(torrent, [1; 20])));
        let (rung, mut ringing) = unbounded_channel();
        let bell = session.ring(torrent, &rung);

        let called = call();
        assert_eq!(ringing.recv().await, Some(torrent));
        let mut door = session.let_in(torrent);
        let caller = door.calling.recv().await.expect("whoever called");
        assert_eq!(caller.met.handshake.info_hash, torrent);
        assert!(called.await.expect("it ran").is_ok());

        // It rests again, and is woken again.
        drop(door);
        let called = call();
        assert_eq!(ringing.recv().await, Some(torrent));
        drop(session.let_in(torrent));
        called.abort();

        // Nobody is let in about what is not given any more.
        drop(bell);
        assert!(call().await.expect("it ran").is_err());
    }
}
