//! One connection to a broker of AMQP: socket, TLS and clock for a conversation that [`crate::mesh::amqp`] leads.
//!
//! In: a [`Subscription`]. Out: what the broker says, as [`super::wire`] says it of MQTT. What is read stays here when waiting for
//! it is interrupted. Start reading at [`AmqpWire::next`].

use super::way_out::WayOut;
use super::wire::{Ack, BrokerPacket, REQUESTS, WireMessage, of_io, scheme_of, tls_of_system, with_causes};
use crate::app::mesh::announced::amqp_end::trouble_of_end;
use crate::app::mesh::listening::BrokerTrouble;
use crate::domain::outside_text::show;
use crate::domain::utc::SteadyTime;
use crate::engine::clock::Clock;
use crate::mesh::amqp::conversation::{AmqpConversation, AmqpEvent};
use crate::mesh::lag::Arrival;
use crate::mesh::subscription::{BrokerAddress, Subscription};
use bytes::BytesMut;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf, split};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_rustls::TlsConnector;

/// Octets that are read at once.
const READ_AT_ONCE: usize = 1 << 16;

/// How long our last words may take.
const LAST_WORDS: Duration = Duration::from_millis(500);

trait AmqpStream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> AmqpStream for S {}

/// One connection.
pub(super) struct AmqpWire {
    conversation: AmqpConversation,
    broker: BrokerAddress,
    way: WayOut,
    clock: Clock,
    line: Option<AmqpLine>,
    /// Messages that are to be acknowledged, by their tags.
    tags: mpsc::Receiver<u64>,
    acknowledge: mpsc::Sender<u64>,
    came: BytesMut,
}

impl AmqpWire {
    /// A connection that begins with the first [`next`](Self::next).
    pub(super) fn new(asked: &Subscription, way: &WayOut) -> Self {
        let clock = Clock::start();
        let (acknowledge, tags) = mpsc::channel(REQUESTS);
        Self {
            conversation: AmqpConversation::new(asked.amqp_terms(), clock.now()),
            broker: asked.broker.clone(),
            way: way.clone(),
            clock,
            line: None,
            tags,
            acknowledge,
            came: BytesMut::with_capacity(READ_AT_ONCE),
        }
    }

    /// By which messages of this connection are acknowledged.
    pub(super) fn acknowledger(&self) -> mpsc::Sender<u64> {
        self.acknowledge.clone()
    }

    /// Says goodbye; what follows ends the connection.
    pub(super) fn leave(&mut self) {
        self.conversation.leave();
    }

    /// What the broker says next. To be called again and again, or nothing moves.
    pub(super) async fn next(&mut self) -> Result<BrokerPacket, BrokerTrouble> {
        if self.line.is_none() {
            self.line = Some(dial(&self.broker, &self.way).await?);
        }
        let Self { conversation, clock, line: Some(line), tags, came, .. } = self else {
            return Err(BrokerTrouble::HungUp);
        };
        loop {
            if let Some(event) = conversation.next_event() {
                return Ok(packet_of(event));
            }
            let (due, is_to_send) = (conversation.due(), line.sender.has_to_send(&conversation.outgoing));
            let moved = tokio::select! {
                read = line.reader.read_buf(came) => match read {
                    Ok(1..) => {
                        let heard = conversation.hear(came, clock.now());
                        came.clear();
                        heard
                    }
                    Ok(0) => Err(conversation.end_of_stream()),
                    // A connection over TLS that is cut is no other than one that is closed.
                    Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(conversation.end_of_stream()),
                    Err(error) => return Err(of_io(&error)),
                },
                sent = line.sender.send(&mut conversation.outgoing), if is_to_send => {
                    sent.map_err(|error| of_io(&error))?;
                    conversation.note_sent(clock.now());
                    Ok(())
                }
                Some(tag) = tags.recv() => {
                    conversation.acknowledge(tag);
                    Ok(())
                }
                () = sleep_until(due, *clock) => conversation.on_time(clock.now()),
            };
            if let Err(end) = moved {
                let said =
                    tokio::time::timeout(LAST_WORDS, line.sender.send(&mut conversation.outgoing)).await;
                tracing::debug!(%end, heard = said.is_ok(), "a conversation over AMQP ended");
                return Err(trouble_of_end(&end));
            }
        }
    }
}

/// Both directions of a connection.
struct AmqpLine {
    reader: ReadHalf<Box<dyn AmqpStream>>,
    sender: AmqpSender,
}

/// The direction to the broker.
struct AmqpSender {
    writer: WriteHalf<Box<dyn AmqpStream>>,
    is_flushed: bool,
}

impl AmqpSender {
    fn has_to_send(&self, outgoing: &BytesMut) -> bool {
        !outgoing.is_empty() || !self.is_flushed
    }

    /// Sends all of it. What was sent is gone from `outgoing`, also when this is interrupted.
    async fn send(&mut self, outgoing: &mut BytesMut) -> io::Result<()> {
        while !outgoing.is_empty() {
            self.is_flushed = false;
            if self.writer.write_buf(outgoing).await? == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
        }
        self.writer.flush().await?;
        self.is_flushed = true;
        Ok(())
    }
}

async fn dial(broker: &BrokerAddress, way: &WayOut) -> Result<AmqpLine, BrokerTrouble> {
    let dialled = way.clone().dial(scheme_of(broker), broker.authority()).await;
    let plain = dialled.map_err(|error| of_io(&error))?;
    let stream: Box<dyn AmqpStream> = match broker.scheme.is_tls() {
        true => Box::new(encrypted(plain, &broker.host).await?),
        false => Box::new(plain),
    };
    let (reader, writer) = split(stream);
    Ok(AmqpLine { reader, sender: AmqpSender { writer, is_flushed: true } })
}

async fn encrypted(plain: TcpStream, host: &str) -> Result<impl AmqpStream + use<>, BrokerTrouble> {
    let name = host.trim_matches(['[', ']']).to_owned();
    let name = name.try_into().map_err(|_| BrokerTrouble::NameNotFound)?;
    let connector = TlsConnector::from(tls_of_system()?);
    connector.connect(name, plain).await.map_err(|error| match error.get_ref() {
        Some(inner) if inner.is::<rustls::Error>() => BrokerTrouble::Tls(show(&with_causes(&error))),
        _ => of_io(&error),
    })
}

async fn sleep_until(due: Option<SteadyTime>, clock: Clock) {
    match due {
        Some(due) => tokio::time::sleep(due.since(clock.now())).await,
        None => std::future::pending().await,
    }
}

fn packet_of(event: AmqpEvent) -> BrokerPacket {
    match event {
        AmqpEvent::Welcome { was_kept } => BrokerPacket::Welcome { session_present: was_kept },
        AmqpEvent::Subscribed(answers) => BrokerPacket::Subscribed(answers),
        AmqpEvent::Message(message) => BrokerPacket::Message(Box::new(WireMessage {
            topic: message.topic,
            payload: message.payload,
            headers: message.headers,
            arrival: if message.is_redelivered { Arrival::Redelivered } else { Arrival::Live },
            ack: Some(Ack::Amqp(message.tag)),
        })),
    }
}
