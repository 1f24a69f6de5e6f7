//! Brokers: one task that speaks MQTT to each, one that takes in what they send, and downloads of what was announced.
//!
//! | file | what it is |
//! |---|---|
//! | `wire` | one connection: MQTT 5 or 3.1.1 behind one face, the only file that names the client crates |
//! | `version` | which version of MQTT a broker is spoken to in |
//! | `way_out` | by which way a broker is reached: through the proxy that is set, or directly |
//! | [`connection`] | one broker over time: connect, subscribe, lose, wait, come back |
//! | [`ledger`] | what was announced and what became of it, kept before it is acknowledged |
//! | [`fetching`] | files of announcements, in lanes, from one source after the other |
//! | `under_way` | one file that is not settled: what was tried, and what comes next |
//! | `trying`, `tried`, `intake` | one try of one source: inline, small, large or by .torrent; and how it ended |
//! | `spending` | what came, counted against the day's limit |
//! | `putting` | proof and place of small files |
//! | `mirroring` | names that stay, versions, renames and withdrawals |
//! | `keeping` | removes what was fetched long ago, or is too much |
//! | `catching_up` | asks an archive for what was announced while nobody listened |
//! | `several` | the brokers of one listening, heard in turn |
//! | [`listening`] | `listen`: all of it together, told as it happens |
//!
//! In: a [`crate::mesh::subscription::Subscription`]. Out: messages taken in by a [`crate::mesh::desk::AnnouncementIndex`], and files in their place.
//! Start reading at [`listening`].

pub(in crate::engine) mod catching_up;
pub mod connection;
pub mod fetching;
mod intake;
pub(in crate::engine) mod keeping;
pub mod ledger;
pub mod listening;
mod mirroring;
mod putting;
mod several;
mod spending;
mod tried;
mod trying;
mod under_way;
mod version;
mod way_out;
mod wire;
