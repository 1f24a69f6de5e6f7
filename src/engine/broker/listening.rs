//! `listen`: a broker, the desk, the ledger and the fetcher together, told as it happens.
//!
//! In: a [`ListenRequest`]. Out: [`Answer::Listening`] again and again, then [`Answer::ListenDone`]. Messages are taken in by
//! batches: read, kept in the ledger, and only then acknowledged. Start reading at `listen`.

use super::catching_up::{self, CatchingUp, Gap, Period, last};
use super::connection::{Connection, Delivery, connect};
use super::fetching::{FetchContext, Fetcher, Settled, placed};
use super::keeping::remove_what_is_too_much;
use super::ledger::MeshLedger;
use crate::app::keeping::Keeping;
use crate::app::listening::{
    BrokerStanding, CaughtUp, FileNews, FileOutcome, ListenNews, ListenRequest, ListenSummary, Turn,
};
use crate::app::query::Answer;
use crate::app::user_message::UserMessage;
use crate::catalog::runs::Now;
use crate::domain::integrity::Voucher;
use crate::domain::utc::SteadyTime;
use crate::engine::job::{JobContext, OpenFolder, message_of_store};
use crate::engine::keyring::{self, PasswordOf};
use crate::engine::store::error::StoreError;
use crate::mesh::desk::{Desk, DeskLimits};
use crate::mesh::recent::Heard;
use crate::mesh::rule::Rule;
use crate::mesh::subscription::{BrokerAddress, SessionKind, Subscription};
use crate::mesh::topic::TopicFilter;
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Sender;
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, UnboundedReceiver, unbounded_channel};
use tokio::sync::{Semaphore, watch};

/// How long a broker keeps what comes while we are away.
const SESSION_KEPT: Duration = Duration::from_secs(3_600);

/// Most messages taken in at once.
const BATCH: usize = 1_000;

/// Most batches that were taken in and not yet told.
const MOST_UNTOLD: usize = 8;

/// How often drops are told, and old rows forgotten.
const HOUSEKEEPING: Duration = Duration::from_secs(1);
const FORGETTING: Duration = Duration::from_secs(3_600);
const TIDYING: Duration = Duration::from_secs(10);

/// Listens until the count or the time is reached, or the process is told to stop.
pub(crate) async fn listen(request: ListenRequest, context: &JobContext, answers: &Sender<Answer>) {
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
    /// Files under way: queued and not settled.
    open: HashSet<i64>,
    /// Ends the workers when it is dropped.
    stop: watch::Sender<bool>,
}

struct Listening {
    request: ListenRequest,
    connection: Connection,
    desk: Desk,
    download: Option<Download>,
    settled: UnboundedReceiver<Settled>,
    summary: ListenSummary,
    /// Announcements that count towards the end.
    counted: u64,
    told_dropped: u64,
    /// When files were last removed.
    tidied: Option<SteadyTime>,
    gap: Gap,
    /// The archive that is being asked.
    catching: Option<CatchingUp>,
}

impl Listening {
    async fn begin(request: ListenRequest, context: &JobContext) -> Result<Self, UserMessage> {
        let (news, settled) = unbounded_channel();
        let (mut client, mut session) = (format!("nuee-{:016x}", fastrand::u64(..)), SessionKind::Clean);
        let mut download = None;
        let mut open = HashSet::new();
        if let Some(out) = &request.download_to {
            let (folder, ledger) = open_folder(out, &request.broker, context).await?;
            let name = blocking(&ledger, MeshLedger::client_name).await?;
            client = format!("{name}-{:08x}", mark_of_session(&request.broker.to_string(), &request.filters));
            session = SessionKind::Persistent(SESSION_KEPT);
            let (stop, stopped) = watch::channel(false);
            let fetching = FetchContext {
                job: context.clone(),
                folder: folder.clone(),
                out: out.clone(),
                ledger: ledger.clone(),
                voucher: voucher_of(&request.broker),
                rules: Arc::new(parking_lot::RwLock::new(request.rules.clone())),
                stop: stopped,
            };
            let fetcher = Fetcher::start(fetching, &news);
            for row in blocking(&ledger, MeshLedger::unfinished).await? {
                let (of, lane_of) = (ledger.clone(), row);
                let wanted = tokio::task::spawn_blocking(move || of.wanted(lane_of)).await;
                if let Ok(Ok(Some(wanted))) = wanted {
                    fetcher.fetch(placed(&request.rules, &wanted.announcement, &wanted.topic).1, row);
                    open.insert(row);
                }
            }
            download = Some(Download { ledger, folder, fetcher, open, stop });
        }
        let filters = request.filters.clone();
        let broker = with_kept_password(&request.broker).await;
        let asked = Subscription { broker, filters, client, session };
        let connection = connect(asked, context);
        Ok(Self {
            request,
            connection,
            desk: Desk::new(DeskLimits::default()),
            download,
            settled,
            summary: ListenSummary::default(),
            counted: 0,
            told_dropped: 0,
            tidied: None,
            gap: Gap::default(),
            catching: None,
        })
    }

    async fn run(
        mut self,
        context: &JobContext,
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
            let (mut batch, mut missed) = (Vec::new(), Vec::new());
            let goes_on = tokio::select! {
                turn = next_missed(&mut self.catching, (&turns, &mut missed)) => {
                    match self.take_missed(missed).await? {
                        Missed::Heard(heard) => tell(ListenNews::Heard(heard, turn)),
                        Missed::End(caught) => caught.is_none_or(|caught| tell(ListenNews::CaughtUp(caught))),
                    }
                }
                turn = next_batch(&mut self.connection.deliveries, (&turns, &mut batch)) => {
                    let heard = if batch.is_empty() { Vec::new() } else { self.take(batch).await? };
                    !heard.is_empty() && tell(ListenNews::Heard(heard, turn))
                }
                Some((row, news)) = self.settled.recv() => {
                    self.note_settled(row, &news);
                    tell(ListenNews::File(Box::new(news)))
                }
                changed = self.connection.state.changed() => {
                    let state = self.connection.state.borrow_and_update().clone();
                    self.summary.was_connected |= matches!(state.standing, BrokerStanding::Listening { .. });
                    let gap = self.gap.note(&state.standing, clock.utc_millis());
                    let goes_on = changed.is_ok() && tell(ListenNews::Broker(state));
                    goes_on && gap.is_none_or(|gap| {
                        self.ask_for(gap, context);
                        tell(ListenNews::Gap(gap))
                    })
                }
                _ = ticks.tick() => {
                    if forgotten.is_none_or(|last| clock.now().since(last) >= FORGETTING) {
                        forgotten = Some(clock.now());
                        self.forget(clock.utc_millis().unix_millis()).await?;
                    }
                    let removed = self.remove_what_is_too_much(context).await?;
                    removed.into_iter().all(|path| tell(ListenNews::Removed(path)))
                        && self.new_drops().is_none_or(|dropped| tell(ListenNews::Dropped(dropped)))
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

    /// Asks the archive for what came before we did, as far back as the person said.
    fn ask_for_the_beginning(&mut self, context: &JobContext) {
        let now = context.shared.clock.utc_millis();
        if let Some(period) = self.request.since.and_then(|since| last(since, now)) {
            self.ask_for(period, context);
        }
    }

    /// Asks the archive for a period; another one that is being asked for is asked for to its end first.
    fn ask_for(&mut self, period: Period, context: &JobContext) {
        if let (Some(archive), None) = (&self.request.archive, &self.catching) {
            self.catching = Some(catching_up::begin(archive, &self.request.filters, period, context));
        }
    }

    async fn take_missed(&mut self, batch: Vec<Delivery>) -> Result<Missed, UserMessage> {
        if !batch.is_empty() {
            return Ok(Missed::Heard(self.take(batch).await?));
        }
        let caught = match self.catching.take() {
            Some(catching) => catching.end().await,
            None => None,
        };
        Ok(Missed::End(caught))
    }

    fn is_done(&self) -> bool {
        self.request.count.is_some_and(|count| self.counted >= count)
            && self.download.as_ref().is_none_or(|download| download.open.is_empty())
    }

    /// Takes a batch in; what is returned is kept and acknowledged.
    async fn take(&mut self, batch: Vec<Delivery>) -> Result<Vec<Arc<Heard>>, UserMessage> {
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
            let ledger = download.ledger.clone();
            let kept = tokio::task::spawn_blocking(move || {
                let rows = ledger.take(&own)?;
                let lane = |row| ledger.wanted(row).map(|wanted| (row, wanted));
                rows.into_iter().map(lane).collect::<Result<Vec<_>, StoreError>>()
            });
            let kept = kept.await.map_err(|error| UserMessage::Internal { detail: error.to_string() })?;
            for (row, wanted) in kept.map_err(|error| message_of_store(&error))? {
                if let Some(wanted) = wanted {
                    let (_, lane) = placed(rules, &wanted.announcement, &wanted.topic);
                    download.fetcher.fetch(lane, row);
                    download.open.insert(row);
                }
            }
        }
        for receipt in receipts {
            receipt.give().await;
        }
        Ok(heard)
    }

    fn note_settled(&mut self, row: i64, news: &FileNews) {
        if let Some(download) = &mut self.download {
            download.open.remove(&row);
        }
        match news.outcome {
            FileOutcome::InPlace(_) => self.summary.in_place += 1,
            FileOutcome::Refused(_) => self.summary.refused += 1,
            FileOutcome::Failed => self.summary.failed += 1,
            FileOutcome::NotFetched(_) => {}
        }
    }

    fn new_drops(&mut self) -> Option<u64> {
        let dropped = self.connection.dropped.load(Ordering::Relaxed);
        let is_new = dropped > self.told_dropped;
        self.told_dropped = dropped;
        is_new.then_some(dropped)
    }

    /// Removes fetched files as the request says, now and then; not by a clock that was just set.
    async fn remove_what_is_too_much(&mut self, context: &JobContext) -> Result<Vec<String>, UserMessage> {
        let (Some(download), clock) = (&self.download, context.shared.clock) else { return Ok(Vec::new()) };
        let is_due = self.tidied.is_none_or(|last| clock.now().since(last) >= TIDYING);
        let (keeping, now) = (self.request.keeping, context.shared.judging_now());
        if keeping == Keeping::default() || !is_due || matches!(now, Now::JustSet(_)) {
            return Ok(Vec::new());
        }
        self.tidied = Some(clock.now());
        let folder = download.folder.folder.clone();
        blocking(&download.ledger, move |ledger| {
            remove_what_is_too_much(&keeping, (folder.root(), ledger), now.time())
        })
        .await
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
        let dropped = self.connection.dropped.load(Ordering::Relaxed);
        // What ended it may have come before the news that it began.
        let was_connected = self.summary.was_connected || self.connection.state.borrow().connections > 0;
        self.connection.end().await;
        ListenSummary {
            tally: self.desk.tally(),
            lag,
            mean_lag,
            by_source: self.desk.lag_by_source.figures(),
            dropped,
            was_connected,
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

/// The next messages, once those before were told or are on their way. None when the connection has ended.
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
    let announcement = heard.received.reading.announcement();
    rules.is_empty()
        || announcement.is_some_and(|file| rules.iter().any(|rule| rule.means(file, &heard.topic)))
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
    broker: &BrokerAddress,
    context: &JobContext,
) -> Result<(OpenFolder, Arc<MeshLedger>), UserMessage> {
    let (folders, out, note) = (context.folders.clone(), out.to_owned(), format!("nuee listen {broker}"));
    let opening = tokio::task::spawn_blocking(move || {
        let folder = folders.open(&out, &note)?;
        let ledger = MeshLedger::open(folder.folder.private())?;
        Ok::<_, StoreError>((folder, Arc::new(ledger)))
    });
    let opened = opening.await.map_err(|error| UserMessage::Internal { detail: error.to_string() })?;
    opened.map_err(|error| message_of_store(&error))
}

/// The address with the password that the desktop's keyring has for it, when a user was named and no password.
async fn with_kept_password(broker: &BrokerAddress) -> BrokerAddress {
    let mut broker = broker.clone();
    let place = broker.to_string();
    if let Some(known) = broker.credentials.as_mut().filter(|known| known.password.is_empty()) {
        match keyring::find(PasswordOf { broker: place, user: known.user.clone() }).await {
            Ok(found) => known.password = found.unwrap_or_default(),
            // A broker may well want no password.
            Err(why) => tracing::info!(%why, "no password from a keyring"),
        }
    }
    broker
}

/// The broker as the one who vouches for what it announced.
pub(in crate::engine) fn voucher_of(broker: &BrokerAddress) -> Voucher {
    Voucher::Broker { host: broker.authority(), tls: broker.scheme.is_tls() }
}

/// Stands for a broker with certain topics: other topics are another session, or old ones would come as well.
pub(in crate::engine) fn mark_of_session(broker: &str, filters: &[TopicFilter]) -> u32 {
    use crate::domain::integrity::{Digest, DigestAlgorithm};
    let digest = Digest::of(DigestAlgorithm::Sha256, format!("{broker}\n{filters:?}").as_bytes());
    digest.octets().iter().take(4).fold(0, |sum, octet| sum << 8 | u32::from(*octet))
}
