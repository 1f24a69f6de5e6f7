//! What a relay does with the files of the datasets that it follows: from the first look at the publisher's server until the
//! last copy is withdrawn.
//!
//! In: facts, the time. Out: [`orders::RelayOrder`]s, which the service carries out in their sequence. Each stage of a file is kept on
//! the disk before the next one begins, so that a relay that was killed goes on where it was, and announces nothing that
//! it cannot serve.
//!
//! | file | what it is |
//! |---|---|
//! | [`stage`] | how far a file is: ten stages |
//! | [`mod@file`] | one file: its stage, and what is known of it |
//! | [`settling`] | whether a file of the publisher is finished, or still being written |
//! | [`planner`] | what is done next with all of them |
//! | [`orders`] | what is to be done, and what came of it |
//! | [`terms`] | what whoever runs the relay wishes: address, times, trackers; as words and as `relay.toml` |
//! | [`query`], [`event`] | what the terminal asks, and what it is told |
//! | `stored` | a file as it is kept |
//! | [`used`] | relays of others as sources |
//! | [`using`] | the same as the window has them |
//!
//! Start reading at [`planner::RelayPlanner`].

pub mod event;
pub mod file;
pub mod orders;
pub mod planner;
pub mod query;
pub mod settling;
pub mod stage;
mod stored;
pub mod terms;
pub mod used;
pub mod using;

pub use crate::publish::relay::offered::{RelayKey, WithdrawalReason};
pub use event::RelayEvent;
pub use query::RelayQuery;
