//! The brokers of one listening: each with a connection of its own, heard in turn, so that a flood of one silences no other.
//!
//! In: addresses, and what is asked of each. Out: [`Came`], one thing at a time. Start reading at [`Brokers::next`].

use super::catching_up::Gap;
use super::connection::{Connection, Delivery, connect};
use super::listening::{mark_of_session, voucher_of};
use crate::app::listening::{BrokerStanding, BrokerState, BrokerTrouble};
use crate::domain::integrity::Voucher;
use crate::engine::context::EngineContext;
use crate::engine::services::desktop::keyring::{self, PasswordOf};
use crate::mesh::subscription::{BrokerAddress, SessionKind, Subscription};
use crate::mesh::topic::TopicFilter;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// How long a broker keeps what comes while we are away.
const SESSION_KEPT: Duration = Duration::from_secs(3_600);

/// Most messages taken in at once.
const BATCH: usize = 1_000;

/// One broker that is listened to.
struct Listened {
    name: Arc<str>,
    voucher: Voucher,
    connection: Connection,
    gap: Gap,
    was_connected: bool,
}

/// What came of a broker.
pub(super) enum Came {
    /// Messages, and who vouches for them.
    Messages(Arc<str>, Voucher, Vec<Delivery>),
    /// How it is doing, by its number.
    State(usize, BrokerState),
    /// No broker is listened to any more.
    Over,
}

/// The brokers.
pub(super) struct Brokers {
    list: Vec<Listened>,
    /// Whose turn it is to be heard first.
    turn: usize,
    states: UnboundedReceiver<(usize, BrokerState)>,
}

impl Brokers {
    /// Begins to listen to all of them. `client` is the name under which they know this folder; without one nothing is kept.
    pub(super) async fn connect(
        addresses: &[BrokerAddress],
        filters: &[TopicFilter],
        (client, context): (Option<&str>, &EngineContext),
    ) -> Self {
        let (tell, states) = unbounded_channel();
        let mut list = Vec::with_capacity(addresses.len());
        for (number, address) in addresses.iter().enumerate() {
            let name: Arc<str> = address.to_string().into();
            let (client, session) = match client {
                Some(client) => (
                    format!("{client}-{:08x}", mark_of_session(&name, filters)),
                    SessionKind::Persistent(SESSION_KEPT),
                ),
                None => (format!("nuee-{:016x}", fastrand::u64(..)), SessionKind::Clean),
            };
            let broker = with_kept_password(address).await;
            let asked = Subscription { broker, filters: filters.to_vec(), client, session };
            let connection = connect(asked, context);
            pass_states_on(number, &connection, tell.clone());
            let voucher = voucher_of(address);
            list.push(Listened { name, voucher, connection, gap: Gap::default(), was_connected: false });
        }
        Self { list, turn: 0, states }
    }

    /// What comes next of any broker.
    pub(super) async fn next(&mut self) -> Came {
        let (list, turn) = (&mut self.list, &mut self.turn);
        let messages = std::future::poll_fn(|context| {
            let (count, mut batch, mut ended) = (list.len(), Vec::new(), 0);
            for step in 0..count {
                let at = (*turn + step) % count;
                let broker = &mut list[at];
                match broker.connection.deliveries.poll_recv_many(context, &mut batch, BATCH) {
                    Poll::Ready(0) => ended += 1,
                    Poll::Ready(_) => {
                        *turn = at + 1;
                        let (name, voucher) = (broker.name.clone(), broker.voucher.clone());
                        return Poll::Ready(Came::Messages(name, voucher, std::mem::take(&mut batch)));
                    }
                    Poll::Pending => {}
                }
            }
            if ended == count { Poll::Ready(Came::Over) } else { Poll::Pending }
        });
        tokio::select! {
            came = messages => came,
            Some((number, state)) = self.states.recv() => Came::State(number, state),
        }
    }

    /// The name of a broker, and its gap; notes whether it was connected.
    pub(super) fn note(&mut self, number: usize, state: &BrokerState) -> Option<(Arc<str>, &mut Gap)> {
        let broker = self.list.get_mut(number)?;
        broker.was_connected |= matches!(state.standing, BrokerStanding::Listening { .. });
        Some((broker.name.clone(), &mut broker.gap))
    }

    /// Messages that came faster than they could be taken in.
    pub(super) fn dropped(&self) -> u64 {
        self.list.iter().map(|broker| broker.connection.dropped.load(Ordering::Relaxed)).sum()
    }

    /// Brokers that were never connected.
    pub(super) fn never_connected(&self) -> Vec<Arc<str>> {
        // What ended it may have come before the news that it began.
        let was_up =
            |broker: &&Listened| broker.was_connected || broker.connection.state.borrow().connections > 0;
        self.list.iter().filter(|broker| !was_up(broker)).map(|broker| broker.name.clone()).collect()
    }

    /// Whether none was ever connected, for want of a network or of any name server: whoever started to listen is to know.
    pub(super) fn are_offline(&self) -> bool {
        use BrokerTrouble::{NameServiceSilent, Offline};
        let is_offline = |broker: &Listened| {
            let state = broker.connection.state.borrow();
            matches!(&state.standing, BrokerStanding::Waiting { trouble: Offline | NameServiceSilent, .. })
        };
        self.never_connected().len() == self.list.len() && self.list.iter().all(is_offline)
    }

    /// Says goodbye to all of them.
    pub(super) async fn end(self) {
        let mut leaving = tokio::task::JoinSet::new();
        self.list.into_iter().for_each(|broker| drop(leaving.spawn(broker.connection.end())));
        leaving.join_all().await;
    }
}

/// Tells how a broker is doing, until its connection ends.
fn pass_states_on(number: usize, connection: &Connection, tell: UnboundedSender<(usize, BrokerState)>) {
    let mut states = connection.state.clone();
    tokio::spawn(async move {
        while states.changed().await.is_ok() {
            let state = states.borrow_and_update().clone();
            if tell.send((number, state)).is_err() {
                return;
            }
        }
    });
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
