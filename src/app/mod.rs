//! One state, one reducer, and the trait by which front ends reach the engine.
//!
//! | file | what it is |
//! |---|---|
//! | [`state`] | everything a front end can show |
//! | [`input`] | what persons do and what the engine saw |
//! | [`command`] | what the engine is to do |
//! | [`update`] | the reducer: state and input in, commands out |
//! | [`snapshot`] | the state as front ends read it: immutable, shared |
//! | [`query`] | one-shot questions that change no state |
//! | [`link`] | how a front end reaches the engine |
//! | [`user_message`] | what is said to a person, as data |

pub mod command;
pub mod input;
pub mod link;
pub mod query;
pub mod request;
pub mod snapshot;
pub mod state;
pub mod update;
pub mod user_message;

pub use crate::transfer::address_rule::{AddressClass, Reach};
pub use crate::transfer::fallback::Policy;
pub use crate::transfer::reason::Reason;
