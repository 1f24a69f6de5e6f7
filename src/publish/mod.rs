//! How data is offered.
//!
//! In: names and lengths of files, and their octets as the engine reads them. Out: the octets of what lies beside them.
//! Reads no file and starts no server. Start reading at [`canonical`]: the rule by which swarms merge; what a relay offers of
//! somebody else's files is in [`relay`]; what servers answer in [`web`] and [`tracker`].

pub mod beside;
pub mod canonical;
pub mod recent;
pub mod relay;
pub mod split;
pub mod tracker;
pub mod web;
