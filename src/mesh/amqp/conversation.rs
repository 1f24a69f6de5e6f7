//! The conversation with one broker, from the first words to the goodbye: no socket, no clock.
//!
//! In: octets of the broker, times, tags to acknowledge. Out: octets to send, and [`AmqpEvent`]s. It opens a channel, looks for the
//! queue, declares it when it is not there, binds it filter by filter, and consumes. A filter that the broker refuses is told with its
//! reason and the others go on. Start reading at [`AmqpConversation::new`].

#[cfg(test)]
mod tests;

use super::content::{AmqpMessage, ContentInParts};
use super::frame::{AmqpFault, AmqpFrame, FrameKind, PREAMBLE, put_frame, take_frame};
use super::method::{CHANNEL, ClientMethod, ServerMethod};
use super::terms::AmqpTerms;
use crate::domain::utc::SteadyTime;
use crate::mesh::announcement::LARGEST;
use bytes::BytesMut;
use std::collections::VecDeque;
use std::time::Duration;

/// Largest frame that is taken, in octets; also before anything was agreed.
const LARGEST_FRAME: u32 = 131_072;

/// Smallest frame that every side must take (§4.2.3).
const SMALLEST_FRAME: u32 = 4_096;

/// How often at least each side is to be heard. A broker that was not heard twice as long is taken for lost.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// Most messages that are delivered and not acknowledged. Few enough that several readers of a queue share what waits in it.
pub const MOST_UNACKNOWLEDGED: u16 = 100;

/// What came of the conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AmqpEvent {
    /// The broker took us in; whether the queue was there, with what came meanwhile.
    Welcome {
        /// Whether the queue was there.
        was_kept: bool,
    },
    /// What it answered to the filters, in their order: `None` for yes, or its reason.
    Subscribed(Vec<Option<String>>),
    /// A message.
    Message(Box<AmqpMessage>),
}

/// Why the conversation ended.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmqpEnd {
    /// User or password are wrong.
    #[error("the broker refuses user or password")]
    Credentials,
    /// The broker has no such virtual host, or not for us; its name, and the broker's words.
    #[error("no virtual host {0}: {1}")]
    VirtualHost(String, String),
    /// None of the exchanges is there for us: the name of the first, and the broker's words.
    #[error("no exchange {0}: {1}")]
    Exchange(String, String),
    /// The queue may not be declared or read: its name, and the broker's words.
    #[error("no queue {0}: {1}")]
    Queue(String, String),
    /// The queue was removed while it was read.
    #[error("queue {0} was removed")]
    QueueRemoved(String),
    /// The broker ended it, in its own words.
    #[error("{0}")]
    Closed(String),
    /// The connection broke before it ended.
    #[error("the connection was closed")]
    HungUp,
    /// The broker was not heard for too long.
    #[error("the broker was not heard for too long")]
    Silent,
    /// What came is not AMQP 0-9-1.
    #[error(transparent)]
    Fault(#[from] AmqpFault),
    /// We said goodbye.
    #[error("ended")]
    Left,
}

/// How far it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Greeting,
    Authenticating,
    Opening,
    OpeningChannel(Next),
    LookingForQueue,
    Declaring,
    Binding(usize),
    Limiting,
    Subscribing,
    Listening,
    Leaving,
}

/// What follows once the channel is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Look,
    Declare,
    Bind(usize),
}

/// The conversation.
pub struct AmqpConversation {
    terms: AmqpTerms,
    stage: Stage,
    answers: Vec<Option<String>>,
    content: Option<ContentInParts>,
    incoming: BytesMut,
    /// What is to be sent.
    pub outgoing: BytesMut,
    events: VecDeque<AmqpEvent>,
    largest_frame: u32,
    heartbeat: Option<Duration>,
    last_heard: SteadyTime,
    last_sent: SteadyTime,
}

impl AmqpConversation {
    /// Begins with our first words.
    pub fn new(terms: AmqpTerms, now: SteadyTime) -> Self {
        Self {
            terms,
            stage: Stage::Greeting,
            answers: Vec::new(),
            content: None,
            incoming: BytesMut::new(),
            outgoing: BytesMut::from(&PREAMBLE[..]),
            events: VecDeque::new(),
            largest_frame: LARGEST_FRAME,
            heartbeat: None,
            last_heard: now,
            last_sent: now,
        }
    }

    /// What came of it next. `None` until more was heard.
    pub fn next_event(&mut self) -> Option<AmqpEvent> {
        self.events.pop_front()
    }

    /// Takes in what the broker sent.
    ///
    /// # Errors
    /// When the conversation ends with it. What is to be sent still is a last word.
    pub fn hear(&mut self, octets: &[u8], now: SteadyTime) -> Result<(), AmqpEnd> {
        self.last_heard = now;
        self.incoming.extend_from_slice(octets);
        while let Some(frame) = take_frame(&mut self.incoming, self.largest_frame as usize)? {
            self.take(&frame)?;
        }
        Ok(())
    }

    /// Why it ended, when the broker closed the connection without a word.
    pub fn end_of_stream(&self) -> AmqpEnd {
        match self.stage {
            // A broker that cannot say it another way refuses a password so (§2.2.4).
            Stage::Authenticating => AmqpEnd::Credentials,
            Stage::Leaving => AmqpEnd::Left,
            _ => AmqpEnd::HungUp,
        }
    }

    /// Acknowledges a message.
    pub fn acknowledge(&mut self, tag: u64) {
        if self.stage == Stage::Listening {
            self.say(&ClientMethod::Ack { tag });
        }
    }

    /// Says goodbye; what follows ends the connection.
    pub fn leave(&mut self) {
        if self.stage != Stage::Leaving {
            self.content = None;
            self.stage = Stage::Leaving;
            self.say(&ClientMethod::Close);
        }
    }

    /// Notes that octets were sent.
    pub fn note_sent(&mut self, now: SteadyTime) {
        self.last_sent = now;
    }

    /// When [`Self::on_time`] is due, if nothing is heard or said before. `None` while nothing was agreed.
    pub fn due(&self) -> Option<SteadyTime> {
        let every = self.heartbeat?;
        let (say, hear) = (self.last_sent.0 + every / 2, self.last_heard.0 + 2 * every);
        Some(SteadyTime(say.min(hear)))
    }

    /// Says that we are still there.
    ///
    /// # Errors
    /// When the broker was not heard for too long.
    pub fn on_time(&mut self, now: SteadyTime) -> Result<(), AmqpEnd> {
        let Some(every) = self.heartbeat else { return Ok(()) };
        if now.since(self.last_heard) >= 2 * every {
            return Err(AmqpEnd::Silent);
        }
        if now.since(self.last_sent) >= every / 2 {
            put_frame(&mut self.outgoing, FrameKind::Heartbeat, 0, &[]);
            self.last_sent = now;
        }
        Ok(())
    }

    fn say(&mut self, method: &ClientMethod<'_>) {
        method.put(&mut self.outgoing);
    }

    fn take(&mut self, frame: &AmqpFrame) -> Result<(), AmqpEnd> {
        match frame.kind {
            FrameKind::Heartbeat => Ok(()),
            FrameKind::Method => {
                let method = ServerMethod::read(&frame.payload)?;
                // A message that began ends before anything else is said on its channel; an end of the connection comes at any time.
                if self.content.is_some() && frame.channel == CHANNEL {
                    return Err(AmqpFault::ContentOutOfPlace.into());
                }
                self.take_method(method)
            }
            // What was on its way when we said goodbye.
            FrameKind::Header | FrameKind::Body if self.stage == Stage::Leaving => Ok(()),
            FrameKind::Header | FrameKind::Body => {
                let mut content = self.content.take().ok_or(AmqpFault::ContentOutOfPlace)?;
                match frame.kind {
                    FrameKind::Header => content.note_header(&frame.payload)?,
                    FrameKind::Body | FrameKind::Method | FrameKind::Heartbeat => {
                        content.note_body(&frame.payload)?;
                    }
                }
                match content.whole() {
                    Ok(message) => self.events.push_back(AmqpEvent::Message(Box::new(message))),
                    Err(content) => self.content = Some(*content),
                }
                Ok(())
            }
        }
    }

    fn take_method(&mut self, method: ServerMethod) -> Result<(), AmqpEnd> {
        use ServerMethod as Said;
        match (self.stage, method) {
            (_, Said::Close { code, text }) => {
                self.say(&ClientMethod::CloseOk);
                return Err(self.closed(code, text));
            }
            (Stage::Leaving, Said::CloseOk) => return Err(AmqpEnd::Left),
            (Stage::Leaving, _) | (_, Said::Blocking) => {}
            (_, Said::Flow { active }) => self.say(&ClientMethod::FlowOk { active }),
            (stage, Said::ChannelClose { code, text }) => {
                self.say(&ClientMethod::ChannelCloseOk);
                return self.channel_closed(stage, code, text);
            }
            (Stage::Greeting, Said::Start { mechanisms }) => {
                if !mechanisms.split_ascii_whitespace().any(|mechanism| mechanism == "PLAIN") {
                    return Err(AmqpFault::NoPlain.into());
                }
                ClientMethod::StartOk(&self.terms).put(&mut self.outgoing);
                self.stage = Stage::Authenticating;
            }
            (Stage::Authenticating, Said::Tune { frame_max, heartbeat }) => {
                self.tune(frame_max, heartbeat)?
            }
            (Stage::Opening, Said::OpenOk) => self.open_channel(Next::Look),
            (Stage::OpeningChannel(next), Said::ChannelOpenOk) => self.begin(next),
            (Stage::LookingForQueue, Said::DeclareOk) => {
                self.events.push_back(AmqpEvent::Welcome { was_kept: true });
                self.begin(Next::Bind(0));
            }
            (Stage::Declaring, Said::DeclareOk) => {
                self.events.push_back(AmqpEvent::Welcome { was_kept: false });
                self.begin(Next::Bind(0));
            }
            (Stage::Binding(at), Said::BindOk) => {
                self.answers.push(None);
                self.begin(Next::Bind(at + 1));
            }
            (Stage::Limiting, Said::QosOk) => {
                ClientMethod::Consume { queue: &self.terms.queue }.put(&mut self.outgoing);
                self.stage = Stage::Subscribing;
            }
            (Stage::Subscribing, Said::ConsumeOk) => {
                self.stage = Stage::Listening;
                self.events.push_back(AmqpEvent::Subscribed(std::mem::take(&mut self.answers)));
            }
            (Stage::Listening, Said::Deliver(delivery)) => {
                self.content = Some(ContentInParts::of(delivery, LARGEST));
            }
            (Stage::Listening, Said::Cancel) => {
                return Err(AmqpEnd::QueueRemoved(self.terms.queue.clone()));
            }
            (_, method) => {
                let (class, number) = method.number();
                return Err(AmqpFault::OutOfPlace(class, number).into());
            }
        }
        Ok(())
    }

    fn tune(&mut self, frame_max: u32, heartbeat: u16) -> Result<(), AmqpEnd> {
        self.largest_frame = match frame_max {
            0 => LARGEST_FRAME,
            short @ ..SMALLEST_FRAME => return Err(AmqpFault::FramesTooShort(short).into()),
            agreed => agreed.min(LARGEST_FRAME),
        };
        let asked = Some(Duration::from_secs(heartbeat.into())).filter(|asked| !asked.is_zero());
        let every = asked.map_or(HEARTBEAT, |asked| asked.min(HEARTBEAT));
        self.heartbeat = Some(every);
        let heartbeat = u16::try_from(every.as_secs()).expect("30 at most");
        self.say(&ClientMethod::TuneOk { frame_max: self.largest_frame, heartbeat });
        ClientMethod::Open(&self.terms).put(&mut self.outgoing);
        self.stage = Stage::Opening;
        Ok(())
    }

    fn open_channel(&mut self, next: Next) {
        self.say(&ClientMethod::ChannelOpen);
        self.stage = Stage::OpeningChannel(next);
    }

    fn begin(&mut self, next: Next) {
        let (terms, out) = (&self.terms, &mut self.outgoing);
        self.stage = match next {
            Next::Look => {
                ClientMethod::LookForQueue(terms).put(out);
                Stage::LookingForQueue
            }
            Next::Declare => {
                ClientMethod::Declare(terms).put(out);
                Stage::Declaring
            }
            Next::Bind(at) => return self.bind(at),
        };
    }

    /// Binds the queue to what filter `at` means, or reads it when there are no more.
    fn bind(&mut self, at: usize) {
        let (terms, out) = (&self.terms, &mut self.outgoing);
        match terms.bindings.get(at) {
            Some(Some(binding)) => {
                let (queue, exchange, key) = (&terms.queue, &binding.exchange, &binding.key);
                ClientMethod::Bind { queue, exchange, key }.put(out);
                self.stage = Stage::Binding(at);
            }
            Some(None) => {
                self.answers.push(Some("longer than AMQP allows".to_owned()));
                self.bind(at + 1);
            }
            None => {
                ClientMethod::Qos { most: MOST_UNACKNOWLEDGED }.put(out);
                self.stage = Stage::Limiting;
            }
        }
    }

    /// The broker closed the channel: what it refuses decides whether there is another way.
    fn channel_closed(&mut self, stage: Stage, code: u16, text: String) -> Result<(), AmqpEnd> {
        const NOT_FOUND: u16 = 404;
        match stage {
            Stage::LookingForQueue if code == NOT_FOUND => {
                self.open_channel(Next::Declare);
                Ok(())
            }
            Stage::Binding(at) => {
                self.answers.push(Some(text));
                let is_last = at + 1 == self.terms.bindings.len();
                if is_last && self.answers.iter().all(Option::is_some) {
                    return Err(self.no_exchange());
                }
                self.open_channel(Next::Bind(at + 1));
                Ok(())
            }
            Stage::LookingForQueue | Stage::Declaring | Stage::Limiting | Stage::Subscribing => {
                Err(AmqpEnd::Queue(self.terms.queue.clone(), text))
            }
            _ => Err(AmqpEnd::Closed(text)),
        }
    }

    /// The first exchange that was refused, with the reason.
    fn no_exchange(&mut self) -> AmqpEnd {
        let reasons = std::mem::take(&mut self.answers);
        let first = self.terms.bindings.iter().zip(reasons).find_map(|(binding, reason)| {
            Some((binding.as_ref()?.exchange.clone(), reason.unwrap_or_default()))
        });
        first.map_or(AmqpEnd::HungUp, |(exchange, reason)| AmqpEnd::Exchange(exchange, reason))
    }

    /// What a code of the broker means where the conversation stands.
    fn closed(&self, code: u16, text: String) -> AmqpEnd {
        match (self.stage, code) {
            (Stage::Leaving, _) => AmqpEnd::Left,
            (Stage::Authenticating, 403) => AmqpEnd::Credentials,
            (Stage::Opening, _) => AmqpEnd::VirtualHost(self.terms.virtual_host.clone(), text),
            _ => AmqpEnd::Closed(text),
        }
    }
}
