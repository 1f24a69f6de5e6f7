//! One task per active content: it drives the conductor, obeys its orders, and keeps the account.
//!
//! In: a [`ContentBrief`]. Out: [`ContentNews`] while it runs, and a [`ContentEnd`] with figures. Everything it starts
//! it also ends. Start reading at [`ContentTask::run`].

mod account;
mod brief;
mod giving;
mod hand_over;
pub(crate) mod headers;
mod opening;
mod pieces;
mod swarm_road;

pub use crate::transfer::expected::{ContentClaim, Expected};
pub(crate) use account::finished_row;
pub use account::{Figures, SourceAccount};
pub use brief::{Afterwards, ContentBrief, Receives};
pub use giving::{Giver, GivingLook};
pub use pieces::JobWatch;
pub use swarm_road::{SwarmBrief, SwarmNeeds, SwarmStatus, TrackerRow};

pub(crate) use crate::transfer::verification::form_of;

use super::hasher::Hasher;
use super::http::client::HttpClient;
use super::http::fetch::{Fetch, HttpFetchContext, HttpOrigin};
use super::limits::{HostGate, RateLimit};
use super::peers::PeerLook;
use crate::app::clock_watch::ClockWatch;
use crate::app::jobs::detail::PieceMap;
use crate::app::vitals::ClockTrust;
use crate::catalog::runs::Now;
use crate::domain::content::Layout;
use crate::domain::integrity::Verdict;
use crate::domain::octets::{ByteRange, RangeSet};
use crate::domain::source::SourceId;
use crate::engine::clock::Clock;
use crate::engine::store::database::{ContentRow, Database};
use crate::engine::store::error::StoreError;
use crate::engine::store::file_set::{FileSet, Published};
use crate::engine::store::output::OutputFolder;
use crate::swarm::torrent::Others;
use crate::transfer::assembly::ContentGrid;
use crate::transfer::conductor::{Asking, Brief, Conductor, Fact, FetchId, Order, SwarmHope};
use crate::transfer::http_source::{FilesOffered, HttpSourceBrief};
use crate::transfer::ledger::Ledger;
use crate::transfer::reason::Reason;
use crate::transfer::verification::NoProof;
use account::Account;
use hand_over::HandOvers;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use swarm_road::SwarmRoad;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

/// What all contents of this process share.
#[derive(Clone, Debug)]
pub struct Shared {
    /// Asks HTTP servers.
    pub client: HttpClient,
    /// How many connections a host gets.
    pub gate: Arc<HostGate>,
    /// How fast may be received.
    pub limit: Arc<RateLimit>,
    /// The clock.
    pub clock: Clock,
    /// Whether the time of day can be relied on.
    pub watch: Arc<Mutex<ClockWatch>>,
}

impl Shared {
    /// The time of day, and whether anything may be called late, missing or old by it (R12).
    pub(crate) fn judging_now(&self) -> Now {
        let utc = self.clock.utc();
        match self.watch.lock().look(utc, self.clock.now()) {
            ClockTrust::Steady => Now::Steady(utc),
            ClockTrust::Moved(_) => Now::JustSet(utc),
        }
    }
}

/// What a content task tells while it runs.
#[derive(Debug)]
pub enum ContentNews {
    /// Stock was taken: so much was held already.
    Begun(Figures),
    /// How far it is; at most four times a second.
    Progress(Box<Progress>),
    /// Its pieces, while somebody looks.
    Pieces(Box<PieceMap>),
    /// A file is in its place.
    InPlace {
        /// Which file of the layout.
        file: usize,
        /// Where.
        published: Published,
        /// What is known of its integrity.
        verdict: Verdict,
    },
}

/// How far a content is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// The figures.
    pub figures: Figures,
    /// One row a source.
    pub sources: Vec<SourceAccount>,
    /// Peers and trackers.
    pub swarm: SwarmStatus,
}

/// How a content task ended.
#[derive(Debug)]
pub enum ContentEnd {
    /// All that was wanted is held, and every whole file is in place.
    Complete,
    /// Nobody can give what is missing; why, by source.
    Exhausted(Vec<(SourceId, Reason)>),
    /// The folder or database refused.
    Store(StoreError),
    /// A file is whole and not what it should be.
    NotProven(NoProof),
    /// It was told to stop.
    Stopped,
}

/// A content task that has ended: what it leaves for putting slices together.
#[derive(Debug)]
pub struct Ended {
    /// How.
    pub end: ContentEnd,
    /// The last word on figures, sources and peers.
    pub last: Progress,
    /// The files, when they could be opened.
    pub files: Option<Arc<FileSet>>,
    /// The account of who gave which octets.
    pub ledger: Ledger,
    /// The content's row in the database.
    pub row: Option<ContentRow>,
}

/// A content task.
pub struct ContentTask {
    /// What it shares with others.
    pub shared: Shared,
    /// Where files go.
    pub folder: Arc<OutputFolder>,
    /// What is remembered.
    pub database: Arc<Database>,
    /// What is wanted.
    pub brief: ContentBrief,
    /// Where news go.
    pub news: UnboundedSender<ContentNews>,
    /// Turns true when it is to stop.
    pub stop: watch::Receiver<bool>,
    /// Whether somebody looks at it from close by.
    pub watched: JobWatch,
}

/// A fetch under way.
struct FetchHandle {
    task: JoinHandle<()>,
    end: Arc<AtomicU64>,
    cancel: Arc<Notify>,
}

/// The running state of a content task.
struct Running {
    shared: Shared,
    conductor: Conductor,
    ledger: Ledger,
    account: Account,
    context: Arc<HttpFetchContext>,
    fetches: HashMap<FetchId, FetchHandle>,
    swarm: Option<SwarmRoad>,
    /// What HTTP fetches and whether it may fetch more, as peers' side was told last.
    told_peers: Option<(RangeSet, Others)>,
    hand_overs: HandOvers,
    afterwards: Afterwards,
    watched: JobWatch,
    news: UnboundedSender<ContentNews>,
    /// What the conductor said last: complete, or why not.
    verdict: Option<ContentEnd>,
}

impl ContentTask {
    /// Runs until all is held, nobody can give the rest, the disk refuses, or it is told to stop. What is to be given
    /// afterwards is left to the [`Giver`], so that nobody waits for it.
    pub async fn run(self) -> (Ended, Option<Giver>) {
        let mut stop = self.stop.clone();
        let (facts, heard) = unbounded_channel();
        let (troubles, refused) = unbounded_channel();
        let mut running = match self.open(facts, troubles).await {
            Ok(running) => running,
            Err((error, account)) => return (account.ended_before_start(ContentEnd::Store(error)), None),
        };
        let end = tokio::select! {
            end = running.conduct(heard, refused) => end,
            _ = stop.wait_for(|stop| *stop) => ContentEnd::Stopped,
        };
        if matches!(end, ContentEnd::Complete) && running.afterwards == Afterwards::GivesOn {
            return running.complete(stop).await;
        }
        (running.close(end).await, None)
    }
}

impl Running {
    /// Hears facts and obeys orders until there is nothing more to do.
    async fn conduct(
        &mut self,
        mut heard: UnboundedReceiver<Fact>,
        mut refused: UnboundedReceiver<StoreError>,
    ) -> ContentEnd {
        self.take(Fact::Begun).await;
        let begun = self.progress().figures;
        // A front end that went away needs no news.
        let _ = self.news.send(ContentNews::Begun(begun));
        loop {
            if let Some(end) = self.end_if_settled() {
                return end;
            }
            let wait = crate::transfer::conductor::LONGEST_PAUSE;
            tokio::select! {
                biased;
                Some(error) = refused.recv() => return ContentEnd::Store(error),
                fact = heard.recv() => match fact {
                    Some(fact) => self.take(fact).await,
                    None => return ContentEnd::Stopped,
                },
                done = self.hand_overs.next() => match self.note_hand_over(done) {
                    Ok(()) => {}
                    Err(end) => return end,
                },
                () = tokio::time::sleep(wait) => self.take(Fact::Tick).await,
            }
            let now = self.shared.clock.now();
            if let Err(error) = self.account.flush_if_due(&self.ledger, &self.context.files, now).await {
                return ContentEnd::Store(error);
            }
            if let Some(progress) = self.progress_if_due() {
                // A front end that went away needs no news.
                let _ = self.news.send(ContentNews::Progress(Box::new(progress)));
                self.tell_pieces();
            }
        }
    }

    /// Tells where the pieces stand, while somebody looks.
    fn tell_pieces(&self) {
        if self.watched.is_now() {
            let map = pieces::piece_map(self.context.files.grid(), &self.ledger, &self.conductor);
            let _ = self.news.send(ContentNews::Pieces(Box::new(map)));
        }
    }

    /// The end, once the conductor has spoken and every file is in place.
    fn end_if_settled(&mut self) -> Option<ContentEnd> {
        if self.hand_overs.are_done() { self.verdict.take() } else { None }
    }

    async fn take(&mut self, fact: Fact) {
        self.account.note(&fact);
        if let (Some(swarm), Fact::Held { range, source }) = (&self.swarm, &fact)
            && *source != SourceId::SWARM
        {
            swarm.held(*range);
        }
        let now = self.shared.clock.now();
        for order in self.conductor.on(fact, &mut self.ledger, now) {
            self.obey(order).await;
        }
        self.tell_peers_of_http();
    }

    /// Peers are asked last for what HTTP is fetching.
    fn tell_peers_of_http(&mut self) {
        let Some(swarm) = &self.swarm else { return };
        let others = if self.conductor.http_may_help() { Others::Hopeful } else { Others::None };
        let told = (self.conductor.asked(), others);
        if self.told_peers.as_ref() != Some(&told) {
            swarm.elsewhere(told.0.clone(), told.1);
            self.told_peers = Some(told);
        }
    }

    async fn obey(&mut self, order: Order) {
        match order {
            Order::Fetch { id, source, range, asking } => self.fetch(id, source, range, asking),
            Order::Shorten(fetch, end) => {
                if let Some(handle) = self.fetches.get(&fetch) {
                    handle.end.fetch_min(end, Ordering::AcqRel);
                }
            }
            Order::Cancel(fetch) => self.cancel(fetch),
            Order::LeaveAlone { source, reason, pause } => {
                if let Some(origin) = self.context.origins.iter().find(|origin| origin.id == source) {
                    self.context.client.note_trouble(&origin.host, &reason, pause);
                }
            }
            Order::StartSwarm => {
                if let Some(swarm) = &self.swarm {
                    swarm.start();
                }
            }
            Order::HandOver(file) => self.hand_overs.add(file, &self.ledger),
            Order::Complete => self.verdict = Some(ContentEnd::Complete),
            Order::Fail => self.verdict = Some(ContentEnd::Exhausted(self.conductor.troubles())),
        }
    }

    fn fetch(&mut self, id: FetchId, source: SourceId, range: ByteRange, asking: Asking) {
        let Some(origin) = self.context.origins.iter().find(|origin| origin.id == source).cloned() else {
            return;
        };
        let (end, cancel) = (Arc::new(AtomicU64::new(range.end())), Arc::new(Notify::new()));
        let (context, own_end, own_cancel) = (self.context.clone(), end.clone(), cancel.clone());
        let fetch = Fetch { context, id, origin, range, asking, end: own_end, cancel: own_cancel };
        self.fetches.retain(|_, handle| !handle.task.is_finished());
        self.fetches.insert(id, FetchHandle { task: tokio::spawn(fetch.run()), end, cancel });
    }

    fn cancel(&mut self, fetch: FetchId) {
        if let Some(handle) = self.fetches.get(&fetch) {
            handle.cancel.notify_one();
        }
    }

    fn note_hand_over(&mut self, done: hand_over::HandedOverFile) -> Result<(), ContentEnd> {
        let (file, result) = done;
        let (published, verdict) = match result {
            Ok(in_place) => in_place,
            Err(end) => {
                if matches!(end, ContentEnd::NotProven(_)) {
                    self.forget(file)?;
                }
                return Err(end);
            }
        };
        let now = self.shared.clock.utc();
        self.account.note_finished(file, (&published, &verdict), now).map_err(ContentEnd::Store)?;
        let _ = self.news.send(ContentNews::InPlace { file, published, verdict });
        Ok(())
    }

    /// What is whole and wrong is held no longer: the next try fetches it anew.
    fn forget(&mut self, file: usize) -> Result<(), ContentEnd> {
        if matches!(self.context.files.grid(), ContentGrid::Blocks(_)) {
            self.account.forget_holdings().map_err(ContentEnd::Store)?;
            self.context.files.discard(file).map_err(ContentEnd::Store)?;
        }
        Ok(())
    }

    fn progress_if_due(&mut self) -> Option<Progress> {
        let now = self.shared.clock.now();
        self.account.is_progress_due(now).then(|| self.progress())
    }

    fn progress(&mut self) -> Progress {
        let swarm = self.swarm.as_ref().map(SwarmRoad::status).unwrap_or_default();
        let now = self.shared.clock.now();
        let (mut figures, sources) = self.account.figures(&self.ledger, &self.conductor, (&swarm, now));
        if self.swarm.is_some() {
            figures.offered = self.context.files.offered();
        }
        Progress { figures, sources, swarm }
    }

    async fn close(mut self, end: ContentEnd) -> Ended {
        self.fetches.drain().for_each(|(_, handle)| handle.task.abort());
        let (mut peers, mut lost) = (Vec::new(), Vec::new());
        if let Some(swarm) = self.swarm.take() {
            let last = swarm.end().await;
            self.account.note_swarm_end(&last);
            lost.clone_from(&last.lost);
            peers = last.peers.into_iter().map(PeerLook::ended).collect();
        }
        let end = match self.account.flush(&self.ledger, &self.context.files).await {
            Err(error) if matches!(end, ContentEnd::Complete | ContentEnd::Stopped) => {
                ContentEnd::Store(error)
            }
            _ => end,
        };
        let mut last = self.progress();
        (last.swarm.peers, last.swarm.lost) = (peers, lost);
        let files = Some(self.context.files.clone());
        Ended { end, last, files, ledger: self.ledger, row: Some(self.account.row()) }
    }
}

/// The files for which an origin has a URL. An empty file and padding need none.
fn files_offered(origin: &HttpOrigin, layout: &Layout) -> FilesOffered {
    let has_url = |file: &usize| origin.urls.get(*file).is_some_and(Option::is_some);
    let needed = || layout.files().iter().enumerate().filter(|(_, f)| !f.is_padding && f.range().is_some());
    if needed().all(|(file, _)| has_url(&file)) {
        return FilesOffered::All;
    }
    FilesOffered::Only(needed().map(|(file, _)| file).filter(has_url).collect())
}

/// What the conductor is told of a content.
fn conductor_of(brief: &ContentBrief, shared: &Shared) -> Conductor {
    let (gate, clock, retry) = (&shared.gate, shared.clock, shared.client.retry_policy());
    let sources = brief.origins.iter().map(|origin| HttpSourceBrief {
        id: origin.id,
        host: origin.host.clone(),
        files: files_offered(origin, brief.grid.layout()),
        parts: origin.parts,
        retry,
    });
    let brief = Brief {
        grid: brief.grid.clone(),
        want: brief.want.clone(),
        whole_files: brief.whole_files.clone(),
        sources: sources.collect(),
        swarm: if brief.swarm.is_some() { SwarmHope::Possible } else { SwarmHope::None },
        policy: brief.policy,
        target: brief.target,
        patience: brief.patience,
        connections_per_host: gate.at_once(),
        seed: fastrand::u64(..),
    };
    Conductor::new(brief, clock.now())
}

/// What every fetch of a content shares.
fn context_of(
    task: &mut ContentTask,
    files: Arc<FileSet>,
    facts: UnboundedSender<Fact>,
    troubles: UnboundedSender<StoreError>,
) -> Arc<HttpFetchContext> {
    Arc::new(HttpFetchContext {
        client: task.shared.client.clone(),
        files,
        hasher: Hasher::new(task.brief.hashes.clone(), troubles),
        origins: std::mem::take(&mut task.brief.origins).into_iter().map(Arc::new).collect(),
        limit: task.shared.limit.clone(),
        gate: task.shared.gate.clone(),
        facts,
        received: AtomicU64::new(0),
    })
}
