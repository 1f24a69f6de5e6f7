//! Introduces peers to librqbit while a torrent runs: a tracker of our own on the loopback interface.
//!
//! librqbit offers no call for it, and its own tracker client trusts what it reads too far. So it is told of one
//! tracker only, this one; the real trackers are asked by `engine::tracker`, under our rules. BEP 15, by datagrams:
//! no proxy of the environment can stand between. An announce is answered as soon as there is somebody new to name.

use crate::domain::torrent::InfoHash;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use url::Url;

const CONNECT: u32 = 0;
const ANNOUNCE: u32 = 1;
const CONNECT_MAGIC: u64 = 0x0417_2710_1980;

/// An announce is held back for so long when there is nobody new; librqbit gives up after ten seconds.
const LONGEST_HOLD: Duration = Duration::from_secs(8);

/// Most peers in one answer: they must fit a datagram that librqbit reads whole (16 KiB, 18 octets each in version 6).
const MOST_NAMED: usize = 800;

type Book = Arc<Mutex<HashMap<InfoHash, watch::Sender<Vec<SocketAddr>>>>>;

/// The loopback tracker of one session.
#[derive(Debug)]
pub(super) struct Introducer {
    urls: Vec<Url>,
    book: Book,
    tasks: Vec<JoinHandle<()>>,
}

impl Introducer {
    /// Listens on a free port of the loopback interface; also in version 6 where there is one.
    pub(super) async fn start() -> std::io::Result<Self> {
        let book = Book::default();
        let (mut urls, mut tasks) = (Vec::new(), Vec::new());
        let v4 = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        for socket in [Some(v4), UdpSocket::bind((Ipv6Addr::LOCALHOST, 0)).await.ok()].into_iter().flatten() {
            let address = socket.local_addr()?;
            urls.extend(Url::parse(&format!("udp://{address}/announce")));
            tasks.push(tokio::spawn(serve(Arc::new(socket), book.clone(), fastrand::u64(..))));
        }
        Ok(Self { urls, book, tasks })
    }

    /// Where librqbit is to announce.
    pub(super) fn urls(&self) -> &[Url] {
        &self.urls
    }

    /// Names more peers of a torrent. Those named before stay named.
    pub(super) fn introduce(&self, torrent: InfoHash, peers: &[SocketAddr]) {
        let mut book = self.book.lock();
        let page = book.entry(torrent).or_insert_with(|| watch::Sender::new(Vec::new()));
        page.send_if_modified(|known| {
            let before = known.len();
            for peer in peers {
                if known.len() < MOST_NAMED && !known.contains(peer) {
                    known.push(*peer);
                }
            }
            known.len() > before
        });
    }

    /// Every peer named for a torrent.
    pub(super) fn known(&self, torrent: InfoHash) -> Vec<SocketAddr> {
        self.book.lock().get(&torrent).map(|page| page.borrow().clone()).unwrap_or_default()
    }
}

impl Drop for Introducer {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

async fn serve(socket: Arc<UdpSocket>, book: Book, connection: u64) {
    let mut told: HashMap<InfoHash, usize> = HashMap::new();
    let mut datagram = [0; 2048];
    loop {
        let Ok((length, from)) = socket.recv_from(&mut datagram).await else {
            // A refused earlier answer surfaces here; the socket itself stays good.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let Some(request) = Request::read(&datagram[..length], connection) else { continue };
        match request {
            Request::Connect { transaction } => {
                let mut answer = Vec::with_capacity(16);
                answer.extend(CONNECT.to_be_bytes());
                answer.extend(transaction);
                answer.extend(connection.to_be_bytes());
                send(&socket, &answer, from).await;
            }
            Request::Announce { transaction, torrent } => {
                let page = {
                    let mut book = book.lock();
                    book.entry(torrent).or_insert_with(|| watch::Sender::new(Vec::new())).subscribe()
                };
                // A first announce (also after a restart of the torrent) is told everybody.
                let known_before = told.insert(torrent, page.borrow().len()).unwrap_or(0);
                let socket = socket.clone();
                tokio::spawn(answer_announce(socket, from, transaction, page, known_before));
            }
        }
    }
}

async fn answer_announce(
    socket: Arc<UdpSocket>,
    from: SocketAddr,
    transaction: [u8; 4],
    mut page: watch::Receiver<Vec<SocketAddr>>,
    known_before: usize,
) {
    let has_news = |peers: &Vec<SocketAddr>| peers.len() > known_before;
    // Both ways out lead to an answer: with news, or with none.
    let _ = tokio::time::timeout(LONGEST_HOLD, page.wait_for(has_news)).await;
    let peers = page.borrow().clone();
    let is_v6 = from.is_ipv6();
    let mut answer = Vec::with_capacity(20 + peers.len() * 18);
    answer.extend(ANNOUNCE.to_be_bytes());
    answer.extend(transaction);
    answer.extend(1u32.to_be_bytes()); // seconds until the next announce
    answer.extend(0u32.to_be_bytes());
    answer.extend(0u32.to_be_bytes());
    for peer in peers.iter().filter(|peer| peer.is_ipv6() == is_v6) {
        match peer.ip() {
            std::net::IpAddr::V4(ip) => answer.extend(ip.octets()),
            std::net::IpAddr::V6(ip) => answer.extend(ip.octets()),
        }
        answer.extend(peer.port().to_be_bytes());
    }
    send(&socket, &answer, from).await;
}

async fn send(socket: &UdpSocket, answer: &[u8], to: SocketAddr) {
    if let Err(error) = socket.send_to(answer, to).await {
        tracing::debug!(%error, "an introduction was not sent");
    }
}

/// A datagram from librqbit.
#[derive(Debug, PartialEq, Eq)]
enum Request {
    Connect { transaction: [u8; 4] },
    Announce { transaction: [u8; 4], torrent: InfoHash },
}

impl Request {
    /// `None` for anything that is not a request of this connection.
    fn read(datagram: &[u8], connection: u64) -> Option<Self> {
        let (head, rest) = datagram.split_first_chunk::<8>()?;
        let (action, rest) = rest.split_first_chunk::<4>()?;
        let (transaction, rest) = rest.split_first_chunk::<4>()?;
        match (u64::from_be_bytes(*head), u32::from_be_bytes(*action)) {
            (CONNECT_MAGIC, CONNECT) => Some(Self::Connect { transaction: *transaction }),
            (id, ANNOUNCE) if id == connection => {
                let (torrent, _) = rest.split_first_chunk::<20>()?;
                Some(Self::Announce { transaction: *transaction, torrent: InfoHash(*torrent) })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TORRENT: InfoHash = InfoHash([7; 20]);

    struct Client {
        socket: UdpSocket,
        connection: [u8; 8],
    }

    impl Client {
        async fn connect(introducer: &Introducer) -> Self {
            let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a socket");
            let url = &introducer.urls()[0];
            let port = url.port().expect("a port");
            socket.connect((Ipv4Addr::LOCALHOST, port)).await.expect("loopback");
            let request = [&CONNECT_MAGIC.to_be_bytes()[..], &CONNECT.to_be_bytes(), b"abcd"].concat();
            socket.send(&request).await.expect("sent");
            let mut answer = [0; 64];
            let length = socket.recv(&mut answer).await.expect("answered");
            assert_eq!((length, &answer[4..8]), (16, &b"abcd"[..]));
            Self { socket, connection: answer[8..16].try_into().expect("eight octets") }
        }

        async fn announce(&self) -> Vec<u8> {
            let mut request = self.connection.to_vec();
            request.extend(ANNOUNCE.to_be_bytes());
            request.extend(b"wxyz");
            request.extend(TORRENT.0);
            request.resize(98, 0);
            self.socket.send(&request).await.expect("sent");
            let mut answer = [0; 2048];
            let length = self.socket.recv(&mut answer).await.expect("answered");
            answer[20..length].to_vec()
        }
    }

    #[tokio::test]
    async fn peers_are_named_at_once_and_later_ones_as_soon_as_they_are_known() {
        let introducer = Arc::new(Introducer::start().await.expect("loopback"));
        introducer.introduce(TORRENT, &["10.0.0.1:1".parse().expect("an address")]);
        let client = Client::connect(&introducer).await;
        assert_eq!(client.announce().await, [10, 0, 0, 1, 0, 1]);
        let later = introducer.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(50)).await;
            later.introduce(TORRENT, &["10.0.0.2:2".parse().expect("an address")]);
        });
        assert_eq!(client.announce().await, [10, 0, 0, 1, 0, 1, 10, 0, 0, 2, 0, 2]);
    }

    #[test]
    fn strangers_and_noise_are_not_answered() {
        assert_eq!(Request::read(b"", 5), None);
        assert_eq!(Request::read(&[0; 98], 5), None);
        let mut announce = 6u64.to_be_bytes().to_vec();
        announce.extend(ANNOUNCE.to_be_bytes());
        announce.resize(98, 0);
        assert_eq!(Request::read(&announce, 5), None, "another connection's number");
        assert!(Request::read(&announce, 6).is_some());
    }
}
