//! One broker over time: connect, subscribe, lose, wait, come back.
//!
//! In: a [`Subscription`]. Out: `Delivery`s through a bounded queue, and a [`BrokerState`] that anybody may watch. The task
//! that polls hardly waits for whoever takes messages: when QoS 1 brings more than the queue holds the broker is let wait a while,
//! then the connection is made anew, so that it comes again; what QoS 0 brings is counted as dropped. Start reading at `connect`.

use super::way_out::WayOut;
use super::wire::{Ack, Acknowledger, BrokerPacket, MOST_UNACKNOWLEDGED, Wire, WireMessage};
use crate::app::journal::Purpose;
use crate::app::mesh::announced::comeback::Comeback;
use crate::app::mesh::announced::mqtt_version::{Doubt, KnownVersions, Reached};
use crate::app::mesh::listening::{BrokerStanding, BrokerState, BrokerTrouble, Protocol};
use crate::domain::utc::{SteadyTime, UtcMillis};
use crate::engine::clock::Clock;
use crate::engine::contacts::Contacts;
use crate::engine::context::EngineContext;
use crate::mesh::desk::BrokerMessage;
use crate::mesh::subscription::{Backoff, SessionKind, Subscription};
use crate::transfer::address_rule::Reach;
use crate::transfer::reason::Reason;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc::error::{SendTimeoutError, TrySendError};
use tokio::sync::{mpsc, watch};

/// Messages that wait to be taken in. Some brokers (mosquitto 2.0.11) send far more than they were told that may be on its way.
pub(super) const QUEUE: usize = 32 * MOST_UNACKNOWLEDGED as usize;

/// How long a broker is let wait when the queue is full.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// A connection that held so long was a good one: the next wait is a short one again.
const HELD: Duration = Duration::from_secs(20);

/// How long a goodbye may take.
const FAREWELL: Duration = Duration::from_millis(500);

/// How long a broker may take to welcome us and to answer a subscription.
const PATIENCE: Duration = Duration::from_secs(20);

/// A message on its way from the broker to whoever stores it.
#[derive(Debug)]
pub(in crate::engine) struct Delivery {
    pub(in crate::engine) message: BrokerMessage,
    pub(in crate::engine) utc: UtcMillis,
    pub(in crate::engine) now: SteadyTime,
    /// To be given back once the message is stored.
    pub(in crate::engine) receipt: Option<Receipt>,
}

/// An acknowledgement, with the connection it belongs to.
#[derive(Debug)]
pub(in crate::engine) struct Receipt {
    acknowledger: Acknowledger,
    ack: Ack,
}

impl Receipt {
    /// Tells the broker that the message is stored.
    pub(in crate::engine) async fn give(self) {
        self.acknowledger.acknowledge(self.ack).await;
    }
}

/// A broker that is listened to; ends when it is told to, or dropped.
#[derive(Debug)]
pub(in crate::engine) struct Connection {
    pub(in crate::engine) deliveries: mpsc::Receiver<Delivery>,
    pub(in crate::engine) state: watch::Receiver<BrokerState>,
    pub(in crate::engine) dropped: Arc<AtomicU64>,
    stop: watch::Sender<bool>,
}

impl Connection {
    /// Says goodbye and ends; waits for that, but not long.
    pub(in crate::engine) async fn end(mut self) {
        self.stop.send_replace(true);
        // Nobody reads any more: what was not acknowledged comes again next time.
        self.deliveries.close();
        let ended = self.state.wait_for(|state| state.standing == BrokerStanding::Ended);
        if tokio::time::timeout(2 * FAREWELL, ended).await.is_err() {
            tracing::debug!("the connection to a broker ends without a goodbye");
        }
    }
}

/// Begins to listen. A broker that a person named may be anywhere.
pub(in crate::engine) fn connect(asked: Subscription, context: &EngineContext) -> Connection {
    let rule = context.rule.with_reach(Reach::Anywhere);
    let client = &context.shared.client;
    let (way, clock) = (WayOut { rule, proxy: client.proxy() }, context.shared.clock);
    let (deliver, deliveries) = mpsc::channel(QUEUE);
    let begun = BrokerState {
        standing: BrokerStanding::Connecting,
        last_success: None,
        refused: Vec::new(),
        connections: 0,
    };
    let (state_to, state) = watch::channel(begun);
    let (stop, stopped) = watch::channel(false);
    let dropped = Arc::new(AtomicU64::new(0));
    let contacts = client.contacts().clone();
    let task = Task { asked, way, clock, contacts, deliver, state: state_to, dropped: dropped.clone() };
    tokio::spawn(task.run(stopped));
    Connection { deliveries, state, dropped, stop }
}

/// Why a message was not handed over.
enum NotPassed {
    /// Nobody takes any.
    NobodyTakes,
    /// The queue is full, and the broker waits for an acknowledgement.
    TooFast,
}

struct Task {
    asked: Subscription,
    way: WayOut,
    clock: Clock,
    contacts: Contacts,
    deliver: mpsc::Sender<Delivery>,
    state: watch::Sender<BrokerState>,
    dropped: Arc<AtomicU64>,
}

impl Task {
    async fn run(self, mut stopped: watch::Receiver<bool>) {
        let mut backoff = Backoff::default();
        let mut version = KnownVersions::of(self.asked.broker.scheme);
        loop {
            self.set(BrokerStanding::Connecting);
            let began = self.clock.now();
            let mut has_listened = false;
            let ended = self.listen(version.protocol(), &mut has_listened, &mut stopped).await;
            let reason = match ended {
                Ok(()) => break,
                Err(reason) => reason,
            };
            let reached = if has_listened { Reached::Listening } else { Reached::Nothing };
            let doubt = version.note(&reason, reached);
            if doubt == Doubt::Ask && speaks_older(&self.asked, &self.way, &mut stopped).await {
                version.note_older_welcome();
            }
            if doubt != Doubt::None && version.is_to_be_tried_at_once() {
                continue;
            }
            if has_listened && self.clock.now().since(began) >= HELD {
                backoff.reset();
            }
            let next = backoff.next(fastrand::f64());
            tracing::info!(broker = %self.asked.broker, %reason, ?next, "no connection");
            self.set(BrokerStanding::Waiting { trouble: reason, next });
            tokio::select! {
                () = tokio::time::sleep(next) => {}
                () = told_to_stop(&mut stopped) => break,
            }
        }
        self.set(BrokerStanding::Ended);
    }

    /// One connection, from its making to its end. `Ok` when nobody takes messages any more.
    async fn listen(
        &self,
        protocol: Protocol,
        has_listened: &mut bool,
        stopped: &mut watch::Receiver<bool>,
    ) -> Result<(), BrokerTrouble> {
        let counts = self.contacts.ask(&self.asked.broker.authority(), Purpose::Broker);
        let mut wire = Wire::new(&self.asked, protocol, &self.way)?;
        let acknowledger = wire.acknowledger();
        let mut welcome = None;
        let mut back = Comeback::new(None, self.clock.now());
        loop {
            let said = tokio::select! {
                said = next_of(&mut wire, has_listened) => said?,
                () = told_to_stop(stopped) => {
                    say_goodbye(&mut wire).await;
                    return Ok(());
                }
            };
            match said {
                BrokerPacket::Welcome { session_present } => {
                    welcome = Some(session_present);
                    let now = (self.clock.utc_millis(), self.clock.now());
                    back = Comeback::new(session_present.then_some(now.0), now.1);
                    // Also to a session that is remembered: filters may have changed since.
                    wire.subscribe(&self.asked)?;
                }
                BrokerPacket::Subscribed(answers) => {
                    *has_listened = true;
                    let session_present = welcome.unwrap_or(false);
                    self.note_subscribed(&answers, BrokerStanding::Listening { protocol, session_present })?;
                }
                BrokerPacket::Message(message) => {
                    self.contacts.note_came(&counts, message.topic.len() + message.payload.len());
                    match self.pass_on(*message, &acknowledger, &mut back).await {
                        Ok(()) => {}
                        Err(NotPassed::NobodyTakes) => {
                            say_goodbye(&mut wire).await;
                            return Ok(());
                        }
                        // The broker still has it, and would send one message fewer from now on: it comes again after this.
                        Err(NotPassed::TooFast) => {
                            return Err(BrokerTrouble::Lost("more came than could be taken in".to_owned()));
                        }
                    }
                }
                BrokerPacket::Other => {}
            }
        }
    }

    fn note_subscribed(
        &self,
        answers: &[Option<String>],
        standing: BrokerStanding,
    ) -> Result<(), BrokerTrouble> {
        let filters = self.asked.filters.iter().map(ToString::to_string);
        // A broker that answers fewer filters than were asked has not granted the rest.
        let answers = answers.iter().cloned().chain(std::iter::repeat(Some("no answer".to_owned())));
        let refused: Vec<(String, String)> =
            filters.zip(answers).filter_map(|(filter, answer)| Some((filter, answer?))).collect();
        if refused.len() == self.asked.filters.len() {
            let reason = refused.first().map_or(String::new(), |(_, reason)| reason.clone());
            self.state.send_modify(|state| state.refused = refused);
            return Err(BrokerTrouble::Refused(reason));
        }
        let now = self.clock.utc_millis();
        self.state.send_modify(|state| {
            state.standing = standing;
            state.last_success = Some(now);
            state.refused = refused;
            state.connections += 1;
        });
        Ok(())
    }

    /// Hands a message over. One of QoS 0 without waiting; one that the broker keeps may wait a while for a place.
    async fn pass_on(
        &self,
        message: WireMessage,
        acknowledger: &Acknowledger,
        back: &mut Comeback,
    ) -> Result<(), NotPassed> {
        let now = self.clock.now();
        let receipt = message.ack.map(|ack| Receipt { acknowledger: acknowledger.clone(), ack });
        let delivery = Delivery {
            message: BrokerMessage {
                topic: message.topic,
                payload: message.payload,
                headers: message.headers,
                arrival: message.arrival,
                back_since: back.note(now),
            },
            utc: self.clock.utc_millis(),
            now,
            receipt,
        };
        match self.deliver.try_send(delivery) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(delivery)) if delivery.receipt.is_some() => {
                self.wait_for_room(delivery).await
            }
            Err(TrySendError::Full(_)) => {
                self.dropped.fetch_add(1, Ordering::Relaxed);
                Ok(())
            }
            Err(TrySendError::Closed(_)) => Err(NotPassed::NobodyTakes),
        }
    }

    /// Lets the broker wait, well within the time in which it must hear of us.
    async fn wait_for_room(&self, delivery: Delivery) -> Result<(), NotPassed> {
        self.deliver.send_timeout(delivery, LONGEST_WAIT).await.map_err(|error| match error {
            SendTimeoutError::Timeout(_) => {
                self.dropped.fetch_add(1, Ordering::Relaxed);
                NotPassed::TooFast
            }
            SendTimeoutError::Closed(_) => NotPassed::NobodyTakes,
        })
    }

    fn set(&self, standing: BrokerStanding) {
        self.state.send_modify(|state| state.standing = standing);
    }
}

/// Whether the broker takes us in in the older version, as somebody who asks for nothing and leaves again.
pub(super) async fn speaks_older(
    asked: &Subscription,
    way: &WayOut,
    stopped: &mut watch::Receiver<bool>,
) -> bool {
    let asked = Subscription {
        client: format!("nuee-{:016x}", fastrand::u64(..)),
        session: SessionKind::Clean,
        ..asked.clone()
    };
    let Ok(mut wire) = Wire::new(&asked, Protocol::V4, way) else { return false };
    let welcome = async {
        loop {
            match wire.next().await {
                Ok(BrokerPacket::Welcome { .. }) => return true,
                Ok(BrokerPacket::Subscribed(_) | BrokerPacket::Message(_) | BrokerPacket::Other) => {}
                Err(_) => return false,
            }
        }
    };
    let is_welcome = tokio::select! {
        welcome = tokio::time::timeout(PATIENCE, welcome) => welcome.unwrap_or(false),
        () = told_to_stop(stopped) => return false,
    };
    if is_welcome {
        say_goodbye(&mut wire).await;
    }
    is_welcome
}

/// What the broker says next; until it has taken our subscriptions, not for ever.
async fn next_of(wire: &mut Wire, has_listened: &bool) -> Result<BrokerPacket, BrokerTrouble> {
    if *has_listened {
        return wire.next().await;
    }
    let answer = tokio::time::timeout(PATIENCE, wire.next()).await;
    answer.unwrap_or_else(|_| Err(BrokerTrouble::NotReached(Reason::NoAnswer)))
}

/// Tells the broker that we leave of our own will, so that it does not wait for us; not for long.
pub(super) async fn say_goodbye(wire: &mut Wire) {
    wire.leave();
    // What ends here is the connection, one way or the other.
    let gone = async { while wire.next().await.is_ok() {} };
    if tokio::time::timeout(FAREWELL, gone).await.is_err() {
        tracing::debug!("the broker did not hear our goodbye in time");
    }
}

pub(super) async fn told_to_stop(stopped: &mut watch::Receiver<bool>) {
    // An error means that whoever listened is gone, which is the same.
    let _ = stopped.wait_for(|stop| *stop).await;
}
