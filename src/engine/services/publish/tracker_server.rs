//! The tracker's doors: requests of HTTP and packets of UDP are handed to the tracker, its answers back.

use crate::domain::torrent::InfoHash;
use crate::engine::clock::Clock;
use crate::publish::tracker::report::SwarmCounts;
use crate::publish::tracker::udp::{LONGEST_PACKET, answer};
use crate::publish::tracker::{TrackedTorrents, Tracker, http};
use parking_lot::Mutex;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::UdpSocket;

/// A tracker that others can ask.
#[derive(Debug)]
pub struct TrackerServer {
    tracker: Mutex<Tracker>,
    clock: Clock,
}

impl TrackerServer {
    /// A tracker that knows nobody.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub(super) fn new(tracked: TrackedTorrents) -> std::io::Result<Self> {
        let mut secret = [0; 32];
        aws_lc_rs::rand::fill(&mut secret).map_err(|_| std::io::Error::other("no random numbers"))?;
        Ok(Self { tracker: Mutex::new(Tracker::new(tracked, &secret)), clock: Clock::start() })
    }

    /// Tracks a torrent: before anybody can get its .torrent.
    pub fn list(&self, torrent: InfoHash) {
        self.tracker.lock().list(torrent);
    }

    /// Tracks a torrent no longer.
    pub fn unlist(&self, torrent: InfoHash) {
        self.tracker.lock().unlist(torrent);
    }

    /// Names a peer that always has everything of a torrent.
    pub fn origin(&self, torrent: InfoHash, peer: SocketAddr) {
        self.tracker.lock().origin(torrent, peer);
    }

    /// How many are in a swarm.
    pub fn counts(&self, torrent: InfoHash) -> SwarmCounts {
        self.tracker.lock().counts(torrent)
    }

    /// Answers a request of HTTP. `None` for a path that is not the tracker's.
    pub(super) fn answer(&self, path: &str, query: Option<&str>, from: SocketAddr) -> Option<Vec<u8>> {
        let query = query.unwrap_or_default();
        match path {
            "/announce" => {
                let now = self.clock.now();
                Some(http::answer_announce(&mut self.tracker.lock(), query, from.ip(), now))
            }
            "/scrape" => Some(http::answer_scrape(&self.tracker.lock(), query)),
            _ => None,
        }
    }
}

/// Answers packets, for as long as the task lives.
pub(super) async fn serve_packets(socket: UdpSocket, server: Arc<TrackerServer>) {
    let mut packet = vec![0; LONGEST_PACKET];
    loop {
        let (length, from) = match socket.recv_from(&mut packet).await {
            Ok(received) => received,
            Err(error) => {
                // Some systems report here that an answer found nobody.
                tracing::debug!(%error, "no packet could be received");
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            }
        };
        let answered = answer(&mut server.tracker.lock(), &packet[..length], from, server.clock.now());
        if let Some(answer) = answered {
            // What cannot be sent is lost, as packets are; the peer asks again.
            if let Err(error) = socket.try_send_to(&answer, from) {
                tracing::debug!(%error, "an answer could not be sent");
            }
        }
    }
}
