//! Which hosts were contacted, what for, and how much came from them: for the log screen.
//!
//! In: every request, tracker, peer and broker. Out: rows, and a signal that they changed. Nothing is kept over a restart.

use super::clock::Clock;
use crate::app::journal::{HostRow, Purpose};
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcTime;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use tokio::sync::Notify;

/// Most hosts that are listed; what comes later is counted with the last of its purpose.
const MOST_HOSTS: usize = 2_000;

/// The book of contacts, shared by everything that goes out.
#[derive(Clone, Debug)]
pub struct Contacts {
    hosts: Arc<Mutex<Hosts>>,
    changed: Arc<Notify>,
    clock: Clock,
}

/// By name and purpose.
type Hosts = HashMap<(String, Purpose), Arc<HostCounts>>;

/// What is counted of one host.
#[derive(Debug, Default)]
pub struct HostCounts {
    requests: AtomicU64,
    received: AtomicU64,
    last: AtomicI64,
}

impl HostCounts {
    /// Octets came from it.
    pub fn received(&self, octets: u64) {
        self.received.fetch_add(octets, Ordering::Relaxed);
    }
}

impl Contacts {
    /// An empty book.
    pub fn new(clock: Clock) -> Self {
        Self { hosts: Arc::default(), changed: Arc::default(), clock }
    }

    /// A host is asked for something; what comes is to be counted on what is returned.
    pub fn ask(&self, host: &str, purpose: Purpose) -> Arc<HostCounts> {
        let counts = self.counts(host, purpose);
        counts.requests.fetch_add(1, Ordering::Relaxed);
        self.touch(&counts);
        counts
    }

    /// So much more came from a peer, of one torrent.
    pub fn note_peer(&self, address: &str, more: ByteCount) {
        let counts = self.counts(address, Purpose::Peer);
        counts.received(more.0);
        if counts.requests.swap(1, Ordering::Relaxed) == 0 || more > ByteCount::ZERO {
            self.touch(&counts);
        }
    }

    /// So many octets came unasked, over a connection that was made before.
    pub fn note_came(&self, counts: &HostCounts, octets: usize) {
        counts.received(octets as u64);
        self.touch(counts);
    }

    fn touch(&self, counts: &HostCounts) {
        counts.last.store(self.clock.utc().unix_seconds(), Ordering::Relaxed);
        self.changed.notify_one();
    }

    fn counts(&self, host: &str, purpose: Purpose) -> Arc<HostCounts> {
        let mut hosts = self.hosts.lock();
        let is_full = hosts.len() >= MOST_HOSTS;
        let key = (host.to_owned(), purpose);
        if is_full && !hosts.contains_key(&key) {
            return hosts.entry(("…".to_owned(), purpose)).or_default().clone();
        }
        hosts.entry(key).or_default().clone()
    }

    /// Waits until something changed.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Every host, by name.
    pub fn rows(&self) -> Vec<HostRow> {
        let row = |((host, purpose), counts): (&(String, Purpose), &Arc<HostCounts>)| HostRow {
            host: host.clone(),
            purpose: *purpose,
            requests: counts.requests.load(Ordering::Relaxed),
            received: ByteCount(counts.received.load(Ordering::Relaxed)),
            last: UtcTime::from_unix_seconds(counts.last.load(Ordering::Relaxed)).unwrap_or_default(),
        };
        let mut rows: Vec<HostRow> = self.hosts.lock().iter().map(row).collect();
        rows.sort_by(|a, b| (&a.host, a.purpose).cmp(&(&b.host, b.purpose)));
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_listed_by_purpose_with_what_came_from_it() {
        let contacts = Contacts::new(Clock::start());
        contacts.ask("b:80", Purpose::Http).received(5);
        contacts.ask("b:80", Purpose::Http).received(2);
        contacts.ask("b:80", Purpose::Tracker);
        let broker = contacts.ask("c:8883", Purpose::Broker);
        contacts.note_came(&broker, 3);
        contacts.note_came(&broker, 4);
        contacts.note_peer("a:1", ByteCount(9));
        contacts.note_peer("a:1", ByteCount(2));
        let rows: Vec<_> = contacts
            .rows()
            .into_iter()
            .map(|row| (row.host, row.purpose, row.requests, row.received.0))
            .collect();
        assert_eq!(
            rows,
            [
                ("a:1".to_owned(), Purpose::Peer, 1, 11),
                ("b:80".to_owned(), Purpose::Http, 2, 7),
                ("b:80".to_owned(), Purpose::Tracker, 1, 0),
                ("c:8883".to_owned(), Purpose::Broker, 1, 7)
            ]
        );
    }

    #[test]
    fn a_crowd_of_hosts_does_not_fill_the_memory() {
        let contacts = Contacts::new(Clock::start());
        for number in 0..3 * MOST_HOSTS {
            contacts.note_peer(&number.to_string(), ByteCount(1));
        }
        assert!(contacts.rows().len() <= MOST_HOSTS + 1);
    }
}
