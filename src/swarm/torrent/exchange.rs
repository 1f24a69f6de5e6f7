//! What peers tell one another beside pieces: what they can do, the description of the torrent, and other peers.

use super::super::address_book::{Distance, NamedBy};
use super::super::extension::{
    Abilities, Exchange, HANDSHAKE_ID, MetadataMessage, Named, OUR_EXCHANGE_ID, OUR_METADATA_ID,
    OUR_UPLOAD_ONLY_ID, read_upload_only,
};
use super::super::message::PeerMessage;
use super::super::metadata::MetadataShelf;
use super::super::peer::{Peer, Side};
use super::super::{OUR_PROGRAM, PeerKey};
use super::Torrent;
use bytes::Bytes;
use core::net::SocketAddr;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

use crate::domain::utc::SteadyTime;

/// How often other peers are told of.
const EXCHANGE_EVERY: Duration = Duration::from_secs(60);

/// Oftener than this nobody is listened to.
const HEARD_AT_MOST_EVERY: Duration = Duration::from_secs(30);

/// What was told to and by each peer of others.
#[derive(Debug, Default)]
pub(super) struct Exchanges {
    of: HashMap<PeerKey, OfPeer>,
}

#[derive(Debug)]
struct OfPeer {
    told: HashSet<SocketAddr>,
    told_at: SteadyTime,
    heard_at: Option<SteadyTime>,
}

impl Exchanges {
    pub(super) fn forget(&mut self, key: PeerKey) {
        self.of.remove(&key);
    }
}

impl Torrent {
    pub(super) fn introduce_ourselves(&mut self, key: PeerKey) {
        let Some(address) = self.peers.get(&key).map(|peer| peer.address) else { return };
        let size = self.info.as_ref().map(MetadataShelf::size);
        let mut ours = Abilities::ours(OUR_PROGRAM, self.port, size);
        ours.exchange_id = ours.exchange_id.filter(|_| !self.is_private);
        ours.upload_only = self.is_complete();
        ours.your_address = Some(address.ip());
        self.say(key, PeerMessage::Extended { id: HANDSHAKE_ID, payload: ours.to_octets().into() });
    }

    /// Everything that is wanted is held: whoever understands is told, so that nobody waits for our interest.
    pub(super) fn tell_upload_only(&mut self) {
        let who: Vec<(PeerKey, u8)> = self
            .peers
            .values()
            .filter_map(|peer| Some((peer.key, peer.abilities.as_ref()?.upload_only_id?)))
            .collect();
        for (key, id) in who {
            self.say(key, PeerMessage::Extended { id, payload: Bytes::from_static(&[1]) });
        }
    }

    pub(super) fn on_extended(&mut self, key: PeerKey, id: u8, payload: &Bytes) {
        match id {
            HANDSHAKE_ID => {
                let Some(peer) = self.peers.get_mut(&key) else { return };
                let abilities = peer.abilities.get_or_insert_default();
                // What is not understood is as if it had not been said.
                let _ = abilities.update(payload);
                if let Some(requests) = abilities.requests {
                    peer.pipeline.peer_takes(requests);
                }
            }
            OUR_METADATA_ID => self.on_metadata(key, payload),
            OUR_EXCHANGE_ID => self.on_exchange(key, payload),
            OUR_UPLOAD_ONLY_ID => {
                let says = read_upload_only(payload);
                if let Some(abilities) = self.peers.get_mut(&key).and_then(|peer| peer.abilities.as_mut()) {
                    abilities.upload_only = says;
                }
            }
            _ => {}
        }
    }

    fn on_metadata(&mut self, key: PeerKey, payload: &Bytes) {
        let theirs = self.peers.get(&key).and_then(|peer| peer.abilities.as_ref()?.metadata_id);
        let (Some(id), Ok(MetadataMessage::Request(part))) = (theirs, MetadataMessage::read(payload)) else {
            return;
        };
        let answer = match &mut self.info {
            Some(info) => info.answer(key, part),
            None => MetadataMessage::Reject(part),
        };
        self.say(key, PeerMessage::Extended { id, payload: answer.to_octets().into() });
    }

    fn on_exchange(&mut self, key: PeerKey, payload: &Bytes) {
        if self.is_private {
            return;
        }
        let now = self.now;
        let of = self.exchange_of(key);
        if of.heard_at.is_some_and(|heard| now.since(heard) < HEARD_AT_MOST_EVERY) {
            return;
        }
        of.heard_at = Some(now);
        if let Ok(exchange) = Exchange::read(payload) {
            let named = exchange.added.into_iter().map(|named| (named.address, Distance::Far)).collect();
            self.on_named(named, NamedBy::Peer);
        }
    }

    fn exchange_of(&mut self, key: PeerKey) -> &mut OfPeer {
        let now = self.now;
        let new = || OfPeer { told: HashSet::new(), told_at: now, heard_at: None };
        self.exchange.of.entry(key).or_insert_with(new)
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

    pub(super) fn exchange_if_due(&mut self, key: PeerKey) {
        let Some(id) = self.peers.get(&key).and_then(|peer| peer.abilities.as_ref()?.exchange_id) else {
            return;
        };
        if self.is_private {
            return;
        }
        let now = self.now;
        let is_first = !self.exchange.of.contains_key(&key);
        let of = self.exchange_of(key);
        if !is_first && now.since(of.told_at) < EXCHANGE_EVERY {
            return;
        }
        of.told_at = now;
        let told = of.told.clone();
        let others = self.peers.values().filter(|peer| peer.key != key && !peer.is_distrusted);
        let known: HashMap<SocketAddr, bool> =
            others.filter_map(|peer| Some((Self::callable(peer)?, peer.has.is_full()))).collect();
        let added: Vec<Named> = known
            .iter()
            .filter(|(address, _)| !told.contains(address))
            .map(|(&address, &is_seed)| Named { address, is_seed, is_reachable: true })
            .take(50)
            .collect();
        let dropped: Vec<SocketAddr> =
            told.iter().filter(|address| !known.contains_key(address)).copied().take(50).collect();
        if added.is_empty() && dropped.is_empty() {
            return;
        }
        let of = self.exchange_of(key);
        dropped.iter().for_each(|address| {
            of.told.remove(address);
        });
        of.told.extend(added.iter().map(|named| named.address));
        let payload = Exchange { added, dropped }.to_octets();
        self.say(key, PeerMessage::Extended { id, payload: payload.into() });
    }
}
