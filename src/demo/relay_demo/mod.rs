//! The second part of the demo: a publisher without .torrents, a relay that downloads its run once, and two clients that use the
//! relay at the same time.
//!
//! In: nothing. Out: [`RelayDemoEvent`]s. Relay and clients are engines as the terminal starts them, each with its own threads,
//! ports, folders and memory: they share nothing, and meet over sockets of this computer alone. They are no processes of
//! their own, so that nothing can go on running when this process is killed. Start reading at [`RelayDemo::start`].

mod clients;
mod parts;

use super::catalog_service::{DemoCatalog, Made};
use crate::app::relay_demo::{
    RelayDemoClient, RelayDemoEvent, RelayDemoReport, RelayDemoTrouble, StartRelayDemo,
};
use crate::domain::octets::ByteCount;
use crate::engine::clock::Clock;
use crate::engine::transfer::peers;
use clients::{DemoClient, DemoClients};
use parking_lot::Mutex;
use parts::{CountedPublisher, DemoRelay};
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The dataset and package that are relayed.
const DATASET: &str = "demo/arome-0.01/SP1";

/// The lead times that are published of the run, in hours.
const HOURS: RangeInclusive<u32> = 0..=12;

/// How many clients there are.
const CLIENTS: u8 = 2;

/// The longest that it may take.
const LONGEST: Duration = Duration::from_secs(20);

/// How often what is waited for is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// How often is told how far the clients are.
const TELL_EVERY: Duration = Duration::from_millis(250);

/// How long figures that are told from time to time may take until they agree.
const SETTLING: Duration = Duration::from_secs(1);

/// The second part, ready to be started.
#[derive(Clone, Default)]
pub struct RelayDemo {
    inner: Arc<RelayDemoInner>,
}

#[derive(Default)]
struct RelayDemoInner {
    made: Arc<OnceLock<Arc<Made>>>,
    stop: Arc<AtomicBool>,
    running: Mutex<Vec<JoinHandle<()>>>,
}

impl RelayDemo {
    /// Makes the data beside whatever else is done now, so that nobody waits for it later.
    pub fn prepare(&self) {
        if peers::IS_BUILT_IN {
            let made = self.inner.made.clone();
            self.beside(move || drop(run_of(&made)));
        }
    }

    /// Starts it; what it tells ends with an end or a trouble. It stops when this is dropped.
    pub fn start(&self) -> Receiver<RelayDemoEvent> {
        let (tell, told) = channel();
        if !peers::IS_BUILT_IN {
            // The other end is held here.
            let _ = tell.send(RelayDemoEvent::Failed(RelayDemoTrouble::NotBuiltIn));
            return told;
        }
        let (made, stop) = (self.inner.made.clone(), self.inner.stop.clone());
        self.beside(move || {
            let course = RelayDemoCourse { tell, stop, until: Instant::now() + LONGEST };
            let last = match play(&made, &course) {
                Ok(report) => RelayDemoEvent::Ended(Box::new(report)),
                Err(trouble) => RelayDemoEvent::Failed(trouble),
            };
            course.tell(last);
        });
        told
    }

    /// As front ends start it.
    pub fn starter(&self) -> StartRelayDemo {
        let demo = self.clone();
        Arc::new(move || demo.start())
    }

    /// Without a thread nothing is told, which whoever listens takes for its end.
    fn beside(&self, work: impl FnOnce() + Send + 'static) {
        let thread = std::thread::Builder::new().name("nuee-relay-demo".to_owned()).spawn(work);
        match thread {
            Ok(thread) => self.inner.running.lock().push(thread),
            Err(error) => tracing::error!(%error, "no thread for the second part of the demo"),
        }
    }
}

impl Drop for RelayDemoInner {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.running.lock().drain(..) {
            // One that broke was told on stderr.
            let _ = thread.join();
        }
    }
}

/// The run, made once.
fn run_of(made: &OnceLock<Arc<Made>>) -> Arc<Made> {
    // The one before the latest: all of its hours are due.
    let latest = DemoCatalog::latest_run(&Clock::start());
    made.get_or_init(|| Arc::new(Made::make(latest.plus_minutes(-360).unwrap_or(latest)))).clone()
}

/// Whom it tells, and when it has to end.
struct RelayDemoCourse {
    tell: Sender<RelayDemoEvent>,
    stop: Arc<AtomicBool>,
    until: Instant,
}

impl RelayDemoCourse {
    /// Whoever listened may have gone: then it is about to be stopped.
    fn tell(&self, event: RelayDemoEvent) {
        let _ = self.tell.send(event);
    }

    /// Whether it may go on.
    ///
    /// # Errors
    /// That it is stopped, or takes too long.
    fn check(&self) -> Result<(), RelayDemoTrouble> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(RelayDemoTrouble::Stopped);
        }
        match Instant::now() < self.until {
            true => Ok(()),
            false => Err(RelayDemoTrouble::TooLate { seconds: LONGEST.as_secs() }),
        }
    }

    /// The next answer of an engine.
    ///
    /// # Errors
    /// That it is stopped or takes too long, or that the engine is gone.
    fn next<T>(&self, answers: &Receiver<T>) -> Result<T, RelayDemoTrouble> {
        loop {
            self.check()?;
            match answers.recv_timeout(LOOK_EVERY) {
                Ok(answer) => return Ok(answer),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(RelayDemoTrouble::Stopped),
            }
        }
    }
}

/// Something of the system is not to be had.
fn not_started(error: impl std::fmt::Display) -> RelayDemoTrouble {
    RelayDemoTrouble::NotStarted { detail: error.to_string() }
}

fn play(made: &OnceLock<Arc<Made>>, course: &RelayDemoCourse) -> Result<RelayDemoReport, RelayDemoTrouble> {
    let made = run_of(made);
    course.check()?;
    let publisher = CountedPublisher::start(made).map_err(not_started)?;
    let run = publisher.run();
    course.tell(RelayDemoEvent::Published(run));
    let provider = publisher.provider();
    // They take a moment to start, and nothing of each other.
    let (relay, clients) = std::thread::scope(|scope| {
        let clients = scope.spawn(|| DemoClients::start(&provider));
        let relay = DemoRelay::start(&provider);
        (relay, clients.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let (relay, clients) = (relay?, clients?);
    let address = relay.relays(course, &publisher)?;
    let sent_to_relay = publisher.sent();
    let givers = publisher.givers(&address)?;
    clients.use_relay(course, &address)?;
    clients.ask_for_run();
    let mut told = Instant::now();
    while !clients.have_all()? {
        course.check()?;
        clients.wait();
        if told.elapsed() >= TELL_EVERY {
            told = Instant::now();
            let held = clients.all().map(DemoClient::held).sum::<ByteCount>();
            course.tell(RelayDemoEvent::Receiving { held, sent: publisher.sent() });
        }
    }
    let settled_by = Instant::now() + SETTLING;
    let figures = || clients.all().map(|client| client.figures(&givers)).collect::<Vec<RelayDemoClient>>();
    let mut last = figures();
    while !last.iter().all(RelayDemoClient::is_settled) && Instant::now() < settled_by {
        course.check()?;
        std::thread::sleep(LOOK_EVERY);
        last = figures();
    }
    if let [one, other] = &mut last[..] {
        RelayDemoClient::tell_peers_apart(one, other);
    }
    Ok(RelayDemoReport { run, sent_to_relay, sent: publisher.sent(), clients: last })
}
