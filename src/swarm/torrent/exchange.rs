//! What peers tell one another beside pieces: what they can do, the description of the torrent, and other peers.
//!
//! In: extended messages, and the time. Out: answers, said through the [`PeerTable`], and the addresses that a peer named. Keeps what
//! each peer was told of others; knows nothing of pieces.

use super::super::address_book::{Distance, NamedBy};
use super::super::extension::{
    Abilities, Exchange, HANDSHAKE_ID, MetadataMessage, Named, OUR_EXCHANGE_ID, OUR_METADATA_ID,
    OUR_UPLOAD_ONLY_ID, read_upload_only,
};
use super::super::message::PeerMessage;
use super::super::metadata::MetadataShelf;
use super::super::peer::{Peer, Side};
use super::super::{OUR_PROGRAM, PeerKey};
use super::table::PeerTable;
use super::wants::Wants;
use crate::domain::utc::SteadyTime;
use bytes::Bytes;
use core::net::SocketAddr;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// How often other peers are told of.
const EXCHANGE_EVERY: Duration = Duration::from_secs(60);

/// Oftener than this nobody is listened to.
const HEARD_AT_MOST_EVERY: Duration = Duration::from_secs(30);

/// What is told to and by peers beside pieces.
#[derive(Debug)]
pub(super) struct Exchanges {
    of: HashMap<PeerKey, OfPeer>,
    /// The description, for who knows only the name of the torrent.
    info: Option<MetadataShelf>,
    privacy: Privacy,
    /// The port on which we can be called.
    port: Option<u16>,
}

/// Who may name peers of a torrent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Privacy {
    /// Everybody.
    Public,
    /// Its trackers alone (BEP 27).
    Private,
}

/// What was told to and by one peer of others.
#[derive(Debug)]
struct OfPeer {
    told: HashSet<SocketAddr>,
    told_at: SteadyTime,
    heard_at: Option<SteadyTime>,
}

impl Exchanges {
    pub(super) fn new(info: Option<Bytes>, privacy: Privacy, port: Option<u16>) -> Self {
        Self { of: HashMap::new(), info: info.and_then(MetadataShelf::new), privacy, port }
    }

    /// Whether peers of that kind of origin may be called.
    pub(super) fn may_name(&self, by: NamedBy) -> bool {
        let is_other = matches!(by, NamedBy::Peer | NamedBy::Dht | NamedBy::LocalNetwork);
        self.privacy == Privacy::Public || !is_other
    }

    /// A connection ended.
    pub(super) fn forget(&mut self, key: PeerKey) {
        self.of.remove(&key);
        if let Some(info) = &mut self.info {
            info.forget(key);
        }
    }

    /// Tells a new peer what we can do.
    pub(super) fn introduce_ourselves(&self, key: PeerKey, wants: &Wants, table: &mut PeerTable) {
        let Some(peer) = table.peers.get(&key).filter(|peer| peer.is_extended()) else { return };
        let size = self.info.as_ref().map(MetadataShelf::size);
        let mut ours = Abilities::ours(OUR_PROGRAM, self.port, size);
        ours.exchange_id = ours.exchange_id.filter(|_| self.privacy == Privacy::Public);
        ours.upload_only = wants.is_complete();
        ours.your_address = Some(peer.address.ip());
        table.say(key, PeerMessage::Extended { id: HANDSHAKE_ID, payload: ours.to_octets().into() });
    }

    /// A peer sent an extended message. Returns the addresses that it names with it.
    pub(super) fn on_extended(
        &mut self,
        key: PeerKey,
        id: u8,
        payload: &Bytes,
        table: &mut PeerTable,
    ) -> Option<Vec<(SocketAddr, Distance)>> {
        match id {
            HANDSHAKE_ID => {
                let peer = table.peers.get_mut(&key)?;
                let abilities = peer.abilities.get_or_insert_default();
                // What is not understood is as if it had not been said.
                let _ = abilities.update(payload);
                if let Some(requests) = abilities.requests {
                    peer.pipeline.peer_takes(requests);
                }
            }
            OUR_METADATA_ID => self.on_metadata(key, payload, table),
            OUR_EXCHANGE_ID => return self.on_exchange(key, payload, table.now),
            OUR_UPLOAD_ONLY_ID => {
                let says = read_upload_only(payload);
                let peer = table.peers.get_mut(&key)?;
                if let Some(abilities) = &mut peer.abilities {
                    abilities.upload_only = says;
                }
            }
            _ => {}
        }
        None
    }

    fn on_metadata(&mut self, key: PeerKey, payload: &Bytes, table: &mut PeerTable) {
        let theirs = table.peers.get(&key).and_then(|peer| peer.abilities.as_ref()?.metadata_id);
        let (Some(id), Ok(MetadataMessage::Request(part))) = (theirs, MetadataMessage::read(payload)) else {
            return;
        };
        let answer = match &mut self.info {
            Some(info) => info.answer(key, part),
            None => MetadataMessage::Reject(part),
        };
        table.say(key, PeerMessage::Extended { id, payload: answer.to_octets().into() });
    }

    fn on_exchange(
        &mut self,
        key: PeerKey,
        payload: &Bytes,
        now: SteadyTime,
    ) -> Option<Vec<(SocketAddr, Distance)>> {
        if self.privacy == Privacy::Private {
            return None;
        }
        let of = self.of_peer(key, now);
        if of.heard_at.is_some_and(|heard| now.since(heard) < HEARD_AT_MOST_EVERY) {
            return None;
        }
        of.heard_at = Some(now);
        let exchange = Exchange::read(payload).ok()?;
        Some(exchange.added.into_iter().map(|named| (named.address, Distance::Far)).collect())
    }

    fn of_peer(&mut self, key: PeerKey, now: SteadyTime) -> &mut OfPeer {
        let new = || OfPeer { told: HashSet::new(), told_at: now, heard_at: None };
        self.of.entry(key).or_insert_with(new)
    }

    /// Tells a peer of others, when it is time.
    pub(super) fn exchange_if_due(&mut self, key: PeerKey, table: &mut PeerTable) {
        let Some(id) = table.peers.get(&key).and_then(|peer| peer.abilities.as_ref()?.exchange_id) else {
            return;
        };
        if self.privacy == Privacy::Private {
            return;
        }
        let now = table.now;
        let is_first = !self.of.contains_key(&key);
        let of = self.of_peer(key, now);
        if !is_first && now.since(of.told_at) < EXCHANGE_EVERY {
            return;
        }
        of.told_at = now;
        let others = table.peers.values().filter(|peer| peer.key != key && !peer.is_distrusted);
        let known: HashMap<SocketAddr, bool> =
            others.filter_map(|peer| Some((callable(peer)?, peer.has.is_full()))).collect();
        let added: Vec<Named> = known
            .iter()
            .filter(|(address, _)| !of.told.contains(address))
            .map(|(&address, &is_seed)| Named { address, is_seed, is_reachable: true })
            .take(50)
            .collect();
        let dropped: Vec<SocketAddr> =
            of.told.iter().filter(|address| !known.contains_key(address)).copied().take(50).collect();
        if added.is_empty() && dropped.is_empty() {
            return;
        }
        dropped.iter().for_each(|address| {
            of.told.remove(address);
        });
        of.told.extend(added.iter().map(|named| named.address));
        let payload = Exchange { added, dropped }.to_octets();
        table.say(key, PeerMessage::Extended { id, payload: payload.into() });
    }
}

/// Where a peer can be called, as far as that is known.
fn callable(peer: &Peer) -> Option<SocketAddr> {
    match peer.side {
        Side::We => Some(peer.address),
        Side::They => {
            let port = peer.abilities.as_ref()?.port?;
            Some(SocketAddr::new(peer.address.ip(), port))
        }
    }
}

/// Everything that is wanted is held: whoever understands is told, so that nobody waits for our interest.
pub(super) fn tell_upload_only(table: &mut PeerTable) {
    let who: Vec<(PeerKey, u8)> = table
        .peers
        .values()
        .filter_map(|peer| Some((peer.key, peer.abilities.as_ref()?.upload_only_id?)))
        .collect();
    for (key, id) in who {
        table.say(key, PeerMessage::Extended { id, payload: Bytes::from_static(&[1]) });
    }
}
