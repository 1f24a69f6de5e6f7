//! Announcements of our own to one broker over time: connect, send, lose, come back, send again.
//!
//! In: files that were found, one after the other. Out: what became of each, told once the broker has answered. A connection that is
//! lost is made anew; what was not acknowledged by then is sent again. Start reading at [`Sending::run`].

use super::connection::{say_goodbye, speaks_older, told_to_stop};
use super::outgoing::{PublishOutcome, Publisher};
use super::telling::Teller;
use super::way_out::WayOut;
use super::wire::{BrokerPacket, Wire};
use crate::app::journal::Purpose;
use crate::app::mesh::announced::mqtt_version::{Doubt, KnownVersions, Reached};
use crate::app::mesh::announcing::{AnnounceNews, FileWithPost, NotAnnounced};
use crate::app::mesh::listening::BrokerTrouble;
use crate::engine::context::EngineContext;
use crate::mesh::post::in_flight::{InFlight, MOST_IN_FLIGHT};
use crate::mesh::post::patience::BrokerPatience;
use crate::mesh::subscription::{BrokerAddress, ClientSession, Subscription};
use crate::transfer::address_rule::Reach;
use crate::transfer::reason::Reason;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

/// How sending ends.
pub(in crate::engine) enum SendingEnd {
    /// Everything was answered for.
    Done,
    /// It was told to stop.
    Stopped,
    /// The broker was given up.
    GaveUp(BrokerTrouble),
}

/// Sends files to one broker.
pub(in crate::engine) struct Sending {
    context: EngineContext,
    asked: Subscription,
    way: WayOut,
    patience: BrokerPatience,
    flight: InFlight<FileWithPost>,
    /// Whether no more files come.
    is_over: bool,
}

impl Sending {
    pub(in crate::engine) fn new(
        broker: BrokerAddress,
        patience: Option<Duration>,
        context: &EngineContext,
    ) -> Self {
        let session = ClientSession::clean(fastrand::u64(..));
        let asked =
            Subscription { broker, filters: Vec::new(), client: session.client, session: session.kind };
        let rule = context.rule.with_reach(Reach::Anywhere);
        let way = WayOut { rule, proxy: context.shared.client.proxy() };
        let patience = BrokerPatience::new(patience, context.shared.clock.now());
        let flight = InFlight::default();
        Self { context: context.clone(), asked, way, patience, flight, is_over: false }
    }

    /// Sends what comes until nothing comes any more. What has no answer then is told.
    pub(in crate::engine) async fn run(
        mut self,
        files: &mut mpsc::Receiver<FileWithPost>,
        teller: &Teller,
    ) -> SendingEnd {
        let mut stopped = self.context.stopping.clone();
        let mut version = KnownVersions::of(self.asked.broker.scheme);
        let end = loop {
            let mut is_welcome = false;
            let began = self.context.shared.clock.now();
            let trouble = match self.connection(&version, &mut is_welcome, (files, teller)).await {
                Ok(end) => break end,
                Err(trouble) => trouble,
            };
            self.flight.lost();
            let now = self.context.shared.clock.now();
            if is_welcome && self.flight.is_empty() {
                self.patience.note_well(now);
            }
            let reached = if is_welcome { Reached::Listening } else { Reached::Nothing };
            let doubt = version.note(&trouble, reached);
            if doubt == Doubt::Ask && speaks_older(&self.asked, &self.way, &mut stopped).await {
                version.note_older_welcome();
            }
            if doubt != Doubt::None && version.is_to_be_tried_at_once() {
                continue;
            }
            let next = self.patience.after_loss(began, now, fastrand::f64());
            let Some(next) = next.filter(|_| trouble != BrokerTrouble::Credentials) else {
                break SendingEnd::GaveUp(trouble);
            };
            teller.tell(AnnounceNews::Waiting(trouble, next)).await;
            tokio::select! {
                () = tokio::time::sleep(next) => {}
                () = told_to_stop(&mut stopped) => break SendingEnd::Stopped,
            }
        };
        for file in self.flight.into_unanswered() {
            teller.refuse(file.file, NotAnnounced::Unanswered).await;
        }
        end
    }

    /// One connection, from its making to its end.
    async fn connection(
        &mut self,
        version: &KnownVersions,
        is_welcome: &mut bool,
        (files, teller): (&mut mpsc::Receiver<FileWithPost>, &Teller),
    ) -> Result<SendingEnd, BrokerTrouble> {
        let (client, clock) = (&self.context.shared.client, self.context.shared.clock);
        let _counts = client.contacts().ask(&self.asked.broker.authority(), Purpose::Broker);
        let (protocol, began) = (version.protocol(), clock.now());
        let mut line = SendingLine::of(Wire::new(&self.asked, protocol, &self.way)?);
        let mut stopped = self.context.stopping.clone();
        loop {
            while let Some((number, file)) = is_welcome.then(|| self.flight.next_again()).flatten() {
                line.publish(number, &file)?;
            }
            self.is_over |= files.is_closed() && files.is_empty();
            if self.is_over && self.flight.is_empty() {
                line.leave().await;
                return Ok(SendingEnd::Done);
            }
            let has_room = *is_welcome && !self.is_over && self.flight.has_room();
            let is_due = !*is_welcome || !self.flight.is_empty();
            let silence_left = self.patience.silence_left(began, clock.now());
            tokio::select! {
                packet = line.said.recv() => if is_welcome_in(packet)? {
                    *is_welcome = true;
                    teller.tell(AnnounceNews::Connected(protocol)).await;
                },
                Some(answered) = line.answers.join_next() => {
                    let (number, answer) = answered.map_err(|error| BrokerTrouble::Lost(error.to_string()))?;
                    self.note(number, answer, teller).await;
                }
                file = files.recv(), if has_room => match file {
                    None => self.is_over = true,
                    Some(file) => {
                        if self.flight.is_empty() {
                            self.patience.note_well(clock.now());
                        }
                        line.publish(self.flight.send(file.clone()), &file)?;
                    }
                },
                () = told_to_stop(&mut stopped) => {
                    line.leave().await;
                    return Ok(SendingEnd::Stopped);
                }
                () = tokio::time::sleep(silence_left), if is_due => {
                    return Err(BrokerTrouble::NotReached(Reason::NoAnswer));
                }
            }
        }
    }

    async fn note(&mut self, number: u64, answer: PublishOutcome, teller: &Teller) {
        if answer == PublishOutcome::Lost {
            return;
        }
        self.patience.note_well(self.context.shared.clock.now());
        let Some(file) = self.flight.answered(number) else { return };
        match answer {
            PublishOutcome::Taken => teller.announced(file).await,
            PublishOutcome::Refused(why) => teller.refused(file, why).await,
            PublishOutcome::Lost => {}
        }
    }
}

/// Whether this packet accepts the connection.
fn is_welcome_in(packet: Option<Result<BrokerPacket, BrokerTrouble>>) -> Result<bool, BrokerTrouble> {
    match packet.unwrap_or(Err(BrokerTrouble::HungUp))? {
        BrokerPacket::Welcome { .. } => Ok(true),
        BrokerPacket::Subscribed(_) | BrokerPacket::Message(_) | BrokerPacket::Other => Ok(false),
    }
}

/// One connection that is polled by a task of its own.
struct SendingLine {
    publisher: Publisher,
    said: mpsc::Receiver<Result<BrokerPacket, BrokerTrouble>>,
    answers: JoinSet<(u64, PublishOutcome)>,
    leave: watch::Sender<bool>,
    polling: tokio::task::JoinHandle<()>,
}

impl SendingLine {
    fn of(wire: Wire) -> Self {
        let publisher = wire.publisher();
        let (to, said) = mpsc::channel(2 * MOST_IN_FLIGHT);
        let (leave, left) = watch::channel(false);
        let polling = tokio::spawn(poll(wire, to, left));
        Self { publisher, said, answers: JoinSet::new(), leave, polling }
    }

    fn publish(&mut self, number: u64, file: &FileWithPost) -> Result<(), BrokerTrouble> {
        let notice = self.publisher.publish(&file.post).ok_or(BrokerTrouble::HungUp)?;
        self.answers.spawn(async move { (number, notice.answer().await) });
        Ok(())
    }

    /// Says goodbye and waits for it, half a second at most.
    async fn leave(self) {
        self.leave.send_replace(true);
        // It ends by itself.
        let _ = self.polling.await;
    }
}

/// Polls a connection, so that nothing that is waited for elsewhere interrupts a packet. Ends when told to, or with the connection.
async fn poll(
    mut wire: Wire,
    to: mpsc::Sender<Result<BrokerPacket, BrokerTrouble>>,
    mut left: watch::Receiver<bool>,
) {
    loop {
        let packet = tokio::select! {
            packet = wire.next() => packet,
            () = told_to_stop(&mut left) => return say_goodbye(&mut wire).await,
        };
        let is_last = packet.is_err();
        // Packets that say nothing of our messages are not passed on.
        let is_news = !matches!(packet, Ok(BrokerPacket::Other));
        if (is_news && to.send(packet).await.is_err()) || is_last {
            return;
        }
    }
}
