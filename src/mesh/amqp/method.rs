//! Methods of AMQP 0-9-1: those of a broker read, our own written. Only what a listener needs (§1 of the reference).
//!
//! In: what a method frame carries. Out: a [`ServerMethod`]; and frames of [`ClientMethod`]s.

use super::fields::FieldReader;
use super::frame::{AmqpFault, FrameKind, put_frame};
use super::terms::{AmqpTerms, QueueKeeping};
use bytes::BytesMut;

/// The channel on which everything happens.
pub(super) const CHANNEL: u16 = 1;

/// What a broker says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ServerMethod {
    Start {
        mechanisms: String,
    },
    Tune {
        frame_max: u32,
        heartbeat: u16,
    },
    OpenOk,
    Close {
        code: u16,
        text: String,
    },
    CloseOk,
    /// It takes no messages just now, or takes them again: we send none.
    Blocking,
    ChannelOpenOk,
    ChannelClose {
        code: u16,
        text: String,
    },
    ChannelCloseOk,
    Flow {
        active: u8,
    },
    DeclareOk,
    BindOk,
    QosOk,
    ConsumeOk,
    /// The queue is gone.
    Cancel,
    Deliver(AmqpDelivery),
}

/// The beginning of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AmqpDelivery {
    pub(super) tag: u64,
    pub(super) is_redelivered: bool,
    pub(super) exchange: String,
    pub(super) routing_key: String,
}

impl ServerMethod {
    /// Reads a method.
    pub(super) fn read(payload: &[u8]) -> Result<Self, AmqpFault> {
        let mut fields = FieldReader::new(payload);
        let (class, method) = (fields.u16()?, fields.u16()?);
        Ok(match (class, method) {
            (10, 10) => {
                fields.octets(2)?;
                fields.long_octets()?;
                Self::Start { mechanisms: String::from_utf8_lossy(fields.long_octets()?).into_owned() }
            }
            (10, 30) => {
                fields.u16()?;
                Self::Tune { frame_max: fields.u32()?, heartbeat: fields.u16()? }
            }
            (10, 41) => Self::OpenOk,
            (10, 50) => Self::Close { code: fields.u16()?, text: fields.short_text()? },
            (10, 51) => Self::CloseOk,
            (10, 60 | 61) => Self::Blocking,
            (20, 11) => Self::ChannelOpenOk,
            (20, 20) => Self::Flow { active: fields.u8()? },
            (20, 40) => Self::ChannelClose { code: fields.u16()?, text: fields.short_text()? },
            (20, 41) => Self::ChannelCloseOk,
            (50, 11) => Self::DeclareOk,
            (50, 21) => Self::BindOk,
            (60, 11) => Self::QosOk,
            (60, 21) => Self::ConsumeOk,
            (60, 30) => Self::Cancel,
            (60, 60) => {
                fields.short_text()?;
                Self::Deliver(AmqpDelivery {
                    tag: fields.u64()?,
                    is_redelivered: fields.u8()? & 1 == 1,
                    exchange: fields.short_text()?,
                    routing_key: fields.short_text()?,
                })
            }
            (class, method) => return Err(AmqpFault::OutOfPlace(class, method)),
        })
    }

    /// Class and number.
    pub(super) const fn number(&self) -> (u16, u16) {
        match self {
            Self::Start { .. } => (10, 10),
            Self::Tune { .. } => (10, 30),
            Self::OpenOk => (10, 41),
            Self::Close { .. } => (10, 50),
            Self::CloseOk => (10, 51),
            Self::Blocking => (10, 60),
            Self::ChannelOpenOk => (20, 11),
            Self::Flow { .. } => (20, 20),
            Self::ChannelClose { .. } => (20, 40),
            Self::ChannelCloseOk => (20, 41),
            Self::DeclareOk => (50, 11),
            Self::BindOk => (50, 21),
            Self::QosOk => (60, 11),
            Self::ConsumeOk => (60, 21),
            Self::Cancel => (60, 30),
            Self::Deliver(_) => (60, 60),
        }
    }
}

/// What we say.
pub(super) enum ClientMethod<'a> {
    StartOk(&'a AmqpTerms),
    TuneOk {
        frame_max: u32,
        heartbeat: u16,
    },
    Open(&'a AmqpTerms),
    Close,
    CloseOk,
    ChannelOpen,
    ChannelCloseOk,
    FlowOk {
        active: u8,
    },
    /// Asks whether the queue is there.
    LookForQueue(&'a AmqpTerms),
    Declare(&'a AmqpTerms),
    Bind {
        queue: &'a str,
        exchange: &'a str,
        key: &'a str,
    },
    Qos {
        most: u16,
    },
    Consume {
        queue: &'a str,
    },
    Ack {
        tag: u64,
    },
}

/// Bits of `queue.declare`.
const PASSIVE: u8 = 1;
const DURABLE: u8 = 2;
const AUTO_DELETE: u8 = 8;

impl ClientMethod<'_> {
    /// Writes its frame.
    pub(super) fn put(&self, out: &mut BytesMut) {
        let fields = match self {
            Self::StartOk(terms) => {
                let (user, password) = (&terms.user, &terms.password);
                let mut fields = MethodFields::of(10, 11);
                fields.table(&client_properties());
                fields.short("PLAIN").long(format!("\0{user}\0{password}").as_bytes()).short("en_US");
                fields
            }
            Self::TuneOk { frame_max, heartbeat } => {
                MethodFields::of(10, 31).u16(CHANNEL).u32(*frame_max).u16(*heartbeat).take()
            }
            Self::Open(terms) => MethodFields::of(10, 40).short(&terms.virtual_host).short("").u8(0).take(),
            Self::Close => MethodFields::of(10, 50).u16(200).short("goodbye").u16(0).u16(0).take(),
            Self::CloseOk => MethodFields::of(10, 51),
            Self::ChannelOpen => MethodFields::of(20, 10).short("").take(),
            Self::ChannelCloseOk => MethodFields::of(20, 41),
            Self::FlowOk { active } => MethodFields::of(20, 21).u8(*active).take(),
            Self::LookForQueue(terms) => declare(terms, PASSIVE, &[]),
            Self::Declare(terms) => {
                let bits = match terms.keeping {
                    QueueKeeping::Kept(_) => DURABLE,
                    QueueKeeping::Dropped => DURABLE | AUTO_DELETE,
                };
                let millis = |time: std::time::Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
                let mut arguments = MethodFields::default();
                arguments.short("x-expires").i64_value(millis(terms.expire()));
                if let Some(ttl) = terms.message_ttl {
                    arguments.short("x-message-ttl").i64_value(millis(ttl));
                }
                declare(terms, bits, &arguments.0)
            }
            Self::Bind { queue, exchange, key } => {
                let mut fields = MethodFields::of(50, 20);
                fields.u16(0).short(queue).short(exchange).short(key).u8(0).table(&[]);
                fields
            }
            Self::Qos { most } => MethodFields::of(60, 10).u32(0).u16(*most).u8(0).take(),
            Self::Consume { queue } => {
                MethodFields::of(60, 20).u16(0).short(queue).short("").u8(0).table(&[]).take()
            }
            Self::Ack { tag } => MethodFields::of(60, 80).u64(*tag).u8(0).take(),
        };
        put_frame(out, FrameKind::Method, self.channel(), &fields.0);
    }

    const fn channel(&self) -> u16 {
        match self {
            Self::StartOk(_) | Self::TuneOk { .. } | Self::Open(_) | Self::Close | Self::CloseOk => 0,
            Self::ChannelOpen
            | Self::ChannelCloseOk
            | Self::FlowOk { .. }
            | Self::LookForQueue(_)
            | Self::Declare(_)
            | Self::Bind { .. }
            | Self::Qos { .. }
            | Self::Consume { .. }
            | Self::Ack { .. } => CHANNEL,
        }
    }
}

fn declare(terms: &AmqpTerms, bits: u8, arguments: &[u8]) -> MethodFields {
    MethodFields::of(50, 10).u16(0).short(&terms.queue).u8(bits).table(arguments).take()
}

/// Who we are, and what we understand: a refused password is to be said, and a queue that goes.
fn client_properties() -> Vec<u8> {
    let mut able = MethodFields::default();
    for name in ["authentication_failure_close", "consumer_cancel_notify"] {
        able.short(name).u8(b't').u8(1);
    }
    let mut properties = MethodFields::default();
    properties.short("product").u8(b'S').long(b"nuee");
    properties.short("capabilities").u8(b'F').table(&able.0);
    properties.0
}

/// Fields of a method of ours.
#[derive(Default)]
struct MethodFields(Vec<u8>);

impl MethodFields {
    fn of(class: u16, method: u16) -> Self {
        let mut fields = Self::default();
        fields.u16(class).u16(method);
        fields
    }

    fn take(&mut self) -> Self {
        std::mem::take(self)
    }

    fn put(&mut self, octets: &[u8]) -> &mut Self {
        self.0.extend_from_slice(octets);
        self
    }

    fn u8(&mut self, number: u8) -> &mut Self {
        self.put(&[number])
    }

    fn u16(&mut self, number: u16) -> &mut Self {
        self.put(&number.to_be_bytes())
    }

    fn u32(&mut self, number: u32) -> &mut Self {
        self.put(&number.to_be_bytes())
    }

    fn u64(&mut self, number: u64) -> &mut Self {
        self.put(&number.to_be_bytes())
    }

    fn i64_value(&mut self, number: i64) -> &mut Self {
        self.u8(b'l').put(&number.to_be_bytes())
    }

    /// Text of 255 octets at most: names are judged where they are read.
    fn short(&mut self, text: &str) -> &mut Self {
        let octets = &text.as_bytes()[..text.len().min(usize::from(u8::MAX))];
        self.u8(u8::try_from(octets.len()).expect("255 at most")).put(octets)
    }

    fn long(&mut self, octets: &[u8]) -> &mut Self {
        self.u32(u32::try_from(octets.len()).expect("our own fields are short")).put(octets)
    }

    fn table(&mut self, fields: &[u8]) -> &mut Self {
        self.long(fields)
    }
}
