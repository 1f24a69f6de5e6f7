//! Starts, watches, retries and ends each way.
//!
//! In: whether it is allowed, who needs it. Out: what is seen of it, and when to look again. A way that fails is tried
//! again after a pause that doubles.

use super::actor::WantedSearches;
use crate::app::jobs::discovery::{DhtSeen, DhtTrouble, LocalSeen, PortSeen, PortTrouble};
use crate::app::journal::Purpose;
use crate::app::settings::discovery::Discovery;
use crate::domain::outside_text::show;
use crate::domain::torrent::InfoHash;
use crate::engine::contacts::Contacts;
use crate::engine::transfer::peers::{dht, local_discovery, port_mapping};
use crate::swarm::local_discovery::GROUP_V4;
use std::collections::{BTreeMap, HashSet};
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU16;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

/// How often it is looked how many nodes are known.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// How long the DHT may take to tell how it is.
const LOOK_PATIENCE: Duration = Duration::from_secs(1);

/// How long nodes may take to answer before it is said that none does.
const ENTRY_PATIENCE: Duration = Duration::from_secs(15);

/// The pause after a failure: it doubles each time, up to the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(15);
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

/// Nodes that are remembered, to be found again sooner.
const MOST_REMEMBERED: usize = 50;

/// Most nodes of one start that are noted among the contacts.
const MOST_NOTED: usize = 200;

/// Most peers of the local network that are counted.
const MOST_HEARD: usize = 1_000;

fn pause_after(failures: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(1 << failures.min(10)).min(LONGEST_PAUSE)
}

/// The first of several times, as far as there are any.
pub(super) fn earliest(times: impl IntoIterator<Item = Option<Instant>>) -> Option<Instant> {
    times.into_iter().flatten().min()
}

/// The DHT.
pub(super) struct DhtPart {
    contacts: Contacts,
    found: UnboundedSender<dht::DhtNews>,
    phase: DhtPhase,
    /// The nodes of the settings by which it was entered.
    entry: Vec<String>,
    /// Nodes that answered before.
    remembered: Vec<String>,
    failures: u32,
}

enum DhtPhase {
    Off,
    Starting(JoinHandle<Result<dht::DhtHandle, dht::DhtError>>),
    Running(Running),
    Failed(DhtTrouble, Instant),
}

struct Running {
    handle: dht::DhtHandle,
    since: Instant,
    looked: Instant,
    nodes: usize,
    /// Nodes that are among the contacts.
    noted: HashSet<String>,
    shared: BTreeMap<InfoHash, Option<u16>>,
}

impl DhtPart {
    pub(super) fn new(found: UnboundedSender<dht::DhtNews>, contacts: &Contacts) -> Self {
        let (entry, remembered) = Default::default();
        Self { contacts: contacts.clone(), found, phase: DhtPhase::Off, entry, remembered, failures: 0 }
    }

    /// `outer`: the port at the router, once it is open.
    pub(super) async fn settle(
        &mut self,
        allowed: &Discovery,
        wanted: &WantedSearches,
        outer: Option<u16>,
    ) -> Option<Instant> {
        if !allowed.uses_dht {
            self.stop();
            self.remembered.clear();
            return None;
        }
        if allowed.dht_nodes != self.entry {
            // Another table: what is known of the last one is worth nothing in it.
            self.stop();
            self.remembered.clear();
            self.entry.clone_from(&allowed.dht_nodes);
        }
        if wanted.in_dht.is_empty() && !wanted.keeps {
            self.stop();
            return None;
        }
        let is_due = match &self.phase {
            DhtPhase::Off => !wanted.in_dht.is_empty(),
            DhtPhase::Failed(_, again) => *again <= Instant::now(),
            DhtPhase::Starting(_) | DhtPhase::Running(_) => false,
        };
        if is_due {
            self.start();
        }
        self.look().await;
        match &mut self.phase {
            DhtPhase::Running(running) => {
                running.share(&wanted.in_dht, outer);
                Some(running.looked + LOOK_EVERY)
            }
            DhtPhase::Failed(_, again) => Some(*again),
            DhtPhase::Off | DhtPhase::Starting(_) => None,
        }
    }

    fn start(&mut self) {
        let public = || dht::PUBLIC_NODES.map(str::to_owned).to_vec();
        let mut nodes = if self.entry.is_empty() { public() } else { self.entry.clone() };
        nodes.extend(self.remembered.iter().cloned());
        nodes.iter().for_each(|node| drop(self.contacts.ask(node, Purpose::Dht)));
        let settings = dht::DhtSettings { nodes, ..dht::DhtSettings::default() };
        self.phase = DhtPhase::Starting(tokio::spawn(dht::start(settings, self.found.clone())));
    }

    /// Ends when a start is over; never while none is under way.
    pub(super) async fn started(&mut self) {
        let DhtPhase::Starting(starting) = &mut self.phase else { return std::future::pending().await };
        let trouble = match starting.await {
            Ok(Ok(handle)) => {
                let now = Instant::now();
                self.phase = DhtPhase::Running(Running {
                    handle,
                    since: now,
                    looked: now,
                    nodes: 0,
                    noted: HashSet::new(),
                    shared: BTreeMap::new(),
                });
                return;
            }
            Ok(Err(dht::DhtError::NoNode { names })) => DhtTrouble::NoAddress(names),
            Ok(Err(dht::DhtError::Socket(error))) => DhtTrouble::NoSocket(show(&error.to_string())),
            Err(error) => DhtTrouble::NoSocket(show(&error.to_string())),
        };
        self.fail(trouble);
    }

    fn fail(&mut self, trouble: DhtTrouble) {
        self.phase = DhtPhase::Failed(trouble, Instant::now() + pause_after(self.failures));
        self.failures += 1;
    }

    /// Counts the nodes. With none for too long it is entered anew: a name may lead elsewhere by then.
    async fn look(&mut self) {
        let DhtPhase::Running(running) = &mut self.phase else { return };
        if running.looked.elapsed() < LOOK_EVERY {
            return;
        }
        running.looked = Instant::now();
        let Ok(state) = timeout(LOOK_PATIENCE, running.handle.state()).await else { return };
        running.nodes = state.nodes.len();
        if running.nodes > 0 {
            running.since = running.looked;
            self.failures = 0;
            let new = state.nodes.iter().filter(|node| !running.noted.contains(*node));
            let new: Vec<String> =
                new.take(MOST_NOTED.saturating_sub(running.noted.len())).cloned().collect();
            new.iter().for_each(|node| drop(self.contacts.ask(node, Purpose::Dht)));
            running.noted.extend(new);
            self.remembered = state.nodes.into_iter().take(MOST_REMEMBERED).collect();
        } else if running.since.elapsed() >= ENTRY_PATIENCE {
            self.fail(DhtTrouble::NoAnswer);
        }
    }

    pub(super) fn stop(&mut self) {
        if let DhtPhase::Starting(starting) = &self.phase {
            starting.abort();
        }
        self.phase = DhtPhase::Off;
        self.failures = 0;
    }

    pub(super) fn seen(&self) -> DhtSeen {
        match &self.phase {
            DhtPhase::Off => DhtSeen::Resting,
            DhtPhase::Running(running) if running.nodes > 0 => DhtSeen::Nodes(running.nodes),
            DhtPhase::Starting(_) | DhtPhase::Running(_) => DhtSeen::Entering,
            DhtPhase::Failed(trouble, _) => DhtSeen::Failed(trouble.clone()),
        }
    }
}

impl Running {
    fn share(&mut self, wanted: &BTreeMap<InfoHash, Option<u16>>, outer: Option<u16>) {
        let gone: Vec<InfoHash> =
            self.shared.keys().filter(|one| !wanted.contains_key(one)).copied().collect();
        for torrent in gone {
            self.shared.remove(&torrent);
            self.handle.leave(torrent);
        }
        for (&torrent, &port) in wanted {
            let port = port.map(|own| outer.unwrap_or(own));
            if self.shared.get(&torrent) != Some(&port) {
                self.shared.insert(torrent, port);
                self.handle.share(torrent, port);
            }
        }
    }
}

/// The local network.
pub(super) struct LocalPart {
    contacts: Contacts,
    found: UnboundedSender<(InfoHash, Vec<SocketAddr>)>,
    phase: LocalPhase,
    /// Who was heard.
    heard: HashSet<IpAddr>,
    failures: u32,
}

enum LocalPhase {
    Off,
    Running(local_discovery::LocalDiscoveryHandle, BTreeMap<InfoHash, ()>),
    Failed(String, Instant),
}

impl LocalPart {
    pub(super) fn new(found: UnboundedSender<(InfoHash, Vec<SocketAddr>)>, contacts: &Contacts) -> Self {
        Self { contacts: contacts.clone(), found, phase: LocalPhase::Off, heard: HashSet::new(), failures: 0 }
    }

    pub(super) fn settle(&mut self, allowed: &Discovery, wanted: &WantedSearches) -> Option<Instant> {
        // Without a port of ours there is nothing to say, and so nobody answers.
        let port = wanted.any_port.filter(|_| !wanted.nearby.is_empty());
        if !allowed.uses_local_network || (wanted.nearby.is_empty() && !wanted.keeps) {
            self.stop();
            return None;
        }
        let is_due = match &self.phase {
            LocalPhase::Off => true,
            LocalPhase::Failed(_, again) => *again <= Instant::now(),
            LocalPhase::Running(..) => false,
        };
        if let (true, Some(port)) = (is_due, port) {
            self.start(port);
        }
        match &mut self.phase {
            LocalPhase::Running(handle, shared) => {
                for torrent in shared.keys().filter(|one| !wanted.nearby.contains_key(one)) {
                    handle.leave(*torrent);
                }
                for torrent in wanted.nearby.keys().filter(|one| !shared.contains_key(one)) {
                    handle.share(*torrent);
                }
                shared.clone_from(&wanted.nearby);
                None
            }
            LocalPhase::Failed(_, again) => Some(*again),
            LocalPhase::Off => None,
        }
    }

    fn start(&mut self, port: u16) {
        self.phase = match local_discovery::start(
            local_discovery::LocalDiscoverySettings::new(port),
            self.found.clone(),
        ) {
            Ok(handle) => {
                self.failures = 0;
                drop(self.contacts.ask(&GROUP_V4.to_string(), Purpose::LocalNetwork));
                LocalPhase::Running(handle, BTreeMap::new())
            }
            Err(error) => {
                self.failures += 1;
                LocalPhase::Failed(show(&error.to_string()), Instant::now() + pause_after(self.failures))
            }
        };
    }

    pub(super) fn heard(&mut self, peers: &[SocketAddr]) {
        let room = MOST_HEARD.saturating_sub(self.heard.len());
        self.heard.extend(peers.iter().map(SocketAddr::ip).take(room));
    }

    pub(super) fn stop(&mut self) {
        self.phase = LocalPhase::Off;
        self.heard.clear();
        self.failures = 0;
    }

    pub(super) fn seen(&self) -> LocalSeen {
        match &self.phase {
            LocalPhase::Off => LocalSeen::Resting,
            LocalPhase::Running(..) => LocalSeen::Listening(self.heard.len()),
            LocalPhase::Failed(words, _) => LocalSeen::Failed(words.clone()),
        }
    }
}

/// The port at the router.
pub(super) struct PortPart {
    contacts: Contacts,
    running: Option<(port_mapping::PortMappingHandle, watch::Receiver<port_mapping::PortMappingState>, u16)>,
    is_without_port: bool,
}

impl PortPart {
    pub(super) fn new(contacts: &Contacts) -> Self {
        Self { contacts: contacts.clone(), running: None, is_without_port: false }
    }

    pub(super) async fn settle(&mut self, allowed: &Discovery, wanted: &WantedSearches) {
        self.is_without_port = allowed.opens_port && wanted.is_deaf;
        if !allowed.opens_port || !wanted.keeps {
            return self.stop().await;
        }
        let Some(port) = wanted.port.and_then(NonZeroU16::new) else { return };
        if self.running.as_ref().is_some_and(|(_, _, before)| *before == port.get()) {
            return;
        }
        self.stop().await;
        drop(self.contacts.ask(&port_mapping::whom_it_asks(), Purpose::Router));
        let handle = port_mapping::start(port_mapping::PortMappingSettings::new(port));
        let state = handle.state();
        self.running = Some((handle, state, port.get()));
    }

    /// Ends when it stands otherwise; never while no port is asked for.
    pub(super) async fn changed(&mut self) {
        let Some((_, state, _)) = &mut self.running else { return std::future::pending().await };
        if state.changed().await.is_err() {
            // It keeps what it said last.
            std::future::pending().await
        }
    }

    pub(super) async fn stop(&mut self) {
        if let Some((handle, ..)) = self.running.take() {
            handle.end().await;
        }
    }

    /// The port on the outside, once it is open.
    pub(super) fn outer(&self) -> Option<u16> {
        match self.seen() {
            PortSeen::Open { port, .. } => Some(port),
            PortSeen::Resting | PortSeen::Asking | PortSeen::Closed(_) => None,
        }
    }

    pub(super) fn seen(&self) -> PortSeen {
        let Some((_, state, _)) = &self.running else {
            return match self.is_without_port {
                true => PortSeen::Closed(PortTrouble::NotListening),
                false => PortSeen::Resting,
            };
        };
        match &*state.borrow() {
            port_mapping::PortMappingState::Searching => PortSeen::Asking,
            port_mapping::PortMappingState::Open { port, address, .. } => {
                PortSeen::Open { port: *port, address: *address }
            }
            port_mapping::PortMappingState::Closed(why) => PortSeen::Closed(match why {
                port_mapping::MappingError::NoRouter => PortTrouble::NoRouter,
                port_mapping::MappingError::Refused { reason } => PortTrouble::Refused(reason.clone()),
                port_mapping::MappingError::NoAddress { reason } => PortTrouble::NoAddress(reason.clone()),
            }),
        }
    }
}
