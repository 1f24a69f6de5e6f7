//! `listen`: brokers, the desk, the ledger and the fetcher together, told as it happens.
//!
//! In: a [`ListenRequest`]. Out: [`Answer::Listening`] again and again, then [`Answer::ListenDone`]. Messages are taken in by
//! batches: read, kept in the ledger, and only then acknowledged. Start reading at `listen`.

use super::catching_up::{self, CatchingUp, Period, last};
use super::connection::Delivery;
use super::fetching::{FetchContext, Fetcher, MOST_A_DAY, Settled};
use super::keeping::remove_what_is_too_much;
use super::ledger::MeshLedger;
use super::several::{Brokers, Came};
use crate::app::keeping::Keeping;
use crate::app::listening::{
    BrokerState, CaughtUp, FileNews, FileOutcome, ListenNews, ListenRequest, ListenSummary, Turn,
};
use crate::app::query::Answer;
use crate::app::user_message::UserMessage;
use crate::catalog::runs::Now;
use crate::domain::integrity::Voucher;
use crate::domain::utc::SteadyTime;
use crate::engine::context::EngineContext;
use crate::engine::store::error::StoreError;
use crate::engine::store::error::message_of_store;
use crate::engine::store::folders::OpenFolder;
use crate::mesh::announcement::Action;
use crate::mesh::archive::ArchiveAddress;
use crate::mesh::desk::{Desk, DeskLimits};
use crate::mesh::recent::Heard;
use crate::mesh::rule::Rule;
use crate::mesh::subscription::BrokerAddress;
use crate::mesh::topic::TopicFilter;
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, UnboundedReceiver, unbounded_channel};
use tokio::sync::{Semaphore, watch};

/// Most messages taken in at once.
const BATCH: usize = 1_000;

/// Most batches that were taken in and not yet told.
const MOST_UNTOLD: usize = 8;

/// So long a network is waited for that was not there at the start.
const OFFLINE_PATIENCE: Duration = Duration::from_secs(20);

/// How often drops are told, and old rows forgotten.
const HOUSEKEEPING: Duration = Duration::from_secs(1);
const FORGETTING: Duration = Duration::from_secs(3_600);
const TIDYING: Duration = Duration::from_secs(10);

/// Listens until the count or the time is reached, or the process is told to stop.
pub(crate) async fn listen(request: ListenRequest, context: &EngineContext, answers: &Sender<Answer>) {
    let done = match Listening::begin(request, context).await {
        Ok(listening) => listening.run(context, answers).await.map(Box::new),
        Err(message) => Err(message),
    };
    // A front end that went away needs no answer.
    let _ = answers.send(Answer::ListenDone(done));
}

/// Where announced files go.
struct Download {
    ledger: Arc<MeshLedger>,
    folder: OpenFolder,
    fetcher: Fetcher,
    /// Ends the workers when it is dropped.
    stop: watch::Sender<bool>,
}

struct Listening {
    request: ListenRequest,
    brokers: Brokers,
    desk: Desk,
    download: Option<Download>,
    settled: UnboundedReceiver<Settled>,
    summary: ListenSummary,
    /// Files that stand refused, and those that nobody gave.
    refused: HashSet<i64>,
    failed: HashSet<i64>,
    /// Files that the folder refused.
    unsettled: HashSet<i64>,
    /// Announcements that count towards the end.
    counted: u64,
    told_dropped: u64,
    /// When files were last removed.
    tidied: Option<SteadyTime>,
    /// The archive that is being asked.
    catching: Option<CatchingUp>,
}

impl Listening {
    async fn begin(request: ListenRequest, context: &EngineContext) -> Result<Self, UserMessage> {
        let (news, settled) = unbounded_channel();
        let mut client = None;
        let mut download = None;
        if let Some(out) = &request.download_to {
            let (folder, ledger) = open_folder(out, &request.brokers, context).await?;
            client = Some(blocking(&ledger, MeshLedger::client_name).await?);
            let (stop, stopped) = watch::channel(false);
            let fetching = FetchContext {
                job: context.clone(),
                folder: folder.clone(),
                out: out.clone(),
                ledger: ledger.clone(),
                rules: Arc::new(parking_lot::RwLock::new(request.rules.clone())),
                most_a_day: request.most_a_day.unwrap_or(MOST_A_DAY),
                mirror: request.mirror,
                stop: stopped,
            };
            let fetcher = Fetcher::start(fetching, &news).map_err(|error| message_of_store(&error))?;
            download = Some(Download { ledger, folder, fetcher, stop });
        }
        let known_as = (client.as_deref(), context);
        let brokers = Brokers::connect(&request.brokers, &request.filters, known_as).await;
        Ok(Self {
            request,
            brokers,
            desk: Desk::new(DeskLimits::default()),
            download,
            settled,
            summary: ListenSummary::default(),
            refused: HashSet::new(),
            failed: HashSet::new(),
            unsettled: HashSet::new(),
            counted: 0,
            told_dropped: 0,
            tidied: None,
            catching: None,
        })
    }

    async fn run(
        mut self,
        context: &EngineContext,
        answers: &Sender<Answer>,
    ) -> Result<ListenSummary, UserMessage> {
        let clock = context.shared.clock;
        let began = clock.now();
        let mut stopping = context.stopping.clone();
        let mut ticks = tokio::time::interval(HOUSEKEEPING);
        let mut forgotten: Option<SteadyTime> = None;
        let until = self.request.time.map(|time| tokio::time::Instant::now() + time);
        let turns = Arc::new(Semaphore::new(MOST_UNTOLD));
        let tell = |news: ListenNews| answers.send(Answer::Listening(news)).is_ok();
        self.ask_for_the_beginning(context);
        while !self.is_done() {
            let mut missed = Vec::new();
            let goes_on = tokio::select! {
                turn = next_missed(&mut self.catching, (&turns, &mut missed)) => {
                    match self.take_missed(missed).await? {
                        Missed::Heard(heard) => tell(ListenNews::Heard(None, heard, turn)),
                        Missed::End(caught) => caught.is_none_or(|caught| tell(ListenNews::CaughtUp(caught))),
                    }
                }
                (turn, came) = next_of(&mut self.brokers, &turns) => match came {
                    Came::Messages(broker, voucher, batch) => {
                        let heard = self.take(batch, &voucher).await?;
                        tell(ListenNews::Heard(Some(broker), heard, turn))
                    }
                    Came::State(number, state) => self.note_state((number, state), context).into_iter().all(tell),
                    Came::Over => false,
                },
                Some((row, news)) = self.settled.recv() => {
                    self.note_settled(row, &news);
                    tell(ListenNews::File(Box::new(news)))
                }
                _ = ticks.tick() => {
                    if forgotten.is_none_or(|last| clock.now().since(last) >= FORGETTING) {
                        forgotten = Some(clock.now());
                        self.forget(clock.utc_millis().unix_millis()).await?;
                    }
                    let removed = self.remove_what_is_too_much(context).await?;
                    removed.into_iter().all(|path| tell(ListenNews::Removed(path)))
                        && self.new_drops().is_none_or(|dropped| tell(ListenNews::Dropped(dropped)))
                        && (clock.now().since(began) < OFFLINE_PATIENCE || !self.brokers.are_offline())
                }
                () = wait_until(until) => false,
                () = told_to_stop(&mut stopping) => false,
            };
            if !goes_on {
                break;
            }
        }
        let took = clock.now().since(began);
        Ok(self.end(took).await)
    }

    /// Notes how a broker is doing, and what is to be told of it.
    fn note_state(
        &mut self,
        (number, state): (usize, BrokerState),
        context: &EngineContext,
    ) -> Vec<ListenNews> {
        let now = context.shared.clock.utc_millis();
        let Some((broker, gap)) = self.brokers.note(number, &state) else { return Vec::new() };
        let period = gap.note(&state.standing, now);
        let mut news = vec![ListenNews::Broker(broker.clone(), state)];
        if let Some(period) = period {
            self.ask_for(period, context);
            news.push(ListenNews::Gap(broker, period));
        }
        news
    }

    /// Asks the archive for what came before we did, as far back as the person said.
    fn ask_for_the_beginning(&mut self, context: &EngineContext) {
        let now = context.shared.clock.utc_millis();
        if let Some(period) = self.request.since.and_then(|since| last(since, now)) {
            self.ask_for(period, context);
        }
    }

    /// Asks the archive for a period; another one that is being asked for is asked for to its end first.
    fn ask_for(&mut self, period: Period, context: &EngineContext) {
        if let (Some(archive), None) = (&self.request.archive, &self.catching) {
            self.catching = Some(catching_up::begin(archive, &self.request.filters, period, context));
        }
    }

    async fn take_missed(&mut self, batch: Vec<Delivery>) -> Result<Missed, UserMessage> {
        if !batch.is_empty() {
            let voucher = self.request.archive.as_ref().map_or(Voucher::Nobody, voucher_of_archive);
            return Ok(Missed::Heard(self.take(batch, &voucher).await?));
        }
        let caught = match self.catching.take() {
            Some(catching) => catching.end().await,
            None => None,
        };
        Ok(Missed::End(caught))
    }

    fn is_done(&self) -> bool {
        self.request.count.is_some_and(|count| self.counted >= count)
            && self.download.as_ref().is_none_or(|download| download.fetcher.is_idle())
            // Told before the fetcher is idle, and not yet read here.
            && self.settled.is_empty()
    }

    /// Takes a batch in; what is returned is kept and acknowledged.
    async fn take(
        &mut self,
        batch: Vec<Delivery>,
        voucher: &Voucher,
    ) -> Result<Vec<Arc<Heard>>, UserMessage> {
        let mut heard = Vec::with_capacity(batch.len());
        let mut receipts = Vec::with_capacity(batch.len());
        for Delivery { message, utc, now, receipt } in batch {
            let taken = self.desk.take(message, utc, now);
            if taken.received.reading.announcement().is_some() {
                self.counted += 1;
            }
            heard.push(taken);
            receipts.extend(receipt);
        }
        if let Some(download) = &mut self.download {
            let rules = &self.request.rules;
            let own = heard.iter().filter(|heard| is_meant(rules, heard)).cloned().collect::<Vec<_>>();
            let voucher = voucher.clone();
            for row in blocking(&download.ledger, move |ledger| ledger.take(&own, &voucher)).await? {
                download.fetcher.fetch(row);
            }
        }
        for receipt in receipts {
            receipt.give().await;
        }
        Ok(heard)
    }

    fn note_settled(&mut self, row: i64, news: &FileNews) {
        // What counts is how each file stands at the end: one that was refused may come right from another source.
        self.refused.remove(&row);
        self.failed.remove(&row);
        self.unsettled.remove(&row);
        match news.outcome {
            FileOutcome::InPlace(_) => self.summary.in_place += 1,
            FileOutcome::Refused(_) => drop(self.refused.insert(row)),
            FileOutcome::Failed => drop(self.failed.insert(row)),
            FileOutcome::Withdrawn(_) => self.summary.withdrawn += 1,
            FileOutcome::Unsettled(_) => drop(self.unsettled.insert(row)),
            FileOutcome::NotFetched(_) => {}
        }
        self.summary.unsettled = self.unsettled.len() as u64;
        self.summary.refused = self.refused.len() as u64;
        self.summary.failed = self.failed.len() as u64;
    }

    fn new_drops(&mut self) -> Option<u64> {
        let dropped = self.brokers.dropped();
        let is_new = dropped > self.told_dropped;
        self.told_dropped = dropped;
        is_new.then_some(dropped)
    }

    /// Removes fetched files as the request says, now and then; not by a clock that was just set.
    async fn remove_what_is_too_much(&mut self, context: &EngineContext) -> Result<Vec<String>, UserMessage> {
        let (Some(download), clock) = (&self.download, context.shared.clock) else { return Ok(Vec::new()) };
        let is_due = self.tidied.is_none_or(|last| clock.now().since(last) >= TIDYING);
        let (keeping, now) = (self.request.keeping, context.shared.judging_now());
        if keeping == Keeping::default() || !is_due || matches!(now, Now::JustSet(_)) {
            return Ok(Vec::new());
        }
        self.tidied = Some(clock.now());
        let folder = download.folder.folder.clone();
        let root = folder.root().path().to_owned();
        let removed = blocking(&download.ledger, move |ledger| {
            remove_what_is_too_much(&keeping, (folder.root(), ledger), now.time())
        });
        Ok(removed.await?.iter().map(|path| root.join(path).display().to_string()).collect())
    }

    async fn forget(&self, now: i64) -> Result<(), UserMessage> {
        match &self.download {
            Some(download) => blocking(&download.ledger, move |ledger| ledger.forget(now)).await,
            None => Ok(()),
        }
    }

    async fn end(self, took: Duration) -> ListenSummary {
        if let Some(download) = &self.download {
            download.stop.send_replace(true);
        }
        let (lag, mean_lag) = self.desk.lag();
        let (dropped, never_connected) = (self.brokers.dropped(), self.brokers.never_connected());
        let was_connected = never_connected.len() < self.request.brokers.len();
        self.brokers.end().await;
        ListenSummary {
            tally: self.desk.tally(),
            lag,
            mean_lag,
            by_source: self.desk.lag_by_source.figures(),
            dropped,
            was_connected,
            never_connected,
            took,
            ..self.summary
        }
    }
}

/// What came of an archive.
enum Missed {
    Heard(Vec<Arc<Heard>>),
    /// No more; what it came to, unless the asking itself broke.
    End(Option<CaughtUp>),
}

/// The next announcements of an archive that is asked; empty when it has no more. Waits for ever when none is asked.
async fn next_missed(
    catching: &mut Option<CatchingUp>,
    (turns, batch): (&Arc<Semaphore>, &mut Vec<Delivery>),
) -> Turn {
    match catching {
        Some(catching) => next_batch(&mut catching.deliveries, (turns, batch)).await,
        None => std::future::pending().await,
    }
}

/// What comes next of the brokers, once what came before was told or is on its way.
async fn next_of(brokers: &mut Brokers, turns: &Arc<Semaphore>) -> (Turn, Came) {
    let turn = turns.clone().acquire_owned().await;
    (Turn::holding(turn), brokers.next().await)
}

/// The next messages, once those before were told or are on their way. None when the archive has no more.
async fn next_batch(
    deliveries: &mut Receiver<Delivery>,
    (turns, batch): (&Arc<Semaphore>, &mut Vec<Delivery>),
) -> Turn {
    let turn = turns.clone().acquire_owned().await;
    deliveries.recv_many(batch, BATCH).await;
    Turn::holding(turn)
}

/// Whether the file of a message is to be fetched: all are when there are no rules.
fn is_meant(rules: &[Rule], heard: &Heard) -> bool {
    let Some(file) = heard.received.reading.announcement() else { return false };
    let concerns = |rule: &Rule| match file.action {
        Action::Deletion => rule.concerns(file, &heard.topic),
        Action::New | Action::Update | Action::Housekeeping => rule.means(file, &heard.topic),
    };
    rules.is_empty() || rules.iter().any(concerns)
}

async fn told_to_stop(stopping: &mut watch::Receiver<bool>) {
    // Nobody can tell it to stop any more when the other end is gone: the process ends.
    let _ = stopping.wait_for(|stop| *stop).await;
}

async fn wait_until(until: Option<tokio::time::Instant>) {
    match until {
        Some(until) => tokio::time::sleep_until(until).await,
        None => std::future::pending().await,
    }
}

/// Does something with the ledger where waiting for the disk holds nobody up.
async fn blocking<T: Send + 'static>(
    ledger: &Arc<MeshLedger>,
    work: impl FnOnce(&MeshLedger) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, UserMessage> {
    let ledger = ledger.clone();
    let done = tokio::task::spawn_blocking(move || work(&ledger)).await;
    done.map_err(|error| UserMessage::Internal { detail: error.to_string() })?
        .map_err(|error| message_of_store(&error))
}

async fn open_folder(
    out: &Path,
    brokers: &[BrokerAddress],
    context: &EngineContext,
) -> Result<(OpenFolder, Arc<MeshLedger>), UserMessage> {
    let names: Vec<String> = brokers.iter().map(ToString::to_string).collect();
    let note = format!("nuee listen {}", names.join(" "));
    let (folders, out) = (context.folders.clone(), out.to_owned());
    let opening = tokio::task::spawn_blocking(move || {
        let folder = folders.open(&out, &note)?;
        let ledger = MeshLedger::open(folder.folder.private())?;
        Ok::<_, StoreError>((folder, Arc::new(ledger)))
    });
    let opened = opening.await.map_err(|error| UserMessage::Internal { detail: error.to_string() })?;
    opened.map_err(|error| message_of_store(&error))
}

/// The broker as the one who vouches for what it announced.
pub(in crate::engine) fn voucher_of(broker: &BrokerAddress) -> Voucher {
    Voucher::Broker { host: broker.authority(), tls: broker.scheme.is_tls() }
}

/// An archive as the one who vouches for what it has of what was announced.
fn voucher_of_archive(archive: &ArchiveAddress) -> Voucher {
    crate::domain::integrity::Voucher::of_server(archive.url())
}

/// Stands for a broker with certain topics: other topics are another session, or old ones would come as well.
pub(in crate::engine) fn mark_of_session(broker: &str, filters: &[TopicFilter]) -> u32 {
    use crate::domain::integrity::{Digest, DigestAlgorithm};
    let digest = Digest::of(DigestAlgorithm::Sha256, format!("{broker}\n{filters:?}").as_bytes());
    digest.octets().iter().take(4).fold(0, |sum, octet| sum << 8 | u32::from(*octet))
}
