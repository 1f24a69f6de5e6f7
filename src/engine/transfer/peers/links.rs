//! The connections of one torrent, by name: each has a task that obeys orders.
//!
//! In: connections that stand, orders. Out: their names. A connection ends when it is taken off, and all end with the list.

use super::calling::Met;
use super::connection::{self, Common, ConnectionOrder};
use crate::domain::octets::ByteCount;
use crate::swarm::PeerKey;
use std::collections::HashMap;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::AbortHandle;

/// The connections of one torrent.
#[derive(Debug)]
pub(super) struct Links {
    links: HashMap<PeerKey, Link>,
    common: Common,
    next_key: u32,
}

#[derive(Debug)]
struct Link {
    orders: UnboundedSender<ConnectionOrder>,
    task: AbortHandle,
    /// What earlier connections to the same address brought and took.
    before: (ByteCount, ByteCount),
}

impl Drop for Links {
    fn drop(&mut self) {
        self.links.values().for_each(|link| link.task.abort());
    }
}

impl Links {
    pub(super) fn new(common: Common) -> Self {
        Self { links: HashMap::new(), common, next_key: 0 }
    }

    /// Begins to hear what is said on a connection. `before` is what earlier ones to the same address brought and took.
    pub(super) fn join(
        &mut self,
        met: Met,
        permit: OwnedSemaphorePermit,
        before: (ByteCount, ByteCount),
    ) -> PeerKey {
        let peer = PeerKey(self.next_key);
        self.next_key += 1;
        let (orders, ordered) = unbounded_channel();
        let running = connection::run(peer, met.stream, ordered, self.common.clone(), permit);
        let task = tokio::spawn(running).abort_handle();
        self.links.insert(peer, Link { orders, task, before });
        peer
    }

    pub(super) fn order(&self, key: PeerKey, order: ConnectionOrder) {
        if let Some(link) = self.links.get(&key) {
            // A connection that is gone tells so itself.
            let _ = link.orders.send(order);
        }
    }

    pub(super) fn has(&self, key: PeerKey) -> bool {
        self.links.contains_key(&key)
    }

    /// What earlier connections to the same address brought and took.
    pub(super) fn before(&self, key: PeerKey) -> (ByteCount, ByteCount) {
        self.links.get(&key).map(|link| link.before).unwrap_or_default()
    }

    /// A connection ended by itself.
    pub(super) fn forget(&mut self, key: PeerKey) {
        self.links.remove(&key);
    }

    /// Ends a connection.
    pub(super) fn end(&mut self, key: PeerKey) {
        if let Some(link) = self.links.remove(&key) {
            link.task.abort();
        }
    }
}
