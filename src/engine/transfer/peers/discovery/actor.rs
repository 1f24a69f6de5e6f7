//! The one task: knows who takes part and what is allowed, and passes on what is found.
//!
//! In: orders, and news of each way. Out: news for those that take part; what is seen. Sleeps while nobody takes part.

use super::parts::{DhtPart, LocalPart, PortPart, earliest};
use super::{Joining, Key, News, Openness, Order};
use crate::app::jobs::discovery::{DiscoverySeen, PortSeen};
use crate::app::settings::discovery::Discovery;
use crate::domain::torrent::InfoHash;
use crate::engine::contacts::Contacts;
use crate::engine::transfer::peers::dht;
use crate::swarm::address_book::NamedBy;
use crate::transfer::address_rule::AddressClass;
use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use tokio::time::Instant;

/// How long a way is kept open when nobody needs it: the next file of a run comes soon.
const LINGER: Duration = Duration::from_secs(60);

/// How long peers that were named are told to who comes later: whoever answered us in the local network does not answer again
/// for four minutes, and a magnet becomes a torrent meanwhile.
const KNOWN_FOR: Duration = Duration::from_secs(300);

/// Most peers that are known of one torrent, and most torrents of which any are.
const MOST_KNOWN: usize = 200;
const MOST_KNOWN_TORRENTS: usize = 100;

/// Peers that were named lately.
#[derive(Default)]
struct Known(HashMap<InfoHash, (Instant, Vec<(NamedBy, SocketAddr)>)>);

impl Known {
    fn note(&mut self, torrent: InfoHash, by: NamedBy, peers: &[SocketAddr]) {
        let now = Instant::now();
        self.0.retain(|_, (last, _)| now.duration_since(*last) < KNOWN_FOR);
        if self.0.len() >= MOST_KNOWN_TORRENTS && !self.0.contains_key(&torrent) {
            return;
        }
        let (last, known) = self.0.entry(torrent).or_insert_with(|| (now, Vec::new()));
        *last = now;
        for peer in peers {
            if known.len() < MOST_KNOWN && !known.contains(&(by, *peer)) {
                known.push((by, *peer));
            }
        }
    }

    fn of(&self, torrent: InfoHash) -> Vec<(NamedBy, SocketAddr)> {
        let of = self.0.get(&torrent).filter(|(last, _)| last.elapsed() < KNOWN_FOR);
        of.map(|(_, known)| known.clone()).unwrap_or_default()
    }
}

struct Member {
    joining: Joining,
    news: UnboundedSender<News>,
}

pub(super) struct Actor {
    allowed: Discovery,
    members: HashMap<Key, Member>,
    known: Known,
    /// Since when nobody takes part; from the start on.
    empty_since: Option<Instant>,
    dht: DhtPart,
    local: LocalPart,
    port: PortPart,
    by_dht: (UnboundedSender<dht::DhtNews>, UnboundedReceiver<dht::DhtNews>),
    by_local: (UnboundedSender<LocalNews>, UnboundedReceiver<LocalNews>),
    seen: watch::Sender<DiscoverySeen>,
    outer_port: Arc<AtomicU16>,
}

type LocalNews = (InfoHash, Vec<SocketAddr>);

/// What torrents ask of each way.
#[derive(Default)]
pub(super) struct WantedSearches {
    /// Looked for in the DHT, and announced there where a port is named.
    pub(super) in_dht: BTreeMap<InfoHash, Option<u16>>,
    /// Looked for within the local network.
    pub(super) nearby: BTreeMap<InfoHash, ()>,
    /// Where peers may call for something that is here, or is coming.
    pub(super) port: Option<u16>,
    /// Where anybody may call at all.
    pub(super) any_port: Option<u16>,
    /// Whether somebody takes part, or did a moment ago.
    pub(super) keeps: bool,
    /// Whether somebody takes part, and nobody may call.
    pub(super) is_deaf: bool,
}

impl Actor {
    pub(super) fn new(
        seen: watch::Sender<DiscoverySeen>,
        outer_port: Arc<AtomicU16>,
        contacts: &Contacts,
    ) -> Self {
        let (by_dht, by_local) = (unbounded_channel(), unbounded_channel());
        Self {
            allowed: Discovery::default(),
            members: HashMap::new(),
            known: Known::default(),
            empty_since: None,
            dht: DhtPart::new(by_dht.0.clone(), contacts),
            local: LocalPart::new(by_local.0.clone(), contacts),
            port: PortPart::new(contacts),
            by_dht,
            by_local,
            seen,
            outer_port,
        }
    }

    pub(super) async fn run(mut self, mut ordered: UnboundedReceiver<Order>) {
        loop {
            let wake = self.settle().await;
            let sleep = async {
                match wake {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            let news = tokio::select! {
                order = ordered.recv() => match order {
                    Some(Order::Allow(allowed)) => { self.allow(allowed); continue }
                    Some(Order::Join(key, joining, news)) => { self.join(key, joining, news); continue }
                    Some(Order::Leave(key)) => { self.leave(key); continue }
                    Some(Order::End(done)) => {
                        self.end().await;
                        // Whoever waited for it may have gone.
                        let _ = done.send(());
                        continue
                    }
                    None => return,
                },
                Some(news) = self.by_dht.1.recv() => match news {
                    dht::DhtNews::Peers(torrent, peers) => (torrent, News::Peers(NamedBy::Dht, peers)),
                    dht::DhtNews::Searched(torrent) => (torrent, News::Searched),
                },
                Some((torrent, mut peers)) = self.by_local.1.recv() => {
                    // Who is heard by both versions of IP is heard twice, and one such address leads nowhere elsewhere.
                    peers.retain(|peer| AddressClass::of(peer.ip()) != Some(AddressClass::LinkLocal));
                    self.local.heard(&peers);
                    (torrent, News::Peers(NamedBy::LocalNetwork, peers))
                }
                () = self.dht.started() => continue,
                () = self.port.changed() => continue,
                () = sleep => continue,
            };
            self.pass_on(news.0, &news.1);
        }
    }

    fn allow(&mut self, allowed: Discovery) {
        self.allowed = allowed;
        // What was named in a way that is forbidden now is not used either.
        let (dht, local) = (self.allowed.uses_dht, self.allowed.uses_local_network);
        for (_, known) in self.known.0.values_mut() {
            known.retain(|(by, _)| if *by == NamedBy::Dht { dht } else { local });
        }
    }

    fn join(&mut self, key: Key, joining: Joining, news: UnboundedSender<News>) {
        self.empty_since = None;
        if joining.openness == Openness::Private {
            self.known.0.remove(&joining.torrent);
        }
        for (by, peer) in self.known.of(joining.torrent) {
            // One that is gone leaves by itself.
            let _ = news.send(News::Peers(by, vec![peer]));
        }
        self.members.insert(key, Member { joining, news });
    }

    fn leave(&mut self, key: Key) {
        self.members.remove(&key);
        if self.members.is_empty() {
            self.empty_since = Some(Instant::now());
        }
    }

    /// Nobody who takes part in private, and nobody who has left, hears anything.
    fn pass_on(&mut self, torrent: InfoHash, news: &News) {
        let takes_part = self.wanted().in_dht.contains_key(&torrent);
        if let (News::Peers(by, peers), true) = (news, takes_part) {
            self.known.note(torrent, *by, peers);
        }
        let meant = |member: &&Member| {
            member.joining.torrent == torrent && member.joining.openness != Openness::Private
        };
        for member in self.members.values().filter(meant) {
            // One that is gone leaves by itself.
            let _ = member.news.send(news.clone());
        }
    }

    /// Nothing takes part any more, and nothing lingers.
    async fn end(&mut self) {
        self.members.clear();
        self.empty_since = None;
        self.dht.stop();
        self.local.stop();
        self.port.stop().await;
        self.tell();
    }

    /// Starts, tells and ends each way as it is wanted now; returns when to look again.
    async fn settle(&mut self) -> Option<Instant> {
        let mut wanted = self.wanted();
        let lingers = self.empty_since.map(|since| since + LINGER).filter(|until| *until > Instant::now());
        wanted.keeps = !self.members.is_empty() || lingers.is_some();
        wanted.is_deaf = !self.members.is_empty() && wanted.any_port.is_none();
        let outer = self.port.outer();
        let dht_wake = self.dht.settle(&self.allowed, &wanted, outer).await;
        let local_wake = self.local.settle(&self.allowed, &wanted);
        self.port.settle(&self.allowed, &wanted).await;
        self.tell();
        earliest([dht_wake, local_wake, lingers])
    }

    fn wanted(&self) -> WantedSearches {
        let mut wanted = WantedSearches::default();
        for Member { joining, .. } in self.members.values() {
            wanted.any_port = wanted.any_port.or(joining.port);
            let announced = joining.port.filter(|_| joining.openness == Openness::Public);
            // A magnet is not let in anywhere: there is nothing to give yet.
            if joining.openness != Openness::Unknown {
                wanted.port = wanted.port.or(joining.port);
            }
            if joining.openness != Openness::Private {
                let port = wanted.in_dht.entry(joining.torrent).or_default();
                *port = port.or(announced);
                wanted.nearby.insert(joining.torrent, ());
            }
        }
        // The same torrent may be known to be private by one and not yet by another.
        let privates = self.members.values().filter(|member| member.joining.openness == Openness::Private);
        for member in privates {
            wanted.in_dht.remove(&member.joining.torrent);
            wanted.nearby.remove(&member.joining.torrent);
        }
        wanted
    }

    fn tell(&self) {
        let port = self.port.seen();
        let outer = match port {
            PortSeen::Open { port, .. } => port,
            PortSeen::Resting | PortSeen::Asking | PortSeen::Closed(_) => 0,
        };
        self.outer_port.store(outer, Ordering::Relaxed);
        let now = DiscoverySeen { dht: self.dht.seen(), local: self.local.seen(), port };
        self.seen.send_if_modified(|seen| {
            let is_news = *seen != now;
            *seen = now;
            is_news
        });
    }
}
