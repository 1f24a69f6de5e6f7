//! Relays as sources: which a person uses, what is remembered of each, and which files of a dataset they offer.
//!
//! In: the person's words, what relays answered, listings, pieces of the publisher's server. Out: the list as it is kept, roads to
//! files, and whether what a relay gives may be used. Whom to believe is decided by [`crate::publish::relay`]; who is asked,
//! by the engine.
//!
//! | file | what it is |
//! |---|---|
//! | [`list`] | the relays in use: added, forgotten, set aside |
//! | `text` | the list as `relays.toml` |
//! | [`joining`] | files of a dataset that relays offer as well |
//! | [`spot_check`] | one piece compared with what the publisher's server sends |
//! | [`judging`] | what may be used after that, what is told, who is set aside |
//! | [`refusal`] | what is said of an answer that is not taken |
//! | [`report`] | what is shown of a relay in use |
//!
//! Start reading at [`list::UsedRelays`], then [`joining::join`].

pub mod joining;
pub mod judging;
pub mod list;
#[cfg(test)]
mod made;
pub mod refusal;
pub mod report;
pub mod spot_check;
mod text;

pub use text::{FILE_NAME, LONGEST};
