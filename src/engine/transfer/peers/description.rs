//! The description of a torrent of which only the name is known, from peers (BEP 9).
//!
//! In: addresses as they are named, and callers. Out: the octets of the `info` dictionary whose SHA-1 is the name. Connections serve
//! for nothing else: once the description is there, the torrent calls its peers itself.

use super::calling;
use super::session::{Caller, PeerSession};
use super::{PeersError, may_be_called};
use crate::domain::torrent::InfoHash;
use crate::engine::clock::Clock;
use crate::engine::transfer::network::is_near;
use crate::swarm::PeerKey;
use crate::swarm::address_book::{AddressBook, Distance, NamedBy};
use crate::swarm::extension::{Abilities, HANDSHAKE_ID, MetadataMessage, OUR_METADATA_ID};
use crate::swarm::message::{Message, Reader};
use crate::swarm::metadata::{MetadataAct, MetadataFact, MetadataFetch};
use crate::transfer::address_rule::AddressRule;
use bytes::{Bytes, BytesMut};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{Receiver, Sender, UnboundedReceiver, channel};
use tokio::task::JoinSet;

/// Peers that are asked at a time.
const AT_A_TIME: usize = 40;

/// How long a peer may say nothing.
const SILENCE: Duration = Duration::from_secs(30);

/// What waits to be heard of all peers together.
const MOST_EVENTS: usize = 64;

/// Parts that a connection may have been told to ask for and not have asked yet.
const MOST_ORDERS: usize = 256;

/// What is seen of a peer.
enum Event {
    Fact(MetadataFact),
    NotReached(SocketAddr, PeerKey),
}

impl PeerSession {
    /// Asks peers for the description of `torrent`, until one is found; the caller bounds the time.
    ///
    /// # Errors
    /// When nobody is named any more and nobody has it.
    pub async fn describe(
        self: &Arc<Self>,
        torrent: InfoHash,
        rule: &AddressRule,
        mut named: UnboundedReceiver<(Vec<SocketAddr>, NamedBy)>,
    ) -> Result<Bytes, PeersError> {
        let clock = Clock::start();
        let (events, mut seen) = channel(MOST_EVENTS);
        let mut asking = Asking {
            torrent,
            peer_id: self.peer_id(),
            fetch: MetadataFetch::new(torrent),
            book: AddressBook::new(fastrand::u64(..)),
            orders: HashMap::new(),
            tasks: JoinSet::new(),
            events,
            next_key: 0,
            clock,
        };
        // Some who hear that we look for it call us and say nothing of themselves.
        let mut door = self.let_in(torrent);
        let mut tick = tokio::time::interval(Duration::from_millis(250));
        loop {
            let fact = tokio::select! {
                Some((addresses, by)) = named.recv() => {
                    for address in addresses.into_iter().filter(|one| may_be_called(rule, one.ip(), by)) {
                        let distance = if is_near(address.ip()) { Distance::Near } else { Distance::Far };
                        asking.book.name(address, by, distance, clock.now());
                    }
                    MetadataFact::Tick
                }
                Some(caller) = door.calling.recv() => {
                    asking.take(caller);
                    MetadataFact::Tick
                }
                Some(event) = seen.recv() => asking.hear(event),
                _ = tick.tick() => MetadataFact::Tick,
            };
            asking.call_more();
            if let Some(found) = asking.tell(fact) {
                return Ok(found);
            }
        }
    }
}

struct Asking {
    torrent: InfoHash,
    peer_id: [u8; 20],
    fetch: MetadataFetch,
    book: AddressBook,
    /// Where each peer's connection is told which part to ask for.
    orders: HashMap<PeerKey, (Sender<u32>, SocketAddr)>,
    tasks: JoinSet<()>,
    events: Sender<Event>,
    next_key: u32,
    clock: Clock,
}

impl Asking {
    fn hear(&mut self, event: Event) -> MetadataFact {
        match event {
            Event::Fact(fact) => {
                if let MetadataFact::Gone { peer } = fact
                    && let Some((_, address)) = self.orders.remove(&peer)
                {
                    self.book.on_failed(address, self.clock.now());
                }
                fact
            }
            Event::NotReached(address, peer) => {
                self.orders.remove(&peer);
                self.book.on_failed(address, self.clock.now());
                MetadataFact::Tick
            }
        }
    }

    fn tell(&mut self, fact: MetadataFact) -> Option<Bytes> {
        for act in self.fetch.on(fact, self.clock.now()) {
            match act {
                MetadataAct::Found(octets) => return Some(octets),
                MetadataAct::Ask { peer, part } => {
                    if let Some((orders, _)) = self.orders.get(&peer) {
                        // One that does not keep up is waited for in vain, which the fetch sees itself.
                        let _ = orders.try_send(part);
                    }
                }
                MetadataAct::Distrust { peer } => {
                    if let Some((_, address)) = self.orders.remove(&peer) {
                        self.book.ban(address);
                    }
                }
            }
        }
        None
    }

    /// A caller is asked like one that was called, while there is room.
    fn take(&mut self, caller: Caller) {
        let Caller { met, permit } = caller;
        if self.tasks.len() >= AT_A_TIME || !met.handshake.speaks_extensions() {
            return;
        }
        let key = PeerKey(self.next_key);
        self.next_key += 1;
        let (orders, ordered) = channel(MOST_ORDERS);
        self.orders.insert(key, (orders, met.address));
        let events = self.events.clone();
        self.tasks.spawn(async move {
            ask(key, met.stream, ordered, &events).await;
            drop(permit);
            // Nobody listens once the description is found.
            let _ = events.send(Event::Fact(MetadataFact::Gone { peer: key })).await;
        });
    }

    fn call_more(&mut self) {
        while self.tasks.try_join_next().is_some() {}
        let room = AT_A_TIME.saturating_sub(self.tasks.len());
        for address in self.book.due(room, self.clock.now()) {
            let key = PeerKey(self.next_key);
            self.next_key += 1;
            let (orders, ordered) = channel(MOST_ORDERS);
            self.orders.insert(key, (orders, address));
            let ours = calling::ours(self.torrent, self.peer_id);
            let events = self.events.clone();
            self.tasks.spawn(async move {
                let event = match calling::call(address, ours).await {
                    Ok(met) if met.handshake.speaks_extensions() => {
                        ask(key, met.stream, ordered, &events).await;
                        Event::Fact(MetadataFact::Gone { peer: key })
                    }
                    Ok(_) | Err(_) => Event::NotReached(address, key),
                };
                // Nobody listens once the description is found.
                let _ = events.send(event).await;
            });
        }
    }
}

/// Asks one peer, for as long as it answers and is told to.
async fn ask(key: PeerKey, mut stream: TcpStream, mut orders: Receiver<u32>, events: &Sender<Event>) {
    let mut reader = Reader::new(None);
    let mut input = BytesMut::new();
    let mut theirs = None;
    let mut ours = Abilities::ours(crate::swarm::OUR_PROGRAM, None, None);
    ours.metadata_id = Some(OUR_METADATA_ID);
    if say(&mut stream, HANDSHAKE_ID, ours.to_octets()).await.is_none() {
        return;
    }
    loop {
        input.reserve(reader.wants(&input).clamp(1 << 10, 64 << 10));
        tokio::select! {
            read = tokio::time::timeout(SILENCE, stream.read_buf(&mut input)) => match read {
                Ok(Ok(1..)) => {}
                Ok(Ok(0) | Err(_)) | Err(_) => return,
            },
            part = orders.recv() => {
                let (Some(part), Some(id)) = (part, theirs) else { return };
                let payload = MetadataMessage::Request(part).to_octets();
                if say(&mut stream, id, payload).await.is_none() {
                    return;
                }
            }
        }
        loop {
            let fact = match reader.take(&mut input) {
                Ok(None) => break,
                Ok(Some(Message::Extended { id, payload })) => fact_of(key, (id, &payload), &mut theirs),
                Ok(Some(_)) => None,
                Err(_) => return,
            };
            if let Some(fact) = fact
                && events.send(Event::Fact(fact)).await.is_err()
            {
                return;
            }
        }
    }
}

async fn say(stream: &mut TcpStream, id: u8, payload: Vec<u8>) -> Option<()> {
    let mut out = BytesMut::new();
    Message::Extended { id, payload: payload.into() }.write(&mut out);
    tokio::time::timeout(SILENCE, stream.write_all(&out)).await.ok()?.ok()
}

/// What an extended message tells of the description.
fn fact_of(peer: PeerKey, (id, payload): (u8, &Bytes), theirs: &mut Option<u8>) -> Option<MetadataFact> {
    if id == HANDSHAKE_ID {
        let abilities = Abilities::read(payload).ok()?;
        *theirs = abilities.metadata_id;
        let size = abilities.metadata_size.filter(|_| theirs.is_some())?;
        return Some(MetadataFact::Offered { peer, size });
    }
    if id != OUR_METADATA_ID {
        return None;
    }
    match MetadataMessage::read(payload).ok()? {
        MetadataMessage::Data { part, total_size, data } => {
            Some(MetadataFact::Data { peer, part, total_size, data })
        }
        MetadataMessage::Reject(part) => Some(MetadataFact::Reject { peer, part }),
        MetadataMessage::Request(_) | MetadataMessage::Unknown(_) => None,
    }
}
