//! AMQP 0-9-1 as a listener speaks it: a queue of one's own, bound to exchanges, and what is delivered from it.
//!
//! | file | what it is |
//! |---|---|
//! | [`place`] | virtual host, queue and its terms, as the URL of a broker names them |
//! | [`routing`] | topic filters and routing keys, each in the words of the other |
//! | [`terms`] | as whom one comes, which queue is declared and how, what it is bound to |
//! | [`frame`] | frames: taken from octets that came, never longer than was agreed |
//! | `fields` | the fields of a frame, read never beyond its end |
//! | `method` | methods: those of a broker read, our own written |
//! | `content` | the content of a message as its frames come: headers as text, octets up to a limit |
//! | [`conversation`] | the whole conversation, without a socket or a clock |
//!
//! In: octets of a broker, and times. Out: octets to send, and messages with what is to be acknowledged. Queues are named and expire
//! as those of Sarracenia, so that the rights which its brokers give suffice. No length that was read is ever reserved, and a content
//! beyond the limit is passed over as it comes. Start reading at [`conversation::AmqpConversation`].
//!
//! Why no crate: one of the two that speak AMQP opens its connection itself, past the proxy that is set and past the rule for
//! addresses; neither bounds the content of a message; and all that a listener needs are twenty methods.

mod content;
pub mod conversation;
mod fields;
pub mod frame;
mod method;
pub mod place;
pub mod routing;
pub mod terms;
