//! Brokers and archives that are listened to: each broker with a connection of its own, all heard in turn, so that a flood of one
//! silences no other.
//!
//! In: what is asked of each. Out: [`LineNews`], one thing at a time. Start reading at [`BrokerLines::next`].

use crate::app::mesh::announced::gap::Period;
use crate::app::mesh::announced::vouchers::kept_voucher;
use crate::app::mesh::listening::{BrokerStanding, BrokerState, BrokerTrouble};
use crate::app::mesh::view::BrokerKey;
use crate::domain::integrity::Voucher;
use crate::engine::context::EngineContext;
use crate::engine::services::mesh::broker::catching_up::{self, CatchingUp};
use crate::engine::services::mesh::broker::connection::{Connection, Delivery, connect};
use crate::mesh::archive::ArchiveAddress;
use crate::mesh::report::listening_log::ListenedBroker;
use crate::mesh::subscription::Subscription;
use crate::mesh::topic::TopicFilter;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Most messages taken in at once.
const BATCH: usize = 1_000;

/// One broker that is listened to.
struct Line {
    key: BrokerKey,
    voucher: Voucher,
    connection: Connection,
    was_connected: bool,
}

/// One archive that is asked, for what was missed of a broker.
struct AskedArchive {
    key: BrokerKey,
    voucher: Voucher,
    catching: CatchingUp,
}

/// Where messages come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine::services::mesh) enum MessageOrigin {
    Broker,
    Archive,
}

/// What came of a broker.
pub(in crate::engine::services::mesh) enum LineNews {
    /// Messages, of itself or of its archive, and who vouches for them.
    Messages(MessageOrigin, Voucher, Vec<Delivery>),
    /// How it is doing.
    State(BrokerState),
    /// Its archive has no more.
    ArchiveEnd(CatchingUp),
}

/// The brokers.
pub(in crate::engine::services::mesh) struct BrokerLines {
    context: EngineContext,
    lines: Vec<Line>,
    archives: Vec<AskedArchive>,
    /// Whose turn it is to be heard first.
    turn: usize,
    tell: UnboundedSender<(BrokerKey, BrokerState)>,
    states: UnboundedReceiver<(BrokerKey, BrokerState)>,
    /// Messages that connections dropped which ended meanwhile.
    dropped_before: HashMap<BrokerKey, u64>,
}

impl BrokerLines {
    pub(in crate::engine::services::mesh) fn new(context: EngineContext) -> Self {
        let (tell, states) = unbounded_channel();
        Self {
            context,
            lines: Vec::new(),
            archives: Vec::new(),
            turn: 0,
            tell,
            states,
            dropped_before: HashMap::new(),
        }
    }

    /// Begins to listen to a broker that is not subscribed to yet. How it is doing as it begins.
    pub(in crate::engine::services::mesh) fn connect(
        &mut self,
        key: &BrokerKey,
        asked: Subscription,
    ) -> BrokerState {
        let voucher = asked.broker.voucher();
        let connection = connect(asked, &self.context);
        let begun = connection.state.borrow().clone();
        pass_states_on(key.clone(), &connection, self.tell.clone());
        self.lines.push(Line { key: key.clone(), voucher, connection, was_connected: false });
        begun
    }

    /// Says goodbye to a broker, when somebody listens to it.
    pub(in crate::engine::services::mesh) async fn hang_up(&mut self, key: &BrokerKey) {
        let Some(at) = self.lines.iter().position(|line| line.key == *key) else { return };
        let line = self.lines.remove(at);
        *self.dropped_before.entry(line.key).or_default() += line.connection.dropped.load(Ordering::Relaxed);
        line.connection.end().await;
    }

    /// Says goodbye to all of them.
    pub(in crate::engine::services::mesh) async fn end(self) {
        let mut leaving = tokio::task::JoinSet::new();
        self.lines.into_iter().for_each(|line| drop(leaving.spawn(line.connection.end())));
        leaving.join_all().await;
    }

    /// Asks an archive for what was missed of a broker.
    pub(in crate::engine::services::mesh) fn ask_archive(
        &mut self,
        key: &BrokerKey,
        (archive, period): (&ArchiveAddress, Period),
        filters: &[TopicFilter],
    ) {
        let catching = catching_up::begin(archive, filters, period, &self.context);
        self.archives.push(AskedArchive { key: key.clone(), voucher: archive.voucher(), catching });
    }

    /// Asks no archive any more for what was missed of a broker.
    pub(in crate::engine::services::mesh) fn give_up_archive(&mut self, key: &BrokerKey) {
        self.archives.retain(|asked| asked.key != *key);
    }

    /// What comes next of any broker. Never ends while nobody is listened to and no archive is asked.
    pub(in crate::engine::services::mesh) async fn next(&mut self) -> (BrokerKey, LineNews) {
        let (lines, archives, turn) = (&mut self.lines, &mut self.archives, &mut self.turn);
        let messages = std::future::poll_fn(|context| {
            let count = lines.len() + archives.len();
            for step in 0..count {
                let at = (*turn + step) % count;
                let came = match lines.get_mut(at) {
                    Some(line) => line.poll(context),
                    None => poll_archive(archives, at - lines.len(), context),
                };
                if let Poll::Ready(came) = came {
                    *turn = at + 1;
                    return Poll::Ready(came);
                }
            }
            Poll::Pending
        });
        let (key, news) = tokio::select! {
            came = messages => came,
            Some((key, state)) = self.states.recv() => (key, LineNews::State(state)),
        };
        if let LineNews::State(state) = &news
            && let Some(line) = self.lines.iter_mut().find(|line| line.key == key)
        {
            line.was_connected |= matches!(state.standing, BrokerStanding::Listening { .. });
        }
        (key, news)
    }

    /// Messages of a broker that came faster than they could be taken in, since the program began.
    pub(in crate::engine::services::mesh) fn dropped(&self, key: &BrokerKey) -> u64 {
        let line = self.lines.iter().find(|line| line.key == *key);
        let now = line.map_or(0, |line| line.connection.dropped.load(Ordering::Relaxed));
        now + self.dropped_before.get(key).copied().unwrap_or(0)
    }

    /// The same of all that are listened to.
    pub(in crate::engine::services::mesh) fn dropped_by_all(&self) -> u64 {
        self.lines.iter().map(|line| self.dropped(&line.key)).sum()
    }

    /// Who is listened to now, and by which of its connections.
    pub(in crate::engine::services::mesh) fn listened(&self) -> Vec<ListenedBroker> {
        let listened = self.lines.iter().filter_map(|line| {
            let state = line.connection.state.borrow();
            let is_listening = matches!(state.standing, BrokerStanding::Listening { .. });
            let broker = kept_voucher(&line.voucher).into();
            is_listening.then(|| ListenedBroker { broker, connection: state.connections })
        });
        listened.collect()
    }

    /// Brokers that were never connected.
    pub(in crate::engine::services::mesh) fn never_connected(&self) -> Vec<Arc<str>> {
        // What ended it may have come before the news that it began.
        let was_up = |line: &&Line| line.was_connected || line.connection.state.borrow().connections > 0;
        self.lines.iter().filter(|line| !was_up(line)).map(|line| line.key.0.clone()).collect()
    }

    /// Whether none was ever connected, for want of a network or of any name server: whoever started to listen is to know.
    pub(in crate::engine::services::mesh) fn are_offline(&self) -> bool {
        use BrokerTrouble::{NameServiceSilent, Offline};
        let is_offline = |line: &Line| {
            let state = line.connection.state.borrow();
            matches!(&state.standing, BrokerStanding::Waiting { trouble: Offline | NameServiceSilent, .. })
        };
        self.never_connected().len() == self.lines.len() && self.lines.iter().all(is_offline)
    }

    /// Whether all connections have ended.
    pub(in crate::engine::services::mesh) fn are_over(&self) -> bool {
        let is_over = |line: &Line| line.connection.state.borrow().standing == BrokerStanding::Ended;
        self.lines.iter().all(is_over)
    }
}

impl Line {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<(BrokerKey, LineNews)> {
        let mut batch = Vec::new();
        match self.connection.deliveries.poll_recv_many(context, &mut batch, BATCH) {
            Poll::Ready(1..) => {
                let news = LineNews::Messages(MessageOrigin::Broker, self.voucher.clone(), batch);
                Poll::Ready((self.key.clone(), news))
            }
            // A connection whose task ended brings nothing any more.
            Poll::Ready(0) | Poll::Pending => Poll::Pending,
        }
    }
}

fn poll_archive(
    archives: &mut Vec<AskedArchive>,
    at: usize,
    context: &mut Context<'_>,
) -> Poll<(BrokerKey, LineNews)> {
    let (asked, mut batch) = (&mut archives[at], Vec::new());
    match asked.catching.deliveries.poll_recv_many(context, &mut batch, BATCH) {
        Poll::Ready(0) => {
            let AskedArchive { key, catching, .. } = archives.remove(at);
            Poll::Ready((key, LineNews::ArchiveEnd(catching)))
        }
        Poll::Ready(_) => {
            let news = LineNews::Messages(MessageOrigin::Archive, asked.voucher.clone(), batch);
            Poll::Ready((asked.key.clone(), news))
        }
        Poll::Pending => Poll::Pending,
    }
}

/// Tells how a broker is doing, until its connection ends, whose last word is that it ended.
fn pass_states_on(key: BrokerKey, connection: &Connection, tell: UnboundedSender<(BrokerKey, BrokerState)>) {
    let mut states = connection.state.clone();
    tokio::spawn(async move {
        while states.changed().await.is_ok() {
            let state = states.borrow_and_update().clone();
            if tell.send((key.clone(), state)).is_err() {
                return;
            }
        }
    });
}
