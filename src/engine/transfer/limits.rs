//! How fast may be received and given, and how many connections a host gets: shared by everything in this process.
//!
//! In: octets about to be read, and hosts about to be asked. Out: the permission, when it is due.

use crate::app::settings::LOWEST_LIMIT;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::Instant;

/// A limit of octets per second, as a bucket that holds one second of it; within another one where there is one above.
#[derive(Debug)]
pub struct RateLimit {
    bucket: Mutex<Option<Bucket>>,
    told: watch::Sender<Option<u32>>,
    above: Option<Arc<RateLimit>>,
}

#[derive(Debug)]
struct Bucket {
    per_second: f64,
    /// Octets that may pass now; negative while they are owed.
    credit: f64,
    filled: Instant,
}

impl RateLimit {
    /// A limit of so many octets per second, not below [`LOWEST_LIMIT`]; none when `None`.
    pub fn new(per_second: Option<u32>) -> Self {
        let limit = Self { bucket: Mutex::default(), told: watch::Sender::new(None), above: None };
        limit.set(per_second);
        limit
    }

    /// The same for a part of what `above` holds for.
    pub fn within(above: Arc<Self>, per_second: Option<u32>) -> Self {
        Self { above: Some(above), ..Self::new(per_second) }
    }

    /// Changes the limit at once.
    pub fn set(&self, per_second: Option<u32>) {
        *self.bucket.lock() = per_second.map(|limit| {
            let per_second = f64::from(limit.max(LOWEST_LIMIT));
            Bucket { per_second, credit: per_second / 4.0, filled: Instant::now() }
        });
        self.told.send_replace(per_second);
    }

    /// What holds now: the lower of this one and the one above.
    pub fn per_second(&self) -> Option<u32> {
        let above = self.above.as_ref().and_then(|above| above.per_second());
        let own = *self.told.borrow();
        own.into_iter().chain(above).min()
    }

    /// Tells when it is changed; the one above as well.
    pub fn watch(&self) -> LimitWatch {
        let above = self.above.as_ref().map(|above| above.told.subscribe());
        LimitWatch { own: self.told.subscribe(), above }
    }

    /// Waits until `octets` may pass.
    pub async fn pass(&self, octets: u64) {
        self.pass_here(octets).await;
        if let Some(above) = &self.above {
            above.pass_here(octets).await;
        }
    }

    async fn pass_here(&self, octets: u64) {
        let wait = match &mut *self.bucket.lock() {
            None => return,
            Some(bucket) => bucket.take(octets, Instant::now()),
        };
        if let Some(wait) = wait {
            tokio::time::sleep(wait).await;
        }
    }
}

/// Tells when a limit is changed.
#[derive(Debug)]
pub struct LimitWatch {
    own: watch::Receiver<Option<u32>>,
    above: Option<watch::Receiver<Option<u32>>>,
}

impl LimitWatch {
    /// Waits for the next change.
    pub async fn changed(&mut self) {
        let above = async {
            match &mut self.above {
                Some(above) => above.changed().await,
                None => std::future::pending().await,
            }
        };
        // A limit that nobody can change any more is never changed.
        let is_gone = tokio::select! {
            changed = self.own.changed() => changed.is_err(),
            changed = above => changed.is_err(),
        };
        if is_gone {
            std::future::pending::<()>().await;
        }
    }
}

impl Bucket {
    fn take(&mut self, octets: u64, now: Instant) -> Option<Duration> {
        let elapsed = now.duration_since(self.filled).as_secs_f64();
        self.filled = now;
        self.credit = (self.credit + elapsed * self.per_second).min(self.per_second) - octets as f64;
        (self.credit < 0.0).then(|| Duration::from_secs_f64(-self.credit / self.per_second))
    }
}

/// Lets only so many requests at a time go to one host, whoever in this process makes them.
#[derive(Debug)]
pub struct HostGate {
    at_once: AtomicUsize,
    hosts: Mutex<HashMap<String, Arc<Semaphore>>>,
}

impl HostGate {
    /// A gate for so many connections to each host.
    pub fn new(at_once: usize) -> Self {
        Self { at_once: AtomicUsize::new(at_once.max(1)), hosts: Mutex::default() }
    }

    /// Most connections to one host.
    pub fn at_once(&self) -> usize {
        self.at_once.load(Ordering::Relaxed)
    }

    /// Changes how many connections a host gets; those that are open stay until they end by themselves.
    pub fn set(&self, at_once: usize) {
        let at_once = at_once.max(1);
        let hosts = self.hosts.lock();
        let before = self.at_once.swap(at_once, Ordering::Relaxed);
        for gate in hosts.values() {
            if at_once > before {
                gate.add_permits(at_once - before);
            } else if before > at_once {
                let (gate, less) = (gate.clone(), u32::try_from(before - at_once).unwrap_or(0));
                // Taken out of use as soon as they are free.
                tokio::spawn(async move {
                    if let Ok(permits) = gate.acquire_many_owned(less).await {
                        permits.forget();
                    }
                });
            }
        }
    }

    /// Waits for a connection to `host`; it is free again when the permit is dropped.
    pub async fn enter(&self, host: &str) -> Option<OwnedSemaphorePermit> {
        let gate = {
            let mut hosts = self.hosts.lock();
            let at_once = self.at_once();
            hosts.entry(host.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(at_once))).clone()
        };
        gate.acquire_owned().await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_limit_lets_through_what_it_says_over_time() {
        let limit = RateLimit::new(Some(100_000));
        let started = Instant::now();
        for _ in 0..100 {
            limit.pass(10_000).await;
        }
        let took = started.elapsed().as_secs_f64();
        assert!((9.0..10.5).contains(&took), "{took}");
    }

    #[test]
    fn a_limit_is_never_lower_than_peers_can_bear() {
        let limit = RateLimit::new(Some(10));
        assert!(limit.bucket.lock().as_ref().is_some_and(|b| b.per_second >= f64::from(LOWEST_LIMIT)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_of_one_transfer_holds_within_the_limit_of_all() {
        let all = Arc::new(RateLimit::new(Some(400_000)));
        let one = RateLimit::within(all.clone(), Some(100_000));
        let mut watch = one.watch();
        let started = Instant::now();
        for _ in 0..50 {
            one.pass(10_000).await;
        }
        assert!(started.elapsed().as_secs_f64() > 4.0, "{:?}", started.elapsed());
        assert_eq!(one.per_second(), Some(100_000));
        all.set(Some(50_000));
        watch.changed().await;
        assert_eq!(one.per_second(), Some(50_000), "the lower holds");
        one.set(None);
        watch.changed().await;
        let started = Instant::now();
        for _ in 0..25 {
            one.pass(10_000).await;
        }
        assert!(started.elapsed().as_secs_f64() > 4.0, "{:?}", started.elapsed());
    }

    #[tokio::test]
    async fn a_host_gets_two_connections_and_another_host_its_own() {
        let gate = HostGate::new(2);
        let first = gate.enter("a").await;
        let _second = gate.enter("a").await;
        let third = tokio::time::timeout(Duration::from_millis(20), gate.enter("a")).await;
        assert!(third.is_err(), "a third waits");
        assert!(gate.enter("b").await.is_some());
        drop(first);
        assert!(gate.enter("a").await.is_some());
    }

    #[tokio::test]
    async fn a_host_gets_more_or_fewer_connections_as_soon_as_it_is_set() {
        let gate = HostGate::new(1);
        let _first = gate.enter("a").await;
        gate.set(2);
        let second = gate.enter("a").await;
        gate.set(1);
        tokio::task::yield_now().await;
        drop(second);
        let again = tokio::time::timeout(Duration::from_millis(20), gate.enter("a")).await;
        assert!(again.is_err(), "one is open already");
    }
}
