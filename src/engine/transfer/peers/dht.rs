//! Finds peers in the distributed table of BitTorrent, and is found there (BEP 5), through the crate `mainline`.
//!
//! In: which torrents are shared, and where we take connections. Out: peers, as nodes of the table name them.
//! Runs only while a [`DhtHandle`] lives: on a thread of the crate, which ends with the handle. Version 4 only. Who takes
//! part tells the world its address and what it fetches, so nobody starts this unless a person allowed it.
//! Start reading at [`start`].

use crate::domain::torrent::InfoHash;
use crate::engine::transfer::http::look_up;
use futures_lite::StreamExt;
use mainline::async_dht::AsyncDht;
use mainline::{Dht, Id};
use parking_lot::Mutex;
use std::collections::{HashMap, HashSet};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::{JoinHandle, JoinSet};

/// Nodes by which the public table is entered when the settings name none.
pub const PUBLIC_NODES: [&str; 4] = mainline::DEFAULT_BOOTSTRAP_NODES;

/// How long one search may take; a search of the public table takes five to thirty seconds.
const SEARCH_TIMEOUT: Duration = Duration::from_secs(60);

/// Time until the second search of a torrent, for whoever began at the same time; each further one comes after twice the
/// time.
const FIRST_REST: Duration = Duration::from_secs(8);

/// Longest time between two searches, and so between two announces: nodes forget a peer after half an hour.
const LONGEST_REST: Duration = Duration::from_secs(15 * 60);

/// Searches under way at a time.
const MOST_SEARCHES: usize = 4;

/// Most peers that one search names.
const MOST_PEERS: usize = 500;

/// How the table is entered.
#[derive(Clone, Debug)]
pub struct DhtSettings {
    /// `HOST:PORT` of nodes by which the table is entered; none: the public ones.
    pub nodes: Vec<String>,
    /// UDP port; 0: a free one.
    pub port: u16,
    /// The address that is used; of a test the loopback one.
    pub bind: Ipv4Addr,
}

impl Default for DhtSettings {
    fn default() -> Self {
        Self { nodes: Vec::new(), port: 0, bind: Ipv4Addr::UNSPECIFIED }
    }
}

/// Why the table cannot be entered.
#[derive(Debug, thiserror::Error)]
pub enum DhtError {
    /// No name of a node has an address of version 4.
    #[error("none of {names} nodes of the DHT has an address")]
    NoNode {
        /// How many names there were.
        names: usize,
    },
    /// The port is not free, or the system gives no socket.
    #[error("cannot open the port of the DHT: {0}")]
    Socket(#[from] std::io::Error),
}

/// What comes of searches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DhtNews {
    /// Nodes named these peers of a torrent; addresses that strangers named.
    Peers(InfoHash, Vec<SocketAddr>),
    /// A search of a torrent is over, whether it found anybody or not.
    Searched(InfoHash),
}

/// What is known of our place in the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DhtState {
    /// Nodes that answered and are known, as `HOST:PORT`; none when nobody was reached.
    pub nodes: Vec<String>,
    /// Our address as other nodes see it. `None`: no node has said.
    pub public_address: Option<SocketAddrV4>,
}

/// Taking part in the table; ends when this is dropped.
#[derive(Debug)]
pub struct DhtHandle {
    dht: AsyncDht,
    address: SocketAddrV4,
    searches: Arc<Semaphore>,
    torrents: Mutex<HashMap<InfoHash, JoinHandle<()>>>,
    found: UnboundedSender<DhtNews>,
}

/// Enters the table; peers of the torrents that are then shared go to `found`, with addresses that strangers named.
///
/// # Errors
/// When no node can be named, or the port cannot be opened.
pub async fn start(settings: DhtSettings, found: UnboundedSender<DhtNews>) -> Result<DhtHandle, DhtError> {
    let names =
        if settings.nodes.is_empty() { PUBLIC_NODES.map(str::to_owned).to_vec() } else { settings.nodes };
    let count = names.len();
    let nodes = addresses_of(names).await;
    if nodes.is_empty() {
        return Err(DhtError::NoNode { names: count });
    }
    let mut builder = Dht::builder();
    builder.bootstrap(&nodes).bind_address(settings.bind).port(settings.port);
    // The crate waits for its thread to open the socket.
    let dht = tokio::task::spawn_blocking(move || builder.build()).await.map_err(std::io::Error::other)??;
    let dht = dht.as_async();
    let address = dht.info().await.local_addr();
    let (searches, torrents) = (Arc::new(Semaphore::new(MOST_SEARCHES)), Mutex::default());
    Ok(DhtHandle { dht, address, searches, torrents, found })
}

impl DhtHandle {
    /// Looks for peers of `torrent` from now on, and announces that we take connections at `port`, when we do. Never to
    /// be called for a private torrent.
    pub fn share(&self, torrent: InfoHash, port: Option<u16>) {
        let (dht, searches, found) = (self.dht.clone(), self.searches.clone(), self.found.clone());
        let task = tokio::spawn(follow(dht, searches, (torrent, port), found));
        if let Some(before) = self.torrents.lock().insert(torrent, task) {
            before.abort();
        }
    }

    /// Asks nothing more about `torrent`; nodes forget within half an hour that it was announced.
    pub fn leave(&self, torrent: InfoHash) {
        if let Some(task) = self.torrents.lock().remove(&torrent) {
            task.abort();
        }
    }

    /// Where this node of the table is.
    pub fn local_address(&self) -> SocketAddrV4 {
        self.address
    }

    /// What is known of our place in the table now.
    pub async fn state(&self) -> DhtState {
        let public_address = self.dht.info().await.public_address();
        DhtState { nodes: self.dht.to_bootstrap().await, public_address }
    }
}

impl Drop for DhtHandle {
    fn drop(&mut self) {
        // The thread of the crate ends when the last of those that use it is gone.
        self.torrents.get_mut().values().for_each(JoinHandle::abort);
    }
}

/// The addresses of version 4 that the names lead to, asked at the same time.
async fn addresses_of(names: Vec<String>) -> Vec<SocketAddrV4> {
    let mut lookups = JoinSet::new();
    for name in names {
        lookups.spawn(async move {
            look_up(name.as_str()).await.unwrap_or_else(|error| {
                tracing::debug!("node of the DHT {name}: {error}");
                Vec::new()
            })
        });
    }
    let addresses: HashSet<SocketAddrV4> = lookups
        .join_all()
        .await
        .into_iter()
        .flatten()
        .filter_map(|address| match address {
            SocketAddr::V4(address) => Some(address),
            SocketAddr::V6(_) => None,
        })
        .collect();
    addresses.into_iter().collect()
}

/// Searches and announces one torrent, again and again, until it is aborted.
async fn follow(
    dht: AsyncDht,
    searches: Arc<Semaphore>,
    (torrent, port): (InfoHash, Option<u16>),
    found: UnboundedSender<DhtNews>,
) {
    let id = Id::from(torrent.0);
    let mut rest = FIRST_REST;
    loop {
        {
            let Ok(_place) = searches.acquire().await else { return };
            if tokio::time::timeout(SEARCH_TIMEOUT, search(&dht, id, torrent, &found)).await.is_err() {
                tracing::debug!("search of {torrent} in the DHT took too long");
            }
            if found.send(DhtNews::Searched(torrent)).is_err() {
                return;
            }
            if let Some(port) = port {
                // The nodes that the search found are asked, so this comes after it.
                match tokio::time::timeout(SEARCH_TIMEOUT, dht.announce_peer(id, Some(port))).await {
                    Ok(Ok(_)) => {}
                    Ok(Err(error)) => tracing::debug!("{torrent} not announced in the DHT: {error}"),
                    Err(_) => tracing::debug!("announce of {torrent} in the DHT took too long"),
                }
            }
        }
        tokio::time::sleep(rest).await;
        rest = (rest * 2).min(LONGEST_REST);
    }
}

/// One search; names each peer once, and no more than five hundred.
async fn search(dht: &AsyncDht, id: Id, torrent: InfoHash, found: &UnboundedSender<DhtNews>) {
    let mut named = HashSet::new();
    let mut answers = dht.get_peers(id);
    while let Some(peers) = answers.next().await {
        let is_new =
            |peer: &SocketAddrV4| peer.port() != 0 && named.len() < MOST_PEERS && named.insert(*peer);
        let peers: Vec<_> = peers.into_iter().filter(is_new).map(SocketAddr::V4).collect();
        if !peers.is_empty() && found.send(DhtNews::Peers(torrent, peers)).is_err() {
            return;
        }
        if named.len() >= MOST_PEERS {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mainline::Testnet;
    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

    type Found = UnboundedReceiver<DhtNews>;

    /// Enters a table that lives in this process.
    async fn in_table(nodes: &[String]) -> (DhtHandle, Found) {
        let (sender, found) = unbounded_channel();
        let settings = DhtSettings { nodes: nodes.to_vec(), port: 0, bind: Ipv4Addr::LOCALHOST };
        (start(settings, sender).await.expect("the loopback network"), found)
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_one_announces_in_the_table_another_finds_there() {
        let table = tokio::task::spawn_blocking(|| Testnet::builder(5).build()).await;
        let table = table.expect("it ends").expect("the loopback network");
        let torrent = InfoHash([7; 20]);
        let (giver, _none) = in_table(&table.bootstrap).await;
        giver.share(torrent, Some(4_321));
        let expected = DhtNews::Peers(torrent, vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 4_321))]);
        // The giver announces when its own search is over, so whoever comes early looks again.
        let search = async {
            loop {
                let (taker, mut found) = in_table(&table.bootstrap).await;
                taker.share(torrent, None);
                let named = tokio::time::timeout(Duration::from_secs(3), found.recv()).await;
                if let Ok(Some(named @ DhtNews::Peers(..))) = named {
                    return (named, taker.state().await);
                }
            }
        };
        let (named, state) =
            tokio::time::timeout(Duration::from_secs(60), search).await.expect("within a minute");
        assert_eq!(named, expected);
        assert!(!state.nodes.is_empty());
    }

    #[tokio::test]
    async fn a_node_whose_name_has_no_address_is_said_to_have_none() {
        let (sender, _found) = unbounded_channel();
        let settings = DhtSettings { nodes: vec!["[::1]:6881".to_owned()], ..DhtSettings::default() };
        let error = start(settings, sender).await.expect_err("it has no address of version 4");
        assert!(matches!(error, DhtError::NoNode { names: 1 }), "{error}");
    }

    #[tokio::test]
    async fn the_port_is_free_again_when_the_handle_is_dropped() {
        let (handle, _found) = in_table(&["127.0.0.1:9".to_owned()]).await;
        let address = handle.local_address();
        assert!(std::net::UdpSocket::bind(address).is_err());
        handle.share(InfoHash([1; 20]), None);
        drop(handle);
        let is_free = async {
            while std::net::UdpSocket::bind(address).is_err() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), is_free).await.expect("the thread has ended");
    }
}
