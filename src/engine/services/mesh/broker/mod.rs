//! One broker and what it announces: MQTT or AMQP, the ledger, and downloads of what was announced.
//!
//! | file | what it is |
//! |---|---|
//! | `wire` | one connection: MQTT 5, 3.1.1 or AMQP behind one face; with `outgoing` the only file that names the client crates |
//! | `amqp_wire` | the same for AMQP: socket, TLS and clock of a conversation |
//! | `outgoing` | messages of our own on such a connection, and what the broker answers |
//! | `sending` | announcements of our own to one broker over time: send, lose, come back, send again |
//! | `way_out` | by which way a broker is reached: through the proxy that is set, or directly |
//! | [`connection`] | one broker over time: connect, subscribe, lose, wait, come back |
//! | [`ledger`] | what was announced and what became of it, kept before it is acknowledged |
//! | [`fetching`] | files of announcements, in lanes, from one source after the other; what became of them is noted, many at once |
//! | `trying`, `inflow` | one try of one source: inline, small, large or by .torrent; and what it brings as it comes |
//! | `telling` | what became of files of our own, told and counted |
//! | `spending` | what came, counted against the day's limit |
//! | `putting` | reads files that are here to prove them; the place of small files |
//! | `mirroring` | names that stay, versions, renames and withdrawals |
//! | `keeping` | removes what was fetched long ago, or is too much |
//! | `catching_up` | asks an archive for what was announced during a gap |
//!
//! In: a [`crate::mesh::subscription::Subscription`]. Out: messages for the intake, and files in their place. Start reading at
//! [`connection`].

mod amqp_wire;
pub(in crate::engine) mod catching_up;
pub mod connection;
pub mod fetching;
mod inflow;
pub(in crate::engine) mod keeping;
pub mod ledger;
mod mirroring;
mod outgoing;
mod putting;
pub(in crate::engine) mod sending;
mod spending;
pub(in crate::engine) mod telling;
mod trying;
mod way_out;
mod wire;
