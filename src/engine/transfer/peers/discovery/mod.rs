//! Finds peers beside trackers, and lets us be found: one DHT, one local discovery, one port mapping a program.
//!
//! In: what a person allows, and which torrents take part. Out: addresses for each of them, and what is seen of each way.
//! Each way begins with the first torrent that needs it, ends a minute after the last, and at once when it is forbidden.
//! Private torrents take part in none but the port at the router (BEP 27).
//!
//! | file | what it does |
//! |---|---|
//! | `actor` | the one task: knows who takes part, passes on what is found |
//! | `parts` | starts, watches, retries and ends each way |
//!
//! Start reading at [`PeerDiscovery::join`].

#[cfg(feature = "swarm")]
mod actor;
#[cfg(feature = "swarm")]
mod parts;
#[cfg(all(test, feature = "swarm"))]
mod tests;

use crate::app::jobs::discovery::{DhtSeen, DhtTrouble, DiscoverySeen, LocalSeen};
use crate::app::settings::discovery::Discovery;
use crate::domain::torrent::InfoHash;
use crate::engine::contacts::Contacts;
use crate::engine::transfer::network::has_route;
use crate::swarm::address_book::NamedBy;
use crate::swarm::local_discovery::GROUP_V4;
use crate::transfer::reason::Reason;
use parking_lot::Mutex;
use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{oneshot, watch};

/// The longest that the end is waited for: for a router that closes the port, mainly.
const LONGEST_END: Duration = Duration::from_millis(1_200);

/// Most addresses of one torrent that are counted as named; more are passed on and not counted.
const MOST_COUNTED: usize = 2_000;

/// Who may learn of a torrent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Openness {
    /// Nobody but its trackers.
    Private,
    /// Only its name is known, and it may turn out to be private: it is looked for, and not announced in the DHT.
    Unknown,
    /// Anybody.
    Public,
}

/// A torrent that takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Joining {
    /// Its name.
    pub torrent: InfoHash,
    /// Where peers may call; `None` when nowhere.
    pub port: Option<u16>,
    /// Who may learn of it.
    pub openness: Openness,
}

/// Ways to find peers, shared by all torrents of this program.
#[derive(Debug)]
pub struct PeerDiscovery {
    orders: UnboundedSender<Order>,
    allowed: Mutex<Discovery>,
    seen: watch::Receiver<DiscoverySeen>,
    outer_port: Arc<AtomicU16>,
}

/// A number by which one that takes part is known.
type Key = u64;

#[cfg_attr(not(feature = "swarm"), expect(dead_code, reason = "a build without peers has no discovery task"))]
enum Order {
    Allow(Discovery),
    Join(Key, Joining, UnboundedSender<News>),
    Leave(Key),
    End(oneshot::Sender<()>),
}

/// What one that takes part is told.
#[cfg_attr(not(feature = "swarm"), expect(dead_code, reason = "a build without peers has no discovery task"))]
#[derive(Clone, Debug, PartialEq, Eq)]
enum News {
    Peers(NamedBy, Vec<SocketAddr>),
    /// A search in the DHT is over.
    Searched,
}

impl PeerDiscovery {
    /// Nothing is allowed yet; within the engine's runtime. Whom each way asks is noted in `contacts`.
    pub fn start(contacts: &Contacts) -> Self {
        let (orders, ordered) = unbounded_channel();
        let (sender, seen) = watch::channel(DiscoverySeen::default());
        let outer_port = Arc::new(AtomicU16::new(0));
        #[cfg(feature = "swarm")]
        tokio::spawn(actor::Actor::new(sender, outer_port.clone(), contacts).run(ordered));
        #[cfg(not(feature = "swarm"))]
        drop((sender, ordered, contacts));
        Self { orders, allowed: Mutex::default(), seen, outer_port }
    }

    /// From now on this is allowed and no more, also for torrents that take part already.
    pub fn allow(&self, discovery: Discovery) {
        let is_news = std::mem::replace(&mut *self.allowed.lock(), discovery.clone()) != discovery;
        if is_news {
            self.order(Order::Allow(discovery));
        }
    }

    /// What is allowed.
    pub fn allowed(&self) -> Discovery {
        self.allowed.lock().clone()
    }

    /// What is seen of each way, now and as it changes.
    pub fn seen(&self) -> watch::Receiver<DiscoverySeen> {
        self.seen.clone()
    }

    /// The port at the router by which peers reach us, where it is another one than ours; 0 where it is not.
    pub fn outer_port(&self) -> Arc<AtomicU16> {
        self.outer_port.clone()
    }

    /// Has a torrent take part until the returned end is dropped.
    pub fn join(&self, joining: Joining) -> Membership {
        let key = fastrand::u64(..);
        let (sender, news) = unbounded_channel();
        self.order(Order::Join(key, joining, sender));
        let orders = self.orders.clone();
        let openness = joining.openness;
        let (by_dht, by_local) = Default::default();
        Membership {
            key,
            openness,
            orders,
            news,
            seen: self.seen.clone(),
            by_dht,
            by_local,
            is_searched: false,
        }
    }

    /// Ends every way; waits a short while for a router to close the port.
    pub async fn end(&self) {
        let (done, ended) = oneshot::channel();
        self.order(Order::End(done));
        if tokio::time::timeout(LONGEST_END, ended).await.is_err() {
            tracing::debug!("a way to find peers did not end in time");
        }
    }

    fn order(&self, order: Order) {
        // The task ends only with the runtime.
        let _ = self.orders.send(order);
    }
}

/// How one way stands for one torrent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FinderRow {
    /// Which way: [`NamedBy::Dht`] or [`NamedBy::LocalNetwork`].
    pub by: NamedBy,
    /// Peers that it named. `None` while nothing is known yet.
    pub named: Option<usize>,
    /// Why it names nobody.
    pub trouble: Option<Reason>,
}

impl FinderRow {
    /// Why it named nobody, with what it is called.
    pub fn labelled_trouble(&self) -> Option<(String, Reason)> {
        let label = if self.by == NamedBy::Dht { "DHT".to_owned() } else { GROUP_V4.to_string() };
        let reason = self.trouble.clone().or_else(|| (self.named == Some(0)).then_some(Reason::NoPeers))?;
        Some((label, reason))
    }
}

/// A torrent that takes part; it leaves when this is dropped.
#[derive(Debug)]
pub struct Membership {
    key: Key,
    openness: Openness,
    orders: UnboundedSender<Order>,
    news: UnboundedReceiver<News>,
    seen: watch::Receiver<DiscoverySeen>,
    by_dht: HashSet<SocketAddr>,
    by_local: HashSet<SocketAddr>,
    /// Whether a search in the DHT has come to its end.
    is_searched: bool,
}

impl Drop for Membership {
    fn drop(&mut self) {
        // The task ends only with the runtime.
        let _ = self.orders.send(Order::Leave(self.key));
    }
}

impl Membership {
    /// The next addresses that are named, or nobody's when a search is over. Never ends for a private torrent.
    pub async fn next(&mut self) -> (Vec<SocketAddr>, NamedBy) {
        match self.news.recv().await {
            Some(News::Searched) => {
                self.is_searched = true;
                (Vec::new(), NamedBy::Dht)
            }
            Some(News::Peers(by, peers)) => {
                let known = if by == NamedBy::Dht { &mut self.by_dht } else { &mut self.by_local };
                let room = MOST_COUNTED.saturating_sub(known.len());
                known.extend(peers.iter().take(room));
                (peers, by)
            }
            // The task ends only with the runtime.
            None => std::future::pending().await,
        }
    }

    /// How each way that is used stands.
    pub fn rows(&self) -> Vec<FinderRow> {
        if self.openness == Openness::Private {
            return Vec::new();
        }
        let seen = self.seen.borrow();
        let dht = match &seen.dht {
            DhtSeen::Resting => None,
            DhtSeen::Failed(trouble) => Some((None, Some(reason_of_dht(trouble)))),
            DhtSeen::Entering => Some((None, None)),
            DhtSeen::Nodes(_) => {
                let is_known = self.is_searched || !self.by_dht.is_empty();
                Some((is_known.then_some(self.by_dht.len()), None))
            }
        };
        let local = match &seen.local {
            LocalSeen::Resting => None,
            LocalSeen::Listening(_) => Some((Some(self.by_local.len()), None)),
            LocalSeen::Failed(words) => Some((None, Some(Reason::Other(words.clone())))),
        };
        let row = |by, found: Option<(Option<usize>, Option<Reason>)>| {
            found.map(|(named, trouble)| FinderRow { by, named, trouble })
        };
        row(NamedBy::Dht, dht).into_iter().chain(row(NamedBy::LocalNetwork, local)).collect()
    }
}

fn reason_of_dht(trouble: &DhtTrouble) -> Reason {
    match trouble {
        DhtTrouble::NoAddress(_) | DhtTrouble::NoAnswer if !has_route() => Reason::Offline,
        DhtTrouble::NoAddress(_) => Reason::NameNotFound,
        DhtTrouble::NoAnswer => Reason::NoAnswer,
        DhtTrouble::NoSocket(words) => Reason::Other(words.clone()),
    }
}

/// The port at which peers reach us: the one at the router where that is another one.
#[derive(Clone, Debug, Default)]
pub struct CallPort {
    listened: u16,
    outer: Arc<AtomicU16>,
}

impl CallPort {
    /// Where we listen, and what a router may have opened for it.
    pub fn new(listened: Option<u16>, outer: Arc<AtomicU16>) -> Self {
        Self { listened: listened.unwrap_or(0), outer }
    }

    /// The port to name now; 0 when there is none.
    pub fn now(&self) -> u16 {
        match self.outer.load(Ordering::Relaxed) {
            0 => self.listened,
            outer => outer,
        }
    }
}
