//! No peers in this build: the same names, none of which can ever be made.

use super::{PeerSettings, PeersError, PeersLook, TorrentBrief};
use crate::domain::octets::ByteRange;
use crate::domain::torrent::InfoHash;
use crate::engine::clock::Clock;
use crate::swarm::address_book::NamedBy;
use crate::swarm::pieces::PieceSet;
use crate::swarm::torrent::Others;
use crate::transfer::address_rule::AddressRule;
use crate::transfer::conductor::Offers;
use bytes::Bytes;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

/// A session that cannot be started.
#[derive(Debug)]
pub enum PeerSession {}

/// A torrent that cannot be driven.
#[derive(Debug)]
pub enum Driver {}

impl PeerSession {
    /// Says that there are no peers in this build.
    ///
    /// # Errors
    /// Always [`PeersError::NotBuiltIn`].
    pub fn start(_: &PeerSettings) -> Result<Self, PeersError> {
        Err(PeersError::NotBuiltIn)
    }

    /// Never called: there is no session.
    pub fn port(&self) -> Option<u16> {
        match *self {}
    }

    /// Never called: there is no session.
    pub fn peer_id(&self) -> [u8; 20] {
        match *self {}
    }

    /// Never called: there is no session.
    pub fn ring(&self, _: InfoHash, _: &UnboundedSender<InfoHash>) -> InfoHash {
        match *self {}
    }

    /// Never called: there is no session.
    ///
    /// # Errors
    /// None: it cannot be called.
    pub async fn describe(
        &self,
        _: InfoHash,
        _: &AddressRule,
        _: UnboundedReceiver<(Vec<SocketAddr>, NamedBy)>,
    ) -> Result<Bytes, PeersError> {
        match *self {}
    }
}

impl Driver {
    /// Never called: there is no session.
    ///
    /// # Errors
    /// None: it cannot be called.
    pub fn start(session: &Arc<PeerSession>, _: TorrentBrief, _: Clock) -> Result<Self, PeersError> {
        match **session {}
    }

    /// Never called: no torrent is driven.
    pub async fn step(&mut self) {
        match *self {}
    }

    /// Never called: no torrent is driven.
    pub fn name(&mut self, _: &[SocketAddr], _: NamedBy) {
        match *self {}
    }

    /// Never called: no torrent is driven.
    pub fn held(&mut self, _: ByteRange) {
        match *self {}
    }

    /// Never called: no torrent is driven.
    pub fn elsewhere(&mut self, _: PieceSet, _: Others) {
        match *self {}
    }

    /// Never called: no torrent is driven.
    pub fn offers(&self) -> Offers {
        match *self {}
    }

    /// Never called: no torrent is driven.
    pub fn note_crowd(&mut self, _: u32) {
        match *self {}
    }

    /// Never called: no torrent is driven.
    pub fn hear_the_rest(&mut self) {
        match *self {}
    }

    /// Never called: no torrent is driven.
    pub fn look(&mut self) -> PeersLook {
        match *self {}
    }
}
