//! One connection to a broker: MQTT 5, 3.1.1 or AMQP behind one face.
//!
//! In: a [`Subscription`] and a protocol version. Out: what the broker says, one thing at a time. Messages are not
//! acknowledged here: whoever has stored one does it through [`Acknowledger`]. A connection that is lost is not mended;
//! the next one is a new [`Wire`], so that no acknowledgement of one can reach another.

use super::amqp_wire::AmqpWire;
use super::way_out::WayOut;
use crate::app::mesh::listening::{BrokerTrouble, Protocol};
use crate::domain::outside_text::show;
use crate::engine::transfer::http::{ResolveError, reason_of_io};
use crate::engine::transfer::network::has_route;
use crate::mesh::lag::Arrival;
use crate::mesh::subscription::{BrokerAddress, BrokerScheme, SessionKind, Subscription};
use bytes::Bytes;
use std::io;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Largest packet that is taken, in octets.
const LARGEST_PACKET: u32 = 1 << 20;

/// Most messages on their way that are not acknowledged.
pub(super) const MOST_UNACKNOWLEDGED: u16 = 1_000;

const KEEP_ALIVE_SECS: u16 = 30;

/// Requests to the client crate that may wait: every acknowledgement there can be, and subscriptions.
pub(super) const REQUESTS: usize = super::connection::QUEUE + 2 * MOST_UNACKNOWLEDGED as usize;

/// What a broker says.
#[derive(Debug)]
pub(super) enum BrokerPacket {
    /// It took us in; whether it remembers us.
    Welcome { session_present: bool },
    /// Its answer to the subscriptions, in their order: `None` for yes, or its reason.
    Subscribed(Vec<Option<String>>),
    /// A message.
    Message(Box<WireMessage>),
    /// Anything that need not concern anybody.
    Other,
}

/// A message as it came.
#[derive(Debug)]
pub(super) struct WireMessage {
    pub(super) topic: String,
    pub(super) payload: Bytes,
    pub(super) headers: Vec<(String, String)>,
    pub(super) arrival: Arrival,
    /// `None` when none is due.
    pub(super) ack: Option<Ack>,
}

/// An acknowledgement that is due.
#[derive(Clone, Debug)]
pub(super) enum Ack {
    V5(mqtt5::ManualAck),
    V4(mqtt4::ManualAck),
    Amqp(u64),
}

/// One connection.
pub(super) enum Wire {
    V5(mqtt5::AsyncClient, Box<mqtt5::EventLoop>),
    V4(mqtt4::AsyncClient, Box<mqtt4::EventLoop>),
    Amqp(Box<AmqpWire>),
}

/// Acknowledges messages of one connection.
#[derive(Clone, Debug)]
pub(super) enum Acknowledger {
    V5(mqtt5::AsyncClient),
    V4(mqtt4::AsyncClient),
    Amqp(mpsc::Sender<u64>),
}

impl Acknowledger {
    /// Acknowledges a message of this connection. One that is gone will send it again.
    ///
    /// Waits while the connection has acknowledgements enough to write: one that were left out would be a message fewer
    /// that the broker sends from then on. Whoever polls the connection must not wait for this.
    pub(super) async fn acknowledge(&self, ack: Ack) {
        let queued = match (self, ack) {
            (Self::V5(client), Ack::V5(ack)) => client.manual_ack(ack).await.is_ok(),
            (Self::V4(client), Ack::V4(ack)) => client.manual_ack(ack).await.is_ok(),
            (Self::Amqp(tags), Ack::Amqp(tag)) => tags.send(tag).await.is_ok(),
            _ => false,
        };
        if !queued {
            tracing::debug!("an acknowledgement came after its connection");
        }
    }
}

impl Wire {
    /// A connection that begins with the first [`next`](Self::next).
    ///
    /// # Errors
    /// When the system has no trusted certificates, or the options contradict each other.
    pub(super) fn new(asked: &Subscription, protocol: Protocol, way: &WayOut) -> Result<Self, BrokerTrouble> {
        match protocol {
            Protocol::V5 => version5(asked, way),
            Protocol::V4 => version4(asked, way),
            Protocol::Amqp => Ok(Self::Amqp(Box::new(AmqpWire::new(asked, way)))),
        }
    }

    pub(super) fn acknowledger(&self) -> Acknowledger {
        match self {
            Self::V5(client, _) => Acknowledger::V5(client.clone()),
            Self::V4(client, _) => Acknowledger::V4(client.clone()),
            Self::Amqp(wire) => Acknowledger::Amqp(wire.acknowledger()),
        }
    }

    /// Asks for the topics; the answer is [`BrokerPacket::Subscribed`].
    pub(super) fn subscribe(&self, asked: &Subscription) -> Result<(), BrokerTrouble> {
        let filters = asked.filters.iter().map(|filter| filter.as_str().to_owned());
        let full = |error: String| BrokerTrouble::Lost(error);
        match self {
            Self::V5(client, _) => {
                let of = |filter: String| mqtt5::SubscribeFilterInput::new(filter, mqtt5::QoS::AtLeastOnce);
                client.try_subscribe_many(filters.map(of)).map_err(|error| full(error.to_string()))
            }
            Self::V4(client, _) => {
                let of = |filter: String| mqtt4::SubscribeFilterInput::new(filter, mqtt4::QoS::AtLeastOnce);
                client.try_subscribe_many(filters.map(of)).map_err(|error| full(error.to_string()))
            }
            // A queue is bound before it is read: the conversation goes on by itself.
            Self::Amqp(_) => Ok(()),
        }
    }

    /// Says goodbye; what follows ends the connection.
    pub(super) fn leave(&mut self) {
        let asked = match self {
            Self::V5(client, _) => client.try_disconnect().is_ok(),
            Self::V4(client, _) => client.try_disconnect().is_ok(),
            Self::Amqp(wire) => {
                wire.leave();
                true
            }
        };
        if !asked {
            tracing::debug!("no goodbye: the connection is busy or gone");
        }
    }

    /// What the broker says next. To be called again and again, or nothing moves.
    pub(super) async fn next(&mut self) -> Result<BrokerPacket, BrokerTrouble> {
        match self {
            Self::V5(client, events) => match events.poll().await {
                Ok(event) => said_by_5(client, event),
                Err(error) => Err(lost_5(&error)),
            },
            Self::V4(client, events) => match events.poll().await {
                Ok(event) => Ok(said_by_4(client, event)),
                Err(error) => Err(lost_4(&error)),
            },
            Self::Amqp(wire) => wire.next().await,
        }
    }
}

/// Under which scheme a proxy is looked for.
pub(super) fn scheme_of(address: &BrokerAddress) -> &'static str {
    if address.scheme.is_tls() { "https" } else { "http" }
}

/// TLS with the authorities that the system trusts.
///
/// # Errors
/// When the system has none that can be read.
pub(super) fn tls_of_system() -> Result<Arc<rustls::ClientConfig>, BrokerTrouble> {
    provide_cryptography();
    match mqtt5::TlsConfiguration::try_default_rustls() {
        Ok(mqtt5::TlsConfiguration::Rustls(config)) => Ok(config),
        Ok(_) => Err(BrokerTrouble::Tls("no trusted authorities".to_owned())),
        Err(error) => Err(BrokerTrouble::Tls(error.to_string())),
    }
}

/// The options that both versions have in common. A macro, since the client crates call different types by the same names.
macro_rules! common_options {
    ($mqtt:ident, $asked:ident, $way:ident) => {{
        use $mqtt::{AckMode, Broker, MqttOptions, TlsConfiguration, Transport};
        let (client, address) = (&$asked.client, &$asked.broker);
        let tls = || {
            provide_cryptography();
            TlsConfiguration::try_default_rustls().map_err(|error| BrokerTrouble::Tls(error.to_string()))
        };
        let tcp = || MqttOptions::new(client, Broker::tcp(&address.host, address.port));
        let mut options = match address.scheme {
            BrokerScheme::Amqp | BrokerScheme::Amqps => {
                return Err(BrokerTrouble::OtherProtocol("MQTT was asked for".to_owned()));
            }
            BrokerScheme::Mqtt => tcp(),
            BrokerScheme::Mqtts => {
                let mut options = tcp();
                options.set_transport(Transport::tls_with_config(tls()?));
                options
            }
            BrokerScheme::Ws => {
                let broker = Broker::websocket(address.to_string());
                MqttOptions::new(client, broker.map_err(|error| BrokerTrouble::Lost(error.to_string()))?)
            }
            BrokerScheme::Wss => MqttOptions::websocket_with_tls_config(client, address.to_string(), tls()?)
                .map_err(|error| BrokerTrouble::Lost(error.to_string()))?,
        };
        if let Some(credentials) = &address.credentials {
            options.set_credentials(&credentials.user, credentials.password.clone());
        }
        options.set_keep_alive(KEEP_ALIVE_SECS).set_ack_mode(AckMode::Manual);
        let (way, scheme) = ($way.clone(), scheme_of(address));
        options.set_socket_connector(move |host, _| way.clone().dial(scheme, host));
        options
    }};
}

fn version5(asked: &Subscription, way: &WayOut) -> Result<Wire, BrokerTrouble> {
    let mut options = common_options!(mqtt5, asked, way);
    match asked.session {
        SessionKind::Clean => options.set_clean_start(true),
        SessionKind::Persistent(kept) => {
            let secs = u32::try_from(kept.as_secs()).unwrap_or(u32::MAX - 1);
            options.set_clean_start(false).set_session_expiry_interval(Some(secs));
            options.set_session_store(NothingUnderWay)
        }
    };
    options.set_receive_maximum(Some(MOST_UNACKNOWLEDGED)).set_max_packet_size(Some(LARGEST_PACKET));
    let built = mqtt5::AsyncClient::builder(options).capacity(REQUESTS).try_build();
    let (client, events) = built.map_err(|error| BrokerTrouble::Lost(error.to_string()))?;
    Ok(Wire::V5(client, Box::new(events)))
}

fn version4(asked: &Subscription, way: &WayOut) -> Result<Wire, BrokerTrouble> {
    let mut options = common_options!(mqtt4, asked, way);
    options.set_clean_session(asked.session == SessionKind::Clean);
    options.set_max_packet_size(LARGEST_PACKET as usize, LARGEST_PACKET as usize);
    let built = mqtt4::AsyncClient::builder(options).capacity(REQUESTS).try_build();
    let (client, events) = built.map_err(|error| BrokerTrouble::Lost(error.to_string()))?;
    Ok(Wire::V4(client, Box::new(events)))
}

/// What we have of a session that a broker kept: nothing that is under way. We only subscribe, with QoS 1 at most, so that whatever
/// was not acknowledged comes again by itself. Said so, the client crate resumes such a session and still lets us subscribe.
#[derive(Debug)]
struct NothingUnderWay;

impl mqtt5::SessionStore for NothingUnderWay {
    fn load<'a>(
        &'a self,
        key: &'a mqtt5::SessionStoreKey,
    ) -> SessionFuture<'a, Option<mqtt5::PersistedSession>> {
        let session = mqtt5::PersistedSession {
            format_version: 1,
            client_id: key.client_id().to_owned(),
            clean_start: false,
            session_expiry_interval: None,
            outgoing_inflight_upper_limit: None,
            ack_mode: mqtt5::PersistedAckMode::Manual,
            last_pkid: 0,
            last_puback: 0,
            replay: Vec::new(),
            incoming_qos2: Vec::new(),
        };
        Box::pin(std::future::ready(Ok(Some(session))))
    }

    fn save<'a>(
        &'a self,
        _: &'a mqtt5::SessionStoreKey,
        _: &'a mqtt5::PersistedSession,
    ) -> SessionFuture<'a, ()> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn clear<'a>(&'a self, _: &'a mqtt5::SessionStoreKey) -> SessionFuture<'a, ()> {
        Box::pin(std::future::ready(Ok(())))
    }
}

type SessionFuture<'a, T> =
    std::pin::Pin<Box<dyn Future<Output = Result<T, mqtt5::SessionStoreError>> + Send + 'a>>;

/// Both client crates leave the choice of a provider to the program; ours is the one that HTTP uses.
fn provide_cryptography() {
    // Another thread may have been quicker, with the same.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

/// How a message came: its flags of retained, and of sent once more.
fn arrival_of(flags: [bool; 2]) -> Arrival {
    match flags {
        [true, _] => Arrival::Retained,
        [false, true] => Arrival::Redelivered,
        [false, false] => Arrival::Live,
    }
}

fn said_by_5(client: &mqtt5::AsyncClient, event: mqtt5::Event) -> Result<BrokerPacket, BrokerTrouble> {
    use mqtt5::mqttbytes::v5::{Packet, SubscribeReasonCode};
    let mqtt5::Event::Incoming(packet) = event else { return Ok(BrokerPacket::Other) };
    Ok(match packet {
        Packet::ConnAck(ack) => BrokerPacket::Welcome { session_present: ack.session_present },
        Packet::SubAck(ack) => BrokerPacket::Subscribed(
            ack.return_codes
                .iter()
                .map(|code| match code {
                    SubscribeReasonCode::Success(_) => None,
                    refused => Some(format!("{refused:?}")),
                })
                .collect(),
        ),
        Packet::Publish(publish) => BrokerPacket::Message(Box::new(WireMessage {
            ack: client.prepare_ack(&publish).map(Ack::V5),
            topic: String::from_utf8_lossy(&publish.topic).into_owned(),
            arrival: arrival_of([publish.retain, publish.dup]),
            headers: publish.properties.map(|properties| properties.user_properties).unwrap_or_default(),
            payload: publish.payload,
        })),
        Packet::Disconnect(disconnect) => {
            return Err(told_to_go(disconnect.reason_code));
        }
        _ => BrokerPacket::Other,
    })
}

fn said_by_4(client: &mqtt4::AsyncClient, event: mqtt4::Event) -> BrokerPacket {
    use mqtt4::{Packet, SubscribeReasonCode};
    let mqtt4::Event::Incoming(packet) = event else { return BrokerPacket::Other };
    match packet {
        Packet::ConnAck(ack) => BrokerPacket::Welcome { session_present: ack.session_present },
        Packet::SubAck(ack) => BrokerPacket::Subscribed(
            ack.return_codes
                .iter()
                .map(|code| match code {
                    SubscribeReasonCode::Success(_) => None,
                    refused => Some(format!("{refused:?}")),
                })
                .collect(),
        ),
        Packet::Publish(publish) => BrokerPacket::Message(Box::new(WireMessage {
            ack: client.prepare_ack(&publish).map(Ack::V4),
            topic: String::from_utf8_lossy(&publish.topic).into_owned(),
            arrival: arrival_of([publish.retain, publish.dup]),
            headers: Vec::new(),
            payload: publish.payload,
        })),
        _ => BrokerPacket::Other,
    }
}

/// Why the broker ended the connection, in its own words.
fn told_to_go(reason: mqtt5::mqttbytes::v5::DisconnectReasonCode) -> BrokerTrouble {
    match reason {
        mqtt5::mqttbytes::v5::DisconnectReasonCode::SessionTakenOver => BrokerTrouble::TakenOver,
        reason => BrokerTrouble::Refused(format!("{reason:?}")),
    }
}

fn lost_5(error: &mqtt5::ConnectionError) -> BrokerTrouble {
    use mqtt5::ConnectionError as Error;
    use mqtt5::mqttbytes::v5::ConnectReturnCode as Code;
    match error {
        Error::ConnectionRefused(Code::RefusedProtocolVersion | Code::UnsupportedProtocolVersion) => {
            BrokerTrouble::Version
        }
        Error::ConnectionRefused(Code::BadUserNamePassword | Code::NotAuthorized) => {
            BrokerTrouble::Credentials
        }
        Error::ConnectionRefused(code) => BrokerTrouble::Refused(format!("{code:?}")),
        Error::MqttState(mqtt5::StateError::ConnectionAborted) => BrokerTrouble::HungUp,
        Error::MqttState(mqtt5::StateError::ServerDisconnect { reason_code, .. }) => told_to_go(*reason_code),
        Error::Tls(error) => BrokerTrouble::Tls(show(&with_causes(error))),
        Error::Io(error) => of_io(error),
        Error::Timeout(_) => of_io(&io::ErrorKind::TimedOut.into()),
        error => BrokerTrouble::Lost(show(&with_causes(error))),
    }
}

fn lost_4(error: &mqtt4::ConnectionError) -> BrokerTrouble {
    use mqtt4::ConnectReturnCode as Code;
    use mqtt4::ConnectionError as Error;
    match error {
        Error::ConnectionRefused(Code::RefusedProtocolVersion) => BrokerTrouble::Version,
        Error::ConnectionRefused(Code::BadUserNamePassword | Code::NotAuthorized) => {
            BrokerTrouble::Credentials
        }
        Error::ConnectionRefused(code) => BrokerTrouble::Refused(format!("{code:?}")),
        Error::MqttState(mqtt4::StateError::ConnectionAborted) => BrokerTrouble::HungUp,
        Error::Tls(error) => BrokerTrouble::Tls(show(&with_causes(error))),
        Error::Io(error) => of_io(error),
        Error::NetworkTimeout => of_io(&io::ErrorKind::TimedOut.into()),
        error => BrokerTrouble::Lost(show(&with_causes(error))),
    }
}

pub(super) fn of_io(error: &io::Error) -> BrokerTrouble {
    let is_like_offline = matches!(
        error.kind(),
        io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable | io::ErrorKind::TimedOut
    );
    let trouble = trouble_of(error);
    let is_unknown = matches!(trouble, BrokerTrouble::NameNotFound | BrokerTrouble::NameServiceSilent);
    if (is_like_offline || is_unknown) && !has_route() { BrokerTrouble::Offline } else { trouble }
}

fn trouble_of(error: &io::Error) -> BrokerTrouble {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<ResolveError>()) {
        Some(ResolveError::Refused(class)) => BrokerTrouble::AddressRefused(*class),
        Some(ResolveError::NotFound) => BrokerTrouble::NameNotFound,
        Some(ResolveError::Silent) => BrokerTrouble::NameServiceSilent,
        None => match reason_of_io(error) {
            Some(reason) => BrokerTrouble::NotReached(reason),
            None => BrokerTrouble::Lost(show(&error.to_string())),
        },
    }
}

pub(super) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let more = next.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = next.source();
    }
    text
}
