//! What clients ask of the demo's broker and what it tells them, whichever version of MQTT they speak.
//!
//! In: octets of a connection. Out: [`ClientPacket`]; and octets of what is told. Framing is the client crates' own, so that only
//! what a broker decides is decided here.

use bytes::{Bytes, BytesMut};
use mqtt4::mqttbytes::v4;
use mqtt5::mqttbytes::v5;

/// Largest packet that is taken, in octets.
const LARGEST: u32 = 1 << 20;

/// The first octet of every connection.
const GREETING: u8 = 0x10;

/// A version of MQTT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MqttVersion {
    V4,
    V5,
}

/// What a client asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ClientPacket {
    /// To be taken in.
    Connect { client: String, keep_alive_secs: u16, receive_max: u16 },
    /// To have a message passed on; with its number when it is to be acknowledged.
    Publish { topic: String, payload: Bytes, carried: Carried, number: Option<u16> },
    /// Nothing: it has a message.
    Acknowledged,
    /// To be sent what matches; filters as written, and whether each is asked for with QoS 1.
    Subscribe { number: u16, filters: Vec<(String, bool)> },
    /// To be sent it no more.
    Unsubscribe { number: u16, filters: Vec<String> },
    /// Whether anybody is there.
    Ping,
    /// Nothing any more.
    Goodbye,
}

/// What travels with a message in version 5; older versions have no place for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// The media type of the message.
    pub content_type: Option<String>,
    /// Whether the message is text.
    pub payload_format: Option<u8>,
    /// Names and values of the publisher's own.
    pub user: Vec<(String, String)>,
}

impl Carried {
    fn of(properties: Option<v5::PublishProperties>) -> Self {
        properties.map_or_else(Self::default, |given| Self {
            content_type: given.content_type,
            payload_format: given.payload_format_indicator,
            user: given.user_properties,
        })
    }

    fn into_properties(self) -> Option<v5::PublishProperties> {
        (self != Self::default()).then(|| v5::PublishProperties {
            content_type: self.content_type,
            payload_format_indicator: self.payload_format,
            user_properties: self.user,
            ..v5::PublishProperties::default()
        })
    }
}

/// The first packet of a connection.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum First {
    /// A greeting in a version that is spoken here.
    Greeting(MqttVersion, ClientPacket),
    /// One in another version, and the answer to it.
    OtherVersion(&'static [u8]),
}

/// "This version is not spoken here", as 3.1 and 3.1.1 write it, and as version 5 does.
const REFUSED_AS_3: &[u8] = &[0x20, 2, 0, 1];
const REFUSED_AS_5: &[u8] = &[0x20, 3, 0, 0x84, 0];

/// The refusal that is due to a greeting by its protocol and level; `None` for one that is spoken here, or not whole.
fn refusal_of(greeting: &[u8]) -> Option<&'static [u8]> {
    let length = greeting.get(1..5)?.iter().position(|octet| octet & 0x80 == 0)? + 1;
    let header = greeting.get(1 + length..)?;
    let name_length = usize::from(u16::from_be_bytes([*header.first()?, *header.get(1)?]));
    let (name, level) = (header.get(2..2 + name_length)?, *header.get(2 + name_length)?);
    match (name, level) {
        (b"MQIsdp", _) | (b"MQTT", 0..=3) => Some(REFUSED_AS_3),
        (b"MQTT", 6..) => Some(REFUSED_AS_5),
        _ => None,
    }
}

/// Why a packet is the last of its connection.
#[derive(Debug, thiserror::Error)]
#[error("not MQTT, or more than is spoken here: {0}")]
pub(super) struct Unspeakable(String);

/// The first packet, with the version that it speaks. `None` while it is not whole.
pub(super) fn first(buffer: &mut BytesMut) -> Result<Option<First>, Unspeakable> {
    // Who does not begin with a greeting is no client, however long its first packet claims to be.
    if buffer.first().is_some_and(|head| *head != GREETING) {
        return Err(Unspeakable("no greeting".to_owned()));
    }
    if let Some(refusal) = refusal_of(buffer) {
        return Ok(Some(First::OtherVersion(refusal)));
    }
    let mut other = buffer.clone();
    match read(buffer, MqttVersion::V5) {
        Ok(asked) => Ok(asked.map(|asked| First::Greeting(MqttVersion::V5, asked))),
        // Its framing is the same: what version 5 cannot read may be 3.1.1.
        Err(error) => match read(&mut other, MqttVersion::V4) {
            Ok(asked) => {
                *buffer = other;
                Ok(asked.map(|asked| First::Greeting(MqttVersion::V4, asked)))
            }
            Err(_) => Err(error),
        },
    }
}

/// The next packet. `None` while it is not whole.
pub(super) fn read(buffer: &mut BytesMut, version: MqttVersion) -> Result<Option<ClientPacket>, Unspeakable> {
    let cannot = |error: &dyn std::fmt::Display| Err(Unspeakable(error.to_string()));
    match version {
        MqttVersion::V5 => match v5::Packet::read(buffer, Some(LARGEST)) {
            Ok(packet) => asked_by_5(packet).map(Some),
            Err(mqtt5::mqttbytes::Error::InsufficientBytes(_)) => Ok(None),
            Err(error) => cannot(&error),
        },
        MqttVersion::V4 => match v4::Packet::read(buffer, LARGEST as usize) {
            Ok(packet) => asked_by_4(packet).map(Some),
            Err(mqtt4::mqttbytes::Error::InsufficientBytes(_)) => Ok(None),
            Err(error) => cannot(&format!("{error:?}")),
        },
    }
}

fn asked_by_5(packet: v5::Packet) -> Result<ClientPacket, Unspeakable> {
    use v5::Packet;
    let text = |octets: &Bytes| String::from_utf8_lossy(octets).into_owned();
    Ok(match packet {
        Packet::Connect(connect, _, _) => ClientPacket::Connect {
            client: connect.client_id,
            keep_alive_secs: connect.keep_alive,
            receive_max: connect.properties.and_then(|asked| asked.receive_maximum).unwrap_or(u16::MAX),
        },
        Packet::Publish(publish) if publish.qos != mqtt5::QoS::ExactlyOnce => ClientPacket::Publish {
            topic: text(&publish.topic),
            payload: publish.payload,
            carried: Carried::of(publish.properties),
            number: (publish.qos == mqtt5::QoS::AtLeastOnce).then_some(publish.pkid),
        },
        Packet::PubAck(_) => ClientPacket::Acknowledged,
        Packet::Subscribe(subscribe) => ClientPacket::Subscribe {
            number: subscribe.pkid,
            filters: subscribe
                .filters
                .into_iter()
                .map(|filter| (filter.path, filter.qos != mqtt5::QoS::AtMostOnce))
                .collect(),
        },
        Packet::Unsubscribe(asked) => {
            ClientPacket::Unsubscribe { number: asked.pkid, filters: asked.filters }
        }
        Packet::PingReq => ClientPacket::Ping,
        Packet::Disconnect(_) => ClientPacket::Goodbye,
        other => return Err(Unspeakable(format!("{other:?}").chars().take(40).collect())),
    })
}

fn asked_by_4(packet: v4::Packet) -> Result<ClientPacket, Unspeakable> {
    use v4::Packet;
    let text = |octets: &Bytes| String::from_utf8_lossy(octets).into_owned();
    Ok(match packet {
        Packet::Connect(connect) => ClientPacket::Connect {
            client: connect.client_id,
            keep_alive_secs: connect.keep_alive,
            receive_max: u16::MAX,
        },
        Packet::Publish(publish) if publish.qos != mqtt4::QoS::ExactlyOnce => ClientPacket::Publish {
            topic: text(&publish.topic),
            payload: publish.payload,
            carried: Carried::default(),
            number: (publish.qos == mqtt4::QoS::AtLeastOnce).then_some(publish.pkid),
        },
        Packet::PubAck(_) => ClientPacket::Acknowledged,
        Packet::Subscribe(subscribe) => ClientPacket::Subscribe {
            number: subscribe.pkid,
            filters: subscribe
                .filters
                .into_iter()
                .map(|filter| (filter.path, filter.qos != mqtt4::QoS::AtMostOnce))
                .collect(),
        },
        Packet::Unsubscribe(asked) => ClientPacket::Unsubscribe { number: asked.pkid, filters: asked.topics },
        Packet::PingReq => ClientPacket::Ping,
        Packet::Disconnect => ClientPacket::Goodbye,
        other => return Err(Unspeakable(format!("{other:?}").chars().take(40).collect())),
    })
}

/// What the broker tells a client.
#[derive(Clone, Debug)]
pub(super) enum ServerPacket {
    /// It is taken in; nothing of it was remembered.
    Welcome,
    /// A message; with a number when it is to be acknowledged.
    Message { topic: String, payload: Bytes, carried: Carried, number: Option<u16> },
    /// Its message was passed on.
    Passed(u16),
    /// What it is sent from now on: for each filter, whether with QoS 1; `None` for a filter that is none.
    Subscribed(u16, Vec<Option<bool>>),
    /// What it is sent no more.
    Unsubscribed(u16, usize),
    /// Somebody is there.
    Pong,
    /// Another connection came under the same name.
    TakenOver,
}

/// Writes what is told.
///
/// # Errors
/// When a message is longer than a packet may be.
pub(super) fn write(
    told: ServerPacket,
    version: MqttVersion,
    buffer: &mut BytesMut,
) -> Result<(), Unspeakable> {
    let cannot = |error: &dyn std::fmt::Display| Unspeakable(error.to_string());
    match version {
        MqttVersion::V5 => {
            told_to_5(told).write(buffer, Some(LARGEST)).map(drop).map_err(|error| cannot(&error))
        }
        MqttVersion::V4 => match told_to_4(told) {
            Some(packet) => {
                let written = packet.write(buffer, LARGEST as usize);
                written.map(drop).map_err(|error| cannot(&format!("{error:?}")))
            }
            None => Ok(()),
        },
    }
}

fn told_to_5(told: ServerPacket) -> v5::Packet {
    use mqtt5::QoS;
    match told {
        ServerPacket::Welcome => v5::Packet::ConnAck(v5::ConnAck {
            session_present: false,
            code: v5::ConnectReturnCode::Success,
            properties: None,
        }),
        ServerPacket::Message { topic, payload, carried, number } => {
            let qos = if number.is_some() { QoS::AtLeastOnce } else { QoS::AtMostOnce };
            let mut publish = v5::Publish::new(topic, qos, payload, carried.into_properties());
            publish.pkid = number.unwrap_or(0);
            v5::Packet::Publish(publish)
        }
        ServerPacket::Passed(number) => v5::Packet::PubAck(v5::PubAck::new(number, None)),
        ServerPacket::Subscribed(pkid, filters) => v5::Packet::SubAck(v5::SubAck {
            pkid,
            return_codes: filters
                .into_iter()
                .map(|granted| match granted {
                    Some(true) => v5::SubscribeReasonCode::Success(QoS::AtLeastOnce),
                    Some(false) => v5::SubscribeReasonCode::Success(QoS::AtMostOnce),
                    None => v5::SubscribeReasonCode::TopicFilterInvalid,
                })
                .collect(),
            properties: None,
        }),
        ServerPacket::Unsubscribed(pkid, count) => v5::Packet::UnsubAck(v5::UnsubAck {
            pkid,
            reasons: vec![v5::UnsubAckReason::Success; count],
            properties: None,
        }),
        ServerPacket::Pong => v5::Packet::PingResp,
        ServerPacket::TakenOver => {
            v5::Packet::Disconnect(v5::Disconnect::new(v5::DisconnectReasonCode::SessionTakenOver))
        }
    }
}

/// `None` for what version 3.1.1 has no words for.
fn told_to_4(told: ServerPacket) -> Option<v4::Packet> {
    use mqtt4::QoS;
    Some(match told {
        ServerPacket::Welcome => v4::Packet::ConnAck(v4::ConnAck::new(v4::ConnectReturnCode::Success, false)),
        ServerPacket::Message { topic, payload, carried: _, number } => {
            let qos = if number.is_some() { QoS::AtLeastOnce } else { QoS::AtMostOnce };
            let mut publish = v4::Publish::from_bytes(topic, qos, payload);
            publish.pkid = number.unwrap_or(0);
            v4::Packet::Publish(publish)
        }
        ServerPacket::Passed(number) => v4::Packet::PubAck(v4::PubAck::new(number)),
        ServerPacket::Subscribed(number, filters) => {
            let codes = filters.into_iter().map(|granted| match granted {
                Some(true) => v4::SubscribeReasonCode::Success(QoS::AtLeastOnce),
                Some(false) => v4::SubscribeReasonCode::Success(QoS::AtMostOnce),
                None => v4::SubscribeReasonCode::Failure,
            });
            v4::Packet::SubAck(v4::SubAck::new(number, codes.collect()))
        }
        ServerPacket::Unsubscribed(number, _) => v4::Packet::UnsubAck(v4::UnsubAck::new(number)),
        ServerPacket::Pong => v4::Packet::PingResp,
        ServerPacket::TakenOver => return None,
    })
}
