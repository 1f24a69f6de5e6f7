//! Writes jobs down as they change, on a thread of its own: the host never waits for a disk.
//!
//! In: orders. Out: rows in the window's database. What cannot be written is said once and tried again with what comes
//! next. When the keeper goes, what was ordered is written first.

use crate::app::input::{Event, Input};
use crate::app::jobs::request::JobId;
use crate::app::jobs::view::Job;
use crate::app::journal::Weight;
use crate::app::settings::layout::WindowLayout;
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcTime;
use crate::engine::store::error::StoreError;
use crate::engine::store::error::message_of_store;
use crate::engine::store::window_store::WindowStore;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;

/// How long after a refusal it is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(10);

/// Something to write down.
#[derive(Debug)]
pub(in crate::engine) enum KeeperOrder {
    /// How a job stands.
    Keep(Arc<Job>),
    /// Jobs that are no more.
    Forget(Vec<JobId>),
    /// What was given in all.
    Given(ByteCount),
    /// How the screen is arranged.
    Layout(WindowLayout),
    /// When a source last answered well.
    Success(String, UtcTime),
    /// A source by its name, with its place; without one it is forgotten.
    Source(String, Option<String>),
    /// Something of brokers, pins and rules by its name; without a value it is forgotten.
    Mesh(String, Option<String>),
    /// Something that is shared, by its number; without a value it is forgotten.
    Share(i64, Option<String>),
}

/// The thread that writes.
#[derive(Debug)]
pub(in crate::engine) struct Keeper {
    orders: Option<Arc<Sender<KeeperOrder>>>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Begins to write into `store`; refusals are told to `events`.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(in crate::engine) fn start(
        store: Arc<WindowStore>,
        events: UnboundedSender<Input>,
    ) -> std::io::Result<Self> {
        let (orders, ordered) = channel();
        let thread = std::thread::Builder::new()
            .name("nuee-keeper".to_owned())
            .spawn(move || write_all(&store, &ordered, &events))?;
        Ok(Self { orders: Some(Arc::new(orders)), thread: Some(thread) })
    }

    /// Somebody else's way to have something written down; it does not keep the thread alive.
    pub(in crate::engine) fn hand(&self) -> Option<std::sync::Weak<Sender<KeeperOrder>>> {
        self.orders.as_ref().map(Arc::downgrade)
    }

    /// Has something written down.
    pub(in crate::engine) fn order(&self, order: KeeperOrder) {
        if let Some(orders) = &self.orders {
            // The thread ends only with us.
            let _ = orders.send(order);
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            // A thread that broke has told why already.
            let _ = thread.join();
        }
    }
}

/// What is to be written.
#[derive(Debug, Default)]
struct Batch {
    /// The last word on each job; `None` for one that is no more.
    jobs: BTreeMap<JobId, Option<Arc<Job>>>,
    given: Option<ByteCount>,
    layout: Option<WindowLayout>,
    successes: BTreeMap<String, UtcTime>,
    sources: BTreeMap<String, Option<String>>,
    mesh: BTreeMap<String, Option<String>>,
    shares: BTreeMap<i64, Option<String>>,
}

impl Batch {
    fn add(&mut self, order: KeeperOrder) {
        match order {
            KeeperOrder::Keep(job) => {
                self.jobs.insert(job.id, Some(job));
            }
            KeeperOrder::Forget(ids) => self.jobs.extend(ids.into_iter().map(|id| (id, None))),
            KeeperOrder::Given(given) => self.given = Some(given),
            KeeperOrder::Layout(layout) => self.layout = Some(layout),
            KeeperOrder::Success(key, at) => {
                self.successes.insert(key, at);
            }
            KeeperOrder::Source(key, place) => {
                self.sources.insert(key, place);
            }
            KeeperOrder::Mesh(name, value) => {
                self.mesh.insert(name, value);
            }
            KeeperOrder::Share(id, value) => {
                self.shares.insert(id, value);
            }
        }
    }

    fn is_empty(&self) -> bool {
        let is_still = self.given.is_none() && self.layout.is_none() && self.successes.is_empty();
        let is_still = is_still && self.jobs.is_empty() && self.sources.is_empty();
        is_still && self.mesh.is_empty() && self.shares.is_empty()
    }

    fn write(&self, store: &WindowStore) -> Result<(), StoreError> {
        let kept: Vec<Arc<Job>> = self.jobs.values().flatten().cloned().collect();
        let forgotten: Vec<JobId> =
            self.jobs.iter().filter(|(_, job)| job.is_none()).map(|(id, _)| *id).collect();
        if !self.jobs.is_empty() {
            store.keep(&kept, &forgotten)?;
        }
        for (key, place) in &self.sources {
            store.set_source(key, place.as_deref())?;
        }
        for (name, value) in &self.mesh {
            store.set_mesh(name, value.as_deref())?;
        }
        for (id, value) in &self.shares {
            store.set_share(*id, value.as_deref())?;
        }
        for (key, at) in &self.successes {
            store.set_success(key, *at)?;
        }
        if let Some(layout) = self.layout {
            store.set_layout(layout)?;
        }
        self.given.map_or(Ok(()), |given| store.set_given(given))
    }
}

fn write_all(store: &WindowStore, ordered: &Receiver<KeeperOrder>, events: &UnboundedSender<Input>) {
    let mut batch = Batch::default();
    let mut was_refused = false;
    loop {
        let next = if batch.is_empty() {
            ordered.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            ordered.recv_timeout(TRY_AGAIN)
        };
        let is_end = matches!(next, Err(RecvTimeoutError::Disconnected));
        next.into_iter().chain(ordered.try_iter()).for_each(|order| batch.add(order));
        if !batch.is_empty() {
            match batch.write(store) {
                Ok(()) => {
                    batch = Batch::default();
                    was_refused = false;
                }
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "jobs were not written down");
                    if !was_refused {
                        // The host is gone only when the process ends.
                        let told = Event::Told(Weight::Attention, message_of_store(&error));
                        let _ = events.send(Input::Event(told));
                    }
                    was_refused = true;
                }
            }
        }
        if is_end {
            return;
        }
    }
}
