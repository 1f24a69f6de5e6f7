//! No peers in this build: the same names, none of which can ever be made.

use super::{Giving, SwarmError, SwarmLook, SwarmSettings, SwarmTorrent};
use crate::domain::torrent::InfoHash;
use std::net::SocketAddr;
use std::time::Duration;

/// News of peers, of which there are none.
#[derive(Clone, Debug, Default)]
pub struct PeerNews {}

impl PeerNews {
    /// Hears nothing.
    pub fn listener(&self) -> tracing_subscriber::layer::Identity {
        tracing_subscriber::layer::Identity::new()
    }
}

/// A session that cannot be started.
#[derive(Debug)]
pub enum SwarmSession {}

/// A torrent that cannot run.
#[derive(Debug)]
pub enum RunningTorrent {}

impl SwarmSession {
    /// Says that there are no peers in this build.
    ///
    /// # Errors
    /// Always [`SwarmError::NotBuiltIn`].
    pub async fn start(_: &SwarmSettings, _: Giving) -> Result<Self, SwarmError> {
        Err(SwarmError::NotBuiltIn)
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
    pub fn set_limits(&self, _: Option<u32>, _: Option<u32>) {
        match *self {}
    }

    /// Never called: there is no session.
    pub fn introduce(&self, _: InfoHash, _: &[SocketAddr]) {
        match *self {}
    }

    /// Never called: there is no session.
    ///
    /// # Errors
    /// None: it cannot be called.
    pub async fn run(&self, _: &SwarmTorrent, _: &[u8]) -> Result<RunningTorrent, SwarmError> {
        match *self {}
    }

    /// Never called: there is no session.
    pub async fn stop(&self, _: &RunningTorrent) {
        match *self {}
    }

    /// Never called: there is no session.
    pub fn look(&self, _: &RunningTorrent) -> SwarmLook {
        match *self {}
    }

    /// Never called: there is no session.
    ///
    /// # Errors
    /// None: it cannot be called.
    pub async fn metadata(&self, _: InfoHash, _: Duration) -> Result<Vec<u8>, SwarmError> {
        match *self {}
    }

    /// Never called: there is no session.
    pub fn end(&self) {
        match *self {}
    }
}

impl RunningTorrent {
    /// Never called: no torrent runs.
    pub async fn is_ready(&self, _: Duration) -> bool {
        match *self {}
    }
}
