//! `listen`: brokers, the intake and the fetcher together, told as it happens.
//!
//! In: a [`ListenRequest`]. Out: [`Answer::Listening`] again and again, then [`Answer::ListenDone`]. How announcements are taken in is
//! the intake's part, as in the window; here is when it begins and ends, and what is told. Start reading at `listen`.

use super::intake::Intake;
use super::intake::folder::FetchTerms;
use super::intake::lines::{BrokerLines, LineNews, MessageOrigin};
use super::intake::retention::Retention;
use crate::app::jobs::keeping::Keeping;
use crate::app::mesh::announced::drops::DropWatch;
use crate::app::mesh::announced::gap::{Gap, Period, PeriodQueue, last};
use crate::app::mesh::announced::judging::Unruled;
use crate::app::mesh::announced::outcomes::OutcomeTally;
use crate::app::mesh::listening::{
    BrokerState, CaughtUp, ListenNews, ListenRequest, ListenSummary, NewsPermit,
};
use crate::app::mesh::view::BrokerKey;
use crate::app::messages::mesh_notice::MeshNotice;
use crate::app::messages::user_message::UserMessage;
use crate::app::query::Answer;
use crate::domain::integrity::Voucher;
use crate::engine::context::EngineContext;
use crate::engine::services::desktop::keyring::{self, PasswordOf};
use crate::engine::services::mesh::broker::connection::Delivery;
use crate::engine::services::mesh::broker::fetching::Settled;
use crate::engine::services::mesh::broker::ledger::MeshLedger;
use crate::mesh::limits::{MOST_BROKERS, MOST_RULES};
use crate::mesh::recent::Heard;
use crate::mesh::subscription::{BrokerAddress, Subscription};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::{Semaphore, watch};

/// Most batches that were taken in and not yet told.
const MOST_UNTOLD: usize = 8;

/// So long a network is waited for that was not there at the start.
const OFFLINE_PATIENCE: Duration = Duration::from_secs(20);

/// How often drops are told, and it is looked whether old rows are to be forgotten.
const HOUSEKEEPING: Duration = Duration::from_secs(1);

/// Listens until the count or the time is reached, or the process is told to stop.
pub(crate) async fn listen(request: ListenRequest, context: &EngineContext, answers: &Sender<Answer>) {
    let done = match Listening::begin(request, context).await {
        Ok(listening) => listening.run(answers).await.map(Box::new),
        Err(message) => Err(message),
    };
    // A front end that went away needs no answer.
    let _ = answers.send(Answer::ListenDone(done));
}

pub(super) struct Listening {
    request: ListenRequest,
    context: EngineContext,
    lines: BrokerLines,
    gaps: HashMap<BrokerKey, Gap>,
    intake: Intake,
    settled: UnboundedReceiver<Settled>,
    outcomes: OutcomeTally,
    /// Announcements that count towards the end.
    counted: u64,
    drops: DropWatch,
    retention: Retention,
    /// What the archive is asked for.
    periods: PeriodQueue,
}

impl Listening {
    pub(super) async fn begin(request: ListenRequest, context: &EngineContext) -> Result<Self, UserMessage> {
        within_limits(&request)?;
        let (news, settled) = unbounded_channel();
        let terms = terms_of(&request);
        let mut intake = Intake::new(context.clone(), (terms, Unruled::Everything), news);
        intake.rules.write().clone_from(&request.rules);
        let mut retention = Retention::default();
        if request.download_to.is_some() {
            intake.folder.open().await?;
            if request.keeping != Keeping::default() {
                retention.begin_anew();
            }
        }
        let mut lines = BrokerLines::new(context.clone());
        for address in &request.brokers {
            let key = BrokerKey::of(address);
            let session = intake.session(&key, &request.filters).await;
            let broker = with_kept_password(address).await;
            let (filters, client) = (request.filters.clone(), session.client);
            lines.connect(&key, Subscription { broker, filters, client, session: session.kind });
        }
        Ok(Self {
            request,
            context: context.clone(),
            lines,
            gaps: HashMap::new(),
            intake,
            settled,
            outcomes: OutcomeTally::default(),
            counted: 0,
            drops: DropWatch::new(HOUSEKEEPING),
            retention,
            periods: PeriodQueue::default(),
        })
    }

    pub(super) async fn run(mut self, answers: &Sender<Answer>) -> Result<ListenSummary, UserMessage> {
        let clock = self.context.shared.clock;
        let began = clock.now();
        let mut stopping = self.context.stopping.clone();
        let mut ticks = tokio::time::interval(HOUSEKEEPING);
        let until = self.request.time.map(|time| tokio::time::Instant::now() + time);
        let turns = Arc::new(Semaphore::new(MOST_UNTOLD));
        let tell = |news: ListenNews| answers.send(Answer::Listening(news)).is_ok();
        self.ask_for_the_beginning();
        while !self.is_done() {
            let goes_on = tokio::select! {
                (turn, (key, came)) = next_of(&mut self.lines, &turns) => match came {
                    LineNews::Messages(origin, voucher, batch) => {
                        let heard = self.take(batch, &voucher).await?;
                        let broker = (origin == MessageOrigin::Broker).then_some(key.0);
                        let mut aside = self.intake.aside.drain(..);
                        aside.all(|aside| tell(ListenNews::SetAside(Box::new(aside))))
                            && tell(ListenNews::Heard(broker, heard, turn))
                    }
                    LineNews::State(state) => {
                        self.note_state(key, state).into_iter().all(tell) && !self.lines.are_over()
                    }
                    LineNews::ArchiveEnd(asked) => {
                        let caught = asked.end().await;
                        self.end_of_period();
                        caught.is_none_or(|caught: CaughtUp| tell(ListenNews::CaughtUp(caught)))
                    }
                },
                Some((row, news)) = self.settled.recv() => {
                    self.outcomes.note(row, &news.outcome);
                    self.intake.settle(news.clone());
                    self.retention.note_arrival();
                    tell(ListenNews::File(Box::new(news)))
                }
                () = self.retention.due() => {
                    let when = (self.request.keeping, self.context.shared.judging_now());
                    let removed = self.retention.look(&mut self.intake, when).await?;
                    removed.into_iter().all(|path| tell(ListenNews::Removed(path)))
                }
                _ = ticks.tick() => {
                    self.intake.folder.forget_old().await?;
                    self.intake.note_listened(&self.lines.listened()).await?;
                    let dropped = self.drops.note(self.lines.dropped_by_all(), clock.now());
                    dropped.is_none_or(|dropped| tell(ListenNews::Dropped(dropped)))
                        && (clock.now().since(began) < OFFLINE_PATIENCE || !self.lines.are_offline())
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

    /// What is known of the folder's files, and where they lie.
    pub(super) async fn files(&mut self) -> Result<(Arc<MeshLedger>, PathBuf), UserMessage> {
        Ok(self.intake.folder.open().await?.files())
    }

    /// Notes how a broker is doing, and what is to be told of it.
    fn note_state(&mut self, key: BrokerKey, state: BrokerState) -> Vec<ListenNews> {
        let now = self.context.shared.clock.utc_millis();
        let period = self.gaps.entry(key.clone()).or_default().note(&state.standing, now);
        let mut news = vec![ListenNews::Broker(key.0.clone(), state)];
        if let Some(period) = period {
            self.ask_for(period);
            news.push(ListenNews::Gap(key.0, period));
        }
        news
    }

    /// Asks the archive for what came before we did, as far back as the person said.
    fn ask_for_the_beginning(&mut self) {
        let now = self.context.shared.clock.utc_millis();
        if let Some(period) = self.request.since.and_then(|since| last(since, now)) {
            self.ask_for(period);
        }
    }

    /// Asks the archive for a period, once it has answered for the one before.
    fn ask_for(&mut self, period: Period) {
        if self.request.archive.is_some() {
            self.periods.add(period);
            self.ask_archive();
        }
    }

    fn ask_archive(&mut self) {
        let Some(archive) = &self.request.archive else { return };
        if let Some(period) = self.periods.begin() {
            // One archive for all brokers: its announcements are of none of them.
            let key = BrokerKey(archive.url().as_str().into());
            self.lines.ask_archive(&key, (archive, period), &self.request.filters);
        }
    }

    fn end_of_period(&mut self) {
        self.periods.end();
        self.ask_archive();
    }

    fn is_done(&self) -> bool {
        self.request.count.is_some_and(|count| self.counted >= count)
            && self.intake.folder.is_idle()
            // Told before the fetcher is idle, and not yet read here.
            && self.settled.is_empty()
    }

    /// Takes a batch in; what is returned is kept and acknowledged.
    async fn take(
        &mut self,
        batch: Vec<Delivery>,
        voucher: &Voucher,
    ) -> Result<Vec<Arc<Heard>>, UserMessage> {
        let heard = self.intake.take(batch, voucher).await?;
        let announcements = heard.iter().filter(|heard| heard.received.reading.announcement().is_some());
        self.counted += announcements.count() as u64;
        Ok(heard)
    }

    async fn end(mut self, took: Duration) -> ListenSummary {
        // The minute that began: what cannot be noted is only said to be unknown.
        if let Err(error) = self.intake.note_listened(&[]).await {
            tracing::warn!(?error, "it cannot be noted until when was listened");
        }
        self.intake.folder.stop();
        let index = &self.intake.index;
        let (lag, mean_lag) = index.lag();
        let (dropped, never_connected) = (self.lines.dropped_by_all(), self.lines.never_connected());
        let was_connected = never_connected.len() < self.request.brokers.len();
        self.lines.end().await;
        ListenSummary {
            tally: index.tally(),
            lag,
            mean_lag,
            by_source: index.lag_by_source.figures(),
            dropped,
            was_connected,
            never_connected,
            took,
            ..self.outcomes.summary()
        }
    }
}

fn terms_of(request: &ListenRequest) -> FetchTerms {
    let names: Vec<String> = request.brokers.iter().map(ToString::to_string).collect();
    FetchTerms {
        path: request.download_to.clone().map(|out| watch::channel(out).1),
        note: format!("nuee listen {}", names.join(" ")),
        mark: "",
        most_a_day: request.most_a_day,
        mirror: request.mirror,
        forward: request.forward.clone(),
    }
}

/// Holds the same limits as the window.
fn within_limits(request: &ListenRequest) -> Result<(), UserMessage> {
    let notice = if let Some(broker) = request.brokers.get(MOST_BROKERS) {
        MeshNotice::TooManyBrokers { place: broker.to_string(), most: MOST_BROKERS }
    } else if let Some(rule) = request.rules.get(MOST_RULES) {
        MeshNotice::TooManyRules { filter: rule.filter.to_string(), most: MOST_RULES }
    } else {
        return Ok(());
    };
    Err(UserMessage::OfMesh(notice))
}

/// What comes next of the brokers, once what came before was told or is on its way.
async fn next_of(lines: &mut BrokerLines, turns: &Arc<Semaphore>) -> (NewsPermit, (BrokerKey, LineNews)) {
    let turn = turns.clone().acquire_owned().await;
    (NewsPermit::holding(turn), lines.next().await)
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

/// The address with the password that the desktop's keyring has for it, when a user was named and no password.
pub(in crate::engine) async fn with_kept_password(broker: &BrokerAddress) -> BrokerAddress {
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
