//! Announcements: brokers, topics, what is fetched of them.
//!
//! | file | what it is |
//! |---|---|
//! | [`view`] | brokers, topics and announcements as a screen shows them; what persons ask |
//! | [`board`] | how what was heard is laid out for it |
//! | [`listening`] | listening to a broker: what is asked, told, and what it came to |
//! | `announced` | one announced file that is not settled: what was tried, what comes next |
//! | `memory` | brokers, pins, rules and thresholds as they are kept |
//! | [`announcing`] | announcing files to a broker: what is asked, told, and what it came to |
//! | [`running`] | a node of a mesh: what is asked, told, and what it came to |
//! | [`reporting`] | whether a mesh works: what is asked |
//! | [`password`] | where the password of a broker is kept |

pub(crate) mod announced;
pub mod announcing;
pub mod board;
pub mod listening;
#[cfg(test)]
pub mod made;
pub(crate) mod memory;
pub mod password;
pub mod reporting;
pub mod running;
pub mod view;
